import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** Before the routes: collects their schemas into the OpenAPI document. */
export async function collectDocument(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'backend-load-testing',
        version,
        description:
          'A backend that breaks under load on purpose, with protections that can be switched at run time.',
      },
      tags: [
        { name: 'service', description: 'what runs here' },
        { name: 'health', description: 'probes and metrics, exempt from every protection' },
        { name: 'tasks', description: 'ordinary routes that suffer from the failures of others' },
        { name: 'failures', description: 'ways to break' },
      ],
    },
  });
}

/** After the routes: `/openapi.json` and the page `/docs`, whose files come with the package, so it works offline. */
export async function documentRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
