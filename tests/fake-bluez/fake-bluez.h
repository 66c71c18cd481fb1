/*
 * fake-bluez.h - an org.bluez of our own, with an ether between its adapters
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FakeBluez:
 *
 * bluetoothd as a program sees it, on a bus of its own: adapters that hear each
 * other, GATT applications, advertisements, discovery, connections. It keeps to
 * what the real one does, its losses included: writes over MTU - 3 and, up to
 * 5.68, over 510 bytes vanish; notifications are cut at MTU - 5.
 *
 * Lives on the thread-default main context.
 */
typedef struct _FakeBluez FakeBluez;

/**
 * FakeAction:
 * @FAKE_GO: as usual
 * @FAKE_FAIL: answers with an error, and does nothing
 * @FAKE_IGNORE: does nothing, and never answers
 * @FAKE_LOSE: the connection is lost instead
 * @FAKE_DIE: bluetoothd is gone instead
 * @FAKE_UNPLUG: all adapters are gone instead
 * @FAKE_CHANGE: as usual, but the services of all peers are taken away first
 *
 * What is to happen at a step.
 */
typedef enum
{
  FAKE_GO,
  FAKE_FAIL,
  FAKE_IGNORE,
  FAKE_LOSE,
  FAKE_DIE,
  FAKE_UNPLUG,
  FAKE_CHANGE,
} FakeAction;

/* Called at each step, which has the name of the method that came, or is
 * "found", "resolved", "notify". */
typedef FakeAction (*FakeHook) (const char *step, gpointer user_data);

FakeBluez *fake_bluez_new (const char *bus_address, guint n_adapters);
void fake_bluez_free (FakeBluez *self);

void fake_bluez_set_hook (FakeBluez *self, FakeHook hook, gpointer user_data);
void fake_bluez_set_mtu (FakeBluez *self, guint mtu);
/* such as 566 for 5.66 */
void fake_bluez_set_version (FakeBluez *self, guint version);
/* the property comes before the objects that it is about */
void fake_bluez_set_resolves_early (FakeBluez *self, gboolean is_early);
/* NULL as value: without the property */
void fake_bluez_set_adapter (FakeBluez *self,
                             guint adapter,
                             const char *property,
                             GVariant *value);
void fake_bluez_drop_interface (FakeBluez *self,
                                guint adapter,
                                const char *interface);
void fake_bluez_lose_connections (FakeBluez *self);
void fake_bluez_change_services (FakeBluez *self);
/* a value comes to every client of such a characteristic, subscribed or not */
void fake_bluez_notify (FakeBluez *self,
                        const char *uuid,
                        gconstpointer value,
                        gsize len);

/* how many devices, applications, advertisements, discoveries there are */
guint fake_bluez_count (FakeBluez *self);
char *fake_bluez_describe (FakeBluez *self);
guint fake_bluez_get_n_lost (FakeBluez *self);
gsize fake_bluez_get_longest (FakeBluez *self);

/* A stranger that is connected to the adapter and can do to the service there
 * what it likes. */
void fake_bluez_stranger_connect (FakeBluez *self, guint adapter);
void fake_bluez_stranger_disconnect (FakeBluez *self, guint adapter);
void fake_bluez_stranger_write (FakeBluez *self,
                                guint adapter,
                                const char *uuid,
                                gconstpointer value,
                                gsize len);
gboolean fake_bluez_stranger_is_connected (FakeBluez *self, guint adapter);
void fake_bluez_stranger_subscribe (FakeBluez *self,
                                    guint adapter,
                                    const char *uuid,
                                    gboolean is_subscribed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeBluez, fake_bluez_free)

G_END_DECLS
