/*
 * mdoc-platform.c - the device's client of one issuing platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "platform/mdoc-platform.h"

#include <string.h>

#include "openid/mdoc-uri.h"
#include "platform/mdoc-platform-private.h"

/* what all metadata look like, before they are read as what they should be */
static const MdocJsonLimits any_limits = { .max_bytes = MDOC_METADATA_MAX_BYTES,
                                           .max_depth = MDOC_JSON_MAX_DEPTH,
                                           .max_values = 64 * 1024 };

/**
 * mdoc_platform_new:
 * @config: who it is, and who we are
 * @error: return location for a #MdocPlatformError
 *
 * Returns: (transfer full): a client that has not asked anybody yet; %NULL with
 *   @error set
 */
MdocPlatform *
mdoc_platform_new (const MdocPlatformConfig *config, GError **error)
{
  MdocCurve curve = mdoc_public_key_get_curve (
      mdoc_key_get_public (config->instance_key));
  g_autoptr (MdocPlatform) self = NULL;

  if (!mdoc_uri_is_issuer (config->issuer))
    {
      mdoc_platform_refuse (error,
                            MDOC_PLATFORM_ERROR_UNSUPPORTED,
                            "issuer",
                            "Address names no issuer");
      return NULL;
    }
  if (curve != MDOC_CURVE_P256)
    {
      mdoc_platform_refuse (error,
                            MDOC_PLATFORM_ERROR_UNSUPPORTED,
                            "instance-key",
                            "Instance key is not of P-256");
      return NULL;
    }

  self = g_new0 (MdocPlatform, 1);
  self->ref_count = 1;
  self->http = mdoc_http_client_ref (config->http);
  self->issuer = g_strdup (config->issuer);
  self->server = g_strdup (config->server);
  self->instance_key = mdoc_key_ref (config->instance_key);
  self->client_id = g_strdup (config->client_id);
  self->clock = config->clock != NULL ? config->clock
                                      : mdoc_clock_get_system ();
  if (config->languages != NULL && config->languages[0] != NULL)
    self->languages = g_strjoinv (", ", (GStrv) (gsize) config->languages);
  self->dpop_nonces = g_hash_table_new_full (g_str_hash,
                                             g_str_equal,
                                             g_free,
                                             g_free);
  self->may_be_renamed = config->client_id_is_default;
  if (config->attester != NULL)
    self->attester = *config->attester;
  return g_steal_pointer (&self);
}

MdocPlatform *
mdoc_platform_ref (MdocPlatform *self)
{
  self->ref_count++;
  return self;
}

void
mdoc_platform_unref (MdocPlatform *self)
{
  if (self == NULL || --self->ref_count > 0)
    return;

  mdoc_http_client_unref (self->http);
  g_free (self->issuer);
  g_free (self->server);
  mdoc_key_unref (self->instance_key);
  g_free (self->client_id);
  g_free (self->attestation);
  g_free (self->languages);
  mdoc_issuer_metadata_free (self->issuer_metadata);
  mdoc_server_metadata_free (self->server_metadata);
  g_hash_table_unref (self->dpop_nonces);
  g_free (self->wallet_nonce);
  g_free (self->challenge);
  g_free (self);
}

const MdocIssuerMetadata *
mdoc_platform_get_issuer_metadata (MdocPlatform *self)
{
  return self->issuer_metadata;
}

const MdocServerMetadata *
mdoc_platform_get_server_metadata (MdocPlatform *self)
{
  return self->server_metadata;
}

const char *
mdoc_platform_get_client_id (MdocPlatform *self)
{
  return self->client_id;
}

gboolean
mdoc_platform_get_clock_offset (MdocPlatform *self, gint64 *ret_offset_s)
{
  if (self->has_offset)
    *ret_offset_s = self->offset_s;
  return self->has_offset;
}

gboolean
mdoc_platform_has_wallet_api (MdocPlatform *self)
{
  return self->issuer_metadata != NULL
         && self->issuer_metadata->wallet_uri != NULL;
}

/* Discovery: the issuer's metadata wait here for those of the server. */
typedef struct
{
  MdocIssuerMetadata *metadata;
  char *server;
  gboolean is_second_uri;
} Discovery;

void
mdoc_platform_discovery_free (gpointer data)
{
  Discovery *discovery = data;

  if (discovery == NULL)
    return;
  mdoc_issuer_metadata_free (discovery->metadata);
  g_free (discovery->server);
  g_free (discovery);
}

/* Somebody who speaks for another is no mere mistake. */
static gboolean
names_another (const MdocHttpResponse *response,
               const char *member,
               const char *wanted)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  const char *named;

  node = mdoc_json_load_object (mdoc_span_from_bytes (response->body),
                                "Metadata",
                                &any_limits,
                                &object,
                                NULL);
  if (node == NULL)
    return FALSE;
  named = mdoc_json_get_text (object, member, MDOC_URI_MAX_LEN, NULL);
  return named != NULL && strcmp (named, wanted) != 0;
}

static void
fail_metadata (MdocPlatformCall *call,
               const MdocHttpResponse *response,
               const char *member,
               const char *wanted,
               const GError *cause)
{
  GError *error = NULL;

  if (names_another (response, member, wanted))
    mdoc_platform_refuse (&error,
                          MDOC_PLATFORM_ERROR_TRUST,
                          "issuer-mismatch",
                          "Metadata are of another than was asked");
  else
    mdoc_platform_refuse_answer (&error, call, response, "metadata", cause);
  mdoc_platform_call_fail (call, error);
}

static void
get_metadata (MdocPlatformCall *call,
              const char *uri,
              gsize max_bytes,
              MdocPlatformAnswer answer)
{
  const MdocPlatformExchange exchange = { .uri = uri, .max_bytes = max_bytes };

  mdoc_platform_exchange (call, &exchange, answer);
}

static void
on_server (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  MdocPlatform *self = call->platform;
  Discovery *discovery = call->discovery;
  g_autoptr (MdocServerMetadata) metadata = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  if (response->status == 404 && !discovery->is_second_uri)
    second = mdoc_server_metadata_dup_openid_uri (discovery->server);
  if (second != NULL)
    {
      discovery->is_second_uri = TRUE;
      get_metadata (call, second, MDOC_SERVER_METADATA_MAX_BYTES, on_server);
      return;
    }
  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, g_steal_pointer (&error));
      return;
    }
  metadata = mdoc_server_metadata_parse (mdoc_span_from_bytes (response->body),
                                         discovery->server,
                                         &error);
  if (metadata == NULL)
    {
      fail_metadata (call, response, "issuer", discovery->server, error);
      return;
    }

  mdoc_issuer_metadata_free (self->issuer_metadata);
  mdoc_server_metadata_free (self->server_metadata);
  self->issuer_metadata = g_steal_pointer (&discovery->metadata);
  self->server_metadata = g_steal_pointer (&metadata);
  call->step (call);
}

static void
ask_server (MdocPlatformCall *call, Discovery *discovery)
{
  MdocPlatform *self = call->platform;
  g_autofree char *uri = NULL;
  const char *server;

  server = mdoc_issuer_metadata_choose_server (discovery->metadata,
                                               self->server,
                                               NULL);
  uri = server != NULL ? mdoc_server_metadata_dup_uri (server) : NULL;
  if (uri == NULL)
    {
      GError *error = NULL;

      mdoc_platform_refuse (&error,
                            MDOC_PLATFORM_ERROR_TRUST,
                            "authorization-server",
                            "Authorization server is none of the issuer's");
      mdoc_platform_call_fail (call, error);
      return;
    }
  discovery->server = g_strdup (server);
  discovery->is_second_uri = FALSE;
  get_metadata (call, uri, MDOC_SERVER_METADATA_MAX_BYTES, on_server);
}

static void
on_issuer (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  MdocPlatform *self = call->platform;
  Discovery *discovery = call->discovery;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  if (response->status == 404 && !discovery->is_second_uri)
    second = mdoc_issuer_metadata_dup_old_uri (self->issuer);
  if (second != NULL)
    {
      discovery->is_second_uri = TRUE;
      get_metadata (call, second, MDOC_METADATA_MAX_BYTES, on_issuer);
      return;
    }
  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, g_steal_pointer (&error));
      return;
    }
  discovery->metadata = mdoc_issuer_metadata_parse (mdoc_span_from_bytes (
                                                        response->body),
                                                    self->issuer,
                                                    &error);
  if (discovery->metadata == NULL)
    fail_metadata (call, response, "credential_issuer", self->issuer, error);
  else
    ask_server (call, discovery);
}

void
mdoc_platform_discover (MdocPlatformCall *call)
{
  g_autofree char *uri = mdoc_issuer_metadata_dup_uri (call->platform->issuer);

  mdoc_platform_discovery_free (call->discovery);
  call->discovery = g_new0 (Discovery, 1);
  get_metadata (call, uri, MDOC_METADATA_MAX_BYTES, on_issuer);
}

static void
discovered (MdocPlatformCall *call)
{
  mdoc_platform_call_return (call, GINT_TO_POINTER (TRUE), NULL);
}

void
mdoc_platform_discover_async (MdocPlatform *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  MdocPlatformCall *call = mdoc_platform_call_new (self,
                                                   self->http,
                                                   cancellable,
                                                   callback,
                                                   user_data,
                                                   NULL,
                                                   NULL);

  call->step = discovered;
  mdoc_platform_discover (call);
}

gboolean
mdoc_platform_discover_finish (MdocPlatform *self,
                               GAsyncResult *result,
                               GError **error)
{
  return mdoc_platform_call_finish (result, error) != NULL;
}

static void
on_offer (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  MdocOffer *offer;
  GError *error = NULL;
  g_autoptr (GError) cause = NULL;

  if (response->status == 404 || response->status == 410)
    {
      mdoc_platform_refuse (&error,
                            MDOC_PLATFORM_ERROR_REFUSED,
                            "offer-gone",
                            "There is no such offer, or not any more");
      mdoc_platform_call_fail (call, error);
      return;
    }
  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  offer = mdoc_offer_parse (mdoc_span_from_bytes (response->body), &cause);
  if (offer != NULL)
    {
      mdoc_platform_call_return (call,
                                 offer,
                                 (GDestroyNotify) mdoc_offer_unref);
      return;
    }
  mdoc_platform_refuse_answer (&error, call, response, "offer", cause);
  mdoc_platform_call_fail (call, error);
}

void
mdoc_platform_fetch_offer_async (MdocHttpClient *http,
                                 const char *uri,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  const MdocPlatformExchange exchange = { .uri = uri,
                                          .max_bytes = MDOC_OFFER_MAX_BYTES };
  MdocPlatformCall *call = mdoc_platform_call_new (NULL,
                                                   http,
                                                   cancellable,
                                                   callback,
                                                   user_data,
                                                   NULL,
                                                   NULL);

  mdoc_platform_exchange (call, &exchange, on_offer);
}

MdocOffer *
mdoc_platform_fetch_offer_finish (GAsyncResult *result, GError **error)
{
  return mdoc_platform_call_finish (result, error);
}
