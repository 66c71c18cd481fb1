/*
 * mdoc-profile-private.h - what the two halves of the profile share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-profile-part.h"

G_BEGIN_DECLS

struct _MdocProfile
{
  MdocProfileSettings settings;
  GPtrArray *elements; /* of MdocProfileElement */
  char *json;
};

gboolean mdoc_profile_refuse (GError **error,
                              MdocProfileError code,
                              const char *format,
                              ...) G_GNUC_PRINTF (3, 4);
/* (transfer full): as much of a foreign text as a message has room for, with
 * whole characters */
char *mdoc_profile_dup_start (const char *text);
/* the member keyAttestation */
void mdoc_profile_read_keys (MdocProfileSettings *settings,
                             const MdocProfilePart *root);

G_END_DECLS
