import type { PriceTable } from '../price-table.ts';
import { anthropic } from './anthropic.ts';
import { cerebras } from './cerebras.ts';
import { deepseek } from './deepseek.ts';
import { fireworks } from './fireworks.ts';
import { google } from './google.ts';
import { groq } from './groq.ts';
import { mistral } from './mistral.ts';
import { moonshotai } from './moonshotai.ts';
import { openai } from './openai.ts';
import { together } from './together.ts';
import { xai } from './xai.ts';

/** All tables that come with the package. */
export const builtInTables: readonly PriceTable[] = [
  anthropic,
  cerebras,
  deepseek,
  fireworks,
  google,
  groq,
  mistral,
  moonshotai,
  openai,
  together,
  xai,
];
