/*
 * mdoc-jws.h - signed tokens in compact form (RFC 7515), and JWT (RFC 7519)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"
#include "crypto/mdoc-rsa.h"
#include "openid/mdoc-jose.h"
#include "openid/mdoc-json.h"

G_BEGIN_DECLS

/* longest header, in bytes: it may hold a chain of certificates, and the
 * attestation of a thousand keys */
#define MDOC_JWS_MAX_HEADER_BYTES ((gsize) 256 * 1024)
/* longest typ, kid and the like */
#define MDOC_JWS_MAX_TEXT_LEN ((gsize) 1024)
/* longest payload that any caller may allow */
#define MDOC_JWS_MAX_PAYLOAD_BYTES ((gsize) 16 * 1024 * 1024)

/**
 * MdocJws:
 *
 * A signed token. Immutable, reference-counted, safe to share between threads.
 * Nothing about it has been verified by parsing; what is signed are the
 * characters as received, which it keeps.
 *
 * Addresses in the header (`jku`, `x5u`) are never looked at: which key a token
 * has to be signed with is for the caller to know.
 */
typedef struct _MdocJws MdocJws;

MdocJws *
mdoc_jws_parse (const char *compact, gsize max_payload_bytes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocJws *mdoc_jws_ref (MdocJws *self);
void mdoc_jws_unref (MdocJws *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocJws, mdoc_jws_unref)

JsonObject *mdoc_jws_get_header (MdocJws *self);
/* not of one that is signed with RSA */
MdocAlg mdoc_jws_get_alg (MdocJws *self);
const char *mdoc_jws_get_alg_name (MdocJws *self); /* `alg` */
gboolean mdoc_jws_is_rsa (MdocJws *self);
const char *mdoc_jws_get_kid (MdocJws *self); /* nullable */
gboolean mdoc_jws_has_type (MdocJws *self, const char *typ);
MdocSpan mdoc_jws_get_payload (MdocJws *self); /* borrowed */
MdocSpan mdoc_jws_get_signature (MdocJws *self);

/* the key in `jwk`; %NULL with @error set if there is none or it is wrong */
MdocPublicKey *mdoc_jws_dup_jwk (MdocJws *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocCertificate): those in `x5c`, leaf first, empty if none;
 * %NULL with @error set */
GPtrArray *mdoc_jws_dup_chain (MdocJws *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* @ret_valid is %FALSE from the start.
 * Returns: %TRUE if it could be decided */
gboolean mdoc_jws_verify (MdocJws *self,
                          MdocPublicKey *key,
                          gboolean *ret_valid,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* the same for one that is signed with RSA, and only for that */
gboolean mdoc_jws_verify_rsa (MdocJws *self,
                              MdocRsaKey *key,
                              gboolean *ret_valid,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @header: (nullable): members besides `alg`, which it must not have */
char *mdoc_jws_sign (JsonObject *header,
                     MdocSpan payload,
                     MdocKey *key,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A header with @typ and, where given, the key or the chain that verifies.
 * @kid: (nullable), @jwk: (nullable), @chain: (nullable) of #MdocCertificate */
JsonObject *mdoc_jws_header_new (const char *typ,
                                 const char *kid,
                                 MdocPublicKey *jwk,
                                 GPtrArray *chain);

/**
 * MdocJwt:
 *
 * A signed token whose payload is an object of claims. Immutable,
 * reference-counted. Nothing is verified, as with #MdocJws.
 */
typedef struct _MdocJwt MdocJwt;

MdocJwt *mdoc_jwt_parse (const char *compact,
                         const char *typ,
                         const MdocJsonLimits *limits,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As mdoc_jwt_parse(), and may be signed with RS256 or PS256 as well. For what
 * authorization servers sign that are not ours, and for nothing that a wallet
 * or a device signs. */
MdocJwt *mdoc_jwt_parse_of_server (const char *compact,
                                   const char *typ,
                                   const MdocJsonLimits *limits,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocJwt *mdoc_jwt_ref (MdocJwt *self);
void mdoc_jwt_unref (MdocJwt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocJwt, mdoc_jwt_unref)

MdocJws *mdoc_jwt_get_jws (MdocJwt *self);
JsonObject *mdoc_jwt_get_claims (MdocJwt *self);
char *mdoc_jwt_sign (JsonObject *header,
                     JsonObject *claims,
                     MdocKey *key,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
