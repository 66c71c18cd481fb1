/*
 * mdoc-manager-private.h - what the files of the manager share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-agent-private.h"

G_BEGIN_DECLS

void mdoc_manager_return (GDBusMethodInvocation *invocation,
                          GVariant *result,
                          GError *error);
gboolean
mdoc_manager_check_options (GVariant *parameters, guint index, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

void mdoc_manager_add_anchor (MdocAgent *self,
                              GDBusMethodInvocation *invocation,
                              GVariant *parameters);
void mdoc_manager_list_anchors (MdocAgent *self,
                                GDBusMethodInvocation *invocation,
                                GVariant *parameters);
void mdoc_manager_remove_anchor (MdocAgent *self,
                                 GDBusMethodInvocation *invocation,
                                 GVariant *parameters);
void mdoc_manager_add_policy (MdocAgent *self,
                              GDBusMethodInvocation *invocation,
                              GVariant *parameters);
void mdoc_manager_list_policies (MdocAgent *self,
                                 GDBusMethodInvocation *invocation,
                                 GVariant *parameters);
void mdoc_manager_remove_policy (MdocAgent *self,
                                 GDBusMethodInvocation *invocation,
                                 GVariant *parameters);
void mdoc_manager_diagnose_bluetooth (MdocAgent *self,
                                      GDBusMethodInvocation *invocation,
                                      GVariant *parameters);

/* mdoc-manager-store.c */
void mdoc_manager_list_jobs (MdocAgent *self,
                             GDBusMethodInvocation *invocation,
                             GVariant *parameters);
void mdoc_manager_check_store (MdocAgent *self,
                               GDBusMethodInvocation *invocation,
                               GVariant *parameters);
void mdoc_manager_back_up_store (MdocAgent *self,
                                 GDBusMethodInvocation *invocation,
                                 GVariant *parameters);
void mdoc_manager_restore_store (MdocAgent *self,
                                 GDBusMethodInvocation *invocation,
                                 GVariant *parameters);

/* mdoc-manager-issuing.c */
void mdoc_manager_claim (MdocAgent *self,
                         GDBusMethodInvocation *invocation,
                         GVariant *parameters);
void mdoc_manager_enrol (MdocAgent *self,
                         GDBusMethodInvocation *invocation,
                         GVariant *parameters);
void mdoc_manager_list_offers (MdocAgent *self,
                               GDBusMethodInvocation *invocation,
                               GVariant *parameters);
void mdoc_manager_authorize_offer (MdocAgent *self,
                                   GDBusMethodInvocation *invocation,
                                   GVariant *parameters);
void mdoc_manager_accept_offer (MdocAgent *self,
                                GDBusMethodInvocation *invocation,
                                GVariant *parameters);
void mdoc_manager_decline_offer (MdocAgent *self,
                                 GDBusMethodInvocation *invocation,
                                 GVariant *parameters);
void mdoc_manager_sync (MdocAgent *self,
                        GDBusMethodInvocation *invocation,
                        GVariant *parameters);
void mdoc_manager_get_instance_key (MdocAgent *self,
                                    GDBusMethodInvocation *invocation,
                                    GVariant *parameters);
void mdoc_manager_list_messages (MdocAgent *self,
                                 GDBusMethodInvocation *invocation,
                                 GVariant *parameters);
void mdoc_manager_read_message (MdocAgent *self,
                                GDBusMethodInvocation *invocation,
                                GVariant *parameters);

G_END_DECLS
