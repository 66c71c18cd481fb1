/*
 * mdoc-session-core.c - what both sides of a session have in common
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-session-core.h"

#include "crypto/mdoc-crypto.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"

/* ISO/IEC 18013-5, 9.1.1.4:
 *
 *   SessionEstablishment = {
 *     "eReaderKey" : EReaderKeyBytes,
 *     "data" : bstr
 *   }
 *   EReaderKeyBytes = #6.24(bstr .cbor COSE_Key)
 *   SessionData = { ? "data" : bstr, ? "status" : uint }
 */

/* The largest point, on P-521, takes 145 bytes; some writers add "alg", "kid"
 * and the like. */
#define MAX_E_READER_KEY_BYTES 512

/* Everything around the plaintext: heads, names, eReaderKey, tag. */
#define MAX_OVERHEAD_BYTES (MAX_E_READER_KEY_BYTES + 64)

/* keys that we do not know are skipped, whatever they hold */
#define MAX_DEPTH 8
#define MAX_ITEMS 128

G_DEFINE_QUARK (mdoc_session_error_quark, mdoc_session_error)

/**
 * mdoc_session_core_refuse:
 * @error: (nullable): return location for the error
 * @code: why
 * @reason: what is wrong, for people
 *
 * Returns: %FALSE
 */
gboolean
mdoc_session_core_refuse (GError **error,
                          MdocSessionError code,
                          const char *reason)
{
  g_set_error_literal (error, MDOC_SESSION_ERROR, (gint) code, reason);
  return FALSE;
}

/**
 * mdoc_session_end_get_name:
 * @end: why a session is over
 *
 * Returns: (transfer none): a word for logs and JSON, such as "timeout"
 */
const char *
mdoc_session_end_get_name (MdocSessionEnd end)
{
  switch (end)
    {
    case MDOC_SESSION_END_NONE:
      return "none";
    case MDOC_SESSION_END_PEER_TERMINATED:
      return "peer-terminated";
    case MDOC_SESSION_END_PEER_ENCRYPTION_ERROR:
      return "peer-encryption-error";
    case MDOC_SESSION_END_PEER_CBOR_ERROR:
      return "peer-cbor-error";
    case MDOC_SESSION_END_WE_TERMINATED:
      return "we-terminated";
    case MDOC_SESSION_END_DECRYPT:
      return "decrypt";
    case MDOC_SESSION_END_CBOR:
      return "cbor";
    case MDOC_SESSION_END_TIMEOUT:
      return "timeout";
    case MDOC_SESSION_END_COUNTER_EXHAUSTED:
      return "counter-exhausted";
    case MDOC_SESSION_END_PROTOCOL:
      return "protocol";
    case MDOC_SESSION_END_DEVICE:
      return "device";
    default:
      return "unknown";
    }
}

static gboolean
read_message (MdocCborItem root, MdocSessionMessage *message, GError **error)
{
  MdocCborItem e_reader_key;
  MdocCborItem data;
  MdocCborItem status;

  if (!mdoc_cbor_require_map (root, "Message", error))
    return FALSE;

  e_reader_key = mdoc_cbor_map_lookup (root, "eReaderKey");
  if (mdoc_cbor_get_kind (e_reader_key) != MDOC_CBOR_KIND_ABSENT)
    {
      if (!mdoc_cbor_get_embedded (e_reader_key,
                                   "eReaderKey",
                                   MAX_E_READER_KEY_BYTES,
                                   &message->e_reader_key,
                                   error))
        return FALSE;
      message->has_e_reader_key = TRUE;
      message->e_reader_key_bytes = mdoc_cbor_get_encoded (e_reader_key);
    }

  data = mdoc_cbor_map_lookup (root, "data");
  if (mdoc_cbor_get_kind (data) != MDOC_CBOR_KIND_ABSENT)
    {
      if (!mdoc_cbor_get_bytes (data, "data", G_MAXSIZE, &message->data, error))
        return FALSE;
      message->has_data = TRUE;
    }

  status = mdoc_cbor_map_lookup (root, "status");
  if (mdoc_cbor_get_kind (status) != MDOC_CBOR_KIND_ABSENT)
    {
      if (!mdoc_cbor_get_uint (status,
                               "status",
                               G_MAXUINT64,
                               &message->status,
                               error))
        return FALSE;
      message->has_status = TRUE;
    }

  return TRUE;
}

/**
 * mdoc_session_message_parse:
 * @encoded: a message from the peer
 * @max_bytes: longest accepted
 * @ret_message: (out): what it holds; left alone on failure
 * @error: return location for a #MdocSessionError
 *
 * One reading for both messages: which members must be there depends on the
 * state of the session. Other keys are skipped.
 *
 * Returns: %TRUE if @encoded is a map whose known members are of their type
 */
gboolean
mdoc_session_message_parse (MdocSpan encoded,
                            gsize max_bytes,
                            MdocSessionMessage *ret_message,
                            GError **error)
{
  const MdocCborLimits limits = { max_bytes, MAX_DEPTH, MAX_ITEMS };
  MdocSessionMessage message = { 0 };
  g_autoptr (GError) reason = NULL;
  MdocCborItem root;

  if (encoded.len > max_bytes)
    return mdoc_session_core_refuse (error,
                                     MDOC_SESSION_ERROR_LIMIT,
                                     "The message is too long");

  if (!mdoc_cbor_open (encoded, &limits, &root, &reason)
      || !read_message (root, &message, &reason))
    return mdoc_session_core_refuse (error,
                                     MDOC_SESSION_ERROR_CBOR,
                                     reason->message);

  *ret_message = message;
  return TRUE;
}

/**
 * mdoc_session_message_write:
 * @message: what to write; `e_reader_key_bytes` is not looked at
 *
 * Returns: (transfer full): the message
 */
GBytes *
mdoc_session_message_write (const MdocSessionMessage *message)
{
  g_autoptr (MdocCborWriter) writer = NULL;

  writer = mdoc_cbor_writer_new (message->data.len + MAX_OVERHEAD_BYTES);
  mdoc_cbor_writer_begin_map (writer,
                              (message->has_e_reader_key ? 1u : 0u)
                                  + (message->has_data ? 1u : 0u)
                                  + (message->has_status ? 1u : 0u));
  if (message->has_e_reader_key)
    {
      mdoc_cbor_writer_put_text (writer, "eReaderKey");
      mdoc_cbor_writer_put_embedded (writer, message->e_reader_key);
    }
  if (message->has_data)
    {
      mdoc_cbor_writer_put_text (writer, "data");
      mdoc_cbor_writer_put_bytes (writer, message->data);
    }
  if (message->has_status)
    {
      mdoc_cbor_writer_put_text (writer, "status");
      mdoc_cbor_writer_put_uint (writer, message->status);
    }

  return mdoc_cbor_writer_finish (writer);
}

static GBytes *
write_status (guint64 status)
{
  const MdocSessionMessage message = { .has_status = TRUE, .status = status };

  return mdoc_session_message_write (&message);
}

/**
 * mdoc_session_core_clear:
 * @self: a session
 *
 * Wipes and frees everything in it.
 */
void
mdoc_session_core_clear (MdocSessionCore *self)
{
  g_clear_pointer (&self->cipher, mdoc_session_cipher_free);
  g_clear_pointer (&self->transcript, mdoc_transcript_unref);
  g_clear_pointer (&self->plaintext, g_bytes_unref);
}

/* The transcript stays: it is no secret, and tells who was there. */
static void
end_session (MdocSessionCore *self, MdocSessionEnd end, gboolean is_peer_told)
{
  g_clear_pointer (&self->cipher, mdoc_session_cipher_free);
  g_clear_pointer (&self->plaintext, g_bytes_unref);
  self->is_our_turn = FALSE;
  self->end = end;
  self->is_peer_told = is_peer_told;
}

static void
end_by_peer (MdocSessionCore *self, guint64 status)
{
  MdocSessionEnd end = MDOC_SESSION_END_PEER_TERMINATED;

  if (status == MDOC_SESSION_STATUS_ENCRYPTION_ERROR)
    end = MDOC_SESSION_END_PEER_ENCRYPTION_ERROR;
  if (status == MDOC_SESSION_STATUS_CBOR_ERROR)
    end = MDOC_SESSION_END_PEER_CBOR_ERROR;

  end_session (self, end, TRUE);
}

/* How an error ends a session, and what is said to the peer. */
static MdocSessionEnd
end_of_error (const GError *reason, guint64 *ret_status)
{
  *ret_status = MDOC_SESSION_STATUS_TERMINATION;

  switch ((MdocSessionError) reason->code)
    {
    case MDOC_SESSION_ERROR_DECRYPT:
    case MDOC_SESSION_ERROR_KEY:
      *ret_status = MDOC_SESSION_STATUS_ENCRYPTION_ERROR;
      return MDOC_SESSION_END_DECRYPT;
    case MDOC_SESSION_ERROR_CBOR:
      *ret_status = MDOC_SESSION_STATUS_CBOR_ERROR;
      return MDOC_SESSION_END_CBOR;
    case MDOC_SESSION_ERROR_PROTOCOL:
    case MDOC_SESSION_ERROR_LIMIT:
      return MDOC_SESSION_END_PROTOCOL;
    case MDOC_SESSION_ERROR_TIMEOUT:
      return MDOC_SESSION_END_TIMEOUT;
    case MDOC_SESSION_ERROR_COUNTER:
      return MDOC_SESSION_END_COUNTER_EXHAUSTED;
    case MDOC_SESSION_ERROR_DEVICE:
      return MDOC_SESSION_END_DEVICE;
    case MDOC_SESSION_ERROR_STATE:
    case MDOC_SESSION_ERROR_ENDED:
    default:
      g_assert_not_reached ();
    }
}

/**
 * mdoc_session_core_fail:
 * @self: a session that has not ended
 * @message: (nullable): the message at fault, if it could be read
 * @reason: (transfer full): a #MdocSessionError
 * @ret_reply: (out) (nullable): the status to send; %NULL if the peer has said
 *   itself that the session is over
 * @error: return location that @reason goes to
 *
 * Returns: %FALSE
 */
gboolean
mdoc_session_core_fail (MdocSessionCore *self,
                        const MdocSessionMessage *message,
                        GError *reason,
                        GBytes **ret_reply,
                        GError **error)
{
  guint64 status;
  MdocSessionEnd end = end_of_error (reason, &status);

  end_session (self, end, TRUE);
  if (message == NULL || !message->has_status)
    *ret_reply = write_status (status);
  g_propagate_error (error, reason);
  return FALSE;
}

static gboolean
fail_with (MdocSessionCore *self,
           const MdocSessionMessage *message,
           MdocSessionError code,
           const char *text,
           GBytes **ret_reply,
           GError **error)
{
  GError *reason = NULL;

  mdoc_session_core_refuse (&reason, code, text);
  return mdoc_session_core_fail (self, message, reason, ret_reply, error);
}

/* Everything about a message that can be told without a key. */
static gboolean
check_message (MdocSessionCore *self,
               const MdocSessionMessage *message,
               GBytes **ret_reply,
               GError **error)
{
  gboolean is_established = self->cipher != NULL;
  const char *reason = NULL;

  if (message->has_data
      && (message->status == MDOC_SESSION_STATUS_ENCRYPTION_ERROR
          || message->status == MDOC_SESSION_STATUS_CBOR_ERROR))
    reason = "An error status came together with data";
  else if (!message->has_data && message->has_status)
    return TRUE;
  else if (!message->has_data)
    return fail_with (self,
                      message,
                      MDOC_SESSION_ERROR_CBOR,
                      "The message holds neither data nor status",
                      ret_reply,
                      error);
  else if (self->is_our_turn)
    reason = "A message came while it was our turn";
  else if (message->has_e_reader_key && is_established)
    reason = "The session is established already";

  if (reason != NULL)
    return fail_with (self,
                      message,
                      MDOC_SESSION_ERROR_PROTOCOL,
                      reason,
                      ret_reply,
                      error);
  return TRUE;
}

/**
 * mdoc_session_core_take:
 * @self: a session
 * @message: what came from the peer
 * @now_ms: the time
 * @ret_message: (out): the message; borrows from @message
 * @ret_reply: (out) (nullable): what to send
 * @error: return location for a #MdocSessionError
 *
 * The first half of receiving, for every state.
 *
 * Returns: what is to be done
 */
MdocSessionTake
mdoc_session_core_take (MdocSessionCore *self,
                        GBytes *message,
                        gint64 now_ms,
                        MdocSessionMessage *ret_message,
                        GBytes **ret_reply,
                        GError **error)
{
  GError *reason = NULL;

  if (self->end != MDOC_SESSION_END_NONE)
    {
      mdoc_session_core_refuse (error,
                                MDOC_SESSION_ERROR_ENDED,
                                "The session has ended");
      return MDOC_SESSION_TAKE_ERROR;
    }

  if (now_ms >= self->deadline_ms)
    {
      fail_with (self,
                 NULL,
                 MDOC_SESSION_ERROR_TIMEOUT,
                 "The message came too late",
                 ret_reply,
                 error);
      return MDOC_SESSION_TAKE_ERROR;
    }

  if (!mdoc_session_message_parse (mdoc_span_from_bytes (message),
                                   self->max_received_bytes,
                                   ret_message,
                                   &reason))
    {
      mdoc_session_core_fail (self, NULL, reason, ret_reply, error);
      return MDOC_SESSION_TAKE_ERROR;
    }

  if (!check_message (self, ret_message, ret_reply, error))
    return MDOC_SESSION_TAKE_ERROR;

  if (!ret_message->has_data)
    {
      end_by_peer (self, ret_message->status);
      return MDOC_SESSION_TAKE_ENDED;
    }

  return MDOC_SESSION_TAKE_DATA;
}

static void
free_secret (gpointer secret)
{
  mdoc_secret_free (secret);
}

/* The bytes are wiped when the last reference goes. */
static GBytes *
bytes_of_secret (MdocSecret *secret)
{
  return g_bytes_new_with_free_func (mdoc_secret_get_data (secret),
                                     mdoc_secret_get_len (secret),
                                     free_secret,
                                     secret);
}

/**
 * mdoc_session_core_open:
 * @self: an established session that has not ended
 * @message: a message with data
 * @now_ms: the time
 * @ret_reply: (out) (nullable): what to send
 * @error: return location for a #MdocSessionError
 *
 * The second half of receiving: decrypts. Afterwards it is our turn; unless the
 * message has a status, after which the session has ended and only the
 * plaintext is left.
 *
 * Returns: %TRUE if there is a plaintext
 */
gboolean
mdoc_session_core_open (MdocSessionCore *self,
                        const MdocSessionMessage *message,
                        gint64 now_ms,
                        GBytes **ret_reply,
                        GError **error)
{
  MdocSecret *plaintext;
  GError *reason = NULL;

  plaintext = mdoc_session_cipher_decrypt (self->cipher,
                                           message->data,
                                           &reason);
  if (plaintext == NULL)
    return mdoc_session_core_fail (self, message, reason, ret_reply, error);

  if (mdoc_secret_get_len (plaintext) == 0)
    {
      mdoc_secret_free (plaintext);
      return fail_with (self,
                        message,
                        MDOC_SESSION_ERROR_CBOR,
                        "The decrypted message is empty",
                        ret_reply,
                        error);
    }

  self->deadline_ms = now_ms + MDOC_SESSION_IDLE_TIMEOUT_MS;
  self->is_our_turn = TRUE;
  if (message->has_status)
    end_by_peer (self, message->status);
  g_clear_pointer (&self->plaintext, g_bytes_unref);
  self->plaintext = bytes_of_secret (plaintext);
  return TRUE;
}

/* Ends a session because of something that we could not do; the peer learns of
 * it by what mdoc_session_core_terminate() returns. */
static GBytes *
fail_untold (MdocSessionCore *self, GError *reason, GError **error)
{
  guint64 status;

  end_session (self, end_of_error (reason, &status), FALSE);
  g_propagate_error (error, reason);
  return NULL;
}

static gboolean
check_sending (MdocSessionCore *self, GBytes *plaintext, GError **error)
{
  if (self->end != MDOC_SESSION_END_NONE)
    return mdoc_session_core_refuse (error,
                                     MDOC_SESSION_ERROR_ENDED,
                                     "The session has ended");
  if (!self->is_our_turn)
    return mdoc_session_core_refuse (error,
                                     MDOC_SESSION_ERROR_STATE,
                                     "It is not our turn to send");
  if (g_bytes_get_size (plaintext) > self->max_sent_bytes - MAX_OVERHEAD_BYTES)
    return mdoc_session_core_refuse (error,
                                     MDOC_SESSION_ERROR_LIMIT,
                                     "The message to send is too long");
  return TRUE;
}

/**
 * mdoc_session_core_seal:
 * @self: an established session
 * @e_reader_key: the encoded COSE_Key for a SessionEstablishment; else empty
 * @plaintext: what to send
 * @terminate: whether to end the session with it
 * @now_ms: the time
 * @error: return location for a #MdocSessionError
 *
 * After %MDOC_SESSION_ERROR_ENDED, _STATE and _LIMIT nothing has changed; any
 * other error has ended the session.
 *
 * Returns: (transfer full): the message to send
 */
GBytes *
mdoc_session_core_seal (MdocSessionCore *self,
                        MdocSpan e_reader_key,
                        GBytes *plaintext,
                        gboolean terminate,
                        gint64 now_ms,
                        GError **error)
{
  g_autoptr (GBytes) ciphertext = NULL;
  MdocSessionMessage message = { 0 };
  GError *reason = NULL;

  if (!check_sending (self, plaintext, error))
    return NULL;

  if (now_ms >= self->deadline_ms)
    {
      mdoc_session_core_refuse (&reason,
                                MDOC_SESSION_ERROR_TIMEOUT,
                                "The session has timed out");
      return fail_untold (self, reason, error);
    }

  ciphertext = mdoc_session_cipher_encrypt (self->cipher,
                                            mdoc_span_from_bytes (plaintext),
                                            &reason);
  if (ciphertext == NULL)
    return fail_untold (self, reason, error);

  message.has_e_reader_key = e_reader_key.len > 0;
  message.e_reader_key = e_reader_key;
  message.has_data = TRUE;
  message.data = mdoc_span_from_bytes (ciphertext);
  message.has_status = terminate;
  message.status = MDOC_SESSION_STATUS_TERMINATION;

  g_clear_pointer (&self->plaintext, g_bytes_unref);
  self->is_our_turn = FALSE;
  self->deadline_ms = now_ms + MDOC_SESSION_IDLE_TIMEOUT_MS;
  if (terminate)
    end_session (self, MDOC_SESSION_END_WE_TERMINATED, TRUE);

  return mdoc_session_message_write (&message);
}

/**
 * mdoc_session_core_terminate:
 * @self: a session
 *
 * Ends it if it has not ended.
 *
 * Returns: (transfer full) (nullable): status 20, unless the peer knows of the
 *   end
 */
GBytes *
mdoc_session_core_terminate (MdocSessionCore *self)
{
  if (self->is_peer_told)
    return NULL;

  if (self->end == MDOC_SESSION_END_NONE)
    end_session (self, MDOC_SESSION_END_WE_TERMINATED, TRUE);
  self->is_peer_told = TRUE;
  return write_status (MDOC_SESSION_STATUS_TERMINATION);
}

/**
 * mdoc_session_core_check_deadline:
 * @self: a session
 * @now_ms: the time
 *
 * Returns: %TRUE if this call ended the session
 */
gboolean
mdoc_session_core_check_deadline (MdocSessionCore *self, gint64 now_ms)
{
  if (self->end != MDOC_SESSION_END_NONE || now_ms < self->deadline_ms)
    return FALSE;

  end_session (self, MDOC_SESSION_END_TIMEOUT, FALSE);
  return TRUE;
}
