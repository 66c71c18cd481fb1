/*
 * mdoc-answer.c - the DeviceResponse to a request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-answer.h"

#include "mdoc/mdoc-device-response.h"

static gboolean
add_document (MdocDeviceResponseBuilder *builder,
              MdocStore *store,
              MdocProposal *offer,
              const MdocGrantedDocument *granted,
              MdocTranscript *transcript,
              MdocPublicKey *e_reader_key,
              GError **error)
{
  const MdocWalletDocument *document
      = mdoc_proposal_get_document (offer,
                                    granted->doc_request,
                                    granted->candidate);
  g_autoptr (MdocKey) key = mdoc_store_load_key (store,
                                                 document->key->id,
                                                 error);
  MdocDocumentAnswer answer = { 0 };

  if (key == NULL)
    return FALSE;

  answer.issuer_signed = document->issuer_signed;
  answer.items = (const guint *) (gconstpointer) granted->items->data;
  answer.n_items = granted->items->len;
  answer.device_key = key;
  answer.transcript = transcript;
  /* the handle itself refuses what the key was not made for */
  if (document->key->auth == MDOC_KEY_AUTH_MAC)
    answer.e_reader_key = e_reader_key;

  return mdoc_device_response_builder_add_document (builder, &answer, error);
}

static const char *
get_doc_type (MdocProposal *offer, guint doc_request)
{
  MdocDeviceRequest *request = mdoc_match_get_request (
      mdoc_proposal_get_match (offer));

  return mdoc_items_request_get_doc_type (
      mdoc_device_request_get_items_request (request, doc_request));
}

static gboolean
is_returned (const MdocGrant *grant, guint doc_request)
{
  for (guint i = 0; grant != NULL && i < grant->documents->len; i++)
    {
      const MdocGrantedDocument *document = g_ptr_array_index (grant->documents,
                                                               i);

      if (document->doc_request == doc_request)
        return TRUE;
    }

  return FALSE;
}

/* One error for each document type of which nothing is returned. It is the same
 * whether there is none or the holder refused, so that the answer does not tell
 * which. */
static void
add_errors (MdocDeviceResponseBuilder *builder,
            MdocProposal *offer,
            const MdocGrant *grant)
{
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash,
                                                       g_str_equal,
                                                       g_free,
                                                       NULL);
  guint n_requests = mdoc_match_get_n_doc_requests (
      mdoc_proposal_get_match (offer));

  for (guint i = 0; i < n_requests; i++)
    {
      if (is_returned (grant, i))
        g_hash_table_add (said, g_strdup (get_doc_type (offer, i)));
    }

  for (guint i = 0; i < n_requests; i++)
    {
      if (g_hash_table_add (said, g_strdup (get_doc_type (offer, i))))
        mdoc_device_response_builder_add_document_error (
            builder,
            get_doc_type (offer, i),
            MDOC_ERROR_CODE_NOT_RETURNED);
    }
}

/**
 * mdoc_answer_build:
 * @store: where the device keys are
 * @offer: what was asked for and found
 * @grant: (nullable): what may leave; %NULL for nothing
 * @transcript: the session's
 * @e_reader_key: the reader's ephemeral key
 * @error: return location for a #MdocStoreError, #MdocCryptoError or
 *   #MdocCborError
 *
 * Builds a response with status 0: the documents granted, and for the other
 * document types the error "not returned" (ISO/IEC 18013-5, table 9).
 *
 * Returns: (transfer full): the response, or %NULL with @error set
 */
GBytes *
mdoc_answer_build (MdocStore *store,
                   MdocProposal *offer,
                   const MdocGrant *grant,
                   MdocTranscript *transcript,
                   MdocPublicKey *e_reader_key,
                   GError **error)
{
  g_autoptr (MdocDeviceResponseBuilder) builder
      = mdoc_device_response_builder_new ();

  for (guint i = 0; grant != NULL && i < grant->documents->len; i++)
    {
      if (!add_document (builder,
                         store,
                         offer,
                         g_ptr_array_index (grant->documents, i),
                         transcript,
                         e_reader_key,
                         error))
        return NULL;
    }

  add_errors (builder, offer, grant);
  mdoc_device_response_builder_set_status (builder, MDOC_RESPONSE_STATUS_OK);
  return mdoc_device_response_builder_finish (builder);
}

/**
 * mdoc_answer_build_error:
 * @status: 10, 11 or 12 (ISO/IEC 18013-5, table 8)
 *
 * Returns: (transfer full): a response without documents
 */
GBytes *
mdoc_answer_build_error (guint status)
{
  g_autoptr (MdocDeviceResponseBuilder) builder
      = mdoc_device_response_builder_new ();

  mdoc_device_response_builder_set_status (builder, status);
  return mdoc_device_response_builder_finish (builder);
}
