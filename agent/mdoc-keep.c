/*
 * mdoc-keep.c - keeping what an issuing platform has sent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-keep.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-import.h"
#include "base/mdoc-log.h"
#include "openid/mdoc-wallet-message.h"

/* a clock of the issuer's that is corrected between two generations */
#define MAX_REGRESS_S 300

/**
 * mdoc_keep_free:
 * @self: (nullable) (transfer full): credentials that hold
 */
void
mdoc_keep_free (MdocKeep *self)
{
  if (self == NULL)
    return;

  mdoc_stored_document_free (self->document);
  g_clear_pointer (&self->credentials, g_ptr_array_unref);
  g_clear_pointer (&self->key_ids, g_ptr_array_unref);
  g_free (self->renews);
  g_free (self->digest);
  g_free (self);
}

static gboolean
refuse (GError **error, const char *text)
{
  return mdoc_agent_refuse (error, MDOC_AGENT_ERROR_NOT_VERIFIED, "%s", text);
}

/* an issuer may send something else than what was asked for */
static gboolean
check_one (const MdocKeep *self,
           const MdocKeepWay *way,
           MdocMso *mso,
           const MdocStoredKey *key,
           GError **error)
{
  if (strcmp (mdoc_mso_get_doc_type (mso), way->doc_type) != 0)
    return refuse (error,
                   "The credential is of another type than was asked "
                   "for");

  if (strcmp (key->label, way->key_label) != 0 || key->document_id != NULL)
    return refuse (error,
                   "The credential is bound to a key that was not made "
                   "for it");

  for (guint i = 0; i < self->key_ids->len; i++)
    {
      if (strcmp (g_ptr_array_index (self->key_ids, i), key->id) == 0)
        return refuse (error, "Two copies are bound to one key");
    }

  if (self->key_ids->len > 0
      && (self->document->valid_from_unix_s != mdoc_mso_get_valid_from (mso)
          || self->document->valid_until_unix_s
                 != mdoc_mso_get_valid_until (mso)))
    return refuse (error, "The copies are not valid at the same time");

  return TRUE;
}

static MdocStoredDocument *
make_document (MdocAgent *agent,
               const MdocKeepWay *way,
               MdocMso *mso,
               const MdocStoredKey *key)
{
  MdocStoredDocument *document = g_new0 (MdocStoredDocument, 1);

  document->key_id = g_strdup (key->id);
  document->format = g_strdup ("mso_mdoc");
  document->doc_type = g_strdup (mdoc_mso_get_doc_type (mso));
  document->label = g_strdup (way->label);
  document->issuer = g_strdup (way->issuer);
  document->mid_uid = g_strdup (way->mid_uid);
  document->state = MDOC_DOCUMENT_RECEIVED;
  document->imported_unix_s = mdoc_agent_get_time (agent);
  document->valid_from_unix_s = mdoc_mso_get_valid_from (mso);
  document->valid_until_unix_s = mdoc_mso_get_valid_until (mso);
  return document;
}

static gboolean
add_one (MdocKeep *self,
         MdocAgent *agent,
         const MdocKeepWay *way,
         GBytes *encoded,
         GError **error)
{
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (MdocIssuerSigned) issuer_signed = mdoc_import_check (agent,
                                                                  encoded,
                                                                  &key,
                                                                  error);
  MdocMso *mso;

  if (issuer_signed == NULL)
    return FALSE;

  mso = mdoc_issuer_signed_get_mso (issuer_signed);
  if (!check_one (self, way, mso, key, error)
      || !mdoc_keep_check_content (agent, issuer_signed, way->promised, error))
    return FALSE;

  if (self->document == NULL)
    {
      self->document = make_document (agent, way, mso, key);
      self->signed_unix_s = mdoc_mso_get_signed (mso);
      (void) mdoc_mso_get_expected_update (mso, &self->expected_update_unix_s);
    }
  g_ptr_array_add (self->key_ids, g_strdup (key->id));
  return TRUE;
}

/* A generation that is older than what is there is no renewal: somebody plays
 * back an answer, or the platform has lost its memory. */
static gboolean
check_no_regress (MdocKeep *self, MdocAgent *agent, GError **error)
{
  g_autoptr (MdocStoredDocument) before = mdoc_store_get_document (agent->store,
                                                                   self->renews,
                                                                   error);

  if (before == NULL)
    return FALSE;

  if (strcmp (before->doc_type, self->document->doc_type) != 0)
    return refuse (error,
                   "The credential is of another type than the one that "
                   "it would renew");

  return self->document->valid_from_unix_s
                 >= before->valid_from_unix_s - MAX_REGRESS_S
             ? TRUE
             : refuse (error, "This one is older than the one it would renew");
}

/**
 * mdoc_keep_new:
 * @agent: who takes it in
 * @credentials: (element-type GBytes): what the platform has sent
 * @way: what it was asked for
 * @error: return location for a #MdocAgentError, #MdocKeepError,
 *   #MdocCborError or #MdocStoreError
 *
 * Finds out whether all of it holds, is what was asked for, and is bound to the
 * keys that were made for it. Changes nothing.
 *
 * Returns: (transfer full): what can be kept, or %NULL with @error set
 */
MdocKeep *
mdoc_keep_new (MdocAgent *agent,
               GPtrArray *credentials,
               const MdocKeepWay *way,
               GError **error)
{
  g_autoptr (MdocKeep) self = g_new0 (MdocKeep, 1);

  self->credentials = g_ptr_array_ref (credentials);
  self->key_ids = g_ptr_array_new_with_free_func (g_free);
  self->renews = g_strdup (way->renews);
  if (credentials->len < 1 || credentials->len > MDOC_STORE_MAX_COPIES)
    {
      refuse (error, "There is no credential in the answer, or too many");
      return NULL;
    }

  for (guint i = 0; i < credentials->len; i++)
    {
      if (!add_one (self,
                    agent,
                    way,
                    g_ptr_array_index (credentials, i),
                    error))
        return NULL;
    }

  if (self->renews != NULL && !check_no_regress (self, agent, error))
    return NULL;

  self->digest = mdoc_wallet_receipt_digest (credentials);
  return g_steal_pointer (&self);
}

static gboolean
add_document (MdocKeep *self, MdocStore *store, char **ret_id, GError **error)
{
  g_autoptr (MdocStoredDocument) added
      = mdoc_store_add_document (store,
                                 self->document,
                                 mdoc_span_from_bytes (
                                     g_ptr_array_index (self->credentials, 0)),
                                 error);

  if (added == NULL)
    return FALSE;

  for (guint i = 1; i < self->credentials->len; i++)
    {
      const MdocNewCopy copy = {
        g_ptr_array_index (self->key_ids, i),
        mdoc_span_from_bytes (g_ptr_array_index (self->credentials, i)),
      };
      g_autofree char *copy_id = NULL;

      if (!mdoc_store_add_copy (store, added->id, 1, &copy, &copy_id, error))
        return FALSE;
    }

  *ret_id = g_strdup (added->id);
  return TRUE;
}

static gboolean
add_generation (MdocKeep *self, MdocStore *store, GError **error)
{
  g_autofree MdocNewCopy *copies = g_new0 (MdocNewCopy, self->key_ids->len);
  const MdocStoredGeneration generation = {
    .state = MDOC_GENERATION_CURRENT,
    .added_unix_s = self->document->imported_unix_s,
    .valid_from_unix_s = self->document->valid_from_unix_s,
    .valid_until_unix_s = self->document->valid_until_unix_s,
  };
  guint n;

  for (guint i = 0; i < self->key_ids->len; i++)
    copies[i] = (MdocNewCopy){
      g_ptr_array_index (self->key_ids, i),
      mdoc_span_from_bytes (g_ptr_array_index (self->credentials, i)),
    };

  return mdoc_store_add_generation (store,
                                    self->renews,
                                    &generation,
                                    copies,
                                    self->key_ids->len,
                                    &n,
                                    error);
}

/**
 * mdoc_keep_store:
 * @self: credentials that hold
 * @store: where they are kept
 * @ret_document_id: (out) (transfer full): the document
 * @error: return location for a #MdocStoreError
 *
 * To be called within the transaction that also keeps what belongs to them. A
 * new generation is current at once: fetched and swapped are one.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_keep_store (MdocKeep *self,
                 MdocStore *store,
                 char **ret_document_id,
                 GError **error)
{
  if (self->renews == NULL)
    return add_document (self, store, ret_document_id, error);

  if (!add_generation (self, store, error))
    return FALSE;

  *ret_document_id = g_strdup (self->renews);
  return TRUE;
}

/* --- keys --- */

/* Returns: (element-type MdocStoredKey): those of this label that no credential
 * is bound to */
static GPtrArray *
list_keys (MdocAgent *agent, const char *key_label, GError **error)
{
  g_autoptr (GPtrArray) all = mdoc_store_list_keys (agent->store, error);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_key_free);

  while (all != NULL && all->len > 0)
    {
      MdocStoredKey *key = g_ptr_array_steal_index (all, 0);

      if (key->document_id == NULL && strcmp (key->label, key_label) == 0)
        g_ptr_array_add (keys, key);
      else
        mdoc_stored_key_free (key);
    }

  return all != NULL ? g_steal_pointer (&keys) : NULL;
}

/**
 * mdoc_keep_load_keys:
 * @agent: an agent
 * @key_label: what keys were made for
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type MdocKey): handles of them, always in
 *   the same order, or %NULL with @error set
 */
GPtrArray *
mdoc_keep_load_keys (MdocAgent *agent, const char *key_label, GError **error)
{
  g_autoptr (GPtrArray) keys = list_keys (agent, key_label, error);
  g_autoptr (GPtrArray) handles = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_key_unref);

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      const MdocStoredKey *key = g_ptr_array_index (keys, i);
      MdocKey *handle = mdoc_store_load_key (agent->store, key->id, error);

      if (handle == NULL)
        return NULL;
      g_ptr_array_add (handles, handle);
    }

  return keys != NULL ? g_steal_pointer (&handles) : NULL;
}

/**
 * mdoc_keep_make_keys:
 * @agent: an agent
 * @key_label: what they are for
 * @n: how many there are to be
 * @error: return location for an error
 *
 * Makes those that are not there yet, so that a step which was cut short leaves
 * none behind. They are durable when this returns.
 *
 * Returns: (transfer full) (element-type MdocKey): handles of them, or %NULL
 *   with @error set
 */
GPtrArray *
mdoc_keep_make_keys (MdocAgent *agent,
                     const char *key_label,
                     guint n,
                     GError **error)
{
  g_autoptr (GPtrArray) keys = list_keys (agent, key_label, error);

  if (keys == NULL)
    return NULL;

  for (guint i = keys->len; i < n; i++)
    {
      g_autoptr (MdocStoredKey) key
          = mdoc_store_create_key (agent->store,
                                   MDOC_CURVE_P256,
                                   MDOC_KEY_AUTH_SIGNATURE,
                                   key_label,
                                   mdoc_agent_get_time (agent),
                                   error);

      if (key == NULL)
        return NULL;
    }

  return mdoc_keep_load_keys (agent, key_label, error);
}

/**
 * mdoc_keep_destroy_keys:
 * @agent: an agent
 * @key_label: what keys were made for that nothing came of
 *
 * One that cannot be destroyed now stays, listed among the keys that no
 * credential is bound to.
 */
void
mdoc_keep_destroy_keys (MdocAgent *agent, const char *key_label)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = list_keys (agent, key_label, &error);

  for (guint i = 0; keys != NULL && error == NULL && i < keys->len; i++)
    {
      const MdocStoredKey *key = g_ptr_array_index (keys, i);

      (void) !mdoc_store_remove_key (agent->store, key->id, &error);
    }

  if (error != NULL)
    {
      MdocLogFields fields = { .topic = "store", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING,
                &fields,
                "A key that is not needed any more stays");
    }
}
