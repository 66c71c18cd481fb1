/*
 * mdoc-protocol-error.h - what endpoints answer when they refuse
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-json.h"

G_BEGIN_DECLS

#define MDOC_PROTOCOL_ERROR_MAX_BYTES ((gsize) 64 * 1024)

/* Every code of OpenID4VCI 1.0 and of the standards that it builds on. */
typedef enum
{
  MDOC_PROTOCOL_UNKNOWN, /* a code that is none of these */
  /* RFC 6749, 4.1.2.1 and 5.2 */
  MDOC_PROTOCOL_INVALID_REQUEST,
  MDOC_PROTOCOL_INVALID_CLIENT,
  MDOC_PROTOCOL_INVALID_GRANT,
  MDOC_PROTOCOL_UNAUTHORIZED_CLIENT,
  MDOC_PROTOCOL_UNSUPPORTED_GRANT_TYPE,
  MDOC_PROTOCOL_UNSUPPORTED_RESPONSE_TYPE,
  MDOC_PROTOCOL_INVALID_SCOPE,
  MDOC_PROTOCOL_ACCESS_DENIED,
  MDOC_PROTOCOL_SERVER_ERROR,
  MDOC_PROTOCOL_TEMPORARILY_UNAVAILABLE,
  /* RFC 6750, RFC 8707, RFC 9101, RFC 9396, RFC 9449 */
  MDOC_PROTOCOL_INVALID_TOKEN,
  MDOC_PROTOCOL_INSUFFICIENT_SCOPE,
  MDOC_PROTOCOL_INVALID_TARGET,
  MDOC_PROTOCOL_INVALID_REQUEST_URI,
  MDOC_PROTOCOL_INVALID_AUTHORIZATION_DETAILS,
  MDOC_PROTOCOL_INVALID_DPOP_PROOF,
  MDOC_PROTOCOL_USE_DPOP_NONCE,
  /* attestation-based client authentication */
  MDOC_PROTOCOL_USE_ATTESTATION_CHALLENGE,
  MDOC_PROTOCOL_USE_FRESH_ATTESTATION,
  MDOC_PROTOCOL_INVALID_CLIENT_ATTESTATION,
  /* OpenID4VCI 1.0, 8.3.1.2, 9.3 and 11.3, and 1.1 */
  MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST,
  MDOC_PROTOCOL_UNKNOWN_CREDENTIAL_CONFIGURATION,
  MDOC_PROTOCOL_UNKNOWN_CREDENTIAL_IDENTIFIER,
  MDOC_PROTOCOL_INVALID_PROOF,
  MDOC_PROTOCOL_INVALID_NONCE,
  MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS,
  MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED,
  MDOC_PROTOCOL_INVALID_TRANSACTION_ID,
  MDOC_PROTOCOL_INVALID_NOTIFICATION_ID,
  MDOC_PROTOCOL_INVALID_NOTIFICATION_REQUEST,
  MDOC_PROTOCOL_INVALID_TX_CODE,
  /* drafts up to 15 */
  MDOC_PROTOCOL_ISSUANCE_PENDING,
  MDOC_PROTOCOL_UNSUPPORTED_CREDENTIAL_TYPE,
  MDOC_PROTOCOL_UNSUPPORTED_CREDENTIAL_FORMAT,
  MDOC_PROTOCOL_N_CODES,
} MdocProtocolCode;

const char *mdoc_protocol_code_get_name (MdocProtocolCode code);
MdocProtocolCode mdoc_protocol_code_from_name (const char *name);
/* the status of HTTP that goes with it */
guint mdoc_protocol_code_get_status (MdocProtocolCode code);

/**
 * MdocProtocolError:
 * @code: what it was
 * @name: the code as received
 * @description: (nullable): words for developers, in ASCII
 *
 * The body of an answer that refuses.
 */
typedef struct
{
  MdocProtocolCode code;
  char *name;
  char *description;
} MdocProtocolError;

MdocProtocolError *mdoc_protocol_error_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_protocol_error_free (MdocProtocolError *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocProtocolError, mdoc_protocol_error_free)

/* @description: (nullable) */
char *
mdoc_protocol_error_write (MdocProtocolCode code, const char *description);

/* WWW-Authenticate: @scheme is "DPoP" or "Bearer"; @code may be
 * %MDOC_PROTOCOL_UNKNOWN, which asks for a token without a word */
char *mdoc_protocol_challenge_write (const char *scheme, MdocProtocolCode code);
/* the code in a challenge of any scheme; %MDOC_PROTOCOL_UNKNOWN if none */
MdocProtocolCode mdoc_protocol_challenge_parse (const char *header);

G_END_DECLS
