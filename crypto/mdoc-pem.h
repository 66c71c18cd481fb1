/*
 * mdoc-pem.h - RFC 7468 text around DER
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocPem:
 *
 * A place in a text with any number of PEM blocks, and whatever else, in it.
 */
typedef struct
{
  /*< private >*/
  const char *pos;
  const char *end;
} MdocPem;

typedef enum
{
  MDOC_PEM_BLOCK,
  MDOC_PEM_END,       /* no further block */
  MDOC_PEM_MALFORMED, /* begun, but no base64 or no end */
} MdocPemResult;

MdocPem mdoc_pem_open (MdocSpan text);
/* the label ("EC PRIVATE KEY") borrows the text; the content may be a key */
MdocPemResult
mdoc_pem_next (MdocPem *self, MdocSpan *ret_label, MdocSecret **ret_der);

MdocSecret *mdoc_pem_write (const char *label, MdocSpan der);

G_END_DECLS
