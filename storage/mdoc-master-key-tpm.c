/*
 * mdoc-master-key-tpm.c - a master key that a TPM seals
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-master-key-private.h"

#include <string.h>

#include "crypto/mdoc-crypto.h"
#include "storage/mdoc-store-private.h"

#ifdef HAVE_TPM

#include "storage/mdoc-tpm.h"

#define PCRS_PREFIX "pcrs="
#define TCTI_PREFIX "tcti="

/* MAGIC, the PCRs as a mask of 32 bits, and the TPM's object */
#define MAGIC    "mdoctpm1"
#define MASK_AT  (sizeof (MAGIC) - 1)
#define HEAD_LEN (MASK_AT + sizeof (guint32))

typedef struct
{
  char *path;
  char *tcti; /* nullable */
  guint32 pcrs;
} TpmSource;

static void
tpm_source_free (gpointer impl)
{
  TpmSource *self = impl;

  g_free (self->path);
  g_free (self->tcti);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpmSource, tpm_source_free)

/* what the TPM says, as what it means for the store */
static void
take_tpm_error (GError **error, GError *inner)
{
  g_autoptr (GError) owned = inner;
  MdocStoreError code = MDOC_STORE_ERROR_DEVICE;

  switch ((MdocTpmError) inner->code)
    {
    case MDOC_TPM_ERROR_ABSENT:
    case MDOC_TPM_ERROR_LOCKED:
    case MDOC_TPM_ERROR_POLICY:
      code = MDOC_STORE_ERROR_KEY_WITHHELD;
      break;
    case MDOC_TPM_ERROR_FOREIGN:
      code = MDOC_STORE_ERROR_WRONG_KEY;
      break;
    case MDOC_TPM_ERROR_UNSUPPORTED:
    case MDOC_TPM_ERROR_DEVICE:
    default:
      break;
    }

  mdoc_store_refuse (error, code, "The master key: %s", owned->message);
}

static gboolean
refuse_file (TpmSource *self, GError **error)
{
  return mdoc_store_refuse (error,
                            MDOC_STORE_ERROR_WRONG_KEY,
                            "The master key: %s is not what the agent wrote "
                            "there",
                            self->path);
}

/* An administrator who names PCRs relies on them, and who names none does not
 * expect to be locked out. */
static gboolean
check_head (TpmSource *self, MdocSpan file, GError **error)
{
  guint32 mask;

  if (file.len < HEAD_LEN || memcmp (file.data, MAGIC, MASK_AT) != 0)
    return refuse_file (self, error);

  memcpy (&mask, file.data + MASK_AT, sizeof (mask));
  if (GUINT32_FROM_BE (mask) != self->pcrs)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_WRONG_KEY,
                              "The master key: %s was sealed to other PCRs "
                              "than --master-key names",
                              self->path);
  return TRUE;
}

static MdocSecret *
unseal (TpmSource *self, MdocSpan file, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (MdocSecret) key = NULL;
  g_autoptr (MdocTpm) tpm = NULL;

  if (!check_head (self, file, error))
    return NULL;

  tpm = mdoc_tpm_open (self->tcti, &inner);
  if (tpm != NULL)
    key = mdoc_tpm_unseal (tpm,
                           MDOC_SPAN (file.data + HEAD_LEN,
                                      file.len - HEAD_LEN),
                           self->pcrs,
                           &inner);
  if (key == NULL)
    {
      take_tpm_error (error, g_steal_pointer (&inner));
      return NULL;
    }

  if (mdoc_secret_get_len (key) != MDOC_MASTER_KEY_LEN)
    {
      refuse_file (self, error);
      return NULL;
    }

  return g_steal_pointer (&key);
}

static MdocSecret *
tpm_source_load (gpointer impl, GError **error)
{
  TpmSource *self = impl;
  g_autoptr (GBytes) file = NULL;
  gboolean is_missing;

  file = mdoc_master_key_read_beside (self->path, &is_missing, error);
  return file != NULL ? unseal (self, mdoc_span_from_bytes (file), error)
                      : NULL;
}

static MdocSecret *
seal_new (TpmSource *self, GError **error)
{
  g_autoptr (MdocSecret) key = mdoc_secret_new (MDOC_MASTER_KEY_LEN);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GError) inner = NULL;
  g_autoptr (MdocTpm) tpm = mdoc_tpm_open (self->tcti, &inner);
  g_autoptr (GBytes) object = NULL;
  guint32 mask = GUINT32_TO_BE (self->pcrs);
  MdocSpan span;

  mdoc_random_fill (mdoc_secret_get_data (key), MDOC_MASTER_KEY_LEN);
  if (tpm != NULL)
    object = mdoc_tpm_seal (tpm,
                            mdoc_secret_get_span (key),
                            self->pcrs,
                            &inner);
  if (object == NULL)
    {
      take_tpm_error (error, g_steal_pointer (&inner));
      return NULL;
    }

  span = mdoc_span_from_bytes (object);
  g_byte_array_append (file, (const guint8 *) MAGIC, MASK_AT);
  g_byte_array_append (file, (const guint8 *) &mask, sizeof (mask));
  g_byte_array_append (file, span.data, (guint) span.len);
  if (!mdoc_master_key_write_file (self->path,
                                   MDOC_SPAN (file->data, file->len),
                                   error))
    return NULL;

  return g_steal_pointer (&key);
}

static MdocSecret *
tpm_source_create (gpointer impl, GError **error)
{
  TpmSource *self = impl;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) file = NULL;
  gboolean is_missing;

  file = mdoc_master_key_read_beside (self->path, &is_missing, &local_error);
  if (file != NULL)
    return unseal (self, mdoc_span_from_bytes (file), error);

  if (!is_missing)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return seal_new (self, error);
}

/* "0,7": at least one, none twice */
static gboolean
parse_pcrs (const char *text, gsize len, guint32 *ret_pcrs)
{
  g_autofree char *list = g_strndup (text, len);
  g_auto (GStrv) numbers = g_strsplit (list, ",", -1);
  guint32 pcrs = 0;

  if (numbers[0] == NULL)
    return FALSE;

  for (guint i = 0; numbers[i] != NULL; i++)
    {
      guint64 number;

      if (!g_ascii_string_to_unsigned (numbers[i],
                                       10,
                                       0,
                                       MDOC_TPM_N_PCRS - 1,
                                       &number,
                                       NULL)
          || (pcrs & (guint32) 1 << number) != 0)
        return FALSE;
      pcrs |= (guint32) 1 << number;
    }

  *ret_pcrs = pcrs;
  return TRUE;
}

MdocMasterKey *
mdoc_master_key_new_tpm (const char *text, const char *state_dir)
{
  static const MdocMasterKeyClass klass = {
    .kind = "tpm",
    .load = tpm_source_load,
    .create = tpm_source_create,
    .free = tpm_source_free,
  };
  g_autoptr (TpmSource) source = g_new0 (TpmSource, 1);

  if (g_str_has_prefix (text, PCRS_PREFIX))
    {
      const char *list = text + strlen (PCRS_PREFIX);
      gsize len = strcspn (list, ":");

      if (!parse_pcrs (list, len, &source->pcrs))
        return NULL;
      text = list + len;
      if (text[0] == ':' && *++text == '\0')
        return NULL;
    }

  /* the last one: it has colons and commas of its own */
  if (g_str_has_prefix (text, TCTI_PREFIX))
    {
      source->tcti = g_strdup (text + strlen (TCTI_PREFIX));
      if (source->tcti[0] == '\0'
          || strlen (source->tcti) > MDOC_TPM_MAX_TCTI_LENGTH)
        return NULL;
    }
  else if (text[0] != '\0')
    return NULL;

  source->path = g_build_filename (state_dir, MDOC_STORE_FILE_TPM_KEY, NULL);
  return mdoc_master_key_new (&klass, g_steal_pointer (&source));
}

#else

MdocMasterKey *
mdoc_master_key_new_tpm (const char *text, const char *state_dir)
{
  return NULL;
}

#endif
