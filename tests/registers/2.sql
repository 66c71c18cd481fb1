-- 2.sql - what makes a register of schema version 2 of one of version 1, and what such
-- a one may hold: an offer that another server takes, and a grant of that server
--
-- SPDX-FileCopyrightText: 2026 The mdoc agent authors
-- SPDX-License-Identifier: Apache-2.0

ALTER TABLE offer ADD COLUMN server TEXT;
CREATE TABLE foreign_grant (hash BLOB PRIMARY KEY, grant INTEGER NOT NULL) STRICT,
  WITHOUT ROWID;
PRAGMA user_version = 2;

UPDATE offer SET server = 'https://login.example' WHERE id = 3;
INSERT INTO foreign_grant (hash, grant) VALUES (X'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', 1);
