// A real OpenID provider (oidc-provider, certified) as a process of its own, over plain http on loopback. It signs in whoever the cookie
// "who" names, with the "amr" that the cookie of that name says, and asks no further: the tests play the person.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [redirect, clientId, clientSecret] = process.argv.slice(2);
const server = createServer();
await new Promise(done => server.listen(0, '127.0.0.1', done));
const issuer = `http://127.0.0.1:${server.address().port}`;
const cookie = (request, name) => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1];

const provider = new Provider(issuer, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirect], response_types: ['code'], grant_types: ['authorization_code'] }],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: 'same@strongroom.invalid' }) }),
  claims: { openid: ['sub', 'email', 'amr'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['test only'] },
  loadExistingGrant: async ctx => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
server.on('request', async (request, response) => {
  if (request.url.startsWith('/interaction/')) {
    await provider.interactionFinished(request, response, { login: { accountId: cookie(request, 'who'), amr: [cookie(request, 'amr') ?? 'pwd'] } });
  } else {
    answer(request, response);
  }
});
console.log(`issuer ${issuer}`);
process.stdin.on('end', () => process.exit(0)).resume();
