/*
 * fake-bluez.c - an org.bluez of our own, with an ether between its adapters
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * long because: what one method of bluetoothd does shows in all other objects.
 */

#include "config.h"

#include "tests/fake-bluez/fake-bluez.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <string.h>

#define ADAPTER        "org.bluez.Adapter1"
#define DEVICE         "org.bluez.Device1"
#define SERVICE        "org.bluez.GattService1"
#define CHARACTERISTIC "org.bluez.GattCharacteristic1"
#define GATT_MANAGER   "org.bluez.GattManager1"
#define ADV_MANAGER    "org.bluez.LEAdvertisingManager1"
#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

#define STRANGER "dev_66_66_66_66_66_66"

static const char all_xml[]
    = "<node>"
      "<interface name='" OBJECT_MANAGER "'><method name='GetManagedObjects'>"
      "<arg type='a{oa{sa{sv}}}' direction='out'/></method></interface>"
      "<interface name='" ADAPTER "'>"
      "<method name='SetDiscoveryFilter'><arg type='a{sv}' direction='in'/>"
      "</method><method name='StartDiscovery'/><method name='StopDiscovery'/>"
      "<method name='RemoveDevice'><arg type='o' direction='in'/></method>"
      "</interface>"
      "<interface name='" GATT_MANAGER "'>"
      "<method name='RegisterApplication'><arg type='o' direction='in'/>"
      "<arg type='a{sv}' direction='in'/></method>"
      "<method name='UnregisterApplication'><arg type='o' direction='in'/>"
      "</method></interface>"
      "<interface name='" ADV_MANAGER "'>"
      "<method name='RegisterAdvertisement'><arg type='o' direction='in'/>"
      "<arg type='a{sv}' direction='in'/></method>"
      "<method name='UnregisterAdvertisement'><arg type='o' direction='in'/>"
      "</method></interface>"
      "<interface name='" DEVICE "'><method name='Connect'/>"
      "<method name='Disconnect'/></interface>"
      "<interface name='" SERVICE "'/>"
      "<interface name='" CHARACTERISTIC "'>"
      "<method name='ReadValue'><arg type='a{sv}' direction='in'/>"
      "<arg type='ay' direction='out'/></method>"
      "<method name='WriteValue'><arg type='ay' direction='in'/>"
      "<arg type='a{sv}' direction='in'/></method>"
      "<method name='StartNotify'/><method name='StopNotify'/>"
      "<method name='AcquireWrite'><arg type='a{sv}' direction='in'/>"
      "<arg type='h' direction='out'/><arg type='q' direction='out'/></method>"
      "</interface></node>";

/* One object that is shown. */
typedef struct
{
  char *path;
  GHashTable *interfaces; /* name → its properties */
  GArray *registrations;  /* of guint */
} Object;

static const GDBusInterfaceVTable vtable;

typedef struct
{
  char *path;
  char *uuid;
  guint n_subscribers;
} AppCharacteristic;

typedef struct
{
  guint adapter;
  char *owner;
  char *root;
  char *service_uuid;
  GPtrArray *characteristics;
} App;

typedef struct
{
  guint adapter;
  char *owner;
  char *path;
  GStrv uuids;
} Advertisement;

typedef struct
{
  guint adapter;
  char *owner;
} Discovery;

/* A characteristic of an app, as the other end of a connection sees it. */
typedef struct
{
  char *path;
  App *app;
  AppCharacteristic *characteristic;
  gboolean is_subscribed;
} Remote;

typedef struct
{
  guint central;
  guint peripheral;
  GPtrArray *remotes;
} Link;

struct _FakeBluez
{
  GMainContext *context;
  GDBusConnection *bus;
  GDBusNodeInfo *node;
  guint ping_filter;
  GAsyncQueue *pings; /* of GDBusMessage, not yet answered */
  guint root_object, signals, owners;
  guint n_adapters;
  GPtrArray *objects;
  GPtrArray *apps;
  GPtrArray *advertisements;
  GPtrArray *discoveries;
  GPtrArray *links;
  FakeHook hook;
  gpointer hook_data;
  guint mtu;
  guint version;
  gboolean resolves_early;
  gboolean is_dead;
  guint n_lost;
  gsize longest;
};

static void
object_free (Object *self)
{
  g_free (self->path);
  g_hash_table_unref (self->interfaces);
  g_array_unref (self->registrations);
  g_free (self);
}

static void
characteristic_free (AppCharacteristic *self)
{
  g_free (self->path);
  g_free (self->uuid);
  g_free (self);
}

static void
app_free (App *self)
{
  g_free (self->owner);
  g_free (self->root);
  g_free (self->service_uuid);
  g_ptr_array_unref (self->characteristics);
  g_free (self);
}

static void
advertisement_free (Advertisement *self)
{
  g_free (self->owner);
  g_free (self->path);
  g_strfreev (self->uuids);
  g_free (self);
}

static void
discovery_free (Discovery *self)
{
  g_free (self->owner);
  g_free (self);
}

static void
remote_free (Remote *self)
{
  g_free (self->path);
  g_free (self);
}

static void
link_free (Link *self)
{
  g_ptr_array_unref (self->remotes);
  g_free (self);
}

/* --- objects ------------------------------------------------------------- */

static char *
adapter_path (guint adapter)
{
  return g_strdup_printf ("/org/bluez/hci%u", adapter);
}

static char *
adapter_address (guint adapter)
{
  return g_strdup_printf ("00:AA:01:0%u:00:0%u", adapter, adapter);
}

/* @other as @adapter sees it */
static char *
device_path (guint adapter, guint other)
{
  return g_strdup_printf ("/org/bluez/hci%u/dev_00_AA_01_0%u_00_0%u",
                          adapter,
                          other,
                          other);
}

static guint
adapter_of (const char *path)
{
  return (guint) (path[strlen ("/org/bluez/hci")] - '0');
}

static Object *
find_object (FakeBluez *self, const char *path)
{
  for (guint i = 0; i < self->objects->len; i++)
    {
      Object *object = g_ptr_array_index (self->objects, i);

      if (g_str_equal (object->path, path))
        return object;
    }
  return NULL;
}

static GVariant *
interfaces_to_variant (Object *object)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer name, properties;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_hash_table_iter_init (&iter, object->interfaces);
  while (g_hash_table_iter_next (&iter, &name, &properties))
    g_variant_builder_add (&builder, "{s@a{sv}}", name, properties);
  return g_variant_builder_end (&builder);
}

static void
emit (FakeBluez *self,
      const char *path,
      const char *interface,
      const char *name,
      GVariant *parameters)
{
  if (self->is_dead)
    {
      g_variant_unref (g_variant_ref_sink (parameters));
      return;
    }
  g_dbus_connection_emit_signal (self->bus,
                                 NULL,
                                 path,
                                 interface,
                                 name,
                                 parameters,
                                 NULL);
}

static void
add_interface (FakeBluez *self,
               const char *path,
               const char *interface,
               GVariant *properties)
{
  Object *object = find_object (self, path);
  guint registration;

  if (object == NULL)
    {
      object = g_new0 (Object, 1);
      object->path = g_strdup (path);
      object->interfaces = g_hash_table_new_full (g_str_hash,
                                                  g_str_equal,
                                                  g_free,
                                                  (GDestroyNotify)
                                                      g_variant_unref);
      object->registrations = g_array_new (FALSE, FALSE, sizeof (guint));
      g_ptr_array_add (self->objects, object);
    }
  if (!g_hash_table_contains (object->interfaces, interface))
    {
      registration = g_dbus_connection_register_object (
          self->bus,
          path,
          g_dbus_node_info_lookup_interface (self->node, interface),
          &vtable,
          self,
          NULL,
          NULL);
      g_assert_cmpuint (registration, !=, 0);
      g_array_append_val (object->registrations, registration);
    }
  g_hash_table_insert (object->interfaces,
                       g_strdup (interface),
                       g_variant_ref_sink (properties));
  emit (self,
        "/",
        OBJECT_MANAGER,
        "InterfacesAdded",
        g_variant_new ("(o@a{sa{sv}})", path, interfaces_to_variant (object)));
}

static void
remove_object (FakeBluez *self, const char *path)
{
  Object *object = find_object (self, path);
  GVariantBuilder names;
  GHashTableIter iter;
  gpointer name;

  if (object == NULL)
    return;
  g_variant_builder_init (&names, G_VARIANT_TYPE_STRING_ARRAY);
  g_hash_table_iter_init (&iter, object->interfaces);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_variant_builder_add (&names, "s", name);
  emit (self,
        "/",
        OBJECT_MANAGER,
        "InterfacesRemoved",
        g_variant_new ("(o@as)", path, g_variant_builder_end (&names)));
  for (guint i = 0; i < object->registrations->len; i++)
    g_dbus_connection_unregister_object (self->bus,
                                         g_array_index (object->registrations,
                                                        guint,
                                                        i));
  g_ptr_array_remove (self->objects, object);
}

/* Keeps and tells the property; with NULL it is not there any more, quietly. */
static void
set_property (FakeBluez *self,
              const char *path,
              const char *interface,
              const char *name,
              GVariant *value)
{
  Object *object = find_object (self, path);
  GVariantBuilder changed;
  GVariantDict dict;

  if (object == NULL)
    return;
  g_variant_dict_init (&dict,
                       g_hash_table_lookup (object->interfaces, interface));
  g_variant_dict_remove (&dict, name);
  if (value != NULL)
    {
      g_variant_ref_sink (value);
      g_variant_dict_insert_value (&dict, name, value);
      g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&changed, "{sv}", name, value);
      emit (self,
            path,
            PROPERTIES,
            "PropertiesChanged",
            g_variant_new ("(sa{sv}as)", interface, &changed, NULL));
      g_variant_unref (value);
    }
  g_hash_table_insert (object->interfaces,
                       g_strdup (interface),
                       g_variant_ref_sink (g_variant_dict_end (&dict)));
}

static gboolean
get_boolean (FakeBluez *self, const char *path, const char *name)
{
  Object *object = find_object (self, path);
  GVariant *properties = object == NULL
                             ? NULL
                             : g_hash_table_lookup (object->interfaces, DEVICE);
  gboolean value = FALSE;

  return properties != NULL && g_variant_lookup (properties, name, "b", &value)
         && value;
}

static GVariant *vardict (const char *first, ...) G_GNUC_NULL_TERMINATED;

static GVariant *
vardict (const char *first, ...)
{
  GVariantBuilder builder;
  va_list list;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  va_start (list, first);
  for (const char *name = first; name != NULL; name = va_arg (list, char *))
    g_variant_builder_add (&builder, "{sv}", name, va_arg (list, GVariant *));
  va_end (list);
  return g_variant_builder_end (&builder);
}

static void
add_device (FakeBluez *self,
            const char *path,
            const char *address,
            GStrv uuids,
            gboolean is_connected)
{
  static const char *const none[] = { NULL };
  g_autofree char *adapter = adapter_path (adapter_of (path));
  GVariant *found = g_variant_new_strv (uuids == NULL
                                            ? none
                                            : (const char *const *) uuids,
                                        -1);

  if (is_connected)
    add_interface (self,
                   path,
                   DEVICE,
                   vardict ("Address",
                            g_variant_new_string (address),
                            "AddressType",
                            g_variant_new_string ("public"),
                            "Adapter",
                            g_variant_new_object_path (adapter),
                            "UUIDs",
                            found,
                            "Paired",
                            g_variant_new_boolean (FALSE),
                            "Connected",
                            g_variant_new_boolean (TRUE),
                            "ServicesResolved",
                            g_variant_new_boolean (FALSE),
                            NULL));
  else
    add_interface (self,
                   path,
                   DEVICE,
                   vardict ("Address",
                            g_variant_new_string (address),
                            "AddressType",
                            g_variant_new_string ("public"),
                            "Adapter",
                            g_variant_new_object_path (adapter),
                            "UUIDs",
                            found,
                            "Paired",
                            g_variant_new_boolean (FALSE),
                            "Connected",
                            g_variant_new_boolean (FALSE),
                            "RSSI",
                            g_variant_new_int16 (-40),
                            "ServicesResolved",
                            g_variant_new_boolean (FALSE),
                            NULL));
}

/* --- connections --------------------------------------------------------- */

static void
call_app (FakeBluez *self,
          App *app,
          const char *path,
          const char *method,
          GVariant *parameters)
{
  if (self->is_dead)
    {
      if (parameters != NULL)
        g_variant_unref (g_variant_ref_sink (parameters));
      return;
    }
  g_dbus_connection_call (self->bus,
                          app->owner,
                          path,
                          CHARACTERISTIC,
                          method,
                          parameters,
                          NULL,
                          G_DBUS_CALL_FLAGS_NONE,
                          -1,
                          NULL,
                          NULL,
                          NULL);
}

static void
set_subscribed (FakeBluez *self, Remote *remote, gboolean is_subscribed)
{
  AppCharacteristic *characteristic = remote->characteristic;

  if (remote->is_subscribed == is_subscribed)
    return;
  remote->is_subscribed = is_subscribed;
  if (is_subscribed && characteristic->n_subscribers++ == 0)
    call_app (self, remote->app, characteristic->path, "StartNotify", NULL);
  else if (!is_subscribed && --characteristic->n_subscribers == 0)
    call_app (self, remote->app, characteristic->path, "StopNotify", NULL);
}

static void
drop_remotes (FakeBluez *self, Link *link, App *app)
{
  for (guint i = link->remotes->len; i-- > 0;)
    {
      Remote *remote = g_ptr_array_index (link->remotes, i);
      g_autofree char *service = NULL;

      if (app != NULL && remote->app != app)
        continue;
      set_subscribed (self, remote, FALSE);
      service = g_path_get_dirname (remote->path);
      remove_object (self, remote->path);
      remove_object (self, service);
      g_ptr_array_remove_index (link->remotes, i);
    }
}

static void
lose_link (FakeBluez *self, Link *link)
{
  g_autofree char *ours = device_path (link->central, link->peripheral);
  g_autofree char *theirs = device_path (link->peripheral, link->central);

  drop_remotes (self, link, NULL);
  set_property (self,
                ours,
                DEVICE,
                "ServicesResolved",
                g_variant_new_boolean (FALSE));
  set_property (self, ours, DEVICE, "Connected", g_variant_new_boolean (FALSE));
  set_property (self,
                theirs,
                DEVICE,
                "Connected",
                g_variant_new_boolean (FALSE));
  g_ptr_array_remove (self->links, link);
}

static void
lose_links (FakeBluez *self)
{
  while (self->links->len > 0)
    lose_link (self, g_ptr_array_index (self->links, 0));
}

static Link *
find_link (FakeBluez *self, const char *path)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = g_ptr_array_index (self->links, i);
      g_autofree char *ours = device_path (link->central, link->peripheral);
      g_autofree char *theirs = device_path (link->peripheral, link->central);

      if (g_str_equal (path, ours) || g_str_equal (path, theirs))
        return link;
    }
  return NULL;
}

static Remote *
find_remote (FakeBluez *self, const char *path, Link **ret_link)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = g_ptr_array_index (self->links, i);

      for (guint j = 0; j < link->remotes->len; j++)
        {
          Remote *remote = g_ptr_array_index (link->remotes, j);

          if (g_str_equal (remote->path, path))
            {
              *ret_link = link;
              return remote;
            }
        }
    }
  return NULL;
}

static void
unplug (FakeBluez *self)
{
  while (self->links->len > 0)
    lose_link (self, g_ptr_array_index (self->links, 0));
  g_ptr_array_set_size (self->advertisements, 0);
  g_ptr_array_set_size (self->apps, 0);
  g_ptr_array_set_size (self->discoveries, 0);
  while (self->objects->len > 0)
    {
      Object *object = g_ptr_array_index (self->objects,
                                          self->objects->len - 1);
      g_autofree char *path = g_strdup (object->path);

      remove_object (self, path);
    }
}

static void
set_name (FakeBluez *self, const char *method, GVariant *parameters)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (self->bus,
                                     "org.freedesktop.DBus",
                                     "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus",
                                     method,
                                     parameters,
                                     NULL,
                                     G_DBUS_CALL_FLAGS_NONE,
                                     -1,
                                     NULL,
                                     NULL);

  g_assert_nonnull (reply);
}

/* Returns: whether the step is to be taken */
static FakeAction
ask (FakeBluez *self, const char *step)
{
  FakeAction action = self->hook == NULL ? FAKE_GO
                                         : self->hook (step, self->hook_data);

  switch (action)
    {
    case FAKE_LOSE:
      lose_links (self);
      break;
    case FAKE_UNPLUG:
      unplug (self);
      break;
    case FAKE_DIE:
      /* killed: without a word */
      self->is_dead = TRUE;
      set_name (self, "ReleaseName", g_variant_new ("(s)", "org.bluez"));
      unplug (self);
      break;
    case FAKE_CHANGE:
      fake_bluez_change_services (self);
      return FAKE_GO;
    case FAKE_GO:
    case FAKE_FAIL:
    case FAKE_IGNORE:
    default:
      break;
    }
  return action;
}

static void
find_devices (FakeBluez *self)
{
  for (guint i = 0; i < self->discoveries->len; i++)
    for (guint j = 0; j < self->advertisements->len; j++)
      {
        Discovery *discovery = g_ptr_array_index (self->discoveries, i);
        Advertisement *advertisement = g_ptr_array_index (self->advertisements,
                                                          j);
        g_autofree char *path = NULL;
        g_autofree char *address = NULL;

        if (discovery->adapter == advertisement->adapter)
          continue;
        path = device_path (discovery->adapter, advertisement->adapter);
        address = adapter_address (advertisement->adapter);
        if (find_object (self, path) == NULL && ask (self, "found") == FAKE_GO)
          {
            add_device (self, path, address, advertisement->uuids, FALSE);
            i = j = 0; /* the hook may have changed everything */
          }
      }
}

static void
add_remotes (FakeBluez *self, Link *link, App *app)
{
  g_autofree char *device = device_path (link->central, link->peripheral);
  g_autofree char *service = g_strdup_printf ("%s/service%04x",
                                              device,
                                              g_str_hash (app->root) & 0xfff);

  add_interface (self,
                 service,
                 SERVICE,
                 vardict ("UUID",
                          g_variant_new_string (app->service_uuid),
                          "Primary",
                          g_variant_new_boolean (TRUE),
                          NULL));
  for (guint i = 0; i < app->characteristics->len; i++)
    {
      Remote *remote = g_new0 (Remote, 1);

      remote->app = app;
      remote->characteristic = g_ptr_array_index (app->characteristics, i);
      remote->path = g_strdup_printf ("%s/char%04x", service, i);
      g_ptr_array_add (link->remotes, remote);
      if (self->version >= 562)
        add_interface (self,
                       remote->path,
                       CHARACTERISTIC,
                       vardict ("UUID",
                                g_variant_new_string (
                                    remote->characteristic->uuid),
                                "Service",
                                g_variant_new_object_path (service),
                                "MTU",
                                g_variant_new_uint16 ((guint16) self->mtu),
                                NULL));
      else
        add_interface (self,
                       remote->path,
                       CHARACTERISTIC,
                       vardict ("UUID",
                                g_variant_new_string (
                                    remote->characteristic->uuid),
                                "Service",
                                g_variant_new_object_path (service),
                                NULL));
    }
}

static void
resolve (FakeBluez *self, Link *link)
{
  g_autofree char *device = device_path (link->central, link->peripheral);

  if (ask (self, "resolved") != FAKE_GO)
    return;
  if (self->resolves_early)
    set_property (self,
                  device,
                  DEVICE,
                  "ServicesResolved",
                  g_variant_new_boolean (TRUE));
  for (guint i = 0; i < self->apps->len; i++)
    {
      App *app = g_ptr_array_index (self->apps, i);

      if (app->adapter == link->peripheral)
        add_remotes (self, link, app);
    }
  if (!self->resolves_early)
    set_property (self,
                  device,
                  DEVICE,
                  "ServicesResolved",
                  g_variant_new_boolean (TRUE));
}

/* --- methods ------------------------------------------------------------- */

static void
fail (GDBusMethodInvocation *invocation, const char *name)
{
  g_autofree char *full = g_strconcat ("org.bluez.Error.", name, NULL);

  g_dbus_method_invocation_return_dbus_error (invocation, full, "fake");
}

static void
done (GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_value (invocation, NULL);
}

typedef struct
{
  FakeBluez *self;
  GDBusMethodInvocation *invocation;
  char *path;
  guint adapter;
} Pending;

static Pending *
pending_new (FakeBluez *self,
             GDBusMethodInvocation *invocation,
             const char *path,
             guint adapter)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->self = self;
  pending->invocation = invocation;
  pending->path = g_strdup (path);
  pending->adapter = adapter;
  return pending;
}

static void
pending_free (Pending *self)
{
  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static void
on_app_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source),
                                       result,
                                       NULL);
  g_autoptr (GVariantIter) objects = NULL;
  const char *path;
  GVariant *interfaces;
  App *app;

  if (reply == NULL)
    {
      fail (pending->invocation, "Failed");
      return;
    }
  app = g_new0 (App, 1);
  app->adapter = pending->adapter;
  app->root = g_strdup (pending->path);
  app->owner = g_strdup (
      g_dbus_method_invocation_get_sender (pending->invocation));
  app->characteristics = g_ptr_array_new_with_free_func (
      (GDestroyNotify) characteristic_free);
  g_variant_get (reply, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_loop (objects, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) service
          = g_variant_lookup_value (interfaces,
                                    SERVICE,
                                    G_VARIANT_TYPE_VARDICT);
      g_autoptr (GVariant) characteristic
          = g_variant_lookup_value (interfaces,
                                    CHARACTERISTIC,
                                    G_VARIANT_TYPE_VARDICT);
      AppCharacteristic *made;

      if (service != NULL)
        g_variant_lookup (service, "UUID", "s", &app->service_uuid);
      if (characteristic == NULL)
        continue;
      /* what BlueZ would pass sockets for */
      g_assert_false (
          g_variant_lookup (characteristic, "WriteAcquired", "*", NULL));
      g_assert_false (
          g_variant_lookup (characteristic, "NotifyAcquired", "*", NULL));
      made = g_new0 (AppCharacteristic, 1);
      made->path = g_strdup (path);
      g_variant_lookup (characteristic, "UUID", "s", &made->uuid);
      g_ptr_array_add (app->characteristics, made);
    }
  g_ptr_array_add (pending->self->apps, app);
  done (pending->invocation);
}

static void
on_advertisement (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source),
                                       result,
                                       NULL);
  g_autoptr (GVariant) properties = NULL;
  Advertisement *advertisement;

  if (reply == NULL)
    {
      fail (pending->invocation, "Failed");
      return;
    }
  g_variant_get (reply, "(@a{sv})", &properties);
  /* nothing but the service is told to everybody */
  g_assert_false (g_variant_lookup (properties, "LocalName", "*", NULL));
  g_assert_false (g_variant_lookup (properties, "Includes", "*", NULL));
  advertisement = g_new0 (Advertisement, 1);
  advertisement->adapter = pending->adapter;
  advertisement->path = g_strdup (pending->path);
  advertisement->owner = g_strdup (
      g_dbus_method_invocation_get_sender (pending->invocation));
  g_variant_lookup (properties, "ServiceUUIDs", "^as", &advertisement->uuids);
  g_ptr_array_add (pending->self->advertisements, advertisement);
  done (pending->invocation);
  find_devices (pending->self);
}

/* Everything of the app or advertisement, or whatever else, of an owner. */
static void
drop_app (FakeBluez *self, const char *owner, const char *root)
{
  for (guint i = self->apps->len; i-- > 0;)
    {
      App *app = g_ptr_array_index (self->apps, i);

      if (!g_str_equal (app->owner, owner)
          || (root != NULL && !g_str_equal (app->root, root)))
        continue;
      for (guint j = 0; j < self->links->len; j++)
        drop_remotes (self, g_ptr_array_index (self->links, j), app);
      g_ptr_array_remove_index (self->apps, i);
    }
}

static void
drop_advertisement (FakeBluez *self, const char *owner)
{
  for (guint i = self->advertisements->len; i-- > 0;)
    {
      Advertisement *advertisement = g_ptr_array_index (self->advertisements,
                                                        i);

      if (g_str_equal (advertisement->owner, owner))
        g_ptr_array_remove_index (self->advertisements, i);
    }
}

static gboolean
drop_discovery (FakeBluez *self, const char *owner)
{
  for (guint i = 0; i < self->discoveries->len; i++)
    {
      Discovery *discovery = g_ptr_array_index (self->discoveries, i);

      if (g_str_equal (discovery->owner, owner))
        {
          g_ptr_array_remove_index (self->discoveries, i);
          return TRUE;
        }
    }
  return FALSE;
}

static void
disconnect (FakeBluez *self, const char *path)
{
  Link *link = find_link (self, path);

  if (link != NULL)
    lose_link (self, link);
  else
    set_property (self,
                  path,
                  DEVICE,
                  "Connected",
                  g_variant_new_boolean (FALSE));
}

static void
connect_device (FakeBluez *self,
                const char *path,
                GDBusMethodInvocation *invocation)
{
  guint central = adapter_of (path);
  Link *link = NULL;

  if (find_link (self, path) != NULL)
    {
      fail (invocation, "AlreadyConnected");
      return;
    }
  for (guint i = 0; i < self->advertisements->len && link == NULL; i++)
    {
      Advertisement *advertisement = g_ptr_array_index (self->advertisements,
                                                        i);
      g_autofree char *other = device_path (central, advertisement->adapter);
      g_autofree char *theirs = device_path (advertisement->adapter, central);
      g_autofree char *address = adapter_address (central);

      if (!g_str_equal (other, path))
        continue;
      link = g_new0 (Link, 1);
      link->central = central;
      link->peripheral = advertisement->adapter;
      link->remotes = g_ptr_array_new_with_free_func (
          (GDestroyNotify) remote_free);
      g_ptr_array_add (self->links, link);
      if (find_object (self, theirs) == NULL)
        add_device (self, theirs, address, NULL, TRUE);
      else
        set_property (self,
                      theirs,
                      DEVICE,
                      "Connected",
                      g_variant_new_boolean (TRUE));
    }
  if (link == NULL)
    {
      fail (invocation, "Failed");
      return;
    }
  set_property (self, path, DEVICE, "Connected", g_variant_new_boolean (TRUE));
  done (invocation);
  resolve (self, link);
}

static void
call_adapter (FakeBluez *self,
              const char *sender,
              const char *path,
              const char *method,
              GVariant *parameters,
              GDBusMethodInvocation *invocation)
{
  const char *argument = NULL;
  Discovery *discovery;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(o)"))
      || g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sv})")))
    g_variant_get_child (parameters, 0, "&o", &argument);

  if (g_str_equal (method, "StartDiscovery"))
    {
      discovery = g_new0 (Discovery, 1);
      discovery->adapter = adapter_of (path);
      discovery->owner = g_strdup (sender);
      g_ptr_array_add (self->discoveries, discovery);
      done (invocation);
      find_devices (self);
      return;
    }
  if (g_str_equal (method, "RegisterApplication"))
    {
      g_dbus_connection_call (self->bus,
                              sender,
                              argument,
                              OBJECT_MANAGER,
                              "GetManagedObjects",
                              NULL,
                              NULL,
                              G_DBUS_CALL_FLAGS_NONE,
                              -1,
                              NULL,
                              on_app_listed,
                              pending_new (self,
                                           invocation,
                                           argument,
                                           adapter_of (path)));
      return;
    }
  if (g_str_equal (method, "RegisterAdvertisement"))
    {
      g_dbus_connection_call (self->bus,
                              sender,
                              argument,
                              PROPERTIES,
                              "GetAll",
                              g_variant_new ("(s)",
                                             "org.bluez.LEAdvertisement1"),
                              NULL,
                              G_DBUS_CALL_FLAGS_NONE,
                              -1,
                              NULL,
                              on_advertisement,
                              pending_new (self,
                                           invocation,
                                           argument,
                                           adapter_of (path)));
      return;
    }
  if (g_str_equal (method, "StopDiscovery") && !drop_discovery (self, sender))
    {
      fail (invocation, "Failed");
      return;
    }
  if (g_str_equal (method, "RemoveDevice"))
    {
      if (find_object (self, argument) == NULL)
        {
          fail (invocation, "DoesNotExist");
          return;
        }
      disconnect (self, argument);
      remove_object (self, argument);
    }
  else if (g_str_equal (method, "UnregisterApplication"))
    drop_app (self, sender, argument);
  else if (g_str_equal (method, "UnregisterAdvertisement"))
    drop_advertisement (self, sender);
  done (invocation);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source),
                                       result,
                                       NULL);

  if (reply == NULL)
    fail (pending->invocation, "Failed");
  else
    g_dbus_method_invocation_return_value (pending->invocation, reply);
}

/* What a peer writes goes to the app, unless it is lost as in bluetoothd. */
static void
write_value (FakeBluez *self, Remote *remote, Link *link, GVariant *value)
{
  gsize len = g_variant_n_children (value);
  g_autofree char *device = device_path (link->peripheral, link->central);

  self->longest = MAX (self->longest, len);
  if (len > self->mtu - 3 || len > 512 || (self->version < 569 && len > 510))
    {
      self->n_lost++;
      return;
    }
  call_app (self,
            remote->app,
            remote->characteristic->path,
            "WriteValue",
            g_variant_new ("(@ay@a{sv})",
                           value,
                           vardict ("device",
                                    g_variant_new_object_path (device),
                                    "mtu",
                                    g_variant_new_uint16 ((guint16) self->mtu),
                                    "link",
                                    g_variant_new_string ("LE"),
                                    "offset",
                                    g_variant_new_uint16 (0),
                                    "type",
                                    g_variant_new_string ("command"),
                                    NULL)));
}

static void
call_characteristic (FakeBluez *self,
                     const char *path,
                     const char *method,
                     GVariant *parameters,
                     GDBusMethodInvocation *invocation)
{
  Link *link = NULL;
  Remote *remote = find_remote (self, path, &link);
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GUnixFDList) sockets = NULL;
  int pair[2];

  if (remote == NULL)
    {
      fail (invocation, "NotConnected");
      return;
    }
  if (g_str_equal (method, "ReadValue"))
    {
      g_dbus_connection_call (self->bus,
                              remote->app->owner,
                              remote->characteristic->path,
                              CHARACTERISTIC,
                              "ReadValue",
                              g_variant_new ("(a{sv})", NULL),
                              NULL,
                              G_DBUS_CALL_FLAGS_NONE,
                              -1,
                              NULL,
                              on_read,
                              pending_new (self, invocation, path, 0));
      return;
    }
  if (g_str_equal (method, "AcquireWrite"))
    {
      g_assert_true (g_unix_open_pipe (pair, FD_CLOEXEC, NULL));
      sockets = g_unix_fd_list_new_from_array (pair, 2);
      g_dbus_method_invocation_return_value_with_unix_fd_list (
          invocation,
          g_variant_new ("(hq)", 0, (guint16) self->mtu),
          sockets);
      return;
    }
  if (g_str_equal (method, "WriteValue"))
    {
      g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
      const char *type = NULL;

      /* quirk 25: there are peers that never answer a request */
      g_assert_true (g_variant_lookup (options, "type", "&s", &type));
      g_assert_cmpstr (type, ==, "command");
      value = g_variant_get_child_value (parameters, 0);
      write_value (self, remote, link, value);
    }
  else
    set_subscribed (self, remote, g_str_equal (method, "StartNotify"));
  done (invocation);
}

static GVariant *
list_objects (FakeBluez *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  for (guint i = 0; i < self->objects->len; i++)
    {
      Object *object = g_ptr_array_index (self->objects, i);

      g_variant_builder_add (&builder,
                             "{o@a{sa{sv}}}",
                             object->path,
                             interfaces_to_variant (object));
    }
  return g_variant_new ("(@a{oa{sa{sv}}})", g_variant_builder_end (&builder));
}

static void
call_method (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *method,
             GVariant *parameters,
             GDBusMethodInvocation *invocation,
             gpointer user_data)
{
  FakeBluez *self = user_data;

  switch (ask (self, method))
    {
    case FAKE_GO:
      break;
    case FAKE_LOSE:
      /* who is gone can still be removed */
      if (g_str_equal (method, "RemoveDevice"))
        break;
      fail (invocation, "Failed");
      return;
    case FAKE_FAIL:
      fail (invocation, "Failed");
      return;
    case FAKE_IGNORE:
    case FAKE_DIE:
    case FAKE_UNPLUG:
    case FAKE_CHANGE:
    default:
      g_object_unref (invocation);
      return;
    }
  if (g_str_equal (method, "GetManagedObjects"))
    g_dbus_method_invocation_return_value (invocation, list_objects (self));
  else if (find_object (self, path) == NULL)
    fail (invocation, "DoesNotExist");
  else if (g_str_equal (method, "Connect"))
    connect_device (self, path, invocation);
  else if (g_str_equal (method, "Disconnect"))
    {
      disconnect (self, path);
      done (invocation);
    }
  else if (g_str_equal (interface, CHARACTERISTIC))
    call_characteristic (self, path, method, parameters, invocation);
  else
    call_adapter (self, sender, path, method, parameters, invocation);
}

static void
emit_value (FakeBluez *self, Remote *remote, gconstpointer value, gsize len)
{
  GVariant *bytes = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                               value,
                                               len,
                                               1);

  emit (self,
        remote->path,
        PROPERTIES,
        "PropertiesChanged",
        g_variant_new ("(s@a{sv}as)",
                       CHARACTERISTIC,
                       vardict ("Value", bytes, NULL),
                       NULL));
}

/* An app tells a value: it goes to every peer that subscribed. */
static void
on_app_signal (GDBusConnection *bus,
               const char *sender,
               const char *path,
               const char *interface,
               const char *signal,
               GVariant *parameters,
               gpointer user_data)
{
  FakeBluez *self = user_data;
  g_autoptr (GVariant) changed = NULL;
  g_autoptr (GVariant) value = NULL;
  const guint8 *bytes;
  gsize len;

  if (g_str_equal (sender, g_dbus_connection_get_unique_name (self->bus)))
    return;
  g_variant_get (parameters, "(&s@a{sv}as)", NULL, &changed, NULL);
  value = g_variant_lookup_value (changed, "Value", G_VARIANT_TYPE_BYTESTRING);
  if (value == NULL || ask (self, "notify") != FAKE_GO)
    return;
  bytes = g_variant_get_fixed_array (value, &len, 1);
  self->longest = MAX (self->longest, len);
  if (len > self->mtu - 5)
    self->n_lost++;
  len = MIN (len, self->mtu - 5);
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = g_ptr_array_index (self->links, i);

      for (guint j = 0; j < link->remotes->len; j++)
        {
          Remote *remote = g_ptr_array_index (link->remotes, j);

          if (remote->is_subscribed && g_str_equal (remote->app->owner, sender)
              && g_str_equal (remote->characteristic->path, path))
            emit_value (self, remote, bytes, len);
        }
    }
}

/* A program has left the bus. */
static void
on_owner_changed (GDBusConnection *bus,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *parameters,
                  gpointer user_data)
{
  FakeBluez *self = user_data;
  const char *name, *owner;

  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &owner);
  if (owner[0] != '\0')
    return;
  drop_app (self, name, NULL);
  drop_advertisement (self, name);
  while (drop_discovery (self, name))
    ;
}

static void
answer_ping (FakeBluez *self, GDBusMessage *ping)
{
  g_autoptr (GDBusMessage) reply = NULL;
  FakeAction action;

  if (self->is_dead)
    return;
  action = ask (self, "Ping");
  if (self->is_dead || action == FAKE_IGNORE)
    return;
  reply = action == FAKE_FAIL
              ? g_dbus_message_new_method_error_literal (ping,
                                                         "org.freedesktop.DBus."
                                                         "Error.NoMemory",
                                                         "fake")
              : g_dbus_message_new_method_reply (ping);
  g_dbus_connection_send_message (self->bus,
                                  reply,
                                  G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                  NULL,
                                  NULL);
}

/* Returns: whether there was one */
static gboolean
answer_next_ping (FakeBluez *self)
{
  g_autoptr (GDBusMessage) ping = g_async_queue_try_pop (self->pings);

  if (ping != NULL)
    answer_ping (self, ping);
  return ping != NULL;
}

static gboolean
on_ping (gpointer user_data)
{
  answer_next_ping (user_data);
  return G_SOURCE_REMOVE;
}

/* GDBus would answer in its own thread, before the values that came earlier are
 * looked at; bluetoothd does one after the other. */
static GDBusMessage *
delay_ping (GDBusConnection *bus,
            GDBusMessage *message,
            gboolean is_incoming,
            gpointer user_data)
{
  g_autoptr (GSource) source = NULL;
  FakeBluez *self = user_data;

  if (!is_incoming
      || g_strcmp0 (g_dbus_message_get_interface (message),
                    "org.freedesktop.DBus.Peer")
             != 0)
    return message;
  g_async_queue_push (self->pings, message);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_ping, self, NULL);
  g_source_attach (source, self->context);
  return NULL;
}

static const GDBusInterfaceVTable vtable = { call_method, NULL, NULL, { 0 } };

static void
add_adapter (FakeBluez *self, guint adapter)
{
  static const char *const roles[] = { "central", "peripheral", NULL };
  g_autofree char *path = adapter_path (adapter);
  g_autofree char *address = adapter_address (adapter);

  add_interface (self,
                 path,
                 ADAPTER,
                 vardict ("Address",
                          g_variant_new_string (address),
                          "Powered",
                          g_variant_new_boolean (TRUE),
                          "Roles",
                          g_variant_new_strv (roles, -1),
                          NULL));
  add_interface (self, path, GATT_MANAGER, g_variant_new ("a{sv}", NULL));
  add_interface (self,
                 path,
                 ADV_MANAGER,
                 vardict ("SupportedInstances", g_variant_new_byte (5), NULL));
}

FakeBluez *
fake_bluez_new (const char *bus_address, guint n_adapters)
{
  FakeBluez *self = g_new0 (FakeBluez, 1);

  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) object_free);
  self->apps = g_ptr_array_new_with_free_func ((GDestroyNotify) app_free);
  self->advertisements = g_ptr_array_new_with_free_func (
      (GDestroyNotify) advertisement_free);
  self->discoveries = g_ptr_array_new_with_free_func (
      (GDestroyNotify) discovery_free);
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) link_free);
  self->n_adapters = n_adapters;
  self->mtu = 517;
  self->version = 566;
  self->node = g_dbus_node_info_new_for_xml (all_xml, NULL);
  self->bus = g_dbus_connection_new_for_address_sync (
      bus_address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL,
      NULL,
      NULL);
  g_assert_nonnull (self->bus);
  self->root_object = g_dbus_connection_register_object (
      self->bus,
      "/",
      g_dbus_node_info_lookup_interface (self->node, OBJECT_MANAGER),
      &vtable,
      self,
      NULL,
      NULL);
  self->signals = g_dbus_connection_signal_subscribe (self->bus,
                                                      NULL,
                                                      PROPERTIES,
                                                      "PropertiesChanged",
                                                      NULL,
                                                      CHARACTERISTIC,
                                                      G_DBUS_SIGNAL_FLAGS_NONE,
                                                      on_app_signal,
                                                      self,
                                                      NULL);
  self->owners = g_dbus_connection_signal_subscribe (self->bus,
                                                     "org.freedesktop.DBus",
                                                     "org.freedesktop.DBus",
                                                     "NameOwnerChanged",
                                                     NULL,
                                                     NULL,
                                                     G_DBUS_SIGNAL_FLAGS_NONE,
                                                     on_owner_changed,
                                                     self,
                                                     NULL);
  self->context = g_main_context_ref_thread_default ();
  self->pings = g_async_queue_new_full (g_object_unref);
  self->ping_filter = g_dbus_connection_add_filter (self->bus,
                                                    delay_ping,
                                                    self,
                                                    NULL);
  for (guint i = 0; i < n_adapters; i++)
    add_adapter (self, i);
  set_name (self, "RequestName", g_variant_new ("(su)", "org.bluez", 4));
  return self;
}

void
fake_bluez_free (FakeBluez *self)
{
  if (self == NULL)
    return;
  g_dbus_connection_signal_unsubscribe (self->bus, self->signals);
  g_dbus_connection_signal_unsubscribe (self->bus, self->owners);
  g_dbus_connection_unregister_object (self->bus, self->root_object);
  g_dbus_connection_remove_filter (self->bus, self->ping_filter);
  g_dbus_connection_close_sync (self->bus, NULL, NULL);
  /* answers that are on their way find us still there */
  self->is_dead = TRUE;
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->bus);
  g_async_queue_unref (self->pings);
  g_main_context_unref (self->context);
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->apps);
  g_ptr_array_unref (self->advertisements);
  g_ptr_array_unref (self->discoveries);
  g_ptr_array_unref (self->objects);
  g_dbus_node_info_unref (self->node);
  g_free (self);
}

void
fake_bluez_set_hook (FakeBluez *self, FakeHook hook, gpointer user_data)
{
  self->hook = hook;
  self->hook_data = user_data;
}

void
fake_bluez_set_mtu (FakeBluez *self, guint mtu)
{
  self->mtu = mtu;
}

void
fake_bluez_set_version (FakeBluez *self, guint version)
{
  self->version = version;
}

void
fake_bluez_set_resolves_early (FakeBluez *self, gboolean is_early)
{
  self->resolves_early = is_early;
}

void
fake_bluez_set_adapter (FakeBluez *self,
                        guint adapter,
                        const char *property,
                        GVariant *value)
{
  g_autofree char *path = adapter_path (adapter);

  set_property (self, path, ADAPTER, property, value);
}

void
fake_bluez_drop_interface (FakeBluez *self,
                           guint adapter,
                           const char *interface)
{
  g_autofree char *path = adapter_path (adapter);

  g_hash_table_remove (find_object (self, path)->interfaces, interface);
}

/* A Ping comes behind the notifications that it was sent with, and bluetoothd
 * has answered it long before a peer has anything, while here it may still be
 * on its way. Once an app has answered us, all that it had sent before has
 * come. */
static void
let_apps_catch_up (FakeBluez *self)
{
  for (guint i = 0; i < self->apps->len; i++)
    {
      App *app = g_ptr_array_index (self->apps, i);
      g_autoptr (GVariant) reply G_GNUC_UNUSED
          = g_dbus_connection_call_sync (self->bus,
                                         app->owner,
                                         "/",
                                         "org.freedesktop.DBus.Peer",
                                         "Ping",
                                         NULL,
                                         NULL,
                                         G_DBUS_CALL_FLAGS_NONE,
                                         1000,
                                         NULL,
                                         NULL);
    }
  while (answer_next_ping (self))
    ;
}

void
fake_bluez_lose_connections (FakeBluez *self)
{
  let_apps_catch_up (self);
  lose_links (self);
}

/* As after Service Changed: everything is taken away and found again. */
void
fake_bluez_change_services (FakeBluez *self)
{
  for (guint i = 0; i < self->links->len; i++)
    drop_remotes (self, g_ptr_array_index (self->links, i), NULL);
}

void
fake_bluez_notify (FakeBluez *self,
                   const char *uuid,
                   gconstpointer value,
                   gsize len)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = g_ptr_array_index (self->links, i);

      for (guint j = 0; j < link->remotes->len; j++)
        {
          Remote *remote = g_ptr_array_index (link->remotes, j);

          if (g_str_equal (remote->characteristic->uuid, uuid))
            emit_value (self, remote, value, len);
        }
    }
}

static guint
count_devices (FakeBluez *self)
{
  guint n = 0;

  for (guint i = 0; i < self->objects->len; i++)
    {
      Object *object = g_ptr_array_index (self->objects, i);

      if (g_hash_table_contains (object->interfaces, DEVICE))
        n++;
    }
  return n;
}

guint
fake_bluez_count (FakeBluez *self)
{
  return count_devices (self) + self->apps->len + self->advertisements->len
         + self->discoveries->len;
}

char *
fake_bluez_describe (FakeBluez *self)
{
  return g_strdup_printf ("%u devices, %u apps, %u advertisements, %u "
                          "discoveries",
                          count_devices (self),
                          self->apps->len,
                          self->advertisements->len,
                          self->discoveries->len);
}

guint
fake_bluez_get_n_lost (FakeBluez *self)
{
  return self->n_lost;
}

gsize
fake_bluez_get_longest (FakeBluez *self)
{
  return self->longest;
}

static char *
stranger_path (guint adapter)
{
  return g_strdup_printf ("/org/bluez/hci%u/" STRANGER, adapter);
}

void
fake_bluez_stranger_connect (FakeBluez *self, guint adapter)
{
  g_autofree char *path = stranger_path (adapter);

  add_device (self, path, "66:66:66:66:66:66", NULL, TRUE);
}

void
fake_bluez_stranger_disconnect (FakeBluez *self, guint adapter)
{
  g_autofree char *path = stranger_path (adapter);

  disconnect (self, path);
}

gboolean
fake_bluez_stranger_is_connected (FakeBluez *self, guint adapter)
{
  g_autofree char *path = stranger_path (adapter);

  return get_boolean (self, path, "Connected");
}

static AppCharacteristic *
find_characteristic (FakeBluez *self,
                     guint adapter,
                     const char *uuid,
                     App **ret_app)
{
  for (guint i = 0; i < self->apps->len; i++)
    {
      App *app = g_ptr_array_index (self->apps, i);

      for (guint j = 0;
           app->adapter == adapter && j < app->characteristics->len;
           j++)
        {
          AppCharacteristic *characteristic
              = g_ptr_array_index (app->characteristics, j);

          *ret_app = app;
          if (g_str_equal (characteristic->uuid, uuid))
            return characteristic;
        }
    }
  g_assert_not_reached ();
}

void
fake_bluez_stranger_write (FakeBluez *self,
                           guint adapter,
                           const char *uuid,
                           gconstpointer value,
                           gsize len)
{
  App *app = NULL;
  AppCharacteristic *characteristic = find_characteristic (self,
                                                           adapter,
                                                           uuid,
                                                           &app);
  g_autofree char *path = stranger_path (adapter);

  call_app (self,
            app,
            characteristic->path,
            "WriteValue",
            g_variant_new ("(@ay@a{sv})",
                           g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                      value,
                                                      len,
                                                      1),
                           vardict ("device",
                                    g_variant_new_object_path (path),
                                    "mtu",
                                    g_variant_new_uint16 ((guint16) self->mtu),
                                    NULL)));
}

void
fake_bluez_stranger_subscribe (FakeBluez *self,
                               guint adapter,
                               const char *uuid,
                               gboolean is_subscribed)
{
  App *app = NULL;
  AppCharacteristic *characteristic = find_characteristic (self,
                                                           adapter,
                                                           uuid,
                                                           &app);

  if (is_subscribed && characteristic->n_subscribers++ == 0)
    call_app (self, app, characteristic->path, "StartNotify", NULL);
  else if (!is_subscribed && --characteristic->n_subscribers == 0)
    call_app (self, app, characteristic->path, "StopNotify", NULL);
}
