import type { GenerateRequest } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { askedOf } from './asked-of.ts';

const messages: GenerateRequest['messages'] = [{ role: 'user', content: 'Is it?' }];

describe('askedOf', () => {
  it.each<[string, Partial<GenerateRequest>, string, ReturnType<typeof askedOf>]>([
    [
      'nothing: the provider may choose the tier and the region, not the speed',
      {},
      'openai',
      { asked: { speed: 'standard' } },
    ],
    ['a tier', { serviceTier: 'flex' }, 'openai', { asked: { speed: 'standard', tier: 'flex' } }],
    [
      'raw options, which reach the wire last',
      { serviceTier: 'flex', providerOptions: { openai: { service_tier: 'priority' } } },
      'openai',
      { asked: { speed: 'standard', tier: 'priority' } },
    ],
    [
      'speed and region',
      { providerOptions: { anthropic: { speed: 'fast', inference_geo: 'us' } } },
      'anthropic',
      { asked: { speed: 'fast', region: 'us' } },
    ],
    [
      'not the options of another provider',
      { providerOptions: { openai: { service_tier: 'flex' } } },
      'anthropic',
      { asked: { speed: 'standard' } },
    ],
    [
      'those of compatible servers, and before them those of their name',
      { providerOptions: { 'openai-compatible': { service_tier: 'flex' }, lab: { service_tier: 'auto' } } },
      'lab',
      { asked: { speed: 'standard', tier: 'auto' } },
    ],
    [
      'tools that the provider runs, without end',
      {
        providerOptions: {
          anthropic: {
            tools: [
              { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
              { type: 'custom' },
              { name: 'own' },
            ],
          },
        },
      },
      'anthropic',
      { asked: { speed: 'standard' }, units: { web_search_20250305: Infinity } },
    ],
    [
      'searches that an option sets off',
      { providerOptions: { openai: { web_search_options: {}, mcp_servers: null } } },
      'openai',
      { asked: { speed: 'standard' }, units: { web_search_options: Infinity } },
    ],
    [
      'not the tools that the caller runs',
      {
        providerOptions: {
          openai: {
            tools: [
              { type: 'function' },
              { type: 'custom' },
              { type: 'apply_patch' },
              { type: 'bash_20250124' },
              3,
              null,
              [],
            ],
          },
        },
      },
      'openai',
      { asked: { speed: 'standard' } },
    ],
  ])('reads %s', (...[, request, provider, expected]) => {
    expect(askedOf({ messages, ...request }, provider)).toEqual(expected);
  });
});
