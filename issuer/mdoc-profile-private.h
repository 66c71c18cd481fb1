/*
 * mdoc-profile-private.h - what the two halves of the profile share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-profile.h"

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

G_END_DECLS
