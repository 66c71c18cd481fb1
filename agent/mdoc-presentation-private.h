/*
 * mdoc-presentation-private.h - what the parts of a presentation share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-presentation.h"
#include "agent/mdoc-proposal.h"
#include "base/mdoc-log.h"
#include "mdoc/mdoc-session.h"
#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

struct _MdocPresentation
{
  MdocAgent *agent;
  char *path;
  char *owner; /* unique name of who started it */
  char *uri;
  char *name; /* for the log; made by chance, kept nowhere */
  guint owner_watch_id;

  MdocHolderSession *session;
  MdocTransport *transport;
  MdocPresentationEnding ending;
  gboolean is_connected;
  gboolean is_ended;
  gboolean is_closed; /* the transport is */

  const char *state;
  const char *end_reason;
  char *message;      /* for people: why it has ended */
  GPtrArray *entries; /* of GVariant a{sv}: what became of each request */
  gboolean has_responded;
  GHashTable *released_ages;
  GHashTable *pins; /* the copies that the reader has seen, by document */

  MdocProposal *offer; /* while the holder is asked */
  MdocQuestion *question;

  guint wait_id;     /* no reader has come */
  guint deadline_id; /* the session's */
  guint limit_id;    /* all of it, then the rest that has to be sent */
};

/* mdoc-presentation.c */
gint64 mdoc_presentation_get_now_ms (void);
MdocLogFields
mdoc_presentation_get_log_fields (MdocPresentation *self, const GError *error);
void mdoc_presentation_set_state (MdocPresentation *self, const char *state);
void
mdoc_presentation_set_message (MdocPresentation *self, const GError *error);
void mdoc_presentation_watch_deadline (MdocPresentation *self);
void mdoc_presentation_send (MdocPresentation *self, GBytes *message);

/* mdoc-presentation-fault.c */
void mdoc_presentation_send_faulty (MdocPresentation *self, GBytes *message);

/* mdoc-presentation-answer.c */
void mdoc_presentation_handle_request (MdocPresentation *self);
void mdoc_presentation_note (MdocPresentation *self,
                             const char *outcome,
                             MdocProposal *offer,
                             const MdocGrant *grant);

G_END_DECLS
