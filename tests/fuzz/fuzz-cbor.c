/*
 * fuzz-cbor.c - the door for CBOR, its getters, and how it is shown
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-diagnostic.h"
#include "mdoc/mdoc-cbor.h"
#include "tests/fuzz/credential-invariants.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_DEPTH 6
#define MAX_ITEMS 64

static const MdocCborLimits limits = { .max_bytes = 4096,
                                       .max_depth = MAX_DEPTH,
                                       .max_items = MAX_ITEMS };

/* Getters of every type: the one that fits gives a value, the others refuse. */
static void
check_getters (MdocCborItem item)
{
  MdocCborKind kind = mdoc_cbor_get_kind (item);
  MdocSpan encoded = mdoc_cbor_get_encoded (item);
  gboolean boolean;
  gdouble number;
  gint64 integer, unix_s;
  guint64 natural;
  MdocSpan bytes;

  g_assert_true (mdoc_cbor_get_uint (item, "", G_MAXUINT64, &natural, NULL)
                 == (kind == MDOC_CBOR_KIND_UINT));
  if (mdoc_cbor_get_int (item, "", &integer, NULL))
    g_assert_true (
        kind == (integer < 0 ? MDOC_CBOR_KIND_NEGINT : MDOC_CBOR_KIND_UINT));
  g_assert_true (mdoc_cbor_get_boolean (item, "", &boolean, NULL)
                 == (kind == MDOC_CBOR_KIND_BOOLEAN));
  g_assert_true (mdoc_cbor_get_double (item, "", &number, NULL)
                 == (kind == MDOC_CBOR_KIND_FLOAT));
  if (mdoc_cbor_get_bytes (item, "", 4096, &bytes, NULL))
    {
      g_assert_true (kind == MDOC_CBOR_KIND_BYTES);
      check_inside (bytes, encoded);
      if (bytes.len > 0)
        g_assert_false (
            mdoc_cbor_get_bytes (item, "", bytes.len - 1, &bytes, NULL));
    }
  if (mdoc_cbor_get_text (item, "", 4096, &bytes, NULL))
    {
      g_assert_true (kind == MDOC_CBOR_KIND_TEXT);
      check_inside (bytes, encoded);
      g_assert_true (
          g_utf8_validate_len ((const char *) bytes.data, bytes.len, NULL));
    }
  if (mdoc_cbor_get_time (item, "", &unix_s, NULL))
    g_assert_true (kind == MDOC_CBOR_KIND_TAG);
}

/* Walks over all there is. Returns: how many items. */
static guint
walk (MdocCborItem item, MdocSpan whole, guint depth)
{
  MdocSpan encoded = mdoc_cbor_get_encoded (item);
  gsize len = 0;
  guint n = 1;
  MdocCborItem key, value, content;
  MdocCborIter iter;
  guint64 tag;

  g_assert_cmpuint (depth, <=, MAX_DEPTH + 1);
  check_inside (encoded, whole);
  check_getters (item);
  if (mdoc_cbor_iter_map (item, "", MAX_ITEMS, &iter, NULL))
    while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
      {
        n += walk (key, encoded, depth + 1) + walk (value, encoded, depth + 1);
        len += mdoc_cbor_get_encoded (key).len;
        len += mdoc_cbor_get_encoded (value).len;
      }
  else if (mdoc_cbor_iter_array (item, "", MAX_ITEMS, &iter, NULL))
    while (mdoc_cbor_iter_get_n_left (&iter) > 0)
      {
        value = mdoc_cbor_iter_next (&iter);
        n += walk (value, encoded, depth + 1);
        len += mdoc_cbor_get_encoded (value).len;
      }
  else if (mdoc_cbor_get_any_tag (item, "", &tag, &content, NULL))
    {
      n += walk (content, encoded, depth + 1);
      len += mdoc_cbor_get_encoded (content).len;
    }

  g_assert_cmpuint (len, <, encoded.len);
  return n;
}

static void
check_diagnostics (MdocSpan whole, gboolean is_good)
{
  static const MdocCborDiagnosticFlags flags[] = {
    MDOC_CBOR_DIAGNOSTIC_PLAIN,
    MDOC_CBOR_DIAGNOSTIC_PRETTY | MDOC_CBOR_DIAGNOSTIC_EMBEDDED,
    MDOC_CBOR_DIAGNOSTIC_ELIDE | MDOC_CBOR_DIAGNOSTIC_MASK,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (
          mdoc_cbor_diagnose (whole, &limits, flags[i], &text, &error)
          == is_good);
      g_assert_true ((error == NULL) == is_good);
      g_assert_nonnull (text);
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MdocSpan whole = MDOC_SPAN (data, size);
  g_autoptr (GError) error = NULL;
  MdocCborItem item;
  gboolean is_good;

  is_good = mdoc_cbor_open (whole, &limits, &item, &error);
  g_assert_true (is_good == (error == NULL));
  check_diagnostics (whole, is_good);
  if (!is_good)
    {
      g_assert_true (error->domain == MDOC_CBOR_ERROR);
      return 0;
    }

  g_assert_true (mdoc_span_equal (mdoc_cbor_get_encoded (item), whole));
  g_assert_cmpuint (walk (item, whole, 0), <=, MAX_ITEMS);
  return 0;
}
