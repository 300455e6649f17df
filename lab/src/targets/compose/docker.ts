import { TargetError } from '../local/target-error.ts';
import type { Answer, Client } from '../container/client.ts';

/** Those that the repository builds. */
const ownImages = ['backend-app:local', 'downstream-service:local', 'backend-front:local'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** What the client needs of its user's environment; nothing of it reaches a container. */
export function toDockerEnvironment(environment: Environment): Record<string, string> {
  const names = /^(DOCKER_\w+|PATH|HOME|USER|TMPDIR|XDG_\w+|SSH_AUTH_SOCK|USERPROFILE|APPDATA|SystemRoot)$/;
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => names.test(entry[0])),
  );
}

/** Throws `engine-unusable` or `image-missing`: one sentence, and what to do. */
export async function checkDocker(
  docker: Client,
  environment: Environment,
  signal: AbortSignal,
): Promise<void> {
  const ask = (...args: readonly string[]): Promise<Answer> =>
    docker.attempt(args, { deadlineMs: 20_000, signal });
  const engine = await ask('version', '--format', '{{.Server.Version}}');
  if (engine.exitCode === null && engine.stderr.includes('ENOENT'))
    throw unusable(
      'docker is not on PATH: install Docker with Compose 2 (https://docs.docker.com/get-docker)',
    );
  if (engine.exitCode !== 0)
    throw unusable(
      `Docker's engine does not answer (${lastLine(engine)}): start it (Docker Desktop, or systemctl start docker)`,
    );
  if ((await ask('compose', 'version', '--short')).exitCode !== 0)
    throw unusable('docker compose is missing: install the Compose plugin, version 2 or later');
  const endpoint =
    environment['DOCKER_HOST'] ??
    (await ask('context', 'inspect', '--format', '{{.Endpoints.docker.Host}}')).stdout.trim();
  if (!isOnThisMachine(endpoint))
    throw unusable(
      `the engine at ${endpoint} is another machine's, and the lab reaches containers by 127.0.0.1 only: run the lab there, or choose a context of this machine`,
    );
  for (const image of ownImages)
    if ((await ask('image', 'inspect', '--format', '{{.Id}}', image)).exitCode !== 0)
      throw new TargetError('image-missing', `the image ${image} was not built. Run: docker compose build`);
}

function isOnThisMachine(endpoint: string): boolean {
  return endpoint === '' || /^(unix|npipe|fd):|^tcp:\/\/(127\.0\.0\.1|localhost|\[::1\])/.test(endpoint);
}

function lastLine({ stderr }: Answer): string {
  return stderr.trim().split('\n').at(-1) ?? '';
}

function unusable(message: string): TargetError {
  return new TargetError('engine-unusable', message);
}
