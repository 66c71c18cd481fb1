/*
 * mdoc-admin-keys.h - who may use the administration, and for what
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MDOC_ADMIN_MAX_KEYS          ((guint) 256)
#define MDOC_ADMIN_MAX_KEY_FILE_SIZE ((gsize) 64 * 1024)
/* of a key as it is sent, in characters: 32 random bytes in base64url */
#define MDOC_ADMIN_KEY_LEN 43

/**
 * MdocAdminRole:
 * @MDOC_ADMIN_ROLE_CHECK: ask for the status of what a holder has shown
 * @MDOC_ADMIN_ROLE_READ: look at everything
 * @MDOC_ADMIN_ROLE_OPERATE: offer, update, suspend, revoke
 * @MDOC_ADMIN_ROLE_CONFIGURE: profiles and who gets events
 * @MDOC_ADMIN_ROLE_APPROVE: say yes or no to what others have asked for
 *
 * What a key is good for. Who may operate or approve may read, who may
 * configure may do everything.
 */
typedef enum
{
  MDOC_ADMIN_ROLE_CHECK = 1 << 0,
  MDOC_ADMIN_ROLE_READ = 1 << 1,
  MDOC_ADMIN_ROLE_OPERATE = 1 << 2,
  MDOC_ADMIN_ROLE_CONFIGURE = 1 << 3,
  MDOC_ADMIN_ROLE_APPROVE = 1 << 4,
} MdocAdminRole;

/**
 * MdocAdminKeysError:
 * @MDOC_ADMIN_KEYS_ERROR_SYNTAX: a line that is none
 * @MDOC_ADMIN_KEYS_ERROR_DUPLICATE: a name or key twice
 * @MDOC_ADMIN_KEYS_ERROR_LIMIT: more keys than we take
 *
 * Why a file of keys was refused; it blames whoever wrote it.
 */
typedef enum
{
  MDOC_ADMIN_KEYS_ERROR_SYNTAX,
  MDOC_ADMIN_KEYS_ERROR_DUPLICATE,
  MDOC_ADMIN_KEYS_ERROR_LIMIT,
} MdocAdminKeysError;

#define MDOC_ADMIN_KEYS_ERROR (mdoc_admin_keys_error_quark ())
GQuark mdoc_admin_keys_error_quark (void);

/**
 * MdocAdminKeys:
 *
 * The keys of one file, of which it knows digests alone. A line of the file is
 * "NAME ROLE DIGEST", DIGEST being the SHA-256 of the key in hexadecimal; empty
 * lines and those that begin with "#" say nothing. Keys are random, never
 * chosen by people, which is why a plain digest does. Immutable, safe to share
 * between threads.
 */
typedef struct _MdocAdminKeys MdocAdminKeys;

MdocAdminKeys *mdoc_admin_keys_load (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocAdminKeys *mdoc_admin_keys_parse (const char *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_admin_keys_free (MdocAdminKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocAdminKeys, mdoc_admin_keys_free)

/* @authorization: (nullable): the header of that name
 * Returns: (nullable): whose key it is, as long as @self */
const char *mdoc_admin_keys_find (MdocAdminKeys *self,
                                  const char *authorization,
                                  guint *ret_roles);
guint mdoc_admin_role_from_name (const char *name);

/* Makes a key and its line, with a newline, for the file. */
char *mdoc_admin_keys_make (const char *name,
                            const char *role,
                            char **ret_line,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
