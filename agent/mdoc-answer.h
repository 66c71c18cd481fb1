/*
 * mdoc-answer.h - the DeviceResponse to a request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "agent/mdoc-proposal.h"
#include "mdoc/mdoc-transcript.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

GBytes *mdoc_answer_build (MdocStore *store,
                           MdocProposal *offer,
                           const MdocGrant *grant,
                           MdocTranscript *transcript,
                           MdocPublicKey *e_reader_key,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* no documents, and @status not 0: a request that cannot be answered */
GBytes *mdoc_answer_build_error (guint status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
