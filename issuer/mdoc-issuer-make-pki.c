/*
 * mdoc-issuer-make-pki.c - the verb make-pki
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-issuer-pki.h"
#include "issuer/mdoc-issuer-verbs.h"

#define DEFAULT_DAYS      397
#define DEFAULT_ROOT_DAYS (9 * 365)
#define DEFAULT_CONTACT   "https://pki.example.org"
#define DAY_S             ((gint64) 24 * 60 * 60)

typedef struct
{
  char *country;
  char *state;
  char *organization;
  char *curve;
  char *from;
  char *contact;
  char *crl;
  char *folder;
  gint days;
  gint root_days;
  gboolean force;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->country);
  g_free (self->state);
  g_free (self->organization);
  g_free (self->curve);
  g_free (self->from);
  g_free (self->contact);
  g_free (self->crl);
  g_free (self->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static MdocExit
check_days (const Arguments *arguments, GError **error)
{
  /* one certificate life for both; the document signer's limit is the lower */
  if (arguments->days < 1
      || arguments->days > MDOC_PKI_MAX_DOCUMENT_SIGNER_DAYS)
    return mdoc_command_refuse (error,
                                "--days %d: a document signer lives 1 to %d "
                                "days",
                                arguments->days,
                                MDOC_PKI_MAX_DOCUMENT_SIGNER_DAYS);
  if (arguments->root_days < arguments->days
      || arguments->root_days > MDOC_PKI_MAX_IACA_DAYS)
    return mdoc_command_refuse (error,
                                "--root-days %d: a root lives as long as what "
                                "it signs, and up to %d days",
                                arguments->root_days,
                                MDOC_PKI_MAX_IACA_DAYS);
  return MDOC_EXIT_DONE;
}

static MdocExit
fill_options (const Arguments *arguments,
              MdocPkiOptions *ret_options,
              GError **error)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  MdocPkiOptions options = {
    .country = arguments->country,
    .state = arguments->state,
    .organization = arguments->organization,
    .curve = MDOC_CURVE_P256,
    /* so that a clock that is a little behind accepts them */
    .from_unix_s = now_s - now_s % DAY_S,
    .days = (guint) arguments->days,
    .root_days = (guint) arguments->root_days,
    .contact_uri = arguments->contact != NULL ? arguments->contact
                                              : DEFAULT_CONTACT,
    .crl_uri = arguments->crl != NULL ? arguments->crl : DEFAULT_CONTACT,
  };

  if (arguments->country == NULL)
    return mdoc_command_refuse (error, "--country is missing");
  if (arguments->folder == NULL)
    return mdoc_command_refuse (error, "--out is missing");
  if (strlen (arguments->country) != 2
      || !g_ascii_isupper (arguments->country[0])
      || !g_ascii_isupper (arguments->country[1]))
    return mdoc_command_refuse (error,
                                "--country takes the two capital letters of "
                                "ISO 3166-1");
  if (arguments->curve != NULL
      && !mdoc_curve_from_name (arguments->curve, &options.curve))
    return mdoc_command_refuse (error,
                                "--curve %s: there is no such curve",
                                arguments->curve);
  if (!mdoc_curve_can_sign (options.curve)
      || !mdoc_curve_is_weierstrass (options.curve))
    return mdoc_command_refuse (error,
                                "--curve %s: certificates take a curve for "
                                "ECDSA, such as P-256",
                                arguments->curve);
  if (arguments->from != NULL
      && !mdoc_time_parse (arguments->from, &options.from_unix_s, NULL))
    return mdoc_command_refuse (error,
                                "--valid-from takes a time such as "
                                "2025-01-31T00:00:00Z");

  *ret_options = options;
  return check_days (arguments, error);
}

static void
print_certificate (JsonBuilder *builder, MdocPki *pki, MdocPkiRole role)
{
  MdocCertificate *certificate = mdoc_pki_get_certificate (pki, role);
  g_autofree char *until = NULL;
  g_autofree char *subject = NULL;

  until = mdoc_time_format (mdoc_certificate_get_not_after (certificate));
  subject = mdoc_certificate_dup_subject (certificate);
  if (builder == NULL)
    {
      g_print ("%s.pem: %s, until %s\n",
               mdoc_pki_role_get_name (role),
               subject,
               until);
      return;
    }

  json_builder_set_member_name (builder, mdoc_pki_role_get_name (role));
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "subject");
  json_builder_add_string_value (builder, subject);
  json_builder_set_member_name (builder, "notAfter");
  json_builder_add_string_value (builder, until);
  json_builder_end_object (builder);
}

static void
print_result (MdocCommand *command, MdocPki *pki)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (mdoc_command_is_json (command))
    {
      builder = json_builder_new ();
      json_builder_begin_object (builder);
    }
  for (MdocPkiRole role = 0; role < MDOC_PKI_N_ROLES; role++)
    print_certificate (builder, pki, role);
  if (builder != NULL)
    {
      json_builder_end_object (builder);
      mdoc_issuer_print_json (builder);
    }
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { .days = DEFAULT_DAYS,
                                   .root_days = DEFAULT_ROOT_DAYS };
  g_autoptr (MdocPki) pki = NULL;
  MdocPkiOptions options;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "country", 0, 0, G_OPTION_ARG_STRING, &arguments.country,
      "Country of the issuing authority (mandatory)", "CC" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.folder,
      "Folder for the files (mandatory)", "DIR" },
    { "state", 0, 0, G_OPTION_ARG_STRING, &arguments.state,
      "State or province", "NAME" },
    { "organization", 0, 0, G_OPTION_ARG_STRING, &arguments.organization,
      "Organization", "NAME" },
    { "curve", 0, 0, G_OPTION_ARG_STRING, &arguments.curve,
      "Curve of the keys: P-256, P-384, P-521, brainpoolP256r1… (P-256)",
      "NAME" },
    { "valid-from", 0, 0, G_OPTION_ARG_STRING, &arguments.from,
      "Beginning of their life (today, 0:00 UTC)", "TIME" },
    { "days", 0, 0, G_OPTION_ARG_INT, &arguments.days,
      "Life of document signer and reader, at most 457 (397)", "N" },
    { "root-days", 0, 0, G_OPTION_ARG_INT, &arguments.root_days,
      "Life of the roots, at most 7300 (3285)", "N" },
    { "contact", 0, 0, G_OPTION_ARG_STRING, &arguments.contact,
      "Where the authorities can be reached (" DEFAULT_CONTACT ")", "URI" },
    { "crl", 0, 0, G_OPTION_ARG_STRING, &arguments.crl,
      "Where the revocation lists will be (" DEFAULT_CONTACT ")", "URI" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &arguments.force,
      "Replace files that are there", NULL },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  exit_code = fill_options (&arguments, &options, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;

  pki = mdoc_pki_new (&options, error);
  if (pki == NULL
      || !mdoc_pki_save (pki, arguments.folder, arguments.force, error))
    return MDOC_EXIT_FAILED;

  print_result (command, pki);
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_issuer_verb_make_pki = {
  .name = "make-pki",
  .arguments = "",
  .summary = "Make the roots, a document signer and a reader certificate",
  .description
  = "Makes the certificates of a test bench by the profiles of ISO/IEC "
    "18013-5,\nAnnex B: an IACA root, a document signer below it, a reader CA "
    "and a reader\nbelow that. For each, DIR gets ROLE.pem and ROLE-key.pem, "
    "where ROLE is iaca,\nds, reader-ca or reader, and for the roots an empty "
    "revocation list, ROLE.crl.\nKeys are not encrypted; only their owner can "
    "read the files.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer make-pki --country UT --state UT-01 --out pki",
  .run = run,
};
