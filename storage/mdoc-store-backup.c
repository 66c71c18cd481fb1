/*
 * mdoc-store-backup.c - a store as a file, and back
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-care.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "storage/mdoc-store-documents-private.h"

#define COPY_BYTES ((gsize) 64 * 1024)

/* A backup is a database as it lies there: sealed, and of no use without the
 * master key, which is not in it. */

static gboolean
write_all (int fd, const guint8 *data, gsize len, GError **error)
{
  while (len > 0)
    {
      gssize n = write (fd, data, len);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return mdoc_store_refuse_errno (error, errno, "the backup");
      data += n;
      len -= (gsize) n;
    }

  return TRUE;
}

static gboolean
copy_all (int from_fd, int to_fd, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (COPY_BYTES);
  goffset total = 0;

  for (;;)
    {
      gssize n = read (from_fd, buffer, COPY_BYTES);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return mdoc_store_refuse_errno (error, errno, "the backup");
      if (n == 0)
        return TRUE;

      total += n;
      if (total > MDOC_STORE_MAX_BACKUP_BYTES)
        return mdoc_store_refuse (error,
                                  MDOC_STORE_ERROR_LIMIT,
                                  "The backup is larger than a store can be");
      if (!write_all (to_fd, buffer, (gsize) n, error))
        return FALSE;
    }
}

/* a file of ours alone, empty */
static int
make_file (const char *path, GError **error)
{
  int fd = open (path,
                 O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                 0600);

  if (fd < 0)
    mdoc_store_refuse_errno (error, errno, path);
  return fd;
}

static gboolean
write_backup (MdocStore *self, const char *path, int to_fd, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  int fd = make_file (path, error);
  gboolean is_done;

  if (fd < 0)
    return FALSE;

  statement = mdoc_store_prepare (self, "VACUUM INTO ?", error);
  if (statement != NULL)
    mdoc_store_bind_text (statement, 1, path);
  is_done = statement != NULL && mdoc_store_run (self, statement, NULL, error)
            && copy_all (fd, to_fd, error);
  close (fd);
  /* what is no file cannot be synced, and need not */
  if (is_done && fsync (to_fd) != 0 && errno != EINVAL && errno != EROFS)
    return mdoc_store_refuse_errno (error, errno, "the backup");
  return is_done;
}

/**
 * mdoc_store_back_up:
 * @self: a store
 * @to_fd: where it is written to
 * @error: return location for a #MdocStoreError
 *
 * Writes the store as it is now, sealed as it is. It needs as much room again
 * in the state folder meanwhile.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_back_up (MdocStore *self, int to_fd, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_dir,
                                            MDOC_STORE_FILE_BACKUP,
                                            NULL);
  gboolean is_done = write_backup (self, path, to_fd, error);

  (void) unlink (path);
  return is_done;
}

/* --- restoring --- */

static MdocTombstone *
find_tombstone (GPtrArray *tombstones, const char *document_id)
{
  for (guint i = 0; i < tombstones->len; i++)
    {
      MdocTombstone *tombstone = g_ptr_array_index (tombstones, i);

      if (strcmp (tombstone->document_id, document_id) == 0)
        return tombstone;
    }

  return NULL;
}

/* What was removed since the backup was made is removed from it, too. */
static gboolean
carry_tombstones (MdocStore *self,
                  MdocStore *restored,
                  gint64 now_unix_s,
                  GError **error)
{
  g_autoptr (GPtrArray) ours = mdoc_store_list_tombstones (self, error);
  g_autoptr (GPtrArray) theirs = NULL;

  if (ours == NULL)
    return FALSE;
  theirs = mdoc_store_list_tombstones (restored, error);
  if (theirs == NULL)
    return FALSE;

  for (guint i = 0; i < ours->len; i++)
    {
      MdocTombstone *tombstone = g_ptr_array_index (ours, i);
      g_autoptr (MdocStoredDocument) document = NULL;
      gint64 job_id;

      if (find_tombstone (theirs, tombstone->document_id) != NULL)
        continue;

      document = mdoc_store_get_document (restored,
                                          tombstone->document_id,
                                          NULL);
      if (document != NULL
              ? !mdoc_store_begin_removal (restored,
                                           document->id,
                                           now_unix_s,
                                           &job_id,
                                           error)
              : !mdoc_store_write_tombstone (restored, tombstone, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
find_uses (MdocStore *self, const char *copy_id, guint *ret_uses)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self, "SELECT uses FROM copies WHERE id = ?", NULL);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, copy_id);
  if (!mdoc_store_step (statement, &has_row, NULL) || !has_row)
    return FALSE;

  *ret_uses = mdoc_store_column_uint (statement, 0);
  return TRUE;
}

static gboolean
carry_uses_of (MdocStore *self,
               MdocStore *restored,
               const MdocStoredDocument *document,
               GError **error)
{
  g_autoptr (GPtrArray) generations = mdoc_store_list_generations (restored,
                                                                   document->id,
                                                                   NULL);

  for (guint i = 0; generations != NULL && i < generations->len; i++)
    {
      const MdocStoredGeneration *generation = g_ptr_array_index (generations,
                                                                  i);

      for (guint j = 0; j < generation->copies->len; j++)
        {
          MdocStoredCopy *copy = g_ptr_array_index (generation->copies, j);
          guint uses = document->max_uses;

          (void) find_uses (self, copy->id, &uses);
          if (uses <= copy->uses || uses > G_MAXINT)
            continue;

          copy->uses = uses;
          if (!mdoc_store_rewrite_copy (restored,
                                        document->id,
                                        generation->n,
                                        copy,
                                        NULL,
                                        error))
            return FALSE;
        }
    }

  return TRUE;
}

/* Nobody knows how often a copy was shown since; one that we do not know of
 * counts as used up. */
static gboolean
carry_uses (MdocStore *self, MdocStore *restored, GError **error)
{
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (restored, error);

  for (guint i = 0; documents != NULL && i < documents->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);

      if (!document->is_damaged
          && !carry_uses_of (self, restored, document, error))
        return FALSE;
    }

  return documents != NULL;
}

/* a credential that the backup has not would be lost */
static gboolean
check_nothing_lost (MdocStore *self, MdocStore *restored, GError **error)
{
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (self, error);
  guint n_lost = 0;

  for (guint i = 0; documents != NULL && i < documents->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);
      g_autoptr (MdocStoredDocument) found
          = mdoc_store_get_document (restored, document->id, NULL);

      if (found == NULL)
        n_lost++;
    }

  if (n_lost > 0)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_IN_USE,
                              "The store has %u credentials that the backup "
                              "has not",
                              n_lost);
  return documents != NULL;
}

static gboolean
fetch (const char *path, int from_fd, GError **error)
{
  int fd = make_file (path, error);
  gboolean is_done;

  if (fd < 0)
    return FALSE;

  is_done = copy_all (from_fd, fd, error);
  if (is_done && fsync (fd) != 0)
    is_done = mdoc_store_refuse_errno (error, errno, path);
  close (fd);
  return is_done;
}

/* Opens what was fetched as a store, and brings it up to date. */
static MdocStore *
prepare (MdocStore *self,
         MdocMasterKey *master_key,
         gboolean may_forget,
         gint64 now_unix_s,
         GError **error)
{
  g_autoptr (MdocStore) restored = NULL;
  gint64 floor_unix_s;

  restored = mdoc_store_open_file (self->state_dir,
                                   MDOC_STORE_FILE_RESTORE,
                                   master_key,
                                   error);
  if (restored == NULL
      || (!may_forget && !check_nothing_lost (self, restored, error))
      || !carry_tombstones (self, restored, now_unix_s, error)
      || !carry_uses (self, restored, error)
      || !mdoc_store_carry_policies (self, restored, error)
      || !mdoc_store_get_time_floor (self, &floor_unix_s, error)
      || !mdoc_store_raise_time_floor (restored, floor_unix_s, error)
      || !mdoc_store_flush (restored, error))
    return NULL;

  return g_steal_pointer (&restored);
}

static void
unlink_restored (const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);

  (void) unlink (path);
  (void) unlink (log);
}

/**
 * mdoc_store_restore:
 * @self: a store
 * @from_fd: where a backup is read from
 * @master_key: where the key of the store comes from, which has to be the
 *   backup's as well
 * @may_forget: whether it may have credentials that the backup has not
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError; the store is as it was then.
 *   %MDOC_STORE_ERROR_IN_USE if something would be forgotten
 *
 * Puts what was backed up in the place of what is there. What was removed since
 * does not come back, and copies of which nobody knows how often they were
 * shown since count as used up. Standing policies stay those of the store as it
 * is: a backup does not know what was allowed since, or is not any more, nor
 * how often. History and jobs are those of the backup.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_restore (MdocStore *self,
                    int from_fd,
                    MdocMasterKey *master_key,
                    gboolean may_forget,
                    gint64 now_unix_s,
                    GError **error)
{
  g_autofree char *path = g_build_filename (self->state_dir,
                                            MDOC_STORE_FILE_RESTORE,
                                            NULL);
  MdocStore *restored = NULL;

  unlink_restored (path);
  if (fetch (path, from_fd, error))
    restored = prepare (self, master_key, may_forget, now_unix_s, error);
  if (restored == NULL)
    {
      unlink_restored (path);
      return FALSE;
    }

  mdoc_store_free (restored);
  return mdoc_store_replace (self, path, master_key, error);
}
