/*
 * mdoc-wallet-sync.c - a device asks its platform what is new
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-wallet-message.h"

#include <string.h>

/* longest link of an offer */
#define MAX_LINK_LEN ((gsize) 64 * 1024)

static const MdocJsonLimits request_limits = {
  .max_bytes = MDOC_WALLET_REQUEST_MAX_BYTES,
  .max_depth = 4,
  .max_values = 16 + MDOC_WALLET_MAX_DOCS * 8
};

/* each may have members that we do not know */
static const MdocJsonLimits reply_limits = {
  .max_bytes = MDOC_WALLET_REPLY_MAX_BYTES,
  .max_depth = 8,
  .max_values = 64 * 1024
};

static const char *const updates[] = {
  [MDOC_UPDATE_NONE] = "none",
  [MDOC_UPDATE_OPTIONAL] = "optional",
  [MDOC_UPDATE_REQUIRED] = "required",
};

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static gboolean
get_dup (JsonObject *object,
         const char *member,
         gsize max_len,
         char **ret,
         GError **error)
{
  *ret = g_strdup (mdoc_json_get_text (object, member, max_len, error));
  return *ret != NULL;
}

static gboolean
find_dup (JsonObject *object,
          const char *member,
          gsize max_len,
          char **ret,
          GError **error)
{
  const char *text;

  if (!mdoc_json_find_text (object, member, max_len, &text, error))
    return FALSE;
  *ret = g_strdup (text);
  return TRUE;
}

/* A list may be empty, unlike the arrays of OpenID4VCI.
 * @ret_array: (nullable): %NULL if there is nothing in it */
static gboolean
find_list (JsonObject *object,
           const char *member,
           guint max,
           JsonArray **ret_array,
           GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  *ret_array = NULL;
  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node)
      && json_array_get_length (json_node_get_array (node)) == 0)
    return TRUE;
  return mdoc_json_find_array (object, member, max, ret_array, error);
}

MdocWalletDoc *
mdoc_wallet_doc_new (const char *mid_uid,
                     gint64 generation,
                     gint64 valid_until_unix_s,
                     const char *state)
{
  MdocWalletDoc *self = g_new0 (MdocWalletDoc, 1);

  self->mid_uid = g_strdup (mid_uid);
  self->generation = generation;
  self->valid_until_unix_s = valid_until_unix_s;
  self->state = g_strdup (state);
  return self;
}

void
mdoc_wallet_doc_free (MdocWalletDoc *self)
{
  if (self == NULL)
    return;

  g_free (self->mid_uid);
  g_free (self->state);
  g_free (self);
}

MdocWalletSync *
mdoc_wallet_sync_new (void)
{
  MdocWalletSync *self = g_new0 (MdocWalletSync, 1);

  self->docs = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_wallet_doc_free);
  return self;
}

void
mdoc_wallet_sync_free (MdocWalletSync *self)
{
  if (self == NULL)
    return;

  g_free (self->cursor);
  g_free (self->agent_version);
  g_free (self->client_type);
  g_ptr_array_unref (self->docs);
  g_free (self);
}

char *
mdoc_wallet_sync_to_json (const MdocWalletSync *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonObject *agent = json_object_new ();
  JsonArray *docs = json_array_new ();

  set_text (object, "cursor", self->cursor);
  set_text (agent, "version", self->agent_version);
  set_text (agent, "clientType", self->client_type);
  json_object_set_object_member (object, "agent", agent);
  json_object_set_int_member (object, "clock", self->clock_unix_s);
  for (guint i = 0; i < self->docs->len; i++)
    {
      const MdocWalletDoc *one = self->docs->pdata[i];
      JsonObject *doc = json_object_new ();

      set_text (doc, "midUid", one->mid_uid);
      json_object_set_int_member (doc, "generation", one->generation);
      json_object_set_int_member (doc, "validUntil", one->valid_until_unix_s);
      set_text (doc, "state", one->state);
      json_array_add_object_element (docs, doc);
    }
  json_object_set_array_member (object, "docs", docs);
  return mdoc_json_write (object);
}

static gboolean
read_doc (MdocWalletSync *self, JsonObject *doc, GError **error)
{
  MdocWalletDoc *one = mdoc_wallet_doc_new (NULL, 0, 0, NULL);

  g_ptr_array_add (self->docs, one);
  return get_dup (doc, "midUid", MDOC_WALLET_MAX_ID_LEN, &one->mid_uid, error)
         && mdoc_json_get_int (doc,
                               "generation",
                               0,
                               MDOC_WALLET_MAX_GENERATION,
                               &one->generation,
                               error)
         && mdoc_json_get_time (doc,
                                "validUntil",
                                &one->valid_until_unix_s,
                                error)
         && get_dup (doc,
                     "state",
                     MDOC_WALLET_MAX_WORD_LEN,
                     &one->state,
                     error);
}

/**
 * mdoc_wallet_sync_parse:
 * @json: a body
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): what the device asks, or %NULL with @error set
 */
MdocWalletSync *
mdoc_wallet_sync_parse (MdocSpan json, GError **error)
{
  g_autoptr (MdocWalletSync) self = mdoc_wallet_sync_new ();
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object, *agent;
  JsonArray *docs;

  node = mdoc_json_load_object (json, "Sync", &request_limits, &object, error);
  if (node == NULL
      || !find_dup (object,
                    "cursor",
                    MDOC_WALLET_MAX_CURSOR_LEN,
                    &self->cursor,
                    error)
      || !mdoc_json_get_time (object, "clock", &self->clock_unix_s, error))
    return NULL;
  agent = mdoc_json_get_object (object, "agent", error);
  if (agent == NULL
      || !get_dup (agent,
                   "version",
                   MDOC_WALLET_MAX_WORD_LEN,
                   &self->agent_version,
                   error)
      || !get_dup (agent,
                   "clientType",
                   MDOC_WALLET_MAX_WORD_LEN,
                   &self->client_type,
                   error))
    return NULL;

  if (!find_list (object, "docs", MDOC_WALLET_MAX_DOCS, &docs, error))
    return NULL;
  for (guint i = 0; docs != NULL && i < json_array_get_length (docs); i++)
    {
      JsonObject *doc = mdoc_json_array_get_object (docs, i, "docs", error);

      if (doc == NULL || !read_doc (self, doc, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

static void
doc_status_free (MdocWalletDocStatus *self)
{
  g_free (self->mid_uid);
  g_free (self->credential_id);
  g_free (self);
}

static void
action_free (MdocWalletAction *self)
{
  g_free (self->id);
  g_free (self->mid_uid);
  g_free (self->reason);
  g_free (self->offer);
  g_free (self);
}

static void
note_free (MdocWalletNote *self)
{
  g_free (self->id);
  g_free (self->category);
  g_free (self->title);
  g_free (self->body);
  g_free (self);
}

MdocWalletSyncReply *
mdoc_wallet_sync_reply_new (void)
{
  MdocWalletSyncReply *self = g_new0 (MdocWalletSyncReply, 1);

  self->docs = g_ptr_array_new_with_free_func (
      (GDestroyNotify) doc_status_free);
  self->actions = g_ptr_array_new_with_free_func ((GDestroyNotify) action_free);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) note_free);
  return self;
}

void
mdoc_wallet_sync_reply_free (MdocWalletSyncReply *self)
{
  if (self == NULL)
    return;

  g_free (self->cursor);
  g_ptr_array_unref (self->docs);
  g_ptr_array_unref (self->actions);
  g_ptr_array_unref (self->messages);
  g_free (self);
}

MdocWalletDocStatus *
mdoc_wallet_sync_reply_add_doc (MdocWalletSyncReply *self, const char *mid_uid)
{
  MdocWalletDocStatus *doc = g_new0 (MdocWalletDocStatus, 1);

  doc->mid_uid = g_strdup (mid_uid);
  g_ptr_array_add (self->docs, doc);
  return doc;
}

MdocWalletAction *
mdoc_wallet_sync_reply_add_action (MdocWalletSyncReply *self,
                                   const char *id,
                                   MdocActionKind kind)
{
  MdocWalletAction *action = g_new0 (MdocWalletAction, 1);

  action->id = g_strdup (id);
  action->kind = kind;
  g_ptr_array_add (self->actions, action);
  return action;
}

MdocWalletNote *
mdoc_wallet_sync_reply_add_message (MdocWalletSyncReply *self,
                                    const char *id,
                                    const char *title,
                                    const char *body)
{
  MdocWalletNote *note = g_new0 (MdocWalletNote, 1);

  note->id = g_strdup (id);
  note->title = g_strdup (title);
  note->body = g_strdup (body);
  g_ptr_array_add (self->messages, note);
  return note;
}

static JsonObject *
write_doc (const MdocWalletDocStatus *self)
{
  JsonObject *object = json_object_new ();

  set_text (object, "midUid", self->mid_uid);
  set_text (object, "credentialId", self->credential_id);
  set_text (object, "effective", mdoc_effective_get_name (self->effective));
  json_object_set_int_member (object, "generation", self->generation);
  set_text (object, "update", updates[self->update]);
  if (self->renew_after_unix_s != 0)
    json_object_set_int_member (object, "renewAfter", self->renew_after_unix_s);
  return object;
}

static JsonObject *
write_action (const MdocWalletAction *self)
{
  JsonObject *object = json_object_new ();

  set_text (object, "id", self->id);
  set_text (object, "kind", mdoc_action_kind_get_name (self->kind));
  set_text (object, "midUid", self->mid_uid);
  set_text (object, "reason", self->reason);
  set_text (object, "offer", self->offer);
  return object;
}

static JsonObject *
write_note (const MdocWalletNote *self)
{
  JsonObject *object = json_object_new ();

  set_text (object, "id", self->id);
  set_text (object, "category", self->category);
  set_text (object, "title", self->title);
  set_text (object, "body", self->body);
  if (self->expires_at_unix_s != 0)
    json_object_set_int_member (object, "expiresAt", self->expires_at_unix_s);
  return object;
}

char *
mdoc_wallet_sync_reply_to_json (const MdocWalletSyncReply *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *docs = json_array_new ();
  JsonArray *actions = json_array_new ();
  JsonArray *messages = json_array_new ();

  for (guint i = 0; i < self->docs->len; i++)
    json_array_add_object_element (docs, write_doc (self->docs->pdata[i]));
  for (guint i = 0; i < self->actions->len; i++)
    json_array_add_object_element (actions,
                                   write_action (self->actions->pdata[i]));
  for (guint i = 0; i < self->messages->len; i++)
    json_array_add_object_element (messages,
                                   write_note (self->messages->pdata[i]));

  json_object_set_int_member (object, "serverTime", self->server_time_unix_s);
  set_text (object, "cursor", self->cursor);
  json_object_set_array_member (object, "docs", docs);
  json_object_set_array_member (object, "actions", actions);
  json_object_set_array_member (object, "messages", messages);
  if (self->next_sync_after_s != 0)
    json_object_set_int_member (object,
                                "nextSyncAfter",
                                self->next_sync_after_s);
  return mdoc_json_write (object);
}

static gboolean
read_doc_status (MdocWalletSyncReply *reply, JsonObject *object, GError **error)
{
  MdocWalletDocStatus *self = mdoc_wallet_sync_reply_add_doc (reply, NULL);
  const char *effective, *update;

  if (!get_dup (object, "midUid", MDOC_WALLET_MAX_ID_LEN, &self->mid_uid, error)
      || !find_dup (object,
                    "credentialId",
                    MDOC_WALLET_MAX_ID_LEN,
                    &self->credential_id,
                    error)
      || !mdoc_json_get_int (object,
                             "generation",
                             0,
                             MDOC_WALLET_MAX_GENERATION,
                             &self->generation,
                             error)
      || !mdoc_json_find_time (object,
                               "renewAfter",
                               0,
                               &self->renew_after_unix_s,
                               error)
      || !mdoc_json_find_text (object,
                               "update",
                               MDOC_WALLET_MAX_WORD_LEN,
                               &update,
                               error))
    return FALSE;
  effective = mdoc_json_get_text (object,
                                  "effective",
                                  MDOC_WALLET_MAX_WORD_LEN,
                                  error);
  if (effective == NULL)
    return FALSE;
  self->effective = mdoc_effective_from_name (effective);
  for (guint i = 0; update != NULL && i < G_N_ELEMENTS (updates); i++)
    if (strcmp (updates[i], update) == 0)
      self->update = (MdocUpdate) i;
  return TRUE;
}

static gboolean
read_action (MdocWalletSyncReply *reply, JsonObject *object, GError **error)
{
  MdocWalletAction *self
      = mdoc_wallet_sync_reply_add_action (reply, NULL, MDOC_ACTION_UNKNOWN);
  const char *kind;

  kind = mdoc_json_get_text (object, "kind", MDOC_WALLET_MAX_WORD_LEN, error);
  if (kind == NULL)
    return FALSE;
  self->kind = mdoc_action_kind_from_name (kind);
  return get_dup (object, "id", MDOC_WALLET_MAX_ID_LEN, &self->id, error)
         && find_dup (object,
                      "midUid",
                      MDOC_WALLET_MAX_ID_LEN,
                      &self->mid_uid,
                      error)
         && find_dup (object,
                      "reason",
                      MDOC_WALLET_MAX_TITLE_LEN,
                      &self->reason,
                      error)
         && find_dup (object, "offer", MAX_LINK_LEN, &self->offer, error);
}

static gboolean
read_note (MdocWalletSyncReply *reply, JsonObject *object, GError **error)
{
  MdocWalletNote *self = mdoc_wallet_sync_reply_add_message (reply,
                                                             NULL,
                                                             NULL,
                                                             NULL);

  return get_dup (object, "id", MDOC_WALLET_MAX_ID_LEN, &self->id, error)
         && find_dup (object,
                      "category",
                      MDOC_WALLET_MAX_WORD_LEN,
                      &self->category,
                      error)
         && get_dup (object,
                     "title",
                     MDOC_WALLET_MAX_TITLE_LEN,
                     &self->title,
                     error)
         && get_dup (object,
                     "body",
                     MDOC_WALLET_MAX_BODY_LEN,
                     &self->body,
                     error)
         && mdoc_json_find_time (object,
                                 "expiresAt",
                                 0,
                                 &self->expires_at_unix_s,
                                 error);
}

static gboolean
read_list (MdocWalletSyncReply *self,
           JsonObject *object,
           const char *member,
           guint max,
           gboolean (*read) (MdocWalletSyncReply *, JsonObject *, GError **),
           GError **error)
{
  JsonArray *array;

  if (!find_list (object, member, max, &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *one = mdoc_json_array_get_object (array, i, member, error);

      if (one == NULL || !read (self, one, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * mdoc_wallet_sync_reply_parse:
 * @json: a body
 * @error: return location for a #MdocJsonError
 *
 * Words that we do not know are taken for the ones that call for nothing. A
 * next sync further off than we believe counts as the longest time.
 *
 * Returns: (transfer full): what is new, or %NULL with @error set
 */
MdocWalletSyncReply *
mdoc_wallet_sync_reply_parse (MdocSpan json, GError **error)
{
  g_autoptr (MdocWalletSyncReply) self = mdoc_wallet_sync_reply_new ();
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (json,
                                "Sync reply",
                                &reply_limits,
                                &object,
                                error);
  if (node == NULL
      || !mdoc_json_get_time (object,
                              "serverTime",
                              &self->server_time_unix_s,
                              error)
      || !get_dup (object,
                   "cursor",
                   MDOC_WALLET_MAX_CURSOR_LEN,
                   &self->cursor,
                   error)
      || !mdoc_json_find_int (object,
                              "nextSyncAfter",
                              0,
                              MDOC_JSON_MAX_INT,
                              0,
                              &self->next_sync_after_s,
                              error)
      || !read_list (self,
                     object,
                     "docs",
                     MDOC_WALLET_MAX_DOCS,
                     read_doc_status,
                     error)
      || !read_list (self,
                     object,
                     "actions",
                     MDOC_WALLET_MAX_ACTIONS,
                     read_action,
                     error)
      || !read_list (self,
                     object,
                     "messages",
                     MDOC_WALLET_MAX_MESSAGES,
                     read_note,
                     error))
    return NULL;
  self->next_sync_after_s = MIN (self->next_sync_after_s,
                                 MDOC_WALLET_MAX_SYNC_S);
  return g_steal_pointer (&self);
}
