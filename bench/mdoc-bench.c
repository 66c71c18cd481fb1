/*
 * mdoc-bench.c - what issuing, verifying and responding cost
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bench/mdoc-bench-bare.h"
#include "bench/mdoc-bench-fixture.h"
#include "bench/mdoc-bench-memory.h"

/* how much processor time one of the rounds of one figure takes at least */
#define ROUND_NS G_GINT64_CONSTANT (10000000)

/* what is signed or MACed of a response with this transcript, about */
#define DEVICE_AUTHENTICATION_LEN 420

/* The same work by primitives alone, on the same bytes. */
typedef struct
{
  MdocBenchFixture *fixture;
  MdocBenchBare *ds;
  MdocBenchBare *device;
  MdocBenchBare *reader;
  MdocSpan mso;
  guint8 mso_digest[32];
  guint8 device_digest[32];
  guint8 device_authentication[DEVICE_AUTHENTICATION_LEN];
} Context;

typedef struct
{
  const char *name;
  const char *what; /* the floor, for people */
  void (*run) (Context *);
  void (*floor) (Context *);
  double max_ratio_openssl;
  double max_ratio_mbedtls;
} Figure;

static void
issue (Context *self)
{
  g_bytes_unref (mdoc_bench_fixture_issue (self->fixture));
}

static void
verify_issued (Context *self)
{
  mdoc_bench_fixture_verify_issued (self->fixture, self->fixture->verifier);
}

static void
verify_issued_first (Context *self)
{
  g_autoptr (MdocVerifier) verifier = mdoc_verifier_new (self->fixture->anchors,
                                                         NULL);

  mdoc_bench_fixture_verify_issued (self->fixture, verifier);
}

static void
respond_by_signature (Context *self)
{
  g_bytes_unref (mdoc_bench_fixture_respond (self->fixture, FALSE));
}

static void
respond_by_mac (Context *self)
{
  g_bytes_unref (mdoc_bench_fixture_respond (self->fixture, TRUE));
}

static void
verify_by_signature (Context *self)
{
  mdoc_bench_fixture_verify_response (self->fixture, FALSE);
}

static void
verify_by_mac (Context *self)
{
  mdoc_bench_fixture_verify_response (self->fixture, TRUE);
}

static void
hash_item (Context *self, guint i)
{
  const MdocIssuerSignedItem *item
      = mdoc_issuer_signed_get_item (self->fixture->issuer_signed, i);
  guint8 digest[32];

  mdoc_bench_bare_sha256 (item->encoded.data, item->encoded.len, digest);
}

static void
hash_all (Context *self)
{
  for (guint i = 0; i < MDOC_BENCH_N_ELEMENTS; i++)
    hash_item (self, i);
}

static void
hash_disclosed (Context *self)
{
  for (guint i = 0; i < MDOC_BENCH_N_DISCLOSED; i++)
    hash_item (self, self->fixture->disclosed[i]);
}

static void
hash_mso (Context *self)
{
  guint8 digest[32];

  mdoc_bench_bare_sha256 (self->mso.data, self->mso.len, digest);
}

static void
hash_device_authentication (Context *self)
{
  guint8 digest[32];

  mdoc_bench_bare_sha256 (self->device_authentication,
                          DEVICE_AUTHENTICATION_LEN,
                          digest);
}

/* agreement, HKDF (two HMACs) with the transcript's hash as salt, and the MAC
 */
static void
mac (Context *self, MdocBenchBare *own, MdocBenchBare *peer)
{
  MdocSpan transcript = mdoc_transcript_get_encoded (self->fixture->transcript);
  guint8 salt[32];
  guint8 secret[32];
  guint8 key[32];
  guint8 tag[32];

  mdoc_bench_bare_sha256 (transcript.data, transcript.len, salt);
  mdoc_bench_bare_agree (own, peer, secret);
  mdoc_bench_bare_hmac (salt, secret, sizeof secret, key);
  mdoc_bench_bare_hmac (key, (const guint8 *) "EMacKey\1", 8, secret);
  mdoc_bench_bare_hmac (secret,
                        self->device_authentication,
                        DEVICE_AUTHENTICATION_LEN,
                        tag);
}

static void
floor_issue (Context *self)
{
  guint8 random[MDOC_BENCH_N_ELEMENTS * MDOC_MIN_RANDOM_LEN];

  mdoc_bench_bare_random (random, sizeof random);
  hash_all (self);
  hash_mso (self);
  mdoc_bench_bare_sign (self->ds, self->mso_digest);
}

static void
floor_verify_issued (Context *self)
{
  hash_all (self);
  hash_mso (self);
  mdoc_bench_bare_verify (self->ds, self->mso_digest);
}

static void
floor_verify_issued_first (Context *self)
{
  floor_verify_issued (self);
  /* the root's key under the document signer's certificate */
  mdoc_bench_bare_verify (self->ds, self->mso_digest);
}

static void
floor_respond_by_signature (Context *self)
{
  hash_device_authentication (self);
  mdoc_bench_bare_sign (self->device, self->device_digest);
}

static void
floor_respond_by_mac (Context *self)
{
  mac (self, self->device, self->reader);
}

static void
floor_verify_by_signature (Context *self)
{
  hash_disclosed (self);
  hash_mso (self);
  mdoc_bench_bare_verify (self->ds, self->mso_digest);
  hash_device_authentication (self);
  mdoc_bench_bare_verify (self->device, self->device_digest);
}

static void
floor_verify_by_mac (Context *self)
{
  hash_disclosed (self);
  hash_mso (self);
  mdoc_bench_bare_verify (self->ds, self->mso_digest);
  mac (self, self->reader, self->device);
}

static void
only_sign (Context *self)
{
  mdoc_bench_bare_sign (self->ds, self->mso_digest);
}

static void
only_verify (Context *self)
{
  mdoc_bench_bare_verify (self->ds, self->mso_digest);
}

static void
only_agree (Context *self)
{
  guint8 secret[32];

  mdoc_bench_bare_agree (self->device, self->reader, secret);
}

static void
our_sign (Context *self)
{
  MdocSpan message = MDOC_SPAN (self->mso_digest, sizeof self->mso_digest);
  guint8 signature[MDOC_SIGNATURE_MAX_LEN];
  gsize len;

  if (!mdoc_key_sign (self->fixture->ds_key,
                      MDOC_ALG_ES256,
                      &message,
                      1,
                      signature,
                      &len,
                      NULL))
    g_error ("bench: cannot sign");
}

static void
our_agree (Context *self)
{
  mdoc_secret_free (
      mdoc_key_agree (self->fixture->device_key,
                      mdoc_key_get_public (self->fixture->reader_key),
                      NULL));
}

static const Figure FIGURES[] = {
  { "issue", "1 signature, 21 digests", issue, floor_issue, 1.5, 1.1 },
  { "verify-issued",
    "1 signature check, 21 digests",
    verify_issued,
    floor_verify_issued,
    1.5,
    1.1 },
  { "verify-issued-first",
    "2 signature checks, 21 digests",
    verify_issued_first,
    floor_verify_issued_first,
    1.5,
    1.1 },
  { "respond-signature",
    "1 signature",
    respond_by_signature,
    floor_respond_by_signature,
    1.3,
    1.1 },
  { "respond-mac",
    "1 agreement, HKDF, HMAC",
    respond_by_mac,
    floor_respond_by_mac,
    1.3,
    1.1 },
  { "verify-response-signature",
    "2 signature checks, 9 digests",
    verify_by_signature,
    floor_verify_by_signature,
    1.5,
    1.1 },
  { "verify-response-mac",
    "1 signature check, 9 digests, 1 agreement, HKDF, HMAC",
    verify_by_mac,
    floor_verify_by_mac,
    1.5,
    1.1 },
  { "sign", "1 signature", our_sign, only_sign, 0, 0 },
  { "agree", "1 agreement", our_agree, only_agree, 0, 0 },
  { "check-signature", "1 signature check", only_verify, only_verify, 0, 0 },
};

static gint64
now_ns (void)
{
  struct timespec now;

  /* what others do on this processor does not count */
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Returns: nanoseconds for each of @n calls, on average */
static double
measure (void (*run) (Context *), Context *context, guint n)
{
  gint64 start = now_ns ();

  for (guint i = 0; i < n; i++)
    run (context);
  return (double) (now_ns () - start) / n;
}

static int
compare_doubles (const void *a, const void *b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return (left > right) - (left < right);
}

static double
median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return values[n / 2];
}

static void
print_figure (const Figure *figure,
              Context *context,
              guint n_rounds,
              gboolean is_first)
{
  g_autofree double *ours = g_new (double, n_rounds);
  g_autofree double *floors = g_new (double, n_rounds);
  g_autofree double *ratios = g_new (double, n_rounds);
  gsize most_bytes;
  double once;
  guint n;

  figure->run (context);
  mdoc_bench_memory_begin ();
  figure->run (context);
  most_bytes = mdoc_bench_memory_end ();

  once = measure (figure->run, context, 3);
  n = (guint) CLAMP ((double) ROUND_NS / once, 1.0, 10000.0);
  for (guint i = 0; i < n_rounds; i++)
    {
      ours[i] = measure (figure->run, context, n);
      floors[i] = measure (figure->floor, context, n);
      ratios[i] = ours[i] / floors[i];
    }

  printf ("%s    { \"name\": \"%s\", \"floor\": \"%s\",\n"
          "      \"us\": %.2f, \"floor_us\": %.2f, \"ratio\": %.3f,\n"
          "      \"max_ratio_openssl\": %.1f, \"max_ratio_mbedtls\": %.1f,\n"
          "      \"peak_bytes\": %" G_GSIZE_FORMAT " }",
          is_first ? "" : ",\n",
          figure->name,
          figure->what,
          median (ours, n_rounds) / 1000,
          median (floors, n_rounds) / 1000,
          median (ratios, n_rounds),
          figure->max_ratio_openssl,
          figure->max_ratio_mbedtls,
          most_bytes);
}

static MdocBenchBare *
new_bare (MdocKey *key)
{
  g_autoptr (MdocSecret) d = mdoc_key_export_private (key, NULL);
  MdocPublicKey *public_key = mdoc_key_get_public (key);

  return mdoc_bench_bare_new (mdoc_secret_get_span (d).data,
                              mdoc_public_key_get_x (public_key).data,
                              mdoc_public_key_get_y (public_key).data);
}

int
main (int argc, char **argv)
{
  g_autoptr (MdocBenchFixture) fixture = NULL;
  g_autoptr (MdocBenchBare) ds = NULL;
  g_autoptr (MdocBenchBare) device = NULL;
  g_autoptr (MdocBenchBare) reader = NULL;
  Context context = { 0 };
  guint64 n_rounds = 0;

  if (argc == 3 && strcmp (argv[1], "--write-pki") == 0)
    {
      mdoc_bench_fixture_write_pki (argv[2]);
      return 0;
    }
  if (argc != 3
      || !g_ascii_string_to_unsigned (argv[2], 10, 1, 1000, &n_rounds, NULL))
    {
      fprintf (stderr,
               "usage: mdoc-bench --write-pki FOLDER | FOLDER ROUNDS\n");
      return 2;
    }

  context.fixture = fixture = mdoc_bench_fixture_new (argv[1]);
  context.ds = ds = new_bare (fixture->ds_key);
  context.device = device = new_bare (fixture->device_key);
  context.reader = reader = new_bare (fixture->reader_key);
  context.mso = mdoc_issuer_signed_get_issuer_auth (fixture->issuer_signed)
                    ->payload;
  mdoc_random_fill (context.device_authentication, DEVICE_AUTHENTICATION_LEN);
  mdoc_bench_bare_sha256 (context.mso.data,
                          context.mso.len,
                          context.mso_digest);
  memcpy (context.device_digest, context.mso_digest, 32);
  /* verify checks what sign made last */
  mdoc_bench_bare_sign (ds, context.mso_digest);
  mdoc_bench_bare_sign (device, context.device_digest);

  printf ("{\n  \"backend\": \"%s\",\n  \"credential_bytes\": %" G_GSIZE_FORMAT
          ",\n  \"response_bytes\": %" G_GSIZE_FORMAT ",\n  \"figures\": [\n",
          mdoc_crypto_get_backend (),
          g_bytes_get_size (fixture->encoded),
          g_bytes_get_size (fixture->by_signature));
  for (guint i = 0; i < G_N_ELEMENTS (FIGURES); i++)
    print_figure (&FIGURES[i], &context, (guint) n_rounds, i == 0);
  printf ("\n  ]\n}\n");
  return 0;
}
