import { type CachePolicy, lecPolicy } from '@tollgate/router';
import type { KnownSelector, Selector } from './selectors.ts';
import { places, type World } from './world.ts';

/** What all rounds cost, where the cache learns as it goes. A hit is free. */
export function serveOnline(world: World, policy: CachePolicy, selector: Selector): number {
  const kept = new Set<string>();
  let total = 0;
  for (const query of world.arrivals) {
    const key = String(query);
    policy.request(key);
    if (kept.has(key)) continue;
    const model = selector.choose(query);
    const cost = drawCost(world, query, model);
    total += cost;
    selector.observe(query, model, cost);
    const { kept: isKept, evicted } = policy.offer(key, { usd: Math.max(0, cost), size: 1 });
    for (const leaver of evicted) kept.delete(leaver);
    if (isKept) kept.add(key);
  }
  return total;
}

/** What all rounds cost, where chances and costs were known before: the cache holds what weighs most, and stays. */
export function serveOffline(world: World, weigh: 'requests' | 'cost', selector: KnownSelector): number {
  const policy = lecPolicy(places);
  const kept = new Set<string>();
  for (const [query, chance] of world.chances.entries()) {
    const key = String(query);
    const cost = weigh === 'requests' ? 1 : selector.expectedCost(query);
    policy.request(key);
    const { kept: isKept, evicted } = policy.offer(key, { usd: chance * cost, size: 1 });
    for (const leaver of evicted) kept.delete(leaver);
    if (isKept) kept.add(key);
  }
  let total = 0;
  for (const query of world.arrivals) {
    if (!kept.has(String(query))) total += drawCost(world, query, selector.choose(query));
  }
  return total;
}

function drawCost({ costs, random }: World, query: number, model: 0 | 1): number {
  return (costs[query]?.[model] ?? 0) + random.normal();
}
