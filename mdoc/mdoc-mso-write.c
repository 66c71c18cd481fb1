/*
 * mdoc-mso-write.c - writing a mobile security object, for the builder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-mso-private.h"

#include <string.h>

#include "mdoc/mdoc-cose.h"

static guint
count_digest_name_spaces (const MdocMsoFields *fields)
{
  guint n = 0;

  for (guint i = 0; i < fields->n_digests; i++)
    if (i == 0
        || strcmp (fields->digests[i].name_space,
                   fields->digests[i - 1].name_space)
               != 0)
      n++;

  return n;
}

static void
put_value_digests (MdocCborWriter *writer, const MdocMsoFields *fields)
{
  const MdocMsoDigest *digests = fields->digests;
  guint end;

  mdoc_cbor_writer_put_text (writer, "valueDigests");
  mdoc_cbor_writer_begin_map (writer, count_digest_name_spaces (fields));
  for (guint start = 0; start < fields->n_digests; start = end)
    {
      for (end = start + 1;
           end < fields->n_digests
           && strcmp (digests[end].name_space, digests[start].name_space) == 0;)
        end++;

      mdoc_cbor_writer_put_text (writer, digests[start].name_space);
      mdoc_cbor_writer_begin_map (writer, end - start);
      for (guint i = start; i < end; i++)
        {
          mdoc_cbor_writer_put_uint (writer, digests[i].digest_id);
          mdoc_cbor_writer_put_bytes (writer, digests[i].digest);
        }
    }
}

static void
put_authorized_elements (MdocCborWriter *writer, const MdocMsoFields *fields)
{
  const MdocMsoElement *elements = fields->authorized_elements;
  guint n_name_spaces = 0;
  guint end;

  for (guint i = 0; i < fields->n_authorized_elements; i++)
    if (i == 0
        || strcmp (elements[i].name_space, elements[i - 1].name_space) != 0)
      n_name_spaces++;

  mdoc_cbor_writer_put_text (writer, "dataElements");
  mdoc_cbor_writer_begin_map (writer, n_name_spaces);
  for (guint start = 0; start < fields->n_authorized_elements; start = end)
    {
      for (end = start + 1;
           end < fields->n_authorized_elements
           && strcmp (elements[end].name_space, elements[start].name_space)
                  == 0;)
        end++;

      mdoc_cbor_writer_put_text (writer, elements[start].name_space);
      mdoc_cbor_writer_begin_array (writer, end - start);
      for (guint i = start; i < end; i++)
        mdoc_cbor_writer_put_text (writer, elements[i].element);
    }
}

static void
put_device_key_info (MdocCborWriter *writer, const MdocMsoFields *fields)
{
  guint n = (fields->n_authorized_name_spaces > 0 ? 1u : 0u)
            + (fields->n_authorized_elements > 0 ? 1u : 0u);

  mdoc_cbor_writer_put_text (writer, "deviceKeyInfo");
  mdoc_cbor_writer_begin_map (writer, n > 0 ? 2 : 1);
  mdoc_cbor_writer_put_text (writer, "deviceKey");
  mdoc_cose_key_write (writer, fields->device_key);
  if (n == 0)
    return;

  mdoc_cbor_writer_put_text (writer, "keyAuthorizations");
  mdoc_cbor_writer_begin_map (writer, n);
  if (fields->n_authorized_name_spaces > 0)
    {
      mdoc_cbor_writer_put_text (writer, "nameSpaces");
      mdoc_cbor_writer_begin_array (writer, fields->n_authorized_name_spaces);
      for (guint i = 0; i < fields->n_authorized_name_spaces; i++)
        mdoc_cbor_writer_put_text (writer, fields->authorized_name_spaces[i]);
    }
  if (fields->n_authorized_elements > 0)
    put_authorized_elements (writer, fields);
}

static void
put_validity_info (MdocCborWriter *writer, const MdocMsoFields *fields)
{
  gboolean has_update = fields->expected_update_unix_s != 0;

  mdoc_cbor_writer_put_text (writer, "validityInfo");
  mdoc_cbor_writer_begin_map (writer, has_update ? 4 : 3);
  mdoc_cbor_writer_put_text (writer, "signed");
  mdoc_cbor_writer_put_time (writer, fields->signed_unix_s);
  mdoc_cbor_writer_put_text (writer, "validFrom");
  mdoc_cbor_writer_put_time (writer, fields->valid_from_unix_s);
  mdoc_cbor_writer_put_text (writer, "validUntil");
  mdoc_cbor_writer_put_time (writer, fields->valid_until_unix_s);
  if (has_update)
    {
      mdoc_cbor_writer_put_text (writer, "expectedUpdate");
      mdoc_cbor_writer_put_time (writer, fields->expected_update_unix_s);
    }
}

static void
put_list (MdocCborWriter *writer, const MdocMsoStatus *list)
{
  gboolean is_status_list = list->kind == MDOC_MSO_STATUS_LIST;

  mdoc_cbor_writer_put_text (writer,
                             is_status_list ? "status_list"
                                            : "identifier_list");
  mdoc_cbor_writer_begin_map (writer, list->certificate.len > 0 ? 3 : 2);
  if (is_status_list)
    {
      mdoc_cbor_writer_put_text (writer, "idx");
      mdoc_cbor_writer_put_uint (writer, list->idx);
    }
  else
    {
      mdoc_cbor_writer_put_text (writer, "id");
      mdoc_cbor_writer_put_bytes (writer, list->id);
    }
  mdoc_cbor_writer_put_text (writer, "uri");
  mdoc_cbor_writer_put_text (writer, list->uri);
  if (list->certificate.len > 0)
    {
      mdoc_cbor_writer_put_text (writer, "certificate");
      mdoc_cbor_writer_put_bytes (writer, list->certificate);
    }
}

/**
 * mdoc_mso_write:
 * @writer: where to
 * @fields: what stands in it; not checked
 *
 * Writes a MobileSecurityObject, without tag 24, with its members in the order
 * in which the standard lists them.
 */
void
mdoc_mso_write (MdocCborWriter *writer, const MdocMsoFields *fields)
{
  guint n_lists = (fields->status_list != NULL ? 1u : 0u)
                  + (fields->identifier_list != NULL ? 1u : 0u);

  mdoc_cbor_writer_begin_map (writer, n_lists > 0 ? 7 : 6);
  mdoc_cbor_writer_put_text (writer, "version");
  mdoc_cbor_writer_put_text (writer, "1.0");
  mdoc_cbor_writer_put_text (writer, "digestAlgorithm");
  mdoc_cbor_writer_put_text (writer, mdoc_mso_get_hash_name (fields->hash));
  put_value_digests (writer, fields);
  put_device_key_info (writer, fields);
  mdoc_cbor_writer_put_text (writer, "docType");
  mdoc_cbor_writer_put_text (writer, fields->doc_type);
  put_validity_info (writer, fields);
  if (n_lists == 0)
    return;

  mdoc_cbor_writer_put_text (writer, "status");
  mdoc_cbor_writer_begin_map (writer, n_lists);
  if (fields->status_list != NULL)
    put_list (writer, fields->status_list);
  if (fields->identifier_list != NULL)
    put_list (writer, fields->identifier_list);
}
