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
 * mdoc_test_vectors_load:
 * @file: a file of the folder in $MDOC_TEST_VECTORS, such as
 *   `oid4vp-mdoc.json`
 *
 * A folder or file that is not there ends the test with a word on what to do.
 *
 * Returns: (transfer full): its content, which is an object
 */
JsonObject *mdoc_test_vectors_load (const char *file);

/**
 * mdoc_test_vectors_dup_hex:
 * @object: an object
 * @member: a member whose text is hexadecimal
 *
 * Returns: (transfer full): the bytes
 */
GBytes *mdoc_test_vectors_dup_hex (JsonObject *object, const char *member);

/**
 * mdoc_test_annex_d:
 * @name: an entry of iso18013-5-annex-d.json, such as `session_data`
 *
 * Returns: (transfer full): its bytes
 */
GBytes *mdoc_test_annex_d (const char *name);

G_END_DECLS
