/*
 * issuer.mjs - an issuer made of @openid4vc/openid4vci and @openid4vc/oauth2
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

/* usage: issuer.mjs JSON
 *
 * JSON is {"key": PEM, "cert": PEM, "sign": [PROGRAM, OPTION...], "folder": DIR,
 * "txCode"?, "code"?: true, "deferrals"?: N, "expires"?: seconds, "encrypt"?: true}.
 * Serves over TLS with that certificate; "sign" is called for each device key and
 * prints an IssuerSigned. Prints {"offer": LINK} once it is ready, and what it is
 * told by notifications, a line each. */

import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(path.join(process.env.MDOC_PEERS, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { Openid4vciIssuer } = await load('@openid4vc/openid4vci');
const { Oauth2AuthorizationServer, Oauth2ResourceServer, calculateJwkThumbprint } = await load(
  '@openid4vc/oauth2');

const wanted = JSON.parse(process.argv[2]);
const CONFIGURATION = 'licence';
const b64 = (data) => Buffer.from(data).toString('base64url');
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);

const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { kty, crv, x, y } = privateKey.export({ format: 'jwk' });
const jwk = { kty, crv, x, y, kid: 'tokens', alg: 'ES256' };
const signer = { method: 'jwk', alg: 'ES256', publicJwk: jwk, kid: jwk.kid };

const callbacks = {
  fetch,
  hash: (data, alg) => crypto.createHash(alg.replace('-', '')).update(data).digest(),
  generateRandom: (n) => crypto.randomBytes(n),
  signJwt: async (_by, { header, payload }) => {
    const text = `${b64(JSON.stringify(header))}.${b64(JSON.stringify(payload))}`;
    const signature = crypto.sign('sha256', Buffer.from(text), {
      key: privateKey, dsaEncoding: 'ieee-p1363' });
    return { jwt: `${text}.${b64(signature)}`, signerJwk: jwk };
  },
  verifyJwt: async (by, { compact }) => {
    const publicJwk = by.publicJwk ?? jwk;
    const [header, payload, signature] = compact.split('.');
    const key = crypto.createPublicKey({ format: 'jwk', key: {
      kty: publicJwk.kty, crv: publicJwk.crv, x: publicJwk.x, y: publicJwk.y } });
    const verified = crypto.verify('sha256', Buffer.from(`${header}.${payload}`),
      { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    return verified ? { verified, signerJwk: publicJwk } : { verified };
  },
  decryptJwe: async () => ({ decrypted: false }),
  encryptJwe: async () => { throw new Error('not here'); },
  clientAuthentication: () => {},
};
const issuer = new Openid4vciIssuer({ callbacks });
const server = new Oauth2AuthorizationServer({ callbacks });
const resources = new Oauth2ResourceServer({ callbacks });

const state = { preAuthorized: crypto.randomUUID(), refresh: undefined, code: undefined,
  nonce: crypto.randomUUID(), dpopNonce: crypto.randomUUID(), pushed: new Map(),
  deferrals: wanted.deferrals ?? 0, waiting: undefined, thumbprint: undefined };
let base, metadata;

function describe() {
  const serverMetadata = server.createAuthorizationServerMetadata({
    issuer: base, token_endpoint: `${base}/token`, jwks_uri: `${base}/jwks`,
    authorization_endpoint: `${base}/authorize`, require_pushed_authorization_requests: true,
    pushed_authorization_request_endpoint: `${base}/par`,
    code_challenge_methods_supported: ['S256'], response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token',
      'urn:ietf:params:oauth:grant-type:pre-authorized_code'],
    token_endpoint_auth_methods_supported: ['none'],
    'pre-authorized_grant_anonymous_access_supported': true,
    authorization_response_iss_parameter_supported: true,
    dpop_signing_alg_values_supported: ['ES256'] });
  const issuerMetadata = issuer.createCredentialIssuerMetadata({
    credential_issuer: base, credential_endpoint: `${base}/credential`,
    nonce_endpoint: `${base}/nonce`, deferred_credential_endpoint: `${base}/deferred`,
    notification_endpoint: `${base}/notification`,
    batch_credential_issuance: { batch_size: 10 },
    display: [{ name: 'An issuer from elsewhere', locale: 'en' }],
    credential_configurations_supported: { [CONFIGURATION]: {
      format: 'mso_mdoc', doctype: 'org.iso.18013.5.1.mDL', scope: CONFIGURATION,
      cryptographic_binding_methods_supported: ['cose_key'],
      credential_signing_alg_values_supported: [-7],
      proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
      credential_metadata: { display: [{ name: 'Licence', locale: 'en' }] } } } });
  metadata = { credentialIssuer: issuerMetadata, authorizationServers: [serverMetadata],
    originalDraftVersion: 'V1',
    knownCredentialConfigurations:
      issuer.getKnownCredentialConfigurationsSupported(issuerMetadata) };
}

class Refusal extends Error {
  constructor(status, error, headers = {}) {
    super(error);
    Object.assign(this, { status, error, headers });
  }
}

/* The library verifies a proof of DPoP, but nonces are ours to ask for. */
function checkNonce(proof, status) {
  const payload = proof && JSON.parse(Buffer.from(proof.split('.')[1], 'base64url'));
  if (payload?.nonce !== state.dpopNonce) {
    throw new Refusal(status, 'use_dpop_nonce', status === 401
      ? { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' } : {});
  }
}

function sign(key) {
  const pem = path.join(wanted.folder, `${crypto.randomUUID()}.pem`);
  fs.writeFileSync(pem, crypto.createPublicKey({ key, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' }));
  const [program, ...options] = wanted.sign;
  return b64(execFileSync(program, [...options, '--device-key', pem, '--out', '-']));
}

async function giveToken(form, request) {
  const parsed = server.parseAccessTokenRequest({ request, accessTokenRequest: form });
  const common = { authorizationServerMetadata: metadata.authorizationServers[0], request,
    accessTokenRequest: parsed.accessTokenRequest, grant: parsed.grant,
    dpop: { required: true, jwt: parsed.dpop?.jwt, allowedSigningAlgs: ['ES256'] } };
  checkNonce(parsed.dpop?.jwt, 400);
  let verified;
  if (parsed.grant.grantType === 'authorization_code') {
    verified = await server.verifyAuthorizationCodeAccessTokenRequest({ ...common,
      expectedCode: state.code.code, pkce: { codeVerifier: parsed.pkceCodeVerifier,
        codeChallenge: state.code.challenge, codeChallengeMethod: 'S256' } });
    state.code = undefined;
  } else if (parsed.grant.grantType === 'refresh_token') {
    verified = await server.verifyRefreshTokenAccessTokenRequest({ ...common,
      expectedRefreshToken: state.refresh,
      dpop: { ...common.dpop, expectedJwkThumbprint: state.thumbprint } });
  } else {
    verified = await server.verifyPreAuthorizedCodeAccessTokenRequest({ ...common,
      expectedPreAuthorizedCode: state.preAuthorized, expectedTxCode: wanted.txCode });
    state.preAuthorized = crypto.randomUUID();
  }
  state.refresh = crypto.randomUUID();
  state.thumbprint = await calculateJwkThumbprint({ hashAlgorithm: 'sha-256',
    hashCallback: callbacks.hash, jwk: verified.dpop.jwk });
  return server.createAccessTokenResponse({ audience: base, authorizationServer: base,
    expiresInSeconds: wanted.expires ?? 300, signer, subject: 'somebody',
    dpop: { jwk: verified.dpop.jwk }, refreshToken: state.refresh });
}

async function push(form, request) {
  const parsed = await server.parsePushedAuthorizationRequest({ request,
    authorizationRequest: form });
  await server.verifyPushedAuthorizationRequest({ authorizationRequest:
    parsed.authorizationRequest, request,
  authorizationServerMetadata: metadata.authorizationServers[0] });
  const uri = `urn:ietf:params:oauth:request_uri:${crypto.randomUUID()}`;
  state.pushed.set(uri, parsed.authorizationRequest);
  return server.createPushedAuthorizationResponse({ requestUri: uri, expiresInSeconds: 60 })
    .pushedAuthorizationResponse;
}

/* Nobody has to log in here. */
function authorize(query) {
  const asked = state.pushed.get(query.get('request_uri'));
  if (!asked) throw new Refusal(400, 'invalid_request');
  state.code = { code: crypto.randomUUID(), challenge: asked.code_challenge };
  const where = new URL(asked.redirect_uri);
  where.searchParams.set('code', state.code.code);
  where.searchParams.set('state', asked.state);
  where.searchParams.set('iss', base);
  throw new Refusal(303, '', { Location: where.href });
}

async function checkAccess(request) {
  checkNonce(request.headers.get('dpop'), 401);
  await resources.verifyResourceRequest({ request, resourceServer: base,
    authorizationServers: metadata.authorizationServers });
}

async function issue(body) {
  const parsed = issuer.parseCredentialRequest({ credentialRequest: body,
    issuerMetadata: metadata });
  const keys = [];
  for (const jwt of parsed.proofs.jwt) {
    const { signer: by } = await issuer.verifyCredentialRequestJwtProof({ jwt,
      expectedNonce: state.nonce, issuerMetadata: metadata });
    keys.push(by.publicJwk);
  }
  state.nonce = crypto.randomUUID();
  if (state.deferrals > 0) {
    state.waiting = { keys, id: crypto.randomUUID() };
    return wait();
  }
  return answer(keys, { notificationId: 'n-1' });
}

async function answer(keys, more) {
  const made = await issuer.createCredentialResponse({ ...more, credentialRequest: {},
    credentials: keys.map((key) => ({ credential: sign(key) })) });
  return made.credentialResponse;
}

function wait() {
  state.deferrals -= 1;
  return { status: 202, transaction_id: state.waiting.id, interval: 1 };
}

async function deferred(body) {
  if (body.transaction_id !== state.waiting?.id) throw new Refusal(400,
    'invalid_transaction_id');
  return state.deferrals > 0 ? wait() : answer(state.waiting.keys, {});
}

async function handle(request, url, text) {
  const form = () => Object.fromEntries(new URLSearchParams(text));
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /.well-known/openid-credential-issuer': return metadata.credentialIssuer;
    case 'GET /.well-known/oauth-authorization-server':
      return metadata.authorizationServers[0];
    case 'GET /jwks': return { keys: [jwk] };
    case 'POST /nonce': return { c_nonce: state.nonce };
    case 'POST /par': return { status: 201, ...await push(form(), request) };
    case 'GET /authorize': return authorize(url.searchParams);
    case 'POST /token': return giveToken(form(), request);
    case 'POST /credential': await checkAccess(request); return issue(JSON.parse(text));
    case 'POST /deferred': await checkAccess(request); return deferred(JSON.parse(text));
    case 'POST /notification':
      await checkAccess(request);
      say(JSON.parse(text));
      return { status: 204 };
    default: throw new Refusal(404, 'invalid_request');
  }
}

function reply(response, status, headers, body) {
  response.writeHead(status, { 'Content-Type': 'application/json',
    'Cache-Control': 'no-store', 'DPoP-Nonce': state.dpopNonce, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

const options = { key: fs.readFileSync(wanted.key), cert: fs.readFileSync(wanted.cert) };
const listener = https.createServer(options, async (incoming, response) => {
  let text = '';
  for await (const chunk of incoming) text += chunk;
  const url = new URL(incoming.url, base);
  const request = { method: incoming.method, url: url.href,
    headers: new Headers(Object.entries(incoming.headers)) };
  try {
    const { status = 200, ...body } = await handle(request, url, text);
    reply(response, status, {}, status === 204 ? undefined : body);
  } catch (error) {
    const refused = error.errorResponse ?? { error: error.error ?? 'server_error' };
    if (!(error instanceof Refusal)) process.stderr.write(`${url.pathname}: ${error}\n`);
    reply(response, error.status ?? (error.errorResponse ? 400 : 500), error.headers ?? {},
      refused);
  }
});

listener.listen(0, '127.0.0.1', async () => {
  base = `https://127.0.0.1:${listener.address().port}`;
  describe();
  const grants = wanted.code ? { authorization_code: { issuer_state: 's' } } : {
    'urn:ietf:params:oauth:grant-type:pre-authorized_code': {
      'pre-authorized_code': state.preAuthorized,
      ...(wanted.txCode ? { tx_code: { input_mode: 'numeric',
        length: wanted.txCode.length } } : {}) } };
  const { credentialOffer } = await issuer.createCredentialOffer({ issuerMetadata: metadata,
    credentialConfigurationIds: [CONFIGURATION], grants });
  say({ offer: credentialOffer });
});
