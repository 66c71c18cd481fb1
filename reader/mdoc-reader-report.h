/*
 * mdoc-reader-report.h - what was verified of a response, and what not
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-verifier.h"

G_BEGIN_DECLS

/**
 * MdocReaderReport:
 * @verification: what was found
 * @response: what it was found about
 * @findings: (nullable) (element-type MdocReaderFinding): what status lists say
 *   of each document
 * @show_values: whether the values of elements are shown; else their names only
 *
 * A response, about to be shown. Elements are listed only if they are verified.
 */
typedef struct
{
  MdocVerification *verification;
  MdocDeviceResponse *response;
  GPtrArray *findings;
  gboolean show_values;
} MdocReaderReport;

void mdoc_reader_report_print (const MdocReaderReport *self);
/* members of the object that @builder is in */
void
mdoc_reader_report_build (const MdocReaderReport *self, JsonBuilder *builder);
/* a response that could not even be read, in the same forms */
void mdoc_reader_report_print_broken (const GError *error);
void
mdoc_reader_report_build_broken (const GError *error, JsonBuilder *builder);

G_END_DECLS
