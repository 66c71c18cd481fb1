/*
 * mdoc-admin-metrics.h - figures for machines, as OpenMetrics 1.0 has them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MDOC_ADMIN_METRICS_CONTENT_TYPE                                        \
  "application/openmetrics-text; version=1.0.0; charset=utf-8"

typedef enum
{
  MDOC_METRIC_GAUGE,   /* goes up and down */
  MDOC_METRIC_COUNTER, /* goes up; its sample is called NAME_total */
} MdocAdminMetric;

/* a text that grows */
typedef struct _MdocAdminMetrics MdocAdminMetrics;

MdocAdminMetrics *mdoc_admin_metrics_new (void);
void mdoc_admin_metrics_add (MdocAdminMetrics *self,
                             const char *name,
                             MdocAdminMetric kind,
                             const char *help,
                             gint64 value);
/* @self: (transfer full). Returns: (transfer full): the text */
char *mdoc_admin_metrics_finish (MdocAdminMetrics *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
