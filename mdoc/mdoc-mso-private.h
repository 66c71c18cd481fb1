/*
 * mdoc-mso-private.h - inside of the MSO, and writing one
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-mso.h"

G_BEGIN_DECLS

/* What mdoc_mso_parse() fills in and the getters read. */
typedef struct
{
  guint32 id;
  const guint8 *data; /* of the hash's length */
} MdocMsoDigestEntry;

typedef struct
{
  char *name;
  guint first; /* of its digests */
  guint n_digests;
} MdocMsoNameSpace;

struct _MdocMso
{
  gatomicrefcount refs;
  guint8 *encoded; /* our copy: all spans and items point into it */
  gsize encoded_len;

  char *doc_type;
  MdocHash hash;
  GArray *name_spaces; /* of MdocMsoNameSpace */
  GArray *digests;     /* of MdocMsoDigestEntry, by name space */
  MdocPublicKey *device_key;
  GError *device_key_error; /* set if there is no device_key */
  MdocCborItem authorized_name_spaces;
  MdocCborItem authorized_elements;
  gint64 signed_unix_s;
  gint64 valid_from_unix_s;
  gint64 valid_until_unix_s;
  gint64 expected_update_unix_s;
  gboolean has_expected_update;
  MdocMsoStatus status_list;
  MdocMsoStatus identifier_list;
  char *status_list_uri;
  char *identifier_list_uri;
};

/* One digest; those of a name space stand in a row. */
typedef struct
{
  const char *name_space;
  guint32 digest_id;
  MdocSpan digest;
} MdocMsoDigest;

/* One element that the device key may sign; those of a name space stand in a
 * row. */
typedef struct
{
  const char *name_space;
  const char *element;
} MdocMsoElement;

/* All that stands in an MSO, borrowed. Nothing of it is checked here. */
typedef struct
{
  const char *doc_type;
  MdocHash hash;
  const MdocMsoDigest *digests;
  guint n_digests;
  MdocPublicKey *device_key;
  const char *const *authorized_name_spaces;
  guint n_authorized_name_spaces;
  const MdocMsoElement *authorized_elements;
  guint n_authorized_elements;
  gint64 signed_unix_s;
  gint64 valid_from_unix_s;
  gint64 valid_until_unix_s;
  gint64 expected_update_unix_s;        /* 0: none */
  const MdocMsoStatus *status_list;     /* nullable */
  const MdocMsoStatus *identifier_list; /* nullable */
} MdocMsoFields;

void mdoc_mso_write (MdocCborWriter *writer, const MdocMsoFields *fields);

/* "SHA-256", as digestAlgorithm has it */
const char *mdoc_mso_get_hash_name (MdocHash hash);

G_END_DECLS
