/*
 * fuzz-protocol-error.c - refusals and challenges made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-protocol-error.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_text (const char *text)
{
  for (const char *p = text; p != NULL && *p != '\0'; p++)
    g_assert_true (*p >= 0x20 && *p <= 0x7e && *p != '"' && *p != '\\');
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MdocProtocolError) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mdoc_protocol_challenge_parse (text),
                   <,
                   MDOC_PROTOCOL_N_CODES);
  found = mdoc_protocol_error_parse (MDOC_SPAN (data, size), &error);
  g_assert_true ((found == NULL) == (error != NULL));
  if (found == NULL)
    return 0;
  check_text (found->name);
  check_text (found->description);
  return 0;
}
