/*
 * mdoc-admin-credentials.c - credentials and where they are, for operators
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "openid/mdoc-json.h"

/**
 * mdoc_admin_create_credential:
 * @call: POST credentials
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_create_credential (MdocAdminCall *call, GError **error)
{
  g_autofree char *claims = NULL;
  g_autofree char *id = NULL;
  const char *profile, *person;
  JsonObject *object;

  if (call->body == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "A credential needs a body");
  profile = mdoc_json_get_text (call->body,
                                "profileId",
                                MDOC_ADMIN_MAX_NAME,
                                error);
  if (profile == NULL
      || !mdoc_json_find_text (call->body,
                               "personId",
                               MDOC_ADMIN_MAX_NAME,
                               &person,
                               error)
      || !mdoc_admin_find_json (call->body, "claims", &claims, error))
    return FALSE;

  id = mdoc_register_create_credential (call->admin->reg,
                                        &call->change,
                                        profile,
                                        claims,
                                        person,
                                        error);
  if (id == NULL)
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "credentialId", id);
  return mdoc_admin_answer (call, 201, object);
}

/**
 * mdoc_admin_list_credentials:
 * @call: GET credentials
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_credentials (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) credentials = NULL;
  MdocRegisterFilter filter;
  JsonArray *array;

  if (!mdoc_admin_get_filter (call, &filter, error))
    return FALSE;
  credentials = mdoc_register_list_credentials (call->admin->reg,
                                                &filter,
                                                error);
  if (credentials == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < credentials->len; i++)
    json_array_add_object_element (
        array,
        mdoc_admin_write_credential (g_ptr_array_index (credentials, i),
                                     FALSE));
  return mdoc_admin_answer_list (call, "credentials", array);
}

/**
 * mdoc_admin_get_credential:
 * @call: GET credentials/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_credential (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterCredentialInfo) credential
      = mdoc_register_get_credential (call->admin->reg,
                                      mdoc_admin_get_path (call, "id"),
                                      error);
  g_autoptr (GPtrArray) devices = NULL;
  MdocRegisterFilter filter = { .limit = MDOC_ADMIN_MAX_ROWS };
  JsonArray *array;
  JsonObject *object;

  if (credential == NULL)
    return FALSE;
  filter.credential_id = credential->id;
  devices = mdoc_register_list_devices (call->admin->reg,
                                        &filter,
                                        call->change.now_ms / 1000,
                                        error);
  if (devices == NULL)
    return FALSE;

  array = json_array_new ();
  for (guint i = 0; i < devices->len; i++)
    json_array_add_object_element (array,
                                   mdoc_admin_write_device (
                                       g_ptr_array_index (devices, i)));
  object = mdoc_admin_write_credential (credential, TRUE);
  json_object_set_array_member (object, "deviceCredentials", array);
  return mdoc_admin_answer (call, 200, object);
}

/* Puts one item off until after the answer: 202, then events. */
static gboolean
put_off (MdocAdminCall *call,
         const char *kind,
         JsonObject *item,
         GError **error)
{
  MdocRegister *reg = call->admin->reg;
  g_autofree char *json = NULL;
  g_autofree char *id = NULL;

  mdoc_admin_set_text (item, "reason", call->change.reason);
  mdoc_admin_set_text (item, "notes", call->change.notes);
  json = mdoc_json_write (item);
  id = mdoc_register_create_batch (reg,
                                   &call->change,
                                   kind,
                                   (const char *const[]){ json },
                                   1,
                                   error);
  return id != NULL && mdoc_register_start_batch (reg, &call->change, id, error)
         && mdoc_admin_answer_accepted (call, id);
}

/**
 * mdoc_admin_update_attributes:
 * @call: POST credentials/{id}/attributes
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_update_attributes (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterCredentialInfo) credential = NULL;
  g_autoptr (JsonObject) item = NULL;
  JsonObject *patch;

  if (call->body == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "The new attributes are the body");
  patch = mdoc_json_get_object (call->body, "attributes", error);
  if (patch == NULL)
    return FALSE;
  /* what is not there is told at once */
  credential = mdoc_register_get_credential (call->admin->reg,
                                             mdoc_admin_get_path (call, "id"),
                                             error);
  if (credential == NULL)
    return FALSE;

  item = json_object_new ();
  json_object_set_string_member (item, "credentialId", credential->id);
  json_object_set_object_member (item, "patch", json_object_ref (patch));
  return put_off (call, "attributes", item, error);
}

/**
 * mdoc_admin_reprovision:
 * @call: POST credentials/{id}/reprovision
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_reprovision (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterCredentialInfo) credential
      = mdoc_register_get_credential (call->admin->reg,
                                      mdoc_admin_get_path (call, "id"),
                                      error);
  g_autoptr (JsonObject) item = NULL;

  if (credential == NULL)
    return FALSE;
  item = json_object_new ();
  json_object_set_string_member (item, "credentialId", credential->id);
  return put_off (call, "reprovision", item, error);
}

/* only the named members; an unknown name is refused, so that nobody believes
 * that a column is empty (S0-57) */
static gboolean
pick_fields (JsonObject *object,
             const char *const *fields,
             JsonObject *ret_picked,
             GError **error)
{
  static const char *const known[] = { "midUid",
                                       "credentialId",
                                       "profileId",
                                       "deviceId",
                                       "clientType",
                                       "state",
                                       "stateReason",
                                       "effective",
                                       "generation",
                                       "preparedGeneration",
                                       "validUntil",
                                       "pendingCauses",
                                       "suspectedClone",
                                       "createdAt",
                                       "updatedAt",
                                       "lastSeen",
                                       NULL };

  for (gsize i = 0; fields[i] != NULL; i++)
    {
      JsonNode *value = json_object_get_member (object, fields[i]);

      if (!g_strv_contains (known, fields[i]))
        return mdoc_admin_refuse (error,
                                  MDOC_ADMIN_ERROR_REQUEST,
                                  "“fields” has a name that is none");
      if (value != NULL)
        json_object_set_member (ret_picked, fields[i], json_node_copy (value));
      else
        json_object_set_null_member (ret_picked, fields[i]);
    }
  return TRUE;
}

/**
 * mdoc_admin_list_devices:
 * @call: GET device-credentials
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_devices (MdocAdminCall *call, GError **error)
{
  const char *fields_text = mdoc_http_call_get_query (call->http, "fields");
  g_auto (GStrv) fields = fields_text == NULL
                              ? NULL
                              : g_strsplit (fields_text, ",", 32);
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (JsonArray) array = json_array_new ();
  MdocRegisterFilter filter;

  if (!mdoc_admin_get_filter (call, &filter, error))
    return FALSE;
  devices = mdoc_register_list_devices (call->admin->reg,
                                        &filter,
                                        call->change.now_ms / 1000,
                                        error);
  if (devices == NULL)
    return FALSE;

  for (guint i = 0; i < devices->len; i++)
    {
      g_autoptr (JsonObject) object = mdoc_admin_write_device (
          g_ptr_array_index (devices, i));
      g_autoptr (JsonObject) picked = json_object_new ();

      if (fields != NULL
          && !pick_fields (object, (const char *const *) fields, picked, error))
        return FALSE;
      json_array_add_object_element (array,
                                     fields == NULL
                                         ? g_steal_pointer (&object)
                                         : g_steal_pointer (&picked));
    }
  return mdoc_admin_answer_list (call,
                                 "deviceCredentials",
                                 g_steal_pointer (&array));
}

/**
 * mdoc_admin_get_device:
 * @call: GET device-credentials/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_device (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterDeviceInfo) device
      = mdoc_register_get_device (call->admin->reg,
                                  mdoc_admin_get_path (call, "id"),
                                  call->change.now_ms / 1000,
                                  error);

  return device != NULL
         && mdoc_admin_answer (call, 200, mdoc_admin_write_device (device));
}

/**
 * mdoc_admin_get_history:
 * @call: GET device-credentials/{id}/history
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_history (MdocAdminCall *call, GError **error)
{
  const char *id = mdoc_admin_get_path (call, "id");
  g_autoptr (MdocRegisterDeviceInfo) device
      = mdoc_register_get_device (call->admin->reg,
                                  id,
                                  call->change.now_ms / 1000,
                                  error);
  g_autoptr (GPtrArray) generations = NULL;
  JsonArray *array;

  if (device == NULL)
    return FALSE;
  generations = mdoc_register_list_generations (call->admin->reg, id, error);
  if (generations == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < generations->len; i++)
    json_array_add_object_element (array,
                                   mdoc_admin_write_generation (
                                       g_ptr_array_index (generations, i)));
  return mdoc_admin_answer_list (call, "generations", array);
}

/**
 * mdoc_admin_abandon_device:
 * @call: POST device-credentials/{id}/abandon
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_abandon_device (MdocAdminCall *call, GError **error)
{
  return mdoc_register_abandon (call->admin->reg,
                                &call->change,
                                mdoc_admin_get_path (call, "id"),
                                error)
         && mdoc_admin_get_device (call, error);
}

/**
 * mdoc_admin_check_status:
 * @call: POST /status/v1/check
 * @error: return location
 *
 * For readers that may ask: the one word, and nothing about the holder.
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_check_status (MdocAdminCall *call, GError **error)
{
  const char *mso_id = NULL, *serial = NULL, *status;
  JsonObject *object;

  if (call->body != NULL
      && (!mdoc_json_find_text (call->body,
                                "msoId",
                                MDOC_ADMIN_MAX_NAME,
                                &mso_id,
                                error)
          || !mdoc_json_find_text (call->body,
                                   "serial",
                                   MDOC_ADMIN_MAX_NAME,
                                   &serial,
                                   error)))
    return FALSE;
  if ((mso_id == NULL) == (serial == NULL))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "Either “msoId” or “serial” is needed");
  status = mdoc_register_check_status (call->admin->reg,
                                       mso_id != NULL ? mso_id : serial,
                                       call->change.now_ms / 1000,
                                       error);
  if (status == NULL)
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "status", status);
  return mdoc_admin_answer (call, 200, object);
}
