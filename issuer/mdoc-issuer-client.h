/*
 * mdoc-issuer-client.h - asking a platform that runs, from a command line
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/mdoc-program.h"
#include "net/mdoc-http.h"

G_BEGIN_DECLS

/* where the platform is, and the file with a key of its administration, if the
 * command line does not say */
#define MDOC_ENV_ISSUER_URL      "MDOC_ISSUER_URL"
#define MDOC_ENV_ISSUER_KEY_FILE "MDOC_ISSUER_KEY_FILE"
#define MDOC_ENV_ISSUER_CA_FILE  "MDOC_ISSUER_CA_FILE"

/**
 * MdocIssuerClientError:
 * @MDOC_ISSUER_CLIENT_ERROR_SETUP: no address, or no key (the caller)
 * @MDOC_ISSUER_CLIENT_ERROR_DENIED: the key is not good for that (the caller)
 * @MDOC_ISSUER_CLIENT_ERROR_NOT_FOUND: there is no such thing (the caller)
 * @MDOC_ISSUER_CLIENT_ERROR_REFUSED: the platform says no, and why (the caller)
 * @MDOC_ISSUER_CLIENT_ERROR_UNREACHABLE: there is no answer
 * @MDOC_ISSUER_CLIENT_ERROR_TIMEOUT: it did not come in time
 * @MDOC_ISSUER_CLIENT_ERROR_ANSWER: it is none (the platform)
 *
 * Why a call came to nothing.
 */
typedef enum
{
  MDOC_ISSUER_CLIENT_ERROR_SETUP,
  MDOC_ISSUER_CLIENT_ERROR_DENIED,
  MDOC_ISSUER_CLIENT_ERROR_NOT_FOUND,
  MDOC_ISSUER_CLIENT_ERROR_REFUSED,
  MDOC_ISSUER_CLIENT_ERROR_UNREACHABLE,
  MDOC_ISSUER_CLIENT_ERROR_TIMEOUT,
  MDOC_ISSUER_CLIENT_ERROR_ANSWER,
} MdocIssuerClientError;

#define MDOC_ISSUER_CLIENT_ERROR (mdoc_issuer_client_error_quark ())
GQuark mdoc_issuer_client_error_quark (void);

/**
 * MdocIssuerClientOptions:
 * @url: (nullable): where the platform is; %NULL: as the environment says
 * @key_file: (nullable): with a key of its administration; the same
 * @ca_file: (nullable): whom to trust, in PEM; %NULL: as the environment says,
 *   else whom the system trusts
 *
 * What every verb that asks a platform takes.
 */
typedef struct
{
  char *url;
  char *key_file;
  char *ca_file;
} MdocIssuerClientOptions;

void mdoc_issuer_client_options_clear (MdocIssuerClientOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocIssuerClientOptions,
                                  mdoc_issuer_client_options_clear)

/* the options, for mdoc_command_parse() */
/* clang-format off */
#define MDOC_ISSUER_CLIENT_ENTRIES(options_)                                   \
  { "server", 0, 0, G_OPTION_ARG_STRING, &(options_).url,                      \
    "Address of the platform", "URL" },                                        \
  { "key-file", 0, 0, G_OPTION_ARG_FILENAME, &(options_).key_file,             \
    "File with a key of its administration", "FILE" },                         \
  { "ca", 0, 0, G_OPTION_ARG_FILENAME, &(options_).ca_file,                    \
    "Certificates to trust, instead of the system's", "PEM" }
/* clang-format on */

/**
 * MdocIssuerClient:
 *
 * Calls of `/admin/v1`, one after the other; each waits for its answer. For one
 * thread, whose default main context it runs.
 */
typedef struct _MdocIssuerClient MdocIssuerClient;

MdocIssuerClient *
mdoc_issuer_client_new (const MdocIssuerClientOptions *options, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_issuer_client_free (MdocIssuerClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocIssuerClient, mdoc_issuer_client_free)

/* @path: below /admin/v1, escaped; @body: (nullable). Returns: (transfer full):
 * the answer, an object; empty if there is none */
JsonNode *mdoc_issuer_client_call (MdocIssuerClient *self,
                                   const char *method,
                                   const char *path,
                                   JsonObject *body,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for what is no JSON. @header: where the answer says what follows it;
 * @ret_next: (nullable): what it said */
GBytes *mdoc_issuer_client_fetch (MdocIssuerClient *self,
                                  const char *path,
                                  const char *header,
                                  char **ret_next,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Listens to a stream until it ends, however it does. @last_id: behind which
 * event; @on_data: gets what comes.
 * @ret_is_temporary: (out): whether it is worth to ask again
 * Returns: %FALSE with @error set if it did not just end */
gboolean mdoc_issuer_client_listen (MdocIssuerClient *self,
                                    const char *path,
                                    const char *last_id,
                                    MdocHttpDataFunc on_data,
                                    gpointer data,
                                    gboolean *ret_is_temporary,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Waits until what a 202 promised has come. Returns: (transfer full): the
 * request, with its outcomes */
JsonNode *mdoc_issuer_client_wait (MdocIssuerClient *self,
                                   JsonNode *accepted,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "/credentials/" and @id, escaped */
char *mdoc_issuer_client_path (const char *before,
                               const char *id,
                               const char *behind);

/* how a verb ends that failed with @error */
MdocExit mdoc_issuer_client_exit_of (const GError *error);
/* (nullable): a member that is a text */
const char *mdoc_issuer_client_get (JsonNode *object, const char *member);
/* a member that is an array, which may be empty */
JsonArray *mdoc_issuer_client_get_array (JsonNode *object,
                                         const char *member,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Claims, as "mdoc-issuer sign --data" takes them: what names a file beside
 * them ("@NAME", {"file": NAME}) is replaced by what is in it, as the platform
 * does not see our files. Returns: (transfer full) */
JsonObject *mdoc_issuer_client_read_claims (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* prints @node as JSON */
void mdoc_issuer_client_print (JsonNode *node);

G_END_DECLS
