/*
 * mdoc-ble-doctor.h - what on this machine is in the way of Bluetooth
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocBleVerdict:
 * @MDOC_BLE_VERDICT_GOOD: as it should be
 * @MDOC_BLE_VERDICT_ADVICE: works, but better otherwise
 * @MDOC_BLE_VERDICT_WRONG: has to be changed
 *
 * What one look at this machine came to.
 */
typedef enum
{
  MDOC_BLE_VERDICT_GOOD,
  MDOC_BLE_VERDICT_ADVICE,
  MDOC_BLE_VERDICT_WRONG,
} MdocBleVerdict;

const char *mdoc_ble_verdict_get_name (MdocBleVerdict verdict); /* "good" */

/**
 * MdocBleFinding:
 * @name: what was looked at, stable, for machines: "exchange-mtu"
 * @verdict: what came of it
 * @text: what was found; unless it is good, then what to do about it
 *
 * One finding. No text holds an address or a name of this machine.
 */
typedef struct
{
  const char *name;
  MdocBleVerdict verdict;
  char *text;
} MdocBleFinding;

/* where bluetoothd reads its settings unless it is told otherwise */
#define MDOC_BLE_DOCTOR_CONFIG "/etc/bluetooth/main.conf"

/* Returns: (transfer full) (element-type MdocBleFinding) */
GPtrArray *mdoc_ble_doctor_examine (const char *adapter,
                                    const char *config_path,
                                    gboolean *ret_has_adapter)
    G_GNUC_WARN_UNUSED_RESULT;

/* The parts of it that look at nothing but their arguments. */
gboolean mdoc_ble_doctor_parse_version (const char *text, guint *ret_version);
GPtrArray *mdoc_ble_doctor_judge (guint version, GKeyFile *config)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
