/*
 * mdoc-ctl-consent.c - asking the holder on the terminal
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-consent.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-interfaces.h"
#include "ctl/mdoc-ctl-output.h"

/* One step of asking. */
typedef enum
{
  STEP_REQUEST,   /* say who asks for which document */
  STEP_CANDIDATE, /* ask which of several credentials */
  STEP_ELEMENT,   /* ask whether to share an element */
} Step;

typedef struct
{
  Step step;
  GVariant *request;   /* one of `requests` */
  GVariant *candidate; /* one of its `candidates`; only of STEP_ELEMENT */
  GVariant *element;   /* one of its `elements`; the same */
} Question;

struct _MdocCtlConsent
{
  GDBusConnection *bus;
  guint registration_id;
  MdocCtlConsentMode mode;
  char **allowed;
  GDataInputStream *input;
  GCancellable *cancellable;

  GDBusMethodInvocation *invocation; /* while the holder is asked */
  GQueue questions;                  /* of Question */
  GVariantBuilder *granted;          /* a(usss) */
  gboolean takes_all; /* of the document that is being asked about */
};

static const char *const mode_names[] = {
  [MDOC_CTL_CONSENT_ASK] = "ask",
  [MDOC_CTL_CONSENT_ALL] = "all",
  [MDOC_CTL_CONSENT_NONE] = "none",
  [MDOC_CTL_CONSENT_POLICY] = "policy",
};

static void ask_next (MdocCtlConsent *self);

/**
 * mdoc_ctl_consent_mode_from_name:
 * @name: "ask", "all", "none" or "policy"
 * @ret_mode: (out): what it means
 *
 * Returns: %TRUE if @name is one of these
 */
gboolean
mdoc_ctl_consent_mode_from_name (const char *name, MdocCtlConsentMode *ret_mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (mode_names); i++)
    {
      if (strcmp (name, mode_names[i]) == 0)
        {
          *ret_mode = (MdocCtlConsentMode) i;
          return TRUE;
        }
    }

  return FALSE;
}

static Question *
question_new (Step step,
              GVariant *request,
              GVariant *candidate,
              GVariant *element)
{
  Question *question = g_new0 (Question, 1);

  question->step = step;
  question->request = g_variant_ref (request);
  if (candidate != NULL)
    question->candidate = g_variant_ref (candidate);
  if (element != NULL)
    question->element = g_variant_ref (element);
  return question;
}

static void
question_free (Question *question)
{
  g_variant_unref (question->request);
  g_clear_pointer (&question->candidate, g_variant_unref);
  g_clear_pointer (&question->element, g_variant_unref);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static GVariant *
get_list (GVariant *dict, const char *key)
{
  GVariant *list = g_variant_lookup_value (dict,
                                           key,
                                           G_VARIANT_TYPE ("aa{sv}"));

  return list != NULL
             ? list
             : g_variant_ref_sink (
                 g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
}

static const char *
get_text (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return text;
}

static void
grant (MdocCtlConsent *self,
       GVariant *request,
       GVariant *candidate,
       GVariant *element)
{
  g_variant_builder_add (self->granted,
                         "(usss)",
                         mdoc_ctl_get_uint (request, "index"),
                         get_text (candidate, "credential"),
                         get_text (element, "name_space"),
                         get_text (element, "element"));
}

static void
end_questions (MdocCtlConsent *self)
{
  g_queue_clear_full (&self->questions, (GDestroyNotify) question_free);
  g_clear_object (&self->cancellable);
}

static void
answer (MdocCtlConsent *self)
{
  GVariant *granted = g_variant_builder_end (self->granted);

  g_clear_pointer (&self->granted, g_variant_builder_unref);
  g_dbus_method_invocation_return_value (g_steal_pointer (&self->invocation),
                                         g_variant_new ("(@a(usss))", granted));
  end_questions (self);
}

/* --- what the holder sees --- */

static void
print_warning (const char *text)
{
  if (mdoc_ctl_has_colour (STDERR_FILENO))
    g_printerr ("\033[1;31mWARNING: %s\033[0m\n", text);
  else
    g_printerr ("WARNING: %s\n", text);
}

static void
print_reader (GVariant *request)
{
  g_autofree char *name = mdoc_ctl_dup_text (request, "reader_name");
  g_autofree char *reason = mdoc_ctl_dup_text (request, "reader_reason");
  const char *trust = get_text (request, "reader_trust");
  g_autofree char *text = NULL;

  if (strcmp (trust, MDOC_READER_TRUSTED) == 0)
    {
      g_printerr ("Reader: %s (vouched for by a trust anchor of yours)\n",
                  name);
      return;
    }

  if (strcmp (trust, MDOC_READER_UNTRUSTED) == 0)
    text = g_strdup_printf ("the reader calls itself “%s”, but nobody you "
                            "trust vouches for it (%s)",
                            name,
                            reason);
  else if (strcmp (trust, MDOC_READER_INVALID) == 0)
    text = g_strdup_printf ("the reader's signature is wrong (%s): it may not "
                            "be who it says it is",
                            reason);
  else
    text = g_strdup ("the reader does not say who it is");
  print_warning (text);
}

static void
print_missing (GVariant *request)
{
  g_autoptr (GVariant) missing = g_variant_lookup_value (request,
                                                         "missing",
                                                         G_VARIANT_TYPE (
                                                             "a(ss)"));

  for (gsize i = 0; missing != NULL && i < g_variant_n_children (missing); i++)
    {
      g_autofree char *printable = NULL;
      const char *element;

      g_variant_get_child (missing, i, "(&s&s)", NULL, &element);
      printable = mdoc_text_to_printable (element);
      g_printerr ("  (asked for, but not there: %s)\n", printable);
    }
}

static gboolean
is_reused (GVariant *candidates)
{
  for (gsize i = 0; i < g_variant_n_children (candidates); i++)
    {
      g_autoptr (GVariant) candidate = g_variant_get_child_value (candidates,
                                                                  i);

      if (mdoc_ctl_get_boolean (candidate, "reused"))
        return TRUE;
    }

  return FALSE;
}

static void
print_request (GVariant *request)
{
  g_autofree char *name = mdoc_ctl_dup_text (request, "display_name");
  g_autoptr (GVariant) candidates = get_list (request, "candidates");

  g_printerr ("\n");
  print_reader (request);
  if (g_variant_n_children (candidates) == 0)
    g_printerr ("It asks for: %s, of which you have nothing that fits\n", name);
  else
    g_printerr ("It asks for: %s\n", name);
  if (is_reused (candidates))
    g_printerr ("  (all copies of it are used up: this reader could tell that "
                "it meets one that another has met)\n");
  print_missing (request);
}

static void
print_element_question (const Question *question)
{
  g_autofree char *name = mdoc_ctl_dup_text (question->element, "element");
  g_autofree char *display = mdoc_ctl_dup_text (question->element,
                                                "display_name");
  g_autoptr (GVariant) requested = g_variant_lookup_value (question->element,
                                                           "requested",
                                                           G_VARIANT_TYPE (
                                                               "(ss)"));
  const char *asked = "";
  g_autofree char *asked_printable = NULL;

  if (requested != NULL)
    g_variant_get (requested, "(&s&s)", NULL, &asked);
  asked_printable = mdoc_text_to_printable (asked);

  g_printerr ("  Share %s [%s]", display, name);
  if (asked[0] != '\0' && strcmp (asked_printable, name) != 0)
    g_printerr (", in answer to %s", asked_printable);
  if (mdoc_ctl_get_boolean (question->element, "intent_to_retain"))
    g_printerr (", which the reader will keep");
  if (mdoc_ctl_get_boolean (question->element, "is_portrait"))
    g_printerr (", without which nothing of this document can be shared");
  g_printerr ("? [y]es, [n]o, [a]ll, [q]uit: ");
}

static void
print_candidate_question (const Question *question)
{
  g_autoptr (GVariant) candidates = get_list (question->request, "candidates");

  for (gsize i = 0; i < g_variant_n_children (candidates); i++)
    {
      g_autoptr (GVariant) candidate = g_variant_get_child_value (candidates,
                                                                  i);
      g_autofree char *id = mdoc_ctl_dup_text (candidate, "credential");
      g_autofree char *label = mdoc_ctl_dup_text (candidate, "label");

      g_printerr ("  %" G_GSIZE_FORMAT ": %s %s\n", i + 1, id, label);
    }
  g_printerr ("  Which one? [1-%" G_GSIZE_FORMAT ", q]: ",
              g_variant_n_children (candidates));
}

/* --- what the holder answers --- */

static void
push_elements (MdocCtlConsent *self, GVariant *request, GVariant *candidate)
{
  g_autoptr (GVariant) elements = get_list (candidate, "elements");

  /* in front of the questions about other documents */
  for (gsize i = g_variant_n_children (elements); i > 0; i--)
    {
      g_autoptr (GVariant) element = g_variant_get_child_value (elements,
                                                                i - 1);

      g_queue_push_head (&self->questions,
                         question_new (STEP_ELEMENT,
                                       request,
                                       candidate,
                                       element));
    }
}

static void
refuse_all (MdocCtlConsent *self)
{
  g_clear_pointer (&self->granted, g_variant_builder_unref);
  self->granted = g_variant_builder_new (G_VARIANT_TYPE ("a(usss)"));
  answer (self);
}

/* Returns: %FALSE if the line is no answer */
static gboolean
take_candidate (MdocCtlConsent *self,
                const Question *question,
                const char *line)
{
  g_autoptr (GVariant) candidates = get_list (question->request, "candidates");
  g_autoptr (GVariant) candidate = NULL;
  guint64 number;

  if (!g_ascii_string_to_unsigned (line,
                                   10,
                                   1,
                                   g_variant_n_children (candidates),
                                   &number,
                                   NULL))
    return FALSE;

  candidate = g_variant_get_child_value (candidates, (gsize) number - 1);
  push_elements (self, question->request, candidate);
  return TRUE;
}

/* the agent will see to it: ISO/IEC 18013-5 has the picture go with the rest */
static void
warn_of_portrait (GVariant *element)
{
  if (mdoc_ctl_get_boolean (element, "is_portrait"))
    g_printerr ("  Without the portrait nothing of this document is shared.\n");
}

static gboolean
take_element (MdocCtlConsent *self, const Question *question, const char *line)
{
  char c = g_ascii_tolower (line[0]);

  if (line[0] != '\0' && line[1] != '\0'
      && g_ascii_strcasecmp (line, "yes") != 0
      && g_ascii_strcasecmp (line, "no") != 0
      && g_ascii_strcasecmp (line, "all") != 0)
    return FALSE;

  if (c == 'a')
    self->takes_all = TRUE;
  if (c == 'y' || c == 'a')
    grant (self, question->request, question->candidate, question->element);
  else if (c == 'n' || c == '\0')
    warn_of_portrait (question->element);
  return c == 'y' || c == 'a' || c == 'n' || c == '\0';
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCtlConsent *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line
      = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source),
                                                   result,
                                                   NULL,
                                                   &error);
  g_autoptr (Question) question = NULL;
  gboolean is_taken;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* nobody is there, or it is no text */
  if (line == NULL)
    {
      g_printerr ("\nNo answer: refused\n");
      refuse_all (self);
      return;
    }

  g_strstrip (line);
  if (g_ascii_strcasecmp (line, "q") == 0
      || g_ascii_strcasecmp (line, "quit") == 0)
    {
      refuse_all (self);
      return;
    }

  question = g_queue_pop_head (&self->questions);
  is_taken = question->step == STEP_ELEMENT
                 ? take_element (self, question, line)
                 : take_candidate (self, question, line);
  if (!is_taken)
    g_queue_push_head (&self->questions, g_steal_pointer (&question));

  ask_next (self);
}

static void
read_answer (MdocCtlConsent *self)
{
  g_data_input_stream_read_line_async (self->input,
                                       G_PRIORITY_DEFAULT,
                                       self->cancellable,
                                       on_answer,
                                       self);
}

/* Says who asks for a document, and finds what there is to ask about it. */
static void
introduce (MdocCtlConsent *self, GVariant *request)
{
  g_autoptr (GVariant) candidates = get_list (request, "candidates");
  gsize n_candidates = g_variant_n_children (candidates);

  print_request (request);
  self->takes_all = FALSE;
  if (n_candidates > 1)
    {
      g_queue_push_head (&self->questions,
                         question_new (STEP_CANDIDATE, request, NULL, NULL));
    }
  else if (n_candidates == 1)
    {
      g_autoptr (GVariant) candidate = g_variant_get_child_value (candidates,
                                                                  0);

      push_elements (self, request, candidate);
    }
}

static void
ask_next (MdocCtlConsent *self)
{
  const Question *question;

  while ((question = g_queue_peek_head (&self->questions)) != NULL)
    {
      g_autoptr (Question) owned = NULL;

      if (question->step == STEP_CANDIDATE)
        {
          print_candidate_question (question);
          read_answer (self);
          return;
        }

      if (question->step == STEP_ELEMENT && !self->takes_all)
        {
          print_element_question (question);
          read_answer (self);
          return;
        }

      owned = g_queue_pop_head (&self->questions);
      if (owned->step == STEP_REQUEST)
        introduce (self, owned->request);
      else
        grant (self, owned->request, owned->candidate, owned->element);
    }

  answer (self);
}

/* --- answering without the holder --- */

static gboolean
is_allowed (MdocCtlConsent *self, GVariant *element)
{
  g_autofree char *name = g_strdup_printf ("%s/%s",
                                           get_text (element, "name_space"),
                                           get_text (element, "element"));

  if (self->mode == MDOC_CTL_CONSENT_ALLOWED)
    return self->allowed != NULL
           && g_strv_contains ((const char *const *) self->allowed, name);
  return self->mode == MDOC_CTL_CONSENT_ALL;
}

static void
answer_by_itself (MdocCtlConsent *self, GVariant *requests)
{
  for (gsize i = 0; i < g_variant_n_children (requests); i++)
    {
      g_autoptr (GVariant) request = g_variant_get_child_value (requests, i);
      g_autoptr (GVariant) candidates = get_list (request, "candidates");
      g_autoptr (GVariant) candidate = NULL;
      g_autoptr (GVariant) elements = NULL;

      print_request (request);
      if (g_variant_n_children (candidates) == 0)
        continue;

      /* the best one */
      candidate = g_variant_get_child_value (candidates, 0);
      elements = get_list (candidate, "elements");
      for (gsize j = 0; j < g_variant_n_children (elements); j++)
        {
          g_autoptr (GVariant) element = g_variant_get_child_value (elements,
                                                                    j);

          if (is_allowed (self, element))
            grant (self, request, candidate, element);
          else
            warn_of_portrait (element);
        }
    }

  answer (self);
}

/* --- the object --- */

static void
request_consent (MdocCtlConsent *self,
                 GVariant *parameters,
                 GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) request = g_variant_get_child_value (parameters, 1);
  g_autoptr (GVariant) requests = get_list (request, "requests");

  if (self->invocation != NULL)
    {
      g_dbus_method_invocation_return_dbus_error (
          invocation,
          MDOC_DBUS_ERROR_PREFIX MDOC_DBUS_ERROR_BUSY,
          "The holder is being asked something else");
      return;
    }

  self->invocation = invocation;
  self->cancellable = g_cancellable_new ();
  self->granted = g_variant_builder_new (G_VARIANT_TYPE ("a(usss)"));
  if (self->mode != MDOC_CTL_CONSENT_ASK)
    {
      answer_by_itself (self, requests);
      return;
    }

  for (gsize i = 0; i < g_variant_n_children (requests); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (requests, i);

      g_queue_push_tail (&self->questions,
                         question_new (STEP_REQUEST, one, NULL, NULL));
    }
  ask_next (self);
}

/* Ends a question that nobody waits for any more. */
static void
give_up (MdocCtlConsent *self, const char *reason)
{
  if (self->invocation == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->granted, g_variant_builder_unref);
  g_dbus_method_invocation_return_dbus_error (g_steal_pointer (
                                                  &self->invocation),
                                              MDOC_DBUS_ERROR_PREFIX
                                                  MDOC_DBUS_ERROR_DENIED,
                                              reason);
  end_questions (self);
}

static void
on_method_call (GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface_name,
                const char *method,
                GVariant *parameters,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  MdocCtlConsent *self = user_data;

  if (strcmp (method, "RequestConsent") == 0)
    {
      request_consent (self, parameters, invocation);
      return;
    }

  if (self->invocation != NULL)
    g_printerr ("\nThe question is void: the reader has left, or the time is "
                "over\n");
  give_up (self, "Cancelled");
  g_dbus_method_invocation_return_value (invocation, NULL);
}

/* GIO takes it without const although it changes nothing of a generated one,
 * whose reference count is -1. */
static GDBusInterfaceInfo *
get_interface (void)
{
  union
  {
    const GDBusInterfaceInfo *from;
    GDBusInterfaceInfo *to;
  } pointer = { .from = &org_mdocagent_consent_agent1_interface };

  return pointer.to;
}

/**
 * mdoc_ctl_consent_new:
 * @bus: the bus
 * @mode: who answers; not %MDOC_CTL_CONSENT_POLICY, which is to have none
 * @allowed: (nullable): elements that may be shared, "name space/element", of
 *   %MDOC_CTL_CONSENT_ALLOWED
 * @error: return location for a #MdocCtlError
 *
 * Puts a consent agent at %MDOC_CTL_CONSENT_PATH and registers it.
 *
 * Returns: (transfer full): the consent agent, or %NULL with @error set
 */
MdocCtlConsent *
mdoc_ctl_consent_new (GDBusConnection *bus,
                      MdocCtlConsentMode mode,
                      char **allowed,
                      GError **error)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method_call };
  g_autoptr (MdocCtlConsent) self = g_new0 (MdocCtlConsent, 1);
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO,
                                                            FALSE);
  g_autoptr (GVariant) reply = NULL;

  self->bus = g_object_ref (bus);
  self->mode = mode;
  self->allowed = g_strdupv (allowed);
  self->input = g_data_input_stream_new (input);
  g_queue_init (&self->questions);
  self->registration_id
      = g_dbus_connection_register_object (bus,
                                           MDOC_CTL_CONSENT_PATH,
                                           get_interface (),
                                           &vtable,
                                           self,
                                           NULL,
                                           error);
  if (self->registration_id == 0)
    return NULL;

  reply = mdoc_ctl_call_manager (bus,
                                 "RegisterConsentAgent",
                                 g_variant_new ("(o@a{sv})",
                                                MDOC_CTL_CONSENT_PATH,
                                                mdoc_ctl_no_options ()),
                                 "()",
                                 error);
  return reply != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * mdoc_ctl_consent_free:
 * @self: (nullable) (transfer full): a consent agent
 *
 * Takes it off the bus; a question that is open is refused. The agent forgets
 * it when we leave the bus.
 */
void
mdoc_ctl_consent_free (MdocCtlConsent *self)
{
  if (self == NULL)
    return;

  give_up (self, "Gone");
  if (self->registration_id != 0)
    g_dbus_connection_unregister_object (self->bus, self->registration_id);
  g_clear_object (&self->input);
  g_strfreev (self->allowed);
  g_object_unref (self->bus);
  g_free (self);
}
