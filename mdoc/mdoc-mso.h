/*
 * mdoc-mso.h - what the issuer signed: the mobile security object
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-crypto.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-cbor-writer.h"

G_BEGIN_DECLS

/* a licence with a few dozen elements takes 3 kB; 2,048 digests of SHA-512 fit
 */
#define MDOC_MSO_MAX_BYTES ((gsize) 256 * 1024)
/* four times what one IssuerSigned may hold, for decoys */
#define MDOC_MSO_MAX_DIGESTS 2048
/* of elements and name spaces that a device key may sign */
#define MDOC_MSO_MAX_AUTHORIZATIONS 256

/**
 * MdocMso:
 *
 * A MobileSecurityObject (ISO/IEC 18013-5, 9.1.2.4) that somebody received.
 * Immutable, reference-counted, safe to share between threads. It does NOT
 * promise that anybody signed it, that it is valid now, or that its own times
 * make sense: that is what #MdocVerifier is for.
 */
typedef struct _MdocMso MdocMso;

typedef enum
{
  MDOC_MSO_STATUS_NONE,
  MDOC_MSO_STATUS_LIST,            /* "status_list" */
  MDOC_MSO_STATUS_IDENTIFIER_LIST, /* "identifier_list" */
} MdocMsoStatusKind;

/**
 * MdocMsoStatus:
 * @kind: which of the two revocation lists is meant
 * @idx: place in the status list
 * @id: entry of the identifier list
 * @uri: where the list is; %NULL if @kind is %MDOC_MSO_STATUS_NONE
 * @certificate: DER of the certificate that vouches for the list; empty if none
 */
typedef struct
{
  MdocMsoStatusKind kind;
  guint64 idx;
  MdocSpan id;
  const char *uri;
  MdocSpan certificate;
} MdocMsoStatus;

/* @encoded: content of the #6.24 in IssuerAuth's payload; copied */
MdocMso *mdoc_mso_parse (MdocSpan encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocMso *mdoc_mso_ref (MdocMso *self);
void mdoc_mso_unref (MdocMso *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocMso, mdoc_mso_unref)

MdocSpan mdoc_mso_get_encoded (MdocMso *self);
const char *mdoc_mso_get_doc_type (MdocMso *self);
MdocHash mdoc_mso_get_hash (MdocMso *self);
/* nullable: the key is of a curve this backend lacks, or no point of it */
MdocPublicKey *mdoc_mso_get_device_key (MdocMso *self);
const GError *mdoc_mso_get_device_key_error (MdocMso *self); /* why %NULL */
gint64 mdoc_mso_get_signed (MdocMso *self);                  /* unix s */
gint64 mdoc_mso_get_valid_from (MdocMso *self);              /* unix s */
gint64 mdoc_mso_get_valid_until (MdocMso *self);             /* unix s */
gboolean
mdoc_mso_get_expected_update (MdocMso *self, gint64 *ret_unix_s /* optional */);

/* the digest, of the hash's length; empty if there is none */
MdocSpan mdoc_mso_lookup_digest (MdocMso *self,
                                 const char *name_space,
                                 guint32 digest_id);
guint mdoc_mso_get_n_name_spaces (MdocMso *self);
const char *mdoc_mso_get_name_space (MdocMso *self, guint i);
guint mdoc_mso_get_n_digests (MdocMso *self, guint name_space);
MdocSpan mdoc_mso_get_digest (MdocMso *self,
                              guint name_space,
                              guint i,
                              guint32 *ret_digest_id /* optional */);

/* may the device key sign this element? (keyAuthorizations) */
gboolean mdoc_mso_is_authorized (MdocMso *self,
                                 const char *name_space,
                                 const char *element);

/* The first of the lists below that is there, or one of kind NONE: never NULL.
 */
const MdocMsoStatus *mdoc_mso_get_status (MdocMso *self);
const MdocMsoStatus *mdoc_mso_get_status_list (MdocMso *self);
const MdocMsoStatus *mdoc_mso_get_identifier_list (MdocMso *self);

G_END_DECLS
