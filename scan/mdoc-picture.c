/*
 * mdoc-picture.c - a picture in grey, from PNG or JPEG
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "scan/mdoc-picture.h"

#include <setjmp.h>
#include <stdio.h> /* before jpeglib.h, which needs it */
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "scan/mdoc-scan-private.h"

/* A progressive picture may have scan after scan, each of which costs a walk
 * through all of it. What cameras and programs write has up to twelve. */
#define MAX_JPEG_SCANS 64

MdocPicture *
mdoc_picture_new (guint width, guint height)
{
  MdocPicture *self = g_new (MdocPicture, 1);

  self->width = width;
  self->height = height;
  self->grey = g_malloc ((gsize) width * height);
  return self;
}

void
mdoc_picture_free (MdocPicture *self)
{
  if (self == NULL)
    return;

  g_free (self->grey);
  g_free (self);
}

/* Looked at before there is memory for a single row. */
static gboolean
check_size (guint64 width, guint64 height, guint max_pixels, GError **error)
{
  if (width == 0 || height == 0)
    return mdoc_scan_refuse (error,
                             MDOC_SCAN_ERROR_PICTURE,
                             "The picture is empty");
  if (width > MDOC_SCAN_MAX_SIDE || height > MDOC_SCAN_MAX_SIDE
      || width > max_pixels / height)
    {
      g_autofree char *reason = NULL;

      reason = g_strdup_printf ("The picture has %" G_GUINT64_FORMAT
                                " x %" G_GUINT64_FORMAT
                                " pixels; up to %u along a side and %u in all "
                                "are read",
                                width,
                                height,
                                MDOC_SCAN_MAX_SIDE,
                                max_pixels);
      return mdoc_scan_refuse (error, MDOC_SCAN_ERROR_LIMIT, reason);
    }
  return TRUE;
}

static MdocPicture *
refuse_broken (const char *kind, const char *detail, GError **error)
{
  g_autofree char *reason = g_strdup_printf ("The %s is broken: %s",
                                             kind,
                                             detail);

  mdoc_scan_refuse (error, MDOC_SCAN_ERROR_PICTURE, reason);
  return NULL;
}

/* --- PNG --- */

static void
free_png (png_image *image)
{
  png_image_free (image);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (png_image, free_png)

/* Any depth, palette or alpha, which lies on white paper. */
static MdocPicture *
parse_png (const guint8 *data, gsize len, guint max_pixels, GError **error)
{
  static const png_color white = { 0xff, 0xff, 0xff };
  g_auto (png_image) image = { .version = PNG_IMAGE_VERSION };
  g_autoptr (MdocPicture) picture = NULL;

  if (!png_image_begin_read_from_memory (&image, data, len))
    return refuse_broken ("PNG", image.message, error);
  if (!check_size (image.width, image.height, max_pixels, error))
    return NULL;

  picture = mdoc_picture_new (image.width, image.height);
  image.format = PNG_FORMAT_GRAY;
  if (!png_image_finish_read (&image, &white, picture->grey, 0, NULL))
    return refuse_broken ("PNG", image.message, error);
  return g_steal_pointer (&picture);
}

/* --- JPEG --- */

/* libjpeg's struct is the first member, so that it leads to ours. */
typedef struct
{
  struct jpeg_error_mgr manager;
  struct jpeg_progress_mgr progress;
  jmp_buf leave;
  char message[JMSG_LENGTH_MAX];
} JpegFaults;

/* By default libjpeg would print, and end the process. */
static void G_GNUC_NORETURN
on_jpeg_error (j_common_ptr info)
{
  JpegFaults *faults = (JpegFaults *) (gpointer) info->err;

  info->err->format_message (info, faults->message);
  longjmp (faults->leave, 1);
}

static void
on_jpeg_message (j_common_ptr info)
{
}

static void
on_jpeg_progress (j_common_ptr info)
{
  JpegFaults *faults = (JpegFaults *) (gpointer) info->err;
  j_decompress_ptr decompress = (j_decompress_ptr) (gpointer) info;

  if (!info->is_decompressor || decompress->input_scan_number <= MAX_JPEG_SCANS)
    return;
  g_strlcpy (faults->message, "it has too many scans", sizeof faults->message);
  longjmp (faults->leave, 1);
}

static gboolean
read_jpeg_head (struct jpeg_decompress_struct *info,
                JpegFaults *faults,
                const guint8 *data,
                gsize len)
{
  if (setjmp (faults->leave) != 0)
    return FALSE;

  jpeg_create_decompress (info);
  info->progress = &faults->progress;
  jpeg_mem_src (info, data, len);
  jpeg_read_header (info, TRUE);
  info->out_color_space = JCS_GRAYSCALE;
  return TRUE;
}

/* Leaves by longjmp(): nothing here needs to be freed. */
static gboolean
read_jpeg_rows (struct jpeg_decompress_struct *info,
                JpegFaults *faults,
                MdocPicture *picture)
{
  if (setjmp (faults->leave) != 0)
    return FALSE;

  jpeg_start_decompress (info);
  while (info->output_scanline < info->output_height)
    {
      JSAMPROW row = picture->grey
                     + (gsize) info->output_scanline * picture->width;

      jpeg_read_scanlines (info, &row, 1);
    }
  return TRUE;
}

static void
free_jpeg (struct jpeg_decompress_struct *info)
{
  jpeg_destroy_decompress (info);
}
typedef struct jpeg_decompress_struct JpegDecompress;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JpegDecompress, free_jpeg)

/* What is missing at the end of a picture stays grey: the code may be above. */
static MdocPicture *
parse_jpeg (const guint8 *data, gsize len, guint max_pixels, GError **error)
{
  JpegFaults faults = { .progress.progress_monitor = on_jpeg_progress };
  g_auto (JpegDecompress) info = { 0 };
  g_autoptr (MdocPicture) picture = NULL;

  info.err = jpeg_std_error (&faults.manager);
  faults.manager.error_exit = on_jpeg_error;
  faults.manager.output_message = on_jpeg_message;
  if (!read_jpeg_head (&info, &faults, data, len))
    return refuse_broken ("JPEG", faults.message, error);
  if (!check_size (info.image_width, info.image_height, max_pixels, error))
    return NULL;

  picture = mdoc_picture_new (info.image_width, info.image_height);
  if (!read_jpeg_rows (&info, &faults, picture))
    return refuse_broken ("JPEG", faults.message, error);
  return g_steal_pointer (&picture);
}

/**
 * mdoc_picture_parse:
 * @file: a PNG or JPEG file
 * @max_pixels: width times height, up to %MDOC_SCAN_MAX_PIXELS
 * @error: return location for a #MdocScanError: LIMIT or PICTURE
 *
 * Sides and bytes have the limits of mdoc-scan.h besides. A JPEG that breaks
 * off is read as far as it goes; a PNG that does is broken.
 *
 * Returns: (transfer full): the picture in grey, or %NULL with @error set
 */
MdocPicture *
mdoc_picture_parse (GBytes *file, guint max_pixels, GError **error)
{
  static const guint8 jpeg_start[] = { 0xff, 0xd8, 0xff };
  gsize len;
  const guint8 *data = g_bytes_get_data (file, &len);

  if (len > MDOC_SCAN_MAX_BYTES)
    {
      mdoc_scan_refuse (error,
                        MDOC_SCAN_ERROR_LIMIT,
                        "The picture has more than 32 MB");
      return NULL;
    }
  if (len >= 8 && png_sig_cmp (data, 0, 8) == 0)
    return parse_png (data, len, max_pixels, error);
  if (len > sizeof jpeg_start
      && memcmp (data, jpeg_start, sizeof jpeg_start) == 0)
    return parse_jpeg (data, len, max_pixels, error);

  mdoc_scan_refuse (error,
                    MDOC_SCAN_ERROR_PICTURE,
                    "This is neither a PNG nor a JPEG picture");
  return NULL;
}

MdocPicture *
mdoc_picture_halve (const MdocPicture *self)
{
  MdocPicture *half;

  if (self->width < 2 || self->height < 2)
    return NULL;

  half = mdoc_picture_new (self->width / 2, self->height / 2);
  for (guint y = 0; y < half->height; y++)
    for (guint x = 0; x < half->width; x++)
      {
        const guint8 *from = self->grey + (gsize) 2 * y * self->width + 2 * x;
        guint sum = (guint) from[0] + from[1] + from[self->width]
                    + from[self->width + 1];

        half->grey[(gsize) y * half->width + x] = (guint8) (sum / 4);
      }
  return half;
}
