/*
 * mdoc-credential.c - org.mdocagent.Agent1.Credential
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-credential-private.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-issuing.h"
#include "agent/mdoc-options.h"
#include "agent/mdoc-value.h"
#include "agent/mdoc-wallet.h"
#include "base/mdoc-log.h"
#include "base/mdoc-names.h"
#include "base/mdoc-secret.h"
#include "base/mdoc-text.h"

/**
 * mdoc_credential_make_path:
 * @id: of a credential
 *
 * Returns: (transfer full): its object
 */
char *
mdoc_credential_make_path (const char *id)
{
  return g_strconcat (MDOC_OBJECT_CREDENTIALS "/", id, NULL);
}

/**
 * mdoc_credential_add_object:
 * @self: an agent
 * @id: of a credential
 * @error: return location for an error of GIO, or %MDOC_AGENT_ERROR_STORE if
 *   the id is none that the store would give
 *
 * Puts a credential on the bus.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_credential_add_object (MdocAgent *self, const char *id, GError **error)
{
  g_autofree char *path = mdoc_credential_make_path (id);

  /* it comes from the disk; GIO would complain, and say nothing in @error */
  if (!g_variant_is_object_path (path))
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_STORE,
                              "The store is damaged: the id of a credential "
                              "was changed. Restore a backup");

  return mdoc_bus_add_object (self,
                              path,
                              mdoc_bus_get_credential_interface (),
                              error);
}

/**
 * mdoc_credential_get_id:
 * @invocation: a call
 *
 * Returns: (transfer none): of the credential that is called
 */
const char *
mdoc_credential_get_id (GDBusMethodInvocation *invocation)
{
  const char *path = g_dbus_method_invocation_get_object_path (invocation);

  return strrchr (path, '/') + 1;
}

static const char *
get_type_name (MdocAgent *self, const char *doc_type)
{
  MdocDocType *type = mdoc_doc_type_table_lookup (self->doc_types, doc_type);

  return type != NULL ? mdoc_doc_type_get_display_name (type) : doc_type;
}

static void
insert_time (GVariantDict *dict, const char *name, gint64 unix_s)
{
  g_autofree char *text = mdoc_time_format (unix_s);

  g_variant_dict_insert (dict, name, "s", text);
}

static void
add_text (GVariantBuilder *info, const char *name, const char *text)
{
  g_variant_builder_add (info, "{sv}", name, g_variant_new_string (text));
}

/**
 * mdoc_credential_make_summary:
 * @self: an agent
 * @document: what the store knows of a credential
 *
 * Opens nothing and says little, as there may be a thousand of them in a reply.
 *
 * Returns: (transfer floating): an `a{sv}`, one of the results of
 *   `ListCredentials()`
 */
GVariant *
mdoc_credential_make_summary (MdocAgent *self,
                              const MdocStoredDocument *document)
{
  MdocStanding standing = mdoc_wallet_get_standing (self->store,
                                                    document,
                                                    mdoc_agent_get_moment (
                                                        self));
  g_autofree char *until = mdoc_time_format (document->valid_until_unix_s);
  GVariantBuilder info;

  g_variant_builder_init (&info, G_VARIANT_TYPE_VARDICT);
  add_text (&info, "id", document->id);
  add_text (&info, "label", document->label);
  add_text (&info, "doc_type", document->doc_type);
  add_text (&info, "display_name", get_type_name (self, document->doc_type));
  add_text (&info, "state", mdoc_standing_get_name (standing));
  add_text (&info, "valid_until", until);
  add_text (&info, "key", document->key_id);
  return g_variant_builder_end (&info);
}

static GVariant *
make_generations (GPtrArray *generations)
{
  static const char *const state_names[] = { "prepared",
                                             "current",
                                             "superseded" };
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < generations->len; i++)
    {
      const MdocStoredGeneration *generation = g_ptr_array_index (generations,
                                                                  i);
      GVariantBuilder uses;
      GVariantDict dict;

      g_variant_builder_init (&uses, G_VARIANT_TYPE ("au"));
      for (guint j = 0; j < generation->copies->len; j++)
        {
          const MdocStoredCopy *copy = g_ptr_array_index (generation->copies,
                                                          j);

          g_variant_builder_add (&uses, "u", copy->uses);
        }

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "generation", "u", generation->n);
      g_variant_dict_insert (&dict,
                             "state",
                             "s",
                             state_names[generation->state]);
      insert_time (&dict, "valid_from", generation->valid_from_unix_s);
      insert_time (&dict, "valid_until", generation->valid_until_unix_s);
      g_variant_dict_insert_value (&dict,
                                   "uses",
                                   g_variant_builder_end (&uses));
      g_variant_builder_add_value (&list, g_variant_dict_end (&dict));
    }

  return g_variant_builder_end (&list);
}

/* what is known of one that was claimed */
static void
insert_enrolment (MdocAgent *self, GVariantDict *info, const char *id)
{
  g_autoptr (MdocRecord) enrolment = NULL;
  const char *stopped;
  const char *update;

  if (!mdoc_store_find_record (self->store,
                               MDOC_RECORD_ENROLMENT,
                               id,
                               &enrolment,
                               NULL)
      || enrolment == NULL)
    return;

  stopped = mdoc_record_get_text (enrolment, MDOC_ENROLMENT_STOPPED);
  update = mdoc_record_get_text (enrolment, MDOC_ENROLMENT_UPDATE);
  g_variant_dict_insert (info, "issuer_state", "s", enrolment->state);
  g_variant_dict_insert (info,
                         "renewal_stopped",
                         "s",
                         stopped != NULL ? stopped : "");
  g_variant_dict_insert (info, "update", "s", update != NULL ? update : "");
  insert_time (info, "renewal", enrolment->next_unix_s);
}

/**
 * mdoc_credential_make_info:
 * @self: an agent
 * @id: of a credential
 * @error: return location for an error of the store
 *
 * Returns: (transfer floating): an `a{sv}`, the result of `GetInfo()`, or %NULL
 *   with @error set
 */
GVariant *
mdoc_credential_make_info (MdocAgent *self, const char *id, GError **error)
{
  g_autoptr (MdocWalletDocument) opened
      = mdoc_wallet_open (self->store, id, mdoc_agent_get_moment (self), error);
  const MdocStoredDocument *document;
  MdocCurve curve;
  GVariantDict info;
  MdocMso *mso;

  if (opened == NULL)
    return NULL;

  document = opened->stored;
  mso = mdoc_issuer_signed_get_mso (opened->issuer_signed);
  curve = mdoc_public_key_get_curve (opened->key->public_key);

  g_variant_dict_init (&info, NULL);
  g_variant_dict_insert (&info, "id", "s", document->id);
  g_variant_dict_insert (&info, "label", "s", document->label);
  g_variant_dict_insert (&info, "format", "s", document->format);
  g_variant_dict_insert (&info, "doc_type", "s", document->doc_type);
  g_variant_dict_insert (&info,
                         "display_name",
                         "s",
                         get_type_name (self, document->doc_type));
  g_variant_dict_insert (&info,
                         "state",
                         "s",
                         mdoc_standing_get_name (opened->selection.standing));
  insert_time (&info, "imported", document->imported_unix_s);
  insert_time (&info, "valid_from", mdoc_mso_get_valid_from (mso));
  insert_time (&info, "valid_until", mdoc_mso_get_valid_until (mso));
  g_variant_dict_insert (&info, "key", "s", opened->key->id);
  g_variant_dict_insert (&info, "curve", "s", mdoc_curve_get_name (curve));
  g_variant_dict_insert (&info,
                         "auth",
                         "s",
                         mdoc_key_auth_get_name (opened->key->auth));
  g_variant_dict_insert (&info,
                         "elements",
                         "u",
                         mdoc_issuer_signed_get_n_items (
                             opened->issuer_signed));
  g_variant_dict_insert (&info, "issuer", "s", document->issuer);
  g_variant_dict_insert (&info,
                         "when_spent",
                         "s",
                         mdoc_when_spent_get_name (document->when_spent));
  g_variant_dict_insert (&info, "max_uses", "u", document->max_uses);
  g_variant_dict_insert_value (&info,
                               "generations",
                               make_generations (opened->generations));
  insert_enrolment (self, &info, document->id);
  return g_variant_dict_end (&info);
}

static void
get_info (MdocAgent *self,
          GDBusMethodInvocation *invocation,
          GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  g_autoptr (GError) error = NULL;
  GVariant *info = NULL;

  if (mdoc_options_parse_none (options, &error))
    info = mdoc_credential_make_info (self,
                                      mdoc_credential_get_id (invocation),
                                      &error);

  if (info == NULL)
    mdoc_bus_return_error (invocation, g_steal_pointer (&error));
  else
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(@a{sv})", info));
}

static GVariant *
make_element (MdocDocType *type,
              const MdocIssuerSignedItem *item,
              gboolean has_value,
              GError **error)
{
  const MdocDocElement *known
      = type != NULL
            ? mdoc_doc_type_find_element (type, item->name_space, item->element)
            : NULL;
  g_autofree char *value = NULL;
  GVariantDict element;

  if (has_value)
    {
      value = mdoc_value_to_json (item->value, error);
      if (value == NULL)
        return NULL;
    }

  g_variant_dict_init (&element, NULL);
  g_variant_dict_insert (&element, "name_space", "s", item->name_space);
  g_variant_dict_insert (&element, "element", "s", item->element);
  g_variant_dict_insert (&element,
                         "display_name",
                         "s",
                         known != NULL ? known->display_name : item->element);
  if (value != NULL)
    {
      g_variant_dict_insert (&element, "value", "s", value);
      mdoc_secret_wipe (value, strlen (value));
    }
  return g_variant_dict_end (&element);
}

static GVariant *
make_elements (MdocAgent *self,
               const char *id,
               gboolean has_values,
               GError **error)
{
  g_autoptr (MdocWalletDocument) document
      = mdoc_wallet_open (self->store, id, mdoc_agent_get_moment (self), error);
  g_autoptr (GVariantBuilder) elements = NULL;
  MdocDocType *type;

  if (document == NULL)
    return NULL;

  type = mdoc_doc_type_table_lookup (self->doc_types,
                                     mdoc_mso_get_doc_type (
                                         mdoc_issuer_signed_get_mso (
                                             document->issuer_signed)));
  elements = g_variant_builder_new (G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0;
       i < mdoc_issuer_signed_get_n_items (document->issuer_signed);
       i++)
    {
      GVariant *element
          = make_element (type,
                          mdoc_issuer_signed_get_item (document->issuer_signed,
                                                       i),
                          has_values,
                          error);

      if (element == NULL)
        return NULL;
      g_variant_builder_add_value (elements, element);
    }

  return g_variant_builder_end (elements);
}

static void
return_elements (MdocAgent *self,
                 GDBusMethodInvocation *invocation,
                 GVariant *parameters,
                 gboolean has_values)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  g_autoptr (GError) error = NULL;
  GVariant *elements = NULL;

  if (mdoc_options_parse_none (options, &error))
    elements = make_elements (self,
                              mdoc_credential_get_id (invocation),
                              has_values,
                              &error);

  if (elements == NULL)
    mdoc_bus_return_error (invocation, g_steal_pointer (&error));
  else
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(@aa{sv})",
                                                          elements));
}

static void
get_elements (MdocAgent *self,
              GDBusMethodInvocation *invocation,
              GVariant *parameters)
{
  return_elements (self, invocation, parameters, FALSE);
}

static void
get_values (MdocAgent *self,
            GDBusMethodInvocation *invocation,
            GVariant *parameters)
{
  return_elements (self, invocation, parameters, TRUE);
}

static void
remove_credential (MdocAgent *self,
                   GDBusMethodInvocation *invocation,
                   GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  g_autofree char *id = g_strdup (mdoc_credential_get_id (invocation));
  g_autofree char *path = mdoc_credential_make_path (id);
  g_autoptr (GError) error = NULL;
  gint64 job_id;

  if (!mdoc_options_parse_none (options, &error))
    {
      mdoc_bus_return_error (invocation, g_steal_pointer (&error));
      return;
    }

  if (mdoc_presentation_is_connected (self->presentation))
    {
      mdoc_agent_refuse (&error,
                         MDOC_AGENT_ERROR_BUSY,
                         "A reader is connected; end the presentation first");
      mdoc_bus_return_error (invocation, g_steal_pointer (&error));
      return;
    }

  if (!mdoc_store_begin_removal (self->store,
                                 id,
                                 mdoc_agent_get_time (self),
                                 &job_id,
                                 &error))
    {
      mdoc_bus_return_error (invocation, g_steal_pointer (&error));
      return;
    }

  /* nobody sees it any more; where its keys cannot be reached now, the job goes
   * on until they are destroyed */
  mdoc_jobs_run (self->jobs);
  /* answered first: afterwards the object is no more */
  g_dbus_method_invocation_return_value (invocation, NULL);
  mdoc_bus_remove_object (self, path);
}

static void
renew (MdocAgent *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  g_autoptr (GError) error = NULL;

  if (mdoc_options_parse_none (options, &error)
      && mdoc_renew_now (self, mdoc_credential_get_id (invocation), &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    mdoc_bus_return_error (invocation, g_steal_pointer (&error));
}

#define METHOD(name_, action_, func_)                                          \
  {                                                                            \
    MDOC_INTERFACE_CREDENTIAL, name_, action_, func_                           \
  }

const MdocMethod mdoc_credential_methods[] = {
  METHOD ("GetInfo", MDOC_ACTION_LIST, get_info),
  METHOD ("GetElements", MDOC_ACTION_LIST, get_elements),
  METHOD ("GetValues", MDOC_ACTION_SHOW, get_values),
  METHOD ("Set", MDOC_ACTION_PROVISION, mdoc_credential_set),
  METHOD ("Renew", MDOC_ACTION_PROVISION, renew),
  METHOD ("Remove", MDOC_ACTION_REMOVE, remove_credential),
};
const guint mdoc_credential_n_methods = G_N_ELEMENTS (mdoc_credential_methods);
