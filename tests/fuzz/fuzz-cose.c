/*
 * fuzz-cose.c - signatures, MACs and keys of COSE, made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cose.h"
#include "tests/fuzz/credential-invariants.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const MdocCborLimits limits = { .max_bytes = 64 * 1024,
                                       .max_depth = MDOC_CBOR_MAX_DEPTH,
                                       .max_items = 1024 };

static void
check_sign1 (MdocCborItem item, MdocSpan whole)
{
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GError) error = NULL;
  MdocSign1 sign1;

  if (!mdoc_sign1_parse (item, "Sign1", &sign1, &error))
    {
      g_assert_true (error->domain == MDOC_CBOR_ERROR);
      return;
    }

  g_assert_no_error (error);
  check_any_sign1 (&sign1, whole);
  chain = mdoc_sign1_dup_chain (&sign1, &error);
  g_assert_true ((chain == NULL) == (error != NULL));
  if (chain == NULL)
    return;

  g_assert_cmpuint (chain->len, ==, sign1.n_x5chain);
  for (guint i = 0; i < chain->len; i++)
    g_assert_true (
        mdoc_span_equal (mdoc_span_from_bytes (
                             mdoc_certificate_get_der (chain->pdata[i])),
                         sign1.x5chain[i]));
}

/* A MAC over nothing with a key of zeros: made of anything, it does not hold,
 * or somebody knows HMAC backwards. */
static void
check_mac0 (MdocCborItem item, MdocSpan whole)
{
  static const guint8 key[32] = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean is_valid = TRUE;
  MdocMac0 mac0;

  if (!mdoc_mac0_parse (item, "Mac0", &mac0, &error))
    {
      g_assert_true (error->domain == MDOC_CBOR_ERROR);
      return;
    }

  g_assert_no_error (error);
  check_inside (mac0.protected_header, whole);
  check_inside (mac0.tag, whole);
  check_inside (mac0.payload, whole);
  g_assert_true (mdoc_mac0_verify (&mac0,
                                   MDOC_SPAN (key, sizeof (key)),
                                   mac0.payload,
                                   &is_valid,
                                   &error)
                 == (error == NULL));
  g_assert_false (is_valid);
}

static void
check_key (MdocCborItem item)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (128);
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (MdocPublicKey) again = NULL;
  g_autoptr (GError) error = NULL;
  MdocCborItem written;

  key = mdoc_cose_key_parse (item, "key", TRUE, &error);
  g_assert_true ((key == NULL) == (error != NULL));
  if (key == NULL)
    return;

  mdoc_cose_key_write (writer, key);
  g_assert_true (mdoc_cbor_open (mdoc_cbor_writer_get_span (writer),
                                 &limits,
                                 &written,
                                 NULL));
  again = mdoc_cose_key_parse (written, "key", FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_public_key_equal (again, key));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MdocSpan whole = MDOC_SPAN (data, size);
  MdocCborItem item;

  if (!mdoc_cbor_open (whole, &limits, &item, NULL))
    return 0;

  if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_MAP)
    {
      check_key (item);
      return 0;
    }

  check_sign1 (item, whole);
  check_mac0 (item, whole);
  return 0;
}
