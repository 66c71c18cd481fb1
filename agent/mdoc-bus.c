/*
 * mdoc-bus.c - objects on the bus, and the way of a call to its method
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "base/mdoc-log.h"
#include "base/mdoc-names.h"

#define INTERFACE_OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define INTERFACE_PROPERTIES     "org.freedesktop.DBus.Properties"
#define INTERFACE_PEER           "org.freedesktop.DBus.Peer"

/* for what stands before and behind the body of a message */
#define OVERWRITE_MORE_BYTES 4096

typedef struct
{
  GDBusConnection *bus;
  char *path;
  char *interface_name;
  guint registration_id;
} Object;

static void
object_free (gpointer data)
{
  Object *object = data;

  g_dbus_connection_unregister_object (object->bus, object->registration_id);
  g_object_unref (object->bus);
  g_free (object->path);
  g_free (object->interface_name);
  g_free (object);
}

/* --- properties --- */

/* All there are: nothing in them is personal, because anybody may read them. */
static GVariant *
make_property (MdocAgent *self,
               const char *path,
               const char *interface_name,
               const char *name)
{
  if (strcmp (interface_name, MDOC_INTERFACE_MANAGER) == 0)
    return g_variant_new_string (PACKAGE_VERSION);

  if (strcmp (interface_name, MDOC_INTERFACE_CREDENTIAL) == 0)
    return g_variant_new_string (strrchr (path, '/') + 1);

  if (strcmp (name, "State") == 0)
    return g_variant_new_string (
        mdoc_presentation_get_state (self->presentation));
  return g_variant_new_string (
      mdoc_presentation_get_end_reason (self->presentation));
}

static GVariant *
on_get_property (GDBusConnection *bus,
                 const char *sender,
                 const char *path,
                 const char *interface_name,
                 const char *name,
                 GError **error,
                 gpointer user_data)
{
  return make_property (user_data, path, interface_name, name);
}

static GVariant *
make_interfaces (MdocAgent *self, const Object *object)
{
  GDBusInterfaceInfo *info = NULL;
  GVariantBuilder interfaces;
  GVariantDict properties;

  if (strcmp (object->interface_name, MDOC_INTERFACE_CREDENTIAL) == 0)
    info = mdoc_bus_get_credential_interface ();
  else
    info = mdoc_bus_get_presentation_interface ();

  g_variant_dict_init (&properties, NULL);
  for (guint i = 0; info->properties[i] != NULL; i++)
    g_variant_dict_insert_value (&properties,
                                 info->properties[i]->name,
                                 make_property (self,
                                                object->path,
                                                object->interface_name,
                                                info->properties[i]->name));

  g_variant_builder_init (&interfaces, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_variant_builder_add (&interfaces,
                         "{s@a{sv}}",
                         object->interface_name,
                         g_variant_dict_end (&properties));
  return g_variant_builder_end (&interfaces);
}

/**
 * mdoc_bus_emit_changed:
 * @self: an agent
 * @path: the object
 * @interface_name: the interface
 * @properties: an `a{sv}` of what has changed; consumed if floating
 */
void
mdoc_bus_emit_changed (MdocAgent *self,
                       const char *path,
                       const char *interface_name,
                       GVariant *properties)
{
  static const char *const invalidated[] = { NULL };

  g_dbus_connection_emit_signal (self->bus,
                                 NULL,
                                 path,
                                 INTERFACE_PROPERTIES,
                                 "PropertiesChanged",
                                 g_variant_new ("(s@a{sv}^as)",
                                                interface_name,
                                                properties,
                                                invalidated),
                                 NULL);
}

/* --- calls --- */

/**
 * mdoc_bus_return_error:
 * @invocation: (transfer full): a call
 * @error: (transfer full): why it is not done, of any domain
 *
 * Ends a call with an error of `org.mdocagent.Agent1.Error`. What is this
 * device's fault is logged too.
 */
void
mdoc_bus_return_error (GDBusMethodInvocation *invocation, GError *error)
{
  MdocAgentError code = mdoc_agent_error_from (error);

  if (code == MDOC_AGENT_ERROR_FAILED || code == MDOC_AGENT_ERROR_STORE)
    {
      MdocLogFields fields = { .topic = "bus", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING,
                &fields,
                "%s failed",
                g_dbus_method_invocation_get_method_name (invocation));
    }

  mdoc_agent_error_convert (&error);
  g_dbus_method_invocation_take_error (invocation, error);
}

/**
 * mdoc_agent_find_method:
 * @interface_name: of the method
 * @name: of the method
 *
 * Returns: (transfer none) (nullable): its row; %NULL means denied
 */
const MdocMethod *
mdoc_agent_find_method (const char *interface_name, const char *name)
{
  const struct
  {
    const MdocMethod *methods;
    guint n_methods;
  } tables[] = {
    { mdoc_manager_methods, mdoc_manager_n_methods },
    { mdoc_credential_methods, mdoc_credential_n_methods },
    { mdoc_presentation_methods, mdoc_presentation_n_methods },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      for (guint j = 0; j < tables[i].n_methods; j++)
        {
          const MdocMethod *method = &tables[i].methods[j];

          if (strcmp (method->interface_name, interface_name) == 0
              && strcmp (method->name, name) == 0)
            return method;
        }
    }

  return NULL;
}

typedef struct
{
  MdocAgent *agent;
  const MdocMethod *method;
  GDBusMethodInvocation *invocation;
  gboolean may_interact;
} Call;

static guint
count_waiting (MdocAgent *self, const char *sender)
{
  guint n_waiting = 0;

  for (GList *link = self->pending_calls.head; link != NULL; link = link->next)
    {
      const Call *call = link->data;

      if (strcmp (g_dbus_method_invocation_get_sender (call->invocation),
                  sender)
          == 0)
        n_waiting++;
    }

  return n_waiting;
}

/* Who waits for a password waits for minutes. If too many do, polkit is asked
 * what may be done without one: who may has to wait for nobody. */
static gboolean
may_interact (MdocAgent *self, GDBusMethodInvocation *invocation)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);
  guint n_interactive = 0;

  if ((g_dbus_message_get_flags (message)
       & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION)
      == 0)
    return FALSE;

  for (GList *link = self->pending_calls.head; link != NULL; link = link->next)
    {
      const Call *call = link->data;

      n_interactive += call->may_interact ? 1 : 0;
    }

  return n_interactive < MDOC_AGENT_MAX_INTERACTIVE_CALLS;
}

static void
on_checked (gboolean is_allowed, gpointer user_data)
{
  g_autofree Call *call = user_data;

  (void) g_queue_remove (&call->agent->pending_calls, call);
  if (is_allowed && !call->agent->is_stopping)
    {
      call->method->func (call->agent,
                          call->invocation,
                          g_dbus_method_invocation_get_parameters (
                              call->invocation));
      return;
    }

  mdoc_bus_return_error (call->invocation,
                         g_error_new (MDOC_AGENT_ERROR,
                                      (gint) MDOC_AGENT_ERROR_NOT_AUTHORIZED,
                                      "The caller may not do this (action %s)",
                                      mdoc_action_get_name (
                                          call->method->action)));
}

static void
on_method_call (GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface_name,
                const char *name,
                GVariant *parameters,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  MdocAgent *self = user_data;
  const MdocMethod *method = mdoc_agent_find_method (interface_name, name);
  Call *call;

  if (method == NULL)
    {
      mdoc_bus_return_error (
          invocation,
          g_error_new_literal (MDOC_AGENT_ERROR,
                               (gint) MDOC_AGENT_ERROR_NOT_AUTHORIZED,
                               "Nobody may do this"));
      return;
    }

  if (self->pending_calls.length >= MDOC_AGENT_MAX_PENDING_CALLS
      || count_waiting (self, sender) >= MDOC_AGENT_MAX_PENDING_OF_CALLER)
    {
      mdoc_bus_return_error (invocation,
                             g_error_new_literal (MDOC_AGENT_ERROR,
                                                  (gint) MDOC_AGENT_ERROR_LIMIT,
                                                  "Too many calls wait for "
                                                  "authorization"));
      return;
    }

  call = g_new0 (Call, 1);
  call->agent = self;
  call->method = method;
  call->invocation = invocation;
  call->may_interact = may_interact (self, invocation);
  g_queue_push_tail (&self->pending_calls, call);
  mdoc_authority_check (self->authority,
                        sender,
                        method->action,
                        call->may_interact,
                        on_checked,
                        call);
}

static const GDBusInterfaceVTable object_vtable = {
  .method_call = on_method_call,
  .get_property = on_get_property,
};

/* --- objects --- */

static Object *
register_object (MdocAgent *self,
                 const char *path,
                 GDBusInterfaceInfo *info,
                 const GDBusInterfaceVTable *vtable,
                 GError **error)
{
  guint registration_id = g_dbus_connection_register_object (self->bus,
                                                             path,
                                                             info,
                                                             vtable,
                                                             self,
                                                             NULL,
                                                             error);
  Object *object;

  if (registration_id == 0)
    return NULL;

  object = g_new0 (Object, 1);
  object->bus = g_object_ref (self->bus);
  object->path = g_strdup (path);
  object->interface_name = g_strdup (info->name);
  object->registration_id = registration_id;
  g_ptr_array_add (self->objects, object);
  return object;
}

static gboolean
is_managed (const Object *object)
{
  return strcmp (object->interface_name, MDOC_INTERFACE_CREDENTIAL) == 0
         || strcmp (object->interface_name, MDOC_INTERFACE_PRESENTATION) == 0;
}

/* Everybody may ask what objects there are: neither their paths nor their
 * properties say anything about the holder. */
static void
on_object_manager_call (GDBusConnection *bus,
                        const char *sender,
                        const char *path,
                        const char *interface_name,
                        const char *name,
                        GVariant *parameters,
                        GDBusMethodInvocation *invocation,
                        gpointer user_data)
{
  MdocAgent *self = user_data;
  GVariantBuilder objects;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  for (guint i = 0; i < self->objects->len; i++)
    {
      const Object *object = g_ptr_array_index (self->objects, i);

      if (is_managed (object))
        g_variant_builder_add (&objects,
                               "{o@a{sa{sv}}}",
                               object->path,
                               make_interfaces (self, object));
    }

  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(a{oa{sa{sv}}})",
                                                        &objects));
}

static const GDBusInterfaceVTable object_manager_vtable = {
  .method_call = on_object_manager_call,
};

/**
 * mdoc_bus_add_object:
 * @self: an agent
 * @path: of the new object
 * @interface_info: what it implements, besides the usual
 * @error: return location for an error of GIO
 *
 * Puts an object on the bus, and says so.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_bus_add_object (MdocAgent *self,
                     const char *path,
                     GDBusInterfaceInfo *interface_info,
                     GError **error)
{
  const Object *object = register_object (self,
                                          path,
                                          interface_info,
                                          &object_vtable,
                                          error);

  if (object == NULL)
    return FALSE;

  g_dbus_connection_emit_signal (self->bus,
                                 NULL,
                                 MDOC_OBJECT_ROOT,
                                 INTERFACE_OBJECT_MANAGER,
                                 "InterfacesAdded",
                                 g_variant_new ("(o@a{sa{sv}})",
                                                path,
                                                make_interfaces (self, object)),
                                 NULL);
  return TRUE;
}

/**
 * mdoc_bus_remove_object:
 * @self: an agent
 * @path: of an object
 *
 * Takes an object off the bus, and says so.
 */
void
mdoc_bus_remove_object (MdocAgent *self, const char *path)
{
  for (guint i = 0; i < self->objects->len; i++)
    {
      const Object *object = g_ptr_array_index (self->objects, i);
      const char *const interfaces[] = { object->interface_name, NULL };

      if (strcmp (object->path, path) != 0)
        continue;

      g_dbus_connection_emit_signal (self->bus,
                                     NULL,
                                     MDOC_OBJECT_ROOT,
                                     INTERFACE_OBJECT_MANAGER,
                                     "InterfacesRemoved",
                                     g_variant_new ("(o^as)", path, interfaces),
                                     NULL);
      g_ptr_array_remove_index (self->objects, i);
      return;
    }
}

/**
 * mdoc_bus_remove_all:
 * @self: an agent
 *
 * Takes everything off the bus without a word.
 */
void
mdoc_bus_remove_all (MdocAgent *self)
{
  g_clear_pointer (&self->objects, g_ptr_array_unref);
}

/**
 * mdoc_bus_add_root:
 * @self: an agent
 * @error: return location for an error of GIO
 *
 * Puts the manager on the bus.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_bus_add_root (MdocAgent *self, GError **error)
{
  self->objects = g_ptr_array_new_with_free_func (object_free);

  return register_object (self,
                          MDOC_OBJECT_ROOT,
                          mdoc_bus_get_manager_interface (),
                          &object_vtable,
                          error)
             != NULL
         && register_object (self,
                             MDOC_OBJECT_ROOT,
                             mdoc_bus_get_object_manager_interface (),
                             &object_manager_vtable,
                             error)
                != NULL;
}

/**
 * mdoc_bus_overwrite:
 * @self: an agent
 * @n_bytes: how long a message was that held something personal
 *
 * GDBus reads messages into a buffer that it keeps, and of which the next
 * message, if it is shorter, overwrites a part only. So the agent sends itself
 * one that is longer and says nothing.
 */
void
mdoc_bus_overwrite (MdocAgent *self, gsize n_bytes)
{
  g_autofree guint8 *nothing = g_malloc0 (n_bytes + OVERWRITE_MORE_BYTES);
  g_autoptr (GDBusMessage) message
      = g_dbus_message_new_method_call (g_dbus_connection_get_unique_name (
                                            self->bus),
                                        MDOC_OBJECT_ROOT,
                                        INTERFACE_PEER,
                                        "Ping");

  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_dbus_message_set_body (
      message,
      g_variant_new ("(@ay)",
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                nothing,
                                                n_bytes + OVERWRITE_MORE_BYTES,
                                                1)));
  (void) g_dbus_connection_send_message (self->bus,
                                         message,
                                         G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                         NULL,
                                         NULL);
}
