/*
 * test-file.c - whole files in and out, with a cap
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("mdoc-file-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "file", NULL);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
assert_refused (const char *path, gsize max_bytes, MdocFileError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mdoc_file_read (path, max_bytes, &error);

  g_assert_null (bytes);
  g_assert_error (error, MDOC_FILE_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, path));
}

/* every length around the chunk that is read at once, and around the cap */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  static const gsize lengths[] = { 0,     1,     65535,  65536,
                                   65537, 70000, 131073, 200000 };
  g_autofree guint8 *content = g_malloc (200000);

  for (gsize i = 0; i < 200000; i++)
    content[i] = (guint8) (i * 31 >> 3);

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;

      g_assert_true (mdoc_file_write (fixture->path,
                                      MDOC_SPAN (content, lengths[i]),
                                      MDOC_FILE_REPLACE,
                                      &error));
      bytes = mdoc_file_read (fixture->path, lengths[i], &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_span_equal (mdoc_span_from_bytes (bytes),
                                      MDOC_SPAN (content, lengths[i])));
      if (lengths[i] > 0)
        assert_refused (fixture->path, lengths[i] - 1, MDOC_FILE_ERROR_LIMIT);
    }
}

static void
test_kinds (Fixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_build_filename (fixture->path, "below", NULL);

  assert_refused (fixture->path, 10, MDOC_FILE_ERROR_NOT_FOUND);
  assert_refused (fixture->folder, 10, MDOC_FILE_ERROR_KIND);
  assert_refused ("/dev/zero", 10, MDOC_FILE_ERROR_KIND);
  assert_refused ("/dev/null", 10, MDOC_FILE_ERROR_KIND);

  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  assert_refused (fixture->path, 10, MDOC_FILE_ERROR_KIND);
  assert_refused (below, 10, MDOC_FILE_ERROR_NOT_FOUND);
}

/* a file that says it is empty and is not */
static void
test_lying_size (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  assert_refused ("/proc/self/status", 16, MDOC_FILE_ERROR_LIMIT);
  bytes = mdoc_file_read ("/proc/self/status", 1 << 16, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), >, 16);
}

static void
test_write_modes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GDir) folder = NULL;
  struct stat status;

  g_assert_true (mdoc_file_write (fixture->path,
                                  mdoc_span_from_text ("first"),
                                  MDOC_FILE_PRIVATE,
                                  &error));
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  g_assert_false (mdoc_file_write (fixture->path,
                                   mdoc_span_from_text ("second"),
                                   MDOC_FILE_PLAIN,
                                   &error));
  g_assert_error (error, MDOC_FILE_ERROR, MDOC_FILE_ERROR_EXISTS);
  g_clear_error (&error);
  bytes = mdoc_file_read (fixture->path, 10, &error);
  g_assert_true (mdoc_span_equals_text (mdoc_span_from_bytes (bytes), "first"));

  /* nothing is left lying beside it */
  folder = g_dir_open (fixture->folder, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_dir_read_name (folder), ==, "file");
  g_assert_null (g_dir_read_name (folder));
}

static void
test_write_nowhere (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->path, "below", NULL);

  g_assert_false (mdoc_file_write (path,
                                   mdoc_span_from_text ("x"),
                                   MDOC_FILE_PLAIN,
                                   &error));
  g_assert_error (error, MDOC_FILE_ERROR, MDOC_FILE_ERROR_NOT_FOUND);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "b.ini", "a.ini", ".c.ini", "d.txt" };
  g_autofree char *nowhere = g_build_filename (fixture->folder, "no", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder,
                                                names[i],
                                                NULL);

      g_assert_true (g_file_set_contents (path, "", 0, &error));
    }

  paths = mdoc_file_list (fixture->folder, ".ini", 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (paths), ==, 2);
  g_assert_true (g_str_has_suffix (paths[0], "/a.ini"));
  g_assert_true (g_str_has_suffix (paths[1], "/b.ini"));

  g_assert_null (mdoc_file_list (fixture->folder, ".ini", 1, &error));
  g_assert_error (error, MDOC_FILE_ERROR, MDOC_FILE_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (mdoc_file_list (nowhere, ".ini", 1, &error));
  g_assert_error (error, MDOC_FILE_ERROR, MDOC_FILE_ERROR_NOT_FOUND);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder,
                                                names[i],
                                                NULL);

      g_remove (path);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path_, func_)                                                      \
  g_test_add (path_, Fixture, NULL, setup, func_, teardown)
  ADD ("/file/round-trip", test_round_trip);
  ADD ("/file/kinds", test_kinds);
  ADD ("/file/list", test_list);
  ADD ("/file/write-modes", test_write_modes);
  ADD ("/file/write-nowhere", test_write_nowhere);
  g_test_add_func ("/file/lying-size", test_lying_size);

  return g_test_run ();
}
