/*
 * mdoc-doc-type.h - document types, described by data
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-request-info.h"

G_BEGIN_DECLS

#define MDOC_DOC_TYPE_MAX_BYTES    ((gsize) 256 * 1024)
#define MDOC_DOC_TYPE_MAX_ELEMENTS 512
#define MDOC_DOC_TYPE_MAX_PRESETS  64
#define MDOC_DOC_TYPE_MAX_NAMES    32  /* of one list of synonyms or members */
#define MDOC_DOC_TYPE_MAX_NAME_LEN 255 /* bytes of UTF-8 */

/**
 * MdocDocTypeError:
 * @MDOC_DOC_TYPE_ERROR_SYNTAX: the text is no key file
 * @MDOC_DOC_TYPE_ERROR_SCHEMA: it is one, but describes no document type
 * @MDOC_DOC_TYPE_ERROR_LIMIT: over one of the limits above
 * @MDOC_DOC_TYPE_ERROR_EXISTS: another document type of the table bears the
 *   name, or a name is given twice in one
 *
 * Why a description was refused. Each blames whoever wrote it; the message
 * names the group and key.
 */
typedef enum
{
  MDOC_DOC_TYPE_ERROR_SYNTAX,
  MDOC_DOC_TYPE_ERROR_SCHEMA,
  MDOC_DOC_TYPE_ERROR_LIMIT,
  MDOC_DOC_TYPE_ERROR_EXISTS,
} MdocDocTypeError;

#define MDOC_DOC_TYPE_ERROR (mdoc_doc_type_error_quark ())
GQuark mdoc_doc_type_error_quark (void);

/**
 * MdocValueType:
 * @MDOC_VALUE_TYPE_TEXT: `tstr`
 * @MDOC_VALUE_TYPE_BYTES: `bstr`
 * @MDOC_VALUE_TYPE_UINT: `uint`
 * @MDOC_VALUE_TYPE_BOOLEAN: `bool`
 * @MDOC_VALUE_TYPE_FULL_DATE: `full-date`, tag 1004
 * @MDOC_VALUE_TYPE_TIME: `tdate`, tag 0
 * @MDOC_VALUE_TYPE_TIME_OR_DATE: either of the two before
 * @MDOC_VALUE_TYPE_STRUCTURE: an array or a map; the types of those of its
 *   members that are not what they look like: mdoc_doc_element_get_member()
 *
 * What CBOR type the value of an element has.
 */
typedef enum
{
  MDOC_VALUE_TYPE_TEXT,
  MDOC_VALUE_TYPE_BYTES,
  MDOC_VALUE_TYPE_UINT,
  MDOC_VALUE_TYPE_BOOLEAN,
  MDOC_VALUE_TYPE_FULL_DATE,
  MDOC_VALUE_TYPE_TIME,
  MDOC_VALUE_TYPE_TIME_OR_DATE,
  MDOC_VALUE_TYPE_STRUCTURE,
} MdocValueType;

const char *mdoc_value_type_get_name (MdocValueType type); /* "tstr" */

/**
 * MdocDocMember:
 * @key: a key of a map, at any depth of a structure
 * @type: what the value there is; never %MDOC_VALUE_TYPE_STRUCTURE
 */
typedef struct
{
  const char *key;
  MdocValueType type;
} MdocDocMember;

/**
 * MdocDocElement:
 * @name_space: its name space
 * @element: its identifier; one that ends in `NN` stands for a family, such as
 *   `age_over_NN`, whose members have two decimal digits there, one that ends
 * in `xx` for a family whose members have any word there
 * @display_name: for people
 * @type: of the value
 * @is_mandatory: an issuer has to put it in
 * @is_portrait: the picture of the holder's face (portrait rule)
 * @is_age_over: the family to which the rule of the nearest age applies
 * @is_latin1: a text of characters of ISO/IEC 8859-1 alone
 * @max_chars: longest text, in characters; 0 if not limited
 * @synonyms: names it had, or has elsewhere
 * @n_synonyms: how many there are
 * @members: what is inside a structure
 * @n_members: how many there are
 */
typedef struct
{
  const char *name_space;
  const char *element;
  const char *display_name;
  MdocValueType type;
  gboolean is_mandatory;
  gboolean is_portrait;
  gboolean is_age_over;
  gboolean is_latin1;
  guint max_chars;
  const MdocElementName *synonyms;
  guint n_synonyms;
  const MdocDocMember *members;
  guint n_members;
} MdocDocElement;

/* Returns: (nullable): what @key inside the structure is */
const MdocDocMember *
mdoc_doc_element_get_member (const MdocDocElement *self, const char *key);

/**
 * MdocDocPreset:
 * @name: such as `age-over-18`
 * @display_name: for people
 * @elements: what to ask for
 * @n_elements: how many there are, at least 1
 *
 * A ready-made choice of elements for readers.
 */
typedef struct
{
  const char *name;
  const char *display_name;
  const MdocElementName *elements;
  guint n_elements;
} MdocDocPreset;

/**
 * MdocDocType:
 *
 * The names, types and presence of a document's data elements, from a key file
 * (docs/doctypes.md). Immutable, reference-counted, safe to share between
 * threads. What its getters return is borrowed from it.
 */
typedef struct _MdocDocType MdocDocType;

MdocDocType *
mdoc_doc_type_parse (const char *key_file_text, gsize len, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocDocType *mdoc_doc_type_ref (MdocDocType *self);
void mdoc_doc_type_unref (MdocDocType *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDocType, mdoc_doc_type_unref)

const char *mdoc_doc_type_get_name (MdocDocType *self);  /* the docType */
const char *mdoc_doc_type_get_alias (MdocDocType *self); /* "mdl" */
const char *mdoc_doc_type_get_display_name (MdocDocType *self);
const char *const *mdoc_doc_type_get_synonyms (MdocDocType *self);
gboolean mdoc_doc_type_has_name (MdocDocType *self, const char *doc_type);

guint mdoc_doc_type_get_n_name_spaces (MdocDocType *self);
const char *mdoc_doc_type_get_name_space (MdocDocType *self, guint i);
/* Returns: (nullable): the name space that @name is the name or a synonym of */
const char *
mdoc_doc_type_resolve_name_space (MdocDocType *self, const char *name);
guint mdoc_doc_type_get_n_elements (MdocDocType *self);
const MdocDocElement *mdoc_doc_type_get_element (MdocDocType *self, guint i);
const MdocDocElement *mdoc_doc_type_find_element (MdocDocType *self,
                                                  const char *name_space,
                                                  const char *element);
guint mdoc_doc_type_get_n_presets (MdocDocType *self);
const MdocDocPreset *mdoc_doc_type_get_preset (MdocDocType *self, guint i);
const MdocDocPreset *
mdoc_doc_type_find_preset (MdocDocType *self, const char *name);

/* whether @element is age_over_NN; @ret_age is left alone if not */
gboolean mdoc_doc_type_parse_age_over (const char *element, guint *ret_age);

/**
 * MdocDocTypeTable:
 *
 * The document types a program knows. Filled by its maker, then only read: then
 * safe to share between threads.
 */
typedef struct _MdocDocTypeTable MdocDocTypeTable;

MdocDocTypeTable *mdoc_doc_type_table_new (void) G_GNUC_WARN_UNUSED_RESULT;
MdocDocTypeTable *mdoc_doc_type_table_ref (MdocDocTypeTable *self);
void mdoc_doc_type_table_unref (MdocDocTypeTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDocTypeTable, mdoc_doc_type_table_unref)

gboolean mdoc_doc_type_table_add (MdocDocTypeTable *self,
                                  MdocDocType *doc_type,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint mdoc_doc_type_table_get_n_doc_types (MdocDocTypeTable *self);
MdocDocType *mdoc_doc_type_table_get_doc_type (MdocDocTypeTable *self, guint i);
/* by docType or a synonym of it */
MdocDocType *
mdoc_doc_type_table_lookup (MdocDocTypeTable *self, const char *doc_type);
/* by alias, docType or synonym: what a person types */
MdocDocType *
mdoc_doc_type_table_lookup_alias (MdocDocTypeTable *self, const char *name);

G_END_DECLS
