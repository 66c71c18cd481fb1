/*
 * mdoc-admin-profiles.c - profiles and persons, for operators
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "openid/mdoc-json.h"

/**
 * mdoc_admin_list_profiles:
 * @call: GET profiles
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_profiles (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) profiles
      = mdoc_register_list_profiles (call->admin->reg, error);
  JsonArray *array;

  if (profiles == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < profiles->len; i++)
    json_array_add_object_element (array,
                                   mdoc_admin_write_profile (
                                       g_ptr_array_index (profiles, i)));
  return mdoc_admin_answer_list (call, "profiles", array);
}

/* each with the place where it is, and the first as it is told where there is
 * room for one */
static void
answer_faults (MdocAdminCall *call, const GPtrArray *faults)
{
  const MdocProfileFault *first = faults->pdata[0];
  g_autoptr (GError) error = g_error_copy (first->error);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < faults->len; i++)
    {
      const MdocProfileFault *fault = faults->pdata[i];
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "path", fault->path);
      json_object_set_string_member (object, "detail", fault->error->message);
      json_array_add_object_element (array, object);
    }
  if (first->path[0] != '\0')
    g_prefix_error (&error, "%s: ", first->path);
  mdoc_admin_answer_error (call, error, "faults", array);
}

/* Returns: (nullable): %NULL if it is none, which is answered */
static MdocProfile *
parse_body (MdocAdminCall *call)
{
  const MdocSpan body = mdoc_http_call_get_body (call->http);
  g_autoptr (GPtrArray) faults = mdoc_profile_check (body, NULL);

  if (faults->len == 0)
    return mdoc_profile_parse (body, NULL);
  answer_faults (call, faults);
  return NULL;
}

static gboolean
add (MdocAdminCall *call, MdocProfile *profile, GError **error)
{
  if (!mdoc_register_add_profile (call->admin->reg,
                                  &call->change,
                                  profile,
                                  error))
    return FALSE;
  return mdoc_admin_answer (call, 201, mdoc_admin_write_profile (profile));
}

/**
 * mdoc_admin_add_profile:
 * @call: POST profiles
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_add_profile (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocProfile) profile = parse_body (call);

  return profile == NULL || add (call, profile, error);
}

/**
 * mdoc_admin_put_profile:
 * @call: PUT profiles/{id}
 * @error: return location
 *
 * What has been issued keeps the version that it was issued by, so that a
 * change is a new version.
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_put_profile (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocProfile) profile = parse_body (call);

  if (profile == NULL)
    return TRUE;
  if (strcmp (mdoc_profile_get_settings (profile)->id,
              mdoc_admin_get_path (call, "id"))
      != 0)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_UNPROCESSABLE,
                              "The profile has another id than the path");
  return add (call, profile, error);
}

/**
 * mdoc_admin_lint_profile:
 * @call: POST profiles/lint
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_lint_profile (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocProfile) profile = parse_body (call);

  return profile == NULL
         || mdoc_admin_answer (call, 200, mdoc_admin_write_profile (profile));
}

/**
 * mdoc_admin_get_profile:
 * @call: GET profiles/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_profile (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocProfile) profile = NULL;
  gint64 version;

  if (!mdoc_admin_get_query_int (call,
                                 "version",
                                 G_MAXINT32,
                                 0,
                                 &version,
                                 error))
    return FALSE;
  profile = mdoc_register_get_profile (call->admin->reg,
                                       mdoc_admin_get_path (call, "id"),
                                       (guint) version,
                                       error);
  if (profile == NULL)
    return FALSE;
  call->status = 200;
  call->answer = g_strdup (mdoc_profile_get_json (profile));
  return TRUE;
}

static gboolean
put_person (MdocAdminCall *call, const char *id, GError **error)
{
  g_autofree char *claims = NULL;
  g_autofree char *made = NULL;
  g_autofree char *own_id = NULL;
  g_autofree char *ref = NULL;
  const char *external_ref, *password;
  MdocRegisterPerson person;
  JsonObject *object;

  if (call->body == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "A person needs a body");
  if (!mdoc_json_find_text (call->body,
                            "externalRef",
                            MDOC_ADMIN_MAX_NAME,
                            &external_ref,
                            error)
      || !mdoc_json_find_text (call->body,
                               "password",
                               MDOC_ADMIN_MAX_NAME,
                               &password,
                               error)
      || !mdoc_admin_find_json (call->body, "claims", &claims, error))
    return FALSE;

  person = (MdocRegisterPerson){ .id = own_id = g_strdup (id),
                                 .external_ref = ref = g_strdup (external_ref),
                                 .claims_json = claims };
  made = mdoc_register_put_person (call->admin->reg,
                                   &call->change,
                                   &person,
                                   error);
  if (made == NULL)
    return FALSE;
  if (password != NULL
      && !mdoc_register_set_password (call->admin->reg,
                                      &call->change,
                                      made,
                                      password,
                                      error))
    return FALSE;

  object = json_object_new ();
  json_object_set_string_member (object, "personId", made);
  return mdoc_admin_answer (call, id == NULL ? 201 : 200, object);
}

/**
 * mdoc_admin_add_person:
 * @call: POST persons
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_add_person (MdocAdminCall *call, GError **error)
{
  return put_person (call, NULL, error);
}

/**
 * mdoc_admin_put_person:
 * @call: PUT persons/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_put_person (MdocAdminCall *call, GError **error)
{
  return put_person (call, mdoc_admin_get_path (call, "id"), error);
}

/**
 * mdoc_admin_get_person:
 * @call: GET persons/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_person (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterPerson) person
      = mdoc_register_get_person (call->admin->reg,
                                  mdoc_admin_get_path (call, "id"),
                                  error);
  JsonObject *object;

  if (person == NULL)
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "personId", person->id);
  mdoc_admin_set_text (object, "externalRef", person->external_ref);
  mdoc_admin_set_json (object, "claims", person->claims_json);
  mdoc_admin_set_time (object, "updatedAt", person->updated_at_s);
  return mdoc_admin_answer (call, 200, object);
}

/**
 * mdoc_admin_list_person_devices:
 * @call: GET persons/{id}/device-credentials
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_person_devices (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterPerson) person
      = mdoc_register_get_person (call->admin->reg,
                                  mdoc_admin_get_path (call, "id"),
                                  error);
  g_autoptr (GPtrArray) devices = NULL;
  MdocRegisterFilter filter;
  JsonArray *array;

  if (person == NULL || !mdoc_admin_get_filter (call, &filter, error))
    return FALSE;
  filter.person_id = person->id;
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
  return mdoc_admin_answer_list (call, "deviceCredentials", array);
}
