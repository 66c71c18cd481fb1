/*
 * mdoc-vci-accounts.h - who guesses the password of whom
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* wrong tries of one client at one account that cost no time; how long the next
 * ones do, from one second, twice as long each time, up to this; and after how
 * long without a wrong one it begins anew */
#define MDOC_VCI_ACCOUNT_FREE        3
#define MDOC_VCI_ACCOUNT_MAX_WAIT_US ((gint64) 60 * G_USEC_PER_SEC)
#define MDOC_VCI_ACCOUNT_FORGET_US   ((gint64) 900 * G_USEC_PER_SEC)
/* wrong tries of all clients at one account in an hour, and after how long
 * there may be another when there were so many */
#define MDOC_VCI_ACCOUNT_HOURLY  30
#define MDOC_VCI_ACCOUNT_HOUR_US ((gint64) 3600 * G_USEC_PER_SEC)
#define MDOC_VCI_ACCOUNT_SLOT_US ((gint64) 10 * G_USEC_PER_SEC)
/* most accounts that are kept; those that were tried longest ago go first */
#define MDOC_VCI_MAX_ACCOUNTS 10000

/**
 * MdocVciAccounts:
 *
 * Counts wrong passwords by account, be there such an account or not: who
 * guesses one password from many addresses gets no further than so many an
 * hour. Nobody is locked out by that. No wait is longer than a minute, none is
 * made longer by who tries while it lasts, and the client from which a person
 * logged in last waits for its own wrong tries alone. Threads may share it.
 */
typedef struct _MdocVciAccounts MdocVciAccounts;

MdocVciAccounts *mdoc_vci_accounts_new (void);
void mdoc_vci_accounts_free (MdocVciAccounts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocVciAccounts, mdoc_vci_accounts_free)

/* Before a password is looked at: it counts as wrong until it was right, so
 * that many at once are many. Returns: seconds to wait, in which case it does
 * not count; 0: go on */
guint mdoc_vci_accounts_try (MdocVciAccounts *self,
                             const char *name,
                             const char *client,
                             gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;
/* it was right */
void mdoc_vci_accounts_succeed (MdocVciAccounts *self,
                                const char *name,
                                const char *client);

G_END_DECLS
