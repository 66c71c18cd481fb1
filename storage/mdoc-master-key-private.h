/*
 * mdoc-master-key-private.h - what the sources of the master key share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "storage/mdoc-master-key.h"

G_BEGIN_DECLS

/* of a file that stands beside the store and is no secret */
#define MDOC_MASTER_KEY_MAX_FILE_LEN 4096

/* @text: what stands behind "tpm:" or "passphrase:", or "". Each is NULL where
 * @text is none of its own, or the build has no such source. */
MdocMasterKey *mdoc_master_key_new_tpm (const char *text, const char *state_dir)
    G_GNUC_WARN_UNUSED_RESULT;
MdocMasterKey *
mdoc_master_key_new_passphrase (const char *text, const char *state_dir)
    G_GNUC_WARN_UNUSED_RESULT;

/* @ret_missing: there is no such file, which is an error too */
GBytes *mdoc_master_key_read_beside (const char *path,
                                     gboolean *ret_missing,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* with mode 0600; durable when this returns */
gboolean
mdoc_master_key_write_file (const char *path, MdocSpan content, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
