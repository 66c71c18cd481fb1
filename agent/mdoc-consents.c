/*
 * mdoc-consents.c - clients that ask the holder, and asking them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-consents.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "base/mdoc-names.h"

#define GRANTED_TYPE "a(usss)"

typedef struct
{
  MdocConsents *consents;
  char *owner; /* unique name */
  char *path;
  guint watch_id;
} ConsentAgent;

struct _MdocConsents
{
  GDBusConnection *bus;
  GPtrArray *agents;    /* of ConsentAgent, the latest last */
  GPtrArray *questions; /* of MdocQuestion, not owned */
};

struct _MdocQuestion
{
  gatomicrefcount refs;
  MdocConsents *consents; /* %NULL once it has ended */
  GDBusConnection *bus;
  char *owner;
  char *path;
  char *presentation;
  GCancellable *cancellable;
  guint timeout_id;
  MdocConsentFunc func;
  gpointer user_data;
};

static void
question_unref (MdocQuestion *question)
{
  if (!g_atomic_ref_count_dec (&question->refs))
    return;

  g_object_unref (question->bus);
  g_object_unref (question->cancellable);
  g_free (question->owner);
  g_free (question->path);
  g_free (question->presentation);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocQuestion, question_unref)

/* Ends a question; nothing that comes after this counts, and it may be gone
 * when this returns. Returns: %FALSE if it had ended before. */
static gboolean
question_end (MdocQuestion *question)
{
  if (question->consents == NULL)
    return FALSE;

  g_ptr_array_remove_fast (question->consents->questions, question);
  question->consents = NULL;
  g_cancellable_cancel (question->cancellable);
  /* last, because the timer may hold the last reference */
  g_clear_handle_id (&question->timeout_id, g_source_remove);
  return TRUE;
}

static void
question_answer (MdocQuestion *question,
                 MdocConsentAnswer answer,
                 GVariant *granted)
{
  MdocConsentFunc func = question->func;
  gpointer data = question->user_data;

  if (question_end (question))
    func (answer, granted, data);
}

static void
question_tell_void (MdocQuestion *question)
{
  g_dbus_connection_call (question->bus,
                          question->owner,
                          question->path,
                          MDOC_INTERFACE_CONSENT,
                          "Cancel",
                          g_variant_new ("(o)", question->presentation),
                          NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          -1,
                          NULL,
                          NULL,
                          NULL);
}

static void
agent_free (ConsentAgent *agent)
{
  g_bus_unwatch_name (agent->watch_id);
  g_free (agent->owner);
  g_free (agent->path);
  g_free (agent);
}

/**
 * mdoc_consents_new:
 * @bus: where the clients are
 *
 * Returns: (transfer full): a list without a client
 */
MdocConsents *
mdoc_consents_new (GDBusConnection *bus)
{
  MdocConsents *self = g_new0 (MdocConsents, 1);

  self->bus = g_object_ref (bus);
  self->agents = g_ptr_array_new_with_free_func ((GDestroyNotify) agent_free);
  self->questions = g_ptr_array_new ();
  return self;
}

/**
 * mdoc_consents_free:
 * @self: (nullable) (transfer full): the clients
 *
 * Questions that are open end without an answer.
 */
void
mdoc_consents_free (MdocConsents *self)
{
  if (self == NULL)
    return;

  while (self->questions->len > 0)
    mdoc_question_cancel (g_ptr_array_index (self->questions, 0));
  g_ptr_array_unref (self->questions);
  g_ptr_array_unref (self->agents);
  g_object_unref (self->bus);
  g_free (self);
}

/**
 * mdoc_consents_get_n_agents:
 * @self: the clients
 *
 * Returns: how many there are
 */
guint
mdoc_consents_get_n_agents (MdocConsents *self)
{
  return self->agents->len;
}

static gboolean
find_agent (MdocConsents *self, const char *owner, guint *ret_index)
{
  for (guint i = 0; i < self->agents->len; i++)
    {
      ConsentAgent *agent = g_ptr_array_index (self->agents, i);

      if (strcmp (agent->owner, owner) == 0)
        {
          *ret_index = i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * mdoc_consents_has_agent:
 * @self: the clients
 * @owner: unique name of a client
 *
 * Returns: whether it has registered a consent agent
 */
gboolean
mdoc_consents_has_agent (MdocConsents *self, const char *owner)
{
  guint index;

  return find_agent (self, owner, &index);
}

/* Questions to a client that is no longer there are refused. */
static void
remove_agent (MdocConsents *self, guint index)
{
  ConsentAgent *agent = g_ptr_array_index (self->agents, index);
  g_autofree char *owner = g_strdup (agent->owner);
  g_autoptr (GPtrArray) refused = g_ptr_array_new_with_free_func (
      (GDestroyNotify) question_unref);

  g_ptr_array_remove_index (self->agents, index);
  for (guint i = 0; i < self->questions->len; i++)
    {
      MdocQuestion *question = g_ptr_array_index (self->questions, i);

      if (strcmp (question->owner, owner) != 0)
        continue;
      g_atomic_ref_count_inc (&question->refs);
      g_ptr_array_add (refused, question);
    }

  for (guint i = 0; i < refused->len; i++)
    question_answer (g_ptr_array_index (refused, i),
                     MDOC_CONSENT_REFUSED,
                     NULL);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  ConsentAgent *agent = user_data;
  guint index;

  if (find_agent (agent->consents, name, &index))
    remove_agent (agent->consents, index);
}

/**
 * mdoc_consents_register:
 * @self: the clients
 * @owner: unique name of the client
 * @path: its object
 * @error: return location for a #MdocAgentError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_consents_register (MdocConsents *self,
                        const char *owner,
                        const char *path,
                        GError **error)
{
  ConsentAgent *agent;
  guint index;

  if (find_agent (self, owner, &index))
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_EXISTS,
                              "The caller has registered a consent agent "
                              "already");

  if (self->agents->len >= MDOC_CONSENTS_MAX_AGENTS)
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_LIMIT,
                              "There are %d consent agents already",
                              MDOC_CONSENTS_MAX_AGENTS);

  agent = g_new0 (ConsentAgent, 1);
  agent->consents = self;
  agent->owner = g_strdup (owner);
  agent->path = g_strdup (path);
  agent->watch_id
      = g_bus_watch_name_on_connection (self->bus,
                                        owner,
                                        G_BUS_NAME_WATCHER_FLAGS_NONE,
                                        NULL,
                                        on_vanished,
                                        agent,
                                        NULL);
  g_ptr_array_add (self->agents, agent);
  return TRUE;
}

/**
 * mdoc_consents_unregister:
 * @self: the clients
 * @owner: unique name of the client
 * @path: what it registered
 * @error: return location for a #MdocAgentError
 *
 * A question that it has not answered is refused.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_consents_unregister (MdocConsents *self,
                          const char *owner,
                          const char *path,
                          GError **error)
{
  ConsentAgent *agent;
  guint index;

  if (!find_agent (self, owner, &index))
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_NOT_FOUND,
                              "The caller has no consent agent");

  agent = g_ptr_array_index (self->agents, index);
  if (strcmp (agent->path, path) != 0)
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_NOT_FOUND,
                              "The caller's consent agent is another object");

  remove_agent (self, index);
  return TRUE;
}

/* Not every bus sees to it that a reply comes from whoever was called. */
static GVariant *
get_granted (MdocQuestion *question, GDBusMessage *reply)
{
  GVariant *body = g_dbus_message_get_body (reply);

  if (g_dbus_message_get_message_type (reply)
          != G_DBUS_MESSAGE_TYPE_METHOD_RETURN
      || g_strcmp0 (g_dbus_message_get_sender (reply), question->owner) != 0
      || body == NULL
      || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(" GRANTED_TYPE ")")))
    return NULL;

  return g_variant_get_child_value (body, 0);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MdocQuestion) question = user_data;
  g_autoptr (GDBusMessage) reply
      = g_dbus_connection_send_message_with_reply_finish (G_DBUS_CONNECTION (
                                                              source),
                                                          result,
                                                          NULL);
  g_autoptr (GVariant) granted = NULL;

  if (reply != NULL)
    granted = get_granted (question, reply);
  question_answer (question,
                   granted != NULL ? MDOC_CONSENT_GRANTED
                                   : MDOC_CONSENT_REFUSED,
                   granted);
}

static gboolean
on_timeout (gpointer user_data)
{
  MdocQuestion *question = user_data;

  question->timeout_id = 0;
  question_tell_void (question);
  question_answer (question, MDOC_CONSENT_TIMED_OUT, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_no_agent (gpointer user_data)
{
  MdocQuestion *question = user_data;

  question->timeout_id = 0;
  question_answer (question, MDOC_CONSENT_NO_AGENT, NULL);
  return G_SOURCE_REMOVE;
}

static MdocQuestion *
question_new (MdocConsents *self,
              const char *presentation,
              MdocConsentFunc func,
              gpointer user_data)
{
  MdocQuestion *question = g_new0 (MdocQuestion, 1);

  g_atomic_ref_count_init (&question->refs);
  question->consents = self;
  question->bus = g_object_ref (self->bus);
  question->presentation = g_strdup (presentation);
  question->cancellable = g_cancellable_new ();
  question->func = func;
  question->user_data = user_data;
  g_ptr_array_add (self->questions, question);
  return question;
}

static void
send_request (MdocQuestion *question, GVariant *request)
{
  g_autoptr (GDBusMessage) message
      = g_dbus_message_new_method_call (question->owner,
                                        question->path,
                                        MDOC_INTERFACE_CONSENT,
                                        "RequestConsent");

  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_AUTO_START);
  g_dbus_message_set_body (message,
                           g_variant_new ("(o@a{sv})",
                                          question->presentation,
                                          request));
  g_dbus_connection_send_message_with_reply (question->bus,
                                             message,
                                             G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                             G_MAXINT, /* our own clock is
                                                          elsewhere */
                                             NULL,
                                             question->cancellable,
                                             on_answer,
                                             question);
}

/**
 * mdoc_consents_ask:
 * @self: the clients
 * @owner: unique name of who started the presentation; its consent agent is
 *   asked, or else the one that was registered last
 * @presentation: path of the presentation
 * @request: an `a{sv}`, what to ask; consumed if floating
 * @timeout_ms: when the question lapses
 * @func: called once with the answer, later, unless the question is cancelled
 * @user_data: passed to @func
 *
 * Asks the holder.
 *
 * Returns: (transfer none): the question, valid until @func has been called or
 *   it was cancelled
 */
MdocQuestion *
mdoc_consents_ask (MdocConsents *self,
                   const char *owner,
                   const char *presentation,
                   GVariant *request,
                   guint timeout_ms,
                   MdocConsentFunc func,
                   gpointer user_data)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (request);
  MdocQuestion *question = question_new (self, presentation, func, user_data);
  ConsentAgent *agent;
  guint index;

  if (self->agents->len == 0)
    {
      question->owner = g_strdup ("");
      question->path = g_strdup ("/");
      question->timeout_id = g_idle_add_full (G_PRIORITY_DEFAULT,
                                              on_no_agent,
                                              question,
                                              (GDestroyNotify) question_unref);
      return question;
    }

  if (!find_agent (self, owner, &index))
    index = self->agents->len - 1;
  agent = g_ptr_array_index (self->agents, index);
  question->owner = g_strdup (agent->owner);
  question->path = g_strdup (agent->path);

  send_request (question, sunk);
  g_atomic_ref_count_inc (&question->refs);
  question->timeout_id = g_timeout_add_full (G_PRIORITY_DEFAULT,
                                             timeout_ms,
                                             on_timeout,
                                             question,
                                             (GDestroyNotify) question_unref);
  return question;
}

/**
 * mdoc_question_cancel:
 * @question: a question that has not been answered
 *
 * The question is void: the client is told, and no answer comes.
 */
void
mdoc_question_cancel (MdocQuestion *question)
{
  if (question->consents != NULL && question->owner[0] != '\0')
    question_tell_void (question);
  question_end (question);
}
