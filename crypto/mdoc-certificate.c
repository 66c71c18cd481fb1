/*
 * mdoc-certificate.c - X.509 certificates, parsed and not trusted
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate.h"

#include "crypto/mdoc-certificate-private.h"
#include "crypto/mdoc-crypto-private.h"
#include "crypto/mdoc-pem.h"

/* Duplicates are found by comparing each with each. */
#define MAX_EXTENSIONS 64
#define MAX_SERIAL_LEN 64 /* lint says more than 20 is wrong; some do it */
#define MAX_PATH_LEN   255

/* A file of trust anchors has dozens of certificates. */
#define MAX_PEM_CERTIFICATES 1024

struct _MdocCertificate
{
  gatomicrefcount refs;
  GBytes *der;
  MdocCertificateView view;
  MdocPublicKey *public_key;
  char *common_name;
  char *country;
  char *state;
};

/* 2.5.29.n but for the last of these, which is 1.3.6.1.5.5.7.1.1 */
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
  [MDOC_EXTENSION_AUTHORITY_INFO_ACCESS] = { 0, "1.3.6.1.5.5.7.1.1" },
};
static const guint8 oid_authority_info_access[] = { 0x2b, 0x06, 0x01, 0x05,
                                                    0x05, 0x07, 0x01, 0x01 };

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
  if (mdoc_span_equal (oid,
                       MDOC_SPAN (oid_authority_info_access,
                                  sizeof (oid_authority_info_access))))
    return MDOC_EXTENSION_AUTHORITY_INFO_ACCESS;

  if (oid.len == 3 && oid.data[0] == 0x55 && oid.data[1] == 0x1d)
    {
      for (guint i = 0; i < MDOC_EXTENSION_N_KNOWN; i++)
        {
          if (extension_oids[i].arc != 0
              && extension_oids[i].arc == oid.data[2])
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

/* The first attribute of a type counts; lint warns of a second. */
static void
take_text (char **text, const MdocAttribute *attribute)
{
  if (*text == NULL)
    *text = mdoc_attribute_dup_text (attribute);
}

static gboolean
parse_names (MdocCertificate *self)
{
  MdocNameReader reader;
  MdocAttribute attribute;
  gboolean malformed;

  if (!mdoc_name_open (self->view.issuer, &reader))
    return FALSE;
  while (mdoc_name_next (&reader, &attribute, &malformed))
    continue;
  if (malformed || !mdoc_name_open (self->view.subject, &reader))
    return FALSE;

  while (mdoc_name_next (&reader, &attribute, &malformed))
    {
      switch (mdoc_attribute_get_type (&attribute))
        {
        case MDOC_ATTRIBUTE_COMMON_NAME:
          take_text (&self->common_name, &attribute);
          break;
        case MDOC_ATTRIBUTE_COUNTRY:
          take_text (&self->country, &attribute);
          break;
        case MDOC_ATTRIBUTE_STATE:
          take_text (&self->state, &attribute);
          break;
        default:
          break;
        }
    }

  return !malformed;
}

static gboolean
parse_key (MdocCertificate *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  MdocCurve curve;

  if (mdoc_key_form_read_spki (self->view.spki,
                               &curve,
                               &self->view.point,
                               &local_error))
    self->public_key = mdoc_public_key_new_from_point (curve,
                                                       self->view.point,
                                                       &local_error);
  if (self->public_key != NULL)
    return TRUE;

  if (g_error_matches (local_error,
                       MDOC_CRYPTO_ERROR,
                       MDOC_CRYPTO_ERROR_UNSUPPORTED))
    {
      g_propagate_prefixed_error (error,
                                  g_steal_pointer (&local_error),
                                  "certificate: ");
      return FALSE;
    }

  return refuse (error, local_error->message);
}

/**
 * mdoc_certificate_parse:
 * @der: a Certificate and nothing else, at most %MDOC_CERTIFICATE_MAX_BYTES;
 *   kept, not copied
 * @error: return location for a #MdocCryptoError:
 *   %MDOC_CRYPTO_ERROR_CERTIFICATE if it is none, or its key is not on its
 *   curve, %MDOC_CRYPTO_ERROR_UNSUPPORTED if its key is of a kind that this
 *   backend lacks, such as RSA
 *
 * Takes a certificate apart. Certificates that break a profile are parsed as
 * long as they are X.509, also those without any extensions; unknown critical
 * extensions are for mdoc_path_validate() to refuse.
 *
 * Returns: (transfer full): the certificate, or %NULL with @error set
 */
MdocCertificate *
mdoc_certificate_parse (GBytes *der, GError **error)
{
  g_autoptr (MdocCertificate) self = NULL;
  MdocDer tbs;

  g_return_val_if_fail (der != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_bytes_get_size (der) > MDOC_CERTIFICATE_MAX_BYTES)
    {
      refuse (error, "too long");
      return NULL;
    }

  self = g_new0 (MdocCertificate, 1);
  g_atomic_ref_count_init (&self->refs);
  self->der = g_bytes_ref (der);
  if (!mdoc_signed_read (mdoc_span_from_bytes (der), &self->view.outer, &tbs))
    {
      refuse (error, "not X.509");
      return NULL;
    }
  if (!parse_tbs (&self->view, &tbs, error))
    return NULL;
  if (!parse_names (self))
    {
      refuse (error, "malformed name");
      return NULL;
    }
  if (!parse_key (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_certificate_parse_pem:
 * @pem: a text with PEM blocks
 * @len: its length in bytes; no NUL is needed
 * @error: return location for a #MdocCryptoError
 *
 * Parses all the blocks "CERTIFICATE", in order; other blocks are skipped. One
 * bad block fails the whole, as does a text without any.
 *
 * Returns: (transfer full) (element-type MdocCertificate): the certificates, or
 *   %NULL with @error set
 */
GPtrArray *
mdoc_certificate_parse_pem (const char *pem, gsize len, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;
  MdocPem reader;

  g_return_val_if_fail (pem != NULL || len == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  found = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  reader = mdoc_pem_open (MDOC_SPAN ((const guint8 *) pem, len));
  for (;;)
    {
      g_autoptr (MdocSecret) content = NULL;
      g_autoptr (GBytes) der = NULL;
      MdocCertificate *certificate;
      MdocSpan label;
      MdocPemResult result;

      result = mdoc_pem_next (&reader, &label, &content);
      if (result == MDOC_PEM_END)
        break;
      if (result == MDOC_PEM_MALFORMED)
        {
          refuse (error, "malformed PEM");
          return NULL;
        }
      if (!mdoc_span_equals_text (label, "CERTIFICATE"))
        continue;
      if (found->len == MAX_PEM_CERTIFICATES)
        {
          refuse (error, "too many in one PEM text");
          return NULL;
        }

      der = mdoc_span_dup (mdoc_secret_get_span (content));
      certificate = mdoc_certificate_parse (der, error);
      if (certificate == NULL)
        return NULL;
      g_ptr_array_add (found, certificate);
    }

  if (found->len == 0)
    {
      refuse (error, "no PEM block \"CERTIFICATE\"");
      return NULL;
    }

  return g_steal_pointer (&found);
}

/**
 * mdoc_certificate_ref:
 * @self: a certificate
 *
 * Returns: (transfer full): @self
 */
MdocCertificate *
mdoc_certificate_ref (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_certificate_unref:
 * @self: (nullable) (transfer full): a certificate
 */
void
mdoc_certificate_unref (MdocCertificate *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->public_key, mdoc_public_key_unref);
  g_clear_pointer (&self->der, g_bytes_unref);
  g_free (self->common_name);
  g_free (self->country);
  g_free (self->state);
  g_free (self);
}

/**
 * mdoc_certificate_get_der:
 * @self: a certificate
 *
 * Returns: (transfer none): the bytes that were parsed, unchanged
 */
GBytes *
mdoc_certificate_get_der (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->der;
}

/**
 * mdoc_certificate_get_public_key:
 * @self: a certificate
 *
 * Returns: (transfer none): the key that it certifies
 */
MdocPublicKey *
mdoc_certificate_get_public_key (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->public_key;
}

/**
 * mdoc_certificate_get_common_name:
 * @self: a certificate
 *
 * Returns: (transfer none) (nullable): the subject's first commonName, as
 *   UTF-8; it may hold any character but NUL
 */
const char *
mdoc_certificate_get_common_name (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->common_name;
}

/**
 * mdoc_certificate_get_country:
 * @self: a certificate
 *
 * Returns: (transfer none) (nullable): the subject's first countryName
 */
const char *
mdoc_certificate_get_country (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->country;
}

/**
 * mdoc_certificate_get_state:
 * @self: a certificate
 *
 * Returns: (transfer none) (nullable): the subject's first stateOrProvinceName
 */
const char *
mdoc_certificate_get_state (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->state;
}

/**
 * mdoc_certificate_dup_subject:
 * @self: a certificate
 *
 * Returns: (transfer full): the subject for people, "C=UT, CN=Utopia"; to be
 *   shown, never compared
 */
char *
mdoc_certificate_dup_subject (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return mdoc_name_dup_text (self->view.subject);
}

/**
 * mdoc_certificate_dup_issuer:
 * @self: a certificate
 *
 * Returns: (transfer full): the issuer for people; to be shown, never compared
 */
char *
mdoc_certificate_dup_issuer (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return mdoc_name_dup_text (self->view.issuer);
}

/**
 * mdoc_certificate_get_subject_der:
 * @self: a certificate
 *
 * Returns: (transfer none): the subject's Name, tag and all
 */
MdocSpan
mdoc_certificate_get_subject_der (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));

  return self->view.subject;
}

/**
 * mdoc_certificate_get_issuer_der:
 * @self: a certificate
 *
 * Returns: (transfer none): the issuer's Name, tag and all
 */
MdocSpan
mdoc_certificate_get_issuer_der (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));

  return self->view.issuer;
}

/**
 * mdoc_certificate_get_serial:
 * @self: a certificate
 *
 * Returns: (transfer none): content of the serial number: big-endian two's
 *   complement
 */
MdocSpan
mdoc_certificate_get_serial (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));

  return self->view.serial;
}

/**
 * mdoc_certificate_get_not_before:
 * @self: a certificate
 *
 * Returns: the first second of its validity, since 1970
 */
gint64
mdoc_certificate_get_not_before (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, G_MAXINT64);

  return self->view.not_before_unix_s;
}

/**
 * mdoc_certificate_get_not_after:
 * @self: a certificate
 *
 * Returns: the last second of its validity, since 1970
 */
gint64
mdoc_certificate_get_not_after (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, G_MININT64);

  return self->view.not_after_unix_s;
}

/**
 * mdoc_certificate_get_ski:
 * @self: a certificate
 *
 * Returns: (transfer none): the subjectKeyIdentifier; empty if there is none.
 *   Anybody may write anybody's: it says where to look, not whom to trust.
 */
MdocSpan
mdoc_certificate_get_ski (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));

  return self->view.ski;
}

/**
 * mdoc_certificate_get_aki:
 * @self: a certificate
 *
 * Returns: (transfer none): the keyIdentifier of the authorityKeyIdentifier;
 *   empty if there is none
 */
MdocSpan
mdoc_certificate_get_aki (MdocCertificate *self)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));

  return self->view.aki;
}

/**
 * mdoc_certificate_has_eku:
 * @self: a certificate
 * @oid: an object identifier in dotted decimals
 *
 * Returns: %TRUE if its extendedKeyUsage, critical or not, names @oid
 */
gboolean
mdoc_certificate_has_eku (MdocCertificate *self, const char *oid)
{
  MdocDer der;
  MdocSpan content;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (oid != NULL, FALSE);

  der = mdoc_der_open (self->view.eku);
  while (mdoc_der_read (&der, MDOC_DER_OID, &content))
    {
      char text[MDOC_DER_OID_TEXT_MAX_LEN];

      if (mdoc_der_oid_to_text (content, text) && g_str_equal (text, oid))
        return TRUE;
    }

  return FALSE;
}

/**
 * mdoc_certificate_get_fingerprint:
 * @self: a certificate
 * @ret_sha256: (out): SHA-256 of the whole certificate
 */
void
mdoc_certificate_get_fingerprint (MdocCertificate *self, guint8 ret_sha256[32])
{
  guint8 digest[MDOC_HASH_MAX_LEN];
  MdocSpan der;

  g_return_if_fail (self != NULL);

  der = mdoc_span_from_bytes (self->der);
  mdoc_hash_compute (MDOC_HASH_SHA256, &der, 1, digest);
  memcpy (ret_sha256, digest, 32);
}

/**
 * mdoc_certificate_is_signed_by:
 * @self: a certificate
 * @issuer: who should have signed it
 * @ret_signed: (out): whether @issuer's key verifies the signature; %FALSE from
 *   the start
 * @error: return location for a #MdocCryptoError:
 *   %MDOC_CRYPTO_ERROR_UNSUPPORTED for an algorithm that we do not have
 *
 * Checks the signature and nothing else: neither names, nor validity, nor
 * whether @issuer may issue.
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_certificate_is_signed_by (MdocCertificate *self,
                               MdocCertificate *issuer,
                               gboolean *ret_signed,
                               GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (issuer != NULL, FALSE);
  g_return_val_if_fail (ret_signed != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return mdoc_signed_verify (&self->view.outer,
                             issuer->public_key,
                             ret_signed,
                             error);
}

/**
 * mdoc_certificate_to_pem:
 * @self: a certificate
 *
 * Returns: (transfer full): a PEM block "CERTIFICATE"
 */
char *
mdoc_certificate_to_pem (MdocCertificate *self)
{
  g_autoptr (MdocSecret) pem = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  pem = mdoc_pem_write ("CERTIFICATE", mdoc_span_from_bytes (self->der));
  return g_strndup ((const char *) mdoc_secret_get_data (pem),
                    mdoc_secret_get_len (pem));
}

const MdocCertificateView *
mdoc_certificate_get_view (MdocCertificate *self)
{
  return &self->view;
}

gboolean
mdoc_certificate_has (MdocCertificate *self, MdocExtensionId id)
{
  return self->view.extensions[id].oid.len != 0;
}

gboolean
mdoc_certificate_is_critical (MdocCertificate *self, MdocExtensionId id)
{
  return self->view.extensions[id].is_critical;
}

const char *
mdoc_extension_id_get_oid (MdocExtensionId id)
{
  return extension_oids[id].dotted;
}

gboolean
mdoc_certificate_is_self_issued (MdocCertificate *self)
{
  return mdoc_span_equal (self->view.issuer, self->view.subject);
}
