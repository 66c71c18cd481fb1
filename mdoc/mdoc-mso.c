/*
 * mdoc-mso.c - what the issuer signed: the mobile security object
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-mso.h"

#include <string.h>

#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-mso-private.h"

/**
 * mdoc_mso_ref:
 * @self: an MSO
 *
 * Returns: (transfer full): @self
 */
MdocMso *
mdoc_mso_ref (MdocMso *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_mso_unref:
 * @self: (nullable) (transfer full): an MSO
 */
void
mdoc_mso_unref (MdocMso *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->name_spaces, g_array_unref);
  g_clear_pointer (&self->digests, g_array_unref);
  g_clear_pointer (&self->device_key, mdoc_public_key_unref);
  g_clear_error (&self->device_key_error);
  g_free (self->status_list_uri);
  g_free (self->identifier_list_uri);
  g_free (self->doc_type);
  g_free (self->encoded);
  g_free (self);
}

/**
 * mdoc_mso_get_encoded:
 * @self: an MSO
 *
 * Returns: (transfer none): the bytes that were parsed, without tag 24
 */
MdocSpan
mdoc_mso_get_encoded (MdocMso *self)
{
  return MDOC_SPAN (self->encoded, self->encoded_len);
}

/**
 * mdoc_mso_get_doc_type:
 * @self: an MSO
 *
 * Returns: (transfer none): the document type that the issuer signed
 */
const char *
mdoc_mso_get_doc_type (MdocMso *self)
{
  return self->doc_type;
}

/**
 * mdoc_mso_get_hash:
 * @self: an MSO
 *
 * Returns: what its digests are made with
 */
MdocHash
mdoc_mso_get_hash (MdocMso *self)
{
  return self->hash;
}

/**
 * mdoc_mso_get_device_key:
 * @self: an MSO
 *
 * Returns: (transfer none) (nullable): the key the document is bound to; %NULL
 *   if mdoc_mso_get_device_key_error() says why it cannot be used
 */
MdocPublicKey *
mdoc_mso_get_device_key (MdocMso *self)
{
  return self->device_key;
}

/**
 * mdoc_mso_get_device_key_error:
 * @self: an MSO
 *
 * Returns: (transfer none) (nullable): the #MdocCryptoError because of which
 *   there is no device key: its curve is not supported, or it is no point of it
 */
const GError *
mdoc_mso_get_device_key_error (MdocMso *self)
{
  return self->device_key_error;
}

/**
 * mdoc_mso_get_signed:
 * @self: an MSO
 *
 * Returns: when the issuer says to have signed it, in seconds since 1970
 */
gint64
mdoc_mso_get_signed (MdocMso *self)
{
  return self->signed_unix_s;
}

/**
 * mdoc_mso_get_valid_from:
 * @self: an MSO
 *
 * Returns: its first valid second, since 1970
 */
gint64
mdoc_mso_get_valid_from (MdocMso *self)
{
  return self->valid_from_unix_s;
}

/**
 * mdoc_mso_get_valid_until:
 * @self: an MSO
 *
 * Returns: its last valid second, since 1970
 */
gint64
mdoc_mso_get_valid_until (MdocMso *self)
{
  return self->valid_until_unix_s;
}

/**
 * mdoc_mso_get_expected_update:
 * @self: an MSO
 * @ret_unix_s: (out) (optional): when the issuer means to sign it anew, in
 *   seconds since 1970; left alone if it does not say
 *
 * Returns: %TRUE if the issuer says so
 */
gboolean
mdoc_mso_get_expected_update (MdocMso *self, gint64 *ret_unix_s)
{
  if (self->has_expected_update && ret_unix_s != NULL)
    *ret_unix_s = self->expected_update_unix_s;
  return self->has_expected_update;
}

/**
 * mdoc_mso_lookup_digest:
 * @self: an MSO
 * @name_space: a name space
 * @digest_id: which digest there
 *
 * Linear in the number of digests.
 *
 * Returns: (transfer none): the digest, of the length of mdoc_mso_get_hash();
 *   empty if there is none
 */
MdocSpan
mdoc_mso_lookup_digest (MdocMso *self,
                        const char *name_space,
                        guint32 digest_id)
{
  for (guint i = 0; i < self->name_spaces->len; i++)
    {
      const MdocMsoNameSpace *entry;

      entry = &g_array_index (self->name_spaces, MdocMsoNameSpace, i);
      if (strcmp (entry->name, name_space) != 0)
        continue;

      for (guint j = 0; j < entry->n_digests; j++)
        {
          const MdocMsoDigestEntry *digest;

          digest = &g_array_index (self->digests,
                                   MdocMsoDigestEntry,
                                   entry->first + j);
          if (digest->id == digest_id)
            return MDOC_SPAN (digest->data, mdoc_hash_get_len (self->hash));
        }
    }

  return (MdocSpan){ 0 };
}

/**
 * mdoc_mso_get_n_name_spaces:
 * @self: an MSO
 *
 * Returns: how many name spaces it has digests of
 */
guint
mdoc_mso_get_n_name_spaces (MdocMso *self)
{
  return self->name_spaces->len;
}

/**
 * mdoc_mso_get_name_space:
 * @self: an MSO
 * @i: which, from 0
 *
 * Returns: (transfer none): the name
 */
const char *
mdoc_mso_get_name_space (MdocMso *self, guint i)
{
  g_return_val_if_fail (i < self->name_spaces->len, NULL);

  return g_array_index (self->name_spaces, MdocMsoNameSpace, i).name;
}

/**
 * mdoc_mso_get_n_digests:
 * @self: an MSO
 * @name_space: which name space, from 0
 *
 * Returns: how many digests it has there
 */
guint
mdoc_mso_get_n_digests (MdocMso *self, guint name_space)
{
  g_return_val_if_fail (name_space < self->name_spaces->len, 0);

  return g_array_index (self->name_spaces, MdocMsoNameSpace, name_space)
      .n_digests;
}

/**
 * mdoc_mso_get_digest:
 * @self: an MSO
 * @name_space: which name space, from 0
 * @i: which of its digests, from 0, in the order of the MSO
 * @ret_digest_id: (out) (optional): its number
 *
 * Returns: (transfer none): the digest
 */
MdocSpan
mdoc_mso_get_digest (MdocMso *self,
                     guint name_space,
                     guint i,
                     guint32 *ret_digest_id)
{
  const MdocMsoDigestEntry *digest;

  g_return_val_if_fail (i < mdoc_mso_get_n_digests (self, name_space),
                        (MdocSpan){ 0 });

  i += g_array_index (self->name_spaces, MdocMsoNameSpace, name_space).first;
  digest = &g_array_index (self->digests, MdocMsoDigestEntry, i);
  if (ret_digest_id != NULL)
    *ret_digest_id = digest->id;
  return MDOC_SPAN (digest->data, mdoc_hash_get_len (self->hash));
}

static gboolean
has_name (MdocCborItem array, const char *name)
{
  MdocCborIter iter;
  MdocSpan found;

  if (!mdoc_cbor_iter_array (array, "", G_MAXUINT64, &iter, NULL))
    return FALSE;

  while (mdoc_cbor_iter_get_n_left (&iter) > 0)
    if (mdoc_cbor_get_text (mdoc_cbor_iter_next (&iter),
                            "",
                            MDOC_MAX_NAME_LEN,
                            &found,
                            NULL)
        && mdoc_span_equals_text (found, name))
      return TRUE;

  return FALSE;
}

/**
 * mdoc_mso_is_authorized:
 * @self: an MSO
 * @name_space: a name space
 * @element: an element there
 *
 * Returns: %TRUE if the issuer lets the device key sign this element: by itself
 *   or with its whole name space
 */
gboolean
mdoc_mso_is_authorized (MdocMso *self,
                        const char *name_space,
                        const char *element)
{
  return has_name (self->authorized_name_spaces, name_space)
         || has_name (mdoc_cbor_map_lookup (self->authorized_elements,
                                            name_space),
                      element);
}

/**
 * mdoc_mso_get_status:
 * @self: an MSO
 *
 * Returns: (transfer none): where to learn whether it was revoked: the status
 *   list, else the identifier list, else one of kind %MDOC_MSO_STATUS_NONE
 */
const MdocMsoStatus *
mdoc_mso_get_status (MdocMso *self)
{
  return self->status_list.kind != MDOC_MSO_STATUS_NONE
             ? &self->status_list
             : &self->identifier_list;
}

/**
 * mdoc_mso_get_status_list:
 * @self: an MSO
 *
 * Returns: (transfer none): its entry in a status list, or one of kind
 *   %MDOC_MSO_STATUS_NONE
 */
const MdocMsoStatus *
mdoc_mso_get_status_list (MdocMso *self)
{
  return &self->status_list;
}

/**
 * mdoc_mso_get_identifier_list:
 * @self: an MSO
 *
 * Returns: (transfer none): its entry in an identifier list, or one of kind
 *   %MDOC_MSO_STATUS_NONE
 */
const MdocMsoStatus *
mdoc_mso_get_identifier_list (MdocMso *self)
{
  return &self->identifier_list;
}
