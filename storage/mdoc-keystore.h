/*
 * mdoc-keystore.h - where device keys live, and handles of them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-key.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* the kinds: what the store keeps of a software key is the key itself, sealed;
 * of the others only what leads to it, or what nobody but that very TPM can
 * open */
#define MDOC_KEYSTORE_SOFTWARE "software"
#define MDOC_KEYSTORE_TPM      "tpm"
#define MDOC_KEYSTORE_PKCS11   "pkcs11"

/* bytes, of what somebody wants to see in an attestation */
#define MDOC_KEYSTORE_MAX_CHALLENGE_LEN 64

/**
 * MdocKeystoreError:
 * @MDOC_KEYSTORE_ERROR_SPEC: the words that name a key store are not
 * understood, or this program was built without that kind (whoever configured
 * it)
 * @MDOC_KEYSTORE_ERROR_ABSENT: the TPM or token is not there now; it can come
 *   back (whoever took it away)
 * @MDOC_KEYSTORE_ERROR_LOCKED: the token wants a PIN that it was not given, or
 *   does not accept it (whoever configured it)
 * @MDOC_KEYSTORE_ERROR_FULL: no room for another key (the device)
 * @MDOC_KEYSTORE_ERROR_GONE: the key is not in there, though it was (whoever
 *   cleared TPM or token)
 * @MDOC_KEYSTORE_ERROR_DEVICE: TPM or token refuse otherwise (the device)
 *
 * Why a key cannot be made or used.
 */
typedef enum
{
  MDOC_KEYSTORE_ERROR_SPEC,
  MDOC_KEYSTORE_ERROR_ABSENT,
  MDOC_KEYSTORE_ERROR_LOCKED,
  MDOC_KEYSTORE_ERROR_FULL,
  MDOC_KEYSTORE_ERROR_GONE,
  MDOC_KEYSTORE_ERROR_DEVICE,
} MdocKeystoreError;

#define MDOC_KEYSTORE_ERROR (mdoc_keystore_error_quark ())
GQuark mdoc_keystore_error_quark (void);

/**
 * MdocKeystoreAttestation:
 * @format: "tpm2-certify": @statement is a TPMS_ATTEST, the two keys are
 *   TPMT_PUBLIC; see mdoc-tpm-attestation.h
 * @statement: what the place says of the key
 * @signature: over the statement
 * @signer: the key that signed
 * @key: the device key, as the place knows it
 *
 * Where and how a key was made, for whoever trusts the place.
 */
typedef struct
{
  const char *format;
  GBytes *statement;
  GBytes *signature;
  GBytes *signer;
  GBytes *key;
} MdocKeystoreAttestation;

void mdoc_keystore_attestation_free (MdocKeystoreAttestation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocKeystoreAttestation,
                               mdoc_keystore_attestation_free)

/**
 * MdocKeystore:
 *
 * A place that makes device keys and uses them. Reference-counted; for one
 * thread. What it needs it opens when it is first used, and anew when it was
 * lost: a token may be pulled out and come back.
 */

/**
 * MdocKeystoreClass:
 * @kind: such as %MDOC_KEYSTORE_TPM
 * @check: can it be used now?
 * @reserve: (nullable): by what a key that is to be made now can be destroyed
 *   from the moment it is there; %NULL if a key is nowhere before the store has
 *   its handle
 * @create: makes a key; the handle is what the store seals and keeps. @reserved
 *   is what @reserve gave
 * @load: a key from that handle; @public_key is its public half as the store
 *   knows it, to be compared
 * @destroy: a key that nobody can use any more; %TRUE if there was none
 * @attest: (nullable): what the place says of a key; %NULL if it vouches for
 *   none
 * @free: ends the use of the place, not of its keys
 *
 * What a kind fills in.
 */
typedef struct
{
  const char *kind;
  gboolean (*check) (gpointer impl, GError **error);
  MdocSecret *(*reserve) (gpointer impl);
  MdocSecret *(*create) (gpointer impl,
                         MdocSpan reserved,
                         MdocCurve curve,
                         MdocKeyAuth auth,
                         MdocPublicKey **ret_public_key,
                         GError **error);
  MdocKey *(*load) (gpointer impl,
                    MdocPublicKey *public_key,
                    MdocKeyAuth auth,
                    MdocSpan handle,
                    GError **error);
  gboolean (*destroy) (gpointer impl, MdocSpan handle, GError **error);
  MdocKeystoreAttestation *(*attest) (gpointer impl,
                                      MdocSpan handle,
                                      MdocSpan verifier,
                                      MdocSpan challenge,
                                      GError **error);
  void (*free) (gpointer impl);
} MdocKeystoreClass;

/* @klass lives for ever; @impl belongs to the key store from now on */
MdocKeystore *mdoc_keystore_new (const MdocKeystoreClass *klass, gpointer impl)
    G_GNUC_WARN_UNUSED_RESULT;
MdocKeystore *mdoc_keystore_ref (MdocKeystore *self);
void mdoc_keystore_unref (MdocKeystore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocKeystore, mdoc_keystore_unref)

/* "software", "tpm", "tpm:TCTI", or a PKCS#11 URI (RFC 7512) */
MdocKeystore *mdoc_keystore_open (const char *spec, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

const char *mdoc_keystore_get_kind (MdocKeystore *self);
gboolean mdoc_keystore_check (MdocKeystore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *mdoc_keystore_reserve (MdocKeystore *self)
    G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *mdoc_keystore_create (MdocKeystore *self,
                                  MdocSpan reserved,
                                  MdocCurve curve,
                                  MdocKeyAuth auth,
                                  MdocPublicKey **ret_public_key,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocKey *mdoc_keystore_load (MdocKeystore *self,
                             MdocPublicKey *public_key,
                             MdocKeyAuth auth,
                             MdocSpan handle,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_keystore_destroy (MdocKeystore *self, MdocSpan handle, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocKeystoreAttestation *mdoc_keystore_attest (MdocKeystore *self,
                                               MdocSpan handle,
                                               MdocSpan verifier,
                                               MdocSpan challenge,
                                               GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
