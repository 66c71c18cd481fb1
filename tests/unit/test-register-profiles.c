/*
 * test-register-profiles.c - profiles and their versions in the register
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-register.h"

#define ISSUER mdoc_test_register_as (test, "issuer")

static gboolean
add_profile (MdocTestRegister *test,
             const char *id,
             guint version,
             const char *scope,
             GError **error)
{
  g_autofree char *json = g_strdup_printf (
      "{\"id\":\"%s\",\"version\":%u,\"scope\":\"%s\","
      "\"docType\":\"org.example.test\",\"elements\":[{"
      "\"namespace\":\"org.example\",\"element\":\"level\"}]}",
      id,
      version,
      scope);
  g_autoptr (MdocProfile) profile = mdoc_profile_parse (mdoc_span_from_text (
                                                            json),
                                                        error);

  return profile != NULL
         && mdoc_register_add_profile (test->reg, ISSUER, profile, error);
}

static void
assert_scope (MdocTestRegister *test,
              const char *id,
              guint version,
              const char *scope)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocProfile) profile = mdoc_register_get_profile (test->reg,
                                                               id,
                                                               version,
                                                               &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_profile_get_settings (profile)->scope, ==, scope);
}

/* What is known of a profile already is not read again; the newest is the
 * newest, and what was taken back was never there. */
static void
test_versions (void)
{
  g_autoptr (MdocTestRegister) test = mdoc_test_register_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (add_profile (test, "p", 1, "one", &error));
  assert_scope (test, "p", 0, "one");
  g_assert_true (mdoc_register_begin (test->reg, &error));
  g_assert_true (add_profile (test, "p", 2, "taken back", &error));
  assert_scope (test, "p", 0, "taken back");
  g_assert_true (mdoc_register_end (test->reg, FALSE, &error));
  assert_scope (test, "p", 0, "one");
  g_assert_true (add_profile (test, "p", 2, "two", &error));
  g_assert_no_error (error);
  assert_scope (test, "p", 0, "two");
  assert_scope (test, "p", 2, "two");
  assert_scope (test, "p", 1, "one");
  g_assert_null (mdoc_register_get_profile (test->reg, "q", 0, &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_NOT_FOUND);
}

/* All are in the metadata that anybody may ask for. */
static void
test_many (void)
{
  g_autoptr (MdocTestRegister) test = mdoc_test_register_new ();
  g_autoptr (GPtrArray) there = mdoc_register_list_profiles (test->reg, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = there->len; i < MDOC_PROFILE_MAX_PROFILES; i++)
    {
      g_autofree char *id = g_strdup_printf ("p%u", i);

      g_assert_true (add_profile (test, id, 1, "s", &error));
      g_assert_no_error (error);
    }
  g_assert_false (add_profile (test, "one-too-many", 1, "s", &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_LIMIT);
  g_clear_error (&error);
  /* a version of what is there is no other */
  g_assert_true (add_profile (test, "p255", 2, "s", &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/register/profile-versions", test_versions);
  g_test_add_func ("/register/many-profiles", test_many);
  return g_test_run ();
}
