/*
 * mdoc-match-document-private.h - what matching sees of a document
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-match-document.h"

G_BEGIN_DECLS

typedef enum
{
  MDOC_MATCH_BOOLEAN_NONE, /* not a boolean, or not looked at */
  MDOC_MATCH_BOOLEAN_FALSE,
  MDOC_MATCH_BOOLEAN_TRUE,
} MdocMatchBoolean;

typedef struct
{
  const char *name_space;
  const char *element;
  gsize encoded_len;      /* bytes */
  MdocMatchBoolean value; /* of age_over_NN alone */
} MdocMatchItem;

const MdocMatchItem *
mdoc_match_document_get_item (MdocMatchDocument *self, guint i);
gboolean mdoc_match_document_find (MdocMatchDocument *self,
                                   const char *name_space,
                                   const char *element,
                                   guint *ret_index);
gboolean mdoc_match_document_has_issuer_identifier (MdocMatchDocument *self,
                                                    MdocSpan key_identifier);
gsize mdoc_match_document_get_issuer_auth_len (MdocMatchDocument *self);

G_END_DECLS
