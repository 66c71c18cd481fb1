/*
 * test-loopback.c - the transport port and the Unix socket that fills it
 *
 * long because: each fault needs both ends and a bench of its own
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mdoc-names.h"
#include "base/mdoc-span.h"
#include "loopback/mdoc-loopback-private.h"
#include "loopback/mdoc-loopback.h"

#define MAX_BYTES 65536

static const guint8 uuid[16] = {
  0x0f, 0x1e, 0x2d, 0x3c, 0x4b, 0x5a, 0x46, 0x97,
  0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff
};
#define UUID_HEX "0f1e2d3c4b5a46978899aabbccddeeff"

/* One end and what happened to it: "c" connected, "m" a message, "x" closed. */
typedef struct
{
  MdocTransport *transport;
  GString *events;
  GPtrArray *messages; /* of GBytes */
  GError *error;       /* what closed came with */
  void (*on_message) (MdocTransport *transport);
} End;

typedef struct
{
  char *directory;
  End holder;
  End reader;
} Fixture;

static void
on_connected (MdocTransport *transport, gpointer data)
{
  End *end = data;

  g_string_append_c (end->events, 'c');
}

static void
on_message (MdocTransport *transport, GBytes *message, gpointer data)
{
  End *end = data;

  g_string_append_c (end->events, 'm');
  g_ptr_array_add (end->messages, g_bytes_ref (message));
  if (end->on_message != NULL)
    end->on_message (transport);
}

static void
on_closed (MdocTransport *transport, const GError *error, gpointer data)
{
  End *end = data;

  g_string_append_c (end->events, 'x');
  g_assert_null (end->error);
  if (error != NULL)
    end->error = g_error_copy (error);
}

static const MdocTransportEvents events = { on_connected,
                                            on_message,
                                            on_closed };

static void
end_init (End *end)
{
  end->events = g_string_new (NULL);
  end->messages = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
}

static void
end_clear (End *end)
{
  g_clear_pointer (&end->transport, mdoc_transport_unref);
  g_string_free (end->events, TRUE);
  g_ptr_array_unref (end->messages);
  g_clear_error (&end->error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->directory = g_dir_make_tmp ("mdoc-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_true (g_setenv (MDOC_ENV_RUNTIME_DIR, f->directory, TRUE));
  end_init (&f->holder);
  end_init (&f->reader);
}

/* Nothing is left behind: the folder is empty. */
static void
tear_down (Fixture *f, gconstpointer data)
{
  end_clear (&f->holder);
  end_clear (&f->reader);
  g_assert_cmpint (g_rmdir (f->directory), ==, 0);
  g_free (f->directory);
}

static void
start (End *end, MdocTransport *transport, GError *error)
{
  g_assert_no_error (error);
  end->transport = transport;
  mdoc_transport_start (end->transport, &events, end);
}

static void
start_holder (Fixture *f)
{
  GError *error = NULL;

  start (&f->holder, mdoc_loopback_holder_new (uuid, MAX_BYTES, &error), error);
}

static void
start_reader (Fixture *f)
{
  GError *error = NULL;

  start (&f->reader, mdoc_loopback_reader_new (uuid, MAX_BYTES, &error), error);
}

static void
wait_for_events (End *end, const char *wanted)
{
  while (strcmp (end->events->str, wanted) != 0)
    {
      g_assert_cmpuint (end->events->len, <, strlen (wanted));
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
connect_both (Fixture *f)
{
  start_holder (f);
  start_reader (f);
  wait_for_events (&f->holder, "c");
  wait_for_events (&f->reader, "c");
}

static void
send_text (End *end, const char *text)
{
  g_autoptr (GBytes) message = g_bytes_new (text, strlen (text));

  mdoc_transport_send (end->transport, message);
}

static void
assert_message (End *end, guint i, const char *text)
{
  g_assert_cmpuint (i, <, end->messages->len);
  g_assert_true (
      mdoc_span_equals_text (mdoc_span_from_bytes (end->messages->pdata[i]),
                             text));
}

static char *
socket_path (Fixture *f)
{
  return g_build_filename (f->directory, UUID_HEX, NULL);
}

/* A peer that speaks bytes, not frames. */
static GSocket *
connect_raw (Fixture *f)
{
  g_autofree char *path = socket_path (f);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_UNIX,
                                  G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT,
                                  &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_connect (socket, address, NULL, &error));
  g_assert_no_error (error);
  return socket;
}

static void
send_raw (GSocket *socket, const void *bytes, gsize len)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_socket_send (socket, bytes, len, NULL, &error),
                   ==,
                   (gssize) len);
  g_assert_no_error (error);
}

static void
test_messages (Fixture *f, gconstpointer data)
{
  connect_both (f);
  g_assert_cmpstr (mdoc_transport_get_name (f->holder.transport),
                   ==,
                   "loopback");

  send_text (&f->reader, "request");
  wait_for_events (&f->holder, "cm");
  send_text (&f->holder, "response");
  send_text (&f->holder, "");
  send_text (&f->holder, "more");
  wait_for_events (&f->reader, "cmmm");
  assert_message (&f->holder, 0, "request");
  assert_message (&f->reader, 0, "response");
  assert_message (&f->reader, 1, "");
  assert_message (&f->reader, 2, "more");
}

/* What was sent before the close arrives before it, however much it is. */
static void
test_close_flushes (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *much = g_malloc0 (MAX_BYTES);
  g_autoptr (GBytes) message = g_bytes_new_static (much, MAX_BYTES);
  const guint n_messages = 40;

  connect_both (f);
  for (guint i = 0; i < n_messages; i++)
    mdoc_transport_send (f->holder.transport, message);
  mdoc_transport_close (f->holder.transport);
  send_text (&f->holder, "too late");

  while (f->reader.events->str[f->reader.events->len - 1] != 'x')
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (f->reader.error);
  g_assert_cmpuint (f->reader.messages->len, ==, n_messages);
  for (guint i = 0; i < n_messages; i++)
    g_assert_true (g_bytes_equal (f->reader.messages->pdata[i], message));

  wait_for_events (&f->holder, "cx");
  g_assert_no_error (f->holder.error);
}

static void
test_close_by_reader (Fixture *f, gconstpointer data)
{
  connect_both (f);
  mdoc_transport_close (f->reader.transport);
  mdoc_transport_close (f->reader.transport);
  g_assert_cmpstr (f->reader.events->str, ==, "c");
  wait_for_events (&f->holder, "cx");
  wait_for_events (&f->reader, "cx");
  g_assert_no_error (f->holder.error);
  g_assert_no_error (f->reader.error);

  /* nothing is wrong with saying something to nobody */
  send_text (&f->holder, "?");
  mdoc_transport_close (f->holder.transport);
  settle ();
  g_assert_cmpstr (f->holder.events->str, ==, "cx");
}

static void
test_close_by_both (Fixture *f, gconstpointer data)
{
  connect_both (f);
  mdoc_transport_close (f->reader.transport);
  mdoc_transport_close (f->holder.transport);
  wait_for_events (&f->holder, "cx");
  wait_for_events (&f->reader, "cx");
  g_assert_no_error (f->holder.error);
  g_assert_no_error (f->reader.error);
}

/* What is cut never arrives, at whatever byte, and the peer sees us vanish;
 * only the whole message does. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("request", 7);

  for (gsize n = 0; n <= 7; n++)
    {
      connect_both (f);
      g_assert_true (mdoc_transport_misbehave (f->reader.transport,
                                               MDOC_TRANSPORT_FAULT_CUT,
                                               message,
                                               n));
      g_assert_false (mdoc_transport_misbehave (f->reader.transport,
                                                MDOC_TRANSPORT_FAULT_CUT,
                                                message,
                                                n));
      send_text (&f->reader, "too late");
      mdoc_transport_close (f->reader.transport);
      wait_for_events (&f->reader, "cx");
      wait_for_events (&f->holder, n == 7 ? "cmx" : "cx");
      g_assert_no_error (f->reader.error);
      g_assert_error (f->holder.error,
                      MDOC_LOOPBACK_ERROR,
                      MDOC_LOOPBACK_ERROR_VANISHED);
      end_clear (&f->reader);
      end_clear (&f->holder);
      f->reader = f->holder = (End){ 0 };
      end_init (&f->reader);
      end_init (&f->holder);
    }
}

static void
test_misbehave (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("request", 7);

  connect_both (f);
  g_assert_false (mdoc_transport_misbehave (f->reader.transport,
                                            MDOC_TRANSPORT_FAULT_PREFIX,
                                            message,
                                            7));
  send_text (&f->reader, "fine");
  g_assert_true (mdoc_transport_misbehave (f->reader.transport,
                                           MDOC_TRANSPORT_FAULT_LENGTH,
                                           message,
                                           7));
  wait_for_events (&f->holder, "cmx");
  g_assert_error (f->holder.error,
                  MDOC_LOOPBACK_ERROR,
                  MDOC_LOOPBACK_ERROR_LIMIT);
}

/* The time of the first byte, not of the whole. */
static void
test_begun (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocket) peer = NULL;
  gint64 begun_us;

  start_holder (f);
  peer = connect_raw (f);
  wait_for_events (&f->holder, "c");
  g_assert_cmpint (mdoc_transport_get_begun_us (f->holder.transport), ==, 0);
  send_raw (peer, "\0\0\0", 3);
  while (mdoc_transport_get_begun_us (f->holder.transport) == 0)
    g_main_context_iteration (NULL, TRUE);
  begun_us = mdoc_transport_get_begun_us (f->holder.transport);
  send_raw (peer, "\2m", 2);
  send_raw (peer, "e", 1);
  wait_for_events (&f->holder, "cm");
  g_assert_cmpint (mdoc_transport_get_begun_us (f->holder.transport),
                   ==,
                   begun_us);
  send_raw (peer, "\0\0\0\0", 4);
  wait_for_events (&f->holder, "cmm");
  g_assert_cmpint (mdoc_transport_get_begun_us (f->holder.transport),
                   >=,
                   begun_us);
}

/* After our close no message comes, even if the peer has sent one. */
static void
test_close_drops_messages (Fixture *f, gconstpointer data)
{
  connect_both (f);
  send_text (&f->reader, "one");
  mdoc_transport_close (f->holder.transport);
  wait_for_events (&f->holder, "cx");
  wait_for_events (&f->reader, "cx");
  g_assert_no_error (f->reader.error);
}

static void
test_close_early (Fixture *f, gconstpointer data)
{
  g_autofree char *path = socket_path (f);
  g_autoptr (GError) error = NULL;

  start_holder (f);
  mdoc_transport_close (f->holder.transport);
  g_assert_cmpstr (f->holder.events->str, ==, "");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  wait_for_events (&f->holder, "x");
  g_assert_no_error (f->holder.error);

  g_assert_null (mdoc_loopback_reader_new (uuid, MAX_BYTES, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, MDOC_LOOPBACK_ERROR_NOT_FOUND);
}

static void
test_close_reader_early (Fixture *f, gconstpointer data)
{
  start_holder (f);
  start_reader (f);
  mdoc_transport_close (f->reader.transport);
  wait_for_events (&f->reader, "x");
  g_assert_no_error (f->reader.error);
  wait_for_events (&f->holder, "cx");
  g_assert_error (f->holder.error,
                  MDOC_LOOPBACK_ERROR,
                  MDOC_LOOPBACK_ERROR_VANISHED);
}

static void
test_close_unstarted (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->holder.transport = mdoc_loopback_holder_new (uuid, MAX_BYTES, &error);
  g_assert_no_error (error);
  mdoc_transport_close (f->holder.transport);
  settle ();
  g_assert_cmpstr (f->holder.events->str, ==, "");
}

static void
test_vanish (Fixture *f, gconstpointer data)
{
  connect_both (f);
  g_clear_pointer (&f->reader.transport, mdoc_transport_unref);
  mdoc_transport_unref (NULL);
  wait_for_events (&f->holder, "cx");
  g_assert_error (f->holder.error,
                  MDOC_LOOPBACK_ERROR,
                  MDOC_LOOPBACK_ERROR_VANISHED);
  g_assert_cmpstr (f->reader.events->str, ==, "c");
}

/* A send that fails does not hide that the peer has ended in order. */
static void
test_send_to_gone (Fixture *f, gconstpointer data)
{
  connect_both (f);
  mdoc_transport_close (f->reader.transport);
  wait_for_events (&f->reader, "cx");
  send_text (&f->holder, "one");
  wait_for_events (&f->holder, "cx");
  g_assert_no_error (f->holder.error);
}

static void
test_vanish_before_send (Fixture *f, gconstpointer data)
{
  connect_both (f);
  g_clear_pointer (&f->reader.transport, mdoc_transport_unref);
  send_text (&f->holder, "one");
  mdoc_transport_close (f->holder.transport);
  wait_for_events (&f->holder, "cx");
  g_assert_error (f->holder.error,
                  MDOC_LOOPBACK_ERROR,
                  MDOC_LOOPBACK_ERROR_VANISHED);
}

static void
drop_all (MdocTransport *transport)
{
  mdoc_transport_unref (transport);
}

/* The last reference may go inside a callback. */
static void
test_unref_inside (Fixture *f, gconstpointer data)
{
  connect_both (f);
  f->holder.on_message = drop_all;
  send_text (&f->reader, "one");
  send_text (&f->reader, "two");
  wait_for_events (&f->holder, "cm");
  f->holder.transport = NULL;
  wait_for_events (&f->reader, "cx");
  g_assert_error (f->reader.error,
                  MDOC_LOOPBACK_ERROR,
                  MDOC_LOOPBACK_ERROR_VANISHED);
  g_assert_cmpstr (f->holder.events->str, ==, "cm");
}

static void
answer (MdocTransport *transport)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("answer", 6);

  mdoc_transport_send (transport, message);
  mdoc_transport_close (transport);
}

static void
test_answer_inside (Fixture *f, gconstpointer data)
{
  connect_both (f);
  f->holder.on_message = answer;
  send_text (&f->reader, "one");
  wait_for_events (&f->reader, "cmx");
  assert_message (&f->reader, 0, "answer");
  g_assert_no_error (f->reader.error);
}

static void
test_byte_by_byte (Fixture *f, gconstpointer data)
{
  static const guint8 frames[] = "\0\0\0\3abc\0\0\0\0\0\0\0\1d\xff\xff\xff\xff";
  g_autoptr (GSocket) raw = NULL;

  start_holder (f);
  raw = connect_raw (f);
  wait_for_events (&f->holder, "c");
  for (gsize i = 0; i < sizeof (frames) - 1; i++)
    {
      send_raw (raw, &frames[i], 1);
      settle ();
    }
  wait_for_events (&f->holder, "cmmmx");
  g_assert_no_error (f->holder.error);
  assert_message (&f->holder, 0, "abc");
  assert_message (&f->holder, 1, "");
  assert_message (&f->holder, 2, "d");
}

/* A peer that goes at any byte of a frame has vanished. */
static void
test_vanish_in_frame (Fixture *f, gconstpointer data)
{
  static const guint8 frame[] = "\0\0\0\3abc";

  for (gsize len = 0; len < sizeof (frame); len++)
    {
      g_autoptr (GSocket) raw = NULL;

      start_holder (f);
      raw = connect_raw (f);
      if (len > 0)
        send_raw (raw, frame, len);
      g_clear_object (&raw);
      wait_for_events (&f->holder, len < sizeof (frame) - 1 ? "cx" : "cmx");
      g_assert_error (f->holder.error,
                      MDOC_LOOPBACK_ERROR,
                      MDOC_LOOPBACK_ERROR_VANISHED);
      end_clear (&f->holder);
      end_init (&f->holder);
    }
}

/* both sides of the limit, by length alone: the message need not come */
static void
test_limit (Fixture *f, gconstpointer data)
{
  static const guint8 over[] = { 0x00, 0x01, 0x00, 0x01 };
  static const guint8 almost_end[] = { 0xff, 0xff, 0xff, 0xfe };
  const guint8 *heads[] = { over, almost_end };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (GSocket) raw = NULL;

      start_holder (f);
      raw = connect_raw (f);
      send_raw (raw, heads[i], sizeof (over));
      wait_for_events (&f->holder, "cx");
      g_assert_error (f->holder.error,
                      MDOC_LOOPBACK_ERROR,
                      MDOC_LOOPBACK_ERROR_LIMIT);
      end_clear (&f->holder);
      end_init (&f->holder);
    }
}

static void
test_at_limit (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *much = g_malloc0 (MAX_BYTES + 1);
  g_autoptr (GBytes) message = g_bytes_new_static (much, MAX_BYTES);
  g_autoptr (GBytes) too_much = g_bytes_new_static (much, MAX_BYTES + 1);

  connect_both (f);
  mdoc_transport_send (f->reader.transport, message);
  wait_for_events (&f->holder, "cm");
  g_assert_true (g_bytes_equal (f->holder.messages->pdata[0], message));
  mdoc_transport_send (f->holder.transport, too_much);
  wait_for_events (&f->reader, "cx");
  g_assert_error (f->reader.error,
                  MDOC_LOOPBACK_ERROR,
                  MDOC_LOOPBACK_ERROR_LIMIT);
}

/* Once a reader is there no other gets in, neither who was in line nor who
 * comes later. */
static void
test_one_reader (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocket) second = NULL;
  g_autoptr (GError) error = NULL;
  char byte;

  start_holder (f);
  start_reader (f);
  second = connect_raw (f);
  wait_for_events (&f->holder, "c");
  wait_for_events (&f->reader, "c");

  g_assert_cmpint (g_socket_receive (second, &byte, 1, NULL, NULL), <=, 0);
  g_assert_null (mdoc_loopback_reader_new (uuid, MAX_BYTES, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, MDOC_LOOPBACK_ERROR_NOT_FOUND);

  send_text (&f->reader, "first");
  wait_for_events (&f->holder, "cm");
}

static void
test_line_is_full (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) waiting = NULL;

  waiting = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_transport_unref);
  start_holder (f);
  for (guint i = 0; i < 16; i++)
    {
      g_autoptr (GError) error = NULL;
      MdocTransport *transport;

      transport = mdoc_loopback_reader_new (uuid, MAX_BYTES, &error);
      if (transport == NULL)
        {
          g_assert_error (error,
                          MDOC_LOOPBACK_ERROR,
                          MDOC_LOOPBACK_ERROR_IN_USE);
          return;
        }
      g_ptr_array_add (waiting, transport);
    }
  g_assert_not_reached ();
}

/* A process of another user is sent away, and the holder goes on waiting. */
static void
test_stranger_at_holder (Fixture *f, gconstpointer data)
{
  const MdocLoopbackOptions options = { MAX_BYTES, geteuid () + 1, 1000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) raw = NULL;
  char byte;

  start (&f->holder,
         mdoc_loopback_holder_new_full (uuid, &options, &error),
         error);
  raw = connect_raw (f);
  g_socket_set_blocking (raw, FALSE);
  while (g_socket_receive (raw, &byte, 1, NULL, NULL) < 0)
    g_main_context_iteration (NULL, FALSE);
  settle ();
  g_assert_cmpstr (f->holder.events->str, ==, "");
  g_clear_object (&raw);
  raw = connect_raw (f);
}

static void
test_stranger_at_reader (Fixture *f, gconstpointer data)
{
  const MdocLoopbackOptions options = { MAX_BYTES, geteuid () + 1, 1000 };
  g_autoptr (GError) error = NULL;

  start_holder (f);
  g_assert_null (mdoc_loopback_reader_new_full (uuid, &options, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, MDOC_LOOPBACK_ERROR_PEER);
}

/* A peer that takes nothing does not keep us for ever. */
static void
test_close_timeout (Fixture *f, gconstpointer data)
{
  const MdocLoopbackOptions options = { MAX_BYTES, geteuid (), 1 };
  g_autofree guint8 *much = g_malloc0 (MAX_BYTES);
  g_autoptr (GBytes) message = g_bytes_new_static (much, MAX_BYTES);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) raw = NULL;

  start (&f->holder,
         mdoc_loopback_holder_new_full (uuid, &options, &error),
         error);
  raw = connect_raw (f);
  wait_for_events (&f->holder, "c");
  for (guint i = 0; i < 40; i++)
    mdoc_transport_send (f->holder.transport, message);
  mdoc_transport_close (f->holder.transport);
  wait_for_events (&f->holder, "cx");
  g_assert_error (f->holder.error,
                  MDOC_LOOPBACK_ERROR,
                  MDOC_LOOPBACK_ERROR_TIMEOUT);
}

static void
test_in_use (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  start_holder (f);
  g_assert_null (mdoc_loopback_holder_new (uuid, MAX_BYTES, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, MDOC_LOOPBACK_ERROR_IN_USE);

  /* the attempt has cost the first holder nothing */
  start_reader (f);
  wait_for_events (&f->holder, "c");
}

static void
test_stale (Fixture *f, gconstpointer data)
{
  g_autofree char *path = socket_path (f);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) dead = NULL;
  g_autoptr (GError) error = NULL;

  dead = g_socket_new (G_SOCKET_FAMILY_UNIX,
                       G_SOCKET_TYPE_STREAM,
                       G_SOCKET_PROTOCOL_DEFAULT,
                       &error);
  g_assert_true (g_socket_bind (dead, address, FALSE, &error));
  g_assert_no_error (error);
  g_clear_object (&dead);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  g_assert_null (mdoc_loopback_reader_new (uuid, MAX_BYTES, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, MDOC_LOOPBACK_ERROR_NOT_FOUND);

  connect_both (f);
}

static void
test_in_the_way (Fixture *f, gconstpointer data)
{
  g_autofree char *path = socket_path (f);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "mine", -1, &error));
  g_assert_null (mdoc_loopback_holder_new (uuid, MAX_BYTES, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, MDOC_LOOPBACK_ERROR_DIRECTORY);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
test_socket_mode (Fixture *f, gconstpointer data)
{
  g_autofree char *path = socket_path (f);
  struct stat status;

  start_holder (f);
  g_assert_cmpint (lstat (path, &status), ==, 0);
  g_assert_true (S_ISSOCK (status.st_mode));
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
assert_both_refuse (MdocLoopbackError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_loopback_holder_new (uuid, MAX_BYTES, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, (int) code);
  g_clear_error (&error);
  g_assert_null (mdoc_loopback_reader_new (uuid, MAX_BYTES, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, (int) code);
}

static void
test_directory_mode (Fixture *f, gconstpointer data)
{
  static const mode_t modes[] = { 0701, 0702, 0704, 0710, 0720, 0740 };

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_assert_cmpint (g_chmod (f->directory, modes[i]), ==, 0);
      assert_both_refuse (MDOC_LOOPBACK_ERROR_DIRECTORY);
    }
  g_assert_cmpint (g_chmod (f->directory, 0700), ==, 0);
  start_holder (f);
}

static void
test_directory_kind (Fixture *f, gconstpointer data)
{
  g_autofree char *link = g_build_filename (f->directory, "link", NULL);
  g_autofree char *file = g_build_filename (f->directory, "file", NULL);

  g_assert_cmpint (symlink (f->directory, link), ==, 0);
  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_setenv (MDOC_ENV_RUNTIME_DIR, link, TRUE);
  assert_both_refuse (MDOC_LOOPBACK_ERROR_DIRECTORY);
  g_setenv (MDOC_ENV_RUNTIME_DIR, file, TRUE);
  assert_both_refuse (MDOC_LOOPBACK_ERROR_DIRECTORY);
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (g_unlink (file), ==, 0);
}

static void
test_directory_made (Fixture *f, gconstpointer data)
{
  g_autofree char *made = g_build_filename (f->directory, "mdoc", NULL);
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_unsetenv (MDOC_ENV_RUNTIME_DIR);
  g_setenv ("XDG_RUNTIME_DIR", f->directory, TRUE);
  g_assert_null (mdoc_loopback_reader_new (uuid, MAX_BYTES, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, MDOC_LOOPBACK_ERROR_NOT_FOUND);
  connect_both (f);
  g_assert_cmpint (lstat (made, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
  g_assert_cmpint (g_rmdir (made), ==, 0);
}

static void
test_directory_missing (Fixture *f, gconstpointer data)
{
  g_autofree char *deep = g_build_filename (f->directory, "a", "b", NULL);
  g_autoptr (GError) error = NULL;

  g_setenv (MDOC_ENV_RUNTIME_DIR, deep, TRUE);
  g_assert_null (mdoc_loopback_holder_new (uuid, MAX_BYTES, &error));
  g_assert_error (error, MDOC_LOOPBACK_ERROR, MDOC_LOOPBACK_ERROR_DIRECTORY);

  g_setenv (MDOC_ENV_RUNTIME_DIR, "", TRUE);
  g_unsetenv ("XDG_RUNTIME_DIR");
  assert_both_refuse (MDOC_LOOPBACK_ERROR_DIRECTORY);
  g_setenv ("XDG_RUNTIME_DIR", "", TRUE);
  assert_both_refuse (MDOC_LOOPBACK_ERROR_DIRECTORY);
}

/* A path of 107 bytes fits into a socket's address, one of 108 does not. */
static void
test_path_length (Fixture *f, gconstpointer data)
{
  gsize fixed = strlen (f->directory) + 1 + 1 + strlen (UUID_HEX);

  for (gsize total = 107; total <= 108; total++)
    {
      g_autofree char *name = g_strnfill (total - fixed, 'd');
      g_autofree char *directory = NULL;

      directory = g_build_filename (f->directory, name, NULL);
      g_setenv (MDOC_ENV_RUNTIME_DIR, directory, TRUE);
      if (total == 108)
        assert_both_refuse (MDOC_LOOPBACK_ERROR_PATH);
      else
        {
          connect_both (f);
          g_assert_cmpint (g_rmdir (directory), ==, 0);
        }
    }
}

/* Everything runs on the context in which it was started, not on the default
 * one. */
static void
test_context (Fixture *f, gconstpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  start_holder (f);
  start_reader (f);
  g_main_context_pop_thread_default (context);

  settle ();
  g_assert_cmpstr (f->holder.events->str, ==, "");
  while (f->holder.events->len == 0 || f->reader.events->len == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpstr (f->holder.events->str, ==, "c");
  g_assert_cmpstr (f->reader.events->str, ==, "c");
}

#define ADD(name, function)                                                    \
  g_test_add ("/loopback/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("messages", test_messages);
  ADD ("close-flushes", test_close_flushes);
  ADD ("close-by-reader", test_close_by_reader);
  ADD ("close-by-both", test_close_by_both);
  ADD ("close-drops-messages", test_close_drops_messages);
  ADD ("cut", test_cut);
  ADD ("misbehave", test_misbehave);
  ADD ("begun", test_begun);
  ADD ("close-early", test_close_early);
  ADD ("close-reader-early", test_close_reader_early);
  ADD ("close-unstarted", test_close_unstarted);
  ADD ("close-timeout", test_close_timeout);
  ADD ("vanish", test_vanish);
  ADD ("vanish-before-send", test_vanish_before_send);
  ADD ("vanish-in-frame", test_vanish_in_frame);
  ADD ("send-to-gone", test_send_to_gone);
  ADD ("unref-inside", test_unref_inside);
  ADD ("answer-inside", test_answer_inside);
  ADD ("byte-by-byte", test_byte_by_byte);
  ADD ("limit", test_limit);
  ADD ("at-limit", test_at_limit);
  ADD ("one-reader", test_one_reader);
  ADD ("line-is-full", test_line_is_full);
  ADD ("stranger-at-holder", test_stranger_at_holder);
  ADD ("stranger-at-reader", test_stranger_at_reader);
  ADD ("in-use", test_in_use);
  ADD ("stale", test_stale);
  ADD ("in-the-way", test_in_the_way);
  ADD ("socket-mode", test_socket_mode);
  ADD ("directory-mode", test_directory_mode);
  ADD ("directory-kind", test_directory_kind);
  ADD ("directory-made", test_directory_made);
  ADD ("directory-missing", test_directory_missing);
  ADD ("path-length", test_path_length);
  ADD ("context", test_context);

  return g_test_run ();
}
