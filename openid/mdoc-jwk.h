/*
 * mdoc-jwk.h - keys in JSON, their thumbprints, and sets of them (RFC 7517)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-key.h"
#include "openid/mdoc-json.h"

G_BEGIN_DECLS

/* longest kid, alg or use accepted, in bytes */
#define MDOC_JWK_MAX_TEXT_LEN ((gsize) 1024)
/* most keys of a set that are looked at */
#define MDOC_JWK_SET_MAX_KEYS 64

/**
 * MdocJwk:
 *
 * A public key with what its sender says about it. Immutable,
 * reference-counted, safe to share between threads.
 */
typedef struct _MdocJwk MdocJwk;

/* @kid, @alg, @use: (nullable) */
MdocJwk *mdoc_jwk_new (MdocPublicKey *key,
                       const char *kid,
                       const char *alg,
                       const char *use);
/* errors are #MdocJsonError if it is no such object or holds a private key,
 * #MdocCryptoError if the curve is none of ours or the point not on it */
MdocJwk *mdoc_jwk_parse (JsonObject *object, const char *what, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocJwk *mdoc_jwk_ref (MdocJwk *self);
void mdoc_jwk_unref (MdocJwk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocJwk, mdoc_jwk_unref)

MdocPublicKey *mdoc_jwk_get_key (MdocJwk *self);
const char *mdoc_jwk_get_kid (MdocJwk *self); /* nullable */
const char *mdoc_jwk_get_alg (MdocJwk *self); /* nullable */
const char *mdoc_jwk_get_use (MdocJwk *self); /* nullable */
JsonObject *mdoc_jwk_to_json (MdocJwk *self);

/* the bare key, as `jwk` headers and `cnf` have it */
JsonObject *mdoc_jwk_write_key (MdocPublicKey *key);
/* RFC 7638 with SHA-256, in base64url */
char *mdoc_jwk_dup_thumbprint (MdocPublicKey *key);

gboolean mdoc_jwk_has_private (JsonObject *object);

/* a key of our own, for import */
MdocKey *mdoc_jwk_parse_private (JsonObject *object, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* {"keys":[...]}: of #MdocJwk, without those we cannot use */
GPtrArray *
mdoc_jwk_set_parse (JsonObject *object, const char *what, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
JsonObject *mdoc_jwk_set_write (GPtrArray *set);
/* Returns: (transfer none) (nullable): the first with that kid */
MdocJwk *mdoc_jwk_set_find (GPtrArray *set, const char *kid);

G_END_DECLS
