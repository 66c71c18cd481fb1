/*
 * mdoc-reader-verbs.h - what mdoc-reader can do
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-program.h"

G_BEGIN_DECLS

/* each in a file of its own */
extern const MdocVerb mdoc_reader_verb_doctor;
extern const MdocVerb mdoc_reader_verb_inspect;
extern const MdocVerb mdoc_reader_verb_request;
extern const MdocVerb mdoc_reader_verb_scan_qr;
extern const MdocVerb mdoc_reader_verb_selftest;
extern const MdocVerb mdoc_reader_verb_verify;

/* all of them, for main() and tests */
MdocProgram mdoc_reader_get_program (void);

G_END_DECLS
