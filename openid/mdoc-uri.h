/*
 * mdoc-uri.h - web addresses and forms, as OAuth uses them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* longest address accepted, in bytes */
#define MDOC_URI_MAX_LEN ((gsize) 2048)
/* most fields in a form, and longest form, in bytes */
#define MDOC_FORM_MAX_FIELDS 64
#define MDOC_FORM_MAX_LEN    ((gsize) 128 * 1024)

/**
 * MdocFormError:
 * @MDOC_FORM_ERROR_MALFORMED: a % without two digits, a text that is not UTF-8
 *   or has a NUL
 * @MDOC_FORM_ERROR_LIMIT: too long, or too many fields
 * @MDOC_FORM_ERROR_DUPLICATE: a field stands there twice (RFC 6749, 3.2)
 *
 * Why a form was refused. Every code blames whoever wrote it.
 */
typedef enum
{
  MDOC_FORM_ERROR_MALFORMED,
  MDOC_FORM_ERROR_LIMIT,
  MDOC_FORM_ERROR_DUPLICATE,
} MdocFormError;

#define MDOC_FORM_ERROR (mdoc_form_error_quark ())
GQuark mdoc_form_error_quark (void);

/* an https address with a host, without user and fragment, in ASCII */
gboolean mdoc_uri_is_https (const char *uri);
/* the same, also without a query: what names an issuer */
gboolean mdoc_uri_is_issuer (const char *uri);
/* two addresses of one origin (RFC 6454, 4); FALSE if one is no address */
gboolean mdoc_uri_has_same_origin (const char *a, const char *b);
/* as RFC 9449 compares them; (nullable) if it is no address of http or https */
char *mdoc_uri_normalise (const char *uri) G_GNUC_WARN_UNUSED_RESULT;

/* application/x-www-form-urlencoded; the table owns names and values */
GHashTable *mdoc_form_parse (const char *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* adds "name=value", with "&" before it if the form is not empty; a @value that
 * is %NULL adds nothing */
void mdoc_form_add (GString *form, const char *name, const char *value);

G_END_DECLS
