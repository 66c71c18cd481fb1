/*
 * test-ble-parts.c - messages in parts, as GATT carries them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "ble/mdoc-ble-parts.h"
#include "ble/mdoc-ble.h"
#include "tests/lib/mdoc-test.h"

static void
test_sizes (void)
{
  static const struct
  {
    guint mtu;
    gsize notify_bytes;
    gsize write_bytes;
  } cases[] = {
    { 0, 18, 20 }, /* not told: the least there is */
    { 23, 18, 20 },      { 24, 19, 21 },    { 65, 60, 62 },
    { 185, 180, 182 },   { 247, 242, 244 }, { 512, 507, 509 },
    { 513, 508, 510 },   { 514, 509, 510 }, /* 511 would be lost by bluetoothd
                                               up to 5.68 */
    { 515, 510, 510 },                      /* 512 too */
    { 516, 511, 510 },   { 517, 512, 510 }, { 518, 512, 510 },
    { 65535, 512, 510 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpuint (mdoc_ble_get_notify_bytes (cases[i].mtu),
                        ==,
                        cases[i].notify_bytes);
      g_assert_cmpuint (mdoc_ble_get_write_bytes (cases[i].mtu),
                        ==,
                        cases[i].write_bytes);
    }
}

static GBytes *
make_message (gsize size)
{
  guint8 *bytes = g_malloc (MAX (size, 1));

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (i * 7 + i / 256);
  return g_bytes_new_take (bytes, size);
}

/* Every size around the borders of a part, for each length of part. */
static void
test_cut_and_join (void)
{
  static const gsize part_sizes[] = { 2, 18, 20, 180, 242, 495, 510, 512 };

  for (gsize p = 0; p < G_N_ELEMENTS (part_sizes); p++)
    for (gsize size = 0; size <= 3 * part_sizes[p]; size++)
      {
        g_autoptr (MdocBleCutter) cutter = mdoc_ble_cutter_new ();
        g_autoptr (MdocBleJoiner) joiner = mdoc_ble_joiner_new (size);
        g_autoptr (GBytes) message = make_message (size);
        g_autoptr (GBytes) joined = NULL;
        gsize n_parts = 0;

        mdoc_ble_cutter_push (cutter, message);
        while (!mdoc_ble_cutter_is_empty (cutter))
          {
            g_autoptr (GBytes) part = mdoc_ble_cutter_next (cutter,
                                                            part_sizes[p]);
            gsize len;
            const guint8 *data = g_bytes_get_data (part, &len);
            gboolean is_last = mdoc_ble_cutter_is_empty (cutter);

            g_assert_null (joined);
            g_assert_cmpuint (data[0], ==, is_last ? 0 : 1);
            g_assert_cmpuint (len, <=, part_sizes[p]);
            if (!is_last)
              g_assert_cmpuint (len, ==, part_sizes[p]);
            g_assert_true (mdoc_ble_joiner_add (joiner,
                                                MDOC_SPAN (data, len),
                                                &joined,
                                                NULL));
            n_parts++;
            g_assert_true (mdoc_ble_joiner_is_empty (joiner) == is_last);
          }
        g_assert_nonnull (joined);
        g_assert_true (g_bytes_equal (joined, message));
        g_assert_cmpuint (n_parts,
                          ==,
                          MAX ((size + part_sizes[p] - 2) / (part_sizes[p] - 1),
                               1));
      }
}

static void
assert_next (MdocBleCutter *cutter, const char *hex)
{
  g_autoptr (GBytes) part = mdoc_ble_cutter_next (cutter, 3);
  g_autoptr (GBytes) bytes = mdoc_test_bytes_from_hex (hex);

  g_assert_nonnull (part);
  g_assert_true (g_bytes_equal (part, bytes));
}

static void
test_order (void)
{
  g_autoptr (MdocBleCutter) cutter = mdoc_ble_cutter_new ();
  g_autoptr (GBytes) one = g_bytes_new ("one", 3);
  g_autoptr (GBytes) two = g_bytes_new ("two", 3);
  static const char *const expected[] = { "016f6e", "0065", "017477", "006f" };

  mdoc_ble_cutter_push (cutter, one);
  mdoc_ble_cutter_push (cutter, two);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    assert_next (cutter, expected[i]);
  g_assert_null (mdoc_ble_cutter_next (cutter, 3));
}

/* Of a message that is cut no last part leaves, but if it is cut at its end. */
static void
test_faults (void)
{
  static const struct
  {
    gsize n_bytes;
    const char *expected[4];
  } cases[] = {
    { 1, { "0174" } },
    { 2, { "017477" } },
    { 3, { "017477", "016f" } },
    { 4, { "017477", "016f66" } },
    { 5, { "017477", "016f66", "0061" } },
  };
  g_autoptr (GBytes) one = g_bytes_new ("o", 1);
  g_autoptr (GBytes) two = g_bytes_new ("twofa", 5);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocBleCutter) cutter = mdoc_ble_cutter_new ();

      mdoc_ble_cutter_push (cutter, one);
      mdoc_ble_cutter_push_cut (cutter, two, cases[i].n_bytes);
      assert_next (cutter, "006f");
      for (guint j = 0; cases[i].expected[j] != NULL; j++)
        assert_next (cutter, cases[i].expected[j]);
      g_assert_true (mdoc_ble_cutter_is_empty (cutter));
      g_assert_null (mdoc_ble_cutter_next (cutter, 3));

      mdoc_ble_cutter_push (cutter, one);
      mdoc_ble_cutter_push (cutter, one);
      mdoc_ble_cutter_spoil_prefix (cutter);
      assert_next (cutter, "026f");
      assert_next (cutter, "006f");
    }
}

/* Returns: the code of the error; -1 if the part is taken */
static int
add (MdocBleJoiner *joiner, const char *hex, GBytes **ret_message)
{
  g_autoptr (GBytes) part = mdoc_test_bytes_from_hex (hex);
  g_autoptr (GError) error = NULL;

  if (mdoc_ble_joiner_add (joiner,
                           mdoc_span_from_bytes (part),
                           ret_message,
                           &error))
    return -1;
  g_assert_cmpuint (error->domain, ==, MDOC_BLE_ERROR);
  return error->code;
}

static void
test_refused (void)
{
  static const char *const parts[] = { "", "02", "0241", "ff", "8000" };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (MdocBleJoiner) joiner = mdoc_ble_joiner_new (100);
      GBytes *message = NULL;

      g_assert_cmpint (add (joiner, parts[i], &message),
                       ==,
                       MDOC_BLE_ERROR_PROTOCOL);
      g_assert_null (message);
    }
}

/* Quirk 23: whatever the sizes are, also a last part with nothing in it. */
static void
test_quirk_23 (void)
{
  g_autoptr (MdocBleJoiner) joiner = mdoc_ble_joiner_new (5);
  g_autoptr (GBytes) message = NULL;

  g_assert_cmpint (add (joiner, "01 41", &message), ==, -1);
  g_assert_cmpint (add (joiner, "01", &message), ==, -1);
  g_assert_cmpint (add (joiner, "01 4243 44 45", &message), ==, -1);
  g_assert_null (message);
  g_assert_cmpint (add (joiner, "00", &message), ==, -1);
  g_assert_true (
      mdoc_span_equals_text (mdoc_span_from_bytes (message), "ABCDE"));
}

static void
test_limit (void)
{
  g_autoptr (MdocBleJoiner) joiner = mdoc_ble_joiner_new (4);
  g_autoptr (GBytes) message = NULL;

  /* as much as allowed, twice, as the count begins anew */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (add (joiner, "01 414243", &message), ==, -1);
      g_assert_cmpint (add (joiner, "00 44", &message), ==, -1);
      g_clear_pointer (&message, g_bytes_unref);
    }
  g_assert_cmpint (add (joiner, "01 414243", &message), ==, -1);
  g_assert_cmpint (add (joiner, "00 4445", &message), ==, MDOC_BLE_ERROR_LIMIT);
  g_assert_null (message);
}

static void
test_empty_parts (void)
{
  g_autoptr (MdocBleJoiner) joiner = mdoc_ble_joiner_new (4);
  g_autoptr (GBytes) message = NULL;

  for (guint i = 0; i < 16; i++)
    g_assert_cmpint (add (joiner, "01", &message), ==, -1);
  g_assert_cmpint (add (joiner, "01", &message), ==, MDOC_BLE_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ble-parts/sizes", test_sizes);
  g_test_add_func ("/ble-parts/cut-and-join", test_cut_and_join);
  g_test_add_func ("/ble-parts/order", test_order);
  g_test_add_func ("/ble-parts/faults", test_faults);
  g_test_add_func ("/ble-parts/refused", test_refused);
  g_test_add_func ("/ble-parts/quirk-23-any-part", test_quirk_23);
  g_test_add_func ("/ble-parts/limit", test_limit);
  g_test_add_func ("/ble-parts/empty-parts", test_empty_parts);
  return g_test_run ();
}
