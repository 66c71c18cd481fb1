/*
 * mdoc-admin-batches.c - what is done after the answer: states, batches, words
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-json.h"

static gboolean
create (MdocAdminCall *call,
        const char *kind,
        JsonArray *items,
        char **ret_id,
        GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  if (json_array_get_length (items) == 0)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "“items” is empty");
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = mdoc_json_array_get_object (items, i, "items", error);

      if (item == NULL)
        return FALSE;
      g_ptr_array_add (texts, mdoc_json_write (item));
    }
  *ret_id = mdoc_register_create_batch (call->admin->reg,
                                        &call->change,
                                        kind,
                                        (const char *const *) texts->pdata,
                                        texts->len,
                                        error);
  return *ret_id != NULL;
}

static JsonArray *
get_items (MdocAdminCall *call, GError **error)
{
  if (call->body == NULL)
    {
      mdoc_admin_refuse (error, MDOC_ADMIN_ERROR_REQUEST, "“items” is missing");
      return NULL;
    }
  return mdoc_json_get_array (call->body, "items", MDOC_ADMIN_MAX_ITEMS, error);
}

/* Operators name one device as "midUid"; the register takes a list. Whether
 * states and scopes make sense is found when the item is done, item by item;
 * that one names nothing at all is told at once. */
static gboolean
straighten (JsonObject *item, guint index, GError **error)
{
  const char *mid_uid, *credential;
  const char *texts[2] = { NULL, NULL };

  if (!mdoc_json_find_text (item,
                            "midUid",
                            MDOC_ADMIN_MAX_NAME,
                            &mid_uid,
                            error)
      || !mdoc_json_find_text (item,
                               "credentialId",
                               MDOC_ADMIN_MAX_NAME,
                               &credential,
                               error))
    return FALSE;
  if (mdoc_json_get_text (item, "newState", MDOC_ADMIN_MAX_NAME, error) == NULL)
    return FALSE;
  if (mid_uid == NULL && credential == NULL
      && !json_object_has_member (item, "midUids"))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "Item %u names neither credential nor device",
                              index);
  if (mid_uid == NULL)
    return TRUE;
  if (json_object_has_member (item, "midUids"))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "Item %u has both “midUid” and “midUids”",
                              index);
  texts[0] = mid_uid;
  mdoc_json_set_texts (item, "midUids", texts);
  if (!json_object_has_member (item, "scope"))
    json_object_set_string_member (item, "scope", "devices");
  json_object_remove_member (item, "midUid");
  return TRUE;
}

/* how many changes items are: one that names several devices is several */
static guint
count_changes (JsonArray *items)
{
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = json_array_get_object_element (items, i);
      JsonNode *node = json_object_get_member (item, "midUids");

      n += node != NULL && JSON_NODE_HOLDS_ARRAY (node)
               ? MAX (json_array_get_length (json_node_get_array (node)), 1)
               : 1;
    }
  return n;
}

/**
 * mdoc_admin_update_states:
 * @call: POST state-updates
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_update_states (MdocAdminCall *call, GError **error)
{
  JsonArray *items = get_items (call, error);
  gboolean revokes = FALSE;
  g_autofree char *id = NULL;

  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = mdoc_json_array_get_object (items, i, "items", error);

      if (item == NULL || !straighten (item, i, error))
        return FALSE;
      revokes = revokes
                || mdoc_register_is_revocation (
                    json_object_get_string_member (item, "newState"));
    }
  return mdoc_admin_check_approval (call, revokes, count_changes (items), error)
         && create (call, "state", items, &id, error)
         && mdoc_admin_start_request (call, id, error);
}

/**
 * mdoc_admin_create_batch:
 * @call: POST batches
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_create_batch (MdocAdminCall *call, GError **error)
{
  JsonArray *items = get_items (call, error);
  g_autofree char *id = NULL;
  const char *kind;
  JsonObject *object;

  if (items == NULL)
    return FALSE;
  kind = mdoc_json_get_text (call->body, "kind", MDOC_ADMIN_MAX_NAME, error);
  if (kind == NULL || !create (call, kind, items, &id, error))
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "batchId", id);
  return mdoc_admin_answer (call, 201, object);
}

/**
 * mdoc_admin_start_batch:
 * @call: POST batches/{id}/start
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_start_batch (MdocAdminCall *call, GError **error)
{
  const char *id = mdoc_admin_get_path (call, "id");
  g_autoptr (MdocRegisterBatch) batch
      = mdoc_register_get_batch (call->admin->reg, id, error);

  gboolean is_state;

  if (batch == NULL)
    return FALSE;
  /* what changes states may end credentials, and one item may name several
   * devices: they are not looked at */
  is_state = strcmp (batch->kind, "state") == 0;
  return mdoc_admin_check_approval (call,
                                    is_state,
                                    is_state ? G_MAXUINT : batch->n_items,
                                    error)
         && mdoc_admin_start_request (call, id, error);
}

/* who may look at everything may still not claim what is offered */
static JsonArray *
write_items (MdocAdminCall *call, const GPtrArray *items)
{
  const gboolean shows_codes = (call->roles & MDOC_ADMIN_ROLE_OPERATE) != 0;
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < items->len; i++)
    json_array_add_object_element (
        array,
        mdoc_admin_write_item (g_ptr_array_index (items, i), shows_codes));
  return array;
}

/**
 * mdoc_admin_list_items:
 * @call: GET batches/{id}/items
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_items (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  MdocRegisterFilter filter;

  if (!mdoc_admin_get_filter (call, &filter, error))
    return FALSE;
  items = mdoc_register_list_batch_items (call->admin->reg,
                                          mdoc_admin_get_path (call, "id"),
                                          filter.offset,
                                          filter.limit,
                                          error);
  if (items == NULL)
    return FALSE;
  return mdoc_admin_answer_list (call, "items", write_items (call, items));
}

/**
 * mdoc_admin_get_batch:
 * @call: GET batches/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_batch (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterBatch) batch
      = mdoc_register_get_batch (call->admin->reg,
                                 mdoc_admin_get_path (call, "id"),
                                 error);

  return batch != NULL
         && mdoc_admin_answer (call, 200, mdoc_admin_write_batch (batch));
}

/**
 * mdoc_admin_get_request:
 * @call: GET requests/{id}
 * @error: return location
 *
 * What came of a 202: its counters and, for the first of its items, each
 * outcome.
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_request (MdocAdminCall *call, GError **error)
{
  const char *id = mdoc_admin_get_path (call, "id");
  g_autoptr (MdocRegisterBatch) batch
      = mdoc_register_get_batch (call->admin->reg, id, error);
  g_autoptr (GPtrArray) items = NULL;
  JsonObject *object;

  if (batch == NULL)
    return FALSE;
  items = mdoc_register_list_batch_items (call->admin->reg,
                                          id,
                                          0,
                                          MDOC_ADMIN_DEFAULT_ROWS,
                                          error);
  if (items == NULL)
    return FALSE;
  object = mdoc_admin_write_batch (batch);
  json_object_set_string_member (object, "requestId", id);
  json_object_set_array_member (object, "outcomes", write_items (call, items));
  return mdoc_admin_answer (call, 200, object);
}

/* --- messages --- */

/**
 * mdoc_admin_send_message:
 * @call: POST messages
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_send_message (MdocAdminCall *call, GError **error)
{
  const char *target, *title, *body, *category, *expires;
  gint64 expires_s = 0;
  g_auto (GStrv) ids = NULL;
  JsonObject *object;

  if (call->body == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "A message needs a body");
  target = mdoc_json_get_text (call->body,
                               "target",
                               MDOC_ADMIN_MAX_NAME,
                               error);
  title = target == NULL ? NULL
                         : mdoc_json_get_text (call->body,
                                               "title",
                                               MDOC_ADMIN_MAX_TEXT,
                                               error);
  body = title == NULL ? NULL
                       : mdoc_json_get_text (call->body,
                                             "body",
                                             MDOC_ADMIN_MAX_TEXT,
                                             error);
  if (body == NULL
      || !mdoc_json_find_text (call->body,
                               "category",
                               MDOC_ADMIN_MAX_NAME,
                               &category,
                               error)
      || !mdoc_json_find_text (call->body,
                               "expiresAt",
                               MDOC_ADMIN_MAX_NAME,
                               &expires,
                               error))
    return FALSE;
  if (expires != NULL && !mdoc_time_parse (expires, &expires_s, NULL))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "“expiresAt” is no time");

  ids = mdoc_register_send_message (call->admin->reg,
                                    &call->change,
                                    target,
                                    category == NULL ? "service" : category,
                                    title,
                                    body,
                                    expires_s,
                                    error);
  if (ids == NULL)
    return FALSE;
  object = json_object_new ();
  mdoc_json_set_texts (object, "messageIds", (const char *const *) ids);
  return mdoc_admin_answer (call, 202, object);
}

/**
 * mdoc_admin_get_message:
 * @call: GET messages/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_message (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterMessage) message
      = mdoc_register_get_message (call->admin->reg,
                                   mdoc_admin_get_path (call, "id"),
                                   error);

  return message != NULL
         && mdoc_admin_answer (call, 200, mdoc_admin_write_message (message));
}
