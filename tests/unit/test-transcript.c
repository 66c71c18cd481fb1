/*
 * test-transcript.c - SessionTranscripts made, and read from a file
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-transcript.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

typedef struct
{
  const char *name;
  const char *hex;
  int code; /* a MdocCborError, or ACCEPTED */
} Case;

#define EMBEDDED "d818 42 0102"

static const Case cases[] = {
  { "qr", "83" EMBEDDED EMBEDDED "f6", ACCEPTED },
  { "nulls", "83 f6 f6 f6", ACCEPTED },
  { "static-nfc", "83" EMBEDDED EMBEDDED "82 4101 f6", ACCEPTED },
  { "any-handover", "83 f6" EMBEDDED "63616263", ACCEPTED },
  { "long-heads", "9803 f6 d818 58020102 f6", ACCEPTED },
  { "tagged", "d818 44 83f6f6f6", ACCEPTED },
  { "tagged-with-long-head", "d818 5804 83f6f6f6", ACCEPTED },

  { "empty", "", MDOC_CBOR_ERROR_TRUNCATED },
  { "tagged-nothing", "d818 40", MDOC_CBOR_ERROR_TRUNCATED },
  { "trailing", "83 f6 f6 f6 00", MDOC_CBOR_ERROR_TRAILING },
  { "trailing-in-tag", "d818 45 83f6f6f600", MDOC_CBOR_ERROR_TRAILING },
  { "indefinite", "9f f6 f6 f6 ff", MDOC_CBOR_ERROR_UNSUPPORTED },
  { "handover-with-duplicate",
    "83 f6 f6 a2 01 01 01 01",
    MDOC_CBOR_ERROR_DUPLICATE },

  { "no-array", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "other-tag", "d819 44 83f6f6f6", MDOC_CBOR_ERROR_SCHEMA },
  { "tagged-array", "d818 83 f6 f6 f6", MDOC_CBOR_ERROR_SCHEMA },
  { "tagged-twice", "d818 47 d818 44 83f6f6f6", MDOC_CBOR_ERROR_SCHEMA },
  { "nothing", "80", MDOC_CBOR_ERROR_SCHEMA },
  { "one", "81 f6", MDOC_CBOR_ERROR_SCHEMA },
  { "two", "82 f6 f6", MDOC_CBOR_ERROR_SCHEMA },
  { "four", "84 f6 f6 f6 f6", MDOC_CBOR_ERROR_LIMIT },
  { "engagement-is-bytes", "83 4101 f6 f6", MDOC_CBOR_ERROR_SCHEMA },
  { "engagement-is-text-in-tag", "83 d8186161 f6 f6", MDOC_CBOR_ERROR_SCHEMA },
  { "key-is-map", "83 f6 a0 f6", MDOC_CBOR_ERROR_SCHEMA },
  { "key-in-other-tag", "83 f6 d8194101 f6", MDOC_CBOR_ERROR_SCHEMA },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (c->hex);
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (GError) error = NULL;

  transcript = mdoc_transcript_parse (mdoc_span_from_bytes (encoded), &error);
  if (c->code == ACCEPTED)
    {
      g_assert_no_error (error);
      g_assert_nonnull (transcript);
    }
  else
    {
      g_assert_error (error, MDOC_CBOR_ERROR, c->code);
      g_assert_null (transcript);
    }
}

static void
assert_hex (MdocSpan span, const char *hex)
{
  g_autofree char *found = mdoc_hex_encode (span);

  g_assert_cmpstr (found, ==, hex);
}

/* and has it been parsed back alike? */
static void
assert_encoded (MdocTranscript *transcript, const char *hex)
{
  g_autoptr (MdocTranscript) again = NULL;
  g_autoptr (GError) error = NULL;
  guint8 salt[MDOC_TRANSCRIPT_SALT_LEN];
  guint8 other_salt[MDOC_TRANSCRIPT_SALT_LEN];

  g_assert_nonnull (transcript);
  assert_hex (mdoc_transcript_get_encoded (transcript), hex);

  again = mdoc_transcript_parse (mdoc_transcript_get_encoded (transcript),
                                 &error);
  g_assert_no_error (error);
  mdoc_transcript_get_salt (transcript, salt);
  mdoc_transcript_get_salt (again, other_salt);
  g_assert_true (memcmp (salt, other_salt, sizeof (salt)) == 0);
}

static MdocSpan
content_of_embedded (GBytes *embedded)
{
  MdocSpan span = mdoc_span_from_bytes (embedded);

  /* d8 18 58 nn */
  g_assert_cmpuint (span.len, >, 4);
  g_assert_cmphex (span.data[2], ==, 0x58);
  return MDOC_SPAN (span.data + 4, span.len - 4);
}

static void
test_annex_d (void)
{
  g_autoptr (GBytes) bytes = mdoc_test_annex_d ("session_transcript_bytes");
  g_autoptr (GBytes) hash = mdoc_test_annex_d ("session_transcript_sha256");
  g_autoptr (GBytes) hs = mdoc_test_annex_d ("nfc_handover_select");
  g_autoptr (GBytes) hr = mdoc_test_annex_d ("nfc_handover_request");
  g_autoptr (MdocTranscript) parsed = NULL;
  g_autoptr (MdocTranscript) made = NULL;
  g_autoptr (MdocTranscript) received = NULL;
  g_autoptr (GBytes) handover = NULL;
  g_autoptr (GBytes) key_bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint8 salt[MDOC_TRANSCRIPT_SALT_LEN];
  MdocSpan array = mdoc_span_from_bytes (bytes);

  parsed = mdoc_transcript_parse (mdoc_span_from_bytes (bytes), &error);
  g_assert_no_error (error);
  array = MDOC_SPAN (array.data + 5, array.len - 5); /* d8 18 59 nn nn */
  g_assert_true (mdoc_span_equal (mdoc_transcript_get_encoded (parsed), array));
  mdoc_transcript_get_salt (parsed, salt);
  g_assert_true (mdoc_span_equal (MDOC_SPAN (salt, sizeof (salt)),
                                  mdoc_span_from_bytes (hash)));

  made = mdoc_transcript_new_nfc (mdoc_transcript_get_device_engagement (
                                      parsed),
                                  mdoc_transcript_get_e_reader_key (parsed),
                                  mdoc_span_from_bytes (hs),
                                  mdoc_span_from_bytes (hr));
  g_assert_true (mdoc_span_equal (mdoc_transcript_get_encoded (made), array));

  handover = mdoc_handover_new_nfc (mdoc_span_from_bytes (hs),
                                    mdoc_span_from_bytes (hr));
  g_assert_true (mdoc_span_equal (mdoc_transcript_get_handover (parsed),
                                  mdoc_span_from_bytes (handover)));
  key_bytes = mdoc_span_dup (
      MDOC_SPAN (mdoc_transcript_get_e_reader_key (parsed).data - 4,
                 mdoc_transcript_get_e_reader_key (parsed).len + 4));
  received
      = mdoc_transcript_new_received (mdoc_transcript_get_device_engagement (
                                          parsed),
                                      mdoc_span_from_bytes (key_bytes),
                                      mdoc_span_from_bytes (handover));
  g_assert_true (
      mdoc_span_equal (mdoc_transcript_get_encoded (received), array));
}

static void
test_qr (void)
{
  g_autoptr (GBytes) engagement = mdoc_test_annex_d ("device_engagement_qr");
  g_autoptr (GBytes) key = mdoc_test_annex_d ("e_device_key_bytes");
  g_autoptr (MdocTranscript) transcript = NULL;
  MdocSpan key_content = content_of_embedded (key);
  g_autoptr (MdocCborWriter) wanted = mdoc_cbor_writer_new (0);

  transcript = mdoc_transcript_new_qr (mdoc_span_from_bytes (engagement),
                                       key_content);
  mdoc_cbor_writer_begin_array (wanted, 3);
  mdoc_cbor_writer_put_embedded (wanted, mdoc_span_from_bytes (engagement));
  mdoc_cbor_writer_put_encoded (wanted, mdoc_span_from_bytes (key));
  mdoc_cbor_writer_put_null (wanted);
  g_assert_true (mdoc_span_equal (mdoc_transcript_get_encoded (transcript),
                                  mdoc_cbor_writer_get_span (wanted)));
  g_assert_true (
      mdoc_span_equal (mdoc_transcript_get_device_engagement (transcript),
                       mdoc_span_from_bytes (engagement)));
  g_assert_true (mdoc_span_equal (mdoc_transcript_get_e_reader_key (transcript),
                                  key_content));
  assert_hex (mdoc_transcript_get_handover (transcript), "f6");
}

static void
test_forms (void)
{
  static const guint8 one[] = { 0x01 };
  static const guint8 two[] = { 0x02 };
  static const guint8 long_head[] = { 0xd8, 0x18, 0x58, 0x01, 0x02 };
  const MdocSpan a = MDOC_SPAN (one, 1);
  const MdocSpan b = MDOC_SPAN (two, 1);
  const MdocSpan none = MDOC_SPAN (NULL, 0);
  g_autoptr (MdocTranscript) static_nfc = NULL;
  g_autoptr (MdocTranscript) nulls = NULL;
  g_autoptr (MdocTranscript) received = NULL;
  g_autoptr (MdocTranscript) reader_engagement = NULL;
  g_autoptr (MdocTranscript) other = NULL;

  static_nfc = mdoc_transcript_new_nfc (a, b, a, none);
  assert_encoded (static_nfc, "83d8184101d8184102824101f6");

  nulls = mdoc_transcript_new (none, none, MDOC_HANDOVER_QR);
  assert_encoded (nulls, "83f6f6f6");
  g_assert_cmpuint (mdoc_transcript_get_device_engagement (nulls).len, ==, 0);
  g_assert_cmpuint (mdoc_transcript_get_e_reader_key (nulls).len, ==, 0);

  /* what came with a longer head than needed stays so */
  received = mdoc_transcript_new_received (a,
                                           MDOC_SPAN (long_head,
                                                      sizeof (long_head)),
                                           MDOC_HANDOVER_QR);
  assert_encoded (received, "83d8184101d818580102f6");
  assert_hex (mdoc_transcript_get_e_reader_key (received), "02");

  /* SHA-256 of d8 18 41 01 */
  reader_engagement = mdoc_transcript_new_reader_engagement (a, b, a);
  assert_encoded (reader_engagement,
                  "83d8184101d81841025820"
                  "4e23964501475c3d3e3352eb60dc18dd"
                  "87a4c12a7c87c6e0be963367e9787df7");

  other = mdoc_transcript_ref (nulls);
  g_clear_pointer (&nulls, mdoc_transcript_unref);
  assert_encoded (other, "83f6f6f6");
  mdoc_transcript_unref (NULL);
}

/* A Handover that is not one item is the caller's mistake. */
static void
test_bad_handover (void)
{
  static const struct
  {
    const char *hex;
  } handovers[] = { { "" }, { "f6f6" }, { "82f6" }, { "1c" } };

  for (gsize i = 0; i < G_N_ELEMENTS (handovers); i++)
    {
      g_autoptr (GBytes) handover = NULL;
      MdocTranscript *transcript;

      handover = mdoc_test_bytes_from_hex (handovers[i].hex);
      g_test_expect_message ("mdoc",
                             G_LOG_LEVEL_CRITICAL,
                             "A part of the SessionTranscript is unsound*");
      transcript = mdoc_transcript_new (MDOC_SPAN (NULL, 0),
                                        MDOC_SPAN (NULL, 0),
                                        mdoc_span_from_bytes (handover));
      g_test_assert_expected_messages ();
      g_assert_null (transcript);
    }
}

static const char *
text (JsonObject *object, const char *member)
{
  return json_object_get_string_member (object, member);
}

static void
test_oid4vp (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vp-mdoc.json");
  JsonObject *o = json_object_get_object_member (file, "openid4vp_redirect");
  JsonObject *plain
      = json_object_get_object_member (o, "computed_without_encryption");
  g_autoptr (GBytes) thumbprint = NULL;
  g_autoptr (MdocTranscript) encrypted = NULL;
  g_autoptr (MdocTranscript) unencrypted = NULL;

  thumbprint = mdoc_test_vectors_dup_hex (o, "jwk_thumbprint_hex");
  encrypted = mdoc_transcript_new_oid4vp (text (o, "client_id"),
                                          text (o, "nonce"),
                                          mdoc_span_from_bytes (thumbprint),
                                          text (o, "response_uri"));
  assert_encoded (encrypted, text (o, "session_transcript_hex"));
  assert_hex (mdoc_transcript_get_handover (encrypted),
              text (o, "handover_hex"));

  unencrypted = mdoc_transcript_new_oid4vp (text (o, "client_id"),
                                            text (o, "nonce"),
                                            MDOC_SPAN (NULL, 0),
                                            text (o, "response_uri"));
  assert_encoded (unencrypted, text (plain, "session_transcript_hex"));
}

static void
test_oid4vp_dcapi (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vp-mdoc.json");
  JsonObject *o = json_object_get_object_member (file, "openid4vp_dcapi");
  JsonObject *plain
      = json_object_get_object_member (o, "computed_without_encryption");
  g_autoptr (GBytes) thumbprint = NULL;
  g_autoptr (MdocTranscript) encrypted = NULL;
  g_autoptr (MdocTranscript) unencrypted = NULL;

  thumbprint = mdoc_test_vectors_dup_hex (o, "jwk_thumbprint_hex");
  encrypted = mdoc_transcript_new_oid4vp_dcapi (text (o, "origin"),
                                                text (o, "nonce"),
                                                mdoc_span_from_bytes (
                                                    thumbprint));
  assert_encoded (encrypted, text (o, "session_transcript_hex"));

  unencrypted = mdoc_transcript_new_oid4vp_dcapi (text (o, "origin"),
                                                  text (o, "nonce"),
                                                  MDOC_SPAN (NULL, 0));
  assert_encoded (unencrypted, text (plain, "session_transcript_hex"));
}

static void
test_annex_b (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vp-mdoc.json");
  JsonObject *o = json_object_get_object_member (file, "iso18013_7_annex_b");
  g_autoptr (MdocTranscript) transcript = NULL;

  transcript = mdoc_transcript_new_annex_b (text (o, "client_id"),
                                            text (o, "response_uri"),
                                            text (o, "nonce"),
                                            text (o, "mdoc_generated_nonce"));
  assert_encoded (transcript, text (o, "session_transcript_hex"));
}

static void
test_annex_c (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vp-mdoc.json");
  JsonArray *list = json_object_get_array_member (file, "iso18013_7_annex_c");

  g_assert_cmpuint (json_array_get_length (list), ==, 2);
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *o = json_array_get_object_element (list, i);
      g_autoptr (MdocTranscript) transcript = NULL;

      transcript = mdoc_transcript_new_annex_c (text (o, "encryptionInfo"),
                                                text (o, "origin"));
      assert_encoded (transcript, text (o, "session_transcript_hex"));
    }
}

static void
test_draft_24 (void)
{
  g_autoptr (MdocTranscript) transcript = NULL;

  /* SHA-256 of 83 616f 6163 616e */
  transcript = mdoc_transcript_new_oid4vp_draft_24 ("o", "c", "n");
  assert_encoded (transcript,
                  "83f6f682764f70656e494434565044434150"
                  "4948616e646f7665725820"
                  "eb457026767d9a981a56ed294b68a081"
                  "ad1e15f77504a4b1def359414591ac51");
}

/* [null, null, bstr] of this many bytes in all */
static GBytes *
build_of_size (gsize total, gboolean is_tagged)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) array = mdoc_cbor_writer_new (0);
  gsize n_filler = total - 3 - 5;
  g_autofree guint8 *filler = g_malloc0 (n_filler);

  mdoc_cbor_writer_begin_array (array, 3);
  mdoc_cbor_writer_put_null (array);
  mdoc_cbor_writer_put_null (array);
  mdoc_cbor_writer_put_bytes (array, MDOC_SPAN (filler, n_filler));
  g_assert_cmpuint (mdoc_cbor_writer_get_span (array).len, ==, total);
  if (!is_tagged)
    return mdoc_cbor_writer_finish (array);

  mdoc_cbor_writer_put_embedded (writer, mdoc_cbor_writer_get_span (array));
  return mdoc_cbor_writer_finish (writer);
}

static void
test_size_limit (void)
{
  for (gsize over = 0; over <= 1; over++)
    for (gint is_tagged = FALSE; is_tagged <= TRUE; is_tagged++)
      {
        g_autoptr (GBytes) encoded = build_of_size (MDOC_TRANSCRIPT_MAX_BYTES
                                                        + over,
                                                    is_tagged);
        g_autoptr (MdocTranscript) transcript = NULL;
        g_autoptr (GError) error = NULL;

        transcript = mdoc_transcript_parse (mdoc_span_from_bytes (encoded),
                                            &error);
        if (over == 0)
          g_assert_no_error (error);
        else
          g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
      }
}

/* a Handover of nested arrays, or of many items */
static void
test_shape_limits (void)
{
  static const struct
  {
    guint depth;
    guint n_items;
    int code;
  } shapes[] = {
    { 6, 0, ACCEPTED },
    { 7, 0, MDOC_CBOR_ERROR_LIMIT },
    { 0, 1024 - 4, ACCEPTED },
    { 0, 1024 - 3, MDOC_CBOR_ERROR_LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      g_autoptr (MdocTranscript) transcript = NULL;
      g_autoptr (GError) error = NULL;

      mdoc_cbor_writer_begin_array (writer, 3);
      mdoc_cbor_writer_put_null (writer);
      mdoc_cbor_writer_put_null (writer);
      for (guint j = 0; j < shapes[i].depth; j++)
        mdoc_cbor_writer_begin_array (writer, 1);
      mdoc_cbor_writer_begin_array (writer, shapes[i].n_items);
      for (guint j = 0; j < shapes[i].n_items; j++)
        mdoc_cbor_writer_put_null (writer);

      transcript = mdoc_transcript_parse (mdoc_cbor_writer_get_span (writer),
                                          &error);
      if (shapes[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_CBOR_ERROR, shapes[i].code);
    }
}

static void
test_every_prefix (void)
{
  g_autoptr (GBytes) good = mdoc_test_annex_d ("session_transcript_bytes");
  MdocSpan all = mdoc_span_from_bytes (good);

  for (gsize len = 0; len < all.len; len++)
    {
      g_autoptr (GBytes) encoded = g_bytes_new (all.data, len);
      g_autoptr (GError) error = NULL;

      g_assert_null (
          mdoc_transcript_parse (mdoc_span_from_bytes (encoded), &error));
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRUNCATED);
    }
}

static void
test_every_wrong_byte (void)
{
  g_autoptr (GBytes) good = mdoc_test_annex_d ("session_transcript_bytes");
  gsize size = g_bytes_get_size (good);

  for (gsize pos = 0; pos < size; pos++)
    for (guint value = 0; value <= G_MAXUINT8; value++)
      {
        guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), size);
        g_autoptr (GBytes) encoded = g_bytes_new_take (data, size);
        g_autoptr (MdocTranscript) transcript = NULL;
        g_autoptr (GError) error = NULL;

        data[pos] = (guint8) value;
        transcript = mdoc_transcript_parse (mdoc_span_from_bytes (encoded),
                                            &error);
        g_assert_true ((transcript == NULL) == (error != NULL));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/transcript/case/%s", cases[i].name);
      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/transcript/annex-d", test_annex_d);
  g_test_add_func ("/transcript/qr", test_qr);
  g_test_add_func ("/transcript/forms", test_forms);
  g_test_add_func ("/transcript/bad-handover", test_bad_handover);
  g_test_add_func ("/transcript/oid4vp", test_oid4vp);
  g_test_add_func ("/transcript/oid4vp-dcapi", test_oid4vp_dcapi);
  g_test_add_func ("/transcript/18013-7-annex-b", test_annex_b);
  g_test_add_func ("/transcript/18013-7-annex-c", test_annex_c);
  g_test_add_func ("/transcript/oid4vp-draft-24", test_draft_24);
  g_test_add_func ("/transcript/size-limit", test_size_limit);
  g_test_add_func ("/transcript/shape-limits", test_shape_limits);
  g_test_add_func ("/transcript/every-prefix", test_every_prefix);
  g_test_add_func ("/transcript/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
