/*
 * mdoc-reader-ask.h - what to ask for, as a command line says it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-doc-type.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

#define MDOC_READER_MAX_REQUESTS 16 /* in one session */

/**
 * MdocReaderStepKind:
 * @MDOC_READER_STEP_DOC_TYPE: --doctype TYPE: a document of that type
 * @MDOC_READER_STEP_ELEMENT: --element [NS/]ELEMENT[:retain]: one of its
 *   elements
 * @MDOC_READER_STEP_PRESET: --preset NAME: elements by the data of its type
 * @MDOC_READER_STEP_THEN: --then: the next request of the session
 *
 * Options whose order matters.
 */
typedef enum
{
  MDOC_READER_STEP_DOC_TYPE,
  MDOC_READER_STEP_ELEMENT,
  MDOC_READER_STEP_PRESET,
  MDOC_READER_STEP_THEN,
} MdocReaderStepKind;

typedef struct
{
  MdocReaderStepKind kind;
  char *text; /* nullable */
} MdocReaderStep;

/* of #MdocReaderStep; @option: one of those above, with its dashes; any other
 * is ignored */
GArray *mdoc_reader_steps_new (void) G_GNUC_WARN_UNUSED_RESULT;
void
mdoc_reader_steps_add (GArray *steps, const char *option, const char *value);

/**
 * MdocReaderAsk:
 *
 * The requests of one session, in order. Immutable once parsed.
 */
typedef struct _MdocReaderAsk MdocReaderAsk;

/* @steps: of #MdocReaderStep */
MdocReaderAsk *mdoc_reader_ask_parse (GArray *steps,
                                      MdocDocTypeTable *doc_types,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_reader_ask_free (MdocReaderAsk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocReaderAsk, mdoc_reader_ask_free)

guint mdoc_reader_ask_get_n_requests (MdocReaderAsk *self);

/* @reader_key, @reader_chain: (nullable): do not sign */
GBytes *mdoc_reader_ask_build (MdocReaderAsk *self,
                               guint request,
                               MdocTranscript *transcript,
                               MdocKey *reader_key,
                               GPtrArray *reader_chain,
                               gboolean sign_all,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "DOCTYPE NAMESPACE/ELEMENT" each: what was asked for and not returned; what
 * was returned and not asked for */
GStrv mdoc_reader_ask_list_missing (MdocReaderAsk *self,
                                    guint request,
                                    MdocDeviceResponse *response)
    G_GNUC_WARN_UNUSED_RESULT;
GStrv mdoc_reader_ask_list_unasked (MdocReaderAsk *self,
                                    guint request,
                                    MdocDeviceResponse *response)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
