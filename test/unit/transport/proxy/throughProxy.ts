import type { Report } from '../../../../src/core/base/model.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { type ProbeOptions, runProbe } from '../../../../src/core/probe/runProbe.js';
import type { ProbePlan, ProxyRoute } from '../../../../src/core/base/plan.js';
import { planFor } from '../../../support/plan.js';
import { type ProxyOptions } from '../../../support/proxyOptions.js';
import { startProxy, type TestProxy } from '../../../support/proxyServer.js';
import { assertMatchesSchema } from '../../../support/reportSchema.js';

export type Overrides = Parameters<typeof planFor>[1];

/** A playground, and a proxy before it for each test. */
export class ThroughProxy {
  #playground: Playground | null = null;
  #proxies: TestProxy[] = [];

  async start(): Promise<void> {
    this.#playground = await startPlayground({ port: 0 });
  }

  stop(): Promise<void> | undefined {
    return this.#playground?.stop();
  }

  async stopProxies(): Promise<void> {
    await Promise.all(this.#proxies.splice(0).map((proxy) => proxy.stop()));
  }

  get playground(): Playground {
    if (!this.#playground) throw new Error('The playground has not been started.');
    return this.#playground;
  }

  async proxy(options: ProxyOptions): Promise<TestProxy> {
    const proxy = await startProxy(options);
    this.#proxies.push(proxy);
    return proxy;
  }

  plan(url: string, proxy: ProxyRoute, overrides: Overrides = {}): ProbePlan {
    return planFor(url, { proxyChoice: 'named', proxy, tls: { ca: [this.playground.caPem] }, ...overrides });
  }

  /** One probe through `proxy`, its report held against the schema. */
  async probe(url: string, proxy: ProxyRoute, overrides: Overrides = {}, options: ProbeOptions = {}): Promise<Report> {
    const report = await runProbe(this.plan(url, proxy, overrides), options);
    assertMatchesSchema(report);
    return report;
  }
}

/** `name status` of each phase. */
export function phasesOf({ phases }: Report): string[] {
  return phases.map(({ name, status }) => `${name} ${status}`);
}
