/*
 * mdoc-cose.h - COSE keys, signatures and MACs as the standard uses them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"

G_BEGIN_DECLS

/* longest protected header accepted, in bytes: alg alone takes 3, that of a
 * revocation list holds a chain of certificates */
#define MDOC_COSE_MAX_PROTECTED_BYTES ((gsize) 64 * 1024)

/* COSE algorithm identifier of the only MAC of the standard: HMAC 256/256 */
#define MDOC_COSE_ALG_HMAC_256_256 5

/**
 * MdocSign1:
 * @protected_header: content of the protected bucket's byte string, as received
 * @protected_map: the same as a map; absent if the byte string is empty
 * @unprotected_map: the other bucket
 * @alg: the algorithm, which stands in the protected bucket; not yet known to
 *   be one we can do
 * @has_payload: %FALSE if the payload is detached (null)
 * @payload: content of the payload's byte string
 * @signature: r || s, or that of RFC 8032
 * @x5chain: DER certificates, leaf first, from whichever bucket; not parsed
 * @n_x5chain: how many
 *
 * A COSE_Sign1 (RFC 9052, 4.2) as ISO/IEC 18013-5 uses it: a view that borrows
 * from the message. Nothing about it has been verified.
 */
typedef struct
{
  MdocSpan protected_header;
  MdocCborItem protected_map;
  MdocCborItem unprotected_map;
  gint64 alg;
  gboolean has_payload;
  MdocSpan payload;
  MdocSpan signature;
  MdocSpan x5chain[MDOC_CHAIN_MAX_LEN];
  guint n_x5chain;
} MdocSign1;

/**
 * MdocMac0:
 *
 * A COSE_Mac0 (RFC 9052, 6.2): members as those of #MdocSign1, a view likewise.
 */
typedef struct
{
  MdocSpan protected_header;
  gint64 alg;
  gboolean has_payload;
  MdocSpan payload;
  MdocSpan tag;
} MdocMac0;

/* COSE_Key: errors are #MdocCborError if it is no such map, #MdocCryptoError if
 * the curve is not supported or the point not on it */
MdocPublicKey *mdoc_cose_key_parse (MdocCborItem item,
                                    const char *what,
                                    gboolean allow_compressed,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_cose_key_write (MdocCborWriter *writer, MdocPublicKey *key);

/* COSE_Sign1 */
gboolean mdoc_sign1_parse (MdocCborItem item,
                           const char *what,
                           MdocSign1 *ret_sign1,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_sign1_dup_chain (const MdocSign1 *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_sign1_verify (const MdocSign1 *self,
                            MdocPublicKey *key,
                            MdocSpan payload,
                            gboolean *ret_valid,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_sign1_write (MdocCborWriter *writer,
                           MdocKey *key,
                           GPtrArray *chain,
                           MdocSpan payload,
                           gboolean is_detached,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* COSE_Mac0 */
gboolean mdoc_mac0_parse (MdocCborItem item,
                          const char *what,
                          MdocMac0 *ret_mac0,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_mac0_verify (const MdocMac0 *self,
                           MdocSpan emac_key,
                           MdocSpan payload,
                           gboolean *ret_valid,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
mdoc_mac0_write (MdocCborWriter *writer, MdocSpan emac_key, MdocSpan payload);

G_END_DECLS
