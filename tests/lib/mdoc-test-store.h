/*
 * mdoc-test-store.h - a store for one test
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "storage/mdoc-store-private.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

#define MDOC_TEST_NOW ((gint64) 1700000000)

typedef struct
{
  char *parent;
  char *state_dir;
  char *database;
  char *log;
  char *key_file;
} MdocTestStore;

void mdoc_test_store_set_up (MdocTestStore *self, gconstpointer data);
void mdoc_test_store_tear_down (MdocTestStore *self, gconstpointer data);

MdocStore *mdoc_test_store_try_open (MdocTestStore *self, GError **error);
MdocStore *mdoc_test_store_open (MdocTestStore *self);

MdocStoredKey *mdoc_test_store_create_key (MdocStore *store,
                                           MdocKeyAuth auth,
                                           const char *label);
/* what every document of a test holds */
MdocSpan mdoc_test_store_get_encoded (void);
MdocStoredDocument *mdoc_test_store_add_document (MdocStore *store,
                                                  const char *key_id,
                                                  MdocSpan encoded,
                                                  GError **error);
/* its only copy */
GBytes *mdoc_test_store_load (MdocStore *store,
                              const char *document_id,
                              GError **error);
void mdoc_test_store_remove (MdocStore *store, const char *document_id);
/* one row of each kind */
void mdoc_test_store_fill (MdocStore *store,
                           char **ret_key_id,
                           char **ret_document_id);

G_END_DECLS
