/*
 * mdoc-http-error.c - why there is no answer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "net/mdoc-http-private.h"

#include "base/mdoc-text.h"

/* of X509_V_ERR_… of OpenSSL, which CURLINFO_SSL_VERIFYRESULT tells */
#define VERIFY_NOT_YET_VALID 9
#define VERIFY_EXPIRED       10

G_DEFINE_QUARK (mdoc_http_error_quark, mdoc_http_error)

static const struct
{
  const char *name;
  MdocHttpClass klass;
} codes[] = {
  [MDOC_HTTP_ERROR_ADDRESS] = { "address", MDOC_HTTP_CLASS_CALLER },
  [MDOC_HTTP_ERROR_REQUEST] = { "request", MDOC_HTTP_CLASS_CALLER },
  [MDOC_HTTP_ERROR_NAME] = { "name-not-found", MDOC_HTTP_CLASS_NETWORK },
  [MDOC_HTTP_ERROR_CONNECT] = { "not-connected", MDOC_HTTP_CLASS_NETWORK },
  [MDOC_HTTP_ERROR_BROKEN] = { "connection-broken", MDOC_HTTP_CLASS_NETWORK },
  [MDOC_HTTP_ERROR_TIMEOUT] = { "timed-out", MDOC_HTTP_CLASS_NETWORK },
  [MDOC_HTTP_ERROR_TLS] = { "tls", MDOC_HTTP_CLASS_TRUST },
  [MDOC_HTTP_ERROR_CERTIFICATE] = { "certificate", MDOC_HTTP_CLASS_TRUST },
  [MDOC_HTTP_ERROR_CERTIFICATE_TIME] = { "certificate-time",
                                         MDOC_HTTP_CLASS_TRUST },
  [MDOC_HTTP_ERROR_TOO_LARGE] = { "too-large", MDOC_HTTP_CLASS_PEER },
  [MDOC_HTTP_ERROR_REDIRECT] = { "redirect", MDOC_HTTP_CLASS_PEER },
  [MDOC_HTTP_ERROR_MALFORMED] = { "no-http", MDOC_HTTP_CLASS_PEER },
  [MDOC_HTTP_ERROR_DEVICE] = { "device", MDOC_HTTP_CLASS_NETWORK },
};

/**
 * mdoc_http_error_get_name:
 * @code: an error
 *
 * Returns: its name, which does not change between versions
 */
const char *
mdoc_http_error_get_name (MdocHttpError code)
{
  g_return_val_if_fail ((gsize) code < G_N_ELEMENTS (codes), "unknown");
  return codes[code].name;
}

/**
 * mdoc_http_error_get_class:
 * @code: an error
 *
 * Returns: what it calls for. That the device failed (memory) is likely over
 *   later, as trouble of the network is
 */
MdocHttpClass
mdoc_http_error_get_class (MdocHttpError code)
{
  g_return_val_if_fail ((gsize) code < G_N_ELEMENTS (codes),
                        MDOC_HTTP_CLASS_CALLER);
  return codes[code].klass;
}

void
mdoc_http_refuse (GError **error,
                  MdocHttpError code,
                  const char *what,
                  const char *reason)
{
  g_autofree char *printable = NULL;

  if (reason == NULL || *reason == '\0')
    {
      g_set_error_literal (error, MDOC_HTTP_ERROR, (gint) code, what);
      return;
    }
  printable = mdoc_text_to_printable (reason);
  g_set_error (error, MDOC_HTTP_ERROR, (gint) code, "%s: %s", what, printable);
}

/* Results that are named here are about the network or the peer. All others
 * blame the library or its use: this device. */
static MdocHttpError
classify (CURLcode result, const char **ret_what)
{
  static const struct
  {
    CURLcode result;
    MdocHttpError code;
    const char *what;
  } results[] = {
    { CURLE_COULDNT_RESOLVE_HOST, MDOC_HTTP_ERROR_NAME, "Host is not found" },
    { CURLE_COULDNT_RESOLVE_PROXY, MDOC_HTTP_ERROR_NAME, "Proxy is not found" },
    { CURLE_COULDNT_CONNECT, MDOC_HTTP_ERROR_CONNECT, "Nobody answers" },
    { CURLE_PROXY, MDOC_HTTP_ERROR_CONNECT, "Proxy does not connect us" },
    { CURLE_OPERATION_TIMEDOUT, MDOC_HTTP_ERROR_TIMEOUT, "Took too long" },
    { CURLE_SEND_ERROR, MDOC_HTTP_ERROR_BROKEN, "Connection broke" },
    { CURLE_RECV_ERROR, MDOC_HTTP_ERROR_BROKEN, "Connection broke" },
    { CURLE_GOT_NOTHING, MDOC_HTTP_ERROR_BROKEN, "No answer came" },
    { CURLE_PARTIAL_FILE, MDOC_HTTP_ERROR_BROKEN, "Answer ends early" },
    { CURLE_SEND_FAIL_REWIND, MDOC_HTTP_ERROR_BROKEN, "Connection broke" },
    { CURLE_SSL_CONNECT_ERROR, MDOC_HTTP_ERROR_TLS, "TLS failed" },
    { CURLE_SSL_CIPHER, MDOC_HTTP_ERROR_TLS, "TLS failed" },
    { CURLE_PEER_FAILED_VERIFICATION,
      MDOC_HTTP_ERROR_CERTIFICATE,
      "Server is not trusted" },
    { CURLE_SSL_ISSUER_ERROR,
      MDOC_HTTP_ERROR_CERTIFICATE,
      "Server is not trusted" },
    /* libcurl's own word for a line of a head beyond its limit; where memory
     * has really run out, GLib has ended the process */
    { CURLE_OUT_OF_MEMORY, MDOC_HTTP_ERROR_TOO_LARGE, "Headers are too long" },
    { CURLE_FILESIZE_EXCEEDED, MDOC_HTTP_ERROR_TOO_LARGE, "Answer too long" },
    { CURLE_UNSUPPORTED_PROTOCOL, MDOC_HTTP_ERROR_MALFORMED, "Not HTTP" },
    { CURLE_WEIRD_SERVER_REPLY, MDOC_HTTP_ERROR_MALFORMED, "Not HTTP" },
    { CURLE_BAD_CONTENT_ENCODING, MDOC_HTTP_ERROR_MALFORMED, "Not HTTP" },
    { CURLE_HTTP2, MDOC_HTTP_ERROR_MALFORMED, "Not HTTP" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (results); i++)
    if (results[i].result == result)
      {
        *ret_what = results[i].what;
        return results[i].code;
      }
  *ret_what = "HTTP client failed";
  return MDOC_HTTP_ERROR_DEVICE;
}

void
mdoc_http_refuse_curl (GError **error,
                       CURL *easy,
                       CURLcode result,
                       const char *words)
{
  const char *what;
  MdocHttpError code = classify (result, &what);
  long verified = 0, connected = 0;

  /* The number is OpenSSL's; of other libraries it is 0 or 1. */
  if (code == MDOC_HTTP_ERROR_CERTIFICATE
      && curl_easy_getinfo (easy, CURLINFO_SSL_VERIFYRESULT, &verified)
             == CURLE_OK
      && (verified == VERIFY_NOT_YET_VALID || verified == VERIFY_EXPIRED))
    code = MDOC_HTTP_ERROR_CERTIFICATE_TIME;
  /* a proxy that says no is not told from a broken connection otherwise */
  if (code == MDOC_HTTP_ERROR_BROKEN
      && curl_easy_getinfo (easy, CURLINFO_HTTP_CONNECTCODE, &connected)
             == CURLE_OK
      && connected >= 300)
    {
      code = MDOC_HTTP_ERROR_CONNECT;
      what = "Proxy does not connect us";
    }
  if (words == NULL || *words == '\0')
    words = curl_easy_strerror (result);
  mdoc_http_refuse (error, code, what, words);
}
