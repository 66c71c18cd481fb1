/*
 * mdoc-der.h - a bounded reader and a small writer of DER
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* tags of X.690 that certificates and keys use */
#define MDOC_DER_BOOLEAN          0x01
#define MDOC_DER_INTEGER          0x02
#define MDOC_DER_BIT_STRING       0x03
#define MDOC_DER_OCTET_STRING     0x04
#define MDOC_DER_NULL             0x05
#define MDOC_DER_OID              0x06
#define MDOC_DER_UTF8_STRING      0x0c
#define MDOC_DER_PRINTABLE_STRING 0x13
#define MDOC_DER_TELETEX_STRING   0x14
#define MDOC_DER_IA5_STRING       0x16
#define MDOC_DER_UTC_TIME         0x17
#define MDOC_DER_GENERALIZED_TIME 0x18
#define MDOC_DER_SEQUENCE         0x30
#define MDOC_DER_SET              0x31
#define MDOC_DER_CONTEXT(n)       ((guint8) (0x80 | (n))) /* primitive */
#define MDOC_DER_EXPLICIT(n)      ((guint8) (0xa0 | (n))) /* constructed */

/* Longest dotted text of an object identifier that we make, with its NUL. */
#define MDOC_DER_OID_TEXT_MAX_LEN 128

/**
 * MdocDer:
 *
 * A place inside the content of a DER value, by value; it borrows the bytes.
 * Only definite lengths in their shortest form and tag numbers below 31 are
 * taken, which is all that DER allows and X.509 needs. A function that answers
 * %FALSE has changed neither the place nor its results, so that a caller may
 * try another tag. Nothing here recurses or allocates, save where said.
 */
typedef struct
{
  /*< private >*/
  const guint8 *pos;
  const guint8 *end;
} MdocDer;

MdocDer mdoc_der_open (MdocSpan bytes);
gboolean mdoc_der_is_at_end (const MdocDer *self);
gboolean mdoc_der_next_is (const MdocDer *self, guint8 tag);

gboolean mdoc_der_read_any (MdocDer *self,
                            guint8 *ret_tag,
                            MdocSpan *ret_content,
                            MdocSpan *ret_encoded) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_der_read (MdocDer *self, guint8 tag, MdocSpan *ret_content)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_der_read_encoded (MdocDer *self, guint8 tag, MdocSpan *ret_encoded)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_der_enter (MdocDer *self, guint8 tag, MdocDer *ret_inner)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_der_read_boolean (MdocDer *self, gboolean *ret_value)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_der_read_integer (MdocDer *self, MdocSpan *ret_content)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_der_read_small_uint (MdocDer *self, guint32 max, guint32 *ret_value)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_der_read_bits (MdocDer *self, guint *ret_n_unused, MdocSpan *ret_bits)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_der_read_octet_bits (MdocDer *self, MdocSpan *ret_octets)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_der_read_time (MdocDer *self, gint64 *ret_unix_s)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_der_oid_to_text (MdocSpan content,
                               char ret_text[MDOC_DER_OID_TEXT_MAX_LEN])
    G_GNUC_WARN_UNUSED_RESULT;

/* ECDSA-Sig-Value of X9.62 to r || s of @n_bytes each, and back. The longest
 * encoding of r and s of 66 bytes takes MDOC_DER_SIGNATURE_MAX_LEN. */
#define MDOC_DER_SIGNATURE_MAX_LEN 144
gboolean
mdoc_der_signature_to_raw (MdocSpan der, gsize n_bytes, guint8 *ret_raw)
    G_GNUC_WARN_UNUSED_RESULT;
gsize mdoc_der_signature_from_raw (const guint8 *raw,
                                   gsize n_bytes,
                                   guint8 ret_der[MDOC_DER_SIGNATURE_MAX_LEN]);

/* Writing: what stands between begin and end becomes the content. */
gsize mdoc_der_begin (GByteArray *out, guint8 tag);
void mdoc_der_end (GByteArray *out, gsize begun);
void mdoc_der_write (GByteArray *out, guint8 tag, MdocSpan content);
void mdoc_der_write_encoded (GByteArray *out, MdocSpan encoded);
void mdoc_der_write_text (GByteArray *out, guint8 tag, const char *text);
void mdoc_der_write_oid (GByteArray *out, const char *dotted);
void mdoc_der_write_uint (GByteArray *out, MdocSpan big_endian);
void mdoc_der_write_octet_bits (GByteArray *out, MdocSpan octets);
void mdoc_der_write_time (GByteArray *out, gint64 unix_s);

G_END_DECLS
