/*
 * mdoc-admin-requests.c - what one person asks for and another decides
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"
#include "openid/mdoc-json.h"

/* how long a request waits, if it does not say */
#define WAIT_S     ((gint64) 7 * 24 * 3600)
#define MAX_WAIT_S ((gint64) 366 * 24 * 3600)

static gboolean
read_wish (MdocAdminCall *call,
           gboolean *ret_asks,
           gint64 *ret_wait_s,
           GError **error)
{
  *ret_asks = FALSE;
  *ret_wait_s = WAIT_S;
  return call->body == NULL
         || (mdoc_json_find_boolean (call->body,
                                     "requestApproval",
                                     FALSE,
                                     ret_asks,
                                     error)
             && mdoc_json_find_int (call->body,
                                    "approvalSeconds",
                                    1,
                                    MAX_WAIT_S,
                                    WAIT_S,
                                    ret_wait_s,
                                    error));
}

/**
 * mdoc_admin_check_approval:
 * @call: a call for changes
 * @revokes: whether they may end credentials
 * @n_items: how many there are
 * @error: return location
 *
 * What needs a second person is refused if the body does not ask for one: it is
 * never turned into a request silently (lifecycle, 2.1).
 *
 * Returns: %TRUE if they may be started, or asked for
 */
gboolean
mdoc_admin_check_approval (MdocAdminCall *call,
                           gboolean revokes,
                           guint n_items,
                           GError **error)
{
  const MdocAdminApproval approval = call->admin->approval;
  gboolean asks;
  gint64 wait_s;

  if (!read_wish (call, &asks, &wait_s, error))
    return FALSE;
  if (asks
      || !((revokes && (approval & MDOC_ADMIN_APPROVAL_REVOKE) != 0)
           || (n_items > 1 && (approval & MDOC_ADMIN_APPROVAL_BULK) != 0)))
    return TRUE;
  return mdoc_admin_refuse (error,
                            MDOC_ADMIN_ERROR_APPROVAL,
                            "Somebody else has to approve that; ask for it "
                            "with “requestApproval”");
}

/**
 * mdoc_admin_start_request:
 * @call: a call that has made a batch, or names one
 * @id: of the batch
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_start_request (MdocAdminCall *call, const char *id, GError **error)
{
  gboolean asks;
  gint64 wait_s;

  if (!read_wish (call, &asks, &wait_s, error))
    return FALSE;
  if (asks ? !mdoc_register_request_approval (call->admin->reg,
                                              &call->change,
                                              id,
                                              wait_s,
                                              error)
           : !mdoc_register_start_batch (call->admin->reg,
                                         &call->change,
                                         id,
                                         error))
    return FALSE;
  return mdoc_admin_answer_accepted (call, id);
}

/**
 * mdoc_admin_list_requests:
 * @call: GET requests
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_requests (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) batches = NULL;
  MdocRegisterFilter filter;
  JsonArray *array;

  if (!mdoc_admin_get_filter (call, &filter, error))
    return FALSE;
  batches = mdoc_register_list_batches (call->admin->reg,
                                        filter.state,
                                        filter.offset,
                                        filter.limit,
                                        error);
  if (batches == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < batches->len; i++)
    json_array_add_object_element (array,
                                   mdoc_admin_write_batch (
                                       g_ptr_array_index (batches, i)));
  return mdoc_admin_answer_list (call, "requests", array);
}

/* Who may not decide has the wrong key, whatever its role. */
static gboolean
decide (MdocAdminCall *call, MdocDecision decision, GError **error)
{
  g_autoptr (GError) own_error = NULL;

  if (mdoc_register_decide_request (call->admin->reg,
                                    &call->change,
                                    mdoc_admin_get_path (call, "id"),
                                    decision,
                                    &own_error))
    {
      call->status = 204;
      return TRUE;
    }
  if (g_error_matches (own_error,
                       MDOC_REGISTER_ERROR,
                       (gint) MDOC_REGISTER_ERROR_DENIED))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_FORBIDDEN,
                              "%s",
                              own_error->message);
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}

gboolean
mdoc_admin_approve_request (MdocAdminCall *call, GError **error)
{
  return decide (call, MDOC_DECISION_APPROVE, error);
}

gboolean
mdoc_admin_reject_request (MdocAdminCall *call, GError **error)
{
  return decide (call, MDOC_DECISION_REJECT, error);
}

gboolean
mdoc_admin_withdraw_request (MdocAdminCall *call, GError **error)
{
  return decide (call, MDOC_DECISION_WITHDRAW, error);
}
