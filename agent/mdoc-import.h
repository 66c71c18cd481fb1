/*
 * mdoc-import.h - taking a credential in
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "agent/mdoc-agent.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* an issuer's clock may be a little ahead of ours */
#define MDOC_IMPORT_MAX_SKEW_S 300

/**
 * MdocImportWay:
 * @label: the holder's name for it, or ""
 * @needs_review: it is not shown before the holder accepts it
 * @copy_of: (nullable): the id of the credential that it is a further copy of
 * @renews: (nullable): the id of the credential that it is a new generation of
 *
 * How a credential is taken in; @copy_of and @renews exclude each other and the
 * rest.
 */
typedef struct
{
  const char *label;
  gboolean needs_review;
  const char *copy_of;
  const char *renews;
} MdocImportWay;

/* parsed, if it holds and is bound to one of our keys */
MdocIssuerSigned *mdoc_import_check (MdocAgent *agent,
                                     GBytes *encoded,
                                     MdocStoredKey **ret_key,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_import_credential (MdocAgent *agent,
                              GVariant *bytes,
                              const MdocImportWay *way,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
