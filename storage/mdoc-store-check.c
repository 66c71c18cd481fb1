/*
 * mdoc-store-check.c - whether all that is kept can be used
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-care.h"

#include <string.h>

#include "storage/mdoc-store-policies.h"
#include "storage/mdoc-store-private.h"

static void
note (GPtrArray *findings, const char *what, const char *id, GError *error)
{
  g_ptr_array_add (findings,
                   g_strdup_printf ("%s%s%s: %s",
                                    what,
                                    id != NULL ? " " : "",
                                    id != NULL ? id : "",
                                    error->message));
  g_error_free (error);
}

/* what a PRAGMA has to say, but for "ok" */
static gboolean
run_pragma (MdocStore *self,
            const char *sql,
            GPtrArray *findings,
            GError **error)
{
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;

  for (;;)
    {
      const char *text;

      if (!mdoc_store_step (statement, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;

      text = mdoc_store_column_text (statement, 0);
      if (strcmp (text, "ok") != 0)
        g_ptr_array_add (findings, g_strdup_printf ("pages: %s", text));
    }
}

static void
check_keys (MdocStore *self, GPtrArray *findings)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) keys = mdoc_store_list_keys (self, &error);

  if (keys == NULL)
    note (findings, "keys", NULL, g_steal_pointer (&error));

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      const MdocStoredKey *stored = g_ptr_array_index (keys, i);
      g_autoptr (MdocKey) key = mdoc_store_load_key (self, stored->id, &error);

      if (key == NULL)
        note (findings, "key", stored->id, g_steal_pointer (&error));
    }
}

static void
check_copies (MdocStore *self,
              const MdocStoredDocument *document,
              const MdocStoredGeneration *generation,
              GPtrArray *findings)
{
  if (generation->copies->len == 0)
    g_ptr_array_add (findings,
                     g_strdup_printf ("credential %s: generation %u has no "
                                      "copy",
                                      document->id,
                                      generation->n));

  for (guint i = 0; i < generation->copies->len; i++)
    {
      const MdocStoredCopy *copy = g_ptr_array_index (generation->copies, i);
      GError *error = NULL;
      g_autoptr (GBytes) encoded = mdoc_store_load_copy (self,
                                                         copy->id,
                                                         &error);

      if (encoded == NULL)
        note (findings, "credential", document->id, error);
    }
}

static void
check_documents (MdocStore *self, GPtrArray *findings)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (self, &error);

  if (documents == NULL)
    note (findings, "credentials", NULL, g_steal_pointer (&error));

  for (guint i = 0; documents != NULL && i < documents->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);
      g_autoptr (GPtrArray) generations = NULL;

      if (document->is_damaged || document->generation == 0)
        g_ptr_array_add (findings,
                         g_strdup_printf ("credential %s: its row was changed, "
                                          "or it has no generation",
                                          document->id));

      generations = mdoc_store_list_generations (self, document->id, &error);
      if (generations == NULL)
        note (findings, "credential", document->id, g_steal_pointer (&error));

      for (guint j = 0; generations != NULL && j < generations->len; j++)
        check_copies (self,
                      document,
                      g_ptr_array_index (generations, j),
                      findings);
    }
}

static void
check_policies (MdocStore *self, GPtrArray *findings)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) policies = mdoc_store_list_policies (self, &error);

  if (policies == NULL)
    note (findings, "policies", NULL, g_steal_pointer (&error));

  for (guint i = 0; policies != NULL && i < policies->len; i++)
    {
      const MdocStoredPolicy *policy = g_ptr_array_index (policies, i);

      if (policy->detail == NULL)
        g_ptr_array_add (findings,
                         g_strdup_printf ("policy %s: its row was changed",
                                          policy->id));
    }
}

static GPtrArray *
list_all_history (MdocStore *self, GError **error)
{
  return mdoc_store_list_history (self, MDOC_STORE_MAX_HISTORY, error);
}

static GPtrArray *
list_issuers (MdocStore *self, GError **error)
{
  return mdoc_store_list_records (self, MDOC_RECORD_ISSUER, error);
}

static GPtrArray *
list_exchanges (MdocStore *self, GError **error)
{
  return mdoc_store_list_records (self, MDOC_RECORD_EXCHANGE, error);
}

static GPtrArray *
list_enrolments (MdocStore *self, GError **error)
{
  return mdoc_store_list_records (self, MDOC_RECORD_ENROLMENT, error);
}

static GPtrArray *
list_messages (MdocStore *self, GError **error)
{
  return mdoc_store_list_records (self, MDOC_RECORD_MESSAGE, error);
}

static GPtrArray *
list_all_jobs (MdocStore *self, GError **error)
{
  return mdoc_store_list_jobs (self, TRUE, error);
}

/**
 * mdoc_store_check:
 * @self: a store
 * @error: return location for a #MdocStoreError if it could not be looked at
 *
 * Opens every sealed value and holds it against what it is bound to; checks
 * pages and references. Takes time in proportion to the store.
 *
 * Returns: (transfer full) (element-type utf8): a line for each thing that is
 *   wrong, none of which says what a credential says; or %NULL with @error set
 */
GPtrArray *
mdoc_store_check (MdocStore *self, GError **error)
{
  static const struct
  {
    const char *name;
    GPtrArray *(*list) (MdocStore *self, GError **error);
  } tables[] = {
    { "trust anchors", mdoc_store_list_anchors },
    { "history", list_all_history },
    { "jobs", list_all_jobs },
    { "notices", mdoc_store_list_notices },
    { "tombstones", mdoc_store_list_tombstones },
    { "keys in making", mdoc_store_list_making },
    { "issuers", list_issuers },
    { "offers", list_exchanges },
    { "enrolments", list_enrolments },
    { "messages", list_messages },
  };
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
  GError *local_error = NULL;
  gint64 floor_unix_s;

  if (!run_pragma (self, "PRAGMA integrity_check", findings, error)
      || !run_pragma (self, "PRAGMA foreign_key_check", findings, error))
    return NULL;

  check_keys (self, findings);
  check_documents (self, findings);
  check_policies (self, findings);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GPtrArray) rows = tables[i].list (self, &local_error);

      if (rows == NULL)
        note (findings, tables[i].name, NULL, g_steal_pointer (&local_error));
    }
  if (!mdoc_store_get_time_floor (self, &floor_unix_s, &local_error))
    note (findings, "time", NULL, g_steal_pointer (&local_error));

  return g_steal_pointer (&findings);
}
