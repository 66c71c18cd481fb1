/*
 * mdoc-verifier.c - is what a holder or issuer sent true?
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-verifier.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "base/mdoc-secret.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-device-auth.h"
#include "mdoc/mdoc-signer-cache-private.h"
#include "mdoc/mdoc-verification-private.h"

struct _MdocVerifier
{
  GPtrArray *anchors; /* those for any document type first */
  guint n_general;    /* how many these are */
  GPtrArray *vicals;  /* of MdocVical: what the others are for */
  GPtrArray *crls;    /* nullable */
  MdocSignerCache *signers;
};

static void
add_anchors (MdocVerifier *self, GPtrArray *certificates)
{
  for (guint i = 0; i < certificates->len; i++)
    g_ptr_array_add (self->anchors,
                     mdoc_certificate_ref (
                         g_ptr_array_index (certificates, i)));
}

/**
 * mdoc_verifier_new:
 * @anchors: (element-type MdocCertificate): the IACA roots to trust, for any
 *   document type; may be empty
 * @crls: (nullable) (element-type MdocCrl): revocation lists to heed; must not
 *   change any more
 *
 * Returns: (transfer full): a verifier
 */
MdocVerifier *
mdoc_verifier_new (GPtrArray *anchors, GPtrArray *crls)
{
  MdocVerifier *self = g_new0 (MdocVerifier, 1);

  self->anchors = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  add_anchors (self, anchors);
  self->n_general = self->anchors->len;
  self->vicals = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_vical_unref);
  self->crls = crls != NULL ? g_ptr_array_ref (crls) : NULL;
  self->signers = mdoc_signer_cache_new (crls != NULL);
  return self;
}

/**
 * mdoc_verifier_trust_vical:
 * @self: a verifier that has not checked anything yet
 * @vical: a list, which the caller has verified
 *
 * Trusts the roots of @vical too, each for the document types that the list
 * names for it and no others.
 */
void
mdoc_verifier_trust_vical (MdocVerifier *self, MdocVical *vical)
{
  g_autoptr (GPtrArray) roots = mdoc_vical_dup_anchors (vical, NULL);

  add_anchors (self, roots);
  g_ptr_array_add (self->vicals, mdoc_vical_ref (vical));
}

/**
 * mdoc_verifier_free:
 * @self: (nullable) (transfer full): a verifier
 */
void
mdoc_verifier_free (MdocVerifier *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->signers, mdoc_signer_cache_free);
  g_clear_pointer (&self->crls, g_ptr_array_unref);
  g_clear_pointer (&self->vicals, g_ptr_array_unref);
  g_clear_pointer (&self->anchors, g_ptr_array_unref);
  g_free (self);
}

/* What the checks of one document work with. */
typedef struct
{
  MdocVerifier *verifier;
  MdocVerification *verification;
  MdocDocumentVerification *findings;
  MdocIssuerSigned *issuer_signed;
  MdocMso *mso;
  const char *doc_type;   /* nullable: what it should be */
  MdocDocument *document; /* nullable: there is no device authentication */
  MdocTranscript *transcript;
  MdocKey *e_reader_key;
  gint64 at_unix_s;
  MdocCertificate *leaf; /* nullable; of a chain that need not hold */
} Context;

static void
note (const Context *context,
      MdocCheckId id,
      MdocCheckOutcome outcome,
      const char *detail)
{
  mdoc_verification_note (context->verification,
                          context->findings,
                          id,
                          outcome,
                          detail);
}

static void
pass (const Context *context, MdocCheckId id)
{
  note (context, id, MDOC_CHECK_PASSED, NULL);
}

static void
fail (const Context *context, MdocCheckId id, const char *detail)
{
  note (context, id, MDOC_CHECK_FAILED, detail);
}

/* May @anchor issue what the issuer signed? One that is in several lists may
 * issue what any of them says. */
static gboolean
is_anchor_for (MdocVerifier *self,
               MdocCertificate *anchor,
               const char *doc_type)
{
  for (guint i = 0; i < self->n_general; i++)
    {
      MdocCertificate *general = g_ptr_array_index (self->anchors, i);

      if (g_bytes_equal (mdoc_certificate_get_der (general),
                         mdoc_certificate_get_der (anchor)))
        return TRUE;
    }

  for (guint i = 0; i < self->vicals->len; i++)
    {
      MdocVical *vical = g_ptr_array_index (self->vicals, i);

      if (mdoc_vical_has_issuer (vical, anchor, doc_type))
        return TRUE;
    }

  return FALSE;
}

static void
conclude_chain (const Context *context, MdocCertificate *anchor)
{
  if (is_anchor_for (context->verifier,
                     anchor,
                     mdoc_mso_get_doc_type (context->mso)))
    pass (context, MDOC_CHECK_ISSUER_CHAIN);
  else
    fail (context,
          MDOC_CHECK_ISSUER_CHAIN,
          "The root is on a list, but not for this document type");
}

static void
check_issuer_chain (Context *context)
{
  const MdocSign1 *issuer_auth = mdoc_issuer_signed_get_issuer_auth (
      context->issuer_signed);
  MdocDocumentVerification *findings = context->findings;
  MdocVerifier *verifier = context->verifier;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GError) error = NULL;
  MdocCertificate *anchor = NULL;
  MdocPathResult result;
  MdocCertificate *leaf;

  if (mdoc_signer_cache_lookup (verifier->signers,
                                issuer_auth,
                                context->at_unix_s,
                                &leaf,
                                &anchor))
    {
      context->leaf = mdoc_certificate_ref (leaf);
      findings->signer = mdoc_certificate_ref (leaf);
      findings->anchor = mdoc_certificate_ref (anchor);
      conclude_chain (context, anchor);
      return;
    }

  chain = mdoc_sign1_dup_chain (issuer_auth, &error);
  if (chain == NULL)
    {
      fail (context, MDOC_CHECK_ISSUER_CHAIN, error->message);
      return;
    }

  if (chain->len > 0)
    context->leaf = mdoc_certificate_ref (g_ptr_array_index (chain, 0));
  result = mdoc_path_validate (chain,
                               verifier->anchors,
                               verifier->crls,
                               MDOC_PATH_DOCUMENT_SIGNER,
                               context->at_unix_s,
                               &anchor);
  if (result != MDOC_PATH_OK || context->leaf == NULL)
    {
      fail (context,
            MDOC_CHECK_ISSUER_CHAIN,
            mdoc_path_result_get_name (result));
      return;
    }

  findings->signer = mdoc_certificate_ref (context->leaf);
  findings->anchor = mdoc_certificate_ref (anchor);
  mdoc_signer_cache_remember (verifier->signers,
                              issuer_auth,
                              chain,
                              anchor,
                              context->at_unix_s);
  conclude_chain (context, anchor);
}

static void
check_issuer_signature (const Context *context)
{
  const MdocSign1 *issuer_auth = mdoc_issuer_signed_get_issuer_auth (
      context->issuer_signed);
  g_autoptr (GError) error = NULL;
  gboolean is_valid = FALSE;

  if (context->leaf == NULL)
    fail (context,
          MDOC_CHECK_ISSUER_SIGNATURE,
          "There is no certificate to check it with");
  else if (!mdoc_sign1_verify (issuer_auth,
                               mdoc_certificate_get_public_key (context->leaf),
                               issuer_auth->payload,
                               &is_valid,
                               &error))
    fail (context, MDOC_CHECK_ISSUER_SIGNATURE, error->message);
  else if (!is_valid)
    fail (context,
          MDOC_CHECK_ISSUER_SIGNATURE,
          "It was not made with the document signer's key, or what it is over"
          " was changed");
  else
    pass (context, MDOC_CHECK_ISSUER_SIGNATURE);
}

static void
check_doc_type (const Context *context)
{
  const char *signed_doc_type = mdoc_mso_get_doc_type (context->mso);

  if (context->doc_type == NULL)
    note (context, MDOC_CHECK_DOC_TYPE, MDOC_CHECK_NOT_CHECKED, NULL);
  else if (strcmp (context->doc_type, signed_doc_type) != 0)
    fail (context,
          MDOC_CHECK_DOC_TYPE,
          "The issuer signed another document type");
  else
    pass (context, MDOC_CHECK_DOC_TYPE);
}

/* Nothing signs the name of the member nameSpaces, or that it is there: if it
 * was garbled on the way, a document would seem to disclose nothing. */
static void
check_disclosure (const Context *context)
{
  guint n = mdoc_issuer_signed_get_n_items (context->issuer_signed);

  if (context->document != NULL)
    n += mdoc_document_get_n_device_items (context->document);

  if (!mdoc_issuer_signed_has_name_spaces (context->issuer_signed)
      && mdoc_issuer_signed_has_unknown_members (context->issuer_signed))
    fail (context,
          MDOC_CHECK_DISCLOSURE,
          "In place of nameSpaces there is a member that no version defines");
  else if (n == 0)
    note (context,
          MDOC_CHECK_DISCLOSURE,
          MDOC_CHECK_WARNING,
          "No data element is disclosed");
  else
    pass (context, MDOC_CHECK_DISCLOSURE);
}

static void
check_digests (const Context *context)
{
  guint n = mdoc_issuer_signed_get_n_items (context->issuer_signed);
  g_autofree char *detail = NULL;
  guint n_wrong = 0;

  for (guint i = 0; i < n; i++)
    if (!mdoc_issuer_signed_check_digest (context->issuer_signed, i))
      n_wrong++;

  if (n_wrong > 0)
    {
      detail = g_strdup_printf ("%u of %u data elements are not as the issuer"
                                " signed them",
                                n_wrong,
                                n);
      fail (context, MDOC_CHECK_DIGESTS, detail);
    }
  else if (n == 0)
    note (context, MDOC_CHECK_DIGESTS, MDOC_CHECK_NOT_CHECKED, NULL);
  else
    pass (context, MDOC_CHECK_DIGESTS);
}

static void
check_random (const Context *context)
{
  guint n = mdoc_issuer_signed_get_n_items (context->issuer_signed);

  for (guint i = 0; i < n; i++)
    {
      const MdocIssuerSignedItem *item;

      item = mdoc_issuer_signed_get_item (context->issuer_signed, i);
      if (item->random.len < MDOC_MIN_RANDOM_LEN)
        {
          note (context,
                MDOC_CHECK_RANDOM,
                MDOC_CHECK_WARNING,
                "A random value has less than 16 bytes: whoever sees the"
                " digests may guess elements that are not disclosed");
          return;
        }
    }

  if (n == 0)
    note (context, MDOC_CHECK_RANDOM, MDOC_CHECK_NOT_CHECKED, NULL);
  else
    pass (context, MDOC_CHECK_RANDOM);
}

static void
check_validity (const Context *context)
{
  gint64 from = mdoc_mso_get_valid_from (context->mso);
  gint64 until = mdoc_mso_get_valid_until (context->mso);
  gint64 made = mdoc_mso_get_signed (context->mso);

  if (context->at_unix_s > until)
    fail (context, MDOC_CHECK_VALIDITY, "The document has expired");
  else if (context->at_unix_s < from)
    fail (context, MDOC_CHECK_VALIDITY, "The document is not valid yet");
  else if (context->at_unix_s < made)
    fail (context,
          MDOC_CHECK_VALIDITY,
          "The document is signed later than now");
  else if (from < made)
    note (context,
          MDOC_CHECK_VALIDITY,
          MDOC_CHECK_WARNING,
          "The document was valid before it was signed");
  else
    pass (context, MDOC_CHECK_VALIDITY);
}

static void
check_ds_validity (const Context *context)
{
  gint64 made = mdoc_mso_get_signed (context->mso);

  if (context->leaf == NULL)
    fail (context, MDOC_CHECK_DS_VALIDITY, "There is no certificate");
  else if (made < mdoc_certificate_get_not_before (context->leaf)
           || made > mdoc_certificate_get_not_after (context->leaf))
    fail (context,
          MDOC_CHECK_DS_VALIDITY,
          "The document was signed when the document signer's certificate was"
          " not valid");
  else if (mdoc_mso_get_valid_until (context->mso)
           > mdoc_certificate_get_not_after (context->leaf))
    note (context,
          MDOC_CHECK_DS_VALIDITY,
          MDOC_CHECK_WARNING,
          "The document outlives the document signer's certificate");
  else
    pass (context, MDOC_CHECK_DS_VALIDITY);
}

static gboolean
verify_device_mac (const Context *context,
                   MdocPublicKey *device_key,
                   MdocSpan payload,
                   gboolean *ret_valid,
                   GError **error)
{
  g_autoptr (MdocSecret) emac_key = NULL;

  emac_key = mdoc_device_auth_derive_emac_key (context->e_reader_key,
                                               device_key,
                                               context->transcript,
                                               error);
  return emac_key != NULL
         && mdoc_mac0_verify (mdoc_document_get_device_mac (context->document),
                              mdoc_secret_get_span (emac_key),
                              payload,
                              ret_valid,
                              error);
}

static void
check_device_auth (const Context *context)
{
  MdocPublicKey *device_key = mdoc_mso_get_device_key (context->mso);
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_valid = FALSE;
  gboolean is_decided;
  gboolean is_mac;
  MdocSpan payload;

  if (context->document == NULL)
    {
      note (context, MDOC_CHECK_DEVICE_AUTH, MDOC_CHECK_NOT_CHECKED, NULL);
      return;
    }

  is_mac = mdoc_document_get_device_auth_kind (context->document)
           == MDOC_DEVICE_AUTH_MAC;
  if (device_key == NULL)
    {
      fail (context,
            MDOC_CHECK_DEVICE_AUTH,
            mdoc_mso_get_device_key_error (context->mso)->message);
      return;
    }
  if (is_mac && context->e_reader_key == NULL)
    {
      fail (context,
            MDOC_CHECK_DEVICE_AUTH,
            "It is a MAC, and there is no ephemeral reader key to check it"
            " with");
      return;
    }

  encoded
      = mdoc_device_auth_encode (context->transcript,
                                 context->doc_type,
                                 mdoc_document_get_device_name_spaces_encoded (
                                     context->document));
  payload = mdoc_span_from_bytes (encoded);
  if (is_mac)
    is_decided = verify_device_mac (context,
                                    device_key,
                                    payload,
                                    &is_valid,
                                    &error);
  else
    is_decided = mdoc_sign1_verify (mdoc_document_get_device_signature (
                                        context->document),
                                    device_key,
                                    payload,
                                    &is_valid,
                                    &error);

  if (!is_decided)
    fail (context, MDOC_CHECK_DEVICE_AUTH, error->message);
  else if (!is_valid)
    fail (context,
          MDOC_CHECK_DEVICE_AUTH,
          "It was not made with the device key for this session");
  else
    pass (context, MDOC_CHECK_DEVICE_AUTH);
}

static void
check_key_authorization (const Context *context)
{
  guint n = context->document != NULL
                ? mdoc_document_get_n_device_items (context->document)
                : 0;

  for (guint i = 0; i < n; i++)
    {
      const MdocDeviceSignedItem *item;

      item = mdoc_document_get_device_item (context->document, i);
      if (!mdoc_mso_is_authorized (context->mso,
                                   item->name_space,
                                   item->element))
        {
          fail (context,
                MDOC_CHECK_KEY_AUTHORIZATION,
                "The device signed an element that the issuer does not let it"
                " sign");
          return;
        }
    }

  if (n == 0)
    note (context, MDOC_CHECK_KEY_AUTHORIZATION, MDOC_CHECK_NOT_CHECKED, NULL);
  else
    pass (context, MDOC_CHECK_KEY_AUTHORIZATION);
}

/* Is what the element says what the certificate says? */
typedef gboolean (*IsMatch) (MdocSpan text, MdocCertificate *leaf);

static gboolean
is_same_country (MdocSpan text, MdocCertificate *leaf)
{
  const char *country = mdoc_certificate_get_country (leaf);

  return country != NULL && mdoc_span_equals_text (text, country);
}

/* Certificates in the field have "MD" as well as "US-MD" for a state. */
static gboolean
is_same_state (MdocSpan text, MdocCertificate *leaf)
{
  const char *country = mdoc_certificate_get_country (leaf);
  const char *state = mdoc_certificate_get_state (leaf);
  g_autofree char *full = NULL;

  if (mdoc_span_equals_text (text, state))
    return TRUE;

  full = g_strdup_printf ("%s-%s", country != NULL ? country : "", state);
  return mdoc_span_equals_text (text, full);
}

static gboolean
is_item_match (const Context *context,
               const MdocIssuerSignedItem *item,
               IsMatch is_match)
{
  static const MdocCborLimits limits = { .max_bytes = 1024,
                                         .max_depth = 1,
                                         .max_items = 1 };
  MdocCborItem value;
  MdocSpan text;

  return mdoc_cbor_open (item->value, &limits, &value, NULL)
         && mdoc_cbor_get_text (value, item->element, 1024, &text, NULL)
         && is_match (text, context->leaf);
}

/* A difference is a failure in the name spaces of the standard, which demand
 * equality. Elsewhere an element of this name may mean something else. */
static void
check_against_certificate (const Context *context,
                           MdocCheckId id,
                           const char *element,
                           IsMatch is_match,
                           const char *detail)
{
  guint n = mdoc_issuer_signed_get_n_items (context->issuer_signed);
  MdocCheckOutcome outcome = MDOC_CHECK_NOT_CHECKED;

  for (guint i = 0; i < n; i++)
    {
      const MdocIssuerSignedItem *item;

      item = mdoc_issuer_signed_get_item (context->issuer_signed, i);
      if (strcmp (item->element, element) != 0)
        continue;

      if (is_item_match (context, item, is_match))
        outcome = outcome == MDOC_CHECK_NOT_CHECKED ? MDOC_CHECK_PASSED
                                                    : outcome;
      else if (strcmp (item->name_space, MDOC_NAMESPACE_MDL) == 0
               || strcmp (item->name_space, MDOC_NAMESPACE_PHOTO_ID) == 0)
        outcome = MDOC_CHECK_FAILED;
      else if (outcome != MDOC_CHECK_FAILED)
        outcome = MDOC_CHECK_WARNING;
    }

  note (context,
        id,
        outcome,
        outcome == MDOC_CHECK_FAILED || outcome == MDOC_CHECK_WARNING ? detail
                                                                      : NULL);
}

static void
check_issuing_country (const Context *context)
{
  if (context->leaf == NULL)
    note (context, MDOC_CHECK_ISSUING_COUNTRY, MDOC_CHECK_NOT_CHECKED, NULL);
  else
    check_against_certificate (context,
                               MDOC_CHECK_ISSUING_COUNTRY,
                               "issuing_country",
                               is_same_country,
                               "The document signer is of another country than"
                               " the element issuing_country says");
}

static void
check_issuing_jurisdiction (const Context *context)
{
  if (context->leaf == NULL
      || mdoc_certificate_get_state (context->leaf) == NULL)
    note (context,
          MDOC_CHECK_ISSUING_JURISDICTION,
          MDOC_CHECK_NOT_CHECKED,
          NULL);
  else
    check_against_certificate (context,
                               MDOC_CHECK_ISSUING_JURISDICTION,
                               "issuing_jurisdiction",
                               is_same_state,
                               "The document signer is of another state than"
                               " the element issuing_jurisdiction says");
}

static void
check_document (Context *context)
{
  context->mso = mdoc_issuer_signed_get_mso (context->issuer_signed);

  check_issuer_chain (context);
  check_issuer_signature (context);
  check_doc_type (context);
  check_disclosure (context);
  check_digests (context);
  check_random (context);
  check_validity (context);
  check_ds_validity (context);
  check_device_auth (context);
  check_key_authorization (context);
  check_issuing_country (context);
  check_issuing_jurisdiction (context);

  g_clear_pointer (&context->leaf, mdoc_certificate_unref);
}

/* A minor version that we do not know has something that 1.0 has not, or it
 * would be 1.0: a number alone may have been garbled. */
static void
check_response (MdocVerification *verification, MdocDeviceResponse *response)
{
  gboolean is_1_0 = strcmp (mdoc_device_response_get_version (response), "1.0")
                    == 0;
  gboolean has_more = mdoc_device_response_has_unknown_members (response);
  g_autofree char *detail = NULL;

  if (!is_1_0 && !has_more)
    mdoc_verification_note (verification,
                            NULL,
                            MDOC_CHECK_RESPONSE_VERSION,
                            MDOC_CHECK_FAILED,
                            "The response has nothing that version 1.0 does"
                            " not have, but says to be of another");
  else if (has_more)
    mdoc_verification_note (verification,
                            NULL,
                            MDOC_CHECK_RESPONSE_VERSION,
                            MDOC_CHECK_WARNING,
                            "The response has members that version 1.0 does"
                            " not define; they were ignored");
  else
    mdoc_verification_note (verification,
                            NULL,
                            MDOC_CHECK_RESPONSE_VERSION,
                            MDOC_CHECK_PASSED,
                            NULL);

  if (mdoc_device_response_get_n_documents (response) > 0)
    {
      mdoc_verification_note (verification,
                              NULL,
                              MDOC_CHECK_DOCUMENTS,
                              MDOC_CHECK_PASSED,
                              NULL);
      return;
    }

  detail = g_strdup_printf ("There is none; the status is %" G_GUINT64_FORMAT,
                            mdoc_device_response_get_status (response));
  mdoc_verification_note (verification,
                          NULL,
                          MDOC_CHECK_DOCUMENTS,
                          MDOC_CHECK_FAILED,
                          detail);
}

/**
 * mdoc_verifier_check:
 * @self: a verifier, which may remember document signers
 * @response: what a holder sent
 * @transcript: the session's
 * @e_reader_key: (nullable): the reader's ephemeral private key; without it, a
 *   document that answers by MAC fails
 * @at_unix_s: when to judge validity, in seconds since 1970
 *
 * Makes all checks of ISO/IEC 18013-5, 9.3.1, and those of its Annex B, on all
 * documents, and goes on after a failure, so that each is named. Costs two
 * signature checks or one and a key agreement a document, and those of the
 * chain if the document signer is new.
 *
 * Returns: (transfer full): what was found; never %NULL
 */
MdocVerification *
mdoc_verifier_check (MdocVerifier *self,
                     MdocDeviceResponse *response,
                     MdocTranscript *transcript,
                     MdocKey *e_reader_key,
                     gint64 at_unix_s)
{
  MdocVerification *verification = mdoc_verification_new (response, NULL);
  guint n_documents = mdoc_device_response_get_n_documents (response);

  check_response (verification, response);
  for (guint i = 0; i < n_documents; i++)
    {
      MdocDocument *document = mdoc_device_response_get_document (response, i);
      Context context = {
        .verifier = self,
        .verification = verification,
        .issuer_signed = mdoc_document_get_issuer_signed (document),
        .doc_type = mdoc_document_get_doc_type (document),
        .document = document,
        .transcript = transcript,
        .e_reader_key = e_reader_key,
        .at_unix_s = at_unix_s,
      };

      context.findings = mdoc_verification_add_document (verification,
                                                         context.doc_type);
      check_document (&context);
    }

  mdoc_verification_conclude (verification);
  return verification;
}

/**
 * mdoc_verifier_check_issuer_signed:
 * @self: a verifier, which may remember document signers
 * @issuer_signed: what an issuer handed out
 * @doc_type: (nullable): what document type it should be of
 * @at_unix_s: when to judge validity, in seconds since 1970
 *
 * Makes the checks of mdoc_verifier_check() that need no session: device
 * authentication is noted as not checked.
 *
 * Returns: (transfer full): what was found, as of one document; never %NULL
 */
MdocVerification *
mdoc_verifier_check_issuer_signed (MdocVerifier *self,
                                   MdocIssuerSigned *issuer_signed,
                                   const char *doc_type,
                                   gint64 at_unix_s)
{
  MdocVerification *verification = mdoc_verification_new (NULL, issuer_signed);
  Context context = {
    .verifier = self,
    .verification = verification,
    .issuer_signed = issuer_signed,
    .doc_type = doc_type,
    .at_unix_s = at_unix_s,
  };
  MdocMso *mso = mdoc_issuer_signed_get_mso (issuer_signed);

  context.findings = mdoc_verification_add_document (verification,
                                                     mdoc_mso_get_doc_type (
                                                         mso));
  check_document (&context);
  mdoc_verification_conclude (verification);
  return verification;
}
