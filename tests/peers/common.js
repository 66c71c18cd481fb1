/*
 * common.js - command line, files and keys, for both peers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const util = require('node:util');

const MDL = 'org.iso.18013.5.1.mDL';
const NAMESPACE = 'org.iso.18013.5.1';

/* What the peers issue. `date` makes what the peer takes for a full-date. */
function licence(date) {
  return {
    family_name: 'Mustermann',
    given_name: 'Erika',
    birth_date: date('1984-01-26'),
    issue_date: date('2024-10-20'),
    expiry_date: date('2034-10-20'),
    issuing_country: 'UT',
    issuing_authority: 'Utopia Driver Licensing',
    document_number: 'UT-0042',
    portrait: crypto.randomBytes(2048),
    un_distinguishing_sign: 'UT',
    age_over_18: true,
    age_over_65: false,
  };
}

/* A PEM file as a JWK, private or public as the file is. */
function readKey(path, alg) {
  const pem = fs.readFileSync(path, 'utf8');
  const key = pem.includes('PRIVATE') ? crypto.createPrivateKey(pem)
    : crypto.createPublicKey(pem);
  return { ...key.export({ format: 'jwk' }), ...(alg ? { alg } : {}) };
}

/* A value of any kind as text that does not depend on the peer's types. */
function printable(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value && typeof value.toISOString === 'function') {
    return value.toISOString();
  }
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/* Runs the verb that the command line names, prints its result as JSON. Exit
 * status: 0 done, 5 looked at and not accepted, 1 anything else. */
async function main(verbs) {
  const { positionals: [verb], values } = util.parseArgs({
    allowPositionals: true,
    options: Object.fromEntries([
      'issuer-signed', 'key', 'device-key', 'ds-key', 'ds-cert', 'reader-key',
      'transcript', 'request', 'response', 'trust', 'out', 'version', 'status',
    ].map((name) => [name, { type: 'string' }])),
  });
  if (!verbs[verb]) throw new Error(`no such verb: ${verb}`);
  const result = await verbs[verb](values);
  if (result instanceof Uint8Array) {
    fs.writeFileSync(values.out, result);
  } else {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    if (result.failed && result.failed.length > 0) process.exitCode = 5;
  }
}

module.exports = {
  MDL, NAMESPACE, licence, main, printable, read: fs.readFileSync, readKey,
};
