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
  if (document->generations != NULL)
    g_ptr_array_unref (document->generations);
  mdoc_stored_key_free (document->key);
  mdoc_issuer_signed_unref (document->issuer_signed);
  g_free (document);
}

/* A key that answers by MAC needs a reader on its curve, and will not sign. */
static gboolean
can_authenticate (const MdocStoredKey *key, MdocPublicKey *e_reader_key)
{
  return key->auth == MDOC_KEY_AUTH_SIGNATURE
         || mdoc_public_key_get_curve (key->public_key)
                == mdoc_public_key_get_curve (e_reader_key);
}

typedef struct
{
  MdocStore *store;
  MdocPublicKey *e_reader_key;
} Fitness;

static gboolean
is_fit (const MdocStoredCopy *copy, gpointer user_data)
{
  const Fitness *fitness = user_data;
  g_autoptr (MdocStoredKey) key = mdoc_store_get_key (fitness->store,
                                                      copy->key_id,
                                                      NULL);

  return key != NULL && can_authenticate (key, fitness->e_reader_key);
}

/* Chooses a copy, for a reader if there is one, and does not open it yet. */
static MdocWalletDocument *
choose (MdocStore *store,
        MdocStoredDocument *stored, /* (transfer full) */
        MdocPublicKey *e_reader_key,
        const char *pinned_copy,
        MdocMoment now,
        GError **error)
{
  g_autoptr (MdocWalletDocument) document = g_new0 (MdocWalletDocument, 1);
  Fitness fitness = { store, e_reader_key };

  document->stored = stored;
  document->generations = mdoc_store_list_generations (store,
                                                       stored->id,
                                                       error);
  if (document->generations == NULL)
    return NULL;

  mdoc_selection_choose (stored,
                         document->generations,
                         now,
                         pinned_copy,
                         e_reader_key != NULL ? is_fit : NULL,
                         &fitness,
                         &document->selection);
  return g_steal_pointer (&document);
}

static gboolean
open_copy (MdocStore *store, MdocWalletDocument *document, GError **error)
{
  g_autoptr (GBytes) encoded = NULL;

  /* a document without generations is none */
  if (document->selection.copy == NULL)
    {
      g_set_error (error,
                   MDOC_STORE_ERROR,
                   (gint) MDOC_STORE_ERROR_DAMAGED,
                   "The store is damaged: a credential has no copy");
      return FALSE;
    }

  document->key = mdoc_store_get_key (store,
                                      document->selection.copy->key_id,
                                      error);
  if (document->key == NULL)
    return FALSE;

  encoded = mdoc_store_load_copy (store, document->selection.copy->id, error);
  if (encoded == NULL)
    return FALSE;

  document->issuer_signed = mdoc_issuer_signed_parse (encoded, error);
  return document->issuer_signed != NULL;
}

/* Without opening anything, if the current generation is all there is to it. */
static gboolean
is_plain (const MdocStoredDocument *document, MdocMoment now)
{
  return document->max_uses == 0 && document->generation > 0
         && (!now.is_known
             || (document->valid_from_unix_s <= now.unix_s
                 && now.unix_s < document->valid_until_unix_s));
}

/**
 * mdoc_wallet_get_standing:
 * @store: the store
 * @document: one of its documents
 * @now: the time
 *
 * Returns: how it stands, as far as that can be told without opening it
 */
MdocStanding
mdoc_wallet_get_standing (MdocStore *store,
                          const MdocStoredDocument *document,
                          MdocMoment now)
{
  g_autoptr (GPtrArray) generations = NULL;
  MdocSelection selection;

  if (!document->is_damaged && document->state == MDOC_DOCUMENT_ACTIVE
      && is_plain (document, now))
    return now.is_known ? MDOC_STANDING_VALID : MDOC_STANDING_TIME_UNKNOWN;

  generations = mdoc_store_list_generations (store, document->id, NULL);
  if (generations == NULL)
    return MDOC_STANDING_DAMAGED;

  mdoc_selection_choose (document,
                         generations,
                         now,
                         NULL,
                         NULL,
                         NULL,
                         &selection);
  return selection.standing;
}

/**
 * mdoc_wallet_open:
 * @store: the store
 * @id: which credential
 * @now: the time
 * @error: return location for a #MdocStoreError or #MdocCborError
 *
 * Opens the copy of a credential that would be shown, or if none may be, the
 * one of which there is something to tell.
 *
 * Returns: (transfer full): the credential, or %NULL with @error set
 */
MdocWalletDocument *
mdoc_wallet_open (MdocStore *store,
                  const char *id,
                  MdocMoment now,
                  GError **error)
{
  MdocStoredDocument *stored = mdoc_store_get_document (store, id, error);
  g_autoptr (MdocWalletDocument) document = NULL;

  if (stored == NULL)
    return NULL;

  document = choose (store, stored, NULL, NULL, now, error);
  if (document == NULL || !open_copy (store, document, error))
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

/* by what the issuer signed, too, not only by what stands beside it */
static gboolean
is_valid (const MdocWalletDocument *document, MdocMoment now)
{
  MdocMso *mso = mdoc_issuer_signed_get_mso (document->issuer_signed);

  return !now.is_known
         || (mdoc_mso_get_valid_from (mso) <= now.unix_s
             && now.unix_s < mdoc_mso_get_valid_until (mso));
}

typedef struct
{
  MdocDeviceRequest *request;
  MdocDocTypeTable *doc_types;
} Question;

static gboolean
is_asked_for (const char *doc_type, gpointer user_data)
{
  const Question *question = user_data;
  guint n = mdoc_device_request_get_n_doc_requests (question->request);

  for (guint i = 0; i < n; i++)
    {
      MdocItemsRequest *items
          = mdoc_device_request_get_items_request (question->request, i);

      if (is_same_type (question->doc_types,
                        doc_type,
                        mdoc_items_request_get_doc_type (items)))
        return TRUE;
    }

  return FALSE;
}

static void
log_left_out (const MdocStoredDocument *document, const GError *error)
{
  MdocLogFields fields = { .topic = "store",
                           .doc_type = document->doc_type,
                           .error = error };

  mdoc_log (G_LOG_LEVEL_WARNING, &fields, "A credential is left out");
}

/**
 * mdoc_wallet_find:
 * @store: the store
 * @request: what a reader asks for
 * @e_reader_key: the reader's ephemeral key
 * @doc_types: (nullable): the document types that are known
 * @pins: (element-type utf8 utf8): the copies that this reader has seen
 * @now: the time
 * @error: return location for a #MdocStoreError
 *
 * Opens, of the credentials of the types asked for that may be shown, the copy
 * that would be, whose key can answer this reader. One that cannot be opened is
 * logged and left out: the others are still good.
 *
 * Returns: (transfer full) (element-type MdocWalletDocument): the credentials,
 *   perhaps none, or %NULL with @error set
 */
GPtrArray *
mdoc_wallet_find (MdocStore *store,
                  MdocDeviceRequest *request,
                  MdocPublicKey *e_reader_key,
                  MdocDocTypeTable *doc_types,
                  GHashTable *pins,
                  MdocMoment now,
                  GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_wallet_document_free);
  Question question = { request, doc_types };
  g_autoptr (GPtrArray) stored = mdoc_store_find_documents (store,
                                                            is_asked_for,
                                                            &question,
                                                            error);

  if (stored == NULL)
    return NULL;

  g_ptr_array_set_free_func (stored, NULL);
  for (guint i = 0; i < stored->len; i++)
    {
      g_autoptr (MdocStoredDocument) candidate = g_ptr_array_index (stored, i);
      const char *pin = g_hash_table_lookup (pins, candidate->id);
      g_autoptr (MdocWalletDocument) document = NULL;
      g_autoptr (GError) local_error = NULL;

      document = choose (store,
                         g_steal_pointer (&candidate),
                         e_reader_key,
                         pin,
                         now,
                         &local_error);
      if (document == NULL)
        {
          MdocLogFields fields = { .topic = "store", .error = local_error };

          mdoc_log (G_LOG_LEVEL_WARNING, &fields, "A credential is left out");
          continue;
        }

      if (!mdoc_standing_is_presentable (document->selection.standing))
        continue;

      if (!open_copy (store, document, &local_error))
        log_left_out (document->stored, local_error);
      else if (is_valid (document, now))
        g_ptr_array_add (found, g_steal_pointer (&document));
    }

  return g_steal_pointer (&found);
}
