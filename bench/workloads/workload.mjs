/**
 * @typedef {import('../laboratory.mjs').Laboratory} Laboratory
 * @typedef {import('../figure.mjs').Figure} Figure
 *
 * @typedef {object} Workload
 * @property {string} place the title of its table's place in a page
 * @property {(laboratory: Laboratory) => Promise<readonly Figure[]>} measure
 */

/**
 * The application and, where there is one, the peer.
 * @param {Laboratory} laboratory
 * @param {import('../laboratory.mjs').Variant} variant
 */
export const systemsOf = async (laboratory, variant) => {
  const [ours, peer] = [await laboratory.ours(variant), await laboratory.peer()];
  return { ours, all: peer === undefined ? [ours] : [ours, peer] };
};

/** The same without a peer that works on servers of its own. */
export const localSystemsOf = async (/** @type {Laboratory} */ laboratory) => {
  const [ours, peer] = [await laboratory.ours('production'), await laboratory.localPeer()];
  return peer === undefined ? [ours] : [ours, peer];
};
