import { token } from './api.ts';
import { byId, setData, setText } from './elements.ts';
import type { Contact } from './feed.ts';

function clock(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

function troubleOf(contact: Contact): string | undefined {
  if (contact.kind === 'dead') return 'The API does not respond';
  return contact.kind === 'trouble' ? `Some figures are unavailable: ${contact.message.replace(/\.$/, '')}` : undefined;
}

/** Shows whether the figures are live, and asks for the token when it is required. */
export function contactView() {
  const [banner, section] = [byId('banner', HTMLElement), byId('token', HTMLElement)];
  const [pill, text] = [byId('live', HTMLElement), byId('live-text', HTMLElement)];
  let goodAt: number | undefined;
  let badSince: number | undefined;

  const warn = (message: string): void => {
    badSince ??= Date.now();
    const seen = goodAt === undefined ? '' : ` The figures are from ${clock(goodAt)}.`;
    setText(banner, `${message} (since ${clock(badSince)}).${seen} Retrying every 2 seconds.`);
    banner.hidden = false;
    setData(pill, 'state', 'bad');
    setText(text, 'Disconnected');
  };

  const showToken = (isWanted: boolean): void => {
    if (section.hidden !== isWanted) return;
    section.hidden = !isWanted;
    // Never takes the focus from a field in use.
    if (isWanted && document.activeElement === document.body) byId('token-input', HTMLInputElement).focus();
  };

  return (contact: Contact): void => {
    const trouble = troubleOf(contact);
    if (trouble !== undefined) {
      warn(trouble);
      return;
    }
    banner.hidden = true;
    badSince = undefined;
    const isLocked = contact.kind === 'locked';
    if (!isLocked) goodAt = Date.now();
    setText(byId('token-problem', HTMLElement), isLocked && token.get() !== '' ? 'Wrong token.' : '');
    showToken(isLocked);
    byId('forget-token', HTMLButtonElement).hidden = isLocked || token.get() === '';
    setData(pill, 'state', isLocked ? 'wait' : 'ok');
    setText(text, isLocked ? 'Token needed' : 'Live');
  };
}
