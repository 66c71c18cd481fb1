/*
 * mdoc-sync-apply.c - doing what an issuer says
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-sync-private.h"
#include "base/mdoc-log.h"

#define MESSAGE_ID_STATE "c3f7e0a94d5b4f6c8b21a7e56f0d9b14"

/* what an issuer may be told about an action */
#define RESULT_DONE        "done"
#define RESULT_UNSUPPORTED "unsupported"

/* of a message */
#define FIELD_CATEGORY "category"
#define FIELD_TITLE    "title"
#define FIELD_BODY     "body"
#define FIELD_EXPIRES  "expires"

/* Suspending is two locks: the issuer's and the holder's; a document is shown
 * only if neither is shut. What is revoked remains so. */
static MdocDocumentState
choose_state (const MdocStoredDocument *document, const MdocRecord *enrolment)
{
  gboolean is_revoked = strcmp (enrolment->state, MDOC_ENROLMENT_REVOKED) == 0;
  gboolean is_suspended = strcmp (enrolment->state, MDOC_ENROLMENT_SUSPENDED)
                              == 0
                          || mdoc_record_get_int (enrolment,
                                                  MDOC_ENROLMENT_HOLDER_LOCK)
                                 != 0;

  if (is_revoked || document->state == MDOC_DOCUMENT_REVOKED)
    return MDOC_DOCUMENT_REVOKED;
  if (document->state == MDOC_DOCUMENT_RECEIVED)
    return MDOC_DOCUMENT_RECEIVED;

  return is_suspended ? MDOC_DOCUMENT_SUSPENDED : MDOC_DOCUMENT_ACTIVE;
}

static const char *
choose_enrolment_state (MdocEffective effective)
{
  switch (effective)
    {
    case MDOC_EFFECTIVE_REMOVED:
    case MDOC_EFFECTIVE_REVOKED:
      return MDOC_ENROLMENT_REVOKED;
    case MDOC_EFFECTIVE_SUSPENDED:
      return MDOC_ENROLMENT_SUSPENDED;
    case MDOC_EFFECTIVE_DOCUMENT_EXPIRED:
    case MDOC_EFFECTIVE_MSO_EXPIRED:
    case MDOC_EFFECTIVE_ISSUED:
    case MDOC_EFFECTIVE_ACTIVE:
      return MDOC_ENROLMENT_ACTIVE;
    case MDOC_EFFECTIVE_UNKNOWN:
    default:
      return NULL;
    }
}

static void
log_state (const MdocStoredDocument *document)
{
  MdocLogFields fields = { .topic = "jobs",
                           .message_id = MESSAGE_ID_STATE,
                           .doc_type = document->doc_type };

  mdoc_log (G_LOG_LEVEL_MESSAGE,
            &fields,
            "A credential is now %s, as its issuer says",
            mdoc_document_state_get_name (document->state));
}

static gboolean
change_state (MdocAgent *self,
              MdocStoredDocument *document,
              const MdocRecord *enrolment,
              GError **error)
{
  MdocDocumentState state = choose_state (document, enrolment);

  if (state == document->state)
    return TRUE;

  document->state = state;
  if (!mdoc_store_change_document (self->store, document, error))
    return FALSE;

  log_state (document);
  return TRUE;
}

/* What is applied to: the documents are listed once for all that an issuer says
 * of them, and changed here as they are in the store. */
typedef struct
{
  MdocAgent *agent;
  const char *issuer;
  GHashTable *documents; /* midUid: MdocStoredDocument */
} Ours;

/* Returns: (transfer full): the documents of @issuer, by name */
static GHashTable *
list_ours (MdocAgent *self, const char *issuer, GError **error)
{
  g_autoptr (GPtrArray) all = mdoc_store_list_documents (self->store, error);
  g_autoptr (GHashTable) ours
      = g_hash_table_new_full (g_str_hash,
                               g_str_equal,
                               NULL,
                               (GDestroyNotify) mdoc_stored_document_free);

  while (all != NULL && all->len > 0)
    {
      MdocStoredDocument *document = g_ptr_array_steal_index (all,
                                                              all->len - 1);

      /* of two with one name the older counts, which comes last here */
      if (!document->is_damaged && document->mid_uid[0] != '\0'
          && strcmp (document->issuer, issuer) == 0)
        g_hash_table_replace (ours, document->mid_uid, document);
      else
        mdoc_stored_document_free (document);
    }

  return all != NULL ? g_steal_pointer (&ours) : NULL;
}

/* Returns: (transfer none) (nullable): ours of this name */
static MdocStoredDocument *
find_document (const Ours *ours, const char *mid_uid)
{
  return mid_uid != NULL ? g_hash_table_lookup (ours->documents, mid_uid)
                         : NULL;
}

static void
set_update (MdocRecord *enrolment, MdocUpdate update, gint64 now_unix_s)
{
  static const char *const names[] = {
    [MDOC_UPDATE_NONE] = NULL,
    [MDOC_UPDATE_OPTIONAL] = "optional",
    [MDOC_UPDATE_REQUIRED] = "required",
  };

  if ((guint) update >= G_N_ELEMENTS (names))
    return;

  mdoc_record_set_text (enrolment, MDOC_ENROLMENT_UPDATE, names[update]);
  if (update == MDOC_UPDATE_REQUIRED)
    enrolment->next_unix_s = MIN (enrolment->next_unix_s, now_unix_s);
}

/* an issuer that has refused may think better of it */
static void
set_state (MdocRecord *enrolment, const char *state, gint64 now_unix_s)
{
  if (state == NULL || strcmp (enrolment->state, state) == 0
      || strcmp (enrolment->state, MDOC_ENROLMENT_REVOKED) == 0)
    return;

  mdoc_record_set_state (enrolment, state, now_unix_s);
  mdoc_record_set_text (enrolment, MDOC_ENROLMENT_STOPPED, NULL);
}

static gboolean
apply_doc (const Ours *ours, const MdocWalletDocStatus *status, GError **error)
{
  MdocAgent *self = ours->agent;
  MdocStoredDocument *document = find_document (ours, status->mid_uid);
  gint64 now_unix_s = mdoc_agent_get_time (self);
  g_autoptr (MdocRecord) enrolment = NULL;

  if (document == NULL)
    return TRUE;
  if (!mdoc_store_find_record (self->store,
                               MDOC_RECORD_ENROLMENT,
                               document->id,
                               &enrolment,
                               error))
    return FALSE;
  if (enrolment == NULL)
    return TRUE;

  set_state (enrolment, choose_enrolment_state (status->effective), now_unix_s);
  if (status->credential_id != NULL)
    mdoc_record_set_text (enrolment,
                          MDOC_ENROLMENT_CREDENTIAL_ID,
                          status->credential_id);
  mdoc_record_set (enrolment,
                   MDOC_ENROLMENT_NEWEST,
                   g_variant_new_int64 (status->generation));
  /* it may ask for patience, but not for what is due already */
  if (enrolment->next_unix_s > now_unix_s
      && status->renew_after_unix_s > enrolment->next_unix_s)
    enrolment->next_unix_s = status->renew_after_unix_s;
  set_update (enrolment, status->update, now_unix_s);
  return mdoc_store_write_record (self->store,
                                  MDOC_RECORD_ENROLMENT,
                                  enrolment,
                                  error)
         && change_state (self, document, enrolment, error);
}

/* --- actions --- */

static gboolean
apply_word (const Ours *ours,
            const MdocWalletAction *action,
            MdocEffective effective,
            MdocUpdate update,
            GError **error)
{
  MdocAgent *self = ours->agent;
  MdocStoredDocument *document = find_document (ours, action->mid_uid);
  g_autoptr (MdocRecord) enrolment = NULL;
  gint64 now_unix_s = mdoc_agent_get_time (self);

  if (document == NULL)
    return TRUE;
  if (!mdoc_store_find_record (self->store,
                               MDOC_RECORD_ENROLMENT,
                               document->id,
                               &enrolment,
                               error))
    return FALSE;
  if (enrolment == NULL)
    return TRUE;

  set_state (enrolment, choose_enrolment_state (effective), now_unix_s);
  if (update != MDOC_UPDATE_NONE)
    {
      mdoc_record_set_text (enrolment, MDOC_ENROLMENT_STOPPED, NULL);
      set_update (enrolment, update, now_unix_s);
    }
  return mdoc_store_write_record (self->store,
                                  MDOC_RECORD_ENROLMENT,
                                  enrolment,
                                  error)
         && change_state (self, document, enrolment, error);
}

static gboolean
acknowledge (MdocAgent *self,
             const char *issuer,
             const char *id,
             const char *result,
             GError **error)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "result", "s", result);
  return mdoc_store_add_notice (self->store,
                                MDOC_NOTICE_ACTION,
                                "",
                                issuer,
                                mdoc_agent_get_time (self),
                                g_variant_dict_end (&dict),
                                error);
}

static gboolean
apply_action (const Ours *ours, const MdocWalletAction *action, GError **error)
{
  MdocEffective effective = MDOC_EFFECTIVE_UNKNOWN;
  MdocUpdate update = MDOC_UPDATE_NONE;
  const char *result = RESULT_DONE;

  switch (action->kind)
    {
    case MDOC_ACTION_SUSPEND:
      effective = MDOC_EFFECTIVE_SUSPENDED;
      break;
    case MDOC_ACTION_REINSTATE:
      effective = MDOC_EFFECTIVE_ACTIVE;
      break;
    case MDOC_ACTION_REVOKE:
      effective = MDOC_EFFECTIVE_REVOKED;
      break;
    case MDOC_ACTION_UPDATE:
    case MDOC_ACTION_RENEW_NOW:
      update = MDOC_UPDATE_REQUIRED;
      break;
    case MDOC_ACTION_MESSAGE:          /* it came with this */
    case MDOC_ACTION_BRANDING_CHANGED: /* it is asked for with each claim */
      break;
    case MDOC_ACTION_AUTH_REQUEST:
    case MDOC_ACTION_OFFER:
    case MDOC_ACTION_UNKNOWN:
    default:
      result = RESULT_UNSUPPORTED;
      break;
    }

  return apply_word (ours, action, effective, update, error)
         && acknowledge (ours->agent, ours->issuer, action->id, result, error);
}

/* --- messages --- */

static gboolean
has_message (GPtrArray *messages, const char *issuer, const char *id)
{
  for (guint i = 0; i < messages->len; i++)
    {
      const MdocRecord *message = g_ptr_array_index (messages, i);

      if (strcmp (message->issuer, issuer) == 0
          && strcmp (message->link, id) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
add_message (MdocAgent *self,
             const char *issuer,
             const MdocWalletNote *note,
             GError **error)
{
  g_autoptr (GPtrArray) messages = mdoc_store_list_records (self->store,
                                                            MDOC_RECORD_MESSAGE,
                                                            error);
  g_autofree char *id = mdoc_store_make_record_id ();
  g_autoptr (MdocRecord) message = mdoc_record_new (id,
                                                    issuer,
                                                    MDOC_MESSAGE_UNREAD,
                                                    mdoc_agent_get_time (self));

  if (messages == NULL)
    return FALSE;
  if (has_message (messages, issuer, note->id))
    return TRUE;

  mdoc_record_set_link (message, note->id);
  mdoc_record_set_text (message, FIELD_CATEGORY, note->category);
  mdoc_record_set_text (message, FIELD_TITLE, note->title);
  mdoc_record_set_text (message, FIELD_BODY, note->body);
  mdoc_record_set (message,
                   FIELD_EXPIRES,
                   g_variant_new_int64 (note->expires_at_unix_s));
  return mdoc_store_add_record (self->store,
                                MDOC_RECORD_MESSAGE,
                                message,
                                error);
}

gboolean
mdoc_sync_apply (MdocAgent *agent,
                 const char *issuer,
                 const MdocWalletSyncReply *reply,
                 GError **error)
{
  g_autoptr (GHashTable) documents = list_ours (agent, issuer, error);
  const Ours ours = { agent, issuer, documents };

  if (documents == NULL)
    return FALSE;

  for (guint i = 0; i < reply->actions->len; i++)
    {
      if (!apply_action (&ours, g_ptr_array_index (reply->actions, i), error))
        return FALSE;
    }

  /* how things are counts for more than what was to be done once */
  for (guint i = 0; i < reply->docs->len; i++)
    {
      if (!apply_doc (&ours, g_ptr_array_index (reply->docs, i), error))
        return FALSE;
    }

  for (guint i = 0; i < reply->messages->len; i++)
    {
      if (!add_message (agent,
                        issuer,
                        g_ptr_array_index (reply->messages, i),
                        error))
        return FALSE;
    }

  return TRUE;
}

/**
 * mdoc_sync_set_holder_lock:
 * @agent: an agent
 * @document: a document that the holder suspends, or takes up again
 * @state: which of both
 * @error: return location for %MDOC_AGENT_ERROR_IN_USE if the issuer's lock is
 *   shut, which the holder cannot open
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_sync_set_holder_lock (MdocAgent *agent,
                           MdocStoredDocument *document,
                           MdocDocumentState state,
                           GError **error)
{
  g_autoptr (MdocRecord) enrolment = NULL;

  if (!mdoc_store_find_record (agent->store,
                               MDOC_RECORD_ENROLMENT,
                               document->id,
                               &enrolment,
                               error))
    return FALSE;
  if (enrolment == NULL)
    return TRUE;

  if (state == MDOC_DOCUMENT_ACTIVE
      && strcmp (enrolment->state, MDOC_ENROLMENT_SUSPENDED) == 0)
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_IN_USE,
                              "Its issuer has suspended the credential");

  mdoc_record_set (enrolment,
                   MDOC_ENROLMENT_HOLDER_LOCK,
                   g_variant_new_int64 (state == MDOC_DOCUMENT_SUSPENDED ? 1
                                                                         : 0));
  return mdoc_store_write_record (agent->store,
                                  MDOC_RECORD_ENROLMENT,
                                  enrolment,
                                  error);
}
