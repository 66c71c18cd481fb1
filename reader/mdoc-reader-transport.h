/*
 * mdoc-reader-transport.h - the ways to reach a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "engagement/mdoc-device-engagement.h"
#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

/**
 * MdocReaderWay:
 * @transport: (nullable): one of mdoc_reader_transport_get_names(); %NULL: auto
 * @ble_mode: (nullable): "central" or "peripheral", as the holder calls its
 *   part; %NULL: the first that it offers
 * @adapter: (nullable): "hci0" or an address; %NULL: the first that will do
 * @use_l2cap: uses an L2CAP channel where the holder has one
 * @is_psm_read: reads the PSM of that channel from the holder's characteristic
 *   although key 21 of the engagement names it, to test that
 * @has_wrong_ident: shows another Ident than that of the engagement, to test
 *   whether the holder looks at it
 *
 * What the command line says about the way to a holder.
 */
typedef struct
{
  const char *transport;
  const char *ble_mode;
  const char *adapter;
  gboolean use_l2cap;
  gboolean is_psm_read;
  gboolean has_wrong_ident;
} MdocReaderWay;

/* NULL-terminated, the usual one first */
const char *const *mdoc_reader_transport_get_names (void);
gboolean mdoc_reader_transport_is_known (const char *name);
/* what "auto" comes to now */
gboolean mdoc_reader_transport_is_ble (const MdocReaderWay *way);
gboolean mdoc_reader_transport_check (const MdocReaderWay *way,
                                      const char *role,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocTransport *mdoc_reader_transport_open (const MdocReaderWay *way,
                                           MdocDeviceEngagement *engagement,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
