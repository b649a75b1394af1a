import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import metadataResponse from 'kafkajs/src/protocol/requests/metadata/v6/response.js';
import { expect, it } from 'vitest';
import { patchKafkajs } from '#shared/kafka/kafkajs-patches.ts';

it('patchKafkajs ignores other versions of kafkajs and patches the supported one once', () => {
  const original = RequestQueue.prototype.scheduleCheckPendingRequests;

  expect(patchKafkajs('2.2.5')).toBe(false);
  expect(RequestQueue.prototype.scheduleCheckPendingRequests).toBe(original);

  expect(patchKafkajs()).toBe(true);
  const patched = RequestQueue.prototype.scheduleCheckPendingRequests;
  expect(patched).not.toBe(original);

  expect(patchKafkajs()).toBe(true);
  expect(RequestQueue.prototype.scheduleCheckPendingRequests).toBe(patched);
});

/** Metadata of one topic, whose partitions have these leaders; -1: none (error 5). */
function metadata(...leaders: number[]) {
  const partitionMetadata = leaders.map((leader) => ({ partitionErrorCode: leader < 0 ? 5 : 0, leader }));
  return { topicMetadata: [{ topicErrorCode: 0, partitionMetadata }] };
}

it('metadata of a topic loads while one of its partitions has no leader, but not while none has one', async () => {
  patchKafkajs();

  await expect(metadataResponse.parse(metadata(1, -1))).resolves.toEqual(metadata(1, -1));
  await expect(metadataResponse.parse(metadata(-1, -1))).rejects.toMatchObject({ type: 'LEADER_NOT_AVAILABLE' });
});
