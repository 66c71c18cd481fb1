/*
 * mdoc-reader-request.c - the verb request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "engagement/mdoc-device-engagement.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-verifier.h"
#include "reader/mdoc-reader-ask.h"
#include "reader/mdoc-reader-client.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-input.h"
#include "reader/mdoc-reader-json.h"
#include "reader/mdoc-reader-presets.h"
#include "reader/mdoc-reader-report.h"
#include "reader/mdoc-reader-scan.h"
#include "reader/mdoc-reader-status.h"
#include "reader/mdoc-reader-transport.h"
#include "reader/mdoc-reader-trust.h"
#include "reader/mdoc-reader-verbs.h"

#define DEFAULT_TIMEOUT_S 120
#define MAX_TIMEOUT_S     3600
#define MAX_URI_BYTES     ((gsize) 8192)

typedef struct
{
  GArray *steps; /* of MdocReaderStep */
  char *engagement;
  char *image;
  MdocReaderTrust trust;
  MdocReaderStatus status;
  char *reader_certificate;
  char *reader_key;
  char *at;
  char *curve;
  char *transport;
  char *ble_mode;
  char *adapter;
  gboolean use_l2cap;
  char *doc_types;
  char *save_response;
  char *save_transcript;
  char *save_key;
  char *save_portrait;
  gint timeout_s;
  gboolean sign_all;
  gboolean show_values;
  gboolean is_listing;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_array_unref (self->steps);
  g_free (self->engagement);
  g_free (self->image);
  mdoc_reader_trust_clear (&self->trust);
  mdoc_reader_status_clear (&self->status);
  g_free (self->reader_certificate);
  g_free (self->reader_key);
  g_free (self->at);
  g_free (self->curve);
  g_free (self->transport);
  g_free (self->ble_mode);
  g_free (self->adapter);
  g_free (self->doc_types);
  g_free (self->save_response);
  g_free (self->save_transcript);
  g_free (self->save_key);
  g_free (self->save_portrait);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* All that a session needs. */
typedef struct
{
  const Arguments *arguments;
  MdocReaderAsk *ask;
  MdocDocTypeTable *doc_types;
  MdocDeviceEngagement *engagement;
  MdocVerifier *verifier;
  MdocKey *reader_key;     /* nullable */
  GPtrArray *reader_chain; /* nullable */
  MdocKey *e_reader_key;
  MdocTranscript *transcript;
  MdocReaderClient *client;
  gint64 at_unix_s;
  JsonBuilder *builder; /* nullable: text is wanted */
  gboolean has_portrait;
} Job;

static void
job_clear (Job *self)
{
  g_clear_pointer (&self->client, mdoc_reader_client_free);
  g_clear_pointer (&self->ask, mdoc_reader_ask_free);
  g_clear_pointer (&self->doc_types, mdoc_doc_type_table_unref);
  g_clear_pointer (&self->engagement, mdoc_device_engagement_unref);
  g_clear_pointer (&self->verifier, mdoc_verifier_free);
  g_clear_pointer (&self->reader_key, mdoc_key_unref);
  g_clear_pointer (&self->reader_chain, g_ptr_array_unref);
  g_clear_pointer (&self->e_reader_key, mdoc_key_unref);
  g_clear_pointer (&self->transcript, mdoc_transcript_unref);
  g_clear_object (&self->builder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static gboolean
on_step (const char *option, const char *value, gpointer data, GError **error)
{
  mdoc_reader_steps_add (((Arguments *) data)->steps, option, value);
  return TRUE;
}

/* the text itself, @FILE, or - for standard input */
static MdocDeviceEngagement *
read_engagement (const char *text, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  g_autofree char *uri = NULL;

  if (text[0] == '@' || strcmp (text, "-") == 0)
    {
      content = mdoc_file_read (text[0] == '@' ? text + 1 : text,
                                MAX_URI_BYTES,
                                error);
      if (content == NULL)
        return NULL;
      uri = g_strndup (g_bytes_get_data (content, NULL),
                       g_bytes_get_size (content));
      text = g_strstrip (uri);
    }

  return mdoc_device_engagement_parse_uri (text, error);
}

static MdocExit
check_arguments (const Arguments *arguments, Job *job, GError **error)
{
  MdocExit exit_code;
  MdocCurve curve;

  if (arguments->engagement == NULL && arguments->image == NULL)
    return mdoc_command_refuse (error,
                                "--engagement or --engagement-image is "
                                "missing");
  if (arguments->engagement != NULL && arguments->image != NULL)
    return mdoc_command_refuse (error,
                                "--engagement and --engagement-image exclude "
                                "each other");
  exit_code = mdoc_reader_trust_check (&arguments->trust, error);
  if (exit_code == MDOC_EXIT_DONE)
    exit_code = mdoc_reader_status_check_options (&arguments->status, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;
  if ((arguments->reader_certificate == NULL)
      != (arguments->reader_key == NULL))
    return mdoc_command_refuse (error,
                                "--reader-cert and --reader-key go together");
  if (arguments->sign_all && arguments->reader_key == NULL)
    return mdoc_command_refuse (error,
                                "--reader-auth-all takes --reader-cert and "
                                "--reader-key");
  if (arguments->timeout_s < 1 || arguments->timeout_s > MAX_TIMEOUT_S)
    return mdoc_command_refuse (error,
                                "--timeout takes 1 to %d seconds",
                                MAX_TIMEOUT_S);
  if (arguments->transport != NULL
      && !mdoc_reader_transport_is_known (arguments->transport))
    return mdoc_command_refuse (error,
                                "--transport %s: there is no such transport",
                                arguments->transport);
  if (arguments->ble_mode != NULL
      && strcmp (arguments->ble_mode, "central") != 0
      && strcmp (arguments->ble_mode, "peripheral") != 0)
    return mdoc_command_refuse (error,
                                "--ble-mode is \"central\" or \"peripheral\"");
  if (arguments->curve != NULL
      && !mdoc_curve_from_name (arguments->curve, &curve))
    return mdoc_command_refuse (error,
                                "--curve %s: there is no such curve",
                                arguments->curve);
  if (arguments->at != NULL
      && !mdoc_reader_input_parse_time (arguments->at, &job->at_unix_s))
    return mdoc_command_refuse (error,
                                "--at takes a time such as "
                                "2021-01-01T00:00:00Z");
  return MDOC_EXIT_DONE;
}

/* The caller's own files: nobody else is to blame for them. */
static gboolean
read_means (const Arguments *arguments, Job *job, GError **error)
{
  job->verifier = mdoc_reader_trust_new_verifier (&arguments->trust,
                                                  job->at_unix_s,
                                                  error);
  return job->verifier != NULL
         && mdoc_reader_input_read_identity (arguments->reader_certificate,
                                             arguments->reader_key,
                                             &job->reader_chain,
                                             &job->reader_key,
                                             error);
}

static gboolean
read_ask (const Arguments *arguments, Job *job, GError **error)
{
  job->doc_types = mdoc_reader_input_read_doc_types (arguments->doc_types,
                                                     error);
  if (job->doc_types == NULL)
    return FALSE;
  job->ask = mdoc_reader_ask_parse (arguments->steps, job->doc_types, error);
  return job->ask != NULL;
}

/* Cipher suite 1 has both ephemeral keys on one curve, the holder's choice. */
static gboolean
make_session (const Arguments *arguments,
              Job *job,
              MdocReaderSession **ret_session,
              GError **error)
{
  MdocPublicKey *e_device_key = mdoc_device_engagement_get_e_device_key (
      job->engagement);
  MdocCurve curve = mdoc_public_key_get_curve (e_device_key);
  MdocReaderSession *session;
  MdocCurve wanted;

  if (arguments->curve != NULL
      && mdoc_curve_from_name (arguments->curve, &wanted) && wanted != curve)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_INPUT,
                               "The holder's key is on %s, not on %s",
                               mdoc_curve_get_name (curve),
                               arguments->curve);

  job->e_reader_key = mdoc_key_generate (curve, error);
  if (job->e_reader_key == NULL)
    return FALSE;

  session = mdoc_reader_session_new (job->e_reader_key,
                                     mdoc_device_engagement_get_encoded (
                                         job->engagement),
                                     MDOC_HANDOVER_QR,
                                     e_device_key,
                                     g_get_monotonic_time () / 1000,
                                     error);
  if (session == NULL)
    return FALSE;

  job->transcript = mdoc_transcript_ref (
      mdoc_reader_session_get_transcript (session));
  *ret_session = session;
  return TRUE;
}

static gboolean
check_capabilities (const Arguments *arguments, Job *job, GError **error)
{
  const MdocCapabilities *capabilities;

  capabilities = mdoc_device_engagement_get_capabilities (job->engagement);
  if (arguments->sign_all
      && (capabilities == NULL || !capabilities->reader_auth_all))
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_INPUT,
                               "--reader-auth-all: the holder does not say "
                               "that it can check that");
  return TRUE;
}

static gboolean
open_session (const Arguments *arguments, Job *job, GError **error)
{
  const MdocReaderWay way = { .transport = arguments->transport,
                              .ble_mode = arguments->ble_mode,
                              .adapter = arguments->adapter,
                              .use_l2cap = arguments->use_l2cap };
  g_autoptr (MdocTransport) transport = NULL;
  MdocReaderSession *session = NULL;

  if (arguments->image != NULL)
    job->engagement = mdoc_reader_scan (arguments->image,
                                        (guint) arguments->timeout_s,
                                        NULL,
                                        error);
  else
    job->engagement = read_engagement (arguments->engagement, error);
  if (job->engagement == NULL || !check_capabilities (arguments, job, error))
    return FALSE;
  transport = mdoc_reader_transport_open (&way, job->engagement, error);
  if (transport == NULL || !make_session (arguments, job, &session, error))
    return FALSE;

  job->client = mdoc_reader_client_new (transport, session);
  return mdoc_reader_client_connect (job->client,
                                     (guint) arguments->timeout_s * 1000,
                                     error);
}

/* The second and later files of one session get their number behind the name.
 */
static gboolean
save (const char *path,
      guint request,
      MdocSpan content,
      MdocFileFlags flags,
      GError **error)
{
  g_autofree char *numbered = NULL;

  if (path == NULL)
    return TRUE;
  if (request > 0)
    path = numbered = g_strdup_printf ("%s.%u", path, request + 1);
  return mdoc_file_write (path, content, flags | MDOC_FILE_REPLACE, error);
}

static gboolean
save_session (const Arguments *arguments, Job *job, GError **error)
{
  g_autoptr (MdocSecret) key = NULL;

  if (!save (arguments->save_transcript,
             0,
             mdoc_transcript_get_encoded (job->transcript),
             MDOC_FILE_PLAIN,
             error))
    return FALSE;
  if (arguments->save_key == NULL)
    return TRUE;

  key = mdoc_key_to_pem (job->e_reader_key, error);
  return key != NULL
         && save (arguments->save_key,
                  0,
                  mdoc_secret_get_span (key),
                  MDOC_FILE_PRIVATE,
                  error);
}

static gboolean
is_portrait (Job *job, const char *doc_type, const MdocVerifiedElement *element)
{
  MdocDocType *type = mdoc_doc_type_table_lookup (job->doc_types, doc_type);
  const MdocDocElement *known = NULL;

  if (type != NULL)
    known = mdoc_doc_type_find_element (type,
                                        element->name_space,
                                        element->element);
  return known != NULL ? known->is_portrait
                       : strcmp (element->element, "portrait") == 0;
}

/* The first portrait of the session that is verified. */
static gboolean
save_portrait (Job *job,
               MdocVerification *verification,
               GPtrArray *findings,
               GError **error)
{
  static const MdocCborLimits limits = {
    .max_bytes = MDOC_READER_MAX_FILE_BYTES,
    .max_depth = 1,
    .max_items = 1
  };

  for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
    for (guint j = 0; j < mdoc_verification_get_n_elements (verification, i);
         j++)
      {
        const MdocVerifiedElement *element
            = mdoc_verification_get_element (verification, i, j);
        MdocCborItem item;
        MdocSpan picture;

        if (job->has_portrait
            || !mdoc_reader_status_is_document_verified (findings,
                                                         verification,
                                                         i)
            || !is_portrait (job,
                             mdoc_verification_get_doc_type (verification, i),
                             element)
            || !mdoc_cbor_open (element->value, &limits, &item, NULL)
            || !mdoc_cbor_get_bytes (item, "", G_MAXSSIZE, &picture, NULL))
          continue;
        if (!save (job->arguments->save_portrait,
                   0,
                   picture,
                   MDOC_FILE_PRIVATE,
                   error))
          return FALSE;
        job->has_portrait = TRUE;
      }

  return TRUE;
}

static void
report_names (Job *job,
              const char *member,
              const char *label,
              const char *const *names)
{
  if (job->builder != NULL)
    mdoc_json_begin_array (job->builder, member);
  for (; *names != NULL; names++)
    {
      g_autofree char *shown = mdoc_text_to_printable (*names);

      if (job->builder != NULL)
        json_builder_add_string_value (job->builder, *names);
      else
        g_print ("%s: %s\n", label, shown);
    }
  if (job->builder != NULL)
    json_builder_end_array (job->builder);
}

static void
report_response (Job *job,
                 guint request,
                 MdocDeviceResponse *response,
                 MdocVerification *verification,
                 GPtrArray *findings)
{
  MdocReaderReport report = { .verification = verification,
                              .response = response,
                              .findings = findings,
                              .show_values = job->arguments->show_values };
  g_auto (GStrv) missing = NULL;
  g_auto (GStrv) unasked = NULL;

  missing = mdoc_reader_ask_list_missing (job->ask, request, response);
  unasked = mdoc_reader_ask_list_unasked (job->ask, request, response);
  if (job->builder != NULL)
    mdoc_reader_report_build (&report, job->builder);
  else
    mdoc_reader_report_print (&report);
  report_names (job,
                "notReturned",
                "not returned",
                (const char *const *) missing);
  report_names (job,
                "notAskedFor",
                "returned unasked",
                (const char *const *) unasked);
}

/* A holder that gives nothing has said no; a status says that it could not. */
static MdocExit
judge (MdocDeviceResponse *response,
       MdocVerification *verification,
       GPtrArray *findings)
{
  guint64 status = mdoc_device_response_get_status (response);

  if (mdoc_reader_status_is_verified (findings, verification))
    return MDOC_EXIT_DONE;
  if (mdoc_device_response_get_n_documents (response) > 0
      || mdoc_device_response_has_unknown_members (response)
      || status == MDOC_RESPONSE_STATUS_CBOR_DECODING_ERROR
      || status == MDOC_RESPONSE_STATUS_CBOR_VALIDATION_ERROR)
    return MDOC_EXIT_PEER;
  return MDOC_EXIT_DENIED;
}

static MdocExit
take_response (Job *job, guint request, GBytes *encoded, GError **error)
{
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) fault = NULL;

  if (!save (job->arguments->save_response,
             request,
             mdoc_span_from_bytes (encoded),
             MDOC_FILE_PRIVATE,
             error))
    return MDOC_EXIT_FAILED;

  response = mdoc_device_response_parse (encoded, &fault);
  if (response == NULL)
    {
      if (job->builder != NULL)
        mdoc_reader_report_build_broken (fault, job->builder);
      else
        mdoc_reader_report_print_broken (fault);
      return MDOC_EXIT_PEER;
    }

  verification = mdoc_verifier_check (job->verifier,
                                      response,
                                      job->transcript,
                                      job->e_reader_key,
                                      job->at_unix_s);
  if (!mdoc_reader_status_find (&job->arguments->status,
                                verification,
                                response,
                                job->at_unix_s,
                                &findings,
                                error))
    return MDOC_EXIT_FAILED;
  report_response (job, request, response, verification, findings);
  if (job->arguments->save_portrait != NULL
      && !save_portrait (job, verification, findings, error))
    return MDOC_EXIT_FAILED;
  return judge (response, verification, findings);
}

static MdocExit
ask_once (Job *job, guint request, GError **error)
{
  g_autoptr (GBytes) device_request = NULL;
  g_autoptr (GBytes) response = NULL;
  MdocExit exit_code;

  device_request = mdoc_reader_ask_build (job->ask,
                                          request,
                                          job->transcript,
                                          job->reader_key,
                                          job->reader_chain,
                                          job->arguments->sign_all,
                                          error);
  if (device_request == NULL)
    return MDOC_EXIT_FAILED;
  response = mdoc_reader_client_ask (job->client,
                                     device_request,
                                     (guint) job->arguments->timeout_s * 1000,
                                     error);
  if (response == NULL)
    return mdoc_reader_error_get_exit (*error);

  if (job->builder != NULL)
    json_builder_begin_object (job->builder);
  else if (mdoc_reader_ask_get_n_requests (job->ask) > 1)
    g_print ("--- request %u ---\n", request + 1);
  exit_code = take_response (job, request, response, error);
  if (job->builder != NULL)
    json_builder_end_object (job->builder);
  return exit_code;
}

/* What is worst in a session is how it ends: broken, then denied. */
static MdocExit
worse (MdocExit a, MdocExit b)
{
  return MAX (a, b);
}

static MdocExit
ask_all (Job *job, GError **error)
{
  MdocExit exit_code = MDOC_EXIT_DONE;

  for (guint i = 0; i < mdoc_reader_ask_get_n_requests (job->ask); i++)
    {
      exit_code = worse (exit_code, ask_once (job, i, error));
      if (*error != NULL)
        return exit_code;
    }

  if (job->arguments->save_portrait != NULL && !job->has_portrait)
    g_printerr ("mdoc-reader request: no verified portrait to save\n");
  return exit_code;
}

static MdocExit
ask_and_print (MdocCommand *command, Job *job, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) fault = NULL;
  MdocExit exit_code;

  if (mdoc_command_is_json (command))
    {
      job->builder = json_builder_new ();
      json_builder_begin_object (job->builder);
      mdoc_json_begin_array (job->builder, "responses");
    }

  exit_code = ask_all (job, &fault);
  mdoc_reader_client_close (job->client);
  if (job->builder == NULL)
    {
      if (fault != NULL)
        g_propagate_error (error, g_steal_pointer (&fault));
      return exit_code;
    }

  /* one object, also where the first answers were good and the next is none */
  json_builder_end_array (job->builder);
  mdoc_json_add_boolean (job->builder, "verified", exit_code == MDOC_EXIT_DONE);
  if (fault != NULL)
    {
      mdoc_json_begin_object (job->builder, "error");
      mdoc_json_add_int (job->builder, "exit", (gint64) exit_code);
      mdoc_json_add_text (job->builder,
                          "name",
                          mdoc_reader_error_get_name (fault));
      mdoc_json_add_text (job->builder, "message", fault->message);
      json_builder_end_object (job->builder);
      g_printerr ("mdoc-reader request: %s\n", fault->message);
    }
  json_builder_end_object (job->builder);
  root = json_builder_get_root (job->builder);
  mdoc_reader_print_json (root);
  return exit_code;
}

static MdocExit
request (MdocCommand *command, const Arguments *arguments, GError **error)
{
  g_auto (Job) job = { .arguments = arguments };
  MdocExit exit_code;

  job.at_unix_s = g_get_real_time () / G_USEC_PER_SEC;
  exit_code = check_arguments (arguments, &job, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;
  if (!read_ask (arguments, &job, error)
      || !read_means (arguments, &job, error))
    {
      exit_code = mdoc_reader_error_get_exit (*error);
      return exit_code == MDOC_EXIT_PEER ? MDOC_EXIT_FAILED : exit_code;
    }

  if (!open_session (arguments, &job, error))
    return mdoc_reader_error_get_exit (*error);
  if (!save_session (arguments, &job, error))
    return MDOC_EXIT_FAILED;
  return ask_and_print (command, &job, error);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { .timeout_s = DEFAULT_TIMEOUT_S };
  gpointer step = __extension__(gpointer) on_step; /* as GOption wants it */
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "engagement", 'e', 0, G_OPTION_ARG_STRING, &arguments.engagement,
      "The holder's mdoc: text, @FILE or -", "TEXT" },
    { "engagement-image", 0, 0, G_OPTION_ARG_FILENAME, &arguments.image,
      "A picture of the holder's QR code, or a camera to show it to",
      "FILE|DEVICE" },
    { "doctype", 0, 0, G_OPTION_ARG_CALLBACK, step,
      "Ask for a document of this type, or short name: mdl, photoid, pid",
      "TYPE" },
    { "element", 0, 0, G_OPTION_ARG_CALLBACK, step,
      "Ask for this element of it; may be repeated", "[NS/]ELEMENT[:retain]" },
    { "preset", 'p', 0, G_OPTION_ARG_CALLBACK, step,
      "Ask for a choice of elements such as age-over-18; may be repeated",
      "NAME" },
    { "then", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, step,
      "What follows is the next request of the session", NULL },
    MDOC_READER_TRUST_ENTRIES (arguments.trust),
    MDOC_READER_STATUS_ENTRIES (arguments.status),
    { "reader-cert", 0, 0, G_OPTION_ARG_FILENAME, &arguments.reader_certificate,
      "Certificate to sign requests with, chain behind it", "PEM" },
    { "reader-key", 0, 0, G_OPTION_ARG_FILENAME, &arguments.reader_key,
      "Its private key", "PEM" },
    { "reader-auth-all", 0, 0, G_OPTION_ARG_NONE, &arguments.sign_all,
      "Sign a request as a whole, not each document of it", NULL },
    { "at", 0, 0, G_OPTION_ARG_STRING, &arguments.at,
      "Time at which documents have to be valid (now)", "TIME" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &arguments.timeout_s,
      "How long an answer may take (120)", "SECONDS" },
    { "curve", 0, 0, G_OPTION_ARG_STRING, &arguments.curve,
      "Refuse unless the holder's key is on this curve", "NAME" },
    { "transport", 0, 0, G_OPTION_ARG_STRING, &arguments.transport,
      "How to reach the holder: auto, ble or loopback (auto)", "NAME" },
    { "ble-mode", 0, 0, G_OPTION_ARG_STRING, &arguments.ble_mode,
      "Mode to take of those that the holder offers", "central|peripheral" },
    { "l2cap", 0, 0, G_OPTION_ARG_NONE, &arguments.use_l2cap,
      "Use an L2CAP channel where the holder has one", NULL },
    { "adapter", 0, 0, G_OPTION_ARG_STRING, &arguments.adapter,
      "Bluetooth adapter to use (the first that will do)", "hciN|ADDRESS" },
    { "save-response", 0, 0, G_OPTION_ARG_FILENAME, &arguments.save_response,
      "Save the DeviceResponse; of later requests as FILE.2, FILE.3", "FILE" },
    { "save-transcript", 0, 0, G_OPTION_ARG_FILENAME,
      &arguments.save_transcript,
      "Save the SessionTranscript", "FILE" },
    { "save-key", 0, 0, G_OPTION_ARG_FILENAME, &arguments.save_key,
      "Save the ephemeral private key, to verify a MAC later", "FILE" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.save_portrait,
      "Save the portrait, if it is verified", "FILE" },
    { "doctypes", 0, 0, G_OPTION_ARG_FILENAME, &arguments.doc_types,
      "Folder of document types instead of the installed one", "DIR" },
    { "list-presets", 0, 0, G_OPTION_ARG_NONE, &arguments.is_listing,
      "Print the presets of every document type instead", NULL },
    { "show-values", 0, 0, G_OPTION_ARG_NONE, &arguments.show_values,
      "Show the values of verified elements", NULL },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  arguments.steps = mdoc_reader_steps_new ();
  mdoc_command_set_option_data (command, &arguments);
  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  return arguments.is_listing
             ? mdoc_reader_list_presets (command, arguments.doc_types, error)
             : request (command, &arguments, error);
}

const MdocVerb mdoc_reader_verb_request = {
  .name = "request",
  .arguments = "",
  .summary = "Ask a holder for data elements and verify them",
  .description
  = "Connects to the holder that shows an engagement, asks it for data "
    "elements, and\nverifies what it answers: as “verify” does, with the "
    "session's own transcript and\nkey. Prints what was verified and what "
    "not, what was not returned, and what was\nreturned without having been "
    "asked for.\n"
    "\n"
    "--doctype, --element, --preset and --then are read in order. --preset "
    "takes the\nelements from the document type before it, else from the first "
    "that has such a\npreset. Values are masked unless --show-values is given: "
    "most questions are\nanswered by knowing that they verify.\n"
    "\n"
    "Ends with 0 if everything returned is verified, 4 if the holder gives "
    "nothing,\n5 if something does not verify, 6 if no answer comes in time.\n"
    "\n"
    "Examples:\n"
    "  mdoc-reader request -e mdoc:owBj… --preset age-over-18 --trust "
    "iaca.pem\n"
    "  mdoc-reader request --engagement-image /dev/video0 --preset identity "
    "\\\n      --trust iaca.pem\n"
    "  mdoc-reader request -e - --doctype mdl --element family_name \\\n"
    "      --element org.iso.18013.5.1/portrait:retain --trust iaca.pem \\\n"
    "      --reader-cert reader.pem --reader-key reader-key.pem "
    "--show-values\n"
    "  mdoc-reader request -e @qr.txt --preset age-over-21 --then \\\n"
    "      --doctype pid --preset identity --trust iaca.pem",
  .run = run,
};
