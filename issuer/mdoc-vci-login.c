/*
 * mdoc-vci-login.c - what the authorization server shows in a browser
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci-login.h"

#include <string.h>

#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-uri.h"

#define MAX_SCHEME_LEN ((gsize) 64)

static const char style[]
    = "body{font-family:sans-serif;max-width:26em;margin:3em auto;"
      "padding:0 1em;line-height:1.5;color:#222;background:#fff}\n"
      "h1{font-size:1.4em}\n"
      "label{display:block;margin:1em 0}\n"
      "input{display:block;width:100%;box-sizing:border-box;font-size:1em;"
      "padding:.5em;border:1px solid #666;border-radius:.25em}\n"
      "button{font-size:1em;padding:.6em 1.2em;margin:0 .5em 0 0;"
      "border:1px solid #225;border-radius:.25em;background:#fff}\n"
      "button.yes{background:#225;color:#fff}\n"
      ".wrong{color:#a00}\n"
      ".small{font-size:.9em;color:#555;overflow-wrap:anywhere}\n";

static gboolean
is_scheme_of_app (const char *scheme)
{
  /* those that mean something to a browser itself */
  static const char *const taken[] = {
    "http",   "https",      "javascript", "data",   "file", "blob",
    "about",  "vbscript",   "ftp",        "ws",     "wss",  "view-source",
    "mailto", "filesystem", "chrome",     "intent", NULL
  };

  return strlen (scheme) <= MAX_SCHEME_LEN && !g_strv_contains (taken, scheme);
}

static gboolean
is_same_host (const char *host)
{
  return host != NULL
         && (strcmp (host, "127.0.0.1") == 0 || strcmp (host, "::1") == 0
             || strcmp (host, "localhost") == 0);
}

gboolean
mdoc_vci_login_is_redirect (const char *redirect_uri)
{
  g_autoptr (GUri) uri = NULL;
  const char *scheme;

  if (strlen (redirect_uri) > MDOC_URI_MAX_LEN)
    return FALSE;
  for (const char *p = redirect_uri; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p) || strchr ("\"'<>\\`", *p) != NULL)
      return FALSE;
  if (mdoc_uri_is_https (redirect_uri))
    return TRUE;

  uri = g_uri_parse (redirect_uri,
                     G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE,
                     NULL);
  if (uri == NULL || g_uri_get_fragment (uri) != NULL
      || g_uri_get_userinfo (uri) != NULL)
    return FALSE;

  scheme = g_uri_get_scheme (uri);
  if (strcmp (scheme, "http") == 0)
    return is_same_host (g_uri_get_host (uri));
  return is_scheme_of_app (scheme);
}

/* Browsers hold a form's policy against where its answer sends them, too. */
static char *
dup_form_target (const char *redirect_uri)
{
  g_autoptr (GUri) uri = g_uri_parse (redirect_uri, G_URI_FLAGS_ENCODED, NULL);
  const char *scheme, *host;

  if (uri == NULL)
    return g_strdup ("");
  scheme = g_uri_get_scheme (uri);
  host = g_uri_get_host (uri);
  if (host == NULL || strchr (host, ':') != NULL
      || (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0)
      || host[strspn (host,
                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                      "0123456789-._")]
             != '\0')
    return g_strdup_printf ("%s:", scheme);
  if (g_uri_get_port (uri) == -1)
    return g_strdup_printf ("%s://%s", scheme, host);
  return g_strdup_printf ("%s://%s:%d", scheme, host, g_uri_get_port (uri));
}

static void
set_headers (MdocHttpReply *reply, const char *form_target)
{
  g_autofree char *policy
      = g_strdup_printf ("default-src 'none'; style-src 'self'; "
                         "form-action 'self' %s; frame-ancestors 'none'; "
                         "base-uri 'none'",
                         form_target);

  mdoc_http_reply_set_header (reply, "Content-Security-Policy", policy);
  mdoc_http_reply_set_header (reply, "X-Frame-Options", "DENY");
  /* without an Origin of its own the form could not be told from others' */
  mdoc_http_reply_set_header (reply, "Referrer-Policy", "same-origin");
}

static void
begin_page (GString *html, const char *title)
{
  g_string_append (html,
                   "<!DOCTYPE html>\n<html lang=\"en\"><head>"
                   "<meta charset=\"utf-8\">"
                   "<meta name=\"viewport\" content=\"width=device-width\">");
  g_string_append_printf (html,
                          "<title>%s</title>"
                          "<link rel=\"stylesheet\" href=\"%s\">"
                          "</head><body>\n<h1>%s</h1>\n",
                          title,
                          MDOC_VCI_PATH "/login.css",
                          title);
}

static void
append_escaped (GString *html, const char *format, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  const char *place = strstr (format, "%s");

  g_string_append_len (html, format, place - format);
  g_string_append (html, escaped);
  g_string_append (html, place + 2);
}

void
mdoc_vci_login_show (const MdocVciLoginPage *page, MdocHttpReply *reply)
{
  g_autofree char *target = dup_form_target (page->redirect_uri);
  g_autoptr (GString) html = g_string_new (NULL);

  begin_page (html, "Log in");
  append_escaped (html, "<p>%s is about to issue:</p>\n<ul>\n", page->issuer);
  for (guint i = 0; i < page->things->len; i++)
    append_escaped (html, "<li>%s</li>\n", g_ptr_array_index (page->things, i));
  g_string_append (html, "</ul>\n");
  append_escaped (html,
                  "<p class=\"small\">to the wallet %s,</p>\n",
                  page->client_id);
  append_escaped (html,
                  "<p class=\"small\">which waits at %s</p>\n",
                  page->redirect_uri);
  if (page->wait_s > 0)
    g_string_append_printf (html,
                            "<p class=\"wrong\" role=\"alert\">This name was "
                            "tried too often with a wrong password. Please try "
                            "again in %u seconds.</p>\n",
                            page->wait_s);
  else if (page->is_again)
    g_string_append (html,
                     "<p class=\"wrong\" role=\"alert\">That was not right. "
                     "Please try again.</p>\n");
  g_string_append (html,
                   "<form method=\"post\" action=\"" MDOC_VCI_PATH
                   "/authorize\">\n");
  append_escaped (html,
                  "<input type=\"hidden\" name=\"session\" value=\"%s\">\n",
                  page->session);
  g_string_append (html,
                   "<label>Name<input name=\"name\" autocomplete=\"username\" "
                   "autofocus></label>\n");
  if (page->needs_password)
    g_string_append (html,
                     "<label>Password<input name=\"password\" "
                     "type=\"password\" autocomplete=\"current-password\">"
                     "</label>\n");
  g_string_append (html,
                   "<button class=\"yes\" name=\"answer\" value=\"yes\">"
                   "Log in and issue</button>\n"
                   "<button name=\"answer\" value=\"no\">Cancel</button>\n"
                   "</form>\n</body></html>\n");

  set_headers (reply, target);
  mdoc_http_reply_take_text (reply,
                             page->wait_s > 0 ? 429 : 200,
                             "text/html; charset=utf-8",
                             g_string_free (g_steal_pointer (&html), FALSE));
  if (page->wait_s > 0)
    {
      g_autofree char *text = g_strdup_printf ("%u", page->wait_s);

      mdoc_http_reply_set_header (reply, "Retry-After", text);
    }
}

void
mdoc_vci_login_show_error (MdocHttpReply *reply, guint status, const char *text)
{
  g_autoptr (GString) html = g_string_new (NULL);

  begin_page (html, "This did not work");
  append_escaped (html, "<p>%s</p>\n</body></html>\n", text);
  set_headers (reply, "");
  mdoc_http_reply_take_text (reply,
                             status,
                             "text/html; charset=utf-8",
                             g_string_free (g_steal_pointer (&html), FALSE));
}

void
mdoc_vci_on_style (const MdocHttpCall *call,
                   MdocHttpReply *reply,
                   gpointer data)
{
  mdoc_http_reply_take_text (reply,
                             200,
                             "text/css; charset=utf-8",
                             g_strdup (style));
  mdoc_http_reply_set_header (reply, "Cache-Control", "public, max-age=3600");
}
