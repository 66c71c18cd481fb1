/*
 * mdoc-policy-file.c - standing policies that an administrator wrote down
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-policy.h"
#include "base/mdoc-file.h"

/* A group "policy NAME" is a policy; its keys are those of AddPolicy() with
 * hyphens. mdoc-policy(5) tells of them. */
#define GROUP_PREFIX "policy "

static gboolean
refuse (GError **error, const char *group, const char *reason)
{
  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                            "[%.80s]: %s",
                            group,
                            reason);
}

static gboolean
is_id (const char *name)
{
  gsize len = strlen (name);

  if (len == 0 || len > MDOC_POLICY_MAX_ID_LEN)
    return FALSE;

  for (gsize i = 0; i < len; i++)
    {
      if (!g_ascii_isalnum (name[i]) && strchr ("-_.", name[i]) == NULL)
        return FALSE;
    }

  return TRUE;
}

/* each with one slash, so that there is one way to read it */
static gboolean
read_elements (GKeyFile *file,
               const char *group,
               const char *key,
               GVariant **ret_value,
               GError **error)
{
  g_auto (GStrv) names = g_key_file_get_string_list (file,
                                                     group,
                                                     key,
                                                     NULL,
                                                     error);
  GVariantBuilder elements;

  if (names == NULL)
    return FALSE;

  g_variant_builder_init (&elements, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (names[i], "/", -1);

      if (g_strv_length (parts) != 2)
        {
          g_variant_builder_clear (&elements);
          return refuse (error, group, "an element is NAMESPACE/IDENTIFIER");
        }
      g_variant_builder_add (&elements, "(ss)", parts[0], parts[1]);
    }

  *ret_value = g_variant_builder_end (&elements);
  return TRUE;
}

static gboolean
read_text (GKeyFile *file,
           const char *group,
           const char *key,
           GVariant **ret_value,
           GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, error);

  if (text == NULL)
    return FALSE;

  *ret_value = g_variant_new_string (text);
  return TRUE;
}

static gboolean
read_boolean (GKeyFile *file,
              const char *group,
              const char *key,
              GVariant **ret_value,
              GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean value = g_key_file_get_boolean (file, group, key, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  *ret_value = g_variant_new_boolean (value);
  return TRUE;
}

static gboolean
read_number (GKeyFile *file,
             const char *group,
             const char *key,
             GVariant **ret_value,
             GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, error);
  guint64 number;

  if (text == NULL
      || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, error))
    return FALSE;

  *ret_value = g_variant_new_uint32 ((guint32) number);
  return TRUE;
}

static const struct
{
  const char *key;
  const char *member; /* of the dictionary of AddPolicy() */
  gboolean (*read) (GKeyFile *file,
                    const char *group,
                    const char *key,
                    GVariant **ret_value,
                    GError **error);
} known_keys[] = {
  { "label", "label", read_text },
  { "reader-anchor", "reader_anchor", read_text },
  { "doc-type", "doc_type", read_text },
  { "elements", "elements", read_elements },
  { "intent-to-retain", "intent_to_retain", read_boolean },
  { "max-uses", "max_uses", read_number },
  { "expires", "expires", read_text },
};

static gboolean
read_key (GKeyFile *file,
          const char *group,
          const char *key,
          GVariantDict *dict,
          GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_keys); i++)
    {
      g_autoptr (GError) local_error = NULL;
      GVariant *value;

      if (strcmp (known_keys[i].key, key) != 0)
        continue;

      if (!known_keys[i].read (file, group, key, &value, &local_error))
        return refuse (error, group, local_error->message);

      g_variant_dict_insert_value (dict, known_keys[i].member, value);
      return TRUE;
    }

  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                            "[%.80s]: there is no key \"%.32s\"",
                            group,
                            key);
}

static MdocPolicy *
read_group (GKeyFile *file, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, error);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) local_error = NULL;
  MdocPolicy *policy;

  if (!g_str_has_prefix (group, GROUP_PREFIX)
      || !is_id (group + strlen (GROUP_PREFIX)))
    {
      refuse (error,
              group,
              "a group is “policy NAME”, NAME of letters, digits, - _ and .");
      return NULL;
    }

  for (guint i = 0; keys[i] != NULL; i++)
    {
      if (!read_key (file, group, keys[i], &dict, error))
        return NULL;
    }

  value = g_variant_ref_sink (g_variant_dict_end (&dict));
  policy = mdoc_policy_new_from_variant (value, &local_error);
  if (policy == NULL)
    {
      refuse (error, group, local_error->message);
      return NULL;
    }

  g_free (policy->id);
  policy->id = g_strdup (group + strlen (GROUP_PREFIX));
  policy->origin = MDOC_POLICY_ORIGIN_FILE;
  return policy;
}

/**
 * mdoc_policy_file_parse:
 * @text: what stands in the file
 * @len: bytes of it
 * @error: return location for %MDOC_AGENT_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full) (element-type MdocPolicy): the policies, or %NULL
 *   with @error set: of a file with a mistake nothing counts
 */
GPtrArray *
mdoc_policy_file_parse (const char *text, gsize len, GError **error)
{
  g_autoptr (GPtrArray) policies = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_policy_free);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local_error = NULL;
  g_auto (GStrv) groups = NULL;
  gsize n_groups;

  if (len > 0
      && !g_key_file_load_from_data (file,
                                     text,
                                     len,
                                     G_KEY_FILE_NONE,
                                     &local_error))
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "%s",
                         local_error->message);
      return NULL;
    }

  groups = g_key_file_get_groups (file, &n_groups);
  if (n_groups > MDOC_STORE_MAX_POLICIES)
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "there are more than %d policies",
                         MDOC_STORE_MAX_POLICIES);
      return NULL;
    }

  for (gsize i = 0; i < n_groups; i++)
    {
      MdocPolicy *policy = read_group (file, groups[i], error);

      if (policy == NULL)
        return NULL;
      g_ptr_array_add (policies, policy);
    }

  return g_steal_pointer (&policies);
}

/**
 * mdoc_policy_file_load:
 * @path: of the file, which nobody but its owner may be able to write
 * @error: return location for %MDOC_AGENT_ERROR_INVALID_ARGUMENT or a
 *   #MdocFileError
 *
 * Returns: (transfer full) (element-type MdocPolicy): the policies, or %NULL
 *   with @error set
 */
GPtrArray *
mdoc_policy_file_load (const char *path, GError **error)
{
  g_autoptr (GBytes) text = mdoc_file_read (path,
                                            MDOC_POLICY_MAX_FILE_BYTES,
                                            error);
  GPtrArray *policies;
  struct stat info;
  gsize len;
  const char *data;

  if (text == NULL)
    return NULL;

  if (stat (path, &info) != 0 || (info.st_mode & 022) != 0)
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "The policy file %s can be written by others than its "
                         "owner",
                         path);
      return NULL;
    }

  data = g_bytes_get_data (text, &len);
  policies = mdoc_policy_file_parse (data, len, error);
  if (policies == NULL)
    g_prefix_error (error, "The policy file %s: ", path);
  return policies;
}
