/*
 * mdoc-authorization-response.h - what the browser brings back
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-protocol-error.h"

G_BEGIN_DECLS

/**
 * MdocAuthorizationResponse:
 * @code: (nullable): the authorization code; %NULL if it was refused
 * @state: (nullable): that of the request
 * @issuer: (nullable): which server answers (RFC 9207)
 * @error: why it was refused; %MDOC_PROTOCOL_UNKNOWN if @code is there, or for
 *   a reason that we do not know
 * @description: (nullable): words about @error for developers, in ASCII
 *
 * The answer to an authorization request, in the query of the address to which
 * the browser was sent (RFC 6749, 4.1.2). Anybody may have sent it there.
 */
typedef struct
{
  char *code;
  char *state;
  char *issuer;
  MdocProtocolCode error;
  char *description;
} MdocAuthorizationResponse;

/* @redirect_uri: of the request; may have a query of its own */
char *mdoc_authorization_response_to_uri (const MdocAuthorizationResponse *self,
                                          const char *redirect_uri);
/* Errors: #MdocFormError, #MdocJsonError */
MdocAuthorizationResponse *
mdoc_authorization_response_parse (const char *query, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_authorization_response_free (MdocAuthorizationResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocAuthorizationResponse,
                               mdoc_authorization_response_free)

typedef enum
{
  MDOC_AUTHORIZATION_OK,
  MDOC_AUTHORIZATION_STATE,   /* no answer to this request */
  MDOC_AUTHORIZATION_ISSUER,  /* of another server: a mix-up */
  MDOC_AUTHORIZATION_REFUSED, /* see the error */
} MdocAuthorizationResult;

/* @state: (nullable) of the request; @issuer: of the server; @gives_iss:
 * whether its metadata says that it names itself */
MdocAuthorizationResult
mdoc_authorization_response_check (const MdocAuthorizationResponse *self,
                                   const char *state,
                                   const char *issuer,
                                   gboolean gives_iss);

G_END_DECLS
