/*
 * mdoc-ctl-offer.h - offers of issuers, as the agent tells of them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "base/mdoc-program.h"

G_BEGIN_DECLS

/* @name: an id, or the beginning of one; those that have ended count too.
 * Returns: (transfer full): what ListOffers() says of it */
GVariant *
mdoc_ctl_find_offer (GDBusConnection *bus, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (nullable): %NULL without @error if there is none */
GVariant *
mdoc_ctl_get_offer (GDBusConnection *bus, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): the others that are of one offer with @offer; an `aa{sv}` */
GVariant *
mdoc_ctl_list_siblings (GDBusConnection *bus, GVariant *offer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_ctl_offer_is (GVariant *offer, const char *state);
void mdoc_ctl_print_offer (GVariant *offer);

/* a link, or the name of a file that has one: as text, or as a QR code */
char *mdoc_ctl_read_offer_link (const char *argument, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocCtlWaitFunc:
 * @user_data: of mdoc_ctl_wait()
 * @error: return location for an error, which ends the waiting
 *
 * Returns: %TRUE to go on waiting
 */
typedef gboolean (*MdocCtlWaitFunc) (gpointer user_data, GError **error);
/* of a signal of the manager; @ret_is_wanted */
typedef void (*MdocCtlSignalFunc) (GVariant *parameters, gpointer user_data);

/**
 * MdocCtlWait:
 *
 * Waits for signals of the agent's manager; from when it is made, none is
 * missed.
 */
typedef struct _MdocCtlWait MdocCtlWait;

MdocCtlWait *mdoc_ctl_wait_new (GDBusConnection *bus,
                                const char *signal,
                                MdocCtlSignalFunc func,
                                gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ctl_wait_free (MdocCtlWait *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocCtlWait, mdoc_ctl_wait_free)
/* calls @func at once, and again when there was a signal, until it says %FALSE
 * or the time is over (%MDOC_CTL_ERROR_TIMED_OUT) */
gboolean mdoc_ctl_wait_run (MdocCtlWait *self,
                            guint timeout_s,
                            MdocCtlWaitFunc func,
                            gpointer user_data,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* from elsewhere than a signal: something may have changed */
void mdoc_ctl_wait_wake (MdocCtlWait *self);

/* a word on standard error, if somebody watches a terminal */
void mdoc_ctl_say (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
