/*
 * test-protocol-error.c - what endpoints answer when they refuse
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-protocol-error.h"

#define ACCEPTED (-1)

/* Every code is written, and read as itself; with its status of HTTP. */
static void
test_codes (void)
{
  for (int i = 0; i < MDOC_PROTOCOL_N_CODES; i++)
    {
      MdocProtocolCode code = (MdocProtocolCode) i;
      g_autofree char *text = mdoc_protocol_error_write (code, "why");
      g_autofree char *challenge = mdoc_protocol_challenge_write ("DPoP", code);
      g_autoptr (MdocProtocolError) found = NULL;
      g_autoptr (GError) error = NULL;

      found = mdoc_protocol_error_parse (mdoc_span_from_text (text), &error);
      g_assert_no_error (error);
      g_assert_cmpint (found->code, ==, code);
      g_assert_cmpstr (found->name, ==, mdoc_protocol_code_get_name (code));
      g_assert_cmpstr (found->description, ==, "why");
      g_assert_cmpint (mdoc_protocol_challenge_parse (challenge), ==, code);
      g_assert_cmpuint (mdoc_protocol_code_get_status (code), >=, 400);
      g_assert_cmpuint (mdoc_protocol_code_get_status (code), <, 600);
      for (int j = 0; j < i; j++)
        g_assert_cmpstr (mdoc_protocol_code_get_name ((MdocProtocolCode) j),
                         !=,
                         found->name);
    }
  g_assert_cmpuint (mdoc_protocol_code_get_status (
                        MDOC_PROTOCOL_INVALID_CLIENT),
                    ==,
                    401);
  g_assert_cmpuint (mdoc_protocol_code_get_status (
                        MDOC_PROTOCOL_INSUFFICIENT_SCOPE),
                    ==,
                    403);
}

static const struct
{
  const char *text;
  int error;
  MdocProtocolCode code;
  const char *description;
} bodies[] = {
  { "{\"error\":\"invalid_proof\"}",
    ACCEPTED,
    MDOC_PROTOCOL_INVALID_PROOF,
    NULL },
  { "{\"error\":\"Invalid_proof\",\"error_description\":null,\"x\":1}",
    ACCEPTED,
    MDOC_PROTOCOL_UNKNOWN,
    NULL },
  { "{\"error\":\"invalid_nonce\",\"error_description\":\"a\\n\\\"\\u00e9b\"}",
    ACCEPTED,
    MDOC_PROTOCOL_INVALID_NONCE,
    "a\?\?\?\?b" },
  { "{}", MDOC_JSON_ERROR_SCHEMA, 0, NULL },
  { "{\"error\":1}", MDOC_JSON_ERROR_SCHEMA, 0, NULL },
  { "{\"error\":\"\"}", MDOC_JSON_ERROR_SCHEMA, 0, NULL },
  { "{\"error\":\"a\",\"error_description\":1}",
    MDOC_JSON_ERROR_SCHEMA,
    0,
    NULL },
  { "[]", MDOC_JSON_ERROR_SCHEMA, 0, NULL },
  { "<html>", MDOC_JSON_ERROR_MALFORMED, 0, NULL },
  { "", MDOC_JSON_ERROR_TRUNCATED, 0, NULL },
};

static void
test_bodies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (MdocProtocolError) found = NULL;
      g_autoptr (GError) error = NULL;

      found = mdoc_protocol_error_parse (mdoc_span_from_text (bodies[i].text),
                                         &error);
      g_assert_true ((found == NULL) == (error != NULL));
      if (bodies[i].error != ACCEPTED)
        {
          g_assert_error (error, MDOC_JSON_ERROR, bodies[i].error);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint (found->code, ==, bodies[i].code);
      g_assert_cmpstr (found->description, ==, bodies[i].description);
    }
}

/* What we write has only the characters that it may have. */
static void
test_description (void)
{
  g_autofree char *text = NULL;
  g_autofree char *bare = NULL;

  text = mdoc_protocol_error_write (MDOC_PROTOCOL_INVALID_REQUEST,
                                    "no \"x\"\\\r\nhere");
  g_assert_cmpstr (text,
                   ==,
                   "{\"error\":\"invalid_request\","
                   "\"error_description\":\"no ?x????here\"}");
  bare = mdoc_protocol_error_write (MDOC_PROTOCOL_INVALID_REQUEST, NULL);
  g_assert_cmpstr (bare, ==, "{\"error\":\"invalid_request\"}");
}

static void
test_challenges (void)
{
  static const struct
  {
    const char *header;
    MdocProtocolCode code;
  } challenges[] = {
    { "DPoP error=\"use_dpop_nonce\", error_description=\"x\"",
      MDOC_PROTOCOL_USE_DPOP_NONCE },
    { "dpop realm=\"a, error=\\\"invalid_token\\\"\", ERROR=use_dpop_nonce",
      MDOC_PROTOCOL_USE_DPOP_NONCE },
    { "Bearer realm=\"x\", DPoP algs=\"ES256\", error=invalid_token, a=b",
      MDOC_PROTOCOL_INVALID_TOKEN },
    { "Bearer xerror=\"invalid_token\"", MDOC_PROTOCOL_UNKNOWN },
    { "Bearer error", MDOC_PROTOCOL_UNKNOWN },
    { "Bearer error=", MDOC_PROTOCOL_UNKNOWN },
    { "Bearer error=\"", MDOC_PROTOCOL_UNKNOWN },
    { "Bearer error=\"invalid_token", MDOC_PROTOCOL_INVALID_TOKEN },
    { "Bearer a=\"\\", MDOC_PROTOCOL_UNKNOWN },
    { "Bearer", MDOC_PROTOCOL_UNKNOWN },
    { "", MDOC_PROTOCOL_UNKNOWN },
  };
  g_autofree char *bare = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (challenges); i++)
    {
      g_autofree char *copy = g_strdup (challenges[i].header);

      g_test_message ("%s", copy);
      g_assert_cmpint (mdoc_protocol_challenge_parse (copy),
                       ==,
                       challenges[i].code);
    }
  bare = mdoc_protocol_challenge_write ("Bearer", MDOC_PROTOCOL_UNKNOWN);
  g_assert_cmpstr (bare, ==, "Bearer");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol-error/codes", test_codes);
  g_test_add_func ("/protocol-error/bodies", test_bodies);
  g_test_add_func ("/protocol-error/description", test_description);
  g_test_add_func ("/protocol-error/challenges", test_challenges);

  return g_test_run ();
}
