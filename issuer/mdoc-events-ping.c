/*
 * mdoc-events-ping.c - asking a receiver of events whether it is there
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-events-backoff.h"
#include "issuer/mdoc-events-envelope.h"
#include "issuer/mdoc-events-worker-private.h"

/* whoever asked may have gone when the answer comes */
typedef struct
{
  MdocEventsWorker *worker;
  char *url;
  char *secret;
  char *bearer_token;
  GMutex mutex;
  GCond done;
  char *outcome;
  gboolean is_taken;
} Ping;

static void
ping_clear (gpointer data)
{
  Ping *self = data;

  g_free (self->url);
  g_free (self->secret);
  g_free (self->bearer_token);
  g_free (self->outcome);
  g_cond_clear (&self->done);
  g_mutex_clear (&self->mutex);
}

static void
ping_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, ping_clear);
}

static void
on_pinged (GObject *source, GAsyncResult *result, gpointer data)
{
  Ping *ping = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocHttpResponse) response
      = mdoc_http_client_send_finish (ping->worker->client,
                                      result,
                                      NULL,
                                      &error);

  g_mutex_lock (&ping->mutex);
  ping->outcome = mdoc_events_worker_describe (response, error);
  ping->is_taken = response != NULL
                   && mdoc_events_backoff_judge (response->status)
                          == MDOC_EVENTS_DELIVERED;
  g_cond_signal (&ping->done);
  g_mutex_unlock (&ping->mutex);
  ping_unref (ping);
}

static gboolean
start_ping (gpointer data)
{
  Ping *ping = data;
  MdocEventsWorker *self = ping->worker;
  g_autofree char *body
      = mdoc_events_envelope_write_ping (self->source,
                                         mdoc_clock_get_unix_s (self->clock));

  mdoc_events_worker_post (self,
                           ping->url,
                           ping->secret,
                           ping->bearer_token,
                           body,
                           on_pinged,
                           g_atomic_rc_box_acquire (ping));
  return G_SOURCE_REMOVE;
}

/**
 * mdoc_events_worker_ping:
 * @self: a worker
 * @subscription: whom to ask
 * @ret_is_taken: (out): whether it answers as it should
 *
 * Returns: (transfer full): what it answered, or why it did not
 */
char *
mdoc_events_worker_ping (MdocEventsWorker *self,
                         const MdocRegisterSubscription *subscription,
                         gboolean *ret_is_taken)
{
  const gint64 until = g_get_monotonic_time ()
                       + 2 * MDOC_EVENTS_TIMEOUT_MS * 1000;
  Ping *ping = g_atomic_rc_box_new0 (Ping);
  char *outcome;

  ping->worker = self;
  ping->url = g_strdup (subscription->url);
  ping->secret = g_strdup (subscription->secret);
  ping->bearer_token = g_strdup (subscription->bearer_token);
  g_mutex_init (&ping->mutex);
  g_cond_init (&ping->done);
  g_main_context_invoke_full (self->context,
                              G_PRIORITY_DEFAULT,
                              start_ping,
                              g_atomic_rc_box_acquire (ping),
                              ping_unref);
  g_mutex_lock (&ping->mutex);
  while (ping->outcome == NULL
         && g_cond_wait_until (&ping->done, &ping->mutex, until))
    ;
  outcome = ping->outcome == NULL ? g_strdup ("timeout")
                                  : g_strdup (ping->outcome);
  *ret_is_taken = ping->is_taken;
  g_mutex_unlock (&ping->mutex);
  ping_unref (ping);
  return outcome;
}
