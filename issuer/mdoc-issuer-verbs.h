/*
 * mdoc-issuer-verbs.h - what mdoc-issuer can do
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/mdoc-program.h"

G_BEGIN_DECLS

/* each in a file of its own */
extern const MdocVerb mdoc_issuer_verb_audit;
extern const MdocVerb mdoc_issuer_verb_check_profile;
extern const MdocVerb mdoc_issuer_verb_consume;
extern const MdocVerb mdoc_issuer_verb_events;
extern const MdocVerb mdoc_issuer_verb_lint;
extern const MdocVerb mdoc_issuer_verb_make_admin_key;
extern const MdocVerb mdoc_issuer_verb_make_crl;
extern const MdocVerb mdoc_issuer_verb_make_pki;
extern const MdocVerb mdoc_issuer_verb_offer;
extern const MdocVerb mdoc_issuer_verb_reinstate;
extern const MdocVerb mdoc_issuer_verb_report;
extern const MdocVerb mdoc_issuer_verb_requests;
extern const MdocVerb mdoc_issuer_verb_revoke;
extern const MdocVerb mdoc_issuer_verb_serve;
extern const MdocVerb mdoc_issuer_verb_sign;
extern const MdocVerb mdoc_issuer_verb_suspend;
extern const MdocVerb mdoc_issuer_verb_update;

/* all of them, for main() and tests */
MdocProgram mdoc_issuer_get_program (void);

/* how a verb ends that failed with @error */
MdocExit mdoc_issuer_exit_of (const GError *error);
/* prints what @builder has built */
void mdoc_issuer_print_json (JsonBuilder *builder);

G_END_DECLS
