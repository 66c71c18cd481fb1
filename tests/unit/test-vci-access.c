/*
 * test-vci-access.c - who may ask: proofs of keys, tokens, attested wallets
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
#include "openid/mdoc-wallet-attestation.h"
#include "tests/lib/mdoc-test-register.h"
#include "tests/lib/mdoc-test-x509.h"

#define BASE   "https://issuer.example"
#define TOKEN  "/openid4vci/token"
#define ISSUER BASE "/openid4vci"
#define CLIENT "wallet"

static gint64
get_unix_s (gpointer impl)
{
  return TEST_NOW_S;
}

static const MdocClockClass clock_class = { .get_unix_s = get_unix_s };
static const MdocClock fixed_clock = { &clock_class, NULL };

static MdocHttpCall *
make_call (const char *method, const char *path)
{
  MdocHttpCall *call = mdoc_http_call_new (path);

  call->method = g_strdup (method);
  call->base_url = BASE;
  call->url = g_strconcat (BASE, path, NULL);
  call->address = g_strdup ("192.0.2.1");
  return call;
}

static void
add_header (MdocHttpCall *call, const char *name, const char *value)
{
  const MdocHttpField field = { g_strdup (name), g_strdup (value) };

  g_array_append_val (call->headers, field);
}

/* @error: (nullable): %NULL: there is none */
static void
assert_refused (MdocHttpReply *reply, guint status, const char *error)
{
  GBytes *body = mdoc_http_reply_get_body (reply);
  g_autofree char *text = NULL;
  g_autofree char *member = g_strdup_printf ("\"error\":\"%s\"", error);

  g_assert_cmpuint (mdoc_http_reply_get_status (reply), ==, status);
  if (error == NULL)
    {
      g_assert_null (body);
      return;
    }
  text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  if (strstr (text, member) == NULL)
    g_error ("expected %s: %s", error, text);
}

static MdocKey *
make_key (void)
{
  g_autoptr (GError) error = NULL;
  MdocKey *key = mdoc_key_generate (MDOC_CURVE_P256, &error);

  g_assert_no_error (error);
  return key;
}

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
  g_autofree char *uri = g_strconcat (BASE, path, NULL);
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
  g_autoptr (MdocKey) key = make_key ();
  g_autofree char *own = mdoc_jwk_dup_thumbprint (mdoc_key_get_public (key));

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MdocVciConfig config = {
        .clock = &fixed_clock,
        .is_bearer_allowed = rows[i].is_bearer_allowed
      };
      g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);
      g_autoptr (MdocHttpCall) call = make_call ("POST", TOKEN);
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

          add_header (call, "dpop", proof);
        }
      g_test_message ("%" G_GSIZE_FORMAT, i);
      is_taken = mdoc_vci_take_dpop (vci, call, reply, &thumbprint);
      g_assert_cmpint (is_taken, ==, rows[i].error == NULL);
      g_assert_cmpstr (thumbprint,
                       ==,
                       is_taken && rows[i].n_proofs > 0 ? own : NULL);
      if (!is_taken)
        assert_refused (reply, 400, rows[i].error);
    }
}

/* the same once more */
static void
test_dpop_again (void)
{
  const MdocVciConfig config = { .clock = &fixed_clock };
  g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);
  g_autoptr (MdocKey) key = make_key ();
  g_autofree char *proof = make_dpop (vci,
                                      key,
                                      "POST",
                                      TOKEN,
                                      NONCE_CURRENT,
                                      NULL);
  g_autoptr (MdocHttpCall) call = make_call ("POST", TOKEN);
  g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  add_header (call, "DPoP", proof);
  g_assert_true (mdoc_vci_take_dpop (vci, call, reply, &first));
  g_assert_false (mdoc_vci_take_dpop (vci, call, reply, &second));
  assert_refused (reply, 400, "invalid_dpop_proof");
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
  g_autoptr (MdocKey) other = make_key ();

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
  g_autoptr (MdocKey) key = make_key ();
  g_autofree char *thumb = mdoc_jwk_dup_thumbprint (mdoc_key_get_public (key));
  g_autoptr (MdocTestHolding) bound = NULL;
  g_autoptr (MdocTestHolding) unbound = NULL;
  const MdocVciConfig config = { .reg = test->reg, .clock = &fixed_clock };
  g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);

  mdoc_test_register_add_profile (test, "plain", "");
  bound = mdoc_test_register_claim (test, "plain", thumb);
  unbound = mdoc_test_register_claim (test, "plain", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *good = rows[i].is_bound ? bound->access_token
                                          : unbound->access_token;
      const char *token = rows[i].token != NULL ? rows[i].token : good;
      g_autoptr (MdocHttpCall) call = make_call ("POST", "/c");
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
      g_autoptr (MdocRegisterAccess) access = NULL;

      if (rows[i].scheme != NULL)
        {
          g_autofree char *header = g_strconcat (rows[i].scheme, token, NULL);

          add_header (call, "authorization", header);
        }
      if (rows[i].proof != PROOF_NONE)
        {
          g_autofree char *proof = make_token_proof (vci,
                                                     key,
                                                     rows[i].proof,
                                                     token);

          add_header (call, "DPoP", proof);
        }
      g_test_message ("%" G_GSIZE_FORMAT, i);
      access = mdoc_vci_take_access (vci, call, reply);
      g_assert_cmpint (access != NULL, ==, rows[i].status == 0);
      if (access == NULL)
        assert_refused (reply, rows[i].status, rows[i].error);
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
  const MdocVciConfig config = { .reg = test->reg, .clock = &fixed_clock };
  g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);
  g_autoptr (MdocTestHolding) holding = NULL;
  g_autoptr (MdocHttpCall) twice = make_call ("POST", "/c");
  g_autoptr (MdocHttpCall) right = make_call ("POST", "/c");
  g_autofree char *header = NULL;

  mdoc_test_register_add_profile (test, "plain", "");
  holding = mdoc_test_register_claim (test, "plain", NULL);
  header = g_strconcat ("Bearer ", holding->access_token, NULL);
  add_header (twice, "Authorization", header);
  add_header (twice, "Authorization", header);
  add_header (right, "Authorization", header);

  for (guint i = 0; i < 31; i++)
    {
      g_autoptr (MdocHttpCall) call = make_call ("POST", "/c");
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
      g_autoptr (MdocHttpReply) other = mdoc_http_reply_new ();
      g_autoptr (MdocRegisterAccess) access = NULL;

      g_assert_null (mdoc_vci_take_access (vci, twice, other));
      access = mdoc_vci_take_access (vci, right, other);
      g_assert_cmpint (access != NULL, ==, i < 30);
      if (access == NULL)
        assert_refused (other, 429, "temporarily_unavailable");
      add_header (call, "Authorization", "Bearer guess");
      g_assert_null (mdoc_vci_take_access (vci, call, reply));
      assert_refused (reply,
                      i < 30 ? 401 : 429,
                      i < 30 ? "invalid_token" : "temporarily_unavailable");
    }
}

/* --- wallets that somebody vouches for --- */

/* Who vouches, and how: a root; below it, an authority, and one that is none
 * but signs all the same. */
typedef struct
{
  MdocKey *keys[5];
  MdocCertificate *root;
  MdocCertificate *provider;  /* signed by the root */
  MdocCertificate *authority; /* the same, and it may sign others */
  MdocCertificate *below;     /* signed by the authority */
  MdocCertificate *false_;    /* signed by the provider, who may not */
  MdocKey *wallet;
} World;

enum
{
  KEY_ROOT,
  KEY_PROVIDER,
  KEY_AUTHORITY,
  KEY_BELOW,
  KEY_FALSE,
};

static void
world_init (World *self)
{
  const MdocTestCertificate root = {
    .is_root = TRUE,
    .not_before_s = TEST_NOW_S - TEST_DAY_S,
    .not_after_s = TEST_NOW_S + TEST_DAY_S,
    .extensions = MDOC_TEST_BC_CA_1 MDOC_TEST_KU_CA,
  };
  const MdocTestCertificate leaf = {
    .not_before_s = TEST_NOW_S - TEST_DAY_S,
    .not_after_s = TEST_NOW_S + TEST_DAY_S,
  };
  const MdocTestCertificate authority = {
    .subject = "C=UT,CN=Authority",
    .not_before_s = TEST_NOW_S - TEST_DAY_S,
    .not_after_s = TEST_NOW_S + TEST_DAY_S,
    .extensions = MDOC_TEST_BC_CA_0 MDOC_TEST_KU_CA,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (self->keys); i++)
    self->keys[i] = make_key ();
  self->wallet = make_key ();
  self->root = mdoc_test_certificate_new (&root,
                                          self->keys[KEY_ROOT],
                                          NULL,
                                          self->keys[KEY_ROOT]);
  self->provider = mdoc_test_certificate_new (&leaf,
                                              self->keys[KEY_PROVIDER],
                                              self->root,
                                              self->keys[KEY_ROOT]);
  self->authority = mdoc_test_certificate_new (&authority,
                                               self->keys[KEY_AUTHORITY],
                                               self->root,
                                               self->keys[KEY_ROOT]);
  self->below = mdoc_test_certificate_new (&leaf,
                                           self->keys[KEY_BELOW],
                                           self->authority,
                                           self->keys[KEY_AUTHORITY]);
  self->false_ = mdoc_test_certificate_new (&leaf,
                                            self->keys[KEY_FALSE],
                                            self->provider,
                                            self->keys[KEY_PROVIDER]);
}

static void
world_clear (World *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->keys); i++)
    mdoc_key_unref (self->keys[i]);
  mdoc_key_unref (self->wallet);
  mdoc_certificate_unref (self->root);
  mdoc_certificate_unref (self->provider);
  mdoc_certificate_unref (self->authority);
  mdoc_certificate_unref (self->below);
  mdoc_certificate_unref (self->false_);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static char *
attest (World *world, MdocKey *key, GPtrArray *chain, gint64 exp_s)
{
  const MdocWalletAttestation attestation = {
    .client_id = (char *) (guintptr) CLIENT,
    .exp_unix_s = exp_s,
    .key = mdoc_key_get_public (world->wallet),
  };
  g_autoptr (GError) error = NULL;
  char *text = mdoc_wallet_attestation_sign (&attestation,
                                             key,
                                             chain,
                                             NULL,
                                             &error);

  g_assert_no_error (error);
  return text;
}

static char *
make_pop (MdocVci *vci, MdocKey *key, gboolean has_challenge)
{
  g_autofree char *challenge
      = has_challenge ? mdoc_vci_make_nonce (vci, MDOC_VCI_NONCE_ATTESTATION)
                      : NULL;
  g_autoptr (GError) error = NULL;
  char *pop = mdoc_wallet_pop_make (key,
                                    CLIENT,
                                    ISSUER,
                                    TEST_NOW_S,
                                    challenge,
                                    &error);

  g_assert_no_error (error);
  return pop;
}

static MdocVci *
make_vci (World *world, MdocVciAttestation policy)
{
  g_autoptr (GPtrArray) anchors = mdoc_test_certificates (world->root, NULL);
  const MdocVciConfig config = { .clock = &fixed_clock,
                                 .attestation = policy,
                                 .anchors = anchors };

  return mdoc_vci_new (&config, NULL);
}

/* Each chain as it comes to be, and whether it leads to the anchor. */
static void
test_chains (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (MdocVci) vci = NULL;

  world_init (&world);
  vci = make_vci (&world, MDOC_VCI_ATTESTATION_REQUIRED);
  {
    const struct
    {
      MdocKey *key;
      MdocCertificate *chain[4];
      gint64 exp_s;
      gboolean is_taken;
    } rows[] = {
      { world.keys[KEY_PROVIDER], { world.provider }, TEST_NOW_S + 60, TRUE },
      { world.keys[KEY_PROVIDER],
        { world.provider, world.root },
        TEST_NOW_S + 60,
        TRUE },
      { world.keys[KEY_BELOW],
        { world.below, world.authority },
        TEST_NOW_S + 60,
        TRUE },
      { world.keys[KEY_BELOW],
        { world.below, world.authority, world.root },
        TEST_NOW_S + 60,
        TRUE },
      /* over */
      { world.keys[KEY_PROVIDER], { world.provider }, TEST_NOW_S, FALSE },
      /* the key of another */
      { world.keys[KEY_BELOW], { world.provider }, TEST_NOW_S + 60, FALSE },
      /* nobody, and somebody in between left out */
      { world.keys[KEY_PROVIDER], { NULL }, TEST_NOW_S + 60, FALSE },
      { world.keys[KEY_BELOW], { world.below }, TEST_NOW_S + 60, FALSE },
      { world.keys[KEY_BELOW],
        { world.below, world.root },
        TEST_NOW_S + 60,
        FALSE },
      { world.keys[KEY_BELOW],
        { world.below, world.provider },
        TEST_NOW_S + 60,
        FALSE },
      /* signed by who may attest, not vouch for others */
      { world.keys[KEY_FALSE],
        { world.false_, world.provider },
        TEST_NOW_S + 60,
        FALSE },
      { world.keys[KEY_FALSE],
        { world.false_, world.provider, world.root },
        TEST_NOW_S + 60,
        FALSE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
      {
        g_autoptr (GPtrArray) chain = g_ptr_array_new ();
        g_autofree char *attestation = NULL;
        g_autofree char *pop = make_pop (vci, world.wallet, TRUE);
        g_autoptr (MdocHttpCall) call = make_call ("POST", TOKEN);
        g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
        g_autofree char *client_id = NULL;
        gboolean is_taken;

        for (guint j = 0; rows[i].chain[j] != NULL; j++)
          g_ptr_array_add (chain, rows[i].chain[j]);
        attestation = attest (&world, rows[i].key, chain, rows[i].exp_s);
        add_header (call, MDOC_WALLET_ATTESTATION_HEADER, attestation);
        add_header (call, MDOC_WALLET_POP_HEADER, pop);
        g_test_message ("%" G_GSIZE_FORMAT, i);
        is_taken = mdoc_vci_take_client (vci, call, reply, NULL, &client_id);
        g_assert_cmpint (is_taken, ==, rows[i].is_taken);
        if (is_taken)
          g_assert_cmpstr (client_id, ==, CLIENT);
        else
          assert_refused (reply, 400, "invalid_client_attestation");
      }
  }
}

static const struct
{
  MdocVciAttestation policy;
  guint n_attestations;
  guint n_pops;
  gboolean is_other_key;
  gboolean has_challenge;
  const char *form;
  const char *client_id; /* NULL: refused */
  const char *error;
} clients[] = {
  { MDOC_VCI_ATTESTATION_NONE, 0, 0, FALSE, FALSE, "x", "x", NULL },
  { MDOC_VCI_ATTESTATION_NONE, 1, 0, FALSE, FALSE, "x", "x", NULL },
  { MDOC_VCI_ATTESTATION_OPTIONAL, 0, 0, FALSE, FALSE, "x", "x", NULL },
  { MDOC_VCI_ATTESTATION_OPTIONAL, 1, 1, FALSE, TRUE, NULL, CLIENT, NULL },
  { MDOC_VCI_ATTESTATION_OPTIONAL, 1, 1, FALSE, TRUE, CLIENT, CLIENT, NULL },
  { MDOC_VCI_ATTESTATION_OPTIONAL,
    1,
    1,
    FALSE,
    TRUE,
    "x",
    NULL,
    "invalid_client" },
  { MDOC_VCI_ATTESTATION_OPTIONAL,
    1,
    0,
    FALSE,
    TRUE,
    CLIENT,
    NULL,
    "invalid_client" },
  { MDOC_VCI_ATTESTATION_OPTIONAL,
    0,
    1,
    FALSE,
    TRUE,
    CLIENT,
    NULL,
    "invalid_client" },
  { MDOC_VCI_ATTESTATION_REQUIRED,
    0,
    0,
    FALSE,
    TRUE,
    CLIENT,
    NULL,
    "invalid_client" },
  { MDOC_VCI_ATTESTATION_REQUIRED,
    2,
    1,
    FALSE,
    TRUE,
    CLIENT,
    NULL,
    "invalid_client" },
  { MDOC_VCI_ATTESTATION_REQUIRED,
    1,
    2,
    FALSE,
    TRUE,
    CLIENT,
    NULL,
    "invalid_client" },
  { MDOC_VCI_ATTESTATION_REQUIRED,
    1,
    1,
    TRUE,
    TRUE,
    CLIENT,
    NULL,
    "invalid_client" },
  { MDOC_VCI_ATTESTATION_REQUIRED,
    1,
    1,
    FALSE,
    FALSE,
    CLIENT,
    NULL,
    "use_attestation_challenge" },
};

/* What goes with an attestation, and when there has to be one. */
static void
test_client (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (GPtrArray) chain = NULL;
  g_autofree char *attestation = NULL;

  world_init (&world);
  chain = mdoc_test_certificates (world.provider, NULL);
  attestation = attest (&world,
                        world.keys[KEY_PROVIDER],
                        chain,
                        TEST_NOW_S + 60);
  for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      g_autoptr (MdocVci) vci = make_vci (&world, clients[i].policy);
      g_autoptr (MdocHttpCall) call = make_call ("POST", TOKEN);
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
      g_autofree char *client_id = NULL;
      g_autofree char *pop = make_pop (vci,
                                       clients[i].is_other_key
                                           ? world.keys[KEY_BELOW]
                                           : world.wallet,
                                       clients[i].has_challenge);
      gboolean is_taken;

      for (guint n = 0; n < clients[i].n_attestations; n++)
        add_header (call, MDOC_WALLET_ATTESTATION_HEADER, attestation);
      for (guint n = 0; n < clients[i].n_pops; n++)
        add_header (call, MDOC_WALLET_POP_HEADER, pop);
      g_test_message ("%" G_GSIZE_FORMAT, i);
      is_taken = mdoc_vci_take_client (vci,
                                       call,
                                       reply,
                                       clients[i].form,
                                       &client_id);
      g_assert_cmpint (is_taken, ==, clients[i].client_id != NULL);
      g_assert_cmpstr (client_id, ==, clients[i].client_id);
      if (!is_taken)
        assert_refused (reply,
                        strcmp (clients[i].error, "invalid_client") == 0 ? 401
                                                                         : 400,
                        clients[i].error);
      /* once */
      if (is_taken && clients[i].n_pops > 0)
        {
          g_autofree char *again = NULL;

          g_assert_false (
              mdoc_vci_take_client (vci, call, reply, clients[i].form, &again));
          assert_refused (reply, 401, "invalid_client");
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vci-access/dpop", test_dpop);
  g_test_add_func ("/vci-access/dpop-again", test_dpop_again);
  g_test_add_func ("/vci-access/token", test_token);
  g_test_add_func ("/vci-access/token-guessed", test_token_guessed);
  g_test_add_func ("/vci-access/chains", test_chains);
  g_test_add_func ("/vci-access/client", test_client);
  return g_test_run ();
}
