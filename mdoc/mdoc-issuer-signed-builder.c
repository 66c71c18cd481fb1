/*
 * mdoc-issuer-signed-builder.c - signing data elements as an issuer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-issuer-signed-private.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-mso-private.h"
#include "mdoc/mdoc-write-error.h"

/* twice what the standard asks for: as long as the digest's own strength */
#define RANDOM_LEN  32
#define MAX_URI_LEN 2048
#define MAX_ID_LEN  256

/* a value as mdoc_issuer_signed_parse() will take it: it stands one deep there
 */
static const MdocCborLimits value_limits = {
  .max_bytes = MDOC_ISSUER_SIGNED_MAX_BYTES / 2,
  .max_depth = 11,
  .max_items = 4000,
};

typedef struct
{
  guint name_space; /* index in name_spaces */
  char *name;
  gsize value_offset; /* in values */
  gsize value_len;
} Element;

struct _MdocIssuerSignedBuilder
{
  char *doc_type;
  MdocHash hash;
  GPtrArray *name_spaces; /* of char *, in the order of first use */
  GArray *elements;       /* of Element */
  MdocCborWriter *values; /* personal, and wiped */
  gint64 signed_unix_s;
  gint64 valid_from_unix_s;
  gint64 valid_until_unix_s;
  gint64 expected_update_unix_s;
  MdocPublicKey *device_key;
  GPtrArray *authorized_name_spaces; /* of char * */
  GArray *authorized_elements;       /* of MdocMsoElement */
  GStringChunk *names;
  MdocMsoStatus status_list;
  MdocMsoStatus identifier_list;
  GBytes *status_list_certificate;
  GBytes *identifier_list_certificate;
  GBytes *identifier;
  GError *error; /* the first thing that was wrong */
};

static void
clear_element (gpointer data)
{
  Element *element = data;

  g_free (element->name);
}

/* From the first mistake on nothing more is taken in: sign() will tell. */
static gboolean
check_name (MdocIssuerSignedBuilder *self, const char *name)
{
  return self->error == NULL
         && mdoc_write_check_name (name, MDOC_MAX_NAME_LEN, &self->error);
}

/**
 * mdoc_issuer_signed_builder_new:
 * @doc_type: the document type, such as `org.iso.18013.5.1.mDL`
 * @hash: what to make digests with
 *
 * Returns: (transfer full): a builder without elements
 */
MdocIssuerSignedBuilder *
mdoc_issuer_signed_builder_new (const char *doc_type, MdocHash hash)
{
  MdocIssuerSignedBuilder *self = g_new0 (MdocIssuerSignedBuilder, 1);

  self->doc_type = g_strdup (doc_type);
  self->hash = hash;
  self->name_spaces = g_ptr_array_new ();
  self->elements = g_array_sized_new (FALSE, FALSE, sizeof (Element), 32);
  g_array_set_clear_func (self->elements, clear_element);
  self->values = mdoc_cbor_writer_new (0);
  self->authorized_name_spaces = g_ptr_array_new ();
  self->authorized_elements = g_array_new (FALSE,
                                           FALSE,
                                           sizeof (MdocMsoElement));
  self->names = g_string_chunk_new (1024);
  check_name (self, doc_type);

  return self;
}

/**
 * mdoc_issuer_signed_builder_free:
 * @self: (nullable) (transfer full): a builder
 */
void
mdoc_issuer_signed_builder_free (MdocIssuerSignedBuilder *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->name_spaces, g_ptr_array_unref);
  g_clear_pointer (&self->elements, g_array_unref);
  g_clear_pointer (&self->values, mdoc_cbor_writer_free);
  g_clear_pointer (&self->device_key, mdoc_public_key_unref);
  g_clear_pointer (&self->authorized_name_spaces, g_ptr_array_unref);
  g_clear_pointer (&self->authorized_elements, g_array_unref);
  g_clear_pointer (&self->names, g_string_chunk_free);
  g_clear_pointer (&self->status_list_certificate, g_bytes_unref);
  g_clear_pointer (&self->identifier_list_certificate, g_bytes_unref);
  g_clear_pointer (&self->identifier, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self->doc_type);
  g_free (self);
}

static void
spoil (MdocIssuerSignedBuilder *self, MdocWriteError code, const char *reason)
{
  if (self->error == NULL)
    (void) mdoc_write_refuse (&self->error, code, reason);
}

static guint
find_name_space (MdocIssuerSignedBuilder *self, const char *name_space)
{
  for (guint i = 0; i < self->name_spaces->len; i++)
    if (strcmp (g_ptr_array_index (self->name_spaces, i), name_space) == 0)
      return i;

  g_ptr_array_add (self->name_spaces,
                   g_string_chunk_insert (self->names, name_space));
  return self->name_spaces->len - 1;
}

static gboolean
has_element (MdocIssuerSignedBuilder *self, guint name_space, const char *name)
{
  for (guint i = 0; i < self->elements->len; i++)
    {
      const Element *element = &g_array_index (self->elements, Element, i);

      if (element->name_space == name_space
          && strcmp (element->name, name) == 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * mdoc_issuer_signed_builder_add:
 * @self: a builder
 * @name_space: a name space
 * @element: an element there, not added before
 * @value_encoded: its value, one CBOR data item; copied
 *
 * Adds a data element. Those of a name space will stand in this order.
 */
void
mdoc_issuer_signed_builder_add (MdocIssuerSignedBuilder *self,
                                const char *name_space,
                                const char *element,
                                MdocSpan value_encoded)
{
  Element entry = {
    .value_offset = mdoc_cbor_writer_get_span (self->values).len,
    .value_len = value_encoded.len
  };
  MdocCborItem value;

  if (!check_name (self, name_space) || !check_name (self, element))
    return;
  if (!mdoc_cbor_open (value_encoded, &value_limits, &value, NULL))
    {
      spoil (self,
             MDOC_WRITE_ERROR_VALUE,
             "A data element's value is not one sound CBOR item");
      return;
    }

  entry.name_space = find_name_space (self, name_space);
  if (has_element (self, entry.name_space, element))
    {
      spoil (self,
             MDOC_WRITE_ERROR_DUPLICATE,
             "A data element was added twice");
      return;
    }

  if (self->elements->len >= MDOC_ISSUER_SIGNED_MAX_ITEMS
      || self->name_spaces->len > MDOC_ISSUER_SIGNED_MAX_NAME_SPACES
      || value_encoded.len
             > MDOC_ISSUER_SIGNED_MAX_BYTES / 2 - entry.value_offset)
    {
      spoil (self, MDOC_WRITE_ERROR_LIMIT, "Too many or too large elements");
      return;
    }

  entry.name = g_strdup (element);
  mdoc_cbor_writer_put_encoded (self->values, value_encoded);
  g_array_append_val (self->elements, entry);
}

/**
 * mdoc_issuer_signed_builder_set_validity:
 * @self: a builder
 * @signed_unix_s: when it is signed, in seconds since 1970
 * @valid_from_unix_s: its first valid second, not before @signed_unix_s
 * @valid_until_unix_s: its last valid second, later, and not after the
 *   document signer's
 * @expected_update_unix_s: when it will be signed anew, or 0
 *
 * Times that are coarser than a second tell a verifier less.
 */
void
mdoc_issuer_signed_builder_set_validity (MdocIssuerSignedBuilder *self,
                                         gint64 signed_unix_s,
                                         gint64 valid_from_unix_s,
                                         gint64 valid_until_unix_s,
                                         gint64 expected_update_unix_s)
{
  self->signed_unix_s = signed_unix_s;
  self->valid_from_unix_s = valid_from_unix_s;
  self->valid_until_unix_s = valid_until_unix_s;
  self->expected_update_unix_s = expected_update_unix_s;
}

/**
 * mdoc_issuer_signed_builder_set_device_key:
 * @self: a builder
 * @device_key: the holder's key, which the document is bound to
 */
void
mdoc_issuer_signed_builder_set_device_key (MdocIssuerSignedBuilder *self,
                                           MdocPublicKey *device_key)
{
  mdoc_public_key_ref (device_key);
  g_clear_pointer (&self->device_key, mdoc_public_key_unref);
  self->device_key = device_key;
}

/**
 * mdoc_issuer_signed_builder_authorize_name_space:
 * @self: a builder
 * @name_space: a name space of which the device key may sign any element
 */
void
mdoc_issuer_signed_builder_authorize_name_space (MdocIssuerSignedBuilder *self,
                                                 const char *name_space)
{
  if (check_name (self, name_space))
    g_ptr_array_add (self->authorized_name_spaces,
                     g_string_chunk_insert (self->names, name_space));
}

/**
 * mdoc_issuer_signed_builder_authorize_element:
 * @self: a builder
 * @name_space: a name space, not authorized as a whole
 * @element: an element of it that the device key may sign
 */
void
mdoc_issuer_signed_builder_authorize_element (MdocIssuerSignedBuilder *self,
                                              const char *name_space,
                                              const char *element)
{
  MdocMsoElement entry;
  guint at;

  if (!check_name (self, name_space) || !check_name (self, element))
    return;

  /* behind the others of its name space, or at the end */
  for (at = self->authorized_elements->len; at > 0; at--)
    if (strcmp (g_array_index (self->authorized_elements,
                               MdocMsoElement,
                               at - 1)
                    .name_space,
                name_space)
        == 0)
      break;
  if (at == 0)
    at = self->authorized_elements->len;

  entry.name_space = g_string_chunk_insert (self->names, name_space);
  entry.element = g_string_chunk_insert (self->names, element);
  g_array_insert_val (self->authorized_elements, at, entry);
}

static void
set_list (MdocIssuerSignedBuilder *self,
          MdocMsoStatus *list,
          const char *uri,
          MdocSpan certificate,
          GBytes **ret_certificate)
{
  if (self->error != NULL
      || !mdoc_write_check_name (uri, MAX_URI_LEN, &self->error))
    return;
  if (certificate.len > MDOC_CERTIFICATE_MAX_BYTES)
    {
      spoil (self,
             MDOC_WRITE_ERROR_LIMIT,
             "The certificate of the status is too long");
      return;
    }

  list->uri = g_string_chunk_insert (self->names, uri);
  g_clear_pointer (ret_certificate, g_bytes_unref);
  *ret_certificate = mdoc_span_dup (certificate);
  list->certificate = mdoc_span_from_bytes (*ret_certificate);
}

/**
 * mdoc_issuer_signed_builder_set_status_list:
 * @self: a builder
 * @idx: the document's place in the list
 * @uri: where the list is
 * @certificate: DER of the certificate that vouches for the list; empty for
 * none
 */
void
mdoc_issuer_signed_builder_set_status_list (MdocIssuerSignedBuilder *self,
                                            guint64 idx,
                                            const char *uri,
                                            MdocSpan certificate)
{
  self->status_list.kind = MDOC_MSO_STATUS_LIST;
  self->status_list.idx = idx;
  set_list (self,
            &self->status_list,
            uri,
            certificate,
            &self->status_list_certificate);
}

/**
 * mdoc_issuer_signed_builder_set_identifier_list:
 * @self: a builder
 * @id: the document's name in the list
 * @uri: where the list is
 * @certificate: DER of the certificate that vouches for the list; empty for
 * none
 */
void
mdoc_issuer_signed_builder_set_identifier_list (MdocIssuerSignedBuilder *self,
                                                MdocSpan id,
                                                const char *uri,
                                                MdocSpan certificate)
{
  if (id.len == 0 || id.len > MAX_ID_LEN)
    spoil (self,
           MDOC_WRITE_ERROR_LIMIT,
           "An entry of an identifier list is empty or too long");

  self->identifier_list.kind = MDOC_MSO_STATUS_IDENTIFIER_LIST;
  g_clear_pointer (&self->identifier, g_bytes_unref);
  self->identifier = mdoc_span_dup (id);
  self->identifier_list.id = mdoc_span_from_bytes (self->identifier);
  set_list (self,
            &self->identifier_list,
            uri,
            certificate,
            &self->identifier_list_certificate);
}

static gboolean
check_validity (MdocIssuerSignedBuilder *self,
                MdocCertificate *signer,
                GError **error)
{
  gint64 update = self->expected_update_unix_s;

  if (self->valid_from_unix_s < self->signed_unix_s
      || self->valid_until_unix_s <= self->valid_from_unix_s)
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_VALIDITY,
                              "The times do not follow each other: signed,"
                              " valid from, valid until");
  if (update != 0
      && (update < self->signed_unix_s || update > self->valid_until_unix_s))
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_VALIDITY,
                              "The expected update lies outside the validity");
  if (self->signed_unix_s < mdoc_certificate_get_not_before (signer)
      || self->valid_until_unix_s > mdoc_certificate_get_not_after (signer))
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_VALIDITY,
                              "The document would outlive, or is older than,"
                              " the document signer's certificate");
  return TRUE;
}

/* The leaf's key is @key's, and no certificate is its own issuer. */
static gboolean
check_chain (GPtrArray *chain, MdocKey *key, GError **error)
{
  MdocCertificate *leaf;

  if (chain == NULL || chain->len == 0 || chain->len > MDOC_CHAIN_MAX_LEN)
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_CERTIFICATE,
                              "There is no document signer's certificate, or"
                              " too many of them");

  leaf = g_ptr_array_index (chain, 0);
  if (!mdoc_public_key_equal (mdoc_certificate_get_public_key (leaf),
                              mdoc_key_get_public (key)))
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_KEY,
                              "The key is not that of the document signer's"
                              " certificate");

  for (guint i = 0; i < chain->len; i++)
    {
      MdocCertificate *certificate = g_ptr_array_index (chain, i);

      if (mdoc_span_equal (mdoc_certificate_get_subject_der (certificate),
                           mdoc_certificate_get_issuer_der (certificate)))
        return mdoc_write_refuse (error,
                                  MDOC_WRITE_ERROR_CERTIFICATE,
                                  "The root may not stand in the chain");
    }

  return TRUE;
}

static gboolean
check_authorizations (MdocIssuerSignedBuilder *self, GError **error)
{
  if (self->authorized_elements->len + self->authorized_name_spaces->len
      > MDOC_MSO_MAX_AUTHORIZATIONS)
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_LIMIT,
                              "Too much is authorized for the device key");

  for (guint i = 0; i < self->authorized_elements->len; i++)
    {
      const MdocMsoElement *element;

      element = &g_array_index (self->authorized_elements, MdocMsoElement, i);
      for (guint j = 0; j < self->authorized_name_spaces->len; j++)
        if (strcmp (element->name_space,
                    g_ptr_array_index (self->authorized_name_spaces, j))
            == 0)
          return mdoc_write_refuse (error,
                                    MDOC_WRITE_ERROR_DUPLICATE,
                                    "A name space is authorized as a whole and"
                                    " by element");
    }

  return TRUE;
}

static gsize
item_len (guint32 digest_id,
          gsize random_len,
          const char *name,
          gsize value_len)
{
  gsize name_len = strlen (name);

  return 1
         + strlen ("\x68"
                   "digestID")
         + mdoc_cbor_head_len (digest_id) + strlen ("\x66random")
         + mdoc_cbor_head_len (random_len) + random_len
         + strlen ("\x71"
                   "elementIdentifier")
         + mdoc_cbor_head_len (name_len) + name_len
         + strlen ("\x6c"
                   "elementValue")
         + value_len;
}

/**
 * mdoc_issuer_signed_item_write:
 * @writer: where to
 * @digest_id: which digest of the MSO will be its
 * @random: what hides the value
 * @element: its name
 * @value: its encoded value
 *
 * Writes an IssuerSignedItemBytes: #6.24 of an IssuerSignedItem.
 */
void
mdoc_issuer_signed_item_write (MdocCborWriter *writer,
                               guint32 digest_id,
                               MdocSpan random,
                               const char *element,
                               MdocSpan value)
{
  mdoc_cbor_writer_put_tag (writer, 24);
  mdoc_cbor_writer_begin_bytes (writer,
                                item_len (digest_id,
                                          random.len,
                                          element,
                                          value.len));
  mdoc_cbor_writer_begin_map (writer, 4);
  mdoc_cbor_writer_put_text (writer, "digestID");
  mdoc_cbor_writer_put_uint (writer, digest_id);
  mdoc_cbor_writer_put_text (writer, "random");
  mdoc_cbor_writer_put_bytes (writer, random);
  mdoc_cbor_writer_put_text (writer, "elementIdentifier");
  mdoc_cbor_writer_put_text (writer, element);
  mdoc_cbor_writer_put_text (writer, "elementValue");
  mdoc_cbor_writer_put_encoded (writer, value);
}

/* What one call of sign() works with. */
typedef struct
{
  MdocCborWriter *writer; /* of the IssuerSigned */
  guint n;                /* of elements */
  guint8 *randoms;        /* RANDOM_LEN each */
  guint32 *dice;          /* one each */
  guint8 *digests;        /* MDOC_HASH_MAX_LEN each */
  MdocMsoDigest *entries;
} Work;

static void
work_clear (Work *work)
{
  mdoc_cbor_writer_free (work->writer);
  g_free (work->randoms);
  g_free (work->dice);
  g_free (work->digests);
  g_free (work->entries);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static void
work_init (Work *work, MdocIssuerSignedBuilder *self, GPtrArray *chain)
{
  gsize reserve = 2048 + mdoc_cbor_writer_get_span (self->values).len;
  guint n = MAX (self->elements->len, 1); /* a decoy if there are none */

  for (guint i = 0; i < self->elements->len; i++)
    reserve += 128 + RANDOM_LEN + mdoc_hash_get_len (self->hash)
               + strlen (g_array_index (self->elements, Element, i).name);
  for (guint i = 0; i < chain->len; i++)
    reserve += g_bytes_get_size (
        mdoc_certificate_get_der (g_ptr_array_index (chain, i)));

  work->writer = mdoc_cbor_writer_new (reserve);
  work->n = n;
  work->randoms = g_malloc (n * (gsize) RANDOM_LEN);
  work->dice = g_new (guint32, n);
  work->digests = g_malloc (n * (gsize) MDOC_HASH_MAX_LEN);
  work->entries = g_new0 (MdocMsoDigest, n);
  mdoc_random_fill (work->randoms, n * (gsize) RANDOM_LEN);
  mdoc_random_fill ((guint8 *) work->dice, n * sizeof (guint32));
}

/* The numbers from 0 to @n - 1 in a random order, so that a digest's place says
 * nothing about its element. @order has been filled with random numbers. That
 * a remainder of 32 bits favours some by one in a million gives nobody
 * anything. */
static void
shuffle (guint32 *order, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint32 j = order[i] % (i + 1);

      order[i] = order[j];
      order[j] = i;
    }
}

/* Writes the items of one name space and notes their digests. Returns how many.
 */
static guint
put_name_space (MdocIssuerSignedBuilder *self,
                Work *work,
                guint name_space,
                guint first)
{
  const char *name = g_ptr_array_index (self->name_spaces, name_space);
  MdocSpan values = mdoc_cbor_writer_get_span (self->values);
  guint n = 0, k = 0;

  for (guint i = 0; i < self->elements->len; i++)
    if (g_array_index (self->elements, Element, i).name_space == name_space)
      n++;

  shuffle (work->dice + first, n);
  mdoc_cbor_writer_put_text (work->writer, name);
  mdoc_cbor_writer_begin_array (work->writer, n);
  for (guint i = 0; i < self->elements->len; i++)
    {
      const Element *element = &g_array_index (self->elements, Element, i);
      guint32 digest_id;
      gsize start;
      guint8 *digest;
      MdocSpan item;

      if (element->name_space != name_space)
        continue;

      digest_id = work->dice[first + k++];
      start = mdoc_cbor_writer_get_span (work->writer).len;
      mdoc_issuer_signed_item_write (work->writer,
                                     digest_id,
                                     MDOC_SPAN (work->randoms
                                                    + (first + digest_id)
                                                          * (gsize) RANDOM_LEN,
                                                RANDOM_LEN),
                                     element->name,
                                     MDOC_SPAN (values.data
                                                    + element->value_offset,
                                                element->value_len));

      item = mdoc_cbor_writer_get_span (work->writer);
      item = MDOC_SPAN (item.data + start, item.len - start);
      digest = work->digests + (first + digest_id) * (gsize) MDOC_HASH_MAX_LEN;
      mdoc_hash_compute (self->hash, &item, 1, digest);
      work->entries[first + digest_id] = (MdocMsoDigest){
        name,
        digest_id,
        MDOC_SPAN (digest, mdoc_hash_get_len (self->hash)),
      };
    }

  return n;
}

/* valueDigests may not be empty, even where there is nothing to disclose. */
static void
put_decoy (MdocIssuerSignedBuilder *self, Work *work)
{
  MdocSpan random = MDOC_SPAN (work->randoms, RANDOM_LEN);

  mdoc_hash_compute (self->hash, &random, 1, work->digests);
  work->entries[0] = (MdocMsoDigest){
    self->doc_type,
    0,
    MDOC_SPAN (work->digests, mdoc_hash_get_len (self->hash)),
  };
}

/* The payload of IssuerAuth: #6.24 of the MSO. */
static GBytes *
build_payload (MdocIssuerSignedBuilder *self, const Work *work)
{
  g_autoptr (MdocCborWriter) mso = NULL;
  g_autoptr (MdocCborWriter) payload = NULL;
  MdocMsoFields fields = {
    .doc_type = self->doc_type,
    .hash = self->hash,
    .digests = work->entries,
    .n_digests = work->n,
    .device_key = self->device_key,
    .authorized_name_spaces = (const char *const *)
                                  self->authorized_name_spaces->pdata,
    .n_authorized_name_spaces = self->authorized_name_spaces->len,
    .authorized_elements = (const MdocMsoElement *) (gpointer)
                               self->authorized_elements->data,
    .n_authorized_elements = self->authorized_elements->len,
    .signed_unix_s = self->signed_unix_s,
    .valid_from_unix_s = self->valid_from_unix_s,
    .valid_until_unix_s = self->valid_until_unix_s,
    .expected_update_unix_s = self->expected_update_unix_s,
    .status_list = self->status_list.uri != NULL ? &self->status_list : NULL,
    .identifier_list = self->identifier_list.uri != NULL
                           ? &self->identifier_list
                           : NULL,
  };

  mso = mdoc_cbor_writer_new (1024
                              + work->n * (8 + mdoc_hash_get_len (self->hash)));
  mdoc_mso_write (mso, &fields);
  payload = mdoc_cbor_writer_new (mdoc_cbor_writer_get_span (mso).len + 16);
  mdoc_cbor_writer_put_embedded (payload, mdoc_cbor_writer_get_span (mso));
  return mdoc_cbor_writer_finish (payload);
}

/**
 * mdoc_issuer_signed_builder_sign:
 * @self: a builder; it can sign again, for another document of the same data
 * @ds_key: the document signer's private key
 * @chain: (element-type MdocCertificate): the document signer's certificate,
 *   and those between it and the root, without the root
 * @error: return location for a #MdocWriteError if something added before, or
 *   missing, breaks the standard; or for a #MdocCryptoError
 *
 * Draws new random values and numbers for all digests and signs.
 *
 * Returns: (transfer full): the encoded IssuerSigned, which is wiped when let
 *   go, or %NULL with @error set
 */
GBytes *
mdoc_issuer_signed_builder_sign (MdocIssuerSignedBuilder *self,
                                 MdocKey *ds_key,
                                 GPtrArray *chain,
                                 GError **error)
{
  g_auto (Work) work = { 0 };
  g_autoptr (GBytes) payload = NULL;
  guint n_done = 0;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (self->error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return NULL;
    }
  if (self->device_key == NULL)
    {
      mdoc_write_refuse (error, MDOC_WRITE_ERROR_KEY, "No device key was set");
      return NULL;
    }
  if (!check_chain (chain, ds_key, error)
      || !check_validity (self, g_ptr_array_index (chain, 0), error)
      || !check_authorizations (self, error))
    return NULL;

  work_init (&work, self, chain);
  if (self->elements->len == 0)
    {
      mdoc_cbor_writer_begin_map (work.writer, 1);
      put_decoy (self, &work);
    }
  else
    {
      mdoc_cbor_writer_begin_map (work.writer, 2);
      mdoc_cbor_writer_put_text (work.writer, "nameSpaces");
      mdoc_cbor_writer_begin_map (work.writer, self->name_spaces->len);
      for (guint i = 0; i < self->name_spaces->len; i++)
        n_done += put_name_space (self, &work, i, n_done);
    }

  payload = build_payload (self, &work);
  mdoc_cbor_writer_put_text (work.writer, "issuerAuth");
  if (!mdoc_sign1_write (work.writer,
                         ds_key,
                         chain,
                         mdoc_span_from_bytes (payload),
                         FALSE,
                         error))
    return NULL;

  return mdoc_cbor_writer_finish (work.writer);
}
