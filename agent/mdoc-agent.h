/*
 * mdoc-agent.h - the holder agent as a whole
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MDOC_AGENT_CONSENT_TIMEOUT_MS (120 * 1000)

/**
 * MdocAgentConfig:
 * @state_dir: folder of the store
 * @master_key: (nullable): where the master key comes from, as
 *   mdoc_master_key_new_from_text() takes it; %NULL for the usual file in
 *   @state_dir
 * @key_stores: (nullable): %NULL-terminated; where device keys live besides in
 *   software, as mdoc_keystore_open() takes it; new keys go to the last
 * @doc_types_dir: (nullable): folder of the document types
 * @policy_file: (nullable): standing policies, mdoc-policy(5)
 * @is_system: whether it serves the system bus, where polkit decides
 * @consent_timeout_ms: how long the holder has to answer
 * @tls_anchors: (nullable): file of the certificates, in PEM, one of which has
 *   to vouch for the TLS of issuers; %NULL for those of the system
 * @proxy: (nullable): address of a proxy; %NULL: as the environment says
 * @client_id: (nullable): who we are to authorization servers
 * @wallet_attestation: (nullable): file of wallet attestations
 * @attester: (nullable): absolute path of a program that makes attestations
 * @allow_plain_loopback: whether issuers on this machine need no TLS, in tests
 * @clock_offset_s: how far ahead of the system's the clock is, in tests
 *
 * How an agent is to be. Borrowed for the call.
 */
typedef struct
{
  const char *state_dir;
  const char *master_key;
  const char *const *key_stores;
  const char *doc_types_dir;
  const char *policy_file;
  gboolean is_system;
  guint consent_timeout_ms;
  const char *tls_anchors;
  const char *proxy;
  const char *client_id;
  const char *wallet_attestation;
  const char *attester;
  gboolean allow_plain_loopback;
  gint64 clock_offset_s;
} MdocAgentConfig;

/**
 * MdocAgent:
 *
 * The store, its face on the bus, and the presentation that runs. For one
 * thread, whose main context it uses.
 */
typedef struct _MdocAgent MdocAgent;

gboolean mdoc_agent_rekey (const MdocAgentConfig *config,
                           const char *new_master_key,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocAgentFunc:
 * @user_data: what mdoc_agent_stop() was given
 */
typedef void (*MdocAgentFunc) (gpointer user_data);

MdocAgent *mdoc_agent_new (const MdocAgentConfig *config, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_agent_start (MdocAgent *self, GDBusConnection *bus, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_agent_stop (MdocAgent *self, MdocAgentFunc func, gpointer user_data);
void mdoc_agent_free (MdocAgent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocAgent, mdoc_agent_free)

G_END_DECLS
