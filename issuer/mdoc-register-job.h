/*
 * mdoc-register-job.h - one request for a credential, while it is worked on
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-register-private.h"

G_BEGIN_DECLS

typedef struct
{
  MdocRegister *self;
  const MdocRegisterCall *call;
  const MdocRegisterAccess *access;
  GPtrArray *keys; /* of MdocPublicKey */
  GStrv thumbs;
  guint8 keys_hash[MDOC_REGISTER_HASH_LEN];
  gint64 not_before_s;
  gint64 not_after_s;
  MdocExchangeRow *exchange;
  MdocProfile *profile;
  MdocHeldRow *held; /* nullable */
} MdocIssueJob;

void mdoc_issue_job_clear (MdocIssueJob *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocIssueJob, mdoc_issue_job_clear)

gint64 mdoc_issue_job_get_now_s (const MdocIssueJob *job);
/* what is to be signed, without validity and copies yet */
MdocRegisterCredential *
mdoc_issue_job_start (const MdocIssueJob *job, const char *cause, gint64 n);
gboolean mdoc_issue_job_add_generation (MdocIssueJob *job,
                                        const char *cause,
                                        gint64 n,
                                        MdocRegisterCredential *result,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* E6, and what a crash between signature and answer left behind: the same
 * generation once more, with the same places */
MdocRegisterCredential *
mdoc_issue_job_repeat (MdocIssueJob *job,
                       const MdocGenerationRow *generation,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
