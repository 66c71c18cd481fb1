/*
 * mdoc-bench-bare.h - the primitives alone, straight from each library
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocBenchBare:
 *
 * A P-256 key pair in the library's own form, with all prepared that can be:
 * the quickest way to each primitive that the library offers. This is the floor
 * that our figures are held against, so nothing of crypto/ is in it.
 */
typedef struct _MdocBenchBare MdocBenchBare;

/* @d, @x, @y: 32 bytes each */
MdocBenchBare *
mdoc_bench_bare_new (const guint8 *d, const guint8 *x, const guint8 *y);
void mdoc_bench_bare_free (MdocBenchBare *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocBenchBare, mdoc_bench_bare_free)

/* over a digest of 32 bytes; the signature stays inside, for verify */
void mdoc_bench_bare_sign (MdocBenchBare *self, const guint8 *digest);
/* of the last signature; ends the program if it does not hold */
void mdoc_bench_bare_verify (MdocBenchBare *self, const guint8 *digest);
/* with another pair's public key */
void mdoc_bench_bare_agree (MdocBenchBare *self,
                            MdocBenchBare *peer,
                            guint8 ret_secret[32]);

void
mdoc_bench_bare_sha256 (const guint8 *data, gsize len, guint8 ret_digest[32]);
void mdoc_bench_bare_hmac (const guint8 key[32],
                           const guint8 *data,
                           gsize len,
                           guint8 ret_mac[32]);
void mdoc_bench_bare_random (guint8 *data, gsize len);

G_END_DECLS
