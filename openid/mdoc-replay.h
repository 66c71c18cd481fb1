/*
 * mdoc-replay.h - what has been seen, so that it is not taken again
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/mdoc-span.h"

G_BEGIN_DECLS

typedef enum
{
  MDOC_REPLAY_FRESH,
  MDOC_REPLAY_SEEN,
  MDOC_REPLAY_FULL,  /* cannot be told: to be refused as well */
  MDOC_REPLAY_SHARE, /* the same, as this client has enough in it */
} MdocReplayResult;

/**
 * MdocReplay:
 *
 * Remembers values, by their digests, until a time each, and never more than
 * it was made for. When it is full of what may still come back it takes nothing
 * more, since to forget would let that in. Where clients are told apart, none
 * of them may have more in it than is left free, so that one cannot shut out
 * the others, and a hundred leave a hundredth. Not safe to use from two threads
 * at once; it does not survive the process.
 */
typedef struct _MdocReplay MdocReplay;

MdocReplay *mdoc_replay_new (guint max_entries);
void mdoc_replay_free (MdocReplay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocReplay, mdoc_replay_free)

MdocReplayResult mdoc_replay_check (MdocReplay *self,
                                    const MdocSpan *parts,
                                    gsize n_parts,
                                    gint64 now_unix_s,
                                    gint64 until_unix_s);
/* The same, on the account of @client. */
MdocReplayResult mdoc_replay_check_for (MdocReplay *self,
                                        const char *client,
                                        const MdocSpan *parts,
                                        gsize n_parts,
                                        gint64 now_unix_s,
                                        gint64 until_unix_s);
/* Returns: seconds until something of @client's ends; 0: it has nothing */
guint mdoc_replay_get_wait_s (MdocReplay *self,
                              const char *client,
                              gint64 now_unix_s);
guint mdoc_replay_get_n_entries (MdocReplay *self);

G_END_DECLS
