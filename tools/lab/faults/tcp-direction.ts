import type { Socket } from 'node:net';
import type { Cut } from './tcp-cut.ts';

export interface DirectionRules {
  /** the chunk as the other side receives it; may hold back parts until later chunks complete them */
  changed: (chunk: Buffer) => Buffer;
  isForgotten: () => boolean;
  /** whether nothing is delivered for now */
  isHeld: () => boolean;
  delayMs: () => number;
  /** counts from when the rule was set or the connection opened */
  newCut: () => Cut | undefined;
  /** identifies the current rule */
  rule: () => unknown;
  onCut: () => void;
  onClosed: () => void;
}

type Item = Buffer | 'end' | 'reset';

/**
 * Forwards what one socket sends to another, in order, its end included: delayed, held back or cut.
 * @returns pump: delivers what is no longer held back; drop: discards everything, now and later
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
