/*
 * mdoc-issuer-input.c - the files that a command line names
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-issuer-input.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-names.h"
#include "issuer/mdoc-issuer-value.h"

#define MAX_CERTIFICATES_BYTES ((gsize) 256 * 1024)
#define MAX_KEY_BYTES          ((gsize) 16 * 1024)
#define MAX_DOC_TYPES          64

/* For all that follows: the reason alone does not tell which file is meant. */
static gpointer
name_file (const char *path, gpointer result, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (result == NULL)
    g_prefix_error (error, "%s: ", shown);
  return result;
}

/**
 * mdoc_issuer_input_read_certificates:
 * @path: a file of PEM or of DER
 * @error: return location for a #MdocFileError or #MdocCryptoError
 *
 * Returns: (transfer full) (element-type MdocCertificate): at least one, or
 *   %NULL with @error set
 */
GPtrArray *
mdoc_issuer_input_read_certificates (const char *path, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  GPtrArray *certificates;

  content = mdoc_file_read (path, MAX_CERTIFICATES_BYTES, error);
  if (content == NULL)
    return NULL;

  certificates = mdoc_certificate_parse_file (content, error);
  return name_file (path, certificates, error);
}

/**
 * mdoc_issuer_input_read_certificate:
 * @path: a file of PEM or of DER with exactly one certificate
 * @error: return location for a #MdocFileError, #MdocCryptoError or
 *   #MdocIssuerError
 *
 * Returns: (transfer full): the certificate, or %NULL with @error set
 */
MdocCertificate *
mdoc_issuer_input_read_certificate (const char *path, GError **error)
{
  g_autoptr (GPtrArray) certificates = NULL;

  certificates = mdoc_issuer_input_read_certificates (path, error);
  if (certificates == NULL)
    return NULL;
  if (certificates->len != 1)
    {
      mdoc_issuer_refuse (error,
                          MDOC_ISSUER_ERROR_SIGNER,
                          "%u certificates where one should be",
                          certificates->len);
      return name_file (path, NULL, error);
    }

  return mdoc_certificate_ref (g_ptr_array_index (certificates, 0));
}

/**
 * mdoc_issuer_input_read_key:
 * @path: a file of PEM with an unencrypted private key
 * @error: return location for a #MdocFileError or #MdocCryptoError
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocKey *
mdoc_issuer_input_read_key (const char *path, GError **error)
{
  g_autoptr (MdocSecret) content = NULL;
  g_autoptr (MdocSecret) pem = NULL;

  content = mdoc_file_read_secret (path, MAX_KEY_BYTES, error);
  if (content == NULL)
    return NULL;

  /* with the NUL that the parser wants */
  pem = mdoc_secret_new (mdoc_secret_get_len (content) + 1);
  memcpy (mdoc_secret_get_data (pem),
          mdoc_secret_get_data (content),
          mdoc_secret_get_len (content));
  return name_file (path,
                    mdoc_key_new_from_pem ((const char *) mdoc_secret_get_data (
                                               pem),
                                           error),
                    error);
}

/**
 * mdoc_issuer_input_read_public_key:
 * @path: a file of PEM with a public key
 * @error: return location for a #MdocFileError or #MdocCryptoError
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocPublicKey *
mdoc_issuer_input_read_public_key (const char *path, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  g_autofree char *pem = NULL;

  content = mdoc_file_read (path, MAX_KEY_BYTES, error);
  if (content == NULL)
    return NULL;

  pem = g_strndup (g_bytes_get_data (content, NULL),
                   g_bytes_get_size (content));
  return name_file (path, mdoc_public_key_new_from_pem (pem, error), error);
}

static gboolean
add_doc_type (MdocDocTypeTable *table, const char *path, GError **error)
{
  g_autoptr (MdocDocType) doc_type = NULL;
  g_autoptr (GBytes) content = NULL;

  content = mdoc_file_read (path, MDOC_DOC_TYPE_MAX_BYTES, error);
  if (content == NULL)
    return FALSE;

  doc_type = mdoc_doc_type_parse (g_bytes_get_data (content, NULL),
                                  g_bytes_get_size (content),
                                  error);
  if (doc_type == NULL || !mdoc_doc_type_table_add (table, doc_type, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }

  return TRUE;
}

/**
 * mdoc_issuer_input_read_doc_types:
 * @folder: (nullable): where document types lie; %NULL: `doctypes` below
 *   `$MDOC_DATA_DIR`, else below the installed data
 * @error: return location for a #MdocFileError or #MdocDocTypeError
 *
 * Returns: (transfer full): the types, or %NULL with @error set
 */
MdocDocTypeTable *
mdoc_issuer_input_read_doc_types (const char *folder, GError **error)
{
  g_autoptr (MdocDocTypeTable) table = mdoc_doc_type_table_new ();
  g_autofree char *usual = NULL;
  const char *data = g_getenv (MDOC_ENV_DATA_DIR);
  g_auto (GStrv) paths = NULL;

  if (folder == NULL)
    folder = usual = g_build_filename (data != NULL ? data : MDOC_DATA_DIR,
                                       "doctypes",
                                       NULL);
  paths = mdoc_file_list (folder, ".ini", MAX_DOC_TYPES, error);
  if (paths == NULL)
    return NULL;

  for (char **path = paths; *path != NULL; path++)
    if (!add_doc_type (table, *path, error))
      return NULL;

  return g_steal_pointer (&table);
}
