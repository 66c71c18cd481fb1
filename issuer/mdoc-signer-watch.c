/*
 * mdoc-signer-watch.c - says in time that a signer's certificate ends
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-signer-watch.h"

#include "base/mdoc-text.h"
#include "crypto/mdoc-certificate.h"
#include "issuer/mdoc-register-admin.h"

#define DAY_S       ((gint64) 86400)
#define FINGERPRINT 32

typedef struct
{
  char *name;
  guint8 fingerprint[FINGERPRINT];
  gint64 not_before_s;
  gint64 not_after_s;
  gint64 told_days; /* as few as the register has noted, as far as we know */
} Signer;

struct _MdocSignerWatch
{
  MdocRegister *reg; /* borrowed */
  GArray *signers;   /* of Signer */
  GArray *days;      /* of guint */
};

static void
signer_clear (gpointer data)
{
  Signer *self = data;

  g_free (self->name);
}

/**
 * mdoc_signer_watch_new:
 * @reg: where it is told; borrowed
 * @signers: whose certificates they are; copied
 * @n_signers: how many
 * @days: so many days before the end it is told, in any order
 * @n_days: how many; 0: never
 *
 * Returns: (transfer full): who watches
 */
MdocSignerWatch *
mdoc_signer_watch_new (MdocRegister *reg,
                       const MdocAdminSigner *signers,
                       gsize n_signers,
                       const guint *days,
                       gsize n_days)
{
  MdocSignerWatch *self = g_new0 (MdocSignerWatch, 1);

  self->reg = reg;
  self->signers = g_array_new (FALSE, TRUE, sizeof (Signer));
  g_array_set_clear_func (self->signers, signer_clear);
  self->days = g_array_new (FALSE, FALSE, sizeof (guint));
  if (n_days > 0)
    g_array_append_vals (self->days, days, (guint) n_days);
  for (gsize i = 0; i < n_signers; i++)
    {
      MdocCertificate *leaf = g_ptr_array_index (signers[i].chain, 0);
      Signer signer = { .name = g_strdup (signers[i].name),
                        .not_before_s = mdoc_certificate_get_not_before (leaf),
                        .not_after_s = mdoc_certificate_get_not_after (leaf),
                        .told_days = G_MAXINT64 };

      mdoc_certificate_get_fingerprint (leaf, signer.fingerprint);
      g_array_append_val (self->signers, signer);
    }
  return self;
}

/**
 * mdoc_signer_watch_free:
 * @self: (nullable) (transfer full): who watches
 */
void
mdoc_signer_watch_free (MdocSignerWatch *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->signers);
  g_array_unref (self->days);
  g_free (self);
}

void
mdoc_signer_term_free (MdocSignerTerm *self)
{
  if (self == NULL)
    return;

  g_free (self->fingerprint);
  g_free (self);
}

/**
 * mdoc_signer_watch_list:
 * @self: who watches
 *
 * Returns: (transfer full) (element-type MdocSignerTerm): all signers, in the
 *   order in which they were given
 */
GPtrArray *
mdoc_signer_watch_list (const MdocSignerWatch *self)
{
  GPtrArray *terms = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_signer_term_free);

  for (guint i = 0; i < self->signers->len; i++)
    {
      const Signer *signer = &g_array_index (self->signers, Signer, i);
      MdocSignerTerm *term = g_new0 (MdocSignerTerm, 1);

      term->name = signer->name;
      term->fingerprint = mdoc_hex_encode (
          MDOC_SPAN (signer->fingerprint, FINGERPRINT));
      term->not_before_s = signer->not_before_s;
      term->not_after_s = signer->not_after_s;
      g_ptr_array_add (terms, term);
    }
  return terms;
}

/* the fewest days of those that have passed; G_MAXINT64 if none has */
static gint64
get_passed_days (MdocSignerWatch *self, gint64 left_s)
{
  gint64 fewest = G_MAXINT64;

  for (guint i = 0; i < self->days->len; i++)
    {
      const gint64 days = g_array_index (self->days, guint, i);

      if (left_s <= days * DAY_S)
        fewest = MIN (fewest, days);
    }
  return fewest;
}

/**
 * mdoc_signer_watch_look:
 * @self: who watches
 * @call: what time it is; its actor is "system"
 *
 * What cannot be told is told the next time.
 */
void
mdoc_signer_watch_look (MdocSignerWatch *self, const MdocRegisterCall *call)
{
  for (guint i = 0; i < self->signers->len; i++)
    {
      Signer *signer = &g_array_index (self->signers, Signer, i);
      const gint64 left_s = signer->not_after_s - call->now_ms / 1000;
      const gint64 days = get_passed_days (self, left_s);
      const MdocRegisterSignerEnd end = {
        .name = signer->name,
        .fingerprint = MDOC_SPAN (signer->fingerprint, FINGERPRINT),
        .not_after_s = signer->not_after_s,
        .days = days
      };
      g_autoptr (GError) error = NULL;

      if (days >= signer->told_days)
        continue;
      g_message ("The certificate of the signer %s %s",
                 signer->name,
                 left_s > 0 ? "ends soon" : "has ended");
      if (mdoc_register_tell_signer (self->reg, call, &end, &error))
        signer->told_days = days;
      else
        g_message ("That cannot be told: %s", error->message);
    }
}
