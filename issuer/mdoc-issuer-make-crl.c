/*
 * mdoc-issuer-make-crl.c - the verb make-crl
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "issuer/mdoc-issuer-input.h"
#include "issuer/mdoc-issuer-value.h"
#include "issuer/mdoc-issuer-verbs.h"

#define DEFAULT_DAYS 90
#define DAY_S        ((gint64) 24 * 60 * 60)

typedef struct
{
  char *ca;
  char *ca_key;
  char *out;
  char **revoke;
  gint days;
  gboolean force;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->ca);
  g_free (self->ca_key);
  g_free (self->out);
  g_strfreev (self->revoke);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
add_serial (GPtrArray *serials,
            MdocCertificate *ca,
            const char *path,
            GError **error)
{
  g_autoptr (MdocCertificate) certificate = NULL;
  gboolean is_signed = FALSE;

  certificate = mdoc_issuer_input_read_certificate (path, error);
  if (certificate == NULL)
    return FALSE;
  if (!mdoc_certificate_is_signed_by (certificate, ca, &is_signed, error))
    return FALSE;
  if (!is_signed)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_SIGNER,
                               "%s was not issued by that CA",
                               path);

  g_ptr_array_add (serials,
                   mdoc_span_dup (mdoc_certificate_get_serial (certificate)));
  return TRUE;
}

static MdocExit
make (const Arguments *arguments, guint *ret_n_revoked, GError **error)
{
  g_autoptr (GPtrArray) serials = NULL;
  g_autoptr (MdocCertificate) ca = NULL;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GBytes) crl = NULL;
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;

  ca = mdoc_issuer_input_read_certificate (arguments->ca, error);
  if (ca == NULL)
    return mdoc_issuer_exit_of (*error);
  key = mdoc_issuer_input_read_key (arguments->ca_key, error);
  if (key == NULL)
    return mdoc_issuer_exit_of (*error);
  if (!mdoc_public_key_equal (mdoc_certificate_get_public_key (ca),
                              mdoc_key_get_public (key)))
    {
      mdoc_issuer_refuse (error,
                          MDOC_ISSUER_ERROR_SIGNER,
                          "Key and certificate of the CA do not belong "
                          "together");
      return MDOC_EXIT_FAILED;
    }

  serials = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (char **path = arguments->revoke; path != NULL && *path != NULL; path++)
    if (!add_serial (serials, ca, *path, error))
      return mdoc_issuer_exit_of (*error);

  crl = mdoc_crl_build (ca,
                        key,
                        serials,
                        now_s,
                        now_s + (gint64) arguments->days * DAY_S,
                        error);
  if (crl == NULL
      || !mdoc_file_write (arguments->out,
                           mdoc_span_from_bytes (crl),
                           arguments->force ? MDOC_FILE_REPLACE
                                            : MDOC_FILE_PLAIN,
                           error))
    return MDOC_EXIT_FAILED;

  *ret_n_revoked = serials->len;
  return MDOC_EXIT_DONE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { .days = DEFAULT_DAYS };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint n_revoked = 0;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &arguments.ca,
      "Certificate of the CA (mandatory)", "CERT" },
    { "ca-key", 0, 0, G_OPTION_ARG_FILENAME, &arguments.ca_key,
      "Private key of the CA (mandatory)", "PEM" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.out,
      "Where the list goes, DER (mandatory)", "FILE" },
    { "revoke", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments.revoke,
      "A certificate that is revoked; may be repeated", "CERT" },
    { "days", 0, 0, G_OPTION_ARG_INT, &arguments.days,
      "When the next list will come, at most 90 (90)", "N" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &arguments.force,
      "Replace the output if it is there", NULL },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  if (arguments.ca == NULL || arguments.ca_key == NULL || arguments.out == NULL)
    return mdoc_command_refuse (error,
                                "--ca, --ca-key and --out are mandatory");
  if (arguments.days < 1 || arguments.days > DEFAULT_DAYS)
    return mdoc_command_refuse (error, "--days takes 1 to %d", DEFAULT_DAYS);

  exit_code = make (&arguments, &n_revoked, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;

  if (!mdoc_command_is_json (command))
    {
      g_print ("%s: %u revoked\n", arguments.out, n_revoked);
      return MDOC_EXIT_DONE;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "revoked");
  json_builder_add_int_value (builder, n_revoked);
  json_builder_end_object (builder);
  mdoc_issuer_print_json (builder);
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_issuer_verb_make_crl = {
  .name = "make-crl",
  .arguments = "",
  .summary = "Make a revocation list of a CA",
  .description
  = "Signs a list of the certificates that a CA has revoked, for “mdoc-reader "
    "verify\n--crl”. Without --revoke the list is empty.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer make-crl --ca pki/iaca.pem --ca-key pki/iaca-key.pem \\\n"
    "      --revoke pki/ds.pem --out iaca.crl",
  .run = run,
};
