/*
 * mdoc-presentation-transport.c - by which way a reader is to come
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-presentation-transport.h"

#include <string.h>
#include <unistd.h>

#include "agent/mdoc-agent-error.h"
#include "base/mdoc-names.h"
#include "ble/mdoc-ble.h"
#include "crypto/mdoc-crypto.h"
#include "engagement/mdoc-ble-ident.h"
#include "engagement/mdoc-device-engagement.h"
#include "loopback/mdoc-loopback.h"
#include "mdoc/mdoc-session.h"

#define UUID_BYTES 16

/* ISO/IEC 18013-5, 8.3.3.1.1: at least one of the two; @psm: key 21, 0: none */
static GBytes *
make_engagement (MdocPublicKey *e_device_key,
                 const guint8 *central_uuid,
                 const guint8 *peripheral_uuid,
                 guint psm)
{
  g_autoptr (MdocDeviceEngagementBuilder) builder
      = mdoc_device_engagement_builder_new ();
  MdocRetrievalMethod method = { .kind = MDOC_RETRIEVAL_BLE };

  if (central_uuid != NULL)
    {
      method.ble.has_central_client = TRUE;
      memcpy (method.ble.central_client_uuid, central_uuid, UUID_BYTES);
    }
  if (peripheral_uuid != NULL)
    {
      method.ble.has_peripheral_server = TRUE;
      memcpy (method.ble.peripheral_server_uuid, peripheral_uuid, UUID_BYTES);
    }
  method.ble.has_psm = psm != 0;
  method.ble.psm = psm;
  mdoc_device_engagement_builder_add_method (builder, &method);
  return mdoc_device_engagement_builder_finish (builder, e_device_key);
}

static gboolean
is_one_of (const char *text, const char *const *known)
{
  return text == NULL || g_strv_contains (known, text);
}

static gboolean
is_auto (const MdocPresentationWay *self)
{
  return self->transport == NULL || strcmp (self->transport, "auto") == 0;
}

/* Where the folder of the loopback is set, somebody wants it used. A loopback
 * that nobody has asked for would leave a holder with a QR code that no reader
 * can follow. */
static gboolean
is_ble_wanted (const MdocPresentationWay *self)
{
  if (is_auto (self))
    return g_getenv (MDOC_ENV_RUNTIME_DIR) == NULL;
  return strcmp (self->transport, "ble") == 0;
}

/* What is missing is told now rather than by an end. */
static gboolean
check_ble (const MdocPresentationWay *self, const char *role, GError **error)
{
  g_autoptr (GError) missing = NULL;

  if (mdoc_ble_check (self->adapter, role, &missing))
    return TRUE;

  if (is_auto (self))
    g_set_error (error,
                 missing->domain,
                 missing->code,
                 "%s (or choose --transport=loopback, for a reader on this "
                 "machine)",
                 missing->message);
  else
    g_propagate_error (error, g_steal_pointer (&missing));
  return FALSE;
}

static MdocTransport *
make_ble (MdocBleConfig *config, GBytes *engagement, GError **error)
{
  g_autoptr (MdocDeviceEngagement) parsed = NULL;
  guint8 ident[MDOC_BLE_IDENT_LEN];

  parsed = mdoc_device_engagement_parse (engagement, error);
  if (parsed == NULL)
    return NULL;
  mdoc_engagement_derive_ble_ident (
      mdoc_device_engagement_get_e_device_key_tagged (parsed),
      ident);
  config->ident = ident;
  return mdoc_ble_holder_new (config);
}

/* A reader that is to connect to us over L2CAP is told where, so that it need
 * not ask when it is there. */
static MdocTransport *
open_ble (const MdocPresentationWay *self,
          MdocPublicKey *e_device_key,
          const guint8 *central_uuid,
          const guint8 *peripheral_uuid,
          GBytes **ret_engagement,
          GError **error)
{
  MdocBleConfig config = {
    .adapter = self->adapter,
    .central_uuid = central_uuid,
    .peripheral_uuid = peripheral_uuid,
    .use_l2cap = self->use_l2cap,
    .max_message_bytes = MDOC_SESSION_MAX_REQUEST_BYTES,
  };
  g_autoptr (GBytes) engagement = NULL;
  MdocTransport *transport;

  if (!check_ble (self, central_uuid != NULL ? "central" : "peripheral", error))
    return NULL;
  if (self->use_l2cap && peripheral_uuid != NULL && !self->hides_psm)
    {
      config.listener = mdoc_ble_listen (self->adapter, &config.psm, error);
      if (config.listener < 0)
        return NULL;
    }
  engagement = make_engagement (e_device_key,
                                central_uuid,
                                peripheral_uuid,
                                config.psm);
  transport = make_ble (&config, engagement, error);
  if (transport != NULL)
    *ret_engagement = g_steal_pointer (&engagement);
  else if (config.psm != 0)
    close (config.listener);
  return transport;
}

void
mdoc_presentation_way_clear (MdocPresentationWay *self)
{
  g_clear_pointer (&self->transport, g_free);
  g_clear_pointer (&self->ble_mode, g_free);
  g_clear_pointer (&self->end, g_free);
  g_clear_pointer (&self->adapter, g_free);
}

/**
 * mdoc_presentation_way_get_ending:
 * @self: which way
 * @ret_ending: (out): who ends it, and how
 * @error: return location for a #MdocAgentError
 *
 * Returns: %TRUE if there is such an ending
 */
gboolean
mdoc_presentation_way_get_ending (const MdocPresentationWay *self,
                                  MdocPresentationEnding *ret_ending,
                                  GError **error)
{
  static const char *const names[] = {
    "reader",   "with-answer",    "status",     "transport",
    "vanish",   "cut-first-byte", "cut-middle", "cut-last-byte",
    "length",   "prefix",         "oversize",   "garbage",
    "tampered", "error-status",   "late-answer"
  };

  if (self->end == NULL)
    {
      *ret_ending = MDOC_PRESENTATION_BY_READER;
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], self->end) == 0)
      {
        *ret_ending = (MdocPresentationEnding) i;
        return TRUE;
      }
  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                            "There is no such end: %s",
                            self->end);
}

/**
 * mdoc_presentation_way_open:
 * @self: which way
 * @e_device_key: the ephemeral key of the session
 * @ret_engagement: (out) (transfer full): the engagement that names the way
 * @error: return location for a #MdocAgentError, #MdocBleError or
 *   #MdocLoopbackError
 *
 * "auto" is Bluetooth, but where the folder of the loopback is set.
 * The loopback is found by the UUID of the mode "central".
 *
 * Returns: (transfer full): a transport that has not been started, or %NULL
 *   with @error set
 */
MdocTransport *
mdoc_presentation_way_open (const MdocPresentationWay *self,
                            MdocPublicKey *e_device_key,
                            GBytes **ret_engagement,
                            GError **error)
{
  static const char *const transports[] = { "auto", "ble", "loopback", NULL };
  static const char *const modes[] = { "both", "central", "peripheral", NULL };
  gboolean is_peripheral = g_strcmp0 (self->ble_mode, "peripheral") == 0;
  gboolean is_central = g_strcmp0 (self->ble_mode, "central") == 0;
  g_autoptr (GBytes) engagement = NULL;
  MdocTransport *transport;
  guint8 central[UUID_BYTES], peripheral[UUID_BYTES];

  if (!is_one_of (self->transport, transports)
      || !is_one_of (self->ble_mode, modes))
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "The transport is \"auto\", \"ble\" or \"loopback\", "
                         "the mode \"both\", \"central\" or \"peripheral\"");
      return NULL;
    }

  mdoc_engagement_make_ble_uuid (central);
  mdoc_engagement_make_ble_uuid (peripheral);
  if (is_ble_wanted (self))
    return open_ble (self,
                     e_device_key,
                     is_peripheral ? NULL : central,
                     is_central ? NULL : peripheral,
                     ret_engagement,
                     error);

  engagement = make_engagement (e_device_key, central, NULL, 0);
  transport = mdoc_loopback_holder_new (central,
                                        MDOC_SESSION_MAX_REQUEST_BYTES,
                                        error);
  if (transport != NULL)
    *ret_engagement = g_steal_pointer (&engagement);
  return transport;
}
