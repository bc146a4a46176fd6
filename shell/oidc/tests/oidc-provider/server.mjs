// Providers on loopback for Ward's tests: one that leaves a person's claims to its UserInfo
// endpoint, as the standard has it, one that puts them into the ID token, as many do, and one that
// takes a client's secret in the form alone. Prints one line of JSON with their issuers; ends when
// its standard input does.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';

import Provider from 'oidc-provider';

const redirect = 'https://desk.example/sign-in/back';
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

// Written out by the job that makes them. To export a made key later can hang node for good (v20):
// export holds the key's lock, and when memory is collected meanwhile, the job that made the key
// goes and waits for that lock on the same thread.
const key = (kid, type, options) => ({
  ...generateKeyPairSync(type, {
    ...options,
    publicKeyEncoding: { type: 'spki', format: 'jwk' },
    privateKeyEncoding: { type: 'pkcs8', format: 'jwk' },
  }).privateKey,
  kid,
  use: 'sig',
});
const keys = [
  key('rsa', 'rsa', { modulusLength: 2048 }),
  key('ec', 'ec', { namedCurve: 'P-256' }),
  key('ed', 'ed25519', {}),
];

const client = (id, alg, auth) => ({
  client_id: id,
  ...(auth === 'none' ? {} : { client_secret: 'a secret: of+the/desk%' }),
  token_endpoint_auth_method: auth,
  id_token_signed_response_alg: alg,
  redirect_uris: [redirect],
  response_types: ['code'],
  grant_types: ['authorization_code'],
});
const clients = algorithms.flatMap((alg) => [
  client(`${alg}-basic`, alg, 'client_secret_basic'),
  client(`${alg}-post`, alg, 'client_secret_post'),
  client(`${alg}-public`, alg, 'none'),
]);

// The login name says what the account is like: "two" signed in with two factors, "new" has not
// verified its address.
const findAccount = (ctx, login) => ({
  accountId: login,
  claims: () => ({
    sub: login,
    email: `${login}@desk.example`,
    email_verified: login !== 'new',
    name: `Desk account ${login}`,
  }),
});

async function start(conformIdTokenClaims, methods) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: clients.filter((one) => methods.includes(one.token_endpoint_auth_method)),
    jwks: { keys },
    findAccount,
    conformIdTokenClaims,
    clientAuthMethods: methods,
    claims: {
      openid: ['sub', 'amr', 'auth_time'],
      email: ['email', 'email_verified'],
      profile: ['name'],
    },
    cookies: { keys: ['only for tests'] },
    enabledJWA: { idTokenSigningAlgValues: algorithms },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
  });
  const finished = provider.interactionFinished.bind(provider);
  provider.interactionFinished = (req, res, result, options) => {
    if (result.login?.accountId === 'two') result.login.amr = ['pwd', 'otp'];
    return finished(req, res, result, options);
  };
  server.on('request', provider.callback());
  return issuer;
}

const all = ['client_secret_basic', 'client_secret_post', 'none'];
const issuers = {
  userinfo: await start(true, all),
  inToken: await start(false, all),
  post: await start(true, ['client_secret_post']),
};
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
console.log(JSON.stringify(issuers));
