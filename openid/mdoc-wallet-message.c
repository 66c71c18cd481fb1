/*
 * mdoc-wallet-message.c - the small messages of the wallet API
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-wallet-message.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"

/* longest nonce, code and proof, in bytes */
#define MAX_NONCE_LEN ((gsize) 1024)
#define MAX_CODE_LEN  ((gsize) 4096)
#define MAX_PROOF_LEN ((gsize) 16 * 1024)
#define MAX_EXPIRES_S ((gint64) 31 * 24 * 3600)

static const MdocJsonLimits limits = { .max_bytes = 64 * 1024,
                                       .max_depth = 4,
                                       .max_values = 64 };

static const char *const effectives[] = {
  [MDOC_EFFECTIVE_UNKNOWN] = "unknown",
  [MDOC_EFFECTIVE_REMOVED] = "removed",
  [MDOC_EFFECTIVE_REVOKED] = "revoked",
  [MDOC_EFFECTIVE_SUSPENDED] = "suspended",
  [MDOC_EFFECTIVE_DOCUMENT_EXPIRED] = "document_expired",
  [MDOC_EFFECTIVE_MSO_EXPIRED] = "mso_expired",
  [MDOC_EFFECTIVE_ISSUED] = "issued",
  [MDOC_EFFECTIVE_ACTIVE] = "active",
};

static const char *const kinds[] = {
  [MDOC_ACTION_UNKNOWN] = "unknown",
  [MDOC_ACTION_SUSPEND] = "suspend",
  [MDOC_ACTION_REINSTATE] = "reinstate",
  [MDOC_ACTION_REVOKE] = "revoke",
  [MDOC_ACTION_UPDATE] = "update",
  [MDOC_ACTION_RENEW_NOW] = "renew_now",
  [MDOC_ACTION_MESSAGE] = "message",
  [MDOC_ACTION_AUTH_REQUEST] = "auth_request",
  [MDOC_ACTION_BRANDING_CHANGED] = "branding_changed",
  [MDOC_ACTION_OFFER] = "offer",
};

/* Returns: which of @names it is; 0 if none */
static guint
find (const char *const *names, gsize n_names, const char *name)
{
  for (guint i = 1; i < n_names; i++)
    if (strcmp (names[i], name) == 0)
      return i;
  return 0;
}

const char *
mdoc_effective_get_name (MdocEffective effective)
{
  g_return_val_if_fail ((gsize) effective < G_N_ELEMENTS (effectives), NULL);
  return effectives[effective];
}

MdocEffective
mdoc_effective_from_name (const char *name)
{
  return (MdocEffective) find (effectives, G_N_ELEMENTS (effectives), name);
}

const char *
mdoc_action_kind_get_name (MdocActionKind kind)
{
  g_return_val_if_fail ((gsize) kind < G_N_ELEMENTS (kinds), NULL);
  return kinds[kind];
}

MdocActionKind
mdoc_action_kind_from_name (const char *name)
{
  return (MdocActionKind) find (kinds, G_N_ELEMENTS (kinds), name);
}

static JsonNode *
load (MdocSpan json, const char *what, JsonObject **ret_object, GError **error)
{
  return mdoc_json_load_object (json, what, &limits, ret_object, error);
}

/* An object with nothing but one text. */
static char *
write_text (const char *member, const char *text)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, member, text);
  return mdoc_json_write (object);
}

static char *
parse_text (MdocSpan json,
            const char *what,
            const char *member,
            gsize max_len,
            GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = load (json, what, &object, error);
  if (node == NULL)
    return NULL;
  return g_strdup (mdoc_json_get_text (object, member, max_len, error));
}

char *
mdoc_wallet_receipt_to_json (const MdocWalletReceipt *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "midUid", self->mid_uid);
  json_object_set_int_member (object, "generation", self->generation);
  json_object_set_string_member (object, "digest", self->digest);
  return mdoc_json_write (object);
}

/**
 * mdoc_wallet_receipt_parse:
 * @json: a body
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the receipt, or %NULL with @error set
 */
MdocWalletReceipt *
mdoc_wallet_receipt_parse (MdocSpan json, GError **error)
{
  g_autoptr (MdocWalletReceipt) self = g_new0 (MdocWalletReceipt, 1);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = load (json, "Receipt", &object, error);
  if (node == NULL
      || !mdoc_json_get_int (object,
                             "generation",
                             0,
                             MDOC_WALLET_MAX_GENERATION,
                             &self->generation,
                             error))
    return NULL;
  self->mid_uid = g_strdup (
      mdoc_json_get_text (object, "midUid", MDOC_WALLET_MAX_ID_LEN, error));
  if (self->mid_uid == NULL)
    return NULL;
  self->digest = g_strdup (
      mdoc_json_get_text (object, "digest", MDOC_WALLET_MAX_WORD_LEN, error));
  return self->digest != NULL ? g_steal_pointer (&self) : NULL;
}

void
mdoc_wallet_receipt_free (MdocWalletReceipt *self)
{
  if (self == NULL)
    return;

  g_free (self->mid_uid);
  g_free (self->digest);
  g_free (self);
}

char *
mdoc_wallet_removal_to_json (const MdocWalletRemoval *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "reason", self->reason);
  json_object_set_int_member (object, "at", self->at_unix_s);
  return mdoc_json_write (object);
}

/**
 * mdoc_wallet_removal_parse:
 * @json: a body
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the notice, or %NULL with @error set
 */
MdocWalletRemoval *
mdoc_wallet_removal_parse (MdocSpan json, GError **error)
{
  g_autoptr (MdocWalletRemoval) self = g_new0 (MdocWalletRemoval, 1);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = load (json, "Removal", &object, error);
  if (node == NULL
      || !mdoc_json_get_time (object, "at", &self->at_unix_s, error))
    return NULL;
  self->reason = g_strdup (
      mdoc_json_get_text (object, "reason", MDOC_WALLET_MAX_WORD_LEN, error));
  return self->reason != NULL ? g_steal_pointer (&self) : NULL;
}

void
mdoc_wallet_removal_free (MdocWalletRemoval *self)
{
  if (self == NULL)
    return;

  g_free (self->reason);
  g_free (self);
}

char *
mdoc_wallet_ack_write (const char *result)
{
  return write_text ("result", result);
}

/**
 * mdoc_wallet_ack_parse:
 * @json: a body
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the result, or %NULL with @error set
 */
char *
mdoc_wallet_ack_parse (MdocSpan json, GError **error)
{
  return parse_text (json,
                     "Acknowledgement",
                     "result",
                     MDOC_WALLET_MAX_WORD_LEN,
                     error);
}

char *
mdoc_wallet_recover_write (const char *proof)
{
  return write_text ("proof", proof);
}

/**
 * mdoc_wallet_recover_parse:
 * @json: a body
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the proof, which is not verified, or %NULL with
 *   @error set
 */
char *
mdoc_wallet_recover_parse (MdocSpan json, GError **error)
{
  return parse_text (json, "Recovery", "proof", MAX_PROOF_LEN, error);
}

char *
mdoc_wallet_recovery_write (const char *code, gint64 expires_in_s)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "pre-authorized_code", code);
  json_object_set_int_member (object, "expires_in", expires_in_s);
  return mdoc_json_write (object);
}

/**
 * mdoc_wallet_recovery_parse:
 * @json: a body
 * @ret_expires_in_s: (out): how long the code holds; 0 if it is not said
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the code, a secret, or %NULL with @error set
 */
char *
mdoc_wallet_recovery_parse (MdocSpan json,
                            gint64 *ret_expires_in_s,
                            GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  const char *code;
  gint64 expires_in_s;

  node = load (json, "Recovery", &object, error);
  if (node == NULL
      || !mdoc_json_find_int (object,
                              "expires_in",
                              0,
                              MAX_EXPIRES_S,
                              0,
                              &expires_in_s,
                              error))
    return NULL;
  code = mdoc_json_get_text (object,
                             "pre-authorized_code",
                             MAX_CODE_LEN,
                             error);
  if (code == NULL)
    return NULL;
  *ret_expires_in_s = expires_in_s;
  return g_strdup (code);
}

char *
mdoc_wallet_nonce_write (const char *nonce)
{
  return write_text ("nonce", nonce);
}

/**
 * mdoc_wallet_nonce_parse:
 * @json: a body
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the nonce, or %NULL with @error set
 */
char *
mdoc_wallet_nonce_parse (MdocSpan json, GError **error)
{
  return parse_text (json, "Nonce", "nonce", MAX_NONCE_LEN, error);
}

static int
compare_digests (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, mdoc_hash_get_len (MDOC_HASH_SHA256));
}

char *
mdoc_wallet_receipt_digest (GPtrArray *credentials)
{
  gsize len = mdoc_hash_get_len (MDOC_HASH_SHA256);
  g_autofree guint8 *digests = g_malloc0 (len * MAX (credentials->len, 1));
  guint8 whole[MDOC_HASH_MAX_LEN];
  MdocSpan all = MDOC_SPAN (digests, len * credentials->len);

  for (guint i = 0; i < credentials->len; i++)
    {
      MdocSpan one = mdoc_span_from_bytes (credentials->pdata[i]);
      guint8 digest[MDOC_HASH_MAX_LEN];

      mdoc_hash_compute (MDOC_HASH_SHA256, &one, 1, digest);
      memcpy (digests + i * len, digest, len);
    }
  if (credentials->len == 1)
    return mdoc_base64url_encode (all);

  if (credentials->len > 1)
    qsort (digests, credentials->len, len, compare_digests);
  mdoc_hash_compute (MDOC_HASH_SHA256, &all, 1, whole);
  return mdoc_base64url_encode (MDOC_SPAN (whole, len));
}
