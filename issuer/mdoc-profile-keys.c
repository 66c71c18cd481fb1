/*
 * mdoc-profile-keys.c - what a profile asks of the keys of wallets
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-profile-private.h"
#include "openid/mdoc-json.h"

/* most levels of one kind that keys may be asked to have */
#define MAX_LEVELS 16

static gboolean
parse_proof_types (MdocProfileSettings *settings,
                   JsonObject *part,
                   GError **error)
{
  g_auto (GStrv) names = NULL;

  if (!mdoc_json_find_texts (part, "proofTypes", 2, 64, &names, error))
    return FALSE;
  settings->takes_jwt_proofs = names == NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (strcmp (names[i], "jwt") == 0)
      settings->takes_jwt_proofs = TRUE;
    else if (strcmp (names[i], "attestation") == 0)
      settings->takes_attestation_proofs = TRUE;
    else
      return mdoc_profile_refuse (error,
                                  MDOC_PROFILE_ERROR_SCHEMA,
                                  "%s is no type of proof",
                                  names[i]);
  return TRUE;
}

/* OpenID4VCI 1.0, 12.2.4 and appendix D: that the member is there is what asks
 * for an attestation */
gboolean
mdoc_profile_parse_keys (MdocProfileSettings *settings,
                         JsonObject *root,
                         GError **error)
{
  static const char *const members[] = { "keyStorage",
                                         "userAuthentication",
                                         "proofTypes",
                                         NULL };
  JsonObject *part;

  if (!mdoc_json_find_object (root, "keyAttestation", &part, error))
    return FALSE;
  settings->takes_jwt_proofs = TRUE;
  settings->needs_key_attestation = part != NULL;
  if (part == NULL)
    return TRUE;
  return mdoc_profile_check_members (part, "keyAttestation", members, error)
         && mdoc_json_find_texts (part,
                                  "keyStorage",
                                  MAX_LEVELS,
                                  MDOC_PROFILE_MAX_NAME,
                                  &settings->key_storage,
                                  error)
         && mdoc_json_find_texts (part,
                                  "userAuthentication",
                                  MAX_LEVELS,
                                  MDOC_PROFILE_MAX_NAME,
                                  &settings->user_authentication,
                                  error)
         && parse_proof_types (settings, part, error);
}
