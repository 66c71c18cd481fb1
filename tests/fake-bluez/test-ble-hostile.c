/*
 * test-ble-hostile.c - peers and strangers that do things at the wrong time
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "ble/mdoc-ble-link.h"
#include "tests/fake-bluez/ble-talk.h"

/* what a person may have to wait for the error */
#define MAX_MS 5000
#define MTU    65

static const gsize two_messages[] = { 100, 300, 0 };

static const struct
{
  const char *name;
  TalkMode mode;
} modes[] = { { "central", TALK_CENTRAL }, { "peripheral", TALK_PERIPHERAL } };

/* What is done, at the @n_th time that @step comes. */
typedef struct Deed Deed;
struct Deed
{
  void (*strike) (Deed *self);
  const char *step;
  guint n_th;
  Talk *talk;
  guint n_seen;
};

static FakeAction
watch (const char *step, gpointer user_data)
{
  Deed *self = user_data;

  if (g_str_equal (step, self->step) && self->n_seen++ == self->n_th)
    self->strike (self);
  return FAKE_GO;
}

static const MdocBleServiceUuids *
get_service (TalkMode mode)
{
  return mode == TALK_CENTRAL ? &mdoc_ble_reader_service
                              : &mdoc_ble_mdoc_service;
}

static void
run_fine (FakeBluez *bluez, TalkMode mode)
{
  Talk talk = { .mode = mode, .sizes = two_messages };

  talk_run (&talk);
  talk_assert_fine (&talk);
  talk_clear (&talk);
  talk_assert_clean (bluez);
}

/* Returns: whether the step came so often. The talk is as if nothing were. */
static gboolean
run_unmoved (TalkMode mode,
             void (*strike) (Deed *self),
             const char *step,
             guint n_th)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = mode, .sizes = two_messages, .bluez = bluez };
  Deed deed = { strike, step, n_th, &talk, 0 };

  g_test_message ("%s %u", step, n_th);
  fake_bluez_set_mtu (bluez, MTU);
  fake_bluez_set_hook (bluez, watch, &deed);
  talk_run (&talk);
  fake_bluez_set_hook (bluez, NULL, NULL);
  talk_assert_fine (&talk);
  talk_clear (&talk);
  talk_assert_clean (bluez);
  run_fine (bluez, mode);
  return deed.n_seen > n_th;
}

/* --- a second central ----------------------------------------------------- */

/* It subscribes, and writes all that a reader or a wallet would; but for the
 * State 0x01 that would make it the first, while nobody is. */
static void
intrude (Deed *self)
{
  TalkMode mode = self->talk->mode;
  FakeBluez *bluez = self->talk->bluez;
  const MdocBleServiceUuids *service = get_service (mode);
  guint adapter = mode == TALK_CENTRAL ? 1 : 0;
  gboolean has_begun = mode == TALK_CENTRAL ? self->talk->is_reader_connected
                                            : self->talk->is_holder_connected;

  /* what is gone has nobody to send away */
  if (mode == TALK_CENTRAL ? self->talk->is_reader_closed
                           : self->talk->is_holder_closed)
    return;
  fake_bluez_stranger_connect (bluez, adapter);
  fake_bluez_stranger_subscribe (bluez,
                                 adapter,
                                 service->server_to_client,
                                 TRUE);
  fake_bluez_stranger_subscribe (bluez, adapter, service->state, TRUE);
  if (has_begun)
    fake_bluez_stranger_write (bluez, adapter, service->state, "\x01", 1);
  fake_bluez_stranger_write (bluez,
                             adapter,
                             service->client_to_server,
                             "\x01half",
                             5);
  fake_bluez_stranger_write (bluez,
                             adapter,
                             service->client_to_server,
                             "\x00X",
                             2);
  fake_bluez_stranger_write (bluez, adapter, service->state, "\x02", 1);
}

static void
test_second_central (gconstpointer data)
{
  static const char *const steps[] = {
    "RegisterAdvertisement",
    "Connect",
    "resolved",
    "StartNotify",
    "WriteValue",
    "UnregisterAdvertisement",
    "notify",
    "RemoveDevice",
  };
  TalkMode mode = (TalkMode) GPOINTER_TO_INT (data);

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      guint n_th = 0;

      while (run_unmoved (mode, intrude, steps[i], n_th))
        n_th++;
      g_assert_cmpuint (n_th, >, 0);
    }
}

/* --- notifications before the subscription -------------------------------- */

static void
notify_early (Deed *self)
{
  FakeBluez *bluez = self->talk->bluez;
  const MdocBleServiceUuids *service = get_service (self->talk->mode);

  fake_bluez_notify (bluez, service->server_to_client, "\x00X", 2);
  fake_bluez_notify (bluez, service->server_to_client, "\x01half", 5);
  fake_bluez_notify (bluez, service->server_to_client, "\x02", 1);
  fake_bluez_notify (bluez, service->state, "\x01", 1);
  fake_bluez_notify (bluez, service->state, "\x02", 1);
}

static void
test_early_notifications (gconstpointer data)
{
  TalkMode mode = (TalkMode) GPOINTER_TO_INT (data);

  g_assert_true (run_unmoved (mode, notify_early, "StartNotify", 0));
  g_assert_true (run_unmoved (mode, notify_early, "StartNotify", 1));
  if (mode == TALK_CENTRAL)
    g_assert_true (run_unmoved (mode, notify_early, "ReadValue", 0));
}

/* --- parts without end ---------------------------------------------------- */

#define MAX_MESSAGE_BYTES 1000
#define N_PARTS           200

typedef struct
{
  TalkMode mode;
  gboolean is_empty;
} Flood;

static gsize flood_part_bytes;

/* The server's values come from nobody but the fake, and go on for as long as
 * somebody listens. */
static void
flood_client (gpointer data, const char *event)
{
  static const guint8 part[60] = { 0x01 };
  Talk *talk = data;
  const char *begun = talk->mode == TALK_CENTRAL ? "holder connected"
                                                 : "reader connected";

  if (g_str_equal (event, begun))
    for (guint i = 0; i < N_PARTS; i++)
      fake_bluez_notify (talk->bluez,
                         get_service (talk->mode)->server_to_client,
                         part,
                         flood_part_bytes);
  if (g_str_equal (event, "holder closed") && !talk->is_reader_closed)
    mdoc_transport_close (talk->reader);
  if (g_str_equal (event, "reader closed") && !talk->is_holder_closed)
    mdoc_transport_close (talk->holder);
}

static void
test_flood (gconstpointer data)
{
  const Flood *flood = data;
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = flood->mode,
                .sizes = two_messages,
                .max_message_bytes = MAX_MESSAGE_BYTES,
                .may_lose = TRUE,
                .bluez = bluez,
                .on_event = flood_client };
  const GError *error;

  flood_part_bytes = flood->is_empty ? 1 : 60;
  fake_bluez_set_mtu (bluez, MTU);
  talk_run (&talk);
  error = flood->mode == TALK_CENTRAL ? talk.holder_error : talk.reader_error;
  g_assert_error (error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_LIMIT);
  g_assert_cmpint (talk.took_ms, <, MAX_MS);
  talk_clear (&talk);
  talk_assert_clean (bluez);
  run_fine (bluez, flood->mode);
}

/* --- a message that the server does not take ------------------------------ */

static FakeAction
note_step (const char *step, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup (step));
  return FAKE_GO;
}

/* The peer is in the middle of it and writes on until BlueZ has let it go: the
 * service is not there any more by then. */
static void
test_service_goes_first (void)
{
  static const gsize sizes[] = { 100, 2 * MAX_MESSAGE_BYTES, 0 };
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func (g_free);
  Talk talk = { .mode = TALK_PERIPHERAL,
                .sizes = sizes,
                .max_message_bytes = MAX_MESSAGE_BYTES };
  guint removed = 0, unregistered = 0;

  fake_bluez_set_hook (bluez, note_step, steps);
  talk_run (&talk);
  g_assert_error (talk.holder_error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_LIMIT);
  talk_clear (&talk);
  talk_assert_clean (bluez);
  g_assert_true (g_ptr_array_find_with_equal_func (steps,
                                                   "UnregisterApplication",
                                                   g_str_equal,
                                                   &unregistered));
  g_assert_true (g_ptr_array_find_with_equal_func (steps,
                                                   "RemoveDevice",
                                                   g_str_equal,
                                                   &removed));
  g_assert_cmpuint (unregistered, <, removed);
  fake_bluez_set_hook (bluez, NULL, NULL);
  run_fine (bluez, TALK_PERIPHERAL);
}

int
main (int argc, char **argv)
{
  static const Flood floods[] = {
    { TALK_CENTRAL, FALSE },
    { TALK_CENTRAL, TRUE },
    { TALK_PERIPHERAL, FALSE },
    { TALK_PERIPHERAL, TRUE },
  };
  static const char *const flood_paths[] = {
    "/ble-hostile/flood/central",
    "/ble-hostile/flood/central-empty",
    "/ble-hostile/flood/peripheral",
    "/ble-hostile/flood/peripheral-empty",
  };

  talk_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *central
          = g_strdup_printf ("/ble-hostile/second-central/%s", modes[i].name);
      g_autofree char *early
          = g_strdup_printf ("/ble-hostile/early-notifications/%s",
                             modes[i].name);

      g_test_add_data_func (central,
                            GINT_TO_POINTER (modes[i].mode),
                            test_second_central);
      g_test_add_data_func (early,
                            GINT_TO_POINTER (modes[i].mode),
                            test_early_notifications);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (floods); i++)
    g_test_add_data_func (flood_paths[i], &floods[i], test_flood);
  g_test_add_func ("/ble-hostile/service-goes-first", test_service_goes_first);
  return talk_run_tests ();
}
