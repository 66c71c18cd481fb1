/*
 * mdoc-store-removal.c - destroying a document for good, step by step
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-jobs.h"

#include "storage/mdoc-store-documents-private.h"

/* The order is what keeps the promise: first the tombstone, from when on nobody
 * sees the document; then the keys, without which the rest is of no use; then
 * whoever has to know. A start that finds a tombstone goes on where the last
 * one stopped. */

static const char *const stage_names[] = {
  [MDOC_TOMBSTONE_MARKED] = "marked",
  [MDOC_TOMBSTONE_DESTROYED] = "destroyed",
  [MDOC_TOMBSTONE_TOLD] = "told",
};

/**
 * mdoc_tombstone_free:
 * @tombstone: (nullable) (transfer full): what is left of a document
 */
void
mdoc_tombstone_free (MdocTombstone *tombstone)
{
  if (tombstone == NULL)
    return;

  g_free (tombstone->document_id);
  g_free (tombstone->issuer);
  g_free (tombstone->mid_uid);
  g_free (tombstone->doc_type);
  g_free (tombstone);
}

static char *
make_row_name (const MdocTombstone *tombstone)
{
  return g_strdup_printf ("%s/%s/%" G_GINT64_FORMAT,
                          tombstone->document_id,
                          stage_names[tombstone->stage],
                          tombstone->removed_unix_s);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "tombstones",
                          .row = row,
                          .column = "detail",
                          .version = 2 };
}

/* the issuer is said in the row that is sealed: whom we had a document of is
 * nobody's business once it is gone */
gboolean
mdoc_store_write_tombstone (MdocStore *self,
                            const MdocTombstone *tombstone,
                            GError **error)
{
  g_autofree char *row = make_row_name (tombstone);
  MdocSealPlace place = get_place (row);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GVariant) detail = NULL;
  g_autoptr (GBytes) sealed = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "issuer", "s", tombstone->issuer);
  g_variant_dict_insert (&dict, "mid_uid", "s", tombstone->mid_uid);
  g_variant_dict_insert (&dict, "doc_type", "s", tombstone->doc_type);
  detail = g_variant_ref_sink (g_variant_dict_end (&dict));
  sealed = mdoc_store_seal_variant (self, &place, detail, error);
  if (sealed == NULL)
    return FALSE;

  statement = mdoc_store_prepare (self,
                                  "INSERT OR REPLACE INTO tombstones "
                                  "(document_id, removed_unix_s, stage, "
                                  "detail) VALUES (?, ?, ?, ?)",
                                  error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, tombstone->document_id);
  mdoc_store_bind_int (statement, 2, tombstone->removed_unix_s);
  mdoc_store_bind_text (statement, 3, stage_names[tombstone->stage]);
  mdoc_store_bind_span (statement, 4, mdoc_span_from_bytes (sealed));
  return mdoc_store_run (self, statement, NULL, error);
}

static char *
dup_text (GVariant *detail, const char *name)
{
  const char *text = "";

  (void) g_variant_lookup (detail, name, "&s", &text);
  return g_strdup (text);
}

static MdocTombstone *
read_tombstone (MdocStore *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MdocTombstone) tombstone = g_new0 (MdocTombstone, 1);
  g_autoptr (GVariant) detail = NULL;
  g_autofree char *row = NULL;
  MdocSealPlace place;
  guint stage = 0;

  tombstone->document_id = g_strdup (mdoc_store_column_text (statement, 0));
  tombstone->removed_unix_s = sqlite3_column_int64 (statement, 1);
  if (!mdoc_store_find_name (stage_names,
                             G_N_ELEMENTS (stage_names),
                             mdoc_store_column_text (statement, 2),
                             &stage))
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_DAMAGED,
                         "The store is damaged: a row of tombstones is "
                         "malformed");
      return NULL;
    }

  tombstone->stage = (MdocTombstoneStage) stage;
  row = make_row_name (tombstone);
  place = get_place (row);
  detail = mdoc_store_open_variant (self,
                                    &place,
                                    mdoc_store_column_span (statement, 3),
                                    error);
  if (detail == NULL)
    return NULL;

  tombstone->issuer = dup_text (detail, "issuer");
  tombstone->mid_uid = dup_text (detail, "mid_uid");
  tombstone->doc_type = dup_text (detail, "doc_type");
  return g_steal_pointer (&tombstone);
}

/**
 * mdoc_store_list_tombstones:
 * @self: a store
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocTombstone): what was removed,
 *   oldest first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_tombstones (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) tombstones = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_tombstone_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT document_id, removed_unix_s, stage, detail "
                            "FROM tombstones ORDER BY removed_unix_s, "
                            "document_id",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  for (;;)
    {
      MdocTombstone *tombstone;

      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&tombstones);

      tombstone = read_tombstone (self, statement, error);
      if (tombstone == NULL)
        return NULL;
      g_ptr_array_add (tombstones, tombstone);
    }
}

static MdocTombstone *
find_tombstone (MdocStore *self, const char *document_id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT document_id, removed_unix_s, stage, detail "
                            "FROM tombstones WHERE document_id = ?",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, document_id);
  if (!mdoc_store_step (statement, &has_row, error))
    return NULL;

  if (!has_row)
    {
      mdoc_store_refuse_unknown_document (error);
      return NULL;
    }

  return read_tombstone (self, statement, error);
}

typedef struct
{
  MdocTombstone *tombstone;
  MdocStoredJob *job;
} Removal;

static gboolean
forget_oldest (MdocStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "DELETE FROM tombstones WHERE stage = 'told' AND "
                            "document_id NOT IN (SELECT document_id FROM "
                            "tombstones ORDER BY removed_unix_s DESC LIMIT ?)",
                            error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_int (statement, 1, MDOC_STORE_MAX_TOMBSTONES);
  return mdoc_store_run (self, statement, NULL, error);
}

static gboolean
mark (MdocStore *self, gpointer user_data, GError **error)
{
  Removal *removal = user_data;

  return forget_oldest (self, error)
         && mdoc_store_cancel_jobs (self,
                                    removal->tombstone->document_id,
                                    removal->tombstone->removed_unix_s,
                                    error)
         && mdoc_store_write_tombstone (self, removal->tombstone, error)
         && mdoc_store_insert_job (self, removal->job, error);
}

static gboolean
begin_removal (MdocStore *self,
               const char *document_id,
               gboolean is_silent,
               gint64 now_unix_s,
               gint64 *ret_job_id,
               GError **error)
{
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_document (self, document_id, error);
  g_autoptr (MdocTombstone) tombstone = g_new0 (MdocTombstone, 1);
  g_autoptr (MdocStoredJob) job = g_new0 (MdocStoredJob, 1);
  Removal removal = { tombstone, job };

  if (document == NULL)
    return FALSE;

  /* who has to know cannot be learned from a row that somebody changed */
  tombstone->document_id = g_strdup (document->id);
  tombstone->stage = MDOC_TOMBSTONE_MARKED;
  tombstone->removed_unix_s = now_unix_s;
  tombstone->issuer = g_strdup (
      document->is_damaged || is_silent ? "" : document->issuer);
  tombstone->mid_uid = g_strdup (document->is_damaged ? "" : document->mid_uid);
  tombstone->doc_type = g_strdup (document->doc_type);
  job->kind = g_strdup (MDOC_JOB_REMOVE);
  job->document_id = g_strdup (document_id);
  job->issuer = g_strdup ("");
  job->state = MDOC_JOB_QUEUED;
  job->step = g_strdup (MDOC_JOB_REMOVE_DESTROY);
  job->created_unix_s = now_unix_s;
  job->changed_unix_s = now_unix_s;
  job->detail = g_variant_ref_sink (
      g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
  if (!mdoc_store_transact (self, mark, &removal, error))
    return FALSE;

  *ret_job_id = job->id;
  return TRUE;
}

/**
 * mdoc_store_begin_removal:
 * @self: a store
 * @document_id: which document, damaged or not
 * @now_unix_s: the time
 * @ret_job_id: (out): the job that does the rest
 * @error: return location for a #MdocStoreError
 *
 * From now on the document is not there any more, for anybody; whatever it was
 * in the middle of is cancelled. Its keys are destroyed by the job.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_begin_removal (MdocStore *self,
                          const char *document_id,
                          gint64 now_unix_s,
                          gint64 *ret_job_id,
                          GError **error)
{
  return begin_removal (self,
                        document_id,
                        FALSE,
                        now_unix_s,
                        ret_job_id,
                        error);
}

/**
 * mdoc_store_begin_silent_removal:
 * @self: a store
 * @document_id: which document
 * @now_unix_s: the time
 * @ret_job_id: (out): the job that does the rest
 * @error: return location for a #MdocStoreError
 *
 * As mdoc_store_begin_removal(), for one that its issuer is told of in another
 * way: as declined.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_begin_silent_removal (MdocStore *self,
                                 const char *document_id,
                                 gint64 now_unix_s,
                                 gint64 *ret_job_id,
                                 GError **error)
{
  return begin_removal (self, document_id, TRUE, now_unix_s, ret_job_id, error);
}

static GPtrArray *
list_key_ids (MdocStore *self, const char *document_id, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT key_id FROM copies WHERE document_id = ?",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, document_id);
  for (;;)
    {
      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&ids);
      g_ptr_array_add (ids, g_strdup (mdoc_store_column_text (statement, 0)));
    }
}

static gboolean
run_with_id (MdocStore *self, const char *sql, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  return mdoc_store_run (self, statement, NULL, error);
}

typedef struct
{
  MdocTombstone *tombstone;
  GPtrArray *key_ids;
} Destruction;

static gboolean
delete_rows (MdocStore *self, gpointer user_data, GError **error)
{
  const Destruction *what = user_data;
  const char *id = what->tombstone->document_id;

  if (!run_with_id (self,
                    "DELETE FROM contents WHERE copy_id IN "
                    "(SELECT id FROM copies WHERE document_id = ?)",
                    id,
                    error)
      || !run_with_id (self,
                       "DELETE FROM copies WHERE document_id = ?",
                       id,
                       error)
      || !run_with_id (self,
                       "DELETE FROM generations WHERE document_id = ?",
                       id,
                       error)
      || !run_with_id (self, "DELETE FROM enrolments WHERE id = ?", id, error)
      || !run_with_id (self, "DELETE FROM documents WHERE id = ?", id, error))
    return FALSE;

  for (guint i = 0; i < what->key_ids->len; i++)
    {
      if (!run_with_id (self,
                        "DELETE FROM keys WHERE id = ?",
                        g_ptr_array_index (what->key_ids, i),
                        error))
        return FALSE;
    }

  what->tombstone->stage = MDOC_TOMBSTONE_DESTROYED;
  return mdoc_store_write_tombstone (self, what->tombstone, error);
}

/**
 * mdoc_store_destroy_removed:
 * @self: a store
 * @document_id: a document that has a tombstone
 * @error: return location for a #MdocStoreError, or for what keeps the device
 *   that holds a key from destroying it
 *
 * Destroys the keys of a document where they live, and then all rows of it.
 * When this returns neither database nor log holds any of them.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_destroy_removed (MdocStore *self,
                            const char *document_id,
                            GError **error)
{
  g_autoptr (MdocTombstone) tombstone = find_tombstone (self,
                                                        document_id,
                                                        error);
  g_autoptr (GPtrArray) key_ids = NULL;
  Destruction what;

  if (tombstone == NULL)
    return FALSE;

  if (tombstone->stage == MDOC_TOMBSTONE_MARKED)
    {
      key_ids = list_key_ids (self, document_id, error);
      if (key_ids == NULL)
        return FALSE;

      for (guint i = 0; i < key_ids->len; i++)
        {
          if (!mdoc_store_destroy_key_material (self,
                                                g_ptr_array_index (key_ids, i),
                                                error))
            return FALSE;
        }

      what = (Destruction){ tombstone, key_ids };
      if (!mdoc_store_transact (self, delete_rows, &what, error))
        return FALSE;
    }

  return mdoc_store_flush (self, error);
}

static GVariant *
make_notice_detail (const char *mid_uid, gint64 at_unix_s)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "mid_uid", "s", mid_uid);
  g_variant_dict_insert (&dict, "at_unix_s", "x", at_unix_s);
  return g_variant_dict_end (&dict);
}

static gboolean
queue_notice (MdocStore *self,
              const char *kind,
              const char *document_id,
              const char *issuer,
              const char *mid_uid,
              gint64 at_unix_s,
              GError **error)
{
  return issuer[0] == '\0'
         || mdoc_store_add_notice (self,
                                   kind,
                                   document_id,
                                   issuer,
                                   at_unix_s,
                                   make_notice_detail (mid_uid, at_unix_s),
                                   error);
}

static gboolean
tell (MdocStore *self, gpointer user_data, GError **error)
{
  MdocTombstone *tombstone = user_data;

  tombstone->stage = MDOC_TOMBSTONE_TOLD;
  return queue_notice (self,
                       MDOC_NOTICE_REMOVED,
                       tombstone->document_id,
                       tombstone->issuer,
                       tombstone->mid_uid,
                       tombstone->removed_unix_s,
                       error)
         && mdoc_store_write_tombstone (self, tombstone, error);
}

/**
 * mdoc_store_tell_removed:
 * @self: a store
 * @document_id: a document that was destroyed
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError: %MDOC_STORE_ERROR_IN_USE if it
 *   is there still
 *
 * Puts the notice of a removal into the outbox, once, however often it is
 * called.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_tell_removed (MdocStore *self,
                         const char *document_id,
                         gint64 now_unix_s,
                         GError **error)
{
  g_autoptr (MdocTombstone) tombstone = find_tombstone (self,
                                                        document_id,
                                                        error);

  if (tombstone == NULL)
    return FALSE;

  switch (tombstone->stage)
    {
    case MDOC_TOMBSTONE_DESTROYED:
      return mdoc_store_transact (self, tell, tombstone, error);
    case MDOC_TOMBSTONE_TOLD:
      return TRUE;
    case MDOC_TOMBSTONE_MARKED:
    default:
      return mdoc_store_refuse (error,
                                MDOC_STORE_ERROR_IN_USE,
                                "The keys of the credential are there still");
    }
}

typedef struct
{
  MdocStoredDocument *document;
  gint64 now_unix_s;
} Acceptance;

static gboolean
accept_document (MdocStore *self, gpointer user_data, GError **error)
{
  const Acceptance *what = user_data;

  what->document->state = MDOC_DOCUMENT_ACTIVE;
  return mdoc_store_write_document (self, what->document, TRUE, error)
         && queue_notice (self,
                          MDOC_NOTICE_ACCEPTED,
                          what->document->id,
                          what->document->issuer,
                          what->document->mid_uid,
                          what->now_unix_s,
                          error);
}

/**
 * mdoc_store_accept_document:
 * @self: a store
 * @document_id: a document that was received
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError
 *
 * Makes it active, and puts the notice of it into the outbox. Does nothing if
 * it is active already.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_accept_document (MdocStore *self,
                            const char *document_id,
                            gint64 now_unix_s,
                            GError **error)
{
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_sound_document (self, document_id, error);
  Acceptance what = { document, now_unix_s };

  if (document == NULL)
    return FALSE;

  if (document->state == MDOC_DOCUMENT_ACTIVE)
    return TRUE;

  if (document->state != MDOC_DOCUMENT_RECEIVED)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_IN_USE,
                              "The credential waits for nothing to be "
                              "accepted: it is %s",
                              mdoc_document_state_get_name (document->state));

  return mdoc_store_transact (self, accept_document, &what, error);
}
