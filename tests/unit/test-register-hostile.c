/*
 * test-register-hostile.c - codes that are guessed, texts that are SQL
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-pkce.h"
#include "tests/lib/mdoc-test-register.h"

#define HOLDER mdoc_test_register_as (test, "holder")
#define ISSUER mdoc_test_register_as (test, "issuer")
#define SYSTEM mdoc_test_register_as (test, "system")

#define REDIRECT "https://wallet.example.org/cb"

static MdocTestRegister *
new_test (void)
{
  MdocTestRegister *test = mdoc_test_register_new ();

  mdoc_test_register_add_profile (test, "plain", "");
  return test;
}

/* A verifier and its challenge. */
typedef struct
{
  const char *verifier;
  char *challenge;
} Pkce;

static Pkce
make_pkce (void)
{
  Pkce pkce = { .verifier = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ" };

  pkce.challenge = mdoc_pkce_dup_challenge (pkce.verifier);
  g_assert_nonnull (pkce.challenge);
  return pkce;
}

static char *
authorize (MdocTestRegister *test,
           const char *issuer_state,
           const char *person_id,
           const char *challenge,
           GError **error)
{
  const char *const wanted[] = { "plain", NULL };
  const MdocRegisterAuthorization authorization = {
    .issuer_state = issuer_state,
    .configuration_ids = issuer_state == NULL ? wanted : NULL,
    .person_id = person_id,
    .client_id = "wallet",
    .redirect_uri = REDIRECT,
    .code_challenge = challenge,
    .dpop_thumbprint = TEST_THUMB,
  };

  return mdoc_register_authorize (test->reg, HOLDER, &authorization, error);
}

static char *
add_person (MdocTestRegister *test, const char *ref)
{
  g_autoptr (MdocRegisterPerson) person = g_new0 (MdocRegisterPerson, 1);
  g_autoptr (GError) error = NULL;
  char *id;

  person->external_ref = g_strdup (ref);
  person->claims_json = g_strdup (
      "{\"family_name\":\"Berg\",\"shoe_size\":42}");
  id = mdoc_register_put_person (test->reg, ISSUER, person, &error);
  g_assert_no_error (error);
  return id;
}

/* each part of a token request, wrong once: the code is spent (injection of a
 * code that was stolen gives its thief nothing, and its owner a sign) */
static const struct
{
  const char *name;
  const char *redirect_uri;
  const char *verifier;
  const char *client_id;
  const char *thumb;
} wrongs[] = {
  { "redirect",
    "https://evil.example.org/cb",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
    "wallet",
    TEST_THUMB },
  { "no-redirect",
    NULL,
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
    "wallet",
    TEST_THUMB },
  { "verifier",
    REDIRECT,
    "bbcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
    "wallet",
    TEST_THUMB },
  { "no-verifier", REDIRECT, NULL, "wallet", TEST_THUMB },
  { "client",
    REDIRECT,
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
    "another",
    TEST_THUMB },
  { "key",
    REDIRECT,
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
    "wallet",
    "another" },
  { "no-key",
    REDIRECT,
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
    "wallet",
    NULL },
};

static void
test_code_wrong (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (MdocTestRegister) test = new_test ();
  Pkce pkce = make_pkce ();
  g_autofree char *challenge = pkce.challenge;
  g_autofree char *person_id = add_person (test, "berg");
  g_autoptr (GError) error = NULL;
  g_autofree char *code = authorize (test, NULL, person_id, challenge, &error);
  MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_AUTHORIZATION_CODE,
    .code = code,
    .client_id = wrongs[i].client_id,
    .redirect_uri = wrongs[i].redirect_uri,
    .code_verifier = wrongs[i].verifier,
    .dpop_thumbprint = wrongs[i].thumb,
  };
  g_autoptr (MdocRegisterTokens) tokens = NULL;

  g_assert_no_error (error);
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_null (tokens);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);

  mdoc_test_register_reopen (test);
  request.client_id = "wallet";
  request.redirect_uri = REDIRECT;
  request.code_verifier = pkce.verifier;
  request.dpop_thumbprint = TEST_THUMB;
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_null (tokens);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
}

/* wallet-initiated, with what is known of the person; S0-19 */
static void
test_code_right (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  Pkce pkce = make_pkce ();
  g_autofree char *challenge = pkce.challenge;
  g_autofree char *person_id = add_person (test, "berg");
  g_autoptr (GError) error = NULL;
  g_autofree char *code = authorize (test, NULL, person_id, challenge, &error);
  const MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_AUTHORIZATION_CODE,
    .code = code,
    .client_id = "wallet",
    .redirect_uri = REDIRECT,
    .code_verifier = pkce.verifier,
    .dpop_thumbprint = TEST_THUMB,
  };
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (MdocTestHolding) holding = g_new0 (MdocTestHolding, 1);
  const MdocRegisterTokenItem *item;

  g_assert_no_error (error);
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_no_error (error);

  item = tokens->items->pdata[0];
  holding->test = test;
  holding->exchange_id = g_strdup (item->exchange_id);
  holding->mid_uid = g_strdup (item->mid_uid);
  holding->keys = mdoc_test_register_make_keys (1);
  holding->access = mdoc_register_check_token (test->reg,
                                               HOLDER,
                                               tokens->access_token,
                                               &error);
  g_assert_no_error (error);
  mdoc_test_holding_assert_status (holding, "token_issued");
  mdoc_test_holding_get (holding);
  mdoc_test_holding_assert_status (holding, "credential_issued");
}

/* an offer for one person, and another who logs in */
static void
test_code_offer (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *berg = add_person (test, "berg");
  g_autofree char *tal = add_person (test, "tal");
  const MdocRegisterOfferItem item = { .profile_id = "plain" };
  const MdocRegisterOfferRequest request = {
    .items = &item,
    .n_items = 1,
    .person_id = berg,
    .grant = MDOC_PROFILE_AUTHORIZATION_CODE,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterOffer) offer = mdoc_register_create_offer (test->reg,
                                                                    ISSUER,
                                                                    &request,
                                                                    &error);
  MdocRegisterTokenRequest guess = {
    .grant = MDOC_REGISTER_PRE_AUTHORIZED_CODE,
  };
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autofree char *code = NULL;

  g_assert_no_error (error);
  g_assert_null (offer->pre_authorized_code);
  g_assert_true (mdoc_register_receive_offer (test->reg,
                                              HOLDER,
                                              offer->issuer_state,
                                              &error));
  code = authorize (test, offer->issuer_state, tal, NULL, &error);
  g_assert_null (code);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_DENIED);
  g_clear_error (&error);

  /* the state is no code */
  guess.code = offer->issuer_state;
  tokens = mdoc_register_redeem (test->reg, HOLDER, &guess, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);

  code = authorize (test, offer->issuer_state, berg, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (code);
  g_clear_pointer (&code, g_free);
  code = authorize (test, offer->issuer_state, berg, NULL, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
}

/* tokens of one kind are not the other, nor longer than they live */
static void
test_tokens (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  const MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_REFRESH_TOKEN,
    .code = holding->access_token,
    .dpop_thumbprint = TEST_THUMB,
  };
  g_autoptr (MdocRegisterAccess) access = NULL;
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (GError) error = NULL;

  access = mdoc_register_check_token (test->reg,
                                      HOLDER,
                                      holding->refresh_token,
                                      &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);
  mdoc_test_register_move (test, MDOC_REGISTER_ACCESS_S - 1);
  access = mdoc_register_check_token (test->reg,
                                      HOLDER,
                                      holding->access_token,
                                      &error);
  g_assert_no_error (error);
  g_assert_cmpstr (access->dpop_thumbprint, ==, TEST_THUMB);
  g_clear_pointer (&access, mdoc_register_access_free);
  mdoc_test_register_move (test, 1);
  access = mdoc_register_check_token (test->reg,
                                      HOLDER,
                                      holding->access_token,
                                      &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
}

/* a token is for what it was issued for */
static void
test_other_credential (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) mine = mdoc_test_register_claim (test,
                                                               "plain",
                                                               TEST_THUMB);
  g_autoptr (MdocTestHolding) other = mdoc_test_register_claim (test,
                                                                "plain",
                                                                "other");
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (GError) error = NULL;

  g_free (mine->mid_uid);
  mine->mid_uid = g_strdup (other->mid_uid);
  credential = mdoc_test_holding_prepare (mine, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_IDENTIFIER);
}

static void
test_tickets (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (GError) error = NULL;
  g_autofree char *handle = mdoc_register_put_ticket (test->reg,
                                                      HOLDER,
                                                      "par",
                                                      "x=y",
                                                      60,
                                                      &error);
  g_autofree char *other = NULL;
  g_autofree char *body = NULL;
  g_autofree char *taken = NULL;
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  other = mdoc_register_get_ticket (test->reg,
                                    HOLDER,
                                    "session",
                                    handle,
                                    FALSE,
                                    &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_NOT_FOUND);
  g_clear_error (&error);
  body = mdoc_register_get_ticket (test->reg,
                                   HOLDER,
                                   "par",
                                   handle,
                                   FALSE,
                                   &error);
  g_assert_cmpstr (body, ==, "x=y");
  taken = mdoc_register_get_ticket (test->reg,
                                    HOLDER,
                                    "par",
                                    handle,
                                    TRUE,
                                    &error);
  g_assert_cmpstr (taken, ==, "x=y");
  again = mdoc_register_get_ticket (test->reg,
                                    HOLDER,
                                    "par",
                                    handle,
                                    TRUE,
                                    &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_NOT_FOUND);
}

/* What takes long is done 100,000 times over 32 bytes, not over a megabyte: a
 * test that does not end has found that it is. */
static void
test_password_long (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *person_id = add_person (test, "berg");
  g_autofree char *longest = g_strnfill (MDOC_REGISTER_MAX_TEXT, 'x');
  g_autofree char *longer = g_strnfill (MDOC_REGISTER_MAX_TEXT + 1, 'x');
  g_autofree char *endless = g_strnfill (16 * 1024 * 1024, 'x');
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_register_set_password (test->reg,
                                             ISSUER,
                                             person_id,
                                             longest,
                                             &error));
  found = mdoc_register_check_password (test->reg, "berg", longest, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, person_id);
  g_assert_false (mdoc_register_set_password (test->reg,
                                              ISSUER,
                                              person_id,
                                              longer,
                                              &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (
      mdoc_register_check_password (test->reg, "berg", longer, &error));
  g_assert_null (
      mdoc_register_check_password (test->reg, "berg", endless, &error));
  g_assert_no_error (error);
}

static void
test_password (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *person_id = add_person (test, "berg");
  static const struct
  {
    const char *name;
    const char *password;
    gboolean is_right;
  } tries[] = {
    { "berg", "correct", TRUE },
    { "berg", "wrong", FALSE },
    { "berg", "", FALSE },
    { "nobody", "correct", FALSE },
    { "berg' OR 1=1 --", "correct", FALSE },
  };
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_register_set_password (test->reg,
                                             ISSUER,
                                             person_id,
                                             "correct",
                                             &error));
  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autofree char *found = mdoc_register_check_password (test->reg,
                                                             tries[i].name,
                                                             tries[i].password,
                                                             &error);

      g_assert_no_error (error);
      g_assert_cmpstr (found, ==, tries[i].is_right ? person_id : NULL);
    }
}

static const char *const texts[] = {
  "'; DROP TABLE exchange; --",
  "\" OR \"\"=\"",
  "' OR '1'='1",
  "%_%",
  "?1",
  "\\'; SELECT * FROM token; --",
  "../../etc/passwd",
  "{\"a\":\"b\"}",
  "\xc3\xbc\xe2\x80\xae",
  "a\nb\r\nc",
};

/* what is looked up by a text that is none of ours is not there */
static void
look_up (MdocTestRegister *test, const MdocRegisterCall *call, const char *text)
{
  const MdocRegisterHeld held = { text, 1 };
  g_autoptr (MdocRegisterSync) answer = NULL;
  g_autoptr (GError) error = NULL;
  gint64 n_rows;

  g_assert_false (mdoc_register_withdraw_offer (test->reg, call, text, NULL));
  g_assert_false (
      mdoc_register_deny_exchange (test->reg, call, text, text, NULL));
  g_assert_false (
      mdoc_register_supply_claims (test->reg, call, text, text, NULL));
  g_assert_false (mdoc_register_accept (test->reg, call, text, text, NULL));
  g_assert_false (mdoc_register_decline (test->reg, call, text, text, NULL));
  g_assert_null (
      mdoc_register_recover (test->reg, call, text, text, text, NULL));
  g_assert_null (mdoc_register_fetch_offer (test->reg, call, text, NULL));
  g_assert_null (mdoc_register_get_credential (test->reg, text, NULL));
  g_assert_null (mdoc_register_get_batch (test->reg, text, NULL));
  g_assert_null (mdoc_register_get_message (test->reg, text, NULL));
  g_assert_null (mdoc_register_build_list (test->reg, text, &n_rows, NULL));
  g_assert_false (mdoc_register_update_attributes (test->reg,
                                                   call,
                                                   text,
                                                   text,
                                                   NULL,
                                                   NULL));
  g_assert_cmpstr (mdoc_register_check_status (test->reg,
                                               text,
                                               test->now_s,
                                               NULL),
                   ==,
                   "unknown");
  answer = mdoc_register_sync (test->reg,
                               call,
                               text,
                               text,
                               text,
                               &held,
                               1,
                               &error);
  g_assert_no_error (error);
  g_assert_cmpstr (answer->unknown->pdata[0], ==, text);
}

/* What comes in as a text comes out as that text, and does nothing on the way:
 * every field that takes one. */
static void
test_injection (gconstpointer data)
{
  const char *text = data;
  g_autoptr (MdocTestRegister) test = new_test ();
  const MdocRegisterOfferItem item = {
    .profile_id = "plain",
    .claims_json = "{\"family_name\":\"A\"}",
    .entry_id = text,
    .metadata_json = text,
  };
  g_autofree char *person_id = add_person (test, text);
  const MdocRegisterOfferRequest request = {
    .items = &item,
    .n_items = 1,
    .person_id = person_id,
    .external_ref = text,
    .consent_ref = text,
    .grant = MDOC_PROFILE_PRE_AUTHORIZED,
    .dpop_thumbprint = text,
  };
  MdocRegisterCall call = { .now_ms = test->now_s * 1000,
                            .actor = "issuer",
                            .operator_id = text,
                            .correlation_id = text,
                            .reason = text,
                            .notes = text };
  MdocRegisterTokenRequest token_request = {
    .grant = MDOC_REGISTER_PRE_AUTHORIZED_CODE,
    .client_id = text,
    .dpop_thumbprint = text,
  };
  const MdocRegisterFilter filter = { .external_ref = text };
  const MdocRegisterFilter nothing = { .status = text,
                                       .profile_id = text,
                                       .person_id = text,
                                       .credential_id = text,
                                       .state = text };
  g_autoptr (MdocRegisterOffer) offer = NULL;
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (MdocRegisterTokens) guessed = NULL;
  g_autoptr (MdocRegisterExchange) exchange = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;
  gint64 first_bad, n_rows;

  offer = mdoc_register_create_offer (test->reg, &call, &request, &error);
  g_assert_no_error (error);
  token_request.code = text;
  guessed = mdoc_register_redeem (test->reg, &call, &token_request, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);
  token_request.code = offer->pre_authorized_code;
  tokens = mdoc_register_redeem (test->reg, &call, &token_request, &error);
  g_assert_no_error (error);

  exchange = mdoc_register_get_exchange (test->reg,
                                         offer->exchange_ids[0],
                                         &error);
  g_assert_cmpstr (exchange->entry_id, ==, text);
  g_assert_cmpstr (exchange->external_ref, ==, text);
  g_assert_cmpstr (exchange->metadata_json, ==, text);
  g_assert_cmpstr (exchange->correlation_id, ==, text);
  g_assert_cmpstr (exchange->wallet_client_id, ==, text);
  found = mdoc_register_list_exchanges (test->reg, &filter, &error);
  g_assert_cmpuint (found->len, ==, 1);
  none = mdoc_register_list_exchanges (test->reg, &nothing, &error);
  g_assert_cmpuint (none->len, ==, 0);

  look_up (test, &call, text);
  g_assert_true (
      mdoc_register_verify_audit (test->reg, &first_bad, &n_rows, &error));
  g_assert_cmpint (first_bad, ==, 0);
  g_assert_cmpint (n_rows, >, 5);
}

/* both sides of the longest text, and what is no text */
static void
test_texts (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *long_text = g_strnfill (MDOC_REGISTER_MAX_TEXT + 1, 'x');
  MdocRegisterOfferItem item = { .profile_id = "plain",
                                 .claims_json = "{\"family_name\":\"A\"}" };
  MdocRegisterOfferRequest request = {
    .items = &item,
    .n_items = 1,
    .grant = MDOC_PROFILE_PRE_AUTHORIZED,
  };

  for (guint i = 0; i < 3; i++)
    {
      static const gboolean is_fine[] = { FALSE, TRUE, FALSE };
      g_autoptr (MdocRegisterOffer) offer = NULL;
      g_autoptr (GError) error = NULL;

      if (i == 1)
        long_text[MDOC_REGISTER_MAX_TEXT] = '\0';
      request.external_ref = i == 2 ? "\xff\xfe" : long_text;
      offer = mdoc_register_create_offer (test->reg, ISSUER, &request, &error);
      g_assert_true ((offer != NULL) == is_fine[i]);
      if (!is_fine[i])
        g_assert_error (error,
                        MDOC_REGISTER_ERROR,
                        MDOC_REGISTER_ERROR_ARGUMENT);
    }
}

/* what an offer may not be: S0-21, S0-25, a retired profile, no items */
static void
test_offers_refused (void)
{
  static const struct
  {
    const char *profile_id;
    const char *claims;
    MdocProfileGrants grant;
  } offers[] = {
    { "none", "{\"family_name\":\"A\"}", MDOC_PROFILE_PRE_AUTHORIZED },
    { "plain", "{\"shoe_size\":1}", MDOC_PROFILE_PRE_AUTHORIZED },
    { "plain", "{}", MDOC_PROFILE_PRE_AUTHORIZED },
    { "plain", "{\"family_name\":\"A\"}", 0 },
    { "agreed", "{\"family_name\":\"A\"}", MDOC_PROFILE_PRE_AUTHORIZED },
    { "over", "{\"family_name\":\"A\"}", MDOC_PROFILE_PRE_AUTHORIZED },
    { "proofed", "{\"family_name\":\"A\"}", MDOC_PROFILE_PRE_AUTHORIZED },
    { "coded", "{\"family_name\":\"A\"}", MDOC_PROFILE_PRE_AUTHORIZED },
  };
  g_autoptr (MdocTestRegister) test = new_test ();
  gint64 last;

  mdoc_test_register_add_profile (test,
                                  "agreed",
                                  "\"consentRef\":\"required\"");
  mdoc_test_register_add_profile (test, "over", "\"retired\":true");
  mdoc_test_register_add_profile (test,
                                  "proofed",
                                  "\"enrollment\":\"proofed\"");
  mdoc_test_register_add_profile (test,
                                  "coded",
                                  "\"issuance\":{\"grants\":[\"authorization_"
                                  "code\"]}");
  last = mdoc_register_get_last_event (test->reg);
  for (gsize i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      const MdocRegisterOfferItem item = { .profile_id = offers[i].profile_id,
                                           .claims_json = offers[i].claims };
      const MdocRegisterOfferRequest request = { .items = &item,
                                                 .n_items = 1,
                                                 .grant = offers[i].grant };
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocRegisterOffer) offer
          = mdoc_register_create_offer (test->reg, ISSUER, &request, &error);

      g_assert_null (offer);
      g_assert_nonnull (error);
    }
  g_assert_cmpint (mdoc_register_get_last_event (test->reg), ==, last);
}

/* S0-20, S0-21: what is known of the person is nothing, until the document has
 * spoken; and a document that does not hold ends it */
static void
test_proofed (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *person_id = add_person (test, "berg");
  const MdocRegisterOfferItem item = { .profile_id = "proofed" };
  const MdocRegisterOfferRequest request = {
    .items = &item,
    .n_items = 1,
    .person_id = person_id,
    .grant = MDOC_PROFILE_PRE_AUTHORIZED,
  };
  g_autoptr (MdocRegisterOffer) offer = NULL;
  g_autoptr (MdocRegisterExchange) before = NULL;
  g_autoptr (MdocRegisterExchange) after = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_register_add_profile (test,
                                  "proofed",
                                  "\"enrollment\":\"proofed\"");
  offer = mdoc_register_create_offer (test->reg, ISSUER, &request, &error);
  g_assert_no_error (error);
  before = mdoc_register_get_exchange (test->reg,
                                       offer->exchange_ids[0],
                                       &error);
  g_assert_false (before->is_ready);
  g_assert_true (mdoc_register_supply_claims (test->reg,
                                              SYSTEM,
                                              offer->exchange_ids[0],
                                              "{\"family_name\":\"A\"}",
                                              &error));
  after = mdoc_register_get_exchange (test->reg,
                                      offer->exchange_ids[0],
                                      &error);
  g_assert_true (after->is_ready);
  g_assert_true (mdoc_register_deny_exchange (test->reg,
                                              SYSTEM,
                                              offer->exchange_ids[0],
                                              "proofing_failed",
                                              &error));
  g_assert_cmpuint (mdoc_test_register_count_events (test, "enrollmentFailed"),
                    ==,
                    1);
}

/* one version is one content */
static void
test_profiles (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) profiles = mdoc_register_list_profiles (test->reg,
                                                                &error);
  g_autoptr (MdocProfile) other = mdoc_profile_parse (
      mdoc_span_from_text (
          "{\"id\":\"plain\",\"docType\":\"org.example\",\"elements\":["
          "{\"namespace\":\"o.e\",\"element\":\"a\"}]}"),
      &error);

  g_assert_no_error (error);
  g_assert_cmpuint (profiles->len, ==, 5);
  mdoc_test_register_add_profile (test, "plain", "");
  g_assert_false (mdoc_register_add_profile (test->reg, ISSUER, other, &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_CONFLICT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autofree char *path = g_strconcat ("/register/code-wrong/",
                                           wrongs[i].name,
                                           NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_code_wrong);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/register/injection/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, texts[i], test_injection);
    }
  g_test_add_func ("/register/S0-19/code-right", test_code_right);
  g_test_add_func ("/register/code-offer", test_code_offer);
  g_test_add_func ("/register/tokens", test_tokens);
  g_test_add_func ("/register/other-credential", test_other_credential);
  g_test_add_func ("/register/tickets", test_tickets);
  g_test_add_func ("/register/password", test_password);
  g_test_add_func ("/register/password-long", test_password_long);
  g_test_add_func ("/register/texts", test_texts);
  g_test_add_func ("/register/S0-12/S0-21/S0-25/offers-refused",
                   test_offers_refused);
  g_test_add_func ("/register/S0-20/S0-21/S0-22/proofed", test_proofed);
  g_test_add_func ("/register/profiles", test_profiles);

  return g_test_run ();
}
