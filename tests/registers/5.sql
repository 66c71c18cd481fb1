-- 5.sql - what makes a register of schema version 5 of one of version 4, and what such
-- a one may hold: what was told of a list and of a signer, and deliveries
--
-- SPDX-FileCopyrightText: 2026 The mdoc agent authors
-- SPDX-License-Identifier: Apache-2.0

ALTER TABLE status_list ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
UPDATE status_list SET told = version;
CREATE TABLE signer_told (name TEXT NOT NULL, fingerprint BLOB NOT NULL,
  days INTEGER NOT NULL, PRIMARY KEY (name, fingerprint)) STRICT, WITHOUT ROWID;
PRAGMA user_version = 5;

UPDATE status_list SET told = 1 WHERE id = 1;
INSERT INTO signer_told (name, fingerprint, days) VALUES ('default',
  X'0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b', 30);
INSERT INTO delivery (subscription, event, subject, state, attempts, next_at_ms, outcome) VALUES
  (1, 1, '217c0d34-89a0-4c04-96dd-387eed30a039', 1, 1, 0, '204'),
  (1, 2, '217c0d34-89a0-4c04-96dd-387eed30a039', 0, 0, 0, NULL),
  (1, 3, '217c0d34-89a0-4c04-96dd-387eed30a039', 0, 0, 0, NULL),
  (1, 25, '2d2bbe19-0498-4661-9171-497a1c5e714b', 0, 2, 0, '503');
