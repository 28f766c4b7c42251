// SPDX-License-Identifier: AGPL-3.0-or-later
import * as client from 'openid-client';
import { Problem } from '../../../platform/domain/problem.ts';
import { isThisMachine, type SingleSignOnSettings } from './settings.ts';

const patienceSeconds = 10;

/** What has to come back with the answer, and from where it was asked; sealed into a cookie meanwhile. */
export interface Errand {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

export interface Vouched {
  readonly issuer: string;
  readonly subject: string;
  /** The service says that it has asked for a second proof, in words that the settings accept. */
  readonly provedTwice: boolean;
}

/**
 * The other service, as far as we speak with it. What it says of itself is asked when it is first needed and again after every failure:
 * one that is down when Waymark starts, or later, stops nothing else.
 */
export class Provider {
  readonly settings: SingleSignOnSettings;
  #known: Promise<client.Configuration> | null = null;

  constructor(settings: SingleSignOnSettings) {
    this.settings = settings;
  }

  /** @throws Problem `provider-away` */
  async begin(redirectUri: string): Promise<{ url: URL; errand: Errand }> {
    const config = await this.#config();
    const errand = { verifier: client.randomPKCECodeVerifier(), state: client.randomState(), nonce: client.randomNonce() };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid', // who it is, and nothing else about her
      code_challenge: await client.calculatePKCECodeChallenge(errand.verifier),
      code_challenge_method: 'S256',
      state: errand.state,
      nonce: errand.nonce,
    });
    return { url, errand };
  }

  /** Takes the answer's code to the service. @throws Problem `provider-away` where it does not answer, `wrong-proof` for everything else */
  async finish(answer: URL, errand: Errand): Promise<Vouched> {
    const config = await this.#config();
    try {
      const tokens = await client.authorizationCodeGrant(config, answer, {
        pkceCodeVerifier: errand.verifier,
        expectedState: errand.state,
        expectedNonce: errand.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Problem('wrong-proof');
      return { issuer: claims.iss, subject: claims.sub, provedTwice: this.#provesTwice(claims) };
    } catch (error) {
      throw new Problem(isAway(error) ? 'provider-away' : 'wrong-proof', undefined, { cause: error });
    }
  }

  /** Where to go to be signed out there too; null where the service has no such page or is not known at the moment. */
  async farewell(backTo: string): Promise<string | null> {
    const config = await this.#config().catch(() => null);
    if (!config?.serverMetadata().end_session_endpoint) return null;
    return client.buildEndSessionUrl(config, { post_logout_redirect_uri: backTo }).href;
  }

  #provesTwice({ acr, amr }: client.IDToken): boolean {
    const said = [acr, ...(Array.isArray(amr) ? amr : [])];
    return said.some((word) => typeof word === 'string' && this.settings.countsAsProof.includes(word));
  }

  async #config(): Promise<client.Configuration> {
    this.#known ??= this.#discover();
    try {
      return await this.#known;
    } catch (error) {
      this.#known = null;
      throw new Problem('provider-away', undefined, { cause: error });
    }
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings,
      address = new URL(issuer);
    const auth = clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret);
    return client.discovery(address, clientId, { [client.clockTolerance]: 30 }, auth, {
      timeout: patienceSeconds,
      execute: isThisMachine(address) ? [client.allowInsecureRequests] : [],
    });
  }
}

/** No answer, an answer too late, or one of a server in trouble; as against an answer that says no. */
function isAway(error: unknown): boolean {
  if (error instanceof TypeError) return true; // fetch failed
  if (!(error instanceof Error)) return false;
  if ('code' in error && (error.code === 'OAUTH_TIMEOUT' || error.code === 'OAUTH_ABORT')) return true;
  return error.cause instanceof Response && error.cause.status >= 500;
}
