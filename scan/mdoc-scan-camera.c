/*
 * mdoc-scan-camera.c - the text of a QR code before a camera
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <zbar.h>

#include "scan/mdoc-scan-private.h"

#define FORMAT_GREY zbar_fourcc ('Y', '8', '0', '0')

G_DEFINE_AUTOPTR_CLEANUP_FUNC (zbar_video_t, zbar_video_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (zbar_image_t, zbar_image_destroy)

static gboolean
refuse_device (const char *device, const char *detail, GError **error)
{
  g_autofree char *reason = g_strdup_printf ("%s: %s", device, detail);

  return mdoc_scan_refuse (error, MDOC_SCAN_ERROR_CAMERA, reason);
}

/* ZBar prints why it cannot open one, and knows codes instead of reasons: what
 * people meet is asked for here. */
static gboolean
check_device (const char *device, GError **error)
{
  struct v4l2_capability capability = { 0 };
  gint fd = open (device, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  gboolean is_camera;

  if (fd < 0 && errno == EACCES)
    return refuse_device (device,
                          "no permission; on most systems members of the group "
                          "video may use cameras",
                          error);
  if (fd < 0)
    return refuse_device (device, g_strerror (errno), error);

  is_camera = ioctl (fd, VIDIOC_QUERYCAP, &capability) == 0
              && (capability.capabilities & V4L2_CAP_VIDEO_CAPTURE) != 0;
  close (fd);
  return is_camera || refuse_device (device, "this is no camera", error);
}

static zbar_video_t *
open_camera (const char *device, GError **error)
{
  g_autoptr (zbar_video_t) video = NULL;

  if (!check_device (device, error))
    return NULL;

  video = zbar_video_create ();
  if (video == NULL || zbar_video_open (video, device) != 0
      || zbar_negotiate_format (video, NULL) != 0
      || zbar_video_enable (video, 1) != 0)
    {
      refuse_device (device,
                     "the camera gives no pictures; does another program use "
                     "it?",
                     error);
      return NULL;
    }
  return g_steal_pointer (&video);
}

/* Returns: whether there is a picture to fetch; %FALSE if the time is over */
static gboolean
wait_for_picture (zbar_video_t *video, gint64 until_us)
{
  struct pollfd poller = { .fd = zbar_video_get_fd (video), .events = POLLIN };
  gint64 left_ms = (until_us - g_get_monotonic_time ()) / 1000;

  if (left_ms <= 0)
    return FALSE;
  /* a driver that cannot be waited for is waited for in the fetching */
  return poller.fd < 0 || poll (&poller, 1, (gint) left_ms) != 0;
}

static gboolean
look (MdocScanner *scanner, zbar_image_t *frame)
{
  g_autoptr (zbar_image_t) grey = zbar_image_convert (frame, FORMAT_GREY);
  g_autoptr (MdocPicture) picture = NULL;
  gulong n_pixels;

  if (grey == NULL)
    return FALSE;
  n_pixels = (gulong) zbar_image_get_width (grey)
             * zbar_image_get_height (grey);
  if (n_pixels == 0 || n_pixels > MDOC_SCAN_MAX_PIXELS
      || n_pixels > zbar_image_get_data_length (grey))
    return FALSE;

  picture = mdoc_picture_new (zbar_image_get_width (grey),
                              zbar_image_get_height (grey));
  memcpy (picture->grey, zbar_image_get_data (grey), n_pixels);
  return mdoc_scanner_look (scanner, picture);
}

/**
 * mdoc_scan_camera:
 * @device: a V4L2 device such as "/dev/video0"
 * @scheme: how the text has to begin, such as "mdoc:"
 * @timeout_ms: how long to look, 1..G_MAXINT
 * @error: return location for a #MdocScanError
 *
 * Blocks. Codes that begin otherwise are passed over.
 *
 * Returns: (transfer full): the text of the first code that begins so, or %NULL
 *   with @error set
 */
char *
mdoc_scan_camera (const char *device,
                  const char *scheme,
                  guint timeout_ms,
                  GError **error)
{
  gint64 until_us = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  g_autoptr (zbar_video_t) video = open_camera (device, error);
  g_autoptr (MdocScanner) scanner = NULL;

  if (video == NULL)
    return NULL;

  scanner = mdoc_scanner_new (scheme);
  while (wait_for_picture (video, until_us))
    {
      g_autoptr (zbar_image_t) frame = zbar_video_next_image (video);

      if (frame == NULL)
        {
          refuse_device (device, "the camera has stopped", error);
          return NULL;
        }
      if (look (scanner, frame))
        return mdoc_scanner_get_text (scanner, error);
    }

  mdoc_scan_refuse (error,
                    MDOC_SCAN_ERROR_TIMEOUT,
                    "The camera saw no QR code of a holder in time");
  return NULL;
}
