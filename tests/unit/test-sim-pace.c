/*
 * test-sim-pace.c - when packets leave the controller of tests/phonesim
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-pace.h"

static const SimRadio radio_1m = { .interval_us = 30000,
                                   .max_pdus = 4,
                                   .pdu_bytes = 251,
                                   .acl_bytes = 251 };

/* Against the figures that the specification of the link layer gives: 2468 us
 * for a full packet and its answer, 1392 us with two megabits. */
static void
test_radio (void)
{
  SimRadio radio = radio_1m;

  g_assert_cmpuint (sim_radio_get_event_pdus (&radio), ==, 4);
  radio.max_pdus = 0;
  g_assert_cmpuint (sim_radio_get_event_pdus (&radio), ==, 12);
  radio.is_2m = TRUE;
  g_assert_cmpuint (sim_radio_get_event_pdus (&radio), ==, 21);
  radio.interval_us = 1000; /* shorter than one of them */
  g_assert_cmpuint (sim_radio_get_event_pdus (&radio), ==, 1);

  radio = radio_1m;
  g_assert_cmpuint (sim_radio_get_packet_pdus (&radio, 251), ==, 1);
  g_assert_cmpuint (sim_radio_get_packet_pdus (&radio, 252), ==, 2);
  /* 4 values of 244 bytes in 30 ms */
  g_assert_cmpfloat_with_epsilon (sim_radio_get_rate (&radio, 244),
                                  4 * 244 / 0.03,
                                  0.1);
  /* 495 bytes are 2 packets, 496 are 3 */
  g_assert_cmpfloat_with_epsilon (sim_radio_get_rate (&radio, 495),
                                  2 * 495 / 0.03,
                                  0.1);
  g_assert_cmpfloat_with_epsilon (sim_radio_get_rate (&radio, 496),
                                  4 * 496 / 3.0 / 0.03,
                                  0.1);
  /* 4 packets of 247 bytes behind a head of 4 */
  g_assert_cmpfloat_with_epsilon (sim_radio_get_channel_rate (&radio),
                                  4 * 247 / 0.03,
                                  0.1);
  radio.pdu_bytes = 27; /* 251 bytes are 10 packets */
  g_assert_cmpfloat_with_epsilon (sim_radio_get_channel_rate (&radio),
                                  4 * 24.7 / 0.03,
                                  0.1);
  g_assert_cmpfloat_with_epsilon (sim_radio_get_rate (&radio, 495),
                                  495 / 5.0 / 0.03,
                                  0.1);
}

/* Many packets leave exactly as fast as the radio allows, whenever it is asked,
 * and no event carries what came after it began. */
static void
test_pace (void)
{
  static const gint64 asked_each_us[] = { 1000, 30000, 30001, 100000, 3000000 };

  for (gsize i = 0; i < G_N_ELEMENTS (asked_each_us); i++)
    {
      g_autoptr (SimPace) pace = sim_pace_new (&radio_1m);
      guint n_taken = 0;

      g_assert_cmpint (sim_pace_get_next_us (pace), ==, -1);
      for (guint n = 0; n < 1000; n++)
        sim_pace_push (pace, 5000, 251);
      g_assert_cmpint (sim_pace_get_next_us (pace), ==, 30000);
      for (gint64 now_us = 0; now_us <= 3000000; now_us += asked_each_us[i])
        {
          n_taken += sim_pace_take (pace, now_us);
          g_assert_cmpint (n_taken, ==, 4 * (now_us / 30000));
        }
    }
}

static void
test_pace_missed (void)
{
  g_autoptr (SimPace) pace = sim_pace_new (&radio_1m);

  /* 5 packets each in one that needs two events */
  sim_pace_push (pace, 0, 5 * 251);
  g_assert_cmpuint (sim_pace_take (pace, 30000), ==, 0);
  g_assert_cmpuint (sim_pace_take (pace, 59999), ==, 0);
  g_assert_cmpuint (sim_pace_take (pace, 60000), ==, 1);
  /* an empty event is not made up for */
  for (guint n = 0; n < 8; n++)
    sim_pace_push (pace, 601000, 20);
  g_assert_cmpuint (sim_pace_take (pace, 601000), ==, 0);
  g_assert_cmpint (sim_pace_get_next_us (pace), ==, 630000);
  g_assert_cmpuint (sim_pace_take (pace, 630000), ==, 4);
  /* nor does one carry what came later */
  sim_pace_clear (pace);
  sim_pace_push (pace, 640000, 20);
  sim_pace_push (pace, 670000, 20);
  g_assert_cmpuint (sim_pace_take (pace, 689999), ==, 1);
  g_assert_cmpuint (sim_pace_take (pace, 690000), ==, 1);
  g_assert_cmpint (sim_pace_get_next_us (pace), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-pace/radio", test_radio);
  g_test_add_func ("/sim-pace/pace", test_pace);
  g_test_add_func ("/sim-pace/missed", test_pace_missed);
  return g_test_run ();
}
