/*
 * test-doc-type.c - descriptions of documents, ours and broken ones
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-doc-type-private.h"
#include "mdoc/mdoc-doc-type.h"

#define DOCUMENT   "[document]\ndoc-type=t\nalias=a\nname=N\n"
#define NAME_SPACE "[name-space n]\n"
#define ELEMENT    "[element n/e]\nname=E\ntype=tstr\n"
#define GOOD       DOCUMENT NAME_SPACE ELEMENT
#define OF(lines_) DOCUMENT NAME_SPACE "[element n/e]\nname=E\n" lines_ "\n"
#define AGE(lines_)                                                            \
  DOCUMENT NAME_SPACE "[element n/age_over_NN]\nname=E\n" lines_

#define ACCEPTED (-1)

typedef struct
{
  const char *name;
  const char *text;
  int code; /* a MdocDocTypeError, or ACCEPTED */
} Case;

static const Case cases[] = {
  { "good", GOOD, ACCEPTED },
  { "no-element", DOCUMENT NAME_SPACE, ACCEPTED },
  { "comments", "# c\n" GOOD "\n# d\n", ACCEPTED },
  { "groups-in-any-order", ELEMENT NAME_SPACE DOCUMENT, ACCEPTED },

  { "empty", "", MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "no-key-file", "hello", MDOC_DOC_TYPE_ERROR_SYNTAX },
  { "no-utf-8", GOOD "# \xff\n", MDOC_DOC_TYPE_ERROR_SYNTAX },
  { "key-without-group", "a=b\n" GOOD, MDOC_DOC_TYPE_ERROR_SYNTAX },
  { "unknown-group", GOOD "[elements]\n", MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "misspelt-group", GOOD "[element]\n", MDOC_DOC_TYPE_ERROR_SCHEMA },

  { "no-document", NAME_SPACE ELEMENT, MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "no-doc-type",
    "[document]\nalias=a\nname=N\n" NAME_SPACE,
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "no-alias",
    "[document]\ndoc-type=t\nname=N\n" NAME_SPACE,
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "no-name",
    "[document]\ndoc-type=t\nalias=a\n" NAME_SPACE,
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "doc-type-empty",
    "[document]\ndoc-type=\nalias=a\nname=N\n" NAME_SPACE,
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-key-of-document",
    DOCUMENT "synonym=u\n" NAME_SPACE,
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "control-character",
    "[document]\ndoc-type=t\nalias=a\nname=N\\n\n" NAME_SPACE,
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "delete-character",
    "[document]\ndoc-type=t\nalias=a\nname=N\x7f\n" NAME_SPACE,
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "empty-synonym",
    DOCUMENT "synonyms=u;;v\n" NAME_SPACE,
    MDOC_DOC_TYPE_ERROR_SCHEMA },

  { "no-name-space", DOCUMENT, MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "name-space-without-name",
    DOCUMENT "[name-space ]\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-key-of-name-space",
    DOCUMENT NAME_SPACE "name=x\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "synonym-is-a-name-space",
    DOCUMENT NAME_SPACE "synonyms=m\n[name-space m]\n",
    MDOC_DOC_TYPE_ERROR_EXISTS },
  { "synonym-of-two-name-spaces",
    DOCUMENT NAME_SPACE "synonyms=x\n[name-space m]\nsynonyms=x\n",
    MDOC_DOC_TYPE_ERROR_EXISTS },
  { "synonym-of-itself",
    DOCUMENT NAME_SPACE "synonyms=n\n",
    MDOC_DOC_TYPE_ERROR_EXISTS },

  { "element-without-name-space",
    DOCUMENT NAME_SPACE "[element e]\nname=E\ntype=tstr\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "element-of-unknown-name-space",
    DOCUMENT NAME_SPACE "[element m/e]\nname=E\ntype=tstr\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "element-without-identifier",
    DOCUMENT NAME_SPACE "[element n/]\nname=E\ntype=tstr\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "element-without-any-name",
    DOCUMENT NAME_SPACE "[element ]\nname=E\ntype=tstr\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "element-without-display-name",
    DOCUMENT NAME_SPACE "[element n/e]\ntype=tstr\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "element-without-type", OF (""), MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-type", OF ("type=text"), MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-key-of-element",
    OF ("type=tstr\nmandatory=true"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-presence",
    OF ("type=tstr\npresence=always"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-charset",
    OF ("type=tstr\ncharset=ascii"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-rule", OF ("type=tstr\nrule=face"), MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "rule-none", OF ("type=tstr\nrule=none"), ACCEPTED },
  { "max-chars-not-a-number",
    OF ("type=tstr\nmax-chars=x"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "max-chars-0", OF ("type=tstr\nmax-chars=0"), MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "max-chars-negative",
    OF ("type=tstr\nmax-chars=-1"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "max-chars-1", OF ("type=tstr\nmax-chars=1"), ACCEPTED },
  { "max-chars-largest", OF ("type=tstr\nmax-chars=65535"), ACCEPTED },
  { "max-chars-too-large",
    OF ("type=tstr\nmax-chars=65536"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "max-chars-of-no-text",
    OF ("type=uint\nmax-chars=5"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },

  { "age-rule", AGE ("type=bool\nrule=nearest-age\n"), ACCEPTED },
  { "age-rule-for-one-age",
    DOCUMENT NAME_SPACE
    "[element n/age_over_18]\nname=E\ntype=bool\nrule=nearest-age\n",
    ACCEPTED },
  { "age-rule-for-no-boolean",
    AGE ("type=uint\nrule=nearest-age\n"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "age-rule-for-another-family",
    DOCUMENT NAME_SPACE
    "[element n/age_NN]\nname=E\ntype=bool\nrule=nearest-age\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "age-rule-for-no-family",
    OF ("type=bool\nrule=nearest-age"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },

  { "element-synonym-of-itself",
    OF ("type=tstr\nsynonyms=e"),
    MDOC_DOC_TYPE_ERROR_EXISTS },
  { "element-synonym-twice",
    OF ("type=tstr\nsynonyms=f;f"),
    MDOC_DOC_TYPE_ERROR_EXISTS },
  { "element-synonym-is-an-element",
    OF ("type=tstr\nsynonyms=f") "[element n/f]\nname=F\ntype=tstr\n",
    MDOC_DOC_TYPE_ERROR_EXISTS },
  { "element-synonym-elsewhere", OF ("type=tstr\nsynonyms=m/e;f"), ACCEPTED },
  { "element-synonym-without-identifier",
    OF ("type=tstr\nsynonyms=m/"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "element-synonym-without-name-space",
    OF ("type=tstr\nsynonyms=/e"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "element-synonym-is-a-family",
    OF ("type=bool\nsynonyms=f_NN"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "family-synonym-is-an-element",
    AGE ("type=bool\nsynonyms=f\n"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "family-synonym", AGE ("type=bool\nsynonyms=m/age_over_NN\n"), ACCEPTED },
  { "family-twice",
    AGE ("type=bool\nsynonyms=x_NN;x_NN\n"),
    MDOC_DOC_TYPE_ERROR_EXISTS },

  { "members", OF ("type=structure\nmembers=a:full-date;b:uint"), ACCEPTED },
  { "members-with-colons", OF ("type=structure\nmembers=a:b:uint"), ACCEPTED },
  { "members-of-no-structure",
    OF ("type=tstr\nmembers=a:uint"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "member-without-type",
    OF ("type=structure\nmembers=a"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "member-without-key",
    OF ("type=structure\nmembers=:uint"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "member-of-unknown-type",
    OF ("type=structure\nmembers=a:b"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "member-is-a-structure",
    OF ("type=structure\nmembers=a:structure"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "member-twice",
    OF ("type=structure\nmembers=a:uint;b:tstr;a:tstr"),
    MDOC_DOC_TYPE_ERROR_EXISTS },

  /* of these GLib makes no value, or warns */
  { "escapes", OF ("type=tstr\nsynonyms=a\\s\\\\b"), ACCEPTED },
  { "unknown-escape-in-text",
    "[document]\ndoc-type=t\nalias=a\nname=T\\q\n[name-space n]\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-escape-in-list",
    OF ("type=tstr\nsynonyms=a\\q"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-escape-in-choice",
    OF ("type=tstr\npresence=mandatory\\q"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "backslash-at-the-end",
    OF ("type=tstr\nsynonyms=a\\q\\"),
    MDOC_DOC_TYPE_ERROR_SCHEMA },

  { "preset", GOOD "[preset p]\nname=P\nelements=e;n/e\n", ACCEPTED },
  { "preset-before-its-elements",
    "[preset p]\nname=P\nelements=e\n" GOOD,
    ACCEPTED },
  { "preset-without-name",
    GOOD "[preset ]\nname=P\nelements=e\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "preset-without-display-name",
    GOOD "[preset p]\nelements=e\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "preset-without-elements",
    GOOD "[preset p]\nname=P\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "preset-of-no-elements",
    GOOD "[preset p]\nname=P\nelements=\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "preset-of-unknown-element",
    GOOD "[preset p]\nname=P\nelements=e;f\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "preset-of-empty-element",
    GOOD "[preset p]\nname=P\nelements=;e\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
  { "unknown-key-of-preset",
    GOOD "[preset p]\nname=P\nelements=e\nretain=true\n",
    MDOC_DOC_TYPE_ERROR_SCHEMA },
};

static MdocDocType *
parse (const char *text, GError **error)
{
  /* exactly as long as it is, so that a sanitizer sees a read too far */
  gsize len = strlen (text);
  g_autofree char *exact = g_memdup2 (text, len);

  return mdoc_doc_type_parse (exact, len, error);
}

static MdocDocType *
parse_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  MdocDocType *doc_type = parse (text, &error);

  g_assert_no_error (error);
  return doc_type;
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (MdocDocType) doc_type = NULL;
  g_autoptr (GError) error = NULL;

  doc_type = parse (c->text, &error);
  if (c->code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_DOC_TYPE_ERROR, c->code);
  g_assert_true ((doc_type == NULL) == (error != NULL));
}

/* An error says where. */
static void
test_message (void)
{
  g_autoptr (MdocDocType) doc_type = NULL;
  g_autoptr (GError) error = NULL;

  doc_type = parse (OF ("type=text"), &error);
  g_assert_null (doc_type);
  g_assert_cmpstr (error->message,
                   ==,
                   "[element n/e] type is none of the types it may be");
  g_clear_error (&error);

  g_assert_null (parse ("[name-space n]\n", &error));
  g_assert_cmpstr (error->message, ==, "[document] is missing");
}

static void
test_getters (void)
{
  /* long because: a file, and what each getter says of it */
  static const char text[]
      = "[document]\ndoc-type=t\nalias=a\nname=A card\nsynonyms=u;v\n"
        "[name-space n]\nsynonyms=old\n"
        "[name-space m]\n"
        "[element n/e]\nname=An element\ntype=tstr\npresence=mandatory\n"
        "charset=latin1\nmax-chars=150\nsynonyms=f;m/g;x/h\n"
        "[element n/face]\nname=Face\ntype=bstr\nrule=portrait\n"
        "[element m/age_over_NN]\nname=Age\ntype=bool\nrule=nearest-age\n"
        "synonyms=n/age_over_NN\n"
        "[element m/rights]\nname=Rights\ntype=structure\n"
        "members=since:full-date;at:tdate\n"
        "[preset p]\nname=A preset\nelements=e;m/age_over_18\n"
        "[preset q]\nname=Another\nelements=old/face\n";
  g_autoptr (MdocDocType) doc_type = parse_good (text);
  const MdocDocElement *element;
  const MdocDocPreset *preset;

  g_assert_cmpstr (mdoc_doc_type_get_name (doc_type), ==, "t");
  g_assert_cmpstr (mdoc_doc_type_get_alias (doc_type), ==, "a");
  g_assert_cmpstr (mdoc_doc_type_get_display_name (doc_type), ==, "A card");
  g_assert_cmpstr (mdoc_doc_type_get_synonyms (doc_type)[1], ==, "v");
  g_assert_null (mdoc_doc_type_get_synonyms (doc_type)[2]);
  g_assert_true (mdoc_doc_type_has_name (doc_type, "t"));
  g_assert_true (mdoc_doc_type_has_name (doc_type, "v"));
  g_assert_false (mdoc_doc_type_has_name (doc_type, "a"));

  g_assert_cmpuint (mdoc_doc_type_get_n_name_spaces (doc_type), ==, 2);
  g_assert_cmpstr (mdoc_doc_type_get_name_space (doc_type, 0), ==, "n");
  g_assert_cmpstr (mdoc_doc_type_get_name_space (doc_type, 1), ==, "m");
  g_assert_cmpstr (mdoc_doc_type_resolve_name_space (doc_type, "old"), ==, "n");
  g_assert_cmpstr (mdoc_doc_type_resolve_name_space (doc_type, "m"), ==, "m");
  g_assert_null (mdoc_doc_type_resolve_name_space (doc_type, "x"));

  g_assert_cmpuint (mdoc_doc_type_get_n_elements (doc_type), ==, 4);
  element = mdoc_doc_type_get_element (doc_type, 0);
  g_assert_cmpstr (element->name_space, ==, "n");
  g_assert_cmpstr (element->element, ==, "e");
  g_assert_cmpstr (element->display_name, ==, "An element");
  g_assert_cmpint (element->type, ==, MDOC_VALUE_TYPE_TEXT);
  g_assert_true (element->is_mandatory);
  g_assert_true (element->is_latin1);
  g_assert_false (element->is_portrait);
  g_assert_false (element->is_age_over);
  g_assert_cmpuint (element->max_chars, ==, 150);
  g_assert_cmpuint (element->n_synonyms, ==, 3);
  g_assert_cmpstr (element->synonyms[0].name_space, ==, "n");
  g_assert_cmpstr (element->synonyms[0].element, ==, "f");
  g_assert_cmpstr (element->synonyms[2].name_space, ==, "x");
  g_assert_cmpstr (element->synonyms[2].element, ==, "h");

  element = mdoc_doc_type_get_element (doc_type, 1);
  g_assert_true (element->is_portrait);
  g_assert_false (element->is_mandatory);
  g_assert_false (element->is_latin1);
  g_assert_cmpuint (element->max_chars, ==, 0);
  element = mdoc_doc_type_get_element (doc_type, 2);
  g_assert_true (element->is_age_over);
  g_assert_false (element->is_portrait);

  element = mdoc_doc_type_get_element (doc_type, 3);
  g_assert_cmpuint (element->n_members, ==, 2);
  g_assert_cmpint (mdoc_doc_element_get_member (element, "since")->type,
                   ==,
                   MDOC_VALUE_TYPE_FULL_DATE);
  g_assert_cmpint (mdoc_doc_element_get_member (element, "at")->type,
                   ==,
                   MDOC_VALUE_TYPE_TIME);
  g_assert_null (mdoc_doc_element_get_member (element, "until"));

  g_assert_cmpuint (mdoc_doc_type_get_n_presets (doc_type), ==, 2);
  preset = mdoc_doc_type_find_preset (doc_type, "p");
  g_assert_true (preset == mdoc_doc_type_get_preset (doc_type, 0));
  g_assert_cmpstr (preset->name, ==, "p");
  g_assert_cmpstr (preset->display_name, ==, "A preset");
  g_assert_cmpuint (preset->n_elements, ==, 2);
  g_assert_cmpstr (preset->elements[0].name_space, ==, "n");
  g_assert_cmpstr (preset->elements[1].name_space, ==, "m");
  g_assert_cmpstr (preset->elements[1].element, ==, "age_over_18");
  preset = mdoc_doc_type_find_preset (doc_type, "q");
  g_assert_cmpstr (preset->elements[0].name_space, ==, "n");
  g_assert_null (mdoc_doc_type_find_preset (doc_type, "r"));
}

static void
test_find (void)
{
  static const char text[] = DOCUMENT
      "[name-space n]\nsynonyms=old\n[name-space m]\n"
      "[element n/e]\nname=E\ntype=tstr\nsynonyms=f;x/g\n"
      "[element m/e]\nname=E\ntype=tstr\n"
      "[element n/age_over_18]\nname=E\ntype=bool\n"
      "[element n/age_over_NN]\nname=E\ntype=bool\n"
      "synonyms=m/older_NN\n"
      "[element n/template_xx]\nname=E\ntype=bstr\n"
      "[element n/NN]\nname=E\ntype=tstr\n"
      "[element n/xNN]\nname=E\ntype=tstr\n";
  static const struct
  {
    const char *name_space;
    const char *element;
    gint index; /* -1: there is none */
  } names[] = {
    { "n", "e", 0 },
    { "old", "e", 0 },
    { "n", "f", 0 },
    { "old", "f", 0 },
    { "x", "g", 0 },
    { "n", "g", -1 },
    { "x", "e", -1 },
    { "m", "e", 1 },
    { "m", "f", -1 },
    { "n", "age_over_18", 2 },
    { "n", "age_over_19", 3 },
    { "old", "age_over_00", 3 },
    { "m", "older_99", 3 },
    { "m", "age_over_19", -1 },
    { "n", "age_over_1", -1 },
    { "n", "age_over_190", -1 },
    { "n", "age_over_1x", -1 },
    { "n", "age_over_x1", -1 },
    { "n", "age_over_", -1 },
    { "n", "age_over", -1 },
    { "n", "Age_over_19", -1 },
    { "n", "template_face", 4 },
    { "n", "template_", -1 },
    { "n", "templates_face", -1 },
    { "n", "NN", 5 },
    { "n", "11", -1 },
    { "n", "xNN", 6 },
    { "n", "x11", -1 },
    { "", "", -1 },
  };
  g_autoptr (MdocDocType) doc_type = parse_good (text);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const MdocDocElement *found;

      g_test_message ("%s/%s", names[i].name_space, names[i].element);
      found = mdoc_doc_type_find_element (doc_type,
                                          names[i].name_space,
                                          names[i].element);
      if (names[i].index < 0)
        g_assert_null (found);
      else
        g_assert_true (
            found
            == mdoc_doc_type_get_element (doc_type, (guint) names[i].index));
    }
}

static void
test_age_over (void)
{
  static const struct
  {
    const char *element;
    guint age; /* 100: none */
  } elements[] = {
    { "age_over_00", 0 },    { "age_over_18", 18 },   { "age_over_99", 99 },
    { "age_over_1", 100 },   { "age_over_100", 100 }, { "age_over_1a", 100 },
    { "age_over_NN", 100 },  { "age_over_", 100 },    { "age_over", 100 },
    { "xage_over_18", 100 }, { "age_in_years", 100 }, { "", 100 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      guint age = 100;

      g_assert_cmpint (mdoc_doc_type_parse_age_over (elements[i].element, &age),
                       ==,
                       elements[i].age < 100);
      g_assert_cmpuint (age, ==, elements[i].age);
    }
}

static void
test_table (void)
{
  static const char *const taken[] = {
    "[document]\ndoc-type=t\nalias=b\nname=N\n" NAME_SPACE,
    "[document]\ndoc-type=u\nalias=b\nname=N\n" NAME_SPACE,
    "[document]\ndoc-type=a\nalias=b\nname=N\n" NAME_SPACE,
    "[document]\ndoc-type=w\nalias=a\nname=N\n" NAME_SPACE,
    "[document]\ndoc-type=w\nalias=u\nname=N\n" NAME_SPACE,
    "[document]\ndoc-type=w\nalias=b\nname=N\nsynonyms=x;t\n" NAME_SPACE,
    "[document]\ndoc-type=w\nalias=b\nname=N\nsynonyms=u\n" NAME_SPACE,
    "[document]\ndoc-type=w\nalias=b\nname=N\nsynonyms=a\n" NAME_SPACE,
  };
  g_autoptr (MdocDocTypeTable) table = mdoc_doc_type_table_new ();
  g_autoptr (MdocDocTypeTable) same G_GNUC_UNUSED = mdoc_doc_type_table_ref (
      table);
  g_autoptr (MdocDocType) first = parse_good (DOCUMENT
                                              "synonyms=u\n" NAME_SPACE);
  g_autoptr (MdocDocType) second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_doc_type_table_lookup (table, "t"));
  g_assert_true (mdoc_doc_type_table_add (table, first, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    {
      g_autoptr (MdocDocType) other = parse_good (taken[i]);

      g_assert_false (mdoc_doc_type_table_add (table, other, &error));
      g_assert_error (error, MDOC_DOC_TYPE_ERROR, MDOC_DOC_TYPE_ERROR_EXISTS);
      g_clear_error (&error);
      g_assert_cmpuint (mdoc_doc_type_table_get_n_doc_types (table), ==, 1);
    }

  second = parse_good ("[document]\ndoc-type=w\nalias=b\nname=N\n" NAME_SPACE);
  g_assert_true (mdoc_doc_type_table_add (table, second, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_doc_type_table_get_n_doc_types (table), ==, 2);
  g_assert_true (mdoc_doc_type_table_get_doc_type (table, 1) == second);
  g_assert_true (mdoc_doc_type_table_lookup (table, "t") == first);
  g_assert_true (mdoc_doc_type_table_lookup (table, "u") == first);
  g_assert_true (mdoc_doc_type_table_lookup (table, "w") == second);
  g_assert_null (mdoc_doc_type_table_lookup (table, "a"));
  g_assert_true (mdoc_doc_type_table_lookup_alias (table, "a") == first);
  g_assert_true (mdoc_doc_type_table_lookup_alias (table, "u") == first);
  g_assert_true (mdoc_doc_type_table_lookup_alias (table, "b") == second);
  g_assert_null (mdoc_doc_type_table_lookup_alias (table, "N"));

  mdoc_doc_type_unref (NULL);
  mdoc_doc_type_table_unref (NULL);
}

static void
test_type_names (void)
{
  static const char *const names[] = {
    "tstr",     "bstr", "uint", "bool", "full-date", "tdate", "tdate|full-date",
    "structure"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = g_strdup_printf (OF ("type=%s"), names[i]);
      g_autoptr (MdocDocType) doc_type = parse_good (text);

      g_assert_cmpstr (mdoc_value_type_get_name ((MdocValueType) i),
                       ==,
                       names[i]);
      g_assert_cmpuint (mdoc_doc_type_get_element (doc_type, 0)->type, ==, i);
    }
}

/* Appends @format, of one number, for 0 to @n - 1. */
#define append_each(text_, n_, format_)                                        \
  for (guint number_ = 0; number_ < (n_); number_++)                           \
  g_string_append_printf ((text_), format_, number_)

static void
check_limit (const char *text, gboolean is_over)
{
  g_autoptr (MdocDocType) doc_type = NULL;
  g_autoptr (GError) error = NULL;

  doc_type = parse (text, &error);
  if (is_over)
    g_assert_error (error, MDOC_DOC_TYPE_ERROR, MDOC_DOC_TYPE_ERROR_LIMIT);
  else
    g_assert_no_error (error);
}

/* Every limit is tried on both of its sides. */
static void
test_limits (void)
{
  for (guint over = 0; over <= 1; over++)
    {
      g_autoptr (GString) elements = g_string_new (DOCUMENT NAME_SPACE);
      g_autoptr (GString) spaces = g_string_new (DOCUMENT);
      g_autoptr (GString) space_synonyms = g_string_new (DOCUMENT NAME_SPACE
                                                         "synonyms=");
      g_autoptr (GString) synonyms = g_string_new (DOCUMENT "synonyms=");
      g_autoptr (GString) names = g_string_new (OF ("type=tstr\nsynonyms="));
      g_autoptr (GString) members = g_string_new (
          OF ("type=structure\nmembers="));
      g_autoptr (GString) families = g_string_new (DOCUMENT NAME_SPACE);
      g_autoptr (GString) presets = g_string_new (GOOD);
      g_autoptr (GString) preset = g_string_new (
          GOOD "[preset p]\nname=P\nelements=");

      append_each (elements, 512 + over, "[element n/%u]\nname=E\ntype=tstr\n");
      check_limit (elements->str, over == 1);
      append_each (families,
                   64 + over,
                   "[element n/%u_NN]\nname=E\ntype=tstr\n");
      check_limit (families->str, over == 1);
      append_each (presets, 64 + over, "[preset %u]\nname=P\nelements=e\n");
      check_limit (presets->str, over == 1);
      for (guint i = 0; i < 256 + over; i++)
        g_string_append (preset, "e;");
      check_limit (preset->str, over == 1);
      append_each (spaces, 32 + over, "[name-space %u]\n");
      check_limit (spaces->str, over == 1);

      append_each (space_synonyms, 32 + over, "s%u;");
      check_limit (space_synonyms->str, over == 1);
      append_each (synonyms, 32 + over, "s%u;");
      g_string_append (synonyms, "\n" NAME_SPACE);
      check_limit (synonyms->str, over == 1);
      g_string_truncate (names, names->len - 1);
      append_each (names, 32 + over, "s%u;");
      check_limit (names->str, over == 1);
      g_string_truncate (members, members->len - 1);
      append_each (members, 32 + over, "s%u:uint;");
      check_limit (members->str, over == 1);
    }
}

static void
test_sizes (void)
{
  for (guint over = 0; over <= 1; over++)
    {
      g_autofree char *name = g_strnfill (255 + over, 'x');
      g_autofree char *filler = g_strnfill (256 * 1024 - strlen (GOOD "#")
                                                + over,
                                            'x');
      g_autofree char *whole = g_strconcat (GOOD "#", filler, NULL);
      g_autofree char *named[] = {
        g_strdup_printf ("[document]\ndoc-type=%s\nalias=a\nname="
                         "N\n" NAME_SPACE,
                         name),
        g_strdup_printf (DOCUMENT "[name-space %s]\n", name),
        g_strdup_printf (DOCUMENT "[name-space n]\nsynonyms=%s\n", name),
      };
      g_autofree char *element = NULL;
      g_autofree char *preset = NULL;

      check_limit (whole, over == 1);
      for (gsize i = 0; i < G_N_ELEMENTS (named); i++)
        {
          check_limit (named[i], over == 1);
          g_free (named[i]);
          named[i] = NULL;
        }

      /* with its name space */
      element = g_strdup_printf (DOCUMENT NAME_SPACE
                                 "[element n/%s]\nname=E\ntype=tstr\n",
                                 name + 2);
      check_limit (element, over == 1);
      preset = g_strdup_printf (GOOD "[preset %s]\nname=P\nelements=e\n", name);
      check_limit (preset, over == 1);
    }
}

#define WHOLE                                                                  \
  DOCUMENT "synonyms=u\n[name-space n]\nsynonyms=m\n"                          \
           "[element n/age_over_NN]\nname=E\ntype=bool\nrule=nearest-age\n"    \
           "[element n/e]\nname=E\ntype=structure\nmembers=a:uint\n"           \
           "[preset p]\nname=P\nelements=e\n"

/* No prefix and no one wrong byte crashes the parser or makes it fail without a
 * reason. */
static void
test_every_wrong_byte (void)
{
  gsize len = strlen (WHOLE);

  for (gsize i = 0; i < len; i++)
    {
      g_autofree char *prefix = g_strndup (WHOLE, i);
      g_autoptr (MdocDocType) doc_type = NULL;
      g_autoptr (GError) error = NULL;

      doc_type = parse (prefix, &error);
      g_assert_true ((doc_type == NULL) == (error != NULL));

      for (guint value = 0; value <= G_MAXUINT8; value++)
        {
          g_autofree char *text = g_memdup2 (WHOLE, len);
          g_autoptr (MdocDocType) other = NULL;
          g_autoptr (GError) reason = NULL;

          text[i] = (char) value;
          other = mdoc_doc_type_parse (text, len, &reason);
          g_assert_true ((other == NULL) == (reason != NULL));
        }
    }
}

/* The shortest family has a letter, a low line and the mark; shorter names are
 * looked at no further than they go. */
static void
test_family (void)
{
  static const struct
  {
    const char *element;
    gboolean is_family;
  } tries[] = {
    { "", FALSE },    { "N", FALSE },    { "NN", FALSE },   { "_NN", TRUE },
    { "aNN", FALSE }, { "a_NN", TRUE },  { "a_N", FALSE },  { "a_nn", FALSE },
    { "xx", FALSE },  { "dg_xx", TRUE }, { "dgxx", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autofree char *copy = g_strdup (tries[i].element);

      g_test_message ("%s", copy);
      g_assert_cmpint (mdoc_doc_type_is_family (copy), ==, tries[i].is_family);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/doc-type/case/%s", cases[i].name);
      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/doc-type/message", test_message);
  g_test_add_func ("/doc-type/getters", test_getters);
  g_test_add_func ("/doc-type/find", test_find);
  g_test_add_func ("/doc-type/age-over", test_age_over);
  g_test_add_func ("/doc-type/table", test_table);
  g_test_add_func ("/doc-type/type-names", test_type_names);
  g_test_add_func ("/doc-type/limits", test_limits);
  g_test_add_func ("/doc-type/sizes", test_sizes);
  g_test_add_func ("/doc-type/every-wrong-byte", test_every_wrong_byte);

  g_test_add_func ("/doc-type/family", test_family);

  return g_test_run ();
}
