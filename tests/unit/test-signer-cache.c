/*
 * test-signer-cache.c - which chains are known to hold, and for how long
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-signer-cache-private.h"
#include "tests/lib/mdoc-test-x509.h"

static MdocKey *key;
static MdocCertificate *root; /* 100 to 900 */
static MdocCertificate *leaf; /* 200 to 1000 */

static MdocCertificate *
new_certificate (gint64 not_before_s, gint64 not_after_s, const char *serial)
{
  const MdocTestCertificate template_ = { .not_before_s = not_before_s,
                                          .not_after_s = not_after_s,
                                          .serial = serial };

  return mdoc_test_certificate_new (&template_, key, NULL, key);
}

/* A signature that brings this certificate. */
static MdocSign1
bring (MdocCertificate *certificate)
{
  MdocSign1 sign1 = { .n_x5chain = 1 };

  sign1.x5chain[0] = mdoc_span_from_bytes (
      mdoc_certificate_get_der (certificate));
  return sign1;
}

static void
remember (MdocSignerCache *cache,
          MdocCertificate *certificate,
          MdocCertificate *anchor,
          gint64 at_s)
{
  g_autoptr (GPtrArray) chain = mdoc_test_certificates (certificate, NULL);
  MdocSign1 sign1 = bring (certificate);

  mdoc_signer_cache_remember (cache, &sign1, chain, anchor, at_s);
}

static gboolean
is_known (MdocSignerCache *cache,
          MdocCertificate *certificate,
          MdocCertificate *anchor,
          gint64 at_s)
{
  MdocSign1 sign1 = bring (certificate);
  MdocCertificate *found_leaf = NULL;
  MdocCertificate *found_anchor = NULL;
  gboolean is_found;

  is_found = mdoc_signer_cache_lookup (cache,
                                       &sign1,
                                       at_s,
                                       &found_leaf,
                                       &found_anchor);
  g_assert_true (found_leaf == (is_found ? certificate : NULL));
  g_assert_true (found_anchor == (is_found ? anchor : NULL));
  return is_found;
}

/* As long as all certificates are valid, the anchor among them. */
static void
test_times (void)
{
  g_autoptr (MdocSignerCache) cache = mdoc_signer_cache_new (FALSE);
  g_autoptr (MdocCertificate) other = new_certificate (200, 1000, "01");

  g_assert_false (is_known (cache, leaf, root, 500));
  remember (cache, leaf, root, 500);
  g_assert_false (is_known (cache, leaf, root, 199));
  g_assert_true (is_known (cache, leaf, root, 200));
  g_assert_true (is_known (cache, leaf, root, 900));
  g_assert_false (is_known (cache, leaf, root, 901));
  g_assert_false (is_known (cache, other, root, 500));
}

/* With revocation lists at no other time than the one that was tried, also not
 * between two of them: the list may have been stale there. */
static void
test_times_with_crls (void)
{
  g_autoptr (MdocSignerCache) cache = mdoc_signer_cache_new (TRUE);

  remember (cache, leaf, root, 500);
  g_assert_false (is_known (cache, leaf, root, 499));
  g_assert_true (is_known (cache, leaf, root, 500));
  g_assert_false (is_known (cache, leaf, root, 501));

  remember (cache, leaf, root, 600);
  g_assert_false (is_known (cache, leaf, root, 550));
  g_assert_true (is_known (cache, leaf, root, 600));
  g_assert_cmpuint (mdoc_signer_cache_get_n (cache), ==, 1);
}

/* A chain leads to the anchor that was found last. */
static void
test_another_anchor (void)
{
  g_autoptr (MdocSignerCache) cache = mdoc_signer_cache_new (FALSE);
  g_autoptr (MdocCertificate) other = new_certificate (300, 400, "01");

  remember (cache, leaf, root, 350);
  remember (cache, leaf, other, 350);
  g_assert_cmpuint (mdoc_signer_cache_get_n (cache), ==, 1);
  g_assert_false (is_known (cache, leaf, other, 299));
  g_assert_true (is_known (cache, leaf, other, 300));
}

/* When all places are taken the oldest goes. */
static void
test_many (void)
{
  g_autoptr (MdocSignerCache) cache = mdoc_signer_cache_new (FALSE);
  g_autoptr (GPtrArray) all = mdoc_test_certificates (leaf, NULL);

  remember (cache, leaf, root, 500);
  for (guint i = 1; i < MDOC_SIGNER_CACHE_MAX + 2; i++)
    {
      g_autofree char *serial = g_strdup_printf ("01%02x", i);
      MdocCertificate *more = new_certificate (200, 1000, serial);

      g_ptr_array_add (all, more);
      remember (cache, more, root, 500);
      g_assert_cmpuint (mdoc_signer_cache_get_n (cache),
                        ==,
                        MIN (i + 1, MDOC_SIGNER_CACHE_MAX));
    }

  for (guint i = 0; i < all->len; i++)
    g_assert_cmpint (is_known (cache, g_ptr_array_index (all, i), root, 500),
                     ==,
                     i >= 2);
  mdoc_signer_cache_free (NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_assert_no_error (error);
  root = new_certificate (100, 900, "0a");
  leaf = new_certificate (200, 1000, "0b");

  g_test_add_func ("/signer-cache/times", test_times);
  g_test_add_func ("/signer-cache/times-with-crls", test_times_with_crls);
  g_test_add_func ("/signer-cache/another-anchor", test_another_anchor);
  g_test_add_func ("/signer-cache/many", test_many);

  status = g_test_run ();
  mdoc_certificate_unref (root);
  mdoc_certificate_unref (leaf);
  mdoc_key_unref (key);
  return status;
}
