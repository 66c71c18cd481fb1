/*
 * fuzz-ble-parts.c - whatever parts a peer sends
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdlib.h>

#include "ble/mdoc-ble-parts.h"

#define MAX_BYTES 300

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

/* The input is parts, each behind a byte that says how long it is. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr (MdocBleJoiner) joiner = mdoc_ble_joiner_new (MAX_BYTES);
  gsize n_in = 0;

  for (gsize pos = 0; pos < len;)
    {
      g_autoptr (GBytes) message = NULL;
      gsize part_len = MIN (data[pos], len - pos - 1);

      if (!mdoc_ble_joiner_add (joiner,
                                MDOC_SPAN (data + pos + 1, part_len),
                                &message,
                                NULL))
        {
          if (message != NULL)
            abort ();
          return 0;
        }
      pos += 1 + part_len;
      n_in += part_len - 1;
      if (n_in > MAX_BYTES)
        abort ();
      if ((message != NULL) != mdoc_ble_joiner_is_empty (joiner))
        abort ();
      if (message != NULL)
        {
          /* nothing added, nothing lost */
          if (g_bytes_get_size (message) != n_in)
            abort ();
          n_in = 0;
        }
    }
  return 0;
}
