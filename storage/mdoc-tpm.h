/*
 * mdoc-tpm.h - a conversation with a TPM 2.0
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <tss2/tss2_esys.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocTpmError:
 * @MDOC_TPM_ERROR_ABSENT: there is no TPM, or it went away in between (the
 *   device)
 * @MDOC_TPM_ERROR_LOCKED: the TPM wants an authorization that we do not have,
 *   or is in lockout (the administrator)
 * @MDOC_TPM_ERROR_POLICY: the device has not booted what the object was sealed
 *   to: a PCR differs (the device)
 * @MDOC_TPM_ERROR_FOREIGN: the object was made by another TPM, by this one
 *   before it was cleared, or was changed (who moved files)
 * @MDOC_TPM_ERROR_UNSUPPORTED: this TPM cannot do it (nobody)
 * @MDOC_TPM_ERROR_DEVICE: any other failure (the device)
 */
typedef enum
{
  MDOC_TPM_ERROR_ABSENT,
  MDOC_TPM_ERROR_LOCKED,
  MDOC_TPM_ERROR_POLICY,
  MDOC_TPM_ERROR_FOREIGN,
  MDOC_TPM_ERROR_UNSUPPORTED,
  MDOC_TPM_ERROR_DEVICE,
} MdocTpmError;

#define MDOC_TPM_ERROR (mdoc_tpm_error_quark ())
GQuark mdoc_tpm_error_quark (void);

/* never the library's own search, which ends at a socket of this machine where
 * anybody may answer */
#define MDOC_TPM_DEFAULT_TCTI "device:/dev/tpmrm0"

#define MDOC_TPM_N_PCRS          24
#define MDOC_TPM_MAX_SEALED_LEN  128 /* bytes, of what TPM2_Create takes */
#define MDOC_TPM_MAX_OBJECT_LEN  (sizeof (TPM2B_PUBLIC) + sizeof (TPM2B_PRIVATE))
#define MDOC_TPM_MAX_TCTI_LENGTH 512

/**
 * MdocTpm:
 *
 * A connection to a TPM, with a storage key that the TPM makes anew from its
 * owner seed, always the same one. It is meant to be short: everything that was
 * loaded is flushed when it is closed, so that a TPM without a resource manager
 * does not fill up, and one that was restarted in between is not noticed.
 *
 * What is secret crosses the bus under a key that a salt for the storage key
 * makes. That keeps it from who listens to the bus, not from who stands in it.
 * For one thread.
 */
typedef struct _MdocTpm MdocTpm;

MdocTpm *mdoc_tpm_open (const char *tcti, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_tpm_close (MdocTpm *self);

/* @pcrs: bit n for PCR n of the SHA-256 bank; 0 for none */
GBytes *
mdoc_tpm_seal (MdocTpm *self, MdocSpan secret, guint32 pcrs, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *
mdoc_tpm_unseal (MdocTpm *self, MdocSpan object, guint32 pcrs, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTpm, mdoc_tpm_close)

G_END_DECLS
