// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FastifyInstance, RouteOptions } from 'fastify';

/** The addresses that ask for no rule, and why. Whatever else is served states one, and with it stands in the description of the API. */
const open: Readonly<Record<string, string>> = {
  '/api': 'the description of the API, for people',
  '/api/': 'leads to it',
  '/api/openapi.json': 'the description of the API, for machines',
  '/problems': 'the list of refusals that there are',
  '/problems/:code': 'what one of them means',
  '/healthz': 'whether the house is ready; tells nothing else',
  '/*': 'the built pages, the same for everybody',
};

/**
 * Nothing is served past the gate by an oversight: a route that states no rule, states one that nothing enforces, or hides from the
 * description (and so from whoever walks it to see what is open) keeps the server from starting. To be called before the first route.
 */
export function refuseUnruled(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const fault = faultOf(route);
    if (fault) throw new Error(`${[route.method].flat().join(' and ')} ${route.url} ${fault}.`);
  });
}

function faultOf({ url, config, schema }: RouteOptions): string | null {
  const rule = config?.rule;
  if (!rule) return Object.hasOwn(open, url) ? null : 'states no rule about who may call it';
  if (!config.endpoint && rule.may !== 'public') return 'states a rule that nothing enforces, since it is no endpoint of the gate';
  return (schema as { hide?: unknown } | undefined)?.hide ? 'is hidden from the description of the API' : null;
}
