/*
 * mdoc-presentation.c - one meeting with a reader
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-presentation.h"

#include <string.h>

#include "agent/mdoc-presentation-private.h"
#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "engagement/mdoc-device-engagement.h"

#define SESSION_NAME_BYTES 4

gint64
mdoc_presentation_get_now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

MdocLogFields
mdoc_presentation_get_log_fields (MdocPresentation *self, const GError *error)
{
  return (MdocLogFields){
    .topic = "presentation",
    .session = self->name,
    .transport = mdoc_transport_get_name (self->transport),
    .state = self->state,
    .error = error,
  };
}

void
mdoc_presentation_set_state (MdocPresentation *self, const char *state)
{
  MdocLogFields fields;
  GVariantDict properties;

  self->state = state;
  g_variant_dict_init (&properties, NULL);
  g_variant_dict_insert (&properties, "State", "s", self->state);
  g_variant_dict_insert (&properties, "EndReason", "s", self->end_reason);
  mdoc_bus_emit_changed (self->agent,
                         self->path,
                         MDOC_INTERFACE_PRESENTATION,
                         g_variant_dict_end (&properties));

  fields = mdoc_presentation_get_log_fields (self, NULL);
  mdoc_log (G_LOG_LEVEL_INFO,
            &fields,
            "Presentation: %s%s%s",
            state,
            self->end_reason[0] != '\0' ? ", " : "",
            self->end_reason);
}

void
mdoc_presentation_set_message (MdocPresentation *self, const GError *error)
{
  MdocLogFields fields = mdoc_presentation_get_log_fields (self, error);

  mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "Presentation");
  g_free (self->message);
  self->message = g_strdup (error->message);
}

void
mdoc_presentation_send (MdocPresentation *self, GBytes *message)
{
  if (message != NULL && self->is_connected)
    mdoc_transport_send (self->transport, message);
}

/* --- timers --- */

static gboolean
on_deadline (gpointer user_data)
{
  MdocPresentation *self = user_data;

  self->deadline_id = 0;
  if (mdoc_holder_session_check_deadline (self->session,
                                          mdoc_presentation_get_now_ms ()))
    {
      g_autoptr (GBytes) message = mdoc_holder_session_terminate (
          self->session);

      mdoc_presentation_send (self, message);
      mdoc_presentation_end (self, MDOC_PRESENTATION_END_TIMED_OUT);
    }

  return G_SOURCE_REMOVE;
}

void
mdoc_presentation_watch_deadline (MdocPresentation *self)
{
  gint64 left_ms = mdoc_holder_session_get_deadline_ms (self->session)
                   - mdoc_presentation_get_now_ms ();

  g_clear_handle_id (&self->deadline_id, g_source_remove);
  if (mdoc_holder_session_is_ended (self->session))
    return;

  self->deadline_id = g_timeout_add ((guint) CLAMP (left_ms,
                                                    0,
                                                    MDOC_PRESENTATION_MAX_MS),
                                     on_deadline,
                                     self);
}

static gboolean
on_wait (gpointer user_data)
{
  MdocPresentation *self = user_data;

  self->wait_id = 0;
  mdoc_presentation_end (self, MDOC_PRESENTATION_END_TIMED_OUT);
  return G_SOURCE_REMOVE;
}

static gboolean
on_limit (gpointer user_data)
{
  MdocPresentation *self = user_data;

  self->limit_id = 0;
  mdoc_presentation_end (self, MDOC_PRESENTATION_END_TIMED_OUT);
  return G_SOURCE_REMOVE;
}

static gboolean
on_close_limit (gpointer user_data)
{
  MdocPresentation *self = user_data;

  self->limit_id = 0;
  self->is_closed = TRUE;
  mdoc_agent_presentation_ended (self->agent);
  return G_SOURCE_REMOVE;
}

static const char *
get_reason (MdocPresentation *self)
{
  switch (mdoc_holder_session_get_end_reason (self->session))
    {
    case MDOC_SESSION_END_PEER_TERMINATED:
    case MDOC_SESSION_END_WE_TERMINATED:
      return MDOC_PRESENTATION_END_COMPLETED;
    case MDOC_SESSION_END_TIMEOUT:
      return MDOC_PRESENTATION_END_TIMED_OUT;
    case MDOC_SESSION_END_DEVICE:
    case MDOC_SESSION_END_COUNTER_EXHAUSTED:
      return MDOC_PRESENTATION_END_FAILED;
    case MDOC_SESSION_END_NONE:
    case MDOC_SESSION_END_PEER_ENCRYPTION_ERROR:
    case MDOC_SESSION_END_PEER_CBOR_ERROR:
    case MDOC_SESSION_END_DECRYPT:
    case MDOC_SESSION_END_CBOR:
    case MDOC_SESSION_END_PROTOCOL:
    default:
      return MDOC_PRESENTATION_END_READER_FAILED;
    }
}

static void
on_connected (MdocTransport *transport, gpointer user_data)
{
  MdocPresentation *self = user_data;

  self->is_connected = TRUE;
  g_clear_handle_id (&self->wait_id, g_source_remove);
  g_clear_handle_id (&self->limit_id, g_source_remove);
  self->limit_id = g_timeout_add (MDOC_PRESENTATION_MAX_MS, on_limit, self);
  mdoc_holder_session_set_connected (self->session,
                                     mdoc_presentation_get_now_ms ());
  mdoc_presentation_watch_deadline (self);
  mdoc_presentation_set_state (self, MDOC_PRESENTATION_CONNECTED);
}

static void
on_message (MdocTransport *transport, GBytes *message, gpointer user_data)
{
  MdocPresentation *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = NULL;
  MdocHolderEvent event;
  gboolean is_received;

  if (self->is_ended)
    return;

  is_received = mdoc_holder_session_receive (self->session,
                                             message,
                                             mdoc_presentation_get_now_ms (),
                                             &event,
                                             &reply,
                                             &error);
  mdoc_presentation_send (self, reply);
  if (!is_received)
    {
      mdoc_presentation_set_message (self, error);
      mdoc_presentation_end (self, get_reason (self));
      return;
    }

  mdoc_presentation_watch_deadline (self);
  if (event == MDOC_HOLDER_EVENT_REQUEST)
    mdoc_presentation_handle_request (self);
  else if (event == MDOC_HOLDER_EVENT_ENDED)
    mdoc_presentation_end (self, get_reason (self));
}

static void
on_closed (MdocTransport *transport, const GError *error, gpointer user_data)
{
  MdocPresentation *self = user_data;

  self->is_closed = TRUE;
  if (self->is_ended)
    {
      g_clear_handle_id (&self->limit_id, g_source_remove);
      mdoc_agent_presentation_ended (self->agent);
      return;
    }

  if (error != NULL)
    mdoc_presentation_set_message (self, error);
  /* many readers leave without a word once they have what they want */
  mdoc_presentation_end (self,
                         self->has_responded && self->question == NULL
                             ? MDOC_PRESENTATION_END_COMPLETED
                             : MDOC_PRESENTATION_END_READER_FAILED);
}

static const MdocTransportEvents events = {
  .connected = on_connected,
  .message = on_message,
  .closed = on_closed,
};

static void
on_owner_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  mdoc_presentation_end (user_data, MDOC_PRESENTATION_END_CANCELLED);
}

/* --- making one, ending it --- */

static char *
make_session_name (void)
{
  guint8 random[SESSION_NAME_BYTES];

  mdoc_random_fill (random, sizeof (random));
  return mdoc_hex_encode (MDOC_SPAN (random, sizeof (random)));
}

/**
 * mdoc_presentation_new:
 * @agent: whose presentation it is
 * @owner: unique name of who starts it
 * @path: its object
 * @way: by which transport
 * @wait_ms: how long to wait for a reader
 * @error: return location for a #MdocCryptoError or an error of
 *   mdoc_presentation_way_open()
 *
 * Waits for a reader from now on.
 *
 * Returns: (transfer full): the presentation, or %NULL with @error set
 */
MdocPresentation *
mdoc_presentation_new (MdocAgent *agent,
                       const char *owner,
                       const char *path,
                       const MdocPresentationWay *way,
                       guint wait_ms,
                       GError **error)
{
  g_autoptr (MdocTransport) transport = NULL;
  g_autoptr (MdocKey) e_device_key = NULL;
  g_autoptr (GBytes) engagement = NULL;
  MdocPresentationEnding ending;
  MdocPresentation *self;

  if (!mdoc_presentation_way_get_ending (way, &ending, error))
    return NULL;
  e_device_key = mdoc_key_generate (MDOC_CURVE_P256, error);
  if (e_device_key == NULL)
    return NULL;

  transport = mdoc_presentation_way_open (way,
                                          mdoc_key_get_public (e_device_key),
                                          &engagement,
                                          error);
  if (transport == NULL)
    return NULL;

  self = g_new0 (MdocPresentation, 1);
  self->agent = agent;
  self->owner = g_strdup (owner);
  self->path = g_strdup (path);
  self->name = make_session_name ();
  self->uri = mdoc_device_engagement_to_uri (mdoc_span_from_bytes (engagement));
  self->session = mdoc_holder_session_new (e_device_key,
                                           engagement,
                                           MDOC_HANDOVER_QR,
                                           mdoc_presentation_get_now_ms ());
  self->transport = g_steal_pointer (&transport);
  self->ending = ending;
  self->state = MDOC_PRESENTATION_WAITING;
  self->end_reason = "";
  self->message = g_strdup ("");
  self->entries = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_variant_unref);
  self->released_ages = g_hash_table_new_full (g_str_hash,
                                               g_str_equal,
                                               g_free,
                                               NULL);
  self->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->wait_id = g_timeout_add (wait_ms, on_wait, self);
  self->owner_watch_id
      = g_bus_watch_name_on_connection (agent->bus,
                                        owner,
                                        G_BUS_NAME_WATCHER_FLAGS_NONE,
                                        NULL,
                                        on_owner_vanished,
                                        self,
                                        NULL);
  mdoc_transport_start (self->transport, &events, self);
  return self;
}

static void
clear_timers (MdocPresentation *self)
{
  g_clear_handle_id (&self->wait_id, g_source_remove);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_clear_handle_id (&self->limit_id, g_source_remove);
}

static void
cancel_question (MdocPresentation *self)
{
  g_clear_pointer (&self->question, mdoc_question_cancel);
  g_clear_pointer (&self->offer, mdoc_proposal_free);
}

/**
 * mdoc_presentation_free:
 * @self: (nullable) (transfer full): a presentation
 *
 * Lets go of it at once; mdoc_presentation_end() is the polite way.
 */
void
mdoc_presentation_free (MdocPresentation *self)
{
  if (self == NULL)
    return;

  cancel_question (self);
  clear_timers (self);
  g_bus_unwatch_name (self->owner_watch_id);
  mdoc_transport_unref (self->transport);
  mdoc_holder_session_free (self->session);
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->released_ages);
  g_hash_table_unref (self->pins);
  g_free (self->message);
  g_free (self->path);
  g_free (self->owner);
  g_free (self->uri);
  g_free (self->name);
  g_free (self);
}

/**
 * mdoc_presentation_end:
 * @self: a presentation
 * @reason: why, `MDOC_PRESENTATION_END_…`
 *
 * Ends it: the holder is no longer asked, a reader that is connected is sent
 * status 20 if it does not know yet. Does nothing if it has ended.
 */
void
mdoc_presentation_end (MdocPresentation *self, const char *reason)
{
  g_autoptr (GBytes) message = NULL;

  if (self->is_ended)
    return;

  if (self->question != NULL)
    mdoc_presentation_note (self,
                            MDOC_OUTCOME_REFUSED,
                            self->offer,
                            NULL); /* asked, and nothing left */
  cancel_question (self);
  clear_timers (self);

  message = mdoc_holder_session_terminate (self->session);
  mdoc_presentation_send (self, message);

  self->is_ended = TRUE;
  self->end_reason = reason;
  mdoc_presentation_set_state (self, MDOC_PRESENTATION_ENDED);

  if (!self->is_closed)
    {
      mdoc_transport_close (self->transport);
      self->limit_id = g_timeout_add (strcmp (mdoc_transport_get_name (
                                                  self->transport),
                                              "ble")
                                              == 0
                                          ? MDOC_PRESENTATION_CLOSE_BLE_MS
                                          : MDOC_PRESENTATION_CLOSE_MS,
                                      on_close_limit,
                                      self);
    }
  mdoc_agent_presentation_ended (self->agent);
}

/**
 * mdoc_presentation_get_path:
 * @self: a presentation
 *
 * Returns: (transfer none): its object
 */
const char *
mdoc_presentation_get_path (MdocPresentation *self)
{
  return self->path;
}

/**
 * mdoc_presentation_get_uri:
 * @self: a presentation
 *
 * Returns: (transfer none): the engagement as `mdoc:` URI
 */
const char *
mdoc_presentation_get_uri (MdocPresentation *self)
{
  return self->uri;
}

/**
 * mdoc_presentation_get_state:
 * @self: (nullable): a presentation
 *
 * Returns: (transfer none): `MDOC_PRESENTATION_…`; "ended" of %NULL
 */
const char *
mdoc_presentation_get_state (MdocPresentation *self)
{
  return self != NULL ? self->state : MDOC_PRESENTATION_ENDED;
}

/**
 * mdoc_presentation_get_end_reason:
 * @self: (nullable): a presentation
 *
 * Returns: (transfer none): `MDOC_PRESENTATION_END_…`, or ""
 */
const char *
mdoc_presentation_get_end_reason (MdocPresentation *self)
{
  return self != NULL ? self->end_reason : "";
}

/**
 * mdoc_presentation_is_owner:
 * @self: a presentation
 * @name: unique name of a caller
 *
 * Returns: whether it is the one who started it
 */
gboolean
mdoc_presentation_is_owner (MdocPresentation *self, const char *name)
{
  return strcmp (self->owner, name) == 0;
}

/**
 * mdoc_presentation_is_connected:
 * @self: (nullable): a presentation
 *
 * Returns: whether a reader is there
 */
gboolean
mdoc_presentation_is_connected (MdocPresentation *self)
{
  return self != NULL && self->is_connected && !self->is_ended;
}

/**
 * mdoc_presentation_is_over:
 * @self: (nullable): a presentation
 *
 * Returns: whether it has ended and nothing is left to be sent
 */
gboolean
mdoc_presentation_is_over (MdocPresentation *self)
{
  return self == NULL || (self->is_ended && self->is_closed);
}

/**
 * mdoc_presentation_make_result:
 * @self: a presentation
 *
 * Returns: (transfer floating): an `a{sv}`, the result of `GetResult()`
 */
GVariant *
mdoc_presentation_make_result (MdocPresentation *self)
{
  GVariantBuilder requests;
  GVariantDict result;

  g_variant_builder_init (&requests, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->entries->len; i++)
    g_variant_builder_add_value (&requests,
                                 g_ptr_array_index (self->entries, i));

  g_variant_dict_init (&result, NULL);
  g_variant_dict_insert (&result, "state", "s", self->state);
  g_variant_dict_insert (&result, "end_reason", "s", self->end_reason);
  g_variant_dict_insert (&result, "message", "s", self->message);
  g_variant_dict_insert_value (&result,
                               "requests",
                               g_variant_builder_end (&requests));
  return g_variant_dict_end (&result);
}
