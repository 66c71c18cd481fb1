/*
 * mdoc-public-key-private.h - what mdoc-key.c sees of a public key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-backend.h"
#include "crypto/mdoc-key.h"

G_BEGIN_DECLS

MdocBackendPublic *mdoc_public_key_get_backend (MdocPublicKey *self);

/* refuses an algorithm that the standard does not pair with the curve */
gboolean mdoc_curve_check_alg (MdocCurve curve, MdocAlg alg, GError **error);

/* @ret_whole is the parts in one piece; frees with what it returns, which is
 * NULL where one part was whole already */
guint8 *
mdoc_message_join (const MdocSpan *parts, gsize n_parts, MdocSpan *ret_whole)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
