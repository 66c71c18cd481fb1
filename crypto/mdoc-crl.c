/*
 * mdoc-crl.c - certificate revocation lists
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate.h"

#include "crypto/mdoc-certificate-private.h"
#include "crypto/mdoc-crypto-private.h"

/* Annex B's CRLs have three; each may be compared with each. */
#define MAX_EXTENSIONS 16

static const guint8 oid_aki[] = { 0x55, 0x1d, 0x23 };
static const guint8 oid_crl_number[] = { 0x55, 0x1d, 0x14 };

struct _MdocCrl
{
  gatomicrefcount refs;
  GBytes *der;
  MdocSigned outer;
  MdocSpan issuer;
  gint64 this_update_unix_s;
  gint64 next_update_unix_s; /* G_MININT64 if it has none */
  MdocSpan revoked;          /* content: SEQUENCEs, one a certificate */
  MdocSpan aki;
  gboolean has_unknown_critical; /* in it or in one of its entries */
  gpointer verified_by; /* MdocPublicKey * whose signature it has been seen to
                           have; set once */
};

static gboolean
refuse (GError **error, const char *what)
{
  return mdoc_crypto_refuse (error,
                             MDOC_CRYPTO_ERROR_CERTIFICATE,
                             "CRL: %s",
                             what);
}

/* Extensions of an entry: none is asked for, and whichever is critical changes
 * whom or what the entry is about (RFC 5280, 5.3). */
static gboolean
parse_entry_extensions (MdocCrl *self, MdocDer *entry)
{
  MdocDer list;
  MdocExtension extension;

  if (!mdoc_der_enter (entry, MDOC_DER_SEQUENCE, &list))
    return FALSE;

  while (!mdoc_der_is_at_end (&list))
    {
      if (!mdoc_extension_read (&list, &extension))
        return FALSE;
      if (extension.is_critical)
        self->has_unknown_critical = TRUE;
    }

  return TRUE;
}

/* revokedCertificates SEQUENCE OF SEQUENCE { userCertificate, revocationDate,
 *   crlEntryExtensions OPTIONAL } OPTIONAL */
static gboolean
parse_revoked (MdocCrl *self)
{
  MdocDer list = mdoc_der_open (self->revoked);

  while (!mdoc_der_is_at_end (&list))
    {
      MdocDer entry;
      MdocSpan serial;
      gint64 when;

      if (!mdoc_der_enter (&list, MDOC_DER_SEQUENCE, &entry)
          || !mdoc_der_read_integer (&entry, &serial)
          || !mdoc_der_read_time (&entry, &when))
        return FALSE;
      if (!mdoc_der_is_at_end (&entry)
          && (!parse_entry_extensions (self, &entry)
              || !mdoc_der_is_at_end (&entry)))
        return FALSE;
    }

  return TRUE;
}

/* crlExtensions [0] EXPLICIT Extensions OPTIONAL. A delta CRL or one for a part
 * of the certificates says so in a critical extension, and so is not used. */
static gboolean
parse_extensions (MdocCrl *self, MdocDer *wrap)
{
  MdocDer list;
  MdocExtension extension;
  guint n = 0;
  gboolean has_aki = FALSE;

  if (!mdoc_der_enter (wrap, MDOC_DER_SEQUENCE, &list)
      || !mdoc_der_is_at_end (wrap))
    return FALSE;

  while (!mdoc_der_is_at_end (&list))
    {
      if (n++ == MAX_EXTENSIONS || !mdoc_extension_read (&list, &extension))
        return FALSE;

      if (mdoc_span_equal (extension.oid,
                           MDOC_SPAN (oid_aki, sizeof (oid_aki))))
        {
          if (has_aki || !mdoc_x509_read_aki (extension.value, &self->aki))
            return FALSE;
          has_aki = TRUE;
        }
      else if (extension.is_critical
               && !mdoc_span_equal (extension.oid,
                                    MDOC_SPAN (oid_crl_number,
                                               sizeof (oid_crl_number))))
        {
          self->has_unknown_critical = TRUE;
        }
    }

  return TRUE;
}

/* TBSCertList ::= SEQUENCE { version, signature, issuer, thisUpdate,
 *   nextUpdate OPTIONAL, revokedCertificates OPTIONAL, crlExtensions [0] }
 *   (RFC 5280, 5.1) */
static gboolean
parse_tbs (MdocCrl *self, MdocDer *tbs, GError **error)
{
  MdocSpan algorithm;
  MdocDer wrap;
  guint32 version;

  if (mdoc_der_next_is (tbs, MDOC_DER_INTEGER)
      && (!mdoc_der_read_small_uint (tbs, 1, &version) || version != 1))
    return refuse (error, "unknown version");
  if (!mdoc_der_read_encoded (tbs, MDOC_DER_SEQUENCE, &algorithm)
      || !mdoc_span_equal (algorithm, self->outer.algorithm))
    return refuse (error, "two different signature algorithms");
  if (!mdoc_der_read_encoded (tbs, MDOC_DER_SEQUENCE, &self->issuer))
    return refuse (error, "malformed issuer");
  if (!mdoc_der_read_time (tbs, &self->this_update_unix_s))
    return refuse (error, "malformed thisUpdate");

  self->next_update_unix_s = G_MININT64;
  if ((mdoc_der_next_is (tbs, MDOC_DER_UTC_TIME)
       || mdoc_der_next_is (tbs, MDOC_DER_GENERALIZED_TIME))
      && !mdoc_der_read_time (tbs, &self->next_update_unix_s))
    return refuse (error, "malformed nextUpdate");

  if (mdoc_der_next_is (tbs, MDOC_DER_SEQUENCE)
      && (!mdoc_der_read (tbs, MDOC_DER_SEQUENCE, &self->revoked)
          || !parse_revoked (self)))
    return refuse (error, "malformed list");

  if (mdoc_der_next_is (tbs, MDOC_DER_EXPLICIT (0))
      && (!mdoc_der_enter (tbs, MDOC_DER_EXPLICIT (0), &wrap)
          || !parse_extensions (self, &wrap)))
    return refuse (error, "malformed extensions");

  if (!mdoc_der_is_at_end (tbs))
    return refuse (error, "unexpected content");

  return TRUE;
}

/**
 * mdoc_crl_parse:
 * @der: a CertificateList and nothing else, at most %MDOC_CRL_MAX_BYTES; kept,
 *   not copied
 * @error: return location for a #MdocCryptoError
 *
 * Takes a CRL apart; its signature is checked by mdoc_path_validate(), once.
 * The cost is linear in its length.
 *
 * Returns: (transfer full): the CRL, or %NULL with
 *   %MDOC_CRYPTO_ERROR_CERTIFICATE
 */
MdocCrl *
mdoc_crl_parse (GBytes *der, GError **error)
{
  g_autoptr (MdocCrl) self = NULL;
  MdocDer tbs;

  g_return_val_if_fail (der != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_bytes_get_size (der) > MDOC_CRL_MAX_BYTES)
    {
      refuse (error, "too long");
      return NULL;
    }

  self = g_new0 (MdocCrl, 1);
  g_atomic_ref_count_init (&self->refs);
  self->der = g_bytes_ref (der);
  if (!mdoc_signed_read (mdoc_span_from_bytes (der), &self->outer, &tbs))
    {
      refuse (error, "not X.509");
      return NULL;
    }
  if (!parse_tbs (self, &tbs, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_crl_ref:
 * @self: a CRL
 *
 * Returns: (transfer full): @self
 */
MdocCrl *
mdoc_crl_ref (MdocCrl *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_crl_unref:
 * @self: (nullable) (transfer full): a CRL
 */
void
mdoc_crl_unref (MdocCrl *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer ((MdocPublicKey **) &self->verified_by,
                   mdoc_public_key_unref);
  g_clear_pointer (&self->der, g_bytes_unref);
  g_free (self);
}

/* A CRL is asked about each certificate that comes along; its own signature
 * need not be checked each time. */
static gboolean
check_signature (MdocCrl *self,
                 MdocCertificate *issuer,
                 gboolean *ret_valid,
                 GError **error)
{
  MdocPublicKey *key = mdoc_certificate_get_public_key (issuer);
  MdocPublicKey *known = g_atomic_pointer_get (&self->verified_by);

  if (known != NULL && mdoc_public_key_equal (known, key))
    {
      *ret_valid = TRUE;
      return TRUE;
    }

  if (!mdoc_signed_verify (&self->outer, key, ret_valid, error))
    return FALSE;

  if (*ret_valid && known == NULL)
    {
      mdoc_public_key_ref (key);
      if (!g_atomic_pointer_compare_and_exchange (&self->verified_by,
                                                  NULL,
                                                  key))
        mdoc_public_key_unref (key);
    }

  return TRUE;
}

static gboolean
is_listed (MdocCrl *self, MdocSpan serial)
{
  MdocDer list = mdoc_der_open (self->revoked);
  MdocDer entry;
  MdocSpan listed;

  while (mdoc_der_enter (&list, MDOC_DER_SEQUENCE, &entry))
    {
      if (mdoc_der_read_integer (&entry, &listed)
          && mdoc_span_equal (listed, serial))
        return TRUE;
    }

  return FALSE;
}

/* The order matters: nothing that the CRL says counts before its signature
 * holds, and a revocation counts even in a stale one, because it is final. */
MdocCrlAnswer
mdoc_crl_ask (MdocCrl *self,
              MdocCertificate *certificate,
              MdocCertificate *issuer,
              gint64 at_unix_s)
{
  const MdocCertificateView *by = mdoc_certificate_get_view (issuer);
  g_autoptr (GError) error = NULL;
  gboolean valid = FALSE;

  if (!mdoc_span_equal (self->issuer, by->subject))
    return MDOC_CRL_NOT_ITS;
  /* a CA that has changed its key keeps its name */
  if (self->aki.len != 0 && by->ski.len != 0
      && !mdoc_span_equal (self->aki, by->ski))
    return MDOC_CRL_NOT_ITS;

  if ((by->key_usage & MDOC_KEY_USAGE_CRL_SIGN) == 0)
    return MDOC_CRL_UNUSABLE;
  if (!check_signature (self, issuer, &valid, &error))
    return MDOC_CRL_UNSUPPORTED;
  if (!valid || self->has_unknown_critical)
    return MDOC_CRL_UNUSABLE;

  if (is_listed (self, mdoc_certificate_get_serial (certificate)))
    return MDOC_CRL_REVOKED;
  if (at_unix_s < self->this_update_unix_s
      || at_unix_s > self->next_update_unix_s)
    return MDOC_CRL_STALE;

  return MDOC_CRL_GOOD;
}
