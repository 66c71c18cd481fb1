/*
 * mdoc-transcript.h - SessionTranscript, what both sides have seen
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* `null`, the Handover of a QR engagement, as CBOR */
#define MDOC_HANDOVER_QR MDOC_SPAN ((const guint8 *) "\xf6", 1)

#define MDOC_TRANSCRIPT_MAX_BYTES ((gsize) 256 * 1024)
#define MDOC_TRANSCRIPT_SALT_LEN  32

/**
 * MdocTranscript:
 *
 * The `SessionTranscript` of ISO/IEC 18013-5, 9.1.5.1, of ISO/IEC TS 18013-7
 * or of OpenID4VP 1.0: an array of `DeviceEngagementBytes`, `EReaderKeyBytes`
 * and `Handover`, which session keys, reader and device authentication depend
 * on. Immutable, reference-counted, safe to share between threads.
 *
 * What was received stands in it byte for byte. Holding one says nothing about
 * who was at the other end.
 */
typedef struct _MdocTranscript MdocTranscript;

/* @device_engagement and @e_reader_key: the content of the #6.24 byte strings,
 * that is the encoded DeviceEngagement and COSE_Key */
MdocTranscript *
mdoc_transcript_new_qr (MdocSpan device_engagement, MdocSpan e_reader_key)
    G_GNUC_WARN_UNUSED_RESULT;
/* @hs and @hr: complete NDEF messages as transferred, without NLEN; @hr is
 * empty after a static handover */
MdocTranscript *mdoc_transcript_new_nfc (MdocSpan device_engagement,
                                         MdocSpan e_reader_key,
                                         MdocSpan hs,
                                         MdocSpan hr) G_GNUC_WARN_UNUSED_RESULT;
/* an empty span gives `null`; @handover is one item of CBOR */
MdocTranscript *mdoc_transcript_new (MdocSpan device_engagement,
                                     MdocSpan e_reader_key,
                                     MdocSpan handover)
    G_GNUC_WARN_UNUSED_RESULT;
/* as mdoc_transcript_new(), but @e_reader_key_bytes is `#6.24(bstr)` with its
 * tag, as it came in a SessionEstablishment: however it was encoded, it stays
 */
MdocTranscript *mdoc_transcript_new_received (MdocSpan device_engagement,
                                              MdocSpan e_reader_key_bytes,
                                              MdocSpan handover)
    G_GNUC_WARN_UNUSED_RESULT;

/* OpenID4VP 1.0, B.2.6.1: an empty @jwk_thumbprint (SHA-256, 32 bytes) stands
 * for a response that is not encrypted */
MdocTranscript *mdoc_transcript_new_oid4vp (const char *client_id,
                                            const char *nonce,
                                            MdocSpan jwk_thumbprint,
                                            const char *response_uri)
    G_GNUC_WARN_UNUSED_RESULT;
/* OpenID4VP 1.0, B.2.6.2 */
MdocTranscript *mdoc_transcript_new_oid4vp_dcapi (const char *origin,
                                                  const char *nonce,
                                                  MdocSpan jwk_thumbprint)
    G_GNUC_WARN_UNUSED_RESULT;
/* OpenID4VP, draft 24, over the Digital Credentials API */
MdocTranscript *mdoc_transcript_new_oid4vp_draft_24 (const char *origin,
                                                     const char *client_id,
                                                     const char *nonce)
    G_GNUC_WARN_UNUSED_RESULT;
/* ISO/IEC TS 18013-7, Annex A: the encoded ReaderEngagement, content of #6.24
 */
MdocTranscript *
mdoc_transcript_new_reader_engagement (MdocSpan device_engagement,
                                       MdocSpan e_reader_key,
                                       MdocSpan reader_engagement)
    G_GNUC_WARN_UNUSED_RESULT;
/* ISO/IEC TS 18013-7, Annex B (OpenID4VP, draft 18) */
MdocTranscript *mdoc_transcript_new_annex_b (const char *client_id,
                                             const char *response_uri,
                                             const char *nonce,
                                             const char *mdoc_generated_nonce)
    G_GNUC_WARN_UNUSED_RESULT;
/* ISO/IEC TS 18013-7, Annex C: @encryption_info is the base64url text as
 * received */
MdocTranscript *
mdoc_transcript_new_annex_c (const char *encryption_info, const char *origin)
    G_GNUC_WARN_UNUSED_RESULT;

/* a file's content: the array, or #6.24 of it */
MdocTranscript *mdoc_transcript_parse (MdocSpan encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocTranscript *mdoc_transcript_ref (MdocTranscript *self);
void mdoc_transcript_unref (MdocTranscript *self);

/* the array, without a tag: what stands in ReaderAuthentication */
MdocSpan mdoc_transcript_get_encoded (MdocTranscript *self);
/* content of #6.24; empty if `null` */
MdocSpan mdoc_transcript_get_device_engagement (MdocTranscript *self);
MdocSpan mdoc_transcript_get_e_reader_key (MdocTranscript *self);
MdocSpan mdoc_transcript_get_handover (MdocTranscript *self);
/* SHA-256 of SessionTranscriptBytes, the salt of every key */
void mdoc_transcript_get_salt (MdocTranscript *self,
                               guint8 ret_sha256[MDOC_TRANSCRIPT_SALT_LEN]);

/* `[Hs, Hr / null]`, for the sessions of mdoc-session.h */
GBytes *mdoc_handover_new_nfc (MdocSpan hs, MdocSpan hr)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTranscript, mdoc_transcript_unref)

G_END_DECLS
