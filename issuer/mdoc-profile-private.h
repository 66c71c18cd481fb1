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
/* has @object only members that are among @names? @what: whose they are */
gboolean mdoc_profile_check_members (JsonObject *object,
                                     const char *what,
                                     const char *const *names,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* the member keyAttestation */
gboolean mdoc_profile_parse_keys (MdocProfileSettings *settings,
                                  JsonObject *root,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
