/*
 * main.c - mdoc-issuer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-issuer-verbs.h"

int
main (int argc, char **argv)
{
  MdocProgram program = mdoc_issuer_get_program ();

  return mdoc_program_run (&program, argc, argv);
}
