/*
 * mdoc-profile-part.c - reading the objects of a profile, with all their faults
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-profile-part.h"

#include <string.h>

#include "issuer/mdoc-profile-private.h"
#include "openid/mdoc-json.h"

#define MINUTE_S       ((gint64) 60)
#define HOUR_S         ((gint64) 3600)
#define DAY_S          ((gint64) 24 * 3600)
#define MAX_DURATION_S (100 * 366 * DAY_S)
#define MAX_WORD       ((gsize) 64)

void
mdoc_profile_fault_free (MdocProfileFault *self)
{
  if (self == NULL)
    return;

  g_free (self->path);
  g_clear_error (&self->error);
  g_free (self);
}

char *
mdoc_profile_dup_start (const char *text)
{
  return g_utf8_make_valid (text, (gssize) MIN (strlen (text), MAX_WORD));
}

/* RFC 6901, 3: "/" and "~" in a name are written as "~1" and "~0" */
char *
mdoc_profile_part_dup_path (const MdocProfilePart *part, const char *member)
{
  GString *path = g_string_new (part->path);

  g_string_append_c (path, '/');
  for (const char *c = member; *c != '\0'; c++)
    if (*c == '~')
      g_string_append (path, "~0");
    else if (*c == '/')
      g_string_append (path, "~1");
    else
      g_string_append_c (path, *c);
  return g_string_free (path, FALSE);
}

char *
mdoc_profile_part_dup_path_at (const MdocProfilePart *part,
                               const char *member,
                               guint i)
{
  g_autofree char *path = mdoc_profile_part_dup_path (part, member);

  return g_strdup_printf ("%s/%u", path, i);
}

/* @path, @error: (transfer full) */
static void
add_fault (GPtrArray *faults, char *path, GError *error)
{
  MdocProfileFault *fault = g_new0 (MdocProfileFault, 1);

  fault->path = path;
  fault->error = error;
  g_ptr_array_add (faults, fault);
}

void
mdoc_profile_part_take (const MdocProfilePart *part,
                        const char *member,
                        GError *error)
{
  GError *more = NULL;

  if (part->faults->len < MDOC_PROFILE_MAX_FAULTS)
    {
      add_fault (part->faults,
                 member != NULL ? mdoc_profile_part_dup_path (part, member)
                                : g_strdup (part->path),
                 error);
      return;
    }

  g_error_free (error);
  if (part->faults->len > MDOC_PROFILE_MAX_FAULTS)
    return;
  mdoc_profile_refuse (&more,
                       MDOC_PROFILE_ERROR_SCHEMA,
                       "There is more than that");
  add_fault (part->faults, g_strdup (""), more);
}

void
mdoc_profile_part_refuse (const MdocProfilePart *part,
                          const char *member,
                          const char *format,
                          ...)
{
  g_autofree char *message = NULL;
  GError *error = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  mdoc_profile_refuse (&error, MDOC_PROFILE_ERROR_SCHEMA, "%s", message);
  mdoc_profile_part_take (part, member, error);
}

/* A member that nobody knows is a name misspelt, and would be ignored. */
void
mdoc_profile_part_check_members (const MdocProfilePart *part,
                                 const char *what,
                                 const char *const *names)
{
  g_autoptr (GList) members = json_object_get_members (part->object);

  for (GList *member = members; member != NULL; member = member->next)
    if (!g_strv_contains (names, member->data))
      mdoc_profile_part_refuse (part,
                                member->data,
                                "%s has no member %s",
                                what,
                                (const char *) member->data);
}

const char *
mdoc_profile_part_find_text (const MdocProfilePart *part, const char *member)
{
  const char *text = NULL;
  GError *error = NULL;

  if (!mdoc_json_find_text (part->object,
                            member,
                            MDOC_PROFILE_MAX_NAME,
                            &text,
                            &error))
    {
      mdoc_profile_part_take (part, member, error);
      return NULL;
    }
  return text;
}

const char *
mdoc_profile_part_get_text (const MdocProfilePart *part, const char *member)
{
  GError *error = NULL;
  const char *text = mdoc_json_get_text (part->object,
                                         member,
                                         MDOC_PROFILE_MAX_NAME,
                                         &error);

  if (text == NULL)
    mdoc_profile_part_take (part, member, error);
  return text;
}

GStrv
mdoc_profile_part_find_texts (const MdocProfilePart *part,
                              const char *member,
                              guint max)
{
  GError *error = NULL;
  GStrv texts = NULL;

  if (!mdoc_json_find_texts (part->object,
                             member,
                             max,
                             MDOC_PROFILE_MAX_NAME,
                             &texts,
                             &error))
    {
      mdoc_profile_part_take (part, member, error);
      return NULL;
    }
  return texts;
}

gboolean
mdoc_profile_part_find_boolean (const MdocProfilePart *part,
                                const char *member,
                                gboolean otherwise)
{
  gboolean value;
  GError *error = NULL;

  if (!mdoc_json_find_boolean (part->object, member, otherwise, &value, &error))
    {
      mdoc_profile_part_take (part, member, error);
      return otherwise;
    }
  return value;
}

guint
mdoc_profile_part_find_number (const MdocProfilePart *part,
                               const char *member,
                               gint64 max,
                               guint otherwise)
{
  GError *error = NULL;
  gint64 number;

  if (!mdoc_json_find_int (part->object,
                           member,
                           1,
                           max,
                           otherwise,
                           &number,
                           &error))
    {
      mdoc_profile_part_take (part, member, error);
      return otherwise;
    }
  return (guint) number;
}

gint64
mdoc_profile_part_find_duration (const MdocProfilePart *part,
                                 const char *member,
                                 gint64 otherwise_s)
{
  const char *text = mdoc_profile_part_find_text (part, member);
  char *end;
  gint64 number, unit;

  if (text == NULL)
    return otherwise_s;
  if (strcmp (text, "none") == 0)
    return 0;

  number = g_ascii_strtoll (text, &end, 10);
  unit = *end == 'd'   ? DAY_S
         : *end == 'h' ? HOUR_S
         : *end == 'm' ? MINUTE_S
         : *end == 's' ? 1
                       : 0;
  if (!g_ascii_isdigit (text[0]) || unit == 0 || end[1] != '\0' || number <= 0
      || number > MAX_DURATION_S / unit)
    {
      mdoc_profile_part_refuse (part,
                                member,
                                "%s has to be a time such as 30d, 12h, 15m or "
                                "90s, or none",
                                member);
      return otherwise_s;
    }
  return number * unit;
}

guint
mdoc_profile_part_find_choice (const MdocProfilePart *part,
                               const char *member,
                               const char *const *names,
                               guint otherwise)
{
  const char *text = mdoc_profile_part_find_text (part, member);
  g_autofree char *word = NULL;

  if (text == NULL)
    return otherwise;
  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], text) == 0)
      return i;
  word = mdoc_profile_dup_start (text);
  mdoc_profile_part_refuse (part,
                            member,
                            "%s is no choice of %s",
                            word,
                            member);
  return otherwise;
}

GPtrArray *
mdoc_profile_part_find_display (const MdocProfilePart *part)
{
  GError *error = NULL;
  GPtrArray *display = mdoc_display_parse (part->object, &error);

  if (display != NULL)
    return display;
  mdoc_profile_part_take (part, "display", error);
  return g_ptr_array_new_with_free_func ((GDestroyNotify) mdoc_display_free);
}
