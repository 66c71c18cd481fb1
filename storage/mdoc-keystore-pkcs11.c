/*
 * mdoc-keystore-pkcs11.c - device keys in a PKCS#11 token
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-keystore-private.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>
#include <string.h>

#define WHERE      "The token"
#define ID_LEN     16
#define MAX_SLOTS  64
#define POINT_LEN  (1 + 2 * MDOC_COORDINATE_MAX_LEN)
#define DER_OCTETS 0x04
#define DER_OID    0x06
#define UNPACKED   0x04 /* SEC 1, 2.3.3: an uncompressed point */
/* all that a stranger learns of a key in the token */
#define KEY_LABEL "mdoc device key"

typedef struct
{
  gatomicrefcount ref_count;
  P11KitUri *uri;
  CK_FUNCTION_LIST **modules; /* those of the system, or the one of the URI */
  CK_FUNCTION_LIST *one[2];
  CK_FUNCTION_LIST *module; /* with the token, once it was found */
  CK_SESSION_HANDLE session;
  gboolean has_session;
  gboolean is_refused; /* the PIN: another try could lock the token for good */
} Token;

typedef struct
{
  Token *token;
  MdocCurve curve;
  guint8 id[ID_LEN];
} TokenKey;

/* DER of the named curves (RFC 5480) */
static const guint8 params_p256[] = { DER_OID, 8,    0x2a, 0x86, 0x48,
                                      0xce,    0x3d, 0x03, 0x01, 0x07 };
static const guint8 params_p384[] = {
  DER_OID, 5, 0x2b, 0x81, 0x04, 0x00, 0x22
};

static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;

static Token *
token_ref (Token *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
close_session (Token *self)
{
  if (self->has_session)
    self->module->C_CloseSession (self->session);
  self->has_session = FALSE;
  self->module = NULL;
}

static void
unload_modules (Token *self)
{
  close_session (self);
  if (self->modules == self->one)
    {
      p11_kit_module_finalize (self->one[0]);
      p11_kit_module_release (self->one[0]);
      self->one[0] = NULL;
    }
  else if (self->modules != NULL)
    p11_kit_modules_finalize_and_release (self->modules);
  self->modules = NULL;
}

static void
token_unref (gpointer data)
{
  Token *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  unload_modules (self);
  p11_kit_uri_free (self->uri);
  g_free (self);
}

/* Has the token gone, or only our session with it? Then it may come back. */
static gboolean
is_lost (CK_RV rv)
{
  return rv == CKR_SESSION_HANDLE_INVALID || rv == CKR_SESSION_CLOSED
         || rv == CKR_DEVICE_REMOVED || rv == CKR_TOKEN_NOT_PRESENT
         || rv == CKR_TOKEN_NOT_RECOGNIZED || rv == CKR_SLOT_ID_INVALID
         || rv == CKR_USER_NOT_LOGGED_IN;
}

static gboolean
refuse_rv (GError **error, CK_RV rv)
{
  switch (rv)
    {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return mdoc_keystore_refuse (error,
                                   MDOC_KEYSTORE_ERROR_LOCKED,
                                   "The token does not accept the PIN");
    case CKR_PIN_LOCKED:
    case CKR_PIN_EXPIRED:
      return mdoc_keystore_refuse (error,
                                   MDOC_KEYSTORE_ERROR_LOCKED,
                                   "The token's PIN is locked or has expired");
    case CKR_DEVICE_MEMORY:
      return mdoc_keystore_refuse (error,
                                   MDOC_KEYSTORE_ERROR_FULL,
                                   "The token has no room for another key");
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_KEY_HANDLE_INVALID:
      return mdoc_keystore_refuse (error,
                                   MDOC_KEYSTORE_ERROR_GONE,
                                   "The token does not have this key any more");
    default:
      if (is_lost (rv))
        return mdoc_keystore_refuse (error,
                                     MDOC_KEYSTORE_ERROR_ABSENT,
                                     "The token is not there");
      return mdoc_keystore_refuse (error,
                                   MDOC_KEYSTORE_ERROR_DEVICE,
                                   "The token refuses: %s",
                                   p11_kit_strerror (rv));
    }
}

/* --- finding the token --- */

static gboolean
load_modules (Token *self, GError **error)
{
  const char *path = p11_kit_uri_get_module_path (self->uri);

  if (self->modules != NULL)
    return TRUE;
  if (path == NULL)
    {
      self->modules = p11_kit_modules_load_and_initialize (0);
      if (self->modules != NULL)
        return TRUE;
      return mdoc_keystore_refuse (error,
                                   MDOC_KEYSTORE_ERROR_DEVICE,
                                   "No PKCS#11 module can be loaded: %s",
                                   p11_kit_message ());
    }

  self->one[0] = p11_kit_module_load (path, 0);
  if (self->one[0] == NULL)
    return mdoc_keystore_refuse (error,
                                 MDOC_KEYSTORE_ERROR_SPEC,
                                 "The PKCS#11 module of the URI cannot be "
                                 "loaded: %s",
                                 p11_kit_message ());
  if (p11_kit_module_initialize (self->one[0]) != CKR_OK)
    {
      p11_kit_module_release (self->one[0]);
      self->one[0] = NULL;
      return mdoc_keystore_refuse (error,
                                   MDOC_KEYSTORE_ERROR_DEVICE,
                                   "The PKCS#11 module does not start: %s",
                                   p11_kit_message ());
    }
  self->modules = self->one;
  return TRUE;
}

/* Returns: whether the module has the token, in @ret_slot */
static gboolean
find_slot (Token *self, CK_FUNCTION_LIST *module, CK_SLOT_ID *ret_slot)
{
  CK_SLOT_ID slots[MAX_SLOTS];
  CK_ULONG n_slots = 0;

  /* asking for the number alone makes a module look anew */
  if (module->C_GetSlotList (CK_TRUE, NULL, &n_slots) != CKR_OK)
    return FALSE;
  n_slots = MAX_SLOTS;
  if (module->C_GetSlotList (CK_TRUE, slots, &n_slots) != CKR_OK)
    return FALSE;

  for (CK_ULONG i = 0; i < n_slots; i++)
    {
      CK_TOKEN_INFO info;

      if (module->C_GetTokenInfo (slots[i], &info) == CKR_OK
          && (info.flags & CKF_TOKEN_INITIALIZED) != 0
          && p11_kit_uri_match_token_info (self->uri, &info) == 1)
        {
          *ret_slot = slots[i];
          return TRUE;
        }
    }

  return FALSE;
}

/* A module that lost its way to the token, such as to a program or a reader
 * that was started anew, finds it again when it is started anew itself. */
static gboolean
find_token (Token *self, CK_SLOT_ID *ret_slot, GError **error)
{
  gboolean was_loaded;

  do
    {
      was_loaded = self->modules != NULL;
      if (!load_modules (self, error))
        return FALSE;

      for (guint i = 0; self->modules[i] != NULL; i++)
        {
          if (find_slot (self, self->modules[i], ret_slot))
            {
              self->module = self->modules[i];
              return TRUE;
            }
        }
      unload_modules (self);
    }
  while (was_loaded);

  return refuse_rv (error, CKR_TOKEN_NOT_PRESENT);
}

static gboolean
log_in (Token *self, CK_SLOT_ID slot, GError **error)
{
  g_autoptr (MdocSecret) pin = NULL;
  CK_TOKEN_INFO info;
  CK_RV rv = self->module->C_GetTokenInfo (slot, &info);

  if (rv != CKR_OK)
    return refuse_rv (error, rv);
  if ((info.flags & CKF_LOGIN_REQUIRED) == 0)
    return TRUE;

  /* "pin-value" is refused when the URI is read: everybody would see it */
  pin = mdoc_keystore_read_pin (p11_kit_uri_get_pin_source (self->uri), error);
  if (pin == NULL)
    return FALSE;
  rv = self->module->C_Login (self->session,
                              CKU_USER,
                              mdoc_secret_get_data (pin),
                              mdoc_secret_get_len (pin));
  if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
    return TRUE;

  self->is_refused = rv == CKR_PIN_INCORRECT;
  return refuse_rv (error, rv);
}

static gboolean
open_session (Token *self, GError **error)
{
  CK_SESSION_INFO info;
  CK_SLOT_ID slot = 0;
  CK_RV rv;

  if (self->has_session
      && self->module->C_GetSessionInfo (self->session, &info) == CKR_OK)
    return TRUE;
  close_session (self);

  if (self->is_refused)
    return refuse_rv (error, CKR_PIN_INCORRECT);
  if (!find_token (self, &slot, error))
    return FALSE;

  rv = self->module->C_OpenSession (slot,
                                    CKF_SERIAL_SESSION | CKF_RW_SESSION,
                                    NULL,
                                    NULL,
                                    &self->session);
  if (rv != CKR_OK)
    {
      self->module = NULL;
      return refuse_rv (error, rv);
    }

  self->has_session = TRUE;
  if (log_in (self, slot, error))
    return TRUE;
  close_session (self);
  return FALSE;
}

/* What is done in the token; tried again once if the session was lost. */
typedef CK_RV (*TokenFunc) (Token *self, gpointer user_data);

static gboolean
run (Token *self, TokenFunc func, gpointer user_data, GError **error)
{
  CK_RV rv = CKR_OK;

  for (guint i = 0; i < 2; i++)
    {
      if (!open_session (self, error))
        return FALSE;
      rv = func (self, user_data);
      if (!is_lost (rv))
        break;
      close_session (self);
    }

  return rv == CKR_OK ? TRUE : refuse_rv (error, rv);
}

/* Returns: CKR_OBJECT_HANDLE_INVALID if there is none */
static CK_RV
find_object (Token *self,
             const guint8 id[ID_LEN],
             CK_OBJECT_CLASS klass,
             CK_OBJECT_HANDLE *ret_object)
{
  CK_ATTRIBUTE wanted[] = {
    { CKA_CLASS, &klass, sizeof (klass) },
    { CKA_ID, (void *) (gsize) (gconstpointer) id, ID_LEN },
  };
  CK_ULONG n_found = 0;
  CK_RV rv = self->module->C_FindObjectsInit (self->session,
                                              wanted,
                                              G_N_ELEMENTS (wanted));

  if (rv != CKR_OK)
    return rv;
  rv = self->module->C_FindObjects (self->session, ret_object, 1, &n_found);
  self->module->C_FindObjectsFinal (self->session);
  return rv == CKR_OK && n_found == 0 ? CKR_OBJECT_HANDLE_INVALID : rv;
}

/* --- a key --- */

/* What an operation takes and gives. */
typedef struct
{
  const TokenKey *key;
  MdocSpan in;
  guint8 out[MDOC_SIGNATURE_MAX_LEN];
  CK_ULONG out_len;
} Operation;

static CK_RV
sign_in_token (Token *self, gpointer user_data)
{
  Operation *operation = user_data;
  CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
  CK_OBJECT_HANDLE object;
  CK_RV rv = find_object (self, operation->key->id, CKO_PRIVATE_KEY, &object);

  if (rv == CKR_OK)
    rv = self->module->C_SignInit (self->session, &mechanism, object);
  if (rv != CKR_OK)
    return rv;

  operation->out_len = sizeof (operation->out);
  return self->module->C_Sign (self->session,
                               (guint8 *) (gsize) (gconstpointer)
                                   operation->in.data,
                               operation->in.len,
                               operation->out,
                               &operation->out_len);
}

/* The secret has to come out to be of use; the key does not. */
static CK_RV
derive_in_token (Token *self, gpointer user_data)
{
  Operation *operation = user_data;
  CK_ECDH1_DERIVE_PARAMS params = {
    .kdf = CKD_NULL,
    .public_data_len = operation->in.len,
    .public_data = (guint8 *) (gsize) (gconstpointer) operation->in.data,
  };
  CK_MECHANISM mechanism = { CKM_ECDH1_DERIVE, &params, sizeof (params) };
  CK_OBJECT_CLASS klass = CKO_SECRET_KEY;
  CK_KEY_TYPE type = CKK_GENERIC_SECRET;
  CK_ULONG len = mdoc_curve_get_coordinate_len (operation->key->curve);
  CK_ATTRIBUTE template[] = {
    { CKA_CLASS, &klass, sizeof (klass) },
    { CKA_KEY_TYPE, &type, sizeof (type) },
    { CKA_TOKEN, &no, sizeof (no) },
    { CKA_SENSITIVE, &no, sizeof (no) },
    { CKA_EXTRACTABLE, &yes, sizeof (yes) },
    { CKA_VALUE_LEN, &len, sizeof (len) },
  };
  CK_ATTRIBUTE value = { CKA_VALUE, operation->out, sizeof (operation->out) };
  CK_OBJECT_HANDLE object;
  CK_OBJECT_HANDLE secret;
  CK_RV rv = find_object (self, operation->key->id, CKO_PRIVATE_KEY, &object);

  if (rv == CKR_OK)
    rv = self->module->C_DeriveKey (self->session,
                                    &mechanism,
                                    object,
                                    template,
                                    G_N_ELEMENTS (template),
                                    &secret);
  if (rv != CKR_OK)
    return rv;

  rv = self->module->C_GetAttributeValue (self->session, secret, &value, 1);
  operation->out_len = value.ulValueLen;
  self->module->C_DestroyObject (self->session, secret);
  return rv;
}

static gboolean
run_with_key (const TokenKey *key,
              TokenFunc func,
              Operation *operation,
              GError **error)
{
  operation->key = key;
  return run (key->token, func, operation, error);
}

static gboolean
token_key_sign (gpointer impl,
                MdocAlg alg,
                const MdocSpan *message_parts,
                gsize n_parts,
                guint8 *ret_signature,
                gsize *ret_len,
                GError **error)
{
  TokenKey *self = impl;
  gsize len = 2 * mdoc_curve_get_coordinate_len (self->curve);
  guint8 digest[MDOC_HASH_MAX_LEN];
  Operation operation = { 0 };
  MdocHash hash;

  if (!mdoc_keystore_get_hash (self->curve, alg, &hash, error))
    return FALSE;

  mdoc_hash_compute (hash, message_parts, n_parts, digest);
  operation.in = MDOC_SPAN (digest, mdoc_hash_get_len (hash));
  if (!run_with_key (self, sign_in_token, &operation, error))
    return FALSE;
  if (operation.out_len != len)
    return mdoc_keystore_refuse (error,
                                 MDOC_KEYSTORE_ERROR_DEVICE,
                                 "The token made a signature of a wrong "
                                 "length");

  memcpy (ret_signature, operation.out, len);
  *ret_len = len;
  return TRUE;
}

static MdocSecret *
token_key_agree (gpointer impl, MdocPublicKey *peer, GError **error)
{
  TokenKey *self = impl;
  gsize len = mdoc_curve_get_coordinate_len (self->curve);
  MdocSpan y = mdoc_public_key_get_y (peer);
  guint8 point[POINT_LEN] = { UNPACKED };
  Operation operation = { 0 };
  MdocSecret *secret = NULL;

  if (mdoc_public_key_get_curve (peer) != self->curve)
    {
      g_set_error_literal (error,
                           MDOC_CRYPTO_ERROR,
                           MDOC_CRYPTO_ERROR_KEY,
                           "The two keys are not on the same curve");
      return NULL;
    }

  memcpy (point + 1, mdoc_public_key_get_x (peer).data, len);
  memcpy (point + 1 + len, y.data, len);
  operation.in = MDOC_SPAN (point, 1 + 2 * len);
  if (!run_with_key (self, derive_in_token, &operation, error))
    return NULL;

  if (operation.out_len == len)
    secret = mdoc_secret_new_copy (MDOC_SPAN (operation.out, len));
  else
    mdoc_keystore_refuse (error,
                          MDOC_KEYSTORE_ERROR_DEVICE,
                          "The token agreed on a secret of a wrong length");
  mdoc_secret_wipe (operation.out, sizeof (operation.out));
  return secret;
}

static void
token_key_free (gpointer impl)
{
  TokenKey *self = impl;

  token_unref (self->token);
  g_free (self);
}

static const MdocKeyClass token_key_class = {
  .kind = MDOC_KEYSTORE_PKCS11,
  .sign = token_key_sign,
  .agree = token_key_agree,
  .export_private = NULL,
  .free = token_key_free,
};

/* --- the key store --- */

typedef struct
{
  MdocCurve curve;
  MdocKeyAuth auth;
  guint8 id[ID_LEN];
  guint8 point[POINT_LEN + 3]; /* in an OCTET STRING */
  CK_ULONG point_len;
} Creation;

static CK_RV
create_in_token (Token *self, gpointer user_data)
{
  Creation *creation = user_data;
  gboolean is_p256 = creation->curve == MDOC_CURVE_P256;
  CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
  CK_BBOOL signs = creation->auth == MDOC_KEY_AUTH_SIGNATURE;
  CK_BBOOL agrees = !signs;
  char label[] = KEY_LABEL;
  guint8 params[sizeof (params_p256)];
  CK_ULONG params_len = is_p256 ? sizeof (params_p256) : sizeof (params_p384);
  CK_ATTRIBUTE public_template[] = {
    { CKA_TOKEN, &yes, sizeof (yes) },
    { CKA_EC_PARAMS, params, params_len },
    { CKA_VERIFY, &signs, sizeof (signs) },
    { CKA_ID, creation->id, ID_LEN },
    { CKA_LABEL, label, strlen (label) },
  };
  CK_ATTRIBUTE private_template[] = {
    { CKA_TOKEN, &yes, sizeof (yes) },
    { CKA_PRIVATE, &yes, sizeof (yes) },
    { CKA_SENSITIVE, &yes, sizeof (yes) },
    { CKA_EXTRACTABLE, &no, sizeof (no) },
    { CKA_SIGN, &signs, sizeof (signs) },
    { CKA_DERIVE, &agrees, sizeof (agrees) },
    { CKA_ID, creation->id, ID_LEN },
    { CKA_LABEL, label, strlen (label) },
  };
  CK_ATTRIBUTE point = { CKA_EC_POINT,
                         creation->point,
                         sizeof (creation->point) };
  CK_OBJECT_HANDLE public_object;
  CK_OBJECT_HANDLE private_object;
  CK_RV rv;

  memcpy (params, is_p256 ? params_p256 : params_p384, params_len);
  rv = self->module->C_GenerateKeyPair (self->session,
                                        &mechanism,
                                        public_template,
                                        G_N_ELEMENTS (public_template),
                                        private_template,
                                        G_N_ELEMENTS (private_template),
                                        &public_object,
                                        &private_object);
  if (rv != CKR_OK)
    return rv;

  rv = self->module->C_GetAttributeValue (self->session,
                                          public_object,
                                          &point,
                                          1);
  creation->point_len = point.ulValueLen;
  return rv;
}

/* Some tokens give the point itself, most have it in an OCTET STRING. */
static MdocPublicKey *
read_point (const Creation *creation, GError **error)
{
  gsize len = mdoc_curve_get_coordinate_len (creation->curve);
  gsize point_len = 1 + 2 * len;
  const guint8 *point = creation->point;

  if (creation->point_len == point_len + 2 && point[0] == DER_OCTETS
      && point[1] == point_len)
    point += 2;
  else if (creation->point_len != point_len)
    point = NULL;

  if (point == NULL || point[0] != UNPACKED)
    {
      mdoc_keystore_refuse (error,
                            MDOC_KEYSTORE_ERROR_DEVICE,
                            "The token gives a public key of unknown form");
      return NULL;
    }
  return mdoc_public_key_new (creation->curve,
                              MDOC_SPAN (point + 1, len),
                              MDOC_SPAN (point + 1 + len, len),
                              FALSE,
                              error);
}

static gboolean token_destroy (gpointer impl, MdocSpan handle, GError **error);

/* The identifier of the objects. */
static MdocSecret *
token_reserve (gpointer impl)
{
  MdocSecret *id = mdoc_secret_new (ID_LEN);

  mdoc_random_fill (mdoc_secret_get_data (id), ID_LEN);
  return id;
}

/* The handle is the identifier of the objects and the public key, which the
 * token is not asked for again. */
static MdocSecret *
token_create (gpointer impl,
              MdocSpan reserved,
              MdocCurve curve,
              MdocKeyAuth auth,
              MdocPublicKey **ret_public_key,
              GError **error)
{
  Token *self = impl;
  g_autoptr (MdocPublicKey) public_key = NULL;
  g_autoptr (GBytes) spki = NULL;
  Creation creation = { .curve = curve, .auth = auth };
  MdocSecret *handle;

  if (!mdoc_keystore_check_nist_curve (curve, WHERE, error))
    return NULL;

  g_return_val_if_fail (reserved.len == ID_LEN, NULL);
  memcpy (creation.id, reserved.data, ID_LEN);
  if (!run (self, create_in_token, &creation, error))
    return NULL;
  public_key = read_point (&creation, error);
  if (public_key == NULL)
    {
      (void) token_destroy (self, MDOC_SPAN (creation.id, ID_LEN), NULL);
      return NULL;
    }

  spki = mdoc_public_key_to_spki (public_key);
  handle = mdoc_secret_new (ID_LEN + g_bytes_get_size (spki));
  memcpy (mdoc_secret_get_data (handle), creation.id, ID_LEN);
  memcpy (mdoc_secret_get_data (handle) + ID_LEN,
          g_bytes_get_data (spki, NULL),
          g_bytes_get_size (spki));
  *ret_public_key = g_steal_pointer (&public_key);
  return handle;
}

static MdocKey *
token_load (gpointer impl,
            MdocPublicKey *public_key,
            MdocKeyAuth auth,
            MdocSpan handle,
            GError **error)
{
  g_autoptr (MdocPublicKey) own = NULL;
  TokenKey *key;

  if (handle.len > ID_LEN)
    own = mdoc_public_key_new_from_spki (MDOC_SPAN (handle.data + ID_LEN,
                                                    handle.len - ID_LEN),
                                         NULL);
  if (own == NULL)
    {
      mdoc_keystore_refuse (error,
                            MDOC_KEYSTORE_ERROR_GONE,
                            "What the store has of a key is not a token's");
      return NULL;
    }

  key = g_new0 (TokenKey, 1);
  key->token = token_ref (impl);
  key->curve = mdoc_public_key_get_curve (own);
  memcpy (key->id, handle.data, ID_LEN);
  return mdoc_key_new (&token_key_class, key, own);
}

static CK_RV
destroy_in_token (Token *self, gpointer user_data)
{
  static const CK_OBJECT_CLASS classes[] = { CKO_PRIVATE_KEY, CKO_PUBLIC_KEY };
  const guint8 *id = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      CK_OBJECT_HANDLE object;
      CK_RV rv = find_object (self, id, classes[i], &object);

      if (rv == CKR_OK)
        rv = self->module->C_DestroyObject (self->session, object);
      if (rv != CKR_OK && rv != CKR_OBJECT_HANDLE_INVALID)
        return rv;
    }

  return CKR_OK;
}

static gboolean
token_destroy (gpointer impl, MdocSpan handle, GError **error)
{
  guint8 id[ID_LEN];

  if (handle.len < ID_LEN)
    return TRUE;
  memcpy (id, handle.data, ID_LEN);
  return run (impl, destroy_in_token, id, error);
}

static gboolean
token_check (gpointer impl, GError **error)
{
  return open_session (impl, error);
}

static const MdocKeystoreClass token_class = {
  .kind = MDOC_KEYSTORE_PKCS11,
  .check = token_check,
  .reserve = token_reserve,
  .create = token_create,
  .load = token_load,
  .destroy = token_destroy,
  .free = token_unref,
};

MdocKeystore *
mdoc_keystore_pkcs11_new (const char *uri, GError **error)
{
  P11KitUri *parsed = p11_kit_uri_new ();
  int code = p11_kit_uri_parse (uri,
                                P11_KIT_URI_FOR_TOKEN
                                    | P11_KIT_URI_FOR_MODULE_WITH_VERSION,
                                parsed);
  Token *self;

  if (code != P11_KIT_URI_OK || p11_kit_uri_any_unrecognized (parsed)
      || p11_kit_uri_get_pin_value (parsed) != NULL)
    {
      mdoc_keystore_refuse (
          error,
          MDOC_KEYSTORE_ERROR_SPEC,
          "%s",
          code != P11_KIT_URI_OK ? p11_kit_uri_message (code)
          : p11_kit_uri_get_pin_value (parsed) != NULL
              ? "A PIN in the URI can be seen by everybody: use pin-source"
              : "The PKCS#11 URI has parts that are not known");
      p11_kit_uri_free (parsed);
      return NULL;
    }

  self = g_new0 (Token, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->uri = parsed;
  return mdoc_keystore_new (&token_class, self);
}
