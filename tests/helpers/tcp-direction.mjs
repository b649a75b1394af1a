/**
 * @typedef {object} DirectionRules
 * @property {(chunk: Buffer) => Buffer} changed what becomes of a chunk, or of those before it that it completes
 * @property {() => boolean} isForgotten
 * @property {() => boolean} isHeld nothing is delivered for now
 * @property {() => number} delayMs
 * @property {() => import('./tcp-cut.mjs').Cut | undefined} newCut counts from when the rule was set, or the connection opened
 * @property {() => unknown} rule changes when another rule is set
 * @property {() => void} onCut
 * @property {() => void} onClosed
 */

/** @typedef {Buffer | 'end' | 'reset'} Item */

/**
 * Carries what one socket sends to another, in order, its end included: late, held back or cut off.
 * @param {import('node:net').Socket} from
 * @param {import('node:net').Socket} to
 * @param {DirectionRules} rules
 * @returns {{ pump: () => void, drop: () => void }} pump looks again at what was held back; after drop nothing is carried any more
 */
export const createDirection = (from, to, rules) => {
  /** @type {{ item: Item, arrivedAt: number }[]} */
  const queue = [];
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let isEnded = false;
  let isDropped = false;
  /** @type {unknown} */
  let rule;
  /** @type {import('./tcp-cut.mjs').Cut | undefined} */
  let cut;

  const deliver = (/** @type {Item} */ item) => {
    if (to.destroyed) return;
    if (item === 'reset') return void to.resetAndDestroy();
    if (item === 'end') return void to.end();
    if (rule !== rules.rule()) {
      rule = rules.rule();
      cut = rules.newCut();
    }
    if (cut === undefined) return void to.write(item);
    const { pass, isCut } = cut(item);
    if (pass.length > 0) to.write(pass);
    if (isCut) rules.onCut();
  };

  const pump = () => {
    clearTimeout(timer);
    for (;;) {
      const [next] = queue;
      if (next === undefined || rules.isHeld()) return;
      const waitMs = next.arrivedAt + rules.delayMs() - performance.now();
      if (waitMs > 0.5) {
        timer = setTimeout(pump, waitMs);
        return;
      }
      queue.shift();
      deliver(next.item);
    }
  };

  const add = (/** @type {Item} */ item) => {
    if (isDropped) return;
    queue.push({ item, arrivedAt: performance.now() });
    if (queue.length === 1) pump();
  };
  const end = (/** @type {'end' | 'reset'} */ item) => {
    if (isEnded) return;
    isEnded = true;
    add(item);
  };

  from.on('data', (chunk) => {
    const changed = rules.changed(chunk);
    if (changed.length > 0) add(changed);
  });
  from.on('end', () => end('end'));
  from.on('error', () => end('reset'));
  from.on('close', () => {
    end('reset');
    if (rules.isForgotten()) to.destroy();
    rules.onClosed();
  });
  const drop = () => {
    isDropped = true;
    queue.length = 0;
    clearTimeout(timer);
  };
  return { pump, drop };
};
