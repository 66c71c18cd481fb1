/*
 * mdoc-reader-selftest-wrong.h - messages that no reader should send
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "reader/mdoc-reader-probe.h"
#include "reader/mdoc-reader-selftest-plan.h"

G_BEGIN_DECLS

/* @request: a DeviceRequest that is in order; @last: (nullable): the last
 * message that was sent */
GBytes *mdoc_selftest_make_wrong (MdocReaderProbe *probe,
                                  MdocSelftestWrong wrong,
                                  GBytes *request,
                                  GBytes *last,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* a transcript that is not the session's, but would be of another */
MdocTranscript *mdoc_selftest_make_foreign_transcript (void)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
