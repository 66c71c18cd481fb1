/*
 * test-ble-faults.c - whatever goes wrong, wherever
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "tests/fake-bluez/ble-talk.h"

/* A fault may be waited for in vain, so short. */
static const MdocBleTimes short_times = {
  .wait_ms = 1500,
  .connect_ms = 300,
  .resolve_ms = 300,
  .start_ms = 100,
  .call_ms = 600,
  .retry_ms = 5,
  .rescan_ms = 100,
  .end_ms = 200,
};

/* what a person may have to wait for the error */
#define MAX_MS 5000

static const char *const steps[] = {
  "GetManagedObjects",
  "RegisterApplication",
  "RegisterAdvertisement",
  "SetDiscoveryFilter",
  "StartDiscovery",
  "found",
  "StopDiscovery",
  "Connect",
  "resolved",
  "ReadValue",
  "StartNotify",
  "WriteValue",
  "UnregisterAdvertisement",
  "notify",
  "Ping",
  "StopNotify",
  "RemoveDevice",
  "UnregisterApplication",
};

static const char *const mode_names[TALK_N_MODES] = { "central",
                                                      "peripheral",
                                                      "both",
                                                      "both-peripheral" };

typedef struct
{
  TalkMode mode;
  FakeAction action;
  gboolean use_l2cap;
  gboolean is_in_message; /* one message is on its way, there or back */
} Case;

/* One fault: at the @n_th time that @step comes. */
typedef struct
{
  const char *step;
  guint n_th;
  FakeAction action;
  guint n_seen;
  gboolean has_struck;
} Fault;

static FakeAction
strike (const char *step, gpointer user_data)
{
  Fault *fault = user_data;

  if (!g_str_equal (step, fault->step) || fault->n_seen++ != fault->n_th)
    return FAKE_GO;
  fault->has_struck = TRUE;
  return fault->action;
}

/* A person would see one side fail and stop the other. */
static void
stop_other (gpointer data, const char *event)
{
  Talk *talk = data;

  if (g_str_equal (event, "holder closed") && !talk->is_reader_closed)
    mdoc_transport_close (talk->reader);
  else if (g_str_equal (event, "reader closed") && !talk->is_holder_closed)
    mdoc_transport_close (talk->holder);
}

static void
run_again (const Case *test, FakeBluez *bluez)
{
  static const gsize sizes[] = { 100, 0 };
  Talk talk = { .mode = test->mode,
                .use_l2cap = test->use_l2cap,
                .sizes = sizes };

  talk_run (&talk);
  talk_assert_fine (&talk);
  talk_clear (&talk);
  talk_assert_clean (bluez);
}

/* Half a message, received or sent, is never the end. */
static void
assert_half_message (const Talk *talk)
{
  g_assert_error (talk->holder_error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_VANISHED);
  g_assert_error (talk->reader_error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_VANISHED);
}

/* A message is for people, who do not know our functions. */
static void
assert_readable (const GError *error)
{
  if (error != NULL)
    g_assert_null (strstr (error->message, "mdoc_"));
}

/* Returns: whether the talk has as many such steps */
static gboolean
run_fault (const Case *test, const char *step, guint n_th, const gsize *sizes)
{
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 2);
  Fault fault = { .step = step, .n_th = n_th, .action = test->action };
  Talk talk = { .mode = test->mode,
                .sizes = sizes,
                .use_l2cap = test->use_l2cap,
                .times = &short_times,
                .may_lose = TRUE,
                .on_event = stop_other };
  gboolean is_refused;

  fake_bluez_set_mtu (bluez, 65);
  fake_bluez_set_hook (bluez, strike, &fault);
  talk_run (&talk);
  fake_bluez_set_hook (bluez, NULL, NULL);
  g_test_message ("%s %u: %" G_GINT64_FORMAT " ms, %s; %s",
                  step,
                  n_th,
                  talk.took_ms,
                  talk.holder_error == NULL ? "-" : talk.holder_error->message,
                  talk.reader_error == NULL ? "-" : talk.reader_error->message);
  g_assert_cmpint (talk.took_ms, <, MAX_MS);
  assert_readable (talk.holder_error);
  assert_readable (talk.reader_error);

  /* a holder that has not answered, and was not told to stop, says why */
  if (fault.has_struck && sizes[talk.n_done] != 0 && !talk.has_lost)
    g_assert_true (talk.holder_error != NULL || talk.reader_error != NULL);
  if (fault.has_struck && test->action == FAKE_DIE && talk.holder_error != NULL)
    g_assert_error (talk.holder_error, MDOC_BLE_ERROR, MDOC_BLE_ERROR_NO_BLUEZ);
  if (fault.has_struck && test->is_in_message && talk.n_done == 0)
    assert_half_message (&talk);
  talk_clear (&talk);
  /* bluetoothd that refuses to remove a device does so by itself, later */
  is_refused = g_str_equal (step, "RemoveDevice")
               && (test->action == FAKE_FAIL || test->action == FAKE_IGNORE);
  if (!is_refused)
    talk_assert_clean (bluez);

  if (is_refused || test->action == FAKE_DIE || test->action == FAKE_UNPLUG)
    {
      g_clear_pointer (&bluez, fake_bluez_free);
      bluez = fake_bluez_new (talk_get_address (), 2);
    }
  run_again (test, bluez);
  return fault.has_struck;
}

/* Of no use where an L2CAP channel carries the messages. */
static gboolean
is_of_values (const char *step)
{
  return g_str_equal (step, "StartNotify") || g_str_equal (step, "WriteValue")
         || g_str_equal (step, "notify") || g_str_equal (step, "Ping")
         || g_str_equal (step, "StopNotify");
}

static void
test_each_step (gconstpointer data)
{
  static const gsize sizes[] = { 1, 200, 0 };
  const Case *test = data;
  guint n_struck = 0;
  gsize n_steps = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    for (guint n_th = 0; n_th < 3; n_th++)
      {
        if (test->use_l2cap && is_of_values (steps[i]))
          break;
        if (n_th == 0)
          n_steps++;
        /* a notification that is lost alone only the session's limits of time
         * can tell */
        if (g_str_equal (steps[i], "notify")
            && (test->action == FAKE_FAIL || test->action == FAKE_IGNORE))
          break;
        if (!run_fault (test, steps[i], n_th, sizes))
          break;
        n_struck++;
      }
  /* a step that never comes would test nothing */
  g_assert_cmpuint (n_struck, >=, n_steps);
}

/* The connection is lost at each part of both messages. */
static void
test_each_part (gconstpointer data)
{
  static const gsize sizes[] = { 700, 0 };
  Case test = { (TalkMode) GPOINTER_TO_INT (data), FAKE_LOSE, FALSE, TRUE };
  guint n_parts = 0;

  while (run_fault (&test, "notify", n_parts, sizes))
    n_parts++;
  g_assert_cmpuint (n_parts, >=, 700 / 59);
  n_parts = 0;
  while (run_fault (&test, "WriteValue", n_parts, sizes))
    n_parts++;
  g_assert_cmpuint (n_parts, >=, 700 / 61);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    FakeAction action;
  } actions[] = {
    { "fails", FAKE_FAIL },       { "ignored", FAKE_IGNORE },
    { "lost", FAKE_LOSE },        { "bluetoothd-dies", FAKE_DIE },
    { "unplugged", FAKE_UNPLUG }, { "services-changed", FAKE_CHANGE },
  };
  static Case cases[TALK_N_MODES][G_N_ELEMENTS (actions)];
  static Case l2cap_cases[TALK_N_MODES][G_N_ELEMENTS (actions)];

  talk_init (&argc, &argv);
  for (guint mode = 0; mode < TALK_N_MODES; mode++)
    {
      g_autofree char *parts_path = g_strdup_printf ("/ble-faults/%s/each-part",
                                                     mode_names[mode]);

      for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
        {
          g_autofree char *path = g_strdup_printf ("/ble-faults/%s/%s",
                                                   mode_names[mode],
                                                   actions[i].name);

          g_autofree char *l2cap_path = g_strconcat (path, "-l2cap", NULL);

          cases[mode][i] = (Case){ .mode = (TalkMode) mode,
                                   .action = actions[i].action };
          l2cap_cases[mode][i] = cases[mode][i];
          l2cap_cases[mode][i].use_l2cap = TRUE;
          g_test_add_data_func (path, &cases[mode][i], test_each_step);
          /* whatever goes unanswered does so just as well without */
          if (actions[i].action != FAKE_IGNORE)
            g_test_add_data_func (l2cap_path,
                                  &l2cap_cases[mode][i],
                                  test_each_step);
        }
      if (mode <= TALK_PERIPHERAL)
        g_test_add_data_func (parts_path,
                              GINT_TO_POINTER (mode),
                              test_each_part);
    }
  return talk_run_tests ();
}
