/*
 * mdoc-issuer-metadata.h - what an issuer says of itself (OpenID4VCI 1.0, 12.2)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-configuration.h"
#include "openid/mdoc-jwe.h"
#include "openid/mdoc-jwk.h"

G_BEGIN_DECLS

/* longest metadata, in bytes: pictures may stand in it */
#define MDOC_METADATA_MAX_BYTES          ((gsize) 2 * 1024 * 1024)
#define MDOC_METADATA_MAX_SERVERS        16
#define MDOC_METADATA_MAX_CONFIGURATIONS 256
#define MDOC_METADATA_MAX_BATCH          1000

#define MDOC_METADATA_TYPE "openidvci-issuer-metadata+jwt"

/**
 * MdocEncryption:
 * @is_offered: whether messages may be encrypted
 * @is_required: whether they have to be
 * @keys: (element-type MdocJwk): to encrypt for, by ECDH-ES; requests only
 * @can: by MdocJweEnc: whether it is taken
 *
 * How messages of one direction are encrypted. If it is offered but none of
 * @can is set, there is no way that both sides know.
 */
typedef struct
{
  gboolean is_offered;
  gboolean is_required;
  GPtrArray *keys;
  gboolean can[2];
} MdocEncryption;

/**
 * MdocIssuerMetadata:
 * @issuer: its identifier
 * @servers: (nullable): its authorization servers; %NULL: it is its own
 * @credential_uri: the credential endpoint
 * @nonce_uri: (nullable): where nonces are; %NULL: proofs have none
 * @deferred_uri: (nullable): where credentials are that took time
 * @notification_uri: (nullable): where to tell what became of them
 * @wallet_uri: (nullable): base address of the wallet API, of the issuer's own
 *   origin; no part of the standard
 * @batch_size: most keys in one request; 1 if there is no batch
 * @request: how requests are encrypted
 * @response: how responses are
 * @display: (element-type MdocDisplay): how to show the issuer
 * @configurations: (element-type MdocConfiguration): what it issues as mdoc
 *
 * A plain struct: whoever fills one in may write it. What was parsed is not
 * signed, but by TLS; see mdoc_issuer_metadata_open_signed().
 */
typedef struct
{
  char *issuer;
  GStrv servers;
  char *credential_uri;
  char *nonce_uri;
  char *deferred_uri;
  char *notification_uri;
  char *wallet_uri;
  guint batch_size;
  MdocEncryption request;
  MdocEncryption response;
  GPtrArray *display;
  GPtrArray *configurations;
} MdocIssuerMetadata;

MdocIssuerMetadata *
mdoc_issuer_metadata_new (const char *issuer, const char *credential_uri);
MdocIssuerMetadata *
mdoc_issuer_metadata_parse (MdocSpan json, const char *issuer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_issuer_metadata_to_json (const MdocIssuerMetadata *self);
void mdoc_issuer_metadata_free (MdocIssuerMetadata *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocIssuerMetadata, mdoc_issuer_metadata_free)

/* Returns: (transfer none) (nullable) */
const MdocConfiguration *
mdoc_issuer_metadata_find (const MdocIssuerMetadata *self, const char *id);
/* Which authorization server: @offered is (nullable) what the offer says.
 * Returns: (transfer none): its identifier; %NULL with @error set if the offer
 *   may not say so */
const char *mdoc_issuer_metadata_choose_server (const MdocIssuerMetadata *self,
                                                const char *offered,
                                                GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Signed (12.2.3). @chain: of #MdocCertificate, leaf first; @exp_unix_s: 0 for
 * none. */
char *mdoc_issuer_metadata_sign (const MdocIssuerMetadata *self,
                                 MdocKey *key,
                                 GPtrArray *chain,
                                 gint64 now_unix_s,
                                 gint64 exp_unix_s,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Holds the signature against the leaf of the chain in the token. Whether that
 * leaf is trusted is for the caller to find out, from @ret_chain. */
MdocIssuerMetadata *mdoc_issuer_metadata_open_signed (const char *compact,
                                                      const char *issuer,
                                                      gint64 now_unix_s,
                                                      GPtrArray **ret_chain,
                                                      GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Where metadata is. (nullable): %NULL if @issuer names none. */
char *mdoc_issuer_metadata_dup_uri (const char *issuer);
char *
mdoc_issuer_metadata_dup_old_uri (const char *issuer); /* up to draft 15 */

G_END_DECLS
