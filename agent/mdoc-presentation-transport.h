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
 * @end: (nullable): who ends it and how, for tests of readers: "reader", which
 *   %NULL is too, or with the first answer we do: "with-answer", "status",
 *   "transport" or "vanish"
 *
 * What the options of StartPresentation say.
 */
typedef struct
{
  char *transport;
  char *ble_mode;
  char *adapter;
  gboolean use_l2cap;
  char *end;
} MdocPresentationWay;

/* What @end says. */
typedef enum
{
  MDOC_PRESENTATION_BY_READER,
  MDOC_PRESENTATION_BY_ANSWER,    /* status 20 in its SessionData */
  MDOC_PRESENTATION_BY_STATUS,    /* status 20 in one of its own */
  MDOC_PRESENTATION_BY_TRANSPORT, /* the connection ends, in order */
  MDOC_PRESENTATION_BY_VANISHING,
} MdocPresentationEnding;

gboolean mdoc_presentation_way_get_ending (const MdocPresentationWay *self,
                                           MdocPresentationEnding *ret_ending,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_presentation_way_clear (MdocPresentationWay *self);
MdocTransport *mdoc_presentation_way_open (const MdocPresentationWay *self,
                                           MdocPublicKey *e_device_key,
                                           GBytes **ret_engagement,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocPresentationWay,
                                  mdoc_presentation_way_clear)

G_END_DECLS
