/*
 * mdoc-keystore-pin.c - where the PIN of a token comes from
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-keystore-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mdoc-file.h"
#include "base/mdoc-names.h"

#define MAX_PIN_LEN 256

#define CREDENTIAL_PREFIX "credential:"
#define FILE_PREFIX       "file:"

/* "file:PATH", a path alone, or "credential:NAME" of systemd */
static char *
make_pin_path (const char *source)
{
  const char *directory = g_getenv (MDOC_ENV_CREDENTIALS_DIR);
  const char *name;

  if (!g_str_has_prefix (source, CREDENTIAL_PREFIX))
    return g_strdup (g_str_has_prefix (source, FILE_PREFIX)
                         ? source + strlen (FILE_PREFIX)
                         : source);

  name = source + strlen (CREDENTIAL_PREFIX);
  if (directory == NULL || !g_path_is_absolute (directory) || *name == '\0'
      || strchr (name, '/') != NULL || strcmp (name, "..") == 0)
    return NULL;

  return g_build_filename (directory, name, NULL);
}

/**
 * mdoc_keystore_read_pin:
 * @source: (nullable): the URI's "pin-source": "file:PATH", a path, or
 *   "credential:NAME"
 * @error: return location for %MDOC_KEYSTORE_ERROR_LOCKED
 *
 * Returns: (transfer full): the PIN, without the end of its line, or %NULL with
 *   @error set
 */
MdocSecret *
mdoc_keystore_read_pin (const char *source, GError **error)
{
  g_autofree char *path = source != NULL ? make_pin_path (source) : NULL;
  g_autoptr (MdocSecret) file = NULL;
  g_autoptr (GError) reason = NULL;
  GStatBuf info;
  MdocSpan pin;

  if (path == NULL)
    {
      mdoc_keystore_refuse (error,
                            MDOC_KEYSTORE_ERROR_LOCKED,
                            "%s",
                            source == NULL
                                ? "The token wants a PIN: name the file that "
                                  "has it in the URI, as pin-source=file:PATH"
                                : "The token's PIN is missing: systemd has "
                                  "passed no such credential");
      return NULL;
    }

  if (g_stat (path, &info) == 0 && (info.st_mode & S_IRWXO) != 0)
    {
      mdoc_keystore_refuse (error,
                            MDOC_KEYSTORE_ERROR_LOCKED,
                            "The file with the token's PIN may be read or "
                            "written by everybody: that has to end first");
      return NULL;
    }

  file = mdoc_file_read_secret (path, MAX_PIN_LEN, &reason);
  if (file == NULL)
    {
      mdoc_keystore_refuse (error,
                            MDOC_KEYSTORE_ERROR_LOCKED,
                            "The file with the token's PIN cannot be read: %s",
                            reason->message);
      return NULL;
    }

  pin = mdoc_secret_get_span (file);
  while (pin.len > 0 && pin.data[pin.len - 1] == '\n')
    pin.len--;
  return mdoc_secret_new_copy (pin);
}
