# The image of the CronJob: `npm run image`. The program is bundled once, outside; the same bundle goes into every platform.
#
# BASE is an image with Node.js >= 22.12 on its PATH or in /nodejs/bin, by its digest, so that nothing changes unseen:
#   --build-arg BASE=gcr.io/distroless/nodejs24-debian12@sha256:…
# PROGRAM=plain leaves out what only a machine that can run the platform can make.
ARG BASE
ARG PROGRAM=compiled

FROM ${BASE} AS files
COPY package.json LICENSE /app/
COPY bin/run.js /app/bin/run.js
COPY dist/ /app/dist/

# Runs the program once, so that the compiled form of it lies in the image: the root of the pod is read-only. As the user
# of the pod, because Node.js keeps what it compiles by user.
FROM files AS compiled
ENV PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin NODE_COMPILE_CACHE=/tmp/cache
USER 65532:65532
RUN ["node", "/app/bin/run.js", "run-cron", "--demo=healthy", "--dry-run"]

FROM files AS plain
COPY LICENSE /tmp/cache/LICENSE

FROM ${PROGRAM} AS program

FROM ${BASE}
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="frigate-health" \
      org.opencontainers.image.description="The reliability operator for Frigate NVR on Kubernetes" \
      org.opencontainers.image.source="https://github.com/frigate-health/frigate-health" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=program /app/ /app/
COPY --from=program /tmp/cache/ /app/cache/
ENV PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin NODE_COMPILE_CACHE=/app/cache NODE_ENV=production
# A number, so that runAsNonRoot can be checked without a list of users.
USER 65532:65532
WORKDIR /app
ENTRYPOINT ["node", "/app/bin/run.js"]
CMD ["run-cron"]
