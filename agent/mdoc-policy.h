/*
 * mdoc-policy.h - what may leave without the holder being asked
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "agent/mdoc-selection.h"
#include "storage/mdoc-store-policies.h"

G_BEGIN_DECLS

#define MDOC_POLICY_MAX_ELEMENTS    64
#define MDOC_POLICY_MAX_NAME_LEN    255 /* bytes of a type, space or element */
#define MDOC_POLICY_MAX_FILE_BYTES  ((gsize) 256 * 1024)
#define MDOC_POLICY_MAX_ID_LEN      64
#define MDOC_POLICY_ACTIVE          "active"
#define MDOC_POLICY_EXPIRED         "expired"
#define MDOC_POLICY_SPENT           "spent"
#define MDOC_POLICY_DAMAGED         "damaged"
#define MDOC_POLICY_TIME_IS_UNKNOWN "time-unknown"

/* One data element. */
typedef struct
{
  char *name_space;
  char *element;
} MdocPolicyElement;

/**
 * MdocPolicy:
 * @id: of one of a file its name
 * @origin: where it comes from
 * @added_unix_s: since when it is known
 * @uses: how often it has answered
 * @is_damaged: it was tampered with: nothing below is there, it allows nothing
 * @label: what people call it, or ""
 * @reader_anchor: SHA-256 of the trust anchor that vouches for the reader, in
 *   hexadecimal
 * @doc_type: of the document
 * @elements: (element-type MdocPolicyElement): what may leave of it
 * @may_be_retained: whether they may leave to a reader that will keep them
 * @max_uses: how often it answers; 0 for no limit
 * @expires_unix_s: when it ends; 0 for never
 *
 * A standing policy: the holder's yes, said in advance, to one thing. It stands
 * in for the answer of a consent agent and for nothing else: what it lets go
 * still has to have been asked for, by a trusted reader, and to be held against
 * all that holds for answers (mdoc_proposal_apply()).
 */
typedef struct
{
  char *id;
  MdocPolicyOrigin origin;
  gint64 added_unix_s;
  guint32 uses;
  gboolean is_damaged;

  char *label;
  char *reader_anchor;
  char *doc_type;
  GPtrArray *elements;
  gboolean may_be_retained;
  guint32 max_uses;
  gint64 expires_unix_s;
} MdocPolicy;

void mdoc_policy_free (MdocPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocPolicy, mdoc_policy_free)

/* @dict: an `a{sv}` from a caller: one of AddPolicy(), checked to the last key
 */
MdocPolicy *mdoc_policy_new_from_variant (GVariant *dict, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* what the store keeps of it */
GVariant *mdoc_policy_to_detail (const MdocPolicy *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* what callers are told of it */
GVariant *mdoc_policy_to_variant (const MdocPolicy *self, MdocMoment now)
    G_GNUC_WARN_UNUSED_RESULT;

/* `MDOC_POLICY_…`; only an active one allows anything */
const char *mdoc_policy_get_state (const MdocPolicy *self, MdocMoment now);
gboolean mdoc_policy_has_element (const MdocPolicy *self,
                                  const char *name_space,
                                  const char *element);

/* the policies of a file, mdoc-policy(5) */
GPtrArray *mdoc_policy_file_load (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_policy_file_parse (const char *text, gsize len, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* those of the file and those of the holder, each with its count */
GPtrArray *
mdoc_policy_list (MdocStore *store, GPtrArray *of_file, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
