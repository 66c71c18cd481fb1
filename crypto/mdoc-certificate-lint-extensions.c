/*
 * mdoc-certificate-lint-extensions.c - the rules of Annex B about extensions
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate-lint.h"

#define SHA1_LEN 20

#define TAG_EMAIL MDOC_DER_CONTEXT (1)
#define TAG_URI   MDOC_DER_CONTEXT (6)

static gboolean
has (const MdocLint *lint, MdocExtensionId id)
{
  return mdoc_certificate_has (lint->certificate, id);
}

static char *
check_critical (const MdocLint *lint, MdocExtensionId id, gboolean should_be)
{
  if (!has (lint, id)
      || mdoc_certificate_is_critical (lint->certificate, id) == should_be)
    return NULL;

  return g_strdup (should_be ? "is not critical" : "is critical");
}

static char *
check_present (const MdocLint *lint, MdocExtensionId id)
{
  return has (lint, id) ? NULL : g_strdup ("is missing");
}

static char *
lint_key_usage (const MdocLint *lint)
{
  const guint wanted = lint->profile == MDOC_LINT_IACA
                           ? MDOC_KEY_USAGE_KEY_CERT_SIGN
                                 | MDOC_KEY_USAGE_CRL_SIGN
                           : MDOC_KEY_USAGE_DIGITAL_SIGNATURE;

  if (!has (lint, MDOC_EXTENSION_KEY_USAGE))
    return g_strdup ("is missing");
  if (lint->view->key_usage == wanted)
    return NULL;

  return g_strdup_printf ("bits %#x instead of %#x",
                          lint->view->key_usage,
                          wanted);
}

static char *
lint_key_usage_critical (const MdocLint *lint)
{
  return check_critical (lint, MDOC_EXTENSION_KEY_USAGE, TRUE);
}

static char *
lint_basic_constraints (const MdocLint *lint)
{
  if (lint->profile != MDOC_LINT_IACA)
    return lint->view->is_ca ? g_strdup ("is a CA") : NULL;
  if (!has (lint, MDOC_EXTENSION_BASIC_CONSTRAINTS))
    return g_strdup ("is missing");

  return lint->view->is_ca ? NULL : g_strdup ("is no CA");
}

static char *
lint_basic_constraints_critical (const MdocLint *lint)
{
  return check_critical (lint, MDOC_EXTENSION_BASIC_CONSTRAINTS, TRUE);
}

static char *
lint_path_length (const MdocLint *lint)
{
  if (lint->view->has_path_len && lint->view->path_len == 0)
    return NULL;

  return g_strdup ("the path length is not 0");
}

static char *
lint_eku (const MdocLint *lint)
{
  const char *wanted = lint->profile == MDOC_LINT_READER
                           ? MDOC_OID_EKU_MDL_READER
                           : MDOC_OID_EKU_MDL_DS;

  if (mdoc_certificate_has_eku (lint->certificate, wanted))
    return NULL;

  return g_strdup_printf ("%s is missing", wanted);
}

static char *
lint_eku_mdoc (const MdocLint *lint)
{
  const char *wanted = lint->profile == MDOC_LINT_READER
                           ? MDOC_OID_EKU_MDOC_READER
                           : MDOC_OID_EKU_MDOC_DS;

  if (mdoc_certificate_has_eku (lint->certificate, wanted))
    return NULL;

  return g_strdup_printf ("%s, recommended beside it, is missing", wanted);
}

static char *
lint_eku_critical (const MdocLint *lint)
{
  return check_critical (lint, MDOC_EXTENSION_EXTENDED_KEY_USAGE, TRUE);
}

static char *
lint_eku_absent (const MdocLint *lint)
{
  return has (lint, MDOC_EXTENSION_EXTENDED_KEY_USAGE)
             ? g_strdup ("an IACA has none")
             : NULL;
}

static char *
lint_ski (const MdocLint *lint)
{
  return check_present (lint, MDOC_EXTENSION_SUBJECT_KEY_IDENTIFIER);
}

static char *
lint_ski_value (const MdocLint *lint)
{
  guint8 sha1[SHA1_LEN];

  if (!has (lint, MDOC_EXTENSION_SUBJECT_KEY_IDENTIFIER))
    return NULL;

  mdoc_certificate_hash_key (mdoc_certificate_get_public_key (
                                 lint->certificate),
                             sha1);
  if (mdoc_span_equal (lint->view->ski, MDOC_SPAN (sha1, sizeof (sha1))))
    return NULL;

  return g_strdup ("is not the SHA-1 of the key");
}

static char *
lint_aki (const MdocLint *lint)
{
  return lint->view->aki.len != 0 ? NULL : g_strdup ("has no key identifier");
}

static char *
lint_aki_value (const MdocLint *lint)
{
  if (lint->issuer == NULL || lint->view->aki.len == 0
      || mdoc_span_equal (lint->view->aki,
                          mdoc_certificate_get_ski (lint->issuer)))
    return NULL;

  return g_strdup ("is not the issuer's subject key identifier");
}

/* SKI, AKI, IAN and CRLDP */
static char *
lint_not_critical (const MdocLint *lint)
{
  static const MdocExtensionId ids[] = {
    MDOC_EXTENSION_SUBJECT_KEY_IDENTIFIER,
    MDOC_EXTENSION_AUTHORITY_KEY_IDENTIFIER,
    MDOC_EXTENSION_ISSUER_ALT_NAME,
    MDOC_EXTENSION_CRL_DISTRIBUTION_POINTS
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *detail = check_critical (lint, ids[i], FALSE);

      if (detail != NULL)
        return g_strdup_printf ("%s %s",
                                mdoc_extension_id_get_oid (ids[i]),
                                detail);
    }

  return NULL;
}

static char *
lint_ian (const MdocLint *lint)
{
  return check_present (lint, MDOC_EXTENSION_ISSUER_ALT_NAME);
}

/* GeneralNames of an e-mail address or a URI */
static char *
lint_ian_value (const MdocLint *lint)
{
  MdocDer outer;
  MdocDer names;
  guint8 tag = 0;

  if (!has (lint, MDOC_EXTENSION_ISSUER_ALT_NAME))
    return NULL;

  outer = mdoc_der_open (
      lint->view->extensions[MDOC_EXTENSION_ISSUER_ALT_NAME].value);
  if (!mdoc_der_enter (&outer, MDOC_DER_SEQUENCE, &names)
      || !mdoc_der_is_at_end (&outer))
    return g_strdup ("is malformed");

  while (mdoc_der_read_any (&names, &tag, NULL, NULL))
    {
      if (tag == TAG_EMAIL || tag == TAG_URI)
        return NULL;
    }

  return g_strdup ("has neither an e-mail address nor a URI");
}

static char *
lint_crldp (const MdocLint *lint)
{
  return check_present (lint, MDOC_EXTENSION_CRL_DISTRIBUTION_POINTS);
}

/* DistributionPoint ::= SEQUENCE { distributionPoint [0] { fullName [0] },
 *   reasons [1], cRLIssuer [2] } */
static const char *
check_distribution_point (MdocDer *points)
{
  MdocDer point;
  MdocDer name;
  MdocDer full_name;
  gboolean has_uri = FALSE;
  guint8 tag;

  if (!mdoc_der_enter (points, MDOC_DER_SEQUENCE, &point))
    return "is malformed";
  if (!mdoc_der_enter (&point, MDOC_DER_EXPLICIT (0), &name)
      || !mdoc_der_enter (&name, MDOC_DER_EXPLICIT (0), &full_name))
    return "has a point without a full name";
  if (!mdoc_der_is_at_end (&point))
    return "has a point with reasons or a CRL issuer";

  while (mdoc_der_read_any (&full_name, &tag, NULL, NULL))
    has_uri = has_uri || tag == TAG_URI;

  return has_uri ? NULL : "has a point without a URI";
}

static char *
lint_crldp_value (const MdocLint *lint)
{
  MdocDer outer;
  MdocDer points;

  if (!has (lint, MDOC_EXTENSION_CRL_DISTRIBUTION_POINTS))
    return NULL;

  outer = mdoc_der_open (
      lint->view->extensions[MDOC_EXTENSION_CRL_DISTRIBUTION_POINTS].value);
  if (!mdoc_der_enter (&outer, MDOC_DER_SEQUENCE, &points)
      || !mdoc_der_is_at_end (&outer) || mdoc_der_is_at_end (&points))
    return g_strdup ("is malformed");

  while (!mdoc_der_is_at_end (&points))
    {
      const char *detail = check_distribution_point (&points);

      if (detail != NULL)
        return g_strdup (detail);
    }

  return NULL;
}

static char *
lint_forbidden_extension (const MdocLint *lint)
{
  static const MdocExtensionId ids[] = { MDOC_EXTENSION_POLICY_MAPPINGS,
                                         MDOC_EXTENSION_NAME_CONSTRAINTS,
                                         MDOC_EXTENSION_POLICY_CONSTRAINTS,
                                         MDOC_EXTENSION_INHIBIT_ANY_POLICY,
                                         MDOC_EXTENSION_FRESHEST_CRL };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      if (has (lint, ids[i]))
        return g_strdup_printf ("%s is there",
                                mdoc_extension_id_get_oid (ids[i]));
    }

  return NULL;
}

static char *
lint_critical_extension (const MdocLint *lint)
{
  char oid[MDOC_DER_OID_TEXT_MAX_LEN];

  if (lint->view->unknown_critical.oid.len == 0)
    return NULL;
  if (!mdoc_der_oid_to_text (lint->view->unknown_critical.oid, oid))
    return g_strdup ("a malformed one is critical");

  return g_strdup_printf ("%s is critical", oid);
}

/* That an IACA has CRL distribution points is no rule here: the first edition
 * demands, the second discourages them. */
const MdocLintRule mdoc_lint_extension_rules[] = {
  { "aki", MDOC_LINT_FOR_LEAF, FALSE, lint_aki },
  { "aki-value", MDOC_LINT_FOR_ALL, FALSE, lint_aki_value },
  { "ski", MDOC_LINT_FOR_ALL, FALSE, lint_ski },
  { "ski-value", MDOC_LINT_FOR_ALL, FALSE, lint_ski_value },
  { "key-usage", MDOC_LINT_FOR_ALL, FALSE, lint_key_usage },
  { "key-usage-critical", MDOC_LINT_FOR_ALL, FALSE, lint_key_usage_critical },
  { "basic-constraints", MDOC_LINT_FOR_ALL, FALSE, lint_basic_constraints },
  { "basic-constraints-critical",
    MDOC_LINT_FOR_IACA,
    FALSE,
    lint_basic_constraints_critical },
  { "path-length", MDOC_LINT_FOR_IACA, FALSE, lint_path_length },
  { "eku", MDOC_LINT_FOR_LEAF, FALSE, lint_eku },
  { "eku-critical", MDOC_LINT_FOR_LEAF, FALSE, lint_eku_critical },
  { "eku-mdoc", MDOC_LINT_FOR_LEAF, TRUE, lint_eku_mdoc },
  { "eku-absent", MDOC_LINT_FOR_IACA, TRUE, lint_eku_absent },
  { "ian", MDOC_LINT_FOR_IACA | MDOC_LINT_FOR_DS, FALSE, lint_ian },
  { "ian-value", MDOC_LINT_FOR_ALL, FALSE, lint_ian_value },
  { "crldp", MDOC_LINT_FOR_LEAF, FALSE, lint_crldp },
  { "crldp-value", MDOC_LINT_FOR_ALL, FALSE, lint_crldp_value },
  { "not-critical", MDOC_LINT_FOR_ALL, FALSE, lint_not_critical },
  { "forbidden-extension", MDOC_LINT_FOR_ALL, FALSE, lint_forbidden_extension },
  { "critical-extension", MDOC_LINT_FOR_ALL, FALSE, lint_critical_extension },
  { 0 },
};
