/*
 * mdoc-qr.c - a text as a QR code: terminal, SVG, PNG
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "engagement/mdoc-qr.h"

#include <errno.h>
#include <png.h>
#include <qrencode.h>
#include <string.h>

/* ISO/IEC 18004, 9.1: four modules of light around the code */
#define QUIET_ZONE 4

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QRcode, QRcode_free)

G_DEFINE_QUARK (mdoc_qr_error_quark, mdoc_qr_error)

static void
refuse (GError **error, MdocQrError code, const char *reason)
{
  g_set_error_literal (error, MDOC_QR_ERROR, (gint) code, reason);
}

/* Error correction M, that a screen and a camera at an angle can do with; L for
 * what does not fit otherwise. */
static QRcode *
encode (const char *text, GError **error)
{
  static const QRecLevel levels[] = { QR_ECLEVEL_M, QR_ECLEVEL_L };
  QRcode *code = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (levels) && code == NULL; i++)
    {
      code = QRcode_encodeString (text, 0, levels[i], QR_MODE_8, 1);
      if (code == NULL && errno != ERANGE)
        {
          refuse (error, MDOC_QR_ERROR_DEVICE, "The QR code cannot be made");
          return NULL;
        }
    }

  if (code == NULL)
    refuse (error,
            MDOC_QR_ERROR_TOO_LONG,
            "The text is too long for a QR code");
  return code;
}

/* Coordinates count from the edge of the quiet zone. */
static gboolean
is_dark (const QRcode *code, gint x, gint y)
{
  x -= QUIET_ZONE;
  y -= QUIET_ZONE;
  if (x < 0 || y < 0 || x >= code->width || y >= code->width)
    return FALSE;

  return code->data[y * code->width + x] & 1;
}

static gint
full_width (const QRcode *code)
{
  return code->width + 2 * QUIET_ZONE;
}

/* One character is two modules, one above the other. What is printed is the
 * light, so that the code is dark on light where the background is dark. */
static void
draw_half_blocks (GString *out, const QRcode *code, gboolean with_colours)
{
  static const char *const blocks[2][2] = {
    { "\u2588", "\u2580" }, /* upper is light: full block, upper half */
    { "\u2584", " " },      /* upper is dark: lower half, nothing */
  };
  gint width = full_width (code);

  for (gint y = 0; y < width; y += 2)
    {
      if (with_colours)
        g_string_append (out, "\033[40;97m");
      for (gint x = 0; x < width; x++)
        {
          gboolean is_lower_dark = y + 1 >= width || is_dark (code, x, y + 1);

          g_string_append (out, blocks[is_dark (code, x, y)][is_lower_dark]);
        }
      g_string_append (out, with_colours ? "\033[0m\n" : "\n");
    }
}

static void
draw_ascii (GString *out, const QRcode *code)
{
  gint width = full_width (code);

  for (gint y = 0; y < width; y++)
    {
      for (gint x = 0; x < width; x++)
        g_string_append (out, is_dark (code, x, y) ? "  " : "##");
      g_string_append_c (out, '\n');
    }
}

/**
 * mdoc_qr_to_terminal:
 * @text: what the code says
 * @style: %MDOC_QR_ANSI sets black and white by itself; the two others need a
 *   terminal that is light on dark
 * @error: return location for a #MdocQrError
 *
 * Returns: (transfer full): the code with its quiet zone, in lines that end
 *   with a newline; or %NULL with @error set
 */
char *
mdoc_qr_to_terminal (const char *text, MdocQrTerminal style, GError **error)
{
  g_autoptr (QRcode) code = NULL;
  GString *out;

  g_return_val_if_fail (text != NULL && *text != '\0', NULL);

  code = encode (text, error);
  if (code == NULL)
    return NULL;

  out = g_string_new (NULL);
  if (style == MDOC_QR_ASCII)
    draw_ascii (out, code);
  else
    draw_half_blocks (out, code, style == MDOC_QR_ANSI);
  return g_string_free (out, FALSE);
}

/**
 * mdoc_qr_to_svg:
 * @text: what the code says
 * @error: return location for a #MdocQrError
 *
 * A module is one unit of the view box, so that the picture is sharp at every
 * size.
 *
 * Returns: (transfer full): an SVG document, or %NULL with @error set
 */
char *
mdoc_qr_to_svg (const char *text, GError **error)
{
  g_autoptr (QRcode) code = NULL;
  GString *out;
  gint width;

  g_return_val_if_fail (text != NULL && *text != '\0', NULL);

  code = encode (text, error);
  if (code == NULL)
    return NULL;

  width = full_width (code);
  out = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  g_string_append_printf (out,
                          "<svg xmlns=\"http://www.w3.org/2000/svg\" "
                          "viewBox=\"0 0 %d %d\" "
                          "shape-rendering=\"crispEdges\">\n"
                          "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n"
                          "<path fill=\"#000\" d=\"",
                          width,
                          width,
                          width,
                          width);
  for (gint y = 0; y < width; y++)
    for (gint x = 0; x < width; x++)
      {
        gint start = x;

        while (x < width && is_dark (code, x, y))
          x++;
        if (x > start)
          g_string_append_printf (out,
                                  "M%d %dh%dv1h-%dz",
                                  start,
                                  y,
                                  x - start,
                                  x - start);
      }
  g_string_append (out, "\"/>\n</svg>\n");
  return g_string_free (out, FALSE);
}

/* By default libpng would print, and end the process. */
static void
ignore_warning (png_structp png, png_const_charp message)
{
}

static void G_GNUC_NORETURN
leave (png_structp png, png_const_charp message)
{
  png_longjmp (png, 1);
}

static void
append_png (png_structp png, png_bytep data, png_size_t len)
{
  g_byte_array_append (png_get_io_ptr (png), data, (guint) len);
}

static void
flush_nothing (png_structp png)
{
}

/* One byte a pixel; @pixels has room for a row. */
static void
fill_row (guint8 *pixels, const QRcode *code, gint y, guint module_px)
{
  for (gint x = 0; x < full_width (code); x++)
    memset (pixels + (guint) x * module_px,
            is_dark (code, x, y) ? 0x00 : 0xff,
            module_px);
}

/* libpng leaves by longjmp(): nothing here needs to be freed, and nothing that
 * the caller looks at afterwards is changed in between. */
static gboolean
write_png (png_structp png,
           png_infop info,
           const QRcode *code,
           guint module_px,
           guint8 *row)
{
  guint side = (guint) full_width (code) * module_px;

  if (setjmp (png_jmpbuf (png)) != 0)
    return FALSE;

  png_set_IHDR (png,
                info,
                side,
                side,
                8,
                PNG_COLOR_TYPE_GRAY,
                PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT,
                PNG_FILTER_TYPE_DEFAULT);
  png_write_info (png, info);
  for (guint y = 0; y < side; y++)
    {
      fill_row (row, code, (gint) (y / module_px), module_px);
      png_write_row (png, row);
    }
  png_write_end (png, info);
  return TRUE;
}

/**
 * mdoc_qr_to_png:
 * @text: what the code says
 * @module_px: side of a module in pixels, 1..%MDOC_QR_MAX_MODULE_PX
 * @error: return location for a #MdocQrError
 *
 * Returns: (transfer full): a PNG file in grey, or %NULL with @error set
 */
GBytes *
mdoc_qr_to_png (const char *text, guint module_px, GError **error)
{
  g_autoptr (QRcode) code = NULL;
  g_autoptr (GByteArray) out = NULL;
  g_autofree guint8 *row = NULL;
  gboolean is_written = FALSE;
  png_infop info = NULL;
  png_structp png;

  g_return_val_if_fail (text != NULL && *text != '\0', NULL);
  g_return_val_if_fail (module_px >= 1 && module_px <= MDOC_QR_MAX_MODULE_PX,
                        NULL);

  code = encode (text, error);
  if (code == NULL)
    return NULL;

  out = g_byte_array_new ();
  row = g_malloc ((gsize) full_width (code) * module_px);
  png = png_create_write_struct (PNG_LIBPNG_VER_STRING,
                                 NULL,
                                 leave,
                                 ignore_warning);
  if (png != NULL)
    info = png_create_info_struct (png);
  if (info != NULL)
    {
      png_set_write_fn (png, out, append_png, flush_nothing);
      is_written = write_png (png, info, code, module_px, row);
    }
  png_destroy_write_struct (&png, &info);

  if (!is_written)
    {
      refuse (error, MDOC_QR_ERROR_DEVICE, "The PNG file cannot be made");
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}
