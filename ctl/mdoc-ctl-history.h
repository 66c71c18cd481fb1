/*
 * mdoc-ctl-history.h - entries of the history, for people
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void mdoc_ctl_print_entry (GVariant *entry);

G_END_DECLS
