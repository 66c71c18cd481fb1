/*
 * mdoc-ble-gatt-app.c - the objects that BlueZ serves for us
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-gatt-app.h"

#include "ble/mdoc-ble-frames.h"

#define SERVICE_PATH MDOC_BLE_APP_PATH "/service"
#define MAX_OBJECTS  (MDOC_BLE_APP_N_CHARACTERISTICS + 3)

/* For discovery within the time that a person waits; BlueZ before 5.77 looks
 * at them only when run with -E, and the kernel's 1.28 s stay. */
#define ADVERTISE_MIN_MS 30
#define ADVERTISE_MAX_MS 60

/* WriteAcquired and NotifyAcquired are left out: with them BlueZ would pass
 * sockets, which corrupts bursts of writes and mixes peers. */
static const char interfaces_xml[]
    = "<node>"
      "<interface name='" DBUS_OBJECT_MANAGER "'>"
      "<method name='GetManagedObjects'>"
      "<arg type='a{oa{sa{sv}}}' direction='out'/></method>"
      "</interface>"
      "<interface name='" BLUEZ_SERVICE "'>"
      "<property name='UUID' type='s' access='read'/>"
      "<property name='Primary' type='b' access='read'/>"
      "</interface>"
      "<interface name='" BLUEZ_CHARACTERISTIC "'>"
      "<method name='ReadValue'><arg type='a{sv}' direction='in'/>"
      "<arg type='ay' direction='out'/></method>"
      "<method name='WriteValue'><arg type='ay' direction='in'/>"
      "<arg type='a{sv}' direction='in'/></method>"
      "<method name='StartNotify'/><method name='StopNotify'/>"
      "<method name='Confirm'/>"
      "<property name='UUID' type='s' access='read'/>"
      "<property name='Service' type='o' access='read'/>"
      "<property name='Flags' type='as' access='read'/>"
      "</interface>"
      "<interface name='" BLUEZ_ADVERTISEMENT "'>"
      "<method name='Release'/>"
      "<property name='Type' type='s' access='read'/>"
      "<property name='ServiceUUIDs' type='as' access='read'/>"
      "<property name='Discoverable' type='b' access='read'/>"
      "<property name='MinInterval' type='u' access='read'/>"
      "<property name='MaxInterval' type='u' access='read'/>"
      "</interface>"
      "</node>";

static const struct
{
  const char *path;
  const char *flags[3];
} characteristics[MDOC_BLE_APP_N_CHARACTERISTICS] = {
  { SERVICE_PATH "/state", { "notify", "write-without-response", NULL } },
  { SERVICE_PATH "/c2s", { "write-without-response", NULL } },
  { SERVICE_PATH "/s2c", { "notify", NULL } },
  { SERVICE_PATH "/ident", { "read", NULL } },
  { SERVICE_PATH "/l2cap", { "read", NULL } },
};

struct _MdocBleApp
{
  GDBusConnection *connection;
  char *owner;
  const char *uuids[MDOC_BLE_APP_N_CHARACTERISTICS]; /* NULL: not offered */
  char *service_uuid;
  GBytes *values[MDOC_BLE_APP_N_CHARACTERISTICS]; /* to be read */
  guint registrations[MAX_OBJECTS];
  guint n_registrations;
  MdocBleAppEvents events; /* zeroed once freed */
  gpointer user_data;
};

static void
app_clear (MdocBleApp *self)
{
  g_clear_pointer (&self->owner, g_free);
  g_clear_pointer (&self->service_uuid, g_free);
  for (guint i = 0; i < MDOC_BLE_APP_N_CHARACTERISTICS; i++)
    g_clear_pointer (&self->values[i], g_bytes_unref);
  g_clear_object (&self->connection);
}

static void
release (MdocBleApp *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) app_clear);
}

typedef MdocBleApp Held;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Held, release)

static gboolean
find (MdocBleApp *self, const char *path, MdocBleAppCharacteristic *ret_which)
{
  for (guint i = 0; i < MDOC_BLE_APP_N_CHARACTERISTICS; i++)
    if (self->uuids[i] != NULL && g_str_equal (path, characteristics[i].path))
      {
        *ret_which = (MdocBleAppCharacteristic) i;
        return TRUE;
      }
  return FALSE;
}

static GVariant *
get_property (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *property,
              GError **error,
              gpointer user_data)
{
  MdocBleApp *self = user_data;
  const char *service_uuids[] = { self->service_uuid, NULL };
  MdocBleAppCharacteristic which = MDOC_BLE_APP_STATE;
  gboolean is_characteristic = find (self, path, &which);

  if (g_str_equal (property, "UUID"))
    return g_variant_new_string (is_characteristic ? self->uuids[which]
                                                   : self->service_uuid);
  if (g_str_equal (property, "Service"))
    return g_variant_new_object_path (SERVICE_PATH);
  if (g_str_equal (property, "Flags"))
    return g_variant_new_strv ((const char *const *) characteristics[which]
                                   .flags,
                               -1);
  if (g_str_equal (property, "Type"))
    return g_variant_new_string ("peripheral");
  if (g_str_equal (property, "ServiceUUIDs"))
    return g_variant_new_strv (service_uuids, -1);
  if (g_str_equal (property, "MinInterval"))
    return g_variant_new_uint32 (ADVERTISE_MIN_MS);
  if (g_str_equal (property, "MaxInterval"))
    return g_variant_new_uint32 (ADVERTISE_MAX_MS);
  /* "Primary" and "Discoverable" */
  return g_variant_new_boolean (TRUE);
}

static void
add_object (MdocBleApp *self,
            GVariantBuilder *objects,
            const char *path,
            const char *interface,
            const char *const *names)
{
  GVariantBuilder properties;

  g_variant_builder_init (&properties, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; names[i] != NULL; i++)
    g_variant_builder_add (&properties,
                           "{sv}",
                           names[i],
                           get_property (NULL,
                                         NULL,
                                         path,
                                         interface,
                                         names[i],
                                         NULL,
                                         self));
  g_variant_builder_open (objects, G_VARIANT_TYPE ("{oa{sa{sv}}}"));
  g_variant_builder_add (objects, "o", path);
  g_variant_builder_open (objects, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_variant_builder_add (objects,
                         "{s@a{sv}}",
                         interface,
                         g_variant_builder_end (&properties));
  g_variant_builder_close (objects);
  g_variant_builder_close (objects);
}

static GVariant *
get_managed_objects (MdocBleApp *self)
{
  static const char *const service_names[] = { "UUID", "Primary", NULL };
  static const char *const names[] = { "UUID", "Service", "Flags", NULL };
  GVariantBuilder objects;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  add_object (self, &objects, SERVICE_PATH, BLUEZ_SERVICE, service_names);
  for (guint i = 0; i < MDOC_BLE_APP_N_CHARACTERISTICS; i++)
    if (self->uuids[i] != NULL)
      add_object (self,
                  &objects,
                  characteristics[i].path,
                  BLUEZ_CHARACTERISTIC,
                  names);
  return g_variant_new ("(@a{oa{sa{sv}}})", g_variant_builder_end (&objects));
}

/* what BlueZ says of a write */
typedef struct
{
  GVariant *device; /* (nullable): its path */
  guint16 mtu;
  guint16 offset;
} WriteOptions;

static void
write_options_clear (WriteOptions *self)
{
  g_clear_pointer (&self->device, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WriteOptions, write_options_clear)

/* In one pass: to look one up has all of them serialized first, which for a
 * part of a message would take ten times as long as all else that is done with
 * it. */
static void
read_write_options (GVariant *options, WriteOptions *ret_options)
{
  gsize n = g_variant_n_children (options);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (options, i);
      g_autoptr (GVariant) name = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) boxed = g_variant_get_child_value (entry, 1);
      g_autoptr (GVariant) value = g_variant_get_variant (boxed);
      const char *text = g_variant_get_string (name, NULL);

      if (g_str_equal (text, "device")
          && g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH)
          && ret_options->device == NULL)
        ret_options->device = g_steal_pointer (&value);
      else if (g_str_equal (text, "mtu")
               && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT16))
        ret_options->mtu = g_variant_get_uint16 (value);
      else if (g_str_equal (text, "offset")
               && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT16))
        ret_options->offset = g_variant_get_uint16 (value);
    }
}

/* Returns: (nullable): the name of the error to answer with */
static const char *
write_value (MdocBleApp *self,
             MdocBleAppCharacteristic which,
             GVariant *parameters)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) options = NULL;
  g_auto (WriteOptions) told = { .device = NULL };
  const char *device = "";
  MdocSpan bytes;

  value = g_variant_get_child_value (parameters, 0);
  options = g_variant_get_child_value (parameters, 1);
  read_write_options (options, &told);
  if (told.device != NULL)
    device = g_variant_get_string (told.device, NULL);
  if (which != MDOC_BLE_APP_STATE && which != MDOC_BLE_APP_CLIENT_TO_SERVER)
    return "org.bluez.Error.NotSupported";
  if (told.offset != 0)
    return "org.bluez.Error.InvalidOffset";
  bytes.data = g_variant_get_fixed_array (value, &bytes.len, 1);
  if (self->events.written == NULL
      || !self->events
              .written (which, device, told.mtu, bytes, self->user_data))
    return "org.bluez.Error.NotPermitted";
  return NULL;
}

static GVariant *
read_value (MdocBleApp *self,
            MdocBleAppCharacteristic which,
            GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  guint16 offset = 0;
  gsize len;
  const guint8 *data;

  g_variant_lookup (options, "offset", "q", &offset);
  if (self->values[which] == NULL)
    return NULL;
  data = g_bytes_get_data (self->values[which], &len);
  offset = (guint16) MIN (offset, len);
  return g_variant_new ("(@ay)",
                        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                   data + offset,
                                                   len - offset,
                                                   1));
}

static void
call_characteristic (MdocBleApp *self,
                     MdocBleAppCharacteristic which,
                     const char *method,
                     GVariant *parameters,
                     GDBusMethodInvocation *invocation)
{
  const char *error_name = NULL;
  GVariant *reply = NULL;

  if (g_str_equal (method, "WriteValue"))
    error_name = write_value (self, which, parameters);
  else if (g_str_equal (method, "ReadValue"))
    {
      reply = read_value (self, which, parameters);
      error_name = reply == NULL ? "org.bluez.Error.NotSupported" : NULL;
    }
  else if (!g_str_equal (method, "Confirm") && self->events.subscribed != NULL)
    self->events.subscribed (which,
                             g_str_equal (method, "StartNotify"),
                             self->user_data);

  if (error_name != NULL)
    g_dbus_method_invocation_return_dbus_error (invocation, error_name, "");
  else
    g_dbus_method_invocation_return_value (invocation, reply);
}

static void
call_method (GDBusConnection *connection,
             const char *sender,
             const char *path,
             const char *interface,
             const char *method,
             GVariant *parameters,
             GDBusMethodInvocation *invocation,
             gpointer user_data)
{
  g_autoptr (Held) self = g_rc_box_acquire (user_data);
  MdocBleAppCharacteristic which;

  if (g_strcmp0 (sender, self->owner) != 0)
    g_dbus_method_invocation_return_dbus_error (invocation,
                                                "org.freedesktop.DBus.Error."
                                                "AccessDenied",
                                                "This is for BlueZ alone");
  else if (g_str_equal (interface, DBUS_OBJECT_MANAGER))
    g_dbus_method_invocation_return_value (invocation,
                                           get_managed_objects (self));
  else if (g_str_equal (interface, BLUEZ_ADVERTISEMENT))
    {
      if (self->events.released != NULL)
        self->events.released (self->user_data);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else if (find (self, path, &which))
    call_characteristic (self, which, method, parameters, invocation);
  else
    g_dbus_method_invocation_return_dbus_error (invocation,
                                                "org.freedesktop.DBus.Error."
                                                "UnknownObject",
                                                "");
}

static void
add (MdocBleApp *self, const char *path, const char *interface)
{
  static const GDBusInterfaceVTable vtable = { call_method,
                                               get_property,
                                               NULL,
                                               { 0 } };
  static GDBusNodeInfo *node = NULL;

  if (node == NULL)
    node = g_dbus_node_info_new_for_xml (interfaces_xml, NULL);
  self->registrations[self->n_registrations++]
      = g_dbus_connection_register_object (
          self->connection,
          path,
          g_dbus_node_info_lookup_interface (node, interface),
          &vtable,
          self,
          NULL,
          NULL);
}

/**
 * mdoc_ble_app_new:
 * @connection: our connection to the bus
 * @owner: the name of BlueZ's connection
 * @uuids: those of the characteristics; copied
 * @service_uuid: that of the service
 * @ident: (nullable): value of the Ident characteristic, if @uuids has one
 * @psm: value of the L2CAP characteristic; 0: it has none
 * @events: whom to tell; copied
 * @user_data: goes with @events
 *
 * Puts the objects on the bus. BlueZ has to be told of them.
 *
 * Returns: (transfer full): the objects
 */
MdocBleApp *
mdoc_ble_app_new (GDBusConnection *connection,
                  const char *owner,
                  const MdocBleServiceUuids *uuids,
                  const char *service_uuid,
                  GBytes *ident,
                  guint psm,
                  const MdocBleAppEvents *events,
                  gpointer user_data)
{
  MdocBleApp *self = g_rc_box_new0 (MdocBleApp);
  guint8 psm_value[4];

  self->connection = g_object_ref (connection);
  self->owner = g_strdup (owner);
  self->service_uuid = g_strdup (service_uuid);
  self->events = *events;
  self->user_data = user_data;
  self->uuids[MDOC_BLE_APP_STATE] = uuids->state;
  self->uuids[MDOC_BLE_APP_CLIENT_TO_SERVER] = uuids->client_to_server;
  self->uuids[MDOC_BLE_APP_SERVER_TO_CLIENT] = uuids->server_to_client;
  if (uuids->ident != NULL && ident != NULL)
    {
      self->uuids[MDOC_BLE_APP_IDENT] = uuids->ident;
      self->values[MDOC_BLE_APP_IDENT] = g_bytes_ref (ident);
    }
  if (psm != 0)
    {
      mdoc_ble_psm_write (psm, psm_value);
      self->uuids[MDOC_BLE_APP_L2CAP] = uuids->l2cap;
      self->values[MDOC_BLE_APP_L2CAP] = g_bytes_new (psm_value,
                                                      sizeof psm_value);
    }

  add (self, MDOC_BLE_APP_PATH, DBUS_OBJECT_MANAGER);
  add (self, MDOC_BLE_ADVERTISEMENT_PATH, BLUEZ_ADVERTISEMENT);
  add (self, SERVICE_PATH, BLUEZ_SERVICE);
  for (guint i = 0; i < MDOC_BLE_APP_N_CHARACTERISTICS; i++)
    if (self->uuids[i] != NULL)
      add (self, characteristics[i].path, BLUEZ_CHARACTERISTIC);
  return self;
}

/**
 * mdoc_ble_app_free:
 * @self: (nullable): the objects, which go from the bus
 */
void
mdoc_ble_app_free (MdocBleApp *self)
{
  if (self == NULL)
    return;
  self->events = (MdocBleAppEvents){ 0 };
  for (guint i = 0; i < self->n_registrations; i++)
    g_dbus_connection_unregister_object (self->connection,
                                         self->registrations[i]);
  release (self);
}

/**
 * mdoc_ble_app_notify:
 * @self: the objects
 * @which: State, or from server to client
 * @value: not longer than mdoc_ble_get_notify_bytes()
 *
 * Has BlueZ notify every peer that subscribed. Told to BlueZ alone, as anybody
 * may listen to what is told to all.
 */
void
mdoc_ble_app_notify (MdocBleApp *self,
                     MdocBleAppCharacteristic which,
                     GBytes *value)
{
  GVariantBuilder changed;

  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&changed,
                         "{sv}",
                         "Value",
                         mdoc_ble_bytes_to_variant (value));
  g_dbus_connection_emit_signal (self->connection,
                                 self->owner,
                                 characteristics[which].path,
                                 DBUS_PROPERTIES,
                                 "PropertiesChanged",
                                 g_variant_new ("(s@a{sv}as)",
                                                BLUEZ_CHARACTERISTIC,
                                                g_variant_builder_end (
                                                    &changed),
                                                NULL),
                                 NULL);
}
