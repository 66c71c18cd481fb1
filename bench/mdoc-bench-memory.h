/*
 * mdoc-bench-memory.h - how much memory a stretch of the program takes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Counts from here on. One stretch at a time, of one thread. */
void mdoc_bench_memory_begin (void);
/* Returns: the most bytes allocated at one time since then, beyond those that
 * were there; those of every library count */
gsize mdoc_bench_memory_end (void);

G_END_DECLS
