/*
 * fuzz-status-list.c - compressed lists made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-status-list.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The first byte is the size of a value, the rest the list. What is inflated
 * is within the limit, is the same when it is compressed anew, and has a value
 * at each place that it should. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MdocStatusList) list = NULL;
  g_autoptr (MdocStatusList) again = NULL;
  g_autoptr (GBytes) compressed = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_entries;
  guint value;

  if (size == 0)
    return 0;
  list = mdoc_status_list_inflate (data[0],
                                   MDOC_SPAN (data + 1, size - 1),
                                   &error);
  g_assert_true ((list == NULL) == (error != NULL));
  if (list == NULL)
    {
      g_assert_true (error->domain == MDOC_STATUS_ERROR);
      return 0;
    }

  g_assert_cmpuint (mdoc_status_list_get_bytes (list).len,
                    <=,
                    MDOC_STATUS_LIST_MAX_BYTES);
  n_entries = mdoc_status_list_get_n_entries (list);
  g_assert_false (mdoc_status_list_get (list, n_entries, &value, NULL));
  if (n_entries > 0)
    {
      g_assert_true (mdoc_status_list_get (list, n_entries - 1, &value, NULL));
      g_assert_cmpuint (value, <, 1u << mdoc_status_list_get_bits (list));
    }
  if (n_entries > 64 * 1024)
    return 0;
  compressed = mdoc_status_list_deflate (list);
  again = mdoc_status_list_inflate (data[0],
                                    mdoc_span_from_bytes (compressed),
                                    &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_span_equal (mdoc_status_list_get_bytes (again),
                                  mdoc_status_list_get_bytes (list)));
  return 0;
}
