/*
 * test-transport.c - what the port itself promises, whoever fills it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-transport.h"

/* A way that leads nowhere, and counts what it is asked for. */
typedef struct
{
  guint n_sent;
  guint n_closed;
  guint n_faults;
} Nowhere;

static void
nowhere_start (gpointer impl, MdocTransport *transport)
{
}

static void
nowhere_send (gpointer impl, GBytes *message)
{
  ((Nowhere *) impl)->n_sent++;
}

static void
nowhere_close (gpointer impl)
{
  ((Nowhere *) impl)->n_closed++;
}

static gboolean
nowhere_misbehave (gpointer impl,
                   MdocTransportFault fault,
                   GBytes *message,
                   gsize n_bytes)
{
  ((Nowhere *) impl)->n_faults++;
  return TRUE;
}

static void
nowhere_free (gpointer impl)
{
}

static const MdocTransportClass wild = {
  .name = "wild",
  .start = nowhere_start,
  .send = nowhere_send,
  .close = nowhere_close,
  .free = nowhere_free,
  .misbehave = nowhere_misbehave,
};

static const MdocTransportClass tame = {
  .name = "tame",
  .start = nowhere_start,
  .send = nowhere_send,
  .close = nowhere_close,
  .free = nowhere_free,
};

static void
on_connected (MdocTransport *transport, gpointer user_data)
{
}

static void
on_message (MdocTransport *transport, GBytes *message, gpointer user_data)
{
}

static void
on_closed (MdocTransport *transport, const GError *error, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static const MdocTransportEvents events = { on_connected,
                                            on_message,
                                            on_closed };

static MdocTransport *
connect_to (const MdocTransportClass *klass, Nowhere *nowhere, guint *n_closed)
{
  MdocTransport *transport = mdoc_transport_new (klass, nowhere);

  mdoc_transport_start (transport, &events, n_closed);
  mdoc_transport_emit_connected (transport);
  return transport;
}

static gboolean
misbehave (MdocTransport *transport, MdocTransportFault fault)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("abc", 3);

  return mdoc_transport_misbehave (transport, fault, message, 3);
}

/* Who has no faults does not make any. */
static void
test_tame (void)
{
  Nowhere nowhere = { 0 };
  guint n_closed = 0;
  g_autoptr (MdocTransport) transport = NULL;

  transport = connect_to (&tame, &nowhere, &n_closed);
  g_assert_false (misbehave (transport, MDOC_TRANSPORT_FAULT_LENGTH));
  g_assert_false (misbehave (transport, MDOC_TRANSPORT_FAULT_CUT));
  /* and goes on as before */
  mdoc_transport_close (transport);
  g_assert_cmpuint (nowhere.n_closed, ==, 1);
}

/* A fault is asked for only between connected and closed. */
static void
test_wild (void)
{
  Nowhere nowhere = { 0 };
  guint n_closed = 0;
  g_autoptr (MdocTransport) transport = NULL;

  transport = connect_to (&wild, &nowhere, &n_closed);
  g_assert_true (misbehave (transport, MDOC_TRANSPORT_FAULT_LENGTH));
  g_assert_cmpuint (nowhere.n_faults, ==, 1);
  mdoc_transport_emit_closed (transport, NULL);
  g_assert_cmpuint (n_closed, ==, 1);
  g_assert_false (misbehave (transport, MDOC_TRANSPORT_FAULT_LENGTH));
  g_assert_cmpuint (nowhere.n_faults, ==, 1);
}

/* A cut is the end: nothing more is sent, and no close is asked for. */
static void
test_cut (void)
{
  Nowhere nowhere = { 0 };
  guint n_closed = 0;
  g_autoptr (MdocTransport) transport = NULL;
  g_autoptr (GBytes) message = g_bytes_new_static ("abc", 3);

  transport = connect_to (&wild, &nowhere, &n_closed);
  g_assert_true (misbehave (transport, MDOC_TRANSPORT_FAULT_CUT));
  g_assert_false (misbehave (transport, MDOC_TRANSPORT_FAULT_CUT));
  mdoc_transport_send (transport, message);
  mdoc_transport_close (transport);
  g_assert_cmpuint (nowhere.n_faults, ==, 1);
  g_assert_cmpuint (nowhere.n_sent, ==, 0);
  g_assert_cmpuint (nowhere.n_closed, ==, 0);
  mdoc_transport_emit_closed (transport, NULL);
  g_assert_cmpuint (n_closed, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/transport/tame", test_tame);
  g_test_add_func ("/transport/wild", test_wild);
  g_test_add_func ("/transport/cut", test_cut);

  return g_test_run ();
}
