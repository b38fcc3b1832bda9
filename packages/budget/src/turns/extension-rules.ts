import type { ExtensionRule } from './limited-turns.ts';

/**
 * What turns are added for. `progress`: one of the last three turns got somewhere. `no-artifact`: there is nothing to hand in
 * yet. `model-request`: the agent asked, in a loop that offers it the tool. `always-once`, `never`.
 */
export type ExtendOn = 'progress' | 'no-artifact' | 'model-request' | 'always-once' | 'never';

/** A test that was run again, or a file that was read again, is not yet an agent that is stuck. */
const patience = 3;

/** What speaks against an extension, by rule. What nobody reports speaks against it. */
export const extensionRules: { readonly [on in ExtendOn]: ExtensionRule['against'] } = {
  progress: ({ sinceProgress }) => {
    if (sinceProgress === null) return 'no turn reported whether it made progress';
    return sinceProgress < patience ? undefined : `no progress in the last ${sinceProgress} turns`;
  },
  'no-artifact': ({ artifact }) => {
    if (artifact === null) return 'no turn reported whether there is something to hand in';
    return artifact ? 'there is something to hand in' : undefined;
  },
  'model-request': ({ asked }, { owned }) => {
    if (!owned) return 'the loop is not ours, so the agent cannot ask for them';
    return asked ? undefined : 'the agent did not ask for them';
  },
  'always-once': () => undefined,
  never: () => 'they never are',
};
