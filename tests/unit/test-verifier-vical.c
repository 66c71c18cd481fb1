/*
 * test-verifier-vical.c - whom a list lets issue what
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-names.h"
#include "mdoc/mdoc-verifier.h"
#include "mdoc/mdoc-vical.h"
#include "tests/lib/mdoc-test-credential.h"
#include "tests/lib/mdoc-test.h"

/* A list with one root, for one document type. Who signed it does not matter
 * here: the verifier takes the caller's word for that. */
static MdocVical *
new_list (MdocTestIdentity root, const char *doc_type)
{
  g_autoptr (MdocCborWriter) payload = mdoc_cbor_writer_new (1024);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (2048);
  g_autoptr (GBytes) der = mdoc_test_certificate_der (root);
  g_autoptr (MdocKey) key = mdoc_test_key (MDOC_TEST_SIGNER);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) encoded = NULL;
  MdocVical *list;

  mdoc_cbor_writer_begin_map (payload, 4);
  mdoc_cbor_writer_put_text (payload, "version");
  mdoc_cbor_writer_put_text (payload, "1.0");
  mdoc_cbor_writer_put_text (payload, "vicalProvider");
  mdoc_cbor_writer_put_text (payload, "test");
  mdoc_cbor_writer_put_text (payload, "date");
  mdoc_cbor_writer_put_time (payload, MDOC_TEST_SIGNED);
  mdoc_cbor_writer_put_text (payload, "certificateInfos");
  mdoc_cbor_writer_begin_array (payload, 1);
  mdoc_cbor_writer_begin_map (payload, 2);
  mdoc_cbor_writer_put_text (payload, "certificate");
  mdoc_cbor_writer_put_bytes (payload, mdoc_span_from_bytes (der));
  mdoc_cbor_writer_put_text (payload, "docType");
  mdoc_cbor_writer_begin_array (payload, 1);
  mdoc_cbor_writer_put_text (payload, doc_type);
  g_assert_true (mdoc_sign1_write (writer,
                                   key,
                                   NULL,
                                   mdoc_cbor_writer_get_span (payload),
                                   FALSE,
                                   &error));
  g_assert_no_error (error);
  encoded = mdoc_cbor_writer_finish (writer);
  list = mdoc_vical_parse (encoded, &error);
  g_assert_no_error (error);
  return list;
}

#define OTHER_TYPE "org.iso.23220.photoid.1"

static const struct
{
  const char *name;
  gboolean is_anchor; /* also given as a root for any type */
  MdocTestIdentity on_list;
  const char *doc_types[3]; /* a list each */
  gboolean is_trusted;
} cases[] = {
  { "no-list", FALSE, MDOC_TEST_ROOT, { NULL }, FALSE },
  { "listed", FALSE, MDOC_TEST_ROOT, { MDOC_DOCTYPE_MDL }, TRUE },
  { "other-type", FALSE, MDOC_TEST_ROOT, { OTHER_TYPE }, FALSE },
  { "in-second-list",
    FALSE,
    MDOC_TEST_ROOT,
    { OTHER_TYPE, MDOC_DOCTYPE_MDL },
    TRUE },
  { "twice-for-others",
    FALSE,
    MDOC_TEST_ROOT,
    { OTHER_TYPE, OTHER_TYPE },
    FALSE },
  { "anchor-besides", TRUE, MDOC_TEST_ROOT, { OTHER_TYPE }, TRUE },
  { "same-name-and-identifier",
    FALSE,
    MDOC_TEST_FORGED_ROOT,
    { MDOC_DOCTYPE_MDL },
    FALSE },
};

static void
test_lists (void)
{
  g_autoptr (MdocKey) device = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocIssuerSigned) issued = NULL;

  issued = mdoc_test_issue (mdoc_key_get_public (device), MDOC_TEST_SIGNER);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) anchors = NULL;
      g_autoptr (MdocVerifier) verifier = NULL;

      anchors = g_ptr_array_new_with_free_func (
          (GDestroyNotify) mdoc_certificate_unref);
      if (cases[i].is_anchor)
        g_ptr_array_add (anchors, mdoc_test_certificate (MDOC_TEST_ROOT));
      verifier = mdoc_verifier_new (anchors, NULL);
      for (guint j = 0; cases[i].doc_types[j] != NULL; j++)
        {
          g_autoptr (MdocVical) list = NULL;

          list = new_list (cases[i].on_list, cases[i].doc_types[j]);
          mdoc_verifier_trust_vical (verifier, list);
        }

      /* the second time the signer is remembered */
      for (guint j = 0; j < 2; j++)
        {
          g_autoptr (MdocVerification) verification = NULL;

          g_test_message ("%s, %u", cases[i].name, j);
          verification
              = mdoc_verifier_check_issuer_signed (verifier,
                                                   issued,
                                                   MDOC_DOCTYPE_MDL,
                                                   MDOC_TEST_NOW_VALID);
          g_assert_cmpint (mdoc_verification_is_verified (verification),
                           ==,
                           cases[i].is_trusted);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/verifier-vical/lists", test_lists);

  return g_test_run ();
}
