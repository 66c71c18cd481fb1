/*
 * mdoc-vci-sign.h - who signs credentials, and the signing
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-certificate.h"
#include "issuer/mdoc-register.h"
#include "mdoc/mdoc-doc-type.h"

G_BEGIN_DECLS

/* the signer of profiles that do not say which */
#define MDOC_VCI_DEFAULT_SIGNER "default"

/**
 * MdocVciSigners:
 *
 * Keys that sign, with their certificates, by name. Signing is safe from
 * several threads at once; adding is not.
 */
typedef struct _MdocVciSigners MdocVciSigners;

/* @doc_types: kinds of documents; borrowed.
 * @n_threads: how many sign at once */
MdocVciSigners *
mdoc_vci_signers_new (MdocDocTypeTable *doc_types, guint n_threads);
void mdoc_vci_signers_free (MdocVciSigners *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocVciSigners, mdoc_vci_signers_free)

/* Reads a signer's files. @chain: document signer first. The first signer that
 * is added also stands in for the default one. */
gboolean mdoc_vci_signers_add (MdocVciSigners *self,
                               const char *name,
                               const char *key_path,
                               const char *chain_path,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer container): the names of all, which are borrowed, in their order;
 * NULL-terminated */
const char **mdoc_vci_signers_list (MdocVciSigners *self);
/* Returns: whether there is one of that name */
gboolean mdoc_vci_signers_get_validity (MdocVciSigners *self,
                                        const char *name,
                                        gint64 *ret_not_before_s,
                                        gint64 *ret_not_after_s);
/* (transfer none) (nullable) (element-type MdocCertificate) */
GPtrArray *mdoc_vci_signers_get_chain (MdocVciSigners *self, const char *name);
/* the key of one, for the while; give it back with the same name */
MdocKey *mdoc_vci_signers_borrow (MdocVciSigners *self, const char *name);
void mdoc_vci_signers_give_back (MdocVciSigners *self,
                                 const char *name,
                                 MdocKey *key);

/* Signs each copy of a credential that the register has prepared, and sets its
 * bytes. @base_url: of the server, for the addresses of status lists. Errors:
 * #MdocIssuerError, #MdocProfileError, #MdocCryptoError */
gboolean mdoc_vci_sign (MdocVciSigners *self,
                        const char *base_url,
                        MdocRegisterCredential *credential,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
