/*
 * mdoc-vci-foreign.c - access tokens of other authorization servers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-token-message.h"

#define TOKEN_TYPE "at+jwt"
#define MAX_TEXT   ((gsize) 2048)
#define MAX_LIST   32

static const MdocJsonLimits limits = { .max_bytes = 12 * 1024,
                                       .max_depth = 8,
                                       .max_values = 512 };

/* What is wrong with a token; the first thing that is. */
typedef enum
{
  FOREIGN_OK,
  FOREIGN_MALFORMED, /* no token, of another type, or a claim is missing */
  FOREIGN_ISSUER,    /* of a server that nobody has named to us */
  FOREIGN_SIGNATURE,
  FOREIGN_AUDIENCE, /* for somebody else */
  FOREIGN_TIME,     /* from the future */
  FOREIGN_EXPIRED,
  FOREIGN_UNBOUND, /* to no key, and that is not allowed */
  FOREIGN_SCOPE,   /* for nothing that we have */
  FOREIGN_SUBJECT, /* for nobody whom we know */
} ForeignResult;

static const char *const names[] = { "token-malformed", "token-issuer",
                                     "token-signature", "token-audience",
                                     "token-time",      "token-expired",
                                     "token-unbound",   "token-scope",
                                     "token-subject" };

/* One that is being looked at. */
typedef struct
{
  MdocJwt *jwt;
  MdocVciServer *server;
  const char *subject;
  const char *person; /* what the subject claim says */
  const char *client_id;
  const char *issuer_state; /* nullable */
  const char *thumbprint;   /* nullable */
  gint64 exp_s;
  GPtrArray *configuration_ids;
  GHashTable *aliases;
  char *person_id;   /* nullable */
  char *claims_json; /* nullable */
} Foreign;

static void
foreign_clear (Foreign *self)
{
  mdoc_jwt_unref (self->jwt);
  g_clear_pointer (&self->configuration_ids, g_ptr_array_unref);
  g_clear_pointer (&self->aliases, g_hash_table_unref);
  g_free (self->person_id);
  g_free (self->claims_json);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Foreign, foreign_clear)

static ForeignResult
parse (Foreign *self, MdocVci *vci, const char *token)
{
  const char *issuer;

  self->jwt = mdoc_jwt_parse_of_server (token, TOKEN_TYPE, &limits, NULL);
  if (self->jwt == NULL)
    return FOREIGN_MALFORMED;
  issuer = mdoc_json_get_text (mdoc_jwt_get_claims (self->jwt),
                               "iss",
                               MAX_TEXT,
                               NULL);
  if (issuer == NULL)
    return FOREIGN_MALFORMED;
  for (guint i = 0; i < vci->config.servers->len; i++)
    {
      MdocVciServer *server = vci->config.servers->pdata[i];

      if (strcmp (server->issuer, issuer) == 0)
        self->server = server;
    }
  return self->server != NULL ? FOREIGN_OK : FOREIGN_ISSUER;
}

/* a text, or an array of them */
static gboolean
has_audience (JsonObject *claims, const char *audience)
{
  JsonNode *node = json_object_get_member (claims, "aud");
  g_auto (GStrv) list = NULL;
  const char *text;

  if (node == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_VALUE (node))
    {
      text = mdoc_json_get_text (claims, "aud", MAX_TEXT, NULL);
      return text != NULL && strcmp (text, audience) == 0;
    }
  return mdoc_json_find_texts (claims, "aud", MAX_LIST, MAX_TEXT, &list, NULL)
         && list != NULL
         && g_strv_contains ((const char *const *) list, audience);
}

/* RFC 9068, 2.2 and 4; RFC 9449, 6.1 */
static ForeignResult
read_claims (Foreign *self, MdocVci *vci, const char *audience)
{
  JsonObject *claims = mdoc_jwt_get_claims (self->jwt);
  const gint64 now_s = mdoc_vci_get_now_s (vci);
  gint64 iat_s, nbf_s;
  JsonObject *cnf;

  self->subject = mdoc_json_get_text (claims, "sub", MAX_TEXT, NULL);
  self->client_id = mdoc_json_get_text (claims,
                                        self->server->client_claim,
                                        MAX_TEXT,
                                        NULL);
  self->person = mdoc_json_get_text (claims,
                                     self->server->subject_claim,
                                     MAX_TEXT,
                                     NULL);
  if (self->subject == NULL || self->client_id == NULL || self->person == NULL
      || mdoc_json_get_text (claims, "jti", MAX_TEXT, NULL) == NULL
      || !mdoc_json_get_time (claims, "exp", &self->exp_s, NULL)
      || !mdoc_json_get_time (claims, "iat", &iat_s, NULL)
      || !mdoc_json_find_time (claims, "nbf", iat_s, &nbf_s, NULL)
      || !mdoc_json_find_text (claims,
                               "issuer_state",
                               MAX_TEXT,
                               &self->issuer_state,
                               NULL)
      || !mdoc_json_find_object (claims, "cnf", &cnf, NULL)
      || (cnf != NULL
          && !mdoc_json_find_text (cnf,
                                   "jkt",
                                   MAX_TEXT,
                                   &self->thumbprint,
                                   NULL)))
    return FOREIGN_MALFORMED;

  if (!has_audience (claims,
                     self->server->audience != NULL ? self->server->audience
                                                    : audience))
    return FOREIGN_AUDIENCE;
  if (MAX (iat_s, nbf_s) > now_s + MDOC_VCI_AHEAD_S)
    return FOREIGN_TIME;
  if (self->exp_s <= now_s)
    return FOREIGN_EXPIRED;
  if (self->thumbprint == NULL
      && (cnf != NULL || !vci->config.is_bearer_allowed))
    return FOREIGN_UNBOUND;
  return FOREIGN_OK;
}

static gboolean
read_details (Foreign *self, GError **error)
{
  JsonObject *claims = mdoc_jwt_get_claims (self->jwt);
  g_autoptr (GPtrArray) details = NULL;
  JsonArray *array;

  if (!mdoc_json_find_array (claims,
                             "authorization_details",
                             MDOC_REGISTER_MAX_ITEMS,
                             &array,
                             error))
    return FALSE;
  if (array == NULL)
    return TRUE;
  details = mdoc_details_parse (array, FALSE, error);
  if (details == NULL)
    return FALSE;

  for (guint i = 0; i < details->len; i++)
    {
      const MdocDetail *detail = details->pdata[i];

      g_ptr_array_add (self->configuration_ids,
                       g_strdup (detail->configuration_id));
      for (char **id = detail->identifiers; id != NULL && *id != NULL; id++)
        g_hash_table_insert (self->aliases,
                             g_strdup (*id),
                             g_strdup (detail->configuration_id));
    }
  return TRUE;
}

static ForeignResult
read_purpose (Foreign *self, MdocVci *vci, GError **error)
{
  JsonObject *claims = mdoc_jwt_get_claims (self->jwt);
  const char *scope;

  self->configuration_ids = g_ptr_array_new_with_free_func (g_free);
  self->aliases = g_hash_table_new_full (g_str_hash,
                                         g_str_equal,
                                         g_free,
                                         g_free);
  if (!read_details (self, NULL)
      || !mdoc_json_find_text (claims, "scope", MAX_TEXT, &scope, NULL))
    return FOREIGN_MALFORMED;
  if (self->configuration_ids->len == 0 && scope != NULL)
    mdoc_vci_add_scope (vci, scope, self->configuration_ids, error);
  if (self->configuration_ids->len == 0 && self->issuer_state == NULL)
    return FOREIGN_SCOPE;
  g_ptr_array_add (self->configuration_ids, NULL);
  return FOREIGN_OK;
}

/* What the server is said to know about people, by the names that profiles
 * have for it. */
static char *
write_claims (const Foreign *self)
{
  JsonObject *theirs = mdoc_jwt_get_claims (self->jwt);
  g_autoptr (JsonObject) ours = json_object_new ();
  GHashTableIter iter;
  gpointer name, claim;

  g_hash_table_iter_init (&iter, self->server->claims);
  while (g_hash_table_iter_next (&iter, &name, &claim))
    if (json_object_has_member (theirs, claim))
      json_object_set_member (ours,
                              name,
                              json_node_copy (
                                  json_object_get_member (theirs, claim)));
  return mdoc_json_write (ours);
}

/* As at the login page: the subject is the reference of a person. */
static ForeignResult
find_person (Foreign *self, MdocVci *vci, GError **error)
{
  g_autoptr (GError) inner_error = NULL;
  g_autoptr (MdocRegisterPerson) person
      = mdoc_register_get_person (vci->config.reg, self->person, &inner_error);

  if (person != NULL)
    {
      self->person_id = g_strdup (person->id);
      return FOREIGN_OK;
    }
  if (!g_error_matches (inner_error,
                        MDOC_REGISTER_ERROR,
                        MDOC_REGISTER_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&inner_error));
      return FOREIGN_OK;
    }
  if (self->server->claims == NULL)
    return FOREIGN_SUBJECT;
  self->claims_json = write_claims (self);
  return FOREIGN_OK;
}

static ForeignResult
check (Foreign *self,
       MdocVci *vci,
       const char *token,
       const char *audience,
       GError **error)
{
  ForeignResult result = parse (self, vci, token);
  gboolean is_valid;

  if (result != FOREIGN_OK)
    return result;
  if (!mdoc_vci_server_verify (self->server,
                               mdoc_jwt_get_jws (self->jwt),
                               &is_valid,
                               error))
    return FOREIGN_OK;
  if (!is_valid)
    return FOREIGN_SIGNATURE;
  result = read_claims (self, vci, audience);
  if (result == FOREIGN_OK)
    result = read_purpose (self, vci, error);
  if (result == FOREIGN_OK && *error == NULL)
    result = find_person (self, vci, error);
  return result;
}

static void
refuse (MdocVci *self,
        const MdocHttpCall *call,
        MdocHttpReply *reply,
        ForeignResult result)
{
  mdoc_vci_count_miss (self, call);
  mdoc_vci_refuse_token (self,
                         reply,
                         result == FOREIGN_SCOPE || result == FOREIGN_SUBJECT
                             ? MDOC_PROTOCOL_INSUFFICIENT_SCOPE
                             : MDOC_PROTOCOL_INVALID_TOKEN,
                         names[result - 1]);
}

/* What the register does not want is nobody's fault here. */
static void
refuse_grant (MdocVci *self, MdocHttpReply *reply, const GError *error)
{
  if (error->domain == MDOC_PROFILE_ERROR)
    mdoc_vci_refuse (reply, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED, "claims");
  else if (g_error_matches (error,
                            MDOC_REGISTER_ERROR,
                            MDOC_REGISTER_ERROR_STORE))
    mdoc_vci_fail (reply, error);
  else if (error->domain == MDOC_REGISTER_ERROR)
    mdoc_vci_refuse_token (self,
                           reply,
                           MDOC_PROTOCOL_INSUFFICIENT_SCOPE,
                           mdoc_register_error_get_name (error));
  else
    {
      g_message ("A token cannot be verified: %s", error->message);
      mdoc_vci_refuse_token (self,
                             reply,
                             MDOC_PROTOCOL_TEMPORARILY_UNAVAILABLE,
                             "The authorization server is out of reach");
    }
}

/* ours have no parts */
gboolean
mdoc_vci_is_foreign (MdocVci *self, const char *token)
{
  return self->config.servers != NULL && self->config.servers->len > 0
         && strchr (token, '.') != NULL;
}

MdocRegisterAccess *
mdoc_vci_take_foreign (MdocVci *self,
                       const MdocHttpCall *call,
                       MdocHttpReply *reply,
                       const char *token)
{
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autofree char *issuer = mdoc_vci_dup_issuer (
      mdoc_http_call_get_base_url (call));
  g_auto (Foreign) foreign = { 0 };
  g_autoptr (GError) error = NULL;
  MdocRegisterAccess *access;
  MdocRegisterForeign taken;
  ForeignResult result;

  result = check (&foreign, self, token, issuer, &error);
  if (error != NULL)
    {
      refuse_grant (self, reply, error);
      return NULL;
    }
  if (result != FOREIGN_OK)
    {
      refuse (self, call, reply, result);
      return NULL;
    }

  taken = (MdocRegisterForeign){
    .server = foreign.server->issuer,
    .subject = foreign.subject,
    .client_id = foreign.client_id,
    .dpop_thumbprint = foreign.thumbprint,
    .token = token,
    .expires_at_s = foreign.exp_s,
    .issuer_state = foreign.issuer_state,
    .configuration_ids = (const char *const *) foreign.configuration_ids->pdata,
    .person_id = foreign.person_id,
    .claims_json = foreign.claims_json,
  };
  access = mdoc_register_take_foreign (self->config.reg,
                                       &change,
                                       &taken,
                                       &error);
  if (access == NULL)
    refuse_grant (self, reply, error);
  else
    access->aliases = g_steal_pointer (&foreign.aliases);
  return access;
}
