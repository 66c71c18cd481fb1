/*
 * mdoc-store-rekey.c - the same store under another master key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-care.h"

#include "storage/mdoc-store-documents-private.h"

/* Every value is opened with the old key and sealed with the new one where it
 * stands; a value that does not open stays as it is, and does not open under
 * the new key either. A test sees to it that no table is forgotten here. */

typedef struct
{
  MdocSealer *from;
  MdocSealer *to;
} Sealers;

static void
read_old (MdocStore *self, const Sealers *sealers)
{
  self->sealer = sealers->from;
}

static void
write_new (MdocStore *self, const Sealers *sealers)
{
  self->sealer = sealers->to;
}

static gboolean
reseal_copies (MdocStore *self,
               const Sealers *sealers,
               const char *document_id,
               const MdocStoredGeneration *generation,
               GError **error)
{
  for (guint i = 0; i < generation->copies->len; i++)
    {
      const MdocStoredCopy *copy = g_ptr_array_index (generation->copies, i);
      g_autoptr (GBytes) encoded = NULL;

      read_old (self, sealers);
      encoded = mdoc_store_load_copy (self, copy->id, NULL);
      write_new (self, sealers);
      if (!mdoc_store_rewrite_copy (self,
                                    document_id,
                                    generation->n,
                                    copy,
                                    encoded,
                                    error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
reseal_documents (MdocStore *self, const Sealers *sealers, GError **error)
{
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (self, error);

  for (guint i = 0; documents != NULL && i < documents->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);
      g_autoptr (GPtrArray) generations = NULL;

      if (document->is_damaged)
        continue;

      read_old (self, sealers);
      generations = mdoc_store_list_generations (self, document->id, NULL);
      write_new (self, sealers);
      if (!mdoc_store_write_document (self, document, TRUE, error))
        return FALSE;

      for (guint j = 0; generations != NULL && j < generations->len; j++)
        {
          const MdocStoredGeneration *generation
              = g_ptr_array_index (generations, j);

          if (!mdoc_store_write_generation (self,
                                            document->id,
                                            generation,
                                            TRUE,
                                            error)
              || !reseal_copies (self,
                                 sealers,
                                 document->id,
                                 generation,
                                 error))
            return FALSE;
        }
    }

  return documents != NULL;
}

static gboolean
reseal_jobs (MdocStore *self, const Sealers *sealers, GError **error)
{
  g_autoptr (GPtrArray) jobs = mdoc_store_list_jobs (self, TRUE, error);

  write_new (self, sealers);
  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      if (!mdoc_store_write_job (self, g_ptr_array_index (jobs, i), error))
        return FALSE;
    }

  return jobs != NULL;
}

static gboolean
reseal_tombstones (MdocStore *self, const Sealers *sealers, GError **error)
{
  g_autoptr (GPtrArray) tombstones = mdoc_store_list_tombstones (self, error);

  write_new (self, sealers);
  for (guint i = 0; tombstones != NULL && i < tombstones->len; i++)
    {
      if (!mdoc_store_write_tombstone (self,
                                       g_ptr_array_index (tombstones, i),
                                       error))
        return FALSE;
    }

  return tombstones != NULL;
}

static gboolean
reseal_meta (MdocStore *self, const Sealers *sealers, GError **error)
{
  gint64 floor_unix_s;

  if (!mdoc_store_get_time_floor (self, &floor_unix_s, error))
    return FALSE;

  write_new (self, sealers);
  return mdoc_store_write_time_floor (self, floor_unix_s, error);
}

/* a table whose sealed values stand alone in a column */
static gboolean
reseal_column (MdocStore *self,
               const Sealers *sealers,
               const MdocSealedColumn *column,
               GError **error)
{
  g_autoptr (sqlite3_stmt) select = mdoc_store_prepare (self,
                                                        column->select,
                                                        error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;

  for (;;)
    {
      g_autofree char *row = NULL;
      g_autoptr (MdocSecret) value = NULL;
      g_autoptr (GBytes) sealed = NULL;
      g_autoptr (sqlite3_stmt) update = NULL;
      MdocSealPlace place = column->place;

      if (!mdoc_store_step (select, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;

      /* what names the row for the seal, the value, what names it for SQL */
      row = g_strdup (mdoc_store_column_text (select, 0));
      place.row = row;
      value = mdoc_sealer_open (sealers->from,
                                &place,
                                mdoc_store_column_span (select, 1),
                                NULL);
      if (value == NULL)
        continue;

      sealed = mdoc_sealer_seal (sealers->to,
                                 &place,
                                 mdoc_secret_get_span (value),
                                 error);
      if (sealed == NULL)
        return FALSE;

      update = mdoc_store_prepare (self, column->update, error);
      if (update == NULL)
        return FALSE;
      mdoc_store_bind_span (update, 1, mdoc_span_from_bytes (sealed));
      mdoc_store_bind_text (update, 2, mdoc_store_column_text (select, 2));
      if (!mdoc_store_run (self, update, NULL, error))
        return FALSE;
    }
}

#define RECORDS(table)                                                         \
  {                                                                            \
    { table, NULL, "detail", 4 },                                              \
        "SELECT state || '/' || created_unix_s || '/' || changed_unix_s || "   \
        "'/' || next_unix_s || '/' || id || char (10) || link || char (10) "   \
        "|| issuer, detail, id FROM " table,                                   \
        "UPDATE " table " SET detail = ? WHERE id = ?"                         \
  }

/* The row names are those of the functions that write these columns. */
static const MdocSealedColumn columns[] = {
  { { "keys", NULL, "private_key", 1 },
    "SELECT id || '/' || kind || '/' || auth, private_key, id FROM keys",
    "UPDATE keys SET private_key = ? WHERE id = ?" },
  { { "anchors", NULL, "certificate", 1 },
    "SELECT purpose || '/' || id, certificate, purpose || '/' || id "
    "FROM anchors",
    "UPDATE anchors SET certificate = ? WHERE purpose || '/' || id = ?" },
  { { "history", NULL, "detail", 1 },
    "SELECT id || '/' || at_unix_s, detail, id FROM history",
    "UPDATE history SET detail = ? WHERE id = CAST (? AS INTEGER)" },
  { { "policies", NULL, "detail", 1 },
    "SELECT origin || '/' || id || '/' || added_unix_s || '/' || uses, detail, "
    "origin || '/' || id FROM policies",
    "UPDATE policies SET detail = ? WHERE origin || '/' || id = ?" },
  { { "outbox", NULL, "detail", 2 },
    "SELECT id || '/' || kind || '/' || subject || '/' || created_unix_s || "
    "'/' || issuer, detail, id FROM outbox",
    "UPDATE outbox SET detail = ? WHERE id = CAST (? AS INTEGER)" },
  { { "keys_in_making", NULL, "handle", 4 },
    "SELECT id || '/' || kind, handle, id FROM keys_in_making",
    "UPDATE keys_in_making SET handle = ? WHERE id = ?" },
  RECORDS ("issuers"),
  RECORDS ("exchanges"),
  RECORDS ("enrolments"),
  RECORDS ("messages"),
};

typedef struct
{
  Sealers sealers;
  MdocSecret *master;
  GBytes *name;
} Rekeying;

static gboolean
reseal_all (MdocStore *self, gpointer user_data, GError **error)
{
  static gboolean (*const tables[]) (MdocStore * self,
                                     const Sealers *sealers,
                                     GError **error)
      = { reseal_documents, reseal_jobs, reseal_tombstones, reseal_meta };
  const Rekeying *what = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      read_old (self, &what->sealers);
      if (!tables[i](self, &what->sealers, error))
        return FALSE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      if (!reseal_column (self, &what->sealers, &columns[i], error))
        return FALSE;
    }

  write_new (self, &what->sealers);
  return mdoc_store_write_identity (self,
                                    mdoc_span_from_bytes (what->name),
                                    error);
}

/**
 * mdoc_store_rekey:
 * @self: a store
 * @new_master_key: where its key shall come from; one is made if there is none
 * @error: return location for a #MdocStoreError
 *
 * Seals everything anew, all of it or nothing: up to the moment when this is
 * done the old key opens the store, and from then on the new one alone. Of what
 * was sealed with the old one nothing is left in database and log.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_rekey (MdocStore *self,
                  MdocMasterKey *new_master_key,
                  GError **error)
{
  g_autoptr (MdocSecret) master = mdoc_master_key_create (new_master_key,
                                                          error);
  g_autoptr (GBytes) name = NULL;
  Rekeying what = { .sealers = { .from = self->sealer } };
  gboolean is_done;

  if (master == NULL)
    return FALSE;

  name = mdoc_store_make_name ();
  what.name = name;
  what.sealers.to = mdoc_sealer_new (mdoc_secret_get_span (master),
                                     mdoc_span_from_bytes (name));
  is_done = mdoc_store_transact (self, reseal_all, &what, error);
  self->sealer = is_done ? what.sealers.to : what.sealers.from;
  mdoc_sealer_free (is_done ? what.sealers.from : what.sealers.to);
  return is_done && mdoc_store_exec (self, "VACUUM", error)
         && mdoc_store_flush (self, error);
}
