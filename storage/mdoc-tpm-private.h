/*
 * mdoc-tpm-private.h - what those who use a TPM share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <tss2/tss2_esys.h>

#include "storage/mdoc-tpm.h"

G_BEGIN_DECLS

struct _MdocTpm
{
  TSS2_TCTI_CONTEXT *tcti;
  ESYS_CONTEXT *esys;
  ESYS_TR primary; /* without authorization value */
};

/* as the header of the domain says; the TPM's own code is in the message where
 * nothing better is known. Always FALSE. @what: "sign", after "refuses to" */
MdocTpmError mdoc_tpm_error_from_rc (TSS2_RC rc);
gboolean mdoc_tpm_refuse_rc (GError **error, TSS2_RC rc, const char *what);

/* @attributes: TPMA_SESSION_ENCRYPT where the first parameter of the response
 * is sized, TPMA_SESSION_DECRYPT where that of the command is. It stays until
 * it is flushed. */
gboolean mdoc_tpm_start_session (MdocTpm *self,
                                 TPM2_SE type,
                                 TPMA_SESSION attributes,
                                 ESYS_TR *ret_session,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* an object or a session; it is then ESYS_TR_NONE, and may have been before */
void mdoc_tpm_flush (MdocTpm *self, ESYS_TR *handle);

/* A child of the primary: TPM2B_PUBLIC || TPM2B_PRIVATE, which is no secret and
 * of use to this TPM alone. */
GBytes *mdoc_tpm_create_object (MdocTpm *self,
                                const TPM2B_SENSITIVE_CREATE *sensitive,
                                const TPM2B_PUBLIC *template,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @ret_public: (nullable): its public area */
gboolean mdoc_tpm_load_object (MdocTpm *self,
                               MdocSpan object,
                               TPM2B_PUBLIC *ret_public,
                               ESYS_TR *ret_handle,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
