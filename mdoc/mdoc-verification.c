/*
 * mdoc-verification.c - what was found about a response
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-verification-private.h"

struct _MdocVerification
{
  gatomicrefcount refs;
  MdocDeviceResponse *response;    /* or else */
  MdocIssuerSigned *issuer_signed; /* this */
  GStringChunk *details;
  GArray *checks;       /* of MdocCheck: of the response as a whole */
  GPtrArray *documents; /* of MdocDocumentVerification */
  gboolean has_failed;  /* a check of the response, not of a document */
};

static const char *const check_names[] = {
  [MDOC_CHECK_RESPONSE_VERSION] = "response-version",
  [MDOC_CHECK_DOCUMENTS] = "documents",
  [MDOC_CHECK_ISSUER_CHAIN] = "issuer-chain",
  [MDOC_CHECK_ISSUER_SIGNATURE] = "issuer-signature",
  [MDOC_CHECK_DOC_TYPE] = "doc-type",
  [MDOC_CHECK_DISCLOSURE] = "disclosure",
  [MDOC_CHECK_DIGESTS] = "digests",
  [MDOC_CHECK_RANDOM] = "random",
  [MDOC_CHECK_VALIDITY] = "validity",
  [MDOC_CHECK_DS_VALIDITY] = "ds-validity",
  [MDOC_CHECK_DEVICE_AUTH] = "device-auth",
  [MDOC_CHECK_KEY_AUTHORIZATION] = "key-authorization",
  [MDOC_CHECK_ISSUING_COUNTRY] = "issuing-country",
  [MDOC_CHECK_ISSUING_JURISDICTION] = "issuing-jurisdiction",
};

static const char *const outcome_names[] = {
  [MDOC_CHECK_PASSED] = "passed",
  [MDOC_CHECK_FAILED] = "failed",
  [MDOC_CHECK_WARNING] = "warning",
  [MDOC_CHECK_NOT_CHECKED] = "not-checked",
};

/**
 * mdoc_check_get_name:
 * @id: a check
 *
 * Returns: (transfer none): its name, the same in all versions
 */
const char *
mdoc_check_get_name (MdocCheckId id)
{
  g_return_val_if_fail ((gsize) id < G_N_ELEMENTS (check_names), NULL);

  return check_names[id];
}

/**
 * mdoc_check_outcome_get_name:
 * @outcome: an outcome
 *
 * Returns: (transfer none): its name, the same in all versions
 */
const char *
mdoc_check_outcome_get_name (MdocCheckOutcome outcome)
{
  g_return_val_if_fail ((gsize) outcome < G_N_ELEMENTS (outcome_names), NULL);

  return outcome_names[outcome];
}

static void
document_free (MdocDocumentVerification *document)
{
  g_clear_pointer (&document->checks, g_array_unref);
  g_clear_pointer (&document->elements, g_array_unref);
  g_clear_pointer (&document->signer, mdoc_certificate_unref);
  g_clear_pointer (&document->anchor, mdoc_certificate_unref);
  g_free (document);
}

MdocVerification *
mdoc_verification_new (MdocDeviceResponse *response,
                       MdocIssuerSigned *issuer_signed)
{
  MdocVerification *self = g_new0 (MdocVerification, 1);

  g_atomic_ref_count_init (&self->refs);
  if (response != NULL)
    self->response = mdoc_device_response_ref (response);
  if (issuer_signed != NULL)
    self->issuer_signed = mdoc_issuer_signed_ref (issuer_signed);
  self->details = g_string_chunk_new (256);
  self->checks = g_array_new (FALSE, FALSE, sizeof (MdocCheck));
  self->documents = g_ptr_array_new_with_free_func (
      (GDestroyNotify) document_free);
  return self;
}

MdocDocumentVerification *
mdoc_verification_add_document (MdocVerification *self, const char *doc_type)
{
  MdocDocumentVerification *document = g_new0 (MdocDocumentVerification, 1);

  document->doc_type = g_string_chunk_insert (self->details, doc_type);
  document->checks = g_array_sized_new (FALSE, FALSE, sizeof (MdocCheck), 16);
  document->elements = g_array_new (FALSE, FALSE, sizeof (MdocVerifiedElement));
  g_ptr_array_add (self->documents, document);
  return document;
}

void
mdoc_verification_note (MdocVerification *self,
                        MdocDocumentVerification *document,
                        MdocCheckId id,
                        MdocCheckOutcome outcome,
                        const char *detail)
{
  MdocCheck check = { id, check_names[id], outcome, NULL };

  if (detail != NULL)
    check.detail = g_string_chunk_insert (self->details, detail);

  if (document != NULL)
    g_array_append_val (document->checks, check);
  else
    g_array_append_val (self->checks, check);

  if (outcome == MDOC_CHECK_FAILED && document != NULL)
    document->has_failed = TRUE;
  if (outcome == MDOC_CHECK_FAILED && document == NULL)
    self->has_failed = TRUE;
}

static void
list_issuer_signed (MdocDocumentVerification *document,
                    MdocIssuerSigned *issuer_signed)
{
  guint n = mdoc_issuer_signed_get_n_items (issuer_signed);

  for (guint i = 0; i < n; i++)
    {
      const MdocIssuerSignedItem *item;
      MdocVerifiedElement element;

      item = mdoc_issuer_signed_get_item (issuer_signed, i);
      element = (MdocVerifiedElement){ item->name_space,
                                       item->element,
                                       item->value,
                                       FALSE };
      g_array_append_val (document->elements, element);
    }
}

static void
list_device_signed (MdocDocumentVerification *document, MdocDocument *received)
{
  guint n = mdoc_document_get_n_device_items (received);

  for (guint i = 0; i < n; i++)
    {
      const MdocDeviceSignedItem *item;
      MdocVerifiedElement element;

      item = mdoc_document_get_device_item (received, i);
      element = (MdocVerifiedElement){ item->name_space,
                                       item->element,
                                       item->value,
                                       TRUE };
      g_array_append_val (document->elements, element);
    }
}

void
mdoc_verification_conclude (MdocVerification *self)
{
  for (guint i = 0; i < self->documents->len; i++)
    {
      MdocDocumentVerification *document;
      MdocDocument *received;

      document = g_ptr_array_index (self->documents, i);
      if (!mdoc_verification_is_document_verified (self, i))
        continue;

      if (self->response == NULL)
        {
          list_issuer_signed (document, self->issuer_signed);
          continue;
        }

      received = mdoc_device_response_get_document (self->response, i);
      list_issuer_signed (document, mdoc_document_get_issuer_signed (received));
      list_device_signed (document, received);
    }
}

/**
 * mdoc_verification_ref:
 * @self: a verification
 *
 * Returns: (transfer full): @self
 */
MdocVerification *
mdoc_verification_ref (MdocVerification *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_verification_unref:
 * @self: (nullable) (transfer full): a verification
 */
void
mdoc_verification_unref (MdocVerification *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->documents, g_ptr_array_unref);
  g_clear_pointer (&self->checks, g_array_unref);
  g_clear_pointer (&self->details, g_string_chunk_free);
  g_clear_pointer (&self->response, mdoc_device_response_unref);
  g_clear_pointer (&self->issuer_signed, mdoc_issuer_signed_unref);
  g_free (self);
}

static MdocDocumentVerification *
get_document (MdocVerification *self, guint document)
{
  g_return_val_if_fail (document < self->documents->len, NULL);

  return g_ptr_array_index (self->documents, document);
}

/**
 * mdoc_verification_is_verified:
 * @self: a verification
 *
 * Returns: %TRUE if there is a document and nothing failed, neither of the
 *   response nor of any document
 */
gboolean
mdoc_verification_is_verified (MdocVerification *self)
{
  for (guint i = 0; i < self->documents->len; i++)
    if (!mdoc_verification_is_document_verified (self, i))
      return FALSE;

  return self->documents->len > 0;
}

/**
 * mdoc_verification_get_n_checks:
 * @self: a verification
 *
 * Returns: how many findings there are about the response as a whole
 */
guint
mdoc_verification_get_n_checks (MdocVerification *self)
{
  return self->checks->len;
}

/**
 * mdoc_verification_get_check:
 * @self: a verification
 * @i: which, from 0
 *
 * Returns: (transfer none): a finding about the response as a whole
 */
const MdocCheck *
mdoc_verification_get_check (MdocVerification *self, guint i)
{
  g_return_val_if_fail (i < self->checks->len, NULL);

  return &g_array_index (self->checks, MdocCheck, i);
}

/**
 * mdoc_verification_get_n_documents:
 * @self: a verification
 *
 * Returns: how many documents there are, in the order of the response
 */
guint
mdoc_verification_get_n_documents (MdocVerification *self)
{
  return self->documents->len;
}

/**
 * mdoc_verification_get_doc_type:
 * @self: a verification
 * @document: which, from 0
 *
 * Returns: (transfer none): its type as the holder says; if the document is
 *   verified, also as the issuer says
 */
const char *
mdoc_verification_get_doc_type (MdocVerification *self, guint document)
{
  return get_document (self, document)->doc_type;
}

/**
 * mdoc_verification_is_document_verified:
 * @self: a verification
 * @document: which, from 0
 *
 * Returns: %TRUE if nothing failed about it, nor about the response as a whole
 */
gboolean
mdoc_verification_is_document_verified (MdocVerification *self, guint document)
{
  return !self->has_failed && !get_document (self, document)->has_failed;
}

/**
 * mdoc_verification_get_n_document_checks:
 * @self: a verification
 * @document: which, from 0
 *
 * Returns: how many findings there are about it
 */
guint
mdoc_verification_get_n_document_checks (MdocVerification *self, guint document)
{
  return get_document (self, document)->checks->len;
}

/**
 * mdoc_verification_get_document_check:
 * @self: a verification
 * @document: which, from 0
 * @i: which finding, from 0
 *
 * Returns: (transfer none): a finding about the document
 */
const MdocCheck *
mdoc_verification_get_document_check (MdocVerification *self,
                                      guint document,
                                      guint i)
{
  GArray *checks = get_document (self, document)->checks;

  g_return_val_if_fail (i < checks->len, NULL);

  return &g_array_index (checks, MdocCheck, i);
}

/**
 * mdoc_verification_find_document_check:
 * @self: a verification
 * @document: which, from 0
 * @id: a check
 *
 * Returns: (transfer none) (nullable): the finding of this check, or %NULL if
 *   it is not one of those made of documents
 */
const MdocCheck *
mdoc_verification_find_document_check (MdocVerification *self,
                                       guint document,
                                       MdocCheckId id)
{
  GArray *checks = get_document (self, document)->checks;

  for (guint i = 0; i < checks->len; i++)
    if (g_array_index (checks, MdocCheck, i).id == id)
      return &g_array_index (checks, MdocCheck, i);

  return NULL;
}

/**
 * mdoc_verification_get_document_signer:
 * @self: a verification
 * @document: which, from 0
 *
 * Returns: (transfer none) (nullable): the certificate of the document signer,
 *   or %NULL if its chain does not hold
 */
MdocCertificate *
mdoc_verification_get_document_signer (MdocVerification *self, guint document)
{
  return get_document (self, document)->signer;
}

/**
 * mdoc_verification_get_anchor:
 * @self: a verification
 * @document: which, from 0
 *
 * Returns: (transfer none) (nullable): the trust anchor that the document
 *   signer's chain leads to, or %NULL if it does not hold
 */
MdocCertificate *
mdoc_verification_get_anchor (MdocVerification *self, guint document)
{
  return get_document (self, document)->anchor;
}

/**
 * mdoc_verification_get_n_elements:
 * @self: a verification
 * @document: which, from 0
 *
 * Returns: how many elements of it may be relied on: all or none
 */
guint
mdoc_verification_get_n_elements (MdocVerification *self, guint document)
{
  return get_document (self, document)->elements->len;
}

/**
 * mdoc_verification_get_element:
 * @self: a verification
 * @document: which, from 0
 * @i: which of its verified elements, from 0
 *
 * Returns: (transfer none): the element
 */
const MdocVerifiedElement *
mdoc_verification_get_element (MdocVerification *self, guint document, guint i)
{
  GArray *elements = get_document (self, document)->elements;

  g_return_val_if_fail (i < elements->len, NULL);

  return &g_array_index (elements, MdocVerifiedElement, i);
}
