/*
 * mdoc-consents.h - clients that ask the holder, and asking them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* more clients than this have nothing to ask on one device */
#define MDOC_CONSENTS_MAX_AGENTS 8

/**
 * MdocConsentAnswer:
 * @MDOC_CONSENT_GRANTED: the holder was asked; what was granted may be nothing
 * @MDOC_CONSENT_REFUSED: an error, or the client has gone
 * @MDOC_CONSENT_NO_AGENT: there is nobody to ask
 * @MDOC_CONSENT_TIMED_OUT: no answer in time
 *
 * What became of a question. All but the first are a no.
 */
typedef enum
{
  MDOC_CONSENT_GRANTED,
  MDOC_CONSENT_REFUSED,
  MDOC_CONSENT_NO_AGENT,
  MDOC_CONSENT_TIMED_OUT,
} MdocConsentAnswer;

/**
 * MdocConsentFunc:
 * @answer: what became of the question
 * @granted: (nullable): an `a(usss)` as the client sent it, which nobody has
 *   looked at yet; only of %MDOC_CONSENT_GRANTED
 * @user_data: what mdoc_consents_ask() was given
 */
typedef void (*MdocConsentFunc) (MdocConsentAnswer answer,
                                 GVariant *granted,
                                 gpointer user_data);

/**
 * MdocConsents:
 *
 * The consent agents that clients have registered.
 */
typedef struct _MdocConsents MdocConsents;

/**
 * MdocQuestion:
 *
 * One question to the holder. It ends by its answer or by being cancelled.
 */
typedef struct _MdocQuestion MdocQuestion;

MdocConsents *mdoc_consents_new (GDBusConnection *bus)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_consents_free (MdocConsents *self);

guint mdoc_consents_get_n_agents (MdocConsents *self);
/* whether a client has registered one */
gboolean mdoc_consents_has_agent (MdocConsents *self, const char *owner);
gboolean mdoc_consents_register (MdocConsents *self,
                                 const char *owner,
                                 const char *path,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_consents_unregister (MdocConsents *self,
                                   const char *owner,
                                   const char *path,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

MdocQuestion *mdoc_consents_ask (MdocConsents *self,
                                 const char *owner,
                                 const char *presentation,
                                 GVariant *request,
                                 guint timeout_ms,
                                 MdocConsentFunc func,
                                 gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_question_cancel (MdocQuestion *question);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocConsents, mdoc_consents_free)

G_END_DECLS
