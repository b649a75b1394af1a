import { COUNTERS, GAUGES, type MappingMetrics } from './metrics.ts';

/** Prometheus' text format, one family per AWS name. */
export function toPrometheusText(metrics: readonly MappingMetrics[]): string {
  const families = [
    ...COUNTERS.map((name) => ({ name, type: 'counter', family: `${familyName(name)}_total` })),
    ...GAUGES.map((name) => ({ name, type: 'gauge', family: familyName(name) })),
  ];
  return families
    .map(({ name, type, family }) => {
      const samples = metrics.map(({ functionKey, topic, groupId, values }) => {
        const labels = Object.entries({ function: functionKey, topic, group: groupId })
          .map(([label, value]) => `${label}="${escapeLabel(value)}"`)
          .join(',');
        return `${family}{${labels}} ${values[name]}\n`;
      });
      return `# HELP ${family} AWS Lambda's ${name}\n# TYPE ${family} ${type}\n${samples.join('')}`;
    })
    .join('');
}

/** PolledEventCount → kafka_events_polled_event_count */
function familyName(name: string): string {
  return `kafka_events${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
