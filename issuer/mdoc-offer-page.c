/*
 * mdoc-offer-page.c - the page that shows an offer: QR code, link, state
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-offer-page.h"

#include <string.h>

static const struct
{
  const char *status;
  MdocOfferStage stage;
  const char *words;
} statuses[] = {
  { "offer_sent", MDOC_OFFER_STAGE_OPEN, "Waiting for a wallet" },
  { "offer_received", MDOC_OFFER_STAGE_OPEN, "A wallet has read the offer" },
  { "token_issued", MDOC_OFFER_STAGE_GOING, "A wallet is claiming it" },
  { "credential_issued",
    MDOC_OFFER_STAGE_GOING,
    "Issued; the wallet has yet to store it" },
  { "credential_acked",
    MDOC_OFFER_STAGE_GOING,
    "Stored; the holder has yet to accept it" },
  { "credential_accepted", MDOC_OFFER_STAGE_DONE, "Accepted by the holder" },
  { "credential_deleted",
    MDOC_OFFER_STAGE_OVER,
    "Declined or removed by the holder" },
  { "issuance_denied", MDOC_OFFER_STAGE_OVER, "Denied" },
  { "issuance_failed", MDOC_OFFER_STAGE_OVER, "The wallet could not store it" },
  { "offer_expired", MDOC_OFFER_STAGE_OVER, "The offer has expired" },
  { "offer_withdrawn", MDOC_OFFER_STAGE_OVER, "The offer was withdrawn" },
};

static const char style[]
    = ":root{color-scheme:light dark;font:18px/1.5 system-ui,sans-serif}\n"
      "body{margin:0 auto;max-width:30rem;padding:1.5rem;text-align:center}\n"
      "h1{font-size:1.4rem;margin:.5rem 0}\n"
      ".qr img{width:min(20rem,80vw);height:auto;background:#fff;"
      "padding:.5rem;border-radius:.5rem}\n"
      "a.open{display:inline-block;margin:1rem;padding:.7rem 1.4rem;"
      "border-radius:.5rem;background:#0b57d0;color:#fff;text-decoration:none}"
      "\n"
      "a.open:focus-visible{outline:3px solid #f90;outline-offset:3px}\n"
      "#state{font-weight:600;padding:.7rem;border-radius:.5rem;"
      "background:#8882}\n"
      "body[data-stage=done] #state{background:#1a7f3733}\n"
      "body[data-stage=over] #state{background:#b3261e33}\n"
      "body:not([data-stage=open]) .qr,"
      "body:not([data-stage=open]) .hint{display:none}\n"
      ".small{font-size:.85rem;opacity:.8}\n";

/* Where there is no EventSource, no place for it, or no script at all, the page
 * loads itself anew. */
static const char script[]
    = "'use strict';\n"
      "(() => {\n"
      "  const body = document.body;\n"
      "  const state = document.getElementById('state');\n"
      "  if (!('EventSource' in window)) {\n"
      "    setTimeout(() => location.reload(), 5000);\n"
      "    return;\n"
      "  }\n"
      "  const source = new EventSource(body.dataset.base + '/events');\n"
      "  source.addEventListener('state', (event) => {\n"
      "    const now = JSON.parse(event.data);\n"
      "    state.textContent = now.words;\n"
      "    body.dataset.stage = now.stage;\n"
      "    body.dataset.status = now.status;\n"
      "    if (now.stage === 'over') source.close();\n"
      "  });\n"
      "  source.addEventListener('error', () => {\n"
      "    if (source.readyState !== EventSource.CLOSED) return;\n"
      "    setTimeout(() => location.reload(), 5000);\n"
      "  });\n"
      "})();\n";

static gsize
find (const char *status)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (strcmp (statuses[i].status, status) == 0)
      return i;
  return G_N_ELEMENTS (statuses);
}

/**
 * mdoc_offer_page_get_stage:
 * @status: of an exchange
 *
 * Returns: what it comes down to; of a status that is none,
 *   %MDOC_OFFER_STAGE_OVER
 */
MdocOfferStage
mdoc_offer_page_get_stage (const char *status)
{
  gsize i = find (status);

  return i < G_N_ELEMENTS (statuses) ? statuses[i].stage
                                     : MDOC_OFFER_STAGE_OVER;
}

/**
 * mdoc_offer_page_get_stage_name:
 * @stage: a stage
 *
 * Returns: its name for style and script
 */
const char *
mdoc_offer_page_get_stage_name (MdocOfferStage stage)
{
  switch (stage)
    {
    case MDOC_OFFER_STAGE_OPEN:
      return "open";
    case MDOC_OFFER_STAGE_GOING:
      return "going";
    case MDOC_OFFER_STAGE_DONE:
      return "done";
    case MDOC_OFFER_STAGE_OVER:
    default:
      return "over";
    }
}

/**
 * mdoc_offer_page_describe:
 * @status: of an exchange
 *
 * Returns: the same for people
 */
const char *
mdoc_offer_page_describe (const char *status)
{
  gsize i = find (status);

  return i < G_N_ELEMENTS (statuses) ? statuses[i].words : "Unknown";
}

static void add (GString *html, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* each argument is a text, and is escaped */
static void
add (GString *html, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_markup_vprintf_escaped (format, arguments);
  va_end (arguments);
  g_string_append (html, text);
}

static void
add_code (GString *html, const MdocOfferPage *page)
{
  add (html,
       "<p class=\"qr\"><img src=\"%s/qr.svg\" alt=\"QR code of the offer\" "
       "width=\"320\" height=\"320\"></p>\n"
       "<p class=\"hint\">Scan the code with your wallet, or open it on this "
       "device:</p>\n"
       "<p class=\"hint\"><a class=\"open\" href=\"%s\" rel=\"noreferrer\">"
       "Open in wallet</a></p>\n",
       page->base,
       page->link);
  if (page->needs_tx_code)
    add (html,
         "<p class=\"hint small\">Your wallet will ask for the code that you "
         "were given separately.</p>\n%s",
         "");
  if (page->expires != NULL)
    add (html,
         "<p class=\"hint small\">Can be claimed until %s.</p>\n",
         page->expires);
}

/**
 * mdoc_offer_page_write:
 * @page: what is on it
 *
 * Returns: (transfer full): the page, in HTML
 */
char *
mdoc_offer_page_write (const MdocOfferPage *page)
{
  g_autoptr (GString) html = g_string_new ("<!DOCTYPE html>\n");
  const MdocOfferStage stage = mdoc_offer_page_get_stage (page->status);

  add (html,
       "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
       "<meta name=\"viewport\" content=\"width=device-width\">\n"
       "<meta name=\"referrer\" content=\"no-referrer\">\n"
       "<title>%s – %s</title>\n"
       "<link rel=\"stylesheet\" href=\"%s/style.css\">\n",
       page->credential,
       page->issuer,
       page->assets);
  if (stage == MDOC_OFFER_STAGE_OPEN || stage == MDOC_OFFER_STAGE_GOING)
    add (html,
         "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>\n"
         "<script defer src=\"%s/script.js\"></script>\n",
         page->assets);
  add (html,
       "</head>\n<body data-base=\"%s\" data-stage=\"%s\" "
       "data-status=\"%s\">\n<main>\n<p class=\"small\">%s</p>\n"
       "<h1>%s</h1>\n",
       page->base,
       mdoc_offer_page_get_stage_name (stage),
       page->status,
       page->issuer,
       page->credential);
  if (stage == MDOC_OFFER_STAGE_OPEN)
    add_code (html, page);
  add (html,
       "<p id=\"state\" role=\"status\" aria-live=\"polite\">%s</p>\n"
       "</main>\n</body>\n</html>\n",
       mdoc_offer_page_describe (page->status));
  return g_string_free (g_steal_pointer (&html), FALSE);
}

/**
 * mdoc_offer_page_get_style:
 *
 * Returns: the style sheet of the page
 */
const char *
mdoc_offer_page_get_style (void)
{
  return style;
}

/**
 * mdoc_offer_page_get_script:
 *
 * Returns: the script of the page, which keeps its state up to date
 */
const char *
mdoc_offer_page_get_script (void)
{
  return script;
}
