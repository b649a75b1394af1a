// Builds as npm start does, and leaves the mark by which npm start sees that nothing has changed: for the container image.
import { ensureBuild } from './app/build.mjs';
import { step } from './cli/progress.mjs';

await step('build', ensureBuild);
