/*
 * mdoc-notify.h - telling systemd how the service is
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocNotify:
 *
 * Says READY=1, STOPPING=1, and WATCHDOG=1 as often as the service manager
 * wants to hear it, through the main loop: whoever hangs there is not heard of
 * any more. Without a service manager, or in a build without libsystemd, it
 * says nothing. For one thread.
 */
typedef struct _MdocNotify MdocNotify;

/* from here on it is ready */
MdocNotify *mdoc_notify_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_notify_free (MdocNotify *self);

/* the watchdog goes on: a stop that hangs is to be noticed too */
void mdoc_notify_stopping (MdocNotify *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocNotify, mdoc_notify_free)

G_END_DECLS
