/*
 * mdoc-master-key.c - where the key that seals the store comes from
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-master-key.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mdoc-names.h"
#include "crypto/mdoc-crypto.h"
#include "storage/mdoc-master-key-private.h"
#include "storage/mdoc-store-private.h"

#define CREDENTIAL_PREFIX "credential:"
#define FILE_PREFIX       "file:"
#define TPM               "tpm"
#define PASSPHRASE        "passphrase"

struct _MdocMasterKey
{
  const MdocMasterKeyClass *klass;
  gpointer impl;
};

typedef int AutoFd;

static void
auto_fd_clear (AutoFd *fd)
{
  if (*fd >= 0)
    close (*fd);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AutoFd, auto_fd_clear)

static gboolean
read_all (int fd, guint8 *data, gsize len)
{
  gsize n_read = 0;

  while (n_read < len)
    {
      gssize n = read (fd, data + n_read, len - n_read);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      n_read += (gsize) n;
    }

  return TRUE;
}

static gboolean
write_all (int fd, const guint8 *data, gsize len)
{
  gsize n_written = 0;

  while (n_written < len)
    {
      gssize n = write (fd, data + n_written, len - n_written);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      n_written += (gsize) n;
    }

  return TRUE;
}

/* Whether such a file may hold the key, and what is asked of it in words. */
typedef struct
{
  gboolean (*is_allowed) (const struct stat *info);
  const char *rule;
} FileRule;

static gboolean
is_ours_alone (const struct stat *info)
{
  return (info->st_mode & 077) == 0 && info->st_uid == geteuid ();
}

static const FileRule file_rule = {
  is_ours_alone,
  "a file that we alone own and may read (mode 0600)",
};

/* systemd leaves a credential with root and lets the service's user read it by
 * an access list, whose mask stands where the mode of the group does. */
static gboolean
is_from_systemd (const struct stat *info)
{
  return (info->st_mode & 037) == 0
         && (info->st_uid == 0 || info->st_uid == geteuid ());
}

static const FileRule credential_rule = {
  is_from_systemd,
  "a file of root's or ours that nobody else may read or change",
};

/* A pipe in the file's place would keep whoever opens it waiting for a writer.
 * @ret_missing: there is no such file, which is an error too */
static MdocSecret *
read_file (const char *path,
           const FileRule *rule,
           gboolean *ret_missing,
           GError **error)
{
  g_autoptr (MdocSecret) key = mdoc_secret_new (MDOC_MASTER_KEY_LEN);
  g_auto (AutoFd) fd = open (path,
                             O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat info;

  *ret_missing = fd < 0 && errno == ENOENT;
  if (*ret_missing)
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_WRONG_KEY,
                         "The master key is missing: no file %s",
                         path);
      return NULL;
    }

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      mdoc_store_refuse_errno (error, errno, path);
      return NULL;
    }

  if (!S_ISREG (info.st_mode) || !rule->is_allowed (&info))
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_PERMISSIONS,
                         "The master key %s is not %s",
                         path,
                         rule->rule);
      return NULL;
    }

  if (info.st_size != MDOC_MASTER_KEY_LEN
      || !read_all (fd, mdoc_secret_get_data (key), MDOC_MASTER_KEY_LEN))
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_WRONG_KEY,
                         "The master key %s has not %u bytes",
                         path,
                         (guint) MDOC_MASTER_KEY_LEN);
      return NULL;
    }

  return g_steal_pointer (&key);
}

static gboolean
sync_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_auto (AutoFd) fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  return fd >= 0 && fsync (fd) == 0;
}

/* What guards the key is no secret, but nothing of ours is followed through a
 * link, and nothing is read that others could have put there. */
GBytes *
mdoc_master_key_read_beside (const char *path,
                             gboolean *ret_missing,
                             GError **error)
{
  g_auto (AutoFd) fd = open (path,
                             O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  g_autofree guint8 *content = NULL;
  struct stat info;

  *ret_missing = fd < 0 && errno == ENOENT;
  if (*ret_missing)
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_WRONG_KEY,
                         "The master key is missing: no file %s",
                         path);
      return NULL;
    }

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      mdoc_store_refuse_errno (error, errno, path);
      return NULL;
    }

  if (!S_ISREG (info.st_mode) || !file_rule.is_allowed (&info))
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_PERMISSIONS,
                         "%s is not %s",
                         path,
                         file_rule.rule);
      return NULL;
    }

  if (info.st_size > MDOC_MASTER_KEY_MAX_FILE_LEN)
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_WRONG_KEY,
                         "%s is not what the agent wrote there",
                         path);
      return NULL;
    }

  content = g_malloc0 ((gsize) info.st_size + 1);
  if (!read_all (fd, content, (gsize) info.st_size))
    {
      mdoc_store_refuse_errno (error, errno, path);
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&content), (gsize) info.st_size);
}

gboolean
mdoc_master_key_write_file (const char *path, MdocSpan key, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  g_auto (AutoFd) fd = -1;

  /* left by a start that was cut short; nothing was ever sealed with it */
  (void) g_unlink (temporary);
  fd = open (temporary,
             O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
             0600);
  if (fd < 0 || !write_all (fd, key.data, key.len) || fsync (fd) != 0
      || g_rename (temporary, path) != 0 || !sync_folder_of (path))
    {
      mdoc_store_refuse_errno (error, errno, path);
      (void) g_unlink (temporary);
      return FALSE;
    }

  return TRUE;
}

static MdocSecret *
file_load (gpointer impl, GError **error)
{
  gboolean is_missing;

  return read_file (impl, &file_rule, &is_missing, error);
}

static MdocSecret *
file_create (gpointer impl, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (MdocSecret) key = NULL;
  gboolean is_missing;

  key = read_file (impl, &file_rule, &is_missing, &local_error);
  if (key != NULL)
    return g_steal_pointer (&key);
  if (!is_missing)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  key = mdoc_secret_new (MDOC_MASTER_KEY_LEN);
  mdoc_random_fill (mdoc_secret_get_data (key), MDOC_MASTER_KEY_LEN);
  if (!mdoc_master_key_write_file (impl, mdoc_secret_get_span (key), error))
    return NULL;

  return g_steal_pointer (&key);
}

/* also for a new store: a credential is made by the administrator, never by us.
 */
static MdocSecret *
credential_load (gpointer impl, GError **error)
{
  const char *directory = g_getenv (MDOC_ENV_CREDENTIALS_DIR);
  const char *name = impl;
  g_autofree char *path = NULL;
  gboolean is_missing;

  if (directory == NULL || !g_path_is_absolute (directory))
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_WRONG_KEY,
                         "The master key is missing: systemd has passed no "
                         "credentials (%s is not set)",
                         MDOC_ENV_CREDENTIALS_DIR);
      return NULL;
    }

  path = g_build_filename (directory, name, NULL);
  return read_file (path, &credential_rule, &is_missing, error);
}

/**
 * mdoc_master_key_new:
 * @klass: how the key is had
 * @impl: (transfer full): passed to the functions of @klass
 *
 * Returns: (transfer full): a source of the master key
 */
MdocMasterKey *
mdoc_master_key_new (const MdocMasterKeyClass *klass, gpointer impl)
{
  MdocMasterKey *self = g_new0 (MdocMasterKey, 1);

  self->klass = klass;
  self->impl = impl;
  return self;
}

/**
 * mdoc_master_key_new_file:
 * @path: a file of 32 bytes that only we may read (mode 0600), which is made
 *   when a new store needs it
 *
 * Whoever can read the disk can read such a key: it keeps the store from being
 * of use without it, as in a backup, and no more than that.
 *
 * Returns: (transfer full): a source of the master key
 */
MdocMasterKey *
mdoc_master_key_new_file (const char *path)
{
  static const MdocMasterKeyClass klass = {
    .kind = "file",
    .load = file_load,
    .create = file_create,
    .free = g_free,
  };

  return mdoc_master_key_new (&klass, g_strdup (path));
}

/* as systemd has them: a file's name, of no more than 255 bytes */
static gboolean
is_credential_name (const char *name)
{
  gsize len = strlen (name);

  return len > 0 && len <= MDOC_MASTER_KEY_MAX_NAME_LEN
         && strchr (name, '/') == NULL && strcmp (name, ".") != 0
         && strcmp (name, "..") != 0;
}

/**
 * mdoc_master_key_new_credential:
 * @name: the name of a systemd credential, %MDOC_MASTER_KEY_MAX_NAME_LEN bytes
 *
 * The credential holds 32 bytes. It is looked for in CREDENTIALS_DIRECTORY when
 * the key is asked for, and never made: that is the administrator's.
 *
 * Returns: (transfer full) (nullable): a source of the master key, or %NULL if
 *   @name is no name of a credential
 */
MdocMasterKey *
mdoc_master_key_new_credential (const char *name)
{
  static const MdocMasterKeyClass klass = {
    .kind = "credential",
    .load = credential_load,
    .create = credential_load,
    .free = g_free,
  };

  return is_credential_name (name)
             ? mdoc_master_key_new (&klass, g_strdup (name))
             : NULL;
}

/* "NAME" or "NAME:REST"; @ret_rest is "" for the former */
static gboolean
is_source (const char *text, const char *name, const char **ret_rest)
{
  gsize len = strlen (name);

  if (strncmp (text, name, len) != 0 || (text[len] != '\0' && text[len] != ':'))
    return FALSE;

  *ret_rest = text[len] == ':' ? text + len + 1 : text + len;
  return TRUE;
}

/**
 * mdoc_master_key_new_from_text:
 * @text: "credential:NAME", "tpm[:pcrs=N,…][:tcti=TCTI]",
 *   "passphrase[:fd=N|:ask]", "file:PATH", or the path of a file
 * @state_dir: the folder of the store, where what belongs to the source is kept
 *
 * Nothing is asked for or looked at before the key is.
 *
 * Returns: (transfer full) (nullable): a source of the master key, or %NULL if
 *   @text names none, or none that this build has
 */
MdocMasterKey *
mdoc_master_key_new_from_text (const char *text, const char *state_dir)
{
  const char *rest;

  if (g_str_has_prefix (text, CREDENTIAL_PREFIX))
    return mdoc_master_key_new_credential (text + strlen (CREDENTIAL_PREFIX));
  if (is_source (text, TPM, &rest))
    return mdoc_master_key_new_tpm (rest, state_dir);
  if (is_source (text, PASSPHRASE, &rest))
    return mdoc_master_key_new_passphrase (rest, state_dir);

  if (g_str_has_prefix (text, FILE_PREFIX))
    text += strlen (FILE_PREFIX);
  return text[0] != '\0' ? mdoc_master_key_new_file (text) : NULL;
}

/**
 * mdoc_master_key_free:
 * @self: (nullable) (transfer full): a source
 *
 * Lets go of the source; the key itself stays where it is.
 */
void
mdoc_master_key_free (MdocMasterKey *self)
{
  if (self == NULL)
    return;

  self->klass->free (self->impl);
  g_free (self);
}

/**
 * mdoc_master_key_get_kind:
 * @self: a source
 *
 * Returns: (transfer none): what kind of source it is, such as "file"
 */
const char *
mdoc_master_key_get_kind (MdocMasterKey *self)
{
  return self->klass->kind;
}

/**
 * mdoc_master_key_load:
 * @self: a source
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full): the key, %MDOC_MASTER_KEY_LEN bytes, or %NULL with
 *   @error set
 */
MdocSecret *
mdoc_master_key_load (MdocMasterKey *self, GError **error)
{
  return self->klass->load (self->impl, error);
}

/**
 * mdoc_master_key_create:
 * @self: a source
 * @error: return location for a #MdocStoreError
 *
 * Makes the key of a new store, or takes the one that is there. It is durable
 * when this returns.
 *
 * Returns: (transfer full): the key, %MDOC_MASTER_KEY_LEN bytes, or %NULL with
 *   @error set
 */
MdocSecret *
mdoc_master_key_create (MdocMasterKey *self, GError **error)
{
  return self->klass->create (self->impl, error);
}
