/*
 * test-vical.c - signed lists of issuers' roots, real and made up
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-vical.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test-x509.h"
#include "tests/lib/mdoc-test.h"

#define EKU_VICAL "3015 0603551d25 0101ff 040b 3009 060728818c5d050108"
#define EKU_DS    MDOC_TEST_EKU_DS

#define MDL "org.iso.18013.5.1.mDL"

#define AT_2025_11_18                                                          \
  ((gint64) 1763491092) /* 18:38:12, the real list's date                      \
                         */
#define ONE_DAY_S ((gint64) 86400)

#define ACCEPTED (-1)

/* A provider with its root, and a root of some issuer. */
typedef struct
{
  MdocKey *root_key;
  MdocKey *signer_key;
  MdocCertificate *root;
  MdocCertificate *signer;
  MdocCertificate *issuer;
} Provider;

static MdocKey *
new_key (void)
{
  g_autoptr (GError) error = NULL;
  MdocKey *key = mdoc_key_generate (MDOC_CURVE_P256, &error);

  g_assert_no_error (error);
  return key;
}

static void
provider_init (Provider *self, const char *signer_extensions)
{
  const MdocTestCertificate root = { .is_root = TRUE };
  const MdocTestCertificate signer = { .subject = "C=UT,CN=Lists",
                                       .extensions = signer_extensions };

  self->root_key = new_key ();
  self->signer_key = new_key ();
  self->root = mdoc_test_certificate_new (&root,
                                          self->root_key,
                                          NULL,
                                          self->root_key);
  self->signer = mdoc_test_certificate_new (&signer,
                                            self->signer_key,
                                            self->root,
                                            self->root_key);
  self->issuer = mdoc_test_certificate_new (&root,
                                            self->signer_key,
                                            NULL,
                                            self->signer_key);
}

static void
provider_clear (Provider *self)
{
  mdoc_certificate_unref (self->issuer);
  mdoc_certificate_unref (self->signer);
  mdoc_certificate_unref (self->root);
  mdoc_key_unref (self->signer_key);
  mdoc_key_unref (self->root_key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Provider, provider_clear)

/* What to write into a list; what is 0 or %NULL makes a good one. */
typedef struct
{
  const char *name;
  const char *version;
  guint n_certificates;
  guint n_doc_types;
  gsize provider_len;
  gboolean has_no_provider;
  gboolean has_no_date;
  gboolean has_no_entries;
  gboolean has_no_doc_type;
  gboolean has_number_as_doc_type;
  gboolean is_certificate_broken;
  gboolean is_detached;
  gboolean has_number;
  gboolean has_text_as_number;
  gboolean has_update;
  gboolean has_text_as_update;
  GQuark (*domain) (void); /* of the error, else #MdocCborError */
  int code;                /* of the error, or ACCEPTED */
} List;

static void
write_entry (MdocCborWriter *writer, const List *list, MdocCertificate *issuer)
{
  const guint n_doc_types = list->n_doc_types > 0 ? list->n_doc_types : 1;
  g_autoptr (GBytes) der = g_bytes_ref (mdoc_certificate_get_der (issuer));
  const MdocSpan span = mdoc_span_from_bytes (der);

  mdoc_cbor_writer_begin_map (writer, list->has_no_doc_type ? 2 : 3);
  mdoc_cbor_writer_put_text (writer, "certificate");
  mdoc_cbor_writer_put_bytes (writer,
                              list->is_certificate_broken
                                  ? MDOC_SPAN (span.data, span.len - 1)
                                  : span);
  if (!list->has_no_doc_type)
    {
      mdoc_cbor_writer_put_text (writer, "docType");
      mdoc_cbor_writer_begin_array (writer, n_doc_types);
      for (guint i = 0; i < n_doc_types; i++)
        {
          g_autofree char *name = g_strdup_printf ("type-%u", i);

          if (list->has_number_as_doc_type && i + 1 == n_doc_types)
            mdoc_cbor_writer_put_uint (writer, i);
          else
            mdoc_cbor_writer_put_text (writer, i == 0 ? MDL : name);
        }
    }
  mdoc_cbor_writer_put_text (writer, "unheard-of");
  mdoc_cbor_writer_put_null (writer);
}

static void
write_head (MdocCborWriter *writer, const List *list)
{
  mdoc_cbor_writer_put_text (writer, "version");
  mdoc_cbor_writer_put_text (writer,
                             list->version != NULL ? list->version : "1.0");
  if (!list->has_no_provider)
    {
      const gsize len = list->provider_len > 0 ? list->provider_len : 4;
      g_autofree char *name = g_strnfill (len, 'p');

      mdoc_cbor_writer_put_text (writer, "vicalProvider");
      mdoc_cbor_writer_put_text (writer, name);
    }
  if (!list->has_no_date)
    {
      mdoc_cbor_writer_put_text (writer, "date");
      mdoc_cbor_writer_put_time (writer, MDOC_TEST_NOW_S);
    }
  if (list->has_number || list->has_text_as_number)
    {
      mdoc_cbor_writer_put_text (writer, "vicalIssueID");
      if (list->has_number)
        mdoc_cbor_writer_put_uint (writer, 7);
      else
        mdoc_cbor_writer_put_text (writer, "7");
    }
  if (list->has_update || list->has_text_as_update)
    {
      mdoc_cbor_writer_put_text (writer, "nextUpdate");
      if (list->has_update)
        mdoc_cbor_writer_put_time (writer, MDOC_TEST_NOW_S + ONE_DAY_S);
      else
        mdoc_cbor_writer_put_text (writer, "2022-07-02T00:00:00Z");
    }
}

static GBytes *
encode_payload (const List *list, const Provider *provider)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (4096);
  guint n_pairs = 4;

  n_pairs -= (list->has_no_provider ? 1U : 0) + (list->has_no_date ? 1U : 0)
             + (list->has_no_entries ? 1U : 0);
  n_pairs += (list->has_number || list->has_text_as_number ? 1U : 0)
             + (list->has_update || list->has_text_as_update ? 1U : 0);
  mdoc_cbor_writer_begin_map (writer, n_pairs);
  write_head (writer, list);
  if (!list->has_no_entries)
    {
      mdoc_cbor_writer_put_text (writer, "certificateInfos");
      mdoc_cbor_writer_begin_array (writer, list->n_certificates);
      for (guint i = 0; i < list->n_certificates; i++)
        write_entry (writer, list, provider->issuer);
    }

  return mdoc_cbor_writer_finish (writer);
}

static GBytes *
encode (const List *list, const Provider *provider)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (4096);
  g_autoptr (GBytes) payload = encode_payload (list, provider);
  g_autoptr (GPtrArray) chain = mdoc_test_certificates (provider->signer, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_sign1_write (writer,
                                   provider->signer_key,
                                   chain,
                                   mdoc_span_from_bytes (payload),
                                   list->is_detached,
                                   &error));
  g_assert_no_error (error);
  return mdoc_cbor_writer_finish (writer);
}

static const List lists[] = {
  { .name = "empty", .code = ACCEPTED },
  { .name = "one", .n_certificates = 1, .code = ACCEPTED },
  { .name = "minor-version", .version = "1.7", .code = ACCEPTED },
  { .name = "major-version",
    .version = "2.0",
    .code = MDOC_CBOR_ERROR_VERSION },
  { .name = "no-provider",
    .has_no_provider = TRUE,
    .code = MDOC_CBOR_ERROR_SCHEMA },
  { .name = "no-date", .has_no_date = TRUE, .code = MDOC_CBOR_ERROR_SCHEMA },
  { .name = "no-list", .has_no_entries = TRUE, .code = MDOC_CBOR_ERROR_SCHEMA },
  { .name = "detached", .is_detached = TRUE, .code = MDOC_CBOR_ERROR_SCHEMA },
  { .name = "no-doc-type",
    .n_certificates = 1,
    .has_no_doc_type = TRUE,
    .code = MDOC_CBOR_ERROR_SCHEMA },
  { .name = "text-as-number",
    .has_text_as_number = TRUE,
    .code = MDOC_CBOR_ERROR_SCHEMA },
  { .name = "text-as-update",
    .has_text_as_update = TRUE,
    .code = MDOC_CBOR_ERROR_SCHEMA },
  { .name = "number-as-doc-type",
    .n_certificates = 1,
    .n_doc_types = 2,
    .has_number_as_doc_type = TRUE,
    .code = MDOC_CBOR_ERROR_SCHEMA },
  { .name = "broken-certificate",
    .n_certificates = 2,
    .is_certificate_broken = TRUE,
    .domain = mdoc_crypto_error_quark,
    .code = MDOC_CRYPTO_ERROR_CERTIFICATE },
  { .name = "provider-at-limit", .provider_len = 255, .code = ACCEPTED },
  { .name = "provider-over-limit",
    .provider_len = 256,
    .code = MDOC_CBOR_ERROR_LIMIT },
  { .name = "doc-types-at-limit",
    .n_certificates = 1,
    .n_doc_types = MDOC_VICAL_MAX_DOC_TYPES,
    .code = ACCEPTED },
  { .name = "doc-types-over-limit",
    .n_certificates = 1,
    .n_doc_types = MDOC_VICAL_MAX_DOC_TYPES + 1,
    .code = MDOC_CBOR_ERROR_LIMIT },
  { .name = "certificates-at-limit",
    .n_certificates = MDOC_VICAL_MAX_CERTIFICATES,
    .code = ACCEPTED },
  { .name = "certificates-over-limit",
    .n_certificates = MDOC_VICAL_MAX_CERTIFICATES + 1,
    .code = MDOC_CBOR_ERROR_LIMIT },
};

static void
test_lists (void)
{
  g_auto (Provider) provider = { 0 };

  provider_init (&provider, MDOC_TEST_KU_SIGN EKU_VICAL);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      const List *list = &lists[i];
      g_autoptr (GBytes) encoded = encode (list, &provider);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocVical) vical = mdoc_vical_parse (encoded, &error);

      g_test_message ("%s: %s",
                      list->name,
                      error != NULL ? error->message : "");
      if (list->code != ACCEPTED)
        {
          const GQuark domain = list->domain != NULL ? list->domain ()
                                                     : MDOC_CBOR_ERROR;

          g_assert_error (error, domain, list->code);
          g_assert_null (vical);
          continue;
        }

      g_assert_no_error (error);
      g_assert_cmpuint (mdoc_vical_get_n_certificates (vical),
                        ==,
                        list->n_certificates);
    }
}

static void
test_head (void)
{
  static const List with_all = { .has_number = TRUE, .has_update = TRUE };
  static const List with_none = { .name = "none" };
  g_auto (Provider) provider = { 0 };
  g_autoptr (GBytes) all_encoded = NULL;
  g_autoptr (GBytes) none_encoded = NULL;
  g_autoptr (MdocVical) all = NULL;
  g_autoptr (MdocVical) none = NULL;
  gint64 update_s = -1;
  guint64 id = 99;

  provider_init (&provider, MDOC_TEST_KU_SIGN EKU_VICAL);
  none_encoded = encode (&with_none, &provider);
  none = mdoc_vical_parse (none_encoded, NULL);
  g_assert_false (mdoc_vical_get_issue_id (none, &id));
  g_assert_false (mdoc_vical_get_next_update (none, &update_s));
  g_assert_cmpuint (id, ==, 99);
  g_assert_cmpint (update_s, ==, -1);

  all_encoded = encode (&with_all, &provider);
  all = mdoc_vical_parse (all_encoded, NULL);
  g_assert_cmpstr (mdoc_vical_get_provider (all), ==, "pppp");
  g_assert_cmpint (mdoc_vical_get_date (all), ==, MDOC_TEST_NOW_S);
  g_assert_true (mdoc_vical_get_issue_id (all, &id));
  g_assert_cmpuint (id, ==, 7);
  g_assert_true (mdoc_vical_get_next_update (all, &update_s));
  g_assert_cmpint (update_s, ==, MDOC_TEST_NOW_S + ONE_DAY_S);
  g_assert_true (mdoc_vical_get_issue_id (all, NULL));
  g_assert_true (mdoc_vical_get_next_update (all, NULL));
}

/* A signature that is none, and one over what is no list. */
static void
test_no_list (void)
{
  const guint8 array = 0x80;
  g_autoptr (GBytes) no_signature = g_bytes_new_static (&array, 1);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (4096);
  g_auto (Provider) provider = { 0 };
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GBytes) no_map = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_vical_parse (no_signature, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_assert_nonnull (strstr (error->message, "COSE message"));
  g_clear_error (&error);

  provider_init (&provider, MDOC_TEST_KU_SIGN EKU_VICAL);
  chain = mdoc_test_certificates (provider.signer, NULL);
  g_assert_true (mdoc_sign1_write (writer,
                                   provider.signer_key,
                                   chain,
                                   MDOC_SPAN (&array, 1),
                                   FALSE,
                                   &error));
  no_map = mdoc_cbor_writer_finish (writer);
  g_assert_null (mdoc_vical_parse (no_map, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_assert_cmpstr (error->message, ==, "VICAL is no map");
  mdoc_vical_unref (NULL);
}

/* An algorithm that does not go with the signer's key: nothing is decided. */
static void
test_undecided (void)
{
  static const List list = { .n_certificates = 1 };
  g_auto (Provider) provider = { 0 };
  g_autoptr (GPtrArray) roots = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GBytes) changed = NULL;
  g_autoptr (MdocVical) vical = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_valid = TRUE;

  provider_init (&provider, MDOC_TEST_KU_SIGN EKU_VICAL);
  roots = mdoc_test_certificates (provider.root, NULL);
  encoded = encode (&list, &provider);
  changed = mdoc_test_patch (encoded, "43a10126", "43a10127");
  vical = mdoc_vical_parse (changed, &error);
  g_assert_no_error (error);
  g_assert_false (mdoc_vical_verify (vical,
                                     roots,
                                     NULL,
                                     MDOC_TEST_NOW_S,
                                     NULL,
                                     &is_valid,
                                     &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
  g_assert_false (is_valid);
}

/* Which anchors come out, by document type. */
static void
test_anchors (void)
{
  static const List list = { .n_certificates = 2, .n_doc_types = 2 };
  g_auto (Provider) provider = { 0 };
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocVical) vical = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) of_mdl = NULL;
  g_autoptr (GPtrArray) of_other = NULL;

  provider_init (&provider, MDOC_TEST_KU_SIGN EKU_VICAL);
  encoded = encode (&list, &provider);
  vical = mdoc_vical_parse (encoded, NULL);
  all = mdoc_vical_dup_anchors (vical, NULL);
  of_mdl = mdoc_vical_dup_anchors (vical, MDL);
  of_other = mdoc_vical_dup_anchors (vical, "org.iso.18013.5.1");
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpuint (of_mdl->len, ==, 2);
  g_assert_cmpuint (of_other->len, ==, 0);
  g_assert_true (mdoc_vical_has_issuer (vical, provider.issuer, MDL));
  g_assert_false (mdoc_vical_has_issuer (vical, provider.issuer, "type-2"));
  g_assert_false (mdoc_vical_has_issuer (vical, provider.root, MDL));
  g_assert_true (
      g_bytes_equal (mdoc_certificate_get_der (g_ptr_array_index (all, 0)),
                     mdoc_certificate_get_der (provider.issuer)));
  g_assert_cmpstr (mdoc_vical_get_doc_types (vical, 1)[1], ==, "type-1");
}

static void
assert_verdict (MdocVical *vical,
                MdocCertificate *root,
                gint64 at_unix_s,
                MdocPathResult expected_path,
                gboolean expected)
{
  g_autoptr (GPtrArray) roots = mdoc_test_certificates (root, NULL);
  g_autoptr (GError) error = NULL;
  gboolean is_valid = !expected;
  MdocPathResult path;

  g_assert_true (mdoc_vical_verify (vical,
                                    roots,
                                    NULL,
                                    at_unix_s,
                                    &path,
                                    &is_valid,
                                    &error));
  g_assert_no_error (error);
  g_assert_cmpint (path, ==, expected_path);
  g_assert_cmpint (is_valid, ==, expected);
}

/* Who may sign one: a signer of documents may not, nor a root for itself. */
static void
test_signers (void)
{
  static const List list = { .n_certificates = 1 };
  g_auto (Provider) good = { 0 };
  g_auto (Provider) bad = { 0 };
  g_autoptr (GBytes) good_encoded = NULL;
  g_autoptr (GBytes) bad_encoded = NULL;
  g_autoptr (MdocVical) of_good = NULL;
  g_autoptr (MdocVical) of_bad = NULL;

  provider_init (&good, MDOC_TEST_KU_SIGN EKU_VICAL);
  provider_init (&bad, MDOC_TEST_KU_SIGN EKU_DS);
  good_encoded = encode (&list, &good);
  bad_encoded = encode (&list, &bad);
  of_good = mdoc_vical_parse (good_encoded, NULL);
  of_bad = mdoc_vical_parse (bad_encoded, NULL);

  assert_verdict (of_good, good.root, MDOC_TEST_NOW_S, MDOC_PATH_OK, TRUE);
  assert_verdict (of_good,
                  good.root,
                  MDOC_TEST_NOT_AFTER_S + 1,
                  MDOC_PATH_EXPIRED,
                  FALSE);
  assert_verdict (of_bad,
                  bad.root,
                  MDOC_TEST_NOW_S,
                  MDOC_PATH_EXTENDED_KEY_USAGE,
                  FALSE);
  /* a root of the same name, and a list that would vouch for itself */
  assert_verdict (of_good,
                  bad.root,
                  MDOC_TEST_NOW_S,
                  MDOC_PATH_NO_ANCHOR,
                  FALSE);
  assert_verdict (of_good,
                  mdoc_vical_get_certificate (of_good, 0),
                  MDOC_TEST_NOW_S,
                  MDOC_PATH_NO_ANCHOR,
                  FALSE);
}

static GBytes *
load_real (const char *member)
{
  g_autoptr (JsonObject) root = mdoc_test_vectors_load ("vical.json");
  JsonObject *vectors = json_object_get_object_member (root, "vectors");

  return mdoc_test_vectors_dup_hex (
      json_object_get_object_member (vectors, "aamva_vical"),
      member);
}

static void
test_real (void)
{
  g_autoptr (GBytes) encoded = load_real ("hex");
  g_autoptr (GBytes) root_der = load_real ("root_der");
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocVical) vical = mdoc_vical_parse (encoded, &error);
  g_autoptr (MdocCertificate) root = mdoc_certificate_parse (root_der, NULL);
  g_autoptr (GPtrArray) anchors = NULL;
  gint64 update_s;
  guint64 id;

  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_vical_get_provider (vical), ==, "AAMVA");
  g_assert_cmpint (mdoc_vical_get_date (vical), ==, AT_2025_11_18);
  g_assert_true (mdoc_vical_get_issue_id (vical, &id));
  g_assert_cmpuint (id, ==, 227602);
  g_assert_true (mdoc_vical_get_next_update (vical, &update_s));
  g_assert_cmpint (update_s, ==, AT_2025_11_18 + ONE_DAY_S);
  anchors = mdoc_vical_dup_anchors (vical, MDL);
  g_assert_cmpuint (anchors->len, ==, 14);
  assert_verdict (vical, root, AT_2025_11_18, MDOC_PATH_OK, TRUE);
}

/* A bit flipped anywhere: no list, or one that nobody signed. The unprotected
 * header has names that nothing covers, but they only name the chain. */
static void
test_flipped (void)
{
  g_autoptr (GBytes) encoded = load_real ("hex");
  g_autoptr (GBytes) root_der = load_real ("root_der");
  g_autoptr (MdocCertificate) root = mdoc_certificate_parse (root_der, NULL);
  g_autoptr (GPtrArray) roots = mdoc_test_certificates (root, NULL);
  const gsize step = g_getenv ("MDOC_TEST_SLOW") != NULL ? 7 : 101;
  gsize size;
  const guint8 *data = g_bytes_get_data (encoded, &size);

  for (gsize i = 0; i < size; i += step)
    {
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (MdocVical) vical = NULL;
      g_autoptr (GError) error = NULL;
      gboolean is_valid = TRUE;

      copy[i] ^= 0x04;
      bytes = g_bytes_new (copy, size);
      vical = mdoc_vical_parse (bytes, &error);
      g_assert_true ((vical == NULL) == (error != NULL));
      if (vical == NULL)
        continue;

      g_assert_true (mdoc_vical_verify (vical,
                                        roots,
                                        NULL,
                                        AT_2025_11_18,
                                        NULL,
                                        &is_valid,
                                        &error)
                     == (error == NULL));
      g_assert_false (is_valid);
    }
}

static void
test_prefixes (void)
{
  static const List list = { .n_certificates = 1 };
  g_auto (Provider) provider = { 0 };
  g_autoptr (GBytes) encoded = NULL;
  gsize size;

  provider_init (&provider, MDOC_TEST_KU_SIGN EKU_VICAL);
  encoded = encode (&list, &provider);
  size = g_bytes_get_size (encoded);
  for (gsize len = 0; len < size; len++)
    {
      g_autoptr (GBytes) prefix = g_bytes_new_from_bytes (encoded, 0, len);
      g_autoptr (GError) error = NULL;

      g_assert_null (mdoc_vical_parse (prefix, &error));
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRUNCATED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vical/lists", test_lists);
  g_test_add_func ("/vical/head", test_head);
  g_test_add_func ("/vical/no-list", test_no_list);
  g_test_add_func ("/vical/undecided", test_undecided);
  g_test_add_func ("/vical/anchors", test_anchors);
  g_test_add_func ("/vical/signers", test_signers);
  g_test_add_func ("/vical/real", test_real);
  g_test_add_func ("/vical/flipped", test_flipped);
  g_test_add_func ("/vical/prefixes", test_prefixes);

  return g_test_run ();
}
