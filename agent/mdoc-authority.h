/*
 * mdoc-authority.h - who may call what
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MdocAction:
 * @MDOC_ACTION_LIST: see what there is, without its values
 * @MDOC_ACTION_SHOW: see values, and what was shown to whom
 * @MDOC_ACTION_PRESENT: meet readers and answer for the holder
 * @MDOC_ACTION_PROVISION: make keys, import credentials
 * @MDOC_ACTION_REMOVE: destroy keys and credentials
 * @MDOC_ACTION_CONFIGURE: choose whom to trust
 *
 * What a caller needs to be allowed to do; each is a polkit action
 * `org.mdocagent.agent1.NAME`.
 */
typedef enum
{
  MDOC_ACTION_LIST,
  MDOC_ACTION_SHOW,
  MDOC_ACTION_PRESENT,
  MDOC_ACTION_PROVISION,
  MDOC_ACTION_REMOVE,
  MDOC_ACTION_CONFIGURE,
} MdocAction;

#define MDOC_N_ACTIONS ((guint) MDOC_ACTION_CONFIGURE + 1)

const char *mdoc_action_get_name (MdocAction action); /* "list" */

/**
 * MdocAuthority:
 *
 * Decides whether a caller may do something. On a session bus the user whose
 * agent it is may do everything and nobody else anything. On the system bus
 * polkit decides; where there is no polkit, root and the agent's own user may
 * do everything and nobody else anything.
 */
typedef struct _MdocAuthority MdocAuthority;

/**
 * MdocAuthorityFunc:
 * @is_allowed: whether the caller may
 * @user_data: what mdoc_authority_check() was given
 */
typedef void (*MdocAuthorityFunc) (gboolean is_allowed, gpointer user_data);

MdocAuthority *mdoc_authority_new (GDBusConnection *bus, gboolean is_system)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_authority_free (MdocAuthority *self);
void mdoc_authority_check (MdocAuthority *self,
                           const char *caller,
                           MdocAction action,
                           gboolean may_interact,
                           MdocAuthorityFunc func,
                           gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocAuthority, mdoc_authority_free)

G_END_DECLS
