/*
 * mdoc-json-scan.c - the scan that goes before json-glib
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-json-scan.h"

#include <math.h>
#include <string.h>

/* Up to here each name of an object is compared with each other one; above,
 * they are sorted first, so that no text costs quadratic time. */
#define MAX_UNSORTED_NAMES 8

typedef struct
{
  const char *text;
  gsize len;
  gsize pos;
  const MdocJsonLimits *limits;
  guint n_values;
} Scan;

static gboolean
refuse_at (GError **error, MdocJsonError code, gsize pos, const char *reason)
{
  g_set_error (error,
               MDOC_JSON_ERROR,
               (gint) code,
               "%s at byte %" G_GSIZE_FORMAT,
               reason,
               pos);
  return FALSE;
}

/* What the grammar does not have here, or the end of the text. */
static gboolean
refuse_here (const Scan *scan, GError **error)
{
  if (scan->pos >= scan->len)
    return refuse_at (error,
                      MDOC_JSON_ERROR_TRUNCATED,
                      scan->pos,
                      "JSON ends too early");
  return refuse_at (error, MDOC_JSON_ERROR_MALFORMED, scan->pos, "Not JSON");
}

static char
peek (const Scan *scan)
{
  /* the text has no NUL, which a caller may so take for its end */
  return scan->pos < scan->len ? scan->text[scan->pos] : '\0';
}

static void
skip_space (Scan *scan)
{
  while (scan->pos < scan->len
         && memchr (" \t\r\n", scan->text[scan->pos], 4) != NULL)
    scan->pos++;
}

static gboolean
scan_char (Scan *scan, char expected, GError **error)
{
  if (peek (scan) != expected)
    return refuse_here (scan, error);
  scan->pos++;
  return TRUE;
}

static gboolean
scan_four_digits (Scan *scan, gunichar *ret_unit, GError **error)
{
  gunichar unit = 0;

  for (guint i = 0; i < 4; i++)
    {
      if (!g_ascii_isxdigit (peek (scan)))
        return refuse_here (scan, error);
      unit = unit << 4 | (gunichar) g_ascii_xdigit_value (peek (scan));
      scan->pos++;
    }

  *ret_unit = unit;
  return TRUE;
}

/* After "\u": one character, which may take a second escape. */
static gboolean
scan_unicode (Scan *scan, gunichar *ret_c, GError **error)
{
  gsize start = scan->pos;
  gunichar high, low;

  if (!scan_four_digits (scan, &high, error))
    return FALSE;
  if (high == 0)
    return refuse_at (error,
                      MDOC_JSON_ERROR_UNSUPPORTED,
                      start,
                      "U+0000 in a text");
  if (high < 0xd800 || high > 0xdfff)
    {
      *ret_c = high;
      return TRUE;
    }

  if (high > 0xdbff || scan->len - scan->pos < 2
      || memcmp (scan->text + scan->pos, "\\u", 2) != 0)
    return refuse_at (error,
                      MDOC_JSON_ERROR_UNSUPPORTED,
                      start,
                      "Half a surrogate pair");
  scan->pos += 2;
  if (!scan_four_digits (scan, &low, error))
    return FALSE;
  if (low < 0xdc00 || low > 0xdfff)
    return refuse_at (error,
                      MDOC_JSON_ERROR_UNSUPPORTED,
                      start,
                      "Half a surrogate pair");

  *ret_c = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  return TRUE;
}

static gboolean
scan_escape (Scan *scan, gunichar *ret_c, GError **error)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *found;
  char letter = peek (scan);

  if (letter == 'u')
    {
      scan->pos++;
      return scan_unicode (scan, ret_c, error);
    }

  found = letter != '\0' ? strchr (letters, letter) : NULL;
  if (found == NULL)
    return refuse_here (scan, error);
  scan->pos++;
  *ret_c = (guchar) meanings[found - letters];
  return TRUE;
}

/* @ret_value: (nullable): gets the text without its escapes */
static gboolean
scan_string (Scan *scan, GString *ret_value, GError **error)
{
  if (!scan_char (scan, '"', error))
    return FALSE;

  while (peek (scan) != '"')
    {
      gunichar c = 0;

      /* the end of the text is among these */
      if ((guchar) peek (scan) < 0x20)
        return refuse_here (scan, error);
      if (peek (scan) != '\\')
        {
          if (ret_value != NULL)
            g_string_append_c (ret_value, peek (scan));
          scan->pos++;
          continue;
        }

      scan->pos++;
      if (!scan_escape (scan, &c, error))
        return FALSE;
      if (ret_value != NULL)
        g_string_append_unichar (ret_value, c);
    }

  scan->pos++;
  return TRUE;
}

static gboolean
scan_digits (Scan *scan, GError **error)
{
  if (!g_ascii_isdigit (peek (scan)))
    return refuse_here (scan, error);
  while (g_ascii_isdigit (peek (scan)))
    scan->pos++;
  return TRUE;
}

static gboolean
is_number_in_range (const char *text, gsize len, gboolean is_integer)
{
  char copy[MDOC_JSON_MAX_NUMBER_LEN + 1] = { 0 };
  gint64 value;

  memcpy (copy, text, len);
  if (!is_integer)
    return isfinite (g_ascii_strtod (copy, NULL)) != 0;

  /* what does not fit becomes the largest, which is out of range as well */
  value = g_ascii_strtoll (copy, NULL, 10);
  return value >= -MDOC_JSON_MAX_INT && value <= MDOC_JSON_MAX_INT;
}

/* number = [ "-" ] int [ frac ] [ exp ]   (RFC 8259, section 6) */
static gboolean
scan_number (Scan *scan, GError **error)
{
  gsize start = scan->pos;
  gboolean is_integer = TRUE;

  if (peek (scan) == '-')
    scan->pos++;
  if (peek (scan) == '0')
    scan->pos++;
  else if (!scan_digits (scan, error))
    return FALSE;

  if (peek (scan) == '.')
    {
      is_integer = FALSE;
      scan->pos++;
      if (!scan_digits (scan, error))
        return FALSE;
    }
  if (peek (scan) == 'e' || peek (scan) == 'E')
    {
      is_integer = FALSE;
      scan->pos++;
      if (peek (scan) == '+' || peek (scan) == '-')
        scan->pos++;
      if (!scan_digits (scan, error))
        return FALSE;
    }

  if (scan->pos - start > MDOC_JSON_MAX_NUMBER_LEN
      || !is_number_in_range (scan->text + start,
                              scan->pos - start,
                              is_integer))
    return refuse_at (error,
                      MDOC_JSON_ERROR_LIMIT,
                      start,
                      "Number out of range");
  return TRUE;
}

static gboolean
scan_word (Scan *scan, const char *word, GError **error)
{
  for (const char *p = word; *p != '\0'; p++)
    if (!scan_char (scan, *p, error))
      return FALSE;
  return TRUE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
has_equal_names (GPtrArray *names)
{
  if (names->len <= MAX_UNSORTED_NAMES)
    {
      for (guint i = 1; i < names->len; i++)
        for (guint j = 0; j < i; j++)
          if (strcmp (names->pdata[i], names->pdata[j]) == 0)
            return TRUE;
      return FALSE;
    }

  g_ptr_array_sort (names, compare_names);
  for (guint i = 1; i < names->len; i++)
    if (strcmp (names->pdata[i], names->pdata[i - 1]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean scan_value (Scan *scan, guint depth, GError **error);

static gboolean
scan_member (Scan *scan, GPtrArray *names, guint depth, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gsize start = scan->pos;

  if (!scan_string (scan, name, error))
    return FALSE;
  if (name->len == 0)
    return refuse_at (error,
                      MDOC_JSON_ERROR_UNSUPPORTED,
                      start,
                      "A member without a name");
  g_ptr_array_add (names, g_string_free (g_steal_pointer (&name), FALSE));

  skip_space (scan);
  if (!scan_char (scan, ':', error))
    return FALSE;
  return scan_value (scan, depth, error);
}

/* After the opening bracket, up to and with the closing one. @names: (nullable)
 * of an object */
static gboolean
scan_list (Scan *scan,
           char closing,
           GPtrArray *names,
           guint depth,
           GError **error)
{
  skip_space (scan);
  if (peek (scan) == closing)
    {
      scan->pos++;
      return TRUE;
    }

  for (;;)
    {
      skip_space (scan);
      if (!(names != NULL ? scan_member (scan, names, depth, error)
                          : scan_value (scan, depth, error)))
        return FALSE;
      if (peek (scan) == closing)
        {
          scan->pos++;
          return TRUE;
        }
      if (!scan_char (scan, ',', error))
        return FALSE;
    }
}

static gboolean
scan_container (Scan *scan, guint depth, GError **error)
{
  gsize start = scan->pos;
  g_autoptr (GPtrArray) names = NULL;

  if (depth >= scan->limits->max_depth)
    return refuse_at (error, MDOC_JSON_ERROR_LIMIT, start, "Nested too deeply");

  scan->pos++;
  if (scan->text[start] == '[')
    return scan_list (scan, ']', NULL, depth + 1, error);

  names = g_ptr_array_new_with_free_func (g_free);
  if (!scan_list (scan, '}', names, depth + 1, error))
    return FALSE;
  if (has_equal_names (names))
    return refuse_at (error,
                      MDOC_JSON_ERROR_DUPLICATE,
                      start,
                      "A member stands twice in the object");
  return TRUE;
}

static gboolean
scan_bare_value (Scan *scan, guint depth, GError **error)
{
  switch (peek (scan))
    {
    case '{':
    case '[':
      return scan_container (scan, depth, error);
    case '"':
      return scan_string (scan, NULL, error);
    case 't':
      return scan_word (scan, "true", error);
    case 'f':
      return scan_word (scan, "false", error);
    case 'n':
      return scan_word (scan, "null", error);
    default:
      return scan_number (scan, error);
    }
}

/* A value and the space around it. */
static gboolean
scan_value (Scan *scan, guint depth, GError **error)
{
  skip_space (scan);
  if (++scan->n_values > scan->limits->max_values)
    return refuse_at (error,
                      MDOC_JSON_ERROR_LIMIT,
                      scan->pos,
                      "Too many values");
  if (!scan_bare_value (scan, depth, error))
    return FALSE;
  skip_space (scan);
  return TRUE;
}

/**
 * mdoc_json_scan:
 * @text: a text from outside this process
 * @limits: what it may cost us
 * @error: return location for a #MdocJsonError
 *
 * Checks that @text is one value of RFC 8259 within @limits, in UTF-8 without a
 * byte order mark, whose objects have no member twice, and none of what
 * json-glib would take besides: comments, single quotes, octal numbers.
 * Names are compared as they are without escapes.
 *
 * The time is linear in the length but for sorting the names of large objects.
 *
 * Returns: %TRUE if @text passed
 */
gboolean
mdoc_json_scan (MdocSpan text, const MdocJsonLimits *limits, GError **error)
{
  Scan scan = { .text = (const char *) text.data,
                .len = text.len,
                .limits = limits };
  const char *end;

  g_return_val_if_fail (limits->max_depth <= MDOC_JSON_MAX_DEPTH, FALSE);

  if (text.len > limits->max_bytes)
    return refuse_at (error,
                      MDOC_JSON_ERROR_LIMIT,
                      limits->max_bytes,
                      "JSON is too long");
  /* this refuses NUL as well */
  if (text.len > 0 && !g_utf8_validate_len (scan.text, scan.len, &end))
    return refuse_at (error,
                      MDOC_JSON_ERROR_MALFORMED,
                      (gsize) (end - scan.text),
                      "Not UTF-8");

  if (!scan_value (&scan, 0, error))
    return FALSE;
  if (scan.pos != scan.len)
    return refuse_at (error,
                      MDOC_JSON_ERROR_TRAILING,
                      scan.pos,
                      "Something follows the JSON");
  return TRUE;
}
