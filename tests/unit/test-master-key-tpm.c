/*
 * test-master-key-tpm.c - a master key that a TPM seals
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "storage/mdoc-master-key.h"
#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-store.h"
#include "tests/lib/mdoc-test-swtpm.h"

/* no firmware extends it, and only who asks for it resets it */
#define PCR   16
#define OTHER 15

typedef struct
{
  MdocTestStore store;
  MdocTestSwtpm tpm;
  char *file;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  mdoc_test_store_set_up (&fixture->store, data);
  mdoc_test_swtpm_set_up (&fixture->tpm);
  g_assert_cmpint (g_mkdir (fixture->store.state_dir, 0700), ==, 0);
  fixture->file = g_build_filename (fixture->store.state_dir,
                                    MDOC_STORE_FILE_TPM_KEY,
                                    NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mdoc_test_swtpm_tear_down (&fixture->tpm);
  mdoc_test_store_tear_down (&fixture->store, data);
  g_free (fixture->file);
}

/* @pcrs: "" or "pcrs=16:" */
static MdocMasterKey *
make_source (Fixture *fixture, const char *pcrs)
{
  g_autofree char *text
      = g_strconcat ("tpm:", pcrs, "tcti=", fixture->tpm.tcti, NULL);
  MdocMasterKey *source
      = mdoc_master_key_new_from_text (text, fixture->store.state_dir);

  g_assert_nonnull (source);
  g_assert_cmpstr (mdoc_master_key_get_kind (source), ==, "tpm");
  return source;
}

static MdocSecret *
create (Fixture *fixture, const char *pcrs)
{
  g_autoptr (MdocMasterKey) source = make_source (fixture, pcrs);
  g_autoptr (GError) error = NULL;
  MdocSecret *key = mdoc_master_key_create (source, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_secret_get_len (key), ==, MDOC_MASTER_KEY_LEN);
  return key;
}

static void
assert_loads (Fixture *fixture, const char *pcrs, MdocSecret *expected)
{
  g_autoptr (MdocMasterKey) source = make_source (fixture, pcrs);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocSecret) key = mdoc_master_key_load (source, &error);

  g_assert_no_error (error);
  g_assert_true (mdoc_span_equal (mdoc_secret_get_span (key),
                                  mdoc_secret_get_span (expected)));
}

static void
assert_refused (Fixture *fixture,
                const char *pcrs,
                MdocStoreError code,
                const char *why)
{
  g_autoptr (MdocMasterKey) source = make_source (fixture, pcrs);
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_master_key_load (source, &error));
  g_assert_error (error, MDOC_STORE_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, why));
}

static void
test_from_text (void)
{
  g_autofree char *longest = g_strnfill (512, 't');
  g_autofree char *long_tcti = g_strconcat ("tpm:tcti=", longest, NULL);
  g_autofree char *too_long = g_strconcat (long_tcti, "t", NULL);
  const struct
  {
    const char *text;
    gboolean is_good;
  } cases[] = {
    { "tpm", TRUE },
    { "tpm:pcrs=0", TRUE },
    { "tpm:pcrs=0,7,23", TRUE },
    { "tpm:tcti=device:/dev/tpmrm0", TRUE },
    { "tpm:pcrs=7:tcti=swtpm:host=x,port=1", TRUE },
    { long_tcti, TRUE },
    { too_long, FALSE },
    { "tpm:pcrs=", FALSE },
    { "tpm:pcrs=24", FALSE },
    { "tpm:pcrs=-1", FALSE },
    { "tpm:pcrs=7,7", FALSE },
    { "tpm:pcrs=7,", FALSE },
    { "tpm:pcrs=7:", FALSE },
    { "tpm:pcrs=7:x", FALSE },
    { "tpm:tcti=", FALSE },
    { "tpm:pcr=7", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocMasterKey) key
          = mdoc_master_key_new_from_text (cases[i].text, "/nowhere");

      g_assert_cmpint (key != NULL, ==, cases[i].is_good);
    }
}

/* The whole store, and the TPM restarted in between. */
static void
test_store (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocMasterKey) source = make_source (fixture, "");
  g_autoptr (GError) error = NULL;
  MdocStore *store;

  for (guint i = 0; i < 3; i++)
    {
      store = mdoc_store_open (fixture->store.state_dir, source, &error);
      g_assert_no_error (error);
      g_assert_nonnull (store);
      mdoc_store_free (store);
      mdoc_test_swtpm_kill (&fixture->tpm);
      mdoc_test_swtpm_start (&fixture->tpm);
    }
}

/* A start that was cut short after the key was written goes on with it. */
static void
test_create_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocSecret) key = create (fixture, "");
  g_autoptr (MdocSecret) again = create (fixture, "");

  g_assert_true (mdoc_span_equal (mdoc_secret_get_span (key),
                                  mdoc_secret_get_span (again)));
  assert_loads (fixture, "", key);
}

static void
test_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocSecret) key = NULL;

  /* before there is a key: none is made that nobody could unseal */
  mdoc_test_swtpm_kill (&fixture->tpm);
  {
    g_autoptr (MdocMasterKey) source = make_source (fixture, "");
    g_autoptr (GError) error = NULL;

    g_assert_null (mdoc_master_key_create (source, &error));
    g_assert_error (error,
                    MDOC_STORE_ERROR,
                    (gint) MDOC_STORE_ERROR_KEY_WITHHELD);
    g_assert_false (g_file_test (fixture->file, G_FILE_TEST_EXISTS));
  }

  mdoc_test_swtpm_start (&fixture->tpm);
  key = create (fixture, "");
  mdoc_test_swtpm_kill (&fixture->tpm);
  assert_refused (fixture, "", MDOC_STORE_ERROR_KEY_WITHHELD, "no TPM");
  mdoc_test_swtpm_start (&fixture->tpm);
  assert_loads (fixture, "", key);
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, "", MDOC_STORE_ERROR_WRONG_KEY, "missing");
}

static void
test_other_tpm (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocSecret) key G_GNUC_UNUSED = create (fixture, "");

  mdoc_test_swtpm_tear_down (&fixture->tpm);
  mdoc_test_swtpm_set_up (&fixture->tpm);
  assert_refused (fixture, "", MDOC_STORE_ERROR_WRONG_KEY, "another TPM");
}

static void
test_pcrs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocSecret) key = create (fixture, "pcrs=7,16:");

  assert_loads (fixture, "pcrs=16,7:", key);
  /* one that it is not sealed to may change */
  mdoc_test_swtpm_extend (&fixture->tpm, OTHER);
  assert_loads (fixture, "pcrs=7,16:", key);
  mdoc_test_swtpm_extend (&fixture->tpm, PCR);
  assert_refused (fixture,
                  "pcrs=7,16:",
                  MDOC_STORE_ERROR_KEY_WITHHELD,
                  "a PCR differs");

  /* booted again, into what it was sealed to */
  mdoc_test_swtpm_kill (&fixture->tpm);
  mdoc_test_swtpm_start (&fixture->tpm);
  assert_loads (fixture, "pcrs=7,16:", key);
}

static void
test_other_pcrs (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *sealed;
    const char *named;
  } cases[] = {
    { "", "pcrs=16:" },
    { "pcrs=16:", "" },
    { "pcrs=16:", "pcrs=7,16:" },
    { "pcrs=7,16:", "pcrs=16:" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocSecret) key G_GNUC_UNUSED = create (fixture,
                                                         cases[i].sealed);

      assert_refused (fixture,
                      cases[i].named,
                      MDOC_STORE_ERROR_WRONG_KEY,
                      "other PCRs");
      g_assert_cmpint (g_unlink (fixture->file), ==, 0);
    }
}

static void
write_content (Fixture *fixture, const guint8 *content, gsize len)
{
  g_assert_true (g_file_set_contents_full (fixture->file,
                                           (const char *) content,
                                           (gssize) len,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600,
                                           NULL));
}

/* A file that was changed gives no key, least of all another one. */
static void
test_damage (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocSecret) key = create (fixture, "");
  g_autofree guint8 *content = NULL;
  gsize len;

  g_assert_true (
      g_file_get_contents (fixture->file, (char **) &content, &len, NULL));
  /* each is a conversation with the TPM; the head of 12 bytes is not */
  for (gsize i = 0; i < len; i += i < 12 ? 1 : 5)
    {
      content[i] ^= 0x10;
      write_content (fixture, content, len);
      assert_refused (fixture, "", MDOC_STORE_ERROR_WRONG_KEY, "");
      content[i] ^= 0x10;
    }

  for (gsize i = 0; i < len; i += 7)
    {
      write_content (fixture, content, i);
      assert_refused (fixture, "", MDOC_STORE_ERROR_WRONG_KEY, "");
    }

  write_content (fixture, content, len);
  assert_loads (fixture, "", key);
  g_assert_cmpint (g_chmod (fixture->file, 0644), ==, 0);
  assert_refused (fixture, "", MDOC_STORE_ERROR_PERMISSIONS, "");
}

/* A TPM has room for three objects; nothing of ours may stay there. */
static void
test_no_leaks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocSecret) key = create (fixture, "pcrs=16:");

  for (guint i = 0; i < 8; i++)
    assert_loads (fixture, "pcrs=16:", key);
  mdoc_test_swtpm_extend (&fixture->tpm, PCR);
  for (guint i = 0; i < 8; i++)
    assert_refused (fixture, "pcrs=16:", MDOC_STORE_ERROR_KEY_WITHHELD, "");
  g_assert_cmpuint (mdoc_test_swtpm_count_loaded (&fixture->tpm), ==, 0);
}

/* What crosses the bus, written down by tss2 itself. */
static void
test_bus (Fixture *fixture, gconstpointer data)
{
  static const char *const variants[] = { "", "pcrs=16:" };

  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autofree char *capture = g_build_filename (fixture->store.parent,
                                                   "bus.pcap",
                                                   NULL);
      g_autofree char *usual = g_steal_pointer (&fixture->tpm.tcti);
      g_autoptr (MdocSecret) key = NULL;
      g_autofree guint8 *content = NULL;
      MdocSpan span;
      gsize len;

      fixture->tpm.tcti = g_strconcat ("pcap:", usual, NULL);
      g_setenv ("TCTI_PCAP_FILE", capture, TRUE);
      key = create (fixture, variants[i]);
      assert_loads (fixture, variants[i], key);
      g_free (fixture->tpm.tcti);
      fixture->tpm.tcti = g_steal_pointer (&usual);

      /* what is sealed stands there, and so would the key */
      g_assert_true (
          g_file_get_contents (fixture->file, (char **) &content, &len, NULL));
      g_assert_true (mdoc_test_file_contains (capture, content + 14, 32));
      span = mdoc_secret_get_span (key);
      g_assert_false (mdoc_test_file_contains (capture, span.data, 8));
      g_assert_false (mdoc_test_file_contains (fixture->file, span.data, 8));
      g_assert_cmpint (g_unlink (capture), ==, 0);
      g_assert_cmpint (g_unlink (fixture->file), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TSS2_LOG", "all+NONE", FALSE);

  g_test_add_func ("/master-key/tpm/from-text", test_from_text);
#define ADD(path_, func_)                                                      \
  g_test_add ("/master-key/tpm/" path_, Fixture, NULL, set_up, func_, tear_down)
  ADD ("store", test_store);
  ADD ("create-again", test_create_again);
  ADD ("gone", test_gone);
  ADD ("missing", test_missing);
  ADD ("other-tpm", test_other_tpm);
  ADD ("pcrs", test_pcrs);
  ADD ("other-pcrs", test_other_pcrs);
  ADD ("damage", test_damage);
  ADD ("no-leaks", test_no_leaks);
  ADD ("bus", test_bus);
#undef ADD

  return g_test_run ();
}
