/*
 * test-profile.c - profiles and the claims that fit them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-issuer-data.h"
#include "issuer/mdoc-issuer-input.h"
#include "issuer/mdoc-profile.h"

#define AT_S   G_GINT64_CONSTANT (1767225600) /* 2026-01-01 */
#define PHOTO  "org.iso.23220.1"
#define CUSTOM "org.example.pass.1"

#define MINIMAL                                                                \
  "\"id\":\"p\",\"docType\":\"org.example\",\"elements\":[{\"namespace\":"     \
  "\"org.example\",\"element\":\"a\"}]"

static MdocProfile *
load (const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) profiles = NULL;
  g_autofree char *folder = g_build_filename (g_getenv ("MDOC_DATA_DIR"),
                                              "profiles",
                                              NULL);

  profiles = mdoc_profile_load_folder (folder, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < profiles->len; i++)
    {
      MdocProfile *profile = profiles->pdata[i];

      if (strcmp (mdoc_profile_get_settings (profile)->id, id) == 0)
        return mdoc_profile_ref (profile);
    }
  g_assert_not_reached ();
}

static JsonObject *
parse (const char *json)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);

  g_assert_nonnull (node);
  return json_node_dup_object (node);
}

static const char *const mandatory[] = { "family_name",       "given_name",
                                         "birth_date",        "portrait",
                                         "issue_date",        "expiry_date",
                                         "issuing_authority", "issuing_country",
                                         "age_over_18",       NULL };
static const char *const optional[] = { "enrolment_portrait_image",
                                        "document_number",
                                        "resident_address",
                                        "resident_city",
                                        "resident_postal_code",
                                        "resident_country",
                                        "sex",
                                        "age_over_21",
                                        "age_over_25",
                                        "age_in_years",
                                        NULL };

static char *
make_claims (const char *without, gboolean with_optional)
{
  g_autoptr (JsonObject) claims = json_object_new ();

  for (guint i = 0; mandatory[i] != NULL; i++)
    if (g_strcmp0 (mandatory[i], without) != 0)
      json_object_set_string_member (claims, mandatory[i], "2030-01-31");
  for (guint i = 0; with_optional && optional[i] != NULL; i++)
    json_object_set_int_member (claims, optional[i], 1);
  return mdoc_json_write (claims);
}

/* S0-31: with nothing said, a Photo ID in its name space */
static void
test_default (void)
{
  g_autoptr (MdocProfile) profile = load ("photoid");
  const MdocProfileSettings *settings = mdoc_profile_get_settings (profile);
  guint n_mandatory = 0;

  g_assert_cmpstr (settings->doc_type, ==, "org.iso.23220.photoid.1");
  for (guint i = 0; i < mdoc_profile_get_n_elements (profile); i++)
    {
      const MdocProfileElement *element = mdoc_profile_get_element (profile, i);

      g_assert_cmpstr (element->name_space, ==, PHOTO);
      g_assert_cmpint (element->event, ==, MDOC_EVENT_NONE);
      if (element->presence == MDOC_PRESENCE_MANDATORY)
        {
          g_assert_cmpstr (element->element, ==, mandatory[n_mandatory]);
          n_mandatory++;
        }
      else
        g_assert_cmpstr (element->element, ==, optional[i - n_mandatory]);
    }
  g_assert_cmpuint (n_mandatory, ==, 9);
  g_assert_cmpuint (mdoc_profile_get_n_elements (profile), ==, 19);
}

/* S0-32: each of the nine, when it is not there, by its name */
static void
test_mandatory (void)
{
  g_autoptr (MdocProfile) profile = load ("photoid");

  for (guint i = 0; mandatory[i] != NULL; i++)
    {
      g_autofree char *claims = make_claims (mandatory[i], TRUE);
      g_autofree char *mapped = NULL;
      g_autoptr (GError) error = NULL;

      mapped = mdoc_profile_map_claims (profile, claims, AT_S, NULL, &error);
      g_assert_null (mapped);
      g_assert_error (error, MDOC_PROFILE_ERROR, MDOC_PROFILE_ERROR_MISSING);
      g_assert_nonnull (strstr (error->message, mandatory[i]));
    }
}

/* S0-33: none of the ten, and all of them */
static void
test_optional (void)
{
  g_autoptr (MdocProfile) profile = load ("photoid");

  for (gboolean all = FALSE; all <= TRUE; all++)
    {
      g_autofree char *claims = make_claims (NULL, all);
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonObject) mapped = NULL;
      g_autofree char *json = mdoc_profile_map_claims (profile,
                                                       claims,
                                                       AT_S,
                                                       NULL,
                                                       &error);

      g_assert_no_error (error);
      mapped = parse (json);
      g_assert_cmpuint (json_object_get_size (
                            json_object_get_object_member (mapped, PHOTO)),
                        ==,
                        all ? 19 : 9);
    }
}

/* S0-34, S0-35: told, not refused; null is no value */
static void
test_recommended (void)
{
  g_autoptr (MdocProfile) profile = load ("member-pass");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) missing = NULL;
  g_autofree char *json = mdoc_profile_map_claims (
      profile,
      "{\"number\":7,\"person\":{\"firstName\":\"A\",\"lastName\":\"B\"},"
      "\"serviceLevel\":null,\"locker\":null}",
      AT_S,
      &missing,
      &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (missing), ==, 1);
  g_assert_cmpstr (missing[0], ==, "service_level");
  g_assert_null (strstr (json, "locker"));
  g_assert_null (strstr (json, "null"));
}

/* S0-37, S0-24: own names, from wherever in the claims, and fixed values */
static void
test_mapping (void)
{
  g_autoptr (MdocProfile) profile = load ("member-pass");
  g_autoptr (GError) error = NULL;
  g_autofree char *json = mdoc_profile_map_claims (
      profile,
      "{\"number\":7,\"person\":{\"firstName\":\"A\",\"lastName\":\"B\"},"
      "\"serviceLevel\":\"gold\"}",
      AT_S,
      NULL,
      &error);
  g_autofree char *again = NULL;
  g_autoptr (JsonObject) mapped = NULL;
  JsonObject *part;

  g_assert_no_error (error);
  mapped = parse (json);
  part = json_object_get_object_member (mapped, CUSTOM);
  g_assert_cmpint (json_object_get_int_member (part, "member_number"), ==, 7);
  g_assert_cmpstr (json_object_get_string_member (part, "family_name"),
                   ==,
                   "B");
  g_assert_cmpstr (json_object_get_string_member (part, "club"),
                   ==,
                   "Nowhere Rowing Club");
  g_assert_nonnull (strstr (json, "{\"full-date\":\"2026-01-01\"}"));
  g_assert_nonnull (strstr (json, "{\"full-date\":\"2027-01-01\"}"));
  g_assert_cmpint (mdoc_profile_get_document_expiry (profile, json),
                   ==,
                   AT_S + 366 * 24 * 3600 - 1);

  /* what is mapped stays as it is, whatever day it is now */
  again = mdoc_profile_map_claims (profile, json, AT_S * 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, json);
}

static void
test_wrap (void)
{
  g_autoptr (MdocProfile) profile = load ("photoid");
  g_autofree char *claims = make_claims (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *json = mdoc_profile_map_claims (profile,
                                                   claims,
                                                   AT_S,
                                                   NULL,
                                                   &error);

  g_assert_no_error (error);
  g_assert_nonnull (
      strstr (json, "\"birth_date\":{\"birth_date\":\"2030-01-31\"}"));
}

/* S0-21: nothing that the profile has not */
static void
test_unknown (void)
{
  static const char *const claims[] = {
    "{\"shoe_size\":42}",
    "{\"org.iso.23220.1\":{\"shoe_size\":42}}",
    "{\"org.example\":{\"family_name\":\"A\"}}",
    "{\"family\":\"A\"}",
    "{\"'; DROP TABLE exchange; --\":1}"
  };
  g_autoptr (MdocProfile) profile = load ("photoid");

  for (gsize i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *json = mdoc_profile_map_claims (profile,
                                                       claims[i],
                                                       AT_S,
                                                       NULL,
                                                       &error);

      g_assert_null (json);
      g_assert_error (error, MDOC_PROFILE_ERROR, MDOC_PROFILE_ERROR_ELEMENT);
    }
}

static void
test_no_claims (void)
{
  static const char *const claims[] = {
    "", "[]", "{", "{\"a\":1,\"a\":2}", "{\"org.iso.23220.1\":3}", "\xff"
  };
  g_autoptr (MdocProfile) profile = load ("photoid");

  for (gsize i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *json = mdoc_profile_map_claims (profile,
                                                       claims[i],
                                                       AT_S,
                                                       NULL,
                                                       &error);

      g_assert_null (json);
      g_assert_error (error, MDOC_PROFILE_ERROR, MDOC_PROFILE_ERROR_CLAIMS);
    }
}

/* S0-38, S0-47 to S0-49: what leaves in an event is what the profile lists */
static void
test_event (void)
{
  g_autoptr (MdocProfile) pass = load ("member-pass");
  g_autoptr (MdocProfile) photo = load ("photoid");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) data = json_object_new ();
  g_autoptr (JsonObject) none = json_object_new ();
  g_autofree char *claims = make_claims (NULL, TRUE);
  g_autofree char *mapped = mdoc_profile_map_claims (photo,
                                                     claims,
                                                     AT_S,
                                                     NULL,
                                                     &error);
  g_autofree char *json = mdoc_profile_map_claims (
      pass,
      "{\"number\":7,\"person\":{\"firstName\":\"A\",\"lastName\":\"B\"},"
      "\"locker\":\"secret\"}",
      AT_S,
      NULL,
      &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (mdoc_profile_fill_event (pass, json, data, &error));
  g_assert_no_error (error);
  text = mdoc_json_write (data);
  g_assert_cmpstr (text,
                   ==,
                   "{\"insensitiveAttributes\":{\"number\":7},\"attributes\":"
                   "{\"lastName\":\"B\",\"firstName\":\"A\"}}");

  g_assert_true (mdoc_profile_fill_event (photo, mapped, none, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (json_object_get_size (none), ==, 0);
}

/* S0-85: what the patch does not name stays */
static void
test_patch (void)
{
  g_autoptr (MdocProfile) profile = load ("photoid");
  g_autofree char *claims = make_claims (NULL, TRUE);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  g_auto (GStrv) unchanged = NULL;
  g_autofree char *mapped = mdoc_profile_map_claims (profile,
                                                     claims,
                                                     AT_S,
                                                     NULL,
                                                     &error);
  g_autofree char *patched
      = mdoc_profile_patch_claims (profile,
                                   mapped,
                                   "{\"family_name\":\"New\",\"sex\":null,"
                                   "\"org.iso.23220.1\":{\"age_over_25\":1}}",
                                   AT_S,
                                   &changed,
                                   &error);
  g_autofree char *same = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (changed), ==, 2);
  g_assert_cmpstr (changed[0], ==, "family_name");
  g_assert_cmpstr (changed[1], ==, "sex");
  g_assert_nonnull (strstr (patched, "\"family_name\":\"New\""));
  g_assert_nonnull (strstr (patched, "given_name"));
  g_assert_null (strstr (patched, "\"sex\""));

  same = mdoc_profile_patch_claims (profile,
                                    patched,
                                    "{\"family_name\":\"New\"}",
                                    AT_S,
                                    &unchanged,
                                    &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (unchanged), ==, 0);
}

static void
test_patch_mandatory (void)
{
  g_autoptr (MdocProfile) profile = load ("photoid");
  g_autofree char *claims = make_claims (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  g_autofree char *mapped = mdoc_profile_map_claims (profile,
                                                     claims,
                                                     AT_S,
                                                     NULL,
                                                     &error);
  g_autofree char *patched = mdoc_profile_patch_claims (profile,
                                                        mapped,
                                                        "{\"portrait\":null}",
                                                        AT_S,
                                                        &changed,
                                                        &error);

  g_assert_null (patched);
  g_assert_error (error, MDOC_PROFILE_ERROR, MDOC_PROFILE_ERROR_MISSING);
}

static const struct
{
  const char *name;
  const char *member; /* after what is minimal */
  gboolean is_fine;
} files[] = {
  { "minimal", "", TRUE },
  { "unknown-member", ",\"colour\":1", FALSE },
  { "unknown-part-member", ",\"status\":{\"bit\":1}", FALSE },
  { "ttl-none", ",\"validity\":{\"ttl\":\"none\"}", TRUE },
  { "ttl-hour", ",\"validity\":{\"ttl\":\"1h\"}", TRUE },
  { "ttl-no-unit", ",\"validity\":{\"ttl\":\"30\"}", FALSE },
  { "ttl-zero", ",\"validity\":{\"ttl\":\"0d\"}", FALSE },
  { "ttl-negative", ",\"validity\":{\"ttl\":\"-1d\"}", FALSE },
  { "ttl-huge", ",\"validity\":{\"ttl\":\"99999999999999999d\"}", FALSE },
  { "ttl-most", ",\"validity\":{\"ttl\":\"36600d\"}", TRUE },
  { "ttl-over", ",\"validity\":{\"ttl\":\"36601d\"}", FALSE },
  { "window-over",
    ",\"validity\":{\"ttl\":\"1d\",\"renewalWindow\":\"1d\"}",
    FALSE },
  { "bits-3", ",\"status\":{\"bits\":3}", FALSE },
  { "bits-2", ",\"status\":{\"bits\":2}", TRUE },
  { "mechanism", ",\"status\":{\"mechanism\":\"crl\"}", FALSE },
  { "code-3", ",\"issuance\":{\"txCode\":\"03N\"}", FALSE },
  { "code-4", ",\"issuance\":{\"txCode\":\"04N\"}", TRUE },
  { "code-16", ",\"issuance\":{\"txCode\":\"04-16\"}", TRUE },
  { "code-17", ",\"issuance\":{\"txCode\":\"04-17\"}", FALSE },
  { "code-backwards", ",\"issuance\":{\"txCode\":\"08-04N\"}", FALSE },
  { "code-trailing", ",\"issuance\":{\"txCode\":\"06NN\"}", FALSE },
  { "batch-0", ",\"issuance\":{\"batchSize\":0}", FALSE },
  { "batch-100", ",\"issuance\":{\"batchSize\":100}", TRUE },
  { "batch-101", ",\"issuance\":{\"batchSize\":101}", FALSE },
  { "no-grant", ",\"issuance\":{\"grants\":[]}", FALSE },
  { "other-grant", ",\"issuance\":{\"grants\":[\"password\"]}", FALSE },
  { "offer-for-ever", ",\"issuance\":{\"offerLifetime\":\"none\"}", FALSE },
  { "signer-path", ",\"signing\":{\"signer\":\"../x\"}", FALSE },
  { "feature", ",\"features\":{\"renewal\":false}", TRUE },
  /* S0-13 */
  { "feature-registration", ",\"features\":{\"registration\":false}", FALSE },
  { "feature-removal", ",\"features\":{\"removal\":false}", FALSE },
  { "feature-text", ",\"features\":{\"renewal\":\"no\"}", FALSE },
  { "version-0", ",\"version\":0", FALSE },
  { "source-issuer", ",\"source\":\"issuer\"", TRUE },
  { "source-other", ",\"source\":\"hearsay\"", FALSE },
  { "source-proofed", ",\"enrollment\":\"proofed\"", TRUE },
  { "source-proofed-issuer",
    ",\"enrollment\":\"proofed\",\"source\":\"issuer\"",
    FALSE },
  { "attested", ",\"keyAttestation\":{}", TRUE },
  { "attested-levels",
    ",\"keyAttestation\":{\"keyStorage\":[\"iso_18045_high\"],"
    "\"proofTypes\":[\"attestation\",\"jwt\"]}",
    TRUE },
  { "attested-no-type", ",\"keyAttestation\":{\"proofTypes\":[]}", FALSE },
  { "attested-other-type",
    ",\"keyAttestation\":{\"proofTypes\":[\"di_vp\"]}",
    FALSE },
  { "attested-member", ",\"keyAttestation\":{\"level\":1}", FALSE },
};

/* S0-30: attributes, representation, events, signing, validity */
static void
test_file (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *json = g_strconcat ("{" MINIMAL, files[i].member, "}", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocProfile) profile = mdoc_profile_parse (mdoc_span_from_text (
                                                            json),
                                                        &error);

  g_assert_true ((profile != NULL) == files[i].is_fine);
  g_assert_true ((error == NULL) == files[i].is_fine);
}

static const struct
{
  const char *name;
  const char *json;
  const char *paths; /* of all faults, in order */
} faults[] = {
  { "none", "{" MINIMAL "}", "" },
  { "no-json", "{", "." },
  { "array", "[]", "." },
  { "empty", "{}", "/id /docType /elements" },
  { "members", "{" MINIMAL ",\"colour\":1,\"a/b~c\":1}", "/colour /a~1b~0c" },
  { "parts",
    "{" MINIMAL ",\"validity\":{\"ttl\":\"soon\",\"documentLifetime\":1,"
    "\"life\":1},\"status\":{\"bits\":3,\"mechanism\":\"crl\"},"
    "\"policy\":[],\"features\":{\"bulk\":\"no\",\"audit\":1}}",
    "/validity/life /validity/ttl /validity/documentLifetime "
    "/status/mechanism /status/bits /policy /features/bulk /features/audit" },
  { "issuance",
    "{" MINIMAL ",\"issuance\":{\"grants\":[\"x\",\"y\"],\"txCode\":\"3\","
    "\"batchSize\":0,\"mode\":\"Never\",\"offerLifetime\":\"none\","
    "\"deferredInterval\":\"32d\"}}",
    "/issuance/grants /issuance/grants /issuance/txCode /issuance/batchSize "
    "/issuance/mode /issuance/offerLifetime /issuance/deferredInterval" },
  { "elements",
    "{\"id\":\"p\",\"docType\":\"o.e\",\"elements\":["
    "{\"namespace\":\"o.e\",\"element\":\"a\",\"presence\":\"must\","
    "\"event\":\"all\",\"wrap\":null},"
    "1,{},{\"namespace\":\"o.e\",\"element\":\"a\",\"display\":1},"
    "{\"namespace\":\"oe\",\"element\":\"b c\",\"source\":\"a.b\"},"
    "{\"namespace\":\"o.e\",\"element\":\"c\",\"size\":1}]}",
    "/elements/0/wrap /elements/0/presence /elements/0/event /elements/1 "
    "/elements/2/namespace /elements/2/element /elements/3/display "
    "/elements/3 /elements/4/namespace /elements/4/element "
    "/elements/4/source /elements/5/size" },
  { "events",
    "{\"id\":\"p\",\"docType\":\"o.e\",\"elements\":["
    "{\"namespace\":\"o.e\",\"element\":\"a\",\"event\":\"attributes\"},"
    "{\"namespace\":\"o.e\",\"element\":\"b\",\"event\":\"attributes\","
    "\"eventName\":\"a\"},{\"namespace\":\"o.e\",\"element\":\"c\","
    "\"source\":\"a\",\"event\":\"insensitiveAttributes\"}]}",
    "/elements/1/event /elements/2/event /elements/2/event" },
  { "attested",
    "{" MINIMAL ",\"keyAttestation\":{\"level\":1,\"keyStorage\":1,"
    "\"proofTypes\":[\"di_vp\"]}}",
    "/keyAttestation/level /keyAttestation/keyStorage "
    "/keyAttestation/proofTypes" },
};

/* All of them, and the same verdict as when a platform reads the file. */
static void
test_faults (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const MdocSpan json = mdoc_span_from_text (faults[i].json);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GString) paths = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocProfile) profile = mdoc_profile_parse (json, &error);
  g_autofree char *id = NULL;

  found = mdoc_profile_check (json, &id);
  for (guint j = 0; j < found->len; j++)
    {
      const MdocProfileFault *fault = found->pdata[j];

      g_string_append_printf (paths,
                              "%s%s",
                              j > 0 ? " " : "",
                              fault->path[0] != '\0' ? fault->path : ".");
      g_assert_nonnull (fault->error);
    }
  g_assert_cmpstr (paths->str, ==, faults[i].paths);
  g_assert_true ((profile != NULL) == (found->len == 0));
  g_assert_true ((error == NULL) == (found->len == 0));
  if (found->len > 0)
    {
      const MdocProfileFault *first = found->pdata[0];

      g_assert_true (g_str_has_prefix (error->message, first->path));
      g_assert_true (g_str_has_suffix (error->message, first->error->message));
    }
}

/* Two of a hundred elements may each be at odds: there is an end to it. */
static void
test_many_faults (void)
{
  static const struct
  {
    guint n;
    guint n_told;
  } rows[] = { { MDOC_PROFILE_MAX_FAULTS, MDOC_PROFILE_MAX_FAULTS },
               { MDOC_PROFILE_MAX_FAULTS + 1, MDOC_PROFILE_MAX_FAULTS + 1 },
               { MDOC_PROFILE_MAX_FAULTS + 50, MDOC_PROFILE_MAX_FAULTS + 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) json = g_string_new ("{" MINIMAL);
      g_autoptr (GPtrArray) found = NULL;
      const MdocProfileFault *last;

      for (guint j = 0; j < rows[i].n; j++)
        g_string_append_printf (json, ",\"x%u\":1", j);
      g_string_append_c (json, '}');
      found = mdoc_profile_check (mdoc_span_from_text (json->str), NULL);
      g_assert_cmpuint (found->len, ==, rows[i].n_told);
      last = found->pdata[found->len - 1];
      g_assert_cmpint (last->path[0] == '\0', ==, i > 0);
    }
}

/* What is told of is cut off between characters: a message is text. */
static void
test_long_word (void)
{
  for (guint n = 60; n < 68; n++)
    {
      g_autofree char *json = g_strdup_printf (
          "{" MINIMAL ",\"enrollment\":\"%.*s"
          "\u00e9\u20ac\U0001f600 and more of it\"}",
          (int) n,
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          "aaaaaaaaaaaaaaaaaaaa");
      g_autoptr (GPtrArray) found = mdoc_profile_check (mdoc_span_from_text (
                                                            json),
                                                        NULL);
      const MdocProfileFault *fault;

      g_assert_cmpuint (found->len, ==, 1);
      fault = found->pdata[0];
      g_assert_cmpstr (fault->path, ==, "/enrollment");
      g_assert_true (g_utf8_validate (fault->error->message, -1, NULL));
      g_assert_null (strstr (fault->error->message, "and more"));
    }
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocProfile) profile = mdoc_profile_parse (mdoc_span_from_text (
                                                            "{" MINIMAL "}"),
                                                        &error);
  const MdocProfileSettings *settings;

  g_assert_no_error (error);
  settings = mdoc_profile_get_settings (profile);
  g_assert_cmpuint (settings->version, ==, 1);
  g_assert_true (settings->has_document);                /* S0-36 */
  g_assert_cmpint (settings->ttl_s, ==, 30 * 24 * 3600); /* S0-66 */
  g_assert_cmpint (settings->status, ==, MDOC_PROFILE_STATUS_TSL);
  g_assert_cmpuint (settings->tx_code_min, ==, 0);
  g_assert_cmpuint (settings->batch_size, ==, 1);
  g_assert_false (settings->auto_accept);
  g_assert_true (settings->blocks_device);
  g_assert_cmpuint (settings->features, ==, 0x3f);
}

static const struct
{
  const char *name;
  const char *elements;
} element_files[] = {
  { "none", "" },
  { "twice",
    "{\"namespace\":\"o.e\",\"element\":\"a\"},{\"namespace\":\"o.e\","
    "\"element\":\"a\"}" },
  { "both-maps",
    "{\"namespace\":\"o.e\",\"element\":\"a\",\"source\":\"x\",\"event\":"
    "\"attributes\"},{\"namespace\":\"o.e\",\"element\":\"b\",\"source\":\"x\","
    "\"event\":\"insensitiveAttributes\",\"eventName\":\"y\"}" },
  { "no-dot", "{\"namespace\":\"example\",\"element\":\"a\"}" },
  { "presence",
    "{\"namespace\":\"o.e\",\"element\":\"a\",\"presence\":\"must\"}" },
  { "event", "{\"namespace\":\"o.e\",\"element\":\"a\",\"event\":\"all\"}" },
  { "name", "{\"namespace\":\"o.e\",\"element\":\"a b\"}" },
  { "source-dot",
    "{\"namespace\":\"o.e\",\"element\":\"a\",\"source\":\"a.b\"}" },
};

static void
test_elements (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *json
      = g_strconcat ("{\"id\":\"p\",\"docType\":\"o.e\",\"elements\":[",
                     element_files[i].elements,
                     "]}",
                     NULL);
  g_autoptr (MdocProfile) profile = mdoc_profile_parse (mdoc_span_from_text (
                                                            json),
                                                        &error);

  g_assert_null (profile);
  g_assert_nonnull (error);
}

static void
test_configuration (void)
{
  g_autoptr (MdocProfile) profile = load ("mdl");
  g_autoptr (MdocConfiguration) configuration = mdoc_profile_to_configuration (
      profile);
  const MdocClaim *claim = configuration->claims->pdata[0];

  g_assert_cmpstr (configuration->id, ==, "mdl");
  g_assert_cmpstr (configuration->doc_type, ==, "org.iso.18013.5.1.mDL");
  g_assert_cmpstr (claim->element, ==, "family_name");
  g_assert_true (claim->is_mandatory);
  g_assert_cmpuint (configuration->claims->len, ==, 33);
  g_assert_cmpuint (configuration->display->len, ==, 1);
}

static const struct
{
  const char *name;
  const char *portrait;
  gboolean is_fine;
} portraits[] = {
  { "base64url", "\"_9j_4A\"", TRUE },
  { "hint", "{\"hex\":\"ffd8ffe0\"}", TRUE },
  { "at", "\"@/etc/hostname\"", FALSE },
  { "file", "{\"file\":\"/etc/hostname\"}", FALSE },
  { "nested", "{\"a\":{\"file\":\"/etc/hostname\"}}", FALSE },
};

/* claims of somebody else do not read our files on their way to the signature
 */
static void
test_data (gconstpointer user_data)
{
  gsize i = GPOINTER_TO_SIZE (user_data);
  g_autoptr (MdocProfile) profile = load ("photoid");
  g_autoptr (MdocDocTypeTable) table = NULL;
  g_autoptr (MdocIssuerData) data = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *mapped = NULL;
  g_autofree char *claims = g_strdup_printf (
      "{\"family_name\":\"A\",\"given_name\":\"@B\",\"birth_date\":"
      "\"2000-01-31\",\"portrait\":%s,\"issue_date\":\"2026-01-01\","
      "\"expiry_date\":\"2036-01-01\",\"issuing_authority\":\"C\","
      "\"issuing_country\":\"UT\",\"age_over_18\":true}",
      portraits[i].portrait);

  table = mdoc_issuer_input_read_doc_types (NULL, &error);
  g_assert_no_error (error);
  mapped = mdoc_profile_map_claims (profile, claims, AT_S, NULL, &error);
  g_assert_no_error (error);
  data = mdoc_issuer_data_parse (mdoc_span_from_text (mapped),
                                 NULL,
                                 mdoc_doc_type_table_lookup_alias (table,
                                                                   "photoid"),
                                 MDOC_ISSUER_DATA_NO_FILES,
                                 &error);
  g_assert_true ((data != NULL) == portraits[i].is_fine);
  if (!portraits[i].is_fine)
    g_assert_error (error, MDOC_ISSUER_ERROR, MDOC_ISSUER_ERROR_VALUE);
  else
    g_assert_cmpuint (mdoc_issuer_data_get_n_elements (data), ==, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/profile/S0-31/default", test_default);
  g_test_add_func ("/profile/S0-32/mandatory", test_mandatory);
  g_test_add_func ("/profile/S0-33/optional", test_optional);
  g_test_add_func ("/profile/S0-34/S0-35/recommended", test_recommended);
  g_test_add_func ("/profile/S0-37/S0-24/mapping", test_mapping);
  g_test_add_func ("/profile/wrap", test_wrap);
  g_test_add_func ("/profile/S0-21/unknown", test_unknown);
  g_test_add_func ("/profile/no-claims", test_no_claims);
  g_test_add_func ("/profile/S0-38/S0-47/S0-48/S0-49/event", test_event);
  g_test_add_func ("/profile/S0-85/patch", test_patch);
  g_test_add_func ("/profile/S0-85/patch-mandatory", test_patch_mandatory);
  g_test_add_func ("/profile/S0-36/S0-66/defaults", test_defaults);
  g_test_add_func ("/profile/S0-30/configuration", test_configuration);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strconcat ("/profile/S0-30/file/",
                                           files[i].name,
                                           NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_file);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (portraits); i++)
    {
      g_autofree char *path = g_strconcat ("/profile/data/",
                                           portraits[i].name,
                                           NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_data);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/profile/faults/",
                                           faults[i].name,
                                           NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_faults);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (element_files); i++)
    {
      g_autofree char *path = g_strconcat ("/profile/elements/",
                                           element_files[i].name,
                                           NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_elements);
    }
  g_test_add_func ("/profile/many-faults", test_many_faults);
  g_test_add_func ("/profile/long-word", test_long_word);

  return g_test_run ();
}
