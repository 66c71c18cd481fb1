/*
 * test-scan.c - our QR codes, as a camera would see them, are read back
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "engagement/mdoc-qr.h"
#include "scan/mdoc-picture.h"
#include "scan/mdoc-scan.h"

/* as long as an engagement with both modes over Bluetooth */
#define URI                                                                    \
  "mdoc:owBjMS4wAYIB2BhYS6QBAiABIVggWojRgrzl9C76WZQ_MzWdAuipaP8onZPl-"         \
  "kRLYkNDFn8iWCDJ5Ix41EWF1BOTRBcDwOUTUVPFr-pDmBZSi8lXV0tyogKBgwIBowD0AfULU"   \
  "EXv70hiLEj7pzLXesoVxvA"
#define OTHER "https://example.com/menu"
#define PAPER 0xff

/* --- pictures --- */

static MdocPicture *
draw (const char *text, guint module_px)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = mdoc_qr_to_png (text, module_px, &error);
  MdocPicture *picture;

  g_assert_no_error (error);
  picture = mdoc_picture_parse (png, MDOC_SCAN_MAX_PIXELS, &error);
  g_assert_no_error (error);
  return picture;
}

static guint8
get_pixel (const MdocPicture *from, gint64 x, gint64 y)
{
  if (x < 0 || y < 0 || x >= from->width || y >= from->height)
    return PAPER;
  return from->grey[(gsize) y * from->width + (gsize) x];
}

static double
interpolate (const MdocPicture *from, double x, double y)
{
  gint64 left = (gint64) floor (x), top = (gint64) floor (y);
  double right = x - (double) left, below = y - (double) top;

  return (1 - below)
             * ((1 - right) * get_pixel (from, left, top)
                + right * get_pixel (from, left + 1, top))
         + below
               * ((1 - right) * get_pixel (from, left, top + 1)
                  + right * get_pixel (from, left + 1, top + 1));
}

/* How a camera stands to the paper. */
typedef struct
{
  const char *name;
  double scale;
  double degrees;
  double tilt;     /* how much farther away the upper edge is */
  double noise;    /* standard deviation, of 255 */
  double contrast; /* what is left of it */
  double shade;    /* how much darker it is on the right */
  gboolean is_negative;
} View;

static double
draw_noise (GRand *rand)
{
  double sum = 0;

  for (guint i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return sum - 6;
}

static MdocPicture *
see (const MdocPicture *from, const View *view)
{
  double angle = view->degrees * G_PI / 180;
  guint side = (guint) (hypot (from->width, from->height) * view->scale) + 1;
  MdocPicture *to = mdoc_picture_new (side, side);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260101);

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      {
        double depth = 1 / (1 + view->tilt * ((double) y / side - 0.5));
        double u = (x - side / 2.0) / view->scale * depth;
        double v = (y - side / 2.0) / view->scale * depth;
        double grey = interpolate (from,
                                   u * cos (angle) + v * sin (angle)
                                       + from->width / 2.0,
                                   v * cos (angle) - u * sin (angle)
                                       + from->height / 2.0);

        if (view->is_negative)
          grey = PAPER - grey;
        grey = 128 + (grey - 128) * view->contrast;
        grey *= 1 - view->shade * x / side;
        grey += view->noise * draw_noise (rand);
        to->grey[(gsize) y * side + x] = (guint8) CLAMP (grey, 0, 255);
      }
  return to;
}

/* Beside each other. */
static MdocPicture *
join (const MdocPicture *left, const MdocPicture *right)
{
  guint height = MAX (left->height, right->height);
  MdocPicture *both = mdoc_picture_new (left->width + right->width, height);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < both->width; x++)
      both->grey[(gsize) y * both->width + x]
          = x < left->width ? get_pixel (left, x, y)
                            : get_pixel (right, x - left->width, y);
  return both;
}

/* --- files --- */

static GBytes *
write_png (const void *pixels, guint width, guint height, guint32 format)
{
  png_image image = { .version = PNG_IMAGE_VERSION,
                      .width = width,
                      .height = height,
                      .format = format };
  png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX (image);
  g_autofree guint8 *out = g_malloc (len);

  g_assert_true (
      png_image_write_to_memory (&image, out, &len, 0, pixels, 0, NULL));
  return g_bytes_new (out, len);
}

static GBytes *
to_png (const MdocPicture *picture)
{
  return write_png (picture->grey,
                    picture->width,
                    picture->height,
                    PNG_FORMAT_GRAY);
}

static GBytes *
to_jpeg (const MdocPicture *picture, gboolean is_progressive)
{
  struct jpeg_compress_struct info = { 0 };
  struct jpeg_error_mgr errors;
  guchar *out = NULL;
  gulong len = 0;
  GBytes *file;

  info.err = jpeg_std_error (&errors);
  jpeg_create_compress (&info);
  jpeg_mem_dest (&info, &out, &len);
  info.image_width = picture->width;
  info.image_height = picture->height;
  info.input_components = 1;
  info.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults (&info);
  jpeg_set_quality (&info, 40, TRUE);
  if (is_progressive)
    jpeg_simple_progression (&info);
  jpeg_start_compress (&info, TRUE);
  while (info.next_scanline < info.image_height)
    {
      JSAMPROW row = picture->grey
                     + (gsize) info.next_scanline * picture->width;

      jpeg_write_scanlines (&info, &row, 1);
    }
  jpeg_finish_compress (&info);
  jpeg_destroy_compress (&info);
  file = g_bytes_new (out, len);
  free (out);
  return file;
}

/* --- what is read --- */

static void
assert_reads (GBytes *file, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = mdoc_scan_picture (file, "mdoc:", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_refuses (GBytes *file, MdocScanError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_scan_picture (file, "mdoc:", &error));
  g_assert_error (error, MDOC_SCAN_ERROR, (gint) code);
}

static void
test_as_drawn (void)
{
  for (guint module_px = 1; module_px <= 16; module_px++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) png = mdoc_qr_to_png (URI, module_px, &error);

      g_assert_no_error (error);
      if (module_px > 1) /* which is less than ZBar can see */
        assert_reads (png, URI);
    }
}

static void
test_views (void)
{
  static const View views[] = {
    { "straight", 1, 0, 0, 0, 1, 0, FALSE },
    { "larger", 3.3, 0, 0, 0, 1, 0, FALSE },
    { "smaller", 0.6, 0, 0, 0, 1, 0, FALSE },
    { "quarter", 1, 90, 0, 0, 1, 0, FALSE },
    { "upside-down", 1, 180, 0, 0, 1, 0, FALSE },
    { "turned", 1, 17, 0, 0, 1, 0, FALSE },
    { "turned-far", 1, 233, 0, 0, 1, 0, FALSE },
    { "tilted", 1.3, 0, 0.15, 0, 1, 0, FALSE },
    { "noisy", 1, 0, 0, 40, 1, 0, FALSE },
    { "large-and-noisy", 4, 8, 0, 60, 1, 0, FALSE },
    { "pale", 1, 0, 0, 0, 0.25, 0, FALSE },
    { "shaded", 1, 5, 0, 0, 0.8, 0.6, FALSE },
    { "negative", 1, 0, 0, 0, 1, 0, TRUE },
    { "all-at-once", 1.7, 12, 0.05, 20, 0.7, 0.3, FALSE },
  };
  g_autoptr (MdocPicture) drawn = draw (URI, 6);

  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autoptr (MdocPicture) seen = see (drawn, &views[i]);
      g_autoptr (GBytes) png = to_png (seen);
      g_autoptr (GBytes) jpeg = to_jpeg (seen, FALSE);
      g_autoptr (GBytes) progressive = to_jpeg (seen, TRUE);

      g_test_message ("%s", views[i].name);
      assert_reads (png, URI);
      assert_reads (jpeg, URI);
      assert_reads (progressive, URI);
    }
}

/* Black on clear, as designers make them; and in colour, by 8 and 16 bits. */
static void
test_png_formats (void)
{
  g_autoptr (MdocPicture) drawn = draw (URI, 4);
  gsize n = (gsize) drawn->width * drawn->height;
  g_autofree guint8 *clear = g_malloc0 (n * 4);
  g_autofree guint8 *colour = g_malloc (n * 3);
  g_autofree guint16 *deep = g_new (guint16, n);
  g_autoptr (GBytes) clear_png = NULL;
  g_autoptr (GBytes) colour_png = NULL;
  g_autoptr (GBytes) deep_png = NULL;

  for (gsize i = 0; i < n; i++)
    {
      gboolean is_dark = drawn->grey[i] == 0;

      clear[4 * i + 3] = is_dark ? 0xff : 0;
      colour[3 * i] = is_dark ? 0x20 : 0xff;
      colour[3 * i + 1] = is_dark ? 0x10 : 0xf0;
      colour[3 * i + 2] = is_dark ? 0x60 : 0xc0;
      deep[i] = is_dark ? 0 : 0xffff;
    }
  clear_png = write_png (clear, drawn->width, drawn->height, PNG_FORMAT_RGBA);
  colour_png = write_png (colour, drawn->width, drawn->height, PNG_FORMAT_RGB);
  deep_png = write_png (deep, drawn->width, drawn->height, PNG_FORMAT_LINEAR_Y);
  assert_reads (clear_png, URI);
  assert_reads (colour_png, URI);
  assert_reads (deep_png, URI);
}

static void
test_which_code (void)
{
  g_autoptr (MdocPicture) ours = draw (URI, 4);
  g_autoptr (MdocPicture) another = draw ("mdoc:owBjMS4w", 8);
  g_autoptr (MdocPicture) menu = draw (OTHER, 8);
  g_autoptr (MdocPicture) shout = draw ("MDOC:owBjMS4w", 8);
  g_autoptr (MdocPicture) nothing = mdoc_picture_new (300, 300);
  g_autoptr (MdocPicture) with_menu = join (menu, ours);
  g_autoptr (MdocPicture) with_itself = join (ours, ours);
  g_autoptr (MdocPicture) with_another = join (ours, another);
  g_autoptr (GBytes) with_menu_png = to_png (with_menu);
  g_autoptr (GBytes) with_itself_png = to_png (with_itself);
  g_autoptr (GBytes) with_another_png = to_png (with_another);
  g_autoptr (GBytes) menu_png = to_png (menu);
  g_autoptr (GBytes) shout_png = to_png (shout);
  g_autoptr (GBytes) nothing_png = NULL;

  memset (nothing->grey, PAPER, 300 * 300);
  nothing_png = to_png (nothing);
  assert_reads (with_menu_png, URI);
  assert_reads (with_itself_png, URI);
  assert_reads (shout_png, "MDOC:owBjMS4w");
  assert_refuses (with_another_png, MDOC_SCAN_ERROR_SEVERAL);
  assert_refuses (menu_png, MDOC_SCAN_ERROR_OTHER_CODE);
  assert_refuses (nothing_png, MDOC_SCAN_ERROR_NO_CODE);
}

static void
test_no_picture (void)
{
  static const struct
  {
    const char *data;
    gsize len;
  } wrong[] = {
    { "", 0 },
    { "mdoc:owBjMS4w", 13 },
    { "\xff\xd8\xff", 3 },
    { "\xff\xd8\xff\xe0", 4 },
    { "\xff\xd8\xff\xd9", 4 },
    { "\x89PNG\r\n\x1a\n", 8 },
    { "GIF89a\1\0\1\0\0\0\0;", 14 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GBytes) file = g_bytes_new_static (wrong[i].data,
                                                    wrong[i].len);

      assert_refuses (file, MDOC_SCAN_ERROR_PICTURE);
    }
}

/* A PNG that breaks off is broken wherever it does. A JPEG is read as far as it
 * goes, once there is a head. */
static void
test_cut_short (void)
{
  g_autoptr (MdocPicture) drawn = draw ("mdoc:owBjMS4w", 3);
  g_autoptr (GBytes) png = to_png (drawn);
  g_autoptr (GBytes) jpeg = to_jpeg (drawn, FALSE);

  for (gsize len = 0; len < g_bytes_get_size (png) - 12; len++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (png, 0, len);

      assert_refuses (cut, MDOC_SCAN_ERROR_PICTURE);
    }
  for (gsize len = 0; len < g_bytes_get_size (jpeg); len += 7)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (jpeg, 0, len);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocPicture) picture = NULL;

      picture = mdoc_picture_parse (cut, MDOC_SCAN_MAX_PIXELS, &error);
      if (picture == NULL)
        g_assert_error (error, MDOC_SCAN_ERROR, MDOC_SCAN_ERROR_PICTURE);
      else
        g_assert_cmpuint (picture->width, ==, drawn->width);
    }
}

static void
assert_size (guint width, guint height, guint max_pixels, gboolean is_good)
{
  g_autoptr (MdocPicture) picture = mdoc_picture_new (width, height);
  g_autoptr (GBytes) png = NULL;
  g_autoptr (GBytes) jpeg = NULL;

  memset (picture->grey, PAPER, (gsize) width * height);
  png = to_png (picture);
  jpeg = to_jpeg (picture, FALSE);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocPicture) read = NULL;

      read = mdoc_picture_parse (i == 0 ? png : jpeg, max_pixels, &error);
      g_assert_true ((read != NULL) == is_good);
      if (!is_good)
        g_assert_error (error, MDOC_SCAN_ERROR, MDOC_SCAN_ERROR_LIMIT);
    }
}

static void
test_limits (void)
{
  g_autofree guint8 *large = g_malloc0 (MDOC_SCAN_MAX_BYTES + 1);
  g_autoptr (GBytes) at = g_bytes_new (large, MDOC_SCAN_MAX_BYTES);
  g_autoptr (GBytes) over = g_bytes_new (large, MDOC_SCAN_MAX_BYTES + 1);

  assert_size (100, 50, 5000, TRUE);
  assert_size (100, 50, 4999, FALSE);
  assert_size (MDOC_SCAN_MAX_SIDE, 1, MDOC_SCAN_MAX_PIXELS, TRUE);
  assert_size (MDOC_SCAN_MAX_SIDE + 1, 1, MDOC_SCAN_MAX_PIXELS, FALSE);
  assert_size (1, MDOC_SCAN_MAX_SIDE, MDOC_SCAN_MAX_PIXELS, TRUE);
  assert_size (1, MDOC_SCAN_MAX_SIDE + 1, MDOC_SCAN_MAX_PIXELS, FALSE);
  assert_refuses (at, MDOC_SCAN_ERROR_PICTURE);
  assert_refuses (over, MDOC_SCAN_ERROR_LIMIT);
}

/* A scan of a progressive picture costs little to write and much to read: the
 * last one of this file, which refines one coefficient, is written many times
 * more. */
static void
test_many_scans (void)
{
  g_autoptr (MdocPicture) drawn = draw ("mdoc:owBjMS4w", 2);
  g_autoptr (GBytes) file = to_jpeg (drawn, TRUE);
  gsize len;
  const guint8 *data = g_bytes_get_data (file, &len);
  g_autoptr (GByteArray) many = g_byte_array_new ();
  g_autoptr (GBytes) bomb = NULL;
  g_autoptr (GError) error = NULL;
  gsize last = 0;

  for (gsize i = 0; i + 1 < len; i++)
    if (data[i] == 0xff && data[i + 1] == 0xda)
      last = i;
  g_assert_cmpuint (last, >, 0);

  g_byte_array_append (many, data, (guint) len - 2);
  for (guint i = 0; i < 100; i++)
    g_byte_array_append (many, data + last, (guint) (len - 2 - last));
  g_byte_array_append (many, data + len - 2, 2);
  bomb = g_byte_array_free_to_bytes (g_steal_pointer (&many));
  g_assert_null (mdoc_picture_parse (bomb, MDOC_SCAN_MAX_PIXELS, &error));
  g_assert_error (error, MDOC_SCAN_ERROR, MDOC_SCAN_ERROR_PICTURE);
  g_assert_nonnull (strstr (error->message, "scans"));
}

static void
test_halve (void)
{
  g_autoptr (MdocPicture) picture = mdoc_picture_new (5, 2);
  g_autoptr (MdocPicture) half = NULL;

  memcpy (picture->grey, "\0\4\x10\x20\xff\0\4\x10\x21\xff", 10);
  half = mdoc_picture_halve (picture);
  g_assert_cmpuint (half->width, ==, 2);
  g_assert_cmpuint (half->height, ==, 1);
  g_assert_cmpuint (half->grey[0], ==, 2);
  g_assert_cmpuint (half->grey[1], ==, 0x18);
  g_assert_null (mdoc_picture_halve (half));
}

static void
test_no_camera (void)
{
  static const struct
  {
    const char *device;
    const char *reason;
  } wrong[] = {
    { "/dev/null", "no camera" },
    { "/dev/video-that-is-not-there", "No such file" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mdoc_scan_camera (wrong[i].device, "mdoc:", 1000, &error));
      g_assert_error (error, MDOC_SCAN_ERROR, MDOC_SCAN_ERROR_CAMERA);
      g_assert_nonnull (strstr (error->message, wrong[i].device));
      g_assert_nonnull (strstr (error->message, wrong[i].reason));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scan/as-drawn", test_as_drawn);
  g_test_add_func ("/scan/views", test_views);
  g_test_add_func ("/scan/png-formats", test_png_formats);
  g_test_add_func ("/scan/which-code", test_which_code);
  g_test_add_func ("/scan/no-picture", test_no_picture);
  g_test_add_func ("/scan/cut-short", test_cut_short);
  g_test_add_func ("/scan/limits", test_limits);
  g_test_add_func ("/scan/many-scans", test_many_scans);
  g_test_add_func ("/scan/halve", test_halve);
  g_test_add_func ("/scan/no-camera", test_no_camera);
  return g_test_run ();
}
