/*
 * mdoc-ctl-bus.h - calling the agent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "base/mdoc-program.h"

G_BEGIN_DECLS

/**
 * MdocCtlError:
 *
 * What the agent refused with, by its D-Bus names; the first two are the
 * client's own.
 */
typedef enum
{
  MDOC_CTL_ERROR_NO_BUS,   /* there is no such bus */
  MDOC_CTL_ERROR_NO_AGENT, /* no agent on the bus */
  MDOC_CTL_ERROR_FAILED,
  MDOC_CTL_ERROR_INVALID_ARGUMENT,
  MDOC_CTL_ERROR_NOT_AUTHORIZED,
  MDOC_CTL_ERROR_NOT_FOUND,
  MDOC_CTL_ERROR_UNKNOWN_KEY,
  MDOC_CTL_ERROR_EXISTS,
  MDOC_CTL_ERROR_IN_USE,
  MDOC_CTL_ERROR_BUSY,
  MDOC_CTL_ERROR_LIMIT,
  MDOC_CTL_ERROR_UNSUPPORTED,
  MDOC_CTL_ERROR_MALFORMED,
  MDOC_CTL_ERROR_NOT_VERIFIED,
  MDOC_CTL_ERROR_DENIED,
  MDOC_CTL_ERROR_PEER,
  MDOC_CTL_ERROR_TIMED_OUT,
  MDOC_CTL_ERROR_KEY_STORE,
  MDOC_CTL_ERROR_STORE,
} MdocCtlError;

#define MDOC_CTL_ERROR (mdoc_ctl_error_quark ())
GQuark mdoc_ctl_error_quark (void);

/* "NotFound"; %NULL for errors of other domains */
const char *mdoc_ctl_error_get_name (const GError *error);
MdocExit mdoc_ctl_error_get_exit (const GError *error);
gboolean
mdoc_ctl_refuse (GError **error, MdocCtlError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Which bus: what every verb takes. */
typedef struct
{
  gboolean use_session;
  gboolean use_system;
} MdocCtlBusOptions;

/* the two options, for the table of a verb */
#define MDOC_CTL_BUS_ENTRIES(options_)                                         \
  { "session",                                                                 \
    0,                                                                         \
    0,                                                                         \
    G_OPTION_ARG_NONE,                                                         \
    &(options_).use_session,                                                   \
    "Use the agent on the session bus",                                        \
    NULL },                                                                    \
  {                                                                            \
    "system", 0, 0, G_OPTION_ARG_NONE, &(options_).use_system,                 \
        "Use the agent on the system bus (the default, unless $MDOC_BUS says " \
        "session)",                                                            \
        NULL                                                                   \
  }

GDBusConnection *mdoc_ctl_connect (const MdocCtlBusOptions *options,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ctl_convert_error (GError **error);
GVariant *mdoc_ctl_call (GDBusConnection *bus,
                         const char *path,
                         const char *interface_name,
                         const char *method,
                         GVariant *parameters,
                         const char *reply_type,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *mdoc_ctl_call_manager (GDBusConnection *bus,
                                 const char *method,
                                 GVariant *parameters,
                                 const char *reply_type,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* an empty a{sv}, floating */
GVariant *mdoc_ctl_no_options (void) G_GNUC_WARN_UNUSED_RESULT;

/* @name: an id, the beginning of one, or a label
 * Returns: (transfer full): what GetInfo() returns */
GVariant *mdoc_ctl_find_credential (GDBusConnection *bus,
                                    const char *name,
                                    char **ret_path,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* what ListTrustAnchors() returns */
GVariant *mdoc_ctl_list_anchors (GDBusConnection *bus, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Returns: (transfer full): the id of an anchor for @purpose that begins like
 *   @prefix; @prefix itself if there is not one */
char *mdoc_ctl_complete_anchor (GDBusConnection *bus,
                                const char *purpose,
                                const char *prefix,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
