/*
 * mdoc-vci-sealed.c - requests and answers that may be encrypted
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-credential-message.h"

#define TYPE_JSON "application/json"
#define TYPE_JWT  "application/jwt"

static MdocSecret *
decrypt (MdocVci *self, MdocSpan body)
{
  g_autofree char *compact = g_strndup ((const char *) body.data, body.len);
  g_autoptr (MdocJwe) jwe = NULL;
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = NULL;
  const char *kid;

  jwe = mdoc_jwe_parse (compact, MDOC_CREDENTIAL_REQUEST_MAX_BYTES, NULL);
  if (jwe == NULL)
    return NULL;
  kid = mdoc_jwe_get_kid (jwe);
  if (kid != NULL && strcmp (kid, mdoc_jwk_get_kid (self->encryption_jwk)) != 0)
    return NULL;

  locker = g_mutex_locker_new (&self->lock);
  return mdoc_jwe_decrypt (jwe, self->encryption_key, NULL);
}

/* OpenID4VCI 1.0, 10 */
MdocSecret *
mdoc_vci_open_request (MdocVci *self,
                       const MdocHttpCall *call,
                       MdocHttpReply *reply,
                       gboolean *ret_was_encrypted)
{
  const MdocSpan body = mdoc_http_call_get_body (call);
  const char *type = mdoc_http_call_get_content_type (call);
  MdocSecret *json;

  if (strcmp (type, TYPE_JWT) == 0)
    {
      json = decrypt (self, body);
      if (json == NULL)
        mdoc_vci_refuse (reply,
                         MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS,
                         "Not encrypted for the key in the metadata");
      *ret_was_encrypted = TRUE;
      return json;
    }
  if (strcmp (type, TYPE_JSON) != 0)
    {
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST,
                       "Neither JSON nor encrypted JSON");
      return NULL;
    }
  if (self->config.is_encryption_required)
    {
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS,
                       "Requests have to be encrypted");
      return NULL;
    }
  *ret_was_encrypted = FALSE;
  return mdoc_secret_new_copy (body);
}

void
mdoc_vci_reply_sealed (MdocHttpReply *reply,
                       guint status,
                       char *json,
                       MdocJwk *key,
                       MdocJweEnc enc)
{
  g_autoptr (GError) error = NULL;
  char *compact;

  if (key == NULL)
    {
      mdoc_http_reply_take_json (reply, status, json);
      return;
    }

  compact = mdoc_jwe_encrypt (mdoc_span_from_text (json),
                              key,
                              enc,
                              MDOC_SPAN (NULL, 0),
                              MDOC_SPAN (NULL, 0),
                              &error);
  mdoc_secret_wipe (json, strlen (json));
  g_free (json);
  if (compact != NULL)
    mdoc_http_reply_take_text (reply, status, TYPE_JWT, compact);
  else
    mdoc_vci_refuse (reply,
                     MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS,
                     "Nothing can be encrypted for that key");
}
