/*
 * mdoc-admin.h - what operators and other systems see of the platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-clock.h"
#include "crypto/mdoc-key.h"
#include "issuer/mdoc-http-server.h"
#include "issuer/mdoc-proofing.h"
#include "issuer/mdoc-register.h"

G_BEGIN_DECLS

/* below which everything for operators is */
#define MDOC_ADMIN_PATH "/admin/v1"

/**
 * MdocAdminError:
 * @MDOC_ADMIN_ERROR_REQUEST: a field is missing or no such choice
 * @MDOC_ADMIN_ERROR_NOT_FOUND: there is no such thing
 * @MDOC_ADMIN_ERROR_UNAUTHORIZED: no key, or one that is none
 * @MDOC_ADMIN_ERROR_FORBIDDEN: the key is not good for that
 * @MDOC_ADMIN_ERROR_MEDIA_TYPE: the body is not what it should be
 * @MDOC_ADMIN_ERROR_UNPROCESSABLE: understood, and wrong
 * @MDOC_ADMIN_ERROR_CONFLICT: not in the state it is in
 * @MDOC_ADMIN_ERROR_BUSY: later
 * @MDOC_ADMIN_ERROR_DEVICE: this host failed
 *
 * Why a call was refused. All but the last two blame the caller.
 */
typedef enum
{
  MDOC_ADMIN_ERROR_REQUEST,
  MDOC_ADMIN_ERROR_NOT_FOUND,
  MDOC_ADMIN_ERROR_UNAUTHORIZED,
  MDOC_ADMIN_ERROR_FORBIDDEN,
  MDOC_ADMIN_ERROR_MEDIA_TYPE,
  MDOC_ADMIN_ERROR_UNPROCESSABLE,
  MDOC_ADMIN_ERROR_CONFLICT,
  MDOC_ADMIN_ERROR_APPROVAL,
  MDOC_ADMIN_ERROR_BUSY,
  MDOC_ADMIN_ERROR_DEVICE,
} MdocAdminError;

#define MDOC_ADMIN_ERROR (mdoc_admin_error_quark ())
GQuark mdoc_admin_error_quark (void);

/* What nobody may do alone. */
typedef enum
{
  MDOC_ADMIN_APPROVAL_NONE = 0,
  MDOC_ADMIN_APPROVAL_REVOKE = 1 << 0, /* ends of credentials */
  MDOC_ADMIN_APPROVAL_BULK = 1 << 1,   /* several changes at once */
} MdocAdminApproval;

/**
 * MdocAdminSigner:
 * @name: by which profiles refer to it
 * @key: a handle that nobody else uses, as it is another thread's
 * @chain: (element-type MdocCertificate): leaf first, without the root
 *
 * Who signs status lists.
 */
typedef struct
{
  const char *name;
  MdocKey *key;
  GPtrArray *chain;
} MdocAdminSigner;

/**
 * MdocAdminConfig:
 * @reg: what it is all about; borrowed
 * @clock: what time it is; borrowed
 * @key_file: (nullable): keys of operators; %NULL: there is no administration,
 *   only what is public
 * @openapi_file: (nullable): the description of the interface; %NULL: there is
 *   none to be had
 * @issuer_name: who issues, for people
 * @issuer_path: path of the credential issuer, such as "/openid4vci"
 * @servers: (nullable): other authorization servers that offers may name
 * @proofing: (nullable): asks what documents say; borrowed
 * @approval: what a second person has to approve
 * @signers: who signs status lists; copied
 * @n_signers: how many
 * @warning_days: so many days before the end of a signer's certificate that is
 *   told; copied
 * @n_warning_days: how many; 0: it is not told
 * @anchors_pem: (nullable): whom to trust when events are sent; %NULL: those of
 *   the system
 * @allow_plain_loopback: whether events may be sent over plain HTTP to this
 *   machine
 * @trusts_proxy: whether a proxy in front tells where requests come from
 */
typedef struct
{
  MdocRegister *reg;
  const MdocClock *clock;
  const char *key_file;
  const char *openapi_file;
  const char *issuer_name;
  const char *issuer_path;
  const char *const *servers;
  MdocProofing *proofing;
  MdocAdminApproval approval;
  const MdocAdminSigner *signers;
  gsize n_signers;
  const guint *warning_days;
  gsize n_warning_days;
  const char *anchors_pem;
  gboolean allow_plain_loopback;
  gboolean trusts_proxy;
} MdocAdminConfig;

/**
 * MdocAdmin:
 *
 * `/admin/v1`, `/status`, `/offer`, `/metrics` and `/openapi.json`; and the
 * threads that deliver events, run batches, let time pass in the register and
 * publish status lists. Its handlers are safe to run several at once.
 */
typedef struct _MdocAdmin MdocAdmin;

MdocAdmin *mdoc_admin_new (const MdocAdminConfig *config, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* stops it if it runs */
void mdoc_admin_free (MdocAdmin *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocAdmin, mdoc_admin_free)

/* before @server starts; it has to end before @self does */
void mdoc_admin_add_routes (MdocAdmin *self, MdocHttpServer *server);
/* once @server has started; status lists are there when this returns */
gboolean
mdoc_admin_start (MdocAdmin *self, MdocHttpServer *server, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* before the server stops: ends its streams and threads */
void mdoc_admin_stop (MdocAdmin *self);

/**
 * MdocAdminRoute:
 * @method: of HTTP
 * @path: with "{name}" for what varies
 * @roles: one of these #MdocAdminRole is needed; 0: public
 *
 * One thing that can be asked, for tests that compare it with the description.
 */
typedef struct
{
  const char *method;
  const char *path;
  guint roles;
} MdocAdminRoute;

const MdocAdminRoute *mdoc_admin_list_routes (gsize *ret_n);

G_END_DECLS
