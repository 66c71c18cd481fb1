/*
 * test-reader-auth.c - whom mdoc_device_request_check_reader() believes
 *
 * long because: both kinds of reader authentication share the bench
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-device-request-builder.h"
#include "mdoc/mdoc-reader-auth-private.h"
#include "tests/lib/mdoc-test-reader.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define AT_2021 ((gint64) 1609459200) /* 2021-01-01T00:00:00Z */
#define NOW     MDOC_TEST_READER_NOW

static const MdocCborLimits limits = { 65536, 16, 4096 };

static MdocTranscript *
annex_d_transcript (void)
{
  g_autoptr (GBytes) bytes = mdoc_test_annex_d ("session_transcript_bytes");
  g_autoptr (GError) error = NULL;
  MdocTranscript *transcript;

  transcript = mdoc_transcript_parse (mdoc_span_from_bytes (bytes), &error);
  g_assert_no_error (error);
  return transcript;
}

static MdocTranscript *
some_transcript (const char *engagement)
{
  return mdoc_transcript_new_qr (mdoc_span_from_text (engagement),
                                 mdoc_span_from_text ("key"));
}

static MdocDeviceRequest *
parse (GBytes *encoded)
{
  g_autoptr (GError) error = NULL;
  MdocDeviceRequest *request = mdoc_device_request_parse (encoded, &error);

  g_assert_no_error (error);
  return request;
}

static MdocReaderIdentity
check (MdocDeviceRequest *request,
       guint doc_request,
       MdocTranscript *transcript,
       GPtrArray *anchors,
       gint64 at_unix_s)
{
  g_autoptr (GError) error = NULL;
  MdocReaderIdentity identity = { 0 };

  g_assert_true (mdoc_device_request_check_reader (request,
                                                   doc_request,
                                                   transcript,
                                                   anchors,
                                                   NULL,
                                                   at_unix_s,
                                                   &identity,
                                                   &error));
  g_assert_no_error (error);
  return identity;
}

static void
assert_identity (MdocReaderIdentity identity,
                 gboolean is_signed,
                 gboolean is_signature_valid,
                 MdocPathResult path,
                 const char *name)
{
  g_assert_cmpint (identity.is_signed, ==, is_signed);
  g_assert_cmpint (identity.is_signature_valid, ==, is_signature_valid);
  g_assert_cmpstr (mdoc_path_result_get_name (identity.path),
                   ==,
                   mdoc_path_result_get_name (path));
  g_assert_cmpint (identity.anchor != NULL, ==, path == MDOC_PATH_OK);
  g_assert_cmpint (mdoc_reader_identity_is_trusted (&identity),
                   ==,
                   is_signature_valid && path == MDOC_PATH_OK);
  if (name == NULL)
    g_assert_null (identity.certificate);
  else
    g_assert_cmpstr (mdoc_certificate_get_common_name (identity.certificate),
                     ==,
                     name);
  mdoc_reader_identity_clear (&identity);
}

/* What is signed is what the standard prints, byte for byte. */
static void
test_annex_d_bytes (void)
{
  g_autoptr (GBytes) items_request = mdoc_test_annex_d ("items_request_bytes");
  g_autoptr (GBytes) expected = NULL;
  g_autoptr (GBytes) structure = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (MdocTranscript) transcript = annex_d_transcript ();
  MdocSpan tail;

  expected = mdoc_test_annex_d ("reader_authentication_bytes");
  written = mdoc_reader_auth_encode (transcript,
                                     mdoc_span_from_bytes (items_request));
  g_assert_true (g_bytes_equal (written, expected));

  structure = mdoc_test_annex_d ("reader_auth_sig_structure");
  tail = mdoc_span_from_bytes (structure);
  g_assert_cmpuint (tail.len, >, g_bytes_get_size (written));
  tail.data += tail.len - g_bytes_get_size (written);
  tail.len = g_bytes_get_size (written);
  g_assert_true (mdoc_span_equal (tail, mdoc_span_from_bytes (written)));
}

static GPtrArray *
annex_d_list (const char *name)
{
  g_autoptr (GBytes) der = mdoc_test_annex_d (name);
  g_autoptr (GError) error = NULL;
  GPtrArray *list = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);

  g_ptr_array_add (list, mdoc_certificate_parse (der, &error));
  g_assert_no_error (error);
  return list;
}

static void
test_annex_d (void)
{
  static const char *const name = "reader";
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("device_request");
  g_autoptr (MdocDeviceRequest) request = parse (encoded);
  g_autoptr (MdocTranscript) transcript = annex_d_transcript ();
  g_autoptr (MdocTranscript) other = some_transcript ("engagement");
  g_autoptr (GPtrArray) anchors = annex_d_list ("reader_root_cert_der");
  g_autoptr (GPtrArray) others = annex_d_list ("iaca_cert_der");
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();

  assert_identity (check (request, 0, transcript, anchors, AT_2021),
                   TRUE,
                   TRUE,
                   MDOC_PATH_OK,
                   name);
  assert_identity (check (request,
                          0,
                          transcript,
                          anchors,
                          g_get_real_time () / G_USEC_PER_SEC),
                   TRUE,
                   TRUE,
                   MDOC_PATH_EXPIRED,
                   name);
  assert_identity (check (request, 0, other, anchors, AT_2021),
                   TRUE,
                   FALSE,
                   MDOC_PATH_OK,
                   name);
  assert_identity (check (request, 0, transcript, others, AT_2021),
                   TRUE,
                   TRUE,
                   MDOC_PATH_NO_ANCHOR,
                   name);
  assert_identity (check (request, 0, transcript, nobody, AT_2021),
                   TRUE,
                   TRUE,
                   MDOC_PATH_NO_ANCHOR,
                   name);
}

/* A chain of three certificates, and a session of which we know nothing. */
static void
test_apple (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("real-world-mdoc.json");
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (GPtrArray) anchors = annex_d_list ("reader_root_cert_der");
  MdocReaderIdentity identity;

  encoded = mdoc_test_vectors_dup_hex (
      json_object_get_object_member (json_object_get_object_member (file,
                                                                    "vectors"),
                                     "apple_ios26_device_request"),
      "hex");
  request = parse (encoded);
  identity = check (request, 0, transcript, anchors, NOW);
  g_assert_true (identity.is_signed);
  g_assert_false (identity.is_signature_valid);
  g_assert_cmpint (identity.path, !=, MDOC_PATH_OK);
  g_assert_cmpint (identity.path, !=, MDOC_PATH_NO_CERTIFICATE);
  g_assert_nonnull (identity.certificate);
  mdoc_reader_identity_clear (&identity);
}

static MdocDeviceRequestBuilder *
some_builder (void)
{
  static const guint sets_of_both[] = { 0, 1 };
  static const MdocDocumentSet sets[] = { { sets_of_both, 2 } };
  static const MdocUseCase use_case = { TRUE, sets, 1, NULL, 0 };
  MdocDeviceRequestBuilder *builder = mdoc_device_request_builder_new ();

  for (guint i = 0; i < 2; i++)
    {
      mdoc_device_request_builder_add_doc_request (builder, i ? "u" : "t");
      mdoc_device_request_builder_add_element (builder, i, "n", "a", i == 1);
    }
  mdoc_device_request_builder_add_use_case (builder, &use_case);
  return builder;
}

static GBytes *
sign (MdocDeviceRequestBuilder *builder,
      MdocTranscript *transcript,
      MdocTestReader *reader,
      gboolean sign_all)
{
  g_autoptr (GError) error = NULL;
  GBytes *encoded;

  encoded = mdoc_device_request_builder_finish (builder,
                                                transcript,
                                                reader->key,
                                                reader->chain,
                                                sign_all,
                                                &error);
  g_assert_no_error (error);
  return encoded;
}

static void
test_curves (void)
{
  static const MdocCurve curves[] = {
    MDOC_CURVE_P256,
    MDOC_CURVE_P384,
    MDOC_CURVE_P521,
    MDOC_CURVE_BRAINPOOL_P256R1,
    MDOC_CURVE_BRAINPOOL_P320R1,
    MDOC_CURVE_BRAINPOOL_P384R1,
    MDOC_CURVE_BRAINPOOL_P512R1,
  };
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    for (guint all = 0; all <= 1; all++)
      {
        g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
        g_autoptr (MdocTestReader) reader = NULL;
        g_autoptr (MdocDeviceRequest) request = NULL;
        g_autoptr (GBytes) encoded = NULL;

        g_assert_true (mdoc_curve_is_supported (curves[i]));
        reader = mdoc_test_reader_new ("Shop", curves[i]);
        encoded = sign (builder, transcript, reader, all == 1);
        request = parse (encoded);
        for (guint j = 0; j < 2; j++)
          assert_identity (check (request, j, transcript, reader->anchors, NOW),
                           TRUE,
                           TRUE,
                           MDOC_PATH_OK,
                           "Shop");
      }
}

static void
test_unsigned (void)
{
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;

  encoded = mdoc_device_request_builder_finish (builder,
                                                NULL,
                                                NULL,
                                                NULL,
                                                TRUE,
                                                &error);
  g_assert_no_error (error);
  request = parse (encoded);
  g_assert_false (mdoc_device_request_has_reader_auth (request, 0));
  assert_identity (check (request, 0, transcript, anchors, NOW),
                   FALSE,
                   FALSE,
                   MDOC_PATH_NO_CERTIFICATE,
                   NULL);
}

static void
test_times (void)
{
  static const struct
  {
    gint64 at_unix_s;
    MdocPathResult path;
  } times[] = {
    { MDOC_TEST_READER_NOT_BEFORE - 1, MDOC_PATH_NOT_YET_VALID },
    { MDOC_TEST_READER_NOT_BEFORE, MDOC_PATH_OK },
    { MDOC_TEST_READER_NOT_AFTER, MDOC_PATH_OK },
    { MDOC_TEST_READER_NOT_AFTER + 1, MDOC_PATH_EXPIRED },
  };
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  encoded = sign (builder, transcript, reader, FALSE);
  request = parse (encoded);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    assert_identity (check (request,
                            1,
                            transcript,
                            reader->anchors,
                            times[i].at_unix_s),
                     TRUE,
                     TRUE,
                     times[i].path,
                     "Shop");
}

/* Of a slow backend, and not asked to take its time, only every eighth byte
 * behind the version. */
static gboolean
is_to_be_tried (gsize pos)
{
  return g_test_slow () || pos < 32 || pos % 8 == 0
         || !g_str_has_prefix (mdoc_crypto_get_backend (), "Mbed");
}

/* One wrong byte costs the reader its name, wherever it stands, unless it is
 * not signed: then all that is signed is as it was. */
static void
test_every_wrong_byte (void)
{
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  guint n_trusted[2] = { 0 };

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  for (guint all = 0; all <= 1; all++)
    {
      g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
      g_autoptr (GBytes) good = sign (builder, transcript, reader, all == 1);
      g_autoptr (MdocDeviceRequest) original = parse (good);
      gsize size = g_bytes_get_size (good);

      for (gsize pos = 0; pos < size; pos++)
        {
          guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), size);
          g_autoptr (GBytes) encoded = g_bytes_new_take (data, size);
          g_autoptr (MdocDeviceRequest) request = NULL;
          g_auto (MdocReaderIdentity) identity = { 0 };

          if (!is_to_be_tried (pos))
            continue;
          data[pos] ^= 0x01;
          request = mdoc_device_request_parse (encoded, NULL);
          if (request == NULL)
            continue;
          identity = check (request, 0, transcript, reader->anchors, NOW);
          if (!mdoc_reader_identity_is_trusted (&identity))
            continue;
          n_trusted[all]++;
          /* one readerAuth is for its own doc request, one over all for each */
          for (guint i = 0; i <= all; i++)
            g_assert_true (mdoc_span_equal (
                mdoc_device_request_get_items_request_bytes (request, i),
                mdoc_device_request_get_items_request_bytes (original, i)));
        }
    }

  /* not signed are the version and, for one readerAuth, what is of the other
   * doc request; else nearly all bytes would have to be here */
  g_test_message ("%u and %u are not signed", n_trusted[0], n_trusted[1]);
  g_assert_cmpuint (n_trusted[0], >, 0);
  g_assert_cmpuint (n_trusted[1], ==, 1);
}

/* The parts of a request, to put together wrongly. */
typedef struct
{
  MdocCborItem docs[2];
  MdocCborItem info;
  MdocCborItem all;
} Parts;

static Parts
take_apart (GBytes *encoded)
{
  g_autoptr (GError) error = NULL;
  MdocCborIter iter;
  MdocCborItem root;
  Parts parts;

  g_assert_true (
      mdoc_cbor_open (mdoc_span_from_bytes (encoded), &limits, &root, &error));
  g_assert_true (
      mdoc_cbor_iter_array (mdoc_cbor_map_lookup (root, "docRequests"),
                            "docRequests",
                            2,
                            &iter,
                            &error));
  parts.docs[0] = mdoc_cbor_iter_next (&iter);
  parts.docs[1] = mdoc_cbor_iter_next (&iter);
  parts.info = mdoc_cbor_map_lookup (root, "deviceRequestInfo");
  parts.all = mdoc_cbor_map_lookup (root, "readerAuthAll");
  return parts;
}

static void
put (MdocCborWriter *writer, MdocCborItem item)
{
  MdocSpan encoded = mdoc_cbor_get_encoded (item);

  if (encoded.len > 0)
    mdoc_cbor_writer_put_encoded (writer, encoded);
  else
    mdoc_cbor_writer_put_null (writer);
}

static MdocDeviceRequest *
put_together (MdocCborItem first,
              MdocCborItem second,
              MdocCborItem info,
              MdocCborItem all)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) encoded = NULL;

  mdoc_cbor_writer_begin_map (writer, 4);
  mdoc_cbor_writer_put_text (writer, "version");
  mdoc_cbor_writer_put_text (writer, "1.1");
  mdoc_cbor_writer_put_text (writer, "docRequests");
  mdoc_cbor_writer_begin_array (writer, 2);
  put (writer, first);
  put (writer, second);
  mdoc_cbor_writer_put_text (writer, "deviceRequestInfo");
  put (writer, info);
  mdoc_cbor_writer_put_text (writer, "readerAuthAll");
  put (writer, all);
  encoded = mdoc_cbor_writer_finish (writer);
  return parse (encoded);
}

static void
assert_trusted (MdocDeviceRequest *request,
                MdocTranscript *transcript,
                MdocTestReader *reader,
                gboolean first,
                gboolean second)
{
  assert_identity (check (request, 0, transcript, reader->anchors, NOW),
                   TRUE,
                   first,
                   MDOC_PATH_OK,
                   "Shop");
  assert_identity (check (request, 1, transcript, reader->anchors, NOW),
                   TRUE,
                   second,
                   MDOC_PATH_OK,
                   "Shop");
}

/* readerAuthAll is over all of the request, in its order. */
static void
test_all_covers_all (void)
{
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
  g_autoptr (GBytes) encoded = NULL;
  const MdocCborItem none = MDOC_CBOR_ABSENT;
  Parts p;

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  encoded = sign (builder, transcript, reader, TRUE);
  p = take_apart (encoded);
  const struct
  {
    MdocCborItem first, second, info, all;
    gboolean is_valid;
  } cases[] = {
    { p.docs[0], p.docs[1], p.info, p.all, TRUE },
    { p.docs[1], p.docs[0], p.info, p.all, FALSE },
    { p.docs[0], p.docs[0], p.info, p.all, FALSE },
    { p.docs[0], p.docs[1], none, p.all, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocDeviceRequest) request = NULL;

      request = put_together (cases[i].first,
                              cases[i].second,
                              cases[i].info,
                              cases[i].all);
      assert_trusted (request,
                      transcript,
                      reader,
                      cases[i].is_valid,
                      cases[i].is_valid);
    }
}

/* Without deviceRequestInfo, null is signed in its place. */
static void
test_all_without_info (void)
{
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (MdocDeviceRequestBuilder) builder = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) expected = NULL;
  MdocSpan item = MDOC_SPAN ((const guint8 *) "\xd8\x18\x41\xa0", 4);

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  builder = mdoc_device_request_builder_new ();
  mdoc_device_request_builder_add_doc_request (builder, "t");
  mdoc_device_request_builder_add_element (builder, 0, "n", "a", FALSE);
  encoded = sign (builder, transcript, reader, TRUE);
  request = parse (encoded);
  g_assert_cmpstr (mdoc_device_request_get_version (request), ==, "1.1");
  g_assert_null (mdoc_device_request_get_info (request));
  assert_identity (check (request, 0, transcript, reader->anchors, NOW),
                   TRUE,
                   TRUE,
                   MDOC_PATH_OK,
                   "Shop");

  /* #6.24(<< ["ReaderAuthenticationAll", [24(<< 'e' >>), 24(<< 'k' >>), null],
   *   [24(<< {} >>)], null] >>) */
  g_clear_pointer (&transcript, mdoc_transcript_unref);
  transcript = mdoc_transcript_new_qr (mdoc_span_from_text ("e"),
                                       mdoc_span_from_text ("k"));
  payload = mdoc_reader_auth_encode_all (transcript,
                                         &item,
                                         1,
                                         MDOC_SPAN (NULL, 0));
  expected = mdoc_test_bytes_from_hex (
      "d818 5829 84 77526561646572417574 68656e7469636174696f6e416c6c"
      "83 d8184165 d818416b f6 81 d81841a0 f6");
  g_assert_true (g_bytes_equal (payload, expected));
}

/* A readerAuth is for its own doc request. */
static void
test_swapped (void)
{
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  MdocCborItem mixed;
  Parts p;

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  encoded = sign (builder, transcript, reader, FALSE);
  p = take_apart (encoded);

  mdoc_cbor_writer_begin_map (writer, 2);
  mdoc_cbor_writer_put_text (writer, "itemsRequest");
  put (writer, mdoc_cbor_map_lookup (p.docs[0], "itemsRequest"));
  mdoc_cbor_writer_put_text (writer, "readerAuth");
  put (writer, mdoc_cbor_map_lookup (p.docs[1], "readerAuth"));
  g_assert_true (mdoc_cbor_open (mdoc_cbor_writer_get_span (writer),
                                 &limits,
                                 &mixed,
                                 NULL));
  request = put_together (mixed, p.docs[1], p.info, MDOC_CBOR_ABSENT);
  assert_trusted (request, transcript, reader, FALSE, TRUE);
}

static MdocCborItem
first_of (MdocCborItem array)
{
  MdocCborIter iter;

  g_assert_true (mdoc_cbor_iter_array (array, "array", 8, &iter, NULL));
  return mdoc_cbor_iter_next (&iter);
}

/* Several may sign the whole; whoever is trusted is who asks, else who signed
 * rightly, else who comes first. */
static void
test_several (void)
{
  g_autoptr (MdocTestReader) shop = NULL;
  g_autoptr (MdocTestReader) bank = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (MdocTranscript) other = some_transcript ("other");
  g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GBytes) by_shop = NULL;
  g_autoptr (GBytes) by_bank = NULL;
  g_autoptr (GBytes) by_shop_elsewhere = NULL;
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
  MdocCborItem all;
  Parts p;

  shop = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  bank = mdoc_test_reader_new ("Bank", MDOC_CURVE_P256);
  by_shop = sign (builder, transcript, shop, TRUE);
  by_bank = sign (builder, transcript, bank, TRUE);
  by_shop_elsewhere = sign (builder, other, shop, TRUE);
  p = take_apart (by_shop);

  mdoc_cbor_writer_begin_array (writer, 3);
  put (writer, first_of (take_apart (by_shop_elsewhere).all));
  put (writer, first_of (p.all));
  put (writer, first_of (take_apart (by_bank).all));
  g_assert_true (
      mdoc_cbor_open (mdoc_cbor_writer_get_span (writer), &limits, &all, NULL));
  request = put_together (p.docs[0], p.docs[1], p.info, all);
  g_assert_cmpuint (mdoc_device_request_get_n_reader_auth_all (request), ==, 3);

  assert_identity (check (request, 0, transcript, bank->anchors, NOW),
                   TRUE,
                   TRUE,
                   MDOC_PATH_OK,
                   "Bank");
  assert_identity (check (request, 1, transcript, shop->anchors, NOW),
                   TRUE,
                   TRUE,
                   MDOC_PATH_OK,
                   "Shop");
  assert_identity (check (request, 0, transcript, nobody, NOW),
                   TRUE,
                   TRUE,
                   MDOC_PATH_NO_ANCHOR,
                   "Shop");
  /* in another session only the first one holds */
  assert_identity (check (request, 0, other, bank->anchors, NOW),
                   TRUE,
                   TRUE,
                   MDOC_PATH_NO_ANCHOR,
                   "Shop");
}

static void
test_one_of_several (void)
{
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  MdocReaderIdentity identity = { 0 };

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  encoded = sign (builder, transcript, reader, TRUE);
  request = parse (encoded);
  g_assert_true (mdoc_device_request_check_reader_all (request,
                                                       0,
                                                       transcript,
                                                       reader->anchors,
                                                       NULL,
                                                       NOW,
                                                       &identity,
                                                       &error));
  g_assert_no_error (error);
  assert_identity (identity, TRUE, TRUE, MDOC_PATH_OK, "Shop");
}

/* Signatures that make no sense: each is a reader unknown, none an error. */
static void
test_nonsense (void)
{
  static const char *const signatures[] = {
    "00",
    "80",
    "a0",
    "84 00 00 00 00",
    "84 43a10126 a0 f6 40",            /* no chain */
    "84 43a10126 a1 1821 80 f6 40",    /* an empty one */
    "84 43a10126 a1 1821 41 00 f6 40", /* no certificate */
    "84 43a10126 a1 1821 00 f6 40",
    "84 40 a0 f6 40",
    "d1 84 43a10126 a0 f6 40",
  };
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
  g_autoptr (GPtrArray) anchors = annex_d_list ("reader_root_cert_der");
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  Parts p;

  encoded = mdoc_device_request_builder_finish (builder,
                                                NULL,
                                                NULL,
                                                NULL,
                                                FALSE,
                                                &error);
  g_assert_no_error (error);
  p = take_apart (encoded);
  for (gsize i = 0; i < G_N_ELEMENTS (signatures); i++)
    {
      g_autofree char *hex = g_strconcat ("81", signatures[i], NULL);
      g_autoptr (GBytes) all = mdoc_test_bytes_from_hex (hex);
      g_autoptr (MdocDeviceRequest) request = NULL;
      MdocCborItem item;

      g_assert_true (
          mdoc_cbor_open (mdoc_span_from_bytes (all), &limits, &item, NULL));
      request = put_together (p.docs[0], p.docs[1], p.info, item);
      g_test_message ("%s", signatures[i]);
      assert_identity (check (request, 0, transcript, anchors, NOW),
                       TRUE,
                       FALSE,
                       MDOC_PATH_NO_CERTIFICATE,
                       NULL);
    }
}

/* The standard detaches the payload: one that comes along is not looked at,
 * even if it is the right one and rightly signed. */
static void
test_attached_payload (void)
{
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (GBytes) payload
      = mdoc_reader_auth_encode (transcript,
                                 MDOC_SPAN ((const guint8 *) "\xd8\x18\x41\xa0",
                                            4));
  g_autoptr (GError) error = NULL;

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  for (guint detached = 0; detached <= 1; detached++)
    {
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      MdocReaderIdentity identity = { 0 };
      MdocCborItem item;

      g_assert_true (mdoc_sign1_write (writer,
                                       reader->key,
                                       reader->chain,
                                       mdoc_span_from_bytes (payload),
                                       detached == 1,
                                       &error));
      g_assert_true (mdoc_cbor_open (mdoc_cbor_writer_get_span (writer),
                                     &limits,
                                     &item,
                                     &error));
      g_assert_true (mdoc_reader_auth_check (item,
                                             mdoc_span_from_bytes (payload),
                                             reader->anchors,
                                             NULL,
                                             NOW,
                                             &identity,
                                             &error));
      assert_identity (identity, TRUE, detached == 1, MDOC_PATH_OK, "Shop");
    }
}

/* Somebody else's certificate does not lend its name. */
static void
test_borrowed_certificate (void)
{
  g_autoptr (MdocTestReader) shop = NULL;
  g_autoptr (MdocTestReader) thief = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (GBytes) payload
      = mdoc_reader_auth_encode (transcript,
                                 MDOC_SPAN ((const guint8 *) "\xd8\x18\x41\xa0",
                                            4));
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GError) error = NULL;
  guint8 signature[MDOC_SIGNATURE_MAX_LEN];
  g_autoptr (GBytes) der = NULL;
  MdocReaderIdentity identity = { 0 };
  MdocSpan part = mdoc_span_from_bytes (payload);
  MdocCborItem item;
  gsize len;

  shop = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  thief = mdoc_test_reader_new ("Thief", MDOC_CURVE_P256);
  der = g_bytes_ref (
      mdoc_certificate_get_der (g_ptr_array_index (shop->chain, 0)));
  g_assert_true (mdoc_key_sign (thief->key,
                                MDOC_ALG_ES256,
                                &part,
                                1,
                                signature,
                                &len,
                                &error));
  mdoc_cbor_writer_begin_array (writer, 4);
  mdoc_cbor_writer_put_bytes (writer,
                              MDOC_SPAN ((const guint8 *) "\xa1\x01\x26", 3));
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_int (writer, 33);
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (der));
  mdoc_cbor_writer_put_null (writer);
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (signature, len));
  g_assert_true (mdoc_cbor_open (mdoc_cbor_writer_get_span (writer),
                                 &limits,
                                 &item,
                                 &error));
  g_assert_true (mdoc_reader_auth_check (item,
                                         mdoc_span_from_bytes (payload),
                                         shop->anchors,
                                         NULL,
                                         NOW,
                                         &identity,
                                         &error));
  assert_identity (identity, TRUE, FALSE, MDOC_PATH_OK, "Shop");
}

static void
test_revoked (void)
{
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = some_transcript ("engagement");
  g_autoptr (MdocDeviceRequestBuilder) builder = some_builder ();
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GBytes) encoded = NULL;

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  encoded = sign (builder, transcript, reader, FALSE);
  request = parse (encoded);
  for (guint revoked = 0; revoked <= 1; revoked++)
    {
      g_autoptr (GPtrArray) serials = NULL;
      g_autoptr (GPtrArray) crls = NULL;
      g_autoptr (GBytes) der = NULL;
      g_autoptr (GError) error = NULL;
      MdocReaderIdentity identity = { 0 };

      serials = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      if (revoked == 1)
        g_ptr_array_add (serials,
                         mdoc_span_dup (mdoc_certificate_get_serial (
                             g_ptr_array_index (reader->chain, 0))));
      der = mdoc_crl_build (g_ptr_array_index (reader->anchors, 0),
                            reader->authority_key,
                            serials,
                            NOW - 60,
                            NOW + 60,
                            &error);
      g_assert_no_error (error);
      crls = g_ptr_array_new_with_free_func ((GDestroyNotify) mdoc_crl_unref);
      g_ptr_array_add (crls, mdoc_crl_parse (der, &error));
      g_assert_no_error (error);
      g_assert_true (mdoc_device_request_check_reader (request,
                                                       0,
                                                       transcript,
                                                       reader->anchors,
                                                       crls,
                                                       NOW,
                                                       &identity,
                                                       &error));
      assert_identity (identity,
                       TRUE,
                       TRUE,
                       revoked == 1 ? MDOC_PATH_REVOKED : MDOC_PATH_OK,
                       "Shop");
    }
}

/* Only all of it together makes a reader known. */
static void
test_trusted (void)
{
  g_autoptr (MdocTestReader) reader = NULL;
  MdocReaderIdentity identity = { 0 };

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  for (guint i = 0; i < 16; i++)
    {
      identity.is_signed = (i & 1) != 0;
      identity.is_signature_valid = (i & 2) != 0;
      identity.path = (i & 4) != 0 ? MDOC_PATH_OK : MDOC_PATH_NO_ANCHOR;
      identity.certificate = (i & 8) != 0 ? g_ptr_array_index (reader->chain, 0)
                                          : NULL;
      g_assert_cmpint (mdoc_reader_identity_is_trusted (&identity),
                       ==,
                       i == 15);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/reader-auth/annex-d-bytes", test_annex_d_bytes);
  g_test_add_func ("/reader-auth/annex-d", test_annex_d);
  g_test_add_func ("/reader-auth/apple-ios-26", test_apple);
  g_test_add_func ("/reader-auth/curves", test_curves);
  g_test_add_func ("/reader-auth/unsigned", test_unsigned);
  g_test_add_func ("/reader-auth/times", test_times);
  g_test_add_func ("/reader-auth/every-wrong-byte", test_every_wrong_byte);
  g_test_add_func ("/reader-auth/all-covers-all", test_all_covers_all);
  g_test_add_func ("/reader-auth/all-without-info", test_all_without_info);
  g_test_add_func ("/reader-auth/swapped", test_swapped);
  g_test_add_func ("/reader-auth/several", test_several);
  g_test_add_func ("/reader-auth/one-of-several", test_one_of_several);
  g_test_add_func ("/reader-auth/nonsense", test_nonsense);
  g_test_add_func ("/reader-auth/attached-payload", test_attached_payload);
  g_test_add_func ("/reader-auth/borrowed-certificate",
                   test_borrowed_certificate);
  g_test_add_func ("/reader-auth/revoked", test_revoked);
  g_test_add_func ("/reader-auth/trusted", test_trusted);

  return g_test_run ();
}
