/*
 * mdoc-configuration.h - a kind of credential that an issuer has to offer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-json.h"

G_BEGIN_DECLS

#define MDOC_FORMAT_MSO_MDOC "mso_mdoc"

#define MDOC_DISPLAY_MAX         32  /* languages of one thing */
#define MDOC_CONFIGURATION_ALGS  32  /* algorithms in one list */
#define MDOC_CONFIGURATION_CLAIM 256 /* claims of one configuration */
#define MDOC_DISPLAY_MAX_TEXT    ((gsize) 1024)
/* longest picture that stands in the metadata itself, as a data: address */
#define MDOC_DISPLAY_MAX_URI ((gsize) 256 * 1024)

/**
 * MdocDisplay:
 * @name: (nullable): the name to show
 * @locale: (nullable): in which language (BCP 47)
 * @logo_uri: (nullable): a picture; https: or data:
 * @logo_text: (nullable): what to say where no picture is shown
 * @description: (nullable): a sentence
 * @background_color: (nullable): a colour of CSS
 * @background_uri: (nullable): a picture; https: or data:
 * @text_color: (nullable): a colour of CSS
 *
 * How something is shown to people, in one language. It is decoration that an
 * issuer chose: what we could not show safely is left out, not refused.
 */
typedef struct
{
  char *name;
  char *locale;
  char *logo_uri;
  char *logo_text;
  char *description;
  char *background_color;
  char *background_uri;
  char *text_color;
} MdocDisplay;

MdocDisplay *mdoc_display_new (const char *name, const char *locale);
void mdoc_display_free (MdocDisplay *self);
/* adds the member "display" with all of @displays, if there are any */
void mdoc_display_write (JsonObject *object, GPtrArray *displays);
/* (element-type MdocDisplay): those of the member "display", none twice in one
 * language */
GPtrArray *mdoc_display_parse (JsonObject *object, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @locales: NULL-terminated, the best first.
 * Returns: (transfer none) (nullable): the best, else the first */
const MdocDisplay *
mdoc_display_choose (GPtrArray *displays, const char *const *locales);

/**
 * MdocProofType:
 * @is_supported: whether the issuer takes proofs of this kind
 * @algs: (nullable): `alg` names that it takes
 * @needs_key_attestation: whether the key has to be attested
 * @key_storage: (nullable): levels of which its storage has to be one
 * @user_authentication: (nullable): the same of its use
 */
typedef struct
{
  gboolean is_supported;
  GStrv algs;
  gboolean needs_key_attestation;
  GStrv key_storage;
  GStrv user_authentication;
} MdocProofType;

/* One element that a credential has; owned by its configuration. */
typedef struct
{
  char *name_space;
  char *element;
  gboolean is_mandatory;
  GPtrArray *display; /* of MdocDisplay */
} MdocClaim;

MdocClaim *mdoc_claim_new (const char *name_space,
                           const char *element,
                           gboolean mandatory);
void mdoc_claim_free (MdocClaim *self);

/**
 * MdocConfiguration:
 * @id: its name in the metadata
 * @doc_type: the document type
 * @scope: (nullable): the scope that asks for it
 * @signing_algs: (element-type gint64): COSE algorithms that the issuer signs
 *   with; empty if it does not say
 * @binds_key: whether the credential is bound to a key of the holder
 * @jwt: proofs by a signed token
 * @attestation: proofs by nothing but a key attestation
 * @display: (element-type MdocDisplay): how to show it
 * @claims: (element-type MdocClaim): what is in it, in the order to show
 *
 * One entry of credential_configurations_supported in the format mso_mdoc
 * (OpenID4VCI 1.0, 12.2.4 and A.2). A plain struct: whoever fills one in may
 * write it with mdoc_configuration_write().
 */
typedef struct
{
  char *id;
  char *doc_type;
  char *scope;
  GArray *signing_algs;
  gboolean binds_key;
  MdocProofType jwt;
  MdocProofType attestation;
  GPtrArray *display;
  GPtrArray *claims;
} MdocConfiguration;

MdocConfiguration *
mdoc_configuration_new (const char *id, const char *doc_type);
/* of a format that is not ours: %NULL without @error */
MdocConfiguration *
mdoc_configuration_parse (const char *id, JsonObject *object, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
JsonObject *mdoc_configuration_write (const MdocConfiguration *self);
void mdoc_configuration_free (MdocConfiguration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocConfiguration, mdoc_configuration_free)

/* may the issuer sign with @alg, -7 or -9 being the same for P-256? */
gboolean
mdoc_configuration_has_signing_alg (const MdocConfiguration *self, gint64 alg);

G_END_DECLS
