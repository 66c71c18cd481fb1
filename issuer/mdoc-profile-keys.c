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

static void
read_proof_types (MdocProfileSettings *settings, const MdocProfilePart *part)
{
  g_auto (GStrv) names = mdoc_profile_part_find_texts (part, "proofTypes", 2);

  settings->takes_jwt_proofs = names == NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (strcmp (names[i], "jwt") == 0)
      settings->takes_jwt_proofs = TRUE;
    else if (strcmp (names[i], "attestation") == 0)
      settings->takes_attestation_proofs = TRUE;
    else
      mdoc_profile_part_refuse (part,
                                "proofTypes",
                                "%s is no type of proof",
                                names[i]);
}

/* OpenID4VCI 1.0, 12.2.4 and appendix D: that the member is there is what asks
 * for an attestation */
void
mdoc_profile_read_keys (MdocProfileSettings *settings,
                        const MdocProfilePart *root)
{
  static const char *const members[] = { "keyStorage",
                                         "userAuthentication",
                                         "proofTypes",
                                         NULL };
  g_autofree char *path = mdoc_profile_part_dup_path (root, "keyAttestation");
  MdocProfilePart part = { .path = path, .faults = root->faults };
  GError *error = NULL;

  settings->takes_jwt_proofs = TRUE;
  if (!mdoc_json_find_object (root->object,
                              "keyAttestation",
                              &part.object,
                              &error))
    mdoc_profile_part_take (&part, NULL, error);
  settings->needs_key_attestation = part.object != NULL;
  if (part.object == NULL)
    return;

  mdoc_profile_part_check_members (&part, "keyAttestation", members);
  settings->key_storage = mdoc_profile_part_find_texts (&part,
                                                        "keyStorage",
                                                        MAX_LEVELS);
  settings->user_authentication
      = mdoc_profile_part_find_texts (&part, "userAuthentication", MAX_LEVELS);
  read_proof_types (settings, &part);
}
