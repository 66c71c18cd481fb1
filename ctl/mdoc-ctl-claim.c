/*
 * mdoc-ctl-claim.c - the verbs claim and enroll
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-offer.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-redirect.h"
#include "ctl/mdoc-ctl-verbs.h"

#define DEFAULT_TIMEOUT_S 120
#define MAX_TIMEOUT_S     3600
#define MAX_TX_CODE_LEN   64

typedef struct
{
  MdocCtlBusOptions bus_options;
  char *tx_code;
  char *label;
  char *issuer;
  char *configuration;
  int copies;
  int timeout_s;
  gboolean accepts;
  gboolean waits;

  GDBusConnection *bus;
  MdocCtlWait *wait;
  MdocCtlRedirect *redirect;
  char *id;
  char *said; /* the state that was told last */
  gboolean was_sent_to_browser;
  GVariant *offer;    /* as it is now */
  GVariant *siblings; /* nullable: what else the same offer is for */
} Claim;

static void
claim_clear (Claim *self)
{
  g_free (self->tx_code);
  g_free (self->label);
  g_free (self->issuer);
  g_free (self->configuration);
  g_free (self->id);
  g_free (self->said);
  g_clear_pointer (&self->offer, g_variant_unref);
  g_clear_pointer (&self->siblings, g_variant_unref);
  g_clear_pointer (&self->redirect, mdoc_ctl_redirect_free);
  g_clear_pointer (&self->wait, mdoc_ctl_wait_free);
  g_clear_object (&self->bus);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Claim, claim_clear)

/* --- what only the holder can give --- */

static char *
ask_for_code (GVariant *offer)
{
  g_autofree char *description = mdoc_ctl_dup_text (offer,
                                                    "tx_code_description");
  guint32 attempts = mdoc_ctl_get_uint (offer, "tx_code_attempts");
  char line[MAX_TX_CODE_LEN + 2];

  if (!isatty (STDIN_FILENO))
    return NULL;

  if (attempts > 0)
    g_printerr ("The issuer does not take this code.\n");
  if (description[0] != '\0')
    g_printerr ("%s\n", description);
  g_printerr ("Transaction code: ");
  if (fgets (line, sizeof (line), stdin) == NULL)
    return NULL;

  return g_strdup (g_strstrip (line));
}

static gboolean
authorize (Claim *self, const char *name, const char *value, GError **error)
{
  GVariantDict options;
  g_autoptr (GVariant) reply = NULL;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert_value (&options, name, mdoc_ctl_new_text (value));
  reply = mdoc_ctl_call_manager (self->bus,
                                 "AuthorizeOffer",
                                 g_variant_new ("(s@a{sv})",
                                                self->id,
                                                g_variant_dict_end (&options)),
                                 "()",
                                 error);
  return reply != NULL;
}

/* Returns: whether to go on waiting */
static gboolean
give_code (Claim *self, GError **error)
{
  g_autofree char *code = g_steal_pointer (&self->tx_code);

  if (code == NULL)
    code = ask_for_code (self->offer);
  if (code != NULL)
    return authorize (self, "tx_code", code, error);

  mdoc_ctl_refuse (error,
                   MDOC_CTL_ERROR_DENIED,
                   mdoc_ctl_get_uint (self->offer, "tx_code_attempts") > 0
                       ? "The issuer does not take this code; try again with "
                         "claim %s --tx-code CODE"
                       : "The issuer wants a transaction code: claim %s "
                         "--tx-code CODE",
                   self->id);
  return FALSE;
}

static gboolean
log_in (Claim *self, GError **error)
{
  g_autofree char *uri = mdoc_ctl_dup_text (self->offer, "browser_uri");
  const char *answer = mdoc_ctl_redirect_get_answer (self->redirect);

  if (answer != NULL)
    return authorize (self, "answer", answer, error);

  if (!self->was_sent_to_browser)
    g_printerr ("Log in to the issuer here, on this machine:\n%s\n", uri);
  self->was_sent_to_browser = TRUE;
  return TRUE;
}

/* --- watching --- */

static void
say_state (Claim *self, const char *state)
{
  g_autofree char *problem = mdoc_ctl_dup_text (self->offer, "problem_name");
  g_autofree char *said = g_strconcat (state, " ", problem, NULL);

  if (g_strcmp0 (self->said, said) == 0)
    return;

  mdoc_ctl_say ("%s%s%s\n",
                state,
                problem[0] != '\0' ? ", after: " : "",
                problem);
  g_free (self->said);
  self->said = g_steal_pointer (&said);
}

static gboolean
refuse_failed (Claim *self, GError **error)
{
  static const char *const denied[] = {
    "access_denied",
    "credential_request_denied",
    "invalid_authorization_details",
    "invalid_grant",
    "invalid_tx_code",
    "offer-gone",
    "unauthorized_client",
  };
  g_autofree char *name = mdoc_ctl_dup_text (self->offer, "problem_name");
  g_autofree char *problem = mdoc_ctl_dup_text (self->offer, "problem");
  MdocCtlError code = MDOC_CTL_ERROR_PEER;

  for (guint i = 0; i < G_N_ELEMENTS (denied); i++)
    {
      if (strcmp (denied[i], name) == 0)
        code = MDOC_CTL_ERROR_DENIED;
    }
  if (strcmp (name, "device") == 0)
    code = MDOC_CTL_ERROR_NOT_VERIFIED;
  /* nobody vouches for this device: that is not the issuer's fault */
  if (g_str_has_prefix (name, "attestation-")
      || strcmp (name, "key-attestation") == 0)
    code = MDOC_CTL_ERROR_FAILED;

  /* it mostly says its name itself */
  if (strstr (problem, name) != NULL)
    return mdoc_ctl_refuse (error, code, "%s", problem);
  return mdoc_ctl_refuse (error, code, "%s (%s)", problem, name);
}

/* nothing more comes by waiting */
static gboolean
is_under_way (const Claim *self, GVariant *offer)
{
  static const char *const ends[] = { "received",
                                      "accepted",
                                      "declined",
                                      "failed" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (mdoc_ctl_offer_is (offer, ends[i]))
      return FALSE;
  return self->waits || !mdoc_ctl_offer_is (offer, "deferred_wait");
}

/* An offer of several credentials is claimed when each has come or failed. */
static gboolean
are_siblings_under_way (Claim *self, GError **error)
{
  g_autoptr (GVariant) siblings = mdoc_ctl_list_siblings (self->bus,
                                                          self->offer,
                                                          error);

  for (gsize i = 0; siblings != NULL && i < g_variant_n_children (siblings);
       i++)
    {
      g_autoptr (GVariant) sibling = g_variant_get_child_value (siblings, i);

      if (is_under_way (self, sibling))
        return TRUE;
    }

  g_clear_pointer (&self->siblings, g_variant_unref);
  self->siblings = g_steal_pointer (&siblings);
  return FALSE;
}

static gboolean
look (gpointer user_data, GError **error)
{
  Claim *self = user_data;
  g_autofree char *needs = NULL;
  g_autofree char *state = NULL;

  g_clear_pointer (&self->offer, g_variant_unref);
  self->offer = mdoc_ctl_get_offer (self->bus, self->id, error);
  if (self->offer == NULL)
    {
      if (*error == NULL)
        mdoc_ctl_refuse (error,
                         MDOC_CTL_ERROR_NOT_FOUND,
                         "The offer is not there any more");
      return FALSE;
    }

  needs = mdoc_ctl_dup_text (self->offer, "needs");
  state = mdoc_ctl_dup_text (self->offer, "state");
  say_state (self, state);
  if (strcmp (state, "failed") == 0)
    return refuse_failed (self, error);
  if (strcmp (state, "declined") == 0)
    return mdoc_ctl_refuse (error,
                            MDOC_CTL_ERROR_DENIED,
                            "The offer was declined");
  if (strcmp (needs, "tx-code") == 0)
    return give_code (self, error);
  if (strcmp (needs, "login") == 0)
    return log_in (self, error);

  if (is_under_way (self, self->offer))
    return TRUE;
  return are_siblings_under_way (self, error);
}

static void
on_answer (gpointer user_data)
{
  Claim *self = user_data;

  mdoc_ctl_wait_wake (self->wait);
}

/* --- beginning --- */

static GVariant *
make_options (Claim *self, gboolean is_enrolment)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (self->label != NULL)
    g_variant_dict_insert (&options, "label", "s", self->label);
  if (self->copies > 0)
    g_variant_dict_insert (&options, "copies", "u", (guint32) self->copies);
  if (self->accepts)
    g_variant_dict_insert (&options, "accept", "b", TRUE);
  g_variant_dict_insert (&options,
                         "redirect_uri",
                         "s",
                         mdoc_ctl_redirect_get_uri (self->redirect));
  if (is_enrolment && self->configuration != NULL)
    g_variant_dict_insert (&options, "configuration", "s", self->configuration);
  if (!is_enrolment && self->tx_code != NULL)
    {
      g_variant_dict_insert (&options, "tx_code", "s", self->tx_code);
      g_clear_pointer (&self->tx_code, g_free);
    }
  return g_variant_dict_end (&options);
}

static gboolean
begin (Claim *self, const char *method, const char *what, GError **error)
{
  gboolean is_enrolment = strcmp (method, "Enrol") == 0;
  g_autoptr (GVariant) reply
      = mdoc_ctl_call_manager (self->bus,
                               method,
                               g_variant_new ("(@s@a{sv})",
                                              mdoc_ctl_new_text (what),
                                              make_options (self,
                                                            is_enrolment)),
                               "(s)",
                               error);

  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(s)", &self->id);
  return TRUE;
}

/* the offer, with the member "siblings" if there are any */
static GVariant *
with_siblings (Claim *self)
{
  GVariantDict dict;

  if (self->siblings == NULL || g_variant_n_children (self->siblings) == 0)
    return g_variant_ref (self->offer);

  g_variant_dict_init (&dict, self->offer);
  g_variant_dict_insert_value (&dict, "siblings", self->siblings);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* The first has come; that another has not is a failure of the whole. */
static MdocExit
get_siblings_exit (Claim *self)
{
  MdocExit exit_code = MDOC_EXIT_DONE;

  for (gsize i = 0;
       self->siblings != NULL && i < g_variant_n_children (self->siblings);
       i++)
    {
      g_autoptr (GVariant) sibling = g_variant_get_child_value (self->siblings,
                                                                i);

      if (mdoc_ctl_offer_is (sibling, "failed"))
        exit_code = MDOC_EXIT_FAILED;
    }
  return exit_code;
}

static MdocExit
finish (MdocCommand *command, Claim *self)
{
  const gsize n = self->siblings != NULL ? g_variant_n_children (self->siblings)
                                         : 0;

  if (mdoc_command_is_json (command))
    {
      g_autoptr (GVariant) all = with_siblings (self);

      mdoc_ctl_print_variant (all);
      return get_siblings_exit (self);
    }

  mdoc_ctl_print_offer (self->offer);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) sibling = g_variant_get_child_value (self->siblings,
                                                                i);

      g_print ("\n");
      mdoc_ctl_print_offer (sibling);
    }
  if (mdoc_ctl_offer_is (self->offer, "received"))
    mdoc_ctl_say ("See review %s, then accept or decline it.\n", self->id);
  if (mdoc_ctl_offer_is (self->offer, "deferred_wait"))
    mdoc_ctl_say ("The issuer takes its time; the agent goes on asking.\n");
  return get_siblings_exit (self);
}

static gboolean
prepare (Claim *self, GError **error)
{
  self->bus = mdoc_ctl_connect (&self->bus_options, error);
  if (self->bus == NULL)
    return FALSE;

  self->redirect = mdoc_ctl_redirect_new (on_answer, self, error);
  if (self->redirect == NULL)
    return FALSE;

  self->wait = mdoc_ctl_wait_new (self->bus, "OfferChanged", NULL, NULL);
  return TRUE;
}

static gboolean
check (Claim *self, GError **error)
{
  if (self->timeout_s < 1 || self->timeout_s > MAX_TIMEOUT_S)
    {
      (void) mdoc_command_refuse (error, "--timeout is 1 to 3600 seconds");
      return FALSE;
    }
  if (self->copies < 0 || self->copies > 64)
    {
      (void) mdoc_command_refuse (error, "--copies is 1 to 64");
      return FALSE;
    }
  return TRUE;
}

/* @argument is a link, a file, or an offer that the agent has already */
static gboolean
claim (Claim *self, const char *argument, GError **error)
{
  g_autoptr (GVariant) known = NULL;
  g_autofree char *link = NULL;

  if (strchr (argument, ':') == NULL
      && !g_file_test (argument, G_FILE_TEST_EXISTS))
    {
      known = mdoc_ctl_find_offer (self->bus, argument, error);
      if (known == NULL)
        return FALSE;
      self->id = mdoc_ctl_dup_text (known, "id");
      return TRUE;
    }

  link = mdoc_ctl_read_offer_link (argument, error);
  return link != NULL && begin (self, "Claim", link, error);
}

#define COMMON_ENTRIES(self_)                                                  \
  { "label",                                                                   \
    0,                                                                         \
    0,                                                                         \
    G_OPTION_ARG_STRING,                                                       \
    &(self_).label,                                                            \
    "Your name for the credential",                                            \
    "TEXT" },                                                                  \
      { "copies",                                                              \
        0,                                                                     \
        0,                                                                     \
        G_OPTION_ARG_INT,                                                      \
        &(self_).copies,                                                       \
        "How many copies to ask for, each for a key of its own (default: 1)",  \
        "N" },                                                                 \
      { "accept",                                                              \
        0,                                                                     \
        0,                                                                     \
        G_OPTION_ARG_NONE,                                                     \
        &(self_).accepts,                                                      \
        "Accept it without a review",                                          \
        NULL },                                                                \
      { "wait",                                                                \
        0,                                                                     \
        0,                                                                     \
        G_OPTION_ARG_NONE,                                                     \
        &(self_).waits,                                                        \
        "Wait also for an issuer that takes its time",                         \
        NULL },                                                                \
      { "timeout",                                                             \
        0,                                                                     \
        0,                                                                     \
        G_OPTION_ARG_INT,                                                      \
        &(self_).timeout_s,                                                    \
        "How long to wait; the agent goes on afterwards (default: 120)",       \
        "SECONDS" },                                                           \
      MDOC_CTL_BUS_ENTRIES ((self_).bus_options), G_OPTION_ENTRY_NULL

static MdocExit
run_claim (MdocCommand *command, GError **error)
{
  g_auto (Claim) self = { .timeout_s = DEFAULT_TIMEOUT_S };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "tx-code", 0, 0, G_OPTION_ARG_STRING, &self.tx_code,
      "The transaction code that came on another way (default: ask)", "CODE" },
    COMMON_ENTRIES (self),
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;

  if (!check (&self, error))
    return MDOC_EXIT_USAGE;
  if (!prepare (&self, error)
      || !claim (&self, mdoc_command_get_argument (command, 0), error)
      || !mdoc_ctl_wait_run (self.wait,
                             (guint) self.timeout_s,
                             look,
                             &self,
                             error))
    return mdoc_ctl_error_get_exit (*error);

  return finish (command, &self);
}

static MdocExit
run_enroll (MdocCommand *command, GError **error)
{
  g_auto (Claim) self = { .timeout_s = DEFAULT_TIMEOUT_S };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "issuer", 0, 0, G_OPTION_ARG_STRING, &self.issuer,
      "Address of the issuer", "URL" },
    { "configuration", 0, 0, G_OPTION_ARG_STRING, &self.configuration,
      "What is wanted of it (default: the only thing that it has)", "ID" },
    COMMON_ENTRIES (self),
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  if (self.issuer == NULL)
    return mdoc_command_refuse (error, "--issuer is missing");
  if (!check (&self, error))
    return MDOC_EXIT_USAGE;
  if (!prepare (&self, error) || !begin (&self, "Enrol", self.issuer, error)
      || !mdoc_ctl_wait_run (self.wait,
                             (guint) self.timeout_s,
                             look,
                             &self,
                             error))
    return mdoc_ctl_error_get_exit (*error);

  return finish (command, &self);
}

const MdocVerb mdoc_ctl_verb_claim = {
  .name = "claim",
  .arguments = "LINK|FILE|OFFER",
  .summary = "Claim what an issuer offers",
  .description
  = "Claims a credential by the link of an offer, by a file that has the link "
    "as text\nor as a QR code (PNG or JPEG), or goes on with an offer of which "
    "something was\nmissing. The agent goes on by itself if this is ended. "
    "What has come is shown to\nnobody before it is accepted: see review.\n"
    "\n"
    "Examples:\n"
    "  mdocctl claim 'openid-credential-offer://?credential_offer=...'\n"
    "  mdocctl claim offer.png --tx-code 4711",
  .run = run_claim,
};

const MdocVerb mdoc_ctl_verb_enroll = {
  .name = "enroll",
  .arguments = "",
  .summary = "Ask an issuer for a credential",
  .description
  = "Asks an issuer for a credential that nobody has offered. You have to log "
    "in\nthere: the address to open in a browser is printed.\n"
    "\n"
    "Example:\n"
    "  mdocctl enroll --issuer https://issuer.example",
  .run = run_enroll,
};
