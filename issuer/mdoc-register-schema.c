/*
 * mdoc-register-schema.c - the tables of the register
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-private.h"

/* Times are unix s, but those that end in _ms. What is called a hash is keyed
 * with the register's secret. */
static const char *const version_1[] = {
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB) STRICT, WITHOUT ROWID",
  "CREATE TABLE profile (id TEXT NOT NULL, version INTEGER NOT NULL,"
  " json TEXT NOT NULL, added_at INTEGER NOT NULL,"
  " PRIMARY KEY (id, version)) STRICT, WITHOUT ROWID",
  "CREATE TABLE person (id TEXT PRIMARY KEY, external_ref TEXT UNIQUE,"
  " claims TEXT, password BLOB, updated_at INTEGER NOT NULL)"
  " STRICT, WITHOUT ROWID",

  "CREATE TABLE offer (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,"
  " grant INTEGER NOT NULL, code_hash BLOB UNIQUE,"
  " reference_hash BLOB NOT NULL UNIQUE, tx_hash BLOB, tx_len INTEGER NOT NULL,"
  " tx_numeric INTEGER NOT NULL, attempts_left INTEGER NOT NULL,"
  " dpop_thumb TEXT, device_id TEXT, is_spent INTEGER NOT NULL DEFAULT 0,"
  " created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT",
  "CREATE TABLE exchange (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,"
  " offer INTEGER NOT NULL, status TEXT NOT NULL, is_ready INTEGER NOT NULL,"
  " is_stalled INTEGER NOT NULL DEFAULT 0, is_deferred INTEGER NOT NULL,"
  " grant INTEGER NOT NULL, profile_id TEXT NOT NULL,"
  " profile_version INTEGER NOT NULL, entry_id TEXT, person_id TEXT,"
  " external_ref TEXT, metadata TEXT, claims TEXT, credential_id TEXT,"
  " mid_uid TEXT NOT NULL UNIQUE, denial_code TEXT, denial_reason TEXT,"
  " correlation_id TEXT, client_id TEXT, consent_ref TEXT,"
  " n_bad_proofs INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL,"
  " updated_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT",
  "CREATE INDEX exchange_offer ON exchange (offer)",
  "CREATE INDEX exchange_person ON exchange (person_id)"
  " WHERE person_id IS NOT NULL",
  "CREATE INDEX exchange_ref ON exchange (external_ref)"
  " WHERE external_ref IS NOT NULL",
  "CREATE INDEX exchange_status ON exchange (status, updated_at)",
  "CREATE INDEX exchange_credential ON exchange (credential_id)"
  " WHERE credential_id IS NOT NULL",
  "CREATE INDEX exchange_stall ON exchange (updated_at)"
  " WHERE status = 'credential_issued' AND is_stalled = 0",
  "CREATE INDEX exchange_open ON exchange (expires_at)"
  " WHERE status IN ('offer_sent', 'offer_received')",

  "CREATE TABLE credential (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,"
  " person_id TEXT, external_ref TEXT, profile_id TEXT NOT NULL,"
  " profile_version INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT,"
  " dataset INTEGER NOT NULL, claims TEXT, document_expiry INTEGER NOT NULL,"
  " created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT",
  "CREATE INDEX credential_person ON credential (person_id, profile_id)"
  " WHERE person_id IS NOT NULL",
  "CREATE INDEX credential_ref ON credential (external_ref)"
  " WHERE external_ref IS NOT NULL",
  "CREATE TABLE device (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,"
  " thumb TEXT UNIQUE, client_type TEXT, agent_version TEXT,"
  " is_suspected_clone INTEGER NOT NULL DEFAULT 0,"
  " created_at INTEGER NOT NULL, last_seen INTEGER NOT NULL) STRICT",
  "CREATE TABLE device_credential (id INTEGER PRIMARY KEY,"
  " mid_uid TEXT NOT NULL UNIQUE, credential INTEGER NOT NULL,"
  " device INTEGER NOT NULL, exchange INTEGER NOT NULL, state TEXT NOT NULL,"
  " reason TEXT, confirmed INTEGER NOT NULL DEFAULT 0,"
  " newest INTEGER NOT NULL DEFAULT 0, causes INTEGER NOT NULL DEFAULT 0,"
  " valid_until INTEGER NOT NULL DEFAULT 0,"
  " is_expiry_told INTEGER NOT NULL DEFAULT 0, day INTEGER NOT NULL DEFAULT 0,"
  " n_today INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL,"
  " updated_at INTEGER NOT NULL) STRICT",
  "CREATE INDEX device_credential_credential ON device_credential (credential)",
  "CREATE INDEX device_credential_device ON device_credential (device)",
  "CREATE INDEX device_credential_end ON device_credential (valid_until)"
  " WHERE is_expiry_told = 0 AND state IN ('active', 'suspended')",
  "CREATE TABLE generation (id INTEGER PRIMARY KEY,"
  " device_credential INTEGER NOT NULL, n INTEGER NOT NULL,"
  " cause TEXT NOT NULL, phase TEXT NOT NULL, dataset INTEGER NOT NULL,"
  " profile_version INTEGER NOT NULL, signed_at INTEGER NOT NULL,"
  " valid_until INTEGER NOT NULL, expected_update INTEGER NOT NULL,"
  " notification_hash BLOB UNIQUE, keys_hash BLOB NOT NULL,"
  " invalid_at INTEGER NOT NULL DEFAULT 0, correlation_id TEXT,"
  " UNIQUE (device_credential, n)) STRICT",
  "CREATE INDEX generation_over ON generation (valid_until)"
  " WHERE phase IN ('superseded', 'discarded')",
  "CREATE INDEX generation_grace ON generation (invalid_at)"
  " WHERE invalid_at <> 0",
  "CREATE TABLE copy (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL,"
  " key_thumb TEXT NOT NULL, key_spki BLOB NOT NULL, list INTEGER, idx INTEGER,"
  " id_list INTEGER, mso_id BLOB UNIQUE, issuer_signed BLOB, digest TEXT)"
  " STRICT",
  "CREATE INDEX copy_generation ON copy (generation)",
  "CREATE UNIQUE INDEX copy_place ON copy (list, idx) WHERE list IS NOT NULL",
  "CREATE TABLE status_list (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,"
  " bits INTEGER NOT NULL, size INTEGER NOT NULL, used INTEGER NOT NULL,"
  " key BLOB NOT NULL, version INTEGER NOT NULL, signer TEXT NOT NULL) STRICT",
  "CREATE TABLE status_entry (list INTEGER NOT NULL, idx INTEGER NOT NULL,"
  " value INTEGER NOT NULL, PRIMARY KEY (list, idx)) STRICT, WITHOUT ROWID",
  "CREATE TABLE listed_id (list INTEGER NOT NULL, mso_id BLOB NOT NULL,"
  " valid_until INTEGER NOT NULL, PRIMARY KEY (list, mso_id))"
  " STRICT, WITHOUT ROWID",
  "CREATE INDEX listed_id_end ON listed_id (valid_until)",

  "CREATE TABLE token_grant (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,"
  " thumb TEXT, client_id TEXT, created_at INTEGER NOT NULL) STRICT",
  "CREATE TABLE grant_item (grant INTEGER NOT NULL, exchange INTEGER NOT NULL,"
  " PRIMARY KEY (grant, exchange)) STRICT, WITHOUT ROWID",
  "CREATE TABLE token (hash BLOB PRIMARY KEY, kind INTEGER NOT NULL,"
  " grant INTEGER NOT NULL, state INTEGER NOT NULL,"
  " expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
  "CREATE INDEX token_grant_kind ON token (grant, kind)",
  "CREATE INDEX token_end ON token (expires_at)",
  "CREATE TABLE code (hash BLOB PRIMARY KEY, kind INTEGER NOT NULL,"
  " grant INTEGER NOT NULL, redirect_uri TEXT, challenge TEXT, thumb TEXT,"
  " is_spent INTEGER NOT NULL DEFAULT 0, expires_at INTEGER NOT NULL)"
  " STRICT, WITHOUT ROWID",
  "CREATE INDEX code_end ON code (expires_at)",
  "CREATE TABLE ticket (hash BLOB PRIMARY KEY, body TEXT NOT NULL,"
  " expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
  "CREATE INDEX ticket_end ON ticket (expires_at)",
  "CREATE TABLE deferred (hash BLOB PRIMARY KEY, exchange INTEGER NOT NULL,"
  " grant INTEGER NOT NULL, keys TEXT NOT NULL,"
  " expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
  "CREATE INDEX deferred_exchange ON deferred (exchange)",
  "CREATE INDEX deferred_end ON deferred (expires_at)",

  "CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT,"
  " uid TEXT NOT NULL, seq INTEGER NOT NULL, subject TEXT NOT NULL,"
  " type TEXT NOT NULL, time_ms INTEGER NOT NULL, correlation_id TEXT,"
  " exchange_id TEXT, json TEXT NOT NULL) STRICT",
  "CREATE INDEX event_subject ON event (subject, seq)",
  "CREATE INDEX event_exchange ON event (exchange_id)"
  " WHERE exchange_id IS NOT NULL",
  "CREATE INDEX event_time ON event (time_ms)",
  "CREATE TABLE subscription (id INTEGER PRIMARY KEY,"
  " uid TEXT NOT NULL UNIQUE, url TEXT NOT NULL, secret TEXT NOT NULL,"
  " bearer TEXT, types TEXT, exchange_id TEXT, aborts INTEGER NOT NULL,"
  " state TEXT NOT NULL, parked_since INTEGER NOT NULL DEFAULT 0) STRICT",
  "CREATE TABLE delivery (id INTEGER PRIMARY KEY,"
  " subscription INTEGER NOT NULL, event INTEGER NOT NULL,"
  " subject TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,"
  " attempts INTEGER NOT NULL DEFAULT 0,"
  " first_try_ms INTEGER NOT NULL DEFAULT 0, next_at_ms INTEGER NOT NULL,"
  " outcome TEXT, UNIQUE (subscription, event)) STRICT",
  "CREATE INDEX delivery_open ON delivery (subscription, subject, event)"
  " WHERE state = 0",
  "CREATE INDEX delivery_event ON delivery (event)",

  "CREATE TABLE action (id INTEGER PRIMARY KEY AUTOINCREMENT,"
  " device INTEGER NOT NULL, mid_uid TEXT, kind TEXT NOT NULL, payload TEXT,"
  " created_at INTEGER NOT NULL, acked_at INTEGER NOT NULL DEFAULT 0,"
  " result TEXT) STRICT",
  "CREATE INDEX action_open ON action (device) WHERE acked_at = 0",
  "CREATE TABLE message (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,"
  " device INTEGER NOT NULL, mid_uid TEXT NOT NULL, category TEXT NOT NULL,"
  " title TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL,"
  " created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT",
  "CREATE INDEX message_open ON message (device)"
  " WHERE state IN ('queued', 'delivered')",
  "CREATE INDEX message_end ON message (expires_at)"
  " WHERE expires_at <> 0 AND state IN ('queued', 'delivered')",
  "CREATE TABLE batch (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,"
  " kind TEXT NOT NULL, state TEXT NOT NULL, n_items INTEGER NOT NULL,"
  " n_done INTEGER NOT NULL DEFAULT 0, n_failed INTEGER NOT NULL DEFAULT 0,"
  " actor TEXT NOT NULL, operator_id TEXT, correlation_id TEXT, reason TEXT,"
  " notes TEXT, created_at INTEGER NOT NULL) STRICT",
  "CREATE INDEX batch_open ON batch (id) WHERE state = 'executing'",
  "CREATE TABLE batch_item (batch INTEGER NOT NULL, i INTEGER NOT NULL,"
  " json TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending', code TEXT,"
  " result TEXT, PRIMARY KEY (batch, i)) STRICT, WITHOUT ROWID",
  "CREATE INDEX batch_item_open ON batch_item (batch, i)"
  " WHERE state = 'pending'",
  "CREATE TABLE attribute_update (id INTEGER PRIMARY KEY,"
  " credential INTEGER NOT NULL, dataset INTEGER NOT NULL,"
  " changed TEXT NOT NULL, correlation_id TEXT, n_left INTEGER NOT NULL)"
  " STRICT",
  "CREATE TABLE update_target (device_credential INTEGER NOT NULL,"
  " attribute_update INTEGER NOT NULL, result TEXT,"
  " PRIMARY KEY (device_credential, attribute_update)) STRICT, WITHOUT ROWID",
  "CREATE INDEX update_target_update ON update_target (attribute_update)",

  "CREATE TABLE answer (hash BLOB PRIMARY KEY, body_hash TEXT NOT NULL,"
  " answer TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
  "CREATE INDEX answer_end ON answer (expires_at)",
  "CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
  " time_ms INTEGER NOT NULL, actor TEXT NOT NULL, operator_id TEXT,"
  " action TEXT NOT NULL, credential_id TEXT, mid_uid TEXT, exchange_id TEXT,"
  " detail TEXT, reason TEXT, notes TEXT, correlation_id TEXT,"
  " hash BLOB NOT NULL) STRICT",
  "CREATE INDEX audit_credential ON audit (credential_id)"
  " WHERE credential_id IS NOT NULL",
  "CREATE INDEX audit_mid ON audit (mid_uid) WHERE mid_uid IS NOT NULL",
  "CREATE INDEX audit_exchange ON audit (exchange_id)"
  " WHERE exchange_id IS NOT NULL",
  "PRAGMA user_version = 1",
  NULL
};

/* other authorization servers: which offers are theirs to take, and which grant
 * is behind what they say (server, subject, client, key) */
static const char *const version_2[] = {
  "ALTER TABLE offer ADD COLUMN server TEXT",
  "CREATE TABLE foreign_grant (hash BLOB PRIMARY KEY,"
  " grant INTEGER NOT NULL) STRICT, WITHOUT ROWID",
  "PRAGMA user_version = 2",
  NULL
};

/* what a second person has to approve: who did, and until when it waits */
static const char *const version_3[] = {
  "ALTER TABLE batch ADD COLUMN checker TEXT",
  "ALTER TABLE batch ADD COLUMN lapses_at INTEGER NOT NULL DEFAULT 0",
  "CREATE INDEX batch_waits ON batch (lapses_at)"
  " WHERE state = 'awaiting_approval'",
  "PRAGMA user_version = 3",
  NULL
};

/* grants of which nothing is left were never deleted; the indices are for
 * looking whether there is anything */
static const char *const version_4[] = {
  "CREATE INDEX code_grant ON code (grant)",
  "CREATE INDEX deferred_grant ON deferred (grant)",
  "CREATE INDEX foreign_grant_grant ON foreign_grant (grant)",
  "DELETE FROM token_grant WHERE id NOT IN (SELECT grant FROM token UNION"
  " SELECT grant FROM code UNION SELECT grant FROM deferred UNION"
  " SELECT grant FROM foreign_grant)",
  "DELETE FROM grant_item WHERE grant NOT IN (SELECT id FROM token_grant)",
  "PRAGMA user_version = 4",
  NULL
};

/* what was told of operations, so that it is told once: up to which version of
 * a list, and at how many days left of which certificate of a signer */
static const char *const version_5[] = {
  "ALTER TABLE status_list ADD COLUMN told INTEGER NOT NULL DEFAULT 0",
  "UPDATE status_list SET told = version",
  "CREATE TABLE signer_told (name TEXT NOT NULL, fingerprint BLOB NOT NULL,"
  " days INTEGER NOT NULL, PRIMARY KEY (name, fingerprint))"
  " STRICT, WITHOUT ROWID",
  "PRAGMA user_version = 5",
  NULL
};

/* Of each subject and receiver the first delivery that is open is marked. To
 * look for the first by what is before each passed over all that wait behind
 * one that fails, and over all that were ever done. */
static const char *const version_6[] = {
  "ALTER TABLE delivery ADD COLUMN is_first INTEGER NOT NULL DEFAULT 0",
  "UPDATE delivery SET is_first = 1 WHERE state = 0 AND NOT EXISTS"
  " (SELECT 1 FROM delivery p WHERE p.subscription = delivery.subscription AND"
  " p.subject = delivery.subject AND p.state = 0 AND p.event < delivery.event)",
  "CREATE INDEX delivery_due ON delivery (subscription, next_at_ms)"
  " WHERE state = 0 AND is_first = 1",
  "PRAGMA user_version = 6",
  NULL
};

static const char *const *const versions[] = {
  version_1, version_2, version_3, version_4, version_5, version_6
};

/* All of a version or nothing of it. */
static gboolean
run_step (MdocDb *db, const char *const *statements, GError **error)
{
  g_autoptr (GError) ignored = NULL;

  if (!mdoc_db_execute (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  while (*statements != NULL)
    if (!mdoc_db_execute (db, *statements++, error))
      {
        if (!mdoc_db_execute (db, "ROLLBACK", &ignored))
          g_debug ("register: %s", ignored->message);
        return FALSE;
      }
  return mdoc_db_execute (db, "COMMIT", error);
}

gboolean
mdoc_register_migrate (MdocDb *db, GError **error)
{
  gint64 version;

  if (!mdoc_db_get_int_args (db,
                             "PRAGMA user_version",
                             NULL,
                             0,
                             0,
                             &version,
                             error))
    return FALSE;
  if (version < 0 || version > (gint64) G_N_ELEMENTS (versions))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_VERSION,
                                 "The database is of a newer program");
  for (gsize i = (gsize) version; i < G_N_ELEMENTS (versions); i++)
    if (!run_step (db, versions[i], error))
      return FALSE;
  return TRUE;
}
