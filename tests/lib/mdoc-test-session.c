/*
 * mdoc-test-session.c - the session of Annex D, to be played by tests
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-session.h"

#include "tests/lib/mdoc-test-vectors.h"

static MdocKey *
load_key (const char *name)
{
  g_autoptr (GBytes) d = mdoc_test_annex_d (name);
  g_autoptr (GError) error = NULL;
  MdocKey *key;

  key = mdoc_key_new_from_private (MDOC_CURVE_P256,
                                   mdoc_span_from_bytes (d),
                                   &error);
  g_assert_no_error (error);
  return key;
}

MdocTestSession *
mdoc_test_session_new (void)
{
  g_autoptr (GBytes) transcript = NULL;
  g_autoptr (GError) error = NULL;
  MdocTestSession *self = g_new0 (MdocTestSession, 1);

  transcript = mdoc_test_annex_d ("session_transcript_bytes");
  self->transcript = mdoc_transcript_parse (mdoc_span_from_bytes (transcript),
                                            &error);
  g_assert_no_error (error);
  self->device_engagement = mdoc_span_dup (
      mdoc_transcript_get_device_engagement (self->transcript));
  self->handover = mdoc_span_dup (
      mdoc_transcript_get_handover (self->transcript));
  self->e_device_key = load_key ("ephemeral_device_key_d");
  self->e_reader_key = load_key ("ephemeral_reader_key_d");
  return self;
}

void
mdoc_test_session_free (MdocTestSession *self)
{
  if (self == NULL)
    return;

  mdoc_key_unref (self->e_device_key);
  mdoc_key_unref (self->e_reader_key);
  g_bytes_unref (self->device_engagement);
  g_bytes_unref (self->handover);
  mdoc_transcript_unref (self->transcript);
  g_free (self);
}

MdocHolderSession *
mdoc_test_session_new_holder (MdocTestSession *self, gint64 now_ms)
{
  return mdoc_holder_session_new (self->e_device_key,
                                  self->device_engagement,
                                  mdoc_span_from_bytes (self->handover),
                                  now_ms);
}

MdocReaderSession *
mdoc_test_session_new_reader (MdocTestSession *self, gint64 now_ms)
{
  g_autoptr (GError) error = NULL;
  MdocReaderSession *reader;

  reader = mdoc_reader_session_new (self->e_reader_key,
                                    self->device_engagement,
                                    mdoc_span_from_bytes (self->handover),
                                    mdoc_key_get_public (self->e_device_key),
                                    now_ms,
                                    &error);
  g_assert_no_error (error);
  return reader;
}
