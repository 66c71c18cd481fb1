/*
 * sim-host.h - a Bluetooth host of our own: HCI, and frames of L2CAP
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * SimAddress:
 *
 * As HCI carries it: least significant byte first.
 */
typedef struct
{
  guint8 type;
  guint8 bytes[6];
} SimAddress;

/**
 * SimHost:
 *
 * A device with one controller, spoken to by H4, and one link at a time. On
 * the default main context.
 */
typedef struct _SimHost SimHost;

typedef struct
{
  void (*ready) (gpointer user_data);
  void (*found) (const SimAddress *address, MdocSpan data, gpointer user_data);
  void (*connected) (gpointer user_data);
  /* @reason: of HCI */
  void (*disconnected) (guint reason, gpointer user_data);
  void (*frame) (guint cid, MdocSpan payload, gpointer user_data);
} SimHostEvents;

/* reasons of HCI */
#define SIM_REASON_TIMEOUT 0x08
#define SIM_REASON_REMOTE  0x13

/* @fd: belongs to the host from now on */
SimHost *sim_host_new (int fd, const SimHostEvents *events, gpointer user_data)
    G_GNUC_WARN_UNUSED_RESULT;
/* the controller is gone without a word */
void sim_host_free (SimHost *self);
/* @data: of the advertisement, at most 31 bytes */
void sim_host_advertise (SimHost *self, MdocSpan data);
void sim_host_advertise_again (SimHost *self);
void sim_host_scan (SimHost *self);
/* ends a scan */
void sim_host_connect (SimHost *self, const SimAddress *address);
void sim_host_disconnect (SimHost *self, guint reason);
/* how long an interval the link has from now on, in 1.25 ms */
void sim_host_update_link (SimHost *self, guint interval);
void sim_host_send (SimHost *self, guint cid, MdocSpan payload);
void
sim_host_send_start (SimHost *self, guint cid, MdocSpan payload, gsize n_bytes);
/* bytes that the controller has not taken yet */
gsize sim_host_get_queued (SimHost *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimHost, sim_host_free)

G_END_DECLS
