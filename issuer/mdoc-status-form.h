/*
 * mdoc-status-form.h - how a status list is written, and who wants which
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocStatusForm:
 * @MDOC_STATUS_FORM_JWT: `application/statuslist+jwt`
 * @MDOC_STATUS_FORM_JWT_GZIP: the same, for who takes the coding "gzip": what
 *   base64 adds, twice, is taken out again. The other forms are as short as
 * they get.
 * @MDOC_STATUS_FORM_CWT: `application/statuslist+cwt`
 * @MDOC_STATUS_FORM_IDENTIFIERS: `application/identifierlist+cwt`
 *
 * How a list is written.
 */
typedef enum
{
  MDOC_STATUS_FORM_JWT,
  MDOC_STATUS_FORM_JWT_GZIP,
  MDOC_STATUS_FORM_CWT,
  MDOC_STATUS_FORM_IDENTIFIERS,
} MdocStatusForm;

const char *mdoc_status_form_get_media_type (MdocStatusForm form);
/* @accept, @accept_encoding: (nullable): headers. Returns: %FALSE if none of
 * those that there are is wanted */
gboolean mdoc_status_form_choose (const char *accept,
                                  const char *accept_encoding,
                                  gboolean is_identifier_list,
                                  MdocStatusForm *ret_form);

G_END_DECLS
