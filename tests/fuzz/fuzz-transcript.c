/*
 * fuzz-transcript.c - mdoc_transcript_parse() on anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-transcript.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (MdocTranscript) again = NULL;
  g_autoptr (GError) error = NULL;
  guint8 salt[MDOC_TRANSCRIPT_SALT_LEN];
  guint8 salt_again[MDOC_TRANSCRIPT_SALT_LEN];
  MdocSpan array, handover;

  transcript = mdoc_transcript_parse (MDOC_SPAN (copy, size), &error);
  g_assert_true ((transcript == NULL) == (error != NULL));
  if (transcript == NULL)
    return 0;

  /* nothing is borrowed from what was parsed */
  memset (copy, 0, size);
  g_clear_pointer (&copy, g_free);

  array = mdoc_transcript_get_encoded (transcript);
  handover = mdoc_transcript_get_handover (transcript);
  g_assert_cmpuint (array.len, <=, size);
  g_assert_true (handover.data + handover.len == array.data + array.len);

  /* the array alone is the same transcript */
  again = mdoc_transcript_parse (array, &error);
  g_assert_no_error (error);
  mdoc_transcript_get_salt (transcript, salt);
  mdoc_transcript_get_salt (again, salt_again);
  g_assert_true (memcmp (salt, salt_again, sizeof (salt)) == 0);
  g_assert_true (mdoc_span_equal (mdoc_transcript_get_e_reader_key (transcript),
                                  mdoc_transcript_get_e_reader_key (again)));
  g_assert_true (
      mdoc_span_equal (mdoc_transcript_get_device_engagement (transcript),
                       mdoc_transcript_get_device_engagement (again)));
  return 0;
}
