/*
 * mdoc-match-private.h - the parts of matching
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-match-document-private.h"
#include "mdoc/mdoc-match.h"
#include "mdoc/mdoc-pool.h"

G_BEGIN_DECLS

#define MDOC_MATCH_MAX_AGE 100 /* age_over_00 to age_over_99 */
#define MDOC_MATCH_NO_ITEM G_MAXUINT

/* The ages that a candidate, or a choice of several, gives away. */
typedef struct
{
  guint ages[MDOC_MATCH_MAX_AGE_OVER];
  guint n_ages;
} MdocMatchAges;

gboolean mdoc_match_ages_add (MdocMatchAges *self, guint age);

/* A document as one document type sees it. */
typedef struct _MdocMatchView MdocMatchView;

MdocMatchView *
mdoc_match_view_new (MdocMatchDocument *document, MdocDocType *doc_type);
void mdoc_match_view_free (MdocMatchView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocMatchView, mdoc_match_view_free)

MdocMatchDocument *mdoc_match_view_get_document (const MdocMatchView *self);
MdocDocType *mdoc_match_view_get_doc_type (const MdocMatchView *self);
/* the item that answers a requested element, or %MDOC_MATCH_NO_ITEM;
 * @ret_age is %MDOC_MATCH_MAX_AGE for what is no age_over_NN */
guint mdoc_match_view_resolve (const MdocMatchView *self,
                               const char *name_space,
                               const char *element,
                               MdocMatchVia *ret_via,
                               guint *ret_age);
gboolean mdoc_match_view_is_portrait (const MdocMatchView *self,
                                      const char *name_space,
                                      const char *element);

/* What the public candidate does not show; both arrays have the same order. */
typedef struct
{
  MdocMatchAges ages;
  gsize document_bytes; /* of the Document and its place in the response */
} MdocMatchCost;

typedef struct
{
  MdocMatchDocRequest shown;
  MdocMatchCandidate *candidates;
  MdocMatchCost *costs;
} MdocMatchPart;

struct _MdocMatch
{
  gatomicrefcount refs;
  MdocPool pool;
  MdocDeviceRequest *request;
  GPtrArray *documents; /* of MdocMatchDocument */
  MdocMatchPart *parts; /* one a doc request */
  guint n_parts;
  gsize base_bytes; /* of a DeviceResponse without documents */
  MdocMatchChoice *proposal;
  guint n_choices;
  guint64 n_steps; /* look-ups done, for tests of what matching costs */
};

guint64 mdoc_match_get_n_steps (MdocMatch *self);
/* Returns: how many use cases there are */
guint mdoc_match_get_n_use_cases (MdocMatch *self);

/* fills in a part for one doc request; @views are of all documents */
void mdoc_match_evaluate (MdocMatch *self,
                          guint doc_request,
                          const MdocMatchView *const *views,
                          MdocDocTypeTable *doc_types);
void mdoc_match_propose (MdocMatch *self);

gsize mdoc_match_estimate_base (MdocDeviceRequest *request);
gsize mdoc_match_estimate_document (MdocItemsRequest *request,
                                    MdocMatchDocument *document,
                                    const MdocMatchCandidate *candidate);

G_END_DECLS
