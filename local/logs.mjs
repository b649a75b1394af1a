// Only what every Node can read may be imported here before the version is checked.
import { requireSupportedNode } from './install/node-version.mjs';

requireSupportedNode();
const { main } = await import('./logs/main.mjs');
process.exitCode = await main(process.argv.slice(2));
