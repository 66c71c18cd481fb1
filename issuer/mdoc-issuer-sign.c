/*
 * mdoc-issuer-sign.c - the verb sign
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "issuer/mdoc-issuer-data.h"
#include "issuer/mdoc-issuer-input.h"
#include "issuer/mdoc-issuer-verbs.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-issuer-signed.h"

#define DEFAULT_VALID_DAYS 30
#define DAY_S              ((gint64) 24 * 60 * 60)
#define HOUR_S             ((gint64) 60 * 60)
#define MAX_AGES           100

typedef struct
{
  char *doc_type;
  char *data;
  char *ds_folder;
  char *ds_certificate;
  char *ds_key;
  char *device_key;
  char *out;
  char *from;
  char *expected_update;
  char *digest;
  char *status_list;
  char *identifier_list;
  char *age_over;
  char *doc_types;
  char **authorize;
  gint valid_days;
  gboolean allow_incomplete;
  gboolean allow_unknown;
  gboolean force;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->doc_type);
  g_free (self->data);
  g_free (self->ds_folder);
  g_free (self->ds_certificate);
  g_free (self->ds_key);
  g_free (self->device_key);
  g_free (self->out);
  g_free (self->from);
  g_free (self->expected_update);
  g_free (self->digest);
  g_free (self->status_list);
  g_free (self->identifier_list);
  g_free (self->age_over);
  g_free (self->doc_types);
  g_strfreev (self->authorize);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* unix s; @expected_update is 0 if there is none */
typedef struct
{
  gint64 from;
  gint64 until;
  gint64 expected_update;
} Validity;

static MdocExit
check_arguments (const Arguments *arguments, GError **error)
{
  const struct
  {
    const char *value;
    const char *name;
  } mandatory[] = {
    { arguments->doc_type, "--doctype" },
    { arguments->data, "--data" },
    { arguments->device_key, "--device-key" },
    { arguments->out, "--out" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mandatory); i++)
    if (mandatory[i].value == NULL)
      return mdoc_command_refuse (error, "%s is missing", mandatory[i].name);

  if (arguments->ds_folder == NULL
      && (arguments->ds_certificate == NULL || arguments->ds_key == NULL))
    return mdoc_command_refuse (error,
                                "--ds is missing, or --ds-cert and --ds-key");
  if (arguments->valid_days < 1 || arguments->valid_days > 36500)
    return mdoc_command_refuse (error, "--valid-days takes 1 to 36500");
  return MDOC_EXIT_DONE;
}

static MdocExit
parse_digest (const Arguments *arguments, MdocHash *ret_hash, GError **error)
{
  static const struct
  {
    const char *name;
    MdocHash hash;
  } hashes[] = { { "sha256", MDOC_HASH_SHA256 },
                 { "sha384", MDOC_HASH_SHA384 },
                 { "sha512", MDOC_HASH_SHA512 } };

  *ret_hash = MDOC_HASH_SHA256;
  if (arguments->digest == NULL)
    return MDOC_EXIT_DONE;

  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    if (strcmp (hashes[i].name, arguments->digest) == 0)
      {
        *ret_hash = hashes[i].hash;
        return MDOC_EXIT_DONE;
      }

  return mdoc_command_refuse (error,
                              "--digest %s: it takes sha256, sha384 or sha512",
                              arguments->digest);
}

static MdocExit
parse_time (const char *option,
            const char *text,
            gint64 *ret_unix_s,
            GError **error)
{
  if (mdoc_time_parse (text, ret_unix_s, NULL)
      || mdoc_date_parse (text, ret_unix_s, NULL))
    return MDOC_EXIT_DONE;

  return mdoc_command_refuse (error,
                              "%s takes a time such as 2025-01-31T00:00:00Z",
                              option);
}

/* Without --valid-from the times are whole hours, so that they do not tell one
 * holder's document from another's (ISO/IEC 18013-5, E.10). */
static MdocExit
parse_validity (const Arguments *arguments,
                MdocCertificate *signer,
                Validity *ret_validity,
                GError **error)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  Validity validity = { 0 };
  MdocExit exit_code;

  validity.from = MAX (now_s - now_s % HOUR_S,
                       mdoc_certificate_get_not_before (signer));
  if (arguments->from != NULL)
    {
      exit_code = parse_time ("--valid-from",
                              arguments->from,
                              &validity.from,
                              error);
      if (exit_code != MDOC_EXIT_DONE)
        return exit_code;
    }
  validity.until = validity.from + (gint64) arguments->valid_days * DAY_S;

  if (arguments->expected_update != NULL)
    {
      exit_code = parse_time ("--expected-update",
                              arguments->expected_update,
                              &validity.expected_update,
                              error);
      if (exit_code != MDOC_EXIT_DONE)
        return exit_code;
      if (validity.expected_update <= validity.from
          || validity.expected_update > validity.until)
        return mdoc_command_refuse (error,
                                    "--expected-update has to lie within the "
                                    "validity");
    }

  *ret_validity = validity;
  return MDOC_EXIT_DONE;
}

/* The key signs, the certificate vouches for it, its time covers the
 * document's. */
static gboolean
check_signer (MdocCertificate *certificate,
              MdocKey *key,
              const Validity *validity,
              GError **error)
{
  if (!mdoc_public_key_equal (mdoc_certificate_get_public_key (certificate),
                              mdoc_key_get_public (key)))
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_SIGNER,
                               "Key and certificate of the document signer do "
                               "not belong together");
  if (!mdoc_certificate_has_eku (certificate, MDOC_OID_EKU_MDL_DS)
      && !mdoc_certificate_has_eku (certificate, MDOC_OID_EKU_MDOC_DS))
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_SIGNER,
                               "The certificate is none of a document signer");
  if (validity->from < mdoc_certificate_get_not_before (certificate)
      || validity->from > mdoc_certificate_get_not_after (certificate))
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_SIGNER,
                               "The document would be signed outside the "
                               "validity of its signer");
  if (validity->until > mdoc_certificate_get_not_after (certificate))
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_SIGNER,
                               "The document would outlive the certificate of "
                               "its signer; shorten --valid-days");
  return TRUE;
}

/* Readers compare the element with the country of the certificate. */
static gboolean
check_country (MdocIssuerData *data,
               MdocDocType *doc_type,
               MdocCertificate *signer,
               GError **error)
{
  static const MdocCborLimits limits = { .max_bytes = 1024,
                                         .max_depth = 4,
                                         .max_items = 16 };
  const char *country = mdoc_certificate_get_country (signer);
  const MdocIssuerElement *element;
  MdocCborItem item;
  MdocSpan text;

  element = mdoc_issuer_data_find (data,
                                   mdoc_doc_type_get_name_space (doc_type, 0),
                                   "issuing_country");
  if (element == NULL || country == NULL
      || !mdoc_cbor_open (element->value, &limits, &item, NULL)
      || !mdoc_cbor_get_text (item, "issuing_country", 255, &text, NULL)
      || mdoc_span_equals_text (text, country))
    return TRUE;

  return mdoc_issuer_refuse (error,
                             MDOC_ISSUER_ERROR_SIGNER,
                             "issuing_country is not the country of the "
                             "document signer, %s; readers refuse that",
                             country);
}

/* URI:IDX, where the URI has colons itself */
static gboolean
split_status (const char *text, char **ret_uri, const char **ret_rest)
{
  const char *colon = strrchr (text, ':');

  if (colon == NULL || colon == text || colon[1] == '\0')
    return FALSE;

  *ret_uri = g_strndup (text, (gsize) (colon - text));
  *ret_rest = colon + 1;
  return TRUE;
}

static MdocExit
set_status (const Arguments *arguments,
            MdocIssuerSignedBuilder *builder,
            GError **error)
{
  g_autofree char *list_uri = NULL;
  g_autofree char *id_uri = NULL;
  const char *rest;
  guint64 idx;

  if (arguments->status_list != NULL)
    {
      if (!split_status (arguments->status_list, &list_uri, &rest)
          || !g_ascii_string_to_unsigned (rest, 10, 0, G_MAXINT64, &idx, NULL))
        return mdoc_command_refuse (error, "--status-list takes URI:INDEX");
      mdoc_issuer_signed_builder_set_status_list (builder,
                                                  idx,
                                                  list_uri,
                                                  MDOC_SPAN (NULL, 0));
    }
  if (arguments->identifier_list != NULL)
    {
      g_autoptr (GBytes) id = NULL;

      if (split_status (arguments->identifier_list, &id_uri, &rest))
        id = mdoc_hex_decode (rest, NULL);
      if (id == NULL)
        return mdoc_command_refuse (error,
                                    "--identifier-list takes URI:ID, the ID in "
                                    "hexadecimal");
      mdoc_issuer_signed_builder_set_identifier_list (builder,
                                                      mdoc_span_from_bytes (id),
                                                      id_uri,
                                                      MDOC_SPAN (NULL, 0));
    }

  return MDOC_EXIT_DONE;
}

static void
authorize (const Arguments *arguments, MdocIssuerSignedBuilder *builder)
{
  for (char **text = arguments->authorize; text != NULL && *text != NULL;
       text++)
    {
      g_auto (GStrv) parts = g_strsplit (*text, "/", 2);

      if (parts[1] == NULL)
        mdoc_issuer_signed_builder_authorize_name_space (builder, *text);
      else
        mdoc_issuer_signed_builder_authorize_element (builder,
                                                      parts[0],
                                                      parts[1]);
    }
}

static MdocExit
add_ages (const Arguments *arguments,
          MdocIssuerData *data,
          gint64 at_unix_s,
          GError **error)
{
  g_auto (GStrv) ages = NULL;

  if (arguments->age_over == NULL)
    return MDOC_EXIT_DONE;

  ages = g_strsplit (arguments->age_over, ",", MAX_AGES);
  for (char **text = ages; *text != NULL; text++)
    {
      guint64 age;

      if (!g_ascii_string_to_unsigned (*text, 10, 0, 99, &age, NULL))
        return mdoc_command_refuse (error,
                                    "--age-over takes ages from 0 to 99, such "
                                    "as 18,21,65");
      if (!mdoc_issuer_data_add_age_over (data, (guint) age, at_unix_s, error))
        return MDOC_EXIT_FAILED;
    }

  return MDOC_EXIT_DONE;
}

static MdocExit
check_complete (const Arguments *arguments,
                MdocIssuerData *data,
                GError **error)
{
  g_auto (GStrv) missing = mdoc_issuer_data_list_missing (data);
  g_autofree char *list = NULL;

  if (missing[0] == NULL)
    return MDOC_EXIT_DONE;

  list = g_strjoinv (", ", missing);
  if (arguments->allow_incomplete)
    {
      g_printerr ("mdoc-issuer sign: warning: without %s\n", list);
      return MDOC_EXIT_DONE;
    }

  mdoc_issuer_refuse (error,
                      MDOC_ISSUER_ERROR_MISSING,
                      "Mandatory elements are missing: %s; "
                      "--allow-incomplete signs without them",
                      list);
  return MDOC_EXIT_FAILED;
}

static MdocIssuerData *
read_data (const Arguments *arguments, MdocDocType *doc_type, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (arguments->data);
  g_autoptr (MdocSecret) json = NULL;
  MdocIssuerData *data;

  json = mdoc_file_read_secret (arguments->data,
                                MDOC_ISSUER_MAX_JSON_BYTES,
                                error);
  if (json == NULL)
    return NULL;

  data = mdoc_issuer_data_parse (mdoc_secret_get_span (json),
                                 folder,
                                 doc_type,
                                 arguments->allow_unknown
                                     ? MDOC_ISSUER_DATA_ALLOW_UNKNOWN
                                     : MDOC_ISSUER_DATA_STRICT,
                                 error);
  if (data == NULL)
    g_prefix_error (error, "%s: ", arguments->data);
  return data;
}

static MdocExit
read_signer (const Arguments *arguments,
             GPtrArray **ret_chain,
             MdocKey **ret_key,
             GError **error)
{
  g_autofree char *certificate_path = g_strdup (arguments->ds_certificate);
  g_autofree char *key_path = g_strdup (arguments->ds_key);
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (MdocKey) key = NULL;

  if (certificate_path == NULL)
    certificate_path = g_build_filename (arguments->ds_folder, "ds.pem", NULL);
  if (key_path == NULL)
    key_path = g_build_filename (arguments->ds_folder, "ds-key.pem", NULL);

  chain = mdoc_issuer_input_read_certificates (certificate_path, error);
  if (chain == NULL)
    return mdoc_issuer_exit_of (*error);
  key = mdoc_issuer_input_read_key (key_path, error);
  if (key == NULL)
    return mdoc_issuer_exit_of (*error);

  *ret_chain = g_steal_pointer (&chain);
  *ret_key = g_steal_pointer (&key);
  return MDOC_EXIT_DONE;
}

static MdocExit
find_doc_type (const Arguments *arguments,
               MdocDocType **ret_doc_type,
               GError **error)
{
  g_autoptr (MdocDocTypeTable) table = NULL;
  MdocDocType *found;

  table = mdoc_issuer_input_read_doc_types (arguments->doc_types, error);
  if (table == NULL)
    return mdoc_issuer_exit_of (*error);

  found = mdoc_doc_type_table_lookup_alias (table, arguments->doc_type);
  if (found == NULL)
    {
      mdoc_issuer_refuse (error,
                          MDOC_ISSUER_ERROR_ELEMENT,
                          "There is no document type %s",
                          arguments->doc_type);
      return MDOC_EXIT_NOTHING;
    }

  *ret_doc_type = mdoc_doc_type_ref (found);
  return MDOC_EXIT_DONE;
}

static void
print_result (MdocCommand *command,
              const Arguments *arguments,
              MdocDocType *doc_type,
              MdocIssuerData *data,
              const Validity *validity)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *from = mdoc_time_format (validity->from);
  g_autofree char *until = mdoc_time_format (validity->until);
  const guint n_elements = mdoc_issuer_data_get_n_elements (data);

  if (strcmp (arguments->out, "-") == 0)
    return;
  if (!mdoc_command_is_json (command))
    {
      g_print ("%s: %s with %u elements, valid from %s until %s\n",
               arguments->out,
               mdoc_doc_type_get_name (doc_type),
               n_elements,
               from,
               until);
      return;
    }

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "docType");
  json_builder_add_string_value (builder, mdoc_doc_type_get_name (doc_type));
  json_builder_set_member_name (builder, "elements");
  json_builder_add_int_value (builder, n_elements);
  json_builder_set_member_name (builder, "validFrom");
  json_builder_add_string_value (builder, from);
  json_builder_set_member_name (builder, "validUntil");
  json_builder_add_string_value (builder, until);
  json_builder_end_object (builder);
  mdoc_issuer_print_json (builder);
}

static MdocExit
write_result (const Arguments *arguments, GBytes *issuer_signed, GError **error)
{
  MdocSpan content = mdoc_span_from_bytes (issuer_signed);

  if (strcmp (arguments->out, "-") == 0)
    {
      fwrite (content.data, 1, content.len, stdout);
      return MDOC_EXIT_DONE;
    }

  /* it is somebody's personal data */
  return mdoc_file_write (arguments->out,
                          content,
                          MDOC_FILE_PRIVATE
                              | (arguments->force ? MDOC_FILE_REPLACE
                                                  : MDOC_FILE_PLAIN),
                          error)
             ? MDOC_EXIT_DONE
             : MDOC_EXIT_FAILED;
}

static MdocExit
sign_data (const Arguments *arguments,
           MdocDocType *doc_type,
           MdocIssuerData *data,
           GPtrArray *chain,
           MdocKey *key,
           const Validity *validity,
           GError **error)
{
  g_autoptr (MdocIssuerSignedBuilder) builder = NULL;
  g_autoptr (MdocPublicKey) device_key = NULL;
  g_autoptr (GBytes) issuer_signed = NULL;
  MdocExit exit_code;
  MdocHash hash;

  exit_code = parse_digest (arguments, &hash, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;
  device_key = mdoc_issuer_input_read_public_key (arguments->device_key, error);
  if (device_key == NULL)
    return mdoc_issuer_exit_of (*error);

  builder = mdoc_issuer_signed_builder_new (mdoc_doc_type_get_name (doc_type),
                                            hash);
  for (guint i = 0; i < mdoc_issuer_data_get_n_elements (data); i++)
    {
      const MdocIssuerElement *element = mdoc_issuer_data_get_element (data, i);

      mdoc_issuer_signed_builder_add (builder,
                                      element->name_space,
                                      element->element,
                                      element->value);
    }
  mdoc_issuer_signed_builder_set_validity (builder,
                                           validity->from,
                                           validity->from,
                                           validity->until,
                                           validity->expected_update);
  mdoc_issuer_signed_builder_set_device_key (builder, device_key);
  authorize (arguments, builder);
  exit_code = set_status (arguments, builder, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;

  issuer_signed = mdoc_issuer_signed_builder_sign (builder, key, chain, error);
  if (issuer_signed == NULL)
    return MDOC_EXIT_FAILED;
  return write_result (arguments, issuer_signed, error);
}

static MdocExit
sign (MdocCommand *command, const Arguments *arguments, GError **error)
{
  g_autoptr (MdocDocType) doc_type = NULL;
  g_autoptr (MdocIssuerData) data = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (MdocKey) key = NULL;
  Validity validity = { 0 };
  MdocExit exit_code;

  exit_code = find_doc_type (arguments, &doc_type, error);
  if (exit_code == MDOC_EXIT_DONE)
    exit_code = read_signer (arguments, &chain, &key, error);
  if (exit_code == MDOC_EXIT_DONE)
    exit_code = parse_validity (arguments,
                                g_ptr_array_index (chain, 0),
                                &validity,
                                error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;

  data = read_data (arguments, doc_type, error);
  if (data == NULL)
    return mdoc_issuer_exit_of (*error);
  if (!check_signer (g_ptr_array_index (chain, 0), key, &validity, error)
      || !check_country (data, doc_type, g_ptr_array_index (chain, 0), error))
    return MDOC_EXIT_FAILED;

  exit_code = add_ages (arguments, data, validity.from, error);
  if (exit_code == MDOC_EXIT_DONE)
    exit_code = check_complete (arguments, data, error);
  if (exit_code == MDOC_EXIT_DONE)
    exit_code
        = sign_data (arguments, doc_type, data, chain, key, &validity, error);
  if (exit_code == MDOC_EXIT_DONE)
    print_result (command, arguments, doc_type, data, &validity);
  return exit_code;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { .valid_days = DEFAULT_VALID_DAYS };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "doctype", 0, 0, G_OPTION_ARG_STRING, &arguments.doc_type,
      "Document type, or its short name: mdl, photoid, pid (mandatory)",
      "TYPE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &arguments.data,
      "JSON with the data elements (mandatory)", "FILE" },
    { "device-key", 0, 0, G_OPTION_ARG_FILENAME, &arguments.device_key,
      "Public key of the holder's device, PEM (mandatory)", "PUB" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.out,
      "Where the IssuerSigned goes, - for standard output (mandatory)",
      "FILE" },
    { "ds", 0, 0, G_OPTION_ARG_FILENAME, &arguments.ds_folder,
      "Folder with ds.pem and ds-key.pem, as make-pki writes it", "DIR" },
    { "ds-cert", 0, 0, G_OPTION_ARG_FILENAME, &arguments.ds_certificate,
      "Certificate of the document signer, chain behind it, instead", "PEM" },
    { "ds-key", 0, 0, G_OPTION_ARG_FILENAME, &arguments.ds_key,
      "Private key of the document signer instead", "PEM" },
    { "valid-from", 0, 0, G_OPTION_ARG_STRING, &arguments.from,
      "When it is signed and becomes valid (this hour)", "TIME" },
    { "valid-days", 0, 0, G_OPTION_ARG_INT, &arguments.valid_days,
      "How long it is valid (30)", "N" },
    { "expected-update", 0, 0, G_OPTION_ARG_STRING, &arguments.expected_update,
      "When a fresh one is to be expected", "TIME" },
    { "digest", 0, 0, G_OPTION_ARG_STRING, &arguments.digest,
      "Digest of the elements (sha256)", "sha256|sha384|sha512" },
    { "age-over", 0, 0, G_OPTION_ARG_STRING, &arguments.age_over,
      "Add age_over_NN, told from birth_date", "NN,NN…" },
    { "authorize", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.authorize,
      "Let the device sign a name space or an element by itself; may be "
      "repeated", "NS[/ELEMENT]" },
    { "status-list", 0, 0, G_OPTION_ARG_STRING, &arguments.status_list,
      "Place in a status list", "URI:INDEX" },
    { "identifier-list", 0, 0, G_OPTION_ARG_STRING, &arguments.identifier_list,
      "Entry of an identifier list", "URI:HEX" },
    { "allow-incomplete", 0, 0, G_OPTION_ARG_NONE, &arguments.allow_incomplete,
      "Sign although mandatory elements are missing", NULL },
    { "allow-unknown", 0, 0, G_OPTION_ARG_NONE, &arguments.allow_unknown,
      "Take elements that the document type has not", NULL },
    { "doctypes", 0, 0, G_OPTION_ARG_FILENAME, &arguments.doc_types,
      "Folder of document types instead of the installed one", "DIR" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &arguments.force,
      "Replace the output if it is there", NULL },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  exit_code = check_arguments (&arguments, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;

  return sign (command, &arguments, error);
}

const MdocVerb mdoc_issuer_verb_sign = {
  .name = "sign",
  .arguments = "",
  .summary = "Sign data elements for a device key",
  .description
  = "Puts data elements into a document and signs it for a device key. The "
    "result\nis an IssuerSigned (ISO/IEC 18013-5), which “mdocctl import” "
    "takes.\n"
    "\n"
    "The data is JSON: an object of name spaces, each an object of elements; "
    "or\nelements alone, then of the first name space of the document type. "
    "Values get\nthe CBOR type that the document type asks for. Bytes come "
    "from a file beside\nthe data, \"@portrait.jpg\" or {\"file\": "
    "\"portrait.jpg\"}, or as {\"hex\": …}.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer sign --doctype mdl --data person.json --ds pki \\\n"
    "      --device-key device.pem --age-over 18,21 --out licence.mdoc",
  .run = run,
};
