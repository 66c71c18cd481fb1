/*
 * mdoc-test-platform.h - a platform that says what a test tells it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "platform/mdoc-platform.h"
#include "tests/net/mdoc-test-https.h"

G_BEGIN_DECLS

/* what the device's clock says, and how far the server's is ahead */
#define MDOC_TEST_PLATFORM_NOW      ((gint64) 1795831200)
#define MDOC_TEST_PLATFORM_DATE     "Sat, 28 Nov 2026 02:20:00 GMT"
#define MDOC_TEST_PLATFORM_OFFSET_S 1200

#define MDOC_TEST_PLATFORM_TOKENS                                              \
  "{\"access_token\":\"the access token\",\"token_type\":\"DPoP\","            \
  "\"expires_in\":600,\"refresh_token\":\"the refresh token\","                \
  "\"authorization_details\":[{\"type\":\"openid_credential\","                \
  "\"credential_configuration_id\":\"photoid\","                               \
  "\"credential_identifiers\":[\"mid-1\"]}]}"

/**
 * MdocTestPlatform:
 * @issuer: its identifier; each mdoc_test_platform_renew() makes another, so
 *   that what was scripted before is forgotten
 * @metadata: what it will say of itself, may be changed before it is asked
 * @server_metadata: the same of its authorization server
 * @client: what is tested
 * @instance_key: its key
 * @device_keys: (element-type MdocKey): three
 *
 * An issuer and authorization server in one, on the TLS server of
 * mdoc-test-https.h.
 */
typedef struct
{
  MdocTestHttps server;
  guint n_issuers;
  char *issuer;
  MdocIssuerMetadata *metadata;
  MdocServerMetadata *server_metadata;
  MdocPlatform *client;
  MdocKey *instance_key;
  GPtrArray *device_keys;
} MdocTestPlatform;

void mdoc_test_platform_set_up (MdocTestPlatform *self);
void mdoc_test_platform_tear_down (MdocTestPlatform *self);

/* a new issuer with usual metadata, and a client of it */
void mdoc_test_platform_renew (MdocTestPlatform *self);
/* the same, but its metadata are not told before mdoc_test_platform_publish()
 */
void mdoc_test_platform_begin (MdocTestPlatform *self);
void mdoc_test_platform_publish (MdocTestPlatform *self);
/* another client: @client_id: (nullable); @issuer: as it is asked for */
MdocPlatform *mdoc_test_platform_client_new (MdocTestPlatform *self,
                                             const char *issuer,
                                             const char *server,
                                             const char *client_id);

/**
 * MdocTestAttester:
 * @wallet: (nullable): what it says of the instance; %NULL: that it will not
 * @leaves_out: how many of the device keys it does not attest
 * @nonce: (nullable): what stands in the attestation instead of what was asked
 * @exp_unix_s: until when that holds
 * @n_asked: how often it was asked
 * @was_anew: whether the last question was for another one
 *
 * Somebody who vouches for what a test says.
 */
typedef struct
{
  const char *wallet;
  guint leaves_out;
  const char *nonce;
  gint64 exp_unix_s;
  guint n_asked;
  gboolean was_anew;
} MdocTestAttester;

/* another client, for which @attester vouches */
void mdoc_test_platform_attest (MdocTestPlatform *self,
                                MdocTestAttester *attester,
                                const char *client_id,
                                gboolean client_id_is_default);

/* of what stands below the issuer: "/token" */
char *mdoc_test_platform_dup_path (MdocTestPlatform *self, const char *path);
char *mdoc_test_platform_dup_uri (MdocTestPlatform *self, const char *path);
/* JSON if @body begins with "{", else text */
void mdoc_test_platform_answer (MdocTestPlatform *self,
                                const char *path,
                                guint status,
                                const char *body,
                                const char *const *headers);
guint mdoc_test_platform_count (MdocTestPlatform *self, const char *path);
JsonObject *mdoc_test_platform_find (MdocTestPlatform *self,
                                     JsonNode *log,
                                     const char *path);
/* @name: in lower case; %NULL if it was not sent */
const char *
mdoc_test_request_get_header (JsonObject *request, const char *name);

/* calls, waited for */
gboolean mdoc_test_platform_discover (MdocTestPlatform *self, GError **error);
MdocPlatformTokens *mdoc_test_platform_token (MdocTestPlatform *self,
                                              const MdocPlatformGrant *grant,
                                              GError **error);
MdocCredentialResponse *
mdoc_test_platform_credential (MdocTestPlatform *self,
                               const MdocPlatformTokens *tokens,
                               guint n_keys,
                               GError **error);
/* those of MDOC_TEST_PLATFORM_TOKENS */
MdocPlatformTokens *mdoc_test_platform_make_tokens (void);

G_END_DECLS
