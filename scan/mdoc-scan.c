/*
 * mdoc-scan.c - the text of a QR code in a picture
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "scan/mdoc-scan.h"

#include <string.h>
#include <zbar.h>

#include "scan/mdoc-scan-private.h"

/* Smaller than this no code of an engagement can be read: it has over fifty
 * modules along a side. */
#define MIN_SIDE 96

/* What ZBar is given as format: one byte a pixel. */
#define FORMAT_GREY zbar_fourcc ('Y', '8', '0', '0')

struct _MdocScanner
{
  zbar_image_scanner_t *zbar;
  char *scheme;
  GHashTable *wanted; /* texts with the scheme */
  gboolean has_others;
};

MdocScanner *
mdoc_scanner_new (const char *scheme)
{
  MdocScanner *self = g_new0 (MdocScanner, 1);

  self->scheme = g_strdup (scheme);
  self->wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->zbar = zbar_image_scanner_create ();
  /* QR codes alone: each kind that is not looked for is one less to be fooled
   * by */
  zbar_image_scanner_set_config (self->zbar, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (self->zbar, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  /* light on dark, as on a terminal */
  zbar_image_scanner_set_config (self->zbar,
                                 ZBAR_NONE,
                                 ZBAR_CFG_TEST_INVERTED,
                                 1);
  return self;
}

void
mdoc_scanner_free (MdocScanner *self)
{
  if (self == NULL)
    return;

  zbar_image_scanner_destroy (self->zbar);
  g_hash_table_unref (self->wanted);
  g_free (self->scheme);
  g_free (self);
}

/* What is no text is somebody else's code. */
static void
note (MdocScanner *self, const zbar_symbol_t *symbol)
{
  const char *data = zbar_symbol_get_data (symbol);
  gsize len = zbar_symbol_get_data_length (symbol);
  g_autofree char *text = g_strndup (data, len);

  if (g_utf8_validate_len (data, len, NULL)
      && g_ascii_strncasecmp (text, self->scheme, strlen (self->scheme)) == 0)
    g_hash_table_add (self->wanted, g_steal_pointer (&text));
  else
    self->has_others = TRUE;
}

/* ZBar 0.23 turns a picture into its negative by eight pixels at a time, and
 * writes behind its end where their number is no multiple of that. Returns:
 * (nullable) (transfer full): with wider rows, their last pixel repeated; %NULL
 * if @picture will do */
static MdocPicture *
pad (const MdocPicture *picture)
{
  guint padding = (8 - picture->width % 8) % 8;
  MdocPicture *padded;

  if ((gsize) picture->width * picture->height % 8 == 0)
    return NULL;

  padded = mdoc_picture_new (picture->width + padding, picture->height);
  for (guint y = 0; y < picture->height; y++)
    {
      const guint8 *from = picture->grey + (gsize) y * picture->width;
      guint8 *to = padded->grey + (gsize) y * padded->width;

      memcpy (to, from, picture->width);
      memset (to + picture->width, from[picture->width - 1], padding);
    }
  return padded;
}

static gboolean
look_once (MdocScanner *self, const MdocPicture *picture)
{
  zbar_image_t *image = zbar_image_create ();
  g_autoptr (MdocPicture) padded = pad (picture);
  const zbar_symbol_t *symbol;

  if (padded != NULL)
    picture = padded;

  zbar_image_set_format (image, FORMAT_GREY);
  zbar_image_set_size (image, picture->width, picture->height);
  /* without a handler, so that the pixels stay ours */
  zbar_image_set_data (image,
                       picture->grey,
                       (gulong) picture->width * picture->height,
                       NULL);
  if (zbar_scan_image (self->zbar, image) > 0)
    for (symbol = zbar_image_first_symbol (image); symbol != NULL;
         symbol = zbar_symbol_next (symbol))
      note (self, symbol);
  zbar_image_scanner_recycle_image (self->zbar, image);
  zbar_image_destroy (image);
  return g_hash_table_size (self->wanted) > 0;
}

/* A large picture with noise or a fine pattern shows its code only when it is
 * made smaller: each step takes half of the noise away. */
gboolean
mdoc_scanner_look (MdocScanner *self, const MdocPicture *picture)
{
  g_autoptr (MdocPicture) smaller = NULL;

  if (look_once (self, picture))
    return TRUE;

  while (picture != NULL
         && MIN (picture->width, picture->height) >= 2 * MIN_SIDE)
    {
      MdocPicture *half = mdoc_picture_halve (picture);

      g_clear_pointer (&smaller, mdoc_picture_free);
      smaller = half;
      picture = half;
      if (look_once (self, picture))
        return TRUE;
    }
  return FALSE;
}

char *
mdoc_scanner_get_text (MdocScanner *self, GError **error)
{
  guint n = g_hash_table_size (self->wanted);
  g_autofree char *other = NULL;
  GHashTableIter iter;
  gpointer text = NULL;

  other = g_strdup_printf ("The QR code does not begin with \"%s\"",
                           self->scheme);
  if (n > 1)
    mdoc_scan_refuse (error,
                      MDOC_SCAN_ERROR_SEVERAL,
                      "There are several such QR codes in the picture: show "
                      "one alone");
  else if (n == 0 && self->has_others)
    mdoc_scan_refuse (error, MDOC_SCAN_ERROR_OTHER_CODE, other);
  else if (n == 0)
    mdoc_scan_refuse (error,
                      MDOC_SCAN_ERROR_NO_CODE,
                      "There is no QR code in the picture that can be read");
  if (n != 1)
    return NULL;

  g_hash_table_iter_init (&iter, self->wanted);
  g_hash_table_iter_next (&iter, &text, NULL);
  return g_strdup (text);
}

/**
 * mdoc_scan_picture:
 * @file: a PNG or JPEG file
 * @scheme: how the text has to begin, such as "mdoc:"
 * @error: return location for a #MdocScanError
 *
 * Takes a second or so for the largest picture. The code may be turned,
 * in perspective, noisy, or light on dark.
 *
 * Returns: (transfer full): the text of the one code that begins so, or %NULL
 *   with @error set
 */
char *
mdoc_scan_picture (GBytes *file, const char *scheme, GError **error)
{
  g_autoptr (MdocPicture) picture = NULL;
  g_autoptr (MdocScanner) scanner = NULL;

  picture = mdoc_picture_parse (file, MDOC_SCAN_MAX_PIXELS, error);
  if (picture == NULL)
    return NULL;

  scanner = mdoc_scanner_new (scheme);
  mdoc_scanner_look (scanner, picture);
  return mdoc_scanner_get_text (scanner, error);
}
