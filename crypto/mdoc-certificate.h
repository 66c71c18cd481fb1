/*
 * mdoc-certificate.h - X.509 certificates, CRLs and path validation
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"

G_BEGIN_DECLS

#define MDOC_CERTIFICATE_MAX_BYTES ((gsize) 16 * 1024)
#define MDOC_CRL_MAX_BYTES         ((gsize) 4 * 1024 * 1024)
#define MDOC_CHAIN_MAX_LEN         8

/* extended key usages (ISO/IEC 18013-5, Annex B) */
#define MDOC_OID_EKU_MDL_DS      "1.0.18013.5.1.2"
#define MDOC_OID_EKU_MDL_READER  "1.0.18013.5.1.6"
#define MDOC_OID_EKU_MDL_VICAL   "1.0.18013.5.1.8"
#define MDOC_OID_EKU_MDOC_DS     "1.0.23220.4.1.2"
#define MDOC_OID_EKU_MDOC_READER "1.0.23220.4.1.6"
#define MDOC_OID_EKU_MDOC_VICAL  "1.0.23220.4.1.8"

/**
 * MdocCertificate:
 *
 * A parsed X.509 certificate. Immutable, reference-counted. Nothing about it
 * has been verified: that is what mdoc_path_validate() is for.
 */
typedef struct _MdocCertificate MdocCertificate;

MdocCertificate *mdoc_certificate_parse (GBytes *der, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* all the certificates of a PEM file, in order; @len bytes, need no NUL */
GPtrArray *
mdoc_certificate_parse_pem (const char *pem, gsize len, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* a file's content: PEM with at least one certificate, or one in DER */
GPtrArray *mdoc_certificate_parse_file (GBytes *content, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocCertificate *mdoc_certificate_ref (MdocCertificate *self);
void mdoc_certificate_unref (MdocCertificate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocCertificate, mdoc_certificate_unref)

GBytes *mdoc_certificate_get_der (MdocCertificate *self);
MdocPublicKey *mdoc_certificate_get_public_key (MdocCertificate *self);
const char *
mdoc_certificate_get_common_name (MdocCertificate *self);         /* nullable */
const char *mdoc_certificate_get_country (MdocCertificate *self); /* nullable */
const char *mdoc_certificate_get_state (MdocCertificate *self);   /* nullable */
char *mdoc_certificate_dup_subject (MdocCertificate *self); /* for people */
char *mdoc_certificate_dup_issuer (MdocCertificate *self);
MdocSpan mdoc_certificate_get_subject_der (MdocCertificate *self);
MdocSpan mdoc_certificate_get_issuer_der (MdocCertificate *self);
MdocSpan mdoc_certificate_get_serial (MdocCertificate *self);
gint64 mdoc_certificate_get_not_before (MdocCertificate *self); /* unix s */
gint64 mdoc_certificate_get_not_after (MdocCertificate *self);  /* unix s */
MdocSpan mdoc_certificate_get_ski (MdocCertificate *self); /* empty if none */
MdocSpan mdoc_certificate_get_aki (MdocCertificate *self); /* empty if none */
gboolean mdoc_certificate_has_eku (MdocCertificate *self, const char *oid);
void
mdoc_certificate_get_fingerprint (MdocCertificate *self, guint8 ret_sha256[32]);
/* does @issuer's key verify this certificate's signature? FALSE from the start
 */
gboolean mdoc_certificate_is_signed_by (MdocCertificate *self,
                                        MdocCertificate *issuer,
                                        gboolean *ret_signed,
                                        GError **error);
/* may it sign other certificates (RFC 5280, 4.2.1.3 and 4.2.1.9)? @n_below:
 * others between what it signs and the leaf */
gboolean mdoc_certificate_may_issue (MdocCertificate *self, guint n_below);

/**
 * MdocCrl: a certificate revocation list, signature not yet checked; a path
 * validation checks it.
 */
typedef struct _MdocCrl MdocCrl;
MdocCrl *mdoc_crl_parse (GBytes *der, GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocCrl *mdoc_crl_ref (MdocCrl *self);
void mdoc_crl_unref (MdocCrl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocCrl, mdoc_crl_unref)

/* Which profile of Annex B the leaf of a path must meet. */
typedef enum
{
  MDOC_PATH_DOCUMENT_SIGNER, /* anchors are IACA roots */
  MDOC_PATH_READER,          /* anchors are reader CAs */
  MDOC_PATH_VICAL_SIGNER,
} MdocPathProfile;

/* Why a path does not hold: every one is a finding a verifier may print. */
typedef enum
{
  MDOC_PATH_OK,
  MDOC_PATH_NO_CERTIFICATE, /* the chain is empty */
  MDOC_PATH_NO_ANCHOR,      /* no anchor is, or signed, the top */
  MDOC_PATH_SIGNATURE,      /* a link of the chain is not signed by the next */
  MDOC_PATH_NAME,           /* issuer is not the subject of the next */
  MDOC_PATH_NOT_YET_VALID,
  MDOC_PATH_EXPIRED,
  MDOC_PATH_KEY_USAGE,
  MDOC_PATH_EXTENDED_KEY_USAGE,
  MDOC_PATH_BASIC_CONSTRAINTS, /* an issuer is no CA, or pathLen exceeded */
  MDOC_PATH_COUNTRY,
  MDOC_PATH_STATE,
  MDOC_PATH_CRITICAL_EXTENSION, /* unknown and critical */
  MDOC_PATH_REVOKED,
  MDOC_PATH_CRL,         /* the CRL given is stale or not the issuer's */
  MDOC_PATH_UNSUPPORTED, /* algorithm this backend lacks */
  MDOC_PATH_TOO_LONG,    /* more than MDOC_CHAIN_MAX_LEN certificates */
} MdocPathResult;

const char *mdoc_path_result_get_name (MdocPathResult result); /* "no-anchor" */

/* @chain: leaf first, of #MdocCertificate, without or with the root.
 * @anchors: #MdocCertificate; compared by whole certificate or by signature,
 *   never by key identifier. @crls: (nullable) of #MdocCrl.
 * @at_unix_s: the time to judge validity at.
 * @ret_anchor: (out) (optional) (transfer none): the anchor, if MDOC_PATH_OK.
 * Returns: MDOC_PATH_OK or the first thing that does not hold. */
MdocPathResult mdoc_path_validate (GPtrArray *chain,
                                   GPtrArray *anchors,
                                   GPtrArray *crls,
                                   MdocPathProfile profile,
                                   gint64 at_unix_s,
                                   MdocCertificate **ret_anchor);

/* One rule of Annex B that a certificate meets or breaks. */
typedef struct
{
  const char *rule;    /* "eku-critical", static */
  gboolean is_warning; /* a recommendation, not a requirement */
  char *detail;        /* what was found, for people */
} MdocLintFinding;

typedef enum
{
  MDOC_LINT_IACA,
  MDOC_LINT_DOCUMENT_SIGNER,
  MDOC_LINT_READER,
} MdocLintProfile;

/* Returns: (transfer full): #MdocLintFinding, one a broken rule; empty if none
 */
GPtrArray *mdoc_certificate_lint (MdocCertificate *self,
                                  MdocLintProfile profile,
                                  MdocCertificate *issuer /* nullable */);
/* all rules of a profile, NULL-terminated, for --help and the man page */
const char *const *mdoc_certificate_lint_get_rules (MdocLintProfile profile);

/* What make-pki writes. Fields that are NULL are left out. */
typedef struct
{
  MdocLintProfile profile;
  gboolean is_ca; /* IACA root or reader CA */
  const char *common_name;
  const char *country;      /* two letters */
  const char *state;        /* nullable */
  const char *organization; /* nullable */
  gint64 not_before_unix_s;
  gint64 not_after_unix_s;
  const char *issuer_alt_uri; /* IAN */
  const char *crl_uri;        /* CRL distribution point */
} MdocCertificateTemplate;

/* @issuer NULL: self-signed with @issuer_key, which is then @subject's own.
 * @issuer_key may be of any kind; both backends can do it. */
MdocCertificate *
mdoc_certificate_build (const MdocCertificateTemplate *template_,
                        MdocPublicKey *subject,
                        MdocCertificate *issuer,
                        MdocKey *issuer_key,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An empty or filled CRL v2 of @issuer; @serials of GBytes. */
GBytes *mdoc_crl_build (MdocCertificate *issuer,
                        MdocKey *issuer_key,
                        GPtrArray *serials,
                        gint64 this_update_unix_s,
                        gint64 next_update_unix_s,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_certificate_to_pem (MdocCertificate *self);

G_END_DECLS
