/*
 * mdoc-store-schema.c - the tables, and how they came to be
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-private.h"

/* tables of one form, of which mdoc-store-records.c takes care */
#define RECORDS(name, states)                                                  \
  "CREATE TABLE " name " ("                                                    \
  "  id TEXT PRIMARY KEY,"                                                     \
  "  issuer TEXT NOT NULL,"                                                    \
  "  state TEXT NOT NULL CHECK (state IN (" states ")),"                       \
  "  link TEXT NOT NULL,"                                                      \
  "  created_unix_s INTEGER NOT NULL,"                                         \
  "  changed_unix_s INTEGER NOT NULL,"                                         \
  "  next_unix_s INTEGER NOT NULL,"                                            \
  "  detail BLOB NOT NULL" /* sealed */                                        \
  ") STRICT;"

/* A sealed column is marked; what it is bound to stands beside its functions.
 * A guard is sealed too, with nothing in it: it binds the columns beside it.
 * STRICT keeps a column to its type. Every version has a store in tests/stores,
 * which a test brings to the last one. */
static const MdocMigration all_migrations[] = {
  /* version 1 */
  {
      "CREATE TABLE meta ("
      "  name TEXT PRIMARY KEY,"
      "  value BLOB NOT NULL"
      ") STRICT, WITHOUT ROWID;"
      "CREATE TABLE keys ("
      "  id TEXT PRIMARY KEY,"
      "  kind TEXT NOT NULL,"
      "  auth TEXT NOT NULL CHECK (auth IN ('signature', 'mac')),"
      "  label TEXT NOT NULL,"
      "  created_unix_s INTEGER NOT NULL,"
      "  public_key BLOB NOT NULL UNIQUE," /* SubjectPublicKeyInfo */
      "  private_key BLOB NOT NULL"        /* sealed */
      ") STRICT, WITHOUT ROWID;"
      "CREATE TABLE documents ("
      "  id TEXT PRIMARY KEY,"
      "  key_id TEXT NOT NULL UNIQUE REFERENCES keys (id),"
      "  format TEXT NOT NULL,"
      "  doc_type TEXT NOT NULL,"
      "  label TEXT NOT NULL,"
      "  imported_unix_s INTEGER NOT NULL,"
      "  valid_from_unix_s INTEGER NOT NULL,"
      "  valid_until_unix_s INTEGER NOT NULL,"
      "  encoded BLOB NOT NULL" /* sealed */
      ") STRICT, WITHOUT ROWID;"
      "CREATE TABLE anchors ("
      "  purpose TEXT NOT NULL CHECK (purpose IN ('issuer', 'reader')),"
      "  id TEXT NOT NULL,"
      "  added_unix_s INTEGER NOT NULL,"
      "  certificate BLOB NOT NULL," /* sealed, so that none can be slipped in
                                      */
      "  PRIMARY KEY (purpose, id)"
      ") STRICT, WITHOUT ROWID;"
      "CREATE TABLE history ("
      "  id INTEGER PRIMARY KEY,"
      "  at_unix_s INTEGER NOT NULL,"
      "  detail BLOB NOT NULL" /* sealed */
      ") STRICT;",
      NULL,
  },
  /* version 2: a document has generations, and each of them has copies; what
   * the agent has begun and owes to others is kept; mdoc-store-convert.c moves
   * the documents of version 1 */
  {
      "ALTER TABLE documents RENAME TO documents_1;"
      "CREATE TABLE documents ("
      "  id TEXT PRIMARY KEY,"
      "  format TEXT NOT NULL,"
      "  doc_type TEXT NOT NULL,"
      "  label TEXT NOT NULL,"
      "  issuer TEXT NOT NULL,"  /* whom to tell about it; '' for nobody */
      "  mid_uid TEXT NOT NULL," /* what the issuer calls it, or '' */
      "  imported_unix_s INTEGER NOT NULL,"
      "  state TEXT NOT NULL CHECK (state IN"
      "    ('received', 'active', 'suspended', 'revoked')),"
      "  when_spent TEXT NOT NULL CHECK (when_spent IN"
      "    ('refuse', 'reuse', 'ask')),"
      "  max_uses INTEGER NOT NULL," /* of a copy; 0 for no limit */
      "  guard BLOB NOT NULL"
      ") STRICT, WITHOUT ROWID;"
      "CREATE TABLE generations ("
      "  document_id TEXT NOT NULL REFERENCES documents (id),"
      "  n INTEGER NOT NULL,"
      "  state TEXT NOT NULL CHECK (state IN"
      "    ('prepared', 'current', 'superseded')),"
      "  added_unix_s INTEGER NOT NULL,"
      "  valid_from_unix_s INTEGER NOT NULL,"
      "  valid_until_unix_s INTEGER NOT NULL,"
      "  guard BLOB NOT NULL,"
      "  PRIMARY KEY (document_id, n)"
      ") STRICT, WITHOUT ROWID;"
      "CREATE UNIQUE INDEX current_generation ON generations (document_id)"
      "  WHERE state = 'current';"
      "CREATE TABLE copies ("
      "  id TEXT PRIMARY KEY,"
      "  document_id TEXT NOT NULL,"
      "  generation INTEGER NOT NULL,"
      "  key_id TEXT NOT NULL UNIQUE REFERENCES keys (id),"
      "  uses INTEGER NOT NULL,"
      "  guard BLOB NOT NULL,"
      "  FOREIGN KEY (document_id, generation)"
      "    REFERENCES generations (document_id, n)"
      ") STRICT;"
      /* apart, so that what is known of the copies lies close together */
      "CREATE TABLE contents ("
      "  copy_id TEXT PRIMARY KEY REFERENCES copies (id),"
      "  encoded BLOB NOT NULL" /* sealed */
      ") STRICT;"
      "CREATE INDEX copies_of_generation ON copies (document_id, generation);"
      "CREATE TABLE tombstones ("
      "  document_id TEXT PRIMARY KEY,"
      "  removed_unix_s INTEGER NOT NULL,"
      "  stage TEXT NOT NULL CHECK (stage IN"
      "    ('marked', 'destroyed', 'told')),"
      "  detail BLOB NOT NULL" /* sealed */
      ") STRICT, WITHOUT ROWID;"
      "CREATE TABLE jobs ("
      "  id INTEGER PRIMARY KEY,"
      "  kind TEXT NOT NULL,"
      "  document_id TEXT NOT NULL," /* '' for none */
      "  issuer TEXT NOT NULL,"      /* '' for none */
      "  state TEXT NOT NULL CHECK (state IN"
      "    ('queued', 'running', 'waiting', 'done', 'failed', 'cancelled')),"
      "  step TEXT NOT NULL,"
      "  attempts INTEGER NOT NULL," /* of this step */
      "  created_unix_s INTEGER NOT NULL,"
      "  changed_unix_s INTEGER NOT NULL,"
      "  next_unix_s INTEGER NOT NULL," /* when it is due, if it waits */
      "  detail BLOB NOT NULL"          /* sealed */
      ") STRICT;"
      "CREATE UNIQUE INDEX job_of_document ON jobs (document_id)"
      "  WHERE document_id != '' AND state IN ('queued', 'running', 'waiting');"
      "CREATE TABLE outbox ("
      "  id INTEGER PRIMARY KEY,"
      "  kind TEXT NOT NULL,"
      "  subject TEXT NOT NULL," /* which document it is about */
      "  issuer TEXT NOT NULL,"
      "  created_unix_s INTEGER NOT NULL,"
      "  attempts INTEGER NOT NULL,"
      "  next_unix_s INTEGER NOT NULL,"
      "  detail BLOB NOT NULL" /* sealed */
      ") STRICT;"
      "CREATE TABLE inbox ("
      "  id INTEGER PRIMARY KEY,"
      "  kind TEXT NOT NULL,"
      "  issuer TEXT NOT NULL,"
      "  name TEXT NOT NULL," /* what the sender calls it */
      "  received_unix_s INTEGER NOT NULL,"
      "  detail BLOB NOT NULL," /* sealed */
      "  UNIQUE (issuer, name)"
      ") STRICT;",
      mdoc_store_convert_documents,
  },
  /* version 3: standing policies; the seal binds all columns of a row */
  {
      "CREATE TABLE policies ("
      "  origin TEXT NOT NULL CHECK (origin IN ('holder', 'file')),"
      "  id TEXT NOT NULL,"
      "  added_unix_s INTEGER NOT NULL,"
      "  uses INTEGER NOT NULL,"
      "  detail BLOB NOT NULL," /* sealed */
      "  PRIMARY KEY (origin, id)"
      ") STRICT, WITHOUT ROWID;",
      NULL,
  },
  /* version 4: what there is to do with issuing platforms. Nothing was ever
   * written to the inbox of version 2, of which messages are what is left. */
  {
      "DROP TABLE inbox;" RECORDS ("issuers", "'known'") RECORDS (
          "exchanges",
          "'offered', 'authorizing', 'requesting', 'deferred_wait', "
          "'received', 'accepted', 'declined', 'failed'")
          RECORDS ("enrolments", "'active', 'suspended', 'revoked'")
              RECORDS ("messages",
                       "'unread', 'read'") "CREATE TABLE keys_in_making ("
                                           "  id TEXT PRIMARY KEY,"
                                           "  kind TEXT NOT NULL,"
                                           "  handle BLOB NOT NULL" /* sealed
                                                                     */
                                           ") STRICT;",
      NULL,
  },
};

const MdocMigration *
mdoc_store_get_migrations (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (all_migrations);
  return all_migrations;
}
