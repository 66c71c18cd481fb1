/*
 * test-vci-client.c - wallets that somebody vouches for
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-wallet-attestation.h"
#include "tests/lib/mdoc-test-call.h"
#include "tests/lib/mdoc-test-register.h"
#include "tests/lib/mdoc-test-x509.h"

#define TOKEN  "/openid4vci/token"
#define ISSUER MDOC_TEST_CALL_BASE "/openid4vci"
#define CLIENT "wallet"

/* Who vouches, and how. */
typedef enum
{
  NOBODY,
  ROOT,
  PROVIDER,       /* signed by the root */
  AUTHORITY,      /* the same, and it may sign others */
  BELOW,          /* signed by the authority */
  FALSE_PROVIDER, /* signed by the provider, who may not */
  OLD,            /* signed by the root, over since a second */
  EARLY,          /* the same, good in a second */
  FORGED,         /* not signed by the root, though it says so */
  MISNAMED,       /* signed by the root, of another name */
  FORGED_BELOW,   /* the same two, below the authority */
  MISNAMED_BELOW,
  N_CERTIFICATES,
} Certificate;

typedef struct
{
  MdocKey *keys[5];
  MdocCertificate *certificates[N_CERTIFICATES];
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
init_wrong_ones (World *self)
{
  MdocTestCertificate leaf = {
    .not_before_s = TEST_NOW_S - TEST_DAY_S,
    .not_after_s = TEST_NOW_S - 1,
  };
  MdocKey *key = self->keys[KEY_PROVIDER];
  MdocKey *root_key = self->keys[KEY_ROOT];
  MdocKey *authority_key = self->keys[KEY_AUTHORITY];

  self->certificates[OLD] = mdoc_test_certificate_new (&leaf,
                                                       key,
                                                       self->certificates[ROOT],
                                                       root_key);
  leaf.not_before_s = TEST_NOW_S + 1;
  leaf.not_after_s = TEST_NOW_S + TEST_DAY_S;
  self->certificates[EARLY]
      = mdoc_test_certificate_new (&leaf,
                                   key,
                                   self->certificates[ROOT],
                                   root_key);
  leaf.not_before_s = TEST_NOW_S;
  leaf.is_forged = TRUE;
  self->certificates[FORGED]
      = mdoc_test_certificate_new (&leaf,
                                   key,
                                   self->certificates[ROOT],
                                   root_key);
  self->certificates[FORGED_BELOW]
      = mdoc_test_certificate_new (&leaf,
                                   key,
                                   self->certificates[AUTHORITY],
                                   authority_key);
  leaf.is_forged = FALSE;
  leaf.issuer = "C=UT,CN=Another";
  self->certificates[MISNAMED]
      = mdoc_test_certificate_new (&leaf,
                                   key,
                                   self->certificates[ROOT],
                                   root_key);
  self->certificates[MISNAMED_BELOW]
      = mdoc_test_certificate_new (&leaf,
                                   key,
                                   self->certificates[AUTHORITY],
                                   authority_key);
}

static void
world_init (World *self)
{
  const MdocTestCertificate root = {
    .is_root = TRUE,
    .not_before_s = TEST_NOW_S - TEST_DAY_S,
    .not_after_s = TEST_NOW_S + TEST_DAY_S,
    .extensions = MDOC_TEST_BC_CA MDOC_TEST_KU_CA,
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
    self->keys[i] = mdoc_test_call_make_key ();
  self->wallet = mdoc_test_call_make_key ();
  self->certificates[ROOT] = mdoc_test_certificate_new (&root,
                                                        self->keys[KEY_ROOT],
                                                        NULL,
                                                        self->keys[KEY_ROOT]);
  self->certificates[PROVIDER]
      = mdoc_test_certificate_new (&leaf,
                                   self->keys[KEY_PROVIDER],
                                   self->certificates[ROOT],
                                   self->keys[KEY_ROOT]);
  self->certificates[AUTHORITY]
      = mdoc_test_certificate_new (&authority,
                                   self->keys[KEY_AUTHORITY],
                                   self->certificates[ROOT],
                                   self->keys[KEY_ROOT]);
  self->certificates[BELOW]
      = mdoc_test_certificate_new (&leaf,
                                   self->keys[KEY_BELOW],
                                   self->certificates[AUTHORITY],
                                   self->keys[KEY_AUTHORITY]);
  init_wrong_ones (self);
  self->certificates[FALSE_PROVIDER]
      = mdoc_test_certificate_new (&leaf,
                                   self->keys[KEY_FALSE],
                                   self->certificates[PROVIDER],
                                   self->keys[KEY_PROVIDER]);
}

static void
world_clear (World *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->keys); i++)
    mdoc_key_unref (self->keys[i]);
  mdoc_key_unref (self->wallet);
  for (gsize i = 0; i < N_CERTIFICATES; i++)
    mdoc_certificate_unref (self->certificates[i]);
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
  g_autoptr (GPtrArray) anchors
      = mdoc_test_certificates (world->certificates[ROOT], NULL);
  const MdocVciConfig config = { .clock = mdoc_test_call_get_clock (),
                                 .attestation = policy,
                                 .anchors = anchors };

  return mdoc_vci_new (&config, NULL);
}

static const struct
{
  int key;
  Certificate chain[6];
  gint64 lifetime_s;
  gboolean is_taken;
} chains[] = {
  { KEY_PROVIDER, { PROVIDER }, 60, TRUE },
  { KEY_PROVIDER, { PROVIDER, ROOT }, 60, TRUE },
  { KEY_BELOW, { BELOW, AUTHORITY }, 60, TRUE },
  { KEY_BELOW, { BELOW, AUTHORITY, ROOT }, 60, TRUE },
  /* over */
  { KEY_PROVIDER, { PROVIDER }, 0, FALSE },
  /* the key of another */
  { KEY_BELOW, { PROVIDER }, 60, FALSE },
  /* nobody, and somebody in between left out */
  { KEY_PROVIDER, { NOBODY }, 60, FALSE },
  { KEY_BELOW, { BELOW }, 60, FALSE },
  { KEY_BELOW, { BELOW, ROOT }, 60, FALSE },
  { KEY_BELOW, { BELOW, PROVIDER }, 60, FALSE },
  /* not yet, no more, not by whom it says, not of whom it is */
  { KEY_PROVIDER, { OLD }, 60, FALSE },
  { KEY_PROVIDER, { OLD, ROOT }, 60, FALSE },
  { KEY_PROVIDER, { EARLY }, 60, FALSE },
  { KEY_PROVIDER, { FORGED }, 60, FALSE },
  { KEY_PROVIDER, { MISNAMED }, 60, FALSE },
  { KEY_PROVIDER, { FORGED_BELOW, AUTHORITY }, 60, FALSE },
  { KEY_PROVIDER, { MISNAMED_BELOW, AUTHORITY }, 60, FALSE },
  /* longer than any has to be */
  { KEY_PROVIDER, { PROVIDER, ROOT, ROOT, ROOT, ROOT }, 60, FALSE },
  /* signed by who may attest, not vouch for others */
  { KEY_FALSE, { FALSE_PROVIDER, PROVIDER }, 60, FALSE },
  { KEY_FALSE, { FALSE_PROVIDER, PROVIDER, ROOT }, 60, FALSE },
};

/* Each chain as it comes to be, and whether it leads to the anchor. */
static void
test_chains (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (MdocVci) vci = NULL;

  world_init (&world);
  vci = make_vci (&world, MDOC_VCI_ATTESTATION_REQUIRED);
  for (gsize i = 0; i < G_N_ELEMENTS (chains); i++)
    {
      g_autoptr (GPtrArray) chain = g_ptr_array_new ();
      g_autofree char *attestation = NULL;
      g_autofree char *pop = make_pop (vci, world.wallet, TRUE);
      g_autoptr (MdocHttpCall) call = mdoc_test_call_new ("POST", TOKEN);
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
      g_autofree char *client_id = NULL;
      gboolean is_taken;

      for (guint j = 0; chains[i].chain[j] != NOBODY; j++)
        g_ptr_array_add (chain, world.certificates[chains[i].chain[j]]);
      attestation = attest (&world,
                            world.keys[chains[i].key],
                            chain,
                            TEST_NOW_S + chains[i].lifetime_s);
      mdoc_test_call_add_header (call,
                                 MDOC_WALLET_ATTESTATION_HEADER,
                                 attestation);
      mdoc_test_call_add_header (call, MDOC_WALLET_POP_HEADER, pop);
      g_test_message ("%" G_GSIZE_FORMAT, i);
      is_taken = mdoc_vci_take_client (vci, call, reply, NULL, &client_id);
      g_assert_cmpint (is_taken, ==, chains[i].is_taken);
      if (is_taken)
        g_assert_cmpstr (client_id, ==, CLIENT);
      else
        mdoc_test_call_assert_refused (reply,
                                       400,
                                       "invalid_client_attestation");
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
  chain = mdoc_test_certificates (world.certificates[PROVIDER], NULL);
  attestation = attest (&world,
                        world.keys[KEY_PROVIDER],
                        chain,
                        TEST_NOW_S + 60);
  for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      g_autoptr (MdocVci) vci = make_vci (&world, clients[i].policy);
      g_autoptr (MdocHttpCall) call = mdoc_test_call_new ("POST", TOKEN);
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
      g_autofree char *client_id = NULL;
      g_autofree char *pop = make_pop (vci,
                                       clients[i].is_other_key
                                           ? world.keys[KEY_BELOW]
                                           : world.wallet,
                                       clients[i].has_challenge);
      gboolean is_taken;

      for (guint n = 0; n < clients[i].n_attestations; n++)
        mdoc_test_call_add_header (call,
                                   MDOC_WALLET_ATTESTATION_HEADER,
                                   attestation);
      for (guint n = 0; n < clients[i].n_pops; n++)
        mdoc_test_call_add_header (call, MDOC_WALLET_POP_HEADER, pop);
      g_test_message ("%" G_GSIZE_FORMAT, i);
      is_taken = mdoc_vci_take_client (vci,
                                       call,
                                       reply,
                                       clients[i].form,
                                       &client_id);
      g_assert_cmpint (is_taken, ==, clients[i].client_id != NULL);
      g_assert_cmpstr (client_id, ==, clients[i].client_id);
      if (!is_taken)
        mdoc_test_call_assert_refused (reply,
                                       strcmp (clients[i].error,
                                               "invalid_client")
                                               == 0
                                           ? 401
                                           : 400,
                                       clients[i].error);
      /* once */
      if (is_taken && clients[i].n_pops > 0)
        {
          g_autofree char *again = NULL;

          g_assert_false (
              mdoc_vci_take_client (vci, call, reply, clients[i].form, &again));
          mdoc_test_call_assert_refused (reply, 401, "invalid_client");
        }
    }
}

/* an anchor that is over, none at all, and what is no attestation */
static void
test_anchors (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (GPtrArray) chain = NULL;
  g_autofree char *good = NULL;

  world_init (&world);
  chain = mdoc_test_certificates (world.certificates[PROVIDER], NULL);
  good = attest (&world, world.keys[KEY_PROVIDER], chain, TEST_NOW_S + 60);
  for (guint i = 0; i < 3; i++)
    {
      const MdocTestCertificate over = {
        .is_root = TRUE,
        .not_before_s = TEST_NOW_S - TEST_DAY_S,
        .not_after_s = TEST_NOW_S - 1,
      };
      g_autoptr (MdocCertificate) old
          = mdoc_test_certificate_new (&over,
                                       world.keys[KEY_ROOT],
                                       NULL,
                                       world.keys[KEY_ROOT]);
      g_autoptr (GPtrArray) anchors
          = mdoc_test_certificates (i == 0 ? old : world.certificates[ROOT],
                                    NULL);
      const MdocVciConfig config = {
        .clock = mdoc_test_call_get_clock (),
        .attestation = MDOC_VCI_ATTESTATION_REQUIRED,
        .anchors = i == 1 ? NULL : anchors
      };
      g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);
      g_autoptr (MdocHttpCall) call = mdoc_test_call_new ("POST", TOKEN);
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
      g_autofree char *pop = make_pop (vci, world.wallet, TRUE);
      g_autofree char *client_id = NULL;

      mdoc_test_call_add_header (call,
                                 MDOC_WALLET_ATTESTATION_HEADER,
                                 i == 2 ? "a.b.c" : good);
      mdoc_test_call_add_header (call, MDOC_WALLET_POP_HEADER, pop);
      g_assert_false (
          mdoc_vci_take_client (vci, call, reply, NULL, &client_id));
      mdoc_test_call_assert_refused (reply, 400, "invalid_client_attestation");
    }
}

/* a provider's own certificate may be what is trusted */
static void
test_pinned (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (GPtrArray) chain = NULL;
  g_autofree char *good = NULL;
  g_autofree char *client_id = NULL;
  g_autoptr (MdocHttpCall) call = mdoc_test_call_new ("POST", TOKEN);
  g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
  g_autofree char *pop = NULL;
  MdocVciConfig config = { .clock = mdoc_test_call_get_clock (),
                           .attestation = MDOC_VCI_ATTESTATION_REQUIRED };
  g_autoptr (MdocVci) vci = NULL;

  world_init (&world);
  chain = mdoc_test_certificates (world.certificates[PROVIDER], NULL);
  config.anchors = chain;
  vci = mdoc_vci_new (&config, NULL);
  good = attest (&world, world.keys[KEY_PROVIDER], chain, TEST_NOW_S + 60);
  pop = make_pop (vci, world.wallet, TRUE);
  mdoc_test_call_add_header (call, MDOC_WALLET_ATTESTATION_HEADER, good);
  mdoc_test_call_add_header (call, MDOC_WALLET_POP_HEADER, pop);
  g_assert_true (mdoc_vci_take_client (vci, call, reply, NULL, &client_id));
  g_assert_cmpstr (client_id, ==, CLIENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vci-client/chains", test_chains);
  g_test_add_func ("/vci-client/anchors", test_anchors);
  g_test_add_func ("/vci-client/pinned", test_pinned);
  g_test_add_func ("/vci-client/client", test_client);
  return g_test_run ();
}
