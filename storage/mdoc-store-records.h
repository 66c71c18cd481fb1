/*
 * mdoc-store-records.h - what the agent has to do with issuing platforms
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* what is kept at most */
#define MDOC_STORE_MAX_ISSUERS         64
#define MDOC_STORE_MAX_EXCHANGES       128 /* that have not ended */
#define MDOC_STORE_MAX_ENDED_EXCHANGES 64  /* the latest ones */
#define MDOC_STORE_MAX_MESSAGES        256 /* the latest ones */

/**
 * MdocRecordKind:
 * @MDOC_RECORD_ISSUER: a platform; the id is its address, the link the key by
 *   which it knows us
 * @MDOC_RECORD_EXCHANGE: a credential on its way here, from the offer on; the
 *   link is the document that came of it, or ""
 * @MDOC_RECORD_ENROLMENT: what a document needs to be kept fresh; the id is the
 *   document's, and it goes with it
 * @MDOC_RECORD_MESSAGE: what an issuer has to say to the holder; the id is
 * ours, the link the issuer's
 */
typedef enum
{
  MDOC_RECORD_ISSUER,
  MDOC_RECORD_EXCHANGE,
  MDOC_RECORD_ENROLMENT,
  MDOC_RECORD_MESSAGE,
} MdocRecordKind;

/* states of an exchange (what the agent makes of it stands in its jobs) */
#define MDOC_EXCHANGE_OFFERED     "offered"       /* the holder is asked */
#define MDOC_EXCHANGE_AUTHORIZING "authorizing"   /* a code is missing */
#define MDOC_EXCHANGE_REQUESTING  "requesting"    /* being fetched */
#define MDOC_EXCHANGE_DEFERRED    "deferred_wait" /* the issuer takes its time */
#define MDOC_EXCHANGE_RECEIVED    "received"      /* to be reviewed */
#define MDOC_EXCHANGE_ACCEPTED    "accepted"
#define MDOC_EXCHANGE_DECLINED    "declined"
#define MDOC_EXCHANGE_FAILED      "failed"

/* states of an enrolment: what the issuer makes of the document */
#define MDOC_ENROLMENT_ACTIVE    "active"
#define MDOC_ENROLMENT_SUSPENDED "suspended"
#define MDOC_ENROLMENT_REVOKED   "revoked"

/* states of a message, and of an issuer, which has but one */
#define MDOC_MESSAGE_UNREAD "unread"
#define MDOC_MESSAGE_READ   "read"
#define MDOC_ISSUER_KNOWN   "known"

/**
 * MdocRecord:
 * @id: what it is found by
 * @issuer: the address of the platform
 * @state: one of those above
 * @link: what it belongs to, or ""
 * @created_unix_s: since when
 * @changed_unix_s: when it last changed
 * @next_unix_s: when something is due, or 0
 * @detail: everything else, an `a{sv}` that is sealed, and that the store does
 *   not look into
 *
 * A row. Whoever changes one writes all of it with mdoc_store_write_record().
 */
typedef struct
{
  char *id;
  char *issuer;
  char *state;
  char *link;
  gint64 created_unix_s;
  gint64 changed_unix_s;
  gint64 next_unix_s;
  GVariant *detail;
} MdocRecord;

MdocRecord *mdoc_record_new (const char *id,
                             const char *issuer,
                             const char *state,
                             gint64 now_unix_s) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_record_free (MdocRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRecord, mdoc_record_free)

void mdoc_record_set_state (MdocRecord *record,
                            const char *state,
                            gint64 now_unix_s);
void mdoc_record_set_link (MdocRecord *record, const char *link);
/* one member of the detail; @value is consumed if floating, %NULL takes the
 * member away */
void mdoc_record_set (MdocRecord *record, const char *name, GVariant *value);
void
mdoc_record_set_text (MdocRecord *record, const char *name, const char *text);
/* (nullable) (transfer none): as long as the detail is as it is */
const char *mdoc_record_get_text (const MdocRecord *record, const char *name);
gint64 mdoc_record_get_int (const MdocRecord *record, const char *name);

gboolean mdoc_exchange_has_ended (const MdocRecord *exchange);

/* an id by chance, for records that have no name of their own */
char *mdoc_store_make_record_id (void) G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_store_add_record (MdocStore *self,
                                MdocRecordKind kind,
                                const MdocRecord *record,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_write_record (MdocStore *self,
                                  MdocRecordKind kind,
                                  const MdocRecord *record,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocRecord *mdoc_store_get_record (MdocStore *self,
                                   MdocRecordKind kind,
                                   const char *id,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* %TRUE with @ret_record %NULL if there is none */
gboolean mdoc_store_find_record (MdocStore *self,
                                 MdocRecordKind kind,
                                 const char *id,
                                 MdocRecord **ret_record,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* oldest first */
GPtrArray *
mdoc_store_list_records (MdocStore *self, MdocRecordKind kind, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_remove_record (MdocStore *self,
                                   MdocRecordKind kind,
                                   const char *id,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* the key by which an issuer knows this device, made when it is first needed;
 * no other issuer sees it */
MdocKey *mdoc_store_load_instance_key (MdocStore *self,
                                       const char *issuer,
                                       gint64 now_unix_s,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
