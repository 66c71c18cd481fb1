/*
 * mdoc-store-documents.c - credentials
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store.h"

#include "storage/mdoc-store-private.h"

#define DOCUMENT_COLUMNS                                                       \
  "id, key_id, format, doc_type, label, imported_unix_s, valid_from_unix_s, "  \
  "valid_until_unix_s "

/**
 * mdoc_stored_document_free:
 * @document: (nullable) (transfer full): what is known of a document
 */
void
mdoc_stored_document_free (MdocStoredDocument *document)
{
  if (document == NULL)
    return;

  g_free (document->id);
  g_free (document->key_id);
  g_free (document->format);
  g_free (document->doc_type);
  g_free (document->label);
  g_free (document);
}

/* What the encoded document is bound to: it opens for its own key only. */
static char *
make_row_name (const MdocStoredDocument *document)
{
  return g_strjoin ("/", document->id, document->key_id, NULL);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "documents",
                          .row = row,
                          .column = "encoded",
                          .version = 1 };
}

static MdocStoredDocument *
read_document (sqlite3_stmt *statement)
{
  MdocStoredDocument *document = g_new0 (MdocStoredDocument, 1);

  document->id = g_strdup (mdoc_store_column_text (statement, 0));
  document->key_id = g_strdup (mdoc_store_column_text (statement, 1));
  document->format = g_strdup (mdoc_store_column_text (statement, 2));
  document->doc_type = g_strdup (mdoc_store_column_text (statement, 3));
  document->label = g_strdup (mdoc_store_column_text (statement, 4));
  document->imported_unix_s = sqlite3_column_int64 (statement, 5);
  document->valid_from_unix_s = sqlite3_column_int64 (statement, 6);
  document->valid_until_unix_s = sqlite3_column_int64 (statement, 7);
  return document;
}

static MdocStoredDocument *
copy_with_new_id (const MdocStoredDocument *document)
{
  MdocStoredDocument *copy = g_new0 (MdocStoredDocument, 1);

  *copy = *document;
  copy->id = mdoc_store_make_id ();
  copy->key_id = g_strdup (document->key_id);
  copy->format = g_strdup (document->format);
  copy->doc_type = g_strdup (document->doc_type);
  copy->label = g_strdup (document->label);
  return copy;
}

static gboolean
insert_document (MdocStore *self,
                 const MdocStoredDocument *document,
                 MdocSpan sealed,
                 GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "INSERT INTO documents (" DOCUMENT_COLUMNS
                            ", encoded) "
                            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, document->id);
  mdoc_store_bind_text (statement, 2, document->key_id);
  mdoc_store_bind_text (statement, 3, document->format);
  mdoc_store_bind_text (statement, 4, document->doc_type);
  mdoc_store_bind_text (statement, 5, document->label);
  mdoc_store_bind_int (statement, 6, document->imported_unix_s);
  mdoc_store_bind_int (statement, 7, document->valid_from_unix_s);
  mdoc_store_bind_int (statement, 8, document->valid_until_unix_s);
  mdoc_store_bind_span (statement, 9, sealed);
  return mdoc_store_run (self, statement, NULL, error);
}

static gboolean
check_room (MdocStore *self, gsize n_bytes, GError **error)
{
  guint n_documents;

  if (n_bytes > MDOC_STORE_MAX_DOCUMENT_BYTES)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The credential is larger than %" G_GSIZE_FORMAT
                              " bytes",
                              MDOC_STORE_MAX_DOCUMENT_BYTES);

  if (!mdoc_store_count (self,
                         "SELECT count(*) FROM documents",
                         &n_documents,
                         error))
    return FALSE;

  if (n_documents >= MDOC_STORE_MAX_DOCUMENTS)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The store has room for %d credentials",
                              MDOC_STORE_MAX_DOCUMENTS);
  return TRUE;
}

/**
 * mdoc_store_add_document:
 * @self: a store
 * @document: what is known of it; its id is not looked at
 * @encoded: the document as the issuer made it, at most
 *   %MDOC_STORE_MAX_DOCUMENT_BYTES
 * @error: return location for a #MdocStoreError: %MDOC_STORE_ERROR_NOT_FOUND if
 *   there is no such key, %MDOC_STORE_ERROR_EXISTS if the key has a document
 *
 * Keeps a document that is bound to one of our keys. A key has one document.
 *
 * Returns: (transfer full): @document with its id, or %NULL with @error set
 */
MdocStoredDocument *
mdoc_store_add_document (MdocStore *self,
                         const MdocStoredDocument *document,
                         MdocSpan encoded,
                         GError **error)
{
  g_autoptr (MdocStoredDocument) added = NULL;
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *row = NULL;
  MdocSealPlace place;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (document != NULL, NULL);

  if (!mdoc_store_check_label (document->label, error)
      || !check_room (self, encoded.len, error))
    return NULL;

  key = mdoc_store_get_key (self, document->key_id, error);
  if (key == NULL)
    return NULL;

  if (key->document_id != NULL)
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_EXISTS,
                         "The device key %s has a credential already: %s",
                         key->id,
                         key->document_id);
      return NULL;
    }

  added = copy_with_new_id (document);
  row = make_row_name (added);
  place = get_place (row);
  sealed = mdoc_sealer_seal (self->sealer, &place, encoded, error);
  if (sealed == NULL
      || !insert_document (self, added, mdoc_span_from_bytes (sealed), error))
    return NULL;

  return g_steal_pointer (&added);
}

/**
 * mdoc_store_list_documents:
 * @self: a store
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocStoredDocument): all documents,
 *   oldest first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_documents (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_document_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT " DOCUMENT_COLUMNS
                            "FROM documents ORDER BY imported_unix_s, id",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  for (;;)
    {
      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&documents);
      g_ptr_array_add (documents, read_document (statement));
    }
}

static gboolean
refuse_unknown (GError **error)
{
  return mdoc_store_refuse (error,
                            MDOC_STORE_ERROR_NOT_FOUND,
                            "There is no such credential");
}

/**
 * mdoc_store_get_document:
 * @self: a store
 * @id: which document
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full): what is known of it, or %NULL with @error set
 */
MdocStoredDocument *
mdoc_store_get_document (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT " DOCUMENT_COLUMNS
                            "FROM documents WHERE id = ?",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, id);
  if (!mdoc_store_step (statement, &has_row, error))
    return NULL;

  if (!has_row)
    {
      refuse_unknown (error);
      return NULL;
    }

  return read_document (statement);
}

/**
 * mdoc_store_load_document:
 * @self: a store
 * @id: which document
 * @error: return location for a #MdocStoreError
 *
 * Opens a document.
 *
 * Returns: (transfer full): the document as the issuer made it, which is wiped
 *   when the last reference goes, or %NULL with @error set
 */
GBytes *
mdoc_store_load_document (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autofree char *row = NULL;
  MdocSecret *encoded;
  MdocSealPlace place;
  gboolean has_row;

  document = mdoc_store_get_document (self, id, error);
  if (document == NULL)
    return NULL;

  statement = mdoc_store_prepare (self,
                                  "SELECT encoded FROM documents WHERE id = ?",
                                  error);
  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, id);
  if (!mdoc_store_step (statement, &has_row, error))
    return NULL;

  row = make_row_name (document);
  place = get_place (row);
  encoded = mdoc_sealer_open (self->sealer,
                              &place,
                              mdoc_store_column_span (statement, 0),
                              error);
  if (encoded == NULL)
    return NULL;

  return g_bytes_new_with_free_func (mdoc_secret_get_data (encoded),
                                     mdoc_secret_get_len (encoded),
                                     (GDestroyNotify) mdoc_secret_free,
                                     encoded);
}

typedef struct
{
  const char *id;
  const char *key_id;
} Removal;

static gboolean
delete_row (MdocStore *self, const char *sql, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);
  guint n_changed;

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  if (!mdoc_store_run (self, statement, &n_changed, error))
    return FALSE;

  return n_changed == 1 ? TRUE : refuse_unknown (error);
}

static gboolean
delete_document (MdocStore *self, gpointer user_data, GError **error)
{
  const Removal *removal = user_data;

  return delete_row (self,
                     "DELETE FROM documents WHERE id = ?",
                     removal->id,
                     error)
         && delete_row (self,
                        "DELETE FROM keys WHERE id = ?",
                        removal->key_id,
                        error);
}

/**
 * mdoc_store_remove_document:
 * @self: a store
 * @id: which document
 * @error: return location for a #MdocStoreError
 *
 * Destroys a document and its key for good, both or none.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_remove_document (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (MdocStoredDocument) document = mdoc_store_get_document (self,
                                                                     id,
                                                                     error);
  Removal removal;

  if (document == NULL)
    return FALSE;

  removal = (Removal){ document->id, document->key_id };
  return mdoc_store_transact (self, delete_document, &removal, error)
         && mdoc_store_flush (self, error);
}
