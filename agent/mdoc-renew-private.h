/*
 * mdoc-renew-private.h - what the steps of a renewal share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-issuing.h"

G_BEGIN_DECLS

/* mdoc-renew.c */
void mdoc_renew_end_later (MdocCall *call, const GError *error);
MdocStepResult
mdoc_renew_stop (MdocAgent *self, MdocRecord *enrolment, const char *why);
MdocRecord *
mdoc_renew_load (MdocAgent *self, const MdocStoredJob *job, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocPlatform *mdoc_renew_get_platform (MdocAgent *self,
                                       const MdocRecord *enrolment,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-renew-request.c */
MdocStepResult mdoc_renew_request (MdocJobs *jobs,
                                   MdocStoredJob *job,
                                   gint64 *ret_wait_s,
                                   gpointer user_data,
                                   GError **error);

G_END_DECLS
