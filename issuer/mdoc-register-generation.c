/*
 * mdoc-register-generation.c - what is to be signed: times, keys, places
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-job.h"

#define DAY_S      ((gint64) 24 * 3600)
#define HOUR_S     ((gint64) 3600)
#define MINUTE_S   ((gint64) 60)
#define MSO_ID_LEN 16

void
mdoc_register_credential_free (MdocRegisterCredential *self)
{
  if (self == NULL)
    return;

  g_free (self->exchange_id);
  g_free (self->mid_uid);
  g_free (self->credential_id);
  g_free (self->cause);
  g_clear_pointer (&self->profile, mdoc_profile_unref);
  g_free (self->claims_json);
  g_clear_pointer (&self->copies, g_ptr_array_unref);
  g_free (self->notification_id);
  g_free (self->transaction_id);
  g_free (self);
}

void
mdoc_issue_job_clear (MdocIssueJob *job)
{
  g_clear_pointer (&job->keys, g_ptr_array_unref);
  g_strfreev (job->thumbs);
  g_clear_pointer (&job->exchange, mdoc_exchange_row_free);
  g_clear_pointer (&job->profile, mdoc_profile_unref);
  g_clear_pointer (&job->held, mdoc_held_row_free);
}

gint64
mdoc_issue_job_get_now_s (const MdocIssueJob *job)
{
  return mdoc_call_get_s (job->call);
}

/* What tells one holder from another least: whole hours, where they are short
 * against the life (ISO/IEC 18013-5, E.10). */
static gint64
get_signed_at (const MdocIssueJob *job)
{
  gint64 ttl_s = mdoc_profile_get_settings (job->profile)->ttl_s;
  gint64 now_s = mdoc_issue_job_get_now_s (job);
  gint64 unit_s = ttl_s == MDOC_PROFILE_NO_TTL || ttl_s >= DAY_S ? HOUR_S
                  : ttl_s >= HOUR_S                              ? MINUTE_S
                                                                 : 1;

  return MAX (now_s - now_s % unit_s, MIN (job->not_before_s, now_s));
}

static gboolean
set_validity (const MdocIssueJob *job,
              MdocRegisterCredential *result,
              GError **error)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (
      job->profile);
  gint64 expiry_s = job->held->document_expiry_s;
  gint64 until_s = job->not_after_s;
  gint64 life_s, window_s;

  result->signed_at_s = get_signed_at (job);
  if (settings->ttl_s != MDOC_PROFILE_NO_TTL)
    until_s = MIN (until_s, result->signed_at_s + settings->ttl_s);
  if (expiry_s != 0)
    until_s = MIN (until_s, expiry_s);
  if (until_s <= mdoc_issue_job_get_now_s (job))
    return mdoc_register_refuse (error,
                                 expiry_s != 0 && until_s == expiry_s
                                     ? MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED
                                     : MDOC_REGISTER_ERROR_STATE,
                                 "It would be over before it began");

  result->valid_until_s = until_s;
  result->expected_update_s = 0;
  /* what ends with the document has nothing to be renewed to */
  if (until_s == expiry_s || !(settings->features & MDOC_FEATURE_RENEWAL))
    return TRUE;
  life_s = until_s - result->signed_at_s;
  window_s = settings->renewal_window_s;
  if (window_s == 0 || window_s >= life_s)
    window_s = MAX (life_s / 5, MIN (3 * DAY_S, life_s / 2));
  result->expected_update_s = until_s - window_s;
  return TRUE;
}

static gboolean
add_copy (MdocIssueJob *job, gint64 generation, guint i, GError **error)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (
      job->profile);
  g_autoptr (GBytes) spki = mdoc_public_key_to_spki (job->keys->pdata[i]);
  gboolean has_list = (settings->status & MDOC_PROFILE_STATUS_TSL) != 0;
  gboolean has_id = (settings->status & MDOC_PROFILE_STATUS_IDLIST) != 0;
  g_autofree char *list_id = NULL;
  g_autofree char *id_list_id = NULL;
  guint8 mso_id[MSO_ID_LEN];
  gint64 list = 0, id_list = 0;
  guint64 idx = 0, ignored;

  /* S0-14: without the feature there is nothing to look it up in */
  if (!(settings->features & MDOC_FEATURE_STATUS_LIST))
    has_list = has_id = FALSE;
  if (has_list
      && !mdoc_register_take_place (job->self,
                                    settings->signer,
                                    settings->status_bits,
                                    &list,
                                    &list_id,
                                    &idx,
                                    error))
    return FALSE;
  if (has_id
      && !mdoc_register_take_place (job->self,
                                    settings->signer,
                                    0,
                                    &id_list,
                                    &id_list_id,
                                    &ignored,
                                    error))
    return FALSE;

  mdoc_random_fill (mso_id, sizeof mso_id);
  return mdoc_db_run (&job->self->writer,
                      error,
                      "INSERT INTO copy (generation, key_thumb, key_spki, "
                      "list, idx, id_list,"
                      " mso_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
                      ARG_INT (generation),
                      ARG_TEXT (job->thumbs[i]),
                      ARG_BYTES (spki),
                      has_list ? ARG_INT (list) : ARG_TEXT (NULL),
                      has_list ? ARG_INT ((gint64) idx) : ARG_TEXT (NULL),
                      has_id ? ARG_INT (id_list) : ARG_TEXT (NULL),
                      ARG_BLOB (MDOC_SPAN (mso_id, sizeof mso_id)));
}

/* S0-16: the operation that it comes from, if that was one of the issuer */
static gboolean
find_correlation (MdocIssueJob *job,
                  const char *cause,
                  char **ret_id,
                  GError **error)
{
  g_autoptr (MdocCursor) cursor = NULL;
  gboolean has_row;

  *ret_id = NULL;
  if (strcmp (cause, MDOC_CAUSE_ENROLLMENT) == 0)
    {
      *ret_id = g_strdup (job->exchange->view.correlation_id);
      return TRUE;
    }
  if (strcmp (cause, MDOC_CAUSE_ATTRIBUTE_UPDATE) != 0)
    return TRUE;

  cursor = mdoc_cursor_open (&job->self->writer,
                             error,
                             "SELECT u.correlation_id FROM update_target t JOIN"
                             " attribute_update u ON u.id = t.attribute_update"
                             " WHERE t.device_credential = ? AND t.result IS"
                             " NULL ORDER BY u.id DESC LIMIT 1",
                             ARG_INT (job->held->row));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (has_row)
    *ret_id = mdoc_cursor_dup_text (cursor, 0);
  return TRUE;
}

gboolean
mdoc_issue_job_add_generation (MdocIssueJob *job,
                               const char *cause,
                               gint64 n,
                               MdocRegisterCredential *result,
                               GError **error)
{
  g_autofree char *correlation_id = NULL;
  g_autofree char *notification_id
      = mdoc_register_derive_notification (job->self, job->held->mid_uid, n);
  guint8 notification[MDOC_REGISTER_HASH_LEN];
  gint64 row;

  mdoc_register_hash (job->self, "notification", notification_id, notification);
  if (!set_validity (job, result, error)
      || !find_correlation (job, cause, &correlation_id, error)
      || !mdoc_db_run (
          &job->self->writer,
          error,
          "INSERT INTO generation (device_credential, n, cause, phase,"
          " dataset, profile_version, signed_at, valid_until,"
          " expected_update, notification_hash, keys_hash, correlation_id)"
          " VALUES (?, ?, ?, 'prepared', ?, ?, ?, ?, ?, ?, ?, ?)",
          ARG_INT (job->held->row),
          ARG_INT (n),
          ARG_TEXT (cause),
          ARG_INT (job->held->dataset),
          ARG_INT (job->held->profile_version),
          ARG_INT (result->signed_at_s),
          ARG_INT (result->valid_until_s),
          ARG_INT (result->expected_update_s),
          ARG_HASH (notification),
          ARG_HASH (job->keys_hash),
          ARG_TEXT (correlation_id)))
    return FALSE;

  row = mdoc_db_get_last_row (&job->self->writer);
  for (guint i = 0; i < job->keys->len; i++)
    if (!add_copy (job, row, i, error))
      return FALSE;
  /* its places say what those before it say */
  if (strcmp (mdoc_held_get_effective (job->held,
                                       mdoc_issue_job_get_now_s (job)),
              MDOC_STATE_SUSPENDED)
          == 0
      && !mdoc_register_publish (job->self, job->held, error))
    return FALSE;
  result->copies = mdoc_register_load_copies (&job->self->writer, row, error);
  return result->copies != NULL;
}

MdocRegisterCredential *
mdoc_issue_job_start (const MdocIssueJob *job, const char *cause, gint64 n)
{
  MdocRegisterCredential *result = g_new0 (MdocRegisterCredential, 1);

  result->next = MDOC_REGISTER_SIGN;
  result->exchange_id = g_strdup (job->exchange->view.id);
  result->mid_uid = g_strdup (job->held->mid_uid);
  result->credential_id = g_strdup (job->held->credential_id);
  result->generation = (guint) n;
  result->cause = g_strdup (cause);
  result->profile = mdoc_profile_ref (job->profile);
  result->claims_json = g_strdup (job->held->claims);
  result->notification_id
      = mdoc_register_derive_notification (job->self, job->held->mid_uid, n);
  return result;
}

MdocRegisterCredential *
mdoc_issue_job_repeat (MdocIssueJob *job,
                       const MdocGenerationRow *generation,
                       GError **error)
{
  g_autoptr (MdocRegisterCredential) result
      = mdoc_issue_job_start (job, generation->cause, generation->n);

  result->signed_at_s = generation->signed_at_s;
  result->valid_until_s = generation->valid_until_s;
  result->expected_update_s = generation->expected_update_s;
  if (strcmp (generation->phase, "prepared") != 0)
    result->next = MDOC_REGISTER_SERVE;
  result->copies = mdoc_register_load_copies (&job->self->writer,
                                              generation->row,
                                              error);
  return result->copies == NULL ? NULL : g_steal_pointer (&result);
}
