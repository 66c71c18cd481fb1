/*
 * test-version.c - versions of messages, down to their last byte
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-version.h"

#define ACCEPTED (-1)

/* The text stands at the very end of what was allocated. */
static void
test_texts (void)
{
  static const struct
  {
    const char *text;
    int code;
    guint minor;
  } tries[] = {
    { "1.0", ACCEPTED, 0 },
    { "1.1", ACCEPTED, 1 },
    { "1.27", ACCEPTED, 27 },
    { "2.0", MDOC_CBOR_ERROR_VERSION, 0 },
    { "0.9", MDOC_CBOR_ERROR_VERSION, 0 },
    { "", MDOC_CBOR_ERROR_SCHEMA, 0 },
    { "1", MDOC_CBOR_ERROR_SCHEMA, 0 },
    { "1.", MDOC_CBOR_ERROR_SCHEMA, 0 },
    { ".0", MDOC_CBOR_ERROR_SCHEMA, 0 },
    { "1.0.", MDOC_CBOR_ERROR_SCHEMA, 0 },
    { "1,0", MDOC_CBOR_ERROR_SCHEMA, 0 },
    { "x.0", MDOC_CBOR_ERROR_SCHEMA, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      g_autofree guint8 *copy = NULL;
      g_autoptr (GError) error = NULL;
      MdocSpan span;
      MdocCborItem item;
      guint minor = 99;

      g_test_message ("\"%s\"", tries[i].text);
      mdoc_cbor_writer_put_text (writer, tries[i].text);
      span = mdoc_cbor_writer_get_span (writer);
      copy = g_memdup2 (span.data, span.len);
      item = (MdocCborItem){ copy, span.len };
      g_assert_cmpint (mdoc_version_parse (item, "version", &minor, &error),
                       ==,
                       tries[i].code == ACCEPTED);
      if (tries[i].code != ACCEPTED)
        g_assert_error (error, MDOC_CBOR_ERROR, tries[i].code);
      g_assert_cmpuint (minor,
                        ==,
                        tries[i].code == ACCEPTED ? tries[i].minor : 99);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/version/texts", test_texts);

  return g_test_run ();
}
