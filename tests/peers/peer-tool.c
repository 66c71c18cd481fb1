/*
 * peer-tool.c - our core as a holder and a reader that work on files
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-names.h"
#include "base/mdoc-program.h"
#include "base/mdoc-secret.h"
#include "crypto/mdoc-certificate.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-device-request-builder.h"
#include "mdoc/mdoc-device-request.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-transcript.h"

#define MAX_BYTES ((gsize) 4 * 1024 * 1024)

/* what the options of all verbs can name */
typedef struct
{
  char *issuer_signed;
  char *key;
  char *certificate;
  char *reader_key;
  char *transcript;
  char *out;
  GStrv elements;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->issuer_signed);
  g_free (self->key);
  g_free (self->certificate);
  g_free (self->reader_key);
  g_free (self->transcript);
  g_free (self->out);
  g_strfreev (self->elements);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
parse (MdocCommand *command,
       guint n_arguments,
       Arguments *ret_arguments,
       MdocExit *ret_exit,
       GError **error)
{
  const GOptionEntry entries[] = {
    { "issuer-signed",
      0,
      0,
      G_OPTION_ARG_FILENAME,
      &ret_arguments->issuer_signed,
      "Credential, an IssuerSigned",
      "FILE" },
    { "key",
      0,
      0,
      G_OPTION_ARG_FILENAME,
      &ret_arguments->key,
      "Private key to sign or agree with",
      "PEM" },
    { "certificate",
      0,
      0,
      G_OPTION_ARG_FILENAME,
      &ret_arguments->certificate,
      "Certificate of that key",
      "PEM" },
    { "reader-key",
      0,
      0,
      G_OPTION_ARG_FILENAME,
      &ret_arguments->reader_key,
      "Public key of the reader",
      "PEM" },
    { "transcript",
      0,
      0,
      G_OPTION_ARG_FILENAME,
      &ret_arguments->transcript,
      "SessionTranscript",
      "FILE" },
    { "element",
      0,
      0,
      G_OPTION_ARG_STRING_ARRAY,
      &ret_arguments->elements,
      "Element of an mDL, repeated",
      "NAME" },
    { "out",
      0,
      0,
      G_OPTION_ARG_FILENAME,
      &ret_arguments->out,
      "What to write",
      "FILE" },
    G_OPTION_ENTRY_NULL,
  };

  return mdoc_command_parse (command,
                             entries,
                             n_arguments,
                             n_arguments,
                             ret_exit,
                             error);
}

static char *
read_text (const char *path, GError **error)
{
  g_autoptr (GBytes) content = mdoc_file_read (path, MAX_BYTES, error);

  if (content == NULL)
    return NULL;
  return g_strndup (g_bytes_get_data (content, NULL),
                    g_bytes_get_size (content));
}

static MdocKey *
read_key (const char *path, GError **error)
{
  g_autofree char *pem = read_text (path, error);

  return pem != NULL ? mdoc_key_new_from_pem (pem, error) : NULL;
}

static MdocPublicKey *
read_public_key (const char *path, GError **error)
{
  g_autofree char *pem = read_text (path, error);

  return pem != NULL ? mdoc_public_key_new_from_pem (pem, error) : NULL;
}

static MdocTranscript *
read_transcript (const char *path, GError **error)
{
  g_autoptr (GBytes) content = mdoc_file_read (path, MAX_BYTES, error);

  if (content == NULL)
    return NULL;
  return mdoc_transcript_parse (mdoc_span_from_bytes (content), error);
}

static MdocExit
write_out (const Arguments *arguments, MdocSpan content, GError **error)
{
  return mdoc_file_write (arguments->out, content, MDOC_FILE_REPLACE, error)
             ? MDOC_EXIT_DONE
             : MDOC_EXIT_FAILED;
}

/* that of a QR engagement, as #6.24 of the array, which is what peers take */
static MdocExit
run_transcript (MdocCommand *command, GError **error)
{
  static const guint8 ENGAGEMENT[] = "\xa2\x00\x63"
                                     "1.0"
                                     "\x01\x82\x01\xd8\x18\x41\xa0";
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (MdocCborWriter) key = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocPublicKey) reader_key = NULL;
  g_autoptr (MdocTranscript) transcript = NULL;
  MdocExit exit_code;

  if (!parse (command, 0, &arguments, &exit_code, error))
    return exit_code;
  reader_key = read_public_key (arguments.reader_key, error);
  if (reader_key == NULL)
    return MDOC_EXIT_FAILED;

  mdoc_cose_key_write (key, reader_key);
  transcript = mdoc_transcript_new_qr (MDOC_SPAN (ENGAGEMENT,
                                                  sizeof ENGAGEMENT - 1),
                                       mdoc_cbor_writer_get_span (key));
  mdoc_cbor_writer_put_embedded (writer,
                                 mdoc_transcript_get_encoded (transcript));
  return write_out (&arguments, mdoc_cbor_writer_get_span (writer), error);
}

static GArray *
find_items (MdocIssuerSigned *issuer_signed, GStrv elements, GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < mdoc_issuer_signed_get_n_items (issuer_signed); i++)
    if (elements != NULL
        && g_strv_contains ((const char *const *) elements,
                            mdoc_issuer_signed_get_item (issuer_signed, i)
                                ->element))
      g_array_append_val (items, i);

  if (elements == NULL || items->len != g_strv_length (elements))
    {
      mdoc_command_refuse (error, "the credential has not all the elements");
      return NULL;
    }
  return g_steal_pointer (&items);
}

static GBytes *
respond (const Arguments *arguments,
         MdocIssuerSigned *issuer_signed,
         MdocPublicKey *reader_key,
         GError **error)
{
  g_autoptr (MdocDeviceResponseBuilder) builder
      = mdoc_device_response_builder_new ();
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (MdocKey) device_key = NULL;
  g_autoptr (GArray) items = NULL;
  MdocDocumentAnswer answer = { .issuer_signed = issuer_signed,
                                .e_reader_key = reader_key };

  answer.transcript = transcript = read_transcript (arguments->transcript,
                                                    error);
  if (transcript == NULL)
    return NULL;
  answer.device_key = device_key = read_key (arguments->key, error);
  if (device_key == NULL)
    return NULL;
  items = find_items (issuer_signed, arguments->elements, error);
  if (items == NULL)
    return NULL;

  answer.items = (const guint *) (gpointer) items->data;
  answer.n_items = items->len;
  if (!mdoc_device_response_builder_add_document (builder, &answer, error))
    return NULL;
  return mdoc_device_response_builder_finish (builder);
}

static MdocExit
run_respond (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GBytes) credential = NULL;
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  g_autoptr (MdocPublicKey) reader_key = NULL;
  g_autoptr (GBytes) response = NULL;
  MdocExit exit_code;

  if (!parse (command, 0, &arguments, &exit_code, error))
    return exit_code;
  credential = mdoc_file_read (arguments.issuer_signed, MAX_BYTES, error);
  if (credential == NULL)
    return MDOC_EXIT_FAILED;
  issuer_signed = mdoc_issuer_signed_parse (credential, error);
  if (issuer_signed == NULL)
    return MDOC_EXIT_PEER;
  if (arguments.reader_key != NULL)
    {
      reader_key = read_public_key (arguments.reader_key, error);
      if (reader_key == NULL)
        return MDOC_EXIT_FAILED;
    }

  response = respond (&arguments, issuer_signed, reader_key, error);
  if (response == NULL)
    return MDOC_EXIT_FAILED;
  return write_out (&arguments, mdoc_span_from_bytes (response), error);
}

static GBytes *
ask (const Arguments *arguments, GError **error)
{
  g_autoptr (MdocDeviceRequestBuilder) builder
      = mdoc_device_request_builder_new ();
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autofree char *pem = NULL;
  guint doc_request;

  doc_request = mdoc_device_request_builder_add_doc_request (builder,
                                                             MDOC_DOCTYPE_MDL);
  for (GStrv name = arguments->elements; name != NULL && *name != NULL; name++)
    mdoc_device_request_builder_add_element (builder,
                                             doc_request,
                                             MDOC_NAMESPACE_MDL,
                                             *name,
                                             FALSE);
  transcript = read_transcript (arguments->transcript, error);
  if (transcript == NULL)
    return NULL;
  if (arguments->key == NULL)
    return mdoc_device_request_builder_finish (builder,
                                               transcript,
                                               NULL,
                                               NULL,
                                               FALSE,
                                               error);

  key = read_key (arguments->key, error);
  pem = key != NULL ? read_text (arguments->certificate, error) : NULL;
  chain = pem != NULL ? mdoc_certificate_parse_pem (pem, strlen (pem), error)
                      : NULL;
  if (chain == NULL)
    return NULL;
  return mdoc_device_request_builder_finish (builder,
                                             transcript,
                                             key,
                                             chain,
                                             FALSE,
                                             error);
}

static MdocExit
run_request (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GBytes) request = NULL;
  MdocExit exit_code;

  if (!parse (command, 0, &arguments, &exit_code, error))
    return exit_code;
  request = ask (&arguments, error);
  if (request == NULL)
    return MDOC_EXIT_FAILED;
  return write_out (&arguments, mdoc_span_from_bytes (request), error);
}

static void
print_element (const char *name_space,
               const char *element,
               gboolean intent_to_retain,
               gpointer user_data)
{
  g_print ("%s/%s%s\n",
           name_space,
           element,
           intent_to_retain ? " (to be kept)" : "");
}

static MdocExit
run_read_request (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  MdocExit exit_code;

  if (!parse (command, 1, &arguments, &exit_code, error))
    return exit_code;
  encoded = mdoc_file_read (mdoc_command_get_argument (command, 0),
                            MAX_BYTES,
                            error);
  if (encoded == NULL)
    return MDOC_EXIT_FAILED;
  request = mdoc_device_request_parse (encoded, error);
  if (request == NULL)
    return MDOC_EXIT_PEER;

  for (guint i = 0; i < mdoc_device_request_get_n_doc_requests (request); i++)
    {
      MdocItemsRequest *items = mdoc_device_request_get_items_request (request,
                                                                       i);

      g_print ("%s, %s\n",
               mdoc_items_request_get_doc_type (items),
               mdoc_device_request_has_reader_auth (request, i) ? "signed"
                                                                : "unsigned");
      mdoc_items_request_foreach (items, print_element, NULL);
    }
  return MDOC_EXIT_DONE;
}

int
main (int argc, char **argv)
{
  static const MdocVerb TRANSCRIPT = {
    "transcript", "",    "Make a transcript of --reader-key",
    "",           FALSE, run_transcript
  };
  static const MdocVerb RESPOND = {
    "respond", "",    "Answer by signature, or MAC with --reader-key",
    "",        FALSE, run_respond
  };
  static const MdocVerb REQUEST = {
    "request", "",    "Ask for --element, signed with --key",
    "",        FALSE, run_request
  };
  static const MdocVerb READ_REQUEST = {
    "read-request", "FILE",          "Print what a request asks for", "",
    FALSE,          run_read_request
  };
  static const MdocVerb *const VERBS[] = { &TRANSCRIPT,
                                           &RESPOND,
                                           &REQUEST,
                                           &READ_REQUEST,
                                           NULL };
  const MdocProgram program = {
    .name = "peer-tool",
    .summary = "holder and reader that work on files, for tests",
    .verbs = VERBS,
  };

  return mdoc_program_run (&program, argc, argv);
}
