/*
 * test-doc-types.c - the document types that are installed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "mdoc/mdoc-doc-type.h"
#include "tests/lib/mdoc-test-match.h"

/* What is installed: parsed, without clash, and as the standards have it. */
static void
test_shipped (void)
{
  static const struct
  {
    const char *doc_type;
    const char *alias;
    guint n_mandatory;
    guint n_elements;
  } shipped[] = {
    { MDOC_DOCTYPE_MDL, "mdl", 11, 58 },
    { MDOC_DOCTYPE_PHOTO_ID, "photoid", 9, 59 },
    { MDOC_DOCTYPE_PID, "pid", 7, 30 },
  };
  static const char *const presets[] = { "age-over-18",
                                         "age-over-21",
                                         "identity",
                                         "all-mandatory" };
  g_autoptr (MdocDocTypeTable) table = mdoc_test_doc_types_new ();

  g_assert_cmpuint (mdoc_doc_type_table_get_n_doc_types (table), ==, 3);
  for (gsize i = 0; i < G_N_ELEMENTS (shipped); i++)
    {
      MdocDocType *doc_type;
      guint n_mandatory = 0;
      guint n_portraits = 0;

      doc_type = mdoc_doc_type_table_lookup_alias (table, shipped[i].alias);
      g_assert_cmpstr (mdoc_doc_type_get_name (doc_type),
                       ==,
                       shipped[i].doc_type);
      for (guint j = 0; j < mdoc_doc_type_get_n_elements (doc_type); j++)
        {
          const MdocDocElement *element;

          element = mdoc_doc_type_get_element (doc_type, j);
          n_mandatory += element->is_mandatory ? 1 : 0;
          n_portraits += element->is_portrait ? 1 : 0;
        }
      g_assert_cmpuint (mdoc_doc_type_get_n_elements (doc_type),
                        ==,
                        shipped[i].n_elements);
      g_assert_cmpuint (n_mandatory, ==, shipped[i].n_mandatory);
      g_assert_cmpuint (n_portraits, ==, 1);
      for (gsize j = 0; j < G_N_ELEMENTS (presets); j++)
        g_assert_nonnull (mdoc_doc_type_find_preset (doc_type, presets[j]));
    }
}

static void
test_shipped_elements (void)
{
  /* long because: it is a table */
  static const struct
  {
    const char *alias;
    const char *name_space;
    const char *element;
    const char *canonical;
    MdocValueType type;
    gboolean is_mandatory;
  } elements[] = {
    { "mdl",
      "org.iso.18013.5.1",
      "portrait",
      "portrait",
      MDOC_VALUE_TYPE_BYTES,
      TRUE },
    { "mdl",
      "org.iso.18013.5.1",
      "birth_date",
      "birth_date",
      MDOC_VALUE_TYPE_FULL_DATE,
      TRUE },
    { "mdl",
      "org.iso.18013.5.1",
      "expiry_date",
      "expiry_date",
      MDOC_VALUE_TYPE_TIME_OR_DATE,
      TRUE },
    { "mdl",
      "org.iso.18013.5.1",
      "portrait_capture_date",
      "portrait_capture_date",
      MDOC_VALUE_TYPE_TIME,
      FALSE },
    { "mdl",
      "org.iso.18013.5.1",
      "age_over_67",
      "age_over_NN",
      MDOC_VALUE_TYPE_BOOLEAN,
      FALSE },
    { "mdl",
      "org.iso.18013.5.1",
      "biometric_template_face",
      "biometric_template_xx",
      MDOC_VALUE_TYPE_BYTES,
      FALSE },
    { "mdl",
      "org.iso.18013.5.1",
      "driving_privileges",
      "driving_privileges",
      MDOC_VALUE_TYPE_STRUCTURE,
      TRUE },
    { "mdl",
      "org.iso.18013.5.1.aamva",
      "DHS_compliance",
      "DHS_compliance",
      MDOC_VALUE_TYPE_TEXT,
      FALSE },
    { "photoid",
      "org.iso.23220.1",
      "last_name",
      "family_name",
      MDOC_VALUE_TYPE_TEXT,
      TRUE },
    { "photoid",
      "org.iso.23220.photoid.1",
      "given_name_unicode",
      "given_name",
      MDOC_VALUE_TYPE_TEXT,
      TRUE },
    { "photoid",
      "org.iso.23220.1",
      "age_over_18",
      "age_over_18",
      MDOC_VALUE_TYPE_BOOLEAN,
      TRUE },
    { "photoid",
      "org.iso.23220.photoid.1",
      "age_over_40",
      "age_over_NN",
      MDOC_VALUE_TYPE_BOOLEAN,
      FALSE },
    { "photoid",
      "org.iso.23220.datagroups.1",
      "dg16",
      "dg16",
      MDOC_VALUE_TYPE_BYTES,
      FALSE },
    { "photoid",
      "org.iso.23220.dtc.1",
      "dtc_dg1",
      "dg1",
      MDOC_VALUE_TYPE_BYTES,
      FALSE },
    { "photoid",
      "org.iso.23220.1",
      "birth_date",
      "birth_date",
      MDOC_VALUE_TYPE_STRUCTURE,
      TRUE },
    { "org.iso.23220.photoID",
      "org.iso.23220.1",
      "issuing_authority",
      "issuing_authority_unicode",
      MDOC_VALUE_TYPE_TEXT,
      TRUE },
    { "pid",
      "eu.europa.ec.eudi.pid.1",
      "birth_place",
      "place_of_birth",
      MDOC_VALUE_TYPE_STRUCTURE,
      TRUE },
    { "pid",
      "eu.europa.ec.eudi.pid.1",
      "age_over_18",
      "age_over_NN",
      MDOC_VALUE_TYPE_BOOLEAN,
      FALSE },
    { "pid",
      "eu.europa.ec.eudi.pid.1",
      "sex",
      "sex",
      MDOC_VALUE_TYPE_UINT,
      FALSE },
  };
  g_autoptr (MdocDocTypeTable) table = mdoc_test_doc_types_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      const MdocDocElement *element;

      element = mdoc_doc_type_find_element (
          mdoc_doc_type_table_lookup_alias (table, elements[i].alias),
          elements[i].name_space,
          elements[i].element);
      g_assert_nonnull (element);
      g_assert_cmpstr (element->element, ==, elements[i].canonical);
      g_assert_cmpint (element->type, ==, elements[i].type);
      g_assert_cmpint (element->is_mandatory, ==, elements[i].is_mandatory);
    }
}

/* Names of ISO/IEC 18013-5, table 5, with their presence, as a check of the
 * file against the standard rather than against itself. */
static void
test_mdl_is_complete (void)
{
  static const char *const names
      = "family_name! given_name! birth_date! issue_date! expiry_date! "
        "issuing_country! issuing_authority! document_number! portrait! "
        "driving_privileges! un_distinguishing_sign! administrative_number "
        "sex height weight eye_colour hair_colour birth_place "
        "resident_address portrait_capture_date age_in_years age_birth_year "
        "age_over_42 issuing_jurisdiction nationality resident_street "
        "resident_city resident_state resident_postal_code resident_country "
        "biometric_template_iris family_name_national_character "
        "given_name_national_character signature_usual_mark";
  g_autoptr (MdocDocTypeTable) table = mdoc_test_doc_types_new ();
  g_auto (GStrv) words = g_strsplit (names, " ", -1);

  for (char **word = words; *word != NULL; word++)
    {
      gsize len = strlen (*word);
      gboolean is_mandatory = (*word)[len - 1] == '!';
      const MdocDocElement *element;

      if (is_mandatory)
        (*word)[len - 1] = '\0';
      g_test_message ("%s", *word);
      element = mdoc_doc_type_find_element (
          mdoc_doc_type_table_lookup (table, MDOC_DOCTYPE_MDL),
          MDOC_NAMESPACE_MDL,
          *word);
      g_assert_nonnull (element);
      g_assert_cmpint (element->is_mandatory, ==, is_mandatory);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/doc-types/shipped", test_shipped);
  g_test_add_func ("/doc-types/elements", test_shipped_elements);
  g_test_add_func ("/doc-types/mdl-is-complete", test_mdl_is_complete);

  return g_test_run ();
}
