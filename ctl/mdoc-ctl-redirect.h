/*
 * mdoc-ctl-redirect.h - where the browser comes back to after a login
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* longest request of a browser that is read, in bytes */
#define MDOC_CTL_REDIRECT_MAX_BYTES ((gsize) 16 * 1024)

/**
 * MdocCtlRedirect:
 *
 * A port of the loopback interface that waits for one request (RFC 8252, 7.3),
 * and answers it with a word for people. Whether the request is the answer of
 * the issuer, the agent finds out.
 */
typedef struct _MdocCtlRedirect MdocCtlRedirect;

/* @func: called when there is an answer */
MdocCtlRedirect *mdoc_ctl_redirect_new (void (*func) (gpointer user_data),
                                        gpointer user_data,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ctl_redirect_free (MdocCtlRedirect *self);
const char *mdoc_ctl_redirect_get_uri (MdocCtlRedirect *self);
/* (nullable): what was asked for there, from the "/" on */
const char *mdoc_ctl_redirect_get_answer (MdocCtlRedirect *self);

G_END_DECLS
