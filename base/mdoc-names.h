/*
 * mdoc-names.h - every well-known string, once
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#define MDOC_BUS_NAME               "org.mdocagent.Agent1"
#define MDOC_OBJECT_ROOT            "/org/mdocagent/Agent1"
#define MDOC_INTERFACE_MANAGER      "org.mdocagent.Agent1.Manager"
#define MDOC_INTERFACE_CREDENTIAL   "org.mdocagent.Agent1.Credential"
#define MDOC_INTERFACE_PRESENTATION "org.mdocagent.Agent1.Presentation"
#define MDOC_INTERFACE_CONSENT      "org.mdocagent.ConsentAgent1"
#define MDOC_DBUS_ERROR_PREFIX      "org.mdocagent.Agent1.Error."

/* what stands behind MDOC_DBUS_ERROR_PREFIX; agent/mdoc-agent-error.h tells who
 * is to blame, ctl/ what exit code it makes */
#define MDOC_DBUS_ERROR_FAILED           "Failed"
#define MDOC_DBUS_ERROR_INVALID_ARGUMENT "InvalidArgument"
#define MDOC_DBUS_ERROR_NOT_AUTHORIZED   "NotAuthorized"
#define MDOC_DBUS_ERROR_NOT_FOUND        "NotFound"
#define MDOC_DBUS_ERROR_UNKNOWN_KEY      "UnknownKey"
#define MDOC_DBUS_ERROR_EXISTS           "Exists"
#define MDOC_DBUS_ERROR_IN_USE           "InUse"
#define MDOC_DBUS_ERROR_BUSY             "Busy"
#define MDOC_DBUS_ERROR_LIMIT            "LimitExceeded"
#define MDOC_DBUS_ERROR_UNSUPPORTED      "Unsupported"
#define MDOC_DBUS_ERROR_MALFORMED        "Malformed"
#define MDOC_DBUS_ERROR_NOT_VERIFIED     "NotVerified"
#define MDOC_DBUS_ERROR_DENIED           "Denied"
#define MDOC_DBUS_ERROR_PEER             "PeerFailed"
#define MDOC_DBUS_ERROR_TIMED_OUT        "TimedOut"
#define MDOC_DBUS_ERROR_KEY_STORE        "KeyStoreUnavailable"
#define MDOC_DBUS_ERROR_STORE            "StoreFailed"

#define MDOC_OBJECT_CREDENTIALS   MDOC_OBJECT_ROOT "/credential"
#define MDOC_OBJECT_PRESENTATIONS MDOC_OBJECT_ROOT "/presentation"

/* states of a presentation, and why one has ended */
#define MDOC_PRESENTATION_WAITING   "waiting"
#define MDOC_PRESENTATION_CONNECTED "connected"
#define MDOC_PRESENTATION_CONSENT   "consent"
#define MDOC_PRESENTATION_ENDED     "ended"

#define MDOC_PRESENTATION_END_COMPLETED     "completed"
#define MDOC_PRESENTATION_END_REFUSED       "refused"
#define MDOC_PRESENTATION_END_CANCELLED     "cancelled"
#define MDOC_PRESENTATION_END_TIMED_OUT     "timed-out"
#define MDOC_PRESENTATION_END_READER_FAILED "reader-failed"
#define MDOC_PRESENTATION_END_FAILED        "failed"
#define MDOC_PRESENTATION_END_SHUTDOWN      "shutdown"

/* what became of one request */
#define MDOC_OUTCOME_SHARED            "shared"
#define MDOC_OUTCOME_REFUSED           "refused"
#define MDOC_OUTCOME_NO_CONSENT_AGENT  "no-consent-agent"
#define MDOC_OUTCOME_CONSENT_TIMED_OUT "consent-timed-out"
#define MDOC_OUTCOME_NO_MATCH          "no-match"
#define MDOC_OUTCOME_BAD_REQUEST       "bad-request"
#define MDOC_OUTCOME_FAILED            "failed"

/* what is known of a reader */
#define MDOC_READER_TRUSTED   "trusted"
#define MDOC_READER_UNTRUSTED "untrusted" /* signed, by nobody we trust */
#define MDOC_READER_INVALID   "invalid"   /* the signature is wrong */
#define MDOC_READER_UNSIGNED  "unsigned"

#define MDOC_DOCTYPE_MDL        "org.iso.18013.5.1.mDL"
#define MDOC_NAMESPACE_MDL      "org.iso.18013.5.1"
#define MDOC_NAMESPACE_PHOTO_ID "org.iso.23220.1"
#define MDOC_DOCTYPE_PHOTO_ID   "org.iso.23220.photoid.1"
#define MDOC_DOCTYPE_PID        "eu.europa.ec.eudi.pid.1"

/* structured log fields (style G1) */
#define MDOC_LOG_FIELD_TOPIC        "MDOC_TOPIC"
#define MDOC_LOG_FIELD_SESSION      "MDOC_SESSION"
#define MDOC_LOG_FIELD_TRANSPORT    "MDOC_TRANSPORT"
#define MDOC_LOG_FIELD_STATE        "MDOC_STATE"
#define MDOC_LOG_FIELD_DOC_TYPE     "MDOC_DOC_TYPE"
#define MDOC_LOG_FIELD_ERROR_DOMAIN "MDOC_ERROR_DOMAIN"
#define MDOC_LOG_FIELD_ERROR_CODE   "MDOC_ERROR_CODE"

/* environment variables */
#define MDOC_ENV_RUNTIME_DIR     "MDOC_RUNTIME_DIR" /* loopback sockets */
#define MDOC_ENV_BUS             "MDOC_BUS" /* mdocctl: session or system */
#define MDOC_ENV_STATE_DIR       "STATE_DIRECTORY"       /* set by systemd */
#define MDOC_ENV_CREDENTIALS_DIR "CREDENTIALS_DIRECTORY" /* set by systemd */
#define MDOC_ENV_DATA_DIR        "MDOC_DATA_DIR" /* instead of the installed data */

/* what a command that drives a holder under test is told */
#define MDOC_ENV_SELFTEST_CASE       "MDOC_SELFTEST_CASE"
#define MDOC_ENV_SELFTEST_ENGAGEMENT "MDOC_SELFTEST_ENGAGEMENT"
#define MDOC_ENV_SELFTEST_END        "MDOC_SELFTEST_END"
#define MDOC_ENV_SELFTEST_TRANSPORT  "MDOC_SELFTEST_TRANSPORT"
#define MDOC_ENV_SELFTEST_BLE_MODE   "MDOC_SELFTEST_BLE_MODE"
#define MDOC_ENV_SELFTEST_L2CAP      "MDOC_SELFTEST_L2CAP"
