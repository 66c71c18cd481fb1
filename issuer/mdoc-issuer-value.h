/*
 * mdoc-issuer-value.h - a value of JSON as the CBOR of a data element
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-doc-type.h"

G_BEGIN_DECLS

/* longest portrait, signature or template, and deepest nesting of a value */
#define MDOC_ISSUER_MAX_PICTURE_BYTES ((gsize) 1024 * 1024)
#define MDOC_ISSUER_MAX_VALUE_DEPTH   8

/**
 * MdocIssuerError:
 * @MDOC_ISSUER_ERROR_SYNTAX: the data is no JSON
 * @MDOC_ISSUER_ERROR_VALUE: a value is not what its element asks for
 * @MDOC_ISSUER_ERROR_ELEMENT: the document type has no such element, or the
 *   data has it twice
 * @MDOC_ISSUER_ERROR_MISSING: a mandatory element is not there
 * @MDOC_ISSUER_ERROR_LIMIT: over one of our limits
 * @MDOC_ISSUER_ERROR_SIGNER: key, certificate and data do not go together
 *
 * Why something was not issued. Each blames whoever prepared the data or the
 * keys; the message names the element, never its value.
 */
typedef enum
{
  MDOC_ISSUER_ERROR_SYNTAX,
  MDOC_ISSUER_ERROR_VALUE,
  MDOC_ISSUER_ERROR_ELEMENT,
  MDOC_ISSUER_ERROR_MISSING,
  MDOC_ISSUER_ERROR_LIMIT,
  MDOC_ISSUER_ERROR_SIGNER,
} MdocIssuerError;

#define MDOC_ISSUER_ERROR (mdoc_issuer_error_quark ())
GQuark mdoc_issuer_error_quark (void);

/**
 * MdocIssuerPlace:
 * @what: the element, for error messages
 * @folder: (nullable): where the files that a value names lie
 * @has_no_files: whether a value must not name any
 * @element: (nullable): what is known of the element; %NULL if nothing is
 *
 * Where a value stands.
 */
typedef struct
{
  const char *what;
  const char *folder;
  gboolean has_no_files;
  const MdocDocElement *element;
} MdocIssuerPlace;

gboolean mdoc_issuer_value_write (MdocCborWriter *writer,
                                  JsonNode *value,
                                  const MdocIssuerPlace *place,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_issuer_refuse (GError **error,
                             MdocIssuerError code,
                             const char *format,
                             ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
