/*
 * mdoc-store-anchors.c - whom the holder trusts
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store.h"

#include "base/mdoc-text.h"
#include "storage/mdoc-store-private.h"

static const char *const purpose_names[] = {
  [MDOC_TRUST_ISSUER] = "issuer",
  [MDOC_TRUST_READER] = "reader",
};

/**
 * mdoc_trust_purpose_get_name:
 * @purpose: whom an anchor vouches for
 *
 * Returns: (transfer none): "issuer" or "reader"
 */
const char *
mdoc_trust_purpose_get_name (MdocTrustPurpose purpose)
{
  g_return_val_if_fail ((guint) purpose < G_N_ELEMENTS (purpose_names), NULL);

  return purpose_names[purpose];
}

/**
 * mdoc_trust_purpose_from_name:
 * @name: "issuer" or "reader"
 * @ret_purpose: (out): what it means
 *
 * Returns: %TRUE if @name is one of these
 */
gboolean
mdoc_trust_purpose_from_name (const char *name, MdocTrustPurpose *ret_purpose)
{
  for (guint i = 0; i < G_N_ELEMENTS (purpose_names); i++)
    {
      if (g_strcmp0 (name, purpose_names[i]) == 0)
        {
          *ret_purpose = (MdocTrustPurpose) i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * mdoc_stored_anchor_free:
 * @anchor: (nullable) (transfer full): a trust anchor
 */
void
mdoc_stored_anchor_free (MdocStoredAnchor *anchor)
{
  if (anchor == NULL)
    return;

  g_free (anchor->id);
  g_clear_pointer (&anchor->der, g_bytes_unref);
  g_free (anchor);
}

/* The certificate is no secret: it is sealed so that whoever can write the
 * file, but has not the key, cannot add an anchor or turn one for readers into
 * one for issuers. */
static char *
make_row_name (const char *purpose, const char *id)
{
  return g_strjoin ("/", purpose, id, NULL);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "anchors",
                          .row = row,
                          .column = "certificate",
                          .version = 1 };
}

static char *
get_fingerprint (GBytes *der)
{
  MdocSpan span = mdoc_span_from_bytes (der);
  guint8 digest[MDOC_HASH_MAX_LEN];

  mdoc_hash_compute (MDOC_HASH_SHA256, &span, 1, digest);
  return mdoc_hex_encode (
      MDOC_SPAN (digest, mdoc_hash_get_len (MDOC_HASH_SHA256)));
}

static gboolean
check_room (MdocStore *self, gsize n_bytes, GError **error)
{
  guint n_anchors;

  if (n_bytes > MDOC_STORE_MAX_ANCHOR_BYTES)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The certificate is larger than %" G_GSIZE_FORMAT
                              " bytes",
                              MDOC_STORE_MAX_ANCHOR_BYTES);

  if (!mdoc_store_count (self,
                         "SELECT count(*) FROM anchors",
                         &n_anchors,
                         error))
    return FALSE;

  if (n_anchors >= MDOC_STORE_MAX_ANCHORS)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The store has room for %d trust anchors",
                              MDOC_STORE_MAX_ANCHORS);
  return TRUE;
}

/**
 * mdoc_store_add_anchor:
 * @self: a store
 * @purpose: whom the certificate vouches for
 * @der: the certificate, at most %MDOC_STORE_MAX_ANCHOR_BYTES; whether it is
 *   fit to be an anchor is the caller's to decide
 * @now_unix_s: the time
 * @ret_id: (out) (transfer full): SHA-256 of @der, in hexadecimal
 * @error: return location for a #MdocStoreError: %MDOC_STORE_ERROR_EXISTS if it
 *   is there for that purpose already
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_add_anchor (MdocStore *self,
                       MdocTrustPurpose purpose,
                       GBytes *der,
                       gint64 now_unix_s,
                       char **ret_id,
                       GError **error)
{
  const char *purpose_name = mdoc_trust_purpose_get_name (purpose);
  g_autofree char *id = get_fingerprint (der);
  g_autofree char *row = make_row_name (purpose_name, id);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) sealed = NULL;
  MdocSealPlace place = get_place (row);

  if (!check_room (self, g_bytes_get_size (der), error))
    return FALSE;

  sealed = mdoc_sealer_seal (self->sealer,
                             &place,
                             mdoc_span_from_bytes (der),
                             error);
  if (sealed == NULL)
    return FALSE;

  statement
      = mdoc_store_prepare (self,
                            "INSERT INTO anchors (purpose, id, added_unix_s, "
                            "certificate) VALUES (?, ?, ?, ?)",
                            error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, purpose_name);
  mdoc_store_bind_text (statement, 2, id);
  mdoc_store_bind_int (statement, 3, now_unix_s);
  mdoc_store_bind_span (statement, 4, mdoc_span_from_bytes (sealed));
  if (!mdoc_store_run (self, statement, NULL, &local_error))
    {
      if (g_error_matches (local_error,
                           MDOC_STORE_ERROR,
                           MDOC_STORE_ERROR_EXISTS))
        return mdoc_store_refuse (error,
                                  MDOC_STORE_ERROR_EXISTS,
                                  "This certificate is a trust anchor for "
                                  "%ss already",
                                  purpose_name);

      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  *ret_id = g_steal_pointer (&id);
  return TRUE;
}

static MdocStoredAnchor *
read_anchor (MdocStore *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MdocStoredAnchor) anchor = g_new0 (MdocStoredAnchor, 1);
  const char *purpose = mdoc_store_column_text (statement, 0);
  g_autoptr (MdocSecret) der = NULL;
  g_autofree char *row = NULL;
  MdocSealPlace place;

  anchor->id = g_strdup (mdoc_store_column_text (statement, 1));
  anchor->added_unix_s = sqlite3_column_int64 (statement, 2);
  row = make_row_name (purpose, anchor->id);
  place = get_place (row);
  der = mdoc_sealer_open (self->sealer,
                          &place,
                          mdoc_store_column_span (statement, 3),
                          error);
  if (der == NULL)
    return NULL;

  if (!mdoc_trust_purpose_from_name (purpose, &anchor->purpose))
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_DAMAGED,
                         "The store is damaged: a row of anchors is malformed");
      return NULL;
    }

  anchor->der = mdoc_span_dup (mdoc_secret_get_span (der));
  return g_steal_pointer (&anchor);
}

/**
 * mdoc_store_list_anchors:
 * @self: a store
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocStoredAnchor): all trust anchors,
 *   or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_anchors (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_anchor_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT purpose, id, added_unix_s, certificate "
                            "FROM anchors ORDER BY purpose, added_unix_s, id",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  for (;;)
    {
      MdocStoredAnchor *anchor;

      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&anchors);

      anchor = read_anchor (self, statement, error);
      if (anchor == NULL)
        return NULL;
      g_ptr_array_add (anchors, anchor);
    }
}

/**
 * mdoc_store_remove_anchor:
 * @self: a store
 * @purpose: whom it vouches for
 * @id: its SHA-256, in hexadecimal
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_remove_anchor (MdocStore *self,
                          MdocTrustPurpose purpose,
                          const char *id,
                          GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "DELETE FROM anchors WHERE purpose = ? AND id = ?",
                            error);
  guint n_changed;

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, mdoc_trust_purpose_get_name (purpose));
  mdoc_store_bind_text (statement, 2, id);
  if (!mdoc_store_run (self, statement, &n_changed, error))
    return FALSE;

  if (n_changed == 0)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_NOT_FOUND,
                              "There is no such trust anchor");
  return TRUE;
}
