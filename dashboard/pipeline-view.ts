import { h, setData, setText, svg } from './elements.ts';
import type { Snapshot } from './snapshot.ts';
import { isMoving, type Stage, stages, toneText } from './stages.ts';

/** 24 × 24 outlines, drawn with the text's colour. */
const ICONS: Readonly<Record<string, string>> = {
  http: 'M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18',
  outbox: 'M4 6c0-4 16-4 16 0v12c0 4-16 4-16 0zM4 6c0 4 16 4 16 0M4 12c0 4 16 4 16 0',
  kafka: 'M5 5h6v4H5zM5 15h6v4H5zM14 10h6v4h-6zM11 7l5 3M11 17l5-3',
  mail: 'M3 6h18v12H3zM3 7l9 6 9-6',
  confirmed: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M8 12l3 3 5-6',
  failed: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9 9l6 6M15 9l-6 6',
};

function icon(key: string): SVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' },
    svg('path', { d: ICONS[key] ?? '' }),
  );
}

function box({ key, title }: Stage) {
  const value = h('p', { class: 'stage-value' });
  const label = h('p', { class: 'stage-label' });
  const detail = h('p', { class: 'stage-detail' });
  const tone = h('span', { class: 'unseen' });
  const element = h(
    'li',
    { class: 'stage', 'data-stage': key },
    h('h3', {}, icon(key), title, tone),
    value,
    label,
    detail,
  );
  return { element, value, label, detail, tone };
}

/** Draws the pipeline into its list and updates only what differs. */
export function pipelineView(list: HTMLElement) {
  const boxes = new Map<string, ReturnType<typeof box>>();
  return (snapshot: Snapshot, now: number): void => {
    for (const stage of stages(snapshot, now)) {
      let drawn = boxes.get(stage.key);
      if (drawn === undefined) {
        drawn = box(stage);
        boxes.set(stage.key, drawn);
        list.append(drawn.element);
      }
      setData(drawn.element, 'tone', stage.tone);
      setText(drawn.value, stage.value);
      setText(drawn.label, stage.label);
      setText(drawn.detail, stage.detail);
      setText(drawn.tone, ` (${toneText(stage.tone)})`);
    }
    setData(list, 'moving', String(isMoving(snapshot)));
  };
}
