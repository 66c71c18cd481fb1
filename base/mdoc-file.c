/*
 * mdoc-file.c - whole files in and out, with a cap
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES ((gsize) 64 * 1024)

G_DEFINE_QUARK (mdoc_file_error_quark, mdoc_file_error)

static gboolean
refuse (GError **error,
        MdocFileError code,
        const char *path,
        const char *reason)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error,
               MDOC_FILE_ERROR,
               (gint) code,
               "%s: %s",
               strcmp (path, "-") == 0 ? "standard input" : shown,
               reason);
  return FALSE;
}

static void
close_fd (gint *fd)
{
  if (*fd > STDERR_FILENO)
    close (*fd);
}

/* Opens without waiting for the other end of a pipe, so that a FIFO is told
 * from a file before anybody blocks on it. */
static gboolean
open_plain (const char *path, gint *ret_fd, gsize *ret_size, GError **error)
{
  __attribute__ ((cleanup (close_fd))) gint fd = -1;
  struct stat status;

  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return refuse (error,
                   errno == ENOENT || errno == ENOTDIR
                       ? MDOC_FILE_ERROR_NOT_FOUND
                       : MDOC_FILE_ERROR_IO,
                   path,
                   g_strerror (errno));
  if (fstat (fd, &status) != 0)
    return refuse (error, MDOC_FILE_ERROR_IO, path, g_strerror (errno));
  if (S_ISDIR (status.st_mode))
    return refuse (error, MDOC_FILE_ERROR_KIND, path, "is a folder");
  if (!S_ISREG (status.st_mode))
    return refuse (error,
                   MDOC_FILE_ERROR_KIND,
                   path,
                   "is a pipe, device or socket, not a plain file");

  *ret_size = (gsize) MAX (status.st_size, 0);
  *ret_fd = fd;
  fd = -1;
  return TRUE;
}

/* Fills @buffer up to its end; what a file says of its own size is not trusted,
 * for it may grow, or lie as those of /proc do. */
static gssize
read_some (gint fd, guint8 *buffer, gsize len)
{
  gssize n_read;

  do
    n_read = read (fd, buffer, len);
  while (n_read < 0 && errno == EINTR);

  return n_read;
}

/* Reads at most one byte more than @max_bytes into wiped memory. */
static MdocSecret *
read_capped (gint fd, const char *path, gsize max_bytes, GError **error)
{
  g_autoptr (MdocSecret) room = NULL;
  gsize len = 0;

  room = mdoc_secret_new (MIN (CHUNK_BYTES, max_bytes + 1));
  for (;;)
    {
      gssize n_read;

      if (len == mdoc_secret_get_len (room))
        {
          MdocSecret *larger;

          if (len > max_bytes)
            {
              refuse (error, MDOC_FILE_ERROR_LIMIT, path, "is too large");
              return NULL;
            }
          larger = mdoc_secret_new (MIN (len * 2, max_bytes + 1));
          memcpy (mdoc_secret_get_data (larger),
                  mdoc_secret_get_data (room),
                  len);
          mdoc_secret_free (room);
          room = larger;
        }

      n_read = read_some (fd,
                          mdoc_secret_get_data (room) + len,
                          mdoc_secret_get_len (room) - len);
      if (n_read < 0)
        {
          refuse (error, MDOC_FILE_ERROR_IO, path, g_strerror (errno));
          return NULL;
        }
      if (n_read == 0)
        break;
      len += (gsize) n_read;
    }

  if (len > max_bytes)
    {
      refuse (error, MDOC_FILE_ERROR_LIMIT, path, "is too large");
      return NULL;
    }
  return mdoc_secret_new_copy (MDOC_SPAN (mdoc_secret_get_data (room), len));
}

/**
 * mdoc_file_read_secret:
 * @path: a plain file, or `-` for standard input
 * @max_bytes: longest content accepted
 * @error: return location for a #MdocFileError
 *
 * Like mdoc_file_read(), into memory that is wiped when let go. Of a longer
 * file no more than one byte over @max_bytes is read.
 *
 * Returns: (transfer full): the content, or %NULL with @error set
 */
MdocSecret *
mdoc_file_read_secret (const char *path, gsize max_bytes, GError **error)
{
  __attribute__ ((cleanup (close_fd))) gint fd = -1;
  gsize size = 0;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (max_bytes < G_MAXSSIZE, NULL);

  if (strcmp (path, "-") == 0)
    fd = STDIN_FILENO;
  else if (!open_plain (path, &fd, &size, error))
    return NULL;

  if (size > max_bytes)
    {
      refuse (error, MDOC_FILE_ERROR_LIMIT, path, "is too large");
      return NULL;
    }
  return read_capped (fd, path, max_bytes, error);
}

/**
 * mdoc_file_read:
 * @path: a plain file, or `-` for standard input
 * @max_bytes: longest content accepted
 * @error: return location for a #MdocFileError
 *
 * Reads a whole file. Folders, devices, pipes and sockets are refused, unless
 * they are standard input, so that a wrong name never makes a program wait.
 *
 * Returns: (transfer full): the content, or %NULL with @error set
 */
GBytes *
mdoc_file_read (const char *path, gsize max_bytes, GError **error)
{
  g_autoptr (MdocSecret) content = NULL;

  content = mdoc_file_read_secret (path, max_bytes, error);
  if (content == NULL)
    return NULL;

  return mdoc_span_dup (mdoc_secret_get_span (content));
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * mdoc_file_list:
 * @folder: a folder
 * @suffix: what the names end in, such as `.ini`
 * @max_files: most of them accepted
 * @error: return location for a #MdocFileError
 *
 * Lists what lies in a folder, so that its files can be read in an order that
 * does not depend on the file system. Hidden files are left out.
 *
 * Returns: (transfer full): paths, folder included, or %NULL with @error set
 */
GStrv
mdoc_file_list (const char *folder,
                const char *suffix,
                guint max_files,
                GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) fault = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_return_val_if_fail (folder != NULL, NULL);
  g_return_val_if_fail (suffix != NULL, NULL);

  dir = g_dir_open (folder, 0, &fault);
  if (dir == NULL)
    {
      refuse (error,
              g_error_matches (fault, G_FILE_ERROR, G_FILE_ERROR_NOENT)
                  ? MDOC_FILE_ERROR_NOT_FOUND
                  : MDOC_FILE_ERROR_IO,
              folder,
              "cannot be opened as a folder");
      return NULL;
    }

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (name[0] == '.' || !g_str_has_suffix (name, suffix))
        continue;
      if (paths->len >= max_files)
        {
          refuse (error, MDOC_FILE_ERROR_LIMIT, folder, "has too many files");
          return NULL;
        }
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    }

  g_ptr_array_sort (paths, compare_names);
  g_ptr_array_add (paths, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&paths), FALSE);
}

static gboolean
write_all (gint fd, MdocSpan content)
{
  while (content.len > 0)
    {
      gssize n_written = write (fd, content.data, content.len);

      if (n_written < 0 && errno == EINTR)
        continue;
      if (n_written < 0)
        return FALSE;
      content.data += n_written;
      content.len -= (gsize) n_written;
    }

  return TRUE;
}

/* Gives the finished file its name: link() refuses where the name is taken. */
static gboolean
put_in_place (const char *scratch,
              const char *path,
              MdocFileFlags flags,
              GError **error)
{
  gint status;

  if (flags & MDOC_FILE_REPLACE)
    status = rename (scratch, path);
  else
    status = link (scratch, path);

  if (status != 0)
    return refuse (error,
                   errno == EEXIST ? MDOC_FILE_ERROR_EXISTS
                                   : MDOC_FILE_ERROR_IO,
                   path,
                   errno == EEXIST ? "exists already" : g_strerror (errno));
  return TRUE;
}

/**
 * mdoc_file_write:
 * @path: where to
 * @content: what
 * @flags: %MDOC_FILE_PRIVATE, %MDOC_FILE_REPLACE
 * @error: return location for a #MdocFileError
 *
 * Writes a whole file beside its place, has it reach the disk, and puts it in
 * place in one step: nobody ever sees half of it.
 *
 * Returns: %TRUE if all of @content lies at @path
 */
gboolean
mdoc_file_write (const char *path,
                 MdocSpan content,
                 MdocFileFlags flags,
                 GError **error)
{
  __attribute__ ((cleanup (close_fd))) gint fd = -1;
  g_autofree char *scratch = NULL;
  gboolean is_done;

  g_return_val_if_fail (path != NULL, FALSE);

  scratch = g_strconcat (path, ".XXXXXX", NULL);
  fd = g_mkstemp_full (scratch,
                       O_WRONLY | O_CLOEXEC,
                       flags & MDOC_FILE_PRIVATE ? 0600 : 0644);
  if (fd < 0)
    return refuse (error,
                   errno == ENOENT ? MDOC_FILE_ERROR_NOT_FOUND
                                   : MDOC_FILE_ERROR_IO,
                   path,
                   g_strerror (errno));

  if (!write_all (fd, content) || fsync (fd) != 0)
    is_done = refuse (error, MDOC_FILE_ERROR_IO, path, g_strerror (errno));
  else
    is_done = put_in_place (scratch, path, flags, error);

  unlink (scratch);
  return is_done;
}
