/*
 * mdoc-reader-trust.h - whom the command line says to trust
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-program.h"
#include "mdoc/mdoc-verifier.h"

G_BEGIN_DECLS

/**
 * MdocReaderTrust:
 * @roots: --trust, files of issuers' roots
 * @crls: --crl, files of revocation lists
 * @vicals: --vical, files of signed lists of issuers' roots
 * @vical_roots: --vical-root, files of roots of those who publish such lists
 *
 * What the options of a verb that verifies say; each (nullable).
 */
typedef struct
{
  char **roots;
  char **crls;
  char **vicals;
  char **vical_roots;
} MdocReaderTrust;

/* the lines of a table of #GOptionEntry that fill one */
#define MDOC_READER_TRUST_ENTRIES(trust)                                       \
  { "trust",                                                                   \
    0,                                                                         \
    0,                                                                         \
    G_OPTION_ARG_FILENAME_ARRAY,                                               \
    &(trust).roots,                                                            \
    "Root of issuers to trust, PEM or DER; may be repeated",                   \
    "CERT" },                                                                  \
      { "vical",                                                               \
        0,                                                                     \
        0,                                                                     \
        G_OPTION_ARG_FILENAME_ARRAY,                                           \
        &(trust).vicals,                                                       \
        "Signed list of issuers to trust; may be repeated",                    \
        "FILE" },                                                              \
      { "vical-root",                                                          \
        0,                                                                     \
        0,                                                                     \
        G_OPTION_ARG_FILENAME_ARRAY,                                           \
        &(trust).vical_roots,                                                  \
        "Root of those who publish such lists",                                \
        "CERT" },                                                              \
  {                                                                            \
    "crl", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(trust).crls,                   \
        "Revocation list of a root, DER; may be repeated", "FILE"              \
  }

void mdoc_reader_trust_clear (MdocReaderTrust *self);
MdocExit mdoc_reader_trust_check (const MdocReaderTrust *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocVerifier *mdoc_reader_trust_new_verifier (const MdocReaderTrust *self,
                                              gint64 at_unix_s,
                                              GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
