import type { FunctionDefinition, ServiceModel } from '../config/service.ts';
import { isObject } from '../config/value.ts';

/** Loads our part into the handler's thread, which is told of it by its environment alone. */
export function withHandlerThread(
  definition: FunctionDefinition,
  provider: ServiceModel['provider'],
  handlerThread: URL,
): FunctionDefinition {
  const runtime = definition.runtime ?? provider.runtime ?? 'nodejs';
  if (!runtime.startsWith('nodejs')) return definition;
  const environment = isObject(definition.environment) ? definition.environment : {};
  const inherited = isObject(provider.environment) ? provider.environment.NODE_OPTIONS : undefined;
  const nodeOptions = environment.NODE_OPTIONS ?? inherited;
  const option = `--import=${handlerThread.href}`;
  return {
    ...definition,
    environment: {
      ...environment,
      NODE_OPTIONS: typeof nodeOptions === 'string' && nodeOptions !== '' ? `${nodeOptions} ${option}` : option,
    },
  };
}
