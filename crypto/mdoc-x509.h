/*
 * mdoc-x509.h - what certificates and CRLs are made of
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-der.h"
#include "crypto/mdoc-key.h"

G_BEGIN_DECLS

/*
 * Of use inside crypto/ alone. All that is read here borrows the bytes of the
 * certificate or CRL; a FALSE means that it is none.
 */

/**
 * MdocSigned:
 * @tbs: what was signed, tag and all
 * @algorithm: the AlgorithmIdentifier, tag and all
 * @algorithm_oid: content of its OBJECT IDENTIFIER
 * @is_known: %TRUE if @alg means something
 * @alg: ECDSA with the hash that COSE calls by that name, or EdDSA
 * @signature: as it stands there
 *
 * SIGNED { ToBeSigned } of X.509.
 */
typedef struct
{
  MdocSpan tbs;
  MdocSpan algorithm;
  MdocSpan algorithm_oid;
  gboolean is_known;
  MdocAlg alg;
  MdocSpan signature;
} MdocSigned;

gboolean
mdoc_signed_read (MdocSpan der, MdocSigned *ret_signed, MdocDer *ret_inside)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_signed_verify (const MdocSigned *self,
                             MdocPublicKey *key,
                             gboolean *ret_valid,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_signed_write_algorithm (GByteArray *out, MdocAlg alg);

/* One member of Extensions */
typedef struct
{
  MdocSpan oid; /* content of the OBJECT IDENTIFIER */
  gboolean is_critical;
  MdocSpan value; /* content of the OCTET STRING */
} MdocExtension;

gboolean mdoc_extension_read (MdocDer *list, MdocExtension *ret_extension)
    G_GNUC_WARN_UNUSED_RESULT;

/* keyIdentifier of an AuthorityKeyIdentifier; empty if it has none */
gboolean mdoc_x509_read_aki (MdocSpan value, MdocSpan *ret_key_identifier)
    G_GNUC_WARN_UNUSED_RESULT;

/* One AttributeTypeAndValue of a Name */
typedef struct
{
  MdocSpan oid; /* content of the OBJECT IDENTIFIER */
  guint8 tag;   /* of the string type */
  MdocSpan value;
} MdocAttribute;

/* A place between the attributes of a Name */
typedef struct
{
  MdocDer names; /* RDNs to come */
  MdocDer name;  /* attributes of this RDN to come */
} MdocNameReader;

/* @encoded: a Name, tag and all */
gboolean mdoc_name_open (MdocSpan encoded, MdocNameReader *ret_reader)
    G_GNUC_WARN_UNUSED_RESULT;
/* FALSE at the end, and then *ret_malformed says whether it ended well */
gboolean mdoc_name_next (MdocNameReader *self,
                         MdocAttribute *ret_attribute,
                         gboolean *ret_malformed) G_GNUC_WARN_UNUSED_RESULT;
/* last arc of 2.5.4.n, such as 3 for commonName; 0 for others */
guint mdoc_attribute_get_type (const MdocAttribute *self);
char *mdoc_attribute_dup_text (const MdocAttribute *self); /* nullable */
char *mdoc_name_dup_text (MdocSpan encoded);               /* for people */

#define MDOC_ATTRIBUTE_COMMON_NAME   3
#define MDOC_ATTRIBUTE_SERIAL_NUMBER 5
#define MDOC_ATTRIBUTE_COUNTRY       6
#define MDOC_ATTRIBUTE_LOCALITY      7
#define MDOC_ATTRIBUTE_STATE         8
#define MDOC_ATTRIBUTE_ORGANIZATION  10
#define MDOC_ATTRIBUTE_UNIT          11

G_END_DECLS
