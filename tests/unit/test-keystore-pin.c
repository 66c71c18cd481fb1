/*
 * test-keystore-pin.c - where the PIN of a token comes from
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/mdoc-names.h"
#include "storage/mdoc-keystore-private.h"
#include "tests/lib/mdoc-test-folder.h"

#define PIN "258036"

typedef struct
{
  const char *source; /* %s: the folder */
  guint mode;
  gboolean is_good;
} Case;

static const Case cases[] = {
  { "file:%s/pin", 0600, TRUE },
  { "%s/pin", 0400, TRUE },
  { "file:%s/pin", 0604, FALSE },
  { "file:%s/none", 0600, FALSE },
  { "file:", 0600, FALSE },
  { "credential:pin", 0400, TRUE },
  { "credential:pin", 0440, TRUE },
  { "credential:pin", 0404, FALSE },
  { "credential:pin", 0402, FALSE },
  { "credential:other", 0400, FALSE },
  { "credential:", 0400, FALSE },
  { "credential:..", 0400, FALSE },
  { "credential:./pin", 0400, FALSE },
  { NULL, 0600, FALSE },
};

static void
assert_refused (const char *source)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_keystore_read_pin (source, &error));
  g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_LOCKED);
  g_assert_null (strstr (error->message, PIN));
}

static void
test_source (void)
{
  g_autofree char *folder = mdoc_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "pin", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, PIN "\n", -1, &error);
  g_assert_no_error (error);
  g_setenv (MDOC_ENV_CREDENTIALS_DIR, folder, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) source = g_string_new (cases[i].source);
      g_autoptr (MdocSecret) pin = NULL;

      g_string_replace (source, "%s", folder, 0);
      g_assert_cmpint (g_chmod (path, cases[i].mode), ==, 0);
      if (!cases[i].is_good)
        {
          assert_refused (cases[i].source != NULL ? source->str : NULL);
          continue;
        }

      pin = mdoc_keystore_read_pin (source->str, &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_span_equals_text (mdoc_secret_get_span (pin), PIN));
    }

  g_assert_cmpint (g_chmod (path, 0400), ==, 0);
  g_unsetenv (MDOC_ENV_CREDENTIALS_DIR);
  assert_refused ("credential:pin");
  mdoc_test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/keystore-pin/source", test_source);

  return g_test_run ();
}
