/*
 * fuzz-nfc-handover.c - mdoc_nfc_handover_parse() on anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "engagement/mdoc-nfc-handover.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
assert_inside (MdocSpan span, MdocSpan whole)
{
  if (span.len == 0)
    return;

  g_assert_true (span.data >= whole.data);
  g_assert_true (span.data + span.len <= whole.data + whole.len);
}

static void
assert_handover (const MdocNfcHandover *handover, MdocSpan whole)
{
  g_assert_true (handover->message.data == whole.data);
  g_assert_cmpuint (handover->message.len, ==, whole.len);
  assert_inside (handover->engagement, whole);
  g_assert_cmpuint (handover->n_carriers, <=, MDOC_NDEF_MAX_RECORDS);

  for (guint i = 0; i < handover->n_carriers; i++)
    {
      const MdocNfcCarrier *carrier = &handover->carriers[i];

      assert_inside (carrier->record.type, whole);
      assert_inside (carrier->record.id, whole);
      assert_inside (carrier->record.payload, whole);
      if (carrier->kind == MDOC_RETRIEVAL_BLE)
        g_assert_cmpuint (carrier->ble.role, <=, MDOC_BLE_ROLE_PREFERS_CENTRAL);
      if (carrier->kind == MDOC_RETRIEVAL_NFC && carrier->has_nfc_sizes)
        {
          g_assert_cmpuint (carrier->nfc.max_command_bytes, >=, 255);
          g_assert_cmpuint (carrier->nfc.max_response_bytes, <=, 65536);
        }
    }
}

/* What leads somewhere has a UUID for each of its modes. */
static void
assert_way (const MdocNfcHandover *handover)
{
  const MdocNfcCarrier *ble = mdoc_nfc_handover_find (handover,
                                                      MDOC_RETRIEVAL_BLE);
  g_autoptr (GError) error = NULL;
  MdocBleOptions options;

  if (mdoc_nfc_handover_get_ble (handover, NULL, &options, &error))
    {
      g_assert_true (options.has_central_client
                     || options.has_peripheral_server);
      g_assert_true (ble != NULL && ble->ble.has_uuid);
    }
  else
    {
      g_assert_error (error, MDOC_NFC_ERROR, MDOC_NFC_ERROR_SCHEMA);
      g_assert_true (ble == NULL || !ble->ble.has_uuid);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  g_autoptr (GError) error = NULL;
  MdocSpan message = MDOC_SPAN (copy, size);
  MdocNfcHandover handover;

  if (mdoc_nfc_handover_parse (message, &handover, &error))
    {
      g_assert_no_error (error);
      assert_handover (&handover, message);
      assert_way (&handover);
    }
  else
    g_assert_nonnull (error);
  return 0;
}
