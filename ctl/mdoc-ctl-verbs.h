/*
 * mdoc-ctl-verbs.h - what mdocctl can do
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "base/mdoc-program.h"

G_BEGIN_DECLS

/* each in a file of its own, or with its siblings */
extern const MdocVerb mdoc_ctl_verb_accept;
extern const MdocVerb mdoc_ctl_verb_agent;
extern const MdocVerb mdoc_ctl_verb_claim;
extern const MdocVerb mdoc_ctl_verb_decline;
extern const MdocVerb mdoc_ctl_verb_doctor;
extern const MdocVerb mdoc_ctl_verb_enroll;
extern const MdocVerb mdoc_ctl_verb_history;
extern const MdocVerb mdoc_ctl_verb_import;
extern const MdocVerb mdoc_ctl_verb_instance_key;
extern const MdocVerb mdoc_ctl_verb_jobs;
extern const MdocVerb mdoc_ctl_verb_list;
extern const MdocVerb mdoc_ctl_verb_messages;
extern const MdocVerb mdoc_ctl_verb_monitor;
extern const MdocVerb mdoc_ctl_verb_new_key;
extern const MdocVerb mdoc_ctl_verb_offers;
extern const MdocVerb mdoc_ctl_verb_policy;
extern const MdocVerb mdoc_ctl_verb_present;
extern const MdocVerb mdoc_ctl_verb_remove;
extern const MdocVerb mdoc_ctl_verb_renew;
extern const MdocVerb mdoc_ctl_verb_review;
extern const MdocVerb mdoc_ctl_verb_selftest;
extern const MdocVerb mdoc_ctl_verb_set;
extern const MdocVerb mdoc_ctl_verb_show;
extern const MdocVerb mdoc_ctl_verb_status;
extern const MdocVerb mdoc_ctl_verb_store;
extern const MdocVerb mdoc_ctl_verb_sync;
extern const MdocVerb mdoc_ctl_verb_trust;

/* what show prints of a credential */
MdocExit mdoc_ctl_show (MdocCommand *command,
                        GDBusConnection *bus,
                        const char *name,
                        gboolean has_values,
                        GError **error);

int mdoc_ctl_run (int argc, char **argv);

G_END_DECLS
