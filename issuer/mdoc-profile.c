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

#define DAY_S       ((gint64) 24 * 3600)
#define MAX_TX_CODE 16

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

static gboolean
is_name (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._-:", *c) == NULL)
      return FALSE;
  return text[0] != '\0';
}

static char *
dup_text (const MdocProfilePart *part,
          const char *member,
          const char *otherwise)
{
  const char *text = mdoc_profile_part_find_text (part, member);

  return g_strdup (text != NULL ? text : otherwise);
}

/* What is missing or wrong is "" here, and noted. */
static void
read_element_names (MdocProfileElement *element, const MdocProfilePart *part)
{
  const char *name_space = mdoc_profile_part_get_text (part, "namespace");
  const char *name = mdoc_profile_part_get_text (part, "element");

  /* the dot is how claims tell a name space from a source */
  if (name_space != NULL
      && (!is_name (name_space) || strchr (name_space, '.') == NULL))
    mdoc_profile_part_refuse (part,
                              "namespace",
                              "%s is no name of a name space",
                              name_space);
  if (name != NULL && !is_name (name))
    mdoc_profile_part_refuse (part,
                              "element",
                              "%s is no name of an element",
                              name);

  element->name_space = g_strdup (name_space != NULL ? name_space : "");
  element->element = g_strdup (name != NULL ? name : "");
  element->source = dup_text (part, "source", element->element);
  element->event_name = dup_text (part, "eventName", element->source);
  /* a wrap of null would be none, and is likelier a mistake */
  if (json_object_has_member (part->object, "wrap"))
    element->wrap = g_strdup (mdoc_profile_part_get_text (part, "wrap"));
  if (strchr (element->source, '.') != NULL)
    mdoc_profile_part_refuse (part,
                              json_object_has_member (part->object, "source")
                                  ? "source"
                                  : "element",
                              "%s must not have a dot",
                              element->source);
}

static MdocProfileElement *
read_element (const MdocProfilePart *part)
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

  mdoc_profile_part_check_members (part, "An element", members);
  read_element_names (element, part);
  element->presence = (MdocPresence) (mdoc_profile_part_find_choice (part,
                                                                     "presence",
                                                                     presences,
                                                                     0)
                                      % 3);
  element->event = (MdocEventPlace)
      mdoc_profile_part_find_choice (part, "event", events, 0);
  if (json_object_has_member (part->object, "value"))
    element->fixed = json_node_copy (
        json_object_get_member (part->object, "value"));
  element->display = mdoc_profile_part_find_display (part);
  return element;
}

/* S0-48: an attribute is personal or it is not */
static void
check_pair (const MdocProfilePart *part,
            const MdocProfileElement *a,
            const MdocProfileElement *b)
{
  /* what has no name is told already */
  if (a->element[0] == '\0' || b->element[0] == '\0')
    return;
  if (strcmp (a->name_space, b->name_space) == 0
      && strcmp (a->element, b->element) == 0)
    mdoc_profile_part_refuse (part, NULL, "%s is there twice", a->element);
  else if (a->event == MDOC_EVENT_NONE || b->event == MDOC_EVENT_NONE)
    return;
  else if (a->event != b->event
           && (strcmp (a->source, b->source) == 0
               || strcmp (a->event_name, b->event_name) == 0))
    mdoc_profile_part_refuse (part,
                              "event",
                              "%s is in both maps of the event",
                              a->event_name);
  else if (a->event == b->event && strcmp (a->event_name, b->event_name) == 0)
    mdoc_profile_part_refuse (part,
                              "event",
                              "%s is twice in the event",
                              a->event_name);
}

static void
read_elements (MdocProfile *self, const MdocProfilePart *root)
{
  GError *error = NULL;
  JsonArray *array = mdoc_json_get_array (root->object,
                                          "elements",
                                          MDOC_PROFILE_MAX_ELEMENTS,
                                          &error);

  if (array == NULL)
    {
      mdoc_profile_part_take (root, "elements", error);
      return;
    }
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *path = mdoc_profile_part_dup_path_at (root,
                                                             "elements",
                                                             i);
      MdocProfilePart part = { .path = path, .faults = root->faults };
      MdocProfileElement *element;

      part.object = mdoc_json_array_get_object (array, i, "elements", &error);
      if (part.object == NULL)
        {
          mdoc_profile_part_take (&part, NULL, g_steal_pointer (&error));
          continue;
        }
      element = read_element (&part);
      for (guint j = 0; j < self->elements->len; j++)
        check_pair (&part, element, self->elements->pdata[j]);
      g_ptr_array_add (self->elements, element);
    }
}

static void
read_validity (MdocProfileSettings *settings, const MdocProfilePart *part)
{
  settings->ttl_s = mdoc_profile_part_find_duration (part, "ttl", 30 * DAY_S);
  settings->lifetime_s = mdoc_profile_part_find_duration (part,
                                                          "documentLifetime",
                                                          0);
  settings->renewal_window_s = mdoc_profile_part_find_duration (part,
                                                                "renewalWindow",
                                                                0);
  if (settings->ttl_s != 0 && settings->renewal_window_s >= settings->ttl_s)
    mdoc_profile_part_refuse (part,
                              "renewalWindow",
                              "renewalWindow is longer than ttl");
}

static void
read_status (MdocProfileSettings *settings, const MdocProfilePart *part)
{
  static const char *const mechanisms[] = { "none",
                                            "tsl",
                                            "idlist",
                                            "both",
                                            NULL };

  settings->status = (MdocProfileStatus)
      mdoc_profile_part_find_choice (part,
                                     "mechanism",
                                     mechanisms,
                                     MDOC_PROFILE_STATUS_TSL);
  settings->status_bits = mdoc_profile_part_find_number (part, "bits", 2, 2);
}

/* "04-08N": shortest, longest, N for digits alone; "06N": just so long */
static void
read_tx_code (MdocProfileSettings *settings, const MdocProfilePart *part)
{
  const char *text = mdoc_profile_part_find_text (part, "txCode");
  char *end;

  if (text == NULL || strcmp (text, "none") == 0)
    return;

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
    mdoc_profile_part_refuse (part,
                              "txCode",
                              "txCode has to be none, or lengths from 4 to 16 "
                              "such as 06N or 04-08N");
}

static void
read_grants (MdocProfileSettings *settings, const MdocProfilePart *part)
{
  g_auto (GStrv) names = mdoc_profile_part_find_texts (part, "grants", 2);

  settings->grants = names != NULL ? 0
                                   : MDOC_PROFILE_PRE_AUTHORIZED
                                         | MDOC_PROFILE_AUTHORIZATION_CODE;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (strcmp (names[i], "pre_authorized") == 0)
      settings->grants |= MDOC_PROFILE_PRE_AUTHORIZED;
    else if (strcmp (names[i], "authorization_code") == 0)
      settings->grants |= MDOC_PROFILE_AUTHORIZATION_CODE;
    else
      mdoc_profile_part_refuse (part, "grants", "%s is no grant", names[i]);
}

static void
read_issuance (MdocProfileSettings *settings, const MdocProfilePart *part)
{
  static const char *const modes[] = { "InTime", "Deferred", NULL };
  gint64 interval_s;

  read_grants (settings, part);
  read_tx_code (settings, part);
  settings->tx_code_attempts = mdoc_profile_part_find_number (part,
                                                              "txCodeAttempts",
                                                              20,
                                                              5);
  settings->offer_lifetime_s = mdoc_profile_part_find_duration (part,
                                                                "offerLifetime",
                                                                DAY_S);
  settings->claim_window_s = mdoc_profile_part_find_duration (part,
                                                              "claimWindow",
                                                              DAY_S);
  settings->batch_size = mdoc_profile_part_find_number (part,
                                                        "batchSize",
                                                        MDOC_PROFILE_MAX_BATCH,
                                                        1);
  settings->proof_attempts = mdoc_profile_part_find_number (part,
                                                            "proofAttempts",
                                                            100,
                                                            5);
  settings->auto_accept = mdoc_profile_part_find_boolean (part,
                                                          "autoAccept",
                                                          FALSE);
  settings->is_deferred = mdoc_profile_part_find_choice (part, "mode", modes, 0)
                          == 1;
  interval_s = mdoc_profile_part_find_duration (part, "deferredInterval", 60);
  settings->deferred_interval_s = (guint) interval_s;

  if (settings->offer_lifetime_s == 0)
    mdoc_profile_part_refuse (part,
                              "offerLifetime",
                              "offerLifetime lets an offer hold for ever");
  if (interval_s > 31 * DAY_S)
    mdoc_profile_part_refuse (part,
                              "deferredInterval",
                              "deferredInterval asks to wait for more than 31 "
                              "days");
}

static void
read_policy (MdocProfileSettings *settings, const MdocProfilePart *part)
{
  static const char *const unique[] = { "none", "person", "device", NULL };
  static const char *const removal[] = { "none",
                                         "revoke_device",
                                         "purge",
                                         NULL };
  static const char *const device[] = { "inform", "block", NULL };

  settings->uniqueness = (MdocUniqueness)
      mdoc_profile_part_find_choice (part, "uniqueness", unique, 0);
  settings->on_removal = (MdocOnRemoval)
      mdoc_profile_part_find_choice (part, "onRemoval", removal, 0);
  settings->blocks_device = mdoc_profile_part_find_choice (part,
                                                           "device",
                                                           device,
                                                           1)
                            == 1;
  settings->supersede_grace_s
      = mdoc_profile_part_find_duration (part, "supersedeGrace", DAY_S);
  settings->max_renewals_per_day
      = mdoc_profile_part_find_number (part, "renewalsPerDay", 100000, 24);
}

static const char *const feature_names[] = { "stateUpdate", "attributeUpdate",
                                             "bulk",        "renewal",
                                             "statusList",  "audit",
                                             NULL };

static void
read_features (MdocProfileSettings *settings, const MdocProfilePart *part)
{
  for (guint i = 0; feature_names[i] != NULL; i++)
    if (mdoc_profile_part_find_boolean (part, feature_names[i], TRUE))
      settings->features |= (MdocProfileFeatures) (1u << i);
}

static void
read_signing (MdocProfileSettings *settings, const MdocProfilePart *part)
{
  settings->signer = dup_text (part, "signer", "default");
  if (!is_name (settings->signer))
    mdoc_profile_part_refuse (part, "signer", "signer is no name");
}

/* Parts that are missing are read as well, for what holds without them. */
static void
read_parts (MdocProfileSettings *settings, const MdocProfilePart *root)
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
    void (*read) (MdocProfileSettings *, const MdocProfilePart *);
  } parts[] = { { "validity", validity, read_validity },
                { "signing", signing, read_signing },
                { "status", status, read_status },
                { "issuance", issuance, read_issuance },
                { "policy", policy, read_policy },
                { "features", feature_names, read_features } };
  g_autoptr (JsonObject) empty = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = mdoc_profile_part_dup_path (root, parts[i].name);
      MdocProfilePart part = { .path = path, .faults = root->faults };
      GError *error = NULL;

      if (!mdoc_json_find_object (root->object,
                                  parts[i].name,
                                  &part.object,
                                  &error))
        mdoc_profile_part_take (&part, NULL, error);
      if (part.object == NULL)
        part.object = empty;
      mdoc_profile_part_check_members (&part, parts[i].name, parts[i].members);
      parts[i].read (settings, &part);
    }
}

static void
read_head (MdocProfileSettings *settings, const MdocProfilePart *root)
{
  static const char *const enrollment[] = { "direct", "proofed", NULL };
  static const char *const consent[] = { "optional", "required", NULL };
  static const char *const sources[] = { "document", "issuer", NULL };

  settings->id = g_strdup (mdoc_profile_part_get_text (root, "id"));
  if (settings->id != NULL && !is_name (settings->id))
    mdoc_profile_part_refuse (root, "id", "id is no name");
  settings->doc_type = g_strdup (mdoc_profile_part_get_text (root, "docType"));
  settings->scope = g_strdup (mdoc_profile_part_find_text (root, "scope"));
  settings->version = mdoc_profile_part_find_number (root,
                                                     "version",
                                                     G_MAXINT32,
                                                     1);
  settings->is_retired = mdoc_profile_part_find_boolean (root,
                                                         "retired",
                                                         FALSE);
  settings->is_proofed = mdoc_profile_part_find_choice (root,
                                                        "enrollment",
                                                        enrollment,
                                                        0)
                         == 1;
  settings->needs_consent_ref = mdoc_profile_part_find_choice (root,
                                                               "consentRef",
                                                               consent,
                                                               0)
                                == 1;
  settings->has_document = mdoc_profile_part_find_choice (root,
                                                          "source",
                                                          sources,
                                                          0)
                           == 0;
  if (settings->is_proofed && !settings->has_document)
    mdoc_profile_part_refuse (root,
                              "enrollment",
                              "enrollment proofed goes with a document as "
                              "source");
  settings->display = mdoc_profile_part_find_display (root);
}

/* Returns: (transfer full) (nullable): what could be read, wrong or not */
static MdocProfile *
read_profile (MdocSpan json, GPtrArray *faults)
{
  static const char *const members[] = {
    "id",       "version",  "retired",    "docType",
    "scope",    "display",  "enrollment", "consentRef",
    "elements", "validity", "signing",    "status",
    "issuance", "policy",   "features",   "keyAttestation",
    "source",   NULL
  };
  MdocProfilePart root = { .path = "", .faults = faults };
  g_autoptr (JsonNode) node = NULL;
  GError *error = NULL;
  MdocProfile *self;

  node = mdoc_json_load_object (json,
                                "The profile",
                                &limits,
                                &root.object,
                                &error);
  if (node == NULL)
    {
      mdoc_profile_part_take (&root, NULL, error);
      return NULL;
    }

  self = g_atomic_rc_box_new0 (MdocProfile);
  self->elements = g_ptr_array_new_with_free_func (
      (GDestroyNotify) element_free);
  self->json = g_strndup ((const char *) json.data, json.len);
  mdoc_profile_part_check_members (&root, "A profile", members);
  read_head (&self->settings, &root);
  read_elements (self, &root);
  read_parts (&self->settings, &root);
  mdoc_profile_read_keys (&self->settings, &root);
  return self;
}

static GPtrArray *
new_faults (void)
{
  return g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_profile_fault_free);
}

/**
 * mdoc_profile_parse:
 * @json: an object, as `docs/profiles.md` describes it
 * @error: return location for a #MdocProfileError or a #MdocJsonError: the
 *   first fault, with where it is
 *
 * Returns: (transfer full): the profile, or %NULL with @error set
 */
MdocProfile *
mdoc_profile_parse (MdocSpan json, GError **error)
{
  g_autoptr (GPtrArray) faults = new_faults ();
  g_autoptr (MdocProfile) self = read_profile (json, faults);
  MdocProfileFault *first;

  if (faults->len == 0)
    return g_steal_pointer (&self);
  first = faults->pdata[0];
  g_propagate_error (error, g_steal_pointer (&first->error));
  if (first->path[0] != '\0')
    g_prefix_error (error, "%s: ", first->path);
  return NULL;
}

/**
 * mdoc_profile_check:
 * @json: what mdoc_profile_parse() would get
 * @ret_id: (out) (optional) (nullable) (transfer full): the name of the
 *   profile, as far as it has one
 *
 * Returns: (transfer full) (element-type MdocProfileFault): all that is wrong
 *   with it, in the order in which it is read; empty if it is a profile
 */
GPtrArray *
mdoc_profile_check (MdocSpan json, char **ret_id)
{
  GPtrArray *faults = new_faults ();
  g_autoptr (MdocProfile) self = read_profile (json, faults);

  if (ret_id != NULL)
    *ret_id = self != NULL ? g_strdup (self->settings.id) : NULL;
  return faults;
}
