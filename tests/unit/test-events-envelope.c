/*
 * test-events-envelope.c - events as CloudEvents and in a stream
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-metrics.h"
#include "issuer/mdoc-events-envelope.h"
#include "openid/mdoc-json.h"

#define SOURCE "https://issuer.example"

static JsonObject *
wrap (const char *envelope, JsonNode **ret_root)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *wrapped = mdoc_events_envelope_wrap (envelope,
                                                        SOURCE,
                                                        &error);

  g_assert_no_error (error);
  *ret_root = json_from_string (wrapped, &error);
  g_assert_no_error (error);
  return json_node_get_object (*ret_root);
}

static void
test_wrap (void)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *event
      = wrap ("{\"specVersion\":1,\"id\":\"0190\",\"seq\":7,"
              "\"type\":\"mIDIssued\",\"time\":\"2026-11-28T02:00:00Z\","
              "\"correlationId\":\"c-1\",\"cause\":\"enrollment\","
              "\"actor\":\"holder\",\"subject\":{\"credentialId\":\"c\","
              "\"midUid\":\"m\"},\"final\":false,\"data\":{\"generation\":1}}",
              &root);
  static const char *const wanted[][2] = {
    { "specversion", "1.0" },
    { "source", SOURCE },
    { "id", "0190" },
    { "type", "mIDIssued" },
    { "time", "2026-11-28T02:00:00Z" },
    { "subject", "m" },
    { "datacontenttype", "application/json" },
    { "correlationid", "c-1" },
    { "cause", "enrollment" },
    { "actor", "holder" },
  };
  g_autoptr (GList) members = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpstr (json_object_get_string_member (event, wanted[i][0]),
                     ==,
                     wanted[i][1]);
  g_assert_cmpint (json_object_get_int_member (event, "sequence"), ==, 7);
  /* names of attributes: lower case and digits alone (CloudEvents, 3.1) */
  members = json_object_get_members (event);
  for (GList *l = members; l != NULL; l = l->next)
    for (const char *c = l->data; *c != '\0'; c++)
      g_assert_true (g_ascii_islower (*c) || g_ascii_isdigit (*c));
  /* the envelope is in it, whole */
  event = json_object_get_object_member (event, "data");
  g_assert_cmpint (json_object_get_int_member (event, "specVersion"), ==, 1);
  g_assert_cmpint (
      json_object_get_int_member (json_object_get_object_member (event, "data"),
                                  "generation"),
      ==,
      1);
}

static void
test_wrap_little (void)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *event = wrap ("{\"id\":\"1\",\"type\":\"x\",\"subject\":null,"
                            "\"cause\":null}",
                            &root);

  g_assert_false (json_object_has_member (event, "subject"));
  g_assert_false (json_object_has_member (event, "cause"));
  g_assert_null (mdoc_events_envelope_wrap ("{", SOURCE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (mdoc_events_envelope_wrap ("[]", SOURCE, &error));
  g_assert_nonnull (error);
}

static void
test_sse (void)
{
  g_autofree char *one = mdoc_events_envelope_write_sse ("12", "x", "{}");
  g_autofree char *lines = mdoc_events_envelope_write_sse (NULL,
                                                           "state",
                                                           "a\nb\r\n\nc");

  g_assert_cmpstr (one, ==, "id: 12\nevent: x\ndata: {}\n\n");
  /* nothing in the data can end the message or begin a field */
  g_assert_cmpstr (lines,
                   ==,
                   "event: state\ndata: a\ndata: b \ndata: \ndata: c\n\n");
}

static void
test_metrics (void)
{
  MdocAdminMetrics *metrics = mdoc_admin_metrics_new ();
  g_autofree char *text = NULL;

  mdoc_admin_metrics_add (metrics, "mdoc_a", MDOC_METRIC_GAUGE, "As", -1);
  mdoc_admin_metrics_add (metrics, "mdoc_b", MDOC_METRIC_COUNTER, "Bs", 2);
  text = mdoc_admin_metrics_finish (metrics);
  g_assert_cmpstr (text,
                   ==,
                   "# TYPE mdoc_a gauge\n# HELP mdoc_a As.\nmdoc_a -1\n"
                   "# TYPE mdoc_b counter\n# HELP mdoc_b Bs.\n"
                   "mdoc_b_total 2\n# EOF\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/events-envelope/wrap", test_wrap);
  g_test_add_func ("/events-envelope/wrap-little", test_wrap_little);
  g_test_add_func ("/events-envelope/sse", test_sse);
  g_test_add_func ("/admin-metrics/text", test_metrics);
  return g_test_run ();
}
