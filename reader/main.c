/*
 * main.c - mdoc-reader
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-verbs.h"

int
main (int argc, char **argv)
{
  MdocProgram program = mdoc_reader_get_program ();

  return mdoc_program_run (&program, argc, argv);
}
