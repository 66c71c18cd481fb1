/*
 * fuzz-offer.c - credential offers and their links, made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-offer.h"
#include "openid/mdoc-uri.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is read can be written, by value in a link, and is read as the same. */
static void
check_offer (MdocOffer *offer)
{
  const MdocOfferGrants *grants = mdoc_offer_get_grants (offer);
  g_autofree char *link = mdoc_offer_to_link (offer, MDOC_OFFER_SCHEME);
  g_autofree char *first = mdoc_offer_to_json (offer);
  g_autoptr (MdocOffer) again = NULL;
  g_autofree char *second = NULL;
  g_autofree char *none = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_uri_is_issuer (mdoc_offer_get_issuer (offer)));
  g_assert_nonnull (mdoc_offer_get_configuration_ids (offer)[0]);
  g_assert_true (grants->has_authorization_code
                 || grants->issuer_state == NULL);
  g_assert_true (grants->pre_authorized_code != NULL || !grants->has_tx_code);

  if (!mdoc_offer_parse_link (link, &again, &none, &error))
    {
      /* with its escapes it has become too long */
      g_assert_error (error, MDOC_OFFER_ERROR, MDOC_OFFER_ERROR_LIMIT);
      return;
    }
  second = mdoc_offer_to_json (again);
  g_assert_cmpstr (first, ==, second);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MdocOffer) offer = NULL;
  g_autoptr (MdocOffer) linked = NULL;
  g_autofree char *reference = NULL;
  g_autoptr (GError) error = NULL;

  offer = mdoc_offer_parse (MDOC_SPAN (data, size), &error);
  g_assert_true ((offer == NULL) == (error != NULL));
  if (offer != NULL)
    check_offer (offer);
  g_clear_error (&error);

  if (!mdoc_offer_parse_link (text, &linked, &reference, &error))
    {
      g_assert_nonnull (error);
      g_assert_null (linked);
      g_assert_null (reference);
      return 0;
    }
  g_assert_no_error (error);
  g_assert_true ((linked == NULL) == (reference != NULL));
  if (reference != NULL)
    g_assert_true (mdoc_uri_is_https (reference));
  else
    check_offer (linked);
  return 0;
}
