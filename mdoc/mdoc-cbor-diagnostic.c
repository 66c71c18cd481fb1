/*
 * mdoc-cbor-diagnostic.c - CBOR as text for people
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-diagnostic.h"

#include <math.h>
#include <string.h>

#include "base/mdoc-text.h"

/* This walks bytes that may not have passed mdoc_cbor_open(), so that it can
 * show a broken message up to the place where it breaks. It therefore trusts
 * nothing and uses none of the functions that rely on that door. */

#define INDENT           2
#define MAX_INLINE_CHARS 60 /* shorter members stay on one line */
#define MAX_SHOWN_BYTES  16 /* of a byte string, when eliding */
#define MAX_SHOWN_CHARS  120
#define MAX_DEPTH        (2 * MDOC_CBOR_MAX_DEPTH) /* embedded ones included */
#define TAG_EMBEDDED     24
#define MASKED           "***"

enum
{
  MAJOR_UINT = 0,
  MAJOR_NEGINT = 1,
  MAJOR_BYTES = 2,
  MAJOR_TEXT = 3,
  MAJOR_ARRAY = 4,
  MAJOR_MAP = 5,
  MAJOR_TAG = 6,
  MAJOR_SIMPLE = 7,
};

/* What of an item is not shown. */
typedef enum
{
  MASK_NOTHING,
  MASK_ALL,
  MASK_DEVICE_SIGNED,   /* the value of the key "deviceSigned" */
  MASK_DEVICE_SPACES,   /* the DeviceNameSpaces in it */
  MASK_DEVICE_ELEMENTS, /* the elements of one of its name spaces */
} Mask;

typedef struct
{
  GString *text;
  guint n_items_left;
  MdocCborDiagnosticFlags flags;
} Page;

typedef struct
{
  Page *page;
  MdocSpan input;
  gsize pos;
  guint depth;
} Walk;

typedef struct
{
  guint8 major;
  guint8 info;
  guint64 argument;
} Head;

static gboolean write_item (Walk *walk, Mask mask);

/* Says in the text why the rest of @walk's input is not shown. */
static gboolean
stop (Walk *walk, gsize offset, const char *reason)
{
  g_string_append_printf (walk->page->text,
                          "/ %s at offset %" G_GSIZE_FORMAT " /",
                          reason,
                          offset);
  return FALSE;
}

/* Returns: why there is no head here, or %NULL */
static const char *
peek_head (MdocSpan input, gsize *pos, Head *ret_head)
{
  gsize n_extra;
  Head head;

  if (*pos >= input.len)
    return "input ends";

  head.major = input.data[*pos] >> 5;
  head.info = input.data[*pos] & 0x1f;
  head.argument = head.info;
  *pos += 1;

  if (head.info == 31)
    return "indefinite length";
  if (head.info > 27)
    return "reserved additional information";
  if (head.info > 23)
    {
      n_extra = (gsize) 1 << (head.info - 24);
      if (n_extra > input.len - *pos)
        return "input ends";
      head.argument = 0;
      for (gsize i = 0; i < n_extra; i++)
        head.argument = head.argument << 8 | input.data[(*pos)++];
    }

  *ret_head = head;
  return NULL;
}

static gboolean
read_head (Walk *walk, Head *ret_head)
{
  gsize start = walk->pos;
  const char *reason = peek_head (walk->input, &walk->pos, ret_head);

  return reason == NULL || stop (walk, start, reason);
}

/* The content of a byte string at @pos, moved behind it: as much as is there,
 * and whether that is all of it. */
static gboolean
peek_bytes (MdocSpan input,
            gsize *pos,
            MdocSpan *ret_bytes,
            gboolean *ret_is_whole)
{
  gsize here = *pos;
  Head head;

  if (peek_head (input, &here, &head) != NULL || head.major != MAJOR_BYTES)
    return FALSE;

  *ret_is_whole = head.argument <= input.len - here;
  *ret_bytes = MDOC_SPAN (input.data + here,
                          (gsize) MIN (head.argument, input.len - here));
  *pos = here + ret_bytes->len;
  return TRUE;
}

static void
new_line (const Walk *walk)
{
  if (walk->page->flags & MDOC_CBOR_DIAGNOSTIC_PRETTY)
    {
      g_string_append_c (walk->page->text, '\n');
      for (guint i = 0; i < walk->depth * INDENT; i++)
        g_string_append_c (walk->page->text, ' ');
    }
}

/* Puts what was written from @start on one line if it is short. Line breaks
 * occur only between members, since those within strings are escaped. */
static void
join_lines (const Walk *walk, gsize start)
{
  GString *text = walk->page->text;
  char line[MAX_INLINE_CHARS];
  gsize len = 0;

  for (const char *p = text->str + start; *p != '\0'; p++)
    {
      char c = *p;

      if (c == '\n')
        {
          while (p[1] == ' ')
            p++;
          /* a space after a comma, nothing within the brackets */
          if (len == 0 || line[len - 1] != ',')
            continue;
          c = ' ';
        }
      if (len == sizeof (line))
        return;
      line[len++] = c;
    }

  g_string_truncate (text, start);
  g_string_append_len (text, line, (gssize) len);
}

static void
write_bytes (const Walk *walk, MdocSpan bytes)
{
  static const char digits[] = "0123456789abcdef";
  GString *text = walk->page->text;
  gsize n_shown = bytes.len;

  if (walk->page->flags & MDOC_CBOR_DIAGNOSTIC_ELIDE
      && bytes.len > 3 * MAX_SHOWN_BYTES)
    n_shown = MAX_SHOWN_BYTES;

  g_string_append (text, "h'");
  for (gsize i = 0; i < n_shown; i++)
    {
      g_string_append_c (text, digits[bytes.data[i] >> 4]);
      g_string_append_c (text, digits[bytes.data[i] & 0xf]);
    }
  g_string_append_c (text, '\'');
  if (n_shown < bytes.len)
    g_string_append_printf (text,
                            " / the first of %" G_GSIZE_FORMAT " bytes /",
                            bytes.len);
}

static void
write_text (const Walk *walk, MdocSpan content)
{
  GString *text = walk->page->text;
  gsize n_chars = 0;
  gsize pos = 0;

  g_string_append_c (text, '"');
  for (; pos < content.len; n_chars++)
    {
      const char *here = (const char *) content.data + pos;
      gunichar c = 0;

      /* which takes a NUL for an end that comes too early */
      if (*here != '\0')
        c = g_utf8_get_char_validated (here, (gssize) (content.len - pos));

      if (n_chars == MAX_SHOWN_CHARS
          && walk->page->flags & MDOC_CBOR_DIAGNOSTIC_ELIDE)
        break;

      /* no UTF-8 here: the byte by itself */
      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (text, "\\x%02x", content.data[pos++]);
          continue;
        }

      if (c == '"' || c == '\\')
        g_string_append_printf (text, "\\%c", (char) c);
      else if (mdoc_text_is_harmless (c))
        g_string_append_unichar (text, c);
      else if (c <= 0xffff)
        g_string_append_printf (text, "\\u%04x", c);
      else
        g_string_append_printf (text, "\\u{%x}", c);
      pos += (gsize) g_unichar_to_utf8 (c, NULL);
    }
  g_string_append_c (text, '"');
  if (pos < content.len)
    g_string_append_printf (text,
                            " / the first of %" G_GSIZE_FORMAT " bytes /",
                            content.len);
}

static gboolean
is_flagged (const Walk *walk, MdocCborDiagnosticFlags flag)
{
  return (walk->page->flags & flag) != 0;
}

/* Whether @bytes look like a whole message: used only where the standard puts
 * one, for any byte string may happen to look so. */
static gboolean
is_message (MdocSpan bytes, guint8 first, guint8 second)
{
  static const MdocCborLimits limits = { .max_bytes = G_MAXSSIZE,
                                         .max_depth = MDOC_CBOR_MAX_DEPTH,
                                         .max_items = 65536 };
  MdocCborItem item;

  return bytes.len >= 2 && (bytes.data[0] & 0xf0) == (first & 0xf0)
         && (second == 0 || (bytes.data[0] == first && bytes.data[1] == second))
         && mdoc_cbor_open (bytes, &limits, &item, NULL);
}

/* An embedded message that breaks does not break the one around it. */
static void
write_embedded (Walk *walk, MdocSpan content, Mask mask)
{
  Walk inner = { .page = walk->page,
                 .input = content,
                 .depth = walk->depth + 1 };
  gsize start = walk->page->text->len;

  g_string_append (walk->page->text, "<<");
  if (write_item (&inner, mask) && inner.pos < content.len)
    stop (&inner, inner.pos, "bytes after the item");
  g_string_append (walk->page->text, ">>");
  join_lines (walk, start);
}

static gboolean
write_string (Walk *walk, const Head *head, gsize start, Mask mask)
{
  gsize rest = walk->input.len - walk->pos;
  MdocSpan content = { walk->input.data + walk->pos,
                       (gsize) MIN (head->argument, rest) };

  if (head->major == MAJOR_TEXT)
    write_text (walk, content);
  else if (is_flagged (walk, MDOC_CBOR_DIAGNOSTIC_EMBEDDED)
           && walk->depth < MAX_DEPTH && is_message (content, 0xd8, 0x18))
    write_embedded (walk, content, mask);
  else
    write_bytes (walk, content);

  walk->pos += content.len;
  if (head->argument > rest)
    {
      g_string_append_c (walk->page->text, ' ');
      return stop (walk, start, "string reaches past the input");
    }
  return TRUE;
}

static Mask
mask_of_value (const Walk *walk, Mask mask, MdocSpan key)
{
  if (!is_flagged (walk, MDOC_CBOR_DIAGNOSTIC_MASK))
    return MASK_NOTHING;

  switch (mask)
    {
    case MASK_DEVICE_ELEMENTS:
      return MASK_ALL;
    case MASK_DEVICE_SPACES:
      return MASK_DEVICE_ELEMENTS;
    case MASK_DEVICE_SIGNED:
      return mdoc_span_equals_text (key, "nameSpaces") ? MASK_DEVICE_SPACES
                                                       : MASK_NOTHING;
    case MASK_NOTHING:
    case MASK_ALL:
    default:
      break;
    }

  if (mdoc_span_equals_text (key, "elementValue")
      || mdoc_span_equals_text (key, "random"))
    return MASK_ALL;
  if (mdoc_span_equals_text (key, "deviceSigned"))
    return MASK_DEVICE_SIGNED;
  return MASK_NOTHING;
}

/* The text that the key at @start is, empty if it is no text. */
static MdocSpan
text_of_key (const Walk *walk, gsize start)
{
  Head head;

  if (peek_head (walk->input, &start, &head) != NULL
      || head.major != MAJOR_TEXT)
    return MDOC_SPAN (NULL, 0);

  return MDOC_SPAN (walk->input.data + start, walk->pos - start);
}

static gboolean
write_pair (Walk *walk, Mask mask)
{
  gsize start = walk->pos;

  if (!write_item (walk, MASK_NOTHING))
    return FALSE;
  g_string_append (walk->page->text, ": ");
  return write_item (walk,
                     mask_of_value (walk, mask, text_of_key (walk, start)));
}

/* The protected header of a COSE message: a byte string, first of four. */
static gboolean
write_protected_header (Walk *walk, guint64 n_members)
{
  gsize pos = walk->pos;
  MdocSpan content;
  gboolean is_whole;

  if (!is_flagged (walk, MDOC_CBOR_DIAGNOSTIC_EMBEDDED) || n_members != 4
      || walk->depth >= MAX_DEPTH
      || !peek_bytes (walk->input, &pos, &content, &is_whole) || !is_whole
      || !is_message (content, 0xa0, 0))
    return FALSE;

  write_embedded (walk, content, MASK_NOTHING);
  walk->pos = pos;
  return TRUE;
}

static gboolean
write_members (Walk *walk, const Head *head, Mask mask)
{
  const gboolean is_map = head->major == MAJOR_MAP;
  gboolean is_sound = TRUE;

  walk->depth++;
  for (guint64 i = 0; i < head->argument && is_sound; i++)
    {
      if (i > 0)
        g_string_append (walk->page->text,
                         is_flagged (walk, MDOC_CBOR_DIAGNOSTIC_PRETTY) ? ","
                                                                        : ", ");
      new_line (walk);
      if (is_map)
        is_sound = write_pair (walk, mask);
      else if (i > 0 || !write_protected_header (walk, head->argument))
        is_sound = write_item (walk, mask);
    }
  walk->depth--;
  if (head->argument > 0)
    new_line (walk);

  return is_sound;
}

static gboolean
write_container (Walk *walk, const Head *head, gsize start, Mask mask)
{
  gsize text_start = walk->page->text->len;
  gboolean is_sound;

  if (walk->depth >= MAX_DEPTH)
    return stop (walk, start, "nested too deeply");

  g_string_append_c (walk->page->text, head->major == MAJOR_MAP ? '{' : '[');
  is_sound = write_members (walk, head, mask);
  g_string_append_c (walk->page->text, head->major == MAJOR_MAP ? '}' : ']');
  join_lines (walk, text_start);
  return is_sound;
}

static gboolean
write_tag (Walk *walk, const Head *head, gsize start, Mask mask)
{
  gboolean is_sound = TRUE;
  gsize content_start = walk->pos;
  MdocSpan content;

  if (walk->depth >= MAX_DEPTH)
    return stop (walk, start, "nested too deeply");

  g_string_append_printf (walk->page->text,
                          "%" G_GUINT64_FORMAT "(",
                          head->argument);

  if (head->argument == TAG_EMBEDDED
      && is_flagged (walk, MDOC_CBOR_DIAGNOSTIC_EMBEDDED)
      && peek_bytes (walk->input, &walk->pos, &content, &is_sound))
    {
      /* what is cut is shown as what it is the beginning of, or it could not be
       * masked */
      write_embedded (walk, content, mask);
      if (!is_sound)
        {
          g_string_append_c (walk->page->text, ' ');
          stop (walk, content_start, "string reaches past the input");
        }
    }
  else
    {
      walk->depth++;
      is_sound = write_item (walk, mask);
      walk->depth--;
    }

  g_string_append_c (walk->page->text, ')');
  return is_sound;
}

static gdouble
decode_half (guint64 half)
{
  gint exponent = (gint) (half >> 10 & 0x1f);
  gdouble fraction = (gdouble) (half & 0x3ff);
  gdouble size;

  if (exponent == 31)
    size = fraction > 0 ? (gdouble) NAN : (gdouble) INFINITY;
  else if (exponent > 0)
    size = ldexp (1024 + fraction, exponent - 25);
  else
    size = ldexp (fraction, -24);

  return half >> 15 ? -size : size;
}

static void
write_float (GString *text, gdouble value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    g_string_append (text, "NaN");
  else if (isinf (value))
    g_string_append (text, value < 0 ? "-Infinity" : "Infinity");
  else
    {
      g_ascii_dtostr (buffer, sizeof (buffer), value);
      g_string_append (text, buffer);
      if (strpbrk (buffer, ".e") == NULL)
        g_string_append (text, ".0");
    }
}

static void
write_simple (GString *text, const Head *head)
{
  guint32 bits = (guint32) head->argument;
  gfloat single;
  gdouble value;

  switch (head->info)
    {
    case 20:
      g_string_append (text, "false");
      return;
    case 21:
      g_string_append (text, "true");
      return;
    case 22:
      g_string_append (text, "null");
      return;
    case 23:
      g_string_append (text, "undefined");
      return;
    case 25:
      write_float (text, decode_half (head->argument));
      return;
    case 26:
      memcpy (&single, &bits, sizeof (single));
      write_float (text, (gdouble) single);
      return;
    case 27:
      memcpy (&value, &head->argument, sizeof (value));
      write_float (text, value);
      return;
    default:
      g_string_append_printf (text,
                              "simple(%" G_GUINT64_FORMAT ")",
                              head->argument);
    }
}

static void
write_negative (GString *text, guint64 argument)
{
  if (argument == G_MAXUINT64)
    g_string_append (text, "-18446744073709551616");
  else
    g_string_append_printf (text, "-%" G_GUINT64_FORMAT, argument + 1);
}

/* Skips what is masked by writing it where nobody looks. */
static gboolean
write_masked (Walk *walk)
{
  g_autoptr (GString) nowhere = g_string_new (NULL);
  Page page = { .text = nowhere,
                .n_items_left = walk->page->n_items_left,
                .flags = MDOC_CBOR_DIAGNOSTIC_ELIDE };
  Walk inner = *walk;
  gboolean is_sound;

  inner.page = &page;
  is_sound = write_item (&inner, MASK_NOTHING);
  walk->pos = inner.pos;
  walk->page->n_items_left = page.n_items_left;

  g_string_append (walk->page->text, MASKED);
  if (!is_sound)
    g_string_append (walk->page->text, " / and breaks within /");
  return is_sound;
}

static gboolean
write_item (Walk *walk, Mask mask)
{
  gsize start = walk->pos;
  Head head;

  if (mask == MASK_ALL)
    return write_masked (walk);

  if (walk->page->n_items_left == 0)
    return stop (walk, start, "too many items");
  walk->page->n_items_left--;

  if (!read_head (walk, &head))
    return FALSE;

  switch (head.major)
    {
    case MAJOR_UINT:
      g_string_append_printf (walk->page->text,
                              "%" G_GUINT64_FORMAT,
                              head.argument);
      return TRUE;
    case MAJOR_NEGINT:
      write_negative (walk->page->text, head.argument);
      return TRUE;
    case MAJOR_BYTES:
    case MAJOR_TEXT:
      return write_string (walk, &head, start, mask);
    case MAJOR_ARRAY:
    case MAJOR_MAP:
      return write_container (walk, &head, start, mask);
    case MAJOR_TAG:
      return write_tag (walk, &head, start, mask);
    default:
      write_simple (walk->page->text, &head);
      return TRUE;
    }
}

static char *
write_page (MdocSpan encoded, guint max_items, MdocCborDiagnosticFlags flags)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Page page = { .text = text, .n_items_left = max_items, .flags = flags };
  Walk walk = { .page = &page, .input = encoded };

  if (write_item (&walk, MASK_NOTHING) && walk.pos < encoded.len)
    {
      g_string_append_c (text, ' ');
      stop (&walk, walk.pos, "bytes after the item");
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * mdoc_cbor_to_diagnostic:
 * @item: an item of a message that mdoc_cbor_open() has passed
 * @flags: how to show it
 *
 * Writes the diagnostic notation of RFC 8949, section 8, and for embedded CBOR
 * that of RFC 8610, appendix G.3. With %MDOC_CBOR_DIAGNOSTIC_ELIDE or
 * %MDOC_CBOR_DIAGNOSTIC_MASK it cannot be read back.
 *
 * Characters that a terminal would obey instead of show are escaped.
 *
 * Returns: (transfer full): the text, without a line break at its end
 */
char *
mdoc_cbor_to_diagnostic (MdocCborItem item, MdocCborDiagnosticFlags flags)
{
  if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_ABSENT)
    return g_strdup ("/ absent /");

  return write_page (mdoc_cbor_get_encoded (item), G_MAXUINT, flags);
}

/**
 * mdoc_cbor_diagnose:
 * @encoded: what should be one CBOR item, from anywhere
 * @limits: what the message may cost; of more items no more are written
 * @flags: how to show it
 * @ret_text: (out) (transfer full): the text, set also on failure: then it ends
 *   with a comment that says where and why
 * @error: return location for a #MdocCborError
 *
 * Shows a message that may be broken, as far as it can be read. The error is
 * the one of mdoc_cbor_open(), which also refuses what can be shown in full,
 * such as a key that stands twice.
 *
 * Returns: %TRUE if @encoded passed
 */
gboolean
mdoc_cbor_diagnose (MdocSpan encoded,
                    const MdocCborLimits *limits,
                    MdocCborDiagnosticFlags flags,
                    char **ret_text,
                    GError **error)
{
  MdocCborItem item;

  g_return_val_if_fail (limits != NULL, FALSE);
  g_return_val_if_fail (ret_text != NULL, FALSE);

  *ret_text = write_page (encoded, limits->max_items, flags);
  return mdoc_cbor_open (encoded, limits, &item, error);
}
