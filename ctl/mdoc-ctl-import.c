/*
 * mdoc-ctl-import.c - the verb import
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/mdoc-file.h"
#include "base/mdoc-secret.h"
#include "base/mdoc-text.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

/* the agent takes 1 MiB; as hexadecimal that is twice as long */
#define MAX_BYTES      ((gsize) 1024 * 1024)
#define MAX_FILE_BYTES (2 * MAX_BYTES + 2)
#define READ_BYTES     ((gsize) 64 * 1024)

/* An IssuerSigned is a map, whose first byte no text has: 0xa0 to 0xbf. */
static gboolean
is_map (GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return len > 0 && data[0] >= 0xa0 && data[0] <= 0xbf;
}

static char *
dup_stripped (MdocSpan text)
{
  return g_strstrip (g_strndup ((const char *) text.data, text.len));
}

/* Whether a file is CBOR, base64url or hexadecimal is seen from it: decoded in
 * the right way it begins with a map. */
static GBytes *
decode (MdocSpan content, GError **error)
{
  g_autoptr (GBytes) binary = mdoc_span_dup (content);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) decoded = NULL;

  if (is_map (binary))
    return g_steal_pointer (&binary);

  text = dup_stripped (content);
  decoded = mdoc_hex_decode (text, NULL);
  if (decoded != NULL && is_map (decoded))
    return g_steal_pointer (&decoded);

  g_clear_pointer (&decoded, g_bytes_unref);
  decoded = mdoc_base64url_decode (text, MAX_BYTES, NULL);
  if (decoded != NULL && is_map (decoded))
    return g_steal_pointer (&decoded);

  mdoc_ctl_refuse (error,
                   MDOC_CTL_ERROR_MALFORMED,
                   "No IssuerSigned: neither CBOR nor base64url or hexadecimal "
                   "of it");
  return NULL;
}

static GByteArray *
read_input (GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);

  for (;;)
    {
      gssize n = read (STDIN_FILENO, buffer, READ_BYTES);

      if (n < 0 || content->len > MAX_FILE_BYTES)
        {
          mdoc_ctl_refuse (error,
                           MDOC_CTL_ERROR_FAILED,
                           "Cannot read standard input, or it is too long");
          return NULL;
        }
      if (n == 0)
        return g_steal_pointer (&content);
      g_byte_array_append (content, buffer, (guint) n);
    }
}

static GBytes *
read_credential (const char *path, GError **error)
{
  g_autoptr (GByteArray) input = NULL;
  g_autoptr (MdocSecret) file = NULL;

  if (strcmp (path, "-") == 0)
    {
      input = read_input (error);
      return input != NULL ? decode (MDOC_SPAN (input->data, input->len), error)
                           : NULL;
    }

  file = mdoc_file_read_secret (path, MAX_FILE_BYTES, error);
  return file != NULL ? decode (mdoc_secret_get_span (file), error) : NULL;
}

static MdocExit
get_file_exit (const GError *error)
{
  return g_error_matches (error, MDOC_FILE_ERROR, MDOC_FILE_ERROR_NOT_FOUND)
             ? MDOC_EXIT_NOTHING
             : mdoc_ctl_error_get_exit (error);
}

static void
print_text (GVariant *info)
{
  g_autofree char *id = mdoc_ctl_dup_text (info, "id");
  g_autofree char *name = mdoc_ctl_dup_text (info, "display_name");
  g_autofree char *until = mdoc_ctl_dup_text (info, "valid_until");

  g_print ("%s: %s with %u elements, valid until %s\n",
           id,
           name,
           mdoc_ctl_get_uint (info, "elements"),
           until);
}

typedef struct
{
  MdocCtlBusOptions bus;
  char *label;
  char *copy_of;
  char *renews;
  gboolean needs_review;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->label);
  g_free (arguments->copy_of);
  g_free (arguments->renews);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* The agent takes ids, people say names. */
static gboolean
insert_id (GDBusConnection *bus,
           GVariantDict *options,
           const char *option,
           const char *name,
           GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GVariant) info = NULL;

  if (name == NULL)
    return TRUE;

  info = mdoc_ctl_find_credential (bus, name, &path, error);
  if (info == NULL)
    return FALSE;

  id = mdoc_ctl_dup_text (info, "id");
  g_variant_dict_insert (options, option, "s", id);
  return TRUE;
}

static GVariant *
make_parameters (GDBusConnection *bus,
                 GBytes *credential,
                 const Arguments *arguments,
                 GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (!insert_id (bus, &options, "copy_of", arguments->copy_of, error)
      || !insert_id (bus, &options, "renews", arguments->renews, error))
    return NULL;

  if (arguments->label != NULL)
    g_variant_dict_insert (&options, "label", "s", arguments->label);
  if (arguments->needs_review)
    g_variant_dict_insert (&options, "review", "b", TRUE);
  return g_variant_new ("(@ay@a{sv})",
                        g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING,
                                                  credential,
                                                  TRUE),
                        g_variant_dict_end (&options));
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GBytes) credential = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) info = NULL;
  GVariant *parameters;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "label", 0, 0, G_OPTION_ARG_STRING, &arguments.label,
      "Your name for it", "TEXT" },
    { "review", 0, 0, G_OPTION_ARG_NONE, &arguments.needs_review,
      "Do not show it before it was accepted with set", NULL },
    { "copy-of", 0, 0, G_OPTION_ARG_STRING, &arguments.copy_of,
      "It was issued together with this one", "CREDENTIAL" },
    { "renews", 0, 0, G_OPTION_ARG_STRING, &arguments.renews,
      "It takes the place of this one", "CREDENTIAL" },
    MDOC_CTL_BUS_ENTRIES (arguments.bus),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;

  credential = read_credential (mdoc_command_get_argument (command, 0), error);
  if (credential == NULL)
    return get_file_exit (*error);

  bus = mdoc_ctl_connect (&arguments.bus, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  parameters = make_parameters (bus, credential, &arguments, error);
  if (parameters == NULL)
    return mdoc_ctl_error_get_exit (*error);

  reply = mdoc_ctl_call_manager (bus, "Import", parameters, "(oa{sv})", error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  info = g_variant_get_child_value (reply, 1);
  if (mdoc_command_is_json (command))
    mdoc_ctl_print_variant (info);
  else
    print_text (info);
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_ctl_verb_import = {
  .name = "import",
  .arguments = "FILE",
  .summary = "Take in a credential that was issued for a key of ours",
  .description
  = "Takes in an IssuerSigned that an issuer made for a key of new-key: a file "
    "of\nCBOR, or of its base64url or hexadecimal text; - is standard input. "
    "The agent\nkeeps it if its signature, digests and validity hold, its "
    "chain leads to an\nissuer anchor (see trust), and its device key is one "
    "of ours.\n"
    "\n"
    "Examples:\n"
    "  mdocctl import licence.cbor --label licence\n"
    "  mdocctl import second.cbor --copy-of licence",
  .run = run,
};
