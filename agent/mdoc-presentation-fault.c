/*
 * mdoc-presentation-fault.c - answers that no wallet should send
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-presentation-private.h"
#include "agent/mdoc-presentation.h"
#include "base/mdoc-names.h"
#include "mdoc/mdoc-session.h"

/* SessionData (ISO/IEC 18013-5, 9.1.1.4) with a status alone */
#define STATUS_ONLY(status)                                                    \
  "\xa1\x66"                                                                   \
  "status" status

/* no CBOR: a break with nothing that it could end */
static const char garbage[] = "\xff no message";

/* The last byte is of the tag of what is encrypted. */
static GBytes *
tamper (GBytes *message)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (message, &len);
  guint8 *copy = g_memdup2 (data, len);

  copy[len - 1] ^= 1;
  return g_bytes_new_take (copy, len);
}

static GBytes *
make_oversize (void)
{
  gsize len = MDOC_SESSION_MAX_RESPONSE_BYTES + 1;

  return g_bytes_new_take (g_malloc0 (len), len);
}

static gboolean
misbehave (MdocPresentation *self,
           MdocTransportFault fault,
           GBytes *message,
           gsize n)
{
  g_autoptr (GError) error = NULL;

  if (mdoc_transport_misbehave (self->transport, fault, message, n))
    return TRUE;

  mdoc_agent_refuse (&error,
                     MDOC_AGENT_ERROR_UNSUPPORTED,
                     "The transport has no such fault");
  mdoc_presentation_set_message (self, error);
  mdoc_presentation_end (self, MDOC_PRESENTATION_END_FAILED);
  return FALSE;
}

/**
 * mdoc_presentation_send_faulty:
 * @self: a presentation
 * @message: the answer as it should be
 *
 * Does instead of sending it what @self was started for, as a test of readers.
 * What follows is up to the reader, or to the closed event of a transport that
 * was cut.
 */
void
mdoc_presentation_send_faulty (MdocPresentation *self, GBytes *message)
{
  gsize len = g_bytes_get_size (message);
  g_autoptr (GBytes) instead = NULL;

  switch (self->ending)
    {
    case MDOC_PRESENTATION_BY_VANISHING:
      misbehave (self, MDOC_TRANSPORT_FAULT_CUT, message, len);
      return;
    case MDOC_PRESENTATION_CUT_FIRST_BYTE:
      misbehave (self, MDOC_TRANSPORT_FAULT_CUT, message, 1);
      return;
    case MDOC_PRESENTATION_CUT_MIDDLE:
      misbehave (self, MDOC_TRANSPORT_FAULT_CUT, message, len / 2);
      return;
    case MDOC_PRESENTATION_CUT_LAST_BYTE:
      misbehave (self, MDOC_TRANSPORT_FAULT_CUT, message, len - 1);
      return;
    case MDOC_PRESENTATION_LENGTH:
    case MDOC_PRESENTATION_PREFIX:
      if (!misbehave (self,
                      self->ending == MDOC_PRESENTATION_LENGTH
                          ? MDOC_TRANSPORT_FAULT_LENGTH
                          : MDOC_TRANSPORT_FAULT_PREFIX,
                      message,
                      len))
        return;
      break;
    case MDOC_PRESENTATION_OVERSIZE:
      instead = make_oversize ();
      break;
    case MDOC_PRESENTATION_GARBAGE:
      instead = g_bytes_new_static (garbage, sizeof garbage - 1);
      break;
    case MDOC_PRESENTATION_TAMPERED:
      instead = tamper (message);
      break;
    case MDOC_PRESENTATION_ERROR_STATUS:
      instead = g_bytes_new_static (STATUS_ONLY ("\x0b"),
                                    sizeof STATUS_ONLY ("\x0b") - 1);
      break;
    case MDOC_PRESENTATION_LATE_ANSWER:
      instead = g_bytes_new_static (STATUS_ONLY ("\x14"),
                                    sizeof STATUS_ONLY ("\x14") - 1);
      break;
    case MDOC_PRESENTATION_BY_READER:
    case MDOC_PRESENTATION_BY_ANSWER:
    case MDOC_PRESENTATION_BY_STATUS:
    case MDOC_PRESENTATION_BY_TRANSPORT:
    default:
      g_return_if_reached ();
    }

  if (instead != NULL)
    mdoc_presentation_send (self, instead);
  if (self->ending == MDOC_PRESENTATION_LATE_ANSWER)
    mdoc_presentation_send (self, message);
  mdoc_presentation_watch_deadline (self);
  mdoc_presentation_set_state (self, MDOC_PRESENTATION_CONNECTED);
}
