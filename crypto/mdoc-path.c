/*
 * mdoc-path.c - whether a chain of certificates leads to an anchor
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate.h"

#include "crypto/mdoc-certificate-private.h"
#include "crypto/mdoc-crypto-private.h"

/*
 * RFC 5280, 6.1, for the profiles of ISO/IEC 18013-5, Annex B. No policies, as
 * the profiles forbid or ignore them. What differs from the RFC: the anchor is
 * a certificate, and is held to the rules like any other.
 */

/* The certificates that count: the chain up to the anchor, then the anchor
 * itself unless it is the last of them. */
typedef struct
{
  MdocCertificate *certificates[MDOC_CHAIN_MAX_LEN + 1];
  guint n;
} Path;

/**
 * mdoc_path_result_get_name:
 * @result: a result
 *
 * Returns: (transfer none): its name, for output that programs read: "ok",
 *   "no-anchor", "extended-key-usage"
 */
const char *
mdoc_path_result_get_name (MdocPathResult result)
{
  static const char *const names[] = {
    [MDOC_PATH_OK] = "ok",
    [MDOC_PATH_NO_CERTIFICATE] = "no-certificate",
    [MDOC_PATH_NO_ANCHOR] = "no-anchor",
    [MDOC_PATH_SIGNATURE] = "signature",
    [MDOC_PATH_NAME] = "name",
    [MDOC_PATH_NOT_YET_VALID] = "not-yet-valid",
    [MDOC_PATH_EXPIRED] = "expired",
    [MDOC_PATH_KEY_USAGE] = "key-usage",
    [MDOC_PATH_EXTENDED_KEY_USAGE] = "extended-key-usage",
    [MDOC_PATH_BASIC_CONSTRAINTS] = "basic-constraints",
    [MDOC_PATH_COUNTRY] = "country",
    [MDOC_PATH_STATE] = "state",
    [MDOC_PATH_CRITICAL_EXTENSION] = "critical-extension",
    [MDOC_PATH_REVOKED] = "revoked",
    [MDOC_PATH_CRL] = "crl",
    [MDOC_PATH_UNSUPPORTED] = "unsupported",
    [MDOC_PATH_TOO_LONG] = "too-long",
  };

  g_return_val_if_fail ((guint) result < G_N_ELEMENTS (names), "?");

  return names[result];
}

/* OK, SIGNATURE or UNSUPPORTED. What cannot be decided is not signed. */
static MdocPathResult
check_signature (MdocCertificate *certificate, MdocCertificate *issuer)
{
  g_autoptr (GError) error = NULL;
  gboolean is_signed = FALSE;

  if (mdoc_certificate_is_signed_by (certificate, issuer, &is_signed, &error))
    return is_signed ? MDOC_PATH_OK : MDOC_PATH_SIGNATURE;

  return g_error_matches (error,
                          MDOC_CRYPTO_ERROR,
                          MDOC_CRYPTO_ERROR_UNSUPPORTED)
             ? MDOC_PATH_UNSUPPORTED
             : MDOC_PATH_SIGNATURE;
}

static gboolean
is_issued_in_name_of (MdocCertificate *certificate, MdocCertificate *issuer)
{
  return mdoc_span_equal (mdoc_certificate_get_issuer_der (certificate),
                          mdoc_certificate_get_subject_der (issuer));
}

static MdocPathResult
check_link (MdocCertificate *certificate, MdocCertificate *issuer)
{
  if (!is_issued_in_name_of (certificate, issuer))
    return MDOC_PATH_NAME;

  return check_signature (certificate, issuer);
}

/* The whole certificate decides: name and key identifier can be copied. */
static gboolean
is_anchor (MdocCertificate *certificate, GPtrArray *anchors)
{
  for (guint i = 0; i < anchors->len; i++)
    {
      MdocCertificate *anchor = g_ptr_array_index (anchors, i);

      if (g_bytes_equal (mdoc_certificate_get_der (certificate),
                         mdoc_certificate_get_der (anchor)))
        return TRUE;
    }

  return FALSE;
}

/* A CA that has changed its key has two anchors of one name; each is tried. */
static MdocPathResult
find_issuing_anchor (MdocCertificate *top,
                     GPtrArray *anchors,
                     MdocCertificate **ret_anchor)
{
  MdocPathResult worst = MDOC_PATH_NO_ANCHOR;

  for (guint i = 0; i < anchors->len; i++)
    {
      MdocCertificate *anchor = g_ptr_array_index (anchors, i);
      MdocPathResult result;

      if (!is_issued_in_name_of (top, anchor))
        continue;

      result = check_signature (top, anchor);
      if (result == MDOC_PATH_OK)
        {
          *ret_anchor = anchor;
          return MDOC_PATH_OK;
        }
      if (result == MDOC_PATH_UNSUPPORTED)
        worst = MDOC_PATH_UNSUPPORTED;
    }

  return worst;
}

/* The path ends at the first certificate that is an anchor, whatever a sender
 * put above it; or else at an anchor that signed the last one. */
static MdocPathResult
build_path (GPtrArray *chain, GPtrArray *anchors, Path *path)
{
  gboolean anchored = FALSE;
  MdocCertificate *anchor = NULL;
  MdocPathResult result;

  for (guint i = 0; i < chain->len && !anchored; i++)
    {
      path->certificates[i] = g_ptr_array_index (chain, i);
      path->n = i + 1;
      anchored = is_anchor (path->certificates[i], anchors);
    }

  for (guint i = 0; i + 1 < path->n; i++)
    {
      result = check_link (path->certificates[i], path->certificates[i + 1]);
      if (result != MDOC_PATH_OK)
        return result;
    }

  if (anchored)
    return MDOC_PATH_OK;

  result = find_issuing_anchor (path->certificates[path->n - 1],
                                anchors,
                                &anchor);
  if (result != MDOC_PATH_OK)
    return result;

  path->certificates[path->n++] = anchor;
  return MDOC_PATH_OK;
}

/* What holds for every certificate of a path. */
static MdocPathResult
check_any (MdocCertificate *certificate, gint64 at_unix_s)
{
  const MdocCertificateView *view = mdoc_certificate_get_view (certificate);

  if (view->unknown_critical.oid.len != 0)
    return MDOC_PATH_CRITICAL_EXTENSION;
  if (at_unix_s < view->not_before_unix_s)
    return MDOC_PATH_NOT_YET_VALID;
  if (at_unix_s > view->not_after_unix_s)
    return MDOC_PATH_EXPIRED;

  return MDOC_PATH_OK;
}

/* The usages of ISO/IEC 18013-5 and of ISO/IEC 23220, of which documents other
 * than an mDL may have the latter alone. "Any usage" is none of them. */
static gboolean
has_usage (MdocCertificate *leaf, MdocPathProfile profile)
{
  switch (profile)
    {
    case MDOC_PATH_DOCUMENT_SIGNER:
      return mdoc_certificate_has_eku (leaf, MDOC_OID_EKU_MDL_DS)
             || mdoc_certificate_has_eku (leaf, MDOC_OID_EKU_MDOC_DS);
    case MDOC_PATH_READER:
      return mdoc_certificate_has_eku (leaf, MDOC_OID_EKU_MDL_READER)
             || mdoc_certificate_has_eku (leaf, MDOC_OID_EKU_MDOC_READER);
    case MDOC_PATH_VICAL_SIGNER:
      return mdoc_certificate_has_eku (leaf, MDOC_OID_EKU_MDL_VICAL)
             || mdoc_certificate_has_eku (leaf, MDOC_OID_EKU_MDOC_VICAL);
    default:
      return FALSE;
    }
}

/* The signer of AAMVA's production VICAL may commit to content and no more,
 * and the standard's table leaves the bits of that profile open. */
static guint
get_usable_bits (MdocPathProfile profile)
{
  if (profile == MDOC_PATH_VICAL_SIGNER)
    return MDOC_KEY_USAGE_DIGITAL_SIGNATURE | MDOC_KEY_USAGE_CONTENT_COMMITMENT;

  return MDOC_KEY_USAGE_DIGITAL_SIGNATURE;
}

static MdocPathResult
check_leaf (MdocCertificate *leaf, MdocPathProfile profile)
{
  const MdocCertificateView *view = mdoc_certificate_get_view (leaf);

  if ((view->key_usage & get_usable_bits (profile)) == 0)
    return MDOC_PATH_KEY_USAGE;
  if (!mdoc_certificate_is_critical (leaf, MDOC_EXTENSION_EXTENDED_KEY_USAGE)
      || !has_usage (leaf, profile))
    return MDOC_PATH_EXTENDED_KEY_USAGE;

  return MDOC_PATH_OK;
}

/* @n_below: intermediate certificates between this issuer and the leaf, without
 * those that are self-issued (RFC 5280, 4.2.1.9) */
static MdocPathResult
check_issuer (MdocCertificate *issuer, guint n_below)
{
  const MdocCertificateView *view = mdoc_certificate_get_view (issuer);

  if (!view->is_ca)
    return MDOC_PATH_BASIC_CONSTRAINTS;
  if (view->has_path_len && n_below > view->path_len)
    return MDOC_PATH_BASIC_CONSTRAINTS;
  if ((view->key_usage & MDOC_KEY_USAGE_KEY_CERT_SIGN) == 0)
    return MDOC_PATH_KEY_USAGE;

  return MDOC_PATH_OK;
}

/* Annex B: a document signer is of its IACA's country, and of its state if the
 * two name one. */
static MdocPathResult
check_jurisdiction (MdocCertificate *leaf, MdocCertificate *iaca)
{
  const char *country = mdoc_certificate_get_country (leaf);
  const char *state = mdoc_certificate_get_state (leaf);
  const char *iaca_state = mdoc_certificate_get_state (iaca);

  if (country == NULL
      || g_strcmp0 (country, mdoc_certificate_get_country (iaca)) != 0)
    return MDOC_PATH_COUNTRY;
  if (state != NULL && iaca_state != NULL && !g_str_equal (state, iaca_state))
    return MDOC_PATH_STATE;

  return MDOC_PATH_OK;
}

/* One CRL that is fresh is enough, but a revocation in any of them counts. An
 * issuer none of whose CRLs we were given is not held against a certificate;
 * one whose only CRLs are no good is. */
static MdocPathResult
check_revocation (MdocCertificate *certificate,
                  MdocCertificate *issuer,
                  GPtrArray *crls,
                  gint64 at_unix_s)
{
  gboolean has_good = FALSE;
  gboolean has_bad = FALSE;

  for (guint i = 0; i < crls->len; i++)
    {
      switch (mdoc_crl_ask (g_ptr_array_index (crls, i),
                            certificate,
                            issuer,
                            at_unix_s))
        {
        case MDOC_CRL_REVOKED:
          return MDOC_PATH_REVOKED;
        case MDOC_CRL_GOOD:
          has_good = TRUE;
          break;
        case MDOC_CRL_NOT_ITS:
          break;
        case MDOC_CRL_STALE:
        case MDOC_CRL_UNUSABLE:
        case MDOC_CRL_UNSUPPORTED:
        default:
          has_bad = TRUE;
          break;
        }
    }

  return has_bad && !has_good ? MDOC_PATH_CRL : MDOC_PATH_OK;
}

static MdocPathResult
check_path (const Path *path, MdocPathProfile profile, gint64 at_unix_s)
{
  MdocCertificate *leaf = path->certificates[0];
  MdocPathResult result = MDOC_PATH_OK;
  guint n_below = 0;

  for (guint i = 0; i < path->n && result == MDOC_PATH_OK; i++)
    result = check_any (path->certificates[i], at_unix_s);
  if (result == MDOC_PATH_OK)
    result = check_leaf (leaf, profile);

  for (guint i = 1; i < path->n && result == MDOC_PATH_OK; i++)
    {
      result = check_issuer (path->certificates[i], n_below);
      if (!mdoc_certificate_is_self_issued (path->certificates[i]))
        n_below++;
    }

  if (result == MDOC_PATH_OK && profile == MDOC_PATH_DOCUMENT_SIGNER)
    result = check_jurisdiction (leaf, path->certificates[path->n - 1]);

  return result;
}

/**
 * mdoc_path_validate:
 * @chain: (element-type MdocCertificate): leaf first, without or with the root
 * @anchors: (element-type MdocCertificate): whom to trust; roots, but also
 *   intermediate certificates or leaves
 * @crls: (nullable) (element-type MdocCrl): what to check revocation against;
 *   those of other issuers are ignored
 * @profile: which profile of Annex B the leaf must meet
 * @at_unix_s: the time to judge validity at, in seconds since 1970
 * @ret_anchor: (out) (optional) (transfer none): the anchor, on success
 *
 * Validates a certification path. An anchor counts if it is, byte for byte, a
 * certificate of the chain, or if its key verifies the last one, issued in its
 * name; never for a key identifier. The cost is one verification for each link;
 * what has been validated may be remembered by the caller, by fingerprint.
 *
 * Returns: %MDOC_PATH_OK, or the first thing that does not hold: links and
 *   anchor first, from the leaf upwards, then the rules, then revocation
 */
MdocPathResult
mdoc_path_validate (GPtrArray *chain,
                    GPtrArray *anchors,
                    GPtrArray *crls,
                    MdocPathProfile profile,
                    gint64 at_unix_s,
                    MdocCertificate **ret_anchor)
{
  Path path = { 0 };
  MdocPathResult result;

  g_return_val_if_fail (chain != NULL, MDOC_PATH_NO_CERTIFICATE);
  g_return_val_if_fail (anchors != NULL, MDOC_PATH_NO_ANCHOR);

  if (chain->len == 0)
    return MDOC_PATH_NO_CERTIFICATE;
  if (chain->len > MDOC_CHAIN_MAX_LEN)
    return MDOC_PATH_TOO_LONG;

  result = build_path (chain, anchors, &path);
  if (result == MDOC_PATH_OK)
    result = check_path (&path, profile, at_unix_s);

  for (guint i = 0; crls != NULL && result == MDOC_PATH_OK && i + 1 < path.n;
       i++)
    result = check_revocation (path.certificates[i],
                               path.certificates[i + 1],
                               crls,
                               at_unix_s);

  if (result == MDOC_PATH_OK && ret_anchor != NULL)
    *ret_anchor = path.certificates[path.n - 1];
  return result;
}
