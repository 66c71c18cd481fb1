/*
 * mdoc-mbedtls-rsa.c - no RSA by Mbed TLS
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-backend.h"

#include "crypto/mdoc-crypto-private.h"

/* RSA is for servers that talk to servers, which run with OpenSSL; a device has
 * no use for it, and no bytes for it either. Nobody gets past the first of
 * these. */

gboolean
mdoc_backend_has_rsa (void)
{
  return FALSE;
}

MdocBackendRsa *
mdoc_backend_rsa_new (MdocSpan n G_GNUC_UNUSED,
                      MdocSpan e G_GNUC_UNUSED,
                      GError **error)
{
  mdoc_crypto_refuse_unsupported (error, "RSA");
  return NULL;
}

void
mdoc_backend_rsa_free (MdocBackendRsa *self G_GNUC_UNUSED)
{
}

gboolean
mdoc_backend_rsa_verify (MdocBackendRsa *self G_GNUC_UNUSED,
                         MdocRsaScheme scheme G_GNUC_UNUSED,
                         MdocSpan digest G_GNUC_UNUSED,
                         MdocSpan signature G_GNUC_UNUSED,
                         gboolean *ret_valid G_GNUC_UNUSED,
                         GError **error)
{
  return mdoc_crypto_refuse_unsupported (error, "RSA");
}
