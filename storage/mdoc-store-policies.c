/*
 * mdoc-store-policies.c - standing policies and how often they were used
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-policies.h"

#include <string.h>

#include "storage/mdoc-store-private.h"

#define COLUMNS "origin, id, added_unix_s, uses, detail"

static const char *const origin_names[] = {
  [MDOC_POLICY_ORIGIN_HOLDER] = "holder",
  [MDOC_POLICY_ORIGIN_FILE] = "file",
};

/**
 * mdoc_policy_origin_get_name:
 * @origin: where a policy comes from
 *
 * Returns: (transfer none): "holder" or "file"
 */
const char *
mdoc_policy_origin_get_name (MdocPolicyOrigin origin)
{
  g_return_val_if_fail ((guint) origin < G_N_ELEMENTS (origin_names), NULL);

  return origin_names[origin];
}

/**
 * mdoc_stored_policy_free:
 * @policy: (nullable) (transfer full): a policy
 */
void
mdoc_stored_policy_free (MdocStoredPolicy *policy)
{
  if (policy == NULL)
    return;

  g_free (policy->id);
  g_clear_pointer (&policy->detail, g_variant_unref);
  g_free (policy);
}

/* every column stands in it, so that none can be changed beside the seal */
static char *
make_row_name (const MdocStoredPolicy *policy)
{
  return g_strdup_printf ("%s/%s/%" G_GINT64_FORMAT "/%u",
                          origin_names[policy->origin],
                          policy->id,
                          policy->added_unix_s,
                          policy->uses);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "policies",
                          .row = row,
                          .column = "detail",
                          .version = 1 };
}

/* Writes a row, or writes it anew: what is sealed changes with the count. */
static gboolean
write_policy (MdocStore *self, const MdocStoredPolicy *policy, GError **error)
{
  g_autofree char *row = make_row_name (policy);
  MdocSealPlace place = get_place (row);
  g_autoptr (GBytes) sealed = mdoc_store_seal_variant (self,
                                                       &place,
                                                       policy->detail,
                                                       error);
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (sealed == NULL)
    return FALSE;

  statement = mdoc_store_prepare (self,
                                  "INSERT OR REPLACE INTO policies (" COLUMNS
                                  ") VALUES (?, ?, ?, ?, ?)",
                                  error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, origin_names[policy->origin]);
  mdoc_store_bind_text (statement, 2, policy->id);
  mdoc_store_bind_int (statement, 3, policy->added_unix_s);
  mdoc_store_bind_int (statement, 4, policy->uses);
  mdoc_store_bind_span (statement, 5, mdoc_span_from_bytes (sealed));
  return mdoc_store_run (self, statement, NULL, error);
}

/* One that does not open is there all the same, so that it can be removed. */
static MdocStoredPolicy *
read_policy (MdocStore *self, sqlite3_stmt *statement)
{
  MdocStoredPolicy *policy = g_new0 (MdocStoredPolicy, 1);
  gint64 uses = sqlite3_column_int64 (statement, 3);
  g_autofree char *row = NULL;
  MdocSealPlace place;

  policy->origin = strcmp (mdoc_store_column_text (statement, 0),
                           origin_names[MDOC_POLICY_ORIGIN_FILE])
                           == 0
                       ? MDOC_POLICY_ORIGIN_FILE
                       : MDOC_POLICY_ORIGIN_HOLDER;
  policy->id = g_strdup (mdoc_store_column_text (statement, 1));
  policy->added_unix_s = sqlite3_column_int64 (statement, 2);
  if (uses < 0 || uses > G_MAXUINT32)
    return policy;

  policy->uses = (guint32) uses;
  row = make_row_name (policy);
  place = get_place (row);
  policy->detail = mdoc_store_open_variant (self,
                                            &place,
                                            mdoc_store_column_span (statement,
                                                                    4),
                                            NULL);
  return policy;
}

/* --- adding and removing --- */

typedef struct
{
  GVariant *detail;
  gint64 now_unix_s;
  char *id;
} NewPolicy;

static gboolean
insert_policy (MdocStore *self, gpointer user_data, GError **error)
{
  NewPolicy *new_policy = user_data;
  MdocStoredPolicy policy = { .id = new_policy->id,
                              .origin = MDOC_POLICY_ORIGIN_HOLDER,
                              .added_unix_s = new_policy->now_unix_s,
                              .detail = new_policy->detail };
  guint n_policies;

  if (!mdoc_store_count (self,
                         "SELECT count(*) FROM policies WHERE origin = "
                         "'holder'",
                         &n_policies,
                         error))
    return FALSE;

  if (n_policies >= MDOC_STORE_MAX_POLICIES)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The store has room for %d policies",
                              MDOC_STORE_MAX_POLICIES);

  return write_policy (self, &policy, error);
}

/**
 * mdoc_store_add_policy:
 * @self: a store
 * @detail: an `a{sv}` of at most %MDOC_STORE_MAX_POLICY_BYTES; consumed if
 *   floating
 * @now_unix_s: the time
 * @ret_id: (out) (transfer full): its new id
 * @error: return location for a #MdocStoreError
 *
 * Keeps a policy of the holder's, which has not been used yet.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_add_policy (MdocStore *self,
                       GVariant *detail,
                       gint64 now_unix_s,
                       char **ret_id,
                       GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (detail);
  g_autofree char *id = mdoc_store_make_id ();
  NewPolicy policy = { sunk, now_unix_s, id };

  g_return_val_if_fail (g_variant_is_of_type (sunk, G_VARIANT_TYPE_VARDICT),
                        FALSE);

  if (g_variant_get_size (sunk) > MDOC_STORE_MAX_POLICY_BYTES)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The policy is too large");

  if (!mdoc_store_transact (self, insert_policy, &policy, error))
    return FALSE;

  *ret_id = g_steal_pointer (&id);
  return TRUE;
}

/**
 * mdoc_store_list_policies:
 * @self: a store
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocStoredPolicy): all of them, those
 *   of the file first, then the oldest first; or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_policies (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) policies = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_policy_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT " COLUMNS " FROM policies ORDER BY "
                            "origin, added_unix_s, id",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  for (;;)
    {
      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&policies);

      g_ptr_array_add (policies, read_policy (self, statement));
    }
}

static gboolean
delete_policy (MdocStore *self,
               MdocPolicyOrigin origin,
               const char *id,
               guint *ret_n_changed,
               GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "DELETE FROM policies WHERE origin = ? AND id = ?",
                            error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, origin_names[origin]);
  mdoc_store_bind_text (statement, 2, id);
  return mdoc_store_run (self, statement, ret_n_changed, error);
}

/**
 * mdoc_store_remove_policy:
 * @self: a store
 * @id: of a policy of the holder's
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_remove_policy (MdocStore *self, const char *id, GError **error)
{
  guint n_changed;

  if (!delete_policy (self, MDOC_POLICY_ORIGIN_HOLDER, id, &n_changed, error))
    return FALSE;

  if (n_changed == 0)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_NOT_FOUND,
                              "There is no such policy");
  return TRUE;
}

/* --- those of the file --- */

static const MdocStoredPolicy *
find_policy (GPtrArray *policies, MdocPolicyOrigin origin, const char *id)
{
  for (guint i = 0; i < policies->len; i++)
    {
      const MdocStoredPolicy *policy = g_ptr_array_index (policies, i);

      if (policy->origin == origin && strcmp (policy->id, id) == 0)
        return policy;
    }

  return NULL;
}

typedef struct
{
  GPtrArray *names;
  gint64 now_unix_s;
} FilePolicies;

static gboolean
name_policies (MdocStore *self, gpointer user_data, GError **error)
{
  const FilePolicies *file = user_data;
  g_autoptr (GPtrArray) known = mdoc_store_list_policies (self, error);

  if (known == NULL)
    return FALSE;

  for (guint i = 0; i < known->len; i++)
    {
      const MdocStoredPolicy *policy = g_ptr_array_index (known, i);

      if (policy->origin == MDOC_POLICY_ORIGIN_FILE
          && !g_ptr_array_find_with_equal_func (file->names,
                                                policy->id,
                                                g_str_equal,
                                                NULL)
          && !delete_policy (self, policy->origin, policy->id, NULL, error))
        return FALSE;
    }

  for (guint i = 0; i < file->names->len; i++)
    {
      g_autoptr (GVariant) empty = g_variant_ref_sink (
          g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
      MdocStoredPolicy policy = { .id = g_ptr_array_index (file->names, i),
                                  .origin = MDOC_POLICY_ORIGIN_FILE,
                                  .added_unix_s = file->now_unix_s,
                                  .detail = empty };

      if (find_policy (known, policy.origin, policy.id) == NULL
          && !write_policy (self, &policy, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * mdoc_store_name_file_policies:
 * @self: a store
 * @names: (element-type utf8): the policies of the file, at most
 *   %MDOC_STORE_MAX_POLICIES
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError
 *
 * From now on uses of these are counted, from where they were; what was counted
 * of others is forgotten.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_name_file_policies (MdocStore *self,
                               GPtrArray *names,
                               gint64 now_unix_s,
                               GError **error)
{
  FilePolicies file = { names, now_unix_s };

  g_return_val_if_fail (names->len <= MDOC_STORE_MAX_POLICIES, FALSE);

  return mdoc_store_transact (self, name_policies, &file, error);
}

/* --- using them --- */

typedef struct
{
  const MdocPolicyUse *uses;
  guint n_uses;
} Uses;

static gboolean
count_uses (MdocStore *self, gpointer user_data, GError **error)
{
  const Uses *uses = user_data;

  for (guint i = 0; i < uses->n_uses; i++)
    {
      const MdocPolicyUse *use = &uses->uses[i];
      g_autoptr (GPtrArray) all = mdoc_store_list_policies (self, error);
      const MdocStoredPolicy *found;
      MdocStoredPolicy counted;

      if (all == NULL)
        return FALSE;

      found = find_policy (all, use->origin, use->id);
      if (found == NULL)
        return mdoc_store_refuse (error,
                                  MDOC_STORE_ERROR_NOT_FOUND,
                                  "There is no such policy");

      if (found->detail == NULL)
        return mdoc_store_refuse (error,
                                  MDOC_STORE_ERROR_DAMAGED,
                                  "The store is damaged: the policy does not "
                                  "open");

      if ((use->max_uses != 0 && found->uses >= use->max_uses)
          || found->uses == G_MAXUINT32)
        return mdoc_store_refuse (error,
                                  MDOC_STORE_ERROR_LIMIT,
                                  "The policy is used up");

      counted = *found;
      counted.uses++;
      if (!write_policy (self, &counted, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * mdoc_store_use_policies:
 * @self: a store
 * @uses: which policies answer, one entry for each document that they let go
 * @n_uses: how many
 * @error: return location for a #MdocStoreError: %MDOC_STORE_ERROR_LIMIT if one
 *   is used up, %MDOC_STORE_ERROR_NOT_FOUND if it has been removed,
 *   %MDOC_STORE_ERROR_DAMAGED if it was tampered with
 *
 * Counts all of the uses or none of them. When this returns the count is on
 * disk: only then may something leave.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_use_policies (MdocStore *self,
                         const MdocPolicyUse *uses,
                         guint n_uses,
                         GError **error)
{
  Uses all = { uses, n_uses };

  return mdoc_store_transact (self, count_uses, &all, error);
}

/* --- restoring --- */

typedef struct
{
  GPtrArray *policies;
} Carried;

static gboolean
replace_policies (MdocStore *self, gpointer user_data, GError **error)
{
  const Carried *carried = user_data;

  if (!mdoc_store_exec (self, "DELETE FROM policies", error))
    return FALSE;

  for (guint i = 0; i < carried->policies->len; i++)
    {
      const MdocStoredPolicy *policy = g_ptr_array_index (carried->policies, i);

      if (policy->detail != NULL && !write_policy (self, policy, error))
        return FALSE;
    }

  return TRUE;
}

/* The policies of @self in the place of those of @restored. */
gboolean
mdoc_store_carry_policies (MdocStore *self, MdocStore *restored, GError **error)
{
  g_autoptr (GPtrArray) policies = mdoc_store_list_policies (self, error);
  Carried carried = { policies };

  return policies != NULL
         && mdoc_store_transact (restored, replace_policies, &carried, error);
}
