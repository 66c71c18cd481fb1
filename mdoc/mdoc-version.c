/*
 * mdoc-version.c - the "1.0" that messages begin with
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-version.h"

/* "1.99999" and no longer; there has been one minor version so far */
#define MAX_LEN 7

static gboolean
read_number (MdocSpan text, gsize *pos, guint *ret_number)
{
  gsize start = *pos;
  guint number = 0;

  while (*pos < text.len && g_ascii_isdigit (text.data[*pos]))
    number = number * 10 + (guint) (text.data[(*pos)++] - '0');

  *ret_number = number;
  return *pos == start + 1 || (*pos > start && text.data[start] != '0');
}

/**
 * mdoc_version_parse:
 * @item: the item that should be a version, such as "1.0"
 * @what: what it is the version of, for the error message
 * @ret_minor: (out) (optional): the number behind the dot; left alone on
 * failure
 * @error: return location for a #MdocCborError
 *
 * ISO/IEC 18013-5 promises that what knows 1.0 can read any 1.x, if it ignores
 * what it does not know, and nothing else: any other major version is refused
 * with %MDOC_CBOR_ERROR_VERSION.
 *
 * Returns: %TRUE if @item is a version whose major number is 1
 */
gboolean
mdoc_version_parse (MdocCborItem item,
                    const char *what,
                    guint *ret_minor,
                    GError **error)
{
  guint major, minor;
  MdocSpan text;
  gsize pos = 0;

  if (!mdoc_cbor_get_text (item, what, MAX_LEN, &text, error))
    return FALSE;

  if (!read_number (text, &pos, &major) || pos == text.len
      || text.data[pos++] != '.' || !read_number (text, &pos, &minor)
      || pos != text.len)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             what,
                             "is no version number");

  if (major != 1)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_VERSION,
                             what,
                             "is of another major version than 1");

  if (ret_minor != NULL)
    *ret_minor = minor;
  return TRUE;
}
