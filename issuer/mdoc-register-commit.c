/*
 * mdoc-register-commit.c - the half of an issuance after the signature
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-register-private.h"

static char *
digest_bytes (GBytes *bytes)
{
  const MdocSpan part = mdoc_span_from_bytes (bytes);
  guint8 digest[MDOC_HASH_MAX_LEN];

  mdoc_hash_compute (MDOC_HASH_SHA256, &part, 1, digest);
  return mdoc_base64url_encode (MDOC_SPAN (digest, 32));
}

static gboolean
store_bytes (MdocRegister *self,
             gint64 generation,
             GPtrArray *copies,
             GError **error)
{
  for (guint i = 0; i < copies->len; i++)
    {
      const MdocRegisterCopy *copy = copies->pdata[i];
      g_autofree char *digest = NULL;

      g_return_val_if_fail (copy->issuer_signed != NULL, FALSE);
      digest = digest_bytes (copy->issuer_signed);
      if (!mdoc_db_run (&self->writer,
                        error,
                        "UPDATE copy SET issuer_signed = ?, digest = ?"
                        " WHERE generation = ? AND key_thumb = ?",
                        ARG_BYTES (copy->issuer_signed),
                        ARG_TEXT (digest),
                        ARG_INT (generation),
                        ARG_TEXT (copy->key_thumbprint)))
        return FALSE;
      if (mdoc_db_get_n_changed (&self->writer) != 1)
        return mdoc_register_refuse (error,
                                     MDOC_REGISTER_ERROR_STATE,
                                     "That was not prepared");
    }
  return TRUE;
}

static gboolean
tell_issued (MdocRegister *self,
             const MdocRegisterCall *call,
             const MdocHeldRow *held,
             const MdocGenerationRow *generation,
             const char *exchange_id,
             const MdocRegisterCredential *credential,
             GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  const MdocEventParts event = {
    .type = "mIDIssued",
    .cause = generation->cause,
    .correlation_id = generation->correlation_id,
    .credential_id = held->credential_id,
    .mid_uid = held->mid_uid,
    .exchange_id = strcmp (generation->cause, MDOC_CAUSE_ENROLLMENT) == 0
                       ? exchange_id
                       : NULL,
    .data = data,
  };
  g_autofree char *until = mdoc_time_format (generation->valid_until_s);
  g_autofree char *detail = g_strdup_printf ("generation %" G_GINT64_FORMAT
                                             " %s",
                                             generation->n,
                                             generation->cause);
  const MdocAuditParts audit = {
    .action = "credential.issued",
    .credential_id = held->credential_id,
    .mid_uid = held->mid_uid,
    .exchange_id = event.exchange_id,
    .detail = detail,
    .correlation_id = generation->correlation_id,
  };

  json_object_set_int_member (data, "generation", generation->n);
  json_object_set_string_member (data, "validUntil", until);
  /* those that were signed: there may be newer ones by now, or none */
  if (held->claims != NULL
      && !mdoc_profile_fill_event (credential->profile,
                                   credential->claims_json,
                                   data,
                                   error))
    return FALSE;
  return mdoc_register_write_event (self, call, &event, error)
         && mdoc_register_write_audit (self, call, &audit, error);
}

/* E5 */
static gboolean
move_exchange (MdocRegister *self,
               const MdocRegisterCall *call,
               MdocExchangeRow *exchange,
               GError **error)
{
  g_autoptr (JsonObject) data = NULL;

  if (!mdoc_exchange_is (exchange, MDOC_EXCHANGE_TOKEN_ISSUED))
    return TRUE;
  data = json_object_new ();
  json_object_set_string_member (data, "format", MDOC_FORMAT_MSO_MDOC);
  json_object_set_string_member (data,
                                 "mode",
                                 exchange->view.is_deferred ? "Deferred"
                                                            : "InTime");
  return mdoc_register_set_exchange (self,
                                     call,
                                     exchange,
                                     MDOC_EXCHANGE_CREDENTIAL_ISSUED,
                                     data,
                                     error);
}

/* What became of the holder between the two halves. */
static gboolean
check_still (const MdocHeldRow *held,
             const MdocExchangeRow *exchange,
             const MdocGenerationRow *generation,
             gint64 now_s,
             GError **error)
{
  const char *effective = mdoc_held_get_effective (held, now_s);

  if (strcmp (effective, MDOC_STATE_REVOKED) == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_REVOKED,
                                 "It has been revoked");
  if (strcmp (effective, MDOC_STATE_REMOVED) == 0
      || strcmp (effective, MDOC_STATE_ABANDONED) == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_REMOVED,
                                 "It has been removed");
  if (!mdoc_exchange_is (exchange,
                         "token_issued credential_issued credential_acked "
                         "credential_accepted"))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_DENIED,
                                 "It has been denied");
  if (strcmp (generation->phase, "prepared") != 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "Another one has been prepared");
  return TRUE;
}

static gboolean
update_held (MdocRegister *self,
             const MdocRegisterCall *call,
             const MdocHeldRow *held,
             const MdocGenerationRow *generation,
             gint64 grace_s,
             GError **error)
{
  gboolean is_newest_data = generation->dataset == held->dataset
                            && generation->profile_version
                                   == held->profile_version;

  if (!mdoc_register_set_phase (self, generation->row, "delivered", error)
      || !mdoc_db_run (&self->writer,
                       error,
                       "UPDATE device_credential SET newest = ?1,"
                       " valid_until = ?2, is_expiry_told = 0,"
                       " causes = iif(?3, 0, causes), updated_at = ?4"
                       " WHERE id = ?5",
                       ARG_INT (generation->n),
                       ARG_INT (generation->valid_until_s),
                       ARG_INT (is_newest_data),
                       ARG_INT (mdoc_call_get_s (call)),
                       ARG_INT (held->row)))
    return FALSE;
  if (strcmp (generation->cause, MDOC_CAUSE_ATTRIBUTE_UPDATE) != 0)
    return TRUE;

  /* old attributes do not stay valid for as long as they would have */
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE generation SET invalid_at = ? WHERE"
                      " device_credential = ? AND n < ? AND dataset < ? AND"
                      " phase <> 'discarded' AND invalid_at = 0",
                      ARG_INT (mdoc_call_get_s (call) + grace_s),
                      ARG_INT (held->row),
                      ARG_INT (generation->n),
                      ARG_INT (generation->dataset));
}

static gboolean
commit (MdocRegister *self,
        const MdocRegisterCall *call,
        MdocRegisterCredential *credential,
        GPtrArray **ret_copies,
        GError **error)
{
  g_autoptr (MdocGenerationRow) generation = NULL;
  g_autoptr (MdocExchangeRow) exchange = NULL;
  g_autoptr (MdocHeldRow) held = mdoc_register_load_held (&self->writer,
                                                          credential->mid_uid,
                                                          error);

  if (held == NULL
      || !mdoc_register_find_generation (&self->writer,
                                         held->row,
                                         credential->generation,
                                         &generation,
                                         error))
    return FALSE;
  if (generation == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "That was not prepared");
  if (strcmp (generation->phase, "delivered") == 0)
    {
      *ret_copies = mdoc_register_load_copies (&self->writer,
                                               generation->row,
                                               error);
      return *ret_copies != NULL;
    }
  exchange = mdoc_register_load_exchange (&self->writer,
                                          MDOC_EXCHANGE_BY_ROW,
                                          NULL,
                                          held->exchange,
                                          error);
  if (exchange == NULL
      || !check_still (held,
                       exchange,
                       generation,
                       mdoc_call_get_s (call),
                       error))
    return FALSE;

  return store_bytes (self, generation->row, credential->copies, error)
         && update_held (self,
                         call,
                         held,
                         generation,
                         mdoc_profile_get_settings (credential->profile)
                             ->supersede_grace_s,
                         error)
         && tell_issued (self,
                         call,
                         held,
                         generation,
                         exchange->view.id,
                         credential,
                         error)
         && move_exchange (self, call, exchange, error);
}

/**
 * mdoc_register_commit:
 * @self: a register
 * @call: who and when
 * @credential: what mdoc_register_prepare() gave, each copy with its bytes
 * @error: return location for a #MdocRegisterError
 *
 * Returns: %TRUE if the bytes that @credential has now may be handed out
 */
gboolean
mdoc_register_commit (MdocRegister *self,
                      const MdocRegisterCall *call,
                      MdocRegisterCredential *credential,
                      GError **error)
{
  g_autoptr (GPtrArray) copies = NULL;
  gboolean is_done;

  g_return_val_if_fail (credential->next == MDOC_REGISTER_SIGN, FALSE);

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = commit (self, call, credential, &copies, error);
  if (!mdoc_register_leave (self, is_done, error))
    return FALSE;

  if (copies != NULL)
    {
      g_ptr_array_unref (credential->copies);
      credential->copies = g_steal_pointer (&copies);
    }
  return TRUE;
}
