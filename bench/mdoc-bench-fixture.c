/*
 * mdoc-bench-fixture.c - the licence that is measured, and all around it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "bench/mdoc-bench-fixture.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "mdoc/mdoc-cbor-writer.h"

#define DAY_S G_GINT64_CONSTANT (86400)

/* names of the standard; those that are disclosed come first */
static const char *const ELEMENTS[MDOC_BENCH_N_ELEMENTS] = {
  "family_name",
  "given_name",
  "birth_date",
  "portrait",
  "age_over_18",
  "document_number",
  "issuing_country",
  "expiry_date",
  "issue_date",
  "issuing_authority",
  "driving_privileges",
  "un_distinguishing_sign",
  "sex",
  "height",
  "eye_colour",
  "birth_place",
  "resident_address",
  "resident_city",
  "nationality",
  "age_over_21",
};

static GBytes *
encode_value (const char *element)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  if (strcmp (element, "portrait") == 0)
    {
      g_autofree guint8 *image = g_malloc (MDOC_BENCH_PORTRAIT_LEN);

      mdoc_random_fill (image, MDOC_BENCH_PORTRAIT_LEN);
      mdoc_cbor_writer_put_bytes (writer,
                                  MDOC_SPAN (image, MDOC_BENCH_PORTRAIT_LEN));
    }
  else if (g_str_has_suffix (element, "_date"))
    mdoc_cbor_writer_put_full_date (writer, "2024-10-20");
  else if (g_str_has_prefix (element, "age_over_"))
    mdoc_cbor_writer_put_boolean (writer, TRUE);
  else if (strcmp (element, "sex") == 0 || strcmp (element, "height") == 0)
    mdoc_cbor_writer_put_uint (writer, 2);
  else if (strcmp (element, "driving_privileges") == 0)
    {
      mdoc_cbor_writer_begin_array (writer, 1);
      mdoc_cbor_writer_begin_map (writer, 1);
      mdoc_cbor_writer_put_text (writer, "vehicle_category_code");
      mdoc_cbor_writer_put_text (writer, "B");
    }
  else if (strcmp (element, "issuing_country") == 0)
    mdoc_cbor_writer_put_text (writer, "UT");
  else
    mdoc_cbor_writer_put_text (writer, "Musterstadt an der Muster");

  return mdoc_cbor_writer_finish (writer);
}

static void
write_file (const char *folder, const char *name, MdocSpan content)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path,
                       (const char *) content.data,
                       (gssize) content.len,
                       &error);
  g_assert_no_error (error);
}

void
mdoc_bench_fixture_write_pki (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) root_key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_autoptr (MdocKey) ds_key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_autoptr (MdocCertificate) root = NULL;
  g_autoptr (MdocCertificate) signer = NULL;
  g_autoptr (MdocSecret) pem = NULL;
  MdocCertificateTemplate profile = {
    .profile = MDOC_LINT_IACA,
    .is_ca = TRUE,
    .common_name = "Utopia IACA",
    .country = "UT",
    .not_before_unix_s = MDOC_BENCH_SIGNED_UNIX_S - 30 * DAY_S,
    .not_after_unix_s = MDOC_BENCH_SIGNED_UNIX_S + 3000 * DAY_S,
    .issuer_alt_uri = "https://utopia.example",
    .crl_uri = "https://utopia.example/crl",
  };

  root = mdoc_certificate_build (&profile,
                                 mdoc_key_get_public (root_key),
                                 NULL,
                                 root_key,
                                 &error);
  g_assert_no_error (error);
  profile.profile = MDOC_LINT_DOCUMENT_SIGNER;
  profile.is_ca = FALSE;
  profile.common_name = "Utopia document signer";
  profile.not_after_unix_s = MDOC_BENCH_SIGNED_UNIX_S + 400 * DAY_S;
  signer = mdoc_certificate_build (&profile,
                                   mdoc_key_get_public (ds_key),
                                   root,
                                   root_key,
                                   &error);
  g_assert_no_error (error);
  pem = mdoc_key_to_pem (ds_key, &error);
  g_assert_no_error (error);

  write_file (folder,
              "root.der",
              mdoc_span_from_bytes (mdoc_certificate_get_der (root)));
  write_file (folder,
              "ds.der",
              mdoc_span_from_bytes (mdoc_certificate_get_der (signer)));
  write_file (folder, "ds.pem", mdoc_secret_get_span (pem));
}

static GBytes *
read_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *content;
  gsize len;

  g_file_get_contents (path, &content, &len, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (content, len);
}

static GPtrArray *
read_certificate (const char *folder, const char *name)
{
  GPtrArray *certificates = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  g_autoptr (GBytes) der = read_file (folder, name);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (certificates, mdoc_certificate_parse (der, &error));
  g_assert_no_error (error);
  return certificates;
}

/* of a QR engagement, in its usual size */
static MdocTranscript *
new_transcript (MdocPublicKey *reader_key)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  guint8 engagement[120];

  mdoc_random_fill (engagement, sizeof engagement);
  mdoc_cose_key_write (writer, reader_key);
  return mdoc_transcript_new_qr (MDOC_SPAN (engagement, sizeof engagement),
                                 mdoc_cbor_writer_get_span (writer));
}

MdocBenchFixture *
mdoc_bench_fixture_new (const char *folder)
{
  MdocBenchFixture *self = g_new0 (MdocBenchFixture, 1);
  g_autoptr (GBytes) pem = read_file (folder, "ds.pem");
  g_autofree char *pem_text = NULL;
  g_autoptr (GError) error = NULL;

  pem_text = g_strndup (g_bytes_get_data (pem, NULL), g_bytes_get_size (pem));
  self->anchors = read_certificate (folder, "root.der");
  self->chain = read_certificate (folder, "ds.der");
  self->ds_key = mdoc_key_new_from_pem (pem_text, &error);
  g_assert_no_error (error);
  self->device_key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_assert_no_error (error);
  self->reader_key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_assert_no_error (error);
  self->transcript = new_transcript (mdoc_key_get_public (self->reader_key));
  for (guint i = 0; i < MDOC_BENCH_N_ELEMENTS; i++)
    self->values[i] = encode_value (ELEMENTS[i]);

  self->encoded = mdoc_bench_fixture_issue (self);
  self->issuer_signed = mdoc_issuer_signed_parse (self->encoded, &error);
  g_assert_no_error (error);
  for (guint i = 0, n = 0; n < MDOC_BENCH_N_DISCLOSED; i++)
    {
      const MdocIssuerSignedItem *item
          = mdoc_issuer_signed_get_item (self->issuer_signed, i);

      for (guint j = 0; j < MDOC_BENCH_N_DISCLOSED; j++)
        if (strcmp (item->element, ELEMENTS[j]) == 0)
          self->disclosed[n++] = i;
    }
  self->by_signature = mdoc_bench_fixture_respond (self, FALSE);
  self->by_mac = mdoc_bench_fixture_respond (self, TRUE);
  self->verifier = mdoc_verifier_new (self->anchors, NULL);
  return self;
}

void
mdoc_bench_fixture_free (MdocBenchFixture *self)
{
  mdoc_verifier_free (self->verifier);
  g_bytes_unref (self->by_mac);
  g_bytes_unref (self->by_signature);
  mdoc_issuer_signed_unref (self->issuer_signed);
  g_bytes_unref (self->encoded);
  for (guint i = 0; i < MDOC_BENCH_N_ELEMENTS; i++)
    g_bytes_unref (self->values[i]);
  mdoc_transcript_unref (self->transcript);
  mdoc_key_unref (self->reader_key);
  mdoc_key_unref (self->device_key);
  mdoc_key_unref (self->ds_key);
  g_ptr_array_unref (self->chain);
  g_ptr_array_unref (self->anchors);
  g_free (self);
}

GBytes *
mdoc_bench_fixture_issue (MdocBenchFixture *self)
{
  g_autoptr (MdocIssuerSignedBuilder) builder
      = mdoc_issuer_signed_builder_new (MDOC_DOCTYPE_MDL, MDOC_HASH_SHA256);
  g_autoptr (GError) error = NULL;
  GBytes *encoded;

  for (guint i = 0; i < MDOC_BENCH_N_ELEMENTS; i++)
    mdoc_issuer_signed_builder_add (builder,
                                    MDOC_NAMESPACE_MDL,
                                    ELEMENTS[i],
                                    mdoc_span_from_bytes (self->values[i]));
  mdoc_issuer_signed_builder_set_validity (builder,
                                           MDOC_BENCH_SIGNED_UNIX_S,
                                           MDOC_BENCH_SIGNED_UNIX_S,
                                           MDOC_BENCH_SIGNED_UNIX_S
                                               + 90 * DAY_S,
                                           0);
  mdoc_issuer_signed_builder_set_device_key (builder,
                                             mdoc_key_get_public (
                                                 self->device_key));
  encoded = mdoc_issuer_signed_builder_sign (builder,
                                             self->ds_key,
                                             self->chain,
                                             &error);
  g_assert_no_error (error);
  return encoded;
}

GBytes *
mdoc_bench_fixture_respond (MdocBenchFixture *self, gboolean by_mac)
{
  g_autoptr (MdocDeviceResponseBuilder) builder
      = mdoc_device_response_builder_new ();
  const MdocDocumentAnswer answer = {
    .issuer_signed = self->issuer_signed,
    .items = self->disclosed,
    .n_items = MDOC_BENCH_N_DISCLOSED,
    .device_key = self->device_key,
    .transcript = self->transcript,
    .e_reader_key = by_mac ? mdoc_key_get_public (self->reader_key) : NULL,
  };
  g_autoptr (GError) error = NULL;

  if (!mdoc_device_response_builder_add_document (builder, &answer, &error))
    g_error ("bench: %s", error->message);
  return mdoc_device_response_builder_finish (builder);
}

static void
require_verified (MdocVerification *verification, guint n_elements)
{
  for (guint i = 0;
       i < mdoc_verification_get_n_document_checks (verification, 0);
       i++)
    {
      const MdocCheck *check
          = mdoc_verification_get_document_check (verification, 0, i);

      if (check->outcome == MDOC_CHECK_FAILED)
        g_error ("bench: %s: %s", check->name, check->detail);
    }
  g_assert_true (mdoc_verification_is_verified (verification));
  g_assert_cmpuint (mdoc_verification_get_n_elements (verification, 0),
                    ==,
                    n_elements);
}

void
mdoc_bench_fixture_verify_issued (MdocBenchFixture *self,
                                  MdocVerifier *verifier)
{
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (GError) error = NULL;

  issuer_signed = mdoc_issuer_signed_parse (self->encoded, &error);
  g_assert_no_error (error);
  verification = mdoc_verifier_check_issuer_signed (verifier,
                                                    issuer_signed,
                                                    MDOC_DOCTYPE_MDL,
                                                    MDOC_BENCH_AT_UNIX_S);
  require_verified (verification, MDOC_BENCH_N_ELEMENTS);
}

void
mdoc_bench_fixture_verify_response (MdocBenchFixture *self, gboolean by_mac)
{
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (GError) error = NULL;

  response = mdoc_device_response_parse (by_mac ? self->by_mac
                                                : self->by_signature,
                                         &error);
  g_assert_no_error (error);
  verification = mdoc_verifier_check (self->verifier,
                                      response,
                                      self->transcript,
                                      by_mac ? self->reader_key : NULL,
                                      MDOC_BENCH_AT_UNIX_S);
  require_verified (verification, MDOC_BENCH_N_DISCLOSED);
}
