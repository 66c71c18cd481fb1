/*
 * mdoc-cbor-head.c - heads of CBOR items, for the door and the views
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-head.h"

#include <string.h>

G_DEFINE_QUARK (mdoc_cbor_error_quark, mdoc_cbor_error)

/* refuse() and mdoc_cbor_refuse() alone name the domain: nobody else can put a
 * code where the domain goes. The peer's text never becomes part of a message.
 */

gboolean
mdoc_cbor_refuse_at (GError **error,
                     MdocCborError code,
                     gsize offset,
                     const char *reason)
{
  g_set_error (error,
               MDOC_CBOR_ERROR,
               (gint) code,
               "%s at offset %" G_GSIZE_FORMAT,
               reason,
               offset);
  return FALSE;
}

/**
 * mdoc_cbor_refuse:
 * @error: (nullable): return location for the error
 * @code: why
 * @what: the field of the CDDL at fault, such as "docType"
 * @reason: what is wrong with it, such as "is empty"
 *
 * For the parsers that stand on this one: their input breaks the schema.
 *
 * Returns: %FALSE, so that a parser can end with `return mdoc_cbor_refuse (…)`
 */
gboolean
mdoc_cbor_refuse (GError **error,
                  MdocCborError code,
                  const char *what,
                  const char *reason)
{
  g_set_error (error, MDOC_CBOR_ERROR, (gint) code, "%s %s", what, reason);
  return FALSE;
}

gboolean
mdoc_cbor_head_read (MdocCborCursor *cursor,
                     MdocCborHead *ret_head,
                     GError **error)
{
  MdocCborHead head = { 0 };
  gsize start = cursor->pos;
  gsize n_extra;

  if (cursor->pos >= cursor->len)
    return mdoc_cbor_refuse_at (error,
                                MDOC_CBOR_ERROR_TRUNCATED,
                                start,
                                "Input ends");

  head.major = cursor->data[cursor->pos] >> 5;
  head.info = cursor->data[cursor->pos] & 0x1f;
  head.argument = head.info;
  cursor->pos++;

  if (head.info > MDOC_CBOR_INFO_DIRECT_MAX)
    {
      if (head.info == MDOC_CBOR_INFO_INDEFINITE)
        return mdoc_cbor_refuse_at (error,
                                    MDOC_CBOR_ERROR_UNSUPPORTED,
                                    start,
                                    "Indefinite length");

      if (head.info > MDOC_CBOR_INFO_8_BYTES)
        return mdoc_cbor_refuse_at (error,
                                    MDOC_CBOR_ERROR_MALFORMED,
                                    start,
                                    "Reserved additional information");

      n_extra = (gsize) 1 << (head.info - MDOC_CBOR_INFO_1_BYTE);
      if (n_extra > cursor->len - cursor->pos)
        return mdoc_cbor_refuse_at (error,
                                    MDOC_CBOR_ERROR_TRUNCATED,
                                    start,
                                    "Input ends");

      head.argument = 0;
      for (gsize i = 0; i < n_extra; i++)
        head.argument = (head.argument << 8) | cursor->data[cursor->pos++];
    }

  *ret_head = head;
  return TRUE;
}

static guint64
count_children (const MdocCborHead *head)
{
  switch (head->major)
    {
    case MDOC_CBOR_MAJOR_ARRAY:
      return head->argument;
    case MDOC_CBOR_MAJOR_MAP:
      return head->argument * 2;
    case MDOC_CBOR_MAJOR_TAG:
      return 1;
    default:
      return 0;
    }
}

void
mdoc_cbor_skip (MdocCborCursor *cursor)
{
  for (guint64 n_left = 1; n_left > 0; n_left--)
    {
      MdocCborHead head = mdoc_cbor_head_get (cursor);

      if (head.major == MDOC_CBOR_MAJOR_BYTES
          || head.major == MDOC_CBOR_MAJOR_TEXT)
        cursor->pos += (gsize) head.argument;
      n_left += count_children (&head);
    }
}

MdocCborKey
mdoc_cbor_key_read (const guint8 *data, gsize len)
{
  MdocCborCursor cursor = { .data = data, .len = len };
  MdocCborHead head = mdoc_cbor_head_get (&cursor);
  MdocCborKey key = { .major = head.major, .argument = head.argument };

  switch (head.major)
    {
    case MDOC_CBOR_MAJOR_UINT:
    case MDOC_CBOR_MAJOR_NEGINT:
      break;
    case MDOC_CBOR_MAJOR_BYTES:
    case MDOC_CBOR_MAJOR_TEXT:
      key.content = MDOC_SPAN (data + cursor.pos, (gsize) head.argument);
      break;
    default:
      cursor.pos = 0;
      mdoc_cbor_skip (&cursor);
      key.content = MDOC_SPAN (data, cursor.pos);
      break;
    }

  return key;
}

gint
mdoc_cbor_key_compare (gconstpointer a, gconstpointer b)
{
  const MdocCborKey *left = a;
  const MdocCborKey *right = b;

  if (left->major != right->major)
    return left->major < right->major ? -1 : 1;
  if (left->argument != right->argument)
    return left->argument < right->argument ? -1 : 1;
  if (left->content.len != right->content.len)
    return left->content.len < right->content.len ? -1 : 1;
  if (left->content.len == 0)
    return 0;
  return memcmp (left->content.data, right->content.data, left->content.len);
}
