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
 * @hides_psm: the engagement does not say where it is
 * @end: (nullable): who ends it and how, for tests of readers: "reader", which
 *   %NULL is too, or with the first answer we do, by the names in
 *   mdoc-presentation-transport.c
 *
 * What the options of StartPresentation say.
 */
typedef struct
{
  char *transport;
  char *ble_mode;
  char *adapter;
  gboolean use_l2cap;
  gboolean hides_psm;
  char *end;
} MdocPresentationWay;

/* What @end says. */
typedef enum
{
  MDOC_PRESENTATION_BY_READER,
  MDOC_PRESENTATION_BY_ANSWER,    /* status 20 in its SessionData */
  MDOC_PRESENTATION_BY_STATUS,    /* status 20 in one of its own */
  MDOC_PRESENTATION_BY_TRANSPORT, /* the connection ends, in order */
  /* from here on a fault: */
  MDOC_PRESENTATION_BY_VANISHING,
  MDOC_PRESENTATION_CUT_FIRST_BYTE, /* gone after it */
  MDOC_PRESENTATION_CUT_MIDDLE,
  MDOC_PRESENTATION_CUT_LAST_BYTE, /* gone before it */
  MDOC_PRESENTATION_LENGTH,        /* as of #MdocTransportFault */
  MDOC_PRESENTATION_PREFIX,
  MDOC_PRESENTATION_OVERSIZE,     /* longer than any answer may be */
  MDOC_PRESENTATION_GARBAGE,      /* no CBOR */
  MDOC_PRESENTATION_TAMPERED,     /* one bit of what is encrypted */
  MDOC_PRESENTATION_ERROR_STATUS, /* status 11, and no answer */
  MDOC_PRESENTATION_LATE_ANSWER,  /* after status 20 */
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
