/*
 * mdoc-display.c - how credentials and issuers are shown to people
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-configuration.h"

#include <string.h>

#include "openid/mdoc-uri.h"

/**
 * mdoc_display_new:
 * @name: (nullable): the name to show
 * @locale: (nullable): in which language
 *
 * Returns: (transfer full): a display; its other members are %NULL
 */
MdocDisplay *
mdoc_display_new (const char *name, const char *locale)
{
  MdocDisplay *self = g_new0 (MdocDisplay, 1);

  self->name = g_strdup (name);
  self->locale = g_strdup (locale);
  return self;
}

void
mdoc_display_free (MdocDisplay *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->locale);
  g_free (self->logo_uri);
  g_free (self->logo_text);
  g_free (self->description);
  g_free (self->background_color);
  g_free (self->background_uri);
  g_free (self->text_color);
  g_free (self);
}

/* A picture from where we may get one, or in the text itself. */
static char *
dup_picture (JsonObject *object, const char *member)
{
  JsonObject *picture;
  const char *uri;

  if (!mdoc_json_find_object (object, member, &picture, NULL)
      || picture == NULL)
    return NULL;
  if (!mdoc_json_find_text (picture, "uri", MDOC_DISPLAY_MAX_URI, &uri, NULL)
      || uri == NULL)
    return NULL;
  return mdoc_uri_is_https (uri) || g_str_has_prefix (uri, "data:image/")
             ? g_strdup (uri)
             : NULL;
}

static char *
dup_text (JsonObject *object, const char *member)
{
  const char *text;

  if (!mdoc_json_find_text (object, member, MDOC_DISPLAY_MAX_TEXT, &text, NULL))
    return NULL;
  return g_strdup (text);
}

/* A colour goes into style sheets: nothing else does. */
static char *
dup_color (JsonObject *object, const char *member)
{
  g_autofree char *text = dup_text (object, member);

  if (text == NULL || *text == '\0'
      || text[strspn (text,
                      "#(),.% 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                      "abcdefghijklmnopqrstuvwxyz")]
             != '\0')
    return NULL;
  return g_steal_pointer (&text);
}

static MdocDisplay *
parse_one (JsonObject *object)
{
  MdocDisplay *self = g_new0 (MdocDisplay, 1);
  JsonObject *logo;

  self->name = dup_text (object, "name");
  self->locale = dup_text (object, "locale");
  self->description = dup_text (object, "description");
  self->background_color = dup_color (object, "background_color");
  self->text_color = dup_color (object, "text_color");
  self->logo_uri = dup_picture (object, "logo");
  self->background_uri = dup_picture (object, "background_image");
  if (mdoc_json_find_object (object, "logo", &logo, NULL) && logo != NULL)
    self->logo_text = dup_text (logo, "alt_text");
  return self;
}

static gboolean
has_locale (GPtrArray *displays, const char *locale)
{
  for (guint i = 0; i < displays->len; i++)
    {
      const MdocDisplay *display = displays->pdata[i];

      if (g_strcmp0 (display->locale, locale) == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * mdoc_display_parse:
 * @object: what may have a member "display"
 * @error: return location for a #MdocJsonError
 *
 * Of several in one language the first is kept.
 *
 * Returns: (transfer full) (element-type MdocDisplay): what it says, may be
 *   empty; %NULL with @error set if it is no array of objects, or too long
 */
GPtrArray *
mdoc_display_parse (JsonObject *object, GError **error)
{
  g_autoptr (GPtrArray) displays = NULL;
  JsonArray *array;

  displays = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_display_free);
  if (!mdoc_json_find_array (object,
                             "display",
                             MDOC_DISPLAY_MAX,
                             &array,
                             error))
    return NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *member = mdoc_json_array_get_object (array,
                                                       i,
                                                       "display",
                                                       error);
      MdocDisplay *display;

      if (member == NULL)
        return NULL;
      display = parse_one (member);
      if (has_locale (displays, display->locale))
        mdoc_display_free (display);
      else
        g_ptr_array_add (displays, display);
    }

  return g_steal_pointer (&displays);
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static void
set_picture (JsonObject *object,
             const char *member,
             const char *uri,
             const char *alt_text)
{
  JsonObject *picture;

  if (uri == NULL)
    return;
  picture = json_object_new ();
  set_text (picture, "uri", uri);
  set_text (picture, "alt_text", alt_text);
  json_object_set_object_member (object, member, picture);
}

void
mdoc_display_write (JsonObject *object, GPtrArray *displays)
{
  JsonArray *array;

  if (displays == NULL || displays->len == 0)
    return;

  array = json_array_new ();
  for (guint i = 0; i < displays->len; i++)
    {
      const MdocDisplay *display = displays->pdata[i];
      JsonObject *member = json_object_new ();

      set_text (member, "name", display->name);
      set_text (member, "locale", display->locale);
      set_picture (member, "logo", display->logo_uri, display->logo_text);
      set_text (member, "description", display->description);
      set_text (member, "background_color", display->background_color);
      set_picture (member, "background_image", display->background_uri, NULL);
      set_text (member, "text_color", display->text_color);
      json_array_add_object_element (array, member);
    }
  json_object_set_array_member (object, "display", array);
}

/* Is @locale the language of @wanted, whatever the region? */
static gboolean
is_language (const char *locale, const char *wanted)
{
  gsize len = strcspn (wanted, "-_");

  return locale != NULL && strcspn (locale, "-_") == len
         && g_ascii_strncasecmp (locale, wanted, len) == 0;
}

/**
 * mdoc_display_choose:
 * @displays: (element-type MdocDisplay): in several languages
 * @locales: (array zero-terminated=1): the user's languages, the best first
 *
 * Returns: (transfer none) (nullable): the one in the first language that
 *   there is, with its region if possible; else the first, or %NULL if there
 *   is none at all
 */
const MdocDisplay *
mdoc_display_choose (GPtrArray *displays, const char *const *locales)
{
  for (gsize i = 0; locales[i] != NULL; i++)
    {
      const MdocDisplay *near = NULL;

      for (guint j = 0; j < displays->len; j++)
        {
          const MdocDisplay *display = displays->pdata[j];

          if (display->locale != NULL
              && g_ascii_strcasecmp (display->locale, locales[i]) == 0)
            return display;
          if (near == NULL && is_language (display->locale, locales[i]))
            near = display;
        }
      if (near != NULL)
        return near;
    }

  return displays->len > 0 ? displays->pdata[0] : NULL;
}
