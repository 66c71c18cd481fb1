/*
 * mdoc-reader-scan.c - the verb scan-qr, and what it shares with request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-scan.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mdoc-file.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-json.h"
#include "reader/mdoc-reader-structure.h"
#include "reader/mdoc-reader-verbs.h"
#include "scan/mdoc-scan.h"

#define SCHEME            "mdoc:"
#define DEFAULT_TIMEOUT_S 60
#define MAX_TIMEOUT_S     3600

static gboolean
is_device (const char *path)
{
  struct stat status;

  return stat (path, &status) == 0 && S_ISCHR (status.st_mode);
}

static char *
scan_camera (const char *path, guint timeout_s, GError **error)
{
  if (isatty (STDERR_FILENO))
    g_printerr ("Hold the QR code before the camera.\n");
  return mdoc_scan_camera (path, SCHEME, timeout_s * 1000, error);
}

static char *
scan_file (const char *path, GError **error)
{
  g_autoptr (GBytes) file = mdoc_file_read (path, MDOC_SCAN_MAX_BYTES, error);
  char *text;

  if (file == NULL)
    return NULL;
  text = mdoc_scan_picture (file, SCHEME, error);
  if (text == NULL)
    g_prefix_error (error, "%s: ", path);
  return text;
}

MdocDeviceEngagement *
mdoc_reader_scan (const char *path,
                  guint timeout_s,
                  char **ret_uri,
                  GError **error)
{
  g_autofree char *uri = NULL;
  MdocDeviceEngagement *engagement;

  uri = is_device (path) ? scan_camera (path, timeout_s, error)
                         : scan_file (path, error);
  if (uri == NULL)
    return NULL;
  engagement = mdoc_device_engagement_parse_uri (uri, error);
  if (engagement != NULL && ret_uri != NULL)
    *ret_uri = g_steal_pointer (&uri);
  return engagement;
}

static gboolean
print_json (const char *uri, MdocDeviceEngagement *engagement, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  GBytes *encoded = mdoc_device_engagement_get_encoded (engagement);

  json_builder_begin_object (builder);
  mdoc_json_add_text (builder, "uri", uri);
  mdoc_json_begin_object (builder, "engagement");
  if (!mdoc_structure_summarize (MDOC_STRUCTURE_DEVICE_ENGAGEMENT,
                                 mdoc_span_from_bytes (encoded),
                                 builder,
                                 error))
    return FALSE;
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  mdoc_reader_print_json (root);
  return TRUE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_autoptr (MdocDeviceEngagement) engagement = NULL;
  g_autofree char *uri = NULL;
  gint timeout_s = DEFAULT_TIMEOUT_S;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout_s,
      "How long a camera looks for a code (60)", "SECONDS" },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;
  if (timeout_s < 1 || timeout_s > MAX_TIMEOUT_S)
    return mdoc_command_refuse (error,
                                "--timeout takes 1 to %d seconds",
                                MAX_TIMEOUT_S);

  engagement = mdoc_reader_scan (mdoc_command_get_argument (command, 0),
                                 (guint) timeout_s,
                                 &uri,
                                 error);
  if (engagement == NULL)
    return mdoc_reader_error_get_exit (*error);

  if (!mdoc_command_is_json (command))
    g_print ("%s\n", uri);
  else if (!print_json (uri, engagement, error))
    return MDOC_EXIT_FAILED;
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_reader_verb_scan_qr = {
  .name = "scan-qr",
  .arguments = "FILE|DEVICE",
  .summary = "Read a holder's QR code from a picture or a camera",
  .description
  = "Reads the QR code that a holder shows from a PNG or JPEG picture, or from "
    "a camera\nsuch as /dev/video0, and prints its mdoc: text. Other codes "
    "beside it are passed\nover. “request --engagement-image” does the same "
    "and goes on from there.\n"
    "\n"
    "Ends with 3 if there is no such code, 6 if a camera saw none in time, 5 "
    "if the code\nis no sound engagement.\n"
    "\n"
    "Examples:\n"
    "  mdoc-reader scan-qr screenshot.png\n"
    "  mdoc-reader scan-qr /dev/video0 --timeout 20",
  .run = run,
};
