/*
 * mdoc-ctl-monitor.c - the verb monitor
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

typedef struct
{
  GMainLoop *loop;
  gboolean is_json;
} Monitor;

/* One event: a line for people, or an object. @name and @text may be NULL. */
static void
print_event (Monitor *self,
             const char *event,
             const char *object,
             const char *id,
             const char *name,
             const char *text)
{
  g_autofree char *printable_id = mdoc_text_to_printable (id);
  g_autofree char *printable_text = mdoc_text_to_printable (text != NULL ? text
                                                                         : "");

  if (self->is_json)
    {
      g_autoptr (GVariant) value = NULL;
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "event", "s", event);
      g_variant_dict_insert (&dict, "object", "s", object);
      if (id[0] != '\0')
        g_variant_dict_insert (&dict, "id", "s", id);
      if (name != NULL)
        g_variant_dict_insert (&dict, name, "s", text);
      value = g_variant_ref_sink (g_variant_dict_end (&dict));
      mdoc_ctl_print_json (mdoc_ctl_to_json (value), FALSE);
    }
  else
    {
      g_print ("%s%s%s %s%s%s\n",
               object,
               id[0] != '\0' ? " " : "",
               printable_id,
               event,
               printable_text[0] != '\0' ? ": " : "",
               printable_text);
    }
  (void) fflush (stdout);
}

/* "credential" and its id, or "presentation" and its number */
static const char *
name_object (const char *path, const char **ret_id)
{
  const char *slash = strrchr (path, '/');

  *ret_id = slash != NULL ? slash + 1 : "";
  if (g_str_has_prefix (path, MDOC_OBJECT_CREDENTIALS "/"))
    return "credential";
  if (g_str_has_prefix (path, MDOC_OBJECT_PRESENTATIONS "/"))
    return "presentation";
  return "object";
}

static void
on_objects (GDBusConnection *bus,
            const char *sender,
            const char *path,
            const char *interface_name,
            const char *signal,
            GVariant *parameters,
            gpointer user_data)
{
  const char *object_path;
  const char *object;
  const char *id;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sa{sv}})"))
      && !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oas)")))
    return;

  g_variant_get_child (parameters, 0, "&o", &object_path);
  object = name_object (object_path, &id);
  print_event (user_data,
               strcmp (signal, "InterfacesAdded") == 0 ? "added" : "removed",
               object,
               id,
               NULL,
               NULL);
}

static void
on_properties (GDBusConnection *bus,
               const char *sender,
               const char *path,
               const char *interface_name,
               const char *signal,
               GVariant *parameters,
               gpointer user_data)
{
  g_autoptr (GVariant) changed = NULL;
  const char *object;
  const char *id;
  const char *text;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  object = name_object (path, &id);
  g_variant_get_child (parameters, 1, "@a{sv}", &changed);
  if (g_variant_lookup (changed, "State", "&s", &text))
    print_event (user_data, "state", object, id, "state", text);
  if (g_variant_lookup (changed, "EndReason", "&s", &text) && text[0] != '\0')
    print_event (user_data, "ended", object, id, "end_reason", text);
}

static void
on_appeared (GDBusConnection *bus,
             const char *name,
             const char *owner,
             gpointer user_data)
{
  print_event (user_data, "there", "agent", "", NULL, NULL);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  print_event (user_data, "gone", "agent", "", NULL, NULL);
}

static gboolean
on_signal (gpointer user_data)
{
  Monitor *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static guint
subscribe (GDBusConnection *bus,
           const char *interface_name,
           const char *signal,
           GDBusSignalCallback func,
           Monitor *self)
{
  return g_dbus_connection_signal_subscribe (bus,
                                             MDOC_BUS_NAME,
                                             interface_name,
                                             signal,
                                             NULL,
                                             NULL,
                                             G_DBUS_SIGNAL_FLAGS_NONE,
                                             func,
                                             self,
                                             NULL);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  Monitor monitor = { 0 };
  guint objects_id;
  guint properties_id;
  guint watch_id;
  guint interrupt_id;
  guint terminate_id;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  loop = g_main_loop_new (NULL, FALSE);
  monitor.loop = loop;
  monitor.is_json = mdoc_command_is_json (command);
  interrupt_id = g_unix_signal_add (SIGINT, on_signal, &monitor);
  terminate_id = g_unix_signal_add (SIGTERM, on_signal, &monitor);
  objects_id = subscribe (bus,
                          "org.freedesktop.DBus.ObjectManager",
                          NULL,
                          on_objects,
                          &monitor);
  properties_id = subscribe (bus,
                             "org.freedesktop.DBus.Properties",
                             "PropertiesChanged",
                             on_properties,
                             &monitor);
  watch_id = g_bus_watch_name_on_connection (bus,
                                             MDOC_BUS_NAME,
                                             G_BUS_NAME_WATCHER_FLAGS_NONE,
                                             on_appeared,
                                             on_vanished,
                                             &monitor,
                                             NULL);
  g_main_loop_run (loop);

  g_bus_unwatch_name (watch_id);
  g_dbus_connection_signal_unsubscribe (bus, objects_id);
  g_dbus_connection_signal_unsubscribe (bus, properties_id);
  g_source_remove (interrupt_id);
  g_source_remove (terminate_id);
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_ctl_verb_monitor = {
  .name = "monitor",
  .arguments = "",
  .summary = "Say what happens, as it happens",
  .description
  = "Prints a line whenever the agent comes or goes, a credential is added or "
    "removed,\nand a presentation begins, goes on and ends; with --json an "
    "object a line. Does\nnot start the agent. Nothing of what is printed is "
    "personal. Ends with Ctrl-C.\n"
    "\n"
    "Examples:\n"
    "  mdocctl monitor\n"
    "  mdocctl monitor --json | jq --unbuffered .state",
  .run = run,
};
