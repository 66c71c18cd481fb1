/*
 * mdoc-admin-keys.c - who may use the administration, and for what
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-keys.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"

#define DIGEST_LEN   32
#define KEY_BYTES    32
#define MAX_NAME_LEN 64

typedef struct
{
  char *name;
  guint roles;
  guint8 digest[DIGEST_LEN];
} Key;

struct _MdocAdminKeys
{
  GPtrArray *keys;
};

/* who may do the last may do everything; check and approve are apart */
static const struct
{
  const char *name;
  guint roles;
} roles[] = {
  { "check", MDOC_ADMIN_ROLE_CHECK },
  { "read", MDOC_ADMIN_ROLE_READ },
  { "operate", MDOC_ADMIN_ROLE_READ | MDOC_ADMIN_ROLE_OPERATE },
  { "approve", MDOC_ADMIN_ROLE_READ | MDOC_ADMIN_ROLE_APPROVE },
  { "configure",
    MDOC_ADMIN_ROLE_CHECK | MDOC_ADMIN_ROLE_READ | MDOC_ADMIN_ROLE_OPERATE
        | MDOC_ADMIN_ROLE_CONFIGURE | MDOC_ADMIN_ROLE_APPROVE },
};

G_DEFINE_QUARK (mdoc_admin_keys_error_quark, mdoc_admin_keys_error)

static gboolean
refuse (GError **error, MdocAdminKeysError code, guint line, const char *reason)
{
  g_set_error (error,
               MDOC_ADMIN_KEYS_ERROR,
               (gint) code,
               "Line %u of the admin keys %s",
               line,
               reason);
  return FALSE;
}

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->name);
  g_free (key);
}

/**
 * mdoc_admin_role_from_name:
 * @name: "check", "read", "operate", "approve" or "configure"
 *
 * Returns: the #MdocAdminRole flags that come with it; 0 if there is none
 */
guint
mdoc_admin_role_from_name (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if (strcmp (roles[i].name, name) == 0)
      return roles[i].roles;
  return 0;
}

static void
hash_key (const char *text, guint8 *ret_digest)
{
  const MdocSpan span = mdoc_span_from_text (text);
  guint8 digest[MDOC_HASH_MAX_LEN];

  mdoc_hash_compute (MDOC_HASH_SHA256, &span, 1, digest);
  memcpy (ret_digest, digest, DIGEST_LEN);
}

static gboolean
is_name (const char *text)
{
  gsize len = strlen (text);

  return len > 0 && len <= MAX_NAME_LEN
         && strspn (text,
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                    "0123456789._@-")
                == len;
}

static gboolean
add (MdocAdminKeys *self, const char *text, guint line, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t", 4);
  g_autoptr (GBytes) digest = NULL;
  guint key_roles;
  Key *key;

  if (g_strv_length (words) != 3)
    return refuse (error,
                   MDOC_ADMIN_KEYS_ERROR_SYNTAX,
                   line,
                   "is not “NAME ROLE DIGEST”");
  key_roles = mdoc_admin_role_from_name (words[1]);
  digest = mdoc_hex_decode (words[2], NULL);
  if (!is_name (words[0]) || key_roles == 0 || digest == NULL
      || g_bytes_get_size (digest) != DIGEST_LEN)
    return refuse (error,
                   MDOC_ADMIN_KEYS_ERROR_SYNTAX,
                   line,
                   "has a name, role or digest that is none");
  if (self->keys->len == MDOC_ADMIN_MAX_KEYS)
    return refuse (error, MDOC_ADMIN_KEYS_ERROR_LIMIT, line, "is one too many");
  for (guint i = 0; i < self->keys->len; i++)
    {
      const Key *other = g_ptr_array_index (self->keys, i);

      if (strcmp (other->name, words[0]) == 0
          || mdoc_span_equal (MDOC_SPAN (other->digest, DIGEST_LEN),
                              mdoc_span_from_bytes (digest)))
        return refuse (error,
                       MDOC_ADMIN_KEYS_ERROR_DUPLICATE,
                       line,
                       "has the name or the key of another");
    }

  key = g_new0 (Key, 1);
  key->name = g_strdup (words[0]);
  key->roles = key_roles;
  memcpy (key->digest, g_bytes_get_data (digest, NULL), DIGEST_LEN);
  g_ptr_array_add (self->keys, key);
  return TRUE;
}

/**
 * mdoc_admin_keys_parse:
 * @text: what such a file holds
 * @error: return location for a #MdocAdminKeysError
 *
 * Returns: (transfer full): its keys, or %NULL with @error set
 */
MdocAdminKeys *
mdoc_admin_keys_parse (const char *text, GError **error)
{
  g_autoptr (MdocAdminKeys) self = g_new0 (MdocAdminKeys, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  self->keys = g_ptr_array_new_with_free_func (key_free);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_strstrip (lines[i]);
      if (lines[i][0] != '\0' && lines[i][0] != '#'
          && !add (self, lines[i], i + 1, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * mdoc_admin_keys_load:
 * @path: the file
 * @error: return location for a #MdocAdminKeysError or #MdocFileError
 *
 * Returns: (transfer full): its keys, or %NULL with @error set
 */
MdocAdminKeys *
mdoc_admin_keys_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = mdoc_file_read (path,
                                             MDOC_ADMIN_MAX_KEY_FILE_SIZE,
                                             error);
  g_autofree char *text = NULL;
  MdocAdminKeys *self;
  gsize len;
  const char *data;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &len);
  text = g_strndup (data == NULL ? "" : data, len);
  self = mdoc_admin_keys_parse (text, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", path);
  return self;
}

/**
 * mdoc_admin_keys_free:
 * @self: (nullable) (transfer full): keys
 */
void
mdoc_admin_keys_free (MdocAdminKeys *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->keys);
  g_free (self);
}

/**
 * mdoc_admin_keys_find:
 * @self: keys
 * @authorization: (nullable): a header, "Bearer KEY"
 * @ret_roles: (out): what the key is good for; 0 if there is none
 *
 * Takes as long for a key that is nearly right as for one that is all wrong.
 *
 * Returns: (nullable) (transfer none): whose key it is
 */
const char *
mdoc_admin_keys_find (MdocAdminKeys *self,
                      const char *authorization,
                      guint *ret_roles)
{
  const char *found = NULL;
  guint8 digest[DIGEST_LEN];

  *ret_roles = 0;
  if (authorization == NULL
      || g_ascii_strncasecmp (authorization, "Bearer ", 7) != 0
      || strlen (authorization + 7) != MDOC_ADMIN_KEY_LEN)
    return NULL;

  hash_key (authorization + 7, digest);
  for (guint i = 0; i < self->keys->len; i++)
    {
      const Key *key = g_ptr_array_index (self->keys, i);

      if (mdoc_secret_equal (MDOC_SPAN (key->digest, DIGEST_LEN),
                             MDOC_SPAN (digest, DIGEST_LEN)))
        {
          found = key->name;
          *ret_roles = key->roles;
        }
    }
  return found;
}

/**
 * mdoc_admin_keys_make:
 * @name: whose key it is to be
 * @role: the name of a role
 * @ret_line: (out): the line for the file, which holds no secret
 * @error: return location for a #MdocAdminKeysError
 *
 * Returns: (transfer full): a new key, of which nobody else knows
 */
char *
mdoc_admin_keys_make (const char *name,
                      const char *role,
                      char **ret_line,
                      GError **error)
{
  guint8 random[KEY_BYTES];
  MDOC_WIPE_ON_EXIT (random);
  guint8 digest[DIGEST_LEN];
  g_autofree char *hex = NULL;
  char *key;

  if (!is_name (name) || mdoc_admin_role_from_name (role) == 0)
    {
      refuse (error,
              MDOC_ADMIN_KEYS_ERROR_SYNTAX,
              1,
              "would have a name or role that is none");
      return NULL;
    }

  mdoc_random_fill (random, sizeof random);
  key = mdoc_base64url_encode (MDOC_SPAN (random, sizeof random));
  hash_key (key, digest);
  hex = mdoc_hex_encode (MDOC_SPAN (digest, sizeof digest));
  *ret_line = g_strdup_printf ("%s %s %s\n", name, role, hex);
  return key;
}
