/*
 * holder.c - a whole holder on a platform of its own, from libmdoc
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/mdoc-text.h"
#include "engagement/mdoc-ble-ident.h"
#include "engagement/mdoc-device-engagement.h"
#include "mdoc/mdoc-device-request.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-match.h"
#include "mdoc/mdoc-session.h"

/* --- the platform's clock --- */

/* for time-outs: does not jump, need not know the date */
static gint64
clock_get_monotonic_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

/* for validity. A board that booted in 1970 says so by returning FALSE; then
 * nothing may be presented as valid. */
static gboolean
clock_get_date (gint64 *ret_unix_s)
{
  *ret_unix_s = (gint64) time (NULL);
  return *ret_unix_s > 1700000000;
}

/* --- the platform's key store --- */

/* Stands for a secure element: the key is behind @impl and never comes out. A
 * port calls its chip here instead. */
static gboolean
element_sign (gpointer impl,
              MdocAlg alg,
              const MdocSpan *parts,
              gsize n_parts,
              guint8 *ret_signature,
              gsize *ret_len,
              GError **error)
{
  return mdoc_key_sign (impl,
                        alg,
                        parts,
                        n_parts,
                        ret_signature,
                        ret_len,
                        error);
}

static MdocSecret *
element_agree (gpointer impl, MdocPublicKey *peer, GError **error)
{
  return mdoc_key_agree (impl, peer, error);
}

static void
element_free (gpointer impl)
{
  mdoc_key_unref (impl);
}

static const MdocKeyClass element_class = {
  .kind = "element",
  .sign = element_sign,
  .agree = element_agree,
  .free = element_free,
};

static MdocKey *
element_open (const char *path, GError **error)
{
  g_autofree char *pem = NULL;
  MdocKey *inside;

  if (!g_file_get_contents (path, &pem, NULL, error))
    return NULL;
  inside = mdoc_key_new_from_pem (pem, error);
  mdoc_secret_wipe (pem, strlen (pem));
  return inside != NULL ? mdoc_key_new (&element_class,
                                        inside,
                                        mdoc_key_get_public (inside))
                        : NULL;
}

/* --- the platform's transport --- */

/* A Unix socket named by the UUID of the engagement, where mdoc-reader looks
 * for a holder on the same machine. A frame is a length of four bytes,
 * big-endian, and the message; a length of all ones is the end in order. */
#define END_IN_ORDER G_MAXUINT32

static struct sockaddr_un address = { .sun_family = AF_UNIX };

static int
line_listen (const guint8 uuid[16])
{
  g_autofree char *name = mdoc_hex_encode (MDOC_SPAN (uuid, 16));
  const char *folder = g_getenv ("MDOC_RUNTIME_DIR");
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_snprintf (address.sun_path,
              sizeof (address.sun_path),
              "%s/%s",
              folder != NULL ? folder : ".",
              name);
  if (bind (fd, (struct sockaddr *) &address, sizeof (address)) != 0
      || listen (fd, 1) != 0)
    g_error ("Cannot listen at %s: %s", address.sun_path, g_strerror (errno));
  return fd;
}

/* One reader is all that a session has. */
static int
line_accept (int listener, int timeout_ms)
{
  struct pollfd waiting = { .fd = listener, .events = POLLIN };
  gboolean has_reader = poll (&waiting, 1, timeout_ms) == 1;
  int fd = has_reader ? accept (listener, NULL, NULL) : -1;

  unlink (address.sun_path);
  close (listener);
  return fd;
}

/* @message: %NULL for the end. A reader that has gone is found by receiving. */
static void
line_send (int fd, GBytes *message)
{
  gsize len = END_IN_ORDER;
  const void *bytes = message != NULL ? g_bytes_get_data (message, &len) : NULL;
  guint32 head = GUINT32_TO_BE ((guint32) len);

  (void) send (fd, &head, sizeof (head), MSG_NOSIGNAL | MSG_MORE);
  (void) send (fd, bytes, bytes != NULL ? len : 0, MSG_NOSIGNAL);
}

/* Returns: %NULL with @ret_why when no message came. The rest of a frame is
 * waited for without end, which only a peer of our own may be trusted with. */
static GBytes *
line_receive (int fd, int timeout_ms, const char **ret_why)
{
  struct pollfd waiting = { .fd = fd, .events = POLLIN };
  g_autofree guint8 *bytes = NULL;
  guint32 len;

  *ret_why = "no message came in time";
  if (poll (&waiting, 1, timeout_ms) != 1)
    return NULL;
  *ret_why = "the reader has vanished";
  if (recv (fd, &len, sizeof (len), MSG_WAITALL) != sizeof (len))
    return NULL;
  len = GUINT32_FROM_BE (len);
  *ret_why = len == END_IN_ORDER ? NULL : "the message is too long";
  if (len > MDOC_SESSION_MAX_REQUEST_BYTES)
    return NULL;

  bytes = g_malloc (MAX (len, 1));
  *ret_why = "the reader has vanished";
  if (recv (fd, bytes, len, MSG_WAITALL) != (gssize) len)
    return NULL;
  *ret_why = NULL;
  return g_bytes_new_take (g_steal_pointer (&bytes), len);
}

/* --- the holder --- */

typedef struct
{
  MdocIssuerSigned *credential;
  MdocKey *key;
  MdocHolderSession *session;
} Holder;

static gboolean
is_in_date (MdocMso *mso)
{
  gint64 now_unix_s;

  return clock_get_date (&now_unix_s)
         && now_unix_s >= mdoc_mso_get_valid_from (mso)
         && now_unix_s < mdoc_mso_get_valid_until (mso);
}

/* The person decides. */
static gboolean
ask (const MdocMatchCandidate *candidate)
{
  char answer[16] = "";

  for (guint i = 0; i < candidate->n_disclosures; i++)
    printf ("  %s\n", candidate->disclosures[i].element);
  printf ("Share these? [y/N] ");
  fflush (stdout);
  return fgets (answer, sizeof (answer), stdin) != NULL && answer[0] == 'y';
}

static gboolean
add_document (Holder *self,
              MdocDeviceResponseBuilder *builder,
              const MdocMatchCandidate *candidate,
              GError **error)
{
  g_autofree guint *items = g_new (guint, candidate->n_disclosures);

  for (guint i = 0; i < candidate->n_disclosures; i++)
    items[i] = candidate->disclosures[i].item;
  return mdoc_device_response_builder_add_document (
      builder,
      &(MdocDocumentAnswer){
          .issuer_signed = self->credential,
          .items = items,
          .n_items = candidate->n_disclosures,
          .device_key = self->key,
          .transcript = mdoc_holder_session_get_transcript (self->session),
      },
      error);
}

static GBytes *
answer_request (Holder *self, GError **error)
{
  g_autoptr (MdocDeviceResponseBuilder) builder = NULL;
  g_autoptr (MdocMatchDocument) document = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (MdocMatch) match = NULL;
  const MdocMatchDocRequest *wanted;

  request = mdoc_device_request_parse (mdoc_holder_session_get_request (
                                           self->session),
                                       error);
  if (request == NULL)
    return NULL;
  document = mdoc_match_document_new_from_issuer_signed (self->credential,
                                                         error);
  if (document == NULL)
    return NULL;

  match = mdoc_match_request (request, &document, 1, NULL);
  wanted = mdoc_match_get_doc_request (match, 0);
  builder = mdoc_device_response_builder_new ();
  if (wanted->n_candidates > 0
      && is_in_date (mdoc_issuer_signed_get_mso (self->credential))
      && ask (&wanted->candidates[0])
      && !add_document (self, builder, &wanted->candidates[0], error))
    return NULL;
  return mdoc_device_response_builder_finish (builder);
}

static int
get_time_left_ms (const Holder *self)
{
  gint64 left_ms = mdoc_holder_session_get_deadline_ms (self->session)
                   - clock_get_monotonic_ms ();

  return (int) CLAMP (left_ms, 0, G_MAXINT);
}

static gboolean
take_message (Holder *self, int line, GBytes *message, GError **error)
{
  gint64 now_ms = clock_get_monotonic_ms ();
  g_autoptr (GBytes) response = NULL;
  g_autoptr (GBytes) reply = NULL;
  MdocHolderEvent event;
  gboolean is_good = mdoc_holder_session_receive (self->session,
                                                  message,
                                                  now_ms,
                                                  &event,
                                                  &reply,
                                                  error);

  if (reply != NULL)
    line_send (line, reply);
  if (!is_good || event == MDOC_HOLDER_EVENT_ENDED)
    return FALSE;
  if (event != MDOC_HOLDER_EVENT_REQUEST)
    return TRUE;

  g_clear_pointer (&reply, g_bytes_unref);
  response = answer_request (self, error);
  if (response != NULL)
    reply = mdoc_holder_session_respond (self->session,
                                         response,
                                         FALSE,
                                         clock_get_monotonic_ms (),
                                         error);
  if (reply == NULL)
    return FALSE;
  line_send (line, reply);
  return TRUE;
}

static int
fail (const char *why)
{
  fprintf (stderr, "holder: %s\n", why);
  return 1;
}

static int
serve (Holder *self, int listener)
{
  g_autoptr (MdocHolderSession) session = self->session;
  const char *why = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) farewell = NULL;
  int line = line_accept (listener, get_time_left_ms (self));
  gboolean goes_on = line >= 0;

  while (goes_on)
    {
      g_autoptr (GBytes) message = line_receive (line,
                                                 get_time_left_ms (self),
                                                 &why);

      goes_on = message != NULL && take_message (self, line, message, &error);
    }

  if (line < 0)
    return fail ("no reader came");
  farewell = mdoc_holder_session_terminate (session);
  if (farewell != NULL && why == NULL)
    line_send (line, farewell);
  line_send (line, NULL);
  why = error != NULL ? error->message : why;
  return why != NULL ? fail (why) : 0;
}

/* Makes the ephemeral key, and the engagement that a reader has to read. */
static gboolean
engage (Holder *self, int *ret_listener, GError **error)
{
  g_autoptr (MdocDeviceEngagementBuilder) builder
      = mdoc_device_engagement_builder_new ();
  g_autoptr (MdocKey) e_device_key = mdoc_key_generate (MDOC_CURVE_P256, error);
  g_autoptr (GBytes) engagement = NULL;
  g_autofree char *uri = NULL;
  MdocRetrievalMethod method = { .kind = MDOC_RETRIEVAL_BLE,
                                 .ble.has_central_client = TRUE };

  if (e_device_key == NULL)
    return FALSE;
  mdoc_engagement_make_ble_uuid (method.ble.central_client_uuid);
  mdoc_device_engagement_builder_add_method (builder, &method);
  engagement = mdoc_device_engagement_builder_finish (builder,
                                                      mdoc_key_get_public (
                                                          e_device_key));
  self->session = mdoc_holder_session_new (e_device_key,
                                           engagement,
                                           MDOC_HANDOVER_QR,
                                           clock_get_monotonic_ms ());
  *ret_listener = line_listen (method.ble.central_client_uuid);
  uri = mdoc_device_engagement_to_uri (mdoc_span_from_bytes (engagement));
  puts (uri);
  return TRUE;
}

int
main (int argc, char **argv)
{
  Holder self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (MdocIssuerSigned) credential = NULL;
  g_autoptr (MdocKey) key = NULL;
  int listener;

  setvbuf (stdout, NULL, _IOLBF, 0);
  if (argc != 3)
    return fail ("usage: holder CREDENTIAL.cbor DEVICE-KEY.pem");
  file = g_mapped_file_new (argv[1], FALSE, &error);
  if (file == NULL)
    return fail (error->message);
  encoded = g_mapped_file_get_bytes (file);
  self.credential = credential = mdoc_issuer_signed_parse (encoded, &error);
  if (credential == NULL)
    return fail (error->message);
  self.key = key = element_open (argv[2], &error);
  if (key == NULL || !engage (&self, &listener, &error))
    return fail (error->message);
  return serve (&self, listener);
}
