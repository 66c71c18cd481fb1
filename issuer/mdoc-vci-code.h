/*
 * mdoc-vci-code.h - a mark on authorization codes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Whether a request asked by authorization_details or by scope decides how the
 * answer to its code looks (OpenID4VCI 1.0, 6.2), and nothing else. So it goes
 * with the code itself: whoever changes the mark only gets the other form.
 */

/* @code: (transfer full) */
char *mdoc_vci_code_mark (char *code, gboolean has_details);
/* Sets @ret_has_details to %TRUE if there is a mark, else leaves it. */
char *mdoc_vci_code_unmark (const char *code, gboolean *ret_has_details);

G_END_DECLS
