/*
 * mdoc-import.c - taking a credential in
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-import.h"

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-verifier.h"

static MdocStoredKey *
find_device_key (MdocAgent *agent, MdocMso *mso, GError **error)
{
  MdocPublicKey *device_key = mdoc_mso_get_device_key (mso);
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (GError) local_error = NULL;

  if (device_key == NULL)
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_UNKNOWN_KEY,
                         "The credential is bound to a device key that this "
                         "agent cannot have: %s",
                         mdoc_mso_get_device_key_error (mso)->message);
      return NULL;
    }

  key = mdoc_store_find_key (agent->store, device_key, &local_error);
  if (key != NULL)
    return g_steal_pointer (&key);

  if (!g_error_matches (local_error,
                        MDOC_STORE_ERROR,
                        MDOC_STORE_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    mdoc_agent_refuse (error,
                       MDOC_AGENT_ERROR_UNKNOWN_KEY,
                       "The credential is bound to a device key that is not "
                       "one of ours: have it issued for one that was made "
                       "with new-key");
  return NULL;
}

static char *
list_failures (MdocVerification *verification)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0;
       i < mdoc_verification_get_n_document_checks (verification, 0);
       i++)
    {
      const MdocCheck *check
          = mdoc_verification_get_document_check (verification, 0, i);

      if (check->outcome == MDOC_CHECK_FAILED)
        g_string_append_printf (text,
                                "%s%s%s%s%s",
                                text->len > 0 ? ", " : "",
                                check->name,
                                check->detail != NULL ? " (" : "",
                                check->detail != NULL ? check->detail : "",
                                check->detail != NULL ? ")" : "");
    }

  return g_string_free (text, FALSE);
}

static gboolean
verify (MdocAgent *agent, MdocIssuerSigned *issuer_signed, GError **error)
{
  g_autoptr (GPtrArray) anchors = mdoc_manager_load_anchors (agent,
                                                             MDOC_TRUST_ISSUER,
                                                             error);
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (MdocVerifier) verifier = NULL;
  g_autofree char *failures = NULL;
  gint64 at_unix_s = mdoc_agent_get_time (agent);
  gint64 from_unix_s;

  if (anchors == NULL)
    return FALSE;

  if (anchors->len == 0)
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_NOT_VERIFIED,
                              "No issuer is trusted yet: add the issuer's root "
                              "certificate with trust add");

  from_unix_s = mdoc_mso_get_valid_from (
      mdoc_issuer_signed_get_mso (issuer_signed));
  if (from_unix_s > at_unix_s
      && from_unix_s - at_unix_s <= MDOC_IMPORT_MAX_SKEW_S)
    at_unix_s = from_unix_s;

  verifier = mdoc_verifier_new (anchors, NULL);
  verification = mdoc_verifier_check_issuer_signed (verifier,
                                                    issuer_signed,
                                                    NULL,
                                                    at_unix_s);
  if (mdoc_verification_is_verified (verification))
    return TRUE;

  failures = list_failures (verification);
  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_NOT_VERIFIED,
                            "The credential does not hold: %s",
                            failures);
}

/**
 * mdoc_import_credential:
 * @agent: who takes it in
 * @bytes: an `ay`, an encoded IssuerSigned
 * @label: the holder's name for it, or ""
 * @error: return location for a #MdocAgentError, #MdocCborError or
 *   #MdocStoreError
 *
 * Keeps a credential if it holds: signature, digests, chain to an issuer we
 * trust, validity, and a device key that is ours.
 *
 * Returns: (transfer full): what the store knows of it now, or %NULL with
 *   @error set
 */
MdocStoredDocument *
mdoc_import_credential (MdocAgent *agent,
                        GVariant *bytes,
                        const char *label,
                        GError **error)
{
  g_autoptr (GBytes) encoded = g_variant_get_data_as_bytes (bytes);
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (MdocStoredDocument) document = NULL;
  MdocStoredDocument *added;
  MdocMso *mso;

  if (g_bytes_get_size (encoded) > MDOC_STORE_MAX_DOCUMENT_BYTES)
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_LIMIT,
                         "The credential is larger than %" G_GSIZE_FORMAT
                         " bytes",
                         MDOC_STORE_MAX_DOCUMENT_BYTES);
      return NULL;
    }

  issuer_signed = mdoc_issuer_signed_parse (encoded, error);
  if (issuer_signed == NULL || !verify (agent, issuer_signed, error))
    return NULL;

  mso = mdoc_issuer_signed_get_mso (issuer_signed);
  key = find_device_key (agent, mso, error);
  if (key == NULL)
    return NULL;

  document = g_new0 (MdocStoredDocument, 1);
  document->key_id = g_strdup (key->id);
  document->format = g_strdup ("mso_mdoc");
  document->doc_type = g_strdup (mdoc_mso_get_doc_type (mso));
  document->label = g_strdup (label);
  document->issuer = g_strdup ("");
  document->mid_uid = g_strdup ("");
  document->state = MDOC_DOCUMENT_ACTIVE;
  document->imported_unix_s = mdoc_agent_get_time (agent);
  document->valid_from_unix_s = mdoc_mso_get_valid_from (mso);
  document->valid_until_unix_s = mdoc_mso_get_valid_until (mso);
  added = mdoc_store_add_document (agent->store,
                                   document,
                                   mdoc_span_from_bytes (encoded),
                                   error);
  /* an issuer we trust says that this time has passed */
  if (added != NULL)
    mdoc_agent_note_time (agent, mdoc_mso_get_signed (mso));
  return added;
}
