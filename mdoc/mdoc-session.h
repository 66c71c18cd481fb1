/*
 * mdoc-session.h - a proximity session, as holder and as reader
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

/* Longest messages accepted, encrypted and with everything around; a transport
 * takes its cap from here. */
#define MDOC_SESSION_MAX_REQUEST_BYTES  ((gsize) 1024 * 1024)
#define MDOC_SESSION_MAX_RESPONSE_BYTES ((gsize) 8 * 1024 * 1024)

/* ISO/IEC 18013-5, 8.3.3.1: if there is a time-out it is at least 30 s from
 * engagement to establishment, and at least 300 s between two messages. The
 * first one covers a QR code that nobody has read yet. */
#define MDOC_SESSION_ENGAGEMENT_TIMEOUT_MS    ((gint64) 120 * 1000)
#define MDOC_SESSION_ESTABLISHMENT_TIMEOUT_MS ((gint64) 30 * 1000)
#define MDOC_SESSION_IDLE_TIMEOUT_MS          ((gint64) 300 * 1000)

/* ISO/IEC 18013-5, table 20: "status" of SessionData */
#define MDOC_SESSION_STATUS_ENCRYPTION_ERROR 10
#define MDOC_SESSION_STATUS_CBOR_ERROR       11
#define MDOC_SESSION_STATUS_TERMINATION      20

/**
 * MdocSessionError:
 * @MDOC_SESSION_ERROR_DECRYPT: a message is not authentic (the peer)
 * @MDOC_SESSION_ERROR_KEY: the ephemeral key is not on its curve, or of another
 *   curve than ours (the peer)
 * @MDOC_SESSION_ERROR_CBOR: a message is not the CBOR it should be (the peer)
 * @MDOC_SESSION_ERROR_PROTOCOL: a message that may not come now (the peer)
 * @MDOC_SESSION_ERROR_LIMIT: a message over our limit (whoever made it)
 * @MDOC_SESSION_ERROR_TIMEOUT: a message that came too late (the peer)
 * @MDOC_SESSION_ERROR_COUNTER: no message number is left (nobody)
 * @MDOC_SESSION_ERROR_STATE: not possible now, such as answering what nobody
 *   asked (the caller); nothing has changed
 * @MDOC_SESSION_ERROR_ENDED: the session is over; nothing has changed
 * @MDOC_SESSION_ERROR_DEVICE: the key or the crypto library failed (this
 *   device)
 *
 * Why a session could not go on. All but the codes that say so end it.
 */
typedef enum
{
  MDOC_SESSION_ERROR_DECRYPT,
  MDOC_SESSION_ERROR_KEY,
  MDOC_SESSION_ERROR_CBOR,
  MDOC_SESSION_ERROR_PROTOCOL,
  MDOC_SESSION_ERROR_LIMIT,
  MDOC_SESSION_ERROR_TIMEOUT,
  MDOC_SESSION_ERROR_COUNTER,
  MDOC_SESSION_ERROR_STATE,
  MDOC_SESSION_ERROR_ENDED,
  MDOC_SESSION_ERROR_DEVICE,
} MdocSessionError;

#define MDOC_SESSION_ERROR (mdoc_session_error_quark ())
GQuark mdoc_session_error_quark (void);

/* Why a session is over. */
typedef enum
{
  MDOC_SESSION_END_NONE,                  /* it is not */
  MDOC_SESSION_END_PEER_TERMINATED,       /* status 20, or one we do not know */
  MDOC_SESSION_END_PEER_ENCRYPTION_ERROR, /* status 10 */
  MDOC_SESSION_END_PEER_CBOR_ERROR,       /* status 11 */
  MDOC_SESSION_END_WE_TERMINATED,
  MDOC_SESSION_END_DECRYPT, /* or a key that we cannot use */
  MDOC_SESSION_END_CBOR,
  MDOC_SESSION_END_TIMEOUT,
  MDOC_SESSION_END_COUNTER_EXHAUSTED,
  MDOC_SESSION_END_PROTOCOL,
  MDOC_SESSION_END_DEVICE,
} MdocSessionEnd;

const char *mdoc_session_end_get_name (MdocSessionEnd end); /* "timeout" */

typedef enum
{
  MDOC_HOLDER_EVENT_NONE,
  MDOC_HOLDER_EVENT_REQUEST,
  MDOC_HOLDER_EVENT_ENDED,
} MdocHolderEvent;

/**
 * MdocHolderSession:
 *
 * The holder's side of a session (ISO/IEC 18013-5, 9.1.1.4): messages and the
 * time go in, messages and events come out. Keys are wiped as soon as it has
 * ended. For one thread.
 *
 * It does NOT say whether a reader may have what it asks for.
 */
typedef struct _MdocHolderSession MdocHolderSession;

/* @handover: one item of CBOR, MDOC_HANDOVER_QR or mdoc_handover_new_nfc();
 * @now_ms: of a clock that does not jump */
MdocHolderSession *mdoc_holder_session_new (MdocKey *e_device_key,
                                            GBytes *device_engagement,
                                            MdocSpan handover,
                                            gint64 now_ms)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_holder_session_free (MdocHolderSession *self);

/* optional: the transport is up, so that the establishment may be waited for
 * instead of the engagement */
void mdoc_holder_session_set_connected (MdocHolderSession *self, gint64 now_ms);
/* An error ends the session. @ret_reply: (nullable): to be sent in any case,
 * error or not; always set. @ret_event: always set. */
gboolean mdoc_holder_session_receive (MdocHolderSession *self,
                                      GBytes *message,
                                      gint64 now_ms,
                                      MdocHolderEvent *ret_event,
                                      GBytes **ret_reply,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mdoc_holder_session_respond (MdocHolderSession *self,
                                     GBytes *device_response,
                                     gboolean terminate,
                                     gint64 now_ms,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Returns: (nullable): status 20; %NULL if the peer knows already */
GBytes *mdoc_holder_session_terminate (MdocHolderSession *self)
    G_GNUC_WARN_UNUSED_RESULT;

/* plaintext DeviceRequest; %NULL unless one waits for its answer */
GBytes *mdoc_holder_session_get_request (MdocHolderSession *self);
/* %NULL until established; kept when the session has ended */
MdocTranscript *mdoc_holder_session_get_transcript (MdocHolderSession *self);
MdocPublicKey *mdoc_holder_session_get_e_reader_key (MdocHolderSession *self);
gboolean mdoc_holder_session_is_ended (MdocHolderSession *self);
MdocSessionEnd mdoc_holder_session_get_end_reason (MdocHolderSession *self);
gint64 mdoc_holder_session_get_deadline_ms (MdocHolderSession *self);
/* Returns: %TRUE if it ended just now, because @now_ms is at the deadline; send
 * then what mdoc_holder_session_terminate() returns */
gboolean
mdoc_holder_session_check_deadline (MdocHolderSession *self, gint64 now_ms);

typedef enum
{
  MDOC_READER_EVENT_NONE,
  MDOC_READER_EVENT_RESPONSE,
  MDOC_READER_EVENT_ENDED,
} MdocReaderEvent;

/**
 * MdocReaderSession:
 *
 * The reader's side; see #MdocHolderSession.
 *
 * It does NOT verify a response.
 */
typedef struct _MdocReaderSession MdocReaderSession;

/* %NULL with MDOC_SESSION_ERROR_KEY if the two keys are not of one curve */
MdocReaderSession *mdoc_reader_session_new (MdocKey *e_reader_key,
                                            GBytes *device_engagement,
                                            MdocSpan handover,
                                            MdocPublicKey *e_device_key,
                                            gint64 now_ms,
                                            GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_reader_session_free (MdocReaderSession *self);

/* the first one gives a SessionEstablishment, the others SessionData */
GBytes *mdoc_reader_session_request (MdocReaderSession *self,
                                     GBytes *device_request,
                                     gint64 now_ms,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After a RESPONSE that came with status 20 the session has ended as well. */
gboolean mdoc_reader_session_receive (MdocReaderSession *self,
                                      GBytes *message,
                                      gint64 now_ms,
                                      MdocReaderEvent *ret_event,
                                      GBytes **ret_reply,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mdoc_reader_session_terminate (MdocReaderSession *self)
    G_GNUC_WARN_UNUSED_RESULT;

/* plaintext DeviceResponse; %NULL unless the last request was answered */
GBytes *mdoc_reader_session_get_response (MdocReaderSession *self);
MdocTranscript *mdoc_reader_session_get_transcript (MdocReaderSession *self);
gboolean mdoc_reader_session_is_ended (MdocReaderSession *self);
MdocSessionEnd mdoc_reader_session_get_end_reason (MdocReaderSession *self);
gint64 mdoc_reader_session_get_deadline_ms (MdocReaderSession *self);
gboolean
mdoc_reader_session_check_deadline (MdocReaderSession *self, gint64 now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHolderSession, mdoc_holder_session_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocReaderSession, mdoc_reader_session_free)

G_END_DECLS
