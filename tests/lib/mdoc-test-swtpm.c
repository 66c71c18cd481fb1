/*
 * mdoc-test-swtpm.c - a TPM in software, run for one test
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-swtpm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_tctildr.h>
#include <unistd.h>

#include "tests/lib/mdoc-test-folder.h"

/* TPM2_TRANSIENT_FIRST, which shifts a bit out of an int */
#define FIRST_TRANSIENT ((UINT32) TPM2_HT_TRANSIENT << TPM2_HR_SHIFT)

/* a test that is killed takes its TPM along */
static void
die_with_parent (gpointer user_data)
{
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
spawn (MdocTestSwtpm *self, const char *pid_option, int fd)
{
  g_autofree char *state = g_strconcat ("dir=", self->state_dir, NULL);
  g_autofree char *server = g_strdup_printf ("type=unixio,path=%s/socket",
                                             self->state_dir);
  g_autofree char *control = g_strdup_printf ("type=unixio,path=%s/socket.ctrl",
                                              self->state_dir);
  const char *const argv[] = {
    "swtpm",  "socket", "--tpm2",  "--tpmstate",    state,   "--server", server,
    "--ctrl", control,  "--flags", "not-need-init", "--pid", pid_option, NULL
  };
  g_autoptr (GError) error = NULL;

  g_spawn_async_with_pipes_and_fds (NULL,
                                    argv,
                                    NULL,
                                    G_SPAWN_SEARCH_PATH
                                        | G_SPAWN_DO_NOT_REAP_CHILD
                                        | G_SPAWN_STDOUT_TO_DEV_NULL
                                        | G_SPAWN_STDERR_TO_DEV_NULL,
                                    die_with_parent,
                                    NULL,
                                    -1,
                                    -1,
                                    -1,
                                    &fd,
                                    &fd,
                                    1,
                                    &self->pid,
                                    NULL,
                                    NULL,
                                    NULL,
                                    &error);
  g_assert_no_error (error);
}

/* Until it has written its process ID, which it does when it listens, or has
 * ended, which closes the pipe. */
static gboolean
wait_for (int watch, int alive)
{
  struct pollfd fds[] = { { .fd = watch, .events = POLLIN },
                          { .fd = alive, .events = POLLIN } };

  while (poll (fds, G_N_ELEMENTS (fds), -1) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  return fds[0].revents != 0;
}

void
mdoc_test_swtpm_start (MdocTestSwtpm *self)
{
  g_autofree char *pid_file = g_build_filename (self->state_dir, "pid", NULL);
  g_autofree char *pid_option = g_strconcat ("file=", pid_file, NULL);
  int watch = inotify_init1 (IN_CLOEXEC);
  int alive[2];

  g_assert_cmpint (self->pid, ==, 0);
  g_assert_true (g_file_set_contents (pid_file, "", 0, NULL));
  g_assert_cmpint (inotify_add_watch (watch, pid_file, IN_CLOSE_WRITE), >, 0);
  g_assert_cmpint (pipe2 (alive, O_CLOEXEC), ==, 0);
  spawn (self, pid_option, alive[1]);
  close (alive[1]);
  if (!wait_for (watch, alive[0]))
    g_error ("swtpm does not start");
  close (alive[0]);
  close (watch);
}

void
mdoc_test_swtpm_kill (MdocTestSwtpm *self)
{
  if (self->pid == 0)
    return;

  (void) kill (self->pid, SIGKILL);
  (void) waitpid (self->pid, NULL, 0);
  g_spawn_close_pid (self->pid);
  self->pid = 0;
}

void
mdoc_test_swtpm_set_up (MdocTestSwtpm *self)
{
  self->state_dir = mdoc_test_folder_new ();
  self->tcti = g_strdup_printf ("swtpm:path=%s/socket", self->state_dir);
  mdoc_test_swtpm_start (self);
}

void
mdoc_test_swtpm_tear_down (MdocTestSwtpm *self)
{
  mdoc_test_swtpm_kill (self);
  mdoc_test_folder_remove (self->state_dir);
  g_free (self->state_dir);
  g_free (self->tcti);
}

static ESYS_CONTEXT *
open_esys (MdocTestSwtpm *self, TSS2_TCTI_CONTEXT **ret_tcti)
{
  ESYS_CONTEXT *esys = NULL;
  TSS2_RC rc;

  g_assert_cmpuint (Tss2_TctiLdr_Initialize (self->tcti, ret_tcti), ==, 0);
  g_assert_cmpuint (Esys_Initialize (&esys, *ret_tcti, NULL), ==, 0);
  rc = Esys_Startup (esys, TPM2_SU_CLEAR);
  g_assert_true (rc == 0 || rc == TPM2_RC_INITIALIZE);
  return esys;
}

static void
close_esys (ESYS_CONTEXT *esys, TSS2_TCTI_CONTEXT *tcti)
{
  Esys_Finalize (&esys);
  Tss2_TctiLdr_Finalize (&tcti);
}

void
mdoc_test_swtpm_extend (MdocTestSwtpm *self, guint pcr)
{
  TSS2_TCTI_CONTEXT *tcti = NULL;
  ESYS_CONTEXT *esys = open_esys (self, &tcti);
  TPM2B_EVENT event = { .size = 4, .buffer = "else" };
  TPML_DIGEST_VALUES *digests = NULL;

  g_assert_cmpuint (Esys_PCR_Event (esys,
                                    ESYS_TR_PCR0 + pcr,
                                    ESYS_TR_PASSWORD,
                                    ESYS_TR_NONE,
                                    ESYS_TR_NONE,
                                    &event,
                                    &digests),
                    ==,
                    0);
  Esys_Free (digests);
  close_esys (esys, tcti);
}

static guint
count (ESYS_CONTEXT *esys, UINT32 first)
{
  TPMS_CAPABILITY_DATA *capability = NULL;
  guint n;

  g_assert_cmpuint (Esys_GetCapability (esys,
                                        ESYS_TR_NONE,
                                        ESYS_TR_NONE,
                                        ESYS_TR_NONE,
                                        TPM2_CAP_HANDLES,
                                        first,
                                        64,
                                        NULL,
                                        &capability),
                    ==,
                    0);
  n = capability->data.handles.count;
  Esys_Free (capability);
  return n;
}

guint
mdoc_test_swtpm_count_loaded (MdocTestSwtpm *self)
{
  TSS2_TCTI_CONTEXT *tcti = NULL;
  ESYS_CONTEXT *esys = open_esys (self, &tcti);
  guint n = count (esys, FIRST_TRANSIENT)
            + count (esys, TPM2_LOADED_SESSION_FIRST)
            + count (esys, TPM2_ACTIVE_SESSION_FIRST);

  close_esys (esys, tcti);
  return n;
}
