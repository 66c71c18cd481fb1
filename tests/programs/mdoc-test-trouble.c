/*
 * mdoc-test-trouble.c - what can happen to a program and its disk, on demand
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Preloaded into a program. The file MDOC_TEST_TROUBLE holds what is to happen,
 * as numbers that the test may change at any time. Only calls that change what
 * is on the disk count as steps, so that a program dies at each of them in turn
 * and nowhere in between, where it would make no difference.
 */

/* both forms of each call are ours */
#undef _FILE_OFFSET_BITS

#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define N_PATTERNS  32
#define PATTERN_LEN 64
#define MAPS_BYTES  ((size_t) 256 * 1024)
#define TURNED      (0xff)

/* as in trouble.py */
typedef struct
{
  int64_t kill_at;        /* dies at this step from now, or 0 */
  int64_t n_steps;        /* how many there were */
  int64_t tears;          /* half of the write that it dies at is done */
  int64_t fails_with;     /* an errno that every step fails with, or 0 */
  int64_t clock_offset_s; /* of the wall clock */
  int64_t n_scans;        /* rises when a scan has ended */
  int64_t passed_s;       /* of the clocks that nobody can set */
  int64_t found[N_PATTERNS];
  /* what to look for: length, and the bytes turned over, so that they are not
   * found here */
  struct
  {
    int64_t len;
    uint8_t bytes[PATTERN_LEN];
  } patterns[N_PATTERNS];
} Trouble;

static Trouble *trouble;

static void on_scan (int number);

/* Whoever sleeps until some time wakes and looks at the clock again. */
static void
on_time (int number)
{
}

__attribute__ ((constructor)) static void
open_trouble (void)
{
  const char *path = getenv ("MDOC_TEST_TROUBLE");
  int fd = path != NULL ? open (path, O_RDWR | O_CLOEXEC) : -1;
  struct sigaction action = { .sa_handler = on_time };
  void *data;

  if (fd < 0)
    return;

  data = mmap (NULL,
               sizeof (Trouble),
               PROT_READ | PROT_WRITE,
               MAP_SHARED,
               fd,
               0);
  close (fd);
  if (data == MAP_FAILED)
    return;
  trouble = data;
  signal (SIGUSR2, on_scan);
  /* not SA_RESTART, as it is to be noticed */
  sigaction (SIGRTMIN, &action, NULL);
}

/* --- looking through memory --- */

static void
scan_range (const uint8_t *from, const uint8_t *to)
{
  for (int i = 0; i < N_PATTERNS; i++)
    {
      size_t len = (size_t) trouble->patterns[i].len;
      const uint8_t *bytes = trouble->patterns[i].bytes;

      for (const uint8_t *p = from; len > 0 && (size_t) (to - p) >= len; p++)
        {
          size_t at = 0;

          while (at < len && p[at] + bytes[at] == TURNED)
            at++;
          if (at == len)
            trouble->found[i]++;
        }
    }
}

/* All that may be written, which is where secrets can be; on a signal, so that
 * the program is as it is when it waits. */
static void
on_scan (int number)
{
  static char maps[MAPS_BYTES];
  size_t len = 0;
  ssize_t n;
  int fd = open ("/proc/self/maps", O_RDONLY | O_CLOEXEC);

  while (fd >= 0 && len < sizeof (maps) - 1
         && (n = read (fd, maps + len, sizeof (maps) - 1 - len)) > 0)
    len += (size_t) n;
  close (fd);
  maps[len] = '\0';

  for (char *line = maps; *line != '\0';)
    {
      char *end = line;
      uintptr_t from = strtoul (line, &end, 16);
      uintptr_t to = strtoul (end + 1, &end, 16);

      if (end[1] == 'r' && end[2] == 'w')
        scan_range ((const uint8_t *) from, (const uint8_t *) to);
      while (*end != '\n' && *end != '\0')
        end++;
      line = *end == '\n' ? end + 1 : end;
    }

  trouble->n_scans++;
}

static void *
find (const char *name)
{
  void *symbol = dlsym (RTLD_NEXT, name);

  if (symbol == NULL)
    abort ();
  return symbol;
}

#define REAL(name_) (__extension__(__typeof__ (&name_)) find (#name_))

static void
die (void)
{
  kill (getpid (), SIGKILL);
  for (;;)
    pause ();
}

static int
is_last_step (void)
{
  if (trouble == NULL)
    return 0;

  trouble->n_steps++;
  return trouble->kill_at > 0 && --trouble->kill_at == 0;
}

/* Returns: whether the step is to fail, with errno set */
static int
step (void)
{
  if (is_last_step ())
    die ();
  if (trouble == NULL || trouble->fails_with == 0)
    return 0;

  errno = (int) trouble->fails_with;
  return 1;
}

static int
is_on_disk (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 && S_ISREG (info.st_mode);
}

ssize_t
pwrite64 (int fd, const void *data, size_t len, off64_t offset)
{
  if (is_last_step ())
    {
      if (trouble->tears != 0)
        (void) !REAL (pwrite64) (fd, data, len / 2, offset);
      die ();
    }
  if (trouble != NULL && trouble->fails_with != 0)
    {
      errno = (int) trouble->fails_with;
      return -1;
    }

  return REAL (pwrite64) (fd, data, len, offset);
}

ssize_t
pwrite (int fd, const void *data, size_t len, off_t offset)
{
  return pwrite64 (fd, data, len, offset);
}

ssize_t
write (int fd, const void *data, size_t len)
{
  if (is_on_disk (fd) && fd > STDERR_FILENO && step ())
    return -1;
  return REAL (write) (fd, data, len);
}

int
fsync (int fd)
{
  return step () ? -1 : REAL (fsync) (fd);
}

int
fdatasync (int fd)
{
  return step () ? -1 : REAL (fdatasync) (fd);
}

int
ftruncate64 (int fd, off64_t len)
{
  return step () ? -1 : REAL (ftruncate64) (fd, len);
}

int
ftruncate (int fd, off_t len)
{
  return ftruncate64 (fd, len);
}

int
unlink (const char *path)
{
  return step () ? -1 : REAL (unlink) (path);
}

int
rename (const char *from, const char *to)
{
  return step () ? -1 : REAL (rename) (from, to);
}

int
clock_gettime (clockid_t clock, struct timespec *ret_time)
{
  int result = REAL (clock_gettime) (clock, ret_time);

  if (trouble == NULL)
    return result;

  switch (clock)
    {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      ret_time->tv_sec += (time_t) trouble->clock_offset_s;
      break;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
      ret_time->tv_sec += (time_t) trouble->passed_s;
      break;
    default:
      break;
    }
  return result;
}

int
gettimeofday (struct timeval *restrict ret_time, void *restrict zone)
{
  int result = REAL (gettimeofday) (ret_time, zone);

  if (trouble != NULL)
    ret_time->tv_sec += (time_t) trouble->clock_offset_s;
  return result;
}

time_t
time (time_t *ret_time)
{
  time_t now = REAL (time) (NULL);

  if (trouble != NULL)
    now += (time_t) trouble->clock_offset_s;
  if (ret_time != NULL)
    *ret_time = now;
  return now;
}
