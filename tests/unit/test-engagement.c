/*
 * test-engagement.c - DeviceEngagement, read and written
 *
 * long because: each field has a table of its own, and they share a bench
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "engagement/mdoc-ble-ident.h"
#include "engagement/mdoc-device-engagement.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-cose.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

/* a COSE_Key: the generator of P-256, which is the public key of 1 */
#define X        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define Y        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define KEY      "a401022001215820" X "225820" Y
#define VERSION  "00 63312e30"
#define SECURITY "01 82 01 d818584b" KEY
#define UUID     "50 0f1e2d3c4b5a46978899aabbccddeeff"
#define BLE      "83 02 01 a3 00f4 01f5 0b" UUID

/* an engagement with these methods */
#define METHOD(hex)  "a3" VERSION SECURITY "02 81" hex
#define METHODS(hex) "a3" VERSION SECURITY "02" hex
/* one with these pairs more */
#define WITH(head, hex)   head VERSION SECURITY "02 81" BLE hex
#define CAPABILITIES(hex) WITH ("a4", "06" hex)
#define ORIGIN_INFOS(hex) WITH ("a4", "05" hex)

#define CAT     "63636174"
#define TYPE    "6474797065"
#define DETAILS "6764657461696c73"
#define DOMAIN  "66646f6d61696e"

typedef struct
{
  const char *name;
  const char *hex;
  int code; /* a MdocCborError, or ACCEPTED */
} Case;

static const Case cases[] = {
  { "annex-d", METHOD (BLE), ACCEPTED },
  { "no-methods", "a2" VERSION SECURITY, ACCEPTED },
  { "empty-methods", METHODS ("80"), ACCEPTED },
  { "version-1.1-without-5-and-6", "a2 00 63312e31" SECURITY, ACCEPTED },
  { "version-1.99", "a2 00 64312e3939" SECURITY, ACCEPTED },
  { "version-2.0", "a2 00 63322e30" SECURITY, MDOC_CBOR_ERROR_VERSION },
  { "version-0.9", "a2 00 63302e39" SECURITY, MDOC_CBOR_ERROR_VERSION },
  { "version-is-no-number", "a2 00 6161" SECURITY, MDOC_CBOR_ERROR_SCHEMA },
  { "version-is-uint", "a2 00 01" SECURITY, MDOC_CBOR_ERROR_SCHEMA },
  { "no-version", "a1" SECURITY, MDOC_CBOR_ERROR_SCHEMA },
  { "server-retrieval-is-skipped",
    WITH ("a5", "03 a1 6161 00 04 80"),
    ACCEPTED },
  { "unknown-keys-are-skipped",
    WITH ("a6", "07 00 20 a1 01 80 6161 f6"),
    ACCEPTED },
  { "key-twice", WITH ("a4", "02 81" BLE), MDOC_CBOR_ERROR_DUPLICATE },
  { "trailing", METHOD (BLE) "00", MDOC_CBOR_ERROR_TRAILING },
  { "no-map", "80", MDOC_CBOR_ERROR_SCHEMA },
  { "empty-map", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "no-security", "a1" VERSION, MDOC_CBOR_ERROR_SCHEMA },
  { "suite-2",
    "a2" VERSION "01 82 02 d818584b" KEY,
    MDOC_CBOR_ERROR_UNSUPPORTED },
  { "suite-is-text",
    "a2" VERSION "01 82 60 d818584b" KEY,
    MDOC_CBOR_ERROR_SCHEMA },
  { "no-key", "a2" VERSION "01 81 01", MDOC_CBOR_ERROR_SCHEMA },
  { "more-than-a-key",
    "a2" VERSION "01 83 01 d818584b" KEY "00",
    MDOC_CBOR_ERROR_LIMIT },
  { "key-untagged", "a2" VERSION "01 82 01" KEY, MDOC_CBOR_ERROR_SCHEMA },
  { "key-is-no-cbor",
    "a2" VERSION "01 82 01 d8184118",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "key-is-no-map", "a2" VERSION "01 82 01 d81841f6", MDOC_CBOR_ERROR_SCHEMA },
  { "key-compressed",
    "a2" VERSION "01 82 01 d818582a a4 0102 2001 215820" X "22f5",
    ACCEPTED },
  { "method-is-map", METHOD ("a0"), MDOC_CBOR_ERROR_SCHEMA },
  { "methods-are-map", METHODS ("a0"), MDOC_CBOR_ERROR_SCHEMA },
  { "method-twice", METHODS ("82" BLE BLE), MDOC_CBOR_ERROR_DUPLICATE },
  { "unknown-method-twice",
    METHODS ("82 83 05 01 00 83 05 01 01"),
    MDOC_CBOR_ERROR_DUPLICATE },
  { "method-in-two-versions", METHODS ("82" BLE "83 02 02 f6"), ACCEPTED },
  { "capabilities-empty", CAPABILITIES ("a0"), ACCEPTED },
  { "capabilities-are-array", CAPABILITIES ("80"), MDOC_CBOR_ERROR_SCHEMA },
  { "capabilities",
    CAPABILITIES ("a6 00f5 01 82 01 20 02f5 03f5 04f4 20f6"),
    ACCEPTED },
  { "mac-keys-is-uint", CAPABILITIES ("a1 00 01"), MDOC_CBOR_ERROR_SCHEMA },
  { "mac-curves-are-uint", CAPABILITIES ("a1 01 01"), MDOC_CBOR_ERROR_SCHEMA },
  { "mac-curve-is-text", CAPABILITIES ("a1 01 81 60"), MDOC_CBOR_ERROR_SCHEMA },
  { "handover-session-establishment-is-uint",
    CAPABILITIES ("a1 02 01"),
    MDOC_CBOR_ERROR_SCHEMA },
  { "reader-auth-all-is-uint",
    CAPABILITIES ("a1 03 01"),
    MDOC_CBOR_ERROR_SCHEMA },
  { "extended-request-is-uint",
    CAPABILITIES ("a1 04 01"),
    MDOC_CBOR_ERROR_SCHEMA },
  { "origin-infos-empty", ORIGIN_INFOS ("80"), ACCEPTED },
  { "origin-infos-are-map", ORIGIN_INFOS ("a0"), MDOC_CBOR_ERROR_SCHEMA },
  { "origin-info-is-array", ORIGIN_INFOS ("81 80"), MDOC_CBOR_ERROR_SCHEMA },
  { "origin-info-without-cat",
    ORIGIN_INFOS ("81 a1" TYPE "00"),
    MDOC_CBOR_ERROR_SCHEMA },
  { "origin-info-without-type",
    ORIGIN_INFOS ("81 a1" CAT "01"),
    MDOC_CBOR_ERROR_SCHEMA },
  { "origin-info-without-details",
    ORIGIN_INFOS ("81 a2" CAT "01" TYPE "01"),
    ACCEPTED },
  { "origin-info-of-other-type",
    ORIGIN_INFOS ("81 a3" CAT "01" TYPE "02" DETAILS "a1" DOMAIN "00"),
    ACCEPTED },
  { "origin-info-domain-is-uint",
    ORIGIN_INFOS ("81 a3" CAT "01" TYPE "01" DETAILS "a1" DOMAIN "00"),
    MDOC_CBOR_ERROR_SCHEMA },
};

static MdocDeviceEngagement *
parse_hex (const char *hex, GError **error)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (hex);

  return mdoc_device_engagement_parse (encoded, error);
}

static MdocDeviceEngagement *
parse_good (const char *hex)
{
  g_autoptr (GError) error = NULL;
  MdocDeviceEngagement *engagement = parse_hex (hex, &error);

  g_assert_no_error (error);
  return engagement;
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (MdocDeviceEngagement) engagement = NULL;
  g_autoptr (GError) error = NULL;

  engagement = parse_hex (c->hex, &error);
  if (c->code == ACCEPTED)
    {
      g_assert_no_error (error);
      g_assert_nonnull (engagement);
    }
  else
    {
      g_assert_error (error, MDOC_CBOR_ERROR, c->code);
      g_assert_null (engagement);
    }
}

static void
assert_hex (MdocSpan span, const char *hex)
{
  g_autofree char *found = mdoc_hex_encode (span);

  g_assert_cmpstr (found, ==, hex);
}

static void
assert_equal (GBytes *found, GBytes *wanted)
{
  g_autofree char *hex = mdoc_hex_encode (mdoc_span_from_bytes (wanted));

  assert_hex (mdoc_span_from_bytes (found), hex);
}

/* What was read, written anew. */
static GBytes *
write_again (MdocDeviceEngagement *engagement)
{
  g_autoptr (MdocDeviceEngagementBuilder) builder = NULL;

  builder = mdoc_device_engagement_builder_new ();
  for (guint i = 0; i < mdoc_device_engagement_get_n_methods (engagement); i++)
    mdoc_device_engagement_builder_add_method (
        builder,
        mdoc_device_engagement_get_method (engagement, i));
  for (guint i = 0; i < mdoc_device_engagement_get_n_origin_infos (engagement);
       i++)
    {
      const MdocOriginInfo *info
          = mdoc_device_engagement_get_origin_info (engagement, i);
      g_autofree char *domain = NULL;

      if (info->domain.len > 0)
        domain = g_strndup ((const char *) info->domain.data, info->domain.len);
      mdoc_device_engagement_builder_add_origin_info (builder,
                                                      (guint) info->category,
                                                      (guint) info->type,
                                                      domain);
    }
  if (mdoc_device_engagement_get_capabilities (engagement) != NULL)
    mdoc_device_engagement_builder_set_capabilities (
        builder,
        mdoc_device_engagement_get_capabilities (engagement));

  return mdoc_device_engagement_builder_finish (
      builder,
      mdoc_device_engagement_get_e_device_key (engagement));
}

static void
test_annex_d (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("device_engagement_qr");
  g_autoptr (GBytes) key = mdoc_test_annex_d ("e_device_key_bytes");
  g_autoptr (JsonObject) file = NULL;
  g_autoptr (MdocDeviceEngagement) engagement = NULL;
  g_autoptr (MdocDeviceEngagement) from_uri = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autofree char *uri = NULL;
  const MdocRetrievalMethod *method;
  const char *qr_text;

  engagement = mdoc_device_engagement_parse (encoded, &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_device_engagement_get_encoded (engagement) == encoded);
  g_assert_cmpstr (mdoc_device_engagement_get_version (engagement), ==, "1.0");
  g_assert_true (
      mdoc_span_equal (mdoc_device_engagement_get_e_device_key_tagged (
                           engagement),
                       mdoc_span_from_bytes (key)));
  g_assert_true (
      mdoc_span_equal (mdoc_device_engagement_get_e_device_key_bytes (
                           engagement),
                       MDOC_SPAN ((const guint8 *) g_bytes_get_data (key, NULL)
                                      + 4,
                                  g_bytes_get_size (key) - 4)));
  g_assert_cmpint (mdoc_public_key_get_curve (
                       mdoc_device_engagement_get_e_device_key (engagement)),
                   ==,
                   MDOC_CURVE_P256);
  g_assert_null (mdoc_device_engagement_get_capabilities (engagement));
  g_assert_cmpuint (mdoc_device_engagement_get_n_methods (engagement), ==, 1);
  method = mdoc_device_engagement_find_method (engagement, MDOC_RETRIEVAL_BLE);
  g_assert_true (method == mdoc_device_engagement_get_method (engagement, 0));
  g_assert_cmpuint (method->type, ==, 2);
  g_assert_cmpuint (method->version, ==, 1);
  g_assert_false (method->ble.has_peripheral_server);
  g_assert_true (method->ble.has_central_client);
  /* the UUID is what the example ends with */
  g_assert_true (
      mdoc_span_equal (MDOC_SPAN (method->ble.central_client_uuid, 16),
                       MDOC_SPAN ((const guint8 *) g_bytes_get_data (encoded,
                                                                     NULL)
                                      + g_bytes_get_size (encoded) - 16,
                                  16)));
  g_assert_false (method->ble.has_address);
  g_assert_false (method->ble.has_psm);
  g_assert_null (
      mdoc_device_engagement_find_method (engagement, MDOC_RETRIEVAL_NFC));

  again = write_again (engagement);
  assert_equal (again, encoded);

  file = mdoc_test_vectors_load ("iso18013-5-annex-d.json");
  qr_text = json_object_get_string_member (file, "qr_text");
  uri = mdoc_device_engagement_to_uri (mdoc_span_from_bytes (encoded));
  g_assert_cmpstr (uri, ==, qr_text);
  from_uri = mdoc_device_engagement_parse_uri (qr_text, &error);
  g_assert_no_error (error);
  g_assert_true (
      g_bytes_equal (mdoc_device_engagement_get_encoded (from_uri), encoded));
}

static void
test_annex_d_derived (void)
{
  g_autoptr (GBytes) key = mdoc_test_annex_d ("e_device_key_bytes");
  g_autoptr (GBytes) wanted_ident = mdoc_test_annex_d ("derived_ble_ident");
  g_autoptr (GBytes) wanted_service = mdoc_test_annex_d ("derived_nan_service");
  g_autoptr (GBytes) wanted_passphrase = mdoc_test_annex_d (
      "derived_nan_passphrase");
  guint8 passphrase[MDOC_NAN_PASSPHRASE_LEN];
  guint8 service[MDOC_NAN_SERVICE_LEN];
  guint8 ident[MDOC_BLE_IDENT_LEN];

  mdoc_engagement_derive_ble_ident (mdoc_span_from_bytes (key), ident);
  mdoc_engagement_derive_nan_service (mdoc_span_from_bytes (key), service);
  mdoc_engagement_derive_nan_passphrase (mdoc_span_from_bytes (key),
                                         passphrase);
  g_assert_true (mdoc_span_equal (MDOC_SPAN (ident, sizeof (ident)),
                                  mdoc_span_from_bytes (wanted_ident)));
  g_assert_true (mdoc_span_equal (MDOC_SPAN (service, sizeof (service)),
                                  mdoc_span_from_bytes (wanted_service)));
  g_assert_true (mdoc_span_equal (MDOC_SPAN (passphrase, sizeof (passphrase)),
                                  mdoc_span_from_bytes (wanted_passphrase)));
}

static void
test_ble_uuid (void)
{
  guint8 last[16] = { 0 };
  guint8 uuid[16];

  for (guint i = 0; i < 64; i++)
    {
      mdoc_engagement_make_ble_uuid (uuid);
      g_assert_cmphex (uuid[6] & 0xf0, ==, 0x40);
      g_assert_cmphex (uuid[8] & 0xc0, ==, 0x80);
      g_assert_cmpint (memcmp (uuid, last, sizeof (uuid)), !=, 0);
      memcpy (last, uuid, sizeof (last));
    }
}

/* Everything that can be said, there and back. */
static void
test_round_trips (void)
{
  static const struct
  {
    const char *name;
    const char *hex;
  } trips[] = {
    { "no-methods", "a2" VERSION SECURITY },
    { "several",
      METHODS ("84 83 01 01 a2 00 18ff 01 190100" BLE "83 03 01 a0"
               "83 1863 01 80") },
    { "origin-infos",
      "a4 00 63312e31" SECURITY "02 81" BLE "05 82 a3" CAT "01" TYPE
      "01" DETAILS "a1" DOMAIN "6161"
      "a3" CAT "02" TYPE "00" DETAILS "a0" },
    { "capabilities",
      "a5 00 63312e31" SECURITY "02 81" BLE
      "05 80 06 a5 00f5 01 82 01 190103 02f5 03f5 04f5" },
    { "capabilities-empty", "a4 00 63312e31" SECURITY "05 80 06 a0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (trips); i++)
    {
      g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (trips[i].hex);
      g_autoptr (MdocDeviceEngagement) engagement = NULL;
      g_autoptr (GBytes) again = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", trips[i].name);
      engagement = mdoc_device_engagement_parse (encoded, &error);
      g_assert_no_error (error);
      again = write_again (engagement);
      assert_equal (again, encoded);
    }
}

static void
test_find_method (void)
{
  g_autoptr (MdocDeviceEngagement) e = NULL;

  e = parse_good (
      METHODS ("83 83 01 01 a2 00 18ff 01 190100" BLE "83 05 01 a0"));
  g_assert_cmpuint (mdoc_device_engagement_get_n_methods (e), ==, 3);
  g_assert_true (mdoc_device_engagement_find_method (e, MDOC_RETRIEVAL_BLE)
                 == mdoc_device_engagement_get_method (e, 1));
  g_assert_true (mdoc_device_engagement_find_method (e, MDOC_RETRIEVAL_UNKNOWN)
                 == mdoc_device_engagement_get_method (e, 2));
  g_assert_null (mdoc_device_engagement_find_method (e, MDOC_RETRIEVAL_REST));
}

static void
test_second_edition (void)
{
  g_autoptr (MdocDeviceEngagement) e = NULL;
  g_autoptr (MdocDeviceEngagement) falses = NULL;
  const MdocCapabilities *capabilities;
  const MdocOriginInfo *info;

  e = parse_good ("a5 00 63312e31" SECURITY "02 81" BLE "05 82 a3" CAT "01" TYPE
                  "01" DETAILS "a1" DOMAIN "6161"
                  "a3" CAT "02" TYPE "00" DETAILS "a1" DOMAIN "6161"
                  "06 a3 00f5 01 82 01 190103 03f5");
  g_assert_cmpstr (mdoc_device_engagement_get_version (e), ==, "1.1");
  g_assert_cmpuint (mdoc_device_engagement_get_n_origin_infos (e), ==, 2);
  info = mdoc_device_engagement_get_origin_info (e, 0);
  g_assert_cmpuint (info->category, ==, 1);
  g_assert_cmpuint (info->type, ==, 1);
  g_assert_true (mdoc_span_equals_text (info->domain, "a"));
  assert_hex (info->details, "a166646f6d61696e6161");
  info = mdoc_device_engagement_get_origin_info (e, 1);
  g_assert_cmpuint (info->category, ==, 2);
  g_assert_cmpuint (info->type, ==, 0);
  g_assert_cmpuint (info->domain.len, ==, 0);

  capabilities = mdoc_device_engagement_get_capabilities (e);
  g_assert_nonnull (capabilities);
  g_assert_true (capabilities->mac_keys);
  g_assert_cmpuint (capabilities->n_mac_key_curves, ==, 2);
  g_assert_cmpint (capabilities->mac_key_curves[0], ==, 1);
  g_assert_cmpint (capabilities->mac_key_curves[1], ==, 259);
  g_assert_false (capabilities->handover_session_establishment);
  g_assert_true (capabilities->reader_auth_all);
  g_assert_false (capabilities->extended_request);

  /* key 6 under version 1.0 and without key 5 is read all the same */
  falses = parse_good (CAPABILITIES ("a3 02f4 03f4 04f5"));
  capabilities = mdoc_device_engagement_get_capabilities (falses);
  g_assert_false (capabilities->handover_session_establishment);
  g_assert_false (capabilities->reader_auth_all);
  g_assert_true (capabilities->extended_request);
}

/* The engagement records of wallets in the field */
static void
test_real_wallets (void)
{
  g_autoptr (JsonObject) file = NULL;
  g_autoptr (GList) names = NULL;
  JsonObject *transcripts;
  guint n = 0;

  file = mdoc_test_vectors_load ("nfc-apdu-transcripts.json");
  transcripts = json_object_get_object_member (file, "transcripts");
  names = json_object_get_members (transcripts);
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonObject *o = json_object_get_object_member (transcripts, l->data);
      JsonArray *records
          = json_object_get_array_member (o, "handover_select_records");

      for (guint i = 0; i < json_array_get_length (records); i++)
        {
          JsonObject *record = json_array_get_object_element (records, i);
          g_autoptr (MdocDeviceEngagement) engagement = NULL;
          g_autoptr (GBytes) payload = NULL;
          g_autoptr (GBytes) again = NULL;
          g_autoptr (GError) error = NULL;

          if (strcmp (json_object_get_string_member (record, "type"),
                      "iso.org:18013:deviceengagement")
              != 0)
            continue;

          payload = mdoc_test_vectors_dup_hex (record, "payload");
          engagement = mdoc_device_engagement_parse (payload, &error);
          g_assert_no_error (error);
          g_assert_cmpstr (
              mdoc_device_engagement_get_version (engagement),
              ==,
              json_object_get_string_member (o, "device_engagement_version"));
          again = write_again (engagement);
          assert_equal (again, payload);
          n++;
        }
    }
  g_assert_cmpuint (n, ==, 7);
}

static void
test_uri (void)
{
  g_autoptr (JsonObject) file = NULL;
  g_autofree char *upper = NULL;
  g_autofree char *padded = NULL;
  g_autofree char *spaced = NULL;
  const char *good;
  g_autoptr (GBytes) no_methods = mdoc_test_bytes_from_hex (
      "a2" VERSION SECURITY);
  g_autofree char *no_methods_uri = mdoc_device_engagement_to_uri (
      mdoc_span_from_bytes (no_methods));
  const GQuark own = MDOC_ENGAGEMENT_ERROR;

  file = mdoc_test_vectors_load ("iso18013-5-annex-d.json");
  good = json_object_get_string_member (file, "qr_text");
  upper = g_strconcat ("MDOC:", good + 5, NULL);
  padded = g_strconcat (good, "=", NULL);
  spaced = g_strconcat (good, "\n", NULL);

  {
    const struct
    {
      const char *uri;
      GQuark domain; /* 0: accepted */
      int code;
    } uris[] = {
      { good, 0, 0 },
      { upper, 0, 0 },
      { "", own, MDOC_ENGAGEMENT_ERROR_SCHEME },
      { "mdoc", own, MDOC_ENGAGEMENT_ERROR_SCHEME },
      { good + 5, own, MDOC_ENGAGEMENT_ERROR_SCHEME },
      { "https://example.com", own, MDOC_ENGAGEMENT_ERROR_SCHEME },
      { "mdoc://owBjMS4w", own, MDOC_ENGAGEMENT_ERROR_READER_ENGAGEMENT },
      { "MDOC://", own, MDOC_ENGAGEMENT_ERROR_READER_ENGAGEMENT },
      { padded, own, MDOC_ENGAGEMENT_ERROR_ENCODING },
      { spaced, own, MDOC_ENGAGEMENT_ERROR_ENCODING },
      { "mdoc:/w", own, MDOC_ENGAGEMENT_ERROR_ENCODING },
      { "mdoc:o+Bj", own, MDOC_ENGAGEMENT_ERROR_ENCODING },
      { "mdoc:", MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRUNCATED },
      { no_methods_uri, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
      {
        g_autoptr (MdocDeviceEngagement) engagement = NULL;
        g_autoptr (GError) error = NULL;

        g_test_message ("%s", uris[i].uri);
        engagement = mdoc_device_engagement_parse_uri (uris[i].uri, &error);
        g_assert_true ((engagement == NULL) == (error != NULL));
        if (uris[i].domain == 0)
          g_assert_no_error (error);
        else
          g_assert_error (error, uris[i].domain, uris[i].code);
      }
  }
}

static void
test_bad_keys (void)
{
  static const struct
  {
    const char *hex;
    int code;
  } keys[] = {
    /* y is one off */
    { "a2" VERSION "01 82 01 d818584b a401022001215820" X
      "225820 4fe342e2fe1a7f9b8ee7eb4a7c0f9e16"
      "2bce33576b315ececbb6406837bf51f4",
      MDOC_CRYPTO_ERROR_KEY },
    /* the number of secp256k1 */
    { "a2" VERSION "01 82 01 d818584b a401022008215820" X "225820" Y,
      MDOC_CRYPTO_ERROR_UNSUPPORTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse_hex (keys[i].hex, &error));
      g_assert_error (error, MDOC_CRYPTO_ERROR, keys[i].code);
    }
}

/* A key that can only sign is refused as such where the library knows it. */
static void
test_signing_key (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse_hex ("a2" VERSION "01 82 01 d8185828 a3 0101 2006 215820"
                            "d75a980182b10ab7d54bfed3c964073a"
                            "0ee172f3daa62325af021a68f707511a",
                            &error));
  if (mdoc_curve_is_supported (MDOC_CURVE_ED25519))
    g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  else
    g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
}

/* What the encoded engagement has, beside version and key, filled up. */
typedef struct
{
  guint n_methods;
  guint n_origin_infos;
  guint n_curves;
  guint n_filler_bytes;
  guint n_filler_items;
  guint depth;
} Shape;

static void
put_shape (MdocCborWriter *writer, const Shape *shape)
{
  g_autofree guint8 *filler = g_malloc0 (shape->n_filler_bytes + 1);

  mdoc_cbor_writer_put_uint (writer, 2);
  mdoc_cbor_writer_begin_array (writer, shape->n_methods);
  for (guint i = 0; i < shape->n_methods; i++)
    {
      mdoc_cbor_writer_begin_array (writer, 2);
      mdoc_cbor_writer_put_uint (writer, 100 + i);
      mdoc_cbor_writer_put_uint (writer, 1);
    }
  mdoc_cbor_writer_put_uint (writer, 5);
  mdoc_cbor_writer_begin_array (writer, shape->n_origin_infos);
  for (guint i = 0; i < shape->n_origin_infos; i++)
    {
      mdoc_cbor_writer_begin_map (writer, 2);
      mdoc_cbor_writer_put_text (writer, "cat");
      mdoc_cbor_writer_put_uint (writer, 1);
      mdoc_cbor_writer_put_text (writer, "type");
      mdoc_cbor_writer_put_uint (writer, 0);
    }
  mdoc_cbor_writer_put_uint (writer, 6);
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_uint (writer, 1);
  mdoc_cbor_writer_begin_array (writer, shape->n_curves);
  for (guint i = 0; i < shape->n_curves; i++)
    mdoc_cbor_writer_put_uint (writer, 1);
  mdoc_cbor_writer_put_uint (writer, 7);
  mdoc_cbor_writer_put_bytes (writer,
                              MDOC_SPAN (filler, shape->n_filler_bytes));
  mdoc_cbor_writer_put_uint (writer, 8);
  mdoc_cbor_writer_begin_array (writer, shape->n_filler_items);
  for (guint i = 0; i < shape->n_filler_items; i++)
    mdoc_cbor_writer_put_null (writer);
  mdoc_cbor_writer_put_uint (writer, 9);
  for (guint i = 0; i < shape->depth; i++)
    mdoc_cbor_writer_begin_array (writer, 1);
  mdoc_cbor_writer_put_null (writer);
}

static GBytes *
build_shape (const Shape *shape)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) start = mdoc_test_bytes_from_hex (VERSION SECURITY);

  mdoc_cbor_writer_begin_map (writer, 8);
  mdoc_cbor_writer_put_encoded (writer, mdoc_span_from_bytes (start));
  put_shape (writer, shape);
  return mdoc_cbor_writer_finish (writer);
}

/* Every limit is tried on both of its sides. */
static void
test_limits (void)
{
  static const struct
  {
    Shape shape;
    int code;
  } shapes[] = {
    { { .n_methods = 16 }, ACCEPTED },
    { { .n_methods = 17 }, MDOC_CBOR_ERROR_LIMIT },
    { { .n_origin_infos = 16 }, ACCEPTED },
    { { .n_origin_infos = 17 }, MDOC_CBOR_ERROR_LIMIT },
    { { .n_curves = 16 }, ACCEPTED },
    { { .n_curves = 17 }, MDOC_CBOR_ERROR_LIMIT },
    { { .n_filler_bytes = 4096 - 104 }, ACCEPTED },
    { { .n_filler_bytes = 4096 - 103 }, MDOC_CBOR_ERROR_LIMIT },
    { { .n_filler_items = 512 - 22 }, ACCEPTED },
    { { .n_filler_items = 512 - 21 }, MDOC_CBOR_ERROR_LIMIT },
    { { .depth = 7 }, ACCEPTED },
    { { .depth = 8 }, MDOC_CBOR_ERROR_LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (GBytes) encoded = build_shape (&shapes[i].shape);
      g_autoptr (MdocDeviceEngagement) engagement = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("shape %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT " bytes",
                      i,
                      g_bytes_get_size (encoded));
      engagement = mdoc_device_engagement_parse (encoded, &error);
      if (shapes[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_CBOR_ERROR, shapes[i].code);
    }
}

/* A key with a member more, of this many bytes, nesting or members. */
static void
test_key_limits (void)
{
  static const struct
  {
    guint n_bytes;
    guint depth;
    guint n_items;
    int code;
  } keys[] = {
    { 512 - 75 - 1 - 4, 0, 0, ACCEPTED },
    { 512 - 75 - 1 - 3, 0, 0, MDOC_CBOR_ERROR_LIMIT },
    { 0, 2, 0, ACCEPTED },
    { 0, 3, 0, MDOC_CBOR_ERROR_LIMIT },
    { 0, 0, 32 - 12, ACCEPTED },
    { 0, 0, 32 - 11, MDOC_CBOR_ERROR_LIMIT },
  };
  g_autoptr (GBytes) key = mdoc_test_bytes_from_hex (KEY);
  g_autoptr (GBytes) version = mdoc_test_bytes_from_hex (VERSION);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree guint8 *filler = g_malloc0 (keys[i].n_bytes + 1);
      g_autoptr (MdocCborWriter) more = mdoc_cbor_writer_new (0);
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      g_autoptr (MdocDeviceEngagement) engagement = NULL;
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GError) error = NULL;

      mdoc_cbor_writer_begin_map (more, 5);
      mdoc_cbor_writer_put_encoded (more,
                                    MDOC_SPAN ((const guint8 *)
                                                       g_bytes_get_data (key,
                                                                         NULL)
                                                   + 1,
                                               g_bytes_get_size (key) - 1));
      mdoc_cbor_writer_put_uint (more, 9);
      for (guint j = 0; j < keys[i].depth; j++)
        mdoc_cbor_writer_begin_array (more, 1);
      mdoc_cbor_writer_begin_array (more, keys[i].n_items + 1);
      for (guint j = 0; j < keys[i].n_items; j++)
        mdoc_cbor_writer_put_null (more);
      mdoc_cbor_writer_put_bytes (more, MDOC_SPAN (filler, keys[i].n_bytes));

      mdoc_cbor_writer_begin_map (writer, 2);
      mdoc_cbor_writer_put_encoded (writer, mdoc_span_from_bytes (version));
      mdoc_cbor_writer_put_uint (writer, 1);
      mdoc_cbor_writer_begin_array (writer, 2);
      mdoc_cbor_writer_put_uint (writer, 1);
      mdoc_cbor_writer_put_embedded (writer, mdoc_cbor_writer_get_span (more));
      encoded = mdoc_cbor_writer_finish (writer);
      g_test_message ("key of %" G_GSIZE_FORMAT " bytes",
                      mdoc_cbor_writer_get_span (more).len);
      engagement = mdoc_device_engagement_parse (encoded, &error);
      if (keys[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_CBOR_ERROR, keys[i].code);
    }
}

static void
test_uri_limit (void)
{
  g_autofree guint8 *bytes = g_malloc0 (MDOC_ENGAGEMENT_MAX_BYTES + 1);

  for (gsize over = 0; over <= 1; over++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *uri = mdoc_device_engagement_to_uri (
          MDOC_SPAN (bytes, MDOC_ENGAGEMENT_MAX_BYTES + over));

      g_assert_null (mdoc_device_engagement_parse_uri (uri, &error));
      if (over == 0)
        g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRAILING);
      else
        g_assert_error (error,
                        MDOC_ENGAGEMENT_ERROR,
                        MDOC_ENGAGEMENT_ERROR_ENCODING);
    }
}

/* What the standard does not let us write is refused as the caller's mistake.
 */
static void
test_builder_refuses (void)
{
  const MdocRetrievalMethod methods[] = {
    { .kind = MDOC_RETRIEVAL_BLE },
    /* a UUID of zeros is of no variant that may be written */
    { .kind = MDOC_RETRIEVAL_BLE, .ble = { .has_central_client = TRUE } },
    { .kind = MDOC_RETRIEVAL_BLE, .ble = { .has_peripheral_server = TRUE } },
    { .kind = MDOC_RETRIEVAL_NFC, .nfc = { 254, 256 } },
    { .kind = MDOC_RETRIEVAL_NFC, .nfc = { 65536, 256 } },
    { .kind = MDOC_RETRIEVAL_NFC, .nfc = { 255, 255 } },
    { .kind = MDOC_RETRIEVAL_NFC, .nfc = { 255, 65537 } },
    { .kind = MDOC_RETRIEVAL_REST },
    { .kind = MDOC_RETRIEVAL_UNKNOWN },
    { .kind = MDOC_RETRIEVAL_WIFI_AWARE,
      .wifi_aware = { .bands = { (const guint8 *) "12345678901234567", 17 } } },
  };
  g_autoptr (MdocDeviceEngagement) engagement = parse_good (METHOD (BLE));
  g_autoptr (MdocDeviceEngagementBuilder) builder
      = mdoc_device_engagement_builder_new ();
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GBytes) wanted = mdoc_test_bytes_from_hex (METHOD (BLE));

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_test_expect_message ("mdoc", G_LOG_LEVEL_CRITICAL, "*is_writable*");
      mdoc_device_engagement_builder_add_method (builder, &methods[i]);
      g_test_assert_expected_messages ();
    }

  mdoc_device_engagement_builder_add_method (
      builder,
      mdoc_device_engagement_get_method (engagement, 0));
  g_test_expect_message ("mdoc", G_LOG_LEVEL_CRITICAL, "*kinds*");
  mdoc_device_engagement_builder_add_method (
      builder,
      mdoc_device_engagement_get_method (engagement, 0));
  g_test_assert_expected_messages ();

  g_test_expect_message ("mdoc", G_LOG_LEVEL_CRITICAL, "*domain*");
  mdoc_device_engagement_builder_add_origin_info (builder, 1, 1, NULL);
  g_test_expect_message ("mdoc", G_LOG_LEVEL_CRITICAL, "*domain*");
  mdoc_device_engagement_builder_add_origin_info (builder, 1, 0, "a");
  g_test_assert_expected_messages ();

  found = mdoc_device_engagement_builder_finish (
      builder,
      mdoc_device_engagement_get_e_device_key (engagement));
  assert_equal (found, wanted);
}

/* A P-521 key, which is the longest; and X25519, which has one coordinate. */
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
  guint n_supported = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      g_autoptr (MdocDeviceEngagementBuilder) builder
          = mdoc_device_engagement_builder_new ();
      g_autoptr (MdocDeviceEngagement) engagement = NULL;
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocKey) key = NULL;

      if (!mdoc_curve_is_supported (curves[i]))
        continue;

      n_supported++;
      key = mdoc_key_generate (curves[i], &error);
      g_assert_no_error (error);
      encoded = mdoc_device_engagement_builder_finish (builder,
                                                       mdoc_key_get_public (
                                                           key));
      engagement = mdoc_device_engagement_parse (encoded, &error);
      g_assert_no_error (error);
      g_assert_true (
          mdoc_public_key_equal (mdoc_device_engagement_get_e_device_key (
                                     engagement),
                                 mdoc_key_get_public (key)));
    }
  g_assert_cmpuint (n_supported, >=, 7);
}

static void
test_ref (void)
{
  g_autoptr (MdocDeviceEngagement) engagement = parse_good (METHOD (BLE));
  g_autoptr (MdocDeviceEngagement) other = NULL;

  other = mdoc_device_engagement_ref (engagement);
  g_clear_pointer (&engagement, mdoc_device_engagement_unref);
  g_assert_cmpstr (mdoc_device_engagement_get_version (other), ==, "1.0");
  mdoc_device_engagement_unref (NULL);
  mdoc_device_engagement_builder_free (NULL);
}

static void
test_every_prefix (void)
{
  g_autoptr (GBytes) good = mdoc_test_annex_d ("device_engagement_qr");
  const guint8 *data = g_bytes_get_data (good, NULL);

  for (gsize len = 0; len < g_bytes_get_size (good); len++)
    {
      g_autoptr (GBytes) encoded = g_bytes_new (data, len);
      g_autoptr (GError) error = NULL;

      g_assert_null (mdoc_device_engagement_parse (encoded, &error));
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRUNCATED);
    }
}

static void
test_every_wrong_byte (void)
{
  g_autoptr (GBytes) good = mdoc_test_annex_d ("device_engagement_qr");
  gsize size = g_bytes_get_size (good);

  for (gsize pos = 0; pos < size; pos++)
    for (guint value = 0; value <= G_MAXUINT8; value++)
      {
        guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), size);
        g_autoptr (GBytes) encoded = g_bytes_new_take (data, size);
        g_autoptr (MdocDeviceEngagement) engagement = NULL;
        g_autoptr (GError) error = NULL;

        data[pos] = (guint8) value;
        engagement = mdoc_device_engagement_parse (encoded, &error);
        g_assert_true ((engagement == NULL) == (error != NULL));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/engagement/case/%s", cases[i].name);
      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/engagement/annex-d", test_annex_d);
  g_test_add_func ("/engagement/annex-d-derived", test_annex_d_derived);
  g_test_add_func ("/engagement/ble-uuid", test_ble_uuid);
  g_test_add_func ("/engagement/round-trips", test_round_trips);
  g_test_add_func ("/engagement/find-method", test_find_method);
  g_test_add_func ("/engagement/second-edition", test_second_edition);
  g_test_add_func ("/engagement/real-wallets", test_real_wallets);
  g_test_add_func ("/engagement/uri", test_uri);
  g_test_add_func ("/engagement/uri-limit", test_uri_limit);
  g_test_add_func ("/engagement/bad-keys", test_bad_keys);
  g_test_add_func ("/engagement/signing-key", test_signing_key);
  g_test_add_func ("/engagement/limits", test_limits);
  g_test_add_func ("/engagement/key-limits", test_key_limits);
  g_test_add_func ("/engagement/builder-refuses", test_builder_refuses);
  g_test_add_func ("/engagement/every-curve", test_every_curve);
  g_test_add_func ("/engagement/ref", test_ref);
  g_test_add_func ("/engagement/every-prefix", test_every_prefix);
  g_test_add_func ("/engagement/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
