/*
 * mdoc-ndef.h - reading NDEF messages
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

#define MDOC_NDEF_MAX_BYTES   ((gsize) 65535) /* what NLEN can say */
#define MDOC_NDEF_MAX_RECORDS 16

/**
 * MdocNfcError:
 * @MDOC_NFC_ERROR_MALFORMED: not an NDEF message, or a record not what its type
 *   says
 * @MDOC_NFC_ERROR_LIMIT: over one of our limits
 * @MDOC_NFC_ERROR_SCHEMA: a sound message that is no handover, or lacks what
 *   ISO/IEC 18013-5 asks for
 * @MDOC_NFC_ERROR_VERSION: a handover of a major version that we do not speak
 *
 * Why an NFC message was refused. All blame the peer.
 */
typedef enum
{
  MDOC_NFC_ERROR_MALFORMED,
  MDOC_NFC_ERROR_LIMIT,
  MDOC_NFC_ERROR_SCHEMA,
  MDOC_NFC_ERROR_VERSION,
} MdocNfcError;

#define MDOC_NFC_ERROR (mdoc_nfc_error_quark ())
GQuark mdoc_nfc_error_quark (void);

/* how the type of a record is to be read */
typedef enum
{
  MDOC_NDEF_EMPTY = 0,
  MDOC_NDEF_WELL_KNOWN = 1,
  MDOC_NDEF_MEDIA = 2,
  MDOC_NDEF_URI = 3,
  MDOC_NDEF_EXTERNAL = 4,
  MDOC_NDEF_UNKNOWN = 5,
} MdocNdefTnf;

/* One record; spans are borrowed from the message. */
typedef struct
{
  MdocNdefTnf tnf;
  MdocSpan type;
  MdocSpan id;
  MdocSpan payload;
} MdocNdefRecord;

gboolean mdoc_ndef_parse (MdocSpan message,
                          MdocNdefRecord ret_records[MDOC_NDEF_MAX_RECORDS],
                          guint *ret_n_records,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_ndef_record_is (const MdocNdefRecord *record,
                              MdocNdefTnf tnf,
                              const char *type);

G_END_DECLS
