/*
 * mdoc-reader-trust.c - whom the command line says to trust
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-trust.h"

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "mdoc/mdoc-vical.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-input.h"

/**
 * mdoc_reader_trust_clear:
 * @self: what the options filled
 */
void
mdoc_reader_trust_clear (MdocReaderTrust *self)
{
  g_clear_pointer (&self->roots, g_strfreev);
  g_clear_pointer (&self->crls, g_strfreev);
  g_clear_pointer (&self->vicals, g_strfreev);
  g_clear_pointer (&self->vical_roots, g_strfreev);
}

/**
 * mdoc_reader_trust_check:
 * @self: what the options filled
 * @error: return location for what is wrong with the command line
 *
 * Returns: %MDOC_EXIT_DONE if they go together
 */
MdocExit
mdoc_reader_trust_check (const MdocReaderTrust *self, GError **error)
{
  if (self->roots == NULL && self->vicals == NULL)
    return mdoc_command_refuse (error,
                                "--trust is missing: a root of issuers to"
                                " trust, or --vical, a list of them");
  if ((self->vicals == NULL) != (self->vical_roots == NULL))
    return mdoc_command_refuse (error, "--vical and --vical-root go together");

  return MDOC_EXIT_DONE;
}

static MdocVical *
read_vical (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) encoded = NULL;
  MdocVical *vical;

  content = mdoc_file_read (path, MDOC_VICAL_MAX_BYTES, error);
  if (content == NULL)
    return NULL;
  encoded = mdoc_reader_input_decode (content, error);
  if (encoded == NULL)
    return NULL;

  vical = mdoc_vical_parse (encoded, error);
  if (vical == NULL)
    g_prefix_error (error, "%s: ", shown);
  return vical;
}

/* An old list still says more than none, but whoever relies on it has to know
 * that issuers may have been taken off since. */
static void
warn_if_old (MdocVical *vical, const char *path, gint64 at_unix_s)
{
  gint64 next_update_s;

  if (mdoc_vical_get_next_update (vical, &next_update_s)
      && at_unix_s > next_update_s)
    {
      g_autofree char *shown = g_filename_display_name (path);
      g_autofree char *due = mdoc_time_format (next_update_s);

      g_printerr ("mdoc-reader: %s: a newer list is due since %s\n",
                  shown,
                  due);
    }
}

static gboolean
add_vical (MdocVerifier *verifier,
           const char *path,
           GPtrArray *roots,
           GPtrArray *crls,
           gint64 at_unix_s,
           GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (MdocVical) vical = read_vical (path, error);
  MdocPathResult signer;
  gboolean is_valid;

  if (vical == NULL)
    return FALSE;

  if (!mdoc_vical_verify (vical,
                          roots,
                          crls,
                          at_unix_s,
                          &signer,
                          &is_valid,
                          error))
    {
      g_prefix_error (error, "%s: ", shown);
      return FALSE;
    }
  if (!is_valid)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_INPUT,
                               "%s: the list is not to be trusted: %s",
                               shown,
                               signer == MDOC_PATH_OK
                                   ? "its signature does not hold"
                                   : mdoc_path_result_get_name (signer));

  warn_if_old (vical, path, at_unix_s);
  mdoc_verifier_trust_vical (verifier, vical);
  return TRUE;
}

/**
 * mdoc_reader_trust_new_verifier:
 * @self: what the options filled
 * @at_unix_s: when to judge the validity of lists, in seconds since 1970
 * @error: return location for a #MdocFileError, #MdocCryptoError,
 *   #MdocCborError or #MdocReaderError: a file that was named is not what it
 *   should be, or a list is not signed by whom it should be
 *
 * Returns: (transfer full): a verifier that trusts just these, or %NULL with
 *   @error set
 */
MdocVerifier *
mdoc_reader_trust_new_verifier (const MdocReaderTrust *self,
                                gint64 at_unix_s,
                                GError **error)
{
  g_autoptr (MdocVerifier) verifier = NULL;
  g_autoptr (GPtrArray) roots = NULL;
  g_autoptr (GPtrArray) list_roots = NULL;
  g_autoptr (GPtrArray) crls = NULL;

  roots = mdoc_reader_input_read_certificates (self->roots, error);
  if (roots == NULL)
    return NULL;
  crls = mdoc_reader_input_read_crls (self->crls, error);
  if (crls == NULL)
    return NULL;
  list_roots = mdoc_reader_input_read_certificates (self->vical_roots, error);
  if (list_roots == NULL)
    return NULL;

  if (crls->len == 0)
    g_clear_pointer (&crls, g_ptr_array_unref);
  verifier = mdoc_verifier_new (roots, crls);
  for (char **path = self->vicals; path != NULL && *path != NULL; path++)
    if (!add_vical (verifier, *path, list_roots, crls, at_unix_s, error))
      return NULL;

  return g_steal_pointer (&verifier);
}
