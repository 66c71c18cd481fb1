/*
 * mdoc-ble-bluez.c - what BlueZ shows on the bus, and calls to it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-bluez.h"

#include "ble/mdoc-ble-adapter.h"

/* BlueZ drops what it forgets; this is for a bus that is not BlueZ's */
#define MAX_OBJECTS 4096

struct _MdocBleBluez
{
  GDBusConnection *connection;
  GCancellable *cancellable;
  char *adapter_wanted;
  char *adapter; /* its path, once ready */
  char *role;
  MdocBleTimes times;
  MdocBleBluezEvents events; /* zeroed once freed or failed */
  gpointer user_data;
  guint name_watch;
  guint subscriptions[5]; /* 0: none */
  GHashTable *objects;    /* path → table of interface → GVariantDict */
  char *owner;
  guint generation; /* of calls whose answers count */
  gboolean is_listed;
};

/* What is common to all answers: they die with us. */
typedef struct
{
  MdocBleBluez *self; /* a reference */
  MdocBleBluezReply reply;
  gpointer user_data;
  guint generation;
} Call;

static void
bluez_clear (MdocBleBluez *self)
{
  g_clear_pointer (&self->adapter_wanted, g_free);
  g_clear_pointer (&self->adapter, g_free);
  g_clear_pointer (&self->role, g_free);
  g_clear_pointer (&self->owner, g_free);
  g_clear_pointer (&self->objects, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
}

static void
release (MdocBleBluez *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) bluez_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, g_free)

typedef MdocBleBluez Held;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Held, release)

/* Ends the events; the first complaint is the one that counts. */
static void
fail (MdocBleBluez *self, MdocBleError code, const char *reason)
{
  g_autoptr (GError) error = NULL;
  MdocBleBluezEvents events = self->events;

  self->events = (MdocBleBluezEvents){ 0 };
  g_set_error_literal (&error, MDOC_BLE_ERROR, (gint) code, reason);
  if (events.failed != NULL)
    events.failed (error, self->user_data);
}

static void
drop_dict (gpointer dict)
{
  g_variant_dict_unref (dict);
}

static GVariantDict *
get_dict (MdocBleBluez *self,
          const char *path,
          const char *interface,
          gboolean is_made)
{
  GHashTable *interfaces = g_hash_table_lookup (self->objects, path);
  GVariantDict *dict;

  if (interfaces == NULL)
    {
      if (!is_made || g_hash_table_size (self->objects) >= MAX_OBJECTS)
        return NULL;
      interfaces = g_hash_table_new_full (g_str_hash,
                                          g_str_equal,
                                          g_free,
                                          drop_dict);
      g_hash_table_insert (self->objects, g_strdup (path), interfaces);
    }
  dict = g_hash_table_lookup (interfaces, interface);
  if (dict == NULL && is_made)
    {
      dict = g_variant_dict_new (NULL);
      g_hash_table_insert (interfaces, g_strdup (interface), dict);
    }
  return dict;
}

static gboolean
is_ours (const char *path, const char *interface)
{
  return g_str_has_prefix (path, "/org/bluez/")
         && g_str_has_prefix (interface, "org.bluez.");
}

static void
put (MdocBleBluez *self,
     const char *path,
     const char *interface,
     GVariant *properties)
{
  GVariantDict *dict;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  dict = get_dict (self, path, interface, TRUE);
  if (dict == NULL)
    return;
  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      /* values come and go by the thousand and are nobody's state */
      if (!g_str_equal (name, "Value"))
        g_variant_dict_insert_value (dict, name, value);
    }
}

static void
tell_changed (MdocBleBluez *self,
              const char *path,
              const char *interface,
              GVariant *properties)
{
  if (self->events.changed != NULL)
    self->events.changed (path, interface, properties, self->user_data);
}

static void
on_interfaces_added (GDBusConnection *connection,
                     const char *sender,
                     const char *object_path,
                     const char *interface_name,
                     const char *signal_name,
                     GVariant *parameters,
                     gpointer user_data)
{
  g_autoptr (Held) self = g_rc_box_acquire (user_data);
  g_autoptr (GVariantIter) interfaces = NULL;
  const char *path, *interface;
  GVariant *properties;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sa{sv}})"))
      || self->objects == NULL)
    return;
  g_variant_get (parameters, "(&oa{sa{sv}})", &path, &interfaces);
  while (
      g_variant_iter_loop (interfaces, "{&s@a{sv}}", &interface, &properties))
    {
      if (!is_ours (path, interface))
        continue;
      put (self, path, interface, properties);
      if (self->adapter != NULL)
        tell_changed (self, path, interface, properties);
    }
}

static void
on_interfaces_removed (GDBusConnection *connection,
                       const char *sender,
                       const char *object_path,
                       const char *interface_name,
                       const char *signal_name,
                       GVariant *parameters,
                       gpointer user_data)
{
  g_autoptr (Held) self = g_rc_box_acquire (user_data);
  g_autoptr (GVariantIter) interfaces = NULL;
  GHashTable *known;
  const char *path, *interface;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oas)")))
    return;
  g_variant_get (parameters, "(&oas)", &path, &interfaces);
  while (g_variant_iter_loop (interfaces, "&s", &interface))
    {
      known = g_hash_table_lookup (self->objects, path);
      if (known != NULL && g_hash_table_remove (known, interface)
          && g_hash_table_size (known) == 0)
        g_hash_table_remove (self->objects, path);
      if (self->adapter == NULL)
        continue;
      if (self->events.removed != NULL)
        self->events.removed (path, interface, self->user_data);
      if (g_str_equal (path, self->adapter)
          && g_str_equal (interface, BLUEZ_ADAPTER))
        fail (self,
              MDOC_BLE_ERROR_NO_ADAPTER,
              "the Bluetooth adapter was taken out; put it back and try again");
    }
}

static void
on_properties_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *object_path,
                       const char *interface_name,
                       const char *signal_name,
                       GVariant *parameters,
                       gpointer user_data)
{
  g_autoptr (Held) self = g_rc_box_acquire (user_data);
  g_autoptr (GVariant) properties = NULL;
  const char *interface;
  gboolean is_powered;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (parameters, "(&s@a{sv}as)", &interface, &properties, NULL);
  /* before the list came, it is not known what the change was to */
  if (!self->is_listed || !is_ours (object_path, interface)
      || g_hash_table_lookup (self->objects, object_path) == NULL)
    return;
  put (self, object_path, interface, properties);
  if (self->adapter == NULL)
    return;
  tell_changed (self, object_path, interface, properties);
  if (self->adapter != NULL && g_str_equal (object_path, self->adapter)
      && g_variant_lookup (properties, "Powered", "b", &is_powered)
      && !is_powered)
    fail (self,
          MDOC_BLE_ERROR_POWERED_OFF,
          "the Bluetooth adapter was switched off; switch it on and try again");
}

static void
on_listed (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  MdocBleBluez *self = user_data;
  g_autoptr (GVariantIter) objects = NULL;
  g_autoptr (GError) error = NULL;
  const char *path, *interface;
  GVariantIter *interfaces;
  GVariant *properties;
  MdocBleBluezEvents events;

  if (reply == NULL)
    {
      mdoc_ble_error_from_bus (&error,
                               MDOC_BLE_ERROR_NO_BLUEZ,
                               "to list its adapters",
                               bus_error);
      fail (self, (MdocBleError) error->code, error->message);
      return;
    }

  g_variant_get (reply, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_loop (objects, "{&oa{sa{sv}}}", &path, &interfaces))
    while (
        g_variant_iter_loop (interfaces, "{&s@a{sv}}", &interface, &properties))
      if (is_ours (path, interface))
        put (self, path, interface, properties);
  self->is_listed = TRUE;

  self->adapter = mdoc_ble_adapter_pick (self,
                                         self->adapter_wanted,
                                         self->role,
                                         &error);
  events = self->events;
  if (self->adapter == NULL)
    fail (self, (MdocBleError) error->code, error->message);
  else if (events.ready != NULL)
    events.ready (self->user_data);
}

static void
on_name_appeared (GDBusConnection *connection,
                  const char *name,
                  const char *owner,
                  gpointer user_data)
{
  g_autoptr (Held) self = g_rc_box_acquire (user_data);

  /* a second bluetoothd knows nothing of what the first was told */
  if (self->owner != NULL)
    {
      fail (self,
            MDOC_BLE_ERROR_NO_BLUEZ,
            "bluetoothd was restarted; start again");
      return;
    }
  self->owner = g_strdup (owner);
  mdoc_ble_bluez_call (self,
                       "/",
                       DBUS_OBJECT_MANAGER,
                       "GetManagedObjects",
                       NULL,
                       self->times.call_ms,
                       on_listed,
                       self);
}

static void
on_name_vanished (GDBusConnection *connection,
                  const char *name,
                  gpointer user_data)
{
  g_autoptr (Held) self = g_rc_box_acquire (user_data);

  if (self->owner != NULL)
    fail (self,
          MDOC_BLE_ERROR_NO_BLUEZ,
          "bluetoothd ended; see why with \"journalctl -u bluetooth\", then "
          "start again");
  else
    fail (self,
          MDOC_BLE_ERROR_NO_BLUEZ,
          "bluetoothd does not run; install \"bluez\" and start it with "
          "\"systemctl start bluetooth\"");
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Held) self = user_data; /* the reference of the call */
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;
  const struct
  {
    const char *interface;
    const char *member;
    const char *argument;
    GDBusSignalCallback callback;
  } signals[] = {
    { DBUS_OBJECT_MANAGER, "InterfacesAdded", NULL, on_interfaces_added },
    { DBUS_OBJECT_MANAGER, "InterfacesRemoved", NULL, on_interfaces_removed },
    { DBUS_PROPERTIES,
      "PropertiesChanged",
      BLUEZ_ADAPTER,
      on_properties_changed },
    { DBUS_PROPERTIES,
      "PropertiesChanged",
      BLUEZ_DEVICE,
      on_properties_changed },
    /* the last: of no use to who serves, who would wake for each value that
     * other programs get */
    { DBUS_PROPERTIES,
      "PropertiesChanged",
      BLUEZ_CHARACTERISTIC,
      on_properties_changed },
  };
  gsize n = G_N_ELEMENTS (signals) - g_str_equal (self->role, "peripheral");

  G_STATIC_ASSERT (G_N_ELEMENTS (signals)
                   == G_N_ELEMENTS (self->subscriptions));

  connection = g_dbus_connection_new_for_address_finish (result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_clear_object (&connection);
      return;
    }
  if (connection == NULL)
    {
      fail (self,
            MDOC_BLE_ERROR_NO_BLUEZ,
            "there is no system bus, over which BlueZ is reached; start "
            "\"dbus\"");
      return;
    }

  self->connection = connection;
  /* Subscribed before the list is asked for, so nothing falls in between. */
  for (gsize i = 0; i < n; i++)
    self->subscriptions[i]
        = g_dbus_connection_signal_subscribe (connection,
                                              BLUEZ_NAME,
                                              signals[i].interface,
                                              signals[i].member,
                                              NULL,
                                              signals[i].argument,
                                              G_DBUS_SIGNAL_FLAGS_NONE,
                                              signals[i].callback,
                                              self,
                                              NULL);
  self->name_watch
      = g_bus_watch_name_on_connection (connection,
                                        BLUEZ_NAME,
                                        G_BUS_NAME_WATCHER_FLAGS_NONE,
                                        on_name_appeared,
                                        on_name_vanished,
                                        self,
                                        NULL);
}

/**
 * mdoc_ble_bluez_new:
 * @adapter: (nullable): the adapter wanted, as in #MdocBleConfig
 * @role: "central" or "peripheral"
 * @times: how long calls may take; copied
 * @events: whom to tell; copied
 * @user_data: goes with @events
 *
 * Begins to connect to BlueZ on the system bus.
 *
 * Returns: (transfer full): the mirror, empty yet
 */
MdocBleBluez *
mdoc_ble_bluez_new (const char *adapter,
                    const char *role,
                    const MdocBleTimes *times,
                    const MdocBleBluezEvents *events,
                    gpointer user_data)
{
  MdocBleBluez *self = g_rc_box_new0 (MdocBleBluez);
  g_autofree char *address = NULL;

  self->adapter_wanted = g_strdup (adapter);
  self->role = g_strdup (role);
  self->times = *times;
  self->events = *events;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->objects = g_hash_table_new_full (g_str_hash,
                                         g_str_equal,
                                         g_free,
                                         (GDestroyNotify) g_hash_table_unref);
  address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  g_dbus_connection_new_for_address (
      address == NULL ? "unix:path=/nonexistent" : address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL,
      self->cancellable,
      on_connected,
      g_rc_box_acquire (self));
  return self;
}

static void
on_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_dbus_connection_close (G_DBUS_CONNECTION (source), NULL, NULL, NULL);
}

/* No event and no answer comes any more. */
static void
fall_silent (MdocBleBluez *self)
{
  self->events = (MdocBleBluezEvents){ 0 };
  g_cancellable_cancel (self->cancellable);
  if (self->name_watch != 0)
    g_bus_unwatch_name (self->name_watch);
  if (self->connection == NULL)
    return;
  for (gsize i = 0;
       i < G_N_ELEMENTS (self->subscriptions) && self->subscriptions[i] != 0;
       i++)
    g_dbus_connection_signal_unsubscribe (self->connection,
                                          self->subscriptions[i]);
}

/**
 * mdoc_ble_bluez_free:
 * @self: (nullable): the mirror
 *
 * Ends the connection once what was sent has left, which takes a turn of the
 * main context. No event and no answer comes any more.
 */
void
mdoc_ble_bluez_free (MdocBleBluez *self)
{
  if (self == NULL)
    return;
  fall_silent (self);
  if (self->connection != NULL)
    g_dbus_connection_flush (self->connection, NULL, on_flushed, NULL);
  release (self);
}

/* The same for who only looked, and whose main context turns no more: there
 * nobody would hear that all has left, and the connection would stay. */
void
mdoc_ble_bluez_free_at_once (MdocBleBluez *self)
{
  if (self == NULL)
    return;
  fall_silent (self);
  if (self->connection != NULL)
    g_dbus_connection_close_sync (self->connection, NULL, NULL);
  release (self);
}

GDBusConnection *
mdoc_ble_bluez_get_connection (MdocBleBluez *self)
{
  return self->connection;
}

/**
 * mdoc_ble_bluez_get_owner:
 * @self: the mirror
 *
 * Returns: (transfer none) (nullable): the unique name of bluetoothd; %NULL
 *   before it is ready
 */
const char *
mdoc_ble_bluez_get_owner (MdocBleBluez *self)
{
  return self->owner;
}

/**
 * mdoc_ble_bluez_get_adapter:
 * @self: the mirror
 *
 * Returns: (transfer none) (nullable): the path of the adapter picked; %NULL
 *   before it is ready
 */
const char *
mdoc_ble_bluez_get_adapter (MdocBleBluez *self)
{
  return self->adapter;
}

/**
 * mdoc_ble_bluez_lookup:
 * @self: the mirror
 * @path: an object
 * @interface: one of its interfaces
 * @property: a property of that, not "Value"
 * @type: what it has to be
 *
 * Returns: (transfer full) (nullable): the property as last told; %NULL if
 *   there is none or it is something else
 */
GVariant *
mdoc_ble_bluez_lookup (MdocBleBluez *self,
                       const char *path,
                       const char *interface,
                       const char *property,
                       const GVariantType *type)
{
  GVariantDict *dict = get_dict (self, path, interface, FALSE);

  if (dict == NULL)
    return NULL;
  return g_variant_dict_lookup_value (dict, property, type);
}

/**
 * mdoc_ble_bluez_lookup_text:
 * @self: the mirror
 * @path: an object
 * @interface: one of its interfaces
 * @property: a property of that: a string or a path
 *
 * Returns: (transfer none) (nullable): the property, valid until the next
 *   event; %NULL if there is none
 */
const char *
mdoc_ble_bluez_lookup_text (MdocBleBluez *self,
                            const char *path,
                            const char *interface,
                            const char *property)
{
  g_autoptr (GVariant) value = mdoc_ble_bluez_lookup (self,
                                                      path,
                                                      interface,
                                                      property,
                                                      NULL);

  if (value == NULL
      || !(g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
           || g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH)))
    return NULL;
  /* the mirror keeps the value */
  return g_variant_get_string (value, NULL);
}

/**
 * mdoc_ble_bluez_lookup_boolean:
 * @self: the mirror
 * @path: an object
 * @interface: one of its interfaces
 * @property: a property of that
 *
 * Returns: the property; %FALSE if there is none
 */
gboolean
mdoc_ble_bluez_lookup_boolean (MdocBleBluez *self,
                               const char *path,
                               const char *interface,
                               const char *property)
{
  g_autoptr (GVariant) value = mdoc_ble_bluez_lookup (self,
                                                      path,
                                                      interface,
                                                      property,
                                                      G_VARIANT_TYPE_BOOLEAN);

  return value != NULL && g_variant_get_boolean (value);
}

/**
 * mdoc_ble_bluez_has:
 * @self: the mirror
 * @path: an object
 * @interface: an interface
 *
 * Returns: whether the object is there and has it
 */
gboolean
mdoc_ble_bluez_has (MdocBleBluez *self, const char *path, const char *interface)
{
  return get_dict (self, path, interface, FALSE) != NULL;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/**
 * mdoc_ble_bluez_foreach:
 * @self: the mirror
 * @interface: an interface
 * @visit: called with the path of each object that has it, in their order
 * @user_data: goes with @visit
 */
void
mdoc_ble_bluez_foreach (MdocBleBluez *self,
                        const char *interface,
                        MdocBleBluezVisit visit,
                        gpointer user_data)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer path, interfaces;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &path, &interfaces))
    if (g_hash_table_contains (interfaces, interface))
      g_ptr_array_add (paths, g_strdup (path));
  g_ptr_array_sort (paths, compare_paths);
  for (guint i = 0; i < paths->len; i++)
    visit (g_ptr_array_index (paths, i), user_data);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (Held) self = call->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source),
                                       result,
                                       &error);

  if (call->reply != NULL && call->generation == self->generation
      && !g_cancellable_is_cancelled (self->cancellable))
    call->reply (reply, error, call->user_data);
}

/**
 * mdoc_ble_bluez_call:
 * @self: the mirror
 * @path: an object of BlueZ
 * @interface: one of its interfaces
 * @method: a method of that
 * @parameters: (nullable) (transfer floating): what goes with it
 * @timeout_ms: how long to wait
 * @reply: (nullable): whom to tell; not called once @self is freed
 * @user_data: goes with @reply
 *
 * Calls BlueZ. Calls are carried out in their order.
 */
void
mdoc_ble_bluez_call (MdocBleBluez *self,
                     const char *path,
                     const char *interface,
                     const char *method,
                     GVariant *parameters,
                     guint timeout_ms,
                     MdocBleBluezReply reply,
                     gpointer user_data)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_rc_box_acquire (self);
  call->reply = reply;
  call->user_data = user_data;
  call->generation = self->generation;
  /* not cancelled with us: an answer that nobody waits for still has to be
   * sent its call */
  g_dbus_connection_call (self->connection,
                          self->owner == NULL ? BLUEZ_NAME : self->owner,
                          path,
                          interface,
                          method,
                          parameters,
                          NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          (gint) timeout_ms,
                          NULL,
                          on_answer,
                          call);
}

/**
 * mdoc_ble_bluez_tell:
 * @self: the mirror
 * @path: an object of BlueZ
 * @interface: one of its interfaces
 * @method: a method of that
 * @parameters: (nullable) (transfer floating): what goes with it
 *
 * Calls BlueZ, which sends no answer and no error. It is carried out before
 * whatever is called next.
 */
void
mdoc_ble_bluez_tell (MdocBleBluez *self,
                     const char *path,
                     const char *interface,
                     const char *method,
                     GVariant *parameters)
{
  g_autoptr (GDBusMessage) message
      = g_dbus_message_new_method_call (self->owner == NULL ? BLUEZ_NAME
                                                            : self->owner,
                                        path,
                                        interface,
                                        method);

  g_dbus_message_set_flags (message,
                            G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED
                                | G_DBUS_MESSAGE_FLAGS_NO_AUTO_START);
  if (parameters != NULL)
    g_dbus_message_set_body (message, parameters);
  /* fails where the bus is gone, which is told by other ways */
  g_dbus_connection_send_message (self->connection,
                                  message,
                                  G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                  NULL,
                                  NULL);
}

/**
 * mdoc_ble_bluez_forget_calls:
 * @self: the mirror
 *
 * No call that was made before this is answered any more.
 */
void
mdoc_ble_bluez_forget_calls (MdocBleBluez *self)
{
  self->generation++;
}
