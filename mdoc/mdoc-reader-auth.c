/*
 * mdoc-reader-auth.c - who asks: the reader's signature
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-reader-auth-private.h"

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"

/* ISO/IEC 18013-5, 9.1.4, and second edition (draft). Both structures are
 * tagged 24 and the detached payload of a COSE_Sign1; SessionTranscript stands
 * in them as an array, the other two as received:
 *
 *   ReaderAuthentication = [
 *     "ReaderAuthentication",
 *     SessionTranscript,
 *     ItemsRequestBytes
 *   ]
 *   ReaderAuthenticationAll = [
 *     "ReaderAuthenticationAll",
 *     SessionTranscript,
 *     [+ ItemsRequestBytes],
 *     DeviceRequestInfoBytes / null
 *   ]
 */

#define CONTEXT     "ReaderAuthentication"
#define CONTEXT_ALL "ReaderAuthenticationAll"
#define HEADS_LEN   64 /* bytes, more than all heads and the context take */

static GBytes *
embed (MdocCborWriter *inner)
{
  MdocSpan content = mdoc_cbor_writer_get_span (inner);
  g_autoptr (MdocCborWriter) writer = NULL;

  writer = mdoc_cbor_writer_new (content.len + HEADS_LEN);
  mdoc_cbor_writer_put_embedded (writer, content);
  return mdoc_cbor_writer_finish (writer);
}

GBytes *
mdoc_reader_auth_encode (MdocTranscript *transcript,
                         MdocSpan items_request_bytes)
{
  MdocSpan session = mdoc_transcript_get_encoded (transcript);
  g_autoptr (MdocCborWriter) writer = NULL;

  writer = mdoc_cbor_writer_new (session.len + items_request_bytes.len
                                 + HEADS_LEN);
  mdoc_cbor_writer_begin_array (writer, 3);
  mdoc_cbor_writer_put_text (writer, CONTEXT);
  mdoc_cbor_writer_put_encoded (writer, session);
  mdoc_cbor_writer_put_encoded (writer, items_request_bytes);
  return embed (writer);
}

GBytes *
mdoc_reader_auth_encode_all (MdocTranscript *transcript,
                             const MdocSpan *items_request_bytes,
                             guint n_items_requests,
                             MdocSpan info_bytes)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (writer, 4);
  mdoc_cbor_writer_put_text (writer, CONTEXT_ALL);
  mdoc_cbor_writer_put_encoded (writer,
                                mdoc_transcript_get_encoded (transcript));
  mdoc_cbor_writer_begin_array (writer, n_items_requests);
  for (guint i = 0; i < n_items_requests; i++)
    mdoc_cbor_writer_put_encoded (writer, items_request_bytes[i]);
  if (info_bytes.len > 0)
    mdoc_cbor_writer_put_encoded (writer, info_bytes);
  else
    mdoc_cbor_writer_put_null (writer);
  return embed (writer);
}

/* A signature that cannot be checked, for whatever the reader put in it, is not
 * valid; only what went wrong on this side is an error. */
static gboolean
verify (const MdocSign1 *sign1,
        MdocCertificate *leaf,
        MdocSpan payload,
        gboolean *ret_valid,
        GError **error)
{
  g_autoptr (GError) local_error = NULL;

  /* a payload that is not detached is none that the standard signs */
  if (sign1->has_payload)
    return TRUE;

  if (!mdoc_sign1_verify (sign1,
                          mdoc_certificate_get_public_key (leaf),
                          payload,
                          ret_valid,
                          &local_error)
      && g_error_matches (local_error,
                          MDOC_CRYPTO_ERROR,
                          MDOC_CRYPTO_ERROR_DEVICE))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/* Says who signed @payload, if anybody. Whatever is wrong with the signature
 * and its certificates is a finding in @ret_identity, not an error. */
gboolean
mdoc_reader_auth_check (MdocCborItem sign1_item,
                        MdocSpan payload,
                        GPtrArray *anchors,
                        GPtrArray *crls,
                        gint64 at_unix_s,
                        MdocReaderIdentity *ret_identity,
                        GError **error)
{
  MdocReaderIdentity identity = { .is_signed = TRUE,
                                  .path = MDOC_PATH_NO_CERTIFICATE };
  g_autoptr (GPtrArray) chain = NULL;
  MdocSign1 sign1;

  if (mdoc_sign1_parse (sign1_item, "readerAuth", &sign1, NULL))
    chain = mdoc_sign1_dup_chain (&sign1, NULL);
  if (chain == NULL || chain->len == 0)
    {
      *ret_identity = identity;
      return TRUE;
    }

  identity.certificate = g_ptr_array_index (chain, 0);
  if (!verify (&sign1,
               identity.certificate,
               payload,
               &identity.is_signature_valid,
               error))
    return FALSE;

  identity.path = mdoc_path_validate (chain,
                                      anchors,
                                      crls,
                                      MDOC_PATH_READER,
                                      at_unix_s,
                                      &identity.anchor);
  mdoc_certificate_ref (identity.certificate);
  if (identity.anchor != NULL)
    mdoc_certificate_ref (identity.anchor);
  *ret_identity = identity;
  return TRUE;
}

/**
 * mdoc_reader_identity_clear:
 * @self: an identity, or zeros
 *
 * Lets go of what @self holds; afterwards it is that of nobody.
 */
void
mdoc_reader_identity_clear (MdocReaderIdentity *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->certificate, mdoc_certificate_unref);
  g_clear_pointer (&self->anchor, mdoc_certificate_unref);
  *self = (MdocReaderIdentity){ .path = MDOC_PATH_NO_CERTIFICATE };
}

/**
 * mdoc_reader_identity_is_trusted:
 * @self: an identity
 *
 * Returns: whether the reader is who its certificate says it is
 */
gboolean
mdoc_reader_identity_is_trusted (const MdocReaderIdentity *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_signed && self->is_signature_valid
         && self->path == MDOC_PATH_OK && self->certificate != NULL;
}
