/*
 * mdoc-request-info.c - what a reader says about its request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-request-info.h"

#include "crypto/mdoc-certificate.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-request-private.h"

/* ISO/IEC 18013-5, second edition (draft):
 *
 *   RequestInfo = {                        ; with at least one entry
 *     ? "alternativeDataElements" : [+ AlternativeDataElementsSet],
 *     ? "issuerIdentifiers" : [+ bstr],
 *     ? "uniqueDocSetRequired" : bool,
 *     ? "maximumResponseSize" : uint,
 *     ? "zkRequest" : ZkRequest,
 *     ? "docResponseEncryption" : #6.24(bstr .cbor EncryptionParameters),
 *     * tstr => any
 *   }
 *   AlternativeDataElementsSet = {
 *     "requestedElement" : ElementReference,
 *     "alternativeElementSets" : [+ [+ ElementReference]]
 *   }
 *   ElementReference = [NameSpace, DataElementIdentifier]
 *   ZkRequest = {
 *     "systemSpecs" : [+ { "zkSystemId" : tstr, "system" : tstr,
 *                          "params" : { * tstr => any } }],
 *     "zkRequired" : bool
 *   }
 *   EncryptionParameters = {
 *     "recipientPublicKey" : COSE_Key,
 *     ? "nonce" : bstr,
 *     ? "recipientCertificate" : [+ bstr]
 *   }
 */

#define MAX_NONCE_LEN 256 /* bytes */

static const MdocCborLimits encryption_limits = {
  .max_bytes = (gsize) 32 * 1024, /* a certificate chain may be in it */
  .max_depth = 8,
  .max_items = 256,
};

struct _MdocRequestInfo
{
  gatomicrefcount refs;
  MdocPool pool;

  MdocAlternative *alternatives;
  guint n_alternatives;
  MdocSpan *issuer_identifiers;
  guint n_issuer_identifiers;
  MdocUniqueDocSet unique_doc_set;
  gboolean has_maximum_response_size;
  guint64 maximum_response_size;

  gboolean has_zk_request;
  gboolean is_zk_required;
  MdocZkSystem *zk_systems;
  guint n_zk_systems;

  MdocSpan encryption_parameters; /* empty: no encryption */
  MdocCborItem recipient_key; /* within encryption_parameters, as all here */
  MdocSpan nonce;
  MdocSpan *recipient_certificates;
  guint n_recipient_certificates;
};

static gboolean
parse_element_name (MdocPool *pool,
                    MdocCborItem item,
                    MdocElementName *ret_name,
                    GError **error)
{
  MdocCborIter iter;

  if (!mdoc_cbor_iter_array (item, "ElementReference", 2, &iter, error)
      || !mdoc_request_get_name (pool,
                                 mdoc_cbor_iter_next (&iter),
                                 "NameSpace of an ElementReference",
                                 &ret_name->name_space,
                                 error))
    return FALSE;

  return mdoc_request_get_name (pool,
                                mdoc_cbor_iter_next (&iter),
                                "DataElementIdentifier of an ElementReference",
                                &ret_name->element,
                                error);
}

static gboolean
parse_element_set (MdocPool *pool,
                   MdocCborItem item,
                   MdocElementSet *set,
                   GError **error)
{
  MdocElementName *elements;
  MdocCborIter iter;
  guint n_elements;

  if (!mdoc_request_iter_filled_array (item,
                                       "Alternative element set",
                                       MDOC_REQUEST_MAX_SET_ELEMENTS,
                                       &iter,
                                       &n_elements,
                                       error))
    return FALSE;

  elements = mdoc_pool_new0 (pool, MdocElementName, n_elements);
  for (guint i = 0; i < n_elements; i++)
    if (!parse_element_name (pool,
                             mdoc_cbor_iter_next (&iter),
                             &elements[i],
                             error))
      return FALSE;

  set->elements = elements;
  set->n_elements = n_elements;
  return TRUE;
}

static gboolean
parse_alternative (MdocPool *pool,
                   MdocCborItem item,
                   MdocAlternative *alternative,
                   GError **error)
{
  MdocElementSet *sets;
  MdocCborIter iter;
  guint n_sets;

  if (!mdoc_cbor_require_map (item, "AlternativeDataElementsSet", error)
      || !parse_element_name (pool,
                              mdoc_cbor_map_lookup (item, "requestedElement"),
                              &alternative->requested,
                              error)
      || !mdoc_request_iter_filled_array (
          mdoc_cbor_map_lookup (item, "alternativeElementSets"),
          "alternativeElementSets",
          MDOC_REQUEST_MAX_ALTERNATIVE_SETS,
          &iter,
          &n_sets,
          error))
    return FALSE;

  sets = mdoc_pool_new0 (pool, MdocElementSet, n_sets);
  for (guint i = 0; i < n_sets; i++)
    if (!parse_element_set (pool, mdoc_cbor_iter_next (&iter), &sets[i], error))
      return FALSE;

  alternative->sets = sets;
  alternative->n_sets = n_sets;
  return TRUE;
}

static gboolean
parse_alternatives (MdocRequestInfo *self, MdocCborItem item, GError **error)
{
  MdocCborIter iter;

  if (mdoc_request_is_absent (item))
    return TRUE;
  if (!mdoc_request_iter_filled_array (item,
                                       "alternativeDataElements",
                                       MDOC_REQUEST_MAX_ALTERNATIVES,
                                       &iter,
                                       &self->n_alternatives,
                                       error))
    return FALSE;

  self->alternatives = mdoc_pool_new0 (&self->pool,
                                       MdocAlternative,
                                       self->n_alternatives);
  for (guint i = 0; i < self->n_alternatives; i++)
    if (!parse_alternative (&self->pool,
                            mdoc_cbor_iter_next (&iter),
                            &self->alternatives[i],
                            error))
      return FALSE;

  return TRUE;
}

static gboolean
parse_issuer_identifiers (MdocRequestInfo *self,
                          MdocCborItem item,
                          GError **error)
{
  MdocCborIter iter;

  if (mdoc_request_is_absent (item))
    return TRUE;
  if (!mdoc_request_iter_filled_array (item,
                                       "issuerIdentifiers",
                                       MDOC_REQUEST_MAX_ISSUER_IDENTIFIERS,
                                       &iter,
                                       &self->n_issuer_identifiers,
                                       error))
    return FALSE;

  self->issuer_identifiers = mdoc_pool_new0 (&self->pool,
                                             MdocSpan,
                                             self->n_issuer_identifiers);
  for (guint i = 0; i < self->n_issuer_identifiers; i++)
    {
      MdocSpan identifier;

      if (!mdoc_cbor_get_bytes (mdoc_cbor_iter_next (&iter),
                                "Issuer identifier",
                                MDOC_REQUEST_MAX_IDENTIFIER_LEN,
                                &identifier,
                                error))
        return FALSE;
      /* it would be that of every issuer whose certificate names none */
      if (identifier.len == 0)
        return mdoc_cbor_refuse (error,
                                 MDOC_CBOR_ERROR_SCHEMA,
                                 "Issuer identifier",
                                 "is empty");
      self->issuer_identifiers[i] = mdoc_pool_keep (&self->pool, identifier);
    }

  return TRUE;
}

static gboolean
parse_response_wishes (MdocRequestInfo *self, MdocCborItem map, GError **error)
{
  MdocCborItem unique = mdoc_request_lookup (map, "uniqueDocSetRequired");
  MdocCborItem size = mdoc_request_lookup (map, "maximumResponseSize");

  if (!mdoc_request_is_absent (unique))
    {
      gboolean is_required;

      if (!mdoc_cbor_get_boolean (unique,
                                  "uniqueDocSetRequired",
                                  &is_required,
                                  error))
        return FALSE;
      self->unique_doc_set = is_required ? MDOC_UNIQUE_DOC_SET_REQUIRED
                                         : MDOC_UNIQUE_DOC_SET_SEVERAL;
    }

  self->has_maximum_response_size = !mdoc_request_is_absent (size);
  return mdoc_request_is_absent (size)
         || mdoc_cbor_get_uint (size,
                                "maximumResponseSize",
                                G_MAXUINT64,
                                &self->maximum_response_size,
                                error);
}

static gboolean
parse_zk_system (MdocPool *pool,
                 MdocCborItem item,
                 MdocZkSystem *system,
                 GError **error)
{
  MdocCborItem params;

  if (!mdoc_cbor_require_map (item, "ZkSystemSpec", error)
      || !mdoc_request_get_name (pool,
                                 mdoc_cbor_map_lookup (item, "zkSystemId"),
                                 "zkSystemId",
                                 &system->id,
                                 error)
      || !mdoc_request_get_name (pool,
                                 mdoc_cbor_map_lookup (item, "system"),
                                 "system of a ZkSystemSpec",
                                 &system->system,
                                 error))
    return FALSE;

  params = mdoc_cbor_map_lookup (item, "params");
  if (!mdoc_cbor_require_map (params, "params of a ZkSystemSpec", error))
    return FALSE;

  system->params = mdoc_pool_keep (pool, mdoc_cbor_get_encoded (params));
  return TRUE;
}

static gboolean
parse_zk_request (MdocRequestInfo *self, MdocCborItem item, GError **error)
{
  MdocCborIter iter;

  if (mdoc_request_is_absent (item))
    return TRUE;
  self->has_zk_request = TRUE;
  if (!mdoc_cbor_require_map (item, "zkRequest", error)
      || !mdoc_cbor_get_boolean (mdoc_cbor_map_lookup (item, "zkRequired"),
                                 "zkRequired",
                                 &self->is_zk_required,
                                 error)
      || !mdoc_request_iter_filled_array (mdoc_cbor_map_lookup (item,
                                                                "systemSpecs"),
                                          "systemSpecs",
                                          MDOC_REQUEST_MAX_ZK_SYSTEMS,
                                          &iter,
                                          &self->n_zk_systems,
                                          error))
    return FALSE;

  self->zk_systems = mdoc_pool_new0 (&self->pool,
                                     MdocZkSystem,
                                     self->n_zk_systems);
  for (guint i = 0; i < self->n_zk_systems; i++)
    if (!parse_zk_system (&self->pool,
                          mdoc_cbor_iter_next (&iter),
                          &self->zk_systems[i],
                          error))
      return FALSE;

  return TRUE;
}

static gboolean
parse_recipient_certificates (MdocRequestInfo *self,
                              MdocCborItem item,
                              GError **error)
{
  MdocCborIter iter;

  if (mdoc_request_is_absent (item))
    return TRUE;
  if (!mdoc_request_iter_filled_array (item,
                                       "recipientCertificate",
                                       MDOC_CHAIN_MAX_LEN,
                                       &iter,
                                       &self->n_recipient_certificates,
                                       error))
    return FALSE;

  self->recipient_certificates
      = mdoc_pool_new0 (&self->pool, MdocSpan, self->n_recipient_certificates);
  for (guint i = 0; i < self->n_recipient_certificates; i++)
    if (!mdoc_cbor_get_bytes (mdoc_cbor_iter_next (&iter),
                              "Certificate in recipientCertificate",
                              MDOC_CERTIFICATE_MAX_BYTES,
                              &self->recipient_certificates[i],
                              error))
      return FALSE;

  return TRUE;
}

/* The key itself is not looked at before it is asked for: a curve that this
 * device does not know is no reason to refuse the rest of the request. */
static gboolean
parse_encryption (MdocRequestInfo *self, MdocCborItem item, GError **error)
{
  MdocCborItem nonce, map;
  MdocSpan content;

  if (mdoc_request_is_absent (item))
    return TRUE;
  if (!mdoc_cbor_get_embedded (item,
                               "docResponseEncryption",
                               encryption_limits.max_bytes,
                               &content,
                               error))
    return FALSE;

  /* the content is the end of the tagged item: kept once, with its tag */
  self->encryption_parameters = mdoc_pool_keep (&self->pool,
                                                mdoc_cbor_get_encoded (item));
  content.data = self->encryption_parameters.data
                 + (self->encryption_parameters.len - content.len);
  if (!mdoc_cbor_open (content, &encryption_limits, &map, error)
      || !mdoc_cbor_require_map (map, "EncryptionParameters", error))
    return FALSE;

  self->recipient_key = mdoc_cbor_map_lookup (map, "recipientPublicKey");
  if (!mdoc_cbor_require_map (self->recipient_key, "recipientPublicKey", error))
    return FALSE;

  nonce = mdoc_request_lookup (map, "nonce");
  if (!mdoc_request_is_absent (nonce)
      && !mdoc_cbor_get_bytes (nonce,
                               "nonce of EncryptionParameters",
                               MAX_NONCE_LEN,
                               &self->nonce,
                               error))
    return FALSE;

  return parse_recipient_certificates (
      self,
      mdoc_request_lookup (map, "recipientCertificate"),
      error);
}

/**
 * mdoc_request_info_parse:
 * @item: the value of `requestInfo`, out of a message that mdoc_cbor_open() has
 *   passed; what is needed of it is copied
 * @error: return location for a #MdocCborError
 *
 * Parses what a reader says about one doc request. Keys that the standard does
 * not define are skipped, as it asks for; one whose value is null counts as
 * absent. Whether the elements that may be replaced are asked for at all, the
 * caller has to see.
 *
 * Returns: (transfer full): the information, or %NULL with @error set
 */
MdocRequestInfo *
mdoc_request_info_parse (MdocCborItem item, GError **error)
{
  g_autoptr (MdocRequestInfo) self = NULL;
  MdocCborIter iter;
  guint n_pairs;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!mdoc_request_iter_filled_map (item,
                                     "requestInfo",
                                     G_MAXUINT,
                                     &iter,
                                     &n_pairs,
                                     error))
    return NULL;

  self = g_new0 (MdocRequestInfo, 1);
  g_atomic_ref_count_init (&self->refs);
  mdoc_pool_init (&self->pool);

  if (!parse_alternatives (self,
                           mdoc_request_lookup (item,
                                                "alternativeDataElements"),
                           error)
      || !parse_issuer_identifiers (self,
                                    mdoc_request_lookup (item,
                                                         "issuerIdentifiers"),
                                    error)
      || !parse_response_wishes (self, item, error)
      || !parse_zk_request (self,
                            mdoc_request_lookup (item, "zkRequest"),
                            error)
      || !parse_encryption (self,
                            mdoc_request_lookup (item, "docResponseEncryption"),
                            error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_request_info_ref:
 * @self: an information
 *
 * Returns: (transfer full): @self
 */
MdocRequestInfo *
mdoc_request_info_ref (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_request_info_unref:
 * @self: (nullable): an information
 */
void
mdoc_request_info_unref (MdocRequestInfo *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  mdoc_pool_clear (&self->pool);
  g_free (self);
}

/**
 * mdoc_request_info_get_n_alternatives:
 * @self: an information
 *
 * Returns: for how many elements the reader names alternatives
 */
guint
mdoc_request_info_get_n_alternatives (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_alternatives;
}

/**
 * mdoc_request_info_get_alternative:
 * @self: an information
 * @i: which one
 *
 * Returns: (transfer none): an element and what may replace it
 */
const MdocAlternative *
mdoc_request_info_get_alternative (MdocRequestInfo *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->n_alternatives, NULL);

  return &self->alternatives[i];
}

/**
 * mdoc_request_info_get_n_issuer_identifiers:
 * @self: an information
 *
 * Returns: how many issuers the reader names; 0: any will do
 */
guint
mdoc_request_info_get_n_issuer_identifiers (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_issuer_identifiers;
}

/**
 * mdoc_request_info_get_issuer_identifier:
 * @self: an information
 * @i: which one
 *
 * Returns: (transfer none): the key identifier in the authority key identifier
 *   of some certificate of the documents wanted; never empty
 */
MdocSpan
mdoc_request_info_get_issuer_identifier (MdocRequestInfo *self, guint i)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));
  g_return_val_if_fail (i < self->n_issuer_identifiers, MDOC_SPAN (NULL, 0));

  return self->issuer_identifiers[i];
}

/**
 * mdoc_request_info_get_unique_doc_set:
 * @self: an information
 *
 * Returns: whether the reader takes more than one document
 */
MdocUniqueDocSet
mdoc_request_info_get_unique_doc_set (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, MDOC_UNIQUE_DOC_SET_UNDEFINED);

  return self->unique_doc_set;
}

/**
 * mdoc_request_info_get_maximum_response_size:
 * @self: an information
 * @ret_bytes: (out): largest DeviceResponse, before its encryption, that the
 *   reader takes; left alone if it does not say
 *
 * Returns: whether the reader says
 */
gboolean
mdoc_request_info_get_maximum_response_size (MdocRequestInfo *self,
                                             guint64 *ret_bytes)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (ret_bytes != NULL, FALSE);

  if (!self->has_maximum_response_size)
    return FALSE;

  *ret_bytes = self->maximum_response_size;
  return TRUE;
}

/**
 * mdoc_request_info_has_zk_request:
 * @self: an information
 *
 * Returns: whether the reader takes a zero-knowledge proof
 */
gboolean
mdoc_request_info_has_zk_request (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->has_zk_request;
}

/**
 * mdoc_request_info_is_zk_required:
 * @self: an information
 *
 * Returns: whether the reader takes nothing but a zero-knowledge proof
 */
gboolean
mdoc_request_info_is_zk_required (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_zk_required;
}

/**
 * mdoc_request_info_get_n_zk_systems:
 * @self: an information
 *
 * Returns: how many proof systems the reader names
 */
guint
mdoc_request_info_get_n_zk_systems (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_zk_systems;
}

/**
 * mdoc_request_info_get_zk_system:
 * @self: an information
 * @i: which one
 *
 * Returns: (transfer none): a proof system
 */
const MdocZkSystem *
mdoc_request_info_get_zk_system (MdocRequestInfo *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->n_zk_systems, NULL);

  return &self->zk_systems[i];
}

/**
 * mdoc_request_info_has_response_encryption:
 * @self: an information
 *
 * Returns: whether the document is to be encrypted for a recipient of its own
 */
gboolean
mdoc_request_info_has_response_encryption (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->encryption_parameters.len > 0;
}

/**
 * mdoc_request_info_get_encryption_parameters:
 * @self: an information
 *
 * Returns: (transfer none): `EncryptionParametersBytes` as received, with its
 *   tag; empty if there is no encryption
 */
MdocSpan
mdoc_request_info_get_encryption_parameters (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));

  return self->encryption_parameters;
}

/**
 * mdoc_request_info_dup_recipient_key:
 * @self: an information with encryption
 * @error: return location for a #MdocCborError or #MdocCryptoError
 *
 * Returns: (transfer full): for whom the document is to be encrypted, or %NULL
 *   with @error set
 */
MdocPublicKey *
mdoc_request_info_dup_recipient_key (MdocRequestInfo *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (self->encryption_parameters.len > 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return mdoc_cose_key_parse (self->recipient_key,
                              "recipientPublicKey",
                              TRUE,
                              error);
}

/**
 * mdoc_request_info_get_encryption_nonce:
 * @self: an information
 *
 * Returns: (transfer none): the nonce of the encryption; empty if there is none
 */
MdocSpan
mdoc_request_info_get_encryption_nonce (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));

  return self->nonce;
}

/**
 * mdoc_request_info_get_n_recipient_certificates:
 * @self: an information
 *
 * Returns: how many certificates come with the recipient's key
 */
guint
mdoc_request_info_get_n_recipient_certificates (MdocRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_recipient_certificates;
}

/**
 * mdoc_request_info_get_recipient_certificate:
 * @self: an information
 * @i: which one, the leaf first
 *
 * Returns: (transfer none): a certificate in DER, not looked at
 */
MdocSpan
mdoc_request_info_get_recipient_certificate (MdocRequestInfo *self, guint i)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));
  g_return_val_if_fail (i < self->n_recipient_certificates,
                        MDOC_SPAN (NULL, 0));

  return self->recipient_certificates[i];
}
