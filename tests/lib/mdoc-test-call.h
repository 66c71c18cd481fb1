/*
 * mdoc-test-call.h - requests that no connection has brought
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/mdoc-clock.h"
#include "crypto/mdoc-key.h"
#include "issuer/mdoc-http-private.h"

G_BEGIN_DECLS

#define MDOC_TEST_CALL_BASE "https://issuer.example"

/* at MDOC_TEST_CALL_BASE, without a body, of 192.0.2.1 */
MdocHttpCall *mdoc_test_call_new (const char *method, const char *path);
void mdoc_test_call_add_header (MdocHttpCall *call,
                                const char *name,
                                const char *value);
/* @error: (nullable): %NULL: there is no body */
void mdoc_test_call_assert_refused (MdocHttpReply *reply,
                                    guint status,
                                    const char *error);
void mdoc_test_call_assert_header (MdocHttpReply *reply,
                                   const char *name,
                                   const char *value);
/* it is TEST_NOW_S for ever */
const MdocClock *mdoc_test_call_get_clock (void);
MdocKey *mdoc_test_call_make_key (void);

G_END_DECLS
