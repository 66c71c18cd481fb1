/*
 * mdoc-proofing.c - somebody else's word on who the holder is
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-proofing.h"

#include <gio/gio.h>
#include <string.h>

#include "openid/mdoc-json.h"

/* how many are looked at in one go; the wait after one that came to nothing,
 * which doubles up to the last */
#define LIST_LIMIT     ((guint) 100)
#define FIRST_RETRY_US (2 * G_USEC_PER_SEC)
#define LAST_RETRY_US  (600 * G_USEC_PER_SEC)
#define MAX_ANSWER     (MDOC_PROFILE_MAX_CLAIMS_BYTES + 1024)
#define MAX_REASON     ((gsize) 1024)
#define EXIT_REJECTED  1

static const MdocJsonLimits limits = { .max_bytes = MAX_ANSWER,
                                       .max_depth = 14,
                                       .max_values = 65536 };

/* One that is asked about, or that will be again. */
typedef struct
{
  guint attempts;
  gboolean is_running;
  gint64 next_us;
} Entry;

struct _MdocProofing
{
  MdocRegister *reg;
  const MdocClock *clock;
  GStrv command;
  char *url;
  char *authorization;

  MdocHttpClient *client;
  GMainContext *context;
  GCancellable *cancellable;
  GSource *timer;
  GHashTable *entries; /* of Entry, by id of the exchange */
  guint n_running;
};

/* One question on its way. */
typedef struct
{
  MdocProofing *proofing;
  char *id;
  GSubprocess *process; /* nullable */
  GSource *deadline;    /* nullable */
} Question;

typedef enum
{
  ANSWER_NONE, /* ask again */
  ANSWER_ACCEPTED,
  ANSWER_REJECTED,
} Answer;

MdocProofing *
mdoc_proofing_new (const MdocProofingConfig *config)
{
  MdocProofing *self = g_new0 (MdocProofing, 1);

  self->reg = config->reg;
  self->clock = config->clock;
  self->command = g_strdupv (config->command);
  self->url = g_strdup (config->url);
  if (config->bearer_token != NULL)
    self->authorization = g_strconcat ("Bearer ", config->bearer_token, NULL);
  self->cancellable = g_cancellable_new ();
  self->entries = g_hash_table_new_full (g_str_hash,
                                         g_str_equal,
                                         g_free,
                                         g_free);
  return self;
}

void
mdoc_proofing_free (MdocProofing *self)
{
  if (self == NULL)
    return;

  g_strfreev (self->command);
  g_free (self->url);
  if (self->authorization != NULL)
    mdoc_secret_wipe (self->authorization, strlen (self->authorization));
  g_free (self->authorization);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->entries);
  g_free (self);
}

static MdocRegisterCall
make_call (MdocProofing *self)
{
  return (MdocRegisterCall){ .now_ms = mdoc_clock_get_unix_s (self->clock)
                                       * 1000,
                             .actor = "system",
                             .operator_id = "proofing" };
}

static void
question_free (Question *self)
{
  if (self->deadline != NULL)
    {
      g_source_destroy (self->deadline);
      g_source_unref (self->deadline);
    }
  g_clear_object (&self->process);
  g_free (self->id);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/* --- what came of it --- */

static void
wake_at (MdocProofing *self, gint64 at_us)
{
  const gint64 set_us = g_source_get_ready_time (self->timer);

  if (set_us == -1 || at_us < set_us)
    g_source_set_ready_time (self->timer, at_us);
}

static void
ask_again (MdocProofing *self, const char *id, Entry *entry)
{
  gint64 wait_us = FIRST_RETRY_US;

  for (guint i = 0; i < entry->attempts && wait_us < LAST_RETRY_US; i++)
    wait_us *= 2;
  entry->attempts++;
  entry->next_us = g_get_monotonic_time () + MIN (wait_us, LAST_RETRY_US);
  g_message ("Proofing of %s came to nothing; it is asked about again", id);
  wake_at (self, entry->next_us);
}

static gboolean
deny (MdocProofing *self,
      const char *id,
      const char *code,
      const char *reason,
      GError **error)
{
  MdocRegisterCall call = make_call (self);

  call.reason = reason;
  return mdoc_register_deny_exchange (self->reg, &call, id, code, error);
}

/* Claims that the profile does not know, or that lack what it needs, are an
 * end, too: asking again would bring the same. */
static gboolean
accept (MdocProofing *self, const char *id, const char *claims, GError **error)
{
  const MdocRegisterCall call = make_call (self);
  g_autoptr (GError) inner_error = NULL;

  if (mdoc_register_supply_claims (self->reg, &call, id, claims, &inner_error))
    return TRUE;
  if (inner_error->domain != MDOC_PROFILE_ERROR
      && !g_error_matches (inner_error,
                           MDOC_REGISTER_ERROR,
                           (gint) MDOC_REGISTER_ERROR_CLAIMS))
    {
      g_propagate_error (error, g_steal_pointer (&inner_error));
      return FALSE;
    }
  return deny (self, id, "proofing_invalid", inner_error->message, error);
}

static void
finish (Question *question,
        Answer answer,
        const char *claims,
        const char *reason)
{
  MdocProofing *self = question->proofing;
  Entry *entry = g_hash_table_lookup (self->entries, question->id);
  g_autoptr (GError) error = NULL;
  gboolean is_done = FALSE;

  self->n_running--;
  entry->is_running = FALSE;
  if (answer == ANSWER_ACCEPTED)
    is_done = accept (self, question->id, claims, &error);
  else if (answer == ANSWER_REJECTED)
    is_done = deny (self, question->id, "proofing_rejected", reason, &error);

  if (error != NULL)
    g_message ("Proofing of %s: %s", question->id, error->message);
  /* one that has ended meanwhile has no place for an answer */
  if (is_done
      || (error != NULL
          && !g_error_matches (error,
                               MDOC_REGISTER_ERROR,
                               (gint) MDOC_REGISTER_ERROR_STORE)))
    g_hash_table_remove (self->entries, question->id);
  else if (!g_cancellable_is_cancelled (self->cancellable))
    ask_again (self, question->id, entry);
  if (!g_cancellable_is_cancelled (self->cancellable))
    mdoc_proofing_kick (self);
}

/* { "claims": { ... } } or { "rejected": true, "reason": "..." }. @is_rejected:
 * said in another way already, and then there may be no text at all */
static void
read_answer (Question *question, MdocSpan text, gboolean is_rejected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *claims = NULL;
  const char *reason = NULL;
  JsonObject *object, *found = NULL;

  node = mdoc_json_load_object (text, "The answer", &limits, &object, &error);
  if (node != NULL
      && (!mdoc_json_find_text (object, "reason", MAX_REASON, &reason, &error)
          || !mdoc_json_find_object (object, "claims", &found, &error)
          || (!is_rejected
              && !mdoc_json_find_boolean (object,
                                          "rejected",
                                          FALSE,
                                          &is_rejected,
                                          &error))))
    reason = NULL;
  if (is_rejected)
    finish (question, ANSWER_REJECTED, NULL, reason);
  else if (error != NULL || found == NULL)
    {
      g_message ("Proofing answers with what is no answer: %s",
                 error != NULL ? error->message : "there are no claims");
      finish (question, ANSWER_NONE, NULL, NULL);
    }
  else
    {
      claims = mdoc_json_write (found);
      finish (question, ANSWER_ACCEPTED, claims, NULL);
    }
}

/* --- a program --- */

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Question) question = data;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process = question->process;
  gboolean is_whole;

  (void) source;
  is_whole = g_subprocess_communicate_finish (process,
                                              result,
                                              &out,
                                              NULL,
                                              &error);
  if (!is_whole || !g_subprocess_get_if_exited (process)
      || g_subprocess_get_exit_status (process) > EXIT_REJECTED)
    {
      if (!is_whole)
        g_subprocess_force_exit (process);
      g_message ("Proofing ends in no way that is an answer");
      finish (question, ANSWER_NONE, NULL, NULL);
      return;
    }
  read_answer (question,
               mdoc_span_from_bytes (out),
               g_subprocess_get_exit_status (process) == EXIT_REJECTED);
}

static gboolean
on_deadline (gpointer data)
{
  Question *question = data;

  g_subprocess_force_exit (question->process);
  return G_SOURCE_REMOVE;
}

static void
run_program (Question *question, const char *text)
{
  MdocProofing *self = question->proofing;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;

  question->process = g_subprocess_newv ((const char *const *) self->command,
                                         G_SUBPROCESS_FLAGS_STDIN_PIPE
                                             | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                         &error);
  if (question->process == NULL)
    {
      g_message ("Proofing cannot be started: %s", error->message);
      finish (question, ANSWER_NONE, NULL, NULL);
      question_free (question);
      return;
    }
  question->deadline = g_timeout_source_new (MDOC_PROOFING_TIMEOUT_MS);
  g_source_set_callback (question->deadline, on_deadline, question, NULL);
  g_source_attach (question->deadline, self->context);
  g_subprocess_communicate_async (question->process,
                                  bytes,
                                  self->cancellable,
                                  on_ended,
                                  question);
}

/* --- an address --- */

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Question) question = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocHttpResponse) response = NULL;

  (void) source;
  response = mdoc_http_client_send_finish (question->proofing->client,
                                           result,
                                           NULL,
                                           &error);
  if (response != NULL && response->status == 200)
    {
      read_answer (question, mdoc_span_from_bytes (response->body), FALSE);
      return;
    }
  if (response != NULL)
    g_message ("Proofing answers with status %u", response->status);
  else
    g_message ("Proofing does not answer: %s", error->message);
  finish (question, ANSWER_NONE, NULL, NULL);
}

static void
ask_address (Question *question, const char *text)
{
  MdocProofing *self = question->proofing;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  const char *const headers[] = { self->authorization != NULL ? "Authorization"
                                                              : NULL,
                                  self->authorization,
                                  NULL };
  const MdocHttpRequest request = { .method = "POST",
                                    .uri = self->url,
                                    .headers = headers,
                                    .content_type = "application/json",
                                    .body = bytes,
                                    .max_bytes = MAX_ANSWER,
                                    .timeout_ms = MDOC_PROOFING_TIMEOUT_MS };

  mdoc_http_client_send_async (self->client,
                               &request,
                               self->cancellable,
                               on_answered,
                               question);
}

/* --- whom to ask about --- */

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static char *
write_question (const MdocRegisterExchange *exchange)
{
  g_autoptr (JsonObject) object = json_object_new ();

  set_text (object, "exchangeId", exchange->id);
  set_text (object, "profileId", exchange->profile_id);
  json_object_set_int_member (object,
                              "profileVersion",
                              exchange->profile_version);
  set_text (object, "personId", exchange->person_id);
  set_text (object, "externalRef", exchange->external_ref);
  set_text (object, "entryId", exchange->entry_id);
  set_text (object, "correlationId", exchange->correlation_id);
  if (exchange->metadata_json != NULL)
    {
      g_autoptr (JsonNode) node = json_from_string (exchange->metadata_json,
                                                    NULL);

      if (node != NULL)
        json_object_set_member (object, "metadata", g_steal_pointer (&node));
    }
  return mdoc_json_write (object);
}

static void
ask (MdocProofing *self, const MdocRegisterExchange *exchange, Entry *entry)
{
  g_autofree char *text = write_question (exchange);
  Question *question = g_new0 (Question, 1);

  question->proofing = self;
  question->id = g_strdup (exchange->id);
  entry->is_running = TRUE;
  self->n_running++;
  if (self->command != NULL)
    run_program (question, text);
  else
    ask_address (question, text);
}

/**
 * mdoc_proofing_kick:
 * @self: proofing that runs
 *
 * Asks about what is new, as far as there is room.
 */
void
mdoc_proofing_kick (MdocProofing *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GPtrArray) exchanges = NULL;
  g_autoptr (GError) error = NULL;

  if (self->n_running >= MDOC_PROOFING_MAX_RUNNING)
    return;
  exchanges = mdoc_register_list_unproofed (self->reg, LIST_LIMIT, &error);
  if (exchanges == NULL)
    {
      g_message ("Enrollments cannot be read: %s", error->message);
      wake_at (self, now_us + FIRST_RETRY_US);
      return;
    }
  for (guint i = 0; i < exchanges->len; i++)
    {
      const MdocRegisterExchange *exchange = exchanges->pdata[i];
      Entry *entry = g_hash_table_lookup (self->entries, exchange->id);

      if (self->n_running >= MDOC_PROOFING_MAX_RUNNING)
        return;
      if (entry == NULL)
        {
          entry = g_new0 (Entry, 1);
          g_hash_table_insert (self->entries, g_strdup (exchange->id), entry);
        }
      if (entry->is_running)
        continue;
      if (entry->next_us > now_us)
        wake_at (self, entry->next_us);
      else
        ask (self, exchange, entry);
    }
}

static gboolean
on_timer (gpointer data)
{
  MdocProofing *self = data;

  g_source_set_ready_time (self->timer, -1);
  mdoc_proofing_kick (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  (void) source;
  return callback (data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch };

void
mdoc_proofing_start (MdocProofing *self, MdocHttpClient *client)
{
  self->client = client;
  self->context = g_main_context_ref_thread_default ();
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
  mdoc_proofing_kick (self);
}

/**
 * mdoc_proofing_stop:
 * @self: proofing that runs
 *
 * Breaks off what is on its way, and waits until it has ended.
 */
void
mdoc_proofing_stop (MdocProofing *self)
{
  g_cancellable_cancel (self->cancellable);
  while (self->n_running > 0)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
}
