/*
 * mdoc-profile-part.h - reading the objects of a profile, with all their faults
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-profile.h"

G_BEGIN_DECLS

/**
 * MdocProfilePart:
 * @object: an object of the profile
 * @path: where it is, as a JSON Pointer (RFC 6901); "" for the whole
 * @faults: (element-type MdocProfileFault): of the whole profile
 *
 * What is read from. Whoever reads a member that is wrong gets what holds
 * without it, and the fault is noted, so that reading goes on and the next one
 * is found as well. A member of null is one that is missing.
 */
typedef struct
{
  JsonObject *object;
  const char *path;
  GPtrArray *faults;
} MdocProfilePart;

/* @member: (nullable): of @part; %NULL: @part itself */
void mdoc_profile_part_refuse (const MdocProfilePart *part,
                               const char *member,
                               const char *format,
                               ...) G_GNUC_PRINTF (3, 4);
/* the same with a reason that another module has found */
void mdoc_profile_part_take (const MdocProfilePart *part,
                             const char *member,
                             GError *error);
/* "PATH/MEMBER", and "PATH/MEMBER/NUMBER" */
char *
mdoc_profile_part_dup_path (const MdocProfilePart *part, const char *member);
char *mdoc_profile_part_dup_path_at (const MdocProfilePart *part,
                                     const char *member,
                                     guint i);

/* members that are not among @names: @what says whose they are */
void mdoc_profile_part_check_members (const MdocProfilePart *part,
                                      const char *what,
                                      const char *const *names);
/* Returns: (nullable): at most %MDOC_PROFILE_MAX_NAME bytes */
const char *
mdoc_profile_part_find_text (const MdocProfilePart *part, const char *member);
/* the same, of one that has to be there */
const char *
mdoc_profile_part_get_text (const MdocProfilePart *part, const char *member);
/* (nullable) (transfer full): a list of at most @max of them */
GStrv mdoc_profile_part_find_texts (const MdocProfilePart *part,
                                    const char *member,
                                    guint max);
gboolean mdoc_profile_part_find_boolean (const MdocProfilePart *part,
                                         const char *member,
                                         gboolean otherwise);
guint mdoc_profile_part_find_number (const MdocProfilePart *part,
                                     const char *member,
                                     gint64 max,
                                     guint otherwise);
/* "30d", "12h", "15m", "90s", or "none" for 0 */
gint64 mdoc_profile_part_find_duration (const MdocProfilePart *part,
                                        const char *member,
                                        gint64 otherwise_s);
/* one of @names, which ends with %NULL. Returns: its place */
guint mdoc_profile_part_find_choice (const MdocProfilePart *part,
                                     const char *member,
                                     const char *const *names,
                                     guint otherwise);
/* (element-type MdocDisplay) (transfer full): the member "display" */
GPtrArray *mdoc_profile_part_find_display (const MdocProfilePart *part);

G_END_DECLS
