/*
 * mdoc-picture.h - a picture in grey, from PNG or JPEG
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocPicture:
 * @width: 1..%MDOC_SCAN_MAX_SIDE
 * @height: the same
 * @grey: @width times @height bytes, rows from the top, 0 is black
 *
 * Immutable once it is filled.
 */
typedef struct
{
  guint width;
  guint height;
  guint8 *grey;
} MdocPicture;

MdocPicture *mdoc_picture_new (guint width, guint height)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_picture_free (MdocPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocPicture, mdoc_picture_free)

MdocPicture *mdoc_picture_parse (GBytes *file, guint max_pixels, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Returns: (transfer full) (nullable): half as wide and high, each pixel the
 * mean of four; %NULL if there is nothing left of it */
MdocPicture *mdoc_picture_halve (const MdocPicture *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
