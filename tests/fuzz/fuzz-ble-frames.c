/*
 * fuzz-ble-frames.c - whatever a peer sends over L2CAP
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ble/mdoc-ble-frames.h"

#define MAX_BYTES 300

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

/* Returns: all messages one behind the other, each behind its length. */
static GByteArray *
run (const guint8 *data, gsize len, gsize step, gboolean *ret_is_fine)
{
  g_autoptr (MdocBleFrames) frames = mdoc_ble_frames_new (MAX_BYTES);
  GByteArray *found = g_byte_array_new ();

  *ret_is_fine = TRUE;
  for (gsize pos = 0; pos < len && *ret_is_fine; pos += step)
    {
      *ret_is_fine = mdoc_ble_frames_add (frames,
                                          MDOC_SPAN (data + pos,
                                                     MIN (step, len - pos)),
                                          NULL);
      while (*ret_is_fine)
        {
          g_autoptr (GBytes) message = NULL;
          guint32 size;

          *ret_is_fine = mdoc_ble_frames_next (frames, &message, NULL);
          if (message == NULL)
            break;
          size = (guint32) g_bytes_get_size (message);
          if (size > MAX_BYTES)
            abort ();
          g_byte_array_append (found, (const guint8 *) &size, sizeof size);
          if (size > 0)
            g_byte_array_append (found, g_bytes_get_data (message, NULL), size);
        }
    }
  return found;
}

/* How the stream is cut makes no difference to what is found in it. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  gboolean is_whole_fine, is_cut_fine;
  g_autoptr (GByteArray) whole = run (data, len, MAX (len, 1), &is_whole_fine);
  g_autoptr (GByteArray) cut = run (data, len, 1, &is_cut_fine);
  MdocSpan value = { data, len };
  guint psm = 0;

  if (is_whole_fine != is_cut_fine || whole->len != cut->len
      || (whole->len > 0 && memcmp (whole->data, cut->data, whole->len) != 0))
    abort ();
  if (mdoc_ble_psm_parse (value, &psm) && (psm < 0x80 || psm > 0xff))
    abort ();
  return 0;
}
