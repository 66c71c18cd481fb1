/*
 * test-uri.c - web addresses and forms
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-uri.h"

#define ACCEPTED (-1)

static const struct
{
  const char *uri;
  gboolean is_https;
  gboolean is_issuer;
  const char *normal; /* NULL: none */
} uris[] = {
  { "https://a.example", TRUE, TRUE, "https://a.example/" },
  { "https://a.example/", TRUE, TRUE, "https://a.example/" },
  { "https://a.example/t/1", TRUE, TRUE, "https://a.example/t/1" },
  { "HTTPS://A.Example/T", TRUE, TRUE, "https://a.example/T" },
  { "https://a.example:443/t", TRUE, TRUE, "https://a.example/t" },
  { "https://a.example:8443/t", TRUE, TRUE, "https://a.example:8443/t" },
  { "https://a.example/t?x=1", TRUE, FALSE, "https://a.example/t" },
  { "https://a.example/t?", TRUE, FALSE, "https://a.example/t" },
  { "https://a.example/t#x", FALSE, FALSE, "https://a.example/t" },
  { "https://a.example/%7eb/%2f/%c3%a9",
    TRUE,
    TRUE,
    "https://a.example/~b/%2F/%C3%A9" },
  { "https://a.example/a/./b/../c", TRUE, TRUE, "https://a.example/a/c" },
  { "https://a.example/../../c/.", TRUE, TRUE, "https://a.example/c/" },
  { "https://a.example/a/..", TRUE, TRUE, "https://a.example/" },
  { "https://a.example/a/%2e%2e/c", TRUE, TRUE, "https://a.example/c" },
  { "https://a.example//b//", TRUE, TRUE, "https://a.example//b//" },
  { "https://[::1]:8443/t", TRUE, TRUE, "https://[::1]:8443/t" },
  { "https://127.0.0.1/t", TRUE, TRUE, "https://127.0.0.1/t" },
  { "http://a.example", FALSE, FALSE, "http://a.example/" },
  { "http://a.example:80", FALSE, FALSE, "http://a.example/" },
  { "http://a.example:443", FALSE, FALSE, "http://a.example:443/" },
  { "ftp://a.example", FALSE, FALSE, NULL },
  { "https:a.example", FALSE, FALSE, NULL },
  { "https:///t", FALSE, FALSE, NULL },
  { "//a.example/t", FALSE, FALSE, NULL },
  { "a.example", FALSE, FALSE, NULL },
  { "", FALSE, FALSE, NULL },
  { "https://", FALSE, FALSE, NULL },
  { "https://u@a.example/", FALSE, FALSE, NULL },
  { "https://u:p@a.example/", FALSE, FALSE, NULL },
  { "https://a.example:0/", FALSE, FALSE, NULL },
  { "https://a.example:65536/", FALSE, FALSE, NULL },
  { "https://a.example:x/", FALSE, FALSE, NULL },
  { "https://a.example/ b", FALSE, FALSE, NULL },
  { " https://a.example/", FALSE, FALSE, NULL },
  { "https://a.example/\n", FALSE, FALSE, NULL },
  { "https://a.example\\@b.example/", FALSE, FALSE, NULL },
  { "https://a.example/a\\b", FALSE, FALSE, NULL },
  { "https://\xc3\xa9.example/", FALSE, FALSE, NULL },
  { "https://a%2eb.example%2f/", FALSE, FALSE, NULL },
  { "https://a.example/%zz", FALSE, FALSE, NULL },
  { "javascript:alert(1)", FALSE, FALSE, NULL },
};

static void
test_uris (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autofree char *normal = mdoc_uri_normalise (uris[i].uri);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (normal, ==, uris[i].normal);
      g_assert_true (mdoc_uri_is_https (uris[i].uri) == uris[i].is_https);
      g_assert_true (mdoc_uri_is_issuer (uris[i].uri) == uris[i].is_issuer);
    }
}

static void
test_uri_limit (void)
{
  for (guint over = 0; over < 2; over++)
    {
      static const char start[] = "https://a.example/";
      g_autofree char *rest = g_strnfill (MDOC_URI_MAX_LEN - strlen (start)
                                              + over,
                                          'x');
      g_autofree char *uri = g_strconcat (start, rest, NULL);

      g_assert_true (mdoc_uri_is_https (uri) == (over == 0));
    }
}

static void
test_origin (void)
{
  static const struct
  {
    const char *a, *b;
    gboolean is_same;
  } pairs[] = {
    { "https://a.example/x", "https://A.EXAMPLE:443/y?z", TRUE },
    { "https://a.example/x", "http://a.example/x", FALSE },
    { "https://a.example/x", "https://a.example:444/x", FALSE },
    { "https://a.example:80/x", "http://a.example/x", FALSE },
    { "https://a.example/x", "https://b.a.example/x", FALSE },
    { "https://a.example/x", "x", FALSE },
    { "x", "x", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_assert_true (mdoc_uri_has_same_origin (pairs[i].a, pairs[i].b)
                     == pairs[i].is_same);
      g_assert_true (mdoc_uri_has_same_origin (pairs[i].b, pairs[i].a)
                     == pairs[i].is_same);
    }
}

static const struct
{
  const char *text;
  int code;
  const char *value; /* of "a" */
} forms[] = {
  { "a=1", ACCEPTED, "1" },
  { "a=", ACCEPTED, "" },
  { "a", ACCEPTED, "" },
  { "b=2&a=1&c", ACCEPTED, "1" },
  { "&&a=1&", ACCEPTED, "1" },
  { "a=1%2b2+3%20%26%3D", ACCEPTED, "1+2 3 &=" },
  { "%61=%c3%A9", ACCEPTED, "\xc3\xa9" },
  { "a==", ACCEPTED, "=" },
  { "a=1&a=1", MDOC_FORM_ERROR_DUPLICATE, NULL },
  { "a=1&%61=2", MDOC_FORM_ERROR_DUPLICATE, NULL },
  { "a&b&a", MDOC_FORM_ERROR_DUPLICATE, NULL },
  { "a=%", MDOC_FORM_ERROR_MALFORMED, NULL },
  { "a=%4", MDOC_FORM_ERROR_MALFORMED, NULL },
  { "a=%4&b=1", MDOC_FORM_ERROR_MALFORMED, NULL },
  { "a=%4g", MDOC_FORM_ERROR_MALFORMED, NULL },
  { "%x1=1", MDOC_FORM_ERROR_MALFORMED, NULL },
  { "a=%00", MDOC_FORM_ERROR_MALFORMED, NULL },
  { "a%00=1", MDOC_FORM_ERROR_MALFORMED, NULL },
  { "a=%ff", MDOC_FORM_ERROR_MALFORMED, NULL },
  { "a=%c0%80", MDOC_FORM_ERROR_MALFORMED, NULL },
};

static void
test_forms (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GHashTable) fields = mdoc_form_parse (forms[i].text, &error);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_true ((fields == NULL) == (error != NULL));
      if (forms[i].code != ACCEPTED)
        {
          g_assert_error (error, MDOC_FORM_ERROR, forms[i].code);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (g_hash_table_lookup (fields, "a"), ==, forms[i].value);
    }
}

static void
test_form_limits (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autofree char *long_text = g_strnfill (MDOC_FORM_MAX_LEN + over, 'x');
      g_autoptr (GString) many = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GHashTable) first = mdoc_form_parse (long_text, &error);
      g_autoptr (GHashTable) second = NULL;

      g_assert_true ((first == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_FORM_ERROR, MDOC_FORM_ERROR_LIMIT);
      g_clear_error (&error);

      for (guint i = 0; i < MDOC_FORM_MAX_FIELDS + over; i++)
        g_string_append_printf (many, "f%u&", i);
      second = mdoc_form_parse (many->str, &error);
      g_assert_true ((second == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_FORM_ERROR, MDOC_FORM_ERROR_LIMIT);
    }
}

static void
test_form_write (void)
{
  static const char value[] = "a b&c=d+e%\xc3\xa9\"~";
  g_autoptr (GString) form = g_string_new (NULL);
  g_autoptr (GHashTable) fields = NULL;

  mdoc_form_add (form, "first", value);
  mdoc_form_add (form, "none", NULL);
  mdoc_form_add (form, "pre-authorized_code", "");
  g_assert_cmpstr (form->str,
                   ==,
                   "first=a%20b%26c%3Dd%2Be%25%C3%A9%22~"
                   "&pre-authorized_code=");
  fields = mdoc_form_parse (form->str, NULL);
  g_assert_cmpuint (g_hash_table_size (fields), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (fields, "first"), ==, value);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/uri/cases", test_uris);
  g_test_add_func ("/uri/limit", test_uri_limit);
  g_test_add_func ("/uri/origin", test_origin);
  g_test_add_func ("/uri/forms", test_forms);
  g_test_add_func ("/uri/form-limits", test_form_limits);
  g_test_add_func ("/uri/form-write", test_form_write);

  return g_test_run ();
}
