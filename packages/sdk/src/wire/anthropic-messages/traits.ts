/** What a Claude model takes that `Capabilities` have no word for. */
export interface ClaudeTraits {
  /** Decides itself how much to think (`thinking: adaptive`). */
  readonly adaptiveThinking: boolean;
  /** Takes a cap on thinking (`budget_tokens`). */
  readonly thinkingCap: boolean;
  /** Whether thinking can be turned off, and at which efforts. */
  readonly thinkingOff: 'never' | 'up-to-high' | 'always';
  /** Can be made to call a tool (`tool_choice: any | tool`). */
  readonly forcedTools: boolean;
  /** Takes system messages between turns. */
  readonly systemBetweenTurns: boolean;
}
