/*
 * test-sse.c - reading a stream of server-sent events
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "net/mdoc-sse.h"

#define MAX_BYTES 64

static void
note (const char *id, const char *type, const char *data, gpointer user_data)
{
  g_string_append_printf (user_data, "[%s|%s|%s]", id, type, data);
}

static const struct
{
  const char *name;
  const char *stream;
  const char *events;
} streams[] = {
  { "nothing", "", "" },
  { "one", "data: a\n\n", "[|message|a]" },
  { "all", "id: 7\nevent: x\ndata: a\n\n", "[7|x|a]" },
  { "lines", "data: a\ndata:\ndata:  b\n\n", "[|message|a\n\n b]" },
  { "returns",
    "id: 7\r\ndata: a\r\n\r\ndata: b\r\rdata: c\n\n",
    "[7|message|a][7|message|b][7|message|c]" },
  { "no-space", "data:a\nid:1\n\n", "[1|message|a]" },
  { "no-colon", "data\n\n", "[|message|]" },
  { "comment", ": hello\n\ndata: a\n: b\n\n", "[|message|a]" },
  { "not-ended", "data: a\n\ndata: b\n", "[|message|a]" },
  { "id-stays", "id: 1\ndata: a\n\ndata: b\n\n", "[1|message|a][1|message|b]" },
  { "id-ends",
    "id: 1\ndata: a\n\nid\ndata: b\n\n",
    "[1|message|a][|message|b]" },
  { "type-ends", "event: x\ndata: a\n\ndata: b\n\n", "[|x|a][|message|b]" },
  { "type-alone", "event: x\n\ndata: b\n\n", "[|message|b]" },
  { "unknown", "Data: a\nfoo: b\ndata: c\n\n", "[|message|c]" },
  { "bom",
    "\xef\xbb\xbf"
    "data: a\n\n",
    "[|message|a]" },
};

/* In one piece, byte by byte, and in pieces of each length. */
static void
test_events (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (streams); i++)
    for (gsize step = 1; step <= strlen (streams[i].stream) + 1; step++)
      {
        g_autoptr (GString) told = g_string_new (NULL);
        g_autoptr (MdocSse) sse = mdoc_sse_new (MAX_BYTES, note, told);
        const gsize len = strlen (streams[i].stream);

        g_test_message ("%s, %" G_GSIZE_FORMAT, streams[i].name, step);
        for (gsize at = 0; at < len; at += step)
          g_assert_true (
              mdoc_sse_add (sse, streams[i].stream + at, MIN (step, len - at)));
        g_assert_cmpstr (told->str, ==, streams[i].events);
      }
}

static void
test_retry (void)
{
  static const struct
  {
    const char *line;
    guint retry_ms;
  } lines[] = { { "retry: 30000\n", 30000 },
                { "retry: 30000\n\nretry: x\n", 30000 },
                { "retry: 30000\nretry: -1\nretry: 1.5\nretry:\n", 30000 },
                { "retry: 99999999999999\n", MDOC_SSE_MAX_RETRY_MS },
                { "data: 5\n", 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GString) told = g_string_new (NULL);
      g_autoptr (MdocSse) sse = mdoc_sse_new (MAX_BYTES, note, told);

      g_assert_true (mdoc_sse_add (sse, lines[i].line, strlen (lines[i].line)));
      g_assert_cmpuint (mdoc_sse_get_retry_ms (sse), ==, lines[i].retry_ms);
      g_assert_cmpstr (told->str, ==, "");
    }
}

/* An event of which only a part has come does not count, nor does its id. */
static void
test_restart (void)
{
  static const char first[] = "id: 1\ndata: a\n\nid: 2\nevent: x\ndata: b\nda";
  static const char second[] = "\xef\xbb\xbf"
                               "data: c\n\n";
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (MdocSse) sse = mdoc_sse_new (MAX_BYTES, note, told);

  g_assert_cmpstr (mdoc_sse_get_last_id (sse), ==, "");
  g_assert_true (mdoc_sse_add (sse, first, strlen (first)));
  g_assert_cmpstr (mdoc_sse_get_last_id (sse), ==, "1");
  mdoc_sse_restart (sse);
  g_assert_true (mdoc_sse_add (sse, second, strlen (second)));
  g_assert_cmpstr (told->str, ==, "[1|message|a][1|message|c]");
  g_assert_cmpstr (mdoc_sse_get_last_id (sse), ==, "1");
}

static void
test_limit (void)
{
  g_autofree char *most = g_strnfill (MAX_BYTES - 5, 'a');
  g_autofree char *fits = g_strdup_printf ("data:%s\n\ndata:%s\n\n",
                                           most,
                                           most);
  g_autofree char *over = g_strdup_printf ("data:%sb\n\n", most);
  g_autofree char *lines = g_strdup_printf (":%s\ndata:b\n\n", most);
  const char *const wrong[] = { over, lines, "data: \xff\n\n", "\xc3\n" };
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (MdocSse) good = mdoc_sse_new (MAX_BYTES, note, told);

  g_assert_true (mdoc_sse_add (good, fits, strlen (fits)));
  g_string_truncate (told, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (MdocSse) sse = mdoc_sse_new (MAX_BYTES, note, told);

      g_assert_false (mdoc_sse_add (sse, wrong[i], strlen (wrong[i])));
      /* nothing more is read */
      g_assert_false (mdoc_sse_add (sse, "\n\ndata: a\n\n", 11));
      g_assert_cmpstr (told->str, ==, "");
    }
  {
    g_autoptr (MdocSse) sse = mdoc_sse_new (MAX_BYTES, note, told);

    g_assert_false (mdoc_sse_add (sse, "id: a\0b\n", 8));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sse/events", test_events);
  g_test_add_func ("/sse/retry", test_retry);
  g_test_add_func ("/sse/restart", test_restart);
  g_test_add_func ("/sse/limit", test_limit);
  return g_test_run ();
}
