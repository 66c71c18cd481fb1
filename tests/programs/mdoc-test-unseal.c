/*
 * mdoc-test-unseal.c - the private keys of a store, for tests to look for
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>

#include "base/mdoc-text.h"
#include "storage/mdoc-store-private.h"

/* Prints what is sealed of each key in hexadecimal, a line a key. */
int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  g_autoptr (MdocMasterKey) master_key = NULL;
  g_autoptr (MdocStore) store = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 2)
    return 2;

  path = g_build_filename (argv[1], MDOC_STORE_FILE_MASTER_KEY, NULL);
  master_key = mdoc_master_key_new_file (path);
  store = mdoc_store_open (argv[1], master_key, &error);
  if (store != NULL)
    keys = mdoc_store_list_keys (store, &error);

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      const MdocStoredKey *key = g_ptr_array_index (keys, i);
      g_autofree char *row = g_strjoin ("/",
                                        key->id,
                                        key->kind,
                                        mdoc_key_auth_get_name (key->auth),
                                        NULL);
      MdocSealPlace place = { "keys", row, "private_key", 1 };
      g_autoptr (sqlite3_stmt) statement
          = mdoc_store_prepare (store,
                                "SELECT private_key FROM keys WHERE id = ?",
                                &error);
      g_autoptr (MdocSecret) handle = NULL;
      g_autofree char *text = NULL;
      gboolean has_row;

      mdoc_store_bind_text (statement, 1, key->id);
      if (!mdoc_store_step (statement, &has_row, &error))
        break;
      handle = mdoc_sealer_open (store->sealer,
                                 &place,
                                 mdoc_store_column_span (statement, 0),
                                 &error);
      if (handle == NULL)
        break;
      text = mdoc_hex_encode (mdoc_secret_get_span (handle));
      printf ("%s\n", text);
    }

  if (error != NULL)
    fprintf (stderr, "%s\n", error->message);
  return error != NULL ? 1 : 0;
}
