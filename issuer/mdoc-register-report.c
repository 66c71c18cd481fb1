/*
 * mdoc-register-report.c - credentials and instances, to look at
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-register-private.h"

#define MAX_ROWS 1000
/* of profiles and states, far more than there can be */
#define MAX_COUNTS 65536

void
mdoc_register_credential_info_free (MdocRegisterCredentialInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->person_id);
  g_free (self->external_ref);
  g_free (self->profile_id);
  g_free (self->state);
  g_free (self->state_reason);
  g_free (self->stage);
  g_free (self->claims_json);
  g_free (self);
}

void
mdoc_register_device_info_free (MdocRegisterDeviceInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->mid_uid);
  g_free (self->credential_id);
  g_free (self->profile_id);
  g_free (self->device_id);
  g_free (self->client_type);
  g_free (self->state);
  g_free (self->state_reason);
  g_strfreev (self->pending_causes);
  g_free (self);
}

void
mdoc_register_generation_info_free (MdocRegisterGenerationInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->cause);
  g_free (self->phase);
  g_strfreev (self->mso_ids);
  g_free (self);
}

/* The stage (S0-11) is that of the furthest instance: none yet, issued and in
 * review, or in use. */
#define CREDENTIAL_COLUMNS(claims_)                                            \
  "SELECT c.uid, c.person_id, c.external_ref, c.profile_id,"                   \
  " c.profile_version, c.state, c.reason, c.dataset, " claims_                 \
  ", c.document_expiry, c.created_at, c.updated_at,"                           \
  " (SELECT max(iif(h.state = 'issued', 1, 2)) FROM device_credential h WHERE" \
  " h.credential = c.id AND h.newest > 0) FROM credential c"

static gpointer
read_credential (MdocCursor *cursor)
{
  static const char *const stages[] = { "enrollment",
                                        "issuance",
                                        "post-issuance" };
  MdocRegisterCredentialInfo *info = g_new0 (MdocRegisterCredentialInfo, 1);

  info->id = mdoc_cursor_dup_text (cursor, 0);
  info->person_id = mdoc_cursor_dup_text (cursor, 1);
  info->external_ref = mdoc_cursor_dup_text (cursor, 2);
  info->profile_id = mdoc_cursor_dup_text (cursor, 3);
  info->profile_version = (guint) mdoc_cursor_get_int (cursor, 4);
  info->state = mdoc_cursor_dup_text (cursor, 5);
  info->state_reason = mdoc_cursor_dup_text (cursor, 6);
  info->dataset_version = (guint) mdoc_cursor_get_int (cursor, 7);
  info->claims_json = mdoc_cursor_dup_text (cursor, 8);
  info->document_expiry_s = mdoc_cursor_get_int (cursor, 9);
  info->created_at_s = mdoc_cursor_get_int (cursor, 10);
  info->updated_at_s = mdoc_cursor_get_int (cursor, 11);
  info->stage = g_strdup (
      stages[CLAMP (mdoc_cursor_get_int (cursor, 12), 0, 2)]);
  return info;
}

static MdocRegisterCredentialInfo *
get_credential (MdocDb *db, const char *id, GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          CREDENTIAL_COLUMNS (
                              "c.claims") " WHERE c.id = (SELECT id FROM "
                                          "credential WHERE uid = ?1 UNION ALL"
                                          " SELECT credential FROM "
                                          "device_credential WHERE mid_uid = ?1"
                                          " LIMIT 1)",
                          ARG_TEXT (id));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return NULL;
  if (has_row)
    return read_credential (cursor);
  mdoc_register_refuse (error,
                        MDOC_REGISTER_ERROR_NOT_FOUND,
                        "There is no such credential");
  return NULL;
}

MdocRegisterCredentialInfo *
mdoc_register_get_credential (MdocRegister *self,
                              const char *id,
                              GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocRegisterCredentialInfo *info;

  if (db == NULL)
    return NULL;
  info = get_credential (db, id, error);
  mdoc_register_return_reader (self, db);
  return info;
}

static MdocRegisterDeviceInfo *
describe (MdocHeldRow *held, gint64 now_s)
{
  MdocRegisterDeviceInfo *info = g_new0 (MdocRegisterDeviceInfo, 1);
  g_autoptr (GPtrArray) causes = g_ptr_array_new ();

  if (held->causes & MDOC_PENDING_ATTRIBUTES)
    g_ptr_array_add (causes, g_strdup (MDOC_CAUSE_ATTRIBUTE_UPDATE));
  if (held->causes & MDOC_PENDING_REPROVISION)
    g_ptr_array_add (causes, g_strdup (MDOC_CAUSE_REPROVISION));
  g_ptr_array_add (causes, NULL);

  info->mid_uid = g_steal_pointer (&held->mid_uid);
  info->credential_id = g_steal_pointer (&held->credential_id);
  info->profile_id = g_steal_pointer (&held->profile_id);
  info->device_id = g_steal_pointer (&held->device_id);
  info->client_type = g_steal_pointer (&held->client_type);
  info->effective = mdoc_held_get_effective (held, now_s);
  info->state = g_steal_pointer (&held->state);
  info->state_reason = g_steal_pointer (&held->reason);
  info->generation = (guint) held->confirmed;
  info->prepared = (guint) held->newest;
  info->valid_until_s = held->valid_until_s;
  info->pending_causes = (GStrv) g_ptr_array_free (g_steal_pointer (&causes),
                                                   FALSE);
  info->is_suspected_clone = held->is_suspected_clone;
  info->created_at_s = held->created_at_s;
  info->updated_at_s = held->updated_at_s;
  info->last_seen_s = held->last_seen_s;
  return info;
}

MdocRegisterDeviceInfo *
mdoc_register_get_device (MdocRegister *self,
                          const char *mid_uid,
                          gint64 now_s,
                          GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  g_autoptr (MdocHeldRow) held = NULL;

  if (db == NULL)
    return NULL;
  held = mdoc_register_load_held (db, mid_uid, error);
  mdoc_register_return_reader (self, db);
  return held != NULL ? describe (held, now_s) : NULL;
}

#define CREDENTIAL_FILTER                                                      \
  " WHERE (?1 IS NULL OR c.profile_id = ?1)"                                   \
  " AND (?2 IS NULL OR c.person_id = ?2)"                                      \
  " AND (?3 IS NULL OR c.external_ref = ?3)"                                   \
  " AND (?4 IS NULL OR c.state = ?4)" MDOC_SQL_BEHIND (                        \
      "c.id",                                                                  \
      "?7",                                                                    \
      "SELECT a.id FROM credential a WHERE a.uid = ?7")
#define CREDENTIAL_ORDER " ORDER BY c.id DESC LIMIT ?5 OFFSET ?6"

static const char *
choose_credentials (const MdocRegisterFilter *filter)
{
  if (filter->person_id != NULL)
    return CREDENTIAL_COLUMNS ("NULL") CREDENTIAL_FILTER
        " AND c.person_id = ?2" CREDENTIAL_ORDER;
  if (filter->external_ref != NULL)
    return CREDENTIAL_COLUMNS ("NULL") CREDENTIAL_FILTER
        " AND c.external_ref = ?3" CREDENTIAL_ORDER;
  return CREDENTIAL_COLUMNS ("NULL") CREDENTIAL_FILTER CREDENTIAL_ORDER;
}

static gint64
get_limit (const MdocRegisterFilter *filter)
{
  return filter->limit == 0 ? 100 : MIN (filter->limit, MAX_ROWS);
}

static GPtrArray *
list_credentials (MdocDb *db, const MdocRegisterFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) infos = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_credential_info_free);
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          choose_credentials (filter),
                          ARG_TEXT (filter->profile_id),
                          ARG_TEXT (filter->person_id),
                          ARG_TEXT (filter->external_ref),
                          ARG_TEXT (filter->state),
                          ARG_INT (get_limit (filter)),
                          ARG_INT (filter->offset),
                          ARG_TEXT (filter->after));

  return mdoc_cursor_collect (cursor, read_credential, infos, error)
             ? g_steal_pointer (&infos)
             : NULL;
}

GPtrArray *
mdoc_register_list_credentials (MdocRegister *self,
                                const MdocRegisterFilter *filter,
                                GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *infos;

  if (db == NULL)
    return NULL;
  infos = list_credentials (db, filter, error);
  mdoc_register_return_reader (self, db);
  return infos;
}

#define DEVICE_FILTER                                                          \
  "SELECT h.mid_uid FROM device_credential h JOIN credential c ON"             \
  " c.id = h.credential WHERE (?1 IS NULL OR c.profile_id = ?1)"               \
  " AND (?2 IS NULL OR c.person_id = ?2)"                                      \
  " AND (?3 IS NULL OR c.external_ref = ?3)"                                   \
  " AND (?4 IS NULL OR h.state = ?4) AND (?5 IS NULL OR c.uid = "              \
  "?5)" MDOC_SQL_BEHIND ("h.id",                                               \
                         "?8",                                                 \
                         "SELECT a.id FROM device_credential a WHERE "         \
                         "a.mid_uid = ?8")
#define DEVICE_ORDER " ORDER BY h.id DESC LIMIT ?6 OFFSET ?7"

static const char *
choose_devices (const MdocRegisterFilter *filter)
{
  if (filter->credential_id != NULL)
    return DEVICE_FILTER " AND c.uid = ?5" DEVICE_ORDER;
  if (filter->person_id != NULL)
    return DEVICE_FILTER " AND c.person_id = ?2" DEVICE_ORDER;
  if (filter->external_ref != NULL)
    return DEVICE_FILTER " AND c.external_ref = ?3" DEVICE_ORDER;
  return DEVICE_FILTER DEVICE_ORDER;
}

static GPtrArray *
list_mid_uids (MdocDb *db, const MdocRegisterFilter *filter, GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          choose_devices (filter),
                          ARG_TEXT (filter->profile_id),
                          ARG_TEXT (filter->person_id),
                          ARG_TEXT (filter->external_ref),
                          ARG_TEXT (filter->state),
                          ARG_TEXT (filter->credential_id),
                          ARG_INT (get_limit (filter)),
                          ARG_INT (filter->offset),
                          ARG_TEXT (filter->after));

  return mdoc_cursor_list_texts (cursor, error);
}

static GPtrArray *
list_devices (MdocDb *db,
              const MdocRegisterFilter *filter,
              gint64 now_s,
              GError **error)
{
  g_autoptr (GPtrArray) infos = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_device_info_free);
  g_autoptr (GPtrArray) ids = list_mid_uids (db, filter, error);

  if (ids == NULL)
    return NULL;
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (MdocHeldRow) held = NULL;

      if (!mdoc_register_find_held (db, ids->pdata[i], &held, error))
        return NULL;
      if (held != NULL)
        g_ptr_array_add (infos, describe (held, now_s));
    }
  return g_steal_pointer (&infos);
}

GPtrArray *
mdoc_register_list_devices (MdocRegister *self,
                            const MdocRegisterFilter *filter,
                            gint64 now_s,
                            GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *infos;

  if (db == NULL)
    return NULL;
  infos = list_devices (db, filter, now_s, error);
  mdoc_register_return_reader (self, db);
  return infos;
}

static gpointer
read_count (MdocCursor *cursor)
{
  MdocRegisterCount *count = g_new0 (MdocRegisterCount, 1);

  count->profile_id = mdoc_cursor_dup_text (cursor, 0);
  count->state = mdoc_cursor_dup_text (cursor, 1);
  count->n = mdoc_cursor_get_int (cursor, 2);
  return count;
}

void
mdoc_register_count_free (MdocRegisterCount *self)
{
  if (self == NULL)
    return;

  g_free (self->profile_id);
  g_free (self->state);
  g_free (self);
}

/* Cost: reads all instances. */
GPtrArray *
mdoc_register_count_devices (MdocRegister *self, GError **error)
{
  g_autoptr (GPtrArray) counts = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_count_free);
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocCursor *cursor;
  gboolean is_done;

  if (db == NULL)
    return NULL;
  cursor = mdoc_cursor_open (db,
                             error,
                             "SELECT c.profile_id, h.state, count(*) FROM "
                             "device_credential h JOIN credential c ON c.id = "
                             "h.credential GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ?",
                             ARG_INT (MAX_COUNTS));
  is_done = mdoc_cursor_collect (cursor, read_count, counts, error);
  mdoc_cursor_done (cursor);
  mdoc_register_return_reader (self, db);
  return is_done ? g_steal_pointer (&counts) : NULL;
}

static gboolean
fill_mso_ids (MdocDb *db,
              gint64 generation,
              MdocRegisterGenerationInfo *info,
              GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT mso_id FROM copy WHERE generation = ?"
                          " ORDER BY id",
                          ARG_INT (generation));
  gboolean has_row = TRUE;

  if (cursor == NULL)
    return FALSE;
  while (has_row)
    {
      g_autoptr (GBytes) id = NULL;

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      id = mdoc_cursor_dup_bytes (cursor, 0);
      g_ptr_array_add (ids, mdoc_hex_encode (mdoc_span_from_bytes (id)));
    }
  info->n_copies = ids->len;
  g_ptr_array_add (ids, NULL);
  info->mso_ids = (GStrv) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
  return TRUE;
}

/* old ones may be gone: the numbers may begin anywhere, and have gaps */
static GArray *
list_numbers (MdocDb *db, gint64 held, GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT n FROM generation WHERE device_credential = ?"
                          " ORDER BY n",
                          ARG_INT (held));
  gboolean has_row = TRUE;

  if (cursor == NULL)
    return NULL;
  while (has_row)
    {
      gint64 n;

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      n = mdoc_cursor_get_int (cursor, 0);
      g_array_append_val (numbers, n);
    }
  return g_steal_pointer (&numbers);
}

static GPtrArray *
list_generations (MdocDb *db, const char *mid_uid, GError **error)
{
  g_autoptr (GPtrArray) infos = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_generation_info_free);
  g_autoptr (MdocHeldRow) held = mdoc_register_load_held (db, mid_uid, error);
  g_autoptr (GArray) numbers = NULL;

  if (held == NULL)
    return NULL;
  numbers = list_numbers (db, held->row, error);
  if (numbers == NULL)
    return NULL;
  for (guint i = 0; i < numbers->len; i++)
    {
      gint64 n = g_array_index (numbers, gint64, i);
      g_autoptr (MdocGenerationRow) row = NULL;
      MdocRegisterGenerationInfo *info;

      if (!mdoc_register_find_generation (db, held->row, n, &row, error))
        return NULL;
      if (row == NULL)
        continue;
      info = g_new0 (MdocRegisterGenerationInfo, 1);
      g_ptr_array_add (infos, info);
      info->number = (guint) row->n;
      info->cause = g_steal_pointer (&row->cause);
      info->phase = g_steal_pointer (&row->phase);
      info->signed_at_s = row->signed_at_s;
      info->valid_until_s = row->valid_until_s;
      if (!fill_mso_ids (db, row->row, info, error))
        return NULL;
    }
  return g_steal_pointer (&infos);
}

GPtrArray *
mdoc_register_list_generations (MdocRegister *self,
                                const char *mid_uid,
                                GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *infos;

  if (db == NULL)
    return NULL;
  infos = list_generations (db, mid_uid, error);
  mdoc_register_return_reader (self, db);
  return infos;
}

/* the midUid behind an id, which is an MSO's or a midUid itself */
static gboolean
resolve_id (MdocDb *db, const char *id, char **ret_mid_uid, GError **error)
{
  g_autoptr (GBytes) mso_id = mdoc_hex_decode (id, NULL);
  g_autoptr (MdocCursor) cursor = NULL;
  gboolean has_row;

  *ret_mid_uid = NULL;
  if (mso_id == NULL)
    {
      *ret_mid_uid = g_strdup (id);
      return TRUE;
    }
  cursor = mdoc_cursor_open (db,
                             error,
                             "SELECT h.mid_uid FROM copy c JOIN generation g ON"
                             " g.id = c.generation JOIN device_credential h ON"
                             " h.id = g.device_credential WHERE c.mso_id = ?"
                             " AND g.phase NOT IN ('discarded', 'prepared')",
                             ARG_BYTES (mso_id));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (has_row)
    *ret_mid_uid = mdoc_cursor_dup_text (cursor, 0);
  return TRUE;
}

static const char *
check_status (MdocDb *db, const char *id, gint64 now_s, GError **error)
{
  g_autoptr (MdocHeldRow) held = NULL;
  g_autofree char *mid_uid = NULL;
  const char *effective;

  if (!resolve_id (db, id, &mid_uid, error)
      || (mid_uid != NULL
          && !mdoc_register_find_held (db, mid_uid, &held, error)))
    return NULL;
  if (held == NULL || held->newest == 0)
    return "unknown";

  effective = mdoc_held_get_effective (held, now_s);
  if (strcmp (effective, MDOC_STATE_SUSPENDED) == 0)
    return "suspended";
  if (strcmp (effective, MDOC_STATE_REVOKED) == 0
      || strcmp (effective, MDOC_STATE_REMOVED) == 0
      || strcmp (effective, MDOC_STATE_ABANDONED) == 0)
    return "revoked";
  return "valid";
}

const char *
mdoc_register_check_status (MdocRegister *self,
                            const char *id,
                            gint64 now_s,
                            GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  const char *status;

  if (db == NULL)
    return NULL;
  status = check_status (db, id, now_s, error);
  mdoc_register_return_reader (self, db);
  return status;
}
