/*
 * mdoc-cbor.h - reading CBOR that somebody else wrote
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MDOC_CBOR_MAX_DEPTH:
 *
 * Deepest nesting of arrays, maps and tags that any #MdocCborLimits may allow.
 * The scan recurses once a level, so this bounds the stack it takes.
 */
#define MDOC_CBOR_MAX_DEPTH 16

/**
 * MdocCborError:
 * @MDOC_CBOR_ERROR_MALFORMED: not well-formed CBOR
 * @MDOC_CBOR_ERROR_TRUNCATED: the input ends inside a data item
 * @MDOC_CBOR_ERROR_TRAILING: bytes follow the outermost data item
 * @MDOC_CBOR_ERROR_LIMIT: well-formed so far, but over one of our limits
 * @MDOC_CBOR_ERROR_UNSUPPORTED: well-formed, but an encoding we do not accept
 * @MDOC_CBOR_ERROR_DUPLICATE: a map has the same key twice
 * @MDOC_CBOR_ERROR_SCHEMA: valid CBOR, but not what the CDDL asks for
 * @MDOC_CBOR_ERROR_VERSION: a message of a major version we do not speak
 *
 * Why a CBOR message was refused. Every code blames the peer, none the caller.
 * A DeviceResponse reports all but the last two as status 11 (CBOR decoding
 * error), %MDOC_CBOR_ERROR_SCHEMA as 12 (CBOR validation error),
 * %MDOC_CBOR_ERROR_LIMIT and %MDOC_CBOR_ERROR_VERSION as 10.
 */
typedef enum
{
  MDOC_CBOR_ERROR_MALFORMED,
  MDOC_CBOR_ERROR_TRUNCATED,
  MDOC_CBOR_ERROR_TRAILING,
  MDOC_CBOR_ERROR_LIMIT,
  MDOC_CBOR_ERROR_UNSUPPORTED,
  MDOC_CBOR_ERROR_DUPLICATE,
  MDOC_CBOR_ERROR_SCHEMA,
  MDOC_CBOR_ERROR_VERSION,
} MdocCborError;

#define MDOC_CBOR_ERROR (mdoc_cbor_error_quark ())
GQuark mdoc_cbor_error_quark (void);

/**
 * MdocCborLimits:
 * @max_bytes: longest message accepted, in bytes
 * @max_depth: deepest nesting, counting arrays, maps and tags;
 *   at most %MDOC_CBOR_MAX_DEPTH
 * @max_items: most data items in the whole message, nested ones included
 *
 * What one kind of message may cost us. Every parser owns one, as a constant.
 */
typedef struct
{
  gsize max_bytes;
  guint max_depth;
  guint max_items;
} MdocCborLimits;

/**
 * MdocCborItem:
 *
 * One data item inside a message that mdoc_cbor_open() has passed: a view, by
 * value, of the bytes as they were received. Nothing is copied or allocated, so
 * what a signature or digest covers is always at hand (mdoc_cbor_get_encoded())
 * and never encoded anew. Valid as long as the message's bytes.
 *
 * A member that a map does not have is the item of kind
 * %MDOC_CBOR_KIND_ABSENT; every getter refuses it as missing.
 */
typedef struct
{
  /*< private >*/
  const guint8 *data; /* NULL: absent */
  gsize len;
} MdocCborItem;

#define MDOC_CBOR_ABSENT ((MdocCborItem){ NULL, 0 })

typedef enum
{
  MDOC_CBOR_KIND_ABSENT,
  MDOC_CBOR_KIND_UINT,
  MDOC_CBOR_KIND_NEGINT,
  MDOC_CBOR_KIND_BYTES,
  MDOC_CBOR_KIND_TEXT,
  MDOC_CBOR_KIND_ARRAY,
  MDOC_CBOR_KIND_MAP,
  MDOC_CBOR_KIND_TAG,
  MDOC_CBOR_KIND_BOOLEAN,
  MDOC_CBOR_KIND_NULL,
  MDOC_CBOR_KIND_FLOAT,
  MDOC_CBOR_KIND_SIMPLE, /* undefined, and simple values without a meaning */
} MdocCborKind;

/**
 * MdocCborIter:
 *
 * A place between the members of an array or the pairs of a map.
 */
typedef struct
{
  /*< private >*/
  const guint8 *pos;
  const guint8 *end;
  guint64 n_left;
} MdocCborIter;

gboolean mdoc_cbor_open (MdocSpan encoded,
                         const MdocCborLimits *limits,
                         MdocCborItem *ret_item,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

MdocCborKind mdoc_cbor_get_kind (MdocCborItem item);
MdocSpan mdoc_cbor_get_encoded (MdocCborItem item);

gboolean mdoc_cbor_get_uint (MdocCborItem item,
                             const char *what,
                             guint64 max,
                             guint64 *ret_value,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_get_int (MdocCborItem item,
                            const char *what,
                            gint64 *ret_value,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_get_boolean (MdocCborItem item,
                                const char *what,
                                gboolean *ret_value,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_get_double (MdocCborItem item,
                               const char *what,
                               gdouble *ret_value,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_get_bytes (MdocCborItem item,
                              const char *what,
                              gsize max_len,
                              MdocSpan *ret_bytes,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_get_text (MdocCborItem item,
                             const char *what,
                             gsize max_len,
                             MdocSpan *ret_text,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_cbor_dup_text (MdocCborItem item,
                          const char *what,
                          gsize max_len,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_get_any_tag (MdocCborItem item,
                                const char *what,
                                guint64 *ret_tag,
                                MdocCborItem *ret_content,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_get_tagged (MdocCborItem item,
                               const char *what,
                               guint64 tag,
                               MdocCborItem *ret_content,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_get_embedded (MdocCborItem item,
                                 const char *what,
                                 gsize max_len,
                                 MdocSpan *ret_content,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_get_time (MdocCborItem item,
                             const char *what,
                             gint64 *ret_unix_s,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_cbor_iter_map (MdocCborItem item,
                             const char *what,
                             guint64 max_pairs,
                             MdocCborIter *ret_iter,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_iter_array (MdocCborItem item,
                               const char *what,
                               guint64 max_members,
                               MdocCborIter *ret_iter,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint64 mdoc_cbor_iter_get_n_left (const MdocCborIter *iter);
gboolean mdoc_cbor_iter_next_pair (MdocCborIter *iter,
                                   MdocCborItem *ret_key,
                                   MdocCborItem *ret_value);
MdocCborItem mdoc_cbor_iter_next (MdocCborIter *iter);

gboolean
mdoc_cbor_require_map (MdocCborItem item, const char *what, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocCborItem mdoc_cbor_map_lookup (MdocCborItem map, const char *key);
MdocCborItem mdoc_cbor_map_lookup_int (MdocCborItem map, gint64 key);

gboolean mdoc_cbor_refuse (GError **error,
                           MdocCborError code,
                           const char *what,
                           const char *reason);

G_END_DECLS
