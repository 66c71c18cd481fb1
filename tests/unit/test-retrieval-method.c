/*
 * test-retrieval-method.c - ways to reach a holder, read and written
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-text.h"
#include "engagement/mdoc-retrieval-method.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

#define UUID   "50 0f1e2d3c4b5a46978899aabbccddeeff"
#define UUID_2 "50 00112233445566778899aabbccddeeff"

typedef struct
{
  const char *name;
  const char *hex;
  int code; /* a MdocCborError, or ACCEPTED */
} Case;

static const Case cases[] = {
  { "is-map", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "is-empty", "80", MDOC_CBOR_ERROR_SCHEMA },
  { "without-version", "81 02", MDOC_CBOR_ERROR_SCHEMA },
  { "without-options", "82 02 01", MDOC_CBOR_ERROR_SCHEMA },
  { "of-four", "84 02 01 a0 00", MDOC_CBOR_ERROR_LIMIT },
  { "unknown", "83 1863 01 f6", ACCEPTED },
  { "unknown-without-options", "82 1863 01", ACCEPTED },
  { "negative-type", "83 20 01 a0", MDOC_CBOR_ERROR_SCHEMA },
  { "ble-options-are-array", "83 02 01 80", MDOC_CBOR_ERROR_SCHEMA },
  { "ble-without-modes", "83 02 01 a0", ACCEPTED },
  { "ble-without-peripheral", "83 02 01 a2 01f5 0b" UUID, ACCEPTED },
  { "ble-without-central", "83 02 01 a2 00f5 0a" UUID, ACCEPTED },
  { "ble-central-without-uuid",
    "83 02 01 a2 00f4 01f5",
    MDOC_CBOR_ERROR_SCHEMA },
  { "ble-peripheral-without-uuid",
    "83 02 01 a3 00f5 01f4 0b" UUID,
    MDOC_CBOR_ERROR_SCHEMA },
  { "ble-uuid-of-mode-that-is-off",
    "83 02 01 a4 00f4 01f5 0a 6161 0b" UUID,
    ACCEPTED },
  { "ble-mode-is-uint", "83 02 01 a2 00 01 01f4", MDOC_CBOR_ERROR_SCHEMA },
  { "ble-uuid-of-15",
    "83 02 01 a2 01f5 0b 4f 0f1e2d3c4b5a46978899aabbccddee",
    MDOC_CBOR_ERROR_SCHEMA },
  { "ble-uuid-of-17",
    "83 02 01 a2 01f5 0b 51 0f1e2d3c4b5a46978899aabbccddeeff00",
    MDOC_CBOR_ERROR_LIMIT },
  { "ble-uuid-is-text",
    "83 02 01 a2 01f5 0b 70 61616161616161616161616161616161",
    MDOC_CBOR_ERROR_SCHEMA },
  { "ble-address-of-5",
    "83 02 01 a1 14 45 0102030405",
    MDOC_CBOR_ERROR_SCHEMA },
  { "ble-address-of-6", "83 02 01 a1 14 46 010203040506", ACCEPTED },
  { "ble-address-of-7", "83 02 01 a1 14 47 01020304050600", ACCEPTED },
  { "ble-address-of-8",
    "83 02 01 a1 14 48 0102030405060000",
    MDOC_CBOR_ERROR_LIMIT },
  { "ble-psm", "83 02 01 a1 15 1affffffff", ACCEPTED },
  { "ble-psm-over-32-bits",
    "83 02 01 a1 15 1b0000000100000000",
    MDOC_CBOR_ERROR_LIMIT },
  { "ble-psm-is-bytes", "83 02 01 a1 15 41c0", MDOC_CBOR_ERROR_SCHEMA },
  { "nfc", "83 01 01 a2 00 18ff 01 190100", ACCEPTED },
  { "nfc-most", "83 01 01 a2 00 19ffff 01 1a00010000", ACCEPTED },
  { "nfc-command-254",
    "83 01 01 a2 00 18fe 01 190100",
    MDOC_CBOR_ERROR_SCHEMA },
  { "nfc-command-65536",
    "83 01 01 a2 00 1a00010000 01 190100",
    MDOC_CBOR_ERROR_LIMIT },
  { "nfc-response-255", "83 01 01 a2 00 18ff 01 18ff", MDOC_CBOR_ERROR_SCHEMA },
  { "nfc-response-65537",
    "83 01 01 a2 00 18ff 01 1a00010001",
    MDOC_CBOR_ERROR_LIMIT },
  { "nfc-without-response", "83 01 01 a1 00 18ff", MDOC_CBOR_ERROR_SCHEMA },
  { "nfc-options-are-array", "83 01 01 80", MDOC_CBOR_ERROR_SCHEMA },
  { "wifi-empty", "83 03 01 a0", ACCEPTED },
  { "wifi", "83 03 01 a4 00 6170 01 02 02 03 03 4114", ACCEPTED },
  { "wifi-pass-phrase-is-bytes",
    "83 03 01 a1 00 4161",
    MDOC_CBOR_ERROR_SCHEMA },
  { "wifi-class-is-text", "83 03 01 a1 01 6161", MDOC_CBOR_ERROR_SCHEMA },
  { "wifi-channel-is-text", "83 03 01 a1 02 6161", MDOC_CBOR_ERROR_SCHEMA },
  { "wifi-bands-are-uint", "83 03 01 a1 03 01", MDOC_CBOR_ERROR_SCHEMA },
  { "wifi-bands-of-16",
    "83 03 01 a1 03 50 00112233445566778899aabbccddeeff",
    ACCEPTED },
  { "wifi-bands-of-17",
    "83 03 01 a1 03 51 00112233445566778899aabbccddeeff00",
    MDOC_CBOR_ERROR_LIMIT },
  { "wifi-options-are-array", "83 03 01 80", MDOC_CBOR_ERROR_SCHEMA },
  { "rest", "83 04 01 a1 00 68687474703a2f2f61", ACCEPTED },
  { "rest-without-uri", "83 04 01 a0", MDOC_CBOR_ERROR_SCHEMA },
  { "rest-uri-is-bytes", "83 04 01 a1 00 4161", MDOC_CBOR_ERROR_SCHEMA },
  { "rest-options-are-array", "83 04 01 80", MDOC_CBOR_ERROR_SCHEMA },
};

static const MdocCborLimits limits = { 4096, 8, 64 };

static gboolean
parse (MdocSpan encoded, MdocRetrievalMethod *ret_method, GError **error)
{
  MdocCborItem item;

  return mdoc_cbor_open (encoded, &limits, &item, error)
         && mdoc_retrieval_method_parse (item, ret_method, error);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (c->hex);
  g_autoptr (GError) error = NULL;
  MdocRetrievalMethod method = { .version = 77 };
  gboolean is_sound;

  is_sound = parse (mdoc_span_from_bytes (encoded), &method, &error);
  if (c->code == ACCEPTED)
    {
      g_assert_no_error (error);
      g_assert_true (is_sound);
      g_assert_true (
          mdoc_span_equal (method.encoded, mdoc_span_from_bytes (encoded)));
    }
  else
    {
      g_assert_error (error, MDOC_CBOR_ERROR, c->code);
      g_assert_false (is_sound);
      g_assert_cmpuint (method.version, ==, 77);
    }
}

static void
assert_hex (MdocSpan span, const char *hex)
{
  g_autofree char *found = mdoc_hex_encode (span);

  g_assert_cmpstr (found, ==, hex);
}

/* @ret_encoded keeps what the method borrows from */
static MdocRetrievalMethod
parse_good (const char *hex, GBytes **ret_encoded)
{
  g_autoptr (GError) error = NULL;
  MdocRetrievalMethod method;

  *ret_encoded = mdoc_test_bytes_from_hex (hex);
  g_assert_true (parse (mdoc_span_from_bytes (*ret_encoded), &method, &error));
  g_assert_no_error (error);
  return method;
}

static void
assert_written (const MdocRetrievalMethod *method, const char *hex)
{
  g_autoptr (GBytes) wanted = mdoc_test_bytes_from_hex (hex);
  g_autofree char *wanted_hex = NULL;
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  wanted_hex = mdoc_hex_encode (mdoc_span_from_bytes (wanted));
  mdoc_retrieval_method_write (writer, method);
  assert_hex (mdoc_cbor_writer_get_span (writer), wanted_hex);
}

static void
test_ble (void)
{
  g_autoptr (GBytes) encoded = NULL;
  MdocRetrievalMethod method;

  method = parse_good ("83 02 01 a6 00f5 01f5 0a" UUID_2 "0b" UUID
                       "14 47 01020304050600 15 18c0",
                       &encoded);
  g_assert_cmpint (method.kind, ==, MDOC_RETRIEVAL_BLE);
  g_assert_true (method.ble.has_peripheral_server);
  g_assert_true (method.ble.has_central_client);
  assert_hex (MDOC_SPAN (method.ble.peripheral_server_uuid, 16),
              "00112233445566778899aabbccddeeff");
  assert_hex (MDOC_SPAN (method.ble.central_client_uuid, 16),
              "0f1e2d3c4b5a46978899aabbccddeeff");
  g_assert_true (method.ble.has_address);
  assert_hex (MDOC_SPAN (method.ble.address, 6), "010203040506");
  g_assert_true (method.ble.has_address_type);
  g_assert_cmpuint (method.ble.address_type, ==, 0);
  g_assert_true (method.ble.has_psm);
  g_assert_cmpuint (method.ble.psm, ==, 0xc0);
}

/* Six bytes of address are read, seven written: as random, which is what a
 * holder that shows a code has. */
static void
test_ble_short_address (void)
{
  g_autoptr (GBytes) encoded = NULL;
  MdocRetrievalMethod method;

  method = parse_good ("83 02 01 a3 00f5 0a" UUID "14 46 010203040506",
                       &encoded);
  g_assert_true (method.ble.has_address);
  g_assert_false (method.ble.has_address_type);
  assert_written (&method,
                  "83 02 01 a4 00f5 01f4 0a" UUID "14 47 01020304050601");
}

/* A UUID without its mode is nothing. */
static void
test_ble_mode_off (void)
{
  g_autoptr (GBytes) encoded = NULL;
  MdocRetrievalMethod method;

  method = parse_good ("83 02 01 a4 00f4 01f5 0a" UUID_2 "0b" UUID, &encoded);
  g_assert_false (method.ble.has_peripheral_server);
  assert_hex (MDOC_SPAN (method.ble.peripheral_server_uuid, 16),
              "00000000000000000000000000000000");
  assert_written (&method, "83 02 01 a3 00f4 01f5 0b" UUID);
}

static void
test_others (void)
{
  g_autoptr (GBytes) nfc_encoded = NULL;
  g_autoptr (GBytes) wifi_encoded = NULL;
  g_autoptr (GBytes) rest_encoded = NULL;
  g_autoptr (GBytes) unknown_encoded = NULL;
  g_autoptr (GBytes) newer_encoded = NULL;
  MdocRetrievalMethod method;

  method = parse_good ("83 01 01 a2 00 18ff 01 190100", &nfc_encoded);
  g_assert_cmpint (method.kind, ==, MDOC_RETRIEVAL_NFC);
  g_assert_cmpuint (method.nfc.max_command_bytes, ==, 255);
  g_assert_cmpuint (method.nfc.max_response_bytes, ==, 256);

  method = parse_good ("83 03 01 a4 00 6170 01 02 02 03 03 4114",
                       &wifi_encoded);
  g_assert_cmpint (method.kind, ==, MDOC_RETRIEVAL_WIFI_AWARE);
  g_assert_true (mdoc_span_equals_text (method.wifi_aware.pass_phrase, "p"));
  g_assert_true (method.wifi_aware.has_operating_class);
  g_assert_cmpuint (method.wifi_aware.operating_class, ==, 2);
  g_assert_true (method.wifi_aware.has_channel);
  g_assert_cmpuint (method.wifi_aware.channel, ==, 3);
  assert_hex (method.wifi_aware.bands, "14");

  method = parse_good ("83 04 01 a1 00 6175", &rest_encoded);
  g_assert_cmpint (method.kind, ==, MDOC_RETRIEVAL_REST);
  g_assert_true (mdoc_span_equals_text (method.rest_uri, "u"));

  method = parse_good ("83 05 01 a0", &unknown_encoded);
  g_assert_cmpint (method.kind, ==, MDOC_RETRIEVAL_UNKNOWN);
  g_assert_cmpuint (method.type, ==, 5);
  g_assert_cmpuint (method.version, ==, 1);

  /* BLE of a version that we do not know is not BLE */
  method = parse_good ("83 02 02 f6", &newer_encoded);
  g_assert_cmpint (method.kind, ==, MDOC_RETRIEVAL_UNKNOWN);
  g_assert_cmpuint (method.type, ==, 2);
  g_assert_cmpuint (method.version, ==, 2);
}

static void
test_round_trips (void)
{
  static const struct
  {
    const char *hex;
  } trips[] = {
    { "83 02 01 a4 00f5 01f5 0a" UUID_2 "0b" UUID },
    { "83 02 01 a5 00f5 01f4 0a" UUID "14 47 01020304050601 15 18c0" },
    { "83 02 01 a2 00f4 01f4" },
    { "83 01 01 a2 00 18ff 01 190100" },
    { "83 01 01 a2 00 19ffff 01 1a00010000" },
    { "83 03 01 a4 00 6170 01 02 02 03 03 4114" },
    { "83 03 01 a1 01 02" },
    { "83 03 01 a0" },
    { "83 04 01 a1 00 68687474703a2f2f61" },
    { "83 05 01 a0" },
    { "83 02 02 9803 000102" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (trips); i++)
    {
      g_autoptr (GBytes) encoded = NULL;
      MdocRetrievalMethod method = parse_good (trips[i].hex, &encoded);

      assert_written (&method, trips[i].hex);
    }
}

static void
test_string_limits (void)
{
  static const struct
  {
    guint type;
    gsize max;
  } strings[] = { { 3, 255 }, { 4, 2048 } };

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    for (gsize over = 0; over <= 1; over++)
      {
        g_autofree char *text = g_strnfill (strings[i].max + over, 'x');
        g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
        g_autoptr (GError) error = NULL;
        MdocRetrievalMethod method;

        mdoc_cbor_writer_begin_array (writer, 3);
        mdoc_cbor_writer_put_uint (writer, strings[i].type);
        mdoc_cbor_writer_put_uint (writer, 1);
        mdoc_cbor_writer_begin_map (writer, 1);
        mdoc_cbor_writer_put_uint (writer, 0);
        mdoc_cbor_writer_put_text (writer, text);
        if (parse (mdoc_cbor_writer_get_span (writer), &method, &error))
          g_assert_cmpuint (over, ==, 0);
        else
          {
            g_assert_cmpuint (over, ==, 1);
            g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
          }
      }
}

static void
test_every_wrong_byte (void)
{
  static const char *const methods[] = {
    "83 02 01 a6 00f5 01f5 0a" UUID_2 "0b" UUID "14 47 01020304050600 15 18c0",
    "83 01 01 a2 00 19ffff 01 1a00010000",
    "83 03 01 a4 00 6170 01 02 02 03 03 4114",
    "83 04 01 a1 00 68687474703a2f2f61",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GBytes) good = mdoc_test_bytes_from_hex (methods[i]);
      gsize size = g_bytes_get_size (good);

      for (gsize pos = 0; pos < size; pos++)
        for (guint value = 0; value <= G_MAXUINT8; value++)
          {
            g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL),
                                                 size);
            g_autoptr (GError) error = NULL;
            MdocRetrievalMethod method;

            data[pos] = (guint8) value;
            g_assert_true (parse (MDOC_SPAN (data, size), &method, &error)
                           == (error == NULL));
          }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/retrieval-method/case/%s", cases[i].name);
      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/retrieval-method/ble", test_ble);
  g_test_add_func ("/retrieval-method/ble-short-address",
                   test_ble_short_address);
  g_test_add_func ("/retrieval-method/ble-mode-off", test_ble_mode_off);
  g_test_add_func ("/retrieval-method/others", test_others);
  g_test_add_func ("/retrieval-method/round-trips", test_round_trips);
  g_test_add_func ("/retrieval-method/string-limits", test_string_limits);
  g_test_add_func ("/retrieval-method/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
