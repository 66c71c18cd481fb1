/*
 * test-keystore-power-cut.c - a token that makes a key, and then the power goes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/mdoc-keystore.h"
#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-store.h"
#include "tests/lib/mdoc-test-token.h"

static char *token_spec;

static MdocKeystore *
open_token (void)
{
  g_autoptr (GError) error = NULL;
  MdocKeystore *keystore = mdoc_keystore_open (token_spec, &error);

  g_assert_no_error (error);
  return keystore;
}

static gboolean
try_sign (MdocKey *key, GError **error)
{
  MdocSpan part = mdoc_span_from_text ("what is signed");
  guint8 signature[MDOC_SIGNATURE_MAX_LEN];
  gsize len;

  return mdoc_key_sign (key, MDOC_ALG_ES256, &part, 1, signature, &len, error);
}

static void
assert_signs (MdocKey *key)
{
  g_autoptr (GError) error = NULL;

  try_sign (key, &error);
  g_assert_no_error (error);
}

static int power_cut_pipe[2];

static MdocSecret *
cut_reserve (gpointer impl)
{
  return mdoc_keystore_reserve (impl);
}

static MdocSecret *
cut_create (gpointer impl,
            MdocSpan reserved,
            MdocCurve curve,
            MdocKeyAuth auth,
            MdocPublicKey **ret_public_key,
            GError **error)
{
  MdocSecret *handle = mdoc_keystore_create (impl,
                                             reserved,
                                             curve,
                                             auth,
                                             ret_public_key,
                                             error);
  MdocSpan span = mdoc_secret_get_span (handle);

  if (write (power_cut_pipe[1], span.data, span.len) == (gssize) span.len)
    kill (getpid (), SIGKILL);
  _exit (1);
}

static const MdocKeystoreClass cut_class = {
  .kind = MDOC_KEYSTORE_PKCS11,
  .reserve = cut_reserve,
  .create = cut_create,
};

static void
make_until_power_cut (MdocTestStore *folder)
{
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (MdocStore) store = mdoc_test_store_open (folder);
  MdocKeystore *keystore = mdoc_keystore_new (&cut_class, open_token ());

  mdoc_store_add_keystore (store, keystore);
  key = mdoc_store_create_key (store,
                               MDOC_CURVE_P256,
                               MDOC_KEY_AUTH_SIGNATURE,
                               "",
                               MDOC_TEST_NOW,
                               NULL);
  _exit (2);
}

static void
test_store_power_cut (void)
{
  MdocTestStore folder;
  g_autoptr (MdocStore) store = NULL;
  g_autoptr (MdocKeystore) keystore = open_token ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocPublicKey) public_key = NULL;
  g_autoptr (MdocKey) left_behind = NULL;
  guint8 handle[512];
  gssize len;
  pid_t child;
  int status;

  mdoc_test_store_set_up (&folder, NULL);
  mdoc_store_free (mdoc_test_store_open (&folder));
  g_assert_cmpint (pipe (power_cut_pipe), ==, 0);
  child = fork ();
  if (child == 0)
    make_until_power_cut (&folder);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  len = read (power_cut_pipe[0], handle, sizeof (handle));
  g_assert_cmpint (len, >, 16);
  close (power_cut_pipe[0]);
  close (power_cut_pipe[1]);

  /* the token has it, the store does not */
  public_key = mdoc_public_key_new_from_spki (MDOC_SPAN (handle + 16,
                                                         (gsize) len - 16),
                                              &error);
  g_assert_no_error (error);
  left_behind = mdoc_keystore_load (keystore,
                                    public_key,
                                    MDOC_KEY_AUTH_SIGNATURE,
                                    MDOC_SPAN (handle, (gsize) len),
                                    &error);
  g_assert_no_error (error);
  assert_signs (left_behind);

  /* one that is not there loses nothing */
  store = mdoc_test_store_open (&folder);
  g_assert_true (mdoc_store_sweep_keys (store, &error));
  g_assert_no_error (error);
  assert_signs (left_behind);

  mdoc_store_add_keystore (store, keystore);
  g_assert_true (mdoc_store_sweep_keys (store, &error));
  g_assert_no_error (error);
  g_assert_false (try_sign (left_behind, &error));
  g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_GONE);
  g_clear_error (&error);

  /* and a key that got into the store stays */
  {
    g_autoptr (MdocStoredKey) kept
        = mdoc_store_create_key (store,
                                 MDOC_CURVE_P256,
                                 MDOC_KEY_AUTH_SIGNATURE,
                                 "",
                                 MDOC_TEST_NOW,
                                 &error);
    g_autoptr (MdocKey) key = NULL;

    g_assert_no_error (error);
    g_assert_true (mdoc_store_sweep_keys (store, &error));
    g_assert_no_error (error);
    key = mdoc_store_load_key (store, kept->id, &error);
    g_assert_no_error (error);
    assert_signs (key);
  }
  mdoc_test_store_tear_down (&folder, NULL);
}

int
main (int argc, char **argv)
{
  g_autofree char *token_folder = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  /* as in the agent */
  signal (SIGPIPE, SIG_IGN);
  token_folder = mdoc_test_folder_new ();
  token_spec = mdoc_test_token_make (token_folder);

  g_test_add_func ("/keystore/pkcs11/power-cut", test_store_power_cut);
  status = g_test_run ();

  mdoc_test_folder_remove (token_folder);
  g_free (token_spec);
  return status;
}
