/*
 * sim-att.h - the attribute protocol: a database that answers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* Bluetooth Core, volume 3, part F, 3.4.8 */
#define SIM_ATT_ERROR           0x01
#define SIM_ATT_MTU_REQUEST     0x02
#define SIM_ATT_MTU_RESPONSE    0x03
#define SIM_ATT_FIND_INFO       0x04
#define SIM_ATT_FIND_INFO_RESP  0x05
#define SIM_ATT_FIND_VALUE      0x06
#define SIM_ATT_FIND_VALUE_RESP 0x07
#define SIM_ATT_READ_TYPE       0x08
#define SIM_ATT_READ_TYPE_RESP  0x09
#define SIM_ATT_READ            0x0a
#define SIM_ATT_READ_RESP       0x0b
#define SIM_ATT_READ_BLOB       0x0c
#define SIM_ATT_READ_BLOB_RESP  0x0d
#define SIM_ATT_READ_GROUP      0x10
#define SIM_ATT_READ_GROUP_RESP 0x11
#define SIM_ATT_WRITE           0x12
#define SIM_ATT_WRITE_RESP      0x13
#define SIM_ATT_NOTIFY          0x1b
#define SIM_ATT_INDICATE        0x1d
#define SIM_ATT_CONFIRM         0x1e
#define SIM_ATT_NOTIFY_MULTIPLE 0x23
#define SIM_ATT_WRITE_COMMAND   0x52
#define SIM_ATT_MTU_MIN         23
#define SIM_ATT_MTU_MAX         517
#define SIM_ATT_NOT_FOUND       0x0a
#define SIM_ATT_INVALID_HANDLE  0x01
#define SIM_ATT_INVALID_OFFSET  0x07
#define SIM_ATT_READ_REFUSED    0x02
#define SIM_ATT_WRITE_REFUSED   0x03
#define SIM_ATT_NOT_SUPPORTED   0x06

/* types of attributes */
#define SIM_TYPE_SERVICE         0x2800
#define SIM_TYPE_CHARACTERISTIC  0x2803
#define SIM_TYPE_CCC             0x2902
#define SIM_TYPE_DEVICE_NAME     0x2a00
#define SIM_TYPE_SERVICE_CHANGED 0x2a05
#define SIM_TYPE_CLIENT_FEATURES 0x2b29

/* properties of characteristics */
#define SIM_PROPERTY_READ          0x02
#define SIM_PROPERTY_WRITE_COMMAND 0x04
#define SIM_PROPERTY_WRITE         0x08
#define SIM_PROPERTY_NOTIFY        0x10
#define SIM_PROPERTY_INDICATE      0x20

/* answers are Bluetooth's least significant byte first */
#define SIM_UUID_BYTES 16

/**
 * SimDb:
 *
 * The attributes of a server, with handles from 1 on.
 */
typedef struct _SimDb SimDb;

/* @value: of a write request or command that was allowed */
typedef void (*SimDbWritten) (guint handle, MdocSpan value, gpointer user_data);

SimDb *sim_db_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sim_db_free (SimDb *self);
void sim_db_add_service (SimDb *self, MdocSpan uuid);
guint sim_db_add_characteristic (SimDb *self, MdocSpan uuid, guint properties);
void sim_db_set_value (SimDb *self, guint handle, MdocSpan value);
GByteArray *sim_db_answer (SimDb *self,
                           MdocSpan request,
                           guint mtu,
                           SimDbWritten written,
                           gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/* @uuid: 0: none; requests of a client */
GByteArray *sim_att_build_range (guint opcode,
                                 guint first,
                                 guint last,
                                 guint type,
                                 MdocSpan value) G_GNUC_WARN_UNUSED_RESULT;
GByteArray *sim_att_build_value (guint opcode, guint handle, MdocSpan value)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean sim_att_is_response (guint opcode);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimDb, sim_db_free)

G_END_DECLS
