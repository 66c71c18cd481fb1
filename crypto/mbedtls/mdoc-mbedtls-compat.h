/*
 * mdoc-mbedtls-compat.h - one source for Mbed TLS 2.28 and 3.6
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

/* 3.x: brings the configuration in; 2.28: defines the version alone */
#include <mbedtls/version.h>

/* 2.28 has no private fields, and so no word for them */
#ifndef MBEDTLS_PRIVATE
#define MBEDTLS_PRIVATE(field) field
#endif
