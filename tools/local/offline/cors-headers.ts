import type { HapiRequest } from './types.ts';

function isCors(name: string) {
  return name.startsWith('access-control-');
}

/**
 * Removes the CORS headers that serverless-offline adds for every origin, and its status 200 for OPTIONS: API Gateway adds nothing
 * unless httpApi.cors is set.
 * @returns remember: call it right after the handler; restore: before the response is sent
 */
export function corsRestorer(): { remember: (request: HapiRequest) => void; restore: (request: HapiRequest) => void } {
  const remembered: WeakMap<HapiRequest, { status: number; headers: Record<string, unknown> }> = new WeakMap();
  return {
    remember: (request) => {
      const { response } = request;
      if (!response.isBoom) remembered.set(request, { status: response.statusCode, headers: { ...response.headers } });
    },
    restore: (request) => {
      const own = remembered.get(request);
      const { response } = request;
      if (response.isBoom || own === undefined) return;
      for (const name of Object.keys(response.headers).filter(isCors)) {
        if (name in own.headers) response.headers[name] = own.headers[name];
        else delete response.headers[name];
      }
      if (request.method === 'options') response.statusCode = own.status;
    },
  };
}
