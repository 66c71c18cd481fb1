/*
 * mdoc-serve-options.h - what "mdoc-issuer serve" is told
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/mdoc-clock.h"
#include "base/mdoc-program.h"
#include "issuer/mdoc-admin.h"
#include "issuer/mdoc-vci.h"

G_BEGIN_DECLS

/* how often at most, and how many days before, the end of a signer's
 * certificate is told */
#define MDOC_SERVE_MAX_WARNINGS     8
#define MDOC_SERVE_MAX_WARNING_DAYS 3650

/**
 * MdocServeOptions:
 *
 * The command line, checked as far as can be without opening files. Names are
 * those of the options.
 */
typedef struct
{
  char *listen;
  char *base_url;
  char *database;
  char *profiles;
  char *doc_types;
  char **signers;
  char *pki;
  char *tls_cert;
  char *tls_key;
  char *name;
  char *admin_key_file;
  char *event_anchors;
  char *attestation;
  char *wallet_anchors;
  char *key_attesters;
  char *approval;
  char *signer_warning_days;
  char *proofing_command;
  char *proofing_url;
  char *proofing_bearer_file;
  char **authorization_servers;
  char *login;
  char *now;
  gint64 clock_offset_s;
  gboolean is_plain;
  gboolean is_bearer_allowed;
  gboolean is_encryption_required;
  gboolean is_behind_proxy;
  gint max_sessions;
  gboolean takes_drafts;

  MdocVciAttestation attestation_policy;
  char **proofing; /* nullable: the words of the command */
  MdocVciLogin login_policy;
  MdocAdminApproval approval_policy;
  guint warning_days[MDOC_SERVE_MAX_WARNINGS];
  gsize n_warning_days;
  MdocClock *clock;
} MdocServeOptions;

void mdoc_serve_options_clear (MdocServeOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocServeOptions, mdoc_serve_options_clear)

/* @ret_goes_on: (out): whether there is something to be done */
MdocExit mdoc_serve_options_parse (MdocServeOptions *self,
                                   MdocCommand *command,
                                   gboolean *ret_goes_on,
                                   GError **error);

G_END_DECLS
