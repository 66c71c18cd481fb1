/*
 * mdoc-reader-error.c - errors by names that scripts can rely on
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-error.h"

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "ble/mdoc-ble.h"
#include "crypto/mdoc-crypto.h"
#include "engagement/mdoc-device-engagement.h"
#include "loopback/mdoc-loopback.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-doc-type.h"
#include "mdoc/mdoc-session.h"
#include "scan/mdoc-scan.h"

#define MAX_CODES 12

/* Indexed by code. A code that is not here is named "other". */
static const struct
{
  GQuark (*get_domain) (void);
  const char *names[MAX_CODES];
} domains[] = {
  { mdoc_cbor_error_quark,
    { "cbor-malformed",
      "cbor-truncated",
      "cbor-trailing",
      "cbor-limit",
      "cbor-unsupported",
      "cbor-duplicate",
      "cbor-schema",
      "cbor-version" } },
  { mdoc_crypto_error_quark,
    { "crypto-unsupported",
      "crypto-key",
      "crypto-certificate",
      "crypto-decrypt",
      "crypto-device" } },
  { mdoc_file_error_quark,
    { "file-not-found", "file-kind", "file-limit", "file-exists", "file-io" } },
  { mdoc_text_error_quark, { "text-malformed", "text-limit" } },
  { mdoc_engagement_error_quark,
    { "engagement-scheme", "engagement-of-reader", "engagement-encoding" } },
  { mdoc_doc_type_error_quark,
    { "doctype-syntax", "doctype-schema", "doctype-limit", "doctype-exists" } },
  { mdoc_session_error_quark,
    { "session-decrypt",
      "session-key",
      "session-cbor",
      "session-protocol",
      "session-limit",
      "session-timeout",
      "session-counter",
      "session-state",
      "session-ended",
      "session-device" } },
  { mdoc_loopback_error_quark,
    { "loopback-directory",
      "loopback-path",
      "loopback-in-use",
      "loopback-not-found",
      "loopback-peer",
      "loopback-limit",
      "loopback-vanished",
      "loopback-timeout",
      "loopback-io" } },
  { mdoc_ble_error_quark,
    { "ble-no-bluez",
      "ble-no-adapter",
      "ble-powered-off",
      "ble-blocked",
      "ble-permission",
      "ble-role",
      "ble-refused",
      "ble-connect",
      "ble-vanished",
      "ble-protocol",
      "ble-limit",
      "ble-timeout" } },
  { mdoc_scan_error_quark,
    { "scan-unsupported",
      "scan-picture",
      "scan-limit",
      "scan-no-code",
      "scan-other-code",
      "scan-several",
      "scan-camera",
      "scan-timeout" } },
  { mdoc_program_error_quark, { "usage" } },
  { mdoc_reader_error_quark,
    { "unknown-structure",
      "unknown-text",
      "input",
      "no-transport",
      "denied",
      "holder-error",
      "closed",
      "timeout",
      "conformance",
      "status-list",
      "skipped" } },
};

G_DEFINE_QUARK (mdoc_reader_error_quark, mdoc_reader_error)

/**
 * mdoc_reader_refuse:
 * @error: return location for a #MdocReaderError
 * @code: why
 * @format: the same for people; never holds a value
 *
 * Returns: %FALSE
 */
gboolean
mdoc_reader_refuse (GError **error,
                    MdocReaderError code,
                    const char *format,
                    ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error_literal (error, MDOC_READER_ERROR, (gint) code, reason);
  return FALSE;
}

/**
 * mdoc_reader_error_get_name:
 * @error: an error of any module
 *
 * Returns: its name, such as "cbor-truncated"; stable
 */
const char *
mdoc_reader_error_get_name (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (domains); i++)
    if (error->domain == domains[i].get_domain () && error->code >= 0
        && error->code < MAX_CODES && domains[i].names[error->code] != NULL)
      return domains[i].names[error->code];

  return "other";
}

static MdocExit
exit_of_own (MdocReaderError code)
{
  switch (code)
    {
    case MDOC_READER_ERROR_UNKNOWN:
    case MDOC_READER_ERROR_TEXT:
    case MDOC_READER_ERROR_STATUS:
    case MDOC_READER_ERROR_CLOSED:
    case MDOC_READER_ERROR_CONFORMANCE:
    case MDOC_READER_ERROR_LIST:
      return MDOC_EXIT_PEER;
    case MDOC_READER_ERROR_DENIED:
      return MDOC_EXIT_DENIED;
    case MDOC_READER_ERROR_TIMEOUT:
      return MDOC_EXIT_TIMEOUT;
    case MDOC_READER_ERROR_SKIPPED:
      return MDOC_EXIT_NOTHING;
    case MDOC_READER_ERROR_INPUT:
    case MDOC_READER_ERROR_TRANSPORT:
    default:
      return MDOC_EXIT_FAILED;
    }
}

static MdocExit
exit_of_session (MdocSessionError code)
{
  switch (code)
    {
    case MDOC_SESSION_ERROR_TIMEOUT:
      return MDOC_EXIT_TIMEOUT;
    case MDOC_SESSION_ERROR_COUNTER:
    case MDOC_SESSION_ERROR_STATE:
    case MDOC_SESSION_ERROR_DEVICE:
      return MDOC_EXIT_FAILED;
    case MDOC_SESSION_ERROR_DECRYPT:
    case MDOC_SESSION_ERROR_KEY:
    case MDOC_SESSION_ERROR_CBOR:
    case MDOC_SESSION_ERROR_PROTOCOL:
    case MDOC_SESSION_ERROR_LIMIT:
    case MDOC_SESSION_ERROR_ENDED:
    default:
      return MDOC_EXIT_PEER;
    }
}

static MdocExit
exit_of_loopback (MdocLoopbackError code)
{
  switch (code)
    {
    case MDOC_LOOPBACK_ERROR_NOT_FOUND:
      return MDOC_EXIT_NOTHING;
    case MDOC_LOOPBACK_ERROR_PEER:
    case MDOC_LOOPBACK_ERROR_LIMIT:
    case MDOC_LOOPBACK_ERROR_VANISHED:
      return MDOC_EXIT_PEER;
    case MDOC_LOOPBACK_ERROR_TIMEOUT:
      return MDOC_EXIT_TIMEOUT;
    case MDOC_LOOPBACK_ERROR_DIRECTORY:
    case MDOC_LOOPBACK_ERROR_PATH:
    case MDOC_LOOPBACK_ERROR_IN_USE:
    case MDOC_LOOPBACK_ERROR_IO:
    default:
      return MDOC_EXIT_FAILED;
    }
}

static MdocExit
exit_of_ble (MdocBleError code)
{
  switch (code)
    {
    case MDOC_BLE_ERROR_NO_ADAPTER:
      return MDOC_EXIT_NOTHING;
    case MDOC_BLE_ERROR_CONNECT:
    case MDOC_BLE_ERROR_VANISHED:
    case MDOC_BLE_ERROR_PROTOCOL:
    case MDOC_BLE_ERROR_LIMIT:
      return MDOC_EXIT_PEER;
    case MDOC_BLE_ERROR_TIMEOUT:
      return MDOC_EXIT_TIMEOUT;
    case MDOC_BLE_ERROR_NO_BLUEZ:
    case MDOC_BLE_ERROR_POWERED_OFF:
    case MDOC_BLE_ERROR_BLOCKED:
    case MDOC_BLE_ERROR_PERMISSION:
    case MDOC_BLE_ERROR_ROLE:
    case MDOC_BLE_ERROR_REFUSED:
    default:
      return MDOC_EXIT_FAILED;
    }
}

static MdocExit
exit_of_scan (MdocScanError code)
{
  switch (code)
    {
    case MDOC_SCAN_ERROR_NO_CODE:
    case MDOC_SCAN_ERROR_OTHER_CODE:
      return MDOC_EXIT_NOTHING;
    case MDOC_SCAN_ERROR_TIMEOUT:
      return MDOC_EXIT_TIMEOUT;
    case MDOC_SCAN_ERROR_UNSUPPORTED:
    case MDOC_SCAN_ERROR_PICTURE:
    case MDOC_SCAN_ERROR_LIMIT:
    case MDOC_SCAN_ERROR_SEVERAL:
    case MDOC_SCAN_ERROR_CAMERA:
    default:
      return MDOC_EXIT_FAILED;
    }
}

/**
 * mdoc_reader_error_get_exit:
 * @error: an error of any module
 *
 * Tells who is to blame: what is wrong with something that a holder made ends
 * with %MDOC_EXIT_PEER.
 *
 * Returns: how a verb ends that cannot go on for it
 */
MdocExit
mdoc_reader_error_get_exit (const GError *error)
{
  if (error->domain == MDOC_READER_ERROR)
    return exit_of_own ((MdocReaderError) error->code);
  if (error->domain == MDOC_SESSION_ERROR)
    return exit_of_session ((MdocSessionError) error->code);
  if (error->domain == MDOC_LOOPBACK_ERROR)
    return exit_of_loopback ((MdocLoopbackError) error->code);
  if (error->domain == MDOC_BLE_ERROR)
    return exit_of_ble ((MdocBleError) error->code);
  if (error->domain == MDOC_SCAN_ERROR)
    return exit_of_scan ((MdocScanError) error->code);
  if (error->domain == MDOC_PROGRAM_ERROR)
    return MDOC_EXIT_USAGE;
  if (error->domain == MDOC_FILE_ERROR)
    return error->code == (gint) MDOC_FILE_ERROR_NOT_FOUND ? MDOC_EXIT_NOTHING
                                                           : MDOC_EXIT_FAILED;
  if (error->domain == MDOC_DOC_TYPE_ERROR)
    return MDOC_EXIT_FAILED;
  if (error->domain == MDOC_CRYPTO_ERROR
      && (error->code == (gint) MDOC_CRYPTO_ERROR_DEVICE
          || error->code == (gint) MDOC_CRYPTO_ERROR_UNSUPPORTED))
    return MDOC_EXIT_FAILED;

  return MDOC_EXIT_PEER;
}
