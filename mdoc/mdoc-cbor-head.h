/*
 * mdoc-cbor-head.h - heads of CBOR items, for the door and the views
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "mdoc/mdoc-cbor.h"

G_BEGIN_DECLS

/* RFC 8949, section 3: the three high bits of an initial byte */
enum
{
  MDOC_CBOR_MAJOR_UINT = 0,
  MDOC_CBOR_MAJOR_NEGINT = 1,
  MDOC_CBOR_MAJOR_BYTES = 2,
  MDOC_CBOR_MAJOR_TEXT = 3,
  MDOC_CBOR_MAJOR_ARRAY = 4,
  MDOC_CBOR_MAJOR_MAP = 5,
  MDOC_CBOR_MAJOR_TAG = 6,
  MDOC_CBOR_MAJOR_SIMPLE = 7,
};

#define MDOC_CBOR_INFO_DIRECT_MAX   23
#define MDOC_CBOR_INFO_1_BYTE       24
#define MDOC_CBOR_INFO_2_BYTES      25
#define MDOC_CBOR_INFO_4_BYTES      26
#define MDOC_CBOR_INFO_8_BYTES      27
#define MDOC_CBOR_INFO_INDEFINITE   31
#define MDOC_CBOR_SIMPLE_FALSE      20
#define MDOC_CBOR_SIMPLE_TRUE       21
#define MDOC_CBOR_SIMPLE_NULL       22
#define MDOC_CBOR_SIMPLE_1_BYTE_MIN 32

#define MDOC_CBOR_TAG_TDATE         0
#define MDOC_CBOR_TAG_EMBEDDED_CBOR 24

/* A place in some bytes. */
typedef struct
{
  const guint8 *data;
  gsize len;
  gsize pos;
} MdocCborCursor;

/* What an item begins with: its kind, and a value, length, count or tag. */
typedef struct
{
  guint8 major;
  guint8 info;
  guint64 argument;
} MdocCborHead;

/* A map key in a form in which equal keys are equal, however long their heads
 */
typedef struct
{
  guint8 major;
  guint64 argument;
  MdocSpan content; /* of strings; for containers, tags and floats all bytes */
} MdocCborKey;

/* Like mdoc_cbor_refuse(), for what is at fault at some offset. */
gboolean mdoc_cbor_refuse_at (GError **error,
                              MdocCborError code,
                              gsize offset,
                              const char *reason);

/* Reads a head from bytes that nobody has looked at. */
gboolean mdoc_cbor_head_read (MdocCborCursor *cursor,
                              MdocCborHead *ret_head,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The rest is for bytes that mdoc_cbor_open() has passed, or is just passing.
 */

/* Nothing is left to check. All that is read goes through here, some of it many
 * times: this is what reading costs. */
static inline MdocCborHead
mdoc_cbor_head_get (MdocCborCursor *cursor)
{
  const guint8 *bytes = cursor->data + cursor->pos;
  MdocCborHead head = { .major = bytes[0] >> 5, .info = bytes[0] & 0x1f };
  gsize n_extra;

  cursor->pos++;
  if (head.info <= MDOC_CBOR_INFO_DIRECT_MAX)
    {
      head.argument = head.info;
      return head;
    }

  n_extra = (gsize) 1 << (head.info - MDOC_CBOR_INFO_1_BYTE);
  for (gsize i = 1; i <= n_extra; i++)
    head.argument = (head.argument << 8) | bytes[i];
  cursor->pos += n_extra;
  return head;
}

void mdoc_cbor_skip (MdocCborCursor *cursor); /* one item, with all inside it */
MdocCborKey mdoc_cbor_key_read (const guint8 *data, gsize len);
gint mdoc_cbor_key_compare (gconstpointer a, gconstpointer b);

G_END_DECLS
