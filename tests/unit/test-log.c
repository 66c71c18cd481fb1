/*
 * test-log.c - messages with fields
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-log.h"

/* what is written goes to stderr of a process of its own */
static gboolean
in_child (void)
{
  if (g_test_subprocess ())
    return TRUE;

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  return FALSE;
}

static void
test_text (void)
{
  if (in_child ())
    {
      static const MdocLogFields fields = { .topic = "store", .state = "open" };

      g_set_prgname ("mdoc-thing");
      mdoc_log_init (MDOC_LOG_FORMAT_TEXT, FALSE);
      mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "%u rows", 3u);
      mdoc_log (G_LOG_LEVEL_INFO, NULL, "unseen");
      mdoc_log (G_LOG_LEVEL_DEBUG, NULL, "unseen");
      return;
    }

  g_test_trap_assert_stderr ("mdoc-thing: notice: 3 rows\n");
}

static void
test_verbose (void)
{
  if (in_child ())
    {
      mdoc_log_init (MDOC_LOG_FORMAT_TEXT, TRUE);
      mdoc_log (G_LOG_LEVEL_INFO, NULL, "first");
      mdoc_log (G_LOG_LEVEL_DEBUG, NULL, "second");
      return;
    }

  g_test_trap_assert_stderr ("*: info: first\n*: debug: second\n");
}

static void
test_fields (void)
{
  if (in_child ())
    {
      g_autoptr (GError) error = g_error_new (G_FILE_ERROR,
                                              G_FILE_ERROR_NOENT,
                                              "Nothing there");
      MdocLogFields fields = {
        .topic = "presentation",
        .message_id = "0123456789abcdef0123456789abcdef",
        .session = "abcd",
        .transport = "loopback",
        .state = "consent",
        .doc_type = "org.example.1",
        .error = error,
      };

      mdoc_log_init (MDOC_LOG_FORMAT_FIELDS, FALSE);
      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "No \"%s\"", "luck\nmore");
      return;
    }

  g_test_trap_assert_stderr (
      "LEVEL=\"warning\" "
      "MESSAGE=\"No \\\"luck\\x0amore\\\": Nothing there\" "
      "PRIORITY=\"4\" GLIB_DOMAIN=\"mdoc\" "
      "MESSAGE_ID=\"0123456789abcdef0123456789abcdef\" "
      "MDOC_TOPIC=\"presentation\" MDOC_SESSION=\"abcd\" "
      "MDOC_TRANSPORT=\"loopback\" MDOC_STATE=\"consent\" "
      "MDOC_DOC_TYPE=\"org.example.1\" "
      "MDOC_ERROR_DOMAIN=\"g-file-error-quark\" MDOC_ERROR_CODE=\"4\"\n");
}

static void
test_foreign (void)
{
  if (in_child ())
    {
      mdoc_log_init (MDOC_LOG_FORMAT_FIELDS, FALSE);
      g_message ("from elsewhere");
      return;
    }

  g_test_trap_assert_stderr ("LEVEL=\"notice\"*MESSAGE=\"from elsewhere\"*");
}

static void
test_format_names (void)
{
  MdocLogFormat format = MDOC_LOG_FORMAT_AUTO;

  g_assert_true (mdoc_log_format_from_name ("fields", &format));
  g_assert_cmpint (format, ==, MDOC_LOG_FORMAT_FIELDS);
  g_assert_true (mdoc_log_format_from_name ("text", &format));
  g_assert_cmpint (format, ==, MDOC_LOG_FORMAT_TEXT);
  g_assert_false (mdoc_log_format_from_name ("xml", &format));
  g_assert_cmpint (format, ==, MDOC_LOG_FORMAT_TEXT);
  g_assert_true (mdoc_log_format_from_name ("auto", &format));
  g_assert_cmpint (format, ==, MDOC_LOG_FORMAT_AUTO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log/text", test_text);
  g_test_add_func ("/log/verbose", test_verbose);
  g_test_add_func ("/log/fields", test_fields);
  g_test_add_func ("/log/foreign", test_foreign);
  g_test_add_func ("/log/format-names", test_format_names);

  return g_test_run ();
}
