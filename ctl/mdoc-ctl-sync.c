/*
 * mdoc-ctl-sync.c - the verbs sync, renew and messages
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-offer.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

#define DEFAULT_TIMEOUT_S 60
#define MAX_TIMEOUT_S     3600

/* what signals have said: of whom, and what */
typedef struct
{
  GPtrArray *names;
  GPtrArray *outcomes;
  guint n_wanted;
  const char *wanted; /* nullable: of this one alone */
} Outcomes;

static void
outcomes_init (Outcomes *self, const char *wanted)
{
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->outcomes = g_ptr_array_new_with_free_func (g_free);
  self->n_wanted = 1;
  self->wanted = wanted;
}

static void
outcomes_clear (Outcomes *self)
{
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->outcomes, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcomes, outcomes_clear)

static void
on_outcome (GVariant *parameters, gpointer user_data)
{
  Outcomes *self = user_data;
  const char *name;
  const char *outcome;

  g_variant_get (parameters, "(&s&s)", &name, &outcome);
  if (self->wanted != NULL && strcmp (self->wanted, name) != 0)
    return;

  g_ptr_array_add (self->names, g_strdup (name));
  g_ptr_array_add (self->outcomes, g_strdup (outcome));
}

static gboolean
look (gpointer user_data, GError **error)
{
  const Outcomes *self = user_data;

  return self->names->len < self->n_wanted;
}

static gboolean
check_timeout (int timeout_s, GError **error)
{
  if (timeout_s >= 1 && timeout_s <= MAX_TIMEOUT_S)
    return TRUE;

  (void) mdoc_command_refuse (error, "--timeout is 1 to 3600 seconds");
  return FALSE;
}

static MdocExit
print_outcomes (MdocCommand *command, const Outcomes *self, const char *key)
{
  g_autoptr (GVariant) list = NULL;
  MdocExit exit_code = MDOC_EXIT_DONE;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->names->len; i++)
    {
      const char *name = g_ptr_array_index (self->names, i);
      const char *outcome = g_ptr_array_index (self->outcomes, i);
      g_autofree char *shown = mdoc_text_to_printable (name);
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, key, "s", name);
      g_variant_dict_insert (&dict, "outcome", "s", outcome);
      g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
      if (strcmp (outcome, "done") != 0)
        exit_code = MDOC_EXIT_FAILED;
      if (!mdoc_command_is_json (command))
        g_print ("%s: %s\n", shown, outcome);
    }

  list = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (mdoc_command_is_json (command))
    mdoc_ctl_print_variant (list);
  return exit_code;
}

/* --- sync --- */

static MdocExit
run_sync (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  g_autofree char *issuer = NULL;
  int timeout_s = DEFAULT_TIMEOUT_S;
  g_auto (Outcomes) outcomes = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (MdocCtlWait) wait = NULL;
  g_autoptr (GVariant) reply = NULL;
  GVariantDict options;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "issuer", 0, 0, G_OPTION_ARG_STRING, &issuer,
      "This issuer alone", "URL" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout_s,
      "How long to wait; the agent goes on afterwards (default: 60)",
      "SECONDS" },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  if (!check_timeout (timeout_s, error))
    return MDOC_EXIT_USAGE;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  outcomes_init (&outcomes, NULL);
  wait = mdoc_ctl_wait_new (bus, "IssuerSynced", on_outcome, &outcomes);
  g_variant_dict_init (&options, NULL);
  if (issuer != NULL)
    g_variant_dict_insert (&options, "issuer", "s", issuer);
  reply = mdoc_ctl_call_manager (bus,
                                 "Sync",
                                 g_variant_new ("(@a{sv})",
                                                g_variant_dict_end (&options)),
                                 "(u)",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  g_variant_get (reply, "(u)", &outcomes.n_wanted);
  if (outcomes.n_wanted == 0)
    {
      mdoc_ctl_refuse (error,
                       MDOC_CTL_ERROR_NOT_FOUND,
                       "There is no issuer to ask");
      return mdoc_ctl_error_get_exit (*error);
    }

  mdoc_ctl_say ("asking %u...\n", outcomes.n_wanted);
  if (!mdoc_ctl_wait_run (wait, (guint) timeout_s, look, &outcomes, error))
    return mdoc_ctl_error_get_exit (*error);

  return print_outcomes (command, &outcomes, "issuer");
}

/* --- renew --- */

static MdocExit
run_renew (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  int timeout_s = DEFAULT_TIMEOUT_S;
  g_auto (Outcomes) outcomes = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (MdocCtlWait) wait = NULL;
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *path = NULL;
  g_autofree char *id = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout_s,
      "How long to wait; the agent goes on afterwards (default: 60)",
      "SECONDS" },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;
  if (!check_timeout (timeout_s, error))
    return MDOC_EXIT_USAGE;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  found = mdoc_ctl_find_credential (bus,
                                    mdoc_command_get_argument (command, 0),
                                    &path,
                                    error);
  if (found == NULL)
    return mdoc_ctl_error_get_exit (*error);

  id = mdoc_ctl_dup_text (found, "id");
  outcomes_init (&outcomes, id);
  wait = mdoc_ctl_wait_new (bus, "RenewalEnded", on_outcome, &outcomes);
  reply = mdoc_ctl_call (bus,
                         path,
                         MDOC_INTERFACE_CREDENTIAL,
                         "Renew",
                         g_variant_new ("(@a{sv})", mdoc_ctl_no_options ()),
                         "()",
                         error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  mdoc_ctl_say ("renewing...\n");
  if (!mdoc_ctl_wait_run (wait, (guint) timeout_s, look, &outcomes, error))
    return mdoc_ctl_error_get_exit (*error);

  return print_outcomes (command, &outcomes, "credential");
}

/* --- messages --- */

static void
print_message (GVariant *message)
{
  g_autofree char *id = mdoc_ctl_dup_text (message, "id");
  g_autofree char *received = mdoc_ctl_dup_text (message, "received");
  g_autofree char *issuer = mdoc_ctl_dup_text (message, "issuer");
  g_autofree char *title = mdoc_ctl_dup_text (message, "title");
  g_autofree char *body = mdoc_ctl_dup_text (message, "body");

  g_print ("%s  %s  %s\n  %s\n  %s\n", id, received, issuer, title, body);
}

static MdocExit
run_messages (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  gboolean wants_all = FALSE;
  g_autofree char *read_id = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) read_reply = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) messages = NULL;
  GVariantDict options;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "all", 'a', 0, G_OPTION_ARG_NONE, &wants_all,
      "Those too that were read, or are out of date", NULL },
    { "read", 0, 0, G_OPTION_ARG_STRING, &read_id,
      "You have read this one; its issuer is told so", "ID" },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  if (read_id != NULL)
    {
      read_reply
          = mdoc_ctl_call_manager (bus,
                                   "ReadMessage",
                                   g_variant_new ("(s@a{sv})",
                                                  read_id,
                                                  mdoc_ctl_no_options ()),
                                   "()",
                                   error);
      return read_reply != NULL ? MDOC_EXIT_DONE
                                : mdoc_ctl_error_get_exit (*error);
    }

  g_variant_dict_init (&options, NULL);
  if (wants_all)
    g_variant_dict_insert (&options, "all", "b", TRUE);
  reply = mdoc_ctl_call_manager (bus,
                                 "ListMessages",
                                 g_variant_new ("(@a{sv})",
                                                g_variant_dict_end (&options)),
                                 "(aa{sv})",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  messages = g_variant_get_child_value (reply, 0);
  if (mdoc_command_is_json (command))
    {
      mdoc_ctl_print_variant (messages);
      return MDOC_EXIT_DONE;
    }

  for (gsize i = 0; i < g_variant_n_children (messages); i++)
    {
      g_autoptr (GVariant) message = g_variant_get_child_value (messages, i);

      print_message (message);
    }
  if (g_variant_n_children (messages) == 0)
    g_printerr ("no messages\n");
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_ctl_verb_sync = {
  .name = "sync",
  .arguments = "",
  .summary = "Ask issuers now what is new",
  .description
  = "Asks the issuers of credentials whether these are suspended, taken up "
    "again or\nrevoked, whether there are new data, and for messages. The "
    "agent does so by itself\nonce a day. Ends with 1 if an issuer could not "
    "be asked.\n"
    "\n"
    "Example:\n"
    "  mdocctl sync",
  .run = run_sync,
};

const MdocVerb mdoc_ctl_verb_renew = {
  .name = "renew",
  .arguments = "CREDENTIAL",
  .summary = "Renew a credential now",
  .description
  = "Asks the issuer for a new generation of a credential. The agent does so "
    "by\nitself before the old one runs out. Ends with 1 if it was not "
    "renewed.\n"
    "\n"
    "Example:\n"
    "  mdocctl renew licence",
  .run = run_renew,
};

const MdocVerb mdoc_ctl_verb_messages = {
  .name = "messages",
  .arguments = "",
  .summary = "Read what issuers have to say",
  .description = "Lists the messages of issuers that were not read yet.\n"
                 "\n"
                 "Examples:\n"
                 "  mdocctl messages\n"
                 "  mdocctl messages --read 3f9a0c1d2e4b5a69",
  .run = run_messages,
};
