/*
 * mdoc-platform-wallet.c - the wallet API, as the device calls it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "platform/mdoc-platform.h"

#include <string.h>

#include "openid/mdoc-proof.h"
#include "platform/mdoc-platform-private.h"

#define MAX_SMALL_BYTES ((gsize) 64 * 1024)

/* A call of the wallet API: all of it is known from the start, but for a
 * recovery, whose body has the nonce in it. */
typedef struct
{
  char *path;
  char *json;
  gsize max_bytes;
  MdocPlatformAnswer answer;
  MdocKey *device_key; /* of a recovery */
} WalletCall;

static void
wallet_call_free (gpointer data)
{
  WalletCall *self = data;

  g_free (self->path);
  g_free (self->json);
  mdoc_key_unref (self->device_key);
  g_free (self);
}

/* Returns: FALSE if @call has failed, as there is no such API */
static gboolean
has_api (MdocPlatformCall *call)
{
  GError *error = NULL;

  if (mdoc_platform_has_wallet_api (call->platform))
    return TRUE;
  mdoc_platform_refuse (&error,
                        MDOC_PLATFORM_ERROR_UNSUPPORTED,
                        "wallet-api",
                        "Platform has no wallet API");
  mdoc_platform_call_fail (call, error);
  return FALSE;
}

static char *
dup_uri (MdocPlatformCall *call, const char *path)
{
  const char *base = call->platform->issuer_metadata->wallet_uri;

  return g_strconcat (base,
                      g_str_has_suffix (base, "/") ? "" : "/",
                      path,
                      NULL);
}

static void
post (MdocPlatformCall *call)
{
  WalletCall *wallet = call->data;
  g_autofree char *uri = NULL;
  g_autoptr (GBytes) body = NULL;
  MdocPlatformExchange exchange = { .method = "POST",
                                    .content_type = MDOC_TYPE_JSON,
                                    .max_bytes = wallet->max_bytes,
                                    .auth = MDOC_PLATFORM_AUTH_WALLET };

  if (!has_api (call))
    return;
  uri = dup_uri (call, wallet->path);
  body = g_bytes_new (wallet->json, strlen (wallet->json));
  exchange.uri = uri;
  exchange.body = body;
  mdoc_platform_exchange (call, &exchange, wallet->answer);
}

static MdocPlatformCall *
call_new (MdocPlatform *self,
          char *path,
          char *json,
          gsize max_bytes,
          MdocPlatformAnswer answer,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  WalletCall *wallet = g_new0 (WalletCall, 1);

  wallet->path = path;
  wallet->json = json;
  wallet->max_bytes = max_bytes;
  wallet->answer = answer;
  return mdoc_platform_call_new (self,
                                 self->http,
                                 cancellable,
                                 callback,
                                 user_data,
                                 wallet,
                                 wallet_call_free);
}

static void
on_synced (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  MdocWalletSyncReply *reply;
  g_autoptr (GError) cause = NULL;
  GError *error = NULL;

  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  reply = mdoc_wallet_sync_reply_parse (mdoc_span_from_bytes (response->body),
                                        &cause);
  if (reply != NULL)
    {
      mdoc_platform_call_return (call,
                                 reply,
                                 (GDestroyNotify) mdoc_wallet_sync_reply_free);
      return;
    }
  mdoc_platform_refuse_answer (&error, call, response, "sync", cause);
  mdoc_platform_call_fail (call, error);
}

void
mdoc_platform_sync_async (MdocPlatform *self,
                          const MdocWalletSync *sync,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  mdoc_platform_call_start (call_new (self,
                                      g_strdup ("sync"),
                                      mdoc_wallet_sync_to_json (sync),
                                      MDOC_WALLET_REPLY_MAX_BYTES,
                                      on_synced,
                                      cancellable,
                                      callback,
                                      user_data),
                            post);
}

MdocWalletSyncReply *
mdoc_platform_sync_finish (MdocPlatform *self,
                           GAsyncResult *result,
                           GError **error)
{
  return mdoc_platform_call_finish (result, error);
}

/* Results of a notice: told, or nothing left to tell */
enum
{
  TOLD = 1,
  UNKNOWN_THERE,
};

static void
on_told (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  GError *error = NULL;

  if (response->status == 404 || response->status == 410)
    mdoc_platform_call_return (call, GINT_TO_POINTER (UNKNOWN_THERE), NULL);
  else if (mdoc_platform_check_answer (call, response, NULL, &error))
    mdoc_platform_call_return (call, GINT_TO_POINTER (TOLD), NULL);
  else
    mdoc_platform_call_fail (call, error);
}

/* an identifier is not ours: it must not become two parts of a path */
static char *
make_path (const char *before, const char *id, const char *after)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);

  return g_strconcat (before, "/", escaped, "/", after, NULL);
}

static char *
dup_notice_path (const MdocPlatformNoticeData *notice)
{
  switch (notice->kind)
    {
    case MDOC_PLATFORM_ACCEPT:
      return make_path ("device-credentials", notice->id, "accept");
    case MDOC_PLATFORM_DECLINE:
      return make_path ("device-credentials", notice->id, "decline");
    case MDOC_PLATFORM_REMOVAL:
      return make_path ("device-credentials", notice->id, "removal");
    case MDOC_PLATFORM_MESSAGE_READ:
      return make_path ("messages", notice->id, "read");
    case MDOC_PLATFORM_ACTION_ACK:
      return make_path ("actions", notice->id, "ack");
    case MDOC_PLATFORM_RECEIPT:
    default:
      return g_strdup ("receipts");
    }
}

static char *
make_notice_json (const MdocPlatformNoticeData *notice)
{
  const MdocWalletReceipt receipt = { (char *) (gsize) notice->id,
                                      notice->generation,
                                      (char *) (gsize) notice->digest };
  const MdocWalletRemoval removal = {
    (char *) (gsize) (notice->reason != NULL ? notice->reason : "holder"),
    notice->at_unix_s
  };

  switch (notice->kind)
    {
    case MDOC_PLATFORM_RECEIPT:
      return mdoc_wallet_receipt_to_json (&receipt);
    case MDOC_PLATFORM_REMOVAL:
      return mdoc_wallet_removal_to_json (&removal);
    case MDOC_PLATFORM_ACTION_ACK:
      return mdoc_wallet_ack_write (notice->reason != NULL ? notice->reason
                                                           : "done");
    case MDOC_PLATFORM_ACCEPT:
    case MDOC_PLATFORM_DECLINE:
    case MDOC_PLATFORM_MESSAGE_READ:
    default:
      return g_strdup ("{}");
    }
}

void
mdoc_platform_tell_async (MdocPlatform *self,
                          const MdocPlatformNoticeData *notice,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  mdoc_platform_call_start (call_new (self,
                                      dup_notice_path (notice),
                                      make_notice_json (notice),
                                      MAX_SMALL_BYTES,
                                      on_told,
                                      cancellable,
                                      callback,
                                      user_data),
                            post);
}

gboolean
mdoc_platform_tell_finish (MdocPlatform *self,
                           GAsyncResult *result,
                           gboolean *ret_known,
                           GError **error)
{
  int told = GPOINTER_TO_INT (mdoc_platform_call_finish (result, error));

  if (told != 0 && ret_known != NULL)
    *ret_known = told == TOLD;
  return told != 0;
}

static void
on_recovered (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  g_autoptr (GError) cause = NULL;
  GError *error = NULL;
  MdocSecret *secret;
  gint64 expires_in_s;
  char *code;

  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  code = mdoc_wallet_recovery_parse (mdoc_span_from_bytes (response->body),
                                     &expires_in_s,
                                     &cause);
  if (code == NULL)
    {
      mdoc_platform_refuse_answer (&error, call, response, "recovery", cause);
      mdoc_platform_call_fail (call, error);
      return;
    }
  secret = mdoc_secret_new_copy (mdoc_span_from_text (code));
  mdoc_secret_wipe (code, strlen (code));
  g_free (code);
  mdoc_platform_call_return (call, secret, (GDestroyNotify) mdoc_secret_free);
}

/* The same nonce in both proofs: of the instance key and of the device key. */
static void
on_wallet_nonce (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  MdocPlatform *self = call->platform;
  WalletCall *wallet = call->data;
  g_autofree char *nonce = NULL, *proof = NULL;
  g_autoptr (GError) cause = NULL;
  GError *error = NULL;

  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  nonce = mdoc_wallet_nonce_parse (mdoc_span_from_bytes (response->body),
                                   &cause);
  if (nonce == NULL)
    {
      mdoc_platform_refuse_answer (&error, call, response, "nonce", cause);
      mdoc_platform_call_fail (call, error);
      return;
    }
  proof = mdoc_proof_make (wallet->device_key,
                           self->issuer,
                           mdoc_platform_get_proof_time (self),
                           nonce,
                           NULL,
                           NULL,
                           &cause);
  if (proof == NULL)
    {
      mdoc_platform_refuse (&error,
                            MDOC_PLATFORM_ERROR_DEVICE,
                            "device-key",
                            cause->message);
      mdoc_platform_call_fail (call, error);
      return;
    }
  g_free (self->wallet_nonce);
  self->wallet_nonce = g_steal_pointer (&nonce);
  wallet->json = mdoc_wallet_recover_write (proof);
  post (call);
}

static void
recover (MdocPlatformCall *call)
{
  g_autofree char *uri = NULL;
  MdocPlatformExchange exchange = { .method = "POST",
                                    .max_bytes = MAX_SMALL_BYTES };

  if (!has_api (call))
    return;
  uri = dup_uri (call, "nonce");
  exchange.uri = uri;
  mdoc_platform_exchange (call, &exchange, on_wallet_nonce);
}

void
mdoc_platform_recover_async (MdocPlatform *self,
                             const char *mid_uid,
                             MdocKey *device_key,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  MdocPlatformCall *call = call_new (self,
                                     make_path ("device-credentials",
                                                mid_uid,
                                                "recover"),
                                     NULL,
                                     MAX_SMALL_BYTES,
                                     on_recovered,
                                     cancellable,
                                     callback,
                                     user_data);

  ((WalletCall *) call->data)->device_key = mdoc_key_ref (device_key);
  mdoc_platform_call_start (call, recover);
}

MdocSecret *
mdoc_platform_recover_finish (MdocPlatform *self,
                              GAsyncResult *result,
                              GError **error)
{
  return mdoc_platform_call_finish (result, error);
}
