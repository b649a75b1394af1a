import { DeadLetterMessageSchema, EventMessageSchema, MessageHeadersSchema } from '#shared/messages/message-schemas.ts';
import { RETENTION_MS, TOPICS } from '#shared/messages/topics.ts';
import { type Json, published } from './openapi/operation-parts.ts';

const WHAT: Readonly<Record<(typeof TOPICS)[number], { readonly message: string; readonly description: string }>> = {
  'user.email.send': { message: 'event', description: 'Requests the welcome mail of a registration' },
  'user.email.sent': { message: 'event', description: 'Confirms that the mail was accepted, whatever eventState says' },
  'user.email.send.dlq': { message: 'deadLetter', description: 'Requests that will never be mailed' },
  'user.email.sent.dlq': { message: 'deadLetter', description: 'Confirmations that could not be read' },
};

function channel(topic: (typeof TOPICS)[number]): Json {
  const { message, description } = WHAT[topic];
  return {
    address: topic,
    description: `${description}. On the broker the name begins with TOPIC_PREFIX.`,
    messages: { [message]: { $ref: `#/components/messages/${message}` } },
    bindings: { kafka: { topicConfiguration: { 'retention.ms': RETENTION_MS } } },
  };
}

function operation(action: 'send' | 'receive', topic: (typeof TOPICS)[number], summary: string): Json {
  return { action, channel: { $ref: `#/channels/${topic}` }, summary };
}

function message(name: string, payload: string): Json {
  return {
    name,
    contentType: 'application/json',
    headers: { $ref: '#/components/schemas/Headers' },
    payload: { $ref: `#/components/schemas/${payload}` },
    bindings: { kafka: { key: { type: 'string', description: "The event's uuid" } } },
  };
}

/** The AsyncAPI 3 document of the topics, from the schemas that check the messages. */
export function asyncApiDocument(): Json {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Registration', version: '1.0.0', description: 'The topics between users and notifications' },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(TOPICS.map((topic) => [topic, channel(topic)])),
    operations: {
      requestMail: operation('send', 'user.email.send', 'createUser, relayOutbox and retryEvent'),
      sendWelcomeEmail: operation('receive', 'user.email.send', 'One mail per event, however often it arrives'),
      confirmMail: operation('send', 'user.email.sent', 'sendWelcomeEmail and deliverDue'),
      confirmEmailSent: operation('receive', 'user.email.sent', 'The event becomes FINISHED'),
      giveUpMail: operation('send', 'user.email.send.dlq', 'sendWelcomeEmail and deliverDue'),
      recordDeadLetter: operation('receive', 'user.email.send.dlq', 'The event becomes FAILED'),
      giveUpConfirmation: operation('send', 'user.email.sent.dlq', 'confirmEmailSent'),
      recordDeadConfirmation: operation('receive', 'user.email.sent.dlq', 'recordDeadLetter keeps it for operators'),
    },
    components: {
      messages: { event: message('event', 'Event'), deadLetter: message('deadLetter', 'DeadLetter') },
      schemas: {
        Event: published(EventMessageSchema),
        DeadLetter: published(DeadLetterMessageSchema),
        Headers: published(MessageHeadersSchema),
      },
    },
  };
}
