/*
 * mdoc-profile.h - what one kind of credential is made of, and how it is issued
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "openid/mdoc-configuration.h"

G_BEGIN_DECLS

#define MDOC_PROFILE_MAX_BYTES    ((gsize) 256 * 1024)
#define MDOC_PROFILE_MAX_ELEMENTS 256
#define MDOC_PROFILE_MAX_BATCH    100
#define MDOC_PROFILE_MAX_PROFILES 256
/* most faults that are told of one; of two elements each may be one */
#define MDOC_PROFILE_MAX_FAULTS 100
/* longest identifier, name space or name of an element, in bytes */
#define MDOC_PROFILE_MAX_NAME ((gsize) 128)
/* longest claims of one credential, in bytes of JSON; portraits are in them */
#define MDOC_PROFILE_MAX_CLAIMS_BYTES ((gsize) 4 * 1024 * 1024)
/* an MSO always ends (ISO/IEC 18013-5, 9.1.2.4); a profile without a time to
 * live ends with the document and the certificate of its signer */
#define MDOC_PROFILE_NO_TTL G_GINT64_CONSTANT (0)

/**
 * MdocProfileError:
 * @MDOC_PROFILE_ERROR_SCHEMA: the file is not what a profile looks like
 * @MDOC_PROFILE_ERROR_DUPLICATE: two profiles have the same name
 * @MDOC_PROFILE_ERROR_MISSING: claims without a mandatory element
 * @MDOC_PROFILE_ERROR_ELEMENT: claims with one that the profile has not
 * @MDOC_PROFILE_ERROR_CLAIMS: claims that are no object of JSON, or too large
 *
 * The first two blame whoever wrote the profile, the others whoever made the
 * offer. Messages name elements, never values.
 */
typedef enum
{
  MDOC_PROFILE_ERROR_SCHEMA,
  MDOC_PROFILE_ERROR_DUPLICATE,
  MDOC_PROFILE_ERROR_MISSING,
  MDOC_PROFILE_ERROR_ELEMENT,
  MDOC_PROFILE_ERROR_CLAIMS,
} MdocProfileError;

#define MDOC_PROFILE_ERROR (mdoc_profile_error_quark ())
GQuark mdoc_profile_error_quark (void);

/* Has an element to be there? A recommended one that is not is told, only. */
typedef enum
{
  MDOC_PRESENCE_OPTIONAL,
  MDOC_PRESENCE_RECOMMENDED,
  MDOC_PRESENCE_MANDATORY,
} MdocPresence;

/* Where an element stands in the event mIDIssued, if at all. */
typedef enum
{
  MDOC_EVENT_NONE,
  MDOC_EVENT_ATTRIBUTES,  /* personal */
  MDOC_EVENT_INSENSITIVE, /* operational */
} MdocEventPlace;

/* Where the status of a credential is published. */
typedef enum
{
  MDOC_PROFILE_STATUS_NONE = 0,
  MDOC_PROFILE_STATUS_TSL = 1 << 0,    /* Token Status List */
  MDOC_PROFILE_STATUS_IDLIST = 1 << 1, /* ISO identifier list */
} MdocProfileStatus;

typedef enum
{
  MDOC_PROFILE_PRE_AUTHORIZED = 1 << 0,
  MDOC_PROFILE_AUTHORIZATION_CODE = 1 << 1,
} MdocProfileGrants;

typedef enum
{
  MDOC_UNIQUENESS_NONE,
  MDOC_UNIQUENESS_PERSON, /* one living credential of a kind for a person */
  MDOC_UNIQUENESS_DEVICE, /* for a wallet instance */
} MdocUniqueness;

typedef enum
{
  MDOC_ON_REMOVAL_NONE,
  MDOC_ON_REMOVAL_REVOKE, /* its status says revoked */
  MDOC_ON_REMOVAL_PURGE,  /* its claims are forgotten, if nobody else has it */
} MdocOnRemoval;

/* operations that a profile may switch off (S0-14) */
typedef enum
{
  MDOC_FEATURE_STATE_UPDATE = 1 << 0,
  MDOC_FEATURE_ATTRIBUTE_UPDATE = 1 << 1,
  MDOC_FEATURE_BULK = 1 << 2,
  MDOC_FEATURE_RENEWAL = 1 << 3,
  MDOC_FEATURE_STATUS_LIST = 1 << 4,
  MDOC_FEATURE_AUDIT = 1 << 5,
} MdocProfileFeatures;

/**
 * MdocProfileElement:
 * @name_space: where the element stands in the document
 * @element: its name there
 * @source: name of the claim it is made from; a path of names with "/" between
 * @wrap: (nullable): member of an object that a bare value is put in
 * @presence: whether it has to be there
 * @event: where it stands in events
 * @event_name: its name there
 * @fixed: (nullable): the value if no claim gives one
 * @display: (element-type MdocDisplay): how it is shown
 */
typedef struct
{
  char *name_space;
  char *element;
  char *source;
  char *wrap;
  MdocPresence presence;
  MdocEventPlace event;
  char *event_name;
  JsonNode *fixed;
  GPtrArray *display;
} MdocProfileElement;

/**
 * MdocProfileSettings:
 * @id: name of the profile, and of its credential configuration
 * @version: a new one for each change; what is issued keeps its own
 * @is_retired: whether nothing new may be issued
 * @doc_type: the document type
 * @scope: (nullable): the scope of OAuth that asks for it
 * @is_proofed: whether enrollment takes its claims from a document alone
 * @has_document: whether attributes come from a document of the holder, not
 *   from what the issuer knows besides
 * @needs_consent_ref: whether an offer has to say what the holder agreed to
 * @ttl_s: life of an MSO; %MDOC_PROFILE_NO_TTL for as long as can be
 * @lifetime_s: life of the document if its claims have no expiry_date; 0 for
 *   no end
 * @renewal_window_s: how long before the end renewal starts; 0 for 20 % of the
 *   life, or three days if that is longer, but not more than half of it
 * @signer: name of the key and chain that sign
 * @status: where the status is published
 * @status_bits: 1 or 2, of the Token Status List
 * @grants: how it may be claimed
 * @tx_code_min: shortest transaction code; 0 for none
 * @tx_code_max: longest
 * @tx_code_is_numeric: of digits alone, or of letters and digits
 * @tx_code_attempts: wrong ones before the offer is void
 * @offer_lifetime_s: how long an offer holds
 * @claim_window_s: how long until an issued and not received one is stalled
 * @batch_size: most keys in one request
 * @proof_attempts: unfit proofs before the exchange is denied
 * @auto_accept: whether the agent need not ask its holder again
 * @is_deferred: whether an offer is for later if it does not say
 * @deferred_interval_s: how often to ask for a deferred one
 * @uniqueness: how many of it there may be
 * @on_removal: what follows from its removal by the holder
 * @blocks_device: whether a suspended one must not be presented either
 * @supersede_grace_s: how long an MSO with old attributes stays valid after one
 *   with new ones was signed
 * @max_renewals_per_day: of one deviceCredential
 * @features: operations that are on
 * @display: (element-type MdocDisplay): how it is shown
 */
typedef struct
{
  char *id;
  guint version;
  gboolean is_retired;
  char *doc_type;
  char *scope;
  gboolean is_proofed;
  gboolean needs_consent_ref;
  gboolean has_document;
  gint64 ttl_s;
  gint64 lifetime_s;
  gint64 renewal_window_s;
  char *signer;
  MdocProfileStatus status;
  guint status_bits;
  MdocProfileGrants grants;
  guint tx_code_min;
  guint tx_code_max;
  gboolean tx_code_is_numeric;
  guint tx_code_attempts;
  gint64 offer_lifetime_s;
  gint64 claim_window_s;
  guint batch_size;
  guint proof_attempts;
  gboolean auto_accept;
  gboolean is_deferred;
  guint deferred_interval_s;
  MdocUniqueness uniqueness;
  MdocOnRemoval on_removal;
  gboolean blocks_device;
  gint64 supersede_grace_s;
  guint max_renewals_per_day;
  MdocProfileFeatures features;
  gboolean takes_jwt_proofs;
  gboolean takes_attestation_proofs;
  gboolean needs_key_attestation;
  GStrv key_storage;
  GStrv user_authentication;
  GPtrArray *display;
} MdocProfileSettings;

/**
 * MdocProfile:
 *
 * One version of a profile. Immutable, reference-counted, safe to share between
 * threads. `docs/profiles.md` describes the form of the file.
 */
typedef struct _MdocProfile MdocProfile;

/* Errors: the first fault, its message with the path in front */
MdocProfile *mdoc_profile_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocProfileFault:
 * @path: where in the file, as a JSON Pointer (RFC 6901); "" for the whole
 * @error: what is wrong: a #MdocProfileError or a #MdocJsonError
 */
typedef struct
{
  char *path;
  GError *error;
} MdocProfileFault;

void mdoc_profile_fault_free (MdocProfileFault *self);
/* Returns: (transfer full) (element-type MdocProfileFault): all of them, but
 * for what is beyond %MDOC_PROFILE_MAX_FAULTS, of which one more says that;
 * @ret_id: (optional) (nullable) */
GPtrArray *mdoc_profile_check (MdocSpan json, char **ret_id)
    G_GNUC_WARN_UNUSED_RESULT;

/* (element-type MdocProfile): every *.json of @folder */
GPtrArray *mdoc_profile_load_folder (const char *folder, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocProfile *mdoc_profile_ref (MdocProfile *self);
void mdoc_profile_unref (MdocProfile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocProfile, mdoc_profile_unref)

const MdocProfileSettings *mdoc_profile_get_settings (MdocProfile *self);
guint mdoc_profile_get_n_elements (MdocProfile *self);
const MdocProfileElement *mdoc_profile_get_element (MdocProfile *self, guint i);
const char *mdoc_profile_get_json (MdocProfile *self); /* as it was parsed */
/* what a wallet reads of it in the issuer's metadata */
MdocConfiguration *mdoc_profile_to_configuration (MdocProfile *self);

/* Claims are an object of JSON: either by the names of sources, or of name
 * spaces that each are an object of elements. The second form is what we keep,
 * and what mdoc_issuer_data_read() takes. */

/* claims by name space, with the fixed values of the profile in place. @at_s:
 * what "$date" and "$lifetime" among those are counted from.
 * @ret_missing: (out) (optional): recommended elements that are not there */
char *mdoc_profile_map_claims (MdocProfile *self,
                               const char *claims_json,
                               gint64 at_s,
                               GStrv *ret_missing,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* the same, not written out */
JsonObject *mdoc_profile_map_to_object (MdocProfile *self,
                                        const char *claims_json,
                                        gint64 at_s,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the same of what is known of a person: what the profile has not is left out
 */
char *mdoc_profile_map_person (MdocProfile *self,
                               const char *claims_json,
                               gint64 at_s,
                               GStrv *ret_missing,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* puts "attributes" and "insensitiveAttributes" into @data, where the profile
 * has any */
gboolean mdoc_profile_fill_event (MdocProfile *self,
                                  const char *claims_json,
                                  JsonObject *data,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* mapped claims, with the members of @patch_json in place; null takes one out.
 * @ret_changed: names of the elements that are now different */
char *mdoc_profile_patch_claims (MdocProfile *self,
                                 const char *claims_json,
                                 const char *patch_json,
                                 gint64 at_s,
                                 GStrv *ret_changed,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* end of the document by its expiry_date, in unix s; 0 if it has none */
gint64
mdoc_profile_get_document_expiry (MdocProfile *self, const char *claims_json);

G_END_DECLS
