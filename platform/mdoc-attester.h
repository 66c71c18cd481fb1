/*
 * mdoc-attester.h - who vouches for the wallet and for its keys
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "crypto/mdoc-key.h"
#include "openid/mdoc-configuration.h"

G_BEGIN_DECLS

/* longest attestation that an attester may give, in bytes */
#define MDOC_ATTESTER_MAX_BYTES ((gsize) 192 * 1024)
/* one that holds for less is asked for anew, in seconds */
#define MDOC_ATTESTER_MARGIN_S ((gint64) 60)
/* how far ahead of us the clock of who vouches may be, in seconds */
#define MDOC_ATTESTER_MAX_AHEAD_S ((gint64) 300)

/**
 * MdocAttesterError:
 * @MDOC_ATTESTER_ERROR_ABSENT: there is nobody who would vouch for that (who
 *   set the device up)
 * @MDOC_ATTESTER_ERROR_EXPIRED: what there is does not hold any more, or not
 *   yet (the same)
 * @MDOC_ATTESTER_ERROR_KEY: what there is vouches for other keys (the same)
 * @MDOC_ATTESTER_ERROR_REFUSED: who should vouch said no, or nothing sensible
 *
 * Why nobody vouches. An attester that is cancelled ends with
 * %G_IO_ERROR_CANCELLED.
 */
typedef enum
{
  MDOC_ATTESTER_ERROR_ABSENT,
  MDOC_ATTESTER_ERROR_EXPIRED,
  MDOC_ATTESTER_ERROR_KEY,
  MDOC_ATTESTER_ERROR_REFUSED,
} MdocAttesterError;

#define MDOC_ATTESTER_ERROR (mdoc_attester_error_quark ())
GQuark mdoc_attester_error_quark (void);

/**
 * MdocAttestationRequest:
 * @for_keys: whether device keys are to be attested (OpenID4VCI 1.0, appendix
 *   D), and not the instance of the wallet (appendix E)
 * @audience: whom it will be shown to: the credential issuer's identifier, or
 *   the authorization server's
 * @client_id: (nullable): who the wallet is to that
 * @nonce: (nullable): of the issuer, that has to be in it
 * @key_storage: (nullable): levels of which the issuer asks for one
 * @user_authentication: (nullable): the same of the keys' use
 * @keys: (element-type MdocKey): the instance key, or the device keys
 * @is_anew: whether the one that was given before is not taken any more
 *
 * Borrowed for the call.
 */
typedef struct
{
  gboolean for_keys;
  const char *audience;
  const char *client_id;
  const char *nonce;
  const char *const *key_storage;
  const char *const *user_authentication;
  GPtrArray *keys;
  gboolean is_anew;
} MdocAttestationRequest;

/**
 * MdocAttesterClass:
 * @ask_async: asks for a token that says so; calls back in a later turn of the
 *   main context
 * @ask_finish: returns it, (transfer full), or %NULL with an error
 *
 * A port: the platform needs somebody who vouches, and does not know whom.
 */
typedef struct
{
  void (*ask_async) (gpointer impl,
                     const MdocAttestationRequest *request,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  char *(*ask_finish) (gpointer impl, GAsyncResult *result, GError **error);
} MdocAttesterClass;

/* A port with who fills it; copied, what @impl is has to outlive the calls. */
typedef struct
{
  const MdocAttesterClass *klass;
  gpointer impl;
} MdocAttester;

G_END_DECLS
