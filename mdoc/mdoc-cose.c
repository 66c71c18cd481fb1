/*
 * mdoc-cose.c - COSE keys, signatures and MACs as the standard uses them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cose.h"

#include <cbor.h>

/* RFC 9052, 3.1 and 7.1; RFC 9053, 7; RFC 9360, 2 */
enum
{
  HEADER_ALG = 1,
  HEADER_CRIT = 2,
  HEADER_X5CHAIN = 33,
};

enum
{
  KEY_KTY = 1,
  KEY_CRV = -1,
  KEY_X = -2,
  KEY_Y = -3,
  KEY_D = -4,
};

enum
{
  KTY_OKP = 1,
  KTY_EC2 = 2,
};

#define TAG_MAC0  17
#define TAG_SIGN1 18

#define MAC_LEN      32
#define MAX_HEAD_LEN 9
/* longer than any signature we can check, so that one of a foreign algorithm is
 * refused by its name and not by its length */
#define MAX_SIGNATURE_BYTES 1024
/* a signed list of trusted issuers is the longest payload there is */
#define MAX_PAYLOAD_BYTES ((gsize) 8 * 1024 * 1024)

static const MdocCborLimits protected_limits = {
  .max_bytes = MDOC_COSE_MAX_PROTECTED_BYTES,
  .max_depth = 6, /* alg and x5chain use 2; others may be structured */
  .max_items = 256,
};

/* What COSE_Sign1 and COSE_Mac0 have in common. */
typedef struct
{
  MdocSpan protected_header;
  MdocCborItem protected_map;
  MdocCborItem unprotected_map;
  gint64 alg;
  gboolean has_payload;
  MdocSpan payload;
  MdocSpan authenticator;
} Message;

/* The only place that names the domain: the peer chose what we cannot do. */
static gboolean
refuse_algorithm (GError **error, const char *what, gint64 number)
{
  g_set_error (error,
               MDOC_CRYPTO_ERROR,
               (gint) MDOC_CRYPTO_ERROR_UNSUPPORTED,
               "%s %" G_GINT64_FORMAT " is not supported",
               what,
               number);
  return FALSE;
}

static gboolean
parse_ec2_y (MdocCborItem key,
             gboolean allow_compressed,
             MdocSpan *ret_y,
             gboolean *ret_y_is_odd,
             GError **error)
{
  MdocCborItem y = mdoc_cbor_map_lookup_int (key, KEY_Y);

  if (mdoc_cbor_get_kind (y) != MDOC_CBOR_KIND_BOOLEAN)
    {
      if (!mdoc_cbor_get_bytes (y,
                                "y of the key",
                                MDOC_COORDINATE_MAX_LEN,
                                ret_y,
                                error))
        return FALSE;

      /* none at all would be taken for a compressed point */
      return ret_y->len > 0
             || mdoc_cbor_refuse (error,
                                  MDOC_CBOR_ERROR_SCHEMA,
                                  "y of the key",
                                  "is empty");
    }

  if (!allow_compressed)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "y of the key",
                             "is a sign bit, and may not be one here");

  return mdoc_cbor_get_boolean (y, "y of the key", ret_y_is_odd, error);
}

static MdocPublicKey *
parse_key (MdocCborItem item, gboolean allow_compressed, GError **error)
{
  gboolean y_is_odd = FALSE;
  gint64 kty, crv;
  MdocSpan x, y = { 0 };
  MdocCurve curve;

  if (!mdoc_cbor_require_map (item, "COSE_Key", error)
      || !mdoc_cbor_get_int (mdoc_cbor_map_lookup_int (item, KEY_KTY),
                             "kty of the key",
                             &kty,
                             error)
      || !mdoc_cbor_get_int (mdoc_cbor_map_lookup_int (item, KEY_CRV),
                             "crv of the key",
                             &crv,
                             error)
      || !mdoc_cbor_get_bytes (mdoc_cbor_map_lookup_int (item, KEY_X),
                               "x of the key",
                               MDOC_COORDINATE_MAX_LEN,
                               &x,
                               error))
    return NULL;

  if (mdoc_cbor_get_kind (mdoc_cbor_map_lookup_int (item, KEY_D))
      != MDOC_CBOR_KIND_ABSENT)
    {
      mdoc_cbor_refuse (error,
                        MDOC_CBOR_ERROR_SCHEMA,
                        "COSE_Key",
                        "gives a private key away");
      return NULL;
    }

  if (!mdoc_curve_from_cose (crv, &curve))
    {
      refuse_algorithm (error, "COSE elliptic curve", crv);
      return NULL;
    }

  if (kty != (mdoc_curve_is_weierstrass (curve) ? KTY_EC2 : KTY_OKP))
    {
      mdoc_cbor_refuse (error,
                        MDOC_CBOR_ERROR_SCHEMA,
                        "kty of the key",
                        "does not go with its curve");
      return NULL;
    }

  if (kty == KTY_EC2
      && !parse_ec2_y (item, allow_compressed, &y, &y_is_odd, error))
    return NULL;

  return mdoc_public_key_new (curve, x, y, y_is_odd, error);
}

/**
 * mdoc_cose_key_parse:
 * @item: the item that should be a COSE_Key
 * @what: whose key it is, for the error message
 * @allow_compressed: whether y may be a sign bit: EReaderKey has to be whole
 * @error: return location for a #MdocCborError, or for a #MdocCryptoError if
 *   the curve is not supported or the point does not lie on it
 *
 * ISO/IEC 18013-5, 9.1.5.2: kty, crv, x and, for EC2, y. Other members are
 * skipped, but a key that comes with its private part is refused.
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocPublicKey *
mdoc_cose_key_parse (MdocCborItem item,
                     const char *what,
                     gboolean allow_compressed,
                     GError **error)
{
  MdocPublicKey *key = parse_key (item, allow_compressed, error);

  if (key == NULL)
    g_prefix_error (error, "%s: ", what);
  return key;
}

/**
 * mdoc_cose_key_write:
 * @writer: where to
 * @key: a public key
 *
 * Writes a COSE_Key with kty, crv, x and, for EC2, the whole y, and with
 * nothing else.
 */
void
mdoc_cose_key_write (MdocCborWriter *writer, MdocPublicKey *key)
{
  MdocCurve curve = mdoc_public_key_get_curve (key);
  gboolean is_ec2 = mdoc_curve_is_weierstrass (curve);

  mdoc_cbor_writer_begin_map (writer, is_ec2 ? 4 : 3);
  mdoc_cbor_writer_put_int (writer, KEY_KTY);
  mdoc_cbor_writer_put_int (writer, is_ec2 ? KTY_EC2 : KTY_OKP);
  mdoc_cbor_writer_put_int (writer, KEY_CRV);
  mdoc_cbor_writer_put_int (writer, (gint64) curve);
  mdoc_cbor_writer_put_int (writer, KEY_X);
  mdoc_cbor_writer_put_bytes (writer, mdoc_public_key_get_x (key));
  if (is_ec2)
    {
      mdoc_cbor_writer_put_int (writer, KEY_Y);
      mdoc_cbor_writer_put_bytes (writer, mdoc_public_key_get_y (key));
    }
}

static gboolean
has_label (MdocCborItem map, gint64 label)
{
  return mdoc_cbor_get_kind (mdoc_cbor_map_lookup_int (map, label))
         != MDOC_CBOR_KIND_ABSENT;
}

static gboolean
parse_headers (Message *message, GError **error)
{
  MdocSpan bytes = message->protected_header;

  if (bytes.len > 0
      && (!mdoc_cbor_open (bytes,
                           &protected_limits,
                           &message->protected_map,
                           error)
          || !mdoc_cbor_require_map (message->protected_map,
                                     "protected header",
                                     error)))
    return FALSE;

  if (!mdoc_cbor_require_map (message->unprotected_map,
                              "unprotected header",
                              error))
    return FALSE;

  /* what it names has to be understood, and we know of nothing it could name */
  if (has_label (message->protected_map, HEADER_CRIT)
      || has_label (message->unprotected_map, HEADER_CRIT))
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_UNSUPPORTED,
                             "header",
                             "names others as critical");

  if (has_label (message->unprotected_map, HEADER_ALG))
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "alg",
                             "is not protected");

  return mdoc_cbor_get_int (mdoc_cbor_map_lookup_int (message->protected_map,
                                                      HEADER_ALG),
                            "alg",
                            &message->alg,
                            error);
}

/* RFC 9052, 4.2 and 6.2:
 *
 *   COSE_Sign1 = [ protected : bstr .cbor header_map / bstr .size 0,
 *                  unprotected : header_map,
 *                  payload : bstr / nil,
 *                  signature : bstr ]
 *   COSE_Mac0 = [ the same three, tag : bstr ]
 */
static gboolean
parse_message (MdocCborItem item,
               guint64 tag,
               Message *ret_message,
               GError **error)
{
  Message message = { 0 };
  MdocCborItem payload;
  MdocCborIter iter;

  /* the standard wants it without, and some write it with */
  if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_TAG
      && !mdoc_cbor_get_tagged (item, "COSE message", tag, &item, error))
    return FALSE;

  if (!mdoc_cbor_iter_array (item, "COSE message", G_MAXUINT64, &iter, error))
    return FALSE;
  if (mdoc_cbor_iter_get_n_left (&iter) != 4)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "COSE message",
                             "has not four members");

  if (!mdoc_cbor_get_bytes (mdoc_cbor_iter_next (&iter),
                            "protected header",
                            MDOC_COSE_MAX_PROTECTED_BYTES,
                            &message.protected_header,
                            error))
    return FALSE;

  message.unprotected_map = mdoc_cbor_iter_next (&iter);
  if (!parse_headers (&message, error))
    return FALSE;

  payload = mdoc_cbor_iter_next (&iter);
  message.has_payload = mdoc_cbor_get_kind (payload) != MDOC_CBOR_KIND_NULL;
  if (message.has_payload
      && !mdoc_cbor_get_bytes (payload,
                               "payload",
                               MAX_PAYLOAD_BYTES,
                               &message.payload,
                               error))
    return FALSE;

  if (!mdoc_cbor_get_bytes (mdoc_cbor_iter_next (&iter),
                            tag == TAG_SIGN1 ? "signature" : "tag",
                            MAX_SIGNATURE_BYTES,
                            &message.authenticator,
                            error))
    return FALSE;

  *ret_message = message;
  return TRUE;
}

/* COSE_X509 = bstr / [ 2*certs : bstr ] (RFC 9360); shorter arrays occur. */
static gboolean
parse_x5chain (MdocSign1 *sign1, GError **error)
{
  MdocCborItem chain, elsewhere;
  MdocCborIter iter;

  chain = mdoc_cbor_map_lookup_int (sign1->protected_map, HEADER_X5CHAIN);
  elsewhere = mdoc_cbor_map_lookup_int (sign1->unprotected_map, HEADER_X5CHAIN);
  if (mdoc_cbor_get_kind (chain) == MDOC_CBOR_KIND_ABSENT)
    chain = elsewhere;
  else if (mdoc_cbor_get_kind (elsewhere) != MDOC_CBOR_KIND_ABSENT)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_DUPLICATE,
                             "x5chain",
                             "stands in both headers");

  if (mdoc_cbor_get_kind (chain) == MDOC_CBOR_KIND_ABSENT)
    return TRUE;

  if (mdoc_cbor_get_kind (chain) == MDOC_CBOR_KIND_BYTES)
    {
      sign1->n_x5chain = 1;
      return mdoc_cbor_get_bytes (chain,
                                  "x5chain",
                                  MDOC_CERTIFICATE_MAX_BYTES,
                                  &sign1->x5chain[0],
                                  error);
    }

  if (!mdoc_cbor_iter_array (chain,
                             "x5chain",
                             MDOC_CHAIN_MAX_LEN,
                             &iter,
                             error))
    return FALSE;

  while (mdoc_cbor_iter_get_n_left (&iter) > 0)
    if (!mdoc_cbor_get_bytes (mdoc_cbor_iter_next (&iter),
                              "certificate in x5chain",
                              MDOC_CERTIFICATE_MAX_BYTES,
                              &sign1->x5chain[sign1->n_x5chain++],
                              error))
      return FALSE;

  return TRUE;
}

/**
 * mdoc_sign1_parse:
 * @item: the item that should be a COSE_Sign1
 * @what: what it is to the protocol, for the error message
 * @ret_sign1: (out): a view of it, which borrows from the message; left alone
 *   on failure
 * @error: return location for a #MdocCborError
 *
 * Tag 18 may be there or not. The algorithm has to stand in the protected
 * header; the chain of certificates may stand in either, or be missing or
 * empty, which is for the caller to mind. A header that lists critical labels
 * is refused, since none are known here.
 *
 * Returns: %TRUE if @item is a COSE_Sign1
 */
gboolean
mdoc_sign1_parse (MdocCborItem item,
                  const char *what,
                  MdocSign1 *ret_sign1,
                  GError **error)
{
  MdocSign1 sign1 = { 0 };
  Message message;

  if (!parse_message (item, TAG_SIGN1, &message, error))
    {
      g_prefix_error (error, "%s: ", what);
      return FALSE;
    }

  sign1.protected_header = message.protected_header;
  sign1.protected_map = message.protected_map;
  sign1.unprotected_map = message.unprotected_map;
  sign1.alg = message.alg;
  sign1.has_payload = message.has_payload;
  sign1.payload = message.payload;
  sign1.signature = message.authenticator;
  if (!parse_x5chain (&sign1, error))
    {
      g_prefix_error (error, "%s: ", what);
      return FALSE;
    }

  *ret_sign1 = sign1;
  return TRUE;
}

/**
 * mdoc_sign1_dup_chain:
 * @self: a signature
 * @error: return location for a #MdocCryptoError: an entry is no certificate
 *
 * Returns: (transfer full) (element-type MdocCertificate): its chain, leaf
 *   first, empty if it brings none; or %NULL with @error set
 */
GPtrArray *
mdoc_sign1_dup_chain (const MdocSign1 *self, GError **error)
{
  g_autoptr (GPtrArray) chain = NULL;

  chain = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  for (guint i = 0; i < self->n_x5chain; i++)
    {
      g_autoptr (GBytes) der = mdoc_span_dup (self->x5chain[i]);
      MdocCertificate *certificate = mdoc_certificate_parse (der, error);

      if (certificate == NULL)
        return NULL;
      g_ptr_array_add (chain, certificate);
    }

  return g_steal_pointer (&chain);
}

/* RFC 9052, 4.4 and 6.3:
 *
 *   Sig_structure = [ "Signature1", body_protected : bstr,
 *                     external_aad : bstr, payload : bstr ]
 *   MAC_structure = [ "MAC0", the same three ]
 *
 * in parts, so that nobody has to copy the payload. */
typedef struct
{
  guint8 protected_head[MAX_HEAD_LEN];
  guint8 payload_head[1 + MAX_HEAD_LEN];
  MdocSpan parts[5];
} ToBeSigned;

#define SIGNATURE1_START MDOC_SPAN ((const guint8 *) "\x84\x6aSignature1", 12)
#define MAC0_START       MDOC_SPAN ((const guint8 *) "\x84\x64MAC0", 6)
#define EMPTY_BYTES      0x40

static void
to_be_signed_init (ToBeSigned *self,
                   MdocSpan start,
                   MdocSpan protected_header,
                   MdocSpan payload)
{
  gsize len;

  self->parts[0] = start;
  len = cbor_encode_bytestring_start (protected_header.len,
                                      self->protected_head,
                                      MAX_HEAD_LEN);
  self->parts[1] = MDOC_SPAN (self->protected_head, len);
  self->parts[2] = protected_header;
  self->payload_head[0] = EMPTY_BYTES;
  len = cbor_encode_bytestring_start (payload.len,
                                      self->payload_head + 1,
                                      MAX_HEAD_LEN);
  self->parts[3] = MDOC_SPAN (self->payload_head, 1 + len);
  self->parts[4] = payload;
}

static gboolean
get_alg (const MdocSign1 *self,
         MdocPublicKey *key,
         MdocAlg *ret_alg,
         GError **error)
{
  MdocCurve curve = mdoc_public_key_get_curve (key);

  switch (self->alg)
    {
    case MDOC_ALG_ES256:
    case MDOC_ALG_ES384:
    case MDOC_ALG_ES512:
    case MDOC_ALG_EDDSA:
      break;
    default:
      return refuse_algorithm (error, "COSE signature algorithm", self->alg);
    }

  /* ISO/IEC 18013-5, table 22: one algorithm a curve */
  if (!mdoc_curve_can_sign (curve)
      || (gint64) mdoc_curve_get_alg (curve) != self->alg)
    {
      g_autofree char *what = NULL;

      what = g_strdup_printf ("Key of curve %s with COSE signature algorithm",
                              mdoc_curve_get_name (curve));
      return refuse_algorithm (error, what, self->alg);
    }

  *ret_alg = (MdocAlg) self->alg;
  return TRUE;
}

/**
 * mdoc_sign1_verify:
 * @self: a signature
 * @key: whose it should be
 * @payload: what it should be over: that of @self, or the detached one
 * @ret_valid: (out): whether it holds; %FALSE from the start
 * @error: return location for a #MdocCryptoError: the algorithm is not
 *   supported, or does not go with @key's curve
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_sign1_verify (const MdocSign1 *self,
                   MdocPublicKey *key,
                   MdocSpan payload,
                   gboolean *ret_valid,
                   GError **error)
{
  ToBeSigned tbs;
  MdocAlg alg;

  *ret_valid = FALSE;
  if (!get_alg (self, key, &alg, error))
    return FALSE;

  to_be_signed_init (&tbs, SIGNATURE1_START, self->protected_header, payload);
  return mdoc_public_key_verify (key,
                                 alg,
                                 tbs.parts,
                                 G_N_ELEMENTS (tbs.parts),
                                 self->signature,
                                 ret_valid,
                                 error);
}

/* `{1: alg}`; returns its length */
static gsize
encode_protected (gint64 alg, guint8 *buffer, gsize size)
{
  gsize len = cbor_encode_map_start (1, buffer, size);

  len += cbor_encode_uint (HEADER_ALG, buffer + len, size - len);
  if (alg < 0)
    len += cbor_encode_negint ((guint64) (-1 - alg), buffer + len, size - len);
  else
    len += cbor_encode_uint ((guint64) alg, buffer + len, size - len);
  return len;
}

static void
put_chain (MdocCborWriter *writer, GPtrArray *chain)
{
  guint n = chain != NULL ? chain->len : 0;

  mdoc_cbor_writer_begin_map (writer, n > 0 ? 1 : 0);
  if (n == 0)
    return;

  mdoc_cbor_writer_put_int (writer, HEADER_X5CHAIN);
  if (n > 1)
    mdoc_cbor_writer_begin_array (writer, n);
  for (guint i = 0; i < n; i++)
    {
      GBytes *der = mdoc_certificate_get_der (g_ptr_array_index (chain, i));

      mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (der));
    }
}

/**
 * mdoc_sign1_write:
 * @writer: where to; left alone on failure
 * @key: the private key; its curve decides on the algorithm
 * @chain: (nullable) (element-type MdocCertificate): certificates to send
 *   along, leaf first, in the unprotected header
 * @payload: what to sign
 * @is_detached: %TRUE to write null where the payload would stand
 * @error: return location for a #MdocCryptoError
 *
 * Writes an untagged COSE_Sign1.
 *
 * Returns: %TRUE on success
 */
gboolean
mdoc_sign1_write (MdocCborWriter *writer,
                  MdocKey *key,
                  GPtrArray *chain,
                  MdocSpan payload,
                  gboolean is_detached,
                  GError **error)
{
  MdocCurve curve = mdoc_public_key_get_curve (mdoc_key_get_public (key));
  guint8 header[2 + MAX_HEAD_LEN];
  guint8 signature[MDOC_SIGNATURE_MAX_LEN];
  gsize header_len, signature_len;
  MdocSpan protected_header;
  ToBeSigned tbs;
  MdocAlg alg;

  if (!mdoc_curve_can_sign (curve))
    return refuse_algorithm (error, "Signing with COSE curve", (gint64) curve);

  alg = mdoc_curve_get_alg (curve);
  header_len = encode_protected ((gint64) alg, header, sizeof (header));
  protected_header = MDOC_SPAN (header, header_len);
  to_be_signed_init (&tbs, SIGNATURE1_START, protected_header, payload);
  if (!mdoc_key_sign (key,
                      alg,
                      tbs.parts,
                      G_N_ELEMENTS (tbs.parts),
                      signature,
                      &signature_len,
                      error))
    return FALSE;

  mdoc_cbor_writer_begin_array (writer, 4);
  mdoc_cbor_writer_put_bytes (writer, protected_header);
  put_chain (writer, chain);
  if (is_detached)
    mdoc_cbor_writer_put_null (writer);
  else
    mdoc_cbor_writer_put_bytes (writer, payload);
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (signature, signature_len));
  return TRUE;
}

/**
 * mdoc_mac0_parse:
 * @item: the item that should be a COSE_Mac0
 * @what: what it is to the protocol, for the error message
 * @ret_mac0: (out): a view of it, which borrows from the message; left alone on
 *   failure
 * @error: return location for a #MdocCborError
 *
 * Tag 17 may be there or not. Headers as in mdoc_sign1_parse().
 *
 * Returns: %TRUE if @item is a COSE_Mac0
 */
gboolean
mdoc_mac0_parse (MdocCborItem item,
                 const char *what,
                 MdocMac0 *ret_mac0,
                 GError **error)
{
  Message message;

  if (!parse_message (item, TAG_MAC0, &message, error))
    {
      g_prefix_error (error, "%s: ", what);
      return FALSE;
    }

  *ret_mac0 = (MdocMac0){ .protected_header = message.protected_header,
                          .alg = message.alg,
                          .has_payload = message.has_payload,
                          .payload = message.payload,
                          .tag = message.authenticator };
  return TRUE;
}

static void
compute_mac (MdocSpan protected_header,
             MdocSpan emac_key,
             MdocSpan payload,
             guint8 *ret_mac)
{
  ToBeSigned tbs;

  to_be_signed_init (&tbs, MAC0_START, protected_header, payload);
  mdoc_hmac_compute (MDOC_HASH_SHA256,
                     emac_key,
                     tbs.parts,
                     G_N_ELEMENTS (tbs.parts),
                     ret_mac);
}

/**
 * mdoc_mac0_verify:
 * @self: a MAC
 * @emac_key: the key it should be made with
 * @payload: what it should be over: that of @self, or the detached one
 * @ret_valid: (out): whether it holds; %FALSE from the start
 * @error: return location for a #MdocCryptoError: the algorithm is not
 *   HMAC 256/256, the only one of the standard
 *
 * Compares in constant time.
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_mac0_verify (const MdocMac0 *self,
                  MdocSpan emac_key,
                  MdocSpan payload,
                  gboolean *ret_valid,
                  GError **error)
{
  guint8 mac[MDOC_HASH_MAX_LEN];
  MDOC_WIPE_ON_EXIT (mac);

  *ret_valid = FALSE;
  if (self->alg != MDOC_COSE_ALG_HMAC_256_256)
    return refuse_algorithm (error, "COSE MAC algorithm", self->alg);

  compute_mac (self->protected_header, emac_key, payload, mac);
  *ret_valid = mdoc_secret_equal (self->tag, MDOC_SPAN (mac, MAC_LEN));
  return TRUE;
}

/**
 * mdoc_mac0_write:
 * @writer: where to
 * @emac_key: the key
 * @payload: what the MAC is over; it is detached, so null stands in its place
 *
 * Writes an untagged COSE_Mac0 with HMAC 256/256.
 */
void
mdoc_mac0_write (MdocCborWriter *writer, MdocSpan emac_key, MdocSpan payload)
{
  guint8 header[2 + MAX_HEAD_LEN];
  guint8 mac[MDOC_HASH_MAX_LEN];
  MDOC_WIPE_ON_EXIT (mac);
  MdocSpan protected_header;
  gsize len;

  len = encode_protected (MDOC_COSE_ALG_HMAC_256_256, header, sizeof (header));
  protected_header = MDOC_SPAN (header, len);
  compute_mac (protected_header, emac_key, payload, mac);

  mdoc_cbor_writer_begin_array (writer, 4);
  mdoc_cbor_writer_put_bytes (writer, protected_header);
  mdoc_cbor_writer_begin_map (writer, 0);
  mdoc_cbor_writer_put_null (writer);
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (mac, MAC_LEN));
}
