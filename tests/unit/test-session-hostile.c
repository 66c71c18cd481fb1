/*
 * test-session-hostile.c - what a session does with messages made to hurt
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>
#include <sys/resource.h>

#include "mdoc/mdoc-session-core.h"
#include "mdoc/mdoc-session.h"
#include "tests/lib/mdoc-test-session.h"
#include "tests/lib/mdoc-test.h"

/* What any message may cost. */
#define MAX_CPU_US    ((gint64) G_USEC_PER_SEC)
#define MAX_EXTRA_KIB ((glong) 64 * 1024)

#define N_RANDOM 200

/* A beginning in hexadecimal, and a byte that follows so many times. */
typedef struct
{
  const char *name;
  const char *start;
  guint8 filler;
  guint n_fillers;
} Case;

static const Case cases[] = {
  { "empty", "", 0, 0 },
  { "eight-gigabytes", "829b00000000200000009b0000000020000000", 0, 0 },
  { "eight-gigabytes-within",
    "a16464617461829b00000000200000009b0000000020000000",
    0,
    0 },
  { "most-pairs", "bbffffffffffffffff", 0, 0 },
  { "most-pairs-halved", "bb8000000000000000", 0, 0 },
  { "most-bytes", "a164646174615b7fffffffffffffff", 0, 0 },
  { "most-text", "a17b7fffffffffffffff", 0, 0 },
  { "deep-arrays", "", 0x81, 1000000 },
  { "deep-tags", "", 0xc0, 1000000 },
  { "deep-within", "a16464617461", 0x81, 1000000 },
  { "embedded-deep", "a16a655265616465724b6579d8185a000f0000", 0x81, 0xf0000 },
  { "many-items", "a164646174619a000f0000", 0x00, 0xf0000 },
  { "many-pairs", "ba00070000", 0x00, 0xe0000 },
  { "key-twice", "a266737461747573146673746174757314", 0, 0 },
  { "key-twice-at-length", "a26673746174757314780673746174757314", 0, 0 },
  { "indefinite", "bf6673746174757314ff", 0, 0 },
  { "indefinite-data", "a164646174615f4100ff", 0, 0 },
  { "reserved", "a166737461747573f801", 0, 0 },
  { "trailing", "a166737461747573 1400", 0, 0 },
  { "no-map", "8101", 0, 0 },
  { "data-is-text", "a164646174616161", 0, 0 },
  { "status-is-negative", "a16673746174757320", 0, 0 },
  { "key-without-tag", "a16a655265616465724b657941a0", 0, 0 },
};

static GBytes *
build (const Case *c)
{
  g_autoptr (GBytes) start = mdoc_test_bytes_from_hex (c->start);
  gsize len = g_bytes_get_size (start);
  guint8 *data = g_malloc (len + c->n_fillers + 1);

  if (len > 0)
    memcpy (data, g_bytes_get_data (start, NULL), len);
  memset (data + len, c->filler, c->n_fillers);
  return g_bytes_new_take (data, len + c->n_fillers);
}

typedef struct
{
  gint64 cpu_us;
  glong max_rss_kib;
} Cost;

static Cost
measure (void)
{
  struct rusage usage;
  const struct timeval *user = &usage.ru_utime, *system = &usage.ru_stime;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return (Cost){ (gint64) (user->tv_sec + system->tv_sec) * G_USEC_PER_SEC
                     + user->tv_usec + system->tv_usec,
                 usage.ru_maxrss };
}

static void
assert_cheap (Cost before)
{
  Cost after = measure ();

  g_assert_cmpint (after.cpu_us - before.cpu_us, <=, MAX_CPU_US);
  g_assert_cmpint (after.max_rss_kib - before.max_rss_kib, <=, MAX_EXTRA_KIB);
}

/* The session is over, and the peer is told that it could not be read. */
static void
assert_told (GBytes *reply, const GError *error)
{
  MdocSessionMessage parsed;

  g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_CBOR);
  g_assert_true (*error->message != '\0');
  g_assert_nonnull (reply);
  g_assert_true (mdoc_session_message_parse (mdoc_span_from_bytes (reply),
                                             64,
                                             &parsed,
                                             NULL));
  g_assert_true (parsed.has_status && !parsed.has_data);
  g_assert_cmpuint (parsed.status, ==, MDOC_SESSION_STATUS_CBOR_ERROR);
}

static void
give_holder (MdocTestSession *lab, GBytes *message)
{
  g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab, 0);
  Cost before = measure ();
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  MdocHolderEvent event;

  g_assert_false (
      mdoc_holder_session_receive (holder, message, 0, &event, &reply, &error));
  assert_cheap (before);
  assert_told (reply, error);
  g_assert_cmpint (event, ==, MDOC_HOLDER_EVENT_ENDED);
  g_assert_true (mdoc_holder_session_is_ended (holder));
  g_assert_null (mdoc_holder_session_get_request (holder));
}

static void
give_reader (MdocTestSession *lab, GBytes *message)
{
  g_autoptr (MdocReaderSession) reader = mdoc_test_session_new_reader (lab, 0);
  g_autoptr (GBytes) plaintext = g_bytes_new_static ("?", 1);
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  MdocReaderEvent event;
  Cost before;

  request = mdoc_reader_session_request (reader, plaintext, 0, &error);
  g_assert_no_error (error);
  before = measure ();
  g_assert_false (
      mdoc_reader_session_receive (reader, message, 0, &event, &reply, &error));
  assert_cheap (before);
  assert_told (reply, error);
  g_assert_cmpint (event, ==, MDOC_READER_EVENT_ENDED);
  g_assert_true (mdoc_reader_session_is_ended (reader));
  g_assert_null (mdoc_reader_session_get_response (reader));
}

static void
test_crafted (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) message = build (&cases[i]);

      g_test_message ("%s", cases[i].name);
      g_assert_cmpuint (g_bytes_get_size (message),
                        <=,
                        MDOC_SESSION_MAX_REQUEST_BYTES);
      give_holder (lab, message);
      give_reader (lab, message);
    }
}

/* The same in each run. Not one of them is a map that means something. */
static void
test_random (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (GRand) chance = g_rand_new_with_seed (18013);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      gsize len = (gsize) 1 << g_rand_int_range (chance, 0, 16);
      guint8 *data = g_malloc (len);
      g_autoptr (GBytes) message = g_bytes_new_take (data, len);

      for (gsize j = 0; j < len; j++)
        data[j] = (guint8) g_rand_int_range (chance, 0, 256);
      /* an empty map is one without a fault */
      data[0] = data[0] == 0xa0 ? 0xa1 : data[0];
      give_holder (lab, message);
      give_reader (lab, message);
    }
}

/* Longer than any message may be: nobody looks inside. */
static void
test_too_long (void)
{
  g_autoptr (MdocTestSession) lab = mdoc_test_session_new ();
  g_autoptr (MdocHolderSession) holder = mdoc_test_session_new_holder (lab, 0);
  gsize len = 2 * MDOC_SESSION_MAX_REQUEST_BYTES;
  g_autoptr (GBytes) message = g_bytes_new_take (g_malloc0 (len), len);
  Cost before = measure ();
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  MdocHolderEvent event;

  g_assert_false (
      mdoc_holder_session_receive (holder, message, 0, &event, &reply, &error));
  assert_cheap (before);
  g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_LIMIT);
  g_assert_true (mdoc_holder_session_is_ended (holder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session-hostile/crafted", test_crafted);
  g_test_add_func ("/session-hostile/random", test_random);
  g_test_add_func ("/session-hostile/too-long", test_too_long);

  return g_test_run ();
}
