/*
 * mdoc-uri.c - web addresses and forms, as OAuth uses them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-uri.h"

#include <string.h>

/* names and addresses of hosts */
#define HOST                                                                   \
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:"

G_DEFINE_QUARK (mdoc_form_error_quark, mdoc_form_error)

static gboolean
refuse (GError **error, MdocFormError code, const char *reason)
{
  g_set_error_literal (error, MDOC_FORM_ERROR, (gint) code, reason);
  return FALSE;
}

/* An absolute address with a host, or NULL. */
static GUri *
parse (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;

  if (strlen (uri) > MDOC_URI_MAX_LEN)
    return NULL;
  for (const char *p = uri; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p) || *p == '\\')
      return NULL;

  /* encoded: what is escaped stays so, and bad escapes are refused */
  parsed = g_uri_parse (uri,
                        G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE,
                        NULL);
  if (parsed == NULL || g_uri_get_host (parsed) == NULL
      || *g_uri_get_host (parsed) == '\0' || g_uri_get_userinfo (parsed) != NULL
      || g_uri_get_port (parsed) == 0)
    return NULL;
  /* GLib takes escapes out of a host, and what then is in it is no name */
  if (g_uri_get_host (parsed)[strspn (g_uri_get_host (parsed), HOST)] != '\0')
    return NULL;
  return g_steal_pointer (&parsed);
}

static gboolean
has_scheme (GUri *uri, const char *scheme)
{
  return g_ascii_strcasecmp (g_uri_get_scheme (uri), scheme) == 0;
}

/**
 * mdoc_uri_is_https:
 * @uri: any text
 *
 * Returns: whether it is an address that we would ask for something
 */
gboolean
mdoc_uri_is_https (const char *uri)
{
  g_autoptr (GUri) parsed = parse (uri);

  return parsed != NULL && has_scheme (parsed, "https")
         && g_uri_get_fragment (parsed) == NULL;
}

/**
 * mdoc_uri_is_issuer:
 * @uri: any text
 *
 * Returns: whether it can name an issuer or an authorization server
 *   (OpenID4VCI 1.0, 12.2.1; RFC 8414, 2)
 */
gboolean
mdoc_uri_is_issuer (const char *uri)
{
  g_autoptr (GUri) parsed = parse (uri);

  return parsed != NULL && has_scheme (parsed, "https")
         && g_uri_get_fragment (parsed) == NULL
         && g_uri_get_query (parsed) == NULL;
}

static int
port_of (GUri *uri)
{
  if (g_uri_get_port (uri) != -1)
    return g_uri_get_port (uri);
  return has_scheme (uri, "https") ? 443 : 80;
}

gboolean
mdoc_uri_has_same_origin (const char *a, const char *b)
{
  g_autoptr (GUri) first = parse (a);
  g_autoptr (GUri) second = parse (b);

  return first != NULL && second != NULL
         && has_scheme (first, g_uri_get_scheme (second))
         && g_ascii_strcasecmp (g_uri_get_host (first), g_uri_get_host (second))
                == 0
         && port_of (first) == port_of (second);
}

/**
 * mdoc_uri_normalise:
 * @uri: any text
 *
 * The form in which RFC 9449, section 4.3, compares addresses: without query
 * and fragment, normalised by syntax and scheme (RFC 3986, 6.2.2 and 6.2.3).
 *
 * Returns: (transfer full) (nullable): the normal form; %NULL if @uri is no
 *   address of http or https
 */
char *
mdoc_uri_normalise (const char *uri)
{
  g_autoptr (GUri) parsed = parse (uri);
  gboolean is_https;
  g_autofree char *scheme = NULL;
  g_autofree char *host = NULL;
  g_autofree char *port = NULL;
  const char *path;

  if (parsed == NULL)
    return NULL;
  is_https = has_scheme (parsed, "https");
  if (!is_https && !has_scheme (parsed, "http"))
    return NULL;

  scheme = g_ascii_strdown (g_uri_get_scheme (parsed), -1);
  host = g_ascii_strdown (g_uri_get_host (parsed), -1);
  /* GLib has brought it to the form of RFC 3986, 6.2.2: escapes in capitals
   * and only where they are needed, and no segments of dots */
  path = g_uri_get_path (parsed);
  if (port_of (parsed) != (is_https ? 443 : 80))
    port = g_strdup_printf (":%d", port_of (parsed));

  /* an IPv6 address has lost its brackets */
  return g_strconcat (scheme,
                      "://",
                      strchr (host, ':') != NULL ? "[" : "",
                      host,
                      strchr (host, ':') != NULL ? "]" : "",
                      port != NULL ? port : "",
                      *path == '/' ? path : "/",
                      NULL);
}

/* One name or value: '+' is a space, %xx a byte. */
static char *
decode (const char *text, gsize len, GError **error)
{
  g_autoptr (GString) decoded = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++)
    {
      guint value = (guchar) text[i];

      if (text[i] == '+')
        value = ' ';
      else if (text[i] == '%')
        {
          /* what ends the text, or the field, is no digit */
          if (!g_ascii_isxdigit (text[i + 1])
              || !g_ascii_isxdigit (text[i + 2]))
            {
              refuse (error, MDOC_FORM_ERROR_MALFORMED, "Escape is malformed");
              return NULL;
            }
          value = (guint) (g_ascii_xdigit_value (text[i + 1]) << 4
                           | g_ascii_xdigit_value (text[i + 2]));
          i += 2;
        }
      g_string_append_c (decoded, (char) value);
    }

  /* this refuses NUL as well */
  if (!g_utf8_validate_len (decoded->str, decoded->len, NULL))
    {
      refuse (error, MDOC_FORM_ERROR_MALFORMED, "Form is not UTF-8");
      return NULL;
    }
  return g_string_free (g_steal_pointer (&decoded), FALSE);
}

static gboolean
parse_field (GHashTable *fields, const char *text, gsize len, GError **error)
{
  const char *equals = memchr (text, '=', len);
  gsize name_len = equals != NULL ? (gsize) (equals - text) : len;
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  name = decode (text, name_len, error);
  if (name == NULL)
    return FALSE;
  value = equals != NULL ? decode (equals + 1, len - name_len - 1, error)
                         : g_strdup ("");
  if (value == NULL)
    return FALSE;

  if (g_hash_table_contains (fields, name))
    return refuse (error,
                   MDOC_FORM_ERROR_DUPLICATE,
                   "A field stands twice in the form");
  if (g_hash_table_size (fields) == MDOC_FORM_MAX_FIELDS)
    return refuse (error, MDOC_FORM_ERROR_LIMIT, "Form has too many fields");
  g_hash_table_insert (fields,
                       g_steal_pointer (&name),
                       g_steal_pointer (&value));
  return TRUE;
}

/**
 * mdoc_form_parse:
 * @text: a form, or the query of an address
 * @error: return location for a #MdocFormError
 *
 * Returns: (transfer full) (element-type utf8 utf8): its fields by name, both
 *   in UTF-8; a field without "=" is empty. %NULL with @error set
 */
GHashTable *
mdoc_form_parse (const char *text, GError **error)
{
  g_autoptr (GHashTable) fields = NULL;

  if (strlen (text) > MDOC_FORM_MAX_LEN)
    {
      refuse (error, MDOC_FORM_ERROR_LIMIT, "Form is too long");
      return NULL;
    }

  fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (const char *p = text; *p != '\0';)
    {
      gsize len = strcspn (p, "&");

      if (len > 0 && !parse_field (fields, p, len, error))
        return NULL;
      p += len + (p[len] == '&');
    }

  return g_steal_pointer (&fields);
}

static void
append_escaped (GString *form, const char *text)
{
  g_autofree char *escaped = g_uri_escape_string (text, NULL, FALSE);

  g_string_append (form, escaped);
}

/**
 * mdoc_form_add:
 * @form: a form, empty at first
 * @name: a field's name
 * @value: (nullable): its value in UTF-8; %NULL leaves the field out
 *
 * Adds a field. A space becomes %20, which both kinds of decoder read.
 */
void
mdoc_form_add (GString *form, const char *name, const char *value)
{
  if (value == NULL)
    return;
  if (form->len > 0)
    g_string_append_c (form, '&');
  append_escaped (form, name);
  g_string_append_c (form, '=');
  append_escaped (form, value);
}
