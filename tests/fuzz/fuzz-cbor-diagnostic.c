/*
 * fuzz-cbor-diagnostic.c - CBOR as text, whole or broken, shown or masked
 *
 * The first byte has the flags; the next two say where a message is cut.
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor-diagnostic.h"
#include "mdoc/mdoc-cbor-writer.h"

#define N_HEADER_BYTES 3
#define ALL_FLAGS                                                              \
  (MDOC_CBOR_DIAGNOSTIC_PRETTY | MDOC_CBOR_DIAGNOSTIC_ELIDE                    \
   | MDOC_CBOR_DIAGNOSTIC_EMBEDDED | MDOC_CBOR_DIAGNOSTIC_MASK)

static const MdocCborLimits limits = { .max_bytes = 65536,
                                       .max_depth = MDOC_CBOR_MAX_DEPTH,
                                       .max_items = 4096 };

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Nothing that a terminal obeys. */
static void
check_harmless (const char *text, MdocCborDiagnosticFlags flags)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *p = text; *p != '\0'; p += g_utf8_skip[(guchar) *p])
    if (*p == '\n')
      g_assert_true ((flags & MDOC_CBOR_DIAGNOSTIC_PRETTY) != 0);
    else
      g_assert_true (mdoc_text_is_harmless (g_utf8_get_char (p)));
}

static void
check_text (MdocSpan input, MdocCborDiagnosticFlags flags)
{
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) expected = NULL;
  MdocCborItem item;
  gboolean is_sound;

  is_sound = mdoc_cbor_diagnose (input, &limits, flags, &text, &error);
  g_assert_nonnull (text);
  check_harmless (text, flags);
  g_assert_true (is_sound == mdoc_cbor_open (input, &limits, &item, &expected));
  if (!is_sound)
    {
      g_assert_true (g_error_matches (error, expected->domain, expected->code));
      return;
    }

  again = mdoc_cbor_to_diagnostic (item, flags);
  g_assert_cmpstr (text, ==, again);
}

static void
put_item (MdocCborWriter *writer, MdocSpan value)
{
  mdoc_cbor_writer_begin_map (writer, 4);
  mdoc_cbor_writer_put_text (writer, "digestID");
  mdoc_cbor_writer_put_uint (writer, 1);
  mdoc_cbor_writer_put_text (writer, "random");
  mdoc_cbor_writer_put_bytes (writer, value);
  mdoc_cbor_writer_put_text (writer, "elementIdentifier");
  mdoc_cbor_writer_put_text (writer, "e");
  mdoc_cbor_writer_put_text (writer, "elementValue");
  mdoc_cbor_writer_put_encoded (writer, value);
}

static void
put_device_name_spaces (MdocCborWriter *writer, MdocSpan value)
{
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "n");
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "e");
  mdoc_cbor_writer_put_encoded (writer, value);
}

/* A response as far as the mask looks at it, with @value wherever a holder's
 * secrets stand. */
static GBytes *
write_response (MdocSpan value)
{
  g_autoptr (MdocCborWriter) inner = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_map (writer, 2);
  mdoc_cbor_writer_put_text (writer, "nameSpaces");
  mdoc_cbor_writer_begin_array (writer, 1);
  put_item (inner, value);
  mdoc_cbor_writer_put_embedded (writer, mdoc_cbor_writer_get_span (inner));

  mdoc_cbor_writer_put_text (writer, "deviceSigned");
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "nameSpaces");
  mdoc_cbor_writer_reset (inner);
  put_device_name_spaces (inner, value);
  mdoc_cbor_writer_put_embedded (writer, mdoc_cbor_writer_get_span (inner));
  return mdoc_cbor_writer_finish (writer);
}

/* Another value of the same length. */
static GBytes *
write_other (gsize len)
{
  guint8 *other = g_malloc0 (len);

  if (len > 257)
    {
      other[0] = 0x59;
      other[1] = (guint8) ((len - 3) >> 8);
      other[2] = (guint8) (len - 3);
    }
  else if (len > 1)
    {
      other[0] = 0x58;
      other[1] = (guint8) (len - 2);
    }
  return g_bytes_new_take (other, len);
}

/* Masked, a response reads the same whatever its values are, wherever it is
 * cut. */
static void
check_mask (MdocSpan value, gsize n_cut, MdocCborDiagnosticFlags flags)
{
  MdocSpan responses[2];
  g_autoptr (GBytes) other = NULL;
  g_autoptr (GBytes) one = NULL;
  g_autoptr (GBytes) two = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  MdocCborItem item;

  if (!mdoc_cbor_open (value, &limits, &item, NULL))
    return;

  other = write_other (value.len);
  one = write_response (value);
  two = write_response (mdoc_span_from_bytes (other));
  responses[0] = mdoc_span_from_bytes (one);
  responses[1] = mdoc_span_from_bytes (two);
  g_assert_cmpuint (responses[0].len, ==, responses[1].len);
  n_cut %= responses[0].len + 1;
  responses[0].len -= n_cut;
  responses[1].len -= n_cut;

  flags |= MDOC_CBOR_DIAGNOSTIC_MASK | MDOC_CBOR_DIAGNOSTIC_EMBEDDED;
  /* what does not pass is shown as well */
  (void) !mdoc_cbor_diagnose (responses[0], &limits, flags, &first, NULL);
  (void) !mdoc_cbor_diagnose (responses[1], &limits, flags, &second, NULL);
  g_assert_cmpstr (first, ==, second);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MdocCborDiagnosticFlags flags;
  MdocSpan input;

  if (size < N_HEADER_BYTES)
    return 0;

  flags = (MdocCborDiagnosticFlags) (data[0] & ALL_FLAGS);
  input = MDOC_SPAN (data + N_HEADER_BYTES, size - N_HEADER_BYTES);
  check_text (input, flags);
  check_mask (input, (gsize) data[1] << 8 | data[2], flags);
  return 0;
}
