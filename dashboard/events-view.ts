import type { PipelineEvent } from '#shared/outbox/outbox-schemas.ts';
import { h, setData, setText } from './elements.ts';
import { agoText, numberText, spanText } from './format.ts';
import type { Snapshot } from './snapshot.ts';
import { whatHappened } from './what-happened.ts';

export const STATE_WORDS: Readonly<Record<PipelineEvent['eventState'], string>> = {
  PROCESSING: 'Processing',
  FINISHED: 'Finished',
  FAILED: 'Failed',
};

function took({ addedAt, processedAt }: PipelineEvent): string {
  return processedAt === null ? '–' : spanText(Date.parse(processedAt) - Date.parse(addedAt));
}

export interface EventActions {
  retry(uuid: string): Promise<void>;
  copied(traceId: string): void;
}

function cell(label: string, ...children: Array<Node | string>): HTMLTableCellElement {
  return h('td', { 'data-label': label }, ...children);
}

function newRow(event: PipelineEvent, { retry, copied }: EventActions) {
  const badge = h('span', { class: 'badge' });
  const email = h('a', { href: `#/events/${event.uuid}`, title: 'Show how this event went' });
  const age = h('time', { datetime: event.addedAt, title: event.addedAt });
  const duration = cell('Took');
  const attempts = cell('Published');
  const text = cell('What happened');
  duration.classList.add('num');
  attempts.classList.add('num');
  text.classList.add('what');
  const button = h('button', { type: 'button', class: 'small' }, 'Retry', h('span', { class: 'unseen' }));
  button.addEventListener('click', async () => {
    button.disabled = true;
    await retry(event.uuid);
    button.disabled = false;
  });
  const trace = cell('Trace');
  const { traceId } = event;
  if (traceId !== null) {
    const copy = h(
      'button',
      { type: 'button', class: 'trace', title: `Copy ${traceId}` },
      h('code', {}, traceId.slice(0, 8)),
      h('span', { class: 'unseen' }, ': copy the whole trace id'),
    );
    copy.addEventListener('click', () => {
      void navigator.clipboard?.writeText(traceId).then(() => copied(traceId));
    });
    trace.append(copy);
  }
  const action = h('td', { class: 'action' }, button);
  const element = h(
    'tr',
    { 'data-uuid': event.uuid },
    h('td', { class: 'state' }, badge),
    cell('E-mail', email),
    cell('Registered', age),
    duration,
    attempts,
    text,
    trace,
    action,
  );
  return { element, badge, email, age, duration, attempts, text, button };
}

/** Shows events, newest first. Reuses the row elements, so that the focus is kept. */
export function eventsView(body: HTMLElement, empty: HTMLElement, actions: EventActions) {
  const rows = new Map<string, ReturnType<typeof newRow>>();
  return ({ events, deliveries }: Snapshot, now: number): void => {
    if (events === undefined) return;
    const waiting = new Map((deliveries?.waiting ?? []).map((one) => [one.uuid, one]));
    const shown = events.content.map((event) => {
      const row = rows.get(event.uuid) ?? newRow(event, actions);
      rows.set(event.uuid, row);
      setData(row.element, 'state', event.eventState);
      setText(row.badge, STATE_WORDS[event.eventState]);
      setText(row.email, event.userEmail ?? '(deleted)');
      setText(row.age, agoText(event.addedAt, now));
      setText(row.duration, took(event));
      setText(row.attempts, `${numberText(event.attempts)}×`);
      setText(row.text, whatHappened(event, waiting.get(event.uuid), now));
      const mayRetry = event.eventState === 'FAILED' && event.userEmail !== null;
      if (row.button.hidden === mayRetry) row.button.hidden = !mayRetry;
      setText(row.button.lastElementChild ?? row.button, ` the mail to ${event.userEmail ?? ''}`);
      return row.element;
    });
    const isSame = shown.length === body.children.length && shown.every((row, index) => body.children[index] === row);
    if (!isSame) body.replaceChildren(...shown);
    const wanted = new Set(events.content.map(({ uuid }) => uuid));
    for (const uuid of rows.keys()) if (!wanted.has(uuid)) rows.delete(uuid);
    empty.hidden = shown.length > 0;
  };
}
