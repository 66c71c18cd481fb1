/*
 * mdoc-vci-authorize.c - the code flow: pushed requests, login, codes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-vci-code.h"
#include "issuer/mdoc-vci-login.h"
#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-authorization-response.h"
#include "openid/mdoc-token-message.h"
#include "openid/mdoc-uri.h"

#define REQUEST_URI_PREFIX "urn:ietf:params:oauth:request_uri:"
#define TICKET_PAR         "par"
#define TICKET_LOGIN       "login"
#define PAR_S              ((gint64) 90)
#define LOGIN_S            ((gint64) 600)
#define MAX_TRIES          5
#define COOKIE_BYTES       16
/* anybody may push one, and it is kept */
#define MAX_PUSHED_LEN ((gsize) 16 * 1024)

static const MdocJsonLimits limits = { .max_bytes = 256 * 1024,
                                       .max_depth = 4,
                                       .max_values = 256 };

/* A request on its way from the PAR endpoint to the code. */
typedef struct
{
  MdocAuthorizationRequest *request;
  char *form;
  GStrv configuration_ids;
  char *thumbprint;    /* nullable: the key that pushed it */
  char *cookie_digest; /* nullable: of the browser that shows it */
  gint64 n_tries;
} Session;

static void
session_free (Session *self)
{
  if (self == NULL)
    return;

  mdoc_authorization_request_free (self->request);
  g_free (self->form);
  g_strfreev (self->configuration_ids);
  g_free (self->thumbprint);
  g_free (self->cookie_digest);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

static char *
session_write (const Session *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "form", self->form);
  /* none, if it is the offer that says */
  if (self->configuration_ids[0] != NULL)
    mdoc_json_set_texts (object,
                         "configurations",
                         (const char *const *) self->configuration_ids);
  if (self->thumbprint != NULL)
    json_object_set_string_member (object, "thumbprint", self->thumbprint);
  if (self->cookie_digest != NULL)
    json_object_set_string_member (object, "cookie", self->cookie_digest);
  json_object_set_int_member (object, "tries", self->n_tries);
  return mdoc_json_write (object);
}

static Session *
session_parse (const char *text)
{
  g_autoptr (Session) self = g_new0 (Session, 1);
  g_autoptr (JsonNode) node = NULL;
  const char *form, *thumbprint, *cookie;
  JsonObject *object;

  node = mdoc_json_load_object (mdoc_span_from_text (text),
                                "The session",
                                &limits,
                                &object,
                                NULL);
  if (node == NULL)
    return NULL;
  form = mdoc_json_get_text (object, "form", MDOC_FORM_MAX_LEN, NULL);
  if (form == NULL
      || !mdoc_json_find_texts (object,
                                "configurations",
                                MDOC_REGISTER_MAX_ITEMS,
                                MDOC_REGISTER_MAX_TEXT,
                                &self->configuration_ids,
                                NULL)
      || !mdoc_json_find_text (object, "thumbprint", 256, &thumbprint, NULL)
      || !mdoc_json_find_text (object, "cookie", 256, &cookie, NULL)
      || !mdoc_json_find_int (object, "tries", 0, 100, 0, &self->n_tries, NULL))
    return NULL;

  if (self->configuration_ids == NULL)
    self->configuration_ids = g_new0 (char *, 1);
  self->request = mdoc_authorization_request_parse (form, NULL);
  if (self->request == NULL)
    return NULL;
  self->form = g_strdup (form);
  self->thumbprint = g_strdup (thumbprint);
  self->cookie_digest = g_strdup (cookie);
  return g_steal_pointer (&self);
}

void
mdoc_vci_add_scope (MdocVci *self,
                    const char *scope,
                    GPtrArray *configuration_ids,
                    GError **error)
{
  g_auto (GStrv) words = g_strsplit (scope, " ", 64);
  g_autoptr (GPtrArray) profiles
      = mdoc_register_list_profiles (self->config.reg, error);

  for (guint i = 0; profiles != NULL && i < profiles->len; i++)
    {
      const MdocProfileSettings *settings = mdoc_profile_get_settings (
          g_ptr_array_index (profiles, i));

      if (settings->scope != NULL && !settings->is_retired
          && g_strv_contains ((const char *const *) words, settings->scope))
        g_ptr_array_add (configuration_ids, g_strdup (settings->id));
    }
}

/* Which configurations a request is for; those of an offer are the register's
 * to know. Returns: %FALSE if it was refused */
static gboolean
choose_configurations (MdocVci *self,
                       MdocHttpReply *reply,
                       const MdocAuthorizationRequest *request,
                       GStrv *ret_ids)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; request->details != NULL && i < request->details->len; i++)
    {
      const MdocDetail *detail = g_ptr_array_index (request->details, i);
      g_autoptr (MdocProfile) profile
          = mdoc_register_get_profile (self->config.reg,
                                       detail->configuration_id,
                                       0,
                                       NULL);

      if (profile == NULL || mdoc_profile_get_settings (profile)->is_retired)
        {
          mdoc_vci_refuse (reply,
                           MDOC_PROTOCOL_INVALID_AUTHORIZATION_DETAILS,
                           "There is no such configuration");
          return FALSE;
        }
      g_ptr_array_add (ids, g_strdup (detail->configuration_id));
    }
  /* where both are given, the details say more (5.1.2) */
  if (ids->len == 0 && request->scope != NULL)
    mdoc_vci_add_scope (self, request->scope, ids, &error);
  if (error != NULL)
    {
      mdoc_vci_fail (reply, error);
      return FALSE;
    }
  if (ids->len == 0 && request->issuer_state == NULL)
    {
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_SCOPE,
                       "Neither details nor scope name a configuration");
      return FALSE;
    }

  g_ptr_array_add (ids, NULL);
  *ret_ids = (GStrv) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
  return TRUE;
}

static MdocAuthorizationRequest *
read_pushed (const MdocHttpCall *call, MdocHttpReply *reply, char **ret_form)
{
  g_autofree char *form = mdoc_vci_dup_form (call, reply);
  g_autoptr (MdocAuthorizationRequest) request = NULL;
  g_autoptr (GHashTable) fields = NULL;

  if (form == NULL)
    return NULL;
  if (strlen (form) <= MAX_PUSHED_LEN)
    fields = mdoc_form_parse (form, NULL);
  if (fields != NULL && !g_hash_table_contains (fields, "request_uri")
      && !g_hash_table_contains (fields, "request"))
    request = mdoc_authorization_request_parse (form, NULL);
  if (request == NULL)
    {
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_REQUEST,
                       "No authorization request with a code and PKCE by S256");
      return NULL;
    }
  if (request->redirect_uri == NULL
      || !mdoc_vci_login_is_redirect (request->redirect_uri))
    {
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_REQUEST,
                       "No redirect_uri that a browser may be sent to");
      return NULL;
    }
  *ret_form = g_steal_pointer (&form);
  return g_steal_pointer (&request);
}

/* The key that the code will be bound to: told, shown, or both. */
static gboolean
choose_key (MdocVci *self,
            const MdocHttpCall *call,
            MdocHttpReply *reply,
            const MdocAuthorizationRequest *request,
            char **ret_thumbprint)
{
  g_autofree char *shown = NULL;

  if (mdoc_http_call_count_header (call, "DPoP") > 0
      && !mdoc_vci_take_dpop (self, call, reply, &shown))
    return FALSE;
  if (shown != NULL && request->dpop_thumbprint != NULL
      && strcmp (shown, request->dpop_thumbprint) != 0)
    {
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_DPOP_PROOF,
                       "dpop_jkt is of another key");
      return FALSE;
    }

  *ret_thumbprint = shown != NULL ? g_steal_pointer (&shown)
                                  : g_strdup (request->dpop_thumbprint);
  return TRUE;
}

/* that there are too many passes, which is no fault of ours */
static void
fail_ticket (MdocHttpReply *reply, const GError *error)
{
  if (!g_error_matches (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_LIMIT))
    {
      mdoc_vci_fail (reply, error);
      return;
    }
  mdoc_vci_refuse (reply, MDOC_PROTOCOL_TEMPORARILY_UNAVAILABLE, NULL);
  mdoc_http_reply_set_header (reply, "Retry-After", "10");
}

/* RFC 9126 */
void
mdoc_vci_on_par (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autoptr (Session) session = g_new0 (Session, 1);
  g_autofree char *client_id = NULL;
  g_autofree char *text = NULL;
  g_autofree char *handle = NULL;
  g_autofree char *request_uri = NULL;
  g_autoptr (GError) error = NULL;

  if (!mdoc_vci_may_try (self, call, reply))
    return;
  session->request = read_pushed (call, reply, &session->form);
  if (session->request == NULL
      || !choose_key (self, call, reply, session->request, &session->thumbprint)
      || !mdoc_vci_take_client (self,
                                call,
                                reply,
                                session->request->client_id,
                                &client_id)
      || !choose_configurations (self,
                                 reply,
                                 session->request,
                                 &session->configuration_ids))
    return;

  if (session->request->issuer_state != NULL
      && !mdoc_register_receive_offer (self->config.reg,
                                       &change,
                                       session->request->issuer_state,
                                       &error))
    {
      mdoc_vci_count_miss (self, call);
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_REQUEST,
                       "The issuer_state is of no offer that is open");
      return;
    }

  if (!mdoc_vci_may_keep (self, call, reply, PAR_S))
    return;
  text = session_write (session);
  handle = mdoc_register_put_ticket (self->config.reg,
                                     &change,
                                     TICKET_PAR,
                                     text,
                                     PAR_S,
                                     &error);
  if (handle == NULL)
    {
      fail_ticket (reply, error);
      return;
    }
  request_uri = g_strconcat (REQUEST_URI_PREFIX, handle, NULL);
  mdoc_http_reply_take_json (reply,
                             201,
                             mdoc_par_response_write (request_uri, PAR_S));
}

/* Prefixed, browsers take it from this host over TLS alone. */
static const char *
get_cookie_name (const MdocHttpCall *call)
{
  return g_str_has_prefix (mdoc_http_call_get_base_url (call), "https:")
             ? "__Host-mdoc-login"
             : "mdoc-login";
}

static char *
dup_digest (const char *text)
{
  const MdocSpan part = mdoc_span_from_text (text);
  guint8 digest[MDOC_HASH_MAX_LEN];

  mdoc_hash_compute (MDOC_HASH_SHA256, &part, 1, digest);
  return mdoc_base64url_encode (MDOC_SPAN (digest, 32));
}

static void
set_cookie (const MdocHttpCall *call, MdocHttpReply *reply, const char *value)
{
  const char *name = get_cookie_name (call);
  g_autofree char *cookie
      = g_strdup_printf ("%s=%s; Path=/; HttpOnly; SameSite=Strict; "
                         "Max-Age=%d%s",
                         name,
                         value,
                         (int) LOGIN_S,
                         name[0] == '_' ? "; Secure" : "");

  mdoc_http_reply_set_header (reply, "Set-Cookie", cookie);
}

static GPtrArray *
list_things (MdocVci *self, const Session *session)
{
  GPtrArray *things = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; session->configuration_ids[i] != NULL; i++)
    {
      g_autoptr (MdocProfile) profile
          = mdoc_register_get_profile (self->config.reg,
                                       session->configuration_ids[i],
                                       0,
                                       NULL);
      const MdocDisplay *display = NULL;

      if (profile != NULL)
        display = mdoc_display_choose (mdoc_profile_get_settings (profile)
                                           ->display,
                                       (const char *const[]){ "en", NULL });
      g_ptr_array_add (things,
                       g_strdup (display != NULL && display->name != NULL
                                     ? display->name
                                     : session->configuration_ids[i]));
    }
  if (things->len == 0)
    g_ptr_array_add (things, g_strdup ("What you were offered"));
  return things;
}

static void
show_login (MdocVci *self,
            const MdocHttpCall *call,
            MdocHttpReply *reply,
            const Session *session,
            guint wait_s)
{
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autofree char *text = session_write (session);
  g_autoptr (GPtrArray) things = list_things (self, session);
  g_autofree char *handle = NULL;
  g_autoptr (GError) error = NULL;
  MdocVciLoginPage page = {
    .issuer = self->config.display != NULL ? self->config.display
                                           : mdoc_http_call_get_base_url (call),
    .client_id = session->request->client_id,
    .redirect_uri = session->request->redirect_uri,
    .things = things,
    .needs_password = self->config.login == MDOC_VCI_LOGIN_PASSWORD,
    .is_again = session->n_tries > 0,
    .wait_s = wait_s,
  };

  if (!mdoc_vci_may_keep (self, call, reply, LOGIN_S))
    return;
  handle = mdoc_register_put_ticket (self->config.reg,
                                     &change,
                                     TICKET_LOGIN,
                                     text,
                                     LOGIN_S,
                                     &error);
  if (handle == NULL)
    {
      fail_ticket (reply, error);
      return;
    }
  page.session = handle;
  mdoc_vci_login_show (&page, reply);
}

/* RFC 6749, 3.1: requests that were pushed alone */
void
mdoc_vci_on_authorize (const MdocHttpCall *call,
                       MdocHttpReply *reply,
                       gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  const char *request_uri = mdoc_http_call_get_query (call, "request_uri");
  const char *client_id = mdoc_http_call_get_query (call, "client_id");
  g_autoptr (Session) session = NULL;
  g_autofree char *text = NULL;
  g_autofree char *cookie = NULL;
  guint8 random[COOKIE_BYTES];

  if (!mdoc_vci_may_try (self, call, reply))
    return;
  if (request_uri != NULL && g_str_has_prefix (request_uri, REQUEST_URI_PREFIX))
    text = mdoc_register_get_ticket (self->config.reg,
                                     &change,
                                     TICKET_PAR,
                                     request_uri + strlen (REQUEST_URI_PREFIX),
                                     TRUE,
                                     NULL);
  if (text != NULL)
    session = session_parse (text);
  if (session == NULL)
    {
      mdoc_vci_count_miss (self, call);
      mdoc_vci_login_show_error (reply,
                                 400,
                                 "This address works once and only for a short "
                                 "time. Please start again in the wallet.");
      return;
    }
  if (g_strcmp0 (client_id, session->request->client_id) != 0)
    {
      mdoc_vci_login_show_error (reply,
                                 400,
                                 "This address belongs to another wallet.");
      return;
    }

  mdoc_random_fill (random, sizeof (random));
  cookie = mdoc_base64url_encode (MDOC_SPAN (random, sizeof (random)));
  session->cookie_digest = dup_digest (cookie);
  set_cookie (call, reply, cookie);
  show_login (self, call, reply, session, 0);
}

/* Sends the browser back. @code: (transfer full) (nullable) */
static void
send_back (const MdocHttpCall *call,
           MdocHttpReply *reply,
           const Session *session,
           char *code,
           MdocProtocolCode error)
{
  g_autofree char *issuer = mdoc_vci_dup_issuer (
      mdoc_http_call_get_base_url (call));
  g_autofree char *marked = code != NULL
                                ? mdoc_vci_code_mark (code,
                                                      session->request->details
                                                          != NULL)
                                : NULL;
  const MdocAuthorizationResponse response = {
    .code = marked,
    .state = session->request->state,
    .issuer = issuer,
    .error = error,
  };
  g_autofree char *uri
      = mdoc_authorization_response_to_uri (&response,
                                            session->request->redirect_uri);

  /* 303, so that the form with the password is not sent on */
  mdoc_http_reply_set_status (reply, 303);
  mdoc_http_reply_set_header (reply, "Location", uri);
  set_cookie (call, reply, "");
}

/* Returns: (nullable): the session that the form belongs to, if the browser
 * that sends it is the one it was shown to */
static Session *
take_session (MdocVci *self, const MdocHttpCall *call, GHashTable *fields)
{
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  const char *origin = mdoc_http_call_get_header (call, "Origin");
  const char *handle = g_hash_table_lookup (fields, "session");
  g_autofree char *cookie = mdoc_http_call_dup_cookie (call,
                                                       get_cookie_name (call));
  g_autoptr (Session) session = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *text = NULL;

  if (handle == NULL || cookie == NULL
      || (origin != NULL
          && strcmp (origin, mdoc_http_call_get_base_url (call)) != 0))
    return NULL;

  text = mdoc_register_get_ticket (self->config.reg,
                                   &change,
                                   TICKET_LOGIN,
                                   handle,
                                   TRUE,
                                   NULL);
  if (text != NULL)
    session = session_parse (text);
  digest = dup_digest (cookie);
  if (session == NULL || g_strcmp0 (session->cookie_digest, digest) != 0)
    return NULL;
  return g_steal_pointer (&session);
}

/* Takes the password out of a form. Returns: (transfer full) (nullable) */
static char *
steal_password (GHashTable *fields)
{
  gpointer name = NULL;
  gpointer password = NULL;

  g_hash_table_steal_extended (fields, "password", &name, &password);
  g_free (name);
  return password;
}

static void
wipe_text (char **text)
{
  if (*text != NULL)
    mdoc_secret_wipe (*text, strlen (*text));
  g_free (*text);
}

/* Returns: (nullable): the person's id; %NULL without @error: nobody, or it
 * cannot be told before @ret_wait_s */
static char *
find_person (MdocVci *self,
             const MdocHttpCall *call,
             GHashTable *fields,
             const char *password,
             guint *ret_wait_s,
             GError **error)
{
  const char *name = g_hash_table_lookup (fields, "name");
  g_autofree char *client
      = mdoc_http_call_dup_client (call, self->config.trusts_proxy);
  g_autoptr (MdocRegisterPerson) person = NULL;
  char *id = NULL;

  if (name == NULL || *name == '\0')
    return NULL;
  if (self->config.login == MDOC_VCI_LOGIN_PASSWORD)
    {
      if (password == NULL)
        return NULL;
      *ret_wait_s = mdoc_vci_accounts_try (self->accounts,
                                           name,
                                           client,
                                           g_get_monotonic_time ());
      if (*ret_wait_s == 0)
        id = mdoc_register_check_password (self->config.reg,
                                           name,
                                           password,
                                           error);
      if (id != NULL)
        mdoc_vci_accounts_succeed (self->accounts, name, client);
      return id;
    }

  person = mdoc_register_get_person (self->config.reg, name, error);
  if (person == NULL)
    {
      if (g_error_matches (*error,
                           MDOC_REGISTER_ERROR,
                           MDOC_REGISTER_ERROR_NOT_FOUND))
        g_clear_error (error);
      return NULL;
    }
  return g_strdup (person->id);
}

static void
grant_code (MdocVci *self,
            const MdocHttpCall *call,
            MdocHttpReply *reply,
            const Session *session,
            const char *person_id)
{
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  const MdocAuthorizationRequest *request = session->request;
  g_autoptr (GError) error = NULL;
  const MdocRegisterAuthorization authorization = {
    .issuer_state = request->issuer_state,
    .configuration_ids = session->configuration_ids[0] != NULL
                             ? (const char *const *) session->configuration_ids
                             : NULL,
    .person_id = person_id,
    .client_id = request->client_id,
    .redirect_uri = request->redirect_uri,
    .code_challenge = request->code_challenge,
    .dpop_thumbprint = session->thumbprint,
  };
  char *code;

  code = mdoc_register_authorize (self->config.reg,
                                  &change,
                                  &authorization,
                                  &error);
  if (code != NULL)
    send_back (call, reply, session, code, MDOC_PROTOCOL_UNKNOWN);
  else if (error->domain == MDOC_REGISTER_ERROR
           && error->code != (gint) MDOC_REGISTER_ERROR_STORE)
    send_back (call, reply, session, NULL, MDOC_PROTOCOL_ACCESS_DENIED);
  else
    {
      g_warning ("A login failed: %s", error->message);
      send_back (call, reply, session, NULL, MDOC_PROTOCOL_SERVER_ERROR);
    }
}

/* The form of the login page. */
void
mdoc_vci_on_login (const MdocHttpCall *call,
                   MdocHttpReply *reply,
                   gpointer data)
{
  MdocVci *self = data;
  g_autofree char *form = mdoc_vci_dup_form (call, reply);
  g_autoptr (GHashTable) fields = NULL;
  __attribute__ ((cleanup (wipe_text))) char *password = NULL;
  g_autoptr (Session) session = NULL;
  g_autofree char *person_id = NULL;
  g_autoptr (GError) error = NULL;
  guint wait_s = 0;

  if (form == NULL)
    return;
  fields = mdoc_form_parse (form, NULL);
  mdoc_secret_wipe (form, strlen (form));
  if (fields != NULL)
    password = steal_password (fields);
  if (!mdoc_vci_may_try (self, call, reply))
    return;
  if (fields != NULL)
    session = take_session (self, call, fields);
  if (session == NULL)
    {
      mdoc_vci_count_miss (self, call);
      mdoc_vci_login_show_error (reply,
                                 403,
                                 "This form is not one that was shown to you "
                                 "here, or it was open for too long. Please "
                                 "start again in the wallet.");
      return;
    }
  if (g_strcmp0 (g_hash_table_lookup (fields, "answer"), "no") == 0)
    {
      send_back (call, reply, session, NULL, MDOC_PROTOCOL_ACCESS_DENIED);
      return;
    }

  person_id = find_person (self, call, fields, password, &wait_s, &error);
  if (person_id != NULL)
    grant_code (self, call, reply, session, person_id);
  else if (error != NULL)
    mdoc_vci_fail (reply, error);
  else
    {
      /* who only comes too early has guessed nothing */
      if (wait_s == 0)
        mdoc_vci_count_miss (self, call);
      if (++session->n_tries >= MAX_TRIES)
        send_back (call, reply, session, NULL, MDOC_PROTOCOL_ACCESS_DENIED);
      else
        show_login (self, call, reply, session, wait_s);
    }
}
