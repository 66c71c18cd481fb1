/*
 * mdoc-manager-policy.c - org.mdocagent.Agent1.Manager: standing policies
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-manager-private.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "base/mdoc-log.h"

#define MESSAGE_ID_POLICIES "8e1f4f0b6a0c4d1f9b7a52c3d96e0a48"

static void
log_change (const char *what)
{
  MdocLogFields fields = { .topic = "store",
                           .message_id = MESSAGE_ID_POLICIES };

  mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "A standing policy was %s", what);
}

/* A digit that is wrong would not be noticed, for the policy just would never
 * answer. */
static gboolean
check_anchor (MdocAgent *self, const char *id, GError **error)
{
  g_autoptr (GPtrArray) anchors = mdoc_store_list_anchors (self->store, error);

  if (anchors == NULL)
    return FALSE;

  for (guint i = 0; i < anchors->len; i++)
    {
      const MdocStoredAnchor *anchor = g_ptr_array_index (anchors, i);

      if (anchor->purpose == MDOC_TRUST_READER && strcmp (anchor->id, id) == 0)
        return TRUE;
    }

  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_NOT_FOUND,
                            "There is no trust anchor for readers of that id");
}

static GVariant *
add_policy (MdocAgent *self, GVariant *dict, GError **error)
{
  g_autoptr (MdocPolicy) policy = mdoc_policy_new_from_variant (dict, error);
  g_autofree char *id = NULL;

  if (policy == NULL || !check_anchor (self, policy->reader_anchor, error))
    return NULL;

  policy->added_unix_s = mdoc_agent_get_time (self);
  if (!mdoc_store_add_policy (self->store,
                              mdoc_policy_to_detail (policy),
                              policy->added_unix_s,
                              &id,
                              error))
    return NULL;

  g_free (policy->id);
  policy->id = g_steal_pointer (&id);
  log_change ("added");
  return mdoc_policy_to_variant (policy, mdoc_agent_get_moment (self));
}

/* AddPolicy() */
void
mdoc_manager_add_policy (MdocAgent *self,
                         GDBusMethodInvocation *invocation,
                         GVariant *parameters)
{
  g_autoptr (GVariant) dict = g_variant_get_child_value (parameters, 0);
  GVariant *policy = NULL;
  GError *error = NULL;

  if (mdoc_manager_check_options (parameters, 1, &error))
    policy = add_policy (self, dict, &error);

  mdoc_manager_return (invocation,
                       policy != NULL ? g_variant_new ("(@a{sv})", policy)
                                      : NULL,
                       error);
}

/* ListPolicies() */
void
mdoc_manager_list_policies (MdocAgent *self,
                            GDBusMethodInvocation *invocation,
                            GVariant *parameters)
{
  g_autoptr (GPtrArray) policies = NULL;
  GError *error = NULL;
  GVariantBuilder list;

  if (mdoc_manager_check_options (parameters, 0, &error))
    policies = mdoc_policy_list (self->store, self->file_policies, &error);

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; policies != NULL && i < policies->len; i++)
    g_variant_builder_add_value (
        &list,
        mdoc_policy_to_variant (g_ptr_array_index (policies, i),
                                mdoc_agent_get_moment (self)));

  mdoc_manager_return (invocation, g_variant_new ("(aa{sv})", &list), error);
}

/* RemovePolicy() */
void
mdoc_manager_remove_policy (MdocAgent *self,
                            GDBusMethodInvocation *invocation,
                            GVariant *parameters)
{
  GError *error = NULL;
  const char *id;

  g_variant_get_child (parameters, 0, "&s", &id);
  if (mdoc_manager_check_options (parameters, 1, &error)
      && mdoc_store_remove_policy (self->store, id, &error))
    log_change ("removed");

  mdoc_manager_return (invocation, NULL, error);
}
