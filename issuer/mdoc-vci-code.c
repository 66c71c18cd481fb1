/*
 * mdoc-vci-code.c - a mark on authorization codes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci-code.h"

#include <string.h>

#define MARK ".d"

char *
mdoc_vci_code_mark (char *code, gboolean has_details)
{
  char *marked;

  if (!has_details)
    return code;

  marked = g_strconcat (code, MARK, NULL);
  g_free (code);
  return marked;
}

char *
mdoc_vci_code_unmark (const char *code, gboolean *ret_has_details)
{
  if (!g_str_has_suffix (code, MARK))
    return g_strdup (code);

  *ret_has_details = TRUE;
  return g_strndup (code, strlen (code) - strlen (MARK));
}
