/*
 * mdoc-test-holder.c - a holder that does what a test wants, also wrong
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-program.h"
#include "base/mdoc-text.h"
#include "engagement/mdoc-ble-ident.h"
#include "engagement/mdoc-device-engagement.h"
#include "loopback/mdoc-loopback.h"
#include "mdoc/mdoc-device-request.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-session.h"

#define MAX_BYTES ((gsize) 4 * 1024 * 1024)
#define MAX_ITEMS 512
#define LIFE_MS   120000

/* What the holder has. */
typedef struct
{
  char *issued_path;
  char *key_path;
  MdocIssuerSigned *issued;
  MdocKey *key;
  gboolean use_mac;
} Wallet;

static void
wallet_clear (Wallet *self)
{
  g_free (self->issued_path);
  g_free (self->key_path);
  g_clear_pointer (&self->issued, mdoc_issuer_signed_unref);
  g_clear_pointer (&self->key, mdoc_key_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wallet, wallet_clear)

static char *
read_text (const char *path, GError **error)
{
  g_autoptr (GBytes) content = mdoc_file_read (path, MAX_BYTES, error);

  return content != NULL ? g_strndup (g_bytes_get_data (content, NULL),
                                      g_bytes_get_size (content))
                         : NULL;
}

static gboolean
open_wallet (Wallet *self, GError **error)
{
  g_autoptr (GBytes) issued = NULL;
  g_autofree char *pem = NULL;

  if (self->issued_path == NULL || self->key_path == NULL)
    {
      mdoc_command_refuse (error, "--issued and --device-key are mandatory");
      return FALSE;
    }

  issued = mdoc_file_read (self->issued_path, MAX_BYTES, error);
  pem = issued != NULL ? read_text (self->key_path, error) : NULL;
  if (pem == NULL)
    return FALSE;
  self->issued = mdoc_issuer_signed_parse (issued, error);
  self->key = self->issued != NULL ? mdoc_key_new_from_pem (pem, error) : NULL;
  return self->key != NULL;
}

/* Adds one document with the chosen items to a response. */
static gboolean
add_document (Wallet *wallet,
              MdocDeviceResponseBuilder *builder,
              const guint *items,
              guint n_items,
              const MdocDeviceSignedItem *device_item,
              MdocTranscript *transcript,
              MdocPublicKey *e_reader_key,
              GError **error)
{
  return mdoc_device_response_builder_add_document (
      builder,
      &(MdocDocumentAnswer){
          .issuer_signed = wallet->issued,
          .items = items,
          .n_items = n_items,
          .device_key = wallet->key,
          .transcript = transcript,
          .e_reader_key = wallet->use_mac ? e_reader_key : NULL,
          .device_items = device_item,
          .n_device_items = device_item != NULL ? 1 : 0,
      },
      error);
}

static gboolean
find_item (MdocIssuerSigned *issued,
           const char *name_space,
           const char *element,
           guint *ret_index)
{
  for (guint i = 0; i < mdoc_issuer_signed_get_n_items (issued); i++)
    {
      const MdocIssuerSignedItem *item = mdoc_issuer_signed_get_item (issued,
                                                                      i);

      if (strcmp (item->name_space, name_space) == 0
          && strcmp (item->element, element) == 0)
        {
          *ret_index = i;
          return TRUE;
        }
    }

  return FALSE;
}

/* --- transcript: keys and transcript of a session that never was --- */

static MdocTranscript *
make_transcript (MdocKey **ret_e_reader_key, GError **error)
{
  g_autoptr (MdocDeviceEngagementBuilder) builder = NULL;
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocKey) e_device_key = mdoc_key_generate (MDOC_CURVE_P256, error);
  g_autoptr (MdocKey) e_reader_key = mdoc_key_generate (MDOC_CURVE_P256, error);
  g_autoptr (GBytes) engagement = NULL;
  MdocRetrievalMethod method = { .kind = MDOC_RETRIEVAL_BLE,
                                 .ble = { .has_central_client = TRUE } };
  MdocTranscript *transcript;

  if (e_device_key == NULL || e_reader_key == NULL)
    return NULL;

  builder = mdoc_device_engagement_builder_new ();
  mdoc_engagement_make_ble_uuid (method.ble.central_client_uuid);
  mdoc_device_engagement_builder_add_method (builder, &method);
  engagement = mdoc_device_engagement_builder_finish (builder,
                                                      mdoc_key_get_public (
                                                          e_device_key));
  mdoc_cose_key_write (writer, mdoc_key_get_public (e_reader_key));
  transcript = mdoc_transcript_new_qr (mdoc_span_from_bytes (engagement),
                                       mdoc_cbor_writer_get_span (writer));
  *ret_e_reader_key = g_steal_pointer (&e_reader_key);
  return transcript;
}

static MdocExit
run_transcript (MdocCommand *command, GError **error)
{
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (MdocKey) e_reader_key = NULL;
  g_autoptr (MdocSecret) pem = NULL;
  MdocExit exit_code;

  if (!mdoc_command_parse (command, NULL, 2, 2, &exit_code, error))
    return exit_code;

  transcript = make_transcript (&e_reader_key, error);
  pem = transcript != NULL ? mdoc_key_to_pem (e_reader_key, error) : NULL;
  if (pem == NULL
      || !mdoc_file_write (mdoc_command_get_argument (command, 0),
                           mdoc_transcript_get_encoded (transcript),
                           MDOC_FILE_REPLACE,
                           error)
      || !mdoc_file_write (mdoc_command_get_argument (command, 1),
                           mdoc_secret_get_span (pem),
                           MDOC_FILE_REPLACE,
                           error))
    return MDOC_EXIT_FAILED;
  return MDOC_EXIT_DONE;
}

static const MdocVerb verb_transcript = {
  .name = "transcript",
  .arguments = "TRANSCRIPT READER-KEY",
  .summary = "Make a transcript and the reader's ephemeral key",
  .description = "Writes both.",
  .run = run_transcript,
};

/* --- respond: a response without a session --- */

typedef struct
{
  char *transcript;
  char *reader_key;
  char *out;
  char *device_item; /* NS/ELEMENT */
  char **elements;   /* NS/ELEMENT; NULL: all */
} Respond;

static void
respond_clear (Respond *self)
{
  g_free (self->transcript);
  g_free (self->reader_key);
  g_free (self->out);
  g_free (self->device_item);
  g_strfreev (self->elements);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Respond, respond_clear)

static guint
choose_items (Wallet *wallet, char **elements, guint items[MAX_ITEMS])
{
  guint n_items = 0;

  if (elements == NULL)
    for (; n_items < mdoc_issuer_signed_get_n_items (wallet->issued); n_items++)
      items[n_items] = n_items;
  for (; elements != NULL && *elements != NULL; elements++)
    {
      g_auto (GStrv) parts = g_strsplit (*elements, "/", 2);

      if (find_item (wallet->issued, parts[0], parts[1], &items[n_items]))
        n_items++;
    }

  return n_items;
}

static GBytes *
respond (const Respond *arguments, Wallet *wallet, GError **error)
{
  g_autoptr (MdocDeviceResponseBuilder) builder = NULL;
  g_autoptr (GBytes) content = mdoc_file_read (arguments->transcript,
                                               MAX_BYTES,
                                               error);
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (MdocKey) reader_key = NULL;
  g_auto (GStrv) name = NULL;
  g_autofree char *pem = NULL;
  MdocDeviceSignedItem device_item;
  guint items[MAX_ITEMS];
  guint n_items;

  transcript = content != NULL
                   ? mdoc_transcript_parse (mdoc_span_from_bytes (content),
                                            error)
                   : NULL;
  if (transcript == NULL)
    return NULL;
  if (wallet->use_mac)
    {
      pem = read_text (arguments->reader_key, error);
      reader_key = pem != NULL ? mdoc_key_new_from_pem (pem, error) : NULL;
      if (reader_key == NULL)
        return NULL;
    }
  if (arguments->device_item != NULL)
    {
      name = g_strsplit (arguments->device_item, "/", 2);
      device_item = (MdocDeviceSignedItem){
        name[0],
        name[1],
        MDOC_SPAN ((const guint8 *) "\xf5", 1),
      };
    }

  builder = mdoc_device_response_builder_new ();
  n_items = choose_items (wallet, arguments->elements, items);
  if (!add_document (wallet,
                     builder,
                     items,
                     n_items,
                     name != NULL ? &device_item : NULL,
                     transcript,
                     reader_key != NULL ? mdoc_key_get_public (reader_key)
                                        : NULL,
                     error))
    return NULL;
  return mdoc_device_response_builder_finish (builder);
}

static MdocExit
run_respond (MdocCommand *command, GError **error)
{
  g_auto (Respond) arguments = { 0 };
  g_auto (Wallet) wallet = { 0 };
  g_autoptr (GBytes) response = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "issued", 0, 0, G_OPTION_ARG_FILENAME, &wallet.issued_path,
      "IssuerSigned", "FILE" },
    { "device-key", 0, 0, G_OPTION_ARG_FILENAME, &wallet.key_path,
      "Its key", "PEM" },
    { "transcript", 0, 0, G_OPTION_ARG_FILENAME, &arguments.transcript,
      "Transcript", "FILE" },
    { "mac", 0, 0, G_OPTION_ARG_FILENAME, &arguments.reader_key,
      "Answer by MAC", "READER-KEY" },
    { "element", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.elements,
      "To disclose", "NS/ELEMENT" },
    { "device-item", 0, 0, G_OPTION_ARG_STRING, &arguments.device_item,
      "To sign by the device", "NS/ELEMENT" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &arguments.out,
      "Output", "FILE" },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  wallet.use_mac = arguments.reader_key != NULL;
  if (!open_wallet (&wallet, error))
    return MDOC_EXIT_FAILED;

  response = respond (&arguments, &wallet, error);
  if (response == NULL
      || !mdoc_file_write (arguments.out,
                           mdoc_span_from_bytes (response),
                           MDOC_FILE_REPLACE,
                           error))
    return MDOC_EXIT_FAILED;
  return MDOC_EXIT_DONE;
}

static const MdocVerb verb_respond = {
  .name = "respond",
  .arguments = "",
  .summary = "Make a response",
  .description = "Makes a response without a session.",
  .run = run_respond,
};

/* --- serve: a session over the loopback transport --- */

typedef struct
{
  Wallet wallet;
  GMainLoop *loop;
  MdocTransport *transport;
  MdocHolderSession *session;
  char **behaviours; /* one a request, the last one for all that follow */
  char *save_request;
  char *refusal; /* what to do with what is wrong, instead of what is right */
  guint n_requests;
} Serve;

static const char *
get_behaviour (const Serve *self)
{
  guint n_behaviours = g_strv_length (self->behaviours);

  return self->behaviours[MIN (self->n_requests, n_behaviours - 1)];
}

static gboolean
is (const Serve *self, const char *behaviour)
{
  return strcmp (get_behaviour (self), behaviour) == 0;
}

static guint
match (Serve *self, MdocItemsRequest *request, guint items[MAX_ITEMS])
{
  guint n_items = 0;

  for (guint i = 0; i < mdoc_items_request_get_n_elements (request); i++)
    {
      const MdocRequestedElement *element
          = mdoc_items_request_get_element (request, i);

      if (find_item (self->wallet.issued,
                     element->name_space,
                     element->element,
                     &items[n_items]))
        n_items++;
    }

  return n_items;
}

static GBytes *
answer (Serve *self, MdocDeviceRequest *request)
{
  const char *doc_type = mdoc_mso_get_doc_type (
      mdoc_issuer_signed_get_mso (self->wallet.issued));
  g_autoptr (MdocDeviceResponseBuilder) builder = NULL;
  g_autoptr (GError) error = NULL;
  guint items[MAX_ITEMS];
  guint n_items;

  builder = mdoc_device_response_builder_new ();
  for (guint i = 0; i < mdoc_device_request_get_n_doc_requests (request); i++)
    {
      MdocItemsRequest *asked = mdoc_device_request_get_items_request (request,
                                                                       i);
      const char *asked_type = mdoc_items_request_get_doc_type (asked);

      if (is (self, "deny") || strcmp (asked_type, doc_type) != 0)
        {
          mdoc_device_response_builder_add_document_error (builder,
                                                           asked_type,
                                                           0);
          continue;
        }

      n_items = is (self, "overshare")
                    ? choose_items (&self->wallet, NULL, items)
                    : match (self, asked, items);
      if (!add_document (&self->wallet,
                         builder,
                         items,
                         n_items,
                         NULL,
                         mdoc_holder_session_get_transcript (self->session),
                         mdoc_holder_session_get_e_reader_key (self->session),
                         &error))
        g_error ("%s", error->message);
    }
  if (g_str_has_prefix (get_behaviour (self), "status-"))
    mdoc_device_response_builder_set_status (
        builder,
        (guint) g_ascii_strtoull (get_behaviour (self) + 7, NULL, 10));

  return mdoc_device_response_builder_finish (builder);
}

static GBytes *
answer_broken_request (Serve *self)
{
  g_autoptr (MdocDeviceResponseBuilder) builder
      = mdoc_device_response_builder_new ();

  mdoc_device_response_builder_set_status (
      builder,
      is (self, "no-errors") ? MDOC_RESPONSE_STATUS_OK
                             : MDOC_RESPONSE_STATUS_CBOR_DECODING_ERROR);
  return mdoc_device_response_builder_finish (builder);
}

/* One bit of what somebody signed, or the whole of it. */
static GBytes *
spoil (Serve *self, GBytes *response)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (response, &len);
  g_autofree guint8 *copy = g_malloc (len);

  memcpy (copy, data, len);
  if (is (self, "flip"))
    copy[len - 10] ^= 1; /* in the device's signature */
  if (is (self, "broken"))
    copy[0] = 0xff;
  return g_bytes_new_take (g_steal_pointer (&copy), len);
}

static void
send_answer (Serve *self)
{
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GBytes) response = NULL;
  g_autoptr (GBytes) spoilt = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;

  request = mdoc_device_request_parse (mdoc_holder_session_get_request (
                                           self->session),
                                       NULL);
  if (self->save_request != NULL
      && !mdoc_file_write (self->save_request,
                           mdoc_span_from_bytes (
                               mdoc_holder_session_get_request (self->session)),
                           MDOC_FILE_REPLACE,
                           &error))
    g_error ("%s", error->message);

  response = request != NULL ? answer (self, request)
                             : answer_broken_request (self);
  spoilt = spoil (self, response);
  message = mdoc_holder_session_respond (self->session,
                                         spoilt,
                                         is (self, "answer-and-end"),
                                         g_get_monotonic_time () / 1000,
                                         &error);
  if (message == NULL)
    g_error ("%s", error->message);
  if (!is (self, "answer-and-vanish"))
    mdoc_transport_send (self->transport, message);
  else if (!mdoc_transport_misbehave (self->transport,
                                      MDOC_TRANSPORT_FAULT_CUT,
                                      message,
                                      g_bytes_get_size (message)))
    g_error ("cannot vanish");

  g_clear_pointer (&message, g_bytes_unref);
  if (is (self, "answer-then-end"))
    {
      message = mdoc_holder_session_terminate (self->session);
      mdoc_transport_send (self->transport, message);
    }
  if (is (self, "answer-and-close"))
    mdoc_transport_close (self->transport);
}

static void
on_request (Serve *self)
{
  g_autoptr (GBytes) message = NULL;

  if (is (self, "hang"))
    return;
  if (is (self, "vanish"))
    exit (0);
  if (is (self, "close"))
    mdoc_transport_close (self->transport);
  else if (is (self, "terminate"))
    message = mdoc_holder_session_terminate (self->session);
  else if (is (self, "cannot-decrypt"))
    message = g_bytes_new ("\xa1\x66status\x0a", 9);
  else if (is (self, "garbage"))
    message = g_bytes_new ("\x82\x9b\x00\x00\x00\x00\x20", 7);
  else
    send_answer (self);

  if (message != NULL)
    mdoc_transport_send (self->transport, message);
  self->n_requests++;
}

/* What a test wants said to a message that is wrong: nothing, another status,
 * or an answer that is none. */
static void
refuse_wrongly (Serve *self)
{
  guint8 status[] = { 0xa1, 0x66, 's', 't', 'a', 't', 'u', 's', 0 };
  g_autoptr (GBytes) message = NULL;

  if (strcmp (self->refusal, "hang") == 0)
    return;
  status[sizeof status - 1] = (guint8) g_ascii_strtoull (self->refusal,
                                                         NULL,
                                                         10);
  message = strcmp (self->refusal, "data") == 0
                ? g_bytes_new ("\xa1\x64"
                               "data"
                               "\x41\x00",
                               8)
                : g_bytes_new (status, sizeof status);
  mdoc_transport_send (self->transport, message);
}

static void
on_message (MdocTransport *transport, GBytes *message, gpointer user_data)
{
  Serve *self = user_data;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  MdocHolderEvent event;

  if (!mdoc_holder_session_receive (self->session,
                                    message,
                                    g_get_monotonic_time () / 1000,
                                    &event,
                                    &reply,
                                    &error))
    g_printerr ("holder: %s\n", error->message);
  if (error != NULL && self->refusal != NULL)
    refuse_wrongly (self);
  else if (reply != NULL)
    mdoc_transport_send (transport, reply);
  if (event == MDOC_HOLDER_EVENT_REQUEST)
    on_request (self);
  if (event == MDOC_HOLDER_EVENT_ENDED)
    g_printerr ("holder: ended: %s\n",
                mdoc_session_end_get_name (
                    mdoc_holder_session_get_end_reason (self->session)));
}

static void
on_connected (MdocTransport *transport, gpointer user_data)
{
}

static void
on_closed (MdocTransport *transport, const GError *error, gpointer user_data)
{
  Serve *self = user_data;

  g_printerr ("holder: closed%s\n", error == NULL ? " in order" : "");
  g_main_loop_quit (self->loop);
}

static gboolean
on_life_over (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
engage (Serve *self, MdocCurve curve, gboolean is_loopback, GError **error)
{
  static const MdocTransportEvents events = { on_connected,
                                              on_message,
                                              on_closed };
  g_autoptr (MdocDeviceEngagementBuilder) builder = NULL;
  g_autoptr (MdocKey) e_device_key = mdoc_key_generate (curve, error);
  g_autoptr (GBytes) engagement = NULL;
  g_autofree char *uri = NULL;
  MdocBleOptions ble = { .has_central_client = TRUE };
  MdocRetrievalMethod method = { .kind = MDOC_RETRIEVAL_BLE };

  if (e_device_key == NULL)
    return FALSE;
  mdoc_engagement_make_ble_uuid (ble.central_client_uuid);
  self->transport = mdoc_loopback_holder_new (ble.central_client_uuid,
                                              MDOC_SESSION_MAX_REQUEST_BYTES,
                                              error);
  if (self->transport == NULL)
    return FALSE;

  builder = mdoc_device_engagement_builder_new ();
  method.ble = ble;
  if (!is_loopback)
    method = (MdocRetrievalMethod){ .kind = MDOC_RETRIEVAL_NFC,
                                    .nfc = { 255, 256 } };
  mdoc_device_engagement_builder_add_method (builder, &method);
  mdoc_device_engagement_builder_set_capabilities (builder,
                                                   &(MdocCapabilities){
                                                       .reader_auth_all
                                                       = TRUE });
  engagement = mdoc_device_engagement_builder_finish (builder,
                                                      mdoc_key_get_public (
                                                          e_device_key));
  self->session = mdoc_holder_session_new (e_device_key,
                                           engagement,
                                           MDOC_HANDOVER_QR,
                                           g_get_monotonic_time () / 1000);
  mdoc_transport_start (self->transport, &events, self);

  uri = mdoc_device_engagement_to_uri (mdoc_span_from_bytes (engagement));
  g_print ("%s\n", uri);
  fflush (stdout);
  return TRUE;
}

static MdocExit
serve (Serve *self, const char *curve_name, gboolean is_nfc, GError **error)
{
  MdocCurve curve = MDOC_CURVE_P256;

  if (curve_name != NULL && !mdoc_curve_from_name (curve_name, &curve))
    return mdoc_command_refuse (error, "--curve");
  if (!open_wallet (&self->wallet, error)
      || !engage (self, curve, !is_nfc, error))
    return MDOC_EXIT_FAILED;

  g_timeout_add (LIFE_MS, on_life_over, self->loop);
  g_main_loop_run (self->loop);
  return MDOC_EXIT_DONE;
}

static MdocExit
run_serve (MdocCommand *command, GError **error)
{
  g_autofree char *behaviour = NULL;
  g_autofree char *curve = NULL;
  gboolean is_nfc = FALSE;
  Serve self = { 0 };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "issued", 0, 0, G_OPTION_ARG_FILENAME, &self.wallet.issued_path,
      "IssuerSigned", "FILE" },
    { "device-key", 0, 0, G_OPTION_ARG_FILENAME, &self.wallet.key_path,
      "Its key", "PEM" },
    { "mac", 0, 0, G_OPTION_ARG_NONE, &self.wallet.use_mac,
      "Answer by MAC", NULL },
    { "curve", 0, 0, G_OPTION_ARG_STRING, &curve,
      "Of the ephemeral key", "NAME" },
    { "nfc", 0, 0, G_OPTION_ARG_NONE, &is_nfc,
      "Engage for NFC alone", NULL },
    { "save-request", 0, 0, G_OPTION_ARG_FILENAME, &self.save_request,
      "Keep the last request", "FILE" },
    { "refuse", 0, 0, G_OPTION_ARG_STRING, &self.refusal,
      "What to say to what is wrong", "hang|data|STATUS" },
    { "behave", 0, 0, G_OPTION_ARG_STRING, &behaviour,
      "What to do with each request", "A,B" },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  self.behaviours = g_strsplit (behaviour != NULL ? behaviour : "answer",
                                ",",
                                -1);
  self.loop = g_main_loop_new (NULL, FALSE);
  exit_code = serve (&self, curve, is_nfc, error);

  g_clear_pointer (&self.transport, mdoc_transport_unref);
  g_clear_pointer (&self.session, mdoc_holder_session_free);
  g_main_loop_unref (self.loop);
  wallet_clear (&self.wallet);
  g_strfreev (self.behaviours);
  g_free (self.save_request);
  g_free (self.refusal);
  return exit_code;
}

static const MdocVerb verb_serve = {
  .name = "serve",
  .arguments = "",
  .summary = "Hold one session",
  .description = "Prints the engagement, then holds one session.",
  .run = run_serve,
};

int
main (int argc, char **argv)
{
  static const MdocVerb *const verbs[] = { &verb_transcript,
                                           &verb_respond,
                                           &verb_serve,
                                           NULL };
  static const MdocProgram program = { .name = "mdoc-test-holder",
                                       .summary = "a holder for tests",
                                       .verbs = verbs };

  return mdoc_program_run (&program, argc, argv);
}
