/*
 * mdoc-status-token.h - signed lists of what is revoked, of both kinds
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"
#include "openid/mdoc-status-list.h"

G_BEGIN_DECLS

/* longest token, in bytes; longest and most identifiers of an identifier list
 */
#define MDOC_STATUS_TOKEN_MAX_BYTES    ((gsize) 8 * 1024 * 1024)
#define MDOC_STATUS_MAX_IDENTIFIER_LEN ((gsize) 256)
#define MDOC_STATUS_MAX_IDENTIFIERS    ((guint) 256 * 1024)
/* longest address, in bytes */
#define MDOC_STATUS_MAX_URI_LEN ((gsize) 2048)
/* longest time to live, in seconds: ten years */
#define MDOC_STATUS_MAX_TTL_S ((gint64) 10 * 366 * 24 * 3600)

#define MDOC_STATUS_LIST_JWT_TYPE "statuslist+jwt"
#define MDOC_STATUS_LIST_CWT_TYPE "application/statuslist+cwt"
#define MDOC_IDENTIFIER_LIST_TYPE "application/identifierlist+cwt"

/**
 * MdocStatusClaims:
 * @uri: where the list is (`sub`)
 * @iat_unix_s: when it was made
 * @exp_unix_s: until when it holds; 0: it does not say
 * @ttl_s: for how long to keep it; 0: it does not say
 * @aggregation_uri: (nullable): where all lists of the issuer are named
 * @list: (nullable): a list of values
 * @identifiers: (nullable) (element-type GBytes): else a set of what is revoked
 *
 * What a list says besides its signature. Exactly one of the last two is there.
 */
typedef struct
{
  const char *uri;
  gint64 iat_unix_s;
  gint64 exp_unix_s;
  gint64 ttl_s;
  const char *aggregation_uri;
  MdocStatusList *list;
  GHashTable *identifiers;
} MdocStatusClaims;

/**
 * MdocStatusToken:
 *
 * A Token Status List as JWT or CWT (draft-ietf-oauth-status-list-20, 5), or an
 * identifier list (ISO/IEC 18013-5, second edition, 12.3.6), as received.
 * Immutable, reference-counted, safe to share between threads. Nothing is
 * verified: that are mdoc_status_token_verify() and mdoc_status_token_check().
 */
typedef struct _MdocStatusToken MdocStatusToken;

/* Errors of both: #MdocStatusError, #MdocJsonError or #MdocCborError,
 * #MdocJoseError, #MdocCryptoError */
MdocStatusToken *
mdoc_status_token_parse_jwt (const char *compact, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @encoded: kept, not copied */
MdocStatusToken *mdoc_status_token_parse_cwt (GBytes *encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocStatusToken *mdoc_status_token_ref (MdocStatusToken *self);
void mdoc_status_token_unref (MdocStatusToken *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStatusToken, mdoc_status_token_unref)

/* what is in it lives as long as the token */
const MdocStatusClaims *mdoc_status_token_get_claims (MdocStatusToken *self);
/* (element-type MdocCertificate): leaf first; may be empty */
GPtrArray *mdoc_status_token_get_chain (MdocStatusToken *self);

/* @ret_valid is %FALSE from the start.
 * Returns: %TRUE if it could be decided */
gboolean mdoc_status_token_verify (MdocStatusToken *self,
                                   MdocPublicKey *key,
                                   gboolean *ret_valid,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What does not hold about a list whose signature does. */
typedef enum
{
  MDOC_STATUS_TOKEN_OK,
  MDOC_STATUS_TOKEN_URI,     /* it is of another address */
  MDOC_STATUS_TOKEN_FUTURE,  /* made after now */
  MDOC_STATUS_TOKEN_EXPIRED, /* it holds no more */
} MdocStatusTokenResult;

MdocStatusTokenResult mdoc_status_token_check (MdocStatusToken *self,
                                               const char *uri,
                                               gint64 now_unix_s,
                                               gint64 max_ahead_s);
/* when to fetch it anew, if it was fetched at @fetched_unix_s; %G_MAXINT64 if
 * it does not say */
gint64
mdoc_status_token_get_refresh (MdocStatusToken *self, gint64 fetched_unix_s);
/* of an identifier list: FALSE if it is none */
gboolean
mdoc_status_token_has_identifier (MdocStatusToken *self, MdocSpan identifier);

/* a set for @identifiers of #MdocStatusClaims, which owns what is added */
GHashTable *mdoc_status_identifiers_new (void);

/* @chain: (nullable) (element-type MdocCertificate); @kid: (nullable) */
char *mdoc_status_token_write_jwt (const MdocStatusClaims *claims,
                                   MdocKey *key,
                                   GPtrArray *chain,
                                   const char *kid,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mdoc_status_token_write_cwt (const MdocStatusClaims *claims,
                                     MdocKey *key,
                                     GPtrArray *chain,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
