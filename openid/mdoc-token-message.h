/*
 * mdoc-token-message.h - what wallet and authorization server say to each other
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-json.h"

G_BEGIN_DECLS

/* longest code, token, state and the like, in bytes */
#define MDOC_TOKEN_MAX_LEN   ((gsize) 16 * 1024)
#define MDOC_TOKEN_MAX_BYTES ((gsize) 256 * 1024) /* of a whole answer */
/* most details, and most identifiers of one */
#define MDOC_DETAILS_MAX     32
#define MDOC_DETAILS_MAX_IDS 256

/**
 * MdocDetail:
 * @configuration_id: which configuration
 * @identifiers: (nullable): in answers, the credentials that may be asked for
 *
 * One object of authorization_details of type openid_credential.
 */
typedef struct
{
  char *configuration_id;
  GStrv identifiers;
} MdocDetail;

/* (element-type MdocDetail) */
GPtrArray *mdoc_details_new (void);
/* @identifiers: (nullable) */
void mdoc_details_add (GPtrArray *details,
                       const char *configuration_id,
                       const char *const *identifiers);
/* those that are ours, of a member authorization_details. Errors:
 * #MdocJsonError, #MdocFormError */
GPtrArray *mdoc_details_parse (JsonArray *array,
                               gboolean needs_identifiers,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocAuthorizationRequest:
 * @client_id: who asks
 * @redirect_uri: (nullable): where the browser goes with the answer
 * @scope: (nullable): what for, by scopes
 * @details: (nullable) (element-type MdocDetail): what for, by configurations
 * @location: (nullable): the issuer, for @details and as `resource`
 * @state: (nullable): to know the answer by
 * @code_challenge: of PKCE, by S256
 * @issuer_state: (nullable): of the offer
 * @dpop_thumbprint: (nullable): of the key that the code is to be bound to
 *
 * An authorization request as it is pushed (RFC 9126) or sent with the browser.
 */
typedef struct
{
  char *client_id;
  char *redirect_uri;
  char *scope;
  GPtrArray *details;
  char *location;
  char *state;
  char *code_challenge;
  char *issuer_state;
  char *dpop_thumbprint;
} MdocAuthorizationRequest;

char *mdoc_authorization_request_to_form (const MdocAuthorizationRequest *self);
/* Errors: #MdocFormError, #MdocJsonError */
MdocAuthorizationRequest *
mdoc_authorization_request_parse (const char *form, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_authorization_request_free (MdocAuthorizationRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocAuthorizationRequest,
                               mdoc_authorization_request_free)

/* of the answer to a pushed request */
char *mdoc_par_response_write (const char *request_uri, gint64 expires_in_s);
char *mdoc_par_response_parse (MdocSpan json,
                               gint64 *ret_expires_in_s,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum
{
  MDOC_TOKEN_AUTHORIZATION_CODE,
  MDOC_TOKEN_PRE_AUTHORIZED,
  MDOC_TOKEN_REFRESH,
} MdocTokenGrant;

/**
 * MdocTokenRequest:
 * @grant: which
 * @code: the code, or the refresh token
 * @code_verifier: (nullable): of PKCE; with an authorization code
 * @redirect_uri: (nullable): the one of the request; with an authorization code
 * @tx_code: (nullable): the transaction code; with a pre-authorized code
 * @client_id: (nullable): who asks
 * @scope: (nullable): less than was granted
 * @details: (nullable) (element-type MdocDetail): what for
 */
typedef struct
{
  MdocTokenGrant grant;
  char *code;
  char *code_verifier;
  char *redirect_uri;
  char *tx_code;
  char *client_id;
  char *scope;
  GPtrArray *details;
} MdocTokenRequest;

char *mdoc_token_request_to_form (const MdocTokenRequest *self);
/* Of a grant that is none of ours: %NULL without @error. Errors:
 * #MdocFormError, #MdocJsonError */
MdocTokenRequest *mdoc_token_request_parse (const char *form, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_token_request_free (MdocTokenRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTokenRequest, mdoc_token_request_free)

/**
 * MdocTokenResponse:
 * @access_token: the token
 * @is_dpop: whether it is bound to a key
 * @expires_in_s: how long it holds; 0 if it is not said
 * @refresh_token: (nullable): for the next one
 * @scope: (nullable): what for
 * @details: (nullable) (element-type MdocDetail): what for
 */
typedef struct
{
  char *access_token;
  gboolean is_dpop;
  gint64 expires_in_s;
  char *refresh_token;
  char *scope;
  GPtrArray *details;
} MdocTokenResponse;

char *mdoc_token_response_to_json (const MdocTokenResponse *self);
MdocTokenResponse *mdoc_token_response_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_token_response_free (MdocTokenResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTokenResponse, mdoc_token_response_free)

G_END_DECLS
