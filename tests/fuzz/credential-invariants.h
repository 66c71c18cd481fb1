/*
 * credential-invariants.h - what holds for all that was parsed of a credential
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <string.h>

#include "mdoc/mdoc-issuer-signed.h"

/* What a view shows lies inside of what it is a view of. */
static inline void
check_inside (MdocSpan part, MdocSpan whole)
{
  if (part.len == 0)
    return;

  g_assert_true (part.data >= whole.data);
  g_assert_true (part.data + part.len <= whole.data + whole.len);
}

static inline void
check_credential_name (const char *name)
{
  g_assert_nonnull (name);
  g_assert_cmpuint (strlen (name), <=, MDOC_MAX_NAME_LEN);
  g_assert_true (g_utf8_validate (name, -1, NULL));
}

static inline void
check_status (const MdocMsoStatus *status)
{
  g_assert_nonnull (status);
  if (status->kind != MDOC_MSO_STATUS_NONE)
    g_assert_true (g_utf8_validate (status->uri, -1, NULL));
}

static inline void
check_mso (MdocMso *mso)
{
  gsize hash_len = mdoc_hash_get_len (mdoc_mso_get_hash (mso));
  MdocSpan encoded = mdoc_mso_get_encoded (mso);
  guint n_digests = 0;

  check_credential_name (mdoc_mso_get_doc_type (mso));
  g_assert_true ((mdoc_mso_get_device_key (mso) == NULL)
                 == (mdoc_mso_get_device_key_error (mso) != NULL));
  check_status (mdoc_mso_get_status (mso));
  check_status (mdoc_mso_get_status_list (mso));
  check_status (mdoc_mso_get_identifier_list (mso));
  for (guint i = 0; i < mdoc_mso_get_n_name_spaces (mso); i++)
    {
      const char *name_space = mdoc_mso_get_name_space (mso, i);

      check_credential_name (name_space);
      n_digests += mdoc_mso_get_n_digests (mso, i);
      for (guint j = 0; j < mdoc_mso_get_n_digests (mso, i); j++)
        {
          guint32 id;
          MdocSpan digest = mdoc_mso_get_digest (mso, i, j, &id);

          g_assert_cmpuint (digest.len, ==, hash_len);
          check_inside (digest, encoded);
          g_assert_true (
              mdoc_span_equal (mdoc_mso_lookup_digest (mso, name_space, id),
                               digest));
        }
    }
  g_assert_cmpuint (n_digests, <=, MDOC_MSO_MAX_DIGESTS);
}

static inline void
check_issuer_signed (MdocIssuerSigned *issuer_signed, MdocSpan whole)
{
  guint n = mdoc_issuer_signed_get_n_items (issuer_signed);

  check_mso (mdoc_issuer_signed_get_mso (issuer_signed));
  check_inside (mdoc_issuer_signed_get_issuer_auth_encoded (issuer_signed),
                whole);
  g_assert_cmpuint (n, <=, MDOC_ISSUER_SIGNED_MAX_ITEMS);
  for (guint i = 0; i < n; i++)
    {
      const MdocIssuerSignedItem *item;

      item = mdoc_issuer_signed_get_item (issuer_signed, i);
      check_credential_name (item->name_space);
      check_credential_name (item->element);
      check_inside (item->encoded, whole);
      check_inside (item->value, item->encoded);
      check_inside (item->random, item->encoded);
      g_assert_cmpuint (item->value.len, >, 0);
      g_assert_true (mdoc_issuer_signed_find (issuer_signed,
                                              item->name_space,
                                              item->element)
                     == item);
      (void) mdoc_issuer_signed_check_digest (issuer_signed, i);
    }
}
