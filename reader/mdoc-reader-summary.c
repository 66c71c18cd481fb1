/*
 * mdoc-reader-summary.c - what a structure says, in a few lines
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate.h"
#include "engagement/mdoc-ble-ident.h"
#include "engagement/mdoc-device-engagement.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-device-request.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-transcript.h"
#include "mdoc/mdoc-vical.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-input.h"
#include "reader/mdoc-reader-json.h"
#include "reader/mdoc-reader-structure.h"

static const MdocCborLimits limits = {
  .max_bytes = MDOC_READER_MAX_FILE_BYTES,
  .max_depth = MDOC_CBOR_MAX_DEPTH,
  .max_items = 65536,
};

static void
add_key (JsonBuilder *builder, const char *name, MdocPublicKey *key)
{
  mdoc_json_add_text (builder,
                      name,
                      mdoc_curve_get_name (mdoc_public_key_get_curve (key)));
}

static void
add_certificate (JsonBuilder *builder, MdocCertificate *certificate)
{
  static const char *const usages[] = {
    MDOC_OID_EKU_MDL_DS,  MDOC_OID_EKU_MDL_READER,  MDOC_OID_EKU_MDL_VICAL,
    MDOC_OID_EKU_MDOC_DS, MDOC_OID_EKU_MDOC_READER, MDOC_OID_EKU_MDOC_VICAL,
  };
  g_autofree char *subject = mdoc_certificate_dup_subject (certificate);
  g_autofree char *issuer = mdoc_certificate_dup_issuer (certificate);
  guint8 fingerprint[32];

  mdoc_certificate_get_fingerprint (certificate, fingerprint);
  mdoc_json_add_text (builder, "subject", subject);
  mdoc_json_add_text (builder, "issuer", issuer);
  mdoc_json_add_bytes (builder,
                       "serial",
                       mdoc_certificate_get_serial (certificate));
  mdoc_json_add_time (builder,
                      "notBefore",
                      mdoc_certificate_get_not_before (certificate));
  mdoc_json_add_time (builder,
                      "notAfter",
                      mdoc_certificate_get_not_after (certificate));
  add_key (builder, "key", mdoc_certificate_get_public_key (certificate));
  mdoc_json_begin_array (builder, "extendedKeyUsages");
  for (gsize i = 0; i < G_N_ELEMENTS (usages); i++)
    if (mdoc_certificate_has_eku (certificate, usages[i]))
      json_builder_add_string_value (builder, usages[i]);
  json_builder_end_array (builder);
  mdoc_json_add_bytes (builder,
                       "subjectKeyIdentifier",
                       mdoc_certificate_get_ski (certificate));
  mdoc_json_add_bytes (builder,
                       "authorityKeyIdentifier",
                       mdoc_certificate_get_aki (certificate));
  mdoc_json_add_bytes (builder, "sha256", MDOC_SPAN (fingerprint, 32));
}

/* The chain in a signature, and whether the signature is its leaf's: that says
 * nothing of who made the leaf. */
static gboolean
add_sign1 (JsonBuilder *builder, const MdocSign1 *sign1, GError **error)
{
  g_autoptr (GPtrArray) chain = mdoc_sign1_dup_chain (sign1, error);
  gboolean is_valid = FALSE;

  if (chain == NULL)
    return FALSE;

  mdoc_json_add_int (builder, "algorithm", sign1->alg);
  if (chain->len > 0 && sign1->has_payload)
    {
      if (!mdoc_sign1_verify (sign1,
                              mdoc_certificate_get_public_key (
                                  g_ptr_array_index (chain, 0)),
                              sign1->payload,
                              &is_valid,
                              error))
        return FALSE;
      mdoc_json_add_boolean (builder, "signedByItsCertificate", is_valid);
    }

  mdoc_json_begin_array (builder, "certificates");
  for (guint i = 0; i < chain->len; i++)
    {
      json_builder_begin_object (builder);
      add_certificate (builder, g_ptr_array_index (chain, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return TRUE;
}

static const char *
get_hash_name (MdocHash hash)
{
  switch (hash)
    {
    case MDOC_HASH_SHA384:
      return "SHA-384";
    case MDOC_HASH_SHA512:
      return "SHA-512";
    case MDOC_HASH_SHA256:
    default:
      return "SHA-256";
    }
}

static void
add_status (JsonBuilder *builder, MdocMso *mso)
{
  const MdocMsoStatus *list = mdoc_mso_get_status_list (mso);
  const MdocMsoStatus *ids = mdoc_mso_get_identifier_list (mso);

  if (list->kind != MDOC_MSO_STATUS_NONE)
    {
      mdoc_json_begin_object (builder, "statusList");
      mdoc_json_add_text (builder, "uri", list->uri);
      mdoc_json_add_int (builder, "index", (gint64) list->idx);
      json_builder_end_object (builder);
    }
  if (ids->kind != MDOC_MSO_STATUS_NONE)
    {
      mdoc_json_begin_object (builder, "identifierList");
      mdoc_json_add_text (builder, "uri", ids->uri);
      mdoc_json_add_bytes (builder, "id", ids->id);
      json_builder_end_object (builder);
    }
}

static void
add_mso (JsonBuilder *builder, MdocMso *mso)
{
  gint64 expected_update;

  mdoc_json_add_text (builder, "docType", mdoc_mso_get_doc_type (mso));
  mdoc_json_add_text (builder,
                      "digestAlgorithm",
                      get_hash_name (mdoc_mso_get_hash (mso)));
  mdoc_json_begin_object (builder, "digests");
  for (guint i = 0; i < mdoc_mso_get_n_name_spaces (mso); i++)
    mdoc_json_add_int (builder,
                       mdoc_mso_get_name_space (mso, i),
                       mdoc_mso_get_n_digests (mso, i));
  json_builder_end_object (builder);
  if (mdoc_mso_get_device_key (mso) != NULL)
    add_key (builder, "deviceKey", mdoc_mso_get_device_key (mso));
  else
    mdoc_json_add_text (builder,
                        "deviceKeyError",
                        mdoc_mso_get_device_key_error (mso)->message);
  mdoc_json_add_time (builder, "signed", mdoc_mso_get_signed (mso));
  mdoc_json_add_time (builder, "validFrom", mdoc_mso_get_valid_from (mso));
  mdoc_json_add_time (builder, "validUntil", mdoc_mso_get_valid_until (mso));
  if (mdoc_mso_get_expected_update (mso, &expected_update))
    mdoc_json_add_time (builder, "expectedUpdate", expected_update);
  add_status (builder, mso);
}

static gboolean
add_issuer_signed (JsonBuilder *builder, MdocIssuerSigned *self, GError **error)
{
  add_mso (builder, mdoc_issuer_signed_get_mso (self));
  mdoc_json_begin_array (builder, "elements");
  for (guint i = 0; i < mdoc_issuer_signed_get_n_items (self); i++)
    {
      const MdocIssuerSignedItem *item = mdoc_issuer_signed_get_item (self, i);

      json_builder_begin_object (builder);
      mdoc_json_add_text (builder, "nameSpace", item->name_space);
      mdoc_json_add_text (builder, "element", item->element);
      mdoc_json_add_boolean (builder,
                             "digestMatches",
                             mdoc_issuer_signed_check_digest (self, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  mdoc_json_begin_object (builder, "issuerAuth");
  if (!add_sign1 (builder, mdoc_issuer_signed_get_issuer_auth (self), error))
    return FALSE;
  json_builder_end_object (builder);
  return TRUE;
}

static void
add_uuid (JsonBuilder *builder, const char *name, const guint8 uuid[16])
{
  g_autofree char *text = NULL;

  text = g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                          "%02x%02x%02x%02x%02x%02x",
                          uuid[0],
                          uuid[1],
                          uuid[2],
                          uuid[3],
                          uuid[4],
                          uuid[5],
                          uuid[6],
                          uuid[7],
                          uuid[8],
                          uuid[9],
                          uuid[10],
                          uuid[11],
                          uuid[12],
                          uuid[13],
                          uuid[14],
                          uuid[15]);
  mdoc_json_add_text (builder, name, text);
}

static void
add_method (JsonBuilder *builder, const MdocRetrievalMethod *method)
{
  static const char *const kinds[] = {
    [MDOC_RETRIEVAL_UNKNOWN] = "unknown",
    [MDOC_RETRIEVAL_NFC] = "nfc",
    [MDOC_RETRIEVAL_BLE] = "ble",
    [MDOC_RETRIEVAL_WIFI_AWARE] = "wifi-aware",
    [MDOC_RETRIEVAL_REST] = "rest",
  };

  json_builder_begin_object (builder);
  mdoc_json_add_text (builder, "kind", kinds[method->kind]);
  mdoc_json_add_int (builder, "type", (gint64) method->type);
  mdoc_json_add_int (builder, "version", (gint64) method->version);
  if (method->kind == MDOC_RETRIEVAL_BLE)
    {
      if (method->ble.has_peripheral_server)
        add_uuid (builder,
                  "peripheralServer",
                  method->ble.peripheral_server_uuid);
      if (method->ble.has_central_client)
        add_uuid (builder, "centralClient", method->ble.central_client_uuid);
      if (method->ble.has_psm)
        mdoc_json_add_int (builder, "psm", method->ble.psm);
    }
  if (method->kind == MDOC_RETRIEVAL_NFC)
    {
      mdoc_json_add_int (builder,
                         "maxCommandBytes",
                         method->nfc.max_command_bytes);
      mdoc_json_add_int (builder,
                         "maxResponseBytes",
                         method->nfc.max_response_bytes);
    }
  json_builder_end_object (builder);
}

static gboolean
summarize_engagement (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (MdocDeviceEngagement) self = NULL;
  g_autoptr (GBytes) encoded = mdoc_span_dup (content);
  const MdocCapabilities *capabilities;
  guint8 ident[MDOC_BLE_IDENT_LEN];

  self = mdoc_device_engagement_parse (encoded, error);
  if (self == NULL)
    return FALSE;

  mdoc_engagement_derive_ble_ident (
      mdoc_device_engagement_get_e_device_key_tagged (self),
      ident);
  mdoc_json_add_text (builder,
                      "version",
                      mdoc_device_engagement_get_version (self));
  add_key (builder,
           "eDeviceKey",
           mdoc_device_engagement_get_e_device_key (self));
  mdoc_json_add_bytes (builder, "bleIdent", MDOC_SPAN (ident, sizeof (ident)));
  mdoc_json_begin_array (builder, "methods");
  for (guint i = 0; i < mdoc_device_engagement_get_n_methods (self); i++)
    add_method (builder, mdoc_device_engagement_get_method (self, i));
  json_builder_end_array (builder);

  capabilities = mdoc_device_engagement_get_capabilities (self);
  if (capabilities != NULL)
    {
      mdoc_json_begin_object (builder, "capabilities");
      mdoc_json_add_boolean (builder,
                             "handoverSessionEstablishment",
                             capabilities->handover_session_establishment);
      mdoc_json_add_boolean (builder,
                             "readerAuthAll",
                             capabilities->reader_auth_all);
      mdoc_json_add_boolean (builder,
                             "extendedRequest",
                             capabilities->extended_request);
      mdoc_json_add_boolean (builder, "macKeys", capabilities->mac_keys);
      json_builder_end_object (builder);
    }
  return TRUE;
}

static gboolean
open_map (MdocSpan content,
          const char *what,
          MdocCborItem *ret_map,
          GError **error)
{
  return mdoc_cbor_open (content, &limits, ret_map, error)
         && mdoc_cbor_require_map (*ret_map, what, error);
}

static gboolean
summarize_cose_key (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (MdocPublicKey) key = NULL;
  MdocCborItem item;

  if (!mdoc_cbor_open (content, &limits, &item, error))
    return FALSE;
  key = mdoc_cose_key_parse (item, "COSE_Key", TRUE, error);
  if (key == NULL)
    return FALSE;

  add_key (builder, "curve", key);
  return TRUE;
}

/* ISO/IEC 18013-5, 9.1.1.4:
 *
 *   SessionEstablishment = { "eReaderKey" : #6.24(bstr), "data" : bstr }
 *   SessionData = { ? "data" : bstr, ? "status" : uint }
 */
static gboolean
summarize_session (MdocStructure structure,
                   MdocSpan content,
                   JsonBuilder *builder,
                   GError **error)
{
  const char *what = mdoc_structure_get_name (structure);
  const gboolean is_first = structure == MDOC_STRUCTURE_SESSION_ESTABLISHMENT;
  MdocCborItem map, key, data, status;
  guint64 code;
  MdocSpan span;

  if (!open_map (content, what, &map, error))
    return FALSE;

  key = mdoc_cbor_map_lookup (map, "eReaderKey");
  data = mdoc_cbor_map_lookup (map, "data");
  status = mdoc_cbor_map_lookup (map, "status");
  if (is_first)
    {
      if (!mdoc_cbor_get_embedded (key, "eReaderKey", 1024, &span, error))
        return FALSE;
      if (!summarize_cose_key (span, builder, error))
        return FALSE;
    }
  if (is_first || mdoc_cbor_get_kind (data) != MDOC_CBOR_KIND_ABSENT)
    {
      if (!mdoc_cbor_get_bytes (data, "data", content.len, &span, error))
        return FALSE;
      mdoc_json_add_int (builder, "encryptedBytes", (gint64) span.len);
    }
  if (mdoc_cbor_get_kind (status) != MDOC_CBOR_KIND_ABSENT)
    {
      if (!mdoc_cbor_get_uint (status, "status", G_MAXINT64, &code, error))
        return FALSE;
      mdoc_json_add_int (builder, "status", (gint64) code);
    }

  return TRUE;
}

static const char *
describe_handover (MdocSpan handover)
{
  MdocCborItem item;
  MdocCborIter iter;

  if (!mdoc_cbor_open (handover, &limits, &item, NULL))
    return "unknown";
  if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_NULL)
    return "qr";
  if (!mdoc_cbor_iter_array (item, "", G_MAXUINT64, &iter, NULL))
    return "other";

  switch (mdoc_cbor_get_kind (mdoc_cbor_iter_next (&iter)))
    {
    case MDOC_CBOR_KIND_BYTES:
      return "nfc";
    case MDOC_CBOR_KIND_TEXT:
      return "openid4vp";
    case MDOC_CBOR_KIND_ABSENT:
    case MDOC_CBOR_KIND_UINT:
    case MDOC_CBOR_KIND_NEGINT:
    case MDOC_CBOR_KIND_ARRAY:
    case MDOC_CBOR_KIND_MAP:
    case MDOC_CBOR_KIND_TAG:
    case MDOC_CBOR_KIND_BOOLEAN:
    case MDOC_CBOR_KIND_NULL:
    case MDOC_CBOR_KIND_FLOAT:
    case MDOC_CBOR_KIND_SIMPLE:
    default:
      return "other";
    }
}

static gboolean
summarize_transcript (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (MdocTranscript) self = mdoc_transcript_parse (content, error);
  guint8 salt[MDOC_TRANSCRIPT_SALT_LEN];

  if (self == NULL)
    return FALSE;

  mdoc_transcript_get_salt (self, salt);
  mdoc_json_add_boolean (builder,
                         "hasDeviceEngagement",
                         mdoc_transcript_get_device_engagement (self).len > 0);
  mdoc_json_add_boolean (builder,
                         "hasEReaderKey",
                         mdoc_transcript_get_e_reader_key (self).len > 0);
  mdoc_json_add_text (builder,
                      "handover",
                      describe_handover (mdoc_transcript_get_handover (self)));
  mdoc_json_add_bytes (builder, "sha256", MDOC_SPAN (salt, sizeof (salt)));
  return TRUE;
}

static void
add_items_request (JsonBuilder *builder, MdocItemsRequest *request)
{
  mdoc_json_add_text (builder,
                      "docType",
                      mdoc_items_request_get_doc_type (request));
  mdoc_json_begin_array (builder, "elements");
  for (guint i = 0; i < mdoc_items_request_get_n_elements (request); i++)
    {
      const MdocRequestedElement *element
          = mdoc_items_request_get_element (request, i);

      json_builder_begin_object (builder);
      mdoc_json_add_text (builder, "nameSpace", element->name_space);
      mdoc_json_add_text (builder, "element", element->element);
      mdoc_json_add_boolean (builder,
                             "intentToRetain",
                             element->intent_to_retain);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static gboolean
summarize_items_request (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (GBytes) encoded = mdoc_span_dup (content);
  g_autoptr (MdocItemsRequest) request = NULL;

  request = mdoc_items_request_parse (encoded, error);
  if (request == NULL)
    return FALSE;

  add_items_request (builder, request);
  return TRUE;
}

static gboolean
summarize_request (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (GBytes) encoded = mdoc_span_dup (content);
  g_autoptr (MdocDeviceRequest) self = NULL;
  MdocDeviceRequestInfo *info;

  self = mdoc_device_request_parse (encoded, error);
  if (self == NULL)
    return FALSE;

  mdoc_json_add_text (builder,
                      "version",
                      mdoc_device_request_get_version (self));
  mdoc_json_begin_array (builder, "docRequests");
  for (guint i = 0; i < mdoc_device_request_get_n_doc_requests (self); i++)
    {
      json_builder_begin_object (builder);
      add_items_request (builder,
                         mdoc_device_request_get_items_request (self, i));
      mdoc_json_add_boolean (builder,
                             "readerAuth",
                             mdoc_device_request_has_reader_auth (self, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  mdoc_json_add_int (builder,
                     "readerAuthAll",
                     mdoc_device_request_get_n_reader_auth_all (self));
  info = mdoc_device_request_get_info (self);
  if (info != NULL)
    mdoc_json_add_int (builder,
                       "useCases",
                       mdoc_device_request_info_get_n_use_cases (info));
  return TRUE;
}

static gboolean
add_document (JsonBuilder *builder, MdocDocument *document, GError **error)
{
  mdoc_json_add_text (builder,
                      "docType",
                      mdoc_document_get_doc_type (document));
  mdoc_json_add_text (builder,
                      "deviceAuth",
                      mdoc_document_get_device_auth_kind (document)
                              == MDOC_DEVICE_AUTH_MAC
                          ? "mac"
                          : "signature");
  mdoc_json_begin_array (builder, "deviceSigned");
  for (guint i = 0; i < mdoc_document_get_n_device_items (document); i++)
    {
      const MdocDeviceSignedItem *item
          = mdoc_document_get_device_item (document, i);

      json_builder_begin_object (builder);
      mdoc_json_add_text (builder, "nameSpace", item->name_space);
      mdoc_json_add_text (builder, "element", item->element);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  mdoc_json_begin_object (builder, "issuerSigned");
  if (!add_issuer_signed (builder,
                          mdoc_document_get_issuer_signed (document),
                          error))
    return FALSE;
  json_builder_end_object (builder);
  return TRUE;
}

static gboolean
summarize_response (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (GBytes) encoded = mdoc_span_dup (content);
  g_autoptr (MdocDeviceResponse) self = NULL;

  self = mdoc_device_response_parse (encoded, error);
  if (self == NULL)
    return FALSE;

  mdoc_json_add_text (builder,
                      "version",
                      mdoc_device_response_get_version (self));
  mdoc_json_add_int (builder,
                     "status",
                     (gint64) mdoc_device_response_get_status (self));
  mdoc_json_begin_array (builder, "documents");
  for (guint i = 0; i < mdoc_device_response_get_n_documents (self); i++)
    {
      json_builder_begin_object (builder);
      if (!add_document (builder,
                         mdoc_device_response_get_document (self, i),
                         error))
        return FALSE;
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  mdoc_json_add_int (builder,
                     "documentErrors",
                     mdoc_device_response_get_n_document_errors (self));
  return TRUE;
}

static gboolean
summarize_issuer_signed (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (GBytes) encoded = mdoc_span_dup (content);
  g_autoptr (MdocIssuerSigned) self = NULL;

  self = mdoc_issuer_signed_parse (encoded, error);
  return self != NULL && add_issuer_signed (builder, self, error);
}

static gboolean
summarize_item (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autofree char *name = NULL;
  MdocCborItem map;
  guint64 digest_id;

  if (!open_map (content, "IssuerSignedItem", &map, error)
      || !mdoc_cbor_get_uint (mdoc_cbor_map_lookup (map, "digestID"),
                              "digestID",
                              MDOC_MAX_DIGEST_ID,
                              &digest_id,
                              error))
    return FALSE;
  name = mdoc_cbor_dup_text (mdoc_cbor_map_lookup (map, "elementIdentifier"),
                             "elementIdentifier",
                             MDOC_MAX_NAME_LEN,
                             error);
  if (name == NULL)
    return FALSE;

  mdoc_json_add_int (builder, "digestID", (gint64) digest_id);
  mdoc_json_add_text (builder, "element", name);
  return TRUE;
}

static gboolean
summarize_mso (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (MdocMso) mso = mdoc_mso_parse (content, error);

  if (mso == NULL)
    return FALSE;

  add_mso (builder, mso);
  return TRUE;
}

static gboolean
summarize_sign1 (MdocSpan content, JsonBuilder *builder, GError **error)
{
  MdocCborItem item, payload;
  MdocSpan embedded;
  MdocSign1 sign1;

  if (!mdoc_cbor_open (content, &limits, &item, error)
      || !mdoc_sign1_parse (item, "COSE_Sign1", &sign1, error)
      || !add_sign1 (builder, &sign1, error))
    return FALSE;

  if (!sign1.has_payload)
    return TRUE;
  if (!mdoc_cbor_open (sign1.payload, &limits, &payload, error)
      || !mdoc_cbor_get_embedded (payload,
                                  "Payload of IssuerAuth",
                                  MDOC_MSO_MAX_BYTES,
                                  &embedded,
                                  error))
    return FALSE;

  mdoc_json_begin_object (builder, "mso");
  if (!summarize_mso (embedded, builder, error))
    return FALSE;
  json_builder_end_object (builder);
  return TRUE;
}

static gboolean
summarize_vical (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (GBytes) encoded = mdoc_span_dup (content);
  g_autoptr (MdocVical) self = mdoc_vical_parse (encoded, error);
  guint64 issue_id;
  gint64 next_update_s;

  if (self == NULL)
    return FALSE;

  mdoc_json_add_text (builder, "vicalProvider", mdoc_vical_get_provider (self));
  mdoc_json_add_time (builder, "date", mdoc_vical_get_date (self));
  if (mdoc_vical_get_next_update (self, &next_update_s))
    mdoc_json_add_time (builder, "nextUpdate", next_update_s);
  if (mdoc_vical_get_issue_id (self, &issue_id))
    mdoc_json_add_int (builder,
                       "vicalIssueID",
                       (gint64) MIN (issue_id, G_MAXINT64));
  mdoc_json_begin_array (builder, "certificateInfos");
  for (guint i = 0; i < mdoc_vical_get_n_certificates (self); i++)
    {
      const char *const *doc_types = mdoc_vical_get_doc_types (self, i);

      json_builder_begin_object (builder);
      add_certificate (builder, mdoc_vical_get_certificate (self, i));
      mdoc_json_begin_array (builder, "docTypes");
      for (; *doc_types != NULL; doc_types++)
        json_builder_add_string_value (builder, *doc_types);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return TRUE;
}

static gboolean
summarize_certificate (MdocSpan content, JsonBuilder *builder, GError **error)
{
  g_autoptr (GBytes) der = mdoc_span_dup (content);
  g_autoptr (MdocCertificate) certificate = NULL;

  certificate = mdoc_certificate_parse (der, error);
  if (certificate == NULL)
    return FALSE;

  add_certificate (builder, certificate);
  return TRUE;
}

static gboolean
summarize_crl (MdocSpan content, GError **error)
{
  g_autoptr (GBytes) der = mdoc_span_dup (content);
  g_autoptr (MdocCrl) crl = mdoc_crl_parse (der, error);

  return crl != NULL;
}

/**
 * mdoc_structure_summarize:
 * @structure: what @content is
 * @content: the structure, unwrapped
 * @builder: within an object; left half-way in it on failure
 * @error: return location for what the parser of the structure says
 *
 * Parses it by the parser that the agent or the reader would use, and adds what
 * it says; no values of data elements.
 *
 * Returns: %TRUE if it is sound
 */
gboolean
mdoc_structure_summarize (MdocStructure structure,
                          MdocSpan content,
                          JsonBuilder *builder,
                          GError **error)
{
  switch (structure)
    {
    case MDOC_STRUCTURE_DEVICE_ENGAGEMENT:
      return summarize_engagement (content, builder, error);
    case MDOC_STRUCTURE_COSE_KEY:
      return summarize_cose_key (content, builder, error);
    case MDOC_STRUCTURE_SESSION_ESTABLISHMENT:
    case MDOC_STRUCTURE_SESSION_DATA:
      return summarize_session (structure, content, builder, error);
    case MDOC_STRUCTURE_SESSION_TRANSCRIPT:
      return summarize_transcript (content, builder, error);
    case MDOC_STRUCTURE_DEVICE_REQUEST:
      return summarize_request (content, builder, error);
    case MDOC_STRUCTURE_ITEMS_REQUEST:
      return summarize_items_request (content, builder, error);
    case MDOC_STRUCTURE_DEVICE_RESPONSE:
      return summarize_response (content, builder, error);
    case MDOC_STRUCTURE_ISSUER_SIGNED:
      return summarize_issuer_signed (content, builder, error);
    case MDOC_STRUCTURE_ISSUER_SIGNED_ITEM:
      return summarize_item (content, builder, error);
    case MDOC_STRUCTURE_ISSUER_AUTH:
    case MDOC_STRUCTURE_SIGN1:
      return summarize_sign1 (content, builder, error);
    case MDOC_STRUCTURE_VICAL:
      return summarize_vical (content, builder, error);
    case MDOC_STRUCTURE_MSO:
      return summarize_mso (content, builder, error);
    case MDOC_STRUCTURE_CERTIFICATE:
      return summarize_certificate (content, builder, error);
    case MDOC_STRUCTURE_CRL:
      return summarize_crl (content, error);
    case MDOC_STRUCTURE_UNKNOWN:
    default:
      return mdoc_reader_refuse (error,
                                 MDOC_READER_ERROR_UNKNOWN,
                                 "This is none of the structures of "
                                 "ISO/IEC 18013-5");
    }
}
