/*
 * mdoc-offer-page.h - the page that shows an offer: QR code, link, state
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* nothing but what the platform serves itself, in no frame, no form */
#define MDOC_OFFER_PAGE_POLICY                                                 \
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "  \
  "connect-src 'self'; base-uri 'none'; form-action 'none'; "                  \
  "frame-ancestors 'none'"

/**
 * MdocOfferPage:
 * @issuer: who offers, for people
 * @credential: what is offered, for people
 * @link: the link that a wallet takes
 * @base: path of the page, below which are "/qr.svg", "/state" and "/events"
 * @assets: path below which "style.css" and "script.js" are
 * @status: of the exchange (lifecycle, 2.2), such as "offer_sent"
 * @expires: (nullable): until when it can be claimed, for people
 * @needs_tx_code: whether a transaction code has to be entered, which the page
 *   does not show: it goes another way
 *
 * What is on the page. All is escaped where it is written.
 */
typedef struct
{
  const char *issuer;
  const char *credential;
  const char *link;
  const char *base;
  const char *assets;
  const char *status;
  const char *expires;
  gboolean needs_tx_code;
} MdocOfferPage;

/**
 * MdocOfferStage:
 * @MDOC_OFFER_STAGE_OPEN: the code can be scanned
 * @MDOC_OFFER_STAGE_GOING: a wallet is at it
 * @MDOC_OFFER_STAGE_DONE: a wallet has it
 * @MDOC_OFFER_STAGE_OVER: nothing will come of it
 *
 * What whoever looks at the page has to know.
 */
typedef enum
{
  MDOC_OFFER_STAGE_OPEN,
  MDOC_OFFER_STAGE_GOING,
  MDOC_OFFER_STAGE_DONE,
  MDOC_OFFER_STAGE_OVER,
} MdocOfferStage;

MdocOfferStage mdoc_offer_page_get_stage (const char *status);
/* "open", "going", "done" or "over" */
const char *mdoc_offer_page_get_stage_name (MdocOfferStage stage);
/* the status in words for people */
const char *mdoc_offer_page_describe (const char *status);

char *mdoc_offer_page_write (const MdocOfferPage *page)
    G_GNUC_WARN_UNUSED_RESULT;
/* what the page refers to */
const char *mdoc_offer_page_get_style (void);
const char *mdoc_offer_page_get_script (void);

G_END_DECLS
