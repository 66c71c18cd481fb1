/*
 * mdoc-device-request-info.c - how the documents of a request go together
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-request-info.h"

#include "mdoc/mdoc-request-private.h"

/* ISO/IEC 18013-5, second edition (draft):
 *
 *   DeviceRequestInfo = {                  ; with at least one entry
 *     ? "useCases" : [+ UseCase],
 *     * tstr => any
 *   }
 *   UseCase = {
 *     "mandatory" : bool,
 *     "documentSets" : [+ [+ uint]],       ; indices into docRequests
 *     ? "purposeHints" : { + tstr => int }
 *   }
 */

static const MdocCborLimits limits = {
  .max_bytes = (gsize) 32 * 1024,
  .max_depth = 12,    /* what we do not know may nest */
  .max_items = 20000, /* 32 use cases of 32 sets of 16 documents are 17,000 */
};

struct _MdocDeviceRequestInfo
{
  gatomicrefcount refs;
  MdocPool pool;

  MdocUseCase *use_cases;
  guint n_use_cases;
};

static gboolean
parse_document_set (MdocDeviceRequestInfo *self,
                    MdocCborItem item,
                    guint n_doc_requests,
                    MdocDocumentSet *set,
                    GError **error)
{
  guint *doc_requests;
  guint32 seen = 0;
  MdocCborIter iter;
  guint n;

  G_STATIC_ASSERT (MDOC_REQUEST_MAX_DOC_REQUESTS <= 32);

  if (!mdoc_request_iter_filled_array (item,
                                       "Document set",
                                       MDOC_REQUEST_MAX_DOC_REQUESTS,
                                       &iter,
                                       &n,
                                       error))
    return FALSE;

  doc_requests = mdoc_pool_new0 (&self->pool, guint, n);
  for (guint i = 0; i < n; i++)
    {
      guint64 index;

      if (!mdoc_cbor_get_uint (mdoc_cbor_iter_next (&iter),
                               "Index in a document set",
                               G_MAXUINT64,
                               &index,
                               error))
        return FALSE;
      if (index >= n_doc_requests)
        return mdoc_cbor_refuse (error,
                                 MDOC_CBOR_ERROR_SCHEMA,
                                 "Index in a document set",
                                 "is that of no doc request");
      if ((seen & (guint32) 1 << index) != 0)
        return mdoc_cbor_refuse (error,
                                 MDOC_CBOR_ERROR_SCHEMA,
                                 "Index in a document set",
                                 "stands there twice");
      seen |= (guint32) 1 << index;
      doc_requests[i] = (guint) index;
    }

  set->doc_requests = doc_requests;
  set->n_doc_requests = n;
  return TRUE;
}

static gboolean
parse_document_sets (MdocDeviceRequestInfo *self,
                     MdocCborItem item,
                     guint n_doc_requests,
                     MdocUseCase *use_case,
                     GError **error)
{
  MdocDocumentSet *sets;
  MdocCborIter iter;

  if (!mdoc_request_iter_filled_array (item,
                                       "documentSets",
                                       MDOC_REQUEST_MAX_DOCUMENT_SETS,
                                       &iter,
                                       &use_case->n_sets,
                                       error))
    return FALSE;

  sets = mdoc_pool_new0 (&self->pool, MdocDocumentSet, use_case->n_sets);
  use_case->sets = sets;
  for (guint i = 0; i < use_case->n_sets; i++)
    if (!parse_document_set (self,
                             mdoc_cbor_iter_next (&iter),
                             n_doc_requests,
                             &sets[i],
                             error))
      return FALSE;

  return TRUE;
}

static gboolean
parse_purpose_hints (MdocDeviceRequestInfo *self,
                     MdocCborItem item,
                     MdocUseCase *use_case,
                     GError **error)
{
  MdocCborItem key, value;
  MdocPurposeHint *hints;
  MdocCborIter iter;

  if (mdoc_request_is_absent (item))
    return TRUE;
  if (!mdoc_request_iter_filled_map (item,
                                     "purposeHints",
                                     MDOC_REQUEST_MAX_PURPOSE_HINTS,
                                     &iter,
                                     &use_case->n_hints,
                                     error))
    return FALSE;

  hints = mdoc_pool_new0 (&self->pool, MdocPurposeHint, use_case->n_hints);
  use_case->hints = hints;
  for (; mdoc_cbor_iter_next_pair (&iter, &key, &value); hints++)
    if (!mdoc_request_get_name (&self->pool,
                                key,
                                "Controller of a purpose hint",
                                &hints->controller,
                                error)
        || !mdoc_cbor_get_int (value, "Purpose hint", &hints->value, error))
      return FALSE;

  return TRUE;
}

static gboolean
parse_use_case (MdocDeviceRequestInfo *self,
                MdocCborItem item,
                guint n_doc_requests,
                MdocUseCase *use_case,
                GError **error)
{
  return mdoc_cbor_require_map (item, "Use case", error)
         && mdoc_cbor_get_boolean (mdoc_cbor_map_lookup (item, "mandatory"),
                                   "mandatory of a use case",
                                   &use_case->is_mandatory,
                                   error)
         && parse_document_sets (self,
                                 mdoc_cbor_map_lookup (item, "documentSets"),
                                 n_doc_requests,
                                 use_case,
                                 error)
         && parse_purpose_hints (self,
                                 mdoc_request_lookup (item, "purposeHints"),
                                 use_case,
                                 error);
}

static gboolean
parse_use_cases (MdocDeviceRequestInfo *self,
                 MdocCborItem item,
                 guint n_doc_requests,
                 GError **error)
{
  MdocCborIter iter;

  if (mdoc_request_is_absent (item))
    return TRUE;
  if (!mdoc_request_iter_filled_array (item,
                                       "useCases",
                                       MDOC_REQUEST_MAX_USE_CASES,
                                       &iter,
                                       &self->n_use_cases,
                                       error))
    return FALSE;

  self->use_cases = mdoc_pool_new0 (&self->pool,
                                    MdocUseCase,
                                    self->n_use_cases);
  for (guint i = 0; i < self->n_use_cases; i++)
    if (!parse_use_case (self,
                         mdoc_cbor_iter_next (&iter),
                         n_doc_requests,
                         &self->use_cases[i],
                         error))
      return FALSE;

  return TRUE;
}

/**
 * mdoc_device_request_info_parse:
 * @encoded: an encoded `DeviceRequestInfo`: the content of the tag 24 byte
 *   string, without the tag; what is needed of it is copied
 * @n_doc_requests: how many doc requests the device request has
 * @error: return location for a #MdocCborError
 *
 * Parses what a reader says about its doc requests as a whole. An index of no
 * doc request is refused. Keys that the standard does not define are skipped.
 *
 * Returns: (transfer full): the information, or %NULL with @error set
 */
MdocDeviceRequestInfo *
mdoc_device_request_info_parse (MdocSpan encoded,
                                guint n_doc_requests,
                                GError **error)
{
  g_autoptr (MdocDeviceRequestInfo) self = NULL;
  MdocCborIter iter;
  MdocCborItem map;
  guint n_pairs;

  g_return_val_if_fail (n_doc_requests <= MDOC_REQUEST_MAX_DOC_REQUESTS, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!mdoc_cbor_open (encoded, &limits, &map, error)
      || !mdoc_request_iter_filled_map (map,
                                        "DeviceRequestInfo",
                                        G_MAXUINT,
                                        &iter,
                                        &n_pairs,
                                        error))
    return NULL;

  self = g_new0 (MdocDeviceRequestInfo, 1);
  g_atomic_ref_count_init (&self->refs);
  mdoc_pool_init (&self->pool);

  if (!parse_use_cases (self,
                        mdoc_request_lookup (map, "useCases"),
                        n_doc_requests,
                        error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_device_request_info_ref:
 * @self: an information
 *
 * Returns: (transfer full): @self
 */
MdocDeviceRequestInfo *
mdoc_device_request_info_ref (MdocDeviceRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_device_request_info_unref:
 * @self: (nullable): an information
 */
void
mdoc_device_request_info_unref (MdocDeviceRequestInfo *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  mdoc_pool_clear (&self->pool);
  g_free (self);
}

/**
 * mdoc_device_request_info_get_n_use_cases:
 * @self: an information
 *
 * Returns: how many use cases there are; 0: each doc request stands for itself
 */
guint
mdoc_device_request_info_get_n_use_cases (MdocDeviceRequestInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_use_cases;
}

/**
 * mdoc_device_request_info_get_use_case:
 * @self: an information
 * @i: which one
 *
 * Returns: (transfer none): a use case
 */
const MdocUseCase *
mdoc_device_request_info_get_use_case (MdocDeviceRequestInfo *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->n_use_cases, NULL);

  return &self->use_cases[i];
}
