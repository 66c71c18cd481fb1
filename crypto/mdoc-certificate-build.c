/*
 * mdoc-certificate-build.c - certificates and CRLs by the profiles of Annex B
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate.h"

#include "crypto/mdoc-certificate-private.h"
#include "crypto/mdoc-crypto-private.h"

#include <string.h>

/* upper bounds of RFC 5280, appendix A, in characters */
#define MAX_COMMON_NAME_LEN  64
#define MAX_ORGANIZATION_LEN 64
#define MAX_STATE_LEN        128

/* 1970 to 9999, which every reader of X.509 can represent */
#define MAX_UNIX_S ((gint64) 253402300799)

#define SERIAL_LEN 20
#define SHA1_LEN   20

#define OID_CRL_NUMBER "2.5.29.20"

static gboolean
refuse (GError **error, const char *what)
{
  return mdoc_crypto_refuse (error,
                             MDOC_CRYPTO_ERROR_CERTIFICATE,
                             "cannot build a certificate or CRL: %s",
                             what);
}

/* Method 1 of RFC 5280, 4.2.1.2. SHA-1 as a name, not as a proof. */
void
mdoc_certificate_hash_key (MdocPublicKey *key, guint8 ret_sha1[20])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 point[MDOC_POINT_MAX_LEN];
  gsize len = SHA1_LEN;

  g_checksum_update (checksum,
                     point,
                     (gssize) mdoc_public_key_put_point (key, point));
  g_checksum_get_digest (checksum, ret_sha1, &len);
}

static gboolean
is_text (const char *text, glong max_len)
{
  return text[0] != '\0' && g_utf8_validate (text, -1, NULL)
         && g_utf8_strlen (text, -1) <= max_len;
}

static gboolean
is_country (const char *text)
{
  return strlen (text) == 2 && g_ascii_isalpha (text[0])
         && g_ascii_isalpha (text[1]);
}

static gboolean
is_period (gint64 from_unix_s, gint64 until_unix_s)
{
  return from_unix_s >= 0 && from_unix_s < until_unix_s
         && until_unix_s <= MAX_UNIX_S;
}

static gboolean
check_template (const MdocCertificateTemplate *t, GError **error)
{
  if (t->common_name == NULL || !is_text (t->common_name, MAX_COMMON_NAME_LEN))
    return refuse (error, "common name missing, or over 64 characters");
  if (t->country != NULL && !is_country (t->country))
    return refuse (error, "country is not two letters");
  if (t->country == NULL && t->profile != MDOC_LINT_READER)
    return refuse (error, "country missing");
  if (t->state != NULL && !is_text (t->state, MAX_STATE_LEN))
    return refuse (error, "state is empty or over 128 characters");
  if (t->organization != NULL
      && !is_text (t->organization, MAX_ORGANIZATION_LEN))
    return refuse (error, "organization is empty or over 64 characters");
  if (!is_period (t->not_before_unix_s, t->not_after_unix_s))
    return refuse (error, "its validity ends before it begins");
  if ((t->issuer_alt_uri != NULL && !g_str_is_ascii (t->issuer_alt_uri))
      || (t->crl_uri != NULL && !g_str_is_ascii (t->crl_uri)))
    return refuse (error, "a URI is not ASCII");
  if (t->profile == MDOC_LINT_IACA && !t->is_ca)
    return refuse (error, "an IACA is a CA");
  if (t->profile == MDOC_LINT_DOCUMENT_SIGNER && t->is_ca)
    return refuse (error, "a document signer is no CA");

  return TRUE;
}

/* Who signs must be whom the certificate names. */
static gboolean
check_issuer (MdocCertificate *issuer,
              MdocPublicKey *own_key,
              MdocKey *issuer_key,
              GError **error)
{
  MdocPublicKey *key = mdoc_key_get_public (issuer_key);

  if (!mdoc_curve_is_weierstrass (mdoc_public_key_get_curve (key)))
    return refuse (error, "the issuer's key is not for ECDSA");
  if (!mdoc_public_key_equal (key, own_key))
    return refuse (error, "the key is not the issuer's");
  if (issuer != NULL && !mdoc_certificate_get_view (issuer)->is_ca)
    return refuse (error, "the issuer is no CA");

  return TRUE;
}

static void
write_attribute (GByteArray *out, guint type, guint8 tag, const char *text)
{
  const guint8 oid[] = { 0x55, 0x04, (guint8) type };
  gsize rdn;
  gsize attribute;

  if (text == NULL)
    return;

  rdn = mdoc_der_begin (out, MDOC_DER_SET);
  attribute = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  mdoc_der_write (out, MDOC_DER_OID, MDOC_SPAN (oid, sizeof (oid)));
  mdoc_der_write_text (out, tag, text);
  mdoc_der_end (out, attribute);
  mdoc_der_end (out, rdn);
}

static void
write_subject (GByteArray *out, const MdocCertificateTemplate *t)
{
  g_autofree char *country = NULL;
  gsize name = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

  if (t->country != NULL)
    country = g_ascii_strup (t->country, -1);

  write_attribute (out,
                   MDOC_ATTRIBUTE_COUNTRY,
                   MDOC_DER_PRINTABLE_STRING,
                   country);
  write_attribute (out, MDOC_ATTRIBUTE_STATE, MDOC_DER_UTF8_STRING, t->state);
  write_attribute (out,
                   MDOC_ATTRIBUTE_ORGANIZATION,
                   MDOC_DER_UTF8_STRING,
                   t->organization);
  write_attribute (out,
                   MDOC_ATTRIBUTE_COMMON_NAME,
                   MDOC_DER_UTF8_STRING,
                   t->common_name);
  mdoc_der_end (out, name);
}

/* Begins an extension; what is written until end_extension() is its value. */
typedef struct
{
  gsize extension;
  gsize value;
} Extension;

static Extension
begin_extension (GByteArray *out, const char *oid, gboolean is_critical)
{
  static const guint8 yes = 0xff;
  Extension begun;

  begun.extension = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  mdoc_der_write_oid (out, oid);
  if (is_critical)
    mdoc_der_write (out, MDOC_DER_BOOLEAN, MDOC_SPAN (&yes, 1));
  begun.value = mdoc_der_begin (out, MDOC_DER_OCTET_STRING);
  return begun;
}

static void
end_extension (GByteArray *out, Extension begun)
{
  mdoc_der_end (out, begun.value);
  mdoc_der_end (out, begun.extension);
}

static void
write_aki (GByteArray *out, MdocSpan key_identifier)
{
  Extension aki = begin_extension (out,
                                   mdoc_extension_id_get_oid (
                                       MDOC_EXTENSION_AUTHORITY_KEY_IDENTIFIER),
                                   FALSE);
  gsize sequence = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

  mdoc_der_write (out, MDOC_DER_CONTEXT (0), key_identifier);
  mdoc_der_end (out, sequence);
  end_extension (out, aki);
}

static void
write_issuer_aki (GByteArray *out, MdocCertificate *issuer)
{
  MdocSpan ski = mdoc_certificate_get_ski (issuer);
  guint8 sha1[SHA1_LEN];

  if (ski.len == 0)
    {
      mdoc_certificate_hash_key (mdoc_certificate_get_public_key (issuer),
                                 sha1);
      ski = MDOC_SPAN (sha1, sizeof (sha1));
    }
  write_aki (out, ski);
}

static void
write_ski (GByteArray *out, MdocPublicKey *key)
{
  Extension ski = begin_extension (out,
                                   mdoc_extension_id_get_oid (
                                       MDOC_EXTENSION_SUBJECT_KEY_IDENTIFIER),
                                   FALSE);
  guint8 sha1[SHA1_LEN];

  mdoc_certificate_hash_key (key, sha1);
  mdoc_der_write (out, MDOC_DER_OCTET_STRING, MDOC_SPAN (sha1, sizeof (sha1)));
  end_extension (out, ski);
}

static void
write_key_usage (GByteArray *out, gboolean is_ca)
{
  /* unused bits, then the bits: 0 digitalSignature; 5 keyCertSign, 6 cRLSign */
  static const guint8 of_ca[] = { 1, 0x06 };
  static const guint8 of_signer[] = { 7, 0x80 };
  Extension usage = begin_extension (out,
                                     mdoc_extension_id_get_oid (
                                         MDOC_EXTENSION_KEY_USAGE),
                                     TRUE);

  mdoc_der_write (out,
                  MDOC_DER_BIT_STRING,
                  is_ca ? MDOC_SPAN (of_ca, sizeof (of_ca))
                        : MDOC_SPAN (of_signer, sizeof (of_signer)));
  end_extension (out, usage);
}

/* CA, and nobody below it may be one. */
static void
write_basic_constraints (GByteArray *out)
{
  static const guint8 yes = 0xff;
  static const guint8 zero = 0;
  Extension constraints
      = begin_extension (out,
                         mdoc_extension_id_get_oid (
                             MDOC_EXTENSION_BASIC_CONSTRAINTS),
                         TRUE);
  gsize sequence = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

  mdoc_der_write (out, MDOC_DER_BOOLEAN, MDOC_SPAN (&yes, 1));
  mdoc_der_write_uint (out, MDOC_SPAN (&zero, 1));
  mdoc_der_end (out, sequence);
  end_extension (out, constraints);
}

static void
write_eku (GByteArray *out, MdocLintProfile profile)
{
  Extension eku = begin_extension (out,
                                   mdoc_extension_id_get_oid (
                                       MDOC_EXTENSION_EXTENDED_KEY_USAGE),
                                   TRUE);
  gsize sequence = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  gboolean is_reader = profile == MDOC_LINT_READER;

  mdoc_der_write_oid (out,
                      is_reader ? MDOC_OID_EKU_MDL_READER
                                : MDOC_OID_EKU_MDL_DS);
  mdoc_der_write_oid (out,
                      is_reader ? MDOC_OID_EKU_MDOC_READER
                                : MDOC_OID_EKU_MDOC_DS);
  mdoc_der_end (out, sequence);
  end_extension (out, eku);
}

/* GeneralNames with one uniformResourceIdentifier [6] */
static void
write_ian (GByteArray *out, const char *uri)
{
  Extension ian = begin_extension (out,
                                   mdoc_extension_id_get_oid (
                                       MDOC_EXTENSION_ISSUER_ALT_NAME),
                                   FALSE);
  gsize names = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

  mdoc_der_write_text (out, MDOC_DER_CONTEXT (6), uri);
  mdoc_der_end (out, names);
  end_extension (out, ian);
}

/* SEQUENCE OF DistributionPoint { distributionPoint [0] { fullName [0]
 *   GeneralNames } } */
static void
write_crldp (GByteArray *out, const char *uri)
{
  Extension crldp
      = begin_extension (out,
                         mdoc_extension_id_get_oid (
                             MDOC_EXTENSION_CRL_DISTRIBUTION_POINTS),
                         FALSE);
  gsize points = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  gsize point = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  gsize name = mdoc_der_begin (out, MDOC_DER_EXPLICIT (0));
  gsize full_name = mdoc_der_begin (out, MDOC_DER_EXPLICIT (0));

  mdoc_der_write_text (out, MDOC_DER_CONTEXT (6), uri);
  mdoc_der_end (out, full_name);
  mdoc_der_end (out, name);
  mdoc_der_end (out, point);
  mdoc_der_end (out, points);
  end_extension (out, crldp);
}

static void
write_extensions (GByteArray *out,
                  const MdocCertificateTemplate *t,
                  MdocPublicKey *subject,
                  MdocCertificate *issuer)
{
  gsize wrap = mdoc_der_begin (out, MDOC_DER_EXPLICIT (3));
  gsize list = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

  if (issuer != NULL)
    write_issuer_aki (out, issuer);
  write_ski (out, subject);
  write_key_usage (out, t->is_ca);
  if (t->is_ca)
    write_basic_constraints (out);
  else
    write_eku (out, t->profile);
  if (t->issuer_alt_uri != NULL)
    write_ian (out, t->issuer_alt_uri);
  if (t->crl_uri != NULL)
    write_crldp (out, t->crl_uri);

  mdoc_der_end (out, list);
  mdoc_der_end (out, wrap);
}

/* Positive, all its 20 octets in use, 158 bits of them random. */
static void
write_serial (GByteArray *out)
{
  guint8 serial[SERIAL_LEN];

  mdoc_random_fill (serial, sizeof (serial));
  serial[0] = (guint8) ((serial[0] & 0x3f) | 0x40);
  mdoc_der_write_uint (out, MDOC_SPAN (serial, sizeof (serial)));
}

/* SIGNED { @tbs }, by any kind of key that signs with ECDSA. */
static GBytes *
sign (GByteArray *tbs, MdocKey *key, MdocAlg alg, GError **error)
{
  const MdocSpan message = { tbs->data, tbs->len };
  guint8 raw[MDOC_SIGNATURE_MAX_LEN];
  guint8 der[MDOC_DER_SIGNATURE_MAX_LEN];
  GByteArray *out;
  gsize len;
  gsize whole;

  if (!mdoc_key_sign (key, alg, &message, 1, raw, &len, error))
    return NULL;

  len = mdoc_der_signature_from_raw (raw, len / 2, der);
  out = g_byte_array_sized_new (tbs->len + 256);
  whole = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  mdoc_der_write_encoded (out, message);
  mdoc_signed_write_algorithm (out, alg);
  mdoc_der_write_octet_bits (out, MDOC_SPAN (der, len));
  mdoc_der_end (out, whole);
  return g_byte_array_free_to_bytes (out);
}

static MdocAlg
get_alg (MdocKey *key)
{
  return mdoc_curve_get_alg (
      mdoc_public_key_get_curve (mdoc_key_get_public (key)));
}

/**
 * mdoc_certificate_build:
 * @template_: what to write; texts are UTF-8, URIs ASCII
 * @subject: the key to certify
 * @issuer: (nullable): who issues it; %NULL for a root, which is self-signed
 * @issuer_key: the issuer's key, of any kind that does ECDSA; for a root, the
 *   private half of @subject
 * @error: return location for a #MdocCryptoError
 *
 * Makes a certificate by a profile of Annex B: version 3, a random serial of 20
 * octets, the critical extensions that the profile asks for, and those for
 * which @template_ has something to say. Lifetimes are written as given; that a
 * profile bounds them is for mdoc_certificate_lint() to tell.
 *
 * Returns: (transfer full): the certificate, or %NULL with
 *   %MDOC_CRYPTO_ERROR_CERTIFICATE for a template that cannot be met, or what
 *   mdoc_key_sign() says
 */
MdocCertificate *
mdoc_certificate_build (const MdocCertificateTemplate *template_,
                        MdocPublicKey *subject,
                        MdocCertificate *issuer,
                        MdocKey *issuer_key,
                        GError **error)
{
  static const guint8 v3 = 2;
  g_autoptr (GByteArray) tbs = g_byte_array_new ();
  g_autoptr (GBytes) der = NULL;
  MdocAlg alg;
  gsize whole;
  gsize inner;

  g_return_val_if_fail (template_ != NULL, NULL);
  g_return_val_if_fail (subject != NULL, NULL);
  g_return_val_if_fail (issuer_key != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_template (template_, error)
      || !check_issuer (issuer,
                        issuer != NULL
                            ? mdoc_certificate_get_public_key (issuer)
                            : subject,
                        issuer_key,
                        error))
    return NULL;

  alg = get_alg (issuer_key);
  whole = mdoc_der_begin (tbs, MDOC_DER_SEQUENCE);
  inner = mdoc_der_begin (tbs, MDOC_DER_EXPLICIT (0));
  mdoc_der_write_uint (tbs, MDOC_SPAN (&v3, 1));
  mdoc_der_end (tbs, inner);
  write_serial (tbs);
  mdoc_signed_write_algorithm (tbs, alg);
  if (issuer != NULL)
    mdoc_der_write_encoded (tbs, mdoc_certificate_get_subject_der (issuer));
  else
    write_subject (tbs, template_);
  inner = mdoc_der_begin (tbs, MDOC_DER_SEQUENCE);
  mdoc_der_write_time (tbs, template_->not_before_unix_s);
  mdoc_der_write_time (tbs, template_->not_after_unix_s);
  mdoc_der_end (tbs, inner);
  write_subject (tbs, template_);
  mdoc_key_form_write_spki (tbs, subject);
  write_extensions (tbs, template_, subject, issuer);
  mdoc_der_end (tbs, whole);

  der = sign (tbs, issuer_key, alg, error);
  if (der == NULL)
    return NULL;

  return mdoc_certificate_parse (der, error);
}

static gboolean
write_revoked (GByteArray *out,
               GPtrArray *serials,
               gint64 when_unix_s,
               GError **error)
{
  gsize list;

  /* an empty list must be left out (RFC 5280, 5.1.2.6) */
  if (serials == NULL || serials->len == 0)
    return TRUE;

  list = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  for (guint i = 0; i < serials->len; i++)
    {
      MdocSpan serial = mdoc_span_from_bytes (g_ptr_array_index (serials, i));
      gsize entry;

      if (serial.len == 0 || serial.len > SERIAL_LEN)
        return refuse (error, "a serial number of a wrong length");

      entry = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
      mdoc_der_write (out, MDOC_DER_INTEGER, serial);
      mdoc_der_write_time (out, when_unix_s);
      mdoc_der_end (out, entry);
    }
  mdoc_der_end (out, list);
  return TRUE;
}

/* The number has to grow with each CRL; the time of writing does, and needs no
 * memory. */
static void
write_crl_extensions (GByteArray *out, MdocCertificate *issuer, gint64 number)
{
  const guint64 big_endian = GUINT64_TO_BE ((guint64) number);
  guint8 bytes[sizeof (big_endian)];
  gsize wrap = mdoc_der_begin (out, MDOC_DER_EXPLICIT (0));
  gsize list = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  Extension crl_number;

  memcpy (bytes, &big_endian, sizeof (bytes));
  write_issuer_aki (out, issuer);
  crl_number = begin_extension (out, OID_CRL_NUMBER, FALSE);
  mdoc_der_write_uint (out, MDOC_SPAN (bytes, sizeof (bytes)));
  end_extension (out, crl_number);
  mdoc_der_end (out, list);
  mdoc_der_end (out, wrap);
}

/**
 * mdoc_crl_build:
 * @issuer: the CA
 * @issuer_key: its key
 * @serials: (nullable) (element-type GBytes): serial numbers to revoke, as
 *   mdoc_certificate_get_serial() gives them
 * @this_update_unix_s: when it is issued, after 1970; also the time of each
 *   revocation and the CRL's number, which therefore grows
 * @next_update_unix_s: until when it holds; Annex B asks for at most 90 days
 * @error: return location for a #MdocCryptoError
 *
 * Makes a full CRL v2 with authorityKeyIdentifier and cRLNumber and no other
 * extension. The cost is linear in the number of serials.
 *
 * Returns: (transfer full): the CRL in DER, or %NULL with @error set
 */
GBytes *
mdoc_crl_build (MdocCertificate *issuer,
                MdocKey *issuer_key,
                GPtrArray *serials,
                gint64 this_update_unix_s,
                gint64 next_update_unix_s,
                GError **error)
{
  static const guint8 v2 = 1;
  g_autoptr (GByteArray) tbs = g_byte_array_new ();
  g_autoptr (GBytes) der = NULL;
  MdocAlg alg;
  gsize whole;

  g_return_val_if_fail (issuer != NULL, NULL);
  g_return_val_if_fail (issuer_key != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_issuer (issuer,
                     mdoc_certificate_get_public_key (issuer),
                     issuer_key,
                     error))
    return NULL;
  if (!is_period (this_update_unix_s, next_update_unix_s))
    {
      refuse (error, "its validity ends before it begins");
      return NULL;
    }

  alg = get_alg (issuer_key);
  whole = mdoc_der_begin (tbs, MDOC_DER_SEQUENCE);
  mdoc_der_write_uint (tbs, MDOC_SPAN (&v2, 1));
  mdoc_signed_write_algorithm (tbs, alg);
  mdoc_der_write_encoded (tbs, mdoc_certificate_get_subject_der (issuer));
  mdoc_der_write_time (tbs, this_update_unix_s);
  mdoc_der_write_time (tbs, next_update_unix_s);
  if (!write_revoked (tbs, serials, this_update_unix_s, error))
    return NULL;
  write_crl_extensions (tbs, issuer, this_update_unix_s);
  mdoc_der_end (tbs, whole);

  der = sign (tbs, issuer_key, alg, error);
  if (der != NULL && g_bytes_get_size (der) > MDOC_CRL_MAX_BYTES)
    {
      refuse (error, "too many serial numbers");
      return NULL;
    }

  return g_steal_pointer (&der);
}
