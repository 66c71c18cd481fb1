/*
 * mdoc-test-folder.h - a folder for one test
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full): the path of a new folder with mode 0700 */
char *mdoc_test_folder_new (void);
/* the folder and all that is in it */
void mdoc_test_folder_remove (const char *path);

/* do these bytes stand anywhere in the file? */
gboolean
mdoc_test_file_contains (const char *path, const guint8 *needle, gsize len);

G_END_DECLS
