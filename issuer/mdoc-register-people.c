/*
 * mdoc-register-people.c - profiles and persons
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

/* PBKDF2 with HMAC-SHA256 (RFC 8018, 5.2), one block */
#define PASSWORD_ROUNDS 100000
#define SALT_LEN        16
#define HMAC_BLOCK_LEN  ((gsize) 64)

static gboolean
find_version (MdocDb *db,
              const char *id,
              gint64 version,
              char **ret_json,
              GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT json FROM profile WHERE id = ?1 AND"
                          " version = ?2",
                          ARG_TEXT (id),
                          ARG_INT (version));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  *ret_json = has_row ? mdoc_cursor_dup_text (cursor, 0) : NULL;
  return TRUE;
}

static MdocProfile *
look_up (MdocRegister *self, const char *key)
{
  MdocProfile *profile;

  g_mutex_lock (&self->profiles_lock);
  profile = g_hash_table_lookup (self->profiles, key);
  if (profile != NULL)
    mdoc_profile_ref (profile);
  g_mutex_unlock (&self->profiles_lock);
  return profile;
}

static void
keep (MdocRegister *self, MdocProfile *profile)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (profile);

  g_mutex_lock (&self->profiles_lock);
  g_hash_table_replace (self->profiles,
                        g_strdup_printf ("%s@%u",
                                         settings->id,
                                         settings->version),
                        mdoc_profile_ref (profile));
  g_mutex_unlock (&self->profiles_lock);
}

/* one that was taken back may have been looked at meanwhile */
static void
forget (MdocRegister *self, const char *key)
{
  g_mutex_lock (&self->profiles_lock);
  g_hash_table_remove (self->profiles, key);
  g_mutex_unlock (&self->profiles_lock);
}

MdocProfile *
mdoc_register_load_profile (MdocRegister *self,
                            MdocDb *db,
                            const char *id,
                            gint64 version,
                            GError **error)
{
  g_autofree char *key = NULL;
  g_autofree char *json = NULL;
  MdocProfile *profile = NULL;

  /* Which one is the newest, only the database knows; what it says need not be
   * read each time that a stranger asks for the metadata. */
  if (version == 0
      && !mdoc_db_get_int (db,
                           0,
                           &version,
                           error,
                           "SELECT max(version) FROM profile WHERE id = ?",
                           ARG_TEXT (id)))
    return NULL;
  key = g_strdup_printf ("%s@%" G_GINT64_FORMAT, id, version);
  profile = look_up (self, key);
  if (profile != NULL)
    return profile;

  if (version != 0 && !find_version (db, id, version, &json, error))
    return NULL;
  if (json == NULL)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_NOT_FOUND,
                            "There is no such profile");
      return NULL;
    }
  profile = mdoc_profile_parse (mdoc_span_from_text (json), error);
  if (profile != NULL)
    keep (self, profile);
  return profile;
}

MdocProfile *
mdoc_register_get_profile (MdocRegister *self,
                           const char *id,
                           guint version,
                           GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocProfile *profile;

  if (db == NULL)
    return NULL;
  profile = mdoc_register_load_profile (self, db, id, version, error);
  mdoc_register_return_reader (self, db);
  return profile;
}

static gboolean
add_profile (MdocRegister *self,
             const MdocRegisterCall *call,
             MdocProfile *profile,
             GError **error)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (profile);
  g_autofree char *known = NULL;
  g_autofree char *detail = g_strdup_printf ("%s@%u",
                                             settings->id,
                                             settings->version);
  const MdocAuditParts audit = { .action = "profile.added", .detail = detail };
  gint64 n_others;

  if (!find_version (&self->writer,
                     settings->id,
                     settings->version,
                     &known,
                     error))
    return FALSE;
  if (known != NULL)
    return strcmp (known, mdoc_profile_get_json (profile)) == 0
           || mdoc_register_refuse (error,
                                    MDOC_REGISTER_ERROR_CONFLICT,
                                    "There is another profile %s; a change "
                                    "needs a new version",
                                    detail);

  /* all of them are in the metadata */
  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &n_others,
                        error,
                        "SELECT count(DISTINCT id) FROM profile WHERE id <> ?",
                        ARG_TEXT (settings->id)))
    return FALSE;
  if (n_others >= MDOC_PROFILE_MAX_PROFILES)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_LIMIT,
                                 "There are too many profiles");
  forget (self, detail);
  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO profile (id, version, json, added_at)"
                      " VALUES (?, ?, ?, ?)",
                      ARG_TEXT (settings->id),
                      ARG_INT (settings->version),
                      ARG_TEXT (mdoc_profile_get_json (profile)),
                      ARG_INT (mdoc_call_get_s (call)))
         && mdoc_register_write_audit (self, call, &audit, error);
}

gboolean
mdoc_register_add_profile (MdocRegister *self,
                           const MdocRegisterCall *call,
                           MdocProfile *profile,
                           GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = add_profile (self, call, profile, error);
  return mdoc_register_leave (self, is_done, error);
}

static GPtrArray *
list_ids (MdocDb *db, GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open_args (db,
                               "SELECT DISTINCT id FROM profile ORDER BY id",
                               NULL,
                               0,
                               error);

  return mdoc_cursor_list_texts (cursor, error);
}

static GPtrArray *
list_profiles (MdocRegister *self, MdocDb *db, GError **error)
{
  g_autoptr (GPtrArray) profiles = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_profile_unref);
  g_autoptr (GPtrArray) ids = list_ids (db, error);

  if (ids == NULL)
    return NULL;
  for (guint i = 0; i < ids->len; i++)
    {
      MdocProfile *profile = mdoc_register_load_profile (self,
                                                         db,
                                                         ids->pdata[i],
                                                         0,
                                                         error);

      if (profile == NULL)
        return NULL;
      g_ptr_array_add (profiles, profile);
    }
  return g_steal_pointer (&profiles);
}

GPtrArray *
mdoc_register_list_profiles (MdocRegister *self, GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *profiles;

  if (db == NULL)
    return NULL;
  profiles = list_profiles (self, db, error);
  mdoc_register_return_reader (self, db);
  return profiles;
}

void
mdoc_register_person_free (MdocRegisterPerson *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->external_ref);
  g_free (self->claims_json);
  g_free (self);
}

static MdocRegisterPerson *
load_person (MdocDb *db, const char *id, GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT id, external_ref, claims, updated_at"
                          " FROM person WHERE id = ?1 OR external_ref = ?1"
                          " ORDER BY id = ?1 DESC LIMIT 1",
                          ARG_TEXT (id));
  MdocRegisterPerson *person;
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return NULL;
  if (!has_row)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_NOT_FOUND,
                            "There is no such person");
      return NULL;
    }

  person = g_new0 (MdocRegisterPerson, 1);
  person->id = mdoc_cursor_dup_text (cursor, 0);
  person->external_ref = mdoc_cursor_dup_text (cursor, 1);
  person->claims_json = mdoc_cursor_dup_text (cursor, 2);
  person->updated_at_s = mdoc_cursor_get_int (cursor, 3);
  return person;
}

MdocRegisterPerson *
mdoc_register_get_person (MdocRegister *self, const char *id, GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocRegisterPerson *person;

  if (db == NULL)
    return NULL;
  person = load_person (db, id, error);
  mdoc_register_return_reader (self, db);
  return person;
}

static gboolean
put_person (MdocRegister *self,
            const MdocRegisterCall *call,
            const MdocRegisterPerson *person,
            const char *id,
            GError **error)
{
  const MdocAuditParts audit = { .action = "person.put", .detail = id };

  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO person (id, external_ref, claims,"
                      " updated_at) VALUES (?1, ?2, ?3, ?4)"
                      " ON CONFLICT (id) DO UPDATE SET external_ref = ?2,"
                      " claims = ?3, updated_at = ?4",
                      ARG_TEXT (id),
                      ARG_TEXT (person->external_ref),
                      ARG_TEXT (person->claims_json),
                      ARG_INT (mdoc_call_get_s (call)))
         && mdoc_register_write_audit (self, call, &audit, error);
}

/**
 * mdoc_register_put_person:
 * @self: a register
 * @call: who and when
 * @person: what is known; replaces what was
 * @error: return location for a #MdocRegisterError
 *
 * Returns: (transfer full): the person's id
 */
char *
mdoc_register_put_person (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const MdocRegisterPerson *person,
                          GError **error)
{
  g_autofree char *id = person->id != NULL ? g_strdup (person->id)
                                           : mdoc_register_make_uuid ();
  gboolean is_done;

  if (!mdoc_register_check_text (id, "The id", 128, error)
      || !mdoc_register_check_text (person->external_ref,
                                    "The reference",
                                    MDOC_REGISTER_MAX_TEXT,
                                    error)
      || !mdoc_register_check_text (person->claims_json,
                                    "The person",
                                    MDOC_PROFILE_MAX_CLAIMS_BYTES,
                                    error)
      || !mdoc_register_enter (self, error))
    return NULL;
  is_done = put_person (self, call, person, id, error);
  return mdoc_register_leave (self, is_done, error) ? g_steal_pointer (&id)
                                                    : NULL;
}

static void
stretch (const char *password, MdocSpan salt, guint8 *ret_key)
{
  static const guint8 block[] = { 0, 0, 0, 1 };
  const MdocSpan first[] = { salt, MDOC_SPAN (block, sizeof block) };
  guint8 round[MDOC_HASH_MAX_LEN];
  guint8 short_key[MDOC_HASH_MAX_LEN];
  MDOC_WIPE_ON_EXIT (round);
  MDOC_WIPE_ON_EXIT (short_key);
  MdocSpan key = mdoc_span_from_text (password);
  const MdocSpan next = MDOC_SPAN (round, 32);

  /* what HMAC would do with a key that is longer, but once and not each time */
  if (key.len > HMAC_BLOCK_LEN)
    {
      mdoc_hash_compute (MDOC_HASH_SHA256, &key, 1, short_key);
      key = MDOC_SPAN (short_key, 32);
    }
  mdoc_hmac_compute (MDOC_HASH_SHA256, key, first, 2, round);
  memcpy (ret_key, round, 32);
  for (guint i = 1; i < PASSWORD_ROUNDS; i++)
    {
      mdoc_hmac_compute (MDOC_HASH_SHA256, key, &next, 1, round);
      for (guint j = 0; j < 32; j++)
        ret_key[j] ^= round[j];
    }
}

gboolean
mdoc_register_set_password (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const char *person_id,
                            const char *password,
                            GError **error)
{
  const MdocAuditParts audit = { .action = "person.password",
                                 .detail = person_id };
  guint8 kept[SALT_LEN + 32];
  gboolean is_done;

  if (!mdoc_register_check_text (password,
                                 "The password",
                                 MDOC_REGISTER_MAX_TEXT,
                                 error))
    return FALSE;
  mdoc_random_fill (kept, SALT_LEN);
  stretch (password, MDOC_SPAN (kept, SALT_LEN), kept + SALT_LEN);

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = mdoc_db_run (&self->writer,
                         error,
                         "UPDATE person SET password = ? WHERE id = ?",
                         ARG_BLOB (MDOC_SPAN (kept, sizeof kept)),
                         ARG_TEXT (person_id));
  if (is_done && mdoc_db_get_n_changed (&self->writer) == 0)
    is_done = mdoc_register_refuse (error,
                                    MDOC_REGISTER_ERROR_NOT_FOUND,
                                    "There is no such person");
  is_done = is_done && mdoc_register_write_audit (self, call, &audit, error);
  return mdoc_register_leave (self, is_done, error);
}

static gboolean
load_password (MdocDb *db,
               const char *external_ref,
               char **ret_id,
               GBytes **ret_password,
               GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT id, password FROM person"
                          " WHERE external_ref = ?",
                          ARG_TEXT (external_ref));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  *ret_id = has_row ? mdoc_cursor_dup_text (cursor, 0) : NULL;
  *ret_password = has_row ? mdoc_cursor_dup_bytes (cursor, 1) : NULL;
  return TRUE;
}

/**
 * mdoc_register_check_password:
 * @self: a register
 * @external_ref: the name
 * @password: what was typed
 * @error: return location for a #MdocRegisterError
 *
 * As slow for a name that is not there as for one that is.
 *
 * Returns: (transfer full) (nullable): the person's id; %NULL without @error if
 *   the two do not belong together
 */
char *
mdoc_register_check_password (MdocRegister *self,
                              const char *external_ref,
                              const char *password,
                              GError **error)
{
  static const guint8 nobody[SALT_LEN + 32];
  MdocDb *db = mdoc_register_take_reader (self, error);
  g_autofree char *id = NULL;
  g_autoptr (GBytes) bytes = NULL;
  MdocSpan kept = MDOC_SPAN (nobody, sizeof nobody);
  guint8 key[32];
  MDOC_WIPE_ON_EXIT (key);
  gboolean is_loaded;

  if (db == NULL)
    return NULL;
  is_loaded = load_password (db, external_ref, &id, &bytes, error);
  mdoc_register_return_reader (self, db);
  if (!is_loaded)
    return NULL;

  /* longer than any that could be set */
  if (strnlen (password, MDOC_REGISTER_MAX_TEXT + 1) > MDOC_REGISTER_MAX_TEXT)
    {
      password = "";
      g_clear_pointer (&bytes, g_bytes_unref);
    }
  if (bytes != NULL && g_bytes_get_size (bytes) == sizeof nobody)
    kept = mdoc_span_from_bytes (bytes);
  stretch (password, MDOC_SPAN (kept.data, SALT_LEN), key);
  if (bytes == NULL
      || !mdoc_secret_equal (MDOC_SPAN (kept.data + SALT_LEN, 32),
                             MDOC_SPAN (key, sizeof key)))
    return NULL;
  return g_steal_pointer (&id);
}

gboolean
mdoc_register_resolve_claims (MdocRegister *self,
                              const MdocRegisterCall *call,
                              MdocProfile *profile,
                              const char *claims_json,
                              const char *person_id,
                              char **ret_claims,
                              GError **error)
{
  g_autoptr (MdocRegisterPerson) person = NULL;
  g_auto (GStrv) missing = NULL;
  g_autofree char *list = NULL;

  *ret_claims = NULL;
  if (person_id != NULL)
    {
      person = load_person (&self->writer, person_id, error);
      if (person == NULL)
        return FALSE;
    }
  if (claims_json != NULL)
    *ret_claims = mdoc_profile_map_claims (profile,
                                           claims_json,
                                           mdoc_call_get_s (call),
                                           &missing,
                                           error);
  else if (person != NULL && person->claims_json != NULL)
    *ret_claims = mdoc_profile_map_person (profile,
                                           person->claims_json,
                                           mdoc_call_get_s (call),
                                           &missing,
                                           error);
  else
    return TRUE;
  if (*ret_claims == NULL)
    return FALSE;
  if (missing[0] == NULL)
    return TRUE;

  /* S0-34 */
  list = g_strjoinv (" ", missing);
  return mdoc_register_write_audit (self,
                                    call,
                                    &(MdocAuditParts){
                                        .action = "claims.recommended_missing",
                                        .detail = list },
                                    error);
}
