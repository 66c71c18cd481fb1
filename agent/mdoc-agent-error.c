/*
 * mdoc-agent-error.c - what callers and readers are told of a failure
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-agent-error.h"

#include <gio/gio.h>
#include <stdarg.h>

#include "agent/mdoc-keep.h"
#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "ble/mdoc-ble.h"
#include "crypto/mdoc-crypto.h"
#include "engagement/mdoc-qr.h"
#include "loopback/mdoc-loopback.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-doc-type.h"
#include "mdoc/mdoc-session.h"
#include "platform/mdoc-platform.h"
#include "storage/mdoc-keystore.h"
#include "storage/mdoc-store-error.h"

#define NAME(suffix_) MDOC_DBUS_ERROR_PREFIX suffix_

static const GDBusErrorEntry bus_names[] = {
  { MDOC_AGENT_ERROR_FAILED, NAME (MDOC_DBUS_ERROR_FAILED) },
  { MDOC_AGENT_ERROR_INVALID_ARGUMENT,
    NAME (MDOC_DBUS_ERROR_INVALID_ARGUMENT) },
  { MDOC_AGENT_ERROR_NOT_AUTHORIZED, NAME (MDOC_DBUS_ERROR_NOT_AUTHORIZED) },
  { MDOC_AGENT_ERROR_NOT_FOUND, NAME (MDOC_DBUS_ERROR_NOT_FOUND) },
  { MDOC_AGENT_ERROR_UNKNOWN_KEY, NAME (MDOC_DBUS_ERROR_UNKNOWN_KEY) },
  { MDOC_AGENT_ERROR_EXISTS, NAME (MDOC_DBUS_ERROR_EXISTS) },
  { MDOC_AGENT_ERROR_IN_USE, NAME (MDOC_DBUS_ERROR_IN_USE) },
  { MDOC_AGENT_ERROR_BUSY, NAME (MDOC_DBUS_ERROR_BUSY) },
  { MDOC_AGENT_ERROR_LIMIT, NAME (MDOC_DBUS_ERROR_LIMIT) },
  { MDOC_AGENT_ERROR_UNSUPPORTED, NAME (MDOC_DBUS_ERROR_UNSUPPORTED) },
  { MDOC_AGENT_ERROR_MALFORMED, NAME (MDOC_DBUS_ERROR_MALFORMED) },
  { MDOC_AGENT_ERROR_NOT_VERIFIED, NAME (MDOC_DBUS_ERROR_NOT_VERIFIED) },
  { MDOC_AGENT_ERROR_DENIED, NAME (MDOC_DBUS_ERROR_DENIED) },
  { MDOC_AGENT_ERROR_PEER, NAME (MDOC_DBUS_ERROR_PEER) },
  { MDOC_AGENT_ERROR_TIMED_OUT, NAME (MDOC_DBUS_ERROR_TIMED_OUT) },
  { MDOC_AGENT_ERROR_KEY_STORE, NAME (MDOC_DBUS_ERROR_KEY_STORE) },
  { MDOC_AGENT_ERROR_STORE, NAME (MDOC_DBUS_ERROR_STORE) },
};
G_STATIC_ASSERT (G_N_ELEMENTS (bus_names) == MDOC_AGENT_N_ERRORS);

GQuark
mdoc_agent_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("mdoc-agent-error-quark",
                                      &quark,
                                      bus_names,
                                      G_N_ELEMENTS (bus_names));
  return (GQuark) quark;
}

/**
 * mdoc_agent_refuse:
 * @error: return location for a #MdocAgentError
 * @code: which one
 * @format: what was wrong and what to do about it; no values
 *
 * Returns: %FALSE
 */
gboolean
mdoc_agent_refuse (GError **error, MdocAgentError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error,
                     g_error_new_valist (MDOC_AGENT_ERROR,
                                         (gint) code,
                                         format,
                                         args));
  va_end (args);
  return FALSE;
}

/* What an inner error is outside: to a caller on the bus, and to a reader as
 * status of a DeviceResponse (ISO/IEC 18013-5, table 8). Statuses of
 * SessionData (table 20) are the session's own to send. */
typedef struct
{
  gint code;
  MdocAgentError agent;
  MdocResponseStatus response;
} Mapping;

#define GENERAL    MDOC_RESPONSE_STATUS_GENERAL_ERROR
#define DECODING   MDOC_RESPONSE_STATUS_CBOR_DECODING_ERROR
#define VALIDATION MDOC_RESPONSE_STATUS_CBOR_VALIDATION_ERROR

static const Mapping cbor_mappings[] = {
  { MDOC_CBOR_ERROR_MALFORMED, MDOC_AGENT_ERROR_MALFORMED, DECODING },
  { MDOC_CBOR_ERROR_TRUNCATED, MDOC_AGENT_ERROR_MALFORMED, DECODING },
  { MDOC_CBOR_ERROR_TRAILING, MDOC_AGENT_ERROR_MALFORMED, DECODING },
  { MDOC_CBOR_ERROR_LIMIT, MDOC_AGENT_ERROR_LIMIT, GENERAL },
  { MDOC_CBOR_ERROR_UNSUPPORTED, MDOC_AGENT_ERROR_MALFORMED, DECODING },
  { MDOC_CBOR_ERROR_DUPLICATE, MDOC_AGENT_ERROR_MALFORMED, DECODING },
  { MDOC_CBOR_ERROR_SCHEMA, MDOC_AGENT_ERROR_MALFORMED, VALIDATION },
  { MDOC_CBOR_ERROR_VERSION, MDOC_AGENT_ERROR_UNSUPPORTED, GENERAL },
};

static const Mapping crypto_mappings[] = {
  { MDOC_CRYPTO_ERROR_UNSUPPORTED, MDOC_AGENT_ERROR_UNSUPPORTED, GENERAL },
  { MDOC_CRYPTO_ERROR_KEY, MDOC_AGENT_ERROR_MALFORMED, GENERAL },
  { MDOC_CRYPTO_ERROR_CERTIFICATE, MDOC_AGENT_ERROR_MALFORMED, GENERAL },
  { MDOC_CRYPTO_ERROR_DECRYPT, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_CRYPTO_ERROR_DEVICE, MDOC_AGENT_ERROR_FAILED, GENERAL },
};

static const Mapping store_mappings[] = {
  { MDOC_STORE_ERROR_NEWER_SCHEMA, MDOC_AGENT_ERROR_STORE, GENERAL },
  { MDOC_STORE_ERROR_WRONG_KEY, MDOC_AGENT_ERROR_STORE, GENERAL },
  { MDOC_STORE_ERROR_READ_ONLY, MDOC_AGENT_ERROR_STORE, GENERAL },
  { MDOC_STORE_ERROR_BUSY, MDOC_AGENT_ERROR_STORE, GENERAL },
  { MDOC_STORE_ERROR_PERMISSIONS, MDOC_AGENT_ERROR_STORE, GENERAL },
  { MDOC_STORE_ERROR_DAMAGED, MDOC_AGENT_ERROR_STORE, GENERAL },
  { MDOC_STORE_ERROR_FULL, MDOC_AGENT_ERROR_STORE, GENERAL },
  { MDOC_STORE_ERROR_DEVICE, MDOC_AGENT_ERROR_STORE, GENERAL },
  { MDOC_STORE_ERROR_NOT_FOUND, MDOC_AGENT_ERROR_NOT_FOUND, GENERAL },
  { MDOC_STORE_ERROR_EXISTS, MDOC_AGENT_ERROR_EXISTS, GENERAL },
  { MDOC_STORE_ERROR_IN_USE, MDOC_AGENT_ERROR_IN_USE, GENERAL },
  { MDOC_STORE_ERROR_LIMIT, MDOC_AGENT_ERROR_LIMIT, GENERAL },
  { MDOC_STORE_ERROR_KEY_WITHHELD, MDOC_AGENT_ERROR_STORE, GENERAL },
};

static const Mapping keystore_mappings[] = {
  { MDOC_KEYSTORE_ERROR_SPEC, MDOC_AGENT_ERROR_INVALID_ARGUMENT, GENERAL },
  { MDOC_KEYSTORE_ERROR_ABSENT, MDOC_AGENT_ERROR_KEY_STORE, GENERAL },
  { MDOC_KEYSTORE_ERROR_LOCKED, MDOC_AGENT_ERROR_KEY_STORE, GENERAL },
  { MDOC_KEYSTORE_ERROR_FULL, MDOC_AGENT_ERROR_KEY_STORE, GENERAL },
  { MDOC_KEYSTORE_ERROR_GONE, MDOC_AGENT_ERROR_KEY_STORE, GENERAL },
  { MDOC_KEYSTORE_ERROR_DEVICE, MDOC_AGENT_ERROR_KEY_STORE, GENERAL },
};

static const Mapping session_mappings[] = {
  { MDOC_SESSION_ERROR_DECRYPT, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_SESSION_ERROR_KEY, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_SESSION_ERROR_CBOR, MDOC_AGENT_ERROR_PEER, DECODING },
  { MDOC_SESSION_ERROR_PROTOCOL, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_SESSION_ERROR_LIMIT, MDOC_AGENT_ERROR_LIMIT, GENERAL },
  { MDOC_SESSION_ERROR_TIMEOUT, MDOC_AGENT_ERROR_TIMED_OUT, GENERAL },
  { MDOC_SESSION_ERROR_COUNTER, MDOC_AGENT_ERROR_LIMIT, GENERAL },
  { MDOC_SESSION_ERROR_STATE, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_SESSION_ERROR_ENDED, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_SESSION_ERROR_DEVICE, MDOC_AGENT_ERROR_FAILED, GENERAL },
};

static const Mapping loopback_mappings[] = {
  { MDOC_LOOPBACK_ERROR_DIRECTORY, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_LOOPBACK_ERROR_PATH, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_LOOPBACK_ERROR_IN_USE, MDOC_AGENT_ERROR_BUSY, GENERAL },
  { MDOC_LOOPBACK_ERROR_NOT_FOUND, MDOC_AGENT_ERROR_NOT_FOUND, GENERAL },
  { MDOC_LOOPBACK_ERROR_PEER, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_LOOPBACK_ERROR_LIMIT, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_LOOPBACK_ERROR_VANISHED, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_LOOPBACK_ERROR_TIMEOUT, MDOC_AGENT_ERROR_TIMED_OUT, GENERAL },
  { MDOC_LOOPBACK_ERROR_IO, MDOC_AGENT_ERROR_FAILED, GENERAL },
};

static const Mapping ble_mappings[] = {
  { MDOC_BLE_ERROR_NO_BLUEZ, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_BLE_ERROR_NO_ADAPTER, MDOC_AGENT_ERROR_NOT_FOUND, GENERAL },
  { MDOC_BLE_ERROR_POWERED_OFF, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_BLE_ERROR_BLOCKED, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_BLE_ERROR_PERMISSION, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_BLE_ERROR_ROLE, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_BLE_ERROR_REFUSED, MDOC_AGENT_ERROR_FAILED, GENERAL },
  { MDOC_BLE_ERROR_CONNECT, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_BLE_ERROR_VANISHED, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_BLE_ERROR_PROTOCOL, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_BLE_ERROR_LIMIT, MDOC_AGENT_ERROR_LIMIT, GENERAL },
  { MDOC_BLE_ERROR_TIMEOUT, MDOC_AGENT_ERROR_TIMED_OUT, GENERAL },
};

static const Mapping text_mappings[] = {
  { MDOC_TEXT_ERROR_MALFORMED, MDOC_AGENT_ERROR_INVALID_ARGUMENT, GENERAL },
  { MDOC_TEXT_ERROR_LIMIT, MDOC_AGENT_ERROR_LIMIT, GENERAL },
};

static const Mapping qr_mappings[] = {
  { MDOC_QR_ERROR_TOO_LONG, MDOC_AGENT_ERROR_LIMIT, GENERAL },
  { MDOC_QR_ERROR_DEVICE, MDOC_AGENT_ERROR_FAILED, GENERAL },
};

static const Mapping offer_mappings[] = {
  { MDOC_OFFER_ERROR_LINK, MDOC_AGENT_ERROR_INVALID_ARGUMENT, GENERAL },
  { MDOC_OFFER_ERROR_CONTENT, MDOC_AGENT_ERROR_MALFORMED, GENERAL },
  { MDOC_OFFER_ERROR_LIMIT, MDOC_AGENT_ERROR_LIMIT, GENERAL },
};

static const Mapping json_mappings[] = {
  { MDOC_JSON_ERROR_MALFORMED, MDOC_AGENT_ERROR_MALFORMED, GENERAL },
  { MDOC_JSON_ERROR_TRUNCATED, MDOC_AGENT_ERROR_MALFORMED, GENERAL },
  { MDOC_JSON_ERROR_TRAILING, MDOC_AGENT_ERROR_MALFORMED, GENERAL },
  { MDOC_JSON_ERROR_LIMIT, MDOC_AGENT_ERROR_LIMIT, GENERAL },
  { MDOC_JSON_ERROR_UNSUPPORTED, MDOC_AGENT_ERROR_MALFORMED, GENERAL },
  { MDOC_JSON_ERROR_DUPLICATE, MDOC_AGENT_ERROR_MALFORMED, GENERAL },
  { MDOC_JSON_ERROR_SCHEMA, MDOC_AGENT_ERROR_MALFORMED, GENERAL },
};

static const Mapping keep_mappings[] = {
  { MDOC_KEEP_ERROR_INCOMPLETE, MDOC_AGENT_ERROR_NOT_VERIFIED, GENERAL },
  { MDOC_KEEP_ERROR_PROMISE, MDOC_AGENT_ERROR_NOT_VERIFIED, GENERAL },
};

static const Mapping platform_mappings[] = {
  { MDOC_PLATFORM_ERROR_RETRY, MDOC_AGENT_ERROR_TIMED_OUT, GENERAL },
  { MDOC_PLATFORM_ERROR_NONCE, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_PLATFORM_ERROR_TOKEN, MDOC_AGENT_ERROR_DENIED, GENERAL },
  { MDOC_PLATFORM_ERROR_REFUSED, MDOC_AGENT_ERROR_DENIED, GENERAL },
  { MDOC_PLATFORM_ERROR_TRUST, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_PLATFORM_ERROR_PROTOCOL, MDOC_AGENT_ERROR_PEER, GENERAL },
  { MDOC_PLATFORM_ERROR_UNSUPPORTED, MDOC_AGENT_ERROR_UNSUPPORTED, GENERAL },
  { MDOC_PLATFORM_ERROR_DEVICE, MDOC_AGENT_ERROR_FAILED, GENERAL },
};

typedef struct
{
  GQuark (*get_domain) (void);
  const Mapping *mappings;
  gsize n_mappings;
} Domain;

#define DOMAIN(name_)                                                          \
  {                                                                            \
    mdoc_##name_##_error_quark, name_##_mappings,                              \
        G_N_ELEMENTS (name_##_mappings)                                        \
  }

static const Domain domains[] = {
  DOMAIN (cbor),     DOMAIN (crypto), DOMAIN (store), DOMAIN (session),
  DOMAIN (loopback), DOMAIN (ble),    DOMAIN (text),  DOMAIN (qr),
  DOMAIN (keystore), DOMAIN (offer),  DOMAIN (json),  DOMAIN (platform),
  DOMAIN (keep),
};

static const Mapping *
find_mapping (const GError *error)
{
  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      if (error->domain != domains[i].get_domain ())
        continue;

      for (gsize j = 0; j < domains[i].n_mappings; j++)
        {
          if (error->code == domains[i].mappings[j].code)
            return &domains[i].mappings[j];
        }
    }

  return NULL;
}

/**
 * mdoc_agent_error_from:
 * @error: an error of any domain
 *
 * Returns: what it is to a caller on the bus; %MDOC_AGENT_ERROR_FAILED for a
 *   domain that nobody thought of
 */
MdocAgentError
mdoc_agent_error_from (const GError *error)
{
  const Mapping *mapping;

  g_return_val_if_fail (error != NULL, MDOC_AGENT_ERROR_FAILED);

  if (error->domain == MDOC_AGENT_ERROR)
    return (MdocAgentError) error->code;

  mapping = find_mapping (error);
  return mapping != NULL ? mapping->agent : MDOC_AGENT_ERROR_FAILED;
}

/**
 * mdoc_agent_error_convert:
 * @error: (inout): an error of any domain
 *
 * Turns it into a #MdocAgentError with the same text.
 */
void
mdoc_agent_error_convert (GError **error)
{
  GError *converted;

  g_return_if_fail (error != NULL && *error != NULL);

  if ((*error)->domain == MDOC_AGENT_ERROR)
    return;

  converted = g_error_new_literal (MDOC_AGENT_ERROR,
                                   (gint) mdoc_agent_error_from (*error),
                                   (*error)->message);
  g_error_free (*error);
  *error = converted;
}

/**
 * mdoc_agent_error_get_response_status:
 * @error: why a request is not answered with documents
 *
 * Returns: the status that a DeviceResponse says it with: 11 or 12 for a
 *   request that is wrong, 10 for everything else
 */
guint
mdoc_agent_error_get_response_status (const GError *error)
{
  const Mapping *mapping;

  g_return_val_if_fail (error != NULL, GENERAL);

  mapping = find_mapping (error);
  return mapping != NULL ? mapping->response : GENERAL;
}
