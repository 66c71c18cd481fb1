/*
 * mdoc-presentation-transport.h - by which way a reader is to come
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

/**
 * MdocPresentationWay:
 * @transport: (nullable): "ble", "loopback" or "auto", which %NULL is too
 * @ble_mode: (nullable): "central", "peripheral" or "both", which %NULL is too
 * @adapter: (nullable): "hci0" or an address; %NULL: the first that will do
 * @use_l2cap: offers a channel of L2CAP too
 *
 * What the options of StartPresentation say.
 */
typedef struct
{
  char *transport;
  char *ble_mode;
  char *adapter;
  gboolean use_l2cap;
} MdocPresentationWay;

void mdoc_presentation_way_clear (MdocPresentationWay *self);
MdocTransport *mdoc_presentation_way_open (const MdocPresentationWay *self,
                                           MdocPublicKey *e_device_key,
                                           GBytes **ret_engagement,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocPresentationWay,
                                  mdoc_presentation_way_clear)

G_END_DECLS
