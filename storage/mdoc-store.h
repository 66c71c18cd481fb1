/*
 * mdoc-store.h - keys, documents, trust anchors and history on disk
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"
#include "storage/mdoc-master-key.h"
#include "storage/mdoc-store-error.h"

G_BEGIN_DECLS

/* what is kept at most; everything over it is refused, except that history
 * forgets its oldest rows */
#define MDOC_STORE_MAX_KEYS           65536
#define MDOC_STORE_MAX_FREE_KEYS      256 /* without a document */
#define MDOC_STORE_MAX_DOCUMENTS      2048
#define MDOC_STORE_MAX_GENERATIONS    32   /* of a document */
#define MDOC_STORE_MAX_COPIES         64   /* of a generation */
#define MDOC_STORE_MAX_TEXT_LEN       2048 /* bytes of a name of the issuer's */
#define MDOC_STORE_MAX_DOCUMENT_BYTES ((gsize) 1024 * 1024)
#define MDOC_STORE_MAX_ANCHORS        256
#define MDOC_STORE_MAX_ANCHOR_BYTES   ((gsize) 16 * 1024)
#define MDOC_STORE_MAX_LABEL_LEN      64 /* bytes */
#define MDOC_STORE_MAX_HISTORY        2000
#define MDOC_STORE_MAX_HISTORY_BYTES  ((gsize) 64 * 1024)
#define MDOC_STORE_MAX_HISTORY_AGE_S  ((gint64) 2 * 366 * 24 * 3600)

/* the names of the files in the state folder */
#define MDOC_STORE_FILE_DATABASE   "store.db"
#define MDOC_STORE_FILE_LOCK       "lock"
#define MDOC_STORE_FILE_MASTER_KEY "master.key"
#define MDOC_STORE_FILE_TPM_KEY    "master.tpm"
#define MDOC_STORE_FILE_PASSPHRASE "master.argon2"

/**
 * MdocStore:
 *
 * The device's memory: an SQLite database in a folder that only we may enter.
 * Private keys, issuer-signed data, trust anchors and history are sealed under
 * the master key; identifiers, labels, document types and dates are not. Every
 * change is on disk when the function that made it returns.
 *
 * To be used by one thread. One process at a time can have a store open.
 *
 * It does NOT judge what it keeps: whether a document is genuine or may be
 * shown is the caller's to decide.
 */
typedef struct _MdocStore MdocStore;
/* see mdoc-keystore.h */
typedef struct _MdocKeystore MdocKeystore;

MdocStore *mdoc_store_open (const char *state_dir,
                            MdocMasterKey *master_key,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_store_free (MdocStore *self);
guint mdoc_store_get_schema_version (MdocStore *self);
/* lets go of what is kept in memory to be quicker the next time */
void mdoc_store_release_memory (MdocStore *self);

/**
 * MdocStoreFunc:
 * @self: the store
 * @user_data: of mdoc_store_transact()
 * @error: return location for why nothing of it shall be kept
 *
 * Several changes that are made together, or not at all.
 */
typedef gboolean (*MdocStoreFunc) (MdocStore *self,
                                   gpointer user_data,
                                   GError **error);

/* all of @func or nothing; from within another one it is part of that */
gboolean mdoc_store_transact (MdocStore *self,
                              MdocStoreFunc func,
                              gpointer user_data,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* where keys live that are not in software; from now on new keys are made
 * there. One of each kind */
void mdoc_store_add_keystore (MdocStore *self, MdocKeystore *keystore);
/* destroys what a power cut has left in key stores; to be called when they are
 * added */
gboolean mdoc_store_sweep_keys (MdocStore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (transfer none) (nullable): @kind %NULL: where new keys are made */
MdocKeystore *mdoc_store_get_keystore (MdocStore *self, const char *kind);

/**
 * MdocKeyAuth:
 *
 * How a device key proves possession. A key that does both would let a reader
 * use one against the other, so it is fixed when the key is made, and the
 * handle of the key refuses the other use.
 */
typedef enum
{
  MDOC_KEY_AUTH_SIGNATURE,
  MDOC_KEY_AUTH_MAC,
} MdocKeyAuth;

const char *mdoc_key_auth_get_name (MdocKeyAuth auth); /* "signature", "mac" */
gboolean mdoc_key_auth_from_name (const char *name, MdocKeyAuth *ret_auth)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocStoredKey:
 * @id: 16 hexadecimal digits
 * @kind: what holds the private key: "software", "tpm" or "pkcs11"
 * @auth: what the key may do
 * @label: the holder's name for it, or ""
 * @created_unix_s: when it was made
 * @public_key: its public half
 * @document_id: (nullable): the document bound to it
 */
typedef struct
{
  char *id;
  char *kind;
  MdocKeyAuth auth;
  char *label;
  gint64 created_unix_s;
  MdocPublicKey *public_key;
  char *document_id;
} MdocStoredKey;

void mdoc_stored_key_free (MdocStoredKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStoredKey, mdoc_stored_key_free)

MdocStoredKey *mdoc_store_create_key (MdocStore *self,
                                      MdocCurve curve,
                                      MdocKeyAuth auth,
                                      const char *label,
                                      gint64 now_unix_s,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @kind: (nullable): where, such as "tpm" */
MdocStoredKey *mdoc_store_create_key_in (MdocStore *self,
                                         const char *kind,
                                         MdocCurve curve,
                                         MdocKeyAuth auth,
                                         const char *label,
                                         gint64 now_unix_s,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_store_list_keys (MdocStore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocStoredKey *
mdoc_store_get_key (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocStoredKey *
mdoc_store_find_key (MdocStore *self, MdocPublicKey *public_key, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocKey *mdoc_store_load_key (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_remove_key (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocDocumentState:
 * @MDOC_DOCUMENT_RECEIVED: it is here, but the holder has not accepted it
 * @MDOC_DOCUMENT_ACTIVE: it may be shown
 * @MDOC_DOCUMENT_SUSPENDED: it may not be shown for now
 * @MDOC_DOCUMENT_REVOKED: it may not be shown any more; it stays until the
 *   holder removes it
 *
 * What holder and issuer have made of a document; whether it is in date is
 * another matter.
 */
typedef enum
{
  MDOC_DOCUMENT_RECEIVED,
  MDOC_DOCUMENT_ACTIVE,
  MDOC_DOCUMENT_SUSPENDED,
  MDOC_DOCUMENT_REVOKED,
} MdocDocumentState;

const char *mdoc_document_state_get_name (MdocDocumentState state);
gboolean
mdoc_document_state_from_name (const char *name, MdocDocumentState *ret_state)
    G_GNUC_WARN_UNUSED_RESULT;

/* What to do when every copy has been used as often as it may be. */
typedef enum
{
  MDOC_WHEN_SPENT_REFUSE, /* show it no more until there are new copies */
  MDOC_WHEN_SPENT_REUSE,  /* use the copy that was used least */
  MDOC_WHEN_SPENT_ASK,    /* that one, and say so to the holder */
} MdocWhenSpent;

const char *mdoc_when_spent_get_name (MdocWhenSpent when_spent);
gboolean
mdoc_when_spent_from_name (const char *name, MdocWhenSpent *ret_when_spent)
    G_GNUC_WARN_UNUSED_RESULT;

/* How far a generation has got; at most one is current. */
typedef enum
{
  MDOC_GENERATION_PREPARED,
  MDOC_GENERATION_CURRENT,
  MDOC_GENERATION_SUPERSEDED,
} MdocGenerationState;

/**
 * MdocStoredCopy:
 * @id: 16 hexadecimal digits
 * @key_id: the device key that it is bound to
 * @uses: to how many readers it was shown
 */
typedef struct
{
  char *id;
  char *key_id;
  guint uses;
} MdocStoredCopy;

/**
 * MdocStoredGeneration:
 * @n: from 1
 * @state: how far it has got
 * @added_unix_s: when it came here
 * @valid_from_unix_s: start of the validity of its MSOs
 * @valid_until_unix_s: end of it
 * @copies: (element-type MdocStoredCopy): what was issued together, each for a
 *   key of its own
 */
typedef struct
{
  guint n;
  MdocGenerationState state;
  gint64 added_unix_s;
  gint64 valid_from_unix_s;
  gint64 valid_until_unix_s;
  GPtrArray *copies;
} MdocStoredGeneration;

void mdoc_stored_generation_free (MdocStoredGeneration *generation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStoredGeneration,
                               mdoc_stored_generation_free)

/**
 * MdocStoredDocument:
 * @id: 16 hexadecimal digits
 * @format: "mso_mdoc"
 * @doc_type: the document type
 * @label: the holder's name for it, or ""
 * @issuer: whom to tell what becomes of it, or "" for nobody
 * @mid_uid: what the issuer calls it, or ""
 * @imported_unix_s: when it came here
 * @state: what holder and issuer have made of it
 * @when_spent: what to do when its copies are used up
 * @max_uses: how often a copy may be shown; 0 for no limit
 * @is_damaged: the row is not as it was written; nothing in it counts, and the
 *   document can only be removed
 * @generation: the number of the current generation, or 0
 * @key_id: the device key of its first copy, or ""
 * @valid_from_unix_s: start of its validity
 * @valid_until_unix_s: end of it
 *
 * What can be known of a document without opening it.
 */
typedef struct
{
  char *id;
  char *format;
  char *doc_type;
  char *label;
  char *issuer;
  char *mid_uid;
  gint64 imported_unix_s;
  MdocDocumentState state;
  MdocWhenSpent when_spent;
  guint max_uses;
  gboolean is_damaged;
  guint generation;
  char *key_id;
  gint64 valid_from_unix_s;
  gint64 valid_until_unix_s;
} MdocStoredDocument;

void mdoc_stored_document_free (MdocStoredDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStoredDocument, mdoc_stored_document_free)

MdocStoredDocument *mdoc_store_add_document (MdocStore *self,
                                             const MdocStoredDocument *document,
                                             MdocSpan encoded,
                                             GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_store_list_documents (MdocStore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
typedef gboolean (*MdocDocTypeFunc) (const char *doc_type, gpointer user_data);
GPtrArray *mdoc_store_find_documents (MdocStore *self,
                                      MdocDocTypeFunc is_wanted,
                                      gpointer user_data,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocStoredDocument *
mdoc_store_get_document (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* of @document its label, state, when_spent and max_uses */
gboolean mdoc_store_change_document (MdocStore *self,
                                     const MdocStoredDocument *document,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocNewCopy:
 * @key_id: a device key of ours without a document
 * @encoded: the document as the issuer made it for that key
 */
typedef struct
{
  const char *key_id;
  MdocSpan encoded;
} MdocNewCopy;

gboolean mdoc_store_add_copy (MdocStore *self,
                              const char *document_id,
                              guint generation,
                              const MdocNewCopy *copy,
                              char **ret_id,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_add_generation (MdocStore *self,
                                    const char *document_id,
                                    const MdocStoredGeneration *generation,
                                    const MdocNewCopy *copies,
                                    guint n_copies,
                                    guint *ret_n,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_swap_generation (MdocStore *self,
                                     const char *document_id,
                                     guint generation,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* one that is not current, with the keys of its copies */
gboolean mdoc_store_remove_generation (MdocStore *self,
                                       const char *document_id,
                                       guint generation,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_store_list_generations (MdocStore *self,
                                        const char *document_id,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GBytes *mdoc_store_load_copy (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_use_copy (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_store_remove_document (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whom a trust anchor vouches for. */
typedef enum
{
  MDOC_TRUST_ISSUER,
  MDOC_TRUST_READER,
} MdocTrustPurpose;

const char *
mdoc_trust_purpose_get_name (MdocTrustPurpose purpose); /* "issuer" */
gboolean
mdoc_trust_purpose_from_name (const char *name, MdocTrustPurpose *ret_purpose)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocStoredAnchor:
 * @id: SHA-256 of the certificate, in hexadecimal
 * @purpose: whom it vouches for
 * @added_unix_s: since when
 * @der: the certificate
 */
typedef struct
{
  char *id;
  MdocTrustPurpose purpose;
  gint64 added_unix_s;
  GBytes *der;
} MdocStoredAnchor;

void mdoc_stored_anchor_free (MdocStoredAnchor *anchor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStoredAnchor, mdoc_stored_anchor_free)

gboolean mdoc_store_add_anchor (MdocStore *self,
                                MdocTrustPurpose purpose,
                                GBytes *der,
                                gint64 now_unix_s,
                                char **ret_id,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_store_list_anchors (MdocStore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_remove_anchor (MdocStore *self,
                                   MdocTrustPurpose purpose,
                                   const char *id,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocHistoryEntry:
 * @id: rises with time
 * @at_unix_s: when it happened
 * @detail: what happened, an `a{sv}` that the store does not look into
 */
typedef struct
{
  gint64 id;
  gint64 at_unix_s;
  GVariant *detail;
} MdocHistoryEntry;

void mdoc_history_entry_free (MdocHistoryEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHistoryEntry, mdoc_history_entry_free)

gboolean mdoc_store_add_history (MdocStore *self,
                                 gint64 at_unix_s,
                                 GVariant *detail,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *
mdoc_store_list_history (MdocStore *self, guint max_entries, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStore, mdoc_store_free)

G_END_DECLS
