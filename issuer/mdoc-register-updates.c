/*
 * mdoc-register-updates.c - new attributes, new profiles (lifecycle, 2.3, 2.4)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

/* One credential and what is to change. */
typedef struct
{
  gint64 row;
  char *id;
  char *state;
  gint64 dataset;
  char *claims; /* nullable */
  gint64 document_expiry_s;
  gint64 created_at_s;
  MdocProfile *profile;
} Subject;

static void
subject_clear (Subject *self)
{
  g_free (self->id);
  g_free (self->state);
  g_free (self->claims);
  g_clear_pointer (&self->profile, mdoc_profile_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Subject, subject_clear)

static gboolean
load_subject (MdocRegister *self,
              const char *id,
              Subject *ret_subject,
              GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT id, uid, state, dataset, claims,"
                          " document_expiry, created_at, profile_id,"
                          " profile_version FROM credential WHERE uid = ?",
                          ARG_TEXT (id));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "There is no such credential");
  ret_subject->row = mdoc_cursor_get_int (cursor, 0);
  ret_subject->id = mdoc_cursor_dup_text (cursor, 1);
  ret_subject->state = mdoc_cursor_dup_text (cursor, 2);
  ret_subject->dataset = mdoc_cursor_get_int (cursor, 3);
  ret_subject->claims = mdoc_cursor_dup_text (cursor, 4);
  ret_subject->document_expiry_s = mdoc_cursor_get_int (cursor, 5);
  ret_subject->created_at_s = mdoc_cursor_get_int (cursor, 6);
  ret_subject->profile
      = mdoc_register_load_profile (self,
                                    &self->writer,
                                    mdoc_cursor_get_text (cursor, 7),
                                    mdoc_cursor_get_int (cursor, 8),
                                    error);
  return ret_subject->profile != NULL;
}

static gint64
get_expiry (MdocProfile *profile, const char *claims, gint64 created_at_s)
{
  gint64 lifetime_s = mdoc_profile_get_settings (profile)->lifetime_s;
  gint64 expiry_s = mdoc_profile_get_document_expiry (profile, claims);

  return expiry_s != 0 || lifetime_s == 0 ? expiry_s
                                          : created_at_s + lifetime_s;
}

/* From active alone; and a document that has ended only by an end that is
 * later. */
static gboolean
check_subject (const Subject *subject,
               gint64 new_expiry_s,
               gint64 now_s,
               GError **error)
{
  if (strcmp (subject->state, MDOC_STATE_REVOKED) == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_REVOKED,
                                 "It has been revoked");
  if (strcmp (subject->state, MDOC_STATE_SUSPENDED) == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_SUSPENDED,
                                 "It is suspended");
  if (subject->claims == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_REMOVED,
                                 "Its claims have been forgotten");
  if (new_expiry_s != 0 && new_expiry_s < now_s)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED,
                                 "The document has expired");
  return TRUE;
}

/* Each instance that may gets a new generation when its device comes (C35). */
static gboolean
mark_devices (MdocRegister *self,
              const MdocRegisterCall *call,
              const Subject *subject,
              MdocPending cause,
              gint64 update,
              guint *ret_n_targets,
              GError **error)
{
  g_autoptr (GPtrArray) rows = mdoc_register_load_held_of (&self->writer,
                                                           subject->row,
                                                           0,
                                                           error);

  *ret_n_targets = 0;
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const MdocHeldRow *held = rows->pdata[i];

      /* issued and suspended ones have it when they next get anything */
      if (strcmp (held->state, MDOC_STATE_REMOVED) == 0
          || strcmp (held->state, MDOC_STATE_ABANDONED) == 0
          || strcmp (held->state, MDOC_STATE_REVOKED) == 0)
        continue;
      if (!mdoc_db_run (&self->writer,
                        error,
                        "UPDATE device_credential SET causes = causes | ?,"
                        " updated_at = ? WHERE id = ?",
                        ARG_INT (cause),
                        ARG_INT (mdoc_call_get_s (call)),
                        ARG_INT (held->row))
          || !mdoc_register_queue_action (self,
                                          call,
                                          held,
                                          "update",
                                          NULL,
                                          error))
        return FALSE;
      if (update != 0
          && !mdoc_db_run (&self->writer,
                           error,
                           "INSERT INTO update_target (device_credential,"
                           " attribute_update) VALUES (?, ?)",
                           ARG_INT (held->row),
                           ARG_INT (update)))
        return FALSE;
      (*ret_n_targets)++;
    }
  return TRUE;
}

static gboolean
record_update (MdocRegister *self,
               const MdocRegisterCall *call,
               const Subject *subject,
               const char *changed,
               MdocPending cause,
               GError **error)
{
  gint64 update;
  guint n_targets;

  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO attribute_update (credential, dataset,"
                    " changed, correlation_id, n_left) VALUES (?, ?, ?, ?, 0)",
                    ARG_INT (subject->row),
                    ARG_INT (subject->dataset + 1),
                    ARG_TEXT (changed),
                    ARG_TEXT (call->correlation_id)))
    return FALSE;
  update = mdoc_db_get_last_row (&self->writer);
  return mark_devices (self, call, subject, cause, update, &n_targets, error)
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE attribute_update SET n_left = ? WHERE id = ?",
                         ARG_INT (n_targets),
                         ARG_INT (update));
}

static gboolean
store (MdocRegister *self,
       const MdocRegisterCall *call,
       const Subject *subject,
       MdocProfile *profile,
       const char *claims,
       const char *action,
       const char *changed,
       GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE credential SET claims = ?, dataset = dataset + 1,"
                      " document_expiry = ?, profile_version = ?,"
                      " updated_at = ? WHERE id = ?",
                      ARG_TEXT (claims),
                      ARG_INT (
                          get_expiry (profile, claims, subject->created_at_s)),
                      ARG_INT (mdoc_profile_get_settings (profile)->version),
                      ARG_INT (mdoc_call_get_s (call)),
                      ARG_INT (subject->row))
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = action,
                                           .credential_id = subject->id,
                                           .detail = changed },
                                       error);
}

static gboolean
tell_failed (MdocRegister *self,
             const MdocRegisterCall *call,
             const char *credential_id,
             const GError *fault)
{
  g_autoptr (JsonObject) data = json_object_new ();
  const char *code = mdoc_register_error_get_name (fault);
  const MdocEventParts event = {
    .type = "attributeUpdateFailed",
    .cause = MDOC_CAUSE_ATTRIBUTE_UPDATE,
    .credential_id = credential_id,
    .is_final = TRUE,
    .data = data,
  };

  json_object_set_string_member (data, "code", code);
  return mdoc_register_write_event (self, call, &event, NULL)
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "attributes.refused",
                                           .credential_id = credential_id,
                                           .detail = code },
                                       NULL);
}

static gboolean
update_attributes (MdocRegister *self,
                   const MdocRegisterCall *call,
                   const char *credential_id,
                   const char *patch_json,
                   GStrv *ret_changed,
                   GError **error)
{
  g_auto (Subject) subject = { 0 };
  g_auto (GStrv) changed = NULL;
  g_autofree char *claims = NULL;
  g_autofree char *names = NULL;
  const MdocProfileSettings *settings;
  gint64 now_s = mdoc_call_get_s (call);

  if (!load_subject (self, credential_id, &subject, error))
    return FALSE;
  settings = mdoc_profile_get_settings (subject.profile);
  if (!(settings->features & MDOC_FEATURE_ATTRIBUTE_UPDATE))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_FEATURE,
                                 "The profile %s has no update of attributes",
                                 settings->id);
  if (!check_subject (&subject, 0, now_s, error))
    return FALSE;
  claims = mdoc_profile_patch_claims (subject.profile,
                                      subject.claims,
                                      patch_json,
                                      now_s,
                                      &changed,
                                      error);
  if (claims == NULL
      || !check_subject (&subject,
                         get_expiry (subject.profile,
                                     claims,
                                     subject.created_at_s),
                         now_s,
                         error))
    return FALSE;

  names = g_strjoinv (" ", changed);
  if (changed[0] != NULL
      && (!store (self,
                  call,
                  &subject,
                  subject.profile,
                  claims,
                  "attributes.updated",
                  names,
                  error)
          || !record_update (self,
                             call,
                             &subject,
                             names,
                             MDOC_PENDING_ATTRIBUTES,
                             error)))
    return FALSE;
  if (ret_changed != NULL)
    *ret_changed = g_steal_pointer (&changed);
  return TRUE;
}

/**
 * mdoc_register_update_attributes:
 * @self: a register
 * @call: who and when
 * @credential_id: of what
 * @patch_json: changes (RFC 7396), in either form of claims
 * @ret_changed: (out) (optional): names of the elements that are different now
 * @error: return location for a #MdocRegisterError or a #MdocProfileError
 *
 * What is accepted here is not on any device yet (S0-86).
 *
 * Returns: %TRUE if the credential has the new attributes
 */
gboolean
mdoc_register_update_attributes (MdocRegister *self,
                                 const MdocRegisterCall *call,
                                 const char *credential_id,
                                 const char *patch_json,
                                 GStrv *ret_changed,
                                 GError **error)
{
  g_autoptr (GError) fault = NULL;
  gboolean is_done;

  if (!mdoc_register_check_text (credential_id, "The credential", 128, error)
      || !mdoc_register_enter (self, error))
    return FALSE;
  is_done = update_attributes (self,
                               call,
                               credential_id,
                               patch_json,
                               ret_changed,
                               &fault);
  /* nothing has been written when it is refused */
  if (!is_done
      && !g_error_matches (fault,
                           MDOC_REGISTER_ERROR,
                           MDOC_REGISTER_ERROR_STORE)
      && tell_failed (self, call, credential_id, fault))
    mdoc_register_keep_refusal (self);
  if (!is_done)
    g_propagate_error (error, g_steal_pointer (&fault));
  return mdoc_register_leave (self, is_done, error);
}

static gboolean
reprovision (MdocRegister *self,
             const MdocRegisterCall *call,
             const char *credential_id,
             GError **error)
{
  g_autoptr (MdocProfile) newest = NULL;
  g_auto (Subject) subject = { 0 };
  g_autofree char *claims = NULL;
  gint64 now_s = mdoc_call_get_s (call);

  if (!load_subject (self, credential_id, &subject, error)
      || !check_subject (&subject, subject.document_expiry_s, now_s, error))
    return FALSE;
  newest = mdoc_register_load_profile (self,
                                       &self->writer,
                                       mdoc_profile_get_settings (
                                           subject.profile)
                                           ->id,
                                       0,
                                       error);
  if (newest == NULL)
    return FALSE;
  claims = mdoc_profile_map_person (newest,
                                    subject.claims,
                                    subject.created_at_s,
                                    NULL,
                                    error);
  return claims != NULL
         && store (self,
                   call,
                   &subject,
                   newest,
                   claims,
                   "credential.reprovisioned",
                   NULL,
                   error)
         && record_update (self,
                           call,
                           &subject,
                           "",
                           MDOC_PENDING_REPROVISION,
                           error);
}

gboolean
mdoc_register_reprovision (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const char *credential_id,
                           GError **error)
{
  gboolean is_done;

  if (!mdoc_register_check_text (credential_id, "The credential", 128, error)
      || !mdoc_register_enter (self, error))
    return FALSE;
  is_done = reprovision (self, call, credential_id, error);
  return mdoc_register_leave (self, is_done, error);
}

static char *
create_credential (MdocRegister *self,
                   const MdocRegisterCall *call,
                   const char *profile_id,
                   const char *claims_json,
                   const char *person_id,
                   GError **error)
{
  g_autofree char *uid = mdoc_register_make_uuid ();
  g_autofree char *claims = NULL;
  g_autoptr (MdocProfile) profile = mdoc_register_load_profile (self,
                                                                &self->writer,
                                                                profile_id,
                                                                0,
                                                                error);
  gint64 now_s = mdoc_call_get_s (call);

  if (profile == NULL
      || !mdoc_register_resolve_claims (self,
                                        call,
                                        profile,
                                        claims_json,
                                        person_id,
                                        &claims,
                                        error))
    return NULL;
  if (claims == NULL || mdoc_profile_get_settings (profile)->is_retired)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_CLAIMS,
                            "There are no claims, or the profile is retired");
      return NULL;
    }
  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO credential (uid, person_id, profile_id,"
                    " profile_version, state, dataset, claims, document_expiry,"
                    " created_at, updated_at)"
                    " VALUES (?1, ?2, ?3, ?4, 'pending', 1, ?5, ?6, ?7, ?7)",
                    ARG_TEXT (uid),
                    ARG_TEXT (person_id),
                    ARG_TEXT (profile_id),
                    ARG_INT (mdoc_profile_get_settings (profile)->version),
                    ARG_TEXT (claims),
                    ARG_INT (get_expiry (profile, claims, now_s)),
                    ARG_INT (now_s))
      || !mdoc_register_write_audit (self,
                                     call,
                                     &(MdocAuditParts){
                                         .action = "credential.created",
                                         .credential_id = uid },
                                     error))
    return NULL;
  return g_steal_pointer (&uid);
}

char *
mdoc_register_create_credential (MdocRegister *self,
                                 const MdocRegisterCall *call,
                                 const char *profile_id,
                                 const char *claims_json,
                                 const char *person_id,
                                 GError **error)
{
  g_autofree char *uid = NULL;

  if (!mdoc_register_enter (self, error))
    return NULL;
  uid = create_credential (self,
                           call,
                           profile_id,
                           claims_json,
                           person_id,
                           error);
  if (!mdoc_register_leave (self, uid != NULL, error))
    return NULL;
  return g_steal_pointer (&uid);
}
