// Invokes built handlers in a process of its own, whose environment is its stage: reads {file, event}[] from standard input and
// prints the status of each answer (of the authorizer: 200 or 401).
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const write = process.stdout.write.bind(process.stdout);
// The handlers' log has no place in the result.
console.log = console.info = console.warn = console.error = () => {};

const calls: { file: string; event: unknown }[] = JSON.parse(await text(process.stdin));
const statuses = [];
for (const { file, event } of calls) {
  const { handler } = await import(pathToFileURL(file).href);
  const { statusCode, isAuthorized } = await handler(event, { getRemainingTimeInMillis: () => 6000 });
  statuses.push(statusCode ?? (isAuthorized ? 200 : 401));
}
write(`\n${JSON.stringify(statuses)}\n`, () => process.exit(0));
