// Only what every Node can read may be imported here before the version is checked.
import { requireSupportedNode } from './install/node-version.mjs';

requireSupportedNode();
const { main } = await import('./doctoring/main.mjs');
process.exit(await main(process.argv.slice(2)));
