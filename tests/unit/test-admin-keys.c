/*
 * test-admin-keys.c - keys of the administration and their file
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-admin-keys.h"

#define DIGEST_A                                                               \
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B                                                               \
  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void
test_make_and_find (void)
{
  static const struct
  {
    const char *role;
    guint roles;
  } rows[] = {
    { "check", MDOC_ADMIN_ROLE_CHECK },
    { "read", MDOC_ADMIN_ROLE_READ },
    { "operate", MDOC_ADMIN_ROLE_READ | MDOC_ADMIN_ROLE_OPERATE },
    { "configure",
      MDOC_ADMIN_ROLE_CHECK | MDOC_ADMIN_ROLE_READ | MDOC_ADMIN_ROLE_OPERATE
          | MDOC_ADMIN_ROLE_CONFIGURE | MDOC_ADMIN_ROLE_APPROVE },
    { "approve", MDOC_ADMIN_ROLE_READ | MDOC_ADMIN_ROLE_APPROVE },
  };
  g_autoptr (GString) text = g_string_new ("# keys\n\n");
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MdocAdminKeys) keys = NULL;
  g_autoptr (GError) error = NULL;
  guint found;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *line = NULL;
      char *key = mdoc_admin_keys_make (rows[i].role,
                                        rows[i].role,
                                        &line,
                                        &error);

      g_assert_no_error (error);
      g_assert_cmpuint (strlen (key), ==, MDOC_ADMIN_KEY_LEN);
      g_assert_null (strstr (line, key));
      g_string_append (text, line);
      g_ptr_array_add (made, key);
    }
  keys = mdoc_admin_keys_parse (text->str, &error);
  g_assert_no_error (error);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *key = g_ptr_array_index (made, i);
      g_autofree char *header = g_strconcat ("Bearer ", key, NULL);
      g_autofree char *shouted = g_strconcat ("BEARER ", key, NULL);

      g_assert_cmpstr (mdoc_admin_keys_find (keys, header, &found),
                       ==,
                       rows[i].role);
      g_assert_cmpuint (found, ==, rows[i].roles);
      g_assert_cmpstr (mdoc_admin_keys_find (keys, shouted, &found),
                       ==,
                       rows[i].role);
      for (gsize at = 0; at < strlen (header); at++)
        {
          g_autofree char *changed = g_strdup (header);

          changed[at] = changed[at] == 'A' ? 'Q' : 'A';
          if (g_ascii_strcasecmp (changed, header) == 0)
            continue;
          g_assert_null (mdoc_admin_keys_find (keys, changed, &found));
          g_assert_cmpuint (found, ==, 0);
        }
    }
  g_assert_null (mdoc_admin_keys_find (keys, NULL, &found));
  g_assert_null (mdoc_admin_keys_find (keys, "", &found));
  g_assert_null (mdoc_admin_keys_find (keys, "Bearer ", &found));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    MdocAdminKeysError code;
  } rows[] = {
    { "a", MDOC_ADMIN_KEYS_ERROR_SYNTAX },
    { "a read", MDOC_ADMIN_KEYS_ERROR_SYNTAX },
    { "a read xx", MDOC_ADMIN_KEYS_ERROR_SYNTAX },
    { "a read aa", MDOC_ADMIN_KEYS_ERROR_SYNTAX },
    { "a king " DIGEST_A, MDOC_ADMIN_KEYS_ERROR_SYNTAX },
    { "a/b read " DIGEST_A, MDOC_ADMIN_KEYS_ERROR_SYNTAX },
    { "a read " DIGEST_A " more", MDOC_ADMIN_KEYS_ERROR_SYNTAX },
    { "a read " DIGEST_A "\na read " DIGEST_B,
      MDOC_ADMIN_KEYS_ERROR_DUPLICATE },
    { "a read " DIGEST_A "\nb read " DIGEST_A,
      MDOC_ADMIN_KEYS_ERROR_DUPLICATE },
  };
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_null (mdoc_admin_keys_parse (rows[i].text, &error));
      g_assert_error (error, MDOC_ADMIN_KEYS_ERROR, (gint) rows[i].code);
      g_clear_error (&error);
    }
  g_assert_null (mdoc_admin_keys_make ("a b", "read", &line, NULL));
  g_assert_null (mdoc_admin_keys_make ("", "read", &line, NULL));
  g_assert_null (mdoc_admin_keys_make ("a", "king", &line, NULL));
}

static void
test_limit (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (MdocAdminKeys) keys = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < MDOC_ADMIN_MAX_KEYS; i++)
    g_string_append_printf (text, "k%u read %064x\n", i, i);
  keys = mdoc_admin_keys_parse (text->str, &error);
  g_assert_no_error (error);
  g_string_append (text, "last read " DIGEST_A "\n");
  g_assert_null (mdoc_admin_keys_parse (text->str, &error));
  g_assert_error (error,
                  MDOC_ADMIN_KEYS_ERROR,
                  (gint) MDOC_ADMIN_KEYS_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/admin-keys/make-and-find", test_make_and_find);
  g_test_add_func ("/admin-keys/refused", test_refused);
  g_test_add_func ("/admin-keys/limit", test_limit);
  return g_test_run ();
}
