/*
 * mdoc-master-key.h - where the key that seals the store comes from
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-secret.h"

G_BEGIN_DECLS

#define MDOC_MASTER_KEY_LEN          32
#define MDOC_MASTER_KEY_MAX_NAME_LEN 255 /* bytes, of a credential */

/**
 * MdocMasterKeyClass:
 * @kind: "file", "credential", "tpm" or "passphrase"
 * @load: the key of a store that exists; %MDOC_STORE_ERROR_WRONG_KEY if there
 *   is none
 * @create: a key for a store that is about to be made, durable when this
 *   returns. A key left by a start that was cut short is taken, not replaced.
 * @free: lets go of the source
 *
 * What a source of the master key fills in. The store asks once, when it is
 * opened, and wipes the answer when it has derived what it needs.
 */
typedef struct
{
  const char *kind;
  MdocSecret *(*load) (gpointer impl, GError **error);
  MdocSecret *(*create) (gpointer impl, GError **error);
  void (*free) (gpointer impl);
} MdocMasterKeyClass;

/**
 * MdocMasterKey:
 *
 * A source of the 32 bytes under which a store is sealed. It holds the way to
 * the key, not the key.
 */
typedef struct _MdocMasterKey MdocMasterKey;

/* @klass lives for ever; @impl belongs to the source from now on */
MdocMasterKey *mdoc_master_key_new (const MdocMasterKeyClass *klass,
                                    gpointer impl) G_GNUC_WARN_UNUSED_RESULT;
MdocMasterKey *mdoc_master_key_new_file (const char *path)
    G_GNUC_WARN_UNUSED_RESULT;
MdocMasterKey *mdoc_master_key_new_credential (const char *name)
    G_GNUC_WARN_UNUSED_RESULT;
MdocMasterKey *
mdoc_master_key_new_from_text (const char *text, const char *state_dir)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_master_key_free (MdocMasterKey *self);

const char *mdoc_master_key_get_kind (MdocMasterKey *self);
MdocSecret *mdoc_master_key_load (MdocMasterKey *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *mdoc_master_key_create (MdocMasterKey *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocMasterKey, mdoc_master_key_free)

G_END_DECLS
