/*
 * mdoc-store-convert.c - what stood elsewhere in an older store
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-documents-private.h"

/* where version 1 sealed a document */
static MdocSecret *
open_version_1 (MdocStore *self,
                const MdocStoredDocument *document,
                MdocSpan sealed)
{
  g_autofree char *row = g_strjoin ("/", document->id, document->key_id, NULL);
  const MdocSealPlace place = {
    .table = "documents",
    .row = row,
    .column = "encoded",
    .version = 1,
  };

  return mdoc_sealer_open (self->sealer, &place, sealed, NULL);
}

static gboolean
convert_row (MdocStore *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MdocStoredDocument) document = g_new0 (MdocStoredDocument, 1);
  MdocSpan sealed = mdoc_store_column_span (statement, 8);
  g_autoptr (MdocSecret) encoded = NULL;
  MdocStoredGeneration generation = { .n = 1,
                                      .state = MDOC_GENERATION_CURRENT };
  MdocNewCopy copy = { 0 };

  document->id = g_strdup (mdoc_store_column_text (statement, 0));
  document->key_id = g_strdup (mdoc_store_column_text (statement, 1));
  document->format = g_strdup (mdoc_store_column_text (statement, 2));
  document->doc_type = g_strdup (mdoc_store_column_text (statement, 3));
  document->label = g_strdup (mdoc_store_column_text (statement, 4));
  document->issuer = g_strdup ("");
  document->mid_uid = g_strdup ("");
  document->imported_unix_s = sqlite3_column_int64 (statement, 5);
  document->state = MDOC_DOCUMENT_ACTIVE;
  generation.added_unix_s = document->imported_unix_s;
  generation.valid_from_unix_s = sqlite3_column_int64 (statement, 6);
  generation.valid_until_unix_s = sqlite3_column_int64 (statement, 7);

  /* what does not open must not come back to life as nothing, nor keep all the
   * rest from being converted: it stays as it is, and does not open */
  encoded = open_version_1 (self, document, sealed);
  copy.key_id = document->key_id;
  if (encoded != NULL)
    copy.encoded = mdoc_secret_get_span (encoded);

  if (!mdoc_store_write_document (self, document, FALSE, error)
      || !mdoc_store_write_generation (self,
                                       document->id,
                                       &generation,
                                       FALSE,
                                       error)
      || !mdoc_store_insert_copy (self, document->id, 1, &copy, NULL, error))
    return FALSE;

  if (encoded == NULL)
    {
      g_autoptr (sqlite3_stmt) keep
          = mdoc_store_prepare (self,
                                "UPDATE contents SET encoded = ? "
                                "WHERE copy_id = (SELECT id FROM copies "
                                "WHERE document_id = ?)",
                                error);

      if (keep == NULL)
        return FALSE;
      mdoc_store_bind_span (keep, 1, sealed);
      mdoc_store_bind_text (keep, 2, document->id);
      return mdoc_store_run (self, keep, NULL, error);
    }

  return TRUE;
}

/* A document of version 1 becomes one with one generation of one copy. */
gboolean
mdoc_store_convert_documents (MdocStore *self,
                              gpointer user_data,
                              GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT id, key_id, format, doc_type, label, "
                            "imported_unix_s, valid_from_unix_s, "
                            "valid_until_unix_s, encoded FROM documents_1",
                            error);
  gboolean has_row = TRUE;

  if (statement == NULL)
    return FALSE;

  while (has_row)
    {
      if (!mdoc_store_step (statement, &has_row, error)
          || (has_row && !convert_row (self, statement, error)))
        return FALSE;
    }

  g_clear_pointer (&statement, sqlite3_finalize);
  return mdoc_store_exec (self, "DROP TABLE documents_1", error);
}
