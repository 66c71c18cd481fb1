/*
 * credential-invariants.h - what holds for all that was parsed of a credential
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <string.h>

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-issuer-signed.h"

#define MAX_LOOKED_UP 8

/* What a view shows lies inside of what it is a view of. */
static inline void
check_inside (MdocSpan part, MdocSpan whole)
{
  if (part.len == 0)
    return;

  g_assert_true (part.data >= whole.data);
  g_assert_true (part.data + part.len <= whole.data + whole.len);
}

/* Whatever counts as one data item passes the door by itself. */
static inline void
check_item (MdocSpan encoded)
{
  static const MdocCborLimits limits = { MDOC_ISSUER_SIGNED_MAX_BYTES,
                                         MDOC_CBOR_MAX_DEPTH,
                                         G_MAXUINT };
  MdocCborItem item;

  g_assert_true (mdoc_cbor_open (encoded, &limits, &item, NULL));
}

static inline void
check_any_sign1 (const MdocSign1 *sign1, MdocSpan whole)
{
  check_inside (sign1->protected_header, whole);
  check_inside (sign1->signature, whole);
  check_inside (sign1->payload, whole);
  g_assert_true (sign1->has_payload || sign1->payload.len == 0);
  g_assert_cmpuint (sign1->protected_header.len,
                    <=,
                    MDOC_COSE_MAX_PROTECTED_BYTES);
  g_assert_cmpuint (sign1->n_x5chain, <=, MDOC_CHAIN_MAX_LEN);
  for (guint i = 0; i < sign1->n_x5chain; i++)
    {
      check_inside (sign1->x5chain[i], whole);
      g_assert_cmpuint (sign1->x5chain[i].len, <=, MDOC_CERTIFICATE_MAX_BYTES);
    }
}

static inline void
check_credential_name (const char *name)
{
  g_assert_nonnull (name);
  g_assert_true (*name != '\0');
  g_assert_cmpuint (strlen (name), <=, MDOC_MAX_NAME_LEN);
  g_assert_true (g_utf8_validate (name, -1, NULL));
}

static inline void
check_status (MdocMso *mso, const MdocMsoStatus *status, MdocMsoStatusKind kind)
{
  MdocSpan encoded = mdoc_mso_get_encoded (mso);

  g_assert_nonnull (status);
  if (status->kind == MDOC_MSO_STATUS_NONE)
    {
      g_assert_null (status->uri);
      return;
    }

  g_assert_cmpint (status->kind, ==, kind);
  g_assert_true (status->uri != NULL && *status->uri != '\0');
  g_assert_true (g_utf8_validate (status->uri, -1, NULL));
  check_inside (status->certificate, encoded);
  check_inside (status->id, encoded);
}

/* Nothing may be signed by the device unless something is named. */
static inline void
check_authorizations (MdocMso *mso)
{
  static const char member[] = "keyAuthorizations";
  MdocSpan encoded = mdoc_mso_get_encoded (mso);
  gboolean has_member;

  has_member = memmem (encoded.data, encoded.len, member, strlen (member))
               != NULL;
  for (guint i = 0; i < mdoc_mso_get_n_name_spaces (mso); i++)
    if (mdoc_mso_is_authorized (mso, mdoc_mso_get_name_space (mso, i), "one"))
      g_assert_true (has_member);
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
  /* what is no key at all must have been refused with all the rest */
  if (mdoc_mso_get_device_key (mso) == NULL)
    g_assert_true (mdoc_mso_get_device_key_error (mso)->domain
                   == MDOC_CRYPTO_ERROR);
  check_status (mso, mdoc_mso_get_status_list (mso), MDOC_MSO_STATUS_LIST);
  check_status (mso,
                mdoc_mso_get_identifier_list (mso),
                MDOC_MSO_STATUS_IDENTIFIER_LIST);
  g_assert_true (mdoc_mso_get_status (mso) == mdoc_mso_get_status_list (mso)
                 || mdoc_mso_get_status_list (mso)->kind
                        == MDOC_MSO_STATUS_NONE);
  check_authorizations (mso);
  g_assert_cmpuint (mdoc_mso_get_n_name_spaces (mso),
                    <=,
                    MDOC_ISSUER_SIGNED_MAX_NAME_SPACES);
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
          /* linear: of many, only the first and the last are looked up */
          if (j < MAX_LOOKED_UP || j + 1 == mdoc_mso_get_n_digests (mso, i))
            g_assert_true (mdoc_mso_lookup_digest (mso, name_space, id).data
                           == digest.data);
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
  check_item (mdoc_issuer_signed_get_issuer_auth_encoded (issuer_signed));
  check_any_sign1 (mdoc_issuer_signed_get_issuer_auth (issuer_signed), whole);
  g_assert_true (
      mdoc_issuer_signed_get_issuer_auth (issuer_signed)->has_payload);
  g_assert_cmpuint (n, <=, MDOC_ISSUER_SIGNED_MAX_ITEMS);
  g_assert_true (n == 0 || mdoc_issuer_signed_has_name_spaces (issuer_signed));
  for (guint i = 0; i < n; i++)
    {
      const MdocIssuerSignedItem *item;

      item = mdoc_issuer_signed_get_item (issuer_signed, i);
      check_credential_name (item->name_space);
      check_credential_name (item->element);
      check_inside (item->encoded, whole);
      check_inside (item->value, item->encoded);
      check_inside (item->random, item->encoded);
      g_assert_cmpuint (item->random.len, <=, MDOC_MAX_RANDOM_LEN);
      check_item (item->encoded);
      check_item (item->value);
      g_assert_true (mdoc_issuer_signed_find (issuer_signed,
                                              item->name_space,
                                              item->element)
                     == item);
      if (mdoc_issuer_signed_check_digest (issuer_signed, i))
        g_assert_cmpuint (mdoc_mso_lookup_digest (mdoc_issuer_signed_get_mso (
                                                      issuer_signed),
                                                  item->name_space,
                                                  item->digest_id)
                              .len,
                          >,
                          0);
    }
}
