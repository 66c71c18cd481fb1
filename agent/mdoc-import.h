/*
 * mdoc-import.h - taking a credential in
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "agent/mdoc-agent.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* an issuer's clock may be a little ahead of ours */
#define MDOC_IMPORT_MAX_SKEW_S 300

MdocStoredDocument *mdoc_import_credential (MdocAgent *agent,
                                            GVariant *bytes,
                                            const char *label,
                                            GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
