import { describe, expect, it } from 'vitest';
import { fixedTurns } from './fixed-turns.ts';

function decisions(limit: number, turns: number): readonly string[] {
  const policy = fixedTurns(limit);
  return Array.from({ length: turns }, (_, used) => {
    const { decision } = policy.before(policy.start(), { turnKey: `turn-${used + 1}`, used, owned: true });
    if (decision.type !== 'proceed') return decision.type;
    return decision.reminder ?? 'proceed';
  });
}

describe('a fixed number of turns', () => {
  it('is followed by a closing turn, one more where that was wasted, and the end', () => {
    expect(decisions(1, 5)).toEqual(['proceed', 'closing', 'closing', 'stop', 'stop']);
  });

  it('says once, late and not on the last turn alone, how many are left', () => {
    const left = (turns: string): string => `${turns} left, this one included. Plan for an answer by then.`;
    expect(decisions(2, 3)).toEqual(['proceed', left('1 turn is'), 'closing']);
    expect(decisions(10, 11).slice(7)).toEqual(['proceed', left('2 turns are'), 'proceed', 'closing']);
  });

  it('decides by the number of turns alone, so asking twice changes nothing', () => {
    expect(decisions(3, 6)).toEqual(decisions(3, 6));
    expect(fixedTurns(3).start()).toBeNull();
  });
});
