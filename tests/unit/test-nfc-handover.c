/*
 * test-nfc-handover.c - NDEF messages and the handovers of real wallets
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "engagement/mdoc-ndef.h"
#include "engagement/mdoc-nfc-handover.h"
#include "mdoc/mdoc-transcript.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

typedef struct
{
  const char *name;
  const char *hex;
  int code; /* a MdocNfcError, or ACCEPTED */
} Case;

/* beginning and end, short, well-known, type "T" */
static const Case ndef_cases[] = {
  { "one", "d1 01 01 54 aa", ACCEPTED },
  { "empty-record", "d0 00 00", ACCEPTED },
  { "long-payload-length", "c1 01 00000001 54 aa", ACCEPTED },
  { "with-id", "d9 01 01 02 54 6964 aa", ACCEPTED },
  { "two", "91 01 00 54 51 01 00 54", ACCEPTED },
  { "unknown-type", "d5 00 01 aa", ACCEPTED },

  { "nothing", "", MDOC_NFC_ERROR_MALFORMED },
  { "no-beginning", "51 01 01 54 aa", MDOC_NFC_ERROR_MALFORMED },
  { "no-end", "91 01 01 54 aa", MDOC_NFC_ERROR_MALFORMED },
  { "behind-the-end", "d1 01 01 54 aa 00", MDOC_NFC_ERROR_MALFORMED },
  { "two-beginnings", "91 01 00 54 d1 01 00 54", MDOC_NFC_ERROR_MALFORMED },
  { "chunked", "f1 01 01 54 aa", MDOC_NFC_ERROR_MALFORMED },
  { "unchanged-type", "d6 00 01 aa", MDOC_NFC_ERROR_MALFORMED },
  { "reserved-type", "d7 00 01 aa", MDOC_NFC_ERROR_MALFORMED },
  { "payload-of-4-GiB", "c1 01 ffffffff 54 aa", MDOC_NFC_ERROR_MALFORMED },
  { "type-past-the-end", "d1 ff 00 54", MDOC_NFC_ERROR_MALFORMED },
  { "id-past-the-end", "d9 01 00 ff 54", MDOC_NFC_ERROR_MALFORMED },
};

#define HS(inner, len, rest) "91 02" len "4873 15" inner rest
#define AC_0                 "d1 02 04 6163 01 01 30 00"
#define BLE(len, payload)                                                      \
  "5a 20" len "01 6170706c69636174696f6e2f766e642e626c7565746f6f74682e6c652e"  \
  "6f6f62 30" payload
#define NFC(len, payload)                                                      \
  "5c 11" len "01 69736f2e6f72673a31383031333a6e6663 30" payload
#define WITH_BLE(len, payload) HS (AC_0, "0a", BLE (len, payload))
#define WITH_NFC(len, payload) HS (AC_0, "0a", NFC (len, payload))

static const Case handover_cases[] = {
  { "no-carrier", "d1 02 04 4873 15 d0 00 00", ACCEPTED },
  { "request", "d1 02 04 4872 15 d0 00 00", ACCEPTED },
  { "minor-version", "d1 02 04 4873 1f d0 00 00", ACCEPTED },
  { "major-version", "d1 02 04 4873 25 d0 00 00", MDOC_NFC_ERROR_VERSION },
  { "without-version", "d1 02 00 4873", MDOC_NFC_ERROR_VERSION },
  { "without-records", "d1 02 01 4873 15", MDOC_NFC_ERROR_MALFORMED },
  { "broken-records", "d1 02 03 4873 15 d1 02", MDOC_NFC_ERROR_MALFORMED },
  { "no-handover", "d1 01 01 54 aa", MDOC_NFC_ERROR_SCHEMA },
  { "media-type-hs", "d2 02 04 4873 15 d0 00 00", MDOC_NFC_ERROR_SCHEMA },
  { "carrier-that-is-not-there",
    "d1 02 0a 4873 15" AC_0,
    MDOC_NFC_ERROR_SCHEMA },
  { "alternative-is-empty",
    "d1 02 06 4873 15 d1 02 00 6163",
    MDOC_NFC_ERROR_MALFORMED },
  { "alternative-without-name",
    "d1 02 07 4873 15 d1 02 01 6163 01",
    MDOC_NFC_ERROR_MALFORMED },
  { "alternative-with-long-name",
    "d1 02 09 4873 15 d1 02 03 6163 01 05 30",
    MDOC_NFC_ERROR_MALFORMED },
  /* a name of nothing is not that of a record without id */
  { "alternative-with-empty-name",
    HS ("d1 02 03 6163 01 00 00", "09", "51 01 00 54"),
    MDOC_NFC_ERROR_SCHEMA },
  { "two-engagements",
    HS ("d0 00 00",
        "04",
        "14 1e 01 69736f2e6f72673a31383031333a646576696365656e676167656d656e74"
        "a0 54 1e 01"
        "69736f2e6f72673a31383031333a646576696365656e676167656d656e74 a0"),
    MDOC_NFC_ERROR_SCHEMA },

  { "ble-role-0", WITH_BLE ("03", "02 1c 00"), ACCEPTED },
  { "ble-role-3", WITH_BLE ("03", "02 1c 03"), ACCEPTED },
  { "ble-role-4", WITH_BLE ("03", "02 1c 04"), MDOC_NFC_ERROR_MALFORMED },
  { "ble-role-of-two",
    WITH_BLE ("04", "03 1c 0000"),
    MDOC_NFC_ERROR_MALFORMED },
  { "ble-without-role", WITH_BLE ("00", ""), MDOC_NFC_ERROR_SCHEMA },
  { "ble-past-the-end",
    WITH_BLE ("04", "02 1c 00 01"),
    MDOC_NFC_ERROR_MALFORMED },
  { "ble-padding", WITH_BLE ("05", "00 02 1c 00 00"), ACCEPTED },
  { "ble-unknown-structure", WITH_BLE ("07", "02 1c 00 03 19 0040"), ACCEPTED },
  { "ble-short-uuid", WITH_BLE ("05", "02 1c 00 01 07"), ACCEPTED },
  { "ble-short-address", WITH_BLE ("06", "02 1c 00 02 1b 00"), ACCEPTED },

  { "nfc-version-only", WITH_NFC ("01", "01"), ACCEPTED },
  { "nfc-empty", WITH_NFC ("00", ""), MDOC_NFC_ERROR_VERSION },
  { "nfc-version-2", WITH_NFC ("01", "02"), MDOC_NFC_ERROR_VERSION },
  { "nfc-sizes", WITH_NFC ("08", "01 02 01 ff 03 02 0100"), ACCEPTED },
  { "nfc-unknown-field",
    WITH_NFC ("0b", "01 02 01 ff 03 02 0100 00 01 09"),
    ACCEPTED },
  { "nfc-most", WITH_NFC ("0a", "01 03 01 ffff 04 02 010000"), ACCEPTED },
  { "nfc-command-254",
    WITH_NFC ("08", "01 02 01 fe 03 02 0100"),
    MDOC_NFC_ERROR_SCHEMA },
  { "nfc-command-65536",
    WITH_NFC ("0a", "01 04 01 010000 03 02 0100"),
    MDOC_NFC_ERROR_SCHEMA },
  { "nfc-response-255",
    WITH_NFC ("07", "01 02 01 ff 02 02 ff"),
    MDOC_NFC_ERROR_SCHEMA },
  { "nfc-response-65537",
    WITH_NFC ("09", "01 02 01 ff 04 02 010001"),
    MDOC_NFC_ERROR_SCHEMA },
  { "nfc-without-response",
    WITH_NFC ("04", "01 02 01 ff"),
    MDOC_NFC_ERROR_SCHEMA },
  { "nfc-size-of-no-bytes",
    WITH_NFC ("03", "01 01 01"),
    MDOC_NFC_ERROR_MALFORMED },
  { "nfc-size-of-4-bytes",
    WITH_NFC ("0b", "01 05 01 000000ff 03 02 0100"),
    ACCEPTED },
  { "nfc-size-of-5-bytes",
    WITH_NFC ("0c", "01 06 01 00000000ff 03 02 0100"),
    MDOC_NFC_ERROR_MALFORMED },
  { "nfc-past-the-end", WITH_NFC ("03", "01 02 01"), MDOC_NFC_ERROR_MALFORMED },
};

static void
test_ndef_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) message = mdoc_test_bytes_from_hex (c->hex);
  MdocNdefRecord records[MDOC_NDEF_MAX_RECORDS];
  g_autoptr (GError) error = NULL;
  guint n = 77;
  gboolean is_sound;

  is_sound = mdoc_ndef_parse (mdoc_span_from_bytes (message),
                              records,
                              &n,
                              &error);
  g_assert_cmpint (is_sound, ==, c->code == ACCEPTED);
  if (is_sound)
    {
      g_assert_no_error (error);
      g_assert_cmpuint (n, >=, 1);
    }
  else
    {
      g_assert_error (error, MDOC_NFC_ERROR, c->code);
      g_assert_cmpuint (n, ==, 77);
    }
}

static void
test_handover_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) message = mdoc_test_bytes_from_hex (c->hex);
  MdocNfcHandover handover = { .n_carriers = 77 };
  g_autoptr (GError) error = NULL;
  gboolean is_sound;

  is_sound = mdoc_nfc_handover_parse (mdoc_span_from_bytes (message),
                                      &handover,
                                      &error);
  g_assert_cmpint (is_sound, ==, c->code == ACCEPTED);
  if (is_sound)
    g_assert_no_error (error);
  else
    {
      g_assert_error (error, MDOC_NFC_ERROR, c->code);
      g_assert_cmpuint (handover.n_carriers, ==, 77);
    }
}

static void
assert_hex (MdocSpan span, const char *hex)
{
  g_autofree char *found = mdoc_hex_encode (span);

  g_assert_cmpstr (found, ==, hex);
}

static void
assert_text (MdocSpan span, const char *text)
{
  g_assert_true (mdoc_span_equals_text (span, text));
}

/* every record of every handover, against what somebody else read */
static void
assert_records (MdocSpan message, JsonArray *wanted)
{
  MdocNdefRecord records[MDOC_NDEF_MAX_RECORDS];
  g_autoptr (GError) error = NULL;
  guint n;

  g_assert_true (mdoc_ndef_parse (message, records, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, json_array_get_length (wanted));
  for (guint i = 0; i < n; i++)
    {
      JsonObject *o = json_array_get_object_element (wanted, i);

      g_assert_cmpint (records[i].tnf,
                       ==,
                       json_object_get_int_member (o, "tnf"));
      assert_text (records[i].type, json_object_get_string_member (o, "type"));
      assert_text (records[i].id, json_object_get_string_member (o, "id"));
      assert_hex (records[i].payload,
                  json_object_get_string_member (o, "payload"));
    }
}

static JsonObject *
load_transcripts (void)
{
  g_autoptr (JsonObject) file = NULL;

  file = mdoc_test_vectors_load ("nfc-apdu-transcripts.json");
  return json_object_ref (json_object_get_object_member (file, "transcripts"));
}

static void
test_wallet_records (void)
{
  g_autoptr (JsonObject) transcripts = load_transcripts ();
  g_autoptr (GList) names = json_object_get_members (transcripts);

  g_assert_cmpuint (g_list_length (names), ==, 7);
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonObject *o = json_object_get_object_member (transcripts, l->data);
      g_autoptr (GBytes) hs = mdoc_test_vectors_dup_hex (o,
                                                         "handover_select_hex");

      assert_records (mdoc_span_from_bytes (hs),
                      json_object_get_array_member (o,
                                                    "handover_select_records"));
      if (json_object_has_member (o, "handover_request_hex"))
        {
          g_autoptr (GBytes) hr
              = mdoc_test_vectors_dup_hex (o, "handover_request_hex");

          assert_records (
              mdoc_span_from_bytes (hr),
              json_object_get_array_member (o, "handover_request_records"));
        }
    }
}

typedef struct
{
  const char *name;
  MdocBleRole role;
  const char *uuid;    /* of the Hs itself, or NULL */
  const char *hr_uuid; /* that of the Hr recorded, or NULL */
  guint n_carriers;
  gsize engagement_len;
} Wallet;

/* UUIDs are little-endian on the air */
static const Wallet wallets[] = {
  { "isomdl_multipaz_wallet_static",
    MDOC_BLE_ROLE_CENTRAL,
    "e0812e0e9ea04d40b07a79bf672abc43",
    NULL,
    1,
    88 },
  { "isomdl_samsung_wallet_static",
    MDOC_BLE_ROLE_CENTRAL,
    "bdc087ee77c54987a639d109438e3c10",
    NULL,
    1,
    88 },
  { "isomdl_multipaz_wallet_negotiated",
    MDOC_BLE_ROLE_CENTRAL,
    NULL,
    NULL,
    1,
    88 },
  { "isomdl_google_wallet_negotiated",
    MDOC_BLE_ROLE_CENTRAL,
    "e34db7dd1b1e4fdba402c0b493579cb8",
    NULL,
    1,
    88 },
  { "isomdl_apple_wallet_negotiated",
    MDOC_BLE_ROLE_CENTRAL,
    NULL,
    NULL,
    1,
    96 },
  { "multipaz_static_loopback",
    MDOC_BLE_ROLE_PREFERS_CENTRAL,
    "b3d52ac4a1b64b51a22e78ee55ef6eb6",
    NULL,
    2,
    88 },
  { "multipaz_negotiated_loopback",
    MDOC_BLE_ROLE_CENTRAL,
    NULL,
    "b3d52ac4a1b64b51a22e78ee55ef6eb6",
    1,
    88 },
};

static void
assert_uuid (const guint8 uuid[16], const char *hex)
{
  g_autoptr (GBytes) wanted = mdoc_test_bytes_from_hex (hex);

  g_assert_true (
      mdoc_span_equal (MDOC_SPAN (uuid, 16), mdoc_span_from_bytes (wanted)));
}

static void
parse_good (MdocSpan message, MdocNfcHandover *ret_handover)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_nfc_handover_parse (message, ret_handover, &error));
  g_assert_no_error (error);
}

static void
test_wallet (gconstpointer data)
{
  const Wallet *wallet = data;
  g_autoptr (JsonObject) transcripts = load_transcripts ();
  JsonObject *o = json_object_get_object_member (transcripts, wallet->name);
  g_autoptr (GBytes) hs = mdoc_test_vectors_dup_hex (o, "handover_select_hex");
  g_autoptr (GBytes) hr = NULL;
  g_autoptr (GError) error = NULL;
  MdocNfcHandover select, request;
  const MdocNfcCarrier *ble;
  MdocBleOptions options;

  parse_good (mdoc_span_from_bytes (hs), &select);
  g_assert_false (select.is_request);
  g_assert_true (mdoc_span_equal (select.message, mdoc_span_from_bytes (hs)));
  g_assert_cmpuint (select.engagement.len, ==, wallet->engagement_len);
  g_assert_cmpuint (select.n_carriers, ==, wallet->n_carriers);
  ble = mdoc_nfc_handover_find (&select, MDOC_RETRIEVAL_BLE);
  g_assert_nonnull (ble);
  g_assert_cmpint (ble->ble.role, ==, wallet->role);
  g_assert_cmpint (ble->ble.has_uuid, ==, wallet->uuid != NULL);
  if (wallet->uuid != NULL)
    assert_uuid (ble->ble.uuid, wallet->uuid);

  if (wallet->hr_uuid != NULL)
    {
      hr = mdoc_test_vectors_dup_hex (o, "handover_request_hex");
      parse_good (mdoc_span_from_bytes (hr), &request);
      g_assert_true (request.is_request);
      assert_hex (request.engagement, "a10063312e30");
      g_assert_cmpuint (request.n_carriers, ==, 2);
    }

  if (wallet->uuid == NULL && wallet->hr_uuid == NULL)
    {
      g_assert_false (
          mdoc_nfc_handover_get_ble (&select, NULL, &options, &error));
      g_assert_error (error, MDOC_NFC_ERROR, MDOC_NFC_ERROR_SCHEMA);
      return;
    }

  g_assert_true (mdoc_nfc_handover_get_ble (&select,
                                            hr != NULL ? &request : NULL,
                                            &options,
                                            &error));
  g_assert_no_error (error);
  g_assert_true (options.has_central_client);
  assert_uuid (options.central_client_uuid,
               wallet->hr_uuid != NULL ? wallet->hr_uuid : wallet->uuid);
  g_assert_cmpint (options.has_peripheral_server,
                   ==,
                   wallet->role == MDOC_BLE_ROLE_PREFERS_CENTRAL);
  if (options.has_peripheral_server)
    assert_uuid (options.peripheral_server_uuid, wallet->uuid);
}

static void
test_nfc_carrier (void)
{
  g_autoptr (JsonObject) transcripts = load_transcripts ();
  JsonObject *o = json_object_get_object_member (transcripts,
                                                 "multipaz_static_loopback");
  g_autoptr (GBytes) hs = mdoc_test_vectors_dup_hex (o, "handover_select_hex");
  MdocNfcHandover select;
  const MdocNfcCarrier *nfc;

  parse_good (mdoc_span_from_bytes (hs), &select);
  nfc = mdoc_nfc_handover_find (&select, MDOC_RETRIEVAL_NFC);
  g_assert_nonnull (nfc);
  g_assert_true (nfc->has_nfc_sizes);
  g_assert_cmpuint (nfc->nfc.max_command_bytes, ==, 65535);
  g_assert_cmpuint (nfc->nfc.max_response_bytes, ==, 65536);
}

/* The handover of Annex D: three carriers asked for, one chosen, and the very
 * messages that its transcript holds. */
static void
test_annex_d (void)
{
  g_autoptr (GBytes) hs = mdoc_test_annex_d ("nfc_handover_select");
  g_autoptr (GBytes) hr = mdoc_test_annex_d ("nfc_handover_request");
  g_autoptr (GBytes) bytes = mdoc_test_annex_d ("session_transcript_bytes");
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (GBytes) handover = NULL;
  g_autoptr (GError) error = NULL;
  MdocNfcHandover select, request;
  MdocBleOptions options;
  const MdocNfcCarrier *carrier;

  parse_good (mdoc_span_from_bytes (hs), &select);
  parse_good (mdoc_span_from_bytes (hr), &request);
  g_assert_cmpuint (select.n_carriers, ==, 1);
  g_assert_cmpuint (request.n_carriers, ==, 3);
  g_assert_cmpuint (request.engagement.len, ==, 0);
  g_assert_cmpint (request.carriers[0].kind, ==, MDOC_RETRIEVAL_BLE);
  g_assert_cmpint (request.carriers[1].kind, ==, MDOC_RETRIEVAL_NFC);
  g_assert_cmpint (request.carriers[2].kind, ==, MDOC_RETRIEVAL_WIFI_AWARE);
  g_assert_false (request.carriers[1].has_nfc_sizes);
  carrier = mdoc_nfc_handover_find (&request, MDOC_RETRIEVAL_UNKNOWN);
  g_assert_null (carrier);

  g_assert_true (
      mdoc_nfc_handover_get_ble (&select, &request, &options, &error));
  g_assert_no_error (error);
  g_assert_true (options.has_central_client);
  g_assert_false (options.has_peripheral_server);
  assert_uuid (options.central_client_uuid, "3a82d455d5fc4db3bea06fd2f6ff32c8");
  g_assert_true (options.has_address);
  assert_hex (MDOC_SPAN (options.address, 6), "28128b372828");
  g_assert_cmpuint (options.address_type, ==, 1);

  transcript = mdoc_transcript_parse (mdoc_span_from_bytes (bytes), &error);
  g_assert_no_error (error);
  g_assert_true (
      mdoc_span_equal (mdoc_transcript_get_device_engagement (transcript),
                       select.engagement));
  handover = mdoc_handover_new_nfc (select.message, request.message);
  g_assert_true (mdoc_span_equal (mdoc_transcript_get_handover (transcript),
                                  mdoc_span_from_bytes (handover)));
}

/* The UUID that counts is that of the side that advertises. */
static void
test_uuids (void)
{
#define UUID_A "11 07 0f0e0d0c0b0a09080706050403020100"
#define UUID_B "11 07 1f1e1d1c1b1a19181716151413121110"
  static const char a[] = "000102030405060708090a0b0c0d0e0f";
  static const char b[] = "101112131415161718191a1b1c1d1e1f";
  static const struct
  {
    const char *hs;
    const char *hr; /* NULL: static */
    const char *peripheral;
    const char *central;
  } uuids[] = {
    { WITH_BLE ("15", "02 1c 01" UUID_A), NULL, NULL, a },
    { WITH_BLE ("15", "02 1c 00" UUID_A), NULL, a, NULL },
    { WITH_BLE ("15", "02 1c 02" UUID_A), NULL, a, a },
    { WITH_BLE ("15", "02 1c 01" UUID_A),
      WITH_BLE ("15", "02 1c 00" UUID_B),
      NULL,
      b },
    { WITH_BLE ("15", "02 1c 00" UUID_A),
      WITH_BLE ("15", "02 1c 01" UUID_B),
      a,
      NULL },
    { WITH_BLE ("03", "02 1c 00"),
      WITH_BLE ("15", "02 1c 01" UUID_B),
      b,
      NULL },
    { WITH_BLE ("15", "02 1c 01" UUID_A),
      WITH_BLE ("03", "02 1c 00"),
      NULL,
      a },
    /* the first of two counts */
    { WITH_BLE ("27", "02 1c 01" UUID_A UUID_B), NULL, NULL, a },
    /* a request without Bluetooth */
    { WITH_BLE ("15", "02 1c 01" UUID_A), WITH_NFC ("01", "01"), NULL, a },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (uuids); i++)
    {
      g_autoptr (GBytes) hs = mdoc_test_bytes_from_hex (uuids[i].hs);
      g_autoptr (GBytes) hr = NULL;
      g_autoptr (GError) error = NULL;
      MdocNfcHandover select, request;
      MdocBleOptions options;

      g_test_message ("uuids %" G_GSIZE_FORMAT, i);
      parse_good (mdoc_span_from_bytes (hs), &select);
      if (uuids[i].hr != NULL)
        {
          hr = mdoc_test_bytes_from_hex (uuids[i].hr);
          parse_good (mdoc_span_from_bytes (hr), &request);
        }
      g_assert_true (mdoc_nfc_handover_get_ble (&select,
                                                hr != NULL ? &request : NULL,
                                                &options,
                                                &error));
      g_assert_no_error (error);
      g_assert_cmpint (options.has_peripheral_server,
                       ==,
                       uuids[i].peripheral != NULL);
      g_assert_cmpint (options.has_central_client,
                       ==,
                       uuids[i].central != NULL);
      if (uuids[i].peripheral != NULL)
        assert_uuid (options.peripheral_server_uuid, uuids[i].peripheral);
      if (uuids[i].central != NULL)
        assert_uuid (options.central_client_uuid, uuids[i].central);
    }
}

static void
test_no_way (void)
{
  static const char *const messages[] = {
    WITH_NFC ("01", "01"),
    WITH_BLE ("03", "02 1c 00"),
    WITH_BLE ("03", "02 1c 01"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autoptr (GBytes) hs = mdoc_test_bytes_from_hex (messages[i]);
      g_autoptr (GError) error = NULL;
      MdocNfcHandover select;
      MdocBleOptions options;

      parse_good (mdoc_span_from_bytes (hs), &select);
      g_assert_false (
          mdoc_nfc_handover_get_ble (&select, NULL, &options, &error));
      g_assert_error (error, MDOC_NFC_ERROR, MDOC_NFC_ERROR_SCHEMA);
    }
}

static void
test_psm (void)
{
  static const struct
  {
    const char *hex;
    gboolean has_psm;
    guint32 psm;
  } psms[] = {
    { WITH_BLE ("0a", "02 1c 00 06 16 01ff a1 00 05"), TRUE, 5 },
    { WITH_BLE ("0e", "02 1c 00 0a 16 01ff a1 00 1affffffff"),
      TRUE,
      G_MAXUINT32 },
    { WITH_BLE ("12", "02 1c 00 0e 16 01ff a1 00 1b0000000100000000"),
      FALSE,
      0 },
    { WITH_BLE ("0a", "02 1c 00 06 16 02ff a1 00 05"), FALSE, 0 },
    { WITH_BLE ("0a", "02 1c 00 06 16 01ff a1 01 05"), FALSE, 0 },
    { WITH_BLE ("08", "02 1c 00 04 16 01ff a1"), FALSE, 0 },
    { WITH_BLE ("06", "02 1c 00 02 16 01"), FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (psms); i++)
    {
      g_autoptr (GBytes) hs = mdoc_test_bytes_from_hex (psms[i].hex);
      MdocNfcHandover select;
      const MdocNfcCarrier *ble;

      parse_good (mdoc_span_from_bytes (hs), &select);
      ble = mdoc_nfc_handover_find (&select, MDOC_RETRIEVAL_BLE);
      g_assert_cmpint (ble->ble.has_psm, ==, psms[i].has_psm);
      g_assert_cmpuint (ble->ble.psm, ==, psms[i].psm);
    }
}

/* The samples of the Bluetooth SIG: other carriers, error-free all the same. */
static void
test_bluetooth_sig (void)
{
  g_autoptr (JsonObject) file = NULL;
  g_autoptr (GList) names = NULL;
  JsonObject *samples;

  file = mdoc_test_vectors_load ("nfc-apdu-transcripts.json");
  samples = json_object_get_object_member (file, "bluetooth_sig_ssp_samples");
  names = json_object_get_members (samples);
  g_assert_cmpuint (g_list_length (names), ==, 6);
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autoptr (GBytes) message = mdoc_test_vectors_dup_hex (samples, l->data);
      MdocNfcHandover handover;

      g_test_message ("%s", (const char *) l->data);
      parse_good (mdoc_span_from_bytes (message), &handover);
      g_assert_cmpuint (handover.engagement.len, ==, 0);
    }
}

/* both sides of the limits on records and bytes */
static void
test_limits (void)
{
  MdocNdefRecord records[MDOC_NDEF_MAX_RECORDS];

  for (guint n = 16; n <= 17; n++)
    {
      g_autoptr (GByteArray) message = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      guint found;

      for (guint i = 0; i < n; i++)
        {
          guint8 record[] = { 0x10, 0, 0 };

          if (i == 0)
            record[0] |= 0x80;
          if (i == n - 1)
            record[0] |= 0x40;
          g_byte_array_append (message, record, sizeof (record));
        }
      if (mdoc_ndef_parse (MDOC_SPAN (message->data, message->len),
                           records,
                           &found,
                           &error))
        g_assert_cmpuint (n, ==, 16);
      else
        {
          g_assert_cmpuint (n, ==, 17);
          g_assert_error (error, MDOC_NFC_ERROR, MDOC_NFC_ERROR_LIMIT);
        }
    }

  for (gsize len = MDOC_NDEF_MAX_BYTES; len <= MDOC_NDEF_MAX_BYTES + 1; len++)
    {
      g_autofree guint8 *message = g_malloc0 (len);
      g_autoptr (GError) error = NULL;
      guint32 payload_len = GUINT32_TO_BE ((guint32) len - 6);
      guint found;

      message[0] = 0xc5;
      memcpy (message + 2, &payload_len, 4);
      if (mdoc_ndef_parse (MDOC_SPAN (message, len), records, &found, &error))
        g_assert_cmpuint (len, ==, MDOC_NDEF_MAX_BYTES);
      else
        {
          g_assert_cmpuint (len, >, MDOC_NDEF_MAX_BYTES);
          g_assert_error (error, MDOC_NFC_ERROR, MDOC_NFC_ERROR_LIMIT);
        }
    }
}

static void
test_every_prefix (void)
{
  g_autoptr (GBytes) good = mdoc_test_annex_d ("nfc_handover_request");

  for (gsize len = 0; len < g_bytes_get_size (good); len++)
    {
      g_autoptr (GBytes) message = g_bytes_new (g_bytes_get_data (good, NULL),
                                                len);
      g_autoptr (GError) error = NULL;
      MdocNfcHandover handover;

      g_assert_false (mdoc_nfc_handover_parse (mdoc_span_from_bytes (message),
                                               &handover,
                                               &error));
      g_assert_error (error, MDOC_NFC_ERROR, MDOC_NFC_ERROR_MALFORMED);
    }
}

static void
test_every_wrong_byte (void)
{
  g_autoptr (GBytes) good = mdoc_test_annex_d ("nfc_handover_request");
  gsize size = g_bytes_get_size (good);

  for (gsize pos = 0; pos < size; pos++)
    for (guint value = 0; value <= G_MAXUINT8; value++)
      {
        g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL),
                                             size);
        g_autoptr (GError) error = NULL;
        MdocNfcHandover handover;

        data[pos] = (guint8) value;
        g_assert_true (
            mdoc_nfc_handover_parse (MDOC_SPAN (data, size), &handover, &error)
            == (error == NULL));
      }
}

static void
add_cases (const char *folder, const Case *cases, gsize n, GTestDataFunc func)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/nfc-handover/%s/%s", folder, cases[i].name);
      g_test_add_data_func (path, &cases[i], func);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_cases ("ndef", ndef_cases, G_N_ELEMENTS (ndef_cases), test_ndef_case);
  add_cases ("case",
             handover_cases,
             G_N_ELEMENTS (handover_cases),
             test_handover_case);
  for (gsize i = 0; i < G_N_ELEMENTS (wallets); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/nfc-handover/wallet/%s", wallets[i].name);
      g_test_add_data_func (path, &wallets[i], test_wallet);
    }

  g_test_add_func ("/nfc-handover/wallet-records", test_wallet_records);
  g_test_add_func ("/nfc-handover/nfc-carrier", test_nfc_carrier);
  g_test_add_func ("/nfc-handover/annex-d", test_annex_d);
  g_test_add_func ("/nfc-handover/uuids", test_uuids);
  g_test_add_func ("/nfc-handover/no-way", test_no_way);
  g_test_add_func ("/nfc-handover/psm", test_psm);
  g_test_add_func ("/nfc-handover/bluetooth-sig", test_bluetooth_sig);
  g_test_add_func ("/nfc-handover/limits", test_limits);
  g_test_add_func ("/nfc-handover/every-prefix", test_every_prefix);
  g_test_add_func ("/nfc-handover/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
