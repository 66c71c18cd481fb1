/*
 * sim-relay.h - the ends of what stands between the kernel and btvirt
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* each aborts the program if it cannot */
int sim_relay_open_ether (const char *path) G_GNUC_WARN_UNUSED_RESULT;
/* a new controller of the kernel, of which packets are read and written one at
 * a time */
int sim_relay_open_kernel (void) G_GNUC_WARN_UNUSED_RESULT;
void sim_relay_write (int fd, MdocSpan packet);

G_END_DECLS
