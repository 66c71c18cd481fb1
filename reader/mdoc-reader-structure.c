/*
 * mdoc-reader-structure.c - which structure of the standard a file holds
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-structure.h"

#include <string.h>

#include "mdoc/mdoc-cbor.h"
#include "reader/mdoc-reader-input.h"

#define TAG_EMBEDDED  24
#define TAG_SIGN1     18
#define N_SIGN1       4
#define SIGN1_PAYLOAD 2
#define N_TRANSCRIPT  3
#define DER_SEQUENCE  0x30
#define MAX_SCANNED   ((gsize) 64 * 1024)

static const MdocCborLimits limits = {
  .max_bytes = MDOC_READER_MAX_FILE_BYTES,
  .max_depth = MDOC_CBOR_MAX_DEPTH,
  .max_items = 65536,
};

static const char *const names[] = {
  [MDOC_STRUCTURE_UNKNOWN] = "unknown",
  [MDOC_STRUCTURE_DEVICE_ENGAGEMENT] = "DeviceEngagement",
  [MDOC_STRUCTURE_COSE_KEY] = "COSE_Key",
  [MDOC_STRUCTURE_SESSION_ESTABLISHMENT] = "SessionEstablishment",
  [MDOC_STRUCTURE_SESSION_DATA] = "SessionData",
  [MDOC_STRUCTURE_SESSION_TRANSCRIPT] = "SessionTranscript",
  [MDOC_STRUCTURE_DEVICE_REQUEST] = "DeviceRequest",
  [MDOC_STRUCTURE_ITEMS_REQUEST] = "ItemsRequest",
  [MDOC_STRUCTURE_DEVICE_RESPONSE] = "DeviceResponse",
  [MDOC_STRUCTURE_ISSUER_SIGNED] = "IssuerSigned",
  [MDOC_STRUCTURE_ISSUER_SIGNED_ITEM] = "IssuerSignedItem",
  [MDOC_STRUCTURE_ISSUER_AUTH] = "IssuerAuth",
  [MDOC_STRUCTURE_SIGN1] = "COSE_Sign1",
  [MDOC_STRUCTURE_MSO] = "MobileSecurityObject",
  [MDOC_STRUCTURE_VICAL] = "VICAL",
  [MDOC_STRUCTURE_CERTIFICATE] = "Certificate",
  [MDOC_STRUCTURE_CRL] = "CertificateList",
};

/* A text key that only one structure has, the telling ones first: a response
 * contains most of the structures below it. */
static const struct
{
  const char *key;
  MdocStructure structure;
} markers[] = {
  { "docRequests", MDOC_STRUCTURE_DEVICE_REQUEST },
  { "documents", MDOC_STRUCTURE_DEVICE_RESPONSE },
  { "documentErrors", MDOC_STRUCTURE_DEVICE_RESPONSE },
  { "zkDocuments", MDOC_STRUCTURE_DEVICE_RESPONSE },
  { "encryptedDocuments", MDOC_STRUCTURE_DEVICE_RESPONSE },
  { "issuerAuth", MDOC_STRUCTURE_ISSUER_SIGNED },
  { "eReaderKey", MDOC_STRUCTURE_SESSION_ESTABLISHMENT },
  { "valueDigests", MDOC_STRUCTURE_MSO },
  { "digestID", MDOC_STRUCTURE_ISSUER_SIGNED_ITEM },
  { "docType", MDOC_STRUCTURE_ITEMS_REQUEST },
  { "version", MDOC_STRUCTURE_DEVICE_RESPONSE },
  { "data", MDOC_STRUCTURE_SESSION_DATA },
  { "status", MDOC_STRUCTURE_SESSION_DATA },
};

/**
 * mdoc_structure_get_name:
 * @structure: a structure
 *
 * Returns: its name in the standard
 */
const char *
mdoc_structure_get_name (MdocStructure structure)
{
  return names[structure];
}

/**
 * mdoc_structure_is_cbor:
 * @structure: a structure
 *
 * Returns: %FALSE for those of X.509
 */
gboolean
mdoc_structure_is_cbor (MdocStructure structure)
{
  return structure != MDOC_STRUCTURE_CERTIFICATE
         && structure != MDOC_STRUCTURE_CRL;
}

static gboolean
has_text (MdocSpan content, const char *text)
{
  return memmem (content.data,
                 MIN (content.len, MAX_SCANNED),
                 text,
                 strlen (text))
         != NULL;
}

static MdocStructure
detect_map (MdocCborItem map)
{
  for (gsize i = 0; i < G_N_ELEMENTS (markers); i++)
    if (mdoc_cbor_get_kind (mdoc_cbor_map_lookup (map, markers[i].key))
        != MDOC_CBOR_KIND_ABSENT)
      return markers[i].structure;

  if (mdoc_cbor_get_kind (mdoc_cbor_map_lookup_int (map, -1))
      != MDOC_CBOR_KIND_ABSENT)
    return MDOC_STRUCTURE_COSE_KEY;
  if (mdoc_cbor_get_kind (mdoc_cbor_map_lookup_int (map, 0))
      != MDOC_CBOR_KIND_ABSENT)
    return MDOC_STRUCTURE_DEVICE_ENGAGEMENT;
  return MDOC_STRUCTURE_UNKNOWN;
}

/* IssuerAuth and VICAL bring their payload along, readerAuth and
 * deviceSignature do not. */
static MdocStructure
detect_sign1 (MdocCborItem array, MdocCborIter *iter)
{
  MdocCborItem payload = MDOC_CBOR_ABSENT;

  for (guint i = 0; i <= SIGN1_PAYLOAD; i++)
    payload = mdoc_cbor_iter_next (iter);
  if (mdoc_cbor_get_kind (payload) == MDOC_CBOR_KIND_NULL)
    return MDOC_STRUCTURE_SIGN1;

  return has_text (mdoc_cbor_get_encoded (array), "vicalProvider")
             ? MDOC_STRUCTURE_VICAL
             : MDOC_STRUCTURE_ISSUER_AUTH;
}

static MdocStructure
detect_array (MdocCborItem array)
{
  MdocCborIter iter;

  if (!mdoc_cbor_iter_array (array, "", G_MAXUINT64, &iter, NULL))
    return MDOC_STRUCTURE_UNKNOWN;

  switch (mdoc_cbor_iter_get_n_left (&iter))
    {
    case N_SIGN1:
      return detect_sign1 (array, &iter);
    case N_TRANSCRIPT:
      return MDOC_STRUCTURE_SESSION_TRANSCRIPT;
    default:
      return MDOC_STRUCTURE_UNKNOWN;
    }
}

/* Of what cannot be opened, the guess that its head and the names in it give.
 */
static MdocStructure
guess (MdocSpan content)
{
  const guint8 head = content.data[0];

  for (gsize i = 0; i < G_N_ELEMENTS (markers); i++)
    if (has_text (content, markers[i].key))
      return markers[i].structure;

  if (head == (0x80 | N_TRANSCRIPT))
    return MDOC_STRUCTURE_SESSION_TRANSCRIPT;
  if (head == (0x80 | N_SIGN1))
    return MDOC_STRUCTURE_ISSUER_AUTH;
  if (head >> 5 == 5 && content.len > 1 && content.data[1] == 0)
    return MDOC_STRUCTURE_DEVICE_ENGAGEMENT;
  return MDOC_STRUCTURE_UNKNOWN;
}

/**
 * mdoc_structure_unwrap:
 * @content: some bytes
 *
 * Structures that are signed or hashed are passed around with the tag that they
 * stand in, too.
 *
 * Returns: the content of #6.24(bstr) or of #6.18, or @content, borrowed from
 *   it
 */
MdocSpan
mdoc_structure_unwrap (MdocSpan content)
{
  MdocCborItem item, inner;
  MdocSpan embedded;

  if (!mdoc_cbor_open (content, &limits, &item, NULL))
    return content;
  if (mdoc_cbor_get_embedded (item, "", content.len, &embedded, NULL))
    return embedded;
  if (mdoc_cbor_get_tagged (item, "", TAG_SIGN1, &inner, NULL))
    return mdoc_cbor_get_encoded (inner);
  return content;
}

/**
 * mdoc_structure_detect:
 * @content: what mdoc_structure_unwrap() gave
 *
 * Of a structure that is broken the answer is a guess.
 *
 * Returns: what it most probably is
 */
MdocStructure
mdoc_structure_detect (MdocSpan content)
{
  MdocCborItem item;

  if (content.len == 0)
    return MDOC_STRUCTURE_UNKNOWN;
  /* a negative number to CBOR, which no structure begins with */
  if (content.data[0] == DER_SEQUENCE)
    return MDOC_STRUCTURE_CERTIFICATE;
  if (!mdoc_cbor_open (content, &limits, &item, NULL))
    return guess (content);

  switch (mdoc_cbor_get_kind (item))
    {
    case MDOC_CBOR_KIND_MAP:
      return detect_map (item);
    case MDOC_CBOR_KIND_ARRAY:
      return detect_array (item);
    case MDOC_CBOR_KIND_ABSENT:
    case MDOC_CBOR_KIND_UINT:
    case MDOC_CBOR_KIND_NEGINT:
    case MDOC_CBOR_KIND_BYTES:
    case MDOC_CBOR_KIND_TEXT:
    case MDOC_CBOR_KIND_TAG:
    case MDOC_CBOR_KIND_BOOLEAN:
    case MDOC_CBOR_KIND_NULL:
    case MDOC_CBOR_KIND_FLOAT:
    case MDOC_CBOR_KIND_SIMPLE:
    default:
      return MDOC_STRUCTURE_UNKNOWN;
    }
}
