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
