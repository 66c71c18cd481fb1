/*
 * mdoc-store-policies.h - standing policies and how often they were used
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* of each origin; those of a file count even when they are in no table */
#define MDOC_STORE_MAX_POLICIES     128
#define MDOC_STORE_MAX_POLICY_BYTES ((gsize) 16 * 1024)

/* Where a policy comes from. */
typedef enum
{
  MDOC_POLICY_ORIGIN_HOLDER, /* added over D-Bus, kept here */
  MDOC_POLICY_ORIGIN_FILE,   /* written by the administrator; counted here */
} MdocPolicyOrigin;

/* "holder", "file" */
const char *mdoc_policy_origin_get_name (MdocPolicyOrigin origin);

/**
 * MdocStoredPolicy:
 * @id: 16 hexadecimal digits; of one of a file its name
 * @origin: where it comes from
 * @added_unix_s: since when it is known
 * @uses: how often it has answered
 * @detail: (nullable): what it allows, an `a{sv}` that the store does not look
 *   into; empty for one of a file, %NULL if the row was tampered with: then
 *   nothing of it is to be believed, but it can be removed by its @id
 *
 * All of it is bound to the seal: nobody who can write the file, but has not
 * the key, can make a policy, change one, or set back its count by itself. A
 * whole older copy of the store they can put back, as of everything else in it.
 */
typedef struct
{
  char *id;
  MdocPolicyOrigin origin;
  gint64 added_unix_s;
  guint32 uses;
  GVariant *detail;
} MdocStoredPolicy;

void mdoc_stored_policy_free (MdocStoredPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStoredPolicy, mdoc_stored_policy_free)

/* One use: which policy, and how often it may be used; 0 for no limit. */
typedef struct
{
  MdocPolicyOrigin origin;
  const char *id;
  guint32 max_uses;
} MdocPolicyUse;

gboolean mdoc_store_add_policy (MdocStore *self,
                                GVariant *detail,
                                gint64 now_unix_s,
                                char **ret_id,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_store_list_policies (MdocStore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_store_remove_policy (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the names of all policies of the file, at most %MDOC_STORE_MAX_POLICIES */
gboolean mdoc_store_name_file_policies (MdocStore *self,
                                        GPtrArray *names,
                                        gint64 now_unix_s,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_use_policies (MdocStore *self,
                                  const MdocPolicyUse *uses,
                                  guint n_uses,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
