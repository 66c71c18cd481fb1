/*
 * mdoc-ctl-consent.h - asking the holder on the terminal
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MDOC_CTL_CONSENT_PATH "/org/mdocagent/ctl/consent"

typedef enum
{
  MDOC_CTL_CONSENT_ASK,     /* element by element, on the terminal */
  MDOC_CTL_CONSENT_ALL,     /* yes to everything */
  MDOC_CTL_CONSENT_NONE,    /* no to everything */
  MDOC_CTL_CONSENT_POLICY,  /* not this program: policies, or another one */
  MDOC_CTL_CONSENT_ALLOWED, /* yes to the elements that are listed */
} MdocCtlConsentMode;

gboolean
mdoc_ctl_consent_mode_from_name (const char *name, MdocCtlConsentMode *ret_mode)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocCtlConsent:
 *
 * An `org.mdocagent.ConsentAgent1` that asks on standard error and reads
 * answers from standard input, or answers by itself. The end of standard input
 * is a no.
 */
typedef struct _MdocCtlConsent MdocCtlConsent;

/* @allowed: (nullable): texts "name space/element" */
MdocCtlConsent *mdoc_ctl_consent_new (GDBusConnection *bus,
                                      MdocCtlConsentMode mode,
                                      char **allowed,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ctl_consent_free (MdocCtlConsent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocCtlConsent, mdoc_ctl_consent_free)

G_END_DECLS
