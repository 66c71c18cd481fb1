/*
 * mdoc-wallet.h - the credentials that may answer a request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-device-request.h"
#include "mdoc/mdoc-doc-type.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/**
 * MdocWalletDocument:
 * @stored: what the store knows of it
 * @key: what the store knows of its key
 * @issuer_signed: the credential itself
 *
 * A credential that was opened.
 */
typedef struct
{
  MdocStoredDocument *stored;
  MdocStoredKey *key;
  MdocIssuerSigned *issuer_signed;
} MdocWalletDocument;

void mdoc_wallet_document_free (MdocWalletDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocWalletDocument, mdoc_wallet_document_free)

/* "valid", "not-yet-valid" or "expired" */
const char *mdoc_wallet_get_state (gint64 valid_from_unix_s,
                                   gint64 valid_until_unix_s,
                                   gint64 now_unix_s);

MdocWalletDocument *
mdoc_wallet_open (MdocStore *store, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_wallet_find (MdocStore *store,
                             MdocDeviceRequest *request,
                             MdocPublicKey *e_reader_key,
                             MdocDocTypeTable *doc_types,
                             gint64 now_unix_s,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
