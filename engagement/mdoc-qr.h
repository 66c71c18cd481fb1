/*
 * mdoc-qr.h - a text as a QR code: terminal, SVG, PNG
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MDOC_QR_MAX_MODULE_PX 64

/**
 * MdocQrError:
 * @MDOC_QR_ERROR_TOO_LONG: no QR code holds so much (the caller)
 * @MDOC_QR_ERROR_DEVICE: a library failed (this device)
 */
typedef enum
{
  MDOC_QR_ERROR_TOO_LONG,
  MDOC_QR_ERROR_DEVICE,
} MdocQrError;

#define MDOC_QR_ERROR (mdoc_qr_error_quark ())
GQuark mdoc_qr_error_quark (void);

typedef enum
{
  MDOC_QR_ANSI,  /* half blocks, black and white set by escape sequences */
  MDOC_QR_UTF8,  /* half blocks for a terminal with a dark background */
  MDOC_QR_ASCII, /* two characters a module, for a dark background */
} MdocQrTerminal;

/* lines that end in a newline */
char *
mdoc_qr_to_terminal (const char *text, MdocQrTerminal style, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_qr_to_svg (const char *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @module_px: side of a module in pixels, 1..MDOC_QR_MAX_MODULE_PX */
GBytes *mdoc_qr_to_png (const char *text, guint module_px, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
