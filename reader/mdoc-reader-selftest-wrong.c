/*
 * mdoc-reader-selftest-wrong.c - messages that no reader should send
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-selftest-wrong.h"

#include <string.h>

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-session-core.h"
#include "mdoc/mdoc-session.h"

/* over what a request may take, with a margin for holders that allow more than
 * we do */
#define OVERSIZE_BYTES (MDOC_SESSION_MAX_REQUEST_BYTES + 64 * 1024)

#define VERSION_1_0                                                            \
  "\x67version\x63"                                                            \
  "1.0"
#define VERSION_9_9                                                            \
  "\x67version\x63"                                                            \
  "9.9"

static GBytes *
take_copy (GBytes *bytes, guint8 **ret_data)
{
  gsize len = g_bytes_get_size (bytes);

  *ret_data = g_malloc (MAX (len, 1));
  if (len > 0)
    memcpy (*ret_data, g_bytes_get_data (bytes, NULL), len);
  return g_bytes_new_take (*ret_data, len);
}

/* One bit of the last byte. */
static GBytes *
flip_last (GBytes *bytes)
{
  guint8 *data;
  GBytes *copy = take_copy (bytes, &data);

  data[g_bytes_get_size (bytes) - 1] ^= 1;
  return copy;
}

/* The data stands last in a message, and the tag last in the data. */
static GBytes *
make_tampered (MdocReaderProbe *probe, GBytes *request, GError **error)
{
  g_autoptr (GBytes) message = mdoc_reader_probe_seal (probe, request, error);

  return message != NULL ? flip_last (message) : NULL;
}

/* The last byte of a COSE_Key is that of y, or of x where there is no y: then
 * it is another key, and the data does not decrypt. */
static GBytes *
make_wrong_key (MdocReaderProbe *probe)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) spoilt = NULL;
  g_autoptr (GBytes) data = g_bytes_new_static ("no matter what it says", 22);
  MdocSessionMessage message = { .has_e_reader_key = TRUE, .has_data = TRUE };

  mdoc_cose_key_write (writer,
                       mdoc_key_get_public (mdoc_reader_probe_get_key (probe)));
  key = mdoc_cbor_writer_finish (writer);
  spoilt = flip_last (key);
  message.e_reader_key = mdoc_span_from_bytes (spoilt);
  message.data = mdoc_span_from_bytes (data);
  return mdoc_session_message_write (&message);
}

static GBytes *
make_oversize (void)
{
  guint8 *data = g_malloc (OVERSIZE_BYTES);
  g_autoptr (GBytes) bytes = NULL;
  MdocSessionMessage message = { .has_data = TRUE };

  memset (data, 0x5a, OVERSIZE_BYTES);
  bytes = g_bytes_new_take (data, OVERSIZE_BYTES);
  message.data = mdoc_span_from_bytes (bytes);
  return mdoc_session_message_write (&message);
}

/* Ours are of version 1.0 where nothing of a later one is asked for. */
static GBytes *
change_version (GBytes *request)
{
  const gsize len = sizeof (VERSION_1_0) - 1;
  guint8 *data;
  GBytes *copy = take_copy (request, &data);

  for (gsize i = 0; i + len <= g_bytes_get_size (request); i++)
    if (memcmp (data + i, VERSION_1_0, len) == 0)
      {
        memcpy (data + i, VERSION_9_9, len);
        break;
      }
  return copy;
}

/**
 * mdoc_selftest_make_wrong:
 * @probe: for which session
 * @wrong: what is wrong
 * @request: a DeviceRequest that is in order
 * @last: (nullable): the last message that was sent
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full): the message, or %NULL with @error set
 */
GBytes *
mdoc_selftest_make_wrong (MdocReaderProbe *probe,
                          MdocSelftestWrong wrong,
                          GBytes *request,
                          GBytes *last,
                          GError **error)
{
  g_autoptr (GBytes) plaintext = NULL;

  switch (wrong)
    {
    case MDOC_SELFTEST_WRONG_GARBAGE:
      return g_bytes_new_static ("\xff\x1e garbage", 10);
    case MDOC_SELFTEST_WRONG_NO_MAP:
      return g_bytes_new_static ("\x83\x01\x02\x03", 4);
    case MDOC_SELFTEST_WRONG_TAMPERED:
      return make_tampered (probe, request, error);
    case MDOC_SELFTEST_WRONG_REPLAYED:
      return g_bytes_ref (last);
    case MDOC_SELFTEST_WRONG_KEY:
      return make_wrong_key (probe);
    case MDOC_SELFTEST_WRONG_OVERSIZE:
      return make_oversize ();
    case MDOC_SELFTEST_WRONG_NO_REQUEST:
      plaintext = g_bytes_new_static ("\xff\x1e garbage", 10);
      break;
    case MDOC_SELFTEST_WRONG_CUT_REQUEST:
      plaintext = g_bytes_new_from_bytes (request,
                                          0,
                                          g_bytes_get_size (request) - 1);
      break;
    case MDOC_SELFTEST_WRONG_VERSION:
      plaintext = change_version (request);
      break;
    case MDOC_SELFTEST_WRONG_EMPTY:
    default:
      return g_bytes_new (NULL, 0);
    }

  return mdoc_reader_probe_seal (probe, plaintext, error);
}

MdocTranscript *
mdoc_selftest_make_foreign_transcript (void)
{
  static const guint8 engagement[] = { 0xa0 };
  static const guint8 key[] = { 0xa0 };

  return mdoc_transcript_new_qr (MDOC_SPAN (engagement, sizeof engagement),
                                 MDOC_SPAN (key, sizeof key));
}
