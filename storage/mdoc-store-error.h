/*
 * mdoc-store-error.h - why the store refuses
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocStoreError:
 * @MDOC_STORE_ERROR_NEWER_SCHEMA: written by a later version of this program
 *   (the administrator, who went back a version)
 * @MDOC_STORE_ERROR_WRONG_KEY: the master key is missing, malformed or not the
 *   one this store was made with (the device, or who moved files)
 * @MDOC_STORE_ERROR_READ_ONLY: nothing can be written there (the administrator)
 * @MDOC_STORE_ERROR_BUSY: another process has the store open (the caller)
 * @MDOC_STORE_ERROR_PERMISSIONS: others than us may read or write the store
 *   (the administrator)
 * @MDOC_STORE_ERROR_DAMAGED: what is on disk is not what was written there: the
 *   database is corrupt, or a sealed column was changed or moved (the device)
 * @MDOC_STORE_ERROR_FULL: no room on the disk (the device)
 * @MDOC_STORE_ERROR_DEVICE: any other failure to read or write (the device)
 * @MDOC_STORE_ERROR_NOT_FOUND: no such row (the caller)
 * @MDOC_STORE_ERROR_EXISTS: there is such a row already (the caller)
 * @MDOC_STORE_ERROR_IN_USE: another row still needs this one (the caller)
 * @MDOC_STORE_ERROR_LIMIT: as many rows, or as large a row, as we keep (the
 *   caller)
 * @MDOC_STORE_ERROR_KEY_WITHHELD: what guards the master key does not give it
 *   now: the TPM is absent, locked, or sealed it to what the device has not
 *   booted; or nobody was there to type the passphrase (the device, or the
 *   administrator)
 */
typedef enum
{
  MDOC_STORE_ERROR_NEWER_SCHEMA,
  MDOC_STORE_ERROR_WRONG_KEY,
  MDOC_STORE_ERROR_READ_ONLY,
  MDOC_STORE_ERROR_BUSY,
  MDOC_STORE_ERROR_PERMISSIONS,
  MDOC_STORE_ERROR_DAMAGED,
  MDOC_STORE_ERROR_FULL,
  MDOC_STORE_ERROR_DEVICE,
  MDOC_STORE_ERROR_NOT_FOUND,
  MDOC_STORE_ERROR_EXISTS,
  MDOC_STORE_ERROR_IN_USE,
  MDOC_STORE_ERROR_LIMIT,
  MDOC_STORE_ERROR_KEY_WITHHELD,
} MdocStoreError;

#define MDOC_STORE_ERROR (mdoc_store_error_quark ())
GQuark mdoc_store_error_quark (void);

G_END_DECLS
