/*
 * mdoc-ctl-offers.c - the verbs offers, review, accept and decline
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-offer.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

static void
print_row (GVariant *offer)
{
  g_autofree char *id = mdoc_ctl_dup_text (offer, "id");
  g_autofree char *state = mdoc_ctl_dup_text (offer, "state");
  g_autofree char *needs = mdoc_ctl_dup_text (offer, "needs");
  g_autofree char *name = mdoc_ctl_dup_text (offer, "display_name");
  g_autofree char *issuer = mdoc_ctl_dup_text (offer, "issuer");

  g_print ("%s  %-13s  %-7s  %s, %s\n", id, state, needs, name, issuer);
}

static MdocExit
run_offers (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  gboolean wants_all = FALSE;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) offers = NULL;
  GVariantDict options;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "all", 'a', 0, G_OPTION_ARG_NONE, &wants_all,
      "Those too that have ended", NULL },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  g_variant_dict_init (&options, NULL);
  if (wants_all)
    g_variant_dict_insert (&options, "all", "b", TRUE);
  reply = mdoc_ctl_call_manager (bus,
                                 "ListOffers",
                                 g_variant_new ("(@a{sv})",
                                                g_variant_dict_end (&options)),
                                 "(aa{sv})",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  offers = g_variant_get_child_value (reply, 0);
  if (mdoc_command_is_json (command))
    {
      mdoc_ctl_print_variant (offers);
      return MDOC_EXIT_DONE;
    }

  for (gsize i = 0; i < g_variant_n_children (offers); i++)
    {
      g_autoptr (GVariant) offer = g_variant_get_child_value (offers, i);

      print_row (offer);
    }
  if (g_variant_n_children (offers) == 0)
    g_printerr ("no offers\n");
  return MDOC_EXIT_DONE;
}

/* what else the offer is for, each to be reviewed by itself */
static gboolean
print_siblings (GDBusConnection *bus, GVariant *offer, GError **error)
{
  g_autoptr (GVariant) siblings = mdoc_ctl_list_siblings (bus, offer, error);

  for (gsize i = 0; siblings != NULL && i < g_variant_n_children (siblings);
       i++)
    {
      g_autoptr (GVariant) sibling = g_variant_get_child_value (siblings, i);
      g_autofree char *id = mdoc_ctl_dup_text (sibling, "id");
      g_autofree char *state = mdoc_ctl_dup_text (sibling, "state");
      g_autofree char *name = mdoc_ctl_dup_text (sibling, "display_name");

      g_print ("%-12s %s  %s  %s\n", "beside it:", id, state, name);
    }
  return siblings != NULL;
}

static MdocExit
run_review (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  gboolean has_values = FALSE;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) offer = NULL;
  g_autofree char *credential = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "show-values", 0, 0, G_OPTION_ARG_NONE, &has_values,
      "Show what the credential says, not only about what", NULL },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  offer = mdoc_ctl_find_offer (bus,
                               mdoc_command_get_argument (command, 0),
                               error);
  if (offer == NULL)
    return mdoc_ctl_error_get_exit (*error);

  credential = mdoc_ctl_dup_text (offer, "credential");
  if (credential[0] == '\0')
    {
      mdoc_ctl_refuse (error,
                       MDOC_CTL_ERROR_NOT_FOUND,
                       "Nothing has come of the offer yet");
      return mdoc_ctl_error_get_exit (*error);
    }

  if (!mdoc_command_is_json (command))
    {
      mdoc_ctl_print_offer (offer);
      if (!print_siblings (bus, offer, error))
        return mdoc_ctl_error_get_exit (*error);
      g_print ("\n");
    }
  return mdoc_ctl_show (command, bus, credential, has_values, error);
}

/* what accept and decline have in common */
static MdocExit
decide (MdocCommand *command, const char *method, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) offer = NULL;
  g_autoptr (GVariant) after = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *id = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  offer = mdoc_ctl_find_offer (bus,
                               mdoc_command_get_argument (command, 0),
                               error);
  if (offer == NULL)
    return mdoc_ctl_error_get_exit (*error);

  id = mdoc_ctl_dup_text (offer, "id");
  reply = mdoc_ctl_call_manager (bus,
                                 method,
                                 g_variant_new ("(s@a{sv})",
                                                id,
                                                mdoc_ctl_no_options ()),
                                 "()",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  if (!mdoc_command_is_json (command))
    return MDOC_EXIT_DONE;

  after = mdoc_ctl_get_offer (bus, id, error);
  if (after == NULL)
    return mdoc_ctl_error_get_exit (*error);
  mdoc_ctl_print_variant (after);
  return MDOC_EXIT_DONE;
}

static MdocExit
run_accept (MdocCommand *command, GError **error)
{
  return decide (command, "AcceptOffer", error);
}

static MdocExit
run_decline (MdocCommand *command, GError **error)
{
  return decide (command, "DeclineOffer", error);
}

const MdocVerb mdoc_ctl_verb_offers = {
  .name = "offers",
  .arguments = "",
  .summary = "List what issuers offer, and how far it has got",
  .description
  = "Lists offers: id, state, what only you can give (tx-code or login), and "
    "what is\noffered by whom.\n"
    "\n"
    "Example:\n"
    "  mdocctl offers --all",
  .run = run_offers,
};

const MdocVerb mdoc_ctl_verb_review = {
  .name = "review",
  .arguments = "OFFER",
  .summary = "Show what has come of an offer, before it is accepted",
  .description
  = "Shows the credential that has come of an offer, as show does. OFFER is an "
    "id, or\nfour or more digits that it begins with.\n"
    "\n"
    "Example:\n"
    "  mdocctl review 3f9a --show-values",
  .run = run_review,
};

const MdocVerb mdoc_ctl_verb_accept = {
  .name = "accept",
  .arguments = "OFFER",
  .summary = "Accept the credential that has come of an offer",
  .description
  = "From now on the credential can be shown. Its issuer is told as soon as "
    "that can\nbe.\n"
    "\n"
    "Example:\n"
    "  mdocctl accept 3f9a",
  .run = run_accept,
};

const MdocVerb mdoc_ctl_verb_decline = {
  .name = "decline",
  .arguments = "OFFER",
  .summary = "Decline an offer, and destroy what has come of it",
  .description
  = "Gives up what is being done for the offer, destroys what is here of it, "
    "and tells\nthe issuer.\n"
    "\n"
    "Example:\n"
    "  mdocctl decline 3f9a",
  .run = run_decline,
};
