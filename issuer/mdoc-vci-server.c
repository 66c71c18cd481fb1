/*
 * mdoc-vci-server.c - an authorization server that is not ours
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci-server.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-program.h"
#include "net/mdoc-http.h"
#include "openid/mdoc-uri.h"

#define MAX_CONFIG_BYTES ((gsize) 64 * 1024)
#define MAX_KEYS_BYTES   ((gsize) 256 * 1024)
#define MAX_TEXT         ((gsize) 2048)
#define MAX_CLAIMS       256
#define FETCH_MS         5000
/* how long keys are good without being asked for, and the least time between
 * two questions, whoever asks for unknown keys */
#define FRESH_US (300 * G_USEC_PER_SEC)
#define LEAST_US (10 * G_USEC_PER_SEC)

static const MdocJsonLimits config_limits = { .max_bytes = MAX_CONFIG_BYTES,
                                              .max_depth = 4,
                                              .max_values = 1024 };
static const MdocJsonLimits keys_limits = { .max_bytes = MAX_KEYS_BYTES,
                                            .max_depth = 8,
                                            .max_values = 4096 };

static gboolean
refuse (GError **error, const char *reason)
{
  g_set_error_literal (error,
                       MDOC_PROGRAM_ERROR,
                       (gint) MDOC_PROGRAM_ERROR_USAGE,
                       reason);
  return FALSE;
}

void
mdoc_vci_server_free (MdocVciServer *self)
{
  if (self == NULL)
    return;

  g_free (self->issuer);
  g_free (self->audience);
  g_free (self->subject_claim);
  g_free (self->client_claim);
  g_clear_pointer (&self->claims, g_hash_table_unref);
  g_free (self->jwks_file);
  g_free (self->jwks_uri);
  g_free (self->anchors_pem);
  g_clear_pointer (&self->keys, mdoc_server_keys_unref);
  g_mutex_clear (&self->fetching);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* A name in the file is from where the file is. */
static char *
dup_beside (const char *path, const char *name)
{
  g_autofree char *folder = NULL;

  if (g_path_is_absolute (name))
    return g_strdup (name);
  folder = g_path_get_dirname (path);
  return g_build_filename (folder, name, NULL);
}

static gboolean
read_claims (MdocVciServer *self, JsonObject *claims, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (claims);

  if (json_object_get_size (claims) > MAX_CLAIMS)
    return refuse (error, "“claims” has too many of them");
  self->claims = g_hash_table_new_full (g_str_hash,
                                        g_str_equal,
                                        g_free,
                                        g_free);
  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *theirs = mdoc_json_get_text (claims,
                                               l->data,
                                               MAX_TEXT,
                                               error);

      if (theirs == NULL)
        return FALSE;
      g_hash_table_insert (self->claims, g_strdup (l->data), g_strdup (theirs));
    }
  return TRUE;
}

static gboolean
read_anchors (MdocVciServer *self,
              const char *path,
              const char *name,
              GError **error)
{
  g_autofree char *file = dup_beside (path, name);
  g_autoptr (GBytes) bytes = mdoc_file_read (file, MAX_KEYS_BYTES, error);

  if (bytes == NULL)
    return FALSE;
  self->anchors_pem = g_strndup (g_bytes_get_data (bytes, NULL),
                                 g_bytes_get_size (bytes));
  return TRUE;
}

static gboolean
read_config (MdocVciServer *self,
             const char *path,
             JsonObject *object,
             GError **error)
{
  const char *issuer, *audience, *subject, *client, *file, *uri, *anchors;
  JsonObject *claims;

  issuer = mdoc_json_get_text (object, "issuer", MAX_TEXT, error);
  if (issuer == NULL
      || !mdoc_json_find_text (object, "audience", MAX_TEXT, &audience, error)
      || !mdoc_json_find_text (object,
                               "subjectClaim",
                               MAX_TEXT,
                               &subject,
                               error)
      || !mdoc_json_find_text (object,
                               "clientIdClaim",
                               MAX_TEXT,
                               &client,
                               error)
      || !mdoc_json_find_text (object, "jwks", MAX_TEXT, &file, error)
      || !mdoc_json_find_text (object, "jwksUri", MAX_TEXT, &uri, error)
      || !mdoc_json_find_text (object, "anchors", MAX_TEXT, &anchors, error)
      || !mdoc_json_find_object (object, "claims", &claims, error))
    return FALSE;
  if ((file == NULL) == (uri == NULL))
    return refuse (error,
                   "Either “jwks” or “jwksUri” tells where its keys are");

  self->issuer = g_strdup (issuer);
  self->audience = g_strdup (audience);
  self->subject_claim = g_strdup (subject != NULL ? subject : "sub");
  self->client_claim = g_strdup (client != NULL ? client : "client_id");
  self->jwks_uri = g_strdup (uri);
  if (file != NULL)
    self->jwks_file = dup_beside (path, file);
  return (anchors == NULL || read_anchors (self, path, anchors, error))
         && (claims == NULL || read_claims (self, claims, error));
}

static MdocServerKeys *
parse_keys (GBytes *bytes, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (mdoc_span_from_bytes (bytes),
                                "The keys",
                                &keys_limits,
                                &object,
                                error);
  return node != NULL ? mdoc_server_keys_parse (object, "The keys", error)
                      : NULL;
}

/* --- keys in a file --- */

static gboolean
read_stamp (MdocVciServer *self, gint64 *ret_stamp)
{
  GStatBuf status;

  if (g_stat (self->jwks_file, &status) != 0)
    return FALSE;
  ret_stamp[0] = (gint64) status.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000)
                 + (gint64) status.st_mtim.tv_nsec;
  ret_stamp[1] = (gint64) status.st_size;
  ret_stamp[2] = (gint64) status.st_ino;
  return TRUE;
}

/* One that is just being written is none; the old one goes on then. */
static MdocServerKeys *
get_keys_of_file (MdocVciServer *self, GError **error)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);
  g_autoptr (GError) inner_error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gint64 stamp[3] = { 0 };
  MdocServerKeys *keys = NULL;

  if (read_stamp (self, stamp) && self->keys != NULL
      && memcmp (stamp, self->stamp, sizeof stamp) == 0)
    return mdoc_server_keys_ref (self->keys);

  bytes = mdoc_file_read (self->jwks_file, MAX_KEYS_BYTES, &inner_error);
  if (bytes != NULL)
    keys = parse_keys (bytes, &inner_error);
  if (keys != NULL)
    {
      g_clear_pointer (&self->keys, mdoc_server_keys_unref);
      self->keys = keys;
      memcpy (self->stamp, stamp, sizeof stamp);
    }
  else if (self->keys == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner_error));
      return NULL;
    }
  else
    g_message ("Keys of %s cannot be read: %s",
               self->issuer,
               inner_error->message);
  return mdoc_server_keys_ref (self->keys);
}

/* --- keys at an address --- */

static MdocServerKeys *
fetch_keys (MdocVciServer *self, GError **error)
{
  const MdocHttpConfig config = {
    .anchors_pem = self->anchors_pem,
    .allow_plain_loopback = self->allow_plain_loopback,
    .timeout_ms = FETCH_MS,
    .user_agent = "mdoc-issuer"
  };
  const char *const headers[] = { "Accept", "application/json", NULL };
  const MdocHttpRequest request = { .uri = self->jwks_uri,
                                    .headers = headers,
                                    .max_bytes = MAX_KEYS_BYTES };
  /* of our own, as any thread of the server may get here */
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (MdocHttpClient) client = NULL;
  g_autoptr (MdocHttpResponse) response = NULL;

  g_main_context_push_thread_default (context);
  client = mdoc_http_client_new (&config, error);
  if (client != NULL)
    response = mdoc_http_client_send (client, &request, error);
  g_clear_pointer (&client, mdoc_http_client_unref);
  g_main_context_pop_thread_default (context);

  if (response == NULL)
    return NULL;
  if (response->status != 200)
    {
      g_set_error (error,
                   MDOC_HTTP_ERROR,
                   (gint) MDOC_HTTP_ERROR_MALFORMED,
                   "It answers with status %u",
                   response->status);
      return NULL;
    }
  return parse_keys (response->body, error);
}

static MdocServerKeys *
ref_keys (MdocVciServer *self, gint64 *ret_age_us)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);

  *ret_age_us = self->fetched_us == 0
                    ? G_MAXINT64
                    : g_get_monotonic_time () - self->fetched_us;
  return self->keys != NULL ? mdoc_server_keys_ref (self->keys) : NULL;
}

/* @is_unknown: a key was not among those. Whoever has keys does not wait for
 * somebody else who asks for newer ones. */
static MdocServerKeys *
get_keys_of_uri (MdocVciServer *self, gboolean is_unknown, GError **error)
{
  gint64 age_us;
  g_autoptr (MdocServerKeys) keys = ref_keys (self, &age_us);
  g_autoptr (MdocServerKeys) fetched = NULL;
  g_autoptr (GError) inner_error = NULL;

  if (keys != NULL && age_us < (is_unknown ? LEAST_US : FRESH_US))
    return g_steal_pointer (&keys);
  if (keys == NULL)
    g_mutex_lock (&self->fetching);
  else if (!g_mutex_trylock (&self->fetching))
    return g_steal_pointer (&keys);

  g_clear_pointer (&keys, mdoc_server_keys_unref);
  keys = ref_keys (self, &age_us);
  if (age_us >= LEAST_US)
    {
      fetched = fetch_keys (self, &inner_error);
      g_mutex_lock (&self->lock);
      self->fetched_us = g_get_monotonic_time ();
      if (fetched != NULL)
        {
          g_clear_pointer (&self->keys, mdoc_server_keys_unref);
          self->keys = mdoc_server_keys_ref (fetched);
        }
      g_mutex_unlock (&self->lock);
    }
  g_mutex_unlock (&self->fetching);

  if (fetched != NULL)
    return g_steal_pointer (&fetched);
  if (inner_error != NULL)
    g_message ("Keys of %s cannot be had: %s",
               self->issuer,
               inner_error->message);
  if (keys == NULL)
    refuse (error, "The keys of the authorization server cannot be had");
  return g_steal_pointer (&keys);
}

static MdocServerKeys *
get_keys (MdocVciServer *self, gboolean is_unknown, GError **error)
{
  return self->jwks_file != NULL ? get_keys_of_file (self, error)
                                 : get_keys_of_uri (self, is_unknown, error);
}

/* --- what is done with them --- */

gboolean
mdoc_vci_server_verify (MdocVciServer *self,
                        MdocJws *jws,
                        gboolean *ret_is_valid,
                        GError **error)
{
  g_autoptr (MdocServerKeys) keys = get_keys (self, FALSE, error);
  gboolean is_known;

  *ret_is_valid = FALSE;
  if (keys == NULL)
    return FALSE;
  *ret_is_valid = mdoc_server_keys_verify (keys, jws, &is_known);
  if (*ret_is_valid || is_known)
    return TRUE;

  g_clear_pointer (&keys, mdoc_server_keys_unref);
  keys = get_keys (self, TRUE, error);
  if (keys == NULL)
    return FALSE;
  *ret_is_valid = mdoc_server_keys_verify (keys, jws, &is_known);
  return TRUE;
}

/**
 * mdoc_vci_server_load:
 * @path: a file of JSON
 * @allow_plain_loopback: whether its keys may be fetched from this host by
 *   plain HTTP
 * @error: return location
 *
 * Members: `issuer`; `jwks`, a file, or `jwksUri`, an address, of which
 * `anchors` are the certificates to trust; `audience`, `subjectClaim`,
 * `clientIdClaim`, `claims`. Keys in a file have to be there; those at an
 * address may come later.
 *
 * Returns: (transfer full): the server, or %NULL with @error set
 */
MdocVciServer *
mdoc_vci_server_load (const char *path,
                      gboolean allow_plain_loopback,
                      GError **error)
{
  g_autoptr (MdocVciServer) self = g_new0 (MdocVciServer, 1);
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (MdocServerKeys) keys = NULL;
  JsonObject *object;

  g_mutex_init (&self->fetching);
  g_mutex_init (&self->lock);
  self->allow_plain_loopback = allow_plain_loopback;
  bytes = mdoc_file_read (path, MAX_CONFIG_BYTES, error);
  if (bytes == NULL)
    return NULL;
  node = mdoc_json_load_object (mdoc_span_from_bytes (bytes),
                                "The authorization server",
                                &config_limits,
                                &object,
                                error);
  if (node == NULL || !read_config (self, path, object, error))
    {
      g_prefix_error (error, "%s: ", shown);
      return NULL;
    }
  if (self->jwks_file != NULL)
    {
      keys = get_keys_of_file (self, error);
      if (keys == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}
