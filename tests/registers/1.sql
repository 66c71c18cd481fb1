-- 1.sql - a register of schema version 1: a person, four offers, of which two were
-- taken, one was withdrawn and one is open, a suspended instance, a message
--
-- SPDX-FileCopyrightText: 2026 The mdoc agent authors
-- SPDX-License-Identifier: Apache-2.0

CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB) STRICT, WITHOUT ROWID;
CREATE TABLE profile (id TEXT NOT NULL, version INTEGER NOT NULL, json TEXT NOT NULL,
  added_at INTEGER NOT NULL, PRIMARY KEY (id, version)) STRICT, WITHOUT ROWID;
CREATE TABLE person (id TEXT PRIMARY KEY, external_ref TEXT UNIQUE, claims TEXT,
  password BLOB, updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE offer (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, grant INTEGER NOT
  NULL, code_hash BLOB UNIQUE, reference_hash BLOB NOT NULL UNIQUE, tx_hash BLOB, tx_len
  INTEGER NOT NULL, tx_numeric INTEGER NOT NULL, attempts_left INTEGER NOT NULL,
  dpop_thumb TEXT, device_id TEXT, is_spent INTEGER NOT NULL DEFAULT 0, created_at
  INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE exchange (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, offer INTEGER
  NOT NULL, status TEXT NOT NULL, is_ready INTEGER NOT NULL, is_stalled INTEGER NOT NULL
  DEFAULT 0, is_deferred INTEGER NOT NULL, grant INTEGER NOT NULL, profile_id TEXT NOT
  NULL, profile_version INTEGER NOT NULL, entry_id TEXT, person_id TEXT, external_ref
  TEXT, metadata TEXT, claims TEXT, credential_id TEXT, mid_uid TEXT NOT NULL UNIQUE,
  denial_code TEXT, denial_reason TEXT, correlation_id TEXT, client_id TEXT, consent_ref
  TEXT, n_bad_proofs INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, updated_at
  INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
CREATE INDEX exchange_offer ON exchange (offer);
CREATE INDEX exchange_person ON exchange (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX exchange_ref ON exchange (external_ref) WHERE external_ref IS NOT NULL;
CREATE INDEX exchange_status ON exchange (status, updated_at);
CREATE INDEX exchange_credential ON exchange (credential_id) WHERE credential_id IS NOT
  NULL;
CREATE INDEX exchange_stall ON exchange (updated_at) WHERE status = 'credential_issued'
  AND is_stalled = 0;
CREATE INDEX exchange_open ON exchange (expires_at) WHERE status IN ('offer_sent',
  'offer_received');
CREATE TABLE credential (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, person_id
  TEXT, external_ref TEXT, profile_id TEXT NOT NULL, profile_version INTEGER NOT NULL,
  state TEXT NOT NULL, reason TEXT, dataset INTEGER NOT NULL, claims TEXT,
  document_expiry INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT
  NULL) STRICT;
CREATE INDEX credential_person ON credential (person_id, profile_id) WHERE person_id IS
  NOT NULL;
CREATE INDEX credential_ref ON credential (external_ref) WHERE external_ref IS NOT NULL;
CREATE TABLE device (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, thumb TEXT
  UNIQUE, client_type TEXT, agent_version TEXT, is_suspected_clone INTEGER NOT NULL
  DEFAULT 0, created_at INTEGER NOT NULL, last_seen INTEGER NOT NULL) STRICT;
CREATE TABLE device_credential (id INTEGER PRIMARY KEY, mid_uid TEXT NOT NULL UNIQUE,
  credential INTEGER NOT NULL, device INTEGER NOT NULL, exchange INTEGER NOT NULL, state
  TEXT NOT NULL, reason TEXT, confirmed INTEGER NOT NULL DEFAULT 0, newest INTEGER NOT
  NULL DEFAULT 0, causes INTEGER NOT NULL DEFAULT 0, valid_until INTEGER NOT NULL
  DEFAULT 0, is_expiry_told INTEGER NOT NULL DEFAULT 0, day INTEGER NOT NULL DEFAULT 0,
  n_today INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, updated_at INTEGER
  NOT NULL) STRICT;
CREATE INDEX device_credential_credential ON device_credential (credential);
CREATE INDEX device_credential_device ON device_credential (device);
CREATE INDEX device_credential_end ON device_credential (valid_until) WHERE
  is_expiry_told = 0 AND state IN ('active', 'suspended');
CREATE TABLE generation (id INTEGER PRIMARY KEY, device_credential INTEGER NOT NULL, n
  INTEGER NOT NULL, cause TEXT NOT NULL, phase TEXT NOT NULL, dataset INTEGER NOT NULL,
  profile_version INTEGER NOT NULL, signed_at INTEGER NOT NULL, valid_until INTEGER NOT
  NULL, expected_update INTEGER NOT NULL, notification_hash BLOB UNIQUE, keys_hash BLOB
  NOT NULL, invalid_at INTEGER NOT NULL DEFAULT 0, correlation_id TEXT, UNIQUE
  (device_credential, n)) STRICT;
CREATE INDEX generation_over ON generation (valid_until) WHERE phase IN ('superseded',
  'discarded');
CREATE INDEX generation_grace ON generation (invalid_at) WHERE invalid_at <> 0;
CREATE TABLE copy (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, key_thumb TEXT
  NOT NULL, key_spki BLOB NOT NULL, list INTEGER, idx INTEGER, id_list INTEGER, mso_id
  BLOB UNIQUE, issuer_signed BLOB, digest TEXT) STRICT;
CREATE INDEX copy_generation ON copy (generation);
CREATE UNIQUE INDEX copy_place ON copy (list, idx) WHERE list IS NOT NULL;
CREATE TABLE status_list (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, bits INTEGER
  NOT NULL, size INTEGER NOT NULL, used INTEGER NOT NULL, key BLOB NOT NULL, version
  INTEGER NOT NULL, signer TEXT NOT NULL) STRICT;
CREATE TABLE status_entry (list INTEGER NOT NULL, idx INTEGER NOT NULL, value INTEGER
  NOT NULL, PRIMARY KEY (list, idx)) STRICT, WITHOUT ROWID;
CREATE TABLE listed_id (list INTEGER NOT NULL, mso_id BLOB NOT NULL, valid_until INTEGER
  NOT NULL, PRIMARY KEY (list, mso_id)) STRICT, WITHOUT ROWID;
CREATE INDEX listed_id_end ON listed_id (valid_until);
CREATE TABLE token_grant (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, thumb TEXT,
  client_id TEXT, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE grant_item (grant INTEGER NOT NULL, exchange INTEGER NOT NULL, PRIMARY KEY
  (grant, exchange)) STRICT, WITHOUT ROWID;
CREATE TABLE token (hash BLOB PRIMARY KEY, kind INTEGER NOT NULL, grant INTEGER NOT
  NULL, state INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX token_grant_kind ON token (grant, kind);
CREATE INDEX token_end ON token (expires_at);
CREATE TABLE code (hash BLOB PRIMARY KEY, kind INTEGER NOT NULL, grant INTEGER NOT NULL,
  redirect_uri TEXT, challenge TEXT, thumb TEXT, is_spent INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX code_end ON code (expires_at);
CREATE TABLE ticket (hash BLOB PRIMARY KEY, body TEXT NOT NULL, expires_at INTEGER NOT
  NULL) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_end ON ticket (expires_at);
CREATE TABLE deferred (hash BLOB PRIMARY KEY, exchange INTEGER NOT NULL, grant INTEGER
  NOT NULL, keys TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX deferred_exchange ON deferred (exchange);
CREATE INDEX deferred_end ON deferred (expires_at);
CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL, seq INTEGER
  NOT NULL, subject TEXT NOT NULL, type TEXT NOT NULL, time_ms INTEGER NOT NULL,
  correlation_id TEXT, exchange_id TEXT, json TEXT NOT NULL) STRICT;
CREATE INDEX event_subject ON event (subject, seq);
CREATE INDEX event_exchange ON event (exchange_id) WHERE exchange_id IS NOT NULL;
CREATE INDEX event_time ON event (time_ms);
CREATE TABLE subscription (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, url TEXT
  NOT NULL, secret TEXT NOT NULL, bearer TEXT, types TEXT, exchange_id TEXT, aborts
  INTEGER NOT NULL, state TEXT NOT NULL, parked_since INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE delivery (id INTEGER PRIMARY KEY, subscription INTEGER NOT NULL, event
  INTEGER NOT NULL, subject TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0, attempts
  INTEGER NOT NULL DEFAULT 0, first_try_ms INTEGER NOT NULL DEFAULT 0, next_at_ms
  INTEGER NOT NULL, outcome TEXT, UNIQUE (subscription, event)) STRICT;
CREATE INDEX delivery_open ON delivery (subscription, subject, event) WHERE state = 0;
CREATE INDEX delivery_event ON delivery (event);
CREATE TABLE action (id INTEGER PRIMARY KEY AUTOINCREMENT, device INTEGER NOT NULL,
  mid_uid TEXT, kind TEXT NOT NULL, payload TEXT, created_at INTEGER NOT NULL, acked_at
  INTEGER NOT NULL DEFAULT 0, result TEXT) STRICT;
CREATE INDEX action_open ON action (device) WHERE acked_at = 0;
CREATE TABLE message (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, device INTEGER
  NOT NULL, mid_uid TEXT NOT NULL, category TEXT NOT NULL, title TEXT NOT NULL, body
  TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER
  NOT NULL) STRICT;
CREATE INDEX message_open ON message (device) WHERE state IN ('queued', 'delivered');
CREATE INDEX message_end ON message (expires_at) WHERE expires_at <> 0 AND state IN
  ('queued', 'delivered');
CREATE TABLE batch (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, kind TEXT NOT
  NULL, state TEXT NOT NULL, n_items INTEGER NOT NULL, n_done INTEGER NOT NULL DEFAULT
  0, n_failed INTEGER NOT NULL DEFAULT 0, actor TEXT NOT NULL, operator_id TEXT,
  correlation_id TEXT, reason TEXT, notes TEXT, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX batch_open ON batch (id) WHERE state = 'executing';
CREATE TABLE batch_item (batch INTEGER NOT NULL, i INTEGER NOT NULL, json TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending', code TEXT, result TEXT, PRIMARY KEY (batch, i))
  STRICT, WITHOUT ROWID;
CREATE INDEX batch_item_open ON batch_item (batch, i) WHERE state = 'pending';
CREATE TABLE attribute_update (id INTEGER PRIMARY KEY, credential INTEGER NOT NULL,
  dataset INTEGER NOT NULL, changed TEXT NOT NULL, correlation_id TEXT, n_left INTEGER
  NOT NULL) STRICT;
CREATE TABLE update_target (device_credential INTEGER NOT NULL, attribute_update INTEGER
  NOT NULL, result TEXT, PRIMARY KEY (device_credential, attribute_update)) STRICT,
  WITHOUT ROWID;
CREATE INDEX update_target_update ON update_target (attribute_update);
CREATE TABLE answer (hash BLOB PRIMARY KEY, body_hash TEXT NOT NULL, answer TEXT NOT
  NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX answer_end ON answer (expires_at);
CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, time_ms INTEGER NOT NULL,
  actor TEXT NOT NULL, operator_id TEXT, action TEXT NOT NULL, credential_id TEXT,
  mid_uid TEXT, exchange_id TEXT, detail TEXT, reason TEXT, notes TEXT, correlation_id
  TEXT, hash BLOB NOT NULL) STRICT;
CREATE INDEX audit_credential ON audit (credential_id) WHERE credential_id IS NOT NULL;
CREATE INDEX audit_mid ON audit (mid_uid) WHERE mid_uid IS NOT NULL;
CREATE INDEX audit_exchange ON audit (exchange_id) WHERE exchange_id IS NOT NULL;
PRAGMA user_version = 1;

INSERT INTO meta (key, value) VALUES
  ('secret', X'F3A1EE68A90C16F2C80155485C4D3562541D35369BA8A7777F88B78784C61F15');
INSERT INTO profile (id, version, json, added_at) VALUES
  ('member-pass', 1, '{
  "id": "member-pass",
  "version": 1,
  "docType": "org.example.pass",
  "scope": "member-pass",
  "display": [{"name": "Member pass", "locale": "en"}],
  "enrollment": "direct",
  "consentRef": "required",
  "elements": [
    {"namespace": "org.example.pass.1", "element": "member_number", "source": "number", "presence": "mandatory", "event": "insensitiveAttributes", "eventName": "number"},
    {"namespace": "org.example.pass.1", "element": "family_name", "source": "person/lastName", "presence": "mandatory", "event": "attributes", "eventName": "lastName"},
    {"namespace": "org.example.pass.1", "element": "given_name", "source": "person/firstName", "presence": "mandatory", "event": "attributes", "eventName": "firstName"},
    {"namespace": "org.example.pass.1", "element": "service_level", "source": "serviceLevel", "presence": "recommended", "event": "insensitiveAttributes"},
    {"namespace": "org.example.pass.1", "element": "club", "value": "Nowhere Rowing Club"},
    {"namespace": "org.example.pass.1", "element": "issue_date", "value": {"full-date": "$date"}},
    {"namespace": "org.example.pass.1", "element": "expiry_date", "value": {"full-date": "$lifetime"}},
    {"namespace": "org.example.pass.1", "element": "locker", "source": "locker"}
  ],
  "validity": {"ttl": "7d", "documentLifetime": "365d", "renewalWindow": "2d"},
  "signing": {"signer": "default"},
  "status": {"mechanism": "idlist"},
  "issuance": {"grants": ["pre_authorized"], "txCode": "none", "offerLifetime": "15m", "autoAccept": true},
  "policy": {"uniqueness": "person", "onRemoval": "revoke_device", "device": "inform", "supersedeGrace": "24h", "renewalsPerDay": 24}
}
', 1795868013);
INSERT INTO person (id, external_ref, claims, password, updated_at) VALUES
  ('b952fa90-c618-4a93-9f6e-d87cae6b7d7a', 'p-1', '{"number":"M-1","person":{"lastName":"Lindqvist","firstName":"Mara"}}', X'0788CA2F1DA386B823088E5F4F1772E0201ACF548B4D27B01BF9843AF1E98C9F4A3478F448F5B868BAF360FF03C32D1D', 1795868013);
INSERT INTO offer (id, uid, grant, code_hash, reference_hash, tx_hash, tx_len, tx_numeric, attempts_left, dpop_thumb, device_id, is_spent, created_at, expires_at) VALUES
  (1, 'b01bedba-3537-45ac-b14b-b07f74d91cd2', 1, NULL, X'157FBE6F6D7349D0C5D1EB923CD9A7F8E3C462466C7B1EDA19405D8367ABAEC4', NULL, 0, 0, 5, NULL, NULL, 1, 1795868014, 1795868914);
INSERT INTO offer (id, uid, grant, code_hash, reference_hash, tx_hash, tx_len, tx_numeric, attempts_left, dpop_thumb, device_id, is_spent, created_at, expires_at) VALUES
  (2, 'c571b74b-fdfa-4300-822e-a6918b2f229b', 1, NULL, X'1F6FD7F30693AF0E0945B395F432486B1F4EF2E54CF081C23F6F8628FE77A15A', NULL, 0, 0, 5, NULL, NULL, 1, 1795868014, 1795868914);
INSERT INTO offer (id, uid, grant, code_hash, reference_hash, tx_hash, tx_len, tx_numeric, attempts_left, dpop_thumb, device_id, is_spent, created_at, expires_at) VALUES
  (3, '5abc9cdb-1428-410e-b351-35f309a74be5', 1, X'DB86AC73270C9350BCF0F7921E1B4813597612D3EDC3B6B6BC8DDC848E8633B9', X'AD29ACC988960AC840A18C7F8214AB8326FF686876955C621F7F712E7484D8E8', NULL, 0, 0, 5, NULL, NULL, 0, 1795868014, 1795868914);
INSERT INTO offer (id, uid, grant, code_hash, reference_hash, tx_hash, tx_len, tx_numeric, attempts_left, dpop_thumb, device_id, is_spent, created_at, expires_at) VALUES
  (4, 'daf536a2-cc08-450b-988d-0cc375276aa0', 1, NULL, X'42302DBCEA0368903E576B78CB17E9755DDA29BCE942BB476C7767453F1981AE', NULL, 0, 0, 5, NULL, NULL, 1, 1795868014, 1795868914);
INSERT INTO exchange (id, uid, offer, status, is_ready, is_stalled, is_deferred, grant, profile_id, profile_version, entry_id, person_id, external_ref, metadata, claims, credential_id, mid_uid, denial_code, denial_reason, correlation_id, client_id, consent_ref, n_bad_proofs, created_at, updated_at, expires_at) VALUES
  (1, 'ef58e524-06da-4057-aace-d1c7231e1957', 1, 'credential_accepted', 1, 0, 0, 1, 'member-pass', 1, NULL, NULL, 'case-1', NULL, '{"org.example.pass.1":{"member_number":"M-1","family_name":"Lindqvist","given_name":"Mara","club":"Nowhere Rowing Club","issue_date":{"full-date":"2026-11-28"},"expiry_date":{"full-date":"2027-11-28"}}}', '343201f6-3bfc-46dc-bf51-fbdadb4d22eb', '217c0d34-89a0-4c04-96dd-387eed30a039', NULL, NULL, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', NULL, 'c', 0, 1795868014, 1795868014, 1795868914);
INSERT INTO exchange (id, uid, offer, status, is_ready, is_stalled, is_deferred, grant, profile_id, profile_version, entry_id, person_id, external_ref, metadata, claims, credential_id, mid_uid, denial_code, denial_reason, correlation_id, client_id, consent_ref, n_bad_proofs, created_at, updated_at, expires_at) VALUES
  (2, 'ff820422-21e7-422b-a55a-7e37b70950de', 2, 'credential_accepted', 1, 0, 0, 1, 'member-pass', 1, NULL, NULL, NULL, NULL, '{"org.example.pass.1":{"member_number":"M-1","family_name":"Lindqvist","given_name":"Mara","club":"Nowhere Rowing Club","issue_date":{"full-date":"2026-11-28"},"expiry_date":{"full-date":"2027-11-28"}}}', '594f14f1-2eab-4069-9604-cec9a813b61b', '528aaeb4-45ef-47d1-94fb-b479e21634d9', NULL, NULL, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', NULL, 'c', 0, 1795868014, 1795868014, 1795868914);
INSERT INTO exchange (id, uid, offer, status, is_ready, is_stalled, is_deferred, grant, profile_id, profile_version, entry_id, person_id, external_ref, metadata, claims, credential_id, mid_uid, denial_code, denial_reason, correlation_id, client_id, consent_ref, n_bad_proofs, created_at, updated_at, expires_at) VALUES
  (3, '2a0e28cd-a77c-4e48-858d-1ea78f2a0607', 3, 'offer_sent', 1, 0, 0, 1, 'member-pass', 1, NULL, NULL, NULL, NULL, '{"org.example.pass.1":{"member_number":"M-1","family_name":"Lindqvist","given_name":"Mara","club":"Nowhere Rowing Club","issue_date":{"full-date":"2026-11-28"},"expiry_date":{"full-date":"2027-11-28"}}}', NULL, '9f4fe106-ba44-43e4-8a25-0c78498a0cd8', NULL, NULL, '6ca6e798-20ba-4dd4-80e1-c1e379c8196f', NULL, 'c', 0, 1795868014, 1795868014, 1795868914);
INSERT INTO exchange (id, uid, offer, status, is_ready, is_stalled, is_deferred, grant, profile_id, profile_version, entry_id, person_id, external_ref, metadata, claims, credential_id, mid_uid, denial_code, denial_reason, correlation_id, client_id, consent_ref, n_bad_proofs, created_at, updated_at, expires_at) VALUES
  (4, 'a419422a-6252-483a-8475-4facac5d31ab', 4, 'offer_withdrawn', 1, 0, 0, 1, 'member-pass', 1, NULL, NULL, NULL, NULL, '{"org.example.pass.1":{"member_number":"M-1","family_name":"Lindqvist","given_name":"Mara","club":"Nowhere Rowing Club","issue_date":{"full-date":"2026-11-28"},"expiry_date":{"full-date":"2027-11-28"}}}', NULL, '2d2bbe19-0498-4661-9171-497a1c5e714b', 'withdrawn', NULL, '584c32ce-63bf-496f-af2b-a061c9ffceda', NULL, 'c', 0, 1795868014, 1795868014, 1795868914);
INSERT INTO credential (id, uid, person_id, external_ref, profile_id, profile_version, state, reason, dataset, claims, document_expiry, created_at, updated_at) VALUES
  (1, '343201f6-3bfc-46dc-bf51-fbdadb4d22eb', NULL, 'case-1', 'member-pass', 1, 'active', NULL, 1, '{"org.example.pass.1":{"member_number":"M-1","family_name":"Lindqvist","given_name":"Mara","club":"Nowhere Rowing Club","issue_date":{"full-date":"2026-11-28"},"expiry_date":{"full-date":"2027-11-28"}}}', 1827446399, 1795868014, 1795868014);
INSERT INTO credential (id, uid, person_id, external_ref, profile_id, profile_version, state, reason, dataset, claims, document_expiry, created_at, updated_at) VALUES
  (2, '594f14f1-2eab-4069-9604-cec9a813b61b', NULL, NULL, 'member-pass', 1, 'active', NULL, 1, '{"org.example.pass.1":{"member_number":"M-1","family_name":"Lindqvist","given_name":"Mara","club":"Nowhere Rowing Club","issue_date":{"full-date":"2026-11-28"},"expiry_date":{"full-date":"2027-11-28"}}}', 1827446399, 1795868014, 1795868014);
INSERT INTO device (id, uid, thumb, client_type, agent_version, is_suspected_clone, created_at, last_seen) VALUES
  (1, '9026b16a-cf9f-4ce9-a620-1e9485b6d746', 'MGslFU3DyrrLEE2KqGYVm4HxPHWTK07cNoFr7maAgQw', NULL, NULL, 0, 1795868014, 1795868014);
INSERT INTO device (id, uid, thumb, client_type, agent_version, is_suspected_clone, created_at, last_seen) VALUES
  (2, 'b5463a27-0c9d-47c0-b038-342b07f9c440', 'HGMICD6VtQbda4-wolLyu1u2VNiv4eFx6AT3j3VMPUE', NULL, NULL, 0, 1795868014, 1795868014);
INSERT INTO device_credential (id, mid_uid, credential, device, exchange, state, reason, confirmed, newest, causes, valid_until, is_expiry_told, day, n_today, created_at, updated_at) VALUES
  (1, '217c0d34-89a0-4c04-96dd-387eed30a039', 1, 1, 1, 'active', NULL, 1, 1, 0, 1796472000, 0, 0, 0, 1795868014, 1795868014);
INSERT INTO device_credential (id, mid_uid, credential, device, exchange, state, reason, confirmed, newest, causes, valid_until, is_expiry_told, day, n_today, created_at, updated_at) VALUES
  (2, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 2, 2, 2, 'suspended', NULL, 1, 1, 0, 1796472000, 0, 0, 0, 1795868014, 1795868014);
INSERT INTO generation (id, device_credential, n, cause, phase, dataset, profile_version, signed_at, valid_until, expected_update, notification_hash, keys_hash, invalid_at, correlation_id) VALUES
  (1, 1, 1, 'enrollment', 'current', 1, 1, 1795867200, 1796472000, 1796299200, X'D35E6A938EAEE50B0FDE114AD2F7BDB16BB8CCBE14B9DEB96A0FF4110254FB37', X'3F5039CDEE70171F002DE49589F9F31D9B1F47E85FD554E90B6E74CE9B4F89B3', 0, '9d1e24ff-30d0-444d-80d4-2a042f4722f9');
INSERT INTO generation (id, device_credential, n, cause, phase, dataset, profile_version, signed_at, valid_until, expected_update, notification_hash, keys_hash, invalid_at, correlation_id) VALUES
  (2, 2, 1, 'enrollment', 'current', 1, 1, 1795867200, 1796472000, 1796299200, X'DD227E76B4E5C22B322A30D2EFBFBDAAEBCC0409157A168C892D9B26266AF961', X'E13EB93FF868B65FADB4C0CBECAC42A1D54433EB18E87591BAEBB4A39AC11B59', 0, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93');
INSERT INTO copy (id, generation, key_thumb, key_spki, list, idx, id_list, mso_id, issuer_signed, digest) VALUES
  (1, 1, 'FjXyuIV7B4SztXdi3BL2_y80_A09hzsDpi0AYnPjmeU', X'3059301306072A8648CE3D020106082A8648CE3D030107034200041CCF8074BB6997DF92643238A065CAED69E4518BA13306744DB05249358C7D2E90BAAD582D337F790F972C93A36FC2847402644A3270CE1D05BF063E381E8105', NULL, NULL, 1, X'8022943A957503CC24D71C02CEE40409', NULL, 'qYK5AIVXhI28A4zCEBdIT1Tte9vDnR3-nSKRDbHQSlw');
INSERT INTO copy (id, generation, key_thumb, key_spki, list, idx, id_list, mso_id, issuer_signed, digest) VALUES
  (2, 2, 'ZxpT4JHVNJEpnb6ebuaivJXxQU5Of6K6uB0ONRyE9KM', X'3059301306072A8648CE3D020106082A8648CE3D03010703420004668962E5B9FFE34B16F867E916945B52E239F25BE39B6178BC1E7D5F8C9CBDEDDD27F2CEB41CB9A2C7A6BAC884AC11F9F3FCB9E4AABD3B22A49DDD3C282B72B9', NULL, NULL, 1, X'8136F957FCDA3C5BF3C381E9A6518667', NULL, 'MLSrnhHpIHqqfdzx7nfPuFXeI448kHAvVbjgX_gho1g');
INSERT INTO status_list (id, uid, bits, size, used, key, version, signer) VALUES
  (1, '8feab694dc1cde40', 0, 1000000, 2, X'C9D577EFF6239D4C24B2779CE0B019DCA8E7133B746B60BB9CCBF27C6A4D3CBF', 2, 'default');
INSERT INTO listed_id (list, mso_id, valid_until) VALUES
  (1, X'8136F957FCDA3C5BF3C381E9A6518667', 1796472000);
INSERT INTO token_grant (id, uid, thumb, client_id, created_at) VALUES
  (1, 'e81e5fb4-f733-45c4-a8c1-8e9c98540ac9', 'MGslFU3DyrrLEE2KqGYVm4HxPHWTK07cNoFr7maAgQw', NULL, 1795868014);
INSERT INTO token_grant (id, uid, thumb, client_id, created_at) VALUES
  (2, '37e8c969-b8b1-4aae-83fd-77af75794e13', 'HGMICD6VtQbda4-wolLyu1u2VNiv4eFx6AT3j3VMPUE', NULL, 1795868014);
INSERT INTO grant_item (grant, exchange) VALUES
  (1, 1);
INSERT INTO grant_item (grant, exchange) VALUES
  (2, 2);
INSERT INTO token (hash, kind, grant, state, expires_at) VALUES
  (X'5D659935311892CF70F62F4D028238F48FF2299C9151BC382585D8B53CDCAB15', 0, 1, 0, 1795868614);
INSERT INTO token (hash, kind, grant, state, expires_at) VALUES
  (X'64E428E0370571C2F812663D70E898241624E98AECB084CA673476F8EE63D683', 0, 2, 0, 1795868614);
INSERT INTO token (hash, kind, grant, state, expires_at) VALUES
  (X'B92BF9F75A4A932C99E77F19625ACC46D2BE5452E654B34C831D55B1A1917897', 1, 1, 0, 1830428014);
INSERT INTO token (hash, kind, grant, state, expires_at) VALUES
  (X'FE58AF8BCF00BBA72CC84216E2326BECE7F212D1EE7105990E6BD973BA4C56EC', 1, 2, 0, 1830428014);
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (1, '01a22213-3821-788e-ae8a-1a3109196500', 1, '217c0d34-89a0-4c04-96dd-387eed30a039', 'openid.credential.offer_sent', 1795868014625, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', 'ef58e524-06da-4057-aace-d1c7231e1957', '{"specVersion":1,"id":"01a22213-3821-788e-ae8a-1a3109196500","seq":1,"type":"openid.credential.offer_sent","time":"2026-11-28T12:13:34.625Z","correlationId":"9d1e24ff-30d0-444d-80d4-2a042f4722f9","actor":"issuer","subject":{"exchangeId":"ef58e524-06da-4057-aace-d1c7231e1957"},"final":false,"retryable":false,"data":{"offerId":"b01bedba-3537-45ac-b14b-b07f74d91cd2","profileId":"member-pass","expiresAt":1795868914}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (2, '01a22213-35b0-7e6f-a366-79c7264588cc', 2, '217c0d34-89a0-4c04-96dd-387eed30a039', 'openid.credential.offer_received', 1795868014000, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', 'ef58e524-06da-4057-aace-d1c7231e1957', '{"specVersion":1,"id":"01a22213-35b0-7e6f-a366-79c7264588cc","seq":2,"type":"openid.credential.offer_received","time":"2026-11-28T12:13:34.000Z","correlationId":"9d1e24ff-30d0-444d-80d4-2a042f4722f9","actor":"holder","subject":{"exchangeId":"ef58e524-06da-4057-aace-d1c7231e1957"},"final":false,"retryable":false,"data":{}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (3, '01a22213-35b0-7361-940c-acdeaea090ac', 3, '217c0d34-89a0-4c04-96dd-387eed30a039', 'openid.credential.token_issued', 1795868014000, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', 'ef58e524-06da-4057-aace-d1c7231e1957', '{"specVersion":1,"id":"01a22213-35b0-7361-940c-acdeaea090ac","seq":3,"type":"openid.credential.token_issued","time":"2026-11-28T12:13:34.000Z","correlationId":"9d1e24ff-30d0-444d-80d4-2a042f4722f9","actor":"holder","subject":{"exchangeId":"ef58e524-06da-4057-aace-d1c7231e1957"},"final":false,"retryable":false,"data":{"grant":"pre-authorized_code"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (4, '01a22213-35b0-7ecf-a9da-14536448af8f', 4, '217c0d34-89a0-4c04-96dd-387eed30a039', 'mIDIssued', 1795868014000, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', 'ef58e524-06da-4057-aace-d1c7231e1957', '{"specVersion":1,"id":"01a22213-35b0-7ecf-a9da-14536448af8f","seq":4,"type":"mIDIssued","time":"2026-11-28T12:13:34.000Z","correlationId":"9d1e24ff-30d0-444d-80d4-2a042f4722f9","cause":"enrollment","actor":"holder","subject":{"credentialId":"343201f6-3bfc-46dc-bf51-fbdadb4d22eb","midUid":"217c0d34-89a0-4c04-96dd-387eed30a039","exchangeId":"ef58e524-06da-4057-aace-d1c7231e1957"},"final":false,"retryable":false,"data":{"generation":1,"validUntil":"2026-12-05T12:00:00Z","insensitiveAttributes":{"number":"M-1"},"attributes":{"lastName":"Lindqvist","firstName":"Mara"}}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (5, '01a22213-35b0-7372-9831-0205827937c5', 5, '217c0d34-89a0-4c04-96dd-387eed30a039', 'openid.credential.credential_issued', 1795868014000, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', 'ef58e524-06da-4057-aace-d1c7231e1957', '{"specVersion":1,"id":"01a22213-35b0-7372-9831-0205827937c5","seq":5,"type":"openid.credential.credential_issued","time":"2026-11-28T12:13:34.000Z","correlationId":"9d1e24ff-30d0-444d-80d4-2a042f4722f9","actor":"holder","subject":{"credentialId":"343201f6-3bfc-46dc-bf51-fbdadb4d22eb","midUid":"217c0d34-89a0-4c04-96dd-387eed30a039","exchangeId":"ef58e524-06da-4057-aace-d1c7231e1957"},"final":false,"retryable":false,"data":{"format":"mso_mdoc","mode":"InTime"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (6, '01a22213-35b0-71a2-b0b5-dded1c0125c7', 6, '217c0d34-89a0-4c04-96dd-387eed30a039', 'openid.credential.credential_acked', 1795868014000, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', 'ef58e524-06da-4057-aace-d1c7231e1957', '{"specVersion":1,"id":"01a22213-35b0-71a2-b0b5-dded1c0125c7","seq":6,"type":"openid.credential.credential_acked","time":"2026-11-28T12:13:34.000Z","correlationId":"9d1e24ff-30d0-444d-80d4-2a042f4722f9","actor":"holder","subject":{"credentialId":"343201f6-3bfc-46dc-bf51-fbdadb4d22eb","midUid":"217c0d34-89a0-4c04-96dd-387eed30a039","exchangeId":"ef58e524-06da-4057-aace-d1c7231e1957"},"final":false,"retryable":false,"data":{}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (7, '01a22213-35b0-78db-abfe-317da6c30a16', 7, '217c0d34-89a0-4c04-96dd-387eed30a039', 'openid.credential.credential_accepted', 1795868014000, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', 'ef58e524-06da-4057-aace-d1c7231e1957', '{"specVersion":1,"id":"01a22213-35b0-78db-abfe-317da6c30a16","seq":7,"type":"openid.credential.credential_accepted","time":"2026-11-28T12:13:34.000Z","correlationId":"9d1e24ff-30d0-444d-80d4-2a042f4722f9","actor":"holder","subject":{"credentialId":"343201f6-3bfc-46dc-bf51-fbdadb4d22eb","midUid":"217c0d34-89a0-4c04-96dd-387eed30a039","exchangeId":"ef58e524-06da-4057-aace-d1c7231e1957"},"final":true,"retryable":false,"data":{}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (8, '01a22213-35b0-769a-a2db-835fcfe59894', 8, '217c0d34-89a0-4c04-96dd-387eed30a039', 'mIDClaimed', 1795868014000, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', 'ef58e524-06da-4057-aace-d1c7231e1957', '{"specVersion":1,"id":"01a22213-35b0-769a-a2db-835fcfe59894","seq":8,"type":"mIDClaimed","time":"2026-11-28T12:13:34.000Z","correlationId":"9d1e24ff-30d0-444d-80d4-2a042f4722f9","cause":"enrollment","actor":"holder","subject":{"credentialId":"343201f6-3bfc-46dc-bf51-fbdadb4d22eb","midUid":"217c0d34-89a0-4c04-96dd-387eed30a039","exchangeId":"ef58e524-06da-4057-aace-d1c7231e1957"},"final":true,"retryable":false,"data":{"deviceId":"9026b16a-cf9f-4ce9-a620-1e9485b6d746"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (9, '01a22213-3873-725d-9a99-7f4451aaf267', 1, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'openid.credential.offer_sent', 1795868014707, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', 'ff820422-21e7-422b-a55a-7e37b70950de', '{"specVersion":1,"id":"01a22213-3873-725d-9a99-7f4451aaf267","seq":1,"type":"openid.credential.offer_sent","time":"2026-11-28T12:13:34.707Z","correlationId":"c3c9f6f3-acf0-418f-9597-dbea920d6f93","actor":"issuer","subject":{"exchangeId":"ff820422-21e7-422b-a55a-7e37b70950de"},"final":false,"retryable":false,"data":{"offerId":"c571b74b-fdfa-4300-822e-a6918b2f229b","profileId":"member-pass","expiresAt":1795868914}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (10, '01a22213-35b0-7b1c-9b3f-e1d4a0b0c43e', 2, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'openid.credential.offer_received', 1795868014000, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', 'ff820422-21e7-422b-a55a-7e37b70950de', '{"specVersion":1,"id":"01a22213-35b0-7b1c-9b3f-e1d4a0b0c43e","seq":2,"type":"openid.credential.offer_received","time":"2026-11-28T12:13:34.000Z","correlationId":"c3c9f6f3-acf0-418f-9597-dbea920d6f93","actor":"holder","subject":{"exchangeId":"ff820422-21e7-422b-a55a-7e37b70950de"},"final":false,"retryable":false,"data":{}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (11, '01a22213-35b0-77a8-a6c0-0b3fd00edd84', 3, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'openid.credential.token_issued', 1795868014000, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', 'ff820422-21e7-422b-a55a-7e37b70950de', '{"specVersion":1,"id":"01a22213-35b0-77a8-a6c0-0b3fd00edd84","seq":3,"type":"openid.credential.token_issued","time":"2026-11-28T12:13:34.000Z","correlationId":"c3c9f6f3-acf0-418f-9597-dbea920d6f93","actor":"holder","subject":{"exchangeId":"ff820422-21e7-422b-a55a-7e37b70950de"},"final":false,"retryable":false,"data":{"grant":"pre-authorized_code"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (12, '01a22213-35b0-76d7-9cf0-21956fc08932', 4, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'mIDIssued', 1795868014000, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', 'ff820422-21e7-422b-a55a-7e37b70950de', '{"specVersion":1,"id":"01a22213-35b0-76d7-9cf0-21956fc08932","seq":4,"type":"mIDIssued","time":"2026-11-28T12:13:34.000Z","correlationId":"c3c9f6f3-acf0-418f-9597-dbea920d6f93","cause":"enrollment","actor":"holder","subject":{"credentialId":"594f14f1-2eab-4069-9604-cec9a813b61b","midUid":"528aaeb4-45ef-47d1-94fb-b479e21634d9","exchangeId":"ff820422-21e7-422b-a55a-7e37b70950de"},"final":false,"retryable":false,"data":{"generation":1,"validUntil":"2026-12-05T12:00:00Z","insensitiveAttributes":{"number":"M-1"},"attributes":{"lastName":"Lindqvist","firstName":"Mara"}}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (13, '01a22213-35b0-76a3-9413-e808de7a3ab3', 5, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'openid.credential.credential_issued', 1795868014000, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', 'ff820422-21e7-422b-a55a-7e37b70950de', '{"specVersion":1,"id":"01a22213-35b0-76a3-9413-e808de7a3ab3","seq":5,"type":"openid.credential.credential_issued","time":"2026-11-28T12:13:34.000Z","correlationId":"c3c9f6f3-acf0-418f-9597-dbea920d6f93","actor":"holder","subject":{"credentialId":"594f14f1-2eab-4069-9604-cec9a813b61b","midUid":"528aaeb4-45ef-47d1-94fb-b479e21634d9","exchangeId":"ff820422-21e7-422b-a55a-7e37b70950de"},"final":false,"retryable":false,"data":{"format":"mso_mdoc","mode":"InTime"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (14, '01a22213-35b0-79c1-bc91-1aa0ed69a7f4', 6, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'openid.credential.credential_acked', 1795868014000, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', 'ff820422-21e7-422b-a55a-7e37b70950de', '{"specVersion":1,"id":"01a22213-35b0-79c1-bc91-1aa0ed69a7f4","seq":6,"type":"openid.credential.credential_acked","time":"2026-11-28T12:13:34.000Z","correlationId":"c3c9f6f3-acf0-418f-9597-dbea920d6f93","actor":"holder","subject":{"credentialId":"594f14f1-2eab-4069-9604-cec9a813b61b","midUid":"528aaeb4-45ef-47d1-94fb-b479e21634d9","exchangeId":"ff820422-21e7-422b-a55a-7e37b70950de"},"final":false,"retryable":false,"data":{}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (15, '01a22213-35b0-74fa-aea1-0e2de8125d79', 7, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'openid.credential.credential_accepted', 1795868014000, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', 'ff820422-21e7-422b-a55a-7e37b70950de', '{"specVersion":1,"id":"01a22213-35b0-74fa-aea1-0e2de8125d79","seq":7,"type":"openid.credential.credential_accepted","time":"2026-11-28T12:13:34.000Z","correlationId":"c3c9f6f3-acf0-418f-9597-dbea920d6f93","actor":"holder","subject":{"credentialId":"594f14f1-2eab-4069-9604-cec9a813b61b","midUid":"528aaeb4-45ef-47d1-94fb-b479e21634d9","exchangeId":"ff820422-21e7-422b-a55a-7e37b70950de"},"final":true,"retryable":false,"data":{}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (16, '01a22213-35b0-7309-b6c7-c12e2112c575', 8, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'mIDClaimed', 1795868014000, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', 'ff820422-21e7-422b-a55a-7e37b70950de', '{"specVersion":1,"id":"01a22213-35b0-7309-b6c7-c12e2112c575","seq":8,"type":"mIDClaimed","time":"2026-11-28T12:13:34.000Z","correlationId":"c3c9f6f3-acf0-418f-9597-dbea920d6f93","cause":"enrollment","actor":"holder","subject":{"credentialId":"594f14f1-2eab-4069-9604-cec9a813b61b","midUid":"528aaeb4-45ef-47d1-94fb-b479e21634d9","exchangeId":"ff820422-21e7-422b-a55a-7e37b70950de"},"final":true,"retryable":false,"data":{"deviceId":"b5463a27-0c9d-47c0-b038-342b07f9c440"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (17, '01a22213-388e-7389-ab77-4286fa76b6fb', 1, '71d6b9ae-106e-4e60-8053-633533e21bac', 'batch.started', 1795868014734, '3419a9d4-df1b-456a-a8e5-4eebff6ec490', NULL, '{"specVersion":1,"id":"01a22213-388e-7389-ab77-4286fa76b6fb","seq":1,"type":"batch.started","time":"2026-11-28T12:13:34.734Z","correlationId":"3419a9d4-df1b-456a-a8e5-4eebff6ec490","actor":"issuer","subject":{"batchId":"71d6b9ae-106e-4e60-8053-633533e21bac"},"final":false,"retryable":false,"data":{"items":1}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (18, '01a22213-3899-762b-a195-534494f8d3f3', 9, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'deviceCredentialStateChanged', 1795868014745, '3419a9d4-df1b-456a-a8e5-4eebff6ec490', NULL, '{"specVersion":1,"id":"01a22213-3899-762b-a195-534494f8d3f3","seq":9,"type":"deviceCredentialStateChanged","time":"2026-11-28T12:13:34.745Z","correlationId":"3419a9d4-df1b-456a-a8e5-4eebff6ec490","actor":"issuer","subject":{"credentialId":"594f14f1-2eab-4069-9604-cec9a813b61b","midUid":"528aaeb4-45ef-47d1-94fb-b479e21634d9"},"final":true,"retryable":false,"data":{"from":"active","to":"suspended","scope":"device"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (19, '01a22213-3899-7db5-a8f4-53f1f392b440', 2, '71d6b9ae-106e-4e60-8053-633533e21bac', 'batch.item_done', 1795868014745, '3419a9d4-df1b-456a-a8e5-4eebff6ec490', NULL, '{"specVersion":1,"id":"01a22213-3899-7db5-a8f4-53f1f392b440","seq":2,"type":"batch.item_done","time":"2026-11-28T12:13:34.745Z","correlationId":"3419a9d4-df1b-456a-a8e5-4eebff6ec490","actor":"system","subject":{"batchId":"71d6b9ae-106e-4e60-8053-633533e21bac"},"final":false,"retryable":false,"data":{"index":0,"done":true}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (20, '01a22213-3899-774b-81f1-1938af07ab66', 3, '71d6b9ae-106e-4e60-8053-633533e21bac', 'batch.completed', 1795868014745, '3419a9d4-df1b-456a-a8e5-4eebff6ec490', NULL, '{"specVersion":1,"id":"01a22213-3899-774b-81f1-1938af07ab66","seq":3,"type":"batch.completed","time":"2026-11-28T12:13:34.745Z","correlationId":"3419a9d4-df1b-456a-a8e5-4eebff6ec490","actor":"system","subject":{"batchId":"71d6b9ae-106e-4e60-8053-633533e21bac"},"final":true,"retryable":false,"data":{"done":1,"failed":0}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (21, '01a22213-38cb-7457-b159-551c3449b862', 1, '9f4fe106-ba44-43e4-8a25-0c78498a0cd8', 'openid.credential.offer_sent', 1795868014795, '6ca6e798-20ba-4dd4-80e1-c1e379c8196f', '2a0e28cd-a77c-4e48-858d-1ea78f2a0607', '{"specVersion":1,"id":"01a22213-38cb-7457-b159-551c3449b862","seq":1,"type":"openid.credential.offer_sent","time":"2026-11-28T12:13:34.795Z","correlationId":"6ca6e798-20ba-4dd4-80e1-c1e379c8196f","actor":"issuer","subject":{"exchangeId":"2a0e28cd-a77c-4e48-858d-1ea78f2a0607"},"final":false,"retryable":false,"data":{"offerId":"5abc9cdb-1428-410e-b351-35f309a74be5","profileId":"member-pass","expiresAt":1795868914}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (22, '01a22213-38e6-72b0-81c3-2a699f9b1617', 1, '2d2bbe19-0498-4661-9171-497a1c5e714b', 'openid.credential.offer_sent', 1795868014822, '584c32ce-63bf-496f-af2b-a061c9ffceda', 'a419422a-6252-483a-8475-4facac5d31ab', '{"specVersion":1,"id":"01a22213-38e6-72b0-81c3-2a699f9b1617","seq":1,"type":"openid.credential.offer_sent","time":"2026-11-28T12:13:34.822Z","correlationId":"584c32ce-63bf-496f-af2b-a061c9ffceda","actor":"issuer","subject":{"exchangeId":"a419422a-6252-483a-8475-4facac5d31ab"},"final":false,"retryable":false,"data":{"offerId":"daf536a2-cc08-450b-988d-0cc375276aa0","profileId":"member-pass","expiresAt":1795868914}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (23, '01a22213-38fe-7e70-bcbf-3cf7dc3a8013', 2, '2d2bbe19-0498-4661-9171-497a1c5e714b', 'exchange.offer_withdrawn', 1795868014846, '584c32ce-63bf-496f-af2b-a061c9ffceda', 'a419422a-6252-483a-8475-4facac5d31ab', '{"specVersion":1,"id":"01a22213-38fe-7e70-bcbf-3cf7dc3a8013","seq":2,"type":"exchange.offer_withdrawn","time":"2026-11-28T12:13:34.846Z","correlationId":"584c32ce-63bf-496f-af2b-a061c9ffceda","actor":"issuer","subject":{"exchangeId":"a419422a-6252-483a-8475-4facac5d31ab"},"final":false,"retryable":false,"data":{"code":"withdrawn"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (24, '01a22213-38fe-7992-9d15-a54cd8413d10', 3, '2d2bbe19-0498-4661-9171-497a1c5e714b', 'openid.credential.issuance_denied', 1795868014846, '584c32ce-63bf-496f-af2b-a061c9ffceda', 'a419422a-6252-483a-8475-4facac5d31ab', '{"specVersion":1,"id":"01a22213-38fe-7992-9d15-a54cd8413d10","seq":3,"type":"openid.credential.issuance_denied","time":"2026-11-28T12:13:34.846Z","correlationId":"584c32ce-63bf-496f-af2b-a061c9ffceda","actor":"issuer","subject":{"exchangeId":"a419422a-6252-483a-8475-4facac5d31ab"},"final":false,"retryable":false,"data":{"code":"withdrawn"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (25, '01a22213-38fe-7200-8039-ec31b9378558', 4, '2d2bbe19-0498-4661-9171-497a1c5e714b', 'enrollmentFailed', 1795868014846, '584c32ce-63bf-496f-af2b-a061c9ffceda', 'a419422a-6252-483a-8475-4facac5d31ab', '{"specVersion":1,"id":"01a22213-38fe-7200-8039-ec31b9378558","seq":4,"type":"enrollmentFailed","time":"2026-11-28T12:13:34.846Z","correlationId":"584c32ce-63bf-496f-af2b-a061c9ffceda","actor":"issuer","subject":{"exchangeId":"a419422a-6252-483a-8475-4facac5d31ab"},"final":true,"retryable":false,"data":{"code":"withdrawn"}}');
INSERT INTO event (id, uid, seq, subject, type, time_ms, correlation_id, exchange_id, json) VALUES
  (26, '01a22213-3937-773b-b65e-291cfe94a5bf', 9, '217c0d34-89a0-4c04-96dd-387eed30a039', 'message.queued', 1795868014903, '1772f6c4-0d83-46d9-8789-96993b9d6c61', NULL, '{"specVersion":1,"id":"01a22213-3937-773b-b65e-291cfe94a5bf","seq":9,"type":"message.queued","time":"2026-11-28T12:13:34.903Z","correlationId":"1772f6c4-0d83-46d9-8789-96993b9d6c61","actor":"issuer","subject":{"midUid":"217c0d34-89a0-4c04-96dd-387eed30a039"},"final":false,"retryable":false,"data":{"messageId":"9191aa31-ad86-4d40-9817-3725018327e3","category":"general"}}');
INSERT INTO subscription (id, uid, url, secret, bearer, types, exchange_id, aborts, state, parked_since) VALUES
  (1, '50b05f8e-8e1f-4083-ab73-7e2709525946', 'http://127.0.0.1:9/e', 'ssssssssssssssssssssssssssssssss', NULL, 'offerWithdrawn', NULL, 0, 'live', 0);
INSERT INTO action (id, device, mid_uid, kind, payload, created_at, acked_at, result) VALUES
  (1, 2, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'suspend', NULL, 1795868014, 0, NULL);
INSERT INTO message (id, uid, device, mid_uid, category, title, body, state, created_at, expires_at) VALUES
  (1, '9191aa31-ad86-4d40-9817-3725018327e3', 1, '217c0d34-89a0-4c04-96dd-387eed30a039', 'general', 'Hello', 'There', 'queued', 1795868014, 0);
INSERT INTO batch (id, uid, kind, state, n_items, n_done, n_failed, actor, operator_id, correlation_id, reason, notes, created_at) VALUES
  (1, '71d6b9ae-106e-4e60-8053-633533e21bac', 'state', 'completed', 1, 1, 0, 'issuer', 'configure-er', '3419a9d4-df1b-456a-a8e5-4eebff6ec490', NULL, NULL, 1795868014);
INSERT INTO batch_item (batch, i, json, state, code, result) VALUES
  (1, 0, '{"newState":"suspended","midUids":["528aaeb4-45ef-47d1-94fb-b479e21634d9"],"scope":"devices"}', 'done', NULL, '{"changed":true}');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (1, 1795868013000, 'system', NULL, 'profile.added', NULL, NULL, NULL, 'member-pass@1', NULL, NULL, NULL, X'BBF712CBC28C1755615979C2B1EFB234C2BE518AC4A953805FC3378D321CB6FE');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (2, 1795868013829, 'issuer', 'configure-er', 'person.put', NULL, NULL, NULL, 'b952fa90-c618-4a93-9f6e-d87cae6b7d7a', NULL, NULL, '96708ae0-8f1a-4bcb-a5fb-82caa8829296', X'CD7A0047296BE6C4F3D7574BCDC30550431CFF07BE50137EDB5D35AAE567E006');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (3, 1795868013829, 'issuer', 'configure-er', 'person.password', NULL, NULL, NULL, 'b952fa90-c618-4a93-9f6e-d87cae6b7d7a', NULL, NULL, '96708ae0-8f1a-4bcb-a5fb-82caa8829296', X'522A138C537F9D9F38D07D9A5AA482320C275F39A7F0F8304351F5B54BDED0A3');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (4, 1795868014625, 'issuer', 'configure-er', 'claims.recommended_missing', NULL, NULL, NULL, 'service_level', NULL, NULL, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', X'9386A2194CF9C4457616A0885F479BE9195890F582D49BBAF6983F4F9E6CF212');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (5, 1795868014625, 'issuer', 'configure-er', 'exchange.offer_sent', NULL, '217c0d34-89a0-4c04-96dd-387eed30a039', 'ef58e524-06da-4057-aace-d1c7231e1957', 'c', NULL, NULL, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', X'96146D0B55CCA0A23BFB910DC5F9A2E21A6868AECAFC1BC14A56C0EAC4B5BA2B');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (6, 1795868014000, 'holder', NULL, 'exchange.offer_received', NULL, '217c0d34-89a0-4c04-96dd-387eed30a039', 'ef58e524-06da-4057-aace-d1c7231e1957', NULL, NULL, NULL, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', X'D4D9BF600F82B81F0EE3C6B9EBE81A9EEB3262893506C4870EEB1B076EB4F7E2');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (7, 1795868014000, 'holder', NULL, 'exchange.token_issued', NULL, '217c0d34-89a0-4c04-96dd-387eed30a039', 'ef58e524-06da-4057-aace-d1c7231e1957', NULL, NULL, NULL, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', X'241D6000D968F65306476DA6271E68D2963E4484E50323E435F498DE8AE622F2');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (8, 1795868014000, 'holder', NULL, 'credential.issued', '343201f6-3bfc-46dc-bf51-fbdadb4d22eb', '217c0d34-89a0-4c04-96dd-387eed30a039', 'ef58e524-06da-4057-aace-d1c7231e1957', 'generation 1 enrollment', NULL, NULL, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', X'421E62F87ED080B866EE661D74FA059E271A49D90DC3D7294582D949A639C7B0');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (9, 1795868014000, 'holder', NULL, 'exchange.credential_issued', '343201f6-3bfc-46dc-bf51-fbdadb4d22eb', '217c0d34-89a0-4c04-96dd-387eed30a039', 'ef58e524-06da-4057-aace-d1c7231e1957', NULL, NULL, NULL, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', X'48220A9737526EA43E1DCCF35393BEF59C5603321BF23F20BB6714BA6B9F4A95');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (10, 1795868014000, 'holder', NULL, 'exchange.credential_acked', '343201f6-3bfc-46dc-bf51-fbdadb4d22eb', '217c0d34-89a0-4c04-96dd-387eed30a039', 'ef58e524-06da-4057-aace-d1c7231e1957', NULL, NULL, NULL, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', X'F2D4651743FBC0E937DA1BB2FE30DAE3FD5542FA2D855CA25F8150163D5DE831');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (11, 1795868014000, 'holder', NULL, 'generation.confirmed', '343201f6-3bfc-46dc-bf51-fbdadb4d22eb', '217c0d34-89a0-4c04-96dd-387eed30a039', NULL, NULL, NULL, NULL, NULL, X'CD39BE5C25FC1731CC90E1A8AC3D419040346E149704C4B1F71C904D3AEFB44B');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (12, 1795868014000, 'holder', NULL, 'exchange.credential_accepted', '343201f6-3bfc-46dc-bf51-fbdadb4d22eb', '217c0d34-89a0-4c04-96dd-387eed30a039', 'ef58e524-06da-4057-aace-d1c7231e1957', NULL, NULL, NULL, '9d1e24ff-30d0-444d-80d4-2a042f4722f9', X'42841057B4F7B646374F44F4D4CAA72556BD89D9B14528560130D8F0B4F411AF');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (13, 1795868014707, 'issuer', 'configure-er', 'claims.recommended_missing', NULL, NULL, NULL, 'service_level', NULL, NULL, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', X'DB0AD1DD37B48DECAA830A77269A2CBC7A3DA5C1096198FF977818EFC0A0C811');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (14, 1795868014707, 'issuer', 'configure-er', 'exchange.offer_sent', NULL, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'ff820422-21e7-422b-a55a-7e37b70950de', 'c', NULL, NULL, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', X'796510CA5E9274E03A518B02168C7974025974F3962EB29A4C3CCAF923B8AE22');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (15, 1795868014000, 'holder', NULL, 'exchange.offer_received', NULL, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'ff820422-21e7-422b-a55a-7e37b70950de', NULL, NULL, NULL, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', X'6BE2AB848B30CB0FC3BDF2DD66EC0F4D491A9D328B53B232706569E1E0520EA7');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (16, 1795868014000, 'holder', NULL, 'exchange.token_issued', NULL, '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'ff820422-21e7-422b-a55a-7e37b70950de', NULL, NULL, NULL, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', X'E1A00C5F732AE457471D6238F7213252D8DCC335BEDDCA84AB1BD3881D10DCED');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (17, 1795868014000, 'holder', NULL, 'credential.issued', '594f14f1-2eab-4069-9604-cec9a813b61b', '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'ff820422-21e7-422b-a55a-7e37b70950de', 'generation 1 enrollment', NULL, NULL, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', X'03294BD34A81D2528A347F5992C93F41E8B0417D8A0B59148377443D3D88E09B');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (18, 1795868014000, 'holder', NULL, 'exchange.credential_issued', '594f14f1-2eab-4069-9604-cec9a813b61b', '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'ff820422-21e7-422b-a55a-7e37b70950de', NULL, NULL, NULL, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', X'92C644776E69810462C31A58AAF9C4E54472C6BCDB5024F85E4CCAD2AD486937');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (19, 1795868014000, 'holder', NULL, 'exchange.credential_acked', '594f14f1-2eab-4069-9604-cec9a813b61b', '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'ff820422-21e7-422b-a55a-7e37b70950de', NULL, NULL, NULL, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', X'4A8A11A162448E816A9E0C1B08A3220B2D4E5709D1E4CA7F799A26823386FA2A');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (20, 1795868014000, 'holder', NULL, 'generation.confirmed', '594f14f1-2eab-4069-9604-cec9a813b61b', '528aaeb4-45ef-47d1-94fb-b479e21634d9', NULL, NULL, NULL, NULL, NULL, X'002084F43E81612C48BD9AC11C8E11DBC3A66036D2519D58E105B81BBA8FCE63');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (21, 1795868014000, 'holder', NULL, 'exchange.credential_accepted', '594f14f1-2eab-4069-9604-cec9a813b61b', '528aaeb4-45ef-47d1-94fb-b479e21634d9', 'ff820422-21e7-422b-a55a-7e37b70950de', NULL, NULL, NULL, 'c3c9f6f3-acf0-418f-9597-dbea920d6f93', X'70B60AD3A12EC85A8209E6FC5BF6315EE2607D48417E3649170A1BF3B8FC0E29');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (22, 1795868014734, 'issuer', 'configure-er', 'batch.created', NULL, NULL, NULL, '71d6b9ae-106e-4e60-8053-633533e21bac', NULL, NULL, '3419a9d4-df1b-456a-a8e5-4eebff6ec490', X'45FE7719934F8A1A9312988D0D53D2771AE5F7B651B5E6C7435DBEADB2348733');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (23, 1795868014745, 'issuer', 'configure-er', 'deviceCredential.state', '594f14f1-2eab-4069-9604-cec9a813b61b', '528aaeb4-45ef-47d1-94fb-b479e21634d9', NULL, 'active to suspended', NULL, NULL, '3419a9d4-df1b-456a-a8e5-4eebff6ec490', X'E9062C2764AF3859504665F7C950DC22AA24FA1C3EA2C60B4E6CE0163F39728E');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (24, 1795868014795, 'issuer', 'configure-er', 'claims.recommended_missing', NULL, NULL, NULL, 'service_level', NULL, NULL, '6ca6e798-20ba-4dd4-80e1-c1e379c8196f', X'3F6B43843B569F52758D6E8B39F89263B3187FD50BD0FDB9868539F07D6D8934');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (25, 1795868014795, 'issuer', 'configure-er', 'exchange.offer_sent', NULL, '9f4fe106-ba44-43e4-8a25-0c78498a0cd8', '2a0e28cd-a77c-4e48-858d-1ea78f2a0607', 'c', NULL, NULL, '6ca6e798-20ba-4dd4-80e1-c1e379c8196f', X'FF71591FFBF2CD7CDA0109AFC650883DCC17743056D2478D79487DF2F1BC3084');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (26, 1795868014822, 'issuer', 'configure-er', 'claims.recommended_missing', NULL, NULL, NULL, 'service_level', NULL, NULL, '584c32ce-63bf-496f-af2b-a061c9ffceda', X'8F21CD551205ADA5E4B7AF62F287CAD56302330D722FBD2985FF1B9DBEB38D01');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (27, 1795868014822, 'issuer', 'configure-er', 'exchange.offer_sent', NULL, '2d2bbe19-0498-4661-9171-497a1c5e714b', 'a419422a-6252-483a-8475-4facac5d31ab', 'c', NULL, NULL, '584c32ce-63bf-496f-af2b-a061c9ffceda', X'D53D57A62CC42803C67404BE4D06ED158BEB24A19EBC531A8AFB92F7DEF85A07');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (28, 1795868014846, 'issuer', 'configure-er', 'exchange.offer_withdrawn', NULL, '2d2bbe19-0498-4661-9171-497a1c5e714b', 'a419422a-6252-483a-8475-4facac5d31ab', 'withdrawn', NULL, NULL, '584c32ce-63bf-496f-af2b-a061c9ffceda', X'F243CC31C70847816C3749C88849410434CC3BC4AC687B70A03DB1BAF65B2986');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (29, 1795868014857, 'issuer', 'configure-er', 'subscription.put', NULL, NULL, NULL, '50b05f8e-8e1f-4083-ab73-7e2709525946', NULL, NULL, '8689ac06-1c18-4bac-b1cc-1229873f49cf', X'5E2CD1A53F34BD7868CF1B7B3BDCD8DDDC0F8656AE29AD67D97309EB666F0A61');
INSERT INTO audit (seq, time_ms, actor, operator_id, action, credential_id, mid_uid, exchange_id, detail, reason, notes, correlation_id, hash) VALUES
  (30, 1795868014903, 'issuer', 'configure-er', 'message.queued', NULL, '217c0d34-89a0-4c04-96dd-387eed30a039', NULL, '9191aa31-ad86-4d40-9817-3725018327e3', NULL, NULL, '1772f6c4-0d83-46d9-8789-96993b9d6c61', X'320C5F4B64E4DB30B145352FCB24456C66A54E1934DF20C679D92591EA83130A');
