import { requireSupportedNode } from './install/node-version.mjs';

requireSupportedNode();
const { main } = await import('./app/main.mjs');
process.exit(await main(['--services-only', ...process.argv.slice(2)]));
