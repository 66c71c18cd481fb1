/*
 * test-session-cipher.c - session encryption, key by key and byte by byte
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-crypto.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-session-cipher.h"
#include "mdoc/mdoc-session-private.h"
#include "mdoc/mdoc-session.h"
#include "tests/lib/mdoc-test-session.h"
#include "tests/lib/mdoc-test-vectors.h"

#define LAST_COUNTER ((guint64) G_MAXUINT32)

static MdocSessionCipher *
new_known (MdocSessionRole role)
{
  g_autoptr (GBytes) sk_reader = mdoc_test_annex_d ("sk_reader");
  g_autoptr (GBytes) sk_device = mdoc_test_annex_d ("sk_device");

  return mdoc_session_cipher_new_with_keys (role,
                                            mdoc_span_from_bytes (sk_reader),
                                            mdoc_span_from_bytes (sk_device));
}

static GBytes *
encrypt (MdocSessionCipher *cipher, const char *text)
{
  g_autoptr (GError) error = NULL;
  GBytes *ciphertext;

  ciphertext = mdoc_session_cipher_encrypt (cipher,
                                            mdoc_span_from_text (text),
                                            &error);
  g_assert_no_error (error);
  return ciphertext;
}

static void
assert_decrypts (MdocSessionCipher *cipher, GBytes *ciphertext, MdocSpan wanted)
{
  g_autoptr (MdocSecret) plaintext = NULL;
  g_autoptr (GError) error = NULL;

  plaintext = mdoc_session_cipher_decrypt (cipher,
                                           mdoc_span_from_bytes (ciphertext),
                                           &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_span_equal (mdoc_secret_get_span (plaintext), wanted));
}

static void
assert_refuses (MdocSessionCipher *cipher,
                GBytes *ciphertext,
                MdocSessionError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_session_cipher_decrypt (cipher,
                                              mdoc_span_from_bytes (ciphertext),
                                              &error));
  g_assert_error (error, MDOC_SESSION_ERROR, (int) code);
}

/* "data" of a message of Annex D */
static GBytes *
annex_d_data (const char *name)
{
  static const MdocCborLimits limits = { 1 << 16, 8, 64 };
  g_autoptr (GBytes) message = mdoc_test_annex_d (name);
  g_autoptr (GError) error = NULL;
  MdocCborItem root;
  MdocSpan data;

  g_assert_true (
      mdoc_cbor_open (mdoc_span_from_bytes (message), &limits, &root, &error));
  g_assert_true (mdoc_cbor_get_bytes (mdoc_cbor_map_lookup (root, "data"),
                                      "data",
                                      G_MAXSIZE,
                                      &data,
                                      &error));
  g_assert_no_error (error);
  return mdoc_span_dup (data);
}

/* Each side agrees on the keys by itself, and reads and writes the messages of
 * the standard's example. */
static void
test_annex_d (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (GBytes) request = mdoc_test_annex_d ("device_request");
  g_autoptr (GBytes) response = mdoc_test_annex_d ("device_response");
  g_autoptr (GBytes) establishment = annex_d_data ("session_establishment");
  g_autoptr (GBytes) data = annex_d_data ("session_data");
  g_autoptr (MdocSessionCipher) holder = NULL;
  g_autoptr (MdocSessionCipher) reader = NULL;
  g_autoptr (GBytes) sent_request = NULL;
  g_autoptr (GBytes) sent_response = NULL;
  g_autoptr (GError) error = NULL;

  holder = mdoc_session_cipher_new (MDOC_SESSION_ROLE_HOLDER,
                                    lab->e_device_key,
                                    mdoc_key_get_public (lab->e_reader_key),
                                    lab->transcript,
                                    &error);
  g_assert_no_error (error);
  reader = mdoc_session_cipher_new (MDOC_SESSION_ROLE_READER,
                                    lab->e_reader_key,
                                    mdoc_key_get_public (lab->e_device_key),
                                    lab->transcript,
                                    &error);
  g_assert_no_error (error);

  sent_request = mdoc_session_cipher_encrypt (reader,
                                              mdoc_span_from_bytes (request),
                                              &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (sent_request, establishment));
  assert_decrypts (holder, establishment, mdoc_span_from_bytes (request));

  sent_response = mdoc_session_cipher_encrypt (holder,
                                               mdoc_span_from_bytes (response),
                                               &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (sent_response, data));
  assert_decrypts (reader, data, mdoc_span_from_bytes (response));
}

/* The keys of Annex D are those that the agreement gives. */
static void
test_known_keys (void)
{
  g_autoptr (MdocSessionCipher) holder = new_known (MDOC_SESSION_ROLE_HOLDER);
  g_autoptr (GBytes) establishment = annex_d_data ("session_establishment");
  g_autoptr (GBytes) request = mdoc_test_annex_d ("device_request");

  assert_decrypts (holder, establishment, mdoc_span_from_bytes (request));
}

/* The nonce, put together by hand: direction in the eighth byte, number in the
 * last four. */
static void
test_nonces (void)
{
  static const struct
  {
    MdocSessionRole role;
    const char *key;
    guint64 counter;
    guint8 nonce[MDOC_AES_GCM_NONCE_LEN];
  } nonces[] = {
    { MDOC_SESSION_ROLE_READER,
      "sk_reader",
      1,
      { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } },
    { MDOC_SESSION_ROLE_HOLDER,
      "sk_device",
      1,
      { 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1 } },
    { MDOC_SESSION_ROLE_HOLDER,
      "sk_device",
      0x01020304,
      { 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4 } },
    { MDOC_SESSION_ROLE_READER,
      "sk_reader",
      LAST_COUNTER,
      { 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (nonces); i++)
    {
      g_autoptr (MdocSessionCipher) cipher = new_known (nonces[i].role);
      g_autoptr (GBytes) key = mdoc_test_annex_d (nonces[i].key);
      g_autoptr (GBytes) ciphertext = NULL;
      g_autoptr (GBytes) wanted = NULL;
      g_autoptr (GError) error = NULL;

      mdoc_session_cipher_set_counters (cipher, nonces[i].counter, 1);
      ciphertext = encrypt (cipher, "text");
      wanted = mdoc_aes_gcm_encrypt (mdoc_span_from_bytes (key),
                                     MDOC_SPAN (nonces[i].nonce,
                                                sizeof (nonces[i].nonce)),
                                     MDOC_SPAN (NULL, 0),
                                     mdoc_span_from_text ("text"),
                                     &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (ciphertext, wanted));
    }
}

static void
test_many_messages (void)
{
  g_autoptr (MdocSessionCipher) holder = new_known (MDOC_SESSION_ROLE_HOLDER);
  g_autoptr (MdocSessionCipher) reader = new_known (MDOC_SESSION_ROLE_READER);

  for (guint i = 1; i <= 300; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);
      g_autoptr (GBytes) there = encrypt (reader, text);
      g_autoptr (GBytes) back = encrypt (holder, text);

      assert_decrypts (holder, there, mdoc_span_from_text (text));
      assert_decrypts (reader, back, mdoc_span_from_text (text));
      g_assert_cmpuint (mdoc_session_cipher_get_send_counter (reader),
                        ==,
                        i + 1);
      g_assert_cmpuint (mdoc_session_cipher_get_receive_counter (reader),
                        ==,
                        i + 1);
    }
}

static void
test_empty_message (void)
{
  g_autoptr (MdocSessionCipher) holder = new_known (MDOC_SESSION_ROLE_HOLDER);
  g_autoptr (MdocSessionCipher) reader = new_known (MDOC_SESSION_ROLE_READER);
  g_autoptr (GBytes) ciphertext = encrypt (reader, "");

  g_assert_cmpuint (g_bytes_get_size (ciphertext), ==, MDOC_AES_GCM_TAG_LEN);
  assert_decrypts (holder, ciphertext, MDOC_SPAN (NULL, 0));
}

/* What is not authentic does not move the counter, so that the real message is
 * still read; replayed and swapped ones are not. */
static void
test_forgeries (void)
{
  g_autoptr (MdocSessionCipher) holder = new_known (MDOC_SESSION_ROLE_HOLDER);
  g_autoptr (MdocSessionCipher) reader = new_known (MDOC_SESSION_ROLE_READER);
  g_autoptr (GBytes) first = encrypt (reader, "first");
  g_autoptr (GBytes) second = encrypt (reader, "second");
  g_autoptr (GBytes) own = encrypt (holder, "own");
  gsize len = g_bytes_get_size (first);
  const guint8 *bytes = g_bytes_get_data (first, NULL);

  for (gsize i = 0; i < len; i++)
    {
      guint8 *wrong = g_memdup2 (bytes, len);
      g_autoptr (GBytes) forged = g_bytes_new_take (wrong, len);
      g_autoptr (GBytes) cut = g_bytes_new (bytes, i);

      wrong[i] ^= 1;
      assert_refuses (holder, forged, MDOC_SESSION_ERROR_DECRYPT);
      assert_refuses (holder, cut, MDOC_SESSION_ERROR_DECRYPT);
    }
  assert_refuses (holder, second, MDOC_SESSION_ERROR_DECRYPT);
  assert_refuses (holder, own, MDOC_SESSION_ERROR_DECRYPT);
  g_assert_cmpuint (mdoc_session_cipher_get_receive_counter (holder), ==, 1);

  assert_decrypts (holder, first, mdoc_span_from_text ("first"));
  assert_refuses (holder, first, MDOC_SESSION_ERROR_DECRYPT);
  assert_decrypts (holder, second, mdoc_span_from_text ("second"));
}

/* The last number is used, and none after it. */
static void
test_last_number (void)
{
  g_autoptr (MdocSessionCipher) holder = new_known (MDOC_SESSION_ROLE_HOLDER);
  g_autoptr (MdocSessionCipher) reader = new_known (MDOC_SESSION_ROLE_READER);
  g_autoptr (GBytes) last = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_session_cipher_set_counters (reader, LAST_COUNTER, 1);
  mdoc_session_cipher_set_counters (holder, 1, LAST_COUNTER);
  last = encrypt (reader, "last");
  assert_decrypts (holder, last, mdoc_span_from_text ("last"));

  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (mdoc_session_cipher_encrypt (reader,
                                                  mdoc_span_from_text ("x"),
                                                  &error));
      g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_COUNTER);
      g_clear_error (&error);
      assert_refuses (holder, last, MDOC_SESSION_ERROR_COUNTER);
    }
  g_assert_cmpuint (mdoc_session_cipher_get_send_counter (reader),
                    ==,
                    LAST_COUNTER + 1);
}

static const MdocCurve curves[] = {
  MDOC_CURVE_P256,
  MDOC_CURVE_P384,
  MDOC_CURVE_P521,
  MDOC_CURVE_X25519,
  MDOC_CURVE_X448,
  MDOC_CURVE_BRAINPOOL_P256R1,
  MDOC_CURVE_BRAINPOOL_P320R1,
  MDOC_CURVE_BRAINPOOL_P384R1,
  MDOC_CURVE_BRAINPOOL_P512R1,
};

/* Every curve of cipher suite 1 that keys can be agreed on with. */
static void
test_curves (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      g_autoptr (MdocKey) device_key = NULL;
      g_autoptr (MdocKey) reader_key = NULL;
      g_autoptr (MdocSessionCipher) holder = NULL;
      g_autoptr (MdocSessionCipher) reader = NULL;
      g_autoptr (GBytes) message = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (mdoc_curve_is_supported (curves[i]));
      device_key = mdoc_key_generate (curves[i], &error);
      g_assert_no_error (error);
      reader_key = mdoc_key_generate (curves[i], &error);
      g_assert_no_error (error);
      holder = mdoc_session_cipher_new (MDOC_SESSION_ROLE_HOLDER,
                                        device_key,
                                        mdoc_key_get_public (reader_key),
                                        lab->transcript,
                                        &error);
      g_assert_no_error (error);
      reader = mdoc_session_cipher_new (MDOC_SESSION_ROLE_READER,
                                        reader_key,
                                        mdoc_key_get_public (device_key),
                                        lab->transcript,
                                        &error);
      g_assert_no_error (error);
      message = encrypt (reader, mdoc_curve_get_name (curves[i]));
      assert_decrypts (holder,
                       message,
                       mdoc_span_from_text (mdoc_curve_get_name (curves[i])));
    }
}

/* Another transcript gives other keys. */
static void
test_transcript_counts (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocTranscript) other = NULL;
  g_autoptr (MdocSessionCipher) holder = NULL;
  g_autoptr (GBytes) establishment = annex_d_data ("session_establishment");
  g_autoptr (GError) error = NULL;

  other = mdoc_transcript_new_qr (mdoc_transcript_get_device_engagement (
                                      lab->transcript),
                                  mdoc_transcript_get_e_reader_key (
                                      lab->transcript));
  holder = mdoc_session_cipher_new (MDOC_SESSION_ROLE_HOLDER,
                                    lab->e_device_key,
                                    mdoc_key_get_public (lab->e_reader_key),
                                    other,
                                    &error);
  g_assert_no_error (error);
  assert_refuses (holder, establishment, MDOC_SESSION_ERROR_DECRYPT);
}

static void
test_other_curve (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GError) error = NULL;

  key = mdoc_key_generate (MDOC_CURVE_P384, &error);
  g_assert_no_error (error);
  g_assert_null (mdoc_session_cipher_new (MDOC_SESSION_ROLE_HOLDER,
                                          lab->e_device_key,
                                          mdoc_key_get_public (key),
                                          lab->transcript,
                                          &error));
  g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_KEY);
  g_assert_nonnull (strstr (error->message, "of another curve than ours"));
  mdoc_session_cipher_free (NULL);
}

/* A key elsewhere that fails, as the code says. */
static MdocSecret *
agree_never (gpointer impl, MdocPublicKey *peer, GError **error)
{
  MdocCryptoError code = (MdocCryptoError) GPOINTER_TO_INT (impl);

  g_set_error_literal (error, MDOC_CRYPTO_ERROR, (gint) code, "no");
  return NULL;
}

static void
free_nothing (gpointer impl)
{
}

static void
test_agreement_fails (void)
{
  static const MdocKeyClass klass = {
    .kind = "test",
    .agree = agree_never,
    .free = free_nothing,
  };
  static const struct
  {
    MdocCryptoError reason;
    MdocSessionError code;
  } failures[] = {
    { MDOC_CRYPTO_ERROR_KEY, MDOC_SESSION_ERROR_KEY },
    { MDOC_CRYPTO_ERROR_UNSUPPORTED, MDOC_SESSION_ERROR_KEY },
    { MDOC_CRYPTO_ERROR_DEVICE, MDOC_SESSION_ERROR_DEVICE },
  };
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autoptr (MdocKey) key = NULL;
      g_autoptr (GError) error = NULL;

      key = mdoc_key_new (&klass,
                          GINT_TO_POINTER (failures[i].reason),
                          mdoc_key_get_public (lab->e_device_key));
      g_assert_null (
          mdoc_session_cipher_new (MDOC_SESSION_ROLE_HOLDER,
                                   key,
                                   mdoc_key_get_public (lab->e_reader_key),
                                   lab->transcript,
                                   &error));
      g_assert_error (error, MDOC_SESSION_ERROR, (int) failures[i].code);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session-cipher/annex-d", test_annex_d);
  g_test_add_func ("/session-cipher/known-keys", test_known_keys);
  g_test_add_func ("/session-cipher/nonces", test_nonces);
  g_test_add_func ("/session-cipher/many-messages", test_many_messages);
  g_test_add_func ("/session-cipher/empty-message", test_empty_message);
  g_test_add_func ("/session-cipher/forgeries", test_forgeries);
  g_test_add_func ("/session-cipher/last-number", test_last_number);
  g_test_add_func ("/session-cipher/curves", test_curves);
  g_test_add_func ("/session-cipher/transcript-counts", test_transcript_counts);
  g_test_add_func ("/session-cipher/other-curve", test_other_curve);
  g_test_add_func ("/session-cipher/agreement-fails", test_agreement_fails);

  return g_test_run ();
}
