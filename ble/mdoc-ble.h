/*
 * mdoc-ble.h - transports over Bluetooth Low Energy, through BlueZ
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

/**
 * MdocBleError:
 * @MDOC_BLE_ERROR_NO_BLUEZ: no system bus, or no bluetoothd on it, or it ended
 * @MDOC_BLE_ERROR_NO_ADAPTER: no such adapter, or it was taken out
 * @MDOC_BLE_ERROR_POWERED_OFF: the adapter is switched off
 * @MDOC_BLE_ERROR_BLOCKED: the adapter is blocked by rfkill
 * @MDOC_BLE_ERROR_PERMISSION: the bus does not let this user at BlueZ
 * @MDOC_BLE_ERROR_ROLE: the adapter cannot be what the mode needs
 * @MDOC_BLE_ERROR_REFUSED: BlueZ or the kernel refused a step
 * @MDOC_BLE_ERROR_CONNECT: the peer was found, a connection was not to be had
 * @MDOC_BLE_ERROR_VANISHED: the peer was gone in the middle of it
 * @MDOC_BLE_ERROR_PROTOCOL: the peer broke the protocol
 * @MDOC_BLE_ERROR_LIMIT: the peer sent more than is allowed
 * @MDOC_BLE_ERROR_TIMEOUT: nobody came, or the peer stopped answering
 *
 * Why there is no connection, or no longer. The first six are for whoever set
 * up this machine, and their messages say what to do; CONNECT, VANISHED and
 * TIMEOUT are nobody's fault; PROTOCOL and LIMIT are the peer's. No message
 * holds an address.
 */
typedef enum
{
  MDOC_BLE_ERROR_NO_BLUEZ,
  MDOC_BLE_ERROR_NO_ADAPTER,
  MDOC_BLE_ERROR_POWERED_OFF,
  MDOC_BLE_ERROR_BLOCKED,
  MDOC_BLE_ERROR_PERMISSION,
  MDOC_BLE_ERROR_ROLE,
  MDOC_BLE_ERROR_REFUSED,
  MDOC_BLE_ERROR_CONNECT,
  MDOC_BLE_ERROR_VANISHED,
  MDOC_BLE_ERROR_PROTOCOL,
  MDOC_BLE_ERROR_LIMIT,
  MDOC_BLE_ERROR_TIMEOUT,
} MdocBleError;

#define MDOC_BLE_ERROR (mdoc_ble_error_quark ())
GQuark mdoc_ble_error_quark (void);

#define MDOC_BLE_UUID_BYTES  16
#define MDOC_BLE_IDENT_BYTES 16

/**
 * MdocBleTimes:
 * @wait_ms: until somebody is connected
 * @connect_ms: for one attempt to connect
 * @resolve_ms: until the services of the peer are known
 * @start_ms: between State 0x01 and the subscription that has to be there
 * @call_ms: for one answer of BlueZ
 * @retry_ms: between two attempts to connect
 * @rescan_ms: for one scan, before the next; what BlueZ itself does after 10 s
 * @end_ms: for the peer to go after the last message, beyond the time that
 *   the message itself may take
 *
 * How long things may take.
 */
typedef struct
{
  guint wait_ms;
  guint connect_ms;
  guint resolve_ms;
  guint start_ms;
  guint call_ms;
  guint retry_ms;
  guint rescan_ms;
  guint end_ms;
} MdocBleTimes;

/**
 * MdocBleConfig:
 * @adapter: (nullable): "hci0" or an address; %NULL: the first that will do
 * @central_uuid: (nullable): 16 bytes, key 11 of the engagement: the holder
 *   looks for a reader that advertises it. %NULL: not in this mode
 * @peripheral_uuid: (nullable): 16 bytes, key 10: the holder advertises it
 * @ident: (nullable): 16 bytes, see mdoc_engagement_derive_ble_ident(); needed
 *   with @central_uuid
 * @is_ident_ignored: a holder connects although the reader shows another ident
 * @use_l2cap: an L2CAP channel is offered, and used where the peer offers one
 * @psm: key 21 of the engagement, where the holder in the mode with
 *   @peripheral_uuid waits for an L2CAP channel; 0: there is none. A reader
 * that knows it need not read it; where nobody answers there, it reads it all
 * the same
 * @listener: of a holder with a @psm: what mdoc_ble_listen() gave with it;
 * taken
 * @max_message_bytes: longest message accepted
 * @max_part_bytes: longest part that is sent; 0: the longest allowed
 * @times: (nullable): %NULL: those of mdoc_ble_times_default
 *
 * What a transport is made of; all but @listener is copied. A holder with both
 * UUIDs is open to both, and the first reader that starts in either has it. A
 * reader with both takes the first mode, as the standard asks.
 */
typedef struct
{
  const char *adapter;
  const guint8 *central_uuid;
  const guint8 *peripheral_uuid;
  const guint8 *ident;
  gboolean is_ident_ignored;
  gboolean use_l2cap;
  guint psm;
  int listener;
  gsize max_message_bytes;
  guint max_part_bytes;
  const MdocBleTimes *times;
} MdocBleConfig;

extern const MdocBleTimes mdoc_ble_times_default;

/* @role: "central" or "peripheral". Waits for BlueZ, three seconds at most. */
gboolean mdoc_ble_check (const char *adapter, const char *role, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Waits as long. Returns: a socket that waits for a reader's L2CAP channel,
 * whose PSM can go into the engagement; -1 with @error set */
int mdoc_ble_listen (const char *adapter, guint *ret_psm, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

MdocTransport *mdoc_ble_holder_new (const MdocBleConfig *config)
    G_GNUC_WARN_UNUSED_RESULT;
MdocTransport *mdoc_ble_reader_new (const MdocBleConfig *config)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
