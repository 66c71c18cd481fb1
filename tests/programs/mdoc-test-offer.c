/*
 * mdoc-test-offer.c - puts an offer into the database of a platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-names.h"
#include "issuer/mdoc-register-admin.h"
#include "openid/mdoc-json.h"

/* usage: mdoc-test-offer DATABASE PROFILE CLAIMS [code] [no-tx] [deferred]
 *            [without-claims]
 *        mdoc-test-offer DATABASE person NAME CLAIMS PASSWORD
 *        mdoc-test-offer DATABASE supply EXCHANGE CLAIMS */

static gboolean
has_word (int argc, char **argv, const char *word)
{
  for (int i = 4; i < argc; i++)
    if (strcmp (argv[i], word) == 0)
      return TRUE;
  return FALSE;
}

static MdocRegisterCall
make_call (void)
{
  return (MdocRegisterCall){ .now_ms = g_get_real_time () / 1000,
                             .actor = "issuer" };
}

static char *
read_text (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mdoc_file_read (path, 4 * 1024 * 1024, &error);
  gsize len;
  const char *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &len);
  return g_strndup (data, len);
}

/* as the server itself does when it starts */
static void
add_profiles (MdocRegister *reg)
{
  const MdocRegisterCall call = make_call ();
  g_autofree char *folder = g_build_filename (g_getenv (MDOC_ENV_DATA_DIR),
                                              "profiles",
                                              NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) profiles = mdoc_profile_load_folder (folder, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < profiles->len; i++)
    {
      const gboolean is_added
          = mdoc_register_add_profile (reg,
                                       &call,
                                       g_ptr_array_index (profiles, i),
                                       &error);

      g_assert_no_error (error);
      g_assert_true (is_added);
    }
}

static void
add_person (MdocRegister *reg, char **argv)
{
  const MdocRegisterCall call = make_call ();
  g_autofree char *claims = read_text (argv[4]);
  const MdocRegisterPerson person = { .external_ref = argv[3],
                                      .claims_json = claims };
  g_autoptr (GError) error = NULL;
  g_autofree char *id = mdoc_register_put_person (reg, &call, &person, &error);
  gboolean is_set;

  g_assert_no_error (error);
  is_set = mdoc_register_set_password (reg, &call, id, argv[5], &error);
  g_assert_no_error (error);
  g_assert_true (is_set);
  g_print ("{\"id\": \"%s\"}\n", id);
}

static void
add_offer (MdocRegister *reg, int argc, char **argv)
{
  const MdocRegisterCall call = make_call ();
  g_autofree char *claims = read_text (argv[3]);
  const MdocRegisterOfferItem item = {
    .profile_id = argv[2],
    .claims_json = has_word (argc, argv, "without-claims") ? NULL : claims
  };
  const MdocRegisterOfferRequest request = {
    .items = &item,
    .n_items = 1,
    .grant = has_word (argc, argv, "code") ? MDOC_PROFILE_AUTHORIZATION_CODE
                                           : MDOC_PROFILE_PRE_AUTHORIZED,
    .tx_code = has_word (argc, argv, "no-tx") ? MDOC_REGISTER_NO
                                              : MDOC_REGISTER_AS_PROFILE,
    .deferred = has_word (argc, argv, "deferred") ? MDOC_REGISTER_YES
                                                  : MDOC_REGISTER_NO,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterOffer) offer = mdoc_register_create_offer (reg,
                                                                    &call,
                                                                    &request,
                                                                    &error);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  json_object_set_string_member (object, "id", offer->id);
  json_object_set_string_member (object, "reference", offer->reference);
  json_object_set_string_member (object, "exchange", offer->exchange_ids[0]);
  if (offer->tx_code != NULL)
    json_object_set_string_member (object, "tx_code", offer->tx_code);
  text = mdoc_json_write (object);
  g_print ("%s\n", text);
}

static void
supply (MdocRegister *reg, char **argv)
{
  const MdocRegisterCall call = make_call ();
  g_autofree char *claims = read_text (argv[4]);
  g_autoptr (GError) error = NULL;
  const gboolean is_supplied = mdoc_register_supply_claims (reg,
                                                            &call,
                                                            argv[3],
                                                            claims,
                                                            &error);

  g_assert_no_error (error);
  g_assert_true (is_supplied);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegister) reg = NULL;

  g_assert_cmpint (argc, >=, 4);
  reg = mdoc_register_open (argv[1], NULL, &error);
  g_assert_no_error (error);
  add_profiles (reg);
  if (strcmp (argv[2], "person") == 0)
    add_person (reg, argv);
  else if (strcmp (argv[2], "supply") == 0)
    supply (reg, argv);
  else
    add_offer (reg, argc, argv);
  return 0;
}
