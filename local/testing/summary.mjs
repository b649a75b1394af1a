/**
 * The part of vitest's JSON report that is counted.
 * @typedef {object} Report
 * @property {number} [numPassedTests]
 * @property {number} [numFailedTests]
 * @property {number} [numPendingTests]
 * @property {number} [numTodoTests]
 * @property {{ status?: string, assertionResults?: { status?: string }[] }[]} [testResults]
 */

/**
 * The closing line of a test run. A file that failed without running a test counts as one failure, or it would be lost.
 * @param {Report} report
 * @param {number} code vitest's exit code
 * @returns {string}
 */
export function summarize(report, code) {
  const passed = report.numPassedTests ?? 0;
  const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  const broken = (report.testResults ?? []).filter(isBroken).length;
  const failed = (report.numFailedTests ?? 0) + broken;
  return `${passed} passed, ${failed === 0 && code !== 0 ? 1 : failed} failed, ${skipped} skipped`;
}

/** @param {{ status?: string, assertionResults?: { status?: string }[] }} file */
const isBroken = ({ status, assertionResults = [] }) =>
  status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
