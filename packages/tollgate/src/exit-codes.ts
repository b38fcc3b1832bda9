/** What the command's exit code says. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  budget: 3,
  interrupted: 130,
} as const;
