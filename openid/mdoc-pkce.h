/*
 * mdoc-pkce.h - proof key for code exchange, S256 alone (RFC 7636)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MDOC_PKCE_METHOD "S256"
/* of a code verifier (RFC 7636, 4.1) */
#define MDOC_PKCE_MIN_LEN ((gsize) 43)
#define MDOC_PKCE_MAX_LEN ((gsize) 128)

/* a fresh code verifier of 256 random bits; a secret until it is redeemed */
char *mdoc_pkce_make_verifier (void) G_GNUC_WARN_UNUSED_RESULT;
/* (nullable): %NULL if @verifier is none */
char *mdoc_pkce_dup_challenge (const char *verifier) G_GNUC_WARN_UNUSED_RESULT;
/* does @verifier belong to @challenge? in constant time */
gboolean mdoc_pkce_check (const char *verifier, const char *challenge);

G_END_DECLS
