/*
 * test-policy.c - which standing policies there can be, and when they count
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-policy.h"
#include "tests/lib/mdoc-test-store.h"

#define ANCHOR                                                                 \
  "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
#define LEAST                                                                  \
  "'reader_anchor': <'" ANCHOR "'>, 'doc_type': <'t'>, "                       \
  "'elements': <[('n', 'e')]>"

static MdocPolicy *
parse (const char *text, GError **error)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT,
                                               text,
                                               NULL,
                                               NULL,
                                               error);

  g_assert_nonnull (dict);
  return mdoc_policy_new_from_variant (dict, error);
}

static void
test_least (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocPolicy) policy = parse ("{" LEAST "}", &error);
  g_autoptr (GVariant) detail = NULL;
  g_autoptr (MdocPolicy) again = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (policy->max_uses, ==, 0);
  g_assert_cmpint (policy->expires_unix_s, ==, 0);
  g_assert_false (policy->may_be_retained);
  g_assert_cmpint (policy->reader_anchor[31], ==, 'f');
  g_assert_true (mdoc_policy_has_element (policy, "n", "e"));
  g_assert_false (mdoc_policy_has_element (policy, "n", "E"));
  g_assert_false (mdoc_policy_has_element (policy, "n", ""));
  g_assert_false (mdoc_policy_has_element (policy, "e", "n"));

  detail = g_variant_ref_sink (mdoc_policy_to_detail (policy));
  again = mdoc_policy_new_from_variant (detail, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->reader_anchor, ==, policy->reader_anchor);
  g_assert_cmpuint (again->elements->len, ==, 1);
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "{}",
    "{'doc_type': <'t'>, 'elements': <[('n', 'e')]>}",
    "{'reader_anchor': <'" ANCHOR "'>, 'elements': <[('n', 'e')]>}",
    "{'reader_anchor': <'" ANCHOR "'>, 'doc_type': <'t'>}",
    "{'reader_anchor': <'" ANCHOR "'>, 'doc_type': <'t'>, 'elements': "
    "<@a(ss) []>}",
    "{'reader_anchor': <'*'>, 'doc_type': <'t'>, 'elements': <[('n', 'e')]>}",
    "{'reader_anchor': <'" ANCHOR "0'>, 'doc_type': <'t'>, 'elements': "
    "<[('n', 'e')]>}",
    "{'reader_anchor': <'" ANCHOR "'>, 'doc_type': <''>, 'elements': "
    "<[('n', 'e')]>}",
    "{'reader_anchor': <'" ANCHOR "'>, 'doc_type': <'t'>, 'elements': "
    "<[('n', '')]>}",
    "{'reader_anchor': <'" ANCHOR "'>, 'doc_type': <'t'>, 'elements': "
    "<[('n', 'e'), ('n', 'e')]>}",
    "{'reader_anchor': <'" ANCHOR "'>, 'doc_type': <'t'>, 'elements': "
    "<['n/e']>}",
    "{" LEAST ", 'max_uses': <-1>}",
    "{" LEAST ", 'max_uses': <'many'>}",
    "{" LEAST ", 'expires': <'tomorrow'>}",
    "{" LEAST ", 'expires': <'1969-01-01T00:00:00Z'>}",
    "{" LEAST ", 'intent_to_retain': <1>}",
    "{" LEAST ", 'label': <'a\\nb'>}",
    "{" LEAST ", 'readers': <'all'>}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocPolicy) policy = parse (cases[i], &error);

      g_test_message ("%s", cases[i]);
      g_assert_null (policy);
      g_assert_error (error,
                      MDOC_AGENT_ERROR,
                      MDOC_AGENT_ERROR_INVALID_ARGUMENT);
    }
}

static MdocPolicy *
with_elements (guint n, gsize name_len, GError **error)
{
  g_autofree char *name = g_strnfill (name_len, 'x');
  GVariantBuilder elements;
  g_autoptr (GVariant) value = NULL;
  GVariantDict dict;

  g_variant_builder_init (&elements, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *space = g_strdup_printf ("%u", i);

      g_variant_builder_add (&elements, "(ss)", space, name);
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "reader_anchor", "s", ANCHOR);
  g_variant_dict_insert (&dict, "doc_type", "s", name);
  g_variant_dict_insert_value (&dict,
                               "elements",
                               g_variant_builder_end (&elements));
  value = g_variant_ref_sink (g_variant_dict_end (&dict));
  return mdoc_policy_new_from_variant (value, error);
}

static void
test_limits (void)
{
  const struct
  {
    guint n;
    gsize len;
    gboolean is_good;
  } cases[] = {
    { MDOC_POLICY_MAX_ELEMENTS, MDOC_POLICY_MAX_NAME_LEN, TRUE },
    { MDOC_POLICY_MAX_ELEMENTS + 1, 1, FALSE },
    { 1, MDOC_POLICY_MAX_NAME_LEN + 1, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocPolicy) policy = with_elements (cases[i].n,
                                                     cases[i].len,
                                                     NULL);

      g_assert_cmpint (policy != NULL, ==, cases[i].is_good);
    }
}

static void
test_state (void)
{
  const struct
  {
    const char *more;
    guint32 uses;
    MdocMoment now;
    const char *state;
  } cases[] = {
    { "", 99, { 0, FALSE }, MDOC_POLICY_ACTIVE },
    { ", 'max_uses': <uint32 2>", 1, { 5, TRUE }, MDOC_POLICY_ACTIVE },
    { ", 'max_uses': <uint32 2>", 2, { 5, TRUE }, MDOC_POLICY_SPENT },
    { ", 'expires': <'1970-01-01T00:01:40Z'>",
      0,
      { 99, TRUE },
      MDOC_POLICY_ACTIVE },
    { ", 'expires': <'1970-01-01T00:01:40Z'>",
      0,
      { 100, TRUE },
      MDOC_POLICY_EXPIRED },
    { ", 'expires': <'1970-01-01T00:01:40Z'>",
      0,
      { 99, FALSE },
      MDOC_POLICY_TIME_IS_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat ("{" LEAST, cases[i].more, "}", NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocPolicy) policy = parse (text, &error);

      g_assert_no_error (error);
      policy->uses = cases[i].uses;
      g_assert_cmpstr (mdoc_policy_get_state (policy, cases[i].now),
                       ==,
                       cases[i].state);
      policy->is_damaged = TRUE;
      g_assert_cmpstr (mdoc_policy_get_state (policy, cases[i].now),
                       ==,
                       MDOC_POLICY_DAMAGED);
    }
}

/* --- files --- */

#define FILE_LEAST "reader-anchor=" ANCHOR "\ndoc-type=t\nelements=n/e\n"

static void
test_file (void)
{
  const struct
  {
    const char *text;
    int n_policies; /* -1: refused */
  } cases[] = {
    { "", 0 },
    { "# nothing\n", 0 },
    { "[policy a]\n" FILE_LEAST, 1 },
    { "[policy a]\n" FILE_LEAST "[policy b.c-d_9]\n" FILE_LEAST, 2 },
    { "[policy a]\n" FILE_LEAST "max-uses=4294967295\nintent-to-retain=true\n"
      "expires=2027-01-01T00:00:00Z\nlabel=Gate\n",
      1 },
    { "[policy a]\n", -1 },
    { "[policy]\n" FILE_LEAST, -1 },
    { "[policy ]\n" FILE_LEAST, -1 },
    { "[policy a b]\n" FILE_LEAST, -1 },
    { "[policies a]\n" FILE_LEAST, -1 },
    { "[policy a]\n" FILE_LEAST "max_uses=1\n", -1 },
    { "[policy a]\n" FILE_LEAST "max-uses=4294967296\n", -1 },
    { "[policy a]\n" FILE_LEAST "max-uses=-1\n", -1 },
    { "[policy a]\n" FILE_LEAST "max-uses=\n", -1 },
    { "[policy a]\n" FILE_LEAST "intent-to-retain=perhaps\n", -1 },
    { "[policy a]\n" FILE_LEAST "elements=n\n", -1 },
    { "[policy a]\n" FILE_LEAST "elements=a/b/c\n", -1 },
    { "[policy a]\n" FILE_LEAST "elements=/b\n", -1 },
    { "[policy a]\n" FILE_LEAST "elements=\n", -1 },
    { "[policy a]\n" FILE_LEAST "elements=*\n", -1 },
    { "[policy a]\n" FILE_LEAST "label=\xff\n", -1 },
    { "reader-anchor=" ANCHOR "\n", -1 },
    { "[policy a\n", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) policies
          = mdoc_policy_file_parse (cases[i].text,
                                    strlen (cases[i].text),
                                    &error);

      g_test_message ("%s", cases[i].text);
      if (cases[i].n_policies < 0)
        {
          g_assert_null (policies);
          g_assert_error (error,
                          MDOC_AGENT_ERROR,
                          MDOC_AGENT_ERROR_INVALID_ARGUMENT);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint ((int) policies->len, ==, cases[i].n_policies);
    }
}

static void
test_file_limit (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) policies = NULL;

  for (guint i = 0; i < MDOC_STORE_MAX_POLICIES; i++)
    g_string_append_printf (text, "[policy %u]\n" FILE_LEAST, i);
  policies = mdoc_policy_file_parse (text->str, text->len, NULL);
  g_assert_nonnull (policies);
  g_assert_cmpuint (policies->len, ==, MDOC_STORE_MAX_POLICIES);

  g_string_append (text, "[policy more]\n" FILE_LEAST);
  g_assert_null (mdoc_policy_file_parse (text->str, text->len, NULL));
}

/* what we show is right */
static void
test_example (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("MDOC_TEST_SOURCE_ROOT"),
                                            "data/examples/policies.conf",
                                            NULL);
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) policies = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (path, &text, &len, &error));
  policies = mdoc_policy_file_parse (text, len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (policies->len, ==, 2);
}

/* --- with the store --- */

typedef MdocTestStore Fixture;

static void
test_load (Fixture *fixture, gconstpointer data)
{
  static const char content[] = "[policy gate]\n" FILE_LEAST "max-uses=1\n";
  g_autofree char *path = g_build_filename (fixture->parent, "policies", NULL);
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  MdocPolicyUse use = { MDOC_POLICY_ORIGIN_FILE, "gate", 1 };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) of_file = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;
  MdocMoment now = { 5, TRUE };
  const MdocPolicy *policy;

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0664), ==, 0);
  g_assert_null (mdoc_policy_file_load (path, &error));
  g_assert_error (error, MDOC_AGENT_ERROR, MDOC_AGENT_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  of_file = mdoc_policy_file_load (path, &error);
  g_assert_no_error (error);

  g_ptr_array_add (names, g_strdup ("gate"));
  g_assert_true (mdoc_store_name_file_policies (store, names, 1, &error));
  g_assert_true (mdoc_store_use_policies (store, &use, 1, &error));
  all = mdoc_policy_list (store, of_file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 1);
  policy = g_ptr_array_index (all, 0);
  g_assert_cmpstr (policy->id, ==, "gate");
  g_assert_cmpuint (policy->uses, ==, 1);
  g_assert_cmpstr (mdoc_policy_get_state (policy, now), ==, MDOC_POLICY_SPENT);

  /* a count that was set back by hand is not believed */
  g_assert_true (
      mdoc_store_exec (store, "UPDATE policies SET uses = 0", &error));
  g_clear_pointer (&all, g_ptr_array_unref);
  all = mdoc_policy_list (store, of_file, &error);
  policy = g_ptr_array_index (all, 0);
  g_assert_cmpstr (mdoc_policy_get_state (policy, now),
                   ==,
                   MDOC_POLICY_DAMAGED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/policy/least", test_least);
  g_test_add_func ("/policy/refused", test_refused);
  g_test_add_func ("/policy/limits", test_limits);
  g_test_add_func ("/policy/state", test_state);
  g_test_add_func ("/policy/file", test_file);
  g_test_add_func ("/policy/file-limit", test_file_limit);
  g_test_add_func ("/policy/example", test_example);
  g_test_add ("/policy/load",
              Fixture,
              NULL,
              mdoc_test_store_set_up,
              test_load,
              mdoc_test_store_tear_down);

  return g_test_run ();
}
