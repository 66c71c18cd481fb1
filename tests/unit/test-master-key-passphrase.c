/*
 * test-master-key-passphrase.c - a master key that somebody has in mind
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mdoc-text.h"
#include "storage/mdoc-master-key.h"
#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-store.h"

#define PASSPHRASE "correct horse"

typedef struct
{
  MdocTestStore store;
  char *file;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  mdoc_test_store_set_up (&fixture->store, data);
  g_assert_cmpint (g_mkdir (fixture->store.state_dir, 0700), ==, 0);
  fixture->file = g_build_filename (fixture->store.state_dir,
                                    MDOC_STORE_FILE_PASSPHRASE,
                                    NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mdoc_test_store_tear_down (&fixture->store, data);
  g_free (fixture->file);
}

/* a source that reads @typed */
static MdocMasterKey *
make_source (Fixture *fixture, const char *typed)
{
  g_autofree char *text = NULL;
  MdocMasterKey *source;
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  g_assert_cmpint (write (fds[1], typed, strlen (typed)),
                   ==,
                   (gssize) strlen (typed));
  close (fds[1]);
  text = g_strdup_printf ("passphrase:fd=%d", fds[0]);
  source = mdoc_master_key_new_from_text (text, fixture->store.state_dir);
  g_assert_nonnull (source);
  g_assert_cmpstr (mdoc_master_key_get_kind (source), ==, "passphrase");
  return source;
}

static MdocSecret *
get_key (Fixture *fixture, gboolean is_new, const char *typed, GError **error)
{
  g_autoptr (MdocMasterKey) source = make_source (fixture, typed);

  return is_new ? mdoc_master_key_create (source, error)
                : mdoc_master_key_load (source, error);
}

static MdocSecret *
get_good_key (Fixture *fixture, gboolean is_new, const char *typed)
{
  g_autoptr (GError) error = NULL;
  MdocSecret *key = get_key (fixture, is_new, typed, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_secret_get_len (key), ==, MDOC_MASTER_KEY_LEN);
  return key;
}

static void
assert_refused (Fixture *fixture,
                gboolean is_new,
                const char *typed,
                MdocStoreError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (get_key (fixture, is_new, typed, &error));
  g_assert_error (error, MDOC_STORE_ERROR, (gint) code);
  g_assert_null (strstr (error->message, PASSPHRASE));
}

static void
test_from_text (void)
{
  static const struct
  {
    const char *text;
    gboolean is_good;
  } cases[] = {
    { "passphrase", TRUE },
    { "passphrase:ask", TRUE },
    { "passphrase:fd=0", TRUE },
    { "passphrase:fd=2147483647", TRUE },
    { "passphrase:fd=2147483648", FALSE },
    { "passphrase:fd=-1", FALSE },
    { "passphrase:fd=", FALSE },
    { "passphrase:fd=3x", FALSE },
    { "passphrase:" PASSPHRASE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocMasterKey) key
          = mdoc_master_key_new_from_text (cases[i].text, "/nowhere");

      g_assert_cmpint (key != NULL, ==, cases[i].is_good);
    }
}

static void
test_same_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocSecret) key = get_good_key (fixture, TRUE, PASSPHRASE);
  g_autoptr (MdocSecret) loaded = get_good_key (fixture, FALSE, PASSPHRASE);
  g_autoptr (MdocSecret) line = get_good_key (fixture,
                                              FALSE,
                                              PASSPHRASE "\nmore");
  g_autoptr (MdocSecret) resumed = get_good_key (fixture, TRUE, PASSPHRASE);
  g_autoptr (MdocSecret) other = get_good_key (fixture, FALSE, PASSPHRASE " ");
  g_autoptr (MdocSecret) salted = NULL;
  MdocSpan span = mdoc_secret_get_span (key);

  g_assert_true (mdoc_span_equal (span, mdoc_secret_get_span (loaded)));
  g_assert_true (mdoc_span_equal (span, mdoc_secret_get_span (line)));
  g_assert_true (mdoc_span_equal (span, mdoc_secret_get_span (resumed)));
  g_assert_false (mdoc_span_equal (span, mdoc_secret_get_span (other)));

  /* two stores do not share a key, even with one passphrase */
  g_assert_cmpint (g_unlink (fixture->file), ==, 0);
  salted = get_good_key (fixture, TRUE, PASSPHRASE);
  g_assert_false (mdoc_span_equal (span, mdoc_secret_get_span (salted)));
}

/* Against what the reference implementation's own program makes of it:
 * printf %s 'correct horse' | argon2 0123456789abcdef -id -t 3 -k 65536 -p 4
 * -l 32 -r (the salt is taken as text) */
static void
test_known_answer (Fixture *fixture, gconstpointer data)
{
  static const char content[] = "[argon2id]\n"
                                "memory_kib=65536\n"
                                "passes=3\n"
                                "lanes=4\n"
                                "salt=30313233343536373839616263646566\n";
  g_autoptr (MdocSecret) key = NULL;
  g_autofree char *hex = NULL;

  g_assert_true (g_file_set_contents_full (fixture->file,
                                           content,
                                           -1,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600,
                                           NULL));
  key = get_good_key (fixture, FALSE, PASSPHRASE);
  hex = mdoc_hex_encode (mdoc_secret_get_span (key));
  g_assert_cmpstr (hex,
                   ==,
                   "2f56f5363a695288ff28810e46ad69a1fe3068bc6494cd26a8a673b7d9c"
                   "2b0a2");
}

static void
test_length (Fixture *fixture, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (1024, 'p');
  g_autofree char *too_long = g_strnfill (1025, 'p');
  g_autoptr (MdocSecret) key G_GNUC_UNUSED = NULL;
  g_autoptr (MdocSecret) long_key G_GNUC_UNUSED = NULL;

  assert_refused (fixture, TRUE, "", MDOC_STORE_ERROR_KEY_WITHHELD);
  assert_refused (fixture, TRUE, "\n", MDOC_STORE_ERROR_KEY_WITHHELD);
  assert_refused (fixture, TRUE, "1234567", MDOC_STORE_ERROR_WRONG_KEY);
  assert_refused (fixture, TRUE, too_long, MDOC_STORE_ERROR_WRONG_KEY);
  /* nothing was begun */
  g_assert_false (g_file_test (fixture->file, G_FILE_TEST_EXISTS));

  key = get_good_key (fixture, TRUE, "12345678");
  long_key = get_good_key (fixture, FALSE, longest);
  assert_refused (fixture, FALSE, "", MDOC_STORE_ERROR_KEY_WITHHELD);
}

static void
test_read_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocMasterKey) source = make_source (fixture, PASSPHRASE);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocSecret) key G_GNUC_UNUSED = mdoc_master_key_create (source,
                                                                     &error);

  g_assert_no_error (error);
  g_assert_null (mdoc_master_key_load (source, &error));
  g_assert_error (error,
                  MDOC_STORE_ERROR,
                  (gint) MDOC_STORE_ERROR_KEY_WITHHELD);
}

/* What stretches the passphrase has limits, so that nobody who can write there
 * makes us take all memory, or next to none. */
static void
test_parameters (Fixture *fixture, gconstpointer data)
{
#define SALT "salt=30313233343536373839616263646566\n"
  static const struct
  {
    const char *content;
    gboolean is_good;
  } cases[] = {
    { "memory_kib=8192\npasses=1\nlanes=1\n" SALT, TRUE },
    { "memory_kib=8192\npasses=1\nlanes=16\n" SALT, TRUE },
    { "memory_kib=8192\npasses=64\nlanes=1\n" SALT, TRUE },
    { "memory_kib=8191\npasses=1\nlanes=1\n" SALT, FALSE },
    { "memory_kib=1048577\npasses=1\nlanes=1\n" SALT, FALSE },
    { "memory_kib=8192\npasses=0\nlanes=1\n" SALT, FALSE },
    { "memory_kib=8192\npasses=65\nlanes=1\n" SALT, FALSE },
    { "memory_kib=8192\npasses=1\nlanes=0\n" SALT, FALSE },
    { "memory_kib=8192\npasses=1\nlanes=17\n" SALT, FALSE },
    { "memory_kib=8192\npasses=1\nlanes=1\n", FALSE },
    { "memory_kib=8192\npasses=1\nlanes=1\nsalt=3031\n", FALSE },
    { "memory_kib=8192\npasses=1\nlanes=1\nsalt=x\n", FALSE },
    { "passes=1\nlanes=1\n" SALT, FALSE },
    { "", FALSE },
  };
#undef SALT

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *content = g_strconcat ("[argon2id]\n",
                                              cases[i].content,
                                              NULL);
      g_autoptr (MdocSecret) key G_GNUC_UNUSED = NULL;

      g_assert_true (g_file_set_contents_full (fixture->file,
                                               content,
                                               -1,
                                               G_FILE_SET_CONTENTS_CONSISTENT,
                                               0600,
                                               NULL));
      if (cases[i].is_good)
        key = get_good_key (fixture, FALSE, PASSPHRASE);
      else
        {
          assert_refused (fixture,
                          FALSE,
                          PASSPHRASE,
                          MDOC_STORE_ERROR_WRONG_KEY);
          assert_refused (fixture,
                          TRUE,
                          PASSPHRASE,
                          MDOC_STORE_ERROR_WRONG_KEY);
        }
    }
}

static void
test_store (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *typed;
    gboolean is_good;
  } cases[] = {
    { PASSPHRASE, TRUE },
    { PASSPHRASE "\n", TRUE },
    { "correct horsf", FALSE },
    { PASSPHRASE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocMasterKey) source = make_source (fixture, cases[i].typed);
      g_autoptr (GError) error = NULL;
      MdocStore *store = mdoc_store_open (fixture->store.state_dir,
                                          source,
                                          &error);

      g_assert_cmpint (store != NULL, ==, cases[i].is_good);
      if (store == NULL)
        g_assert_error (error,
                        MDOC_STORE_ERROR,
                        (gint) MDOC_STORE_ERROR_WRONG_KEY);
      mdoc_store_free (store);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/master-key/passphrase/from-text", test_from_text);
#define ADD(path_, func_)                                                      \
  g_test_add ("/master-key/passphrase/" path_,                                 \
              Fixture,                                                         \
              NULL,                                                            \
              set_up,                                                          \
              func_,                                                           \
              tear_down)
  ADD ("same-key", test_same_key);
  ADD ("known-answer", test_known_answer);
  ADD ("length", test_length);
  ADD ("read-once", test_read_once);
  ADD ("parameters", test_parameters);
  ADD ("store", test_store);
#undef ADD

  return g_test_run ();
}
