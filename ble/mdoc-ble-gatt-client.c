/*
 * mdoc-ble-gatt-client.c - the end that scans and connects
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-gatt-client.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ble/mdoc-ble-frames.h"
#include "ble/mdoc-ble-l2cap.h"
#include "ble/mdoc-ble-link.h"

/* Writes are answered when BlueZ has queued them, not when they are sent. */
#define MAX_WRITES 8

#define MAX_ATTEMPTS 5
/* from this attempt on the peer is looked for anew each time */
#define FORGET_FROM_ATTEMPT 2

/* see the server */
#define MAX_TIDY_MS 4000

typedef enum
{
  STEP_NEW,
  STEP_WAITING,    /* until the next attempt */
  STEP_SCANNING,   /* until a device shows the service */
  STEP_CONNECTING, /* until Device1.Connect answers */
  STEP_RESOLVING,  /* until the characteristics are there */
  STEP_OPENING,    /* Ident, subscriptions, State 0x01 */
  STEP_OPEN,
  STEP_FINISHING,
} Step;

typedef struct
{
  MdocBleLink link;
  Step step;
  guint n_attempts;
  gboolean is_discovering;
  char *device;
  char *state; /* paths of the characteristics */
  char *client_to_server;
  char *server_to_client;
  char *ident;
  char *l2cap;
  guint n_subscribing;
  gboolean has_started; /* State 0x01 is on its way */
  gboolean has_said_end;
  guint mtu;
  guint n_writes;
  guint n_tidying;
  gint64 wait_until_us;
  int connecting; /* socket of an L2CAP channel; -1: none */
  GSource *connecting_source;
  GError *error; /* what to close with */
} Client;

static void scan (Client *self);
static void connect_device (Client *self);
static void fail_attempt (Client *self, GError *error);

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
stop_connecting (Client *self)
{
  clear_source (&self->connecting_source);
  if (self->connecting >= 0)
    close (self->connecting);
  self->connecting = -1;
}

static void
forget_characteristics (Client *self)
{
  stop_connecting (self);
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->client_to_server, g_free);
  g_clear_pointer (&self->server_to_client, g_free);
  g_clear_pointer (&self->ident, g_free);
  g_clear_pointer (&self->l2cap, g_free);
  self->n_subscribing = 0;
}

/* Calls the adapter; with no @reply nobody waits. */
static void
call_adapter (Client *self,
              const char *method,
              GVariant *parameters,
              MdocBleBluezReply reply,
              gpointer user_data)
{
  mdoc_ble_bluez_call (self->link.bluez,
                       mdoc_ble_bluez_get_adapter (self->link.bluez),
                       BLUEZ_ADAPTER,
                       method,
                       parameters,
                       self->link.times.call_ms,
                       reply,
                       user_data);
}

static void
stop_discovery (Client *self, MdocBleBluezReply reply)
{
  if (!self->is_discovering)
    return;
  self->is_discovering = FALSE;
  call_adapter (self, "StopDiscovery", NULL, reply, self);
}

/* A device that the user has paired stays known. */
static void
drop_device (Client *self, MdocBleBluezReply reply)
{
  if (mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                     self->device,
                                     BLUEZ_DEVICE,
                                     "Paired"))
    mdoc_ble_bluez_call (self->link.bluez,
                         self->device,
                         BLUEZ_DEVICE,
                         "Disconnect",
                         NULL,
                         self->link.times.call_ms,
                         reply,
                         self);
  else
    call_adapter (self,
                  "RemoveDevice",
                  g_variant_new ("(o)", self->device),
                  reply,
                  self);
}

static void
client_free (gpointer impl)
{
  Client *self = impl;

  if (self->link.bluez != NULL && self->device != NULL
      && self->step != STEP_FINISHING)
    drop_device (self, NULL);
  forget_characteristics (self);
  mdoc_ble_link_clear (&self->link);
  g_clear_pointer (&self->device, g_free);
  g_clear_error (&self->error);
  g_free (self);
}

/* --- the end ------------------------------------------------------------- */

static gboolean
on_done (gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  mdoc_ble_link_clear_timer (&self->link);
  g_clear_pointer (&self->link.bluez, mdoc_ble_bluez_free);
  mdoc_transport_emit_closed (self->link.transport, error);
  return G_SOURCE_REMOVE;
}

static void
on_tidied (GVariant *reply, const GError *error, gpointer user_data)
{
  Client *self = user_data;

  self->n_tidying--;
  if (self->n_tidying == 0)
    on_done (self);
}

static void
stop_notify (Client *self, const char *characteristic)
{
  mdoc_ble_bluez_call (self->link.bluez,
                       characteristic,
                       BLUEZ_CHARACTERISTIC,
                       "StopNotify",
                       NULL,
                       self->link.times.call_ms,
                       on_tidied,
                       self);
  self->n_tidying++;
}

/* Ends it all: nothing of this session stays in BlueZ. */
static void
finish (Client *self, GError *error)
{
  g_autoptr (GError) taken = error;

  if (self->step == STEP_FINISHING)
    return;
  self->error = g_steal_pointer (&taken);
  g_clear_pointer (&self->link.channel, mdoc_ble_channel_free);
  stop_connecting (self);
  mdoc_ble_bluez_forget_calls (self->link.bluez);
  mdoc_ble_link_set_timer (&self->link, MAX_TIDY_MS, on_done, self);
  self->n_tidying = 1;
  if (self->is_discovering)
    {
      self->n_tidying++;
      stop_discovery (self, on_tidied);
    }
  if (self->device != NULL
      && mdoc_ble_bluez_has (self->link.bluez, self->device, BLUEZ_DEVICE))
    {
      if (self->has_started
          && mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                            self->device,
                                            BLUEZ_DEVICE,
                                            "Connected"))
        {
          stop_notify (self, self->state);
          stop_notify (self, self->server_to_client);
        }
      self->n_tidying++;
      drop_device (self, on_tidied);
    }
  self->step = STEP_FINISHING;
  self->n_tidying--;
  if (self->n_tidying == 0)
    mdoc_ble_link_set_timer (&self->link, 0, on_done, self);
}

static void
finish_with (Client *self, MdocBleError code, const char *reason)
{
  finish (self, g_error_new_literal (MDOC_BLE_ERROR, (gint) code, reason));
}

static void
write_value (Client *self,
             const char *characteristic,
             GBytes *value,
             MdocBleBluezReply reply)
{
  GVariantBuilder options;

  /* always a command: some peers never answer a request */
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options,
                         "{sv}",
                         "type",
                         g_variant_new_string ("command"));
  mdoc_ble_bluez_call (self->link.bluez,
                       characteristic,
                       BLUEZ_CHARACTERISTIC,
                       "WriteValue",
                       g_variant_new ("(@ay@a{sv})",
                                      mdoc_ble_bytes_to_variant (value),
                                      g_variant_builder_end (&options)),
                       self->link.times.call_ms,
                       reply,
                       self);
}

static void
write_state (Client *self, guint8 state, MdocBleBluezReply reply)
{
  g_autoptr (GBytes) value = g_bytes_new (&state, sizeof state);

  write_value (self, self->state, value, reply);
}

static gboolean
on_drained (gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  finish (self, NULL);
  return G_SOURCE_REMOVE;
}

/* Everything is in BlueZ's hands. Gives the peer the time to get it and to
 * say the end, unless it has had the last word. A reader need not wait: what it
 * says last is short, and BlueZ sends it before it disconnects. */
static void
end_of_queue (Client *self)
{
  if (self->step != STEP_OPEN || !self->link.is_closing)
    return;
  if (mdoc_ble_link_needs_end (&self->link) && !self->has_said_end)
    {
      self->has_said_end = TRUE;
      write_state (self, MDOC_BLE_STATE_END, NULL);
    }
  if (self->link.n_unanswered == 0
      || (!self->link.is_holder && self->link.channel == NULL))
    finish (self, NULL);
  else
    mdoc_ble_link_set_timer (&self->link,
                             mdoc_ble_link_get_drain_ms (&self->link),
                             on_drained,
                             self);
}

static gboolean
on_channel_overdue (gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  finish_with (self,
               MDOC_BLE_ERROR_VANISHED,
               "the connection was lost; start again");
  return G_SOURCE_REMOVE;
}

static void
on_peer_gone (Client *self)
{
  if (self->step == STEP_OPEN && self->link.channel != NULL)
    /* what came before is still in the socket, and then its end */
    mdoc_ble_link_set_timer (&self->link,
                             self->link.times.end_ms,
                             on_channel_overdue,
                             self);
  else if (self->step != STEP_OPEN)
    fail_attempt (self,
                  g_error_new_literal (MDOC_BLE_ERROR,
                                       (gint) MDOC_BLE_ERROR_CONNECT,
                                       "the connection was lost before it was "
                                       "of use"));
  else if (mdoc_ble_link_is_orderly (&self->link))
    finish (self, NULL);
  else
    finish_with (self,
                 MDOC_BLE_ERROR_VANISHED,
                 "the connection was lost; start again");
}

/* --- attempts ------------------------------------------------------------ */

static void
on_forgotten (GVariant *reply, const GError *error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (self->step != STEP_WAITING)
    return;
  g_clear_pointer (&self->device, g_free);
  scan (self);
}

static gboolean
on_retry (gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  mdoc_ble_link_clear_timer (&self->link);
  if (self->device == NULL
      || !mdoc_ble_bluez_has (self->link.bluez, self->device, BLUEZ_DEVICE))
    on_forgotten (NULL, NULL, self);
  else if (self->n_attempts < FORGET_FROM_ATTEMPT)
    connect_device (self);
  else
    drop_device (self, on_forgotten);
  return G_SOURCE_REMOVE;
}

/* Nothing has been said yet, so there may be another attempt. */
static void
fail_attempt (Client *self, GError *error)
{
  if (self->step <= STEP_SCANNING || self->step >= STEP_OPEN)
    {
      g_error_free (error);
      return;
    }
  self->n_attempts++;
  self->has_started = FALSE;
  forget_characteristics (self);
  mdoc_ble_bluez_forget_calls (self->link.bluez);
  self->step = STEP_WAITING;
  if (self->n_attempts >= MAX_ATTEMPTS
      || g_get_monotonic_time () >= self->wait_until_us)
    {
      finish (self, error);
      return;
    }
  g_error_free (error);
  if (self->device != NULL
      && mdoc_ble_bluez_has (self->link.bluez, self->device, BLUEZ_DEVICE))
    mdoc_ble_bluez_call (self->link.bluez,
                         self->device,
                         BLUEZ_DEVICE,
                         "Disconnect",
                         NULL,
                         self->link.times.call_ms,
                         NULL,
                         NULL);
  mdoc_ble_link_set_timer (&self->link,
                           self->link.times.retry_ms,
                           on_retry,
                           self);
}

static void
fail_attempt_with (Client *self, MdocBleError code, const char *reason)
{
  fail_attempt (self,
                g_error_new_literal (MDOC_BLE_ERROR, (gint) code, reason));
}

static gboolean
on_step_timeout (gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  mdoc_ble_link_clear_timer (&self->link);
  if (self->step == STEP_SCANNING)
    finish_with (self,
                 MDOC_BLE_ERROR_TIMEOUT,
                 "nobody was found; is Bluetooth on at the other side, and is "
                 "its program in the foreground?");
  else if (self->step == STEP_RESOLVING
           && mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                             self->device,
                                             BLUEZ_DEVICE,
                                             "ServicesResolved"))
    fail_attempt_with (self,
                       MDOC_BLE_ERROR_PROTOCOL,
                       "the peer does not have the service that it "
                       "advertises");
  else
    fail_attempt_with (self,
                       MDOC_BLE_ERROR_CONNECT,
                       "the peer was found, but a connection was not to be "
                       "had; bring the devices closer");
  return G_SOURCE_REMOVE;
}

/* --- opening ------------------------------------------------------------- */

static void
open_link (Client *self)
{
  if (self->step != STEP_OPENING)
    return;
  self->step = STEP_OPEN;
  mdoc_ble_link_begin (&self->link);
}

static void
on_started (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  GError *error = NULL;

  if (self->step != STEP_OPENING || !self->has_started)
    return;
  if (reply != NULL)
    {
      open_link (self);
      return;
    }
  mdoc_ble_error_from_bus (&error,
                           MDOC_BLE_ERROR_CONNECT,
                           "to write to the peer",
                           bus_error);
  fail_attempt (self, error);
}

static void
start_messages (Client *self)
{
  self->has_started = TRUE;
  write_state (self, MDOC_BLE_STATE_START, on_started);
}

/* bluetoothd before 5.62 tells the MTU only with a socket to write to, which
 * is not used. */
static void
on_probed (GVariant *reply, const GError *error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  guint16 mtu = 0;

  if (self->step != STEP_OPENING || self->has_started)
    return;
  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(hq)")))
    g_variant_get (reply, "(hq)", NULL, &mtu);
  self->mtu = MAX (mtu, MDOC_BLE_MTU_MIN);
  start_messages (self);
}

static void
find_mtu (Client *self)
{
  g_autoptr (GVariant) mtu = mdoc_ble_bluez_lookup (self->link.bluez,
                                                    self->client_to_server,
                                                    BLUEZ_CHARACTERISTIC,
                                                    "MTU",
                                                    G_VARIANT_TYPE_UINT16);

  if (mtu != NULL)
    {
      self->mtu = g_variant_get_uint16 (mtu);
      start_messages (self);
      return;
    }
  mdoc_ble_bluez_call (self->link.bluez,
                       self->client_to_server,
                       BLUEZ_CHARACTERISTIC,
                       "AcquireWrite",
                       g_variant_new ("(a{sv})", NULL),
                       self->link.times.call_ms,
                       on_probed,
                       self);
}

static void
on_notifying (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  GError *error = NULL;

  if (self->step != STEP_OPENING || self->n_subscribing == 0)
    return;
  if (reply == NULL)
    {
      mdoc_ble_error_from_bus (&error,
                               MDOC_BLE_ERROR_CONNECT,
                               "to subscribe to the peer",
                               bus_error);
      fail_attempt (self, error);
      return;
    }
  self->n_subscribing--;
  if (self->n_subscribing == 0)
    find_mtu (self);
}

static void
start_notify (Client *self, const char *characteristic)
{
  self->n_subscribing++;
  mdoc_ble_bluez_call (self->link.bluez,
                       characteristic,
                       BLUEZ_CHARACTERISTIC,
                       "StartNotify",
                       NULL,
                       self->link.times.call_ms,
                       on_notifying,
                       self);
}

static void
subscribe (Client *self)
{
  start_notify (self, self->state);
  start_notify (self, self->server_to_client);
}

/* --- L2CAP --------------------------------------------------------------- */

static void
on_channel_message (GBytes *message, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  mdoc_ble_link_take_message (&self->link, message);
}

static void
on_channel_drained (gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  end_of_queue (self);
}

static void
on_channel_closed (const GError *error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (error != NULL)
    finish (self, g_error_copy (error));
  else if (mdoc_ble_link_is_orderly (&self->link))
    finish (self, NULL);
  else
    on_channel_overdue (self);
}

/* Whatever the matter is with a channel, there are still the
 * characteristics. */
static gboolean
on_channel_connected (int fd, GIOCondition condition, gpointer user_data)
{
  static const MdocBleChannelEvents events = { on_channel_message,
                                               on_channel_drained,
                                               on_channel_closed };
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  int problem = 0;
  socklen_t len = sizeof problem;

  if (getsockopt (fd, SOL_SOCKET, SO_ERROR, &problem, &len) < 0 || problem != 0)
    {
      stop_connecting (self);
      subscribe (self);
      return G_SOURCE_REMOVE;
    }
  clear_source (&self->connecting_source);
  self->connecting = -1;
  self->link.channel = mdoc_ble_channel_new (fd,
                                             mdoc_ble_l2cap->get_write_bytes (
                                                 fd),
                                             self->link.max_message_bytes,
                                             &events,
                                             self);
  open_link (self);
  return G_SOURCE_REMOVE;
}

static gboolean
connect_channel (Client *self, guint psm)
{
  MdocBleBluez *bluez = self->link.bluez;

  self->connecting
      = mdoc_ble_l2cap
            ->connect (mdoc_ble_bluez_lookup_text (bluez,
                                                   mdoc_ble_bluez_get_adapter (
                                                       bluez),
                                                   BLUEZ_ADAPTER,
                                                   "Address"),
                       mdoc_ble_bluez_lookup_text (bluez,
                                                   self->device,
                                                   BLUEZ_DEVICE,
                                                   "Address"),
                       mdoc_ble_bluez_lookup_text (bluez,
                                                   self->device,
                                                   BLUEZ_DEVICE,
                                                   "AddressType"),
                       psm,
                       NULL);
  if (self->connecting < 0)
    return FALSE;
  self->connecting_source = g_unix_fd_source_new (self->connecting,
                                                  G_IO_OUT | G_IO_HUP
                                                      | G_IO_ERR);
  g_source_set_callback (self->connecting_source,
                         G_SOURCE_FUNC (on_channel_connected),
                         self,
                         NULL);
  g_source_attach (self->connecting_source, self->link.context);
  return TRUE;
}

static void
on_psm (GVariant *reply, const GError *error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autoptr (GVariant) value = NULL;
  MdocSpan bytes;
  guint psm;

  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(ay)")))
    {
      value = g_variant_get_child_value (reply, 0);
      bytes.data = g_variant_get_fixed_array (value, &bytes.len, 1);
      if (mdoc_ble_psm_parse (bytes, &psm) && connect_channel (self, psm))
        return;
    }
  subscribe (self);
}

static void
read_value (Client *self, const char *characteristic, MdocBleBluezReply reply)
{
  mdoc_ble_bluez_call (self->link.bluez,
                       characteristic,
                       BLUEZ_CHARACTERISTIC,
                       "ReadValue",
                       g_variant_new ("(a{sv})", NULL),
                       self->link.times.call_ms,
                       reply,
                       self);
}

static void
open_channel (Client *self)
{
  if (self->link.use_l2cap && self->l2cap != NULL)
    read_value (self, self->l2cap, on_psm);
  else
    subscribe (self);
}

/* --- Ident --------------------------------------------------------------- */

static void
on_ident (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autoptr (GVariant) value = NULL;
  GError *error = NULL;
  const guint8 *ident;
  gsize len;

  if (reply == NULL || !g_variant_is_of_type (reply, G_VARIANT_TYPE ("(ay)")))
    {
      mdoc_ble_error_from_bus (&error,
                               MDOC_BLE_ERROR_CONNECT,
                               "to read the peer's ident",
                               bus_error);
      fail_attempt (self, error);
      return;
    }
  value = g_variant_get_child_value (reply, 0);
  ident = g_variant_get_fixed_array (value, &len, 1);
  if (len != sizeof self->link.ident
      || memcmp (ident, self->link.ident, len) != 0)
    {
      finish_with (self,
                   MDOC_BLE_ERROR_PROTOCOL,
                   "the reader that was found is not the one that read our "
                   "engagement");
      return;
    }
  open_channel (self);
}

static void
open_characteristics (Client *self)
{
  self->step = STEP_OPENING;
  mdoc_ble_link_set_timer (&self->link,
                           self->link.times.resolve_ms,
                           on_step_timeout,
                           self);
  if (self->ident != NULL && self->link.is_holder
      && self->link.is_ident_checked)
    read_value (self, self->ident, on_ident);
  else
    open_channel (self);
}

/* --- finding ------------------------------------------------------------- */

typedef struct
{
  Client *self;
  char *service;
} Search;

static void
find_service (const char *path, gpointer user_data)
{
  Search *search = user_data;
  Client *self = search->self;
  const char *uuid = mdoc_ble_bluez_lookup_text (self->link.bluez,
                                                 path,
                                                 BLUEZ_SERVICE,
                                                 "UUID");

  if (search->service == NULL && g_str_has_prefix (path, self->device)
      && uuid != NULL
      && g_ascii_strcasecmp (uuid, self->link.service_uuid) == 0)
    search->service = g_strdup (path);
}

static void
find_characteristic (const char *path, gpointer user_data)
{
  Search *search = user_data;
  Client *self = search->self;
  const MdocBleServiceUuids *uuids = self->link.uuids;
  const struct
  {
    const char *uuid;
    char **ret_path;
  } wanted[] = {
    { uuids->state, &self->state },
    { uuids->client_to_server, &self->client_to_server },
    { uuids->server_to_client, &self->server_to_client },
    { uuids->ident, &self->ident },
    { uuids->l2cap, &self->l2cap },
  };
  const char *uuid = mdoc_ble_bluez_lookup_text (self->link.bluez,
                                                 path,
                                                 BLUEZ_CHARACTERISTIC,
                                                 "UUID");

  if (uuid == NULL || !g_str_has_prefix (path, search->service))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (wanted[i].uuid != NULL && g_ascii_strcasecmp (uuid, wanted[i].uuid) == 0
        && *wanted[i].ret_path == NULL)
      *wanted[i].ret_path = g_strdup (path);
}

/* The property may be there before the objects are. */
static void
maybe_resolved (Client *self)
{
  Search search = { self, NULL };
  g_autofree char *service = NULL;

  if (self->step != STEP_RESOLVING
      || !mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                         self->device,
                                         BLUEZ_DEVICE,
                                         "ServicesResolved"))
    return;
  mdoc_ble_bluez_foreach (self->link.bluez,
                          BLUEZ_SERVICE,
                          find_service,
                          &search);
  service = search.service;
  if (service == NULL)
    return;
  forget_characteristics (self);
  mdoc_ble_bluez_foreach (self->link.bluez,
                          BLUEZ_CHARACTERISTIC,
                          find_characteristic,
                          &search);
  if (self->state != NULL && self->client_to_server != NULL
      && self->server_to_client != NULL
      && (self->ident != NULL || self->link.uuids->ident == NULL))
    open_characteristics (self);
}

static void
on_connected (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autofree char *name = NULL;
  GError *error = NULL;

  if (reply == NULL)
    name = g_dbus_error_get_remote_error (bus_error);
  if (reply == NULL
      && g_strcmp0 (name, "org.bluez.Error.AlreadyConnected") != 0)
    {
      mdoc_ble_error_from_bus (&error,
                               MDOC_BLE_ERROR_CONNECT,
                               "to connect to the peer",
                               bus_error);
      fail_attempt (self, error);
      return;
    }
  self->step = STEP_RESOLVING;
  mdoc_ble_link_set_timer (&self->link,
                           self->link.times.resolve_ms,
                           on_step_timeout,
                           self);
  maybe_resolved (self);
}

static void
connect_device (Client *self)
{
  self->step = STEP_CONNECTING;
  mdoc_ble_link_set_timer (&self->link,
                           self->link.times.connect_ms,
                           on_step_timeout,
                           self);
  mdoc_ble_bluez_call (self->link.bluez,
                       self->device,
                       BLUEZ_DEVICE,
                       "Connect",
                       NULL,
                       self->link.times.connect_ms * 2,
                       on_connected,
                       self);
}

static void
on_discovery_stopped (GVariant *reply, const GError *error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (self->step == STEP_CONNECTING)
    connect_device (self);
}

/* Connecting while scanning fails with some controllers. */
static void
take_device (Client *self, const char *path)
{
  if (self->step != STEP_SCANNING
      || !g_str_has_prefix (path, mdoc_ble_bluez_get_adapter (self->link.bluez))
      || !mdoc_ble_device_has_uuid (self->link.bluez,
                                    path,
                                    self->link.service_uuid))
    return;
  self->device = g_strdup (path);
  self->step = STEP_CONNECTING;
  mdoc_ble_link_clear_timer (&self->link);
  if (self->is_discovering)
    stop_discovery (self, on_discovery_stopped);
  else
    connect_device (self);
}

static void
on_discovering (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autofree char *name = NULL;
  GError *error = NULL;

  if (reply != NULL || self->step != STEP_SCANNING)
    return;
  self->is_discovering = FALSE;
  name = g_dbus_error_get_remote_error (bus_error);
  if (g_strcmp0 (name, "org.bluez.Error.InProgress") == 0
      && ++self->n_attempts < MAX_ATTEMPTS)
    {
      self->step = STEP_WAITING;
      mdoc_ble_link_set_timer (&self->link,
                               self->link.times.retry_ms,
                               on_retry,
                               self);
      return;
    }
  mdoc_ble_error_from_bus (&error,
                           MDOC_BLE_ERROR_REFUSED,
                           "to scan",
                           bus_error);
  finish (self, error);
}

/* What BlueZ holds from an earlier scan may be long gone; what it has heard in
 * this one has a signal strength. */
static void
consider_known (const char *path, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (GVariant) rssi = mdoc_ble_bluez_lookup (self->link.bluez,
                                                     path,
                                                     BLUEZ_DEVICE,
                                                     "RSSI",
                                                     NULL);

  if (rssi != NULL)
    take_device (self, path);
  else if (mdoc_ble_device_has_uuid (self->link.bluez,
                                     path,
                                     self->link.service_uuid)
           && !mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                              path,
                                              BLUEZ_DEVICE,
                                              "Paired"))
    call_adapter (self,
                  "RemoveDevice",
                  g_variant_new ("(o)", path),
                  NULL,
                  NULL);
}

static void
scan (Client *self)
{
  GVariantBuilder filter;
  const char *uuids[] = { self->link.service_uuid, NULL };
  gint64 left_us = self->wait_until_us - g_get_monotonic_time ();

  self->step = STEP_SCANNING;
  mdoc_ble_link_set_timer (&self->link,
                           (guint) (MAX (left_us, 0) / 1000),
                           on_step_timeout,
                           self);
  mdoc_ble_bluez_foreach (self->link.bluez, BLUEZ_DEVICE, consider_known, self);
  if (self->step != STEP_SCANNING)
    return;

  g_variant_builder_init (&filter, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&filter,
                         "{sv}",
                         "UUIDs",
                         g_variant_new_strv (uuids, -1));
  g_variant_builder_add (&filter,
                         "{sv}",
                         "Transport",
                         g_variant_new_string ("le"));
  g_variant_builder_add (&filter,
                         "{sv}",
                         "DuplicateData",
                         g_variant_new_boolean (FALSE));
  call_adapter (self,
                "SetDiscoveryFilter",
                g_variant_new ("(@a{sv})", g_variant_builder_end (&filter)),
                NULL,
                NULL);
  self->is_discovering = TRUE;
  call_adapter (self, "StartDiscovery", NULL, on_discovering, self);
}

/* --- BlueZ --------------------------------------------------------------- */

static void
on_ready (gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (self->step == STEP_NEW)
    scan (self);
}

static void
take_value (Client *self, const char *path, MdocSpan value)
{
  g_autoptr (GError) error = NULL;

  /* an answer to State 0x01 may be here before BlueZ says that it was sent */
  if (self->step == STEP_OPENING && self->has_started)
    open_link (self);
  if (self->step != STEP_OPEN || self->link.channel != NULL)
    return;
  if (g_str_equal (path, self->state))
    {
      if (value.len != 1 || value.data[0] != MDOC_BLE_STATE_END)
        return;
      self->link.has_peer_ended = TRUE;
      finish (self, NULL);
    }
  else if (!self->link.is_closing
           && !mdoc_ble_link_take_part (&self->link, value, &error))
    {
      write_state (self, MDOC_BLE_STATE_END, NULL);
      finish (self, g_steal_pointer (&error));
    }
}

static void
on_device_changed (Client *self, GVariant *properties)
{
  gboolean is_connected;

  if (g_variant_lookup (properties, "Connected", "b", &is_connected)
      && !is_connected && self->step >= STEP_RESOLVING)
    on_peer_gone (self);
  else
    maybe_resolved (self);
}

static void
on_changed (const char *path,
            const char *interface,
            GVariant *properties,
            gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autoptr (GVariant) value = NULL;
  MdocSpan bytes;

  if (self->step == STEP_FINISHING)
    return;
  if (g_str_equal (interface, BLUEZ_DEVICE))
    {
      if (self->step == STEP_SCANNING)
        take_device (self, path);
      else if (g_strcmp0 (path, self->device) == 0)
        on_device_changed (self, properties);
      return;
    }
  if (!g_str_equal (interface, BLUEZ_CHARACTERISTIC))
    return;
  maybe_resolved (self);
  if (g_strcmp0 (path, self->server_to_client) != 0
      && g_strcmp0 (path, self->state) != 0)
    return;
  value = g_variant_lookup_value (properties,
                                  "Value",
                                  G_VARIANT_TYPE_BYTESTRING);
  if (value == NULL)
    return;
  bytes.data = g_variant_get_fixed_array (value, &bytes.len, 1);
  take_value (self, path, bytes);
}

static void
on_removed (const char *path, const char *interface, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (self->step < STEP_RESOLVING || self->step == STEP_FINISHING)
    return;
  if ((g_str_equal (interface, BLUEZ_DEVICE)
       && g_strcmp0 (path, self->device) == 0)
      || (g_str_equal (interface, BLUEZ_CHARACTERISTIC)
          && (g_strcmp0 (path, self->server_to_client) == 0
              || g_strcmp0 (path, self->client_to_server) == 0)))
    on_peer_gone (self);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  /* there is nobody to tidy up with */
  if (self->step != STEP_FINISHING)
    self->error = g_error_copy (error);
  self->step = STEP_FINISHING;
  g_clear_pointer (&self->link.channel, mdoc_ble_channel_free);
  stop_connecting (self);
  on_done (self);
}

/* --- the port ------------------------------------------------------------ */

static void
client_start (gpointer impl, MdocTransport *transport)
{
  static const MdocBleBluezEvents events = { on_ready,
                                             on_changed,
                                             on_removed,
                                             on_failed };
  Client *self = impl;

  mdoc_ble_link_start (&self->link, transport);
  self->wait_until_us = g_get_monotonic_time ()
                        + (gint64) self->link.times.wait_ms * 1000;
  self->link.bluez = mdoc_ble_bluez_new (self->link.adapter,
                                         "central",
                                         &self->link.times,
                                         &events,
                                         self);
}

static void pump (Client *self);

static void
on_part_written (GVariant *reply, const GError *error, gpointer user_data)
{
  Client *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  self->n_writes--;
  if (self->step != STEP_OPEN)
    return;
  if (reply == NULL)
    {
      finish_with (self,
                   MDOC_BLE_ERROR_VANISHED,
                   "the connection was lost while sending; start again");
      return;
    }
  pump (self);
  if (self->n_writes == 0)
    end_of_queue (self);
}

static void
pump (Client *self)
{
  gsize part_bytes = mdoc_ble_link_get_part_bytes (&self->link,
                                                   mdoc_ble_get_write_bytes (
                                                       self->mtu));

  while (self->step == STEP_OPEN && self->n_writes < MAX_WRITES
         && !mdoc_ble_cutter_is_empty (self->link.cutter))
    {
      g_autoptr (GBytes) part = mdoc_ble_cutter_next (self->link.cutter,
                                                      part_bytes);

      self->n_writes++;
      write_value (self, self->client_to_server, part, on_part_written);
    }
}

static void
client_send (gpointer impl, GBytes *message)
{
  Client *self = impl;

  if (self->step != STEP_OPEN)
    return;
  mdoc_ble_link_push (&self->link, message);
  if (self->link.channel == NULL)
    pump (self);
}

static void
client_close (gpointer impl)
{
  Client *self = impl;

  self->link.is_closing = TRUE;
  if (self->step != STEP_OPEN)
    finish (self, NULL);
  else if (self->link.channel != NULL
               ? mdoc_ble_channel_is_idle (self->link.channel)
               : self->n_writes == 0)
    end_of_queue (self);
}

/* what is cut short closes as well, but for the word that goes with it */
static gboolean
client_misbehave (gpointer impl,
                  MdocTransportFault fault,
                  GBytes *message,
                  gsize n_bytes)
{
  Client *self = impl;

  if (self->step != STEP_OPEN
      || !mdoc_ble_link_push_faulty (&self->link, fault, message, n_bytes))
    return FALSE;
  if (self->link.channel == NULL)
    pump (self);
  if (fault == MDOC_TRANSPORT_FAULT_CUT)
    client_close (self);
  return TRUE;
}

/**
 * mdoc_ble_gatt_client_new:
 * @config: as for mdoc_ble_holder_new()
 * @is_holder: whether the service is the reader's, else it is the mdoc's
 *
 * Returns: (transfer full): a transport that looks for a GATT server
 */
MdocTransport *
mdoc_ble_gatt_client_new (const MdocBleConfig *config, gboolean is_holder)
{
  static const MdocTransportClass klass = {
    .name = "ble",
    .start = client_start,
    .send = client_send,
    .close = client_close,
    .free = client_free,
    .misbehave = client_misbehave,
  };
  Client *self = g_new0 (Client, 1);

  mdoc_ble_link_init (&self->link, config, is_holder, is_holder);
  self->connecting = -1;
  return mdoc_transport_new (&klass, self);
}
