/*
 * mdoc-ble.c - transports over Bluetooth Low Energy, through BlueZ
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble.h"

#include "ble/mdoc-ble-bluez.h"
#include "ble/mdoc-ble-gatt-client.h"
#include "ble/mdoc-ble-gatt-server.h"
#include "ble/mdoc-ble-l2cap.h"

/* how long a program waits to hear whether there is Bluetooth */
#define CHECK_MS 3000

typedef struct
{
  gboolean is_ready;
  GError *error;
} Check;

static void
on_check_ready (gpointer user_data)
{
  ((Check *) user_data)->is_ready = TRUE;
}

static void
on_check_failed (const GError *error, gpointer user_data)
{
  ((Check *) user_data)->error = g_error_copy (error);
}

static gboolean
on_check_late (gpointer user_data)
{
  g_set_error_literal (&((Check *) user_data)->error,
                       MDOC_BLE_ERROR,
                       (gint) MDOC_BLE_ERROR_TIMEOUT,
                       "bluetoothd does not answer; restart it");
  return G_SOURCE_CONTINUE;
}

/* Runs until BlueZ is there with an adapter that will do, which is then passed
 * to @then if there is one. */
static gboolean
await_bluez (const char *adapter,
             const char *role,
             void (*then) (MdocBleBluez *bluez, gpointer user_data),
             gpointer user_data,
             GError **error)
{
  static const MdocBleBluezEvents events = { on_check_ready,
                                             NULL,
                                             NULL,
                                             on_check_failed };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) timer = g_timeout_source_new (CHECK_MS);
  MdocBleBluez *bluez;
  Check check = { FALSE, NULL };

  g_main_context_push_thread_default (context);
  g_source_set_callback (timer, on_check_late, &check, NULL);
  g_source_attach (timer, context);
  bluez = mdoc_ble_bluez_new (adapter,
                              role,
                              &mdoc_ble_times_default,
                              &events,
                              &check);
  while (!check.is_ready && check.error == NULL)
    g_main_context_iteration (context, TRUE);
  if (check.is_ready && then != NULL)
    then (bluez, user_data);
  mdoc_ble_bluez_free_at_once (bluez);
  g_source_destroy (timer);
  /* what was cancelled is let go of */
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);

  if (check.is_ready)
    {
      g_clear_error (&check.error);
      return TRUE;
    }
  g_propagate_error (error, check.error);
  return FALSE;
}

/**
 * mdoc_ble_check:
 * @adapter: (nullable): as in #MdocBleConfig
 * @role: "central" or "peripheral"
 * @error: return location for a #MdocBleError
 *
 * Whether there is an adapter now that can be what a mode needs. Waits for
 * BlueZ, three seconds at most; nothing else of the program runs meanwhile.
 *
 * Returns: %TRUE, or %FALSE with @error saying what is missing
 */
gboolean
mdoc_ble_check (const char *adapter, const char *role, GError **error)
{
  return await_bluez (adapter, role, NULL, NULL, error);
}

typedef struct
{
  int listener;
  guint psm;
  GError *error;
} Listening;

static void
listen_there (MdocBleBluez *bluez, gpointer user_data)
{
  Listening *listening = user_data;
  const char *address = mdoc_ble_bluez_lookup_text (bluez,
                                                    mdoc_ble_bluez_get_adapter (
                                                        bluez),
                                                    BLUEZ_ADAPTER,
                                                    "Address");

  listening->listener = mdoc_ble_l2cap->listen (address,
                                                &listening->psm,
                                                &listening->error);
}

/**
 * mdoc_ble_listen:
 * @adapter: (nullable): as in #MdocBleConfig
 * @ret_psm: (out): where it waits
 * @error: return location for a #MdocBleError
 *
 * For a holder that offers an L2CAP channel in the mode with a peripheral UUID:
 * the engagement that names the PSM is written before the transport is made.
 *
 * Returns: a socket for #MdocBleConfig, or -1 with @error set
 */
int
mdoc_ble_listen (const char *adapter, guint *ret_psm, GError **error)
{
  Listening listening = { -1, 0, NULL };

  if (!await_bluez (adapter, "peripheral", listen_there, &listening, error))
    return -1;
  if (listening.listener < 0)
    {
      g_propagate_error (error, listening.error);
      return -1;
    }
  *ret_psm = listening.psm;
  return listening.listener;
}

/* A holder in both modes: two transports of which one gets to carry. */
typedef struct
{
  MdocTransport *transport; /* not ours */
  MdocTransport *client;
  MdocTransport *server;
  MdocBleGattServer *server_impl;
  MdocTransport *winner; /* one of the two, once one is connected */
  gboolean is_client_closed;
  gboolean is_server_closed;
  gboolean is_closing;
  GError *error; /* why the first one failed */
} Both;

static void
both_free (gpointer impl)
{
  Both *self = impl;

  g_clear_pointer (&self->client, mdoc_transport_unref);
  g_clear_pointer (&self->server, mdoc_transport_unref);
  g_clear_error (&self->error);
  g_free (self);
}

static void
on_both_connected (MdocTransport *transport, gpointer user_data)
{
  Both *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  if (self->winner != NULL)
    {
      mdoc_transport_close (transport);
      return;
    }
  self->winner = transport;
  if (transport == self->client)
    mdoc_ble_gatt_server_stand_down (self->server_impl);
  else
    mdoc_transport_close (self->client);
  mdoc_transport_emit_connected (self->transport);
}

static void
on_both_message (MdocTransport *transport, GBytes *message, gpointer user_data)
{
  Both *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  if (transport == self->winner)
    mdoc_transport_emit_message (self->transport, message);
}

/* One of them failing leaves the other; the end of the one that was connected
 * is the end of both. */
static void
on_both_closed (MdocTransport *transport,
                const GError *error,
                gpointer user_data)
{
  Both *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  if (transport == self->client)
    self->is_client_closed = TRUE;
  else
    self->is_server_closed = TRUE;

  if (self->winner != NULL ? transport == self->winner : self->error == NULL)
    {
      g_clear_error (&self->error);
      self->error = error == NULL ? NULL : g_error_copy (error);
    }
  if (self->is_client_closed && self->is_server_closed)
    mdoc_transport_emit_closed (self->transport,
                                self->is_closing && self->winner == NULL
                                    ? NULL
                                    : self->error);
  else if (transport == self->winner || self->is_closing)
    mdoc_transport_close (transport == self->client ? self->server
                                                    : self->client);
}

static void
both_start (gpointer impl, MdocTransport *transport)
{
  static const MdocTransportEvents events = { on_both_connected,
                                              on_both_message,
                                              on_both_closed };
  Both *self = impl;

  self->transport = transport;
  mdoc_transport_start (self->server, &events, self);
  mdoc_transport_start (self->client, &events, self);
}

static void
both_send (gpointer impl, GBytes *message)
{
  Both *self = impl;

  mdoc_transport_send (self->winner, message);
}

static void
both_close (gpointer impl)
{
  Both *self = impl;

  self->is_closing = TRUE;
  if (self->winner != NULL)
    {
      mdoc_transport_close (self->winner);
      return;
    }
  mdoc_transport_close (self->client);
  mdoc_transport_close (self->server);
}

static gboolean
both_misbehave (gpointer impl,
                MdocTransportFault fault,
                GBytes *message,
                gsize n_bytes)
{
  Both *self = impl;

  return mdoc_transport_misbehave (self->winner, fault, message, n_bytes);
}

/**
 * mdoc_ble_holder_new:
 * @config: with at least one of the UUIDs
 *
 * Makes the transport of a holder. BlueZ is asked for when it starts, and what
 * is wrong is told by its closed event, as a #MdocBleError.
 *
 * Returns: (transfer full): the transport
 */
MdocTransport *
mdoc_ble_holder_new (const MdocBleConfig *config)
{
  static const MdocTransportClass klass = {
    .name = "ble",
    .start = both_start,
    .send = both_send,
    .close = both_close,
    .free = both_free,
    .misbehave = both_misbehave,
  };
  Both *self;

  g_return_val_if_fail (config->central_uuid != NULL
                            || config->peripheral_uuid != NULL,
                        NULL);

  if (config->peripheral_uuid == NULL)
    return mdoc_ble_gatt_client_new (config, TRUE);
  if (config->central_uuid == NULL)
    return mdoc_ble_gatt_server_new (config, TRUE, NULL);

  self = g_new0 (Both, 1);
  self->client = mdoc_ble_gatt_client_new (config, TRUE);
  self->server = mdoc_ble_gatt_server_new (config, TRUE, &self->server_impl);
  return mdoc_transport_new (&klass, self);
}

/**
 * mdoc_ble_reader_new:
 * @config: with at least one of the UUIDs, and the ident if it is
 *   @central_uuid
 *
 * Makes the transport of a reader, as mdoc_ble_holder_new() does for a holder.
 *
 * Returns: (transfer full): the transport
 */
MdocTransport *
mdoc_ble_reader_new (const MdocBleConfig *config)
{
  g_return_val_if_fail (config->central_uuid != NULL
                            || config->peripheral_uuid != NULL,
                        NULL);

  if (config->central_uuid != NULL)
    return mdoc_ble_gatt_server_new (config, FALSE, NULL);
  return mdoc_ble_gatt_client_new (config, FALSE);
}
