/*
 * sim-att.c - the attribute protocol: a database that answers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-att.h"

#include <string.h>

#include "tests/phonesim/sim-pdu.h"

typedef struct
{
  guint8 type[SIM_UUID_BYTES];
  gsize type_len; /* 2 or 16 */
  GByteArray *value;
  gboolean is_readable;
  gboolean is_writable;
} Attribute;

struct _SimDb
{
  GPtrArray *attributes; /* of Attribute: handle 1 first */
};

static void
attribute_free (Attribute *self)
{
  g_byte_array_unref (self->value);
  g_free (self);
}

SimDb *
sim_db_new (void)
{
  SimDb *self = g_new0 (SimDb, 1);

  self->attributes = g_ptr_array_new_with_free_func (
      (GDestroyNotify) attribute_free);
  return self;
}

void
sim_db_free (SimDb *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->attributes);
  g_free (self);
}

static Attribute *
lookup (SimDb *self, guint handle)
{
  if (handle == 0 || handle > self->attributes->len)
    return NULL;
  return g_ptr_array_index (self->attributes, handle - 1);
}

static Attribute *
add (SimDb *self, MdocSpan type)
{
  Attribute *attribute = g_new0 (Attribute, 1);

  g_assert (type.len == 2 || type.len == SIM_UUID_BYTES);
  memcpy (attribute->type, type.data, type.len);
  attribute->type_len = type.len;
  attribute->value = g_byte_array_new ();
  attribute->is_readable = TRUE;
  g_ptr_array_add (self->attributes, attribute);
  return attribute;
}

static Attribute *
add_short (SimDb *self, guint type)
{
  guint8 bytes[2] = { (guint8) (type & 0xff), (guint8) (type >> 8) };

  return add (self, MDOC_SPAN (bytes, sizeof bytes));
}

static gboolean
has_type (const Attribute *attribute, guint type)
{
  return attribute->type_len == 2
         && sim_get_u16 (MDOC_SPAN (attribute->type, 2), 0) == type;
}

void
sim_db_add_service (SimDb *self, MdocSpan uuid)
{
  sim_put_span (add_short (self, SIM_TYPE_SERVICE)->value, uuid);
}

/**
 * sim_db_add_characteristic:
 * @self: a database
 * @uuid: 2 or 16 bytes, least significant first
 * @properties: SIM_PROPERTY_…; one that notifies has a descriptor behind it
 *
 * Returns: the handle of its value
 */
guint
sim_db_add_characteristic (SimDb *self, MdocSpan uuid, guint properties)
{
  Attribute *declaration = add_short (self, SIM_TYPE_CHARACTERISTIC);
  Attribute *value = add (self, uuid);
  guint handle = self->attributes->len;

  sim_put_u8 (declaration->value, properties);
  sim_put_u16 (declaration->value, handle);
  sim_put_span (declaration->value, uuid);
  value->is_readable = (properties & SIM_PROPERTY_READ) != 0;
  value->is_writable = (properties
                        & (SIM_PROPERTY_WRITE | SIM_PROPERTY_WRITE_COMMAND))
                       != 0;
  if ((properties & (SIM_PROPERTY_NOTIFY | SIM_PROPERTY_INDICATE)) != 0)
    {
      Attribute *ccc = add_short (self, SIM_TYPE_CCC);

      sim_put_u16 (ccc->value, 0);
      ccc->is_writable = TRUE;
    }
  return handle;
}

void
sim_db_set_value (SimDb *self, guint handle, MdocSpan value)
{
  Attribute *attribute = lookup (self, handle);

  g_byte_array_set_size (attribute->value, 0);
  sim_put_span (attribute->value, value);
}

static GByteArray *
refuse (guint opcode, guint handle, guint code)
{
  GByteArray *answer = g_byte_array_new ();

  sim_put_u8 (answer, SIM_ATT_ERROR);
  sim_put_u8 (answer, opcode);
  sim_put_u16 (answer, handle);
  sim_put_u8 (answer, code);
  return answer;
}

static guint
get_group_end (SimDb *self, guint handle)
{
  while (handle < self->attributes->len
         && !has_type (lookup (self, handle + 1), SIM_TYPE_SERVICE))
    handle++;
  return handle;
}

/* Adds what one attribute is in the answer to a request for a range; FALSE if
 * it is of another length than those before, or there is no room. */
static gboolean
put_entry (SimDb *self,
           GByteArray *answer,
           guint opcode,
           guint handle,
           guint mtu)
{
  const Attribute *attribute = lookup (self, handle);
  g_autoptr (GByteArray) entry = g_byte_array_new ();
  guint header = opcode == SIM_ATT_FIND_VALUE ? 1 : 2;
  guint format;

  sim_put_u16 (entry, handle);
  if (opcode == SIM_ATT_FIND_INFO)
    sim_put_span (entry, MDOC_SPAN (attribute->type, attribute->type_len));
  if (opcode == SIM_ATT_READ_GROUP || opcode == SIM_ATT_FIND_VALUE)
    sim_put_u16 (entry, get_group_end (self, handle));
  if (opcode == SIM_ATT_READ_GROUP || opcode == SIM_ATT_READ_TYPE)
    sim_put_span (entry, sim_span_of (attribute->value));
  if (entry->len > MIN (mtu - header, 255) && answer->len <= header)
    g_byte_array_set_size (entry, MIN (mtu - header, 255));

  format = opcode == SIM_ATT_FIND_INFO ? (attribute->type_len == 2 ? 1 : 2)
                                       : entry->len;
  if (header == 2 && answer->len == 1)
    sim_put_u8 (answer, format);
  if (header == 2 && answer->data[1] != format)
    return FALSE;
  if (answer->len + entry->len > mtu)
    return FALSE;
  sim_put_span (answer, sim_span_of (entry));
  return TRUE;
}

static gboolean
is_asked_for (const Attribute *attribute, guint opcode, MdocSpan request)
{
  if (opcode == SIM_ATT_FIND_INFO)
    return TRUE;
  if (opcode == SIM_ATT_FIND_VALUE)
    return has_type (attribute, sim_get_u16 (request, 5))
           && mdoc_span_equal (sim_span_of (attribute->value),
                               sim_span_from (request, 7));
  return mdoc_span_equal (MDOC_SPAN (attribute->type, attribute->type_len),
                          sim_span_from (request, 5));
}

static GByteArray *
answer_range (SimDb *self, guint opcode, MdocSpan request, guint mtu)
{
  guint first = sim_get_u16 (request, 1);
  guint last = sim_get_u16 (request, 3);
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  gsize empty_len;

  if (first == 0 || first > last)
    return refuse (opcode, first, SIM_ATT_INVALID_HANDLE);
  sim_put_u8 (answer, opcode + 1);
  empty_len = answer->len;
  for (guint handle = first; handle <= MIN (last, self->attributes->len);
       handle++)
    {
      const Attribute *attribute = lookup (self, handle);

      if (!is_asked_for (attribute, opcode, request))
        continue;
      if (opcode == SIM_ATT_READ_TYPE && !attribute->is_readable)
        {
          if (answer->len == empty_len)
            return refuse (opcode, handle, SIM_ATT_READ_REFUSED);
          break;
        }
      if (!put_entry (self, answer, opcode, handle, mtu))
        break;
    }
  if (answer->len == empty_len)
    return refuse (opcode, first, SIM_ATT_NOT_FOUND);
  return g_steal_pointer (&answer);
}

static GByteArray *
answer_read (SimDb *self, guint opcode, MdocSpan request, guint mtu)
{
  guint handle = sim_get_u16 (request, 1);
  guint offset = opcode == SIM_ATT_READ_BLOB ? sim_get_u16 (request, 3) : 0;
  const Attribute *attribute = lookup (self, handle);
  GByteArray *answer;

  if (attribute == NULL)
    return refuse (opcode, handle, SIM_ATT_INVALID_HANDLE);
  if (!attribute->is_readable)
    return refuse (opcode, handle, SIM_ATT_READ_REFUSED);
  if (offset > attribute->value->len)
    return refuse (opcode, handle, SIM_ATT_INVALID_OFFSET);
  answer = g_byte_array_new ();
  sim_put_u8 (answer, opcode + 1);
  sim_put_span (answer,
                MDOC_SPAN (attribute->value->data + offset,
                           MIN (attribute->value->len - offset, mtu - 1)));
  return answer;
}

static GByteArray *
answer_write (SimDb *self,
              guint opcode,
              MdocSpan request,
              SimDbWritten written,
              gpointer user_data)
{
  guint handle = sim_get_u16 (request, 1);
  const Attribute *attribute = lookup (self, handle);
  gboolean is_request = opcode == SIM_ATT_WRITE;
  GByteArray *answer = NULL;

  if (attribute == NULL || !attribute->is_writable)
    return !is_request ? NULL
                       : refuse (opcode,
                                 handle,
                                 attribute == NULL ? SIM_ATT_INVALID_HANDLE
                                                   : SIM_ATT_WRITE_REFUSED);
  if (has_type (attribute, SIM_TYPE_CCC))
    sim_db_set_value (self, handle, sim_span_from (request, 3));
  if (is_request)
    {
      answer = g_byte_array_new ();
      sim_put_u8 (answer, SIM_ATT_WRITE_RESP);
    }
  written (handle, sim_span_from (request, 3), user_data);
  return answer;
}

/**
 * sim_db_answer:
 * @self: a database
 * @request: a request or command of a client, but for the MTU
 * @mtu: of the channel
 * @written: called for a value that was written
 * @user_data: for it
 *
 * Returns: (nullable): what to answer; %NULL to a command
 */
GByteArray *
sim_db_answer (SimDb *self,
               MdocSpan request,
               guint mtu,
               SimDbWritten written,
               gpointer user_data)
{
  guint opcode = sim_get_u8 (request, 0);

  switch (opcode)
    {
    case SIM_ATT_FIND_INFO:
    case SIM_ATT_FIND_VALUE:
    case SIM_ATT_READ_TYPE:
    case SIM_ATT_READ_GROUP:
      return answer_range (self, opcode, request, mtu);
    case SIM_ATT_READ:
    case SIM_ATT_READ_BLOB:
      return answer_read (self, opcode, request, mtu);
    case SIM_ATT_WRITE:
    case SIM_ATT_WRITE_COMMAND:
      return answer_write (self, opcode, request, written, user_data);
    default:
      if ((opcode & 0x40) != 0)
        return NULL;
      return refuse (opcode, 0, SIM_ATT_NOT_SUPPORTED);
    }
}

/**
 * sim_att_build_range:
 * @opcode: of a request about a range of handles
 * @first: handle
 * @last: handle
 * @type: of attributes; 0: the request has none
 * @value: that they have, or empty
 */
GByteArray *
sim_att_build_range (guint opcode,
                     guint first,
                     guint last,
                     guint type,
                     MdocSpan value)
{
  GByteArray *request = g_byte_array_new ();

  sim_put_u8 (request, opcode);
  sim_put_u16 (request, first);
  sim_put_u16 (request, last);
  if (type != 0)
    sim_put_u16 (request, type);
  sim_put_span (request, value);
  return request;
}

GByteArray *
sim_att_build_value (guint opcode, guint handle, MdocSpan value)
{
  GByteArray *request = g_byte_array_new ();

  sim_put_u8 (request, opcode);
  sim_put_u16 (request, handle);
  sim_put_span (request, value);
  return request;
}

/* Responses are odd, but for what a server sends by itself. */
gboolean
sim_att_is_response (guint opcode)
{
  return (opcode & 1) != 0 && opcode < SIM_ATT_NOTIFY;
}
