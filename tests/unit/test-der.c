/*
 * test-der.c - what the reader of DER takes, and what the writer writes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-der.h"
#include "crypto/mdoc-pem.h"
#include "tests/lib/mdoc-test.h"

#define HEX(name_, text_)                                                      \
  g_autoptr (GBytes) name_ = mdoc_test_bytes_from_hex (text_)

static void
assert_span_hex (MdocSpan bytes, const char *hex)
{
  HEX (expected, hex);
  g_autofree char *found_text = mdoc_hex_encode (bytes);
  g_autofree char *expected_text = NULL;

  expected_text = mdoc_hex_encode (mdoc_span_from_bytes (expected));
  g_assert_cmpstr (found_text, ==, expected_text);
}

/* Values as DER has them, and as BER alone does. */
static const struct
{
  const char *name;
  const char *hex;
  const char *content; /* NULL: refused */
  const char *rest;
} values[] = {
  { "empty", "", NULL, NULL },
  { "tag-alone", "30", NULL, NULL },
  { "empty-content", "3000", "", "" },
  { "content", "3003 010203", "010203", "" },
  { "followed", "3001 01 0203", "01", "0203" },
  { "short-by-one", "3003 0102", NULL, NULL },
  { "127-in-long-form", "30817f", NULL, NULL },
  { "0-in-long-form", "308100", NULL, NULL },
  { "1-in-long-form", "308101 5a", NULL, NULL },
  { "128-cut", "308180", NULL, NULL },
  { "indefinite", "3080 0000", NULL, NULL },
  { "indefinite-at-end", "3080", NULL, NULL },
  { "length-with-leading-zero", "30820001 01", NULL, NULL },
  { "length-of-five-bytes", "30850100000000 01", NULL, NULL },
  { "length-of-four-bytes-beyond-the-end", "3084ffffffff 01", NULL, NULL },
  { "length-cut", "3082ff", NULL, NULL },
  { "length-of-no-bytes-at-end", "3081", NULL, NULL },
  { "reserved-length", "30ff 01", NULL, NULL },
  { "tag-of-two-bytes", "1f01 01 01", NULL, NULL },
  { "tag-of-two-bytes-constructed", "3f01 01 01", NULL, NULL },
  { "last-short-tag", "1e01 01", "01", "" },
};

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      HEX (bytes, values[i].hex);
      MdocDer der = mdoc_der_open (mdoc_span_from_bytes (bytes));
      const MdocDer before = der;
      guint8 tag = 0;
      MdocSpan content = { NULL, 99 };
      MdocSpan encoded = { NULL, 99 };
      gboolean ok = mdoc_der_read_any (&der, &tag, &content, &encoded);

      g_test_message ("%s", values[i].name);
      g_assert_cmpint (ok, ==, values[i].content != NULL);
      if (!ok)
        {
          g_assert_cmpint (memcmp (&der, &before, sizeof (der)), ==, 0);
          g_assert_cmpuint (content.len, ==, 99);
          g_assert_cmpuint (encoded.len, ==, 99);
          tag = (guint8) (g_bytes_get_size (bytes) > 0 ? *der.pos : 0);
          g_assert_false (mdoc_der_read (&der, tag, &content));
          g_assert_false (mdoc_der_read_encoded (&der, tag, &encoded));
          g_assert_cmpint (memcmp (&der, &before, sizeof (der)), ==, 0);
          continue;
        }

      assert_span_hex (content, values[i].content);
      g_assert_cmpuint (tag, ==, encoded.data[0]);
      assert_span_hex (MDOC_SPAN (encoded.data + encoded.len,
                                  g_bytes_get_size (bytes) - encoded.len),
                       values[i].rest);
      g_assert_cmpint (mdoc_der_is_at_end (&der), ==, *values[i].rest == '\0');
    }
}

/* A length of 128 in other forms than the shortest: with zeros before it, and
 * with so many bytes that the first of them would be shifted out. */
static void
test_128 (void)
{
  static const struct
  {
    const char *head;
    gboolean is_ok;
  } tries[] = {
    { "048180", TRUE },
    { "04820080", FALSE },
    { "0484 00000080", FALSE },
    { "0485 0100000080", FALSE },
    { "0489 010000000000000080", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autofree char *text = g_strdup_printf ("%s%0256d", tries[i].head, 0);
      HEX (bytes, text);
      MdocDer der = mdoc_der_open (mdoc_span_from_bytes (bytes));
      MdocSpan content = { NULL, 128 };

      g_test_message ("%s", tries[i].head);
      g_assert_cmpint (mdoc_der_read (&der, MDOC_DER_OCTET_STRING, &content),
                       ==,
                       tries[i].is_ok);
      g_assert_cmpuint (content.len, ==, 128);
    }
}

/* Lengths around each change of form, written and read back. */
static void
test_lengths (void)
{
  static const gsize lengths[] = { 0,   1,   126,   127,   128,   129,    255,
                                   256, 257, 65535, 65536, 65537, 1 << 24 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree guint8 *content = g_malloc0 (lengths[i] + 1);
      g_autoptr (GByteArray) out = g_byte_array_new ();
      MdocDer der;
      MdocSpan found;

      memset (content, 0x5a, lengths[i]);
      mdoc_der_write (out,
                      MDOC_DER_OCTET_STRING,
                      MDOC_SPAN (content, lengths[i]));
      der = mdoc_der_open (MDOC_SPAN (out->data, out->len));
      g_assert_true (mdoc_der_read (&der, MDOC_DER_OCTET_STRING, &found));
      g_assert_true (mdoc_der_is_at_end (&der));
      g_assert_true (mdoc_span_equal (found, MDOC_SPAN (content, lengths[i])));
    }
}

/* One value of each kind that has a reader of its own. */
typedef enum
{
  BOOLEAN,
  INTEGER,
  SMALL_UINT, /* up to 300 */
  BITS,
  OCTET_BITS,
  TIME,
} Kind;

static const struct
{
  Kind kind;
  const char *hex;
  gint64 value; /* of BITS: the unused ones */
  const char *content;
} typed[] = {
  { BOOLEAN, "010100", 0, "" },
  { BOOLEAN, "0101ff", 1, "" },
  { BOOLEAN, "010101", -1, NULL },
  { BOOLEAN, "0100", -1, NULL },
  { BOOLEAN, "01020000", -1, NULL },
  { BOOLEAN, "020100", -1, NULL },
  { INTEGER, "020100", 0, "00" },
  { INTEGER, "02017f", 0, "7f" },
  { INTEGER, "02020080", 0, "0080" },
  { INTEGER, "0202007f", -1, NULL },
  { INTEGER, "0202ff7f", 0, "ff7f" },
  { INTEGER, "0202ff80", -1, NULL },
  { INTEGER, "0201ff", 0, "ff" },
  { INTEGER, "0200", -1, NULL },
  { INTEGER, "030100", -1, NULL },
  { SMALL_UINT, "020100", 0, "" },
  { SMALL_UINT, "0202012c", 300, "" },
  { SMALL_UINT, "0202012d", -1, NULL },
  { SMALL_UINT, "02047fffffff", -1, NULL },
  { SMALL_UINT, "0205010000000a", -1, NULL },
  { SMALL_UINT, "0201ff", -1, NULL },
  { BITS, "030100", 0, "" },
  { BITS, "030101", -1, NULL },
  { BITS, "0300", -1, NULL },
  { BITS, "03020780", 7, "80" },
  { BITS, "03020781", -1, NULL },
  { BITS, "03020880", -1, NULL },
  { BITS, "030300ffff", 0, "ffff" },
  { BITS, "03020680", 6, "80" },
  { BITS, "040100", -1, NULL },
  { OCTET_BITS, "030200ff", 0, "ff" },
  { OCTET_BITS, "030204f0", -1, NULL },
  { OCTET_BITS, "0300", -1, NULL },
  /* 700101000000Z, 491231235959Z, 500101000000Z */
  { TIME, "170d3730303130313030303030305a", 0, "" },
  { TIME, "170d3439313233313233353935395a", 2524607999, "" },
  { TIME, "170d3530303130313030303030305a", -631152000, "" },
  /* 20500101000000Z, 99991231235959Z */
  { TIME, "180f32303530303130313030303030305a", 2524608000, "" },
  { TIME, "180f39393939313233313233353935395a", 253402300799, "" },
  /* without Z, without seconds, with an offset, with a fraction */
  { TIME, "170c373030313031303030303030", -1, NULL },
  { TIME, "170d37303031303130303030303030", -1, NULL },
  { TIME, "170b373030313031303030305a", -1, NULL },
  { TIME, "17113730303130313030303030302b30303030", -1, NULL },
  { TIME, "181132303530303130313030303030302e315a", -1, NULL },
  /* a letter, the 13th month, the 30th of February, hour 24, second 60 */
  { TIME, "170d3730303130613030303030305a", -1, NULL },
  { TIME, "170d6130303130313030303030305a", -1, NULL },
  { TIME, "170d3730313330313030303030305a", -1, NULL },
  { TIME, "170d3730303233303030303030305a", -1, NULL },
  { TIME, "170d3730303130313234303030305a", -1, NULL },
  { TIME, "170d3730303130313030303036305a", -1, NULL },
  { TIME, "130d3730303130313030303030305a", -1, NULL },
  { TIME, "130f32303530303130313030303030305a", -1, NULL },
  { TIME, "", -1, NULL },
};

static gboolean
read_typed (MdocDer *der, Kind kind, gint64 *ret_value, MdocSpan *ret_content)
{
  gboolean boolean = FALSE;
  guint32 number = 0;
  guint n_unused = 0;
  gboolean ok = FALSE;

  switch (kind)
    {
    case BOOLEAN:
      ok = mdoc_der_read_boolean (der, &boolean);
      *ret_value = boolean;
      break;
    case INTEGER:
      ok = mdoc_der_read_integer (der, ret_content);
      break;
    case SMALL_UINT:
      ok = mdoc_der_read_small_uint (der, 300, &number);
      *ret_value = number;
      break;
    case BITS:
      ok = mdoc_der_read_bits (der, &n_unused, ret_content);
      *ret_value = n_unused;
      break;
    case OCTET_BITS:
      ok = mdoc_der_read_octet_bits (der, ret_content);
      break;
    case TIME:
      ok = mdoc_der_read_time (der, ret_value);
      break;
    default:
      g_assert_not_reached ();
    }

  return ok;
}

static void
test_typed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      HEX (bytes, typed[i].hex);
      MdocDer der = mdoc_der_open (mdoc_span_from_bytes (bytes));
      const MdocDer before = der;
      MdocSpan content = { NULL, 0 };
      gint64 value = 0;
      gboolean ok;

      g_test_message ("%s", typed[i].hex);
      ok = read_typed (&der, typed[i].kind, &value, &content);
      g_assert_cmpint (ok, ==, typed[i].content != NULL);
      if (ok)
        {
          g_assert_cmpint (value, ==, typed[i].value);
          assert_span_hex (content, typed[i].content);
          g_assert_true (mdoc_der_is_at_end (&der));
        }
      else
        {
          g_assert_cmpint (memcmp (&der, &before, sizeof (der)), ==, 0);
        }
    }
}

static const struct
{
  const char *hex;
  const char *text; /* NULL: refused */
} oids[] = {
  { "00", "0.0" },
  { "27", "0.39" },
  { "28", "1.0" },
  { "4f", "1.39" },
  { "50", "2.0" },
  { "550403", "2.5.4.3" },
  { "883703", "2.999.3" },
  { "28818c5d050102", "1.0.18013.5.1.2" },
  { "2881b534040102", "1.0.23220.4.1.2" },
  { "2a8648ce3d030107", "1.2.840.10045.3.1.7" },
  { "2a818001", "1.2.16385" },
  /* the largest arc, 56 bits, and one bit more */
  { "2affffffffffffff7f", "1.2.72057594037927935" },
  { "2a81ffffffffffffff7f", NULL },
  { "", NULL },
  { "80", NULL },
  { "8001", NULL },
  { "2a8001", NULL },
  { "2a80", NULL },
  { "2a86", NULL },
};

static void
test_oids (void)
{
  char text[MDOC_DER_OID_TEXT_MAX_LEN];

  for (gsize i = 0; i < G_N_ELEMENTS (oids); i++)
    {
      HEX (content, oids[i].hex);

      g_test_message ("%s", oids[i].hex);
      strcpy (text, "untouched");
      g_assert_cmpint (mdoc_der_oid_to_text (mdoc_span_from_bytes (content),
                                             text),
                       ==,
                       oids[i].text != NULL);
      g_assert_cmpstr (text,
                       ==,
                       oids[i].text != NULL ? oids[i].text : "untouched");

      if (oids[i].text != NULL)
        {
          g_autoptr (GByteArray) out = g_byte_array_new ();

          mdoc_der_write_oid (out, oids[i].text);
          assert_span_hex (MDOC_SPAN (out->data + 2, out->len - 2),
                           oids[i].hex);
        }
    }
}

/* The longest text, and one that is longer by an arc of one digit. */
static void
test_long_oid (void)
{
  guint8 content[64];
  char text[MDOC_DER_OID_TEXT_MAX_LEN];

  /* "1.0" and 62 times ".1" are 127 characters, which with a NUL just fit */
  memset (content, 1, sizeof (content));
  content[0] = 40;
  g_assert_true (mdoc_der_oid_to_text (MDOC_SPAN (content, 63), text));
  g_assert_cmpuint (strlen (text), ==, MDOC_DER_OID_TEXT_MAX_LEN - 1);
  g_assert_false (mdoc_der_oid_to_text (MDOC_SPAN (content, 64), text));
}

static const struct
{
  const char *der;
  gsize n_bytes;
  const char *raw; /* NULL: refused */
} signatures[] = {
  { "3006 020101 020102", 1, "0102" },
  { "3006 020101 020102", 4, "00000001 00000002" },
  { "3008 02020080 020200ff", 1, "80ff" },
  { "3006 020100 020100", 1, "0000" },
  { "3008 02020100 020102", 1, NULL }, /* r of two bytes, s cut */
  { "3007 02020100 020102", 1, NULL }, /* r of two bytes */
  { "3007 020102 02020100", 1, NULL }, /* s of two bytes */
  { "3006 0201ff 020102", 1, NULL },   /* negative */
  { "3006 020101 0201ff", 1, NULL },   /* negative */
  { "3007 02020001 020102", 1, NULL }, /* not the shortest form */
  { "3008 020101 020102 0500", 1, NULL },
  { "3006 020101 020102 00", 1, NULL },
  { "3003 020101", 1, NULL },
  { "3000", 1, NULL },
  { "3106 020101 020102", 1, NULL },
  { "0102", 1, NULL },
  { "", 1, NULL },
};

static void
test_signatures (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (signatures); i++)
    {
      HEX (der, signatures[i].der);
      const gsize n = signatures[i].n_bytes;
      guint8 raw[8];
      guint8 back[MDOC_DER_SIGNATURE_MAX_LEN];
      gsize len;

      g_test_message ("%s", signatures[i].der);
      memset (raw, 0x5a, sizeof (raw));
      g_assert_cmpint (mdoc_der_signature_to_raw (mdoc_span_from_bytes (der),
                                                  n,
                                                  raw),
                       ==,
                       signatures[i].raw != NULL);
      if (signatures[i].raw == NULL)
        {
          assert_span_hex (MDOC_SPAN (raw, 8), "5a5a5a5a5a5a5a5a");
          continue;
        }

      assert_span_hex (MDOC_SPAN (raw, 2 * n), signatures[i].raw);
      len = mdoc_der_signature_from_raw (raw, n, back);
      assert_span_hex (MDOC_SPAN (back, len), signatures[i].der);
    }
}

/* The longest encoding that there is: both halves of P-521 with a sign byte,
 * though no such number is below its order. */
static void
test_longest_signature (void)
{
  guint8 raw[2 * 66];
  guint8 again[2 * 66];
  guint8 der[MDOC_DER_SIGNATURE_MAX_LEN];
  gsize len;

  memset (raw, 0xff, sizeof (raw));
  len = mdoc_der_signature_from_raw (raw, 66, der);
  g_assert_cmpuint (len, ==, 3 + 2 * (2 + 1 + 66));
  g_assert_true (mdoc_der_signature_to_raw (MDOC_SPAN (der, len), 66, again));
  g_assert_cmpint (memcmp (raw, again, sizeof (raw)), ==, 0);
}

static void
test_write (void)
{
  static const guint8 zeros_and_80[] = { 0, 0, 0x80 };
  static const guint8 zeros[] = { 0, 0 };
  g_autoptr (GByteArray) out = g_byte_array_new ();

  mdoc_der_write_uint (out, MDOC_SPAN (zeros_and_80, 3));
  mdoc_der_write_uint (out, MDOC_SPAN (zeros, 2));
  mdoc_der_write_octet_bits (out, MDOC_SPAN (zeros, 2));
  mdoc_der_write_text (out, MDOC_DER_UTF8_STRING, "UT");
  mdoc_der_write_time (out, 0);
  mdoc_der_write_time (out, 2524607999);
  mdoc_der_write_time (out, 2524608000);
  assert_span_hex (MDOC_SPAN (out->data, out->len),
                   "02020080 020100 0303000000 0c025554"
                   "170d3730303130313030303030305a"
                   "170d3439313233313233353935395a"
                   "180f32303530303130313030303030305a");
}

/* PEM of every length around a line's end reads back as it was. */
static void
test_pem_lengths (void)
{
  guint8 content[200];

  for (gsize i = 0; i < sizeof (content); i++)
    content[i] = (guint8) (i * 7);

  for (gsize len = 1; len <= sizeof (content); len++)
    {
      g_autoptr (MdocSecret) text = NULL;
      g_autoptr (MdocSecret) der = NULL;
      g_auto (GStrv) lines = NULL;
      g_autofree char *copy = NULL;
      MdocPem reader;
      MdocSpan label;

      text = mdoc_pem_write ("ANY THING", MDOC_SPAN (content, len));
      copy = g_strndup ((const char *) mdoc_secret_get_data (text),
                        mdoc_secret_get_len (text));
      g_assert_cmpuint (strlen (copy), ==, mdoc_secret_get_len (text));
      lines = g_strsplit (copy, "\n", -1);
      for (guint i = 0; lines[i] != NULL; i++)
        g_assert_cmpuint (strlen (lines[i]), <=, 64);
      g_assert_true (g_str_has_suffix (copy, "-----END ANY THING-----\n"));

      reader = mdoc_pem_open (mdoc_secret_get_span (text));
      g_assert_cmpint (mdoc_pem_next (&reader, &label, &der),
                       ==,
                       MDOC_PEM_BLOCK);
      g_assert_true (mdoc_span_equals_text (label, "ANY THING"));
      g_assert_true (mdoc_span_equal (mdoc_secret_get_span (der),
                                      MDOC_SPAN (content, len)));
      g_clear_pointer (&der, mdoc_secret_free);
      g_assert_cmpint (mdoc_pem_next (&reader, &label, &der), ==, MDOC_PEM_END);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/der/values", test_values);
  g_test_add_func ("/der/lengths", test_lengths);
  g_test_add_func ("/der/128", test_128);
  g_test_add_func ("/der/typed", test_typed);
  g_test_add_func ("/der/oids", test_oids);
  g_test_add_func ("/der/oids/longest", test_long_oid);
  g_test_add_func ("/der/signatures", test_signatures);
  g_test_add_func ("/der/signatures/longest", test_longest_signature);
  g_test_add_func ("/der/write", test_write);
  g_test_add_func ("/der/pem", test_pem_lengths);

  return g_test_run ();
}
