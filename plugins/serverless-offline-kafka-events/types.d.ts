/** One record of the event, as Lambda's Kafka event source mapping writes it. */
export interface LambdaKafkaRecord {
  topic: string;
  partition: number;
  offset: number;
  timestamp: number;
  timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  key?: string;
  value?: string;
  headers: Record<string, number[]>[];
  /** With `schemaRegistryConfig`, of the attributes that it validates. */
  keySchemaMetadata?: SchemaMetadata;
  valueSchemaMetadata?: SchemaMetadata;
}

/** Which schema a key or a value was validated with. */
export interface SchemaMetadata {
  readonly dataFormat: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly schemaId: string;
}

/** The event that a function receives. https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html */
export interface LambdaKafkaEvent {
  eventSource: 'SelfManagedKafka' | 'aws:kafka';
  eventSourceArn?: string;
  bootstrapServers: string;
  records: Record<string, LambdaKafkaRecord[]>;
}

/** Named as AWS names them. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export type MetricName =
  | 'PolledEventCount'
  | 'FilteredOutEventCount'
  | 'InvokedEventCount'
  | 'FailedInvokeEventCount'
  | 'DroppedEventCount'
  | 'OnFailureDestinationDeliveredEventCount'
  | 'OnFailureDestinationDeliveryErrorCount'
  | 'CommittedEventCount'
  | 'PollingErrorCount'
  | 'InvokeErrorCount'
  | 'CommitErrorCount'
  | 'SchemaRegistryErrorCount'
  | 'MaxOffsetLag'
  | 'SumOffsetLag'
  | 'ConcurrentExecutions';

/** The metrics of one mapping. */
export interface MappingMetrics {
  readonly functionKey: string;
  readonly topic: string;
  readonly groupId: string;
  readonly values: Readonly<Record<MetricName, number>>;
}

/** Returns the metrics of every mapping in this process. */
export function readMetrics(): MappingMetrics[];

/** The serverless plugin; list it before serverless-offline. */
export default class KafkaEventsPlugin {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;
  constructor(serverless: object, options: Readonly<Record<string, unknown>>, utils: { readonly log: object });
}
