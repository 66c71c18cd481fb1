/*
 * mdoc-test-register.h - a register on a file of its own, and shortcuts
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-register-admin.h"

G_BEGIN_DECLS

#define TEST_NOW_S G_GINT64_CONSTANT (1767225600) /* 2026-01-01 */
#define TEST_DAY_S ((gint64) 24 * 3600)
#define TEST_THUMB "thumb-of-the-instance"

/**
 * MdocTestRegister:
 *
 * A register with all profiles of the data folder, at a time that stands still
 * until it is moved. Whatever fails in a shortcut fails the test.
 */
typedef struct
{
  MdocRegister *reg;
  char *folder;
  char *path;
  gint64 now_s;
  MdocRegisterCall call;
} MdocTestRegister;

MdocTestRegister *mdoc_test_register_new (void);
void mdoc_test_register_free (MdocTestRegister *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTestRegister, mdoc_test_register_free)

/* who: "issuer", "holder" or "system"; at the time that it is */
const MdocRegisterCall *
mdoc_test_register_as (MdocTestRegister *self, const char *actor);
void mdoc_test_register_move (MdocTestRegister *self, gint64 seconds);
/* closed and opened again, as after a crash */
void mdoc_test_register_reopen (MdocTestRegister *self);
/* closed, changed by somebody with access to the file, and opened again */
void mdoc_test_register_spoil (MdocTestRegister *self, const char *sql);
/* the one number that a query gives, looked up by somebody with access to the
 * file */
gint64 mdoc_test_register_look (MdocTestRegister *self, const char *sql);
/* another profile, of text that is put between the defaults of one */
void mdoc_test_register_add_profile (MdocTestRegister *self,
                                     const char *id,
                                     const char *members);
char *mdoc_test_register_make_claims (const char *family_name);

/* One credential on its way, and what the wallet has of it. */
typedef struct
{
  MdocTestRegister *test;
  char *exchange_id;
  char *mid_uid;
  char *credential_id;
  char *access_token;
  char *refresh_token;
  char *thumb; /* nullable: a wallet without DPoP */
  MdocRegisterAccess *access;
  GPtrArray *keys;    /* of MdocPublicKey */
  GPtrArray *signed_; /* of GBytes: what was handed out last */
  guint generation;
  char *notification_id;
  char *list_id; /* of its first copy */
  guint64 idx;
} MdocTestHolding;

void mdoc_test_holding_free (MdocTestHolding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTestHolding, mdoc_test_holding_free)

MdocRegisterOffer *mdoc_test_register_offer (MdocTestRegister *self,
                                             const char *profile_id,
                                             const char *claims_json);
/* (element-type MdocPublicKey) */
GPtrArray *mdoc_test_register_make_keys (guint n);
/* E1 to E3 */
MdocTestHolding *mdoc_test_register_claim (MdocTestRegister *self,
                                           const char *profile_id,
                                           const char *thumb);
MdocTestHolding *mdoc_test_register_claim_with (MdocTestRegister *self,
                                                const char *profile_id,
                                                const char *claims_json,
                                                const char *thumb);
/* E5, or a renewal: nullable with @error set */
MdocRegisterCredential *
mdoc_test_holding_prepare (MdocTestHolding *self, GError **error);
void mdoc_test_holding_sign (MdocRegisterCredential *credential);
/* both halves; fails the test if one is refused */
void mdoc_test_holding_get (MdocTestHolding *self);
char *mdoc_test_holding_dup_digest (MdocTestHolding *self);
void mdoc_test_holding_receive (MdocTestHolding *self);
/* up to E8 */
MdocTestHolding *mdoc_test_register_hold (MdocTestRegister *self,
                                          const char *profile_id,
                                          const char *thumb);
/* one more instance of a credential that is there: up to E3, and up to E8 */
MdocTestHolding *mdoc_test_register_claim_credential (MdocTestRegister *self,
                                                      const char *credential_id,
                                                      const char *thumb);
MdocTestHolding *mdoc_test_register_hold_credential (MdocTestRegister *self,
                                                     const char *credential_id,
                                                     const char *thumb);
char *mdoc_test_register_dup_thumb (MdocPublicKey *key);
/* new tokens, new keys, the next generation */
void mdoc_test_holding_refresh (MdocTestHolding *self);
void mdoc_test_holding_renew (MdocTestHolding *self);

const char *mdoc_test_holding_get_effective (MdocTestHolding *self);
/* of the exchange */
void
mdoc_test_holding_assert_status (MdocTestHolding *self, const char *status);
/* what the Token Status List says of its last generation */
guint mdoc_test_holding_get_list_value (MdocTestHolding *self);
/* types of all events, with a space between; @subject: (nullable) */
char *
mdoc_test_register_list_types (MdocTestRegister *self, const char *subject);
guint
mdoc_test_register_count_events (MdocTestRegister *self, const char *type);
/* the last of a type */
JsonObject *
mdoc_test_register_get_event (MdocTestRegister *self, const char *type);
/* One step of a state, by the issuer; @code: -1 if it is allowed, else the
 * error it is refused with. */
void mdoc_test_holding_try_state (MdocTestHolding *self,
                                  MdocRegisterScope scope,
                                  const char *state,
                                  gboolean expected_change,
                                  int code);

G_END_DECLS
