import type { DeliveryView } from '#shared/notifications/delivery-schemas.ts';
import type { PipelineEvent } from '#shared/outbox/outbox-schemas.ts';
import { ApiError, call } from './api.ts';
import { byId, h, setText } from './elements.ts';
import { STATE_WORDS } from './events-view.ts';
import { spanText } from './format.ts';
import { type LogLine, type Step, timelineOf } from './timeline.ts';
import { whatHappened } from './what-happened.ts';

/** The address of an event's panel. */
const ADDRESS = /^#\/events\/([0-9a-f-]{36})$/i;

const COMMON = new Set(['uuid', 'ms', 'hashMs']);

function rowOf({ title, detail, tone, at, tookMs, from, width }: Step, start: number): HTMLTableRowElement {
  const bar = h('span', { class: 'bar' });
  // Not an attribute: the page's policy allows no inline styles in markup.
  bar.style.left = `${from}%`;
  bar.style.width = `${width}%`;
  const text = detail === '' ? [] : [h('span', { class: 'step-detail' }, detail)];
  return h(
    'tr',
    { 'data-tone': tone },
    h('th', { scope: 'row' }, title, ...text),
    h('td', { class: 'num' }, `+${spanText(at - start)}`),
    h('td', { class: 'num' }, spanText(tookMs)),
    h('td', { class: 'bar-cell', 'aria-hidden': 'true' }, bar),
  );
}

function lineText({ message, fields }: LogLine): string {
  const rest = Object.entries(fields).filter(([name]) => !COMMON.has(name));
  return [
    message,
    ...rest.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
  ].join('  ');
}

/** Undefined where the call is answered with 404. */
async function unlessMissing<T>(path: string): Promise<T | undefined> {
  return call<T>('GET', path).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}

export interface PanelActions {
  retry(uuid: string): Promise<void>;
  copied(what: string): void;
}

/**
 * The panel of the event in the address (`#/events/<uuid>`): its steps, its log lines, and what can be done with it.
 * @returns refreshes it; does nothing while no event is in the address
 */
export function eventPanel({ retry, copied }: PanelActions): () => Promise<void> {
  const dialog = byId('event', HTMLDialogElement);
  const steps = byId('event-steps', HTMLTableSectionElement);
  const lines = byId('event-lines', HTMLOListElement);
  const retryButton = byId('event-retry', HTMLButtonElement);
  const copyTrace = byId('event-copy-trace', HTMLButtonElement);
  const mailLink = byId('event-mail', HTMLAnchorElement);
  let shown: PipelineEvent | undefined;
  let shownLines = '';

  const uuidInAddress = (): string | undefined => ADDRESS.exec(location.hash)?.[1]?.toLowerCase();
  const problem = (text: string): void => setText(byId('event-problem', HTMLElement), text);

  const clear = (): void => {
    shown = undefined;
    shownLines = '';
    setText(byId('event-title', HTMLElement), 'Event');
    for (const id of ['event-summary', 'event-no-lines']) setText(byId(id, HTMLElement), '');
    for (const list of [steps, lines]) list.replaceChildren();
    for (const element of [retryButton, copyTrace, mailLink, lines]) element.hidden = true;
  };

  const show = (
    event: PipelineEvent,
    delivery: DeliveryView | undefined,
    log: readonly LogLine[] | undefined,
  ): void => {
    shown = event;
    const found = timelineOf({ event, delivery, lines: log ?? [] });
    const start = found[0]?.at ?? 0;
    const waiting = delivery?.status === 'PENDING' ? delivery : undefined;
    setText(byId('event-title', HTMLElement), `${STATE_WORDS[event.eventState]}: ${event.userEmail ?? '(deleted)'}`);
    setText(byId('event-summary', HTMLElement), whatHappened(event, waiting, Date.now()));
    steps.replaceChildren(...found.map((step) => rowOf(step, start)));
    // Keeps the scroll position and a selection while nothing is new.
    const texts = (log ?? []).map((line) => [line, `+${spanText(line.at - start)}  ${lineText(line)}`] as const);
    const all = texts.map(([, text]) => text).join('\n');
    if (all !== shownLines)
      lines.replaceChildren(...texts.map(([{ level }, text]) => h('li', { 'data-level': level }, text)));
    shownLines = all;
    lines.hidden = texts.length === 0;
    const missing = log === undefined ? `Not here: look for trace ${event.traceId} where the logs are.` : 'None yet.';
    setText(byId('event-no-lines', HTMLElement), texts.length > 0 ? '' : missing);
    retryButton.hidden = event.eventState !== 'FAILED' || event.userEmail === null;
    copyTrace.hidden = event.traceId === null;
    const catcher = byId('link-mails', HTMLAnchorElement);
    mailLink.hidden = catcher.hidden || delivery?.status !== 'SENT';
    mailLink.href = catcher.href;
  };

  const refresh = async (): Promise<void> => {
    const uuid = uuidInAddress();
    if (uuid === undefined) {
      if (dialog.open) dialog.close();
      return;
    }
    if (shown?.uuid !== uuid) clear();
    if (!dialog.open) dialog.showModal();
    try {
      const event = await call<PipelineEvent>('GET', `/api/events/${uuid}`);
      const [delivery, log] = await Promise.all([
        unlessMissing<DeliveryView>(`/api/deliveries/${uuid}`),
        unlessMissing<{ lines: LogLine[] }>(`/api/events/${uuid}/log?trace=${event.traceId ?? ''}`),
      ]);
      if (uuid !== uuidInAddress()) return;
      problem('');
      show(event, delivery, log?.lines);
    } catch (error) {
      if (uuid !== uuidInAddress()) return;
      clear();
      const isLocked = error instanceof ApiError && error.status === 401;
      problem(isLocked ? 'Close this, and sign in as operator first.' : error instanceof Error ? error.message : '');
    }
  };

  dialog.addEventListener('close', () => {
    if (uuidInAddress() !== undefined) history.replaceState(null, '', location.pathname);
  });
  retryButton.addEventListener('click', async () => {
    if (shown === undefined) return;
    retryButton.disabled = true;
    await retry(shown.uuid);
    retryButton.disabled = false;
    await refresh();
  });
  const copy = (id: string, what: string, text: () => string): void =>
    byId(id, HTMLButtonElement).addEventListener('click', () => {
      void navigator.clipboard?.writeText(text()).then(() => copied(what));
    });
  copy('event-copy-link', 'the link', () => location.href);
  copy('event-copy-trace', 'the trace id', () => shown?.traceId ?? '');
  window.addEventListener('hashchange', () => void refresh());
  return refresh;
}
