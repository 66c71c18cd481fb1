/*
 * mdoc-register-lists.c - places on status lists, and what stands there
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define ROUNDS  4
#define KEY_LEN 32
/* an identifier list has no places that could run out; this many identifiers on
 * one, so that none grows without end */
#define MAX_IDS 1000000

/* Places are given away in an order that nobody can tell without the key of the
 * list, and each once: the n-th is n, put through a permutation of the numbers
 * below @size. That is a Feistel network over the next even number of bits,
 * walked until the result is in range. */
static guint32
scramble (const guint8 *key, guint32 value, guint half_bits)
{
  guint32 mask = (1u << half_bits) - 1;
  guint32 left = value >> half_bits;
  guint32 right = value & mask;

  for (guint8 round = 0; round < ROUNDS; round++)
    {
      const guint8 message[] = { round,
                                 (guint8) (right >> 24),
                                 (guint8) (right >> 16),
                                 (guint8) (right >> 8),
                                 (guint8) right };
      const MdocSpan part = MDOC_SPAN (message, sizeof message);
      guint8 mac[MDOC_HASH_MAX_LEN];
      guint32 next;

      mdoc_hmac_compute (MDOC_HASH_SHA256,
                         MDOC_SPAN (key, KEY_LEN),
                         &part,
                         1,
                         mac);
      memcpy (&next, mac, sizeof next);
      next = left ^ (next & mask);
      left = right;
      right = next;
    }
  return (left << half_bits) | right;
}

static guint32
permute (const guint8 *key, guint32 n, guint32 size)
{
  guint half_bits = (g_bit_storage (size > 1 ? size - 1 : 1) + 1) / 2;

  do
    n = scramble (key, n, half_bits);
  while (n >= size);
  return n;
}

static gboolean
add_list (MdocRegister *self, const char *signer, guint bits, GError **error)
{
  guint8 key[KEY_LEN];
  guint8 id[8];
  g_autofree char *uid = NULL;

  mdoc_random_fill (key, sizeof key);
  mdoc_random_fill (id, sizeof id);
  uid = g_strdup_printf ("%02x%02x%02x%02x%02x%02x%02x%02x",
                         id[0],
                         id[1],
                         id[2],
                         id[3],
                         id[4],
                         id[5],
                         id[6],
                         id[7]);
  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO status_list (uid, bits, size, used, key,"
                      " version, signer) VALUES (?, ?, ?, 0, ?, 1, ?)",
                      ARG_TEXT (uid),
                      ARG_INT (bits),
                      ARG_INT (bits != 0 ? self->list_size : MAX_IDS),
                      ARG_BLOB (MDOC_SPAN (key, sizeof key)),
                      ARG_TEXT (signer));
}

static gboolean
find_room (MdocRegister *self,
           const char *signer,
           guint bits,
           gint64 *ret_list,
           char **ret_list_id,
           guint64 *ret_idx,
           GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT id, uid, used, size, key FROM status_list"
                          " WHERE bits = ? AND signer = ? AND used < size"
                          " ORDER BY id LIMIT 1",
                          ARG_INT (bits),
                          ARG_TEXT (signer));
  g_autoptr (GBytes) key = NULL;
  gboolean has_row;

  *ret_list = 0;
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;

  key = mdoc_cursor_dup_bytes (cursor, 4);
  if (key == NULL || g_bytes_get_size (key) != KEY_LEN)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STORE,
                                 "A status list has lost its key");
  *ret_list = mdoc_cursor_get_int (cursor, 0);
  *ret_list_id = mdoc_cursor_dup_text (cursor, 1);
  *ret_idx = bits == 0 ? 0
                       : permute (mdoc_span_from_bytes (key).data,
                                  (guint32) mdoc_cursor_get_int (cursor, 2),
                                  (guint32) mdoc_cursor_get_int (cursor, 3));
  return TRUE;
}

gboolean
mdoc_register_take_place (MdocRegister *self,
                          const char *signer,
                          guint bits,
                          gint64 *ret_list,
                          char **ret_list_id,
                          guint64 *ret_idx,
                          GError **error)
{
  if (!find_room (self, signer, bits, ret_list, ret_list_id, ret_idx, error))
    return FALSE;
  if (*ret_list == 0
      && (!add_list (self, signer, bits, error)
          || !find_room (self,
                         signer,
                         bits,
                         ret_list,
                         ret_list_id,
                         ret_idx,
                         error)))
    return FALSE;
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE status_list SET used = used + 1 WHERE id = ?",
                      ARG_INT (*ret_list));
}

static gboolean
bump (MdocRegister *self, gint64 list, GError **error)
{
  self->has_news = TRUE;
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE status_list SET version = version + 1"
                      " WHERE id = ?",
                      ARG_INT (list));
}

/* @bits: of the list; one bit can say invalid, only (lifecycle, C7) */
static gboolean
set_entry (MdocRegister *self,
           gint64 list,
           gint64 idx,
           gint64 bits,
           guint value,
           GError **error)
{
  gboolean is_done;

  if (bits < 2 && value != MDOC_STATUS_VALID)
    value = MDOC_STATUS_INVALID;
  if (value == MDOC_STATUS_VALID)
    is_done = mdoc_db_run (&self->writer,
                           error,
                           "DELETE FROM status_entry WHERE list = ? AND"
                           " idx = ?",
                           ARG_INT (list),
                           ARG_INT (idx));
  else
    is_done = mdoc_db_run (&self->writer,
                           error,
                           "INSERT INTO status_entry (list, idx, value)"
                           " VALUES (?1, ?2, ?3) ON CONFLICT (list, idx) DO"
                           " UPDATE SET value = ?3 WHERE value <> ?3",
                           ARG_INT (list),
                           ARG_INT (idx),
                           ARG_INT (value));
  return is_done
         && (mdoc_db_get_n_changed (&self->writer) == 0
             || bump (self, list, error));
}

static gboolean
set_listed (MdocRegister *self,
            gint64 list,
            GBytes *mso_id,
            gint64 valid_until_s,
            guint value,
            GError **error)
{
  gboolean is_done;

  if (value == MDOC_STATUS_VALID)
    is_done = mdoc_db_run (&self->writer,
                           error,
                           "DELETE FROM listed_id WHERE list = ? AND"
                           " mso_id = ?",
                           ARG_INT (list),
                           ARG_BYTES (mso_id));
  else
    is_done = mdoc_db_run (&self->writer,
                           error,
                           "INSERT INTO listed_id (list, mso_id, valid_until)"
                           " VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                           ARG_INT (list),
                           ARG_BYTES (mso_id),
                           ARG_INT (valid_until_s));
  return is_done
         && (mdoc_db_get_n_changed (&self->writer) == 0
             || bump (self, list, error));
}

typedef struct
{
  gint64 list;
  gint64 idx;
  gint64 bits;
  gint64 id_list;
  GBytes *mso_id;
  gint64 valid_until_s;
} Place;

static void
place_clear (gpointer data)
{
  Place *place = data;

  g_clear_pointer (&place->mso_id, g_bytes_unref);
}

static GArray *
load_places (MdocRegister *self, gint64 generation, GError **error)
{
  g_autoptr (GArray) places = g_array_new (FALSE, TRUE, sizeof (Place));
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT c.list, c.idx, l.bits, c.id_list, c.mso_id,"
                          " g.valid_until FROM copy c JOIN generation g ON"
                          " g.id = c.generation LEFT JOIN status_list l ON"
                          " l.id = c.list WHERE c.generation = ?",
                          ARG_INT (generation));
  gboolean has_row = TRUE;

  g_array_set_clear_func (places, place_clear);
  if (cursor == NULL)
    return NULL;
  while (has_row)
    {
      Place place = { 0 };

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      place.list = mdoc_cursor_get_int (cursor, 0);
      place.idx = mdoc_cursor_get_int (cursor, 1);
      place.bits = mdoc_cursor_get_int (cursor, 2);
      place.id_list = mdoc_cursor_get_int (cursor, 3);
      place.mso_id = mdoc_cursor_dup_bytes (cursor, 4);
      place.valid_until_s = mdoc_cursor_get_int (cursor, 5);
      g_array_append_val (places, place);
    }
  return g_steal_pointer (&places);
}

gboolean
mdoc_register_set_entries (MdocRegister *self,
                           gint64 generation,
                           guint value,
                           GError **error)
{
  g_autoptr (GArray) places = load_places (self, generation, error);

  if (places == NULL)
    return FALSE;
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = &g_array_index (places, Place, i);

      if (place->list != 0
          && !set_entry (self,
                         place->list,
                         place->idx,
                         place->bits,
                         value,
                         error))
        return FALSE;
      if (place->id_list != 0
          && !set_listed (self,
                          place->id_list,
                          place->mso_id,
                          place->valid_until_s,
                          value,
                          error))
        return FALSE;
    }
  return TRUE;
}

static guint
get_value (const MdocHeldRow *held)
{
  static const char *const final[] = { MDOC_STATE_REVOKED,
                                       MDOC_STATE_REMOVED,
                                       MDOC_STATE_ABANDONED,
                                       NULL };

  if (g_strv_contains (final, held->state)
      || strcmp (held->credential_state, MDOC_STATE_REVOKED) == 0)
    return MDOC_STATUS_INVALID;
  if (strcmp (held->state, MDOC_STATE_SUSPENDED) == 0
      || strcmp (held->credential_state, MDOC_STATE_SUSPENDED) == 0)
    return MDOC_STATUS_SUSPENDED;
  return MDOC_STATUS_VALID;
}

/* What is over stays over: a generation that was discarded or replaced for the
 * sake of its data never becomes valid again. */
gboolean
mdoc_register_publish (MdocRegister *self,
                       const MdocHeldRow *held,
                       GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT id FROM generation WHERE"
                          " device_credential = ? AND phase <> 'discarded'",
                          ARG_INT (held->row));
  g_autoptr (GArray) rows = mdoc_cursor_list_ints (cursor, error);
  guint value = get_value (held);

  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    if (!mdoc_register_set_entries (self,
                                    g_array_index (rows, gint64, i),
                                    value,
                                    error))
      return FALSE;
  return TRUE;
}

void
mdoc_register_list_info_free (MdocRegisterListInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->signer);
  g_free (self);
}

static gpointer
read_info (MdocCursor *cursor)
{
  MdocRegisterListInfo *info = g_new0 (MdocRegisterListInfo, 1);

  info->id = mdoc_cursor_dup_text (cursor, 0);
  info->bits = (guint) mdoc_cursor_get_int (cursor, 1);
  info->is_identifier_list = info->bits == 0;
  info->size = info->bits != 0 ? (guint) mdoc_cursor_get_int (cursor, 2) : 0;
  info->n_used = (guint) mdoc_cursor_get_int (cursor, 3);
  info->version = mdoc_cursor_get_int (cursor, 4);
  info->signer = mdoc_cursor_dup_text (cursor, 5);
  info->told_version = mdoc_cursor_get_int (cursor, 6);
  return info;
}

static GPtrArray *
list_lists (MdocDb *db, const char *id, GError **error)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_list_info_free);
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT uid, bits, size, used, version, signer, told"
                          " FROM status_list WHERE ?1 IS NULL OR uid = ?1"
                          " ORDER BY id",
                          ARG_TEXT (id));

  return mdoc_cursor_collect (cursor, read_info, lists, error)
             ? g_steal_pointer (&lists)
             : NULL;
}

GPtrArray *
mdoc_register_list_lists (MdocRegister *self, const char *id, GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *lists;

  if (db == NULL)
    return NULL;
  lists = list_lists (db, id, error);
  mdoc_register_return_reader (self, db);
  return lists;
}

/* The version is read before the content: what is told is never older than it
 * says, and what was changed in between is fetched again. */
static MdocStatusList *
build_list (MdocDb *db, const char *id, gint64 *ret_version, GError **error)
{
  g_autoptr (MdocCursor) cursor = NULL;
  g_autoptr (GPtrArray) infos = list_lists (db, id, error);
  g_autoptr (MdocStatusList) list = NULL;
  const MdocRegisterListInfo *info;
  gboolean has_row = TRUE;

  if (infos == NULL)
    return NULL;
  info = infos->len == 1 ? infos->pdata[0] : NULL;
  if (info == NULL || info->is_identifier_list)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_NOT_FOUND,
                            "There is no such status list");
      return NULL;
    }
  list = mdoc_status_list_new (info->bits, info->size, error);
  if (list == NULL)
    return NULL;

  cursor = mdoc_cursor_open (db,
                             error,
                             "SELECT idx, value FROM status_entry WHERE list ="
                             " (SELECT id FROM status_list WHERE uid = ?)",
                             ARG_TEXT (id));
  if (cursor == NULL)
    return NULL;
  while (has_row)
    {
      if (!mdoc_cursor_next (cursor, &has_row, error))
        return NULL;
      if (has_row)
        mdoc_status_list_set (list,
                              (guint64) mdoc_cursor_get_int (cursor, 0),
                              (guint) mdoc_cursor_get_int (cursor, 1));
    }

  *ret_version = info->version;
  return g_steal_pointer (&list);
}

MdocStatusList *
mdoc_register_build_list (MdocRegister *self,
                          const char *id,
                          gint64 *ret_version,
                          GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocStatusList *list;

  if (db == NULL)
    return NULL;
  list = build_list (db, id, ret_version, error);
  mdoc_register_return_reader (self, db);
  return list;
}

static GPtrArray *
build_identifiers (MdocDb *db,
                   const char *id,
                   gint64 *ret_version,
                   GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) infos = list_lists (db, id, error);
  g_autoptr (MdocCursor) cursor = NULL;
  const MdocRegisterListInfo *info;
  gboolean has_row = TRUE;

  if (infos == NULL)
    return NULL;
  info = infos->len == 1 ? infos->pdata[0] : NULL;
  if (info == NULL || !info->is_identifier_list)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_NOT_FOUND,
                            "There is no such identifier list");
      return NULL;
    }
  cursor = mdoc_cursor_open (db,
                             error,
                             "SELECT mso_id FROM listed_id WHERE list ="
                             " (SELECT id FROM status_list WHERE uid = ?)"
                             " ORDER BY mso_id",
                             ARG_TEXT (id));
  if (cursor == NULL)
    return NULL;
  while (has_row)
    {
      if (!mdoc_cursor_next (cursor, &has_row, error))
        return NULL;
      if (has_row)
        g_ptr_array_add (ids, mdoc_cursor_dup_bytes (cursor, 0));
    }

  *ret_version = info->version;
  return g_steal_pointer (&ids);
}

GPtrArray *
mdoc_register_build_identifiers (MdocRegister *self,
                                 const char *id,
                                 gint64 *ret_version,
                                 GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *ids;

  if (db == NULL)
    return NULL;
  ids = build_identifiers (db, id, ret_version, error);
  mdoc_register_return_reader (self, db);
  return ids;
}
