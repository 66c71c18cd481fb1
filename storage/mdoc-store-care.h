/*
 * mdoc-store-care.h - looking after a store: check, back up, restore, re-key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* a backup is a store: it can be as large as that can become */
#define MDOC_STORE_MAX_BACKUP_BYTES ((goffset) 4 * 1024 * 1024 * 1024)

/* the names of files that are there only while something is done */
#define MDOC_STORE_FILE_BACKUP  "backup.tmp"
#define MDOC_STORE_FILE_RESTORE "restore.tmp"

/* opens everything; (element-type utf8): what is wrong, nothing if all is well
 */
GPtrArray *mdoc_store_check (MdocStore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_back_up (MdocStore *self, int to_fd, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_restore (MdocStore *self,
                             int from_fd,
                             MdocMasterKey *master_key,
                             gboolean may_forget,
                             gint64 now_unix_s,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_rekey (MdocStore *self,
                           MdocMasterKey *new_master_key,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
