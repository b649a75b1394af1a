import type { SchemaRegistryConfig } from '../config/schema-registry.ts';
import type { DiscardCondition } from '../partition/units-and-limits.ts';
import type { PolledRecord, SchemaMetadata } from '../record/record.ts';
import { messageOf } from '../support/value.ts';
import { createDecoder, type Decode, type Framed, readPrefix } from './decoders.ts';
import { createRegistryClient, type DataFormat, type RegistryClient, SchemaNotFoundError } from './registry-client.ts';

/** A record after its schemas were applied. */
export interface DecodedRecord {
  readonly record: PolledRecord;
  /** What filters see of it. */
  readonly filterValue: Buffer | null;
  /** Why it cannot reach the function, with the problem in words. */
  readonly failure: { readonly condition: DiscardCondition; readonly problem: string } | null;
}

/** Applies the schema registry of one mapping. */
export interface RecordDecoder {
  /** Whether every schema that these records need is known. */
  isPrepared(records: readonly PolledRecord[]): boolean;
  /** Fetches the schemas that these records need. @throws when the registry cannot be asked */
  prepare(records: readonly PolledRecord[]): Promise<void>;
  /** Of records that were prepared. Never throws. */
  decode(record: PolledRecord): DecodedRecord;
}

type Known =
  | { readonly kind: 'usable'; readonly dataFormat: DataFormat; readonly decode: Decode }
  | { readonly kind: 'unusable'; readonly condition: DiscardCondition; readonly problem: string };

/** A schema that is not there may be registered later. */
const FORGET_MISSING_AFTER_MS = 30_000;

export function createRecordDecoder(
  config: SchemaRegistryConfig,
  client: RegistryClient = createRegistryClient(config),
): RecordDecoder {
  const known = new Map<string, Known>();
  const fetching = new Map<string, Promise<void>>();

  async function fetchSchema(schemaId: string): Promise<void> {
    try {
      const schema = await client.fetchSchema(schemaId);
      known.set(schemaId, toKnown(schema));
    } catch (error) {
      if (!(error instanceof SchemaNotFoundError)) throw error;
      known.set(schemaId, { kind: 'unusable', condition: 'SchemaNotFound', problem: error.message });
      setTimeout(() => known.delete(schemaId), FORGET_MISSING_AFTER_MS).unref();
    } finally {
      fetching.delete(schemaId);
    }
  }

  function toKnown(schema: Awaited<ReturnType<RegistryClient['fetchSchema']>>): Known {
    try {
      return { kind: 'usable', dataFormat: schema.dataFormat, decode: createDecoder(config.kind, schema) };
    } catch (error) {
      return { kind: 'unusable', condition: 'DeserializationError', problem: messageOf(error) };
    }
  }

  function framesOf({ key, value }: PolledRecord): Framed[] {
    const attributes = [config.attributes.has('KEY') ? key : null, config.attributes.has('VALUE') ? value : null];
    return attributes.flatMap((data) => (data === null ? [] : (readFrame(data) ?? [])));
  }

  function missingIn(records: readonly PolledRecord[]): Set<string> {
    const missing = new Set<string>();
    for (const record of records) {
      for (const { schemaId } of framesOf(record)) if (!known.has(schemaId)) missing.add(schemaId);
    }
    return missing;
  }

  function readFrame(data: Buffer): Framed | null {
    try {
      return readPrefix(config.kind, data);
    } catch {
      return null;
    }
  }

  function decodeAttribute(data: Buffer): { data: Buffer; json: Buffer; metadata: SchemaMetadata } {
    const framed = readFrame(data);
    if (framed === null) throw new DecodeError('DeserializationError', 'it does not begin with the id of a schema');
    const { schemaId, payload } = framed;
    const schema = known.get(schemaId);
    if (schema === undefined) throw new DecodeError('SchemaNotFound', `schema ${schemaId} is not known`);
    if (schema.kind === 'unusable') throw new DecodeError(schema.condition, schema.problem);
    const json = Buffer.from(schema.decode(payload));
    const metadata = { dataFormat: schema.dataFormat, schemaId };
    return { data: config.format === 'JSON' ? json : payload, json, metadata };
  }

  return {
    isPrepared: (records) => missingIn(records).size === 0,
    async prepare(records) {
      const all = [...missingIn(records)].map((schemaId) => {
        const fetched = fetching.get(schemaId) ?? fetchSchema(schemaId);
        fetching.set(schemaId, fetched);
        return fetched;
      });
      await Promise.all(all);
    },
    decode(record) {
      const { key, value } = record;
      try {
        const decodedKey = config.attributes.has('KEY') && key !== null ? decodeAttribute(key) : null;
        const decodedValue = config.attributes.has('VALUE') && value !== null ? decodeAttribute(value) : null;
        const decoded: PolledRecord = {
          ...record,
          originalKey: key,
          key: decodedKey?.data ?? key,
          value: decodedValue?.data ?? value,
          ...(decodedKey === null ? {} : { keySchemaMetadata: decodedKey.metadata }),
          ...(decodedValue === null ? {} : { valueSchemaMetadata: decodedValue.metadata }),
        };
        return { record: decoded, filterValue: decodedValue?.json ?? value, failure: null };
      } catch (error) {
        const condition = error instanceof DecodeError ? error.condition : 'DeserializationError';
        return { record, filterValue: value, failure: { condition, problem: messageOf(error) } };
      }
    },
  };
}

class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly condition: DiscardCondition;

  constructor(condition: DiscardCondition, message: string) {
    super(message);
    this.condition = condition;
  }
}
