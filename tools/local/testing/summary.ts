/** The part of vitest's JSON report that is counted. */
export interface Report {
  numPassedTests?: number;
  numFailedTests?: number;
  numPendingTests?: number;
  numTodoTests?: number;
  testResults?: { status?: string; assertionResults?: { status?: string }[] }[];
}

/**
 * The closing line of a test run. A file that failed without running a test counts as one failure, or it would be lost.
 * @param code vitest's exit code
 */
export function summarize(report: Report, code: number): string {
  const passed = report.numPassedTests ?? 0;
  const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  const broken = (report.testResults ?? []).filter(isBroken).length;
  const failed = (report.numFailedTests ?? 0) + broken;
  return `${passed} passed, ${failed === 0 && code !== 0 ? 1 : failed} failed, ${skipped} skipped`;
}

function isBroken({ status, assertionResults = [] }: { status?: string; assertionResults?: { status?: string }[] }) {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
}
