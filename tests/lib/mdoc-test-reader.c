/*
 * mdoc-test-reader.c - a reader with a certificate
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-reader.h"

static GPtrArray *
list_of (MdocCertificate *certificate)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);

  g_ptr_array_add (list, certificate);
  return list;
}

MdocTestReader *
mdoc_test_reader_new (const char *name, MdocCurve curve)
{
  MdocTestReader *self = g_new0 (MdocTestReader, 1);
  MdocCertificateTemplate template_ = {
    .profile = MDOC_LINT_READER,
    .is_ca = TRUE,
    .common_name = "Test reader authority",
    .country = "UT",
    .not_before_unix_s = MDOC_TEST_READER_NOT_BEFORE,
    .not_after_unix_s = MDOC_TEST_READER_NOT_AFTER,
    .crl_uri = "https://example.com/reader.crl",
    .issuer_alt_uri = "https://example.com",
  };
  g_autoptr (GError) error = NULL;
  MdocCertificate *authority, *leaf;

  self->authority_key = mdoc_key_generate (curve, &error);
  g_assert_no_error (error);
  authority = mdoc_certificate_build (&template_,
                                      mdoc_key_get_public (self->authority_key),
                                      NULL,
                                      self->authority_key,
                                      &error);
  g_assert_no_error (error);
  self->anchors = list_of (authority);

  self->key = mdoc_key_generate (curve, &error);
  g_assert_no_error (error);
  template_.is_ca = FALSE;
  template_.common_name = name;
  leaf = mdoc_certificate_build (&template_,
                                 mdoc_key_get_public (self->key),
                                 authority,
                                 self->authority_key,
                                 &error);
  g_assert_no_error (error);
  self->chain = list_of (leaf);
  return self;
}

void
mdoc_test_reader_free (MdocTestReader *self)
{
  g_ptr_array_unref (self->chain);
  g_ptr_array_unref (self->anchors);
  mdoc_key_unref (self->key);
  mdoc_key_unref (self->authority_key);
  g_free (self);
}

static gboolean
fail_to_sign (gpointer impl,
              MdocAlg alg,
              const MdocSpan *message_parts,
              gsize n_parts,
              guint8 *ret_signature,
              gsize *ret_len,
              GError **error)
{
  g_set_error (error,
               MDOC_CRYPTO_ERROR,
               MDOC_CRYPTO_ERROR_DEVICE,
               "The key hardware is broken");
  return FALSE;
}

static MdocSecret *
fail_to_agree (gpointer impl, MdocPublicKey *peer, GError **error)
{
  fail_to_sign (impl, MDOC_ALG_ES256, NULL, 0, NULL, NULL, error);
  return NULL;
}

static void
free_nothing (gpointer impl)
{
}

MdocKey *
mdoc_test_key_that_fails (void)
{
  static const MdocKeyClass klass = { .kind = "broken",
                                      .sign = fail_to_sign,
                                      .agree = fail_to_agree,
                                      .free = free_nothing };
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GError) error = NULL;

  key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_assert_no_error (error);
  return mdoc_key_new (&klass, NULL, mdoc_key_get_public (key));
}
