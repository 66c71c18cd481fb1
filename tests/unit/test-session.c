/*
 * test-session.c - what holds of a session beside its state table
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-session-core.h"
#include "mdoc/mdoc-session-private.h"
#include "mdoc/mdoc-session.h"
#include "tests/lib/mdoc-test-session.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static GBytes *
request (MdocReaderSession *reader, const char *text, gint64 now_ms)
{
  g_autoptr (GBytes) plaintext = text_bytes (text);
  g_autoptr (GError) error = NULL;
  GBytes *message;

  message = mdoc_reader_session_request (reader, plaintext, now_ms, &error);
  g_assert_no_error (error);
  return message;
}

static void
deliver (MdocHolderSession *holder, GBytes *message, gint64 now_ms)
{
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  MdocHolderEvent event;

  g_assert_true (mdoc_holder_session_receive (holder,
                                              message,
                                              now_ms,
                                              &event,
                                              &reply,
                                              &error));
  g_assert_no_error (error);
  g_assert_cmpint (event, ==, MDOC_HOLDER_EVENT_REQUEST);
}

/* Both come to the transcript of the standard's example, and keep it when the
 * session is over. */
static void
test_transcript (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab, 0);
  g_autoptr (MdocReaderSession) reader = mdoc_test_session_new_reader (lab, 0);
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) end = NULL;
  MdocSpan wanted = mdoc_transcript_get_encoded (lab->transcript);

  g_assert_null (mdoc_holder_session_get_transcript (holder));
  g_assert_null (mdoc_holder_session_get_e_reader_key (holder));
  g_assert_true (
      mdoc_span_equal (mdoc_transcript_get_encoded (
                           mdoc_reader_session_get_transcript (reader)),
                       wanted));

  message = request (reader, "?", 0);
  deliver (holder, message, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (
          mdoc_span_equal (mdoc_transcript_get_encoded (
                               mdoc_holder_session_get_transcript (holder)),
                           wanted));
      g_assert_true (
          mdoc_public_key_equal (mdoc_holder_session_get_e_reader_key (holder),
                                 mdoc_key_get_public (lab->e_reader_key)));
      if (i == 0)
        end = mdoc_holder_session_terminate (holder);
    }
  mdoc_holder_session_free (NULL);
  mdoc_reader_session_free (NULL);
}

/* EReaderKeyBytes with a head that is longer than needed: the transcript holds
 * them as they came, and so must the peer's. */
static void
test_long_key_head (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab, 0);
  MdocSpan key = mdoc_transcript_get_e_reader_key (lab->transcript);
  static const guint8 long_head[] = { 0xd8, 0x18, 0x59, 0x00, 0x4b };
  g_autoptr (MdocCborWriter) tagged = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (MdocSessionCipher) peer = NULL;
  g_autoptr (GBytes) ciphertext = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (key.len, ==, 0x4b);
  mdoc_cbor_writer_put_encoded (tagged,
                                MDOC_SPAN (long_head, sizeof (long_head)));
  mdoc_cbor_writer_put_encoded (tagged, key);
  transcript = mdoc_transcript_new_received (mdoc_span_from_bytes (
                                                 lab->device_engagement),
                                             mdoc_cbor_writer_get_span (tagged),
                                             mdoc_span_from_bytes (
                                                 lab->handover));
  peer = mdoc_session_cipher_new (MDOC_SESSION_ROLE_READER,
                                  lab->e_reader_key,
                                  mdoc_key_get_public (lab->e_device_key),
                                  transcript,
                                  &error);
  g_assert_no_error (error);
  ciphertext = mdoc_session_cipher_encrypt (peer,
                                            mdoc_span_from_text ("?"),
                                            &error);
  g_assert_no_error (error);

  mdoc_cbor_writer_begin_map (writer, 2);
  mdoc_cbor_writer_put_text (writer, "eReaderKey");
  mdoc_cbor_writer_put_encoded (writer, mdoc_cbor_writer_get_span (tagged));
  mdoc_cbor_writer_put_text (writer, "data");
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (ciphertext));
  message = mdoc_cbor_writer_finish (writer);
  deliver (holder, message, 0);
  g_assert_true (
      mdoc_span_equal (mdoc_transcript_get_encoded (
                           mdoc_holder_session_get_transcript (holder)),
                       mdoc_transcript_get_encoded (transcript)));
}

/* Keys that the standard does not know are skipped, in both messages. */
static void
test_unknown_keys (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab, 0);
  g_autoptr (MdocReaderSession) reader = mdoc_test_session_new_reader (lab, 0);
  g_autoptr (GBytes) message = request (reader, "?", 0);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) more = NULL;

  mdoc_cbor_writer_begin_map (writer, 4);
  mdoc_cbor_writer_put_text (writer, "seq");
  mdoc_cbor_writer_put_uint (writer, 1);
  mdoc_cbor_writer_put_encoded (writer,
                                MDOC_SPAN ((const guint8 *)
                                                   g_bytes_get_data (message,
                                                                     NULL)
                                               + 1,
                                           g_bytes_get_size (message) - 1));
  mdoc_cbor_writer_put_uint (writer, 7);
  mdoc_cbor_writer_put_null (writer);
  more = mdoc_cbor_writer_finish (writer);
  deliver (holder, more, 0);
}

/* both sides of what unknown keys may hold */
static void
test_shape_limits (void)
{
  static const struct
  {
    guint depth;
    guint n_items;
    gboolean is_fine;
  } shapes[] = {
    { 7, 0, TRUE },
    { 8, 0, FALSE },
    { 0, 128 - 5, TRUE },
    { 0, 128 - 4, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      g_autoptr (GError) error = NULL;
      MdocSessionMessage message;

      mdoc_cbor_writer_begin_map (writer, 2);
      mdoc_cbor_writer_put_text (writer, "status");
      mdoc_cbor_writer_put_uint (writer, 20);
      mdoc_cbor_writer_put_text (writer, "x");
      for (guint j = 0; j < shapes[i].depth; j++)
        mdoc_cbor_writer_begin_array (writer, 1);
      if (shapes[i].depth > 0)
        mdoc_cbor_writer_put_null (writer);
      else
        mdoc_cbor_writer_begin_array (writer, shapes[i].n_items);
      for (guint j = 0; j < shapes[i].n_items; j++)
        mdoc_cbor_writer_put_null (writer);

      g_assert_cmpint (mdoc_session_message_parse (mdoc_cbor_writer_get_span (
                                                       writer),
                                                   4096,
                                                   &message,
                                                   &error),
                       ==,
                       shapes[i].is_fine);
      if (!shapes[i].is_fine)
        g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_CBOR);
    }
}

/* Members of a wrong type, and what has no members. */
static void
test_member_types (void)
{
  static const struct
  {
    const char *hex;
    gboolean is_fine;
  } messages[] = {
    { "a0", TRUE },
    { "a1 6464617461 4100", TRUE },
    { "a1 6464617461 6100", FALSE },
    { "a1 66737461747573 14", TRUE },
    { "a1 66737461747573 20", FALSE },
    { "a1 6a655265616465724b6579 d81841a0", TRUE },
    { "a1 6a655265616465724b6579 41a0", FALSE },
    { "80", FALSE },
    { "00", FALSE },
    { "6464617461", FALSE },
    { "d818a0", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (messages[i].hex);
      g_autoptr (GError) error = NULL;
      MdocSessionMessage message;

      g_test_message ("%s", messages[i].hex);
      g_assert_cmpint (mdoc_session_message_parse (mdoc_span_from_bytes (
                                                       encoded),
                                                   4096,
                                                   &message,
                                                   &error),
                       ==,
                       messages[i].is_fine);
      if (!messages[i].is_fine)
        g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_CBOR);
    }
}

/* Nesting and members of the key itself. */
static void
test_key_limits (void)
{
  static const struct
  {
    guint depth;
    guint n_items;
    int code;
  } keys[] = {
    { 3, 0, MDOC_SESSION_ERROR_DECRYPT },
    { 4, 0, MDOC_SESSION_ERROR_CBOR },
    { 0, 32 - 11, MDOC_SESSION_ERROR_DECRYPT },
    { 0, 32 - 10, MDOC_SESSION_ERROR_CBOR },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
      g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab,
                                                                           0);
      MdocSpan key = mdoc_transcript_get_e_reader_key (lab->transcript);
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      MdocSessionMessage parts = { .has_e_reader_key = TRUE, .has_data = TRUE };
      g_autoptr (GBytes) message = NULL;
      g_autoptr (GBytes) reply = NULL;
      g_autoptr (GError) error = NULL;
      MdocHolderEvent event;

      mdoc_cbor_writer_begin_map (writer, 5);
      mdoc_cbor_writer_put_encoded (writer,
                                    MDOC_SPAN (key.data + 1, key.len - 1));
      mdoc_cbor_writer_put_uint (writer, 9);
      for (guint j = 0; j < keys[i].depth; j++)
        mdoc_cbor_writer_begin_array (writer, 1);
      if (keys[i].depth > 0)
        mdoc_cbor_writer_put_null (writer);
      else
        mdoc_cbor_writer_begin_array (writer, keys[i].n_items);
      for (guint j = 0; j < keys[i].n_items; j++)
        mdoc_cbor_writer_put_null (writer);

      parts.e_reader_key = mdoc_cbor_writer_get_span (writer);
      message = mdoc_session_message_write (&parts);
      g_assert_false (mdoc_holder_session_receive (holder,
                                                   message,
                                                   0,
                                                   &event,
                                                   &reply,
                                                   &error));
      g_assert_error (error, MDOC_SESSION_ERROR, keys[i].code);
    }
}

/* The deadlines of the standard, and what moves them. */
static void
test_deadlines (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab,
                                                                       5000);
  g_autoptr (MdocReaderSession) reader = mdoc_test_session_new_reader (lab,
                                                                       5000);
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) response = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GBytes) plaintext = text_bytes ("!");
  g_autoptr (GError) error = NULL;
  MdocReaderEvent event;

  g_assert_cmpint (MDOC_SESSION_ENGAGEMENT_TIMEOUT_MS, >=, 30 * 1000);
  g_assert_cmpint (MDOC_SESSION_ESTABLISHMENT_TIMEOUT_MS, >=, 30 * 1000);
  g_assert_cmpint (MDOC_SESSION_IDLE_TIMEOUT_MS, >=, 300 * 1000);

  g_assert_cmpint (mdoc_holder_session_get_deadline_ms (holder), ==, 125000);
  g_assert_cmpint (mdoc_reader_session_get_deadline_ms (reader), ==, 125000);

  mdoc_holder_session_set_connected (holder, 7000);
  g_assert_cmpint (mdoc_holder_session_get_deadline_ms (holder), ==, 37000);
  /* who connects again gains nothing */
  mdoc_holder_session_set_connected (holder, 9000);
  g_assert_cmpint (mdoc_holder_session_get_deadline_ms (holder), ==, 37000);

  message = request (reader, "?", 10000);
  g_assert_cmpint (mdoc_reader_session_get_deadline_ms (reader), ==, 310000);
  deliver (holder, message, 11000);
  g_assert_cmpint (mdoc_holder_session_get_deadline_ms (holder), ==, 311000);

  response = mdoc_holder_session_respond (holder,
                                          plaintext,
                                          FALSE,
                                          60000,
                                          &error);
  g_assert_no_error (error);
  g_assert_cmpint (mdoc_holder_session_get_deadline_ms (holder), ==, 360000);
  g_assert_true (mdoc_reader_session_receive (reader,
                                              response,
                                              61000,
                                              &event,
                                              &reply,
                                              &error));
  g_assert_cmpint (mdoc_reader_session_get_deadline_ms (reader), ==, 361000);
}

/* Being connected counts only as long as nothing was said. */
static void
test_connected_late (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab, 0);
  g_autoptr (MdocHolderSession) ended = mdoc_test_session_new_holder (lab, 0);
  g_autoptr (MdocReaderSession) reader = mdoc_test_session_new_reader (lab, 0);
  g_autoptr (GBytes) message = request (reader, "?", 0);
  g_autoptr (GBytes) end G_GNUC_UNUSED = mdoc_holder_session_terminate (ended);

  deliver (holder, message, 0);
  mdoc_holder_session_set_connected (holder, 1000);
  g_assert_cmpint (mdoc_holder_session_get_deadline_ms (holder),
                   ==,
                   MDOC_SESSION_IDLE_TIMEOUT_MS);

  mdoc_holder_session_set_connected (ended, 1000);
  g_assert_cmpint (mdoc_holder_session_get_deadline_ms (ended),
                   ==,
                   MDOC_SESSION_ENGAGEMENT_TIMEOUT_MS);
}

/* A request stays while it waits, and goes with its answer; whoever holds a
 * reference keeps the bytes. */
static void
test_plaintext_is_let_go (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab, 0);
  g_autoptr (MdocReaderSession) reader = mdoc_test_session_new_reader (lab, 0);
  g_autoptr (GBytes) message = request (reader, "?", 0);
  g_autoptr (GBytes) plaintext = text_bytes ("!");
  g_autoptr (GBytes) response = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GBytes) next = NULL;
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GError) error = NULL;
  MdocReaderEvent event;

  deliver (holder, message, 0);
  kept = g_bytes_ref (mdoc_holder_session_get_request (holder));
  response = mdoc_holder_session_respond (holder, plaintext, FALSE, 0, &error);
  g_assert_no_error (error);
  g_assert_null (mdoc_holder_session_get_request (holder));
  g_assert_true (mdoc_span_equals_text (mdoc_span_from_bytes (kept), "?"));

  g_assert_true (mdoc_reader_session_receive (reader,
                                              response,
                                              0,
                                              &event,
                                              &reply,
                                              &error));
  g_assert_nonnull (mdoc_reader_session_get_response (reader));
  next = request (reader, "??", 0);
  g_assert_null (mdoc_reader_session_get_response (reader));
}

/* The ephemeral key is let go with the first message, whatever came of it, and
 * when the session ends without one. */
static void
count_frees (gpointer impl)
{
  guint *n_frees = impl;

  (*n_frees)++;
}

static void
test_key_is_let_go (void)
{
  static const MdocKeyClass klass = { .kind = "test", .free = count_frees };
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  guint n_frees = 0;

  for (guint way = 0; way < 4; way++)
    {
      g_autoptr (MdocHolderSession) holder = NULL;
      g_autoptr (GBytes) message = NULL;
      g_autoptr (GBytes) reply = NULL;
      MdocHolderEvent event;
      MdocKey *key;

      key = mdoc_key_new (&klass,
                          &n_frees,
                          mdoc_key_get_public (lab->e_device_key));
      holder = mdoc_holder_session_new (key,
                                        lab->device_engagement,
                                        mdoc_span_from_bytes (lab->handover),
                                        0);
      mdoc_key_unref (key);
      g_assert_cmpuint (n_frees, ==, way);
      switch (way)
        {
        case 0:
          message = mdoc_test_bytes_from_hex ("ff");
          g_assert_false (mdoc_holder_session_receive (holder,
                                                       message,
                                                       0,
                                                       &event,
                                                       &reply,
                                                       NULL));
          break;
        case 1:
          reply = mdoc_holder_session_terminate (holder);
          break;
        case 2:
          g_assert_true (
              mdoc_holder_session_check_deadline (holder, G_MAXINT64));
          break;
        default:
          g_clear_pointer (&holder, mdoc_holder_session_free);
          break;
        }
      g_assert_cmpuint (n_frees, ==, way + 1);
    }
}

/* A key elsewhere that cannot agree now: our fault, and the peer is told. */
static MdocSecret *
agree_never (gpointer impl, MdocPublicKey *peer, GError **error)
{
  g_set_error_literal (error,
                       MDOC_CRYPTO_ERROR,
                       (gint) MDOC_CRYPTO_ERROR_DEVICE,
                       "no");
  return NULL;
}

static void
test_device_fails (void)
{
  static const MdocKeyClass klass = { .kind = "test",
                                      .agree = agree_never,
                                      .free = count_frees };
  guint n_frees = 0; /* outlives the key */
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (GBytes) message = mdoc_test_annex_d ("session_establishment");
  g_autoptr (GBytes) wanted = mdoc_test_annex_d ("session_termination");
  g_autoptr (MdocHolderSession) holder = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) key = NULL;
  MdocHolderEvent event;

  key = mdoc_key_new (&klass,
                      &n_frees,
                      mdoc_key_get_public (lab->e_device_key));
  holder = mdoc_holder_session_new (key,
                                    lab->device_engagement,
                                    mdoc_span_from_bytes (lab->handover),
                                    0);
  g_assert_false (
      mdoc_holder_session_receive (holder, message, 0, &event, &reply, &error));
  g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_DEVICE);
  g_assert_true (g_bytes_equal (reply, wanted));
  g_assert_cmpint (mdoc_holder_session_get_end_reason (holder),
                   ==,
                   MDOC_SESSION_END_DEVICE);
}

/* no message number left on the receiving side */
static void
test_receive_exhausted (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocReaderSession) reader = mdoc_test_session_new_reader (lab, 0);
  g_autoptr (GBytes) message G_GNUC_UNUSED = request (reader, "?", 0);
  g_autoptr (GBytes) data = mdoc_test_annex_d ("session_data");
  g_autoptr (GBytes) wanted = mdoc_test_annex_d ("session_termination");
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  MdocReaderEvent event;

  mdoc_session_cipher_set_counters (mdoc_reader_session_get_cipher (reader),
                                    2,
                                    (guint64) G_MAXUINT32 + 1);
  g_assert_false (
      mdoc_reader_session_receive (reader, data, 0, &event, &reply, &error));
  g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_COUNTER);
  g_assert_true (g_bytes_equal (reply, wanted));
  g_assert_cmpint (mdoc_reader_session_get_end_reason (reader),
                   ==,
                   MDOC_SESSION_END_COUNTER_EXHAUSTED);
}

static void
test_reader_key_of_other_curve (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) key = NULL;

  key = mdoc_key_generate (MDOC_CURVE_P384, &error);
  g_assert_no_error (error);
  g_assert_null (
      mdoc_reader_session_new (key,
                               lab->device_engagement,
                               MDOC_HANDOVER_QR,
                               mdoc_key_get_public (lab->e_device_key),
                               0,
                               &error));
  g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_KEY);
}

/* A whole session on every curve, after a QR code. */
static void
test_every_curve (void)
{
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
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      g_autoptr (MdocHolderSession) holder = NULL;
      g_autoptr (MdocReaderSession) reader = NULL;
      g_autoptr (MdocKey) device_key = NULL;
      g_autoptr (MdocKey) reader_key = NULL;
      g_autoptr (GBytes) message = NULL;
      g_autoptr (GError) error = NULL;

      device_key = mdoc_key_generate (curves[i], &error);
      g_assert_no_error (error);
      reader_key = mdoc_key_generate (curves[i], &error);
      g_assert_no_error (error);
      holder = mdoc_holder_session_new (device_key,
                                        lab->device_engagement,
                                        MDOC_HANDOVER_QR,
                                        0);
      reader = mdoc_reader_session_new (reader_key,
                                        lab->device_engagement,
                                        MDOC_HANDOVER_QR,
                                        mdoc_key_get_public (device_key),
                                        0,
                                        &error);
      g_assert_no_error (error);
      message = request (reader, mdoc_curve_get_name (curves[i]), 0);
      deliver (holder, message, 0);
      g_assert_true (
          mdoc_span_equals_text (mdoc_span_from_bytes (
                                     mdoc_holder_session_get_request (holder)),
                                 mdoc_curve_get_name (curves[i])));
    }
}

static void
test_end_names (void)
{
  g_autoptr (GHashTable) seen = NULL;

  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (MdocSessionEnd end = MDOC_SESSION_END_NONE;
       end <= MDOC_SESSION_END_DEVICE;
       end++)
    g_assert_true (
        g_hash_table_add (seen, g_strdup (mdoc_session_end_get_name (end))));
  g_assert_false (g_hash_table_contains (seen, "unknown"));
  g_assert_cmpstr (mdoc_session_end_get_name (MDOC_SESSION_END_TIMEOUT),
                   ==,
                   "timeout");
}

/* Cut short or changed anywhere, an establishment is refused, and the peer is
 * told why: 11 if it could not be read, 10 if it could not be decrypted. A byte
 * of a name or of the CBOR around can also make it another message, so that
 * only the contract is asserted for these. */
static void
test_every_prefix (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (GBytes) good = mdoc_test_annex_d ("session_establishment");
  const guint8 *data = g_bytes_get_data (good, NULL);

  for (gsize len = 0; len < g_bytes_get_size (good); len++)
    {
      g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab,
                                                                           0);
      g_autoptr (GBytes) message = g_bytes_new (data, len);
      g_autoptr (GBytes) wanted = mdoc_test_bytes_from_hex (
          "a166737461747573 0b");
      g_autoptr (GBytes) reply = NULL;
      g_autoptr (GError) error = NULL;
      MdocHolderEvent event;

      g_assert_false (mdoc_holder_session_receive (holder,
                                                   message,
                                                   0,
                                                   &event,
                                                   &reply,
                                                   &error));
      g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_CBOR);
      g_assert_true (g_bytes_equal (reply, wanted));
    }
}

static void
test_every_wrong_byte (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (GBytes) good = mdoc_test_annex_d ("session_establishment");
  gsize size = g_bytes_get_size (good);

  for (gsize pos = 0; pos < size; pos++)
    {
      g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab,
                                                                           0);
      guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), size);
      g_autoptr (GBytes) message = g_bytes_new_take (data, size);
      g_autoptr (GBytes) reply = NULL;
      g_autoptr (GError) error = NULL;
      MdocHolderEvent event;

      data[pos] ^= 1;
      g_assert_false (mdoc_holder_session_receive (holder,
                                                   message,
                                                   0,
                                                   &event,
                                                   &reply,
                                                   &error));
      g_assert_nonnull (error);
      g_assert_nonnull (reply);
      g_assert_cmpint (event, ==, MDOC_HOLDER_EVENT_ENDED);
      g_assert_null (mdoc_holder_session_get_request (holder));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session/transcript", test_transcript);
  g_test_add_func ("/session/long-key-head", test_long_key_head);
  g_test_add_func ("/session/unknown-keys", test_unknown_keys);
  g_test_add_func ("/session/shape-limits", test_shape_limits);
  g_test_add_func ("/session/member-types", test_member_types);
  g_test_add_func ("/session/key-limits", test_key_limits);
  g_test_add_func ("/session/deadlines", test_deadlines);
  g_test_add_func ("/session/connected-late", test_connected_late);
  g_test_add_func ("/session/plaintext-is-let-go", test_plaintext_is_let_go);
  g_test_add_func ("/session/key-is-let-go", test_key_is_let_go);
  g_test_add_func ("/session/device-fails", test_device_fails);
  g_test_add_func ("/session/receive-exhausted", test_receive_exhausted);
  g_test_add_func ("/session/reader-key-of-other-curve",
                   test_reader_key_of_other_curve);
  g_test_add_func ("/session/every-curve", test_every_curve);
  g_test_add_func ("/session/end-names", test_end_names);
  g_test_add_func ("/session/every-prefix", test_every_prefix);
  g_test_add_func ("/session/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
