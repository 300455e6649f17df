import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { BehaviourSettings, Board } from './board.ts';
import type { Config } from './config.ts';
import { ServiceError } from './errors.ts';
import { closeConnectionsWhenStopping } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createServer } from './server.ts';

export interface ControlPorts {
  readonly board: Board;
  readonly lifecycle: Lifecycle;
  readonly log: FastifyBaseLogger;
}

/**
 * Builds the control API, a server of its own so that no load on the work port can shut it out. It does not listen.
 * With `CONTROL_TOKEN` set, every request must bear it.
 */
export function buildControl(config: Pick<Config, 'controlToken'>, ports: ControlPorts): FastifyInstance {
  const { board, lifecycle, log } = ports;
  const control = createServer({ log, coerceTypes: false });
  closeConnectionsWhenStopping(control, lifecycle);
  const { controlToken } = config;
  if (controlToken !== undefined) {
    control.addHook('onRequest', (request, _reply, done) => {
      const isRight = equalInConstantTime(request.headers.authorization ?? '', `Bearer ${controlToken}`);
      done(isRight ? undefined : new ServiceError('unauthorized'));
    });
  }
  control.get('/behaviour', (_request, reply) => void reply.send(board.state()));
  control.put<{ Body: BehaviourSettings }>(
    '/behaviour',
    { schema: { body: board.schema } },
    (request, reply) => {
      board.set(request.body);
      log.info({ behaviour: request.body }, 'behaviour set');
      void reply.send(board.state());
    },
  );
  const clear = () => {
    board.clear();
    log.info('behaviour removed');
    return board.state();
  };
  control.delete('/behaviour', (_request, reply) => void reply.send(clear()));
  control.post('/reset', (_request, reply) => void reply.send(clear()));
  return control;
}

/** Hashes first, so that neither the content nor the length shows in the time it takes. */
function equalInConstantTime(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
