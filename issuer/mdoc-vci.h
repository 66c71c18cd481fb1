/*
 * mdoc-vci.h - the endpoints that wallets talk to
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-http-server.h"
#include "issuer/mdoc-register.h"
#include "issuer/mdoc-vci-server.h"
#include "issuer/mdoc-vci-sign.h"
#include "openid/mdoc-offer.h"

G_BEGIN_DECLS

/* What the authorization server asks of clients: an attestation of the wallet
 * (OpenID4VCI 1.0, appendix E). */
typedef enum
{
  MDOC_VCI_ATTESTATION_NONE,     /* not looked at */
  MDOC_VCI_ATTESTATION_OPTIONAL, /* if there is one, it has to hold */
  MDOC_VCI_ATTESTATION_REQUIRED,
} MdocVciAttestation;

/* How people show who they are at the login page. */
typedef enum
{
  MDOC_VCI_LOGIN_PASSWORD, /* by reference and password of the register */
  MDOC_VCI_LOGIN_NAME,     /* by reference alone: for a bench */
} MdocVciLogin;

/**
 * MdocVciConfig:
 * @reg: the register; borrowed
 * @signers: who signs; borrowed
 * @clock: what time it is; borrowed
 * @display: (nullable): the name of the issuer, for people
 * @attestation: what is asked of wallets
 * @anchors: (nullable) (element-type MdocCertificate): who may attest wallets
 * @attesters: (nullable) (element-type MdocCertificate): who may attest keys;
 *   %NULL: what comes unasked is not looked at
 * @servers: (nullable) (element-type MdocVciServer): whose access tokens are
 *   taken beside our own
 * @encryption_secret: (nullable): 32 bytes of which the key is made that
 *   requests are encrypted for; borrowed until mdoc_vci_new() is done; %NULL: a
 *   new key each time
 * @login: how people log in
 * @has_max_sessions: whether there is a most of connections, of wallets and
 *   everybody else
 * @max_sessions: how many; above, wallets are sent away; 0: they are always
 * @is_bearer_allowed: whether tokens may be bound to no key
 * @is_encryption_required: whether requests and answers have to be encrypted
 * @takes_drafts: whether what drafts of the standard allowed is taken: a
 * request in the clear for an encrypted answer
 * @trusts_proxy: whether a proxy in front tells where requests come from
 *
 * How the endpoints behave.
 */
typedef struct
{
  MdocRegister *reg;
  MdocVciSigners *signers;
  const MdocClock *clock;
  const char *display;
  MdocVciAttestation attestation;
  GPtrArray *anchors;
  GPtrArray *attesters;
  GPtrArray *servers;
  MdocSecret *encryption_secret;
  MdocVciLogin login;
  gboolean has_max_sessions;
  guint max_sessions;
  gboolean is_bearer_allowed;
  gboolean is_encryption_required;
  gboolean takes_drafts;
  gboolean trusts_proxy;
} MdocVciConfig;

/**
 * MdocVci:
 *
 * Credential issuer and authorization server of OpenID4VCI 1.0, and the
 * interface of our own that tells wallets what that leaves open
 * (`/wallet/v1`). Its handlers run in several threads.
 */
typedef struct _MdocVci MdocVci;

MdocVci *mdoc_vci_new (const MdocVciConfig *config, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* after the server has stopped */
void mdoc_vci_free (MdocVci *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocVci, mdoc_vci_free)

/* before the server starts */
void mdoc_vci_add_routes (MdocVci *self, MdocHttpServer *server);

/* the issuer's identifier, and where an offer is: both from the base URL */
char *mdoc_vci_dup_issuer (const char *base_url);
char *mdoc_vci_dup_offer_uri (const char *base_url, const char *reference);
/* The offer itself. @has_servers: whether the metadata has more than one
 * authorization server, so that the offer has to say which */
MdocOffer *mdoc_vci_make_offer (const char *issuer,
                                const MdocRegisterOffer *offer,
                                gboolean has_servers);

G_END_DECLS
