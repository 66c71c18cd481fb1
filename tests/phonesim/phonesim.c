/*
 * phonesim.c - a phone of our own against our transport over BlueZ
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "ble/mdoc-ble.h"
#include "tests/phonesim/sim-peer.h"
#include "tests/phonesim/sim-relay.h"

/* one end is a transport of ours through bluetoothd, the other the phone; the
 * reader among them asks, the holder says the same */
typedef struct
{
  GMainLoop *loop;
  MdocTransport *ours;
  SimPeer *phone;
  SimPeer *stranger;
  gboolean has_intruded;
  gboolean is_stranger_gone;
  gboolean is_wallet; /* the phone */
  const SimPeerConfig *phone_config;
  const gsize *sizes; /* of messages, to the first 0 */
  gsize n_done;
  gint64 sent_us;
  double there_s; /* from the reader to the holder, all messages */
  double back_s;
  guint n_closed;
  gint64 closed_us; /* the first of both */
  gint64 apart_us;  /* and the second */
  gboolean is_spoiled;
  GError *error; /* of ours */
} Talk;

static char *role = NULL;
static char *mode = NULL;
static char *profile_name = NULL;
static char *fault_name = NULL;
static char *expected = NULL;
static char *sizes_text = NULL;
static char *adapter = NULL;
static char *socket_path = NULL;
static gboolean has_stranger = FALSE;
static gint fault_bytes = 0;
static gint timeout_s = 60;
static gint mtu = 0;
static gint max_part = 0;
static gboolean is_spoiling = FALSE; /* a part is lost or doubled */

#define MAX_MESSAGE_BYTES (2 * 1024 * 1024)
/* of a flood */
#define MAX_FLOOD_BYTES 30000
/* what a person may have to wait for the error when the phone has gone */
#define MAX_APART_S 5

/* So that a part lost, doubled or moved shows. */
static GBytes *
make_message (Talk *talk)
{
  gsize size = talk->sizes[talk->n_done];
  guint8 *bytes = g_malloc (size);
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) talk->n_done);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) g_rand_int (random);
  return g_bytes_new_take (bytes, size);
}

static double
take_seconds (Talk *talk)
{
  gint64 now_us = g_get_monotonic_time ();
  double seconds = (double) (now_us - talk->sent_us) / 1e6;

  talk->sent_us = now_us;
  return seconds;
}

static void
send_message (Talk *talk, gboolean is_to_phone)
{
  g_autoptr (GBytes) message = make_message (talk);

  if (is_to_phone)
    mdoc_transport_send (talk->ours, message);
  else
    sim_peer_send (talk->phone, message);
}

static void
take_message (Talk *talk, GBytes *message, gboolean is_from_phone)
{
  g_autoptr (GBytes) own = make_message (talk);

  if (!is_from_phone && talk->stranger != NULL && !talk->is_stranger_gone
      && !talk->has_intruded)
    {
      talk->has_intruded = TRUE;
      sim_peer_intrude (talk->stranger, TRUE);
    }
  if (is_spoiling && talk->n_done == 1 && !g_bytes_equal (message, own))
    {
      /* not for the transport to notice, but for what decrypts it */
      g_print ("# the second message came as %zu bytes\n",
               g_bytes_get_size (message));
      talk->is_spoiled = TRUE;
      mdoc_transport_close (talk->ours);
      return;
    }
  if (!g_bytes_equal (message, own))
    g_error ("%zu bytes came as %zu other bytes",
             g_bytes_get_size (own),
             g_bytes_get_size (message));
  if (is_from_phone != talk->is_wallet)
    {
      talk->there_s += take_seconds (talk);
      send_message (talk, is_from_phone);
      return;
    }
  talk->back_s += take_seconds (talk);
  talk->n_done++;
  if (talk->sizes[talk->n_done] != 0)
    send_message (talk, is_from_phone);
  else if (is_from_phone)
    mdoc_transport_close (talk->ours);
  else
    sim_peer_end (talk->phone);
}

static void
on_started (Talk *talk, gboolean is_phone)
{
  if (is_phone == talk->is_wallet)
    return;
  talk->sent_us = g_get_monotonic_time ();
  send_message (talk, !is_phone);
}

static void
maybe_quit (Talk *talk)
{
  if (talk->n_closed == 2 && (talk->stranger == NULL || talk->is_stranger_gone))
    g_main_loop_quit (talk->loop);
}

static void
on_end (Talk *talk)
{
  gint64 now_us = g_get_monotonic_time ();

  if (++talk->n_closed == 1)
    talk->closed_us = now_us;
  else
    talk->apart_us = now_us - talk->closed_us;
  maybe_quit (talk);
}

static void
on_ours_connected (MdocTransport *transport, gpointer user_data)
{
  on_started (user_data, FALSE);
}

static void
on_ours_message (MdocTransport *transport, GBytes *message, gpointer user_data)
{
  take_message (user_data, message, TRUE);
}

static void
on_ours_closed (MdocTransport *transport,
                const GError *error,
                gpointer user_data)
{
  Talk *talk = user_data;

  if (error != NULL)
    talk->error = g_error_copy (error);
  on_end (talk);
}

static void
on_phone_started (gpointer user_data)
{
  on_started (user_data, TRUE);
}

static void
on_phone_message (GBytes *message, gpointer user_data)
{
  take_message (user_data, message, FALSE);
}

static void
on_phone_closed (guint reason, gboolean has_ended, gpointer user_data)
{
  on_end (user_data);
}

static void
start_phone (Talk *talk)
{
  static const SimPeerEvents events = { on_phone_started,
                                        on_phone_message,
                                        on_phone_closed };

  talk->phone = sim_peer_new (sim_relay_open_ether (socket_path),
                              talk->phone_config,
                              &events,
                              talk);
}

/* --- another phone, that is connected and has subscribed before ------------
 */

static void
on_stranger_started (gpointer user_data)
{
  Talk *talk = user_data;

  sim_peer_intrude (talk->stranger, FALSE);
  start_phone (talk);
}

static void
on_stranger_message (GBytes *message, gpointer user_data)
{
  /* is encrypted, and anybody could hear it with a radio */
}

static void
on_stranger_closed (guint reason, gboolean has_ended, gpointer user_data)
{
  Talk *talk = user_data;

  talk->is_stranger_gone = TRUE;
  g_print ("# the other phone was sent away: %02x, after %zu messages%s\n",
           reason,
           talk->n_done,
           talk->has_intruded ? "" : ", before it could write again");
  maybe_quit (talk);
}

static void
start_stranger (Talk *talk)
{
  static const SimProfile profile = { .name = "stranger",
                                      .steps = "MDcC",
                                      .mtu = 517,
                                      .max_part_bytes = 512 };
  static const SimPeerEvents events = { on_stranger_started,
                                        on_stranger_message,
                                        on_stranger_closed };
  SimPeerConfig config = *talk->phone_config;

  config.profile = &profile;
  config.fault = SIM_FAULT_NONE;
  talk->stranger = sim_peer_new (sim_relay_open_ether (socket_path),
                                 &config,
                                 &events,
                                 talk);
}

static gboolean
on_timeout (gpointer user_data)
{
  Talk *talk = user_data;

  g_error ("%u of 2 ends closed, %zu messages done",
           talk->n_closed,
           talk->n_done);
  return G_SOURCE_REMOVE;
}

/* The profile that was asked for, in another size if that was asked too. */
static SimProfile
make_profile (void)
{
  const SimProfile *named = sim_profile_find (profile_name);
  SimProfile profile;

  if (named == NULL)
    g_error ("no such profile");
  profile = *named;
  if (mtu != 0)
    profile.mtu = (guint) mtu;
  if (max_part != 0)
    profile.max_part_bytes = (guint) max_part;
  return profile;
}

static gboolean
run (const gsize *sizes)
{
  static const MdocTransportEvents events = { on_ours_connected,
                                              on_ours_message,
                                              on_ours_closed };
  Talk talk = { .sizes = sizes, .is_wallet = g_str_equal (role, "wallet") };
  SimProfile profile = make_profile ();
  guint8 uuid[MDOC_BLE_UUID_BYTES], ident[MDOC_BLE_IDENT_BYTES];
  MdocBleConfig config = { .adapter = adapter,
                           .ident = ident,
                           .max_message_bytes = MAX_MESSAGE_BYTES };
  SimPeerConfig phone = { .is_wallet = talk.is_wallet,
                          .is_central_mode = g_str_equal (mode, "central"),
                          .service_uuid = uuid,
                          .ident = ident,
                          .profile = &profile,
                          .fault_bytes = (gsize) fault_bytes };
  gsize n_bytes = 0;

  if (!sim_fault_parse (fault_name, &phone.fault))
    g_error ("no such fault");
  is_spoiling = phone.fault == SIM_FAULT_LOST
                || phone.fault == SIM_FAULT_DOUBLE;
  if (phone.fault == SIM_FAULT_FLOOD)
    config.max_message_bytes = MAX_FLOOD_BYTES;
  for (guint i = 0; i < sizeof uuid; i++)
    uuid[i] = (guint8) g_random_int ();
  for (guint i = 0; i < sizeof ident; i++)
    ident[i] = (guint8) g_random_int ();
  for (guint i = 0; sizes[i] != 0; i++)
    n_bytes += sizes[i];
  if (phone.is_central_mode)
    config.central_uuid = uuid;
  else
    config.peripheral_uuid = uuid;

  talk.loop = g_main_loop_new (NULL, FALSE);
  talk.ours = talk.is_wallet ? mdoc_ble_reader_new (&config)
                             : mdoc_ble_holder_new (&config);
  g_timeout_add_seconds ((guint) timeout_s, on_timeout, &talk);
  mdoc_transport_start (talk.ours, &events, &talk);
  talk.phone_config = &phone;
  if (has_stranger)
    start_stranger (&talk);
  else
    start_phone (&talk);
  g_main_loop_run (talk.loop);

  g_print ("# %s %s %s: MTU %u, to the holder %.1f kB/s, to the reader %.1f "
           "kB/s, %zu messages, ours ended: %s\n",
           profile_name,
           role,
           mode,
           sim_peer_get_mtu (talk.phone),
           (double) n_bytes / 1e3 / talk.there_s,
           (double) n_bytes / 1e3 / talk.back_s,
           talk.n_done,
           talk.error == NULL ? "in order" : talk.error->message);
  if (talk.apart_us > MAX_APART_S * G_USEC_PER_SEC)
    {
      g_print ("# closed %.1f s apart\n", (double) talk.apart_us / 1e6);
      return FALSE;
    }
  if (expected != NULL)
    return talk.error != NULL && strstr (talk.error->message, expected) != NULL;
  if (phone.fault == SIM_FAULT_PAIRING
      && sim_peer_get_n_refused (talk.phone) == 0)
    return FALSE;
  if (is_spoiling)
    return talk.error == NULL && talk.is_spoiled;
  return talk.error == NULL && sizes[talk.n_done] == 0;
}

int
main (int argc, char **argv)
{
  static const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &role, "wallet or reader", "R" },
    { "mode", 0, 0, G_OPTION_ARG_STRING, &mode, "central or peripheral", "M" },
    { "profile",
      0,
      0,
      G_OPTION_ARG_STRING,
      &profile_name,
      "of the phone",
      "P" },
    { "fault", 0, 0, G_OPTION_ARG_STRING, &fault_name, "what goes wrong", "F" },
    { "stranger",
      0,
      0,
      G_OPTION_ARG_NONE,
      &has_stranger,
      "there is another phone, which is the first to subscribe",
      NULL },
    { "at",
      0,
      0,
      G_OPTION_ARG_INT,
      &fault_bytes,
      "of the second message",
      "N" },
    { "expect", 0, 0, G_OPTION_ARG_STRING, &expected, "the error", "TEXT" },
    { "sizes", 0, 0, G_OPTION_ARG_STRING, &sizes_text, "of messages", "N,N" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout_s, "for all", "S" },
    { "mtu", 0, 0, G_OPTION_ARG_INT, &mtu, "that the phone allows", "N" },
    { "max-part", 0, 0, G_OPTION_ARG_INT, &max_part, "of the phone", "N" },
    { "adapter", 0, 0, G_OPTION_ARG_STRING, &adapter, "of ours", "hciN" },
    { "socket", 0, 0, G_OPTION_ARG_STRING, &socket_path, "of btvirt", "PATH" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree gsize *sizes = NULL;

  role = g_strdup ("wallet");
  mode = g_strdup ("central");
  profile_name = g_strdup ("plain");
  fault_name = g_strdup ("none");
  sizes_text = g_strdup ("1,20,600,10000");
  adapter = g_strdup ("hci0");
  socket_path = g_strdup ("/tmp/bt-server-bredrle");
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    g_error ("%s", error->message);
  words = g_strsplit (sizes_text, ",", 0);
  sizes = g_new0 (gsize, g_strv_length (words) + 1);
  for (guint i = 0; words[i] != NULL; i++)
    sizes[i] = (gsize) strtoul (words[i], NULL, 10);
  return run (sizes) ? 0 : 1;
}
