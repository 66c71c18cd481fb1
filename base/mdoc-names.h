/*
 * mdoc-names.h - every well-known string, once
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#define MDOC_BUS_NAME               "org.mdocagent.Agent1"
#define MDOC_OBJECT_ROOT            "/org/mdocagent/Agent1"
#define MDOC_INTERFACE_MANAGER      "org.mdocagent.Agent1.Manager"
#define MDOC_INTERFACE_CREDENTIAL   "org.mdocagent.Agent1.Credential"
#define MDOC_INTERFACE_PRESENTATION "org.mdocagent.Agent1.Presentation"
#define MDOC_INTERFACE_CONSENT      "org.mdocagent.ConsentAgent1"
#define MDOC_DBUS_ERROR_PREFIX      "org.mdocagent.Agent1.Error."

#define MDOC_DOCTYPE_MDL      "org.iso.18013.5.1.mDL"
#define MDOC_NAMESPACE_MDL    "org.iso.18013.5.1"
#define MDOC_DOCTYPE_PHOTO_ID "org.iso.23220.photoid.1"
#define MDOC_DOCTYPE_PID      "eu.europa.ec.eudi.pid.1"

/* structured log fields (style G1) */
#define MDOC_LOG_FIELD_TOPIC        "MDOC_TOPIC"
#define MDOC_LOG_FIELD_SESSION      "MDOC_SESSION"
#define MDOC_LOG_FIELD_TRANSPORT    "MDOC_TRANSPORT"
#define MDOC_LOG_FIELD_STATE        "MDOC_STATE"
#define MDOC_LOG_FIELD_DOC_TYPE     "MDOC_DOC_TYPE"
#define MDOC_LOG_FIELD_ERROR_DOMAIN "MDOC_ERROR_DOMAIN"
#define MDOC_LOG_FIELD_ERROR_CODE   "MDOC_ERROR_CODE"

/* environment variables */
#define MDOC_ENV_RUNTIME_DIR "MDOC_RUNTIME_DIR" /* loopback sockets */
#define MDOC_ENV_DATA_DIR    "MDOC_DATA_DIR" /* instead of the installed data */
