/*
 * mdoc-agent-private.h - what the parts of the agent share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "agent/mdoc-agent.h"
#include "agent/mdoc-authority.h"
#include "agent/mdoc-consents.h"
#include "agent/mdoc-jobs.h"
#include "agent/mdoc-network.h"
#include "agent/mdoc-policy.h"
#include "agent/mdoc-presentation.h"
#include "agent/mdoc-selection.h"
#include "mdoc/mdoc-doc-type.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* calls that wait for polkit */
#define MDOC_AGENT_MAX_PENDING_CALLS 64
/* of one connection, so that nobody takes the places of all */
#define MDOC_AGENT_MAX_PENDING_OF_CALLER 16
/* of those that may wait for somebody to type a password */
#define MDOC_AGENT_MAX_INTERACTIVE_CALLS 32
/* how long the result of a presentation can be asked for */
#define MDOC_AGENT_RESULT_TIMEOUT_MS (60 * 1000)

struct _MdocAgent
{
  GDBusConnection *bus;
  gboolean is_system;
  guint consent_timeout_ms;
  MdocMasterKey *master_key; /* where it comes from, not the key */
  MdocStore *store;
  const MdocClock *clock;
  gint64 time_floor_unix_s; /* a time that has passed for sure */
  MdocJobs *jobs;
  MdocNetwork *network;
  MdocClock *shifted_clock;
  char *client_id; /* who we are to authorization servers */
  gboolean client_id_is_default;
  MdocDocTypeTable *doc_types;
  GPtrArray *file_policies; /* of MdocPolicy */
  MdocAuthority *authority;
  MdocConsents *consents;
  GPtrArray *objects;   /* of MdocObject: what is registered on the bus */
  GQueue pending_calls; /* of those that wait for polkit */
  guint release_id;     /* gives memory back when nothing else is to be done */

  MdocPresentation *presentation; /* the current one, or the last */
  guint n_presentations;
  guint forget_id; /* removes the last one */

  gboolean is_stopping; /* no call is taken any more */
  MdocAgentFunc stopped;
  gpointer stopped_data;
};

/**
 * MdocMethodFunc:
 * @agent: the agent
 * @invocation: to be answered, once; it names caller and object
 * @parameters: of the types that the XML says
 *
 * What a method does, once its caller has been found to be authorized.
 */
typedef void (*MdocMethodFunc) (MdocAgent *agent,
                                GDBusMethodInvocation *invocation,
                                GVariant *parameters);

/**
 * MdocMethod:
 * @name: of the method
 * @action: what its caller has to be allowed to do
 * @func: what it does
 *
 * One row of the table that decides about every call: a method that is in no
 * row is denied.
 */
typedef struct
{
  const char *interface_name;
  const char *name;
  MdocAction action;
  MdocMethodFunc func;
} MdocMethod;

const MdocMethod *
mdoc_agent_find_method (const char *interface_name, const char *name);

/* rows of the table, by file */
extern const MdocMethod mdoc_manager_methods[];
extern const guint mdoc_manager_n_methods;
extern const MdocMethod mdoc_credential_methods[];
extern const guint mdoc_credential_n_methods;
extern const MdocMethod mdoc_presentation_methods[];
extern const guint mdoc_presentation_n_methods;

/* mdoc-bus.c; what gdbus-codegen makes is const, which GIO does not know */
GDBusInterfaceInfo *mdoc_bus_get_manager_interface (void);
GDBusInterfaceInfo *mdoc_bus_get_credential_interface (void);
GDBusInterfaceInfo *mdoc_bus_get_presentation_interface (void);
GDBusInterfaceInfo *mdoc_bus_get_object_manager_interface (void);
gboolean mdoc_bus_add_object (MdocAgent *self,
                              const char *path,
                              GDBusInterfaceInfo *interface_info,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_bus_remove_object (MdocAgent *self, const char *path);
void mdoc_bus_remove_all (MdocAgent *self);
gboolean mdoc_bus_add_root (MdocAgent *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_bus_emit_changed (MdocAgent *self,
                            const char *path,
                            const char *interface_name,
                            GVariant *properties);
/* @error: (transfer full) */
void mdoc_bus_return_error (GDBusMethodInvocation *invocation, GError *error);

void mdoc_bus_overwrite (MdocAgent *self, gsize n_bytes);

/* mdoc-credential.c */
char *mdoc_credential_make_path (const char *id);
gboolean
mdoc_credential_add_object (MdocAgent *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GVariant *
mdoc_credential_make_info (MdocAgent *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GVariant *mdoc_credential_make_summary (MdocAgent *self,
                                        const MdocStoredDocument *document)
    G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-manager.c */
GPtrArray *mdoc_manager_load_anchors (MdocAgent *self,
                                      MdocTrustPurpose purpose,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-agent.c */
gint64 mdoc_agent_get_time (MdocAgent *self); /* unix s */
MdocMoment mdoc_agent_get_moment (MdocAgent *self);
void mdoc_agent_note_time (MdocAgent *self, gint64 passed_unix_s);
/* after something that took much memory */
void mdoc_agent_release_memory_later (MdocAgent *self);

/* mdoc-agent-jobs.c */
MdocJobs *mdoc_agent_make_jobs (MdocAgent *self) G_GNUC_WARN_UNUSED_RESULT;
/* what there is to do with issuers, after a start */
void mdoc_agent_watch_issuers (MdocAgent *self);

/* mdoc-agent.c */
void mdoc_agent_forget_presentation (MdocAgent *self);
void mdoc_agent_presentation_ended (MdocAgent *self);

G_END_DECLS
