/*
 * mdoc-events-worker.c - what the platform does while nobody asks
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-events-worker.h"

#include <string.h>

#include "crypto/mdoc-crypto.h"
#include "issuer/mdoc-events-backoff.h"
#include "issuer/mdoc-events-envelope.h"
#include "issuer/mdoc-events-signature.h"
#include "issuer/mdoc-events-worker-private.h"

/* items of batches in one commit, so that others get their turn; deliveries
 * that are looked at in one go; rows that time changes in one go */
#define BATCH_ITEMS ((guint) 100)
#define DUE_LIMIT   ((guint) 64) /* for each receiver */
#define TICK_ROWS   ((guint) 500)
#define PUMP_MS     20
#define MIN_TICK_S  1
#define MAX_TICK_S  10
#define PURGE_S     ((gint64) 3600)
/* a clock that is off by that was set, not trimmed */
#define MIN_LEAP_MS ((gint64) 2000)
/* longest that a receiver may ask for, and some */
#define MAX_PUT_OFF_MS ((gint64) (MDOC_EVENTS_GIVE_UP_S + 60) * 1000)
#define PURGE_ROWS     ((guint) 1000)
/* of an answer nothing but the status is looked at */
#define MAX_ANSWER ((gsize) 16 * 1024)

/* While so many wait for an answer, who has one of these gets no more: some
 * that take their time with each must not have all the places there are. */
#define MAX_SHARED (MDOC_EVENTS_MAX_RUNNING / 2)

/* one receiver that fails is left alone for a while, whatever else there is for
 * it */
typedef struct
{
  guint n_running;
  guint n_failed;          /* in a row */
  gint64 failing_since_ms; /* the first of these; these are monotonic */
  gint64 hold_until_ms;
  guint64 turn; /* when it was sent something last */
} Target;

typedef struct
{
  MdocEventsWorker *worker;
  gint64 id;
  char *subscription_id;
  guint attempts;
  gint64 first_try_at_ms;
  gboolean aborts_on_4xx;
} Delivery;

static void
delivery_free (Delivery *self)
{
  g_free (self->subscription_id);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Delivery, delivery_free)

static void work (MdocEventsWorker *self);

static gint64
now_ms (MdocEventsWorker *self)
{
  return mdoc_clock_get_unix_s (self->clock) * 1000
         + g_get_real_time () / 1000 % 1000;
}

/* what nobody can set back: waits are measured with it */
static gint64
monotonic_ms (MdocEventsWorker *self)
{
  return mdoc_clock_get_monotonic_ms (self->clock);
}

static MdocRegisterCall
make_call (MdocEventsWorker *self)
{
  return (MdocRegisterCall){ .now_ms = now_ms (self), .actor = "system" };
}

/* --- the thread's own timers --- */

static gboolean
on_wake (gpointer data)
{
  MdocEventsWorker *self = data;

  g_source_set_ready_time (self->wake, -1);
  work (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch };

static GSource *
add_timer (MdocEventsWorker *self, GSourceFunc callback)
{
  GSource *source = g_source_new (&timer_funcs, sizeof (GSource));

  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

static void
set_timer_ms (GSource *source, gint64 delay_ms)
{
  g_source_set_ready_time (source,
                           g_get_monotonic_time () + MAX (delay_ms, 1) * 1000);
}

/* --- deliveries --- */

static Target *
find_target (MdocEventsWorker *self, const char *id)
{
  Target *target = g_hash_table_lookup (self->targets, id);

  if (target == NULL)
    {
      target = g_new0 (Target, 1);
      g_hash_table_insert (self->targets, g_strdup (id), target);
    }
  return target;
}

static void
count (MdocEventsWorker *self, gint running, gboolean is_taken, gboolean failed)
{
  g_mutex_lock (&self->mutex);
  self->figures.n_running = (guint) ((gint) self->figures.n_running + running);
  self->figures.n_delivered += is_taken ? 1 : 0;
  self->figures.n_failed += failed ? 1 : 0;
  g_mutex_unlock (&self->mutex);
}

/* "204", "certificate-expired": what people read of it */
char *
mdoc_events_worker_describe (const MdocHttpResponse *response,
                             const GError *error)
{
  if (response != NULL)
    return g_strdup_printf ("%u", response->status);
  if (error->domain == MDOC_HTTP_ERROR)
    return g_strdup (mdoc_http_error_get_name ((MdocHttpError) error->code));
  return g_strdup ("cancelled");
}

/* Where nobody answers, what was not tried yet has its turn before what was, so
 * that with enough to say no delivery alone might ever be given up: it counts
 * since when there is no answer at all. */
static gint64
get_first_failure_ms (MdocEventsWorker *self,
                      const Target *target,
                      const Delivery *delivery,
                      gboolean has_answer,
                      gint64 at_ms)
{
  const gint64 failing_ms = monotonic_ms (self) - target->failing_since_ms;

  gint64 first_ms = delivery->first_try_at_ms == 0 ? at_ms
                                                   : delivery->first_try_at_ms;

  return !has_answer && target->n_failed > 0
             ? MIN (first_ms, at_ms - failing_ms)
             : first_ms;
}

static MdocRegisterDeliveryEnd
decide (MdocEventsWorker *self,
        const Target *target,
        const Delivery *delivery,
        const MdocHttpResponse *response,
        gint64 at_ms)
{
  const guint status = response == NULL ? 0 : response->status;
  const gint64 first_ms = get_first_failure_ms (self,
                                                target,
                                                delivery,
                                                response != NULL,
                                                at_ms);

  switch (mdoc_events_backoff_judge (status))
    {
    case MDOC_EVENTS_DELIVERED:
      return MDOC_DELIVERY_DONE;
    case MDOC_EVENTS_DISABLE:
      return MDOC_DELIVERY_DISABLE;
    case MDOC_EVENTS_RETRY:
    default:
      break;
    }
  /* 408 and 429 say themselves that later is better */
  if (delivery->aborts_on_4xx && status / 100 == 4 && status != 408
      && status != 429)
    return MDOC_DELIVERY_ABORT;
  return mdoc_events_backoff_gives_up (first_ms / 1000, at_ms / 1000)
             ? MDOC_DELIVERY_PARK
             : MDOC_DELIVERY_RETRY;
}

/* Where nobody answers at all, nothing else for that receiver is tried either
 * for a while. An answer, whatever it says, is of one event alone: what is
 * wrong with that does not hold up others. */
static void
note_target (Target *target,
             const MdocHttpResponse *response,
             gint64 at_ms,
             guint32 random)
{
  if (response != NULL)
    {
      target->n_failed = 0;
      target->hold_until_ms = 0;
      return;
    }
  if (target->n_failed++ == 0)
    target->failing_since_ms = at_ms;
  target->hold_until_ms
      = at_ms
        + (gint64) mdoc_events_backoff_get_pause_ms (target->n_failed,
                                                     random,
                                                     0);
}

static void
end_delivery (MdocEventsWorker *self,
              const Delivery *delivery,
              const MdocHttpResponse *response,
              const GError *failure)
{
  Target *target = find_target (self, delivery->subscription_id);
  MdocRegisterCall call = make_call (self);
  MdocRegisterDeliveryEnd end = decide (self,
                                        target,
                                        delivery,
                                        response,
                                        call.now_ms);
  g_autofree char *outcome = mdoc_events_worker_describe (response, failure);
  g_autoptr (GError) error = NULL;
  gint64 next_at_ms = 0;
  guint32 random;

  mdoc_random_fill ((guint8 *) &random, sizeof random);
  target->n_running--;
  note_target (target, response, monotonic_ms (self), random);
  count (self,
         -1,
         end == MDOC_DELIVERY_DONE,
         end != MDOC_DELIVERY_DONE && end != MDOC_DELIVERY_ABORT);
  if (end == MDOC_DELIVERY_RETRY)
    {
      const gint64 asked_s = response != NULL && response->has_retry_after
                                 ? response->retry_after_s
                                 : 0;
      guint64 pause_ms = mdoc_events_backoff_get_pause_ms (delivery->attempts
                                                               + 1,
                                                           random,
                                                           asked_s);

      next_at_ms = call.now_ms + (gint64) pause_ms;
    }
  if (end == MDOC_DELIVERY_PARK || end == MDOC_DELIVERY_DISABLE)
    g_message ("Deliveries to subscription %s are %s: %s",
               delivery->subscription_id,
               end == MDOC_DELIVERY_PARK ? "parked" : "disabled",
               outcome);

  if (!mdoc_register_end_delivery (self->reg,
                                   &call,
                                   delivery->id,
                                   end,
                                   outcome,
                                   next_at_ms,
                                   &error))
    {
      /* it will be sent again, which receivers have to expect anyway; though
       * not at once, as it would go on like that */
      target->hold_until_ms = monotonic_ms (self) + 1000;
      g_message ("Delivery %" G_GINT64_FORMAT " cannot be noted: %s",
                 delivery->id,
                 error->message);
    }
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Delivery) delivery = data;
  MdocEventsWorker *self = delivery->worker;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocHttpResponse) response
      = mdoc_http_client_send_finish (self->client, result, NULL, &error);

  g_hash_table_remove (self->running, &delivery->id);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      count (self, -1, FALSE, FALSE);
      return;
    }
  end_delivery (self, delivery, response, error);
  mdoc_events_worker_wake (self);
}

void
mdoc_events_worker_post (MdocEventsWorker *self,
                         const char *url,
                         const char *secret,
                         const char *bearer_token,
                         const char *body,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autofree char *signature
      = mdoc_events_signature_make (mdoc_span_from_text (secret),
                                    mdoc_clock_get_unix_s (self->clock),
                                    mdoc_span_from_bytes (bytes));
  g_autofree char *authorization = bearer_token == NULL
                                       ? NULL
                                       : g_strconcat ("Bearer ",
                                                      bearer_token,
                                                      NULL);
  const char *const headers[] = { MDOC_EVENTS_SIGNATURE_HEADER,
                                  signature,
                                  authorization == NULL ? NULL
                                                        : "Authorization",
                                  authorization,
                                  NULL };
  const MdocHttpRequest request = { .method = "POST",
                                    .uri = url,
                                    .headers = headers,
                                    .content_type = MDOC_EVENTS_CONTENT_TYPE,
                                    .body = bytes,
                                    .max_bytes = MAX_ANSWER,
                                    .timeout_ms = MDOC_EVENTS_TIMEOUT_MS };

  mdoc_http_client_send_async (self->client,
                               &request,
                               self->cancellable,
                               callback,
                               data);
}

static void
send_delivery (MdocEventsWorker *self, const MdocRegisterDelivery *due)
{
  Target *target = find_target (self, due->subscription_id);
  Delivery *delivery = g_new0 (Delivery, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *body = mdoc_events_envelope_wrap (due->event_json,
                                                     self->source,
                                                     &error);

  delivery->worker = self;
  delivery->id = due->id;
  delivery->subscription_id = g_strdup (due->subscription_id);
  delivery->attempts = due->attempts;
  delivery->first_try_at_ms = due->first_try_at_ms;
  delivery->aborts_on_4xx = due->aborts_on_4xx;
  g_hash_table_add (self->running,
                    g_memdup2 (&delivery->id, sizeof delivery->id));
  target->n_running++;
  target->turn = ++self->n_turns;
  count (self, 1, FALSE, FALSE);

  /* the register writes what it can read; what is sent is whole in any case */
  mdoc_events_worker_post (self,
                           due->url,
                           due->secret,
                           due->bearer_token,
                           body == NULL ? due->event_json : body,
                           on_sent,
                           delivery);
}

static gboolean
on_due (gpointer data)
{
  MdocEventsWorker *self = data;

  g_source_set_ready_time (self->due_timer, -1);
  mdoc_events_worker_wake (self);
  return G_SOURCE_CONTINUE;
}

/* who has waited longest comes first; of one receiver what was not tried yet,
 * lest what always fails takes its turn */
static gint
compare_turns (gconstpointer a, gconstpointer b, gpointer data)
{
  MdocEventsWorker *self = data;
  const MdocRegisterDelivery *const *x = a;
  const MdocRegisterDelivery *const *y = b;
  const guint64 x_turn = find_target (self, (*x)->subscription_id)->turn;
  const guint64 y_turn = find_target (self, (*y)->subscription_id)->turn;

  if (x_turn != y_turn)
    return x_turn < y_turn ? -1 : 1;
  return (*x)->attempts < (*y)->attempts   ? -1
         : (*x)->attempts > (*y)->attempts ? 1
                                           : 0;
}

static gboolean
has_place (MdocEventsWorker *self, const Target *target)
{
  const guint n_running = g_hash_table_size (self->running);

  if (target->n_running == 0)
    return n_running < MDOC_EVENTS_MAX_RUNNING;
  /* of one that has failed, one at a time finds out whether it is back */
  return target->n_failed == 0 && target->n_running < MDOC_EVENTS_MAX_PER_TARGET
         && n_running < MAX_SHARED;
}

/* What was put off while the clock was ahead is not put off any more. */
static void
clear_future (MdocEventsWorker *self, gint64 more_than_ms)
{
  const MdocRegisterCall call = make_call (self);
  g_autoptr (GError) error = NULL;

  if (!mdoc_register_clear_future (self->reg, &call, more_than_ms, &error))
    g_message ("What waits for the future waits on: %s", error->message);
}

static void
deliver (MdocEventsWorker *self)
{
  const gint64 at_ms = now_ms (self);
  const gint64 clock_ms = monotonic_ms (self);
  gint64 next_at_ms = -1;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) due = mdoc_register_list_due (self->reg,
                                                      at_ms,
                                                      DUE_LIMIT,
                                                      &next_at_ms,
                                                      &error);

  if (due == NULL)
    {
      g_message ("Deliveries cannot be read: %s", error->message);
      set_timer_ms (self->due_timer, 1000);
      return;
    }
  g_ptr_array_sort_with_data (due, compare_turns, self);
  for (guint i = 0; i < due->len; i++)
    {
      const MdocRegisterDelivery *delivery = g_ptr_array_index (due, i);
      const Target *target = find_target (self, delivery->subscription_id);

      if (g_hash_table_contains (self->running, &delivery->id))
        continue;
      if (target->hold_until_ms > clock_ms)
        {
          const gint64 held_ms = at_ms + target->hold_until_ms - clock_ms;

          if (next_at_ms <= 0 || held_ms < next_at_ms)
            next_at_ms = held_ms;
          continue;
        }
      if (has_place (self, target))
        send_delivery (self, delivery);
    }

  /* nothing is put off for so long, but by a clock that was ahead */
  if (next_at_ms > at_ms + MAX_PUT_OFF_MS)
    {
      clear_future (self, MAX_PUT_OFF_MS);
      next_at_ms = at_ms;
    }
  if (next_at_ms > 0)
    set_timer_ms (self->due_timer, MAX (next_at_ms - at_ms, 1));
}

/* --- the rest of its work --- */

static void
run_batches (MdocEventsWorker *self)
{
  MdocRegisterCall call = make_call (self);
  g_autoptr (GError) error = NULL;
  guint left = 0;

  if (!mdoc_register_run_batches (self->reg, &call, BATCH_ITEMS, &left, &error))
    {
      g_message ("A batch cannot go on: %s", error->message);
      set_timer_ms (self->wake, 1000);
      return;
    }
  if (left > 0)
    mdoc_events_worker_wake (self);
}

/* Returns: whether the clock was set meanwhile */
static gboolean
check_clock (MdocEventsWorker *self)
{
  const gint64 ahead_ms = now_ms (self) - monotonic_ms (self);
  const gint64 change_ms = ahead_ms - self->ahead_ms;

  if (ABS (change_ms) < MIN_LEAP_MS)
    return FALSE;
  self->ahead_ms = ahead_ms;
  if (change_ms < 0)
    clear_future (self, 0);
  return TRUE;
}

static void
work (MdocEventsWorker *self)
{
  check_clock (self);
  run_batches (self);
  deliver (self);
  if (self->hub != NULL && mdoc_events_hub_pump (self->hub)
      && g_source_get_ready_time (self->wake) == -1)
    set_timer_ms (self->wake, PUMP_MS);
  if (self->publisher != NULL)
    mdoc_status_publisher_kick (self->publisher);
  if (self->proofing != NULL)
    mdoc_proofing_kick (self->proofing);
}

static gboolean
on_beat (gpointer data)
{
  MdocEventsWorker *self = data;

  mdoc_events_hub_beat (self->hub);
  return G_SOURCE_CONTINUE;
}

/* Returns: whether there is more, for which to come again soon: what comes in
 * must not be more than what goes */
static gboolean
purge (MdocEventsWorker *self, const MdocRegisterCall *call)
{
  const MdocRegisterRetention nothing = { .max_rows = PURGE_ROWS };
  MdocRegisterPurged purged = { 0 };
  g_autoptr (GError) error = NULL;

  /* codes, tokens and kept answers that have run out */
  if (!mdoc_register_purge (self->reg, call, &nothing, &purged, &error))
    g_message ("What has run out cannot be purged: %s", error->message);
  return purged.is_more;
}

static gboolean on_tick (gpointer data);

static void
schedule_tick (MdocEventsWorker *self, gint64 delay_s)
{
  GSource *source = g_timeout_source_new_seconds (
      (guint) CLAMP (delay_s, MIN_TICK_S, MAX_TICK_S));

  g_source_set_callback (source, on_tick, self, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static gboolean
on_tick (gpointer data)
{
  MdocEventsWorker *self = data;
  MdocRegisterCall call = make_call (self);
  g_autoptr (GError) error = NULL;
  gint64 next_s = G_MAXINT64;

  if (check_clock (self))
    mdoc_events_worker_wake (self);
  if (!mdoc_register_tick (self->reg, &call, TICK_ROWS, &next_s, &error))
    g_message ("Time does not pass: %s", error->message);
  if (self->signers != NULL)
    mdoc_signer_watch_look (self->signers, &call);
  if (monotonic_ms (self) >= self->next_purge_ms)
    {
      self->next_purge_ms = monotonic_ms (self) + PURGE_S * 1000;
      if (purge (self, &call))
        {
          self->next_purge_ms = monotonic_ms (self);
          next_s = call.now_ms / 1000;
        }
    }
  schedule_tick (self,
                 next_s > call.now_ms / 1000 + MAX_TICK_S
                     ? MAX_TICK_S
                     : next_s - call.now_ms / 1000);
  return G_SOURCE_REMOVE;
}

static void
tell_started (MdocEventsWorker *self, GError *error)
{
  g_mutex_lock (&self->mutex);
  self->is_started = TRUE;
  self->error = error;
  g_cond_broadcast (&self->started);
  g_mutex_unlock (&self->mutex);
}

static void
run_loop (MdocEventsWorker *self)
{
  g_autoptr (GSource) beat = g_timeout_source_new_seconds (
      MDOC_EVENTS_HEARTBEAT_S);

  self->due_timer = add_timer (self, on_due);
  if (self->hub != NULL)
    {
      g_source_set_callback (beat, on_beat, self, NULL);
      g_source_attach (beat, self->context);
    }
  if (self->proofing != NULL)
    mdoc_proofing_start (self->proofing, self->client);
  /* the clock may have been ahead before this process */
  self->ahead_ms = now_ms (self) - monotonic_ms (self);
  self->next_purge_ms = monotonic_ms (self);
  clear_future (self, MAX_PUT_OFF_MS);
  on_tick (self);
  mdoc_events_worker_wake (self);
  tell_started (self, NULL);
  g_main_loop_run (self->loop);

  if (self->proofing != NULL)
    mdoc_proofing_stop (self->proofing);
  /* what runs is broken off, and will be sent again */
  g_cancellable_cancel (self->cancellable);
  while (mdoc_http_client_get_running (self->client) > 0)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (beat);
  g_source_destroy (self->due_timer);
  g_source_unref (self->due_timer);
}

static gpointer
run (gpointer data)
{
  MdocEventsWorker *self = data;
  const MdocHttpConfig config = {
    .anchors_pem = self->anchors_pem,
    .allow_plain_loopback = self->allow_plain_loopback,
    .timeout_ms = MDOC_EVENTS_TIMEOUT_MS,
    .user_agent = "mdoc-issuer"
  };
  GError *error = NULL;

  g_main_context_push_thread_default (self->context);
  self->client = mdoc_http_client_new (&config, &error);
  if (self->client == NULL)
    tell_started (self, error);
  else
    run_loop (self);
  g_clear_pointer (&self->client, mdoc_http_client_unref);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/**
 * mdoc_events_worker_new:
 * @config: what it works on
 * @error: return location for a #MdocHttpError
 *
 * Returns: (transfer full): a worker that runs, or %NULL with @error set
 */
MdocEventsWorker *
mdoc_events_worker_new (const MdocEventsWorkerConfig *config, GError **error)
{
  g_autoptr (MdocEventsWorker) self = g_new0 (MdocEventsWorker, 1);

  self->reg = config->reg;
  self->clock = config->clock;
  self->hub = config->hub;
  self->publisher = config->publisher;
  self->proofing = config->proofing;
  self->signers = config->signers;
  self->source = g_strdup (config->source);
  self->anchors_pem = g_strdup (config->anchors_pem);
  self->allow_plain_loopback = config->allow_plain_loopback;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->cancellable = g_cancellable_new ();
  self->running = g_hash_table_new_full (g_int64_hash,
                                         g_int64_equal,
                                         g_free,
                                         NULL);
  self->targets = g_hash_table_new_full (g_str_hash,
                                         g_str_equal,
                                         g_free,
                                         g_free);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->started);
  self->wake = add_timer (self, on_wake);

  self->thread = g_thread_new ("events", run, self);
  g_mutex_lock (&self->mutex);
  while (!self->is_started)
    g_cond_wait (&self->started, &self->mutex);
  g_mutex_unlock (&self->mutex);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return NULL;
    }
  return g_steal_pointer (&self);
}

static gboolean
on_quit (gpointer data)
{
  MdocEventsWorker *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/**
 * mdoc_events_worker_free:
 * @self: (nullable) (transfer full): a worker
 */
void
mdoc_events_worker_free (MdocEventsWorker *self)
{
  if (self == NULL)
    return;
  if (self->thread != NULL)
    {
      g_main_context_invoke (self->context, on_quit, self);
      g_thread_join (self->thread);
    }
  g_source_destroy (self->wake);
  g_source_unref (self->wake);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->running);
  g_hash_table_unref (self->targets);
  g_cond_clear (&self->started);
  g_mutex_clear (&self->mutex);
  g_clear_error (&self->error);
  g_free (self->source);
  g_free (self->anchors_pem);
  g_free (self);
}

/**
 * mdoc_events_worker_wake:
 * @self: a worker
 *
 * Has it look for something to do. Many calls before it gets to it are one.
 */
void
mdoc_events_worker_wake (MdocEventsWorker *self)
{
  g_source_set_ready_time (self->wake, 0);
}

/**
 * mdoc_events_worker_get_figures:
 * @self: a worker
 * @ret_figures: (out): what it has done so far
 */
void
mdoc_events_worker_get_figures (MdocEventsWorker *self,
                                MdocEventsWorkerFigures *ret_figures)
{
  g_mutex_lock (&self->mutex);
  *ret_figures = self->figures;
  g_mutex_unlock (&self->mutex);
}
