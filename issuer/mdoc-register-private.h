/*
 * mdoc-register-private.h - what the parts of the register share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <sqlite3.h>

#include "issuer/mdoc-register-admin.h"

G_BEGIN_DECLS

#define MDOC_REGISTER_HASH_LEN 32

/* --- the database --- */

/* One connection and its prepared statements; for one thread at a time. */
typedef struct
{
  sqlite3 *db;
  GHashTable *statements; /* by the address of their SQL */
} MdocDb;

/* Several changes that share a commit. */
typedef struct
{
  gint n_refs; /* under the lock of the register */
  gboolean is_over;
  char *fault; /* nullable */
} MdocGroup;

struct _MdocRegister
{
  char *path;
  gboolean is_relaxed;
  guint list_size;
  guint max_tickets;
  MdocSecret *secret;

  GMutex lock; /* of the writer and what follows */
  GCond is_committed;
  MdocDb writer;
  GThread *owner; /* who has the lock; atomic */
  gint n_waiting; /* for the lock; atomic */
  guint depth;
  guint n_sleeping;
  guint n_grouped;
  MdocGroup *group; /* nullable: no transaction */
  gboolean is_refusal_kept;
  gboolean has_news;
  gboolean has_audit_head;
  gint64 audit_seq;
  guint8 audit_head[MDOC_REGISTER_HASH_LEN];
  gint64 n_commits;
  gint64 n_changes;
  MdocRegisterWake wake;
  gpointer wake_data;

  GMutex readers_lock;
  GQueue readers; /* of MdocDb, idle */

  GMutex profiles_lock;
  GHashTable *profiles; /* "ID@VERSION": MdocProfile */
};

/* A value to be bound. */
typedef struct
{
  char kind; /* t, i, b */
  const char *text;
  gint64 number;
  MdocSpan blob;
} MdocArg;

#define ARG_TEXT(x_)  ((MdocArg){ .kind = 't', .text = (x_) })
#define ARG_INT(x_)   ((MdocArg){ .kind = 'i', .number = (x_) })
#define ARG_BLOB(x_)  ((MdocArg){ .kind = 'b', .blob = (x_) })
#define ARG_HASH(x_)  ARG_BLOB (MDOC_SPAN ((x_), MDOC_REGISTER_HASH_LEN))
#define ARG_BYTES(x_) ARG_BLOB (mdoc_span_from_bytes (x_))

typedef struct sqlite3_stmt MdocCursor;

/* SQL has to live for ever: its address names the statement. No statement is
 * used again before its cursor is done. */
MdocCursor *mdoc_cursor_open_args (MdocDb *db,
                                   const char *sql,
                                   const MdocArg *args,
                                   gsize n_args,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
#define mdoc_cursor_open(db_, error_, sql_, ...)                               \
  mdoc_cursor_open_args ((db_),                                                \
                         (sql_),                                               \
                         (const MdocArg[]){ __VA_ARGS__ },                     \
                         sizeof ((const MdocArg[]){ __VA_ARGS__ })             \
                             / sizeof (MdocArg),                               \
                         (error_))
/* @ret_has_row: is there one more? */
gboolean
mdoc_cursor_next (MdocCursor *self, gboolean *ret_has_row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gint64 mdoc_cursor_get_int (MdocCursor *self, int column);
const char *mdoc_cursor_get_text (MdocCursor *self, int column); /* nullable */
char *mdoc_cursor_dup_text (MdocCursor *self, int column);
GBytes *mdoc_cursor_dup_bytes (MdocCursor *self, int column); /* nullable */
void mdoc_cursor_done (MdocCursor *self);
/* what stands in one row */
typedef gpointer (*MdocCursorReader) (MdocCursor *self);
/* each row that is left. @self: (nullable): none could be opened, and @error is
 * set already */
gboolean mdoc_cursor_collect (MdocCursor *self,
                              MdocCursorReader read,
                              GPtrArray *rows,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type gint64): the first column of each; as above */
GArray *mdoc_cursor_list_ints (MdocCursor *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type utf8): the same of text */
GPtrArray *mdoc_cursor_list_texts (MdocCursor *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocCursor, mdoc_cursor_done)

/* A condition on the rows @id_ of lists whose newest is first: those behind the
 * one that @find_ finds; all, if there is no name @arg_, and none, if nobody
 * bears it. It is a bound, so that no row in front of it is read. */
#define MDOC_SQL_BEHIND(id_, arg_, find_)                                      \
  " AND " id_ " < ifnull((" find_ "), iif(" arg_                               \
  " IS NULL, 9223372036854775807, 0))"

gboolean mdoc_db_run_args (MdocDb *db,
                           const char *sql,
                           const MdocArg *args,
                           gsize n_args,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
#define mdoc_db_run(db_, error_, sql_, ...)                                    \
  mdoc_db_run_args ((db_),                                                     \
                    (sql_),                                                    \
                    (const MdocArg[]){ __VA_ARGS__ },                          \
                    sizeof ((const MdocArg[]){ __VA_ARGS__ })                  \
                        / sizeof (MdocArg),                                    \
                    (error_))
/* one whole number; @otherwise if there is no row */
gboolean mdoc_db_get_int_args (MdocDb *db,
                               const char *sql,
                               const MdocArg *args,
                               gsize n_args,
                               gint64 otherwise,
                               gint64 *ret_value,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
#define mdoc_db_get_int(db_, otherwise_, ret_, error_, sql_, ...)              \
  mdoc_db_get_int_args ((db_),                                                 \
                        (sql_),                                                \
                        (const MdocArg[]){ __VA_ARGS__ },                      \
                        sizeof ((const MdocArg[]){ __VA_ARGS__ })              \
                            / sizeof (MdocArg),                                \
                        (otherwise_),                                          \
                        (ret_),                                                \
                        (error_))
gint64 mdoc_db_get_last_row (MdocDb *db);
guint mdoc_db_get_n_changed (MdocDb *db);
gboolean mdoc_db_execute (MdocDb *db, const char *sql, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_db_open (MdocDb *db,
                       const char *path,
                       gboolean is_reader,
                       gboolean is_relaxed,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_db_close (MdocDb *db);
gboolean mdoc_register_migrate (MdocDb *db, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A change: between the two the writer is ours. May be nested: then the inner
 * one is undone alone. mdoc_register_leave() returns @is_done, or %FALSE if it
 * did not get to the disk. */
gboolean mdoc_register_enter (MdocRegister *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_register_leave (MdocRegister *self, gboolean is_done, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the same, but the next commit may take it along */
gboolean mdoc_register_leave_relaxed (MdocRegister *self,
                                      gboolean is_done,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* of what is refused, what was written stays (counters, events, audit) */
void mdoc_register_keep_refusal (MdocRegister *self);
/* to look only: the writer if it is ours, else a connection of our own */
MdocDb *mdoc_register_take_reader (MdocRegister *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_register_return_reader (MdocRegister *self, MdocDb *db);

/* --- small things --- */

gboolean mdoc_register_refuse (GError **error,
                               MdocRegisterError code,
                               const char *format,
                               ...) G_GNUC_PRINTF (3, 4);
/* nullable text of a field: length, UTF-8 */
gboolean mdoc_register_check_text (const char *text,
                                   const char *what,
                                   gsize max_len,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 mdoc_call_get_s (const MdocRegisterCall *call);
char *mdoc_register_make_uuid (void);
char *mdoc_register_make_secret_text (void); /* 256 bit in base64url */
/* keyed hash of a text, for a purpose */
void mdoc_register_hash (MdocRegister *self,
                         const char *purpose,
                         const char *text,
                         guint8 *ret_hash);
/* the same as text: what can be told again without being kept */
char *mdoc_register_derive (MdocRegister *self,
                            const char *purpose,
                            const char *text);

/* (transfer full): under the lock or not */
MdocProfile *mdoc_register_load_profile (MdocRegister *self,
                                         MdocDb *db,
                                         const char *id,
                                         gint64 version,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- events and audit, within a change --- */

typedef struct
{
  const char *type;
  const char *cause;          /* nullable */
  const char *correlation_id; /* nullable: that of the call */
  const char *credential_id;  /* nullable, as those below */
  const char *mid_uid;
  const char *exchange_id;
  const char *batch_id;
  const char *subject; /* nullable: the most particular of the ids */
  gboolean is_final;
  gboolean is_retryable;
  JsonObject *data; /* nullable */
} MdocEventParts;

gboolean mdoc_register_write_event (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    const MdocEventParts *event,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @wanted: (nullable): types with a line for each; "exchange.*" is all that
 * begin so */
gboolean mdoc_register_is_wanted (const char *wanted, const char *type);

typedef struct
{
  const char *action;
  const char *credential_id; /* nullable, as all that follow */
  const char *mid_uid;
  const char *exchange_id;
  const char *detail;
  const char *correlation_id;
} MdocAuditParts;

gboolean mdoc_register_write_audit (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    const MdocAuditParts *parts,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- exchanges, within a change --- */

/* The row of one exchange. */
typedef struct
{
  gint64 row;
  gint64 offer;
  MdocRegisterExchange view;
  char *claims;
  char *consent_ref;
  gint64 n_bad_proofs;
} MdocExchangeRow;

void mdoc_exchange_row_free (MdocExchangeRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocExchangeRow, mdoc_exchange_row_free)

typedef enum
{
  MDOC_EXCHANGE_BY_ROW,
  MDOC_EXCHANGE_BY_UID,
  MDOC_EXCHANGE_BY_MID_UID,
} MdocExchangeKey;

/* @key_text or @key_row, as @key says */
MdocExchangeRow *mdoc_register_load_exchange (MdocDb *db,
                                              MdocExchangeKey key,
                                              const char *key_text,
                                              gint64 key_row,
                                              GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* moves it on, with its event and its audit row; @data: (nullable) */
gboolean mdoc_register_set_exchange (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     MdocExchangeRow *exchange,
                                     const char *status,
                                     JsonObject *data,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* an event about it, without a change of status */
gboolean mdoc_register_tell_exchange (MdocRegister *self,
                                      const MdocRegisterCall *call,
                                      const MdocExchangeRow *exchange,
                                      const char *type,
                                      const char *cause,
                                      gboolean is_final,
                                      JsonObject *data,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* E9; E12 and E13 by their own status */
gboolean mdoc_register_end_exchange (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     MdocExchangeRow *exchange,
                                     const char *status,
                                     const char *code,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* whether all of its offer have ended, if there are several */
gboolean mdoc_register_tell_group (MdocRegister *self,
                                   const MdocRegisterCall *call,
                                   const MdocExchangeRow *exchange,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* is its status one of those, which are separated by spaces? */
gboolean mdoc_exchange_is (const MdocExchangeRow *self, const char *statuses);
/* Rows of an offer: (element-type MdocExchangeRow) */
GPtrArray *
mdoc_register_load_offer_exchanges (MdocDb *db, gint64 offer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* E2, if it has not been */
gboolean mdoc_register_mark_received (MdocRegister *self,
                                      const MdocRegisterCall *call,
                                      GPtrArray *exchanges,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* its code is no good any more */
gboolean
mdoc_register_spend_offer (MdocRegister *self, gint64 offer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_register_insert_grant (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     const char *thumbprint,
                                     const char *client_id,
                                     gint64 *ret_grant,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_add_grant_item (MdocRegister *self,
                                       gint64 grant,
                                       gint64 exchange,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_register_clear_future_tickets (MdocRegister *self,
                                             const MdocRegisterCall *call,
                                             GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Deletes a grant if nothing is left by which anybody could come to it. */
gboolean
mdoc_register_forget_grant (MdocRegister *self, gint64 grant, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* what nobody has approved in time */
gboolean mdoc_register_lapse_requests (MdocRegister *self,
                                       const MdocRegisterCall *call,
                                       guint max_rows,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* an event of a batch; @data: (nullable) */
gboolean mdoc_register_tell_batch (MdocRegister *self,
                                   const MdocRegisterCall *call,
                                   const char *type,
                                   const char *batch_id,
                                   gboolean is_final,
                                   JsonObject *data,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @state: from which it is started. It runs then. */
gboolean mdoc_register_start_from (MdocRegister *self,
                                   const MdocRegisterCall *call,
                                   const char *id,
                                   const char *state,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* what a login is for: what an offer left open, and what nobody offered */
gboolean
mdoc_register_take_offered (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const MdocRegisterAuthorization *authorization,
                            gint64 grant,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_register_add_wanted (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const MdocRegisterAuthorization *authorization,
                          const char *configuration_id,
                          gint64 grant,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocRegisterTokenItem) */
GPtrArray *
mdoc_register_load_grant_items (MdocDb *db, gint64 grant, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* E3, with E2 before it */
gboolean mdoc_register_issue_token (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    MdocExchangeRow *exchange,
                                    const char *client_id,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An access token that was made elsewhere; the same again is nothing. */
gboolean mdoc_register_insert_access (MdocRegister *self,
                                      const char *token,
                                      gint64 grant,
                                      gint64 expires_at_s,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* what keyed hashes and derived texts are for */
#define MDOC_FOR_CODE    "pre-authorized code"
#define MDOC_FOR_TX_CODE "transaction code"

/* A code, and what has to come with it. */
typedef struct
{
  gint64 grant; /* 0: there is none, any more */
  gboolean is_spent;
  char *redirect_uri; /* these are (nullable) */
  char *challenge;
  char *thumb;
  char *client_id;
} MdocCodeRow;

void mdoc_code_row_clear (MdocCodeRow *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocCodeRow, mdoc_code_row_clear)

gboolean mdoc_register_find_code (MdocDb *db,
                                  const MdocRegisterCall *call,
                                  const guint8 *hash,
                                  int kind,
                                  MdocCodeRow *ret_code,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_code_row_fits (const MdocCodeRow *self,
                             const MdocRegisterTokenRequest *request);

typedef struct
{
  gint64 offer; /* 0: none */
  const MdocRegisterOfferItem *item;
  MdocProfile *profile;
  const char *claims; /* nullable: mapped */
  const char *person_id;
  const char *external_ref;
  const char *consent_ref;
  const char *client_id;
  const char *status;
  MdocProfileGrants grant;
  gboolean is_deferred;
  gint64 expires_at_s;
} MdocExchangeParts;

/* Returns: the row of it, or 0 with @error set */
gint64 mdoc_register_insert_exchange (MdocRegister *self,
                                      const MdocRegisterCall *call,
                                      const MdocExchangeParts *parts,
                                      char **ret_uid,
                                      GError **error);
/* claims of an item: its own, else the person's; mapped. Both outputs may be
 * %NULL without an error. */
gboolean mdoc_register_resolve_claims (MdocRegister *self,
                                       const MdocRegisterCall *call,
                                       MdocProfile *profile,
                                       const char *claims_json,
                                       const char *person_id,
                                       char **ret_claims,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- what devices hold, within a change --- */

/* why a device should come for a new generation; bits */
typedef enum
{
  MDOC_PENDING_ATTRIBUTES = 1 << 0,
  MDOC_PENDING_REPROVISION = 1 << 1,
} MdocPending;

/* A deviceCredential with its credential and its device. */
typedef struct
{
  gint64 row;
  char *mid_uid;
  gint64 exchange;
  char *state;
  char *reason;
  gint64 confirmed;
  gint64 newest;
  gint64 causes;
  gint64 valid_until_s;
  gint64 day;
  gint64 n_today;
  gint64 created_at_s;
  gint64 updated_at_s;

  gint64 credential;
  char *credential_id;
  char *credential_state;
  char *profile_id;
  gint64 profile_version;
  gint64 dataset;
  char *claims; /* nullable */
  gint64 document_expiry_s;

  gint64 device;
  char *device_id;
  char *thumb; /* nullable */
  char *client_type;
  gboolean is_suspected_clone;
  gint64 last_seen_s;
} MdocHeldRow;

void mdoc_held_row_free (MdocHeldRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHeldRow, mdoc_held_row_free)

/* @ret_held is %NULL if there is none */
gboolean mdoc_register_find_held (MdocDb *db,
                                  const char *mid_uid,
                                  MdocHeldRow **ret_held,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* the same; that there is none is an error */
MdocHeldRow *
mdoc_register_load_held (MdocDb *db, const char *mid_uid, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocHeldRow): all of a credential, or of a device; without
 * claims */
GPtrArray *mdoc_register_load_held_of (MdocDb *db,
                                       gint64 credential,
                                       gint64 device,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* lifecycle, 2.3: the first that holds */
const char *mdoc_held_get_effective (const MdocHeldRow *self, gint64 now_s);
/* may it have a new generation? */
gboolean
mdoc_held_check_eligible (const MdocHeldRow *self, gint64 now_s, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_set_held_state (MdocRegister *self,
                                       const MdocRegisterCall *call,
                                       MdocHeldRow *held,
                                       const char *state,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_set_credential_state (MdocRegister *self,
                                             const MdocRegisterCall *call,
                                             gint64 credential,
                                             const char *state,
                                             GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* lifecycle, 2.5: what the lists say of all generations of it */
gboolean mdoc_register_publish (MdocRegister *self,
                                const MdocHeldRow *held,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* an action for its device, if it is one that syncs */
gboolean mdoc_register_queue_action (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     const MdocHeldRow *held,
                                     const char *kind,
                                     const char *payload_json,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  gint64 row;
  gint64 n;
  char *cause;
  char *phase;
  gint64 dataset;
  gint64 profile_version;
  gint64 signed_at_s;
  gint64 valid_until_s;
  gint64 expected_update_s;
  char *correlation_id;
  GBytes *keys_hash;
} MdocGenerationRow;

void mdoc_generation_row_free (MdocGenerationRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocGenerationRow, mdoc_generation_row_free)

/* @n: 0 for the last; @ret_generation is %NULL if there is none */
gboolean mdoc_register_find_generation (MdocDb *db,
                                        gint64 held,
                                        gint64 n,
                                        MdocGenerationRow **ret_generation,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_set_phase (MdocRegister *self,
                                  gint64 generation,
                                  const char *phase,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocRegisterCopy) */
GPtrArray *
mdoc_register_load_copies (MdocDb *db, gint64 generation, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_register_copy_free (MdocRegisterCopy *self);
/* text that the wallet names a generation by */
char *mdoc_register_derive_notification (MdocRegister *self,
                                         const char *mid_uid,
                                         gint64 n);

/* --- status lists, within a change --- */

/* A place on a list with @bits for each entry, or with 0 on an identifier list:
 * then @ret_idx is nothing. */
gboolean mdoc_register_take_place (MdocRegister *self,
                                   const char *signer,
                                   guint bits,
                                   gint64 *ret_list,
                                   char **ret_list_id,
                                   guint64 *ret_idx,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* of all copies of one generation */
gboolean mdoc_register_set_entries (MdocRegister *self,
                                    gint64 generation,
                                    guint value,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- what the device has confirmed, within a change --- */

gboolean mdoc_register_confirm (MdocRegister *self,
                                const MdocRegisterCall *call,
                                MdocHeldRow *held,
                                MdocGenerationRow *generation,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* never valid again */
gboolean
mdoc_register_invalidate (MdocRegister *self, gint64 generation, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* attribute updates up to @dataset have come to their end for one instance */
gboolean mdoc_register_close_targets (MdocRegister *self,
                                      const MdocRegisterCall *call,
                                      const MdocHeldRow *held,
                                      gint64 dataset,
                                      const char *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* deviceCredentialStateChanged, with its audit row */
gboolean mdoc_register_tell_state (MdocRegister *self,
                                   const MdocRegisterCall *call,
                                   const MdocHeldRow *held,
                                   const char *from,
                                   const char *to,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* messages for a device that are not read yet; queued ones are delivered now */
gboolean mdoc_register_deliver_messages (MdocRegister *self,
                                         const MdocRegisterCall *call,
                                         gint64 device,
                                         GPtrArray *messages,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_set_message (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    const MdocRegisterMessage *message,
                                    const char *state,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_tell_message (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     const char *type,
                                     const char *id,
                                     const char *mid_uid,
                                     const char *category,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
