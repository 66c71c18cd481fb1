/*
 * sim-profile.c - how wallets and readers in the field behave, as data
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-profile.h"

/* Where the field waits 200 ms before it goes, these wait longer: the guest
 * that has to keep up is an emulated processor. */
#define DROP_MS 1000

const SimProfile sim_profiles[] = {
  { .name = "plain", .steps = "MDIcCS", .mtu = 517, .max_part_bytes = 512 },
  { .name = "multipaz-android",
    .steps = "MFDIcCS",
    .mtu = 517,
    .max_part_bytes = 512 },
  { .name = "multipaz-ios",
    .steps = "MDIcCS",
    .mtu = 185,
    .max_part_bytes = 512 },
  { .name = "eudi-ios",
    .steps = "MDIcSC",
    .mtu = 527,
    .max_part_bytes = 512,
    .answer_ms = 200,
    .needs_subscriptions = TRUE,
    .is_ident_ignored = TRUE,
    .drop_ms = DROP_MS,
    .end = SIM_END_UNSUBSCRIBE },
  { .name = "spruce-android",
    .steps = "MDcCS",
    .mtu = 515,
    .max_part_bytes = 512 },
  { .name = "spruce-ios",
    .steps = "MDIcCS",
    .mtu = 517,
    .max_part_bytes = 515 },
  { .name = "pagopa", .steps = "MDCcS", .mtu = 515, .max_part_bytes = 512 },
  { .name = "mdl-verifier",
    .steps = "DIcCS",
    .mtu = 23,
    .max_part_bytes = 20,
    .gap_ms = 5 },
  { .name = "windows",
    .steps = "MDICcS",
    .mtu = 525,
    .max_part_bytes = 180,
    .is_writing_requests = TRUE },
  { .name = "one-core",
    .steps = "MDIcCS",
    .mtu = 517,
    .max_part_bytes = 514,
    .drop_ms = DROP_MS,
    .end = SIM_END_DISCONNECT },
  { .name = "empty-last",
    .steps = "MDIcCS",
    .mtu = 247,
    .max_part_bytes = 512,
    .has_empty_last = TRUE,
    .end = SIM_END_DISCONNECT },
  { .name = "state-first",
    .steps = "MDISCc",
    .mtu = 65,
    .max_part_bytes = 512 },
  { .name = NULL },
};

const SimProfile *
sim_profile_find (const char *name)
{
  for (const SimProfile *profile = sim_profiles; profile->name != NULL;
       profile++)
    if (g_str_equal (profile->name, name))
      return profile;
  return NULL;
}

gsize
sim_profile_get_part_bytes (const SimProfile *self, guint mtu)
{
  return MIN (mtu - 3, self->max_part_bytes);
}

/**
 * sim_profile_cut:
 * @self: a profile
 * @message: what goes
 * @mtu: of the link
 *
 * ISO/IEC 18013-5, 11.1.3.4: each part begins with 0x01, the last with 0x00.
 *
 * Returns: (transfer full) (element-type GBytes): the parts
 */
GPtrArray *
sim_profile_cut (const SimProfile *self, GBytes *message, guint mtu)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  gsize room = sim_profile_get_part_bytes (self, mtu) - 1;
  gsize len;
  const guint8 *data = g_bytes_get_data (message, &len);
  gsize at = 0;
  gboolean is_last;

  do
    {
      gsize n = MIN (len - at, room);
      g_autoptr (GByteArray) part = g_byte_array_new ();
      guint8 prefix;

      is_last = at + n == len && (!self->has_empty_last || n == 0);
      prefix = is_last ? 0x00 : 0x01;
      g_byte_array_append (part, &prefix, 1);
      g_byte_array_append (part, data + at, (guint) n);
      at += n;
      g_ptr_array_add (parts,
                       g_byte_array_free_to_bytes (g_steal_pointer (&part)));
    }
  while (!is_last);
  return parts;
}
