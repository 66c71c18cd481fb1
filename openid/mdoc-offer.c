/*
 * mdoc-offer.c - credential offers and their links (OpenID4VCI 1.0, 4.1)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-offer.h"

#include <string.h>

#include "openid/mdoc-uri.h"

static const MdocJsonLimits limits = { .max_bytes = MDOC_OFFER_MAX_BYTES,
                                       .max_depth = 8,
                                       .max_values = 256 };

/* The last ones are of EUDI's wallets and of links that open an app. */
static const char *const schemes[] = { MDOC_OFFER_SCHEME,
                                       MDOC_OFFER_SCHEME_HAIP,
                                       MDOC_OFFER_SCHEME_OLD,
                                       "eudi-openid4ci",
                                       "https" };

struct _MdocOffer
{
  gatomicrefcount ref_count;
  GStringChunk *texts; /* what all the others point into */
  const char *issuer;
  const char **configuration_ids;
  MdocOfferGrants grants;
};

G_DEFINE_QUARK (mdoc_offer_error_quark, mdoc_offer_error)

static gboolean
refuse (GError **error, MdocOfferError code, const char *reason)
{
  g_set_error_literal (error, MDOC_OFFER_ERROR, (gint) code, reason);
  return FALSE;
}

static const char *
keep (MdocOffer *self, const char *text)
{
  return text != NULL ? g_string_chunk_insert (self->texts, text) : NULL;
}

/**
 * mdoc_offer_new:
 * @issuer: who offers
 * @configuration_ids: (array zero-terminated=1): what, at least one, all
 *   different
 * @grants: how it may be claimed; copied
 *
 * Returns: (transfer full): an offer
 */
MdocOffer *
mdoc_offer_new (const char *issuer,
                const char *const *configuration_ids,
                const MdocOfferGrants *grants)
{
  MdocOffer *self = g_new0 (MdocOffer, 1);
  guint n = 0;

  g_atomic_ref_count_init (&self->ref_count);
  self->texts = g_string_chunk_new (512);
  self->issuer = keep (self, issuer);
  while (configuration_ids[n] != NULL)
    n++;
  self->configuration_ids = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    self->configuration_ids[i] = keep (self, configuration_ids[i]);

  self->grants = *grants;
  self->grants.issuer_state = keep (self, grants->issuer_state);
  self->grants.authorization_code_server
      = keep (self, grants->authorization_code_server);
  self->grants.pre_authorized_code = keep (self, grants->pre_authorized_code);
  self->grants.pre_authorized_server = keep (self,
                                             grants->pre_authorized_server);
  self->grants.tx_code_description = keep (self, grants->tx_code_description);
  return self;
}

MdocOffer *
mdoc_offer_ref (MdocOffer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mdoc_offer_unref (MdocOffer *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_string_chunk_free (self->texts);
  g_free (self->configuration_ids);
  g_free (self);
}

const char *
mdoc_offer_get_issuer (MdocOffer *self)
{
  return self->issuer;
}

const char *const *
mdoc_offer_get_configuration_ids (MdocOffer *self)
{
  return self->configuration_ids;
}

const MdocOfferGrants *
mdoc_offer_get_grants (MdocOffer *self)
{
  return &self->grants;
}

/**
 * mdoc_offer_is_tx_code:
 * @self: an offer that asks for a transaction code
 * @tx_code: what the holder has typed
 *
 * Wrong codes cost attempts, so what cannot be one is better not sent.
 *
 * Returns: whether it looks as the offer says
 */
gboolean
mdoc_offer_is_tx_code (MdocOffer *self, const char *tx_code)
{
  const MdocOfferGrants *grants = &self->grants;
  glong len;

  if (!grants->has_tx_code || !g_utf8_validate (tx_code, -1, NULL))
    return FALSE;
  len = g_utf8_strlen (tx_code, -1);
  if (len == 0 || len > MDOC_OFFER_MAX_TX_CODE_LEN
      || (grants->tx_code_len > 0 && len != (glong) grants->tx_code_len))
    return FALSE;
  return grants->tx_code_mode == MDOC_TX_CODE_TEXT
         || tx_code[strspn (tx_code, "0123456789")] == '\0';
}

/*   authorization_server: which of those in the issuer's metadata */
static gboolean
read_server (JsonObject *grant, const char **ret_server, GError **error)
{
  if (!mdoc_json_find_text (grant,
                            "authorization_server",
                            MDOC_URI_MAX_LEN,
                            ret_server,
                            error))
    return FALSE;
  if (*ret_server != NULL && !mdoc_uri_is_issuer (*ret_server))
    return mdoc_json_refuse (error,
                             MDOC_JSON_ERROR_SCHEMA,
                             "authorization_server",
                             "names no server");
  return TRUE;
}

/*   tx_code: { ? input_mode: "numeric" / "text", ? length, ? description } */
static gboolean
read_tx_code (JsonObject *tx_code, MdocOfferGrants *grants, GError **error)
{
  const char *mode, *description;
  gint64 len;

  if (!mdoc_json_find_text (tx_code, "input_mode", 64, &mode, error)
      || !mdoc_json_find_int (tx_code,
                              "length",
                              1,
                              MDOC_OFFER_MAX_TX_CODE_LEN,
                              0,
                              &len,
                              error)
      || !mdoc_json_find_text (tx_code,
                               "description",
                               MDOC_OFFER_MAX_DESCRIPTION_LEN * 4,
                               &description,
                               error))
    return FALSE;
  if (mode != NULL && strcmp (mode, "numeric") != 0
      && strcmp (mode, "text") != 0)
    return mdoc_json_refuse (error,
                             MDOC_JSON_ERROR_SCHEMA,
                             "input_mode",
                             "is none that we know");
  if (description != NULL
      && g_utf8_strlen (description, -1) > MDOC_OFFER_MAX_DESCRIPTION_LEN)
    return mdoc_json_refuse (error,
                             MDOC_JSON_ERROR_LIMIT,
                             "description",
                             "is too long");

  grants->has_tx_code = TRUE;
  grants->tx_code_mode = g_strcmp0 (mode, "text") == 0 ? MDOC_TX_CODE_TEXT
                                                       : MDOC_TX_CODE_NUMERIC;
  grants->tx_code_len = (guint) len;
  grants->tx_code_description = description;
  return TRUE;
}

static gboolean
read_pre_authorized (JsonObject *grant, MdocOfferGrants *grants, GError **error)
{
  JsonObject *tx_code;

  grants->pre_authorized_code = mdoc_json_get_text (grant,
                                                    "pre-authorized_code",
                                                    MDOC_OFFER_MAX_CODE_LEN,
                                                    error);
  if (grants->pre_authorized_code == NULL
      || !read_server (grant, &grants->pre_authorized_server, error)
      || !mdoc_json_find_object (grant, "tx_code", &tx_code, error))
    return FALSE;
  return tx_code == NULL || read_tx_code (tx_code, grants, error);
}

/*   grants: { ? authorization_code: {...}, ? "urn:...pre-authorized_code" } */
static gboolean
read_grants (JsonObject *offer, MdocOfferGrants *grants, GError **error)
{
  JsonObject *object, *code, *pre_authorized;

  if (!mdoc_json_find_object (offer, "grants", &object, error))
    return FALSE;
  if (object == NULL)
    return TRUE;
  if (!mdoc_json_find_object (object,
                              MDOC_GRANT_AUTHORIZATION_CODE,
                              &code,
                              error)
      || !mdoc_json_find_object (object,
                                 MDOC_GRANT_PRE_AUTHORIZED,
                                 &pre_authorized,
                                 error))
    return FALSE;

  if (code != NULL)
    {
      grants->has_authorization_code = TRUE;
      if (!mdoc_json_find_text (code,
                                "issuer_state",
                                MDOC_OFFER_MAX_CODE_LEN,
                                &grants->issuer_state,
                                error)
          || !read_server (code, &grants->authorization_code_server, error))
        return FALSE;
    }
  return pre_authorized == NULL
         || read_pre_authorized (pre_authorized, grants, error);
}

static GStrv
read_ids (JsonObject *offer, GError **error)
{
  g_auto (GStrv) ids = NULL;

  if (mdoc_json_get_array (offer,
                           "credential_configuration_ids",
                           MDOC_OFFER_MAX_IDS,
                           error)
          == NULL
      || !mdoc_json_find_texts (offer,
                                "credential_configuration_ids",
                                MDOC_OFFER_MAX_IDS,
                                MDOC_OFFER_MAX_ID_LEN,
                                &ids,
                                error))
    return NULL;

  for (guint i = 0; ids[i] != NULL; i++)
    for (guint j = 0; j < i; j++)
      if (strcmp (ids[i], ids[j]) == 0)
        {
          mdoc_json_refuse (error,
                            MDOC_JSON_ERROR_SCHEMA,
                            "credential_configuration_ids",
                            "has one twice");
          return NULL;
        }
  return g_steal_pointer (&ids);
}

/**
 * mdoc_offer_parse:
 * @json: an offer, out of a link or from where a link points
 * @error: return location for a #MdocJsonError
 *
 * Members that we do not know are skipped.
 *
 * Returns: (transfer full): the offer, or %NULL with @error set
 */
MdocOffer *
mdoc_offer_parse (MdocSpan json, GError **error)
{
  MdocOfferGrants grants = { 0 };
  g_autoptr (JsonNode) node = NULL;
  g_auto (GStrv) ids = NULL;
  JsonObject *object;
  const char *issuer;

  node = mdoc_json_load_object (json,
                                "Credential offer",
                                &limits,
                                &object,
                                error);
  if (node == NULL)
    return NULL;

  issuer = mdoc_json_get_text (object,
                               "credential_issuer",
                               MDOC_URI_MAX_LEN,
                               error);
  if (issuer == NULL)
    return NULL;
  if (!mdoc_uri_is_issuer (issuer))
    {
      mdoc_json_refuse (error,
                        MDOC_JSON_ERROR_SCHEMA,
                        "credential_issuer",
                        "names no issuer");
      return NULL;
    }

  ids = read_ids (object, error);
  if (ids == NULL || !read_grants (object, &grants, error))
    return NULL;
  return mdoc_offer_new (issuer, (const char *const *) ids, &grants);
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static JsonObject *
write_tx_code (const MdocOfferGrants *grants)
{
  JsonObject *object = json_object_new ();

  set_text (object,
            "input_mode",
            grants->tx_code_mode == MDOC_TX_CODE_TEXT ? "text" : "numeric");
  if (grants->tx_code_len > 0)
    json_object_set_int_member (object, "length", grants->tx_code_len);
  set_text (object, "description", grants->tx_code_description);
  return object;
}

static JsonObject *
write_grants (const MdocOfferGrants *grants)
{
  JsonObject *object = json_object_new ();

  if (grants->has_authorization_code)
    {
      JsonObject *grant = json_object_new ();

      set_text (grant, "issuer_state", grants->issuer_state);
      set_text (grant,
                "authorization_server",
                grants->authorization_code_server);
      json_object_set_object_member (object,
                                     MDOC_GRANT_AUTHORIZATION_CODE,
                                     grant);
    }
  if (grants->pre_authorized_code != NULL)
    {
      JsonObject *grant = json_object_new ();

      set_text (grant, "pre-authorized_code", grants->pre_authorized_code);
      if (grants->has_tx_code)
        json_object_set_object_member (grant,
                                       "tx_code",
                                       write_tx_code (grants));
      set_text (grant, "authorization_server", grants->pre_authorized_server);
      json_object_set_object_member (object, MDOC_GRANT_PRE_AUTHORIZED, grant);
    }
  return object;
}

/**
 * mdoc_offer_to_json:
 * @self: an offer
 *
 * Returns: (transfer full): @self as mdoc_offer_parse() reads it
 */
char *
mdoc_offer_to_json (MdocOffer *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  set_text (object, "credential_issuer", self->issuer);
  mdoc_json_set_texts (object,
                       "credential_configuration_ids",
                       self->configuration_ids);
  if (self->grants.has_authorization_code
      || self->grants.pre_authorized_code != NULL)
    json_object_set_object_member (object,
                                   "grants",
                                   write_grants (&self->grants));
  return mdoc_json_write (object);
}

static char *
make_link (const char *scheme, const char *name, const char *value)
{
  g_autoptr (GString) query = g_string_new (NULL);

  mdoc_form_add (query, name, value);
  return g_strconcat (scheme, "://?", query->str, NULL);
}

/**
 * mdoc_offer_to_link:
 * @self: an offer
 * @scheme: such as %MDOC_OFFER_SCHEME
 *
 * Returns: (transfer full): a link with the whole offer in it
 */
char *
mdoc_offer_to_link (MdocOffer *self, const char *scheme)
{
  g_autofree char *json = mdoc_offer_to_json (self);

  return make_link (scheme, "credential_offer", json);
}

/**
 * mdoc_offer_reference_to_link:
 * @uri: the https address where the offer is to be had
 * @scheme: such as %MDOC_OFFER_SCHEME
 *
 * Returns: (transfer full): a link that points there, short enough for a QR
 *   code
 */
char *
mdoc_offer_reference_to_link (const char *uri, const char *scheme)
{
  return make_link (scheme, "credential_offer_uri", uri);
}

/* The query, wherever it begins: "scheme://?q", "scheme:?q" and
 * "scheme://host/path?q" are all about. */
static char *
dup_query (const char *link, GError **error)
{
  gsize scheme_len = strcspn (link, ":");
  const char *query = strchr (link, '?');

  /* no scheme has a question mark, so the query is behind it */
  for (gsize i = 0; query != NULL && i < G_N_ELEMENTS (schemes); i++)
    if (strlen (schemes[i]) == scheme_len
        && g_ascii_strncasecmp (link, schemes[i], scheme_len) == 0)
      return g_strndup (query + 1, strcspn (query + 1, "#"));

  refuse (error, MDOC_OFFER_ERROR_LINK, "Not a link to a credential offer");
  return NULL;
}

/**
 * mdoc_offer_parse_link:
 * @link: what a QR code holds, or another program handed over
 * @ret_offer: (out) (nullable): the offer, if it is in the link
 * @ret_reference: (out) (nullable): else the https address where it is
 * @error: return location for a #MdocOfferError, #MdocFormError or
 *   #MdocJsonError
 *
 * Results are left alone on failure.
 *
 * Returns: %TRUE if the link has one of them
 */
gboolean
mdoc_offer_parse_link (const char *link,
                       MdocOffer **ret_offer,
                       char **ret_reference,
                       GError **error)
{
  g_autofree char *query = NULL;
  g_autoptr (GHashTable) fields = NULL;
  const char *value, *reference;
  MdocOffer *offer = NULL;

  if (strlen (link) > MDOC_OFFER_MAX_LINK_LEN)
    return refuse (error, MDOC_OFFER_ERROR_LIMIT, "Link is too long");
  query = dup_query (link, error);
  if (query == NULL)
    return FALSE;
  fields = mdoc_form_parse (query, error);
  if (fields == NULL)
    return FALSE;

  value = g_hash_table_lookup (fields, "credential_offer");
  reference = g_hash_table_lookup (fields, "credential_offer_uri");
  if ((value == NULL) == (reference == NULL))
    return refuse (error,
                   MDOC_OFFER_ERROR_CONTENT,
                   value == NULL ? "Link has no credential offer"
                                 : "Link has two credential offers");
  if (reference != NULL && !mdoc_uri_is_https (reference))
    return refuse (error,
                   MDOC_OFFER_ERROR_CONTENT,
                   "Link points to no https address");
  if (value != NULL)
    {
      offer = mdoc_offer_parse (mdoc_span_from_text (value), error);
      if (offer == NULL)
        return FALSE;
    }

  *ret_offer = offer;
  *ret_reference = g_strdup (reference);
  return TRUE;
}
