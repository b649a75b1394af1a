# The application as `npm start` runs it, with every backing service elsewhere.
FROM node:24.21.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY plugins/serverless-offline-kafka-events/package.json plugins/serverless-offline-kafka-events/
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY . .
RUN npm run build

# What runs, and nothing else: no compiler, no test runner, no sources.
FROM node:24.21.0-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY plugins/serverless-offline-kafka-events/package.json plugins/serverless-offline-kafka-events/
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts

FROM node:24.21.0-slim
# selfhosted: strangers may reach this container, so token, limits and secrets are required (docs/access.md).
ENV STAGE=selfhosted NODE_ENV=production HTTP_HOST=0.0.0.0 HOT_RELOAD=0 APP_LOG_FILE=/tmp/app.log
# The framework caches its configuration's validator at home, and the root file system may be read-only.
ENV HOME=/tmp
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /app/serverless.yml ./
COPY --from=build /app/tools/deploy/*.yml tools/deploy/
COPY --from=build /app/plugins/serverless-offline-kafka-events/dist plugins/serverless-offline-kafka-events/dist
COPY --from=build /app/dist dist
USER node
EXPOSE 8081 8083
# /health/live: a dependency that is down is no reason to restart this container.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=12 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8081/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/tools/container/serve.js"]
