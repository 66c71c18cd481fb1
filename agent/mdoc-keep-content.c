/*
 * mdoc-keep-content.c - is what came what it has to be, and what was promised?
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-keep.h"

G_DEFINE_QUARK (mdoc_keep_error, mdoc_keep_error)

static gboolean
refuse (GError **error,
        MdocKeepError code,
        const char *reason,
        const char *name_space,
        const char *element)
{
  g_set_error (error,
               MDOC_KEEP_ERROR,
               (gint) code,
               "%s: %s/%s",
               reason,
               name_space,
               element);
  return FALSE;
}

const char *
mdoc_keep_error_get_name (const GError *error)
{
  if (error->domain != MDOC_KEEP_ERROR)
    return NULL;

  return error->code == MDOC_KEEP_ERROR_INCOMPLETE ? "incomplete"
                                                   : "not-as-promised";
}

/* is @wanted there, under any of its names, or any of its family? */
static gboolean
has_element (MdocIssuerSigned *issuer_signed,
             MdocDocType *doc_type,
             const MdocDocElement *wanted)
{
  for (guint i = 0; i < mdoc_issuer_signed_get_n_items (issuer_signed); i++)
    {
      const MdocIssuerSignedItem *item
          = mdoc_issuer_signed_get_item (issuer_signed, i);

      if (mdoc_doc_type_find_element (doc_type, item->name_space, item->element)
          == wanted)
        return TRUE;
    }

  return FALSE;
}

/* A type that nobody has described demands nothing. */
static gboolean
check_complete (MdocAgent *agent,
                MdocIssuerSigned *issuer_signed,
                GError **error)
{
  MdocDocType *doc_type
      = mdoc_doc_type_table_lookup (agent->doc_types,
                                    mdoc_mso_get_doc_type (
                                        mdoc_issuer_signed_get_mso (
                                            issuer_signed)));

  for (guint i = 0;
       doc_type != NULL && i < mdoc_doc_type_get_n_elements (doc_type);
       i++)
    {
      const MdocDocElement *element = mdoc_doc_type_get_element (doc_type, i);

      if (element->is_mandatory
          && !has_element (issuer_signed, doc_type, element))
        return refuse (error,
                       MDOC_KEEP_ERROR_INCOMPLETE,
                       "The credential lacks what every one of its type has",
                       element->name_space,
                       element->element);
    }

  return TRUE;
}

/* An issuer that lists algorithms or claims is held to the list. */
static gboolean
check_promise (MdocIssuerSigned *issuer_signed,
               const MdocConfiguration *promised,
               GError **error)
{
  gint64 alg = mdoc_issuer_signed_get_issuer_auth (issuer_signed)->alg;

  if (promised->signing_algs->len > 0
      && !mdoc_configuration_has_signing_alg (promised, alg))
    {
      g_set_error (error,
                   MDOC_KEEP_ERROR,
                   MDOC_KEEP_ERROR_PROMISE,
                   "The credential is signed by an algorithm that the issuer "
                   "does not tell of: %" G_GINT64_FORMAT,
                   alg);
      return FALSE;
    }

  for (guint i = 0; i < promised->claims->len; i++)
    {
      const MdocClaim *claim = g_ptr_array_index (promised->claims, i);

      if (claim->is_mandatory && claim->element != NULL
          && mdoc_issuer_signed_find (issuer_signed,
                                      claim->name_space,
                                      claim->element)
                 == NULL)
        return refuse (error,
                       MDOC_KEEP_ERROR_PROMISE,
                       "The credential lacks what its issuer says is always "
                       "in it",
                       claim->name_space,
                       claim->element);
    }

  return TRUE;
}

/**
 * mdoc_keep_check_content:
 * @agent: who takes it in
 * @issuer_signed: a credential that holds
 * @promised: (nullable): what the issuer's metadata say about it
 * @error: return location for a #MdocKeepError
 *
 * Returns: %TRUE if nothing is missing, or %FALSE with @error set
 */
gboolean
mdoc_keep_check_content (MdocAgent *agent,
                         MdocIssuerSigned *issuer_signed,
                         const MdocConfiguration *promised,
                         GError **error)
{
  return check_complete (agent, issuer_signed, error)
         && (promised == NULL
             || check_promise (issuer_signed, promised, error));
}
