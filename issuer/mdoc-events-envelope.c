/*
 * mdoc-events-envelope.c - events as they leave: CloudEvents, server-sent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-events-envelope.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-json.h"

/* an envelope holds what an event may tell: portraits, in the worst case */
static const MdocJsonLimits envelope_limits = {
  .max_bytes = (gsize) 8 * 1024 * 1024,
  .max_depth = MDOC_JSON_MAX_DEPTH,
  .max_values = 1024 * 1024
};

/* what an event is about: the first of these that it names */
static const char *const subjects[] = { "midUid",
                                        "credentialId",
                                        "exchangeId",
                                        "requestId",
                                        "batchId" };

static void
copy_text (JsonObject *from, const char *member, JsonObject *to, const char *as)
{
  JsonNode *node = json_object_get_member (from, member);

  if (node != NULL && json_node_get_value_type (node) == G_TYPE_STRING)
    json_object_set_string_member (to, as, json_node_get_string (node));
}

static void
copy_subject (JsonObject *envelope, JsonObject *event)
{
  JsonNode *node = json_object_get_member (envelope, "subject");
  JsonObject *subject;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  subject = json_node_get_object (node);
  for (gsize i = 0; i < G_N_ELEMENTS (subjects); i++)
    if (json_object_has_member (subject, subjects[i]))
      {
        copy_text (subject, subjects[i], event, "subject");
        return;
      }
}

static JsonObject *
start_event (const char *source)
{
  JsonObject *event = json_object_new ();

  json_object_set_string_member (event, "specversion", "1.0");
  json_object_set_string_member (event, "source", source);
  return event;
}

/**
 * mdoc_events_envelope_wrap:
 * @envelope: what the register keeps of an event
 * @source: address of the platform
 * @error: return location for a #MdocJsonError
 *
 * The names of extensions are in lower case (CloudEvents, 3.1).
 *
 * Returns: (transfer full): a CloudEvent, or %NULL with @error set
 */
char *
mdoc_events_envelope_wrap (const char *envelope,
                           const char *source,
                           GError **error)
{
  JsonObject *content;
  g_autoptr (JsonNode) root = mdoc_json_load_object (mdoc_span_from_text (
                                                         envelope),
                                                     "the event",
                                                     &envelope_limits,
                                                     &content,
                                                     error);
  g_autoptr (JsonObject) event = NULL;
  gint64 seq;

  if (root == NULL)
    return NULL;
  if (!mdoc_json_find_int (content, "seq", 0, G_MAXINT32, 0, &seq, error))
    return NULL;

  event = start_event (source);
  copy_text (content, "id", event, "id");
  copy_text (content, "type", event, "type");
  copy_text (content, "time", event, "time");
  copy_subject (content, event);
  json_object_set_string_member (event, "datacontenttype", "application/json");
  json_object_set_int_member (event, "sequence", seq);
  copy_text (content, "correlationId", event, "correlationid");
  copy_text (content, "cause", event, "cause");
  copy_text (content, "actor", event, "actor");
  json_object_set_object_member (event, "data", json_object_ref (content));
  return mdoc_json_write (event);
}

/**
 * mdoc_events_envelope_write_ping:
 * @source: address of the platform
 * @now_unix_s: now
 *
 * Returns: (transfer full): a CloudEvent that means nothing
 */
char *
mdoc_events_envelope_write_ping (const char *source, gint64 now_unix_s)
{
  g_autoptr (JsonObject) event = start_event (source);
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *time = mdoc_time_format (now_unix_s);

  json_object_set_string_member (event, "id", id);
  json_object_set_string_member (event, "type", "subscription.ping");
  json_object_set_string_member (event, "time", time);
  return mdoc_json_write (event);
}

/**
 * mdoc_events_envelope_write_sse:
 * @id: (nullable): what a listener says when it comes again
 * @name: of the message
 * @data: what it holds; may have several lines
 *
 * Returns: (transfer full): the message, with the empty line that ends it
 */
char *
mdoc_events_envelope_write_sse (const char *id,
                                const char *name,
                                const char *data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (data, "\n", -1);

  if (id != NULL)
    g_string_append_printf (text, "id: %s\n", id);
  g_string_append_printf (text, "event: %s\n", name);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_strdelimit (lines[i], "\r", ' ');
      g_string_append_printf (text, "data: %s\n", lines[i]);
    }
  g_string_append_c (text, '\n');
  return g_string_free (g_steal_pointer (&text), FALSE);
}
