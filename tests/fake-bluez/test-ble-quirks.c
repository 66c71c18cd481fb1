/*
 * test-ble-quirks.c - what other implementations do, one test each
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "ble/mdoc-ble-l2cap.h"
#include "ble/mdoc-ble-link.h"
#include "tests/fake-bluez/ble-talk.h"

static const gsize one_message[] = { 1000, 0 };
static const gsize long_message[] = { 20000, 0 };

static void
finish_talk (Talk *talk, FakeBluez *bluez)
{
  talk_clear (talk);
  talk_assert_clean (bluez);
}

static void
run_fine (FakeBluez *bluez, TalkMode mode, const gsize *sizes)
{
  Talk talk = { .mode = mode, .sizes = sizes };

  talk_run (&talk);
  talk_assert_fine (&talk);
  finish_talk (&talk, bluez);
}

/* bluetoothd up to 5.68 loses writes of 511 and 512 bytes: at no MTU is there
 * one. Without the limit in mdoc_ble_get_write_bytes() this hangs. */
static void
test_quirk_01 (void)
{
  for (guint mtu = 510; mtu <= 520; mtu++)
    for (guint mode = 0; mode <= TALK_PERIPHERAL; mode++)
      {
        g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

        fake_bluez_set_version (bluez, 566);
        fake_bluez_set_mtu (bluez, mtu);
        run_fine (bluez, (TalkMode) mode, long_message);
        g_assert_cmpuint (fake_bluez_get_n_lost (bluez), ==, 0);
      }
}

/* No value is over 512 bytes, whatever the MTU. */
static void
test_quirk_02 (void)
{
  for (guint mode = 0; mode <= TALK_PERIPHERAL; mode++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

      fake_bluez_set_version (bluez, 587);
      fake_bluez_set_mtu (bluez, 1000);
      run_fine (bluez, (TalkMode) mode, long_message);
      g_assert_cmpuint (fake_bluez_get_longest (bluez), ==, 512);
    }
}

/* Notifications of several values hold two bytes less, and what is longer than
 * allowed is cut or dropped: never is it longer. */
static void
test_quirks_05_06 (void)
{
  for (guint mtu = 23; mtu < 80; mtu++)
    for (guint mode = 0; mode <= TALK_PERIPHERAL; mode++)
      {
        g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

        fake_bluez_set_mtu (bluez, mtu);
        run_fine (bluez, (TalkMode) mode, one_message);
        g_assert_cmpuint (fake_bluez_get_n_lost (bluez), ==, 0);
      }
}

/* The service is there before it is advertised, and goes after the peer has:
 * a change of services while connected is fatal to some. */
static GString *step_log;

static FakeAction
log_step (const char *step, gpointer user_data)
{
  g_string_append_printf (step_log, "%s ", step);
  return FAKE_GO;
}

static void
test_quirk_09 (void)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  const char *registered, *advertised, *removed, *unregistered;

  step_log = g_string_new (NULL);
  fake_bluez_set_hook (bluez, log_step, NULL);
  run_fine (bluez, TALK_PERIPHERAL, one_message);
  registered = strstr (step_log->str, " RegisterApplication");
  advertised = strstr (step_log->str, " RegisterAdvertisement");
  removed = strstr (step_log->str, " RemoveDevice");
  unregistered = strstr (step_log->str, " UnregisterApplication");
  g_assert_nonnull (registered);
  g_assert_true (registered < advertised);
  g_assert_true (advertised < removed);
  g_assert_true (removed < unregistered);
  g_string_free (step_log, TRUE);
}

/* What is reported in the beginning of a scan can be lost, and nothing is
 * reported twice: with an hour for a scan this hangs. */
static guint n_reports;

static FakeAction
lose_reports (const char *step, gpointer user_data)
{
  if (!g_str_equal (step, "found"))
    return FAKE_GO;
  return n_reports++ < 3 ? FAKE_FAIL : FAKE_GO;
}

static void
test_scans_again (void)
{
  MdocBleTimes times = talk_times;

  times.rescan_ms = 20;
  for (guint mode = 0; mode <= TALK_PERIPHERAL; mode++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
      Talk talk = { .mode = (TalkMode) mode,
                    .sizes = one_message,
                    .times = &times };

      n_reports = 0;
      fake_bluez_set_hook (bluez, lose_reports, NULL);
      talk_run (&talk);
      talk_assert_fine (&talk);
      g_assert_cmpuint (n_reports, ==, 4);
      finish_talk (&talk, bluez);
    }
}

/* BlueZ queues whatever it is given: while it does not answer, no more than two
 * rounds are handed over, of a message of hundreds of parts. */
static guint n_writes;

static FakeAction
swallow_parts (const char *step, gpointer user_data)
{
  if (!g_str_equal (step, "WriteValue"))
    return FAKE_GO;
  return n_writes++ == 0 ? FAKE_GO : FAKE_IGNORE;
}

static void
test_hands_over_little (void)
{
  static const gsize sizes[] = { 200000, 0 };
  MdocBleTimes times = talk_times;

  times.call_ms = 3000;
  for (guint mode = 0; mode <= TALK_PERIPHERAL; mode++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
      Talk talk = { .mode = (TalkMode) mode, .sizes = sizes, .times = &times };
      GError **writer_error = mode == TALK_CENTRAL ? &talk.holder_error
                                                   : &talk.reader_error;

      n_writes = 0;
      fake_bluez_set_hook (bluez, swallow_parts, NULL);
      talk_run (&talk);
      g_assert_error (*writer_error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_VANISHED);
      /* and State 0x01 */
      g_assert_cmpuint (n_writes, ==, 1 + 2 * 32);
      finish_talk (&talk, bluez);
    }
}

/* Connecting fails a few times: it is tried again, and not for ever. */
static guint n_to_fail;
static guint n_connects;

static FakeAction
fail_connects (const char *step, gpointer user_data)
{
  if (!g_str_equal (step, "Connect"))
    return FAKE_GO;
  return n_connects++ < n_to_fail ? FAKE_FAIL : FAKE_GO;
}

static void
test_quirk_12 (void)
{
  for (n_to_fail = 0; n_to_fail < 5; n_to_fail++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

      n_connects = 0;
      fake_bluez_set_hook (bluez, fail_connects, NULL);
      run_fine (bluez, TALK_CENTRAL, one_message);
      g_assert_cmpuint (n_connects, ==, n_to_fail + 1);
    }
}

static void
close_reader (gpointer data, const char *event)
{
  Talk *talk = data;

  if (g_str_equal (event, "holder closed") && !talk->is_reader_closed)
    mdoc_transport_close (talk->reader);
}

static void
test_quirk_12_limit (void)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = TALK_CENTRAL,
                .sizes = one_message,
                .on_event = close_reader };

  n_to_fail = 5;
  n_connects = 0;
  fake_bluez_set_hook (bluez, fail_connects, NULL);
  talk_run (&talk);
  g_assert_error (talk.holder_error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_CONNECT);
  g_assert_cmpuint (n_connects, ==, 5);
  finish_talk (&talk, bluez);
}

/* A second central writes and subscribes in the middle: it is sent away, and
 * the talk goes on as if nothing were. */
static void
disturb (gpointer data, const char *event)
{
  Talk *talk = data;

  if (!g_str_equal (event, "request") || talk->n_done > 0)
    return;
  fake_bluez_stranger_connect (talk->bluez, 0);
  fake_bluez_stranger_write (talk->bluez,
                             0,
                             mdoc_ble_mdoc_service.state,
                             "\x01",
                             1);
  fake_bluez_stranger_write (talk->bluez,
                             0,
                             mdoc_ble_mdoc_service.state,
                             "\x02",
                             1);
  fake_bluez_stranger_write (talk->bluez,
                             0,
                             mdoc_ble_mdoc_service.client_to_server,
                             "\x00X",
                             2);
  fake_bluez_stranger_subscribe (talk->bluez,
                                 0,
                                 mdoc_ble_mdoc_service.server_to_client,
                                 TRUE);
}

static void
check_stranger (gpointer data, const char *event)
{
  Talk *talk = data;

  disturb (data, event);
  if (g_str_equal (event, "response") && talk->n_done == 3)
    g_assert_false (fake_bluez_stranger_is_connected (talk->bluez, 0));
}

static void
test_quirk_13 (void)
{
  static const gsize sizes[] = { 500, 20000, 500, 0 };
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = TALK_PERIPHERAL,
                .sizes = sizes,
                .bluez = bluez,
                .on_event = check_stranger };

  talk_run (&talk);
  talk_assert_fine (&talk);
  finish_talk (&talk, bluez);
}

/* --- a server alone, with a peer that does as it is told ----------------- */

typedef struct
{
  FakeBluez *bluez;
  MdocTransport *holder;
  gboolean is_connected;
  gboolean is_closed;
  GBytes *message;
  GError *error;
} Server;

static void
on_connected (MdocTransport *transport, gpointer user_data)
{
  ((Server *) user_data)->is_connected = TRUE;
}

static void
on_message (MdocTransport *transport, GBytes *message, gpointer user_data)
{
  Server *self = user_data;

  g_clear_pointer (&self->message, g_bytes_unref);
  self->message = g_bytes_ref (message);
}

static void
on_closed (MdocTransport *transport, const GError *error, gpointer user_data)
{
  Server *self = user_data;

  self->is_closed = TRUE;
  if (error != NULL)
    self->error = g_error_copy (error);
}

static FakeAction
watch_advertisement (const char *step, gpointer user_data)
{
  gboolean *is_advertised = user_data;

  *is_advertised |= g_str_equal (step, "RegisterAdvertisement");
  return FAKE_GO;
}

/* Until a server advertises. With @ret_psm it listens for a channel too. */
static void
server_advertise (Server *self, guint *ret_psm)
{
  static const MdocTransportEvents events = { on_connected,
                                              on_message,
                                              on_closed };
  static const guint8 uuid[MDOC_BLE_UUID_BYTES] = { 0xbe, 3, 2, 1 };
  MdocBleConfig config = { .peripheral_uuid = uuid,
                           .max_message_bytes = 100,
                           .adapter = "hci0",
                           .times = &talk_times,
                           .use_l2cap = ret_psm != NULL };
  gboolean is_advertised = FALSE;

  if (ret_psm != NULL)
    {
      config.listener = mdoc_ble_l2cap->listen (NULL, &config.psm, NULL);
      *ret_psm = config.psm;
    }
  self->bluez = fake_bluez_new (talk_get_address (), 1);
  fake_bluez_set_hook (self->bluez, watch_advertisement, &is_advertised);
  self->holder = mdoc_ble_holder_new (&config);
  mdoc_transport_start (self->holder, &events, self);
  while (!is_advertised)
    g_main_context_iteration (NULL, TRUE);
  fake_bluez_set_hook (self->bluez, NULL, NULL);
}

static void
server_start (Server *self)
{
  server_advertise (self, NULL);
  fake_bluez_stranger_connect (self->bluez, 0);
}

static void
server_write (Server *self, const char *uuid, const char *value, gsize len)
{
  fake_bluez_stranger_write (self->bluez, 0, uuid, value, len);
}

static void
server_subscribe (Server *self, gboolean is_subscribed)
{
  fake_bluez_stranger_subscribe (self->bluez,
                                 0,
                                 mdoc_ble_mdoc_service.server_to_client,
                                 is_subscribed);
}

static void
server_end (Server *self, gint code)
{
  while (!self->is_closed)
    g_main_context_iteration (NULL, TRUE);
  if (code < 0)
    g_assert_no_error (self->error);
  else
    g_assert_error (self->error, MDOC_BLE_ERROR, code);
  mdoc_transport_unref (self->holder);
  talk_assert_clean (self->bluez);
  g_clear_error (&self->error);
  g_clear_pointer (&self->message, g_bytes_unref);
  fake_bluez_free (self->bluez);
}

static void
server_connect (Server *self)
{
  server_start (self);
  server_subscribe (self, TRUE);
  server_write (self, mdoc_ble_mdoc_service.state, "\x01", 1);
  while (!self->is_connected)
    g_main_context_iteration (NULL, TRUE);
}

/* State 0x01 before the subscription. */
static void
test_quirk_14 (void)
{
  Server server = { 0 };

  server_start (&server);
  server_write (&server, mdoc_ble_mdoc_service.state, "\x01", 1);
  server_write (&server, mdoc_ble_mdoc_service.state, "\x01", 1);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (server.is_connected);
  server_subscribe (&server, TRUE);
  while (!server.is_connected)
    g_main_context_iteration (NULL, TRUE);
  server_subscribe (&server, FALSE);
  server_end (&server, MDOC_BLE_ERROR_VANISHED);
}

static void
test_quirk_14_never (void)
{
  Server server = { 0 };

  server_start (&server);
  server_write (&server, mdoc_ble_mdoc_service.state, "\x01", 1);
  server_end (&server, MDOC_BLE_ERROR_PROTOCOL);
  g_assert_false (server.is_connected);
}

/* The reader ends it by State before an answer: no failure. */
static void
test_quirk_19_state (void)
{
  Server server = { 0 };

  server_connect (&server);
  server_write (&server, mdoc_ble_mdoc_service.state, "\x02", 1);
  server_end (&server, -1);
}

/* A channel is there before BlueZ tells of the connection below it: who that is
 * then told to be stays, and anybody else is sent away. */
static void
test_channel_first (void)
{
  static const struct
  {
    const char *address;
    gboolean stays;
  } rows[] = { { "66:66:66:66:66:66", TRUE }, { "77:66:66:66:66:66", FALSE } };
  static const guint8 frame[] = { 0, 0, 0, 2, 'h', 'i' };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Server server = { 0 };
      guint psm = 0;
      int fd;

      server_advertise (&server, &psm);
      fd = mdoc_ble_l2cap->connect (rows[i].address, "", "public", psm, NULL);
      while (!server.is_connected)
        g_main_context_iteration (NULL, TRUE);
      fake_bluez_stranger_connect (server.bluez, 0);
      g_assert_cmpint (write (fd, frame, sizeof frame), ==, sizeof frame);
      while (server.message == NULL
             || fake_bluez_stranger_is_connected (server.bluez, 0)
                    != rows[i].stays)
        g_main_context_iteration (NULL, TRUE);
      /* the peer's going is the end, anybody else's is not */
      fake_bluez_stranger_disconnect (server.bluez, 0);
      if (!rows[i].stays)
        close (fd);
      server_end (&server, MDOC_BLE_ERROR_VANISHED);
      if (rows[i].stays)
        close (fd);
    }
}

/* Parts before the start, and states that are none, change nothing. */
static void
test_before_start (void)
{
  Server server = { 0 };

  server_start (&server);
  server_write (&server, mdoc_ble_mdoc_service.client_to_server, "\x00X", 2);
  server_write (&server, mdoc_ble_mdoc_service.state, "\x02", 1);
  server_write (&server, mdoc_ble_mdoc_service.state, "\x07", 1);
  server_write (&server, mdoc_ble_mdoc_service.state, "\x01\x01", 2);
  server_write (&server, mdoc_ble_mdoc_service.state, "", 0);
  server_subscribe (&server, TRUE);
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (server.is_connected);
  g_assert_null (server.message);
  server_write (&server, mdoc_ble_mdoc_service.state, "\x01", 1);
  server_write (&server, mdoc_ble_mdoc_service.client_to_server, "\x00hi", 3);
  while (server.message == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_bytes_get_size (server.message), ==, 2);
  mdoc_transport_close (server.holder);
  server_end (&server, -1);
}

static void
test_bad_part (void)
{
  static const char *const parts[] = { "", "\x02X", "\xffX" };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      Server server = { 0 };

      server_connect (&server);
      server_write (&server,
                    mdoc_ble_mdoc_service.client_to_server,
                    parts[i],
                    strlen (parts[i]));
      server_end (&server, MDOC_BLE_ERROR_PROTOCOL);
    }
}

static void
test_endless_parts (void)
{
  Server server = { 0 };

  server_connect (&server);
  for (guint i = 0; i < 60; i++)
    server_write (&server, mdoc_ble_mdoc_service.client_to_server, "\x01XY", 3);
  server_end (&server, MDOC_BLE_ERROR_LIMIT);
}

/* --- the rest ------------------------------------------------------------ */

/* The L2CAP channel is not to be had: the characteristics are. */
static int
refuse_connect (const char *adapter_address,
                const char *address,
                const char *address_type,
                guint psm,
                GError **error)
{
  return -1;
}

static void
test_quirk_18 (void)
{
  const MdocBleL2cap *normal = mdoc_ble_l2cap;
  MdocBleL2cap broken = *normal;

  broken.connect = refuse_connect;
  mdoc_ble_l2cap = &broken;
  for (guint mode = 0; mode < TALK_N_MODES; mode++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
      Talk talk = { .mode = (TalkMode) mode,
                    .sizes = one_message,
                    .use_l2cap = TRUE };

      talk_run (&talk);
      talk_assert_fine (&talk);
      finish_talk (&talk, bluez);
    }
  mdoc_ble_l2cap = normal;
}

/* Gone without a word once the answer is there: no failure on either side. */
static void
lose_after_response (gpointer data, const char *event)
{
  Talk *talk = data;

  if (g_str_equal (event, "response"))
    fake_bluez_lose_connections (talk->bluez);
}

static void
lose_after_request (gpointer data, const char *event)
{
  Talk *talk = data;

  if (g_str_equal (event, "request"))
    fake_bluez_lose_connections (talk->bluez);
}

static void
test_quirk_19 (void)
{
  for (guint mode = 0; mode < TALK_N_MODES; mode++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
      Talk talk = { .mode = (TalkMode) mode,
                    .sizes = one_message,
                    .bluez = bluez,
                    .on_event = lose_after_response };
      Talk lost = { .mode = (TalkMode) mode,
                    .sizes = long_message,
                    .bluez = bluez,
                    .on_event = lose_after_request };

      talk_run (&talk);
      talk_assert_fine (&talk);
      finish_talk (&talk, bluez);
      /* but it is one while the answer is missing */
      talk_run (&lost);
      g_assert_error (lost.reader_error,
                      MDOC_BLE_ERROR,
                      MDOC_BLE_ERROR_VANISHED);
      finish_talk (&lost, bluez);
    }
}

static void
test_quirk_22 (void)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk wrong = { .mode = TALK_CENTRAL,
                 .sizes = one_message,
                 .has_wrong_ident = TRUE,
                 .on_event = close_reader };
  Talk ignored = { .mode = TALK_CENTRAL,
                   .sizes = one_message,
                   .has_wrong_ident = TRUE,
                   .is_ident_ignored = TRUE };

  talk_run (&wrong);
  g_assert_error (wrong.holder_error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_PROTOCOL);
  g_assert_false (wrong.is_reader_connected);
  finish_talk (&wrong, bluez);
  talk_run (&ignored);
  talk_assert_fine (&ignored);
  finish_talk (&ignored, bluez);
}

/* Nothing that another session left is used. */
static void
test_quirk_27 (void)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

  for (guint i = 0; i < 20; i++)
    run_fine (bluez, (TalkMode) (i % TALK_N_MODES), one_message);
}

/* "Services resolved" is told before the services are shown. */
static void
test_resolved_early (void)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

  fake_bluez_set_resolves_early (bluez, TRUE);
  run_fine (bluez, TALK_CENTRAL, one_message);
  run_fine (bluez, TALK_PERIPHERAL, one_message);
}

/* bluetoothd before 5.62 shows no MTU. */
static void
test_no_mtu (void)
{
  static const guint mtus[] = { 23, 185, 517 };

  for (gsize i = 0; i < G_N_ELEMENTS (mtus); i++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

      fake_bluez_set_version (bluez, 555);
      fake_bluez_set_mtu (bluez, mtus[i]);
      run_fine (bluez, TALK_CENTRAL, long_message);
      run_fine (bluez, TALK_PERIPHERAL, long_message);
      g_assert_cmpuint (fake_bluez_get_n_lost (bluez), ==, 0);
      if (mtus[i] > 100)
        g_assert_cmpuint (fake_bluez_get_longest (bluez), >, 100);
    }
}

static void
change_at_request (gpointer data, const char *event)
{
  Talk *talk = data;

  if (g_str_equal (event, "request"))
    fake_bluez_change_services (talk->bluez);
  close_reader (data, event);
}

/* The services go in the middle of it. */
static void
test_service_changed (void)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = TALK_CENTRAL,
                .sizes = long_message,
                .bluez = bluez,
                .on_event = change_at_request };

  talk_run (&talk);
  g_assert_error (talk.holder_error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_VANISHED);
  finish_talk (&talk, bluez);
}

/* A length that the user chose, for peers that are sick. */
static void
test_max_part (void)
{
  for (guint mode = 0; mode <= TALK_PERIPHERAL; mode++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
      Talk talk = { .mode = (TalkMode) mode,
                    .sizes = one_message,
                    .max_part_bytes = 20 };

      talk_run (&talk);
      talk_assert_fine (&talk);
      g_assert_cmpuint (fake_bluez_get_longest (bluez), ==, 20);
      finish_talk (&talk, bluez);
    }
}

int
main (int argc, char **argv)
{
  talk_init (&argc, &argv);
  g_test_add_func ("/ble/quirk-01-long-writes-lost", test_quirk_01);
  g_test_add_func ("/ble/quirk-02-over-512", test_quirk_02);
  g_test_add_func ("/ble/quirk-05-06-cut-or-dropped", test_quirks_05_06);
  g_test_add_func ("/ble/quirk-09-service-changed", test_quirk_09);
  g_test_add_func ("/ble/quirk-12-connect-aborts", test_quirk_12);
  g_test_add_func ("/ble/quirk-12-connect-limit", test_quirk_12_limit);
  g_test_add_func ("/ble/quirk-13-second-central", test_quirk_13);
  g_test_add_func ("/ble/quirk-14-state-before-ccc", test_quirk_14);
  g_test_add_func ("/ble/quirk-14-never-subscribed", test_quirk_14_never);
  g_test_add_func ("/ble/quirk-18-l2cap-broken", test_quirk_18);
  g_test_add_func ("/ble/quirk-19-plain-disconnect", test_quirk_19);
  g_test_add_func ("/ble/quirk-19-state-end", test_quirk_19_state);
  g_test_add_func ("/ble/quirk-22-ident", test_quirk_22);
  g_test_add_func ("/ble/quirk-27-nothing-kept", test_quirk_27);
  g_test_add_func ("/ble/before-start", test_before_start);
  g_test_add_func ("/ble/channel-first", test_channel_first);
  g_test_add_func ("/ble/bad-part", test_bad_part);
  g_test_add_func ("/ble/endless-parts", test_endless_parts);
  g_test_add_func ("/ble/resolved-early", test_resolved_early);
  g_test_add_func ("/ble/no-mtu-property", test_no_mtu);
  g_test_add_func ("/ble/service-changed", test_service_changed);
  g_test_add_func ("/ble/scans-again", test_scans_again);
  g_test_add_func ("/ble/hands-over-little", test_hands_over_little);
  g_test_add_func ("/ble/max-part", test_max_part);
  return talk_run_tests ();
}
