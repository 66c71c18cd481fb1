/*
 * fake-bluezd.c - the fake org.bluez as a process, beside whole programs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fake-bluez/fake-bluez.h"

/* what docs/ble.md advises */
#define MTU 513

/* what may be wrong with all the adapters */
static void
spoil (FakeBluez *bluez, guint adapter, const char *how)
{
  static const char *const peripheral_alone[] = { "peripheral", NULL };

  if (strcmp (how, "off") == 0 || strcmp (how, "blocked") == 0)
    fake_bluez_set_adapter (bluez,
                            adapter,
                            "Powered",
                            g_variant_new_boolean (FALSE));
  if (strcmp (how, "blocked") == 0)
    fake_bluez_set_adapter (bluez,
                            adapter,
                            "PowerState",
                            g_variant_new_string ("off-blocked"));
  if (strcmp (how, "no-central") == 0)
    fake_bluez_set_adapter (bluez,
                            adapter,
                            "Roles",
                            g_variant_new_strv (peripheral_alone, -1));
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (FakeBluez) bluez = NULL;
  guint n_adapters;

  if (argc < 3)
    {
      g_printerr ("usage: fake-bluezd BUS-ADDRESS ADAPTERS "
                  "[off|blocked|no-central]\n");
      return 2;
    }

  n_adapters = (guint) strtoul (argv[2], NULL, 10);
  bluez = fake_bluez_new (argv[1], n_adapters);
  fake_bluez_set_mtu (bluez, MTU);
  for (guint i = 0; argc > 3 && i < n_adapters; i++)
    spoil (bluez, i, argv[3]);
  g_print ("ready\n"); /* which flushes */
  g_main_loop_run (loop);
  return 0;
}
