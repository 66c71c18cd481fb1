/*
 * mdoc-bench-fixture.h - the licence that is measured, and all around it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-transcript.h"
#include "mdoc/mdoc-verifier.h"

G_BEGIN_DECLS

#define MDOC_BENCH_N_ELEMENTS    20
#define MDOC_BENCH_N_DISCLOSED   8
#define MDOC_BENCH_PORTRAIT_LEN  (20 * 1024)
#define MDOC_BENCH_AT_UNIX_S     G_GINT64_CONSTANT (1790000000)
#define MDOC_BENCH_SIGNED_UNIX_S G_GINT64_CONSTANT (1789000000)

/**
 * MdocBenchFixture:
 *
 * An mDL of 20 elements with a portrait of 20 KB, of which 8 elements, the
 * portrait among them, are disclosed; everything on P-256, the chain one
 * document signer under one root.
 */
typedef struct
{
  GPtrArray *anchors; /* of MdocCertificate */
  GPtrArray *chain;   /* of MdocCertificate */
  MdocKey *ds_key;
  MdocKey *device_key;
  MdocKey *reader_key;
  MdocTranscript *transcript;
  GBytes *values[MDOC_BENCH_N_ELEMENTS];
  GBytes *encoded; /* IssuerSigned */
  MdocIssuerSigned *issuer_signed;
  guint disclosed[MDOC_BENCH_N_DISCLOSED];
  GBytes *by_signature; /* DeviceResponse */
  GBytes *by_mac;
  MdocVerifier *verifier;
} MdocBenchFixture;

/* Writes root.der, ds.der and ds.pem into @folder; needs a backend that builds
 * certificates. */
void mdoc_bench_fixture_write_pki (const char *folder);
/* @folder: where those three are */
MdocBenchFixture *mdoc_bench_fixture_new (const char *folder);
void mdoc_bench_fixture_free (MdocBenchFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocBenchFixture, mdoc_bench_fixture_free)

GBytes *mdoc_bench_fixture_issue (MdocBenchFixture *self);
GBytes *mdoc_bench_fixture_respond (MdocBenchFixture *self, gboolean by_mac);
/* both end the program if it does not verify */
void mdoc_bench_fixture_verify_issued (MdocBenchFixture *self,
                                       MdocVerifier *verifier);
void
mdoc_bench_fixture_verify_response (MdocBenchFixture *self, gboolean by_mac);

G_END_DECLS
