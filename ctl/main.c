/*
 * main.c - mdocctl
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-verbs.h"

int
main (int argc, char **argv)
{
  return mdoc_ctl_run (argc, argv);
}
