/*
 * test-ble-transport.c - a holder and a reader over the fake BlueZ
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ble/mdoc-ble-l2cap.h"
#include "ble/mdoc-ble-link.h"
#include "tests/fake-bluez/ble-talk.h"

/* where no talk listens */
#define WRONG_PSM 0xff

static const char *const mode_names[TALK_N_MODES] = { "central",
                                                      "peripheral",
                                                      "both",
                                                      "both-peripheral" };

static const gsize one_message[] = { 1000, 0 };

static void
finish_talk (Talk *talk, FakeBluez *bluez)
{
  talk_clear (talk);
  talk_assert_clean (bluez);
}

/* From one byte to a megabyte, around every border of a part. */
static void
test_sizes (gconstpointer data)
{
  static const guint mtus[] = { 23, 65, 185, 247, 515, 517 };
  TalkMode mode = (TalkMode) GPOINTER_TO_INT (data);

  for (gsize i = 0; i < G_N_ELEMENTS (mtus); i++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
      guint mtu = mtus[i];
      const gsize sizes[] = { 1,       mtu - 8, mtu - 7,
                              mtu - 6, mtu - 5, mtu - 4,
                              mtu - 3, mtu - 2, mtu,
                              2 * mtu, 4000,    mtu < 100 ? 10000 : 60000,
                              0 };
      Talk talk = { .mode = mode, .sizes = sizes };

      fake_bluez_set_mtu (bluez, mtu);
      talk_run (&talk);
      talk_assert_fine (&talk);
      g_assert_cmpuint (fake_bluez_get_n_lost (bluez), ==, 0);
      finish_talk (&talk, bluez);
    }
}

static void
test_megabyte (gconstpointer data)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  static const gsize sizes[] = { 1024 * 1024, 0 };
  Talk talk = { .mode = (TalkMode) GPOINTER_TO_INT (data), .sizes = sizes };

  talk_run (&talk);
  talk_assert_fine (&talk);
  finish_talk (&talk, bluez);
}

/* Each time that we wait is a limit: where nothing is lost, none of them has to
 * pass, from the start to State 0x01 and the request, and to the end. */
static void
test_never_waits (gconstpointer data)
{
  static const MdocBleTimes hours = { 3600000, 3600000, 3600000, 3600000,
                                      3600000, 3600000, 3600000, 3600000 };
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = (TalkMode) GPOINTER_TO_INT (data),
                .sizes = one_message,
                .times = &hours };

  talk_run (&talk);
  talk_assert_fine (&talk);
  finish_talk (&talk, bluez);
}

static void
test_l2cap (gconstpointer data)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  static const gsize sizes[] = { 1, 100, 5000, 1024 * 1024, 1, 0 };
  Talk talk = { .mode = (TalkMode) GPOINTER_TO_INT (data),
                .sizes = sizes,
                .use_l2cap = TRUE };

  talk_run (&talk);
  talk_assert_fine (&talk);
  /* nothing but State and the PSM went by GATT */
  g_assert_cmpuint (fake_bluez_get_longest (bluez), <=, 4);
  finish_talk (&talk, bluez);
}

static guint
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Neither side keeps a socket or a connection to the bus: a service that
 * presents every day would run out of them. */
static void
leaves_no_files (TalkMode mode, gboolean use_l2cap)
{
  static const gsize sizes[] = { 100, 3000, 0 };
  guint n_before = 0;

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
      Talk talk = { .mode = mode, .sizes = sizes, .use_l2cap = use_l2cap };
      gint64 until_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

      talk_run (&talk);
      talk_assert_fine (&talk);
      finish_talk (&talk, bluez);
      g_clear_pointer (&bluez, fake_bluez_free);
      if (i == 0)
        n_before = count_files ();
      /* connections to the bus close a little later */
      while (count_files () > n_before && g_get_monotonic_time () < until_us)
        g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (count_files (), <=, n_before);
    }
}

static void
test_files (gconstpointer data)
{
  leaves_no_files ((TalkMode) GPOINTER_TO_INT (data), FALSE);
  leaves_no_files ((TalkMode) GPOINTER_TO_INT (data), TRUE);
}

static gpointer
check_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_ble_check (NULL, "central", &error));
  g_assert_no_error (error);
  g_atomic_int_set ((gint *) data, TRUE);
  return NULL;
}

/* Nor does looking whether there is an adapter, which precedes each of them.
 * The fake answers on this thread, so the one who looks has another. */
static void
test_check_files (void)
{
  g_autoptr (FakeBluez) bluez G_GNUC_UNUSED
      = fake_bluez_new (talk_get_address (), 2);
  guint n_before = 0;

  for (guint i = 0; i < 4; i++)
    {
      gint is_done = FALSE;
      GThread *thread = g_thread_new ("check", check_thread, &is_done);

      while (!g_atomic_int_get (&is_done))
        g_main_context_iteration (NULL, FALSE);
      g_thread_join (thread);
      if (i == 0)
        n_before = count_files ();
    }
  g_assert_cmpuint (count_files (), <=, n_before);
}

static const MdocBleL2cap *usual_l2cap;

/* Counts what a client reads: the reader in mode peripheral has nothing to read
 * but the PSM. */
static FakeAction
count_reads (const char *step, gpointer user_data)
{
  if (g_str_equal (step, "ReadValue"))
    *(guint *) user_data += 1;
  return FAKE_GO;
}

/* Begins well, and is refused afterwards, as a radio does: a datagram to a port
 * of this machine that nobody has. */
static int
connect_in_vain (const char *adapter_address,
                 const char *address,
                 const char *address_type,
                 guint psm,
                 GError **error)
{
  struct sockaddr_in to = { .sin_family = AF_INET,
                            .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t len = sizeof to;
  int port, fd;

  if (psm != WRONG_PSM)
    return usual_l2cap->connect (adapter_address,
                                 address,
                                 address_type,
                                 psm,
                                 error);

  port = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  g_assert_cmpint (bind (port, (struct sockaddr *) &to, sizeof to), ==, 0);
  g_assert_cmpint (getsockname (port, (struct sockaddr *) &to, &len), ==, 0);
  close (port);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &to, sizeof to), ==, 0);
  g_assert_cmpint (send (fd, "", 1, 0), ==, 1);
  return fd;
}

/* A reader that knows the PSM does not read it; where nobody answers there, it
 * does, and has its channel all the same. */
static void
test_psm_known (void)
{
  MdocBleL2cap refusing;
  static const gsize sizes[] = { 1, 5000, 0 };
  static const struct
  {
    gboolean knows_psm;
    guint wrong_psm;
    guint n_reads;
  } cases[] = { { FALSE, 0, 1 },
                { TRUE, 0, 0 },
                { TRUE, WRONG_PSM, 1 },
                { TRUE, 0x7f, 1 } };

  usual_l2cap = mdoc_ble_l2cap;
  refusing = *usual_l2cap;
  refusing.connect = connect_in_vain;
  mdoc_ble_l2cap = &refusing;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gint mode = 0; mode < TALK_N_MODES; mode++)
      {
        g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
        guint n_reads = 0;
        Talk talk = { .mode = (TalkMode) mode,
                      .sizes = sizes,
                      .use_l2cap = TRUE,
                      .knows_psm = cases[i].knows_psm,
                      .wrong_psm = cases[i].wrong_psm };

        /* in the others the holder may be the one that reads, the Ident too */
        if (mode != TALK_PERIPHERAL && mode != TALK_BOTH_PERIPHERAL)
          continue;
        fake_bluez_set_hook (bluez, count_reads, &n_reads);
        talk_run (&talk);
        talk_assert_fine (&talk);
        g_assert_cmpuint (n_reads, ==, cases[i].n_reads);
        g_assert_cmpuint (fake_bluez_get_longest (bluez), <=, 4);
        finish_talk (&talk, bluez);
      }
  mdoc_ble_l2cap = usual_l2cap;
}

/* The most that a socket has room for, however long one waits for more: it is
 * writable, and takes nothing that is longer. */
#define ROOM_BYTES 300

static guint n_without_room;

static gssize
write_if_room (int fd, const guint8 *bytes, gsize len)
{
  if (len <= ROOM_BYTES)
    return usual_l2cap->write (fd, bytes, len);
  n_without_room++;
  errno = EAGAIN;
  return -1;
}

/* What is written becomes shorter until it fits, and is not tried again longer:
 * 672 bytes, 336, 168, at either end. */
static void
test_l2cap_room (gconstpointer data)
{
  static const gsize sizes[] = { 1, 5000, 60000, 0 };
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  MdocBleL2cap narrow;
  Talk talk = { .mode = (TalkMode) GPOINTER_TO_INT (data),
                .sizes = sizes,
                .use_l2cap = TRUE };

  usual_l2cap = mdoc_ble_l2cap;
  narrow = *usual_l2cap;
  narrow.write = write_if_room;
  n_without_room = 0;
  mdoc_ble_l2cap = &narrow;
  talk_run (&talk);
  talk_assert_fine (&talk);
  g_assert_cmpuint (n_without_room, ==, 4);
  finish_talk (&talk, bluez);
  mdoc_ble_l2cap = usual_l2cap;
}

static void
test_sdu (void)
{
  static const struct
  {
    guint mtu;
    gsize sdu_bytes;
  } cases[] = { { 23, 23 },         { 244, 244 },    { 245, 245 },
                { 491, 245 },       { 492, 492 },    { 1973, 1727 },
                { 1974, 1974 },     { 4096, 1974 },  { 8192, 3950 },
                { 2 * 4197, 4197 }, { 16384, 8149 }, { 65535, 8149 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (mdoc_ble_sdu_get_bytes (cases[i].mtu),
                      ==,
                      cases[i].sdu_bytes);
}

static void
test_holder_closes (gconstpointer data)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = (TalkMode) GPOINTER_TO_INT (data),
                .sizes = one_message,
                .is_holder_closing = TRUE };

  talk_run (&talk);
  talk_assert_fine (&talk);
  finish_talk (&talk, bluez);
}

/* The last reference goes at each event: nothing comes any more, and nothing
 * stays. */
static const char *drop_event;

static void
drop_at_event (gpointer data, const char *event)
{
  Talk *talk = data;

  if (!g_str_equal (event, drop_event) || talk->is_holder_closed)
    return;
  g_clear_pointer (&talk->holder, mdoc_transport_unref);
  talk->is_holder_closed = TRUE;
}

static void
test_dropped (gconstpointer data)
{
  static const char *const events[] = { "holder connected",
                                        "reader connected",
                                        "request",
                                        "response" };

  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
      Talk talk = { .mode = (TalkMode) GPOINTER_TO_INT (data),
                    .sizes = one_message,
                    .on_event = drop_at_event };

      drop_event = events[i];
      talk_run (&talk);
      g_assert_no_error (talk.holder_error);
      finish_talk (&talk, bluez);
    }
}

/* Closing before anybody came is no error. */
static void
test_closed_early (gconstpointer data)
{
  for (guint n_rounds = 0; n_rounds < 40; n_rounds++)
    {
      g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
      Talk talk = { .mode = (TalkMode) GPOINTER_TO_INT (data),
                    .sizes = one_message };

      talk_start (&talk);
      for (guint i = 0; i < n_rounds; i++)
        g_main_context_iteration (NULL, FALSE);
      mdoc_transport_close (talk.holder);
      mdoc_transport_close (talk.reader);
      while (!talk.is_holder_closed || !talk.is_reader_closed)
        g_main_context_iteration (NULL, TRUE);
      g_assert_no_error (talk.holder_error);
      g_assert_no_error (talk.reader_error);
      finish_talk (&talk, bluez);
    }
}

/* --- adapters ------------------------------------------------------------ */

static void
stop_reader (gpointer data, const char *event)
{
  Talk *talk = data;

  if (g_str_equal (event, "holder closed") && !talk->is_reader_closed)
    mdoc_transport_close (talk->reader);
}

static void
assert_refused (FakeBluez *bluez,
                TalkMode mode,
                const char *adapter,
                MdocBleError code,
                const char *advice)
{
  Talk talk = { .mode = mode,
                .sizes = one_message,
                .adapter = adapter,
                .on_event = stop_reader };

  talk_run (&talk);
  g_assert_error (talk.holder_error, MDOC_BLE_ERROR, (gint) code);
  g_assert_nonnull (strstr (talk.holder_error->message, advice));
  talk_clear (&talk);
  if (bluez != NULL)
    talk_assert_clean (bluez);
}

static void
test_adapter_missing (void)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 0);

  assert_refused (bluez,
                  TALK_CENTRAL,
                  NULL,
                  MDOC_BLE_ERROR_NO_ADAPTER,
                  "bluetoothctl list");
  assert_refused (bluez,
                  TALK_PERIPHERAL,
                  "hci7",
                  MDOC_BLE_ERROR_NO_ADAPTER,
                  "hci7");
}

static void
test_adapter_off (void)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

  fake_bluez_set_adapter (bluez, 0, "Powered", g_variant_new_boolean (FALSE));
  for (guint mode = 0; mode < TALK_N_MODES; mode++)
    assert_refused (bluez,
                    (TalkMode) mode,
                    NULL,
                    MDOC_BLE_ERROR_POWERED_OFF,
                    "bluetoothctl power on");
  fake_bluez_set_adapter (bluez,
                          0,
                          "PowerState",
                          g_variant_new_string ("off-blocked"));
  assert_refused (bluez,
                  TALK_CENTRAL,
                  NULL,
                  MDOC_BLE_ERROR_BLOCKED,
                  "rfkill unblock bluetooth");
}

static void
test_adapter_role (void)
{
  static const char *const central[] = { "central", NULL };
  static const char *const peripheral[] = { "peripheral", NULL };
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

  fake_bluez_set_adapter (bluez, 0, "Roles", g_variant_new_strv (central, -1));
  assert_refused (bluez,
                  TALK_PERIPHERAL,
                  NULL,
                  MDOC_BLE_ERROR_ROLE,
                  "peripheral");
  fake_bluez_set_adapter (bluez,
                          0,
                          "Roles",
                          g_variant_new_strv (peripheral, -1));
  assert_refused (bluez, TALK_CENTRAL, NULL, MDOC_BLE_ERROR_ROLE, "central");
  fake_bluez_drop_interface (bluez, 0, "org.bluez.LEAdvertisingManager1");
  assert_refused (bluez,
                  TALK_PERIPHERAL,
                  NULL,
                  MDOC_BLE_ERROR_ROLE,
                  "advertising");
}

/* One mode that cannot be leaves the other. */
static void
test_adapter_one_role (void)
{
  static const char *const central[] = { "central", NULL };
  static const char *const peripheral[] = { "peripheral", NULL };
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = TALK_BOTH, .sizes = one_message };
  Talk other = { .mode = TALK_BOTH_PERIPHERAL, .sizes = one_message };

  fake_bluez_set_adapter (bluez, 0, "Roles", g_variant_new_strv (central, -1));
  talk_run (&talk);
  talk_assert_fine (&talk);
  finish_talk (&talk, bluez);

  fake_bluez_set_adapter (bluez,
                          0,
                          "Roles",
                          g_variant_new_strv (peripheral, -1));
  talk_run (&other);
  talk_assert_fine (&other);
  finish_talk (&other, bluez);
}

static void
test_adapter_by_address (void)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = TALK_CENTRAL,
                .sizes = one_message,
                .adapter = "00:aa:01:00:00:00" };

  talk_run (&talk);
  talk_assert_fine (&talk);
  finish_talk (&talk, bluez);
}

static void
test_no_bluez (void)
{
  g_autofree char *address = g_strdup (g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"));

  assert_refused (NULL,
                  TALK_CENTRAL,
                  NULL,
                  MDOC_BLE_ERROR_NO_BLUEZ,
                  "systemctl start bluetooth");
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  assert_refused (NULL, TALK_BOTH, NULL, MDOC_BLE_ERROR_NO_BLUEZ, "dbus");
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
}

static void
add_tests (const char *name, GTestDataFunc function)
{
  for (gint mode = 0; mode < TALK_N_MODES; mode++)
    {
      g_autofree char *path = g_strdup_printf ("/ble/%s/%s",
                                               mode_names[mode],
                                               name);

      g_test_add_data_func (path, GINT_TO_POINTER (mode), function);
    }
}

int
main (int argc, char **argv)
{
  talk_init (&argc, &argv);
  add_tests ("sizes", test_sizes);
  add_tests ("megabyte", test_megabyte);
  add_tests ("never-waits", test_never_waits);
  add_tests ("l2cap", test_l2cap);
  add_tests ("l2cap-room", test_l2cap_room);
  g_test_add_func ("/ble/l2cap/sdu", test_sdu);
  add_tests ("files", test_files);
  g_test_add_func ("/ble/peripheral/psm-known", test_psm_known);
  add_tests ("holder-closes", test_holder_closes);
  add_tests ("dropped", test_dropped);
  add_tests ("closed-early", test_closed_early);
  g_test_add_func ("/ble/adapter/files", test_check_files);
  g_test_add_func ("/ble/adapter/missing", test_adapter_missing);
  g_test_add_func ("/ble/adapter/off", test_adapter_off);
  g_test_add_func ("/ble/adapter/role", test_adapter_role);
  g_test_add_func ("/ble/adapter/one-role", test_adapter_one_role);
  g_test_add_func ("/ble/adapter/by-address", test_adapter_by_address);
  g_test_add_func ("/ble/no-bluez", test_no_bluez);
  return talk_run_tests ();
}
