/*
 * mdoc-vci-login.h - what the authorization server shows in a browser
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-http-server.h"

G_BEGIN_DECLS

/**
 * MdocVciLoginPage:
 * @issuer: the name of the issuer, for people
 * @client_id: who wants the credential
 * @redirect_uri: where the browser goes afterwards
 * @things: (element-type utf8): names of what is to be issued
 * @session: handle of the login, a secret
 * @needs_password: whether there is a field for one
 * @is_again: whether the last try was wrong
 * @wait_s: how long to wait before the next one; 0: not at all
 *
 * What is on the page. All of it may come from strangers.
 */
typedef struct
{
  const char *issuer;
  const char *client_id;
  const char *redirect_uri;
  GPtrArray *things;
  const char *session;
  gboolean needs_password;
  gboolean is_again;
  guint wait_s;
} MdocVciLoginPage;

/* Whether a browser may be sent there: https, a program on the same host, or a
 * scheme that an app has for itself (RFC 8252, 7) */
gboolean mdoc_vci_login_is_redirect (const char *redirect_uri);

void mdoc_vci_login_show (const MdocVciLoginPage *page, MdocHttpReply *reply);
/* a page without a form, for whom nothing can be done */
void mdoc_vci_login_show_error (MdocHttpReply *reply,
                                guint status,
                                const char *text);
void mdoc_vci_on_style (const MdocHttpCall *call,
                        MdocHttpReply *reply,
                        gpointer data);

G_END_DECLS
