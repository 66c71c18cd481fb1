/*
 * mdoc-test-folder.c - a folder for one test
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-folder.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>

char *
mdoc_test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("mdoc-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

static int
remove_one (const char *path, const struct stat *info, int type, struct FTW *at)
{
  return g_remove (path);
}

void
mdoc_test_folder_remove (const char *path)
{
  g_assert_cmpint (nftw (path, remove_one, 16, FTW_DEPTH | FTW_PHYS), ==, 0);
}

gboolean
mdoc_test_file_contains (const char *path, const guint8 *needle, gsize len)
{
  g_autofree char *content = NULL;
  gsize content_len;

  return g_file_get_contents (path, &content, &content_len, NULL)
         && memmem (content, content_len, needle, len) != NULL;
}
