/*
 * mdoc-dpop.h - proofs that whoever asks has the token's key (RFC 9449)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-key.h"
#include "openid/mdoc-replay.h"

G_BEGIN_DECLS

/* longest proof, in bytes of its payload, and longest jti and nonce */
#define MDOC_DPOP_MAX_BYTES    ((gsize) 8 * 1024)
#define MDOC_DPOP_MAX_TEXT_LEN ((gsize) 1024)

/* What is wrong with a proof; the first thing that is. */
typedef enum
{
  MDOC_DPOP_OK,
  MDOC_DPOP_MALFORMED, /* no token, of another type, or a claim is missing */
  MDOC_DPOP_ALGORITHM, /* one that we do not take, or not of the key */
  MDOC_DPOP_SIGNATURE,
  MDOC_DPOP_METHOD, /* made for another method (`htm`) */
  MDOC_DPOP_URI,    /* made for another address (`htu`) */
  MDOC_DPOP_TIME,   /* too old, or too far ahead (`iat`) */
  MDOC_DPOP_NONCE,  /* without the server's nonce, or with an old one */
  MDOC_DPOP_TOKEN,  /* of another access token (`ath`) */
  MDOC_DPOP_KEY,    /* not the key that the token is bound to */
  MDOC_DPOP_REPLAYED,
  MDOC_DPOP_BUSY, /* too many proofs to tell a replay */
} MdocDpopResult;

const char *mdoc_dpop_result_get_name (MdocDpopResult result); /* "replayed" */
/* the error of OAuth to answer with; %NULL if it is fine */
const char *mdoc_dpop_result_get_error (MdocDpopResult result);

/**
 * MdocDpopExpectation:
 * @method: the method of the request
 * @uri: its address; query and fragment do not count
 * @now_unix_s: the time
 * @max_age_s: oldest proof taken, in seconds
 * @max_ahead_s: how far ahead of us its maker's clock may be, in seconds
 * @is_nonce_current: (nullable): whether a nonce is one of ours; %NULL: none
 *   is asked for
 * @nonce_data: passed to @is_nonce_current
 * @access_token: (nullable): the token that comes with it
 * @thumbprint: (nullable): of the key that the token, or the code, is bound to
 * @replay: (nullable): where proofs are remembered
 *
 * What a proof has to be for.
 */
typedef struct
{
  const char *method;
  const char *uri;
  gint64 now_unix_s;
  gint64 max_age_s;
  gint64 max_ahead_s;
  gboolean (*is_nonce_current) (const char *nonce, gpointer data);
  gpointer nonce_data;
  const char *access_token;
  const char *thumbprint;
  MdocReplay *replay;
} MdocDpopExpectation;

char *mdoc_dpop_make (MdocKey *key,
                      const char *method,
                      const char *uri,
                      gint64 now_unix_s,
                      const char *nonce,
                      const char *access_token,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocDpopResult mdoc_dpop_check (const char *proof,
                                const MdocDpopExpectation *expected,
                                char **ret_thumbprint);

G_END_DECLS
