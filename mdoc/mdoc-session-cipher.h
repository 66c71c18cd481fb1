/*
 * mdoc-session-cipher.h - session encryption, cipher suite 1
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

typedef enum
{
  MDOC_SESSION_ROLE_HOLDER,
  MDOC_SESSION_ROLE_READER,
} MdocSessionRole;

/**
 * MdocSessionCipher:
 *
 * SKReader and SKDevice with their message counters (ISO/IEC 18013-5, 9.1.1).
 * Changed by every message, for one thread; not reference-counted, so that it
 * is clear when the keys are wiped.
 *
 * No nonce is used twice: a counter that has come to its end encrypts nothing
 * more.
 */
typedef struct _MdocSessionCipher MdocSessionCipher;

MdocSessionCipher *mdoc_session_cipher_new (MdocSessionRole role,
                                            MdocKey *e_own_key,
                                            MdocPublicKey *e_peer_key,
                                            MdocTranscript *transcript,
                                            GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_session_cipher_free (MdocSessionCipher *self);

GBytes *mdoc_session_cipher_encrypt (MdocSessionCipher *self,
                                     MdocSpan plaintext,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *mdoc_session_cipher_decrypt (MdocSessionCipher *self,
                                         MdocSpan ciphertext,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocSessionCipher, mdoc_session_cipher_free)

G_END_DECLS
