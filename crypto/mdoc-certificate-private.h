/*
 * mdoc-certificate-private.h - a certificate as path validation and lint see it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-x509.h"

G_BEGIN_DECLS

/* The extensions of which anything is known here. The bits of their names are
 * how MdocCertificateView tells which are there. */
typedef enum
{
  MDOC_EXTENSION_KEY_USAGE,
  MDOC_EXTENSION_BASIC_CONSTRAINTS,
  MDOC_EXTENSION_EXTENDED_KEY_USAGE,
  MDOC_EXTENSION_SUBJECT_KEY_IDENTIFIER,
  MDOC_EXTENSION_AUTHORITY_KEY_IDENTIFIER,
  MDOC_EXTENSION_SUBJECT_ALT_NAME,
  MDOC_EXTENSION_ISSUER_ALT_NAME,
  MDOC_EXTENSION_CRL_DISTRIBUTION_POINTS,
  /* so far we understand them; a critical one of the following is refused */
  MDOC_EXTENSION_N_PROCESSED,
  MDOC_EXTENSION_CERTIFICATE_POLICIES = MDOC_EXTENSION_N_PROCESSED,
  MDOC_EXTENSION_POLICY_MAPPINGS,
  MDOC_EXTENSION_NAME_CONSTRAINTS,
  MDOC_EXTENSION_POLICY_CONSTRAINTS,
  MDOC_EXTENSION_INHIBIT_ANY_POLICY,
  MDOC_EXTENSION_FRESHEST_CRL,
  MDOC_EXTENSION_N_KNOWN,
} MdocExtensionId;

/* KeyUsage, bit n of RFC 5280, 4.2.1.3, as 1 << n */
#define MDOC_KEY_USAGE_DIGITAL_SIGNATURE  (1U << 0)
#define MDOC_KEY_USAGE_CONTENT_COMMITMENT (1U << 1) /* non-repudiation */
#define MDOC_KEY_USAGE_KEY_CERT_SIGN      (1U << 5)
#define MDOC_KEY_USAGE_CRL_SIGN           (1U << 6)

/**
 * MdocCertificateView:
 *
 * What stands in a certificate, taken apart. Spans borrow its bytes.
 */
typedef struct
{
  MdocSigned outer;
  guint version; /* 1 or 3; or 2 */
  MdocSpan serial;
  MdocSpan issuer;  /* Name, tag and all */
  MdocSpan subject; /* Name, tag and all */
  MdocSpan spki;    /* tag and all */
  MdocSpan point;   /* inside it */
  gint64 not_before_unix_s;
  gint64 not_after_unix_s;
  MdocSpan validity; /* content: the two times as they stand there */

  /* one by its MdocExtensionId; oid is empty where it is not there */
  MdocExtension extensions[MDOC_EXTENSION_N_KNOWN];
  guint n_extensions; /* the unknown included */
  /* first that is critical and not processed; oid is empty if there is none */
  MdocExtension unknown_critical;

  guint key_usage; /* bits; 0 if not there */
  gboolean is_ca;
  gboolean has_path_len;
  guint path_len;
  MdocSpan eku; /* content: OBJECT IDENTIFIERs; empty if not there */
  MdocSpan ski; /* empty if not there, and so is the next */
  MdocSpan aki;
} MdocCertificateView;

gboolean mdoc_certificate_view_read (MdocSpan der,
                                     MdocCertificateView *ret_view,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
const MdocCertificateView *mdoc_certificate_get_view (MdocCertificate *self);
gboolean mdoc_certificate_has (MdocCertificate *self, MdocExtensionId id);
gboolean
mdoc_certificate_is_critical (MdocCertificate *self, MdocExtensionId id);
const char *mdoc_extension_id_get_oid (MdocExtensionId id); /* dotted */
/* subject and issuer bit for bit the same */
gboolean mdoc_certificate_is_self_issued (MdocCertificate *self);

/* the key identifier that Annex B asks for */
void mdoc_certificate_hash_key (MdocPublicKey *key, guint8 ret_sha1[20]);

/* What a CRL says about a certificate that @issuer issued. */
typedef enum
{
  MDOC_CRL_NOT_ITS, /* it is another issuer's */
  MDOC_CRL_GOOD,
  MDOC_CRL_REVOKED,
  MDOC_CRL_STALE,
  MDOC_CRL_UNUSABLE, /* signature, key usage or critical extension */
  MDOC_CRL_UNSUPPORTED,
} MdocCrlAnswer;

MdocCrlAnswer mdoc_crl_ask (MdocCrl *self,
                            MdocCertificate *certificate,
                            MdocCertificate *issuer,
                            gint64 at_unix_s);

G_END_DECLS
