/*
 * mdoc-server-metadata.h - what an authorization server says of itself
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-json.h"

G_BEGIN_DECLS

#define MDOC_SERVER_METADATA_MAX_BYTES ((gsize) 256 * 1024)

/**
 * MdocServerMetadata:
 * @issuer: its identifier
 * @authorization_uri: (nullable): where the browser goes
 * @token_uri: where tokens are
 * @par_uri: (nullable): where requests are pushed (RFC 9126)
 * @challenge_uri: (nullable): where challenges for attestations are
 * @requires_par: whether requests have to be pushed
 * @has_s256: whether it takes PKCE by S256
 * @gives_iss: whether its answers name it (RFC 9207)
 * @has_details: whether it takes authorization_details of openid_credential
 * @allows_anonymous: whether a pre-authorized code needs no client
 * @grant_types: (nullable): grants that it takes
 * @auth_methods: (nullable): how clients may show who they are
 * @dpop_algs: (nullable): algorithms of DPoP that it takes; %NULL: none
 * @scopes: (nullable): scopes that it tells
 *
 * RFC 8414, with what OpenID4VCI 1.0, 12.3, and attestation-based client
 * authentication add. A plain struct: whoever fills one in may write it.
 */
typedef struct
{
  char *issuer;
  char *authorization_uri;
  char *token_uri;
  char *par_uri;
  char *challenge_uri;
  gboolean requires_par;
  gboolean has_s256;
  gboolean gives_iss;
  gboolean has_details;
  gboolean allows_anonymous;
  GStrv grant_types;
  GStrv auth_methods;
  GStrv dpop_algs;
  GStrv scopes;
} MdocServerMetadata;

MdocServerMetadata *
mdoc_server_metadata_new (const char *issuer, const char *token_uri);
MdocServerMetadata *
mdoc_server_metadata_parse (MdocSpan json, const char *issuer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_server_metadata_to_json (const MdocServerMetadata *self);
void mdoc_server_metadata_free (MdocServerMetadata *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocServerMetadata, mdoc_server_metadata_free)

/* does it take @grant, as the default of RFC 8414 has it if it does not say? */
gboolean mdoc_server_metadata_has_grant (const MdocServerMetadata *self,
                                         const char *grant);

/* Where metadata is. (nullable): %NULL if @issuer names none. */
char *mdoc_server_metadata_dup_uri (const char *issuer);
char *
mdoc_server_metadata_dup_openid_uri (const char *issuer); /* as fallback */

G_END_DECLS
