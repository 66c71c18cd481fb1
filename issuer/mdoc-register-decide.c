/*
 * mdoc-register-decide.c - what operators and proofs decide of an exchange
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-private.h"

#define OPEN_STATUS "offer_sent offer_received token_issued"

static gboolean
deny (MdocRegister *self,
      const MdocRegisterCall *call,
      const char *exchange_id,
      const char *code,
      GError **error)
{
  g_autoptr (MdocExchangeRow) exchange
      = mdoc_register_load_exchange (&self->writer,
                                     MDOC_EXCHANGE_BY_UID,
                                     exchange_id,
                                     0,
                                     error);

  if (exchange == NULL)
    return FALSE;
  if (mdoc_exchange_is (exchange, MDOC_EXCHANGE_ISSUANCE_DENIED))
    return TRUE;
  if (!mdoc_exchange_is (exchange, OPEN_STATUS))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "What has been issued can be revoked, not "
                                 "denied");
  return mdoc_register_end_exchange (self,
                                     call,
                                     exchange,
                                     MDOC_EXCHANGE_ISSUANCE_DENIED,
                                     code,
                                     error);
}

gboolean
mdoc_register_deny_exchange (MdocRegister *self,
                             const MdocRegisterCall *call,
                             const char *exchange_id,
                             const char *code,
                             GError **error)
{
  gboolean is_done;

  if (!mdoc_register_check_text (code, "The code", 128, error)
      || !mdoc_register_check_text (call->reason,
                                    "The reason",
                                    MDOC_REGISTER_MAX_TEXT,
                                    error)
      || !mdoc_register_enter (self, error))
    return FALSE;
  is_done = deny (self, call, exchange_id, code, error);
  return mdoc_register_leave (self, is_done, error);
}

static gboolean
count_bad_proof (MdocRegister *self,
                 const MdocRegisterCall *call,
                 const char *exchange_id,
                 gboolean *ret_is_denied,
                 GError **error)
{
  g_autoptr (MdocProfile) profile = NULL;
  g_autoptr (MdocExchangeRow) exchange
      = mdoc_register_load_exchange (&self->writer,
                                     MDOC_EXCHANGE_BY_UID,
                                     exchange_id,
                                     0,
                                     error);

  if (exchange == NULL)
    return FALSE;
  *ret_is_denied = mdoc_exchange_is (exchange, MDOC_EXCHANGE_ISSUANCE_DENIED);
  if (!mdoc_exchange_is (exchange, MDOC_EXCHANGE_TOKEN_ISSUED))
    return TRUE;
  profile = mdoc_register_load_profile (self,
                                        &self->writer,
                                        exchange->view.profile_id,
                                        exchange->view.profile_version,
                                        error);
  if (profile == NULL
      || !mdoc_db_run (&self->writer,
                       error,
                       "UPDATE exchange SET n_bad_proofs = n_bad_proofs + 1"
                       " WHERE id = ?",
                       ARG_INT (exchange->row)))
    return FALSE;
  if (exchange->n_bad_proofs + 1
      < mdoc_profile_get_settings (profile)->proof_attempts)
    return TRUE;

  *ret_is_denied = TRUE;
  return mdoc_register_end_exchange (self,
                                     call,
                                     exchange,
                                     MDOC_EXCHANGE_ISSUANCE_DENIED,
                                     "proof_invalid",
                                     error);
}

gboolean
mdoc_register_count_bad_proof (MdocRegister *self,
                               const MdocRegisterCall *call,
                               const char *exchange_id,
                               gboolean *ret_is_denied,
                               GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = count_bad_proof (self, call, exchange_id, ret_is_denied, error);
  return mdoc_register_leave (self, is_done, error);
}

static gboolean
supply_claims (MdocRegister *self,
               const MdocRegisterCall *call,
               const char *exchange_id,
               const char *claims_json,
               GError **error)
{
  g_autoptr (MdocProfile) profile = NULL;
  g_autofree char *claims = NULL;
  g_autoptr (MdocExchangeRow) exchange
      = mdoc_register_load_exchange (&self->writer,
                                     MDOC_EXCHANGE_BY_UID,
                                     exchange_id,
                                     0,
                                     error);
  gboolean was_ready;

  if (exchange == NULL)
    return FALSE;
  if (!mdoc_exchange_is (exchange, OPEN_STATUS))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "The exchange takes no claims any more");
  profile = mdoc_register_load_profile (self,
                                        &self->writer,
                                        exchange->view.profile_id,
                                        exchange->view.profile_version,
                                        error);
  if (profile == NULL
      || !mdoc_register_resolve_claims (self,
                                        call,
                                        profile,
                                        claims_json != NULL ? claims_json
                                                            : exchange->claims,
                                        NULL,
                                        &claims,
                                        error))
    return FALSE;
  if (claims == NULL && exchange->view.credential_id == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_CLAIMS,
                                 "There are no claims yet");
  if (!mdoc_db_run (&self->writer,
                    error,
                    "UPDATE exchange SET claims = ?, is_ready = 1,"
                    " updated_at = ? WHERE id = ?",
                    ARG_TEXT (claims),
                    ARG_INT (mdoc_call_get_s (call)),
                    ARG_INT (exchange->row)))
    return FALSE;

  was_ready = exchange->view.is_ready;
  return mdoc_register_write_audit (self,
                                    call,
                                    &(MdocAuditParts){
                                        .action = "exchange.claims",
                                        .exchange_id = exchange->view.id,
                                        .mid_uid = exchange->view.mid_uid },
                                    error)
         && (was_ready
             || mdoc_register_tell_exchange (self,
                                             call,
                                             exchange,
                                             "exchange.deferred_ready",
                                             NULL,
                                             FALSE,
                                             NULL,
                                             error));
}

gboolean
mdoc_register_supply_claims (MdocRegister *self,
                             const MdocRegisterCall *call,
                             const char *exchange_id,
                             const char *claims_json,
                             GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = supply_claims (self, call, exchange_id, claims_json, error);
  return mdoc_register_leave (self, is_done, error);
}
