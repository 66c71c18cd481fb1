/*
 * mdoc-reader-presets.c - ready-made choices of elements, listed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-presets.h"

#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-input.h"
#include "reader/mdoc-reader-json.h"

static void
list_preset (JsonBuilder *builder,
             MdocDocType *type,
             const MdocDocPreset *preset)
{
  if (builder == NULL)
    {
      g_print ("--doctype %s --preset %s: %s\n",
               mdoc_doc_type_get_alias (type),
               preset->name,
               preset->display_name);
      return;
    }

  json_builder_begin_object (builder);
  mdoc_json_add_text (builder, "docType", mdoc_doc_type_get_name (type));
  mdoc_json_add_text (builder, "preset", preset->name);
  mdoc_json_add_text (builder, "displayName", preset->display_name);
  json_builder_end_object (builder);
}

/**
 * mdoc_reader_list_presets:
 * @command: tells whether JSON is wanted
 * @folder: (nullable): of document types
 * @error: return location for a #MdocFileError or #MdocDocTypeError
 *
 * Prints the ready-made choices of elements of each document type.
 *
 * Returns: how the verb ends
 */
MdocExit
mdoc_reader_list_presets (MdocCommand *command,
                          const char *folder,
                          GError **error)
{
  g_autoptr (MdocDocTypeTable) table = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (JsonNode) root = NULL;

  table = mdoc_reader_input_read_doc_types (folder, error);
  if (table == NULL)
    return mdoc_reader_error_get_exit (*error);

  if (mdoc_command_is_json (command))
    {
      builder = json_builder_new ();
      json_builder_begin_array (builder);
    }
  for (guint i = 0; i < mdoc_doc_type_table_get_n_doc_types (table); i++)
    {
      MdocDocType *type = mdoc_doc_type_table_get_doc_type (table, i);

      for (guint j = 0; j < mdoc_doc_type_get_n_presets (type); j++)
        list_preset (builder, type, mdoc_doc_type_get_preset (type, j));
    }
  if (builder == NULL)
    return MDOC_EXIT_DONE;

  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  mdoc_reader_print_json (root);
  return MDOC_EXIT_DONE;
}
