import type { HapiRequest } from './types.ts';

function isCors(name: string) {
  return name.startsWith('access-control-');
}

/**
 * Takes back what serverless-offline adds: it answers every origin as if CORS were open to all, and OPTIONS with 200,
 * although API Gateway adds nothing unless httpApi.cors says so.
 * @returns remember: right after
 * the handler; restore: before the answer is sent
 */
export function corsRestorer(): { remember: (request: HapiRequest) => void; restore: (request: HapiRequest) => void } {
  const answers: WeakMap<HapiRequest, { status: number; headers: Record<string, unknown> }> = new WeakMap();
  return {
    remember: (request) => {
      const { response } = request;
      if (!response.isBoom) answers.set(request, { status: response.statusCode, headers: { ...response.headers } });
    },
    restore: (request) => {
      const answer = answers.get(request);
      const { response } = request;
      if (response.isBoom || answer === undefined) return;
      for (const name of Object.keys(response.headers).filter(isCors)) {
        if (name in answer.headers) response.headers[name] = answer.headers[name];
        else delete response.headers[name];
      }
      if (request.method === 'options') response.statusCode = answer.status;
    },
  };
}
