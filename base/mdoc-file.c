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

/* Bytes in an array that is never moved with anything left behind. */
typedef struct
{
  guint8 *data;
  gsize len;
  gsize room;
} Buffer;

static void
buffer_clear (Buffer *buffer)
{
  mdoc_secret_wipe (buffer->data, buffer->len);
  g_free (buffer->data);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Buffer, buffer_clear)

static void
make_room (Buffer *buffer, gsize room)
{
  guint8 *data = g_malloc (room);

  if (buffer->len > 0)
    memcpy (data, buffer->data, buffer->len);
  mdoc_secret_wipe (buffer->data, buffer->len);
  g_free (buffer->data);
  buffer->data = data;
  buffer->room = room;
}

static gssize
read_some (gint fd, guint8 *data, gsize len)
{
  gssize n_read;

  do
    n_read = read (fd, data, len);
  while (n_read < 0 && errno == EINTR);

  return n_read;
}

/* Reads at most one byte more than @max_bytes. What a file says of its own
 * @size is a good guess, but it may grow, or lie as those of /proc do. */
static gboolean
read_capped (gint fd,
             const char *path,
             gsize size,
             gsize max_bytes,
             Buffer *buffer,
             GError **error)
{
  make_room (buffer, MIN (MAX (size + 1, CHUNK_BYTES), max_bytes + 1));
  for (;;)
    {
      gssize n_read;

      if (buffer->len > max_bytes)
        return refuse (error, MDOC_FILE_ERROR_LIMIT, path, "is too large");
      if (buffer->len == buffer->room)
        make_room (buffer, MIN (buffer->room * 2, max_bytes + 1));

      n_read = read_some (fd,
                          buffer->data + buffer->len,
                          buffer->room - buffer->len);
      if (n_read < 0)
        return refuse (error, MDOC_FILE_ERROR_IO, path, g_strerror (errno));
      if (n_read == 0)
        return TRUE;
      buffer->len += (gsize) n_read;
    }
}

static gboolean
read_file (const char *path, gsize max_bytes, Buffer *buffer, GError **error)
{
  __attribute__ ((cleanup (close_fd))) gint fd = -1;
  gsize size = 0;

  if (strcmp (path, "-") == 0)
    fd = STDIN_FILENO;
  else if (!open_plain (path, &fd, &size, error))
    return FALSE;

  if (size > max_bytes)
    return refuse (error, MDOC_FILE_ERROR_LIMIT, path, "is too large");
  return read_capped (fd, path, size, max_bytes, buffer, error);
}

/**
 * mdoc_file_read_secret:
 * @path: a plain file, or `-` for standard input
 * @max_bytes: longest content accepted
 * @error: return location for a #MdocFileError
 *
 * Like mdoc_file_read(), into memory that is wiped when let go.
 *
 * Returns: (transfer full): the content, or %NULL with @error set
 */
MdocSecret *
mdoc_file_read_secret (const char *path, gsize max_bytes, GError **error)
{
  g_auto (Buffer) buffer = { 0 };

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (max_bytes < G_MAXSSIZE, NULL);

  if (!read_file (path, max_bytes, &buffer, error))
    return NULL;

  return mdoc_secret_new_copy (MDOC_SPAN (buffer.data, buffer.len));
}

/**
 * mdoc_file_read:
 * @path: a plain file, or `-` for standard input
 * @max_bytes: longest content accepted
 * @error: return location for a #MdocFileError
 *
 * Reads a whole file. Of a longer one no more than one byte over @max_bytes is
 * read. Folders, devices, pipes and sockets are refused, unless they are
 * standard input, so that a wrong name never makes a program wait.
 *
 * Returns: (transfer full): the content, or %NULL with @error set
 */
GBytes *
mdoc_file_read (const char *path, gsize max_bytes, GError **error)
{
  g_auto (Buffer) buffer = { 0 };
  gsize len;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (max_bytes < G_MAXSSIZE, NULL);

  if (!read_file (path, max_bytes, &buffer, error))
    return NULL;

  len = buffer.len;
  buffer.len = 0;
  return g_bytes_new_take (g_steal_pointer (&buffer.data), len);
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
