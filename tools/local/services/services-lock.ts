import path from 'node:path';
import { runDir } from '#tools/paths.ts';

/** The lock of whoever runs the local services: their data has room for one. */
export const servicesLock = path.join(runDir, 'services.lock');
