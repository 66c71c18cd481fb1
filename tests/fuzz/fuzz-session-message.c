/*
 * fuzz-session-message.c - SessionEstablishment and SessionData
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-session-core.h"
#include "tests/fuzz/credential-invariants.h"

#define MAX_BYTES ((gsize) 65536)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_equal (const MdocSessionMessage *a, const MdocSessionMessage *b)
{
  g_assert_true (a->has_e_reader_key == b->has_e_reader_key
                 && a->has_data == b->has_data
                 && a->has_status == b->has_status);
  g_assert_true (mdoc_span_equal (a->e_reader_key, b->e_reader_key));
  g_assert_true (mdoc_span_equal (a->data, b->data));
  g_assert_true (a->status == b->status);
}

/* What was understood, written by us and read again, is the same. */
static void
check_rewriting (const MdocSessionMessage *message)
{
  g_autoptr (GBytes) written = mdoc_session_message_write (message);
  MdocSessionMessage again;

  g_assert_true (mdoc_session_message_parse (mdoc_span_from_bytes (written),
                                             MAX_BYTES,
                                             &again,
                                             NULL));
  check_equal (message, &again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MdocSpan encoded = MDOC_SPAN (data, size);
  MdocSessionMessage message = { .status = 77 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) limit = NULL;
  gboolean is_parsed;

  is_parsed = mdoc_session_message_parse (encoded, MAX_BYTES, &message, &error);
  g_assert_true (is_parsed == (error == NULL));
  if (!is_parsed)
    {
      g_assert_true (error->domain == MDOC_SESSION_ERROR
                     && error->message != NULL);
      g_assert_true (message.status == 77 && message.data.data == NULL);
      return 0;
    }

  if (message.has_e_reader_key)
    {
      check_inside (message.e_reader_key_bytes, encoded);
      check_inside (message.e_reader_key, message.e_reader_key_bytes);
      check_item (message.e_reader_key_bytes);
    }
  if (message.has_data)
    check_inside (message.data, encoded);
  check_rewriting (&message);

  g_assert_false (
      mdoc_session_message_parse (encoded, size - 1, &message, &limit));
  g_assert_error (limit, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_LIMIT);
  return 0;
}
