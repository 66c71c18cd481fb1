/*
 * mdoc-wallet.h - the credentials that may answer a request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "agent/mdoc-selection.h"
#include "mdoc/mdoc-device-request.h"
#include "mdoc/mdoc-doc-type.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/**
 * MdocWalletDocument:
 * @stored: what the store knows of it
 * @generations: (element-type MdocStoredGeneration): what was issued of it
 * @selection: how it stands, and which copy of it this is
 * @key: what the store knows of the key of that copy
 * @issuer_signed: the copy itself
 *
 * A credential that was opened.
 */
typedef struct
{
  MdocStoredDocument *stored;
  GPtrArray *generations;
  MdocSelection selection;
  MdocStoredKey *key;
  MdocIssuerSigned *issuer_signed;
} MdocWalletDocument;

void mdoc_wallet_document_free (MdocWalletDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocWalletDocument, mdoc_wallet_document_free)

MdocStanding mdoc_wallet_get_standing (MdocStore *store,
                                       const MdocStoredDocument *document,
                                       MdocMoment now);
MdocWalletDocument *mdoc_wallet_open (MdocStore *store,
                                      const char *id,
                                      MdocMoment now,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @pins: the copies that the reader has seen, by the ids of their documents */
GPtrArray *mdoc_wallet_find (MdocStore *store,
                             MdocDeviceRequest *request,
                             MdocPublicKey *e_reader_key,
                             MdocDocTypeTable *doc_types,
                             GHashTable *pins,
                             MdocMoment now,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
