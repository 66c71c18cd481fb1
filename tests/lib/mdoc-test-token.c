/*
 * mdoc-test-token.c - a PKCS#11 token for one process
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-token.h"

#include <glib/gstdio.h>

/* Runs a program to its end, which has to be a good one. */
static void
run (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  int status = 0;

  g_spawn_sync (NULL,
                (char **) (gsize) (gconstpointer) argv,
                NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                NULL,
                NULL,
                NULL,
                &said,
                &status,
                &error);
  g_assert_no_error (error);
  if (status != 0)
    g_test_message ("%s: %s", argv[0], said);
  g_assert_cmpint (status, ==, 0);
}

char *
mdoc_test_token_make (const char *folder)
{
  g_autofree char *tokens = g_build_filename (folder, "tokens", NULL);
  g_autofree char *conf = g_build_filename (folder, "softhsm2.conf", NULL);
  g_autofree char *pin = g_build_filename (folder, "pin", NULL);
  g_autofree char *text = g_strdup_printf ("directories.tokendir = %s\n",
                                           tokens);
  const char *argv[] = {
    "softhsm2-util", "--init-token", "--free",   "--label",     "wallet",
    "--pin",         MDOC_TEST_PIN,  "--so-pin", MDOC_TEST_PIN, NULL
  };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (tokens, 0700), ==, 0);
  g_file_set_contents (conf, text, -1, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (pin,
                            MDOC_TEST_PIN "\n",
                            -1,
                            G_FILE_SET_CONTENTS_NONE,
                            0600,
                            &error);
  g_assert_no_error (error);
  g_assert_true (g_setenv ("SOFTHSM2_CONF", conf, TRUE));
  run (argv);
  return g_strdup_printf ("pkcs11:token=wallet?module-"
                          "path=" MDOC_TEST_TOKEN_MODULE "&pin-source=file:%s",
                          pin);
}
