/*
 * mdoc-events-hub.c - who listens to events while they happen
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-events-hub.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "issuer/mdoc-events-envelope.h"
#include "issuer/mdoc-offer-page.h"
#include "openid/mdoc-json.h"

/* events that one listener gets in one turn, and how many characters: a stream
 * that is given more than it can keep is cut off */
#define TURN_EVENTS ((guint) 64)
#define TURN_CHARS  ((gsize) 256 * 1024)

typedef struct
{
  MdocHttpStream *stream;
  gint64 since_row;
  char *exchange_id; /* these are (nullable) */
  char *subject;
  char *type;
  char *client; /* who has the page of that: */
  char *offer_id;
  char *status; /* of that, as it was last told */
  gboolean is_gone;
} Listener;

struct _MdocEventsHub
{
  MdocRegister *reg;
  char *source;
  GMutex mutex;
  GPtrArray *listeners;
};

static void
listener_free (gpointer data)
{
  Listener *self = data;

  if (self->stream != NULL)
    {
      mdoc_http_stream_close (self->stream);
      mdoc_http_stream_unref (self->stream);
    }
  g_free (self->exchange_id);
  g_free (self->subject);
  g_free (self->type);
  g_free (self->client);
  g_free (self->offer_id);
  g_free (self->status);
  g_free (self);
}

/**
 * mdoc_events_hub_new:
 * @reg: where the events are; borrowed
 * @source: address of the platform
 *
 * Returns: (transfer full): a hub that nobody listens to
 */
MdocEventsHub *
mdoc_events_hub_new (MdocRegister *reg, const char *source)
{
  MdocEventsHub *self = g_new0 (MdocEventsHub, 1);

  self->reg = reg;
  self->source = g_strdup (source);
  g_mutex_init (&self->mutex);
  self->listeners = g_ptr_array_new_with_free_func (listener_free);
  return self;
}

/**
 * mdoc_events_hub_free:
 * @self: (nullable) (transfer full): a hub
 */
void
mdoc_events_hub_free (MdocEventsHub *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->listeners);
  g_mutex_clear (&self->mutex);
  g_free (self->source);
  g_free (self);
}

/* under the lock */
static gboolean
has_place (MdocEventsHub *self, const char *client, gboolean *ret_is_share)
{
  guint n_pages = 0;
  guint n_own = 0;

  for (guint i = 0; i < self->listeners->len; i++)
    {
      const Listener *listener = g_ptr_array_index (self->listeners, i);

      if (listener->client == NULL)
        continue;
      n_pages++;
      if (client != NULL && strcmp (listener->client, client) == 0)
        n_own++;
    }

  *ret_is_share = FALSE;
  if (client == NULL)
    return self->listeners->len - n_pages < MDOC_EVENTS_MAX_LISTENERS;
  if (n_pages < MDOC_EVENTS_MAX_PAGES
      && n_own < MIN (MDOC_EVENTS_MAX_CLIENT_PAGES,
                      MDOC_EVENTS_MAX_PAGES - n_pages))
    return TRUE;
  *ret_is_share = n_own > 0;
  return FALSE;
}

/**
 * mdoc_events_hub_has_place:
 * @self: a hub
 * @client: (nullable): whose page wants one; %NULL: an operator
 * @ret_is_share: (out): whether there is none as @client has its share
 *
 * Returns: whether there is one
 */
gboolean
mdoc_events_hub_has_place (MdocEventsHub *self,
                           const char *client,
                           gboolean *ret_is_share)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->mutex);

  return has_place (self, client, ret_is_share);
}

static gboolean
add (MdocEventsHub *self, Listener *listener)
{
  g_autofree char *hello = g_strdup_printf ("retry: %d\n\n",
                                            MDOC_EVENTS_RETRY_MS);
  gboolean is_in = FALSE;
  gboolean is_share;

  g_mutex_lock (&self->mutex);
  if (has_place (self, listener->client, &is_share))
    {
      is_in = mdoc_http_stream_write (listener->stream, hello);
      if (is_in)
        g_ptr_array_add (self->listeners, listener);
    }
  g_mutex_unlock (&self->mutex);
  if (!is_in)
    listener_free (listener);
  return is_in;
}

/**
 * mdoc_events_hub_add:
 * @self: a hub
 * @stream: (transfer full): where to send
 * @filter: which events
 *
 * Returns: whether there was room
 */
gboolean
mdoc_events_hub_add (MdocEventsHub *self,
                     MdocHttpStream *stream,
                     const MdocRegisterEventFilter *filter)
{
  Listener *listener = g_new0 (Listener, 1);

  listener->stream = stream;
  listener->since_row = filter->since_row;
  listener->exchange_id = g_strdup (filter->exchange_id);
  listener->subject = g_strdup (filter->subject);
  listener->type = g_strdup (filter->type);
  return add (self, listener);
}

/**
 * mdoc_events_hub_add_offer:
 * @self: a hub
 * @stream: (transfer full): where to send
 * @client: who has the page
 * @offer_id: of which offer
 *
 * Returns: whether there was room
 */
gboolean
mdoc_events_hub_add_offer (MdocEventsHub *self,
                           MdocHttpStream *stream,
                           const char *client,
                           const char *offer_id)
{
  Listener *listener = g_new0 (Listener, 1);

  listener->stream = stream;
  listener->client = g_strdup (client);
  listener->offer_id = g_strdup (offer_id);
  return add (self, listener);
}

static void
tell_offer (MdocEventsHub *self, Listener *listener)
{
  g_autoptr (MdocRegisterOffer) offer
      = mdoc_register_get_offer (self->reg, listener->offer_id, NULL);
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *json = NULL;
  g_autofree char *message = NULL;
  MdocOfferStage stage;

  if (offer == NULL)
    {
      listener->is_gone = TRUE;
      return;
    }
  if (g_strcmp0 (offer->status, listener->status) == 0)
    return;

  stage = mdoc_offer_page_get_stage (offer->status);
  object = json_object_new ();
  json_object_set_string_member (object, "status", offer->status);
  json_object_set_string_member (object,
                                 "stage",
                                 mdoc_offer_page_get_stage_name (stage));
  json_object_set_string_member (object,
                                 "words",
                                 mdoc_offer_page_describe (offer->status));
  json = mdoc_json_write (object);
  message = mdoc_events_envelope_write_sse (NULL, "state", json);
  /* nothing comes after that, and the place is another's */
  if (!mdoc_http_stream_write (listener->stream, message)
      || stage == MDOC_OFFER_STAGE_OVER)
    listener->is_gone = TRUE;
  g_free (listener->status);
  listener->status = g_strdup (offer->status);
}

static gboolean
tell_event (MdocEventsHub *self,
            Listener *listener,
            const MdocRegisterEvent *event,
            gsize *count)
{
  g_autofree char *row = g_strdup_printf ("%" G_GINT64_FORMAT, event->row);
  g_autoptr (GError) error = NULL;
  g_autofree char *wrapped = mdoc_events_envelope_wrap (event->json,
                                                        self->source,
                                                        &error);
  g_autofree char *message = NULL;

  if (wrapped == NULL)
    {
      g_message ("Event %s cannot be sent: %s", row, error->message);
      return TRUE;
    }
  message = mdoc_events_envelope_write_sse (row, event->type, wrapped);
  *count += strlen (message);
  return mdoc_http_stream_write (listener->stream, message);
}

/* Returns: whether there is more */
static gboolean
tell_events (MdocEventsHub *self, Listener *listener)
{
  const MdocRegisterEventFilter filter = {
    .since_row = listener->since_row,
    .exchange_id = listener->exchange_id,
    .subject = listener->subject,
    .type = listener->type,
    .limit = TURN_EVENTS,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = mdoc_register_list_events (self->reg,
                                                            &filter,
                                                            &error);
  gsize count = 0;

  if (events == NULL)
    {
      g_message ("Events cannot be read: %s", error->message);
      return FALSE;
    }
  for (guint i = 0; i < events->len; i++)
    {
      const MdocRegisterEvent *event = g_ptr_array_index (events, i);

      if (!tell_event (self, listener, event, &count))
        {
          listener->is_gone = TRUE;
          return FALSE;
        }
      listener->since_row = event->row;
      if (count > TURN_CHARS)
        return TRUE;
    }
  return events->len == TURN_EVENTS;
}

static void
forget_gone (MdocEventsHub *self)
{
  for (guint i = self->listeners->len; i > 0; i--)
    {
      const Listener *listener = g_ptr_array_index (self->listeners, i - 1);

      if (listener->is_gone)
        g_ptr_array_remove_index_fast (self->listeners, i - 1);
    }
}

/**
 * mdoc_events_hub_pump:
 * @self: a hub
 *
 * Returns: whether somebody has not got all yet
 */
gboolean
mdoc_events_hub_pump (MdocEventsHub *self)
{
  gboolean is_more = FALSE;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->listeners->len; i++)
    {
      Listener *listener = g_ptr_array_index (self->listeners, i);

      if (listener->offer_id != NULL)
        tell_offer (self, listener);
      else if (tell_events (self, listener))
        is_more = TRUE;
    }
  forget_gone (self);
  g_mutex_unlock (&self->mutex);
  return is_more;
}

/**
 * mdoc_events_hub_beat:
 * @self: a hub
 *
 * Sends a comment, which keeps proxies from closing what is silent, and tells
 * us who has gone.
 */
void
mdoc_events_hub_beat (MdocEventsHub *self)
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->listeners->len; i++)
    {
      Listener *listener = g_ptr_array_index (self->listeners, i);

      if (!mdoc_http_stream_write (listener->stream, ": still there\n\n"))
        listener->is_gone = TRUE;
    }
  forget_gone (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * mdoc_events_hub_get_n_listeners:
 * @self: a hub
 *
 * Returns: how many listen, or have just gone
 */
guint
mdoc_events_hub_get_n_listeners (MdocEventsHub *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->listeners->len;
  g_mutex_unlock (&self->mutex);
  return n;
}

/**
 * mdoc_events_hub_close_all:
 * @self: a hub
 *
 * Ends all streams.
 */
void
mdoc_events_hub_close_all (MdocEventsHub *self)
{
  g_mutex_lock (&self->mutex);
  g_ptr_array_set_size (self->listeners, 0);
  g_mutex_unlock (&self->mutex);
}
