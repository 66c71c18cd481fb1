/*
 * mdoc-ble-link.c - what the two ends of a GATT connection have in common
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-link.h"

#include "ble/mdoc-ble-frames.h"

#include <string.h>

#include "ble/mdoc-ble-l2cap.h"

/* a joiner counts in guint; nobody presents as much */
#define MAX_MESSAGE_BYTES (256 * 1024 * 1024)

/* The slowest link that is waited for after the last message: one packet of
 * 20 bytes each 30 ms would be 0.6, which is given up on. */
#define DRAIN_BYTES_PER_MS 2.5
#define MAX_DRAIN_MS       30000

const MdocBleTimes mdoc_ble_times_default = {
  .wait_ms = 120000,
  .connect_ms = 10000,
  .resolve_ms = 15000,
  .start_ms = 2000,
  .call_ms = 10000,
  .retry_ms = 400,
  .rescan_ms = 2000,
  .end_ms = 2000,
};

#define BASE_UUID "-a123-48ce-896b-4c76973373e6"

/* ISO/IEC 18013-5, 11.1.3.2, tables of both services */
const MdocBleServiceUuids mdoc_ble_mdoc_service = {
  .state = "00000001" BASE_UUID,
  .client_to_server = "00000002" BASE_UUID,
  .server_to_client = "00000003" BASE_UUID,
  .ident = NULL,
  .l2cap = "0000000a" BASE_UUID,
};
const MdocBleServiceUuids mdoc_ble_reader_service = {
  .state = "00000005" BASE_UUID,
  .client_to_server = "00000006" BASE_UUID,
  .server_to_client = "00000007" BASE_UUID,
  .ident = "00000008" BASE_UUID,
  .l2cap = "0000000b" BASE_UUID,
};

G_DEFINE_QUARK (mdoc_ble_error_quark, mdoc_ble_error)

static char *
uuid_to_text (const guint8 uuid[MDOC_BLE_UUID_BYTES])
{
  GString *text = g_string_sized_new (36);

  for (guint i = 0; i < MDOC_BLE_UUID_BYTES; i++)
    g_string_append_printf (text,
                            i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x"
                                                                  : "%02x",
                            uuid[i]);
  return g_string_free (text, FALSE);
}

/**
 * mdoc_ble_link_init:
 * @self: memory of zeroes
 * @end: what it asks of the end that it is part of; lives on
 * @config: as for mdoc_ble_holder_new()
 * @is_holder: which side we are
 * @is_central_mode: whether the mode is "mdoc central client"
 */
void
mdoc_ble_link_init (MdocBleLink *self,
                    const MdocBleLinkEnd *end,
                    const MdocBleConfig *config,
                    gboolean is_holder,
                    gboolean is_central_mode)
{
  self->end = end;
  self->adapter = g_strdup (config->adapter);
  self->is_holder = is_holder;
  self->uuids = is_central_mode ? &mdoc_ble_reader_service
                                : &mdoc_ble_mdoc_service;
  self->service_uuid = uuid_to_text (is_central_mode ? config->central_uuid
                                                     : config->peripheral_uuid);
  if (config->ident != NULL)
    memcpy (self->ident, config->ident, sizeof self->ident);
  self->is_ident_checked = config->ident != NULL && !config->is_ident_ignored;
  self->use_l2cap = config->use_l2cap;
  /* an engagement may name any number */
  if (config->psm >= MDOC_BLE_PSM_MIN && config->psm <= MDOC_BLE_PSM_MAX)
    self->psm = config->psm;
  self->max_message_bytes = MIN (config->max_message_bytes, MAX_MESSAGE_BYTES);
  self->max_part_bytes = config->max_part_bytes;
  self->times = config->times == NULL ? mdoc_ble_times_default : *config->times;
  self->joiner = mdoc_ble_joiner_new (self->max_message_bytes);
  self->cutter = mdoc_ble_cutter_new ();
}

/**
 * mdoc_ble_link_start:
 * @self: a link
 * @transport: what it fills
 *
 * From now on it lives on the thread-default main context.
 */
void
mdoc_ble_link_start (MdocBleLink *self, MdocTransport *transport)
{
  self->transport = transport;
  self->context = g_main_context_ref_thread_default ();
}

/**
 * mdoc_ble_link_clear:
 * @self: a link; nothing of it is called back any more
 */
void
mdoc_ble_link_clear (MdocBleLink *self)
{
  mdoc_ble_link_clear_timer (self);
  g_clear_pointer (&self->channel, mdoc_ble_channel_free);
  g_clear_pointer (&self->bluez, mdoc_ble_bluez_free);
  g_clear_pointer (&self->joiner, mdoc_ble_joiner_free);
  g_clear_pointer (&self->cutter, mdoc_ble_cutter_free);
  g_clear_pointer (&self->adapter, g_free);
  g_clear_pointer (&self->service_uuid, g_free);
  g_clear_pointer (&self->context, g_main_context_unref);
}

/**
 * mdoc_ble_link_set_timer:
 * @self: a link
 * @after_ms: when
 * @callback: what; has to call mdoc_ble_link_clear_timer() first
 * @user_data: goes with it
 *
 * Sets the one timer of the link, instead of what it was set to.
 */
void
mdoc_ble_link_set_timer (MdocBleLink *self,
                         guint after_ms,
                         GSourceFunc callback,
                         gpointer user_data)
{
  mdoc_ble_link_clear_timer (self);
  self->timer = g_timeout_source_new (after_ms);
  g_source_set_callback (self->timer, callback, user_data, NULL);
  g_source_attach (self->timer, self->context);
}

void
mdoc_ble_link_clear_timer (MdocBleLink *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/**
 * mdoc_ble_link_begin:
 * @self: a link over which messages may go from now on
 */
void
mdoc_ble_link_begin (MdocBleLink *self)
{
  mdoc_ble_link_clear_timer (self);
  self->is_connected = TRUE;
  mdoc_transport_emit_connected (self->transport);
}

static void
note_sent (MdocBleLink *self, gsize n_bytes)
{
  self->has_sent = TRUE;
  self->is_last_ours = TRUE;
  self->n_unanswered += n_bytes;
}

/**
 * mdoc_ble_link_push:
 * @self: a link
 * @message: what is to be sent, in parts or by the channel
 */
void
mdoc_ble_link_push (MdocBleLink *self, GBytes *message)
{
  note_sent (self, g_bytes_get_size (message));
  if (self->channel != NULL)
    mdoc_ble_channel_send (self->channel, message);
  else
    mdoc_ble_cutter_push (self->cutter, message);
}

/**
 * mdoc_ble_link_push_faulty:
 * @self: a link
 * @fault: what to do wrong with @message, as mdoc_transport_misbehave() has it
 * @message: a message
 * @n_bytes: %MDOC_TRANSPORT_FAULT_CUT: how much of it leaves
 *
 * Lengths are what a channel has, prefixes what parts have. Behind a message
 * that is cut no end is said either: mdoc_ble_link_needs_end().
 *
 * Returns: whether there is such a fault
 */
gboolean
mdoc_ble_link_push_faulty (MdocBleLink *self,
                           MdocTransportFault fault,
                           GBytes *message,
                           gsize n_bytes)
{
  gboolean is_channel = self->channel != NULL;

  if (n_bytes == 0 && fault == MDOC_TRANSPORT_FAULT_CUT)
    return FALSE;
  if (fault != MDOC_TRANSPORT_FAULT_CUT
      && is_channel != (fault == MDOC_TRANSPORT_FAULT_LENGTH))
    return FALSE;

  if (is_channel)
    mdoc_ble_channel_send_faulty (self->channel, fault, message, n_bytes);
  else if (fault == MDOC_TRANSPORT_FAULT_CUT)
    mdoc_ble_cutter_push_cut (self->cutter, message, n_bytes);
  else
    {
      mdoc_ble_cutter_spoil_prefix (self->cutter);
      mdoc_ble_cutter_push (self->cutter, message);
    }
  note_sent (self, g_bytes_get_size (message));
  return TRUE;
}

/**
 * mdoc_ble_link_take_message:
 * @self: a link
 * @message: what came
 */
void
mdoc_ble_link_take_message (MdocBleLink *self, GBytes *message)
{
  self->is_last_ours = FALSE;
  self->n_unanswered = 0;
  mdoc_transport_emit_message (self->transport, message);
}

/**
 * mdoc_ble_link_take_part:
 * @self: a link
 * @part: what came
 *
 * Errors: those of mdoc_ble_joiner_add()
 *
 * Returns: whether the part was one
 */
gboolean
mdoc_ble_link_take_part (MdocBleLink *self, MdocSpan part, GError **error)
{
  g_autoptr (GBytes) message = NULL;

  if (mdoc_ble_joiner_is_empty (self->joiner))
    mdoc_transport_note_begun (self->transport, g_get_monotonic_time ());
  if (!mdoc_ble_joiner_add (self->joiner, part, &message, error))
    return FALSE;
  if (message != NULL)
    mdoc_ble_link_take_message (self, message);
  return TRUE;
}

/**
 * mdoc_ble_link_needs_end:
 * @self: a link that is closing
 *
 * Whether the peer has to be told the end by State: not if it said so itself,
 * and not behind a last message of ours, which says it too (status 20). A
 * holder says it only to a reader that has not had an answer: while one may be
 * on its way, that would be against the standard.
 *
 * Returns: whether State 0x02 is to be sent
 */
gboolean
mdoc_ble_link_needs_end (MdocBleLink *self)
{
  if (!self->is_connected || self->has_peer_ended || self->channel != NULL)
    return FALSE;
  return self->is_holder ? !self->has_sent : !self->is_last_ours;
}

/* Many peers go without a word when they have what they wanted, or have given
 * it. Returns: whether it may have been the end: everything sent, nothing
 * begun, and the answer the last that was said */
static gboolean
is_orderly (MdocBleLink *self)
{
  if (self->has_peer_ended)
    return TRUE;
  if (!mdoc_ble_joiner_is_empty (self->joiner)
      || !mdoc_ble_cutter_is_empty (self->cutter) || self->n_pending > 0
      || (self->channel != NULL && !mdoc_ble_channel_is_empty (self->channel)))
    return FALSE;
  if (self->is_closing)
    return TRUE;
  return self->is_connected && self->has_sent
         && self->is_last_ours == self->is_holder;
}

static gboolean
on_gone (gpointer user_data)
{
  MdocBleLink *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  mdoc_ble_link_clear_timer (self);
  self->end->finish (self,
                     is_orderly (self)
                         ? NULL
                         : g_error_new_literal (MDOC_BLE_ERROR,
                                                (gint) MDOC_BLE_ERROR_VANISHED,
                                                "the connection was lost; "
                                                "start again"));
  return G_SOURCE_REMOVE;
}

/**
 * mdoc_ble_link_peer_gone:
 * @self: a link over which messages may go, whose peer has gone
 *
 * Finishes: at once, but for a channel, of which what came before is still in
 * the socket, and then its end.
 */
void
mdoc_ble_link_peer_gone (MdocBleLink *self)
{
  if (self->channel == NULL)
    on_gone (self);
  else
    mdoc_ble_link_set_timer (self, self->times.end_ms, on_gone, self);
}

static void
on_channel_message (GBytes *message, gpointer user_data)
{
  MdocBleLink *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  mdoc_ble_link_take_message (self, message);
}

static void
on_channel_drained (gpointer user_data)
{
  MdocBleLink *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  self->end->end_of_queue (self);
}

static void
on_channel_closed (const GError *error, gpointer user_data)
{
  MdocBleLink *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  if (error != NULL)
    self->end->finish (self, g_error_copy (error));
  else
    on_gone (self);
}

/**
 * mdoc_ble_link_open_channel:
 * @self: a link
 * @fd: (transfer full): a connected socket of L2CAP
 *
 * From now on it carries the messages.
 */
void
mdoc_ble_link_open_channel (MdocBleLink *self, int fd)
{
  static const MdocBleChannelEvents events = { on_channel_message,
                                               on_channel_drained,
                                               on_channel_closed };

  self->channel = mdoc_ble_channel_new (fd,
                                        mdoc_ble_l2cap->get_write_bytes (fd),
                                        self->max_message_bytes,
                                        &events,
                                        self);
}

/**
 * mdoc_ble_link_get_drain_ms:
 * @self: a link that has nothing left to hand to BlueZ
 *
 * BlueZ does not say when something has been sent, and forgets what has not
 * when the connection ends.
 *
 * Returns: how long the last message may be on its way, with the time that the
 *   peer has to react
 */
guint
mdoc_ble_link_get_drain_ms (MdocBleLink *self)
{
  double drain_ms = (double) self->n_unanswered / DRAIN_BYTES_PER_MS;

  return MIN ((guint) MIN (drain_ms, MAX_DRAIN_MS) + self->times.end_ms,
              MAX_DRAIN_MS);
}

/**
 * mdoc_ble_link_get_part_bytes:
 * @self: a link
 * @allowed_bytes: what the connection allows
 *
 * Returns: how long parts are to be
 */
gsize
mdoc_ble_link_get_part_bytes (MdocBleLink *self, gsize allowed_bytes)
{
  if (self->max_part_bytes == 0)
    return allowed_bytes;
  return CLAMP (self->max_part_bytes, 2, allowed_bytes);
}

GVariant *
mdoc_ble_bytes_to_variant (GBytes *bytes)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}
