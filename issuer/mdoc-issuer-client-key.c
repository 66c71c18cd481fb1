/*
 * mdoc-issuer-client-key.c - the verb make-admin-key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "issuer/mdoc-admin-keys.h"
#include "issuer/mdoc-issuer-client.h"
#include "issuer/mdoc-issuer-verbs.h"

typedef struct
{
  char *name;
  char *role;
  char *keys;
  char *out;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->name);
  g_free (self->role);
  g_free (self->keys);
  g_free (self->out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
read_keys (const char *path, char **ret_text, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GBytes) bytes = mdoc_file_read (path,
                                             MDOC_ADMIN_MAX_KEY_FILE_SIZE,
                                             &own_error);

  if (bytes != NULL)
    *ret_text = g_strndup (g_bytes_get_data (bytes, NULL),
                           g_bytes_get_size (bytes));
  else if (g_error_matches (own_error,
                            MDOC_FILE_ERROR,
                            MDOC_FILE_ERROR_NOT_FOUND))
    *ret_text = g_strdup ("");
  else
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  return TRUE;
}

/* the file stays one that the platform takes: it is parsed before it is
 * written */
static gboolean
add_line (const char *path, const char *line, GError **error)
{
  g_autofree char *old = NULL;
  g_autofree char *text = NULL;
  g_autoptr (MdocAdminKeys) keys = NULL;

  if (!read_keys (path, &old, error))
    return FALSE;
  text = g_strconcat (old,
                      *old == '\0' || g_str_has_suffix (old, "\n") ? "" : "\n",
                      line,
                      NULL);
  keys = mdoc_admin_keys_parse (text, error);
  return keys != NULL
         && mdoc_file_write (path,
                             mdoc_span_from_text (text),
                             MDOC_FILE_PRIVATE | MDOC_FILE_REPLACE,
                             error);
}

static MdocExit
make_key (MdocCommand *command, const Arguments *arguments, GError **error)
{
  g_autofree char *line = NULL;
  g_autofree char *key = mdoc_admin_keys_make (arguments->name,
                                               arguments->role,
                                               &line,
                                               error);
  g_autofree char *content = NULL;

  if (key == NULL)
    return MDOC_EXIT_USAGE;
  if (!add_line (arguments->keys, line, error))
    return MDOC_EXIT_FAILED;

  content = g_strconcat (key, "\n", NULL);
  if (!mdoc_file_write (arguments->out,
                        mdoc_span_from_text (content),
                        MDOC_FILE_PRIVATE | MDOC_FILE_REPLACE,
                        error))
    return MDOC_EXIT_FAILED;
  mdoc_secret_wipe (key, strlen (key));
  mdoc_secret_wipe (content, strlen (content));
  if (mdoc_command_is_json (command))
    {
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (),
                                                         json_object_new ());
      JsonObject *object = json_node_get_object (node);

      json_object_set_string_member (object, "name", arguments->name);
      json_object_set_string_member (object, "role", arguments->role);
      json_object_set_string_member (object, "keyFile", arguments->out);
      mdoc_issuer_client_print (node);
    }
  else
    g_print ("%s: key of %s, who may %s\n",
             arguments->out,
             arguments->name,
             arguments->role);
  return MDOC_EXIT_DONE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "name", 0, 0, G_OPTION_ARG_STRING, &arguments.name,
      "Whose key it is, for the audit (mandatory)", "NAME" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &arguments.role,
      "What it is good for (mandatory)", "check|read|operate|approve|configure" },
    { "keys", 0, 0, G_OPTION_ARG_FILENAME, &arguments.keys,
      "File that the platform reads, to which a line is added (mandatory)",
      "FILE" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.out,
      "Where the key itself goes (mandatory)", "FILE" },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  if (arguments.name == NULL || arguments.role == NULL || arguments.keys == NULL
      || arguments.out == NULL)
    return mdoc_command_refuse (error,
                                "--name, --role, --keys and --out are needed");
  return make_key (command, &arguments, error);
}

const MdocVerb mdoc_issuer_verb_make_admin_key = {
  .name = "make-admin-key",
  .arguments = "",
  .summary = "Make a key for the administration of a platform",
  .description
  = "Makes a random key. The file that the platform reads gets its digest "
    "alone; the\nkey itself is in a file that its owner alone can read, and "
    "nowhere else. The\nplatform reads its file when it starts.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer make-admin-key --name alice --role operate \\\n"
    "      --keys admin.keys --out alice.key",
  .run = run,
};
