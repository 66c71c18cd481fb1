/*
 * mdoc-ctl-offer.c - offers of issuers, as the agent tells of them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-offer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mdoc-file.h"
#include "base/mdoc-names.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "scan/mdoc-scan.h"

#define MIN_ID_LEN 4

/* --- offers --- */

static GVariant *
list_offers (GDBusConnection *bus, GError **error)
{
  GVariantDict options;
  g_autoptr (GVariant) reply = NULL;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "all", "b", TRUE);
  reply = mdoc_ctl_call_manager (bus,
                                 "ListOffers",
                                 g_variant_new ("(@a{sv})",
                                                g_variant_dict_end (&options)),
                                 "(aa{sv})",
                                 error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

GVariant *
mdoc_ctl_get_offer (GDBusConnection *bus, const char *id, GError **error)
{
  g_autoptr (GVariant) offers = list_offers (bus, error);

  for (gsize i = 0; offers != NULL && i < g_variant_n_children (offers); i++)
    {
      g_autoptr (GVariant) offer = g_variant_get_child_value (offers, i);
      g_autofree char *found = mdoc_ctl_dup_text (offer, "id");

      if (strcmp (found, id) == 0)
        return g_steal_pointer (&offer);
    }

  return NULL;
}

GVariant *
mdoc_ctl_find_offer (GDBusConnection *bus, const char *name, GError **error)
{
  g_autoptr (GVariant) offers = list_offers (bus, error);
  g_autoptr (GVariant) only = NULL;
  guint n_found = 0;

  if (offers == NULL)
    return NULL;

  for (gsize i = 0; i < g_variant_n_children (offers); i++)
    {
      g_autoptr (GVariant) offer = g_variant_get_child_value (offers, i);
      g_autofree char *id = mdoc_ctl_dup_text (offer, "id");

      if (strlen (name) < MIN_ID_LEN || !g_str_has_prefix (id, name))
        continue;

      n_found++;
      g_clear_pointer (&only, g_variant_unref);
      only = g_steal_pointer (&offer);
    }

  if (n_found == 1)
    return g_steal_pointer (&only);

  mdoc_ctl_refuse (error,
                   MDOC_CTL_ERROR_NOT_FOUND,
                   n_found == 0 ? "There is no such offer: see offers --all"
                                : "There is more than one such offer");
  return NULL;
}

GVariant *
mdoc_ctl_list_siblings (GDBusConnection *bus, GVariant *offer, GError **error)
{
  g_autofree char *id = mdoc_ctl_dup_text (offer, "id");
  g_autofree char *group = mdoc_ctl_dup_text (offer, "group");
  g_autoptr (GVariant) offers = NULL;
  GVariantBuilder siblings;

  g_variant_builder_init (&siblings, G_VARIANT_TYPE ("aa{sv}"));
  if (group[0] != '\0')
    {
      offers = list_offers (bus, error);
      if (offers == NULL)
        {
          g_variant_builder_clear (&siblings);
          return NULL;
        }
    }

  for (gsize i = 0; offers != NULL && i < g_variant_n_children (offers); i++)
    {
      g_autoptr (GVariant) other = g_variant_get_child_value (offers, i);
      g_autofree char *other_id = mdoc_ctl_dup_text (other, "id");
      g_autofree char *other_group = mdoc_ctl_dup_text (other, "group");

      if (strcmp (other_group, group) == 0 && strcmp (other_id, id) != 0)
        g_variant_builder_add_value (&siblings, other);
    }

  return g_variant_ref_sink (g_variant_builder_end (&siblings));
}

gboolean
mdoc_ctl_offer_is (GVariant *offer, const char *state)
{
  g_autofree char *now = mdoc_ctl_dup_text (offer, "state");

  return strcmp (now, state) == 0;
}

static void
print_line (GVariant *offer, const char *title, const char *key)
{
  g_autofree char *text = mdoc_ctl_dup_text (offer, key);

  if (text[0] != '\0')
    g_print ("%-12s %s\n", title, text);
}

void
mdoc_ctl_print_offer (GVariant *offer)
{
  print_line (offer, "offer:", "id");
  print_line (offer, "state:", "state");
  print_line (offer, "what:", "display_name");
  print_line (offer, "type:", "doc_type");
  print_line (offer, "from:", "issuer_name");
  print_line (offer, "issuer:", "issuer");
  print_line (offer, "label:", "label");
  print_line (offer, "needs:", "needs");
  print_line (offer, "log in at:", "browser_uri");
  print_line (offer, "credential:", "credential");
  print_line (offer, "claimed:", "created");
  print_line (offer, "active:", "active");
  print_line (offer, "asked again:", "next");
  print_line (offer, "problem:", "problem");
}

/* --- links --- */

static const char *const schemes[] = {
  "openid-credential-offer:",
  "haip-vci:",
  "haip:",
};

static gboolean
is_link (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      if (g_ascii_strncasecmp (text, schemes[i], strlen (schemes[i])) == 0)
        return TRUE;
    }

  return FALSE;
}

static char *
read_picture (GBytes *file, GError **error)
{
  g_autoptr (GError) first_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      g_autoptr (GError) local_error = NULL;
      char *text = mdoc_scan_picture (file, schemes[i], &local_error);

      if (text != NULL)
        return text;
      if (first_error == NULL)
        first_error = g_steal_pointer (&local_error);
    }

  mdoc_ctl_refuse (error, MDOC_CTL_ERROR_MALFORMED, "%s", first_error->message);
  return NULL;
}

char *
mdoc_ctl_read_offer_link (const char *argument, GError **error)
{
  g_autoptr (GBytes) file = NULL;
  g_autofree char *text = NULL;

  if (is_link (argument))
    return g_strdup (argument);

  file = mdoc_file_read (argument, MDOC_SCAN_MAX_BYTES, error);
  if (file == NULL)
    return NULL;

  text = g_strndup (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  g_strstrip (text);
  return is_link (text) ? g_steal_pointer (&text) : read_picture (file, error);
}

/* --- waiting --- */

struct _MdocCtlWait
{
  GDBusConnection *bus;
  GMainContext *context;
  guint subscription_id;
  guint vanished_id;
  MdocCtlSignalFunc func;
  gpointer user_data;
  gboolean has_changed;
  gboolean is_late;
  gboolean has_vanished;
};

static void
on_signal (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface_name,
           const char *signal,
           GVariant *parameters,
           gpointer user_data)
{
  MdocCtlWait *self = user_data;

  self->has_changed = TRUE;
  if (self->func != NULL)
    self->func (parameters, self->user_data);
}

static void
on_owner (GDBusConnection *bus,
          const char *sender,
          const char *path,
          const char *interface_name,
          const char *signal,
          GVariant *parameters,
          gpointer user_data)
{
  MdocCtlWait *self = user_data;
  const char *owner;

  g_variant_get_child (parameters, 2, "&s", &owner);
  self->has_vanished = owner[0] == '\0';
}

MdocCtlWait *
mdoc_ctl_wait_new (GDBusConnection *bus,
                   const char *signal,
                   MdocCtlSignalFunc func,
                   gpointer user_data)
{
  MdocCtlWait *self = g_new0 (MdocCtlWait, 1);

  self->bus = g_object_ref (bus);
  self->func = func;
  self->user_data = user_data;
  self->subscription_id
      = g_dbus_connection_signal_subscribe (bus,
                                            MDOC_BUS_NAME,
                                            MDOC_INTERFACE_MANAGER,
                                            signal,
                                            MDOC_OBJECT_ROOT,
                                            NULL,
                                            G_DBUS_SIGNAL_FLAGS_NONE,
                                            on_signal,
                                            self,
                                            NULL);
  self->vanished_id
      = g_dbus_connection_signal_subscribe (bus,
                                            "org.freedesktop.DBus",
                                            "org.freedesktop.DBus",
                                            "NameOwnerChanged",
                                            "/org/freedesktop/DBus",
                                            MDOC_BUS_NAME,
                                            G_DBUS_SIGNAL_FLAGS_NONE,
                                            on_owner,
                                            self,
                                            NULL);
  return self;
}

void
mdoc_ctl_wait_free (MdocCtlWait *self)
{
  if (self == NULL)
    return;

  g_dbus_connection_signal_unsubscribe (self->bus, self->subscription_id);
  g_dbus_connection_signal_unsubscribe (self->bus, self->vanished_id);
  g_object_unref (self->bus);
  g_free (self);
}

void
mdoc_ctl_wait_wake (MdocCtlWait *self)
{
  self->has_changed = TRUE;
}

static gboolean
on_late (gpointer user_data)
{
  MdocCtlWait *self = user_data;

  self->is_late = TRUE;
  return G_SOURCE_CONTINUE;
}

gboolean
mdoc_ctl_wait_run (MdocCtlWait *self,
                   guint timeout_s,
                   MdocCtlWaitFunc func,
                   gpointer user_data,
                   GError **error)
{
  guint timer_id = g_timeout_add_seconds (timeout_s, on_late, self);
  GError *local_error = NULL;

  self->has_changed = TRUE;
  self->is_late = FALSE;
  for (;;)
    {
      if (self->has_changed)
        {
          self->has_changed = FALSE;
          if (!func (user_data, &local_error))
            break;
        }
      else if (self->has_vanished)
        {
          mdoc_ctl_refuse (&local_error,
                           MDOC_CTL_ERROR_NO_AGENT,
                           "The agent has gone; it goes on when it is back");
          break;
        }
      else if (self->is_late)
        {
          mdoc_ctl_refuse (&local_error,
                           MDOC_CTL_ERROR_TIMED_OUT,
                           "It takes longer than %u s; the agent goes on",
                           timeout_s);
          break;
        }
      else
        {
          g_main_context_iteration (NULL, TRUE);
        }
    }

  g_source_remove (timer_id);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, local_error);
  return FALSE;
}

void
mdoc_ctl_say (const char *format, ...)
{
  va_list args;

  if (!isatty (STDERR_FILENO))
    return;

  va_start (args, format);
  (void) vfprintf (stderr, format, args);
  va_end (args);
}
