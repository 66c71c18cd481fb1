/*
 * mdoc-register-batches.c - many changes, a few at a time, each once
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define MAX_ITEMS      1000000
#define MAX_ITEM_BYTES MDOC_PROFILE_MAX_CLAIMS_BYTES
#define MAX_ROWS       1000

static const MdocJsonLimits limits = {
  .max_bytes = MAX_ITEM_BYTES,
  .max_depth = 14,
  .max_values = 65536,
};

/* (nullable): a text of an item; what is none is as if it was not there, and is
 * missed where it is needed */
static const char *
get_text (JsonObject *item, const char *member)
{
  const char *text;

  return mdoc_json_find_text (item, member, MDOC_REGISTER_MAX_TEXT, &text, NULL)
             ? text
             : NULL;
}

static char *
dup_object (JsonObject *item, const char *member)
{
  JsonObject *object;

  if (!mdoc_json_find_object (item, member, &object, NULL) || object == NULL)
    return NULL;
  return mdoc_json_write (object);
}

static gboolean
run_state (MdocRegister *self,
           const MdocRegisterCall *call,
           JsonObject *item,
           JsonObject *result,
           GError **error)
{
  static const struct
  {
    const char *name;
    MdocRegisterScope scope;
  } scopes[] = { { "credential", MDOC_SCOPE_CREDENTIAL },
                 { "devices", MDOC_SCOPE_DEVICES },
                 { "device", MDOC_SCOPE_DEVICES },
                 { "both", MDOC_SCOPE_BOTH } };
  const char *single[] = { get_text (item, "midUid"), NULL };
  const char *scope = get_text (item, "scope");
  g_auto (GStrv) mid_uids = NULL;
  MdocRegisterStateChange change = {
    .credential_id = get_text (item, "credentialId"),
    .new_state = get_text (item, "newState"),
  };
  gboolean is_known = scope == NULL;
  gboolean changed = FALSE;

  if (!mdoc_json_find_texts (item, "midUids", MAX_ROWS, 128, &mid_uids, error))
    return FALSE;
  change.mid_uids = mid_uids != NULL    ? (const char *const *) mid_uids
                    : single[0] != NULL ? single
                                        : NULL;
  change.scope = change.mid_uids != NULL || change.credential_id == NULL
                     ? MDOC_SCOPE_DEVICES
                     : MDOC_SCOPE_CREDENTIAL;
  for (gsize i = 0; scope != NULL && i < G_N_ELEMENTS (scopes); i++)
    if (strcmp (scopes[i].name, scope) == 0)
      {
        change.scope = scopes[i].scope;
        is_known = TRUE;
      }
  if (!is_known)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "There is no such scope");

  if (!mdoc_register_change_state (self, call, &change, &changed, error))
    return FALSE;
  json_object_set_boolean_member (result, "changed", changed);
  return TRUE;
}

static gboolean
run_attributes (MdocRegister *self,
                const MdocRegisterCall *call,
                JsonObject *item,
                JsonObject *result,
                GError **error)
{
  const char *credential_id = get_text (item, "credentialId");
  g_autofree char *patch = dup_object (item, "patch");
  g_auto (GStrv) changed = NULL;

  if (credential_id == NULL || patch == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "credentialId or patch is missing");
  if (!mdoc_register_update_attributes (self,
                                        call,
                                        credential_id,
                                        patch,
                                        &changed,
                                        error))
    return FALSE;
  mdoc_json_set_texts (result, "changed", (const char *const *) changed);
  return TRUE;
}

static gboolean
run_reprovision (MdocRegister *self,
                 const MdocRegisterCall *call,
                 JsonObject *item,
                 JsonObject *result,
                 GError **error)
{
  const char *credential_id = get_text (item, "credentialId");

  (void) result;
  if (credential_id == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "credentialId is missing");
  return mdoc_register_reprovision (self, call, credential_id, error);
}

static MdocRegisterChoice
get_choice (JsonObject *item, const char *member)
{
  gboolean value;

  if (!json_object_has_member (item, member)
      || !mdoc_json_find_boolean (item, member, FALSE, &value, NULL))
    return MDOC_REGISTER_AS_PROFILE;
  return value ? MDOC_REGISTER_YES : MDOC_REGISTER_NO;
}

/* Whoever asked for the batch gets the code with the item's result: it is the
 * one place where it stands, until the result is purged. */
static gboolean
run_offer (MdocRegister *self,
           const MdocRegisterCall *call,
           JsonObject *item,
           JsonObject *result,
           GError **error)
{
  g_autofree char *claims = dup_object (item, "claims");
  const char *grant = get_text (item, "grant");
  const MdocRegisterOfferItem offered = {
    .profile_id = get_text (item, "profileId"),
    .claims_json = claims,
    .credential_id = get_text (item, "credentialId"),
    .entry_id = get_text (item, "id"),
  };
  const MdocRegisterOfferRequest request = {
    .items = &offered,
    .n_items = 1,
    .person_id = get_text (item, "personId"),
    .external_ref = get_text (item, "externalRef"),
    .consent_ref = get_text (item, "consentRef"),
    .grant = g_strcmp0 (grant, "authorization_code") == 0
                 ? MDOC_PROFILE_AUTHORIZATION_CODE
                 : MDOC_PROFILE_PRE_AUTHORIZED,
    .tx_code = get_choice (item, "txCode"),
    .deferred = get_choice (item, "deferred"),
  };
  g_autoptr (MdocRegisterOffer) offer = NULL;

  if (offered.profile_id == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "profileId is missing");
  offer = mdoc_register_create_offer (self, call, &request, error);
  if (offer == NULL)
    return FALSE;
  json_object_set_string_member (result, "offerId", offer->id);
  json_object_set_string_member (result, "exchangeId", offer->exchange_ids[0]);
  if (offer->tx_code != NULL)
    json_object_set_string_member (result, "txCode", offer->tx_code);
  return TRUE;
}

static gboolean
run_message (MdocRegister *self,
             const MdocRegisterCall *call,
             JsonObject *item,
             JsonObject *result,
             GError **error)
{
  const char *target = get_text (item, "target");
  const char *category = get_text (item, "category");
  const char *title = get_text (item, "title");
  const char *body = NULL;
  g_auto (GStrv) ids = NULL;
  gint64 expires_at_s;

  if (!mdoc_json_find_text (item, "body", 16 * 1024, &body, error)
      || !mdoc_json_find_int (item,
                              "expiresAt",
                              0,
                              MDOC_JSON_MAX_TIME,
                              0,
                              &expires_at_s,
                              error))
    return FALSE;
  if (target == NULL || title == NULL || body == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "target, title or body is missing");
  ids = mdoc_register_send_message (self,
                                    call,
                                    target,
                                    category != NULL ? category : "info",
                                    title,
                                    body,
                                    expires_at_s,
                                    error);
  if (ids == NULL)
    return FALSE;
  mdoc_json_set_texts (result, "messageIds", (const char *const *) ids);
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean (*run) (MdocRegister *self,
                   const MdocRegisterCall *call,
                   JsonObject *item,
                   JsonObject *result,
                   GError **error);
} kinds[] = {
  { "state", run_state },     { "attributes", run_attributes },
  { "offer", run_offer },     { "reprovision", run_reprovision },
  { "message", run_message },
};

gboolean
mdoc_register_tell_batch (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const char *type,
                          const char *batch_id,
                          gboolean is_final,
                          JsonObject *data,
                          GError **error)
{
  const MdocEventParts event = {
    .type = type,
    .batch_id = batch_id,
    .is_final = is_final,
    .data = data,
  };

  return mdoc_register_write_event (self, call, &event, error);
}

static gboolean
insert_batch (MdocRegister *self,
              const MdocRegisterCall *call,
              const char *uid,
              const char *kind,
              const char *const *items_json,
              guint n_items,
              GError **error)
{
  gint64 row;

  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO batch (uid, kind, state, n_items, actor,"
                    " operator_id, correlation_id, reason, notes, created_at)"
                    " VALUES (?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?)",
                    ARG_TEXT (uid),
                    ARG_TEXT (kind),
                    ARG_INT (n_items),
                    ARG_TEXT (call->actor),
                    ARG_TEXT (call->operator_id),
                    ARG_TEXT (call->correlation_id),
                    ARG_TEXT (call->reason),
                    ARG_TEXT (call->notes),
                    ARG_INT (mdoc_call_get_s (call))))
    return FALSE;
  row = mdoc_db_get_last_row (&self->writer);
  for (guint i = 0; i < n_items; i++)
    if (!mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO batch_item (batch, i, json)"
                      " VALUES (?, ?, ?)",
                      ARG_INT (row),
                      ARG_INT (i),
                      ARG_TEXT (items_json[i])))
      return FALSE;
  return mdoc_register_write_audit (self,
                                    call,
                                    &(MdocAuditParts){
                                        .action = "batch.created",
                                        .detail = uid },
                                    error);
}

/**
 * mdoc_register_create_batch:
 * @self: a register
 * @call: who and when; what they are done as
 * @kind: what the items are
 * @items_json: (array length=n_items): an object each
 * @n_items: 1 to a million
 * @error: return location for a #MdocRegisterError
 *
 * An item that is no JSON is not refused here: it fails by itself.
 *
 * Returns: (transfer full): the id
 */
char *
mdoc_register_create_batch (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const char *kind,
                            const char *const *items_json,
                            guint n_items,
                            GError **error)
{
  g_autofree char *uid = mdoc_register_make_uuid ();
  gboolean is_known = FALSE;
  gboolean is_done;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    is_known = is_known || strcmp (kinds[i].name, kind) == 0;
  if (!is_known || n_items < 1 || n_items > MAX_ITEMS)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_ARGUMENT,
                            "A batch has a known kind and 1 to %d items",
                            MAX_ITEMS);
      return NULL;
    }
  for (guint i = 0; i < n_items; i++)
    if (!mdoc_register_check_text (items_json[i],
                                   "An item",
                                   MAX_ITEM_BYTES,
                                   error))
      return NULL;

  if (!mdoc_register_enter (self, error))
    return NULL;
  is_done = insert_batch (self, call, uid, kind, items_json, n_items, error);
  return mdoc_register_leave (self, is_done, error) ? g_steal_pointer (&uid)
                                                    : NULL;
}

gboolean
mdoc_register_start_from (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const char *id,
                          const char *state,
                          GError **error)
{
  g_autoptr (JsonObject) data = NULL;
  gint64 n_items;

  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &n_items,
                        error,
                        "UPDATE batch SET state = 'executing' WHERE uid = ?"
                        " AND state = ? RETURNING n_items",
                        ARG_TEXT (id),
                        ARG_TEXT (state)))
    return FALSE;
  if (n_items == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "There is no such batch to start");
  data = json_object_new ();
  json_object_set_int_member (data, "items", n_items);
  return mdoc_register_tell_batch (self,
                                   call,
                                   "batch.started",
                                   id,
                                   FALSE,
                                   data,
                                   error);
}

gboolean
mdoc_register_start_batch (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const char *id,
                           GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = mdoc_register_start_from (self, call, id, "draft", error);
  return mdoc_register_leave (self, is_done, error);
}

/* The next item that is open, with the words of its batch. */
typedef struct
{
  gint64 batch;
  gint64 i;
  char *uid;
  char *kind;
  char *json;
  char *actor;
  char *operator_id;
  char *correlation_id;
  char *reason;
  char *notes;
} Item;

static void
item_clear (Item *self)
{
  g_free (self->uid);
  g_free (self->kind);
  g_free (self->json);
  g_free (self->actor);
  g_free (self->operator_id);
  g_free (self->correlation_id);
  g_free (self->reason);
  g_free (self->notes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Item, item_clear)

/* By the index of open items: by that of all, those that are done would be
 * passed over again for each. */
static gboolean
next_item (MdocRegister *self,
           Item *ret_item,
           gboolean *ret_has,
           GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open_args (&self->writer,
                               "SELECT b.id, t.i, b.uid, b.kind, t.json,"
                               " b.actor, b.operator_id, b.correlation_id,"
                               " b.reason, b.notes FROM batch_item t INDEXED BY"
                               " batch_item_open JOIN batch b ON"
                               " b.id = t.batch WHERE t.batch = (SELECT id"
                               " FROM batch WHERE state = 'executing' ORDER BY"
                               " id LIMIT 1) AND t.state = 'pending'"
                               " ORDER BY t.i LIMIT 1",
                               NULL,
                               0,
                               error);

  if (cursor == NULL || !mdoc_cursor_next (cursor, ret_has, error))
    return FALSE;
  if (!*ret_has)
    return TRUE;
  ret_item->batch = mdoc_cursor_get_int (cursor, 0);
  ret_item->i = mdoc_cursor_get_int (cursor, 1);
  ret_item->uid = mdoc_cursor_dup_text (cursor, 2);
  ret_item->kind = mdoc_cursor_dup_text (cursor, 3);
  ret_item->json = mdoc_cursor_dup_text (cursor, 4);
  ret_item->actor = mdoc_cursor_dup_text (cursor, 5);
  ret_item->operator_id = mdoc_cursor_dup_text (cursor, 6);
  ret_item->correlation_id = mdoc_cursor_dup_text (cursor, 7);
  ret_item->reason = mdoc_cursor_dup_text (cursor, 8);
  ret_item->notes = mdoc_cursor_dup_text (cursor, 9);
  return TRUE;
}

/* What comes of it, good or bad, and %FALSE only if the database failed: then
 * the item stays open. */
static gboolean
run_item (MdocRegister *self,
          const MdocRegisterCall *call,
          const Item *item,
          JsonObject *result,
          GError **ret_fault,
          GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (mdoc_span_from_text (item->json),
                                "The item",
                                &limits,
                                &object,
                                ret_fault);
  for (gsize i = 0; node != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, item->kind) == 0)
      {
        const char *reason = get_text (object, "reason");
        const char *notes = get_text (object, "notes");
        const MdocRegisterCall own = {
          .now_ms = call->now_ms,
          .actor = item->actor,
          .operator_id = item->operator_id,
          .correlation_id = item->correlation_id,
          .reason = reason != NULL ? reason : item->reason,
          .notes = notes != NULL ? notes : item->notes,
        };

        if (kinds[i].run (self, &own, object, result, ret_fault))
          break;
      }

  if (g_error_matches (*ret_fault,
                       MDOC_REGISTER_ERROR,
                       MDOC_REGISTER_ERROR_STORE))
    {
      g_propagate_error (error, g_steal_pointer (ret_fault));
      return FALSE;
    }
  return TRUE;
}

static gboolean
end_item (MdocRegister *self,
          const MdocRegisterCall *call,
          const Item *item,
          JsonObject *result,
          const GError *fault,
          GError **error)
{
  const char *code = fault != NULL ? mdoc_register_error_get_name (fault)
                                   : NULL;
  g_autofree char *result_json = mdoc_json_write (result);
  g_autoptr (JsonObject) data = json_object_new ();

  json_object_set_int_member (data, "index", item->i);
  json_object_set_boolean_member (data, "done", fault == NULL);
  if (code != NULL)
    json_object_set_string_member (data, "code", code);
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE batch_item SET state = ?, code = ?, result = ?"
                      " WHERE batch = ? AND i = ?",
                      ARG_TEXT (fault == NULL ? "done" : "failed"),
                      ARG_TEXT (code),
                      ARG_TEXT (fault == NULL ? result_json : NULL),
                      ARG_INT (item->batch),
                      ARG_INT (item->i))
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE batch SET n_done = n_done + ?1, n_failed ="
                         " n_failed + 1 - ?1 WHERE id = ?2",
                         ARG_INT (fault == NULL),
                         ARG_INT (item->batch))
         && mdoc_register_tell_batch (self,
                                      call,
                                      "batch.item_done",
                                      item->uid,
                                      FALSE,
                                      data,
                                      error);
}

static gboolean
complete_batch (MdocRegister *self,
                const MdocRegisterCall *call,
                const Item *item,
                GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "UPDATE batch SET state = 'completed' WHERE id = ?"
                          " AND n_done + n_failed = n_items"
                          " RETURNING n_done, n_failed",
                          ARG_INT (item->batch));
  g_autoptr (JsonObject) data = NULL;
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  data = json_object_new ();
  json_object_set_int_member (data, "done", mdoc_cursor_get_int (cursor, 0));
  json_object_set_int_member (data, "failed", mdoc_cursor_get_int (cursor, 1));
  mdoc_cursor_done (g_steal_pointer (&cursor));
  return mdoc_register_tell_batch (self,
                                   call,
                                   "batch.completed",
                                   item->uid,
                                   TRUE,
                                   data,
                                   error);
}

static gboolean
run_batches (MdocRegister *self,
             const MdocRegisterCall *call,
             guint max_items,
             GError **error)
{
  for (guint n = 0; n < max_items; n++)
    {
      g_autoptr (JsonObject) result = json_object_new ();
      g_autoptr (GError) fault = NULL;
      g_auto (Item) item = { 0 };
      MdocRegisterCall own = *call;
      gboolean has_item;

      if (!next_item (self, &item, &has_item, error))
        return FALSE;
      if (!has_item)
        return TRUE;
      own.correlation_id = item.correlation_id;
      if (!run_item (self, call, &item, result, &fault, error)
          || !end_item (self, &own, &item, result, fault, error)
          || !complete_batch (self, &own, &item, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
mdoc_register_run_batches (MdocRegister *self,
                           const MdocRegisterCall *call,
                           guint max_items,
                           guint *ret_left,
                           GError **error)
{
  gint64 n_left = 0;
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = run_batches (self, call, max_items, error)
            && mdoc_db_get_int_args (&self->writer,
                                     "SELECT sum(n_items - n_done - n_failed)"
                                     " FROM batch WHERE state = 'executing'",
                                     NULL,
                                     0,
                                     0,
                                     &n_left,
                                     error);
  if (!mdoc_register_leave (self, is_done, error))
    return FALSE;
  *ret_left = (guint) n_left;
  return TRUE;
}
