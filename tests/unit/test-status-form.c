/*
 * test-status-form.c - which form of a status list whoever asks gets
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-status-form.h"

#define JWT "application/statuslist+jwt"
#define CWT "application/statuslist+cwt"
#define IDL "application/identifierlist+cwt"

static void
test_choose (void)
{
  static const struct
  {
    const char *accept;
    gboolean is_identifier_list;
    const char *type; /* NULL: 406 */
  } rows[] = {
    { NULL, FALSE, CWT },
    { "", FALSE, CWT },
    { "*/*", FALSE, CWT },
    { "application/*", FALSE, CWT },
    { JWT, FALSE, JWT },
    { CWT, FALSE, CWT },
    { "Application/StatusList+JWT", FALSE, JWT },
    { JWT ", " CWT, FALSE, CWT },
    { JWT ", " CWT ";q=0.5", FALSE, JWT },
    { CWT ";q=0.1, " JWT " ; q=0.2", FALSE, JWT },
    { CWT ";q=0, */*", FALSE, JWT },
    { "*/*;q=0.1, " JWT, FALSE, JWT },
    { "text/html", FALSE, NULL },
    { JWT ";q=0", FALSE, NULL },
    { IDL, FALSE, NULL },
    { NULL, TRUE, IDL },
    { "*/*", TRUE, IDL },
    { IDL, TRUE, IDL },
    { IDL ";q=0, */*", TRUE, NULL },
    { JWT, TRUE, NULL },
    { CWT, TRUE, NULL },
    { ",;,", FALSE, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MdocStatusForm form;
      gboolean is_there = mdoc_status_form_choose (rows[i].accept,
                                                   NULL,
                                                   rows[i].is_identifier_list,
                                                   &form);

      g_test_message ("%s", rows[i].accept == NULL ? "-" : rows[i].accept);
      g_assert_cmpint (is_there, ==, rows[i].type != NULL);
      if (is_there)
        g_assert_cmpstr (mdoc_status_form_get_media_type (form),
                         ==,
                         rows[i].type);
    }
}

/* RFC 9110, 12.5.3 */
static void
test_gzip (void)
{
  static const struct
  {
    const char *accept;
    const char *accept_encoding;
    MdocStatusForm form;
  } rows[] = {
    { JWT, NULL, MDOC_STATUS_FORM_JWT },
    { JWT, "", MDOC_STATUS_FORM_JWT },
    { JWT, "gzip", MDOC_STATUS_FORM_JWT_GZIP },
    { JWT, "x-gzip", MDOC_STATUS_FORM_JWT_GZIP },
    { JWT, "gzip, deflate, br", MDOC_STATUS_FORM_JWT_GZIP },
    { JWT, "br;q=1.0, GZIP ; q=0.8", MDOC_STATUS_FORM_JWT_GZIP },
    { JWT, "*", MDOC_STATUS_FORM_JWT_GZIP },
    { JWT, "*;q=0.5, gzip;q=0", MDOC_STATUS_FORM_JWT },
    { JWT, "gzip;q=0", MDOC_STATUS_FORM_JWT },
    { JWT, "gzip;q=0.5, identity", MDOC_STATUS_FORM_JWT },
    { JWT, "gzip;q=0.5, identity;q=0.2", MDOC_STATUS_FORM_JWT_GZIP },
    { JWT, "identity", MDOC_STATUS_FORM_JWT },
    { JWT, "br, deflate", MDOC_STATUS_FORM_JWT },
    { JWT, ",;,", MDOC_STATUS_FORM_JWT },
    { JWT, "gzipped", MDOC_STATUS_FORM_JWT },
    { CWT, "gzip", MDOC_STATUS_FORM_CWT },
    { NULL, "gzip", MDOC_STATUS_FORM_CWT },
  };
  MdocStatusForm form;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].accept_encoding);
      g_assert_true (mdoc_status_form_choose (rows[i].accept,
                                              rows[i].accept_encoding,
                                              FALSE,
                                              &form));
      g_assert_cmpint (form, ==, rows[i].form);
    }
  g_assert_true (mdoc_status_form_choose (IDL, "gzip", TRUE, &form));
  g_assert_cmpint (form, ==, MDOC_STATUS_FORM_IDENTIFIERS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/status-form/choose", test_choose);
  g_test_add_func ("/status-form/gzip", test_gzip);
  return g_test_run ();
}
