/*
 * mdoc-admin-metrics.c - figures for machines, as OpenMetrics 1.0 has them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-metrics.h"

struct _MdocAdminMetrics
{
  GString *text;
};

/**
 * mdoc_admin_metrics_new:
 *
 * Returns: (transfer full): an empty text
 */
MdocAdminMetrics *
mdoc_admin_metrics_new (void)
{
  MdocAdminMetrics *self = g_new0 (MdocAdminMetrics, 1);

  self->text = g_string_new (NULL);
  return self;
}

/**
 * mdoc_admin_metrics_add:
 * @self: a text
 * @name: of the family, without "_total"
 * @kind: what it is
 * @help: the same for people; without backslash and quotes
 * @value: how much
 */
void
mdoc_admin_metrics_add (MdocAdminMetrics *self,
                        const char *name,
                        MdocAdminMetric kind,
                        const char *help,
                        gint64 value)
{
  const gboolean is_counter = kind == MDOC_METRIC_COUNTER;

  g_string_append_printf (self->text,
                          "# TYPE %s %s\n# HELP %s %s.\n%s%s "
                          "%" G_GINT64_FORMAT "\n",
                          name,
                          is_counter ? "counter" : "gauge",
                          name,
                          help,
                          name,
                          is_counter ? "_total" : "",
                          value);
}

/**
 * mdoc_admin_metrics_finish:
 * @self: (transfer full): a text
 *
 * Returns: (transfer full): the whole of it, with its end
 */
char *
mdoc_admin_metrics_finish (MdocAdminMetrics *self)
{
  char *text;

  g_string_append (self->text, "# EOF\n");
  text = g_string_free (self->text, FALSE);
  g_free (self);
  return text;
}
