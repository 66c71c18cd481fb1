/*
 * test-ble-misbehave.c - what a peer does wrong on purpose, below the message
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/fake-bluez/ble-talk.h"

#define MESSAGE_BYTES 700

typedef struct
{
  const char *name;
  TalkMode mode;
  gboolean use_l2cap;
} Way;

static const Way ways[] = {
  { "central", TALK_CENTRAL, FALSE },
  { "peripheral", TALK_PERIPHERAL, FALSE },
  { "central-l2cap", TALK_CENTRAL, TRUE },
  { "peripheral-l2cap", TALK_PERIPHERAL, TRUE },
};

/* What is done, after one answer. */
static MdocTransportFault fault;
static gsize fault_bytes;
static gboolean is_possible;

static void
misbehave (gpointer data, const char *event)
{
  Talk *talk = data;
  g_autoptr (GBytes) message = g_bytes_new_take (g_malloc0 (MESSAGE_BYTES),
                                                 MESSAGE_BYTES);

  if (g_str_equal (event, "response"))
    g_assert_true (talk->use_l2cap
                   || mdoc_transport_get_begun_us (talk->reader) > 0);
  if (g_str_equal (event, "response") && talk->n_done == 1)
    is_possible = mdoc_transport_misbehave (talk->reader,
                                            fault,
                                            message,
                                            fault_bytes);
  if (g_str_equal (event, "holder closed") && !talk->is_reader_closed)
    mdoc_transport_close (talk->reader);
}

/* @error: what the holder makes of it; -1: the fault is not to be had */
static void
run_fault (const Way *way, MdocTransportFault what, gsize n_bytes, gint error)
{
  /* the second message is on its way when it happens */
  static const gsize sizes[] = { 10, 20, 0 };
  static const gsize good_sizes[] = { 10, 0 };
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Talk talk = { .mode = way->mode,
                .use_l2cap = way->use_l2cap,
                .sizes = sizes,
                .on_event = misbehave };
  Talk again = { .mode = way->mode,
                 .use_l2cap = way->use_l2cap,
                 .sizes = good_sizes };

  fake_bluez_set_mtu (bluez, 65);
  fault = what;
  fault_bytes = n_bytes;
  is_possible = FALSE;
  talk_run (&talk);
  g_assert_cmpint (is_possible, ==, error >= 0);
  if (error >= 0)
    {
      g_assert_error (talk.holder_error, MDOC_BLE_ERROR, error);
      /* who cuts knows of it; otherwise it is the holder that breaks it off */
      if (what == MDOC_TRANSPORT_FAULT_CUT)
        g_assert_no_error (talk.reader_error);
    }
  else
    g_assert_cmpuint (talk.n_done, ==, 2);
  talk_clear (&talk);
  talk_assert_clean (bluez);

  talk_run (&again);
  talk_assert_fine (&again);
  talk_clear (&again);
  talk_assert_clean (bluez);
}

static void
test_cut (gconstpointer data)
{
  static const gsize cuts[] = { 1, 61, 62, 63, 350, MESSAGE_BYTES - 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++)
    run_fault (data,
               MDOC_TRANSPORT_FAULT_CUT,
               cuts[i],
               (gint) MDOC_BLE_ERROR_VANISHED);
  run_fault (data, MDOC_TRANSPORT_FAULT_CUT, 0, -1);
}

static void
test_length (gconstpointer data)
{
  const Way *way = data;

  run_fault (way,
             MDOC_TRANSPORT_FAULT_LENGTH,
             0,
             way->use_l2cap ? (gint) MDOC_BLE_ERROR_LIMIT : -1);
}

static void
test_prefix (gconstpointer data)
{
  const Way *way = data;

  run_fault (way,
             MDOC_TRANSPORT_FAULT_PREFIX,
             0,
             way->use_l2cap ? -1 : (gint) MDOC_BLE_ERROR_PROTOCOL);
}

/* --- gone at each byte ---------------------------------------------------- */

/* three parts at an MTU of 65, and a little */
#define SWEPT_BYTES 130

static const MdocBleTimes swept_times = {
  .wait_ms = 10000,
  .connect_ms = 3000,
  .resolve_ms = 3000,
  .start_ms = 500,
  .call_ms = 5000,
  .retry_ms = 10,
  .rescan_ms = 1000,
  .end_ms = 5,
};

static gboolean is_holder_leaving;

/* The first message was answered; of the next one there are so many bytes. */
static void
leave (gpointer data, const char *event)
{
  Talk *talk = data;
  g_autoptr (GBytes) message = g_bytes_new_take (g_malloc0 (SWEPT_BYTES),
                                                 SWEPT_BYTES);
  gboolean is_time = is_holder_leaving
                         ? g_str_equal (event, "request") && talk->n_done == 0
                         : g_str_equal (event, "response") && talk->n_done == 1;

  if (is_time)
    g_assert_true (mdoc_transport_misbehave (is_holder_leaving ? talk->holder
                                                               : talk->reader,
                                             MDOC_TRANSPORT_FAULT_CUT,
                                             message,
                                             fault_bytes));
}

static void
run_leaving (const Way *way, FakeBluez *bluez)
{
  static const gsize sizes[] = { 10, 20, 0 };
  static const gsize good_sizes[] = { 10, 0 };
  Talk talk = { .mode = way->mode,
                .use_l2cap = way->use_l2cap,
                .sizes = sizes,
                .times = &swept_times,
                .on_event = leave };
  Talk again = { .mode = way->mode,
                 .use_l2cap = way->use_l2cap,
                 .sizes = good_sizes,
                 .times = &swept_times };

  const GError *error;

  talk_run (&talk);
  error = is_holder_leaving ? talk.reader_error : talk.holder_error;
  g_assert_error (error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_VANISHED);
  talk_clear (&talk);
  talk_assert_clean (bluez);

  talk_run (&again);
  talk_assert_fine (&again);
  talk_clear (&again);
  talk_assert_clean (bluez);
}

static void
test_each_byte (gconstpointer data)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);

  fake_bluez_set_mtu (bluez, 65);
  for (guint who = 0; who < 2; who++)
    for (fault_bytes = 1; fault_bytes < SWEPT_BYTES; fault_bytes++)
      {
        is_holder_leaving = who == 1;
        run_leaving (data, bluez);
      }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*run) (gconstpointer data);
  } tests[] = {
    { "cut", test_cut },
    { "length", test_length },
    { "prefix", test_prefix },
    { "each-byte", test_each_byte },
  };

  talk_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (ways); j++)
      {
        g_autofree char *path = g_strdup_printf ("/ble-misbehave/%s/%s",
                                                 tests[i].name,
                                                 ways[j].name);

        g_test_add_data_func (path, &ways[j], tests[i].run);
      }
  return talk_run_tests ();
}
