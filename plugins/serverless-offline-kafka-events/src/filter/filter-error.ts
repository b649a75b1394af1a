/** A filter pattern that AWS would refuse. */
export class FilterPatternError extends Error {
  override readonly name = 'FilterPatternError';
}
