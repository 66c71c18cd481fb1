/*
 * test-sim-twin.c - two controllers of tests/phonesim that pass for one
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-twin.h"

typedef struct
{
  guint8 bytes[16];
  gsize len;
} Packet;

#define PACKET(...)                                                            \
  ((Packet){ { __VA_ARGS__ }, sizeof ((guint8[]){ __VA_ARGS__ }) })

static gboolean
is_equal (Packet a, Packet b)
{
  return mdoc_span_equal (MDOC_SPAN (a.bytes, a.len),
                          MDOC_SPAN (b.bytes, b.len));
}

static void
assert_route (SimTwin *twin, Packet packet, SimTwinWay way, Packet changed)
{
  g_assert_cmpint (sim_twin_route (twin, packet.bytes, packet.len), ==, way);
  g_assert_true (is_equal (packet, changed));
}

/* of the second */
static void
assert_take (SimTwin *twin, Packet packet, gboolean is_taken, Packet changed)
{
  gboolean stops_other;

  g_assert_cmpint (sim_twin_take (twin,
                                  TRUE,
                                  packet.bytes,
                                  packet.len,
                                  &stops_other),
                   ==,
                   is_taken);
  if (is_taken)
    g_assert_true (is_equal (packet, changed));
}

/* what does not change; @stops_other: or stays */
static void
assert_take_of (SimTwin *twin,
                gboolean is_second,
                Packet packet,
                gboolean is_taken,
                gboolean stops_other)
{
  gboolean stops = !stops_other;

  g_assert_cmpint (sim_twin_take (twin,
                                  is_second,
                                  packet.bytes,
                                  packet.len,
                                  &stops),
                   ==,
                   is_taken);
  g_assert_cmpint (stops, ==, stops_other);
}

static void
test_route (void)
{
  SimTwin twin = { 0 };
  Packet packet;

  /* Reset, and what is to be advertised */
  packet = PACKET (0x01, 0x03, 0x0c, 0);
  assert_route (&twin, packet, SIM_TWIN_BOTH, packet);
  packet = PACKET (0x01, 0x08, 0x20, 1, 0);
  assert_route (&twin, packet, SIM_TWIN_BOTH, packet);
  /* Read BD_ADDR, and a scan */
  packet = PACKET (0x01, 0x09, 0x10, 0);
  assert_route (&twin, packet, SIM_TWIN_FIRST, packet);
  packet = PACKET (0x01, 0x42, 0x20, 1, 1);
  assert_route (&twin, packet, SIM_TWIN_FIRST, packet);
  /* Disconnect, of one link and of the other */
  packet = PACKET (0x01, 0x06, 0x04, 3, 0x2a, 0x00, 0x13);
  assert_route (&twin, packet, SIM_TWIN_FIRST, packet);
  assert_route (&twin,
                PACKET (0x01, 0x06, 0x04, 3, 0x2a, 0x01, 0x13),
                SIM_TWIN_SECOND,
                packet);
  /* data, of which the flags stay */
  packet = PACKET (0x02, 0x2a, 0x20, 1, 0, 7);
  assert_route (&twin, packet, SIM_TWIN_FIRST, packet);
  assert_route (&twin,
                PACKET (0x02, 0x2a, 0x21, 1, 0, 7),
                SIM_TWIN_SECOND,
                packet);
}

static void
test_take (void)
{
  SimTwin twin = { 0 };

  /* data, and what says how much has left */
  assert_take (&twin,
               PACKET (0x02, 0x2a, 0x10, 1, 0, 7),
               TRUE,
               PACKET (0x02, 0x2a, 0x11, 1, 0, 7));
  assert_take (&twin,
               PACKET (0x04, 0x13, 5, 1, 0x2a, 0x00, 1, 0),
               TRUE,
               PACKET (0x04, 0x13, 5, 1, 0x2a, 0x01, 1, 0));
  /* a link begins, and ends */
  assert_take (&twin,
               PACKET (0x04, 0x3e, 4, 0x0a, 0, 0x2a, 0x00),
               TRUE,
               PACKET (0x04, 0x3e, 4, 0x0a, 0, 0x2a, 0x01));
  assert_take (&twin,
               PACKET (0x04, 0x05, 4, 0, 0x2a, 0x00, 0x13),
               TRUE,
               PACKET (0x04, 0x05, 4, 0, 0x2a, 0x01, 0x13));
  /* an advertisement that the first has heard, too */
  assert_take (&twin,
               PACKET (0x04, 0x3e, 2, 0x0d, 0),
               FALSE,
               PACKET (0x04, 0x3e, 2, 0x0d, 0));
}

/* The host gets one answer to each command. */
static void
test_answers (void)
{
  Packet complete = PACKET (0x04, 0x0e, 4, 1, 0x03, 0x0c, 0);
  Packet status = PACKET (0x04, 0x0f, 4, 0, 1, 0x06, 0x04);
  Packet rssi = PACKET (0x04, 0x0e, 7, 1, 0x05, 0x14, 0, 0x2a, 0x00, 0);
  SimTwin twin = { 0 };

  assert_route (&twin,
                PACKET (0x01, 0x03, 0x0c, 0),
                SIM_TWIN_BOTH,
                PACKET (0x01, 0x03, 0x0c, 0));
  assert_take (&twin, complete, FALSE, complete);
  assert_take (&twin, status, FALSE, status);

  assert_route (&twin,
                PACKET (0x01, 0x06, 0x04, 3, 0x2a, 0x01, 0x13),
                SIM_TWIN_SECOND,
                PACKET (0x01, 0x06, 0x04, 3, 0x2a, 0x00, 0x13));
  assert_take (&twin, complete, FALSE, complete);
  assert_take (&twin, status, TRUE, status);

  assert_route (&twin,
                PACKET (0x01, 0x05, 0x14, 2, 0x2a, 0x01),
                SIM_TWIN_SECOND,
                PACKET (0x01, 0x05, 0x14, 2, 0x2a, 0x00));
  assert_take (&twin,
               rssi,
               TRUE,
               PACKET (0x04, 0x0e, 7, 1, 0x05, 0x14, 0, 0x2a, 0x01, 0));
  /* the next command is for the first again */
  assert_route (&twin,
                PACKET (0x01, 0x09, 0x10, 0),
                SIM_TWIN_FIRST,
                PACKET (0x01, 0x09, 0x10, 0));
  assert_take (&twin, rssi, FALSE, rssi);
}

/* Advertising ends with the first link, and begins anew where there is none. */
static void
test_advertising (void)
{
  Packet start = PACKET (0x01, 0x0a, 0x20, 1, 1);
  Packet stop = PACKET (0x01, 0x0a, 0x20, 1, 0);
  Packet done = PACKET (0x04, 0x0e, 4, 1, 0x0a, 0x20, 0);
  Packet linked = PACKET (0x04, 0x3e, 4, 0x01, 0, 0x2a, 0x00);
  Packet failed = PACKET (0x04, 0x3e, 4, 0x01, 0x3e, 0x2a, 0x00);
  Packet unlinked = PACKET (0x04, 0x05, 4, 0, 0x2a, 0x00, 0x13);
  SimTwin twin = { 0 };

  g_assert_true (is_equal (stop,
                           PACKET (sim_twin_stop[0],
                                   sim_twin_stop[1],
                                   sim_twin_stop[2],
                                   sim_twin_stop[3],
                                   sim_twin_stop[4])));
  assert_route (&twin, start, SIM_TWIN_BOTH, start);
  assert_take_of (&twin, TRUE, failed, TRUE, FALSE);
  /* a link of the second ends what the first advertises, unknown to the host */
  assert_take_of (&twin, TRUE, linked, TRUE, TRUE);
  assert_take_of (&twin, FALSE, done, FALSE, FALSE);
  assert_route (&twin, start, SIM_TWIN_FIRST, start);
  assert_take_of (&twin, FALSE, done, TRUE, FALSE);
  assert_take_of (&twin, FALSE, linked, TRUE, FALSE);
  assert_take_of (&twin, FALSE, unlinked, TRUE, FALSE);
  assert_take_of (&twin, TRUE, unlinked, TRUE, FALSE);
  /* and the other way round */
  assert_route (&twin, start, SIM_TWIN_BOTH, start);
  assert_take_of (&twin, FALSE, linked, TRUE, TRUE);
  assert_take_of (&twin, TRUE, done, FALSE, FALSE);
  assert_route (&twin, start, SIM_TWIN_SECOND, start);
  assert_take_of (&twin, FALSE, done, TRUE, FALSE);
  assert_route (&twin, stop, SIM_TWIN_SECOND, stop);
  assert_route (&twin, stop, SIM_TWIN_FIRST, stop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-twin/route", test_route);
  g_test_add_func ("/sim-twin/take", test_take);
  g_test_add_func ("/sim-twin/answers", test_answers);
  g_test_add_func ("/sim-twin/advertising", test_advertising);
  return g_test_run ();
}
