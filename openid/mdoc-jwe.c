/*
 * mdoc-jwe.c - encrypted messages in compact form (RFC 7516), by ECDH-ES
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-jwe.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "openid/mdoc-json.h"

#define MAX_TEXT_LEN ((gsize) 1024)

static const MdocJsonLimits header_limits = {
  .max_bytes = MDOC_JWE_MAX_HEADER_BYTES,
  .max_depth = 4,
  .max_values = 64
};

static const struct
{
  MdocJweEnc enc;
  const char *name;
  gsize key_len; /* bytes */
} encs[] = {
  { MDOC_JWE_A128GCM, "A128GCM", 16 },
  { MDOC_JWE_A256GCM, "A256GCM", 32 },
};

struct _MdocJwe
{
  gatomicrefcount ref_count;
  char *header_part; /* as received: the associated data */
  char *kid;
  MdocJweEnc enc;
  MdocPublicKey *ephemeral;
  GBytes *apu;
  GBytes *apv;
  GBytes *iv;
  GBytes *sealed; /* ciphertext and tag */
};

const char *
mdoc_jwe_enc_get_name (MdocJweEnc enc)
{
  return encs[enc].name;
}

/**
 * mdoc_jwe_enc_from_name:
 * @name: an `enc`, whose letters have a case
 * @ret_enc: (out): the content encryption
 *
 * Returns: %FALSE if it is none of ours
 */
gboolean
mdoc_jwe_enc_from_name (const char *name, MdocJweEnc *ret_enc)
{
  for (gsize i = 0; i < G_N_ELEMENTS (encs); i++)
    if (strcmp (encs[i].name, name) == 0)
      {
        *ret_enc = encs[i].enc;
        return TRUE;
      }

  return FALSE;
}

MdocJwe *
mdoc_jwe_ref (MdocJwe *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mdoc_jwe_unref (MdocJwe *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->header_part);
  g_free (self->kid);
  mdoc_public_key_unref (self->ephemeral);
  g_clear_pointer (&self->apu, g_bytes_unref);
  g_clear_pointer (&self->apv, g_bytes_unref);
  g_clear_pointer (&self->iv, g_bytes_unref);
  g_clear_pointer (&self->sealed, g_bytes_unref);
  g_free (self);
}

const char *
mdoc_jwe_get_kid (MdocJwe *self)
{
  return self->kid;
}

MdocJweEnc
mdoc_jwe_get_enc (MdocJwe *self)
{
  return self->enc;
}

MdocPublicKey *
mdoc_jwe_get_ephemeral (MdocJwe *self)
{
  return self->ephemeral;
}

MdocSpan
mdoc_jwe_get_apu (MdocJwe *self)
{
  return mdoc_span_from_bytes (self->apu);
}

MdocSpan
mdoc_jwe_get_apv (MdocJwe *self)
{
  return mdoc_span_from_bytes (self->apv);
}

/* apu, apv: base64url, absent counts as empty (RFC 7518, 4.6.1.2) */
static GBytes *
read_party (JsonObject *header, const char *member, GError **error)
{
  const char *text;

  if (!mdoc_json_find_text (header,
                            member,
                            MDOC_JWE_MAX_PARTY_BYTES * 2,
                            &text,
                            error))
    return NULL;
  return mdoc_jose_decode_part (mdoc_span_from_text (text != NULL ? text : ""),
                                member,
                                MDOC_JWE_MAX_PARTY_BYTES,
                                error);
}

static gboolean
read_algorithms (MdocJwe *self, JsonObject *header, GError **error)
{
  const char *alg, *enc;

  alg = mdoc_json_get_text (header, "alg", MAX_TEXT_LEN, error);
  enc = alg != NULL ? mdoc_json_get_text (header, "enc", MAX_TEXT_LEN, error)
                    : NULL;
  if (enc == NULL)
    return FALSE;
  if (strcmp (alg, MDOC_JWE_ALG) != 0
      || !mdoc_jwe_enc_from_name (enc, &self->enc))
    return mdoc_jose_refuse (error,
                             MDOC_JOSE_ERROR_ALGORITHM,
                             "Message is encrypted with an algorithm that we "
                             "do not take");
  /* we never offer compression, whose result has no length until it is there */
  if (json_object_has_member (header, "zip"))
    return mdoc_jose_refuse (error,
                             MDOC_JOSE_ERROR_ALGORITHM,
                             "Message is compressed");
  if (json_object_has_member (header, "crit"))
    return mdoc_jose_refuse (error,
                             MDOC_JOSE_ERROR_CRITICAL,
                             "Message has critical extensions");
  return TRUE;
}

static gboolean
read_header (MdocJwe *self, MdocSpan part, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (MdocJwk) epk = NULL;
  JsonObject *header, *object;
  const char *kid;

  bytes = mdoc_jose_decode_part (part,
                                 "Header of message",
                                 MDOC_JWE_MAX_HEADER_BYTES,
                                 error);
  if (bytes == NULL)
    return FALSE;
  node = mdoc_json_load_object (mdoc_span_from_bytes (bytes),
                                "Header of message",
                                &header_limits,
                                &header,
                                error);
  if (node == NULL || !read_algorithms (self, header, error)
      || !mdoc_json_find_text (header, "kid", MAX_TEXT_LEN, &kid, error))
    return FALSE;

  object = mdoc_json_get_object (header, "epk", error);
  epk = object != NULL ? mdoc_jwk_parse (object, "epk", error) : NULL;
  if (epk == NULL)
    return FALSE;
  self->apu = read_party (header, "apu", error);
  if (self->apu == NULL)
    return FALSE;
  self->apv = read_party (header, "apv", error);
  if (self->apv == NULL)
    return FALSE;

  self->kid = g_strdup (kid);
  self->ephemeral = mdoc_public_key_ref (mdoc_jwk_get_key (epk));
  return TRUE;
}

static gboolean
read_sealed (MdocJwe *self,
             MdocSpan ciphertext,
             MdocSpan tag,
             gsize max_bytes,
             GError **error)
{
  g_autoptr (GBytes) ciphertext_bytes = NULL;
  g_autoptr (GBytes) tag_bytes = NULL;
  g_autoptr (GByteArray) sealed = NULL;
  MdocSpan first, second;

  ciphertext_bytes = mdoc_jose_decode_part (ciphertext,
                                            "Message",
                                            max_bytes,
                                            error);
  if (ciphertext_bytes == NULL)
    return FALSE;
  tag_bytes = mdoc_jose_decode_part (tag,
                                     "Tag of message",
                                     MDOC_AES_GCM_TAG_LEN,
                                     error);
  if (tag_bytes == NULL)
    return FALSE;
  if (g_bytes_get_size (tag_bytes) != MDOC_AES_GCM_TAG_LEN)
    return mdoc_jose_refuse (error,
                             MDOC_JOSE_ERROR_MALFORMED,
                             "Tag of message is too short");

  first = mdoc_span_from_bytes (ciphertext_bytes);
  second = mdoc_span_from_bytes (tag_bytes);
  sealed = g_byte_array_sized_new ((guint) (first.len + second.len));
  g_byte_array_append (sealed, first.data, (guint) first.len);
  g_byte_array_append (sealed, second.data, (guint) second.len);
  self->sealed = g_byte_array_free_to_bytes (g_steal_pointer (&sealed));
  return TRUE;
}

/**
 * mdoc_jwe_parse:
 * @compact: header, no key, nonce, ciphertext and tag in base64url, with dots
 *   between
 * @max_bytes: longest plaintext that the caller is ready to receive, at most
 *   %MDOC_JWE_MAX_BYTES
 * @error: return location for a #MdocJoseError, #MdocJsonError or
 *   #MdocCryptoError
 *
 * Takes a message apart. Direct agreement by ECDH-ES is the only algorithm that
 * we take, and none with compression.
 *
 * Returns: (transfer full): the message, or %NULL with @error set
 */
MdocJwe *
mdoc_jwe_parse (const char *compact, gsize max_bytes, GError **error)
{
  g_autoptr (MdocJwe) self = NULL;
  MdocSpan parts[5];

  g_return_val_if_fail (compact != NULL, NULL);
  g_return_val_if_fail (max_bytes <= MDOC_JWE_MAX_BYTES, NULL);

  if (!mdoc_jose_split (compact, G_N_ELEMENTS (parts), parts, error))
    return NULL;

  self = g_new0 (MdocJwe, 1);
  g_atomic_ref_count_init (&self->ref_count);
  if (!read_header (self, parts[0], error))
    return NULL;
  if (parts[1].len != 0)
    {
      mdoc_jose_refuse (error,
                        MDOC_JOSE_ERROR_MALFORMED,
                        "Message has an encrypted key, which direct agreement "
                        "has not");
      return NULL;
    }
  self->iv = mdoc_jose_decode_part (parts[2],
                                    "Nonce of message",
                                    MDOC_AES_GCM_NONCE_LEN,
                                    error);
  if (self->iv == NULL)
    return NULL;
  if (g_bytes_get_size (self->iv) != MDOC_AES_GCM_NONCE_LEN)
    {
      mdoc_jose_refuse (error,
                        MDOC_JOSE_ERROR_MALFORMED,
                        "Nonce of message is too short");
      return NULL;
    }
  if (!read_sealed (self, parts[3], parts[4], max_bytes, error))
    return NULL;

  self->header_part = g_strndup ((const char *) parts[0].data, parts[0].len);
  return g_steal_pointer (&self);
}

/**
 * mdoc_jwe_derive_key:
 * @enc: what the key is for
 * @z: the shared secret
 * @apu: of the producer; may be empty
 * @apv: of the recipient; may be empty
 *
 * One round of the Concat KDF with SHA-256, which both of our content
 * encryptions have enough with:
 *
 *   SHA-256 (1 || Z || AlgorithmID || PartyUInfo || PartyVInfo || SuppPubInfo)
 *
 * where the three in the middle have their length before them, and the last is
 * the length of the key in bits.
 *
 * Returns: (transfer full): the key
 */
MdocSecret *
mdoc_jwe_derive_key (MdocJweEnc enc, MdocSpan z, MdocSpan apu, MdocSpan apv)
{
  static const guint8 round[4] = { 0, 0, 0, 1 };
  MdocSpan id = mdoc_span_from_text (encs[enc].name);
  guint32 id_len = GUINT32_TO_BE ((guint32) id.len);
  guint32 apu_len = GUINT32_TO_BE ((guint32) apu.len);
  guint32 apv_len = GUINT32_TO_BE ((guint32) apv.len);
  guint32 n_bits = GUINT32_TO_BE ((guint32) encs[enc].key_len * 8);
  const MdocSpan parts[] = {
    MDOC_SPAN (round, sizeof (round)),
    z,
    MDOC_SPAN ((const guint8 *) &id_len, sizeof (id_len)),
    id,
    MDOC_SPAN ((const guint8 *) &apu_len, sizeof (apu_len)),
    apu,
    MDOC_SPAN ((const guint8 *) &apv_len, sizeof (apv_len)),
    apv,
    MDOC_SPAN ((const guint8 *) &n_bits, sizeof (n_bits)),
  };
  guint8 digest[MDOC_HASH_MAX_LEN];
  MDOC_WIPE_ON_EXIT (digest);

  mdoc_hash_compute (MDOC_HASH_SHA256, parts, G_N_ELEMENTS (parts), digest);
  return mdoc_secret_new_copy (MDOC_SPAN (digest, encs[enc].key_len));
}

/**
 * mdoc_jwe_decrypt:
 * @self: a message
 * @key: the key that it should be encrypted for
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * Returns: (transfer full): the plaintext, or %NULL with @error set
 */
MdocSecret *
mdoc_jwe_decrypt (MdocJwe *self, MdocKey *key, GError **error)
{
  g_autoptr (MdocSecret) z = NULL;
  g_autoptr (MdocSecret) content_key = NULL;
  g_autoptr (GError) inner_error = NULL;
  MdocSecret *plaintext;

  if (mdoc_public_key_get_curve (mdoc_key_get_public (key))
      != mdoc_public_key_get_curve (self->ephemeral))
    {
      mdoc_jose_refuse (error,
                        MDOC_JOSE_ERROR_KEY,
                        "Message is encrypted for a key of another curve");
      return NULL;
    }

  z = mdoc_key_agree (key, self->ephemeral, error);
  if (z == NULL)
    return NULL;
  content_key = mdoc_jwe_derive_key (self->enc,
                                     mdoc_secret_get_span (z),
                                     mdoc_span_from_bytes (self->apu),
                                     mdoc_span_from_bytes (self->apv));
  plaintext = mdoc_aes_gcm_decrypt (mdoc_secret_get_span (content_key),
                                    mdoc_span_from_bytes (self->iv),
                                    mdoc_span_from_text (self->header_part),
                                    mdoc_span_from_bytes (self->sealed),
                                    &inner_error);
  if (plaintext != NULL)
    return plaintext;

  if (g_error_matches (inner_error,
                       MDOC_CRYPTO_ERROR,
                       MDOC_CRYPTO_ERROR_DECRYPT))
    mdoc_jose_refuse (error,
                      MDOC_JOSE_ERROR_DECRYPT,
                      "Message is not authentic");
  else
    g_propagate_error (error, g_steal_pointer (&inner_error));
  return NULL;
}

static char *
write_header (MdocJwk *recipient,
              MdocJweEnc enc,
              MdocPublicKey *ephemeral,
              MdocSpan apu,
              MdocSpan apv)
{
  g_autoptr (JsonObject) header = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_string_member (header, "alg", MDOC_JWE_ALG);
  json_object_set_string_member (header, "enc", encs[enc].name);
  if (mdoc_jwk_get_kid (recipient) != NULL)
    json_object_set_string_member (header, "kid", mdoc_jwk_get_kid (recipient));
  json_object_set_object_member (header, "epk", mdoc_jwk_write_key (ephemeral));
  if (apu.len > 0)
    {
      g_autofree char *part = mdoc_base64url_encode (apu);

      json_object_set_string_member (header, "apu", part);
    }
  if (apv.len > 0)
    {
      g_autofree char *part = mdoc_base64url_encode (apv);

      json_object_set_string_member (header, "apv", part);
    }

  text = mdoc_json_write (header);
  return mdoc_base64url_encode (mdoc_span_from_text (text));
}

static gboolean
can_encrypt_for (MdocJwk *recipient, GError **error)
{
  MdocCurve curve = mdoc_public_key_get_curve (mdoc_jwk_get_key (recipient));

  /* a key for encryption says what it is for (OpenID4VCI 1.0, section 10) */
  if (g_strcmp0 (mdoc_jwk_get_alg (recipient), MDOC_JWE_ALG) != 0)
    return mdoc_jose_refuse (error,
                             MDOC_JOSE_ERROR_ALGORITHM,
                             "Key is not for " MDOC_JWE_ALG);
  if (!mdoc_curve_can_agree (curve))
    return mdoc_jose_refuse (error,
                             MDOC_JOSE_ERROR_KEY,
                             "Key is of a curve that cannot agree on a secret");
  return TRUE;
}

/**
 * mdoc_jwe_encrypt:
 * @plaintext: what to encrypt
 * @recipient: for whom; its `alg` has to be ECDH-ES
 * @enc: the content encryption
 * @apu: about the producer; may be empty
 * @apv: about the recipient; may be empty
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * Returns: (transfer full): the message in compact form, or %NULL with @error
 *   set
 */
char *
mdoc_jwe_encrypt (MdocSpan plaintext,
                  MdocJwk *recipient,
                  MdocJweEnc enc,
                  MdocSpan apu,
                  MdocSpan apv,
                  GError **error)
{
  MdocPublicKey *peer = mdoc_jwk_get_key (recipient);
  g_autoptr (MdocKey) ephemeral = NULL;
  g_autoptr (MdocSecret) z = NULL;
  g_autoptr (MdocSecret) content_key = NULL;
  g_autofree char *header = NULL;
  g_autofree char *iv_part = NULL;
  g_autofree char *ciphertext_part = NULL;
  g_autofree char *tag_part = NULL;
  g_autoptr (GBytes) sealed = NULL;
  guint8 iv[MDOC_AES_GCM_NONCE_LEN];
  MdocSpan span;

  g_return_val_if_fail (apu.len <= MDOC_JWE_MAX_PARTY_BYTES, NULL);
  g_return_val_if_fail (apv.len <= MDOC_JWE_MAX_PARTY_BYTES, NULL);

  if (!can_encrypt_for (recipient, error))
    return NULL;
  ephemeral = mdoc_key_generate (mdoc_public_key_get_curve (peer), error);
  if (ephemeral == NULL)
    return NULL;
  z = mdoc_key_agree (ephemeral, peer, error);
  if (z == NULL)
    return NULL;

  content_key = mdoc_jwe_derive_key (enc, mdoc_secret_get_span (z), apu, apv);
  header = write_header (recipient,
                         enc,
                         mdoc_key_get_public (ephemeral),
                         apu,
                         apv);
  mdoc_random_fill (iv, sizeof (iv));
  sealed = mdoc_aes_gcm_encrypt (mdoc_secret_get_span (content_key),
                                 MDOC_SPAN (iv, sizeof (iv)),
                                 mdoc_span_from_text (header),
                                 plaintext,
                                 error);
  if (sealed == NULL)
    return NULL;

  span = mdoc_span_from_bytes (sealed);
  span.len -= MDOC_AES_GCM_TAG_LEN;
  iv_part = mdoc_base64url_encode (MDOC_SPAN (iv, sizeof (iv)));
  ciphertext_part = mdoc_base64url_encode (span);
  tag_part = mdoc_base64url_encode (
      MDOC_SPAN (span.data + span.len, MDOC_AES_GCM_TAG_LEN));
  return g_strconcat (header,
                      "..",
                      iv_part,
                      ".",
                      ciphertext_part,
                      ".",
                      tag_part,
                      NULL);
}
