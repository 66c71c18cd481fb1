/*
 * test-register-tokens.c - codes and tokens that somebody else has, too
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-pkce.h"
#include "tests/lib/mdoc-test-register.h"

#define HOLDER mdoc_test_register_as (test, "holder")

#define REDIRECT "https://wallet.example.org/cb"
#define VERIFIER "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"

static MdocTestRegister *
new_test (void)
{
  MdocTestRegister *test = mdoc_test_register_new ();

  mdoc_test_register_add_profile (test, "plain", "");
  return test;
}

/* Returns: (transfer full): the code of a wallet that has asked by itself */
static char *
authorize_for (MdocTestRegister *test, const char *thumb)
{
  static const char *const wanted[] = { "plain", NULL };
  g_autofree char *claims = mdoc_test_register_make_claims ("Berg");
  g_autofree char *challenge = mdoc_pkce_dup_challenge (VERIFIER);
  g_autoptr (GError) error = NULL;
  const MdocRegisterAuthorization authorization = {
    .configuration_ids = wanted,
    .claims_json = claims,
    .client_id = "wallet",
    .redirect_uri = REDIRECT,
    .code_challenge = challenge,
    .dpop_thumbprint = thumb,
  };
  char *code = mdoc_register_authorize (test->reg,
                                        HOLDER,
                                        &authorization,
                                        &error);

  g_assert_no_error (error);
  return code;
}

static char *
authorize (MdocTestRegister *test)
{
  return authorize_for (test, TEST_THUMB);
}

static void
assert_tokens (MdocTestRegister *test,
               const MdocRegisterTokens *tokens,
               const char *thumb,
               gboolean are_good)
{
  const MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_REFRESH_TOKEN,
    .code = tokens->refresh_token,
    .dpop_thumbprint = thumb,
  };
  g_autoptr (MdocRegisterAccess) access = NULL;
  g_autoptr (MdocRegisterTokens) fresh = NULL;

  access = mdoc_register_check_token (test->reg,
                                      HOLDER,
                                      tokens->access_token,
                                      NULL);
  fresh = mdoc_register_redeem (test->reg, HOLDER, &request, NULL);
  g_assert_cmpint (access != NULL, ==, are_good);
  g_assert_cmpint (fresh != NULL, ==, are_good);
}

/* Who comes second with a code and all that goes with it was robbed, or is the
 * robber: what the first has got is worth nothing any more (RFC 6749, 4.1.2).
 * Who has the code alone cannot do that harm. */
static void
test_code_again (void)
{
  static const struct
  {
    const char *verifier;
    const char *client_id;
    const char *thumb;
    gboolean are_good;
  } seconds[] = {
    { "bbcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
      "wallet",
      TEST_THUMB,
      TRUE },
    { NULL, "wallet", TEST_THUMB, TRUE },
    { VERIFIER, "wallet", "another", TRUE },
    { VERIFIER, "wallet", TEST_THUMB, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_autoptr (MdocTestRegister) test = new_test ();
      g_autofree char *code = authorize (test);
      g_autoptr (GError) error = NULL;
      MdocRegisterTokenRequest request = {
        .grant = MDOC_REGISTER_AUTHORIZATION_CODE,
        .code = code,
        .client_id = "wallet",
        .redirect_uri = REDIRECT,
        .code_verifier = VERIFIER,
        .dpop_thumbprint = TEST_THUMB,
      };
      g_autoptr (MdocRegisterTokens) tokens = NULL;
      g_autoptr (MdocRegisterTokens) again = NULL;

      g_test_message ("%" G_GSIZE_FORMAT, i);
      tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
      g_assert_no_error (error);
      request.code_verifier = seconds[i].verifier;
      request.client_id = seconds[i].client_id;
      request.dpop_thumbprint = seconds[i].thumb;
      again = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
      g_assert_null (again);
      g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
      mdoc_test_register_reopen (test);
      assert_tokens (test, tokens, TEST_THUMB, seconds[i].are_good);
    }
}

/* A code that no key was told for is the key's that redeems it, and then its
 * tokens are. */
static void
test_code_unbound (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *code = authorize_for (test, NULL);
  const MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_AUTHORIZATION_CODE,
    .code = code,
    .redirect_uri = REDIRECT,
    .code_verifier = VERIFIER,
    .dpop_thumbprint = TEST_THUMB,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterTokens) tokens = mdoc_register_redeem (test->reg,
                                                                HOLDER,
                                                                &request,
                                                                &error);
  g_autoptr (MdocRegisterAccess) access = NULL;

  g_assert_no_error (error);
  access = mdoc_register_check_token (test->reg,
                                      HOLDER,
                                      tokens->access_token,
                                      &error);
  g_assert_cmpstr (access->dpop_thumbprint, ==, TEST_THUMB);
}

static MdocRegisterTokens *
refresh (MdocTestRegister *test, const char *token, const char *thumb)
{
  const MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_REFRESH_TOKEN,
    .code = token,
    .dpop_thumbprint = thumb,
  };

  return mdoc_register_redeem (test->reg, HOLDER, &request, NULL);
}

/* A refresh token that no key holds can be stolen. Once both have used it, one
 * of them comes with a token that is over: then all of them are (RFC 9700,
 * 4.14.2). */
static void
test_refresh_stolen (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  NULL);
  g_autoptr (MdocRegisterTokens) thief = NULL;
  g_autoptr (MdocRegisterTokens) owner = NULL;
  g_autoptr (MdocRegisterTokens) again = NULL;

  thief = refresh (test, holding->refresh_token, NULL);
  g_assert_nonnull (thief);
  owner = refresh (test, holding->refresh_token, NULL);
  g_assert_nonnull (owner);
  again = refresh (test, thief->refresh_token, NULL);
  g_assert_null (again);
  mdoc_test_register_reopen (test);
  assert_tokens (test, owner, NULL, FALSE);
}

/* Bound to a key they cannot; there a token of before is that of a backup. */
static void
test_refresh_bound (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (MdocRegisterTokens) second = refresh (test,
                                                   holding->refresh_token,
                                                   TEST_THUMB);
  g_autoptr (MdocRegisterTokens) third = refresh (test,
                                                  second->refresh_token,
                                                  TEST_THUMB);
  g_autoptr (MdocRegisterTokens) old = refresh (test,
                                                holding->refresh_token,
                                                TEST_THUMB);

  g_assert_null (old);
  assert_tokens (test, third, TEST_THUMB, TRUE);
}

/* What is refreshed with a key is that key's from then on (RFC 9449, 5). */
static void
test_refresh_binds (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  NULL);
  g_autoptr (MdocRegisterTokens) bound = refresh (test,
                                                  holding->refresh_token,
                                                  TEST_THUMB);
  g_autoptr (MdocRegisterTokens) without = NULL;
  g_autoptr (MdocRegisterAccess) access = NULL;

  g_assert_nonnull (bound);
  access = mdoc_register_check_token (test->reg,
                                      HOLDER,
                                      bound->access_token,
                                      NULL);
  g_assert_cmpstr (access->dpop_thumbprint, ==, TEST_THUMB);
  without = refresh (test, bound->refresh_token, NULL);
  g_assert_null (without);
  assert_tokens (test, bound, TEST_THUMB, TRUE);
}

static MdocRegisterOffer *
make_offer (MdocTestRegister *test)
{
  g_autofree char *claims = mdoc_test_register_make_claims ("Berg");
  const MdocRegisterOfferItem item = { .profile_id = "plain",
                                       .claims_json = claims };
  const MdocRegisterOfferRequest offered = {
    .items = &item,
    .n_items = 1,
    .grant = MDOC_PROFILE_PRE_AUTHORIZED,
  };
  g_autoptr (GError) error = NULL;
  MdocRegisterOffer *offer
      = mdoc_register_create_offer (test->reg,
                                    mdoc_test_register_as (test, "issuer"),
                                    &offered,
                                    &error);

  g_assert_no_error (error);
  return offer;
}

static MdocRegisterTokens *
redeem_as (MdocTestRegister *test,
           MdocRegisterGrant grant,
           const char *code,
           const char *client_id)
{
  const MdocRegisterTokenRequest request = {
    .grant = grant,
    .code = code,
    .client_id = client_id,
    .dpop_thumbprint = TEST_THUMB,
  };

  return mdoc_register_redeem (test->reg, HOLDER, &request, NULL);
}

/* Tokens of one client are not another's. Who does not say who it is has to
 * have the key. */
static void
test_clients (void)
{
  static const char *const firsts[] = { "wallet", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (firsts); i++)
    {
      g_autoptr (MdocTestRegister) test = new_test ();
      g_autoptr (MdocRegisterOffer) offer = make_offer (test);
      g_autoptr (MdocRegisterTokens) tokens
          = redeem_as (test,
                       MDOC_REGISTER_PRE_AUTHORIZED_CODE,
                       offer->pre_authorized_code,
                       firsts[i]);
      g_autoptr (MdocRegisterTokens) own = NULL;
      g_autoptr (MdocRegisterTokens) other = NULL;
      g_autoptr (MdocRegisterTokens) unnamed = NULL;

      g_assert_nonnull (tokens);
      other = redeem_as (test,
                         MDOC_REGISTER_REFRESH_TOKEN,
                         tokens->refresh_token,
                         "another");
      g_assert_cmpint (other == NULL, ==, firsts[i] != NULL);
      own = redeem_as (test,
                       MDOC_REGISTER_REFRESH_TOKEN,
                       tokens->refresh_token,
                       "wallet");
      g_assert_nonnull (own);
      unnamed = redeem_as (test,
                           MDOC_REGISTER_REFRESH_TOKEN,
                           own->refresh_token,
                           NULL);
      g_assert_nonnull (unnamed);
    }
}

/* an offer that was fetched is received once */
static void
test_received_once (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocRegisterOffer) offer = make_offer (test);
  g_autoptr (MdocRegisterOffer) fetched
      = mdoc_register_fetch_offer (test->reg, HOLDER, offer->reference, NULL);
  g_autoptr (MdocRegisterTokens) tokens
      = redeem_as (test,
                   MDOC_REGISTER_PRE_AUTHORIZED_CODE,
                   offer->pre_authorized_code,
                   NULL);

  g_assert_nonnull (fetched);
  g_assert_nonnull (tokens);
  g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                     "openid.credential.offer_"
                                                     "received"),
                    ==,
                    1);
}

/* What was denied between the login and the token is. */
static void
test_denied_between (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *code = authorize (test);
  const MdocRegisterFilter all = { .limit = 10 };
  g_autoptr (GPtrArray) exchanges = mdoc_register_list_exchanges (test->reg,
                                                                  &all,
                                                                  NULL);
  const MdocRegisterExchange *exchange = exchanges->pdata[0];
  const MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_AUTHORIZATION_CODE,
    .code = code,
    .client_id = "wallet",
    .redirect_uri = REDIRECT,
    .code_verifier = VERIFIER,
    .dpop_thumbprint = TEST_THUMB,
  };
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (
      mdoc_register_deny_exchange (test->reg,
                                   mdoc_test_register_as (test, "issuer"),
                                   exchange->id,
                                   "no",
                                   &error));
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_null (tokens);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
}

static char *
put_ticket (MdocRegister *reg, gint64 now_s, GError **error)
{
  const MdocRegisterCall call = { .now_ms = now_s * 1000, .actor = "holder" };

  return mdoc_register_put_ticket (reg, &call, "par", "x=y", 60, error);
}

/* What strangers leave here are so many, until their time is over. */
static void
test_tickets_limit (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  const MdocRegisterOptions options = { .max_tickets = 3 };
  g_autofree char *path = g_strconcat (test->path, "-small", NULL);
  g_autoptr (MdocRegister) reg = mdoc_register_open (path, &options, NULL);
  g_autofree char *refused = NULL;
  g_autofree char *late = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      G_GNUC_UNUSED g_autofree char *handle = put_ticket (reg,
                                                          TEST_NOW_S + i,
                                                          &error);

      g_assert_no_error (error);
    }
  refused = put_ticket (reg, TEST_NOW_S + 59, &error);
  g_assert_null (refused);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_LIMIT);
  g_clear_error (&error);
  late = put_ticket (reg, TEST_NOW_S + 60, &error);
  g_assert_no_error (error);
  g_clear_pointer (&late, g_free);
  late = put_ticket (reg, TEST_NOW_S + 60, &error);
  g_assert_null (late);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_LIMIT);
}

/* A wait is on record once, however often a wallet asks to begin it. */
static void
test_deferred_on_record (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding
      = mdoc_test_register_claim_with (test, "plain", NULL, TEST_THUMB);
  const MdocRegisterAuditFilter filter = { .exchange_id = holding->exchange_id,
                                           .limit = 100 };
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  guint n_deferred = 0;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MdocRegisterCredential) wait
          = mdoc_test_holding_prepare (holding, &error);

      g_assert_no_error (error);
      g_assert_cmpint (wait->next, ==, MDOC_REGISTER_DEFERRED);
    }
  rows = mdoc_register_list_audit (test->reg, &filter, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const MdocRegisterAudit *row = rows->pdata[i];

      n_deferred += g_strcmp0 (row->action, "exchange.deferred") == 0;
    }
  g_assert_cmpuint (n_deferred, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/register/code-again", test_code_again);
  g_test_add_func ("/register/code-unbound", test_code_unbound);
  g_test_add_func ("/register/refresh-stolen", test_refresh_stolen);
  g_test_add_func ("/register/refresh-bound", test_refresh_bound);
  g_test_add_func ("/register/refresh-binds", test_refresh_binds);
  g_test_add_func ("/register/clients", test_clients);
  g_test_add_func ("/register/received-once", test_received_once);
  g_test_add_func ("/register/denied-between", test_denied_between);
  g_test_add_func ("/register/tickets-limit", test_tickets_limit);
  g_test_add_func ("/register/deferred-on-record", test_deferred_on_record);
  return g_test_run ();
}
