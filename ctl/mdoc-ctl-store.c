/*
 * mdoc-ctl-store.c - the verb store
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

/* a large store on a slow disk */
#define FILE_TIMEOUT_MS (10 * 60 * 1000)

static MdocExit
check (MdocCommand *command, GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant) reply
      = mdoc_ctl_call_manager (bus,
                               "CheckStore",
                               g_variant_new ("(@a{sv})",
                                              mdoc_ctl_no_options ()),
                               "(as)",
                               error);
  g_autoptr (GVariant) findings = NULL;
  gsize n_findings;

  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  findings = g_variant_get_child_value (reply, 0);
  n_findings = g_variant_n_children (findings);
  if (mdoc_command_is_json (command))
    {
      g_autoptr (GVariant) value = NULL;
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert_value (&dict, "findings", findings);
      value = g_variant_ref_sink (g_variant_dict_end (&dict));
      mdoc_ctl_print_variant (value);
    }
  for (gsize i = 0; !mdoc_command_is_json (command) && i < n_findings; i++)
    {
      g_autofree char *printable = NULL;
      const char *finding;

      /* ids in it are as they lie on the disk, where others may have been */
      g_variant_get_child (findings, i, "&s", &finding);
      printable = mdoc_text_to_printable (finding);
      g_print ("%s\n", printable);
    }
  if (!mdoc_command_is_json (command) && n_findings == 0)
    g_print ("all is well\n");

  return n_findings == 0 ? MDOC_EXIT_DONE : MDOC_EXIT_FAILED;
}

static gboolean
call_with_file (GDBusConnection *bus,
                const char *method,
                int fd,
                GVariant *options,
                GError **error)
{
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) owned = g_variant_ref_sink (options);
  int at = g_unix_fd_list_append (list, fd, &local_error);

  if (at >= 0)
    reply = g_dbus_connection_call_with_unix_fd_list_sync (
        bus,
        MDOC_BUS_NAME,
        MDOC_OBJECT_ROOT,
        MDOC_INTERFACE_MANAGER,
        method,
        g_variant_new ("(h@a{sv})", at, owned),
        G_VARIANT_TYPE ("()"),
        G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
        FILE_TIMEOUT_MS,
        list,
        NULL,
        NULL,
        &local_error);
  if (reply != NULL)
    return TRUE;

  mdoc_ctl_convert_error (&local_error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static MdocExit
refuse_file (const char *path, GError **error)
{
  int code = errno;

  mdoc_ctl_refuse (error,
                   code == ENOENT ? MDOC_CTL_ERROR_NOT_FOUND
                                  : MDOC_CTL_ERROR_FAILED,
                   "Cannot use %s: %s",
                   path,
                   g_strerror (code));
  return mdoc_ctl_error_get_exit (*error);
}

/* never over a backup that is there */
static MdocExit
back_up (GDBusConnection *bus, const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean is_done;

  if (fd < 0)
    return refuse_file (path, error);

  is_done = call_with_file (bus,
                            "BackUpStore",
                            fd,
                            mdoc_ctl_no_options (),
                            error);
  close (fd);
  if (is_done)
    return MDOC_EXIT_DONE;

  /* half a backup is none */
  (void) unlink (path);
  return mdoc_ctl_error_get_exit (*error);
}

static MdocExit
restore (GDBusConnection *bus,
         const char *path,
         gboolean may_forget,
         GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  GVariantDict options;
  gboolean is_done;

  if (fd < 0)
    return refuse_file (path, error);

  g_variant_dict_init (&options, NULL);
  if (may_forget)
    g_variant_dict_insert (&options, "may_forget", "b", TRUE);
  is_done = call_with_file (bus,
                            "RestoreStore",
                            fd,
                            g_variant_dict_end (&options),
                            error);
  close (fd);
  return is_done ? MDOC_EXIT_DONE : mdoc_ctl_error_get_exit (*error);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  gboolean may_forget = FALSE;
  g_autoptr (GDBusConnection) bus = NULL;
  const char *what;
  gboolean is_check;
  guint n_arguments;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "may-forget", 0, 0, G_OPTION_ARG_NONE, &may_forget,
      "Restore even if credentials are lost that the backup has not", NULL },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 2, &exit_code, error))
    return exit_code;

  what = mdoc_command_get_argument (command, 0);
  n_arguments = mdoc_command_get_n_arguments (command);
  is_check = strcmp (what, "check") == 0;
  if ((!is_check && strcmp (what, "backup") != 0
       && strcmp (what, "restore") != 0)
      || n_arguments != (is_check ? 1 : 2))
    return mdoc_command_refuse (error,
                                "It is: store check, or store backup|restore "
                                "FILE");

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  if (is_check)
    return check (command, bus, error);
  if (strcmp (what, "backup") == 0)
    return back_up (bus, mdoc_command_get_argument (command, 1), error);
  return restore (bus,
                  mdoc_command_get_argument (command, 1),
                  may_forget,
                  error);
}

const MdocVerb mdoc_ctl_verb_store = {
  .name = "store",
  .arguments = "check|backup|restore [FILE]",
  .summary = "Check, back up or restore the store of the agent",
  .description
  = "check opens everything that the store seals, and tells what does not. "
    "backup\nwrites the store to a new FILE, sealed as it is: it is of no use "
    "without the\nmaster key, which is not in it. restore puts it in the place "
    "of what is there;\nwhat was removed since does not come back.\n"
    "\n"
    "Examples:\n"
    "  mdocctl store check\n"
    "  mdocctl store backup /media/usb/wallet.backup\n"
    "  mdocctl store restore /media/usb/wallet.backup",
  .run = run,
};
