// SPDX-License-Identifier: AGPL-3.0-or-later
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { SingleSignOnSettings } from '../../src/access/server/index.ts';

const clientId = 'waymark';
const clientSecret = 'a secret that only tests know';

/** A real OpenID provider in this process. It asks no password: whoever comes is whom the test says. */
export class SignInService {
  readonly issuer: string;
  /** Who sits at the browser, as this service knows people. */
  subject = 'nobody';
  /** What it says of how she proved it. */
  amr: string[] | undefined;
  /** Refuses to vouch for anybody, as when somebody presses Cancel there. */
  declines = false;
  /** Answers every request as a server in trouble does. */
  broken = false;
  /** Sends people back, and then answers nobody who comes with what they brought. */
  silentAfterwards = false;
  readonly #server: Server;

  constructor(server: Server, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
  }

  settings(more: Partial<SingleSignOnSettings> = {}): SingleSignOnSettings {
    return { issuer: this.issuer, clientId, clientSecret, label: 'Ministry', countsAsProof: [], ...more };
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(() => done()));
  }
}

/** `backTo`: the address of Waymark, known once both run; it may be set later. */
export async function startSignInService(): Promise<{ service: SignInService; allow(waymarkUrl: string): void }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = new SignInService(server, issuer);
  return { service, allow: (waymarkUrl) => server.on('request', serve(service, providerFor(service, waymarkUrl))) };
}

function providerFor(service: SignInService, waymarkUrl: string): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new Provider(service.issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${waymarkUrl}/api/auth/oidc/callback`],
        post_logout_redirect_uris: [`${waymarkUrl}/`],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'test' }] },
    cookies: { keys: ['a key for the cookies of tests'] },
    features: {
      devInteractions: { enabled: false },
      // Its own page asks for letters from elsewhere.
      rpInitiatedLogout: {
        logoutSource(ctx, form) {
          ctx.body = `<!doctype html><title>Leave?</title>${form}<button form="op.logoutForm" name="logout" value="yes">Yes</button>`;
        },
      },
    },
    claims: { openid: ['sub', 'amr'] },
    conformIdTokenClaims: false, // what the scope names stands in the ID token itself
    pkce: { required: () => true },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, subject) => ({ accountId: subject, claims: () => ({ sub: subject }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client?.clientId ?? '',
        accountId: ctx.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  });
}

function serve(service: SignInService, provider: Provider): RequestListener {
  const answer = provider.callback();
  return (request, response) => {
    if (service.broken || (service.silentAfterwards && request.url?.startsWith('/token'))) {
      response.writeHead(503).end();
    } else if (request.url?.startsWith('/interaction/')) {
      const { subject: accountId, amr, declines } = service;
      const result = declines
        ? { error: 'access_denied', error_description: 'somebody pressed Cancel' }
        : { login: { accountId, remember: false, ...(amr ? { amr } : {}) } };
      void provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    } else {
      void answer(request, response);
    }
  };
}

/**
 * Follows the redirects that a browser would, keeping the service's cookies, until one leads back to Waymark; that one is the answer.
 * @param url what Waymark said to open
 */
export async function walkThere(url: string, service: SignInService): Promise<string> {
  const jar = new Map<string, string>();
  let at = url;
  for (let steps = 0; steps < 10 && at.startsWith(service.issuer); steps++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    if (!location) throw new Error(`The service answered ${response.status}: ${await response.text()}`);
    at = new URL(location, at).href;
  }
  return at;
}
