/*
 * mdoc-status-cwt.h - the CBOR of signed lists of what is revoked
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "mdoc/mdoc-cose.h"
#include "openid/mdoc-status-token.h"

G_BEGIN_DECLS

/* What @ret_claims points to is its caller's to free, also on failure. */
gboolean mdoc_status_cwt_parse (MdocSpan encoded,
                                MdocSign1 *ret_sign1,
                                MdocStatusClaims *ret_claims,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
