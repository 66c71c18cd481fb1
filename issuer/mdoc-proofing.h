/*
 * mdoc-proofing.h - somebody else's word on who the holder is
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/mdoc-clock.h"
#include "issuer/mdoc-register.h"
#include "net/mdoc-http.h"

G_BEGIN_DECLS

/* enrollments that are looked into at once, and how long one may take */
#define MDOC_PROOFING_MAX_RUNNING 4
#define MDOC_PROOFING_TIMEOUT_MS  60000

/**
 * MdocProofingConfig:
 * @reg: whose enrollments they are; borrowed
 * @clock: what time it is; borrowed
 * @command: (nullable): a program with its arguments, which no shell reads
 * @url: (nullable): else an address to ask
 * @bearer_token: (nullable): sent along there
 */
typedef struct
{
  MdocRegister *reg;
  const MdocClock *clock;
  GStrv command;
  const char *url;
  const char *bearer_token;
} MdocProofingConfig;

/**
 * MdocProofing:
 *
 * Asks, for each enrollment of a profile that is `proofed`, what the document
 * says: once it has a token, and until there is an answer. An answer is claims,
 * or that there will be no credential; whatever else comes is asked again,
 * later and later. `docs/profiles.md` has the words of both sides. What was
 * asked when the platform is killed is asked again, so the same enrollment may
 * be asked about twice.
 *
 * Of use in one thread alone, whose default main context it runs in.
 */
typedef struct _MdocProofing MdocProofing;

MdocProofing *mdoc_proofing_new (const MdocProofingConfig *config);
void mdoc_proofing_free (MdocProofing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocProofing, mdoc_proofing_free)

/* in the thread: begins, looks for something to do, and ends; @client:
 * borrowed */
void mdoc_proofing_start (MdocProofing *self, MdocHttpClient *client);
void mdoc_proofing_kick (MdocProofing *self);
void mdoc_proofing_stop (MdocProofing *self);

G_END_DECLS
