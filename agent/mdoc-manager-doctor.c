/*
 * mdoc-manager-doctor.c - org.mdocagent.Agent1.Manager: DiagnoseBluetooth()
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-manager-private.h"

#include "agent/mdoc-options.h"
#include "ble/mdoc-ble-doctor.h"

static GVariant *
make_findings (GPtrArray *findings)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < findings->len; i++)
    {
      const MdocBleFinding *finding = g_ptr_array_index (findings, i);
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "name", "s", finding->name);
      g_variant_dict_insert (&dict,
                             "verdict",
                             "s",
                             mdoc_ble_verdict_get_name (finding->verdict));
      g_variant_dict_insert (&dict, "text", "s", finding->text);
      g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
    }
  return g_variant_builder_end (&builder);
}

/* In a thread of its own: BlueZ may take seconds to answer, or never do. */
static void
examine (GTask *task,
         gpointer source_object,
         gpointer task_data,
         GCancellable *cancellable)
{
  g_autoptr (GPtrArray) findings = NULL;
  gboolean has_adapter;

  findings = mdoc_ble_doctor_examine (task_data, NULL, &has_adapter);
  g_task_return_pointer (task,
                         g_variant_ref_sink (
                             g_variant_new ("(@aa{sv}b)",
                                            make_findings (findings),
                                            has_adapter)),
                         (GDestroyNotify) g_variant_unref);
}

static void
on_examined (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply = g_task_propagate_pointer (G_TASK (result), NULL);

  mdoc_manager_return (user_data, reply, NULL);
}

/* DiagnoseBluetooth() */
void
mdoc_manager_diagnose_bluetooth (MdocAgent *self,
                                 GDBusMethodInvocation *invocation,
                                 GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  char *adapter = NULL;
  const MdocOption known[] = { { "adapter", "s", &adapter } };
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  if (!mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    {
      g_free (adapter);
      mdoc_manager_return (invocation, NULL, error);
      return;
    }

  task = g_task_new (NULL, NULL, on_examined, invocation);
  g_task_set_task_data (task, adapter, g_free);
  g_task_run_in_thread (task, examine);
}
