/*
 * mdoc-certificate-view.c - taking a certificate apart
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate-private.h"
#include "crypto/mdoc-crypto-private.h"

/* Duplicates are found by comparing each with each. */
#define MAX_EXTENSIONS 64
#define MAX_SERIAL_LEN 64 /* lint says more than 20 is wrong; some do it */
#define MAX_PATH_LEN   255

/* all of them 2.5.29.n */
static const struct
{
  guint8 arc;
  const char *dotted;
} extension_oids[MDOC_EXTENSION_N_KNOWN] = {
  [MDOC_EXTENSION_KEY_USAGE] = { 15, "2.5.29.15" },
  [MDOC_EXTENSION_BASIC_CONSTRAINTS] = { 19, "2.5.29.19" },
  [MDOC_EXTENSION_EXTENDED_KEY_USAGE] = { 37, "2.5.29.37" },
  [MDOC_EXTENSION_SUBJECT_KEY_IDENTIFIER] = { 14, "2.5.29.14" },
  [MDOC_EXTENSION_AUTHORITY_KEY_IDENTIFIER] = { 35, "2.5.29.35" },
  [MDOC_EXTENSION_SUBJECT_ALT_NAME] = { 17, "2.5.29.17" },
  [MDOC_EXTENSION_ISSUER_ALT_NAME] = { 18, "2.5.29.18" },
  [MDOC_EXTENSION_CRL_DISTRIBUTION_POINTS] = { 31, "2.5.29.31" },
  [MDOC_EXTENSION_CERTIFICATE_POLICIES] = { 32, "2.5.29.32" },
  [MDOC_EXTENSION_POLICY_MAPPINGS] = { 33, "2.5.29.33" },
  [MDOC_EXTENSION_NAME_CONSTRAINTS] = { 30, "2.5.29.30" },
  [MDOC_EXTENSION_POLICY_CONSTRAINTS] = { 36, "2.5.29.36" },
  [MDOC_EXTENSION_INHIBIT_ANY_POLICY] = { 54, "2.5.29.54" },
  [MDOC_EXTENSION_FRESHEST_CRL] = { 46, "2.5.29.46" },
};

static gboolean
refuse (GError **error, const char *what)
{
  return mdoc_crypto_refuse (error,
                             MDOC_CRYPTO_ERROR_CERTIFICATE,
                             "certificate: %s",
                             what);
}

static MdocExtensionId
find_extension (MdocSpan oid)
{
  if (oid.len == 3 && oid.data[0] == 0x55 && oid.data[1] == 0x1d)
    {
      for (guint i = 0; i < MDOC_EXTENSION_N_KNOWN; i++)
        {
          if (extension_oids[i].arc == oid.data[2])
            return (MdocExtensionId) i;
        }
    }

  return MDOC_EXTENSION_N_KNOWN;
}

/* KeyUsage ::= BIT STRING; bit 0 is the highest of the first byte. */
static gboolean
parse_key_usage (MdocCertificateView *view, MdocSpan value)
{
  MdocDer der = mdoc_der_open (value);
  MdocSpan bits;
  guint n_unused;

  if (!mdoc_der_read_bits (&der, &n_unused, &bits)
      || !mdoc_der_is_at_end (&der))
    return FALSE;

  for (guint i = 0; i < 9 && i < 8 * bits.len; i++)
    {
      if (bits.data[i / 8] & (0x80U >> i % 8))
        view->key_usage |= 1U << i;
    }

  return TRUE;
}

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE,
 *   pathLenConstraint INTEGER (0..MAX) OPTIONAL } */
static gboolean
parse_basic_constraints (MdocCertificateView *view, MdocSpan value)
{
  MdocDer outer = mdoc_der_open (value);
  MdocDer der;
  guint32 path_len;

  if (!mdoc_der_enter (&outer, MDOC_DER_SEQUENCE, &der)
      || !mdoc_der_is_at_end (&outer))
    return FALSE;

  if (mdoc_der_next_is (&der, MDOC_DER_BOOLEAN)
      && !mdoc_der_read_boolean (&der, &view->is_ca))
    return FALSE;

  if (!mdoc_der_is_at_end (&der))
    {
      if (!mdoc_der_read_small_uint (&der, MAX_PATH_LEN, &path_len))
        return FALSE;
      view->has_path_len = TRUE;
      view->path_len = path_len;
    }

  return mdoc_der_is_at_end (&der);
}

/* ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER */
static gboolean
parse_eku (MdocCertificateView *view, MdocSpan value)
{
  MdocDer outer = mdoc_der_open (value);
  MdocDer der;
  MdocSpan oid;

  if (!mdoc_der_read (&outer, MDOC_DER_SEQUENCE, &view->eku)
      || !mdoc_der_is_at_end (&outer) || view->eku.len == 0)
    return FALSE;

  der = mdoc_der_open (view->eku);
  while (!mdoc_der_is_at_end (&der))
    {
      if (!mdoc_der_read (&der, MDOC_DER_OID, &oid))
        return FALSE;
    }

  return TRUE;
}

static gboolean
parse_ski (MdocCertificateView *view, MdocSpan value)
{
  MdocDer der = mdoc_der_open (value);

  return mdoc_der_read (&der, MDOC_DER_OCTET_STRING, &view->ski)
         && mdoc_der_is_at_end (&der);
}

/* Those that decide something are taken apart; the others are for the lint. */
static gboolean
parse_extension (MdocCertificateView *view, MdocExtensionId id)
{
  const MdocSpan value = view->extensions[id].value;

  if (id == MDOC_EXTENSION_KEY_USAGE)
    return parse_key_usage (view, value);
  if (id == MDOC_EXTENSION_BASIC_CONSTRAINTS)
    return parse_basic_constraints (view, value);
  if (id == MDOC_EXTENSION_EXTENDED_KEY_USAGE)
    return parse_eku (view, value);
  if (id == MDOC_EXTENSION_SUBJECT_KEY_IDENTIFIER)
    return parse_ski (view, value);
  if (id == MDOC_EXTENSION_AUTHORITY_KEY_IDENTIFIER)
    return mdoc_x509_read_aki (value, &view->aki);

  return TRUE;
}

static gboolean
is_duplicate (MdocDer seen, const MdocExtension *extension, guint n)
{
  MdocExtension other;

  for (guint i = 0; i < n && mdoc_extension_read (&seen, &other); i++)
    {
      if (mdoc_span_equal (other.oid, extension->oid))
        return TRUE;
    }

  return FALSE;
}

/* extensions [3] EXPLICIT SEQUENCE SIZE (1..MAX) OF Extension. One twice is
 * refused: two readers might take a different one. */
static gboolean
parse_extensions (MdocCertificateView *view, MdocDer *wrap, GError **error)
{
  MdocDer list;
  MdocDer first;
  MdocExtension extension;

  if (!mdoc_der_enter (wrap, MDOC_DER_SEQUENCE, &list)
      || !mdoc_der_is_at_end (wrap) || mdoc_der_is_at_end (&list))
    return refuse (error, "malformed extensions");

  first = list;
  while (!mdoc_der_is_at_end (&list))
    {
      MdocExtensionId id;

      if (view->n_extensions == MAX_EXTENSIONS)
        return refuse (error, "too many extensions");
      if (!mdoc_extension_read (&list, &extension))
        return refuse (error, "malformed extension");
      if (is_duplicate (first, &extension, view->n_extensions))
        return refuse (error, "an extension twice");

      view->n_extensions++;
      id = find_extension (extension.oid);
      if (id >= MDOC_EXTENSION_N_PROCESSED && extension.is_critical
          && view->unknown_critical.oid.len == 0)
        view->unknown_critical = extension;
      if (id == MDOC_EXTENSION_N_KNOWN)
        continue;

      view->extensions[id] = extension;
      if (!parse_extension (view, id))
        return mdoc_crypto_refuse (error,
                                   MDOC_CRYPTO_ERROR_CERTIFICATE,
                                   "certificate: malformed extension %s",
                                   extension_oids[id].dotted);
    }

  return TRUE;
}

/* Version ::= INTEGER { v1(0), v2(1), v3(2) }, [0] EXPLICIT, DEFAULT v1 */
static gboolean
parse_version (MdocCertificateView *view, MdocDer *tbs)
{
  MdocDer wrap;
  guint32 version;

  view->version = 1;
  if (!mdoc_der_next_is (tbs, MDOC_DER_EXPLICIT (0)))
    return TRUE;

  if (!mdoc_der_enter (tbs, MDOC_DER_EXPLICIT (0), &wrap)
      || !mdoc_der_read_small_uint (&wrap, 2, &version)
      || !mdoc_der_is_at_end (&wrap))
    return FALSE;

  view->version = 1 + version;
  return TRUE;
}

static gboolean
parse_validity (MdocCertificateView *view, MdocDer *tbs)
{
  MdocDer validity;

  if (!mdoc_der_read (tbs, MDOC_DER_SEQUENCE, &view->validity))
    return FALSE;

  validity = mdoc_der_open (view->validity);
  return mdoc_der_read_time (&validity, &view->not_before_unix_s)
         && mdoc_der_read_time (&validity, &view->not_after_unix_s)
         && mdoc_der_is_at_end (&validity);
}

static gboolean
skip_optional (MdocDer *tbs, guint8 tag)
{
  MdocSpan content;

  return !mdoc_der_next_is (tbs, tag) || mdoc_der_read (tbs, tag, &content);
}

/* TBSCertificate ::= SEQUENCE { version, serialNumber, signature, issuer,
 *   validity, subject, subjectPublicKeyInfo, issuerUniqueID [1],
 *   subjectUniqueID [2], extensions [3] }  (RFC 5280, 4.1) */
static gboolean
parse_tbs (MdocCertificateView *view, MdocDer *tbs, GError **error)
{
  MdocSpan algorithm;
  MdocDer wrap;

  if (!parse_version (view, tbs))
    return refuse (error, "unknown version");
  if (!mdoc_der_read_integer (tbs, &view->serial)
      || view->serial.len > MAX_SERIAL_LEN)
    return refuse (error, "malformed serial number");
  /* else the signed and the unsigned algorithm could say different things */
  if (!mdoc_der_read_encoded (tbs, MDOC_DER_SEQUENCE, &algorithm)
      || !mdoc_span_equal (algorithm, view->outer.algorithm))
    return refuse (error, "two different signature algorithms");
  if (!mdoc_der_read_encoded (tbs, MDOC_DER_SEQUENCE, &view->issuer))
    return refuse (error, "malformed issuer");
  if (!parse_validity (view, tbs))
    return refuse (error, "malformed validity");
  if (!mdoc_der_read_encoded (tbs, MDOC_DER_SEQUENCE, &view->subject))
    return refuse (error, "malformed subject");
  if (!mdoc_der_read_encoded (tbs, MDOC_DER_SEQUENCE, &view->spki))
    return refuse (error, "malformed key");
  if (!skip_optional (tbs, MDOC_DER_CONTEXT (1))
      || !skip_optional (tbs, MDOC_DER_CONTEXT (2)))
    return refuse (error, "malformed unique identifier");

  if (mdoc_der_next_is (tbs, MDOC_DER_EXPLICIT (3)))
    {
      if (view->version != 3)
        return refuse (error, "extensions, but not version 3");
      if (!mdoc_der_enter (tbs, MDOC_DER_EXPLICIT (3), &wrap))
        return refuse (error, "malformed extensions");
      if (!parse_extensions (view, &wrap, error))
        return FALSE;
    }

  if (!mdoc_der_is_at_end (tbs))
    return refuse (error, "unexpected content");

  return TRUE;
}

/**
 * mdoc_certificate_view_read:
 * @der: a Certificate and nothing else; outlives @ret_view
 * @ret_view: (out): what stands in it; undefined on failure
 * @error: return location for a #MdocCryptoError
 *
 * Takes a certificate apart. Neither the characters of its names nor its key
 * are looked at.
 *
 * Returns: %TRUE, or %FALSE with %MDOC_CRYPTO_ERROR_CERTIFICATE
 */
gboolean
mdoc_certificate_view_read (MdocSpan der,
                            MdocCertificateView *ret_view,
                            GError **error)
{
  MdocDer tbs;

  *ret_view = (MdocCertificateView){ 0 };
  if (!mdoc_signed_read (der, &ret_view->outer, &tbs))
    return refuse (error, "not X.509");

  return parse_tbs (ret_view, &tbs, error);
}

/**
 * mdoc_extension_id_get_oid:
 * @id: an extension
 *
 * Returns: (transfer none): its object identifier in dotted decimals
 */
const char *
mdoc_extension_id_get_oid (MdocExtensionId id)
{
  return extension_oids[id].dotted;
}
