import { expect, it } from 'vitest';
import { handler } from '#functions/system/live.ts';
import { codeVersions } from '#shared/runtime/code-version.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';

it('/health/live returns 503 as soon as the process is asked to stop', async () => {
  expect(await invoke(handler, httpEvent())).toMatchObject({ status: 200, body: { status: 'up' } });

  for (const version of codeVersions()) version.stop();

  expect(await invoke(handler, httpEvent())).toMatchObject({ status: 503, body: { status: 'stopping' } });
});
