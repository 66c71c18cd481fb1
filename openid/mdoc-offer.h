/*
 * mdoc-offer.h - credential offers and their links (OpenID4VCI 1.0, 4.1)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-json.h"

G_BEGIN_DECLS

/* longest link and longest offer, in bytes; most credentials in one offer */
#define MDOC_OFFER_MAX_LINK_LEN ((gsize) 64 * 1024)
#define MDOC_OFFER_MAX_BYTES    ((gsize) 32 * 1024)
#define MDOC_OFFER_MAX_IDS      32
/* longest identifier of a configuration; longest code or state, in bytes */
#define MDOC_OFFER_MAX_ID_LEN   ((gsize) 256)
#define MDOC_OFFER_MAX_CODE_LEN ((gsize) 4096)
/* longest transaction code and longest word about it, in characters */
#define MDOC_OFFER_MAX_TX_CODE_LEN     64
#define MDOC_OFFER_MAX_DESCRIPTION_LEN 300

/* schemes of links, without colon */
#define MDOC_OFFER_SCHEME      "openid-credential-offer"
#define MDOC_OFFER_SCHEME_HAIP "haip-vci"
#define MDOC_OFFER_SCHEME_OLD  "haip" /* up to draft 4 of HAIP */

#define MDOC_GRANT_AUTHORIZATION_CODE "authorization_code"
#define MDOC_GRANT_PRE_AUTHORIZED                                              \
  "urn:ietf:params:oauth:grant-type:pre-authorized_code"
#define MDOC_GRANT_REFRESH_TOKEN "refresh_token"

/**
 * MdocOfferError:
 * @MDOC_OFFER_ERROR_LINK: no link of a scheme that offers have
 * @MDOC_OFFER_ERROR_CONTENT: the link has neither an offer nor a reference to
 *   one, or both, or one to no https address
 * @MDOC_OFFER_ERROR_LIMIT: over one of our limits
 *
 * Why a link was refused. Every code blames whoever wrote it; an offer inside
 * that is wrong is an #MdocJsonError.
 */
typedef enum
{
  MDOC_OFFER_ERROR_LINK,
  MDOC_OFFER_ERROR_CONTENT,
  MDOC_OFFER_ERROR_LIMIT,
} MdocOfferError;

#define MDOC_OFFER_ERROR (mdoc_offer_error_quark ())
GQuark mdoc_offer_error_quark (void);

typedef enum
{
  MDOC_TX_CODE_NUMERIC,
  MDOC_TX_CODE_TEXT,
} MdocTxCodeMode;

/**
 * MdocOfferGrants:
 * @has_authorization_code: whether it may be claimed by the code of a login
 * @issuer_state: (nullable): to be sent along there, as it is
 * @authorization_code_server: (nullable): the authorization server for it
 * @pre_authorized_code: (nullable): a code that need only be redeemed; a secret
 * @pre_authorized_server: (nullable): the authorization server for it
 * @has_tx_code: whether a transaction code has to be given with it
 * @tx_code_mode: of what characters that is
 * @tx_code_len: of how many; 0 if the offer does not say
 * @tx_code_description: (nullable): what the holder should be told about it
 *
 * How an offer may be claimed. With neither grant, the authorization server's
 * metadata says.
 */
typedef struct
{
  gboolean has_authorization_code;
  const char *issuer_state;
  const char *authorization_code_server;
  const char *pre_authorized_code;
  const char *pre_authorized_server;
  gboolean has_tx_code;
  MdocTxCodeMode tx_code_mode;
  guint tx_code_len;
  const char *tx_code_description;
} MdocOfferGrants;

/**
 * MdocOffer:
 *
 * What an issuer offers. Immutable, reference-counted, safe to share between
 * threads. It is signed by nobody: before anything in it is acted on, the
 * holder should see who the issuer is.
 */
typedef struct _MdocOffer MdocOffer;

MdocOffer *mdoc_offer_new (const char *issuer,
                           const char *const *configuration_ids,
                           const MdocOfferGrants *grants);
MdocOffer *mdoc_offer_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocOffer *mdoc_offer_ref (MdocOffer *self);
void mdoc_offer_unref (MdocOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocOffer, mdoc_offer_unref)

const char *mdoc_offer_get_issuer (MdocOffer *self);
/* NULL-terminated, at least one, all different */
const char *const *mdoc_offer_get_configuration_ids (MdocOffer *self);
/* what is in it lives as long as the offer */
const MdocOfferGrants *mdoc_offer_get_grants (MdocOffer *self);
gboolean mdoc_offer_is_tx_code (MdocOffer *self, const char *tx_code);

char *mdoc_offer_to_json (MdocOffer *self);
char *mdoc_offer_to_link (MdocOffer *self, const char *scheme);
char *mdoc_offer_reference_to_link (const char *uri, const char *scheme);

/* Sets one of @ret_offer and @ret_reference, the other to %NULL. */
gboolean mdoc_offer_parse_link (const char *link,
                                MdocOffer **ret_offer,
                                char **ret_reference,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
