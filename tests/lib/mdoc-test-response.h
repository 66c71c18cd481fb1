/*
 * mdoc-test-response.h - answers of a holder, good ones and bad ones
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-verifier.h"

G_BEGIN_DECLS

/* D.5.1; (transfer full) */
MdocTranscript *mdoc_test_annex_d_transcript (void);
/* a private key of Annex D, such as `static_device_key_d`; (transfer full) */
MdocKey *mdoc_test_annex_d_key (const char *name);

/* Parses what has to parse; (transfer full). */
MdocDeviceResponse *mdoc_test_response_parse (GBytes *encoded);

/* All items of @issuer_signed and nothing else, as our builder writes it.
 * @reader_key: (nullable): to answer by MAC. (transfer full) */
GBytes *mdoc_test_respond (MdocIssuerSigned *issuer_signed,
                           MdocKey *device_key,
                           MdocTranscript *transcript,
                           MdocKey *reader_key);

/* What our builder would refuse to write. */
typedef struct
{
  const char *version;             /* NULL: "1.0" */
  const char *doc_type;            /* NULL: the credential's */
  const char *device_name_spaces;  /* hex of the map; NULL: empty */
  const char *more_response;       /* hex of one more pair; NULL: none */
  const char *more_issuer_signed;  /* hex of one more pair; NULL: none */
  gboolean is_without_name_spaces; /* of IssuerSigned */
} MdocTestForgery;

/* A response of @issuer_signed, signed by @device_key over what it says;
 * (transfer full) */
GBytes *mdoc_test_forge (MdocIssuerSigned *issuer_signed,
                         MdocKey *device_key,
                         MdocTranscript *transcript,
                         const MdocTestForgery *forgery);

/* @identity and others: a list of one anchor; (transfer full) */
GPtrArray *mdoc_test_anchor (GBytes *der);

/* "issuer-chain! digests!": what failed, of response and documents, and with a
 * question mark what is only a warning; (transfer full) */
char *mdoc_test_findings (MdocVerification *verification);

G_END_DECLS
