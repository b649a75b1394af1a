export type TimestampType = 'CREATE_TIME' | 'LOG_APPEND_TIME';

export type RecordHeader = readonly [name: string, value: Uint8Array | null];

/** A record as read from the broker. */
export interface PolledRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly timestampType: TimestampType;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
  /** The key as it was read, where a schema registry has replaced it. */
  readonly originalKey?: Buffer | null;
  readonly keySchemaMetadata?: SchemaMetadata;
  readonly valueSchemaMetadata?: SchemaMetadata;
}

/** Which schema a key or a value was validated with. */
export interface SchemaMetadata {
  readonly dataFormat: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly schemaId: string;
}
