import { expectTypeOf, test } from 'vitest';
import type * as source from '../../src/index.ts';
import type * as published from '../../types.d.ts';

// The compiler checks it; types.d.ts is written by hand, so that it is one file.
test('the published types are those of the source', () => {
  expectTypeOf<published.LambdaKafkaEvent>().toEqualTypeOf<source.LambdaKafkaEvent>();
  expectTypeOf<published.LambdaKafkaRecord>().toEqualTypeOf<source.LambdaKafkaRecord>();
  expectTypeOf<published.MappingMetrics>().toEqualTypeOf<source.MappingMetrics>();
  expectTypeOf<typeof published.readMetrics>().toEqualTypeOf<typeof source.readMetrics>();
  expectTypeOf<published.default['hooks']>().toEqualTypeOf<source.default['hooks']>();
});
