/*
 * mdoc-der.c - a bounded reader and a small writer of DER
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-der.h"

#include <string.h>

/* Four bytes of length are 4 GiB; no caller has so much to begin with. */
#define MAX_LENGTH_BYTES 4
#define MAX_ARC_BITS     56

/**
 * mdoc_der_open:
 * @bytes: one or more DER values; outlives the reader
 *
 * Returns: the place before the first of them
 */
MdocDer
mdoc_der_open (MdocSpan bytes)
{
  static const guint8 nothing;

  if (bytes.len == 0)
    return (MdocDer){ &nothing, &nothing };

  return (MdocDer){ bytes.data, bytes.data + bytes.len };
}

/**
 * mdoc_der_is_at_end:
 * @self: a place
 *
 * Returns: %TRUE if nothing follows
 */
gboolean
mdoc_der_is_at_end (const MdocDer *self)
{
  return self->pos == self->end;
}

/**
 * mdoc_der_next_is:
 * @self: a place
 * @tag: an identifier octet
 *
 * Returns: %TRUE if a value of that tag begins here; it may be truncated
 */
gboolean
mdoc_der_next_is (const MdocDer *self, guint8 tag)
{
  return self->pos != self->end && *self->pos == tag;
}

/* The length octets at @pos; shortest form only (X.690, 10.1). */
static gboolean
read_length (const guint8 *pos,
             const guint8 *end,
             const guint8 **ret_content,
             gsize *ret_len)
{
  gsize n_bytes;
  gsize len = 0;

  if (pos == end)
    return FALSE;

  if (*pos < 0x80)
    {
      *ret_content = pos + 1;
      *ret_len = *pos;
      return TRUE;
    }

  n_bytes = *pos & 0x7f;
  pos++;
  if (n_bytes == 0 || n_bytes > MAX_LENGTH_BYTES
      || n_bytes > (gsize) (end - pos) || pos[0] == 0)
    return FALSE;

  for (gsize i = 0; i < n_bytes; i++)
    len = len << 8 | pos[i];

  if (len < 0x80)
    return FALSE;

  *ret_content = pos + n_bytes;
  *ret_len = len;
  return TRUE;
}

/**
 * mdoc_der_read_any:
 * @self: a place, moved behind the value
 * @ret_tag: (out): its identifier octet
 * @ret_content: (out) (optional): what is inside
 * @ret_encoded: (out) (optional): tag, length and content, as received
 *
 * Returns: %FALSE if no whole DER value follows
 */
gboolean
mdoc_der_read_any (MdocDer *self,
                   guint8 *ret_tag,
                   MdocSpan *ret_content,
                   MdocSpan *ret_encoded)
{
  const guint8 *content;
  gsize len;

  if (self->pos == self->end || (*self->pos & 0x1f) == 0x1f)
    return FALSE;

  if (!read_length (self->pos + 1, self->end, &content, &len))
    return FALSE;

  if (len > (gsize) (self->end - content))
    return FALSE;

  *ret_tag = *self->pos;
  if (ret_content != NULL)
    *ret_content = MDOC_SPAN (content, len);
  if (ret_encoded != NULL)
    *ret_encoded = MDOC_SPAN (self->pos, (gsize) (content - self->pos) + len);
  self->pos = content + len;
  return TRUE;
}

/**
 * mdoc_der_read:
 * @self: a place, moved behind the value
 * @tag: the identifier octet that it must have
 * @ret_content: (out): what is inside
 *
 * Returns: %FALSE if no whole value of that tag follows
 */
gboolean
mdoc_der_read (MdocDer *self, guint8 tag, MdocSpan *ret_content)
{
  guint8 found;

  return mdoc_der_next_is (self, tag)
         && mdoc_der_read_any (self, &found, ret_content, NULL);
}

/**
 * mdoc_der_read_encoded:
 * @self: a place, moved behind the value
 * @tag: the identifier octet that it must have
 * @ret_encoded: (out): tag, length and content, as received
 *
 * Returns: %FALSE if no whole value of that tag follows
 */
gboolean
mdoc_der_read_encoded (MdocDer *self, guint8 tag, MdocSpan *ret_encoded)
{
  guint8 found;

  return mdoc_der_next_is (self, tag)
         && mdoc_der_read_any (self, &found, NULL, ret_encoded);
}

/**
 * mdoc_der_enter:
 * @self: a place, moved behind the value
 * @tag: the identifier octet that it must have
 * @ret_inner: (out): the place before its first member
 *
 * Returns: %FALSE if no whole value of that tag follows
 */
gboolean
mdoc_der_enter (MdocDer *self, guint8 tag, MdocDer *ret_inner)
{
  MdocSpan content;

  if (!mdoc_der_read (self, tag, &content))
    return FALSE;

  *ret_inner = mdoc_der_open (content);
  return TRUE;
}

/**
 * mdoc_der_read_boolean:
 * @self: a place, moved behind the value
 * @ret_value: (out): what it says
 *
 * Returns: %FALSE if no BOOLEAN of DER, 0x00 or 0xff, follows
 */
gboolean
mdoc_der_read_boolean (MdocDer *self, gboolean *ret_value)
{
  MdocDer ahead = *self;
  MdocSpan content;

  if (!mdoc_der_read (&ahead, MDOC_DER_BOOLEAN, &content) || content.len != 1
      || (content.data[0] != 0x00 && content.data[0] != 0xff))
    return FALSE;

  *ret_value = content.data[0] != 0;
  *self = ahead;
  return TRUE;
}

/**
 * mdoc_der_read_integer:
 * @self: a place, moved behind the value
 * @ret_content: (out): two's complement, at least one byte
 *
 * Returns: %FALSE if no INTEGER in its shortest form follows
 */
gboolean
mdoc_der_read_integer (MdocDer *self, MdocSpan *ret_content)
{
  MdocDer ahead = *self;
  MdocSpan content;

  if (!mdoc_der_read (&ahead, MDOC_DER_INTEGER, &content) || content.len == 0)
    return FALSE;

  if (content.len > 1
      && ((content.data[0] == 0x00 && content.data[1] < 0x80)
          || (content.data[0] == 0xff && content.data[1] >= 0x80)))
    return FALSE;

  *ret_content = content;
  *self = ahead;
  return TRUE;
}

/**
 * mdoc_der_read_small_uint:
 * @self: a place, moved behind the value
 * @max: largest value taken, below 2^31
 * @ret_value: (out): the value
 *
 * Returns: %FALSE if no INTEGER from 0 to @max follows
 */
gboolean
mdoc_der_read_small_uint (MdocDer *self, guint32 max, guint32 *ret_value)
{
  MdocDer ahead = *self;
  MdocSpan content;
  guint32 value = 0;

  if (!mdoc_der_read_integer (&ahead, &content) || content.len > 4
      || content.data[0] >= 0x80)
    return FALSE;

  for (gsize i = 0; i < content.len; i++)
    value = value << 8 | content.data[i];

  if (value > max)
    return FALSE;

  *ret_value = value;
  *self = ahead;
  return TRUE;
}

/**
 * mdoc_der_read_bits:
 * @self: a place, moved behind the value
 * @ret_n_unused: (out): how many low bits of the last byte do not count, 0 to 7
 * @ret_bits: (out): the bytes; the unused bits are zero
 *
 * Returns: %FALSE if no BIT STRING of DER follows
 */
gboolean
mdoc_der_read_bits (MdocDer *self, guint *ret_n_unused, MdocSpan *ret_bits)
{
  MdocDer ahead = *self;
  MdocSpan content;
  guint n_unused;

  if (!mdoc_der_read (&ahead, MDOC_DER_BIT_STRING, &content)
      || content.len == 0)
    return FALSE;

  n_unused = content.data[0];
  if (n_unused > 7 || (content.len == 1 && n_unused != 0)
      || (content.data[content.len - 1] & ((1U << n_unused) - 1)) != 0)
    return FALSE;

  *ret_n_unused = n_unused;
  *ret_bits = MDOC_SPAN (content.data + 1, content.len - 1);
  *self = ahead;
  return TRUE;
}

/**
 * mdoc_der_read_octet_bits:
 * @self: a place, moved behind the value
 * @ret_octets: (out): the bytes of a BIT STRING without unused bits
 *
 * Returns: %FALSE if no such BIT STRING follows
 */
gboolean
mdoc_der_read_octet_bits (MdocDer *self, MdocSpan *ret_octets)
{
  MdocDer ahead = *self;
  guint n_unused;
  MdocSpan octets;

  if (!mdoc_der_read_bits (&ahead, &n_unused, &octets) || n_unused != 0)
    return FALSE;

  *ret_octets = octets;
  *self = ahead;
  return TRUE;
}

static gboolean
read_digits (const guint8 *digits, gsize n, gint *ret_value)
{
  gint value = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (digits[i]))
        return FALSE;
      value = value * 10 + (digits[i] - '0');
    }

  *ret_value = value;
  return TRUE;
}

/**
 * mdoc_der_read_time:
 * @self: a place, moved behind the value
 * @ret_unix_s: (out): seconds since 1970
 *
 * Reads a Time of RFC 5280, 4.1.2.5: a UTCTime of the years 1950 to 2049, or a
 * GeneralizedTime; both with seconds, without a fraction, ending in Z.
 *
 * Returns: %FALSE if no such time follows
 */
gboolean
mdoc_der_read_time (MdocDer *self, gint64 *ret_unix_s)
{
  MdocDer ahead = *self;
  g_autoptr (GDateTime) when = NULL;
  MdocSpan text;
  guint8 tag;
  gsize year_len;
  gint year;
  gint fields[5]; /* month, day, hour, minute, second */

  if (!mdoc_der_read_any (&ahead, &tag, &text, NULL)
      || (tag != MDOC_DER_UTC_TIME && tag != MDOC_DER_GENERALIZED_TIME))
    return FALSE;

  year_len = tag == MDOC_DER_UTC_TIME ? 2 : 4;
  if (text.len != year_len + 11 || text.data[text.len - 1] != 'Z'
      || !read_digits (text.data, year_len, &year))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (!read_digits (text.data + year_len + 2 * i, 2, &fields[i]))
        return FALSE;
    }

  if (tag == MDOC_DER_UTC_TIME)
    year += year < 50 ? 2000 : 1900;

  /* NULL for the 31st of February, hour 24 and their like */
  when = g_date_time_new_utc (year,
                              fields[0],
                              fields[1],
                              fields[2],
                              fields[3],
                              fields[4]);
  if (when == NULL)
    return FALSE;

  *ret_unix_s = g_date_time_to_unix (when);
  *self = ahead;
  return TRUE;
}

/**
 * mdoc_der_oid_to_text:
 * @content: the content of an OBJECT IDENTIFIER
 * @ret_text: (out): it in dotted decimals
 *
 * Returns: %FALSE if it is none, has an arc of more than 56 bits, or its text
 *   would be longer than @ret_text
 */
gboolean
mdoc_der_oid_to_text (MdocSpan content,
                      char ret_text[MDOC_DER_OID_TEXT_MAX_LEN])
{
  char text[MDOC_DER_OID_TEXT_MAX_LEN];
  gsize used = 0;
  guint64 arc = 0;
  gboolean begun = FALSE;

  for (gsize i = 0; i < content.len; i++)
    {
      int n;

      /* 0x80 first would be a leading zero */
      if ((!begun && content.data[i] == 0x80) || arc >> (MAX_ARC_BITS - 7) != 0)
        return FALSE;

      arc = arc << 7 | (content.data[i] & 0x7f);
      begun = (content.data[i] & 0x80) != 0;
      if (begun)
        continue;

      if (used == 0)
        {
          guint64 first = MIN (arc / 40, 2);

          n = g_snprintf (text,
                          sizeof (text),
                          "%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT,
                          first,
                          arc - 40 * first);
        }
      else
        n = g_snprintf (text + used,
                        sizeof (text) - used,
                        ".%" G_GUINT64_FORMAT,
                        arc);

      used += (gsize) n;
      if (used >= sizeof (text))
        return FALSE;
      arc = 0;
    }

  if (used == 0 || begun)
    return FALSE;

  memcpy (ret_text, text, used + 1);
  return TRUE;
}

static gboolean
read_scalar (MdocDer *self, gsize n_bytes, guint8 *ret_scalar)
{
  MdocSpan content;

  if (!mdoc_der_read_integer (self, &content) || content.data[0] >= 0x80)
    return FALSE;

  if (content.data[0] == 0)
    content = MDOC_SPAN (content.data + 1, content.len - 1);
  if (content.len > n_bytes)
    return FALSE;

  memset (ret_scalar, 0, n_bytes - content.len);
  if (content.len > 0)
    memcpy (ret_scalar + n_bytes - content.len, content.data, content.len);
  return TRUE;
}

/**
 * mdoc_der_signature_to_raw:
 * @der: an ECDSA-Sig-Value: SEQUENCE { r INTEGER, s INTEGER }
 * @n_bytes: length of each half, at most 66
 * @ret_raw: (out): room for 2 * @n_bytes
 *
 * Returns: %FALSE if @der is none, or r or s is negative or too long
 */
gboolean
mdoc_der_signature_to_raw (MdocSpan der, gsize n_bytes, guint8 *ret_raw)
{
  MdocDer outer = mdoc_der_open (der);
  MdocDer inner;
  guint8 raw[2 * 66];

  g_return_val_if_fail (2 * n_bytes <= sizeof (raw), FALSE);

  if (!mdoc_der_enter (&outer, MDOC_DER_SEQUENCE, &inner)
      || !mdoc_der_is_at_end (&outer) || !read_scalar (&inner, n_bytes, raw)
      || !read_scalar (&inner, n_bytes, raw + n_bytes)
      || !mdoc_der_is_at_end (&inner))
    return FALSE;

  memcpy (ret_raw, raw, 2 * n_bytes);
  return TRUE;
}

static gsize
put_scalar (guint8 *out, const guint8 *scalar, gsize n_bytes)
{
  gsize pad;

  while (n_bytes > 1 && scalar[0] == 0)
    {
      scalar++;
      n_bytes--;
    }

  pad = scalar[0] >> 7;
  out[0] = MDOC_DER_INTEGER;
  out[1] = (guint8) (n_bytes + pad);
  out[2] = 0;
  memcpy (out + 2 + pad, scalar, n_bytes);
  return 2 + pad + n_bytes;
}

/**
 * mdoc_der_signature_from_raw:
 * @raw: r || s
 * @n_bytes: length of each half, 1 to 66
 * @ret_der: (out): the ECDSA-Sig-Value
 *
 * Returns: the length of @ret_der
 */
gsize
mdoc_der_signature_from_raw (const guint8 *raw,
                             gsize n_bytes,
                             guint8 ret_der[MDOC_DER_SIGNATURE_MAX_LEN])
{
  guint8 members[MDOC_DER_SIGNATURE_MAX_LEN];
  gsize len;
  gsize head;

  g_return_val_if_fail (n_bytes >= 1 && n_bytes <= 66, 0);

  len = put_scalar (members, raw, n_bytes);
  len += put_scalar (members + len, raw + n_bytes, n_bytes);

  head = len < 0x80 ? 2 : 3;
  ret_der[0] = MDOC_DER_SEQUENCE;
  ret_der[1] = 0x81;
  ret_der[head - 1] = (guint8) len;
  memcpy (ret_der + head, members, len);
  return head + len;
}

/**
 * mdoc_der_begin:
 * @out: bytes to append to
 * @tag: identifier octet of the value to begin
 *
 * Returns: what mdoc_der_end() needs to know
 */
gsize
mdoc_der_begin (GByteArray *out, guint8 tag)
{
  const guint8 head[] = { tag, 0 };

  g_byte_array_append (out, head, sizeof (head));
  return out->len;
}

/**
 * mdoc_der_end:
 * @out: the bytes
 * @begun: what the matching mdoc_der_begin() returned
 *
 * Ends a value: all that was written since is its content.
 */
void
mdoc_der_end (GByteArray *out, gsize begun)
{
  gsize len = out->len - begun;
  guint8 bytes[MAX_LENGTH_BYTES];
  gsize n_bytes = 0;

  if (len < 0x80)
    {
      out->data[begun - 1] = (guint8) len;
      return;
    }

  for (gsize rest = len; rest > 0; rest >>= 8)
    n_bytes++;
  for (gsize i = 0; i < n_bytes; i++)
    bytes[i] = (guint8) (len >> 8 * (n_bytes - 1 - i));

  out->data[begun - 1] = (guint8) (0x80 | n_bytes);
  g_byte_array_set_size (out, out->len + (guint) n_bytes);
  memmove (out->data + begun + n_bytes, out->data + begun, len);
  memcpy (out->data + begun, bytes, n_bytes);
}

/**
 * mdoc_der_write_encoded:
 * @out: bytes to append to
 * @encoded: a DER value, tag and all
 */
void
mdoc_der_write_encoded (GByteArray *out, MdocSpan encoded)
{
  if (encoded.len > 0)
    g_byte_array_append (out, encoded.data, (guint) encoded.len);
}

/**
 * mdoc_der_write:
 * @out: bytes to append to
 * @tag: identifier octet
 * @content: what goes inside
 */
void
mdoc_der_write (GByteArray *out, guint8 tag, MdocSpan content)
{
  gsize begun = mdoc_der_begin (out, tag);

  mdoc_der_write_encoded (out, content);
  mdoc_der_end (out, begun);
}

/**
 * mdoc_der_write_text:
 * @out: bytes to append to
 * @tag: identifier octet of a string type; the caller knows that @text fits it
 * @text: the string
 */
void
mdoc_der_write_text (GByteArray *out, guint8 tag, const char *text)
{
  mdoc_der_write (out, tag, mdoc_span_from_text (text));
}

static void
write_arc (GByteArray *out, guint64 arc)
{
  guint8 bytes[10];
  gsize at = sizeof (bytes);

  bytes[--at] = (guint8) (arc & 0x7f);
  for (arc >>= 7; arc != 0; arc >>= 7)
    bytes[--at] = (guint8) (0x80 | (arc & 0x7f));

  g_byte_array_append (out, bytes + at, (guint) (sizeof (bytes) - at));
}

/**
 * mdoc_der_write_oid:
 * @out: bytes to append to
 * @dotted: an object identifier of ours, such as "2.5.29.15"
 */
void
mdoc_der_write_oid (GByteArray *out, const char *dotted)
{
  gsize begun = mdoc_der_begin (out, MDOC_DER_OID);
  char *end = NULL;
  guint64 first = g_ascii_strtoull (dotted, &end, 10);

  write_arc (out, first * 40 + g_ascii_strtoull (end + 1, &end, 10));
  while (*end == '.')
    write_arc (out, g_ascii_strtoull (end + 1, &end, 10));

  mdoc_der_end (out, begun);
}

/**
 * mdoc_der_write_uint:
 * @out: bytes to append to
 * @big_endian: a number that is not negative, at least one byte
 */
void
mdoc_der_write_uint (GByteArray *out, MdocSpan big_endian)
{
  static const guint8 zero = 0;
  gsize begun = mdoc_der_begin (out, MDOC_DER_INTEGER);

  while (big_endian.len > 1 && big_endian.data[0] == 0)
    big_endian = MDOC_SPAN (big_endian.data + 1, big_endian.len - 1);

  if (big_endian.data[0] >= 0x80)
    g_byte_array_append (out, &zero, 1);
  mdoc_der_write_encoded (out, big_endian);
  mdoc_der_end (out, begun);
}

/**
 * mdoc_der_write_octet_bits:
 * @out: bytes to append to
 * @octets: whole bytes to wrap as a BIT STRING
 */
void
mdoc_der_write_octet_bits (GByteArray *out, MdocSpan octets)
{
  static const guint8 n_unused = 0;
  gsize begun = mdoc_der_begin (out, MDOC_DER_BIT_STRING);

  g_byte_array_append (out, &n_unused, 1);
  mdoc_der_write_encoded (out, octets);
  mdoc_der_end (out, begun);
}

/**
 * mdoc_der_write_time:
 * @out: bytes to append to
 * @unix_s: seconds since 1970, of the years 1950 to 9999
 *
 * Writes a UTCTime up to 2049 and a GeneralizedTime from 2050, as RFC 5280,
 * 4.1.2.5, asks for.
 */
void
mdoc_der_write_time (GByteArray *out, gint64 unix_s)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (unix_s);
  g_autofree char *text = NULL;
  gboolean is_utc;

  g_return_if_fail (when != NULL);

  is_utc = g_date_time_get_year (when) < 2050;
  text = g_date_time_format (when, is_utc ? "%y%m%d%H%M%SZ" : "%Y%m%d%H%M%SZ");
  mdoc_der_write_text (out,
                       is_utc ? MDOC_DER_UTC_TIME : MDOC_DER_GENERALIZED_TIME,
                       text);
}
