/*
 * mdoc-register-wallet.h - what wallets tell the register, and are told
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-register.h"

G_BEGIN_DECLS

/* --- what wallets tell --- */

/* The wallet instance that a proof of its key stands for. @instance_thumbprint
 * is that of the DPoP key. */

/* E7, or the word that generation n > 1 is on the device. @digest: SHA-256 of
 * the bytes of one of its copies; or of such digests of all of them, sorted; in
 * base64url. */
gboolean mdoc_register_receive (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const char *instance_thumbprint,
                                const char *mid_uid,
                                guint generation,
                                const char *digest,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* E8, E8b */
gboolean mdoc_register_accept (MdocRegister *self,
                               const MdocRegisterCall *call,
                               const char *instance_thumbprint,
                               const char *mid_uid,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* E10 */
gboolean mdoc_register_decline (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const char *instance_thumbprint,
                                const char *mid_uid,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* E11; @ret_cleanup: "none", "revoke_device" or "purge". Unknown to us or not
 * that device's: %MDOC_REGISTER_ERROR_NOT_FOUND */
gboolean mdoc_register_remove (MdocRegister *self,
                               const MdocRegisterCall *call,
                               const char *instance_thumbprint,
                               const char *mid_uid,
                               const char **ret_cleanup,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Returns: a pre-authorized code for the same deviceCredential, bound to the
 * same key; for an agent that lost its refresh token. @device_key_thumbprint:
 * of a key of one of its copies. */
char *mdoc_register_recover (MdocRegister *self,
                             const MdocRegisterCall *call,
                             const char *instance_thumbprint,
                             const char *mid_uid,
                             const char *device_key_thumbprint,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum
{
  MDOC_REGISTER_NOTIFY_ACCEPTED,
  MDOC_REGISTER_NOTIFY_DELETED,
  MDOC_REGISTER_NOTIFY_FAILURE,
} MdocRegisterNotice;

/* the notification endpoint: E8, E10, E12, or the same of a renewal */
gboolean mdoc_register_notify (MdocRegister *self,
                               const MdocRegisterCall *call,
                               const MdocRegisterAccess *access,
                               const char *notification_id,
                               MdocRegisterNotice notice,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- sync (lifecycle, 7) --- */

typedef enum
{
  MDOC_REGISTER_UPDATE_NONE,
  MDOC_REGISTER_UPDATE_OPTIONAL,
  MDOC_REGISTER_UPDATE_REQUIRED,
} MdocRegisterUpdate;

/* What the device has. */
typedef struct
{
  const char *mid_uid;
  guint generation;
} MdocRegisterHeld;

/* What the platform says to it. @generation is the newest that is signed. */
typedef struct
{
  char *mid_uid;
  char *credential_id;
  const char *effective; /* static */
  guint generation;
  gint64 valid_until_s;
  MdocRegisterUpdate update;
  gint64 renew_after_s; /* 0: never */
  gboolean blocks_device;
} MdocRegisterSyncDoc;

typedef struct
{
  gint64 id;
  char *kind;         /* "suspend", "update", "offer", … */
  char *mid_uid;      /* nullable */
  char *payload_json; /* nullable */
} MdocRegisterAction;

typedef struct
{
  char *id;
  char *mid_uid; /* nullable */
  char *category;
  char *title;
  char *body;
  gint64 created_at_s;
  gint64 expires_at_s; /* 0: never */
  char *state;         /* "queued", "delivered", "read", "expired" */
} MdocRegisterMessage;

typedef struct
{
  gint64 cursor;
  GPtrArray *docs;     /* of MdocRegisterSyncDoc: all of that device */
  GPtrArray *unknown;  /* of char *: what it has and we do not know */
  GPtrArray *actions;  /* of MdocRegisterAction: not acknowledged yet */
  GPtrArray *messages; /* of MdocRegisterMessage: not read yet */
  gboolean is_suspected_clone;
} MdocRegisterSync;

void mdoc_register_sync_free (MdocRegisterSync *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterSync, mdoc_register_sync_free)

/* @client_type, @agent_version: (nullable) */
MdocRegisterSync *mdoc_register_sync (MdocRegister *self,
                                      const MdocRegisterCall *call,
                                      const char *instance_thumbprint,
                                      const char *client_type,
                                      const char *agent_version,
                                      const MdocRegisterHeld *held,
                                      guint n_held,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* again, or of somebody else's: nothing happens */
gboolean mdoc_register_ack_action (MdocRegister *self,
                                   const MdocRegisterCall *call,
                                   const char *instance_thumbprint,
                                   gint64 action_id,
                                   const char *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_read_message (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     const char *instance_thumbprint,
                                     const char *message_id,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
