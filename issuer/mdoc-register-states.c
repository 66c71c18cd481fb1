/*
 * mdoc-register-states.c - suspended, reinstated, revoked (lifecycle, 2.3)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define MAX_TARGETS 1000

/* What is to become of one credential and of some of its instances. */
typedef struct
{
  gint64 credential; /* 0: its own lock is left alone */
  char *credential_id;
  char *credential_state;
  GPtrArray *devices; /* of MdocHeldRow */
  const char *to;
} Plan;

static void
plan_clear (Plan *plan)
{
  g_free (plan->credential_id);
  g_free (plan->credential_state);
  g_clear_pointer (&plan->devices, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

/* lifecycle, C34: (transfer none) (nullable) */
static const char *
parse_state (const char *name)
{
  static const struct
  {
    const char *name;
    const char *state;
  } names[] = {
    { "active", MDOC_STATE_ACTIVE },      { "enabled", MDOC_STATE_ACTIVE },
    { "operational", MDOC_STATE_ACTIVE }, { "suspended", MDOC_STATE_SUSPENDED },
    { "disabled", MDOC_STATE_SUSPENDED }, { "revoked", MDOC_STATE_REVOKED },
    { "cancelled", MDOC_STATE_REVOKED },
  };

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].name, name) == 0)
      return names[i].state;
  return NULL;
}

gboolean
mdoc_register_is_revocation (const char *new_state)
{
  return g_strcmp0 (parse_state (new_state), MDOC_STATE_REVOKED) == 0;
}

/* The table of 2.3. Already so is fine: @ret_changes is %FALSE. */
static gboolean
check_step (const char *from,
            const char *to,
            gboolean *ret_changes,
            GError **error)
{
  static const struct
  {
    const char *to;
    const char *from;
  } allowed[] = {
    { MDOC_STATE_SUSPENDED, "active" },
    { MDOC_STATE_ACTIVE, "suspended" },
    { MDOC_STATE_REVOKED, "pending active suspended issued" },
  };

  *ret_changes = strcmp (from, to) != 0;
  if (!*ret_changes)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (allowed); i++)
    {
      g_auto (GStrv) froms = g_strsplit (allowed[i].from, " ", -1);

      if (strcmp (allowed[i].to, to) == 0
          && g_strv_contains ((const char *const *) froms, from))
        return TRUE;
    }

  if (strcmp (from, MDOC_STATE_REVOKED) == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_REVOKED,
                                 "What is revoked stays so");
  if (strcmp (from, MDOC_STATE_REMOVED) == 0
      || strcmp (from, MDOC_STATE_ABANDONED) == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_REMOVED,
                                 "It is not on that device any more");
  return mdoc_register_refuse (error,
                               MDOC_REGISTER_ERROR_STATE,
                               "It cannot become %s while it is %s",
                               to,
                               from);
}

static gboolean
load_credential (MdocRegister *self,
                 const char *id,
                 gint64 *ret_row,
                 char **ret_state,
                 char **ret_profile_id,
                 gint64 *ret_version,
                 GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT id, state, profile_id, profile_version FROM"
                          " credential WHERE uid = ?",
                          ARG_TEXT (id));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "There is no such credential");
  *ret_row = mdoc_cursor_get_int (cursor, 0);
  *ret_state = mdoc_cursor_dup_text (cursor, 1);
  *ret_profile_id = mdoc_cursor_dup_text (cursor, 2);
  *ret_version = mdoc_cursor_get_int (cursor, 3);
  return TRUE;
}

static gboolean
check_feature (MdocRegister *self,
               const char *profile_id,
               gint64 version,
               GError **error)
{
  g_autoptr (MdocProfile) profile = mdoc_register_load_profile (self,
                                                                &self->writer,
                                                                profile_id,
                                                                version,
                                                                error);

  if (profile == NULL)
    return FALSE;
  return (mdoc_profile_get_settings (profile)->features
          & MDOC_FEATURE_STATE_UPDATE)
             != 0
         || mdoc_register_refuse (error,
                                  MDOC_REGISTER_ERROR_FEATURE,
                                  "The profile %s has no change of state",
                                  profile_id);
}

/* S0-83: those that are named have to be instances of the credential */
static gboolean
add_named (MdocRegister *self,
           const MdocRegisterStateChange *change,
           Plan *plan,
           GError **error)
{
  for (guint i = 0; change->mid_uids[i] != NULL; i++)
    {
      MdocHeldRow *held;

      if (i >= MAX_TARGETS)
        return mdoc_register_refuse (error,
                                     MDOC_REGISTER_ERROR_LIMIT,
                                     "There are too many instances");
      held = mdoc_register_load_held (&self->writer,
                                      change->mid_uids[i],
                                      error);
      if (held == NULL)
        return FALSE;
      g_ptr_array_add (plan->devices, held);
      if (change->credential_id != NULL
          && strcmp (held->credential_id, change->credential_id) != 0)
        return mdoc_register_refuse (error,
                                     MDOC_REGISTER_ERROR_NOT_FOUND,
                                     "That is no instance of the credential");
      if (!check_feature (self, held->profile_id, held->profile_version, error))
        return FALSE;
    }
  return TRUE;
}

/* With all of them meant, those that are gone are not. */
static gboolean
add_all (MdocRegister *self, gint64 credential, Plan *plan, GError **error)
{
  g_autoptr (GPtrArray) all = mdoc_register_load_held_of (&self->writer,
                                                          credential,
                                                          0,
                                                          error);

  if (all == NULL)
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    {
      MdocHeldRow *held = all->pdata[i];

      if (strcmp (held->state, MDOC_STATE_REMOVED) != 0
          && strcmp (held->state, MDOC_STATE_ABANDONED) != 0)
        {
          g_ptr_array_add (plan->devices, held);
          all->pdata[i] = NULL;
        }
    }
  return TRUE;
}

static gboolean
make_plan (MdocRegister *self,
           const MdocRegisterStateChange *change,
           Plan *plan,
           GError **error)
{
  gboolean is_named = change->mid_uids != NULL && change->mid_uids[0] != NULL;
  g_autofree char *profile_id = NULL;
  gint64 credential = 0, version = 0;

  plan->devices = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_held_row_free);
  plan->to = parse_state (change->new_state);
  if (plan->to == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "There is no such state to change to");
  if (change->credential_id == NULL
      && (!is_named || change->scope != MDOC_SCOPE_DEVICES))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "It is not said of what");

  if (change->credential_id != NULL)
    {
      if (!load_credential (self,
                            change->credential_id,
                            &credential,
                            &plan->credential_state,
                            &profile_id,
                            &version,
                            error)
          || !check_feature (self, profile_id, version, error))
        return FALSE;
      plan->credential_id = g_strdup (change->credential_id);
    }
  if (change->scope != MDOC_SCOPE_DEVICES)
    plan->credential = credential;
  if (is_named)
    return add_named (self, change, plan, error);
  return change->scope == MDOC_SCOPE_CREDENTIAL
         || add_all (self, credential, plan, error);
}

gboolean
mdoc_register_tell_state (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const MdocHeldRow *held,
                          const char *from,
                          const char *to,
                          GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  g_autofree char *detail = g_strdup_printf ("%s to %s", from, to);
  const MdocEventParts event = {
    .type = "deviceCredentialStateChanged",
    .credential_id = held->credential_id,
    .mid_uid = held->mid_uid,
    .is_final = TRUE,
    .data = data,
  };
  const MdocAuditParts audit = {
    .action = "deviceCredential.state",
    .credential_id = held->credential_id,
    .mid_uid = held->mid_uid,
    .detail = detail,
  };

  json_object_set_string_member (data, "from", from);
  json_object_set_string_member (data, "to", to);
  json_object_set_string_member (data, "scope", "device");
  if (call->reason != NULL)
    json_object_set_string_member (data, "reason", call->reason);
  return mdoc_register_write_event (self, call, &event, error)
         && mdoc_register_write_audit (self, call, &audit, error);
}

static gboolean
tell_credential (MdocRegister *self,
                 const MdocRegisterCall *call,
                 const Plan *plan,
                 GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  g_autofree char *detail = g_strdup_printf ("%s to %s",
                                             plan->credential_state,
                                             plan->to);
  const MdocEventParts event = {
    .type = "credentialStateChanged",
    .credential_id = plan->credential_id,
    .is_final = TRUE,
    .data = data,
  };
  const MdocAuditParts audit = {
    .action = "credential.state",
    .credential_id = plan->credential_id,
    .detail = detail,
  };

  json_object_set_string_member (data, "from", plan->credential_state);
  json_object_set_string_member (data, "to", plan->to);
  json_object_set_string_member (data, "scope", "credential");
  if (call->reason != NULL)
    json_object_set_string_member (data, "reason", call->reason);
  return mdoc_register_write_event (self, call, &event, error)
         && mdoc_register_write_audit (self, call, &audit, error);
}

/* What a change means to one device: its places on the lists, and a word for
 * its next sync. */
static gboolean
touch_device (MdocRegister *self,
              const MdocRegisterCall *call,
              MdocHeldRow *held,
              const char *to,
              GError **error)
{
  const char *kind = strcmp (to, MDOC_STATE_ACTIVE) == 0      ? "reinstate"
                     : strcmp (to, MDOC_STATE_SUSPENDED) == 0 ? "suspend"
                                                              : "revoke";

  if (strcmp (held->state, MDOC_STATE_REMOVED) == 0
      || strcmp (held->state, MDOC_STATE_ABANDONED) == 0)
    return TRUE;
  return mdoc_register_publish (self, held, error)
         && mdoc_register_queue_action (self, call, held, kind, NULL, error);
}

static gboolean
change_devices (MdocRegister *self,
                const MdocRegisterCall *call,
                Plan *plan,
                gboolean *ret_changed,
                GError **error)
{
  for (guint i = 0; i < plan->devices->len; i++)
    {
      MdocHeldRow *held = plan->devices->pdata[i];
      g_autofree char *from = g_strdup (held->state);
      gboolean changes;

      if (!check_step (held->state, plan->to, &changes, error))
        return FALSE;
      if (!changes)
        continue;
      *ret_changed = TRUE;
      if (!mdoc_register_set_held_state (self, call, held, plan->to, error)
          || !mdoc_register_tell_state (self, call, held, from, plan->to, error)
          || !touch_device (self, call, held, plan->to, error)
          || (strcmp (plan->to, MDOC_STATE_REVOKED) == 0
              && !mdoc_register_close_targets (self,
                                               call,
                                               held,
                                               G_MAXINT64,
                                               "revoked",
                                               error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
change_credential (MdocRegister *self,
                   const MdocRegisterCall *call,
                   Plan *plan,
                   gboolean *ret_changed,
                   GError **error)
{
  g_autoptr (GPtrArray) devices = NULL;
  gboolean changes;

  if (plan->credential == 0)
    return TRUE;
  if (!check_step (plan->credential_state, plan->to, &changes, error))
    return FALSE;
  if (!changes)
    return TRUE;

  *ret_changed = TRUE;
  if (!mdoc_register_set_credential_state (self,
                                           call,
                                           plan->credential,
                                           plan->to,
                                           error)
      || !tell_credential (self, call, plan, error))
    return FALSE;
  devices = mdoc_register_load_held_of (&self->writer,
                                        plan->credential,
                                        0,
                                        error);
  if (devices == NULL)
    return FALSE;
  for (guint i = 0; i < devices->len; i++)
    if (!touch_device (self, call, devices->pdata[i], plan->to, error)
        || (strcmp (plan->to, MDOC_STATE_REVOKED) == 0
            && !mdoc_register_close_targets (self,
                                             call,
                                             devices->pdata[i],
                                             G_MAXINT64,
                                             "revoked",
                                             error)))
      return FALSE;
  return TRUE;
}

static gboolean
change_state (MdocRegister *self,
              const MdocRegisterCall *call,
              const MdocRegisterStateChange *change,
              gboolean *ret_changed,
              GError **error)
{
  g_auto (Plan) plan = { 0 };

  *ret_changed = FALSE;
  return make_plan (self, change, &plan, error)
         && change_devices (self, call, &plan, ret_changed, error)
         && change_credential (self, call, &plan, ret_changed, error);
}

static gboolean
tell_refused (MdocRegister *self,
              const MdocRegisterCall *call,
              const MdocRegisterStateChange *change,
              const GError *fault,
              GError **error)
{
  const char *mid_uid = change->mid_uids != NULL ? change->mid_uids[0] : NULL;
  const char *code = mdoc_register_error_get_name (fault);
  g_autoptr (JsonObject) data = json_object_new ();
  const MdocEventParts event = {
    .type = "stateChangeFailed",
    .credential_id = change->credential_id,
    .mid_uid = mid_uid,
    .is_final = TRUE,
    .data = data,
  };
  const MdocAuditParts audit = {
    .action = "state.refused",
    .credential_id = change->credential_id,
    .mid_uid = mid_uid,
    .detail = code,
  };

  json_object_set_string_member (data, "code", code);
  return mdoc_register_write_event (self, call, &event, error)
         && mdoc_register_write_audit (self, call, &audit, error);
}

static gboolean
check_change (const MdocRegisterCall *call,
              const MdocRegisterStateChange *change,
              GError **error)
{
  if (!mdoc_register_check_text (change->credential_id,
                                 "The credential",
                                 128,
                                 error)
      || !mdoc_register_check_text (call->reason,
                                    "The reason",
                                    MDOC_REGISTER_MAX_TEXT,
                                    error)
      || !mdoc_register_check_text (call->notes,
                                    "The notes",
                                    MDOC_REGISTER_MAX_TEXT,
                                    error))
    return FALSE;
  for (guint i = 0; change->mid_uids != NULL && change->mid_uids[i] != NULL;
       i++)
    if (!mdoc_register_check_text (change->mid_uids[i],
                                   "The midUid",
                                   128,
                                   error))
      return FALSE;
  return TRUE;
}

/**
 * mdoc_register_change_state:
 * @self: a register
 * @call: who and when, and why
 * @change: what of what
 * @ret_changed: (out): whether anything is different now
 * @error: return location for a #MdocRegisterError
 *
 * Credential and instance each have their own lock; what is valid has both
 * open. Neither makes a new generation (S0-45).
 *
 * Returns: %TRUE if all is as it was asked for; else nothing has changed
 */
gboolean
mdoc_register_change_state (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const MdocRegisterStateChange *change,
                            gboolean *ret_changed,
                            GError **error)
{
  g_autoptr (GError) fault = NULL;
  gboolean is_done;

  if (!check_change (call, change, error) || !mdoc_register_enter (self, error))
    return FALSE;

  if (!mdoc_register_enter (self, &fault))
    is_done = FALSE;
  else
    {
      is_done = change_state (self, call, change, ret_changed, &fault);
      is_done = mdoc_register_leave (self, is_done, &fault);
    }
  if (is_done)
    return mdoc_register_leave (self, TRUE, error);

  if (tell_refused (self, call, change, fault, NULL))
    mdoc_register_keep_refusal (self);
  is_done = mdoc_register_leave (self, FALSE, NULL);
  g_propagate_error (error, g_steal_pointer (&fault));
  return is_done;
}

static gboolean
abandon (MdocRegister *self,
         const MdocRegisterCall *call,
         const char *mid_uid,
         GError **error)
{
  g_autoptr (MdocHeldRow) held = mdoc_register_load_held (&self->writer,
                                                          mid_uid,
                                                          error);
  g_autofree char *from = NULL;

  if (held == NULL)
    return FALSE;
  if (strcmp (held->state, MDOC_STATE_ABANDONED) == 0)
    return TRUE;
  if (strcmp (held->state, MDOC_STATE_ISSUED) != 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "It is %s, and not to be given up",
                                 held->state);
  from = g_strdup (held->state);
  return mdoc_register_set_held_state (self,
                                       call,
                                       held,
                                       MDOC_STATE_ABANDONED,
                                       error)
         && mdoc_register_publish (self, held, error)
         && mdoc_register_tell_state (self,
                                      call,
                                      held,
                                      from,
                                      MDOC_STATE_ABANDONED,
                                      error);
}

gboolean
mdoc_register_abandon (MdocRegister *self,
                       const MdocRegisterCall *call,
                       const char *mid_uid,
                       GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = abandon (self, call, mid_uid, error);
  return mdoc_register_leave (self, is_done, error);
}
