/*
 * mdoc-reader-input.c - the files that a command line names
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-input.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "reader/mdoc-reader-error.h"

#define MAX_CERTIFICATES_BYTES ((gsize) 1024 * 1024)
#define MAX_KEY_BYTES          ((gsize) 16 * 1024)
#define MAX_DOC_TYPES          64

/* CBOR of every structure of the standard begins with a map, an array or a
 * tag: above this no byte of a text lies. */
#define LAST_TEXT_BYTE 0x7f

static gpointer
name_file (const char *path, gpointer result, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (result == NULL)
    g_prefix_error (error, "%s: ", shown);
  return result;
}

/**
 * mdoc_reader_input_read:
 * @path: a file, or `-` for standard input
 * @error: return location for a #MdocFileError
 *
 * Returns: (transfer full): its content, or %NULL with @error set
 */
GBytes *
mdoc_reader_input_read (const char *path, GError **error)
{
  return mdoc_file_read (path, MDOC_READER_MAX_FILE_BYTES, error);
}

static gboolean
is_text_of (MdocSpan content, const char *alphabet)
{
  gboolean is_in[256] = { FALSE };

  for (const char *p = alphabet; *p != '\0'; p++)
    is_in[(guint8) *p] = TRUE;
  for (gsize i = 0; i < content.len; i++)
    if (!is_in[content.data[i]])
      return FALSE;

  return content.len > 0;
}

/**
 * mdoc_reader_input_decode:
 * @content: a file's
 * @error: return location for a #MdocTextError
 *
 * Structures are passed around as bytes, in hexadecimal and in base64url; this
 * takes each. What has a byte that no text has is taken as it is.
 *
 * Returns: (transfer full): the bytes, or %NULL with @error set
 */
GBytes *
mdoc_reader_input_decode (GBytes *content, GError **error)
{
  MdocSpan span = mdoc_span_from_bytes (content);
  g_autofree char *text = NULL;

  if (span.len == 0 || span.data[0] > LAST_TEXT_BYTE)
    return g_bytes_ref (content);

  if (is_text_of (span, "0123456789abcdefABCDEF \t\r\n"))
    {
      text = g_strndup ((const char *) span.data, span.len);
      return mdoc_hex_decode (text, error);
    }
  if (is_text_of (span,
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                  "0123456789-_\r\n"))
    {
      text = g_strndup ((const char *) span.data, span.len);
      return mdoc_base64url_decode (g_strstrip (text),
                                    MDOC_READER_MAX_FILE_BYTES,
                                    error);
    }

  return g_bytes_ref (content);
}

static gboolean
add_certificates (GPtrArray *certificates, const char *path, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GBytes) content = NULL;

  content = mdoc_file_read (path, MAX_CERTIFICATES_BYTES, error);
  if (content == NULL)
    return FALSE;
  found = name_file (path, mdoc_certificate_parse_file (content, error), error);
  if (found == NULL)
    return FALSE;

  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (certificates,
                     mdoc_certificate_ref (g_ptr_array_index (found, i)));
  return TRUE;
}

/**
 * mdoc_reader_input_read_certificates:
 * @paths: (nullable) (array zero-terminated=1): files of PEM or DER
 * @error: return location for a #MdocFileError or #MdocCryptoError
 *
 * Returns: (transfer full) (element-type MdocCertificate): all of them, in
 *   order, or %NULL with @error set
 */
GPtrArray *
mdoc_reader_input_read_certificates (char *const *paths, GError **error)
{
  g_autoptr (GPtrArray) certificates = NULL;

  certificates = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  for (; paths != NULL && *paths != NULL; paths++)
    if (!add_certificates (certificates, *paths, error))
      return NULL;

  return g_steal_pointer (&certificates);
}

/**
 * mdoc_reader_input_read_crls:
 * @paths: (nullable) (array zero-terminated=1): files of DER
 * @error: return location for a #MdocFileError or #MdocCryptoError
 *
 * Returns: (transfer full) (element-type MdocCrl): all of them, or %NULL with
 *   @error set
 */
GPtrArray *
mdoc_reader_input_read_crls (char *const *paths, GError **error)
{
  g_autoptr (GPtrArray) crls = NULL;

  crls = g_ptr_array_new_with_free_func ((GDestroyNotify) mdoc_crl_unref);
  for (; paths != NULL && *paths != NULL; paths++)
    {
      g_autoptr (GBytes) content = NULL;
      MdocCrl *crl;

      content = mdoc_file_read (*paths, MAX_CERTIFICATES_BYTES, error);
      if (content == NULL)
        return NULL;
      crl = name_file (*paths, mdoc_crl_parse (content, error), error);
      if (crl == NULL)
        return NULL;
      g_ptr_array_add (crls, crl);
    }

  return g_steal_pointer (&crls);
}

/**
 * mdoc_reader_input_read_key:
 * @path: a file of PEM with an unencrypted private key
 * @error: return location for a #MdocFileError or #MdocCryptoError
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocKey *
mdoc_reader_input_read_key (const char *path, GError **error)
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
 * mdoc_reader_input_read_identity:
 * @certificate_path: (nullable): a reader's certificate, chain behind it
 * @key_path: (nullable): its private key
 * @ret_chain: (out) (transfer full) (nullable): of #MdocCertificate
 * @ret_key: (out) (transfer full) (nullable): the key
 * @error: return location for a #MdocReaderError, or what reading fails with
 *
 * Returns: %TRUE if they belong together, or if there are none
 */
gboolean
mdoc_reader_input_read_identity (const char *certificate_path,
                                 const char *key_path,
                                 GPtrArray **ret_chain,
                                 MdocKey **ret_key,
                                 GError **error)
{
  g_autofree char *path = g_strdup (certificate_path);
  char *const paths[] = { path, NULL };
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (MdocKey) key = NULL;

  if (key_path != NULL)
    {
      chain = mdoc_reader_input_read_certificates (paths, error);
      if (chain == NULL)
        return FALSE;
      key = mdoc_reader_input_read_key (key_path, error);
      if (key == NULL)
        return FALSE;
      if (!mdoc_public_key_equal (mdoc_certificate_get_public_key (
                                      g_ptr_array_index (chain, 0)),
                                  mdoc_key_get_public (key)))
        return mdoc_reader_refuse (error,
                                   MDOC_READER_ERROR_INPUT,
                                   "--reader-cert and --reader-key do not "
                                   "belong together");
    }

  *ret_chain = g_steal_pointer (&chain);
  *ret_key = g_steal_pointer (&key);
  return TRUE;
}

/**
 * mdoc_reader_input_read_doc_types:
 * @folder: (nullable): where document types lie; %NULL: `doctypes` below
 *   `$MDOC_DATA_DIR`, else below the installed data
 * @error: return location for a #MdocFileError or #MdocDocTypeError
 *
 * Returns: (transfer full): the types, or %NULL with @error set
 */
MdocDocTypeTable *
mdoc_reader_input_read_doc_types (const char *folder, GError **error)
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

/**
 * mdoc_reader_input_parse_time:
 * @text: a time or a date
 * @ret_unix_s: (out): the same in seconds since 1970; left alone on failure
 *
 * Returns: %TRUE if @text is either
 */
gboolean
mdoc_reader_input_parse_time (const char *text, gint64 *ret_unix_s)
{
  return mdoc_time_parse (text, ret_unix_s, NULL)
         || mdoc_date_parse (text, ret_unix_s, NULL);
}
