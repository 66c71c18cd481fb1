/*
 * mdoc-attestations.c - where the agent gets attestations from
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-attestations.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mdoc-file.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-wallet-attestation.h"

struct _MdocAttestations
{
  char *file;
  char *program;
  const MdocClock *clock;
  GHashTable *kept; /* audience and key: a wallet attestation of the program */
};

static gboolean
refuse (GError **error, MdocAttesterError code, const char *reason)
{
  g_set_error_literal (error, MDOC_ATTESTER_ERROR, (gint) code, reason);
  return FALSE;
}

/**
 * mdoc_attestations_new:
 * @file: (nullable): a file of wallet attestations
 * @program: (nullable): the absolute path of who makes others
 * @clock: what time it is
 *
 * Returns: (transfer full): it; nothing has been read or run yet
 */
MdocAttestations *
mdoc_attestations_new (const char *file,
                       const char *program,
                       const MdocClock *clock)
{
  MdocAttestations *self = g_new0 (MdocAttestations, 1);

  self->file = g_strdup (file);
  self->program = g_strdup (program);
  self->clock = clock;
  self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * mdoc_attestations_free:
 * @self: (nullable) (transfer full): it, with no question that has yet to come
 *   back
 */
void
mdoc_attestations_free (MdocAttestations *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->kept);
  g_free (self->file);
  g_free (self->program);
  g_free (self);
}

/* --- the file --- */

static gboolean
is_current (const MdocAttestations *self,
            const MdocWalletAttestation *attestation)
{
  return mdoc_wallet_attestation_is_current (attestation,
                                             mdoc_clock_get_unix_s (self->clock)
                                                 + MDOC_ATTESTER_MARGIN_S,
                                             MDOC_ATTESTER_MAX_AHEAD_S);
}

/* Returns: (transfer full): the one in @lines that is of @key and holds
 * longest, or %NULL with @error set */
static char *
choose_line (const MdocAttestations *self,
             char **lines,
             MdocPublicKey *key,
             GError **error)
{
  const char *best = NULL;
  gint64 best_until_unix_s = 0;
  gboolean has_key = FALSE;

  for (guint i = 0; lines[i] != NULL && i < MDOC_ATTESTATIONS_MAX; i++)
    {
      const char *line = g_strstrip (lines[i]);
      g_autoptr (MdocWalletAttestation) attestation
          = line[0] != '\0' ? mdoc_wallet_attestation_parse (line, NULL) : NULL;

      if (attestation == NULL || !mdoc_public_key_equal (attestation->key, key))
        continue;

      has_key = TRUE;
      if (is_current (self, attestation)
          && attestation->exp_unix_s > best_until_unix_s)
        {
          best = line;
          best_until_unix_s = attestation->exp_unix_s;
        }
    }

  if (best == NULL && has_key)
    refuse (error,
            MDOC_ATTESTER_ERROR_EXPIRED,
            "The attestation of this wallet has expired");
  else if (best == NULL)
    refuse (error,
            MDOC_ATTESTER_ERROR_KEY,
            "The file of wallet attestations has none of the key by which this "
            "issuer knows us");
  return g_strdup (best);
}

static char *
look_in_file (const MdocAttestations *self, MdocPublicKey *key, GError **error)
{
  g_autoptr (GBytes) bytes = mdoc_file_read (self->file,
                                             MDOC_ATTESTATIONS_MAX_FILE_BYTES,
                                             NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (bytes == NULL)
    {
      refuse (error,
              MDOC_ATTESTER_ERROR_ABSENT,
              "The file of wallet attestations cannot be read");
      return NULL;
    }

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  return choose_line (self, lines, key, error);
}

/* --- the program --- */

typedef struct
{
  MdocAttestations *attestations;
  char *kept_as; /* nullable: not kept */
  MdocPublicKey *key;
  GSubprocess *process;
  GCancellable *cancellable; /* of the reading: time is up, or nobody waits */
  GCancellable *outer;
  gulong outer_id;
  guint timeout_id;
  guint8 *answer;
  gsize n_answer;
} Run;

static void
run_free (gpointer data)
{
  Run *self = data;

  if (self->timeout_id != 0)
    g_source_remove (self->timeout_id);
  if (self->outer != NULL)
    {
      g_signal_handler_disconnect (self->outer, self->outer_id);
      g_object_unref (self->outer);
    }
  g_clear_object (&self->process);
  g_clear_object (&self->cancellable);
  mdoc_public_key_unref (self->key);
  g_free (self->kept_as);
  g_free (self->answer);
  g_free (self);
}

static void
give_up (Run *self)
{
  g_cancellable_cancel (self->cancellable);
  g_subprocess_force_exit (self->process);
}

static gboolean
on_timeout (gpointer user_data)
{
  Run *self = user_data;

  self->timeout_id = 0;
  give_up (self);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  give_up (user_data);
}

static void
keep (Run *self, const char *compact)
{
  g_autoptr (MdocWalletAttestation) attestation
      = mdoc_wallet_attestation_parse (compact, NULL);

  if (attestation == NULL
      || !mdoc_public_key_equal (attestation->key, self->key))
    return;

  if (g_hash_table_size (self->attestations->kept) >= MDOC_ATTESTATIONS_MAX)
    g_hash_table_remove_all (self->attestations->kept);
  g_hash_table_insert (self->attestations->kept,
                       g_strdup (self->kept_as),
                       g_strdup (compact));
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *self = g_task_get_task_data (task);
  g_autofree char *text = NULL;
  gboolean is_done = g_subprocess_wait_check_finish (self->process,
                                                     result,
                                                     NULL);

  if (self->outer != NULL && g_cancellable_is_cancelled (self->outer))
    {
      g_task_return_new_error (task,
                               G_IO_ERROR,
                               G_IO_ERROR_CANCELLED,
                               "Nobody waits for it any more");
      return;
    }

  text = g_strndup ((const char *) self->answer, self->n_answer);
  g_strstrip (text);
  if (!is_done || text[0] == '\0' || self->n_answer > MDOC_ATTESTER_MAX_BYTES)
    {
      g_task_return_new_error (task,
                               MDOC_ATTESTER_ERROR,
                               MDOC_ATTESTER_ERROR_REFUSED,
                               "The program that attests said no, nothing, too "
                               "much, or took too long");
      return;
    }

  if (self->kept_as != NULL)
    keep (self, text);
  g_task_return_pointer (task, g_steal_pointer (&text), g_free);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Run *self = g_task_get_task_data (task);

  /* what could not be read is no answer, and then the program is not waited for
   * either */
  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source),
                                       result,
                                       &self->n_answer,
                                       NULL))
    self->n_answer = 0;
  if (self->n_answer == 0 || self->n_answer > MDOC_ATTESTER_MAX_BYTES)
    g_subprocess_force_exit (self->process);
  g_subprocess_wait_check_async (self->process, NULL, on_exited, task);
}

static void
add_texts (JsonObject *object, const char *name, const char *const *texts)
{
  JsonArray *array;

  if (texts == NULL)
    return;

  array = json_array_new ();
  for (guint i = 0; texts[i] != NULL; i++)
    json_array_add_string_element (array, texts[i]);
  json_object_set_array_member (object, name, array);
}

static char *
make_question (const MdocAttestationRequest *request)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *keys = json_array_new ();

  json_object_set_string_member (object,
                                 "type",
                                 request->for_keys ? "keys" : "wallet");
  json_object_set_string_member (object, "audience", request->audience);
  if (request->client_id != NULL)
    json_object_set_string_member (object, "client_id", request->client_id);
  if (request->nonce != NULL)
    json_object_set_string_member (object, "nonce", request->nonce);
  add_texts (object, "key_storage", request->key_storage);
  add_texts (object, "user_authentication", request->user_authentication);
  for (guint i = 0; i < request->keys->len; i++)
    json_array_add_object_element (keys,
                                   mdoc_jwk_write_key (mdoc_key_get_public (
                                       request->keys->pdata[i])));
  json_object_set_array_member (object, "keys", keys);
  return mdoc_json_write (object);
}

/* Returns: a file without a name that holds @text, at its beginning; -1 if
 * there cannot be one. No pipe: it could be full before the program reads. */
static int
open_text (const char *text)
{
  gsize len = strlen (text), n_written = 0;
  int fd = memfd_create ("mdoc-attest", MFD_CLOEXEC);

  while (fd >= 0 && n_written < len)
    {
      gssize n = write (fd, text + n_written, len - n_written);

      if (n <= 0)
        {
          close (fd);
          return -1;
        }
      n_written += (gsize) n;
    }

  if (fd >= 0 && lseek (fd, 0, SEEK_SET) != 0)
    {
      close (fd);
      return -1;
    }
  return fd;
}

static GSubprocess *
spawn (const MdocAttestations *self, const MdocAttestationRequest *request)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *question = make_question (request);
  int fd = open_text (question);

  if (fd < 0)
    return NULL;

  g_subprocess_launcher_take_stdin_fd (launcher, fd);
  return g_subprocess_launcher_spawn (launcher, NULL, self->program, NULL);
}

/* (transfer full) @task */
static void
run (MdocAttestations *self,
     const MdocAttestationRequest *request,
     char *kept_as,
     GTask *task)
{
  Run *run = g_new0 (Run, 1);
  GCancellable *outer = g_task_get_cancellable (task);

  run->attestations = self;
  run->kept_as = kept_as;
  run->key = mdoc_public_key_ref (
      mdoc_key_get_public (request->keys->pdata[0]));
  run->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, run, run_free);
  run->process = spawn (self, request);
  if (run->process == NULL)
    {
      g_task_return_new_error (task,
                               MDOC_ATTESTER_ERROR,
                               MDOC_ATTESTER_ERROR_ABSENT,
                               "The program that attests cannot be run");
      g_object_unref (task);
      return;
    }

  run->timeout_id = g_timeout_add_seconds (MDOC_ATTESTATIONS_TIMEOUT_S,
                                           on_timeout,
                                           run);
  run->answer = g_malloc (MDOC_ATTESTER_MAX_BYTES + 1);
  g_input_stream_read_all_async (g_subprocess_get_stdout_pipe (run->process),
                                 run->answer,
                                 MDOC_ATTESTER_MAX_BYTES + 1,
                                 G_PRIORITY_DEFAULT,
                                 run->cancellable,
                                 on_read,
                                 task);
  if (outer != NULL && !g_cancellable_is_cancelled (outer))
    {
      run->outer = g_object_ref (outer);
      run->outer_id = g_signal_connect (outer,
                                        "cancelled",
                                        G_CALLBACK (on_cancelled),
                                        run);
    }
}

/* --- the port --- */

static char *
dup_kept (MdocAttestations *self, const char *kept_as)
{
  const char *compact = g_hash_table_lookup (self->kept, kept_as);
  g_autoptr (MdocWalletAttestation) attestation
      = compact != NULL ? mdoc_wallet_attestation_parse (compact, NULL) : NULL;

  return attestation != NULL && is_current (self, attestation)
             ? g_strdup (compact)
             : NULL;
}

static void
ask_async (gpointer impl,
           const MdocAttestationRequest *request,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  MdocAttestations *self = impl;
  MdocPublicKey *key = mdoc_key_get_public (request->keys->pdata[0]);
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *kept_as = NULL;
  g_autofree char *thumbprint = NULL;
  char *compact = NULL;
  GError *error = NULL;

  g_task_set_check_cancellable (task, FALSE);
  if (!request->for_keys)
    {
      /* what is not taken any more does not get better by being read again,
       * where somebody makes others */
      if (self->file != NULL && (!request->is_anew || self->program == NULL))
        compact = look_in_file (self, key, &error);
      thumbprint = mdoc_jwk_dup_thumbprint (key);
      kept_as = g_strjoin (" ", request->audience, thumbprint, NULL);
      if (compact == NULL && self->program != NULL && !request->is_anew)
        compact = dup_kept (self, kept_as);
    }

  if (compact != NULL)
    {
      g_clear_error (&error);
      g_task_return_pointer (task, compact, g_free);
    }
  else if (self->program != NULL)
    {
      g_clear_error (&error);
      run (self, request, g_steal_pointer (&kept_as), g_steal_pointer (&task));
    }
  else
    {
      if (error == NULL)
        refuse (&error,
                MDOC_ATTESTER_ERROR_ABSENT,
                "The issuer wants the keys attested, and there is no program "
                "that does");
      g_task_return_error (task, error);
    }
}

static char *
ask_finish (gpointer impl, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static const MdocAttesterClass attester_class = {
  .ask_async = ask_async,
  .ask_finish = ask_finish,
};

/**
 * mdoc_attestations_get_attester:
 * @self: it
 *
 * Returns: who vouches, for a platform; without a class if nobody does
 */
MdocAttester
mdoc_attestations_get_attester (MdocAttestations *self)
{
  const gboolean is_there = self->file != NULL || self->program != NULL;

  return (MdocAttester){ is_there ? &attester_class : NULL, self };
}
