/*
 * mdoc-manager-trust.c - org.mdocagent.Agent1.Manager: trust anchors
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-manager-private.h"

#include "agent/mdoc-agent-error.h"
#include "base/mdoc-log.h"
#include "base/mdoc-text.h"
#include "crypto/mdoc-certificate.h"

#define MESSAGE_ID_TRUST "a3d5be0d9f1246a4a0ad2e6f5f0f4c18"

/**
 * mdoc_manager_load_anchors:
 * @self: an agent
 * @purpose: for whom
 * @error: return location for a #MdocStoreError or #MdocCryptoError
 *
 * Returns: (transfer full) (element-type MdocCertificate): the trust anchors,
 *   or %NULL with @error set
 */
GPtrArray *
mdoc_manager_load_anchors (MdocAgent *self,
                           MdocTrustPurpose purpose,
                           GError **error)
{
  g_autoptr (GPtrArray) stored = mdoc_store_list_anchors (self->store, error);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);

  if (stored == NULL)
    return NULL;

  for (guint i = 0; i < stored->len; i++)
    {
      const MdocStoredAnchor *anchor = g_ptr_array_index (stored, i);
      MdocCertificate *certificate;

      if (anchor->purpose != purpose)
        continue;

      certificate = mdoc_certificate_parse (anchor->der, error);
      if (certificate == NULL)
        return NULL;
      g_ptr_array_add (anchors, certificate);
    }

  return g_steal_pointer (&anchors);
}

static gboolean
read_purpose (const char *name, MdocTrustPurpose *ret_purpose, GError **error)
{
  if (mdoc_trust_purpose_from_name (name, ret_purpose))
    return TRUE;

  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                            "A trust anchor is for \"issuer\" or \"reader\"");
}

static void
insert_time (GVariantDict *dict, const char *name, gint64 unix_s)
{
  g_autofree char *text = mdoc_time_format (unix_s);

  g_variant_dict_insert (dict, name, "s", text);
}

static GVariant *
make_anchor (const char *id,
             MdocTrustPurpose purpose,
             MdocCertificate *certificate,
             gint64 added_unix_s)
{
  g_autofree char *raw_subject = mdoc_certificate_dup_subject (certificate);
  g_autofree char *subject = g_utf8_make_valid (raw_subject, -1);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict,
                         "purpose",
                         "s",
                         mdoc_trust_purpose_get_name (purpose));
  g_variant_dict_insert (&dict, "subject", "s", subject);
  insert_time (&dict,
               "not_before",
               mdoc_certificate_get_not_before (certificate));
  insert_time (&dict,
               "not_after",
               mdoc_certificate_get_not_after (certificate));
  insert_time (&dict, "added", added_unix_s);
  return g_variant_dict_end (&dict);
}

static GVariant *
add_anchor (MdocAgent *self,
            const char *purpose_name,
            GVariant *bytes,
            GError **error)
{
  g_autoptr (GBytes) der = g_variant_get_data_as_bytes (bytes);
  g_autoptr (MdocCertificate) certificate = NULL;
  MdocLogFields fields = { .topic = "store", .message_id = MESSAGE_ID_TRUST };
  gint64 now_unix_s = mdoc_agent_get_time (self);
  g_autofree char *id = NULL;
  MdocTrustPurpose purpose;

  if (!read_purpose (purpose_name, &purpose, error))
    return NULL;

  certificate = mdoc_certificate_parse (der, error);
  if (certificate == NULL
      || !mdoc_store_add_anchor (self->store,
                                 purpose,
                                 mdoc_certificate_get_der (certificate),
                                 now_unix_s,
                                 &id,
                                 error))
    return NULL;

  mdoc_log (G_LOG_LEVEL_MESSAGE,
            &fields,
            "A trust anchor for %ss was added",
            purpose_name);
  return make_anchor (id, purpose, certificate, now_unix_s);
}

/* AddTrustAnchor() */
void
mdoc_manager_add_anchor (MdocAgent *self,
                         GDBusMethodInvocation *invocation,
                         GVariant *parameters)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (parameters, 1);
  GVariant *anchor = NULL;
  GError *error = NULL;
  const char *purpose;

  g_variant_get_child (parameters, 0, "&s", &purpose);
  if (mdoc_manager_check_options (parameters, 2, &error))
    anchor = add_anchor (self, purpose, bytes, &error);

  mdoc_manager_return (invocation,
                       anchor != NULL ? g_variant_new ("(@a{sv})", anchor)
                                      : NULL,
                       error);
}

/* ListTrustAnchors() */
void
mdoc_manager_list_anchors (MdocAgent *self,
                           GDBusMethodInvocation *invocation,
                           GVariant *parameters)
{
  g_autoptr (GPtrArray) stored = NULL;
  GError *error = NULL;
  GVariantBuilder list;

  if (mdoc_manager_check_options (parameters, 0, &error))
    stored = mdoc_store_list_anchors (self->store, &error);

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; stored != NULL && error == NULL && i < stored->len; i++)
    {
      const MdocStoredAnchor *anchor = g_ptr_array_index (stored, i);
      g_autoptr (MdocCertificate) certificate
          = mdoc_certificate_parse (anchor->der, &error);

      if (certificate != NULL)
        g_variant_builder_add_value (&list,
                                     make_anchor (anchor->id,
                                                  anchor->purpose,
                                                  certificate,
                                                  anchor->added_unix_s));
    }

  mdoc_manager_return (invocation, g_variant_new ("(aa{sv})", &list), error);
}

/* RemoveTrustAnchor() */
void
mdoc_manager_remove_anchor (MdocAgent *self,
                            GDBusMethodInvocation *invocation,
                            GVariant *parameters)
{
  MdocLogFields fields = { .topic = "store", .message_id = MESSAGE_ID_TRUST };
  MdocTrustPurpose purpose;
  GError *error = NULL;
  const char *name;
  const char *id;

  g_variant_get_child (parameters, 0, "&s", &name);
  g_variant_get_child (parameters, 1, "&s", &id);
  if (mdoc_manager_check_options (parameters, 2, &error)
      && read_purpose (name, &purpose, &error)
      && mdoc_store_remove_anchor (self->store, purpose, id, &error))
    mdoc_log (G_LOG_LEVEL_MESSAGE,
              &fields,
              "A trust anchor for %ss was removed",
              name);

  mdoc_manager_return (invocation, NULL, error);
}
