/*
 * test-issuer-signed-builder.c - mistakes of those who build a credential
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-write-error.h"
#include "tests/lib/mdoc-test-credential.h"

#define LIST_URI "https://status.example/1"

static MdocKey *device_key;

static MdocIssuerSignedBuilder *
new_builder (void)
{
  return mdoc_test_builder_new (mdoc_key_get_public (device_key), 10);
}

static void
assert_refused (MdocIssuerSignedBuilder *builder, int code)
{
  g_autoptr (GPtrArray) chain = mdoc_test_chain (MDOC_TEST_SIGNER);
  g_autoptr (MdocKey) key = mdoc_test_key (MDOC_TEST_SIGNER);
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;

  encoded = mdoc_issuer_signed_builder_sign (builder, key, chain, &error);
  g_assert_null (encoded);
  g_assert_error (error, MDOC_WRITE_ERROR, code);
}

/* A name that is missing is a mistake, wherever a name is asked for, and the
 * first mistake is the one that is told of. */
static void
test_no_name (void)
{
  const guint8 one = 0x01;
  const MdocSpan value = MDOC_SPAN (&one, 1);
  const MdocSpan none = MDOC_SPAN (NULL, 0);

  for (guint i = 0; i < 7; i++)
    {
      g_autoptr (MdocIssuerSignedBuilder) builder = new_builder ();

      g_test_message ("%u", i);
      if (i == 0)
        mdoc_issuer_signed_builder_add (builder, NULL, "a", value);
      else if (i == 1)
        mdoc_issuer_signed_builder_add (builder, "n", NULL, value);
      else if (i == 2)
        mdoc_issuer_signed_builder_authorize_name_space (builder, NULL);
      else if (i == 3)
        mdoc_issuer_signed_builder_authorize_element (builder, NULL, "a");
      else if (i == 4)
        mdoc_issuer_signed_builder_authorize_element (builder, "n", NULL);
      else if (i == 5)
        mdoc_issuer_signed_builder_set_status_list (builder, 1, NULL, none);
      else
        mdoc_issuer_signed_builder_add (builder, "n", "\xff", value);

      /* none of these is looked at any more; that which is no UTF-8 stands
       * alone, so that it alone is refused */
      if (i == 6)
        {
          assert_refused (builder, MDOC_WRITE_ERROR_NAME);
          continue;
        }
      mdoc_issuer_signed_builder_add (builder, "", "a", value);
      mdoc_issuer_signed_builder_authorize_element (builder, "", "a");
      mdoc_issuer_signed_builder_set_status_list (builder, 1, "", none);
      assert_refused (builder, MDOC_WRITE_ERROR_NAME);
    }
  mdoc_issuer_signed_builder_free (NULL);
}

/* Elements of two name spaces in turn: each name space is written once, in the
 * order in which they came first. */
static void
test_authorized_in_turn (void)
{
  static const char *const elements[] = { "b", "w", "a", "v" };
  g_autoptr (MdocIssuerSignedBuilder) builder = new_builder ();
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  MdocMso *mso;
  MdocSpan encoded;
  const guint8 *first;
  const guint8 *second;

  for (guint i = 0; i < 4; i++)
    mdoc_issuer_signed_builder_authorize_element (builder,
                                                  i % 2 == 0
                                                      ? "org.example.2nd"
                                                      : "org.example.1st",
                                                  elements[i]);
  issuer_signed = mdoc_test_sign (builder, MDOC_TEST_SIGNER);

  mso = mdoc_issuer_signed_get_mso (issuer_signed);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpint (mdoc_mso_is_authorized (mso,
                                               "org.example.2nd",
                                               elements[i]),
                       ==,
                       i % 2 == 0);
      g_assert_cmpint (mdoc_mso_is_authorized (mso,
                                               "org.example.1st",
                                               elements[i]),
                       ==,
                       i % 2 == 1);
    }

  encoded = mdoc_span_from_bytes (
      mdoc_issuer_signed_get_encoded (issuer_signed));
  first = memmem (encoded.data, encoded.len, "org.example.2nd", 15);
  second = memmem (encoded.data, encoded.len, "org.example.1st", 15);
  g_assert_true (first < second);
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
  g_set_error_literal (error,
                       MDOC_CRYPTO_ERROR,
                       MDOC_CRYPTO_ERROR_DEVICE,
                       "The token is gone");
  return FALSE;
}

static void
test_failing_key (void)
{
  static const MdocKeyClass failing = { .kind = "token", .sign = fail_to_sign };
  g_autoptr (MdocIssuerSignedBuilder) builder = new_builder ();
  g_autoptr (GPtrArray) chain = mdoc_test_chain (MDOC_TEST_SIGNER);
  g_autoptr (MdocKey) key = mdoc_test_key (MDOC_TEST_SIGNER);
  g_autoptr (MdocKey) token = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;

  token = mdoc_key_new (&failing, NULL, mdoc_key_get_public (key));
  encoded = mdoc_issuer_signed_builder_sign (builder, token, chain, &error);
  g_assert_null (encoded);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_DEVICE);
}

/* What is read: as many items as there may be, and one more; the last of them
 * in a name space of its own, for each has that limit, too. */
static void
test_most_items (void)
{
  g_autoptr (MdocIssuerSigned) good = NULL;
  const guint8 *auth;
  MdocSpan encoded;

  good = mdoc_test_issue (mdoc_key_get_public (device_key), MDOC_TEST_SIGNER);
  encoded = mdoc_span_from_bytes (mdoc_issuer_signed_get_encoded (good));
  auth = memmem (encoded.data, encoded.len, "issuerAuth", 10);
  g_assert_nonnull (auth);

  for (guint over = 0; over <= 1; over++)
    {
      const guint n = MDOC_ISSUER_SIGNED_MAX_ITEMS + over;
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
      g_autoptr (GBytes) many = NULL;
      g_autoptr (GError) error = NULL;

      mdoc_cbor_writer_begin_map (writer, 2);
      mdoc_cbor_writer_put_text (writer, "nameSpaces");
      mdoc_cbor_writer_begin_map (writer, 2);
      mdoc_cbor_writer_put_text (writer, "n");
      mdoc_cbor_writer_begin_array (writer, n - 1);
      for (guint i = 0; i < n; i++)
        {
          g_autoptr (MdocCborWriter) item = mdoc_cbor_writer_new (0);
          g_autofree char *name = g_strdup_printf ("%u", i);

          if (i == n - 1)
            {
              mdoc_cbor_writer_put_text (writer, "m");
              mdoc_cbor_writer_begin_array (writer, 1);
            }
          mdoc_cbor_writer_begin_map (item, 4);
          mdoc_cbor_writer_put_text (item, "digestID");
          mdoc_cbor_writer_put_uint (item, i);
          mdoc_cbor_writer_put_text (item, "random");
          mdoc_cbor_writer_put_bytes (item, MDOC_SPAN (encoded.data, 16));
          mdoc_cbor_writer_put_text (item, "elementIdentifier");
          mdoc_cbor_writer_put_text (item, name);
          mdoc_cbor_writer_put_text (item, "elementValue");
          mdoc_cbor_writer_put_null (item);
          mdoc_cbor_writer_put_embedded (writer,
                                         mdoc_cbor_writer_get_span (item));
        }
      mdoc_cbor_writer_put_text (writer, "issuerAuth");
      auth = memmem (encoded.data, encoded.len, "issuerAuth", 10);
      mdoc_cbor_writer_put_encoded (writer,
                                    MDOC_SPAN (auth + 10,
                                               (gsize) (encoded.data
                                                        + encoded.len - auth)
                                                   - 10));
      many = mdoc_cbor_writer_finish (writer);

      issuer_signed = mdoc_issuer_signed_parse (many, &error);
      if (over)
        g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
      else
        g_assert_no_error (error);
    }
  mdoc_issuer_signed_unref (NULL);
}

static void
test_no_map (void)
{
  const guint8 array = 0x80;
  g_autoptr (GBytes) encoded = g_bytes_new_static (&array, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) mso_error = NULL;

  g_assert_null (mdoc_issuer_signed_parse (encoded, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_assert_cmpstr (error->message, ==, "IssuerSigned is no map");
  g_assert_null (mdoc_mso_parse (MDOC_SPAN (&array, 1), &mso_error));
  g_assert_error (mso_error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_assert_cmpstr (mso_error->message, ==, "MobileSecurityObject is no map");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  device_key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_assert_no_error (error);

  g_test_add_func ("/issuer-signed-builder/no-name", test_no_name);
  g_test_add_func ("/issuer-signed-builder/authorized-in-turn",
                   test_authorized_in_turn);
  g_test_add_func ("/issuer-signed-builder/failing-key", test_failing_key);
  g_test_add_func ("/issuer-signed/most-items", test_most_items);
  g_test_add_func ("/issuer-signed/no-map", test_no_map);

  status = g_test_run ();
  mdoc_key_unref (device_key);
  return status;
}
