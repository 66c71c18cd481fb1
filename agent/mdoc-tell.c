/*
 * mdoc-tell.c - telling issuers what they have to know
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-issuing.h"
#include "base/mdoc-log.h"

/* What is owed is in the outbox, since the transaction of the change that it
 * tells of. A job for each issuer sends it, oldest first, and takes away what
 * was answered; cut short in between, it says the same again, which issuers
 * take for one. A removal is not given up before the issuer knows of it. */

#define FIELD_MID_UID      "mid_uid"
#define FIELD_AT           "at_unix_s"
#define FIELD_GENERATION   "generation"
#define FIELD_DIGEST       "digest"
#define FIELD_NOTIFICATION "notification"
#define FIELD_TOKENS       "tokens"
#define FIELD_ID           "id"
#define FIELD_RESULT       "result"

/* --- the outbox --- */

static void
insert_text (GVariantDict *dict, const char *name, const char *text)
{
  if (text != NULL)
    g_variant_dict_insert (dict, name, "s", text);
}

/**
 * mdoc_tell_queue:
 * @store: the store
 * @kind: what is to be told
 * @document: which document it is about
 * @enrolment: what its issuer needs to know it by
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError
 *
 * All that will be needed is written down: by then the document may be gone. To
 * be called in the transaction of the change that it tells of.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_tell_queue (MdocStore *store,
                 const char *kind,
                 const MdocStoredDocument *document,
                 const MdocRecord *enrolment,
                 gint64 now_unix_s,
                 GError **error)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  insert_text (&dict, FIELD_MID_UID, document->mid_uid);
  g_variant_dict_insert (&dict, FIELD_AT, "x", now_unix_s);
  g_variant_dict_insert (&dict,
                         FIELD_GENERATION,
                         "x",
                         mdoc_record_get_int (enrolment,
                                              MDOC_ENROLMENT_GENERATION));
  insert_text (&dict,
               FIELD_DIGEST,
               mdoc_record_get_text (enrolment, MDOC_ENROLMENT_DIGEST));
  insert_text (&dict,
               FIELD_NOTIFICATION,
               mdoc_record_get_text (enrolment, MDOC_ENROLMENT_NOTIFICATION));
  insert_text (&dict, FIELD_TOKENS, mdoc_record_get_text (enrolment, "tokens"));
  return mdoc_store_add_notice (store,
                                kind,
                                document->id,
                                document->issuer,
                                now_unix_s,
                                g_variant_dict_end (&dict),
                                error);
}

/* Returns: (transfer full) (nullable): the first for this issuer behind @after
 */
static MdocStoredNotice *
take_next (MdocAgent *self, const char *issuer, gint64 after)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) notices = mdoc_store_list_notices (self->store, &error);

  for (guint i = 0; notices != NULL && i < notices->len; i++)
    {
      const MdocStoredNotice *notice = g_ptr_array_index (notices, i);

      if (notice->id > after && strcmp (notice->issuer, issuer) == 0)
        return g_ptr_array_steal_index (notices, i);
    }

  return NULL;
}

/* --- sending --- */

typedef struct
{
  char *issuer;
  MdocStoredNotice *notice; /* that is being sent */
  gint64 after;             /* what comes before is done with, or kept */
  gboolean keeps_some;      /* to be tried again */
} Round;

static void
round_free (gpointer data)
{
  Round *all = data;

  g_free (all->issuer);
  mdoc_stored_notice_free (all->notice);
  g_free (all);
}

static void send_next (MdocCall *call);

static void
drop (MdocAgent *self, gint64 id)
{
  g_autoptr (GError) error = NULL;

  if (!mdoc_store_drop_notice (self->store, id, &error))
    {
      MdocLogFields fields = { .topic = "jobs", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "A notice is sent again");
    }
}

static const char *
get_text (const MdocStoredNotice *notice, const char *name)
{
  const char *text = NULL;

  (void) g_variant_lookup (notice->detail, name, "&s", &text);
  return text;
}

static gint64
get_int (const MdocStoredNotice *notice, const char *name)
{
  gint64 value = 0;

  (void) g_variant_lookup (notice->detail, name, "x", &value);
  return value;
}

/* (transfer full) @call */
static void
take_result (MdocCall *call, const GError *error)
{
  Round *all = call->data;
  MdocAgent *self = call->agent;
  gboolean is_removal = strcmp (all->notice->kind, MDOC_NOTICE_REMOVED) == 0;
  MdocStepResult result;
  gint64 wait_s;

  if (error != NULL)
    {
      result = mdoc_call_judge (error, &wait_s);
      /* the way there: what comes behind would not arrive either */
      if (result == MDOC_STEP_RETRY)
        {
          mdoc_call_end (call, result, wait_s, error);
          return;
        }
    }

  all->after = all->notice->id;
  if (error != NULL && is_removal)
    {
      all->keeps_some = TRUE;
    }
  else
    {
      if (error != NULL)
        {
          MdocLogFields fields = { .topic = "jobs", .error = error };

          mdoc_log (G_LOG_LEVEL_WARNING,
                    &fields,
                    "An issuer does not take a notice (%s)",
                    all->notice->kind);
        }
      drop (self, all->notice->id);
    }
  send_next (call);
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;

  (void) !mdoc_platform_tell_finish (call->platform, result, NULL, &error);
  if (mdoc_call_is_wanted (call))
    take_result (call, error);
}

static void
on_notified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;

  (void) !mdoc_platform_notify_finish (call->platform, result, &error);
  if (mdoc_call_is_wanted (call))
    take_result (call, error);
}

static const struct
{
  const char *kind;
  MdocPlatformNotice notice;
  gboolean has_event;
  MdocNotificationEvent event;
} kinds[] = {
  { MDOC_NOTICE_RECEIPT, MDOC_PLATFORM_RECEIPT, FALSE, 0 },
  { MDOC_NOTICE_ACCEPTED,
    MDOC_PLATFORM_ACCEPT,
    TRUE,
    MDOC_NOTIFICATION_ACCEPTED },
  { MDOC_NOTICE_DECLINED,
    MDOC_PLATFORM_DECLINE,
    TRUE,
    MDOC_NOTIFICATION_DELETED },
  { MDOC_NOTICE_REMOVED, MDOC_PLATFORM_REMOVAL, FALSE, 0 },
  { MDOC_NOTICE_MESSAGE_READ, MDOC_PLATFORM_MESSAGE_READ, FALSE, 0 },
  { MDOC_NOTICE_ACTION, MDOC_PLATFORM_ACTION_ACK, FALSE, 0 },
};

/* by the wallet API, which takes everything but a failure */
static gboolean
tell (MdocCall *call, const MdocStoredNotice *notice)
{
  const char *id = get_text (notice, FIELD_ID);
  MdocPlatformNoticeData data = {
    .id = id != NULL ? id : get_text (notice, FIELD_MID_UID),
    .generation = get_int (notice, FIELD_GENERATION),
    .digest = get_text (notice, FIELD_DIGEST),
    .reason = get_text (notice, FIELD_RESULT),
    .at_unix_s = get_int (notice, FIELD_AT),
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (strcmp (kinds[i].kind, notice->kind) != 0)
        continue;
      if (data.id == NULL || data.id[0] == '\0')
        return FALSE;

      data.kind = kinds[i].notice;
      if (data.kind == MDOC_PLATFORM_REMOVAL)
        data.reason = "holder";
      mdoc_platform_tell_async (call->platform,
                                &data,
                                mdoc_call_get_cancellable (call),
                                on_told,
                                call);
      return TRUE;
    }

  return FALSE;
}

/* by the notification endpoint of OpenID4VCI, which others have too */
static gboolean
notify (MdocCall *call, const MdocStoredNotice *notice)
{
  g_autoptr (MdocRecord) enrolment = NULL;
  g_autoptr (MdocPlatformTokens) tokens = NULL;
  MdocNotificationEvent event = MDOC_NOTIFICATION_FAILURE;
  const char *notification = get_text (notice, FIELD_NOTIFICATION);
  const char *saved = get_text (notice, FIELD_TOKENS);
  gboolean has_event = strcmp (notice->kind, MDOC_NOTICE_FAILED) == 0;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (strcmp (kinds[i].kind, notice->kind) == 0)
        {
          has_event = kinds[i].has_event;
          event = kinds[i].event;
        }
    }

  if (notification == NULL && has_event)
    {
      (void) !mdoc_store_find_record (call->agent->store,
                                      MDOC_RECORD_ENROLMENT,
                                      notice->subject,
                                      &enrolment,
                                      NULL);
      if (enrolment != NULL)
        {
          notification = mdoc_record_get_text (enrolment,
                                               MDOC_ENROLMENT_NOTIFICATION);
          saved = mdoc_record_get_text (enrolment, FIELD_TOKENS);
        }
    }

  if (saved != NULL)
    tokens = mdoc_platform_tokens_load (MDOC_SPAN ((const guint8 *) saved,
                                                   strlen (saved)),
                                        NULL);
  if (!has_event || notification == NULL || tokens == NULL)
    return FALSE;

  mdoc_platform_notify_async (call->platform,
                              tokens,
                              notification,
                              event,
                              NULL,
                              mdoc_call_get_cancellable (call),
                              on_notified,
                              call);
  return TRUE;
}

/* (transfer full) @call */
static void
send_next (MdocCall *call)
{
  Round *all = call->data;

  for (;;)
    {
      g_clear_pointer (&all->notice, mdoc_stored_notice_free);
      all->notice = take_next (call->agent, all->issuer, all->after);
      if (all->notice == NULL)
        {
          mdoc_call_end (call,
                         all->keeps_some ? MDOC_STEP_RETRY : MDOC_STEP_END,
                         0,
                         NULL);
          return;
        }

      if ((mdoc_platform_has_wallet_api (call->platform)
           && tell (call, all->notice))
          || notify (call, all->notice))
        return;

      /* there is no way to tell this issuer */
      all->after = all->notice->id;
      drop (call->agent, all->notice->id);
    }
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  gint64 wait_s;

  (void) !mdoc_platform_discover_finish (call->platform, result, &error);
  if (!mdoc_call_is_wanted (call))
    return;

  if (error == NULL)
    {
      send_next (call);
      return;
    }

  /* what is owed stays so, whatever the issuer says of itself today */
  (void) mdoc_call_judge (error, &wait_s);
  mdoc_call_end (call, MDOC_STEP_RETRY, wait_s, error);
}

static MdocStepResult
send (MdocJobs *jobs,
      MdocStoredJob *job,
      gint64 *ret_wait_s,
      gpointer user_data,
      GError **error)
{
  MdocAgent *self = user_data;
  MdocPlatform *platform = mdoc_network_get_platform (self,
                                                      job->issuer,
                                                      NULL,
                                                      NULL,
                                                      error);
  Round *all;
  MdocCall *call;

  if (platform == NULL)
    return MDOC_STEP_RETRY;

  all = g_new0 (Round, 1);
  all->issuer = g_strdup (job->issuer);
  call = mdoc_call_new (self, job, NULL, platform);
  mdoc_call_set_data (call, all, round_free);
  if (mdoc_platform_get_issuer_metadata (platform) != NULL)
    mdoc_call_later (call, send_next);
  else
    mdoc_platform_discover_async (platform,
                                  mdoc_call_get_cancellable (call),
                                  on_discovered,
                                  call);
  return MDOC_STEP_PENDING;
}

const MdocStep mdoc_tell_steps[] = {
  { MDOC_JOB_TELL_SEND, TRUE, send },
};
const guint mdoc_tell_n_steps = G_N_ELEMENTS (mdoc_tell_steps);

/* --- seeing to it --- */

static gboolean
has_job (GPtrArray *jobs, const char *issuer)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      const MdocStoredJob *job = g_ptr_array_index (jobs, i);

      if (strcmp (job->kind, MDOC_JOB_TELL) == 0
          && strcmp (job->issuer, issuer) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
watch (MdocAgent *self, GError **error)
{
  g_autoptr (GPtrArray) notices = mdoc_store_list_notices (self->store, error);

  for (guint i = 0; notices != NULL && i < notices->len; i++)
    {
      const MdocStoredNotice *notice = g_ptr_array_index (notices, i);
      g_autoptr (GPtrArray) jobs = mdoc_store_list_jobs (self->store,
                                                         FALSE,
                                                         error);
      gint64 id;

      if (jobs == NULL)
        return FALSE;
      if (!has_job (jobs, notice->issuer)
          && !mdoc_jobs_add (self->jobs,
                             MDOC_JOB_TELL,
                             "",
                             notice->issuer,
                             g_variant_new_array (G_VARIANT_TYPE ("{sv}"),
                                                  NULL,
                                                  0),
                             &id,
                             error))
        return FALSE;
    }

  return notices != NULL;
}

/**
 * mdoc_tell_send:
 * @agent: an agent
 *
 * To be called when something may have been put into the outbox.
 */
void
mdoc_tell_send (MdocAgent *agent)
{
  g_autoptr (GError) error = NULL;

  if (!watch (agent, &error))
    {
      MdocLogFields fields = { .topic = "jobs", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "Notices are not sent yet");
    }
  mdoc_jobs_run (agent->jobs);
}
