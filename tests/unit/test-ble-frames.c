/*
 * test-ble-frames.c - messages in a stream of bytes, as L2CAP carries them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "ble/mdoc-ble-frames.h"
#include "ble/mdoc-ble.h"
#include "tests/lib/mdoc-test.h"

#define OK -1

typedef struct
{
  const char *name;
  const char *stream;   /* what comes, hex */
  const char *messages; /* what it holds, hex, with "|" between */
  gboolean is_bare;
  gsize max_bytes;
  int error;
} Case;

static const Case cases[] = {
  { "framed", "00000003 a10102", "a10102", FALSE, 100, OK },
  { "framed-two", "00000001 41 00000002 4243", "41|4243", FALSE, 100, OK },
  { "framed-empty", "00000000 00000001 41", "|41", FALSE, 100, OK },
  { "framed-part", "00000003 a101", "", FALSE, 100, OK },
  { "framed-at-limit", "00000004 41424344", "41424344", FALSE, 4, OK },
  { "framed-over-limit", "00000005", "", FALSE, 4, MDOC_BLE_ERROR_LIMIT },
  { "framed-huge", "7fffffff", "", FALSE, 100, MDOC_BLE_ERROR_LIMIT },
  /* quirk 17: no length at all */
  { "bare", "a10102", "a10102", TRUE, 100, OK },
  { "bare-two", "a10102 a0 a10304", "a10102|a0|a10304", TRUE, 100, OK },
  { "bare-data",
    "a16464617461 44 01020304",
    "a1646461746144 01020304",
    TRUE,
    100,
    OK },
  { "bare-nested",
    "a1 01 82 a102c100 f4",
    "a1 01 82 a102c100 f4",
    TRUE,
    100,
    OK },
  { "bare-endless", "bf 01 9f 02 ff ff a0", "bf019f02ffff|a0", TRUE, 100, OK },
  { "bare-chunks", "a1 01 5f 4101 4102 ff", "a1015f41014102ff", TRUE, 100, OK },
  { "bare-wide-heads",
    "a1 190001 1a00000002",
    "a11900011a00000002",
    TRUE,
    100,
    OK },
  { "bare-float",
    "a1 01 fb 3ff0000000000000",
    "a101fb3ff0000000000000",
    TRUE,
    100,
    OK },
  { "bare-part", "a1 01 44 0102", "", TRUE, 100, OK },
  { "bare-at-limit", "a1 01 42 0102", "a101420102", TRUE, 5, OK },
  { "bare-over-limit", "a1 01 43 010203", "", TRUE, 5, MDOC_BLE_ERROR_LIMIT },
  { "bare-many-items",
    "a1 01 84 01 02 03 04",
    "",
    TRUE,
    5,
    MDOC_BLE_ERROR_LIMIT },
  { "bare-huge-string",
    "a1 01 5b ffffffffffffffff",
    "",
    TRUE,
    100,
    MDOC_BLE_ERROR_LIMIT },
  { "bare-huge-map",
    "bb ffffffffffffffff",
    "",
    TRUE,
    100,
    MDOC_BLE_ERROR_LIMIT },
  { "bare-too-deep",
    "a1 01 81 81 81 81 81 81 81 81 81 81 81 81 81 81 81 81 00",
    "",
    TRUE,
    100,
    MDOC_BLE_ERROR_LIMIT },
  { "bare-deep",
    "a1 01 81 81 81 81 81 81 81 81 81 81 81 81 81 81 81 00",
    "a1 01 81 81 81 81 81 81 81 81 81 81 81 81 81 81 81 00",
    TRUE,
    100,
    OK },
  { "bare-reserved", "a1 01 1c", "", TRUE, 100, MDOC_BLE_ERROR_PROTOCOL },
  { "bare-break-alone", "a1 ff", "", TRUE, 100, MDOC_BLE_ERROR_PROTOCOL },
  { "bare-endless-number", "a1 1f", "", TRUE, 100, MDOC_BLE_ERROR_PROTOCOL },
  { "neither", "c0", "", FALSE, 100, MDOC_BLE_ERROR_PROTOCOL },
};

/* Gives the stream in pieces of @step bytes. */
static void
run_case (const Case *test, gsize step)
{
  g_autoptr (MdocBleFrames) frames = mdoc_ble_frames_new (test->max_bytes);
  g_autoptr (GBytes) stream = mdoc_test_bytes_from_hex (test->stream);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  g_auto (GStrv) expected = g_strsplit (test->messages, "|", 0);
  g_autoptr (GError) error = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (stream, &len);
  gboolean is_fine = TRUE;

  for (gsize pos = 0; pos < len && is_fine; pos += step)
    {
      is_fine = mdoc_ble_frames_add (frames,
                                     MDOC_SPAN (data + pos,
                                                MIN (step, len - pos)),
                                     &error);
      while (is_fine)
        {
          GBytes *message = NULL;

          is_fine = mdoc_ble_frames_next (frames, &message, &error);
          if (message == NULL)
            break;
          g_ptr_array_add (found, message);
        }
    }

  g_assert_cmpint (is_fine ? OK : error->code, ==, test->error);
  if (!is_fine)
    return;
  g_assert_true (mdoc_ble_frames_is_bare (frames) == test->is_bare);
  /* nothing expected: then something has begun */
  g_assert_true (mdoc_ble_frames_is_empty (frames)
                 == (test->messages[0] != '\0'));
  if (test->messages[0] == '\0')
    {
      g_assert_cmpuint (found->len, ==, 0);
      return;
    }
  g_assert_cmpuint (found->len, ==, g_strv_length (expected));
  for (guint i = 0; i < found->len; i++)
    {
      g_autoptr (GBytes) message = mdoc_test_bytes_from_hex (expected[i]);

      g_assert_true (g_bytes_equal (message, g_ptr_array_index (found, i)));
    }
}

static void
test_case (gconstpointer data)
{
  for (gsize step = 1; step <= 32; step++)
    run_case (data, step);
}

static void
test_wrap (void)
{
  g_autoptr (GBytes) message = g_bytes_new ("mdoc", 4);
  g_autoptr (GBytes) frame = mdoc_ble_frame_wrap (message);
  g_autoptr (GBytes) expected = mdoc_test_bytes_from_hex ("00000004 6d646f63");

  g_assert_true (g_bytes_equal (frame, expected));
}

/* Quirk 16: every width and order that was seen. */
static void
test_psm (void)
{
  static const struct
  {
    const char *value;
    guint psm; /* 0: refused */
  } psms[] = {
    { "80", 0x80 },
    { "ff", 0xff },
    { "00000081", 0x81 },
    { "81000000", 0x81 },
    { "0081", 0x81 },
    { "8100", 0x81 },
    { "00000000000000c0", 0xc0 },
    { "c000000000000000", 0xc0 },
    { "7f", 0 },
    { "00", 0 },
    { "0000", 0 },
    { "0180", 0 },
    { "008100", 0 },
    { "00810000", 0 },
    { "0000008081", 0 },
    { "", 0 },
  };
  guint8 value[4];

  for (gsize i = 0; i < G_N_ELEMENTS (psms); i++)
    {
      g_autoptr (GBytes) bytes = mdoc_test_bytes_from_hex (psms[i].value);
      guint psm = 0;

      g_assert_true (mdoc_ble_psm_parse (mdoc_span_from_bytes (bytes), &psm)
                     == (psms[i].psm != 0));
      g_assert_cmpuint (psm, ==, psms[i].psm);
    }
  mdoc_ble_psm_write (0x81, value);
  g_assert_cmpint (memcmp (value, "\0\0\0\x81", sizeof value), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ble-frames/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/ble-frames/wrap", test_wrap);
  g_test_add_func ("/ble-frames/quirk-16-psm", test_psm);
  return g_test_run ();
}
