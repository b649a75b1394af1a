import type { ServiceModel } from '../config/service.ts';
import type { Naming } from '../template/complete-template.ts';
import type { ConfigSchemaHandler } from './event-schema.ts';

/** The part of the framework (osls 4, Serverless 4) that we use. */
export interface FrameworkModel {
  readonly service: ServiceModel & { readonly provider: { readonly compiledCloudFormationTemplate?: unknown } };
  readonly configSchemaHandler: ConfigSchemaHandler;
  readonly pluginManager: { readonly plugins: readonly object[] };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  getProvider(name: string): { readonly naming?: Naming } | undefined;
}
