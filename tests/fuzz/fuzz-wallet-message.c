/*
 * fuzz-wallet-message.c - messages of the wallet API made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-wallet-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
assert_error (gconstpointer result, const GError *error)
{
  g_assert_true ((result == NULL) == (error != NULL));
  g_assert_true (error == NULL || error->domain == MDOC_JSON_ERROR);
}

/* What is read can be written, and is then read as the same. */
static void
check_sync (MdocSpan json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocWalletSync) sync = mdoc_wallet_sync_parse (json, &error);
  g_autoptr (MdocWalletSync) again = NULL;
  g_autofree char *first = NULL, *second = NULL;

  assert_error (sync, error);
  if (sync == NULL)
    return;
  g_assert_cmpuint (sync->docs->len, <=, MDOC_WALLET_MAX_DOCS);
  first = mdoc_wallet_sync_to_json (sync);
  again = mdoc_wallet_sync_parse (mdoc_span_from_text (first), &error);
  g_assert_no_error (error);
  second = mdoc_wallet_sync_to_json (again);
  g_assert_cmpstr (first, ==, second);
}

static void
check_reply (MdocSpan json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocWalletSyncReply) reply = mdoc_wallet_sync_reply_parse (json,
                                                                        &error);
  g_autoptr (MdocWalletSyncReply) again = NULL;
  g_autofree char *first = NULL, *second = NULL;

  assert_error (reply, error);
  if (reply == NULL)
    return;
  g_assert_cmpuint (reply->docs->len, <=, MDOC_WALLET_MAX_DOCS);
  g_assert_cmpuint (reply->actions->len, <=, MDOC_WALLET_MAX_ACTIONS);
  g_assert_cmpuint (reply->messages->len, <=, MDOC_WALLET_MAX_MESSAGES);
  g_assert_cmpint (reply->next_sync_after_s, >=, 0);
  g_assert_cmpint (reply->next_sync_after_s, <=, MDOC_WALLET_MAX_SYNC_S);
  first = mdoc_wallet_sync_reply_to_json (reply);
  again = mdoc_wallet_sync_reply_parse (mdoc_span_from_text (first), &error);
  g_assert_no_error (error);
  second = mdoc_wallet_sync_reply_to_json (again);
  g_assert_cmpstr (first, ==, second);
}

static void
check_small_ones (MdocSpan json)
{
  g_autoptr (MdocWalletReceipt) receipt = mdoc_wallet_receipt_parse (json,
                                                                     NULL);
  g_autoptr (MdocWalletRemoval) removal = mdoc_wallet_removal_parse (json,
                                                                     NULL);
  g_autofree char *ack G_GNUC_UNUSED = mdoc_wallet_ack_parse (json, NULL);
  g_autofree char *proof G_GNUC_UNUSED = mdoc_wallet_recover_parse (json, NULL);
  g_autofree char *nonce G_GNUC_UNUSED = mdoc_wallet_nonce_parse (json, NULL);
  g_autofree char *code = NULL;
  gint64 expires_in_s = -1;

  code = mdoc_wallet_recovery_parse (json, &expires_in_s, NULL);
  g_assert_true ((code == NULL) == (expires_in_s == -1));
  if (receipt != NULL)
    {
      g_autofree char *text = mdoc_wallet_receipt_to_json (receipt);
      g_autoptr (MdocWalletReceipt) again
          = mdoc_wallet_receipt_parse (mdoc_span_from_text (text), NULL);

      g_assert_cmpstr (again->mid_uid, ==, receipt->mid_uid);
      g_assert_cmpint (again->generation, ==, receipt->generation);
    }
  if (removal != NULL)
    {
      g_autofree char *text = mdoc_wallet_removal_to_json (removal);
      g_autoptr (MdocWalletRemoval) again
          = mdoc_wallet_removal_parse (mdoc_span_from_text (text), NULL);

      g_assert_cmpint (again->at_unix_s, ==, removal->at_unix_s);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MdocSpan json = MDOC_SPAN (data, size);

  check_sync (json);
  check_reply (json);
  check_small_ones (json);
  return 0;
}
