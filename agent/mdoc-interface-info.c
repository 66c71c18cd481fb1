/*
 * mdoc-interface-info.c - the interfaces as the XML describes them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-agent-interfaces.h"
#include "agent/mdoc-agent-private.h"

/* GIO takes them without const although it changes only the reference count,
 * and that only if it is not -1, which it is in generated ones. */
static GDBusInterfaceInfo *
unconst (const GDBusInterfaceInfo *info)
{
  union
  {
    const GDBusInterfaceInfo *from;
    GDBusInterfaceInfo *to;
  } pointer = { .from = info };

  g_assert (info->ref_count == -1);
  return pointer.to;
}

GDBusInterfaceInfo *
mdoc_bus_get_manager_interface (void)
{
  return unconst (&org_mdocagent_agent1_manager_interface);
}

GDBusInterfaceInfo *
mdoc_bus_get_credential_interface (void)
{
  return unconst (&org_mdocagent_agent1_credential_interface);
}

GDBusInterfaceInfo *
mdoc_bus_get_presentation_interface (void)
{
  return unconst (&org_mdocagent_agent1_presentation_interface);
}

GDBusInterfaceInfo *
mdoc_bus_get_object_manager_interface (void)
{
  return unconst (&org_freedesktop_dbus_object_manager_interface);
}
