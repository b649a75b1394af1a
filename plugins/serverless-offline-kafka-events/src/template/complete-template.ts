import type { ServiceModel } from '../config/service.ts';
import { isObject } from '../config/value.ts';
import { mappingProperties } from './mapping-properties.ts';

/** The framework's names of the resources it compiles. */
export interface Naming {
  getKafkaEventLogicalId(functionKey: string, topic: string): string;
  getMSKEventLogicalId(functionKey: string, cluster: string, topic: string): string;
}

/** Writes into the compiled template what the framework leaves out, so that a deploy equals the local run. */
export function completeTemplate(service: ServiceModel, template: unknown, naming: Naming): void {
  const resources = isObject(template) && isObject(template.Resources) ? template.Resources : {};
  for (const functionKey of service.getAllFunctions()) {
    for (const event of service.getFunction(functionKey).events ?? []) {
      const { kafka, msk } = event;
      if (isObject(kafka)) complete(resources[naming.getKafkaEventLogicalId(functionKey, String(kafka.topic))], kafka);
      if (isObject(msk)) {
        complete(resources[naming.getMSKEventLogicalId(functionKey, clusterToken(msk.arn), String(msk.topic))], msk);
      }
    }
  }
}

function complete(resource: unknown, event: Record<string, unknown>): void {
  if (isObject(resource) && isObject(resource.Properties)) Object.assign(resource.Properties, mappingProperties(event));
}

/** The part of the ARN that the framework names the resource by. */
function clusterToken(arn: unknown): string {
  if (isObject(arn)) return String(arn['Fn::ImportValue'] ?? arn.Ref);
  return String(arn).split('/')[1] ?? '';
}
