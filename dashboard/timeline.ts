import type { DeliveryView } from '#shared/notifications/delivery-schemas.ts';
import type { PipelineEvent } from '#shared/outbox/outbox-schemas.ts';

/** One line of the application's log. */
export interface LogLine {
  /** In ms since 1970. */
  readonly at: number;
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What is known about one event. Without a local log, `lines` is empty and some steps are missing. */
export interface EventFacts {
  readonly event: PipelineEvent;
  readonly delivery: DeliveryView | undefined;
  readonly lines: readonly LogLine[];
}

export type StepTone = 'ok' | 'warn' | 'bad';

/** Something that happened to an event. */
export interface Step {
  readonly title: string;
  readonly detail: string;
  readonly tone: StepTone;
  /** In ms since 1970. */
  readonly at: number;
  /** Since the step before. */
  readonly tookMs: number;
  /** The place and width of its bar, in percent of the whole. */
  readonly from: number;
  readonly width: number;
}

type Fact = Pick<Step, 'at' | 'title'> & Partial<Pick<Step, 'detail' | 'tone'>>;

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What a line of the log says about the event; most lines say nothing. */
function factsOf({ at, message, fields }: LogLine, { topic, addedAt }: PipelineEvent): Fact[] {
  switch (message) {
    case 'Registration accepted':
      return [
        { at: Date.parse(addedAt) - numberOf(fields['hashMs']), title: 'Received over HTTP' },
        { at, title: 'Committed', detail: 'user and event, in one transaction' },
      ];
    case 'Event published':
      return [{ at, title: 'Published', detail: topic }];
    case 'Events relayed':
      return [{ at, title: fields['again'] === true ? 'Published again' : 'Published', detail: 'by the relay' }];
    case 'Mail sent':
      return [
        { at: at - numberOf(fields['ms']), title: 'Handed over', detail: 'to the mail server' },
        { at, title: 'Accepted', detail: '250 from the mail server' },
      ];
    case 'Mail not sent':
      return [{ at, title: 'Not accepted', detail: textOf(fields['reason']), tone: 'warn' }];
    case 'Dead letters recorded':
      return numberOf(fields['failed']) > 0 ? [{ at, title: 'Dead letter', tone: 'bad' }] : [];
    case 'Events confirmed':
      return [{ at, title: 'Confirmed' }];
    case 'Audit':
      return fields['action'] === 'event retried' ? [{ at, title: 'Retried', detail: 'by an operator' }] : [];
    default:
      return [];
  }
}

/** Facts of the tables, where the log has no line for them. */
function stored({ event, delivery }: EventFacts, known: readonly Fact[]): Fact[] {
  const has = (title: string): boolean => known.some((fact) => fact.title === title);
  const at = (time: string | null | undefined): number => Date.parse(time ?? '');
  const hashed = has('Received over HTTP') ? 'Password hashed' : 'Registered';
  return [
    { at: at(event.addedAt), title: hashed },
    ...(has('Published') ? [] : [{ at: at(event.publishedAt), title: 'Published', detail: event.topic }]),
    {
      at: at(delivery?.takenInAt),
      title: 'Consumed and claimed',
      detail: `partition ${delivery?.partition}, offset ${delivery?.offset}`,
    },
    ...(has('Accepted') ? [] : [{ at: at(delivery?.sentAt), title: 'Accepted', detail: '250 from the mail server' }]),
    ...(event.eventState === 'FINISHED' && !has('Confirmed')
      ? [{ at: at(event.processedAt), title: 'Confirmed' }]
      : []),
    ...(event.eventState === 'FAILED' && !has('Dead letter')
      ? [{ at: at(event.processedAt), title: 'Dead letter', detail: event.reason ?? '', tone: 'bad' as const }]
      : []),
  ].filter((fact) => !Number.isNaN(fact.at));
}

/** The steps of an event, oldest first, from the tables of both contexts and the local log. */
export function timelineOf(facts: EventFacts): Step[] {
  const lines = facts.lines.flatMap((line) => factsOf(line, facts.event));
  const latest = lines.findLast(({ title }) => title === 'Dead letter');
  // The event has the reason of its latest dead letter, and none after a retry.
  const logged = lines.map((fact) => (fact === latest ? { ...fact, detail: facts.event.reason ?? '' } : fact));
  const all = [...logged, ...stored(facts, logged)].sort((a, b) => a.at - b.at);
  const start = all[0]?.at ?? 0;
  const total = Math.max(1, (all.at(-1)?.at ?? 0) - start);
  return all.map((fact, index) => {
    const before = all[index - 1]?.at ?? start;
    const percent = (ms: number): number => (100 * ms) / total;
    const tookMs = fact.at - before;
    return { detail: '', tone: 'ok', ...fact, tookMs, from: percent(before - start), width: percent(tookMs) };
  });
}
