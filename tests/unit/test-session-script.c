/*
 * test-session-script.c - whole sessions, message by message
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-session-private.h"
#include "mdoc/mdoc-session.h"
#include "tests/lib/mdoc-test-session.h"
#include "tests/lib/mdoc-test-vectors.h"

/* What one side says. */
typedef enum
{
  REQUESTS,
  RESPONDS,
  RESPONDS_LAST,
  TERMINATES,
  STOP, /* the end of a script */
} Verb;

/* @says: for REQUESTS and RESPONDS a plaintext; an entry of Annex D if it
 * begins with '@'
 * @sends: the message on the wire, likewise; %NULL if it need not be known */
typedef struct
{
  Verb verb;
  gboolean by_holder;
  const char *says;
  const char *sends;
} Line;

#define READER FALSE
#define HOLDER TRUE

typedef struct
{
  const char *name;
  MdocSessionEnd holder_end;
  MdocSessionEnd reader_end;
  Line lines[12];
} Script;

static const Script scripts[] = {
  { "annex-d",
    MDOC_SESSION_END_PEER_TERMINATED,
    MDOC_SESSION_END_WE_TERMINATED,
    { { REQUESTS, READER, "@device_request", "@session_establishment" },
      { RESPONDS, HOLDER, "@device_response", "@session_data" },
      { TERMINATES, READER, NULL, "@session_termination" },
      { .verb = STOP } } },
  { "annex-d-ended-by-holder",
    MDOC_SESSION_END_WE_TERMINATED,
    MDOC_SESSION_END_PEER_TERMINATED,
    { { REQUESTS, READER, "@device_request", "@session_establishment" },
      { RESPONDS, HOLDER, "@device_response", "@session_data" },
      { TERMINATES, HOLDER, NULL, "@session_termination" },
      { .verb = STOP } } },
  { "several-requests",
    MDOC_SESSION_END_PEER_TERMINATED,
    MDOC_SESSION_END_WE_TERMINATED,
    { { REQUESTS, READER, "@device_request", "@session_establishment" },
      { RESPONDS, HOLDER, "@device_response", "@session_data" },
      { REQUESTS, READER, "and this?", NULL },
      { RESPONDS, HOLDER, "here", NULL },
      { REQUESTS, READER, "and that?", NULL },
      { RESPONDS, HOLDER, "no", NULL },
      { TERMINATES, READER, NULL, "@session_termination" },
      { .verb = STOP } } },
  { "last-response",
    MDOC_SESSION_END_WE_TERMINATED,
    MDOC_SESSION_END_PEER_TERMINATED,
    { { REQUESTS, READER, "?", NULL },
      { RESPONDS, HOLDER, "yes", NULL },
      { REQUESTS, READER, "?", NULL },
      { RESPONDS_LAST, HOLDER, "that is all", NULL },
      { .verb = STOP } } },
  { "reader-gives-up",
    MDOC_SESSION_END_PEER_TERMINATED,
    MDOC_SESSION_END_WE_TERMINATED,
    { { REQUESTS, READER, "?", NULL },
      { TERMINATES, READER, NULL, "@session_termination" },
      { .verb = STOP } } },
  { "holder-gives-up",
    MDOC_SESSION_END_WE_TERMINATED,
    MDOC_SESSION_END_PEER_TERMINATED,
    { { REQUESTS, READER, "?", NULL },
      { TERMINATES, HOLDER, NULL, "@session_termination" },
      { .verb = STOP } } },
  { "reader-asks-nothing",
    MDOC_SESSION_END_PEER_TERMINATED,
    MDOC_SESSION_END_WE_TERMINATED,
    { { TERMINATES, READER, NULL, "@session_termination" },
      { .verb = STOP } } },
  { "holder-asked-nothing",
    MDOC_SESSION_END_WE_TERMINATED,
    MDOC_SESSION_END_PEER_TERMINATED,
    { { TERMINATES, HOLDER, NULL, "@session_termination" },
      { .verb = STOP } } },
};

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static GBytes *
words (const char *text)
{
  return text[0] == '@' ? mdoc_test_annex_d (text + 1) : text_bytes (text);
}

static GBytes *
speak (MdocHolderSession *holder,
       MdocReaderSession *reader,
       const Line *line,
       gint64 now_ms)
{
  g_autoptr (GBytes) plaintext = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *message = NULL;

  if (line->says != NULL)
    plaintext = words (line->says);
  switch (line->verb)
    {
    case REQUESTS:
      message = mdoc_reader_session_request (reader, plaintext, now_ms, &error);
      break;
    case RESPONDS:
    case RESPONDS_LAST:
      message = mdoc_holder_session_respond (holder,
                                             plaintext,
                                             line->verb == RESPONDS_LAST,
                                             now_ms,
                                             &error);
      break;
    case TERMINATES:
      message = line->by_holder ? mdoc_holder_session_terminate (holder)
                                : mdoc_reader_session_terminate (reader);
      break;
    case STOP:
    default:
      g_assert_not_reached ();
    }
  g_assert_no_error (error);
  g_assert_nonnull (message);
  return message;
}

static void
assert_heard (GBytes *found, const Line *line)
{
  g_autoptr (GBytes) wanted = NULL;

  if (line->says == NULL)
    {
      g_assert_null (found);
      return;
    }

  wanted = words (line->says);
  g_assert_nonnull (found);
  g_assert_true (g_bytes_equal (found, wanted));
}

static void
listen (MdocHolderSession *holder,
        MdocReaderSession *reader,
        const Line *line,
        GBytes *message,
        gint64 now_ms)
{
  g_autoptr (GError) error = NULL;
  GBytes *reply = NULL;

  if (line->by_holder)
    {
      MdocReaderEvent event;

      g_assert_true (mdoc_reader_session_receive (reader,
                                                  message,
                                                  now_ms,
                                                  &event,
                                                  &reply,
                                                  &error));
      assert_heard (mdoc_reader_session_get_response (reader), line);
      g_assert_cmpint (event,
                       ==,
                       line->verb == TERMINATES ? MDOC_READER_EVENT_ENDED
                                                : MDOC_READER_EVENT_RESPONSE);
    }
  else
    {
      MdocHolderEvent event;

      g_assert_true (mdoc_holder_session_receive (holder,
                                                  message,
                                                  now_ms,
                                                  &event,
                                                  &reply,
                                                  &error));
      assert_heard (mdoc_holder_session_get_request (holder), line);
      g_assert_cmpint (event,
                       ==,
                       line->verb == TERMINATES ? MDOC_HOLDER_EVENT_ENDED
                                                : MDOC_HOLDER_EVENT_REQUEST);
    }
  g_assert_no_error (error);
  g_assert_null (reply);
}

static void
test_script (gconstpointer data)
{
  const Script *script = data;
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab, 0);
  g_autoptr (MdocReaderSession) reader = mdoc_test_session_new_reader (lab, 0);
  gint64 now_ms = 0;

  for (const Line *line = script->lines; line->verb != STOP; line++)
    {
      g_autoptr (GBytes) message = NULL;

      now_ms += 1000;
      message = speak (holder, reader, line, now_ms);
      if (line->sends != NULL)
        {
          g_autoptr (GBytes) wanted = words (line->sends);

          g_assert_true (g_bytes_equal (message, wanted));
        }
      listen (holder, reader, line, message, now_ms);
    }

  g_assert_cmpint (mdoc_holder_session_get_end_reason (holder),
                   ==,
                   script->holder_end);
  g_assert_cmpint (mdoc_reader_session_get_end_reason (reader),
                   ==,
                   script->reader_end);
  g_assert_null (mdoc_holder_session_get_cipher (holder));
  g_assert_null (mdoc_reader_session_get_cipher (reader));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/session-script/%s", scripts[i].name);
      g_test_add_data_func (path, &scripts[i], test_script);
    }

  return g_test_run ();
}
