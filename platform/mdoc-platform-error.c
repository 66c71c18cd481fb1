/*
 * mdoc-platform-error.c - what to do about a call that failed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "platform/mdoc-platform.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "platform/mdoc-platform-private.h"

/* of an answer that may be longer than any refusal has to be */
#define MAX_DESCRIPTION_LEN 200
#define MAX_NAME_LEN        64

typedef struct
{
  MdocPlatformTrouble trouble;
  char *name;
  char *description;
} MdocPlatformErrorPrivate;

static void
mdoc_platform_error_private_init (MdocPlatformErrorPrivate *self)
{
  self->trouble.retry_after_s = -1;
}

static void
set_trouble (MdocPlatformErrorPrivate *self, const MdocPlatformTrouble *trouble)
{
  self->trouble = *trouble;
  self->name = g_strdup (trouble->name);
  self->description = g_strdup (trouble->description);
  self->trouble.name = self->name;
  self->trouble.description = self->description;
}

static void
mdoc_platform_error_private_copy (const MdocPlatformErrorPrivate *source,
                                  MdocPlatformErrorPrivate *self)
{
  set_trouble (self, &source->trouble);
}

static void
mdoc_platform_error_private_clear (MdocPlatformErrorPrivate *self)
{
  g_free (self->name);
  g_free (self->description);
}

/* GLib's own macro casts a const away, and bytes to a struct */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wcast-align"
G_DEFINE_EXTENDED_ERROR (MdocPlatformError, mdoc_platform_error)
#pragma GCC diagnostic pop

/**
 * mdoc_platform_error_get_trouble:
 * @error: any error
 *
 * Returns: (transfer none) (nullable): the details, if it is a
 *   #MdocPlatformError
 */
const MdocPlatformTrouble *
mdoc_platform_error_get_trouble (const GError *error)
{
  if (error == NULL || error->domain != MDOC_PLATFORM_ERROR)
    return NULL;
  return &mdoc_platform_error_get_private (error)->trouble;
}

static MdocPlatformError
classify_status (guint status, MdocPlatformAuth auth, gboolean is_named)
{
  if (status == 408 || status == 425 || status == 429 || status >= 500)
    return MDOC_PLATFORM_ERROR_RETRY;
  if (status == 401 && auth == MDOC_PLATFORM_AUTH_TOKEN)
    return MDOC_PLATFORM_ERROR_TOKEN;
  if (status == 401 && auth == MDOC_PLATFORM_AUTH_WALLET)
    return MDOC_PLATFORM_ERROR_NONCE;
  /* a code that we do not know is a no; no code at all is no answer of ours */
  return is_named ? MDOC_PLATFORM_ERROR_REFUSED : MDOC_PLATFORM_ERROR_PROTOCOL;
}

/* The classify table of OpenID4VCI 1.0, 8.3.1.2, and of OAuth. That a proof is
 * bad is of the same class as a stale nonce: a fresh one may do. */
static MdocPlatformError
classify (MdocProtocolCode code,
          guint status,
          MdocPlatformAuth auth,
          gboolean is_named)
{
  static const struct
  {
    MdocProtocolCode code;
    MdocPlatformError klass;
  } rows[] = {
    { MDOC_PROTOCOL_SERVER_ERROR, MDOC_PLATFORM_ERROR_RETRY },
    { MDOC_PROTOCOL_TEMPORARILY_UNAVAILABLE, MDOC_PLATFORM_ERROR_RETRY },
    { MDOC_PROTOCOL_ISSUANCE_PENDING, MDOC_PLATFORM_ERROR_RETRY },
    { MDOC_PROTOCOL_INVALID_TOKEN, MDOC_PLATFORM_ERROR_TOKEN },
    { MDOC_PROTOCOL_USE_DPOP_NONCE, MDOC_PLATFORM_ERROR_NONCE },
    { MDOC_PROTOCOL_INVALID_DPOP_PROOF, MDOC_PLATFORM_ERROR_NONCE },
    { MDOC_PROTOCOL_INVALID_NONCE, MDOC_PLATFORM_ERROR_NONCE },
    { MDOC_PROTOCOL_INVALID_PROOF, MDOC_PLATFORM_ERROR_NONCE },
  };

  /* whatever such a server says, it may say otherwise later */
  if (status == 429 || status >= 500)
    return MDOC_PLATFORM_ERROR_RETRY;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].code == code)
      return rows[i].klass;
  return code != MDOC_PROTOCOL_UNKNOWN
             ? MDOC_PLATFORM_ERROR_REFUSED
             : classify_status (status, auth, is_named);
}

static GError *
make_error (MdocPlatformError klass,
            const MdocPlatformTrouble *trouble,
            const char *what,
            const char *reason)
{
  GError *error;

  error = g_error_new (MDOC_PLATFORM_ERROR,
                       (gint) klass,
                       reason != NULL ? "%s (%s): %s" : "%s (%s)",
                       what,
                       trouble->name,
                       reason);
  set_trouble (mdoc_platform_error_get_private (error), trouble);
  return error;
}

void
mdoc_platform_refuse (GError **error,
                      MdocPlatformError klass,
                      const char *name,
                      const char *what)
{
  const MdocPlatformTrouble trouble = { .name = name, .retry_after_s = -1 };

  g_propagate_error (error, make_error (klass, &trouble, what, NULL));
}

void
mdoc_platform_refuse_code (GError **error,
                           MdocProtocolCode code,
                           const char *what)
{
  const MdocPlatformTrouble trouble = {
    .name = code != MDOC_PROTOCOL_UNKNOWN ? mdoc_protocol_code_get_name (code)
                                          : "unknown",
    .code = code,
    .retry_after_s = -1,
    .was_sent = TRUE
  };

  g_propagate_error (error,
                     make_error (classify (code,
                                           0,
                                           MDOC_PLATFORM_AUTH_NONE,
                                           TRUE),
                                 &trouble,
                                 what,
                                 NULL));
}

void
mdoc_platform_refuse_answer (GError **error,
                             const MdocPlatformCall *call,
                             const MdocHttpResponse *response,
                             const char *name,
                             const GError *cause)
{
  const MdocPlatformTrouble trouble = {
    .name = name,
    .status = response->status,
    .retry_after_s = response->has_retry_after ? response->retry_after_s : -1,
    .was_sent = call->was_sent
  };

  g_propagate_error (error,
                     make_error (MDOC_PLATFORM_ERROR_PROTOCOL,
                                 &trouble,
                                 "Answer is none that belongs there",
                                 cause != NULL ? cause->message : NULL));
}

GError *
mdoc_platform_error_from_http (const MdocPlatformCall *call,
                               const GError *cause)
{
  static const MdocPlatformError classes[] = {
    [MDOC_HTTP_CLASS_NETWORK] = MDOC_PLATFORM_ERROR_RETRY,
    [MDOC_HTTP_CLASS_TRUST] = MDOC_PLATFORM_ERROR_TRUST,
    [MDOC_HTTP_CLASS_PEER] = MDOC_PLATFORM_ERROR_PROTOCOL,
    /* the address came with the offer or the metadata */
    [MDOC_HTTP_CLASS_CALLER] = MDOC_PLATFORM_ERROR_PROTOCOL,
  };
  MdocPlatformTrouble trouble = { .retry_after_s = -1,
                                  .was_sent = call->was_sent };
  MdocHttpError code;

  if (cause->domain != MDOC_HTTP_ERROR)
    return g_error_copy (cause);
  code = (MdocHttpError) cause->code;
  trouble.name = mdoc_http_error_get_name (code);
  return make_error (classes[mdoc_http_error_get_class (code)],
                     &trouble,
                     "Platform was not reached",
                     cause->message);
}

/* Never longer than @max bytes, and without control characters. */
static char *
dup_printable (const char *text, gsize max)
{
  g_autofree char *cut = g_strndup (text, max);

  return mdoc_text_to_printable (cut);
}

MdocProtocolCode
mdoc_platform_read_refusal (const MdocHttpResponse *response,
                            char **ret_name,
                            char **ret_description)
{
  const char *challenge = mdoc_http_response_get_header (response,
                                                         "WWW-Authenticate");
  g_autoptr (MdocProtocolError) refusal = NULL;
  MdocProtocolCode code = MDOC_PROTOCOL_UNKNOWN;

  *ret_name = NULL;
  *ret_description = NULL;
  if (g_strcmp0 (response->content_type, MDOC_TYPE_JSON) == 0)
    refusal = mdoc_protocol_error_parse (mdoc_span_from_bytes (response->body),
                                         NULL);
  if (refusal != NULL)
    {
      code = refusal->code;
      *ret_name = dup_printable (refusal->name, MAX_NAME_LEN);
      if (refusal->description != NULL)
        *ret_description = dup_printable (refusal->description,
                                          MAX_DESCRIPTION_LEN);
    }
  if (code == MDOC_PROTOCOL_UNKNOWN && challenge != NULL)
    {
      code = mdoc_protocol_challenge_parse (challenge);
      if (code != MDOC_PROTOCOL_UNKNOWN)
        {
          g_free (*ret_name);
          *ret_name = g_strdup (mdoc_protocol_code_get_name (code));
        }
    }
  return code;
}

gboolean
mdoc_platform_check_answer (const MdocPlatformCall *call,
                            const MdocHttpResponse *response,
                            const char *content_type,
                            GError **error)
{
  g_autofree char *name = NULL, *description = NULL;
  MdocPlatformTrouble trouble = { .status = response->status,
                                  .retry_after_s = response->has_retry_after
                                                       ? response->retry_after_s
                                                       : -1,
                                  .was_sent = call->was_sent };
  MdocPlatformError klass;

  if (response->status / 100 == 2)
    {
      if (content_type == NULL
          || g_strcmp0 (response->content_type, content_type) == 0)
        return TRUE;
      mdoc_platform_refuse_answer (error, call, response, "content-type", NULL);
      return FALSE;
    }

  trouble.code = mdoc_platform_read_refusal (response, &name, &description);
  klass = classify (trouble.code, response->status, call->auth, name != NULL);
  if (name == NULL)
    name = g_strdup_printf ("http-%u", response->status);
  trouble.name = name;
  g_propagate_error (error,
                     make_error (klass,
                                 &trouble,
                                 "Platform says no",
                                 description));
  return FALSE;
}
