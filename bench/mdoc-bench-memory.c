/*
 * mdoc-bench-memory.c - how much memory a stretch of the program takes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "bench/mdoc-bench-memory.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

/* what the functions below stand in front of; glibc exports them for this */
extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *data, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);
extern void __libc_free (void *data);

/* for the libraries to find them, too */
#pragma GCC visibility push(default)
void *malloc (size_t size);
void *calloc (size_t n, size_t size);
void *realloc (void *data, size_t size);
void *memalign (size_t alignment, size_t size);
void *aligned_alloc (size_t alignment, size_t size);
int posix_memalign (void **ret_data, size_t alignment, size_t size);
void free (void *data);
#pragma GCC visibility pop

static gboolean is_counting;
static gssize in_use; /* may fall below 0: what was there may be freed */
static gssize most_in_use;

static void *
count (void *data)
{
  if (!is_counting || data == NULL)
    return data;

  in_use += (gssize) malloc_usable_size (data);
  most_in_use = MAX (most_in_use, in_use);
  return data;
}

static void
discount (void *data)
{
  if (is_counting && data != NULL)
    in_use -= (gssize) malloc_usable_size (data);
}

void *
malloc (size_t size)
{
  return count (__libc_malloc (size));
}

void *
calloc (size_t n, size_t size)
{
  return count (__libc_calloc (n, size));
}

void *
realloc (void *data, size_t size)
{
  void *moved;

  discount (data);
  moved = __libc_realloc (data, size);
  if (moved == NULL && size > 0)
    return count (data), NULL;
  return count (moved);
}

void *
memalign (size_t alignment, size_t size)
{
  return count (__libc_memalign (alignment, size));
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return memalign (alignment, size);
}

int
posix_memalign (void **ret_data, size_t alignment, size_t size)
{
  void *data = memalign (alignment, size);

  if (data == NULL)
    return ENOMEM;
  *ret_data = data;
  return 0;
}

void
free (void *data)
{
  discount (data);
  __libc_free (data);
}

void
mdoc_bench_memory_begin (void)
{
  in_use = most_in_use = 0;
  is_counting = TRUE;
}

gsize
mdoc_bench_memory_end (void)
{
  is_counting = FALSE;
  return (gsize) most_in_use;
}
