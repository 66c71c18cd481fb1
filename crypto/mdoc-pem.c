/*
 * mdoc-pem.c - RFC 7468 text around DER
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-pem.h"

#include <string.h>

#define BEGIN         "-----BEGIN "
#define END           "-----END "
#define DASHES        "-----"
#define MAX_LABEL_LEN 64
#define LINE_LEN      64

/**
 * mdoc_pem_open:
 * @text: a text; outlives the reader
 *
 * Returns: the place before its first block
 */
MdocPem
mdoc_pem_open (MdocSpan text)
{
  const char *start = text.len > 0 ? (const char *) text.data : "";

  return (MdocPem){ start, start + text.len };
}

static const char *
find (const char *from, const char *end, const char *what)
{
  if (from == end)
    return NULL;

  return memmem (from, (gsize) (end - from), what, strlen (what));
}

/* Base64 with line breaks and nothing else, padding at the end alone. */
static MdocSecret *
decode (const char *text, gsize len)
{
  g_autoptr (MdocSecret) room = mdoc_secret_new (len / 4 * 3 + 3);
  g_autoptr (MdocSecret) der = NULL;
  gsize n_chars = 0;
  gsize n_padding = 0;
  gsize n_bytes;
  gint state = 0;
  guint save = 0;

  for (gsize i = 0; i < len; i++)
    {
      if (g_ascii_isspace (text[i]))
        continue;
      if (text[i] == '=')
        n_padding++;
      else if (n_padding > 0
               || !(g_ascii_isalnum (text[i]) || text[i] == '+'
                    || text[i] == '/'))
        return NULL;
      n_chars++;
    }

  if (n_chars == 0 || n_chars % 4 != 0 || n_padding > 2)
    return NULL;

  n_bytes = g_base64_decode_step (text,
                                  len,
                                  mdoc_secret_get_data (room),
                                  &state,
                                  &save);
  mdoc_secret_wipe (&save, sizeof (save));
  der = mdoc_secret_new_copy (MDOC_SPAN (mdoc_secret_get_data (room), n_bytes));
  return g_steal_pointer (&der);
}

/**
 * mdoc_pem_next:
 * @self: a place, moved behind the block
 * @ret_label: (out): what kind of block it is, borrowed from the text
 * @ret_der: (out) (transfer full): its content
 *
 * Reads the next block; text between blocks is skipped. Headers inside a block
 * (of encrypted keys of the old kind) make it malformed. The cost is linear in
 * the length of the text.
 *
 * Returns: %MDOC_PEM_BLOCK with both results set, or why not
 */
MdocPemResult
mdoc_pem_next (MdocPem *self, MdocSpan *ret_label, MdocSecret **ret_der)
{
  const char *begin = find (self->pos, self->end, BEGIN);
  const char *label;
  const char *label_end;
  const char *body;
  const char *end;
  gsize label_len;
  MdocSecret *der;

  if (begin == NULL)
    {
      self->pos = self->end;
      return MDOC_PEM_END;
    }

  label = begin + strlen (BEGIN);
  label_end = find (label,
                    label + MIN (self->end - label, MAX_LABEL_LEN),
                    DASHES);
  if (label_end == NULL)
    return MDOC_PEM_MALFORMED;

  label_len = (gsize) (label_end - label);
  body = label_end + strlen (DASHES);
  end = find (body, self->end, END);
  if (end == NULL
      || (gsize) (self->end - end) < strlen (END) + label_len + strlen (DASHES)
      || memcmp (end + strlen (END), label, label_len) != 0
      || memcmp (end + strlen (END) + label_len, DASHES, strlen (DASHES)) != 0)
    return MDOC_PEM_MALFORMED;

  der = decode (body, (gsize) (end - body));
  if (der == NULL)
    return MDOC_PEM_MALFORMED;

  *ret_label = MDOC_SPAN ((const guint8 *) label, label_len);
  *ret_der = der;
  self->pos = end + strlen (END) + label_len + strlen (DASHES);
  return MDOC_PEM_BLOCK;
}

/**
 * mdoc_pem_write:
 * @label: what kind of block, such as "CERTIFICATE"
 * @der: what to wrap
 *
 * Returns: (transfer full): the block with lines of 64 characters, ending in a
 *   line break; no NUL
 */
MdocSecret *
mdoc_pem_write (const char *label, MdocSpan der)
{
  const gsize n_chars = (der.len + 2) / 3 * 4;
  const gsize n_breaks = (n_chars + LINE_LEN - 1) / LINE_LEN;
  const gsize frame_len = strlen (label) + strlen (DASHES) + 1;
  MdocSecret *text = mdoc_secret_new (strlen (BEGIN) + strlen (END)
                                      + 2 * frame_len + n_chars + n_breaks);
  /* 48 bytes make a line of 64 characters; g_base64_encode_step() writes one
   * more group than it should need when closing */
  char line[LINE_LEN + 8];
  MDOC_WIPE_ON_EXIT (line);
  char *at = (char *) mdoc_secret_get_data (text);

  at = stpcpy (stpcpy (stpcpy (at, BEGIN), label), DASHES "\n");
  for (gsize pos = 0; pos < der.len; pos += LINE_LEN / 4 * 3)
    {
      gint state = 0;
      gint save = 0;
      gsize n;

      n = g_base64_encode_step (der.data + pos,
                                MIN (der.len - pos, LINE_LEN / 4 * 3),
                                FALSE,
                                line,
                                &state,
                                &save);
      n += g_base64_encode_close (FALSE, line + n, &state, &save);
      memcpy (at, line, n);
      at += n;
      *at++ = '\n';
    }
  /* without stpcpy's NUL, for which there is no room */
  at = mempcpy (at, END, strlen (END));
  at = mempcpy (at, label, strlen (label));
  memcpy (at, DASHES "\n", strlen (DASHES "\n"));

  return text;
}
