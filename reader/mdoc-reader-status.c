/*
 * mdoc-reader-status.c - was what a holder showed revoked since?
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-status.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "mdoc/mdoc-mso.h"
#include "reader/mdoc-reader-lists.h"

#define MAX_CA_BYTES ((gsize) 1024 * 1024)

typedef enum
{
  POLICY_OFF,     /* not looked at */
  POLICY_TRY,     /* without a list, a warning */
  POLICY_REQUIRE, /* without a list, no */
  POLICY_CACHED,  /* as POLICY_TRY, and nothing is fetched */
} Policy;

static const char *const policies[] = { "off", "try", "require", "cached" };

/* What one document is judged by. */
typedef struct
{
  MdocReaderLists *lists;
  Policy policy;
  MdocCertificate *anchor; /* nullable */
  gint64 at_unix_s;
} Judge;

/**
 * mdoc_reader_status_clear:
 * @self: options
 */
void
mdoc_reader_status_clear (MdocReaderStatus *self)
{
  g_free (self->policy);
  g_free (self->cache);
  g_free (self->ca);
}

static gboolean
get_policy (const MdocReaderStatus *self, Policy *ret_policy)
{
  *ret_policy = POLICY_OFF;
  if (self->policy == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (strcmp (policies[i], self->policy) == 0)
      {
        *ret_policy = (Policy) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * mdoc_reader_status_check_options:
 * @self: options
 * @error: return location for a #MdocProgramError
 *
 * Returns: %MDOC_EXIT_DONE if they make sense
 */
MdocExit
mdoc_reader_status_check_options (const MdocReaderStatus *self, GError **error)
{
  Policy policy;

  if (!get_policy (self, &policy))
    return mdoc_command_refuse (error,
                                "--status takes off, try, require or cached");
  return MDOC_EXIT_DONE;
}

static void
finding_free (gpointer data)
{
  MdocReaderFinding *self = data;

  g_free (self->detail);
  g_free (self);
}

static MdocReaderFinding *
find (MdocCheckOutcome outcome, const char *detail)
{
  MdocReaderFinding *self = g_new0 (MdocReaderFinding, 1);

  self->outcome = outcome;
  self->detail = g_strdup (detail);
  return self;
}

static MdocReaderFinding *
judge_value (guint value)
{
  g_autofree char *detail = NULL;

  switch (value)
    {
    case MDOC_STATUS_VALID:
      return find (MDOC_CHECK_PASSED, NULL);
    case MDOC_STATUS_INVALID:
      return find (MDOC_CHECK_FAILED, "revoked");
    case MDOC_STATUS_SUSPENDED:
      return find (MDOC_CHECK_FAILED, "suspended");
    default:
      detail = g_strdup_printf ("status %u, which nobody has explained", value);
      return find (MDOC_CHECK_FAILED, detail);
    }
}

/* who vouches for the list: whom the MSO names, else who does for its signer
 * (ISO/IEC 18013-5, second edition, 12.3.6) */
static MdocCertificate *
dup_list_anchor (const Judge *judge, const MdocMsoStatus *status)
{
  g_autoptr (GBytes) der = NULL;

  if (status->certificate.len == 0)
    return mdoc_certificate_ref (judge->anchor);
  der = mdoc_span_dup (status->certificate);
  return mdoc_certificate_parse (der, NULL);
}

/* Returns: (nullable): what the list says; %NULL with @error set if there is no
 * list that holds */
static MdocReaderFinding *
judge_status (const Judge *judge, const MdocMsoStatus *status, GError **error)
{
  const gboolean is_identifier_list = status->kind
                                      == MDOC_MSO_STATUS_IDENTIFIER_LIST;
  g_autoptr (MdocCertificate) anchor = dup_list_anchor (judge, status);
  g_autoptr (MdocStatusToken) token = NULL;
  guint value;

  if (anchor == NULL)
    return find (MDOC_CHECK_FAILED,
                 "the certificate that is to vouch for the list is none");
  token = mdoc_reader_lists_get (judge->lists,
                                 status->uri,
                                 is_identifier_list,
                                 anchor,
                                 judge->at_unix_s,
                                 error);
  if (token == NULL)
    return NULL;
  if (is_identifier_list)
    return judge_value (mdoc_status_token_has_identifier (token, status->id)
                            ? MDOC_STATUS_INVALID
                            : MDOC_STATUS_VALID);
  if (!mdoc_status_list_get (mdoc_status_token_get_claims (token)->list,
                             status->idx,
                             &value,
                             NULL))
    return find (MDOC_CHECK_FAILED, "the list has no such place");
  return judge_value (value);
}

/* any list that says no is enough; one that says nothing makes way for the
 * other */
static MdocReaderFinding *
judge_mso (const Judge *judge, MdocMso *mso)
{
  const MdocMsoStatus *const both[] = { mdoc_mso_get_status_list (mso),
                                        mdoc_mso_get_identifier_list (mso) };
  MdocReaderFinding *said = NULL;
  g_autoptr (GError) why = NULL;
  gboolean is_named = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (both); i++)
    {
      MdocReaderFinding *finding;

      if (both[i]->kind == MDOC_MSO_STATUS_NONE)
        continue;
      is_named = TRUE;
      finding = judge_status (judge, both[i], why == NULL ? &why : NULL);
      if (finding == NULL)
        continue;
      if (finding->outcome == MDOC_CHECK_FAILED)
        {
          g_clear_pointer (&said, finding_free);
          return finding;
        }
      g_clear_pointer (&said, finding_free);
      said = finding;
    }
  if (said != NULL)
    return said;
  if (!is_named)
    return find (MDOC_CHECK_NOT_CHECKED, "the issuer publishes no status");
  return find (judge->policy == POLICY_REQUIRE ? MDOC_CHECK_FAILED
                                               : MDOC_CHECK_WARNING,
               why->message);
}

static MdocReaderFinding *
judge_document (Judge *judge,
                MdocVerification *verification,
                MdocDeviceResponse *response,
                guint i)
{
  MdocDocument *document = mdoc_device_response_get_document (response, i);

  /* of what nobody has signed, nothing is fetched: the address is a stranger's
   */
  if (!mdoc_verification_is_document_verified (verification, i))
    return find (MDOC_CHECK_NOT_CHECKED, "it does not verify anyway");
  judge->anchor = mdoc_verification_get_anchor (verification, i);
  if (judge->anchor == NULL)
    return find (MDOC_CHECK_NOT_CHECKED, "nobody vouches for its issuer");
  return judge_mso (judge,
                    mdoc_issuer_signed_get_mso (
                        mdoc_document_get_issuer_signed (document)));
}

static char *
dup_cache (const MdocReaderStatus *self)
{
  return self->cache != NULL ? g_strdup (self->cache)
                             : g_build_filename (g_get_user_cache_dir (),
                                                 "mdoc-reader",
                                                 "status",
                                                 NULL);
}

/**
 * mdoc_reader_status_find:
 * @self: options
 * @verification: what was found before
 * @response: about what
 * @at_unix_s: when
 * @ret_findings: (out) (element-type MdocReaderFinding) (nullable): what lists
 *   say of each document; %NULL if nobody wants to know
 * @error: return location for a #MdocFileError or #MdocHttpError
 *
 * Returns: %TRUE if they were asked, or need not be
 */
gboolean
mdoc_reader_status_find (const MdocReaderStatus *self,
                         MdocVerification *verification,
                         MdocDeviceResponse *response,
                         gint64 at_unix_s,
                         GPtrArray **ret_findings,
                         GError **error)
{
  g_autoptr (MdocReaderLists) lists = NULL;
  g_autoptr (GBytes) ca = NULL;
  g_autofree char *ca_pem = NULL;
  g_autofree char *cache = dup_cache (self);
  Judge judge = { .at_unix_s = at_unix_s };

  *ret_findings = NULL;
  if (!get_policy (self, &judge.policy) || judge.policy == POLICY_OFF)
    return TRUE;
  if (self->ca != NULL)
    {
      ca = mdoc_file_read (self->ca, MAX_CA_BYTES, error);
      if (ca == NULL)
        return FALSE;
      ca_pem = g_strndup (g_bytes_get_data (ca, NULL), g_bytes_get_size (ca));
    }
  lists = mdoc_reader_lists_new (cache,
                                 ca_pem,
                                 judge.policy == POLICY_CACHED,
                                 error);
  if (lists == NULL)
    return FALSE;

  judge.lists = lists;
  *ret_findings = g_ptr_array_new_with_free_func (finding_free);
  for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
    g_ptr_array_add (*ret_findings,
                     judge_document (&judge, verification, response, i));
  return TRUE;
}

/**
 * mdoc_reader_status_get_finding:
 * @findings: (nullable): what lists say
 * @document: of which document
 *
 * Returns: (nullable) (transfer none): that
 */
const MdocReaderFinding *
mdoc_reader_status_get_finding (GPtrArray *findings, guint document)
{
  return findings == NULL || document >= findings->len
             ? NULL
             : g_ptr_array_index (findings, document);
}

/**
 * mdoc_reader_status_is_document_verified:
 * @findings: (nullable): what lists say
 * @verification: what was found before
 * @document: which document
 *
 * Returns: whether it may be relied on
 */
gboolean
mdoc_reader_status_is_document_verified (GPtrArray *findings,
                                         MdocVerification *verification,
                                         guint document)
{
  const MdocReaderFinding *finding = mdoc_reader_status_get_finding (findings,
                                                                     document);

  return mdoc_verification_is_document_verified (verification, document)
         && (finding == NULL || finding->outcome != MDOC_CHECK_FAILED);
}

/**
 * mdoc_reader_status_is_verified:
 * @findings: (nullable): what lists say
 * @verification: what was found before
 *
 * Returns: whether all of it may be relied on
 */
gboolean
mdoc_reader_status_is_verified (GPtrArray *findings,
                                MdocVerification *verification)
{
  for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
    if (!mdoc_reader_status_is_document_verified (findings, verification, i))
      return FALSE;
  return mdoc_verification_is_verified (verification);
}
