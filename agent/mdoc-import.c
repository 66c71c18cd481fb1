/*
 * mdoc-import.c - taking a credential in
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-import.h"

#include <string.h>

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

static MdocStoredDocument *
make_document (MdocAgent *agent,
               MdocMso *mso,
               const char *key_id,
               const MdocImportWay *way)
{
  MdocStoredDocument *document = g_new0 (MdocStoredDocument, 1);

  document->key_id = g_strdup (key_id);
  document->format = g_strdup ("mso_mdoc");
  document->doc_type = g_strdup (mdoc_mso_get_doc_type (mso));
  document->label = g_strdup (way->label);
  document->issuer = g_strdup ("");
  document->mid_uid = g_strdup ("");
  document->state = way->needs_review ? MDOC_DOCUMENT_RECEIVED
                                      : MDOC_DOCUMENT_ACTIVE;
  document->imported_unix_s = mdoc_agent_get_time (agent);
  document->valid_from_unix_s = mdoc_mso_get_valid_from (mso);
  document->valid_until_unix_s = mdoc_mso_get_valid_until (mso);
  return document;
}

static MdocStoredDocument *
get_relative (MdocAgent *agent, const char *id, MdocMso *mso, GError **error)
{
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_document (agent->store, id, error);

  if (document == NULL
      || strcmp (document->doc_type, mdoc_mso_get_doc_type (mso)) == 0)
    return g_steal_pointer (&document);

  mdoc_agent_refuse (error,
                     MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                     "The two credentials are not of one document type");
  return NULL;
}

static char *
add_copy (MdocAgent *agent,
          MdocMso *mso,
          const MdocNewCopy *copy,
          const char *id,
          GError **error)
{
  g_autoptr (MdocStoredDocument) document = get_relative (agent,
                                                          id,
                                                          mso,
                                                          error);
  g_autofree char *copy_id = NULL;

  if (document == NULL)
    return NULL;

  if (document->valid_from_unix_s != mdoc_mso_get_valid_from (mso)
      || document->valid_until_unix_s != mdoc_mso_get_valid_until (mso))
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "Copies are issued together, and these two are not "
                         "valid at the same time");
      return NULL;
    }

  return mdoc_store_add_copy (agent->store,
                              id,
                              document->generation,
                              copy,
                              &copy_id,
                              error)
             ? g_strdup (id)
             : NULL;
}

static char *
add_generation (MdocAgent *agent,
                MdocMso *mso,
                const MdocNewCopy *copy,
                const char *id,
                GError **error)
{
  g_autoptr (MdocStoredDocument) document = get_relative (agent,
                                                          id,
                                                          mso,
                                                          error);
  const MdocStoredGeneration generation = {
    .state = MDOC_GENERATION_CURRENT,
    .added_unix_s = mdoc_agent_get_time (agent),
    .valid_from_unix_s = mdoc_mso_get_valid_from (mso),
    .valid_until_unix_s = mdoc_mso_get_valid_until (mso),
  };
  guint n;

  if (document == NULL)
    return NULL;

  if (generation.valid_from_unix_s < document->valid_from_unix_s)
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "This one is older than the one it would renew");
      return NULL;
    }

  return mdoc_store_add_generation (agent->store,
                                    id,
                                    &generation,
                                    copy,
                                    1,
                                    &n,
                                    error)
             ? g_strdup (id)
             : NULL;
}

static char *
store (MdocAgent *agent,
       MdocMso *mso,
       const MdocNewCopy *copy,
       const MdocImportWay *way,
       GError **error)
{
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autoptr (MdocStoredDocument) added = NULL;

  if (way->copy_of != NULL)
    return add_copy (agent, mso, copy, way->copy_of, error);
  if (way->renews != NULL)
    return add_generation (agent, mso, copy, way->renews, error);

  document = make_document (agent, mso, copy->key_id, way);
  added = mdoc_store_add_document (agent->store,
                                   document,
                                   copy->encoded,
                                   error);
  return added != NULL ? g_strdup (added->id) : NULL;
}

/**
 * mdoc_import_check:
 * @agent: who takes it in
 * @encoded: an encoded IssuerSigned
 * @ret_key: (out) (transfer full): the device key that it is bound to
 * @error: return location for a #MdocAgentError, #MdocCborError or
 *   #MdocStoreError
 *
 * Everything that has to hold before a credential is kept: signature, digests,
 * chain to an issuer we trust, validity, and a device key that is ours.
 *
 * Returns: (transfer full): the credential, or %NULL with @error set
 */
MdocIssuerSigned *
mdoc_import_check (MdocAgent *agent,
                   GBytes *encoded,
                   MdocStoredKey **ret_key,
                   GError **error)
{
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  MdocStoredKey *key;

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

  key = find_device_key (agent,
                         mdoc_issuer_signed_get_mso (issuer_signed),
                         error);
  if (key == NULL)
    return NULL;

  *ret_key = key;
  return g_steal_pointer (&issuer_signed);
}

/**
 * mdoc_import_credential:
 * @agent: who takes it in
 * @bytes: an `ay`, an encoded IssuerSigned
 * @way: how
 * @error: return location for a #MdocAgentError, #MdocCborError or
 *   #MdocStoreError
 *
 * Keeps a credential if mdoc_import_check() finds that it holds.
 *
 * Returns: (transfer full): the id of the credential, or %NULL with @error set
 */
char *
mdoc_import_credential (MdocAgent *agent,
                        GVariant *bytes,
                        const MdocImportWay *way,
                        GError **error)
{
  g_autoptr (GBytes) encoded = g_variant_get_data_as_bytes (bytes);
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (MdocIssuerSigned) issuer_signed = mdoc_import_check (agent,
                                                                  encoded,
                                                                  &key,
                                                                  error);
  MdocNewCopy copy;
  char *id;
  MdocMso *mso;

  if (issuer_signed == NULL)
    return NULL;

  mso = mdoc_issuer_signed_get_mso (issuer_signed);
  copy = (MdocNewCopy){ key->id, mdoc_span_from_bytes (encoded) };
  id = store (agent, mso, &copy, way, error);
  /* an issuer we trust says that this time has passed */
  if (id != NULL)
    mdoc_agent_note_time (agent, mdoc_mso_get_signed (mso));
  return id;
}
