/*
 * fuzz-uri.c - web addresses and forms made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-uri.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is normal stays so, and is of the same place. */
static void
check_uri (const char *text)
{
  g_autofree char *normal = mdoc_uri_normalise (text);
  g_autofree char *again = NULL;

  g_assert_true (mdoc_uri_is_https (text) || !mdoc_uri_is_issuer (text));
  g_assert_true (normal != NULL || !mdoc_uri_is_https (text));
  if (normal == NULL)
    return;
  again = mdoc_uri_normalise (normal);
  /* only an address that was as long as it may be */
  if (again == NULL)
    return;
  g_assert_cmpstr (again, ==, normal);
  g_assert_true (mdoc_uri_has_same_origin (text, normal));
}

/* What is read can be written, and is then read as the same. */
static void
check_form (const char *text)
{
  g_autoptr (GHashTable) fields = NULL;
  g_autoptr (GHashTable) again = NULL;
  g_autoptr (GString) form = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer name, value;

  fields = mdoc_form_parse (text, &error);
  g_assert_true ((fields == NULL) == (error != NULL));
  if (fields == NULL)
    {
      g_assert_true (error->domain == MDOC_FORM_ERROR);
      return;
    }

  g_hash_table_iter_init (&iter, fields);
  while (g_hash_table_iter_next (&iter, &name, &value))
    mdoc_form_add (form, name, value);
  again = mdoc_form_parse (form->str, &error);
  if (form->len > MDOC_FORM_MAX_LEN)
    return;
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (again), ==, g_hash_table_size (fields));
  g_hash_table_iter_init (&iter, fields);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_assert_cmpstr (g_hash_table_lookup (again, name), ==, value);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  check_uri (text);
  check_form (text);
  return 0;
}
