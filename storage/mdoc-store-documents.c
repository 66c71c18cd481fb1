/*
 * mdoc-store-documents.c - credentials, as far as they need not be opened
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store.h"

#include <string.h>

#include "storage/mdoc-store-documents-private.h"

/* what is being removed is not there any more */
#define DOCUMENT_QUERY                                                         \
  "SELECT documents.id, format, doc_type, label, issuer, mid_uid, "            \
  "imported_unix_s, documents.state, when_spent, max_uses, documents.guard, "  \
  "n, generations.state, added_unix_s, valid_from_unix_s, "                    \
  "valid_until_unix_s, generations.guard, "                                    \
  "(SELECT key_id FROM copies WHERE document_id = documents.id "               \
  " AND generation = n ORDER BY rowid LIMIT 1) "                               \
  "FROM documents LEFT JOIN generations "                                      \
  "ON generations.document_id = documents.id "                                 \
  "AND generations.state = 'current' "                                         \
  "WHERE documents.id NOT IN (SELECT document_id FROM tombstones) "

static const char *const state_names[] = {
  [MDOC_DOCUMENT_RECEIVED] = "received",
  [MDOC_DOCUMENT_ACTIVE] = "active",
  [MDOC_DOCUMENT_SUSPENDED] = "suspended",
  [MDOC_DOCUMENT_REVOKED] = "revoked",
};

static const char *const when_spent_names[] = {
  [MDOC_WHEN_SPENT_REFUSE] = "refuse",
  [MDOC_WHEN_SPENT_REUSE] = "reuse",
  [MDOC_WHEN_SPENT_ASK] = "ask",
};

/**
 * mdoc_store_find_name:
 * @names: some names
 * @n_names: how many
 * @name: one of them
 * @ret_at: (out): its index
 *
 * Returns: %TRUE if @name is there
 */
gboolean
mdoc_store_find_name (const char *const *names,
                      guint n_names,
                      const char *name,
                      guint *ret_at)
{
  for (guint i = 0; i < n_names; i++)
    {
      if (g_strcmp0 (name, names[i]) == 0)
        {
          *ret_at = i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * mdoc_document_state_get_name:
 * @state: what was made of a document
 *
 * Returns: (transfer none): such as "active"
 */
const char *
mdoc_document_state_get_name (MdocDocumentState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

/**
 * mdoc_document_state_from_name:
 * @name: such as "active"
 * @ret_state: (out): what it means
 *
 * Returns: %TRUE if there is such a state
 */
gboolean
mdoc_document_state_from_name (const char *name, MdocDocumentState *ret_state)
{
  guint at;

  if (!mdoc_store_find_name (state_names,
                             G_N_ELEMENTS (state_names),
                             name,
                             &at))
    return FALSE;

  *ret_state = (MdocDocumentState) at;
  return TRUE;
}

/**
 * mdoc_when_spent_get_name:
 * @when_spent: what to do when copies are used up
 *
 * Returns: (transfer none): "refuse", "reuse" or "ask"
 */
const char *
mdoc_when_spent_get_name (MdocWhenSpent when_spent)
{
  g_return_val_if_fail ((guint) when_spent < G_N_ELEMENTS (when_spent_names),
                        NULL);

  return when_spent_names[when_spent];
}

/**
 * mdoc_when_spent_from_name:
 * @name: "refuse", "reuse" or "ask"
 * @ret_when_spent: (out): what it means
 *
 * Returns: %TRUE if @name is one of these
 */
gboolean
mdoc_when_spent_from_name (const char *name, MdocWhenSpent *ret_when_spent)
{
  guint at;

  if (!mdoc_store_find_name (when_spent_names,
                             G_N_ELEMENTS (when_spent_names),
                             name,
                             &at))
    return FALSE;

  *ret_when_spent = (MdocWhenSpent) at;
  return TRUE;
}

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
  g_free (document->format);
  g_free (document->doc_type);
  g_free (document->label);
  g_free (document->issuer);
  g_free (document->mid_uid);
  g_free (document->key_id);
  g_free (document);
}

/* Everything that stands in the row; texts that may hold anything come with
 * their length, so that no two rows have one name. */
static char *
make_row_name (const MdocStoredDocument *document)
{
  return g_strdup_printf ("%s/%s/%s/%u/%" G_GINT64_FORMAT
                          "/%zu:%s/%zu:%s/%zu:%s/%zu:%s/%zu:%s",
                          document->id,
                          state_names[document->state],
                          when_spent_names[document->when_spent],
                          document->max_uses,
                          document->imported_unix_s,
                          strlen (document->format),
                          document->format,
                          strlen (document->doc_type),
                          document->doc_type,
                          strlen (document->label),
                          document->label,
                          strlen (document->issuer),
                          document->issuer,
                          strlen (document->mid_uid),
                          document->mid_uid);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "documents",
                          .row = row,
                          .column = "guard",
                          .version = 2 };
}

static gboolean
is_guarded (MdocStore *self, const MdocStoredDocument *document, MdocSpan guard)
{
  g_autofree char *row = make_row_name (document);
  MdocSealPlace place = get_place (row);

  return mdoc_sealer_check_guard (self->sealer, &place, guard, NULL);
}

/* the columns of the current generation, if there is one */
static void
read_current (MdocStore *self,
              sqlite3_stmt *statement,
              MdocStoredDocument *document)
{
  MdocStoredGeneration generation = { 0 };

  document->key_id = g_strdup (mdoc_store_column_text (statement, 17));
  if (sqlite3_column_type (statement, 11) == SQLITE_NULL)
    return;

  if (!mdoc_store_read_generation (self,
                                   statement,
                                   11,
                                   document->id,
                                   &generation,
                                   NULL))
    document->is_damaged = TRUE;
  document->generation = generation.n;
  document->valid_from_unix_s = generation.valid_from_unix_s;
  document->valid_until_unix_s = generation.valid_until_unix_s;
}

static MdocStoredDocument *
read_document (MdocStore *self, sqlite3_stmt *statement)
{
  MdocStoredDocument *document = g_new0 (MdocStoredDocument, 1);

  document->id = g_strdup (mdoc_store_column_text (statement, 0));
  document->format = g_strdup (mdoc_store_column_text (statement, 1));
  document->doc_type = g_strdup (mdoc_store_column_text (statement, 2));
  document->label = g_strdup (mdoc_store_column_text (statement, 3));
  document->issuer = g_strdup (mdoc_store_column_text (statement, 4));
  document->mid_uid = g_strdup (mdoc_store_column_text (statement, 5));
  document->imported_unix_s = sqlite3_column_int64 (statement, 6);
  document->max_uses = mdoc_store_column_uint (statement, 9);
  document->is_damaged
      = !mdoc_document_state_from_name (mdoc_store_column_text (statement, 7),
                                        &document->state)
        || !mdoc_when_spent_from_name (mdoc_store_column_text (statement, 8),
                                       &document->when_spent)
        || !is_guarded (self, document, mdoc_store_column_span (statement, 10));
  read_current (self, statement, document);
  return document;
}

static void
bind_document (sqlite3_stmt *statement, const MdocStoredDocument *document)
{
  mdoc_store_bind_text (statement, 1, document->id);
  mdoc_store_bind_text (statement, 2, document->format);
  mdoc_store_bind_text (statement, 3, document->doc_type);
  mdoc_store_bind_text (statement, 4, document->label);
  mdoc_store_bind_text (statement, 5, document->issuer);
  mdoc_store_bind_text (statement, 6, document->mid_uid);
  mdoc_store_bind_int (statement, 7, document->imported_unix_s);
  mdoc_store_bind_text (statement, 8, state_names[document->state]);
  mdoc_store_bind_text (statement, 9, when_spent_names[document->when_spent]);
  mdoc_store_bind_int (statement, 10, document->max_uses);
}

/* Writes the row, which is there already if @exists. */
gboolean
mdoc_store_write_document (MdocStore *self,
                           const MdocStoredDocument *document,
                           gboolean exists,
                           GError **error)
{
  static const char *const insert
      = "INSERT INTO documents (id, format, doc_type, label, issuer, mid_uid, "
        "imported_unix_s, state, when_spent, max_uses, guard) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
  static const char *const update
      = "UPDATE documents SET format = ?2, doc_type = ?3, label = ?4, "
        "issuer = ?5, mid_uid = ?6, imported_unix_s = ?7, state = ?8, "
        "when_spent = ?9, max_uses = ?10, guard = ?11 WHERE id = ?1";
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self,
                                                           exists ? update
                                                                  : insert,
                                                           error);
  g_autofree char *row = make_row_name (document);
  MdocSealPlace place = get_place (row);
  g_autoptr (GBytes) guard = NULL;

  if (statement == NULL)
    return FALSE;

  guard = mdoc_sealer_guard (self->sealer, &place, error);
  if (guard == NULL)
    return FALSE;

  bind_document (statement, document);
  mdoc_store_bind_span (statement, 11, mdoc_span_from_bytes (guard));
  return mdoc_store_run (self, statement, NULL, error);
}

static gboolean
check_document (MdocStore *self,
                const MdocStoredDocument *document,
                GError **error)
{
  if (document->max_uses > G_MAXINT
      || strlen (document->doc_type) > MDOC_STORE_MAX_TEXT_LEN
      || (document->issuer != NULL
          && strlen (document->issuer) > MDOC_STORE_MAX_TEXT_LEN)
      || (document->mid_uid != NULL
          && strlen (document->mid_uid) > MDOC_STORE_MAX_TEXT_LEN))
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "A name of the issuer is longer than %d bytes",
                              MDOC_STORE_MAX_TEXT_LEN);

  return mdoc_store_check_label (document->label, error);
}

static gboolean
check_room (MdocStore *self, GError **error)
{
  guint n_documents;

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

static MdocStoredDocument *
copy_with_new_id (const MdocStoredDocument *document)
{
  MdocStoredDocument *copy = g_new0 (MdocStoredDocument, 1);

  *copy = *document;
  copy->id = mdoc_store_make_id ();
  copy->format = g_strdup (document->format);
  copy->doc_type = g_strdup (document->doc_type);
  copy->label = g_strdup (document->label);
  copy->issuer = g_strdup (document->issuer != NULL ? document->issuer : "");
  copy->mid_uid = g_strdup (document->mid_uid != NULL ? document->mid_uid : "");
  copy->key_id = g_strdup (document->key_id);
  copy->generation = 1;
  copy->is_damaged = FALSE;
  return copy;
}

typedef struct
{
  const MdocStoredDocument *document;
  MdocNewCopy copy;
} NewDocument;

static gboolean
insert_all (MdocStore *self, gpointer user_data, GError **error)
{
  const NewDocument *new_document = user_data;
  const MdocStoredDocument *document = new_document->document;
  const MdocStoredGeneration generation = {
    .n = 1,
    .state = MDOC_GENERATION_CURRENT,
    .added_unix_s = document->imported_unix_s,
    .valid_from_unix_s = document->valid_from_unix_s,
    .valid_until_unix_s = document->valid_until_unix_s,
  };

  return mdoc_store_write_document (self, document, FALSE, error)
         && mdoc_store_write_generation (self,
                                         document->id,
                                         &generation,
                                         FALSE,
                                         error)
         && mdoc_store_insert_copy (self,
                                    document->id,
                                    1,
                                    &new_document->copy,
                                    NULL,
                                    error);
}

/**
 * mdoc_store_add_document:
 * @self: a store
 * @document: what is known of it, with the key of its first copy; its id is not
 *   looked at
 * @encoded: the copy as the issuer made it, at most
 *   %MDOC_STORE_MAX_DOCUMENT_BYTES
 * @error: return location for a #MdocStoreError: %MDOC_STORE_ERROR_NOT_FOUND if
 *   there is no such key, %MDOC_STORE_ERROR_EXISTS if the key has a document
 *
 * Keeps a document with one generation of one copy, all or nothing. More copies
 * come with mdoc_store_add_copy(), more generations with
 * mdoc_store_add_generation().
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
  NewDocument new_document;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (document != NULL, NULL);

  if (!check_document (self, document, error) || !check_room (self, error))
    return NULL;

  added = copy_with_new_id (document);
  new_document = (NewDocument){ added, { added->key_id, encoded } };
  if (!mdoc_store_check_new_copy (self, &new_document.copy, error)
      || !mdoc_store_transact (self, insert_all, &new_document, error))
    return NULL;

  return g_steal_pointer (&added);
}

/* @doc_type: (nullable): of this type alone */
static gboolean
append_documents (MdocStore *self,
                  const char *doc_type,
                  GPtrArray *documents,
                  GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            doc_type != NULL ? DOCUMENT_QUERY
                                "AND doc_type = ? "
                                "ORDER BY imported_unix_s, documents.id"
                                             : DOCUMENT_QUERY
                                "ORDER BY imported_unix_s, documents.id",
                            error);
  gboolean has_row = TRUE;

  if (statement == NULL)
    return FALSE;

  if (doc_type != NULL)
    mdoc_store_bind_text (statement, 1, doc_type);
  while (has_row)
    {
      if (!mdoc_store_step (statement, &has_row, error))
        return FALSE;
      if (has_row)
        g_ptr_array_add (documents, read_document (self, statement));
    }

  return TRUE;
}

static GPtrArray *
list_types (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT DISTINCT doc_type FROM documents "
                            "ORDER BY doc_type",
                            error);
  gboolean has_row = TRUE;

  if (statement == NULL)
    return NULL;

  while (has_row)
    {
      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (has_row)
        g_ptr_array_add (types,
                         g_strdup (mdoc_store_column_text (statement, 0)));
    }

  return g_steal_pointer (&types);
}

/**
 * mdoc_store_find_documents:
 * @self: a store
 * @is_wanted: says of a document type whether it is wanted
 * @user_data: passed to @is_wanted
 * @error: return location for a #MdocStoreError
 *
 * As mdoc_store_list_documents(), but takes time for those alone that are
 * wanted.
 *
 * Returns: (transfer full) (element-type MdocStoredDocument): the documents of
 *   these types, type by type, oldest first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_find_documents (MdocStore *self,
                           MdocDocTypeFunc is_wanted,
                           gpointer user_data,
                           GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_document_free);
  g_autoptr (GPtrArray) types = list_types (self, error);

  for (guint i = 0; types != NULL && i < types->len; i++)
    {
      const char *doc_type = g_ptr_array_index (types, i);

      if (is_wanted (doc_type, user_data)
          && !append_documents (self, doc_type, documents, error))
        return NULL;
    }

  return types != NULL ? g_steal_pointer (&documents) : NULL;
}

/**
 * mdoc_store_list_documents:
 * @self: a store
 * @error: return location for a #MdocStoreError
 *
 * What is being removed is not listed.
 *
 * Returns: (transfer full) (element-type MdocStoredDocument): all documents,
 *   oldest first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_documents (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_document_free);

  return append_documents (self, NULL, documents, error)
             ? g_steal_pointer (&documents)
             : NULL;
}

gboolean
mdoc_store_refuse_unknown_document (GError **error)
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
      = mdoc_store_prepare (self, DOCUMENT_QUERY "AND documents.id = ?", error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, id);
  if (!mdoc_store_step (statement, &has_row, error))
    return NULL;

  if (!has_row)
    {
      mdoc_store_refuse_unknown_document (error);
      return NULL;
    }

  return read_document (self, statement);
}

/* one that may be relied on */
MdocStoredDocument *
mdoc_store_get_sound_document (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (MdocStoredDocument) document = mdoc_store_get_document (self,
                                                                     id,
                                                                     error);

  if (document == NULL || !document->is_damaged)
    return g_steal_pointer (&document);

  mdoc_store_refuse (error,
                     MDOC_STORE_ERROR_DAMAGED,
                     "The store is damaged: a row of documents was changed");
  return NULL;
}

/**
 * mdoc_store_change_document:
 * @self: a store
 * @document: the document as it shall be, of which label, state, when_spent and
 *   max_uses may be others than before
 * @error: return location for a #MdocStoreError; a revoked document remains one
 *   (%MDOC_STORE_ERROR_IN_USE)
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_change_document (MdocStore *self,
                            const MdocStoredDocument *document,
                            GError **error)
{
  g_autoptr (MdocStoredDocument) before = NULL;
  MdocStoredDocument after;

  if (!check_document (self, document, error))
    return FALSE;

  before = mdoc_store_get_sound_document (self, document->id, error);
  if (before == NULL)
    return FALSE;

  if (before->state == MDOC_DOCUMENT_REVOKED
      && document->state != MDOC_DOCUMENT_REVOKED)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_IN_USE,
                              "What is revoked remains revoked");

  after = *before;
  after.label = document->label;
  after.state = document->state;
  after.when_spent = document->when_spent;
  after.max_uses = document->max_uses;
  return mdoc_store_write_document (self, &after, TRUE, error);
}
