/*
 * mdoc-transcript.c - SessionTranscript, what both sides have seen
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-transcript.h"

#include <string.h>

#include "crypto/mdoc-crypto.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"

/* ISO/IEC 18013-5, 9.1.5.1:
 *
 *   SessionTranscriptBytes = #6.24(bstr .cbor SessionTranscript)
 *   SessionTranscript = [
 *     DeviceEngagementBytes / null,
 *     EReaderKeyBytes / null,
 *     Handover
 *   ]
 *   Handover = null / [ bstr, bstr / null ] / any of other engagements
 *
 * Element 2 is EncryptionParametersBytes where a document is encrypted by
 * itself (second edition, 12.6): the same shape.
 */

#define MAX_EMBEDDED_HEAD_LEN 7 /* of `#6.24(bstr)` in its shortest form */

/* Every Handover known has three levels at most. */
static const MdocCborLimits limits = {
  .max_bytes = MDOC_TRANSCRIPT_MAX_BYTES + MAX_EMBEDDED_HEAD_LEN,
  .max_depth = 8,
  .max_items = 1024,
};

struct _MdocTranscript
{
  gatomicrefcount refs;
  GBytes *encoded; /* the array */
  MdocSpan device_engagement;
  MdocSpan e_reader_key;
  MdocSpan handover;
  guint8 salt[MDOC_TRANSCRIPT_SALT_LEN];
};

static gboolean
read_element (MdocCborItem item,
              const char *what,
              MdocSpan *ret_content,
              GError **error)
{
  if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_NULL)
    {
      *ret_content = MDOC_SPAN (NULL, 0);
      return TRUE;
    }

  return mdoc_cbor_get_embedded (item,
                                 what,
                                 MDOC_TRANSCRIPT_MAX_BYTES,
                                 ret_content,
                                 error);
}

static gboolean
read_elements (MdocTranscript *self, MdocCborItem root, GError **error)
{
  MdocCborItem handover;
  MdocCborIter iter;

  if (!mdoc_cbor_iter_array (root, "SessionTranscript", 3, &iter, error)
      || !read_element (mdoc_cbor_iter_next (&iter),
                        "DeviceEngagementBytes",
                        &self->device_engagement,
                        error)
      || !read_element (mdoc_cbor_iter_next (&iter),
                        "EReaderKeyBytes",
                        &self->e_reader_key,
                        error))
    return FALSE;

  handover = mdoc_cbor_iter_next (&iter);
  if (mdoc_cbor_get_kind (handover) == MDOC_CBOR_KIND_ABSENT)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "Handover",
                             "is missing");

  self->handover = mdoc_cbor_get_encoded (handover);
  return TRUE;
}

static void
compute_salt (MdocTranscript *self)
{
  g_autoptr (MdocCborWriter) head = mdoc_cbor_writer_new (0);
  MdocSpan array = mdoc_span_from_bytes (self->encoded);
  guint8 digest[MDOC_HASH_MAX_LEN];
  MdocSpan parts[2];

  mdoc_cbor_writer_put_tag (head, 24);
  mdoc_cbor_writer_begin_bytes (head, array.len);
  parts[0] = mdoc_cbor_writer_get_span (head);
  parts[1] = array;
  mdoc_hash_compute (MDOC_HASH_SHA256, parts, G_N_ELEMENTS (parts), digest);
  memcpy (self->salt, digest, sizeof (self->salt));
}

/* takes @array */
static MdocTranscript *
transcript_new (GBytes *array, GError **error)
{
  g_autoptr (MdocTranscript) self = g_new0 (MdocTranscript, 1);
  MdocCborItem root;

  g_atomic_ref_count_init (&self->refs);
  self->encoded = array;
  if (g_bytes_get_size (array) > MDOC_TRANSCRIPT_MAX_BYTES)
    {
      mdoc_cbor_refuse (error,
                        MDOC_CBOR_ERROR_LIMIT,
                        "SessionTranscript",
                        "is too long");
      return NULL;
    }
  if (!mdoc_cbor_open (mdoc_span_from_bytes (array), &limits, &root, error)
      || !read_elements (self, root, error))
    return NULL;

  compute_salt (self);
  return g_steal_pointer (&self);
}

/* What we put together ourselves is refused only if a caller's part is no CBOR
 * or too long: its mistake. */
static MdocTranscript *
transcript_new_own (MdocCborWriter *writer)
{
  g_autoptr (GError) error = NULL;
  MdocTranscript *self;

  self = transcript_new (mdoc_cbor_writer_finish (writer), &error);
  if (self == NULL)
    g_critical ("A part of the SessionTranscript is unsound: %s",
                error->message);
  return self;
}

static void
put_embedded_or_null (MdocCborWriter *writer, MdocSpan content)
{
  if (content.len == 0)
    mdoc_cbor_writer_put_null (writer);
  else
    mdoc_cbor_writer_put_embedded (writer, content);
}

/**
 * mdoc_transcript_new:
 * @device_engagement: an encoded DeviceEngagement as it was received or sent;
 *   empty for `null`
 * @e_reader_key: an encoded COSE_Key, or EncryptionParameters; empty for `null`
 * @handover: one item of CBOR
 *
 * Returns: (transfer full): the transcript; %NULL, with a critical warning, if
 *   @handover is not one item or the whole is over the limit
 */
MdocTranscript *
mdoc_transcript_new (MdocSpan device_engagement,
                     MdocSpan e_reader_key,
                     MdocSpan handover)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (1024);

  mdoc_cbor_writer_begin_array (writer, 3);
  put_embedded_or_null (writer, device_engagement);
  put_embedded_or_null (writer, e_reader_key);
  mdoc_cbor_writer_put_encoded (writer, handover);
  return transcript_new_own (writer);
}

/**
 * mdoc_transcript_new_received:
 * @device_engagement: an encoded DeviceEngagement as it was sent
 * @e_reader_key_bytes: `#6.24(bstr .cbor COSE_Key)` as it was received
 * @handover: one item of CBOR
 *
 * For the side that receives EReaderKeyBytes, whose heads may be longer than
 * ours would be.
 *
 * Returns: (transfer full): as mdoc_transcript_new()
 */
MdocTranscript *
mdoc_transcript_new_received (MdocSpan device_engagement,
                              MdocSpan e_reader_key_bytes,
                              MdocSpan handover)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (1024);

  mdoc_cbor_writer_begin_array (writer, 3);
  put_embedded_or_null (writer, device_engagement);
  mdoc_cbor_writer_put_encoded (writer, e_reader_key_bytes);
  mdoc_cbor_writer_put_encoded (writer, handover);
  return transcript_new_own (writer);
}

/**
 * mdoc_transcript_new_qr:
 * @device_engagement: an encoded DeviceEngagement as it stood in the code
 * @e_reader_key: an encoded COSE_Key
 *
 * Returns: (transfer full): the transcript
 */
MdocTranscript *
mdoc_transcript_new_qr (MdocSpan device_engagement, MdocSpan e_reader_key)
{
  return mdoc_transcript_new (device_engagement,
                              e_reader_key,
                              MDOC_HANDOVER_QR);
}

/**
 * mdoc_transcript_new_nfc:
 * @device_engagement: the encoded DeviceEngagement that @hs holds
 * @e_reader_key: an encoded COSE_Key
 * @hs: the Handover Select message as transferred, without NLEN
 * @hr: the Handover Request message; empty after a static handover
 *
 * Returns: (transfer full): the transcript
 */
MdocTranscript *
mdoc_transcript_new_nfc (MdocSpan device_engagement,
                         MdocSpan e_reader_key,
                         MdocSpan hs,
                         MdocSpan hr)
{
  g_autoptr (GBytes) handover = mdoc_handover_new_nfc (hs, hr);

  return mdoc_transcript_new (device_engagement,
                              e_reader_key,
                              mdoc_span_from_bytes (handover));
}

/**
 * mdoc_handover_new_nfc:
 * @hs: the Handover Select message as transferred, without NLEN
 * @hr: the Handover Request message; empty after a static handover
 *
 * Returns: (transfer full): `[bstr, bstr / null]`
 */
GBytes *
mdoc_handover_new_nfc (MdocSpan hs, MdocSpan hr)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (writer, 2);
  mdoc_cbor_writer_put_bytes (writer, hs);
  if (hr.len == 0)
    mdoc_cbor_writer_put_null (writer);
  else
    mdoc_cbor_writer_put_bytes (writer, hr);
  return mdoc_cbor_writer_finish (writer);
}

/* The SHA-256 of what @writer holds, which is empty after, as a byte string at
 * the end of @handover. */
static void
put_digest (MdocCborWriter *handover, MdocCborWriter *writer)
{
  MdocSpan part = mdoc_cbor_writer_get_span (writer);
  guint8 digest[MDOC_HASH_MAX_LEN];

  mdoc_hash_compute (MDOC_HASH_SHA256, &part, 1, digest);
  mdoc_cbor_writer_reset (writer);
  mdoc_cbor_writer_put_bytes (handover,
                              MDOC_SPAN (digest, MDOC_TRANSCRIPT_SALT_LEN));
}

static void
put_thumbprint (MdocCborWriter *writer, MdocSpan jwk_thumbprint)
{
  if (jwk_thumbprint.len == 0)
    mdoc_cbor_writer_put_null (writer);
  else
    mdoc_cbor_writer_put_bytes (writer, jwk_thumbprint);
}

/* [null, null, [name, SHA-256 (info)]] */
static MdocTranscript *
new_of_named_digest (const char *name, MdocCborWriter *info)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (writer, 3);
  mdoc_cbor_writer_put_null (writer);
  mdoc_cbor_writer_put_null (writer);
  mdoc_cbor_writer_begin_array (writer, 2);
  mdoc_cbor_writer_put_text (writer, name);
  put_digest (writer, info);
  return transcript_new_own (writer);
}

/**
 * mdoc_transcript_new_oid4vp:
 * @client_id: of the verifier, with its prefix
 * @nonce: of the request
 * @jwk_thumbprint: SHA-256 thumbprint (RFC 7638) of the verifier's key that the
 *   response is encrypted to, 32 bytes; empty if it is not encrypted
 * @response_uri: or the redirect_uri
 *
 * `["OpenID4VPHandover", SHA-256 (OpenID4VPHandoverInfo)]`, OpenID4VP 1.0,
 * B.2.6.1.
 *
 * Returns: (transfer full): the transcript
 */
MdocTranscript *
mdoc_transcript_new_oid4vp (const char *client_id,
                            const char *nonce,
                            MdocSpan jwk_thumbprint,
                            const char *response_uri)
{
  g_autoptr (MdocCborWriter) info = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (info, 4);
  mdoc_cbor_writer_put_text (info, client_id);
  mdoc_cbor_writer_put_text (info, nonce);
  put_thumbprint (info, jwk_thumbprint);
  mdoc_cbor_writer_put_text (info, response_uri);
  return new_of_named_digest ("OpenID4VPHandover", info);
}

/**
 * mdoc_transcript_new_oid4vp_dcapi:
 * @origin: of the page, such as `https://example.com`
 * @nonce: of the request
 * @jwk_thumbprint: as mdoc_transcript_new_oid4vp()
 *
 * `["OpenID4VPDCAPIHandover", SHA-256 (OpenID4VPDCAPIHandoverInfo)]`,
 * OpenID4VP 1.0, B.2.6.2.
 *
 * Returns: (transfer full): the transcript
 */
MdocTranscript *
mdoc_transcript_new_oid4vp_dcapi (const char *origin,
                                  const char *nonce,
                                  MdocSpan jwk_thumbprint)
{
  g_autoptr (MdocCborWriter) info = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (info, 3);
  mdoc_cbor_writer_put_text (info, origin);
  mdoc_cbor_writer_put_text (info, nonce);
  put_thumbprint (info, jwk_thumbprint);
  return new_of_named_digest ("OpenID4VPDCAPIHandover", info);
}

/**
 * mdoc_transcript_new_oid4vp_draft_24:
 * @origin: of the page
 * @client_id: of the verifier
 * @nonce: of the request
 *
 * The Digital Credentials API as draft 24 of OpenID4VP had it.
 *
 * Returns: (transfer full): the transcript
 */
MdocTranscript *
mdoc_transcript_new_oid4vp_draft_24 (const char *origin,
                                     const char *client_id,
                                     const char *nonce)
{
  g_autoptr (MdocCborWriter) info = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (info, 3);
  mdoc_cbor_writer_put_text (info, origin);
  mdoc_cbor_writer_put_text (info, client_id);
  mdoc_cbor_writer_put_text (info, nonce);
  return new_of_named_digest ("OpenID4VPDCAPIHandover", info);
}

/**
 * mdoc_transcript_new_annex_c:
 * @encryption_info: EncryptionInfo in base64url, the text as it was received
 * @origin: of the page
 *
 * `["dcapi", SHA-256 ([Base64EncryptionInfo, origin])]`, ISO/IEC TS 18013-7,
 * Annex C.
 *
 * Returns: (transfer full): the transcript
 */
MdocTranscript *
mdoc_transcript_new_annex_c (const char *encryption_info, const char *origin)
{
  g_autoptr (MdocCborWriter) info = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (info, 2);
  mdoc_cbor_writer_put_text (info, encryption_info);
  mdoc_cbor_writer_put_text (info, origin);
  return new_of_named_digest ("dcapi", info);
}

static void
put_annex_b_digest (MdocCborWriter *handover,
                    const char *subject,
                    const char *mdoc_generated_nonce)
{
  g_autoptr (MdocCborWriter) info = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (info, 2);
  mdoc_cbor_writer_put_text (info, subject);
  mdoc_cbor_writer_put_text (info, mdoc_generated_nonce);
  put_digest (handover, info);
}

/**
 * mdoc_transcript_new_annex_b:
 * @client_id: of the verifier
 * @response_uri: where the response goes
 * @nonce: of the request
 * @mdoc_generated_nonce: the holder's, "apu" of the encrypted response
 *
 * `OID4VPHandover = [clientIdHash, responseUriHash, nonce]`, ISO/IEC TS
 * 18013-7, B.4.4.
 *
 * Returns: (transfer full): the transcript
 */
MdocTranscript *
mdoc_transcript_new_annex_b (const char *client_id,
                             const char *response_uri,
                             const char *nonce,
                             const char *mdoc_generated_nonce)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (writer, 3);
  mdoc_cbor_writer_put_null (writer);
  mdoc_cbor_writer_put_null (writer);
  mdoc_cbor_writer_begin_array (writer, 3);
  put_annex_b_digest (writer, client_id, mdoc_generated_nonce);
  put_annex_b_digest (writer, response_uri, mdoc_generated_nonce);
  mdoc_cbor_writer_put_text (writer, nonce);
  return transcript_new_own (writer);
}

/**
 * mdoc_transcript_new_reader_engagement:
 * @device_engagement: an encoded DeviceEngagement
 * @e_reader_key: an encoded COSE_Key
 * @reader_engagement: an encoded ReaderEngagement
 *
 * The Handover is the SHA-256 of `#6.24(bstr .cbor ReaderEngagement)`, ISO/IEC
 * TS 18013-7, Annex A.
 *
 * Returns: (transfer full): the transcript
 */
MdocTranscript *
mdoc_transcript_new_reader_engagement (MdocSpan device_engagement,
                                       MdocSpan e_reader_key,
                                       MdocSpan reader_engagement)
{
  g_autoptr (MdocCborWriter) handover = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) embedded = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_put_embedded (embedded, reader_engagement);
  put_digest (handover, embedded);
  return mdoc_transcript_new (device_engagement,
                              e_reader_key,
                              mdoc_cbor_writer_get_span (handover));
}

/**
 * mdoc_transcript_parse:
 * @encoded: a SessionTranscript, or SessionTranscriptBytes
 * @error: return location for a #MdocCborError
 *
 * Reads a transcript that was kept in a file. The array stays as it is.
 *
 * Returns: (transfer full): the transcript, or %NULL with @error set
 */
MdocTranscript *
mdoc_transcript_parse (MdocSpan encoded, GError **error)
{
  MdocCborItem root;
  MdocSpan array = encoded;

  if (!mdoc_cbor_open (encoded, &limits, &root, error))
    return NULL;
  if (mdoc_cbor_get_kind (root) == MDOC_CBOR_KIND_TAG
      && !mdoc_cbor_get_embedded (root,
                                  "SessionTranscriptBytes",
                                  MDOC_TRANSCRIPT_MAX_BYTES,
                                  &array,
                                  error))
    return NULL;

  return transcript_new (mdoc_span_dup (array), error);
}

MdocTranscript *
mdoc_transcript_ref (MdocTranscript *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mdoc_transcript_unref (MdocTranscript *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_bytes_unref (self->encoded);
  g_free (self);
}

/**
 * mdoc_transcript_get_encoded:
 * @self: a transcript
 *
 * Returns: (transfer none): the array without a tag, as it stands in
 *   DeviceAuthentication and ReaderAuthentication; borrowed from @self
 */
MdocSpan
mdoc_transcript_get_encoded (MdocTranscript *self)
{
  return mdoc_span_from_bytes (self->encoded);
}

/**
 * mdoc_transcript_get_device_engagement:
 * @self: a transcript
 *
 * Returns: (transfer none): the encoded DeviceEngagement; empty if there is
 *   none
 */
MdocSpan
mdoc_transcript_get_device_engagement (MdocTranscript *self)
{
  return self->device_engagement;
}

/**
 * mdoc_transcript_get_e_reader_key:
 * @self: a transcript
 *
 * Returns: (transfer none): the encoded COSE_Key; empty if there is none
 */
MdocSpan
mdoc_transcript_get_e_reader_key (MdocTranscript *self)
{
  return self->e_reader_key;
}

/**
 * mdoc_transcript_get_handover:
 * @self: a transcript
 *
 * Returns: (transfer none): the encoded Handover, `f6` for a QR code
 */
MdocSpan
mdoc_transcript_get_handover (MdocTranscript *self)
{
  return self->handover;
}

/**
 * mdoc_transcript_get_salt:
 * @self: a transcript
 * @ret_sha256: (out): SHA-256 of SessionTranscriptBytes
 *
 * The salt of SKReader, SKDevice and EMacKey (ISO/IEC 18013-5, 9.1.1.5 and
 * 9.1.3.5).
 */
void
mdoc_transcript_get_salt (MdocTranscript *self,
                          guint8 ret_sha256[MDOC_TRANSCRIPT_SALT_LEN])
{
  memcpy (ret_sha256, self->salt, MDOC_TRANSCRIPT_SALT_LEN);
}
