/*
 * wallet.mjs - a wallet made of @openid4vc/openid4vci and @openid4vc/oauth2
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

/* usage: wallet.mjs JSON
 *
 * JSON says what to do: {"offer": LINK, "txCode"?, "keys"?: N, "encrypt"?: true,
 * "login"?: {"name", "password", "redirect"}, "refresh"?: true, "attestation"?:
 * {"key": JWK, "x5c": [...]}, "notify"?: EVENT}. Prints what it got, as JSON; the
 * keys that it makes are thrown away. */

import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(path.join(process.env.MDOC_PEERS, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { Openid4vciClient } = await load('@openid4vc/openid4vci');
const { Oauth2Client, clientAuthenticationAnonymous, clientAuthenticationNone,
  createClientAttestationJwt } = await load('@openid4vc/oauth2');

const CLIENT = 'wallet.example';

function makeKey() {
  const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  return { privateKey, jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y } };
}

const b64 = (data) => Buffer.from(data).toString('base64url');
const keys = new Map();

function remember(key) {
  keys.set(`${key.jwk.x}.${key.jwk.y}`, key.privateKey);
  return key.jwk;
}

function sign(jwk, { header, payload }) {
  const text = `${b64(JSON.stringify(header))}.${b64(JSON.stringify(payload))}`;
  const signature = crypto.sign('sha256', Buffer.from(text), {
    key: keys.get(`${jwk.x}.${jwk.y}`), dsaEncoding: 'ieee-p1363' });
  return { jwt: `${text}.${b64(signature)}`, signerJwk: jwk };
}

/* ECDH-ES with A128GCM or A256GCM: the library leaves it to whoever uses it */
function derive(enc, shared) {
  const bits = enc === 'A128GCM' ? 128 : 256;
  const number = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
  return crypto.createHash('sha256').update(Buffer.concat([number(1), shared,
    number(enc.length), Buffer.from(enc), number(0), number(0), number(bits)]))
    .digest().subarray(0, bits / 8);
}

function agree(privateKey, jwk) {
  const { kty, crv, x, y } = jwk;
  return crypto.diffieHellman({ privateKey, publicKey: crypto.createPublicKey({
    key: { kty, crv, x, y }, format: 'jwk' }) });
}

function encrypt(encryptor, text) {
  const jwk = encryptor.publicJwk;
  const mine = makeKey();
  const { enc } = encryptor;
  const header = b64(JSON.stringify({ alg: 'ECDH-ES', enc, epk: mine.jwk,
    ...(jwk.kid ? { kid: jwk.kid } : {}) }));
  const iv = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv(`aes-${enc.slice(1, 4)}-gcm`,
    derive(enc, agree(mine.privateKey, jwk)), iv);
  cipher.setAAD(Buffer.from(header));
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return { encryptionJwk: jwk,
    jwe: [header, '', b64(iv), b64(sealed), b64(cipher.getAuthTag())].join('.') };
}

let responseKey;
let decrypted = 0;

function decrypt(jwe) {
  decrypted += 1;
  const [header, , iv, text, tag] = jwe.split('.');
  const { enc, epk } = JSON.parse(Buffer.from(header, 'base64url'));
  const decipher = crypto.createDecipheriv(`aes-${enc.slice(1, 4)}-gcm`,
    derive(enc, agree(responseKey.privateKey, epk)), Buffer.from(iv, 'base64url'));
  decipher.setAAD(Buffer.from(header));
  decipher.setAuthTag(Buffer.from(tag, 'base64url'));
  return { decrypted: true, decryptionJwk: responseKey.jwk,
    payload: Buffer.concat([decipher.update(Buffer.from(text, 'base64url')),
      decipher.final()]).toString() };
}

const wanted = JSON.parse(process.argv[2]);
const instance = makeKey();
const signer = { method: 'jwk', alg: 'ES256', publicJwk: remember(instance) };

async function authenticate(callbacks) {
  if (!wanted.attestation) {
    return wanted.login ? clientAuthenticationNone({ clientId: CLIENT })
      : clientAuthenticationAnonymous();
  }
  const provider = crypto.createPrivateKey({ key: wanted.attestation.key, format: 'jwk' });
  const { kty, crv, x, y } = wanted.attestation.key;
  remember({ privateKey: provider, jwk: { kty, crv, x, y } });
  const clientAttestationJwt = await createClientAttestationJwt({
    callbacks, clientId: CLIENT, issuer: 'provider', confirmation: { jwk: instance.jwk },
    expiresAt: new Date(Date.now() + 3600e3),
    signer: { method: 'x5c', alg: 'ES256', x5c: wanted.attestation.x5c } });
  /* the library knows of no challenge, so this is by hand */
  return async ({ headers, authorizationServerMetadata: server }) => {
    const asked = await fetch(server.challenge_endpoint, { method: 'POST' });
    const { attestation_challenge: challenge } = await asked.json();
    headers.set('OAuth-Client-Attestation', clientAttestationJwt);
    headers.set('OAuth-Client-Attestation-PoP', sign(instance.jwk, {
      header: { typ: 'oauth-client-attestation-pop+jwt', alg: 'ES256' },
      payload: { iss: CLIENT, aud: server.issuer, iat: Math.floor(Date.now() / 1000),
        jti: crypto.randomUUID(), challenge } }).jwt);
  };
}

const base = {
  fetch, hash: (data, alg) => crypto.createHash(alg.replace('-', '')).update(data).digest(),
  generateRandom: (n) => crypto.randomBytes(n),
  verifyJwt: async () => ({ verified: false }),
  decryptJwe: async (jwe) => decrypt(jwe), encryptJwe: async (by, text) => encrypt(by, text),
};
base.signJwt = async (by, jwt) => {
  if (by.method !== 'x5c') return sign(by.publicJwk, jwt);
  const { kty, crv, x, y } = wanted.attestation.key;
  return sign({ kty, crv, x, y }, jwt);
};
const callbacks = { ...base, clientAuthentication: await authenticate(base) };
const client = new Openid4vciClient({ callbacks });

const offer = await client.resolveCredentialOffer(wanted.offer);
const metadata = await client.resolveIssuerMetadata(offer.credential_issuer);
const [configuration] = offer.credential_configuration_ids;

/* a browser of a few lines: opens the page, fills the form in, follows */
async function logIn(url) {
  const page = await fetch(url);
  const cookie = page.headers.get('set-cookie').split(';')[0];
  const [, session] = (await page.text()).match(/name="session" value="([^"]*)"/);
  const { name, password } = wanted.login;
  const answer = await fetch(new URL('/openid4vci/authorize', url), {
    method: 'POST', redirect: 'manual', headers: { cookie },
    body: new URLSearchParams({ session, name, password, answer: 'yes' }) });
  return answer.headers.get('location');
}

let dpop = { signer };
let tokens;
if (wanted.login) {
  const started = await client.initiateAuthorization({ credentialOffer: offer,
    issuerMetadata: metadata, clientId: CLIENT, redirectUri: wanted.login.redirect,
    scope: 'photoid', dpop });
  dpop = started.dpop ?? dpop;
  const url = await logIn(started.authorizationRequestUrl);
  const { code } = client.parseAndVerifyAuthorizationResponseRedirectUrl({ url,
    authorizationServerMetadata: metadata.authorizationServers[0] });
  tokens = await client.retrieveAuthorizationCodeAccessTokenFromOffer({
    issuerMetadata: metadata, credentialOffer: offer, authorizationCode: code,
    pkceCodeVerifier: started.pkce.codeVerifier, redirectUri: wanted.login.redirect, dpop });
} else {
  tokens = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer: offer, issuerMetadata: metadata, txCode: wanted.txCode, dpop });
}
dpop = tokens.dpop;
let token = tokens.accessTokenResponse;

if (wanted.refresh) {
  const oauth2 = new Oauth2Client({ callbacks });
  const fresh = await oauth2.retrieveRefreshTokenAccessToken({
    authorizationServerMetadata: metadata.authorizationServers[0],
    refreshToken: token.refresh_token, dpop });
  token = fresh.accessTokenResponse;
  dpop = fresh.dpop;
}

async function makeProofs(n) {
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata: metadata });
  const proofs = [];
  for (let i = 0; i < n; i++) {
    const jwk = remember(makeKey());
    const { jwt } = await client.createCredentialRequestJwtProof({
      issuerMetadata: metadata, credentialConfigurationId: configuration, nonce,
      signer: { method: 'jwk', alg: 'ES256', publicJwk: jwk } });
    proofs.push(jwt);
  }
  return proofs;
}

let credentialResponseEncryption;
if (wanted.encrypt) {
  responseKey = makeKey();
  credentialResponseEncryption = { enc: 'A128GCM',
    jwk: { ...responseKey.jwk, alg: 'ECDH-ES', use: 'enc', kid: '1' },
    alg: 'ECDH-ES' };
}
let got = await client.retrieveCredentials({ issuerMetadata: metadata,
  credentialConfigurationId: configuration, accessToken: token.access_token, dpop,
  proofs: { jwt: await makeProofs(wanted.keys ?? 1) }, credentialResponseEncryption });
dpop = { ...dpop, ...got.dpop };
let answer = got.credentialResponse;

const told = { first: answer };
if (answer.transaction_id) {
  got = await client.retrieveDeferredCredentials({ issuerMetadata: metadata,
    accessToken: token.access_token, transactionId: answer.transaction_id, dpop });
  told.pending = got.deferredCredentialResponse;
}
if (wanted.notify && answer.notification_id) {
  await client.sendNotification({ issuerMetadata: metadata, dpop,
    accessToken: token.access_token,
    notification: { notificationId: answer.notification_id, event: wanted.notify } });
  told.notified = true;
}
console.log(JSON.stringify({ ...told, token, decrypted,
  keys: [...keys.keys()].map((name) => name.split('.')) }));
