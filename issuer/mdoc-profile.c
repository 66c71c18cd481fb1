/*
 * mdoc-profile.c - reading profiles
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-profile.h"

#include <string.h>

#include "issuer/mdoc-profile-private.h"

#define MINUTE_S       ((gint64) 60)
#define HOUR_S         ((gint64) 3600)
#define DAY_S          ((gint64) 24 * 3600)
#define MAX_DURATION_S (100 * 366 * DAY_S)
#define MAX_TX_CODE    16

static const MdocJsonLimits limits = {
  .max_bytes = MDOC_PROFILE_MAX_BYTES,
  .max_depth = 8,
  .max_values = 16384,
};

G_DEFINE_QUARK (mdoc_profile_error_quark, mdoc_profile_error)

/* the only place that names the domain */
gboolean
mdoc_profile_refuse (GError **error,
                     MdocProfileError code,
                     const char *format,
                     ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, MDOC_PROFILE_ERROR, (gint) code, message);
  return FALSE;
}

static gboolean
refuse_schema (GError **error, const char *what, const char *why)
{
  return mdoc_profile_refuse (error,
                              MDOC_PROFILE_ERROR_SCHEMA,
                              "%s %s",
                              what,
                              why);
}

static void
element_free (MdocProfileElement *element)
{
  g_free (element->name_space);
  g_free (element->element);
  g_free (element->source);
  g_free (element->wrap);
  g_free (element->event_name);
  g_clear_pointer (&element->fixed, json_node_unref);
  g_clear_pointer (&element->display, g_ptr_array_unref);
  g_free (element);
}

MdocProfile *
mdoc_profile_ref (MdocProfile *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
profile_clear (MdocProfile *self)
{
  g_free (self->settings.id);
  g_free (self->settings.doc_type);
  g_free (self->settings.scope);
  g_free (self->settings.signer);
  g_strfreev (self->settings.key_storage);
  g_strfreev (self->settings.user_authentication);
  g_clear_pointer (&self->settings.display, g_ptr_array_unref);
  g_ptr_array_unref (self->elements);
  g_free (self->json);
}

void
mdoc_profile_unref (MdocProfile *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, (GDestroyNotify) profile_clear);
}

const MdocProfileSettings *
mdoc_profile_get_settings (MdocProfile *self)
{
  return &self->settings;
}

guint
mdoc_profile_get_n_elements (MdocProfile *self)
{
  return self->elements->len;
}

const MdocProfileElement *
mdoc_profile_get_element (MdocProfile *self, guint i)
{
  g_return_val_if_fail (i < self->elements->len, NULL);
  return self->elements->pdata[i];
}

const char *
mdoc_profile_get_json (MdocProfile *self)
{
  return self->json;
}

/* A member that nobody knows is a name misspelt, and would be ignored. */
gboolean
mdoc_profile_check_members (JsonObject *object,
                            const char *what,
                            const char *const *names,
                            GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *member = members; member != NULL; member = member->next)
    if (!g_strv_contains (names, member->data))
      return mdoc_profile_refuse (error,
                                  MDOC_PROFILE_ERROR_SCHEMA,
                                  "%s has no member %s",
                                  what,
                                  (const char *) member->data);
  return TRUE;
}

/* "30d", "12h", "15m", "90s", or "none" for 0 */
static gboolean
parse_duration (JsonObject *object,
                const char *name,
                gint64 otherwise_s,
                gint64 *ret_s,
                GError **error)
{
  const char *text;
  char *end;
  gint64 number, unit;

  if (!mdoc_json_find_text (object, name, 32, &text, error))
    return FALSE;
  *ret_s = otherwise_s;
  if (text == NULL)
    return TRUE;
  *ret_s = 0;
  if (strcmp (text, "none") == 0)
    return TRUE;

  number = g_ascii_strtoll (text, &end, 10);
  unit = *end == 'd'   ? DAY_S
         : *end == 'h' ? HOUR_S
         : *end == 'm' ? MINUTE_S
         : *end == 's' ? 1
                       : 0;
  if (!g_ascii_isdigit (text[0]) || unit == 0 || end[1] != '\0' || number <= 0
      || number > MAX_DURATION_S / unit)
    return refuse_schema (error,
                          name,
                          "has to be a time such as 30d, 12h, 15m or 90s, or "
                          "none");

  *ret_s = number * unit;
  return TRUE;
}

/* One of @names, or an empty place in them; its place, or @otherwise. */
static gboolean
parse_choice (JsonObject *object,
              const char *member,
              const char *const *names,
              guint otherwise,
              guint *ret_choice,
              GError **error)
{
  const char *text;

  if (!mdoc_json_find_text (object, member, 64, &text, error))
    return FALSE;
  *ret_choice = otherwise;
  if (text == NULL)
    return TRUE;

  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], text) == 0)
      {
        *ret_choice = i;
        return TRUE;
      }
  return mdoc_profile_refuse (error,
                              MDOC_PROFILE_ERROR_SCHEMA,
                              "%s is no choice of %s",
                              text,
                              member);
}

static gboolean
parse_number (JsonObject *object,
              const char *member,
              gint64 max,
              guint otherwise,
              guint *ret_number,
              GError **error)
{
  gint64 number;

  if (!mdoc_json_find_int (object, member, 1, max, otherwise, &number, error))
    return FALSE;
  *ret_number = (guint) number;
  return TRUE;
}

static gboolean
is_name (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._-:", *c) == NULL)
      return FALSE;
  return text[0] != '\0';
}

static char *
dup_text (JsonObject *object,
          const char *member,
          const char *otherwise,
          GError **error)
{
  const char *text;

  if (!mdoc_json_find_text (object,
                            member,
                            MDOC_PROFILE_MAX_NAME,
                            &text,
                            error))
    return NULL;
  return g_strdup (text != NULL ? text : otherwise);
}

static gboolean
parse_element_names (MdocProfileElement *element,
                     JsonObject *object,
                     GError **error)
{
  const char *name_space = mdoc_json_get_text (object,
                                               "namespace",
                                               MDOC_PROFILE_MAX_NAME,
                                               error);
  const char *name;

  if (name_space == NULL)
    return FALSE;
  name = mdoc_json_get_text (object, "element", MDOC_PROFILE_MAX_NAME, error);
  if (name == NULL)
    return FALSE;
  /* the dot is how claims tell a name space from a source */
  if (!is_name (name_space) || strchr (name_space, '.') == NULL)
    return refuse_schema (error, name_space, "is no name of a name space");
  if (!is_name (name))
    return refuse_schema (error, name, "is no name of an element");

  element->name_space = g_strdup (name_space);
  element->element = g_strdup (name);
  element->source = dup_text (object, "source", name, error);
  if (element->source == NULL)
    return FALSE;
  element->event_name = dup_text (object, "eventName", element->source, error);
  if (element->event_name == NULL)
    return FALSE;
  if (json_object_has_member (object, "wrap"))
    {
      element->wrap = dup_text (object, "wrap", NULL, error);
      if (element->wrap == NULL)
        return FALSE;
    }
  if (strchr (element->source, '.') != NULL)
    return refuse_schema (error, element->source, "must not have a dot");
  return TRUE;
}

static MdocProfileElement *
parse_element (JsonObject *object, GError **error)
{
  static const char *const members[] = { "namespace", "element", "source",
                                         "presence",  "event",   "eventName",
                                         "value",     "wrap",    "display",
                                         NULL };
  static const char *const presences[] = {
    "optional", "recommended", "mandatory", "O", "R", "M", NULL
  };
  static const char *const events[] = { "none",
                                        "attributes",
                                        "insensitiveAttributes",
                                        NULL };
  MdocProfileElement *element = g_new0 (MdocProfileElement, 1);
  guint presence, event;

  if (!mdoc_profile_check_members (object, "An element", members, error)
      || !parse_element_names (element, object, error)
      || !parse_choice (object, "presence", presences, 0, &presence, error)
      || !parse_choice (object, "event", events, 0, &event, error))
    {
      element_free (element);
      return NULL;
    }

  element->presence = (MdocPresence) (presence % 3);
  element->event = (MdocEventPlace) event;
  if (json_object_has_member (object, "value"))
    element->fixed = json_node_copy (json_object_get_member (object, "value"));
  element->display = mdoc_display_parse (object, error);
  if (element->display == NULL)
    {
      element_free (element);
      return NULL;
    }
  return element;
}

/* S0-48: an attribute is personal or it is not */
static gboolean
check_pair (const MdocProfileElement *a,
            const MdocProfileElement *b,
            GError **error)
{
  if (strcmp (a->name_space, b->name_space) == 0
      && strcmp (a->element, b->element) == 0)
    return refuse_schema (error, a->element, "is there twice");
  if (a->event == MDOC_EVENT_NONE || b->event == MDOC_EVENT_NONE)
    return TRUE;
  if (a->event != b->event
      && (strcmp (a->source, b->source) == 0
          || strcmp (a->event_name, b->event_name) == 0))
    return refuse_schema (error, a->event_name, "is in both maps of the event");
  if (a->event == b->event && strcmp (a->event_name, b->event_name) == 0)
    return refuse_schema (error, a->event_name, "is twice in the event");
  return TRUE;
}

static gboolean
parse_elements (MdocProfile *self, JsonObject *root, GError **error)
{
  JsonArray *array = mdoc_json_get_array (root,
                                          "elements",
                                          MDOC_PROFILE_MAX_ELEMENTS,
                                          error);

  if (array == NULL)
    return FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = mdoc_json_array_get_object (array,
                                                       i,
                                                       "elements",
                                                       error);
      MdocProfileElement *element;

      if (object == NULL)
        return FALSE;
      element = parse_element (object, error);
      if (element == NULL)
        return FALSE;
      g_ptr_array_add (self->elements, element);
      for (guint j = 0; j < i; j++)
        if (!check_pair (element, self->elements->pdata[j], error))
          return FALSE;
    }

  if (self->elements->len == 0)
    return refuse_schema (error, "elements", "has none");
  return TRUE;
}

static JsonObject *
open_part (JsonObject *root,
           const char *name,
           const char *const *members,
           JsonObject *empty,
           GError **error)
{
  JsonObject *part;

  if (!mdoc_json_find_object (root, name, &part, error))
    return NULL;
  if (part == NULL)
    return empty;
  return mdoc_profile_check_members (part, name, members, error) ? part : NULL;
}

static gboolean
parse_validity (MdocProfileSettings *settings, JsonObject *part, GError **error)
{
  if (!parse_duration (part, "ttl", 30 * DAY_S, &settings->ttl_s, error)
      || !parse_duration (part,
                          "documentLifetime",
                          0,
                          &settings->lifetime_s,
                          error)
      || !parse_duration (part,
                          "renewalWindow",
                          0,
                          &settings->renewal_window_s,
                          error))
    return FALSE;

  if (settings->ttl_s != 0 && settings->renewal_window_s >= settings->ttl_s)
    return refuse_schema (error, "renewalWindow", "is longer than ttl");
  return TRUE;
}

static gboolean
parse_status (MdocProfileSettings *settings, JsonObject *part, GError **error)
{
  static const char *const mechanisms[] = { "none",
                                            "tsl",
                                            "idlist",
                                            "both",
                                            NULL };
  guint mechanism, bits;

  if (!parse_choice (part,
                     "mechanism",
                     mechanisms,
                     MDOC_PROFILE_STATUS_TSL,
                     &mechanism,
                     error)
      || !parse_number (part, "bits", 2, 2, &bits, error))
    return FALSE;
  settings->status = (MdocProfileStatus) mechanism;
  settings->status_bits = bits;
  return TRUE;
}

/* "04-08N": shortest, longest, N for digits alone; "06N": just so long */
static gboolean
parse_tx_code (MdocProfileSettings *settings, JsonObject *part, GError **error)
{
  const char *text;
  char *end;

  if (!mdoc_json_find_text (part, "txCode", 16, &text, error))
    return FALSE;
  if (text == NULL || strcmp (text, "none") == 0)
    return TRUE;

  settings->tx_code_min = (guint) g_ascii_strtoull (text, &end, 10);
  settings->tx_code_max = settings->tx_code_min;
  if (*end == '-' && g_ascii_isdigit (end[1]))
    settings->tx_code_max = (guint) g_ascii_strtoull (end + 1, &end, 10);
  settings->tx_code_is_numeric = *end == 'N';
  if (*end == 'N')
    end++;
  if (!g_ascii_isdigit (text[0]) || *end != '\0' || settings->tx_code_min < 4
      || settings->tx_code_max < settings->tx_code_min
      || settings->tx_code_max > MAX_TX_CODE)
    return refuse_schema (error,
                          "txCode",
                          "has to be none, or lengths from 4 to 16 such as 06N "
                          "or 04-08N");
  return TRUE;
}

static gboolean
parse_grants (MdocProfileSettings *settings, JsonObject *part, GError **error)
{
  g_auto (GStrv) names = NULL;

  settings->grants = MDOC_PROFILE_PRE_AUTHORIZED
                     | MDOC_PROFILE_AUTHORIZATION_CODE;
  if (!mdoc_json_find_texts (part, "grants", 2, 64, &names, error))
    return FALSE;
  if (names == NULL)
    return TRUE;

  settings->grants = 0;
  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], "pre_authorized") == 0)
      settings->grants |= MDOC_PROFILE_PRE_AUTHORIZED;
    else if (strcmp (names[i], "authorization_code") == 0)
      settings->grants |= MDOC_PROFILE_AUTHORIZATION_CODE;
    else
      return refuse_schema (error, names[i], "is no grant");
  return settings->grants != 0 || refuse_schema (error, "grants", "has none");
}

static gboolean
parse_issuance (MdocProfileSettings *settings, JsonObject *part, GError **error)
{
  static const char *const modes[] = { "InTime", "Deferred", NULL };
  gint64 interval_s;
  guint mode;

  if (!parse_grants (settings, part, error)
      || !parse_tx_code (settings, part, error)
      || !parse_number (part,
                        "txCodeAttempts",
                        20,
                        5,
                        &settings->tx_code_attempts,
                        error)
      || !parse_duration (part,
                          "offerLifetime",
                          DAY_S,
                          &settings->offer_lifetime_s,
                          error)
      || !parse_duration (part,
                          "claimWindow",
                          DAY_S,
                          &settings->claim_window_s,
                          error)
      || !parse_number (part,
                        "batchSize",
                        MDOC_PROFILE_MAX_BATCH,
                        1,
                        &settings->batch_size,
                        error)
      || !parse_number (part,
                        "proofAttempts",
                        100,
                        5,
                        &settings->proof_attempts,
                        error)
      || !mdoc_json_find_boolean (part,
                                  "autoAccept",
                                  FALSE,
                                  &settings->auto_accept,
                                  error)
      || !parse_choice (part, "mode", modes, 0, &mode, error)
      || !parse_duration (part, "deferredInterval", 60, &interval_s, error))
    return FALSE;

  if (settings->offer_lifetime_s == 0 || interval_s > 31 * DAY_S)
    return refuse_schema (error,
                          "issuance",
                          "lets an offer hold for ever, or asks to wait for "
                          "more than 31 days");
  settings->is_deferred = mode == 1;
  settings->deferred_interval_s = (guint) interval_s;
  return TRUE;
}

static gboolean
parse_policy (MdocProfileSettings *settings, JsonObject *part, GError **error)
{
  static const char *const unique[] = { "none", "person", "device", NULL };
  static const char *const removal[] = { "none",
                                         "revoke_device",
                                         "purge",
                                         NULL };
  static const char *const device[] = { "inform", "block", NULL };
  guint uniqueness, on_removal, blocks;

  if (!parse_choice (part, "uniqueness", unique, 0, &uniqueness, error)
      || !parse_choice (part, "onRemoval", removal, 0, &on_removal, error)
      || !parse_choice (part, "device", device, 1, &blocks, error)
      || !parse_duration (part,
                          "supersedeGrace",
                          DAY_S,
                          &settings->supersede_grace_s,
                          error)
      || !parse_number (part,
                        "renewalsPerDay",
                        100000,
                        24,
                        &settings->max_renewals_per_day,
                        error))
    return FALSE;

  settings->uniqueness = (MdocUniqueness) uniqueness;
  settings->on_removal = (MdocOnRemoval) on_removal;
  settings->blocks_device = blocks == 1;
  return TRUE;
}

static const char *const feature_names[] = { "stateUpdate", "attributeUpdate",
                                             "bulk",        "renewal",
                                             "statusList",  "audit",
                                             NULL };

static gboolean
parse_features (MdocProfileSettings *settings, JsonObject *part, GError **error)
{
  for (guint i = 0; feature_names[i] != NULL; i++)
    {
      gboolean is_on;

      if (!mdoc_json_find_boolean (part, feature_names[i], TRUE, &is_on, error))
        return FALSE;
      if (is_on)
        settings->features |= (MdocProfileFeatures) (1u << i);
    }
  return TRUE;
}

static gboolean
parse_signing (MdocProfileSettings *settings, JsonObject *part, GError **error)
{
  settings->signer = dup_text (part, "signer", "default", error);
  if (settings->signer == NULL)
    return FALSE;
  return is_name (settings->signer)
         || refuse_schema (error, "signer", "is no name");
}

static gboolean
parse_parts (MdocProfileSettings *settings, JsonObject *root, GError **error)
{
  static const char *const validity[] = { "ttl",
                                          "documentLifetime",
                                          "renewalWindow",
                                          NULL };
  static const char *const signing[] = { "signer", NULL };
  static const char *const status[] = { "mechanism", "bits", NULL };
  static const char *const issuance[] = {
    "grants",           "txCode",      "txCodeAttempts",
    "offerLifetime",    "claimWindow", "batchSize",
    "proofAttempts",    "autoAccept",  "mode",
    "deferredInterval", NULL
  };
  static const char *const policy[] = { "uniqueness",     "onRemoval",
                                        "device",         "supersedeGrace",
                                        "renewalsPerDay", NULL };
  const struct
  {
    const char *name;
    const char *const *members;
    gboolean (*parse) (MdocProfileSettings *, JsonObject *, GError **);
  } parts[] = { { "validity", validity, parse_validity },
                { "signing", signing, parse_signing },
                { "status", status, parse_status },
                { "issuance", issuance, parse_issuance },
                { "policy", policy, parse_policy },
                { "features", feature_names, parse_features } };
  g_autoptr (JsonObject) empty = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      JsonObject *part = open_part (root,
                                    parts[i].name,
                                    parts[i].members,
                                    empty,
                                    error);

      if (part == NULL || !parts[i].parse (settings, part, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
parse_head (MdocProfileSettings *settings, JsonObject *root, GError **error)
{
  static const char *const enrollment[] = { "direct", "proofed", NULL };
  static const char *const consent[] = { "optional", "required", NULL };
  static const char *const sources[] = { "document", "issuer", NULL };
  const char *id, *doc_type, *scope;
  guint proofed, needs_consent, source, version;

  id = mdoc_json_get_text (root, "id", MDOC_PROFILE_MAX_NAME, error);
  if (id == NULL)
    return FALSE;
  doc_type = mdoc_json_get_text (root, "docType", MDOC_PROFILE_MAX_NAME, error);
  if (doc_type == NULL)
    return FALSE;
  if (!mdoc_json_find_text (root, "scope", MDOC_PROFILE_MAX_NAME, &scope, error)
      || !parse_number (root, "version", G_MAXINT32, 1, &version, error)
      || !mdoc_json_find_boolean (root,
                                  "retired",
                                  FALSE,
                                  &settings->is_retired,
                                  error)
      || !parse_choice (root, "enrollment", enrollment, 0, &proofed, error)
      || !parse_choice (root, "consentRef", consent, 0, &needs_consent, error)
      || !parse_choice (root, "source", sources, 0, &source, error))
    return FALSE;
  if (proofed == 1 && source == 1)
    return refuse_schema (error,
                          "enrollment",
                          "proofed goes with a document as source");
  if (!is_name (id))
    return refuse_schema (error, "id", "is no name");

  settings->id = g_strdup (id);
  settings->doc_type = g_strdup (doc_type);
  settings->scope = g_strdup (scope);
  settings->version = version;
  settings->is_proofed = proofed == 1;
  settings->needs_consent_ref = needs_consent == 1;
  settings->has_document = source == 0;
  settings->display = mdoc_display_parse (root, error);
  return settings->display != NULL;
}

/**
 * mdoc_profile_parse:
 * @json: an object, as `docs/profiles.md` describes it
 * @error: return location for a #MdocProfileError or a #MdocJsonError
 *
 * Returns: (transfer full): the profile, or %NULL with @error set
 */
MdocProfile *
mdoc_profile_parse (MdocSpan json, GError **error)
{
  static const char *const members[] = {
    "id",       "version",  "retired",    "docType",
    "scope",    "display",  "enrollment", "consentRef",
    "elements", "validity", "signing",    "status",
    "issuance", "policy",   "features",   "keyAttestation",
    "source",   NULL
  };
  g_autoptr (MdocProfile) self = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *root;

  node = mdoc_json_load_object (json, "The profile", &limits, &root, error);
  if (node == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (MdocProfile);
  self->elements = g_ptr_array_new_with_free_func (
      (GDestroyNotify) element_free);
  self->json = g_strndup ((const char *) json.data, json.len);
  if (!mdoc_profile_check_members (root, "A profile", members, error)
      || !parse_head (&self->settings, root, error)
      || !parse_elements (self, root, error)
      || !parse_parts (&self->settings, root, error)
      || !mdoc_profile_parse_keys (&self->settings, root, error))
    return NULL;

  return g_steal_pointer (&self);
}
