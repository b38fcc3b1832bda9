import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

describe('withoutSecrets', () => {
  it('takes every occurrence out', () => {
    expect(withoutSecrets(['sk-abcdef12'])('Wrong key sk-abcdef12; got "sk-abcdef12".')).toBe(
      'Wrong key [secret]; got "[secret]".',
    );
  });

  it('leaves no rest of a secret that begins with another', () => {
    expect(withoutSecrets(['sk-abcdef12', 'sk-abcdef12-more'])('sk-abcdef12-more')).toBe('[secret]');
  });

  it('leaves text alone where the secret is too short to be one', () => {
    expect(withoutSecrets(['', 'app'])('an app')).toBe('an app');
  });
});
