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
#include <sys/socket.h>

#include "ble/mdoc-ble-l2cap.h"
#include "ble/mdoc-ble.h"
#include "tests/ble-guest/guest-clocks.h"

#define MAX_MESSAGE_BYTES (2 * 1024 * 1024)

typedef struct
{
  GMainLoop *loop;
  MdocTransport *holder;
  MdocTransport *reader;
  GPtrArray *requests; /* of GBytes */
  GPtrArray *responses;
  guint n_received; /* requests, by the holder */
  guint n_done;     /* responses, by the reader */
  gint64 started_us;
  gint64 connected_us;
  gint64 request_us; /* when the last request was handed over */
  double up_s;       /* from the reader to the holder, all messages */
  double down_s;
  gint64 fault_us;
  guint n_ends; /* of this process */
  guint n_closed;
  GuestClocks spans[2]; /* of the holder and the reader, see --measure */
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
static char *leaver = NULL; /* an end */
static gint leave_ms = 0;
static gint fault_ends = 2; /* how many notice it */
static gboolean use_l2cap = FALSE;
static gboolean has_long_sdus = FALSE;
static char *only = NULL;
static gint uuid_seed = 0;
static char *measure = NULL;
static gint n_measured = 500000;
static gint daemon_pid = 0;

/* how long the error may take after the fault; when an end leaves, bluetoothd
 * sends what it has and waits for two seconds before it disconnects */
#define MAX_FAULT_S 5
#define MAX_LEAVE_S 15

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

static GPtrArray *
make_messages (const char *sizes)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  g_auto (GStrv) words = g_strsplit (sizes, ",", 0);

  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (messages, make_message (strtoul (words[i], NULL, 10), i));
  return messages;
}

static gsize
count_bytes (GPtrArray *messages)
{
  gsize n = 0;

  for (guint i = 0; i < messages->len; i++)
    n += g_bytes_get_size (messages->pdata[i]);
  return n;
}

static void
send_request (Talk *talk)
{
  talk->request_us = g_get_monotonic_time ();
  mdoc_transport_send (talk->reader, talk->requests->pdata[talk->n_done]);
}

static void
check_message (const char *what, GBytes *message, GPtrArray *expected, guint i)
{
  if (i >= expected->len)
    g_error ("one %s too many", what);
  if (!g_bytes_equal (message, expected->pdata[i]))
    g_error ("the %s of %zu bytes came as %zu other bytes",
             what,
             g_bytes_get_size (expected->pdata[i]),
             g_bytes_get_size (message));
}

/* As when its program is not interested any more: it does not wait for what is
 * still on its way. */
static gboolean
on_leave (gpointer user_data)
{
  Talk *talk = user_data;

  talk->fault_us = g_get_monotonic_time ();
  talk->n_ends = 1;
  g_clear_pointer (g_str_equal (leaver, "holder") ? &talk->holder
                                                  : &talk->reader,
                   mdoc_transport_unref);
  return G_SOURCE_REMOVE;
}

static void
on_holder_connected (MdocTransport *transport, gpointer user_data)
{
}

/* What is measured is the second request or response, the long one; the first
 * has opened everything, and the third says that the second has arrived. */
static void
on_holder_message (MdocTransport *transport,
                   GBytes *message,
                   gpointer user_data)
{
  Talk *talk = user_data;
  guint i = talk->n_received++;
  gint64 now_us = g_get_monotonic_time ();

  if (i == 0)
    guest_clocks_start (&talk->spans[0], 0);
  else if (i == 2)
    guest_clocks_stop (&talk->spans[0], 0);
  check_message ("request", message, talk->requests, i);
  if (fault != NULL && i == 1)
    {
      talk->fault_us = now_us;
      if (!g_spawn_command_line_async (fault, NULL))
        g_error ("cannot run %s", fault);
    }
  if (leaver != NULL && i == 0)
    g_timeout_add ((guint) leave_ms, on_leave, talk);
  talk->up_s += (double) (now_us - talk->request_us) / 1e6;
  talk->request_us = now_us;
  mdoc_transport_send (transport, talk->responses->pdata[i]);
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
  guint i = talk->n_done++;

  talk->down_s += (double) (g_get_monotonic_time () - talk->request_us) / 1e6;
  if (i == 0)
    guest_clocks_start (&talk->spans[1], daemon_pid);
  else if (i == 1)
    guest_clocks_stop (&talk->spans[1], daemon_pid);
  check_message ("response", message, talk->responses, i);
  if (talk->n_done < talk->requests->len)
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
  if (++talk->n_closed == talk->n_ends)
    g_main_loop_quit (talk->loop);
  else if (fault != NULL && fault_ends == 1)
    mdoc_transport_close (transport == talk->holder ? talk->reader
                                                    : talk->holder);
}

static gboolean
on_timeout (gpointer user_data)
{
  Talk *talk = user_data;

  g_error ("%u of %u ends closed, %u messages done",
           talk->n_closed,
           talk->n_ends,
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
fill_random (GRand *random, guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) g_rand_int (random);
}

static void
start_ends (Talk *talk)
{
  static const MdocTransportEvents holder_events = { on_holder_connected,
                                                     on_holder_message,
                                                     on_closed };
  static const MdocTransportEvents reader_events = { on_reader_connected,
                                                     on_reader_message,
                                                     on_closed };
  MdocBleConfig config = { .max_message_bytes = MAX_MESSAGE_BYTES,
                           .use_l2cap = use_l2cap,
                           .max_part_bytes = (guint) max_part };
  guint8 central_uuid[MDOC_BLE_UUID_BYTES];
  guint8 peripheral_uuid[MDOC_BLE_UUID_BYTES];
  guint8 ident[MDOC_BLE_IDENT_BYTES];
  g_autoptr (GRand) random = uuid_seed == 0
                                 ? g_rand_new ()
                                 : g_rand_new_with_seed ((guint) uuid_seed);

  fill_random (random, central_uuid, sizeof (central_uuid));
  fill_random (random, peripheral_uuid, sizeof (peripheral_uuid));
  fill_random (random, ident, sizeof (ident));
  config.ident = ident;
  config.adapter = holder_adapter;
  if (!g_str_equal (mode, "peripheral"))
    config.central_uuid = central_uuid;
  if (!g_str_equal (mode, "central"))
    config.peripheral_uuid = peripheral_uuid;
  if (g_strcmp0 (only, "reader") != 0)
    talk->holder = mdoc_ble_holder_new (&config);
  config.adapter = reader_adapter;
  if (g_str_equal (mode, "both-peripheral"))
    config.central_uuid = NULL;
  if (g_strcmp0 (only, "holder") != 0)
    talk->reader = mdoc_ble_reader_new (&config);

  talk->n_ends = only == NULL ? 2 : 1;
  talk->started_us = g_get_monotonic_time ();
  if (talk->reader != NULL)
    mdoc_transport_start (talk->reader, &reader_events, talk);
  if (talk->holder != NULL)
    mdoc_transport_start (talk->holder, &holder_events, talk);
}

static void
talk_clear (Talk *talk)
{
  g_clear_error (&talk->holder_error);
  g_clear_error (&talk->reader_error);
  mdoc_transport_unref (talk->holder);
  mdoc_transport_unref (talk->reader);
  g_main_loop_unref (talk->loop);
}

static gboolean
is_over (Talk *talk)
{
  return (talk->reader == NULL || talk->n_done == talk->requests->len)
         && (talk->holder == NULL || talk->n_received == talk->requests->len);
}

static gboolean
run (GPtrArray *requests, GPtrArray *responses)
{
  Talk talk = { .requests = requests, .responses = responses };
  guint timer, n_devices;
  gint64 ended_us;
  gboolean is_fine;

  talk.loop = g_main_loop_new (NULL, FALSE);
  timer = g_timeout_add_seconds ((guint) timeout_s, on_timeout, &talk);
  start_ends (&talk);
  g_main_loop_run (talk.loop);
  ended_us = g_get_monotonic_time ();
  g_source_remove (timer);

  /* that may have been the end in order, if nothing more had begun */
  if (leaver != NULL)
    fault_ends = 0;
  if (fault != NULL || leaver != NULL)
    {
      is_fine = (talk.holder_error != NULL) + (talk.reader_error != NULL)
                    >= fault_ends
                && ended_us - talk.fault_us
                       < (leaver == NULL ? MAX_FAULT_S : MAX_LEAVE_S)
                             * G_USEC_PER_SEC;
      g_print ("# %.2f s after the fault, holder: %s, reader: %s\n",
               (double) (ended_us - talk.fault_us) / 1e6,
               talk.holder_error == NULL ? "fine" : talk.holder_error->message,
               talk.reader_error == NULL ? "fine" : talk.reader_error->message);
      talk_clear (&talk);
      return is_fine;
    }
  /* where there are two processes, the other one may not be done yet */
  n_devices = only == NULL ? count_devices () : 0;
  is_fine = talk.holder_error == NULL && talk.reader_error == NULL
            && is_over (&talk) && n_devices == 0;
  if (measure != NULL && is_fine)
    guest_clocks_print (&talk.spans[talk.holder == NULL],
                        talk.holder == NULL ? "reader" : "holder");
  else if (only == NULL)
    g_print ("# %s%s: connected in %.2f s, to holder %.1f kB/s, to reader %.1f "
             "kB/s, all in %.2f s\n",
             mode,
             use_l2cap ? " l2cap" : "",
             (double) (talk.connected_us - talk.started_us) / 1e6,
             (double) count_bytes (requests) / 1e3 / talk.up_s,
             (double) count_bytes (responses) / 1e3 / talk.down_s,
             (double) (ended_us - talk.started_us) / 1e6);
  if (!is_fine)
    g_print ("# %u messages, holder: %s, reader: %s, %u devices left\n",
             talk.n_done,
             talk.holder_error == NULL ? "fine" : talk.holder_error->message,
             talk.reader_error == NULL ? "fine" : talk.reader_error->message,
             n_devices);
  talk_clear (&talk);
  return is_fine;
}

/* What others do: SDUs as long as the peer takes. */
static const MdocBleL2cap *usual_l2cap;

static gsize
get_peer_mtu (int fd)
{
  gsize usual = usual_l2cap->get_write_bytes (fd);
  guint16 bytes = 0;
  socklen_t len = sizeof bytes;

  /* SOL_BLUETOOTH, BT_SNDMTU */
  if (getsockopt (fd, 274, 12, &bytes, &len) < 0)
    g_error ("no socket of L2CAP, or one that takes %zu bytes", usual);
  return bytes;
}

static void
use_long_sdus (void)
{
  static MdocBleL2cap l2cap;

  usual_l2cap = mdoc_ble_l2cap;
  l2cap = *usual_l2cap;
  l2cap.get_write_bytes = get_peer_mtu;
  mdoc_ble_l2cap = &l2cap;
}

static const GOptionEntry entries[] = {
  { "mode",
    0,
    0,
    G_OPTION_ARG_STRING,
    &mode,
    "central, peripheral, both or both-peripheral",
    "MODE" },
  { "l2cap", 0, 0, G_OPTION_ARG_NONE, &use_l2cap, "over L2CAP", NULL },
  { "long-sdus",
    0,
    0,
    G_OPTION_ARG_NONE,
    &has_long_sdus,
    "as long as the peer takes",
    NULL },
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
  { "leaver",
    0,
    0,
    G_OPTION_ARG_STRING,
    &leaver,
    "goes away, some time after the first request",
    "holder|reader" },
  { "leave", 0, 0, G_OPTION_ARG_INT, &leave_ms, "how long after it", "MS" },
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
  { "only",
    0,
    0,
    G_OPTION_ARG_STRING,
    &only,
    "one end; the other is another process with the same seed",
    "holder|reader" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &uuid_seed, "of the UUIDs", "N" },
  { "measure",
    0,
    0,
    G_OPTION_ARG_STRING,
    &measure,
    "print what it took to bring one message to the holder, or to the reader",
    "up|down" },
  { "bytes", 0, 0, G_OPTION_ARG_INT, &n_measured, "of that message", "N" },
  { "daemon", 0, 0, G_OPTION_ARG_INT, &daemon_pid, "bluetoothd", "PID" },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GPtrArray) responses = NULL;
  g_autofree char *long_sizes = NULL;
  gboolean is_fine = TRUE;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    g_error ("%s", error->message);
  if (has_long_sdus)
    use_long_sdus ();
  mode = mode == NULL ? g_strdup ("central") : mode;
  holder_adapter = holder_adapter == NULL ? g_strdup ("hci0") : holder_adapter;
  reader_adapter = reader_adapter == NULL ? g_strdup ("hci1") : reader_adapter;
  sizes_text = sizes_text == NULL ? g_strdup ("1,100,5000") : sizes_text;
  long_sizes = g_strdup_printf ("1,%d,1", n_measured);
  requests = make_messages (measure == NULL               ? sizes_text
                            : g_str_equal (measure, "up") ? long_sizes
                                                          : "1,1,1");
  responses = make_messages (measure == NULL                 ? sizes_text
                             : g_str_equal (measure, "down") ? long_sizes
                                                             : "1,1,1");

  for (gint i = 0; i < n_times && is_fine; i++)
    is_fine = run (requests, responses);
  return is_fine ? 0 : 1;
}
