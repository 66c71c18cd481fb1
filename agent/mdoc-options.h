/*
 * mdoc-options.h - the a{sv} at the end of every method
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocOption:
 * @name: what the option is called
 * @type: its D-Bus type: "s", "u", "b" or an array
 * @ret_value: (inout): a char * or GVariant *, freed and replaced, guint32 or
 *   gboolean; as it was if the option is not given
 *
 * One option that a method knows.
 */
typedef struct
{
  const char *name;
  const char *type;
  gpointer ret_value;
} MdocOption;

gboolean mdoc_options_parse (GVariant *options,
                             const MdocOption *known,
                             guint n_known,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* no option at all */
gboolean mdoc_options_parse_none (GVariant *options, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* a text that the holder sees: no control characters */
gboolean mdoc_options_check_label (const char *label, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
