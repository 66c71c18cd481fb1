/*
 * test-store-policies.c - policies are kept, counted, and cannot be forged
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "storage/mdoc-store-policies.h"
#include "tests/lib/mdoc-test-store.h"

typedef MdocTestStore Fixture;

static GVariant *
make_detail (const char *doc_type)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "doc_type", "s", doc_type);
  return g_variant_dict_end (&dict);
}

static char *
add (MdocStore *store, const char *doc_type)
{
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  g_assert_true (mdoc_store_add_policy (store,
                                        make_detail (doc_type),
                                        MDOC_TEST_NOW,
                                        &id,
                                        &error));
  g_assert_no_error (error);
  return id;
}

static void
name_files (MdocStore *store, const char *first, const char *second)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  if (first != NULL)
    g_ptr_array_add (names, g_strdup (first));
  if (second != NULL)
    g_ptr_array_add (names, g_strdup (second));
  g_assert_true (
      mdoc_store_name_file_policies (store, names, MDOC_TEST_NOW, &error));
  g_assert_no_error (error);
}

static GPtrArray *
list (MdocStore *store)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *policies = mdoc_store_list_policies (store, &error);

  g_assert_no_error (error);
  return policies;
}

static guint
get_uses (MdocStore *store, const char *id)
{
  g_autoptr (GPtrArray) policies = list (store);

  for (guint i = 0; i < policies->len; i++)
    {
      const MdocStoredPolicy *policy = g_ptr_array_index (policies, i);

      if (strcmp (policy->id, id) == 0)
        return policy->uses;
    }

  g_assert_not_reached ();
}

static void
assert_use (MdocStore *store, MdocPolicyUse use, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean is_counted = mdoc_store_use_policies (store, &use, 1, &error);

  g_assert_cmpint (is_counted, ==, code < 0);
  if (code >= 0)
    g_assert_error (error, MDOC_STORE_ERROR, code);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *first = add (store, "one");
  g_autofree char *second = add (store, "two");
  g_autoptr (GPtrArray) policies = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (first, !=, second);
  g_clear_pointer (&store, mdoc_store_free);
  store = mdoc_test_store_open (fixture);
  policies = list (store);
  g_assert_cmpuint (policies->len, ==, 2);
  for (guint i = 0; i < policies->len; i++)
    {
      const MdocStoredPolicy *policy = g_ptr_array_index (policies, i);
      const char *doc_type;

      g_assert_true (
          g_variant_lookup (policy->detail, "doc_type", "&s", &doc_type));
      g_assert_cmpstr (doc_type,
                       ==,
                       strcmp (policy->id, first) == 0 ? "one" : "two");
      g_assert_cmpint (policy->origin, ==, MDOC_POLICY_ORIGIN_HOLDER);
      g_assert_cmpint (policy->added_unix_s, ==, MDOC_TEST_NOW);
      g_assert_cmpuint (policy->uses, ==, 0);
    }

  g_assert_true (mdoc_store_remove_policy (store, first, &error));
  g_assert_false (mdoc_store_remove_policy (store, first, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *long_text = g_strnfill (MDOC_STORE_MAX_POLICY_BYTES, 'x');
  g_autoptr (GError) error = NULL;
  g_autofree char *none = NULL;

  g_assert_false (mdoc_store_add_policy (store,
                                         make_detail (long_text),
                                         MDOC_TEST_NOW,
                                         &none,
                                         &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
  g_clear_error (&error);

  for (guint i = 0; i < MDOC_STORE_MAX_POLICIES; i++)
    {
      g_autofree char *id G_GNUC_UNUSED = add (store, "one");
    }
  g_assert_false (mdoc_store_add_policy (store,
                                         make_detail ("one"),
                                         MDOC_TEST_NOW,
                                         &none,
                                         &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
  g_assert_null (none);
  /* there is room for those of the file all the same */
  name_files (store, "gate", NULL);
}

static void
test_count (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *id = add (store, "one");
  MdocPolicyUse twice = { MDOC_POLICY_ORIGIN_HOLDER, id, 2 };
  MdocPolicyUse free_use = { MDOC_POLICY_ORIGIN_HOLDER, id, 0 };
  MdocPolicyUse as_file = { MDOC_POLICY_ORIGIN_FILE, id, 0 };

  assert_use (store, twice, -1);
  g_clear_pointer (&store, mdoc_store_free);
  store = mdoc_test_store_open (fixture);
  assert_use (store, twice, -1);
  assert_use (store, twice, MDOC_STORE_ERROR_LIMIT);
  g_assert_cmpuint (get_uses (store, id), ==, 2);
  assert_use (store, free_use, -1);
  g_assert_cmpuint (get_uses (store, id), ==, 3);
  assert_use (store, as_file, MDOC_STORE_ERROR_NOT_FOUND);
}

/* of two uses in one answer both count, or neither */
static void
test_count_together (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *first = add (store, "one");
  g_autofree char *second = add (store, "two");
  MdocPolicyUse uses[] = { { MDOC_POLICY_ORIGIN_HOLDER, first, 9 },
                           { MDOC_POLICY_ORIGIN_HOLDER, second, 1 } };
  MdocPolicyUse same[] = { { MDOC_POLICY_ORIGIN_HOLDER, first, 2 },
                           { MDOC_POLICY_ORIGIN_HOLDER, first, 2 } };
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_store_use_policies (store, uses, 2, &error));
  g_assert_false (mdoc_store_use_policies (store, uses, 2, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_cmpuint (get_uses (store, first), ==, 1);
  g_assert_false (mdoc_store_use_policies (store, same, 2, &error));
  g_assert_cmpuint (get_uses (store, first), ==, 1);
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *own = add (store, "one");
  MdocPolicyUse gate = { MDOC_POLICY_ORIGIN_FILE, "gate", 1 };
  g_autoptr (GPtrArray) policies = NULL;
  g_autoptr (GError) error = NULL;

  name_files (store, "gate", "bar");
  assert_use (store, gate, -1);
  assert_use (store, gate, MDOC_STORE_ERROR_LIMIT);
  /* at the next start it is as it was */
  name_files (store, "gate", NULL);
  assert_use (store, gate, MDOC_STORE_ERROR_LIMIT);
  policies = list (store);
  g_assert_cmpuint (policies->len, ==, 2);
  g_assert_false (mdoc_store_remove_policy (store, "gate", &error));

  name_files (store, NULL, NULL);
  assert_use (store, gate, MDOC_STORE_ERROR_NOT_FOUND);
  g_assert_cmpuint (get_uses (store, own), ==, 0);
}

static void
test_forged (Fixture *fixture, gconstpointer data)
{
  static const char *const changes[] = {
    "UPDATE policies SET uses = 0",
    "UPDATE policies SET uses = -1",
    "UPDATE policies SET uses = 4294967297",
    "UPDATE policies SET id = 'other'",
    "UPDATE policies SET origin = 'file'",
    "UPDATE policies SET added_unix_s = added_unix_s + 1",
    "UPDATE policies SET detail = zeroblob (length (detail))",
    "UPDATE policies SET detail = (SELECT detail FROM history)",
    "UPDATE policies SET detail = x''",
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
      g_autofree char *id = add (store, "one");
      MdocPolicyUse use = { MDOC_POLICY_ORIGIN_HOLDER, id, 0 };
      g_autoptr (GPtrArray) policies = NULL;
      g_autoptr (GError) error = NULL;
      const MdocStoredPolicy *policy;

      g_assert_true (mdoc_store_add_history (store,
                                             MDOC_TEST_NOW,
                                             make_detail ("two"),
                                             &error));
      assert_use (store, use, -1);
      g_assert_true (mdoc_store_exec (store, changes[i], &error));
      policies = list (store);
      g_assert_cmpuint (policies->len, ==, 1);
      policy = g_ptr_array_index (policies, 0);
      g_assert_null (policy->detail);

      use.origin = policy->origin;
      use.id = policy->id;
      assert_use (store, use, MDOC_STORE_ERROR_DAMAGED);
      /* it stands in the way of nothing else */
      name_files (store, "gate", NULL);
      if (policy->origin == MDOC_POLICY_ORIGIN_HOLDER)
        g_assert_true (mdoc_store_remove_policy (store, policy->id, &error));
      g_assert_true (mdoc_store_exec (store, "DELETE FROM policies", &error));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path_, func_)                                                      \
  g_test_add ("/store-policies/" path_,                                        \
              Fixture,                                                         \
              NULL,                                                            \
              mdoc_test_store_set_up,                                          \
              func_,                                                           \
              mdoc_test_store_tear_down)
  ADD ("list", test_list);
  ADD ("limits", test_limits);
  ADD ("count", test_count);
  ADD ("count-together", test_count_together);
  ADD ("file", test_file);
  ADD ("forged", test_forged);
#undef ADD

  return g_test_run ();
}
