import type { Home } from '#shared/system/system-schemas.ts';
import { ApiError, call, token } from './api.ts';
import { chartsView } from './charts-view.ts';
import { contactView } from './contact-view.ts';
import { byId, setText } from './elements.ts';
import { eventPanel } from './event-panel.ts';
import { eventsView } from './events-view.ts';
import { feed } from './feed.ts';
import { consumersView, healthView } from './health-view.ts';
import { pipelineView } from './pipeline-view.ts';
import { registerForm } from './register-form.ts';

const LOOK_EVERY_MS = 2000;
/** Polls sooner after an action, whose result appears quickly. */
const LOOK_SOON_MS = 400;

function say(text: string): void {
  setText(byId('say', HTMLElement), text);
}

const source = feed();
const showContact = contactView();
const followRegistration = registerForm({ onRegistered: () => lookSoon() });
const showPipeline = pipelineView(byId('pipeline', HTMLElement));
const showCharts = chartsView({
  rates: byId('rates', HTMLElement),
  latency: byId('latency', HTMLElement),
  lag: byId('lag', HTMLElement),
});
const showHealth = healthView(byId('health', HTMLElement));
const showConsumers = consumersView(byId('consumers-part', HTMLElement), byId('consumers', HTMLElement));
const actions = {
  async retry(uuid: string) {
    try {
      await call('POST', `/api/events/${uuid}/retry`);
      say('Retried: the mail will be sent again.');
    } catch (error) {
      say(`Not retried: ${error instanceof ApiError ? error.message : String(error)}`);
    }
    lookSoon();
  },
  copied: (what: string) => say(`Copied ${what}.`),
};
const showEvents = eventsView(byId('events', HTMLElement), byId('events-empty', HTMLElement), actions);
const refreshPanel = eventPanel(actions);

function show(): void {
  const snapshot = source.snapshot();
  const now = Date.now();
  showPipeline(snapshot, now);
  showHealth(snapshot, now);
  showConsumers(snapshot);
  showEvents(snapshot, now);
  followRegistration(snapshot.events);
}

let timer: ReturnType<typeof setTimeout> | undefined;
let isLooking = false;
let isAskedAgain = false;

async function look(): Promise<void> {
  if (isLooking) {
    isAskedAgain = true;
    return;
  }
  isLooking = true;
  clearTimeout(timer);
  const [contact] = await Promise.all([source.look(), refreshPanel()]);
  showContact(contact);
  show();
  showCharts(source.snapshot());
  isLooking = false;
  timer = setTimeout(look, isAskedAgain ? LOOK_SOON_MS : LOOK_EVERY_MS);
  isAskedAgain = false;
}

function lookSoon(): void {
  source.expectEvents();
  clearTimeout(timer);
  isAskedAgain = true;
  void look();
}

byId('filter', HTMLFieldSetElement).addEventListener('change', (event) => {
  if (event.target instanceof HTMLInputElement) source.expectEvents(event.target.value);
  void look();
});
byId('token-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const input = byId('token-input', HTMLInputElement);
  token.set(input.value.trim());
  input.value = '';
  lookSoon();
});
byId('forget-token', HTMLButtonElement).addEventListener('click', () => {
  token.forget();
  // Also removes the figures that required the token.
  location.reload();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else void look();
});

// Updates ages and countdowns between polls.
setInterval(show, 1000);
void look();

/** Links the mail catcher's page, if there is one. */
async function linkMails(): Promise<void> {
  const { links } = await call<Home>('GET', '/');
  const link = byId('link-mails', HTMLAnchorElement);
  if (links.mails === null) return;
  link.href = links.mails;
  link.hidden = false;
}
linkMails().catch(() => undefined);
