import type { EventPage } from '#shared/outbox/outbox-schemas.ts';
import { ApiError, call } from './api.ts';
import { byId, setData, setText } from './elements.ts';
import { spanText } from './format.ts';

const FIELDS = ['name', 'lastname', 'email', 'password'] as const;
const NAMES = ['Ada Lovelace', 'Alan Turing', 'Grace Hopper', 'Katherine Johnson', 'Edsger Dijkstra', 'Barbara Liskov'];

function pick<T>(from: readonly T[]): T | undefined {
  return from[Math.floor(Math.random() * from.length)];
}

function example(): Record<(typeof FIELDS)[number], string> {
  const [name = 'Ada', lastname = 'Lovelace'] = (pick(NAMES) ?? '').split(' ');
  const mark = Math.random().toString(36).slice(2, 6);
  return {
    name,
    lastname,
    email: `${name}.${mark}@example.com`.toLowerCase(),
    password: `example-${Math.random().toString(36).slice(2, 12)}`,
  };
}

export interface RegisterFormParts {
  /** Called after a registration, to refresh the page. */
  onRegistered(email: string): void;
}

/** The registration form; returns a function that shows the result of the mail. */
export function registerForm({ onRegistered }: RegisterFormParts) {
  const form = byId('register', HTMLFormElement);
  const result = byId('register-result', HTMLElement);
  const submit = form.querySelector<HTMLButtonElement>('button[type=submit]');
  const input = (name: string) => byId(`field-${name}`, HTMLInputElement);
  let followed: { readonly email: string; isDone: boolean } | undefined;

  const say = (text: string, state: 'ok' | 'bad' | 'wait'): void => {
    setData(result, 'state', state);
    setText(result, text);
  };

  const showProblems = (fields: Readonly<Record<string, string>>): void => {
    for (const name of FIELDS) {
      const problem = fields[name] ?? '';
      setText(byId(`problem-${name}`, HTMLElement), problem);
      if (problem === '') input(name).removeAttribute('aria-invalid');
      else input(name).setAttribute('aria-invalid', 'true');
    }
    const first = FIELDS.find((name) => fields[name] !== undefined);
    if (first !== undefined) input(first).focus();
  };

  const register = async (): Promise<void> => {
    const body = Object.fromEntries(FIELDS.map((name) => [name, input(name).value]));
    const user = await call<{ id: number; email: string }>('POST', '/api/users/', { body });
    showProblems({});
    say(`${user.email} is registered as user ${user.id}. Sending the mail…`, 'wait');
    followed = { email: user.email, isDone: false };
    form.reset();
    onRegistered(user.email);
  };

  form.addEventListener('submit', async (submitted) => {
    submitted.preventDefault();
    if (submit !== null) submit.disabled = true;
    try {
      await register();
    } catch (error) {
      const problem = error instanceof ApiError ? error : new ApiError(0, String(error));
      showProblems(problem.fields);
      say(
        Object.keys(problem.fields).length > 0
          ? 'Not registered: correct the marked fields.'
          : `Not registered: ${problem.message}`,
        'bad',
      );
    } finally {
      if (submit !== null) submit.disabled = false;
    }
  });

  byId('fill', HTMLButtonElement).addEventListener('click', () => {
    for (const [name, value] of Object.entries(example())) input(name).value = value;
    showProblems({});
  });

  /** Shows the result of the last registration when its event ends. */
  return (events: EventPage | undefined): void => {
    const event = events?.content.find(({ userEmail }) => userEmail === followed?.email);
    if (followed === undefined || followed.isDone || event === undefined) return;
    if (event.eventState === 'FINISHED' && event.processedAt !== null) {
      followed.isDone = true;
      const ms = Date.parse(event.processedAt) - Date.parse(event.addedAt);
      say(`${followed.email}: mailed and confirmed after ${spanText(ms)}.`, 'ok');
    }
    if (event.eventState === 'FAILED') {
      followed.isDone = true;
      say(`${followed.email}: the mail failed. ${event.reason ?? ''}`, 'bad');
    }
  };
}
