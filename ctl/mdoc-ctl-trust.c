/*
 * mdoc-ctl-trust.c - the verb trust
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

#define MAX_FILE_BYTES ((gsize) 1024 * 1024)

static const char pem_begin[] = "-----BEGIN CERTIFICATE-----";
static const char pem_end[] = "-----END CERTIFICATE-----";

/* --- files --- */

/* The certificates of a PEM file, or the one that a DER file is. */
static GPtrArray *
split (GBytes *file, GError **error)
{
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  gsize len;
  const char *data = g_bytes_get_data (file, &len);
  g_autofree char *text = g_strndup (data, len);
  char *next = strstr (text, pem_begin);

  if (next == NULL)
    {
      g_ptr_array_add (certificates, g_bytes_ref (file));
      return g_steal_pointer (&certificates);
    }

  while (next != NULL)
    {
      char *start = next + strlen (pem_begin);
      char *end = strstr (start, pem_end);
      gsize der_len;
      guint8 *der;

      if (end == NULL)
        {
          mdoc_ctl_refuse (error,
                           MDOC_CTL_ERROR_MALFORMED,
                           "A certificate of the file has no end");
          return NULL;
        }

      *end = '\0';
      der = g_base64_decode (start, &der_len);
      g_ptr_array_add (certificates, g_bytes_new_take (der, der_len));
      next = strstr (end + 1, pem_begin);
    }

  return g_steal_pointer (&certificates);
}

static GPtrArray *
read_certificates (const char *path, MdocExit *ret_exit, GError **error)
{
  g_autoptr (GBytes) file = mdoc_file_read (path, MAX_FILE_BYTES, error);
  GPtrArray *certificates;

  if (file == NULL)
    {
      *ret_exit = g_error_matches (*error,
                                   MDOC_FILE_ERROR,
                                   MDOC_FILE_ERROR_NOT_FOUND)
                      ? MDOC_EXIT_NOTHING
                      : MDOC_EXIT_FAILED;
      return NULL;
    }

  certificates = split (file, error);
  *ret_exit = MDOC_EXIT_PEER;
  return certificates;
}

/* --- add --- */

static void
print_anchor (GVariant *anchor)
{
  g_autofree char *id = mdoc_ctl_dup_text (anchor, "id");
  g_autofree char *purpose = mdoc_ctl_dup_text (anchor, "purpose");
  g_autofree char *subject = mdoc_ctl_dup_text (anchor, "subject");
  g_autofree char *until = mdoc_ctl_dup_text (anchor, "not_after");

  g_print ("%.16s  %-6s  %-20s  %s\n", id, purpose, until, subject);
}

static GVariant *
add_one (GDBusConnection *bus,
         const char *purpose,
         GBytes *certificate,
         GError **error)
{
  g_autoptr (GVariant) reply = mdoc_ctl_call_manager (
      bus,
      "AddTrustAnchor",
      g_variant_new ("(@s@ay@a{sv})",
                     mdoc_ctl_new_text (purpose),
                     g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING,
                                               certificate,
                                               TRUE),
                     mdoc_ctl_no_options ()),
      "(a{sv})",
      error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

static void
print_anchors (MdocCommand *command, GVariant *anchors)
{
  if (mdoc_command_is_json (command))
    {
      mdoc_ctl_print_variant (anchors);
      return;
    }

  for (gsize i = 0; i < g_variant_n_children (anchors); i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (anchors, i);

      print_anchor (anchor);
    }
}

static MdocExit
add (MdocCommand *command, GDBusConnection *bus, GError **error)
{
  const char *purpose = mdoc_command_get_argument (command, 1);
  guint n_arguments = mdoc_command_get_n_arguments (command);
  g_autoptr (GVariantBuilder) added = g_variant_builder_new (
      G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) anchors = NULL;
  MdocExit exit_code = MDOC_EXIT_USAGE;

  for (guint i = 2; i < n_arguments; i++)
    {
      const char *path = mdoc_command_get_argument (command, i);
      g_autoptr (GPtrArray) certificates = read_certificates (path,
                                                              &exit_code,
                                                              error);

      if (certificates == NULL)
        return exit_code;

      for (guint j = 0; j < certificates->len; j++)
        {
          g_autoptr (GVariant) anchor
              = add_one (bus,
                         purpose,
                         g_ptr_array_index (certificates, j),
                         error);

          if (anchor == NULL)
            {
              g_prefix_error (error, "%s: ", path);
              return mdoc_ctl_error_get_exit (*error);
            }
          g_variant_builder_add_value (added, anchor);
        }
    }

  anchors = g_variant_ref_sink (g_variant_builder_end (added));
  print_anchors (command, anchors);
  return MDOC_EXIT_DONE;
}

/* --- list and remove --- */

static MdocExit
list (MdocCommand *command, GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant) anchors = NULL;

  anchors = mdoc_ctl_list_anchors (bus, error);
  if (anchors == NULL)
    return mdoc_ctl_error_get_exit (*error);

  print_anchors (command, anchors);
  return MDOC_EXIT_DONE;
}

static MdocExit
remove_anchor (MdocCommand *command, GDBusConnection *bus, GError **error)
{
  const char *purpose = mdoc_command_get_argument (command, 1);
  const char *prefix = mdoc_command_get_argument (command, 2);
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *id = mdoc_ctl_complete_anchor (bus, purpose, prefix, error);

  if (id == NULL)
    return mdoc_ctl_error_get_exit (*error);

  reply = mdoc_ctl_call_manager (bus,
                                 "RemoveTrustAnchor",
                                 g_variant_new ("(ss@a{sv})",
                                                purpose,
                                                id,
                                                mdoc_ctl_no_options ()),
                                 "()",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  if (mdoc_command_is_json (command))
    {
      g_autoptr (GVariant) value = NULL;
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "removed", "s", id);
      value = g_variant_ref_sink (g_variant_dict_end (&dict));
      mdoc_ctl_print_variant (value);
    }
  return MDOC_EXIT_DONE;
}

static gboolean
check_arguments (MdocCommand *command, GError **error)
{
  const char *what = mdoc_command_get_argument (command, 0);
  guint n_arguments = mdoc_command_get_n_arguments (command);

  if (strcmp (what, "add") == 0)
    {
      if (n_arguments >= 3)
        return TRUE;
      mdoc_command_refuse (error, "It is: trust add issuer|reader FILE…");
    }
  else if (strcmp (what, "list") == 0)
    {
      if (n_arguments == 1)
        return TRUE;
      mdoc_command_refuse (error, "trust list takes no more arguments");
    }
  else if (strcmp (what, "remove") == 0)
    {
      if (n_arguments == 3)
        return TRUE;
      mdoc_command_refuse (error, "It is: trust remove issuer|reader ID");
    }
  else
    {
      mdoc_command_refuse (error,
                           "trust %s: it takes add, list or remove",
                           what);
    }

  return FALSE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  const char *what;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
  };

  if (!mdoc_command_parse (command, entries, 1, 64, &exit_code, error))
    return exit_code;

  if (!check_arguments (command, error))
    return MDOC_EXIT_USAGE;

  what = mdoc_command_get_argument (command, 0);
  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  if (strcmp (what, "add") == 0)
    return add (command, bus, error);
  if (strcmp (what, "list") == 0)
    return list (command, bus, error);
  return remove_anchor (command, bus, error);
}

const MdocVerb mdoc_ctl_verb_trust = {
  .name = "trust",
  .arguments = "add|list|remove [issuer|reader] [FILE…|ID]",
  .summary = "Choose whom to trust: issuers and readers",
  .description
  = "Adds, lists and removes trust anchors. Under an anchor for issuers "
    "credentials\ncan be imported; a reader whose certificate leads to an "
    "anchor for readers is\nnamed to you without a warning. FILE is PEM or "
    "DER; ID is eight or more digits\nof what list prints.\n"
    "\n"
    "Examples:\n"
    "  mdocctl trust add issuer iaca.pem\n"
    "  mdocctl trust add reader reader-ca.pem\n"
    "  mdocctl trust list\n"
    "  mdocctl trust remove reader 1c5f0a72",
  .run = run,
};
