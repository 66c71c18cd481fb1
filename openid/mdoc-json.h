/*
 * mdoc-json.h - reading JSON that somebody else wrote, and writing ours
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <json-glib/json-glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MDOC_JSON_MAX_DEPTH:
 *
 * Deepest nesting of arrays and objects that any #MdocJsonLimits may allow. Our
 * scan and json-glib recurse once a level, so this bounds the stack they take.
 */
#define MDOC_JSON_MAX_DEPTH 16

/* longest number accepted, in characters */
#define MDOC_JSON_MAX_NUMBER_LEN ((gsize) 32)

/* integers beyond are not the same to every reader (RFC 7493, 2.2) */
#define MDOC_JSON_MAX_INT G_GINT64_CONSTANT (9007199254740991)

/* latest and earliest NumericDate accepted, in unix s: the years 1 to 9999 */
#define MDOC_JSON_MAX_TIME G_GINT64_CONSTANT (253402300799)
#define MDOC_JSON_MIN_TIME G_GINT64_CONSTANT (-62135596800)

/**
 * MdocJsonError:
 * @MDOC_JSON_ERROR_MALFORMED: not JSON as RFC 8259 has it, or not UTF-8
 * @MDOC_JSON_ERROR_TRUNCATED: the text ends inside a value
 * @MDOC_JSON_ERROR_TRAILING: something follows the outermost value
 * @MDOC_JSON_ERROR_LIMIT: well-formed so far, but over one of our limits
 * @MDOC_JSON_ERROR_UNSUPPORTED: well-formed, but nothing any message of ours
 *   has: U+0000, a lone surrogate, a member without a name
 * @MDOC_JSON_ERROR_DUPLICATE: an object has the same member twice
 * @MDOC_JSON_ERROR_SCHEMA: JSON, but not what the message should look like
 *
 * Why a JSON text was refused. Every code blames whoever wrote it.
 */
typedef enum
{
  MDOC_JSON_ERROR_MALFORMED,
  MDOC_JSON_ERROR_TRUNCATED,
  MDOC_JSON_ERROR_TRAILING,
  MDOC_JSON_ERROR_LIMIT,
  MDOC_JSON_ERROR_UNSUPPORTED,
  MDOC_JSON_ERROR_DUPLICATE,
  MDOC_JSON_ERROR_SCHEMA,
} MdocJsonError;

#define MDOC_JSON_ERROR (mdoc_json_error_quark ())
GQuark mdoc_json_error_quark (void);

/**
 * MdocJsonLimits:
 * @max_bytes: longest text accepted
 * @max_depth: deepest nesting of arrays and objects, at most
 *   %MDOC_JSON_MAX_DEPTH
 * @max_values: most values in the whole text, nested ones included; a member's
 *   name is none
 *
 * What one kind of message may cost us. Every parser owns one, as a constant.
 */
typedef struct
{
  gsize max_bytes;
  guint max_depth;
  guint max_values;
} MdocJsonLimits;

/* the door */
JsonNode *
mdoc_json_load (MdocSpan text, const MdocJsonLimits *limits, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the same, for a text that has to be an object */
JsonNode *mdoc_json_load_object (MdocSpan text,
                                 const char *what,
                                 const MdocJsonLimits *limits,
                                 JsonObject **ret_object,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Members of an object. mdoc_json_get_…() refuse a member that is missing;
 * mdoc_json_find_…() say so with %NULL or with the value @otherwise, and take
 * null for missing, as many senders write it so. What they return borrows from
 * the object. */
const char *mdoc_json_get_text (JsonObject *object,
                                const char *member,
                                gsize max_len,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_json_find_text (JsonObject *object,
                              const char *member,
                              gsize max_len,
                              const char **ret_text,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_json_get_int (JsonObject *object,
                            const char *member,
                            gint64 min,
                            gint64 max,
                            gint64 *ret_value,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_json_find_int (JsonObject *object,
                             const char *member,
                             gint64 min,
                             gint64 max,
                             gint64 otherwise,
                             gint64 *ret_value,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_json_find_boolean (JsonObject *object,
                                 const char *member,
                                 gboolean otherwise,
                                 gboolean *ret_value,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_json_get_time (JsonObject *object,
                             const char *member,
                             gint64 *ret_unix_s,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_json_find_time (JsonObject *object,
                              const char *member,
                              gint64 otherwise,
                              gint64 *ret_unix_s,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
JsonObject *
mdoc_json_get_object (JsonObject *object, const char *member, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_json_find_object (JsonObject *object,
                                const char *member,
                                JsonObject **ret_object,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
JsonArray *mdoc_json_get_array (JsonObject *object,
                                const char *member,
                                guint max_elements,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_json_find_array (JsonObject *object,
                               const char *member,
                               guint max_elements,
                               JsonArray **ret_array,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_json_find_texts (JsonObject *object,
                               const char *member,
                               guint max_elements,
                               gsize max_len,
                               GStrv *ret_texts,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Elements of an array: @what names them in the error */
const char *mdoc_json_array_get_text (JsonArray *array,
                                      guint i,
                                      const char *what,
                                      gsize max_len,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
JsonObject *mdoc_json_array_get_object (JsonArray *array,
                                        guint i,
                                        const char *what,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_json_refuse (GError **error,
                           MdocJsonError code,
                           const char *what,
                           const char *reason);

/* Writing */
char *mdoc_json_write (JsonObject *object) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_json_set_texts (JsonObject *object,
                          const char *member,
                          const char *const *texts);

G_END_DECLS
