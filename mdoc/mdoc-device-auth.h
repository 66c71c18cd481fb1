/*
 * mdoc-device-auth.h - what a device signs or MACs to prove it has its key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

GBytes *mdoc_device_auth_encode (MdocTranscript *transcript,
                                 const char *doc_type,
                                 MdocSpan device_name_spaces)
    G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *mdoc_device_auth_derive_emac_key (MdocKey *own,
                                              MdocPublicKey *peer,
                                              MdocTranscript *transcript,
                                              GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
