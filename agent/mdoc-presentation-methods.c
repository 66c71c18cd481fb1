/*
 * mdoc-presentation-methods.c - org.mdocagent.Agent1.Presentation
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-options.h"
#include "agent/mdoc-presentation.h"
#include "base/mdoc-names.h"
#include "engagement/mdoc-qr.h"

#define DEFAULT_MODULE_PX 8

/* The presentation that is called, if it is the caller's. */
static MdocPresentation *
get_presentation (MdocAgent *agent,
                  GDBusMethodInvocation *invocation,
                  GError **error)
{
  const char *path = g_dbus_method_invocation_get_object_path (invocation);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);

  /* it may have gone while the caller was checked */
  if (agent->presentation == NULL
      || strcmp (mdoc_presentation_get_path (agent->presentation), path) != 0)
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_NOT_FOUND,
                         "There is no such presentation");
      return NULL;
    }

  if (!mdoc_presentation_is_owner (agent->presentation, sender))
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_NOT_AUTHORIZED,
                         "Somebody else started the presentation");
      return NULL;
    }

  return agent->presentation;
}

static GVariant *
draw (const char *uri, const char *form, guint32 module_px, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) png = NULL;

  if (strcmp (form, "uri") == 0)
    return g_variant_new_string (uri);

  if (strcmp (form, "png") == 0)
    {
      png = mdoc_qr_to_png (uri, module_px, error);
      return png != NULL ? g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING,
                                                     png,
                                                     TRUE)
                         : NULL;
    }

  if (strcmp (form, "svg") == 0)
    text = mdoc_qr_to_svg (uri, error);
  else if (strcmp (form, "ansi") == 0)
    text = mdoc_qr_to_terminal (uri, MDOC_QR_ANSI, error);
  else if (strcmp (form, "utf8") == 0)
    text = mdoc_qr_to_terminal (uri, MDOC_QR_UTF8, error);
  else if (strcmp (form, "ascii") == 0)
    text = mdoc_qr_to_terminal (uri, MDOC_QR_ASCII, error);
  else
    mdoc_agent_refuse (error,
                       MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                       "An engagement has no such form");

  return text != NULL ? g_variant_new_string (text) : NULL;
}

static void
get_engagement (MdocAgent *agent,
                GDBusMethodInvocation *invocation,
                GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) options = NULL;
  guint32 module_px = DEFAULT_MODULE_PX;
  const MdocOption known[] = { { "module_px", "u", &module_px } };
  MdocPresentation *presentation;
  GVariant *engagement = NULL;
  const char *form;

  g_variant_get (parameters, "(&s@a{sv})", &form, &options);
  presentation = get_presentation (agent, invocation, &error);
  if (presentation != NULL
      && mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    {
      if (module_px < 1 || module_px > MDOC_QR_MAX_MODULE_PX)
        mdoc_agent_refuse (&error,
                           MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                           "A module has 1 to %d pixels",
                           MDOC_QR_MAX_MODULE_PX);
      else
        engagement = draw (mdoc_presentation_get_uri (presentation),
                           form,
                           module_px,
                           &error);
    }

  if (engagement == NULL)
    mdoc_bus_return_error (invocation, g_steal_pointer (&error));
  else
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(v)", engagement));
}

static void
get_result (MdocAgent *agent,
            GDBusMethodInvocation *invocation,
            GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  g_autoptr (GError) error = NULL;
  MdocPresentation *presentation = get_presentation (agent, invocation, &error);

  if (presentation == NULL || !mdoc_options_parse_none (options, &error))
    mdoc_bus_return_error (invocation, g_steal_pointer (&error));
  else
    g_dbus_method_invocation_return_value (
        invocation,
        g_variant_new ("(@a{sv})",
                       mdoc_presentation_make_result (presentation)));
}

static void
cancel (MdocAgent *agent,
        GDBusMethodInvocation *invocation,
        GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  g_autoptr (GError) error = NULL;
  MdocPresentation *presentation = get_presentation (agent, invocation, &error);

  if (presentation == NULL || !mdoc_options_parse_none (options, &error))
    {
      mdoc_bus_return_error (invocation, g_steal_pointer (&error));
      return;
    }

  mdoc_presentation_end (presentation, MDOC_PRESENTATION_END_CANCELLED);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

#define METHOD(name_, func_)                                                   \
  {                                                                            \
    MDOC_INTERFACE_PRESENTATION, name_, MDOC_ACTION_PRESENT, func_             \
  }

const MdocMethod mdoc_presentation_methods[] = {
  METHOD ("GetEngagement", get_engagement),
  METHOD ("GetResult", get_result),
  METHOD ("Cancel", cancel),
};
const guint mdoc_presentation_n_methods = G_N_ELEMENTS (
    mdoc_presentation_methods);
