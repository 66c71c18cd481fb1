/*
 * mdoc-vci-capacity.h - telling that wallets were sent away
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-clock.h"
#include "issuer/mdoc-register.h"

G_BEGIN_DECLS

/* at most so often, in seconds: whoever makes us send wallets away must not
 * fill the register with that as well */
#define MDOC_VCI_CAPACITY_PERIOD_S 60

/**
 * MdocVciCapacity:
 *
 * Counts wallets for which there was no room (S4-49, S4-51), and tells of them
 * in the log, in the audit and by the event `capacity.rejected`: of the first
 * one at once, of those that follow together, once a minute; of what is left
 * when it is freed. Counting is for any thread and costs no commit; the default
 * main context of the process tells. Who frees it stops that context before.
 */
typedef struct _MdocVciCapacity MdocVciCapacity;

/* @limit: of sessions, for the event */
MdocVciCapacity *
mdoc_vci_capacity_new (MdocRegister *reg, const MdocClock *clock, guint limit);
void mdoc_vci_capacity_free (MdocVciCapacity *self);

/* one was sent away, while there were @n_sessions */
void mdoc_vci_capacity_count (MdocVciCapacity *self, guint n_sessions);

G_END_DECLS
