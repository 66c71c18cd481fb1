/*
 * animo.js - @animo-id/mdoc as issuer, holder and reader
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

'use strict';

const crypto = require('node:crypto');
const {
  DateOnly, DeviceRequest, DeviceResponse, Document, MDoc, Verifier,
  cborEncode, parseIssuerSigned,
} = require('@animo-id/mdoc');
const {
  MDL, NAMESPACE, licence, main, printable, read, readKey,
} = require('./common.js');

const HASHES = { ES256: 'sha256', ES384: 'sha384', ES512: 'sha512' };

function sign(data, jwk, alg) {
  return crypto.sign(HASHES[alg], data, {
    key: crypto.createPrivateKey({ key: jwk, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  });
}

function isSigned(data, jwk, alg, signature) {
  return crypto.verify(HASHES[alg], data, {
    key: crypto.createPublicKey({ key: jwk, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  }, signature);
}

/* The library leaves cryptography to whoever uses it. */
const context = {
  crypto: {
    random: (length) => crypto.randomBytes(length),
    digest: ({ digestAlgorithm, bytes }) => crypto
      .createHash(digestAlgorithm.replace('-', '')).update(bytes).digest(),
    calculateEphemeralMacKeyJwk: ({ privateKey, publicKey, sessionTranscriptBytes }) => {
      const ecdh = crypto.createECDH('prime256v1');
      ecdh.setPrivateKey(privateKey);
      const salt = crypto.createHash('sha256').update(sessionTranscriptBytes).digest();
      const key = crypto.hkdfSync('sha256', ecdh.computeSecret(publicKey), salt,
        'EMacKey', 32);
      return { kty: 'oct', k: Buffer.from(key).toString('base64url'), alg: 'HS256' };
    },
  },
  cose: {
    sign1: {
      sign: ({ sign1, jwk }) => {
        const { data, alg } = sign1.getRawSigningData();
        return sign(data, jwk, alg);
      },
      verify: ({ sign1, jwk, options }) => {
        const { data, alg, signature } = sign1.getRawVerificationData(options);
        return isSigned(data, jwk, alg, signature);
      },
    },
    mac0: {
      sign: ({ mac0, jwk }) => crypto
        .createHmac('sha256', Buffer.from(jwk.k, 'base64url'))
        .update(mac0.getRawSigningData().data).digest(),
      verify: ({ mac0, jwk, options }) => {
        const { data, signature } = mac0.getRawVerificationData(options);
        const tag = crypto.createHmac('sha256', Buffer.from(jwk.k, 'base64url'))
          .update(data).digest();
        return tag.length === signature.length
          && crypto.timingSafeEqual(tag, signature);
      },
    },
  },
  x509: {
    getIssuerNameField: ({ certificate, field }) => new crypto
      .X509Certificate(certificate).issuer.split('\n')
      .filter((line) => line.startsWith(`${field}=`))
      .map((line) => line.slice(field.length + 1)),
    getPublicKey: ({ certificate }) => new crypto
      .X509Certificate(certificate).publicKey.export({ format: 'jwk' }),
    validateCertificateChain: ({ trustedCertificates, x5chain }) => {
      const chain = x5chain.map((der) => new crypto.X509Certificate(der));
      const roots = trustedCertificates.map((pem) => new crypto.X509Certificate(pem));
      const now = new Date();
      chain.forEach((certificate, i) => {
        const issuers = i + 1 < chain.length ? [chain[i + 1]] : roots;
        if (!issuers.some((issuer) => certificate.checkIssued(issuer)
            && certificate.verify(issuer.publicKey))) {
          throw new Error(`nobody known has issued ${certificate.subject}`);
        }
        if (now < new Date(certificate.validFrom)
            || now > new Date(certificate.validTo)) {
          throw new Error(`${certificate.subject} has expired`);
        }
      });
    },
    getCertificateData: ({ certificate }) => {
      const x509 = new crypto.X509Certificate(certificate);
      return {
        issuerName: x509.issuer,
        subjectName: x509.subject,
        serialNumber: x509.serialNumber,
        thumbprint: x509.fingerprint256,
        notBefore: new Date(x509.validFrom),
        notAfter: new Date(x509.validTo),
        pem: x509.toString(),
      };
    },
  },
};

async function issue(args) {
  const now = new Date();
  const document = await new Document(MDL, context)
    .addIssuerNameSpace(NAMESPACE, licence((text) => new DateOnly(text)))
    .useDigestAlgorithm('SHA-256')
    .addValidityInfo({ signed: now, validFrom: now })
    .addDeviceKeyInfo({ deviceKey: readKey(args['device-key']) })
    .sign({
      issuerPrivateKey: readKey(args['ds-key'], 'ES256'),
      issuerCertificate: read(args['ds-cert'], 'utf8'),
      alg: 'ES256',
    }, context);
  return cborEncode(document.prepare().get('issuerSigned'));
}

async function respond(args) {
  const issued = parseIssuerSigned(read(args['issuer-signed']), MDL);
  const builder = DeviceResponse.from(new MDoc([issued]))
    .usingDeviceRequest(DeviceRequest.parse(read(args.request)))
    .usingSessionTranscriptBytes(read(args.transcript));
  const key = readKey(args.key, 'ES256');
  if (args['reader-key']) {
    builder.authenticateWithMAC(key, readKey(args['reader-key']), 'HS256');
  } else {
    builder.authenticateWithSignature(key, 'ES256');
  }
  const made = await builder.sign(context);
  return new MDoc(made.documents, args.version ?? '1.0', Number(args.status ?? 0))
    .encode();
}

async function verify(args) {
  const failed = [];
  const passed = [];
  const response = await new Verifier().verifyDeviceResponse({
    encodedDeviceResponse: read(args.response),
    encodedSessionTranscript: read(args.transcript),
    ephemeralReaderKey: args['reader-key'] ? readKey(args['reader-key']) : undefined,
    trustedCertificates: [read(args.trust)],
    onCheck: ({ status, check, reason }) => (status === 'FAILED'
      ? failed.push(`${check} ${reason ?? ''}`) : passed.push(check)),
  }, context);
  const elements = {};
  for (const document of response.documents) {
    for (const [name, values] of document.allIssuerSignedNamespaces) {
      for (const [id, value] of values) elements[`${name}/${id}`] = printable(value);
    }
  }
  return { failed, passed, elements };
}

async function request(args) {
  const parsed = DeviceRequest.parse(read(args.request));
  return {
    version: parsed.version,
    documents: parsed.docRequests.map((doc) => ({
      docType: doc.itemsRequest.data.docType,
      elements: [...doc.itemsRequest.data.nameSpaces].flatMap(
        ([name, ids]) => [...ids].map(([id, retain]) => [name, id, retain]),
      ),
      isSigned: doc.readerAuth !== undefined,
    })),
  };
}

/* A request as its library writes it: long map heads, "readerAuth": undefined. */
async function ask() {
  return DeviceRequest.from('1.0', [{
    itemsRequestData: {
      docType: MDL,
      nameSpaces: new Map([[NAMESPACE, new Map([['family_name', false],
        ['age_over_18', false]])]]),
    },
  }]).encode();
}

main({ issue, respond, verify, request, ask }).catch((error) => {
  console.error(`animo: ${error.stack}`);
  process.exitCode = 1;
});
