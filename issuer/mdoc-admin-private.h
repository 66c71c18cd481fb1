/*
 * mdoc-admin-private.h - what the files of the administration share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <json-glib/json-glib.h>

#include "issuer/mdoc-admin-keys.h"
#include "issuer/mdoc-admin.h"
#include "issuer/mdoc-events-hub.h"
#include "issuer/mdoc-events-worker.h"
#include "issuer/mdoc-register-admin.h"
#include "issuer/mdoc-signer-watch.h"
#include "issuer/mdoc-status-publisher.h"

G_BEGIN_DECLS

/* longest field that names something, and longest text for people */
#define MDOC_ADMIN_MAX_NAME ((gsize) 256)
#define MDOC_ADMIN_MAX_TEXT ((gsize) 2048)
/* most items of one state update or batch */
#define MDOC_ADMIN_MAX_ITEMS 100000
/* most rows of one answer, and how many if nobody says */
#define MDOC_ADMIN_MAX_ROWS     1000
#define MDOC_ADMIN_DEFAULT_ROWS 100
/* longest export in one answer, in bytes, but for its last rows */
#define MDOC_ADMIN_MAX_EXPORT ((gsize) 8 * 1024 * 1024)

struct _MdocAdmin
{
  MdocRegister *reg;
  const MdocClock *clock;
  MdocAdminKeys *keys; /* nullable */
  GBytes *openapi;     /* nullable */
  char *issuer_name;
  char *issuer_path;
  GStrv servers;          /* other authorization servers */
  MdocProofing *proofing; /* nullable */
  MdocAdminApproval approval;
  char *anchors_pem; /* nullable */
  gboolean allow_plain_loopback;
  gboolean trusts_proxy;
  GPtrArray *bounds;      /* what routes are registered with */
  gint is_running;        /* atomic */
  MdocHttpServer *server; /* borrowed, while it runs */
  MdocEventsHub *hub;
  MdocEventsWorker *worker;
  MdocStatusPublisher *publisher;
  MdocSignerWatch *watch;
  gint64 started_at_s;
};

/* One call of an operator, as its handler sees it. */
typedef struct
{
  MdocAdmin *admin;
  const MdocHttpCall *http;
  MdocHttpReply *reply;
  MdocRegisterCall change;
  guint roles;      /* that the key has */
  JsonObject *body; /* nullable */
  guint status;     /* of @answer */
  char *answer;     /* nullable: JSON; else the handler has filled @reply */
} MdocAdminCall;

/* Answers, or refuses with @error set. */
typedef gboolean (*MdocAdminHandler) (MdocAdminCall *call, GError **error);

#define MDOC_ADMIN_HANDLER(name_)                                              \
  gboolean name_ (MdocAdminCall *call, GError **error) G_GNUC_WARN_UNUSED_RESULT

/* mdoc-admin-call.c */
gint64 mdoc_admin_now_ms (MdocAdmin *self);
gboolean
mdoc_admin_refuse (GError **error, MdocAdminError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* what stands around every handler */
void mdoc_admin_call_run (MdocAdmin *self,
                          const MdocHttpCall *http,
                          MdocHttpReply *reply,
                          MdocAdminHandler handler,
                          guint roles);
/* @object: (transfer full) */
gboolean
mdoc_admin_answer (MdocAdminCall *call, guint status, JsonObject *object);
/* what @error is over HTTP, and all the reasons; @array: (transfer full) */
gboolean mdoc_admin_answer_error (MdocAdminCall *call,
                                  const GError *error,
                                  const char *member,
                                  JsonArray *array);
/* { @member: @array }; @array: (transfer full) */
gboolean mdoc_admin_answer_list (MdocAdminCall *call,
                                 const char *member,
                                 JsonArray *array);
/* 202 { "requestId": @id } */
gboolean mdoc_admin_answer_accepted (MdocAdminCall *call, const char *id);
const char *mdoc_admin_get_path (MdocAdminCall *call, const char *name);
gboolean mdoc_admin_get_query_int (MdocAdminCall *call,
                                   const char *name,
                                   gint64 max,
                                   gint64 otherwise,
                                   gint64 *ret_value,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_admin_get_filter (MdocAdminCall *call,
                                MdocRegisterFilter *ret_filter,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "reason" and "notes" of the body go into the change */
gboolean mdoc_admin_take_reason (MdocAdminCall *call, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (nullable): a member that is an object, as JSON */
gboolean mdoc_admin_find_json (JsonObject *object,
                               const char *member,
                               char **ret_json,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-admin-json.c; a text that is %NULL or a time that is 0 is left out */
void
mdoc_admin_set_text (JsonObject *object, const char *member, const char *text);
void
mdoc_admin_set_time (JsonObject *object, const char *member, gint64 unix_s);
void
mdoc_admin_set_time_ms (JsonObject *object, const char *member, gint64 unix_ms);
/* @json: (nullable): parsed again */
void
mdoc_admin_set_json (JsonObject *object, const char *member, const char *json);
JsonObject *mdoc_admin_write_exchange (const MdocRegisterExchange *exchange);
JsonObject *
mdoc_admin_write_credential (const MdocRegisterCredentialInfo *credential,
                             gboolean with_claims);
JsonObject *mdoc_admin_write_device (const MdocRegisterDeviceInfo *device);
JsonObject *
mdoc_admin_write_generation (const MdocRegisterGenerationInfo *generation);
JsonObject *mdoc_admin_write_batch (const MdocRegisterBatch *batch);
JsonObject *
mdoc_admin_write_item (const MdocRegisterBatchItem *item, gboolean shows_codes);
JsonObject *mdoc_admin_write_message (const MdocRegisterMessage *message);
JsonObject *
mdoc_admin_write_subscription (const MdocRegisterSubscription *subscription);
JsonObject *mdoc_admin_write_delivery (const MdocRegisterDelivery *delivery);
JsonObject *mdoc_admin_write_audit (const MdocRegisterAudit *audit);
JsonObject *mdoc_admin_write_profile (MdocProfile *profile);

/* mdoc-admin-offers.c: the link of an offer; %NULL once it is spent */
char *mdoc_admin_write_link (MdocAdmin *self,
                             const MdocRegisterOffer *offer,
                             gboolean by_value,
                             const char *scheme,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* handlers, by file */
MDOC_ADMIN_HANDLER (mdoc_admin_list_profiles);
MDOC_ADMIN_HANDLER (mdoc_admin_add_profile);
MDOC_ADMIN_HANDLER (mdoc_admin_lint_profile);
MDOC_ADMIN_HANDLER (mdoc_admin_get_profile);
MDOC_ADMIN_HANDLER (mdoc_admin_put_profile);
MDOC_ADMIN_HANDLER (mdoc_admin_add_person);
MDOC_ADMIN_HANDLER (mdoc_admin_get_person);
MDOC_ADMIN_HANDLER (mdoc_admin_put_person);
MDOC_ADMIN_HANDLER (mdoc_admin_list_person_devices);

MDOC_ADMIN_HANDLER (mdoc_admin_create_offer);
MDOC_ADMIN_HANDLER (mdoc_admin_get_offer);
MDOC_ADMIN_HANDLER (mdoc_admin_withdraw_offer);
MDOC_ADMIN_HANDLER (mdoc_admin_get_qr_png);
MDOC_ADMIN_HANDLER (mdoc_admin_get_qr_svg);
MDOC_ADMIN_HANDLER (mdoc_admin_get_qr_txt);
MDOC_ADMIN_HANDLER (mdoc_admin_list_exchanges);
MDOC_ADMIN_HANDLER (mdoc_admin_get_exchange);
MDOC_ADMIN_HANDLER (mdoc_admin_withdraw_exchange);
MDOC_ADMIN_HANDLER (mdoc_admin_supply_claims);
MDOC_ADMIN_HANDLER (mdoc_admin_deny_exchange);

MDOC_ADMIN_HANDLER (mdoc_admin_create_credential);
MDOC_ADMIN_HANDLER (mdoc_admin_list_credentials);
MDOC_ADMIN_HANDLER (mdoc_admin_get_credential);
MDOC_ADMIN_HANDLER (mdoc_admin_update_attributes);
MDOC_ADMIN_HANDLER (mdoc_admin_reprovision);
MDOC_ADMIN_HANDLER (mdoc_admin_list_devices);
MDOC_ADMIN_HANDLER (mdoc_admin_get_device);
MDOC_ADMIN_HANDLER (mdoc_admin_get_history);
MDOC_ADMIN_HANDLER (mdoc_admin_abandon_device);
MDOC_ADMIN_HANDLER (mdoc_admin_check_status);

MDOC_ADMIN_HANDLER (mdoc_admin_update_states);
MDOC_ADMIN_HANDLER (mdoc_admin_get_request);
MDOC_ADMIN_HANDLER (mdoc_admin_list_requests);
MDOC_ADMIN_HANDLER (mdoc_admin_approve_request);
MDOC_ADMIN_HANDLER (mdoc_admin_reject_request);
MDOC_ADMIN_HANDLER (mdoc_admin_withdraw_request);
/* Whether changes may be started or asked for as the body says; @revokes: they
 * may end credentials */
gboolean mdoc_admin_check_approval (MdocAdminCall *call,
                                    gboolean revokes,
                                    guint n_items,
                                    GError **error);
/* Starts a batch, or has it wait for a second person, as the body says. */
gboolean
mdoc_admin_start_request (MdocAdminCall *call, const char *id, GError **error);
MDOC_ADMIN_HANDLER (mdoc_admin_create_batch);
MDOC_ADMIN_HANDLER (mdoc_admin_start_batch);
MDOC_ADMIN_HANDLER (mdoc_admin_get_batch);
MDOC_ADMIN_HANDLER (mdoc_admin_list_items);
MDOC_ADMIN_HANDLER (mdoc_admin_send_message);
MDOC_ADMIN_HANDLER (mdoc_admin_get_message);

MDOC_ADMIN_HANDLER (mdoc_admin_list_event_types);
MDOC_ADMIN_HANDLER (mdoc_admin_list_events);
MDOC_ADMIN_HANDLER (mdoc_admin_stream_events);
MDOC_ADMIN_HANDLER (mdoc_admin_stream_exchange);
MDOC_ADMIN_HANDLER (mdoc_admin_list_subscriptions);
MDOC_ADMIN_HANDLER (mdoc_admin_add_subscription);
MDOC_ADMIN_HANDLER (mdoc_admin_get_subscription);
MDOC_ADMIN_HANDLER (mdoc_admin_put_subscription);
MDOC_ADMIN_HANDLER (mdoc_admin_delete_subscription);
MDOC_ADMIN_HANDLER (mdoc_admin_ping_subscription);
MDOC_ADMIN_HANDLER (mdoc_admin_list_deliveries);
MDOC_ADMIN_HANDLER (mdoc_admin_replay_subscription);

MDOC_ADMIN_HANDLER (mdoc_admin_list_audit);
MDOC_ADMIN_HANDLER (mdoc_admin_export_audit);
MDOC_ADMIN_HANDLER (mdoc_admin_verify_audit);
MDOC_ADMIN_HANDLER (mdoc_admin_get_report);
MDOC_ADMIN_HANDLER (mdoc_admin_list_status_lists);
MDOC_ADMIN_HANDLER (mdoc_admin_run_retention);
MDOC_ADMIN_HANDLER (mdoc_admin_get_metrics);
MDOC_ADMIN_HANDLER (mdoc_admin_get_openapi);

/* public, without what stands around the others */
void mdoc_admin_serve_page (const MdocHttpCall *call,
                            MdocHttpReply *reply,
                            gpointer admin);
void mdoc_admin_serve_page_qr (const MdocHttpCall *call,
                               MdocHttpReply *reply,
                               gpointer admin);
void mdoc_admin_serve_page_events (const MdocHttpCall *call,
                                   MdocHttpReply *reply,
                                   gpointer admin);
void mdoc_admin_serve_style (const MdocHttpCall *call,
                             MdocHttpReply *reply,
                             gpointer admin);
void mdoc_admin_serve_script (const MdocHttpCall *call,
                              MdocHttpReply *reply,
                              gpointer admin);
void mdoc_admin_serve_list (const MdocHttpCall *call,
                            MdocHttpReply *reply,
                            gpointer admin);

G_END_DECLS
