/*
 * mdoc-register-prepare.c - the half of an issuance before the signature
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-register-job.h"
#include "openid/mdoc-jwk.h"

#define DAY_S           ((gint64) 24 * 3600)
#define FOR_TRANSACTION "transaction"
#define FOR_KEYS        "keys"
#define ISSUED_STATUS   "credential_issued credential_acked credential_accepted"

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* the same keys in another order are the same request */
static void
set_keys (MdocIssueJob *job, GPtrArray *keys)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  job->keys = g_ptr_array_ref (keys);
  job->thumbs = g_new0 (char *, keys->len + 1);
  for (guint i = 0; i < keys->len; i++)
    {
      job->thumbs[i] = mdoc_jwk_dup_thumbprint (keys->pdata[i]);
      g_ptr_array_add (sorted, job->thumbs[i]);
    }
  g_ptr_array_sort (sorted, compare_texts);
  g_ptr_array_add (sorted, NULL);
  joined = g_strjoinv (" ", (GStrv) sorted->pdata);
  mdoc_register_hash (job->self, FOR_KEYS, joined, job->keys_hash);
}

static gboolean
check_keys (const MdocIssueJob *job, GError **error)
{
  guint max = mdoc_profile_get_settings (job->profile)->batch_size;

  if (job->keys->len == 0 || job->keys->len > max)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_LIMIT,
                                 "There have to be 1 to %u keys",
                                 max);
  for (guint i = 0; i < job->keys->len; i++)
    for (guint j = 0; j < i; j++)
      if (strcmp (job->thumbs[i], job->thumbs[j]) == 0)
        return mdoc_register_refuse (error,
                                     MDOC_REGISTER_ERROR_LIMIT,
                                     "A key is there twice");
  return TRUE;
}

static gboolean
is_same_keys (const MdocIssueJob *job, const MdocGenerationRow *generation)
{
  return mdoc_span_equal (mdoc_span_from_bytes (generation->keys_hash),
                          MDOC_SPAN (job->keys_hash, sizeof job->keys_hash));
}

/* Which credential of the token: (transfer none) (nullable) */
static const MdocRegisterTokenItem *
find_item (MdocDb *db,
           const MdocRegisterAccess *access,
           const char *identifier,
           const char *configuration_id,
           GError **error)
{
  const MdocRegisterTokenItem *first = NULL;

  for (guint i = 0; i < access->items->len; i++)
    {
      const MdocRegisterTokenItem *item = access->items->pdata[i];
      g_autoptr (MdocExchangeRow) exchange = NULL;

      if (identifier != NULL)
        {
          if (strcmp (identifier, item->mid_uid) == 0)
            return item;
          continue;
        }
      if (g_strcmp0 (configuration_id, item->configuration_id) != 0)
        continue;
      if (first == NULL)
        first = item;
      exchange = mdoc_register_load_exchange (db,
                                              MDOC_EXCHANGE_BY_UID,
                                              item->exchange_id,
                                              0,
                                              error);
      if (exchange == NULL)
        return NULL;
      if (mdoc_exchange_is (exchange, MDOC_EXCHANGE_TOKEN_ISSUED))
        return item;
    }

  if (first == NULL)
    mdoc_register_refuse (error,
                          MDOC_REGISTER_ERROR_IDENTIFIER,
                          "The token is not for that credential");
  return first;
}

/* Renewal keeps to the version it was issued by; what is reprovisioned has the
 * newer one in its credential already (lifecycle, C14). */
static MdocProfile *
load_profile_of (MdocRegister *self,
                 MdocDb *db,
                 const MdocExchangeRow *exchange,
                 GError **error)
{
  g_autoptr (MdocHeldRow) held = NULL;

  if (!mdoc_register_find_held (db, exchange->view.mid_uid, &held, error))
    return NULL;
  return mdoc_register_load_profile (self,
                                     db,
                                     exchange->view.profile_id,
                                     held != NULL
                                         ? held->profile_version
                                         : exchange->view.profile_version,
                                     error);
}

MdocProfile *
mdoc_register_find_profile (MdocRegister *self,
                            const MdocRegisterAccess *access,
                            const char *identifier,
                            const char *configuration_id,
                            GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  g_autoptr (MdocExchangeRow) exchange = NULL;
  const MdocRegisterTokenItem *item;
  MdocProfile *profile = NULL;

  if (db == NULL)
    return NULL;
  item = find_item (db, access, identifier, configuration_id, error);
  if (item != NULL)
    exchange = mdoc_register_load_exchange (db,
                                            MDOC_EXCHANGE_BY_UID,
                                            item->exchange_id,
                                            0,
                                            error);
  if (exchange != NULL)
    profile = load_profile_of (self, db, exchange, error);
  mdoc_register_return_reader (self, db);
  return profile;
}

/* Is there a living one already (lifecycle, C16)? */
static gboolean
check_unique (MdocIssueJob *job, gint64 device, GError **error)
{
  MdocUniqueness uniqueness = mdoc_profile_get_settings (job->profile)
                                  ->uniqueness;
  gint64 n_found = 0;

  if (uniqueness == MDOC_UNIQUENESS_PERSON
      && !mdoc_db_get_int (&job->self->writer,
                           0,
                           &n_found,
                           error,
                           "SELECT count(*) FROM credential c JOIN"
                           " device_credential h ON h.credential = c.id WHERE"
                           " c.person_id = ? AND c.profile_id = ? AND c.state"
                           " <> 'revoked' AND h.state IN ('issued', 'active',"
                           " 'suspended') AND h.exchange <> ? AND h.newest > 0",
                           ARG_TEXT (job->exchange->view.person_id),
                           ARG_TEXT (job->exchange->view.profile_id),
                           ARG_INT (job->exchange->row)))
    return FALSE;
  if (uniqueness == MDOC_UNIQUENESS_DEVICE
      && !mdoc_db_get_int (&job->self->writer,
                           0,
                           &n_found,
                           error,
                           "SELECT count(*) FROM device_credential h JOIN"
                           " credential c ON c.id = h.credential WHERE"
                           " h.device = ? AND c.profile_id = ? AND c.state"
                           " <> 'revoked' AND h.state IN ('issued', 'active',"
                           " 'suspended') AND h.exchange <> ? AND h.newest > 0",
                           ARG_INT (device),
                           ARG_TEXT (job->exchange->view.profile_id),
                           ARG_INT (job->exchange->row)))
    return FALSE;
  if (n_found == 0)
    return TRUE;

  if (!mdoc_register_end_exchange (job->self,
                                   job->call,
                                   job->exchange,
                                   MDOC_EXCHANGE_ISSUANCE_DENIED,
                                   "not_unique",
                                   error))
    return FALSE;
  mdoc_register_keep_refusal (job->self);
  return mdoc_register_refuse (error,
                               MDOC_REGISTER_ERROR_DENIED,
                               "There is one already");
}

/* the device behind the DPoP key; one of its own for a token without */
static gboolean
find_device (MdocIssueJob *job, gint64 *ret_device, GError **error)
{
  MdocDb *db = &job->self->writer;
  const char *thumb = job->access->dpop_thumbprint;
  g_autofree char *uid = NULL;

  *ret_device = 0;
  if (thumb != NULL
      && !mdoc_db_get_int (db,
                           0,
                           ret_device,
                           error,
                           "SELECT id FROM device WHERE thumb = ?",
                           ARG_TEXT (thumb)))
    return FALSE;
  if (*ret_device != 0)
    return TRUE;

  uid = mdoc_register_make_uuid ();
  if (!mdoc_db_run (db,
                    error,
                    "INSERT INTO device (uid, thumb, created_at, last_seen)"
                    " VALUES (?1, ?2, ?3, ?3)",
                    ARG_TEXT (uid),
                    ARG_TEXT (thumb),
                    ARG_INT (mdoc_issue_job_get_now_s (job))))
    return FALSE;
  *ret_device = mdoc_db_get_last_row (db);
  return TRUE;
}

static gint64
get_document_expiry (const MdocIssueJob *job, const char *claims)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (
      job->profile);
  gint64 expiry_s = mdoc_profile_get_document_expiry (job->profile, claims);

  if (expiry_s == 0 && settings->lifetime_s != 0)
    expiry_s = mdoc_issue_job_get_now_s (job) + settings->lifetime_s;
  return expiry_s;
}

static gboolean
add_credential (MdocIssueJob *job, gint64 *ret_credential, GError **error)
{
  MdocRegisterExchange *view = &job->exchange->view;
  const MdocProfileSettings *settings = mdoc_profile_get_settings (
      job->profile);
  g_autofree char *uid = NULL;

  if (view->credential_id != NULL)
    return mdoc_db_get_int (&job->self->writer,
                            0,
                            ret_credential,
                            error,
                            "SELECT id FROM credential WHERE uid = ?",
                            ARG_TEXT (view->credential_id));

  uid = mdoc_register_make_uuid ();
  if (!mdoc_db_run (
          &job->self->writer,
          error,
          "INSERT INTO credential (uid, person_id, external_ref, profile_id,"
          " profile_version, state, dataset, claims, document_expiry,"
          " created_at, updated_at)"
          " VALUES (?1, ?2, ?3, ?4, ?5, 'pending', 1, ?6, ?7, ?8, ?8)",
          ARG_TEXT (uid),
          ARG_TEXT (view->person_id),
          ARG_TEXT (view->external_ref),
          ARG_TEXT (settings->id),
          ARG_INT (settings->version),
          ARG_TEXT (job->exchange->claims),
          ARG_INT (get_document_expiry (job, job->exchange->claims)),
          ARG_INT (mdoc_issue_job_get_now_s (job))))
    return FALSE;
  *ret_credential = mdoc_db_get_last_row (&job->self->writer);

  view->credential_id = g_steal_pointer (&uid);
  return mdoc_db_run (&job->self->writer,
                      error,
                      "UPDATE exchange SET credential_id = ? WHERE id = ?",
                      ARG_TEXT (view->credential_id),
                      ARG_INT (job->exchange->row));
}

/* The first time for this exchange: the credential and its instance. */
static gboolean
enroll (MdocIssueJob *job, GError **error)
{
  MdocRegisterExchange *view = &job->exchange->view;
  gint64 credential, device;

  if (!find_device (job, &device, error) || !check_unique (job, device, error)
      || !add_credential (job, &credential, error)
      || !mdoc_db_run (&job->self->writer,
                       error,
                       "INSERT INTO device_credential (mid_uid, credential,"
                       " device, exchange, state, created_at, updated_at)"
                       " VALUES (?1, ?2, ?3, ?4, 'issued', ?5, ?5)",
                       ARG_TEXT (view->mid_uid),
                       ARG_INT (credential),
                       ARG_INT (device),
                       ARG_INT (job->exchange->row),
                       ARG_INT (mdoc_issue_job_get_now_s (job))))
    return FALSE;
  job->held = mdoc_register_load_held (&job->self->writer,
                                       view->mid_uid,
                                       error);
  return job->held != NULL;
}

#define REFUSED_EVENT "deviceCredentialRenewalRefused"

/* A wallet may ask as often as it likes; what it makes us write about that are
 * as many as it has renewals a day. */
static gboolean
is_refusal_news (MdocIssueJob *job)
{
  gint64 n_told;

  return mdoc_db_get_int (&job->self->writer,
                          0,
                          &n_told,
                          NULL,
                          "SELECT count(*) FROM event WHERE subject = ? AND"
                          " type = '" REFUSED_EVENT "' AND time_ms > ?",
                          ARG_TEXT (job->held->mid_uid),
                          ARG_INT (job->call->now_ms - DAY_S * 1000))
         && n_told < mdoc_profile_get_settings (job->profile)
                         ->max_renewals_per_day;
}

/* Returns: (nullable): %NULL; it is told to the issuer too */
static MdocRegisterCredential *
refuse_renewal (MdocIssueJob *job, GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  const MdocEventParts event = {
    .type = REFUSED_EVENT,
    .cause = MDOC_CAUSE_MSO_RENEWAL,
    .credential_id = job->held->credential_id,
    .mid_uid = job->held->mid_uid,
    .data = data,
  };
  const MdocAuditParts audit = {
    .action = "renewal.refused",
    .credential_id = job->held->credential_id,
    .mid_uid = job->held->mid_uid,
    .detail = mdoc_register_error_get_name (*error),
  };

  json_object_set_string_member (data, "code", audit.detail);
  if (!g_error_matches (*error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_STORE)
      && is_refusal_news (job)
      && mdoc_register_write_event (job->self, job->call, &event, NULL)
      && mdoc_register_write_audit (job->self, job->call, &audit, NULL))
    mdoc_register_keep_refusal (job->self);
  return NULL;
}

static gboolean
count_renewal (MdocIssueJob *job, GError **error)
{
  gint64 today = mdoc_issue_job_get_now_s (job) / DAY_S;
  gint64 n_today = job->held->day == today ? job->held->n_today : 0;

  if (n_today >= mdoc_profile_get_settings (job->profile)->max_renewals_per_day)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_TOO_OFTEN,
                                 "It has been renewed too often today");
  return mdoc_db_run (&job->self->writer,
                      error,
                      "UPDATE device_credential SET day = ?, n_today = ?"
                      " WHERE id = ?",
                      ARG_INT (today),
                      ARG_INT (n_today + 1),
                      ARG_INT (job->held->row));
}

static const char *
get_cause (const MdocIssueJob *job)
{
  if (!mdoc_exchange_is (job->exchange, MDOC_EXCHANGE_CREDENTIAL_ACCEPTED))
    return MDOC_CAUSE_ENROLLMENT;
  return job->held->causes != 0 ? MDOC_CAUSE_ATTRIBUTE_UPDATE
                                : MDOC_CAUSE_MSO_RENEWAL;
}

static gboolean
check_renewal (MdocIssueJob *job, GError **error)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (
      job->profile);

  if (!mdoc_held_check_eligible (job->held,
                                 mdoc_issue_job_get_now_s (job),
                                 error))
    return FALSE;
  if (!(settings->features & MDOC_FEATURE_RENEWAL) && job->held->causes == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_FEATURE,
                                 "The profile has no renewal");
  if (job->held->claims == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_REMOVED,
                                 "Its claims have been forgotten");
  return TRUE;
}

/* A generation that follows another: a renewal, new attributes, or, before it
 * was accepted, other keys. */
static MdocRegisterCredential *
renew (MdocIssueJob *job, GError **error)
{
  g_autoptr (MdocRegisterCredential) result = NULL;
  g_autoptr (MdocGenerationRow) last = NULL;
  const char *cause = get_cause (job);
  gboolean is_renewal;

  if (!mdoc_register_find_generation (&job->self->writer,
                                      job->held->row,
                                      0,
                                      &last,
                                      error))
    return NULL;
  is_renewal = strcmp (cause, MDOC_CAUSE_ENROLLMENT) != 0;
  if (is_renewal && !check_renewal (job, error))
    return refuse_renewal (job, error);
  if (last != NULL && is_same_keys (job, last)
      && (strcmp (last->phase, "prepared") == 0
          || strcmp (last->phase, "delivered") == 0)
      && last->dataset == job->held->dataset
      && last->profile_version == job->held->profile_version
      && last->valid_until_s > mdoc_issue_job_get_now_s (job))
    return mdoc_issue_job_repeat (job, last, error);
  if ((is_renewal || last != NULL) && !count_renewal (job, error))
    return is_renewal ? refuse_renewal (job, error) : NULL;

  /* nobody has it: it was not even signed */
  if (last != NULL && strcmp (last->phase, "prepared") == 0
      && !mdoc_register_set_phase (job->self, last->row, "discarded", error))
    return NULL;
  result = mdoc_issue_job_start (job, cause, last != NULL ? last->n + 1 : 1);
  if (!mdoc_issue_job_add_generation (job,
                                      cause,
                                      (gint64) result->generation,
                                      result,
                                      error))
    return NULL;
  return g_steal_pointer (&result);
}

/* E4: it takes longer. The keys are kept for when it is time. */
static MdocRegisterCredential *
defer (MdocIssueJob *job, GError **error)
{
  g_autoptr (MdocRegisterCredential) result = NULL;
  g_autoptr (GString) keys = g_string_new (NULL);
  g_autofree char *transaction_id = mdoc_register_make_secret_text ();
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gboolean is_first;
  gint64 grant;

  for (guint i = 0; i < job->keys->len; i++)
    {
      g_autoptr (GBytes) spki = mdoc_public_key_to_spki (job->keys->pdata[i]);
      g_autofree char *text = mdoc_base64url_encode (
          mdoc_span_from_bytes (spki));

      g_string_append_printf (keys, "%s%s", i > 0 ? " " : "", text);
    }
  mdoc_register_hash (job->self, FOR_TRANSACTION, transaction_id, hash);
  if (!mdoc_db_get_int (&job->self->writer,
                        0,
                        &grant,
                        error,
                        "SELECT id FROM token_grant WHERE uid = ?",
                        ARG_TEXT (job->access->grant_id))
      /* its last token may have ended meanwhile */
      || (grant == 0
          && !mdoc_register_refuse (error,
                                    MDOC_REGISTER_ERROR_GRANT,
                                    "The token is not good, any more"))
      /* one at a time: a wallet that asks anew has forgotten the old one */
      || !mdoc_db_run (&job->self->writer,
                       error,
                       "DELETE FROM deferred WHERE exchange = ?",
                       ARG_INT (job->exchange->row)))
    return NULL;
  is_first = mdoc_db_get_n_changed (&job->self->writer) == 0;
  if (!mdoc_db_run (&job->self->writer,
                    error,
                    "INSERT INTO deferred (hash, exchange, grant, keys,"
                    " expires_at) VALUES (?, ?, ?, ?, ?)",
                    ARG_HASH (hash),
                    ARG_INT (job->exchange->row),
                    ARG_INT (grant),
                    ARG_TEXT (keys->str),
                    ARG_INT (mdoc_issue_job_get_now_s (job)
                             + MDOC_REGISTER_TRANSACTION_S)))
    return NULL;
  /* on record once, however often a wallet asks anew */
  if (is_first
      && !mdoc_register_write_audit (job->self,
                                     job->call,
                                     &(MdocAuditParts){
                                         .action = "exchange.deferred",
                                         .exchange_id = job->exchange->view.id,
                                         .mid_uid = job->exchange->view
                                                        .mid_uid },
                                     error))
    return NULL;

  result = g_new0 (MdocRegisterCredential, 1);
  result->next = MDOC_REGISTER_DEFERRED;
  result->exchange_id = g_strdup (job->exchange->view.id);
  result->mid_uid = g_strdup (job->exchange->view.mid_uid);
  result->profile = mdoc_profile_ref (job->profile);
  result->transaction_id = g_steal_pointer (&transaction_id);
  result->interval_s = mdoc_profile_get_settings (job->profile)
                           ->deferred_interval_s;
  return g_steal_pointer (&result);
}

static gboolean
refuse_ended (const MdocIssueJob *job, GError **error)
{
  if (mdoc_exchange_is (job->exchange, MDOC_EXCHANGE_CREDENTIAL_DELETED))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_REMOVED,
                                 "It has been removed");
  return mdoc_register_refuse (error,
                               MDOC_REGISTER_ERROR_DENIED,
                               "It is not issued: %s",
                               job->exchange->view.denial_code != NULL
                                   ? job->exchange->view.denial_code
                                   : job->exchange->view.status);
}

/* @may_defer: whether a wait begins here, or is what the wallet is in */
static MdocRegisterCredential *
prepare (MdocIssueJob *job, gboolean may_defer, GError **error)
{
  if (mdoc_exchange_is (job->exchange, MDOC_EXCHANGE_TOKEN_ISSUED)
      && !job->exchange->view.is_ready)
    {
      if (may_defer)
        return defer (job, error);
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_PENDING,
                            "It is not ready yet");
      return NULL;
    }
  if (!mdoc_exchange_is (job->exchange,
                         MDOC_EXCHANGE_TOKEN_ISSUED " " ISSUED_STATUS))
    {
      refuse_ended (job, error);
      return NULL;
    }
  if (!mdoc_register_find_held (&job->self->writer,
                                job->exchange->view.mid_uid,
                                &job->held,
                                error)
      || (job->held == NULL && !enroll (job, error)))
    return NULL;
  return renew (job, error);
}

static gboolean
load_job (MdocIssueJob *job, const char *exchange_id, GError **error)
{
  job->exchange = mdoc_register_load_exchange (&job->self->writer,
                                               MDOC_EXCHANGE_BY_UID,
                                               exchange_id,
                                               0,
                                               error);
  if (job->exchange == NULL)
    return FALSE;
  job->profile = load_profile_of (job->self,
                                  &job->self->writer,
                                  job->exchange,
                                  error);
  return job->profile != NULL && check_keys (job, error);
}

/* What is to be signed need not be on the disk before it is; but a wallet that
 * was told to wait has to find its transaction again. */
static MdocRegisterCredential *
finish (MdocRegister *self,
        MdocRegisterCredential *result,
        GError **fault,
        GError **error)
{
  gboolean is_done;

  if (result != NULL && result->next == MDOC_REGISTER_SIGN)
    is_done = mdoc_register_leave_relaxed (self, TRUE, fault);
  else
    is_done = mdoc_register_leave (self, result != NULL, fault);
  if (is_done)
    return result;

  mdoc_register_credential_free (result);
  g_propagate_error (error, g_steal_pointer (fault));
  return NULL;
}

/**
 * mdoc_register_prepare:
 * @self: a register
 * @call: who and when
 * @request: what for, and the keys
 * @error: return location for a #MdocRegisterError
 *
 * While the device has not confirmed a generation, the same keys get the same
 * one again (E6).
 *
 * Returns: (transfer full): what to do next
 */
MdocRegisterCredential *
mdoc_register_prepare (MdocRegister *self,
                       const MdocRegisterCall *call,
                       const MdocRegisterCredentialRequest *request,
                       GError **error)
{
  g_autoptr (MdocRegisterCredential) result = NULL;
  g_autoptr (GError) fault = NULL;
  const MdocRegisterTokenItem *item;
  g_auto (MdocIssueJob) job = {
    .self = self,
    .call = call,
    .access = request->access,
    .not_before_s = request->signer_not_before_s,
    .not_after_s = request->signer_not_after_s,
  };

  set_keys (&job, request->keys);
  if (!mdoc_register_enter (self, error))
    return NULL;
  item = find_item (&self->writer,
                    request->access,
                    request->identifier,
                    request->configuration_id,
                    &fault);
  if (item != NULL && load_job (&job, item->exchange_id, &fault))
    result = prepare (&job, TRUE, &fault);

  return finish (self, g_steal_pointer (&result), &fault, error);
}

/* @ret_keys: (element-type MdocPublicKey) */
static gboolean
find_transaction (MdocRegister *self,
                  MdocDb *db,
                  const MdocRegisterAccess *access,
                  const char *transaction_id,
                  gint64 now_s,
                  char **ret_exchange_id,
                  GPtrArray **ret_keys,
                  GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_public_key_unref);
  g_autoptr (MdocCursor) cursor = NULL;
  g_auto (GStrv) texts = NULL;
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gboolean has_row;

  mdoc_register_hash (self, FOR_TRANSACTION, transaction_id, hash);
  cursor = mdoc_cursor_open (db,
                             error,
                             "SELECT x.uid, d.keys FROM deferred d JOIN"
                             " exchange x ON x.id = d.exchange JOIN"
                             " token_grant g ON g.id = d.grant WHERE"
                             " d.hash = ? AND g.uid = ? AND d.expires_at > ?",
                             ARG_HASH (hash),
                             ARG_TEXT (access->grant_id),
                             ARG_INT (now_s));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_TRANSACTION,
                                 "There is no such transaction, any more");

  *ret_exchange_id = mdoc_cursor_dup_text (cursor, 0);
  texts = g_strsplit (mdoc_cursor_get_text (cursor, 1), " ", -1);
  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autoptr (GBytes) spki = mdoc_base64url_decode (texts[i], 4096, error);
      MdocPublicKey *key;

      if (spki == NULL)
        return FALSE;
      key = mdoc_public_key_new_from_spki (mdoc_span_from_bytes (spki), error);
      if (key == NULL)
        return FALSE;
      g_ptr_array_add (keys, key);
    }
  *ret_keys = g_steal_pointer (&keys);
  return TRUE;
}

MdocProfile *
mdoc_register_find_transaction (MdocRegister *self,
                                const MdocRegisterAccess *access,
                                const char *transaction_id,
                                GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  g_autoptr (MdocExchangeRow) exchange = NULL;
  g_autofree char *exchange_id = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  MdocProfile *profile = NULL;

  if (db == NULL)
    return NULL;
  if (find_transaction (self,
                        db,
                        access,
                        transaction_id,
                        0,
                        &exchange_id,
                        &keys,
                        error))
    exchange = mdoc_register_load_exchange (db,
                                            MDOC_EXCHANGE_BY_UID,
                                            exchange_id,
                                            0,
                                            error);
  if (exchange != NULL)
    profile = load_profile_of (self, db, exchange, error);
  mdoc_register_return_reader (self, db);
  return profile;
}

MdocRegisterCredential *
mdoc_register_prepare_deferred (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const MdocRegisterAccess *access,
                                const char *transaction_id,
                                gint64 signer_not_before_s,
                                gint64 signer_not_after_s,
                                GError **error)
{
  g_autoptr (MdocRegisterCredential) result = NULL;
  g_autofree char *exchange_id = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GError) fault = NULL;
  g_auto (MdocIssueJob) job = {
    .self = self,
    .call = call,
    .access = access,
    .not_before_s = signer_not_before_s,
    .not_after_s = signer_not_after_s,
  };

  if (!mdoc_register_check_text (transaction_id, "The transaction", 512, error)
      || !mdoc_register_enter (self, error))
    return NULL;
  if (find_transaction (self,
                        &self->writer,
                        access,
                        transaction_id,
                        mdoc_call_get_s (call),
                        &exchange_id,
                        &keys,
                        &fault))
    {
      set_keys (&job, keys);
      if (load_job (&job, exchange_id, &fault))
        result = prepare (&job, FALSE, &fault);
    }
  return finish (self, g_steal_pointer (&result), &fault, error);
}
