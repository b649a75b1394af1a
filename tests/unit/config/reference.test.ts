import { describe, expect, it } from 'vitest';
import { parseReference } from '#shared/config/reference.ts';

describe('parseReference', () => {
  it.each([
    ['ssm:/registration/prod/url', { kind: 'ssm', name: '/registration/prod/url' }],
    ['ssm:url', { kind: 'ssm', name: 'url' }],
    ['secretsmanager:registration/prod/url', { kind: 'secretsmanager', name: 'registration/prod/url' }],
    ['secretsmanager:db#url', { kind: 'secretsmanager', name: 'db', field: 'url' }],
    [
      'secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf',
      { kind: 'secretsmanager', name: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf' },
    ],
    ['file:/var/runtime/ca-cert.pem', { kind: 'file', name: '/var/runtime/ca-cert.pem' }],
  ])('%s', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each([
    '',
    'ssm:',
    'ssm:/',
    'ssm://host',
    'ssm:/a b',
    'ssm:/a#b',
    'secretsmanager:#b',
    'file:',
    'SSM:/a',
    'mysql://u:p@h/users',
    'redis://h:1',
    'broker:9092',
    ' ssm:/a',
  ])('treats %j as a plain value', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});
