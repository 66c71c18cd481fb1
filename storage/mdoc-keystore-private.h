/*
 * mdoc-keystore-private.h - what the kinds of key stores share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "storage/mdoc-keystore.h"

G_BEGIN_DECLS

gboolean mdoc_keystore_refuse (GError **error,
                               MdocKeystoreError code,
                               const char *format,
                               ...) G_GNUC_PRINTF (3, 4);

/* what this build has; each is %NULL with @error set where the words behind the
 * kind are not understood */
MdocKeystore *mdoc_keystore_software_new (void) G_GNUC_WARN_UNUSED_RESULT;
#ifdef HAVE_TPM
MdocKeystore *mdoc_keystore_tpm_new (const char *tcti, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
#endif
#ifdef HAVE_PKCS11
MdocKeystore *mdoc_keystore_pkcs11_new (const char *uri, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
#endif

MdocSecret *mdoc_keystore_read_pin (const char *source, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Which hash goes with the algorithm. Returns: %FALSE with
 * %MDOC_CRYPTO_ERROR_UNSUPPORTED for one that is not ECDSA on @curve */
gboolean mdoc_keystore_get_hash (MdocCurve curve,
                                 MdocAlg alg,
                                 MdocHash *ret_hash,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* TPM and token know these two of the standard's curves */
gboolean mdoc_keystore_check_nist_curve (MdocCurve curve,
                                         const char *where,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
