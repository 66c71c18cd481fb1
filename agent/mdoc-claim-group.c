/*
 * mdoc-claim-group.c - several credentials of one offer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-claim-private.h"
#include "base/mdoc-log.h"

/* An offer may name several configurations, which one code, or one login, is
 * good for. The exchange that the holder began is for the first that we know.
 * In the transaction that keeps its tokens it gets a sibling for each of the
 * others, and for each other credential that the tokens name for one
 * configuration, with the same tokens, and a job of its own: from then on each
 * is a claim like any other, and stands, fails and is declined for itself. What
 * they still share is the refresh token: whoever turns it tells the others. */

/**
 * mdoc_claim_note_others:
 * @exchange: an exchange whose configuration is chosen
 * @metadata: of its issuer
 *
 * Notes what else the offer is for, as far as we know it.
 */
void
mdoc_claim_note_others (MdocRecord *exchange,
                        const MdocIssuerMetadata *metadata)
{
  g_autoptr (MdocOffer) offer = mdoc_claim_load_offer (exchange, NULL);
  const char *chosen = mdoc_record_get_text (exchange,
                                             MDOC_EXCHANGE_CONFIGURATION);
  const char *const *ids = offer != NULL
                               ? mdoc_offer_get_configuration_ids (offer)
                               : NULL;
  g_autoptr (GPtrArray) others = g_ptr_array_new ();

  for (; ids != NULL && *ids != NULL && others->len < MDOC_CLAIM_MAX_OTHERS;
       ids++)
    {
      if (g_strcmp0 (*ids, chosen) != 0
          && mdoc_issuer_metadata_find (metadata, *ids) != NULL)
        g_ptr_array_add (others, (gpointer) (gsize) *ids);
    }

  mdoc_record_set (exchange,
                   MDOC_EXCHANGE_OTHERS,
                   others->len > 0 ? g_variant_new_strv ((const char *const *)
                                                             others->pdata,
                                                         others->len)
                                   : NULL);
}

/* Returns: (transfer full): the array, of what @exchange has */
static GPtrArray *
list_others (const MdocRecord *exchange)
{
  GPtrArray *others = g_ptr_array_new_with_free_func (g_free);
  g_autofree const char **ids = NULL;

  if (g_variant_lookup (exchange->detail, MDOC_EXCHANGE_OTHERS, "^a&s", &ids))
    for (guint i = 0; ids[i] != NULL; i++)
      g_ptr_array_add (others, g_strdup (ids[i]));
  return others;
}

/**
 * mdoc_claim_list_configurations:
 * @exchange: an exchange
 *
 * Returns: (transfer full): %NULL-terminated: all that its tokens are to be for
 */
GPtrArray *
mdoc_claim_list_configurations (const MdocRecord *exchange)
{
  GPtrArray *ids = list_others (exchange);

  g_ptr_array_insert (ids,
                      0,
                      g_strdup (
                          mdoc_record_get_text (exchange,
                                                MDOC_EXCHANGE_CONFIGURATION)));
  g_ptr_array_add (ids, NULL);
  return ids;
}

typedef struct
{
  MdocAgent *agent;
  MdocRecord *exchange;
  const MdocPlatformTokens *tokens;
  GPtrArray *siblings; /* of MdocRecord: what was made */
  gboolean is_alone;
} Sharing;

static MdocRecord *
make_sibling (const Sharing *what,
              const char *configuration,
              const char *identifier,
              guint number)
{
  static const char *const copied[] = {
    MDOC_EXCHANGE_SERVER,
    MDOC_EXCHANGE_CLIENT_ID,
    MDOC_EXCHANGE_ISSUER_NAME,
  };
  static const char *const numbers[] = { MDOC_EXCHANGE_COPIES,
                                         MDOC_EXCHANGE_AUTO_ACCEPT };
  const char *label = mdoc_record_get_text (what->exchange,
                                            MDOC_EXCHANGE_LABEL);
  g_autofree char *id = mdoc_store_make_record_id ();
  MdocRecord *sibling = mdoc_record_new (id,
                                         what->exchange->issuer,
                                         MDOC_EXCHANGE_REQUESTING,
                                         mdoc_agent_get_time (what->agent));

  for (guint i = 0; i < G_N_ELEMENTS (copied); i++)
    mdoc_record_set_text (sibling,
                          copied[i],
                          mdoc_record_get_text (what->exchange, copied[i]));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    mdoc_record_set (sibling,
                     numbers[i],
                     g_variant_new_int64 (
                         mdoc_record_get_int (what->exchange, numbers[i])));
  /* a name that two had would name neither */
  if (label != NULL && label[0] != '\0')
    {
      g_autofree char *own = g_strdup_printf ("%s %u", label, number);

      mdoc_record_set_text (sibling, MDOC_EXCHANGE_LABEL, own);
    }
  mdoc_record_set_text (sibling, MDOC_EXCHANGE_CONFIGURATION, configuration);
  mdoc_record_set_text (sibling, MDOC_EXCHANGE_IDENTIFIER, identifier);
  mdoc_record_set_text (sibling, MDOC_EXCHANGE_GROUP, what->exchange->id);
  mdoc_record_set_tokens (sibling, what->tokens);
  return sibling;
}

/* @identifier: (nullable) */
static gboolean
add_sibling (Sharing *what,
             MdocStore *store,
             const char *configuration,
             const char *identifier,
             GError **error)
{
  MdocRecord *sibling;
  gint64 job_id;

  if (what->siblings->len >= MDOC_CLAIM_MAX_OTHERS)
    return TRUE;

  sibling = make_sibling (what,
                          configuration,
                          identifier,
                          what->siblings->len + 2);
  g_ptr_array_add (what->siblings, sibling);
  return mdoc_store_add_record (store, MDOC_RECORD_EXCHANGE, sibling, error)
         && mdoc_jobs_add (what->agent->jobs,
                           MDOC_JOB_CLAIM,
                           sibling->id,
                           sibling->issuer,
                           g_variant_new_array (G_VARIANT_TYPE ("{sv}"),
                                                NULL,
                                                0),
                           &job_id,
                           error);
}

/* one for each credential that the tokens name, from the one with the number
 * @first on; if they name none at all, for the configuration */
static gboolean
add_siblings (Sharing *what,
              MdocStore *store,
              const char *configuration,
              guint first,
              GError **error)
{
  const char *const *ids = mdoc_platform_tokens_get_identifiers (what->tokens,
                                                                 configuration);

  /* the server may give less than was asked for */
  if (ids == NULL)
    return what->tokens->details != NULL || first > 0
           || add_sibling (what, store, configuration, NULL, error);

  for (guint i = first; i < g_strv_length ((GStrv) (gsize) ids); i++)
    {
      if (!add_sibling (what, store, configuration, ids[i], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
keep_and_share (MdocStore *store, gpointer user_data, GError **error)
{
  Sharing *what = user_data;
  g_autoptr (GPtrArray) others = list_others (what->exchange);

  if (!what->is_alone
      && !add_siblings (what,
                        store,
                        mdoc_record_get_text (what->exchange,
                                              MDOC_EXCHANGE_CONFIGURATION),
                        1,
                        error))
    return FALSE;

  for (guint i = 0; !what->is_alone && i < others->len; i++)
    {
      if (!add_siblings (what, store, g_ptr_array_index (others, i), 0, error))
        return FALSE;
    }

  mdoc_record_set (what->exchange, MDOC_EXCHANGE_OTHERS, NULL);
  if (what->siblings->len > 0)
    mdoc_record_set_text (what->exchange,
                          MDOC_EXCHANGE_GROUP,
                          what->exchange->id);
  return mdoc_store_write_record (store,
                                  MDOC_RECORD_EXCHANGE,
                                  what->exchange,
                                  error);
}

/**
 * mdoc_claim_keep_tokens:
 * @self: an agent
 * @exchange: an exchange
 * @tokens: what its code was redeemed for
 * @error: return location for a #MdocStoreError
 *
 * Writes them down, with the siblings that may use them too.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_claim_keep_tokens (MdocAgent *self,
                        MdocRecord *exchange,
                        const MdocPlatformTokens *tokens,
                        GError **error)
{
  g_autoptr (GPtrArray) siblings = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_record_free);
  g_autoptr (GError) local_error = NULL;
  Sharing what = { .agent = self,
                   .exchange = exchange,
                   .tokens = tokens,
                   .siblings = siblings };

  mdoc_record_set_tokens (exchange, tokens);
  mdoc_record_set_state (exchange,
                         MDOC_EXCHANGE_REQUESTING,
                         mdoc_agent_get_time (self));
  if (!mdoc_store_transact (self->store, keep_and_share, &what, &local_error))
    {
      /* the code is used up: one credential is better than none */
      MdocLogFields fields = { .topic = "jobs", .error = local_error };

      mdoc_log (G_LOG_LEVEL_WARNING,
                &fields,
                "What else was offered is not claimed");
      g_ptr_array_set_size (siblings, 0);
      mdoc_record_set_text (exchange, MDOC_EXCHANGE_GROUP, NULL);
      what.is_alone = TRUE;
      if (!mdoc_store_transact (self->store, keep_and_share, &what, error))
        return FALSE;
    }

  mdoc_manager_emit_offer (self, exchange);
  for (guint i = 0; i < siblings->len; i++)
    mdoc_manager_emit_offer (self, g_ptr_array_index (siblings, i));
  if (siblings->len > 0)
    mdoc_jobs_run (self->jobs);
  return TRUE;
}

/* --- tokens that are turned --- */

static gboolean
has_refresh_token (const MdocRecord *record, const MdocSecret *refresh_token)
{
  g_autoptr (MdocPlatformTokens) tokens = mdoc_record_load_tokens (record,
                                                                   NULL);

  return tokens != NULL && tokens->refresh_token != NULL
         && mdoc_secret_equal (mdoc_secret_get_span (tokens->refresh_token),
                               mdoc_secret_get_span (refresh_token));
}

static gboolean
share_among (MdocStore *store,
             MdocRecordKind kind,
             const MdocRecord *turned,
             const MdocSecret *before,
             const MdocPlatformTokens *tokens,
             GError **error)
{
  const char *group = mdoc_record_get_text (turned, MDOC_EXCHANGE_GROUP);
  g_autoptr (GPtrArray) records = mdoc_store_list_records (store, kind, error);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      MdocRecord *record = g_ptr_array_index (records, i);

      if (strcmp (record->id, turned->id) == 0
          || g_strcmp0 (mdoc_record_get_text (record, MDOC_EXCHANGE_GROUP),
                        group)
                 != 0
          || !has_refresh_token (record, before))
        continue;

      mdoc_record_set_tokens (record, tokens);
      if (!mdoc_store_write_record (store, kind, record, error))
        return FALSE;
    }

  return records != NULL;
}

typedef struct
{
  MdocRecordKind kind;
  MdocRecord *record;
  const MdocPlatformTokens *before;
  const MdocPlatformTokens *tokens;
} Turning;

static gboolean
turn (MdocStore *store, gpointer user_data, GError **error)
{
  const Turning *what = user_data;
  const MdocSecret *before = what->before != NULL ? what->before->refresh_token
                                                  : NULL;

  if (!mdoc_store_write_record (store, what->kind, what->record, error))
    return FALSE;

  if (before == NULL
      || mdoc_record_get_text (what->record, MDOC_EXCHANGE_GROUP) == NULL)
    return TRUE;

  return share_among (store,
                      MDOC_RECORD_EXCHANGE,
                      what->record,
                      before,
                      what->tokens,
                      error)
         && share_among (store,
                         MDOC_RECORD_ENROLMENT,
                         what->record,
                         before,
                         what->tokens,
                         error);
}

/**
 * mdoc_claim_turn_tokens:
 * @self: an agent
 * @kind: what @record is
 * @record: an exchange or enrolment
 * @before: (nullable): the tokens that were turned into @tokens; %NULL if they
 *   have nothing to do with each other
 * @tokens: the new ones
 * @error: return location for a #MdocStoreError
 *
 * Writes the new ones down. A refresh token may be good for one use only: who
 * else has it gets the new one.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_claim_turn_tokens (MdocAgent *self,
                        MdocRecordKind kind,
                        MdocRecord *record,
                        const MdocPlatformTokens *before,
                        const MdocPlatformTokens *tokens,
                        GError **error)
{
  Turning what = { kind, record, before, tokens };

  mdoc_record_set_tokens (record, tokens);
  return mdoc_store_transact (self->store, turn, &what, error);
}
