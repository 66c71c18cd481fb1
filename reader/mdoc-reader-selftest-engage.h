/*
 * mdoc-reader-selftest-engage.h - where engagements come from, one a test
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "engagement/mdoc-device-engagement.h"
#include "reader/mdoc-reader-selftest-plan.h"

G_BEGIN_DECLS

/**
 * MdocSelftestHolder:
 *
 * The holder under test, as far as a reader can have it do something: it is
 * made to show the next engagement by a command, by a person at the terminal,
 * or it has shown one and that is all. For one thread.
 */
typedef struct _MdocSelftestHolder MdocSelftestHolder;

/* one of the two, or neither: then a person is asked */
MdocSelftestHolder *
mdoc_selftest_holder_new (const char *engagement, const char *command)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_selftest_holder_free (MdocSelftestHolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocSelftestHolder, mdoc_selftest_holder_free)

/* whether it can be told how to end a session */
gboolean mdoc_selftest_holder_can_end (MdocSelftestHolder *self);

/* @error: MDOC_READER_ERROR_SKIPPED if a person does not want to, or there is
 * none left */
MdocDeviceEngagement *mdoc_selftest_holder_engage (MdocSelftestHolder *self,
                                                   const MdocSelftestWay *way,
                                                   const MdocSelftestCase *test,
                                                   GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The session is over. Waits for the command, and ends it if it does not end.
 * Returns: its exit status; -1 if there was none, or it had to be ended */
gint mdoc_selftest_holder_release (MdocSelftestHolder *self);

G_END_DECLS
