/*
 * mdoc-ctl-bus.c - calling the agent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-bus.h"

#include <stdarg.h>
#include <string.h>

#include "base/mdoc-names.h"

/* somebody may have to type a password */
#define CALL_TIMEOUT_MS (5 * 60 * 1000)
/* a shorter beginning of an id says too little */
#define MIN_PREFIX_LEN        4
#define MIN_ANCHOR_PREFIX_LEN 8

static const struct
{
  const char *name;
  MdocExit exit_code;
} errors[] = {
  [MDOC_CTL_ERROR_NO_BUS] = { "NoBus", MDOC_EXIT_FAILED },
  [MDOC_CTL_ERROR_NO_AGENT] = { "NoAgent", MDOC_EXIT_FAILED },
  [MDOC_CTL_ERROR_FAILED] = { MDOC_DBUS_ERROR_FAILED, MDOC_EXIT_FAILED },
  [MDOC_CTL_ERROR_INVALID_ARGUMENT] = { MDOC_DBUS_ERROR_INVALID_ARGUMENT,
                                        MDOC_EXIT_USAGE },
  [MDOC_CTL_ERROR_NOT_AUTHORIZED] = { MDOC_DBUS_ERROR_NOT_AUTHORIZED,
                                      MDOC_EXIT_DENIED },
  [MDOC_CTL_ERROR_NOT_FOUND] = { MDOC_DBUS_ERROR_NOT_FOUND, MDOC_EXIT_NOTHING },
  [MDOC_CTL_ERROR_UNKNOWN_KEY] = { MDOC_DBUS_ERROR_UNKNOWN_KEY,
                                   MDOC_EXIT_NOTHING },
  [MDOC_CTL_ERROR_EXISTS] = { MDOC_DBUS_ERROR_EXISTS, MDOC_EXIT_FAILED },
  [MDOC_CTL_ERROR_IN_USE] = { MDOC_DBUS_ERROR_IN_USE, MDOC_EXIT_FAILED },
  [MDOC_CTL_ERROR_BUSY] = { MDOC_DBUS_ERROR_BUSY, MDOC_EXIT_FAILED },
  [MDOC_CTL_ERROR_LIMIT] = { MDOC_DBUS_ERROR_LIMIT, MDOC_EXIT_FAILED },
  [MDOC_CTL_ERROR_UNSUPPORTED] = { MDOC_DBUS_ERROR_UNSUPPORTED,
                                   MDOC_EXIT_FAILED },
  [MDOC_CTL_ERROR_MALFORMED] = { MDOC_DBUS_ERROR_MALFORMED, MDOC_EXIT_PEER },
  [MDOC_CTL_ERROR_NOT_VERIFIED] = { MDOC_DBUS_ERROR_NOT_VERIFIED,
                                    MDOC_EXIT_PEER },
  [MDOC_CTL_ERROR_DENIED] = { MDOC_DBUS_ERROR_DENIED, MDOC_EXIT_DENIED },
  [MDOC_CTL_ERROR_PEER] = { MDOC_DBUS_ERROR_PEER, MDOC_EXIT_PEER },
  [MDOC_CTL_ERROR_TIMED_OUT] = { MDOC_DBUS_ERROR_TIMED_OUT, MDOC_EXIT_TIMEOUT },
  [MDOC_CTL_ERROR_KEY_STORE] = { MDOC_DBUS_ERROR_KEY_STORE, MDOC_EXIT_FAILED },
  [MDOC_CTL_ERROR_STORE] = { MDOC_DBUS_ERROR_STORE, MDOC_EXIT_FAILED },
};
G_STATIC_ASSERT (G_N_ELEMENTS (errors) == MDOC_CTL_ERROR_STORE + 1);

G_DEFINE_QUARK (mdoc_ctl_error_quark, mdoc_ctl_error)

/**
 * mdoc_ctl_refuse:
 * @error: return location for a #MdocCtlError
 * @code: which one
 * @format: what is wrong, in one line
 *
 * Returns: %FALSE
 */
gboolean
mdoc_ctl_refuse (GError **error, MdocCtlError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (MDOC_CTL_ERROR,
                                         (gint) code,
                                         format,
                                         arguments));
  va_end (arguments);
  return FALSE;
}

/**
 * mdoc_ctl_error_get_name:
 * @error: why a verb failed
 *
 * Returns: (transfer none) (nullable): its D-Bus name without the prefix, such
 *   as "NotFound"
 */
const char *
mdoc_ctl_error_get_name (const GError *error)
{
  return error->domain == MDOC_CTL_ERROR ? errors[error->code].name : NULL;
}

/**
 * mdoc_ctl_error_get_exit:
 * @error: why a verb failed
 *
 * Returns: how the program has to end
 */
MdocExit
mdoc_ctl_error_get_exit (const GError *error)
{
  if (error->domain == MDOC_PROGRAM_ERROR)
    return MDOC_EXIT_USAGE;
  return error->domain == MDOC_CTL_ERROR ? errors[error->code].exit_code
                                         : MDOC_EXIT_FAILED;
}

static gboolean
find_code (const char *remote, MdocCtlError *ret_code)
{
  gsize prefix_len = strlen (MDOC_DBUS_ERROR_PREFIX);

  if (remote == NULL || !g_str_has_prefix (remote, MDOC_DBUS_ERROR_PREFIX))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      if (strcmp (remote + prefix_len, errors[i].name) == 0)
        {
          *ret_code = (MdocCtlError) i;
          return TRUE;
        }
    }

  return FALSE;
}

static gboolean
is_missing (const char *remote)
{
  return g_strcmp0 (remote, "org.freedesktop.DBus.Error.ServiceUnknown") == 0
         || g_strcmp0 (remote, "org.freedesktop.DBus.Error.NameHasNoOwner")
                == 0;
}

static MdocCtlError
get_code (const GError *error, const char *remote)
{
  MdocCtlError code;

  if (find_code (remote, &code))
    return code;

  if (is_missing (remote))
    return MDOC_CTL_ERROR_NO_AGENT;

  /* the bus itself refuses what its policy forbids */
  if (g_strcmp0 (remote, "org.freedesktop.DBus.Error.AccessDenied") == 0)
    return MDOC_CTL_ERROR_NOT_AUTHORIZED;

  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    return MDOC_CTL_ERROR_NOT_FOUND;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return MDOC_CTL_ERROR_TIMED_OUT;

  return MDOC_CTL_ERROR_FAILED;
}

/**
 * mdoc_ctl_convert_error:
 * @error: (inout): what a call failed with
 *
 * Turns it into a #MdocCtlError that reads well.
 */
void
mdoc_ctl_convert_error (GError **error)
{
  g_autofree char *remote = g_dbus_error_get_remote_error (*error);
  MdocCtlError code = get_code (*error, remote);
  GError *converted = NULL;

  g_dbus_error_strip_remote_error (*error);
  if (code == MDOC_CTL_ERROR_NO_AGENT)
    mdoc_ctl_refuse (&converted,
                     code,
                     "No mdoc-agent serves this bus; start it, or choose "
                     "another bus with --session or --system");
  else
    mdoc_ctl_refuse (&converted, code, "%s", (*error)->message);

  g_error_free (*error);
  *error = converted;
}

/**
 * mdoc_ctl_connect:
 * @options: which bus
 * @error: return location for a #MdocCtlError or #MdocProgramError
 *
 * Returns: (transfer full): the bus, or %NULL with @error set
 */
GDBusConnection *
mdoc_ctl_connect (const MdocCtlBusOptions *options, GError **error)
{
  const char *variable = g_getenv (MDOC_ENV_BUS);
  g_autoptr (GError) local_error = NULL;
  GDBusConnection *bus;
  gboolean is_session;

  if (options->use_session && options->use_system)
    {
      mdoc_command_refuse (error, "--session and --system exclude each other");
      return NULL;
    }

  is_session = options->use_session
               || (!options->use_system
                   && g_strcmp0 (variable, "session") == 0);
  bus = g_bus_get_sync (is_session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM,
                        NULL,
                        &local_error);
  if (bus == NULL)
    {
      mdoc_ctl_refuse (error,
                       MDOC_CTL_ERROR_NO_BUS,
                       "Cannot reach the %s bus: %s",
                       is_session ? "session" : "system",
                       local_error->message);
      return NULL;
    }

  g_dbus_connection_set_exit_on_close (bus, FALSE);
  return bus;
}

/**
 * mdoc_ctl_call:
 * @bus: the bus
 * @path: of the object
 * @interface_name: of the method
 * @method: of the method
 * @parameters: a tuple; consumed if floating
 * @reply_type: type of the tuple that is expected
 * @error: return location for a #MdocCtlError
 *
 * Returns: (transfer full): the reply, or %NULL with @error set
 */
GVariant *
mdoc_ctl_call (GDBusConnection *bus,
               const char *path,
               const char *interface_name,
               const char *method,
               GVariant *parameters,
               const char *reply_type,
               GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (
      bus,
      MDOC_BUS_NAME,
      path,
      interface_name,
      method,
      parameters,
      G_VARIANT_TYPE (reply_type),
      G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
      CALL_TIMEOUT_MS,
      NULL,
      &local_error);

  if (reply == NULL)
    {
      mdoc_ctl_convert_error (&local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
    }
  return reply;
}

/**
 * mdoc_ctl_call_manager:
 * @bus: the bus
 * @method: of the manager
 * @parameters: a tuple; consumed if floating
 * @reply_type: type of the tuple that is expected
 * @error: return location for a #MdocCtlError
 *
 * Returns: (transfer full): the reply, or %NULL with @error set
 */
GVariant *
mdoc_ctl_call_manager (GDBusConnection *bus,
                       const char *method,
                       GVariant *parameters,
                       const char *reply_type,
                       GError **error)
{
  return mdoc_ctl_call (bus,
                        MDOC_OBJECT_ROOT,
                        MDOC_INTERFACE_MANAGER,
                        method,
                        parameters,
                        reply_type,
                        error);
}

/**
 * mdoc_ctl_no_options:
 *
 * Returns: (transfer floating): an empty `a{sv}`
 */
GVariant *
mdoc_ctl_no_options (void)
{
  return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
}

/* how well a name fits: 3 the id, 2 the label, 1 the beginning of the id */
static guint
rate (GVariant *info, const char *name)
{
  const char *label = "";
  const char *id = "";

  g_variant_lookup (info, "id", "&s", &id);
  g_variant_lookup (info, "label", "&s", &label);
  if (strcmp (id, name) == 0)
    return 3;
  if (label[0] != '\0' && strcmp (label, name) == 0)
    return 2;
  return strlen (name) >= MIN_PREFIX_LEN && g_str_has_prefix (id, name) ? 1 : 0;
}

/**
 * mdoc_ctl_find_credential:
 * @bus: the bus
 * @name: an id, a label, or four or more digits that an id begins with
 * @ret_path: (out) (transfer full): the credential's object
 * @error: return location for a #MdocCtlError
 *
 * Returns: (transfer full): what is known of the credential, an `a{sv}`, or
 *   %NULL with @error set
 */
GVariant *
mdoc_ctl_find_credential (GDBusConnection *bus,
                          const char *name,
                          char **ret_path,
                          GError **error)
{
  g_autoptr (GVariant) reply
      = mdoc_ctl_call_manager (bus,
                               "ListCredentials",
                               g_variant_new ("(@a{sv})",
                                              mdoc_ctl_no_options ()),
                               "(a(oa{sv}))",
                               error);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) best = NULL;
  const char *best_path = NULL;
  guint best_rate = 0;
  guint n_best = 0;

  if (reply == NULL)
    return NULL;

  list = g_variant_get_child_value (reply, 0);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) info = NULL;
      const char *path;
      guint rating;

      g_variant_get_child (list, i, "(&o@a{sv})", &path, &info);
      rating = rate (info, name);
      if (rating == 0 || rating < best_rate)
        continue;

      n_best = rating == best_rate ? n_best + 1 : 1;
      best_rate = rating;
      best_path = path;
      g_clear_pointer (&best, g_variant_unref);
      best = g_steal_pointer (&info);
    }

  if (n_best > 1)
    {
      mdoc_command_refuse (error, "“%s” fits %u credentials", name, n_best);
      return NULL;
    }

  if (best == NULL)
    {
      mdoc_ctl_refuse (error,
                       MDOC_CTL_ERROR_NOT_FOUND,
                       "There is no credential “%s”",
                       name);
      return NULL;
    }

  *ret_path = g_strdup (best_path);
  return g_steal_pointer (&best);
}

/**
 * mdoc_ctl_list_anchors:
 * @bus: the bus
 * @error: return location for a #MdocCtlError
 *
 * Returns: (transfer full): an `aa{sv}`, the trust anchors, or %NULL with
 * @error set
 */
GVariant *
mdoc_ctl_list_anchors (GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant) reply
      = mdoc_ctl_call_manager (bus,
                               "ListTrustAnchors",
                               g_variant_new ("(@a{sv})",
                                              mdoc_ctl_no_options ()),
                               "(aa{sv})",
                               error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

static char *
complete_id (GVariant *anchors, const char *purpose, const char *prefix)
{
  g_autofree char *found = NULL;

  for (gsize i = 0; i < g_variant_n_children (anchors); i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (anchors, i);
      const char *id = "";
      const char *own = "";

      g_variant_lookup (anchor, "id", "&s", &id);
      g_variant_lookup (anchor, "purpose", "&s", &own);
      if (strcmp (own, purpose) != 0 || !g_str_has_prefix (id, prefix))
        continue;
      if (found != NULL)
        return g_strdup (prefix);
      found = g_strdup (id);
    }

  return found != NULL ? g_steal_pointer (&found) : g_strdup (prefix);
}

/**
 * mdoc_ctl_complete_anchor:
 * @bus: the bus
 * @purpose: "issuer" or "reader"
 * @prefix: eight or more digits of an id
 * @error: return location for a usage error or a #MdocCtlError
 *
 * Returns: (transfer full): the one id that begins so, or @prefix, which the
 *   agent will not know; %NULL with @error set
 */
char *
mdoc_ctl_complete_anchor (GDBusConnection *bus,
                          const char *purpose,
                          const char *prefix,
                          GError **error)
{
  g_autoptr (GVariant) anchors = NULL;

  if (strlen (prefix) < MIN_ANCHOR_PREFIX_LEN)
    {
      mdoc_command_refuse (error,
                           "“%s” is too short: at least %d digits of the id",
                           prefix,
                           MIN_ANCHOR_PREFIX_LEN);
      return NULL;
    }

  anchors = mdoc_ctl_list_anchors (bus, error);
  return anchors != NULL ? complete_id (anchors, purpose, prefix) : NULL;
}
