// Imports one module in a process that has imported nothing else, and prints how long it took, in ms.
import { pathToFileURL } from 'node:url';

const [file = ''] = process.argv.slice(2);
const url = pathToFileURL(file).href;
const started = performance.now();
await import(url);
process.stdout.write(String(performance.now() - started));
process.exit(0);
