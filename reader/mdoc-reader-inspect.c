/*
 * mdoc-reader-inspect.c - the verb inspect
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "engagement/mdoc-device-engagement.h"
#include "mdoc/mdoc-cbor-diagnostic.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-input.h"
#include "reader/mdoc-reader-json.h"
#include "reader/mdoc-reader-structure.h"
#include "reader/mdoc-reader-verbs.h"

#define URI_SCHEME  "mdoc:"
#define PEM_MARK    "-----BEGIN "
#define PEM_PRIVATE "PRIVATE KEY-----"

static const MdocCborLimits limits = {
  .max_bytes = MDOC_READER_MAX_FILE_BYTES,
  .max_depth = MDOC_CBOR_MAX_DEPTH,
  .max_items = 65536,
};

/* One thing found in a file. */
typedef struct
{
  MdocStructure structure;
  MdocSpan content;  /* unwrapped */
  JsonNode *summary; /* nullable */
  char *tree;        /* nullable */
  GError *fault;     /* what is wrong with it, nullable */
} Finding;

static void
finding_clear (Finding *self)
{
  g_clear_pointer (&self->summary, json_node_unref);
  g_clear_pointer (&self->tree, g_free);
  g_clear_error (&self->fault);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Finding, finding_clear)

static JsonNode *
summarize (MdocStructure structure, MdocSpan content, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (!mdoc_structure_summarize (structure, content, builder, error))
    return NULL;
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
inspect_der (Finding *self)
{
  self->structure = MDOC_STRUCTURE_CERTIFICATE;
  self->summary = summarize (self->structure, self->content, &self->fault);
  if (self->summary != NULL)
    return;

  /* if it is no revocation list either, the first reason stands */
  self->summary = summarize (MDOC_STRUCTURE_CRL, self->content, NULL);
  if (self->summary != NULL)
    {
      self->structure = MDOC_STRUCTURE_CRL;
      g_clear_error (&self->fault);
    }
}

static void
inspect_cbor (Finding *self, MdocSpan encoded, MdocCborDiagnosticFlags flags)
{
  /* what the door refuses is the first thing to say; a parser behind it may
   * have narrower limits */
  if (mdoc_cbor_diagnose (encoded, &limits, flags, &self->tree, &self->fault))
    self->summary = summarize (self->structure, self->content, &self->fault);
}

static void
inspect (Finding *self, MdocSpan encoded, MdocCborDiagnosticFlags flags)
{
  self->content = mdoc_structure_unwrap (encoded);
  self->structure = mdoc_structure_detect (self->content);
  if (mdoc_structure_is_cbor (self->structure))
    inspect_cbor (self, encoded, flags);
  else
    inspect_der (self);
}

static void
print_text (const Finding *self, MdocSpan encoded)
{
  g_print ("%s, %" G_GSIZE_FORMAT " bytes%s\n",
           mdoc_structure_get_name (self->structure),
           encoded.len,
           self->fault != NULL ? ", broken" : "");
  if (self->summary != NULL)
    mdoc_reader_print_text (self->summary);
  if (self->tree != NULL)
    g_print ("%s\n", self->tree);
}

static void
print_json (const Finding *self, MdocSpan encoded)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  mdoc_json_add_text (builder,
                      "structure",
                      mdoc_structure_get_name (self->structure));
  mdoc_json_add_int (builder, "bytes", (gint64) encoded.len);
  if (self->fault != NULL)
    {
      mdoc_json_begin_object (builder, "error");
      mdoc_json_add_text (builder,
                          "name",
                          mdoc_reader_error_get_name (self->fault));
      mdoc_json_add_text (builder, "message", self->fault->message);
      json_builder_end_object (builder);
    }
  if (self->summary != NULL)
    {
      json_builder_set_member_name (builder, "summary");
      json_builder_add_value (builder, json_node_copy (self->summary));
    }
  if (self->tree != NULL)
    mdoc_json_add_text (builder, "tree", self->tree);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  mdoc_reader_print_json (root);
}

/* What is broken is a result as well: it is shown, then told. */
static MdocExit
show (MdocCommand *command,
      MdocSpan encoded,
      MdocCborDiagnosticFlags flags,
      GError **error)
{
  g_auto (Finding) finding = { 0 };

  inspect (&finding, encoded, flags);
  if (mdoc_command_is_json (command))
    print_json (&finding, encoded);
  else
    print_text (&finding, encoded);

  if (finding.fault == NULL)
    return MDOC_EXIT_DONE;
  if (!mdoc_command_is_json (command))
    g_propagate_error (error, g_steal_pointer (&finding.fault));
  return MDOC_EXIT_PEER;
}

static MdocExit
show_pem (MdocCommand *command, GBytes *content, GError **error)
{
  MdocSpan text = mdoc_span_from_bytes (content);
  g_autoptr (GPtrArray) certificates = NULL;

  if (memmem (text.data, text.len, PEM_PRIVATE, strlen (PEM_PRIVATE)) != NULL)
    {
      mdoc_reader_refuse (error,
                          MDOC_READER_ERROR_UNKNOWN,
                          "This is a private key, which is not shown");
      return MDOC_EXIT_PEER;
    }

  certificates = mdoc_certificate_parse_file (content, error);
  if (certificates == NULL)
    return mdoc_reader_error_get_exit (*error);

  for (guint i = 0; i < certificates->len; i++)
    {
      GBytes *der = mdoc_certificate_get_der (
          g_ptr_array_index (certificates, i));
      MdocExit exit_code = show (command,
                                 mdoc_span_from_bytes (der),
                                 MDOC_CBOR_DIAGNOSTIC_PLAIN,
                                 error);

      if (exit_code != MDOC_EXIT_DONE)
        return exit_code;
    }
  return MDOC_EXIT_DONE;
}

static MdocExit
show_uri (MdocCommand *command,
          MdocSpan text,
          MdocCborDiagnosticFlags flags,
          GError **error)
{
  g_autofree char *uri = g_strndup ((const char *) text.data, text.len);
  g_autoptr (GBytes) encoded = NULL;

  /* not by the parser of engagements, which gives nothing of a broken one */
  encoded = mdoc_base64url_decode (g_strstrip (uri) + strlen (URI_SCHEME),
                                   MDOC_ENGAGEMENT_MAX_BYTES,
                                   error);
  if (encoded == NULL)
    return MDOC_EXIT_PEER;
  return show (command, mdoc_span_from_bytes (encoded), flags, error);
}

static gboolean
begins_with (MdocSpan content, const char *text)
{
  return content.len >= strlen (text)
         && g_ascii_strncasecmp ((const char *) content.data,
                                 text,
                                 strlen (text))
                == 0;
}

static MdocExit
inspect_file (MdocCommand *command,
              MdocCborDiagnosticFlags flags,
              GError **error)
{
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) encoded = NULL;
  MdocSpan span;

  content = mdoc_reader_input_read (mdoc_command_get_argument (command, 0),
                                    error);
  if (content == NULL)
    return mdoc_reader_error_get_exit (*error);

  span = mdoc_span_from_bytes (content);
  if (begins_with (span, URI_SCHEME))
    return show_uri (command, span, flags, error);
  if (begins_with (span, PEM_MARK))
    return show_pem (command, content, error);

  encoded = mdoc_reader_input_decode (content, error);
  if (encoded == NULL)
    return mdoc_reader_error_get_exit (*error);
  return show (command, mdoc_span_from_bytes (encoded), flags, error);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCborDiagnosticFlags flags = MDOC_CBOR_DIAGNOSTIC_PRETTY
                                  | MDOC_CBOR_DIAGNOSTIC_EMBEDDED;
  gboolean is_full = FALSE;
  gboolean show_values = FALSE;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "full", 0, 0, G_OPTION_ARG_NONE, &is_full,
      "Print long strings in full", NULL },
    { "show-values", 0, 0, G_OPTION_ARG_NONE, &show_values,
      "Show the values of data elements, and what hides them", NULL },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;

  if (!is_full)
    flags |= MDOC_CBOR_DIAGNOSTIC_ELIDE;
  if (!show_values)
    flags |= MDOC_CBOR_DIAGNOSTIC_MASK;
  return inspect_file (command, flags, error);
}

const MdocVerb mdoc_reader_verb_inspect = {
  .name = "inspect",
  .arguments = "FILE",
  .summary = "Show what a file holds, even if it is broken",
  .description
  = "Tells which structure of ISO/IEC 18013-5 a file holds and shows it: "
    "engagement,\nmdoc: URI, request, response, IssuerSigned, IssuerAuth, MSO, "
    "session message,\ntranscript, VICAL, certificate. Of a broken one, all up "
    "to where it breaks, and\nwhy; then it ends with 5. It does not verify "
    "anything.\n"
    "\n"
    "FILE may be bytes, hexadecimal, base64url or PEM; - is standard input. "
    "Values of\ndata elements are masked unless --show-values is given, and so "
    "is the random\nthat hides them in a digest.\n"
    "\n"
    "Examples:\n"
    "  mdoc-reader inspect response.cbor\n"
    "  echo mdoc:owBj… | mdoc-reader inspect -",
  .run = run,
};
