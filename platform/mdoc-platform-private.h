/*
 * mdoc-platform-private.h - calls and exchanges, inside of the platform client
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-protocol-error.h"
#include "platform/mdoc-platform.h"

G_BEGIN_DECLS

#define MDOC_TYPE_JSON "application/json"
#define MDOC_TYPE_JWT  "application/jwt"
#define MDOC_TYPE_FORM "application/x-www-form-urlencoded"

/* How a request says who asks. */
typedef enum
{
  MDOC_PLATFORM_AUTH_NONE,
  MDOC_PLATFORM_AUTH_DPOP,   /* a proof alone, where the server takes one */
  MDOC_PLATFORM_AUTH_TOKEN,  /* an access token, with a proof if it is bound */
  MDOC_PLATFORM_AUTH_WALLET, /* a proof of the wallet API */
} MdocPlatformAuth;

struct _MdocPlatform
{
  gint ref_count;
  MdocHttpClient *http;
  char *issuer;
  char *server;
  MdocKey *instance_key;
  char *client_id;
  gboolean may_be_renamed; /* by an attestation */
  MdocAttester attester;   /* without a class: nobody */
  char *attestation;
  gboolean wants_fresh; /* it is not taken any more */
  const MdocClock *clock;
  char *languages;

  MdocIssuerMetadata *issuer_metadata;
  MdocServerMetadata *server_metadata;
  GHashTable *dpop_nonces; /* origin: the nonce to use next */
  char *wallet_nonce;
  char *challenge; /* for the next proof beside the attestation */
  gboolean has_offset;
  gint64 offset_s;
  gboolean uses_offset; /* our clock was blamed: proofs go by the platform's */
};

typedef struct _MdocPlatformCall MdocPlatformCall;
typedef void (*MdocPlatformStep) (MdocPlatformCall *call);
/* any status; @response is borrowed */
typedef void (*MdocPlatformAnswer) (MdocPlatformCall *call,
                                    const MdocHttpResponse *response);

/**
 * MdocPlatformExchange:
 *
 * One request: what #MdocHttpRequest has, and who asks. It is copied.
 */
typedef struct
{
  const char *method;
  const char *uri;
  const char *accept;
  const char *content_type;
  GBytes *body;
  gsize max_bytes;
  MdocPlatformAuth auth;
  const MdocPlatformTokens *tokens;
} MdocPlatformExchange;

/**
 * MdocPlatformCall:
 * @platform: (nullable): whose call it is; %NULL: nobody's yet
 * @data: what the call has to remember
 *
 * One asynchronous call while it runs: it ends by mdoc_platform_call_return()
 * or mdoc_platform_call_fail(), after which it is gone.
 */
struct _MdocPlatformCall
{
  MdocPlatform *platform;
  MdocHttpClient *http;
  GTask *task;
  gpointer data;
  GDestroyNotify free_data;
  MdocPlatformStep step; /* once the metadata are there */
  gpointer discovery;    /* while they are asked for */

  /*< private >*/
  char *method;
  char *uri;
  char *accept;
  char *content_type;
  GBytes *body;
  gsize max_bytes;
  MdocPlatformAuth auth;
  MdocSecret *access_token;
  gboolean is_dpop;
  MdocPlatformAnswer answer;
  gboolean is_second_try;
  gboolean was_sent;
  gboolean has_asked_attester;
};

MdocPlatformCall *mdoc_platform_call_new (MdocPlatform *platform,
                                          MdocHttpClient *http,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data,
                                          gpointer data,
                                          GDestroyNotify free_data);
/* asks for the metadata if they are not there, then goes on with @step */
void mdoc_platform_call_start (MdocPlatformCall *call, MdocPlatformStep step);
/* asks for them in any case */
void mdoc_platform_discover (MdocPlatformCall *call);
void mdoc_platform_discovery_free (gpointer discovery);
void mdoc_platform_call_return (MdocPlatformCall *call,
                                gpointer result,
                                GDestroyNotify free_result);
void mdoc_platform_call_fail (MdocPlatformCall *call, GError *error);
/* @result of a call whose result is a pointer */
gpointer mdoc_platform_call_finish (GAsyncResult *result, GError **error);

/* Asks, a second time with a nonce if one is called for; a call whose exchange
 * got no answer fails. */
void mdoc_platform_exchange (MdocPlatformCall *call,
                             const MdocPlatformExchange *exchange,
                             MdocPlatformAnswer answer);

/* Is an attestation of the wallet, or a challenge for it, to be asked for
 * first? Then @call goes on with @step when it is there. */
gboolean
mdoc_platform_wants_client (MdocPlatformCall *call, MdocPlatformStep step);

/* @compact: of all keys that were asked for, and with @nonce in it */
typedef void (*MdocPlatformAttested) (MdocPlatformCall *call,
                                      const char *compact,
                                      const char *nonce);
/* Asks who vouches for the keys; @call fails if nobody does. @nonce: (nullable)
 */
void mdoc_platform_attest_keys (MdocPlatformCall *call,
                                GPtrArray *keys,
                                const MdocProofType *asked,
                                const char *nonce,
                                MdocPlatformAttested callback);

/* now, as proofs have it */
gint64 mdoc_platform_get_proof_time (MdocPlatform *self);
gint64 mdoc_platform_get_now (MdocPlatform *self);

/* without an answer; @name is one of ours */
void mdoc_platform_refuse (GError **error,
                           MdocPlatformError klass,
                           const char *name,
                           const char *what);
/* a code that came with the browser */
void mdoc_platform_refuse_code (GError **error,
                                MdocProtocolCode code,
                                const char *what);
/* the answer to @call is none of the messages that belong there: @cause says
 * why, and is kept as words */
void mdoc_platform_refuse_answer (GError **error,
                                  const MdocPlatformCall *call,
                                  const MdocHttpResponse *response,
                                  const char *name,
                                  const GError *cause);
/* the exchange of @call got no answer: from #MdocHttpError; others stay */
GError *mdoc_platform_error_from_http (const MdocPlatformCall *call,
                                       const GError *cause);
/* FALSE with @error set if @response says no, or is not of @content_type;
 * (nullable): any will do */
gboolean mdoc_platform_check_answer (const MdocPlatformCall *call,
                                     const MdocHttpResponse *response,
                                     const char *content_type,
                                     GError **error);
/* what @response says is wrong; %MDOC_PROTOCOL_UNKNOWN for anything else.
 * @ret_name: (out) (optional): the code as received, printable; or %NULL */
MdocProtocolCode mdoc_platform_read_refusal (const MdocHttpResponse *response,
                                             char **ret_name,
                                             char **ret_description);

G_END_DECLS
