/*
 * mdoc-test-token.h - a PKCS#11 token for one process
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MDOC_TEST_TOKEN_MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define MDOC_TEST_PIN          "258036"

/* A token of SoftHSM, in @folder; for the whole process from then on. Returns:
 * (transfer full): what mdoc_keystore_open() takes */
char *mdoc_test_token_make (const char *folder);

/* The same token behind a program that can be ended: p11-kit's server, as it
 * passes tokens on to other machines. It ends with all its connections. */
typedef struct
{
  char *socket;
  GPid pid; /* 0: the token is not there */
} MdocTestTokenServer;

void
mdoc_test_token_server_start (MdocTestTokenServer *self, const char *folder);
void mdoc_test_token_server_kill (MdocTestTokenServer *self);

G_END_DECLS
