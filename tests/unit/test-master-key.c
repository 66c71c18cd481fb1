/*
 * test-master-key.c - where the key that seals the store comes from
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mdoc-names.h"
#include "storage/mdoc-master-key-private.h"
#include "tests/lib/mdoc-test-store.h"

#define NOBODY 65534

typedef MdocTestStore Fixture;

static void
test_from_text (void)
{
  g_autofree char *longest = g_strnfill (MDOC_MASTER_KEY_MAX_NAME_LEN, 'n');
  g_autofree char *long_name = g_strconcat ("credential:", longest, NULL);
  g_autofree char *too_long = g_strconcat (long_name, "n", NULL);
  const struct
  {
    const char *text;
    const char *kind; /* NULL: refused */
  } cases[] = {
    { "/var/key", "file" },
    { "key", "file" },
    { "file:key", "file" },
    { "file:credential:x", "file" },
    { "credential:x", "credential" },
    { "credential:..x", "credential" },
    { long_name, "credential" },
    { too_long, NULL },
    { "", NULL },
    { "file:", NULL },
    { "credential:", NULL },
    { "credential:.", NULL },
    { "credential:..", NULL },
    { "credential:/x", NULL },
    { "credential:x/../y", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocMasterKey) key
          = mdoc_master_key_new_from_text (cases[i].text, "/nowhere");

      g_assert_cmpstr (key != NULL ? mdoc_master_key_get_kind (key) : NULL,
                       ==,
                       cases[i].kind);
    }
}

static char *
write_credential (Fixture *fixture, gsize len, int mode)
{
  char *path = g_build_filename (fixture->parent, "seal", NULL);
  g_autofree char *content = g_strnfill (len, 'k');

  g_assert_true (g_file_set_contents_full (path,
                                           content,
                                           (gssize) len,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600,
                                           NULL));
  g_assert_cmpint (chmod (path, (mode_t) mode), ==, 0);
  return path;
}

/* both for a store that exists and for a new one */
static void
assert_refused (MdocStoreError code)
{
  g_autoptr (MdocMasterKey) source = mdoc_master_key_new_credential ("seal");
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_master_key_load (source, &error));
  g_assert_error (error, MDOC_STORE_ERROR, (gint) code);
  g_clear_error (&error);
  g_assert_null (mdoc_master_key_create (source, &error));
  g_assert_error (error, MDOC_STORE_ERROR, (gint) code);
}

static void
assert_taken (void)
{
  g_autoptr (MdocMasterKey) source = mdoc_master_key_new_credential ("seal");
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocSecret) key = mdoc_master_key_load (source, &error);
  g_autoptr (MdocSecret) created = NULL;

  g_assert_no_error (error);
  g_assert_true (mdoc_span_equals_text (mdoc_secret_get_span (key),
                                        "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"));
  created = mdoc_master_key_create (source, &error);
  g_assert_no_error (error);
  g_assert_nonnull (created);
}

static void
test_credential_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->parent, "seal", NULL);

  g_unsetenv (MDOC_ENV_CREDENTIALS_DIR);
  assert_refused (MDOC_STORE_ERROR_WRONG_KEY);
  g_setenv (MDOC_ENV_CREDENTIALS_DIR, "", TRUE);
  assert_refused (MDOC_STORE_ERROR_WRONG_KEY);
  g_setenv (MDOC_ENV_CREDENTIALS_DIR, fixture->parent, TRUE);
  assert_refused (MDOC_STORE_ERROR_WRONG_KEY);
  /* none was made */
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_credential_length (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gsize len;
    gboolean is_good;
  } cases[] = {
    { 0, FALSE },
    { MDOC_MASTER_KEY_LEN - 1, FALSE },
    { MDOC_MASTER_KEY_LEN, TRUE },
    { MDOC_MASTER_KEY_LEN + 1, FALSE },
  };

  g_setenv (MDOC_ENV_CREDENTIALS_DIR, fixture->parent, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path G_GNUC_UNUSED = write_credential (fixture,
                                                              cases[i].len,
                                                              0400);

      if (cases[i].is_good)
        assert_taken ();
      else
        assert_refused (MDOC_STORE_ERROR_WRONG_KEY);
    }
}

static void
test_credential_mode (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    int mode;
    gboolean is_good;
  } cases[] = {
    { 0400, TRUE },  { 0600, TRUE },  { 0440, TRUE },  { 0420, FALSE },
    { 0410, FALSE }, { 0404, FALSE }, { 0402, FALSE }, { 0401, FALSE },
  };
  g_autofree char *path = NULL;

  g_setenv (MDOC_ENV_CREDENTIALS_DIR, fixture->parent, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_free (path);
      path = write_credential (fixture, MDOC_MASTER_KEY_LEN, cases[i].mode);
      if (cases[i].is_good)
        assert_taken ();
      else
        assert_refused (MDOC_STORE_ERROR_PERMISSIONS);
    }

  /* only root can give a file away */
  if (geteuid () == 0)
    {
      g_assert_cmpint (chmod (path, 0400), ==, 0);
      g_assert_cmpint (chown (path, NOBODY, NOBODY), ==, 0);
      assert_refused (MDOC_STORE_ERROR_PERMISSIONS);
    }
}

static void
test_credential_no_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = write_credential (fixture, MDOC_MASTER_KEY_LEN, 0400);
  g_autofree char *other = g_strconcat (path, ".other", NULL);

  g_setenv (MDOC_ENV_CREDENTIALS_DIR, fixture->parent, TRUE);
  g_assert_cmpint (g_rename (path, other), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  assert_refused (MDOC_STORE_ERROR_PERMISSIONS);

  /* no link is followed, even to a good one */
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (symlink (other, path), ==, 0);
  assert_refused (MDOC_STORE_ERROR_DEVICE);

  /* nobody waits for what a pipe may have to say */
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0400), ==, 0);
  assert_refused (MDOC_STORE_ERROR_PERMISSIONS);
}

static void
test_file_pipe (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->parent, "pipe", NULL);
  g_autoptr (MdocMasterKey) source = mdoc_master_key_new_file (path);
  g_autoptr (GError) error = NULL;
  gboolean is_missing;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (mdoc_master_key_load (source, &error));
  g_assert_error (error, MDOC_STORE_ERROR, (gint) MDOC_STORE_ERROR_PERMISSIONS);
  g_clear_error (&error);
  g_assert_null (mdoc_master_key_read_beside (path, &is_missing, &error));
  g_assert_error (error, MDOC_STORE_ERROR, (gint) MDOC_STORE_ERROR_PERMISSIONS);
  g_assert_false (is_missing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/master-key/from-text", test_from_text);
#define ADD(path_, func_)                                                      \
  g_test_add ("/master-key/credential/" path_,                                 \
              Fixture,                                                         \
              NULL,                                                            \
              mdoc_test_store_set_up,                                          \
              func_,                                                           \
              mdoc_test_store_tear_down)
  ADD ("missing", test_credential_missing);
  ADD ("length", test_credential_length);
  ADD ("mode", test_credential_mode);
  ADD ("no-file", test_credential_no_file);
#undef ADD
  g_test_add ("/master-key/file/pipe",
              Fixture,
              NULL,
              mdoc_test_store_set_up,
              test_file_pipe,
              mdoc_test_store_tear_down);

  return g_test_run ();
}
