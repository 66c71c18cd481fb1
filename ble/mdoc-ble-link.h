/*
 * mdoc-ble-link.h - what the two ends of a GATT connection have in common
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "base/mdoc-span.h"
#include "ble/mdoc-ble-bluez.h"
#include "ble/mdoc-ble-channel.h"
#include "ble/mdoc-ble-parts.h"
#include "ble/mdoc-ble.h"

G_BEGIN_DECLS

/* ISO/IEC 18013-5, 11.1.3.3: values of the State characteristic */
#define MDOC_BLE_STATE_START 0x01
#define MDOC_BLE_STATE_END   0x02

/* Characteristics of one of the two services; @ident is %NULL for the mdoc's.
 */
typedef struct
{
  const char *state;
  const char *client_to_server;
  const char *server_to_client;
  const char *ident;
  const char *l2cap;
} MdocBleServiceUuids;

extern const MdocBleServiceUuids mdoc_ble_mdoc_service;
extern const MdocBleServiceUuids mdoc_ble_reader_service;

typedef struct _MdocBleLink MdocBleLink;

/**
 * MdocBleLinkEnd:
 * @end_of_queue: the channel has nothing left to send
 * @finish: it is over, with the error (transfer full) (nullable)
 *
 * What a link asks of the end that it is the first member of.
 */
typedef struct
{
  void (*end_of_queue) (MdocBleLink *link);
  void (*finish) (MdocBleLink *link, GError *error);
} MdocBleLinkEnd;

/**
 * MdocBleLink:
 *
 * The first member of both ends: the settings, and what has passed so far.
 * Owned by the transport, on its thread.
 */
struct _MdocBleLink
{
  const MdocBleLinkEnd *end;
  MdocTransport *transport; /* not ours */
  char *adapter;
  gboolean is_holder;
  const MdocBleServiceUuids *uuids;
  char *service_uuid;
  guint8 ident[MDOC_BLE_IDENT_BYTES];
  gboolean is_ident_checked;
  gboolean use_l2cap;
  guint psm; /* 0: not known beforehand */
  gsize max_message_bytes;
  guint max_part_bytes;
  MdocBleTimes times;

  GMainContext *context;
  MdocBleBluez *bluez;
  MdocBleJoiner *joiner;
  MdocBleCutter *cutter;
  MdocBleChannel *channel; /* if L2CAP carries the messages */
  GSource *timer;
  gboolean is_connected; /* and the transport knows */
  gboolean is_closing;   /* the transport asked for the end */
  gboolean has_peer_ended;
  gboolean has_sent;
  gboolean is_last_ours; /* the last message was */
  guint n_pending;       /* calls with parts that BlueZ has not answered */
  gsize n_unanswered;    /* bytes sent since the peer's last message */
};

void mdoc_ble_link_init (MdocBleLink *self,
                         const MdocBleLinkEnd *end,
                         const MdocBleConfig *config,
                         gboolean is_holder,
                         gboolean is_central_mode);
void mdoc_ble_link_start (MdocBleLink *self, MdocTransport *transport);
void mdoc_ble_link_clear (MdocBleLink *self);

void mdoc_ble_link_set_timer (MdocBleLink *self,
                              guint after_ms,
                              GSourceFunc callback,
                              gpointer user_data);
void mdoc_ble_link_clear_timer (MdocBleLink *self);

void mdoc_ble_link_begin (MdocBleLink *self);
void mdoc_ble_link_push (MdocBleLink *self, GBytes *message);
gboolean mdoc_ble_link_push_faulty (MdocBleLink *self,
                                    MdocTransportFault fault,
                                    GBytes *message,
                                    gsize n_bytes) G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_ble_link_take_part (MdocBleLink *self, MdocSpan part, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ble_link_take_message (MdocBleLink *self, GBytes *message);
gboolean mdoc_ble_link_needs_end (MdocBleLink *self);
void mdoc_ble_link_open_channel (MdocBleLink *self, int fd);
void mdoc_ble_link_peer_gone (MdocBleLink *self);
guint mdoc_ble_link_get_drain_ms (MdocBleLink *self);
gsize mdoc_ble_link_get_part_bytes (MdocBleLink *self, gsize allowed_bytes);

GVariant *mdoc_ble_bytes_to_variant (GBytes *bytes);

G_END_DECLS
