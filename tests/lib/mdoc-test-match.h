/*
 * mdoc-test-match.h - wallets, requests and matches as short texts
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-match.h"

G_BEGIN_DECLS

/* Name spaces are one letter and a slash: `m/` org.iso.18013.5.1, `u/` that of
 * AAMVA, `p/` org.iso.23220.1, `q/` org.iso.23220.photoid.1, `d/`
 * org.iso.23220.dtc.1, `g/` org.iso.23220.datagroups.1, `e/` that of the PID.
 * Document types are `mdl`, `photoid`, `photoID` (its old name), `pid`, or
 * stand for themselves. */

/**
 * mdoc_test_wallet_new:
 * @text: documents, separated by `;`: a document type, then words: `m/name` an
 *   item, `m/age_over_21+` or `-` one that is true or false, `m/portrait:2000`
 *   one of so many bytes, `@0a` the identifier of an issuer
 *
 * Returns: (transfer full) (element-type MdocMatchDocument): the documents
 */
GPtrArray *mdoc_test_wallet_new (const char *text);

/**
 * mdoc_test_request_new:
 * @text: doc requests, separated by `;`: a document type, then words: `m/name`
 *   an element, `m/name!` to retain, `m/name>m/a+m/b|m/c` with alternatives,
 *   `@0a` the identifier of an issuer, `unique`, `several`, `max=2000`, `zk`
 *   `zk?` `enc`. After `#` use cases, separated by `;`: `M` mandatory or `O`,
 *   then document sets such as `0,1|2`.
 *
 * Returns: (transfer full): the request
 */
MdocDeviceRequest *mdoc_test_request_new (const char *text);

/* Returns: (transfer full): the document types of the source tree */
MdocDocTypeTable *mdoc_test_doc_types_new (void);

/**
 * mdoc_test_match_to_text:
 * @match: a match
 *
 * Returns: (transfer full): a line for each doc request: its outcome, then for
 *   each candidate its index, what leaves, `-m/name` for what is not answered,
 *   `^m/name` if that is for too many ages; what leaves is marked `!` if it is
 *   retained, `*` as the portrait, `~` a nearest age, `=` a synonym, `>` an
 *   alternative. The last line is the proposal: doc request and document.
 */
char *mdoc_test_match_to_text (MdocMatch *match);

G_END_DECLS
