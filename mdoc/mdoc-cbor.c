/*
 * mdoc-cbor.c - the door for CBOR that somebody else wrote
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor.h"

#include "mdoc/mdoc-cbor-head.h"

/* Up to here each key of a map is compared with each other one; above, they are
 * sorted first, so that no message costs quadratic time. */
#define MAX_UNSORTED_KEYS 16
typedef struct
{
  MdocCborCursor cursor;
  const MdocCborLimits *limits;
  guint n_items;
} Scan;

static gboolean
has_equal_keys (MdocCborKey *keys, guint n_keys)
{
  if (n_keys <= MAX_UNSORTED_KEYS)
    {
      for (guint i = 1; i < n_keys; i++)
        for (guint j = 0; j < i; j++)
          if (mdoc_cbor_key_compare (&keys[i], &keys[j]) == 0)
            return TRUE;
      return FALSE;
    }

  qsort (keys, n_keys, sizeof (MdocCborKey), mdoc_cbor_key_compare);
  for (guint i = 1; i < n_keys; i++)
    if (mdoc_cbor_key_compare (&keys[i], &keys[i - 1]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean scan_item (Scan *scan, guint depth, GError **error);

static gboolean
scan_array (Scan *scan, guint64 n_members, guint depth, GError **error)
{
  for (guint64 i = 0; i < n_members; i++)
    if (!scan_item (scan, depth, error))
      return FALSE;

  return TRUE;
}

static gboolean
scan_map (Scan *scan, gsize start, guint64 n_pairs, guint depth, GError **error)
{
  MdocCborKey few[MAX_UNSORTED_KEYS];
  g_autoptr (GArray) many = NULL;
  const MdocCborCursor *cursor = &scan->cursor;

  /* grows with the pairs that are really there, not with those announced */
  if (n_pairs > MAX_UNSORTED_KEYS)
    many = g_array_new (FALSE, FALSE, sizeof (MdocCborKey));

  for (guint64 i = 0; i < n_pairs; i++)
    {
      gsize key_start = cursor->pos;
      MdocCborKey key;

      if (!scan_item (scan, depth, error))
        return FALSE;
      key = mdoc_cbor_key_read (cursor->data + key_start,
                                cursor->pos - key_start);
      if (many != NULL)
        g_array_append_val (many, key);
      else
        few[i] = key;

      if (!scan_item (scan, depth, error))
        return FALSE;
    }

  if (has_equal_keys (many != NULL ? (MdocCborKey *) (gpointer) many->data
                                   : few,
                      (guint) n_pairs))
    return mdoc_cbor_refuse_at (error,
                                MDOC_CBOR_ERROR_DUPLICATE,
                                start,
                                "A key stands twice in the map");

  return TRUE;
}

static gboolean
scan_container (Scan *scan,
                gsize start,
                const MdocCborHead *head,
                guint depth,
                GError **error)
{
  if (depth >= scan->limits->max_depth)
    return mdoc_cbor_refuse_at (error,
                                MDOC_CBOR_ERROR_LIMIT,
                                start,
                                "Nested too deeply");

  /* Every member takes at least one byte, so a count that the rest of the input
   * cannot hold is a lie; compare by division before anything is multiplied. */
  if (head->argument > (scan->cursor.len - scan->cursor.pos)
                           / (head->major == MDOC_CBOR_MAJOR_MAP ? 2 : 1))
    return mdoc_cbor_refuse_at (error,
                                MDOC_CBOR_ERROR_TRUNCATED,
                                start,
                                "More elements announced than the input can "
                                "hold");

  if (head->major == MDOC_CBOR_MAJOR_MAP)
    return scan_map (scan, start, head->argument, depth + 1, error);
  return scan_array (scan, head->argument, depth + 1, error);
}

static gboolean
scan_item (Scan *scan, guint depth, GError **error)
{
  gsize start = scan->cursor.pos;
  MdocCborHead head;

  if (!mdoc_cbor_head_read (&scan->cursor, &head, error))
    return FALSE;

  if (++scan->n_items > scan->limits->max_items)
    return mdoc_cbor_refuse_at (error,
                                MDOC_CBOR_ERROR_LIMIT,
                                start,
                                "Too many items");

  switch (head.major)
    {
    case MDOC_CBOR_MAJOR_UINT:
    case MDOC_CBOR_MAJOR_NEGINT:
      return TRUE;

    case MDOC_CBOR_MAJOR_BYTES:
    case MDOC_CBOR_MAJOR_TEXT:
      if (head.argument > scan->cursor.len - scan->cursor.pos)
        return mdoc_cbor_refuse_at (error,
                                    MDOC_CBOR_ERROR_TRUNCATED,
                                    start,
                                    "String reaches past the input");
      scan->cursor.pos += (gsize) head.argument;
      return TRUE;

    case MDOC_CBOR_MAJOR_ARRAY:
    case MDOC_CBOR_MAJOR_MAP:
      return scan_container (scan, start, &head, depth, error);

    case MDOC_CBOR_MAJOR_TAG:
      if (depth >= scan->limits->max_depth)
        return mdoc_cbor_refuse_at (error,
                                    MDOC_CBOR_ERROR_LIMIT,
                                    start,
                                    "Nested too deeply");
      return scan_item (scan, depth + 1, error);

    case MDOC_CBOR_MAJOR_SIMPLE:
      if (head.info == MDOC_CBOR_INFO_1_BYTE
          && head.argument < MDOC_CBOR_SIMPLE_1_BYTE_MIN)
        return mdoc_cbor_refuse_at (error,
                                    MDOC_CBOR_ERROR_MALFORMED,
                                    start,
                                    "Simple value in the wrong form");
      return TRUE;

    default:
      g_assert_not_reached ();
    }
}

/**
 * mdoc_cbor_open:
 * @encoded: a message from outside this process; must outlive @ret_item
 * @limits: what the message may cost us
 * @ret_item: (out): its outermost item; left alone on failure
 * @error: return location for a #MdocCborError
 *
 * The one door for foreign bytes: checks that @encoded is exactly one
 * well-formed data item within @limits whose maps have no key twice. Only what
 * came through it may be looked at with the functions below, which rely on it.
 *
 * Keys are compared by value if they are a number, text or bytes, however long
 * their heads are; those made of several items, which no message of ours has,
 * by their bytes.
 *
 * Heads longer than needed are accepted, since issuers in the field write them;
 * indefinite lengths are not. Memory is taken only for the keys of large maps.
 * The time is linear in the length but for sorting those keys.
 *
 * Returns: %TRUE if @encoded passed
 */
gboolean
mdoc_cbor_open (MdocSpan encoded,
                const MdocCborLimits *limits,
                MdocCborItem *ret_item,
                GError **error)
{
  Scan scan = { .limits = limits };

  g_return_val_if_fail (encoded.data != NULL || encoded.len == 0, FALSE);
  g_return_val_if_fail (limits != NULL, FALSE);
  g_return_val_if_fail (limits->max_depth <= MDOC_CBOR_MAX_DEPTH, FALSE);
  g_return_val_if_fail (ret_item != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  scan.cursor = (MdocCborCursor){ .data = encoded.data, .len = encoded.len };
  if (encoded.len > limits->max_bytes)
    return mdoc_cbor_refuse_at (error,
                                MDOC_CBOR_ERROR_LIMIT,
                                0,
                                "Message too long");

  if (!scan_item (&scan, 0, error))
    return FALSE;

  if (scan.cursor.pos != scan.cursor.len)
    return mdoc_cbor_refuse_at (error,
                                MDOC_CBOR_ERROR_TRAILING,
                                scan.cursor.pos,
                                "Bytes after the message");

  *ret_item = (MdocCborItem){ encoded.data, encoded.len };
  return TRUE;
}
