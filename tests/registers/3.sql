-- 3.sql - what makes a register of schema version 3 of one of version 2, and what such
-- a one may hold: a revocation that waits for a second person
--
-- SPDX-FileCopyrightText: 2026 The mdoc agent authors
-- SPDX-License-Identifier: Apache-2.0

ALTER TABLE batch ADD COLUMN checker TEXT;
ALTER TABLE batch ADD COLUMN lapses_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX batch_waits ON batch (lapses_at) WHERE state = 'awaiting_approval';
PRAGMA user_version = 3;

INSERT INTO batch (id, uid, kind, state, n_items, actor, operator_id, created_at, lapses_at)
  VALUES (2, 'b0000000-0000-4000-8000-000000000001', 'state', 'awaiting_approval', 1,
  'issuer', 'operate-er', 1795867000, 4102444800);
INSERT INTO batch_item (batch, i, json) VALUES (2, 0, '{"newState":"revoked","midUids":["528aaeb4-45ef-47d1-94fb-b479e21634d9"],"scope":"devices"}');
