/*
 * mdoc-manager-store.c - org.mdocagent.Agent1.Manager: the store and its jobs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-manager-private.h"

#include <gio/gunixfdlist.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-options.h"
#include "base/mdoc-log.h"
#include "base/mdoc-text.h"
#include "storage/mdoc-store-care.h"

#define MESSAGE_ID_RESTORED "0f1e6bb0c2a94d0c9a9f1c7d5be8a1f3"

/* --- jobs --- */

static GVariant *
make_job (const MdocStoredJob *job)
{
  g_autofree char *created = mdoc_time_format (job->created_unix_s);
  g_autofree char *changed = mdoc_time_format (job->changed_unix_s);
  g_autofree char *next = mdoc_time_format (job->next_unix_s);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "x", job->id);
  g_variant_dict_insert (&dict, "kind", "s", job->kind);
  g_variant_dict_insert (&dict, "credential", "s", job->document_id);
  g_variant_dict_insert (&dict, "issuer", "s", job->issuer);
  g_variant_dict_insert (&dict,
                         "state",
                         "s",
                         mdoc_job_state_get_name (job->state));
  g_variant_dict_insert (&dict, "step", "s", job->step);
  g_variant_dict_insert (&dict, "attempts", "u", job->attempts);
  g_variant_dict_insert (&dict, "created", "s", created);
  g_variant_dict_insert (&dict, "changed", "s", changed);
  if (job->state == MDOC_JOB_WAITING)
    g_variant_dict_insert (&dict, "next", "s", next);
  return g_variant_dict_end (&dict);
}

/**
 * mdoc_manager_list_jobs:
 * @self: an agent
 * @invocation: the call of `ListJobs()`
 * @parameters: its parameters
 */
void
mdoc_manager_list_jobs (MdocAgent *self,
                        GDBusMethodInvocation *invocation,
                        GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  gboolean has_ended = FALSE;
  const MdocOption known[] = { { "all", "b", &has_ended } };
  g_autoptr (GPtrArray) jobs = NULL;
  GError *error = NULL;
  GVariantBuilder list;

  if (mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    jobs = mdoc_store_list_jobs (self->store, has_ended, &error);

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    g_variant_builder_add_value (&list, make_job (g_ptr_array_index (jobs, i)));

  mdoc_manager_return (invocation, g_variant_new ("(aa{sv})", &list), error);
}

/* --- the store --- */

/**
 * mdoc_manager_check_store:
 * @self: an agent
 * @invocation: the call of `CheckStore()`
 * @parameters: its parameters
 */
void
mdoc_manager_check_store (MdocAgent *self,
                          GDBusMethodInvocation *invocation,
                          GVariant *parameters)
{
  g_autoptr (GPtrArray) findings = NULL;
  GError *error = NULL;
  GVariantBuilder list;

  if (mdoc_manager_check_options (parameters, 0, &error))
    findings = mdoc_store_check (self->store, &error);

  mdoc_agent_release_memory_later (self);
  g_variant_builder_init (&list, G_VARIANT_TYPE ("as"));
  for (guint i = 0; findings != NULL && i < findings->len; i++)
    g_variant_builder_add (&list, "s", g_ptr_array_index (findings, i));

  mdoc_manager_return (invocation, g_variant_new ("(as)", &list), error);
}

/* Returns: the file that came with the call, which the caller closes, or -1. A
 * pipe could keep us waiting for ever. */
static int
take_file (GDBusMethodInvocation *invocation,
           GVariant *parameters,
           GError **error)
{
  GUnixFDList *list = g_dbus_message_get_unix_fd_list (
      g_dbus_method_invocation_get_message (invocation));
  struct stat info;
  gint32 at;
  int fd = -1;

  g_variant_get_child (parameters, 0, "h", &at);
  if (list != NULL && at >= 0 && at < g_unix_fd_list_get_length (list))
    fd = g_unix_fd_list_get (list, at, NULL);

  if (fd >= 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    return fd;

  if (fd >= 0)
    close (fd);
  mdoc_agent_refuse (error,
                     MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                     "A file has to come with the call");
  return -1;
}

/**
 * mdoc_manager_back_up_store:
 * @self: an agent
 * @invocation: the call of `BackUpStore()`
 * @parameters: its parameters
 */
void
mdoc_manager_back_up_store (MdocAgent *self,
                            GDBusMethodInvocation *invocation,
                            GVariant *parameters)
{
  GError *error = NULL;
  int fd = -1;

  if (mdoc_manager_check_options (parameters, 1, &error))
    fd = take_file (invocation, parameters, &error);
  if (fd >= 0)
    {
      (void) !mdoc_store_back_up (self->store, fd, &error);
      close (fd);
    }

  mdoc_manager_return (invocation, NULL, error);
}

static gboolean
restore (MdocAgent *self, int fd, gboolean may_forget, GError **error)
{
  g_autoptr (GPtrArray) before = mdoc_store_list_documents (self->store, error);
  g_autoptr (GPtrArray) after = NULL;
  MdocLogFields fields = { .topic = "store",
                           .message_id = MESSAGE_ID_RESTORED };

  if (before == NULL
      || !mdoc_store_restore (self->store,
                              fd,
                              self->master_key,
                              may_forget,
                              mdoc_agent_get_time (self),
                              error))
    return FALSE;

  mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "The store was restored");
  for (guint i = 0; i < before->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (before, i);
      g_autofree char *path = mdoc_credential_make_path (document->id);

      mdoc_bus_remove_object (self, path);
    }

  /* what the backup was in the middle of, and what was removed since */
  mdoc_network_cancel (self->network);
  g_clear_pointer (&self->jobs, mdoc_jobs_free);
  self->jobs = mdoc_agent_make_jobs (self);
  if (!mdoc_jobs_start (self->jobs, error))
    return FALSE;

  after = mdoc_store_list_documents (self->store, error);
  for (guint i = 0; after != NULL && i < after->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (after, i);

      if (!mdoc_credential_add_object (self, document->id, error))
        return FALSE;
    }

  mdoc_agent_watch_issuers (self);
  return after != NULL;
}

/**
 * mdoc_manager_restore_store:
 * @self: an agent
 * @invocation: the call of `RestoreStore()`
 * @parameters: its parameters
 */
void
mdoc_manager_restore_store (MdocAgent *self,
                            GDBusMethodInvocation *invocation,
                            GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  gboolean may_forget = FALSE;
  const MdocOption known[] = { { "may_forget", "b", &may_forget } };
  GError *error = NULL;
  int fd = -1;

  if (mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    fd = take_file (invocation, parameters, &error);

  if (fd >= 0 && !mdoc_presentation_is_over (self->presentation))
    mdoc_agent_refuse (&error,
                       MDOC_AGENT_ERROR_BUSY,
                       "There is a presentation; end it first");
  else if (fd >= 0)
    (void) !restore (self, fd, may_forget, &error);
  if (fd >= 0)
    close (fd);

  mdoc_manager_return (invocation, NULL, error);
}
