/*
 * ble-talk.c - a holder and a reader that talk by way of the fake BlueZ
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/fake-bluez/ble-talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ble/mdoc-ble-l2cap.h"

#define MAX_MESSAGE_BYTES (2 * 1024 * 1024)

/* nothing may hang for longer */
#define MAX_TALK_S 30

/* Nothing here takes time, save that the machine may be busy. */
const MdocBleTimes talk_times = {
  .wait_ms = 10000,
  .connect_ms = 3000,
  .resolve_ms = 3000,
  .start_ms = 500,
  .call_ms = 5000,
  .retry_ms = 10,
  .rescan_ms = 1000,
  .end_ms = 1000,
};

static GTestDBus *test_bus;

/* L2CAP as sockets of this machine; a PSM is the end of a name. */

static void
make_address (guint psm, struct sockaddr_un *ret_address, socklen_t *ret_len)
{
  int n;

  memset (ret_address, 0, sizeof *ret_address);
  ret_address->sun_family = AF_UNIX;
  /* an abstract name: its first byte is zero */
  n = snprintf (ret_address->sun_path + 1,
                sizeof ret_address->sun_path - 1,
                "mdoc-ble-talk-%d-%u",
                (int) getpid (),
                psm);
  *ret_len = (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + 1)
             + (socklen_t) n;
}

static int
talk_listen (const char *adapter_address, guint *ret_psm, GError **error)
{
  static guint n_used = 0;
  struct sockaddr_un address;
  socklen_t len;
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  *ret_psm = 0x80 + n_used++ % 128;
  make_address (*ret_psm, &address, &len);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, len), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  return fd;
}

/* What connects is bound to a name that ends with the address of its adapter.
 */
static void
bind_to_address (int fd, const char *adapter_address)
{
  static guint n_used = 0;
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int n = snprintf (address.sun_path + 1,
                    sizeof address.sun_path - 1,
                    "mdoc-ble-peer-%d-%u-%s",
                    (int) getpid (),
                    n_used++,
                    adapter_address);
  socklen_t len = (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path)
                               + 1)
                  + (socklen_t) n;

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, len), ==, 0);
}

static int
talk_accept (int listener, char **ret_address, GError **error)
{
  struct sockaddr_un address = { 0 };
  socklen_t len = sizeof address;
  int fd = accept4 (listener,
                    (struct sockaddr *) &address,
                    &len,
                    SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd >= 0)
    *ret_address = g_strdup (strrchr (address.sun_path + 1, '-') + 1);
  return fd;
}

static int
talk_connect (const char *adapter_address,
              const char *peer_address,
              const char *address_type,
              guint psm,
              GError **error)
{
  struct sockaddr_un address;
  socklen_t len;
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_assert_cmpstr (address_type, ==, "public");
  bind_to_address (fd, adapter_address);
  make_address (psm, &address, &len);
  if (connect (fd, (struct sockaddr *) &address, len) == 0)
    return fd;
  close (fd);
  return -1;
}

static gsize
talk_get_write_bytes (int fd)
{
  return 672;
}

static gssize
talk_write (int fd, const guint8 *bytes, gsize len)
{
  return send (fd, bytes, len, MSG_NOSIGNAL);
}

static const MdocBleL2cap talk_l2cap = {
  .listen = talk_listen,
  .accept = talk_accept,
  .connect = talk_connect,
  .get_write_bytes = talk_get_write_bytes,
  .write = talk_write,
};

void
talk_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  mdoc_ble_l2cap = &talk_l2cap;
  test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (test_bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", talk_get_address (), TRUE);
}

int
talk_run_tests (void)
{
  int status = g_test_run ();

  /* not g_test_dbus_down(): it waits for a shared connection that none made */
  g_test_dbus_stop (test_bus);
  g_object_unref (test_bus);
  return status;
}

const char *
talk_get_address (void)
{
  return g_test_dbus_get_bus_address (test_bus);
}

static GBytes *
make_message (gsize size, guint seed)
{
  guint8 *bytes = g_malloc (MAX (size, 1));
  guint32 state = seed + 1;

  for (gsize i = 0; i < size; i++)
    {
      state = state * 1664525 + 1013904223;
      bytes[i] = (guint8) (state >> 24);
    }
  return g_bytes_new_take (bytes, size);
}

static void
tell (Talk *self, const char *event)
{
  if (self->on_event != NULL)
    self->on_event (self, event);
}

static void
send_request (Talk *self)
{
  g_autoptr (GBytes) request = make_message (self->sizes[self->n_done],
                                             (guint) self->n_done);

  mdoc_transport_send (self->reader, request);
}

/* What the session's encryption would notice. */
static gboolean
is_intact (Talk *self, MdocTransport *transport, GBytes *message)
{
  g_autoptr (GBytes) expected = make_message (self->sizes[self->n_done],
                                              (guint) self->n_done);

  if (g_bytes_equal (message, expected))
    return TRUE;
  g_assert_true (self->may_lose);
  self->has_lost = TRUE;
  mdoc_transport_close (transport);
  return FALSE;
}

static void
on_holder_connected (MdocTransport *transport, gpointer user_data)
{
  Talk *self = user_data;

  g_assert_false (self->is_holder_connected);
  self->is_holder_connected = TRUE;
  tell (self, "holder connected");
}

static void
on_holder_message (MdocTransport *transport,
                   GBytes *message,
                   gpointer user_data)
{
  Talk *self = user_data;
  g_autoptr (GBytes) expected G_GNUC_UNUSED
      = make_message (self->sizes[self->n_done], (guint) self->n_done);

  g_assert_true (self->is_holder_connected);
  if (!is_intact (self, transport, message))
    return;
  mdoc_transport_send (transport, message);
  if (self->is_holder_closing && self->sizes[self->n_done + 1] == 0)
    mdoc_transport_close (transport);
  tell (self, "request");
}

static void
on_reader_connected (MdocTransport *transport, gpointer user_data)
{
  Talk *self = user_data;

  g_assert_false (self->is_reader_connected);
  self->is_reader_connected = TRUE;
  send_request (self);
  tell (self, "reader connected");
}

static void
on_reader_message (MdocTransport *transport,
                   GBytes *message,
                   gpointer user_data)
{
  Talk *self = user_data;
  g_autoptr (GBytes) expected G_GNUC_UNUSED
      = make_message (self->sizes[self->n_done], (guint) self->n_done);

  if (!is_intact (self, transport, message))
    return;
  self->n_done++;
  if (self->sizes[self->n_done] != 0)
    send_request (self);
  else if (!self->is_holder_closing)
    mdoc_transport_close (transport);
  tell (self, "response");
}

static void
on_closed (MdocTransport *transport, const GError *error, gpointer user_data)
{
  Talk *self = user_data;
  gboolean is_holder = transport == self->holder;
  GError **ret_error = is_holder ? &self->holder_error : &self->reader_error;
  gboolean *ret_closed = is_holder ? &self->is_holder_closed
                                   : &self->is_reader_closed;

  g_assert_false (*ret_closed);
  *ret_closed = TRUE;
  if (error != NULL)
    {
      g_assert_cmpuint (error->domain, ==, MDOC_BLE_ERROR);
      *ret_error = g_error_copy (error);
    }
  tell (self, is_holder ? "holder closed" : "reader closed");
}

typedef struct
{
  MdocBleConfig *config;
  gboolean is_done;
} Ahead;

/* The fake is served by this thread's loop, and listening blocks. */
static gpointer
listen_in_thread (gpointer data)
{
  Ahead *ahead = data;
  g_autoptr (GError) error = NULL;

  ahead->config->listener = mdoc_ble_listen (ahead->config->adapter,
                                             &ahead->config->psm,
                                             &error);
  g_assert_no_error (error);
  g_atomic_int_set (&ahead->is_done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
listen_ahead (MdocBleConfig *config)
{
  Ahead ahead = { config, FALSE };
  GThread *thread = g_thread_new ("listen", listen_in_thread, &ahead);

  while (!g_atomic_int_get (&ahead.is_done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
}

void
talk_start (Talk *self)
{
  static const MdocTransportEvents holder_events = { on_holder_connected,
                                                     on_holder_message,
                                                     on_closed };
  static const MdocTransportEvents reader_events = { on_reader_connected,
                                                     on_reader_message,
                                                     on_closed };
  static const guint8 central_uuid[MDOC_BLE_UUID_BYTES] = { 0xc0, 1, 2, 3 };
  static const guint8 peripheral_uuid[MDOC_BLE_UUID_BYTES] = { 0xbe, 3, 2, 1 };
  static const guint8 ident[MDOC_BLE_IDENT_BYTES] = "ident of a talk";
  static const guint8 wrong_ident[MDOC_BLE_IDENT_BYTES] = "ident of others";
  MdocBleConfig config = {
    .ident = self->has_wrong_ident ? wrong_ident : ident,
    .is_ident_ignored = self->is_ident_ignored,
    .use_l2cap = self->use_l2cap,
    .max_message_bytes = self->max_message_bytes == 0 ? MAX_MESSAGE_BYTES
                                                      : self->max_message_bytes,
    .max_part_bytes = self->max_part_bytes,
    .times = self->times == NULL ? &talk_times : self->times,
    .adapter = self->adapter == NULL ? "hci0" : self->adapter,
  };

  if (self->mode != TALK_PERIPHERAL)
    config.central_uuid = central_uuid;
  if (self->mode != TALK_CENTRAL)
    config.peripheral_uuid = peripheral_uuid;
  if (self->knows_psm)
    listen_ahead (&config);
  self->holder = mdoc_ble_holder_new (&config);
  if (self->wrong_psm != 0)
    config.psm = self->wrong_psm;
  config.adapter = "hci1";
  config.ident = ident;
  if (self->mode == TALK_BOTH_PERIPHERAL)
    config.central_uuid = NULL;
  self->reader = mdoc_ble_reader_new (&config);
  mdoc_transport_start (self->reader, &reader_events, self);
  mdoc_transport_start (self->holder, &holder_events, self);
}

static gboolean
on_too_long (gpointer user_data)
{
  Talk *self = user_data;

  g_error ("the talk hangs: holder %s, reader %s, %zu messages",
           self->is_holder_closed ? "closed" : "open",
           self->is_reader_closed ? "closed" : "open",
           self->n_done);
  return G_SOURCE_REMOVE;
}

void
talk_run (Talk *self)
{
  gint64 start_us = g_get_monotonic_time ();
  guint timer = g_timeout_add_seconds (MAX_TALK_S, on_too_long, self);

  talk_start (self);
  while (!self->is_holder_closed || !self->is_reader_closed)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  self->took_ms = (g_get_monotonic_time () - start_us) / 1000;
}

void
talk_clear (Talk *self)
{
  g_clear_pointer (&self->holder, mdoc_transport_unref);
  g_clear_pointer (&self->reader, mdoc_transport_unref);
  g_clear_error (&self->holder_error);
  g_clear_error (&self->reader_error);
}

void
talk_assert_clean (FakeBluez *bluez)
{
  gint64 until_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  /* bluetoothd hears of the end of a connection to the bus a little later */
  while (fake_bluez_count (bluez) > 0)
    {
      if (g_get_monotonic_time () > until_us)
        {
          g_autofree char *left = fake_bluez_describe (bluez);

          g_error ("left behind: %s", left);
        }
      g_main_context_iteration (NULL, FALSE);
      g_usleep (100);
    }
}

void
talk_assert_fine (Talk *self)
{
  g_assert_no_error (self->holder_error);
  g_assert_no_error (self->reader_error);
  g_assert_cmpuint (self->sizes[self->n_done], ==, 0);
}
