/*
 * auth0.js - @auth0/mdl as issuer, holder and reader
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

'use strict';

const { COSEKeyFromJWK } = require('cose-kit');
const {
  DeviceResponse, Document, MDoc, Verifier,
} = require('@auth0/mdl');
const { cborDecode, cborEncode } = require('@auth0/mdl/lib/cbor');
const {
  MDL, NAMESPACE, licence, main, printable, read, readKey,
} = require('./common.js');

/* Our IssuerSigned as the response that the library starts from. */
function asResponse(issuerSigned) {
  return cborEncode({
    version: '1.0',
    documents: [{ docType: MDL, issuerSigned: cborDecode(issuerSigned) }],
    status: 0,
  });
}

async function issue(args) {
  const now = new Date();
  const document = await new Document(MDL)
    .addIssuerNameSpace(NAMESPACE, licence((text) => text))
    .useDigestAlgorithm('SHA-256')
    .addValidityInfo({ signed: now, validFrom: now })
    .addDeviceKeyInfo({ deviceKey: readKey(args['device-key']) })
    .sign({
      issuerPrivateKey: readKey(args['ds-key'], 'ES256'),
      issuerCertificate: read(args['ds-cert'], 'utf8'),
      alg: 'ES256',
    });
  return cborEncode(document.prepare().get('issuerSigned'));
}

async function respond(args) {
  const builder = DeviceResponse.from(asResponse(read(args['issuer-signed'])))
    .usingPresentationDefinition({
      id: 'some',
      input_descriptors: [{
        id: MDL,
        format: { mso_mdoc: { alg: ['ES256'] } },
        constraints: {
          limit_disclosure: 'required',
          fields: ['family_name', 'birth_date', 'portrait', 'age_over_18']
            .map((id) => ({
              path: [`$['${NAMESPACE}']['${id}']`], intent_to_retain: false,
            })),
        },
      }],
    })
    .usingSessionTranscriptBytes(read(args.transcript));
  const key = readKey(args.key, 'ES256');
  if (args['reader-key']) {
    builder.authenticateWithMAC(key, COSEKeyFromJWK(readKey(args['reader-key'])),
      'HS256');
  } else {
    builder.authenticateWithSignature(key, 'ES256');
  }
  const made = await builder.sign();
  return new MDoc(made.documents, args.version ?? '1.0', Number(args.status ?? 0))
    .encode();
}

async function verify(args) {
  const failed = [];
  const passed = [];
  const response = await new Verifier([read(args.trust, 'utf8')])
    .verify(read(args.response), {
      encodedSessionTranscript: read(args.transcript),
      ephemeralReaderKey: args['reader-key']
        ? COSEKeyFromJWK(readKey(args['reader-key'])) : undefined,
      onCheck: ({ status, check, reason }) => (status === 'FAILED'
        ? failed.push(`${check} ${reason ?? ''}`) : passed.push(check)),
    });
  const elements = {};
  for (const document of response.documents) {
    for (const name of document.issuerSignedNameSpaces) {
      for (const [id, value] of Object.entries(document.getIssuerNameSpace(name))) {
        elements[`${name}/${id}`] = printable(value);
      }
    }
  }
  return { failed, passed, elements };
}

/* The library has no requests; this shows that its CBOR reads ours. */
async function request(args) {
  const decoded = cborDecode(read(args.request));
  return {
    version: decoded.get('version'),
    documents: decoded.get('docRequests').map((doc) => {
      const items = doc.get('itemsRequest').data;
      return {
        docType: items.get('docType'),
        elements: [...items.get('nameSpaces')].flatMap(
          ([name, ids]) => [...ids].map(([id, retain]) => [name, id, retain]),
        ),
        isSigned: Boolean(doc.get('readerAuth')),
      };
    }),
  };
}

main({ issue, respond, verify, request }).catch((error) => {
  console.error(`auth0: ${error.stack}`);
  process.exitCode = 1;
});
