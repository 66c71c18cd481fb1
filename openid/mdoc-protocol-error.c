/*
 * mdoc-protocol-error.c - what endpoints answer when they refuse
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-protocol-error.h"

#include <string.h>

#define MAX_NAME_LEN        ((gsize) 256)
#define MAX_DESCRIPTION_LEN ((gsize) 8 * 1024)

static const MdocJsonLimits limits = {
  .max_bytes = MDOC_PROTOCOL_ERROR_MAX_BYTES,
  .max_depth = 8,
  .max_values = 256
};

static const struct
{
  const char *name;
  guint status;
} codes[] = {
  [MDOC_PROTOCOL_UNKNOWN] = { "unknown", 400 },
  [MDOC_PROTOCOL_INVALID_REQUEST] = { "invalid_request", 400 },
  [MDOC_PROTOCOL_INVALID_CLIENT] = { "invalid_client", 401 },
  [MDOC_PROTOCOL_INVALID_GRANT] = { "invalid_grant", 400 },
  [MDOC_PROTOCOL_UNAUTHORIZED_CLIENT] = { "unauthorized_client", 400 },
  [MDOC_PROTOCOL_UNSUPPORTED_GRANT_TYPE] = { "unsupported_grant_type", 400 },
  [MDOC_PROTOCOL_UNSUPPORTED_RESPONSE_TYPE] = { "unsupported_response_type",
                                                400 },
  [MDOC_PROTOCOL_INVALID_SCOPE] = { "invalid_scope", 400 },
  [MDOC_PROTOCOL_ACCESS_DENIED] = { "access_denied", 400 },
  [MDOC_PROTOCOL_SERVER_ERROR] = { "server_error", 500 },
  [MDOC_PROTOCOL_TEMPORARILY_UNAVAILABLE] = { "temporarily_unavailable", 503 },
  [MDOC_PROTOCOL_INVALID_TOKEN] = { "invalid_token", 401 },
  [MDOC_PROTOCOL_INSUFFICIENT_SCOPE] = { "insufficient_scope", 403 },
  [MDOC_PROTOCOL_INVALID_TARGET] = { "invalid_target", 400 },
  [MDOC_PROTOCOL_INVALID_REQUEST_URI] = { "invalid_request_uri", 400 },
  [MDOC_PROTOCOL_INVALID_AUTHORIZATION_DETAILS]
  = { "invalid_authorization_details", 400 },
  [MDOC_PROTOCOL_INVALID_DPOP_PROOF] = { "invalid_dpop_proof", 400 },
  [MDOC_PROTOCOL_USE_DPOP_NONCE] = { "use_dpop_nonce", 400 },
  [MDOC_PROTOCOL_USE_ATTESTATION_CHALLENGE] = { "use_attestation_challenge",
                                                400 },
  [MDOC_PROTOCOL_USE_FRESH_ATTESTATION] = { "use_fresh_attestation", 400 },
  [MDOC_PROTOCOL_INVALID_CLIENT_ATTESTATION] = { "invalid_client_attestation",
                                                 400 },
  [MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST] = { "invalid_credential_request",
                                                 400 },
  [MDOC_PROTOCOL_UNKNOWN_CREDENTIAL_CONFIGURATION]
  = { "unknown_credential_configuration", 400 },
  [MDOC_PROTOCOL_UNKNOWN_CREDENTIAL_IDENTIFIER]
  = { "unknown_credential_identifier", 400 },
  [MDOC_PROTOCOL_INVALID_PROOF] = { "invalid_proof", 400 },
  [MDOC_PROTOCOL_INVALID_NONCE] = { "invalid_nonce", 400 },
  [MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS]
  = { "invalid_encryption_parameters", 400 },
  [MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED] = { "credential_request_denied",
                                                400 },
  [MDOC_PROTOCOL_INVALID_TRANSACTION_ID] = { "invalid_transaction_id", 400 },
  [MDOC_PROTOCOL_INVALID_NOTIFICATION_ID] = { "invalid_notification_id", 400 },
  [MDOC_PROTOCOL_INVALID_NOTIFICATION_REQUEST]
  = { "invalid_notification_request", 400 },
  [MDOC_PROTOCOL_INVALID_TX_CODE] = { "invalid_tx_code", 400 },
  [MDOC_PROTOCOL_ISSUANCE_PENDING] = { "issuance_pending", 400 },
  [MDOC_PROTOCOL_UNSUPPORTED_CREDENTIAL_TYPE] = { "unsupported_credential_type",
                                                  400 },
  [MDOC_PROTOCOL_UNSUPPORTED_CREDENTIAL_FORMAT]
  = { "unsupported_credential_format", 400 },
};

G_STATIC_ASSERT (G_N_ELEMENTS (codes) == MDOC_PROTOCOL_N_CODES);

const char *
mdoc_protocol_code_get_name (MdocProtocolCode code)
{
  return codes[code].name;
}

/**
 * mdoc_protocol_code_from_name:
 * @name: the member "error" of an answer
 *
 * Returns: the code; %MDOC_PROTOCOL_UNKNOWN for one that is none of ours
 */
MdocProtocolCode
mdoc_protocol_code_from_name (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (strcmp (codes[i].name, name) == 0)
      return (MdocProtocolCode) i;

  return MDOC_PROTOCOL_UNKNOWN;
}

guint
mdoc_protocol_code_get_status (MdocProtocolCode code)
{
  return codes[code].status;
}

/* What may stand in a description (RFC 6749, 5.2); all else becomes '?'. */
static char *
to_description (const char *text)
{
  char *clean = g_strdup (text);

  for (char *p = clean; *p != '\0'; p++)
    if (*p < 0x20 || *p > 0x7e || *p == '"' || *p == '\\')
      *p = '?';
  return clean;
}

void
mdoc_protocol_error_free (MdocProtocolError *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->description);
  g_free (self);
}

/**
 * mdoc_protocol_error_parse:
 * @json: the body of an answer
 * @error: return location for a #MdocJsonError
 *
 * Whoever answers may write anything into a description, so it is brought to
 * the characters that it may have.
 *
 * Returns: (transfer full): what it says, or %NULL with @error set
 */
MdocProtocolError *
mdoc_protocol_error_parse (MdocSpan json, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  MdocProtocolError *self;
  JsonObject *object;
  const char *name, *description;

  node = mdoc_json_load_object (json, "Error", &limits, &object, error);
  if (node == NULL)
    return NULL;
  name = mdoc_json_get_text (object, "error", MAX_NAME_LEN, error);
  if (name == NULL
      || !mdoc_json_find_text (object,
                               "error_description",
                               MAX_DESCRIPTION_LEN,
                               &description,
                               error))
    return NULL;

  self = g_new0 (MdocProtocolError, 1);
  self->code = mdoc_protocol_code_from_name (name);
  self->name = to_description (name);
  self->description = description != NULL ? to_description (description) : NULL;
  return self;
}

/**
 * mdoc_protocol_error_write:
 * @code: what is wrong
 * @description: (nullable): words for developers
 *
 * Returns: (transfer full): the body of an answer
 */
char *
mdoc_protocol_error_write (MdocProtocolCode code, const char *description)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "error", codes[code].name);
  if (description != NULL)
    {
      g_autofree char *clean = to_description (description);

      json_object_set_string_member (object, "error_description", clean);
    }
  return mdoc_json_write (object);
}

/**
 * mdoc_protocol_challenge_write:
 * @scheme: how to come back, "DPoP" or "Bearer"
 * @code: what is wrong, or %MDOC_PROTOCOL_UNKNOWN if there was no token
 *
 * Returns: (transfer full): the content of a WWW-Authenticate header
 */
char *
mdoc_protocol_challenge_write (const char *scheme, MdocProtocolCode code)
{
  const char *algs = strcmp (scheme, "DPoP") == 0 ? "algs=\"ES256 ES384 ES512\""
                                                  : NULL;

  if (code == MDOC_PROTOCOL_UNKNOWN)
    return algs != NULL ? g_strconcat (scheme, " ", algs, NULL)
                        : g_strdup (scheme);
  return g_strconcat (scheme,
                      " error=\"",
                      codes[code].name,
                      "\"",
                      algs != NULL ? ", " : "",
                      algs != NULL ? algs : "",
                      NULL);
}

/* After a '"': its end, or that of the text. */
static const char *
skip_quoted (const char *p)
{
  while (*p != '\0' && *p != '"')
    p += p[0] == '\\' && p[1] != '\0' ? 2 : 1;
  return p;
}

/**
 * mdoc_protocol_challenge_parse:
 * @header: the content of a WWW-Authenticate header, of any schemes
 *
 * Looks for the first parameter `error`, quoted or not, outside of all quotes
 * (RFC 9110, 11.6.1).
 *
 * Returns: its code, or %MDOC_PROTOCOL_UNKNOWN
 */
MdocProtocolCode
mdoc_protocol_challenge_parse (const char *header)
{
  for (const char *p = header; *p != '\0';)
    {
      gsize len = strcspn (p, " \t,=\"");
      gboolean is_error = len == strlen ("error") && p[len] == '='
                          && g_ascii_strncasecmp (p, "error", len) == 0;

      p += len;
      if (is_error)
        {
          const char *start = p[1] == '"' ? p + 2 : p + 1;
          const char *end = p[1] == '"' ? skip_quoted (start)
                                        : start + strcspn (start, " \t,");
          g_autofree char *name = g_strndup (start, (gsize) (end - start));

          return mdoc_protocol_code_from_name (name);
        }
      if (*p == '"')
        p = skip_quoted (p + 1);
      if (*p != '\0')
        p++;
    }
  return MDOC_PROTOCOL_UNKNOWN;
}
