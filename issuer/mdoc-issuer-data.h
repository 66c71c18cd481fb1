/*
 * mdoc-issuer-data.h - what is to be put in a document, from JSON
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "issuer/mdoc-issuer-value.h"
#include "mdoc/mdoc-doc-type.h"

G_BEGIN_DECLS

#define MDOC_ISSUER_MAX_JSON_BYTES ((gsize) 4 * 1024 * 1024)
#define MDOC_ISSUER_MAX_JSON_DEPTH 32
#define MDOC_ISSUER_MAX_ELEMENTS   512

/* One element and the encoded CBOR of its value; borrowed. */
typedef struct
{
  const char *name_space;
  const char *element;
  MdocSpan value;
} MdocIssuerElement;

/**
 * MdocIssuerData:
 *
 * The data elements of one document, in the order of the file. Personal; wiped
 * when let go, as far as it is ours: json-glib's copy is not. For one thread.
 */
typedef struct _MdocIssuerData MdocIssuerData;

typedef enum
{
  MDOC_ISSUER_DATA_STRICT = 0,
  MDOC_ISSUER_DATA_ALLOW_UNKNOWN = 1 << 0, /* elements the type has not */
  /* no value names a file: for data of somebody else. Text where bytes should
   * be is base64url then. */
  MDOC_ISSUER_DATA_NO_FILES = 1 << 1,
} MdocIssuerDataFlags;

MdocIssuerData *mdoc_issuer_data_parse (MdocSpan json,
                                        const char *folder,
                                        MdocDocType *doc_type,
                                        MdocIssuerDataFlags flags,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the same, of an object that is parsed already and not deeper than
 * %MDOC_ISSUER_MAX_JSON_DEPTH */
MdocIssuerData *mdoc_issuer_data_read (JsonObject *object,
                                       const char *folder,
                                       MdocDocType *doc_type,
                                       MdocIssuerDataFlags flags,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_issuer_data_free (MdocIssuerData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocIssuerData, mdoc_issuer_data_free)

guint mdoc_issuer_data_get_n_elements (MdocIssuerData *self);
const MdocIssuerElement *
mdoc_issuer_data_get_element (MdocIssuerData *self, guint i);
/* nullable; also by a synonym of the name */
const MdocIssuerElement *mdoc_issuer_data_find (MdocIssuerData *self,
                                                const char *name_space,
                                                const char *element);
/* the mandatory elements that are not there, as "NAMESPACE/ELEMENT" */
GStrv mdoc_issuer_data_list_missing (MdocIssuerData *self)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_issuer_data_add_age_over (MdocIssuerData *self,
                                        guint age,
                                        gint64 at_unix_s,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
