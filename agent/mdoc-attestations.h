/*
 * mdoc-attestations.h - where the agent gets attestations from
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/mdoc-clock.h"
#include "platform/mdoc-attester.h"

G_BEGIN_DECLS

/* longest file of wallet attestations, in bytes, and most of them */
#define MDOC_ATTESTATIONS_MAX_FILE_BYTES ((gsize) 1024 * 1024)
#define MDOC_ATTESTATIONS_MAX            64
/* how long a program has to answer */
#define MDOC_ATTESTATIONS_TIMEOUT_S 30

/**
 * MdocAttestations:
 *
 * Who vouches for this wallet and its keys: a file of wallet attestations, one
 * a line, read anew each time one is needed, and a program that makes what the
 * file has not. The program gets one JSON object on its standard input:
 *
 *     {"type": "wallet" or "keys", "audience": ..., "client_id": ...,
 *      "nonce": ..., "key_storage": [...], "user_authentication": [...],
 *      "keys": [JWK, ...]}
 *
 * without members that there is nothing to say in, and writes the token to its
 * standard output. Anything else than exit status 0 is a no. It is run with the
 * agent's rights, from an absolute path, without a shell. What it made for the
 * wallet is kept in memory while it holds.
 */
typedef struct _MdocAttestations MdocAttestations;

/* @file, @program: (nullable); @clock: borrowed */
MdocAttestations *mdoc_attestations_new (const char *file,
                                         const char *program,
                                         const MdocClock *clock)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_attestations_free (MdocAttestations *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocAttestations, mdoc_attestations_free)

/* without a class if there is neither file nor program; borrows @self */
MdocAttester mdoc_attestations_get_attester (MdocAttestations *self);

G_END_DECLS
