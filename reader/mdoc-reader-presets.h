/*
 * mdoc-reader-presets.h - ready-made choices of elements, listed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-program.h"

G_BEGIN_DECLS

MdocExit mdoc_reader_list_presets (MdocCommand *command,
                                   const char *folder,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
