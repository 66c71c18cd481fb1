/*
 * mdoc-network.h - what the agent's jobs ask issuing platforms
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-agent.h"
#include "agent/mdoc-jobs.h"
#include "platform/mdoc-platform.h"
#include "storage/mdoc-store-records.h"

G_BEGIN_DECLS

/* who we are to authorization servers that want to know */
#define MDOC_NETWORK_CLIENT_ID "mdoc-agent"

/* most platforms that are kept in memory, with what they said of themselves */
#define MDOC_NETWORK_MAX_PLATFORMS 32

/**
 * MdocNetwork:
 *
 * The one HTTP client of the agent, and the platforms that it has spoken with
 * since it was started.
 */
typedef struct _MdocNetwork MdocNetwork;

/* @clock: borrowed */
MdocNetwork *mdoc_network_new (const MdocAgentConfig *config,
                               const MdocClock *clock,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_network_free (MdocNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocNetwork, mdoc_network_free)

/* (transfer none): made when it is first asked for */
MdocHttpClient *mdoc_network_get_http (MdocNetwork *self, GError **error);

/* what is asked is given up, and nothing comes of it; its jobs are to be begun
 * again */
void mdoc_network_cancel (MdocNetwork *self);
/* how many calls have yet to come back, cancelled or not */
guint mdoc_network_get_n_calls (MdocNetwork *self);

/* @server: (nullable): the authorization server that an offer names.
 * @client_id: (nullable): who we are to it since an earlier request; %NULL: who
 *   we are to all. Returns: (transfer none) */
MdocPlatform *mdoc_network_get_platform (MdocAgent *agent,
                                         const char *issuer,
                                         const char *server,
                                         const char *client_id,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocCall:
 * @agent: whose
 * @job_id: the job of which a step waits for it
 * @record: (nullable): the row that the job is about, as it was
 * @platform: (nullable): who is asked
 * @tokens: (nullable): with what
 * @data: (nullable): what else is needed when the answer is there
 *
 * An answer that a step waits for. Made when it asks, passed through as the
 * user data, and freed by what ends it.
 */
typedef struct
{
  MdocAgent *agent;
  gint64 job_id;
  MdocRecord *record;
  MdocPlatform *platform;
  MdocPlatformTokens *tokens;
  gpointer data;
  GDestroyNotify free_data;

  /*< private >*/
  char *issuer;
  GCallback later;
  MdocNetwork *network;
  GCancellable *cancellable;
} MdocCall;

/* @record: (nullable) (transfer full) */
MdocCall *mdoc_call_new (MdocAgent *agent,
                         const MdocStoredJob *job,
                         MdocRecord *record,
                         MdocPlatform *platform) G_GNUC_WARN_UNUSED_RESULT;
typedef void (*MdocCallFunc) (MdocCall *self);

/* (transfer full): goes on in a later turn of the main loop, if it is wanted
 * then: a step has to return before it can end */
void mdoc_call_later (MdocCall *self, MdocCallFunc func);
void mdoc_call_set_data (MdocCall *self, gpointer data, GDestroyNotify free);
GCancellable *mdoc_call_get_cancellable (MdocCall *self);
/* whom its job talks to */
const char *mdoc_call_get_issuer (MdocCall *self);
/* (nullable): what the issuer says of the credential that its record is about
 */
const MdocConfiguration *mdoc_call_get_promise (MdocCall *self);
/* whether it failed as nobody vouches for the wallet or its keys: whoever set
 * the device up has to do something */
gboolean mdoc_call_is_unattested (const GError *error);
/* (transfer full): whether anybody still wants the answer. If not, @self is
 * gone: the agent ends, or what the job was about was removed or declined */
gboolean mdoc_call_is_wanted (MdocCall *self);
/* (transfer full): the step has come to this */
void mdoc_call_end (MdocCall *self,
                    MdocStepResult result,
                    gint64 wait_s,
                    const GError *error);

/* what is to be done about an error of the platform: RETRY or FAIL, and when at
 * the earliest */
MdocStepResult mdoc_call_judge (const GError *error, gint64 *ret_wait_s);
/* a name for people and programs, such as "invalid_grant" */
const char *mdoc_call_name_error (const GError *error);

/* tokens in a record */
MdocPlatformTokens *
mdoc_record_load_tokens (const MdocRecord *record, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void
mdoc_record_set_tokens (MdocRecord *record, const MdocPlatformTokens *tokens);

G_END_DECLS
