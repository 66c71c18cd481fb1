/*
 * mdoc-test-token.c - a PKCS#11 token for one process
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-token.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs a program to its end, which has to be a good one. */
static void
run (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL,
                (char **) (gsize) (gconstpointer) argv,
                NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                NULL,
                NULL,
                NULL,
                NULL,
                &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

char *
mdoc_test_token_make (const char *folder)
{
  g_autofree char *tokens = g_build_filename (folder, "tokens", NULL);
  g_autofree char *conf = g_build_filename (folder, "softhsm2.conf", NULL);
  g_autofree char *pin = g_build_filename (folder, "pin", NULL);
  g_autofree char *text = g_strdup_printf ("directories.tokendir = %s\n",
                                           tokens);
  const char *argv[] = {
    "softhsm2-util", "--init-token", "--free",   "--label",     "wallet",
    "--pin",         MDOC_TEST_PIN,  "--so-pin", MDOC_TEST_PIN, NULL
  };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (tokens, 0700), ==, 0);
  g_file_set_contents (conf, text, -1, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (pin,
                            MDOC_TEST_PIN "\n",
                            -1,
                            G_FILE_SET_CONTENTS_NONE,
                            0600,
                            &error);
  g_assert_no_error (error);
  g_assert_true (g_setenv ("SOFTHSM2_CONF", conf, TRUE));
  run (argv);
  return g_strdup_printf ("pkcs11:token=wallet?module-"
                          "path=" MDOC_TEST_TOKEN_MODULE "&pin-source=file:%s",
                          pin);
}

/* each connection is a process of its group */
static void
begin_group (gpointer user_data)
{
  (void) setpgid (0, 0);
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
is_listening (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean is_connected;

  g_assert_cmpuint (g_strlcpy (address.sun_path,
                               path,
                               sizeof (address.sun_path)),
                    <,
                    sizeof (address.sun_path));
  is_connected = connect (fd,
                          (const struct sockaddr *) (gconstpointer) &address,
                          sizeof (address))
                 == 0;
  close (fd);
  return is_connected;
}

static void
spawn_server (MdocTestTokenServer *self)
{
  const char *const argv[] = { "p11-kit",
                               "server",
                               "-f",
                               "--provider",
                               MDOC_TEST_TOKEN_MODULE,
                               "-n",
                               self->socket,
                               "pkcs11:token=wallet",
                               NULL };
  g_autoptr (GError) error = NULL;

  g_spawn_async_with_pipes_and_fds (NULL,
                                    argv,
                                    NULL,
                                    G_SPAWN_SEARCH_PATH
                                        | G_SPAWN_DO_NOT_REAP_CHILD
                                        | G_SPAWN_STDOUT_TO_DEV_NULL
                                        | G_SPAWN_STDERR_TO_DEV_NULL,
                                    begin_group,
                                    NULL,
                                    -1,
                                    -1,
                                    -1,
                                    NULL,
                                    NULL,
                                    0,
                                    &self->pid,
                                    NULL,
                                    NULL,
                                    NULL,
                                    &error);
  g_assert_no_error (error);
}

void
mdoc_test_token_server_start (MdocTestTokenServer *self, const char *folder)
{
  if (self->socket == NULL)
    self->socket = g_build_filename (folder, "token-socket", NULL);
  spawn_server (self);

  /* it does not say when it listens */
  while (!is_listening (self->socket))
    {
      g_assert_cmpint (waitpid (self->pid, NULL, WNOHANG), ==, 0);
      g_usleep (1000);
    }
}

void
mdoc_test_token_server_kill (MdocTestTokenServer *self)
{
  if (self->pid == 0)
    return;

  g_assert_cmpint (kill (-self->pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (self->pid, NULL, 0), ==, self->pid);
  (void) g_unlink (self->socket);
  self->pid = 0;
}
