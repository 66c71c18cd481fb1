/*
 * mdoc-issuer-signed-private.h - writing one item, for the builder and tests
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "mdoc/mdoc-cbor-writer.h"

G_BEGIN_DECLS

void mdoc_issuer_signed_item_write (MdocCborWriter *writer,
                                    guint32 digest_id,
                                    MdocSpan random,
                                    const char *element,
                                    MdocSpan value);

G_END_DECLS
