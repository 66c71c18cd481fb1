/*
 * session-bench.h - a session whose peer the fuzzer plays
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-crypto.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-session-core.h"
#include "mdoc/mdoc-session-private.h"
#include "mdoc/mdoc-session.h"

/* So that no time goes into sessions that are over. */
#define MAX_DEEDS           40
#define MAX_DEEDS_AFTER_END 4

/* An input is a row of deeds: a byte that says which, and what it needs. */
typedef enum
{
  DEED_DELIVER_RAW,    /* a message as it stands in the input */
  DEED_DELIVER_SEALED, /* a plaintext, rightly encrypted by the peer */
  DEED_DELIVER_FORGED, /* the same, with a bit changed */
  DEED_DELIVER_AGAIN,  /* the last message once more */
  DEED_SAY,
  DEED_SAY_LAST,
  DEED_TERMINATE,
  DEED_WAIT,
  DEED_CHECK_DEADLINE,
  DEED_CONNECT,
  DEED_NEAR_LAST_NUMBER, /* both sides count on from shortly before the end */
  N_DEEDS,
} Deed;

/* bits of the byte behind DELIVER_SEALED and DELIVER_FORGED */
#define WITH_KEY    1
#define WITH_STATUS 2

typedef struct
{
  const guint8 *data;
  gsize len;
} Input;

static guint8
take_byte (Input *input)
{
  if (input->len == 0)
    return 0;

  input->len--;
  return *input->data++;
}

/* A length of one byte and so many bytes; a length of 255 means the rest. */
static MdocSpan
take_span (Input *input)
{
  gsize len = take_byte (input);
  MdocSpan span;

  if (len == 255 || len > input->len)
    len = input->len;
  span = MDOC_SPAN (input->data, len);
  input->data += len;
  input->len -= len;
  return span;
}

/* The same in every run. The private keys are 1 and 2, so that the public ones
 * are the generator and twice it, and what both agree on is known too. */
typedef struct
{
  MdocKey *e_device_key;
  MdocKey *e_reader_key;
  GBytes *e_reader_key_bytes; /* COSE_Key */
  GBytes *engagement;
  MdocTranscript *transcript;
  MdocSecret *shared;
  MdocSecret *sk_reader;
  MdocSecret *sk_device;
} Fixture;

static MdocSecret *
copy_secret (const MdocSecret *secret)
{
  return mdoc_secret_new_copy (mdoc_secret_get_span (secret));
}

typedef struct
{
  MdocKey *key;
  const Fixture *fixture;
} CheapKey;

/* A key agreement costs more than all the rest of a run: that of the two keys
 * is done once. */
static MdocSecret *
cheap_agree (gpointer impl, MdocPublicKey *peer, GError **error)
{
  CheapKey *cheap = impl;
  const Fixture *f = cheap->fixture;

  if (f->shared != NULL
      && (mdoc_public_key_equal (peer, mdoc_key_get_public (f->e_reader_key))
          || mdoc_public_key_equal (peer,
                                    mdoc_key_get_public (f->e_device_key))))
    return copy_secret (f->shared);
  return mdoc_key_agree (cheap->key, peer, error);
}

static void
cheap_free (gpointer impl)
{
  CheapKey *cheap = impl;

  mdoc_key_unref (cheap->key);
  g_free (cheap);
}

static MdocKey *
cheap_key_new (guint8 scalar, const Fixture *fixture)
{
  static const MdocKeyClass klass = { .kind = "test",
                                      .agree = cheap_agree,
                                      .free = cheap_free };
  CheapKey *cheap = g_new0 (CheapKey, 1);
  guint8 d[32] = { 0 };

  d[31] = scalar;
  cheap->fixture = fixture;
  cheap->key = mdoc_key_new_from_private (MDOC_CURVE_P256,
                                          MDOC_SPAN (d, sizeof (d)),
                                          NULL);
  g_assert_nonnull (cheap->key);
  return mdoc_key_new (&klass, cheap, mdoc_key_get_public (cheap->key));
}

static MdocSecret *
derive (const Fixture *f, const char *info)
{
  guint8 salt[MDOC_TRANSCRIPT_SALT_LEN];

  mdoc_transcript_get_salt (f->transcript, salt);
  return mdoc_hkdf_derive (MDOC_HASH_SHA256,
                           mdoc_secret_get_span (f->shared),
                           MDOC_SPAN (salt, sizeof (salt)),
                           mdoc_span_from_text (info),
                           MDOC_SESSION_KEY_LEN);
}

static const Fixture *
get_fixture (void)
{
  static Fixture f; /* stays until the process ends */
  g_autoptr (MdocCborWriter) writer = NULL;

  if (f.e_device_key != NULL)
    return &f;

  f.e_device_key = cheap_key_new (1, &f);
  f.e_reader_key = cheap_key_new (2, &f);
  writer = mdoc_cbor_writer_new (0);
  mdoc_cose_key_write (writer, mdoc_key_get_public (f.e_reader_key));
  f.e_reader_key_bytes = mdoc_cbor_writer_finish (writer);
  f.engagement = g_bytes_new_static ("\xa0", 1);
  f.transcript = mdoc_transcript_new_qr (mdoc_span_from_bytes (f.engagement),
                                         mdoc_span_from_bytes (
                                             f.e_reader_key_bytes));
  f.shared = mdoc_key_agree (f.e_device_key,
                             mdoc_key_get_public (f.e_reader_key),
                             NULL);
  g_assert_nonnull (f.shared);
  f.sk_reader = derive (&f, "SKReader");
  f.sk_device = derive (&f, "SKDevice");
  return &f;
}

static MdocSessionCipher *
peer_new (MdocSessionRole role)
{
  const Fixture *f = get_fixture ();

  return mdoc_session_cipher_new_with_keys (role,
                                            mdoc_secret_get_span (f->sk_reader),
                                            mdoc_secret_get_span (
                                                f->sk_device));
}

/* A message of the peer whose plaintext stands in the input. */
static GBytes *
seal (MdocSessionCipher *peer, guint8 flags, guint8 status, MdocSpan plaintext)
{
  g_autoptr (GBytes) ciphertext = NULL;
  MdocSessionMessage message = { .has_data = TRUE };

  ciphertext = mdoc_session_cipher_encrypt (peer, plaintext, NULL);
  if (ciphertext == NULL)
    return NULL;

  message.data = mdoc_span_from_bytes (ciphertext);
  message.has_status = (flags & WITH_STATUS) != 0;
  message.status = status;
  message.has_e_reader_key = (flags & WITH_KEY) != 0;
  message.e_reader_key = mdoc_span_from_bytes (
      get_fixture ()->e_reader_key_bytes);
  return mdoc_session_message_write (&message);
}

/* The last byte of a message without a status is one of the tag. */
static GBytes *
forge (GBytes *message)
{
  gsize len;
  guint8 *copy;

  copy = g_memdup2 (g_bytes_get_data (message, &len),
                    g_bytes_get_size (message));
  copy[len - 1] ^= 1;
  return g_bytes_new_take (copy, len);
}

/* What we send about the end is a status and nothing else. */
static void
assert_status (GBytes *message)
{
  MdocSessionMessage parsed;

  g_assert_true (mdoc_session_message_parse (mdoc_span_from_bytes (message),
                                             64,
                                             &parsed,
                                             NULL));
  g_assert_false (parsed.has_data || parsed.has_e_reader_key);
  g_assert_true (parsed.has_status);
  g_assert_true (parsed.status == MDOC_SESSION_STATUS_ENCRYPTION_ERROR
                 || parsed.status == MDOC_SESSION_STATUS_CBOR_ERROR
                 || parsed.status == MDOC_SESSION_STATUS_TERMINATION);
}

/* A message of ours is what the peer's cipher takes as the next: no number was
 * used twice, and none left out. */
static void
assert_sealed (MdocSessionCipher *peer, GBytes *message, MdocSpan plaintext)
{
  g_autoptr (MdocSecret) opened = NULL;
  MdocSessionMessage parsed;

  g_assert_true (mdoc_session_message_parse (mdoc_span_from_bytes (message),
                                             G_MAXUINT32,
                                             &parsed,
                                             NULL));
  g_assert_true (parsed.has_data);
  opened = mdoc_session_cipher_decrypt (peer, parsed.data, NULL);
  g_assert_nonnull (opened);
  g_assert_true (mdoc_span_equal (mdoc_secret_get_span (opened), plaintext));
}

/* Whether a status in @message says that the peer has ended the session. */
static gboolean
has_status (GBytes *message, gsize max_bytes)
{
  MdocSessionMessage parsed;

  return mdoc_session_message_parse (mdoc_span_from_bytes (message),
                                     max_bytes,
                                     &parsed,
                                     NULL)
         && parsed.has_status;
}
