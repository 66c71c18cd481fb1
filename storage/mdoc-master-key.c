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
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/mdoc-crypto.h"
#include "storage/mdoc-store-private.h"

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

/* @ret_missing: there is no such file, which is an error too */
static MdocSecret *
read_file (const char *path, gboolean *ret_missing, GError **error)
{
  g_autoptr (MdocSecret) key = mdoc_secret_new (MDOC_MASTER_KEY_LEN);
  g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
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

  if (!S_ISREG (info.st_mode) || (info.st_mode & 077) != 0
      || info.st_uid != geteuid ())
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_PERMISSIONS,
                         "The master key %s is not a file that we alone own "
                         "and may read (mode 0600)",
                         path);
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

static gboolean
write_file (const char *path, MdocSpan key, GError **error)
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

  return read_file (impl, &is_missing, error);
}

static MdocSecret *
file_create (gpointer impl, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (MdocSecret) key = NULL;
  gboolean is_missing;

  key = read_file (impl, &is_missing, &local_error);
  if (key != NULL)
    return g_steal_pointer (&key);
  if (!is_missing)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  key = mdoc_secret_new (MDOC_MASTER_KEY_LEN);
  mdoc_random_fill (mdoc_secret_get_data (key), MDOC_MASTER_KEY_LEN);
  if (!write_file (impl, mdoc_secret_get_span (key), error))
    return NULL;

  return g_steal_pointer (&key);
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
