# Images of vda: `docker build --target vda .` for any command, `--target vda-mpi` for training on many ranks by the MPI Operator.
# Kubernetes' files for both: docs/kubernetes.md. What of this was tried without a container runtime: there, under "What was tried".
FROM node:20-bookworm-slim AS build
WORKDIR /opt/vda
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/prune-dist.mjs scripts/
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim AS vda
WORKDIR /opt/vda
COPY --from=build /opt/vda/package.json ./
COPY --from=build /opt/vda/node_modules node_modules
COPY --from=build /opt/vda/dist dist
COPY assets assets
RUN chmod 0755 dist/cli/main.js && ln -s /opt/vda/dist/cli/main.js /usr/local/bin/vda
# The image's user `node` is 1000, as the manifests of `vda emit` say.
USER node
WORKDIR /work
CMD ["vda", "--help"]

FROM vda AS vda-mpi
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends openmpi-bin openssh-server openssh-client \
  && rm -rf /var/lib/apt/lists/*
# The operator mounts keys into ~/.ssh; sshd and its clients run as `node`, at a port that needs no root.
RUN printf '%s\n' 'Host *' '  Port 2222' '  StrictHostKeyChecking no' '  UserKnownHostsFile /dev/null' '  LogLevel ERROR' \
    > /etc/ssh/ssh_config.d/mpi.conf \
  && printf '%s\n' 'Port 2222' 'PidFile /home/node/sshd.pid' 'HostKey /home/node/.ssh/id_rsa' 'StrictModes no' \
    > /home/node/.sshd_config \
  && mkdir -p /run/sshd
USER node
