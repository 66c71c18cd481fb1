/*
 * mdoc-ble-parts.c - messages in parts, as GATT carries them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-parts.h"

#include <string.h>

#include "ble/mdoc-ble.h"

/* ISO/IEC 18013-5, 11.1.3.4: what stands before each part */
#define PART_MORE 0x01
#define PART_LAST 0x00
/* what a test bench may put there */
#define PART_NEITHER 0x02

/* a write or notification has a header of 3 bytes, a notification of several
 * values one of 5 */
#define HEADER_BYTES       3
#define MULTI_HEADER_BYTES 5

/* bluetoothd up to 5.68 loses write commands of 511 and of 512 bytes, and who
 * the peer is cannot be known */
#define WRITE_MAX_BYTES 510

/* parts without a byte of the message: some peers send one, none sends many */
#define MAX_EMPTY_PARTS 16

/**
 * mdoc_ble_get_notify_bytes:
 * @mtu: the MTU of the connection
 *
 * How long a part in a notification may be, its first byte included. BlueZ
 * cuts a longer one without a word. It gathers notifications for peers that
 * declare to understand that, with a longer header, and does not say for which
 * peers; hence two bytes are left free, unless the limit of an attribute
 * leaves them free already.
 *
 * Returns: 18 to 512
 */
gsize
mdoc_ble_get_notify_bytes (guint mtu)
{
  mtu = MAX (mtu, MDOC_BLE_MTU_MIN);
  return MIN (mtu - MULTI_HEADER_BYTES, MDOC_BLE_VALUE_MAX_BYTES);
}

/**
 * mdoc_ble_get_write_bytes:
 * @mtu: the MTU of the connection
 *
 * How long a part in a write command may be, its first byte included. BlueZ
 * drops a longer one without a word, and as a receiver, in versions still in
 * use, also the two longest that are legal.
 *
 * Returns: 20 to 510
 */
gsize
mdoc_ble_get_write_bytes (guint mtu)
{
  mtu = MAX (mtu, MDOC_BLE_MTU_MIN);
  return MIN (mtu - HEADER_BYTES, WRITE_MAX_BYTES);
}

struct _MdocBleCutter
{
  GQueue messages; /* of GBytes */
  gsize n_taken;   /* of the first one */
  gsize cut_bytes; /* all that leaves of the last one; 0: all of it */
  gboolean has_wrong_prefix;
};

/**
 * mdoc_ble_cutter_new:
 *
 * Returns: (transfer full): an empty queue
 */
MdocBleCutter *
mdoc_ble_cutter_new (void)
{
  MdocBleCutter *self = g_new0 (MdocBleCutter, 1);

  g_queue_init (&self->messages);
  return self;
}

/**
 * mdoc_ble_cutter_free:
 * @self: (nullable): the queue
 */
void
mdoc_ble_cutter_free (MdocBleCutter *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->messages, (GDestroyNotify) g_bytes_unref);
  g_free (self);
}

/**
 * mdoc_ble_cutter_push:
 * @self: the queue
 * @message: what goes to its end
 */
void
mdoc_ble_cutter_push (MdocBleCutter *self, GBytes *message)
{
  g_queue_push_tail (&self->messages, g_bytes_ref (message));
}

void
mdoc_ble_cutter_push_cut (MdocBleCutter *self, GBytes *message, gsize n_bytes)
{
  g_return_if_fail (n_bytes > 0 && n_bytes <= g_bytes_get_size (message));

  mdoc_ble_cutter_push (self, message);
  self->cut_bytes = n_bytes;
}

void
mdoc_ble_cutter_spoil_prefix (MdocBleCutter *self)
{
  self->has_wrong_prefix = TRUE;
}

/**
 * mdoc_ble_cutter_is_empty:
 * @self: the queue
 *
 * Returns: whether everything has left
 */
gboolean
mdoc_ble_cutter_is_empty (MdocBleCutter *self)
{
  return g_queue_is_empty (&self->messages);
}

/**
 * mdoc_ble_cutter_next:
 * @self: the queue
 * @part_bytes: how long the part may be, at least 2
 *
 * Takes the next part: as much of the first message as fits, behind the byte
 * that says whether it is its last.
 *
 * Returns: (transfer full) (nullable): the part; %NULL if the queue is empty
 */
GBytes *
mdoc_ble_cutter_next (MdocBleCutter *self, gsize part_bytes)
{
  GBytes *message = g_queue_peek_head (&self->messages);
  gsize len, end, n;
  const guint8 *data;
  guint8 part[MDOC_BLE_VALUE_MAX_BYTES];

  g_return_val_if_fail (part_bytes >= 2, NULL);

  if (message == NULL)
    return NULL;

  data = g_bytes_get_data (message, &len);
  end = self->cut_bytes > 0 && g_queue_get_length (&self->messages) == 1
            ? self->cut_bytes
            : len;
  n = MIN (end - self->n_taken, MIN (part_bytes, sizeof part) - 1);
  part[0] = self->n_taken + n < len ? PART_MORE : PART_LAST;
  if (self->has_wrong_prefix)
    part[0] = PART_NEITHER;
  self->has_wrong_prefix = FALSE;
  if (n > 0)
    memcpy (part + 1, data + self->n_taken, n);
  self->n_taken += n;

  if (self->n_taken == end)
    {
      g_bytes_unref (g_queue_pop_head (&self->messages));
      self->n_taken = 0;
      if (g_queue_is_empty (&self->messages))
        self->cut_bytes = 0;
    }
  return g_bytes_new (part, n + 1);
}

struct _MdocBleJoiner
{
  GByteArray *message;
  gsize max_message_bytes;
  guint n_empty;
  gboolean has_part;
};

/* The one place that names the domain. */
static gboolean
refuse (GError **error, MdocBleError code, const char *reason)
{
  g_set_error_literal (error, MDOC_BLE_ERROR, (gint) code, reason);
  return FALSE;
}

/**
 * mdoc_ble_joiner_new:
 * @max_message_bytes: longest message accepted
 *
 * Returns: (transfer full): a joiner that has seen no part
 */
MdocBleJoiner *
mdoc_ble_joiner_new (gsize max_message_bytes)
{
  MdocBleJoiner *self = g_new0 (MdocBleJoiner, 1);

  self->message = g_byte_array_new ();
  self->max_message_bytes = max_message_bytes;
  return self;
}

/**
 * mdoc_ble_joiner_free:
 * @self: (nullable): the joiner
 */
void
mdoc_ble_joiner_free (MdocBleJoiner *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->message);
  g_free (self);
}

/**
 * mdoc_ble_joiner_add:
 * @self: the joiner
 * @part: what came: a byte that is 0x00 for the last part of a message and
 *   0x01 for every other, and any number of bytes of the message
 * @ret_message: (out) (nullable) (transfer full): the message if this part
 *   ends it, else %NULL
 *
 * Errors: %MDOC_BLE_ERROR_PROTOCOL for another first byte or none;
 * %MDOC_BLE_ERROR_LIMIT for a message that is too long, or parts without end
 * that bring nothing. The joiner is of no use after either.
 *
 * Returns: whether the part is one
 */
gboolean
mdoc_ble_joiner_add (MdocBleJoiner *self,
                     MdocSpan part,
                     GBytes **ret_message,
                     GError **error)
{
  if (part.len == 0)
    return refuse (error,
                   MDOC_BLE_ERROR_PROTOCOL,
                   "the peer sent a part without its first byte");
  if (part.data[0] != PART_MORE && part.data[0] != PART_LAST)
    return refuse (error,
                   MDOC_BLE_ERROR_PROTOCOL,
                   "the peer sent a part that is neither last nor not");
  if (part.len - 1 > self->max_message_bytes - self->message->len)
    return refuse (error,
                   MDOC_BLE_ERROR_LIMIT,
                   "the peer sent a longer message than is allowed");
  if (part.len == 1 && part.data[0] == PART_MORE
      && ++self->n_empty > MAX_EMPTY_PARTS)
    return refuse (error,
                   MDOC_BLE_ERROR_LIMIT,
                   "the peer sent empty parts without end");

  g_byte_array_append (self->message, part.data + 1, (guint) (part.len - 1));
  self->has_part = TRUE;
  *ret_message = NULL;
  if (part.data[0] == PART_LAST)
    {
      *ret_message = g_byte_array_free_to_bytes (
          g_steal_pointer (&self->message));
      self->message = g_byte_array_new ();
      self->n_empty = 0;
      self->has_part = FALSE;
    }
  return TRUE;
}

/**
 * mdoc_ble_joiner_is_empty:
 * @self: the joiner
 *
 * Returns: whether no message has begun
 */
gboolean
mdoc_ble_joiner_is_empty (MdocBleJoiner *self)
{
  return !self->has_part;
}
