/*
 * mdoc-status-list.h - many small values, compressed (Token Status List, 4)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* largest list, in bytes of its values: 2^27 of one bit, 2^24 of eight */
#define MDOC_STATUS_LIST_MAX_BYTES ((gsize) 16 * 1024 * 1024)

/* values (Token Status List, 7.1); the others are not registered */
#define MDOC_STATUS_VALID     0
#define MDOC_STATUS_INVALID   1 /* for good */
#define MDOC_STATUS_SUSPENDED 2 /* for now */

/**
 * MdocStatusError:
 * @MDOC_STATUS_ERROR_MALFORMED: not a list: bits that there are not, or no
 *   stream of zlib
 * @MDOC_STATUS_ERROR_LIMIT: larger than we take
 * @MDOC_STATUS_ERROR_INDEX: the list has no such place
 *
 * Why a list gives no answer. All but the last blame who published it; that one
 * may as well be who issued the credential.
 */
typedef enum
{
  MDOC_STATUS_ERROR_MALFORMED,
  MDOC_STATUS_ERROR_LIMIT,
  MDOC_STATUS_ERROR_INDEX,
} MdocStatusError;

#define MDOC_STATUS_ERROR (mdoc_status_error_quark ())
GQuark mdoc_status_error_quark (void);

/**
 * MdocStatusList:
 *
 * Values of 1, 2, 4 or 8 bits, by index. Reference-counted; not safe to change
 * while another thread looks at it.
 */
typedef struct _MdocStatusList MdocStatusList;

/* all values 0; @n_entries is rounded up to whole bytes */
MdocStatusList *
mdoc_status_list_new (guint bits, guint64 n_entries, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @compressed: a stream of zlib */
MdocStatusList *
mdoc_status_list_inflate (guint bits, MdocSpan compressed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocStatusList *mdoc_status_list_ref (MdocStatusList *self);
void mdoc_status_list_unref (MdocStatusList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStatusList, mdoc_status_list_unref)

guint mdoc_status_list_get_bits (MdocStatusList *self);
guint64 mdoc_status_list_get_n_entries (MdocStatusList *self);
MdocSpan mdoc_status_list_get_bytes (MdocStatusList *self);
gboolean mdoc_status_list_get (MdocStatusList *self,
                               guint64 idx,
                               guint *ret_value,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @idx and @value have to be in range */
void mdoc_status_list_set (MdocStatusList *self, guint64 idx, guint value);
GBytes *mdoc_status_list_deflate (MdocStatusList *self);

G_END_DECLS
