/*
 * test-key-form.c - keys as PEM, SubjectPublicKeyInfo, PKCS#8 and SEC 1
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-text.h"
#include "crypto/mdoc-key.h"
#include "tests/lib/mdoc-test.h"

#define HEX(name_, text_)                                                      \
  g_autoptr (GBytes) name_ = mdoc_test_bytes_from_hex (text_)

#define P256_Y_OF_0                                                            \
  "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define ONE  "0000000000000000000000000000000000000000000000000000000000000001"

static void
assert_span_hex (MdocSpan bytes, const char *hex)
{
  g_autofree char *found = mdoc_hex_encode (bytes);

  g_assert_cmpstr (found, ==, hex);
}

#define PEM_D "988edc204c5c6eb19c95972520d80259db5f5de06c25e1a098a57c13e3096418"

/* As the openssl command writes one key. */
static const char pem_sec1[]
    = "-----BEGIN EC PARAMETERS-----\n"
      "BggqhkjOPQMBBw==\n"
      "-----END EC PARAMETERS-----\n"
      "-----BEGIN EC PRIVATE KEY-----\n"
      "MHcCAQEEIJiO3CBMXG6xnJWXJSDYAlnbX13gbCXhoJilfBPjCWQYoAoGCCqGSM49\n"
      "AwEHoUQDQgAExd9cf+Gjg1ZqL/NXBj+cLMXK2WWVBwIzhrmeo2DrbjygRZDvR2D4\n"
      "SiZkH9QkKaI//Lj2xVV9fuz0vfJL1cvMjA==\n"
      "-----END EC PRIVATE KEY-----\n";
static const char pem_pkcs8[]
    = "any text may stand before\r\n"
      "-----BEGIN PRIVATE KEY-----\r\n"
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmI7cIExcbrGclZcl\r\n"
      "INgCWdtfXeBsJeGgmKV8E+MJZBihRANCAATF31x/4aODVmov81cGP5wsxcrZZZUH\r\n"
      "AjOGuZ6jYOtuPKBFkO9HYPhKJmQf1CQpoj/8uPbFVX1+7PS98kvVy8yM\r\n"
      "-----END PRIVATE KEY-----";
static const char pem_public[]
    = "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExd9cf+Gjg1ZqL/NXBj+cLMXK2WWV\n"
      "BwIzhrmeo2DrbjygRZDvR2D4SiZkH9QkKaI//Lj2xVV9fuz0vfJL1cvMjA==\n"
      "-----END PUBLIC KEY-----\n";
static const char pem_public_compressed[]
    = "-----BEGIN PUBLIC KEY-----\n"
      "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACxd9cf+Gjg1ZqL/NXBj+cLMXK2WWV\n"
      "BwIzhrmeo2Drbjw=\n"
      "-----END PUBLIC KEY-----\n";
static const char pem_encrypted[]
    = "-----BEGIN EC PRIVATE KEY-----\n"
      "Proc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-128-CBC,3CBADDB9E28B8D14EDD48E5BEAAA7C6E\n"
      "\n"
      "Onh3iSoJ4odUH1fxi6/d3ggoLtIP5gsW2Y0HM0mOoRGFmsIrHrpfx6OI0OkseFrc\n"
      "-----END EC PRIVATE KEY-----\n";

static void
test_pem (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) sec1 = mdoc_key_new_from_pem (pem_sec1, &error);
  g_autoptr (MdocKey) pkcs8 = mdoc_key_new_from_pem (pem_pkcs8, &error);
  g_autoptr (MdocPublicKey) whole = mdoc_public_key_new_from_pem (pem_public,
                                                                  &error);
  g_autoptr (MdocPublicKey) compressed
      = mdoc_public_key_new_from_pem (pem_public_compressed, &error);
  g_autoptr (MdocSecret) d = NULL;
  g_autofree char *written = NULL;

  g_assert_no_error (error);
  d = mdoc_key_export_private (sec1, &error);
  g_assert_no_error (error);
  assert_span_hex (mdoc_secret_get_span (d), PEM_D);
  g_assert_true (mdoc_public_key_equal (mdoc_key_get_public (sec1), whole));
  g_assert_true (mdoc_public_key_equal (mdoc_key_get_public (pkcs8), whole));
  g_assert_true (mdoc_public_key_equal (compressed, whole));
  /* a block is written as openssl writes it, to the character */
  written = mdoc_public_key_to_pem (whole);
  g_assert_cmpstr (written, ==, pem_public);
}

/* Wraps DER of hexadecimal as PEM by GLib, not by the code under test. */
static char *
wrap_pem (const char *label, const char *hex)
{
  HEX (der, hex);
  g_autofree char *base64 = NULL;

  base64 = g_base64_encode (g_bytes_get_data (der, NULL),
                            g_bytes_get_size (der));
  return g_strdup_printf ("-----BEGIN %s-----\n%s\n-----END %s-----\n",
                          label,
                          base64,
                          label);
}

#define OID_EC   "06072a8648ce3d0201"
#define OID_P256 "06082a8648ce3d030107"
#define OID_P384 "06052b81040022"
#define OID_X25519                                                             \
  "0603"                                                                       \
  "2b656e"
#define ALG_P256 "3013" OID_EC OID_P256
#define ALG_P384 "3010" OID_EC OID_P384
#define D_OCTETS "0420" PEM_D
#define SEC1_BARE                                                              \
  "3025"                                                                       \
  "020101" D_OCTETS
#define SEC1_P256                                                              \
  "3031"                                                                       \
  "020101" D_OCTETS "a00a" OID_P256
#define PKCS8(alg_, inner_) "020100" alg_ inner_

static const struct
{
  const char *name;
  const char *label;
  const char *hex;
  int code; /* a MdocCryptoError, or -1 if accepted */
} private_forms[] = {
  { "sec1", "EC PRIVATE KEY", SEC1_P256, -1 },
  { "sec1-without-curve", "EC PRIVATE KEY", SEC1_BARE, MDOC_CRYPTO_ERROR_KEY },
  { "sec1-short-scalar",
    "EC PRIVATE KEY",
    "3012"
    "020101"
    "040105"
    "a00a" OID_P256,
    -1 },
  { "sec1-long-scalar",
    "EC PRIVATE KEY",
    "3032"
    "020101"
    "0421"
    "00" PEM_D "a00a" OID_P256,
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-empty-scalar",
    "EC PRIVATE KEY",
    "3011"
    "020101"
    "0400"
    "a00a" OID_P256,
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-version-2",
    "EC PRIVATE KEY",
    "3031"
    "020102" D_OCTETS "a00a" OID_P256,
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-version-0",
    "EC PRIVATE KEY",
    "3031"
    "020100" D_OCTETS "a00a" OID_P256,
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-unknown-curve",
    "EC PRIVATE KEY",
    "302e"
    "020101" D_OCTETS "a007"
    "06052b8104000a",
    MDOC_CRYPTO_ERROR_UNSUPPORTED },
  { "sec1-curve-of-rfc-7748",
    "EC PRIVATE KEY",
    "302c"
    "020101" D_OCTETS "a005" OID_X25519,
    MDOC_CRYPTO_ERROR_UNSUPPORTED },
  { "sec1-explicit-parameters",
    "EC PRIVATE KEY",
    "302b"
    "020101" D_OCTETS "a004"
    "30020500",
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-two-curves-in-one",
    "EC PRIVATE KEY",
    "3033"
    "020101" D_OCTETS "a00c" OID_P256 "0500",
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-wrong-public-half",
    "EC PRIVATE KEY",
    "3057"
    "020101" D_OCTETS "a00a" OID_P256 "a124"
    "0322"
    "0002" ZERO,
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-public-half-off-curve",
    "EC PRIVATE KEY",
    "3057"
    "020101" D_OCTETS "a00a" OID_P256 "a124"
    "0322"
    "0002" ONE,
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-public-half-malformed",
    "EC PRIVATE KEY",
    "3035"
    "020101" D_OCTETS "a00a" OID_P256 "a102"
    "0500",
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-trailing-inside",
    "EC PRIVATE KEY",
    "3033"
    "020101" D_OCTETS "a00a" OID_P256 "0500",
    MDOC_CRYPTO_ERROR_KEY },
  { "sec1-trailing", "EC PRIVATE KEY", SEC1_P256 "00", MDOC_CRYPTO_ERROR_KEY },
  { "sec1-is-no-sequence", "EC PRIVATE KEY", "0500", MDOC_CRYPTO_ERROR_KEY },
  { "pkcs8", "PRIVATE KEY", "3041" PKCS8 (ALG_P256, "0427" SEC1_BARE), -1 },
  { "pkcs8-version-1",
    "PRIVATE KEY",
    "3041"
    "020101" ALG_P256 "0427" SEC1_BARE,
    -1 },
  { "pkcs8-version-2",
    "PRIVATE KEY",
    "3041"
    "020102" ALG_P256 "0427" SEC1_BARE,
    MDOC_CRYPTO_ERROR_KEY },
  { "pkcs8-curve-twice",
    "PRIVATE KEY",
    "304d" PKCS8 (ALG_P256, "0433" SEC1_P256),
    -1 },
  { "pkcs8-two-curves",
    "PRIVATE KEY",
    "304a" PKCS8 (ALG_P384, "0433" SEC1_P256),
    MDOC_CRYPTO_ERROR_KEY },
  { "pkcs8-no-named-curve",
    "PRIVATE KEY",
    "3039" PKCS8 ("300b" OID_EC "0500", "0427" SEC1_BARE),
    MDOC_CRYPTO_ERROR_KEY },
  { "pkcs8-rsa",
    "PRIVATE KEY",
    "3016" PKCS8 ("300d"
                  "06092a864886f70d010101"
                  "0500",
                  "0402"
                  "3000"),
    MDOC_CRYPTO_ERROR_KEY },
  { "pkcs8-unknown-algorithm",
    "PRIVATE KEY",
    "3010" PKCS8 ("3005"
                  "06032b656d",
                  "0404"
                  "04020102"),
    MDOC_CRYPTO_ERROR_UNSUPPORTED },
  { "pkcs8-curve-as-algorithm",
    "PRIVATE KEY",
    "3038" PKCS8 ("300a" OID_P256, "0427" SEC1_BARE),
    MDOC_CRYPTO_ERROR_UNSUPPORTED },
  { "pkcs8-x25519",
    "PRIVATE KEY",
    "302e" PKCS8 ("3005" OID_X25519, "0422" D_OCTETS),
    -1 },
  { "pkcs8-x25519-short",
    "PRIVATE KEY",
    "300f" PKCS8 ("3005" OID_X25519,
                  "0403"
                  "040101"),
    MDOC_CRYPTO_ERROR_KEY },
  { "pkcs8-x25519-trailing-inside",
    "PRIVATE KEY",
    "3030" PKCS8 ("3005" OID_X25519, "0424" D_OCTETS "0500"),
    MDOC_CRYPTO_ERROR_KEY },
  { "pkcs8-without-key",
    "PRIVATE KEY",
    "3018" PKCS8 (ALG_P256, ""),
    MDOC_CRYPTO_ERROR_KEY },
  { "pkcs8-scalar-of-zero",
    "PRIVATE KEY",
    "3041" PKCS8 (ALG_P256,
                  "0427"
                  "3025"
                  "020101"
                  "0420" ZERO),
    MDOC_CRYPTO_ERROR_KEY },
};

static void
test_private_forms (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (private_forms); i++)
    {
      g_autofree char *pem = wrap_pem (private_forms[i].label,
                                       private_forms[i].hex);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocKey) key = mdoc_key_new_from_pem (pem, &error);

      g_test_message ("%s", private_forms[i].name);
      if (private_forms[i].code == -1)
        {
          g_assert_no_error (error);
          g_assert_nonnull (key);
        }
      else
        {
          g_assert_error (error, MDOC_CRYPTO_ERROR, private_forms[i].code);
          g_assert_null (key);
        }
    }
}

#define POINT_OF_0 "04" ZERO P256_Y_OF_0

static const struct
{
  const char *name;
  const char *hex;
  int code;
} public_forms[] = {
  { "good", "3059" ALG_P256 "034200" POINT_OF_0, -1 },
  { "compressed",
    "3039" ALG_P256 "032200"
    "02" ZERO,
    -1 },
  { "hybrid",
    "3059" ALG_P256 "034200"
    "06" ZERO P256_Y_OF_0,
    1 },
  { "infinity",
    "3019" ALG_P256 "030200"
    "00",
    1 },
  { "empty-point", "3018" ALG_P256 "030100", 1 },
  { "point-too-long", "305a" ALG_P256 "034300" POINT_OF_0 "00", 1 },
  { "off-the-curve",
    "3059" ALG_P256 "034200"
    "04" ONE P256_Y_OF_0,
    1 },
  { "unused-bits", "3059" ALG_P256 "034204" POINT_OF_0, 1 },
  { "no-bit-string", "3059" ALG_P256 "044200" POINT_OF_0, 1 },
  { "trailing", "3059" ALG_P256 "034200" POINT_OF_0 "00", 1 },
  { "trailing-inside", "305b" ALG_P256 "034200" POINT_OF_0 "0500", 1 },
  { "wrong-curve", "3056" ALG_P384 "034200" POINT_OF_0, 1 },
  { "parameters-after-curve",
    "305b"
    "3015" OID_EC OID_P256 "0500"
    "034200" POINT_OF_0,
    1 },
  { "x25519-with-parameters",
    "302c"
    "3007" OID_X25519 "0500"
    "032100" ONE,
    1 },
  { "x25519",
    "302a"
    "3005" OID_X25519 "032100" ONE,
    -1 },
  { "rsa",
    "3013"
    "300d"
    "06092a864886f70d010101"
    "0500"
    "030200"
    "00",
    1 },
  { "empty", "3000", 1 },
  { "nothing", "", 1 },
};

static void
test_public_forms (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (public_forms); i++)
    {
      HEX (der, public_forms[i].hex);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocPublicKey) key = NULL;

      g_test_message ("%s", public_forms[i].name);
      key = mdoc_public_key_new_from_spki (mdoc_span_from_bytes (der), &error);
      if (public_forms[i].code == -1)
        {
          g_assert_no_error (error);
          g_assert_nonnull (key);
        }
      else
        {
          g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
          g_assert_null (key);
        }
    }
}

static const char *const no_pem[] = {
  "",
  "no PEM at all",
  "-----BEGIN ",
  "-----BEGIN PUBLIC KEY-----",
  "-----BEGIN PUBLIC KEY-----\nMFkw\n",
  "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END",
  "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PRIVATE KEY-----\n",
  "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY\n",
  "-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----\n",
  "-----BEGIN PUBLIC KEY-----\nMFk\n-----END PUBLIC KEY-----\n",
  "-----BEGIN PUBLIC KEY-----\nM===\n-----END PUBLIC KEY-----\n",
  "-----BEGIN PUBLIC KEY-----\nMF==MF==\n-----END PUBLIC KEY-----\n",
  "-----BEGIN PUBLIC KEY-----\nM!kw\n-----END PUBLIC KEY-----\n",
  "-----BEGIN CERTIFICATE-----\nMFkw\n-----END CERTIFICATE-----\n",
  pem_encrypted,
};

static void
test_no_pem (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (no_pem); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) public_error = NULL;
      g_autoptr (MdocKey) key = mdoc_key_new_from_pem (no_pem[i], &error);
      g_autoptr (MdocPublicKey) public_key
          = mdoc_public_key_new_from_pem (no_pem[i], &public_error);

      g_test_message ("%s", no_pem[i]);
      g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
      g_assert_error (public_error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
      g_assert_null (key);
      g_assert_null (public_key);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/key-form/pem", test_pem);
  g_test_add_func ("/key-form/private", test_private_forms);
  g_test_add_func ("/key-form/public", test_public_forms);
  g_test_add_func ("/key-form/no-pem", test_no_pem);

  return g_test_run ();
}
