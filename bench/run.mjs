// Only what every Node can read may be imported here before the version is checked.
import { requireSupportedNode } from '#local/install/node-version.mjs';

requireSupportedNode();
const { main } = await import('./main.mjs');
process.exit(await main(process.argv.slice(2)));
