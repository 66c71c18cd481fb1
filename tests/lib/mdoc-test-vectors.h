/*
 * mdoc-test-vectors.h - published test vectors, read where they lie
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * mdoc_test_load_vectors:
 * @file: name of a file in the folder that MDOC_TEST_VECTORS names
 *
 * Loads a file of vectors. One that is not there fails the test, by a message
 * that names it.
 *
 * Returns: (transfer full): the root, an object
 */
JsonNode *mdoc_test_load_vectors (const char *file);

/**
 * mdoc_test_annex_d:
 * @name: an entry of iso18013-5-annex-d.json, such as "iaca_cert_der"
 *
 * Returns: (transfer full): its bytes; an unknown name fails the test
 */
GBytes *mdoc_test_annex_d (const char *name);

G_END_DECLS
