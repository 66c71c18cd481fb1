/*
 * mdoc-test-swtpm.h - a TPM in software, run for one test
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* swtpm, on a socket in its own folder. */
typedef struct
{
  char *state_dir; /* what makes it this TPM and no other */
  char *tcti;
  GPid pid; /* 0: it is not there */
} MdocTestSwtpm;

/* a new TPM, which runs */
void mdoc_test_swtpm_set_up (MdocTestSwtpm *self);
void mdoc_test_swtpm_tear_down (MdocTestSwtpm *self);

/* Takes it away, without a farewell, and brings it back under the same name. */
void mdoc_test_swtpm_kill (MdocTestSwtpm *self);
void mdoc_test_swtpm_start (MdocTestSwtpm *self);

/* what firmware does when it runs something else; for all banks */
void mdoc_test_swtpm_extend (MdocTestSwtpm *self, guint pcr);
/* how many objects and sessions are loaded in it */
guint mdoc_test_swtpm_count_loaded (MdocTestSwtpm *self);

G_END_DECLS
