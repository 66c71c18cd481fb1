/*
 * mdoc-register-wallet.c - what wallets tell: received, accepted, removed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-wallet.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-register-private.h"

#define REVIEW_STATUS "credential_issued credential_acked"

/* A deviceCredential with its exchange; of the wallet that speaks. */
typedef struct
{
  MdocHeldRow *held;
  MdocExchangeRow *exchange;
} Case;

static void
case_clear (Case *self)
{
  g_clear_pointer (&self->held, mdoc_held_row_free);
  g_clear_pointer (&self->exchange, mdoc_exchange_row_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

/* Somebody else's is not there for a wallet. */
static gboolean
load_case (MdocRegister *self,
           const char *thumb,
           const char *mid_uid,
           Case *ret_case,
           GError **error)
{
  ret_case->held = mdoc_register_load_held (&self->writer, mid_uid, error);
  if (ret_case->held == NULL)
    return FALSE;
  if (thumb == NULL || g_strcmp0 (ret_case->held->thumb, thumb) != 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "There is no such deviceCredential");
  ret_case->exchange = mdoc_register_load_exchange (&self->writer,
                                                    MDOC_EXCHANGE_BY_ROW,
                                                    NULL,
                                                    ret_case->held->exchange,
                                                    error);
  return ret_case->exchange != NULL;
}

/* The last generation that left us, confirmed: all that a third-party wallet
 * ever says is that it has what it got. */
static gboolean
confirm_last (MdocRegister *self,
              const MdocRegisterCall *call,
              MdocHeldRow *held,
              GError **error)
{
  g_autoptr (MdocGenerationRow) generation = NULL;

  return mdoc_register_find_generation (&self->writer,
                                        held->row,
                                        held->newest,
                                        &generation,
                                        error)
         && generation != NULL
         && mdoc_register_confirm (self, call, held, generation, error);
}

/* E7 */
static gboolean
acknowledge (MdocRegister *self,
             const MdocRegisterCall *call,
             Case *work,
             GError **error)
{
  return !mdoc_exchange_is (work->exchange, MDOC_EXCHANGE_CREDENTIAL_ISSUED)
         || mdoc_register_set_exchange (self,
                                        call,
                                        work->exchange,
                                        MDOC_EXCHANGE_CREDENTIAL_ACKED,
                                        NULL,
                                        error);
}

static int
compare_bytes (gconstpointer a, gconstpointer b)
{
  return g_bytes_compare (*(GBytes *const *) a, *(GBytes *const *) b);
}

/* of one copy its own; of several the digest of theirs, sorted */
static char *
combine_digests (GPtrArray *digests)
{
  g_autofree MdocSpan *parts = g_new (MdocSpan, digests->len);
  guint8 digest[MDOC_HASH_MAX_LEN];

  g_ptr_array_sort (digests, compare_bytes);
  for (guint i = 0; i < digests->len; i++)
    parts[i] = mdoc_span_from_bytes (digests->pdata[i]);
  mdoc_hash_compute (MDOC_HASH_SHA256, parts, digests->len, digest);
  return mdoc_base64url_encode (MDOC_SPAN (digest, 32));
}

static gboolean
check_digest (MdocRegister *self,
              const MdocGenerationRow *generation,
              const char *digest,
              GError **error)
{
  g_autoptr (GPtrArray) digests = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT digest FROM copy WHERE generation = ?",
                          ARG_INT (generation->row));
  g_autofree char *all = NULL;
  gboolean has_row = TRUE;

  if (cursor == NULL)
    return FALSE;
  while (has_row)
    {
      const char *text;
      GBytes *raw;

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      text = has_row ? mdoc_cursor_get_text (cursor, 0) : NULL;
      if (text == NULL)
        continue;
      if (strcmp (text, digest) == 0)
        return TRUE;
      raw = mdoc_base64url_decode (text, 64, NULL);
      if (raw != NULL)
        g_ptr_array_add (digests, raw);
    }

  all = combine_digests (digests);
  return (digests->len > 1 && strcmp (all, digest) == 0)
         || mdoc_register_refuse (error,
                                  MDOC_REGISTER_ERROR_DIGEST,
                                  "Those are not the bytes that were issued");
}

static gboolean
receive (MdocRegister *self,
         const MdocRegisterCall *call,
         const char *thumb,
         const char *mid_uid,
         guint n,
         const char *digest,
         GError **error)
{
  g_autoptr (MdocGenerationRow) generation = NULL;
  g_auto (Case) work = { 0 };

  if (!load_case (self, thumb, mid_uid, &work, error)
      || !mdoc_register_find_generation (&self->writer,
                                         work.held->row,
                                         n,
                                         &generation,
                                         error))
    return FALSE;
  if (n == 0 || generation == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "There is no such generation");
  if (strcmp (generation->phase, "prepared") == 0
      || (strcmp (generation->phase, "discarded") == 0
          && generation->n > work.held->confirmed))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "That generation is not one to have");
  return check_digest (self, generation, digest, error)
         && acknowledge (self, call, &work, error)
         && mdoc_register_confirm (self, call, work.held, generation, error);
}

gboolean
mdoc_register_receive (MdocRegister *self,
                       const MdocRegisterCall *call,
                       const char *instance_thumbprint,
                       const char *mid_uid,
                       guint generation,
                       const char *digest,
                       GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = receive (self,
                     call,
                     instance_thumbprint,
                     mid_uid,
                     generation,
                     digest,
                     error);
  return mdoc_register_leave (self, is_done, error);
}

/* S0-53 to S0-56: ids only, and once */
static gboolean
tell_claimed (MdocRegister *self,
              const MdocRegisterCall *call,
              const Case *work,
              GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  const MdocEventParts event = {
    .type = "mIDClaimed",
    .cause = MDOC_CAUSE_ENROLLMENT,
    .correlation_id = work->exchange->view.correlation_id,
    .credential_id = work->held->credential_id,
    .mid_uid = work->held->mid_uid,
    .exchange_id = work->exchange->view.id,
    .is_final = TRUE,
    .data = data,
  };

  json_object_set_string_member (data, "deviceId", work->held->device_id);
  if (work->held->client_type != NULL)
    json_object_set_string_member (data, "clientType", work->held->client_type);
  return mdoc_register_write_event (self, call, &event, error);
}

/* E8, with E7 before it if nobody said so (E8b) */
static gboolean
accept (MdocRegister *self,
        const MdocRegisterCall *call,
        Case *work,
        GError **error)
{
  if (mdoc_exchange_is (work->exchange, MDOC_EXCHANGE_CREDENTIAL_ACCEPTED))
    return TRUE;
  if (!mdoc_exchange_is (work->exchange, REVIEW_STATUS))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "There is nothing to accept");

  if (!acknowledge (self, call, work, error)
      || !confirm_last (self, call, work->held, error)
      || !mdoc_register_set_exchange (self,
                                      call,
                                      work->exchange,
                                      MDOC_EXCHANGE_CREDENTIAL_ACCEPTED,
                                      NULL,
                                      error))
    return FALSE;
  if (strcmp (work->held->credential_state, MDOC_STATE_PENDING) == 0
      && !mdoc_register_set_credential_state (self,
                                              call,
                                              work->held->credential,
                                              MDOC_STATE_ACTIVE,
                                              error))
    return FALSE;
  /* revoked while the holder looked at it: then it does not become active */
  if (strcmp (work->held->state, MDOC_STATE_ISSUED) == 0
      && (!mdoc_register_set_held_state (self,
                                         call,
                                         work->held,
                                         MDOC_STATE_ACTIVE,
                                         error)
          || !tell_claimed (self, call, work, error)))
    return FALSE;
  return mdoc_register_tell_group (self, call, work->exchange, error);
}

gboolean
mdoc_register_accept (MdocRegister *self,
                      const MdocRegisterCall *call,
                      const char *instance_thumbprint,
                      const char *mid_uid,
                      GError **error)
{
  g_auto (Case) work = { 0 };
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = load_case (self, instance_thumbprint, mid_uid, &work, error)
            && accept (self, call, &work, error);
  return mdoc_register_leave (self, is_done, error);
}

static gboolean
delete_exchange (MdocRegister *self,
                 const MdocRegisterCall *call,
                 Case *work,
                 const char *phase,
                 GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();

  json_object_set_string_member (data, "phase", phase);
  return mdoc_register_set_exchange (self,
                                     call,
                                     work->exchange,
                                     MDOC_EXCHANGE_CREDENTIAL_DELETED,
                                     data,
                                     error)
         && mdoc_register_tell_group (self, call, work->exchange, error);
}

/* E10: its places are invalid, and another one may be issued */
static gboolean
decline (MdocRegister *self,
         const MdocRegisterCall *call,
         Case *work,
         GError **error)
{
  if (mdoc_exchange_is (work->exchange, MDOC_EXCHANGE_CREDENTIAL_DELETED))
    return TRUE;
  if (!mdoc_exchange_is (work->exchange, REVIEW_STATUS))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "There is nothing to decline");
  return delete_exchange (self, call, work, "review", error)
         && mdoc_register_set_held_state (self,
                                          call,
                                          work->held,
                                          MDOC_STATE_REMOVED,
                                          error)
         && mdoc_register_publish (self, work->held, error);
}

gboolean
mdoc_register_decline (MdocRegister *self,
                       const MdocRegisterCall *call,
                       const char *instance_thumbprint,
                       const char *mid_uid,
                       GError **error)
{
  g_auto (Case) work = { 0 };
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = load_case (self, instance_thumbprint, mid_uid, &work, error)
            && decline (self, call, &work, error);
  return mdoc_register_leave (self, is_done, error);
}

/* claims are forgotten, if nobody else has the credential */
static gboolean
purge_claims (MdocRegister *self,
              const MdocRegisterCall *call,
              const MdocHeldRow *held,
              GError **error)
{
  gint64 n_others;

  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &n_others,
                        error,
                        "SELECT count(*) FROM device_credential WHERE"
                        " credential = ? AND id <> ? AND state IN ('issued',"
                        " 'active', 'suspended')",
                        ARG_INT (held->credential),
                        ARG_INT (held->row)))
    return FALSE;
  if (n_others > 0)
    return TRUE;
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE credential SET claims = NULL WHERE id = ?",
                      ARG_INT (held->credential))
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE exchange SET claims = NULL WHERE"
                         " credential_id = ?",
                         ARG_TEXT (held->credential_id))
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "credential.claims_purged",
                                           .credential_id = held->credential_id,
                                           .mid_uid = held->mid_uid },
                                       error);
}

static gboolean
tell_removed (MdocRegister *self,
              const MdocRegisterCall *call,
              const Case *work,
              const char *cleanup,
              GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  const MdocEventParts event = {
    .type = "deviceCredentialRemoved",
    .credential_id = work->held->credential_id,
    .mid_uid = work->held->mid_uid,
    .is_final = TRUE,
    .data = data,
  };

  json_object_set_int_member (data, "at", mdoc_call_get_s (call));
  json_object_set_string_member (data, "cleanup", cleanup);
  return mdoc_register_write_event (self, call, &event, error);
}

/* S0-81 */
static const char *
get_cleanup (MdocRegister *self, const MdocHeldRow *held)
{
  static const char *const names[] = {
    [MDOC_ON_REMOVAL_NONE] = "none",
    [MDOC_ON_REMOVAL_REVOKE] = "revoke_device",
    [MDOC_ON_REMOVAL_PURGE] = "purge"
  };
  g_autoptr (MdocProfile) profile
      = mdoc_register_load_profile (self,
                                    &self->writer,
                                    held->profile_id,
                                    held->profile_version,
                                    NULL);

  if (profile == NULL)
    return names[MDOC_ON_REMOVAL_NONE];
  return names[mdoc_profile_get_settings (profile)->on_removal];
}

static gboolean
forget_device_work (MdocRegister *self, const MdocHeldRow *held, GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "DELETE FROM action WHERE device = ? AND mid_uid = ? AND"
                      " acked_at = 0",
                      ARG_INT (held->device),
                      ARG_TEXT (held->mid_uid))
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE copy SET issuer_signed = NULL WHERE"
                         " generation IN (SELECT id FROM generation WHERE"
                         " device_credential = ?)",
                         ARG_INT (held->row));
}

/* E11; before it was accepted it is E10 */
static gboolean
remove_held (MdocRegister *self,
             const MdocRegisterCall *call,
             Case *work,
             const char *cleanup,
             GError **error)
{
  const char *phase = mdoc_exchange_is (work->exchange, REVIEW_STATUS)
                          ? "review"
                          : "held";

  if (strcmp (work->held->state, MDOC_STATE_REMOVED) == 0)
    return TRUE;
  if (strcmp (cleanup, "revoke_device") == 0
      && strcmp (work->held->state, MDOC_STATE_REVOKED) != 0
      && !mdoc_register_tell_state (self,
                                    call,
                                    work->held,
                                    work->held->state,
                                    MDOC_STATE_REVOKED,
                                    error))
    return FALSE;

  return mdoc_register_set_held_state (self,
                                       call,
                                       work->held,
                                       MDOC_STATE_REMOVED,
                                       error)
         && mdoc_register_publish (self, work->held, error)
         && forget_device_work (self, work->held, error)
         && mdoc_register_close_targets (self,
                                         call,
                                         work->held,
                                         G_MAXINT64,
                                         "removed",
                                         error)
         && (strcmp (cleanup, "purge") != 0
             || purge_claims (self, call, work->held, error))
         && (!mdoc_exchange_is (work->exchange,
                                REVIEW_STATUS " credential_accepted")
             || delete_exchange (self, call, work, phase, error))
         && tell_removed (self, call, work, cleanup, error);
}

gboolean
mdoc_register_remove (MdocRegister *self,
                      const MdocRegisterCall *call,
                      const char *instance_thumbprint,
                      const char *mid_uid,
                      const char **ret_cleanup,
                      GError **error)
{
  g_auto (Case) work = { 0 };
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = load_case (self, instance_thumbprint, mid_uid, &work, error);
  if (is_done)
    {
      *ret_cleanup = get_cleanup (self, work.held);
      is_done = remove_held (self, call, &work, *ret_cleanup, error);
    }
  return mdoc_register_leave (self, is_done, error);
}

/* What a device could not use: what it had before is what counts again. */
static gboolean
discard (MdocRegister *self,
         const MdocRegisterCall *call,
         const Case *work,
         const MdocGenerationRow *generation,
         GError **error)
{
  if (strcmp (generation->phase, "delivered") != 0)
    return TRUE;
  return mdoc_register_set_entries (self,
                                    generation->row,
                                    MDOC_STATUS_INVALID,
                                    error)
         && mdoc_register_set_phase (self, generation->row, "discarded", error)
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE device_credential SET newest = confirmed,"
                         " valid_until = coalesce((SELECT valid_until FROM"
                         " generation g WHERE g.device_credential ="
                         " device_credential.id AND g.n = confirmed), 0),"
                         " updated_at = ? WHERE id = ? AND newest = ?",
                         ARG_INT (mdoc_call_get_s (call)),
                         ARG_INT (work->held->row),
                         ARG_INT (generation->n))
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "generation.discarded",
                                           .credential_id = work->held
                                                                ->credential_id,
                                           .mid_uid = work->held->mid_uid },
                                       error);
}

/* E12 */
static gboolean
fail (MdocRegister *self,
      const MdocRegisterCall *call,
      Case *work,
      GError **error)
{
  return mdoc_register_set_held_state (self,
                                       call,
                                       work->held,
                                       MDOC_STATE_ABANDONED,
                                       error)
         && mdoc_register_publish (self, work->held, error)
         && mdoc_register_end_exchange (self,
                                        call,
                                        work->exchange,
                                        MDOC_EXCHANGE_ISSUANCE_FAILED,
                                        "failed",
                                        error);
}

static gboolean
take_notice (MdocRegister *self,
             const MdocRegisterCall *call,
             Case *work,
             MdocGenerationRow *generation,
             MdocRegisterNotice notice,
             GError **error)
{
  gboolean is_review = mdoc_exchange_is (work->exchange, REVIEW_STATUS);
  gboolean is_accepted = mdoc_exchange_is (work->exchange,
                                           MDOC_EXCHANGE_CREDENTIAL_ACCEPTED);

  /* said before, or of something that is over */
  if (!is_review && !is_accepted)
    return TRUE;
  if (notice == MDOC_REGISTER_NOTIFY_ACCEPTED)
    return is_review ? accept (self, call, work, error)
                     : mdoc_register_confirm (self,
                                              call,
                                              work->held,
                                              generation,
                                              error);
  if (is_accepted && strcmp (generation->phase, "delivered") == 0)
    return discard (self, call, work, generation, error);
  if (notice == MDOC_REGISTER_NOTIFY_DELETED)
    return is_review ? decline (self, call, work, error)
                     : remove_held (self,
                                    call,
                                    work,
                                    get_cleanup (self, work->held),
                                    error);
  return !is_review || fail (self, call, work, error);
}

static gboolean
has_item (const MdocRegisterAccess *access, const char *mid_uid)
{
  for (guint i = 0; i < access->items->len; i++)
    {
      const MdocRegisterTokenItem *item = access->items->pdata[i];

      if (strcmp (item->mid_uid, mid_uid) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
find_notified (MdocRegister *self,
               const char *notification_id,
               char **ret_mid_uid,
               gint64 *ret_n,
               GError **error)
{
  g_autoptr (MdocCursor) cursor = NULL;
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gboolean has_row;

  mdoc_register_hash (self, "notification", notification_id, hash);
  cursor = mdoc_cursor_open (&self->writer,
                             error,
                             "SELECT h.mid_uid, g.n FROM generation g JOIN"
                             " device_credential h ON h.id ="
                             " g.device_credential WHERE"
                             " g.notification_hash = ? AND"
                             " g.phase <> 'prepared'",
                             ARG_HASH (hash));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOTIFICATION,
                                 "There is no such notification_id");
  *ret_mid_uid = mdoc_cursor_dup_text (cursor, 0);
  *ret_n = mdoc_cursor_get_int (cursor, 1);
  return TRUE;
}

static gboolean
notify (MdocRegister *self,
        const MdocRegisterCall *call,
        const MdocRegisterAccess *access,
        const char *notification_id,
        MdocRegisterNotice notice,
        GError **error)
{
  g_autoptr (MdocGenerationRow) generation = NULL;
  g_autofree char *mid_uid = NULL;
  g_auto (Case) work = { 0 };
  gint64 n = 0;

  if (!find_notified (self, notification_id, &mid_uid, &n, error))
    return FALSE;
  if (!has_item (access, mid_uid))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOTIFICATION,
                                 "There is no such notification_id");

  work.held = mdoc_register_load_held (&self->writer, mid_uid, error);
  if (work.held == NULL)
    return FALSE;
  work.exchange = mdoc_register_load_exchange (&self->writer,
                                               MDOC_EXCHANGE_BY_ROW,
                                               NULL,
                                               work.held->exchange,
                                               error);
  return work.exchange != NULL
         && mdoc_register_find_generation (&self->writer,
                                           work.held->row,
                                           n,
                                           &generation,
                                           error)
         && take_notice (self, call, &work, generation, notice, error);
}

gboolean
mdoc_register_notify (MdocRegister *self,
                      const MdocRegisterCall *call,
                      const MdocRegisterAccess *access,
                      const char *notification_id,
                      MdocRegisterNotice notice,
                      GError **error)
{
  gboolean is_done;

  if (!mdoc_register_check_text (notification_id,
                                 "The notification_id",
                                 512,
                                 error)
      || !mdoc_register_enter (self, error))
    return FALSE;
  is_done = notify (self, call, access, notification_id, notice, error);
  return mdoc_register_leave (self, is_done, error);
}

static gboolean
recover (MdocRegister *self,
         const MdocRegisterCall *call,
         const char *thumb,
         const char *mid_uid,
         const char *device_key_thumbprint,
         const char *code,
         GError **error)
{
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  g_auto (Case) work = { 0 };
  gint64 n_found, grant;

  if (!load_case (self, thumb, mid_uid, &work, error)
      || !mdoc_db_get_int (&self->writer,
                           0,
                           &n_found,
                           error,
                           "SELECT count(*) FROM copy c JOIN generation g ON"
                           " g.id = c.generation WHERE g.device_credential = ?"
                           " AND c.key_thumb = ?",
                           ARG_INT (work.held->row),
                           ARG_TEXT (device_key_thumbprint)))
    return FALSE;
  if (n_found == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "That is no key of it");
  if (!mdoc_exchange_is (work.exchange, REVIEW_STATUS " credential_accepted"))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_REMOVED,
                                 "There is nothing to recover");

  mdoc_register_hash (self, MDOC_FOR_CODE, code, hash);
  return mdoc_register_insert_grant (self, call, thumb, NULL, &grant, error)
         && mdoc_register_add_grant_item (self,
                                          grant,
                                          work.exchange->row,
                                          error)
         && mdoc_db_run (&self->writer,
                         error,
                         "INSERT INTO code (hash, kind, grant, thumb,"
                         " expires_at) VALUES (?, ?, ?, ?, ?)",
                         ARG_HASH (hash),
                         ARG_INT (MDOC_REGISTER_PRE_AUTHORIZED_CODE),
                         ARG_INT (grant),
                         ARG_TEXT (thumb),
                         ARG_INT (mdoc_call_get_s (call)
                                  + MDOC_REGISTER_CODE_S))
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "tokens.recovered",
                                           .credential_id = work.held
                                                                ->credential_id,
                                           .mid_uid = mid_uid },
                                       error);
}

char *
mdoc_register_recover (MdocRegister *self,
                       const MdocRegisterCall *call,
                       const char *instance_thumbprint,
                       const char *mid_uid,
                       const char *device_key_thumbprint,
                       GError **error)
{
  g_autofree char *code = mdoc_register_make_secret_text ();
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return NULL;
  is_done = recover (self,
                     call,
                     instance_thumbprint,
                     mid_uid,
                     device_key_thumbprint,
                     code,
                     error);
  return mdoc_register_leave (self, is_done, error) ? g_steal_pointer (&code)
                                                    : NULL;
}
