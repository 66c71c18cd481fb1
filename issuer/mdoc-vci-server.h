/*
 * mdoc-vci-server.h - an authorization server that is not ours
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "openid/mdoc-server-keys.h"

G_BEGIN_DECLS

/**
 * MdocVciServer:
 * @issuer: its identifier, the `iss` of its tokens
 * @audience: (nullable): the `aud` that they have; %NULL: the credential issuer
 * @subject_claim: which of their claims names a person of the register
 * @client_claim: which of their claims names the client
 * @claims: (nullable): names of claims here to claims of the token, for people
 *   whom the register does not have; %NULL: those get nothing
 *
 * Whose access tokens are taken (RFC 9068), and with which keys they are
 * verified: those in a file, which is read again when it has changed, or at an
 * address, which is asked again when they are old or one is unknown. Immutable
 * but for the keys; safe to use from several threads.
 */
typedef struct
{
  char *issuer;
  char *audience;
  char *subject_claim;
  char *client_claim;
  GHashTable *claims;
  /*< private >*/
  char *jwks_file;
  char *jwks_uri;
  char *anchors_pem;
  gboolean allow_plain_loopback;
  GMutex fetching; /* held by whoever asks the other server */
  GMutex lock;     /* of what follows */
  MdocServerKeys *keys;
  gint64 stamp[3];
  gint64 fetched_us;
} MdocVciServer;

/* @path: a file of JSON. Errors: #MdocFileError, #MdocJsonError,
 * #MdocProgramError */
MdocVciServer *mdoc_vci_server_load (const char *path,
                                     gboolean allow_plain_loopback,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_vci_server_free (MdocVciServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocVciServer, mdoc_vci_server_free)

/* Whether one of its keys has signed. Errors: its keys cannot be had, now */
gboolean mdoc_vci_server_verify (MdocVciServer *self,
                                 MdocJws *jws,
                                 gboolean *ret_is_valid,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
