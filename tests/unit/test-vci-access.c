/*
 * test-vci-access.c - who may ask: proofs of keys, and tokens
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-http-private.h"
#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-dpop.h"
#include "openid/mdoc-jwk.h"
#include "tests/lib/mdoc-test-call.h"
#include "tests/lib/mdoc-test-register.h"

#define TOKEN "/openid4vci/token"

/* --- DPoP where tokens are given --- */

typedef enum
{
  NONCE_NONE,
  NONCE_CURRENT,
  NONCE_OF_ANOTHER_USE,
} WhichNonce;

static char *
make_dpop (MdocVci *vci,
           MdocKey *key,
           const char *method,
           const char *path,
           WhichNonce which,
           const char *token)
{
  g_autofree char *uri = g_strconcat (MDOC_TEST_CALL_BASE, path, NULL);
  g_autofree char *nonce = NULL;
  g_autoptr (GError) error = NULL;
  char *proof;

  if (which != NONCE_NONE)
    nonce = mdoc_vci_make_nonce (vci,
                                 which == NONCE_CURRENT
                                     ? MDOC_VCI_NONCE_DPOP
                                     : MDOC_VCI_NONCE_CREDENTIAL);
  proof = mdoc_dpop_make (key, method, uri, TEST_NOW_S, nonce, token, &error);
  g_assert_no_error (error);
  return proof;
}

static void
test_dpop (void)
{
  static const struct
  {
    gboolean is_bearer_allowed;
    guint n_proofs;
    const char *method;
    const char *path;
    WhichNonce nonce;
    const char *error; /* NULL: taken */
  } rows[] = {
    { FALSE, 0, NULL, NULL, NONCE_NONE, "invalid_dpop_proof" },
    { TRUE, 0, NULL, NULL, NONCE_NONE, NULL },
    { TRUE, 1, "POST", TOKEN, NONCE_CURRENT, NULL },
    { FALSE, 1, "POST", TOKEN, NONCE_CURRENT, NULL },
    { FALSE, 1, "POST", TOKEN, NONCE_NONE, "use_dpop_nonce" },
    { FALSE, 1, "POST", TOKEN, NONCE_OF_ANOTHER_USE, "use_dpop_nonce" },
    { FALSE, 1, "GET", TOKEN, NONCE_CURRENT, "invalid_dpop_proof" },
    { FALSE, 1, "POST", "/other", NONCE_CURRENT, "invalid_dpop_proof" },
    { TRUE, 2, "POST", TOKEN, NONCE_CURRENT, "invalid_dpop_proof" },
  };
  g_autoptr (MdocKey) key = mdoc_test_call_make_key ();
  g_autofree char *own = mdoc_jwk_dup_thumbprint (mdoc_key_get_public (key));

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MdocVciConfig config = {
        .clock = mdoc_test_call_get_clock (),
        .is_bearer_allowed = rows[i].is_bearer_allowed
      };
      g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);
      g_autoptr (MdocHttpCall) call = mdoc_test_call_new ("POST", TOKEN);
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
      g_autofree char *thumbprint = NULL;
      gboolean is_taken;

      for (guint n = 0; n < rows[i].n_proofs; n++)
        {
          g_autofree char *proof = make_dpop (vci,
                                              key,
                                              rows[i].method,
                                              rows[i].path,
                                              rows[i].nonce,
                                              NULL);

          mdoc_test_call_add_header (call, "dpop", proof);
        }
      g_test_message ("%" G_GSIZE_FORMAT, i);
      is_taken = mdoc_vci_take_dpop (vci, call, reply, &thumbprint);
      g_assert_cmpint (is_taken, ==, rows[i].error == NULL);
      g_assert_cmpstr (thumbprint,
                       ==,
                       is_taken && rows[i].n_proofs > 0 ? own : NULL);
      if (!is_taken)
        mdoc_test_call_assert_refused (reply, 400, rows[i].error);
    }
}

/* The same once more; that it was brought to the wrong door first does not
 * count. */
static void
test_dpop_again (void)
{
  const MdocVciConfig config = { .clock = mdoc_test_call_get_clock () };
  g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);
  g_autoptr (MdocKey) key = mdoc_test_call_make_key ();
  g_autofree char *proof = make_dpop (vci,
                                      key,
                                      "POST",
                                      TOKEN,
                                      NONCE_CURRENT,
                                      NULL);
  g_autoptr (MdocHttpCall) call = mdoc_test_call_new ("POST", TOKEN);
  g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (MdocHttpCall) astray = mdoc_test_call_new ("POST", "/other");

  mdoc_test_call_add_header (call, "DPoP", proof);
  mdoc_test_call_add_header (astray, "DPoP", proof);
  g_assert_false (mdoc_vci_take_dpop (vci, astray, reply, &first));
  g_assert_true (mdoc_vci_take_dpop (vci, call, reply, &first));
  g_assert_false (mdoc_vci_take_dpop (vci, call, reply, &second));
  mdoc_test_call_assert_refused (reply, 400, "invalid_dpop_proof");
}

static gboolean
bring_dpop (MdocVci *vci,
            MdocKey *key,
            const char *address,
            MdocHttpReply *reply)
{
  g_autofree char *proof = make_dpop (vci,
                                      key,
                                      "POST",
                                      TOKEN,
                                      NONCE_CURRENT,
                                      NULL);
  g_autoptr (MdocHttpCall) call = mdoc_test_call_new ("POST", TOKEN);
  g_autofree char *thumbprint = NULL;

  g_free (call->address);
  call->address = g_strdup (address);
  mdoc_test_call_add_header (call, "DPoP", proof);
  return mdoc_vci_take_dpop (vci, call, reply, &thumbprint);
}

/* Proofs cost their maker nothing: who makes many of them, be it from all
 * addresses of its network, is sent away, and nobody else is. */
static void
test_dpop_many (void)
{
  const MdocVciConfig config = { .clock = mdoc_test_call_get_clock () };
  g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);
  g_autoptr (MdocKey) key = mdoc_test_call_make_key ();
  g_autoptr (MdocHttpReply) many = mdoc_http_reply_new ();
  g_autoptr (MdocHttpReply) other = mdoc_http_reply_new ();
  g_autoptr (MdocHttpReply) last = mdoc_http_reply_new ();

  mdoc_replay_free (vci->seen);
  vci->seen = mdoc_replay_new (8);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *address = g_strdup_printf ("2001:db8::%u", i + 1);

      g_assert_true (bring_dpop (vci, key, address, many));
    }
  g_assert_false (bring_dpop (vci, key, "2001:db8::5", many));
  mdoc_test_call_assert_refused (many, 429, "temporarily_unavailable");
  mdoc_test_call_assert_header (many, "Retry-After", "601");
  g_assert_true (bring_dpop (vci, key, "2001:db8:0:1::1", other));
  g_assert_true (bring_dpop (vci, key, "192.0.2.1", other));
  g_assert_true (bring_dpop (vci, key, "192.0.2.2", other));
  g_assert_true (bring_dpop (vci, key, "192.0.2.3", other));
  g_assert_false (bring_dpop (vci, key, "192.0.2.4", last));
  mdoc_test_call_assert_refused (last, 503, "temporarily_unavailable");
  mdoc_test_call_assert_header (last, "Retry-After", "10");
}

/* --- tokens --- */

typedef enum
{
  PROOF_NONE,
  PROOF_GOOD,
  PROOF_OTHER_KEY,
  PROOF_OTHER_TOKEN,
  PROOF_NO_TOKEN,
  PROOF_NO_NONCE,
} WhichProof;

static char *
make_token_proof (MdocVci *vci,
                  MdocKey *key,
                  WhichProof which,
                  const char *token)
{
  g_autoptr (MdocKey) other = mdoc_test_call_make_key ();

  return make_dpop (vci,
                    which == PROOF_OTHER_KEY ? other : key,
                    "POST",
                    "/c",
                    which == PROOF_NO_NONCE ? NONCE_NONE : NONCE_CURRENT,
                    which == PROOF_NO_TOKEN      ? NULL
                    : which == PROOF_OTHER_TOKEN ? "other"
                                                 : token);
}

static void
test_token (void)
{
  static const struct
  {
    gboolean is_bound;
    const char *scheme; /* NULL: no header */
    const char *token;  /* NULL: the good one */
    WhichProof proof;
    guint status; /* 0: taken */
    const char *error;
  } rows[] = {
    { TRUE, NULL, NULL, PROOF_NONE, 401, NULL },
    { TRUE, "Basic ", NULL, PROOF_NONE, 401, NULL },
    { TRUE, "DPoP ", "wrong", PROOF_GOOD, 401, "invalid_token" },
    { TRUE, "DPoP ", NULL, PROOF_GOOD, 0, NULL },
    { TRUE, "dpop ", NULL, PROOF_GOOD, 0, NULL },
    { TRUE, "Bearer ", NULL, PROOF_GOOD, 401, "invalid_token" },
    { TRUE, "Bearer ", NULL, PROOF_NONE, 401, "invalid_token" },
    { TRUE, "DPoP ", NULL, PROOF_NONE, 401, "invalid_dpop_proof" },
    { TRUE, "DPoP ", NULL, PROOF_OTHER_KEY, 401, "invalid_token" },
    { TRUE, "DPoP ", NULL, PROOF_OTHER_TOKEN, 401, "invalid_token" },
    { TRUE, "DPoP ", NULL, PROOF_NO_TOKEN, 401, "invalid_token" },
    { TRUE, "DPoP ", NULL, PROOF_NO_NONCE, 401, "use_dpop_nonce" },
    { FALSE, "Bearer ", NULL, PROOF_NONE, 0, NULL },
    { FALSE, "bearer ", NULL, PROOF_NONE, 0, NULL },
    { FALSE, "Bearer ", "", PROOF_NONE, 401, "invalid_token" },
    { FALSE, "DPoP ", NULL, PROOF_GOOD, 401, "invalid_token" },
  };
  g_autoptr (MdocTestRegister) test = mdoc_test_register_new ();
  g_autoptr (MdocKey) key = mdoc_test_call_make_key ();
  g_autofree char *thumb = mdoc_jwk_dup_thumbprint (mdoc_key_get_public (key));
  g_autoptr (MdocTestHolding) bound = NULL;
  g_autoptr (MdocTestHolding) unbound = NULL;
  const MdocVciConfig config = { .reg = test->reg,
                                 .clock = mdoc_test_call_get_clock () };
  g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);

  mdoc_test_register_add_profile (test, "plain", "");
  bound = mdoc_test_register_claim (test, "plain", thumb);
  unbound = mdoc_test_register_claim (test, "plain", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *good = rows[i].is_bound ? bound->access_token
                                          : unbound->access_token;
      const char *token = rows[i].token != NULL ? rows[i].token : good;
      g_autoptr (MdocHttpCall) call = mdoc_test_call_new ("POST", "/c");
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
      g_autoptr (MdocRegisterAccess) access = NULL;

      if (rows[i].scheme != NULL)
        {
          g_autofree char *header = g_strconcat (rows[i].scheme, token, NULL);

          mdoc_test_call_add_header (call, "authorization", header);
        }
      if (rows[i].proof != PROOF_NONE)
        {
          g_autofree char *proof = make_token_proof (vci,
                                                     key,
                                                     rows[i].proof,
                                                     token);

          mdoc_test_call_add_header (call, "DPoP", proof);
        }
      g_test_message ("%" G_GSIZE_FORMAT, i);
      access = mdoc_vci_take_access (vci, call, reply);
      g_assert_cmpint (access != NULL, ==, rows[i].status == 0);
      if (access == NULL)
        mdoc_test_call_assert_refused (reply, rows[i].status, rows[i].error);
      else
        g_assert_cmpstr (access->dpop_thumbprint,
                         ==,
                         rows[i].is_bound ? thumb : NULL);
    }
}

/* two headers are one too many, whichever is good; who guesses has to wait */
static void
test_token_guessed (void)
{
  g_autoptr (MdocTestRegister) test = mdoc_test_register_new ();
  const MdocVciConfig config = { .reg = test->reg,
                                 .clock = mdoc_test_call_get_clock () };
  g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);
  g_autoptr (MdocTestHolding) holding = NULL;
  g_autoptr (MdocHttpCall) twice = mdoc_test_call_new ("POST", "/c");
  g_autoptr (MdocHttpCall) right = mdoc_test_call_new ("POST", "/c");
  g_autofree char *header = NULL;

  mdoc_test_register_add_profile (test, "plain", "");
  holding = mdoc_test_register_claim (test, "plain", NULL);
  header = g_strconcat ("Bearer ", holding->access_token, NULL);
  mdoc_test_call_add_header (twice, "Authorization", header);
  mdoc_test_call_add_header (twice, "Authorization", header);
  mdoc_test_call_add_header (right, "Authorization", header);

  for (guint i = 0; i < 31; i++)
    {
      g_autoptr (MdocHttpCall) call = mdoc_test_call_new ("POST", "/c");
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
      g_autoptr (MdocHttpReply) other = mdoc_http_reply_new ();
      g_autoptr (MdocRegisterAccess) access = NULL;

      g_assert_null (mdoc_vci_take_access (vci, twice, other));
      access = mdoc_vci_take_access (vci, right, other);
      g_assert_cmpint (access != NULL, ==, i < 30);
      if (access == NULL)
        mdoc_test_call_assert_refused (other, 429, "temporarily_unavailable");
      mdoc_test_call_add_header (call, "Authorization", "Bearer guess");
      g_assert_null (mdoc_vci_take_access (vci, call, reply));
      mdoc_test_call_assert_refused (reply,
                                     i < 30 ? 401 : 429,
                                     i < 30 ? "invalid_token"
                                            : "temporarily_unavailable");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vci-access/dpop", test_dpop);
  g_test_add_func ("/vci-access/dpop-again", test_dpop_again);
  g_test_add_func ("/vci-access/dpop-many", test_dpop_many);
  g_test_add_func ("/vci-access/token", test_token);
  g_test_add_func ("/vci-access/token-guessed", test_token_guessed);
  return g_test_run ();
}
