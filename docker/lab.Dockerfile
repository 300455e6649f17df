# The lab with all that its local target starts (both services, PostgreSQL), and the load tests. Build context: the root
# of the repository. Pinning the base: see docker/Dockerfile.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /srv
COPY package.json package-lock.json tsconfig.base.json ./
COPY app/package.json app/
COPY lab/package.json lab/
COPY downstream-slow-service/package.json downstream-slow-service/package-lock.json downstream-slow-service/
# The compiler needs none of the optional packages: they are programs for one platform.
RUN npm ci --ignore-scripts --omit=optional --no-audit --no-fund \
 && npm --prefix downstream-slow-service ci --ignore-scripts --omit=optional --no-audit --no-fund
COPY app/tsconfig.json app/
COPY app/src app/src
COPY lab/tsconfig.json lab/
COPY lab/src lab/src
COPY downstream-slow-service/tsconfig.json downstream-slow-service/tsconfig.build.json downstream-slow-service/
COPY downstream-slow-service/src downstream-slow-service/src
RUN npx --no-install tsc -b app lab && npm --prefix downstream-slow-service run build \
 && rm app/dist/.tsbuildinfo lab/dist/.tsbuildinfo

FROM ${NODE_IMAGE} AS assembled
WORKDIR /srv
COPY package.json package-lock.json ./
COPY app/package.json app/
COPY lab/package.json lab/
COPY downstream-slow-service/package.json downstream-slow-service/package-lock.json downstream-slow-service/
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && npm --prefix downstream-slow-service ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY --from=build /srv/app/dist app/dist
COPY --from=build /srv/lab/dist lab/dist
COPY --from=build /srv/downstream-slow-service/dist downstream-slow-service/dist
COPY lab/bin lab/bin
COPY load-tests load-tests
COPY scripts scripts
# PostgreSQL's libraries need links that npm cannot ship; the lab makes them at its start, which a read-only root forbids.
# chmod: a clone made with a narrow umask must not give files that the image's user cannot read.
RUN node --input-type=module --eval "import { findPackagedFolder } from './lab/dist/targets/local/postgres-binaries.js'; \
  findPackagedFolder({ platform: process.platform, architecture: process.arch });" \
 && chmod -R a+rX .

FROM ${NODE_IMAGE}
ARG REVISION=unknown
LABEL org.opencontainers.image.title="backend-load-testing-lab" \
      org.opencontainers.image.description="The lab: boots the system, loads it open-loop, breaks it, and computes verdicts from measurements." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision="${REVISION}"
# PostgreSQL's initdb wants its user to have a name.
RUN groupadd --gid 10001 lab \
 && useradd --uid 10001 --gid lab --no-create-home --home-dir /tmp --shell /usr/sbin/nologin lab
ENV NODE_ENV=production
WORKDIR /srv
COPY --from=assembled /srv ./
# The only folder that is written to; a volume that is mounted here takes over its owner.
RUN install --directory --owner=10001 --group=10001 runs
USER 10001:10001
# A run ends by itself, and its exit code is its result.
HEALTHCHECK NONE
ENTRYPOINT ["node", "lab/bin/lab.mjs"]
CMD ["--help"]
