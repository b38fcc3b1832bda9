import type { AgentTool } from './define-tool.ts';

/** The name by which an agent asks for more turns. */
export const moreTurnsName = 'request_more_turns';

/** The tool an agent asks for more turns with. Whether it gets them is for the policy to say. */
export const moreTurnsTool: AgentTool = {
  name: moreTurnsName,
  description:
    'Asks for more turns, where the work cannot be finished in those that are left. Say what is still to be done.',
  input: {
    json: {
      type: 'object',
      properties: { reason: { type: 'string' } },
      required: ['reason'],
      additionalProperties: false,
    },
  },
  run: () => 'It was noted. Go on: you are told how many turns are left.',
};
