/*
 * mdoc-issuer-pki.c - roots, document signer and reader for a test bench
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-issuer-pki.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "base/mdoc-file.h"

#define DAY_S          ((gint64) 24 * 60 * 60)
#define CRL_LIFE_DAYS  90 /* Annex B: issued anew within 90 days */
#define N_FILES_A_ROLE 3

struct _MdocPki
{
  MdocKey *keys[MDOC_PKI_N_ROLES];
  MdocCertificate *certificates[MDOC_PKI_N_ROLES];
  GBytes *crls[MDOC_PKI_N_ROLES]; /* of the roots */
};

static const struct
{
  const char *name;
  const char *common_name;
  MdocLintProfile profile;
  gboolean is_ca;
  MdocPkiRole issuer;
} roles[MDOC_PKI_N_ROLES] = {
  [MDOC_PKI_IACA]
  = { "iaca", "IACA Root", MDOC_LINT_IACA, TRUE, MDOC_PKI_IACA },
  [MDOC_PKI_DOCUMENT_SIGNER] = { "ds",
                                 "Document Signer",
                                 MDOC_LINT_DOCUMENT_SIGNER,
                                 FALSE,
                                 MDOC_PKI_IACA },
  [MDOC_PKI_READER_CA]
  = { "reader-ca", "Reader CA", MDOC_LINT_READER, TRUE, MDOC_PKI_READER_CA },
  [MDOC_PKI_READER]
  = { "reader", "mdoc Reader", MDOC_LINT_READER, FALSE, MDOC_PKI_READER_CA },
};

/**
 * mdoc_pki_role_get_name:
 * @role: a role
 *
 * Returns: what its files are called
 */
const char *
mdoc_pki_role_get_name (MdocPkiRole role)
{
  return roles[role].name;
}

static gboolean
make_certificate (MdocPki *self,
                  MdocPkiRole role,
                  const MdocPkiOptions *options,
                  GError **error)
{
  const MdocPkiRole issuer = roles[role].issuer;
  const guint days = roles[role].is_ca ? options->root_days : options->days;
  g_autofree char *common_name = NULL;
  g_autofree char *crl_uri = NULL;

  common_name = g_strdup_printf ("%s %s",
                                 options->organization != NULL
                                     ? options->organization
                                     : options->country,
                                 roles[role].common_name);
  crl_uri = g_strdup_printf ("%s/%s.crl", options->crl_uri, roles[issuer].name);

  self->certificates[role] = mdoc_certificate_build (
      &(MdocCertificateTemplate){
          .profile = roles[role].profile,
          .is_ca = roles[role].is_ca,
          .common_name = common_name,
          .country = options->country,
          .state = options->state,
          .organization = options->organization,
          .not_before_unix_s = options->from_unix_s,
          .not_after_unix_s = options->from_unix_s + (gint64) days * DAY_S,
          .issuer_alt_uri = options->contact_uri,
          .crl_uri = crl_uri,
      },
      mdoc_key_get_public (self->keys[role]),
      issuer == role ? NULL : self->certificates[issuer],
      self->keys[issuer],
      error);

  return self->certificates[role] != NULL;
}

static gboolean
make_crl (MdocPki *self,
          MdocPkiRole role,
          const MdocPkiOptions *options,
          GError **error)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  self->crls[role] = mdoc_crl_build (self->certificates[role],
                                     self->keys[role],
                                     none,
                                     options->from_unix_s,
                                     options->from_unix_s
                                         + CRL_LIFE_DAYS * DAY_S,
                                     error);
  return self->crls[role] != NULL;
}

/**
 * mdoc_pki_new:
 * @options: what to make; they have been checked against the limits above
 * @error: return location for a #MdocCryptoError
 *
 * Makes four keys and certificates, and an empty revocation list for each root.
 *
 * Returns: (transfer full): all of it, or %NULL with @error set
 */
MdocPki *
mdoc_pki_new (const MdocPkiOptions *options, GError **error)
{
  g_autoptr (MdocPki) self = g_new0 (MdocPki, 1);

  for (MdocPkiRole role = 0; role < MDOC_PKI_N_ROLES; role++)
    {
      self->keys[role] = mdoc_key_generate (options->curve, error);
      if (self->keys[role] == NULL
          || !make_certificate (self, role, options, error))
        return NULL;
      if (roles[role].is_ca && !make_crl (self, role, options, error))
        return NULL;
    }

  return g_steal_pointer (&self);
}

void
mdoc_pki_free (MdocPki *self)
{
  if (self == NULL)
    return;

  for (MdocPkiRole role = 0; role < MDOC_PKI_N_ROLES; role++)
    {
      g_clear_pointer (&self->keys[role], mdoc_key_unref);
      g_clear_pointer (&self->certificates[role], mdoc_certificate_unref);
      g_clear_pointer (&self->crls[role], g_bytes_unref);
    }
  g_free (self);
}

/**
 * mdoc_pki_get_certificate:
 * @self: a PKI
 * @role: whose
 *
 * Returns: (transfer none): the certificate
 */
MdocCertificate *
mdoc_pki_get_certificate (MdocPki *self, MdocPkiRole role)
{
  return self->certificates[role];
}

/**
 * mdoc_pki_get_key:
 * @self: a PKI
 * @role: whose
 *
 * Returns: (transfer none): the private key
 */
MdocKey *
mdoc_pki_get_key (MdocPki *self, MdocPkiRole role)
{
  return self->keys[role];
}

static gboolean
save_file (const char *folder,
           MdocPkiRole role,
           const char *suffix,
           MdocSpan content,
           MdocFileFlags flags,
           GError **error)
{
  g_autofree char *name = g_strconcat (roles[role].name, suffix, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return mdoc_file_write (path, content, flags, error);
}

static gboolean
save_role (MdocPki *self,
           MdocPkiRole role,
           const char *folder,
           MdocFileFlags flags,
           GError **error)
{
  g_autoptr (MdocSecret) key = mdoc_key_to_pem (self->keys[role], error);
  g_autofree char *certificate = NULL;

  if (key == NULL)
    return FALSE;

  certificate = mdoc_certificate_to_pem (self->certificates[role]);
  if (!save_file (folder,
                  role,
                  "-key.pem",
                  mdoc_secret_get_span (key),
                  flags | MDOC_FILE_PRIVATE,
                  error)
      || !save_file (folder,
                     role,
                     ".pem",
                     mdoc_span_from_text (certificate),
                     flags,
                     error))
    return FALSE;

  return self->crls[role] == NULL
         || save_file (folder,
                       role,
                       ".crl",
                       mdoc_span_from_bytes (self->crls[role]),
                       flags,
                       error);
}

/* Looked at before the first file is written, so that keys of two PKIs never
 * get mixed. */
static gboolean
check_empty (const char *folder, GError **error)
{
  static const char *const suffixes[N_FILES_A_ROLE] = { ".pem",
                                                        "-key.pem",
                                                        ".crl" };

  for (MdocPkiRole role = 0; role < MDOC_PKI_N_ROLES; role++)
    for (guint i = 0; i < N_FILES_A_ROLE; i++)
      {
        g_autofree char *name = g_strconcat (roles[role].name,
                                             suffixes[i],
                                             NULL);
        g_autofree char *path = g_build_filename (folder, name, NULL);

        if (g_file_test (path, G_FILE_TEST_EXISTS))
          {
            g_set_error (error,
                         MDOC_FILE_ERROR,
                         MDOC_FILE_ERROR_EXISTS,
                         "%s exists already; --force replaces it",
                         path);
            return FALSE;
          }
      }

  return TRUE;
}

/**
 * mdoc_pki_save:
 * @self: a PKI
 * @folder: where to; made if it is not there, for its owner alone
 * @may_replace: whether files that are there may be lost
 * @error: return location for a #MdocFileError or #MdocCryptoError
 *
 * Writes `ROLE.pem`, `ROLE-key.pem` (mode 0600) and for roots `ROLE.crl`.
 *
 * Returns: %TRUE if all files are there
 */
gboolean
mdoc_pki_save (MdocPki *self,
               const char *folder,
               gboolean may_replace,
               GError **error)
{
  MdocFileFlags flags = may_replace ? MDOC_FILE_REPLACE : MDOC_FILE_PLAIN;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error,
                   MDOC_FILE_ERROR,
                   MDOC_FILE_ERROR_IO,
                   "%s: %s",
                   folder,
                   g_strerror (errno));
      return FALSE;
    }
  if (!may_replace && !check_empty (folder, error))
    return FALSE;

  for (MdocPkiRole role = 0; role < MDOC_PKI_N_ROLES; role++)
    if (!save_role (self, role, folder, flags, error))
      return FALSE;

  return TRUE;
}
