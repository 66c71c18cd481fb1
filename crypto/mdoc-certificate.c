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

static gboolean
refuse (GError **error, const char *what)
{
  return mdoc_crypto_refuse (error,
                             MDOC_CRYPTO_ERROR_CERTIFICATE,
                             "certificate: %s",
                             what);
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
  if (!mdoc_certificate_view_read (mdoc_span_from_bytes (der),
                                   &self->view,
                                   error))
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
 * mdoc_certificate_parse_file:
 * @content: what a file of certificates holds: PEM, or one certificate in DER
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full) (element-type MdocCertificate): at least one
 *   certificate, or %NULL with @error set
 */
GPtrArray *
mdoc_certificate_parse_file (GBytes *content, GError **error)
{
  g_autoptr (GPtrArray) one = NULL;
  MdocCertificate *certificate;
  const char *text;
  gsize len;

  g_return_val_if_fail (content != NULL, NULL);

  /* DER begins with a SEQUENCE, which is no dash and no blank */
  text = g_bytes_get_data (content, &len);
  if (len > 0 && text[0] != 0x30)
    return mdoc_certificate_parse_pem (text, len, error);

  certificate = mdoc_certificate_parse (content, error);
  if (certificate == NULL)
    return NULL;

  one = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  g_ptr_array_add (one, certificate);
  return g_steal_pointer (&one);
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
 * mdoc_certificate_may_issue:
 * @self: a certificate
 * @n_below: certificates between what it has signed and the leaf
 *
 * For chains that no profile of mdoc_path_validate() is for.
 *
 * Returns: whether basicConstraints says that it is an authority, of so long a
 *   path, and keyUsage, if it is there, that its key signs certificates
 */
gboolean
mdoc_certificate_may_issue (MdocCertificate *self, guint n_below)
{
  const MdocCertificateView *view = &self->view;

  return view->is_ca && (!view->has_path_len || n_below <= view->path_len)
         && (!mdoc_certificate_has (self, MDOC_EXTENSION_KEY_USAGE)
             || (view->key_usage & MDOC_KEY_USAGE_KEY_CERT_SIGN) != 0);
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

gboolean
mdoc_certificate_is_self_issued (MdocCertificate *self)
{
  return mdoc_span_equal (self->view.issuer, self->view.subject);
}
