/*
 * mdoc-session-cipher.c - session encryption, cipher suite 1
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-session-cipher.h"

#include "crypto/mdoc-crypto.h"
#include "mdoc/mdoc-session-private.h"
#include "mdoc/mdoc-session.h"

/* ISO/IEC 18013-5, 9.1.1.5: the nonce is an identifier of 8 bytes, which tells
 * the direction, and the message's number, big-endian. Numbers start at 1. */
#define DIRECTION_BYTE   7
#define COUNTER_OFFSET   8
#define COUNTER_FIRST    1
#define COUNTER_LAST     ((guint64) G_MAXUINT32)
#define DIRECTION_MDOC   1
#define DIRECTION_READER 0

typedef struct
{
  MdocSecret *key;
  guint64 counter; /* of the next message; past COUNTER_LAST: none is left */
  guint8 identifier;
} Direction;

struct _MdocSessionCipher
{
  Direction send;
  Direction receive;
};

static gboolean
refuse (GError **error, MdocSessionError code, const char *reason)
{
  g_set_error_literal (error, MDOC_SESSION_ERROR, (gint) code, reason);
  return FALSE;
}

/* takes both keys */
static MdocSessionCipher *
cipher_new (MdocSessionRole role, MdocSecret *sk_reader, MdocSecret *sk_device)
{
  MdocSessionCipher *self = g_new0 (MdocSessionCipher, 1);
  Direction from_reader = { sk_reader, COUNTER_FIRST, DIRECTION_READER };
  Direction from_mdoc = { sk_device, COUNTER_FIRST, DIRECTION_MDOC };

  if (role == MDOC_SESSION_ROLE_HOLDER)
    {
      self->send = from_mdoc;
      self->receive = from_reader;
    }
  else
    {
      self->send = from_reader;
      self->receive = from_mdoc;
    }

  return self;
}

/* What a key agreement may fail with, in the terms of a session. */
static gboolean
refuse_agreement (GError **error, const GError *reason)
{
  if (g_error_matches (reason, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY)
      || g_error_matches (reason,
                          MDOC_CRYPTO_ERROR,
                          MDOC_CRYPTO_ERROR_UNSUPPORTED))
    return refuse (error, MDOC_SESSION_ERROR_KEY, reason->message);
  return refuse (error, MDOC_SESSION_ERROR_DEVICE, reason->message);
}

/**
 * mdoc_session_cipher_new:
 * @role: which of the two we are
 * @e_own_key: our ephemeral key
 * @e_peer_key: the peer's ephemeral key
 * @transcript: what the session began with
 * @error: return location for a #MdocSessionError
 *
 * Agrees on the keys of the session: `Zab` by ECDH, then SKReader and SKDevice
 * by HKDF with SHA-256 and the hash of SessionTranscriptBytes as salt
 * (ISO/IEC 18013-5, 9.1.1.5). Costs one key agreement.
 *
 * Returns: (transfer full): the cipher; %NULL with %MDOC_SESSION_ERROR_KEY if
 *   the keys do not fit each other, %MDOC_SESSION_ERROR_DEVICE if ours failed
 */
MdocSessionCipher *
mdoc_session_cipher_new (MdocSessionRole role,
                         MdocKey *e_own_key,
                         MdocPublicKey *e_peer_key,
                         MdocTranscript *transcript,
                         GError **error)
{
  g_autoptr (MdocSecret) shared = NULL;
  g_autoptr (GError) reason = NULL;
  guint8 salt[MDOC_TRANSCRIPT_SALT_LEN];
  MdocPublicKey *own_public;
  MdocSpan salt_span = MDOC_SPAN (salt, sizeof (salt));

  g_return_val_if_fail (e_own_key != NULL, NULL);
  g_return_val_if_fail (e_peer_key != NULL, NULL);
  g_return_val_if_fail (transcript != NULL, NULL);

  own_public = mdoc_key_get_public (e_own_key);
  if (mdoc_public_key_get_curve (own_public)
      != mdoc_public_key_get_curve (e_peer_key))
    {
      refuse (error,
              MDOC_SESSION_ERROR_KEY,
              "The peer's ephemeral key is of another curve than ours");
      return NULL;
    }

  shared = mdoc_key_agree (e_own_key, e_peer_key, &reason);
  if (shared == NULL)
    {
      refuse_agreement (error, reason);
      return NULL;
    }

  mdoc_transcript_get_salt (transcript, salt);
  return cipher_new (role,
                     mdoc_hkdf_derive (MDOC_HASH_SHA256,
                                       mdoc_secret_get_span (shared),
                                       salt_span,
                                       mdoc_span_from_text ("SKReader"),
                                       MDOC_SESSION_KEY_LEN),
                     mdoc_hkdf_derive (MDOC_HASH_SHA256,
                                       mdoc_secret_get_span (shared),
                                       salt_span,
                                       mdoc_span_from_text ("SKDevice"),
                                       MDOC_SESSION_KEY_LEN));
}

/**
 * mdoc_session_cipher_new_with_keys:
 * @role: which of the two we are
 * @sk_reader: key of messages from the reader, 32 bytes
 * @sk_device: key of messages from the holder, 32 bytes
 *
 * Returns: (transfer full): a cipher whose counters are at their start
 */
MdocSessionCipher *
mdoc_session_cipher_new_with_keys (MdocSessionRole role,
                                   MdocSpan sk_reader,
                                   MdocSpan sk_device)
{
  g_return_val_if_fail (sk_reader.len == MDOC_SESSION_KEY_LEN, NULL);
  g_return_val_if_fail (sk_device.len == MDOC_SESSION_KEY_LEN, NULL);

  return cipher_new (role,
                     mdoc_secret_new_copy (sk_reader),
                     mdoc_secret_new_copy (sk_device));
}

/**
 * mdoc_session_cipher_free:
 * @self: (nullable) (transfer full): a cipher
 *
 * Wipes both keys.
 */
void
mdoc_session_cipher_free (MdocSessionCipher *self)
{
  if (self == NULL)
    return;

  mdoc_secret_free (self->send.key);
  mdoc_secret_free (self->receive.key);
  g_free (self);
}

static void
fill_nonce (const Direction *direction, guint8 nonce[MDOC_AES_GCM_NONCE_LEN])
{
  for (guint i = 0; i < MDOC_AES_GCM_NONCE_LEN; i++)
    nonce[i] = 0;

  nonce[DIRECTION_BYTE] = direction->identifier;
  for (guint i = 0; i < 4; i++)
    nonce[COUNTER_OFFSET + i] = (guint8) (direction->counter >> (8 * (3 - i)));
}

static gboolean
require_counter (const Direction *direction, GError **error)
{
  if (direction->counter > COUNTER_LAST)
    return refuse (error,
                   MDOC_SESSION_ERROR_COUNTER,
                   "The session has used up its message numbers");
  return TRUE;
}

/**
 * mdoc_session_cipher_encrypt:
 * @self: a cipher
 * @plaintext: a message
 * @error: return location for a #MdocSessionError
 *
 * AES-256-GCM without additional data. The message's number is spent whether or
 * not this succeeds, so that it cannot be used again.
 *
 * Returns: (transfer full): ciphertext and tag; %NULL with
 *   %MDOC_SESSION_ERROR_COUNTER or %MDOC_SESSION_ERROR_DEVICE
 */
GBytes *
mdoc_session_cipher_encrypt (MdocSessionCipher *self,
                             MdocSpan plaintext,
                             GError **error)
{
  guint8 nonce[MDOC_AES_GCM_NONCE_LEN];
  g_autoptr (GError) reason = NULL;
  GBytes *ciphertext;

  g_return_val_if_fail (self != NULL, NULL);

  if (!require_counter (&self->send, error))
    return NULL;

  fill_nonce (&self->send, nonce);
  self->send.counter++;
  ciphertext = mdoc_aes_gcm_encrypt (mdoc_secret_get_span (self->send.key),
                                     MDOC_SPAN (nonce, sizeof (nonce)),
                                     MDOC_SPAN (NULL, 0),
                                     plaintext,
                                     &reason);
  if (ciphertext == NULL)
    refuse (error, MDOC_SESSION_ERROR_DEVICE, reason->message);
  return ciphertext;
}

/**
 * mdoc_session_cipher_decrypt:
 * @self: a cipher
 * @ciphertext: ciphertext and tag
 * @error: return location for a #MdocSessionError
 *
 * Only an authentic message spends its number: what somebody else slips in does
 * not make us miss the next one.
 *
 * Returns: (transfer full): the message; %NULL with
 *   %MDOC_SESSION_ERROR_DECRYPT, %MDOC_SESSION_ERROR_COUNTER or
 *   %MDOC_SESSION_ERROR_DEVICE
 */
MdocSecret *
mdoc_session_cipher_decrypt (MdocSessionCipher *self,
                             MdocSpan ciphertext,
                             GError **error)
{
  guint8 nonce[MDOC_AES_GCM_NONCE_LEN];
  g_autoptr (GError) reason = NULL;
  MdocSecret *plaintext;

  g_return_val_if_fail (self != NULL, NULL);

  if (!require_counter (&self->receive, error))
    return NULL;

  fill_nonce (&self->receive, nonce);
  plaintext = mdoc_aes_gcm_decrypt (mdoc_secret_get_span (self->receive.key),
                                    MDOC_SPAN (nonce, sizeof (nonce)),
                                    MDOC_SPAN (NULL, 0),
                                    ciphertext,
                                    &reason);
  if (plaintext == NULL)
    {
      gboolean is_forged = g_error_matches (reason,
                                            MDOC_CRYPTO_ERROR,
                                            MDOC_CRYPTO_ERROR_DECRYPT);

      refuse (error,
              is_forged ? MDOC_SESSION_ERROR_DECRYPT
                        : MDOC_SESSION_ERROR_DEVICE,
              reason->message);
      return NULL;
    }

  self->receive.counter++;
  return plaintext;
}

guint64
mdoc_session_cipher_get_send_counter (MdocSessionCipher *self)
{
  return self->send.counter;
}

guint64
mdoc_session_cipher_get_receive_counter (MdocSessionCipher *self)
{
  return self->receive.counter;
}

void
mdoc_session_cipher_set_counters (MdocSessionCipher *self,
                                  guint64 send,
                                  guint64 receive)
{
  self->send.counter = send;
  self->receive.counter = receive;
}
