/*
 * mdoc-ndef.c - reading NDEF messages
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "engagement/mdoc-ndef.h"

/* NFC Forum, NDEF 1.0, 3.2: the first byte of a record */
enum
{
  FLAG_BEGIN = 0x80,
  FLAG_END = 0x40,
  FLAG_CHUNK = 0x20,
  FLAG_SHORT = 0x10,
  FLAG_ID = 0x08,
  TNF_MASK = 0x07,
};

typedef struct
{
  const guint8 *data;
  gsize len;
} Cursor;

G_DEFINE_QUARK (mdoc_nfc_error_quark, mdoc_nfc_error)

static gboolean
refuse (GError **error, MdocNfcError code, const char *reason)
{
  g_set_error_literal (error, MDOC_NFC_ERROR, (gint) code, reason);
  return FALSE;
}

static gboolean
take (Cursor *cursor, gsize len, MdocSpan *ret_span, GError **error)
{
  if (len > cursor->len)
    return refuse (error, MDOC_NFC_ERROR_MALFORMED, "The NDEF message ends");

  *ret_span = MDOC_SPAN (cursor->data, len);
  cursor->data += len;
  cursor->len -= len;
  return TRUE;
}

/* big-endian, of @n_bytes up to four */
static gboolean
take_number (Cursor *cursor, gsize n_bytes, guint32 *ret_number, GError **error)
{
  guint32 number = 0;
  MdocSpan bytes;

  if (!take (cursor, n_bytes, &bytes, error))
    return FALSE;

  for (gsize i = 0; i < n_bytes; i++)
    number = number << 8 | bytes.data[i];
  *ret_number = number;
  return TRUE;
}

/* What the flags must be at this place of the message. */
static gboolean
check_flags (guint32 flags, gboolean is_first, gboolean is_last, GError **error)
{
  guint tnf = flags & TNF_MASK;

  if (((flags & FLAG_BEGIN) != 0) != is_first)
    return refuse (error,
                   MDOC_NFC_ERROR_MALFORMED,
                   "The beginning of the NDEF message is marked wrongly");
  if (((flags & FLAG_END) != 0) != is_last)
    return refuse (error,
                   MDOC_NFC_ERROR_MALFORMED,
                   "The end of the NDEF message is marked wrongly");
  if ((flags & FLAG_CHUNK) != 0 || tnf > MDOC_NDEF_UNKNOWN)
    return refuse (error,
                   MDOC_NFC_ERROR_MALFORMED,
                   "The NDEF record is chunked or of a reserved kind");
  return TRUE;
}

static gboolean
parse_record (Cursor *cursor,
              gboolean is_first,
              MdocNdefRecord *record,
              GError **error)
{
  guint32 flags, type_len, payload_len, id_len = 0;

  if (!take_number (cursor, 1, &flags, error)
      || !take_number (cursor, 1, &type_len, error)
      || !take_number (cursor,
                       (flags & FLAG_SHORT) != 0 ? 1 : 4,
                       &payload_len,
                       error))
    return FALSE;
  if ((flags & FLAG_ID) != 0 && !take_number (cursor, 1, &id_len, error))
    return FALSE;
  if (!take (cursor, type_len, &record->type, error)
      || !take (cursor, id_len, &record->id, error)
      || !take (cursor, payload_len, &record->payload, error))
    return FALSE;

  record->tnf = (MdocNdefTnf) (flags & TNF_MASK);
  return check_flags (flags, is_first, cursor->len == 0, error);
}

/**
 * mdoc_ndef_parse:
 * @message: an NDEF message without NLEN
 * @ret_records: (out): its records; they borrow from @message
 * @ret_n_records: (out): how many, at least one; left alone on failure
 * @error: return location for a #MdocNfcError
 *
 * Refuses chunked records, which no handover has, and bytes behind the record
 * that is marked as the last.
 *
 * Returns: %TRUE if @message is an NDEF message
 */
gboolean
mdoc_ndef_parse (MdocSpan message,
                 MdocNdefRecord ret_records[MDOC_NDEF_MAX_RECORDS],
                 guint *ret_n_records,
                 GError **error)
{
  Cursor cursor = { message.data, message.len };
  guint n = 0;

  if (message.len > MDOC_NDEF_MAX_BYTES)
    return refuse (error, MDOC_NFC_ERROR_LIMIT, "The NDEF message is too long");

  do
    {
      if (n == MDOC_NDEF_MAX_RECORDS)
        return refuse (error,
                       MDOC_NFC_ERROR_LIMIT,
                       "The NDEF message has too many records");
      if (!parse_record (&cursor, n == 0, &ret_records[n], error))
        return FALSE;
      n++;
    }
  while (cursor.len > 0);

  *ret_n_records = n;
  return TRUE;
}

/**
 * mdoc_ndef_record_is:
 * @record: a record
 * @tnf: how the type is to be read
 * @type: the type's name
 *
 * Returns: %TRUE if @record is of that type
 */
gboolean
mdoc_ndef_record_is (const MdocNdefRecord *record,
                     MdocNdefTnf tnf,
                     const char *type)
{
  return record->tnf == tnf && mdoc_span_equals_text (record->type, type);
}
