/*
 * test-flipped-bytes.c - no byte of a response may be another
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-verifier.h"
#include "tests/lib/mdoc-test-credential.h"
#include "tests/lib/mdoc-test-response.h"
#include "tests/lib/mdoc-test-vectors.h"

#define ANNEX_D_NOW ((gint64) 1609459200)

/* With -m slow, every byte is changed to all 255 other values, which takes a
 * quarter of an hour. Else one bit of each byte is, and with Mbed TLS of every
 * eighth byte, as it takes twenty times as long for a signature. */
typedef struct
{
  MdocVerifier *verifier;
  MdocTranscript *transcript;
  MdocKey *reader_key;
  gint64 at_unix_s;
} Reader;

static gboolean
is_verified (const Reader *reader, const guint8 *data, gsize len)
{
  g_autoptr (GBytes) encoded = g_bytes_new (data, len);
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (MdocVerification) verification = NULL;

  response = mdoc_device_response_parse (encoded, NULL);
  if (response == NULL)
    return FALSE;

  verification = mdoc_verifier_check (reader->verifier,
                                      response,
                                      reader->transcript,
                                      reader->reader_key,
                                      reader->at_unix_s);
  if (!mdoc_verification_is_verified (verification))
    for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
      if (!mdoc_verification_is_document_verified (verification, i))
        g_assert_cmpuint (mdoc_verification_get_n_elements (verification, i),
                          ==,
                          0);
  return mdoc_verification_is_verified (verification);
}

static gboolean
is_to_be_tried (gsize pos, guint difference)
{
  static int is_slow_backend = -1;

  if (is_slow_backend < 0)
    is_slow_backend = g_str_has_prefix (mdoc_crypto_get_backend (), "Mbed") ? 1
                                                                            : 0;

  if (g_test_slow ())
    return TRUE;
  if (is_slow_backend)
    return pos % 8 == 0 && difference == 1u << pos / 8 % 8;
  return difference == 1u << pos % 8;
}

/* Returns how many changes were not noticed. */
static guint
count_unnoticed (const Reader *reader, GBytes *encoded)
{
  gsize len;
  const guint8 *good = g_bytes_get_data (encoded, &len);
  g_autofree guint8 *data = g_memdup2 (good, len);
  guint n_tried = 0;
  guint n_unnoticed = 0;

  g_assert_true (is_verified (reader, good, len));
  for (gsize pos = 0; pos < len; pos++)
    {
      for (guint difference = 1; difference <= G_MAXUINT8; difference++)
        {
          if (!is_to_be_tried (pos, difference))
            continue;

          data[pos] = good[pos] ^ (guint8) difference;
          n_tried++;
          if (is_verified (reader, data, len))
            {
              g_test_message ("byte %" G_GSIZE_FORMAT ": %02x for %02x",
                              pos,
                              data[pos],
                              good[pos]);
              n_unnoticed++;
            }
        }
      data[pos] = good[pos];
    }

  g_test_message ("%u changes of %" G_GSIZE_FORMAT " bytes", n_tried, len);
  g_assert_cmpuint (n_tried, >=, len / 8);
  return n_unnoticed;
}

static void
reader_clear (Reader *reader)
{
  mdoc_verifier_free (reader->verifier);
  mdoc_transcript_unref (reader->transcript);
  mdoc_key_unref (reader->reader_key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static void
test_annex_d (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("device_response");
  g_autoptr (GBytes) iaca = mdoc_test_annex_d ("iaca_cert_der");
  g_autoptr (GPtrArray) anchors = mdoc_test_anchor (iaca);
  g_auto (Reader) reader = {
    mdoc_verifier_new (anchors, NULL),
    mdoc_test_annex_d_transcript (),
    mdoc_test_annex_d_key ("ephemeral_reader_key_d"),
    ANNEX_D_NOW,
  };

  g_assert_cmpuint (count_unnoticed (&reader, encoded), ==, 0);
}

/* Our own, by signature and by MAC, with elements that the device signed. */
static void
test_own (gconstpointer data)
{
  static const guint items[] = { 0, 3, 5, 6 };
  static const MdocDeviceSignedItem device_item = { "org.example.device",
                                                    "a",
                                                    { (const guint8 *) "\x61x",
                                                      2 } };
  gboolean is_mac = GPOINTER_TO_INT (data);
  g_autoptr (GPtrArray) anchors = mdoc_test_chain (MDOC_TEST_ROOT);
  g_auto (Reader) reader = {
    mdoc_verifier_new (anchors, NULL),
    mdoc_test_annex_d_transcript (),
    mdoc_key_generate (MDOC_CURVE_P256, NULL),
    MDOC_TEST_NOW_VALID,
  };
  g_autoptr (MdocKey) device_key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocIssuerSigned) issuer_signed
      = mdoc_test_issue (mdoc_key_get_public (device_key), MDOC_TEST_SIGNER);
  g_autoptr (MdocDeviceResponseBuilder) builder
      = mdoc_device_response_builder_new ();
  MdocDocumentAnswer answer = {
    .issuer_signed = issuer_signed,
    .items = items,
    .n_items = G_N_ELEMENTS (items),
    .device_key = device_key,
    .transcript = reader.transcript,
    .e_reader_key = is_mac ? mdoc_key_get_public (reader.reader_key) : NULL,
    .device_items = &device_item,
    .n_device_items = 1,
  };
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;

  if (!mdoc_device_response_builder_add_document (builder, &answer, &error))
    g_assert_no_error (error);
  encoded = mdoc_device_response_builder_finish (builder);
  g_assert_cmpuint (count_unnoticed (&reader, encoded), ==, 0);
}

/* Errors are nobody's signed word, so their bytes alone can change: but never
 * one of an element or of what proves it. */
static void
test_own_with_errors (void)
{
  static const guint items[] = { 0 };
  static const MdocElementError element_error = { "n", "b", 0 };
  g_autoptr (GPtrArray) anchors = mdoc_test_chain (MDOC_TEST_ROOT);
  g_auto (Reader) reader = {
    mdoc_verifier_new (anchors, NULL),
    mdoc_test_annex_d_transcript (),
    NULL,
    MDOC_TEST_NOW_VALID,
  };
  g_autoptr (MdocKey) device_key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocIssuerSigned) issuer_signed
      = mdoc_test_issue (mdoc_key_get_public (device_key), MDOC_TEST_SIGNER);
  g_autoptr (MdocDeviceResponseBuilder) builder
      = mdoc_device_response_builder_new ();
  MdocDocumentAnswer answer = {
    .issuer_signed = issuer_signed,
    .items = items,
    .n_items = G_N_ELEMENTS (items),
    .device_key = device_key,
    .transcript = reader.transcript,
    .errors = &element_error,
    .n_errors = 1,
  };
  static const char element_errors[] = "ferrors\xa1"
                                       "an\xa1"
                                       "ab\x00";
  static const char document_errors[] = "ndocumentErrors\x81\xa1"
                                        "at\x00";
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *good;
  g_autofree guint8 *bytes = NULL;
  gsize len;

  if (!mdoc_device_response_builder_add_document (builder, &answer, &error))
    g_assert_no_error (error);
  mdoc_device_response_builder_add_document_error (builder, "t", 0);
  encoded = mdoc_device_response_builder_finish (builder);
  good = g_bytes_get_data (encoded, &len);
  bytes = g_memdup2 (good, len);

  for (gsize pos = 0; pos < len; pos++)
    for (guint difference = 1; difference <= G_MAXUINT8; difference++)
      {
        const guint8 *ours, *theirs;
        gsize first, last;

        if (!is_to_be_tried (pos, difference))
          continue;
        bytes[pos] = good[pos] ^ (guint8) difference;
        if (is_verified (&reader, bytes, len))
          {
            ours = memmem (good,
                           len,
                           element_errors,
                           sizeof (element_errors) - 1);
            theirs = memmem (good,
                             len,
                             document_errors,
                             sizeof (document_errors) - 1);
            g_assert_nonnull (ours);
            g_assert_nonnull (theirs);
            first = (gsize) (ours - good);
            last = (gsize) (theirs - good);
            g_assert_true (
                (pos >= first && pos < first + sizeof (element_errors) - 1)
                || (pos >= last && pos < last + sizeof (document_errors) - 1));
          }
        bytes[pos] = good[pos];
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/flipped-bytes/annex-d", test_annex_d);
  g_test_add_data_func ("/flipped-bytes/own-signature",
                        GINT_TO_POINTER (FALSE),
                        test_own);
  g_test_add_data_func ("/flipped-bytes/own-mac",
                        GINT_TO_POINTER (TRUE),
                        test_own);
  g_test_add_func ("/flipped-bytes/own-with-errors", test_own_with_errors);

  return g_test_run ();
}
