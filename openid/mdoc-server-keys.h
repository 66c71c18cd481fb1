/*
 * mdoc-server-keys.h - with what an authorization server signs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-jwk.h"
#include "openid/mdoc-jws.h"

G_BEGIN_DECLS

/**
 * MdocServerKeys:
 *
 * The keys of a server that is not ours, as its JWK set has them. Immutable,
 * reference-counted, safe to share between threads.
 *
 * Besides the curves that everybody here may use, they may be of RSA, from 2048
 * to 4096 bits, where the backend has that. No way leads from here to a
 * #MdocJwk or a #MdocPublicKey.
 */
typedef struct _MdocServerKeys MdocServerKeys;

/* @object: a JWK set; keys in it that we cannot use are skipped. Errors:
 * #MdocJsonError */
MdocServerKeys *
mdoc_server_keys_parse (JsonObject *object, const char *what, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocServerKeys *mdoc_server_keys_ref (MdocServerKeys *self);
void mdoc_server_keys_unref (MdocServerKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocServerKeys, mdoc_server_keys_unref)

guint mdoc_server_keys_get_length (MdocServerKeys *self);

/* Has one of them signed @jws? @ret_is_known: there is one that its header can
 * mean, whether or not it has */
gboolean mdoc_server_keys_verify (MdocServerKeys *self,
                                  MdocJws *jws,
                                  gboolean *ret_is_known);

G_END_DECLS
