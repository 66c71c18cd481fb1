/*
 * mdoc-test-reader.h - a reader with a certificate
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-certificate.h"

G_BEGIN_DECLS

#define MDOC_TEST_READER_NOT_BEFORE ((gint64) 1767225600) /* 2026-01-01 */
#define MDOC_TEST_READER_NOW        ((gint64) 1780272000) /* 2026-06-01 */
#define MDOC_TEST_READER_NOT_AFTER  ((gint64) 1798761600) /* 2027-01-01 */

typedef struct
{
  MdocKey *key;
  MdocKey *authority_key;
  GPtrArray *chain;   /* the reader's certificate alone */
  GPtrArray *anchors; /* its authority's */
} MdocTestReader;

/* Returns: (transfer full): a reader of that name, under an authority of its
 * own, both with keys on @curve */
MdocTestReader *mdoc_test_reader_new (const char *name, MdocCurve curve);
void mdoc_test_reader_free (MdocTestReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTestReader, mdoc_test_reader_free)

/* Returns: (transfer full): a key on P-256 whose hardware is broken */
MdocKey *mdoc_test_key_that_fails (void);

G_END_DECLS
