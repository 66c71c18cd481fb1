/*
 * mdoc-credential-message.h - what wallet and issuer say to each other
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-jwe.h"
#include "openid/mdoc-protocol-error.h"

G_BEGIN_DECLS

/* longest request, longest answer, and longest credential, in bytes */
#define MDOC_CREDENTIAL_REQUEST_MAX_BYTES  ((gsize) 4 * 1024 * 1024)
#define MDOC_CREDENTIAL_RESPONSE_MAX_BYTES ((gsize) 16 * 1024 * 1024)
#define MDOC_CREDENTIAL_MAX_BYTES          ((gsize) 4 * 1024 * 1024)
/* most proofs, and most credentials, of one batch; longest proof */
#define MDOC_CREDENTIAL_MAX_BATCH 1000
#define MDOC_PROOF_MAX_LEN        ((gsize) 384 * 1024)
/* longest identifier, nonce and the like, in bytes */
#define MDOC_CREDENTIAL_MAX_TEXT_LEN ((gsize) 4096)
/* longest wait that is believed, in seconds: 31 days */
#define MDOC_DEFERRED_MAX_INTERVAL_S ((gint64) 31 * 24 * 3600)

/**
 * MdocCredentialRequest:
 * @identifier: (nullable): which credential, of those the token is for
 * @configuration_id: (nullable): else which configuration
 * @jwt_proofs: (nullable): a signed token for each key
 * @attestation: (nullable): else an attestation of all keys
 * @response_key: (nullable): to encrypt the answer for
 * @response_enc: how, if @response_key is there
 *
 * Asks for one credential, bound to one key or several (OpenID4VCI 1.0, 8.2).
 */
typedef struct
{
  char *identifier;
  char *configuration_id;
  GStrv jwt_proofs;
  char *attestation;
  MdocJwk *response_key;
  MdocJweEnc response_enc;
} MdocCredentialRequest;

char *mdoc_credential_request_to_json (const MdocCredentialRequest *self);
/* @ret_code: (out) (optional): what to answer, if it is refused */
MdocCredentialRequest *
mdoc_credential_request_parse (MdocSpan json,
                               MdocProtocolCode *ret_code,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_credential_request_free (MdocCredentialRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocCredentialRequest,
                               mdoc_credential_request_free)

/**
 * MdocCredentialResponse:
 * @credentials: (element-type GBytes): an IssuerSigned each, not yet parsed;
 *   in no order
 * @notification_id: (nullable): to tell what became of them
 * @transaction_id: (nullable): else what to ask again with
 * @interval_s: and not before so many seconds
 *
 * Credentials, or the word that they take longer (8.3).
 */
typedef struct
{
  GPtrArray *credentials;
  char *notification_id;
  char *transaction_id;
  gint64 interval_s;
} MdocCredentialResponse;

MdocCredentialResponse *mdoc_credential_response_new (void);
char *mdoc_credential_response_to_json (const MdocCredentialResponse *self);
MdocCredentialResponse *
mdoc_credential_response_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_credential_response_free (MdocCredentialResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocCredentialResponse,
                               mdoc_credential_response_free)

/**
 * MdocDeferredRequest:
 * @transaction_id: of the first answer
 * @response_key: (nullable): to encrypt the answer for; %NULL: in the clear,
 *   whatever the first request said
 * @response_enc: how, if @response_key is there
 */
typedef struct
{
  char *transaction_id;
  MdocJwk *response_key;
  MdocJweEnc response_enc;
} MdocDeferredRequest;

char *mdoc_deferred_request_to_json (const MdocDeferredRequest *self);
MdocDeferredRequest *mdoc_deferred_request_parse (MdocSpan json,
                                                  MdocProtocolCode *ret_code,
                                                  GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_deferred_request_free (MdocDeferredRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDeferredRequest, mdoc_deferred_request_free)

typedef enum
{
  MDOC_NOTIFICATION_ACCEPTED, /* stored */
  MDOC_NOTIFICATION_DELETED,  /* the holder did not want it */
  MDOC_NOTIFICATION_FAILURE,
} MdocNotificationEvent;

/* What became of the credentials of one answer (11.1). */
typedef struct
{
  char *notification_id;
  MdocNotificationEvent event;
  char *description; /* nullable, in ASCII */
} MdocNotification;

char *mdoc_notification_to_json (const MdocNotification *self);
MdocNotification *mdoc_notification_parse (MdocSpan json,
                                           MdocProtocolCode *ret_code,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_notification_free (MdocNotification *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocNotification, mdoc_notification_free)

/* answers of the nonce endpoint, and of that for challenges of attestations */
char *mdoc_nonce_response_write (const char *nonce);
char *mdoc_nonce_response_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_challenge_response_write (const char *challenge);
char *mdoc_challenge_response_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
