/*
 * mdoc-device-auth.c - what a device signs or MACs to prove it has its key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-auth.h"

#include <string.h>

#include "mdoc/mdoc-cbor-writer.h"

#define CONTEXT      "DeviceAuthentication"
#define EMAC_KEY_LEN 32

/**
 * mdoc_device_auth_encode:
 * @transcript: the session's
 * @doc_type: the document's
 * @device_name_spaces: DeviceNameSpacesBytes, #6.24 with its tag, as it is sent
 *
 * ISO/IEC 18013-5, 9.1.3.4:
 *
 *   DeviceAuthentication = [ "DeviceAuthentication", SessionTranscript,
 * DocType, DeviceNameSpacesBytes ]
 *
 * Returns: (transfer full): DeviceAuthenticationBytes, #6.24 of it, the
 * detached payload of deviceSignature and deviceMac; wiped when let go
 */
GBytes *
mdoc_device_auth_encode (MdocTranscript *transcript,
                         const char *doc_type,
                         MdocSpan device_name_spaces)
{
  MdocSpan session = mdoc_transcript_get_encoded (transcript);
  gsize doc_type_len = strlen (doc_type);
  g_autoptr (MdocCborWriter) writer = NULL;
  gsize len;

  len = 1 + mdoc_cbor_head_len (strlen (CONTEXT)) + strlen (CONTEXT)
        + session.len + mdoc_cbor_head_len (doc_type_len) + doc_type_len
        + device_name_spaces.len;
  writer = mdoc_cbor_writer_new (len + 32);
  mdoc_cbor_writer_put_tag (writer, 24);
  mdoc_cbor_writer_begin_bytes (writer, len);
  mdoc_cbor_writer_begin_array (writer, 4);
  mdoc_cbor_writer_put_text (writer, CONTEXT);
  mdoc_cbor_writer_put_encoded (writer, session);
  mdoc_cbor_writer_put_text (writer, doc_type);
  mdoc_cbor_writer_put_encoded (writer, device_name_spaces);

  return mdoc_cbor_writer_finish (writer);
}

/**
 * mdoc_device_auth_derive_emac_key:
 * @own: the device's private key, or the reader's ephemeral one
 * @peer: the other side's public key, of the same curve
 * @transcript: the session's
 * @error: return location for a #MdocCryptoError
 *
 * ISO/IEC 18013-5, 9.1.3.5: HKDF of the agreed secret with info "EMacKey".
 *
 * Returns: (transfer full): the key of deviceMac, or %NULL with @error set
 */
MdocSecret *
mdoc_device_auth_derive_emac_key (MdocKey *own,
                                  MdocPublicKey *peer,
                                  MdocTranscript *transcript,
                                  GError **error)
{
  MdocCurve own_curve = mdoc_public_key_get_curve (mdoc_key_get_public (own));
  g_autoptr (MdocSecret) shared = NULL;
  guint8 salt[MDOC_TRANSCRIPT_SALT_LEN];

  if (own_curve != mdoc_public_key_get_curve (peer)
      || !mdoc_curve_can_agree (own_curve))
    {
      g_set_error (error,
                   MDOC_CRYPTO_ERROR,
                   (gint) MDOC_CRYPTO_ERROR_KEY,
                   "No MAC key can come of a device key and a reader key of"
                   " the curves %s and %s",
                   mdoc_curve_get_name (own_curve),
                   mdoc_curve_get_name (mdoc_public_key_get_curve (peer)));
      return NULL;
    }

  shared = mdoc_key_agree (own, peer, error);
  if (shared == NULL)
    return NULL;

  mdoc_transcript_get_salt (transcript, salt);
  return mdoc_hkdf_derive (MDOC_HASH_SHA256,
                           mdoc_secret_get_span (shared),
                           MDOC_SPAN (salt, sizeof (salt)),
                           mdoc_span_from_text ("EMacKey"),
                           EMAC_KEY_LEN);
}
