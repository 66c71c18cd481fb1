/*
 * test-offer-page.c - the page of an offer, and what strangers put in it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-offer-page.h"

static char *
make_page (const char *status, const char *text, gboolean needs_tx_code)
{
  return mdoc_offer_page_write (&(MdocOfferPage){
      .issuer = text,
      .credential = text,
      .link = "openid-credential-offer://?credential_offer=%7B%7D&x=1",
      .base = "/offer/abc",
      .assets = "/offer",
      .status = status,
      .expires = text,
      .needs_tx_code = needs_tx_code,
  });
}

static void
test_stages (void)
{
  static const struct
  {
    const char *status;
    const char *stage;
    gboolean has_code;
  } rows[] = {
    { "offer_sent", "open", TRUE },
    { "offer_received", "open", TRUE },
    { "token_issued", "going", FALSE },
    { "credential_issued", "going", FALSE },
    { "credential_acked", "going", FALSE },
    { "credential_accepted", "done", FALSE },
    { "credential_deleted", "over", FALSE },
    { "issuance_denied", "over", FALSE },
    { "issuance_failed", "over", FALSE },
    { "offer_expired", "over", FALSE },
    { "offer_withdrawn", "over", FALSE },
    { "something_else", "over", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *page = make_page (rows[i].status, "Utopia", TRUE);
      g_autofree char *stage = g_strdup_printf ("data-stage=\"%s\"",
                                                rows[i].stage);

      g_assert_nonnull (strstr (page, stage));
      g_assert_nonnull (
          strstr (page, mdoc_offer_page_describe (rows[i].status)));
      /* once claimed, neither code nor link are shown to who comes by */
      g_assert_cmpint (strstr (page, "qr.svg") != NULL, ==, rows[i].has_code);
      g_assert_cmpint (strstr (page, "openid-credential-offer:") != NULL,
                       ==,
                       rows[i].has_code);
      g_assert_cmpint (strstr (page, "given separately") != NULL,
                       ==,
                       rows[i].has_code);
    }
}

static void
test_escaped (void)
{
  g_autofree char *page = make_page ("offer_sent",
                                     "<script>alert('\"&\"')</script>",
                                     FALSE);

  g_assert_null (strstr (page, "<script>"));
  g_assert_null (strstr (page, "alert('"));
  g_assert_nonnull (strstr (page, "&lt;script&gt;"));
  g_assert_nonnull (strstr (page, "%7B%7D&amp;x=1\""));
  g_assert_null (strstr (page, "given separately"));
}

/* the policy allows neither style nor script in the page itself */
static void
test_policy (void)
{
  g_autofree char *page = make_page ("offer_sent", "Utopia", FALSE);

  g_assert_null (strstr (MDOC_OFFER_PAGE_POLICY, "unsafe"));
  g_assert_null (strstr (page, "style="));
  g_assert_null (strstr (page, "<style"));
  g_assert_null (strstr (page, "onclick"));
  g_assert_null (strstr (page, "://www"));
  g_assert_null (strstr (mdoc_offer_page_get_style (), "url("));
  g_assert_null (strstr (mdoc_offer_page_get_script (), "innerHTML"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/offer-page/stages", test_stages);
  g_test_add_func ("/offer-page/escaped", test_escaped);
  g_test_add_func ("/offer-page/policy", test_policy);
  return g_test_run ();
}
