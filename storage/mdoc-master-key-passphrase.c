/*
 * mdoc-master-key-passphrase.c - a master key that somebody has in mind
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-master-key-private.h"

#ifdef HAVE_ARGON2

#include <argon2.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "storage/mdoc-store-private.h"

#define FD_PREFIX "fd="
#define ASK       "ask"

#define ASK_PROGRAM "systemd-ask-password"
#define PROMPT      "Passphrase of the store of mdoc-agent"
#define PROMPT_NEW  "New passphrase for the store of mdoc-agent"
#define PROMPT_SAME "The same passphrase again"

#define MIN_NEW_LEN 8 /* bytes; of one for a store that exists, 1 */
#define MAX_LEN     1024

/* The second of the choices that RFC 9106, section 4 recommends: it fits into
 * what the unit lets the agent have. */
#define MEMORY_KIB 65536
#define PASSES     3
#define LANES      4

#define MIN_MEMORY_KIB 8192
#define MAX_MEMORY_KIB (1024 * 1024)
#define MAX_PASSES     64
#define MAX_LANES      16
#define SALT_LEN       16

#define GROUP "argon2id"

/* what the terminal passes on for ^C and ^D while its signals are off */
#define CHAR_INTERRUPT 0x03

typedef enum
{
  FROM_TERMINAL,
  FROM_FD,
  FROM_PROGRAM,
} Whence;

typedef struct
{
  char *path;
  Whence whence;
  int fd;
} PassphraseSource;

typedef struct
{
  guint32 memory_kib;
  guint32 passes;
  guint32 lanes;
  guint8 salt[SALT_LEN];
} Parameters;

static void
passphrase_source_free (gpointer impl)
{
  PassphraseSource *self = impl;

  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PassphraseSource, passphrase_source_free)

static MdocSecret *
refuse (GError **error, MdocStoreError code, const char *what)
{
  mdoc_store_refuse (error, code, "The passphrase of the store: %s", what);
  return NULL;
}

/* --- asking --- */

/* One line, or all there is. Byte by byte, so that what follows a line on the
 * terminal is left to others. */
static MdocSecret *
read_line (int fd, GError **error)
{
  g_autoptr (MdocSecret) line = mdoc_secret_new (MAX_LEN);
  gsize len = 0;
  guint8 byte;

  for (;;)
    {
      gssize n = read (fd, &byte, 1);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          mdoc_store_refuse_errno (error, errno, "the passphrase");
          return NULL;
        }
      if (n == 0 || byte == '\n')
        break;
      if (byte == CHAR_INTERRUPT)
        return refuse (error, MDOC_STORE_ERROR_KEY_WITHHELD, "was not given");
      if (len == MAX_LEN)
        return refuse (error, MDOC_STORE_ERROR_WRONG_KEY, "is too long");
      mdoc_secret_get_data (line)[len++] = byte;
    }

  if (len == 0)
    return refuse (error, MDOC_STORE_ERROR_KEY_WITHHELD, "was not given");

  return mdoc_secret_new_copy (MDOC_SPAN (mdoc_secret_get_data (line), len));
}

static MdocSecret *
read_from_fd (PassphraseSource *self, GError **error)
{
  MdocSecret *passphrase;

  if (self->fd < 0)
    return refuse (error, MDOC_STORE_ERROR_KEY_WITHHELD, "was read already");

  passphrase = read_line (self->fd, error);
  close (self->fd);
  self->fd = -1;
  return passphrase;
}

static MdocSecret *
read_from_terminal (const char *prompt, GError **error)
{
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  MdocSecret *passphrase;
  struct termios usual;
  struct termios silent;

  if (fd < 0 || tcgetattr (fd, &usual) != 0)
    {
      if (fd >= 0)
        close (fd);
      return refuse (error,
                     MDOC_STORE_ERROR_KEY_WITHHELD,
                     "there is no terminal to ask for it; see "
                     "passphrase:ask and passphrase:fd=");
    }

  /* without signals nobody can end us and leave the terminal mute */
  silent = usual;
  silent.c_lflag &= ~(tcflag_t) (ECHO | ISIG);
  (void) tcsetattr (fd, TCSAFLUSH, &silent);
  dprintf (fd, "%s: ", prompt);
  passphrase = read_line (fd, error);
  dprintf (fd, "\n");
  (void) tcsetattr (fd, TCSAFLUSH, &usual);
  close (fd);
  return passphrase;
}

/* systemd asks whoever is there: on the console, or by a desktop's agent. */
static MdocSecret *
read_from_program (const char *prompt, GError **error)
{
  g_auto (GStrv) argv = g_new0 (char *, 4);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (MdocSecret) passphrase = NULL;
  int status = 0;
  GPid pid;
  int fd;

  argv[0] = g_strdup (ASK_PROGRAM);
  argv[1] = g_strdup ("--id=mdoc-agent");
  argv[2] = g_strdup (prompt);
  if (!g_spawn_async_with_pipes (NULL,
                                 argv,
                                 NULL,
                                 G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
                                     | G_SPAWN_CHILD_INHERITS_STDIN,
                                 NULL,
                                 NULL,
                                 &pid,
                                 NULL,
                                 &fd,
                                 NULL,
                                 &local_error))
    return refuse (error,
                   MDOC_STORE_ERROR_KEY_WITHHELD,
                   ASK_PROGRAM " cannot be run");

  passphrase = read_line (fd, error);
  close (fd);
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  g_spawn_close_pid (pid);

  if (passphrase != NULL && status != 0)
    return refuse (error, MDOC_STORE_ERROR_KEY_WITHHELD, "was not given");
  return g_steal_pointer (&passphrase);
}

static MdocSecret *
ask (PassphraseSource *self, const char *prompt, GError **error)
{
  if (self->whence == FROM_FD)
    return read_from_fd (self, error);
  if (self->whence == FROM_PROGRAM)
    return read_from_program (prompt, error);
  return read_from_terminal (prompt, error);
}

/* Of what one types blindly once, and of what a store is to be made with, one
 * had better be sure. */
static MdocSecret *
ask_for_new (PassphraseSource *self, GError **error)
{
  g_autoptr (MdocSecret) passphrase = ask (self, PROMPT_NEW, error);
  g_autoptr (MdocSecret) again = NULL;

  if (passphrase == NULL)
    return NULL;

  if (mdoc_secret_get_len (passphrase) < MIN_NEW_LEN)
    return refuse (error,
                   MDOC_STORE_ERROR_WRONG_KEY,
                   "is too short; it takes 8 bytes");

  if (self->whence == FROM_FD)
    return g_steal_pointer (&passphrase);

  again = ask (self, PROMPT_SAME, error);
  if (again == NULL)
    return NULL;
  if (!mdoc_secret_equal (mdoc_secret_get_span (passphrase),
                          mdoc_secret_get_span (again)))
    return refuse (error,
                   MDOC_STORE_ERROR_WRONG_KEY,
                   "the two are not the same");

  return g_steal_pointer (&passphrase);
}

/* --- what stretches it --- */

static gboolean
read_number (GKeyFile *file,
             const char *name,
             guint32 min,
             guint32 max,
             guint32 *ret_number)
{
  g_autofree char *text = g_key_file_get_value (file, GROUP, name, NULL);
  guint64 number;

  if (text == NULL
      || !g_ascii_string_to_unsigned (text, 10, min, max, &number, NULL))
    return FALSE;

  *ret_number = (guint32) number;
  return TRUE;
}

static gboolean
read_salt (GKeyFile *file, guint8 *ret_salt)
{
  g_autofree char *text = g_key_file_get_value (file, GROUP, "salt", NULL);
  g_autoptr (GBytes) salt = NULL;

  if (text == NULL)
    return FALSE;

  salt = mdoc_hex_decode (text, NULL);
  if (salt == NULL || g_bytes_get_size (salt) != SALT_LEN)
    return FALSE;

  memcpy (ret_salt, g_bytes_get_data (salt, NULL), SALT_LEN);
  return TRUE;
}

static gboolean
parse_parameters (PassphraseSource *self,
                  GBytes *content,
                  Parameters *ret_parameters,
                  GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_bytes (file, content, G_KEY_FILE_NONE, NULL)
      || !read_number (file,
                       "memory_kib",
                       MIN_MEMORY_KIB,
                       MAX_MEMORY_KIB,
                       &ret_parameters->memory_kib)
      || !read_number (file, "passes", 1, MAX_PASSES, &ret_parameters->passes)
      || !read_number (file, "lanes", 1, MAX_LANES, &ret_parameters->lanes)
      || !read_salt (file, ret_parameters->salt))
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_WRONG_KEY,
                              "The master key: %s is not what the agent wrote "
                              "there",
                              self->path);
  return TRUE;
}

static gboolean
write_parameters (PassphraseSource *self,
                  const Parameters *parameters,
                  GError **error)
{
  g_autofree char *salt = mdoc_hex_encode (
      MDOC_SPAN (parameters->salt, SALT_LEN));
  g_autofree char *text = g_strdup_printf ("[" GROUP "]\n"
                                           "memory_kib=%u\n"
                                           "passes=%u\n"
                                           "lanes=%u\n"
                                           "salt=%s\n",
                                           parameters->memory_kib,
                                           parameters->passes,
                                           parameters->lanes,
                                           salt);

  return mdoc_master_key_write_file (self->path,
                                     mdoc_span_from_text (text),
                                     error);
}

static MdocSecret *
stretch (const Parameters *parameters, MdocSecret *passphrase, GError **error)
{
  g_autoptr (MdocSecret) key = mdoc_secret_new (MDOC_MASTER_KEY_LEN);
  MdocSpan span = mdoc_secret_get_span (passphrase);
  int code = argon2id_hash_raw (parameters->passes,
                                parameters->memory_kib,
                                parameters->lanes,
                                span.data,
                                span.len,
                                parameters->salt,
                                SALT_LEN,
                                mdoc_secret_get_data (key),
                                MDOC_MASTER_KEY_LEN);

  if (code != ARGON2_OK)
    return refuse (error, MDOC_STORE_ERROR_DEVICE, argon2_error_message (code));

  return g_steal_pointer (&key);
}

/* --- the source --- */

static MdocSecret *
passphrase_load (gpointer impl, GError **error)
{
  PassphraseSource *self = impl;
  g_autoptr (MdocSecret) passphrase = NULL;
  g_autoptr (GBytes) content = NULL;
  Parameters parameters = { 0 };
  gboolean is_missing;

  content = mdoc_master_key_read_beside (self->path, &is_missing, error);
  if (content == NULL || !parse_parameters (self, content, &parameters, error))
    return NULL;

  passphrase = ask (self, PROMPT, error);
  return passphrase != NULL ? stretch (&parameters, passphrase, error) : NULL;
}

/* Parameters left by a start that was cut short are taken: there may be a key
 * that was made with them, but no store. */
static MdocSecret *
passphrase_create (gpointer impl, GError **error)
{
  PassphraseSource *self = impl;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (MdocSecret) passphrase = NULL;
  g_autoptr (GBytes) content = NULL;
  Parameters parameters = { MEMORY_KIB, PASSES, LANES, { 0 } };
  gboolean is_missing;

  content = mdoc_master_key_read_beside (self->path, &is_missing, &local_error);
  if (content == NULL && !is_missing)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  if (content != NULL && !parse_parameters (self, content, &parameters, error))
    return NULL;

  passphrase = ask_for_new (self, error);
  if (passphrase == NULL)
    return NULL;

  if (content == NULL)
    {
      mdoc_random_fill (parameters.salt, SALT_LEN);
      if (!write_parameters (self, &parameters, error))
        return NULL;
    }

  return stretch (&parameters, passphrase, error);
}

MdocMasterKey *
mdoc_master_key_new_passphrase (const char *text, const char *state_dir)
{
  static const MdocMasterKeyClass klass = {
    .kind = "passphrase",
    .load = passphrase_load,
    .create = passphrase_create,
    .free = passphrase_source_free,
  };
  g_autoptr (PassphraseSource) source = g_new0 (PassphraseSource, 1);
  guint64 fd;

  source->fd = -1;
  if (g_str_has_prefix (text, FD_PREFIX))
    {
      if (!g_ascii_string_to_unsigned (text + strlen (FD_PREFIX),
                                       10,
                                       0,
                                       G_MAXINT,
                                       &fd,
                                       NULL))
        return NULL;
      source->whence = FROM_FD;
      source->fd = (int) fd;
    }
  else if (strcmp (text, ASK) == 0)
    source->whence = FROM_PROGRAM;
  else if (text[0] != '\0')
    return NULL;

  source->path = g_build_filename (state_dir, MDOC_STORE_FILE_PASSPHRASE, NULL);
  return mdoc_master_key_new (&klass, g_steal_pointer (&source));
}

#else

MdocMasterKey *
mdoc_master_key_new_passphrase (const char *text, const char *state_dir)
{
  return NULL;
}

#endif
