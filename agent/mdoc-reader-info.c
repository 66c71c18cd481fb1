/*
 * mdoc-reader-info.c - who asks, as the holder is told
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-reader-info.h"

#include "base/mdoc-names.h"
#include "base/mdoc-text.h"

/**
 * mdoc_reader_info_free:
 * @self: (nullable) (transfer full): who asks
 */
void
mdoc_reader_info_free (MdocReaderInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->anchor_id);
  g_free (self);
}

static char *
make_id (MdocCertificate *anchor)
{
  guint8 digest[32];

  mdoc_certificate_get_fingerprint (anchor, digest);
  return mdoc_hex_encode (MDOC_SPAN (digest, sizeof (digest)));
}

static char *
dup_name (MdocCertificate *certificate)
{
  const char *common_name = mdoc_certificate_get_common_name (certificate);
  g_autofree char *name = common_name != NULL
                              ? g_utf8_make_valid (common_name, -1)
                              : mdoc_certificate_dup_subject (certificate);

  return g_utf8_substring (name,
                           0,
                           MIN (g_utf8_strlen (name, -1),
                                MDOC_READER_MAX_NAME_CHARS));
}

static void
fill (MdocReaderInfo *self, const MdocReaderIdentity *identity)
{
  g_clear_pointer (&self->name, g_free);
  self->name = identity->certificate != NULL ? dup_name (identity->certificate)
                                             : g_strdup ("");

  if (mdoc_reader_identity_is_trusted (identity))
    {
      self->trust = MDOC_READER_TRUSTED;
      self->reason = "";
      self->anchor_id = make_id (identity->anchor);
    }
  else if (!identity->is_signature_valid)
    {
      self->trust = MDOC_READER_INVALID;
      self->reason = "signature";
    }
  else
    {
      self->trust = MDOC_READER_UNTRUSTED;
      self->reason = mdoc_path_result_get_name (identity->path);
    }
}

/* what could not be decided speaks against the reader */
static void
fill_undecided (MdocReaderInfo *self, const GError *error)
{
  g_clear_pointer (&self->name, g_free);
  self->name = g_strdup ("");
  self->trust = MDOC_READER_INVALID;
  self->reason = "undecided";
}

/**
 * mdoc_reader_info_new:
 * @request: what a reader asks
 * @doc_request: for which of the documents
 * @transcript: the session's
 * @anchors: (element-type MdocCertificate): whom the holder trusts
 * @now_unix_s: the time
 *
 * Finds out who asks: by the signature over the doc request, or, where that
 * does not name anybody we trust, by one over the whole request.
 *
 * Returns: (transfer full): who asks
 */
MdocReaderInfo *
mdoc_reader_info_new (MdocDeviceRequest *request,
                      guint doc_request,
                      MdocTranscript *transcript,
                      GPtrArray *anchors,
                      gint64 now_unix_s)
{
  MdocReaderInfo *self = g_new0 (MdocReaderInfo, 1);
  guint n_all = mdoc_device_request_get_n_reader_auth_all (request);

  self->trust = MDOC_READER_UNSIGNED;
  self->name = g_strdup ("");
  self->reason = "";

  if (mdoc_device_request_has_reader_auth (request, doc_request))
    {
      g_auto (MdocReaderIdentity) identity = { 0 };
      g_autoptr (GError) error = NULL;

      if (mdoc_device_request_check_reader (request,
                                            doc_request,
                                            transcript,
                                            anchors,
                                            NULL,
                                            now_unix_s,
                                            &identity,
                                            &error))
        fill (self, &identity);
      else
        fill_undecided (self, error);
    }

  for (guint i = 0; i < n_all && g_strcmp0 (self->trust, MDOC_READER_TRUSTED);
       i++)
    {
      g_auto (MdocReaderIdentity) identity = { 0 };
      g_autoptr (GError) error = NULL;

      if (!mdoc_device_request_check_reader_all (request,
                                                 i,
                                                 transcript,
                                                 anchors,
                                                 NULL,
                                                 now_unix_s,
                                                 &identity,
                                                 &error))
        fill_undecided (self, error);
      else
        fill (self, &identity);
    }

  return self;
}
