// `/metrics`: a registry of its own (never the library's global one) that reads the stats when it is scraped, by the one table of
// src/telemetry/metric-table, and adds the process defaults. Text format 0.0.4, which `promtool check metrics` reads; no OpenMetrics.
//
// Histograms were counted elsewhere, in buckets; the library can only observe values one by one, so their text is written here.
// Three defaults of the library are left out: nodejs_active_{handles,requests,resources}_total are gauges named like counters,
// which promtool rightly complains about. nodejs_active_{handles,requests,resources} say the same by kind.

import process from 'node:process';
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { METRICS, type DurationMetric, type SampledMetric, type ScrapeView } from './metric-table.js';
import { type PeerwatchStats } from './stats.js';

export interface MetricsOptions {
  readonly stats: PeerwatchStats;
  /** Version of peerwatch, for `peerwatch_build_info`. */
  readonly version: string;
  /** Called before each scrape, to bring gauges up to date that nobody counts as they change (the database's size). */
  readonly refresh?: () => void;
  /** The wall clock in milliseconds. */
  readonly now?: () => number;
  /** Also the metrics of the process and of Node.js. Default true. */
  readonly processDefaults?: boolean;
}

const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** What `/metrics` serves. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #histograms: DurationMetric[] = [];
  readonly #options: Required<Pick<MetricsOptions, 'stats' | 'version' | 'refresh' | 'now'>>;

  constructor({ stats, version, refresh = () => undefined, now = Date.now, processDefaults = true }: MetricsOptions) {
    this.#options = { stats, version, refresh, now };
    for (const metric of METRICS) {
      if (metric.type === 'histogram') this.#histograms.push(metric);
      else this.#register(metric);
    }
    if (processDefaults) {
      collectDefaultMetrics({ register: this.#registry });
      for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    }
  }

  /** The media type of `text()`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything, in Prometheus's text format. */
  async text(): Promise<string> {
    this.#options.refresh();
    const histograms = this.#histograms.map((metric) => histogramText(metric, this.#view()));
    return `${await this.#registry.metrics()}\n${histograms.join('\n')}`;
  }

  #register({ name, help, labels, type, read }: SampledMetric): void {
    const head = { name, help, labelNames: labels, registers: [this.#registry] };
    const view = (): ScrapeView => this.#view();
    if (type === 'counter') {
      new Counter({
        ...head,
        collect() {
          this.reset();
          for (const sample of read(view())) this.inc(sample.labels, sample.value);
        },
      });
    } else {
      new Gauge({
        ...head,
        collect() {
          this.reset();
          for (const sample of read(view())) this.set(sample.labels, sample.value);
        },
      });
    }
  }

  #view(): ScrapeView {
    const { stats, version, now } = this.#options;
    return { stats, version, nodeVersion: process.version, now: now() / 1000 };
  }
}

/** One histogram as text: cumulative buckets, sum and count. */
function histogramText({ name, help, read }: DurationMetric, view: ScrapeView): string {
  const { bounds, counts, sum } = read(view);
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
  let total = 0;
  counts.forEach((count, index) => {
    total += count;
    lines.push(`${name}_bucket{le="${index < bounds.length ? bounds[index] : '+Inf'}"} ${total}`);
  });
  lines.push(`${name}_sum ${sum}`, `${name}_count ${total}`);
  return `${lines.join('\n')}\n`;
}
