/**
 * Reports what could not be shipped, so that only that is delivered again.
 * @param {import('serverless-offline-kafka-events').LambdaKafkaEvent} event
 */
export async function ship(event) {
  const batchItemFailures = [];
  for (const [partition, records] of Object.entries(event.records)) {
    for (const { offset, value } of records) {
      try {
        JSON.parse(Buffer.from(value ?? '', 'base64').toString());
      } catch {
        batchItemFailures.push({ itemIdentifier: { partition, offset } });
        break; // What follows in this partition is delivered again anyway.
      }
    }
  }
  return { batchItemFailures };
}
