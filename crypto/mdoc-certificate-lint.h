/*
 * mdoc-certificate-lint.h - what the files of the lint share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-certificate-private.h"

G_BEGIN_DECLS

typedef struct
{
  MdocCertificate *certificate;
  const MdocCertificateView *view;
  MdocLintProfile profile;
  MdocCertificate *issuer; /* nullable; a root's is itself */
} MdocLint;

/* Returns: (nullable): what was found; NULL if the rule is met */
typedef char *(*MdocLintFunc) (const MdocLint *lint);

typedef struct
{
  const char *name;
  guint profiles; /* bits */
  gboolean is_warning;
  MdocLintFunc check;
} MdocLintRule;

#define MDOC_LINT_FOR_IACA   (1U << MDOC_LINT_IACA)
#define MDOC_LINT_FOR_DS     (1U << MDOC_LINT_DOCUMENT_SIGNER)
#define MDOC_LINT_FOR_READER (1U << MDOC_LINT_READER)
#define MDOC_LINT_FOR_LEAF   (MDOC_LINT_FOR_DS | MDOC_LINT_FOR_READER)
#define MDOC_LINT_FOR_ALL    (MDOC_LINT_FOR_IACA | MDOC_LINT_FOR_LEAF)

/* ending in a rule without a name */
extern const MdocLintRule mdoc_lint_extension_rules[];

G_END_DECLS
