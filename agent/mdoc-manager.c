/*
 * mdoc-manager.c - org.mdocagent.Agent1.Manager: status, keys, presentations
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-import.h"
#include "agent/mdoc-manager-private.h"
#include "agent/mdoc-options.h"
#include "base/mdoc-log.h"
#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"
#include "storage/mdoc-keystore.h"

#define DEFAULT_CURVE         "P-256"
#define DEFAULT_HISTORY_LIMIT 100
#define MESSAGE_ID_IMPORTED   "0b0a7ad2c8f14c2d8d0c6a35f2c19e77"

/**
 * mdoc_manager_return:
 * @invocation: (transfer full): a call
 * @result: (nullable): a tuple, the result; consumed if floating
 * @error: (transfer full) (nullable): why there is no result
 *
 * Ends a call.
 */
void
mdoc_manager_return (GDBusMethodInvocation *invocation,
                     GVariant *result,
                     GError *error)
{
  if (error == NULL)
    {
      g_dbus_method_invocation_return_value (invocation, result);
      return;
    }

  if (result != NULL)
    g_variant_unref (g_variant_ref_sink (result));
  mdoc_bus_return_error (invocation, error);
}

/* a method that takes options alone, and knows none of them */
gboolean
mdoc_manager_check_options (GVariant *parameters, guint index, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, index);

  return mdoc_options_parse_none (options, error);
}

/* --- status --- */

static guint
count_anchors (GPtrArray *anchors, MdocTrustPurpose purpose)
{
  guint n = 0;

  for (guint i = 0; i < anchors->len; i++)
    {
      const MdocStoredAnchor *anchor = g_ptr_array_index (anchors, i);

      if (anchor->purpose == purpose)
        n++;
    }

  return n;
}

static GVariant *
make_key_stores (MdocStore *store)
{
  static const char *const kinds[] = { MDOC_KEYSTORE_SOFTWARE,
                                       MDOC_KEYSTORE_TPM,
                                       MDOC_KEYSTORE_PKCS11 };
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      MdocKeystore *keystore = mdoc_store_get_keystore (store, kinds[i]);
      g_autoptr (GError) error = NULL;
      GVariantDict dict;

      if (keystore == NULL)
        continue;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "kind", "s", kinds[i]);
      g_variant_dict_insert (&dict,
                             "makes_keys",
                             "b",
                             keystore == mdoc_store_get_keystore (store, NULL));
      g_variant_dict_insert (&dict,
                             "problem",
                             "s",
                             mdoc_keystore_check (keystore, &error)
                                 ? ""
                                 : error->message);
      g_variant_builder_add_value (&list, g_variant_dict_end (&dict));
    }

  return g_variant_builder_end (&list);
}

static GVariant *
make_status (MdocAgent *self, GError **error)
{
  g_autoptr (GPtrArray) keys = mdoc_store_list_keys (self->store, error);
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (GPtrArray) anchors = NULL;
  g_autoptr (GPtrArray) jobs = NULL;
  g_autoptr (GPtrArray) notices = NULL;
  g_autofree char *since = NULL;
  GVariantDict status;
  gint64 start_unix_s;

  if (keys == NULL || !mdoc_store_get_start (self->store, &start_unix_s, error))
    return NULL;
  documents = mdoc_store_list_documents (self->store, error);
  if (documents == NULL)
    return NULL;
  anchors = mdoc_store_list_anchors (self->store, error);
  if (anchors == NULL)
    return NULL;

  jobs = mdoc_store_list_jobs (self->store, FALSE, error);
  if (jobs == NULL)
    return NULL;
  notices = mdoc_store_list_notices (self->store, error);
  if (notices == NULL)
    return NULL;

  g_variant_dict_init (&status, NULL);
  g_variant_dict_insert (&status, "jobs", "u", jobs->len);
  g_variant_dict_insert (&status, "notices", "u", notices->len);
  g_variant_dict_insert (&status,
                         "time_known",
                         "b",
                         mdoc_agent_get_moment (self).is_known);
  since = mdoc_time_format (start_unix_s);
  g_variant_dict_insert (&status, "since", "s", since);
  g_variant_dict_insert (&status, "version", "s", PACKAGE_VERSION);
  g_variant_dict_insert (&status, "crypto", "s", mdoc_crypto_get_backend ());
  g_variant_dict_insert (&status,
                         "schema_version",
                         "u",
                         mdoc_store_get_schema_version (self->store));
  g_variant_dict_insert (&status,
                         "master_key",
                         "s",
                         mdoc_master_key_get_kind (self->master_key));
  g_variant_dict_insert_value (&status,
                               "key_stores",
                               make_key_stores (self->store));
  g_variant_dict_insert (&status, "keys", "u", keys->len);
  g_variant_dict_insert (&status, "credentials", "u", documents->len);
  g_variant_dict_insert (&status,
                         "issuer_anchors",
                         "u",
                         count_anchors (anchors, MDOC_TRUST_ISSUER));
  g_variant_dict_insert (&status,
                         "reader_anchors",
                         "u",
                         count_anchors (anchors, MDOC_TRUST_READER));
  g_variant_dict_insert (&status,
                         "doc_types",
                         "u",
                         mdoc_doc_type_table_get_n_doc_types (self->doc_types));
  g_variant_dict_insert (&status,
                         "consent_agents",
                         "u",
                         mdoc_consents_get_n_agents (self->consents));
  g_variant_dict_insert (&status,
                         "presentation",
                         "s",
                         self->presentation != NULL
                             ? mdoc_presentation_get_state (self->presentation)
                             : "none");
  return g_variant_dict_end (&status);
}

static void
get_status (MdocAgent *self,
            GDBusMethodInvocation *invocation,
            GVariant *parameters)
{
  GError *error = NULL;
  GVariant *status = NULL;

  if (mdoc_manager_check_options (parameters, 0, &error))
    status = make_status (self, &error);

  mdoc_manager_return (invocation,
                       status != NULL ? g_variant_new ("(@a{sv})", status)
                                      : NULL,
                       error);
}

/* --- keys --- */

static GVariant *
make_key (const MdocStoredKey *key)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autofree char *created = mdoc_time_format (key->created_unix_s);
  g_autofree char *pem = mdoc_public_key_to_pem (key->public_key);
  g_autofree char *cose = NULL;
  GVariantDict dict;

  mdoc_cose_key_write (writer, key->public_key);
  cose = mdoc_hex_encode (mdoc_cbor_writer_get_span (writer));

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", key->id);
  g_variant_dict_insert (&dict,
                         "curve",
                         "s",
                         mdoc_curve_get_name (
                             mdoc_public_key_get_curve (key->public_key)));
  g_variant_dict_insert (&dict,
                         "auth",
                         "s",
                         mdoc_key_auth_get_name (key->auth));
  g_variant_dict_insert (&dict, "label", "s", key->label);
  g_variant_dict_insert (&dict, "created", "s", created);
  g_variant_dict_insert (&dict, "kind", "s", key->kind);
  g_variant_dict_insert (&dict, "pem", "s", pem);
  g_variant_dict_insert (&dict, "cose", "s", cose);
  g_variant_dict_insert (&dict,
                         "credential",
                         "s",
                         key->document_id != NULL ? key->document_id : "");
  return g_variant_dict_end (&dict);
}

static MdocStoredKey *
create_key (MdocAgent *self, GVariant *options, GError **error)
{
  g_autofree char *curve_name = g_strdup (DEFAULT_CURVE);
  g_autofree char *auth_name = g_strdup (
      mdoc_key_auth_get_name (MDOC_KEY_AUTH_SIGNATURE));
  g_autofree char *label = g_strdup ("");
  g_autofree char *kind = NULL;
  const MdocOption known[] = { { "curve", "s", &curve_name },
                               { "auth", "s", &auth_name },
                               { "label", "s", &label },
                               { "store", "s", &kind } };
  MdocKeyAuth auth;
  MdocCurve curve;

  if (!mdoc_options_parse (options, known, G_N_ELEMENTS (known), error)
      || !mdoc_options_check_label (label, error))
    return NULL;

  if (!mdoc_curve_from_name (curve_name, &curve))
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "There is no curve \"%.16s\"",
                         curve_name);
      return NULL;
    }

  if (!mdoc_key_auth_from_name (auth_name, &auth))
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "A key is for \"signature\" or \"mac\"");
      return NULL;
    }

  if (kind != NULL && mdoc_store_get_keystore (self->store, kind) == NULL)
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "The agent has no key store \"%.16s\": start it with "
                         "--key-store",
                         kind);
      return NULL;
    }

  return mdoc_store_create_key_in (self->store,
                                   kind,
                                   curve,
                                   auth,
                                   label,
                                   mdoc_agent_get_time (self),
                                   error);
}

static void
new_key (MdocAgent *self,
         GDBusMethodInvocation *invocation,
         GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  GError *error = NULL;
  g_autoptr (MdocStoredKey) key = create_key (self, options, &error);

  mdoc_manager_return (invocation,
                       key != NULL ? g_variant_new ("(@a{sv})", make_key (key))
                                   : NULL,
                       error);
}

static void
list_keys (MdocAgent *self,
           GDBusMethodInvocation *invocation,
           GVariant *parameters)
{
  g_autoptr (GPtrArray) keys = NULL;
  GError *error = NULL;
  GVariantBuilder list;

  if (mdoc_manager_check_options (parameters, 0, &error))
    keys = mdoc_store_list_keys (self->store, &error);

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; keys != NULL && i < keys->len; i++)
    g_variant_builder_add_value (&list, make_key (g_ptr_array_index (keys, i)));

  mdoc_manager_return (invocation, g_variant_new ("(aa{sv})", &list), error);
}

static void
remove_key (MdocAgent *self,
            GDBusMethodInvocation *invocation,
            GVariant *parameters)
{
  GError *error = NULL;
  const char *id;

  g_variant_get_child (parameters, 0, "&s", &id);
  if (mdoc_manager_check_options (parameters, 1, &error)
      && !mdoc_store_remove_key (self->store, id, &error)
      && g_error_matches (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_IN_USE))
    {
      g_clear_error (&error);
      mdoc_agent_refuse (&error,
                         MDOC_AGENT_ERROR_IN_USE,
                         "A credential is bound to the key: remove that, and "
                         "the key goes with it");
    }

  mdoc_manager_return (invocation, NULL, error);
}

/* --- credentials --- */

static char *
import_as_told (MdocAgent *self,
                GVariant *bytes,
                GVariant *options,
                gboolean *ret_is_new,
                GError **error)
{
  g_autofree char *label = g_strdup ("");
  g_autofree char *copy_of = NULL;
  g_autofree char *renews = NULL;
  gboolean needs_review = FALSE;
  const MdocOption known[] = { { "copy_of", "s", &copy_of },
                               { "label", "s", &label },
                               { "renews", "s", &renews },
                               { "review", "b", &needs_review } };
  MdocImportWay way;

  if (!mdoc_options_parse (options, known, G_N_ELEMENTS (known), error)
      || !mdoc_options_check_label (label, error))
    return NULL;

  *ret_is_new = copy_of == NULL && renews == NULL;
  if ((copy_of != NULL && renews != NULL)
      || (!*ret_is_new && (needs_review || label[0] != '\0')))
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "It is a copy, or a renewal, or a credential of its "
                         "own, which alone has a label and a review");
      return NULL;
    }

  way = (MdocImportWay){ label, needs_review, copy_of, renews };
  return mdoc_import_credential (self, bytes, &way, error);
}

static void
import (MdocAgent *self,
        GDBusMethodInvocation *invocation,
        GVariant *parameters)
{
  g_autoptr (GVariant) bytes = NULL;
  g_autoptr (GVariant) options = NULL;
  MdocLogFields fields = { .topic = "store",
                           .message_id = MESSAGE_ID_IMPORTED };
  g_autofree char *doc_type = NULL;
  g_autofree char *path = NULL;
  g_autofree char *id = NULL;
  GVariant *info = NULL;
  GError *error = NULL;
  gboolean is_new;

  g_variant_get (parameters, "(@ay@a{sv})", &bytes, &options);
  id = import_as_told (self, bytes, options, &is_new, &error);
  mdoc_bus_overwrite (self, g_variant_get_size (bytes));
  if (id != NULL && (!is_new || mdoc_credential_add_object (self, id, &error)))
    info = mdoc_credential_make_info (self, id, &error);

  if (info == NULL)
    {
      mdoc_bus_return_error (invocation, error);
      return;
    }

  (void) g_variant_lookup (info, "doc_type", "s", &doc_type);
  fields.doc_type = doc_type;
  mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "A credential was imported");
  path = mdoc_credential_make_path (id);
  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(o@a{sv})",
                                                        path,
                                                        info));
}

static void
list_credentials (MdocAgent *self,
                  GDBusMethodInvocation *invocation,
                  GVariant *parameters)
{
  g_autoptr (GPtrArray) documents = NULL;
  GError *error = NULL;
  GVariantBuilder list;

  if (mdoc_manager_check_options (parameters, 0, &error))
    documents = mdoc_store_list_documents (self->store, &error);

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(oa{sv})"));
  for (guint i = 0; documents != NULL && i < documents->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);
      g_autofree char *path = mdoc_credential_make_path (document->id);

      g_variant_builder_add (&list,
                             "(o@a{sv})",
                             path,
                             mdoc_credential_make_summary (self, document));
    }

  mdoc_agent_release_memory_later (self);
  mdoc_manager_return (invocation, g_variant_new ("(a(oa{sv}))", &list), error);
}

/* --- history --- */

static GVariant *
make_entry (const MdocHistoryEntry *entry)
{
  g_autofree char *at = mdoc_time_format (entry->at_unix_s);
  GVariantDict dict;

  g_variant_dict_init (&dict, entry->detail);
  g_variant_dict_insert (&dict, "id", "x", entry->id);
  g_variant_dict_insert (&dict, "at", "s", at);
  return g_variant_dict_end (&dict);
}

static void
list_history (MdocAgent *self,
              GDBusMethodInvocation *invocation,
              GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  guint32 limit = DEFAULT_HISTORY_LIMIT;
  const MdocOption known[] = { { "limit", "u", &limit } };
  g_autoptr (GPtrArray) entries = NULL;
  GError *error = NULL;
  GVariantBuilder list;

  if (mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    entries = mdoc_store_list_history (self->store,
                                       MIN (limit, MDOC_STORE_MAX_HISTORY),
                                       &error);

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    g_variant_builder_add_value (&list,
                                 make_entry (g_ptr_array_index (entries, i)));

  mdoc_manager_return (invocation, g_variant_new ("(aa{sv})", &list), error);
}

/* --- presentations --- */

static void
register_consent_agent (MdocAgent *self,
                        GDBusMethodInvocation *invocation,
                        GVariant *parameters)
{
  GError *error = NULL;
  const char *path;

  g_variant_get_child (parameters, 0, "&o", &path);
  if (mdoc_manager_check_options (parameters, 1, &error))
    (void) !mdoc_consents_register (self->consents,
                                    g_dbus_method_invocation_get_sender (
                                        invocation),
                                    path,
                                    &error);

  mdoc_manager_return (invocation, NULL, error);
}

static void
unregister_consent_agent (MdocAgent *self,
                          GDBusMethodInvocation *invocation,
                          GVariant *parameters)
{
  GError *error = NULL;
  const char *path;

  g_variant_get_child (parameters, 0, "&o", &path);
  if (mdoc_manager_check_options (parameters, 1, &error))
    (void) !mdoc_consents_unregister (self->consents,
                                      g_dbus_method_invocation_get_sender (
                                          invocation),
                                      path,
                                      &error);

  mdoc_manager_return (invocation, NULL, error);
}

static MdocPresentation *
begin_presentation (MdocAgent *self,
                    const char *owner,
                    const MdocPresentationWay *way,
                    guint32 wait_s,
                    GError **error)
{
  g_autofree char *path = NULL;
  MdocPresentation *presentation;

  if (wait_s < 1 || wait_s > MDOC_PRESENTATION_MAX_WAIT_S)
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "A reader is waited for 1 to %d seconds",
                         MDOC_PRESENTATION_MAX_WAIT_S);
      return NULL;
    }

  if (self->presentation != NULL
      && !mdoc_presentation_is_over (self->presentation))
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_BUSY,
                         "There is a presentation already");
      return NULL;
    }

  mdoc_agent_forget_presentation (self);
  path = g_strdup_printf (MDOC_OBJECT_PRESENTATIONS "/%u",
                          ++self->n_presentations);
  presentation = mdoc_presentation_new (self,
                                        owner,
                                        path,
                                        way,
                                        wait_s * 1000,
                                        error);
  if (presentation == NULL)
    return NULL;

  self->presentation = presentation;
  if (!mdoc_bus_add_object (self,
                            path,
                            mdoc_bus_get_presentation_interface (),
                            error))
    {
      g_clear_pointer (&self->presentation, mdoc_presentation_free);
      return NULL;
    }

  return presentation;
}

static void
start_presentation (MdocAgent *self,
                    GDBusMethodInvocation *invocation,
                    GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  guint32 wait_s = MDOC_PRESENTATION_MAX_WAIT_S;
  g_auto (MdocPresentationWay) way = { 0 };
  gboolean names_psm = TRUE;
  const MdocOption known[] = { { "timeout_s", "u", &wait_s },
                               { "transport", "s", &way.transport },
                               { "ble_mode", "s", &way.ble_mode },
                               { "adapter", "s", &way.adapter },
                               { "l2cap", "b", &way.use_l2cap },
                               { "psm", "b", &names_psm },
                               { "end", "s", &way.end } };
  MdocPresentation *presentation = NULL;
  GError *error = NULL;

  if (mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    {
      way.hides_psm = !names_psm;
      presentation = begin_presentation (self,
                                         g_dbus_method_invocation_get_sender (
                                             invocation),
                                         &way,
                                         wait_s,
                                         &error);
    }

  mdoc_manager_return (invocation,
                       presentation != NULL
                           ? g_variant_new ("(os)",
                                            mdoc_presentation_get_path (
                                                presentation),
                                            mdoc_presentation_get_uri (
                                                presentation))
                           : NULL,
                       error);
}

#define METHOD(name_, action_, func_)                                          \
  {                                                                            \
    MDOC_INTERFACE_MANAGER, name_, action_, func_                              \
  }

const MdocMethod mdoc_manager_methods[] = {
  METHOD ("GetStatus", MDOC_ACTION_LIST, get_status),
  METHOD ("NewKey", MDOC_ACTION_PROVISION, new_key),
  METHOD ("ListKeys", MDOC_ACTION_LIST, list_keys),
  METHOD ("RemoveKey", MDOC_ACTION_REMOVE, remove_key),
  METHOD ("Import", MDOC_ACTION_PROVISION, import),
  METHOD ("ListCredentials", MDOC_ACTION_LIST, list_credentials),
  METHOD ("AddTrustAnchor", MDOC_ACTION_CONFIGURE, mdoc_manager_add_anchor),
  METHOD ("ListTrustAnchors", MDOC_ACTION_LIST, mdoc_manager_list_anchors),
  METHOD ("RemoveTrustAnchor",
          MDOC_ACTION_CONFIGURE,
          mdoc_manager_remove_anchor),
  METHOD ("AddPolicy", MDOC_ACTION_CONFIGURE, mdoc_manager_add_policy),
  METHOD ("ListPolicies", MDOC_ACTION_CONFIGURE, mdoc_manager_list_policies),
  METHOD ("RemovePolicy", MDOC_ACTION_CONFIGURE, mdoc_manager_remove_policy),
  METHOD ("ListHistory", MDOC_ACTION_SHOW, list_history),
  METHOD ("ListJobs", MDOC_ACTION_LIST, mdoc_manager_list_jobs),
  METHOD ("CheckStore", MDOC_ACTION_CONFIGURE, mdoc_manager_check_store),
  METHOD ("BackUpStore", MDOC_ACTION_CONFIGURE, mdoc_manager_back_up_store),
  METHOD ("RestoreStore", MDOC_ACTION_CONFIGURE, mdoc_manager_restore_store),
  METHOD ("RegisterConsentAgent", MDOC_ACTION_PRESENT, register_consent_agent),
  METHOD ("UnregisterConsentAgent",
          MDOC_ACTION_PRESENT,
          unregister_consent_agent),
  METHOD ("DiagnoseBluetooth",
          MDOC_ACTION_LIST,
          mdoc_manager_diagnose_bluetooth),
  METHOD ("StartPresentation", MDOC_ACTION_PRESENT, start_presentation),
  METHOD ("Claim", MDOC_ACTION_PROVISION, mdoc_manager_claim),
  METHOD ("Enrol", MDOC_ACTION_PROVISION, mdoc_manager_enrol),
  METHOD ("ListOffers", MDOC_ACTION_LIST, mdoc_manager_list_offers),
  METHOD ("AuthorizeOffer",
          MDOC_ACTION_PROVISION,
          mdoc_manager_authorize_offer),
  METHOD ("AcceptOffer", MDOC_ACTION_PROVISION, mdoc_manager_accept_offer),
  METHOD ("DeclineOffer", MDOC_ACTION_PROVISION, mdoc_manager_decline_offer),
  METHOD ("Sync", MDOC_ACTION_PROVISION, mdoc_manager_sync),
  METHOD ("GetInstanceKey",
          MDOC_ACTION_PROVISION,
          mdoc_manager_get_instance_key),
  METHOD ("ListMessages", MDOC_ACTION_SHOW, mdoc_manager_list_messages),
  METHOD ("ReadMessage", MDOC_ACTION_SHOW, mdoc_manager_read_message),
};
const guint mdoc_manager_n_methods = G_N_ELEMENTS (mdoc_manager_methods);
