/*
 * mdoc-certificate-lint.c - the rules of Annex B, one by one and by name
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate-lint.h"

#include <string.h>

#include "crypto/mdoc-certificate.h"

#define DAY_S ((gint64) 24 * 60 * 60)

#define MAX_RULES 64

#define MAX_SERIAL_LEN 20
#define MIN_SERIAL_LEN 8 /* fewer cannot hold 63 random bits */

static char *
lint_version (const MdocLint *lint)
{
  if (lint->view->version == 3)
    return NULL;

  return g_strdup_printf ("version %u instead of 3", lint->view->version);
}

static char *
lint_serial_positive (const MdocLint *lint)
{
  const MdocSpan serial = lint->view->serial;

  if (serial.data[0] >= 0x80)
    return g_strdup ("serial number is negative");
  if (serial.len == 1 && serial.data[0] == 0)
    return g_strdup ("serial number is zero");

  return NULL;
}

static char *
lint_serial_length (const MdocLint *lint)
{
  const gsize len = lint->view->serial.len;

  if (len >= MIN_SERIAL_LEN && len <= MAX_SERIAL_LEN)
    return NULL;

  return g_strdup_printf ("serial number of %" G_GSIZE_FORMAT " octets: too %s",
                          len,
                          len > MAX_SERIAL_LEN ? "long"
                                               : "short for 63 random bits");
}

static char *
lint_signature_algorithm (const MdocLint *lint)
{
  char oid[MDOC_DER_OID_TEXT_MAX_LEN];

  if (lint->view->outer.is_known && lint->view->outer.alg != MDOC_ALG_EDDSA)
    return NULL;

  if (!mdoc_der_oid_to_text (lint->view->outer.algorithm_oid, oid))
    return g_strdup ("malformed algorithm");
  return g_strdup_printf ("%s is not ECDSA with SHA-256, SHA-384 or SHA-512",
                          oid);
}

/* For a root, that it signed itself. */
static char *
lint_signature (const MdocLint *lint)
{
  g_autoptr (GError) error = NULL;
  gboolean is_signed = FALSE;

  if (lint->issuer == NULL)
    return NULL;
  if (!mdoc_certificate_is_signed_by (lint->certificate,
                                      lint->issuer,
                                      &is_signed,
                                      &error))
    return g_strdup (error->message);

  return is_signed ? NULL : g_strdup ("is not the issuer's");
}

/* An IACA signs by ECDSA; a leaf may also have a key for EdDSA. */
static char *
lint_public_key (const MdocLint *lint)
{
  MdocCurve curve = mdoc_public_key_get_curve (
      mdoc_certificate_get_public_key (lint->certificate));

  if (!mdoc_curve_can_sign (curve)
      || (lint->profile == MDOC_LINT_IACA
          && !mdoc_curve_is_weierstrass (curve)))
    return g_strdup_printf ("a key on %s cannot be used here",
                            mdoc_curve_get_name (curve));

  return NULL;
}

static char *
lint_public_key_uncompressed (const MdocLint *lint)
{
  MdocCurve curve = mdoc_public_key_get_curve (
      mdoc_certificate_get_public_key (lint->certificate));

  if (!mdoc_curve_is_weierstrass (curve) || lint->view->point.data[0] == 4)
    return NULL;

  return g_strdup ("the point is compressed");
}

static char *
lint_validity_order (const MdocLint *lint)
{
  if (lint->view->not_before_unix_s < lint->view->not_after_unix_s)
    return NULL;

  return g_strdup ("ends before it begins");
}

/* A UTCTime has 13 octets and cannot tell 2050 from 1950; a GeneralizedTime is
 * for what it cannot tell (RFC 5280, 4.1.2.5). */
static char *
lint_validity_encoding (const MdocLint *lint)
{
  static const gint64 year_2050_unix_s = 2524608000;
  MdocDer der = mdoc_der_open (lint->view->validity);
  guint8 tag;

  while (mdoc_der_read_any (&der, &tag, NULL, NULL))
    {
      const gint64 when = mdoc_der_is_at_end (&der)
                              ? lint->view->not_after_unix_s
                              : lint->view->not_before_unix_s;

      if (tag == MDOC_DER_GENERALIZED_TIME && when < year_2050_unix_s)
        return g_strdup ("GeneralizedTime before 2050");
    }

  return NULL;
}

static char *
lint_validity_length (const MdocLint *lint)
{
  /* 20 years with 5 leap days */
  static const gint64 max_days[] = {
    [MDOC_LINT_IACA] = 20 * 365 + 5,
    [MDOC_LINT_DOCUMENT_SIGNER] = 457,
    [MDOC_LINT_READER] = 1187,
  };
  const gint64 max = max_days[lint->profile];
  const gint64 len_s = lint->view->not_after_unix_s
                       - lint->view->not_before_unix_s;

  if (len_s <= max * DAY_S)
    return NULL;

  return g_strdup_printf ("%" G_GINT64_FORMAT " days, over %" G_GINT64_FORMAT,
                          (len_s + DAY_S - 1) / DAY_S,
                          max);
}

static char *
lint_validity_issuer (const MdocLint *lint)
{
  const MdocCertificateView *issuer;

  if (lint->issuer == NULL)
    return NULL;

  issuer = mdoc_certificate_get_view (lint->issuer);
  if (lint->view->not_before_unix_s >= issuer->not_before_unix_s
      && lint->view->not_after_unix_s <= issuer->not_after_unix_s)
    return NULL;

  return g_strdup ("reaches beyond the issuer's");
}

/* How often an attribute stands in a name, and the first of them. */
static guint
find_attribute (MdocSpan name, guint type, MdocAttribute *ret_first)
{
  MdocNameReader reader;
  MdocAttribute attribute;
  gboolean malformed;
  guint n = 0;

  if (!mdoc_name_open (name, &reader))
    return 0;

  while (mdoc_name_next (&reader, &attribute, &malformed))
    {
      if (mdoc_attribute_get_type (&attribute) != type)
        continue;
      if (n == 0)
        *ret_first = attribute;
      n++;
    }

  return n;
}

static char *
dup_attribute (MdocSpan name, guint type)
{
  MdocAttribute attribute;

  if (find_attribute (name, type, &attribute) == 0)
    return NULL;

  return mdoc_attribute_dup_text (&attribute);
}

static char *
lint_country (const MdocLint *lint)
{
  const char *country = mdoc_certificate_get_country (lint->certificate);
  MdocAttribute attribute;

  /* a reader need not have one */
  if (find_attribute (lint->view->subject, MDOC_ATTRIBUTE_COUNTRY, &attribute)
      == 0)
    return lint->profile == MDOC_LINT_READER
               ? NULL
               : g_strdup ("the subject has no country");

  if (country == NULL || strlen (country) != 2 || !g_ascii_isupper (country[0])
      || !g_ascii_isupper (country[1]))
    return g_strdup ("the subject's country is not two upper-case letters");

  return NULL;
}

static char *
lint_country_encoding (const MdocLint *lint)
{
  MdocAttribute attribute;

  if (find_attribute (lint->view->subject, MDOC_ATTRIBUTE_COUNTRY, &attribute)
          == 0
      || attribute.tag == MDOC_DER_PRINTABLE_STRING)
    return NULL;

  return g_strdup ("the subject's country is no PrintableString");
}

static char *
lint_common_name (const MdocLint *lint)
{
  MdocAttribute attribute;

  if (find_attribute (lint->view->subject,
                      MDOC_ATTRIBUTE_COMMON_NAME,
                      &attribute)
          == 0
      || attribute.value.len == 0)
    return g_strdup ("the subject has no common name");

  return NULL;
}

static char *
lint_name_twice (const MdocLint *lint)
{
  static const guint types[] = { MDOC_ATTRIBUTE_COUNTRY,
                                 MDOC_ATTRIBUTE_STATE,
                                 MDOC_ATTRIBUTE_COMMON_NAME };
  MdocAttribute attribute;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (find_attribute (lint->view->subject, types[i], &attribute) > 1)
        return g_strdup_printf ("attribute 2.5.4.%u of the subject stands "
                                "there more than once",
                                types[i]);
    }

  return NULL;
}

static char *
lint_self_issued (const MdocLint *lint)
{
  if (mdoc_certificate_is_self_issued (lint->certificate))
    return NULL;

  return g_strdup ("issuer and subject differ");
}

static char *
lint_issuer_name (const MdocLint *lint)
{
  if (lint->issuer == NULL
      || mdoc_span_equal (lint->view->issuer,
                          mdoc_certificate_get_subject_der (lint->issuer)))
    return NULL;

  return g_strdup ("differs from the subject of the issuer's certificate");
}

/* The issuer's country is in the name, so its certificate is not needed. */
static char *
lint_country_match (const MdocLint *lint)
{
  g_autofree char *own = dup_attribute (lint->view->subject,
                                        MDOC_ATTRIBUTE_COUNTRY);
  g_autofree char *issuers = dup_attribute (lint->view->issuer,
                                            MDOC_ATTRIBUTE_COUNTRY);

  if (own == NULL || g_strcmp0 (own, issuers) == 0)
    return NULL;

  return g_strdup ("the country is not the IACA's");
}

static char *
lint_state_match (const MdocLint *lint)
{
  g_autofree char *own = dup_attribute (lint->view->subject,
                                        MDOC_ATTRIBUTE_STATE);
  g_autofree char *issuers = dup_attribute (lint->view->issuer,
                                            MDOC_ATTRIBUTE_STATE);

  if (issuers == NULL || g_strcmp0 (own, issuers) == 0)
    return NULL;

  return g_strdup ("the IACA has a state, and this is not of it");
}

/* Annex B, in the order of a certificate; its extensions have a table of their
 * own. */
static const MdocLintRule field_rules[] = {
  { "version", MDOC_LINT_FOR_ALL, FALSE, lint_version },
  { "serial-positive", MDOC_LINT_FOR_ALL, FALSE, lint_serial_positive },
  { "serial-length", MDOC_LINT_FOR_ALL, FALSE, lint_serial_length },
  { "signature-algorithm", MDOC_LINT_FOR_ALL, FALSE, lint_signature_algorithm },
  { "signature", MDOC_LINT_FOR_ALL, FALSE, lint_signature },
  { "issuer-is-subject", MDOC_LINT_FOR_IACA, FALSE, lint_self_issued },
  { "issuer-name", MDOC_LINT_FOR_LEAF, FALSE, lint_issuer_name },
  { "validity-order", MDOC_LINT_FOR_ALL, FALSE, lint_validity_order },
  { "validity-encoding", MDOC_LINT_FOR_ALL, FALSE, lint_validity_encoding },
  { "validity-length", MDOC_LINT_FOR_ALL, FALSE, lint_validity_length },
  { "validity-issuer", MDOC_LINT_FOR_LEAF, TRUE, lint_validity_issuer },
  { "country", MDOC_LINT_FOR_ALL, FALSE, lint_country },
  { "country-encoding", MDOC_LINT_FOR_ALL, FALSE, lint_country_encoding },
  { "country-match", MDOC_LINT_FOR_DS, FALSE, lint_country_match },
  { "state-match", MDOC_LINT_FOR_DS, FALSE, lint_state_match },
  { "common-name", MDOC_LINT_FOR_ALL, FALSE, lint_common_name },
  { "name-twice", MDOC_LINT_FOR_ALL, FALSE, lint_name_twice },
  { "public-key", MDOC_LINT_FOR_ALL, FALSE, lint_public_key },
  { "public-key-uncompressed",
    MDOC_LINT_FOR_ALL,
    FALSE,
    lint_public_key_uncompressed },
  { 0 },
};

static void
finding_free (gpointer data)
{
  MdocLintFinding *finding = data;

  g_free (finding->detail);
  g_free (finding);
}

static void
check_rules (const MdocLintRule *rules,
             const MdocLint *lint,
             GPtrArray *findings)
{
  for (; rules->name != NULL; rules++)
    {
      MdocLintFinding *finding;
      char *detail;

      if ((rules->profiles & 1U << lint->profile) == 0)
        continue;

      detail = rules->check (lint);
      if (detail == NULL)
        continue;

      finding = g_new0 (MdocLintFinding, 1);
      finding->rule = rules->name;
      finding->is_warning = rules->is_warning;
      finding->detail = detail;
      g_ptr_array_add (findings, finding);
    }
}

/**
 * mdoc_certificate_lint:
 * @self: a certificate
 * @profile: which profile of Annex B to hold it to
 * @issuer: (nullable): the certificate of its issuer; without it, rules that
 *   compare with the issuer are not checked. An IACA root is its own.
 *
 * Checks every rule of a profile, whatever the others say. Whether the
 * certificate is to be trusted is not said here: mdoc_path_validate() does.
 *
 * Returns: (transfer full) (element-type MdocLintFinding): one for each rule
 *   that is broken, in the order of mdoc_certificate_lint_get_rules(); empty if
 *   none is
 */
GPtrArray *
mdoc_certificate_lint (MdocCertificate *self,
                       MdocLintProfile profile,
                       MdocCertificate *issuer)
{
  GPtrArray *findings;
  MdocLint lint;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (profile <= MDOC_LINT_READER, NULL);

  lint.certificate = self;
  lint.view = mdoc_certificate_get_view (self);
  lint.profile = profile;
  lint.issuer = profile == MDOC_LINT_IACA ? self : issuer;

  findings = g_ptr_array_new_with_free_func (finding_free);
  check_rules (field_rules, &lint, findings);
  check_rules (mdoc_lint_extension_rules, &lint, findings);

  return findings;
}

static gsize
list_rules (const MdocLintRule *rules,
            guint profile,
            const char **names,
            gsize n)
{
  for (; rules->name != NULL; rules++)
    {
      if ((rules->profiles & 1U << profile) != 0)
        names[n++] = rules->name;
    }

  g_assert (n <= MAX_RULES);
  return n;
}

/**
 * mdoc_certificate_lint_get_rules:
 * @profile: a profile of Annex B
 *
 * Returns: (transfer none) (array zero-terminated=1): the names of all its
 *   rules
 */
const char *const *
mdoc_certificate_lint_get_rules (MdocLintProfile profile)
{
  static const char *names[MDOC_LINT_READER + 1][MAX_RULES + 1];
  static gsize is_filled;

  g_return_val_if_fail (profile <= MDOC_LINT_READER, NULL);

  if (g_once_init_enter (&is_filled))
    {
      for (guint p = 0; p <= MDOC_LINT_READER; p++)
        {
          gsize n = 0;

          n = list_rules (field_rules, p, names[p], n);
          (void) list_rules (mdoc_lint_extension_rules, p, names[p], n);
        }
      g_once_init_leave (&is_filled, 1);
    }

  return names[profile];
}
