import { describe, it } from 'vitest';
import { storeMakers } from './__fixtures__/store-makers.ts';
import { describeStore } from './conformance/describe-store.ts';

for (const { name, make } of storeMakers) describeStore(name, make, { describe, it });
