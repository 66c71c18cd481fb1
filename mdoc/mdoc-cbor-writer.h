/*
 * mdoc-cbor-writer.h - writing CBOR in the one form the standard allows
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocCborWriter:
 *
 * Appends data items with the shortest heads and definite lengths (RFC 8949,
 * 4.2.1 but for the order of keys, which is the caller's). The caller announces
 * how many members follow and writes just so many. What is written may be
 * personal, so every buffer is wiped when let go, that of the result included.
 */
typedef struct _MdocCborWriter MdocCborWriter;

/* @reserve: how many bytes to make room for at once; 0 if unknown */
MdocCborWriter *mdoc_cbor_writer_new (gsize reserve) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_cbor_writer_free (MdocCborWriter *self);
/* Returns: (transfer full): all that was written; the writer is empty after */
GBytes *mdoc_cbor_writer_finish (MdocCborWriter *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* Returns: (transfer none): what was written so far, until the next call */
MdocSpan mdoc_cbor_writer_get_span (MdocCborWriter *self);
void mdoc_cbor_writer_reset (MdocCborWriter *self);

void mdoc_cbor_writer_put_uint (MdocCborWriter *self, guint64 value);
void mdoc_cbor_writer_put_int (MdocCborWriter *self, gint64 value);
void mdoc_cbor_writer_put_boolean (MdocCborWriter *self, gboolean value);
void mdoc_cbor_writer_put_null (MdocCborWriter *self);
void mdoc_cbor_writer_put_double (MdocCborWriter *self, gdouble value);
void mdoc_cbor_writer_put_bytes (MdocCborWriter *self, MdocSpan bytes);
void mdoc_cbor_writer_put_text (MdocCborWriter *self, const char *text);
void mdoc_cbor_writer_put_text_span (MdocCborWriter *self, MdocSpan text);
void mdoc_cbor_writer_put_tag (MdocCborWriter *self, guint64 tag);
void mdoc_cbor_writer_begin_array (MdocCborWriter *self, guint64 n_members);
void mdoc_cbor_writer_begin_map (MdocCborWriter *self, guint64 n_pairs);
/* the number of members in the head at @offset, which was written with less
 * than 24; now @n, which is less than 24 too */
void mdoc_cbor_writer_set_count (MdocCborWriter *self, gsize offset, guint8 n);
/* the head of a byte string whose @len bytes follow by put_encoded() */
void mdoc_cbor_writer_begin_bytes (MdocCborWriter *self, guint64 len);
/* bytes that are CBOR already, such as those that somebody signed */
void mdoc_cbor_writer_put_encoded (MdocCborWriter *self, MdocSpan encoded);
/* `#6.24(bstr .cbor content)` */
void mdoc_cbor_writer_put_embedded (MdocCborWriter *self, MdocSpan content);
/* `tdate`: tag 0, RFC 3339 in UTC without fraction */
void mdoc_cbor_writer_put_time (MdocCborWriter *self, gint64 unix_s);
/* `full-date`: tag 1004, @date is YYYY-MM-DD */
void mdoc_cbor_writer_put_full_date (MdocCborWriter *self, const char *date);

/* how many bytes the shortest head for @argument takes: 1, 2, 3, 5 or 9 */
gsize mdoc_cbor_head_len (guint64 argument);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocCborWriter, mdoc_cbor_writer_free)

G_END_DECLS
