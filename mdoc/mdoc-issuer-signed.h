/*
 * mdoc-issuer-signed.h - data elements and the issuer's signature over them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-crypto.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-mso.h"

G_BEGIN_DECLS

/* a portrait, a signature and several biometric templates fit easily */
#define MDOC_ISSUER_SIGNED_MAX_BYTES ((gsize) 4 * 1024 * 1024)
/* a full mDL has about 40 elements and 100 possible ages */
#define MDOC_ISSUER_SIGNED_MAX_ITEMS       512
#define MDOC_ISSUER_SIGNED_MAX_NAME_SPACES 64
/* of document types, name spaces and elements, in bytes */
#define MDOC_MAX_NAME_LEN 255
/* The standard allows 31 bits, and issuers in the field use 32. We count from
 * 0.
 */
#define MDOC_MAX_DIGEST_ID  G_MAXUINT32
#define MDOC_MIN_RANDOM_LEN 16
#define MDOC_MAX_RANDOM_LEN 256

/**
 * MdocIssuerSignedItem:
 * @name_space: its name space
 * @element: its name there
 * @digest_id: which digest of the MSO's is this item's
 * @random: what hides the value from those who see only the digest
 * @value: the encoded CBOR of the value
 * @encoded: the #6.24(bstr) as received, which the digest is over
 *
 * One data element that the issuer vouches for. All pointers borrow from the
 * #MdocIssuerSigned.
 */
typedef struct
{
  const char *name_space;
  const char *element;
  guint32 digest_id;
  MdocSpan random;
  MdocSpan value;
  MdocSpan encoded;
} MdocIssuerSignedItem;

/**
 * MdocIssuerSigned:
 *
 * An IssuerSigned (ISO/IEC 18013-5, 8.3.2.1.2.2): a whole credential as an
 * issuer hands it out, or the part of it that a holder disclosed. Immutable,
 * reference-counted, safe to share between threads. It does NOT promise that
 * signature or digests hold: see mdoc_verifier_check_issuer_signed().
 */
typedef struct _MdocIssuerSigned MdocIssuerSigned;

MdocIssuerSigned *mdoc_issuer_signed_parse (GBytes *encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocIssuerSigned *mdoc_issuer_signed_ref (MdocIssuerSigned *self);
void mdoc_issuer_signed_unref (MdocIssuerSigned *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocIssuerSigned, mdoc_issuer_signed_unref)

GBytes *mdoc_issuer_signed_get_encoded (MdocIssuerSigned *self);
MdocMso *mdoc_issuer_signed_get_mso (MdocIssuerSigned *self);
const MdocSign1 *mdoc_issuer_signed_get_issuer_auth (MdocIssuerSigned *self);
MdocSpan mdoc_issuer_signed_get_issuer_auth_encoded (MdocIssuerSigned *self);
guint mdoc_issuer_signed_get_n_items (MdocIssuerSigned *self);
const MdocIssuerSignedItem *
mdoc_issuer_signed_get_item (MdocIssuerSigned *self, guint i);
/* nullable */
const MdocIssuerSignedItem *mdoc_issuer_signed_find (MdocIssuerSigned *self,
                                                     const char *name_space,
                                                     const char *element);
/* is there a nameSpaces member at all, and are there members we do not know? */
gboolean mdoc_issuer_signed_has_name_spaces (MdocIssuerSigned *self);
gboolean mdoc_issuer_signed_has_unknown_members (MdocIssuerSigned *self);
/* does the item's digest stand in the MSO? */
gboolean mdoc_issuer_signed_check_digest (MdocIssuerSigned *self, guint i);

/**
 * MdocIssuerSignedBuilder:
 *
 * Gathers what an issuer is going to sign. Not safe to share. What is wrong
 * with anything it was given is said by mdoc_issuer_signed_builder_sign().
 */
typedef struct _MdocIssuerSignedBuilder MdocIssuerSignedBuilder;

MdocIssuerSignedBuilder *
mdoc_issuer_signed_builder_new (const char *doc_type, MdocHash hash)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_issuer_signed_builder_free (MdocIssuerSignedBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocIssuerSignedBuilder,
                               mdoc_issuer_signed_builder_free)

/* @value_encoded: one CBOR data item; copied */
void mdoc_issuer_signed_builder_add (MdocIssuerSignedBuilder *self,
                                     const char *name_space,
                                     const char *element,
                                     MdocSpan value_encoded);
/* all unix s; @expected_update_unix_s 0: none */
void mdoc_issuer_signed_builder_set_validity (MdocIssuerSignedBuilder *self,
                                              gint64 signed_unix_s,
                                              gint64 valid_from_unix_s,
                                              gint64 valid_until_unix_s,
                                              gint64 expected_update_unix_s);
void mdoc_issuer_signed_builder_set_device_key (MdocIssuerSignedBuilder *self,
                                                MdocPublicKey *device_key);
void
mdoc_issuer_signed_builder_authorize_name_space (MdocIssuerSignedBuilder *self,
                                                 const char *name_space);
void
mdoc_issuer_signed_builder_authorize_element (MdocIssuerSignedBuilder *self,
                                              const char *name_space,
                                              const char *element);
/* @certificate: DER, or empty */
void mdoc_issuer_signed_builder_set_status_list (MdocIssuerSignedBuilder *self,
                                                 guint64 idx,
                                                 const char *uri,
                                                 MdocSpan certificate);
void
mdoc_issuer_signed_builder_set_identifier_list (MdocIssuerSignedBuilder *self,
                                                MdocSpan id,
                                                const char *uri,
                                                MdocSpan certificate);
/* @chain: of #MdocCertificate, document signer first, without the root.
 * Returns: (transfer full): the encoded IssuerSigned */
GBytes *mdoc_issuer_signed_builder_sign (MdocIssuerSignedBuilder *self,
                                         MdocKey *ds_key,
                                         GPtrArray *chain,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
