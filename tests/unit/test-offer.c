/*
 * test-offer.c - credential offers and the links that carry them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-offer.h"
#include "openid/mdoc-uri.h"
#include "tests/lib/mdoc-test-vectors.h"

#define ACCEPTED (-1)
#define ISSUER   "\"credential_issuer\":\"https://i.example\""
#define IDS      "\"credential_configuration_ids\":[\"mdl\"]"
#define CODE     "\"authorization_code\":"
#define PRE      "\"urn:ietf:params:oauth:grant-type:pre-authorized_code\":"

static MdocOffer *
parse (const char *text, GError **error)
{
  g_autofree guint8 *copy = g_memdup2 (text, strlen (text));

  return mdoc_offer_parse (MDOC_SPAN (copy, strlen (text)), error);
}

/* The examples of OpenID4VCI 1.0 are read, and written as they were. */
static void
test_published (void)
{
  static const char *const names[] = {
    "credential_offer_multiple_credentials.json",
    "credential_offer_pre-authz_code.json",
    "credential_offer_by_reference.json"
  };
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *examples = json_object_get_object_member (file, "json_examples");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      JsonObject *example = json_object_get_object_member (examples, names[i]);
      g_autofree char *text = mdoc_json_write (example);
      g_autofree char *written = NULL;
      g_autoptr (MdocOffer) offer = NULL;
      g_autoptr (MdocOffer) again = NULL;
      g_autofree char *rewritten = NULL;
      g_autoptr (GError) error = NULL;

      offer = parse (text, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (mdoc_offer_get_issuer (offer),
                       ==,
                       json_object_get_string_member (example,
                                                      "credential_issuer"));
      g_assert_nonnull (mdoc_offer_get_grants (offer)->pre_authorized_code);
      g_assert_true (mdoc_offer_get_grants (offer)->has_tx_code);
      written = mdoc_offer_to_json (offer);
      again = parse (written, &error);
      g_assert_no_error (error);
      rewritten = mdoc_offer_to_json (again);
      g_assert_cmpstr (rewritten, ==, written);
    }
}

static void
test_published_links (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonArray *links = json_object_get_array_member (file, "offer_links");
  g_autoptr (GError) error = NULL;
  MdocOffer *offer = NULL;
  char *reference = NULL;
  gboolean is_good;

  is_good = mdoc_offer_parse_link (json_array_get_string_element (links, 0),
                                   &offer,
                                   &reference,
                                   &error);
  g_assert_no_error (error);
  g_assert_true (is_good);
  g_assert_null (reference);
  g_assert_cmpstr (mdoc_offer_get_issuer (offer),
                   ==,
                   "https://credential-issuer.example.com");
  g_assert_true (g_str_has_prefix (mdoc_offer_get_configuration_ids (offer)[0],
                                   "org.iso.18013"));
  mdoc_offer_unref (offer);

  is_good = mdoc_offer_parse_link (json_array_get_string_element (links, 1),
                                   &offer,
                                   &reference,
                                   &error);
  g_assert_no_error (error);
  g_assert_true (is_good);
  g_assert_null (offer);
  g_assert_cmpstr (reference,
                   ==,
                   "https://server.example.com/credential-offer/"
                   "GkurKxf5T0Y-mnPFCHqWOMiZi4VS138cQO_V7PZHAdM");
  g_free (reference);
}

static const struct
{
  const char *text;
  int code;
} offers[] = {
  { "{" ISSUER "," IDS "}", ACCEPTED },
  { "{" ISSUER "," IDS ",\"grants\":{}}", ACCEPTED },
  { "{" ISSUER "," IDS ",\"grants\":null}", ACCEPTED },
  { "{" ISSUER "," IDS ",\"x\":[1],\"grants\":{\"y\":1}}", ACCEPTED },
  { "{" ISSUER "," IDS ",\"grants\":{" CODE "{}}}", ACCEPTED },
  { "{" ISSUER "," IDS ",\"grants\":{" CODE "{\"issuer_state\":\"s\","
    "\"authorization_server\":\"https://as.example/x\"}}}",
    ACCEPTED },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\"}}}",
    ACCEPTED },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"tx_code\":{},\"authorization_server\":\"https://as.example\"}}}",
    ACCEPTED },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"tx_code\":{\"length\":64}}}}",
    ACCEPTED },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"tx_code\":{\"length\":65}}}}",
    MDOC_JSON_ERROR_LIMIT },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"tx_code\":{\"length\":0}}}}",
    MDOC_JSON_ERROR_LIMIT },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"tx_code\":{\"length\":\"4\"}}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"tx_code\":{\"input_mode\":\"voice\"}}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"tx_code\":true}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{}}}", MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"\"}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "\"c\"}}", MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" CODE "{\"issuer_state\":1}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" CODE
    "{\"authorization_server\":\"http://as.example\"}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":[]}", MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" CODE "1}}", MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" CODE "{\"authorization_server\":1}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"authorization_server\":\"x\"}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"tx_code\":{\"input_mode\":1}}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" PRE "{\"pre-authorized_code\":\"c\","
    "\"tx_code\":{\"description\":1}}}}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER "," IDS ",\"grants\":{" CODE "{}," CODE "{}}}",
    MDOC_JSON_ERROR_DUPLICATE },
  { "{" ISSUER "}", MDOC_JSON_ERROR_SCHEMA },
  { "{" IDS "}", MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER ",\"credential_configuration_ids\":[]}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER ",\"credential_configuration_ids\":\"mdl\"}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER ",\"credential_configuration_ids\":[1]}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" ISSUER ",\"credential_configuration_ids\":[\"a\",\"b\",\"a\"]}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"credential_issuer\":\"http://i.example\"," IDS "}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"credential_issuer\":\"https://i.example?a\"," IDS "}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"credential_issuer\":\"https://i.example#a\"," IDS "}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"credential_issuer\":\"https://u@i.example\"," IDS "}",
    MDOC_JSON_ERROR_SCHEMA },
  { "[]", MDOC_JSON_ERROR_SCHEMA },
  { "", MDOC_JSON_ERROR_TRUNCATED },
};

static void
test_offers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocOffer) offer = parse (offers[i].text, &error);

      g_test_message ("%s", offers[i].text);
      g_assert_true ((offer == NULL) == (error != NULL));
      if (offers[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_JSON_ERROR, offers[i].code);
    }
}

static void
assert_limit (const char *before, gsize len, const char *after)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autofree char *fill = g_strnfill (len + over, 'x');
      g_autofree char *text = g_strconcat (before, fill, after, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocOffer) offer = parse (text, &error);

      g_assert_true ((offer == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
    }
}

static void
test_limits (void)
{
  static const char frame[] = "{" ISSUER "," IDS ",\"x\":\"\"}";

  assert_limit ("{" ISSUER ",\"credential_configuration_ids\":[\"",
                MDOC_OFFER_MAX_ID_LEN,
                "\"]}");
  assert_limit ("{" ISSUER "," IDS ",\"grants\":{" CODE "{\"issuer_state\":\"",
                MDOC_OFFER_MAX_CODE_LEN,
                "\"}}}");
  assert_limit ("{" ISSUER "," IDS ",\"grants\":{" PRE
                "{\"pre-authorized_code\":\"",
                MDOC_OFFER_MAX_CODE_LEN,
                "\"}}}");
  assert_limit ("{" ISSUER "," IDS ",\"grants\":{" PRE
                "{\"pre-authorized_code\":\"c\",\"tx_code\":"
                "{\"description\":\"\xc3\xa9",
                MDOC_OFFER_MAX_DESCRIPTION_LEN - 1,
                "\"}}}}");
  assert_limit ("{" ISSUER "," IDS ",\"x\":\"",
                MDOC_OFFER_MAX_BYTES - strlen (frame),
                "\"}");

  for (guint n = MDOC_OFFER_MAX_IDS; n <= MDOC_OFFER_MAX_IDS + 1; n++)
    {
      g_autoptr (GString) text = g_string_new (
          "{" ISSUER ",\"credential_configuration_ids\":[\"0\"");
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocOffer) offer = NULL;

      for (guint i = 1; i < n; i++)
        g_string_append_printf (text, ",\"%u\"", i);
      g_string_append (text, "]}");
      offer = parse (text->str, &error);
      g_assert_true ((offer == NULL) == (n > MDOC_OFFER_MAX_IDS));
      if (n > MDOC_OFFER_MAX_IDS)
        g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
    }
}

static const struct
{
  const char *link;
  GQuark (*domain) (void); /* NULL: accepted */
  int code;
  const char *reference; /* NULL: by value */
} links[] = {
  { "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.b%2Fc",
    NULL,
    0,
    "https://a.b/c" },
  { "OpenID-Credential-Offer://?credential_offer_uri=https://a.b/c",
    NULL,
    0,
    "https://a.b/c" },
  { "haip://?credential_offer_uri=https://a.b/c&x=1",
    NULL,
    0,
    "https://a.b/c" },
  { "haip-vci:?credential_offer_uri=https://a.b/c", NULL, 0, "https://a.b/c" },
  { "eudi-openid4ci://host/path?credential_offer_uri=https://a.b/c?d=e",
    NULL,
    0,
    "https://a.b/c?d=e" },
  { "https://wallet.example/add?credential_offer_uri=https%3a%2f%2fa.b%2fc#x",
    NULL,
    0,
    "https://a.b/c" },
  { "haip://?credential_offer=%7B%22credential_issuer%22:%22https://i.example"
    "%22,%22credential_configuration_ids%22:%5B%22a+b%22%5D%7D",
    NULL,
    0,
    NULL },
  { "", mdoc_offer_error_quark, MDOC_OFFER_ERROR_LINK, NULL },
  { "haip", mdoc_offer_error_quark, MDOC_OFFER_ERROR_LINK, NULL },
  { "haip://", mdoc_offer_error_quark, MDOC_OFFER_ERROR_LINK, NULL },
  { "haip?credential_offer_uri=https://a.b",
    mdoc_offer_error_quark,
    MDOC_OFFER_ERROR_LINK,
    NULL },
  { "?haip:credential_offer_uri=https://a.b",
    mdoc_offer_error_quark,
    MDOC_OFFER_ERROR_LINK,
    NULL },
  { "hai://?credential_offer_uri=https://a.b",
    mdoc_offer_error_quark,
    MDOC_OFFER_ERROR_LINK,
    NULL },
  { "haip2://?credential_offer_uri=https://a.b",
    mdoc_offer_error_quark,
    MDOC_OFFER_ERROR_LINK,
    NULL },
  { "mdoc://?credential_offer_uri=https://a.b",
    mdoc_offer_error_quark,
    MDOC_OFFER_ERROR_LINK,
    NULL },
  { "haip://?", mdoc_offer_error_quark, MDOC_OFFER_ERROR_CONTENT, NULL },
  { "haip://?x=1", mdoc_offer_error_quark, MDOC_OFFER_ERROR_CONTENT, NULL },
  { "haip://?credential_offer={}&credential_offer_uri=https://a.b",
    mdoc_offer_error_quark,
    MDOC_OFFER_ERROR_CONTENT,
    NULL },
  { "haip://?credential_offer_uri=http://a.b",
    mdoc_offer_error_quark,
    MDOC_OFFER_ERROR_CONTENT,
    NULL },
  { "haip://?credential_offer_uri=file:///etc/passwd",
    mdoc_offer_error_quark,
    MDOC_OFFER_ERROR_CONTENT,
    NULL },
  { "haip://?credential_offer_uri=",
    mdoc_offer_error_quark,
    MDOC_OFFER_ERROR_CONTENT,
    NULL },
  { "haip://?credential_offer_uri=https://a.b&credential_offer_uri=https://c",
    mdoc_form_error_quark,
    MDOC_FORM_ERROR_DUPLICATE,
    NULL },
  { "haip://?credential_offer=%7",
    mdoc_form_error_quark,
    MDOC_FORM_ERROR_MALFORMED,
    NULL },
  { "haip://?credential_offer=%7B",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_TRUNCATED,
    NULL },
  { "haip://?credential_offer={}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA,
    NULL },
};

static void
test_links (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autoptr (MdocOffer) offer = NULL;
      g_autofree char *reference = NULL;
      g_autoptr (GError) error = NULL;
      gboolean is_good;

      g_test_message ("%s", links[i].link);
      is_good = mdoc_offer_parse_link (links[i].link,
                                       &offer,
                                       &reference,
                                       &error);
      g_assert_true (is_good == (error == NULL));
      if (links[i].domain != NULL)
        {
          g_assert_error (error, links[i].domain (), links[i].code);
          g_assert_null (offer);
          g_assert_null (reference);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (reference, ==, links[i].reference);
      g_assert_true ((offer == NULL) == (reference != NULL));
      if (offer != NULL)
        g_assert_cmpstr (mdoc_offer_get_configuration_ids (offer)[0],
                         ==,
                         "a b");
    }
}

static void
test_link_limit (void)
{
  for (guint over = 0; over < 2; over++)
    {
      static const char start[] = "haip://?credential_offer_uri=https://a&";
      g_autofree char *fill = g_strnfill (MDOC_OFFER_MAX_LINK_LEN
                                              - strlen (start) + over,
                                          'x');
      g_autofree char *link = g_strconcat (start, fill, NULL);
      g_autoptr (MdocOffer) offer = NULL;
      g_autofree char *reference = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (mdoc_offer_parse_link (link, &offer, &reference, &error)
                     == (over == 0));
      if (over == 1)
        g_assert_error (error, MDOC_OFFER_ERROR, MDOC_OFFER_ERROR_LIMIT);
    }
}

/* What one side writes, the other reads, whatever is in it. */
static void
test_round_trip (void)
{
  static const char *const ids[] = { "org.iso.18013.5.1.mDL",
                                     "a&b=c +%",
                                     NULL };
  static const MdocOfferGrants grants[] = {
    { 0 },
    { .has_authorization_code = TRUE },
    { .has_authorization_code = TRUE,
      .issuer_state = "st\"ate&",
      .authorization_code_server = "https://as.example/x" },
    { .pre_authorized_code = "c+o d/e==" },
    { .has_authorization_code = TRUE,
      .pre_authorized_code = "code",
      .pre_authorized_server = "https://as.example",
      .has_tx_code = TRUE,
      .tx_code_mode = MDOC_TX_CODE_TEXT,
      .tx_code_len = 6,
      .tx_code_description = "Sent by \xc3\xa9-mail" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (grants); i++)
    {
      g_autoptr (MdocOffer) offer = NULL;
      g_autoptr (MdocOffer) again = NULL;
      g_autofree char *none = NULL;
      g_autofree char *link = NULL;
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;
      g_autoptr (GError) error = NULL;
      const MdocOfferGrants *found;
      gboolean is_good;

      offer = mdoc_offer_new ("https://i.example/t", ids, &grants[i]);
      link = mdoc_offer_to_link (offer, MDOC_OFFER_SCHEME_HAIP);
      g_assert_true (g_str_has_prefix (link, "haip-vci://?"));
      is_good = mdoc_offer_parse_link (link, &again, &none, &error);
      g_assert_no_error (error);
      g_assert_true (is_good);
      first = mdoc_offer_to_json (offer);
      second = mdoc_offer_to_json (again);
      g_assert_cmpstr (first, ==, second);

      found = mdoc_offer_get_grants (again);
      g_assert_true (found->has_authorization_code
                     == grants[i].has_authorization_code);
      g_assert_cmpstr (found->issuer_state, ==, grants[i].issuer_state);
      g_assert_cmpstr (found->authorization_code_server,
                       ==,
                       grants[i].authorization_code_server);
      g_assert_cmpstr (found->pre_authorized_code,
                       ==,
                       grants[i].pre_authorized_code);
      g_assert_cmpstr (found->pre_authorized_server,
                       ==,
                       grants[i].pre_authorized_server);
      g_assert_true (found->has_tx_code == grants[i].has_tx_code);
      g_assert_cmpint (found->tx_code_mode, ==, grants[i].tx_code_mode);
      g_assert_cmpuint (found->tx_code_len, ==, grants[i].tx_code_len);
      g_assert_cmpstr (found->tx_code_description,
                       ==,
                       grants[i].tx_code_description);
      g_assert_cmpstr (mdoc_offer_get_configuration_ids (again)[1], ==, ids[1]);
    }
}

static void
test_reference_link (void)
{
  g_autofree char *link = NULL;
  g_autofree char *reference = NULL;
  g_autoptr (MdocOffer) offer = NULL;

  link = mdoc_offer_reference_to_link ("https://i.example/o/1?a=b&c",
                                       MDOC_OFFER_SCHEME);
  g_assert_true (mdoc_offer_parse_link (link, &offer, &reference, NULL));
  g_assert_cmpstr (reference, ==, "https://i.example/o/1?a=b&c");
}

static void
test_tx_code (void)
{
  static const char *const ids[] = { "a", NULL };
  static const struct
  {
    gboolean has_tx_code;
    MdocTxCodeMode mode;
    guint len;
    const char *tx_code;
    gboolean is_good;
  } codes[] = {
    { TRUE, MDOC_TX_CODE_NUMERIC, 4, "1234", TRUE },
    { TRUE, MDOC_TX_CODE_NUMERIC, 4, "123", FALSE },
    { TRUE, MDOC_TX_CODE_NUMERIC, 4, "12345", FALSE },
    { TRUE, MDOC_TX_CODE_NUMERIC, 4, "12a4", FALSE },
    { TRUE, MDOC_TX_CODE_NUMERIC, 0, "1", TRUE },
    { TRUE, MDOC_TX_CODE_NUMERIC, 0, "", FALSE },
    { TRUE,
      MDOC_TX_CODE_NUMERIC,
      0,
      "1234567890123456789012345678901234567890123456789012345678901234",
      TRUE },
    { TRUE,
      MDOC_TX_CODE_NUMERIC,
      0,
      "12345678901234567890123456789012345678901234567890123456789012345",
      FALSE },
    { TRUE, MDOC_TX_CODE_TEXT, 4, "a\xc3\xa9-1", TRUE },
    { TRUE, MDOC_TX_CODE_TEXT, 4, "\xff\xff\xff\xff", FALSE },
    { FALSE, MDOC_TX_CODE_TEXT, 0, "1234", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      MdocOfferGrants grants = { .pre_authorized_code = "c",
                                 .has_tx_code = codes[i].has_tx_code,
                                 .tx_code_mode = codes[i].mode,
                                 .tx_code_len = codes[i].len };
      g_autoptr (MdocOffer) offer = mdoc_offer_new ("https://i.example",
                                                    ids,
                                                    &grants);

      g_assert_true (mdoc_offer_is_tx_code (offer, codes[i].tx_code)
                     == codes[i].is_good);
    }
}

static void
test_references (void)
{
  g_autoptr (MdocOffer) offer = parse ("{" ISSUER "," IDS "}", NULL);

  mdoc_offer_unref (mdoc_offer_ref (offer));
  g_assert_cmpstr (mdoc_offer_get_issuer (offer), ==, "https://i.example");
  mdoc_offer_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/offer/published", test_published);
  g_test_add_func ("/offer/published-links", test_published_links);
  g_test_add_func ("/offer/offers", test_offers);
  g_test_add_func ("/offer/limits", test_limits);
  g_test_add_func ("/offer/links", test_links);
  g_test_add_func ("/offer/link-limit", test_link_limit);
  g_test_add_func ("/offer/round-trip", test_round_trip);
  g_test_add_func ("/offer/reference-link", test_reference_link);
  g_test_add_func ("/offer/tx-code", test_tx_code);
  g_test_add_func ("/offer/references", test_references);

  return g_test_run ();
}
