/*
 * fuzz-key.c - any bytes as keys, PEM, and ECDSA signatures
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-der.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A key that was taken has a form of its own, which is taken again. */
static void
check_public (MdocPublicKey *key)
{
  g_autoptr (GBytes) spki = mdoc_public_key_to_spki (key);
  g_autoptr (MdocPublicKey) again = NULL;
  g_autoptr (GError) error = NULL;

  again = mdoc_public_key_new_from_spki (mdoc_span_from_bytes (spki), &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_public_key_equal (key, again));
}

static void
try_spki (MdocSpan der)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocPublicKey) key = mdoc_public_key_new_from_spki (der, &error);

  g_assert_true ((key == NULL) == (error != NULL));
  if (key != NULL)
    check_public (key);
}

static void
try_pem (const char *text)
{
  g_autoptr (GError) key_error = NULL;
  g_autoptr (GError) public_error = NULL;
  g_autoptr (GError) list_error = NULL;
  g_autoptr (MdocKey) key = mdoc_key_new_from_pem (text, &key_error);
  g_autoptr (MdocPublicKey) public_key
      = mdoc_public_key_new_from_pem (text, &public_error);
  g_autoptr (GPtrArray) list = mdoc_certificate_parse_pem (text,
                                                           strlen (text),
                                                           &list_error);

  g_assert_true ((key == NULL) == (key_error != NULL));
  g_assert_true ((public_key == NULL) == (public_error != NULL));
  g_assert_true ((list == NULL) == (list_error != NULL));
  if (key != NULL)
    check_public (mdoc_key_get_public (key));
  if (public_key != NULL)
    check_public (public_key);
}

/* A private key without its text around it, which is hard to guess. */
static void
try_private (MdocSpan der, const char *label)
{
  g_autofree char *base64 = g_base64_encode (der.data, der.len);
  g_autofree char *pem = g_strdup_printf ("-----BEGIN %s-----\n%s\n"
                                          "-----END %s-----\n",
                                          label,
                                          base64,
                                          label);

  try_pem (pem);
}

/* There is one encoding of r and s, so what is read is written the same. */
static void
try_signature (MdocSpan der, gsize n_bytes)
{
  guint8 raw[2 * MDOC_COORDINATE_MAX_LEN];
  guint8 back[MDOC_DER_SIGNATURE_MAX_LEN];
  gsize len;

  if (!mdoc_der_signature_to_raw (der, n_bytes, raw))
    return;

  len = mdoc_der_signature_from_raw (raw, n_bytes, back);
  g_assert_true (mdoc_span_equal (der, MDOC_SPAN (back, len)));
}

/* The first byte says as what the rest is read. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = NULL;
  g_autofree char *text = NULL;
  char oid[MDOC_DER_OID_TEXT_MAX_LEN];
  MdocSpan rest;

  if (size < 2)
    return 0;

  /* of its own, so that a sanitizer sees both of its ends */
  copy = g_memdup2 (data + 1, size - 1);
  rest = MDOC_SPAN (copy, size - 1);
  switch (data[0])
    {
    case 'S':
      try_spki (rest);
      break;
    case 'T':
      text = g_strndup ((const char *) rest.data, rest.len);
      try_pem (text);
      break;
    case 'P':
      try_private (rest, "PRIVATE KEY");
      break;
    case 'E':
      try_private (rest, "EC PRIVATE KEY");
      break;
    case 'O':
      if (mdoc_der_oid_to_text (rest, oid))
        g_assert_cmpuint (strlen (oid), <, sizeof (oid));
      break;
    case 'V':
      try_signature (rest, 32);
      try_signature (rest, 66);
      break;
    default:
      break;
    }

  return 0;
}
