/*
 * mdoc-register.c - opening the register, and changes that share a commit
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "issuer/mdoc-register-private.h"

/* changes in one commit: enough to share the disk's time, few enough that the
 * first does not wait long */
#define MAX_GROUP   64
#define FOR_KEY     "key"
#define SECRET_LEN  32
#define MAX_TICKETS 50000
#define MAX_DEPTH   8

G_DEFINE_QUARK (mdoc_register_error_quark, mdoc_register_error)

/* the only place that names the domain */
gboolean
mdoc_register_refuse (GError **error,
                      MdocRegisterError code,
                      const char *format,
                      ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, MDOC_REGISTER_ERROR, (gint) code, message);
  return FALSE;
}

static const char *const error_names[] = {
  [MDOC_REGISTER_ERROR_NOT_FOUND] = "not_found",
  [MDOC_REGISTER_ERROR_ARGUMENT] = "invalid_argument",
  [MDOC_REGISTER_ERROR_CLAIMS] = "invalid_claims",
  [MDOC_REGISTER_ERROR_STATE] = "invalid_state",
  [MDOC_REGISTER_ERROR_FEATURE] = "feature_disabled",
  [MDOC_REGISTER_ERROR_CONFLICT] = "conflict",
  [MDOC_REGISTER_ERROR_LIMIT] = "limit_exceeded",
  [MDOC_REGISTER_ERROR_GRANT] = "invalid_grant",
  [MDOC_REGISTER_ERROR_TX_CODE] = "wrong_tx_code",
  [MDOC_REGISTER_ERROR_TX_CODE_MISSING] = "invalid_request",
  [MDOC_REGISTER_ERROR_IDENTIFIER] = "unknown_credential_identifier",
  [MDOC_REGISTER_ERROR_DENIED] = "credential_request_denied",
  [MDOC_REGISTER_ERROR_PENDING] = "issuance_pending",
  [MDOC_REGISTER_ERROR_TRANSACTION] = "invalid_transaction_id",
  [MDOC_REGISTER_ERROR_NOTIFICATION] = "invalid_notification_id",
  [MDOC_REGISTER_ERROR_SUSPENDED] = "suspended",
  [MDOC_REGISTER_ERROR_REVOKED] = "revoked",
  [MDOC_REGISTER_ERROR_REMOVED] = "removed",
  [MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED] = "document_expired",
  [MDOC_REGISTER_ERROR_TOO_OFTEN] = "too_often",
  [MDOC_REGISTER_ERROR_DIGEST] = "wrong_digest",
  [MDOC_REGISTER_ERROR_CLONE] = "suspected_clone",
  [MDOC_REGISTER_ERROR_VERSION] = "newer_database",
  [MDOC_REGISTER_ERROR_STORE] = "store_failed",
};

const char *
mdoc_register_error_get_name (const GError *error)
{
  if (g_error_matches (error, MDOC_PROFILE_ERROR, MDOC_PROFILE_ERROR_MISSING))
    return "missing_element";
  if (g_error_matches (error, MDOC_PROFILE_ERROR, MDOC_PROFILE_ERROR_ELEMENT))
    return "unknown_element";
  if (error->domain == MDOC_PROFILE_ERROR)
    return "invalid_claims";
  if (error->domain != MDOC_REGISTER_ERROR || error->code < 0
      || (gsize) error->code >= G_N_ELEMENTS (error_names))
    return "internal";
  return error_names[error->code];
}

static void
group_unref (MdocGroup *group)
{
  group->n_refs--;
  if (group->n_refs > 0)
    return;
  g_free (group->fault);
  g_free (group);
}

static gboolean
begin_group (MdocRegister *self, GError **error)
{
  if (self->group != NULL)
    return TRUE;
  if (!mdoc_db_execute (&self->writer, "BEGIN IMMEDIATE", error))
    return FALSE;

  self->group = g_new0 (MdocGroup, 1);
  self->group->n_refs = 1;
  self->n_grouped = 0;
  return TRUE;
}

/* Whoever is asleep finds the outcome in the group. */
static void
end_group (MdocRegister *self)
{
  MdocGroup *group = g_steal_pointer (&self->group);
  g_autoptr (GError) fault = NULL;

  if (mdoc_db_execute (&self->writer, "COMMIT", &fault))
    self->n_commits++;
  else
    {
      group->fault = g_strdup (fault->message);
      self->has_audit_head = FALSE;
      if (!mdoc_db_execute (&self->writer, "ROLLBACK", NULL))
        g_debug ("register: nothing to roll back");
    }

  group->is_over = TRUE;
  g_cond_broadcast (&self->is_committed);
  group_unref (group);
}

static gboolean
set_savepoint (MdocRegister *self, const char *verb, GError **error)
{
  char sql[48];

  g_snprintf (sql, sizeof sql, "%s level%u", verb, self->depth);
  return mdoc_db_execute (&self->writer, sql, error);
}

static gboolean
is_ours (MdocRegister *self)
{
  return g_atomic_pointer_get (&self->owner) == g_thread_self ();
}

static void
unlock (MdocRegister *self)
{
  gboolean has_news = self->has_news && self->group == NULL;
  MdocRegisterWake wake = self->wake;
  gpointer wake_data = self->wake_data;

  if (has_news)
    self->has_news = FALSE;
  g_mutex_unlock (&self->lock);
  if (has_news && wake != NULL)
    wake (wake_data);
}

gboolean
mdoc_register_enter (MdocRegister *self, GError **error)
{
  gboolean is_nested = is_ours (self);

  if (!is_nested)
    {
      g_atomic_int_inc (&self->n_waiting);
      g_mutex_lock (&self->lock);
      g_atomic_int_add (&self->n_waiting, -1);
      g_atomic_pointer_set (&self->owner, g_thread_self ());
    }

  g_assert (self->depth < MAX_DEPTH);
  if (!begin_group (self, error) || !set_savepoint (self, "SAVEPOINT", error))
    {
      if (!is_nested)
        {
          /* those asleep must not be left alone */
          if (self->group != NULL && self->n_sleeping > 0)
            end_group (self);
          g_atomic_pointer_set (&self->owner, NULL);
          unlock (self);
        }
      return FALSE;
    }
  self->depth++;
  self->is_refusal_kept = FALSE;
  return TRUE;
}

void
mdoc_register_keep_refusal (MdocRegister *self)
{
  self->is_refusal_kept = TRUE;
}

/* Waits until our group is on the disk; the lock is let go meanwhile. */
static gboolean
wait_for_group (MdocRegister *self, GError **error)
{
  MdocGroup *group = self->group;
  gboolean is_fine;

  group->n_refs++;
  if (g_atomic_int_get (&self->n_waiting) == 0 || self->n_grouped >= MAX_GROUP)
    {
      g_atomic_pointer_set (&self->owner, NULL);
      end_group (self);
    }
  else
    {
      self->n_sleeping++;
      g_atomic_pointer_set (&self->owner, NULL);
      while (!group->is_over)
        g_cond_wait (&self->is_committed, &self->lock);
      self->n_sleeping--;
    }

  is_fine = group->fault == NULL;
  if (!is_fine)
    mdoc_register_refuse (error,
                          MDOC_REGISTER_ERROR_STORE,
                          "It was not written: %s",
                          group->fault);
  group_unref (group);
  unlock (self);
  return is_fine;
}

static gboolean
leave (MdocRegister *self, gboolean is_done, gboolean waits, GError **error)
{
  gboolean is_kept = is_done || self->is_refusal_kept;
  gboolean is_fine = TRUE;

  self->depth--;
  self->is_refusal_kept = self->is_refusal_kept && self->depth > 0;
  if (!is_kept)
    {
      self->has_audit_head = FALSE;
      is_fine = set_savepoint (self, "ROLLBACK TO", NULL);
    }
  if (!set_savepoint (self, "RELEASE", is_done ? error : NULL))
    is_fine = FALSE;
  if (self->depth > 0)
    return is_done && is_fine;

  self->n_grouped++;
  if (is_kept)
    self->n_changes++;
  if (is_kept && is_fine && waits)
    {
      g_autoptr (GError) fault = NULL;

      if (wait_for_group (self, &fault))
        return is_done;
      if (is_done)
        g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }

  if (self->group != NULL && self->n_sleeping > 0
      && g_atomic_int_get (&self->n_waiting) == 0)
    end_group (self);
  g_atomic_pointer_set (&self->owner, NULL);
  unlock (self);
  return is_done && is_fine;
}

gboolean
mdoc_register_leave (MdocRegister *self, gboolean is_done, GError **error)
{
  return leave (self, is_done, TRUE, error);
}

gboolean
mdoc_register_leave_relaxed (MdocRegister *self,
                             gboolean is_done,
                             GError **error)
{
  return leave (self, is_done, FALSE, error);
}

/**
 * mdoc_register_begin:
 * @self: a register
 * @error: return location for a #MdocRegisterError
 *
 * Returns: %TRUE if what follows in this thread is one change, which
 *   mdoc_register_end() has to end
 */
gboolean
mdoc_register_begin (MdocRegister *self, GError **error)
{
  return mdoc_register_enter (self, error);
}

gboolean
mdoc_register_end (MdocRegister *self, gboolean keep, GError **error)
{
  gboolean is_done = mdoc_register_leave (self, keep, error);

  return is_done || !keep;
}

MdocDb *
mdoc_register_take_reader (MdocRegister *self, GError **error)
{
  MdocDb *db;

  if (is_ours (self))
    return &self->writer;

  g_mutex_lock (&self->readers_lock);
  db = g_queue_pop_head (&self->readers);
  g_mutex_unlock (&self->readers_lock);
  if (db != NULL)
    return db;

  db = g_new0 (MdocDb, 1);
  if (!mdoc_db_open (db, self->path, TRUE, FALSE, error))
    g_clear_pointer (&db, g_free);
  return db;
}

void
mdoc_register_return_reader (MdocRegister *self, MdocDb *db)
{
  if (db == NULL || db == &self->writer)
    return;

  g_mutex_lock (&self->readers_lock);
  g_queue_push_head (&self->readers, db);
  g_mutex_unlock (&self->readers_lock);
}

void
mdoc_register_set_wake (MdocRegister *self,
                        MdocRegisterWake wake,
                        gpointer user_data)
{
  g_mutex_lock (&self->lock);
  self->wake = wake;
  self->wake_data = user_data;
  g_mutex_unlock (&self->lock);
}

gboolean
mdoc_register_check_text (const char *text,
                          const char *what,
                          gsize max_len,
                          GError **error)
{
  if (text == NULL)
    return TRUE;
  if (strnlen (text, max_len + 1) > max_len)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "%s is too long",
                                 what);
  if (!g_utf8_validate (text, -1, NULL))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "%s is no UTF-8",
                                 what);
  return TRUE;
}

gint64
mdoc_call_get_s (const MdocRegisterCall *call)
{
  return call->now_ms / 1000;
}

/* RFC 9562, 5.4 */
char *
mdoc_register_make_uuid (void)
{
  guint8 raw[16];

  mdoc_random_fill (raw, sizeof raw);
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-4%01x%02x-%02x%02x-"
                          "%02x%02x%02x%02x%02x%02x",
                          raw[0],
                          raw[1],
                          raw[2],
                          raw[3],
                          raw[4],
                          raw[5],
                          raw[6] & 0xfu,
                          raw[7],
                          0x80u | (raw[8] & 0x3fu),
                          raw[9],
                          raw[10],
                          raw[11],
                          raw[12],
                          raw[13],
                          raw[14],
                          raw[15]);
}

char *
mdoc_register_make_secret_text (void)
{
  guint8 raw[32];
  MDOC_WIPE_ON_EXIT (raw);

  mdoc_random_fill (raw, sizeof raw);
  return mdoc_base64url_encode (MDOC_SPAN (raw, sizeof raw));
}

void
mdoc_register_hash (MdocRegister *self,
                    const char *purpose,
                    const char *text,
                    guint8 *ret_hash)
{
  guint8 mac[MDOC_HASH_MAX_LEN];
  const MdocSpan parts[] = { MDOC_SPAN ((const guint8 *) purpose,
                                        strlen (purpose) + 1),
                             mdoc_span_from_text (text) };

  mdoc_hmac_compute (MDOC_HASH_SHA256,
                     mdoc_secret_get_span (self->secret),
                     parts,
                     G_N_ELEMENTS (parts),
                     mac);
  memcpy (ret_hash, mac, MDOC_REGISTER_HASH_LEN);
}

char *
mdoc_register_derive (MdocRegister *self, const char *purpose, const char *text)
{
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  MDOC_WIPE_ON_EXIT (hash);

  mdoc_register_hash (self, purpose, text, hash);
  return mdoc_base64url_encode (MDOC_SPAN (hash, sizeof hash));
}

/* Ours alone, whatever the umask; the log takes the database's mode. */
static gboolean
prepare_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat info;
  gboolean is_fine;

  if (fd < 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STORE,
                                 "%s: %s",
                                 path,
                                 g_strerror (errno));
  is_fine = fstat (fd, &info) == 0 && S_ISREG (info.st_mode)
            && (info.st_mode & 077) == 0 && info.st_uid == geteuid ();
  close (fd);
  if (!is_fine)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STORE,
                                 "%s has to have our owner and mode 0600",
                                 path);
  return TRUE;
}

/* The secret of the options, or that of the database; one database never has
 * two, or no code in it would be found any more. */
static gboolean
set_secret (MdocRegister *self, MdocSecret *given, GError **error)
{
  g_autoptr (MdocCursor) cursor = NULL;
  g_autoptr (GBytes) kept = NULL;
  gboolean has_row;

  if (given != NULL)
    {
      self->secret = mdoc_secret_new_copy (mdoc_secret_get_span (given));
      return TRUE;
    }

  cursor = mdoc_cursor_open (&self->writer,
                             error,
                             "SELECT value FROM meta WHERE key = ?",
                             ARG_TEXT ("secret"));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (has_row)
    {
      kept = mdoc_cursor_dup_bytes (cursor, 0);
      self->secret = mdoc_secret_new_copy (mdoc_span_from_bytes (kept));
      return TRUE;
    }

  self->secret = mdoc_secret_new (SECRET_LEN);
  mdoc_random_fill (mdoc_secret_get_data (self->secret), SECRET_LEN);
  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO meta (key, value) VALUES (?, ?)",
                      ARG_TEXT ("secret"),
                      ARG_BLOB (mdoc_secret_get_span (self->secret)));
}

MdocSecret *
mdoc_register_make_key (MdocRegister *self, const char *purpose)
{
  MdocSecret *key = mdoc_secret_new (MDOC_REGISTER_HASH_LEN);

  mdoc_register_hash (self, FOR_KEY, purpose, mdoc_secret_get_data (key));
  return key;
}

/**
 * mdoc_register_open:
 * @path: the file; it is made if it is not there
 * @options: (nullable): how
 * @error: return location for a #MdocRegisterError
 *
 * Returns: (transfer full): the register, or %NULL with @error set
 */
MdocRegister *
mdoc_register_open (const char *path,
                    const MdocRegisterOptions *options,
                    GError **error)
{
  static const MdocRegisterOptions nothing;
  g_autoptr (MdocRegister) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (options == NULL)
    options = &nothing;
  if (!prepare_file (path, error))
    return NULL;

  self = g_new0 (MdocRegister, 1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->is_committed);
  g_mutex_init (&self->readers_lock);
  g_mutex_init (&self->profiles_lock);
  g_queue_init (&self->readers);
  self->path = g_strdup (path);
  self->is_relaxed = options->is_relaxed;
  self->list_size = options->list_size != 0 ? options->list_size
                                            : MDOC_REGISTER_LIST_SIZE;
  self->max_tickets = options->max_tickets != 0 ? options->max_tickets
                                                : MAX_TICKETS;
  self->profiles = g_hash_table_new_full (g_str_hash,
                                          g_str_equal,
                                          g_free,
                                          (GDestroyNotify) mdoc_profile_unref);
  if (!mdoc_db_open (&self->writer, path, FALSE, self->is_relaxed, error)
      || !mdoc_register_migrate (&self->writer, error)
      || !set_secret (self, options->secret, error))
    return NULL;

  return g_steal_pointer (&self);
}

static void
free_reader (gpointer data)
{
  MdocDb *db = data;

  mdoc_db_close (db);
  g_free (db);
}

/**
 * mdoc_register_close:
 * @self: (transfer full) (nullable): a register that no thread uses any more
 */
void
mdoc_register_close (MdocRegister *self)
{
  if (self == NULL)
    return;

  if (self->group != NULL)
    end_group (self);
  g_queue_clear_full (&self->readers, free_reader);
  mdoc_db_close (&self->writer);
  g_clear_pointer (&self->secret, mdoc_secret_free);
  g_hash_table_unref (self->profiles);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->is_committed);
  g_mutex_clear (&self->readers_lock);
  g_mutex_clear (&self->profiles_lock);
  g_free (self->path);
  g_free (self);
}
