/*
 * mdoc-bench-serve.c - many wallets at once, for the speed of a platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mdoc-file.h"
#include "issuer/mdoc-register.h"
#include "openid/mdoc-credential-message.h"
#include "openid/mdoc-dpop.h"
#include "openid/mdoc-proof.h"
#include "openid/mdoc-token-message.h"

/* usage: mdoc-bench-serve prepare DATABASE PROFILES CLAIMS N CODES
 *        mdoc-bench-serve run PORT CODES THREADS
 *        mdoc-bench-serve floor THREADS
 *
 * Writes offers into a database; redeems them at a platform that listens
 * without TLS, and renews what it got; and says how often this machine can
 * sign, and do all the cryptography of a claim, when it does nothing else. */

#define FLOOR_S     3
#define MAX_REPLY   (512 * 1024)
#define CHECKS_EACH 3 /* two proofs of DPoP and one of the device key */

typedef struct
{
  int fd;
  char *base_url;
  char *host;
  char *reply; /* MAX_REPLY bytes */
  const char *body;
  char *dpop_nonce;
  MdocKey *key;
  char *access_token;
  char *refresh_token;
  char *identifier;
} Wallet;

static gint next_code;
static gint n_codes;
static char **codes;
static guint16 port;

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
wallet_connect (Wallet *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr = { htonl (INADDR_LOOPBACK) } };
  const int yes = 1;

  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (self->fd < 0
      || connect (self->fd, (struct sockaddr *) &address, sizeof (address)))
    g_error ("no platform at port %u", port);
  setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof (yes));
  self->base_url = g_strdup_printf ("http://127.0.0.1:%u/openid4vci", port);
  self->reply = g_malloc (MAX_REPLY + 1);
}

/* Reads one answer. Returns: its status */
static guint
read_reply (Wallet *self)
{
  gsize len = 0, head_len = 0, want = 0;

  do
    {
      const gssize n = recv (self->fd, self->reply + len, MAX_REPLY - len, 0);
      const char *end, *field;

      if (n <= 0)
        g_error ("the platform has hung up");
      len += (gsize) n;
      self->reply[len] = '\0';
      end = strstr (self->reply, "\r\n\r\n");
      if (head_len == 0 && end != NULL)
        {
          head_len = (gsize) (end - self->reply) + 4;
          field = strstr (self->reply, "Content-Length: ");
          want = head_len
                 + (field != NULL ? strtoul (field + 16, NULL, 10) : 0);
        }
    }
  while (head_len == 0 || len < want);

  self->body = self->reply + head_len;
  {
    const char *nonce = strstr (self->reply, "DPoP-Nonce: ");

    if (nonce != NULL && nonce < self->body)
      {
        g_free (self->dpop_nonce);
        self->dpop_nonce = g_strndup (nonce + 12, strcspn (nonce + 12, "\r"));
      }
  }
  return (guint) strtoul (self->reply + 9, NULL, 10);
}

static guint
post (Wallet *self, const char *path, const char *type, const char *body)
{
  g_autofree char *url = g_strconcat (self->base_url, path, NULL);
  g_autofree char *proof = NULL;
  g_autoptr (GString) request = g_string_new (NULL);
  const gboolean has_token = strcmp (path, "/credential") == 0;

  g_string_printf (request,
                   "POST /openid4vci%s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                   "Content-Type: %s\r\nContent-Length: %zu\r\n",
                   path,
                   type,
                   strlen (body));
  if (strcmp (path, "/nonce") != 0)
    {
      proof = mdoc_dpop_make (self->key,
                              "POST",
                              url,
                              now_s (),
                              self->dpop_nonce,
                              has_token ? self->access_token : NULL,
                              NULL);
      g_string_append_printf (request, "DPoP: %s\r\n", proof);
    }
  if (has_token)
    g_string_append_printf (request,
                            "Authorization: DPoP %s\r\n",
                            self->access_token);
  g_string_append_printf (request, "\r\n%s", body);
  if (send (self->fd, request->str, request->len, 0) != (gssize) request->len)
    g_error ("the platform does not listen");
  return read_reply (self);
}

static void
get_token (Wallet *self, MdocTokenGrant grant, char *code)
{
  static char profile[] = "photoid";
  g_autoptr (GPtrArray) details = mdoc_details_new ();
  const MdocTokenRequest request = { .grant = grant,
                                     .code = code,
                                     .details = details };
  g_autoptr (MdocTokenResponse) response = NULL;
  g_autofree char *form = NULL;

  mdoc_details_add (details, profile, NULL);
  form = mdoc_token_request_to_form (&request);
  if (post (self, "/token", "application/x-www-form-urlencoded", form) != 200)
    g_error ("no token: %s", self->body);
  response = mdoc_token_response_parse (mdoc_span_from_text (self->body), NULL);
  g_free (self->access_token);
  g_free (self->refresh_token);
  g_free (self->identifier);
  self->access_token = g_strdup (response->access_token);
  self->refresh_token = g_strdup (response->refresh_token);
  self->identifier = g_strdup (
      ((MdocDetail *) g_ptr_array_index (response->details, 0))
          ->identifiers[0]);
}

static void
get_credential (Wallet *self)
{
  g_autoptr (MdocKey) device = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autofree char *nonce = NULL;
  g_autofree char *proof = NULL;
  g_autofree char *json = NULL;
  char *proofs[] = { NULL, NULL };
  MdocCredentialRequest request = { .identifier = self->identifier,
                                    .jwt_proofs = proofs };

  if (post (self, "/nonce", "text/plain", "") != 200)
    g_error ("no nonce: %s", self->body);
  nonce = mdoc_nonce_response_parse (mdoc_span_from_text (self->body), NULL);
  proofs[0] = proof = mdoc_proof_make (device,
                                       self->base_url,
                                       now_s (),
                                       nonce,
                                       NULL,
                                       NULL,
                                       NULL);
  json = mdoc_credential_request_to_json (&request);
  if (post (self, "/credential", "application/json", json) != 200)
    g_error ("no credential: %s", self->body);
}

static gpointer
claim (gpointer data)
{
  GPtrArray *wallets = data;
  Wallet *wallet = NULL;
  Wallet connection = { 0 };

  wallet_connect (&connection);
  while (TRUE)
    {
      const gint i = g_atomic_int_add (&next_code, 1);

      if (i >= n_codes)
        return wallets;
      wallet = g_new0 (Wallet, 1);
      *wallet = connection;
      wallet->key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
      wallet->access_token = wallet->refresh_token = wallet->identifier = NULL;
      wallet->dpop_nonce = NULL;
      if (post (wallet, "/nonce", "text/plain", "") != 200)
        g_error ("no nonce");
      get_token (wallet, MDOC_TOKEN_PRE_AUTHORIZED, codes[i]);
      get_credential (wallet);
      g_ptr_array_add (wallets, wallet);
    }
}

static gpointer
renew (gpointer data)
{
  GPtrArray *wallets = data;

  for (guint i = 0; i < wallets->len; i++)
    {
      Wallet *wallet = g_ptr_array_index (wallets, i);
      g_autofree char *refresh_token = g_strdup (wallet->refresh_token);

      get_token (wallet, MDOC_TOKEN_REFRESH, refresh_token);
      get_credential (wallet);
    }
  return NULL;
}

/* Returns: how many a second */
static double
run_all (GThreadFunc function, GPtrArray **parts, guint n_threads, guint n)
{
  g_autofree GThread **threads = g_new (GThread *, n_threads);
  const gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < n_threads; i++)
    threads[i] = g_thread_new ("wallets", function, parts[i]);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
  return (double) n * G_USEC_PER_SEC
         / (double) (g_get_monotonic_time () - start_us);
}

static void
run (const char *port_text, const char *path, guint n_threads)
{
  g_autofree GPtrArray **parts = g_new (GPtrArray *, n_threads);
  g_autofree char *text = NULL;
  double claims, renewals;

  port = (guint16) atoi (port_text);
  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("no codes in %s", path);
  codes = g_strsplit (g_strstrip (text), "\n", -1);
  n_codes = (gint) g_strv_length (codes);
  for (guint i = 0; i < n_threads; i++)
    parts[i] = g_ptr_array_new ();

  claims = run_all (claim, parts, n_threads, (guint) n_codes);
  renewals = run_all (renew, parts, n_threads, (guint) n_codes);
  printf ("{\"claims\": %d, \"claimsPerSecond\": %.1f, "
          "\"renewalsPerSecond\": %.1f}\n",
          n_codes,
          claims,
          renewals);
}

typedef struct
{
  gboolean with_checks;
  guint64 n;
} Floor;

static gpointer
do_floor (gpointer data)
{
  static const guint8 message[256];
  const MdocSpan part = MDOC_SPAN (message, sizeof (message));
  const gint64 end_us = g_get_monotonic_time () + FLOOR_S * G_USEC_PER_SEC;
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  Floor *self = data;

  while (g_get_monotonic_time () < end_us)
    {
      guint8 signature[MDOC_SIGNATURE_MAX_LEN];
      gboolean is_valid;
      gsize len;

      if (!mdoc_key_sign (key, MDOC_ALG_ES256, &part, 1, signature, &len, NULL))
        g_error ("no signature");
      for (guint i = 0; self->with_checks && i < CHECKS_EACH; i++)
        if (!mdoc_public_key_verify (mdoc_key_get_public (key),
                                     MDOC_ALG_ES256,
                                     &part,
                                     1,
                                     MDOC_SPAN (signature, len),
                                     &is_valid,
                                     NULL)
            || !is_valid)
          g_error ("no check");
      self->n++;
    }
  return NULL;
}

static double
measure_floor (guint n_threads, gboolean with_checks)
{
  g_autofree GThread **threads = g_new (GThread *, n_threads);
  g_autofree Floor *floors = g_new0 (Floor, n_threads);
  double n = 0;

  for (guint i = 0; i < n_threads; i++)
    {
      floors[i].with_checks = with_checks;
      threads[i] = g_thread_new ("floor", do_floor, &floors[i]);
    }
  for (guint i = 0; i < n_threads; i++)
    {
      g_thread_join (threads[i]);
      n += (double) floors[i].n;
    }
  return n / FLOOR_S;
}

static char *
read_text (const char *path)
{
  char *text;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("cannot read %s", path);
  return text;
}

static void
prepare (char **argv)
{
  const MdocRegisterCall call = { .now_ms = g_get_real_time () / 1000,
                                  .actor = "issuer" };
  const MdocRegisterOptions options = { .is_relaxed = TRUE };
  g_autofree char *claims = read_text (argv[4]);
  const MdocRegisterOfferItem item = { .profile_id = "photoid",
                                       .claims_json = claims };
  const MdocRegisterOfferRequest request = {
    .items = &item,
    .n_items = 1,
    .grant = MDOC_PROFILE_PRE_AUTHORIZED,
    .tx_code = MDOC_REGISTER_NO,
    .deferred = MDOC_REGISTER_NO
  };
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegister) reg = mdoc_register_open (argv[2], &options, &error);
  g_autoptr (GPtrArray) profiles = mdoc_profile_load_folder (argv[3], &error);

  if (error != NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < profiles->len; i++)
    if (!mdoc_register_add_profile (reg,
                                    &call,
                                    g_ptr_array_index (profiles, i),
                                    &error))
      g_error ("%s", error->message);
  for (int i = 0; i < atoi (argv[5]); i++)
    {
      g_autoptr (MdocRegisterOffer) offer
          = mdoc_register_create_offer (reg, &call, &request, &error);

      if (offer == NULL)
        g_error ("%s", error->message);
      g_string_append_printf (all, "%s\n", offer->pre_authorized_code);
    }
  if (!g_file_set_contents (argv[6], all->str, (gssize) all->len, &error))
    g_error ("%s", error->message);
}

int
main (int argc, char **argv)
{
  if (argc == 7 && strcmp (argv[1], "prepare") == 0)
    prepare (argv);
  else if (argc == 5 && strcmp (argv[1], "run") == 0)
    run (argv[2], argv[3], (guint) atoi (argv[4]));
  else if (argc == 3 && strcmp (argv[1], "floor") == 0)
    printf ("{\"signaturesPerSecond\": %.0f, \"cryptoPerSecond\": %.0f}\n",
            measure_floor ((guint) atoi (argv[2]), FALSE),
            measure_floor ((guint) atoi (argv[2]), TRUE));
  else
    return 2;
  return 0;
}
