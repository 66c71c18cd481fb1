/*
 * mdoc-issuer-check-profile.c - the verb check-profile
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "issuer/mdoc-issuer-input.h"
#include "issuer/mdoc-issuer-verbs.h"
#include "issuer/mdoc-profile.h"

/* One thing to say about a file. */
typedef struct
{
  char *file;
  char *path; /* a JSON Pointer */
  char *message;
  gboolean is_warning;
} Finding;

typedef struct
{
  MdocDocTypeTable *doc_types;
  GHashTable *ids; /* of profiles so far, to the file of each */
  GPtrArray *findings;
  guint n_files;
  guint n_broken;
} Check;

static void
finding_free (Finding *self)
{
  g_free (self->file);
  g_free (self->path);
  g_free (self->message);
  g_free (self);
}

static void
check_clear (Check *self)
{
  g_clear_pointer (&self->doc_types, mdoc_doc_type_table_unref);
  g_clear_pointer (&self->ids, g_hash_table_unref);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Check, check_clear)

static void
add (Check *self,
     const char *file,
     const char *path,
     gboolean is_warning,
     const char *message)
{
  Finding *finding = g_new0 (Finding, 1);

  finding->file = g_strdup (file);
  finding->path = g_strdup (path);
  finding->message = g_strdup (message);
  finding->is_warning = is_warning;
  g_ptr_array_add (self->findings, finding);
  self->n_broken += is_warning ? 0 : 1;
}

/* --- what a profile and its document type say about each other --- */

/* by whatever name the profile has it */
static gboolean
has_mandatory (MdocProfile *profile,
               MdocDocType *doc_type,
               const MdocDocElement *wanted)
{
  for (guint i = 0; i < mdoc_profile_get_n_elements (profile); i++)
    {
      const MdocProfileElement *element = mdoc_profile_get_element (profile, i);

      if ((element->presence == MDOC_PRESENCE_MANDATORY
           || element->fixed != NULL)
          && mdoc_doc_type_find_element (doc_type,
                                         element->name_space,
                                         element->element)
                 == wanted)
        return TRUE;
    }
  return FALSE;
}

/* Name spaces of one's own may be added to any type; within those of the type
 * there is nothing to invent. */
static void
check_elements (Check *self,
                const char *file,
                MdocProfile *profile,
                MdocDocType *doc_type)
{
  for (guint i = 0; i < mdoc_profile_get_n_elements (profile); i++)
    {
      const MdocProfileElement *element = mdoc_profile_get_element (profile, i);
      g_autofree char *path = g_strdup_printf ("/elements/%u/element", i);
      g_autofree char *message = NULL;

      if (mdoc_doc_type_resolve_name_space (doc_type, element->name_space)
              == NULL
          || mdoc_doc_type_find_element (doc_type,
                                         element->name_space,
                                         element->element)
                 != NULL)
        continue;
      message = g_strdup_printf ("%s has no element %s",
                                 element->name_space,
                                 element->element);
      add (self, file, path, TRUE, message);
    }
}

static void
check_doc_type (Check *self, const char *file, MdocProfile *profile)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (profile);
  MdocDocType *doc_type = mdoc_doc_type_table_lookup (self->doc_types,
                                                      settings->doc_type);

  if (doc_type == NULL)
    return;
  check_elements (self, file, profile, doc_type);
  for (guint i = 0; i < mdoc_doc_type_get_n_elements (doc_type); i++)
    {
      const MdocDocElement *element = mdoc_doc_type_get_element (doc_type, i);
      g_autofree char *message = NULL;

      if (!element->is_mandatory || has_mandatory (profile, doc_type, element))
        continue;
      message = g_strdup_printf ("%s/%s is mandatory in %s, and not here",
                                 element->name_space,
                                 element->element,
                                 settings->doc_type);
      add (self, file, "/elements", TRUE, message);
    }
}

/* --- files --- */

/* two profiles of one name are none (docs/profiles.md) */
static void
check_id (Check *self, const char *file, const char *id)
{
  const char *other = g_hash_table_lookup (self->ids, id);
  g_autofree char *message = NULL;

  if (other == NULL)
    {
      g_hash_table_insert (self->ids, g_strdup (id), g_strdup (file));
      return;
    }
  message = g_strdup_printf ("%s has a profile %s, too", other, id);
  add (self, file, "/id", FALSE, message);
}

static gboolean
check_file (Check *self, const char *file, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (MdocProfile) profile = NULL;
  g_autofree char *id = NULL;

  content = mdoc_file_read (file, MDOC_PROFILE_MAX_BYTES, error);
  if (content == NULL)
    return FALSE;
  self->n_files++;
  faults = mdoc_profile_check (mdoc_span_from_bytes (content), &id);
  for (guint i = 0; i < faults->len; i++)
    {
      const MdocProfileFault *fault = faults->pdata[i];

      add (self, file, fault->path, FALSE, fault->error->message);
    }
  if (id != NULL)
    check_id (self, file, id);
  if (faults->len > 0)
    return TRUE;

  profile = mdoc_profile_parse (mdoc_span_from_bytes (content), error);
  if (profile == NULL)
    return FALSE;
  check_doc_type (self, file, profile);
  return TRUE;
}

/* a file, or each *.json of a folder */
static gboolean
check_argument (Check *self, const char *path, GError **error)
{
  g_auto (GStrv) names = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return check_file (self, path, error);
  names = mdoc_file_list (path, ".json", MDOC_PROFILE_MAX_PROFILES, error);
  for (char **name = names; name != NULL && *name != NULL; name++)
    if (!check_file (self, *name, error))
      return FALSE;
  return names != NULL;
}

/* --- what is said --- */

static void
print_text (const Check *self)
{
  for (guint i = 0; i < self->findings->len; i++)
    {
      const Finding *finding = self->findings->pdata[i];
      g_autofree char *line = g_strdup_printf ("%s: %s%s%s%s",
                                               finding->file,
                                               finding->is_warning ? "warning: "
                                                                   : "",
                                               finding->path,
                                               finding->path[0] != '\0' ? ": "
                                                                        : "",
                                               finding->message);
      g_autofree char *shown = mdoc_text_to_printable (line);

      g_print ("%s\n", shown);
    }
  if (self->findings->len == 0)
    g_print ("clean\n");
  else
    g_print ("%u broken, %u warnings\n",
             self->n_broken,
             self->findings->len - self->n_broken);
}

static void
set_text (JsonBuilder *builder, const char *member, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, valid);
}

static void
print_json (const Check *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "files");
  json_builder_add_int_value (builder, self->n_files);
  json_builder_set_member_name (builder, "broken");
  json_builder_add_int_value (builder, self->n_broken);
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->findings->len; i++)
    {
      const Finding *finding = self->findings->pdata[i];

      json_builder_begin_object (builder);
      set_text (builder, "file", finding->file);
      set_text (builder, "path", finding->path);
      json_builder_set_member_name (builder, "warning");
      json_builder_add_boolean_value (builder, finding->is_warning);
      set_text (builder, "detail", finding->message);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  mdoc_issuer_print_json (builder);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Check) check = { 0 };
  g_autofree char *doc_types = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "doctypes", 0, 0, G_OPTION_ARG_FILENAME, &doc_types,
      "Folder of document types (installed)", "DIR" },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command,
                           entries,
                           1,
                           MDOC_PROFILE_MAX_PROFILES,
                           &exit_code,
                           error))
    return exit_code;

  check.ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  check.findings = g_ptr_array_new_with_free_func (
      (GDestroyNotify) finding_free);
  check.doc_types = mdoc_issuer_input_read_doc_types (doc_types, error);
  if (check.doc_types == NULL)
    return mdoc_issuer_exit_of (*error);
  for (guint i = 0; i < mdoc_command_get_n_arguments (command); i++)
    if (!check_argument (&check, mdoc_command_get_argument (command, i), error))
      return mdoc_issuer_exit_of (*error);

  if (mdoc_command_is_json (command))
    print_json (&check);
  else
    print_text (&check);
  return check.n_broken > 0 ? MDOC_EXIT_FAILED : MDOC_EXIT_DONE;
}

const MdocVerb mdoc_issuer_verb_check_profile = {
  .name = "check-profile",
  .arguments = "FILE...",
  .summary = "Check files of profiles before a platform reads them",
  .description
  = "Prints all that is wrong with files of profiles, one fault a line, each "
    "with the\nplace in the file as a JSON Pointer (RFC 6901), and ends with 1 "
    "if there is one.\nOf a folder every *.json is checked. What does not fit "
    "the document type is a\nwarning, and does not count.\n"
    "\n"
    "Examples:\n"
    "  mdoc-issuer check-profile profiles\n"
    "  mdoc-issuer check-profile photoid.json --json",
  .run = run,
};
