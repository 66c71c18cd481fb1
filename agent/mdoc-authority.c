/*
 * mdoc-authority.c - who may call what
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-authority.h"

#include <unistd.h>

#include "base/mdoc-log.h"

#define POLKIT_NAME       "org.freedesktop.PolicyKit1"
#define POLKIT_PATH       "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE  "org.freedesktop.PolicyKit1.Authority"
#define ACTION_PREFIX     "org.mdocagent.agent1."
#define ALLOW_INTERACTION 1u

#define BUS_TIMEOUT_MS 10000
/* somebody may have to type a password */
#define POLKIT_TIMEOUT_MS (5 * 60 * 1000)

struct _MdocAuthority
{
  GDBusConnection *bus;
  gboolean is_system;
  GCancellable *cancellable;
};

static const char *const action_names[] = {
  [MDOC_ACTION_LIST] = "list",       [MDOC_ACTION_SHOW] = "show",
  [MDOC_ACTION_PRESENT] = "present", [MDOC_ACTION_PROVISION] = "provision",
  [MDOC_ACTION_REMOVE] = "remove",   [MDOC_ACTION_CONFIGURE] = "configure",
};
G_STATIC_ASSERT (G_N_ELEMENTS (action_names) == MDOC_N_ACTIONS);

/**
 * mdoc_action_get_name:
 * @action: what somebody wants to do
 *
 * Returns: (transfer none): its name, such as "list"
 */
const char *
mdoc_action_get_name (MdocAction action)
{
  g_return_val_if_fail ((guint) action < MDOC_N_ACTIONS, NULL);

  return action_names[action];
}

/**
 * mdoc_authority_new:
 * @bus: where callers come from
 * @is_system: whether it is the system bus, where polkit decides
 *
 * Returns: (transfer full): who decides
 */
MdocAuthority *
mdoc_authority_new (GDBusConnection *bus, gboolean is_system)
{
  MdocAuthority *self = g_new0 (MdocAuthority, 1);

  self->bus = g_object_ref (bus);
  self->is_system = is_system;
  self->cancellable = g_cancellable_new ();
  return self;
}

/**
 * mdoc_authority_free:
 * @self: (nullable) (transfer full): an authority
 *
 * Questions that are open are answered with no.
 */
void
mdoc_authority_free (MdocAuthority *self)
{
  if (self == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_object_unref (self->bus);
  g_free (self);
}

typedef struct
{
  GDBusConnection *bus;
  GCancellable *cancellable;
  char *caller;
  MdocAction action;
  gboolean may_interact;
  gboolean is_system;
  MdocAuthorityFunc func;
  gpointer user_data;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->bus);
  g_object_unref (question->cancellable);
  g_free (question->caller);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_user (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source),
                                       result,
                                       NULL);
  gboolean is_allowed = FALSE;

  if (reply != NULL)
    {
      guint32 uid;

      g_variant_get (reply, "(u)", &uid);
      is_allowed = uid == (guint32) geteuid ()
                   || (question->is_system && uid == 0);
    }

  question->func (is_allowed, question->user_data);
}

static void
ask_user (Question *question)
{
  g_dbus_connection_call (question->bus,
                          "org.freedesktop.DBus",
                          "/org/freedesktop/DBus",
                          "org.freedesktop.DBus",
                          "GetConnectionUnixUser",
                          g_variant_new ("(s)", question->caller),
                          G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE,
                          BUS_TIMEOUT_MS,
                          question->cancellable,
                          on_user,
                          question);
}

static gboolean
is_missing (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error,
                             G_DBUS_ERROR,
                             G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error,
                             G_DBUS_ERROR,
                             G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND);
}

static void
on_polkit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source),
                                       result,
                                       &error);
  gboolean is_allowed = FALSE;

  if (reply != NULL)
    {
      g_variant_get (reply, "((bba{ss}))", &is_allowed, NULL, NULL);
    }
  else if (is_missing (error))
    {
      /* a device without polkit: root and we ourselves, nobody else */
      ask_user (g_steal_pointer (&question));
      return;
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      MdocLogFields fields = { .topic = "authority", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "polkit does not answer");
    }

  question->func (is_allowed, question->user_data);
}

static void
ask_polkit (Question *question)
{
  g_autofree char *action = g_strconcat (ACTION_PREFIX,
                                         mdoc_action_get_name (
                                             question->action),
                                         NULL);
  GVariantBuilder subject;
  GVariantBuilder details;

  g_variant_builder_init (&subject, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&subject,
                         "{sv}",
                         "name",
                         g_variant_new_string (question->caller));
  g_variant_builder_init (&details, G_VARIANT_TYPE ("a{ss}"));

  g_dbus_connection_call (question->bus,
                          POLKIT_NAME,
                          POLKIT_PATH,
                          POLKIT_INTERFACE,
                          "CheckAuthorization",
                          g_variant_new ("((sa{sv})sa{ss}us)",
                                         "system-bus-name",
                                         &subject,
                                         action,
                                         &details,
                                         question->may_interact
                                             ? ALLOW_INTERACTION
                                             : 0u,
                                         ""),
                          G_VARIANT_TYPE ("((bba{ss}))"),
                          G_DBUS_CALL_FLAGS_NONE,
                          POLKIT_TIMEOUT_MS,
                          question->cancellable,
                          on_polkit,
                          question);
}

/**
 * mdoc_authority_check:
 * @self: an authority
 * @caller: unique name of who wants to do something
 * @action: what that is
 * @may_interact: whether somebody may be asked for a password
 * @func: called once, later, with the answer
 * @user_data: passed to @func
 *
 * Decides without blocking. If it cannot be decided the answer is no.
 */
void
mdoc_authority_check (MdocAuthority *self,
                      const char *caller,
                      MdocAction action,
                      gboolean may_interact,
                      MdocAuthorityFunc func,
                      gpointer user_data)
{
  Question *question = g_new0 (Question, 1);

  question->bus = g_object_ref (self->bus);
  question->cancellable = g_object_ref (self->cancellable);
  question->caller = g_strdup (caller);
  question->action = action;
  question->may_interact = may_interact;
  question->is_system = self->is_system;
  question->func = func;
  question->user_data = user_data;

  if (self->is_system)
    ask_polkit (question);
  else
    ask_user (question);
}
