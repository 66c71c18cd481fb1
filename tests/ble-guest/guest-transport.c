/*
 * guest-transport.c - a holder and a reader over two adapters of this machine
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "ble/mdoc-ble.h"

#define MAX_MESSAGE_BYTES (2 * 1024 * 1024)

typedef struct
{
  GMainLoop *loop;
  MdocTransport *holder;
  MdocTransport *reader;
  const gsize *sizes; /* of messages, to the first 0 */
  gsize n_done;
  gint64 started_us;
  gint64 connected_us;
  gint64 request_us; /* when the last request was handed over */
  double up_s;       /* from the reader to the holder, all messages */
  double down_s;
  gint64 fault_us;
  guint n_closed;
  GError *holder_error;
  GError *reader_error;
} Talk;

static char *mode = NULL;
static char *sizes_text = NULL;
static char *holder_adapter = NULL;
static char *reader_adapter = NULL;
static gint n_times = 1;
static gint timeout_s = 120;
static gint max_part = 0;
static char *fault = NULL;  /* a command */
static gint fault_ends = 2; /* how many notice it */
static gboolean use_l2cap = FALSE;

/* how long the error may take after the fault */
#define MAX_FAULT_S 5

/* So that a part lost, doubled or moved shows. */
static GBytes *
make_message (gsize size, guint seed)
{
  guint8 *bytes = g_malloc (MAX (size, 1));
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) g_rand_int (random);
  return g_bytes_new_take (bytes, size);
}

static void
send_request (Talk *talk)
{
  g_autoptr (GBytes) request = make_message (talk->sizes[talk->n_done],
                                             (guint) talk->n_done);

  talk->request_us = g_get_monotonic_time ();
  mdoc_transport_send (talk->reader, request);
}

static void
on_holder_connected (MdocTransport *transport, gpointer user_data)
{
}

static void
on_holder_message (MdocTransport *transport,
                   GBytes *message,
                   gpointer user_data)
{
  Talk *talk = user_data;
  gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GBytes) expected = make_message (talk->sizes[talk->n_done],
                                              (guint) talk->n_done);

  if (!g_bytes_equal (message, expected))
    g_error ("the request of %zu bytes came as %zu other bytes",
             g_bytes_get_size (expected),
             g_bytes_get_size (message));
  if (fault != NULL && talk->n_done == 1)
    {
      talk->fault_us = now_us;
      if (!g_spawn_command_line_async (fault, NULL))
        g_error ("cannot run %s", fault);
    }
  talk->up_s += (double) (now_us - talk->request_us) / 1e6;
  talk->request_us = now_us;
  mdoc_transport_send (transport, message);
}

static void
on_reader_connected (MdocTransport *transport, gpointer user_data)
{
  Talk *talk = user_data;

  talk->connected_us = g_get_monotonic_time ();
  send_request (talk);
}

static void
on_reader_message (MdocTransport *transport,
                   GBytes *message,
                   gpointer user_data)
{
  Talk *talk = user_data;
  g_autoptr (GBytes) expected = make_message (talk->sizes[talk->n_done],
                                              (guint) talk->n_done);

  if (!g_bytes_equal (message, expected))
    g_error ("the response of %zu bytes came as %zu other bytes",
             g_bytes_get_size (expected),
             g_bytes_get_size (message));
  talk->down_s += (double) (g_get_monotonic_time () - talk->request_us) / 1e6;
  talk->n_done++;
  if (talk->sizes[talk->n_done] != 0)
    send_request (talk);
  else
    mdoc_transport_close (transport);
}

static void
on_closed (MdocTransport *transport, const GError *error, gpointer user_data)
{
  Talk *talk = user_data;
  GError **ret_error = transport == talk->holder ? &talk->holder_error
                                                 : &talk->reader_error;

  if (error != NULL)
    *ret_error = g_error_copy (error);
  if (++talk->n_closed == 2)
    g_main_loop_quit (talk->loop);
  else if (fault != NULL && fault_ends == 1)
    mdoc_transport_close (transport == talk->holder ? talk->reader
                                                    : talk->holder);
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

/* What BlueZ keeps of devices. */
static guint
count_devices (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM,
                                                    NULL,
                                                    NULL);
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (bus,
                                     "org.bluez",
                                     "/",
                                     "org.freedesktop.DBus.ObjectManager",
                                     "GetManagedObjects",
                                     NULL,
                                     NULL,
                                     G_DBUS_CALL_FLAGS_NONE,
                                     -1,
                                     NULL,
                                     NULL);
  g_autofree char *text = NULL;
  guint n = 0;

  if (reply == NULL)
    g_error ("BlueZ is gone");
  text = g_variant_print (reply, FALSE);
  for (const char *p = text; (p = strstr (p, "'org.bluez.Device1'")) != NULL;
       p++)
    n++;
  return n;
}

static void
fill_random (guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) g_random_int ();
}

static gboolean
run (const gsize *sizes)
{
  static const MdocTransportEvents holder_events = { on_holder_connected,
                                                     on_holder_message,
                                                     on_closed };
  static const MdocTransportEvents reader_events = { on_reader_connected,
                                                     on_reader_message,
                                                     on_closed };
  Talk talk = { .sizes = sizes };
  MdocBleConfig config = { .max_message_bytes = MAX_MESSAGE_BYTES,
                           .use_l2cap = use_l2cap,
                           .max_part_bytes = (guint) max_part };
  guint8 central_uuid[MDOC_BLE_UUID_BYTES];
  guint8 peripheral_uuid[MDOC_BLE_UUID_BYTES];
  guint8 ident[MDOC_BLE_IDENT_BYTES];
  gsize n_bytes = 0;
  guint timer, n_devices;
  gint64 ended_us;
  gboolean is_fine;

  fill_random (central_uuid, sizeof (central_uuid));
  fill_random (peripheral_uuid, sizeof (peripheral_uuid));
  fill_random (ident, sizeof (ident));
  for (guint i = 0; sizes[i] != 0; i++)
    n_bytes += sizes[i];
  talk.loop = g_main_loop_new (NULL, FALSE);
  config.ident = ident;
  config.adapter = holder_adapter;
  if (!g_str_equal (mode, "peripheral"))
    config.central_uuid = central_uuid;
  if (!g_str_equal (mode, "central"))
    config.peripheral_uuid = peripheral_uuid;
  talk.holder = mdoc_ble_holder_new (&config);
  config.adapter = reader_adapter;
  if (g_str_equal (mode, "both-peripheral"))
    config.central_uuid = NULL;
  talk.reader = mdoc_ble_reader_new (&config);

  timer = g_timeout_add_seconds ((guint) timeout_s, on_timeout, &talk);
  talk.started_us = g_get_monotonic_time ();
  mdoc_transport_start (talk.reader, &reader_events, &talk);
  mdoc_transport_start (talk.holder, &holder_events, &talk);
  g_main_loop_run (talk.loop);
  ended_us = g_get_monotonic_time ();
  g_source_remove (timer);

  if (fault != NULL)
    {
      is_fine = (talk.holder_error != NULL) + (talk.reader_error != NULL)
                    >= fault_ends
                && ended_us - talk.fault_us < MAX_FAULT_S * G_USEC_PER_SEC;
      g_print ("# %.2f s after the fault, holder: %s, reader: %s\n",
               (double) (ended_us - talk.fault_us) / 1e6,
               talk.holder_error == NULL ? "fine" : talk.holder_error->message,
               talk.reader_error == NULL ? "fine" : talk.reader_error->message);
      return is_fine;
    }
  n_devices = count_devices ();
  is_fine = talk.holder_error == NULL && talk.reader_error == NULL
            && sizes[talk.n_done] == 0 && n_devices == 0;
  g_print ("# %s%s: connected in %.2f s, to holder %.1f kB/s, to reader %.1f "
           "kB/s, all in %.2f s\n",
           mode,
           use_l2cap ? " l2cap" : "",
           (double) (talk.connected_us - talk.started_us) / 1e6,
           (double) n_bytes / 1e3 / talk.up_s,
           (double) n_bytes / 1e3 / talk.down_s,
           (double) (ended_us - talk.started_us) / 1e6);
  if (!is_fine)
    g_print ("# %zu messages, holder: %s, reader: %s, %u devices left\n",
             talk.n_done,
             talk.holder_error == NULL ? "fine" : talk.holder_error->message,
             talk.reader_error == NULL ? "fine" : talk.reader_error->message,
             n_devices);
  g_clear_error (&talk.holder_error);
  g_clear_error (&talk.reader_error);
  mdoc_transport_unref (talk.holder);
  mdoc_transport_unref (talk.reader);
  g_main_loop_unref (talk.loop);
  return is_fine;
}

int
main (int argc, char **argv)
{
  static const GOptionEntry entries[] = {
    { "mode",
      0,
      0,
      G_OPTION_ARG_STRING,
      &mode,
      "central, peripheral, both or both-peripheral",
      "MODE" },
    { "l2cap", 0, 0, G_OPTION_ARG_NONE, &use_l2cap, "over L2CAP", NULL },
    { "sizes",
      0,
      0,
      G_OPTION_ARG_STRING,
      &sizes_text,
      "bytes of the messages, with commas",
      "N,N" },
    { "times", 0, 0, G_OPTION_ARG_INT, &n_times, "how many connections", "N" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout_s, "for each", "S" },
    { "max-part", 0, 0, G_OPTION_ARG_INT, &max_part, "bytes", "N" },
    { "fault",
      0,
      0,
      G_OPTION_ARG_STRING,
      &fault,
      "run this when the second message was received",
      "COMMAND" },
    { "fault-ends",
      0,
      0,
      G_OPTION_ARG_INT,
      &fault_ends,
      "how many ends notice that by themselves: 2, or 1",
      "N" },
    { "holder",
      0,
      0,
      G_OPTION_ARG_STRING,
      &holder_adapter,
      "its adapter",
      "hciN" },
    { "reader",
      0,
      0,
      G_OPTION_ARG_STRING,
      &reader_adapter,
      "its adapter",
      "hciN" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree gsize *sizes = NULL;
  gboolean is_fine = TRUE;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    g_error ("%s", error->message);
  mode = mode == NULL ? g_strdup ("central") : mode;
  holder_adapter = holder_adapter == NULL ? g_strdup ("hci0") : holder_adapter;
  reader_adapter = reader_adapter == NULL ? g_strdup ("hci1") : reader_adapter;
  words = g_strsplit (sizes_text == NULL ? "1,100,5000" : sizes_text, ",", 0);
  sizes = g_new0 (gsize, g_strv_length (words) + 1);
  for (guint i = 0; words[i] != NULL; i++)
    sizes[i] = (gsize) strtoul (words[i], NULL, 10);

  for (gint i = 0; i < n_times && is_fine; i++)
    is_fine = run (sizes);
  return is_fine ? 0 : 1;
}
