/*
 * test-status-list.c - many small values, compressed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>
#include <zlib.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-status-list.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

static guint
get (MdocStatusList *list, guint64 idx)
{
  g_autoptr (GError) error = NULL;
  guint value = 777;
  gboolean is_there = mdoc_status_list_get (list, idx, &value, &error);

  g_assert_no_error (error);
  g_assert_true (is_there);
  return value;
}

static void
assert_no_index (MdocStatusList *list, guint64 idx)
{
  g_autoptr (GError) error = NULL;
  guint value = 777;

  g_assert_false (mdoc_status_list_get (list, idx, &value, &error));
  g_assert_error (error, MDOC_STATUS_ERROR, MDOC_STATUS_ERROR_INDEX);
  g_assert_cmpuint (value, ==, 777);
}

/* The lists of the draft: each value, and ours is the same byte for byte. */
static void
check_published (JsonObject *entry)
{
  gint64 bits = json_object_get_int_member (entry, "bits");
  gint64 n_entries = json_object_get_int_member (entry, "entries");
  JsonObject *statuses = json_object_get_object_member (entry, "statuses");
  g_autoptr (GBytes) compressed = mdoc_test_vectors_dup_hex (entry,
                                                             "compressed_hex");
  g_autoptr (MdocStatusList) list = NULL;
  g_autoptr (MdocStatusList) own = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  guint n_set = 0;

  list = mdoc_status_list_inflate ((guint) bits,
                                   mdoc_span_from_bytes (compressed),
                                   &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_status_list_get_n_entries (list),
                    ==,
                    (guint64) n_entries);
  own = mdoc_status_list_new ((guint) bits, (guint64) n_entries, &error);
  g_assert_no_error (error);

  json_object_iter_init (&iter, statuses);
  while (json_object_iter_next (&iter, &name, &node))
    {
      guint64 idx = g_ascii_strtoull (name, NULL, 10);
      guint value = (guint) json_node_get_int (node);

      g_assert_cmpuint (get (list, idx), ==, value);
      mdoc_status_list_set (own, idx, value);
      n_set += value != 0;
    }
  for (guint64 i = 0; i < (guint64) n_entries; i++)
    n_set -= get (list, i) != 0;
  g_assert_cmpuint (n_set, ==, 0);
  assert_no_index (list, (guint64) n_entries);

  again = mdoc_status_list_deflate (own);
  g_assert_true (mdoc_span_equal (mdoc_status_list_get_bytes (own),
                                  mdoc_status_list_get_bytes (list)));
  g_assert_true (g_bytes_equal (again, compressed));
}

static void
test_published (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load (
      "token-status-list.json");
  JsonArray *lists = json_object_get_array_member (file, "lists");

  g_assert_cmpuint (json_array_get_length (lists), ==, 6);
  for (guint i = 0; i < json_array_get_length (lists); i++)
    check_published (json_array_get_object_element (lists, i));
}

/* The lists that the vectors say are to be refused. */
static void
test_published_negative (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load (
      "token-status-list.json");
  JsonArray *negative = json_object_get_array_member (file, "negative");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (negative); i++)
    {
      JsonObject *entry = json_array_get_object_element (negative, i);
      g_autoptr (MdocStatusList) list = NULL;
      g_autoptr (GBytes) compressed = NULL;
      g_autoptr (GError) error = NULL;
      JsonObject *json;

      if (!json_object_has_member (entry, "json"))
        continue;
      json = json_object_get_object_member (entry, "json");
      compressed = mdoc_base64url_decode (json_object_get_string_member (json,
                                                                         "lst"),
                                          100,
                                          NULL);
      list = mdoc_status_list_inflate ((guint)
                                           json_object_get_int_member (json,
                                                                       "bits"),
                                       mdoc_span_from_bytes (compressed),
                                       &error);
      g_assert_null (list);
      g_assert_error (error, MDOC_STATUS_ERROR, MDOC_STATUS_ERROR_MALFORMED);
      n++;
    }
  g_assert_cmpuint (n, ==, 3);
}

static void
test_bits (void)
{
  for (guint bits = 0; bits <= 16; bits++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocStatusList) list = mdoc_status_list_new (bits, 9, &error);

      if (bits != 1 && bits != 2 && bits != 4 && bits != 8)
        {
          g_assert_null (list);
          g_assert_error (error,
                          MDOC_STATUS_ERROR,
                          MDOC_STATUS_ERROR_MALFORMED);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpuint (mdoc_status_list_get_bits (list), ==, bits);
      /* whole bytes */
      g_assert_cmpuint (mdoc_status_list_get_n_entries (list),
                        ==,
                        (9 * bits + 7) / 8 * (8 / bits));
    }
}

/* A value touches no other. */
static void
test_set (void)
{
  static const guint all_bits[] = { 1, 2, 4, 8 };

  for (gsize i = 0; i < G_N_ELEMENTS (all_bits); i++)
    {
      guint max = (1u << all_bits[i]) - 1;
      g_autoptr (MdocStatusList) list = NULL;

      list = mdoc_status_list_new (all_bits[i], 24, NULL);
      for (guint idx = 0; idx < 24; idx++)
        mdoc_status_list_set (list, idx, max);
      mdoc_status_list_set (list, 5, 0);
      mdoc_status_list_set (list, 18, max / 2);
      for (guint idx = 0; idx < 24; idx++)
        g_assert_cmpuint (get (list, idx),
                          ==,
                          idx == 5    ? 0
                          : idx == 18 ? max / 2
                                      : max);
      assert_no_index (list, 24);
      assert_no_index (list, G_MAXUINT64);
      assert_no_index (list, G_MAXUINT64 / 8 + 2);
    }
}

static void
test_empty (void)
{
  g_autoptr (MdocStatusList) list = mdoc_status_list_new (1, 0, NULL);
  g_autoptr (MdocStatusList) again = NULL;
  g_autoptr (GBytes) compressed = mdoc_status_list_deflate (list);
  g_autoptr (GError) error = NULL;

  again = mdoc_status_list_inflate (1,
                                    mdoc_span_from_bytes (compressed),
                                    &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_status_list_get_n_entries (again), ==, 0);
  assert_no_index (again, 0);
}

static void
assert_inflated (MdocSpan compressed, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStatusList) list = NULL;

  list = mdoc_status_list_inflate (8, compressed, &error);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_STATUS_ERROR, code);
}

/* A few kilobytes that become sixteen megabytes, one byte more, and far more.
 */
static void
test_bomb (void)
{
  static const gsize sizes[] = { MDOC_STATUS_LIST_MAX_BYTES,
                                 MDOC_STATUS_LIST_MAX_BYTES + 1,
                                 MDOC_STATUS_LIST_MAX_BYTES * 3 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *zeros = g_malloc0 (sizes[i]);
      uLongf len = compressBound (sizes[i]);
      g_autofree guint8 *compressed = g_malloc (len);

      g_assert_cmpint (compress2 (compressed, &len, zeros, sizes[i], 9),
                       ==,
                       Z_OK);
      assert_inflated (MDOC_SPAN (compressed, len),
                       i == 0 ? -1 : MDOC_STATUS_ERROR_LIMIT);
    }
}

/* What is longer than its values may be is not even begun. */
static void
test_limit_of_input (void)
{
  gsize len = MDOC_STATUS_LIST_MAX_BYTES + 1;
  g_autofree guint8 *zeros = g_malloc0 (len);

  assert_inflated (MDOC_SPAN (zeros, len), MDOC_STATUS_ERROR_LIMIT);
  assert_inflated (MDOC_SPAN (zeros, len - 1), MDOC_STATUS_ERROR_MALFORMED);
}

static void
test_limit_of_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStatusList) good = NULL;
  g_autoptr (MdocStatusList) none = NULL;
  g_autoptr (MdocStatusList) huge = NULL;

  good = mdoc_status_list_new (1, MDOC_STATUS_LIST_MAX_BYTES * 8, &error);
  g_assert_no_error (error);
  none = mdoc_status_list_new (1, MDOC_STATUS_LIST_MAX_BYTES * 8 + 1, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_STATUS_ERROR, MDOC_STATUS_ERROR_LIMIT);
  g_clear_error (&error);
  huge = mdoc_status_list_new (8, G_MAXUINT64, &error);
  g_assert_null (huge);
  g_assert_error (error, MDOC_STATUS_ERROR, MDOC_STATUS_ERROR_LIMIT);
}

/* Each prefix, each wrong byte and anything behind is seen. */
static void
test_wrong_streams (void)
{
  g_autoptr (GBytes) good = mdoc_test_bytes_from_hex ("78dadbb918000217015d");
  MdocSpan span = mdoc_span_from_bytes (good);
  g_autofree guint8 *longer = g_malloc0 (span.len + 1);

  assert_inflated (span, -1);
  for (gsize len = 0; len < span.len; len++)
    assert_inflated (MDOC_SPAN (span.data, len), MDOC_STATUS_ERROR_MALFORMED);
  for (gsize bit = 0; bit < span.len * 8; bit++)
    {
      g_autofree guint8 *copy = g_memdup2 (span.data, span.len);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocStatusList) list = NULL;

      copy[bit / 8] ^= (guint8) (1 << bit % 8);
      list = mdoc_status_list_inflate (8, MDOC_SPAN (copy, span.len), &error);
      /* the checksum covers the values; what it does not, such as the level
       * of compression, changes none */
      if (list != NULL)
        g_assert_true (
            mdoc_span_equal (mdoc_status_list_get_bytes (list),
                             MDOC_SPAN ((const guint8 *) "\xb9\xa3", 2)));
    }
  memcpy (longer, span.data, span.len);
  assert_inflated (MDOC_SPAN (longer, span.len + 1),
                   MDOC_STATUS_ERROR_MALFORMED);
}

static void
test_references (void)
{
  g_autoptr (MdocStatusList) list = mdoc_status_list_new (1, 8, NULL);

  mdoc_status_list_unref (mdoc_status_list_ref (list));
  g_assert_cmpuint (get (list, 7), ==, 0);
  mdoc_status_list_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/status-list/published", test_published);
  g_test_add_func ("/status-list/published-negative", test_published_negative);
  g_test_add_func ("/status-list/bits", test_bits);
  g_test_add_func ("/status-list/set", test_set);
  g_test_add_func ("/status-list/empty", test_empty);
  g_test_add_func ("/status-list/bomb", test_bomb);
  g_test_add_func ("/status-list/limit-of-input", test_limit_of_input);
  g_test_add_func ("/status-list/limit-of-new", test_limit_of_new);
  g_test_add_func ("/status-list/wrong-streams", test_wrong_streams);
  g_test_add_func ("/status-list/references", test_references);

  return g_test_run ();
}
