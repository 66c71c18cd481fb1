/*
 * mdoc-test-x509.h - certificates and CRLs of any shape, also wrong ones
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-certificate.h"

G_BEGIN_DECLS

/* Extension in hexadecimal, tag and all, as they are put into tables */
#define MDOC_TEST_KU_SIGN "300e 0603551d0f 0101ff 0404 03020780"
#define MDOC_TEST_KU_CA   "300e 0603551d0f 0101ff 0404 03020106"
#define MDOC_TEST_BC_CA   "300f 0603551d13 0101ff 0405 3003 0101ff"
#define MDOC_TEST_BC_CA_0 "3012 0603551d13 0101ff 0408 3006 0101ff 020100"
#define MDOC_TEST_BC_CA_1 "3012 0603551d13 0101ff 0408 3006 0101ff 020101"
#define MDOC_TEST_EKU_DS  "3015 0603551d25 0101ff 040b 3009 060728818c5d050102"
#define MDOC_TEST_EKU_READER                                                   \
  "3015 0603551d25 0101ff 040b 3009 060728818c5d050106"

/* 2022-01-01 to 2023-01-01, unless a template says otherwise */
#define MDOC_TEST_NOT_BEFORE_S ((gint64) 1640995200)
#define MDOC_TEST_NOT_AFTER_S  ((gint64) 1672531200)
#define MDOC_TEST_NOW_S        ((gint64) 1656633600)

/**
 * MdocTestCertificate:
 *
 * What to write into a certificate. What is 0 or %NULL takes a value that makes
 * a good document signer, or a good root if @is_root.
 */
typedef struct
{
  gboolean is_root;
  guint version;       /* 3 */
  const char *serial;  /* hexadecimal content */
  const char *subject; /* "C=UT,CN=Name" */
  const char *issuer;  /* same form; else the issuer's subject */
  gint64 not_before_s;
  gint64 not_after_s;
  const char *validity;   /* hexadecimal content, in place of these two */
  const char *unique_ids; /* hexadecimal, tags and all; NULL for none */
  const char *extensions; /* hexadecimal; "" for none at all */
  const char *algorithm;  /* hexadecimal, of both AlgorithmIdentifiers */
  gboolean is_compressed; /* point of the key */
  gboolean is_forged;     /* the signature has a wrong bit */
} MdocTestCertificate;

/**
 * mdoc_test_certificate_new:
 * @what: what to write
 * @key: the subject's key
 * @issuer: (nullable): who issues it; %NULL: itself
 * @issuer_key: who signs it; need not be the issuer's
 *
 * Returns: (transfer full): a certificate that mdoc_certificate_parse() takes;
 *   one that it does not take fails the test
 */
MdocCertificate *mdoc_test_certificate_new (const MdocTestCertificate *what,
                                            MdocKey *key,
                                            MdocCertificate *issuer,
                                            MdocKey *issuer_key);
/* the same, not parsed */
GBytes *mdoc_test_certificate_encode (const MdocTestCertificate *what,
                                      MdocKey *key,
                                      MdocCertificate *issuer,
                                      MdocKey *issuer_key);

/**
 * MdocTestCrl:
 *
 * What to write into a CRL, likewise.
 */
typedef struct
{
  const char *version; /* hexadecimal, tag and all: 020101 */
  const char *issuer;
  gint64 this_update_s;
  gint64 next_update_s; /* -1: none */
  const char *revoked;  /* hexadecimal content of the list; NULL: no list */
  const char *extensions;
  const char *inner_algorithm; /* hexadecimal, in place of the one inside */
  gboolean is_forged;
} MdocTestCrl;

GBytes *mdoc_test_crl_encode (const MdocTestCrl *what,
                              MdocCertificate *issuer,
                              MdocKey *issuer_key);

/* a list that owns what is added; NULL-terminated arguments are referenced */
GPtrArray *
mdoc_test_certificates (MdocCertificate *first, ...) G_GNUC_NULL_TERMINATED;

/**
 * mdoc_test_patch:
 * @der: any bytes
 * @find: hexadecimal; must occur, and its first occurrence counts
 * @replacement: hexadecimal of the same length
 *
 * Returns: (transfer full): a changed copy
 */
GBytes *
mdoc_test_patch (GBytes *der, const char *find, const char *replacement);

G_END_DECLS
