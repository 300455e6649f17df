import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { withoutCredentials } from '../addresses.ts';
import type { Config } from '../config.ts';
import type { Ports } from '../ports.ts';

const ANSWERS = Type.Union([Type.Boolean(), Type.Null()], { description: 'null: not known yet' });

const INFO = Type.Object({
  name: Type.String(),
  version: Type.String(),
  replica: Type.String(),
  uptimeSeconds: Type.Number(),
  database: Type.Object({ url: Type.String(), answers: ANSWERS }),
  cache: Type.Object({ kind: Type.String(), answers: ANSWERS }),
  downstream: Type.Object({ url: Type.String(), answers: ANSWERS }),
  links: Type.Object({ docs: Type.String(), openapi: Type.String(), metrics: Type.String() }),
  failures: Type.Array(Type.Object({ name: Type.String(), path: Type.String() })),
  protections: Type.Array(Type.Object({ name: Type.String(), isEnabled: Type.Boolean() })),
});

/** The page `/`: what runs here and what it talks to, from background knowledge only. */
export function serviceInfoRoute(app: FastifyInstance, ports: Ports, config: Config, version: string): void {
  const schema = {
    tags: ['service'],
    summary: 'What runs here, and what it talks to.',
    response: { 200: INFO },
  };
  app.get('/', { schema }, (_request, reply) => {
    reply.send({
      name: 'backend-load-testing',
      version,
      replica: config.replica,
      uptimeSeconds: Math.round(ports.readings.uptimeSeconds() * 1000) / 1000,
      database: { url: withoutCredentials(config.database.url), answers: ports.databaseState().isReady },
      cache: ports.cacheState(),
      downstream: { url: withoutCredentials(config.downstream.url), answers: ports.downstreamAnswers() },
      links: { docs: '/docs', openapi: '/openapi.json', metrics: '/metrics' },
      failures: ports.catalogues.failures.map(({ name, path }) => ({ name, path })),
      protections: ports.switchboard
        .states()
        .map(({ protection, isEnabled }) => ({ name: protection.name, isEnabled })),
    });
  });
}
