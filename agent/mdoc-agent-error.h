/*
 * mdoc-agent-error.h - what callers and readers are told of a failure
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocAgentError:
 * @MDOC_AGENT_ERROR_FAILED: this device failed; the log says more
 * @MDOC_AGENT_ERROR_INVALID_ARGUMENT: the call makes no sense (the caller)
 * @MDOC_AGENT_ERROR_NOT_AUTHORIZED: the caller may not do this (the caller)
 * @MDOC_AGENT_ERROR_NOT_FOUND: no such thing (the caller)
 * @MDOC_AGENT_ERROR_UNKNOWN_KEY: the credential is bound to a key that is not
 *   ours (whoever had it issued)
 * @MDOC_AGENT_ERROR_EXISTS: it is there already (the caller)
 * @MDOC_AGENT_ERROR_IN_USE: something else needs it (the caller)
 * @MDOC_AGENT_ERROR_BUSY: not now (nobody)
 * @MDOC_AGENT_ERROR_LIMIT: more than we keep or take (the caller)
 * @MDOC_AGENT_ERROR_UNSUPPORTED: this build cannot do it (nobody)
 * @MDOC_AGENT_ERROR_MALFORMED: no credential or certificate (whoever made it)
 * @MDOC_AGENT_ERROR_NOT_VERIFIED: a credential that does not hold (whoever
 *   issued it, or an anchor that is missing)
 * @MDOC_AGENT_ERROR_DENIED: policy or holder said no (the holder)
 * @MDOC_AGENT_ERROR_PEER: the reader broke the protocol (the reader)
 * @MDOC_AGENT_ERROR_TIMED_OUT: it took too long (whoever was waited for)
 * @MDOC_AGENT_ERROR_KEY_STORE: TPM or token are not there, locked or full, or
 * do not have the key any more (whoever took them away, or set them up)
 * @MDOC_AGENT_ERROR_STORE: the store is damaged, full or otherwise of no use
 *   (the device)
 *
 * The only errors that cross D-Bus, as `org.mdocagent.Agent1.Error.*`.
 */
typedef enum
{
  MDOC_AGENT_ERROR_FAILED,
  MDOC_AGENT_ERROR_INVALID_ARGUMENT,
  MDOC_AGENT_ERROR_NOT_AUTHORIZED,
  MDOC_AGENT_ERROR_NOT_FOUND,
  MDOC_AGENT_ERROR_UNKNOWN_KEY,
  MDOC_AGENT_ERROR_EXISTS,
  MDOC_AGENT_ERROR_IN_USE,
  MDOC_AGENT_ERROR_BUSY,
  MDOC_AGENT_ERROR_LIMIT,
  MDOC_AGENT_ERROR_UNSUPPORTED,
  MDOC_AGENT_ERROR_MALFORMED,
  MDOC_AGENT_ERROR_NOT_VERIFIED,
  MDOC_AGENT_ERROR_DENIED,
  MDOC_AGENT_ERROR_PEER,
  MDOC_AGENT_ERROR_TIMED_OUT,
  MDOC_AGENT_ERROR_KEY_STORE,
  MDOC_AGENT_ERROR_STORE,
} MdocAgentError;

#define MDOC_AGENT_N_ERRORS ((guint) MDOC_AGENT_ERROR_STORE + 1)
#define MDOC_AGENT_ERROR    (mdoc_agent_error_quark ())
GQuark mdoc_agent_error_quark (void);

gboolean
mdoc_agent_refuse (GError **error, MdocAgentError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

MdocAgentError mdoc_agent_error_from (const GError *error);
void mdoc_agent_error_convert (GError **error);
guint mdoc_agent_error_get_response_status (const GError *error);

G_END_DECLS
