/*
 * mdoc-text.c - bytes as text: hexadecimal, base64url, times
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-text.h"

#include <string.h>

G_DEFINE_QUARK (mdoc_text_error_quark, mdoc_text_error)

static gboolean
refuse (GError **error, MdocTextError code, const char *reason)
{
  g_set_error_literal (error, MDOC_TEXT_ERROR, (gint) code, reason);
  return FALSE;
}

/**
 * mdoc_hex_encode:
 * @bytes: what to write
 *
 * Returns: (transfer full): lower-case hexadecimal, two digits a byte
 */
char *
mdoc_hex_encode (MdocSpan bytes)
{
  static const char digits[] = "0123456789abcdef";
  char *text = g_malloc (bytes.len * 2 + 1);

  for (gsize i = 0; i < bytes.len; i++)
    {
      text[2 * i] = digits[bytes.data[i] >> 4];
      text[2 * i + 1] = digits[bytes.data[i] & 0xf];
    }
  text[bytes.len * 2] = '\0';

  return text;
}

static guint
get_hex_value (char digit)
{
  return digit <= '9' ? (guint) (digit - '0') : ((guint) digit & 0xf) + 9;
}

/**
 * mdoc_hex_decode:
 * @text: hexadecimal of either case; white space is allowed between bytes
 * @error: return location for a #MdocTextError
 *
 * Returns: (transfer full): the bytes, or %NULL with @error set
 */
GBytes *
mdoc_hex_decode (const char *text, GError **error)
{
  g_autofree guint8 *bytes = NULL;
  gsize len = 0;

  g_return_val_if_fail (text != NULL, NULL);

  /* a picture is long: no call that grows an array for each byte */
  bytes = g_malloc (strlen (text) / 2 + 1);
  for (const char *p = text; *p != '\0';)
    {
      if (g_ascii_isspace (*p))
        {
          p++;
          continue;
        }

      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        {
          refuse (error, MDOC_TEXT_ERROR_MALFORMED, "Text is no hexadecimal");
          return NULL;
        }

      bytes[len++] = (guint8) (get_hex_value (p[0]) << 4
                               | get_hex_value (p[1]));
      p += 2;
    }

  return g_bytes_new_take (g_steal_pointer (&bytes), len);
}

/* g_strdelimit() searches its delimiters anew for each character, which shows
 * where pictures pass through */
static void
replace (char *text, char from, char to)
{
  for (; *text != '\0'; text++)
    if (*text == from)
      *text = to;
}

/**
 * mdoc_base64url_encode:
 * @bytes: what to write
 *
 * RFC 4648, section 5, without padding.
 *
 * Returns: (transfer full): the text
 */
char *
mdoc_base64url_encode (MdocSpan bytes)
{
  char *text = g_base64_encode (bytes.data, bytes.len);

  replace (text, '+', '-');
  replace (text, '/', '_');
  text[strcspn (text, "=")] = '\0';

  return text;
}

/**
 * mdoc_base64url_decode:
 * @text: RFC 4648, section 5, without padding
 * @max_bytes: most bytes that the caller is ready to receive
 * @error: return location for a #MdocTextError
 *
 * Strict: no padding, no white space, no character of the other alphabet, and
 * the unused bits of the last character are zero, so that no two texts stand
 * for the same bytes.
 *
 * Returns: (transfer full): the bytes, or %NULL with @error set
 */
GBytes *
mdoc_base64url_decode (const char *text, gsize max_bytes, GError **error)
{
  g_autofree char *padded = NULL;
  g_autofree guint8 *bytes = NULL;
  g_autofree char *again = NULL;
  gsize len;
  gsize n_bytes;

  g_return_val_if_fail (text != NULL, NULL);

  len = strlen (text);
  if (len / 4 * 3 > max_bytes)
    {
      refuse (error, MDOC_TEXT_ERROR_LIMIT, "Base64url text is too long");
      return NULL;
    }

  if (len % 4 == 1
      || strspn (text,
                 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                 "0123456789-_")
             != len)
    {
      refuse (error, MDOC_TEXT_ERROR_MALFORMED, "Text is no base64url");
      return NULL;
    }

  padded = g_strconcat (text, &"==="[3 - (4 - len % 4) % 4], NULL);
  replace (padded, '-', '+');
  replace (padded, '_', '/');
  bytes = g_base64_decode (padded, &n_bytes);

  again = mdoc_base64url_encode (MDOC_SPAN (bytes, n_bytes));
  if (strcmp (again, text) != 0)
    {
      refuse (error,
              MDOC_TEXT_ERROR_MALFORMED,
              "Base64url text has stray bits at its end");
      return NULL;
    }

  if (n_bytes > max_bytes)
    {
      refuse (error, MDOC_TEXT_ERROR_LIMIT, "Base64url text is too long");
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&bytes), n_bytes);
}

static gboolean
read_digits (const char **cursor, guint n_digits, gint *ret_value)
{
  gint value = 0;

  for (guint i = 0; i < n_digits; i++)
    {
      if (!g_ascii_isdigit (**cursor))
        return FALSE;
      value = value * 10 + (**cursor - '0');
      (*cursor)++;
    }

  *ret_value = value;
  return TRUE;
}

static gboolean
read_char (const char **cursor, const char *accepted)
{
  if (**cursor == '\0' || strchr (accepted, **cursor) == NULL)
    return FALSE;

  (*cursor)++;
  return TRUE;
}

static gboolean
read_date (const char **cursor, gint *year, gint *month, gint *day)
{
  return read_digits (cursor, 4, year) && read_char (cursor, "-")
         && read_digits (cursor, 2, month) && read_char (cursor, "-")
         && read_digits (cursor, 2, day)
         && g_date_valid_dmy ((GDateDay) *day,
                              (GDateMonth) *month,
                              (GDateYear) *year);
}

/* "Z" or "+hh:mm" */
static gboolean
read_offset (const char **cursor, gint *offset_s)
{
  gint hours;
  gint minutes;
  gint sign;

  *offset_s = 0;
  if (read_char (cursor, "Zz"))
    return TRUE;

  sign = **cursor == '-' ? -1 : 1;
  if (!read_char (cursor, "+-") || !read_digits (cursor, 2, &hours)
      || !read_char (cursor, ":") || !read_digits (cursor, 2, &minutes)
      || hours > 23 || minutes > 59)
    return FALSE;

  *offset_s = sign * (hours * 3600 + minutes * 60);
  return TRUE;
}

#define YEAR_1_UNIX_S     ((gint64) -62135596800)
#define YEAR_10000_UNIX_S ((gint64) 253402300800)

static gint64
unix_seconds (gint year, gint month, gint day)
{
  g_autoptr (GDateTime) midnight = NULL;

  midnight = g_date_time_new_utc (year, month, day, 0, 0, 0);
  return g_date_time_to_unix (midnight);
}

/**
 * mdoc_time_parse:
 * @text: a time of RFC 3339, such as `2020-10-01T13:30:02Z`
 * @ret_unix_s: (out): seconds since 1970 in UTC; left alone on failure
 * @error: return location for a #MdocTextError
 *
 * A fraction of a second and an offset from UTC are read too, although
 * ISO/IEC 18013-5 forbids both to writers: wallets in the field have them. The
 * fraction is dropped. A leap second counts as the second before it. Years are
 * 1 to 9999, in UTC.
 *
 * Returns: %TRUE if @text is a time
 */
gboolean
mdoc_time_parse (const char *text, gint64 *ret_unix_s, GError **error)
{
  const char *cursor = text;
  gint year, month, day, hour, minute, second, offset_s;
  gint64 unix_s;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (ret_unix_s != NULL, FALSE);

  if (!read_date (&cursor, &year, &month, &day) || !read_char (&cursor, "Tt")
      || !read_digits (&cursor, 2, &hour) || !read_char (&cursor, ":")
      || !read_digits (&cursor, 2, &minute) || !read_char (&cursor, ":")
      || !read_digits (&cursor, 2, &second) || hour > 23 || minute > 59
      || second > 60)
    return refuse (error, MDOC_TEXT_ERROR_MALFORMED, "Text is no time");

  if (read_char (&cursor, "."))
    {
      gsize n_digits = strspn (cursor, "0123456789");

      if (n_digits == 0)
        return refuse (error, MDOC_TEXT_ERROR_MALFORMED, "Text is no time");
      cursor += n_digits;
    }

  if (!read_offset (&cursor, &offset_s) || *cursor != '\0')
    return refuse (error, MDOC_TEXT_ERROR_MALFORMED, "Text is no time");

  unix_s = unix_seconds (year, month, day) + hour * 3600 + minute * 60
           + MIN (second, 59) - offset_s;
  /* an offset may lead out of the years that mdoc_time_format() can write */
  if (unix_s < YEAR_1_UNIX_S || unix_s >= YEAR_10000_UNIX_S)
    return refuse (error, MDOC_TEXT_ERROR_MALFORMED, "Text is no time");

  *ret_unix_s = unix_s;
  return TRUE;
}

/**
 * mdoc_time_format:
 * @unix_s: seconds since 1970 in UTC, of a year from 1 to 9999
 *
 * Returns: (transfer full): the time as ISO/IEC 18013-5 wants a `tdate`: no
 *   fraction, in UTC, such as `2020-10-01T13:30:02Z`
 */
char *
mdoc_time_format (gint64 unix_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (unix_s);

  g_return_val_if_fail (time != NULL, NULL);

  /* the %Y of GLib has no leading zeros */
  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ",
                          g_date_time_get_year (time),
                          g_date_time_get_month (time),
                          g_date_time_get_day_of_month (time),
                          g_date_time_get_hour (time),
                          g_date_time_get_minute (time),
                          g_date_time_get_second (time));
}

/**
 * mdoc_date_parse:
 * @text: a `full-date` of RFC 3339, such as `2020-10-01`
 * @ret_unix_s: (out): its first second in UTC; left alone on failure
 * @error: return location for a #MdocTextError
 *
 * Returns: %TRUE if @text is a date
 */
gboolean
mdoc_date_parse (const char *text, gint64 *ret_unix_s, GError **error)
{
  const char *cursor = text;
  gint year, month, day;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (ret_unix_s != NULL, FALSE);

  if (!read_date (&cursor, &year, &month, &day) || *cursor != '\0')
    return refuse (error, MDOC_TEXT_ERROR_MALFORMED, "Text is no date");

  *ret_unix_s = unix_seconds (year, month, day);
  return TRUE;
}

/**
 * mdoc_text_is_harmless:
 * @c: a character
 *
 * Returns: %FALSE if a terminal would obey it instead of showing it, or if it
 *   hides or reorders what stands around it
 */
gboolean
mdoc_text_is_harmless (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
      return FALSE;

    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CURRENCY_SYMBOL:
    case G_UNICODE_MODIFIER_SYMBOL:
    case G_UNICODE_MATH_SYMBOL:
    case G_UNICODE_OTHER_SYMBOL:
    case G_UNICODE_SPACE_SEPARATOR:
    default:
      return TRUE;
    }
}

/**
 * mdoc_text_to_printable:
 * @text: a text that somebody else wrote, of any encoding
 *
 * Makes it safe to print on a terminal, on one line: what is not harmless
 * becomes an escape such as `\\u001b`, a byte that is no UTF-8 one such as
 * `\\xff`. A backslash stays as it is, so this cannot be read back.
 *
 * Returns: (transfer full): the text, in UTF-8
 */
char *
mdoc_text_to_printable (const char *text)
{
  g_autoptr (GString) printable = g_string_new (NULL);

  g_return_val_if_fail (text != NULL, NULL);

  while (*text != '\0')
    {
      gunichar c = g_utf8_get_char_validated (text, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (printable, "\\x%02x", (guint8) *text);
          text++;
          continue;
        }

      if (mdoc_text_is_harmless (c))
        g_string_append_unichar (printable, c);
      else if (c <= 0xffff)
        g_string_append_printf (printable, "\\u%04x", c);
      else
        g_string_append_printf (printable, "\\u{%x}", c);
      text += g_unichar_to_utf8 (c, NULL);
    }

  return g_string_free (g_steal_pointer (&printable), FALSE);
}

/* Behind the quote that opens a text: behind the one that closes it. */
static const char *
skip_json_text (const char *json)
{
  while (*json != '\0' && *json != '"')
    json += *json == '\\' && json[1] != '\0' ? 2 : 1;
  return *json == '"' ? json + 1 : json;
}

/**
 * mdoc_text_mend_json:
 * @json: (transfer full): what json-glib wrote
 *
 * json-glib puts ".0" behind each number without a point, also behind one with
 * an exponent: it writes 1e36 as `1e+36.0`, which is not JSON (RFC 8259, 6).
 *
 * Returns: (transfer full): @json, with no such number
 */
char *
mdoc_text_mend_json (char *json)
{
  const char *from = json;
  char *to = json;

  g_return_val_if_fail (json != NULL, NULL);

  while (*from != '\0')
    {
      const char *end = from + 1, *next;

      if (*from == '"')
        end = skip_json_text (end);
      next = end;
      if (*from == 'e' && (*end == '+' || *end == '-'))
        {
          end += 1 + strspn (end + 1, "0123456789");
          next = g_str_has_prefix (end, ".0") ? end + 2 : end;
        }

      memmove (to, from, (gsize) (end - from));
      to += end - from;
      from = next;
    }
  *to = '\0';
  return json;
}
