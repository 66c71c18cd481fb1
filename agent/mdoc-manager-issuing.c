/*
 * mdoc-manager-issuing.c - org.mdocagent.Agent1.Manager: offers and issuers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-issuing.h"
#include "agent/mdoc-manager-private.h"
#include "agent/mdoc-options.h"
#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-uri.h"

/* --- signals --- */

/* before it is on the bus nobody can have asked */
static void
emit (MdocAgent *agent, const char *name, const char *what, const char *word)
{
  if (agent->bus != NULL)
    g_dbus_connection_emit_signal (agent->bus,
                                   NULL,
                                   MDOC_OBJECT_ROOT,
                                   MDOC_INTERFACE_MANAGER,
                                   name,
                                   g_variant_new ("(ss)", what, word),
                                   NULL);
}

/**
 * mdoc_manager_emit_offer:
 * @agent: an agent
 * @exchange: an exchange that has changed
 */
void
mdoc_manager_emit_offer (MdocAgent *agent, const MdocRecord *exchange)
{
  emit (agent, "OfferChanged", exchange->id, exchange->state);
}

/**
 * mdoc_manager_emit_synced:
 * @agent: an agent
 * @issuer: who was asked
 * @outcome: "done", or why not
 */
void
mdoc_manager_emit_synced (MdocAgent *agent,
                          const char *issuer,
                          const char *outcome)
{
  emit (agent, "IssuerSynced", issuer, outcome);
}

/**
 * mdoc_manager_emit_renewed:
 * @agent: an agent
 * @document_id: what was to be renewed
 * @outcome: "done", or why not
 */
void
mdoc_manager_emit_renewed (MdocAgent *agent,
                           const char *document_id,
                           const char *outcome)
{
  emit (agent, "RenewalEnded", document_id, outcome);
}

/* --- offers --- */

typedef struct
{
  char *tx_code;
  char *redirect_uri;
  char *label;
  char *configuration;
  guint32 copies;
  gboolean is_accepted;
} Given;

static void
given_clear (Given *given)
{
  g_free (given->tx_code);
  g_free (given->redirect_uri);
  g_free (given->label);
  g_free (given->configuration);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Given, given_clear)

/* what stands first in the table is not known to Enrol(), what stands last not
 * to Claim() */
static gboolean
parse (GVariant *options, gboolean is_enrolment, Given *given, GError **error)
{
  const MdocOption known[] = {
    { "tx_code", "s", &given->tx_code },
    { "accept", "b", &given->is_accepted },
    { "copies", "u", &given->copies },
    { "label", "s", &given->label },
    { "redirect_uri", "s", &given->redirect_uri },
    { "configuration", "s", &given->configuration }
  };

  given->label = g_strdup ("");
  if (!mdoc_options_parse (options,
                           is_enrolment ? known + 1 : known,
                           G_N_ELEMENTS (known) - 1,
                           error)
      || !mdoc_options_check_label (given->label, error))
    return FALSE;

  if (given->copies > MDOC_CLAIM_MAX_COPIES)
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                              "A credential has at most %u copies",
                              (guint) MDOC_CLAIM_MAX_COPIES);
  return TRUE;
}

static MdocClaimOptions
get_claim_options (const Given *given)
{
  return (MdocClaimOptions){
    .tx_code = given->tx_code,
    .redirect_uri = given->redirect_uri,
    .label = given->label,
    .copies = given->copies,
    .is_accepted = given->is_accepted,
  };
}

/**
 * mdoc_manager_claim:
 * @self: an agent
 * @invocation: the call of `Claim()`
 * @parameters: its parameters
 */
void
mdoc_manager_claim (MdocAgent *self,
                    GDBusMethodInvocation *invocation,
                    GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_auto (Given) given = { 0 };
  MdocClaimOptions how;
  g_autofree char *id = NULL;
  GError *error = NULL;
  const char *link;

  g_variant_get_child (parameters, 0, "&s", &link);
  if (parse (options, FALSE, &given, &error))
    {
      how = get_claim_options (&given);
      id = mdoc_exchange_begin (self, link, &how, &error);
    }

  mdoc_manager_return (invocation,
                       id != NULL ? g_variant_new ("(s)", id) : NULL,
                       error);
}

/**
 * mdoc_manager_enrol:
 * @self: an agent
 * @invocation: the call of `Enrol()`
 * @parameters: its parameters
 */
void
mdoc_manager_enrol (MdocAgent *self,
                    GDBusMethodInvocation *invocation,
                    GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_auto (Given) given = { 0 };
  MdocClaimOptions how;
  g_autofree char *id = NULL;
  GError *error = NULL;
  const char *issuer;

  g_variant_get_child (parameters, 0, "&s", &issuer);
  if (parse (options, TRUE, &given, &error))
    {
      how = get_claim_options (&given);
      id = mdoc_exchange_enrol (self,
                                issuer,
                                given.configuration != NULL
                                    ? given.configuration
                                    : "",
                                &how,
                                &error);
    }

  mdoc_manager_return (invocation,
                       id != NULL ? g_variant_new ("(s)", id) : NULL,
                       error);
}

/**
 * mdoc_manager_list_offers:
 * @self: an agent
 * @invocation: the call of `ListOffers()`
 * @parameters: its parameters
 */
void
mdoc_manager_list_offers (MdocAgent *self,
                          GDBusMethodInvocation *invocation,
                          GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  gboolean has_ended = FALSE;
  const MdocOption known[] = { { "all", "b", &has_ended } };
  g_autoptr (GPtrArray) exchanges = NULL;
  GError *error = NULL;
  GVariantBuilder list;

  if (mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    exchanges = mdoc_store_list_records (self->store,
                                         MDOC_RECORD_EXCHANGE,
                                         &error);

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; exchanges != NULL && i < exchanges->len; i++)
    {
      const MdocRecord *exchange = g_ptr_array_index (exchanges, i);

      if (has_ended || !mdoc_exchange_has_ended (exchange))
        g_variant_builder_add_value (&list, mdoc_exchange_describe (exchange));
    }

  mdoc_manager_return (invocation, g_variant_new ("(aa{sv})", &list), error);
}

/**
 * mdoc_manager_authorize_offer:
 * @self: an agent
 * @invocation: the call of `AuthorizeOffer()`
 * @parameters: its parameters
 */
void
mdoc_manager_authorize_offer (MdocAgent *self,
                              GDBusMethodInvocation *invocation,
                              GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autofree char *tx_code = NULL;
  g_autofree char *answer = NULL;
  const MdocOption known[] = { { "answer", "s", &answer },
                               { "tx_code", "s", &tx_code } };
  GError *error = NULL;
  const char *id;

  g_variant_get_child (parameters, 0, "&s", &id);
  if (mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    (void) !mdoc_exchange_authorize (self, id, tx_code, answer, &error);

  mdoc_manager_return (invocation, NULL, error);
}

/**
 * mdoc_manager_accept_offer:
 * @self: an agent
 * @invocation: the call of `AcceptOffer()`
 * @parameters: its parameters
 */
void
mdoc_manager_accept_offer (MdocAgent *self,
                           GDBusMethodInvocation *invocation,
                           GVariant *parameters)
{
  GError *error = NULL;
  const char *id;

  g_variant_get_child (parameters, 0, "&s", &id);
  if (mdoc_manager_check_options (parameters, 1, &error))
    (void) !mdoc_exchange_accept (self, id, &error);

  mdoc_manager_return (invocation, NULL, error);
}

/**
 * mdoc_manager_decline_offer:
 * @self: an agent
 * @invocation: the call of `DeclineOffer()`
 * @parameters: its parameters
 */
void
mdoc_manager_decline_offer (MdocAgent *self,
                            GDBusMethodInvocation *invocation,
                            GVariant *parameters)
{
  GError *error = NULL;
  const char *id;

  g_variant_get_child (parameters, 0, "&s", &id);
  if (mdoc_manager_check_options (parameters, 1, &error))
    (void) !mdoc_exchange_decline (self, id, &error);

  mdoc_manager_return (invocation, NULL, error);
}

/* --- issuers --- */

/**
 * mdoc_manager_sync:
 * @self: an agent
 * @invocation: the call of `Sync()`
 * @parameters: its parameters
 */
void
mdoc_manager_sync (MdocAgent *self,
                   GDBusMethodInvocation *invocation,
                   GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  g_autofree char *issuer = NULL;
  const MdocOption known[] = { { "issuer", "s", &issuer } };
  GError *error = NULL;
  guint n = 0;

  if (mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    (void) !mdoc_sync_now (self, issuer, &n, &error);

  mdoc_manager_return (invocation, g_variant_new ("(u)", n), error);
}

static void
insert_text (GVariantDict *dict, const MdocRecord *record, const char *name)
{
  const char *text = mdoc_record_get_text (record, name);

  g_variant_dict_insert (dict, name, "s", text != NULL ? text : "");
}

static GVariant *
make_message (const MdocRecord *message)
{
  g_autofree char *received = mdoc_time_format (message->created_unix_s);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", message->id);
  g_variant_dict_insert (&dict, "issuer", "s", message->issuer);
  g_variant_dict_insert (&dict, "state", "s", message->state);
  insert_text (&dict, message, "category");
  insert_text (&dict, message, "title");
  insert_text (&dict, message, "body");
  g_variant_dict_insert (&dict, "received", "s", received);
  return g_variant_dict_end (&dict);
}

/**
 * mdoc_manager_get_instance_key:
 * @self: an agent
 * @invocation: the call of `GetInstanceKey()`
 * @parameters: its parameters
 */
void
mdoc_manager_get_instance_key (MdocAgent *self,
                               GDBusMethodInvocation *invocation,
                               GVariant *parameters)
{
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (JsonObject) jwk = NULL;
  g_autofree char *text = NULL;
  GVariant *result = NULL;
  GError *error = NULL;
  const char *issuer;

  g_variant_get_child (parameters, 0, "&s", &issuer);
  if (mdoc_manager_check_options (parameters, 1, &error))
    {
      if (mdoc_uri_is_issuer (issuer))
        key = mdoc_store_load_instance_key (self->store,
                                            issuer,
                                            mdoc_agent_get_time (self),
                                            &error);
      else
        mdoc_agent_refuse (&error,
                           MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                           "This is the address of no issuer");
    }

  if (key != NULL)
    {
      jwk = mdoc_jwk_write_key (mdoc_key_get_public (key));
      text = mdoc_json_write (jwk);
      result = g_variant_new ("(s)", text);
    }
  mdoc_manager_return (invocation, result, error);
}

/**
 * mdoc_manager_list_messages:
 * @self: an agent
 * @invocation: the call of `ListMessages()`
 * @parameters: its parameters
 */
void
mdoc_manager_list_messages (MdocAgent *self,
                            GDBusMethodInvocation *invocation,
                            GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  gboolean wants_all = FALSE;
  const MdocOption known[] = { { "all", "b", &wants_all } };
  gint64 now_unix_s = mdoc_agent_get_time (self);
  g_autoptr (GPtrArray) messages = NULL;
  GError *error = NULL;
  GVariantBuilder list;

  if (mdoc_options_parse (options, known, G_N_ELEMENTS (known), &error))
    messages = mdoc_store_list_records (self->store,
                                        MDOC_RECORD_MESSAGE,
                                        &error);

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; messages != NULL && i < messages->len; i++)
    {
      const MdocRecord *message = g_ptr_array_index (messages, i);
      gint64 expires_unix_s = mdoc_record_get_int (message, "expires");
      gboolean has_expired = expires_unix_s > 0 && expires_unix_s <= now_unix_s;

      if (wants_all
          || (strcmp (message->state, MDOC_MESSAGE_UNREAD) == 0
              && !has_expired))
        g_variant_builder_add_value (&list, make_message (message));
    }

  mdoc_manager_return (invocation, g_variant_new ("(aa{sv})", &list), error);
}

typedef struct
{
  MdocRecord *message;
  gint64 now_unix_s;
} Reading;

static gboolean
note_read (MdocStore *store, gpointer user_data, GError **error)
{
  const Reading *what = user_data;
  GVariantDict dict;

  mdoc_record_set_state (what->message, MDOC_MESSAGE_READ, what->now_unix_s);
  if (!mdoc_store_write_record (store,
                                MDOC_RECORD_MESSAGE,
                                what->message,
                                error))
    return FALSE;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", what->message->link);
  return mdoc_store_add_notice (store,
                                MDOC_NOTICE_MESSAGE_READ,
                                "",
                                what->message->issuer,
                                what->now_unix_s,
                                g_variant_dict_end (&dict),
                                error);
}

/**
 * mdoc_manager_read_message:
 * @self: an agent
 * @invocation: the call of `ReadMessage()`
 * @parameters: its parameters
 */
void
mdoc_manager_read_message (MdocAgent *self,
                           GDBusMethodInvocation *invocation,
                           GVariant *parameters)
{
  g_autoptr (MdocRecord) message = NULL;
  Reading what = { NULL, mdoc_agent_get_time (self) };
  GError *error = NULL;
  const char *id;

  g_variant_get_child (parameters, 0, "&s", &id);
  if (mdoc_manager_check_options (parameters, 1, &error))
    message = mdoc_store_get_record (self->store,
                                     MDOC_RECORD_MESSAGE,
                                     id,
                                     &error);

  what.message = message;
  if (message != NULL && strcmp (message->state, MDOC_MESSAGE_UNREAD) == 0
      && mdoc_store_transact (self->store, note_read, &what, &error))
    mdoc_tell_send (self);

  mdoc_manager_return (invocation, NULL, error);
}
