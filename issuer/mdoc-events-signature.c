/*
 * mdoc-events-signature.c - who sent an event, shown by a shared secret
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-events-signature.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"

#define MAC_LEN 32

static void
compute (MdocSpan secret, const char *time, MdocSpan body, guint8 *ret_mac)
{
  const MdocSpan parts[] = { mdoc_span_from_text (time),
                             mdoc_span_from_text ("."),
                             body };

  mdoc_hmac_compute (MDOC_HASH_SHA256,
                     secret,
                     parts,
                     G_N_ELEMENTS (parts),
                     ret_mac);
}

/**
 * mdoc_events_signature_make:
 * @secret: what sender and receiver share
 * @at_unix_s: when it is sent
 * @body: what is sent, byte for byte
 *
 * Returns: (transfer full): the value of %MDOC_EVENTS_SIGNATURE_HEADER
 */
char *
mdoc_events_signature_make (MdocSpan secret, gint64 at_unix_s, MdocSpan body)
{
  guint8 mac[MDOC_HASH_MAX_LEN];
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT, at_unix_s);
  g_autofree char *hex = NULL;

  compute (secret, time, body, mac);
  hex = mdoc_hex_encode (MDOC_SPAN (mac, MAC_LEN));
  return g_strdup_printf ("t=%s,sig=%s", time, hex);
}

/* "t=DIGITS,sig=HEX" and nothing else */
static gboolean
split (const char *header, char **ret_time, GBytes **ret_mac)
{
  g_auto (GStrv) parts = g_strsplit (header, ",", 3);
  g_autoptr (GBytes) mac = NULL;
  guint64 unused;

  if (g_strv_length (parts) != 2 || !g_str_has_prefix (parts[0], "t=")
      || !g_str_has_prefix (parts[1], "sig=")
      || !g_ascii_string_to_unsigned (parts[0] + 2,
                                      10,
                                      0,
                                      G_MAXINT64,
                                      &unused,
                                      NULL))
    return FALSE;

  mac = mdoc_hex_decode (parts[1] + 4, NULL);
  if (mac == NULL || g_bytes_get_size (mac) != MAC_LEN)
    return FALSE;

  *ret_time = g_strdup (parts[0] + 2);
  *ret_mac = g_steal_pointer (&mac);
  return TRUE;
}

/**
 * mdoc_events_signature_check:
 * @header: (nullable): what came as %MDOC_EVENTS_SIGNATURE_HEADER
 * @secret: what sender and receiver share
 * @body: what came, byte for byte
 * @now_unix_s: when it came
 *
 * Returns: whether somebody who has the secret sent just this, and lately
 */
gboolean
mdoc_events_signature_check (const char *header,
                             MdocSpan secret,
                             MdocSpan body,
                             gint64 now_unix_s)
{
  g_autofree char *time = NULL;
  g_autoptr (GBytes) mac = NULL;
  guint8 wanted[MDOC_HASH_MAX_LEN];
  gint64 at;

  if (header == NULL || !split (header, &time, &mac))
    return FALSE;

  /* over the text as it came: "007" is another text than "7" */
  compute (secret, time, body, wanted);
  if (!mdoc_secret_equal (mdoc_span_from_bytes (mac),
                          MDOC_SPAN (wanted, MAC_LEN)))
    return FALSE;

  at = g_ascii_strtoll (time, NULL, 10);
  return at <= now_unix_s ? now_unix_s - at <= MDOC_EVENTS_SIGNATURE_MAX_SKEW_S
                          : at - now_unix_s <= MDOC_EVENTS_SIGNATURE_MAX_SKEW_S;
}
