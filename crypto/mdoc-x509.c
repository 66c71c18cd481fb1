/*
 * mdoc-x509.c - what certificates and CRLs are made of
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-x509.h"

#include "crypto/mdoc-crypto-private.h"

/* A name is shown to people; one of a thousand parts is nobody's. */
#define MAX_SHOWN_ATTRIBUTES 32

#define TAG_BMP_STRING 0x1e

/* signature algorithms of RFC 5758 and RFC 8410 */
static const struct
{
  MdocAlg alg;
  guint8 oid_len;
  guint8 oid[8];
  gsize signature_len; /* of EdDSA, which has two curves; else 0 */
} algorithms[] = {
  { MDOC_ALG_ES256, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 }, 0 },
  { MDOC_ALG_ES384, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03 }, 0 },
  { MDOC_ALG_ES512, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04 }, 0 },
  { MDOC_ALG_EDDSA, 3, { 0x2b, 0x65, 0x70 }, 64 },
  { MDOC_ALG_EDDSA, 3, { 0x2b, 0x65, 0x71 }, 114 },
};

/* AlgorithmIdentifier; those that we know have no parameters. */
static gboolean
read_algorithm (MdocDer *der, MdocSigned *self)
{
  MdocDer ahead = *der;
  MdocDer algorithm;

  if (!mdoc_der_read_encoded (der, MDOC_DER_SEQUENCE, &self->algorithm)
      || !mdoc_der_enter (&ahead, MDOC_DER_SEQUENCE, &algorithm)
      || !mdoc_der_read (&algorithm, MDOC_DER_OID, &self->algorithm_oid))
    return FALSE;

  self->is_known = FALSE;
  if (!mdoc_der_is_at_end (&algorithm))
    return TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      if (mdoc_span_equal (self->algorithm_oid,
                           MDOC_SPAN (algorithms[i].oid,
                                      algorithms[i].oid_len)))
        {
          self->is_known = TRUE;
          self->alg = algorithms[i].alg;
        }
    }

  return TRUE;
}

/**
 * mdoc_signed_read:
 * @der: a Certificate or CertificateList and nothing else
 * @ret_signed: (out): its three parts
 * @ret_inside: (out): the place inside of what was signed
 *
 * Returns: %FALSE if @der is no such thing
 */
gboolean
mdoc_signed_read (MdocSpan der, MdocSigned *ret_signed, MdocDer *ret_inside)
{
  MdocDer outer = mdoc_der_open (der);
  MdocDer whole;
  MdocDer ahead;
  MdocSigned found = { 0 };

  if (!mdoc_der_enter (&outer, MDOC_DER_SEQUENCE, &whole)
      || !mdoc_der_is_at_end (&outer))
    return FALSE;

  ahead = whole;
  if (!mdoc_der_read_encoded (&whole, MDOC_DER_SEQUENCE, &found.tbs)
      || !mdoc_der_enter (&ahead, MDOC_DER_SEQUENCE, ret_inside)
      || !read_algorithm (&whole, &found)
      || !mdoc_der_read_octet_bits (&whole, &found.signature)
      || !mdoc_der_is_at_end (&whole))
    return FALSE;

  *ret_signed = found;
  return TRUE;
}

/**
 * mdoc_signed_verify:
 * @self: what was signed
 * @key: who should have signed it
 * @ret_valid: (out): whether so; %FALSE from the start
 * @error: return location for a #MdocCryptoError:
 *   %MDOC_CRYPTO_ERROR_UNSUPPORTED for an algorithm that we do not have
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_signed_verify (const MdocSigned *self,
                    MdocPublicKey *key,
                    gboolean *ret_valid,
                    GError **error)
{
  *ret_valid = FALSE;
  if (!self->is_known)
    {
      char oid[MDOC_DER_OID_TEXT_MAX_LEN] = "?";
      g_autofree char *what = NULL;

      if (!mdoc_der_oid_to_text (self->algorithm_oid, oid))
        g_strlcpy (oid, "(malformed)", sizeof (oid));
      what = g_strdup_printf ("signature algorithm %s", oid);
      return mdoc_crypto_refuse_unsupported (error, what);
    }

  /* an algorithm for another kind of key is no signature of this one */
  if (mdoc_curve_is_weierstrass (mdoc_public_key_get_curve (key))
          != (self->alg != MDOC_ALG_EDDSA)
      || !mdoc_curve_can_sign (mdoc_public_key_get_curve (key)))
    return TRUE;

  return mdoc_public_key_verify_x509 (key,
                                      self->alg,
                                      self->tbs,
                                      self->signature,
                                      ret_valid,
                                      error);
}

/**
 * mdoc_signed_write_algorithm:
 * @out: bytes to append to
 * @alg: an ECDSA algorithm
 *
 * Appends the AlgorithmIdentifier of ECDSA with the hash of @alg.
 */
void
mdoc_signed_write_algorithm (GByteArray *out, MdocAlg alg)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      if (algorithms[i].alg == alg)
        {
          gsize begun = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

          mdoc_der_write (out,
                          MDOC_DER_OID,
                          MDOC_SPAN (algorithms[i].oid, algorithms[i].oid_len));
          mdoc_der_end (out, begun);
          return;
        }
    }
}

/**
 * mdoc_extension_read:
 * @list: a place inside Extensions, moved behind the extension
 * @ret_extension: (out): the extension
 *
 * Reads Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE,
 * extnValue OCTET STRING }. A FALSE that DER would leave out occurs in the
 * field and is taken.
 *
 * Returns: %FALSE if no extension follows
 */
gboolean
mdoc_extension_read (MdocDer *list, MdocExtension *ret_extension)
{
  MdocDer inner;
  MdocExtension found = { 0 };

  if (!mdoc_der_enter (list, MDOC_DER_SEQUENCE, &inner)
      || !mdoc_der_read (&inner, MDOC_DER_OID, &found.oid))
    return FALSE;

  if (mdoc_der_next_is (&inner, MDOC_DER_BOOLEAN)
      && !mdoc_der_read_boolean (&inner, &found.is_critical))
    return FALSE;

  if (!mdoc_der_read (&inner, MDOC_DER_OCTET_STRING, &found.value)
      || !mdoc_der_is_at_end (&inner))
    return FALSE;

  *ret_extension = found;
  return TRUE;
}

/**
 * mdoc_x509_read_aki:
 * @value: value of an authorityKeyIdentifier extension
 * @ret_key_identifier: (out): its keyIdentifier; empty if it has none
 *
 * Returns: %FALSE if @value is malformed
 */
gboolean
mdoc_x509_read_aki (MdocSpan value, MdocSpan *ret_key_identifier)
{
  MdocDer outer = mdoc_der_open (value);
  MdocDer aki;
  MdocSpan found = { NULL, 0 };

  if (!mdoc_der_enter (&outer, MDOC_DER_SEQUENCE, &aki)
      || !mdoc_der_is_at_end (&outer))
    return FALSE;

  if (mdoc_der_next_is (&aki, MDOC_DER_CONTEXT (0))
      && !mdoc_der_read (&aki, MDOC_DER_CONTEXT (0), &found))
    return FALSE;

  /* authorityCertIssuer and authorityCertSerialNumber are not looked at */
  while (!mdoc_der_is_at_end (&aki))
    {
      guint8 tag;

      if (!mdoc_der_read_any (&aki, &tag, NULL, NULL))
        return FALSE;
    }

  *ret_key_identifier = found;
  return TRUE;
}

/**
 * mdoc_name_open:
 * @encoded: a Name, tag and all
 * @ret_reader: (out): the place before its first attribute
 *
 * Returns: %FALSE if @encoded is no SEQUENCE
 */
gboolean
mdoc_name_open (MdocSpan encoded, MdocNameReader *ret_reader)
{
  MdocDer outer = mdoc_der_open (encoded);
  MdocDer names;

  if (!mdoc_der_enter (&outer, MDOC_DER_SEQUENCE, &names)
      || !mdoc_der_is_at_end (&outer))
    return FALSE;

  ret_reader->names = names;
  ret_reader->name = mdoc_der_open (MDOC_SPAN (NULL, 0));
  return TRUE;
}

/**
 * mdoc_name_next:
 * @self: a place, moved behind the attribute
 * @ret_attribute: (out): the attribute
 * @ret_malformed: (out): if %FALSE was returned, whether that is because the
 *   name is broken rather than at its end
 *
 * Returns: %FALSE if there is no further attribute
 */
gboolean
mdoc_name_next (MdocNameReader *self,
                MdocAttribute *ret_attribute,
                gboolean *ret_malformed)
{
  MdocDer attribute;
  MdocAttribute found = { 0 };

  *ret_malformed = FALSE;
  if (mdoc_der_is_at_end (&self->name))
    {
      if (mdoc_der_is_at_end (&self->names))
        return FALSE;

      /* SET SIZE (1..MAX) */
      if (!mdoc_der_enter (&self->names, MDOC_DER_SET, &self->name)
          || mdoc_der_is_at_end (&self->name))
        {
          *ret_malformed = TRUE;
          return FALSE;
        }
    }

  if (!mdoc_der_enter (&self->name, MDOC_DER_SEQUENCE, &attribute)
      || !mdoc_der_read (&attribute, MDOC_DER_OID, &found.oid)
      || !mdoc_der_read_any (&attribute, &found.tag, &found.value, NULL)
      || !mdoc_der_is_at_end (&attribute))
    {
      *ret_malformed = TRUE;
      return FALSE;
    }

  *ret_attribute = found;
  return TRUE;
}

/**
 * mdoc_attribute_get_type:
 * @self: an attribute
 *
 * Returns: n of its type 2.5.4.n; 0 for any other type
 */
guint
mdoc_attribute_get_type (const MdocAttribute *self)
{
  if (self->oid.len != 3 || self->oid.data[0] != 0x55
      || self->oid.data[1] != 0x04 || self->oid.data[2] >= 0x80)
    return 0;

  return self->oid.data[2];
}

/**
 * mdoc_attribute_dup_text:
 * @self: an attribute
 *
 * Returns: (transfer full) (nullable): its value as UTF-8 without NUL; %NULL if
 *   it is no such text
 */
char *
mdoc_attribute_dup_text (const MdocAttribute *self)
{
  const char *bytes = (const char *) self->value.data;
  const gssize len = (gssize) self->value.len;
  g_autofree char *text = NULL;
  gsize n = 0;

  if (len == 0)
    return g_strdup ("");

  switch (self->tag)
    {
    case MDOC_DER_UTF8_STRING:
    case MDOC_DER_PRINTABLE_STRING:
    case MDOC_DER_IA5_STRING:
      /* refuses a NUL, too */
      if (!g_utf8_validate (bytes, len, NULL))
        return NULL;
      return g_strndup (bytes, (gsize) len);
    case MDOC_DER_TELETEX_STRING:
      text = g_convert (bytes, len, "UTF-8", "ISO-8859-1", NULL, &n, NULL);
      break;
    case TAG_BMP_STRING:
      text = g_convert (bytes, len, "UTF-8", "UTF-16BE", NULL, &n, NULL);
      break;
    default:
      return NULL;
    }

  if (text == NULL || !g_utf8_validate (text, (gssize) n, NULL))
    return NULL;

  return g_steal_pointer (&text);
}

static void
append_type (GString *out, const MdocAttribute *attribute)
{
  static const char *const names[] = {
    [MDOC_ATTRIBUTE_COMMON_NAME] = "CN",
    [MDOC_ATTRIBUTE_SERIAL_NUMBER] = "serialNumber",
    [MDOC_ATTRIBUTE_COUNTRY] = "C",
    [MDOC_ATTRIBUTE_LOCALITY] = "L",
    [MDOC_ATTRIBUTE_STATE] = "ST",
    [MDOC_ATTRIBUTE_ORGANIZATION] = "O",
    [MDOC_ATTRIBUTE_UNIT] = "OU",
  };
  const guint type = mdoc_attribute_get_type (attribute);
  char oid[MDOC_DER_OID_TEXT_MAX_LEN];

  if (type < G_N_ELEMENTS (names) && names[type] != NULL)
    g_string_append (out, names[type]);
  else if (mdoc_der_oid_to_text (attribute->oid, oid))
    g_string_append (out, oid);
  else
    g_string_append_c (out, '?');
}

/**
 * mdoc_name_dup_text:
 * @encoded: a Name, tag and all
 *
 * Writes a name for people, in the order in which it stands: "C=UT, CN=Utopia".
 * Nothing may be concluded from the text: what is not printable, and separators
 * inside a value, are replaced by a question mark.
 *
 * Returns: (transfer full): the text
 */
char *
mdoc_name_dup_text (MdocSpan encoded)
{
  g_autoptr (GString) out = g_string_new (NULL);
  MdocNameReader reader;
  MdocAttribute attribute;
  gboolean malformed;
  guint n = 0;

  if (!mdoc_name_open (encoded, &reader))
    return g_strdup ("?");

  while (n++ < MAX_SHOWN_ATTRIBUTES
         && mdoc_name_next (&reader, &attribute, &malformed))
    {
      g_autofree char *text = mdoc_attribute_dup_text (&attribute);

      if (text == NULL)
        text = g_strdup ("?");
      if (out->len > 0)
        g_string_append (out, ", ");
      append_type (out, &attribute);
      g_string_append_c (out, '=');
      for (char *p = text; *p != '\0'; p = g_utf8_next_char (p))
        {
          gunichar c = g_utf8_get_char (p);

          if (!g_unichar_isprint (c) || c == ',' || c == '=')
            c = '?';
          g_string_append_unichar (out, c);
        }
    }

  return g_string_free (g_steal_pointer (&out), FALSE);
}
