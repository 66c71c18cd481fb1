/*
 * mdoc-ble-frames.c - messages in a stream of bytes, as L2CAP carries them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-frames.h"

#include <string.h>

#include "ble/mdoc-ble.h"

#define LENGTH_BYTES 4

/* deeper than any session message */
#define MAX_DEPTH 16

#define CBOR_MAP_FIRST 0xa0
#define CBOR_MAP_LAST  0xbf
#define CBOR_BREAK     0xff

typedef enum
{
  FRAMING_UNKNOWN,
  FRAMING_LENGTH,
  FRAMING_BARE,
} Framing;

struct _MdocBleFrames
{
  GByteArray *bytes;
  gsize max_message_bytes;
  Framing framing;
  /* how far a bare message has been looked through; may be past what came */
  gsize pos;
  guint depth;
  guint64 n_left[MAX_DEPTH]; /* items of each open one; G_MAXUINT64: to break */
};

/* The one place that names the domain. */
static gboolean
refuse (GError **error, MdocBleError code, const char *reason)
{
  g_set_error_literal (error, MDOC_BLE_ERROR, (gint) code, reason);
  return FALSE;
}

/**
 * mdoc_ble_frames_new:
 * @max_message_bytes: longest message accepted
 *
 * Returns: (transfer full): frames of which nothing has come
 */
MdocBleFrames *
mdoc_ble_frames_new (gsize max_message_bytes)
{
  MdocBleFrames *self = g_new0 (MdocBleFrames, 1);

  self->bytes = g_byte_array_new ();
  self->max_message_bytes = max_message_bytes;
  return self;
}

/**
 * mdoc_ble_frames_free:
 * @self: (nullable): the frames
 */
void
mdoc_ble_frames_free (MdocBleFrames *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->bytes);
  g_free (self);
}

/**
 * mdoc_ble_frames_add:
 * @self: the frames
 * @bytes: what came; mdoc_ble_frames_next() takes out what it completes, and
 *   has to be called until there is nothing before more is added
 *
 * Errors: %MDOC_BLE_ERROR_PROTOCOL if the first byte begins neither a length
 * nor a map
 *
 * Returns: whether it may be a message
 */
gboolean
mdoc_ble_frames_add (MdocBleFrames *self, MdocSpan bytes, GError **error)
{
  if (bytes.len == 0)
    return TRUE;
  if (self->framing == FRAMING_UNKNOWN)
    {
      if (bytes.data[0] >= CBOR_MAP_FIRST && bytes.data[0] <= CBOR_MAP_LAST)
        self->framing = FRAMING_BARE;
      else if (bytes.data[0] < CBOR_MAP_FIRST)
        self->framing = FRAMING_LENGTH;
      else
        return refuse (error,
                       MDOC_BLE_ERROR_PROTOCOL,
                       "the peer sent neither a length nor a map over L2CAP");
    }
  g_byte_array_append (self->bytes, bytes.data, (guint) bytes.len);
  return TRUE;
}

/* Reads the head at the place looked at. Returns: its length; 0 if it has not
 * all come */
static gsize
read_head (MdocBleFrames *self,
           guint *ret_major,
           guint *ret_info,
           guint64 *ret_value)
{
  const guint8 *data = self->bytes->data + self->pos;
  gsize left = self->bytes->len - self->pos;
  gsize n_more;
  guint64 value = 0;

  if (left == 0)
    return 0;
  *ret_major = data[0] >> 5;
  *ret_info = data[0] & 0x1f;
  if (*ret_info < 24 || *ret_info > 27)
    {
      *ret_value = *ret_info;
      return 1;
    }
  n_more = (gsize) 1 << (*ret_info - 24);
  if (left < 1 + n_more)
    return 0;
  for (gsize i = 1; i <= n_more; i++)
    value = value << 8 | data[i];
  *ret_value = value;
  return 1 + n_more;
}

static gboolean
open_item (MdocBleFrames *self, guint64 n_left, GError **error)
{
  if (self->depth == MAX_DEPTH)
    return refuse (error,
                   MDOC_BLE_ERROR_LIMIT,
                   "the peer sent a map too deep over L2CAP");
  self->n_left[self->depth++] = n_left;
  return TRUE;
}

/* Looks at one head and what follows it, if that is a string. */
static gboolean
step (MdocBleFrames *self,
      guint major,
      guint info,
      guint64 value,
      GError **error)
{
  gboolean is_endless = info == 31;

  if (info >= 28 && info <= 30)
    return refuse (error,
                   MDOC_BLE_ERROR_PROTOCOL,
                   "the peer sent bytes over L2CAP that are no CBOR");
  /* a member of what is open, before it opens something itself */
  if (self->depth > 0 && self->n_left[self->depth - 1] != G_MAXUINT64)
    self->n_left[self->depth - 1]--;

  switch (major)
    {
    case 2:
    case 3:
      if (is_endless)
        return open_item (self, G_MAXUINT64, error);
      if (value > self->max_message_bytes
          || self->pos + value > self->max_message_bytes)
        return refuse (error,
                       MDOC_BLE_ERROR_LIMIT,
                       "the peer sent a longer message than is allowed");
      self->pos += value;
      return TRUE;
    case 4:
    case 5:
      if (is_endless)
        return open_item (self, G_MAXUINT64, error);
      if (value > self->max_message_bytes)
        return refuse (error,
                       MDOC_BLE_ERROR_LIMIT,
                       "the peer sent a longer message than is allowed");
      return open_item (self, major == 5 ? 2 * value : value, error);
    case 6:
      return open_item (self, 1, error);
    case 7:
      if (!is_endless)
        return TRUE;
      if (self->depth == 0 || self->n_left[self->depth - 1] != G_MAXUINT64)
        break;
      self->depth--;
      return TRUE;
    default:
      if (!is_endless)
        return TRUE;
      break;
    }
  return refuse (error,
                 MDOC_BLE_ERROR_PROTOCOL,
                 "the peer sent bytes over L2CAP that are no CBOR");
}

static void
close_items (MdocBleFrames *self)
{
  while (self->depth > 0 && self->n_left[self->depth - 1] == 0)
    self->depth--;
}

static GBytes *
take (MdocBleFrames *self, gsize n_before, gsize len)
{
  GBytes *message = g_bytes_new (self->bytes->data + n_before, len);

  g_byte_array_remove_range (self->bytes, 0, (guint) (n_before + len));
  return message;
}

static gboolean
next_bare (MdocBleFrames *self, GBytes **ret_message, GError **error)
{
  guint major, info;
  guint64 value;
  gsize head;

  while (self->pos < self->bytes->len)
    {
      head = read_head (self, &major, &info, &value);
      if (head == 0)
        break;
      self->pos += head;
      if (!step (self, major, info, value, error))
        return FALSE;
      close_items (self);
      if (self->depth == 0)
        break;
    }
  if (self->pos > self->max_message_bytes)
    return refuse (error,
                   MDOC_BLE_ERROR_LIMIT,
                   "the peer sent a longer message than is allowed");
  if (self->pos > 0 && self->depth == 0 && self->pos <= self->bytes->len)
    {
      *ret_message = take (self, 0, self->pos);
      self->pos = 0;
    }
  return TRUE;
}

static gboolean
next_framed (MdocBleFrames *self, GBytes **ret_message, GError **error)
{
  guint32 length;

  if (self->bytes->len < LENGTH_BYTES)
    return TRUE;
  memcpy (&length, self->bytes->data, LENGTH_BYTES);
  length = GUINT32_FROM_BE (length);
  if (length > self->max_message_bytes)
    return refuse (error,
                   MDOC_BLE_ERROR_LIMIT,
                   "the peer sent a longer message than is allowed");
  if (self->bytes->len - LENGTH_BYTES >= length)
    *ret_message = take (self, LENGTH_BYTES, length);
  return TRUE;
}

/**
 * mdoc_ble_frames_next:
 * @self: the frames
 * @ret_message: (out) (nullable) (transfer full): the next message; %NULL if
 *   it has not all come
 *
 * Errors: %MDOC_BLE_ERROR_PROTOCOL, %MDOC_BLE_ERROR_LIMIT; the frames are of
 * no use after either
 *
 * Returns: whether what came may be a message
 */
gboolean
mdoc_ble_frames_next (MdocBleFrames *self, GBytes **ret_message, GError **error)
{
  g_autoptr (GBytes) message = NULL;
  gboolean is_fine = self->framing == FRAMING_BARE
                         ? next_bare (self, &message, error)
                         : next_framed (self, &message, error);

  if (is_fine)
    *ret_message = g_steal_pointer (&message);
  return is_fine;
}

/**
 * mdoc_ble_frames_is_empty:
 * @self: the frames
 *
 * Returns: whether no message has begun
 */
gboolean
mdoc_ble_frames_is_empty (MdocBleFrames *self)
{
  return self->bytes->len == 0;
}

/**
 * mdoc_ble_frames_is_bare:
 * @self: the frames
 *
 * Returns: whether the peer sends no lengths, and so expects none
 */
gboolean
mdoc_ble_frames_is_bare (MdocBleFrames *self)
{
  return self->framing == FRAMING_BARE;
}

/**
 * mdoc_ble_frame_wrap:
 * @message: a message
 *
 * Returns: (transfer full): the message behind its length
 */
GBytes *
mdoc_ble_frame_wrap (GBytes *message)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (message, &len);
  guint8 *frame = g_malloc (LENGTH_BYTES + len);
  guint32 length = GUINT32_TO_BE ((guint32) len);

  memcpy (frame, &length, LENGTH_BYTES);
  if (len > 0)
    memcpy (frame + LENGTH_BYTES, data, len);
  return g_bytes_new_take (frame, LENGTH_BYTES + len);
}

/**
 * mdoc_ble_psm_parse:
 * @value: of the L2CAP characteristic
 * @ret_psm: (out): 0x80 to 0xff
 *
 * Reads a PSM of 1, 2, 4 or 8 bytes in either order, as the standard names no
 * width, and implementations chose different ones: only one byte can be other
 * than zero, and it is the first or the last.
 *
 * Returns: whether it is a PSM that an application may have
 */
gboolean
mdoc_ble_psm_parse (MdocSpan value, guint *ret_psm)
{
  guint psm;
  guint n_other = 0;

  if (value.len != 1 && value.len != 2 && value.len != 4 && value.len != 8)
    return FALSE;
  for (gsize i = 0; i < value.len; i++)
    n_other += value.data[i] != 0;
  psm = MAX (value.data[0], value.data[value.len - 1]);
  if (n_other != 1 || psm < MDOC_BLE_PSM_MIN || psm > MDOC_BLE_PSM_MAX)
    return FALSE;
  *ret_psm = psm;
  return TRUE;
}

/**
 * mdoc_ble_psm_write:
 * @psm: a PSM
 * @ret_value: (out): the value of the L2CAP characteristic: 4 bytes, most
 *   significant first, which is what most peers read
 */
void
mdoc_ble_psm_write (guint psm, guint8 ret_value[4])
{
  guint32 value = GUINT32_TO_BE ((guint32) psm);

  memcpy (ret_value, &value, sizeof value);
}
