import { startMailServer, type TestMailServer } from '#tests/helpers/smtp-server.ts';

export interface Refusal {
  readonly code: number;
  readonly message: string;
  /** How many times it is given before the recipient is accepted; always if absent. */
  readonly times?: number;
}

/** One mail server for all worlds: each address belongs to one test. */
export interface PostOffice {
  readonly url: string;
  /** The Message-IDs of the mails to an address. */
  messageIdsTo(address: string): string[];
  refuse(address: string, refusal: Refusal): void;
  accept(address: string): void;
  /** Called when the mail to this address is stored, before the 250. */
  beforeAnswer(address: string, action: () => void): void;
  stop(): Promise<void>;
}

function messageIdOf(raw: string): string {
  return /^message-id:\s*(\S+)/im.exec(raw)?.[1] ?? '';
}

export async function openPostOffice(): Promise<PostOffice> {
  const server: TestMailServer = await startMailServer();
  const refusals = new Map<string, Refusal>();
  server.refuse((address) => {
    const refusal = refusals.get(address);
    if (refusal?.times === 1) refusals.delete(address);
    else if (refusal?.times !== undefined) refusals.set(address, { ...refusal, times: refusal.times - 1 });
    return refusal;
  });
  const actions = new Map<string, () => void>();
  server.beforeAnswer((address) => {
    const action = actions.get(address);
    actions.delete(address);
    action?.();
  });
  return {
    url: server.url,
    messageIdsTo: (address) => server.to(address).map(({ raw }) => messageIdOf(raw)),
    refuse: (address, refusal) => void refusals.set(address, refusal),
    accept: (address) => void refusals.delete(address),
    beforeAnswer: (address, action) => void actions.set(address, action),
    stop: server.stop,
  };
}
