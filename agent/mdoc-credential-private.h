/*
 * mdoc-credential-private.h - what the methods of a credential share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-agent-private.h"

G_BEGIN_DECLS

#define MDOC_CREDENTIAL_MAX_USES 1000000

/* of the object that is called */
const char *mdoc_credential_get_id (GDBusMethodInvocation *invocation);

void mdoc_credential_set (MdocAgent *self,
                          GDBusMethodInvocation *invocation,
                          GVariant *parameters);

G_END_DECLS
