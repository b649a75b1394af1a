# The application as `npm start` runs it, with every backing service elsewhere.
FROM node:22.20.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY plugins/serverless-offline-kafka-events/package.json plugins/serverless-offline-kafka-events/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:22.20.0-slim
ENV NODE_ENV=production HTTP_HOST=0.0.0.0 HOT_RELOAD=0
WORKDIR /app
COPY --from=build --chown=node:node /app ./
USER node
EXPOSE 8081 8083
# /health/live: a dependency that is down is no reason to start this container again.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=12 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8081/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "tools/bootstrap/run.mjs", "local/commands/start"]
