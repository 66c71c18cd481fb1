/*
 * mdoc-doc-type-private.h - what a document type is made of
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-doc-type.h"
#include "mdoc/mdoc-pool.h"

G_BEGIN_DECLS

#define MDOC_DOC_TYPE_GROUP_DOCUMENT "document"

typedef struct
{
  const char *name;
  const char *canonical; /* the same, or what it is a synonym of */
  gboolean is_synonym;
} MdocDocTypeNameSpace;

typedef struct
{
  MdocElementName name; /* in its canonical name space, if that is known */
  guint element;        /* index of what it is a name of */
} MdocDocTypeName;

struct _MdocDocType
{
  gatomicrefcount refs;
  MdocPool pool;

  const char *name;
  const char *alias;
  const char *display_name;
  char **synonyms;
  GArray *name_spaces; /* of MdocDocTypeNameSpace */
  GArray *elements;    /* of MdocDocElement */
  GArray *names;       /* of MdocDocTypeName, sorted; without families */
  GArray *families;    /* of MdocDocTypeName */
  GArray *presets;     /* of MdocDocPreset */
};

gboolean mdoc_doc_type_refuse (GError **error,
                               MdocDocTypeError code,
                               const char *group,
                               const char *key,
                               const char *reason);
gboolean mdoc_value_type_from_name (const char *name, MdocValueType *ret_type);
gint mdoc_doc_type_compare_names (gconstpointer a, gconstpointer b);
gboolean mdoc_doc_type_is_family (const char *element);

G_END_DECLS
