/*
 * mdoc-reader-report.c - what was verified of a response, and what not
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-report.h"

#include "base/mdoc-text.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-json.h"
#include "reader/mdoc-reader-status.h"
#include "reader/mdoc-reader-value.h"

#define MASKED "***"

/* the check that a response fails which is no DeviceResponse at all */
#define CHECK_STRUCTURE "structure"
#define CHECK_STATUS    "status"

static void
build_check (JsonBuilder *builder,
             const char *name,
             const char *outcome,
             const char *detail)
{
  json_builder_begin_object (builder);
  mdoc_json_add_text (builder, "name", name);
  mdoc_json_add_text (builder, "outcome", outcome);
  if (detail != NULL)
    mdoc_json_add_text (builder, "detail", detail);
  json_builder_end_object (builder);
}

static void
build_certificate (JsonBuilder *builder,
                   const char *name,
                   MdocCertificate *certificate)
{
  g_autofree char *subject = NULL;

  if (certificate == NULL)
    return;

  subject = mdoc_certificate_dup_subject (certificate);
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  mdoc_json_add_text (builder, "subject", subject);
  mdoc_json_add_time (builder,
                      "notAfter",
                      mdoc_certificate_get_not_after (certificate));
  json_builder_end_object (builder);
}

static void
build_element (const MdocReaderReport *self,
               JsonBuilder *builder,
               const MdocVerifiedElement *element)
{
  json_builder_begin_object (builder);
  mdoc_json_add_text (builder, "nameSpace", element->name_space);
  mdoc_json_add_text (builder, "element", element->element);
  mdoc_json_add_boolean (builder, "deviceSigned", element->is_device_signed);
  if (self->show_values)
    {
      json_builder_set_member_name (builder, "value");
      json_builder_add_value (builder,
                              mdoc_reader_value_to_json (element->value));
    }
  json_builder_end_object (builder);
}

static void
build_errors (JsonBuilder *builder, MdocDocument *document)
{
  json_builder_set_member_name (builder, "errors");
  json_builder_begin_array (builder);
  for (guint i = 0; i < mdoc_document_get_n_errors (document); i++)
    {
      const MdocElementError *error = mdoc_document_get_error (document, i);

      json_builder_begin_object (builder);
      mdoc_json_add_text (builder, "nameSpace", error->name_space);
      mdoc_json_add_text (builder, "element", error->element);
      mdoc_json_add_int (builder, "code", error->code);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
build_validity (JsonBuilder *builder, MdocMso *mso)
{
  gint64 expected_update;

  json_builder_set_member_name (builder, "validity");
  json_builder_begin_object (builder);
  mdoc_json_add_time (builder, "signed", mdoc_mso_get_signed (mso));
  mdoc_json_add_time (builder, "validFrom", mdoc_mso_get_valid_from (mso));
  mdoc_json_add_time (builder, "validUntil", mdoc_mso_get_valid_until (mso));
  if (mdoc_mso_get_expected_update (mso, &expected_update))
    mdoc_json_add_time (builder, "expectedUpdate", expected_update);
  json_builder_end_object (builder);
}

static const char *
get_device_auth_name (MdocDocument *document)
{
  return mdoc_document_get_device_auth_kind (document) == MDOC_DEVICE_AUTH_MAC
             ? "mac"
             : "signature";
}

/* of a document that is revoked nothing may be relied on */
static guint
get_n_elements (const MdocReaderReport *self, guint i)
{
  return mdoc_reader_status_is_document_verified (self->findings,
                                                  self->verification,
                                                  i)
             ? mdoc_verification_get_n_elements (self->verification, i)
             : 0;
}

static void
build_finding (const MdocReaderReport *self, JsonBuilder *builder, guint i)
{
  const MdocReaderFinding *finding
      = mdoc_reader_status_get_finding (self->findings, i);

  if (finding != NULL)
    build_check (builder,
                 CHECK_STATUS,
                 mdoc_check_outcome_get_name (finding->outcome),
                 finding->detail);
}

static void
build_document (const MdocReaderReport *self, JsonBuilder *builder, guint i)
{
  MdocVerification *verification = self->verification;
  MdocDocument *document = mdoc_device_response_get_document (self->response,
                                                              i);
  MdocIssuerSigned *issuer_signed = mdoc_document_get_issuer_signed (document);

  json_builder_begin_object (builder);
  mdoc_json_add_text (builder,
                      "docType",
                      mdoc_verification_get_doc_type (verification, i));
  mdoc_json_add_boolean (
      builder,
      "verified",
      mdoc_reader_status_is_document_verified (self->findings,
                                               verification,
                                               i));
  build_certificate (builder,
                     "documentSigner",
                     mdoc_verification_get_document_signer (verification, i));
  build_certificate (builder,
                     "anchor",
                     mdoc_verification_get_anchor (verification, i));
  build_validity (builder, mdoc_issuer_signed_get_mso (issuer_signed));
  mdoc_json_add_text (builder, "deviceAuth", get_device_auth_name (document));

  json_builder_set_member_name (builder, "checks");
  json_builder_begin_array (builder);
  for (guint j = 0;
       j < mdoc_verification_get_n_document_checks (verification, i);
       j++)
    {
      const MdocCheck *check
          = mdoc_verification_get_document_check (verification, i, j);

      build_check (builder,
                   check->name,
                   mdoc_check_outcome_get_name (check->outcome),
                   check->detail);
    }
  build_finding (self, builder, i);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "elements");
  json_builder_begin_array (builder);
  for (guint j = 0; j < get_n_elements (self, i); j++)
    build_element (self,
                   builder,
                   mdoc_verification_get_element (verification, i, j));
  json_builder_end_array (builder);

  build_errors (builder, document);
  json_builder_end_object (builder);
}

static void
build_document_errors (const MdocReaderReport *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "documentErrors");
  json_builder_begin_array (builder);
  for (guint i = 0;
       i < mdoc_device_response_get_n_document_errors (self->response);
       i++)
    {
      const char *doc_type;
      gint64 code;

      mdoc_device_response_get_document_error (self->response,
                                               i,
                                               &doc_type,
                                               &code);
      json_builder_begin_object (builder);
      mdoc_json_add_text (builder, "docType", doc_type);
      mdoc_json_add_int (builder, "code", code);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/**
 * mdoc_reader_report_build:
 * @self: a report
 * @builder: within an object
 *
 * Adds the members `verified`, `status`, `checks`, `documents` and
 * `documentErrors`.
 */
void
mdoc_reader_report_build (const MdocReaderReport *self, JsonBuilder *builder)
{
  MdocVerification *verification = self->verification;

  mdoc_json_add_boolean (builder,
                         "verified",
                         mdoc_reader_status_is_verified (self->findings,
                                                         verification));
  mdoc_json_add_int (builder,
                     "status",
                     (gint64) mdoc_device_response_get_status (self->response));

  json_builder_set_member_name (builder, "checks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < mdoc_verification_get_n_checks (verification); i++)
    {
      const MdocCheck *check = mdoc_verification_get_check (verification, i);

      build_check (builder,
                   check->name,
                   mdoc_check_outcome_get_name (check->outcome),
                   check->detail);
    }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "documents");
  json_builder_begin_array (builder);
  for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
    build_document (self, builder, i);
  json_builder_end_array (builder);

  build_document_errors (self, builder);
}

/**
 * mdoc_reader_report_build_broken:
 * @error: why there is nothing to verify
 * @builder: within an object
 *
 * Adds the members that mdoc_reader_report_build() adds, with one failed check.
 */
void
mdoc_reader_report_build_broken (const GError *error, JsonBuilder *builder)
{
  mdoc_json_add_boolean (builder, "verified", FALSE);
  json_builder_set_member_name (builder, "checks");
  json_builder_begin_array (builder);
  json_builder_begin_object (builder);
  mdoc_json_add_text (builder, "name", CHECK_STRUCTURE);
  mdoc_json_add_text (builder, "outcome", "failed");
  mdoc_json_add_text (builder, "error", mdoc_reader_error_get_name (error));
  mdoc_json_add_text (builder, "detail", error->message);
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "documents");
  json_builder_begin_array (builder);
  json_builder_end_array (builder);
}

static void
print_check (const MdocCheck *check)
{
  g_autofree char *detail = NULL;

  if (check->detail != NULL)
    detail = mdoc_text_to_printable (check->detail);
  g_print ("  %-11s %s%s%s\n",
           mdoc_check_outcome_get_name (check->outcome),
           check->name,
           detail != NULL ? ": " : "",
           detail != NULL ? detail : "");
}

static void
print_certificate (const char *label, MdocCertificate *certificate)
{
  g_autofree char *subject = NULL;
  g_autofree char *shown = NULL;

  if (certificate == NULL)
    return;

  subject = mdoc_certificate_dup_subject (certificate);
  shown = mdoc_text_to_printable (subject);
  g_print ("  %s: %s\n", label, shown);
}

static void
print_name (const char *name_space, const char *element)
{
  g_autofree char *shown_space = mdoc_text_to_printable (name_space);
  g_autofree char *shown_element = mdoc_text_to_printable (element);

  g_print ("    %s/%s", shown_space, shown_element);
}

static void
print_element (const MdocReaderReport *self, const MdocVerifiedElement *element)
{
  print_name (element->name_space, element->element);
  if (self->show_values)
    {
      g_autoptr (JsonNode) value = mdoc_reader_value_to_json (element->value);
      g_autofree char *text = mdoc_text_mend_json (
          json_to_string (value, FALSE));
      g_autofree char *shown = mdoc_text_to_printable (text);

      g_print (" = %s", shown);
    }
  else
    g_print (" = " MASKED);
  g_print ("%s\n", element->is_device_signed ? " (the device's word)" : "");
}

static void
print_elements (const MdocReaderReport *self, guint i)
{
  guint n_elements = get_n_elements (self, i);

  if (n_elements == 0)
    return;

  g_print ("  verified elements:\n");
  for (guint j = 0; j < n_elements; j++)
    print_element (self,
                   mdoc_verification_get_element (self->verification, i, j));
}

static void
print_errors (MdocDocument *document)
{
  if (mdoc_document_get_n_errors (document) == 0)
    return;

  g_print ("  not returned, the holder says:\n");
  for (guint i = 0; i < mdoc_document_get_n_errors (document); i++)
    {
      const MdocElementError *error = mdoc_document_get_error (document, i);

      print_name (error->name_space, error->element);
      g_print (": code %" G_GINT64_FORMAT "\n", error->code);
    }
}

static void
print_finding (const MdocReaderReport *self, guint i)
{
  const MdocReaderFinding *finding
      = mdoc_reader_status_get_finding (self->findings, i);

  if (finding != NULL)
    print_check (&(MdocCheck){ .name = CHECK_STATUS,
                               .outcome = finding->outcome,
                               .detail = finding->detail });
}

static void
print_document (const MdocReaderReport *self, guint i)
{
  MdocVerification *verification = self->verification;
  MdocDocument *document = mdoc_device_response_get_document (self->response,
                                                              i);
  MdocMso *mso = mdoc_issuer_signed_get_mso (
      mdoc_document_get_issuer_signed (document));
  g_autofree char *from = mdoc_time_format (mdoc_mso_get_valid_from (mso));
  g_autofree char *until = mdoc_time_format (mdoc_mso_get_valid_until (mso));
  g_autofree char *doc_type = NULL;

  doc_type = mdoc_text_to_printable (
      mdoc_verification_get_doc_type (verification, i));
  g_print ("%s: %s\n",
           doc_type,
           mdoc_reader_status_is_document_verified (self->findings,
                                                    verification,
                                                    i)
               ? "verified"
               : "NOT VERIFIED");
  print_certificate ("document signer",
                     mdoc_verification_get_document_signer (verification, i));
  print_certificate ("trust anchor",
                     mdoc_verification_get_anchor (verification, i));
  g_print ("  valid: %s to %s\n", from, until);
  for (guint j = 0;
       j < mdoc_verification_get_n_document_checks (verification, i);
       j++)
    print_check (mdoc_verification_get_document_check (verification, i, j));
  print_finding (self, i);
  print_elements (self, i);
  print_errors (document);
}

/**
 * mdoc_reader_report_print:
 * @self: a report
 *
 * Prints it on standard output for people. The last line says whether all of it
 * holds.
 */
void
mdoc_reader_report_print (const MdocReaderReport *self)
{
  MdocVerification *verification = self->verification;

  for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
    print_document (self, i);

  g_print ("response: status %" G_GUINT64_FORMAT "\n",
           mdoc_device_response_get_status (self->response));
  for (guint i = 0; i < mdoc_verification_get_n_checks (verification); i++)
    print_check (mdoc_verification_get_check (verification, i));
  for (guint i = 0;
       i < mdoc_device_response_get_n_document_errors (self->response);
       i++)
    {
      g_autofree char *shown = NULL;
      const char *doc_type;
      gint64 code;

      mdoc_device_response_get_document_error (self->response,
                                               i,
                                               &doc_type,
                                               &code);
      shown = mdoc_text_to_printable (doc_type);
      g_print ("  %s not returned, the holder says: code %" G_GINT64_FORMAT
               "\n",
               shown,
               code);
    }

  g_print ("%s\n",
           mdoc_reader_status_is_verified (self->findings, verification)
               ? "verified"
               : "NOT VERIFIED");
}

/**
 * mdoc_reader_report_print_broken:
 * @error: why there is nothing to verify
 *
 * Prints it in the form of mdoc_reader_report_print().
 */
void
mdoc_reader_report_print_broken (const GError *error)
{
  g_autofree char *detail = mdoc_text_to_printable (error->message);

  g_print ("response:\n  %-11s %s: %s [%s]\nNOT VERIFIED\n",
           "failed",
           CHECK_STRUCTURE,
           detail,
           mdoc_reader_error_get_name (error));
}
