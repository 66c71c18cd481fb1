/*
 * mdoc-reader-transport.c - the ways to reach a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-transport.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "ble/mdoc-ble.h"
#include "engagement/mdoc-ble-ident.h"
#include "loopback/mdoc-loopback.h"
#include "mdoc/mdoc-session.h"
#include "reader/mdoc-reader-error.h"

static gboolean
is_auto (const MdocReaderWay *way)
{
  return way->transport == NULL || strcmp (way->transport, "auto") == 0;
}

/**
 * mdoc_reader_transport_check:
 * @way: by which way, over Bluetooth
 * @role: "central" or "peripheral"
 * @error: return location for a #MdocBleError
 *
 * Returns: %TRUE, or %FALSE with @error saying what is missing, and what to do
 */
gboolean
mdoc_reader_transport_check (const MdocReaderWay *way,
                             const char *role,
                             GError **error)
{
  g_autoptr (GError) missing = NULL;

  if (mdoc_ble_check (way->adapter, role, &missing))
    return TRUE;

  if (is_auto (way))
    g_set_error (error,
                 missing->domain,
                 missing->code,
                 "%s (or choose --transport=loopback, for a holder on this "
                 "machine)",
                 missing->message);
  else
    g_propagate_error (error, g_steal_pointer (&missing));
  return FALSE;
}

static MdocTransport *
open_loopback (const MdocRetrievalMethod *method, GError **error)
{
  return mdoc_loopback_reader_new (method->ble.has_central_client
                                       ? method->ble.central_client_uuid
                                       : method->ble.peripheral_server_uuid,
                                   MDOC_SESSION_MAX_RESPONSE_BYTES,
                                   error);
}

/* A reader is in the part that the holder is not in. */
static MdocTransport *
open_ble (const MdocReaderWay *way,
          const MdocRetrievalMethod *method,
          MdocDeviceEngagement *engagement,
          GError **error)
{
  guint8 ident[MDOC_BLE_IDENT_LEN];
  MdocBleConfig config = {
    .adapter = way->adapter,
    .ident = ident,
    .use_l2cap = way->use_l2cap,
    .max_message_bytes = MDOC_SESSION_MAX_RESPONSE_BYTES
  };

  if (method->ble.has_central_client
      && g_strcmp0 (way->ble_mode, "peripheral") != 0)
    config.central_uuid = method->ble.central_client_uuid;
  else if (method->ble.has_peripheral_server
           && g_strcmp0 (way->ble_mode, "central") != 0)
    {
      config.peripheral_uuid = method->ble.peripheral_server_uuid;
      if (method->ble.has_psm && !way->is_psm_read)
        config.psm = method->ble.psm;
    }
  else
    {
      mdoc_reader_refuse (error,
                          MDOC_READER_ERROR_TRANSPORT,
                          "The engagement does not offer the Bluetooth mode "
                          "\"%s\"",
                          way->ble_mode);
      return NULL;
    }
  if (!mdoc_reader_transport_check (way,
                                    config.central_uuid != NULL ? "peripheral"
                                                                : "central",
                                    error))
    return NULL;

  mdoc_engagement_derive_ble_ident (
      mdoc_device_engagement_get_e_device_key_tagged (engagement),
      ident);
  if (way->has_wrong_ident)
    ident[0] ^= 1;
  return mdoc_ble_reader_new (&config);
}

static const char *const names[] = { "auto", "ble", "loopback", NULL };

/**
 * mdoc_reader_transport_is_ble:
 * @way: by which way
 *
 * Where the folder of the loopback is set, somebody wants it used.
 *
 * Returns: whether a holder is reached over Bluetooth
 */
gboolean
mdoc_reader_transport_is_ble (const MdocReaderWay *way)
{
  if (is_auto (way))
    return g_getenv (MDOC_ENV_RUNTIME_DIR) == NULL;
  return strcmp (way->transport, "ble") == 0;
}

/**
 * mdoc_reader_transport_get_names:
 *
 * Returns: (array zero-terminated=1): what --transport takes
 */
const char *const *
mdoc_reader_transport_get_names (void)
{
  return names;
}

/**
 * mdoc_reader_transport_is_known:
 * @name: what --transport was given
 *
 * Returns: %TRUE if there is such a transport
 */
gboolean
mdoc_reader_transport_is_known (const char *name)
{
  return g_strv_contains (names, name);
}

/**
 * mdoc_reader_transport_open:
 * @way: by which way
 * @engagement: the holder's
 * @error: return location for a #MdocReaderError or the transport's own
 *
 * "auto" is Bluetooth, but where the folder of the loopback is set.
 *
 * Returns: (transfer full): a transport that has not been started, or %NULL
 *   with @error set
 */
MdocTransport *
mdoc_reader_transport_open (const MdocReaderWay *way,
                            MdocDeviceEngagement *engagement,
                            GError **error)
{
  const MdocRetrievalMethod *method;

  method = mdoc_device_engagement_find_method (engagement, MDOC_RETRIEVAL_BLE);
  if (method == NULL)
    {
      mdoc_reader_refuse (error,
                          MDOC_READER_ERROR_TRANSPORT,
                          "The engagement offers no Bluetooth, whose UUID "
                          "names the loopback's socket too");
      return NULL;
    }
  return mdoc_reader_transport_is_ble (way)
             ? open_ble (way, method, engagement, error)
             : open_loopback (method, error);
}
