/*
 * mdoc-vci-sign.c - who signs credentials, and the signing
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci-sign.h"

#include <string.h>

#include "issuer/mdoc-issuer-data.h"
#include "issuer/mdoc-issuer-input.h"
#include "issuer/mdoc-issuer-value.h"
#include "mdoc/mdoc-issuer-signed.h"

struct _MdocVciSigners
{
  MdocDocTypeTable *doc_types;
  guint n_threads;
  GHashTable *by_name; /* name to Signer */
  char *first;
};

typedef struct
{
  GPtrArray *chain;
  /* a handle of a key is for one thread at a time, so there are several */
  GAsyncQueue *keys;
} Signer;

static void
signer_free (gpointer data)
{
  Signer *self = data;

  g_ptr_array_unref (self->chain);
  g_async_queue_unref (self->keys);
  g_free (self);
}

/**
 * mdoc_vci_signers_new:
 * @doc_types: kinds of documents
 * @n_threads: how many may sign at once
 *
 * Returns: (transfer full): nobody yet
 */
MdocVciSigners *
mdoc_vci_signers_new (MdocDocTypeTable *doc_types, guint n_threads)
{
  MdocVciSigners *self = g_new0 (MdocVciSigners, 1);

  self->doc_types = mdoc_doc_type_table_ref (doc_types);
  self->n_threads = MAX (n_threads, 1);
  self->by_name = g_hash_table_new_full (g_str_hash,
                                         g_str_equal,
                                         g_free,
                                         signer_free);
  return self;
}

/**
 * mdoc_vci_signers_free:
 * @self: (nullable): signers
 *
 * Lets the keys go.
 */
void
mdoc_vci_signers_free (MdocVciSigners *self)
{
  if (self == NULL)
    return;

  mdoc_doc_type_table_unref (self->doc_types);
  g_hash_table_unref (self->by_name);
  g_free (self->first);
  g_free (self);
}

/**
 * mdoc_vci_signers_add:
 * @self: signers
 * @name: what profiles call it
 * @key_path: a file with its key, as PEM
 * @chain_path: a file with its certificate, and the chain behind it
 * @error: return location for a #MdocFileError, #MdocCryptoError or
 *   #MdocIssuerError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_vci_signers_add (MdocVciSigners *self,
                      const char *name,
                      const char *key_path,
                      const char *chain_path,
                      GError **error)
{
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GAsyncQueue) keys = g_async_queue_new_full (
      (GDestroyNotify) mdoc_key_unref);
  Signer *signer;

  chain = mdoc_issuer_input_read_certificates (chain_path, error);
  if (chain == NULL)
    return FALSE;
  for (guint i = 0; i < self->n_threads; i++)
    {
      MdocKey *key = mdoc_issuer_input_read_key (key_path, error);

      if (key == NULL)
        return FALSE;
      g_async_queue_push (keys, key);
      if (!mdoc_public_key_equal (mdoc_key_get_public (key),
                                  mdoc_certificate_get_public_key (
                                      g_ptr_array_index (chain, 0))))
        return mdoc_issuer_refuse (error,
                                   MDOC_ISSUER_ERROR_SIGNER,
                                   "Key and certificate of the signer %s do "
                                   "not belong together",
                                   name);
    }

  signer = g_new0 (Signer, 1);
  signer->chain = g_steal_pointer (&chain);
  signer->keys = g_steal_pointer (&keys);
  g_hash_table_replace (self->by_name, g_strdup (name), signer);
  if (self->first == NULL)
    self->first = g_strdup (name);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * mdoc_vci_signers_list:
 * @self: signers
 *
 * Returns: (transfer container): their names, sorted
 */
const char **
mdoc_vci_signers_list (MdocVciSigners *self)
{
  guint n;
  gpointer *names = g_hash_table_get_keys_as_array (self->by_name, &n);

  qsort (names, n, sizeof (*names), compare_names);
  return (gpointer) names;
}

static Signer *
find_signer (MdocVciSigners *self, const char *name)
{
  Signer *signer = g_hash_table_lookup (self->by_name, name);

  if (signer == NULL && self->first != NULL
      && strcmp (name, MDOC_VCI_DEFAULT_SIGNER) == 0)
    signer = g_hash_table_lookup (self->by_name, self->first);
  return signer;
}

/**
 * mdoc_vci_signers_get_validity:
 * @self: signers
 * @name: of one
 * @ret_not_before_s: (out): from when its certificate is valid, in unix s
 * @ret_not_after_s: (out): until when
 *
 * Returns: %TRUE if there is one of that name
 */
gboolean
mdoc_vci_signers_get_validity (MdocVciSigners *self,
                               const char *name,
                               gint64 *ret_not_before_s,
                               gint64 *ret_not_after_s)
{
  const Signer *signer = find_signer (self, name);
  MdocCertificate *certificate;

  if (signer == NULL)
    return FALSE;

  certificate = g_ptr_array_index (signer->chain, 0);
  *ret_not_before_s = mdoc_certificate_get_not_before (certificate);
  *ret_not_after_s = mdoc_certificate_get_not_after (certificate);
  return TRUE;
}

/**
 * mdoc_vci_signers_get_chain:
 * @self: signers
 * @name: of one
 *
 * Returns: (transfer none) (nullable) (element-type MdocCertificate): its
 *   certificates, %NULL if there is none of that name
 */
GPtrArray *
mdoc_vci_signers_get_chain (MdocVciSigners *self, const char *name)
{
  const Signer *signer = find_signer (self, name);

  return signer != NULL ? signer->chain : NULL;
}

/**
 * mdoc_vci_signers_borrow:
 * @self: signers
 * @name: of one that is there
 *
 * Waits until one of its handles is free.
 *
 * Returns: (transfer none): the key
 */
MdocKey *
mdoc_vci_signers_borrow (MdocVciSigners *self, const char *name)
{
  return g_async_queue_pop (find_signer (self, name)->keys);
}

/**
 * mdoc_vci_signers_give_back:
 * @self: signers
 * @name: of one
 * @key: what mdoc_vci_signers_borrow() gave
 *
 * Lets others use it.
 */
void
mdoc_vci_signers_give_back (MdocVciSigners *self,
                            const char *name,
                            MdocKey *key)
{
  g_async_queue_push (find_signer (self, name)->keys, key);
}

static void
set_status (MdocIssuerSignedBuilder *builder,
            const char *base_url,
            const MdocRegisterCopy *copy)
{
  if (copy->list_id != NULL)
    {
      g_autofree char *uri = g_strconcat (base_url,
                                          "/status/tsl/",
                                          copy->list_id,
                                          NULL);

      mdoc_issuer_signed_builder_set_status_list (builder,
                                                  copy->idx,
                                                  uri,
                                                  MDOC_SPAN (NULL, 0));
    }
  if (copy->identifier_list_id != NULL && copy->mso_id != NULL)
    {
      g_autofree char *uri = g_strconcat (base_url,
                                          "/status/idl/",
                                          copy->identifier_list_id,
                                          NULL);

      mdoc_issuer_signed_builder_set_identifier_list (builder,
                                                      mdoc_span_from_bytes (
                                                          copy->mso_id),
                                                      uri,
                                                      MDOC_SPAN (NULL, 0));
    }
}

static GBytes *
sign_copy (const Signer *signer,
           MdocKey *key,
           const char *base_url,
           const MdocRegisterCredential *credential,
           const MdocRegisterCopy *copy,
           MdocIssuerData *data,
           GError **error)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (
      credential->profile);
  g_autoptr (MdocIssuerSignedBuilder) builder
      = mdoc_issuer_signed_builder_new (settings->doc_type, MDOC_HASH_SHA256);

  for (guint i = 0; i < mdoc_issuer_data_get_n_elements (data); i++)
    {
      const MdocIssuerElement *element = mdoc_issuer_data_get_element (data, i);

      mdoc_issuer_signed_builder_add (builder,
                                      element->name_space,
                                      element->element,
                                      element->value);
    }
  mdoc_issuer_signed_builder_set_validity (builder,
                                           credential->signed_at_s,
                                           credential->signed_at_s,
                                           credential->valid_until_s,
                                           credential->expected_update_s);
  mdoc_issuer_signed_builder_set_device_key (builder, copy->key);
  set_status (builder, base_url, copy);
  return mdoc_issuer_signed_builder_sign (builder, key, signer->chain, error);
}

/**
 * mdoc_vci_sign:
 * @self: signers
 * @base_url: of the server, without a slash at the end
 * @credential: what mdoc_register_prepare() says is to be signed
 * @error: return location for a #MdocIssuerError, #MdocProfileError or
 *   #MdocCryptoError
 *
 * Signs all copies. No lock of the register is held, so others go on.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_vci_sign (MdocVciSigners *self,
               const char *base_url,
               MdocRegisterCredential *credential,
               GError **error)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (
      credential->profile);
  MdocDocType *doc_type = mdoc_doc_type_table_lookup (self->doc_types,
                                                      settings->doc_type);
  const Signer *signer = find_signer (self, settings->signer);
  g_autoptr (JsonObject) mapped = NULL;
  g_autoptr (MdocIssuerData) data = NULL;
  gboolean is_signed = TRUE;
  MdocKey *key;

  if (signer == NULL)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_SIGNER,
                               "There is no signer %s",
                               settings->signer);
  mapped = mdoc_profile_map_to_object (credential->profile,
                                       credential->claims_json,
                                       credential->signed_at_s,
                                       error);
  if (mapped == NULL)
    return FALSE;
  data = mdoc_issuer_data_read (mapped,
                                NULL,
                                doc_type,
                                MDOC_ISSUER_DATA_ALLOW_UNKNOWN
                                    | MDOC_ISSUER_DATA_NO_FILES,
                                error);
  if (data == NULL)
    return FALSE;

  key = mdoc_vci_signers_borrow (self, settings->signer);
  for (guint i = 0; is_signed && i < credential->copies->len; i++)
    {
      MdocRegisterCopy *copy = g_ptr_array_index (credential->copies, i);

      g_clear_pointer (&copy->issuer_signed, g_bytes_unref);
      copy->issuer_signed
          = sign_copy (signer, key, base_url, credential, copy, data, error);
      is_signed = copy->issuer_signed != NULL;
    }
  mdoc_vci_signers_give_back (self, settings->signer, key);
  return is_signed;
}
