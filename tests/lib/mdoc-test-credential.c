/*
 * mdoc-test-credential.c - a licence of Utopia
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-credential.h"

#include "base/mdoc-names.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "tests/lib/mdoc-test.h"

void
mdoc_test_add (MdocIssuerSignedBuilder *builder,
               const char *name_space,
               const char *element,
               const char *hex)
{
  g_autoptr (GBytes) value = mdoc_test_bytes_from_hex (hex);

  mdoc_issuer_signed_builder_add (builder,
                                  name_space,
                                  element,
                                  mdoc_span_from_bytes (value));
}

MdocIssuerSignedBuilder *
mdoc_test_builder_new (MdocPublicKey *device_key, gsize portrait_len)
{
  MdocIssuerSignedBuilder *builder;
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autofree guint8 *portrait = g_malloc0 (portrait_len);

  builder = mdoc_issuer_signed_builder_new (MDOC_DOCTYPE_MDL, MDOC_HASH_SHA256);
  mdoc_test_add (builder, MDOC_NAMESPACE_MDL, "family_name", "63446f65");
  mdoc_test_add (builder, MDOC_NAMESPACE_MDL, "given_name", "64416e6e61");
  /* 1004("1990-01-02") */
  mdoc_test_add (builder,
                 MDOC_NAMESPACE_MDL,
                 "birth_date",
                 "d903ec6a313939302d30312d3032");
  mdoc_test_add (builder, MDOC_NAMESPACE_MDL, "issuing_country", "625554");
  /* "UT-NO" */
  mdoc_test_add (builder,
                 MDOC_NAMESPACE_MDL,
                 "issuing_jurisdiction",
                 "6555542d4e4f");
  mdoc_test_add (builder, "org.iso.18013.5.1.UT", "fish_licence", "f5");
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (portrait, portrait_len));
  mdoc_issuer_signed_builder_add (builder,
                                  MDOC_NAMESPACE_MDL,
                                  "portrait",
                                  mdoc_cbor_writer_get_span (writer));

  mdoc_issuer_signed_builder_set_validity (builder,
                                           MDOC_TEST_SIGNED,
                                           MDOC_TEST_VALID_FROM,
                                           MDOC_TEST_VALID_UNTIL,
                                           0);
  mdoc_issuer_signed_builder_set_device_key (builder, device_key);
  mdoc_issuer_signed_builder_authorize_element (builder,
                                                MDOC_NAMESPACE_MDL,
                                                "device_a");
  mdoc_issuer_signed_builder_authorize_name_space (builder,
                                                   "org.example.device");
  return builder;
}

MdocIssuerSigned *
mdoc_test_sign (MdocIssuerSignedBuilder *builder, MdocTestIdentity signer)
{
  g_autoptr (GPtrArray) chain = mdoc_test_chain (signer);
  g_autoptr (MdocKey) key = mdoc_test_key (signer);
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  MdocIssuerSigned *issuer_signed;

  encoded = mdoc_issuer_signed_builder_sign (builder, key, chain, &error);
  g_assert_no_error (error);
  issuer_signed = mdoc_issuer_signed_parse (encoded, &error);
  g_assert_no_error (error);
  return issuer_signed;
}

MdocIssuerSigned *
mdoc_test_issue (MdocPublicKey *device_key, MdocTestIdentity signer)
{
  g_autoptr (MdocIssuerSignedBuilder) builder = NULL;

  builder = mdoc_test_builder_new (device_key, 100);
  return mdoc_test_sign (builder, signer);
}
