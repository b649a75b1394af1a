import type { Socket } from 'node:net';
import type { Cut } from './tcp-cut.ts';

export interface DirectionRules {
  /** what becomes of a chunk, or of those before it that it completes */
  changed: (chunk: Buffer) => Buffer;
  isForgotten: () => boolean;
  /** nothing is delivered for now */
  isHeld: () => boolean;
  delayMs: () => number;
  /** counts from when the rule was set, or the connection opened */
  newCut: () => Cut | undefined;
  /** changes when another rule is set */
  rule: () => unknown;
  onCut: () => void;
  onClosed: () => void;
}

export type Item = Buffer | 'end' | 'reset';

/**
 * Carries what one socket sends to another, in order, its end included: late, held back or cut off.
 * @returns pump looks again at what was held back; after drop nothing is carried any more
 */
export function createDirection(
  from: Socket,
  to: Socket,
  rules: DirectionRules,
): { pump: () => void; drop: () => void } {
  const queue: { item: Item; arrivedAt: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;
  let isDropped = false;
  let rule: unknown;
  let cut: Cut | undefined;

  const deliver = (item: Item) => {
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

  const add = (item: Item) => {
    if (isDropped) return;
    queue.push({ item, arrivedAt: performance.now() });
    if (queue.length === 1) pump();
  };
  const end = (item: 'end' | 'reset') => {
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
}
