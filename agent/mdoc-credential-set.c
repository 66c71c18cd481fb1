/*
 * mdoc-credential-set.c - what the holder makes of a credential
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-credential-private.h"

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-issuing.h"
#include "agent/mdoc-options.h"

/* what cannot be meant */
#define NOT_GIVEN G_MAXUINT32

static gboolean
refuse_state (GError **error, const char *text)
{
  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                            "%s",
                            text);
}

/* The holder accepts, suspends, and takes up again. Revoking is the issuer's.
 */
static gboolean
apply_state (MdocAgent *self,
             MdocStoredDocument *document,
             const char *name,
             GError **error)
{
  MdocDocumentState state;

  if (name == NULL)
    return TRUE;

  if (!mdoc_document_state_from_name (name, &state)
      || (state != MDOC_DOCUMENT_ACTIVE && state != MDOC_DOCUMENT_SUSPENDED))
    return refuse_state (error,
                         "A credential can be made \"active\" or "
                         "\"suspended\"");

  if (document->state == MDOC_DOCUMENT_REVOKED)
    return refuse_state (error, "The credential is revoked, and remains so");

  if (document->state == MDOC_DOCUMENT_RECEIVED)
    {
      if (state != MDOC_DOCUMENT_ACTIVE)
        return refuse_state (error, "The credential is not accepted yet");
      if (!mdoc_store_accept_document (self->store,
                                       document->id,
                                       mdoc_agent_get_time (self),
                                       error))
        return FALSE;
      mdoc_exchange_document_accepted (self, document->id);
    }
  else if (!mdoc_sync_set_holder_lock (self, document, state, error))
    {
      return FALSE;
    }

  document->state = state;
  return TRUE;
}

static gboolean
apply (MdocAgent *self, const char *id, GVariant *options, GError **error)
{
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autofree char *when_spent = NULL;
  g_autofree char *label = NULL;
  g_autofree char *state = NULL;
  guint32 max_uses = NOT_GIVEN;
  const MdocOption known[] = { { "label", "s", &label },
                               { "max_uses", "u", &max_uses },
                               { "state", "s", &state },
                               { "when_spent", "s", &when_spent } };

  if (!mdoc_options_parse (options, known, G_N_ELEMENTS (known), error)
      || (label != NULL && !mdoc_options_check_label (label, error)))
    return FALSE;

  document = mdoc_store_get_document (self->store, id, error);
  if (document == NULL)
    return FALSE;

  if (when_spent != NULL
      && !mdoc_when_spent_from_name (when_spent, &document->when_spent))
    return refuse_state (error,
                         "When copies are used up: \"refuse\", \"reuse\" or "
                         "\"ask\"");

  if (max_uses != NOT_GIVEN && max_uses > MDOC_CREDENTIAL_MAX_USES)
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                              "A copy is shown to at most %d readers, or 0 for "
                              "no limit",
                              MDOC_CREDENTIAL_MAX_USES);

  if (max_uses != NOT_GIVEN)
    document->max_uses = max_uses;
  if (label != NULL)
    {
      g_free (document->label);
      document->label = g_steal_pointer (&label);
    }

  return apply_state (self, document, state, error)
         && mdoc_store_change_document (self->store, document, error);
}

/**
 * mdoc_credential_set:
 * @self: an agent
 * @invocation: the call of `Set()`
 * @parameters: its parameters
 */
void
mdoc_credential_set (MdocAgent *self,
                     GDBusMethodInvocation *invocation,
                     GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  g_autoptr (GError) error = NULL;
  const char *id = mdoc_credential_get_id (invocation);
  GVariant *info = NULL;

  if (apply (self, id, options, &error))
    info = mdoc_credential_make_info (self, id, &error);

  if (info == NULL)
    mdoc_bus_return_error (invocation, g_steal_pointer (&error));
  else
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(@a{sv})", info));
}
