/*
 * test-rsa.c - RSA keys of servers: what is one, and what one has signed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-rsa.h"
#include "tests/unit/rsa-vectors.h"

static GBytes *
decode (const char *text)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = mdoc_base64url_decode (text, 1024, &error);

  g_assert_no_error (error);
  return bytes;
}

static MdocRsaKey *
load (const char *modulus, GError **error)
{
  g_autoptr (GBytes) n = decode (modulus);
  g_autoptr (GBytes) e = decode (RSA_E);

  return mdoc_rsa_key_new (mdoc_span_from_bytes (n),
                           mdoc_span_from_bytes (e),
                           error);
}

static gboolean
verify (MdocRsaKey *key,
        MdocRsaScheme scheme,
        const char *message,
        MdocSpan signature)
{
  g_autoptr (GError) error = NULL;
  gboolean is_valid = TRUE;
  gboolean is_decided = mdoc_rsa_key_verify (key,
                                             scheme,
                                             mdoc_span_from_text (message),
                                             signature,
                                             &is_valid,
                                             &error);

  g_assert_no_error (error);
  g_assert_true (is_decided);
  return is_valid;
}

static const struct
{
  const char *name;
  const char *modulus;
  const char *signature;
  MdocRsaScheme scheme;
  gboolean is_valid;
} signatures[] = {
  { "rs256", RSA_2048_N, RSA_2048_RS256, MDOC_RSA_PKCS1_SHA256, TRUE },
  { "ps256", RSA_2048_N, RSA_2048_PS256, MDOC_RSA_PSS_SHA256, TRUE },
  { "4096-rs256", RSA_4096_N, RSA_4096_RS256, MDOC_RSA_PKCS1_SHA256, TRUE },
  { "4096-ps256", RSA_4096_N, RSA_4096_PS256, MDOC_RSA_PSS_SHA256, TRUE },
  { "as-pss", RSA_2048_N, RSA_2048_RS256, MDOC_RSA_PSS_SHA256, FALSE },
  { "as-pkcs1", RSA_2048_N, RSA_2048_PS256, MDOC_RSA_PKCS1_SHA256, FALSE },
  { "sha-512", RSA_2048_N, RSA_2048_RS512, MDOC_RSA_PKCS1_SHA256, FALSE },
  { "no-salt", RSA_2048_N, RSA_2048_PS256_NO_SALT, MDOC_RSA_PSS_SHA256, FALSE },
  { "long-salt",
    RSA_2048_N,
    RSA_2048_PS256_LONG_SALT,
    MDOC_RSA_PSS_SHA256,
    FALSE },
  { "other-key", RSA_4096_N, RSA_2048_RS256, MDOC_RSA_PKCS1_SHA256, FALSE },
};

static void
test_signatures (void)
{
  if (!mdoc_rsa_is_supported ())
    return;

  for (gsize i = 0; i < G_N_ELEMENTS (signatures); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocRsaKey) key = load (signatures[i].modulus, &error);
      g_autoptr (GBytes) signature = decode (signatures[i].signature);

      g_assert_no_error (error);
      g_test_message ("%s", signatures[i].name);
      g_assert_cmpint (verify (key,
                               signatures[i].scheme,
                               RSA_MESSAGE,
                               mdoc_span_from_bytes (signature)),
                       ==,
                       signatures[i].is_valid);
      g_assert_false (verify (key,
                              signatures[i].scheme,
                              "another message",
                              mdoc_span_from_bytes (signature)));
    }
}

/* Each length but the right one, and each byte of it. */
static void
test_damaged (void)
{
  g_autoptr (GBytes) good = decode (RSA_2048_RS256);
  g_autoptr (MdocRsaKey) key = NULL;
  g_autoptr (GError) error = NULL;
  guint8 bytes[257] = { 0 };
  gsize len = g_bytes_get_size (good);

  if (!mdoc_rsa_is_supported ())
    return;

  key = load (RSA_2048_N, &error);
  g_assert_no_error (error);
  memcpy (bytes, g_bytes_get_data (good, NULL), len);
  for (gsize i = 0; i <= sizeof (bytes); i++)
    g_assert_cmpint (verify (key,
                             MDOC_RSA_PKCS1_SHA256,
                             RSA_MESSAGE,
                             MDOC_SPAN (bytes, i)),
                     ==,
                     i == len);
  for (gsize i = 0; i < len; i++)
    {
      bytes[i] ^= 1;
      g_assert_false (verify (key,
                              MDOC_RSA_PKCS1_SHA256,
                              RSA_MESSAGE,
                              MDOC_SPAN (bytes, len)));
      bytes[i] ^= 1;
    }
}

static const struct
{
  const char *name;
  gsize n_len;
  guint8 first;
  guint8 last;
  const char *e; /* in hex */
  gboolean is_good;
} keys[] = {
  { "2048", 256, 0x80, 1, "010001", TRUE },
  { "2047", 256, 0x7f, 1, "010001", FALSE },
  { "4096", 512, 0xff, 1, "010001", TRUE },
  { "4097", 513, 0x01, 1, "010001", FALSE },
  { "zero in front", 257, 0x00, 1, "010001", FALSE },
  { "empty", 0, 0, 0, "010001", FALSE },
  { "even", 256, 0x80, 2, "010001", FALSE },
  { "e = 3", 256, 0x80, 1, "03", FALSE },
  { "e = 65535", 256, 0x80, 1, "ffff", FALSE },
  { "e = 65538", 256, 0x80, 1, "010002", FALSE },
  { "e of four bytes", 256, 0x80, 1, "ffffffff", TRUE },
  { "e of five bytes", 256, 0x80, 1, "0100000001", FALSE },
  { "e with a zero in front", 256, 0x80, 1, "00010001", FALSE },
  { "e is empty", 256, 0x80, 1, "", FALSE },
};

static void
test_limits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) e = mdoc_hex_decode (keys[i].e, NULL);
      g_autoptr (MdocRsaKey) key = NULL;
      guint8 n[513];

      g_test_message ("%s", keys[i].name);
      memset (n, 0x55, sizeof (n));
      n[0] = keys[i].first;
      if (keys[i].n_len > 0)
        n[keys[i].n_len - 1] = keys[i].last;
      key = mdoc_rsa_key_new (MDOC_SPAN (n, keys[i].n_len),
                              mdoc_span_from_bytes (e),
                              &error);
      if (!keys[i].is_good)
        g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
      else if (!mdoc_rsa_is_supported ())
        g_assert_error (error,
                        MDOC_CRYPTO_ERROR,
                        MDOC_CRYPTO_ERROR_UNSUPPORTED);
      else
        g_assert_no_error (error);
      g_assert_true ((key == NULL) == (error != NULL));
    }
}

/* RSA is what the library of servers has, and that of devices has not. */
static void
test_supported (void)
{
  const char *backend = mdoc_crypto_get_backend ();

  g_assert_cmpint (mdoc_rsa_is_supported (),
                   ==,
                   g_str_has_prefix (backend, "OpenSSL"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rsa/signatures", test_signatures);
  g_test_add_func ("/rsa/damaged", test_damaged);
  g_test_add_func ("/rsa/limits", test_limits);
  g_test_add_func ("/rsa/supported", test_supported);
  return g_test_run ();
}
