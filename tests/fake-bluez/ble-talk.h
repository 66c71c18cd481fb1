/*
 * ble-talk.h - a holder and a reader that talk by way of the fake BlueZ
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ble/mdoc-ble.h"
#include "tests/fake-bluez/fake-bluez.h"

G_BEGIN_DECLS

typedef enum
{
  TALK_CENTRAL,         /* the holder is the GATT client */
  TALK_PERIPHERAL,      /* the holder is the GATT server */
  TALK_BOTH,            /* the holder offers both, the reader takes its pick */
  TALK_BOTH_PERIPHERAL, /* and picks the second */
} TalkMode;

#define TALK_N_MODES 4

/**
 * Talk:
 *
 * What a talk is to be, and how it went: the reader sends @sizes messages, to
 * the first 0, each of which the holder sends back; then the reader closes.
 */
typedef struct
{
  TalkMode mode;
  const gsize *sizes;
  gboolean use_l2cap;
  gboolean knows_psm; /* before, as by key 21 of an engagement */
  guint wrong_psm;    /* what the reader knows instead; 0: the right one */
  gboolean is_holder_closing; /* instead of the reader */
  gboolean has_wrong_ident;
  gboolean is_ident_ignored;
  guint max_part_bytes;
  gsize max_message_bytes; /* 0: 2 MiB */
  const char *adapter;     /* of the holder; NULL: hci0 */
  const MdocBleTimes *times;
  gboolean may_lose; /* parts: whoever notices closes, as a session would */
  /* called at each event, after what the talk itself does */
  void (*on_event) (gpointer talk, const char *event);
  FakeBluez *bluez;

  MdocTransport *holder;
  MdocTransport *reader;
  gsize n_done;
  gboolean has_lost;
  gboolean is_holder_connected;
  gboolean is_reader_connected;
  gboolean is_holder_closed;
  gboolean is_reader_closed;
  GError *holder_error;
  GError *reader_error;
  gint64 took_ms;
} Talk;

extern const MdocBleTimes talk_times;

void talk_init (int *argc, char ***argv);
int talk_run_tests (void);
const char *talk_get_address (void);

void talk_start (Talk *self);
void talk_run (Talk *self);
void talk_clear (Talk *self);
/* runs the main loop until nothing is left in BlueZ; fails after a while */
void talk_assert_clean (FakeBluez *bluez);
void talk_assert_fine (Talk *self);

G_END_DECLS
