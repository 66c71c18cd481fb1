/*
 * mdoc-status-publisher.c - signed status lists, ready to be fetched
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-status-publisher.h"

#include <string.h>

#include "issuer/mdoc-issuer-value.h"
#include "issuer/mdoc-register-admin.h"
#include "openid/mdoc-gzip.h"
#include "openid/mdoc-status-token.h"

/* how long a request waits for a list that has just been begun */
#define WAIT_S 5

typedef struct
{
  gint64 version;
  gint64 made_at_s;
  GBytes *forms[MDOC_STATUS_FORM_IDENTIFIERS + 1]; /* nullable */
} List;

struct _MdocStatusPublisher
{
  MdocRegister *reg;
  const MdocClock *clock;
  GPtrArray *signers; /* of Signer */
  char *base_url;

  GMutex mutex; /* of what follows */
  GCond changed;
  GHashTable *lists; /* of List, by id */
  gboolean is_kicked;
  gboolean is_ending;
  guint64 n_rounds;
  guint64 n_made;
  GThread *thread;

  gint64 next_tell_ms; /* monotonic; of the thread alone */
};

typedef struct
{
  char *name;
  MdocKey *key;
  GPtrArray *chain;
} Signer;

static void
signer_free (gpointer data)
{
  Signer *self = data;

  g_free (self->name);
  mdoc_key_unref (self->key);
  g_ptr_array_unref (self->chain);
  g_free (self);
}

static void
list_free (gpointer data)
{
  List *self = data;

  for (gsize i = 0; i < G_N_ELEMENTS (self->forms); i++)
    g_clear_pointer (&self->forms[i], g_bytes_unref);
  g_free (self);
}

/**
 * mdoc_status_publisher_new:
 * @reg: where the lists are; borrowed
 * @clock: what time it is; borrowed
 * @signers: who signs
 * @n_signers: how many, at least one
 *
 * Returns: (transfer full): a publisher that does not run yet
 */
MdocStatusPublisher *
mdoc_status_publisher_new (MdocRegister *reg,
                           const MdocClock *clock,
                           const MdocAdminSigner *signers,
                           gsize n_signers)
{
  MdocStatusPublisher *self = g_new0 (MdocStatusPublisher, 1);

  self->reg = reg;
  self->clock = clock;
  self->signers = g_ptr_array_new_with_free_func (signer_free);
  for (gsize i = 0; i < n_signers; i++)
    {
      Signer *signer = g_new0 (Signer, 1);

      signer->name = g_strdup (signers[i].name);
      signer->key = mdoc_key_ref (signers[i].key);
      signer->chain = g_ptr_array_ref (signers[i].chain);
      g_ptr_array_add (self->signers, signer);
    }
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->lists = g_hash_table_new_full (g_str_hash,
                                       g_str_equal,
                                       g_free,
                                       list_free);
  return self;
}

/**
 * mdoc_status_publisher_free:
 * @self: (nullable) (transfer full): a publisher
 */
void
mdoc_status_publisher_free (MdocStatusPublisher *self)
{
  if (self == NULL)
    return;
  mdoc_status_publisher_stop (self);
  g_hash_table_unref (self->lists);
  g_ptr_array_unref (self->signers);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_free (self->base_url);
  g_free (self);
}

/* a profile without one of ours is signed by the first */
static const Signer *
find_signer (MdocStatusPublisher *self, const char *name)
{
  for (guint i = 0; i < self->signers->len; i++)
    {
      const Signer *signer = g_ptr_array_index (self->signers, i);

      if (g_strcmp0 (signer->name, name) == 0)
        return signer;
    }
  return self->signers->len == 0 ? NULL : g_ptr_array_index (self->signers, 0);
}

static gboolean
sign_values (MdocStatusPublisher *self,
             const char *id,
             const Signer *signer,
             MdocStatusClaims *claims,
             List *list,
             GError **error)
{
  g_autoptr (MdocStatusList) values = mdoc_register_build_list (self->reg,
                                                                id,
                                                                &list->version,
                                                                error);
  g_autofree char *jwt = NULL;

  if (values == NULL)
    return FALSE;
  claims->list = values;
  jwt = mdoc_status_token_write_jwt (claims,
                                     signer->key,
                                     signer->chain,
                                     NULL,
                                     error);
  if (jwt == NULL)
    return FALSE;
  list->forms[MDOC_STATUS_FORM_JWT] = g_bytes_new (jwt, strlen (jwt));
  list->forms[MDOC_STATUS_FORM_JWT_GZIP] = mdoc_gzip_compress (
      list->forms[MDOC_STATUS_FORM_JWT]);
  list->forms[MDOC_STATUS_FORM_CWT]
      = mdoc_status_token_write_cwt (claims, signer->key, signer->chain, error);
  return list->forms[MDOC_STATUS_FORM_CWT] != NULL;
}

static gboolean
sign_identifiers (MdocStatusPublisher *self,
                  const char *id,
                  const Signer *signer,
                  MdocStatusClaims *claims,
                  List *list,
                  GError **error)
{
  g_autoptr (GPtrArray) listed
      = mdoc_register_build_identifiers (self->reg, id, &list->version, error);
  g_autoptr (GHashTable) identifiers = NULL;

  if (listed == NULL)
    return FALSE;
  identifiers = mdoc_status_identifiers_new ();
  for (guint i = 0; i < listed->len; i++)
    g_hash_table_add (identifiers, g_bytes_ref (g_ptr_array_index (listed, i)));
  claims->identifiers = identifiers;
  list->forms[MDOC_STATUS_FORM_IDENTIFIERS]
      = mdoc_status_token_write_cwt (claims, signer->key, signer->chain, error);
  return list->forms[MDOC_STATUS_FORM_IDENTIFIERS] != NULL;
}

static gboolean
make_list (MdocStatusPublisher *self,
           const MdocRegisterListInfo *info,
           gint64 now_s,
           GError **error)
{
  const Signer *signer = find_signer (self, info->signer);
  g_autofree char *uri = g_strdup_printf ("%s/status/%s/%s",
                                          self->base_url,
                                          info->is_identifier_list ? "idl"
                                                                   : "tsl",
                                          info->id);
  MdocStatusClaims claims = { .uri = uri,
                              .iat_unix_s = now_s,
                              .exp_unix_s = now_s + MDOC_STATUS_LIFE_S,
                              .ttl_s = MDOC_STATUS_TTL_S };
  List *list;

  if (signer == NULL)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_SIGNER,
                               "Nobody is there to sign status lists");

  list = g_new0 (List, 1);
  list->made_at_s = now_s;
  if (!(info->is_identifier_list
            ? sign_identifiers (self, info->id, signer, &claims, list, error)
            : sign_values (self, info->id, signer, &claims, list, error)))
    {
      list_free (list);
      return FALSE;
    }

  g_mutex_lock (&self->mutex);
  g_hash_table_replace (self->lists, g_strdup (info->id), list);
  self->n_made++;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static gboolean
is_stale (MdocStatusPublisher *self,
          const MdocRegisterListInfo *info,
          gint64 now_s)
{
  const List *list;
  gboolean is_stale = TRUE;

  g_mutex_lock (&self->mutex);
  list = g_hash_table_lookup (self->lists, info->id);
  if (list != NULL)
    /* also when the clock was set back: nobody takes a list of the future */
    is_stale = list->version != info->version || now_s < list->made_at_s
               || now_s - list->made_at_s > MDOC_STATUS_LIFE_S / 2;
  g_mutex_unlock (&self->mutex);
  return is_stale;
}

/* makes anew what has changed; what fails is tried again in the next round */
static gboolean
make_lists (MdocStatusPublisher *self, GError **error)
{
  g_autoptr (GPtrArray) infos = mdoc_register_list_lists (self->reg,
                                                          NULL,
                                                          error);
  const gint64 now_s = mdoc_clock_get_unix_s (self->clock);
  gboolean is_done = TRUE;

  if (infos == NULL)
    return FALSE;
  for (guint i = 0; i < infos->len; i++)
    {
      const MdocRegisterListInfo *info = g_ptr_array_index (infos, i);

      if (is_stale (self, info, now_s)
          && !make_list (self, info, now_s, is_done ? error : NULL))
        is_done = FALSE;
    }

  g_mutex_lock (&self->mutex);
  self->n_rounds++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  return is_done;
}

static gint64
get_published_version (MdocStatusPublisher *self, const char *id)
{
  const List *list;
  gint64 version = 0;

  g_mutex_lock (&self->mutex);
  list = g_hash_table_lookup (self->lists, id);
  if (list != NULL)
    version = list->version;
  g_mutex_unlock (&self->mutex);
  return version;
}

/* What was told is in the register, so nothing is lost or told twice if we are
 * ended before. A list that is signed again because it gets old is no news. */
static gboolean
tell (MdocStatusPublisher *self, GError **error)
{
  const MdocRegisterCall call = { .now_ms = mdoc_clock_get_unix_s (self->clock)
                                            * 1000,
                                  .actor = "system" };
  const gint64 now_ms = mdoc_clock_get_monotonic_ms (self->clock);
  g_autoptr (GArray) published = g_array_new (FALSE,
                                              FALSE,
                                              sizeof (MdocRegisterPublished));
  g_autoptr (GPtrArray) infos = NULL;

  if (now_ms < self->next_tell_ms)
    return TRUE;
  infos = mdoc_register_list_lists (self->reg, NULL, error);
  if (infos == NULL)
    return FALSE;
  for (guint i = 0; i < infos->len; i++)
    {
      const MdocRegisterListInfo *info = g_ptr_array_index (infos, i);
      const MdocRegisterPublished one = { info->id,
                                          get_published_version (self,
                                                                 info->id) };

      if (one.version > info->told_version)
        g_array_append_val (published, one);
    }
  if (published->len == 0)
    return TRUE;
  if (!mdoc_register_tell_published (self->reg,
                                     &call,
                                     (const MdocRegisterPublished *) (gpointer)
                                         published->data,
                                     published->len,
                                     error))
    return FALSE;
  self->next_tell_ms = now_ms + MDOC_STATUS_TELL_S * 1000;
  return TRUE;
}

/* waits until there may be something to do. Returns: whether to go on */
static gboolean
wait (MdocStatusPublisher *self, gint64 round_at_us)
{
  gint64 until = round_at_us + MDOC_STATUS_MAX_DELAY_S * G_TIME_SPAN_SECOND;
  gboolean goes_on;

  g_mutex_lock (&self->mutex);
  while (!self->is_ending && !self->is_kicked
         && g_cond_wait_until (&self->changed, &self->mutex, until))
    ;
  /* what changes often is still not made more often than this */
  until = round_at_us + MDOC_STATUS_PAUSE_S * G_TIME_SPAN_SECOND;
  while (!self->is_ending
         && g_cond_wait_until (&self->changed, &self->mutex, until))
    ;
  self->is_kicked = FALSE;
  goes_on = !self->is_ending;
  g_mutex_unlock (&self->mutex);
  return goes_on;
}

static gpointer
run (gpointer data)
{
  MdocStatusPublisher *self = data;
  gint64 round_at_us = g_get_monotonic_time ();

  while (wait (self, round_at_us))
    {
      g_autoptr (GError) error = NULL;

      round_at_us = g_get_monotonic_time ();
      if (!make_lists (self, &error))
        g_message ("Status lists: %s", error->message);
      g_clear_error (&error);
      if (!tell (self, &error))
        g_message ("That status lists are published cannot be told: %s",
                   error->message);
    }
  return NULL;
}

/**
 * mdoc_status_publisher_start:
 * @self: a publisher
 * @base_url: address of the platform
 * @error: return location
 *
 * Returns: %TRUE if it runs; %FALSE with @error set, of the register or of who
 *   signs
 */
gboolean
mdoc_status_publisher_start (MdocStatusPublisher *self,
                             const char *base_url,
                             GError **error)
{
  self->base_url = g_strdup (base_url);
  if (!make_lists (self, error))
    return FALSE;
  self->thread = g_thread_new ("status-lists", run, self);
  return TRUE;
}

/**
 * mdoc_status_publisher_stop:
 * @self: a publisher
 *
 * Waits until its thread has ended.
 */
void
mdoc_status_publisher_stop (MdocStatusPublisher *self)
{
  if (self->thread == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->is_ending = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_thread_join (g_steal_pointer (&self->thread));
}

/**
 * mdoc_status_publisher_kick:
 * @self: a publisher
 *
 * Has it look for changes.
 */
void
mdoc_status_publisher_kick (MdocStatusPublisher *self)
{
  g_mutex_lock (&self->mutex);
  self->is_kicked = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static GBytes *
look_up (MdocStatusPublisher *self,
         const char *id,
         MdocStatusForm form,
         char **ret_etag)
{
  const List *list = g_hash_table_lookup (self->lists, id);

  if (list == NULL || list->forms[form] == NULL)
    return NULL;
  *ret_etag = g_strdup_printf ("\"%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
                               "-%c\"",
                               list->version,
                               list->made_at_s,
                               form == MDOC_STATUS_FORM_JWT        ? 'j'
                               : form == MDOC_STATUS_FORM_JWT_GZIP ? 'z'
                                                                   : 'c');
  return g_bytes_ref (list->forms[form]);
}

/**
 * mdoc_status_publisher_get:
 * @self: a publisher that runs
 * @id: which list
 * @form: how it is to be written
 * @ret_etag: (out): names what is returned
 *
 * A list that a credential has just begun is waited for.
 *
 * Returns: (nullable) (transfer full): the list
 */
GBytes *
mdoc_status_publisher_get (MdocStatusPublisher *self,
                           const char *id,
                           MdocStatusForm form,
                           char **ret_etag)
{
  const gint64 until = g_get_monotonic_time () + WAIT_S * G_TIME_SPAN_SECOND;
  g_autoptr (GPtrArray) infos = NULL;
  GBytes *found;

  g_mutex_lock (&self->mutex);
  found = look_up (self, id, form, ret_etag);
  g_mutex_unlock (&self->mutex);
  if (found != NULL)
    return found;

  infos = mdoc_register_list_lists (self->reg, id, NULL);
  if (infos == NULL || infos->len == 0)
    return NULL;
  g_mutex_lock (&self->mutex);
  self->is_kicked = TRUE;
  g_cond_broadcast (&self->changed);
  do
    found = look_up (self, id, form, ret_etag);
  while (found == NULL && !self->is_ending
         && !g_hash_table_contains (self->lists, id)
         && g_cond_wait_until (&self->changed, &self->mutex, until));
  g_mutex_unlock (&self->mutex);
  return found;
}

/**
 * mdoc_status_publisher_get_n_made:
 * @self: a publisher
 *
 * Returns: how many lists were signed so far
 */
guint64
mdoc_status_publisher_get_n_made (MdocStatusPublisher *self)
{
  guint64 n;

  g_mutex_lock (&self->mutex);
  n = self->n_made;
  g_mutex_unlock (&self->mutex);
  return n;
}
