/*
 * mdoc-admin-call.c - what stands around every call of the administration
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "openid/mdoc-json.h"

#define MAX_CORRELATION_LEN 64
#define MAX_KEY_LEN         255
#define SEAL_KEY_LEN        32

static const MdocJsonLimits body_limits = { .max_bytes = (gsize) 64 * 1024
                                                         * 1024,
                                            .max_depth = MDOC_JSON_MAX_DEPTH,
                                            .max_values = 4 * 1024 * 1024 };

G_DEFINE_QUARK (mdoc_admin_error_quark, mdoc_admin_error)

/* how an error of ours is told over HTTP */
static const struct
{
  guint status;
  const char *name;
} own_errors[] = {
  [MDOC_ADMIN_ERROR_REQUEST] = { 400, "invalid_request" },
  [MDOC_ADMIN_ERROR_NOT_FOUND] = { 404, "not_found" },
  [MDOC_ADMIN_ERROR_UNAUTHORIZED] = { 401, "unauthorized" },
  [MDOC_ADMIN_ERROR_FORBIDDEN] = { 403, "forbidden" },
  [MDOC_ADMIN_ERROR_MEDIA_TYPE] = { 415, "unsupported_media_type" },
  [MDOC_ADMIN_ERROR_UNPROCESSABLE] = { 422, "unprocessable" },
  [MDOC_ADMIN_ERROR_CONFLICT] = { 409, "conflict" },
  [MDOC_ADMIN_ERROR_APPROVAL] = { 409, "approval_required" },
  [MDOC_ADMIN_ERROR_BUSY] = { 503, "busy" },
  [MDOC_ADMIN_ERROR_DEVICE] = { 500, "internal" },
};

/**
 * mdoc_admin_refuse:
 * @error: return location for a #MdocAdminError
 * @code: why
 * @format: the same for people; it holds no value of an element
 *
 * Returns: %FALSE
 */
gboolean
mdoc_admin_refuse (GError **error, MdocAdminError code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, MDOC_ADMIN_ERROR, (gint) code, message);
  return FALSE;
}

/**
 * mdoc_admin_now_ms:
 * @self: the administration
 *
 * The clock of programs counts in seconds, which a test may have moved; what is
 * below a second is the system's.
 *
 * Returns: unix time in ms
 */
gint64
mdoc_admin_now_ms (MdocAdmin *self)
{
  return mdoc_clock_get_unix_s (self->clock) * 1000
         + g_get_real_time () / 1000 % 1000;
}

static guint
get_register_status (gint code)
{
  switch ((MdocRegisterError) code)
    {
    case MDOC_REGISTER_ERROR_NOT_FOUND:
    case MDOC_REGISTER_ERROR_FEATURE:
      return 404;
    case MDOC_REGISTER_ERROR_ARGUMENT:
      return 400;
    case MDOC_REGISTER_ERROR_CLAIMS:
    case MDOC_REGISTER_ERROR_LIMIT:
      return 422;
    case MDOC_REGISTER_ERROR_STORE:
    case MDOC_REGISTER_ERROR_VERSION:
      return 503;
    case MDOC_REGISTER_ERROR_STATE:
    case MDOC_REGISTER_ERROR_CONFLICT:
    case MDOC_REGISTER_ERROR_GRANT:
    case MDOC_REGISTER_ERROR_TX_CODE:
    case MDOC_REGISTER_ERROR_TX_CODE_MISSING:
    case MDOC_REGISTER_ERROR_IDENTIFIER:
    case MDOC_REGISTER_ERROR_DENIED:
    case MDOC_REGISTER_ERROR_PENDING:
    case MDOC_REGISTER_ERROR_TRANSACTION:
    case MDOC_REGISTER_ERROR_NOTIFICATION:
    case MDOC_REGISTER_ERROR_SUSPENDED:
    case MDOC_REGISTER_ERROR_REVOKED:
    case MDOC_REGISTER_ERROR_REMOVED:
    case MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED:
    case MDOC_REGISTER_ERROR_TOO_OFTEN:
    case MDOC_REGISTER_ERROR_DIGEST:
    case MDOC_REGISTER_ERROR_CLONE:
    default:
      return 409;
    }
}

static guint
classify (const GError *error, const char **ret_name)
{
  if (error->domain == MDOC_ADMIN_ERROR)
    {
      *ret_name = own_errors[error->code].name;
      return own_errors[error->code].status;
    }
  if (error->domain == MDOC_REGISTER_ERROR)
    {
      *ret_name = mdoc_register_error_get_name (error);
      return get_register_status (error->code);
    }
  if (error->domain == MDOC_PROFILE_ERROR)
    {
      *ret_name = error->code == (gint) MDOC_PROFILE_ERROR_SCHEMA
                      ? "invalid_profile"
                      : "invalid_claims";
      return 422;
    }
  if (error->domain == MDOC_JSON_ERROR)
    {
      *ret_name = "invalid_request";
      return 400;
    }
  *ret_name = "internal";
  return 500;
}

/* @member: (nullable): what to tell besides; @array: (transfer full) */
static void
write_error_with (MdocAdminCall *call,
                  const GError *error,
                  const char *member,
                  JsonArray *array)
{
  g_autoptr (JsonObject) object = json_object_new ();
  const char *name;
  guint status = classify (error, &name);

  json_object_set_int_member (object, "errorCode", status);
  json_object_set_string_member (object, "error", name);
  /* what goes on inside is for the log */
  json_object_set_string_member (object,
                                 "errorDescription",
                                 status >= 500 ? "The platform failed; try "
                                                 "again later"
                                               : error->message);
  if (member != NULL)
    json_object_set_array_member (object, member, array);
  if (status >= 500)
    g_message ("Administration: %s", error->message);
  g_free (call->answer);
  call->answer = mdoc_json_write (object);
  call->status = status;
  if (status == 401)
    mdoc_http_reply_set_header (call->reply, "WWW-Authenticate", "Bearer");
  if (status == 503)
    mdoc_http_reply_set_header (call->reply, "Retry-After", "2");
}

static void
write_error (MdocAdminCall *call, const GError *error)
{
  write_error_with (call, error, NULL, NULL);
}

/**
 * mdoc_admin_answer_error:
 * @call: a call
 * @error: why it is refused
 * @member: of the answer
 * @array: (transfer full): all the reasons
 *
 * For who can say more than one thing is wrong.
 *
 * Returns: %TRUE
 */
gboolean
mdoc_admin_answer_error (MdocAdminCall *call,
                         const GError *error,
                         const char *member,
                         JsonArray *array)
{
  write_error_with (call, error, member, array);
  return TRUE;
}

/**
 * mdoc_admin_answer:
 * @call: a call
 * @status: of HTTP
 * @object: (transfer full): what to answer
 *
 * Returns: %TRUE
 */
gboolean
mdoc_admin_answer (MdocAdminCall *call, guint status, JsonObject *object)
{
  call->status = status;
  g_free (call->answer);
  call->answer = mdoc_json_write (object);
  json_object_unref (object);
  return TRUE;
}

/**
 * mdoc_admin_answer_list:
 * @call: a call
 * @member: what they are
 * @array: (transfer full): what to answer
 *
 * Returns: %TRUE
 */
gboolean
mdoc_admin_answer_list (MdocAdminCall *call,
                        const char *member,
                        JsonArray *array)
{
  JsonObject *object = json_object_new ();

  json_object_set_array_member (object, member, array);
  return mdoc_admin_answer (call, 200, object);
}

/**
 * mdoc_admin_answer_accepted:
 * @call: a call
 * @id: by which one can ask what has become of it
 *
 * Returns: %TRUE
 */
gboolean
mdoc_admin_answer_accepted (MdocAdminCall *call, const char *id)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "requestId", id);
  json_object_set_string_member (object,
                                 "correlationId",
                                 call->change.correlation_id);
  return mdoc_admin_answer (call, 202, object);
}

/**
 * mdoc_admin_get_path:
 * @call: a call
 * @name: what stands in the route as "{name}"
 *
 * Returns: what stood there
 */
const char *
mdoc_admin_get_path (MdocAdminCall *call, const char *name)
{
  return mdoc_http_call_get_parameter (call->http, name);
}

/**
 * mdoc_admin_get_query_int:
 * @call: a call
 * @name: of the query
 * @max: largest value
 * @otherwise: if there is none
 * @ret_value: (out): the value, from 0
 * @error: return location for a #MdocAdminError
 *
 * Returns: %TRUE if it is a number in range, or not there
 */
gboolean
mdoc_admin_get_query_int (MdocAdminCall *call,
                          const char *name,
                          gint64 max,
                          gint64 otherwise,
                          gint64 *ret_value,
                          GError **error)
{
  const char *text = mdoc_http_call_get_query (call->http, name);
  guint64 value;

  if (text == NULL)
    {
      *ret_value = otherwise;
      return TRUE;
    }
  if (!g_ascii_string_to_unsigned (text, 10, 0, (guint64) max, &value, NULL))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "“%s” has to be a number up to %" G_GINT64_FORMAT,
                              name,
                              max);
  *ret_value = (gint64) value;
  return TRUE;
}

/**
 * mdoc_admin_get_filter:
 * @call: a call
 * @ret_filter: (out): what of the rows is wanted, from the query
 * @error: return location for a #MdocAdminError
 *
 * Returns: %TRUE if the query makes sense
 */
gboolean
mdoc_admin_get_filter (MdocAdminCall *call,
                       MdocRegisterFilter *ret_filter,
                       GError **error)
{
  gint64 offset, limit;

  if (!mdoc_admin_get_query_int (call, "offset", G_MAXINT32, 0, &offset, error)
      || !mdoc_admin_get_query_int (call,
                                    "limit",
                                    MDOC_ADMIN_MAX_ROWS,
                                    MDOC_ADMIN_DEFAULT_ROWS,
                                    &limit,
                                    error))
    return FALSE;

  *ret_filter = (MdocRegisterFilter){
    .status = mdoc_http_call_get_query (call->http, "status"),
    .profile_id = mdoc_http_call_get_query (call->http, "profileId"),
    .person_id = mdoc_http_call_get_query (call->http, "personId"),
    .external_ref = mdoc_http_call_get_query (call->http, "externalRef"),
    .credential_id = mdoc_http_call_get_query (call->http, "credentialId"),
    .state = mdoc_http_call_get_query (call->http, "state"),
    .offset = (guint) offset,
    .limit = (guint) limit,
  };
  return TRUE;
}

/**
 * mdoc_admin_take_reason:
 * @call: a call
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE if "reason" and "notes" are texts, or not there
 */
gboolean
mdoc_admin_take_reason (MdocAdminCall *call, GError **error)
{
  if (call->body == NULL)
    return TRUE;
  return mdoc_json_find_text (call->body,
                              "reason",
                              MDOC_ADMIN_MAX_TEXT,
                              &call->change.reason,
                              error)
         && mdoc_json_find_text (call->body,
                                 "notes",
                                 MDOC_ADMIN_MAX_TEXT,
                                 &call->change.notes,
                                 error);
}

/**
 * mdoc_admin_find_json:
 * @object: an object
 * @member: one of its members
 * @ret_json: (out) (nullable): that, if it is there, as JSON
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE if it is an object, or not there
 */
gboolean
mdoc_admin_find_json (JsonObject *object,
                      const char *member,
                      char **ret_json,
                      GError **error)
{
  JsonObject *found;

  if (!mdoc_json_find_object (object, member, &found, error))
    return FALSE;
  *ret_json = found == NULL ? NULL : mdoc_json_write (found);
  return TRUE;
}

static gboolean
authorize (MdocAdminCall *call, guint roles, GError **error)
{
  if (call->admin->keys == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_NOT_FOUND,
                              "There is no administration here");
  call->change.operator_id
      = mdoc_admin_keys_find (call->admin->keys,
                              mdoc_http_call_get_header (call->http,
                                                         "Authorization"),
                              &call->roles);
  if (call->change.operator_id == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_UNAUTHORIZED,
                              "This needs a key, as “Authorization: Bearer”");
  if ((call->roles & roles) == 0)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_FORBIDDEN,
                              "The key is not good for that");
  return TRUE;
}

static gboolean
is_token (const char *text, gsize max_len)
{
  gsize len = strlen (text);

  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  return len > 0 && len <= max_len;
}

static gboolean
take_correlation (MdocAdminCall *call, char **ret_made, GError **error)
{
  const char *given = mdoc_http_call_get_header (call->http,
                                                 "X-Correlation-Id");

  if (given == NULL)
    {
      *ret_made = g_uuid_string_random ();
      call->change.correlation_id = *ret_made;
    }
  else if (is_token (given, MAX_CORRELATION_LEN))
    call->change.correlation_id = given;
  else
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "X-Correlation-Id has 1 to %d visible characters",
                              MAX_CORRELATION_LEN);
  mdoc_http_reply_set_header (call->reply,
                              "X-Correlation-Id",
                              call->change.correlation_id);
  return TRUE;
}

static gboolean
has_body (MdocAdminCall *call)
{
  const char *method = mdoc_http_call_get_method (call->http);

  return strcmp (method, "POST") == 0 || strcmp (method, "PUT") == 0;
}

static gboolean
read_body (MdocAdminCall *call, JsonNode **ret_root, GError **error)
{
  MdocSpan body = mdoc_http_call_get_body (call->http);

  /* a POST that needs nothing more than its path may have none */
  if (!has_body (call) || body.len == 0)
    return TRUE;
  if (strcmp (mdoc_http_call_get_content_type (call->http), "application/json")
      != 0)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_MEDIA_TYPE,
                              "The body has to be application/json");
  *ret_root = mdoc_json_load_object (body,
                                     "the body",
                                     &body_limits,
                                     &call->body,
                                     error);
  return *ret_root != NULL;
}

/* --- the same call twice (lifecycle, 5) --- */

/* What was answered may hold a transaction code, which nobody is to find in the
 * database. So it is sealed with what only who asks again knows: the
 * Idempotency-Key itself, of which a digest alone is kept. */
typedef struct
{
  char *row;
  char *body_hash;
  MdocSecret *seal;
} Again;

static void
again_clear (Again *self)
{
  g_free (self->row);
  g_free (self->body_hash);
  mdoc_secret_free (self->seal);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Again, again_clear)

static char *
hash_parts (const char *const *texts, MdocSpan last)
{
  MdocSpan parts[8];
  gsize n = 0;
  guint8 digest[MDOC_HASH_MAX_LEN];

  for (; texts[n] != NULL; n++)
    /* with the NUL, so that parts cannot run into each other */
    parts[n] = MDOC_SPAN ((const guint8 *) texts[n], strlen (texts[n]) + 1);
  parts[n++] = last;
  mdoc_hash_compute (MDOC_HASH_SHA256, parts, n, digest);
  return mdoc_hex_encode (
      MDOC_SPAN (digest, mdoc_hash_get_len (MDOC_HASH_SHA256)));
}

static gboolean
again_init (Again *self, MdocAdminCall *call, GError **error)
{
  const char *key = mdoc_http_call_get_header (call->http, "Idempotency-Key");
  const char *method = mdoc_http_call_get_method (call->http);
  const char *query = mdoc_http_call_get_query_string (call->http);
  g_autofree char *both = NULL;

  if (key == NULL || strcmp (method, "POST") != 0)
    return TRUE;
  if (!is_token (key, MAX_KEY_LEN))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "Idempotency-Key has 1 to %d visible characters",
                              MAX_KEY_LEN);

  both = g_strdup_printf ("%s\n%s", call->change.operator_id, key);
  self->row = hash_parts ((const char *const[]){ "idempotency", NULL },
                          mdoc_span_from_text (both));
  self->body_hash = hash_parts ((const char *const[]){ method,
                                                       mdoc_http_call_get_path (
                                                           call->http),
                                                       query == NULL ? ""
                                                                     : query,
                                                       NULL },
                                mdoc_http_call_get_body (call->http));
  self->seal = mdoc_hkdf_derive (MDOC_HASH_SHA256,
                                 mdoc_span_from_text (both),
                                 MDOC_SPAN (NULL, 0),
                                 mdoc_span_from_text ("answer"),
                                 SEAL_KEY_LEN);
  return TRUE;
}

static char *
again_seal (const Again *self, MdocAdminCall *call, GError **error)
{
  g_autofree char *plain = g_strdup_printf ("%u %s",
                                            call->status,
                                            call->answer == NULL
                                                ? ""
                                                : call->answer);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 nonce[MDOC_AES_GCM_NONCE_LEN];

  mdoc_random_fill (nonce, sizeof nonce);
  sealed = mdoc_aes_gcm_encrypt (mdoc_secret_get_span (self->seal),
                                 MDOC_SPAN (nonce, sizeof nonce),
                                 mdoc_span_from_text (self->row),
                                 mdoc_span_from_text (plain),
                                 error);
  if (sealed == NULL)
    return NULL;
  g_byte_array_append (all, nonce, sizeof nonce);
  g_byte_array_append (all,
                       g_bytes_get_data (sealed, NULL),
                       (guint) g_bytes_get_size (sealed));
  return mdoc_base64url_encode (MDOC_SPAN (all->data, all->len));
}

static gboolean
again_open (const Again *self,
            MdocAdminCall *call,
            const char *kept,
            GError **error)
{
  g_autoptr (GBytes) all = mdoc_base64url_decode (kept, G_MAXINT32, error);
  g_autoptr (MdocSecret) plain = NULL;
  g_autofree char *text = NULL;
  char *end;
  MdocSpan span;

  if (all == NULL)
    return FALSE;
  span = mdoc_span_from_bytes (all);
  if (span.len < MDOC_AES_GCM_NONCE_LEN)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_DEVICE,
                              "A kept answer is too short");
  plain = mdoc_aes_gcm_decrypt (mdoc_secret_get_span (self->seal),
                                MDOC_SPAN (span.data, MDOC_AES_GCM_NONCE_LEN),
                                mdoc_span_from_text (self->row),
                                MDOC_SPAN (span.data + MDOC_AES_GCM_NONCE_LEN,
                                           span.len - MDOC_AES_GCM_NONCE_LEN),
                                error);
  if (plain == NULL)
    return FALSE;

  span = mdoc_secret_get_span (plain);
  text = g_strndup ((const char *) span.data, span.len);
  call->status = (guint) g_ascii_strtoull (text, &end, 10);
  call->answer = *end == ' ' && end[1] != '\0' ? g_strdup (end + 1) : NULL;
  mdoc_http_reply_set_header (call->reply, "Idempotent-Replay", "true");
  return TRUE;
}

static void
handle (MdocAdminCall *call, MdocAdminHandler handler)
{
  g_autoptr (GError) error = NULL;

  if (!handler (call, &error))
    write_error (call, error);
}

static gboolean
handle_once (MdocAdminCall *call,
             MdocAdminHandler handler,
             const Again *again,
             GError **error)
{
  MdocRegister *reg = call->admin->reg;
  g_autoptr (GError) own_error = NULL;
  g_autofree char *sealed = NULL;
  g_autofree char *kept = mdoc_register_find_answer (reg,
                                                     &call->change,
                                                     again->row,
                                                     again->body_hash,
                                                     &own_error);

  if (kept != NULL)
    return again_open (again, call, kept, error);
  if (g_error_matches (own_error,
                       MDOC_REGISTER_ERROR,
                       (gint) MDOC_REGISTER_ERROR_CONFLICT))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_UNPROCESSABLE,
                              "That Idempotency-Key was for another call");
  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }

  handle (call, handler);
  if (call->status >= 500)
    return TRUE;
  sealed = again_seal (again, call, error);
  return sealed != NULL
         && mdoc_register_keep_answer (reg,
                                       &call->change,
                                       again->row,
                                       again->body_hash,
                                       sealed,
                                       error);
}

/* what is done and what was answered are one commit */
static gboolean
run_once (MdocAdminCall *call,
          MdocAdminHandler handler,
          const Again *again,
          GError **error)
{
  MdocRegister *reg = call->admin->reg;
  gboolean is_done;

  if (!mdoc_register_begin (reg, error))
    return FALSE;
  is_done = handle_once (call, handler, again, error);
  if (!is_done || call->status >= 500)
    {
      g_autoptr (GError) ignored = NULL;

      if (!mdoc_register_end (reg, FALSE, &ignored))
        g_message ("Administration: %s", ignored->message);
      return is_done;
    }
  return mdoc_register_end (reg, TRUE, error);
}

static gboolean
run (MdocAdminCall *call, MdocAdminHandler handler, guint roles, GError **error)
{
  g_autofree char *correlation = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_auto (Again) again = { 0 };

  call->change.now_ms = mdoc_admin_now_ms (call->admin);
  call->change.actor = "issuer";
  if (!take_correlation (call, &correlation, error)
      || (roles != 0 && !authorize (call, roles, error))
      || !read_body (call, &root, error)
      || (roles != 0 && !again_init (&again, call, error))
      || !mdoc_admin_take_reason (call, error))
    return FALSE;

  if (again.row != NULL && handler != mdoc_admin_ping_subscription)
    return run_once (call, handler, &again, error);
  handle (call, handler);
  return TRUE;
}

/**
 * mdoc_admin_call_run:
 * @self: the administration
 * @http: what is asked
 * @reply: what to answer
 * @handler: who answers
 * @roles: of which the key has to have one; 0: no key is needed
 *
 * Asks for the key, opens the body, runs the handler, makes an answer of what
 * it refuses, and sees to it that the same call is done once.
 */
void
mdoc_admin_call_run (MdocAdmin *self,
                     const MdocHttpCall *http,
                     MdocHttpReply *reply,
                     MdocAdminHandler handler,
                     guint roles)
{
  MdocAdminCall call = { .admin = self, .http = http, .reply = reply };
  g_autoptr (GError) error = NULL;

  if (!run (&call, handler, roles, &error))
    write_error (&call, error);
  if (call.answer != NULL)
    mdoc_http_reply_take_json (reply,
                               call.status,
                               g_steal_pointer (&call.answer));
  else if (call.status != 0)
    mdoc_http_reply_set_status (reply, call.status);
}
