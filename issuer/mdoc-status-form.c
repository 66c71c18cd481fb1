/*
 * mdoc-status-form.c - how a status list is written, and who wants which
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-status-form.h"

#include <string.h>

#include "openid/mdoc-status-token.h"

/**
 * mdoc_status_form_get_media_type:
 * @form: how a list is written
 *
 * Returns: its media type
 */
const char *
mdoc_status_form_get_media_type (MdocStatusForm form)
{
  switch (form)
    {
    case MDOC_STATUS_FORM_JWT:
    case MDOC_STATUS_FORM_JWT_GZIP:
      return "application/statuslist+jwt";
    case MDOC_STATUS_FORM_IDENTIFIERS:
      return MDOC_IDENTIFIER_LIST_TYPE;
    case MDOC_STATUS_FORM_CWT:
    default:
      return MDOC_STATUS_LIST_CWT_TYPE;
    }
}

/* the quality of one range of an Accept header, in thousandths */
static gint
read_quality (char **parameters)
{
  for (; *parameters != NULL; parameters++)
    {
      const char *text = g_strstrip (*parameters);

      if (g_ascii_strncasecmp (text, "q=", 2) == 0)
        return (gint) (g_ascii_strtod (text + 2, NULL) * 1000);
    }
  return 1000;
}

/* what @accept says of @type: the most specific range counts */
static gint
rate (char **ranges, const char *type)
{
  gint quality = 0, best = -1;

  for (gsize i = 0; ranges[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (ranges[i], ";", 8);
      const char *range;
      gint specific;

      if (parts[0] == NULL)
        continue;
      range = g_strstrip (parts[0]);
      if (g_ascii_strcasecmp (range, type) == 0)
        specific = 2;
      else if (g_ascii_strcasecmp (range, "application/*") == 0)
        specific = 1;
      else if (strcmp (range, "*/*") == 0)
        specific = 0;
      else
        continue;
      if (specific > best)
        {
          best = specific;
          quality = read_quality (parts + 1);
        }
    }
  return quality;
}

/*   Accept-Encoding = #( codings [ weight ] )            RFC 9110, 12.5.3
 *
 * Who does not send it gets what everybody can read, though it could be sent
 * anything. "x-gzip" is another name. */
static gboolean
takes_gzip (const char *header)
{
  g_auto (GStrv) codings = g_strsplit (header != NULL ? header : "", ",", 32);
  gint gzip = -1, others = 0, identity = 0;

  for (gsize i = 0; codings[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (codings[i], ";", 8);
      const char *coding = parts[0] != NULL ? g_strstrip (parts[0]) : "";
      const gint quality = parts[0] != NULL ? read_quality (parts + 1) : 0;

      if (g_ascii_strcasecmp (coding, "gzip") == 0
          || g_ascii_strcasecmp (coding, "x-gzip") == 0)
        gzip = quality;
      else if (strcmp (coding, "*") == 0)
        others = quality;
      else if (g_ascii_strcasecmp (coding, "identity") == 0)
        identity = quality;
    }
  if (gzip < 0)
    gzip = others;
  return gzip > 0 && gzip >= identity;
}

/**
 * mdoc_status_form_choose:
 * @accept: (nullable): what whoever asks would like
 * @accept_encoding: (nullable): how it may be packed
 * @is_identifier_list: which kind of list
 * @ret_form: (out): what it gets
 *
 * Of a Token Status List there are two forms; who does not mind gets the CWT,
 * as a reader of mdocs reads it anyway.
 *
 * Returns: whether there is one that it takes
 */
gboolean
mdoc_status_form_choose (const char *accept,
                         const char *accept_encoding,
                         gboolean is_identifier_list,
                         MdocStatusForm *ret_form)
{
  g_auto (GStrv) ranges = g_strsplit (accept == NULL || *accept == '\0'
                                          ? "*/*"
                                          : accept,
                                      ",",
                                      32);
  gint cwt, jwt;

  if (is_identifier_list)
    {
      *ret_form = MDOC_STATUS_FORM_IDENTIFIERS;
      return rate (ranges, MDOC_IDENTIFIER_LIST_TYPE) > 0;
    }
  cwt = rate (ranges, MDOC_STATUS_LIST_CWT_TYPE);
  jwt = rate (ranges, mdoc_status_form_get_media_type (MDOC_STATUS_FORM_JWT));
  *ret_form = jwt <= cwt                     ? MDOC_STATUS_FORM_CWT
              : takes_gzip (accept_encoding) ? MDOC_STATUS_FORM_JWT_GZIP
                                             : MDOC_STATUS_FORM_JWT;
  return MAX (cwt, jwt) > 0;
}
