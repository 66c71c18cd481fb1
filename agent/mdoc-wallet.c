/*
 * mdoc-wallet.c - the credentials that may answer a request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-wallet.h"

#include <string.h>

#include "base/mdoc-log.h"
#include "mdoc/mdoc-mso.h"

#define VALID "valid"

/**
 * mdoc_wallet_document_free:
 * @document: (nullable) (transfer full): an opened credential
 */
void
mdoc_wallet_document_free (MdocWalletDocument *document)
{
  if (document == NULL)
    return;

  mdoc_stored_document_free (document->stored);
  mdoc_stored_key_free (document->key);
  mdoc_issuer_signed_unref (document->issuer_signed);
  g_free (document);
}

/**
 * mdoc_wallet_get_state:
 * @valid_from_unix_s: start of the validity of an MSO
 * @valid_until_unix_s: end of it
 * @now_unix_s: the time
 *
 * Returns: (transfer none): "valid", "not-yet-valid" or "expired"
 */
const char *
mdoc_wallet_get_state (gint64 valid_from_unix_s,
                       gint64 valid_until_unix_s,
                       gint64 now_unix_s)
{
  if (now_unix_s < valid_from_unix_s)
    return "not-yet-valid";
  if (now_unix_s >= valid_until_unix_s)
    return "expired";
  return VALID;
}

/**
 * mdoc_wallet_open:
 * @store: the store
 * @id: which credential
 * @error: return location for a #MdocStoreError or #MdocCborError
 *
 * Returns: (transfer full): the credential, or %NULL with @error set
 */
MdocWalletDocument *
mdoc_wallet_open (MdocStore *store, const char *id, GError **error)
{
  g_autoptr (MdocWalletDocument) document = g_new0 (MdocWalletDocument, 1);
  g_autoptr (GBytes) encoded = NULL;

  document->stored = mdoc_store_get_document (store, id, error);
  if (document->stored == NULL)
    return NULL;

  document->key = mdoc_store_get_key (store, document->stored->key_id, error);
  if (document->key == NULL)
    return NULL;

  encoded = mdoc_store_load_document (store, id, error);
  if (encoded == NULL)
    return NULL;

  document->issuer_signed = mdoc_issuer_signed_parse (encoded, error);
  if (document->issuer_signed == NULL)
    return NULL;

  return g_steal_pointer (&document);
}

static gboolean
is_same_type (MdocDocTypeTable *doc_types, const char *ours, const char *asked)
{
  MdocDocType *type;

  if (strcmp (ours, asked) == 0)
    return TRUE;

  type = doc_types != NULL ? mdoc_doc_type_table_lookup (doc_types, asked)
                           : NULL;
  return type != NULL && mdoc_doc_type_has_name (type, ours);
}

/* by what the issuer signed, not by what stands beside it in the store */
static gboolean
is_valid (const MdocWalletDocument *document, gint64 now_unix_s)
{
  MdocMso *mso = mdoc_issuer_signed_get_mso (document->issuer_signed);

  return strcmp (mdoc_wallet_get_state (mdoc_mso_get_valid_from (mso),
                                        mdoc_mso_get_valid_until (mso),
                                        now_unix_s),
                 VALID)
         == 0;
}

static gboolean
is_asked_for (const MdocStoredDocument *document,
              MdocDeviceRequest *request,
              MdocDocTypeTable *doc_types)
{
  for (guint i = 0; i < mdoc_device_request_get_n_doc_requests (request); i++)
    {
      MdocItemsRequest *items = mdoc_device_request_get_items_request (request,
                                                                       i);

      if (is_same_type (doc_types,
                        document->doc_type,
                        mdoc_items_request_get_doc_type (items)))
        return TRUE;
    }

  return FALSE;
}

/* A key that answers by MAC needs a reader on its curve, and will not sign. */
static gboolean
can_authenticate (const MdocStoredKey *key, MdocPublicKey *e_reader_key)
{
  return key->auth == MDOC_KEY_AUTH_SIGNATURE
         || mdoc_public_key_get_curve (key->public_key)
                == mdoc_public_key_get_curve (e_reader_key);
}

/**
 * mdoc_wallet_find:
 * @store: the store
 * @request: what a reader asks for
 * @e_reader_key: the reader's ephemeral key
 * @doc_types: (nullable): the document types that are known
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError
 *
 * Opens the credentials of the types asked for that are valid now and whose key
 * can answer this reader. One that cannot be opened is logged and left out: the
 * others are still good.
 *
 * Returns: (transfer full) (element-type MdocWalletDocument): the credentials,
 *   perhaps none, or %NULL with @error set
 */
GPtrArray *
mdoc_wallet_find (MdocStore *store,
                  MdocDeviceRequest *request,
                  MdocPublicKey *e_reader_key,
                  MdocDocTypeTable *doc_types,
                  gint64 now_unix_s,
                  GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_wallet_document_free);
  g_autoptr (GPtrArray) stored = mdoc_store_list_documents (store, error);

  if (stored == NULL)
    return NULL;

  for (guint i = 0; i < stored->len; i++)
    {
      const MdocStoredDocument *candidate = g_ptr_array_index (stored, i);
      g_autoptr (MdocWalletDocument) document = NULL;
      g_autoptr (GError) local_error = NULL;

      if (!is_asked_for (candidate, request, doc_types))
        continue;

      document = mdoc_wallet_open (store, candidate->id, &local_error);
      if (document == NULL)
        {
          MdocLogFields fields = { .topic = "store",
                                   .doc_type = candidate->doc_type,
                                   .error = local_error };

          mdoc_log (G_LOG_LEVEL_WARNING, &fields, "A credential is left out");
          continue;
        }

      if (is_valid (document, now_unix_s)
          && can_authenticate (document->key, e_reader_key))
        g_ptr_array_add (found, g_steal_pointer (&document));
    }

  return g_steal_pointer (&found);
}
