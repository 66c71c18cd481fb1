/*
 * mdoc-reader-verbs.c - what mdoc-reader can do
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-verbs.h"

#include <json-glib/json-glib.h>

#include "crypto/mdoc-crypto.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-json.h"

static const MdocVerb *const verbs[] = {
  &mdoc_reader_verb_request,  &mdoc_reader_verb_verify,
  &mdoc_reader_verb_inspect,  &mdoc_reader_verb_scan_qr,
  &mdoc_reader_verb_selftest, &mdoc_reader_verb_doctor,
  &mdoc_verb_verbs,           NULL,
};

static void
print_json_error (MdocExit exit_code, const GError *error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "exit");
  json_builder_add_int_value (builder, (gint64) exit_code);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, mdoc_reader_error_get_name (error));
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, error->message);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  mdoc_reader_print_json (root);
}

/**
 * mdoc_reader_get_program:
 *
 * Returns: the program, to be run by main() or looked at by a test
 */
MdocProgram
mdoc_reader_get_program (void)
{
  return (MdocProgram){
    .name = "mdoc-reader",
    .summary = "asks for mobile documents, verifies and inspects them",
    .version_note = mdoc_crypto_get_backend (),
    .verbs = verbs,
    .examples
    = "Examples:\n"
      "  mdoc-reader request --engagement mdoc:owBj… --preset age-over-18 \\\n"
      "      --trust iaca.pem\n"
      "  mdoc-reader verify response.cbor --transcript transcript.cbor \\\n"
      "      --trust iaca.pem\n"
      "  mdoc-reader inspect response.cbor",
    .get_error_name = mdoc_reader_error_get_name,
    .print_json_error = print_json_error,
  };
}
