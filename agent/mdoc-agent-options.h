/*
 * mdoc-agent-options.h - the command line of the agent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-log.h"

G_BEGIN_DECLS

#define MDOC_AGENT_MAX_CONSENT_TIMEOUT_S 3600

/* What was typed; what was not has its default. */
typedef struct
{
  gboolean use_session;
  gboolean is_verbose;
  gboolean wants_version;
  char *state_dir;   /* nullable */
  char *master_key;  /* nullable */
  char **key_stores; /* nullable */
  char *rekey;       /* nullable */
  char *doc_types;
  char *policy_file;        /* nullable */
  char *tls_anchors;        /* nullable */
  char *proxy;              /* nullable */
  char *client_id;          /* nullable */
  char *wallet_attestation; /* nullable */
  char *attester;           /* nullable */
  gboolean allow_plain_loopback;
  gint64 clock_offset_s;
  int consent_timeout_s;
  MdocLogFormat log_format;
} MdocAgentOptions;

void mdoc_agent_options_clear (MdocAgentOptions *self);
gboolean mdoc_agent_options_parse (MdocAgentOptions *self,
                                   int *argc,
                                   char ***argv,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *
mdoc_agent_options_dup_state_dir (const MdocAgentOptions *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocAgentOptions, mdoc_agent_options_clear)

G_END_DECLS
