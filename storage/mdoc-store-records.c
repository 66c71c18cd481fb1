/*
 * mdoc-store-records.c - what the agent has to do with issuing platforms
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-records.h"

#include <string.h>

#include "storage/mdoc-store-private.h"

#define COLUMNS                                                                \
  "id, issuer, state, link, created_unix_s, changed_unix_s, next_unix_s, "     \
  "detail "

#define LABEL_INSTANCE "wallet instance"

static const char *const tables[] = {
  [MDOC_RECORD_ISSUER] = "issuers",
  [MDOC_RECORD_EXCHANGE] = "exchanges",
  [MDOC_RECORD_ENROLMENT] = "enrolments",
  [MDOC_RECORD_MESSAGE] = "messages",
};

/* what the holder or the issuer has to say about it no more */
#define ENDED "('accepted', 'declined', 'failed')"

/* --- one record --- */

/**
 * mdoc_record_new:
 * @id: what it is found by
 * @issuer: the address of the platform
 * @state: how it is
 * @now_unix_s: the time
 *
 * Returns: (transfer full): a record with nothing in it, not yet in the store
 */
MdocRecord *
mdoc_record_new (const char *id,
                 const char *issuer,
                 const char *state,
                 gint64 now_unix_s)
{
  MdocRecord *record = g_new0 (MdocRecord, 1);

  record->id = g_strdup (id);
  record->issuer = g_strdup (issuer);
  record->state = g_strdup (state);
  record->link = g_strdup ("");
  record->created_unix_s = now_unix_s;
  record->changed_unix_s = now_unix_s;
  record->detail = g_variant_ref_sink (
      g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
  return record;
}

/**
 * mdoc_record_free:
 * @record: (nullable) (transfer full): a record
 */
void
mdoc_record_free (MdocRecord *record)
{
  if (record == NULL)
    return;

  g_free (record->id);
  g_free (record->issuer);
  g_free (record->state);
  g_free (record->link);
  g_clear_pointer (&record->detail, g_variant_unref);
  g_free (record);
}

/**
 * mdoc_record_set_state:
 * @record: a record
 * @state: how it is now
 * @now_unix_s: the time
 */
void
mdoc_record_set_state (MdocRecord *record, const char *state, gint64 now_unix_s)
{
  g_free (record->state);
  record->state = g_strdup (state);
  record->changed_unix_s = now_unix_s;
}

/**
 * mdoc_record_set_link:
 * @record: a record
 * @link: what it belongs to
 */
void
mdoc_record_set_link (MdocRecord *record, const char *link)
{
  g_free (record->link);
  record->link = g_strdup (link);
}

/**
 * mdoc_record_set:
 * @record: a record
 * @name: of a member of its detail
 * @value: (nullable): what it is to be, consumed if floating; or %NULL
 */
void
mdoc_record_set (MdocRecord *record, const char *name, GVariant *value)
{
  GVariantDict dict;
  GVariant *detail;

  g_variant_dict_init (&dict, record->detail);
  if (value != NULL)
    g_variant_dict_insert_value (&dict, name, value);
  else
    g_variant_dict_remove (&dict, name);
  detail = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_variant_unref (record->detail);
  record->detail = detail;
}

/**
 * mdoc_record_set_text:
 * @record: a record
 * @name: of a member of its detail
 * @text: (nullable): what it is to be
 */
void
mdoc_record_set_text (MdocRecord *record, const char *name, const char *text)
{
  mdoc_record_set (record,
                   name,
                   text != NULL ? g_variant_new_string (text) : NULL);
}

/**
 * mdoc_record_get_text:
 * @record: a record
 * @name: of a member of its detail
 *
 * Returns: (transfer none) (nullable): the text, until the detail is changed
 */
const char *
mdoc_record_get_text (const MdocRecord *record, const char *name)
{
  const char *text = NULL;

  (void) g_variant_lookup (record->detail, name, "&s", &text);
  return text;
}

/**
 * mdoc_record_get_int:
 * @record: a record
 * @name: of a member of its detail
 *
 * Returns: the number, or 0
 */
gint64
mdoc_record_get_int (const MdocRecord *record, const char *name)
{
  gint64 value = 0;

  (void) g_variant_lookup (record->detail, name, "x", &value);
  return value;
}

/**
 * mdoc_exchange_has_ended:
 * @exchange: an exchange
 *
 * Returns: whether nothing will become of it any more
 */
gboolean
mdoc_exchange_has_ended (const MdocRecord *exchange)
{
  return strcmp (exchange->state, MDOC_EXCHANGE_ACCEPTED) == 0
         || strcmp (exchange->state, MDOC_EXCHANGE_DECLINED) == 0
         || strcmp (exchange->state, MDOC_EXCHANGE_FAILED) == 0;
}

/**
 * mdoc_store_make_record_id:
 *
 * Returns: (transfer full): 16 hexadecimal digits by chance
 */
char *
mdoc_store_make_record_id (void)
{
  return mdoc_store_make_id ();
}

/* --- rows --- */

/* All of the row. No text in it has a line feed. */
static char *
make_row_name (const MdocRecord *record)
{
  return g_strdup_printf ("%s/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT
                          "/%" G_GINT64_FORMAT "/%s\n%s\n%s",
                          record->state,
                          record->created_unix_s,
                          record->changed_unix_s,
                          record->next_unix_s,
                          record->id,
                          record->link,
                          record->issuer);
}

static MdocSealPlace
get_place (MdocRecordKind kind, const char *row)
{
  return (MdocSealPlace){ .table = tables[kind],
                          .row = row,
                          .column = "detail",
                          .version = 4 };
}

static MdocRecord *
read_record (MdocStore *self,
             MdocRecordKind kind,
             sqlite3_stmt *statement,
             GError **error)
{
  g_autoptr (MdocRecord) record = g_new0 (MdocRecord, 1);
  g_autofree char *row = NULL;
  MdocSealPlace place;

  record->id = g_strdup (mdoc_store_column_text (statement, 0));
  record->issuer = g_strdup (mdoc_store_column_text (statement, 1));
  record->state = g_strdup (mdoc_store_column_text (statement, 2));
  record->link = g_strdup (mdoc_store_column_text (statement, 3));
  record->created_unix_s = sqlite3_column_int64 (statement, 4);
  record->changed_unix_s = sqlite3_column_int64 (statement, 5);
  record->next_unix_s = sqlite3_column_int64 (statement, 6);
  row = make_row_name (record);
  place = get_place (kind, row);
  record->detail = mdoc_store_open_variant (self,
                                            &place,
                                            mdoc_store_column_span (statement,
                                                                    7),
                                            error);
  return record->detail != NULL ? g_steal_pointer (&record) : NULL;
}

static gboolean
check_texts (const MdocRecord *record, GError **error)
{
  const char *const texts[] = { record->id, record->issuer, record->link };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (strlen (texts[i]) > MDOC_STORE_MAX_TEXT_LEN
          || strchr (texts[i], '\n') != NULL)
        return mdoc_store_refuse (error,
                                  MDOC_STORE_ERROR_LIMIT,
                                  "A name of the issuer is one line of at most "
                                  "%d bytes",
                                  MDOC_STORE_MAX_TEXT_LEN);
    }

  return TRUE;
}

static gboolean
write_row (MdocStore *self,
           MdocRecordKind kind,
           const MdocRecord *record,
           const char *verb,
           const char *rest,
           GError **error)
{
  g_autofree char *sql = g_strconcat (verb, tables[kind], rest, NULL);
  g_autofree char *row = make_row_name (record);
  MdocSealPlace place = get_place (kind, row);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GBytes) sealed = NULL;
  guint n_changed;

  if (!check_texts (record, error))
    return FALSE;

  sealed = mdoc_store_seal_variant (self, &place, record->detail, error);
  if (sealed == NULL)
    return FALSE;
  statement = mdoc_store_prepare (self, sql, error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, record->id);
  mdoc_store_bind_text (statement, 2, record->issuer);
  mdoc_store_bind_text (statement, 3, record->state);
  mdoc_store_bind_text (statement, 4, record->link);
  mdoc_store_bind_int (statement, 5, record->created_unix_s);
  mdoc_store_bind_int (statement, 6, record->changed_unix_s);
  mdoc_store_bind_int (statement, 7, record->next_unix_s);
  mdoc_store_bind_span (statement, 8, mdoc_span_from_bytes (sealed));
  if (!mdoc_store_run (self, statement, &n_changed, error))
    return FALSE;

  return n_changed == 1 ? TRUE
                        : mdoc_store_refuse (error,
                                             MDOC_STORE_ERROR_NOT_FOUND,
                                             "There is no such row of %s",
                                             tables[kind]);
}

/* --- room --- */

static gboolean
check_count (MdocStore *self,
             const char *sql,
             guint max,
             const char *what,
             GError **error)
{
  guint n;

  if (!mdoc_store_count (self, sql, &n, error))
    return FALSE;

  return n < max ? TRUE
                 : mdoc_store_refuse (error,
                                      MDOC_STORE_ERROR_LIMIT,
                                      "The store has room for %u %s",
                                      max,
                                      what);
}

static gboolean
make_room (MdocStore *self, MdocRecordKind kind, GError **error)
{
  g_autofree char *sql = NULL;

  switch (kind)
    {
    case MDOC_RECORD_ISSUER:
      return check_count (self,
                          "SELECT count(*) FROM issuers",
                          MDOC_STORE_MAX_ISSUERS,
                          "issuers",
                          error);
    case MDOC_RECORD_EXCHANGE:
      sql = g_strdup_printf ("DELETE FROM exchanges WHERE state IN " ENDED
                             " AND id NOT IN (SELECT id FROM exchanges "
                             "WHERE state IN " ENDED
                             " ORDER BY changed_unix_s DESC LIMIT %d)",
                             MDOC_STORE_MAX_ENDED_EXCHANGES);
      return mdoc_store_exec (self, sql, error)
             && check_count (self,
                             "SELECT count(*) FROM exchanges WHERE state NOT "
                             "IN " ENDED,
                             MDOC_STORE_MAX_EXCHANGES,
                             "offers",
                             error);
    case MDOC_RECORD_MESSAGE:
      sql = g_strdup_printf ("DELETE FROM messages WHERE id NOT IN "
                             "(SELECT id FROM messages ORDER BY "
                             "created_unix_s DESC, rowid DESC LIMIT %d)",
                             MDOC_STORE_MAX_MESSAGES - 1);
      return mdoc_store_exec (self, sql, error);
    case MDOC_RECORD_ENROLMENT: /* as many as there are documents */
    default:
      return TRUE;
    }
}

/* --- all of them --- */

typedef struct
{
  MdocRecordKind kind;
  const MdocRecord *record;
} Addition;

static gboolean
add_record (MdocStore *self, gpointer user_data, GError **error)
{
  const Addition *what = user_data;

  return make_room (self, what->kind, error)
         && write_row (self,
                       what->kind,
                       what->record,
                       "INSERT INTO ",
                       " (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                       error);
}

/**
 * mdoc_store_add_record:
 * @self: a store
 * @kind: of what kind
 * @record: what is to be kept
 * @error: return location for a #MdocStoreError: %MDOC_STORE_ERROR_EXISTS if
 *   there is one of this id, %MDOC_STORE_ERROR_LIMIT if there is no room
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_add_record (MdocStore *self,
                       MdocRecordKind kind,
                       const MdocRecord *record,
                       GError **error)
{
  Addition what = { kind, record };

  return mdoc_store_transact (self, add_record, &what, error);
}

/**
 * mdoc_store_write_record:
 * @self: a store
 * @kind: of what kind
 * @record: the record as it shall be
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_write_record (MdocStore *self,
                         MdocRecordKind kind,
                         const MdocRecord *record,
                         GError **error)
{
  return write_row (self,
                    kind,
                    record,
                    "UPDATE ",
                    " SET issuer = ?2, state = ?3, link = ?4, "
                    "created_unix_s = ?5, changed_unix_s = ?6, "
                    "next_unix_s = ?7, detail = ?8 WHERE id = ?1",
                    error);
}

/**
 * mdoc_store_find_record:
 * @self: a store
 * @kind: of what kind
 * @id: which
 * @ret_record: (out) (transfer full) (nullable): the record, if there is one
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_find_record (MdocStore *self,
                        MdocRecordKind kind,
                        const char *id,
                        MdocRecord **ret_record,
                        GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT " COLUMNS
                                          "FROM %s WHERE id = ?",
                                          tables[kind]);
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  if (!mdoc_store_step (statement, &has_row, error))
    return FALSE;

  if (!has_row)
    {
      *ret_record = NULL;
      return TRUE;
    }

  *ret_record = read_record (self, kind, statement, error);
  return *ret_record != NULL;
}

/**
 * mdoc_store_get_record:
 * @self: a store
 * @kind: of what kind
 * @id: which
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full): the record, or %NULL with @error set
 */
MdocRecord *
mdoc_store_get_record (MdocStore *self,
                       MdocRecordKind kind,
                       const char *id,
                       GError **error)
{
  static const char *const names[] = {
    [MDOC_RECORD_ISSUER] = "issuer",
    [MDOC_RECORD_EXCHANGE] = "offer",
    [MDOC_RECORD_ENROLMENT] = "issuer of this credential",
    [MDOC_RECORD_MESSAGE] = "message",
  };
  MdocRecord *record;

  if (!mdoc_store_find_record (self, kind, id, &record, error))
    return NULL;
  if (record == NULL)
    mdoc_store_refuse (error,
                       MDOC_STORE_ERROR_NOT_FOUND,
                       "There is no such %s",
                       names[kind]);
  return record;
}

/**
 * mdoc_store_list_records:
 * @self: a store
 * @kind: of what kind
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocRecord): all of them, oldest
 *   first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_records (MdocStore *self, MdocRecordKind kind, GError **error)
{
  g_autofree char *sql
      = g_strdup_printf ("SELECT " COLUMNS
                         "FROM %s ORDER BY created_unix_s, rowid",
                         tables[kind]);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_record_free);
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  for (;;)
    {
      MdocRecord *record;

      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&records);

      record = read_record (self, kind, statement, error);
      if (record == NULL)
        return NULL;
      g_ptr_array_add (records, record);
    }
}

/**
 * mdoc_store_remove_record:
 * @self: a store
 * @kind: of what kind
 * @id: which
 * @error: return location for a #MdocStoreError
 *
 * Takes a record away; one that is not there is no error.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_remove_record (MdocStore *self,
                          MdocRecordKind kind,
                          const char *id,
                          GError **error)
{
  g_autofree char *sql = g_strdup_printf ("DELETE FROM %s WHERE id = ?",
                                          tables[kind]);
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  return mdoc_store_run (self, statement, NULL, error);
}

/* --- the key by which an issuer knows us --- */

typedef struct
{
  const char *issuer;
  gint64 now_unix_s;
  char *key_id;
} Instance;

/* The key first: a record never names one that is not there. A crash between
 * the two is none, as both are one transaction; a key in a token that is left
 * over then is of no use to anybody. */
static gboolean
make_instance (MdocStore *self, gpointer user_data, GError **error)
{
  Instance *what = user_data;
  g_autoptr (MdocRecord) record = NULL;
  g_autoptr (MdocStoredKey) key = NULL;
  gboolean exists;

  if (!mdoc_store_find_record (self,
                               MDOC_RECORD_ISSUER,
                               what->issuer,
                               &record,
                               error))
    return FALSE;

  exists = record != NULL;
  if (!exists)
    record = mdoc_record_new (what->issuer,
                              what->issuer,
                              MDOC_ISSUER_KNOWN,
                              what->now_unix_s);
  if (record->link[0] == '\0')
    {
      key = mdoc_store_create_key (self,
                                   MDOC_CURVE_P256,
                                   MDOC_KEY_AUTH_SIGNATURE,
                                   LABEL_INSTANCE,
                                   what->now_unix_s,
                                   error);
      if (key == NULL)
        return FALSE;
      mdoc_record_set_link (record, key->id);
      if (exists ? !mdoc_store_write_record (self,
                                             MDOC_RECORD_ISSUER,
                                             record,
                                             error)
                 : !mdoc_store_add_record (self,
                                           MDOC_RECORD_ISSUER,
                                           record,
                                           error))
        return FALSE;
    }

  what->key_id = g_strdup (record->link);
  return TRUE;
}

/**
 * mdoc_store_load_instance_key:
 * @self: a store
 * @issuer: the address of a platform
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError, #MdocKeystoreError or
 *   #MdocCryptoError
 *
 * Makes the record of the issuer, and the key, when they are first needed; both
 * are durable when this returns.
 *
 * Returns: (transfer full): the key by which this issuer knows us, or %NULL
 *   with @error set
 */
MdocKey *
mdoc_store_load_instance_key (MdocStore *self,
                              const char *issuer,
                              gint64 now_unix_s,
                              GError **error)
{
  Instance what = { issuer, now_unix_s, NULL };
  g_autofree char *key_id = NULL;

  if (!mdoc_store_transact (self, make_instance, &what, error))
    {
      g_free (what.key_id);
      return NULL;
    }

  key_id = what.key_id;
  return mdoc_store_load_key (self, key_id, error);
}
