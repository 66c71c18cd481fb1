-- 4.sql - what makes a register of schema version 4 of one of version 3: indices, and
-- no grants that nothing is left of
--
-- SPDX-FileCopyrightText: 2026 The mdoc agent authors
-- SPDX-License-Identifier: Apache-2.0

CREATE INDEX code_grant ON code (grant);
CREATE INDEX deferred_grant ON deferred (grant);
CREATE INDEX foreign_grant_grant ON foreign_grant (grant);
DELETE FROM token_grant WHERE id NOT IN (SELECT grant FROM token UNION
  SELECT grant FROM code UNION SELECT grant FROM deferred UNION
  SELECT grant FROM foreign_grant);
DELETE FROM grant_item WHERE grant NOT IN (SELECT id FROM token_grant);
PRAGMA user_version = 4;
