import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Config } from '../config.ts';
import { Problem } from '../errors.ts';
import { configureParameters } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import type { SwitchState } from '../switchboard.ts';

const SWITCH = Type.Object({
  enabled: Type.Boolean(),
  settings: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'an object of settings' }),
  ),
});

/** The control API: what can break, what can defend, and the switches. It listens on a port of its own. */
export function controlRoutes(
  app: FastifyInstance,
  { switchboard, catalogues }: Ports,
  config: Config,
): void {
  requireToken(app, config.control.token);

  app.get('/failures', () => ({
    failures: catalogues.failures.map(({ name, method, path, summary, parameters }) => {
      const { properties } = configureParameters(name, parameters, config);
      return { name, method, path, summary, parameters: properties };
    }),
  }));
  app.get('/protections', () => ({ protections: switchboard.states().map(describe) }));
  app.put('/protections/:name', { schema: { body: SWITCH } }, (request) => {
    const { name } = request.params as { name: string };
    const { enabled, settings } = request.body as Static<typeof SWITCH>;
    return describe(switchboard.set(name, enabled, settings));
  });
  app.post('/reset', () => {
    switchboard.reset();
    return { protections: switchboard.states().map(describe) };
  });
}

function describe({ protection, isEnabled, settings }: SwitchState): object {
  const { name, edge, layer, summary, events } = protection;
  return {
    name,
    edge,
    layer,
    summary,
    enabled: isEnabled,
    settings,
    legal: protection.settings.properties,
    events,
  };
}

/** With a token configured, every request needs it, also on loopback. Compared as digests, in constant time. */
function requireToken(app: FastifyInstance, token: string | undefined): void {
  if (token === undefined) return;
  const expected = digest(`Bearer ${token}`);
  app.addHook('onRequest', async (request: FastifyRequest) => {
    const given = digest(request.headers.authorization ?? '');
    if (!timingSafeEqual(given, expected)) throw new Problem('UNAUTHORIZED', 'no token, or another one');
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
