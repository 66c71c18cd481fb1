/*
 * mdoc-reader-transport.c - the ways to reach a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-transport.h"

#include <string.h>

#include "loopback/mdoc-loopback.h"
#include "mdoc/mdoc-session.h"
#include "reader/mdoc-reader-error.h"

static MdocTransport *
open_loopback (MdocDeviceEngagement *engagement, GError **error)
{
  const MdocRetrievalMethod *method;

  method = mdoc_device_engagement_find_method (engagement, MDOC_RETRIEVAL_BLE);
  if (method == NULL)
    {
      mdoc_reader_refuse (error,
                          MDOC_READER_ERROR_TRANSPORT,
                          "The engagement offers no Bluetooth, whose UUID "
                          "names the socket");
      return NULL;
    }

  return mdoc_loopback_reader_new (method->ble.has_central_client
                                       ? method->ble.central_client_uuid
                                       : method->ble.peripheral_server_uuid,
                                   MDOC_SESSION_MAX_RESPONSE_BYTES,
                                   error);
}

/* names[i] is opened by transports[i] */
static const char *const names[] = { "loopback", NULL };

static MdocTransport *(*const transports[]) (MdocDeviceEngagement *engagement,
                                             GError **error)
    = { open_loopback };

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
 * @name: (nullable): which transport; %NULL: the usual one
 * @engagement: the holder's
 * @error: return location for a #MdocReaderError or the transport's own
 *
 * Returns: (transfer full): a transport that has not been started, or %NULL
 *   with @error set
 */
MdocTransport *
mdoc_reader_transport_open (const char *name,
                            MdocDeviceEngagement *engagement,
                            GError **error)
{
  for (gsize i = 0; names[i] != NULL; i++)
    if (name == NULL || strcmp (names[i], name) == 0)
      return transports[i](engagement, error);

  g_return_val_if_reached (NULL);
}
