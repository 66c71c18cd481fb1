/*
 * mdoc-keep.h - keeping what an issuing platform has sent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-agent.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "openid/mdoc-configuration.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/**
 * MdocKeepError:
 * @MDOC_KEEP_ERROR_INCOMPLETE: an element is missing that is mandatory for the
 *   document type (the issuer)
 * @MDOC_KEEP_ERROR_PROMISE: it is not what the issuer's metadata say of it (the
 *   same)
 *
 * Why a credential that holds is not kept all the same.
 */
typedef enum
{
  MDOC_KEEP_ERROR_INCOMPLETE,
  MDOC_KEEP_ERROR_PROMISE,
} MdocKeepError;

#define MDOC_KEEP_ERROR (mdoc_keep_error_quark ())
GQuark mdoc_keep_error_quark (void);
/* (nullable): "incomplete", "not-as-promised"; %NULL for another domain */
const char *mdoc_keep_error_get_name (const GError *error);

/**
 * MdocKeepWay:
 * @issuer: who sent it
 * @mid_uid: what that calls it, or ""
 * @doc_type: what was asked for
 * @key_label: of the keys that were made for it
 * @label: the holder's name for it, or ""
 * @renews: (nullable): the id of the credential that it is a new generation of
 * @promised: (nullable): what the issuer says that such a credential is
 *
 * What it was asked for, and how it is to be kept. Borrowed for the call.
 */
typedef struct
{
  const char *issuer;
  const char *mid_uid;
  const char *doc_type;
  const char *key_label;
  const char *label;
  const char *renews;
  const MdocConfiguration *promised;
} MdocKeepWay;

/**
 * MdocKeep:
 * @document: what will be known of it
 * @credentials: (element-type GBytes): the copies
 * @key_ids: (element-type utf8): the key of each
 * @renews: (nullable): what it is a new generation of
 * @signed_unix_s: when the issuer signed it
 * @expected_update_unix_s: when the issuer thinks it is to be renewed, or 0
 * @digest: what a receipt says
 *
 * Credentials that have been found to hold, and are not in the store yet.
 */
typedef struct
{
  MdocStoredDocument *document;
  GPtrArray *credentials;
  GPtrArray *key_ids;
  char *renews;
  gint64 signed_unix_s;
  gint64 expected_update_unix_s;
  char *digest;
} MdocKeep;

MdocKeep *mdoc_keep_new (MdocAgent *agent,
                         GPtrArray *credentials,
                         const MdocKeepWay *way,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_keep_check_content (MdocAgent *agent,
                                  MdocIssuerSigned *issuer_signed,
                                  const MdocConfiguration *promised,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_keep_free (MdocKeep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocKeep, mdoc_keep_free)

/* within a transaction */
gboolean mdoc_keep_store (MdocKeep *self,
                          MdocStore *store,
                          char **ret_document_id,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* keys that were made for a purpose and have no document: made up to @n, or
 * destroyed */
GPtrArray *mdoc_keep_make_keys (MdocAgent *agent,
                                const char *key_label,
                                guint n,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *
mdoc_keep_load_keys (MdocAgent *agent, const char *key_label, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_keep_destroy_keys (MdocAgent *agent, const char *key_label);

G_END_DECLS
