/*
 * mdoc-profile-folder.c - the profiles of a folder, and what wallets see of one
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "issuer/mdoc-profile-private.h"

static gboolean
has_id (GPtrArray *profiles, MdocProfile *profile)
{
  for (guint i = 0; i < profiles->len; i++)
    {
      MdocProfile *other = profiles->pdata[i];

      if (strcmp (other->settings.id, profile->settings.id) == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * mdoc_profile_load_folder:
 * @folder: where they are
 * @error: return location for a #MdocProfileError, #MdocJsonError or
 *   #MdocFileError, with the name of the file
 *
 * Returns: (transfer full) (element-type MdocProfile): in the order of the
 *   names of the files
 */
GPtrArray *
mdoc_profile_load_folder (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) profiles = NULL;
  g_auto (GStrv) names = NULL;

  names = mdoc_file_list (folder, ".json", MDOC_PROFILE_MAX_PROFILES, error);
  if (names == NULL)
    return NULL;

  profiles = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_profile_unref);
  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *path = names[i];
      g_autoptr (GBytes) content = NULL;
      MdocProfile *profile;

      content = mdoc_file_read (path, MDOC_PROFILE_MAX_BYTES, error);
      if (content == NULL)
        return NULL;
      profile = mdoc_profile_parse (mdoc_span_from_bytes (content), error);
      if (profile == NULL)
        {
          g_prefix_error (error, "%s: ", path);
          return NULL;
        }
      if (has_id (profiles, profile))
        {
          mdoc_profile_refuse (error,
                               MDOC_PROFILE_ERROR_DUPLICATE,
                               "%s: there is another profile %s",
                               path,
                               profile->settings.id);
          mdoc_profile_unref (profile);
          return NULL;
        }
      g_ptr_array_add (profiles, profile);
    }

  return g_steal_pointer (&profiles);
}

static gpointer
copy_display (gconstpointer source, gpointer user_data)
{
  const MdocDisplay *display = source;
  MdocDisplay *copy = mdoc_display_new (display->name, display->locale);

  (void) user_data;
  copy->logo_uri = g_strdup (display->logo_uri);
  copy->logo_text = g_strdup (display->logo_text);
  copy->description = g_strdup (display->description);
  copy->background_color = g_strdup (display->background_color);
  copy->background_uri = g_strdup (display->background_uri);
  copy->text_color = g_strdup (display->text_color);
  return copy;
}

static void
add_displays (GPtrArray *displays, GPtrArray *others)
{
  for (guint i = 0; i < others->len; i++)
    g_ptr_array_add (displays, copy_display (others->pdata[i], NULL));
}

/**
 * mdoc_profile_to_configuration:
 * @self: a profile
 *
 * Proof types and algorithms are the server's to say; it may add them.
 *
 * Returns: (transfer full): a configuration with document type, scope, display
 *   and claims
 */
MdocConfiguration *
mdoc_profile_to_configuration (MdocProfile *self)
{
  MdocConfiguration *configuration
      = mdoc_configuration_new (self->settings.id, self->settings.doc_type);

  configuration->scope = g_strdup (self->settings.scope);
  configuration->binds_key = TRUE;
  add_displays (configuration->display, self->settings.display);
  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocProfileElement *element = self->elements->pdata[i];
      MdocClaim *claim = mdoc_claim_new (element->name_space,
                                         element->element,
                                         element->presence
                                             == MDOC_PRESENCE_MANDATORY);

      add_displays (claim->display, element->display);
      g_ptr_array_add (configuration->claims, claim);
    }
  return configuration;
}
