/*
 * mdoc-ctl-verbs.h - what mdocctl can do
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/mdoc-program.h"

G_BEGIN_DECLS

/* each in a file of its own */
extern const MdocVerb mdoc_ctl_verb_agent;
extern const MdocVerb mdoc_ctl_verb_doctor;
extern const MdocVerb mdoc_ctl_verb_history;
extern const MdocVerb mdoc_ctl_verb_import;
extern const MdocVerb mdoc_ctl_verb_jobs;
extern const MdocVerb mdoc_ctl_verb_list;
extern const MdocVerb mdoc_ctl_verb_monitor;
extern const MdocVerb mdoc_ctl_verb_new_key;
extern const MdocVerb mdoc_ctl_verb_policy;
extern const MdocVerb mdoc_ctl_verb_present;
extern const MdocVerb mdoc_ctl_verb_remove;
extern const MdocVerb mdoc_ctl_verb_selftest;
extern const MdocVerb mdoc_ctl_verb_set;
extern const MdocVerb mdoc_ctl_verb_show;
extern const MdocVerb mdoc_ctl_verb_status;
extern const MdocVerb mdoc_ctl_verb_store;
extern const MdocVerb mdoc_ctl_verb_trust;

int mdoc_ctl_run (int argc, char **argv);

G_END_DECLS
