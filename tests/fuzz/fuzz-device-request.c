/*
 * fuzz-device-request.c - mdoc_device_request_parse() on anything, and who asks
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-request.h"
#include "tests/fuzz/request-invariants.h"

#define NOW ((gint64) 1780272000) /* 2026-06-01 */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_within (MdocSpan part, GBytes *whole)
{
  const guint8 *start;
  gsize size;

  start = g_bytes_get_data (whole, &size);
  g_assert_true (part.data >= start);
  g_assert_true (part.data + part.len <= start + size);
}

static void
check_use_cases (MdocDeviceRequestInfo *info, guint n_doc_requests)
{
  guint n = mdoc_device_request_info_get_n_use_cases (info);

  g_assert_cmpuint (n, <=, MDOC_REQUEST_MAX_USE_CASES);
  for (guint i = 0; i < n; i++)
    {
      const MdocUseCase *use_case;

      use_case = mdoc_device_request_info_get_use_case (info, i);
      g_assert_cmpuint (use_case->n_sets, >=, 1);
      for (guint j = 0; j < use_case->n_sets; j++)
        {
          const MdocDocumentSet *set = &use_case->sets[j];

          g_assert_cmpuint (set->n_doc_requests, >=, 1);
          g_assert_cmpuint (set->n_doc_requests, <=, n_doc_requests);
          for (guint k = 0; k < set->n_doc_requests; k++)
            g_assert_cmpuint (set->doc_requests[k], <, n_doc_requests);
        }
      for (guint j = 0; j < use_case->n_hints; j++)
        check_name (use_case->hints[j].controller);
    }
}

/* Nobody is trusted where there are no anchors, whatever is signed. */
static void
check_readers (MdocDeviceRequest *request)
{
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();
  g_auto (MdocReaderIdentity) identity = { 0 };
  g_autoptr (GError) error = NULL;

  transcript = mdoc_transcript_new_qr (mdoc_span_from_text ("e"),
                                       mdoc_span_from_text ("k"));
  g_assert_true (mdoc_device_request_check_reader (request,
                                                   0,
                                                   transcript,
                                                   anchors,
                                                   NULL,
                                                   NOW,
                                                   &identity,
                                                   &error));
  g_assert_no_error (error);
  g_assert_false (mdoc_reader_identity_is_trusted (&identity));
  g_assert_cmpint (identity.is_signed,
                   ==,
                   mdoc_device_request_has_reader_auth (request, 0)
                       || mdoc_device_request_get_n_reader_auth_all (request)
                              > 0);
  g_assert_true (identity.certificate != NULL
                 || identity.path == MDOC_PATH_NO_CERTIFICATE);
}

static void
check_request (MdocDeviceRequest *request, GBytes *encoded)
{
  guint n = mdoc_device_request_get_n_doc_requests (request);
  MdocDeviceRequestInfo *info = mdoc_device_request_get_info (request);

  g_assert_true (mdoc_device_request_get_encoded (request) == encoded);
  g_assert_true (
      g_str_has_prefix (mdoc_device_request_get_version (request), "1."));
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <=, MDOC_REQUEST_MAX_DOC_REQUESTS);
  for (guint i = 0; i < n; i++)
    {
      MdocItemsRequest *items_request;

      items_request = mdoc_device_request_get_items_request (request, i);
      check_items_request (items_request);
      check_within (mdoc_device_request_get_items_request_bytes (request, i),
                    encoded);
      check_within (mdoc_span_from_bytes (
                        mdoc_items_request_get_encoded (items_request)),
                    encoded);
    }

  if (info != NULL)
    check_use_cases (info, n);
  for (guint i = 0; i < mdoc_device_request_get_n_mac_keys (request); i++)
    {
      g_autoptr (MdocPublicKey) key = NULL;
      g_autoptr (GError) error = NULL;

      key = mdoc_device_request_dup_mac_key (request, i, &error);
      g_assert_true ((key == NULL) == (error != NULL));
    }
  check_readers (request);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) encoded = g_bytes_new (data, size);
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  request = mdoc_device_request_parse (encoded, &error);
  g_assert_true ((request == NULL) == (error != NULL));
  if (request != NULL)
    check_request (request, encoded);

  return 0;
}
