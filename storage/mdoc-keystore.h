/*
 * mdoc-keystore.h - making device keys and handles of them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-key.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* the private key itself is what the store seals */
#define MDOC_KEYSTORE_SOFTWARE "software"

/* What the store seals and keeps for a key is its handle: for a software key
 * the private key, for other kinds whatever leads to it. */

MdocSecret *mdoc_keystore_create (MdocCurve curve,
                                  MdocKeyAuth auth,
                                  MdocPublicKey **ret_public_key,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocKey *mdoc_keystore_load (const char *kind,
                             MdocPublicKey *public_key,
                             MdocKeyAuth auth,
                             MdocSpan handle,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
