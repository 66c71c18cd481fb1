/*
 * test-sim.c - the phone of tests/phonesim, its pure parts
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "tests/phonesim/sim-att.h"
#include "tests/phonesim/sim-pdu.h"
#include "tests/phonesim/sim-peer.h"
#include "tests/phonesim/sim-profile.h"

static GBytes *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; hex[0] != '\0'; hex += hex[0] == ' ' ? 1 : 2)
    if (hex[0] != ' ')
      sim_put_u8 (bytes,
                  (guint) (g_ascii_xdigit_value (hex[0]) << 4
                           | g_ascii_xdigit_value (hex[1])));
  return g_byte_array_free_to_bytes (bytes);
}

static void
assert_is (MdocSpan bytes, const char *hex)
{
  g_autoptr (GBytes) expected = from_hex (hex);

  g_assert_true (mdoc_span_equal (bytes, mdoc_span_from_bytes (expected)));
}

static void
test_h4 (void)
{
  static const struct
  {
    const char *hex;
    gboolean is_known;
    gsize len;
  } cases[] = {
    { "", TRUE, 0 },
    { "01030c", TRUE, 0 }, /* no length yet */
    { "01030c00", TRUE, 4 },
    { "01030c0007", TRUE, 4 }, /* one more behind it */
    { "040e04010306", TRUE, 0 },
    { "040e0401030600", TRUE, 7 },
    { "0201200300aabb", TRUE, 0 },
    { "0201200300aabbcc", TRUE, 8 },
    { "ff000000", TRUE, 4 },
    { "03", FALSE, 0 },
    { "00", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) stream = from_hex (cases[i].hex);
      gsize len = 99;

      g_assert_cmpint (sim_h4_measure (mdoc_span_from_bytes (stream), &len),
                       ==,
                       cases[i].is_known);
      g_assert_cmpuint (len, ==, cases[i].len);
    }
}

/* A frame in fragments of every size comes back whole, and only at its end. */
static void
test_frames (void)
{
  guint8 payload[40];
  g_autoptr (GByteArray) frame = NULL;

  memset (payload, 0x5a, sizeof payload);
  frame = sim_frame_build (SIM_CID_ATT, MDOC_SPAN (payload, sizeof payload));
  g_assert_cmpuint (frame->len, ==, sizeof payload + 4);
  for (gsize size = 1; size <= frame->len; size++)
    {
      g_autoptr (SimFrames) frames = sim_frames_new ();
      guint cid = 0;
      MdocSpan found = { 0 };

      for (gsize at = 0; at < frame->len; at += size)
        {
          g_assert_false (sim_frames_get (frames, &cid, &found));
          g_assert_true (
              sim_frames_add (frames,
                              at == 0,
                              MDOC_SPAN (frame->data + at,
                                         MIN (size, frame->len - at))));
        }
      g_assert_true (sim_frames_get (frames, &cid, &found));
      g_assert_cmpuint (cid, ==, SIM_CID_ATT);
      g_assert_true (
          mdoc_span_equal (found, MDOC_SPAN (payload, sizeof payload)));
    }
}

static void
test_frames_astray (void)
{
  g_autoptr (SimFrames) frames = sim_frames_new ();
  g_autoptr (GBytes) whole = from_hex ("0100040011");
  g_autoptr (GBytes) more = from_hex ("22");
  guint cid;
  MdocSpan found;

  /* goes on without a beginning */
  g_assert_false (sim_frames_add (frames, FALSE, mdoc_span_from_bytes (more)));
  /* goes on past its end */
  g_assert_true (sim_frames_add (frames, TRUE, mdoc_span_from_bytes (whole)));
  g_assert_true (sim_frames_get (frames, &cid, &found));
  g_assert_false (sim_frames_add (frames, FALSE, mdoc_span_from_bytes (more)));
  g_assert_false (sim_frames_get (frames, &cid, &found));
  /* a beginning forgets what was there */
  g_assert_true (sim_frames_add (frames, TRUE, mdoc_span_from_bytes (more)));
  g_assert_true (sim_frames_add (frames, TRUE, mdoc_span_from_bytes (whole)));
  g_assert_true (sim_frames_get (frames, &cid, &found));
  assert_is (found, "11");
}

static void
on_written (guint handle, MdocSpan value, gpointer user_data)
{
  GString *log = user_data;

  g_string_append_printf (log, "%u:", handle);
  for (gsize i = 0; i < value.len; i++)
    g_string_append_printf (log, "%02x", value.data[i]);
  g_string_append_c (log, ' ');
}

/* What a server of two services answers: 1 to 3 and 4 to 9. */
static const struct
{
  const char *request;
  guint mtu;
  const char *answer; /* %NULL: none */
  const char *written;
} db_cases[] = {
  /* services */
  { "10 0100 ffff 0028", 64, "11 06 0100 0300 0018", "" },
  { "10 0400 ffff 0028",
    23,
    "11 14 0400 0900 000102030405060708090a0b0c0d0e0f",
    "" },
  { "10 0a00 ffff 0028", 23, "01 10 0a00 0a", "" },
  { "10 0000 ffff 0028", 23, "01 10 0000 01", "" },
  { "10 0500 0400 0028", 23, "01 10 0500 01", "" },
  /* by its UUID */
  { "06 0100 ffff 0028 000102030405060708090a0b0c0d0e0f",
    23,
    "07 0400 0900",
    "" },
  { "06 0100 ffff 0028 0118", 23, "01 06 0100 0a", "" },
  /* characteristics */
  { "08 0600 0900 0328", 23, "09 07 0800 02 0900 bbbb", "" },
  { "08 0400 0900 0328", 23, "09 07 0500 14 0600 aaaa 0800 02 0900 bbbb", "" },
  { "08 0100 ffff 002a", 23, "09 05 0300 707131", "" },
  { "08 0100 ffff aaaa", 23, "01 08 0600 02", "" },
  /* descriptors */
  { "04 0700 0700", 23, "05 01 0700 0229", "" },
  { "04 0400 0900",
    23,
    "05 01 0400 0028 0500 0328 0600 aaaa 0700 0229 0800 0328",
    "" },
  { "04 0a00 0b00", 23, "01 04 0a00 0a", "" },
  /* values */
  { "0a 0300", 23, "0b 707131", "" },
  { "0a 0600", 23, "01 0a 0600 02", "" },
  { "0a 0a00", 23, "01 0a 0a00 01", "" },
  { "0c 0300 0200", 23, "0d 31", "" },
  { "0c 0300 0300", 23, "0d", "" },
  { "0c 0300 0400", 23, "01 0c 0300 07", "" },
  { "12 0600 01", 23, "13", "6:01 " },
  { "52 0600 0102", 23, NULL, "6:0102 " },
  { "12 0300 01", 23, "01 12 0300 03", "" },
  { "52 0300 01", 23, NULL, "" },
  { "12 0a00 01", 23, "01 12 0a00 01", "" },
  { "12 0700 0100", 23, "13", "7:0100 " },
  { "0a 0700", 23, "0b 0100", "" }, /* the subscription before */
  /* not ours */
  { "18 01", 23, "01 18 0000 06", "" },
  { "d2 0600", 23, NULL, "" },
};

static void
test_db (void)
{
  g_autoptr (SimDb) db = sim_db_new ();
  g_autoptr (GBytes) gap = from_hex ("0018");
  g_autoptr (GBytes) name = from_hex ("002a");
  g_autoptr (GBytes) own = from_hex ("000102030405060708090a0b0c0d0e0f");
  g_autoptr (GBytes) first = from_hex ("aaaa");
  g_autoptr (GBytes) second = from_hex ("bbbb");
  g_autoptr (GBytes) text = from_hex ("707131");

  sim_db_add_service (db, mdoc_span_from_bytes (gap));
  sim_db_set_value (db,
                    sim_db_add_characteristic (db,
                                               mdoc_span_from_bytes (name),
                                               SIM_PROPERTY_READ),
                    mdoc_span_from_bytes (text));
  sim_db_add_service (db, mdoc_span_from_bytes (own));
  g_assert_cmpuint (sim_db_add_characteristic (
                        db,
                        mdoc_span_from_bytes (first),
                        SIM_PROPERTY_NOTIFY | SIM_PROPERTY_WRITE_COMMAND),
                    ==,
                    6);
  g_assert_cmpuint (sim_db_add_characteristic (db,
                                               mdoc_span_from_bytes (second),
                                               SIM_PROPERTY_READ),
                    ==,
                    9);
  for (gsize i = 0; i < G_N_ELEMENTS (db_cases); i++)
    {
      g_autoptr (GBytes) request = from_hex (db_cases[i].request);
      g_autoptr (GString) log = g_string_new (NULL);
      g_autoptr (GByteArray) answer = sim_db_answer (db,
                                                     mdoc_span_from_bytes (
                                                         request),
                                                     db_cases[i].mtu,
                                                     on_written,
                                                     log);

      g_test_message ("%s", db_cases[i].request);
      g_assert_cmpstr (log->str, ==, db_cases[i].written);
      if (db_cases[i].answer == NULL)
        g_assert_null (answer);
      else
        assert_is (sim_span_of (answer), db_cases[i].answer);
    }
}

static void
test_cut (void)
{
  static const struct
  {
    const char *profile;
    guint mtu;
    gsize message_bytes;
    gsize n_parts;
    gsize first_bytes; /* with its prefix */
    gsize last_bytes;
  } cases[] = {
    { "plain", 23, 1, 1, 2, 2 },
    { "plain", 23, 19, 1, 20, 20 },
    { "plain", 23, 20, 2, 20, 2 },
    { "plain", 515, 511, 1, 512, 512 },
    { "plain", 517, 512, 2, 512, 2 },
    /* beyond what an attribute may be long */
    { "spruce-ios", 517, 513, 1, 514, 514 },
    { "spruce-ios", 517, 514, 2, 514, 2 },
    { "mdl-verifier", 517, 20, 2, 20, 2 },
    { "empty-last", 23, 1, 2, 2, 1 },
    { "empty-last", 23, 38, 3, 20, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *bytes = g_malloc0 (cases[i].message_bytes);
      g_autoptr (GBytes) message = g_bytes_new (bytes, cases[i].message_bytes);
      g_autoptr (GPtrArray) parts = sim_profile_cut (sim_profile_find (
                                                         cases[i].profile),
                                                     message,
                                                     cases[i].mtu);

      g_assert_cmpuint (parts->len, ==, cases[i].n_parts);
      g_assert_cmpuint (g_bytes_get_size (parts->pdata[0]),
                        ==,
                        cases[i].first_bytes);
      g_assert_cmpuint (g_bytes_get_size (parts->pdata[parts->len - 1]),
                        ==,
                        cases[i].last_bytes);
      for (guint part = 0; part < parts->len; part++)
        {
          const guint8 *data = g_bytes_get_data (parts->pdata[part], NULL);

          g_assert_cmpuint (data[0], ==, part + 1 == parts->len ? 0 : 1);
        }
    }
  g_assert_null (sim_profile_find ("no such phone"));
}

static void
test_names (void)
{
  SimFault fault = SIM_FAULT_NONE;

  g_assert_true (sim_fault_parse ("flood", &fault));
  g_assert_cmpint (fault, ==, SIM_FAULT_FLOOD);
  g_assert_false (sim_fault_parse ("fire", &fault));
  g_assert_cmpint (fault, ==, SIM_FAULT_FLOOD);
  for (const SimProfile *profile = sim_profiles; profile->name != NULL;
       profile++)
    {
      g_assert_true (sim_profile_find (profile->name) == profile);
      g_assert_nonnull (strchr (profile->steps, 'S'));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/h4", test_h4);
  g_test_add_func ("/sim/frames", test_frames);
  g_test_add_func ("/sim/frames-astray", test_frames_astray);
  g_test_add_func ("/sim/db", test_db);
  g_test_add_func ("/sim/cut", test_cut);
  g_test_add_func ("/sim/names", test_names);
  return g_test_run ();
}
