/*
 * mdoc-reader-verify.c - the verb verify
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-transcript.h"
#include "mdoc/mdoc-verifier.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-input.h"
#include "reader/mdoc-reader-json.h"
#include "reader/mdoc-reader-report.h"
#include "reader/mdoc-reader-status.h"
#include "reader/mdoc-reader-trust.h"
#include "reader/mdoc-reader-verbs.h"

typedef struct
{
  char *transcript;
  MdocReaderTrust trust;
  MdocReaderStatus status;
  char *reader_key;
  char *at;
  gboolean show_values;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->transcript);
  mdoc_reader_trust_clear (&self->trust);
  mdoc_reader_status_clear (&self->status);
  g_free (self->reader_key);
  g_free (self->at);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* What the reader itself brings along. */
typedef struct
{
  MdocVerifier *verifier;
  MdocKey *e_reader_key; /* nullable */
  gint64 at_unix_s;
} Means;

static void
means_clear (Means *self)
{
  g_clear_pointer (&self->verifier, mdoc_verifier_free);
  g_clear_pointer (&self->e_reader_key, mdoc_key_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Means, means_clear)

static MdocExit
exit_of_means (const GError *error)
{
  MdocExit exit_code = mdoc_reader_error_get_exit (error);

  /* nobody but the caller is to blame for a trust anchor that is none */
  return exit_code == MDOC_EXIT_PEER ? MDOC_EXIT_FAILED : exit_code;
}

static MdocExit
read_means (const Arguments *arguments, Means *means, GError **error)
{
  means->at_unix_s = g_get_real_time () / G_USEC_PER_SEC;
  if (arguments->at != NULL
      && !mdoc_reader_input_parse_time (arguments->at, &means->at_unix_s))
    return mdoc_command_refuse (error,
                                "--at takes a time such as "
                                "2021-01-01T00:00:00Z");

  means->verifier = mdoc_reader_trust_new_verifier (&arguments->trust,
                                                    means->at_unix_s,
                                                    error);
  if (means->verifier == NULL)
    return exit_of_means (*error);
  if (arguments->reader_key != NULL)
    {
      means->e_reader_key = mdoc_reader_input_read_key (arguments->reader_key,
                                                        error);
      if (means->e_reader_key == NULL)
        return exit_of_means (*error);
    }

  return MDOC_EXIT_DONE;
}

static MdocTranscript *
read_transcript (const char *path, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) encoded = NULL;
  MdocTranscript *transcript;

  content = mdoc_reader_input_read (path, error);
  if (content == NULL)
    return NULL;
  encoded = mdoc_reader_input_decode (content, error);
  if (encoded == NULL)
    return NULL;

  transcript = mdoc_transcript_parse (mdoc_span_from_bytes (encoded), error);
  if (transcript == NULL)
    g_prefix_error (error, "%s: ", path);
  return transcript;
}

static void
print_report (MdocCommand *command, const MdocReaderReport *report)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (JsonNode) root = NULL;

  if (!mdoc_command_is_json (command))
    {
      mdoc_reader_report_print (report);
      return;
    }

  builder = json_builder_new ();
  json_builder_begin_object (builder);
  mdoc_reader_report_build (report, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  mdoc_reader_print_json (root);
}

static void
print_broken (MdocCommand *command, const GError *fault)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (JsonNode) root = NULL;

  if (!mdoc_command_is_json (command))
    {
      mdoc_reader_report_print_broken (fault);
      return;
    }

  builder = json_builder_new ();
  json_builder_begin_object (builder);
  mdoc_reader_report_build_broken (fault, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  mdoc_reader_print_json (root);
}

/* A file that holds no response is a result too: it does not verify. */
static MdocExit
verify (MdocCommand *command,
        const Arguments *arguments,
        const Means *means,
        MdocTranscript *transcript,
        GError **error)
{
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) fault = NULL;

  content = mdoc_reader_input_read (mdoc_command_get_argument (command, 0),
                                    error);
  if (content == NULL)
    return mdoc_reader_error_get_exit (*error);

  encoded = mdoc_reader_input_decode (content, &fault);
  if (encoded != NULL)
    response = mdoc_device_response_parse (encoded, &fault);
  if (response == NULL)
    {
      print_broken (command, fault);
      return MDOC_EXIT_PEER;
    }

  verification = mdoc_verifier_check (means->verifier,
                                      response,
                                      transcript,
                                      means->e_reader_key,
                                      means->at_unix_s);
  if (!mdoc_reader_status_find (&arguments->status,
                                verification,
                                response,
                                means->at_unix_s,
                                &findings,
                                error))
    return exit_of_means (*error);
  print_report (command,
                &(MdocReaderReport){
                    .verification = verification,
                    .response = response,
                    .findings = findings,
                    .show_values = arguments->show_values,
                });
  return mdoc_reader_status_is_verified (findings, verification)
             ? MDOC_EXIT_DONE
             : MDOC_EXIT_PEER;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  g_auto (Means) means = { 0 };
  g_autoptr (MdocTranscript) transcript = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "transcript", 't', 0, G_OPTION_ARG_FILENAME, &arguments.transcript,
      "SessionTranscript of the session (mandatory)", "FILE" },
    MDOC_READER_TRUST_ENTRIES (arguments.trust),
    MDOC_READER_STATUS_ENTRIES (arguments.status),
    { "reader-key", 0, 0, G_OPTION_ARG_FILENAME, &arguments.reader_key,
      "Ephemeral private key of the session, to check a MAC", "PEM" },
    { "at", 0, 0, G_OPTION_ARG_STRING, &arguments.at,
      "Time at which it has to be valid (now)", "TIME" },
    { "show-values", 0, 0, G_OPTION_ARG_NONE, &arguments.show_values,
      "Show the values of verified elements", NULL },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;
  if (arguments.transcript == NULL)
    return mdoc_command_refuse (error, "--transcript is missing");
  exit_code = mdoc_reader_trust_check (&arguments.trust, error);
  if (exit_code == MDOC_EXIT_DONE)
    exit_code = mdoc_reader_status_check_options (&arguments.status, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;

  exit_code = read_means (&arguments, &means, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;
  transcript = read_transcript (arguments.transcript, error);
  if (transcript == NULL)
    return mdoc_reader_error_get_exit (*error);

  return verify (command, &arguments, &means, transcript, error);
}

const MdocVerb mdoc_reader_verb_verify = {
  .name = "verify",
  .arguments = "FILE",
  .summary = "Verify a response that was saved",
  .description
  = "Verifies a DeviceResponse (ISO/IEC 18013-5): the issuer's chain and "
    "signature,\nthe digest of each element, document type, validity, device "
    "authentication and\nwhat the device key may sign. Every check is named "
    "with its outcome; elements\nare listed only if all of them hold. Ends "
    "with 5 if one failed.\n"
    "\n"
    "--status asks the issuer's status lists as well: try warns where there is "
    "none,\nrequire fails, cached fetches nothing.\n"
    "\n"
    "FILE and the transcript may be bytes, hexadecimal or base64url; - is "
    "standard\ninput. Values are masked unless --show-values is given.\n"
    "\n"
    "Example:\n"
    "  mdoc-reader verify response.cbor --transcript transcript.cbor \\\n"
    "      --trust pki/iaca.pem --at 2021-01-01T00:00:00Z",
  .run = run,
};
