/*
 * mdoc-reader-status.h - was what a holder showed revoked since?
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-program.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-verifier.h"

G_BEGIN_DECLS

/* how far the clocks of publisher and reader may be apart, in seconds */
#define MDOC_READER_STATUS_MAX_SKEW_S 300

/**
 * MdocReaderStatus:
 * @policy: (nullable): --status: "off", "try", "require" or "cached"
 * @cache: (nullable): --status-cache: a folder where lists are kept
 * @ca: (nullable): --status-ca: whom to trust when one is fetched, PEM
 *
 * What the options of a verb that verifies say.
 */
typedef struct
{
  char *policy;
  char *cache;
  char *ca;
} MdocReaderStatus;

/* the lines of a table of #GOptionEntry that fill one */
/* clang-format off */
#define MDOC_READER_STATUS_ENTRIES(status_)                                    \
  { "status", 0, 0, G_OPTION_ARG_STRING, &(status_).policy,                    \
    "Whether to look for what is revoked (off)", "off|try|require|cached" },   \
  { "status-cache", 0, 0, G_OPTION_ARG_FILENAME, &(status_).cache,             \
    "Folder where status lists are kept", "DIR" },                             \
  { "status-ca", 0, 0, G_OPTION_ARG_FILENAME, &(status_).ca,                   \
    "Certificates to trust when one is fetched, not the system's", "PEM" }
/* clang-format on */

void mdoc_reader_status_clear (MdocReaderStatus *self);
MdocExit
mdoc_reader_status_check_options (const MdocReaderStatus *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocReaderFinding:
 * @outcome: what came of it
 * @detail: (nullable): why, for people
 *
 * What the lists say of one document.
 */
typedef struct
{
  MdocCheckOutcome outcome;
  char *detail;
} MdocReaderFinding;

/* (element-type MdocReaderFinding): one for each document; %NULL if nobody
 * wants to know. Blocks while lists are fetched.
 * Errors: files of the options that cannot be read */
gboolean mdoc_reader_status_find (const MdocReaderStatus *self,
                                  MdocVerification *verification,
                                  MdocDeviceResponse *response,
                                  gint64 at_unix_s,
                                  GPtrArray **ret_findings,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @findings: (nullable) */
const MdocReaderFinding *
mdoc_reader_status_get_finding (GPtrArray *findings, guint document);
/* the signatures hold, and no list says otherwise */
gboolean
mdoc_reader_status_is_document_verified (GPtrArray *findings,
                                         MdocVerification *verification,
                                         guint document);
gboolean mdoc_reader_status_is_verified (GPtrArray *findings,
                                         MdocVerification *verification);

G_END_DECLS
